"""
docs/servicing.md: each command of the page is run in its order, exits as the page says (0 unless "# exits N" stands behind it), and
says each line that stands below it.
"""
import os
import pathlib
import re
import shutil
import subprocess

from bulletin import PACKAGES, make, system
from cli import POSTERN, ROOT, Tap, folder

tap = Tap()
PAGE = ROOT / "docs/servicing.md"


def commands():
    """(command, exit code, lines that are to be said)"""
    rows = []
    for block in re.findall(r"^```\n(.*?)^```$", PAGE.read_text(), re.M | re.S):
        for line in block.splitlines():
            if line.startswith("$ "):
                words, _, code = line[2:].partition("    # exits ")
                rows.append((words, int(code or 0), []))
            else:
                rows[-1][2].append(line)
    return rows


def tree(root):
    return {str(p.relative_to(root)): (p.stat().st_mode, p.stat().st_mtime_ns if p.is_file() else 0, p.read_bytes() if p.is_file() else b"")
            for p in root.rglob("*")}


with folder() as name:
    work = pathlib.Path(name)
    (work / "page").mkdir()
    for package, exe, root in ((PACKAGES[0], "q837009.exe", "xp"), (PACKAGES[3], "windowsserver2003-kb837009-x86-jpn.exe", "server")):
        shutil.move(make(package, work), work / "page" / exe)
        system(package, work / "page" / root)
    system(PACKAGES[0], work / "page" / "other")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", work / "key", "-out", work / "page/vendor.pem", "-subj", "/CN=Vendor"],
                   check=True, capture_output=True)
    before = {root: tree(work / "page" / root) for root in ("xp", "server", "other")}
    environment = {**os.environ, "PATH": f"{pathlib.Path(POSTERN).parent}:{os.environ['PATH']}"}
    rows = commands()
    for words, code, lines in rows:
        run = subprocess.run(words, shell=True, cwd=work / "page", env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             timeout=120)
        missing = [line for line in lines if line not in run.stdout]
        tap.row(run.returncode == code and not missing, words, f"exit {run.returncode}", *missing, run.stdout)
    verbs = {words.split()[2] for words, _, _ in rows if words.startswith("postern update")}
    tap.row(verbs >= {"inspect", "install", "verify", "list", "remove", "recover"} and len(rows) > 20, "the page has the whole procedure", verbs)
    for root, was in before.items():
        tap.row(tree(work / "page" / root) == was, f"{root} is as it was at the start")
tap.finish()
