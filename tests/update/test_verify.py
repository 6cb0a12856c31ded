"""
update verify without a record of ours: files decide, marks are evidence (T4). The bulletin's six packages as their own installers
leave them, each wrong in turn; other updates by the list of files in the registry, or by nothing but marks.
"""
import hashlib
import json
import pathlib

import bulletin
import trees
from bulletin import PACKAGES, make, run, system
from cli import Tap, folder

tap = Tap()
NT = r"Microsoft\Windows NT\CurrentVersion"
BULLETIN = r"Microsoft\Active Setup\Installed Components\{2cc9d512-6db6-4f1c-8979-9a41fae88de0}"
SETTINGS = r"Microsoft\Windows\CurrentVersion\Internet Settings"


def verify(root, name="KB837009", *words):
    code, out, err = run("update", "verify", root, name, "--json", *words)
    return code, json.loads(out) if out else {"error": err}


def mark(package):
    return [(NT + r"\Hotfix\KB837009", "Installed", "dword", 1)] if package.family == "A" else [(BULLETIN, "IsInstalled", "dword", 1)]


def t4_bulletin(where):
    """What the original installers leave: files at the bulletin's versions and the mark of the family."""
    for package in PACKAGES:
        at = where / package.name
        code, told = verify(system(package, at / "good", package.new, software=mark(package)))
        files = [c for c in told["checks"] if c["kind"] == "file"]
        tap.row(code == 0 and told["verdict"] == "fixed" and told["source"] == "bulletin" and files[0]["found"] == package.new and files[0]["good"],
                f"{package.name}: as its installer leaves it", code, told)
        handler = trees.pe(package.new, bulletin.arch(package), strings={"FileVersion": package.new})
        tap.row(files[0]["sha256"] == hashlib.sha256(handler).hexdigest(), f"{package.name}: the digest of what is there")
        code, told = verify(system(package, at / "mark only", software=mark(package)))
        tap.row(code == 1 and told["verdict"] == "contradiction" and any(not c["good"] and "older" in c["what"] for c in told["checks"]),
                f"{package.name}: the mark without the files", code, told)
        code, told = verify(system(package, at / "files only", package.new))
        tap.row(code == 1 and told["verdict"] == "contradiction" and any(c["kind"] == "mark" and not c["good"] and not c["neutral"] for c in told["checks"]),
                f"{package.name}: the files without the mark", code, told)
        code, told = verify(system(package, at / "nothing"))
        tap.row(code == 1 and told["verdict"] == "affected", f"{package.name}: neither", code, told)


def t4_around(where):
    package = PACKAGES[0]
    root = system(package, where / "one", package.new, software=mark(package), files={r"Program Files\Outlook Express\msoe.dll": trees.pe("6.0.2800.1408")})
    code, told = verify(root)
    tap.row(code == 1 and told["verdict"] == "contradiction" and any(c["place"].endswith("msoe.dll") and not c["good"] for c in told["checks"]), "one file one build older", told)
    code, out, err = run("update", "verify", root, "Q837009")
    tap.row(code == 1 and b"BAD  older than the update" in out and b"6.0.2800.1408  (wanted 6.0.2800.1409)" in out and b"KB837009: contradiction: " in out, "as text", out, err)
    code, out, err = run("update", "verify", root, "-q", "837009")
    tap.row(code == 1 and not out and not err, "quiet", out, err)
    (root / "Program Files/Outlook Express/msoe.dll").write_bytes(b"no program")
    code, told = verify(root)
    tap.row(code == 3 and told["verdict"] == "cannot be told", "a file that cannot be read", code, told)
    code, told = verify(system(package, where / "later", "6.0.2800.1437", software=[(SETTINGS, "MinorVersion", "sz", ";Q823353;")]))
    tap.row(code == 0 and all(c["good"] or c["neutral"] for c in told["checks"]), "MS04-018 contains it", code, told)
    code, told = verify(system(package, where / "old", package.new, software=mark(package)), "KB330994")
    tap.row(code == 0 and "KB837009 contains it" in told["reason"], "and it contains MS03-014", code, told)
    root = where / "empty"
    trees.windows(root, "xp-sp1")
    code, told = verify(root)
    tap.row(code == 0 and told["verdict"] == "not affected" and "not there" in told["reason"], "without Outlook Express there is nothing to update", code, told)
    code, told = verify(trees.windows_9x(where / "98", files={r"WINDOWS\SYSTEM\INETCOMM.DLL": trees.pe(package.new)}))
    tap.row(code == 0 and told["verdict"] == "fixed", "Windows 98 has no registry that is read: the files alone", code, told)
    root = trees.wine(where / "prefix", software=mark(package), files={r"windows\system32\inetcomm.dll": trees.pe(package.new)})
    code, told = verify(root)
    tap.row(code == 0 and told["verdict"] == "fixed", "a Wine prefix with the files of another installer", code, told)


def others(where):
    package, updates = PACKAGES[0], r"Microsoft\Updates\Windows XP\SP2\KB824105"
    listed = [(updates, "Description", "sz", "x"), (updates + r"\Filelist\0", "FileName", "sz", "x.dll"),
              (updates + r"\Filelist\0", "Location", "sz", "C:\\WINDOWS\\system32\\"), (updates + r"\Filelist\0", "Version", "sz", "5.1.2600.1000"),
              (NT + r"\Hotfix\KB824105", "Installed", "dword", 1)]
    for what, version, wanted in (("equal", "5.1.2600.1000", 0), ("newer", "5.1.2600.1001", 0), ("older", "5.1.2600.999", 1), ("not there", None, 1)):
        files = {r"WINDOWS\system32\x.dll": trees.pe(version)} if version else {}
        code, told = verify(system(package, where / what, software=listed, files=files), "KB824105")
        tap.row(code == wanted and told["verdict"] == ("fixed", "contradiction")[wanted] and told["source"] == "file list", f"a file of its list is {what}", code, told)
    code, told = verify(system(package, where / "marks", software=[(NT + r"\Hotfix\KB555555", "Installed", "dword", 1)]), "KB555555")
    tap.row(code == 3 and told["verdict"] == "cannot be told" and told["source"] == "marks", "marks alone are no proof", code, told)
    code, told = verify(system(package, where / "denied", software=[(NT + r"\Hotfix\KB555555", "Installed", "dword", 0)]), "KB555555")
    tap.row(code == 1 and told["verdict"] == "affected", "a mark that says no", code, told)
    code, out, err = run("update", "verify", where / "marks", "KB999999")
    tap.row(code == 3 and b"no record and no mark of KB999999" in err and not out, "no trace", code, err)
    for name in ("", "KB", "KB12", "../../x", "KB837009x", "837009.."):
        code, out, err = run("update", "verify", where / "marks", name)
        tap.row(code == 2 and b"no name of an update" in err, f"{name!r} is no update", code, err)


def with_record(where):
    package = PACKAGES[0]
    exe, root = make(package, where), system(package, where / "tree")
    run("update", "install", exe, "--root", root)
    code, out, err = run("update", "verify", root, "q837009")
    tap.row(code == 0 and b"as installed" in out and b"BAD" not in out, "with a record of ours it decides", out, err)
    code, out, err = run("update", "remove", root, "837009")
    tap.row(code == 0 and b"KB837009 is removed" in err, "an update is named as the user names it", err)


for function in (t4_bulletin, t4_around, others, with_record):
    with folder() as name:
        function(pathlib.Path(name))
tap.finish()
