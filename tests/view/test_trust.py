"""
S/MIME in the viewer, with a CA, keys and mails made here: "Signed by" stands in the bar only for a message that is signed as a
whole, by its sender, with a certificate that leads to a trusted one. Each trick that shows unsigned content beside a good
signature has a row; each row says what the bar must say.
"""
import os
import pathlib
import pty
import re
import signal
import socket
import subprocess
import tempfile
import time

from viewer import ROOT, Tap, Viewer

tap = Tap()
DIR = pathlib.Path(tempfile.mkdtemp(prefix="postern-trust-"))
COVERED = "The signature covers the text and all attachments; not the headings: names, subject, date"
NOT_TRUSTED = "The signature fits the message, but who made it is not certain: its certificate is not trusted"
BROKEN = "The signature does not fit: the message was changed, or the signature is of another one"
MALFORMED = "This message says that it is signed or encrypted, but is not well-formed; it counts as unsigned"
PART = "Only a part of this message is signed or encrypted; the message counts as unsigned"
FOREIGN = "The signature is not the sender's; its certificate is for"


def openssl(*words, data=None):
    done = subprocess.run(["openssl", *map(str, words)], input=data, capture_output=True, cwd=DIR, timeout=60)
    if done.returncode:
        raise SystemExit(f"openssl {words}: {done.stderr.decode()}")
    return done.stdout


def certificate(name, subject, extensions, issuer=None, days=30, key=("ec", "-pkeyopt", "ec_paramgen_curve:P-256")):
    (DIR / f"{name}.ext").write_text(extensions)
    openssl("req", "-new", "-newkey", *key, "-nodes", "-keyout", f"{name}.key", "-subj", subject, "-out", f"{name}.csr")
    by = ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-CAcreateserial"] if issuer else ["-signkey", f"{name}.key"]
    openssl("x509", "-req", "-in", f"{name}.csr", *by, "-days", days, "-extfile", f"{name}.ext", "-out", f"{name}.pem")


def make_certificates():
    ca = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n"
    leaf = "basicConstraints=CA:FALSE\nextendedKeyUsage=emailProtection\nsubjectAltName=email:{}\n"
    certificate("ca", "/CN=Test Authority", ca)
    certificate("other-ca", "/CN=Other Authority", ca)
    certificate("anna", "/CN=Anna <b>Ash<\\/b>", leaf.format("anna@h.test"), "ca", key=("rsa:2048",))
    certificate("eve", "/CN=Eve", leaf.format("eve@evil.test"), "ca")
    certificate("expired", "/CN=Anna", leaf.format("anna@h.test"), "ca", days=-1)
    certificate("stranger", "/CN=Anna", leaf.format("anna@h.test"), "other-ca")
    certificate("self", "/CN=Anna", leaf.format("anna@h.test"))
    certificate("server", "/CN=Anna", leaf.format("anna@h.test").replace("emailProtection", "serverAuth"), "ca")
    openssl("pkcs12", "-export", "-in", "anna.pem", "-inkey", "anna.key", "-passout", "pass:s3cret", "-out", "anna.p12")


TEXT = b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>the words that anna signed</p>\r\n"


def heads(sender="Anna <anna@h.test>", subject="a"):
    return f"From: {sender}\r\nTo: b@h.test\r\nSubject: {subject}\r\nDate: Mon, 2 Jun 2025 09:12:40 +0900\r\nMIME-Version: 1.0\r\n".encode()


def signature(content=TEXT, by="anna", *options):
    return openssl("cms", "-sign", "-binary", "-signer", f"{by}.pem", "-inkey", f"{by}.key", "-outform", "DER", *options, data=content)


def armour(data):
    import base64
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def signed(content=TEXT, der=None, micalg="sha-256", boundary=b"SIG", more=b"", before=b"", kind=b"application/pkcs7-signature"):
    """multipart/signed as an entity of its own."""
    der = signature(content) if der is None else der
    micalg = f"; micalg={micalg}".encode() if micalg else b""
    return (b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"' + micalg + b"; boundary=" + boundary +
            b"\r\n\r\npreamble\r\n" + before + b"--" + boundary + b"\r\n" + content + b"\r\n--" + boundary + b"\r\nContent-Type: " + kind +
            b"; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\n" + armour(der) + b"\r\n" + more + b"--" + boundary + b"--\r\n")


def opaque(der, kind="signed-data"):
    return (f"Content-Type: application/pkcs7-mime; smime-type={kind}; name=smime.p7m\r\n"
            "Content-Transfer-Encoding: base64\r\n\r\n").encode() + armour(der)


def mixed(*parts, kind=b"mixed"):
    return (b"Content-Type: multipart/" + kind + b"; boundary=OUT\r\n\r\n" + b"".join(b"--OUT\r\n" + p + b"\r\n" for p in parts) +
            b"--OUT--\r\n")


def said(mail, *options):
    """Statements of the bar, the page, and whether the viewer lived on."""
    path = DIR / "mail.eml"
    path.write_bytes(mail)
    with Viewer(path, "view", *options) as v:
        v.enter()
        facts = v.json("m/0/info.json")
        page = v.get(v.base + "m/0/page").body
        return [(s["tone"], s["text"], s["detail"]) for s in facts.get("statements", [("", str(facts), "")])], page, facts


TRUST = ("--trust", DIR / "ca.pem")
UNSIGNED = b"Content-Type: text/html\r\n\r\n<style>.x{display:none}</style><p>the words of somebody else\r\n"


def good():
    for name, mail, coverage in [
        ("signed by its sender", heads() + signed(), COVERED),
        ("with the line ends of Unix", (heads() + signed()).replace(b"\r\n", b"\n"), COVERED),
        ("signed without micalg", heads() + signed(micalg=""), COVERED),
        ("signed with SHA-512", heads() + signed(der=signature(TEXT, "anna", "-md", "sha512"), micalg="sha512"), COVERED),
        ("opaque", heads() + opaque(signature(TEXT, "anna", "-nodetach")), COVERED),
        ("an e-mail address in other case", heads("<anna@H.TEST>") + signed(), COVERED),
        ("headings inside", heads() + signed(heads().replace(b"MIME-Version: 1.0\r\n", b"") + TEXT.replace(b"utf-8", b'utf-8; hp="clear"')),
         "The signature covers the text, all attachments and the headings"),
    ]:
        statements, page, _ = said(mail, *TRUST)
        tap.row([s[:2] for s in statements] == [("good", "Signed by"), ("plain", coverage)], name, statements)
        tap.row(b"the words that anna signed" in page, f"{name}: is shown")
        tap.row(statements[0][2] == "anna@h.test (Anna <b>Ash</b> / Test Authority)", f"{name}: who", statements)
    folder = DIR / "trusted"
    folder.mkdir()
    (folder / "one.pem").write_bytes((DIR / "ca.pem").read_bytes())
    (folder / "README").write_text("no certificate")
    tap.row(said(heads() + signed(), "--trust", folder)[0][0][1] == "Signed by", "--trust of a folder")


def never_signed_by():
    """No row may say "Signed by"; each says what is wrong."""
    whole = signed()
    changed = signed(TEXT.replace(b"anna", b"nobody"), der=signature())
    two = signed(heads("Anna <anna@h.test>", "other").replace(b"MIME-Version: 1.0\r\n", b"") + TEXT.replace(b"utf-8", b'utf-8; hp="clear"'))
    rows = [
        ("changed text", heads() + changed, BROKEN),
        ("the signature of another message", heads() + signed(der=signature(b"Content-Type: text/plain\r\n\r\nhi\r\n")), BROKEN),
        ("another sender, with a good certificate", heads() + signed(der=signature(TEXT, "eve")), FOREIGN),
        ("two senders", heads() .replace(b"To:", b"From: eve@evil.test\r\nTo:") + whole, FOREIGN),
        ("two addresses in From", heads("anna@h.test, eve@evil.test") + whole, FOREIGN),
        ("no sender", heads().split(b"\r\n", 1)[1] + whole, FOREIGN),
        ("the address as a name", heads('"anna@h.test" <eve@evil.test>') + whole, FOREIGN),
        ("other headings than the signed ones", heads() + two, "The signature is good, but not for these headings; it is by"),
        ("an expired certificate", heads() + signed(der=signature(TEXT, "expired")), NOT_TRUSTED),
        ("a self-signed certificate", heads() + signed(der=signature(TEXT, "self")), NOT_TRUSTED),
        ("an authority that nobody trusts", heads() + signed(der=signature(TEXT, "stranger")), NOT_TRUSTED),
        ("a certificate for servers", heads() + signed(der=signature(TEXT, "server")), NOT_TRUSTED),
        ("no certificate inside", heads() + signed(der=signature(TEXT, "anna", "-nocerts")),
         "The signature cannot be verified: the signer's certificate is not in the message"),
        ("another digest than named", heads() + signed(micalg="sha-512"),
         "The signature is not relied on: its digest is not the one that the message names"),
        ("SHA-1", heads() + signed(der=signature(TEXT, "anna", "-md", "sha1"), micalg="sha1"),
         "The signature is not relied on: its digest is weak or unknown"),
        ("MD5", heads() + signed(der=signature(TEXT, "anna", "-md", "md5"), micalg=""),
         "The signature is not relied on: its digest is weak or unknown"),
        ("a content inside the signature too", heads() + signed(der=signature(TEXT, "anna", "-nodetach")),
         "The signature is malformed and counts for nothing"),
        ("no CMS", heads() + signed(der=b"0\x80nothing"), "The signature is malformed and counts for nothing"),
        ("opaque without content", heads() + opaque(signature()), MALFORMED),
        ("opaque and changed", heads() + opaque(signature(TEXT, "anna", "-nodetach").replace(b"that anna", b"that hans")), BROKEN),
        ("opaque, cut", heads() + opaque(signature(TEXT, "anna", "-nodetach")[:-80]), MALFORMED),
        ("a third part", heads() + signed(more=b"--SIG\r\n" + UNSIGNED + b"\r\n"), MALFORMED),
        ("a part before", heads() + signed(before=b"--SIG\r\n" + UNSIGNED + b"\r\n"), MALFORMED),
        ("the signature declared as HTML", heads() + signed(kind=b"text/html"), MALFORMED),
        ("two boundaries", heads() + whole.replace(b"boundary=SIG", b"boundary=SIG; boundary=OTHER", 1), MALFORMED),
        ("an encoded multipart", heads() + b"Content-Transfer-Encoding: base64\r\n" + whole, MALFORMED),
        ("cut short", (heads() + whole)[:-120], MALFORMED),
        ("the signed part as an attachment", heads() + mixed(UNSIGNED, b"Content-Disposition: attachment\r\n" + whole), PART),
        ("an unsigned part before", heads() + mixed(UNSIGNED, whole), PART),
        ("an unsigned part after", heads() + mixed(whole, UNSIGNED), PART),
        ("alone in a multipart/mixed", heads() + mixed(whole), PART),
        ("beside another form of the text", heads() + mixed(UNSIGNED, whole, kind=b"alternative"), PART),
        ("related to an unsigned page", heads() + mixed(UNSIGNED, whole, kind=b"related"), PART),
        ("a signed message as an attachment", heads() + mixed(UNSIGNED, b"Content-Type: message/rfc822\r\n\r\n" + heads() + whole), PART),
        ("a signed message inside", heads("eve@evil.test") + b"Content-Type: message/rfc822\r\n\r\n" + heads() + whole, PART),
        ("opaque as an attachment", heads() + mixed(UNSIGNED, opaque(signature(TEXT, "anna", "-nodetach"))), PART),
        ("said to be OpenPGP", heads() + whole.replace(b"pkcs7-signature", b"pgp-signature"), "The signature is malformed and counts for nothing"),
        ("of an unknown kind", heads() + whole.replace(b"pkcs7-signature", b"x-signature"),
         "This message carries a signature of an unknown kind, which was not verified"),
    ]
    for name, mail, text in rows:
        statements, _, facts = said(mail, *TRUST)
        tap.row(any(s[1] == text for s in statements), f"{name}: the bar says so", statements, facts.get("error"))
        tap.row(not any(s[0] == "good" or s[1] == "Signed by" for s in statements), f"{name}: not signed by anybody", statements)
    twice = heads() + b"Content-Type: text/html\r\n" + whole
    tap.row(not any(s[0] == "good" for s in said(twice, *TRUST)[0]), "two Content-Types: not signed by anybody")
    outer = heads("eve@evil.test") + signed(b"Content-Type: message/rfc822\r\n\r\n" + heads() + TEXT)
    tap.row(said(outer, *TRUST)[0][0][1] == FOREIGN, "a message of Anna's inside, signed with Anna's key, sent by another")
    tap.row(said(heads() + whole)[0][0][1] == NOT_TRUSTED, "without --trust the system's authorities count")


def parts():
    """A signed part of something larger: said of exactly that part, and never of the message."""
    own = "Only this part is signed, by its sender: part"
    for name, mail, part, statement in [
        ("behind an unsigned one", heads() + mixed(UNSIGNED, signed()), 3, ("plain", own, "3 (text/html): anna@h.test (Anna <b>Ash</b> / Test Authority)")),
        ("in a forwarded message", heads("eve@evil.test") + mixed(UNSIGNED, b"Content-Type: message/rfc822\r\n\r\n" + heads() + signed()), 4,
         ("plain", own, "4 (text/html): anna@h.test (Anna <b>Ash</b> / Test Authority)")),
        ("by another", heads() + mixed(UNSIGNED, signed(der=signature(TEXT, "eve"))), 3,
         ("caution", "Only this part is signed, and not by the sender: part", "3 (text/html): eve@evil.test (Eve / Test Authority)")),
        ("changed", heads() + mixed(UNSIGNED, signed(TEXT.replace(b"anna", b"hans"), der=signature())), 3,
         ("caution", "A signature of this part is not relied on: part", "3 (text/html)")),
        ("of a forwarded message, claimed by the one around it", heads() + mixed(UNSIGNED, b"Content-Type: message/rfc822\r\n\r\n" +
                                                                                 heads("eve@evil.test") + signed()), 4,
         ("caution", "Only this part is signed, and not by the sender: part", "4 (text/html): anna@h.test (Anna <b>Ash</b> / Test Authority)")),
    ]:
        statements, _, facts = said(mail, *TRUST)
        tap.row(statements == [("caution", PART, ""), statement], f"a signed part {name}: said of it alone", statements)
        tap.row([s.get("part") for s in facts["statements"]] == [None, part], f"a signed part {name}: and where", facts["statements"])
    statements, _, _ = said(heads() + mixed(signed(), signed(der=signature(TEXT, "eve"))), *TRUST)
    tap.row([s[0] for s in statements] == ["caution", "plain", "caution"], "two signed parts: each for itself", statements)


def encrypted():
    def sealed(content, cipher):
        der = openssl("cms", "-encrypt", "-binary", cipher, "-outform", "DER", "anna.pem", data=content)
        return heads() + opaque(der, "enveloped-data")

    for cipher in ("-aes-256-cbc", "-aes-128-gcm"):
        statements, page, _ = said(sealed(TEXT, cipher), *TRUST)
        tap.row(statements == [("caution", "This message is encrypted and is not opened", "")], f"{cipher}: without a key", statements)
        tap.row(b"the words" not in page, f"{cipher}: not shown")
    openssl("pkcs12", "-export", "-in", "anna.pem", "-inkey", "anna.key", "-passout", "pass:", "-out", "open.p12")
    openssl("pkcs12", "-export", "-in", "eve.pem", "-inkey", "eve.key", "-passout", "pass:", "-out", "eve.p12")
    key = (*TRUST, "--key", DIR / "open.p12")
    came = ("plain", "This message came encrypted and was opened with your key", "")
    for cipher in ("-aes-256-cbc", "-aes-128-gcm"):
        statements, page, _ = said(sealed(TEXT, cipher), *key)
        tap.row(statements == [came] and b"the words that anna signed" in page, f"{cipher}: opened, and unsigned", statements)
    for name, content in (("clear", signed()), ("opaque", opaque(signature(TEXT, "anna", "-nodetach")))):
        statements, page, _ = said(sealed(content, "-aes-256-cbc"), *key)
        tap.row(statements[0] == came and statements[1][:2] == ("good", "Signed by") and b"the words" in page, f"signed ({name}), then encrypted",
                statements)
    inner = openssl("cms", "-encrypt", "-binary", "-aes-256-cbc", "-outform", "DER", "anna.pem", data=TEXT)
    statements, _, _ = said(heads() + opaque(signature(opaque(inner, "enveloped-data"), "anna", "-nodetach")), *key)
    tap.row(not any(s[0] == "good" for s in statements) and statements[-1] == came, "encrypted, then signed: the signer need not know it", statements)
    statements, _, _ = said(sealed(TEXT, "-aes-256-cbc"), *TRUST, "--key", DIR / "eve.p12")
    tap.row(statements[0][1] == "This message is encrypted, and not for your key; it is not opened", "another's key", statements)


def holds(pid, needles):
    """Whether a process has any of these bytes in its memory. A region of more than a gigabyte is a sanitizer's own book."""
    block, overlap = 16 << 20, max(map(len, needles))
    maps, found = pathlib.Path(f"/proc/{pid}/maps").read_text(), False
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps.splitlines():
            ends = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            start, end = (int(ends[1], 16), int(ends[2], 16)) if ends and "[v" not in line else (0, 0)
            for at in range(start, end, block) if end - start < 1 << 30 else ():
                try:
                    memory.seek(at)
                    part = memory.read(min(block + overlap, end - at))
                    found |= any(needle in part for needle in needles)
                except OSError:
                    pass
    return found


def guarded():
    """The private key stands in one process: not in the viewer, not in a reader, also while and after a message was opened with it."""
    pem = openssl("pkey", "-in", "anna.key").split(b"\n")
    needles = [line for line in pem[2:6]]
    der = openssl("cms", "-encrypt", "-binary", "-aes-256-cbc", "-outform", "DER", "anna.pem", data=TEXT)
    path = DIR / "mail.eml"
    path.write_bytes(heads() + opaque(der, "enveloped-data"))
    with Viewer(path, "view", "--key", DIR / "open.p12") as v:
        v.enter()
        tap.row(b"the words" in v.get(v.base + "m/0/page").body, "the key opens the message")
        tap.row(v.warden() and holds(v.warden(), needles), "the key is in the process that keeps it")
        tap.row(not holds(v.process.pid, needles), "and not in the viewer")
        seen, held = set(), False
        asked = socket.create_connection(("127.0.0.1", v.port))
        asked.sendall(f"GET {v.base}m/0/info.json HTTP/1.1\r\nHost: {v.host}\r\nCookie: {v.cookie}\r\nSec-Fetch-Site: same-origin\r\n\r\n".encode())
        end = time.monotonic() + 10
        while time.monotonic() < end and not seen:
            for pid in v.readers():
                try:
                    os.kill(pid, signal.SIGSTOP)
                    held |= holds(pid, needles)
                    os.kill(pid, signal.SIGCONT)
                    seen.add(pid)
                except (OSError, ProcessLookupError):
                    pass
        asked.close()
        tap.row(seen and not held, "and not in a reader", seen)
        os.kill(v.warden(), signal.SIGKILL)
        time.sleep(0.1)
        facts = v.json("m/0/info.json")
        tap.row([s["tone"] for s in facts["statements"]] == ["caution"], "without that process the viewer lives on, and opens nothing", facts)


def plain():
    """Reading all mail as text: what is signed keeps its form, clear or opaque (KB307594)."""
    for name, mail, kept in [("clear-signed", heads() + signed(), True), ("opaque", heads() + opaque(signature(TEXT, "anna", "-nodetach")), True),
                             ("unsigned", heads() + TEXT, False)]:
        path = DIR / "mail.eml"
        path.write_bytes(mail)
        with Viewer(path, "view") as v:
            v.enter()
            v.get(v.base + "settings", "POST", b"plain=1")
            page = v.get(v.base + "m/0/page").body
            tap.row((b"<p>the words that anna signed" in page) == kept, f"read as text: {name} keeps its form: {kept}", page[-300:])


def ask_on_terminal(words, answers):
    """Runs postern with a terminal of its own, and answers what it asks for."""
    child, fd = pty.fork()
    if child == 0:
        os.environ["HOME"] = str(DIR)
        os.execv(os.environ["POSTERN"], [os.environ["POSTERN"], *map(str, words)])
    out = b""
    end = time.monotonic() + 20
    while time.monotonic() < end and b"http://" not in out and b"does not open" not in out:
        try:
            out += os.read(fd, 4096)
        except OSError:
            break
        if answers and out.count(b"passphrase of this key") == len(asked) + 1:
            asked.append(answers.pop(0))
            os.write(fd, asked[-1])
    os.close(fd)
    try:
        os.kill(child, 2)
    except ProcessLookupError:
        pass
    os.waitpid(child, 0)
    return out


asked = []


def options():
    run = lambda *words: subprocess.run([os.environ["POSTERN"], "view", *map(str, words)], capture_output=True, timeout=60,
                                        stdin=subprocess.DEVNULL, start_new_session=True)
    mail = DIR / "mail.eml"
    for name, words in [("no such file", ("--trust", "/no/such")), ("no certificate", ("--trust", DIR / "ca.ext")),
                        ("no such key", ("--key", "/no/such")), ("no PKCS#12", ("--key", DIR / "ca.pem")),
                        ("no terminal", ("--key", DIR / "anna.p12"))]:
        done = run(*words, mail)
        tap.row(done.returncode == 3 and done.stderr.count(b"\n") == 1 and not done.stdout, f"{words[0]}: {name}", done)
    out = ask_on_terminal(["view", "--no-open", "--key", DIR / "anna.p12", mail], [b"wrong\n", b"s3cret\n"])
    tap.row(re.search(rb"http://127", out) and b"s3cret" not in out and len(asked) == 2, "a passphrase is asked for, without an echo", out)


def beside():
    """Cards and winmail.dat, through the viewer; what is signed stays so when a winmail.dat lies in it."""
    event = (b"Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n"
             b"SUMMARY:<script>Tea</script>\r\nORGANIZER:mailto:anna@h.test\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
    person = b"Content-Type: text/vcard\r\n\r\nBEGIN:VCARD\r\nFN:Anna\r\nEND:VCARD\r\n"
    report = b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.h.test\r\n\r\nFinal-Recipient: rfc822; b@h.test\r\nAction: failed\r\n"
    _, _, facts = said(heads() + mixed(UNSIGNED, event, event, person, report))
    cards = [(c["kind"], c["title"], [(r["name"], r["value"]) for r in c["rows"]]) for c in facts.get("cards", [])]
    tap.row(cards == [("Calendar entry", "<script>Tea</script>", [("Invitation by", "anna@h.test")]), ("Visiting card", "Anna", []),
                      ("Delivery report", "", [("Reported by", "mx.h.test"), ("Delivered to, or not", "b@h.test"), ("What happened", "failed")])],
            "cards, each once", cards)
    winmail = (ROOT / "fuzz/seeds/tnef/whole.tnef").read_bytes()
    part = b"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n" + armour(winmail)
    unpacked = ("plain", "Text and attachments come from a winmail.dat, which was unpacked", "")
    statements, page, facts = said(heads() + mixed(b"Content-Type: text/plain\r\n\r\nhi\r\n", part))
    names = [p["name"] for p in facts["parts"]]
    tap.row(statements == [unpacked] and "../a \"b\".png" in names and "café.txt" in names, "winmail.dat: its attachments are parts", statements, names)
    tap.row("the page 海".encode() in page, "winmail.dat: its text is shown", page)
    statements, page, _ = said(heads() + signed(mixed(part)), *TRUST)
    tap.row([s[:2] for s in statements] == [("good", "Signed by"), ("plain", COVERED), unpacked[:2]], "a winmail.dat in a signed mail", statements)
    tap.row("the page 海".encode() in page, "a winmail.dat in a signed mail is shown")


if __name__ == "__main__":
    make_certificates()
    good()
    never_signed_by()
    parts()
    encrypted()
    guarded()
    options()
    plain()
    beside()
    tap.finish()
