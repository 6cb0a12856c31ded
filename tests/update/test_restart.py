"""
Files in use: what a program maps waits for the restart. PendingFileRenameOperations names it, the exit status is 194 (3010 & 255), verify
says so, removal takes it back; a restart, done here by hand on a Wine prefix, brings the rest. (The real wineboot: stage.py.)
"""
import mmap
import os
import pathlib
import re
import subprocess
import urllib.parse

import bulletin
import trees
from bulletin import PACKAGES, make, run, system
from cli import Tap, folder
from tree import differences, state

tap = Tap()
RESTART = 3010 & 255
KEY = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager"
NAME = "PendingFileRenameOperations"
OTHER = ["\\??\\C:\\TEMP\\old.tmp", "", "\\??\\C:\\TEMP\\a.dll", "!\\??\\C:\\WINDOWS\\b.dll"]


def update(*words):
    return run("update", *words)


def pairs(root):
    """[(from, to)] of the value; None: there is none."""
    done = subprocess.run([os.environ["WIN_DUMP"], root, "keys", KEY], capture_output=True, text=True)
    for line in done.stdout.splitlines():
        fields = line.split("\t")
        if fields[0] == "V" and urllib.parse.unquote(fields[1]) == NAME:
            texts = bytes.fromhex(fields[3]).decode("utf-16-le").split("\0")
            assert fields[2] == "7" and texts[-2:] == ["", ""], line
            return list(zip(texts[:-2:2], texts[1:-2:2]))
    return None


def packed(texts):
    return 7, "".join(text + "\0" for text in [*texts, ""]).encode("utf-16-le")


class Mapped:
    """A program that maps a file: this one."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.map = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.map.close()


def restart(prefix):
    """What wineboot does first: each pair in its order, then the value goes."""
    def host(name):
        path = name.removeprefix("!").removeprefix("\\??\\C:\\").replace("\\", "/")
        return prefix / "drive_c" / path
    for old, new in pairs(prefix) or []:
        if new:
            assert new.startswith("!") or not host(new).exists()
            os.rename(host(old), host(new))
        elif host(old).is_dir():
            os.rmdir(host(old))
        else:
            os.unlink(host(old))
    registry = prefix / "system.reg"
    text = registry.read_text()
    registry.write_text(re.sub(rf'(?m)^"{NAME}"=(?:.*\\\n)*.*\n', "", text))
    assert pairs(prefix) is None


def on_hives(where):
    package = PACKAGES[0]
    exe = make(package, where)
    for what, rows in (("none before", ()), ("others' before", [(r"ControlSet001\Control\Session Manager", NAME, *packed(OTHER))])):
        root = system(package, where / what, rows=rows)
        before, old = state(root), pairs(root) or []
        with Mapped(root / "WINDOWS/system32/inetcomm.dll"):
            code, out, err = update("install", exe, "--root", root, "--dry-run")
            tap.row(code == 0 and b"restart   needed: a program uses C:\\WINDOWS\\system32\\inetcomm.dll" in out and state(root) == before, f"{what}: the plan says why", out, err)
            code, out, err = update("install", exe, "--root", root)
        tap.row(code == RESTART and b"3010" in err, f"{what}: a mapped file: 3010", code, err)
        now = pairs(root) or []
        tap.row(now[:len(old)] == old and [b for _, b in now[len(old):]] == ["!\\??\\C:\\WINDOWS\\system32\\inetcomm.dll", "!\\??\\C:\\WINDOWS\\system32\\dllcache\\inetcomm.dll",
                                                                           "!\\??\\C:\\Program Files\\Outlook Express\\msoe.dll",
                                                                           "!\\??\\C:\\Program Files\\Common Files\\System\\wab32.dll"], f"{what}: pairs behind those that were there", now)
        same = [r for r in before if r[0].endswith("inetcomm.dll")]
        tap.row(all(r in state(root) for r in same), f"{what}: the file in use is not touched")
        waiting = root / now[len(old)][0].removeprefix("\\??\\C:\\").replace("\\", "/")
        tap.row(waiting.read_bytes() == (where / (package.name + ".d") / "inetcomm.dll").read_bytes(), f"{what}: what comes waits beside it", waiting)
        code, out, _ = update("verify", root, "KB837009")
        tap.row(code == 1 and out.count(b"BAD  restart pending") == 4 and out.count(b"restart pending") == 5 and b"gone" not in out, f"{what}: verify says that it waits", out)
        code, _, err = update("install", exe, "--root", root)
        tap.row(code == RESTART and b"installed already" in err, f"{what}: a second install is none, and the restart still needed", code, err)
        code, out, err = update("remove", root, "KB837009")
        tap.row(code == 0 and state(root) == before, f"{what}: removal takes all of it back", code, err, *differences(before, state(root)))


def asked_for(where):
    package = PACKAGES[3]
    exe, root = make(package, where), system(package, where / "tree")
    before = state(root)
    for switches in ((), ("/quiet", "/norestart"), ("/passive", "/forcerestart")):
        code, out, err = update("install", exe, "--root", root, "--at-restart", *switches)
        tap.row(code == RESTART and not out and bool(err) == (not switches), f"--at-restart {switches}: 3010", code, out, err)
        code, out, err = update("remove", root, "KB837009", "/q")
        tap.row(code == 0 and not err and state(root) == before, f"--at-restart {switches}: removed", code, err, *differences(before, state(root)))
    newer = system(package, where / "newer", "6.0.3790.999")
    code, _, err = update("install", exe, "--root", newer, "--at-restart")
    tap.row(code == 0 and pairs(newer) is None, "no file changes: no restart", code, err)


def refused(where):
    package = PACKAGES[0]
    exe = make(package, where)
    key = r"ControlSet001\Control\Session Manager"
    for what, value, why in (("somebody else's pair for the same file", packed(["\\??\\C:\\x", "!\\??\\c:\\windows\\SYSTEM32\\INETCOMM.DLL"]), b"a restart is pending"),
                             ("a file that is to go", packed(["\\??\\C:\\WINDOWS\\system32\\inetcomm.dll", ""]), b"a restart is pending"),
                             ("half a pair", packed(["\\??\\C:\\x", "y", "z"]), b"holds no pairs"),
                             ("another type", (1, "x\0".encode("utf-16-le")), b"holds no pairs")):
        root = system(package, where / what, rows=[(key, NAME, *value)])
        before = state(root)
        code, _, err = update("install", exe, "--root", root)
        tap.row(code == 3 and why in err and state(root) == before, f"{what}: refused, untouched", code, err)
    root = system(package, where / "in the way", files={r"WINDOWS\system32\inetcomm.dll.KB837009.new": b"mine"})
    before = state(root)
    code, _, err = update("install", exe, "--root", root, "--at-restart")
    tap.row(code == 3 and b"stands in the way" in err and state(root) == before, "a file of the name that would wait: refused", code, err)


def over_a_restart(where):
    package = PACKAGES[0]
    exe = make(package, where, extra="[Files]\nMSOE.DLL = 11\nextra.dll = 16422, New\\Below\n", more={"extra.dll": trees.pe("1.0.0.0", "x86")})
    prefix = trees.wine(where / "prefix", package.kind, software=[(bulletin.IE, "Version", "sz", package.ie)], user=[("Software", None)],
                        files={r"windows\system32\inetcomm.dll": trees.pe(package.old, "x86"), r"windows\system32\kernel32.dll": trees.pe("5.1.2600.0", "x86"),
                               r"Program Files\Outlook Express\msoe.dll": trees.pe(package.old, "x86"), r"Program Files\Common Files\System\x": b""})
    library = prefix / "drive_c/windows/system32/inetcomm.dll"
    os.chmod(library, 0o640)
    before = state(prefix)
    with Mapped(library):
        code, _, err = update("install", exe, "--root", prefix, "/n:v")
        tap.row(code == RESTART, "Wine: a mapped file: 3010", code, err)
    new = (where / (package.name + ".d") / "inetcomm.dll").read_bytes()
    tap.row(library.read_bytes() != new, "Wine: the old file is there")
    restart(prefix)
    tap.row((prefix / "drive_c/Program Files/New/Below/extra.dll").is_file(), "Wine: a file in a new folder comes, too")
    tap.row(library.read_bytes() == new and library.stat().st_mode & 0o777 == 0o640, "Wine: the restart brings the new one, with its mode")
    code, out, err = update("verify", prefix, "KB837009")
    tap.row(code == 0 and b"done by a restart" in out, "Wine: verify behind the restart", code, out, err)
    with Mapped(library):
        code, out, err = update("remove", prefix, "KB837009")
    tap.row(code == RESTART and library.read_bytes() == new, "Wine: the file is in use: removal waits, too", code, err)
    code, out, err = update("install", exe, "--root", prefix, "/n:v")
    tap.row(code == 3 and b"a restart is pending" in err, "Wine: no install meanwhile", code, err)
    restart(prefix)
    now = [r for r in state(prefix) if r[0] != "system.reg" and not r[0].startswith("windows")]
    was = [r for r in before if r[0] != "system.reg"]
    folders = {"drive_c/windows/system32", "drive_c/Program Files/Outlook Express", "drive_c/Program Files/Common Files/System", "drive_c/Program Files"}  # the renames were not ours
    tap.row([r for r in now if r[0] not in folders] == [r for r in was if r[0] not in folders], "Wine: the second restart brings everything back", *differences(was, now))


for function in (on_hives, asked_for, refused, over_a_restart):
    with folder() as name:
        function(pathlib.Path(name))
tap.finish()
