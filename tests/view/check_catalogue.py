"""
Every text of the viewer has its Japanese, and the catalogue holds no other: what C marks with N_() or T(), what the script gives to
t() or n(), the sentences of notes and the titles of findings. msgfmt finds nothing to say about the catalogue.
"""
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.dont_write_bytecode = True
from tap import ROOT, Tap  # noqa: E402

sys.path.insert(0, str(ROOT / "src/view"))
from embed import messages  # noqa: E402

LITERAL = r'((?:"(?:\\.|[^"\\])*"\s*)+)'


def joined(pieces):
    return "".join(re.findall(r'"((?:\\.|[^"\\])*)"', pieces)).replace('\\"', '"').replace("\\\\", "\\")


def wanted():
    found = {}
    for path in [*(ROOT / "src/view").glob("*.c"), ROOT / "src/cli/cmd_view.c", ROOT / "src/cli/view_trust.c"]:
        for pieces in re.findall(r"(?<![A-Za-z_])(?:N_|T)\(\s*" + LITERAL + r"\)", path.read_text()):
            found.setdefault(joined(pieces), path.name)
    script = (ROOT / "src/view/app.js").read_text()
    for text in re.findall(r"(?<![\w.$])[tn]\('((?:\\.|[^'\\])*)'\)", script):
        found.setdefault(text.replace("\\'", "'"), "app.js")
    notes = (ROOT / "include/postern/notes.h").read_text()
    for text in re.findall(r'^\s*X\(\w+, "[^"]+", "([^"]+)"\)', notes, re.M):
        found.setdefault(text, "notes.h")
    kinds = (ROOT / "src/scan/kinds.c").read_text()
    for text in re.findall(r'\{"MH\d+",\s*"((?:\\.|[^"\\])*)"', kinds):
        found.setdefault(text.replace('\\"', '"'), "kinds.c")
    return found


def split_arguments(text):
    """The arguments of a call whose '(' stands in front of `text`."""
    depth, quoted, now, out = 0, False, "", []
    i = 0
    while i < len(text):
        c = text[i]
        if quoted:
            if c == "\\":
                now += c
                i += 1
                c = text[i]
            elif c == '"':
                quoted = False
        elif c == '"':
            quoted = True
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            if depth == 0:
                return out + [now.strip()]
            depth -= 1
        elif c == "," and depth == 0:
            out.append(now.strip())
            now, c = "", ""
        now += c
        i += 1
    return out


def formats(tap):
    """No compiler counts what view_html is given, so this does."""
    for path in (ROOT / "src/view").glob("*.c"):
        text = path.read_text()
        for match in re.finditer(r"(?<!void )view_html\(", text):
            arguments = split_arguments(text[match.end():])
            wants = len(re.findall(r"\{[tcsu]\}", joined(arguments[2])))
            line = text[:match.start()].count("\n") + 1
            tap.row(wants == len(arguments) - 3, f"{path.name}:{line} gives view_html what its format wants", wants, arguments[3:])


def main():
    tap = Tap()
    formats(tap)
    found, have = wanted(), dict(messages(ROOT / "po/ja.po"))
    tap.row(len(found) > 150, f"{len(found)} texts were found")
    for text, where in sorted(found.items()):
        optional = where in ("notes.h", "kinds.c")  # those fall back to English until somebody translates them
        tap.row(text in have or optional, f"{where}: {text[:60]}", f"po/ja.po has no translation of {text!r}")
    for text in sorted(set(have) - set(found)):
        tap.row(False, f"po/ja.po: {text[:60]}", "nothing says this")
    done = subprocess.run(["msgfmt", "-c", "-o", "/dev/null", str(ROOT / "po/ja.po")], capture_output=True, text=True)
    tap.row(done.returncode == 0 and not done.stderr, "msgfmt finds nothing", done.stderr)
    if len(sys.argv) > 1:
        print("\n".join(t for t in found if t not in have), file=sys.stderr)
    tap.finish()


if __name__ == "__main__":
    main()
