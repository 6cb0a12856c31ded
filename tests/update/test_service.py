"""
Install, verify and remove, end to end, for the six packages of MS04-013 on systems that they are for: the tree comes back byte by
byte, time by time, mode by mode; the audit says fixed in between; every refusal leaves the tree alone.
"""
import json
import os
import pathlib
import re
import stat
import subprocess

import bulletin
import trees
from bulletin import PACKAGES, make, run, system, windows_folder
from cli import Tap, folder
from tree import differences, state

tap = Tap()


def update(*words):
    return run("update", *words)


def plan(exe, root, *more):
    code, out, err = update("install", exe, "--root", root, "--dry-run", "--json", *more)
    return code, json.loads(out) if out else {"error": err}


def end_to_end(package, where):
    name = package.name
    exe, root = make(package, where), where / (name + ".tree")
    system(package, root)
    os.utime(root / windows_folder(package), ns=(1, 1_000_000_007))
    before = state(root)

    code, out, err = update("inspect", exe)
    tap.row(code == 0 and b"KB837009" in out, f"{name}: inspect", out, err)
    code, planned = plan(exe, root)
    steps = [s["step"] for s in planned.get("steps", [])]
    tap.row(code == 0 and planned["fits"] and steps.count("replace") == 4, f"{name}: the plan replaces three files and the cached one", planned)
    tap.row(not package.qfe or planned["branch"] == "gdr", f"{name}: branch gdr", planned)
    uninstall = [(r["type"], r["data"]) for r in planned["registry"] if r["name"] == "DisplayName"]
    tap.row(uninstall == [("reg_sz", "Outlook Express Q837009")], f"{name}: the plan says what each value will be", planned["registry"])
    tap.row(state(root) == before, f"{name}: a dry run touches nothing", *differences(before, state(root)))

    code, out, err = update("install", exe, "--root", root)
    tap.row(code == 0 and b"installed" in err, f"{name}: install", out, err)
    for file, _, place in bulletin.FILES:
        place = place.replace("system32", windows_folder(package) + "/system32").replace("\\", "/")
        found = (root / place / file.lower()).read_bytes()
        wanted = next((where / (name + ".d")).rglob(file.lower())) if not package.qfe else where / (name + ".d") / "rtmgdr" / file.lower()
        tap.row(found == wanted.read_bytes(), f"{name}: {file} is the package's")
    tap.row(not [p for p in root.rglob("*") if "ostern" in p.name and p.name != "postern.record"], f"{name}: nothing temporary is left")
    code, out, err = run("audit", "--json", root)
    told = [c for c in json.loads(out)["components"] if c["id"] == name] if out else []
    tap.row(told and told[0]["verdict"] == "fixed", f"{name}: the audit says fixed", told, err)
    code, out, err = update("verify", root, "KB837009")
    tap.row(code == 0 and b"BAD" not in out, f"{name}: verify", out, err)
    code, out, err = update("list", root, "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    tap.row(code == 0 and len(rows) == 1 and rows[0]["update"] == "KB837009" and rows[0]["family"] == package.family, f"{name}: list", out, err)

    installed = state(root)
    code, out, err = update("install", exe, "--root", root)
    tap.row(code == 0 and state(root) == installed, f"{name}: a second install is none", err, *differences(installed, state(root)))
    code, out, err = update("remove", root, "KB837009")
    tap.row(code == 0 and state(root) == before, f"{name}: remove brings everything back", out, err, *differences(before, state(root)))


def marks(where):
    for package in (PACKAGES[0], PACKAGES[3]):
        exe, root = make(package, where), system(package, where / (package.name + ".tree"))
        update("install", exe, "--root", root)
        asked = [rf'registry:HKLM\{bulletin.ACTIVE_SETUP}\IsInstalled = 1', r'registry:HKLM\Software\Microsoft\Windows\CurrentVersion\Internet Settings\MinorVersion = ;SP1;Q837009;',
                 r"registry:HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall\Q837009\DisplayName = Outlook Express Q837009"] \
            if package.family == "B" else \
            [r"registry:HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Hotfix\KB837009\Installed = 1",
             r"registry:HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall\KB837009\DisplayName = Outlook Express Q837009"]
        for question in asked:
            code, out, err = run("audit", root, "--query", question)
            tap.row(b"true" in out or b"yes" in out, f"{package.name}: {question}", code, out, err)
        log = root / windows_folder(package) / "KB837009.log"
        tap.row(log.is_file() and b"replaced" in log.read_bytes(), f"{package.name}: the log says what was done")


def versions(where):
    package = PACKAGES[0]
    exe = make(package, where)
    for what, version, step in (("newer", "6.0.2900.2180", "keep-newer"), ("equal", package.new, "keep-equal"),
                                ("one below", "6.0.2800.1408", "replace"), ("one above", "6.0.2800.1410", "keep-newer")):
        root = system(package, where / what, version)
        before = state(root)
        code, planned = plan(exe, root)
        tap.row({s["step"] for s in planned["steps"]} == {step}, f"{what} installed: {step}", planned)
        code, _, err = update("install", exe, "--root", root)
        files = [f for f in before if f[0].lower().endswith(".dll")]
        tap.row(code == 0 and (step == "replace") != all(f in state(root) for f in files), f"{what} installed: files", err)
        code, _, err = update("remove", root, "KB837009")
        tap.row(code == 0 and state(root) == before, f"{what} installed: removed again", err, *differences(before, state(root)))


def branches(where):
    package = PACKAGES[3]
    exe = make(package, where)
    root = system(package, where / "qfe", strings={"FileVersion": "6.00.3790.100 (srv03_qfe.031201-1200)"})
    code, planned = plan(exe, root)
    tap.row(planned["branch"] == "qfe" and all("rtmqfe" in s["source"] for s in planned["steps"]), "an installed QFE file: all files of rtmqfe", planned)
    update("install", exe, "--root", root)
    wanted = (where / (package.name + ".d") / "rtmqfe" / "inetcomm.dll").read_bytes()
    tap.row((root / "WINDOWS/system32/inetcomm.dll").read_bytes() == wanted, "and it is what was installed")


def refusals(where):
    package, other = PACKAGES[0], PACKAGES[3]
    exe = make(package, where)
    root = system(other, where / "wrong")
    before = state(root)
    code, out, err = update("install", exe, "--root", root)
    tap.row(code == 1 and b"is none of: oe6sp1-x86" in err and state(root) == before, "a system it is not for: refused with the row", code, err)
    code, out, err = update("install", exe, "--root", root, "/q:a", "/n:v")
    tap.row(code == 0 and not out and not err, "/n:v overrides, /q:a says nothing", code, out, err)
    code, out, err = update("list", root, "--json")
    tap.row(code == 1 and json.loads(out)["overridden"] == "/n:v" and "older than the fix" in json.loads(out)["contradiction"],
            "and it is recorded; that the system's own file is still open is a contradiction (T4)", out)
    update("remove", root, "KB837009")
    tap.row(state(root) == before, "and it goes again")
    code, out, err = update("install", exe, "--root", root, "--force-prerequisite", "a test of ours")
    code, out, err = update("list", root, "--json")
    tap.row(code == 1 and json.loads(out)["overridden"] == "a test of ours", "a reason is recorded", out)
    update("remove", root, "KB837009")

    root = system(package, where / "right")
    before = state(root)
    for switches, why in (("/norestart", "of the other family"), ("/r:i /q:a", "forbids"), ("/c", "needs a folder"), ("/c:evil.exe", "T3")):
        code, out, err = update("install", exe, "--root", root, *switches.split())
        tap.row(code == 2 and why.encode() in err and state(root) == before, f"{switches} is refused", code, err)
    code, out, err = update("install", exe)
    tap.row(code == 2 and b"--root" in err, "without a system", err)
    code, out, err = update("remove", root, "KB837009")
    tap.row(code == 3 and b"no record" in err, "nothing to remove", code, err)
    code, out, err = update("install", exe, "--root", root, "/n")
    tap.row(code == 2, "/n is of the other family", err)
    update("install", exe, "--root", root, "--no-backup")
    code, out, err = update("remove", root, "KB837009")
    tap.row(code == 3 and b"without keeping" in err, "no originals, no removal", code, err)


def by_the_bulletin(where):
    """Packages without rows of their own, as the original ones are: the bulletin's table says which system they are for."""
    for package in PACKAGES:
        exe = make(package, where, rows=False)
        for other in PACKAGES:
            root = where / f"{package.name}-{other.name}"
            system(other, root)
            code, planned = plan(exe, root)
            fits = package is other
            tap.row(planned.get("fits") == fits and (fits or other.name in planned["need"]), f"{package.name} without rows on the system of {other.name}", planned)


def changed(where):
    package = PACKAGES[0]
    exe, root = make(package, where), system(package, where / "tree")
    update("install", exe, "--root", root)
    victim = root / "WINDOWS/system32/inetcomm.dll"
    kept = victim.read_bytes()
    victim.write_bytes(trees.pe("6.0.2900.2180", "x86"))
    now = state(root)
    code, out, err = update("verify", root, "KB837009")
    tap.row(code == 1 and b"changed since" in out, "verify sees a later file", out)
    code, out, err = update("remove", root, "KB837009")
    tap.row(code == 3 and b"inetcomm.dll" in err and state(root) == now, "removal refuses then, and touches nothing", code, err, *differences(now, state(root)))
    victim.write_bytes(kept)
    code, out, err = update("remove", root, "KB837009")
    tap.row(code == 0, "and goes on when it is back", err)


def log_of_ours(where):
    """Who wrote into the log keeps it, who took it away need not bring it back: neither stops removal."""
    package = PACKAGES[0]
    exe = make(package, where)
    for what, touch in (("written into", lambda log: log.write_bytes(log.read_bytes() + b"somebody's line\r\n")), ("taken away", lambda log: log.unlink()),
                        ("emptied", lambda log: log.write_bytes(b""))):
        root = system(package, where / what)
        before = state(root)
        update("install", exe, "--root", root)
        log = root / "WINDOWS/KB837009.log"
        touch(log)
        left = log.read_bytes() if log.exists() else None
        code, out, err = update("verify", root, "KB837009")
        tap.row(code == 0, f"a log {what}: verify", out, err)
        code, out, err = update("list", root)
        tap.row(code == 0, f"a log {what}: list", out, err)
        code, out, err = update("remove", root, "KB837009")
        before, after = ([row for row in rows if row[0] not in ("WINDOWS", "WINDOWS/KB837009.log")] for rows in (before, state(root)))
        tap.row(code == 0 and after == before and (log.read_bytes() if log.exists() else None) == left, f"a log {what}: removed all the same, the log stays as it is",
                code, err, *differences(before, after))


def one_spelling(where):
    """HKCR and HKLM\\SOFTWARE\\Classes, CurrentControlSet and the set that it is: one key, whichever name a line uses."""
    package = PACKAGES[0]
    lines = [r'HKCR,".mht2",,,"first"', r'HKLM,"Software\Classes\.mht2",,,"second"', r'HKLM,"SOFTWARE\Classes\.old",,,"new"',
             r'HKLM,"SYSTEM\CurrentControlSet\Services\T",Start,0x10001,3', r'HKLM,"SYSTEM\ControlSet001\Services\T",Start,0x10001,4']
    exe = make(package, where, extra="\n".join(lines) + '\n[DelReg]\nHKCR,".gone"\n')
    root = system(package, where / "tree", software=[(r"Classes\.old", "", "sz", "old"), (r"Classes\.gone\x", "", "sz", "x")])
    before = state(root)
    code, out, err = update("install", exe, "--root", root)
    tap.row(code == 0, "both spellings: install", err)
    for question in (r"registry:HKCR\.mht2\@ = second", r"registry:HKLM\SOFTWARE\Classes\.mht2\@ = second", r"registry:HKCR\.old\@ = new", r"registry:HKCR\.gone missing",
                     r"registry:HKLM\SYSTEM\CurrentControlSet\Services\T\Start = 4"):
        code, out, err = run("audit", root, "--query", question)
        tap.row(b"true" in out or b"yes" in out, question, out, err)
    code, out, err = update("verify", root, "KB837009")
    tap.row(code == 0 and out.count(rb"HKLM\SOFTWARE\Classes\.mht2, (default)") == 1 and b"HKCR" not in out and b"CurrentControlSet" not in out, "verify knows each value once", out, err)
    hive = "WINDOWS/system32/config/software"
    (root / hive).write_bytes(win_dump(root, "edit", hive, r"Other\Program", "v", "w"))
    code, out, err = update("remove", root, "KB837009")
    for question in (r"registry:HKCR\.mht2 missing", r"registry:HKCR\.old\@ = old", r"registry:HKCR\.gone\x\@ = x", r"registry:HKLM\SYSTEM\CurrentControlSet\Services\T missing"):
        code, out, err = run("audit", root, "--query", question)
        tap.row(b"true" in out or b"yes" in out, f"removed from a hive that others changed: {question}", out, err)


def removal_switches(where):
    for package, all_known in ((PACKAGES[0], ["/z", "/Q"]), (PACKAGES[3], ["/u", "/F", "/z", "/q"])):
        exe, root = make(package, where), system(package, where / (package.name + ".tree"))
        before = state(root)
        code, out, _ = update("remove", root, "KB837009", "/?")
        tap.row(code == 0 and all(s.lower().encode() in out for s in all_known) and state(root) == before, f"{package.name}: /? lists the switches", out)
        update("install", exe, "--root", root, "/q")
        now = state(root)
        if package.family == "B":
            for switch in ("/u", "/f"):
                code, _, err = update("remove", root, "KB837009", switch)
                tap.row(code == 2 and switch.encode() in err and state(root) == now, f"{package.name}: {switch} is of the other family", code, err)
        for words in ((root,), (root, "KB837009", "KB1"), (root, "/q")):
            code, _, err = update("remove", *words)
            tap.row(code == 2 and err and state(root) == now, f"{package.name}: {len(words)} operands", code, err)
        code, out, err = update("remove", root, "KB837009", *all_known)
        tap.row(code == 0 and not out and not err and state(root) == before, f"{package.name}: {' '.join(all_known)} removes quietly", code, out, err)


def win_dump(*words):
    done = subprocess.run([os.environ["WIN_DUMP"], *map(str, words)], capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def keys(root):
    """The SOFTWARE hive without times."""
    return [line for line in re.sub(rb"(?m)^(K\t[^\t]*)\t\d+", rb"\1", win_dump(root, "keys", r"HKLM\SOFTWARE")).splitlines()]


def others_changed_the_hive(where):
    """A hive that somebody else wrote since: the update's own values and keys go, all that it took away is back, the rest stays."""
    package = PACKAGES[0]
    old = [(r"Old\Update", "Installed", "dword", 1), (r"Old\Update\Files\1", "name", "sz", "a"), (r"Old\Update\Files\2", "", "sz", "b"), (r"Kept", "x", "sz", "1")]
    exe = make(package, where, extra='[DelReg]\nHKLM,"SOFTWARE\\Old\\Update"\nHKLM,"SOFTWARE\\Kept",x\n')
    hive = "WINDOWS/system32/config/software"
    for what, edit, stays in (("a value elsewhere", (r"Other\Program", "v", "w"), None),
                              ("a value in a new key", (bulletin.ACTIVE_SETUP.partition("\\")[2], "mine", "w"), "mine")):
        root = system(package, where / what, software=old)
        before = keys(root)
        code, _, err = update("install", exe, "--root", root)
        tap.row(code == 0 and not [k for k in keys(root) if b"Old%5CUpdate" in k or rb"Old\Update" in k], f"{what}: install", err)
        code, out, err = update("verify", root, "KB837009")
        tap.row(code == 0, f"{what}: verify", out, err)
        (root / hive).write_bytes(win_dump(root, "edit", hive, *edit))
        wanted = keys(root)
        code, _, err = update("remove", root, "KB837009")
        after = keys(root)
        own = [k for k in after if k not in before and k not in wanted]
        gone = [k for k in before if k not in after]
        tap.row(code == 0 and not own and not gone, f"{what}: remove puts back what was", err, *own[:5], *gone[:5])
        added = [k for k in after if k not in before]
        tap.row(len(added) == (3 if not stays else len(added)) and any(edit[1].encode() in k for k in added), f"{what}: what others wrote stays", *added)
        left = [k for k in after if b"2cc9d512" in k or b"Q837009" in k]
        tap.row(bool(left) == bool(stays) and not [k for k in left if b"Q837009" in k], f"{what}: no empty key of ours is left", *left)


def hostile(where):
    package = PACKAGES[0]
    exe, canary = make(package, where), where / "canary"
    canary.mkdir()
    (canary / "inetcomm.dll").write_bytes(b"canary")
    for what, spoil in (
            ("a link out of the root", lambda r: (os.rename(r / "WINDOWS/system32/inetcomm.dll", r / "x.dll"),
                                                  os.symlink(canary / "inetcomm.dll", r / "WINDOWS/system32/inetcomm.dll"))),
            ("a linked folder", lambda r: (os.rename(r / "Program Files/Outlook Express", r / "elsewhere"),
                                           os.symlink(canary, r / "Program Files/Outlook Express"))),
            ("case twins", lambda r: (r / "WINDOWS/system32/INETCOMM.dll").write_bytes(b"twin")),
            ("a folder for a file", lambda r: (os.remove(r / "WINDOWS/system32/inetcomm.dll"), os.mkdir(r / "WINDOWS/system32/inetcomm.dll"))),
            ("a dirty hive", lambda r: (r / "WINDOWS/system32/config/software").write_bytes(trees.hive([], dirty=True)))):
        root = system(package, where / what)
        spoil(root)
        before = state(root)
        code, out, err = update("install", exe, "--root", root, "/n:v")
        tap.row(code in (3, 4) and err and state(root) == before, f"{what}: refused, untouched", code, err, *differences(before, state(root)))
    tap.row((canary / "inetcomm.dll").read_bytes() == b"canary" and len(list(canary.iterdir())) == 1, "nothing outside was touched")
    root = system(package, where / "hard links")
    os.link(root / "WINDOWS/system32/inetcomm.dll", root / "WINDOWS/other.dll")
    other = (root / "WINDOWS/other.dll").read_bytes()
    code, _, err = update("install", exe, "--root", root)
    tap.row(code == 0 and (root / "WINDOWS/other.dll").read_bytes() == other, "a hard link elsewhere keeps the old file", err)
    root = system(package, where / "read only")
    os.chmod(root / "WINDOWS/system32/inetcomm.dll", 0o444)
    before = state(root)
    code, _, err = update("install", exe, "--root", root)
    tap.row(code == 0 and stat.S_IMODE((root / "WINDOWS/system32/inetcomm.dll").stat().st_mode) == 0o444, "a read-only file is replaced and stays read-only", err)
    update("remove", root, "KB837009")
    tap.row(state(root) == before, "and comes back")


for function in (marks, versions, branches, refusals, by_the_bulletin, removal_switches, log_of_ours, one_spelling, changed, others_changed_the_hive, hostile):
    with folder() as name:
        function(pathlib.Path(name))
for one in PACKAGES:
    with folder() as name:
        end_to_end(one, pathlib.Path(name))
tap.finish()
