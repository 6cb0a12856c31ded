"""What a tree is, to be compared: names, kinds, modes, owners, times of change to the nanosecond, bytes."""
import hashlib
import pathlib
import stat


def state(root):
    rows = []
    for path in sorted(pathlib.Path(root).rglob("*")):
        st = path.lstat()
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if stat.S_ISREG(st.st_mode) else ""
        rows.append((str(path.relative_to(root)), st.st_mode, st.st_uid, st.st_gid, st.st_mtime_ns, digest))
    return rows


def differences(before, after):
    return [f"- {row}" for row in before if row not in after][:8] + [f"+ {row}" for row in after if row not in before][:8]
