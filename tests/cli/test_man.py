"""Each man page names exactly the options that the option table of its command has, and mandoc finds nothing to warn of."""
import re
import shutil
import subprocess
import sys

from cli import ROOT, SAMPLES, Tap, run

tap = Tap()

listed = re.findall(r"^  (\w+) +\S", run("--help")[1].decode().split("commands:")[1].split("--help")[0], re.M)
commands = [c for c in listed if c != "help"]
tap.row({"html", "text", "parts", "cat", "extract", "pack"} <= set(commands), "--help lists the commands", commands)
pages = {p.stem.removeprefix("postern-") for p in (ROOT / "man").glob("postern-*.1")}
tap.row(pages == set(commands), "each command has its page and each page its command", sorted(pages ^ set(commands)))

for command in commands:
    help_text = run(command, "--help")[1].decode()
    table = set()
    for letter, name, argument in re.findall(r"^  (?:-(\w),|   ) --([\w-]+)(?: ([A-Z][\w.:=]*))? ", help_text, re.M):
        table.add((letter, name, argument))
    page = (ROOT / f"man/postern-{command}.1").read_text()
    documented = set()
    for line in re.findall(r"^\.It (Fl .*)$", page, re.M):
        match = re.fullmatch(r"(?:Fl (\w) , )?Fl Fl ([\w-]+)(?: Ar ([A-Z][\w.:=]*))?", line)
        tap.row(match, f"postern-{command}.1: .It {line} can be read")
        if match:
            documented.add((match[1] or "", match[2], match[3] or ""))
    tap.row(table and table == documented, f"postern-{command}.1 and --help name the same options",
            "only in --help: " + str(sorted(table - documented)), "only in the page: " + str(sorted(documented - table)))

overview = (ROOT / "man/postern.1").read_text()
for command in listed:
    tap.row(f".It Cm {command}\n" in overview, f"postern.1 names {command}")

mandoc = shutil.which("mandoc")
for page in sorted((ROOT / "man").glob("*.[137]")):
    done = subprocess.run([mandoc, "-T", "lint", "-W", "warning", str(page)], capture_output=True, text=True)
    tap.row(done.returncode == 0 and not done.stdout, f"{page.name} is good mdoc", done.stdout, done.stderr)
done = subprocess.run([sys.executable, str(ROOT / "tools/make_findings_page.py"), "--check"], check=False)
tap.row(done.returncode == 0, "postern-findings.7 says what the findings say", "run tools/make_findings_page.py")
tap.finish()
