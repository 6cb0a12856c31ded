"""The order of the house (DESIGN): a room includes only rooms above it, and of its own only private headers."""
import re

from tap import ROOT, Tap

# Rooms of one line may not use each other.
ORDER = [["base"], ["codec"], ["url"], ["mime"], ["html", "css"], ["zone"], ["mhtml"], ["page"], ["mailbox"], ["win"],
         ["advisory"], ["update"], ["scan"], ["view", "gate"], ["cli"]]
RANK = {room: i for i, line in enumerate(ORDER) for room in line}
SHARED_BY_TESTS = {"base/test_base.h", "base/test_oom.h", "test_base.h", "test_oom.h"}
BASE_HEADERS = {"base", "limits", "notes"}  # parts of the base contract
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def room_of_public(name):
    return "base" if name in BASE_HEADERS else name


def judge(room, name, is_test, directory):
    """None when `room` may include "name", else why not."""
    if is_test and name in SHARED_BY_TESTS:
        return None
    parts = name.split("/")
    if parts[0] == "postern" and len(parts) == 2:
        other = room_of_public(parts[1].removesuffix(".h"))
        if other not in RANK:
            return f"{name}: no such room"
        return None if other == room or RANK[other] < RANK[room] else f"{name}: {other} is not above {room}"
    if len(parts) == 1 or (len(parts) == 2 and parts[0] == room):
        return None if (directory / parts[-1]).is_file() else f"{name}: not a header of this room"
    return f"{name}: private header of another room"


def main():
    tap = Tap()
    for directory in sorted(p for p in (ROOT / "src").iterdir() if p.is_dir()):
        room = directory.name
        if room not in RANK:
            tap.row(False, f"src/{room} is a room of DESIGN's list")
            continue
        wrong, count = [], 0
        for path in sorted(p for p in directory.rglob("*") if p.suffix in (".c", ".h", ".inc")):
            for name in INCLUDE.findall(path.read_text(errors="replace")):
                count += 1
                why = judge(room, name, path.name.startswith("test_"), path.parent)
                if why:
                    wrong.append(f"{path.relative_to(ROOT)}: {why}")
        tap.row(not wrong, f"src/{room} uses only rooms above it ({count} includes)", *wrong)
    for path in sorted((ROOT / "include/postern").glob("*.h")):
        room = room_of_public(path.stem)
        wrong = []
        for name in INCLUDE.findall(path.read_text()):
            other = room_of_public(name.removesuffix(".h").removeprefix("postern/"))
            if room not in RANK or other not in RANK or not (other == room or RANK[other] < RANK[room]):
                wrong.append(name)
        tap.row(not wrong, f"include/postern/{path.name} includes only rooms above it", *wrong)
    tap.finish()


main()
