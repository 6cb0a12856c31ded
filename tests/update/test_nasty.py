"""
Packages as nobody would make them: cabinets in sets, in odd places and with odd names; setup information with every flag, in every
encoding, that goes in circles; what is not understood is refused with its reason, and nothing is written.
"""
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess

from bulletin import PACKAGES, make, run, system
from cli import Tap, folder
from tree import differences, state

tap = Tap()
HEAD = '[Version]\nSignature="$CHICAGO$"\n[DefaultInstall]\n'
TAIL = '[DestinationDirs]\nDefaultDestDir=11\n[Strings]\nUpdateId="Q123456"\nTitle="T"\n'


def cab(files, flags=0, extra=b"", declared=None, compression=0, folder_of=0, at=None):
    """A cabinet without compression; `files`: (name as bytes, content)."""
    data = b"".join(content for _, content in files)
    entries, where = b"", 0
    for name, content in files:
        entries += struct.pack("<IIHHHH", len(content) if declared is None else declared, where if at is None else at, folder_of, 0x21, 0, 0x20) + name + b"\0"
        where += len(content)
    blocks = [data[i:i + 32768] for i in range(0, len(data), 32768)] or [b""]
    body = b"".join(struct.pack("<IHH", 0, len(b), len(b)) + b for b in blocks)
    first = 36 + len(extra) + 8
    head = b"MSCF" + struct.pack("<IIIIIBBHHHHH", 0, first + len(entries) + len(body), 0, first, 0, 3, 1, 1, len(files), flags, 7, 0)
    return head + extra + struct.pack("<IHH", first + len(entries), len(blocks), compression) + entries + body


def program(sections):
    """A PE program of sections (name, bytes)."""
    optional = struct.pack("<HBBIIIIIIIIIHHHHHHIIIIHHIIIIII", 0x10B, 6, 0, 0, 0, 0, 0, 0x1000, 0x1000, 0x400000, 0x1000, 0x200, 4, 0, 0, 0, 4, 0, 0,
                           0x1000 * (len(sections) + 1), 0x400, 0, 2, 0, 0x100000, 0x1000, 0x100000, 0x1000, 0, 16) + bytes(128)
    out = b"MZ" + bytes(58) + struct.pack("<I", 0x80) + bytes(64) + b"PE\0\0" + struct.pack("<HHIIIHH", 0x14C, len(sections), 0, 0, 0, len(optional), 0x102) + optional
    at, body = 0x400, b""
    for i, (name, content) in enumerate(sections):
        raw = content + bytes(-len(content) % 512)
        out += name.ljust(8, b"\0") + struct.pack("<IIIIIIHHI", len(content), 0x1000 * (i + 1), len(raw), at, 0, 0, 0, 0, 0x40000040)
        body += raw
        at += len(raw)
    return out.ljust(0x400, b"\0") + body


def tree(root):
    return {str(p.relative_to(root)): p.read_bytes() for p in pathlib.Path(root).rglob("*") if p.is_file()}


def both(where, name, content):
    """Ours and cabextract, and 7z's list, of the same file: exit of ours, its error, the two trees, the names."""
    package = where / (name + ".exe")
    package.write_bytes(content)
    for tool in ("ours", "theirs"):
        shutil.rmtree(where / tool, ignore_errors=True)
    code, out, err = run("update", "extract", "-q", package, "-d", where / "ours")
    subprocess.run(["cabextract", "-q", "-d", where / "theirs", package], capture_output=True)
    listed = subprocess.run(["7z", "l", "-slt", package], capture_output=True, text=True)
    names = {n.replace("\\", "/") for n in re.findall(r"^Path = (.+)$", listed.stdout, re.M)[1:]}
    return code, err, tree(where / "ours") if (where / "ours").exists() else {}, tree(where / "theirs") if (where / "theirs").exists() else {}, names


def places(where):
    inside = cab([(b"a.txt", b"hello\r\n" * 9), (b"sub\\b.bin", bytes(range(256)))])
    decoy = b"MSCF" + bytes(4) + b"MSCF\0\0\0\0" + struct.pack("<II", 99999999, 0) + bytes(20)
    rows = [("at an odd offset", b"MZ" + bytes(513) + inside), ("in a section", program([(b".text", b"\xC3"), (b".data", b"x" * 7 + inside)])),
            ("behind the sections", program([(b".text", b"\xC3")]) + bytes(3) + inside), ("behind words that look like one", program([(b".text", decoy * 3)]) + inside),
            ("twice", program([(b".text", b"\xC3")]) + inside + cab([(b"second", b"2")]))]
    for what, content in rows:
        code, err, ours, theirs, names = both(where, "place", content)
        same = ours == theirs or (what == "twice" and set(ours) <= set(theirs))
        tap.row(code == 0 and len(ours) == 2 and same, f"a cabinet {what}: cabextract unpacks the same", code, err, sorted(ours), sorted(theirs))
    code, err, ours, theirs, names = both(where, "place", inside)
    tap.row(set(ours) == names == {"a.txt", "sub/b.bin"}, "7z lists the same", sorted(names))
    for what, content, word in (
            ("a set that goes on", cab([(b"a", b"x")], 2, b"next.cab\0disk 2\0"), "goes on in another file"),
            ("a set that began before", cab([(b"a", b"x")], 1, b"prev.cab\0disk 0\0"), "goes on in another file"),
            ("a file that goes on", cab([(b"a", b"x")], folder_of=0xFFFE), ""), ("a file that began before", cab([(b"a", b"x")], folder_of=0xFFFD), ""),
            ("a file in no folder", cab([(b"a", b"x")], folder_of=7), ""), ("a file behind its folder", cab([(b"a", b"x")], at=0x7FFFFF00), ""),
            ("an unknown compression", cab([(b"a", b"x" * 99)], compression=9), ""), ("Quantum that is none", cab([(b"a", b"x" * 99)], compression=0x722), ""),
            ("LZX that is none", cab([(b"a", b"x" * 99)], compression=0x1503), ""), ("no name", cab([(b"", b"x")]), ""),
            ("a name that is no text", cab([(b"\xFF\xFE", b"x")]), "T2"), ("a long way up", cab([(b"..\\" * 40 + b"x", b"x")]), "T2"),
            ("another drive", cab([(b"\\\\server\\share\\x", b"x")]), "T2"), ("a dot", cab([(b".\\x", b"x")]), "T2"), ("two separators", cab([(b"a\\\\x", b"x")]), "T2"),
            ("a folder as file", cab([(b"a\\", b"x")]), "T2"), ("blank at the end", cab([(b"x ", b"x")]), "T2"), ("a printer", cab([(b"LPT1.txt", b"x")]), "T2"),
            ("a wildcard", cab([(b"*.dll", b"x")]), "T2"), ("a bomb", cab([(b"a", b"x")], declared=0x7FFF8000), "PACKAGE_"),
            ("no folder", inside[:26] + b"\0\0" + inside[28:], ""), ("no file", inside[:28] + b"\0\0" + inside[30:], ""),
            ("an index in front of the header", inside[:16] + struct.pack("<I", 4) + inside[20:], ""), ("an index behind the end", inside[:16] + struct.pack("<I", 0xFFFFFF) + inside[20:], "")):
        for lead in (b"", program([(b".text", b"\xC3")])):
            shutil.rmtree(where / "out", ignore_errors=True)
            (where / "out").mkdir()
            (where / "bad.exe").write_bytes(lead + content)
            code, out, err = run("update", "extract", where / "bad.exe", "-d", where / "out")
            tap.row(code == 3 and word.encode() in err and b"bad.exe: " in err and not any((where / "out").iterdir()) and not (where / "x").exists(),
                    f"{what}{' in a program' if lead else ''}: refused, nothing written", code, out, err)


def shown(where, inf, files=("a.dll",), name="q123456.inf"):
    at = where / "package"
    shutil.rmtree(at, ignore_errors=True)
    at.mkdir()
    (at / name).write_bytes(inf if isinstance(inf, bytes) else inf.encode())
    for one in files:
        (at / one).parent.mkdir(parents=True, exist_ok=True)
        (at / one).write_bytes(one.encode())
    code, out, err = run("update", "inspect", at, "--json")
    return code, json.loads(out) if out else {}, err


def words(where):
    """What is refused, and the reason."""
    for what, text, word in (
            ("a number of a folder that is none", "CopyFiles=F\n[F]\na.dll\n[DestinationDirs]\nF=12345\n[Strings]\n", "12345"),
            ("no destination", "CopyFiles=F\n[F]\na.dll\n[Strings]\n", "destination"),
            ("a destination that climbs", "CopyFiles=F\n[F]\na.dll\n[DestinationDirs]\nF=11,..\\..\n[Strings]\n", "T2"),
            ("a section that is not there", "CopyFiles=G\n" + TAIL, "has no section"),
            ("a section that copies itself", "CopyFiles=DefaultInstall\n" + TAIL, "DefaultInstall"),
            ("an unknown flag of CopyFiles", "CopyFiles=F\n[F]\na.dll,,,0x80000000\n" + TAIL, "flags"),
            ("a file that is not there", "CopyFiles=F\n[F]\nb.dll\n" + TAIL, "b.dll"),
            ("a path for a name", "CopyFiles=F\n[F]\nsub\\a.dll\n" + TAIL, "T2"), ("a name that climbs", "CopyFiles=F\n[F]\n..\\a.dll\n" + TAIL, "T2"),
            ("a wildcard", "CopyFiles=F\n[F]\n*.dll\n" + TAIL, "T2"), ("a device", "CopyFiles=F\n[F]\nnul,a.dll\n" + TAIL, "T2"),
            ("DelFiles", "DelFiles=F\n[F]\na.dll\n" + TAIL, "DelFiles"), ("RenFiles", "RenFiles=F\n[F]\na.dll,b.dll\n" + TAIL, "RenFiles"),
            ("UpdateInis", "UpdateInis=F\n[F]\nwin.ini,x,,y\n" + TAIL, "UpdateInis"), ("Ini2Reg", "Ini2Reg=F\n[F]\nx\n" + TAIL, "Ini2Reg"),
            ("another file that it includes", "Include=evil.inf\nNeeds=X\n" + TAIL, "Include"),
            ("one text out of a list", "DelReg=R\n[R]\nHKLM,Soft\\X,V,0x00018002,a\n" + TAIL, "flags"),
            ("a deletion without a name", "DelReg=R\n[R]\nHKLM,Soft\\X,\n" + TAIL, "without a name"),
            ("a root that means nothing", "AddReg=R\n[R]\nHKR,X,V,,x\n" + TAIL, "HKR"), ("no key", "AddReg=R\n[R]\nHKLM,,V,,x\n" + TAIL, "no key"),
            ("a text appended to no list", "AddReg=R\n[R]\nHKLM,Soft\\X,V,0x8,x\n" + TAIL, "flags"),
            ("the 32-bit half", "AddReg=R\n[R]\nHKLM,Soft\\X,V,0x4000,x\n" + TAIL, "flags"), ("an unknown type", "AddReg=R\n[R]\nHKLM,Soft\\X,V,0x50000,x\n" + TAIL, "type"),
            ("a byte that is none", "AddReg=R\n[R]\nHKLM,Soft\\X,V,1,123\n" + TAIL, "byte"), ("a number that is none", "AddReg=R\n[R]\nHKLM,Soft\\X,V,0x10001,many\n" + TAIL, "number"),
            ("flags that are none", "AddReg=R\n[R]\nHKLM,Soft\\X,V,binary,1\n" + TAIL, "flags"),
            ("a string that nothing defines", "CopyFiles=%Nothing%\n" + TAIL, "does not define"), ("a quote that nothing closes", 'CopyFiles="F\n' + TAIL, "quote"),
            ("a section without its bracket", "[F\n" + TAIL, "bracket"), ("a NUL", "CopyFiles=F\0\n" + TAIL, "NUL"),
            ("a user's whole world", "AddReg=R\n[R]\nHKEY_LOCAL_MACHINE,Soft\\X,V,,x\n" + TAIL, "HKEY_LOCAL_MACHINE")):
        code, told, err = shown(where, HEAD + text)
        tap.row(code == 3 and word.encode() in err, f"{what}: refused", code, err, told.get("copies"))
    code, told, err = shown(where, "x=y\n" + HEAD + TAIL)
    tap.row(code == 3 and b"outside every section" in err, "a line outside every section", err)
    code, told, err = shown(where, HEAD + "AddReg=R\n[R]\nHKLM,Soft\\X,V,,%A%\n" + TAIL + "A=%B%\nB=%A%\n")
    tap.row(code == 0 and told["registry"][0]["data"] == '"%B%"', "strings in a circle: put in once", err, told.get("registry"))
    code, told, err = shown(where, HEAD + "AddReg=R,R\n[R]\nHKLM,Soft\\X,V,,x\n" + TAIL)
    tap.row(code == 0 and len(told["registry"]) == 2, "a section twice", err)
    for flags, only_absent, only_present, any_version in (("", 0, 0, 0), ("0x10", 1, 0, 0), ("0x400", 0, 1, 0), ("4", 0, 0, 1), ("0x7C6B", 0, 1, 0), ("32", 0, 0, 0)):
        code, told, err = shown(where, HEAD + f"CopyFiles=F\n[F]\na.dll,,,{flags}\n" + TAIL)
        copy = told.get("copies", [{}])[0]
        tap.row(code == 0 and (copy["only_if_absent"], copy["only_if_present"], copy["any_version"]) == (only_absent, only_present, any_version), f"CopyFiles with {flags or 'no flags'}", err, copy)


def languages(where):
    """Encodings, and strings by language."""
    body = HEAD + "LanguageType=0411\nAddReg=R\n[R]\nHKLM,Soft\\X,V,,%Text%\n[DestinationDirs]\nDefaultDestDir=11\n"
    body = body.replace("LanguageType=0411\n", "").replace("[DefaultInstall]", "LanguageType=0411\n[DefaultInstall]")
    japanese = "ソフトウェアの表示能力を更新"  # 0x5C is the second byte of three of its characters in code page 932
    text = body + f'[Strings]\nUpdateId="Q123456"\nTitle="{japanese}"\nText="{japanese}\\\\x"\n'
    for what, content in (("cp932", text.encode("cp932")), ("UTF-8", text.encode()), ("UTF-8 with a mark", text.encode("utf-8-sig")),
                          ("UTF-16", b"\xff\xfe" + text.encode("utf-16-le")), ("UTF-16, the other way round", b"\xfe\xff" + text.encode("utf-16-be"))):
        code, told, err = shown(where, content)
        tap.row(code == 0 and told["title"] == japanese and told["registry"][0]["data"] == f'"{japanese}\\\\x"', f"in {what}", code, err, told.get("title"))
    cyrillic = "Обновление"
    code, told, err = shown(where, text.replace("0411", "0419").replace(japanese, cyrillic).encode("cp1251"))
    tap.row(code == 0 and told["title"] == cyrillic, "in cp1251", err, told.get("title"))
    sections = '[Strings]\nUpdateId="Q123456"\nTitle="Title"\nText="neutral"\nBase="base"\n[Strings.0411]\nTitle="題"\nText="日本"\n[Strings.0407]\nText="deutsch"\nOnly="nur"\n'
    for language, wanted in (("0411", "日本"), ("0407", "deutsch"), ("0409", "neutral")):
        code, told, err = shown(where, body.replace("0411", language) + sections)
        tap.row(code == 0 and told["registry"][0]["data"] == f'"{wanted}"', f"strings of {language}", err, told.get("registry"))
    code, told, err = shown(where, body.replace("%Text%", "%Base%") + sections)
    tap.row(code == 0 and told["registry"][0]["data"] == '"base"', "a string that the language lacks", err)
    code, told, err = shown(where, body.replace("%Text%", "%Only%") + sections)
    tap.row(code == 0 and told["registry"][0]["data"] == '"nur"', "a string that only another language has", err)


REGISTRY = """HKLM,Software\\T,sz,,"a ""quoted"", text"
HKLM,Software\\T,expand,0x20000,"%%SystemRoot%%\\x"
HKLM,Software\\T,multi,0x10000,one,two
HKLM,Software\\T,dword,0x10001,0x1234
HKLM,Software\\T,bytes,1,00,ff,7
HKLM,Software\\T,dwordbytes,0x10001,78,56,34,12
HKLM,Software\\T,qword,0xB0001,1,0,0,0,0,0,0,0
HKLM,Software\\T,none,0x20001
HKLM,Software\\T,,,default
HKLM,Software\\T,folder,,"%11%\\x.dll"
HKLM,Software\\T\\OnlyKey,,0x10
HKLM,Software\\T,kept,0x2,new
HKLM,Software\\T,fresh,0x2,new
HKLM,Software\\T,over,0x20,new
HKLM,Software\\T,absent,0x20,new
HKLM,Software\\T,list,0x10008,b,C,d
HKLM,Software\\T,newlist,0x10008,x
HKLM,Software\\T,gone,0x4
HKLM,Software\\T,native,0x1000,x
"""


def registry(where):
    """All types and flags of AddReg and DelReg on a system, asked back, and taken out again."""
    package = PACKAGES[0]
    inf = HEAD + "CopyFiles=F\nAddReg=R\nDelReg=D\n[F]\na.dll\n[R]\n" + REGISTRY + "[D]\nHKLM,Software\\Old\nHKLM,Software\\T,dropped\nHKLM,Software\\T\\Sub,,0x2000\n" + TAIL
    shown(where, inf)
    root = system(package, where / "tree", software=[(r"T", "kept", "sz", "old"), (r"T", "over", "sz", "old"), (r"T", "list", "multi_sz", ["a", "B"]), (r"T", "gone", "sz", "x"),
                                                     (r"T", "dropped", "dword", 7), (r"T", "stays", "sz", "x"), (r"T\Sub\Below", "v", "sz", "x"), (r"Old\Key", "v", "sz", "x")])
    before = state(root)
    code, out, err = run("update", "install", where / "package", "--root", root)
    tap.row(code == 0, "every kind of AddReg and DelReg is installed", err)
    for name, wanted in (("sz", 'a "quoted", text'), ("expand", r"%SystemRoot%\x"), ("dword", 0x1234), ("dwordbytes", 0x12345678), ("qword", 1), ("@", "default"), ("folder", r"C:\WINDOWS\system32\x.dll"),
                         ("kept", "old"), ("fresh", "new"), ("over", "new"), ("stays", "x"), ("native", "x")):
        code, out, err = run("audit", root, "--query", rf"registry:HKLM\Software\T\{name} = {wanted}")
        tap.row(b"yes" in out or b"true" in out, f"{name} is {wanted}", code, out, err)
    for name, wanted in (("multi", ["one", "two"]), ("list", ["a", "B", "C", "d"]), ("newlist", ["x"])):
        for one in wanted:
            code, out, err = run("audit", root, "--query", rf"registry:HKLM\Software\T\{name} = {one}")
            tap.row(b"yes" in out or b"true" in out, f"{name} holds {one}", code, out, err)
    for name in ("absent", "gone", "dropped"):
        code, out, err = run("audit", root, "--query", rf"registry:HKLM\Software\T\{name} missing")
        tap.row(b"yes" in out or b"true" in out, f"{name} is missing", code, out, err)
    for key, word in (("T\\Sub", "missing"), ("Old", "missing"), ("T\\OnlyKey", "exists")):
        code, out, err = run("audit", root, "--query", rf"registry:HKLM\Software\{key} {word}")
        tap.row(b"yes" in out or b"true" in out, f"{key} {word}", code, out, err)
    dump = subprocess.run([os.environ["WIN_DUMP"], root, "keys", r"HKLM\SOFTWARE\T"], capture_output=True).stdout
    tap.row(b"00ff07" in dump.lower() or b"00 ff 07" in dump.lower(), "bytes are these bytes", dump[-2000:])
    code, out, err = run("update", "verify", root, "KB123456")
    tap.row(code == 0, "verified", out, err)
    code, out, err = run("update", "remove", root, "KB123456")
    tap.row(code == 0 and state(root) == before, "and taken out, byte by byte", err, *differences(before, state(root)))


def present_files(where):
    package = PACKAGES[0]
    root = system(package, where / "tree", files={r"WINDOWS\system32\a.dll": b"the user's own"})
    before = state(root)
    shown(where, HEAD + "CopyFiles=F\n[F]\na.dll,,,0x10\nb.dll,,,0x10\n" + TAIL, ("a.dll", "b.dll"))
    code, out, err = run("update", "install", where / "package", "--root", root, "--dry-run")
    tap.row(code == 0 and b"keep, present" in out and b"add " in out, "the plan keeps a file that is not to be written over", out, err)
    code, out, err = run("update", "install", where / "package", "--root", root)
    tap.row(code == 0 and (root / "WINDOWS/system32/a.dll").read_bytes() == b"the user's own" and (root / "WINDOWS/system32/b.dll").exists(), "and so it is done", err)
    run("update", "remove", root, "KB123456")
    tap.row(state(root) == before, "and undone", *differences(before, state(root)))
    shown(where, HEAD + "CopyFiles=F,G,@a.dll\n[F]\na.dll\n[G]\na.dll\n" + TAIL)
    code, out, err = run("update", "install", where / "package", "--root", root)
    tap.row(code == 0 and (root / "WINDOWS/system32/a.dll").read_bytes() == b"a.dll", "one file named three times", code, err)
    run("update", "remove", root, "KB123456")
    tap.row(state(root) == before, "and undone", *differences(before, state(root)))
    shown(where, HEAD + "CopyFiles=F\n[F]\na.dll\n[DestinationDirs]\nF=16422,New Folder\\Below\n[Strings]\nUpdateId=Q123456\nTitle=T\n")
    code, out, err = run("update", "install", where / "package", "--root", root)
    made = root / "Program Files/New Folder/Below/a.dll"
    tap.row(code == 0 and made.exists(), "a folder that is not there yet is made", code, err)
    run("update", "remove", root, "KB123456")
    tap.row(state(root) == before, "and goes again", *differences(before, state(root)))


def iexpress(where):
    """Without RUNPROGRAM, with one that names no setup information, with a program."""
    exe = make(PACKAGES[0], where).read_bytes()
    for what, old, new in (("no RUNPROGRAM", "RUNPROGRAM", "XUNPROGRAM"), ("RUNPROGRAM names nothing", "q837009.inf\0", "q837009.txt\0"), ("no title", "TITLE", "XITLE")):
        pattern, put = (old.encode("utf-16-le"), new.encode("utf-16-le")) if old.isupper() else (old.encode(), new.encode())
        at = exe.rindex(pattern)
        (where / "odd.exe").write_bytes(exe[:at] + put + exe[at + len(pattern):])
        code, out, err = run("update", "inspect", where / "odd.exe", "--json")
        told = json.loads(out) if out else {}
        tap.row(code == 0 and told["kind"] == "iexpress" and told["family"] == "B" and told["update"] == "KB837009", f"{what}: the only .inf is its setup", code, err, told.get("setup"))
    at = exe.rindex("CABINET".encode("utf-16-le"))
    (where / "odd.exe").write_bytes(exe[:at] + "CABINOT".encode("utf-16-le") + exe[at + 14:])
    code, out, err = run("update", "inspect", where / "odd.exe", "--json")
    tap.row(code == 0 and json.loads(out)["kind"] == "sfxcab", "no resource CABINET: the cabinet is found all the same", code, err)


for function in (places, words, languages, registry, present_files, iexpress):
    with folder() as name:
        function(pathlib.Path(name))
tap.finish()
