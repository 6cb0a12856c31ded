"""postern thumbnail: what is drawn, by its colours; pictures that lie or are damaged; bounds; exit codes."""
import base64
import os
import random
import struct
import tempfile
import zlib

from cli import ROOT, Tap, run

tap = Tap()
WORK = tempfile.mkdtemp(prefix="postern-thumb-")
RED, AMBER, GREEN = (0xB3, 0x26, 0x1E), (0xB2, 0x6A, 0x00), (0x20, 0x58, 0x4B)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, colour, claim=None):
    head = struct.pack(">IIBBBBB", *(claim or (width, height)), 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress((b"\0" + bytes(colour) * width) * height)) + chunk(b"IEND", b"")


def jpeg(width, height, level):
    """A grey picture, baseline: each block is its mean alone, with one code for a difference and one for none."""
    part = lambda marker, data: b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data
    bits = "10" + format(level, "08b") + "0" + "00" * ((width // 8) * (height // 8) - 1)  # "10": eight bits follow; "0": nothing changes
    bits += "1" * (-len(bits) % 8)
    scan = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8)).replace(b"\xff", b"\xff\0")
    dc, ac = bytes([1, 1] + [0] * 14) + bytes([0, 8]), bytes([1] + [0] * 15)
    return (b"\xff\xd8" + part(0xDB, b"\0" + bytes([2] + [1] * 63)) + part(0xC0, struct.pack(">BHHBBBB", 8, height, width, 1, 1, 0x11, 0)) +
            part(0xC4, b"\0" + dc) + part(0xC4, b"\x10" + ac + b"\0") + part(0xDA, bytes([1, 1, 0, 0, 63, 0])) + scan + b"\xff\xd9")


def pixels(data):
    """(width, height, function of x and y) of an RGB PNG."""
    assert data.startswith(b"\x89PNG"), data[:80]
    width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
    assert (depth, kind) == (8, 2)
    at, packed = 8, b""
    while at < len(data):
        size, = struct.unpack(">I", data[at:at + 4])
        if data[at + 4:at + 8] == b"IDAT":
            packed += data[at + 8:at + 8 + size]
        at += 12 + size
    raw, stride, rows, before = zlib.decompress(packed), width * 3, [], bytes(width * 3)
    for y in range(height):
        how, row = raw[y * (stride + 1)], bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for i in range(stride):
            a, b, c = row[i - 3] if i > 2 else 0, before[i], before[i - 3] if i > 2 else 0
            p = a + b - c
            paeth = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            row[i] = row[i] + (0, a, b, (a + b) // 2, paeth)[how] & 255
        rows.append(bytes(row))
        before = row
    return width, height, lambda x, y: tuple(rows[y][3 * x:3 * x + 3])


def mail(picture=None, kind="image/png", text="some words of a text, and more of them\n" * 30, subject="A title"):
    head = f"From: a@h.test\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
    body = f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    if picture is None:
        return (head + body).encode()
    return (head + "Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n" + body + f"--B\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: base64"
            "\r\n\r\n").encode() + base64.encodebytes(picture) + b"\r\n--B--\r\n"


def drawn(data, *words):
    path = os.path.join(WORK, "in.eml")
    with open(path, "wb") as f:
        f.write(data)
    code, out, err = run("thumbnail", *words, "-o", "-", path)
    return code, pixels(out) if out else None, err


def count(picture, wanted, slack=8):
    width, height, at = picture
    return sum(all(abs(a - b) <= slack for a, b in zip(at(x, y), wanted)) for y in range(height) for x in range(width))


code, plain, err = drawn(mail())
tap.row(code == 0 and plain[:2] == (192, 256), "256 high unless told otherwise", code, plain and plain[:2], err)
tap.row(plain[2](96, 3) == RED and count(plain, RED) > 1500, "mail: restricted, red", plain[2](96, 3))
tap.row(count(plain, (0x2F, 0x3B, 0x46)) > 20, "a title")
tap.row(count(plain, (0xB4, 0xBA, 0xC2)) > 1000, "words of the text")
code, small, _ = drawn(mail(), "--size", "64")
tap.row(code == 0 and small[:2] == (48, 64), "--size 64", small and small[:2])
code, tiny, _ = drawn(mail(), "--size", "1")
tap.row(code == 0 and tiny[:2] == (12, 16), "never less than 16", tiny and tiny[:2])
for name, picture, kind, colour in (("PNG", png(300, 200, (10, 200, 30)), "image/png", (10, 200, 30)), ("JPEG", jpeg(320, 240, 200), "image/jpeg", None)):
    code, with_it, err = drawn(mail(picture, kind))
    colour = colour or max(((with_it[2](96, y), count(with_it, with_it[2](96, y), 2)) for y in range(40, 120)), key=lambda c: c[1] if c[0] != (255, 255, 255) else 0)[0]
    tap.row(code == 0 and colour != (255, 255, 255) and count(with_it, colour, 3) > 8000, f"a {name} in the middle", colour, count(with_it, colour, 3), err)
two = mail(png(100, 100, (200, 0, 200))).replace(b"--B--", b"--B\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                                                   base64.encodebytes(png(300, 300, (0, 0, 250))) + b"\r\n--B--")
_, larger, _ = drawn(two)
tap.row(count(larger, (0, 0, 250)) > 5000 and not count(larger, (200, 0, 200)), "the largest picture")
for sample, zone in (("ie-ms04-013.mht", AMBER), ("japanese-mail.eml", RED)):
    code, out, err = run("thumbnail", "-o", "-", ROOT / "samples" / sample)
    tap.row(code == 0 and pixels(out)[2](96, 3) == zone, f"{sample}: the zone's colour", err)
code, out, _ = run("thumbnail", "--zone", "trusted", "-o", "-", ROOT / "samples/word-page.mht")
tap.row(code == 0 and pixels(out)[2](96, 3) in (GREEN, AMBER), "--zone")
for name, picture in (("claims a hundred thousand pixels squared", png(8, 8, (1, 2, 3), (100000, 100000))), ("claims no pixels", png(8, 8, (1, 2, 3), (0, 0))),
                      ("claims more than it has", png(60, 60, (1, 2, 3), (6000, 6000))), ("is cut", png(300, 200, (1, 2, 3))[:80]),
                      ("is a tracker", png(1, 1, (1, 2, 3)))):
    code, drawing, err = drawn(mail(picture))
    tap.row(code == 0 and not count(drawing, (1, 2, 3), 0), f"a picture that {name} is left out", code, err)
rnd, good = random.Random(13), True
for seed in (png(300, 200, (9, 9, 200)), jpeg(320, 240, 90)):
    for _ in range(25):
        torn = bytearray(seed)
        for _ in range(rnd.choice((1, 4, 20))):
            torn[rnd.randrange(8, len(torn))] = rnd.randrange(256)
        code, drawing, err = drawn(mail(bytes(torn), "image/png" if seed[1:4] == b"PNG" else "image/jpeg"), "--size", "32")
        good = good and code == 0 and drawing[:2] == (24, 32)
tap.row(good, "torn pictures: always a sheet")
code, out, err = run("thumbnail", "-o", os.path.join(WORK, "t.png"), os.path.join(WORK, "none"))
tap.row(code == 3 and not os.path.exists(os.path.join(WORK, "t.png")), "no such file", err)
code, out, err = run("thumbnail", "-o", os.path.join(WORK, "t.png"), "-", stdin=mail())
tap.row(code == 0 and pixels(open(os.path.join(WORK, "t.png"), "rb").read())[:2] == (192, 256), "standard input, into a file", err)
tap.finish()
