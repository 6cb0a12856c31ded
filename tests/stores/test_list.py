"""postern list: each kind of store, dialects of mbox, Maildir, archives, searches beside a naive one, the cache, what it says."""
import fcntl
import hashlib
import io
import mailbox
import os
import pathlib
import sys
import tarfile
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import dbx  # noqa: E402
from stores import Tap, all_messages, folder, message, rows, run  # noqa: E402

tap = Tap()
FROM = b"From a@b.example Mon Nov 23 12:00:00 2026\n"
BODIES = [
    b"plain\n", b"From the meeting at 10:30 on\nthe way home\n", b"text\n\nFrom now on at 10:30 nothing\n", b"From \n>From x\n>>From y\n",
    b"From a@b.example Mon Nov 23 12:00:00 2026\nno head follows\n", b"", b"ends without a line end", b"\n\n\n",
]


def head(i, more=b""):
    return b"From: A <a@b.example>\nSubject: number %d\nMessage-ID: <%d@x>\n" % (i, i) + more + b"\n"


def quoted(body, rd):
    lines = body.split(b"\n")
    return b"\n".join(b">" + line if line.startswith(b"From ") or rd and line.lstrip(b">").startswith(b"From ") else line for line in lines)


def dialects(work):
    whole = {name: b"" for name in ("rd", "o", "cl", "cl2")}
    for i, body in enumerate(BODIES):
        end = b"" if body.endswith(b"\n") or not body else b"\n"
        whole["rd"] += FROM + head(i) + quoted(body, True) + end + b"\n"
        whole["o"] += FROM + head(i) + quoted(body, False) + end + b"\n"
        for name, text in (("cl", quoted(body, False)), ("cl2", body)):
            whole[name] += FROM + head(i, b"Content-Length: %d\n" % len(text)) + text + b"\n\n"
    for name, text in whole.items():
        for crlf in (True, False):
            if crlf and name.startswith("cl"):
                continue  # the lengths count LF
            path = work / f"box-{name}"
            path.write_bytes(text.replace(b"\n", b"\r\n") if crlf else text)
            code, listed, err = rows(path)
            label = f"mbox{name}{' with CRLF' if crlf else ''}"
            tap.row(code == 0 and [r["subject"] for r in listed["messages"]] == [f"number {i}" for i in range(len(BODIES))],
                    f"{label}: every message, and no more", err, listed and [r["subject"] for r in listed["messages"]])
            if name in ("rd", "cl2") and not crlf:
                for i, got in enumerate(all_messages(path)):
                    more = b"Content-Length: %d\n" % len(BODIES[i]) if name == "cl2" else b""
                    end = b"" if name == "cl2" or BODIES[i].endswith(b"\n") or not BODIES[i] else b"\n"
                    tap.row(got == head(i, more) + BODIES[i] + end, f"{label}: message {i} as it was sent", got)


def library(work):
    """What Python's own mailbox module writes."""
    box = mailbox.mbox(work / "py.mbox")
    maildir = mailbox.Maildir(work / "py.maildir")
    inner = maildir.add_folder("Sent")
    texts = [head(i) + body for i, body in enumerate(BODIES[:4])]
    for i, text in enumerate(texts):
        box.add(mailbox.mboxMessage(text))
        m = mailbox.MaildirMessage(text)
        m.set_subdir("cur" if i % 2 else "new")
        m.set_flags("FS" if i % 2 else "")
        (inner if i > 2 else maildir).add(m)
    box.flush()
    box.close()
    _, listed, _ = rows(work / "py.mbox")
    tap.row(len(listed["messages"]) == 4, "an mbox of Python's")
    code, listed, err = rows(work / "py.maildir")
    tap.row(code == 0 and listed["kind"] == "maildir" and len(listed["messages"]) == 4, "a Maildir of Python's", err)
    tap.row({r["folder"] for r in listed["messages"]} == {"", "Sent"}, "and its folder")
    tap.row(sum("flagged" in r["marks"] and "seen" in r["marks"] for r in listed["messages"]) == 2, "and its flags")
    tap.row(sorted(all_messages(work / "py.maildir")) == sorted(texts), "byte for byte")


def archives(work):
    store = dbx.Store()
    store.message(head(7) + b"in a dbx\n")
    files = {"a/one.eml": head(1) + b"x\n", "box": FROM + head(2) + b"y\n\n" + FROM + head(3) + b"z\n", "Inbox.dbx": store.finish(),
             "M/cur/1081850400.V1.host:2,F": head(4) + b"m\n", "readme.txt": b"no mail\n"}
    nested = io.BytesIO()
    with zipfile.ZipFile(nested, "w") as z:
        z.writestr("x.eml", head(9))
    with zipfile.ZipFile(work / "s.zip", "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in files.items():
            z.writestr(name, data)
    with tarfile.open(work / "s.tar.gz", "w:gz") as t:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
    for name in ("s.zip", "s.tar.gz"):
        code, listed, err = rows(work / name)
        found = {r["file"]: r for r in listed["messages"]}
        tap.row(code == 0 and len(listed["messages"]) == 5, f"{name}: messages of every kind of member", err, sorted(found))
        tap.row("flagged" in found["!M/cur/1081850400.V1.host:2,F"]["marks"], f"{name}: flags of a Maildir")
        tap.row({r["folder"] for r in listed["messages"]} == {"a", "box", "Inbox.dbx", "M"}, f"{name}: folders")
        tap.row(sorted(all_messages(work / name)) == sorted(
            [head(1) + b"x\n", head(2) + b"y\n", head(3) + b"z\n", head(4) + b"m\n", head(7) + b"in a dbx\n"]), f"{name}: byte for byte")
    with zipfile.ZipFile(work / "n.zip", "w") as z:
        z.writestr("in.zip", nested.getvalue())
        z.writestr("a.eml", head(1))
    code, listed, err = rows(work / "n.zip")
    tap.row(code == 1 and len(listed["messages"]) == 1 and "archive inside an archive" in err, "an archive in an archive is told", err)
    data = (work / "s.zip").read_bytes()
    (work / "cut.zip").write_bytes(data[:len(data) // 2])
    code, listed, err = rows(work / "cut.zip")
    tap.row(code in (1, 3) and err, "a cut archive: what is left, and a sentence", code, err)


def threads(work):
    path = work / "threads"
    path.write_bytes(b"".join(FROM + text + b"\nx\n\n" for text in (
        b"Subject: a\nMessage-ID: <1@x>\nDate: Tue, 13 Apr 2004 10:00:00 +0000\n",
        b"Subject: Re: a\nMessage-ID: <2@x>\nReferences: <1@x>\nDate: Tue, 13 Apr 2004 12:00:00 +0000\n",
        b"Subject: b\nMessage-ID: <3@x>\nDate: Tue, 13 Apr 2004 11:00:00 +0000\n",
        b"Subject: other\nMessage-ID: <4@x>\nIn-Reply-To: <2@x>\nDate: Tue, 13 Apr 2004 13:00:00 +0000\n")))
    _, listed, _ = rows(path, "--threads", "--sort", "date")
    tap.row([(r["message"], r["depth"]) for r in listed["messages"]] == [(3, 0), (1, 0), (2, 1), (4, 2)], "threads by date", listed)
    _, listed, _ = rows(path, "--sort", "subject", "--reverse")
    tap.row([r["message"] for r in listed["messages"]] == [4, 3, 2, 1], "by subject, reversed", listed)


def cache(work):
    home = work / "cache"
    env = {"XDG_CACHE_HOME": str(home)}
    store = work / "box-rd"
    _, first, _ = rows(store, cache=True, env=env)
    files = [p for p in home.rglob("*") if p.is_file()]
    tap.row(files and all(p.parent.stat().st_mode & 0o77 == 0 for p in files), "the cache is the user's alone", files)
    _, second, _ = rows(store, cache=True, env=env)
    tap.row(first == second, "a cached list is the same")
    good = True
    for path in files:
        data = path.read_bytes()
        for at in range(0, len(data), max(1, len(data) // 40)):
            path.write_bytes(data[:at] + bytes([data[at] ^ 0x41]) + data[at + 1:])
            good = good and rows(store, cache=True, env=env)[1] == first
        path.write_bytes(data[:len(data) // 2])
        good = good and rows(store, cache=True, env=env)[1] == first
        good = good and path.read_bytes() == data
    tap.row(good, "a damaged cache is made anew")
    digest = hashlib.sha256(str(store.resolve()).encode()).hexdigest()
    tap.row([p.name for p in files] == [f"store-{digest}.rows"], "an index is named by the SHA-256 of its store's path", files)
    folder = files[0].parent
    rests = [folder / name for name in (".postern-0123456789abcdef.tmp", "store-0123456789abcdef.rows", f"{'0f' * 16}.words")]
    kept = [folder / name for name in ("other.tmp", ".postern-.tmp", "store-x.rows", "store-0123456789abcdef.txt")]
    for path in [*rests, *kept]:
        path.write_bytes(b"x")
    holder = os.open(folder, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_SH)  # as another viewer does
    rows(store, cache=True, env=env)
    tap.row(all(p.exists() for p in [*rests, *kept]), "beside another viewer nothing is taken away")
    os.close(holder)
    rows(store, cache=True, env=env)
    tap.row(not any(p.exists() for p in rests) and all(p.exists() for p in kept), "what a killed one has left is taken away, and no more",
            [p for p in rests if p.exists()], [p for p in kept if not p.exists()])
    before = {p: p.stat().st_mtime_ns for p in work.rglob("*")}
    run("list", work / "py.maildir", env={"XDG_CACHE_HOME": str(work / "py.maildir")})
    after = {p: p.stat().st_mtime_ns for p in (work / "py.maildir").rglob("*") if "postern" not in p.parts}
    tap.row(all(before.get(p) == t for p, t in after.items() if p != work / "py.maildir") and
            not list((work / "py.maildir").rglob("*.rows")), "no index is kept inside the store")
    os.chmod(home / "postern", 0o500)
    code, out, err = run("list", store, env={"XDG_CACHE_HOME": "/proc/nowhere"})
    tap.row(code == 0 and out, "without a place for the cache it works all the same", err)
    os.chmod(home / "postern", 0o700)


def messages(work):
    store = work / "box-rd"
    for words, code, says in ((["--sort", "colour"], 2, "no column"), (["--message", "0"], 3, "no message 0; it has 8"),
                              (["--message", "9"], 3, "no message 9"), (["--message", "x"], 2, "not a number")):
        got, out, err = run("list", store, "--no-cache", *words)
        tap.row(got == code and says in err.decode() and not out, f"list {' '.join(words)}", got, err)
    got, out, err = run("list", work / "absent")
    tap.row(got == 3 and b"cannot open" in err, "no such store", err)
    (work / "text").write_bytes(b"only text\n")
    got, out, err = run("list", work / "text")
    tap.row(got == 3 and b"holds no message" in err, "no store", err)
    got, out, err = run("list", store, "--no-cache", "--message", "2", "-o", work / "out.eml")
    tap.row(got == 0 and (work / "out.eml").read_bytes() == head(1) + BODIES[1], "-o writes the message", err)
    got, out, err = run("text", work / "out.eml")
    tap.row(got == 0 and b"the way home" in out, "which postern text reads", err)
    for path, says in ((store, b"is a mailbox: its first message stands for all"), (work / "s.zip", b"if it holds messages: see postern list"),
                       (work / "py.maildir", b"if it holds mailboxes, see postern list")):
        got, out, err = run("text", path)
        tap.row(says in err, f"postern text {path.name} names the command", got, err)
    got, out, err = run("list", store, "--no-cache")
    tap.row(got == 0 and out.startswith(b"MESSAGE  DATE") and b"number 7" in out, "the table", out[:200])


with folder() as name:
    work = pathlib.Path(name)
    dialects(work)
    library(work)
    archives(work)
    threads(work)
    cache(work)
    messages(work)
tap.finish()
