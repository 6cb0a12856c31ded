"""
Packages: cabextract and 7z see in ours what we see, ours reads theirs, and what is damaged, cut, bombed, traversing, a delta or of
another kind is refused with its reason and nothing written.
"""
import pathlib
import re
import shutil
import struct
import subprocess

import bulletin
from bulletin import PACKAGES, make, run
from cli import Tap, folder

tap = Tap()


def cab(files, declared=None):
    """A cabinet without compression, names as they are given."""
    data = b"".join(content for _, content in files)
    entries, at = b"", 0
    for name, content in files:
        entries += struct.pack("<IIHHHH", declared or len(content), at, 0, 0x21, 0, 0x20 | 0x80) + name.encode() + b"\0"
        at += len(content)
    blocks = [data[i:i + 32768] for i in range(0, len(data), 32768)] or [b""]
    body = b"".join(struct.pack("<IHH", 0, len(b), len(b)) + b for b in blocks)
    start = 36 + 8 + len(entries)
    head = b"MSCF" + struct.pack("<IIIIIBBHHHHH", 0, start + len(body), 0, 44, 0, 3, 1, 1, len(files), 0, 0, 0)
    return head + struct.pack("<IHH", start, len(blocks), 0) + entries + body


def tree(root):
    return {str(p.relative_to(root)).lower(): p.read_bytes() for p in pathlib.Path(root).rglob("*") if p.is_file()}


def others(where):
    for package in PACKAGES:
        exe, name = make(package, where), package.name
        code, out, err = run("update", "extract", "-q", exe, "-d", where / (name + ".ours"))
        tap.row(code == 0, f"{name}: extract", err)
        done = subprocess.run(["cabextract", "-q", "-d", where / (name + ".theirs"), exe], capture_output=True)
        ours = tree(where / (name + ".ours"))
        tap.row(done.returncode == 0 and ours == tree(where / (name + ".theirs")), f"{name}: cabextract unpacks the same", done.stderr)
        done = subprocess.run(["7z", "l", "-slt", exe], capture_output=True, text=True)
        listed = {p.replace("\\", "/").lower() for p in re.findall(r"^Path = (.+)$", done.stdout, re.M)[1:]}
        tap.row(set(ours) <= listed, f"{name}: 7z lists the same", sorted(ours), sorted(listed))
        run("update", "make", where / (name + ".d") / "make.manifest", "-o", where / "again.exe")
        tap.row(exe.read_bytes() == (where / "again.exe").read_bytes(), f"{name}: the same files give the same bytes")


def theirs(where):
    source = where / "source"
    (source / "sub").mkdir(parents=True)
    (source / "a.txt").write_bytes(b"hello\r\n" * 5000)
    (source / "sub" / "b.bin").write_bytes(bytes(range(256)) * 700)
    subprocess.run(["gcab", "-c", "-z", where / "theirs.cab", "a.txt", "sub/b.bin"], cwd=source, check=True, capture_output=True)
    for name, lead in (("theirs.cab", b""), ("stub.exe", b"MZ" + bytes(510))):
        (where / name).write_bytes(lead + (where / "theirs.cab").read_bytes())
        code, out, err = run("update", "extract", "-q", where / name, "-d", where / (name + ".d"))
        tap.row(code == 0 and tree(where / (name + ".d")) == tree(source), f"{name} of gcab is read", err)
    code, out, err = run("update", "inspect", source)
    tap.row(code == 0 and b"cannot be installed" in out, "a folder without setup information: looked at, not installed", out, err)


def refused(where):
    exe = make(PACKAGES[0], where).read_bytes()
    bomb = cab([("zero.bin", bytes(1000))], declared=400 << 20)
    rows = [
        ("empty", b"", "empty"), ("text", b"hello", "no package"), ("program without a cabinet", b"MZ" + bytes(600), "without a cabinet"),
        ("delta", b"PA30" + bytes(100), "delta"), ("installer", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + bytes(600), "Windows Installer"),
        ("zip", b"PK\3\4" + bytes(100), "zip"), ("delta inside", cab([("a.dll._p", b"PA19" + bytes(50))]), "delta"),
        ("bomb", bomb, "PACKAGE_RATIO"), ("climbs", cab([("..\\x.dll", b"x")]), "T2"), ("climbs deeper", cab([("a\\..\\..\\x", b"x")]), "T2"),
        ("absolute", cab([("\\x.dll", b"x")]), "T2"), ("slash", cab([("/etc/x", b"x")]), "T2"), ("drive", cab([("C:\\x.dll", b"x")]), "T2"),
        ("device", cab([("aux.dll", b"x")]), "T2"), ("stream", cab([("a.dll:b", b"x")]), "T2"), ("dot", cab([("a.", b"x")]), "T2"),
        ("twins", cab([("a.dll", b"x"), ("A.DLL", b"y")]), "T2"), ("folder and file", cab([("a", b"x"), ("a\\b", b"y")]), "T2"),
        ("control", cab([("a\x1b[31m.dll", b"x")]), "T2"), ("two names one spelling", cab([("a/b", b"x"), ("a\\b", b"y")]), "T2"),
    ]
    rows += [(f"cut at {n}", exe[:n], "") for n in range(600, len(exe), max(1, len(exe) // 40))]
    for what, content, word in rows:
        (where / "bad.exe").write_bytes(content)
        shutil.rmtree(where / "out", ignore_errors=True)
        code, out, err = run("update", "extract", where / "bad.exe", "-d", where / "out")
        clean = not (where / "out").exists() or not any((where / "out").iterdir())
        tap.row(code == 3 and word.encode() in err and b"bad.exe" in err and clean and not (where / "x.dll").exists(), f"{what}: refused", code, out, err)
    died = 0
    for at in range(0, len(exe), max(1, len(exe) // 150)):
        (where / "bad.exe").write_bytes(exe[:at] + bytes([exe[at] ^ 0x55]) + exe[at + 1:])
        code, out, err = run("update", "inspect", where / "bad.exe")
        died += code not in (0, 3) or (code == 3 and not err)
    tap.row(died == 0, "150 packages with one wrong byte: read or refused, none dies")


def manifests(where):
    where.joinpath("a.dll").write_bytes(b"x")
    head = "[Package]\nFamily = B\nId = KB123456\nTitle = T\n"
    for what, text, word in (
            ("no family", "[Package]\nId = KB123456\n[Files]\na.dll = 11\n", "Family"), ("no id", "[Package]\nFamily = A\nTitle = T\n", "Id"),
            ("no files", head, "[Files]"), ("a file that is not there", head + "[Files]\nb.dll = 11\n", "b.dll"),
            ("an unknown folder", head + "[Files]\na.dll = 999\n", "999"), ("a climbing folder", head + "[Files]\na.dll = 11, ..\\..\n", "T2"),
            ("a user's class", head + "[Files]\na.dll = 11\n[AddReg]\nHKR,x,y,,z\n", "HKR"),
            ("a bad prerequisite", head + "[Files]\na.dll = 11\n[Prerequisites]\nx = os2\n", "9x nor nt")):
        (where / "m").write_text(text)
        code, out, err = run("update", "make", where / "m", "-o", where / "out.exe")
        tap.row(code == 3 and word.encode() in err and not (where / "out.exe").exists(), f"manifest with {what}: refused", code, err)


for function in (others, theirs, refused, manifests):
    with folder() as name:
        function(pathlib.Path(name))
tap.finish()
