"""Every invariant of DESIGN that this issue promises has a test whose name begins with its number (z11_…, p1_…)."""
import re

from tap import ROOT, Tap

PROMISED = [f"Z{n}" for n in range(1, 23)] + [f"P{n}" for n in range(1, 6)] + ["T1", "T2", "T3", "T4"]
NAME = re.compile(r"(?<![A-Za-z0-9])([zpt]\d+)_[a-z]")


def main():
    tap = Tap()
    found = {}
    for path in [*ROOT.glob("src/*/test_*.c"), *ROOT.glob("tests/**/*")]:
        if path.suffix not in (".c", ".py", ".mjs", ".sh", "") or not path.is_file() or "node_modules" in path.parts \
                or path.name == "check_invariants.py":
            continue
        for number in NAME.findall(path.read_text(errors="replace")):
            found.setdefault(number.upper(), set()).add(str(path.relative_to(ROOT)))
    for number in PROMISED:
        tap.row(number in found, f"{number} is proved by name ({', '.join(sorted(found.get(number, []))[:3])})")
    tap.finish()


main()
