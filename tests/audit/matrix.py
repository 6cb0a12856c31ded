"""
The matrix of the audit: a tree for every row of the bulletin's prerequisite table, each vulnerable, patched, with the mark alone, the
files alone, a QFE file, a newer file, a missing file, one below, equal to and one above the threshold, half updated.

    cases() -> [Case]       case.lay(folder) writes its tree       judge(check, cases, roots, reports) holds the reports against it
"""
import json
import pathlib

from windows import Tree

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FILES = [dict(zip(("package", "name", "version"), line.split("\t"))) for line in
         (ROOT / "data/advisories/ms04-013-files.tsv").read_text().splitlines() if not line.startswith("#")]

# system, Internet Explorer, package, versions of the handler as the system came with it
ROWS = ([(s, "6.0.2800.1106", "oe6sp1-x86", "6.0.2800.1106") for s in
         ("98", "98se", "me", "nt4ws-sp6a", "nt4srv-sp6a", "nt4tse-sp6", "2000-sp2", "2000-sp3", "2000-sp4", "xp", "xp-sp1")] +
        [("xp64-sp1", "6.0.2800.1106", "oe6sp1-ia64", "6.0.2800.1106"), ("xp", "6.0.2600.0000", "oe6-xp-x86", "6.0.2600.0"),
         ("2003", "6.0.3790.0", "oe6-2003-x86", "6.0.3790.0"), ("2003-ia64", "6.0.3790.0", "oe6-2003-ia64", "6.0.3790.0"),
         ("xp64-2003", "6.0.3790.0", "oe6-2003-ia64", "6.0.3790.0"), ("2000-sp4", "5.00.3700.1000", "oe55sp2-x86", "5.50.4807.1700"),
         ("2000-sp3", "5.00.3502.1000", "oe55sp2-x86", "5.50.4807.1700"), ("me", "5.50.4807.2300", "oe55sp2-x86", "5.50.4807.1700")])


def next_version(version, step):
    parts = [int(p) for p in version.split(".")]
    parts[3] += step
    return ".".join(map(str, parts))


def lay(tree, package, base, handler, others=None, **more):
    """The files of the package: the handler at `handler` (None: not there), the rest at their thresholds, or all at `others`."""
    done = set()
    for f in FILES:
        if f["package"] != package or f["name"] in done:
            continue
        done.add(f["name"])
        is_handler = f["name"] in ("inetcomm.dll", "winetcomm.dll")
        version = handler if is_handler else others or f["version"]
        if version:
            tree.file(f["name"], version, bits32=f["name"] == "winetcomm.dll", **(more if is_handler else {}))
    return tree


def threshold(package):
    return next(f["version"] for f in FILES if f["package"] == package and f["name"] == "inetcomm.dll")


# state: what it lays, whether the mark is there, the verdict, the verdict of the files alone
def states(package, base):
    least = threshold(package)
    open_files = (lambda t: lay(t, package, base, base, base))
    fixed = (lambda t: lay(t, package, base, least))
    rows = [
        ("vulnerable", open_files, False, "affected", "affected"),
        ("patched", fixed, True, "fixed", "fixed"),
        ("mark only", open_files, True, "contradiction", "affected"),
        ("file only", fixed, False, "contradiction", "fixed"),
        ("QFE file", lambda t: lay(t, package, base, least, file_version=f"{least} (srv03_qfe.040303-1430)"), True, "fixed", "fixed"),
        ("GDR file", lambda t: lay(t, package, base, least, file_version=f"{least} (srv03_gdr.040303-1430)"), True, "fixed", "fixed"),
        ("newer file", lambda t: lay(t, package, base, next_version(least, 28)), False, "fixed", "fixed"),
        ("missing file", lambda t: lay(t, package, base, None), True, "contradiction", "cannot be told"),
        ("missing file, no mark", lambda t: lay(t, package, base, None), False, "not affected", "not affected"),
        ("one below", lambda t: lay(t, package, base, next_version(least, -1)), False, "affected", "affected"),
        ("one below, with mark", lambda t: lay(t, package, base, next_version(least, -1)), True, "contradiction", "affected"),
        ("equal", fixed, True, "fixed", "fixed"),
        ("one above", lambda t: lay(t, package, base, next_version(least, 1)), True, "fixed", "fixed"),
    ]
    if package.startswith("oe6sp1") or package in ("oe6-xp-x86", "oe55sp2-x86"):
        rows.append(("half updated", lambda t: lay(t, package, base, least, base), True, "contradiction", "affected"))
    return rows


class Case:
    """One tree and what is to be said of it."""

    def __init__(self, system, ie, package, state):
        self.system, self.ie, self.package = system, ie, package
        self.name, self.fill, self.marked, self.verdict, self.files = state
        self.what = f"{system}, {package}: {self.name}"
        if system in ("98", "98se", "me"):  # their registry is not read: no marks, so files alone speak
            self.verdict = self.files

    def lay(self, folder):
        tree = Tree(folder, self.system, self.ie)
        self.fill(tree)
        if self.marked:
            tree.mark()
        tree.write()


def cases():
    every = [Case(system, ie, package, state) for system, ie, package, base in ROWS for state in states(package, base)]
    return [c for c in every if not (c.marked and c.system in ("98", "98se", "me"))]


def reports_of(out):
    """{root: report} of `postern audit --json`."""
    reports = [json.loads(line) for line in out.splitlines()]
    return {r["root"]: r for r in reports}


def judge(check, case, report):
    component = next((c for c in report.get("components", []) if c["id"] == case.package), {})
    check(report.get("verdict") == case.verdict and component.get("verdict") == case.verdict and component.get("files") == case.files,
          f"{case.what}: {case.verdict}", report.get("answer"), report.get("package_reason"), json.dumps(component)[:800])
    check(report.get("package") == case.package, f"{case.what}: its package fits", report.get("package"), report.get("package_reason"),
          report.get("system"))
    others = [c for c in report.get("components", []) if c["id"] != case.package]
    check(len(others) == 5 and all(c["verdict"] == "not affected" for c in others), f"{case.what}: the other columns")
    if "2003" in case.package and case.name in ("QFE file", "GDR file"):
        check(report.get("branch") == ("rtmqfe" if case.name == "QFE file" else "rtmgdr"), f"{case.what}: its branch",
              report.get("branch"))
    kinds = {e["kind"] for e in component.get("evidence", [])}
    check(case.name.startswith("missing file") or kinds == {"file", "key", "system"}, f"{case.what}: has its chain of evidence", kinds)
