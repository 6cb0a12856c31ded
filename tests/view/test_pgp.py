"""
OpenPGP in the viewer, with keys and mails made here: "Signed by" stands in the bar only for a message that is signed as a whole, by
its sender, with a key that the keyring trusts. Each trick that shows unsigned content beside a good signature, or wants an encrypted
text in a page of its own, has a row; each row says what the bar must say.
"""
import os
import pathlib
import re
import subprocess
import tempfile

import test_trust
from test_trust import COVERED, BROKEN, MALFORMED, PART, TEXT, UNSIGNED, heads, mixed
from viewer import Tap, Viewer

tap = Tap()
DIR = pathlib.Path(tempfile.mkdtemp(prefix="postern-pgp-", dir="/tmp"))
HOME, OTHER = DIR / "mine", DIR / "other"
NO_KEY = "The signature cannot be verified: the signer's key is not in your keyring"
DOUBTED = "The signature fits the message, but who made it is not certain"
FOREIGN = "The signature is not the sender's; its key is for"
CAME = ("plain", "This message came encrypted and was opened with your key", "")
CLOSED = "This message is encrypted, and not for your key; it is not opened"
DAMAGED = "This message is encrypted or signed with OpenPGP, and is changed or damaged; it is not opened"
WORDS = b"the words that anna signed"


def gpg(*words, data=None, home=HOME):
    done = subprocess.run(["gpg", "--homedir", home, "--batch", "--no-tty", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "", *map(str, words)],
                          input=data, capture_output=True, timeout=60)
    if done.returncode:
        raise SystemExit(f"gpg {words}: {done.stderr.decode()}")
    return done.stdout


def make_keys():
    for home in (HOME, OTHER):
        home.mkdir(mode=0o700)
    for name, home in (("Anna <anna@h.test>", HOME), ("Bob <b@h.test>", HOME), ("Eve <eve@evil.test>", HOME), ("Gone <gone@h.test>", HOME),
                       ("Never <never@h.test>", HOME), ("Far <far@h.test>", OTHER), ("Lost <lost@h.test>", OTHER)):
        gpg("--quick-gen-key", name, "future-default", "default", "0", home=home)
    gpg("--import", data=gpg("--export", "far@h.test", home=OTHER))  # known, and nobody says whose
    print_of = lambda who, home=HOME: re.search(r"^fpr:+([0-9A-F]{40}):", gpg("--with-colons", "--list-keys", who, home=home).decode(), re.M)[1]
    gpg("--import-ownertrust", data=f"{print_of('never@h.test')}:3:\n".encode())
    revocation = (HOME / "openpgp-revocs.d" / f"{print_of('gone@h.test')}.rev").read_text().replace(":-----BEGIN", "-----BEGIN")
    test_trust.DIR.mkdir(exist_ok=True)
    gpg("--import", data=gpg("--export", "b@h.test"), home=OTHER)
    return revocation.encode()


def signature(content=TEXT, by="anna@h.test", *options, home=HOME):
    return gpg("--armor", "--detach-sign", "--local-user", by, "--digest-algo", "SHA256", *options, data=content, home=home)


def signed(content=TEXT, armour=None, micalg="pgp-sha256", more=b"", before=b"", kind=b"application/pgp-signature"):
    armour = signature(content) if armour is None else armour
    micalg = f"; micalg={micalg}".encode() if micalg else b""
    return (b'Content-Type: multipart/signed; protocol="application/pgp-signature"' + micalg + b"; boundary=SIG\r\n\r\n" + before + b"--SIG\r\n" +
            content + b"\r\n--SIG\r\nContent-Type: " + kind + b"\r\n\r\n" + armour + b"\r\n" + more + b"--SIG--\r\n")


def sealed(content=TEXT, to="b@h.test", *options, home=HOME):
    body = gpg("--armor", "--encrypt", "--trust-model", "always", "--recipient", to, *options, data=content, home=home)
    return (b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=ENC\r\n\r\n--ENC\r\nContent-Type: application/pgp-encrypted'
            b"\r\n\r\nVersion: 1\r\n\r\n--ENC\r\nContent-Type: application/octet-stream\r\n\r\n" + body + b"\r\n--ENC--\r\n")


def clear(content=WORDS + b"\r\n- dash\r\n", by="anna@h.test"):
    return gpg("--clear-sign", "--local-user", by, "--digest-algo", "SHA256", data=content)


def text(body, kind=b"text/plain; charset=utf-8"):
    return b"Content-Type: " + kind + b"\r\n\r\n" + body


def said(mail, *options, home=HOME):
    path = DIR / "mail.eml"
    path.write_bytes(mail)
    with Viewer(path, "view", *options, env={"GNUPGHOME": str(home)}) as v:
        v.enter()
        facts = v.json("m/0/info.json")
        page = v.get(v.base + "m/0/page").body
        return [(s["tone"], s["text"], s["detail"]) for s in facts.get("statements", [("", str(facts), "")])], page


def good():
    heading = heads().replace(b"MIME-Version: 1.0\r\n", b"") + TEXT.replace(b"utf-8", b'utf-8; protected-headers="v1"')
    for name, mail, coverage in [
        ("signed by its sender", heads() + signed(), COVERED),
        ("with the line ends of Unix", (heads() + signed()).replace(b"\r\n", b"\n"), COVERED),
        ("without micalg", heads() + signed(micalg=""), COVERED),
        ("SHA-512", heads() + signed(armour=gpg("--armor", "--detach-sign", "-u", "anna@h.test", "--digest-algo", "SHA512", data=TEXT), micalg="pgp-sha512"), COVERED),
        ("headings inside", heads() + signed(heading), "The signature covers the text, all attachments and the headings"),
        ("clear-signed text", heads() + text(clear()), COVERED),
        ("a signed text in armour", heads() + text(gpg("--armor", "--sign", "-u", "anna@h.test", data=WORDS)), COVERED),
    ]:
        statements, page = said(mail)
        tap.row([s[:2] for s in statements] == [("good", "Signed by"), ("plain", coverage)], name, statements)
        tap.row(WORDS in page and b"BEGIN PGP" not in page, f"{name}: is shown", page[-400:])
        tap.row(statements and re.fullmatch(r"anna@h\.test \(Anna / [0-9A-F]{4}( [0-9A-F]{4}){9}\)", statements[0][2]), f"{name}: who", statements)


def never_signed_by(revocation):
    changed = signed(TEXT.replace(b"anna", b"nobody"), armour=signature())
    weak = signature(TEXT, "anna@h.test", "--digest-algo", "SHA1")
    gone = signature(TEXT, "gone@h.test")
    gpg("--import", data=revocation)
    whole = signed()
    two = gpg("--clear-sign", "-u", "eve@evil.test", data=b"eve's words")
    outside = clear() + b"\r\nPlease pay to another account\r\n"
    packets = gpg("--detach-sign", "-u", "anna@h.test", "--digest-algo", "SHA256", data=TEXT)
    packets += gpg("--detach-sign", "-u", "lost@h.test", "--digest-algo", "SHA256", data=TEXT, home=OTHER)
    both = gpg("--enarmor", data=packets).replace(b"ARMORED FILE", b"SIGNATURE")
    rows = [
        ("changed text", heads() + changed, BROKEN),
        ("the signature of another message", heads() + signed(armour=signature(b"Content-Type: text/plain\r\n\r\nhi\r\n")), BROKEN),
        ("another sender, with a trusted key", heads() + signed(armour=signature(TEXT, "eve@evil.test")), FOREIGN),
        ("two senders", heads().replace(b"To:", b"From: eve@evil.test\r\nTo:") + whole, FOREIGN),
        ("the address as a name", heads('"anna@h.test" <eve@evil.test>') + whole, FOREIGN),
        ("two signers, one of them trusted", heads() + signed(armour=signature(TEXT, "far@h.test", home=OTHER) + signature()), None),
        ("two signers in one armour, one of them not there", heads() + signed(armour=both), NO_KEY),
        ("a key that nobody vouches for", heads("far@h.test") + signed(armour=signature(TEXT, "far@h.test", home=OTHER)), DOUBTED),
        ("a key that is not trusted any more", heads("never@h.test") + signed(armour=signature(TEXT, "never@h.test")), DOUBTED),
        ("a revoked key", heads("gone@h.test") + signed(armour=gone), DOUBTED),
        ("a key that is not there", heads("lost@h.test") + signed(armour=signature(TEXT, "lost@h.test", home=OTHER)), NO_KEY),
        ("another digest than named", heads() + signed(micalg="pgp-sha512"),
         "The signature is not relied on: its digest is not the one that the message names"),
        ("SHA-1", heads() + signed(armour=weak, micalg="pgp-sha1"), "The signature is not relied on: its digest is weak or unknown"),
        ("no armour", heads() + signed(armour=b"nothing"), "The signature is malformed and counts for nothing"),
        ("a signature with its own text", heads() + signed(armour=gpg("--armor", "--sign", "-u", "anna@h.test", data=TEXT)), None),
        ("a third part", heads() + signed(more=b"--SIG\r\n" + UNSIGNED + b"\r\n"), MALFORMED),
        ("a part before", heads() + signed(before=b"--SIG\r\n" + UNSIGNED + b"\r\n"), MALFORMED),
        ("the signature declared as HTML", heads() + signed(kind=b"text/html"), MALFORMED),
        ("an encoded multipart", heads() + b"Content-Transfer-Encoding: base64\r\n" + whole, MALFORMED),
        ("cut short", (heads() + whole)[:-120], MALFORMED),
        ("an unsigned part before", heads() + mixed(UNSIGNED, whole), PART),
        ("an unsigned part after", heads() + mixed(whole, UNSIGNED), PART),
        ("beside another form of the text", heads() + mixed(UNSIGNED, whole, kind=b"alternative"), PART),
        ("a signed message inside", heads("eve@evil.test") + b"Content-Type: message/rfc822\r\n\r\n" + heads() + whole, PART),
        ("text behind the armour", heads() + text(outside), PART),
        ("text before the armour", heads() + text(b"Pay me\r\n" + clear()), PART),
        ("two armours", heads() + text(clear() + two), PART),
        ("armour in HTML", heads() + text(b"<p>pay me<pre>" + clear() + b"</pre>", b"text/html"), PART),
        ("armour in a comment of HTML", heads() + text(b"<p>pay me<!--\r\n" + clear() + b"-->", b"text/html"), PART),
        ("armour as an attachment", heads() + mixed(UNSIGNED, b"Content-Disposition: attachment\r\n" + text(clear())), PART),
        ("armour beside HTML", heads() + mixed(text(clear()), UNSIGNED, kind=b"alternative"), PART),
        ("changed armour", heads() + text(clear().replace(WORDS, b"the words that bob signed")), BROKEN),
    ]
    for name, mail, wanted in rows:
        statements, _ = said(mail)
        tap.row(wanted is None or any(s[1] == wanted for s in statements), f"{name}: the bar says so", statements)
        tap.row(statements and not any(s[0] == "good" or s[1] == "Signed by" for s in statements), f"{name}: not signed by anybody", statements)
    tap.row(said(heads() + whole, "--no-gpg")[0] == [("caution", "This message carries an OpenPGP signature; without GnuPG (gpg) it is not verified", "")],
            "--no-gpg leaves it alone")


def encrypted():
    for name, mail in (("PGP/MIME", heads() + sealed()), ("in a text", heads() + text(gpg("--armor", "--encrypt", "--trust-model", "always", "-r", "b@h.test", data=WORDS)))):
        statements, page = said(mail)
        tap.row(statements == [CAME] and WORDS in page, f"{name}: opened, and unsigned", statements)
        statements, page = said(mail, home=OTHER)
        tap.row([s[1] for s in statements] == [CLOSED] and WORDS not in page, f"{name}: not for this keyring", statements)
        statements, page = said(mail, "--no-gpg")
        tap.row(len(statements) == 1 and statements[0][0] == "caution" and WORDS not in page, f"{name}: without gpg", statements)
    for name, mail in (("in one", heads() + sealed(TEXT, "b@h.test", "--sign", "-u", "anna@h.test")), ("one in the other", heads() + sealed(signed()))):
        statements, page = said(mail)
        tap.row([s[:2] for s in statements] == [CAME[:2], ("good", "Signed by"), ("plain", COVERED)] and WORDS in page, f"signed and encrypted, {name}", statements)
    statements, _ = said(heads() + sealed(sealed(), "b@h.test", "--sign", "-u", "anna@h.test"))
    tap.row(not any(s[0] == "good" for s in statements), "encrypted, then signed: the signer need not know it", statements)
    statements, _ = said(heads() + sealed(mixed(UNSIGNED, signed())))
    tap.row(not any(s[0] == "good" for s in statements) and statements[0] == CAME, "a signed part beside another one, encrypted", statements)
    efail(heads() + sealed())


def efail(mail):
    """Changed ciphers are not opened; parts around an encrypted one never share a page with it."""
    lines = mail.split(b"\r\n")
    armour = next(i for i, line in enumerate(lines) if b"BEGIN PGP" in line)
    body = bytearray(lines[armour])
    at = body.find(b"\n\n") + 200
    body[at] = body[at] % 26 + 65 if body[at] != 66 else 67
    lines[armour] = bytes(body)
    statements, page = said(b"\r\n".join(lines))
    tap.row(WORDS not in page and not any(s[1] == CAME[1] for s in statements) and statements, "a changed cipher is not opened", statements)
    bare = gpg("--armor", "--encrypt", "--trust-model", "always", "-r", "b@h.test", "--rfc2440", "--cipher-algo", "CAST5", data=TEXT)
    statements, page = said(heads() + sealed().split(b"-----BEGIN")[0] + bare + b"\r\n--ENC--\r\n")
    tap.row(WORDS not in page and [s[1] for s in statements] == [DAMAGED], "a cipher without protection is not opened", statements)
    quote = b"Content-Type: text/html\r\n\r\n<img src=\"http://evil.test/"
    for name, parts in (("around it", mixed(quote, sealed(), b"Content-Type: text/html\r\n\r\n\">")), ("in a related", mixed(quote, sealed(), kind=b"related"))):
        statements, page = said(heads() + parts)
        tap.row(WORDS not in page and [s[1] for s in statements] == [PART], f"an open quote {name}: the text is not in its page", statements)
    for name, mail in (("three parts", sealed().replace(b"--ENC--", b"--ENC\r\n" + UNSIGNED + b"\r\n--ENC--")),
                       ("the other way round", sealed().replace(b"application/pgp-encrypted\r\n", b"text/plain\r\n"))):
        statements, page = said(heads() + mail)
        tap.row(WORDS not in page and not any(s[1] == CAME[1] for s in statements), f"{name}: not opened", statements)


def bounded():
    """A gpg that says nothing: nothing is verified, and it was given few words."""
    slow = DIR / "bin"
    slow.mkdir()
    (slow / "gpg").write_text("#!/bin/sh\necho \"$@\" > " + str(DIR / "words") + "\nenv > " + str(DIR / "environment") + "\n")
    (slow / "gpg").chmod(0o755)
    path = DIR / "mail.eml"
    path.write_bytes(heads() + signed())
    with Viewer(path, "view", env={"GNUPGHOME": str(HOME), "PATH": f"{slow}:{os.environ['PATH']}", "SECRET": "x"}) as v:
        v.enter()
        facts = v.json("m/0/info.json")
    tap.row(any("without GnuPG" in s["text"] for s in facts["statements"]), "a gpg that says nothing verifies nothing", facts["statements"])
    names = {line.partition("=")[0] for line in (DIR / "environment").read_text().splitlines()} - {"PWD", "OLDPWD", "SHLVL", "_"}
    tap.row(names <= {"PATH", "LC_ALL", "HOME", "GNUPGHOME", "USER", "LOGNAME", "XDG_RUNTIME_DIR", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "GPG_TTY",
                      "DBUS_SESSION_BUS_ADDRESS"} and "SECRET" not in names, "gpg gets a few words of environment", names)
    words = (DIR / "words").read_text()
    tap.row("--no-auto-key-retrieve" in words and "--disable-dirmngr" in words and "--batch" in words, "and fetches nothing", words)


if __name__ == "__main__":
    try:
        revocation = make_keys()
        good()
        encrypted()
        bounded()
        never_signed_by(revocation)
    finally:
        for home in (HOME, OTHER):
            subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"])
    tap.finish()
