"""
Our CSAF beside the validator of others (@secvisogram/csaf-validator-lib): our advisories and our VEX documents pass its schema and
mandatory tests, and on broken documents both find the same tests.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))

# where the two differ, and why
DIFFER = {
    ("6.1.8", "severity missing"): ({"schema"}, "a CVSS object is part of their schema; ours tells it as 6.1.8 alone"),
    ("6.1.8", "vector of nothing"): ({"schema"}, "a CVSS object is part of their schema; ours tells it as 6.1.8 alone"),
    ("schema", "leading zero"): ({"6.1.16", "6.1.30"}, "no version: there is nothing to compare with"),
}


def theirs(documents):
    """The set of failed tests for each document."""
    run = subprocess.run(["node", "validate.mjs"], cwd=HERE, input="".join(json.dumps(d) + "\n" for d in documents), capture_output=True,
                         text=True, timeout=300)
    if run.returncode:
        raise RuntimeError(run.stderr[-1000:])
    out = []
    for line in run.stdout.splitlines():
        out.append({t["test"].removeprefix("mandatoryTest_").replace("_", ".") if "mandatory" in t["test"] else "schema"
                    for t in json.loads(line)})
    return out


def ours(postern, documents):
    with tempfile.TemporaryDirectory() as folder:
        for i, document in enumerate(documents):
            (pathlib.Path(folder) / f"{i:04}.json").write_text(json.dumps(document))
        run = subprocess.run([postern, "advisory", "check", "--json", "-j", "2", folder], capture_output=True, text=True, timeout=300)
    out = [set() for _ in documents]
    for line in run.stdout.splitlines():
        problem = json.loads(line)
        out[int(pathlib.Path(problem["file"]).stem)].add(problem["test"])
    return out


def vex_documents(postern, folder):
    """(what, document) of systems of every verdict."""
    from windows import tree_of
    rows = [("affected", "xp-sp1", "6.0.2800.1106", False), ("fixed", "xp-sp1", "6.0.2800.1409", True), ("file only", "xp-sp1", "6.0.2800.1409", False),
            ("mark only", "2003", "6.0.3790.0", True), ("missing", "2000-sp4", None, True), ("nothing", "xp", None, False),
            ("unreadable", "2000-sp1", "6.0.2800.1106", False), ("later", "vista", "6.0.6000.16386", False), ("IA-64", "xp64-sp1", "6.0.2800.1106", False)]
    for i, (what, system, handler, mark) in enumerate(rows):
        tree = tree_of(f"{folder}/{i} \u00e9 {what}", system, handler, mark=mark).write()
        if what == "unreadable":
            (tree.folder / "WINNT/system32/inetcomm.dll").write_bytes(b"MZ")
        out = f"{folder}/{i}.json"
        subprocess.run([postern, "audit", "--vex", out, str(tree.folder)], capture_output=True, timeout=60)
        yield "VEX: " + what, json.loads(pathlib.Path(out).read_text())


def stage_wine(row, build, prefix):
    """A real Wine prefix: the handler there is Wine's own, so nothing of the bulletin is open; with a native one it is."""
    from windows import program
    postern, handler = str(build / "src/cli/postern"), prefix / "drive_c/windows/system32/inetcomm.dll"

    def audit():
        run = subprocess.run([postern, "audit", "--json", str(prefix)], capture_output=True, text=True, timeout=120)
        return run.returncode, json.loads(run.stdout or "{}"), run.stderr

    code, report, err = audit()
    row.check(code == 0 and report.get("verdict") == "not affected" and "Wine's own" in report.get("answer", "") and
              report["system"]["wine"] and not err, "a Wine prefix is not affected", str(code), str(report.get("answer")), err)
    states = {(m["id"], m["user"]): m["state"] for m in report.get("measures", [])}
    row.check(states.get(("mhtml-handler", None)) == "off", "its mhtml: handler is registered", str(states))
    own = handler.read_bytes() if handler.is_file() else None
    try:
        handler.unlink()
        handler.write_bytes(program("6.0.2800.1106"))
        code, report, err = audit()
        row.check(code == 1 and report.get("verdict") == "affected", "a native handler in a Wine prefix", str(code), str(report.get("answer")), err)
    finally:
        handler.write_bytes(own or b"")


def without_place(report, root):
    """What a report says, whatever the folder is called and however large its programs are."""
    text = json.dumps({k: report.get(k) for k in ("verdict", "answer", "system", "package", "branch", "components", "measures")})
    return text.replace(root, "ROOT")


def stage_trees(row, build, shared):
    """Every tree of the matrix made twice: by hivex, windres and mingw, and by our own writers. Both get the right verdict."""
    from crafted import Maker
    from matrix import cases, judge, reports_of
    from windows import made_by
    wanted = cases()
    with tempfile.TemporaryDirectory() as folder:
        maker = Maker(shared / "corpus/hives/minimal", pathlib.Path(folder) / "maker")
        roots = {side: [f"{folder}/{side}/{i:04}" for i in range(len(wanted))] for side in ("others", "ours")}
        with made_by(maker):
            for case, root in zip(wanted, roots["others"]):
                case.lay(root)
        for case, root in zip(wanted, roots["ours"]):
            case.lay(root)
        run = subprocess.run([build / "src/cli/postern", "audit", "--json", "-j", "2", *roots["others"], *roots["ours"]], capture_output=True,
                             text=True, timeout=300)
    reports = reports_of(run.stdout)
    print(f"   {len(wanted)} trees: {maker.hives} hives by hivex, {len(maker.programs)} programs by windres and mingw", flush=True)
    row.check(run.returncode == 1 and not run.stderr and len(reports) == 2 * len(wanted), f"{2 * len(wanted)} trees are judged",
              run.returncode, run.stderr[:500])
    for i, case in enumerate(wanted):
        other, own = (reports.get(roots[side][i], {}) for side in ("others", "ours"))
        judge(row.check, case, other)
        row.check(without_place(other, roots["others"][i]) == without_place(own, roots["ours"][i]), f"{case.what}: the same report on both",
                  without_place(other, roots["others"][i])[:600], without_place(own, roots["ours"][i])[:600])


def stage_csaf(row, build, shared=None):
    from broken import BROKEN, GOOD
    postern = str(build / "src/cli/postern")
    advisories = sorted((ROOT / "data/advisories").glob("*.json"))
    good = [json.loads(p.read_text()) for p in advisories] + [d for _, d in GOOD]
    names = [p.name for p in advisories] + [n for n, _ in GOOD]
    with tempfile.TemporaryDirectory() as folder:
        for what, document in vex_documents(postern, folder):
            names.append(what)
            good.append(document)
    documents = good + [d for _, _, d in BROKEN]
    a, b = ours(postern, documents), theirs(documents)
    row.check(len(a) == len(b) == len(documents), "both judge every document")
    for name, x, y in zip(names, a, b):
        row.check(not x and not y, f"{name} is good for both", f"ours {sorted(x)}, theirs {sorted(y)}")
    for (test, name, _), x, y in zip(BROKEN, a[len(good):], b[len(good):]):
        more, why = DIFFER.get((test, name), (set(), ""))
        row.check(test in x and test in y, f"{test}: {name}: found by both", f"ours {sorted(x)}, theirs {sorted(y)}")
        row.check(x ^ y == more, f"{test}: {name}: the same tests {why}", f"ours {sorted(x)}, theirs {sorted(y)}")
