#!/usr/bin/env python3
"""Writes data/entities.tsv (the named character references of HTML, from Python's html.entities.html5) and, from that file, the
table src/html/entities_table.h. Both are checked in; run this again only when the standard's list changes, which it promised
never to do."""
import html.entities
import os

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TSV = os.path.join(ROOT, "data", "entities.tsv")
HEADER = os.path.join(ROOT, "src", "html", "entities_table.h")


def write_tsv():
    with open(TSV, "w", encoding="ascii") as out:
        out.write("# name\tscalars (hexadecimal); from Python's html.entities.html5 by tools/make_entities.py\n")
        for name in sorted(html.entities.html5):
            scalars = " ".join("%04X" % ord(c) for c in html.entities.html5[name])
            out.write("%s\t%s\n" % (name, scalars))


def read_tsv():
    rows = []
    with open(TSV, encoding="ascii") as lines:
        for line in lines:
            if line.startswith("#"):
                continue
            name, scalars = line.rstrip("\n").split("\t")
            rows.append((name, [int(s, 16) for s in scalars.split()]))
    return sorted(rows)


def lines_of(items, width=124):
    line = "   "
    for item in items:
        if len(line) + 1 + len(item) > width:
            yield line
            line = "   "
        line += " " + item
    yield line


def write_header(rows):
    offsets, blob = [], ""
    for name, _ in rows:
        offsets.append(len(blob))
        blob += name
    offsets.append(len(blob))
    assert len(blob) < 1 << 16
    seconds = [0] + sorted({scalars[1] for _, scalars in rows if len(scalars) > 1})
    values = []
    for _, scalars in rows:
        assert scalars[0] < 1 << 17 and len(scalars) <= 2
        values.append(seconds.index(scalars[1] if len(scalars) > 1 else 0) << 17 | scalars[0])
    with open(HEADER, "w", encoding="ascii") as out:
        out.write("/* Generated from data/entities.tsv by tools/make_entities.py; do not edit. Names sorted by bytes, without '&'. */\n")
        out.write("enum { ENTITY_COUNT = %d };\n\n" % len(rows))
        out.write("static const char entity_names[] =\n")
        pieces = [blob[i:i + 118] for i in range(0, len(blob), 118)]
        out.write("\n".join('    "%s"' % p for p in pieces) + ";\n\n")
        out.write("/* Where each name starts; one more than there are names. */\n")
        out.write("static const uint16_t entity_starts[ENTITY_COUNT + 1] = {\n")
        out.write("\n".join(lines_of("%d," % o for o in offsets)) + "\n};\n\n")
        out.write("static const uint16_t entity_seconds[] = {%s};\n\n" % ", ".join("0x%X" % s for s in seconds))
        out.write("/* First scalar value in the low 17 bits, above it which of entity_seconds is the second (0: none). */\n")
        out.write("static const uint32_t entity_values[ENTITY_COUNT] = {\n")
        out.write("\n".join(lines_of("0x%X," % v for v in values)) + "\n};\n")


write_tsv()
write_header(read_tsv())
