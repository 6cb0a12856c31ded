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

NOT_TOLD = {"saved from url", "character set", "flowed text", "NULs left out", "internet settings", "windows registry editor", "new blob"}
# Failures of opening, reading and listing that the page shows.
FAILING = ["mime/message.c", "mhtml/archive.c", "mhtml/kind.c", "mhtml/root.c", *(f"mailbox/{p.name}" for p in (ROOT / "src/mailbox").glob("store*.c"))]
LITERAL = r'((?:"(?:\\.|[^"\\])*"\s*)+)'


def joined(pieces):
    return "".join(re.findall(r'"((?:\\.|[^"\\])*)"', pieces)).replace('\\"', '"').replace("\\\\", "\\")


def literals(text):
    """The literals of C code, those that stand behind each other joined; without comments."""
    out, now, i = [], None, 0
    while i < len(text):
        if text.startswith("/*", i):
            i = text.index("*/", i) + 2
            continue
        if text[i] in "\"'":
            end = i + 1
            while text[end] != text[i]:
                end += 2 if text[end] == "\\" else 1
            if text[i] == '"':
                now = (now or "") + text[i + 1:end]
            i = end + 1
            continue
        if now is not None and not text[i].isspace():
            out.append(now.replace('\\"', '"').replace("\\\\", "\\"))
            now = None
        i += 1
    return out


def sentences(text):
    """Reasons, as they are written: a word, and more words, nothing that is filled in."""
    return [s for s in literals(text) if re.fullmatch(r"[A-Za-z][^%]* [^%]*[A-Za-z0-9.)']", s) and s not in NOT_TOLD]


def reasons():
    """What scan gives as a reason, why a mailbox was cut short, and what opening fails with: texts that no macro marks."""
    for path in (ROOT / "src/scan").glob("*.c"):
        if not path.name.startswith(("test_", "views", "kinds", "rules")):
            yield from ((text, path.name) for text in sentences(path.read_text()))
    rules = (ROOT / "src/scan/rules.c").read_text()
    for call in re.findall(r"scan_tell\((.*?)\);", rules, re.S):
        yield from ((text, "rules.c") for text in literals(call + ";"))
    for path in (ROOT / "src/mailbox").glob("*.c"):
        for statement in re.findall(r'cut = ((?:[^;"]|"(?:\\.|[^"\\])*")*);', path.read_text()):
            yield from ((text, path.name) for text in literals(statement + ";"))
    for name in FAILING:
        for pieces in re.findall(r'postern_fail(?:_errno)?\((?:[^;"]*?)' + LITERAL, (ROOT / "src" / name).read_text()):
            text = joined(pieces)
            if "%" not in text:
                head, colon, tail = text.partition(": ")
                yield from ((part, name) for part in ([head, tail] if colon else [text]))
    kind = (ROOT / "src/mhtml/kind.c").read_text()
    for label in re.findall(r'add_row\(doc, &html, "(\w+)"', (ROOT / "src/page/html_mail.c").read_text()):
        yield label, "html_mail.c"
    yield "neither an archive nor a mail", "kind.c"
    for text in literals(kind[kind.index("signatures[]"):kind.index("const char *mhtml_other_format")]):
        if re.match(r"(an?|compiled|.*-compressed) ", text) or "-compressed" in text:
            yield f"this looks like {text}", "kind.c"


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
    for text, where in reasons():
        found.setdefault(text, where)
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
        tap.row(text in have, f"{where}: {text[:60]}", f"po/ja.po has no translation of {text!r}")
    for text in sorted(set(have) - set(found)):
        tap.row(False, f"po/ja.po: {text[:60]}", "nothing says this")
    done = subprocess.run(["msgfmt", "-c", "-o", "/dev/null", str(ROOT / "po/ja.po")], capture_output=True, text=True)
    tap.row(done.returncode == 0 and not done.stderr, "msgfmt finds nothing", done.stderr)
    if len(sys.argv) > 1:
        print("\n".join(t for t in found if t not in have), file=sys.stderr)
    tap.finish()


if __name__ == "__main__":
    main()
