"""docs/LIMITS.md tells users every ceiling of include/postern/limits.h, with the same value, and no other."""
import re
import subprocess
import sys

from tap import ROOT, Tap

HEADER = ROOT / "include/postern/limits.h"
PAGE = ROOT / "docs/LIMITS.md"
SUFFIX = {"": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def main():
    tap = Tap()
    source = HEADER.read_text()
    rows = re.findall(r"^#define[ \t]+POSTERN_LIMIT_(\w+)[ \t]+(\S.*?)[ \t]*(/\*.*)?$", source, re.M)
    # the names are pasted without their prefix so that the preprocessor does not replace the label itself
    text_names = [name for name, _, _ in rows]
    out = subprocess.run((sys.argv[1:] or ["cc"]) + ["-E", "-P", "-"], capture_output=True, text=True, check=True,
                         input=f'#include "{HEADER}"\n' + "".join(f"@{n} POSTERN_LIMIT_{n}\n" for n in text_names)).stdout
    real = {}
    for name, expression in re.findall(r"^@(\w+)\s+(.+)$", out, re.M):
        plain = re.sub(r"(?<=[0-9a-fA-F])[uUlL]+\b", "", expression)
        if re.fullmatch(r"[\d\s()<+*\-xXa-fA-F]+", plain):
            real[name] = eval(plain)  # digits and operators of our own header only
    for name, _, reason in rows:
        tap.row(reason and len(reason) > 12, f"{name} gives its reason in limits.h")
        tap.row(name in real, f"{name} is a number")
    told = {}
    for line in (PAGE.read_text() if PAGE.is_file() else "").splitlines():
        cells = [c.strip() for c in line.strip().strip("|").split("|")]
        match = re.fullmatch(r"`(?:POSTERN_LIMIT_)?(\w+)`", cells[0])
        if match and len(cells) >= 3:
            number = re.fullmatch(r"([\d ,]+?) ?(KiB|MiB|GiB|)", cells[1])
            told[match[1]] = int(re.sub(r"[ ,]", "", number[1])) * SUFFIX[number[2]] if number else None
            tap.row(len(cells[2]) > 8, f"{match[1]} gives its reason in LIMITS.md")
    for name in sorted(set(real) | set(told)):
        tap.row(real.get(name) == told.get(name), f"{name}: limits.h and LIMITS.md agree",
                f"limits.h {real.get(name)}, LIMITS.md {told.get(name)} (None: not there)")
    tap.finish()


main()
