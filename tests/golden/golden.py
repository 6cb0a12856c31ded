"""
Golden pairs of the text renderer: each NAME.html, .eml or .mht in text/ beside what `postern text` makes of it.

    NAME.txt         --width 72
    NAME.narrow.txt  --width 40
    NAME.hidden.txt  --width 72 --hidden
    NAME.md          --width 72 --markdown

golden.py POSTERN            compares, TAP
golden.py POSTERN --update   shows each difference and asks before it writes; a new pair begins with an empty expected file
"""
import difflib
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from tap import Tap  # noqa: E402

FORMS = {".txt": ["--width", "72"], ".narrow.txt": ["--width", "40"], ".hidden.txt": ["--width", "72", "--hidden"],
         ".md": ["--width", "72", "--markdown"]}
SOURCES = (".html", ".eml", ".mht")


def pairs():
    for source in sorted(p for p in (HERE / "text").iterdir() if p.suffix in SOURCES):
        for ending, options in FORMS.items():
            expected = source.with_name(source.stem + ending)
            if expected.exists():
                yield source, expected, options


def render(postern, source, options):
    done = subprocess.run([postern, "text", "--quiet", *options, str(source)], capture_output=True, timeout=60)
    if done.returncode > 1:
        raise RuntimeError(done.stderr.decode("utf-8", "replace"))
    return done.stdout.decode("utf-8")


def difference(old, new, name):
    return "".join(difflib.unified_diff(old.splitlines(True), new.splitlines(True), name, "now"))


def compare(postern):
    tap = Tap()
    for source, expected, options in pairs():
        try:
            diff = difference(expected.read_text("utf-8"), render(postern, source, options), expected.name)
        except RuntimeError as failure:
            diff = str(failure)
        tap.row(not diff, expected.name, diff)
    tap.finish()


def update(postern):
    for source, expected, options in pairs():
        old, new = expected.read_text("utf-8"), render(postern, source, options)
        if old == new:
            continue
        print(difference(old, new, expected.name))
        if input(f"write {expected.name}? [y/N] ").strip().lower() == "y":
            expected.write_text(new, "utf-8")


(update if "--update" in sys.argv else compare)(sys.argv[1])
