"""
test_kill.py install | remove: T1 at the command: SIGKILL at each state-changing system call of install and of remove, and of the recovery behind every third of
them; ENOSPC and EIO at each write and flush. After the next command the tree is exactly before or exactly after.

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
        fresh = name.endswith((".log", "postern.record", "config/software")) or name == windows or "$NTUninstall" in name
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
        if what == "remove":
            run("update", "install", exe, "--root", self.start)
        self.words = ["update", "install", exe, "--root", self.root, "-q"] if what == "install" else ["update", "remove", self.root, "KB837009", "-q"]
        self.renew()
        self.before = state(self.root, self.windows)
        code, self.calls, err = traced(self.words)
        self.after = state(self.root, self.windows)
        tap.row(code == 0 and self.before != self.after, f"{what}: runs", code, err)

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
    tap.row(counts["neither"] == 0 and counts["killed"] >= 60, f"{scene.what}: T1 holds in {number} kills ({dict(counts)})")
    tap.row(counts["before"] and counts["after"], f"{scene.what}: both outcomes were seen")


def errors(scene):
    """Every failing write or flush is told, and undone at once: no recovery is needed."""
    counts = collections.Counter()
    for call, error in (("write", "ENOSPC"), ("write", "EIO"), ("fsync", "EIO"), ("renameat", "EACCES"), ("renameat2", "EACCES"), ("linkat", "ENOSPC")):
        for nth in range(1, scene.calls.get(call, 0) + 1):
            scene.renew()
            code, _, err = traced(scene.words, f"{call}:error={error}:when={nth}")
            now = state(scene.root, scene.windows)
            known = "before" if now == scene.before else "after" if now == scene.after else "neither"
            counts[known] += 1
            if known == "neither" or (known == "before" and code not in (3, 4)) or (code and not err):
                scene.judge(f"{scene.what}, {call} {nth} {error}", counts)
                tap.row(known != "neither", f"{scene.what}, {call} {nth} {error}: {known}, exit {code}", err)
    tap.row(counts["neither"] == 0 and counts["before"] > 20, f"{scene.what}: failing writes are undone ({dict(counts)})")


if not shutil.which("strace"):
    tap.row(False, "strace is there")
    tap.finish()
os.environ.setdefault("TMPDIR", "/dev/shm")
for what in sys.argv[1:]:
    with folder() as name:
        base = pathlib.Path(name)
        scene = Scene(what, base, PACKAGES[0], make(PACKAGES[0], base))
        kills(scene) if SANDBOXED else errors(scene)
tap.finish()
