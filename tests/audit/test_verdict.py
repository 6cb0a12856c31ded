"""
postern audit on trees for every row of the bulletin's prerequisite table, each vulnerable, patched, with the mark alone, the files
alone, a QFE file, a newer file, a missing file, one below, equal to and one above the threshold, half updated, damaged.
"""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from cli import ROOT, Tap, folder, run  # noqa: E402

from windows import HOTFIX, SETTINGS, Tree, program  # noqa: E402

tap = Tap()

sys.path.insert(0, str(ROOT / "tools"))
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


def audit(roots, *words):
    code, out, err = run("audit", "--json", "-j", "2", *words, *roots)
    return code, {json.loads(line)["root"]: json.loads(line) for line in out.splitlines()}, err


def matrix():
    with folder() as d:
        wanted = {}
        for system, ie, package, base in ROWS:
            for name, fill, marked, verdict, files in states(package, base):
                where = pathlib.Path(d) / f"{len(wanted):04}"
                tree = Tree(where, system, ie)
                fill(tree)
                if not tree.nt:
                    # the registry of 98 and Me is not read: no marks, so files alone speak
                    if marked:
                        continue
                    verdict = files
                if marked:
                    tree.mark()
                tree.write()
                wanted[str(where)] = (f"{system}, {package}: {name}", package, name, verdict, files)
        code, reports, err = audit(wanted)
        tap.row(code == 1 and not err and len(reports) == len(wanted), f"{len(wanted)} trees are judged", code, err[:500])
        for root, (what, package, name, verdict, files) in wanted.items():
            report = reports.get(root, {})
            component = next((c for c in report.get("components", []) if c["id"] == package), {})
            tap.row(report.get("verdict") == verdict and component.get("verdict") == verdict and component.get("files") == files,
                    f"{what}: {verdict}", report.get("answer"), report.get("package_reason"), json.dumps(component)[:800])
            tap.row(report.get("package") == package, f"{what}: its package fits", report.get("package"), report.get("package_reason"),
                    report.get("system"))
            others = [c for c in report.get("components", []) if c["id"] != package]
            tap.row(len(others) == 5 and all(c["verdict"] == "not affected" for c in others), f"{what}: the other columns")
            if "2003" in package and name in ("QFE file", "GDR file"):
                tap.row(report.get("branch") == ("rtmqfe" if name == "QFE file" else "rtmgdr"), f"{what}: its branch", report.get("branch"))
            kinds = {e["kind"] for e in component.get("evidence", [])}
            tap.row(name.startswith("missing file") or kinds == {"file", "key", "system"}, f"{what}: has its chain of evidence", kinds)


matrix()
tap.finish()
