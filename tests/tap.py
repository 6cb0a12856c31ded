"""TAP from Python: rows are collected, the plan goes first, a run without rows fails."""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Tap:
    def __init__(self):
        self.rows = []

    def row(self, passed, name, *why):
        self.rows.append((bool(passed), " ".join(str(name).split()).replace("#", "\\#"), [str(w) for w in why]))

    def finish(self):
        if not self.rows:
            self.row(False, "at least one row")
        print(f"1..{len(self.rows)}")
        for i, (passed, name, why) in enumerate(self.rows, 1):
            print(f"{'ok' if passed else 'not ok'} {i} - {name}")
            if not passed:
                for text in why:
                    for line in text.splitlines():
                        print("# " + line)
        sys.exit(0 if all(r[0] for r in self.rows) else 1)
