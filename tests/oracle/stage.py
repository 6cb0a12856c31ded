"""
Is what real producers wrote read right? Texts against the second opinion of message.py and words.py, pictures byte for byte,
the edge family, and the cases made to exhaust time or memory.
"""
import base64
import concurrent.futures
import hashlib
import html
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import message as mail  # noqa: E402
import words  # noqa: E402

DICE = 0.95


def postern(build, *words_, timeout=60, **more):
    return subprocess.run([str(build / "src/cli/postern"), *map(str, words_)], capture_output=True, timeout=timeout, **more)


def files_below(folder):
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "PROVENANCE.tsv")


# ---- texts ----

def visible_of(part, table):
    """The words of one part, frames included."""
    text = mail.text_of(part)
    if mail.kind(part) == "text/plain":
        return text

    def frames_of(base, above):
        def frame(values):
            if "srcdoc" in values:
                return words.visible(values["srcdoc"], frames_of(base, above))
            leaf = mail.find(table, values.get("src", ""), base) if values.get("src") and len(above) < 6 else None
            if leaf is None or leaf in above or mail.kind(leaf) not in ("text/html", "application/xhtml+xml"):
                return None
            return words.visible(mail.text_of(leaf), frames_of(mail.location(leaf) or base, [*above, leaf]))
        return frame

    return words.visible(text, frames_of(mail.References(text).base or mail.location(part), [part]))


def expected_text(data):
    """(texts a reader may be shown, is HTML) by the second opinion, or None where it sees nothing to show."""
    message = mail.Message(data)
    root = message.root()
    if root is None:
        return None
    table = mail.identities(message)
    leaves = mail.shown(message.top)
    # named texts are attachments to some readers
    unnamed = [leaf for leaf in leaves if leaf is root or not leaf.get_filename()]
    texts_ = ["\n".join(visible_of(leaf, table) for leaf in some) for some in ([root], unnamed, leaves)]
    return list(dict.fromkeys(texts_)), mail.kind(root) != "text/plain"


def our_text(build, path):
    """`postern text` without what it adds: the header block, link numbers and the list of links at the end."""
    run = postern(build, "text", "-q", "--hidden", "--width", "0", path)
    text = run.stdout.decode("utf-8", "replace")
    return run.returncode, text, run.stderr.decode("utf-8", "replace")


LINK_LINE = re.compile(r"^\s*\[\d+\] \S.*$")


def plain_parts(text, has_headers):
    lines = text.rstrip("\n").split("\n")
    while lines and (LINK_LINE.match(lines[-1]) or not lines[-1].strip()):
        lines.pop()
    if has_headers and re.match(r"(From|To|Cc|Bcc|Date|Subject|Reply-To|Sender):\s", lines[0] if lines else ""):
        while lines and lines[0].strip():
            lines.pop(0)
    at = max((i for i, line in enumerate(lines) if line == "Attachments:"), default=None)
    if at is not None and all(line.startswith("  ") for line in lines[at + 1:]):
        del lines[at:]
    lines = [re.sub(r"\[hidden: ", " [", re.sub(r"\[hidden: [^\w\]]*\]", "", line)) for line in lines if not re.fullmatch(r"\([Nn]o text.*\)", line)]
    text = re.sub(r"\[\d+(?:, leads to [^\]]*)?\]", " ", "\n".join(lines))
    return re.sub(r"[\[\]]", " ", text)


def strip_numbering(text):
    """List numbers are ours, not the document's."""
    return re.sub(r"(?m)^([\s>|]*)(?:\d+|[A-Za-z]|[ivxlcIVXLC]+)[.)] ", r"\1", text)


def compare_text(build, path):
    data = path.read_bytes()
    try:
        expected = expected_text(data)
    except (RecursionError, ValueError, LookupError, AssertionError) as error:
        return path, None, f"the oracle itself gave up: {error!r}"
    code, text, errors = our_text(build, path)
    if expected is None:
        return path, None, "the oracle sees nothing to show"
    if not mail.Message(data).is_mime() and code == 3:
        return path, None, "neither archive nor mail, and refused as such"
    if code not in (0, 1):
        return path, 0.0, f"exit {code}: {errors.strip()[-200:]}"
    wanted, is_html = expected
    # A title, a header block, a message that is attached: ours to show, not the oracle's to expect.
    theirs = wanted + [mail.title_of(data) + "\n" + text_ for text_ in wanted]
    ours = [plain_parts(t, headers) for t in (text, text.split("---------- Attached message ----------")[0]) for headers in (True, False)]
    best = max(words.dice(strip_numbering(a), strip_numbering(b)) for a in theirs for b in ours)
    return path, best, ("html" if is_html else "plain")


# ---- pictures ----

CSS_URL = re.compile(r"url\(\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s'\")]+))\s*\)")


def expected_pictures(data):
    """SHA-256 of each raster part that the shown page, its frames or its sheets reference plainly."""
    message = mail.Message(data)
    root = message.root()
    if root is None or mail.kind(root) == "text/plain":
        return {}
    table, wanted, seen = mail.identities(message), {}, set()

    def picture(reference, base):
        leaf = mail.find(table, html.unescape(reference), base)
        if leaf is None:
            return
        bytes_ = mail.decode_body(leaf)
        if mail.is_raster(bytes_):
            wanted.setdefault(hashlib.sha256(bytes_).hexdigest(), reference)

    def document(leaf, depth):
        if id(leaf) in seen or depth > 6:
            return
        seen.add(id(leaf))
        refs = mail.References(mail.text_of(leaf))
        base = urllib.parse.urljoin(mail.location(leaf), refs.base) if refs.base else mail.location(leaf)
        for reference in refs.pictures:
            picture(reference, base)
        for reference in refs.frames:
            inner = mail.find(table, reference, base)
            if inner is not None and mail.kind(inner) in ("text/html", "application/xhtml+xml"):
                document(inner, depth + 1)

    document(root, 0)
    return wanted


DATA_URL = re.compile(rb"data:([\w/+.-]+);base64,([A-Za-z0-9+/=]*)")


def shown_pictures(page):
    """SHA-256 of each data: picture of a page; frames stand inside srcdoc, escaped once a level."""
    found = set()
    for _, data in DATA_URL.findall(page):
        try:
            found.add(hashlib.sha256(base64.b64decode(data + b"=" * (-len(data) % 4))).hexdigest())
        except ValueError:
            continue
    return found


def compare_pictures(build, path):
    try:
        wanted = expected_pictures(path.read_bytes())
    except (RecursionError, ValueError, LookupError, AssertionError):
        return path, None, []
    if not wanted:
        return path, 0, []
    run = postern(build, "html", "-q", "-o", "-", path)
    shown = shown_pictures(run.stdout)
    return path, len(wanted), [reference for digest, reference in wanted.items() if digest not in shown]


# ---- stages ----

def reasons():
    """tests/oracle/reasons.json: file -> why the second opinion is not ours, with the least value that it may have."""
    return json.loads((HERE / "reasons.json").read_text())


def texts(row, build, folder, work, wanted=lambda path: True):
    known, used, table = reasons(), set(), []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        results = list(pool.map(lambda p: compare_text(build, p), filter(wanted, files_below(folder))))
    for path, value, what in results:
        name = str(path.relative_to(folder))
        table.append(f"{'-' if value is None else format(value, '.4f')}\t{name}\t{what}")
        if value is None:
            continue
        reason = known.get(name)
        if reason and value < DICE:
            used.add(name)
            row.check(value >= reason["least"] and len(reason["why"]) > 20, f"text {name}", f"Dice {value:.4f}, known {reason['least']}")
        else:
            row.check(value >= DICE, f"text {name}", f"Dice {value:.4f} ({what})")
    for name in set(known) - used:
        if (folder / name).is_file():
            row.check(False, f"the reason for {name} is still needed")
    work.mkdir(parents=True, exist_ok=True)
    (work / f"text-{folder.name}.tsv").write_text("\n".join(sorted(table)) + "\n")


def pictures(row, build, folder):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for path, count, missing in pool.map(lambda p: compare_pictures(build, p), files_below(folder)):
            if count:
                row.check(not missing, f"pictures {path.relative_to(folder)} ({count})", *missing[:5])


def edge(row, build, cases):
    for name, case in json.loads((cases / "cases.json").read_text()).items():
        path = cases / f"{name}.mhtml"
        text = postern(build, "text", "-q", "--width", "0", path)
        row.check(text.returncode in (0, 1) and case["text"] in text.stdout.decode("utf-8", "replace"), f"edge {name}: text",
                  text.stdout[:200], text.stderr[:200])
        page = postern(build, "html", "-q", "-o", "-", path)
        pictures_ = len([1 for kind, _ in DATA_URL.findall(page.stdout) if kind.startswith(b"image/")])
        row.check(case["text"] in html.unescape(page.stdout.decode("utf-8", "replace")), f"edge {name}: page")
        # 0 means that none has to appear: 57 may show its picture, which Z7 wants
        row.check(pictures_ >= case["img"], f"edge {name}: picture", f"{pictures_} shown")


def dos(row, build, cases):
    """P5: two seconds and 256 MB each, with partial output or an error that names the limit."""
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
    for path in sorted(cases.glob("*.mhtml")):
        for command in (["html", "-o", "-"], ["text", "--width", "0"]):
            name = f"p5_dos {path.stem} {command[0]}"
            with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
                started = time.monotonic()
                child = subprocess.Popen([str(build / "src/cli/postern"), *command, str(path)], stdout=out, stderr=errors, preexec_fn=limit)
                _, status, usage = os.wait4(child.pid, 0)
                seconds = time.monotonic() - started
                child.returncode = os.waitstatus_to_exitcode(status)
                errors.seek(0)
                said = errors.read().decode("utf-8", "replace")
                out.seek(0, 2)
                written = out.tell()
            # processor time, not the clock: the machine may be busy with other things
            used = usage.ru_utime + usage.ru_stime
            row.check(used <= 2 and seconds <= 10, f"{name}: time", f"{used:.2f} s of processor, {seconds:.2f} s")
            row.check(usage.ru_maxrss <= 256 * 1024, f"{name}: memory", f"{usage.ru_maxrss >> 10} MiB")
            named = child.returncode in (0, 1) and written > 0 or (child.returncode in (1, 3) and "limit" in said.lower())
            row.check(named, f"{name}: ends well", f"exit {child.returncode}, {written} bytes, {said[-200:]}")


def stage_text(row, build, shared):
    texts(row, build, shared / "corpus/mhtml", build / "oracle")
    pictures(row, build, shared / "corpus/mhtml")


def is_html_mail(path):
    """A mail (not a store or a script of some test suite) whose reader would see HTML."""
    data = path.read_bytes()
    if not re.search(rb"(?im)^(from|subject|date|received|mime-version|content-type):", data[:20000].split(b"\n\n")[0]):
        return False
    try:
        root = mail.Message(data).root()
    except (RecursionError, ValueError, LookupError, AssertionError):
        return False
    return root is not None and mail.kind(root) != "text/plain"


def stage_mail(row, build, shared):
    """Every HTML mail shows its HTML."""
    texts(row, build, shared / "corpus/mail", build / "oracle", is_html_mail)
    pictures(row, build, shared / "corpus/mail")


def stage_cases(row, build, shared):
    edge(row, build, shared / "cases/edge")
    dos(row, build, shared / "cases/dos")
