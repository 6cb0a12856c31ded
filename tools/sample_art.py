"""Pictures and a font for the samples, drawn by this script: nothing in samples/ comes from anywhere else."""
import math
import struct
import zlib


def png(width, height, pixel):
    """An RGBA picture; pixel(x, y) gives (r, g, b, a)."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            rows += bytes(max(0, min(255, int(v))) for v in pixel(x, y))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(rows), 9)) + chunk(b"IEND", b"")


def mix(a, b, t):
    t = max(0.0, min(1.0, t))
    return tuple(a[i] + (b[i] - a[i]) * t for i in range(3))


def wall(width, height):
    """A fort at dusk: sky, a wall with battlements, and the small lit door."""
    def pixel(x, y):
        u, v = x / width, y / height
        colour = mix((36, 48, 94), (244, 164, 112), v * 1.25)
        if (u - 0.78) ** 2 + ((v - 0.24) * height / width) ** 2 < 0.0022:
            colour = (255, 236, 190)
        hill = 0.62 + 0.06 * math.sin(u * 7.0) + 0.03 * math.sin(u * 17.0 + 1)
        if v > hill:
            colour = mix((58, 66, 92), (42, 48, 70), (v - hill) * 4)
        top = 0.44 if int(u * 26) % 2 else 0.49
        if 0.08 < u < 0.66 and v > top:
            row, column = int(v * 34), int(u * 34 + (int(v * 34) % 2) * 0.5)
            brick = 0.86 + 0.14 * ((row * row * 7 + column * column * 3 + row * column * 5) % 13 / 13)
            joint = 0.8 if (v * 34) % 1 < 0.12 or (u * 34 + (row % 2) * 0.5) % 1 < 0.06 else 1.0
            colour = tuple(c * brick * joint for c in (124, 112, 108))
        du, dv = (u - 0.34) / 0.042, (v - 0.80) / 0.17
        inside = abs(du) < 1 and (dv > -0.45 or du * du + ((dv + 0.45) / 0.55) ** 2 < 1)
        if inside and dv < 1.2:
            colour = mix((255, 214, 120), (214, 130, 52), max(0, dv + 0.4))
        if v > 0.93:
            colour = mix((46, 58, 54), (30, 40, 40), (v - 0.93) * 12)
        return (*colour, 255)
    return png(width, height, pixel)


def badge(size, colour, letter_rows):
    """A round badge with a letter of 5 x 7 dots."""
    def pixel(x, y):
        dx, dy = (x + 0.5) / size - 0.5, (y + 0.5) / size - 0.5
        edge = max(0.0, min(1.0, (0.48 - math.hypot(dx, dy)) * size / 1.5))
        shade = mix(colour, tuple(c * 0.7 for c in colour), dy + 0.5)
        column, row = int((dx + 0.27) / 0.108), int((dy + 0.34) / 0.097)
        if 0 <= column < 5 and 0 <= row < 7 and dx > -0.27 and dy > -0.34 and letter_rows[row][column] == "#":
            shade = (255, 255, 255)
        return (*shade, 255 * edge)
    return png(size, size, pixel)


def wave(width, height):
    """A sea in three blues with a red sun, for the Japanese mail."""
    def pixel(x, y):
        u, v = x / width, y / height
        colour = mix((250, 240, 222), (246, 214, 190), v)
        if math.hypot((u - 0.5) * width, (v - 0.45) * height) < height * 0.24:
            colour = (206, 44, 52)
        for i, blue in enumerate(((124, 170, 204), (62, 112, 166), (28, 58, 110))):
            if v > 0.62 + i * 0.11 + 0.035 * math.sin(u * (13 + 3 * i) + i * 1.7):
                colour = blue
        return (*colour, 255)
    return png(width, height, pixel)


def bars(width, height, values):
    """A bar chart."""
    def pixel(x, y):
        slot = width / len(values)
        i = min(len(values) - 1, int(x / slot))
        inside = 0.18 < (x / slot) % 1 < 0.82
        if y > height - 3:
            return (70, 70, 70, 255)
        if inside and y > height * (1 - values[i]):
            return (*mix((34, 102, 170), (92, 160, 220), 1 - y / height), 255)
        return (255, 255, 255, 255) if (y * 5 // height) % 2 else (244, 246, 249, 255)
    return png(width, height, pixel)


# ---- letters of 5 x 7 dots, and a TrueType font of them ----

LETTERS = {
    "A": [".###.", "#...#", "#...#", "#####", "#...#", "#...#", "#...#"],
    "C": [".####", "#....", "#....", "#....", "#....", "#....", ".####"],
    "D": ["####.", "#...#", "#...#", "#...#", "#...#", "#...#", "####."],
    "E": ["#####", "#....", "#....", "####.", "#....", "#....", "#####"],
    "F": ["#####", "#....", "#....", "####.", "#....", "#....", "#...."],
    "G": [".####", "#....", "#....", "#..##", "#...#", "#...#", ".####"],
    "H": ["#...#", "#...#", "#...#", "#####", "#...#", "#...#", "#...#"],
    "I": ["#####", "..#..", "..#..", "..#..", "..#..", "..#..", "#####"],
    "K": ["#...#", "#..#.", "#.#..", "##...", "#.#..", "#..#.", "#...#"],
    "L": ["#....", "#....", "#....", "#....", "#....", "#....", "#####"],
    "M": ["#...#", "##.##", "#.#.#", "#.#.#", "#...#", "#...#", "#...#"],
    "N": ["#...#", "##..#", "##..#", "#.#.#", "#..##", "#..##", "#...#"],
    "O": [".###.", "#...#", "#...#", "#...#", "#...#", "#...#", ".###."],
    "P": ["####.", "#...#", "#...#", "####.", "#....", "#....", "#...."],
    "R": ["####.", "#...#", "#...#", "####.", "#.#..", "#..#.", "#...#"],
    "S": [".####", "#....", "#....", ".###.", "....#", "....#", "####."],
    "T": ["#####", "..#..", "..#..", "..#..", "..#..", "..#..", "..#.."],
    "U": ["#...#", "#...#", "#...#", "#...#", "#...#", "#...#", ".###."],
    "W": ["#...#", "#...#", "#...#", "#.#.#", "#.#.#", "##.##", "#...#"],
    "Y": ["#...#", "#...#", ".#.#.", "..#..", "..#..", "..#..", "..#.."],
}
DOT, ADVANCE, ASCENT, DESCENT, EM = 120, 720, 880, 120, 1000


def glyph(rows):
    """Contours of a glyph: one clockwise rectangle for each run of dots in a row."""
    contours = []
    for row, dots in enumerate(rows):
        x = 0
        while x < len(dots):
            if dots[x] != "#":
                x += 1
                continue
            start = x
            while x < len(dots) and dots[x] == "#":
                x += 1
            left, right, top = start * DOT + 60, x * DOT + 60, (7 - row) * DOT
            contours.append([(left, top - DOT), (left, top), (right, top), (right, top - DOT)])
    if not contours:
        return b""
    points = [p for c in contours for p in c]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    data = struct.pack(">hhhhh", len(contours), min(xs), min(ys), max(xs), max(ys))
    data += b"".join(struct.pack(">H", 4 * i + 3) for i in range(len(contours))) + struct.pack(">H", 0)
    data += b"\x01" * len(points)  # on the curve, deltas in two bytes
    last = 0
    for axis in (0, 1):
        last = 0
        for p in points:
            data += struct.pack(">h", p[axis] - last)
            last = p[axis]
    return data + b"\0" * (-len(data) % 4)


def font(family):
    """A TrueType font with the letters above (capitals; small letters show the same)."""
    names = sorted(LETTERS)
    glyphs = [glyph(["#####"] + ["#...#"] * 5 + ["#####"]), b""] + [glyph(LETTERS[n]) for n in names]
    loca, glyf = b"", b""
    for g in glyphs:
        loca += struct.pack(">I", len(glyf))
        glyf += g
    loca += struct.pack(">I", len(glyf))
    count = len(glyphs)
    codes = sorted([(32, 1)] + [(ord(n), 2 + i) for i, n in enumerate(names)] + [(ord(n) + 32, 2 + i) for i, n in enumerate(names)])
    codes.append((0xFFFF, 0))
    segments = len(codes)
    power = 1 << (segments.bit_length() - 1)
    cmap4 = struct.pack(">HHHHHHH", 4, 16 + 8 * segments, 0, segments * 2, power * 2, power.bit_length() - 1, (segments - power) * 2)
    cmap4 += b"".join(struct.pack(">H", c) for c, _ in codes) + b"\0\0" + b"".join(struct.pack(">H", c) for c, _ in codes)
    cmap4 += b"".join(struct.pack(">H", (g - c) & 0xFFFF) for c, g in codes) + b"\0\0" * segments
    strings = [(1, family), (2, "Regular"), (3, family + " 1"), (4, family), (5, "Version 1.0"), (6, family.replace(" ", ""))]
    name_rows, storage = b"", b""
    for number, text in strings:
        encoded = text.encode("utf-16-be")
        name_rows += struct.pack(">HHHHHH", 3, 1, 0x409, number, len(encoded), len(storage))
        storage += encoded
    tables = {
        b"OS/2": struct.pack(">HhHHHhhhhhhhhhhh10sIIII4sHHHhhhHHIIhhHHH", 4, ADVANCE, 400, 5, 0, 650, 600, 0, 75, 650, 600, 0, 350, 50,
                             300, 0, b"\0" * 10, 1, 0, 0, 0, b"PSTN", 0x40, 32, 121, ASCENT, -DESCENT, 0, ASCENT, DESCENT, 1, 0,
                             600, 840, 0, 32, 1),
        b"cmap": struct.pack(">HHHHI", 0, 1, 3, 1, 12) + cmap4,
        b"glyf": glyf,
        b"head": struct.pack(">IIIIHHQQhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, EM, 0, 0, 0, 0, 660, 840, 0, 8, 2, 1, 0),
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, ASCENT, -DESCENT, 0, ADVANCE, 0, 0, 660, 1, 0, 0, 0, 0, 0, 0, 0, count),
        b"hmtx": struct.pack(">Hh", ADVANCE, 60) * count,
        b"loca": loca,
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, count, 200, 60, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0),
        b"name": struct.pack(">HHH", 0, len(strings), 6 + 12 * len(strings)) + name_rows + storage,
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, -100, 50, 1, 0, 0, 0, 0),
    }
    power = 1 << (len(tables).bit_length() - 1)
    head = struct.pack(">IHHHH", 0x10000, len(tables), power * 16, power.bit_length() - 1, (len(tables) - power) * 16)
    offset = len(head) + 16 * len(tables)
    directory, body = b"", b""
    for tag in sorted(tables):
        data = tables[tag]
        padded = data + b"\0" * (-len(data) % 4)
        checksum = sum(struct.unpack(">%dI" % (len(padded) // 4), padded)) & 0xFFFFFFFF
        directory += tag + struct.pack(">III", checksum, offset + len(body), len(data))
        body += padded
    return head + directory + body
