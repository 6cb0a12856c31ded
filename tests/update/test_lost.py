"""
test_lost.py SCENE: lost writes. What was not flushed when the power went may be gone, whole or in part, in any order (disk.py); and yet,
after the next command, the tree is exactly before or exactly after (T1). For an installation, a removal, both at a restart, and for the
recovery behind a choice of such crashes, too. Each different image is recovered by the library's own entry; some also by the command.

Left out of the comparison: the time of the Windows folder itself (docs/decisions/0004).
"""
import collections
import os
import pathlib
import shutil
import subprocess
import sys
import time

import disk
from bulletin import PACKAGES, make, run, system, windows_folder
from cli import POSTERN, Tap, folder

tap = Tap()
WINDOWS = windows_folder(PACKAGES[0])


def strace(words, log, **more):
    command = ["strace", "-q", "-y", "-xx", "-s", "16000000", "-o", str(log), "-e", "trace=" + ",".join(disk.CALLS)]
    done = subprocess.run([*command, *map(str, words)], capture_output=True, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}, **more)  # no leak check under a tracer
    return done.returncode, done.stderr


class Recoverer:
    """The library's recovery, as a process that stays."""

    def __init__(self):
        self.process = subprocess.Popen([os.environ["TX_RECOVER"]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, root):
        self.process.stdin.write(f"{root}\t{WINDOWS}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().rstrip("\n").split("\t")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def rows(image):
    """An image without the times that nobody set, and that of the Windows folder."""
    return {p: (m, None if t is disk.NOW or p == "/" + WINDOWS else t, d) for p, (m, t, d) in image.items()}


def same(found, wanted):
    return found.keys() == wanted.keys() and all(f[0] == w[0] and f[2] == w[2] and (w[1] is None or f[1] == w[1])
                                                 for f, w in ((found[p], wanted[p]) for p in wanted))


def unlike(found, wanted):
    return [f"{p}: {found.get(p, ('absent',))[:2]} not {wanted.get(p, ('absent',))[:2]}" for p in sorted(found.keys() | wanted.keys())
            if p not in found or p not in wanted or found[p][::2] != wanted[p][::2] or (wanted[p][1] is not None and found[p][1] != wanted[p][1])][:6]


class Scene:
    def __init__(self, name, where, recoverer):
        self.name, self.where, self.recoverer = name, where, recoverer
        self.counts, self.tree, self.number = collections.Counter(), str(where / "tree"), 0
        exe, start = make(PACKAGES[0], where), where / "start"
        system(PACKAGES[0], start)
        if name.startswith("remove"):
            run("update", "install", exe, "--root", start)
        words = ["install", exe, "--root", start] if name.startswith("install") else ["remove", start, "KB837009"]
        if name.endswith("restart"):
            words.append("--at-restart")
        self.disk = disk.Disk(start)
        self.before = rows(self.disk.image({}, {}))
        code, err = strace([POSTERN, "update", *words], where / "log")
        self.calls = list(disk.calls_of(where / "log", start))
        end = disk.Disk(start)
        done = disk.Disk.__new__(disk.Disk)
        done.where, done.root = str(start), self.disk.root
        tap.row(code in (0, 194) and len(self.calls) > 60, f"{name}: runs, {len(self.calls)} calls", code, err)
        self.end = rows(end.image({}, {}))

    def judge(self, call, image):
        shutil.rmtree(self.tree, ignore_errors=True)
        disk.put(image, self.tree)
        self.number += 1
        if self.number % 60 == 0:  # the next command, as it is
            code, _, err = run("update", "recover", self.tree)
            told = ["error", err.decode()] if code else ["command", ""]
            self.counts["by the command"] += 1
        else:
            told = self.recoverer(self.tree)
        now = rows(disk.Disk(self.tree).image({}, {}))
        known = "before" if same(now, self.before) else "after" if same(now, self.after) else "neither"
        self.counts[known] += 1
        if told[0] == "error" or known == "neither":
            self.counts["wrong"] += 1
            if self.counts["wrong"] <= 3:
                tap.row(False, f"{self.name}: lost before {call and call[0]} {call and call[1:3]}", told, "before:", *unlike(now, self.before), "after:", *unlike(now, self.after))

    def play(self):
        """All crashes of the run; then those of the recovery behind some of them."""
        images = list(disk.crashes(self.disk, self.calls))
        played = rows(self.disk.image({}, {}))
        self.after = {p: (m, played[p][1], d) for p, (m, t, d) in self.end.items()} if played.keys() == self.end.keys() else self.end
        tap.row(same(self.end, played), f"{self.name}: the model says what the disk says", *unlike(self.end, played))
        for call, image in images:
            self.judge(call, image)
        print(f"# {self.name}: {len(images)} crashes of the run: {dict(self.counts)}", file=sys.stderr)
        behind = collections.Counter()
        for call, image in images[::max(1, len(images) // 5)]:
            behind += self.play_recovery(image)
        print(f"# {self.name}: {behind['crashes']} crashes of {behind['recoveries']} recoveries", file=sys.stderr)
        tap.row(self.counts["neither"] == 0 and self.counts["wrong"] == 0 and self.counts["before"] and self.counts["after"] and behind["crashes"] > 100,
                f"t1_{self.name}: {len(images)} crashes of the run, {behind['crashes']} of recoveries ({dict(self.counts)})")

    def play_recovery(self, image):
        shutil.rmtree(self.tree, ignore_errors=True)
        disk.put(image, self.tree)
        model = disk.Disk(self.tree)
        strace([os.environ["TX_RECOVER"]], self.where / "log", input=f"{self.tree}\t{WINDOWS}\n".encode())
        calls = list(disk.calls_of(self.where / "log", self.tree))
        count = 0
        for call, found in disk.crashes(model, calls):
            self.judge(call, found)
            count += 1
        return collections.Counter(crashes=count, recoveries=1)


os.environ["TMPDIR"] = "/dev/shm"
if not shutil.which("strace"):
    tap.row(False, "strace is there (tools/need test)")
    tap.finish()
for name in sys.argv[1:]:
    begun = time.monotonic()
    with folder() as place:
        recoverer = Recoverer()
        Scene(name, pathlib.Path(place), recoverer).play()
        recoverer.close()
    print(f"# {name}: {time.monotonic() - begun:.1f} s", file=sys.stderr)
tap.finish()
