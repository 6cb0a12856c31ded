"""Exchange stores (.pst): generated ones beside pffexport; every kind of body and attachment as a message of ours; what was deleted;
properties that lie; damaged and cut stores; a .pst in a zip. libpff reads the layers below, so its own tool is the oracle only of those."""
import email
import email.policy
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import pst  # noqa: E402
from pst import BINARY, BYTES8, LONG, filetime, text  # noqa: E402
from stores import Tap, folder, message, rows, run  # noqa: E402

tap = Tap()
RTF_HTML = (b"{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 {\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fcharset128 Gothic;}}\r\n"
            b"{\\*\\htmltag64 <p class=\"a\">}\\htmlrtf {\\htmlrtf0 caf\\'e9 1 < 2 \\u8364?{\\f1 \\'93\\'fa\\'96\\'7b}\\htmlrtf\\par}\\htmlrtf0"
            b"{\\*\\htmltag72 </p>}{\\pict 0102}}")
RTF_TEXT = b"{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}{\\info{\\title no}}first\\par second \\'80{\\object hidden}\\emdash}"


def number(value):
    return LONG, struct.pack("<I", value)


def rtf(data):
    return BINARY, struct.pack("<IIII", len(data) + 12, len(data), 0x414C454D, pst.checksum(data)) + data


def parsed(data):
    return email.message_from_bytes(data, policy=email.policy.default)


def attached(name, data, media=None, content_id=None):
    out = {0x3705: number(1), 0x3707: text(name), 0x3701: (BINARY, data)}
    if media:
        out[0x370E] = text(media)
    if content_id:
        out[0x3712] = text(content_id)
    return out, None


def mails(work):
    """One store with one message of each kind, its path, and the messages as Python reads them, by subject."""
    store = pst.Store()
    inbox, deep = store.folder("Inbox"), None
    deep = store.folder("日本/2024", inbox)
    store.message(inbox, "plain", [(1, "Ann", "ann@x.example"), (1, "Bob, \"Jr\"", "bob@x.example"), (2, "Cy", "cy@x.example")], properties={
        0x1000: text("first\r\nsecond = ü\r\n" + "long " * 40), 0xC1A: text("Eve"), 0x5D01: text("eve@x.example"), 0x39: filetime(1081850400),
        0x1035: text("<one@x.example>"), 0xE07: number(1), 0x1090: number(2), 0x1081: number(102)})
    store.message(inbox, "\1\5Re: plain", properties={0x1000: text("answer"), 0x1042: text("<one@x.example>"), 0xE06: filetime(1081854000)})
    store.message(deep, "all", properties={0x1000: text("z" * 9000), 0x1013: (BINARY, b"<p>caf\xc3\xa9 <img src='cid:pic@x'>"),
                                           0x3FDE: number(65001)},
                  attachments=[attached("файл.txt", b"A" * 20000, "text/plain"), attached("pic.png", b"\x89PNG", "image/png", "pic@x"),
                               ({0x3705: number(5), 0x3001: text("inner")}, store.entity(
                                   "inner subject", properties={0x1000: text("inner text")}, attachments=[attached("in.bin", b"\0\1\2")]))])
    store.message(deep, "rtf html", properties={0x1009: rtf(RTF_HTML)})
    store.message(deep, "rtf text", properties={0x1009: rtf(RTF_TEXT)})
    store.message(deep, "old", properties={0x1000: (BYTES8, "日本語".encode("cp932")), 0x3FFD: number(932)})
    store.message(deep, "", properties={0x37: text("many\r\nX-Injected: yes\r\n\r\nbody"), 0xC1A: text("a\r\nBcc: z@x.example"), 0x5D01: text("e@x\r\n.example"),
                                        0x1000: text("\r\n--=_pst_a_0_\r\n")})
    store.message(deep, "network", properties={0x7D: text(
        "Microsoft Mail Internet Headers Version 2.0\r\nReceived: from a\r\n\tby b; Tue, 13 Apr 2004 10:00:00 +0000\r\nFrom: Net <net@x.example>\r\n"
        "Content-Type: multipart/mixed;\r\n\tboundary=evil\r\nMIME-Version: 7\r\n--=_pst_1_0_: x\r\nSubject: from the network\r\n\r\nFrom: second\r\n"),
        0x1000: text("body")})
    clear = b"Content-Type: multipart/signed; micalg=sha-256; protocol=\"application/pkcs7-signature\"; boundary=b\r\n\r\n--b\r\n\r\nhi\r\n--b--\r\n"
    store.message(deep, "clear", properties={0x1A: text("IPM.Note.SMIME.MultipartSigned")}, attachments=[attached("smime.p7m", clear)])
    store.message(deep, "opaque", properties={0x1A: text("IPM.Note.SMIME")}, attachments=[attached("smime.p7m", b"\x30\x80")])
    gone = store.message(inbox, "was deleted", properties={0x1000: text("I was deleted")})
    store.delete(gone)
    path = work / "all.pst"
    path.write_bytes(store.finish())
    return path


def generated(work):
    path = mails(work)
    code, listed, err = rows(path)
    tap.row(code == 0 and not err and listed["kind"] == "pst" and len(listed["messages"]) == 10, "every message of the folders", code, err, listed)
    found = {r["subject"]: r for r in listed["messages"]}
    tap.row([found[s]["folder"] for s in ("plain", "all")] == ["Inbox", "Inbox/日本∕2024"], "folders as people see them", found.keys())
    tap.row(found["plain"]["address"] == "eve@x.example" and found["plain"]["sender"] == "Eve", "who sent it", found["plain"])
    tap.row(set(found["plain"]["marks"]) >= {"seen", "flagged", "answered"}, "read, flagged, answered", found["plain"])
    tap.row("Re: plain" in found and found["Re: plain"]["date"].startswith("2004-04-13T11:00"), "a subject without its mark, a date", found.get("Re: plain"))
    got = {subject: parsed(message(path, row["message"])) for subject, row in found.items()}

    one = got["plain"]
    tap.row([a.addr_spec for a in one["To"].addresses] == ["ann@x.example", "bob@x.example"] and one["Cc"].addresses[0].display_name == "Cy",
            "recipients", one["To"], one["Cc"])
    tap.row(one.get_content().replace("\r", "").startswith("first\nsecond = ü\nlong ") and one.get_content_type() == "text/plain", "a text", one.get_content())
    tap.row(one["Date"] == "Tue, 13 Apr 2004 10:00:00 +0000" and one["Message-ID"] == "<one@x.example>", "a date and an id", one["Date"])

    many = got["all"]
    parts = [(p.get_content_type(), p.get_filename()) for p in many.walk()]
    tap.row(parts == [("multipart/mixed", None), ("multipart/related", None), ("multipart/alternative", None), ("text/plain", None), ("text/html", None),
                      ("image/png", "pic.png"), ("text/plain", "файл.txt"), ("message/rfc822", None), ("multipart/mixed", None),
                      ("text/plain", None), ("application/octet-stream", "in.bin")], "bodies, pictures, files, a message in it", parts)
    leaves = [p for p in many.walk() if not p.is_multipart()]
    tap.row(leaves[1].get_content() .strip() == "<p>café <img src='cid:pic@x'>", "HTML", leaves[1].get_content())
    tap.row(leaves[2]["Content-ID"] == "<pic@x>" and leaves[2].get_content() == b"\x89PNG", "a picture by its id")
    tap.row(leaves[3].get_payload(decode=True) == b"A" * 20000 and leaves[5].get_content() == b"\0\1\2", "files whole, also of the inner message")
    inner = [p for p in many.walk() if p.get_content_type() == "message/rfc822"][0].get_payload(0)
    tap.row(inner["Subject"] == "inner subject", "a message in a message", inner.as_string()[:200])

    html = got["rtf html"]
    tap.row(html.get_content_type() == "text/html" and html.get_content().strip() == '<p class="a">café 1 &lt; 2 €日本</p>', "HTML out of RTF", html.get_content())
    leaves = [p for p in got["rtf text"].walk() if not p.is_multipart()]
    tap.row(leaves[0].get_content().strip().split() == ["first", "second", "€—"], "text out of RTF", leaves[0].get_content())
    tap.row(leaves[1].get_filename() == "body.rtf" and leaves[1].get_payload(decode=True) == RTF_TEXT, "RTF with objects in it comes along, for scan")
    tap.row(got["old"].get_content().strip() == "日本語", "text in an old code page", got["old"].get_content())
    tap.row("text/html" == parsed(message(path, found["rtf html"]["message"])).get_content_type(), "the same the second time")

    lies = got[[s for s in got if s.startswith("many")][0]]
    tap.row(lies["X-Injected"] is None and lies["Bcc"] is None and "many" in lies["Subject"], "no field comes out of a value", lies.items())
    tap.row(not lies.is_multipart() and "--=_pst_a_0_" in lies.get_content(), "no boundary comes out of a text", lies.get_content())
    net = got["from the network"]
    tap.row(net.get_content_type() == "text/plain" and net.get_content().strip() == "body", "fields of the network say nothing of our body", net.items())
    tap.row(net["From"] == "Net <net@x.example>" and "by b" in net["Received"] and net["MIME-Version"] == "1.0" and len(net.get_all("From")) == 1,
            "but who sent it, and the way", net.items())
    tap.row("signed" in found["clear"]["marks"] and got["clear"].get_content_type() == "multipart/signed", "S/MIME, clear", found["clear"])
    tap.row(got["opaque"].get_content_type() == "application/pkcs7-mime" and got["opaque"].get_payload(decode=True) == b"\x30\x80", "S/MIME, opaque")

    code, listed, _ = rows(path, "--deleted")
    gone = [r for r in listed["messages"] if "gone" in r["marks"]]
    tap.row(len(gone) == 1 and gone[0]["subject"] == "was deleted" and code == 0, "--deleted finds what was deleted", gone)
    tap.row(b"I was deleted" in message(path, gone[0]["message"]), "and its text")
    tap.row([r["subject"] for r in rows(path, "--search", "inner text")[1]["messages"]] == ["all"], "a search into inner messages")
    tap.row([r["subject"] for r in rows(path, "--search", "日本語")[1]["messages"]] == ["old"], "a search in Japanese")
    oracle(work, path)
    packed(work, path)
    before = path.read_bytes()
    tap.row(path.read_bytes() == before, "the store stays as it was")
    code, out, err = run("text", path)
    tap.row(code == 3 and b"postern list" in err, "other commands name the one to use", code, err)


def oracle(work, path):
    subprocess.run(["pffexport", "-q", "-m", "all", "-t", work / "o", path], stdout=subprocess.DEVNULL, check=True)
    theirs = {}
    for kind in ("export", "recovered"):
        for file in (work / f"o.{kind}").rglob("OutlookHeaders.txt"):
            if "Attachments" not in file.parts:
                for line in file.read_text(errors="replace").splitlines():
                    if line.startswith("Subject:"):
                        theirs.setdefault(kind, []).append(line.partition(":")[2].strip())
    tap.row(len(theirs.get("export", [])) == 10 and theirs.get("recovered") == ["was deleted"], "pffexport finds the same", theirs)
    names = sorted(p.name.partition("_")[2] for p in (work / "o.export").rglob("Attachments/*_*"))
    tap.row(names == ["in.bin", "pic.png", "smime.p7m", "smime.p7m", "файл.txt"], "and the same files", names)


def packed(work, path):
    with zipfile.ZipFile(work / "box.zip", "w", zipfile.ZIP_DEFLATED) as box:
        box.write(path, "old/all.pst")
    code, listed, err = rows(work / "box.zip")
    tap.row(code == 0 and len(listed["messages"]) == 10 and listed["messages"][0]["folder"] == "old/all.pst/Inbox", "in a zip", err, listed["messages"][0])
    tap.row(message(work / "box.zip", 1) == message(path, 1), "the same message out of the zip")


def scanned(work):
    store = pst.Store()
    inbox = store.folder("Inbox")
    store.message(inbox, "bad", properties={0x1013: (BINARY, b"<object data=\"mhtml:file://C:\\nosuch.mht!http://evil.example/x.chm::/x.htm\"></object>")})
    path = work / "bad.pst"
    path.write_bytes(store.finish())
    code, out, err = run("scan", path)
    tap.row(code == 1 and b"MH005" in out and b"#1" in out, "scan reads its messages", code, out, err)


def lying(work):
    """Messages in messages without end, attachments that lie elsewhere or are not there."""
    store = pst.Store()
    inbox = store.folder("Inbox")
    inner = store.entity("level 0", properties={0x1000: text("bottom")})
    for level in range(1, 25):
        inner = store.entity(f"level {level}", attachments=[({0x3705: number(5)}, inner)])
    store.message(inbox, "deep", attachments=[({0x3705: number(5)}, inner)])
    store.message(inbox, "elsewhere", attachments=[({0x3705: number(7), 0x3707: text("link.txt")}, None)])
    store.message(inbox, "fine", properties={0x1000: text("fine")})
    hidden = b"Subject: hidden\r\n\r\nx"
    store.message(inbox, "composite", attachments=[attached("a", hidden, "mess;age/rfc822"), attached("b", hidden, "multi\u00e9part/mixed"),
                                                   attached("c", hidden, "message/rfc822"), attached("d", hidden, "te;xt/plain")])
    path = work / "lies.pst"
    path.write_bytes(store.finish())
    code, listed, err = rows(path)
    found = {r["subject"]: r for r in listed["messages"]}
    tap.row(code == 1 and "cannot be read" in err and len(found) == 4, "what is lost is said", code, err)
    tap.row("damaged" in found["deep"]["marks"] and "damaged" in found["elsewhere"]["marks"] and "damaged" not in found["fine"]["marks"], "of which message", found)
    depth = sum(p.get_content_type() == "message/rfc822" for p in parsed(message(path, found["deep"]["message"])).walk())
    tap.row(depth == 17, "as deep as the limit", depth)
    types = [p.get_content_type() for p in parsed(message(path, found["composite"]["message"])).walk()][1:]
    tap.row(types[-4:] == ["application/octet-stream"] * 3 + ["text/plain"], "no file is a message or a multipart by its type", types)


def damaged(work, path):
    data = path.read_bytes()
    broken = work / "broken.pst"
    rnd, codes, last = random.Random(4), [], 0
    for i in range(60):
        torn = bytearray(data)
        for _ in range(rnd.choice([1, 3, 40])):
            torn[rnd.randrange(0x4400, len(torn))] = rnd.randrange(256)
        broken.write_bytes(torn)
        code, listed, err = rows(broken, "--deleted")
        codes.append(code)
        last = max(last, len(listed["messages"]) if listed else 0)
    tap.row(set(codes) <= {0, 1, 3} and last >= 10, "torn bytes: no crash, what is left", set(codes), last)
    codes = []
    for length in (4, 10, 563, 564, 0x4400, len(data) // 2, len(data) - 600, len(data) - 1):
        broken.write_bytes(data[:length])
        code, listed, err = rows(broken)
        codes.append((length, code, bool(err)))
    tap.row(all(code in (1, 3) and said for _, code, said in codes), "cut at any length: a sentence", codes)
    broken.write_bytes(pst.Store().finish())
    code, listed, _ = rows(broken)
    tap.row(code == 0 and listed["messages"] == [], "an empty store is an empty list", code)


with folder() as name:
    work = pathlib.Path(name)
    tap.row(shutil.which("pffexport"), "pffexport is here to compare with")
    generated(work)
    scanned(work)
    lying(work)
    damaged(work, work / "all.pst")
tap.finish()
