"""
Values of users: what a package writes for the user who installs it goes to every profile and to the one that new users get, and comes
back from all of them. Windows 98 and Me: a package of files alone is installed, one that needs their registry is refused.
"""
import os
import pathlib
import subprocess
import urllib.parse

from bulletin import IE, PACKAGES, make, run, system, trees
from cli import Tap, folder
from tree import differences, state

tap = Tap()
USERS = [r'HKCU,"Software\Postern\Deep",Level,0x10001,7', 'HKCU,"Software\\Postern",Name,,"%11%"', 'HKU,".DEFAULT\\Software\\Postern",Own,,"system"']
SIDS = ["S-1-5-21-1-2-3-1000", "S-1-5-21-1-2-3-1001", "Default User"]


def update(*words):
    return run("update", *words)


def values(root, path):
    """{"key below path \\ value": (type, bytes)}"""
    done = subprocess.run([os.environ["WIN_DUMP"], root, "keys", path], capture_output=True, text=True)
    found, key = {}, ""
    for fields in (line.split("\t") for line in done.stdout.splitlines()):
        if fields[0] == "K":
            key = urllib.parse.unquote(fields[1])
        elif fields[0] == "V":
            found[key.rpartition("Software\\")[2] + "|" + urllib.parse.unquote(fields[1])] = (int(fields[2]), bytes.fromhex(fields[3]))
    return found


def text(value):
    return 1, (value + "\0").encode("utf-16-le")


def on_xp(where):
    package = PACKAGES[0]
    exe = make(package, where, extra="[AddReg]\n" + "\n".join(USERS) + "\n[DelReg]\nHKCU,\"Software\\Old\"\nHKCU,\"Software\\Mine\",gone\n")
    rows = [(r"Software\Mine", "gone", "sz", "x"), (r"Software\Mine", "stays", "sz", "y"), (r"Software\Old\Below", "v", "dword", 3)]
    root = system(package, where / "tree", users={"hanako": rows, "taro": [(r"Software", None)]},
                  files={r"Documents and Settings\Default User\NTUSER.DAT": trees.hive([(r"Software\Old", "v", "sz", "z")])})
    os.chmod(root / "Documents and Settings/hanako/NTUSER.DAT", 0o600)
    before = state(root)
    code, out, err = update("install", exe, "--root", root, "--dry-run")
    tap.row(code == 0 and all(f"HKU\\{sid}\\Software\\Postern".encode() in out for sid in SIDS), "the plan names each user", out, err)
    code, _, err = update("install", exe, "--root", root)
    tap.row(code == 0, "install", err)
    for sid in SIDS:
        found = values(root, rf"HKU\{sid}\Software")
        tap.row(found.get(r"Postern\Deep|Level") == (4, b"\7\0\0\0") and found.get("Postern|Name") == text(r"C:\WINDOWS\system32"), f"{sid}: values are there", found)
        tap.row(not any(k.startswith("Old") or k == "Mine|gone" for k in found) and ("1000" not in sid or found.get("Mine|stays") == text("y")), f"{sid}: values that go are gone", found)
    found = values(root, r"HKU\.DEFAULT\Software")
    tap.row(found == {"Postern|Own": text("system")}, "the system's own account gets what names it only", found)
    code, out, err = update("verify", root, "KB837009")
    tap.row(code == 0 and b"HKU\\S-1-5-21-1-2-3-1001\\Software\\Postern\\Deep, Level" in out, "verify looks at each user", out, err)
    hive = "Documents and Settings/taro/NTUSER.DAT"
    (root / hive).write_bytes(subprocess.run([os.environ["WIN_DUMP"], root, "edit", hive, r"Software\Other", "v", "w"], capture_output=True, check=True).stdout)
    code, _, err = update("remove", root, "KB837009")
    found = values(root, rf"HKU\{SIDS[1]}\Software")
    tap.row(code == 0 and found == {"Other|v": text("w")}, "a user who went on working keeps that alone", found, err)
    same = [r for r in before if "NTUSER" not in r[0] and "config" not in r[0]]
    tap.row(all(r in state(root) for r in same) and values(root, rf"HKU\{SIDS[0]}\Software") == {
        "Mine|gone": text("x"), "Mine|stays": text("y"), r"Old\Below|v": (4, b"\3\0\0\0")}, "the others are as before")


def exact(where):
    package = PACKAGES[0]
    exe = make(package, where, extra="[AddReg]\n" + "\n".join(USERS) + "\n")
    root = system(package, where / "tree", users={"hanako": [("Software", None)]})
    before = state(root)
    update("install", exe, "--root", root)
    code, _, err = update("remove", root, "KB837009")
    tap.row(code == 0 and state(root) == before, "removed at once: byte by byte", err, *differences(before, state(root)))
    for what, spoil, why in (("a dirty hive of a user", lambda: (root / "Documents and Settings/hanako/NTUSER.DAT").write_bytes(trees.hive([("Software", None)], dirty=True)), b"dirty"),
                             ("no hive at all", lambda: (root / "Documents and Settings/hanako/NTUSER.DAT").write_bytes(b"regf"), b"")):
        spoil()
        before = state(root)
        code, _, err = update("install", exe, "--root", root)
        tap.row(code in (3, 4) and why in err and state(root) == before, f"{what}: refused, untouched", code, err)
    exe = make(package, where / "classes", extra='[AddReg]\nHKCU,"Software\\Classes\\x",v,,"y"\n')
    root = system(package, where / "tree 2", users={"hanako": [("Software", None)]})
    before = state(root)
    code, _, err = update("install", exe, "--root", root)
    tap.row(code == 3 and b"classes of one user" in err and state(root) == before, "classes of one user: refused", code, err)


def on_wine(where):
    package = PACKAGES[0]
    exe = make(package, where, extra="[AddReg]\n" + "\n".join(USERS) + "\n")
    files = {place.replace("system32", r"windows\system32") + "\\" + name: trees.pe(package.old, "x86")
             for name, place in (("inetcomm.dll", "system32"), ("msoe.dll", r"Program Files\Outlook Express"), ("wab32.dll", r"Program Files\Common Files\System"))}
    prefix = trees.wine(where / "prefix", package.kind, software=[(IE, "Version", "sz", package.ie)], user=[(r"Software\Mine", "v", "sz", "x")], files=files)
    before = state(prefix)
    code, _, err = update("install", exe, "--root", prefix, "/n:v")
    user, default = (prefix / "user.reg").read_text(), (prefix / "userdef.reg").read_text()
    tap.row(code == 0 and '"Level"=dword:00000007' in user and "Level" not in default and '"Own"="system"' in default, "Wine: user.reg and userdef.reg", code, err)
    code, _, err = update("remove", prefix, "KB837009")
    tap.row(code == 0 and state(prefix) == before, "Wine: and back", code, err, *differences(before, state(prefix)))


def on_98(where):
    source = where / "files.d"
    source.mkdir()
    (source / "inetcomm.dll").write_bytes(trees.pe("5.50.4939.300", "x86"))
    lines = ["[Package]", "Family = B", "Id = KB837009", 'Title = "Outlook Express Q837009"', "[Files]", "INETCOMM.DLL = 11", "[Prerequisites]", '"Windows Me" = 9x, 4.90, *']
    root = trees.windows_9x(where / "me", "4.90.3000", files={r"WINDOWS\SYSTEM\INETCOMM.DLL": trees.pe("5.50.4807.1700", "x86")})
    before = state(root)
    for name, more in (("files", []), ("values", ["[AddReg]", 'HKLM,"Software\\X",v,,"y"'])):
        (source / "make.manifest").write_text("\n".join([*lines, *more]) + "\n")
        code, _, err = update("make", source / "make.manifest", "-o", where / (name + ".exe"))
        tap.row(code == 0, f"Me: the package of {name} is made", err)
    code, _, err = update("install", where / "values.exe", "--root", root, "/n:v")
    tap.row(code == 3 and b"registry of Windows 98 and Me is not written here, and the package changes it: HKLM" in err and state(root) == before,
            "Me: a package that needs the registry is refused", code, err)
    code, out, err = update("install", where / "files.exe", "--root", root, "/n:v", "--dry-run")
    tap.row(code == 0 and b"marks     none" in out and b"registry " not in out.replace(b"the registry ", b""), "Me: the plan says that there are no marks", code, out, err)
    code, _, err = update("install", where / "files.exe", "--root", root, "/n:v")
    tap.row(code == 0 and (root / "WINDOWS/SYSTEM/INETCOMM.DLL").read_bytes() == (source / "inetcomm.dll").read_bytes(), "Me: files alone are installed", code, err)
    code, out, err = update("verify", root, "KB837009")
    tap.row(code == 0 and b"HKLM" not in out, "Me: verify", code, out, err)
    code, _, err = update("remove", root, "KB837009")
    tap.row(code == 0 and state(root) == before, "Me: remove", code, err, *differences(before, state(root)))
    code, _, err = update("install", where / "files.exe", "--root", root, "/n:v", "--at-restart")
    tap.row(code == 3 and b"no pending renames" in err and state(root) == before, "Me: no pending renames", code, err)


for function in (on_xp, exact, on_wine, on_98):
    with folder() as name:
        function(pathlib.Path(name))
tap.finish()
