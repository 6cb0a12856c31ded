"""Every public header compiles alone, strictly, as C and as C++, and has an include guard."""
import shutil
import subprocess
import sys

from tap import ROOT, Tap


def compiles(command, name):
    # twice, because a header without a guard would stumble over itself
    text = f'#include "postern/{name}"\n#include "postern/{name}"\ntypedef int not_empty;\n'
    run = subprocess.run(command + ["-I", str(ROOT / "include"), "-fsyntax-only", "-"], input=text, capture_output=True, text=True)
    return run.returncode == 0, run.stderr


def main():
    tap = Tap()
    strict = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
    cc = sys.argv[1:] or ["cc"]
    cxx = shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
    for path in sorted((ROOT / "include/postern").glob("*.h")):
        good, why = compiles(cc + ["-std=c11", "-x", "c"] + strict, path.name)
        tap.row(good, f"{path.name} alone as C11", why)
        if not cxx:
            tap.row(False, "a C++ compiler is there")
            break
        good, why = compiles([cxx, "-std=c++17", "-x", "c++"] + strict, path.name)
        tap.row(good, f"{path.name} alone as C++17", why)
    tap.finish()


main()
