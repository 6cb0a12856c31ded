"""
test_kill.py install | remove | install-restart | remove-restart: T1 at the command: SIGKILL at each state-changing system call of install and of
remove (with --at-restart: through PendingFileRenameOperations), and of the recovery behind every third of them; ENOSPC and EIO at each write and
flush, of recovery, too. After the next command the tree is exactly before or exactly after.

Kills are tried on the plain build. Failing calls are tried on builds without the sandbox (the sanitizers' is one), because a call
that the tracer makes fail is a call that seccomp does not know.

Left out of the comparison: the time of the Windows folder itself, which the very last step (the journal's folder goes) changes.
"""
import collections
import os
import pathlib
import re
import shutil
import subprocess
import sys

import bulletin
from bulletin import PACKAGES, make, run, system, windows_folder
from cli import POSTERN, SANDBOXED, Tap, folder

tap = Tap()
CALLS = ["write", "renameat", "renameat2", "unlinkat", "mkdirat", "linkat", "fsync", "ftruncate", "utimensat", "fchmod", "fchown"]


def state(root, windows):
    import hashlib
    import stat
    rows = []
    for path in sorted(pathlib.Path(root).rglob("*")):
        st = path.lstat()
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if stat.S_ISREG(st.st_mode) else ""
        name = str(path.relative_to(root))
        # what a run writes anew carries the time of that run: its log, record, hives
        fresh = name.endswith((".log", "postern.record", "config/software", "config/system")) or name == windows or "$NTUninstall" in name
        rows.append((name, st.st_mode, 0 if fresh else st.st_mtime_ns, "" if name.endswith((".log", "postern.record", "software")) else digest))
    return rows


def traced(words, inject=None):
    """Runs under strace; (exit code or -signal, calls of the main process by name)."""
    with folder() as name:
        log = pathlib.Path(name) / "log"
        command = ["strace", "-q", "-o", str(log), "-e", "trace=" + ",".join(CALLS)]
        if inject:
            command += ["-e", "inject=" + inject]
        done = subprocess.run([*command, POSTERN, *map(str, words)], capture_output=True,
                              env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})  # no leak check under a tracer
        calls = collections.Counter(re.findall(r"^(\w+)\(", log.read_text(errors="replace"), re.M)) if log.exists() else {}
        return done.returncode, calls, done.stderr


class Scene:
    """One kind of run: how the tree is before it, what is run, what the tree is behind it."""

    def __init__(self, what, where, package, exe):
        self.what, self.where, self.windows = what, where, windows_folder(package)
        self.start, self.root = where / "start", where / "tree"
        system(package, self.start)
        if what.startswith("remove"):
            run("update", "install", exe, "--root", self.start)
        self.words = ["update", "install", exe, "--root", self.root, "-q"] if what.startswith("install") else ["update", "remove", self.root, "KB837009", "-q"]
        self.done = 0
        if what.endswith("restart"):
            self.words.append("--at-restart")
            self.done = 3010 & 255
        self.renew()
        self.before = state(self.root, self.windows)
        code, self.calls, err = traced(self.words)
        self.after = state(self.root, self.windows)
        tap.row(code == self.done and self.before != self.after, f"{what}: runs", code, err)

    def renew(self):
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self.start, self.root, symlinks=True)

    def judge(self, name, counts):
        code, _, err = run("update", "recover", self.root)
        now = state(self.root, self.windows)
        known = "before" if now == self.before else "after" if now == self.after else "neither"
        counts[known] += 1
        if code or known == "neither":
            other = self.before
            tap.row(False, f"{name}: recovered", code, err, *[str(r) for r in now if r not in other][:6], *[str(r) for r in other if r not in now][:6])


def kills(scene):
    counts, number = collections.Counter(), 0
    for call in CALLS:
        if call == "fsync" and scene.done:
            continue  # changes nothing; the two other scenes are killed there, too
        for nth in range(1, scene.calls.get(call, 0) + 1):
            number += 1
            scene.renew()
            code, _, _ = traced(scene.words, f"{call}:signal=KILL:when={nth}")
            counts["killed"] += code == -9 or code == 137
            if number % 3 == 0:  # the recovery is killed, too, somewhere in its middle
                recovery = ["update", "recover", scene.root, "-q"]
                traced(recovery, f"{CALLS[number // 3 % len(CALLS)]}:signal=KILL:when=1")
                counts["recoveries killed"] += 1
            scene.judge(f"{scene.what}, {call} {nth}", counts)
    print(f"# {scene.what}: {dict(counts)}", file=sys.stderr)
    tap.row(counts["neither"] == 0 and counts["killed"] >= 50, f"{scene.what}: T1 holds in {number} kills ({dict(counts)})")
    tap.row(counts["before"] and counts["after"], f"{scene.what}: both outcomes were seen")


def errors(scene):
    """Every failing write or flush is told and undone at once. Behind the commit there is nothing to undo: the next command cleans up then."""
    counts = collections.Counter()
    for call, error in (("write", "ENOSPC"), ("write", "EIO"), ("fsync", "EIO"), ("renameat", "EACCES"), ("renameat2", "EACCES"), ("linkat", "ENOSPC")):
        for nth in range(1, scene.calls.get(call, 0) + 1, 3 if scene.done else 1):  # what waits for a restart takes the same calls
            scene.renew()
            code, _, err = traced(scene.words, f"{call}:error={error}:when={nth}")
            now = state(scene.root, scene.windows)
            known = "before" if now == scene.before else "after" if now == scene.after else "neither"
            counts[known] += 1
            if known == "neither" and code == 4 and b"it is done" in err:
                counts["neither"] -= 1
                scene.judge(f"{scene.what}, {call} {nth} {error}", counts)
                counts["cleaned up by the next"] += 1
            elif known == "neither" or (known == "before" and code not in (3, 4)) or (code not in (0, scene.done) and not err):
                scene.judge(f"{scene.what}, {call} {nth} {error}", counts)
                tap.row(known != "neither", f"{scene.what}, {call} {nth} {error}: {known}, exit {code}", err)
    tap.row(counts["neither"] == 0 and counts["before"] > 10, f"{scene.what}: failing writes are undone ({dict(counts)})")


def failing_recovery(scene):
    """A recovery whose writes, flushes, renames and removals fail says so, changes nothing for the worse, and the next one ends it."""
    counts, codes = collections.Counter(), collections.Counter()
    for call, nth in (("fsync", 9), ("renameat", 2), ("unlinkat", 1)):
        scene.renew()
        traced(scene.words, f"{call}:signal=KILL:when={nth}")
        killed = scene.where / "killed"
        shutil.rmtree(killed, ignore_errors=True)
        shutil.copytree(scene.root, killed, symlinks=True)
        recovery = ["update", "recover", scene.root, "-q"]
        _, calls, _ = traced(recovery)
        for failing, error in (("write", "ENOSPC"), ("fsync", "EIO"), ("renameat", "EIO"), ("unlinkat", "EACCES"), ("utimensat", "EIO")):
            for n in range(1, calls.get(failing, 0) + 1):
                shutil.rmtree(scene.root)
                shutil.copytree(killed, scene.root, symlinks=True)
                code, _, err = traced(recovery, f"{failing}:error={error}:when={n}")
                codes[code] += 1
                if code and (code not in (3, 4) or not err):
                    tap.row(False, f"{scene.what}, recovery, {failing} {n} {error}: exit {code}", err)
                scene.judge(f"{scene.what}, recovery, {failing} {n} {error}", counts)
    tap.row(counts["neither"] == 0 and sum(counts.values()) > 40 and codes[3] + codes[4] > 15, f"{scene.what}: failing recoveries are told, and ended by the next ({dict(counts)}, exits {dict(codes)})")


if not shutil.which("strace"):
    tap.row(False, "strace is there")
    tap.finish()
os.environ.setdefault("TMPDIR", "/dev/shm")
for what in sys.argv[1:]:
    with folder() as name:
        base = pathlib.Path(name)
        scene = Scene(what, base, PACKAGES[0], make(PACKAGES[0], base))
        if SANDBOXED:
            kills(scene)
            continue
        errors(scene)
        if not scene.done:
            failing_recovery(scene)
tap.finish()
