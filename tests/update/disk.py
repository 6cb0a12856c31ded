"""
A disk that forgets. The calls of a run, as strace saw them, are played on a model that keeps two states of each file and folder:
what was flushed (fsync) and what was not. `crashes` tells, for a moment, what may be found after the power comes back:

    a file    its bytes, mode and time as they were last flushed; or as they are; or as long as they are, with zeros behind
              what was flushed; or half of that
    a folder  any choice of its changes since it was flushed, each whole (a rename moves a name, it never is half): all, none, those
              up to some point, one alone, all but one, a choice at random; folders forget independently of each other

A new name counts only once its folder was flushed, a new file's bytes only once the file was.
"""
import itertools
import os
import pathlib
import random
import re
import stat

CALLS = ["openat", "openat2", "write", "renameat", "renameat2", "unlinkat", "mkdirat", "linkat", "fsync", "ftruncate", "utimensat", "fchmod"]
NOW = object()  # a time that nobody set


class File:
    def __init__(self, data=b"", mode=0o600, time=NOW):
        self.data, self.mode, self.time = data, mode, time
        self.flushed = (data, mode, time)
        self.dirty = False

    def forms(self):
        """What may be found of it: (bytes, mode, time)."""
        now = (self.data, self.mode, self.time)
        if not self.dirty:
            return [now]
        old = self.flushed[0][:len(self.data)]  # all writes here go behind what is there
        new = len(self.data) - len(old)
        return [now, self.flushed, (old + bytes(new), self.mode, self.time), (self.data[:len(old) + new // 2], *self.flushed[1:])]


class Folder:
    def __init__(self, mode, time):
        self.mode, self.time, self.names, self.changes = mode, time, {}, []

    def change(self, *pairs):
        self.changes.append(("names", pairs))

    def after(self, chosen):
        """Names and time when only some of the changes since the last flush were kept."""
        names, time = dict(self.names), self.time
        for index, (kind, what) in enumerate(self.changes):
            if index not in chosen:
                continue
            if kind == "time":
                time = what
                continue
            time = NOW
            for name, node in what:
                if node is None:
                    names.pop(name, None)
                else:
                    names[name] = node
        return names, time

    def now(self):
        return self.after(range(len(self.changes)))

    def flush(self):
        self.names, self.time = self.now()
        self.changes = []


class Disk:
    def __init__(self, root):
        self.where = str(root)
        self.root = self.load(pathlib.Path(root))

    def load(self, path):
        st = path.lstat()
        if not stat.S_ISDIR(st.st_mode):
            return File(path.read_bytes(), stat.S_IMODE(st.st_mode), st.st_mtime_ns)
        folder = Folder(stat.S_IMODE(st.st_mode), st.st_mtime_ns)
        folder.names = {p.name: self.load(p) for p in path.iterdir()}
        return folder

    def find(self, path):
        node = self.root
        for name in [n for n in path[len(self.where):].split("/") if n]:
            node = node.now()[0][name]
        return node

    def folders(self):
        found, todo = [], [self.root]
        while todo:
            folder = todo.pop()
            found.append(folder)
            seen = {id(n): n for names in [folder.names, folder.now()[0]] for n in names.values()}
            todo += [n for n in seen.values() if isinstance(n, Folder)]
        return found

    def files(self):
        found = {}
        for folder in self.folders():
            for _, pairs in [("", folder.names.items()), *[c for c in folder.changes if c[0] == "names"]]:
                found.update({id(n): n for _, n in pairs if isinstance(n, File)})
        return list(found.values())

    # ---- what a run did

    def apply(self, call, path, words, text):
        """One call on the descriptor that is `path`; `words` its other arguments."""
        node = self.find(path)
        if call in ("openat", "openat2"):
            if "O_CREAT" in text and words[0] not in node.now()[0]:
                mode = re.search(r"(?:mode=|, )(0[0-7]+)(?=[,}]|$)", text)
                node.change((words[0], File(mode=int(mode.group(1), 8) & ~0o022)))
        elif call == "write":
            node.data, node.dirty, node.time = node.data + words[0], True, NOW
        elif call in ("renameat", "renameat2"):
            assert words[1] == path, "a rename stays in its folder"
            node.change((words[2], node.now()[0][words[0]]), (words[0], None))
        elif call == "unlinkat":
            node.change((words[0], None))
        elif call == "mkdirat":
            node.change((words[0], Folder(int(text.rsplit(", ", 1)[1], 8), NOW)))
        elif call == "linkat":
            other = self.find(words[1])
            other.change((words[2], node.now()[0][words[0]]))
        elif call == "fsync":
            if isinstance(node, Folder):
                node.flush()
            else:
                node.flushed, node.dirty = (node.data, node.mode, node.time), False
        elif call == "ftruncate":
            node.data, node.dirty = node.data[:int(text.rsplit(", ", 1)[1])], True
        elif call == "utimensat":
            times = re.findall(r"UTIME_OMIT|\{tv_sec=(-?\d+), tv_nsec=(\d+)\}", text)
            time = int(times[1][0]) * 10**9 + int(times[1][1])
            if isinstance(node, Folder):
                node.changes.append(("time", time))
            else:
                node.time, node.dirty = time, True
        elif call == "fchmod":
            node.mode, node.dirty = int(text.rsplit(", ", 1)[1], 8), True

    # ---- what may be left of it

    def choices(self, rng):
        """({folder: kept changes}, {file: form}) for this moment; what is not named is kept as it is."""
        folders = [f for f in self.folders() if f.changes]
        files = [f for f in self.files() if f.dirty]
        everything = {f: range(len(f.changes)) for f in folders}
        nothing = {f: () for f in folders}
        lost = [{f: n for f in files} for n in (1, 2, 3)] if files else []
        yield everything, {}
        yield nothing, {}
        for forms in lost:
            yield everything, forms
            yield nothing, forms
        for base in (everything, nothing):
            for folder in folders:
                total = len(folder.changes)
                some = [range(n) for n in range(1, total)] + [[n] for n in range(total)] + [[k for k in range(total) if k != n] for n in range(total)]
                for kept in some:
                    yield {**base, folder: kept}, {}
        for _ in range(3 if len(folders) + len(files) > 1 or any(len(f.changes) > 2 for f in folders) else 0):
            yield ({f: [n for n in range(len(f.changes)) if rng.random() < 0.5] for f in folders}, {f: rng.randrange(4) for f in files})

    def image(self, kept, forms):
        """What is found then: {path: (mode, time, bytes or None)}."""
        found = {}

        def walk(folder, path):
            names, time = folder.after(kept.get(folder, range(len(folder.changes))))
            found[path] = (folder.mode, time, None)
            for name, node in names.items():
                if isinstance(node, Folder):
                    walk(node, path + "/" + name)
                else:
                    data, mode, set_time = node.forms()[forms.get(node, 0)]
                    found[path + "/" + name] = (mode, set_time, data)

        walk(self.root, "")
        return found


def calls_of(log, root):
    """(call, path of its descriptor, words, line) of each call below `root` that changed something."""
    root = str(root)
    for line in pathlib.Path(log).read_text(errors="surrogateescape").splitlines():
        match = re.match(r"(\w+)\((.*)\) += (-?\d+)", line)
        if not match or match.group(3).startswith("-"):
            continue
        call, text = match.group(1), match.group(2)
        decode = lambda t: bytes.fromhex(t.replace("\\x", ""))  # noqa: E731
        places = [decode(p).decode() if p.startswith("\\x") else p for p in re.findall(r"\d+<([^>]*)>", text)]
        if not places or not (places[0] + "/").startswith(root + "/"):
            continue
        strings = [decode(t) for t in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', text)]
        if call == "write":
            words = strings[:1]
        elif call in ("renameat", "renameat2", "linkat"):
            words = [strings[0].decode(), places[1], strings[1].decode()]
        else:
            words = [s.decode() for s in strings]
        if call in ("openat", "openat2") and "O_CREAT" not in text:
            continue
        yield call, places[0], words, text


def put(image, root):
    """Writes an image out below `root`, which is empty."""
    for path, (mode, time, data) in image.items():
        if data is None:
            os.makedirs(root + path, exist_ok=True)
    for path, (mode, time, data) in image.items():
        if data is not None:
            with open(root + path, "wb") as file:
                file.write(data)
            os.chmod(root + path, mode)
            if time is not NOW:
                os.utime(root + path, ns=(0, time))
    for path in sorted((p for p, row in image.items() if row[2] is None), key=len, reverse=True):
        os.chmod(root + path, image[path][0])
        if image[path][1] is not NOW:
            os.utime(root + path, ns=(0, image[path][1]))


def key_of(image):
    return tuple(sorted((p, m, 0 if t is NOW else t, d) for p, (m, t, d) in image.items()))


def crashes(disk, calls, rng=None):
    """Every different image that may be found: before each call, and behind the last one."""
    rng, seen = rng or random.Random(837009), set()
    for call in itertools.chain(calls, [None]):
        for kept, forms in disk.choices(rng):
            image = disk.image(kept, forms)
            key = hash(key_of(image))
            if key not in seen:
                seen.add(key)
                yield call, image
        if call:
            disk.apply(*call)
