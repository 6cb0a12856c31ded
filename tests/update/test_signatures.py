"""
Who signed a package: osslsigncode signs with certificates made here (its own verification is the oracle), a server on loopback
countersigns, and each byte that counts is changed in turn. Packages of both families and a plain cabinet.
"""
import base64
import hashlib
import http.server
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
import threading

import bulletin
from bulletin import PACKAGES, make, run, system
from cli import Tap, folder

tap = Tap()
OLD, STAMPED = "2004-01-01 00:00:00", "2004-06-01 00:00:00"


def at(when, *words, stdin=None):
    lead = ["faketime", when] if when else []
    done = subprocess.run([*lead, *map(str, words)], input=stdin, capture_output=True)
    assert done.returncode == 0, (words, done.stderr)
    return done.stdout


class Authority:
    """A root and what it certifies: NAME.pem, NAME.key."""

    def __init__(self, where, name="Root of the tests"):
        self.where = where
        where.mkdir()
        at(OLD, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", where / "root.key", "-out", where / "root.pem", "-days", 20000,
           "-subj", f"/CN={name}", "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=keyCertSign,cRLSign")

    def certify(self, name, use, days, when=OLD, subject=None):
        w = self.where
        at(None, "openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", w / (name + ".key"), "-out", w / (name + ".csr"), "-subj", f"/CN={subject or name}")
        (w / "ext").write_text(f"basicConstraints=CA:FALSE\nextendedKeyUsage={use}\n")
        at(when, "openssl", "x509", "-req", "-in", w / (name + ".csr"), "-CA", w / "root.pem", "-CAkey", w / "root.key", "-CAcreateserial", "-days", days,
           "-extfile", w / "ext", "-out", w / (name + ".pem"))
        return name


def stamps(authority, tsa):
    """A server that countersigns as of 2004: PKCS#9 (Authenticode's own) and RFC 3161."""
    w = authority.where
    (w / "serial").write_text("01")
    (w / "ts.cnf").write_text(f"[tsa]\ndefault_tsa=a\n[a]\nserial={w}/serial\ncrypto_device=builtin\nsigner_digest=sha256\ndefault_policy=1.2.3.4\n"
                              "digests=sha1,sha256,sha384,sha512\naccuracy=secs:1\nordering=no\ntsa_name=no\ness_cert_id_chain=no\n")

    class Server(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            signer = ["-signer", w / (tsa + ".pem"), "-inkey", w / (tsa + ".key")]
            if self.path == "/pkcs9":
                der = base64.b64decode(body)
                bytes_signed = der[-(struct.unpack(">H", der.rpartition(b"\x04\x82")[2][:2])[0]):]
                answer = base64.b64encode(at(STAMPED, "openssl", "smime", "-sign", "-binary", "-nodetach", "-md", "sha1", "-outform", "DER", *signer, stdin=bytes_signed))
            else:
                (w / "query").write_bytes(body)
                answer = at(STAMPED, "openssl", "ts", "-reply", "-config", w / "ts.cnf", "-queryfile", w / "query", *signer)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply" if self.path != "/pkcs9" else "application/octet-stream")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def sign(authority, signer, package, out, *more, digest="sha256"):
    out.unlink(missing_ok=True)
    w = authority.where
    done = subprocess.run(["osslsigncode", "sign", "-certs", w / (signer + ".pem"), "-key", w / (signer + ".key"), "-h", digest, *more, "-in", package, "-out", out],
                          capture_output=True, text=True, env={**os.environ, "no_proxy": "127.0.0.1"})
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def state(package, *trust):
    code, out, err = run("update", "inspect", package, "--json", *trust)
    return json.loads(out)["signature"] if code == 0 else {"state": None, "exit": code, "error": err}


def theirs(package, root):
    done = subprocess.run(["osslsigncode", "verify", "-CAfile", root, "-in", package], capture_output=True, text=True)
    return "Signature verification: ok" in done.stdout or "Succeeded" in done.stdout.splitlines()[-1:]


def table_of(image):
    """(offset of the directory's entry, offset and size of the certificate table)"""
    pe = struct.unpack_from("<I", image, 0x3C)[0]
    entry = pe + 24 + (112 if struct.unpack_from("<H", image, pe + 24)[0] == 0x20B else 96) + 32
    return entry, *struct.unpack_from("<II", image, entry)


def good(where, authority, other):
    made = {p.family: make(p, where) for p in (PACKAGES[0], PACKAGES[3])}
    source = where / "source"
    source.mkdir()
    (source / "a.txt").write_bytes(b"hello\r\n" * 5000)
    subprocess.run(["gcab", "-c", "-z", where / "plain.cab", "a.txt"], cwd=source, check=True, capture_output=True)
    made["cab"] = where / "plain.cab"
    root = authority.where / "root.pem"
    for kind, package in made.items():
        tap.row(state(package)["state"] == "unsigned" and state(package)["signer"] is None, f"{kind}: unsigned", state(package))
        before = json.loads(run("update", "inspect", package, "--json")[1])
        for digest in ("sha1", "sha256", "sha384", "sha512"):
            signed = sign(authority, "good", package, where / f"signed-{kind}-{digest}.exe", digest=digest)
            told = state(signed, "--trust", root)
            tap.row(told["state"] == "trusted" and told["digest"].lower().replace("-", "") in (digest, digest.replace("sha", "sha2")) and told["signer"] == "Good & Sons"
                    and told["weak"] == (digest == "sha1"), f"{kind}, {digest}: trusted", told)
            tap.row(theirs(signed, root), f"{kind}, {digest}: osslsigncode says so, too")
            tap.row(state(signed)["state"] == "signed by unknown" and "none was given" in state(signed)["reason"], f"{kind}, {digest}: without anchors", state(signed))
        told = state(signed, "--trust", other.where / "root.pem")
        tap.row(told["state"] == "signed by unknown" and not theirs(signed, other.where / "root.pem"), f"{kind}: with another's anchor", told)
        tap.row(state(signed, "--trust", authority.where)["state"] == "trusted", f"{kind}: a folder of certificates")
        after = json.loads(run("update", "inspect", signed, "--json")[1])
        tap.row(after["files"] == before["files"] and after["registry"] == before["registry"], f"{kind}: what it holds is the same")
    at(None, "openssl", "x509", "-in", root, "-outform", "DER", "-out", where / "root.der")
    tap.row(state(signed, "--trust", where / "root.der")["state"] == "trusted", "an anchor in DER")
    tap.row(state(signed, "--trust", authority.where / "good.pem")["state"] == "trusted", "the signer's own certificate as anchor")
    code, out, err = run("update", "inspect", where / "signed-B-sha1.exe", "--trust", root)
    tap.row(code == 0 and b"signature trusted, SHA1 (weak), by Good & Sons, certified by Root of the tests" in out, "in words", out)
    for bad in (where / "no such file", source / "a.txt", source):
        code, out, err = run("update", "inspect", signed, "--trust", bad)
        tap.row(code == 3 and err and not out, f"--trust {bad.name}: refused", code, err)


def wrong(where, authority):
    root = authority.where / "root.pem"
    package = make(PACKAGES[0], where)
    signed = sign(authority, "good", package, where / "signed.exe").read_bytes()
    entry, table, size = table_of(signed)
    probe = where / "probe.exe"

    def told(image):
        probe.write_bytes(image)
        return state(probe, "--trust", root)

    changed = bytearray(signed)
    changed[0x4E] ^= 1  # in the DOS stub, where nothing is read
    tap.row(told(changed)["state"] == "digest wrong", "one bit changed", told(changed))
    pe = struct.unpack_from("<I", signed, 0x3C)[0]
    changed = bytearray(signed)
    struct.pack_into("<I", changed, pe + 24 + 64, 0x12345678)
    tap.row(told(changed)["state"] == "trusted", "the checksum is not covered", told(changed))
    tap.row(told(signed + b"MSCF" + bytes(60))["state"] in ("malformed",), "something behind the table", told(signed + b"MSCF" + bytes(60)))
    blob = bytearray(signed) + b"hidden!!" * 4
    struct.pack_into("<I", blob, entry + 4, size + 32)
    struct.pack_into("<I", blob, table, size + 32)
    tap.row(told(blob)["state"] == "malformed" and "hides" in told(blob)["reason"], "something hidden in the table", told(blob))
    for what, patch in (("beyond the end", (0x7FFFFFF0, 64)), ("wraps around", (0xFFFFFFF0, 0x40)), ("over the headers", (8, len(signed) - 8)), ("of no size", (table, 0))):
        changed = bytearray(signed)
        struct.pack_into("<II", changed, entry, *patch)
        now = told(changed)
        tap.row(now["state"] in ("malformed", None), f"a table {what}", now)
    other = sign(authority, "good", make(PACKAGES[1], where), where / "other.exe").read_bytes()
    _, other_table, other_size = table_of(other)
    moved = bytearray(signed[:table]) + other[other_table:]
    struct.pack_into("<I", moved, entry + 4, other_size)
    tap.row(told(moved)["state"] == "digest wrong", "the signature of another package", told(moved))
    wrong_use = sign(authority, "mail", package, where / "mail.exe")
    tap.row(state(wrong_use, "--trust", root)["state"] == "signed by unknown" and "not for signing programs" in state(wrong_use, "--trust", root)["reason"],
            "a certificate for mail", state(wrong_use, "--trust", root))
    dice, states = random.Random(13), {}
    for _ in range(250):  # the blob itself
        changed = bytearray(signed)
        for _ in range(dice.choice((1, 1, 2, 8))):
            changed[dice.randrange(table + 8, table + size)] = dice.randrange(256)
        now = told(changed)
        states[now["state"]] = states.get(now["state"], 0) + 1
        if now["state"] not in ("malformed", "digest wrong", "signed by unknown", "trusted"):
            tap.row(False, "a damaged signature is a state", now)
    tap.row(states.get("malformed", 0) > 150 and sum(states.values()) == 250, f"250 damaged signatures: each is a state ({states})")
    cabinet = sign(authority, "good", _cab(where), where / "signed.cab").read_bytes()
    changed = bytearray(cabinet)
    changed[70] ^= 1
    tap.row(told(changed)["state"] in ("digest wrong", None), "a cabinet, one bit changed", told(changed))
    tap.row(told(cabinet + bytes(64))["state"] == "malformed", "a cabinet with something behind", told(cabinet + bytes(64)))


def _cab(where):
    (where / "a.txt").write_bytes(b"hello\r\n" * 50)
    subprocess.run(["gcab", "-c", where / "a.cab", "a.txt"], cwd=where, check=True, capture_output=True)
    return where / "a.cab"


def hidden(where, authority):
    """A cabinet where no digest reaches is not read at all."""
    package = make(PACKAGES[3], where)
    image = bytearray(package.read_bytes())
    cabinet = image.index(b"MSCF")
    stub, cab = where / "stub.exe", bytes(image[cabinet:])
    stub.write_bytes(image[:cabinet])
    signed = bytearray(sign(authority, "good", stub, where / "stub-signed.exe").read_bytes())
    entry, table, size = table_of(signed)
    for what, made in (("behind the table", signed + cab), ("in the table", None)):
        if made is None:
            made = signed + cab + bytes(-len(cab) % 8)
            struct.pack_into("<I", made, entry + 4, len(made) - table)
        (where / "evil.exe").write_bytes(made)
        code, out, err = run("update", "extract", where / "evil.exe", "-d", where / "out")
        tap.row(code == 3 and b"without a cabinet" in err, f"a cabinet {what}: not found", code, err)


def expired(where, authority, other, server):
    root, url = authority.where / "root.pem", f"http://127.0.0.1:{server.server_port}"
    package = make(PACKAGES[0], where)
    plain = sign(authority, "old", package, where / "old.exe", digest="sha1")
    told = state(plain, "--trust", root)
    tap.row(told["state"] == "expired" and "nobody countersigned" in told["reason"] and not told["countersigned"], "expired, alone", told)
    for kind, words in (("PKCS#9", ["-t", url + "/pkcs9"]), ("RFC 3161", ["-ts", url + "/rfc3161"])):
        stamped = sign(authority, "old", package, where / "stamped.exe", *words, digest="sha1")
        told = state(stamped, "--trust", root)
        tap.row(told["state"] == "trusted" and told["countersigned"] == "2004-06-01" and told["countersigner"] == "Clock" and told["countersigner_trusted"]
                and "countersigned before" in told["reason"], f"{kind}: expired, countersigned in time", told)
        code, out, err = run("update", "inspect", stamped, "--trust", root)
        tap.row(b"countersigned 2004-06-01, by Clock\n" in out, f"{kind}: in words", out)
        late = sign(authority, "short", package, where / "late.exe", *words)
        told = state(late, "--trust", root)
        tap.row(told["state"] == "expired" and "not valid" in told["reason"], f"{kind}: countersigned when it was over", told)
        image = bytearray(stamped.read_bytes())
        stamp = image.rindex(b"Clock")
        changed = bytearray(image)
        changed[-40] ^= 1
        (where / "torn.exe").write_bytes(changed)
        told = state(where / "torn.exe", "--trust", root)
        tap.row(told["state"] in ("expired", "malformed"), f"{kind}: a countersignature that does not hold", told, stamp)
    told = state(sign(authority, "old", package, where / "alien.exe", "-ts", url + "/rfc3161"), "--trust", authority.where / "old.pem")
    tap.row(told["state"] == "expired" and told["countersigned"] and not told["countersigner_trusted"] and "not trusted" in told["reason"], "a clock that nobody trusts", told)


def der(tag, *contents):
    content = b"".join(contents)
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x82]) + struct.pack(">H", size)
    return bytes([tag]) + length + content


def catalogue(authority, signer, digests, out):
    """A signed list of digests, as the tools of Windows make it: openssl signs its content, and the content becomes a sequence."""
    entries = [der(0x30, der(0x04, d.hex().upper().encode("utf-16-le")), der(0x31, der(0x30, der(0x06, bytes.fromhex("2b060104018237020104")),
                   der(0x31, der(0x30, der(0x30, der(0x06, b"\x2b\x0e\x03\x02\x1a"), b"\x05\0"), der(0x04, d)))))) for d in digests]
    inside = der(0x30, der(0x06, bytes.fromhex("2b060104018237 0c0101".replace(" ", "")))) + der(0x04, bytes(16)) + der(0x17, b"040401000000Z") + der(0x30, *entries)
    w = authority.where
    (w / "list").write_bytes(inside)
    at(None, "openssl", "cms", "-sign", "-binary", "-nodetach", "-nosmimecap", "-md", "sha256", "-econtent_type", "1.3.6.1.4.1.311.10.1", "-in", w / "list",
       "-signer", w / (signer + ".pem"), "-inkey", w / (signer + ".key"), "-outform", "DER", "-out", w / "list.cat")
    made = bytearray((w / "list.cat").read_bytes())
    made[made.index(inside) - (4 if len(inside) > 255 else 3 if len(inside) > 127 else 2)] = 0x30  # an octet string becomes a sequence of the same length
    out.write_bytes(made)
    return out


def authenticode(image, digest):
    """The digest that a catalogue has of a program."""
    entry, table, size = table_of(image)
    pe = struct.unpack_from("<I", image, 0x3C)[0]
    return hashlib.new(digest, image[:pe + 88] + image[pe + 92:entry] + image[entry + 8:]).digest()


def catalogues(where, authority, other):
    root = authority.where / "root.pem"
    source = where / "folder"
    source.mkdir()
    package = make(PACKAGES[0], where)
    run("update", "extract", "-q", package, "-d", source)
    files = sorted(source.iterdir())
    images = {f.name.lower(): f.read_bytes() for f in files}
    digests = [authenticode(images["inetcomm.dll"], "sha1"), authenticode(images["msoe.dll"], "sha256"), hashlib.sha1(images["q837009.inf"]).digest()]

    def told(*trust):
        code, out, err = run("update", "inspect", source, "--json", *trust)
        return json.loads(out)["catalogues"] if code == 0 else err

    tap.row(told() == [], "no catalogue")
    cat = catalogue(authority, "good", digests, source / "q837009.cat")
    now = told("--trust", root)
    tap.row(len(now) == 1 and now[0]["state"] == "trusted" and now[0]["signer"] == "Good & Sons" and (now[0]["covered"], now[0]["files"]) == (3, 4), "a catalogue: two programs and a text of four files", now)
    code, out, err = run("update", "inspect", source, "--trust", root)
    tap.row(b"catalogue q837009.cat: trusted, by Good & Sons, certified by Root of the tests; names 3 of 4 files" in out, "in words", out)
    tap.row(told()[0]["state"] == "signed by unknown" and told("--trust", other.where / "root.pem")[0]["state"] == "signed by unknown", "with nobody, or another, trusted")
    (source / "msoe.dll").write_bytes(images["msoe.dll"][:-1] + b"!")
    tap.row(told("--trust", root)[0]["covered"] == 2, "a program that was changed is not named", told("--trust", root))
    whole = cat.read_bytes()
    place = whole.index(digests[0])
    cat.write_bytes(whole[:place] + hashlib.sha1(b"evil").digest() + whole[place + 20:])
    tap.row(told("--trust", root)[0]["state"] == "malformed", "a catalogue that was changed", told("--trust", root))
    for what, content in (("empty", b""), ("no PKCS#7", b"\x30\x03abc"), ("cut", whole[:-30]), ("with something behind", whole + b"hidden" * 9),
                          ("another's signature", sign(authority, "good", package, where / "x.exe").read_bytes()[-1400:])):
        cat.write_bytes(content)
        tap.row(told("--trust", root)[0]["state"] == "malformed" and told("--trust", root)[0]["signer"] is None, f"a catalogue: {what}", told("--trust", root))


def installing(where, authority, other):
    root = authority.where / "root.pem"
    package = make(PACKAGES[0], where)
    signed = sign(authority, "good", package, where / "signed.exe")
    tree = system(PACKAGES[0], where / "tree")
    for what, exe, trust, code_wanted, word in (
            ("unsigned, nobody trusted", package, [], 0, b"signature unsigned"), ("trusted", signed, ["--trust", root], 0, b"signature trusted, SHA256"),
            ("signed by unknown", signed, ["--trust", other.where / "root.pem"], 0, b"signature signed by unknown")):
        code, out, err = run("update", "install", exe, "--root", tree, "--dry-run", *trust)
        tap.row(code == code_wanted and word in out, f"the plan says: {what}", code, out, err)
    planned = json.loads(run("update", "install", signed, "--root", tree, "--dry-run", "--json", "--trust", root)[1])
    tap.row(planned["signature"]["state"] == "trusted" and planned["signature"]["signer"] == "Good & Sons", "and in JSON", planned)
    changed = bytearray(signed.read_bytes())
    changed[0x4E] ^= 1
    (where / "changed.exe").write_bytes(changed)
    victim = tree / bulletin.windows_folder(PACKAGES[0]) / "system32/inetcomm.dll"
    before = victim.read_bytes()
    for what, exe, trust, word in (("a digest that is wrong", where / "changed.exe", [], b"digest wrong"), ("unsigned, with --trust", package, ["--trust", root], b"unsigned"),
                                   ("another's signature, with --trust", signed, ["--trust", other.where / "root.pem"], b"signed by unknown")):
        code, out, err = run("update", "install", exe, "--root", tree, *trust)
        tap.row(code == 3 and word in err and victim.read_bytes() == before and not (tree / "WINDOWS/KB837009.log").exists(), f"{what}: refused, untouched", code, err)
    code, out, err = run("update", "install", signed, "--root", tree, "--trust", root)
    tap.row(code == 0 and victim.read_bytes() != before, "trusted: installed", code, err)


with folder() as name:
    top = pathlib.Path(name)
    ours, others = Authority(top / "ours"), Authority(top / "others", "Root of others")
    ours.certify("good", "codeSigning", 20000, subject="Good & Sons")
    ours.certify("old", "codeSigning", 365, subject="Old & Sons")
    ours.certify("short", "codeSigning", 30, subject="Short & Sons")
    ours.certify("mail", "emailProtection", 20000)
    ours.certify("clock", "critical,timeStamping", 365, subject="Clock")
    clock = stamps(ours, "clock")
    for number, (function, words) in enumerate(((good, (ours, others)), (wrong, (ours,)), (hidden, (ours,)), (expired, (ours, others, clock)), (catalogues, (ours, others)), (installing, (ours, others)))):
        (top / str(number)).mkdir()
        function(top / str(number), *words)
        shutil.rmtree(top / str(number))
    clock.shutdown()
tap.finish()
