"""postern audit on the trees of matrix.py; the stage "trees made by hivex and mingw" does the same with hivex, windres and mingw."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from cli import Tap, folder, run  # noqa: E402

from matrix import cases, judge, reports_of  # noqa: E402

tap = Tap()
with folder() as d:
    wanted = {str(pathlib.Path(d) / f"{number:04}"): case for number, case in enumerate(cases())}
    for root, case in wanted.items():
        case.lay(root)
    code, out, err = run("audit", "--json", "-j", "2", *wanted)
    reports = reports_of(out)
    tap.row(code == 1 and not err and len(reports) == len(wanted), f"{len(wanted)} trees are judged", code, err[:500])
    for root, case in wanted.items():
        judge(tap.row, case, reports.get(root, {}))
tap.finish()
