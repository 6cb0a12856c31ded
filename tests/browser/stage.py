"""
Safety in real Chromium (P1-P5, Z12, Z21): every vector through `postern html`, the pages opened twice, with our policy and with it
cut out; nothing may run, load, connect, resolve, navigate or download, and the tree Chromium built has to stay inside the
allowlists. Pages that are the same byte for byte are opened once. And `postern html` of its own output changes nothing.
"""
import collections
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import vectors  # noqa: E402

POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy" content="[^">]*">')
CHUNK = 400


def convert(postern, sources, directory):
    """`postern html` of every source into directory/STEM.html; a list of (source, what went wrong)."""
    directory.mkdir(parents=True, exist_ok=True)
    wrong = []
    for i in range(0, len(sources), CHUNK):
        some = sources[i:i + CHUNK]
        run = subprocess.run([str(postern), "html", "-q", "-j", str(os.cpu_count() or 2), "-o", str(directory) + "/", "--",
                              *map(str, some)], capture_output=True)
        for source in some:
            if not (directory / (source.stem + ".html")).is_file():
                wrong.append((source, f"no page (exit {run.returncode}) {run.stderr.decode(errors='replace')[-200:]}"))
        if run.returncode not in (0, 1) and not wrong:
            wrong.append((some[0], f"exit {run.returncode} {run.stderr.decode(errors='replace')[-200:]}"))
    return wrong


class Judge:
    """Collects distinct pages under several names and has them opened."""

    def __init__(self, work, allow, options=()):
        self.work, self.allow, self.options = work, allow, list(options)
        self.names = collections.OrderedDict()  # digest -> names
        self.pages = work / "pages"
        shutil.rmtree(self.pages, ignore_errors=True)
        self.pages.mkdir(parents=True)

    def add(self, name, data):
        digest = hashlib.sha256(data).hexdigest()[:24]
        if digest not in self.names:
            self.names[digest] = []
            (self.pages / f"{digest}.html").write_bytes(data)
        self.names[digest].append(name)

    def run(self):
        """{name: [what happened]} for all names."""
        listing, out = self.work / "list.jsonl", self.work / "verdicts.jsonl"
        listing.write_text("".join(json.dumps({"id": d, "file": str(self.pages / f"{d}.html")}) + "\n" for d in self.names))
        out.unlink(missing_ok=True)
        with open(self.work / "judge.log", "w+") as log:
            run = subprocess.run(["node", str(HERE / "judge.mjs"), "--in", str(listing), "--out", str(out), "--allow", str(self.allow),
                                  "--batch", "128", *self.options], stdout=subprocess.DEVNULL, stderr=log, timeout=2400)
            log.seek(0)
            said = log.read()
        if run.returncode or not out.is_file():
            raise RuntimeError("the judge ended with " + str(run.returncode) + " " + said[-1000:])
        self.note = said.strip().splitlines()[-1:]
        verdicts = {}
        for line in out.read_text().splitlines():
            row = json.loads(line)
            for name in self.names[row["id"]]:
                verdicts[name] = row["what"] if row["what"] is not None else ["was not opened"]
        for names in self.names.values():
            for name in names:
                verdicts.setdefault(name, ["has no verdict"])
        return verdicts


def prepare(row, build, shared, work):
    """Vectors, their pages, the allowlist. Returns ([(name, page path)], allowlist path)."""
    work.mkdir(parents=True, exist_ok=True)
    rows = vectors.generate(work / "in", shared)
    allow = work / "allow.json"
    allow.write_bytes(subprocess.run([str(build / "tests/browser/allowlist")], check=True, stdout=subprocess.PIPE).stdout)
    out = work / "out"
    shutil.rmtree(out, ignore_errors=True)
    wrong = dict(convert(build / "src/cli/postern", [path for _, path in rows], out))
    pages = []
    for name, path in rows:
        page = out / (path.stem + ".html")
        if row is not None:
            row.check(path not in wrong, f"{name} becomes a page", wrong.get(path, ""))
        if page.is_file():
            pages.append((name, page))
    return pages, allow


def check_twice(row, build, pages, work):
    """P1: sanitizing twice changes nothing."""
    again = work / "again"
    shutil.rmtree(again, ignore_errors=True)
    distinct = {}
    for name, page in pages:
        distinct.setdefault(hashlib.sha256(page.read_bytes()).digest(), (name, page, []))[2].append(name)
    wrong = dict(convert(build / "src/cli/postern", [page for _, page, _ in distinct.values()], again))
    for name, page, names in distinct.values():
        second = again / page.name
        same = page not in wrong and second.read_bytes() == page.read_bytes()
        for n in names:
            row.check(same, f"p1_twice {n}", f"{page} and {second} differ" if page not in wrong else wrong[page])


def check_browser(row, pages, allow, work, options=()):
    judge = Judge(work, allow, options)
    expected = []
    for name, page in pages:
        data = page.read_bytes()
        cut, count = POLICY.subn(b"", data, count=1)
        row.check(count == 1, f"p4_policy {name}", "our policy stands in the page")
        # The one list of thousands that differ in a tag or an event only: each payload under both policies, but not each of its
        # two forms under both. POSTERN_TESTS_ALL=1 opens all four.
        thin = "/payloadbox/" in name and os.environ.get("POSTERN_TESTS_ALL") != "1"
        if not (thin and name.startswith("page/")):
            judge.add("p4_with_policy " + name, data)
            expected.append("p4_with_policy " + name)
        if not (thin and name.startswith("mail/")):
            judge.add("p3_without_policy " + name, cut)
            expected.append("p3_without_policy " + name)
    print(f"   {len(expected)} pages, {len(judge.names)} distinct", flush=True)
    verdicts = judge.run()
    print("   " + " ".join(judge.note), flush=True)
    for name in expected:
        what = verdicts[name]
        row.check(not what, name, "; ".join(what[:6]))


def stage(row, build, shared):
    work = build / "browser"
    pages, allow = prepare(row, build, shared, work)
    check_twice(row, build, pages, work)
    check_browser(row, pages, allow, work)


def stage_referee(row, build, shared):
    """The shared referee has to agree: every case, every header and own vector, and a tenth of the others, without our policy."""
    work = build / "browser"
    out = work / "out"
    chosen, digests = [], set()
    for number, (name, path) in enumerate(vectors.generate(work / "in", shared)):
        if not name.startswith(("case/", "header/", "own-")) and number % 10:
            continue
        page = out / (path.stem + ".html")
        data = POLICY.sub(b"", page.read_bytes(), count=1)
        digest = hashlib.sha256(data).digest()
        if digest not in digests:
            digests.add(digest)
            chosen.append((name, data))
    check_referee(row, chosen, shared, work)


def check_referee(row, chosen, shared, work, shards=2):
    listing = work / "referee.jsonl"
    listing.write_text("".join(json.dumps({"id": name, "html": data.decode("utf-8", "replace")}) + "\n" for name, data in chosen))
    words = [str(shared / "tools/leaks/run"), "--raw", "--field", "html", "--batch", "16", "--interact", "--in", str(listing)]
    runs = [(work / f"referee-{i}.jsonl", i) for i in range(shards)]
    children = [subprocess.Popen([*words, "--out", str(path), "--shard", f"{i}/{shards}"], stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL) for path, i in runs]
    for child in children:
        child.wait(timeout=1500)
    verdicts = {}
    for path, _ in runs:
        for line in path.read_text().splitlines() if path.is_file() else []:
            verdict = json.loads(line)
            verdicts[verdict["id"]] = verdict
    for name, _ in chosen:
        verdict = verdicts.get(name)
        row.check(verdict is not None and verdict.get("ok"), f"referee {name}", json.dumps(verdict)[:300])
