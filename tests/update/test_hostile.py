"""
Hostile trees: whatever lies in a system, a run ends in a refusal that leaves the tree alone, or is handled as docs/decisions/0004 says;
nothing outside is touched, which a canary outside proves, and nothing waits for ever.
"""
import fcntl
import hashlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time
import zlib

from bulletin import PACKAGES, make, run, system, trees
from cli import POSTERN, Tap, folder
from tree import differences, state

tap = Tap()
PACKAGE = PACKAGES[0]
LIBRARY = "WINDOWS/system32/inetcomm.dll"


def update(*words):
    return run("update", *words)


class Place:
    """A folder with the package, a canary, and a new system for each case."""

    def __init__(self, where):
        self.where, self.exe, self.number = where, make(PACKAGE, where), 0
        self.canary = where / "canary"
        (self.canary / "system32").mkdir(parents=True)
        (self.canary / "inetcomm.dll").write_bytes(b"canary")
        (self.canary / "KB837009.log").write_bytes(b"canary")
        self.seen = self.look()

    def look(self):
        return state(self.canary), [(p.lstat().st_mode, p.lstat().st_nlink) for p in sorted(self.canary.rglob("*"))]

    def system(self, **more):
        self.number += 1
        return system(PACKAGE, self.where / f"tree {self.number}", **more)

    def untouched(self, what):
        tap.row(self.look() == self.seen, f"{what}: the canary is as it was")

    def refused(self, what, root, why=b"", codes=(3, 4), words=None):
        before = state(root)
        code, _, err = update(*(words or ("install", self.exe, "--root", root)))
        tap.row(code in codes and why in err and err and state(root) == before, f"{what}: refused, untouched", code, err, *differences(before, state(root)))

    def handled(self, what, root):
        """Installed and removed, and as it was."""
        before = state(root)
        code, _, err = update("install", self.exe, "--root", root)
        tap.row(code == 0, f"{what}: installed", code, err)
        code, _, err = update("remove", root, "KB837009")
        tap.row(code == 0 and state(root) == before, f"{what}: removed again", code, err, *differences(before, state(root)))


def replace(path, target):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()
    path.symlink_to(target)


def links(place):
    for what, path, target in (("the file is a link out", LIBRARY, "inetcomm.dll"), ("system32 is a link out", "WINDOWS/system32", "system32"),
                               ("the Windows folder is a link out", "WINDOWS", ""), ("the log is a link out", "WINDOWS/KB837009.log", "KB837009.log"),
                               ("the store is a link out", "WINDOWS/$NTUninstallKB837009$", ""), ("the hive is a link out", "WINDOWS/system32/config/software", "inetcomm.dll"),
                               ("the journal's folder is a link out", "WINDOWS/$PosternUpdate$-1-1", ""), ("dllcache is a link out", "WINDOWS/system32/dllcache", "system32"),
                               ("a loop", LIBRARY, None)):
        root = place.system()
        replace(root / path, root / path if target is None else place.canary / target)
        place.refused(what, root)
        place.untouched(what)
    root = place.system()
    (root / "WINDOWS/system32/dllcache/inetcomm.dll").unlink()
    (root / "WINDOWS/system32/dllcache/inetcomm.dll").symlink_to("../inetcomm.dll")
    place.refused("a link that stays inside", root)
    root = place.system(users={"hanako": [("Software", None)]})
    replace(root / "Documents and Settings/hanako/NTUSER.DAT", place.canary / "inetcomm.dll")
    exe, place.exe = place.exe, make(PACKAGE, place.where / "users", extra='[AddReg]\nHKCU,"Software\\X",v,,"y"\n')
    place.refused("a user's hive is a link out", root)
    place.exe = exe
    place.untouched("a user's hive is a link out")


def twins(place):
    for what, spoil in (("twins of a file", lambda r: (r / "WINDOWS/system32/INETCOMM.DLL").write_bytes(b"x")),
                        ("twins of a folder", lambda r: (r / "WINDOWS/SYSTEM32").mkdir()),
                        ("twins of the Windows folder", lambda r: (r / "Windows").mkdir()),
                        ("twins of a hive", lambda r: (r / "WINDOWS/system32/config/SOFTWARE").write_bytes(b"x"))):
        root = place.system()
        spoil(root)
        place.refused(what, root)
    root = place.system()
    for name in ("CON", "aux.dll", "x.", "tab\there", "\udc80bytes"):
        (root / "WINDOWS/system32" / name).write_bytes(b"x")
    place.handled("reserved and odd names beside", root)


def odd_files(place):
    """What is no file: a FIFO would wait for ever, a device would answer."""
    def fifo(path):
        path.unlink(missing_ok=True)
        os.mkfifo(path)
    for name in (LIBRARY, "WINDOWS/KB837009.log", "WINDOWS/system32/config/software"):
        root = place.system()
        fifo(root / name)
        place.refused(f"{name} is a FIFO", root)
    root = place.system()
    update("install", place.exe, "--root", root)
    for words in (("verify", root, "KB837009"), ("remove", root, "KB837009")):
        fifo(root / "WINDOWS/$NTUninstallKB837009$/postern.record")
        place.refused(f"the record is a FIFO, {words[0]}", root, words=words)
    root = place.system()
    (root / "WINDOWS/$PosternUpdate$-1-1").mkdir()
    fifo(root / "WINDOWS/$PosternUpdate$-1-1/journal")
    place.refused("the journal is a FIFO", root, b"no regular file")
    root = place.system()
    (root / LIBRARY).unlink()
    (root / LIBRARY).mkdir()
    place.refused("the file is a folder", root)
    root = place.system()
    with open(root / LIBRARY, "r+b") as file:
        file.truncate(6 << 20)  # a hole
    place.handled("a sparse file", root)


def sealed(*lines):
    return b"".join(b"%08x %s\n" % (zlib.crc32(line), line) for line in lines)


def journals(place):
    """A journal that somebody else wrote: it may name files of the system only, and temporaries of our making."""
    digest = "00" * 32
    for what, rows in (("climbs", [f"file\t-\t-\t.postern-1-0\t.postern-1-0-b\t../{place.canary.name}/inetcomm.dll\t"]),
                       ("is absolute", [f"file\t-\t-\t.postern-1-0\t.postern-1-0-b\t{place.canary}/inetcomm.dll\t"]),
                       ("brings a link back", [f"file\t{digest}\t{digest}\t.postern-1-0\t.postern-1-0-b\tWINDOWS/out/inetcomm.dll\t"]),
                       ("makes a folder outside go", [f"folder\t1\t0\t0\t../{place.canary.name}/system32"]),
                       ("names another's file as temporary", [f"file\t-\t{digest}\tinetcomm.dll\t.postern-1-0-b\t{LIBRARY}\t"])):
        for phase in ("intent", "prepared", "committed"):
            root = place.system()
            (root / "WINDOWS/out").symlink_to(place.canary)
            (root / "WINDOWS/$PosternUpdate$-1-1").mkdir()
            phases = ["intent", "prepared", "committed"][:["intent", "prepared", "committed"].index(phase) + 1]
            (root / "WINDOWS/$PosternUpdate$-1-1/journal").write_bytes(sealed(*(line.encode() for line in ["postern-update\t1\tx", *rows, *phases])))
            library = (root / LIBRARY).read_bytes()
            code, _, err = update("recover", root)
            tap.row(code in (0, 3, 4) and (root / LIBRARY).read_bytes() == library, f"a journal {what}, {phase}: nothing of the system is lost", code, err)
            place.untouched(f"a journal {what}, {phase}")


def records(place):
    """A record that somebody else wrote: half of one is damaged, and none makes a removal take away what is no part of an update."""
    head, end = b"postern-record\t1\tKB837009\tB\t-\t1\t1", b"end"
    digest = hashlib.sha256
    for what, rows in (("without a head", [b"title\tt", b"reason\t", end]), ("without a title", [head, b"reason\t", end]), ("without a reason", [head, b"title\tt", end]),
                       ("without an end", [head, b"title\tt", b"reason\t"])):
        root = place.system()
        (root / "WINDOWS/$NTUninstallKB837009$").mkdir()
        (root / "WINDOWS/$NTUninstallKB837009$/postern.record").write_bytes(sealed(*rows))
        for words in (("verify", root, "KB837009"), ("remove", root, "KB837009"), ("list", root)):
            place.refused(f"a record {what}, {words[0]}", root, b"damaged", words=words)
    root = place.system()
    library, other = (root / LIBRARY).read_bytes(), (root / "WINDOWS/system32/ntoskrnl.exe").read_bytes()
    (root / "WINDOWS/$NTUninstallKB837009$").mkdir()
    row = f"pending\t{digest(library).hexdigest()}\t{digest(other).hexdigest()}\t-\t{LIBRARY}\tWINDOWS/system32/ntoskrnl.exe"
    (root / "WINDOWS/$NTUninstallKB837009$/postern.record").write_bytes(sealed(head, b"title\tt", b"reason\t", row.encode(), end))
    place.refused("a record that calls the kernel a file that waits", root, b"damaged", words=("remove", root, "KB837009"))


def rights(place):
    """Not root: folders and files that may not be written."""
    if os.geteuid() != 0:
        as_other, other = {}, os.geteuid()
    else:
        as_other, other = {"user": 65534, "group": 65534, "extra_groups": []}, 65534
    shutil.copy(place.exe, place.where / "package.exe")
    os.chmod(place.where, 0o755)

    def give(root):
        if as_other:
            for path in [root, *root.rglob("*")]:
                os.chown(path, other, other)

    for what, path, mode in (("system32 may not be written", "WINDOWS/system32", 0o555), ("the Windows folder may not be written", "WINDOWS", 0o555),
                             ("the hives' folder may not be written", "WINDOWS/system32/config", 0o555), ("the file may not be read", LIBRARY, 0o000)):
        root = place.system()
        give(root)
        os.chmod(root / path, mode)
        before = state(root)
        done = subprocess.run([POSTERN, "update", "install", place.where / "package.exe", "--root", root], capture_output=True, timeout=60, **as_other)
        tap.row(done.returncode in (3, 4) and b"Permission denied" in done.stderr and state(root) == before, f"{what}: refused, untouched", done.returncode, done.stderr,
                *differences(before, state(root)))
        os.chmod(root / path, 0o755)
    root = place.system()
    give(root)
    os.chmod(root / LIBRARY, 0o444)
    before = state(root)
    for words in (["install", place.where / "package.exe", "--root", root], ["remove", root, "KB837009"]):
        done = subprocess.run([POSTERN, "update", *words], capture_output=True, timeout=60, **as_other)
        tap.row(done.returncode == 0, f"a read-only file of an ordinary user: {words[0]}", done.returncode, done.stderr)
    tap.row(state(root) == before, "and it comes back read-only", *differences(before, state(root)))


def hard_links(place):
    root = place.system()
    outside = place.where / "outside.dll"
    os.link(root / LIBRARY, outside)
    old, st = outside.read_bytes(), outside.stat()
    before = state(root)
    update("install", place.exe, "--root", root)
    tap.row(outside.read_bytes() == old and outside.stat().st_mtime_ns == st.st_mtime_ns and outside.stat().st_mode == st.st_mode, "a second name outside keeps bytes, time and mode")
    update("remove", root, "KB837009")
    tap.row(outside.read_bytes() == old and state(root) == before, "and so it does behind the removal", *differences(before, state(root)))


def others(place):
    root = place.system()
    lock = os.open(root / "WINDOWS", os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    for words in (("install", place.exe, "--root", root), ("remove", root, "KB837009"), ("verify", root, "KB837009"), ("list", root), ("recover", root)):
        place.refused(f"another run holds the lock, {words[0]}", root, b"another run is servicing", words=words)
    os.close(lock)


def stopped_at(words, call, nth, log):
    """The command, stopped as it leaves this call: (its tracer, its process or 0)."""
    process = subprocess.Popen(["strace", "-f", "-q", "-o", str(log), "-e", f"trace={call}", "-e", f"inject={call}:signal=STOP:when={nth}", POSTERN, *map(str, words)],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})  # no leak check under a tracer
    for _ in range(2000):
        found = re.search(r"(?m)^(\d+) +--- stopped by SIGSTOP ---$", log.read_text()) if log.exists() else None
        if found:
            return process, int(found.group(1))
        if process.poll() is not None:
            break
        time.sleep(0.01)
    return process, 0


def meanwhile(place):
    """Somebody else writes while a run is at work: the run stops and says so, what it did is undone, and the other's work stays."""
    foreign = trees.pe("9.9.9.9", "x86")
    for what, call, nth, name in (("while it stages", "linkat", 1, LIBRARY), ("before the first file goes", "renameat2", 1, LIBRARY),
                                  ("between two files", "renameat", 1, "Program Files/Outlook Express/msoe.dll"),
                                  ("a hive", "renameat", 1, "WINDOWS/system32/config/software"), ("a new name", "renameat", 1, "WINDOWS/KB837009.log")):
        root = place.system()
        before = state(root)
        process, pid = stopped_at(["update", "install", place.exe, "--root", root], call, nth, root.with_suffix(".log"))
        if not pid:
            tap.row(False, f"{what}: the run could be stopped", process.communicate())
            continue
        st = (root / name).parent.stat()
        (root / name).write_bytes(foreign)
        os.utime((root / name).parent, ns=(st.st_atime_ns, st.st_mtime_ns))
        os.kill(pid, signal.SIGCONT)
        _, err = process.communicate(timeout=60)
        now = [r for r in state(root) if r[0] != name]
        was = [r for r in before if r[0] != name]
        tap.row(process.returncode == 3 and b"changed by somebody else meanwhile" in err and (root / name).read_bytes() == foreign, f"{what}: said, and the other's file stays", process.returncode, err)
        tap.row(now == was, f"{what}: all else is as before", *differences(was, now))


for function in (links, twins, odd_files, journals, records, rights, hard_links, others, meanwhile):
    with folder() as name:
        function(Place(pathlib.Path(name)))
tap.finish()
