"""
The inscriptis fixtures as an oracle of words and their order: text made from the same HTML by another program. Its layout differs (no
underlines, no separators, cells side by side), so what is compared is the sequence of words, and how many lines are equal is told.
Each file that differs on purpose is listed with the reason.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from tap import Tap  # noqa: E402

SUITE = pathlib.Path(os.environ["POSTERN_SHARED"]) / "suites/text/inscriptis"
# words in another order or other words, and why
DIFFERENT = {
    "invisible3": "where nothing is to be seen we say so",
    "nested-table-alignment": "a table that holds another is read cell by cell",
    "nested-table-alignment-css": "a table that holds another is read cell by cell",
    "table-in-table": "a table that holds others is read cell by cell",
    "table-itemize": "a list and a paragraph side by side are read one after the other",
}
MARKS = {"*", "+", "o", "-", "|"}


def render(postern, html):
    with tempfile.NamedTemporaryFile(suffix=".mht") as file:
        file.write(b"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html)
        file.flush()
        done = subprocess.run([postern, "text", "--quiet", "--width", "0", file.name], capture_output=True, timeout=60)
    if done.returncode > 1:
        raise RuntimeError(done.stderr.decode("utf-8", "replace"))
    return done.stdout.decode("utf-8")


def plain_lines(text, ours):
    """Without numbers of links, their list, separators and underlines."""
    lines = text.split("\n")
    if ours:
        while lines and (not lines[-1] or re.match(r"\[\d+\] \S+$", lines[-1])):
            lines.pop()
        lines = [re.sub(r"[ \u00a0]\[\d+\]", "", line) for line in lines]
        lines = [line for line in lines if not re.fullmatch(r"[=+-]+", line.strip())]
    return [" ".join(line.replace("|", " ").split()) for line in lines if line.strip()]


def words(lines):
    return [w for line in lines for w in line.split() if w not in MARKS]


def main():
    tap, equal, total = Tap(), 0, 0
    for page in sorted(SUITE.glob("*.html")):
        expected = page.with_suffix(".txt")
        if not expected.exists():
            continue
        theirs = plain_lines(expected.read_text("utf-8"), False)
        ours = plain_lines(render(sys.argv[1], page.read_bytes()), True)
        same = words(ours) == words(theirs)
        total += len(theirs)
        equal += len([line for line in theirs if line in ours])
        name = page.stem
        if name in DIFFERENT:
            tap.row(not same, f"{name} differs: {DIFFERENT[name]}", "it does not differ any more")
        else:
            tap.row(same, name, f"theirs: {' '.join(words(theirs))}", f"ours:   {' '.join(words(ours))}")
    print(f"# {equal} of {total} lines are equal")
    tap.finish()


main()
