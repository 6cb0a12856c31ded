"""Outlook Express stores: generated ones (deep trees, fragments, freed segments) and real ones beside undbx; damaged and cut ones."""
import collections
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import dbx  # noqa: E402
from stores import Tap, all_messages, folder, message, rows  # noqa: E402

tap = Tap()
SHARED = pathlib.Path(os.environ.get("POSTERN_SHARED", "../shared"))


def mail(number, lines):
    return (f"From: Ann {number} <a{number}@x.example>\r\nTo: b@x.example\r\nSubject: number {number}\r\n"
            f"Date: Tue, 13 Apr 2004 10:00:{number % 60:02} +0000\r\n\r\n").encode() + b"a line of text\r\n" * lines


def undbx(store, where, *words):
    """Every file it writes, as a multiset of bytes; those it recovers as deleted apart."""
    subprocess.run(["undbx", *words, str(store), str(where)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    found, deleted = collections.Counter(), collections.Counter()
    for path in where.rglob("*.eml"):
        (deleted if path.parent.name == "deleted" else found)[path.read_bytes()] += 1
    return found, deleted


def generated(work):
    for fan, count in ((51, 1), (51, 200), (3, 60), (1, 5)):
        store = dbx.Store()
        texts = [mail(i, i % 80) for i in range(count)]
        for i, text in enumerate(texts):
            pieces = max(1, -(-len(text) // dbx.SEGMENT))
            order = list(range(pieces))
            if i % 3 == 1:
                order = order[:1] + order[:0:-1]  # fragments: the rest stands backwards
            store.message(text, order=order, flags=0x80 if i % 2 else 0)
        path = work / f"g{fan}-{count}.dbx"
        path.write_bytes(store.finish(fan))
        code, listed, err = rows(path)
        tap.row(code == 0 and listed["kind"] == "dbx" and len(listed["messages"]) == count, f"{count} messages in nodes of {fan}", err)
        tap.row([r["subject"] for r in listed["messages"]] == [f"number {i}" for i in range(count)], "in the order of the tree")
        tap.row(all(("seen" in r["marks"]) == bool(i % 2) for i, r in enumerate(listed["messages"])), "read and unread")
        if count > 60:
            continue
        ours = collections.Counter(all_messages(path))
        tap.row(ours == collections.Counter(texts), "every message byte for byte")
        theirs, _ = undbx(path, work / f"u{fan}-{count}")
        tap.row(theirs and theirs == ours, "undbx finds the same", sum(theirs.values()), sum(ours.values()))


def deleted(work):
    store = dbx.Store()
    kept = [mail(i, 40) for i in range(5)]
    gone = [mail(100 + i, 60) for i in range(3)]
    for text in kept[:2]:
        store.message(text)
    firsts = [store.chain(text) for text in gone]
    for text in kept[2:]:
        store.message(text)
    for first in firsts:
        store.free_chain(first)
    path = work / "deleted.dbx"
    path.write_bytes(store.finish())
    _, listed, _ = rows(path)
    tap.row(len(listed["messages"]) == 5, "deleted messages are not listed")
    code, listed, _ = rows(path, "--deleted")
    found = [r for r in listed["messages"] if "gone" in r["marks"]]
    tap.row(len(found) == 3 and code == 0, "--deleted lists them", found)
    tap.row(all("damaged" in r["marks"] for r in found), "and says that bytes are missing")
    tap.row(sorted(r["subject"] for r in found) == ["number 100", "number 101", "number 102"], "subjects of deleted messages")
    tap.row(sorted(r["address"] for r in found) == [f"a{i}@x.example" for i in (100, 101, 102)], "senders of deleted messages")
    ours = sorted(message(path, r["message"]) for r in found)
    for text, got in zip(sorted(gone), ours):
        pieces = [text[i:i + 512] for i in range(0, len(text), 512)]
        tap.row(got == text[:4] + pieces[0][4:] + b"".join(b"----" + p[4:] for p in pieces[1:]), "all but four bytes of each piece")
    _, theirs = undbx(path, work / "u-deleted", "--recover")
    tap.row(all(theirs[b"----" + got[4:]] == 1 for got in ours), "undbx recovers the same", [len(t) for t in theirs])


def real(work):
    samples = sorted((SHARED / "corpus/mail/dbx").rglob("*.dbx")) if SHARED.is_dir() else []
    for sample in samples:
        theirs, _ = undbx(sample, work / f"u-{sample.stem}")
        code, listed, err = rows(sample, "--deleted")
        ours = collections.Counter(all_messages(sample, "--deleted"))
        tap.row(not theirs - ours, f"{sample.name}: every message of undbx", code, err, sum(theirs.values()), sum(ours.values()))
    tap.row(samples or not SHARED.is_dir(), "there are real samples")
    for lists in (SHARED / "corpus/mail/dbx").rglob("Folders.dbx"):
        _, listed, err = rows(lists.parent)
        tap.row(listed and {(r["folder"], r["file"]) for r in listed["messages"]} == {("Local Folders/Inbox", "Inbox.dbx")},
                "a real list of folders", err, listed)


def named(work):
    """Folders.dbx beside the stores: names and tree are its own; files it does not know keep theirs."""
    store = work / "oe"
    (store / "sub").mkdir(parents=True)

    def box(*names):
        for name in names:
            made = dbx.Store()
            made.message(mail(1, 2))
            (store / name).write_bytes(made.finish())

    def places():
        return {r["file"]: r["folder"] for r in rows(store, cache=True, env=env)[1]["messages"]}

    env = {"XDG_CACHE_HOME": str(work / "oe-cache")}
    names = [(1, 0, b"Local Folders", b""), (4, 1, b"Inbox", b"INBOX.dbx"), (5, 4, "Ü/ber".encode("cp1252"), b"Folder1.dbx"),
             (6, 5, "受信トレイの中のフォルダー".encode("cp932"), b"\x8eM.dbx"), (7, 8, b"ring", b"ring.dbx"), (8, 7, b"other", b"")]
    box("inbox.dbx", "Folder1.dbx", "ring.dbx", "unknown.dbx", "sub/Inbox.dbx")
    (store / "FOLDERS.DBX").write_bytes(dbx.folders(names))
    got = places()
    tap.row(got["inbox.dbx"] == "Local Folders/Inbox" and got["Folder1.dbx"] == "Local Folders/Inbox/Ü/ber", "names and tree of Folders.dbx", got)
    tap.row(got["unknown.dbx"] == "unknown.dbx" and got["sub/Inbox.dbx"] == "sub/Inbox.dbx", "what it does not list is called by its file", got)
    tap.row(got["ring.dbx"].count("/") == 63, "folders in a circle end", len(got["ring.dbx"]))
    names[1] = (4, 1, b"New name", b"Inbox.dbx")
    (store / "FOLDERS.DBX").write_bytes(dbx.folders(names))
    got = places()
    tap.row(got["inbox.dbx"] == "Local Folders/New name", "a new name counts, though the store is as it was", got)
    whole = dbx.folders(names)
    good = True
    for length in range(0, len(whole), 97):
        (store / "FOLDERS.DBX").write_bytes(whole[:length])
        good = good and set(places()) == set(got)
    tap.row(good, "a list that is cut hides no message")


def base(count=8):
    store = dbx.Store()
    texts = [mail(i, 50) for i in range(count)]
    for text in texts:
        store.message(text)
    return store, bytearray(store.finish(2)), texts


def lost(work, name, data, least, texts, says):
    """A damaged store: at least `least` of its messages, exit 1, and a sentence about it."""
    path = work / f"{name}.dbx"
    path.write_bytes(data)
    code, listed, err = rows(path, "--deleted")
    got = set(all_messages(path, "--deleted"))
    tap.row(code == 1 and says in err, f"{name}: exit 1 and why", code, err)
    tap.row(len(got & set(texts)) >= least, f"{name}: what is left", len(got & set(texts)), least)


def damaged(work):
    store, data, texts = base()

    def patched(*pairs):
        out = bytearray(data)
        for at, value in pairs:
            out[at:at + 4] = value.to_bytes(4, "little")
        return out

    nodes, infos, segments = (store.places[k] for k in ("nodes", "infos", "segments"))
    says = "its index is damaged"
    lost(work, "wild-root", patched((0xE4, 0x7FFFFFF0)), 8, texts, says)
    lost(work, "no-root", patched((0xE4, 0)), 8, texts, says)
    lost(work, "root-into-text", patched((0xE4, segments[0] + 16)), 8, texts, says)
    lost(work, "circle-of-nodes", patched((nodes[-1] + 8, nodes[0])), 8, texts, says)
    lost(work, "wild-info", patched((nodes[0] + 24, 0xFFFFFFFC)), 8, texts, says)
    lost(work, "twice-the-same-info", patched((nodes[0] + 24, infos[0])), 7, texts, says)
    lost(work, "info-without-end", patched((infos[3] + 4, 0)), 7, texts, says)
    lost(work, "header-gone", bytes(data[:8]) + bytes(0x24BC - 8) + bytes(data[0x24BC:]), 8, texts, says)
    for name, pairs in (("circle-of-segments", [(segments[1] + 12, segments[0])]), ("own-tail", [(segments[0] + 12, segments[0])]),
                        ("wild-segment", [(segments[0] + 12, 0xFFFFFFF0)]), ("odd-segment", [(segments[0] + 12, segments[1] + 1)])):
        path = work / f"{name}.dbx"
        path.write_bytes(patched(*pairs))
        code, listed, err = rows(path)
        first = listed["messages"][0]
        tap.row("damaged" in first["marks"] and len(listed["messages"]) == 8, f"{name}: the message is marked", first)
        tap.row(0 < len(message(path, first["message"])) <= len(texts[0]), f"{name}: its beginning is there")
        tap.row(set(texts[1:]) <= set(all_messages(path)), f"{name}: the others are whole")


def cut(work):
    store, data, texts = base()
    path = work / "cut.dbx"
    good = True
    last = -1
    for length in sorted({0, 3, 8, 0xE4, 0xE8, 0x24BC, len(data) - 1, *range(0x24BC, len(data), 977)}):
        path.write_bytes(data[:length])
        code, listed, err = rows(path, "--deleted")
        whole = 0 if not listed else sum(1 for r in listed["messages"] if "damaged" not in r["marks"] or "gone" not in r["marks"])
        if code not in (1, 3) or not err or code == 3 and length >= 0x1000:
            good = False
            tap.row(False, f"cut at {length}", code, err)
        last = max(last, whole)
    tap.row(good and last >= 7, "cut at any length: what is left, and a sentence", last)
    path.write_bytes(dbx.Store().finish())
    code, listed, _ = rows(path)
    tap.row(code == 0 and listed["messages"] == [], "an empty store is an empty list")
    path.write_bytes(dbx.folders([(1, 0, b"Inbox", b"Inbox.dbx")]))
    code, _, err = rows(path)
    tap.row(code == 3 and "open the folder" in err, "a list of folders is no store", err)
    store = dbx.Store()
    store.message(b"", empty=True, subject=b"only its head")
    path.write_bytes(store.finish())
    code, listed, _ = rows(path)
    tap.row(code == 0 and listed["messages"][0]["subject"] == "only its head", "a message that was never fetched")
    tap.row(message(path, 1) == b"", "has no bytes")


with folder() as name:
    work = pathlib.Path(name)
    tap.row(shutil.which("undbx"), "undbx is here to compare with")
    generated(work)
    deleted(work)
    real(work)
    named(work)
    damaged(work)
    cut(work)
tap.finish()
