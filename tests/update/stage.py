"""
A real Wine prefix is serviced: Wine's own reg, uninstaller and a program of ours that runs under Wine see what was installed, and
see nothing of it once it is removed; a prefix whose wineserver runs is refused (T3).
"""
import hashlib
import importlib.util
import mmap
import pathlib
import re
import shutil
import stat
import subprocess
import tempfile

ACTIVE_SETUP = r"Software\Microsoft\Active Setup\Installed Components\{2cc9d512-6db6-4f1c-8979-9a41fae88de0}"
INTERNET = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
UNINSTALL = r"Software\Microsoft\Windows\CurrentVersion\Uninstall\Q837009"
RC = """1 VERSIONINFO FILEVERSION 6,0,2800,1409 PRODUCTVERSION 6,0,2800,1409
BEGIN BLOCK "StringFileInfo" BEGIN BLOCK "041104b0" BEGIN VALUE "FileVersion", "6.00.2800.1409" END END
BLOCK "VarFileInfo" BEGIN VALUE "Translation", 0x411, 1200 END END
"""
MANIFEST = f"""[Package]
Family = B
Id = KB837009
Title = "Outlook Express Q837009"
Language = 0411
[Files]
INETCOMM.DLL = 11
POSTERN-TEST.DLL = 10
[AddReg]
HKLM,"{ACTIVE_SETUP}",IsInstalled,0x10001,1
HKLM,"{ACTIVE_SETUP}",,,"Outlook Express Q837009"
[Prerequisites]
"Wine as Windows 7" = nt, 6.1, *, amd64
"Wine as Windows 10" = nt, 10.0, *, amd64
"""
# what Windows' own programs ask: the version of a file, by version.dll
READER = r"""
#include <windows.h>
#include <stdio.h>
int main(int argc, char **argv) {
    static char info[65536];
    VS_FIXEDFILEINFO *fixed;
    UINT len;
    if (argc < 2 || !GetFileVersionInfoA(argv[1], 0, sizeof info, info) || !VerQueryValueA(info, "\\", (void **)&fixed, &len)) return 1;
    printf("%lu.%lu.%lu.%lu\n", fixed->dwFileVersionMS >> 16, fixed->dwFileVersionMS & 0xFFFF, fixed->dwFileVersionLS >> 16,
           fixed->dwFileVersionLS & 0xFFFF);
    return 0;
}
"""


class Prefix:
    """A copy of the prefix that is made once, and Wine's programs in it."""

    def __init__(self, win, build, work):
        made, environment = win.prefix(build)
        self.where, self.win = work / "prefix", win
        shutil.copytree(made, self.where, symlinks=True)
        self.environment = dict(environment, WINEPREFIX=str(self.where))

    def settle(self):
        self.win.settle(self.environment)

    def files(self):
        """Names, modes, sizes and times below drive_c, to the nanosecond; bytes of what the package replaces."""
        rows = {}
        for path in sorted((self.where / "drive_c").rglob("*")):
            st = path.lstat()
            plain = stat.S_ISREG(st.st_mode)
            digest = hashlib.sha256(path.read_bytes()).hexdigest() if plain and path.name == "inetcomm.dll" else ""
            rows[str(path.relative_to(self.where))] = (st.st_mode, *((st.st_size, st.st_mtime_ns) if plain else ()), digest)
        return rows


def programs(work):
    """The package, and the reader as a Windows program."""
    source = work / "package"
    source.mkdir()
    (source / "t.rc").write_text(RC)
    subprocess.run(["x86_64-w64-mingw32-windres", "t.rc", "-O", "coff", "-o", "t.o"], cwd=source, check=True)
    for name in ("inetcomm.dll", "postern-test.dll"):
        subprocess.run(["x86_64-w64-mingw32-gcc", "-shared", "-nostdlib", "-Wl,--entry=0", "-o", name, "t.o"], cwd=source, check=True)
    (source / "reader.c").write_text(READER)
    subprocess.run(["x86_64-w64-mingw32-gcc", "-O1", "-o", work / "reader.exe", "reader.c", "-lversion"], cwd=source, check=True)
    (source / "make.manifest").write_text(MANIFEST)
    return source / "make.manifest", work / "q837009.exe"


def seen(prefix, work):
    """What Windows programs see of the update: marks, entry, version of the files; (exit code, output) each. One batch file, since
    Wine's start is what takes time."""
    questions = [f'reg query "HKLM\\{ACTIVE_SETUP}"', f'reg query "HKLM\\{INTERNET}" /v MinorVersion', f'reg query "HKLM\\{UNINSTALL}"',
                 "uninstaller --list", r"reader.exe C:\windows\system32\inetcomm.dll", r"reader.exe C:\windows\postern-test.dll"]
    lines = [f"{question}\r\necho ===%errorlevel%\r\n" for question in questions]
    (work / "ask.bat").write_bytes("".join(["@echo off\r\n", *lines]).encode())
    run = subprocess.run([prefix.win.wine_binary(), "cmd", "/c", "ask.bat"], env=prefix.environment, cwd=work, capture_output=True, timeout=120)
    prefix.settle()
    parts = re.split(r"===(-?\d+) *\n", run.stdout.decode("utf-8", "replace").replace("\r", ""))
    answers = [(int(code), text) for text, code in zip(parts[::2], parts[1::2])]
    return answers if len(answers) == len(questions) else [(-1, run.stdout)] * len(questions)


def installed(row, prefix, work):
    setup, about, entry, listed, version, other = seen(prefix, work)
    row.check(setup[0] == 0 and "IsInstalled    REG_DWORD    0x1" in setup[1] and "Outlook Express Q837009" in setup[1], "reg query shows Active Setup's mark", *setup)
    row.check("Q837009" in about[1], "reg query shows the About box's list", *about)
    row.check("DisplayName    REG_SZ    Outlook Express Q837009" in entry[1], "reg query shows the uninstall entry", *entry)
    row.check("Outlook Express Q837009" in listed[1], "wine uninstaller --list shows the update", *listed)
    row.check(version == (0, "6.0.2800.1409\n") and other == (0, "6.0.2800.1409\n"), "a program under Wine reads the new versions", version, other)


def removed(row, prefix, work, before):
    now = prefix.files()
    row.check(now == before, "every file is as before", *[k for k in now.keys() | before.keys() if now.get(k) != before.get(k)][:8])
    setup, about, entry, listed, version, other = seen(prefix, work)
    row.check(setup[0] != 0 and entry[0] != 0, "both keys are gone", setup, entry)
    row.check("Q837009" not in about[1] and "Q837009" not in listed[1], "and so are the list's mark and the entry", about, listed)
    row.check(version[1] != "6.0.2800.1409\n" and other[0] != 0, "the old version is back, the new file gone", version, other)


def refused_while_running(row, prefix, update, exe):
    """T3: a wineserver holds the registry in memory and would write its own over ours."""
    before = (prefix.where / "system.reg").read_bytes()
    sleeper = subprocess.Popen([prefix.win.wine_binary(), "cmd", "/c", "pause"], env=prefix.environment, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    sleeper.stdout.read(1)  # its first word: it runs, and so does its server
    runs = [update("install", exe, "--root", prefix.where), update("remove", prefix.where, "KB837009")]
    same = (prefix.where / "system.reg").read_bytes() == before
    sleeper.communicate(b"\r\n", timeout=60)
    prefix.settle()
    for code, _, err in runs:
        row.check(code == 3 and "T3" in err and "wineserver" in err and same, "t3_a running wineserver refuses", code, err)


def waits_for_wineboot(row, prefix, update, exe, work, before):
    """A file that a program maps: wineboot -r performs the pending rename, of the installation and of the removal."""
    library = prefix.where / "drive_c/windows/system32/inetcomm.dll"
    old = library.read_bytes()

    def reboot():
        subprocess.run([prefix.win.wine_binary(), "wineboot", "-r"], env=prefix.environment, capture_output=True, timeout=120)
        prefix.settle()

    with open(library, "rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ):
        code, _, err = update("install", exe, "--root", prefix.where)
    row.check(code == 3010 & 255 and "3010" in err and library.read_bytes() == old, "a file in use: 3010, and the old file stays", code, err)
    row.check("PendingFileRenameOperations" in (prefix.where / "system.reg").read_text(errors="replace"), "the registry says what waits")
    code, out, _ = update("verify", prefix.where, "KB837009")
    row.check(code == 1 and "restart pending" in out, "verify says so", out)
    reboot()
    row.check("PendingFileRenameOperations" not in (prefix.where / "system.reg").read_text(errors="replace"), "wineboot -r performs the rename and forgets it")
    installed(row, prefix, work)
    code, out, err = update("verify", prefix.where, "KB837009")
    row.check(code == 0 and "done by a restart" in out, "verify behind the restart", code, out, err)
    code, _, err = update("remove", prefix.where, "KB837009", "--at-restart")
    row.check(code == 3010 & 255 and library.read_bytes() != old, "removal waits, too", code, err)
    reboot()
    removed(row, prefix, work, before)


def stage_disks(row, build):
    where = pathlib.Path(__file__).with_name("filesystems.py")
    spec = importlib.util.spec_from_file_location("postern_filesystems", where)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    loaded.stage(row, build)


def stage_wine(row, build, win):
    postern = str(build / "src/cli/postern")

    def update(*words):
        run = subprocess.run([postern, "update", *map(str, words)], capture_output=True, text=True, timeout=120)
        return run.returncode, run.stdout, run.stderr

    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        prefix = Prefix(win, build, work)
        manifest, exe = programs(work)
        code, _, err = update("make", manifest, "-o", exe)
        row.check(code == 0, "the package is made", err)
        registry, before = (prefix.where / "system.reg").read_bytes(), prefix.files()
        code, out, err = update("install", exe, "--root", prefix.where, "/q:a", "/r:n")
        row.check(code == 0 and not out and not err, "install", code, out, err)
        code, _, err = update("remove", prefix.where, "KB837009")
        row.check(code == 0 and (prefix.where / "system.reg").read_bytes() == registry and prefix.files() == before,
                  "removed before Wine ran: system.reg byte by byte", err)
        code, _, err = update("install", exe, "--root", prefix.where)
        row.check(code == 0, "install again", err)
        installed(row, prefix, work)
        code, out, err = update("verify", prefix.where, "KB837009")
        row.check(code == 0, "verify, after Wine wrote its registry anew", out, err)
        refused_while_running(row, prefix, update, exe)
        code, _, err = update("remove", prefix.where, "KB837009")
        row.check(code == 0, "remove", err)
        removed(row, prefix, work, before)
        waits_for_wineboot(row, prefix, update, exe, work, before)
