"""
update list: every update of a system, whoever installed it; which one replaced which; where files, marks and record disagree (T4).
Marks are written here as the installers of Windows leave them, in a hive and in the text of a Wine prefix.
"""
import json
import pathlib

import bulletin
import trees
from bulletin import PACKAGES, make, run, system
from cli import Tap, folder, harmless

tap = Tap()
NT = r"Microsoft\Windows NT\CurrentVersion"
UNINSTALL = r"Microsoft\Windows\CurrentVersion\Uninstall"
SETUP = r"Microsoft\Active Setup\Installed Components"
BULLETIN = SETUP + r"\{2cc9d512-6db6-4f1c-8979-9a41fae88de0}"
SETTINGS = r"Microsoft\Windows\CurrentVersion\Internet Settings"
FILELIST = r"Microsoft\Updates\Windows XP\SP2\KB824105\Filelist"


def rows(root, *words):
    code, out, err = run("update", "list", root, "--json", *words)
    assert code in (0, 1), err
    return code, {row["update"]: row for row in map(json.loads, out.splitlines())}


def kinds(row):
    return sorted(e["kind"] for e in row["evidence"])


def every_kind(where):
    software = [
        (NT + r"\Hotfix\Q330994", "Installed", "dword", 1), (NT + r"\Hotfix\Q330994", "Fix Description", "sz", "Outlook Express Q330994"),
        (NT + r"\Hotfix\KB823353", "Installed", "dword", 1), (NT + r"\Hotfix\KB111111", "Installed", "dword", 0),
        (NT + r"\Hotfix\Notes", "Installed", "dword", 1),
        (FILELIST.rpartition("\\")[0], "Description", "sz", "A hotfix"), (FILELIST + r"\0", "FileName", "sz", "x.dll"),
        (FILELIST + r"\0", "Location", "sz", r"C:\WINDOWS\system32"), (FILELIST + r"\0", "Version", "sz", "5.1.2600.1000"),
        (UNINSTALL + r"\Q822925", "DisplayName", "sz", "Internet Explorer Q822925"),
        (UNINSTALL + r"\{AAA}", "DisplayName", "sz", "Hotfix for Something (KB2503658)"), (UNINSTALL + r"\Paint 1000000", "DisplayName", "sz", "Paint"),
        (SETUP + r"\{BBB}", "", "sz", "Q818529"), (SETUP + r"\{BBB}", "IsInstalled", "binary", b"\1\0\0\0"), (SETUP + r"\{CCC}", "", "sz", "Fonts"),
        (SETTINGS, "MinorVersion", "sz", ";SP1;Q330994;Q822925; q823353 ;"),
    ]
    package = PACKAGES[0]
    root = system(package, where / "xp", "6.0.2800.1437", software=software, files={r"WINDOWS\system32\x.dll": trees.pe("5.1.2600.1000")})
    (root / "WINDOWS/$NtUninstallKB826942$").mkdir()
    code, found = rows(root)
    tap.row(set(found) == {"KB330994", "KB823353", "KB824105", "KB822925", "KB2503658", "KB818529", "KB826942"} and code == 0,
            "hotfix, updates, uninstall, active setup, about box, store: each update once, programs not", code, sorted(found),
            [r["contradiction"] for r in found.values()])
    tap.row(kinds(found["KB330994"]) == ["about-box", "hotfix"] and found["KB330994"]["title"] == "Outlook Express Q330994", "what speaks for one", found["KB330994"])
    tap.row(found["KB330994"]["replaced_by"] == ["KB823353"] and found["KB330994"]["contained_in"] == "KB837009" and found["KB330994"]["bulletin"] == "MS03-014",
            "MS03-014 is replaced through MS04-013 by MS04-018, which is here", found["KB330994"])
    tap.row(all(r["installer"] == "other" and r["family"] is None and not r["removable"] for r in found.values()), "none is ours")
    code, out, err = run("update", "list", root)
    tap.row(code == 0 and b"REPLACED BY" in out and b"Outlook Express Q330994" in out, "and as a table", out, err)

    (root / "WINDOWS/system32/x.dll").write_bytes(trees.pe("5.1.2600.999"))
    code, found = rows(root)
    tap.row(code == 1 and "is older than the update: C:\\WINDOWS\\system32\\x.dll" in found["KB824105"]["contradiction"], "a file of another's list is older", found["KB824105"])
    (root / "WINDOWS/system32/x.dll").unlink()
    code, found = rows(root)
    tap.row(code == 1 and "is not there" in found["KB824105"]["contradiction"], "or is not there", found["KB824105"])
    code, out, err = run("update", "list", root)
    tap.row(code == 1 and b"KB824105: contradiction: a file of it is not there" in out, "said below the table", out, err)


def replaced(where):
    """The bulletin's own update by us, on a system with its predecessor."""
    for package in (PACKAGES[0], PACKAGES[3]):
        exe = make(package, where)
        root = system(package, where / (package.name + ".tree"), software=[(NT + r"\Hotfix\Q330994", "Installed", "dword", 1)])
        run("update", "install", exe, "--root", root)
        code, found = rows(root)
        own = found["KB837009"]
        tap.row(code == 0 and found["KB330994"]["replaced_by"] == ["KB837009"] and own["replaced_by"] == [] and own["installer"] == "postern",
                f"{package.name}: MS03-014 replaced by ours", found)
        tap.row(set(kinds(own)) >= {"record", "files", "uninstall", "hotfix" if package.family == "A" else "active-setup"}, f"{package.name}: all its evidence", own)
        code, out, err = run("update", "install", "--root", root, "/l", "--json")
        tap.row(code == 0 and len(out.splitlines()) == 2, f"{package.name}: /l says the same", out, err)
        victim = root / bulletin.windows_folder(package) / "system32/inetcomm.dll"
        good = victim.read_bytes()
        victim.write_bytes(trees.pe(package.old, bulletin.arch(package)))
        code, found = rows(root)
        tap.row(code == 1 and "inetcomm.dll" in found["KB837009"]["contradiction"], f"{package.name}: the old file behind our back", found["KB837009"])
        victim.write_bytes(good)
        tap.row(rows(root)[0] == 0, f"{package.name}: and back")


def waiting(where):
    package = PACKAGES[0]
    exe, root = make(package, where), system(package, where / "tree")
    run("update", "install", exe, "--root", root, "--at-restart")
    code, found = rows(root)
    tap.row(code == 1 and "wait for the restart" in found["KB837009"]["contradiction"], "an update whose files wait for the restart says so", code, found)


def t4_marks_and_files_disagree(where):
    package = PACKAGES[0]
    root = system(package, where / "mark", software=[(BULLETIN, "IsInstalled", "dword", 1)])
    code, found = rows(root)
    tap.row(code == 1 and "older than the fix" in found["KB837009"]["contradiction"], "the mark without the file", found)
    root = system(package, where / "file", package.new)
    code, found = rows(root)
    tap.row(code == 1 and "mark of the update is missing" in found["KB837009"]["contradiction"] and kinds(found["KB837009"]) == ["files"], "the file without the mark", found)
    root = system(package, where / "later", software=[(SETTINGS, "MinorVersion", "sz", ";Q823353;")])
    code, found = rows(root)
    tap.row(code == 1 and "older than the fix" in found["KB823353"]["contradiction"] and "KB837009" not in found, "the mark of a later update without the file", found)
    root = system(package, where / "none")
    code, found = rows(root)
    tap.row(code == 0 and not found, "nothing is nothing", found)
    root = system(package, where / "removed", software=[(BULLETIN, "IsInstalled", "dword", 0), (BULLETIN, "", "sz", "Outlook Express Q837009")])
    code, found = rows(root)
    tap.row(code == 0 and not found, "a mark that says 0 alone is what removal leaves", found)
    root = system(package, where / "torn", package.new, software=[(BULLETIN, "IsInstalled", "dword", 0), (UNINSTALL + r"\Q837009", "DisplayName", "sz", "x")])
    code, found = rows(root)
    tap.row(code == 1 and found["KB837009"]["contradiction"], "marks that disagree", found)


def wine(where):
    user = [(r"Software\Microsoft\Windows\CurrentVersion\Uninstall\KB777777", "DisplayName", "sz", "For one user \x1b[31m")]
    root = trees.wine(where / "prefix", software=[(UNINSTALL + r"\KB123456", "DisplayName", "sz", "Of Wine's uninstaller")], user=user)
    code, out, err = run("update", "list", root)
    tap.row(code == 0 and b"Of Wine's uninstaller" in out and b"KB777777" in out and harmless(out), "a Wine prefix: machine and user, nothing a terminal acts on", out, err)


for function in (every_kind, replaced, waiting, t4_marks_and_files_disagree, wine):
    with folder() as name:
        function(pathlib.Path(name))
tap.finish()
