"""
Style of our C sources that a machine can check: columns, tabs, sizes of functions and files, calls that have no business in the
library. Exceptions stand in style_exceptions.tsv with a reason; one that is no longer needed fails, too.
"""
import re

from tap import ROOT, Tap

COLUMNS, FUNCTION_LINES, FILE_LINES = 128, 60, 500
LIBRARY = {"base", "codec", "url", "mime", "html", "css", "zone", "mhtml", "page", "mailbox", "win", "advisory", "update", "scan", "view"}
EVERYWHERE = {"strcpy", "strcat", "sprintf", "vsprintf", "gets", "atoi", "atol", "atoll", "atof", "strtok", "tmpnam", "mktemp",
              "scanf", "sscanf", "fscanf", "alloca", "strncpy", "strncat"}
IN_LIBRARY = {"printf", "puts", "putchar", "fputs", "fprintf", "vfprintf", "perror", "exit", "_exit", "abort", "getenv",
              "secure_getenv", "setenv", "putenv", "setlocale", "nl_langinfo", "isalpha", "isdigit", "isspace", "isalnum",
              "tolower", "toupper", "strtol", "strtoul", "strtod", "strlen_s", "system", "popen", "execv", "execvp", "time",
              "rand", "srand", "assert", "wcwidth", "mbstowcs", "mbrtowc", "strcasecmp", "strncasecmp"}
BLANKED = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
CALL = re.compile(r"(?<![\w.>])([a-z_]\w*)\s*\(")
GENERATED = re.compile(r"\bgenerated\b", re.I)


def blank(text):
    """Comments and literals become spaces; the lines stay where they are."""
    return BLANKED.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def functions(code):
    """(name, first line, lines) of each function body: a brace in column one or at the end of a line that began there."""
    lines = code.split("\n")
    i = 0
    while i < len(lines):
        head = lines[i]
        if re.match(r"[A-Za-z_]", head) and not re.match(r"(typedef|enum|struct|union|extern \")\b.*[{;=]\s*$", head):
            j = i
            while j < len(lines) and j - i < 12 and not re.search(r"[{;]", lines[j]):
                j += 1
            text = " ".join(lines[i:j + 1])
            match = re.search(r"([A-Za-z_]\w*)\s*\([^;=]*\)[^;={]*\{", text)
            if match and j < len(lines):
                depth, k = 0, i
                while k < len(lines):
                    depth += lines[k].count("{") - lines[k].count("}")
                    if depth <= 0 and k >= j:
                        break
                    k += 1
                yield match[1], i + 1, k - i + 1
                i = k
        i += 1


def first_comment(text):
    match = re.match(r"\s*/\*(.*?)\*/", text, re.S)
    return match[1] if match else ""


def findings(path):
    """Triples (what, line, detail) for one file; `what` is the key of an exception."""
    name = str(path.relative_to(ROOT))
    text = path.read_text(errors="replace")
    generated = bool(GENERATED.search(first_comment(text)))
    code = blank(text)
    if not first_comment(text):
        yield "first-comment", 1, "the file does not begin with a comment that says what it is"
    for number, line in enumerate(text.split("\n"), 1):
        if "\t" in line:
            yield "tab", number, "a tab"
        if len(line) > COLUMNS and not generated:
            yield "columns", number, f"{len(line)} columns"
        if line != line.rstrip():
            yield "blanks", number, "blanks at the end of the line"
    count = text.count("\n")
    if count > FILE_LINES and not generated:
        yield "file", 1, f"{count} lines"
    if path.suffix == ".c":
        for function, line, length in functions(code):
            if length > FUNCTION_LINES:
                yield f"function {function}", line, f"{length} lines"
    parts = path.relative_to(ROOT).parts
    library = parts[0] == "src" and parts[1] in LIBRARY and not path.name.startswith("test_")
    banned = EVERYWHERE | (IN_LIBRARY if library else set())
    if name in ("src/view/reader.c", "src/view/keeper.c", "src/view/warden.c"):
        banned = banned - {"_exit"}  # processes of their own, which have to end somewhere
    for number, line in enumerate(code.split("\n"), 1):
        for call in CALL.findall(line):
            if call in banned:
                yield f"call {call}", number, f"{call}() in {name}"


def exceptions():
    rows = {}
    for line in (ROOT / "tests/style_exceptions.tsv").read_text().splitlines():
        if line and not line.startswith("#"):
            file, what, reason = line.split("\t")
            rows[file, what] = reason
    return rows


def main():
    tap = Tap()
    allowed = exceptions()
    unused = set(allowed)
    for area in ("include", "src", "fuzz", "tests", "bench"):
        for path in sorted(p for p in (ROOT / area).rglob("*") if p.suffix in (".c", ".h") and "node_modules" not in p.parts):
            name = str(path.relative_to(ROOT))
            wrong = []
            for what, line, detail in findings(path):
                if (name, what) in allowed:
                    unused.discard((name, what))
                else:
                    wrong.append(f"{name}:{line}: {what}: {detail}")
            tap.row(not wrong, name, *wrong)
    for name, what in sorted(unused):
        tap.row(False, f"the exception {name} {what} is still needed")
    for (name, what), reason in allowed.items():
        tap.row(len(reason) > 15, f"the exception {name} {what} gives a reason")
    tap.finish()


main()
