"""The stages behind the Meson tests, in the order they run: (name, function of one Row)."""
import importlib.util
import os
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = pathlib.Path(os.environ.get("POSTERN_SHARED") or ROOT.parent / "shared").resolve()
BUILD = ROOT / "build"


def module(name):
    """tests/NAME/stage.py; all of them have the same file name, so they are loaded by path."""
    where = ROOT / "tests" / name / "stage.py"
    spec = importlib.util.spec_from_file_location(f"postern_{name}_stage", where)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def shared_stage(name, function):
    def run(row):
        if not SHARED.is_dir():
            row.leave_out(row.name, "no shared material")
            return
        getattr(module(name), function)(row, BUILD, SHARED)
    return run


def node_modules(row, room="browser"):
    where = ROOT / "tests" / room
    stamp = where / "node_modules/.package-lock.json"
    if stamp.is_file() and stamp.stat().st_mtime >= (where / "package-lock.json").stat().st_mtime:
        return True
    run = subprocess.run(["npm", "ci", "--ignore-scripts", "--silent"], cwd=where, capture_output=True, text=True)
    if run.returncode:
        row.check(False, f"npm ci in tests/{room}", run.stderr[-500:])
    return run.returncode == 0


def browser(row):
    if not shutil.which("chromium") or not shutil.which("node"):
        row.leave_out(row.name, "no Chromium or no Node")
        return
    module("browser").stage(row, BUILD, SHARED if SHARED.is_dir() else None)


def viewer(row):
    if not shutil.which("chromium") or not shutil.which("node"):
        row.leave_out(row.name, "no Chromium or no Node")
    elif node_modules(row):
        module("view").stage(row, BUILD, SHARED if SHARED.is_dir() else None)


def referee(row):
    if not SHARED.is_dir():
        row.leave_out(row.name, "no shared material")
        return
    if os.geteuid() != 0 or subprocess.run(["unshare", "-n", "-m", "true"], capture_output=True).returncode:
        print("   not run: the referee needs root and a network namespace of its own")
        row.leave_out(row.name, "no network namespace of its own")
        return
    module("browser").stage_referee(row, BUILD, SHARED)


def fidelity(row):
    if not SHARED.is_dir():
        row.leave_out(row.name, "no shared material")
        return
    if node_modules(row):
        module("fidelity").stage(row, BUILD, SHARED)


def csaf(row):
    if not shutil.which("node"):
        row.leave_out(row.name, "no Node")
    elif node_modules(row, "audit"):
        module("audit").stage_csaf(row, BUILD)


def windows(row):
    """Hives, programs and a Wine prefix beside other readers (tools/need test brings them)."""
    absent = [p for p in ("reglookup", "regfexport", "wrestool", "x86_64-w64-mingw32-windres", "i686-w64-mingw32-gcc")
              if not shutil.which(p)]
    if absent:
        row.check(False, "the other readers are installed", *absent)
        return
    module("win").stage(row, BUILD, SHARED if SHARED.is_dir() else None)


def audit_trees(row):
    """The matrix of the audit on trees that hivex, windres and mingw made."""
    absent = [p for p in ("x86_64-w64-mingw32-windres", "x86_64-w64-mingw32-gcc", "i686-w64-mingw32-windres", "i686-w64-mingw32-gcc")
              if not shutil.which(p)]
    if not SHARED.is_dir():
        row.leave_out(row.name, "no shared material")
    elif absent:
        row.check(False, "mingw is installed (tools/need test)", *absent)
    else:
        module("win")  # its folder holds the makers
        module("audit").stage_trees(row, BUILD, SHARED)


def audit_wine(row):
    win = module("win")
    if not win.wine_binary():
        row.check(False, "wine64 is installed (tools/need test)")
        return
    module("audit").stage_wine(row, BUILD, win.prefix(BUILD)[0])


def service_wine(row):
    """A real Wine prefix is serviced, and Wine's own programs say what they see."""
    win = module("win")
    absent = [p for p in ("x86_64-w64-mingw32-windres", "x86_64-w64-mingw32-gcc") if not shutil.which(p)]
    if absent or not win.wine_binary():
        row.check(False, "wine64 and mingw are installed (tools/need test)", *absent)
        return
    module("update").stage_wine(row, BUILD, win)


def service_disks(row):
    """Servicing on tmpfs, ext4, NTFS and FAT."""
    module("update").stage_disks(row, BUILD)


def valgrind(row):
    """The samples, every command that reads them, under memcheck: no error, no leak."""
    samples = sorted(p for p in (ROOT / "samples").iterdir() if p.suffix in (".mht", ".mhtml", ".eml"))
    if not shutil.which("valgrind"):
        row.leave_out(row.name, "no valgrind")
        return
    # valgrind knows no seccomp, so this one build goes without the sandbox
    plain = ROOT / "build-valgrind"
    for words in ([] if (plain / "build.ninja").is_file() else [["meson", "setup", str(plain), "-Dsandbox=false", "-Dtests=false"]]) + [
            ["ninja", "-C", str(plain), "src/cli/postern"]]:
        made = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        if made.returncode:
            row.check(False, " ".join(words), made.stdout[-1500:])
            return
    work = BUILD / "valgrind"
    work.mkdir(exist_ok=True)
    commands = [["html", "-q", "-o", str(work / "page.html")], ["text", "-q"], ["text", "-q", "--hidden", "--markdown"], ["parts", "--json"],
                ["extract", "-q", "-d", str(work / "parts")]]
    for sample in samples:
        for words in commands:
            run = subprocess.run(["valgrind", "-q", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite,possible",
                                  str(plain / "src/cli/postern"), *words, str(sample)],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace", timeout=300)
            row.check(run.returncode in (0, 1), f"valgrind {words[0]} {sample.name}", f"exit {run.returncode}", run.stderr[-1500:])
        shutil.rmtree(work / "parts", ignore_errors=True)


STAGES = [
    ("edge and exhausting cases", shared_stage("oracle", "stage_cases")),
    ("texts and pictures of archives", shared_stage("oracle", "stage_text")),
    ("mails", shared_stage("oracle", "stage_mail")),
    ("valgrind on the samples", valgrind),
    ("vectors in Chromium", browser),
    ("viewer in Chromium", viewer),
    ("referee", referee),
    ("fidelity", fidelity),
    ("CSAF beside its validator", csaf),
    ("trees made by hivex and mingw", audit_trees),
    ("audit of a Wine prefix", audit_wine),
    ("servicing of a Wine prefix", service_wine),
    ("servicing on file systems", service_disks),
    ("Windows systems beside other readers", windows),
]
