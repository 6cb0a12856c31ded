"""
Servicing on real file systems: tmpfs, ext4, NTFS (ntfs-3g), FAT (fusefat where the kernel has none), each made in a file and mounted
here. The tree comes back with all that the file system keeps: bytes, times (but with fusefat), modes; on ext4 attributes and access lists; on NTFS
attributes, times of creation, streams and short names. Then kills at a choice of system calls (T1). A file system that cannot be
mounted here is named with the system's own words.
"""
import collections
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CALLS = ["write", "renameat", "renameat2", "unlinkat", "mkdirat", "linkat", "fsync", "utimensat"]
NTFS = ["system.ntfs_attrib_be", "system.ntfs_crtime_be", "system.ntfs_dos_name"]
UNTIMED = set()  # kinds whose driver gives a file that is renamed the time of now: fusefat does
LONG = r"Program Files\Outlook Express\Long name of a file.dll"


def tool(words, **more):
    return subprocess.run([str(w) for w in words], capture_output=True, text=True, errors="replace", timeout=60, **more)


class Mount:
    """A file system of a kind in a file of its own; `why` says why it is not there."""

    def __init__(self, kind, work):
        self.where, self.why, image = work / kind, "", work / (kind + ".img")
        self.where.mkdir()
        if kind != "tmpfs":
            with open(image, "wb") as file:
                file.truncate(40 << 20)
        make = {"ext4": ["mkfs.ext4", "-q", image], "ntfs": ["mkntfs", "-q", "-Q", "-F", image], "fat": ["mkfs.vfat", image]}
        mounts = {"tmpfs": [["mount", "-t", "tmpfs", "none", self.where]], "ext4": [["mount", "-o", "loop", image, self.where]],
                  "ntfs": [["ntfs-3g", image, self.where, "-o", "permissions"]],
                  "fat": [["mount", "-t", "vfat", "-o", "loop", image, self.where], ["fusefat", "-o", "rw+", image, self.where]]}
        if kind in make:
            tool(make[kind])
        for words in mounts[kind]:
            done = tool(words)
            if os.path.ismount(self.where):
                if words[0] == "fusefat":
                    UNTIMED.add(kind)
                return
            self.why += f"{' '.join(map(str, words[:3]))}: {' '.join((done.stderr or done.stdout).split())}. "

    def __enter__(self):
        return self

    def __exit__(self, *what):
        for _ in range(20):
            if not os.path.ismount(self.where):
                return
            tool(["umount", self.where])


def attributes(path, kind, born=True):
    if kind == "fat":
        return {}
    found = {name: os.getxattr(path, name) for name in os.listxattr(path)}
    for name in NTFS if kind == "ntfs" else []:
        try:
            found[name] = os.getxattr(path, name)
        except OSError:
            pass
    if not born:
        found.pop("system.ntfs_crtime_be", None)
    return found


def state(root, kind, born=True):
    """`born`: with the times of creation, which no test can set for folders."""
    rows = {}
    for path in sorted(pathlib.Path(root).rglob("*")):
        st = path.lstat()
        times = kind not in UNTIMED and not (kind == "fat" and path.is_dir())  # FAT keeps none for its folders that could be set
        rows[str(path.relative_to(root))] = (st.st_mode, st.st_uid, st.st_gid, st.st_mtime_ns if times else 0, attributes(path, kind, born),
                                             path.read_bytes() if path.is_file() else b"")
    return rows


def unlike(a, b):
    return [f"{k}: {str(a.get(k))[:160]} / {str(b.get(k))[:160]}" for k in sorted(a.keys() | b.keys()) if a.get(k) != b.get(k)][:5]


def acl(*rows):
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *row) for row in rows)


def dress(root, kind):
    """What only this file system keeps."""
    library, other = root / "WINDOWS/system32/inetcomm.dll", root / LONG.replace("\\", "/")
    if kind == "ext4":
        os.setxattr(library, "user.note", b"kept")
        os.setxattr(library, "system.posix_acl_access", acl((1, 6, 0xFFFFFFFF), (2, 4, 65534), (4, 4, 0xFFFFFFFF), (0x10, 4, 0xFFFFFFFF), (0x20, 0, 0xFFFFFFFF)))
        os.chmod(root / "WINDOWS/system32/dllcache/inetcomm.dll", 0o440)
    if kind == "ntfs":
        os.setxattr(library, "user.Zone.Identifier", b"[ZoneTransfer]\r\nZoneId=3\r\n")
        os.setxattr(other, "system.ntfs_dos_name", b"LONGNA~1.DLL")
        os.setxattr(library, "system.ntfs_crtime_be", struct.pack(">Q", 0x1C41B5B9E6C0000))
        os.setxattr(library, "system.ntfs_attrib_be", struct.pack(">I", 0x26))  # hidden, system, archive
        os.setxattr(other, "system.ntfs_attrib_be", struct.pack(">I", 0x21))  # read only


def strace(words, inject=None, log="/dev/null"):
    command = ["strace", "-q", "-o", log, "-e", "trace=" + ",".join(CALLS), *(["-e", "inject=" + inject] if inject else [])]
    return subprocess.run([*command, *map(str, words)], capture_output=True, text=True)


def kills(row, kind, make_tree, root, words, postern):
    """At each fifth call of each kind (tenth where test_kill.py goes through all, on such a disk), and the last; the tree is renewed by `make_tree`."""
    with tempfile.NamedTemporaryFile() as log:
        make_tree()
        before = state(root, kind, born=False)
        done = strace(words, log=log.name)
        after = state(root, kind, born=False)
        calls = collections.Counter(re.findall(r"^(\w+)\(", pathlib.Path(log.name).read_text(errors="replace"), re.M))
    row.check(done.returncode == 0, f"{kind}: runs under the tracer", done.stderr)

    def known(now):
        def like(wanted):
            fresh = [k for k in wanted if k.endswith((".log", "postern.record", "/software")) or "$NTUninstall" in k or k == "WINDOWS"]
            strip = lambda r: {k: (*v[:3], 0, v[4], b"" if k.endswith((".log", "postern.record", "/software")) else v[5]) if k in fresh else v  # noqa: E731
                               for k, v in r.items()}
            return strip(now) == strip(wanted)
        return "before" if like(before) else "after" if like(after) else "neither"

    counts = collections.Counter()
    for call in CALLS:
        for nth in sorted({*range(1, calls[call] + 1, 5 if kind in ("ntfs", "fat") else 10), calls[call]} - {0}):
            make_tree()
            strace(words, f"{call}:signal=KILL:when={nth}")
            done = tool([postern, "update", "recover", root])
            now = state(root, kind, born=False)
            counts[known(now)] += 1
            if done.returncode or known(now) == "neither":
                if counts["neither"] < 3:
                    row.check(False, f"{kind}: killed at {call} {nth}", done.stderr, "before", *unlike(before, now), "after", *unlike(after, now))
    print(f"   {kind}: {sum(counts.values())} kills: {dict(counts)}", flush=True)
    row.check(counts["before"] and counts["after"] and not counts["neither"], f"t1_{kind}: kills leave before or after ({dict(counts)})")


def immutable(row, root, exe, postern):
    """A file that not even root may replace: refused before or undone behind, told, and the tree as it was."""
    for name in ("WINDOWS/system32/inetcomm.dll", "WINDOWS/system32/config/software", "Program Files/Common Files/System"):
        before = state(root, "ext4")
        tool(["chattr", "+i", root / name])
        done = tool([postern, "update", "install", exe, "--root", root])
        tool(["chattr", "-i", root / name])
        now = state(root, "ext4")
        row.check(done.returncode == 4 and "not permitted" in done.stderr and now == before, f"ext4: {name} is immutable", done.returncode, done.stderr, *unlike(before, now))


def serviced(row, kind, mount, work, bulletin, postern):
    package = bulletin.PACKAGES[0]
    exe, root = work / (package.name + ".exe"), mount.where / "tree"

    def make_tree():
        shutil.rmtree(root, ignore_errors=True)
        bulletin.system(package, root, files={LONG: bulletin.trees.pe(package.old, "x86")})
        dress(root, kind)
        for number, path in enumerate(sorted(root.rglob("*"), reverse=True)):
            os.utime(path, ns=(1, 1_080_000_000_000_000_000 + number * 10_000_000_700))  # 100 ns is what NTFS counts in

    make_tree()
    os.utime(root / "WINDOWS", ns=(1, 1_000_000_000_000_000_000))
    before = state(root, kind)
    for more in ([], ["--at-restart"]):
        done = tool([postern, "update", "install", exe, "--root", root, *more])
        row.check(done.returncode == (194 if more else 0), f"{kind} {more}: install", done.returncode, done.stderr)
        if kind == "ntfs" and not more:
            now = state(root, kind)["WINDOWS/system32/inetcomm.dll"]
            row.check(now[4].get("system.ntfs_attrib_be") == struct.pack(">I", 0x26) and now[5] != before["WINDOWS/system32/inetcomm.dll"][5],
                      "ntfs: the new file has the attributes of the old one", now[4])
        done = tool([postern, "update", "verify", root, "KB837009"])
        row.check(done.returncode == (1 if more else 0), f"{kind} {more}: verify", done.stdout, done.stderr)
        done = tool([postern, "update", "remove", root, "KB837009"])
        now = state(root, kind)
        row.check(done.returncode == 0 and now == before, f"{kind} {more}: remove brings everything back", done.stderr, *unlike(before, now))
    if kind == "ext4":
        immutable(row, root, exe, postern)
    kills(row, kind, make_tree, root, [postern, "update", "install", exe, "--root", root, "-q"], postern)


def no_space(row, mount, bulletin, exe, postern):
    """A disk that fills up at each of some moments: undone, reported; the real ENOSPC of a real file system."""
    root, refused = mount.where / "tree", 0
    bulletin.system(bulletin.PACKAGES[0], root, files={LONG: bulletin.trees.pe(bulletin.PACKAGES[0].old, "x86")})
    before = state(root, "tmpfs")
    for free in (0, 4, 12, 20, 28, 40, 60, 80, 4000):
        stat = os.statvfs(mount.where)
        with open(mount.where / "filler", "wb") as file:
            file.write(bytes(max(0, stat.f_bavail * stat.f_frsize - free * 1024)))
        done = tool([postern, "update", "install", exe, "--root", root])
        os.unlink(mount.where / "filler")
        now = state(root, "tmpfs")
        if done.returncode == 0:
            tool([postern, "update", "remove", root, "KB837009"])
            row.check(state(root, "tmpfs") == before, f"{free} KiB free: installed and removed", *unlike(before, state(root, "tmpfs")))
            continue
        refused += 1
        row.check(done.returncode == 4 and "No space left" in done.stderr and now == before, f"{free} KiB free: undone and told", done.returncode, done.stderr, *unlike(before, now))
    row.check(2 <= refused < 9, "a full disk was met, and one with room", refused)


def mounts(row, mount, bulletin, exe, postern):
    """A folder of the system that is another file system is a part of it; a tree that is mounted read-only is refused."""
    root, inside = mount.where / "mounts", mount.where / "mounts/WINDOWS/system32/dllcache"
    bulletin.system(bulletin.PACKAGES[0], root, files={LONG: bulletin.trees.pe(bulletin.PACKAGES[0].old, "x86")})
    library = (inside / "inetcomm.dll").read_bytes()
    done = tool(["mount", "-t", "tmpfs", "none", inside])
    row.check(os.path.ismount(inside), "a file system is mounted inside", done.stderr)
    (inside / "inetcomm.dll").write_bytes(library)
    before = state(root, "tmpfs")
    done = tool([postern, "update", "install", exe, "--root", root])
    row.check(done.returncode == 0 and (inside / "inetcomm.dll").read_bytes() != library, "a mounted folder is serviced, too", done.stderr)
    done = tool([postern, "update", "remove", root, "KB837009"])
    row.check(done.returncode == 0 and state(root, "tmpfs") == before, "and comes back", done.stderr, *unlike(before, state(root, "tmpfs")))
    tool(["umount", inside])
    before = state(root, "tmpfs")
    tool(["mount", "-o", "remount,ro", mount.where])
    for words in (["install", exe, "--root", root], ["recover", root]):
        done = tool([postern, "update", *words])
        row.check((done.returncode == 4 and "Read-only" in done.stderr or words[0] == "recover" and done.returncode == 0) and state(root, "tmpfs") == before,
                  f"mounted read-only, {words[0]}", done.returncode, done.stderr)
    tool(["mount", "-o", "remount,rw", mount.where])


def stage(row, build):
    os.environ["POSTERN"] = str(build / "src/cli/postern")
    for room in ("", "../win", "../cli"):
        sys.path.insert(0, str((HERE / room).resolve()))
    import bulletin
    absent = [t for t in ("strace", "mkntfs", "ntfs-3g", "mkfs.vfat", "fusefat", "mkfs.ext4") if not shutil.which(t)]
    row.check(not absent, "makers of file systems are installed (tools/need test)", *absent)
    with tempfile.TemporaryDirectory(prefix="postern-disks-") as name:
        work = pathlib.Path(name)
        package = bulletin.PACKAGES[0]
        extra = f"[Files]\n\"Long name of a file.dll\" = 16422, Outlook Express\n"
        bulletin.make(package, work, extra=extra, more={"Long name of a file.dll": bulletin.trees.pe(package.new, "x86")})
        for kind in ("tmpfs", "ext4", "ntfs", "fat"):
            with Mount(kind, work) as mount:
                if mount.why and not os.path.ismount(mount.where):
                    row.leave_out(f"servicing on {kind}", "cannot run here: " + mount.why)
                else:
                    serviced(row, kind, mount, work, bulletin, os.environ["POSTERN"])
                if kind == "tmpfs" and os.path.ismount(mount.where):
                    mounts(row, mount, bulletin, work / (package.name + ".exe"), os.environ["POSTERN"])
                    tool(["mount", "-o", "remount,size=2m", mount.where])
                    shutil.rmtree(mount.where / "mounts")
                    shutil.rmtree(mount.where / "tree", ignore_errors=True)
                    no_space(row, mount, bulletin, work / (package.name + ".exe"), os.environ["POSTERN"])
