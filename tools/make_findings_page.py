#!/usr/bin/env python3
"""Writes man/postern-findings.7 from the table in src/scan/kinds.c, so that the page says what the program says.

usage: tools/make_findings_page.py [--check]     --check: exit 1 when the page is not what would be written"""
import pathlib
import re
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "man/postern-findings.7"

HEAD = r""".Dd November 25, 2026
.Dt POSTERN-FINDINGS 7
.Os
.Sh NAME
.Nm postern-findings
.Nd what postern scan finds
.Sh DESCRIPTION
.\" written by tools/make_findings_page.py from src/scan/kinds.c
Each finding of
.Xr postern-scan 1
has a number that never changes its meaning, a severity (info, low, medium, high, critical), the file, the path of the part
(1.2 is the second part of the first; view is a payload that only some readers see),
the byte offset in the outermost file, an escaped excerpt and the reason.
The severity given here is the usual one; the text says when it differs.
What stands in plain text is never more than info.
.Pp
For parts that had to be decoded the offset is that of the encoded part.
"""

TAIL = r""".Sh SEE ALSO
.Xr postern 1 ,
.Xr postern-scan 1 ,
.Xr postern-zone 1
"""


def kinds():
    """(id, title, severity, match, false alarm, references) of each finding, from the C table."""
    text = (ROOT / "src/scan/kinds.c").read_text()
    table = text[text.index("kinds[POSTERN_FINDING_COUNT]"):]
    table = table[table.index("= {") + 3:table.index("\n};")]
    row, field = [], ""
    for string, other in re.findall(r'"((?:\\.|[^"\\])*)"|([A-Z]+|[{},])', table[table.index("{"):]):
        if other == "{":
            row, field = [], ""
        elif other == "," or other == "}":
            if field:
                row.append(field)
            field = ""
            if other == "}":
                yield row
        else:
            field += other or string.replace('\\"', '"').replace("\\\\", "\\")


def mdoc(text):
    """Running text: a backslash is an escape in the page, and a line must not begin with a dot or a quote."""
    text = text.replace("\\", "\\e")
    text = text[0].upper() + text[1:] + "." if text and text[0] != "m" else text + "."
    return "\n".join(line.replace("'", "\\(aq", 1) if line[0] in "'." else line for line in textwrap.wrap(text, 110,
                     break_long_words=False, break_on_hyphens=False))


def page():
    out = [HEAD]
    for number, title, severity, match, alarm, references in kinds():
        out.append(f".Ss {number}: {title}\n.Bl -tag -width Ds -compact\n"
                   f".It Severity\n{severity.lower()}\n.It Matched\n{mdoc(match)}\n.It False alarm\n{mdoc(alarm)}\n"
                   f".It References\n{references}\n.El\n")
    return "".join(out) + TAIL


def main():
    text = page()
    if sys.argv[1:] == ["--check"]:
        return 0 if PAGE.read_text() == text and text.count("\n.Ss ") >= 29 else 1
    PAGE.write_text(text)
    return 0


sys.exit(main())
