"""postern audit on the layouts that Wine has had: 32-bit prefixes, 64-bit ones with a native handler in either half, the later kind
without 32-bit libraries of the host, Proton's; users' folders that are links to the host's; a prefix that two people made."""
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from cli import Tap, folder, run  # noqa: E402

from windows import trees  # noqa: E402

tap = Tap()
IE = [(r"Microsoft\Internet Explorer", "Version", "sz", "6.0.2800.1106")]
SETUP = r"Microsoft\Active Setup\Installed Components\{2cc9d512-6db6-4f1c-8979-9a41fae88de0}"
OLD, FIXED = "6.0.2800.1106", "6.0.2800.1409"


def builtin(machine):
    image = bytearray(trees.pe("6.0.6001.18000", machine))
    image[0x40:0x50] = b"Wine builtin DLL"
    return bytes(image)


def prefix(where, arch, files, software=(), user=(), name="hanako"):
    root = trees.wine(where, "xp-sp1" if arch == "win32" else "7", software=[*IE, *software], user=user, name=name,
                      files={"windows/system32/kernel32.dll": builtin("x86" if arch == "win32" else "amd64"), **files})
    for reg in root.glob("*.reg"):
        reg.write_text(reg.read_text().replace("#arch=win32", f"#arch={arch}"))
    return root


def judged(root, *words):
    code, out, err = run("audit", "--json", *words, root)
    return code, json.loads(out) if out else {}, err


def evidence(report):
    return [(e["where"], e["found"]) for c in report.get("components", []) for e in c["evidence"] if e["kind"] == "file"]


def layouts(d):
    mark32 = [(r"Wow6432Node\\"[:-1] + SETUP, "IsInstalled", "dword", 1)]
    mark = [(SETUP, "IsInstalled", "dword", 1)]
    system, wow = "windows/system32/inetcomm.dll", "windows/syswow64/inetcomm.dll"
    x86, wide = (lambda version: trees.pe(version, "x86")), (lambda version: trees.pe(version, "amd64"))
    rows = [
        ("32 bit, Wine's own", "win32", {system: builtin("x86")}, [], 0, "not affected", system, "Wine's own"),
        ("32 bit, native and open", "win32", {system: x86(OLD)}, [], 1, "affected", system, OLD),
        ("32 bit, native and fixed", "win32", {system: x86(FIXED)}, mark, 0, "fixed", system, FIXED),
        ("64 bit, Wine's own in both halves", "win64", {system: builtin("amd64"), wow: builtin("x86")}, [], 0, "not affected", system, "Wine's own"),
        ("64 bit, the 32-bit one native and open", "win64", {system: builtin("amd64"), wow: x86(OLD)}, [], 1, "affected", wow, OLD),
        ("64 bit, the 32-bit one native and fixed", "win64", {system: builtin("amd64"), wow: x86(FIXED)}, mark32, 0, "fixed", wow, FIXED),
        ("64 bit, fixed without its mark", "win64", {system: builtin("amd64"), wow: x86(FIXED)}, [], 1, "contradiction", wow, FIXED),
        ("64 bit, the mark of the other half", "win64", {system: builtin("amd64"), wow: x86(FIXED)}, mark, 1, "contradiction", wow, FIXED),
        ("64 bit, only the 32-bit one is there", "win64", {wow: x86(OLD)}, [], 1, "affected", wow, OLD),
        ("64 bit, both native, the 32-bit one older", "win64", {system: wide(FIXED), wow: x86(OLD)}, [], 1, "affected", wow, OLD),
        ("64 bit, both native, the 64-bit one older", "win64", {system: wide(OLD), wow: x86(FIXED)}, [], 1, "affected", system, OLD),
        ("64 bit, no handler", "win64", {"windows/syswow64/x.dll": b"MZ"}, [], 0, "not affected", None, None),
    ]
    for i, (what, arch, files, software, status, verdict, path, found) in enumerate(rows):
        code, report, err = judged(prefix(f"{d}/{i}", arch, files, software))
        where = None if path is None else "C:\\" + path.replace("/", "\\")
        tap.row(code == status and report.get("verdict") == verdict and report["system"]["wine"] and
                (path is None or (where, found) in evidence(report)), f"{what}: {verdict}", code, report.get("answer"), evidence(report), err)


def proton(d):
    """compatdata/ID: the prefix is pfx below it, its user is steamuser, its libraries are links to Proton's own."""
    outside = pathlib.Path(d) / "proton/files/lib64/wine/inetcomm.dll"
    outside.parent.mkdir(parents=True)
    outside.write_bytes(trees.pe(OLD, "amd64"))
    compat = pathlib.Path(d) / "compatdata/12345"
    root = prefix(compat / "pfx", "win64", {"windows/syswow64/x.dll": b"MZ"}, name="steamuser")
    for name in ("version", "config_info", "tracked_files", "pfx.lock"):
        (compat / name).write_text("8.0-5\n")
    (root / "drive_c/windows/system32/inetcomm.dll").symlink_to(outside)
    code, report, err = judged(root)
    tap.row(code == 3 and report.get("verdict") == "cannot be told" and any("symbolic link" in found for _, found in evidence(report)) and
            not any(OLD in found for _, found in evidence(report)), "Proton: a handler that is a link out of the prefix cannot be told", code, report.get("answer"), evidence(report))
    tap.row({m["user"] for m in report["measures"]} == {None, "steamuser", ".DEFAULT"}, "Proton: its user is steamuser",
            {m["user"] for m in report["measures"]})
    code, out, err = run("audit", compat)
    tap.row(code == 3 and b"the Wine prefix is the folder pfx" in err, "Proton: the folder above says where the prefix is", code, err)


def links(d):
    """Documents and its like lead to the host's home folder: nothing of it is seen, whatever asks."""
    home = pathlib.Path(d) / "home"
    (home / "sub").mkdir(parents=True)
    (home / "secret.txt").write_text("secret words")
    (home / "sub/secret.dll").write_bytes(trees.pe("1.2.3.4"))
    root = prefix(f"{d}/linked", "win64", {"windows/system32/inetcomm.dll": builtin("amd64")})
    user = root / "drive_c/users/hanako"
    for name in ("Documents", "Desktop", "Downloads", "Music"):
        (user / name).symlink_to(home)
    (user / "AppData").mkdir()
    (user / "AppData/link.txt").symlink_to(home / "secret.txt")
    (root / "drive_c/out").symlink_to("../../../../..")
    (root / "drive_c/loop").symlink_to("loop2")
    (root / "drive_c/loop2").symlink_to("loop")
    code, report, err = judged(root)
    tap.row(code == 0 and report["verdict"] == "not affected" and not err, "links of the user's folders do not disturb", code, report.get("answer"), err)
    for question in ("%USERPROFILE%/Documents/secret.txt exists", "%USERPROFILE%/Desktop/sub/secret.dll version = 1.2.3.4",
                     "C:/users/hanako/AppData/link.txt exists", "C:/out/etc/passwd exists", "C:/loop/x exists",
                     "C:/users/hanako/Documents/../../../../home/secret.txt exists"):
        code, out, err = run("audit", root, "--query", "file:" + question)
        tap.row(code == 3 and not out.startswith(b"yes") and b"T2" in err + out, f"not through a link: {question}", code, out, err)
    from_oval(d, root)


def from_oval(d, root):
    """Recursion and patterns over the whole drive list nothing of the host."""
    ns = "http://oval.mitre.org/XMLSchema/"
    inner = ['<w:behaviors recurse_direction="down"/><w:path>C:\\users</w:path><w:filename operation="pattern match">.</w:filename>',
             '<w:filepath operation="pattern match">secret</w:filepath>',
             '<w:path operation="pattern match">Documents|out|loop</w:path><w:filename operation="pattern match">.</w:filename>']
    for i, entities in enumerate(inner):
        xml = (f"<oval_definitions xmlns='{ns}oval-definitions-5' xmlns:w='{ns}oval-definitions-5#windows'><generator/><definitions><definition id='d' "
               "version='1' class='miscellaneous'><criteria><criterion test_ref='t'/></criteria></definition></definitions><tests><w:file_test id='t' "
               "version='1' check='all' comment='c'><w:object object_ref='o'/></w:file_test></tests><objects><w:file_object id='o' version='1'>"
               f"{entities}</w:file_object></objects></oval_definitions>")
        path = pathlib.Path(d) / "o.xml"
        path.write_text(xml)
        code, out, err = run("audit", "--oval", path, root, "--syschar-out", "-")
        tap.row(b"secret" not in out.replace(b"pattern", b"") and b"passwd" not in out and b'flag="' in out, f"no file of the host in OVAL {i}",
                code, out[-600:], err)


def two_people(d):
    """The folder of the user is the one that user.reg names, whatever else is there; two names that differ in case are refused."""
    shell = [(r"Software\Microsoft\Windows\CurrentVersion\Explorer\Shell Folders", "AppData", "sz", r"C:\users\hanako\AppData\Roaming")]
    root = prefix(f"{d}/two", "win64", {"users/zoe/x.txt": b"x", "users/hanako/mine.txt": b"x", "users/Public/p.txt": b"x"}, user=shell)
    code, out, err = run("audit", root, "--query", "file:%USERPROFILE%/mine.txt exists")
    tap.row(code == 0 and out.startswith(b"yes") and b"hanako" in out, "user.reg names the folder", code, out, err)
    for value in (r"D:\elsewhere", "C:\\users\\", "C:\\users\\..\\..\\etc", "", "\\\\server\\share"):
        root = prefix(f"{d}/odd{len(value)}", "win64", {"users/zoe/x.txt": b"x"}, user=[(*shell[0][:3], value)])
        code, report, err = judged(root)
        tap.row(code == 0 and report.get("verdict") == "not affected", f"Shell Folders {value!r}", code, report.get("answer"), err)
    os.mkdir(root / "drive_c/users/HANAKO")
    code, report, err = judged(root)
    tap.row(code == 0, "twins below users", code, report.get("answer"), err)


with folder() as name:
    layouts(name)
    proton(name)
    links(name)
    two_people(name)
tap.finish()
