"""
win beside others: hives as reglookup and regfexport read them, versions as wrestool cuts them out of programs made by us, by windres
and by mingw, a Wine prefix as Wine's own reg reads it.
"""
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import trees  # noqa: E402

TYPES = ["NONE", "SZ", "EXPAND_SZ", "BINARY", "DWORD", "DWORD_BE", "LINK", "MULTI_SZ", "RSRC_LIST", "RSRC_DESC", "RSRC_REQ_LIST",
         "QWORD"]
EXPORT_TYPES = {"REG_SZ": 1, "REG_EXPAND_SZ": 2, "REG_BINARY": 3, "REG_DWORD_LITTLE_ENDIAN": 4, "REG_DWORD_BIG_ENDIAN": 5,
                "REG_LINK": 6, "REG_MULTI_SZ": 7, "REG_QWORD_LITTLE_ENDIAN": 11, "REG_NONE": 0}
ROWS = [
    ("Empty", None), ("", "at the root", "sz", "x"), (r"A\B\C", "", "sz", "default"), (r"A\b", "dword", "dword", 0xFFFFFFFF),
    ("Types", "qword", "qword", 2 ** 63 + 1), ("Types", "be", "dword_be", 7), ("Types", "none", "none", b""),
    ("Types", "short", "binary", b"abc"), ("Types", "long", "binary", bytes(range(256)) * 60), ("Types", "list", "multi_sz", ["a", "bc", "d"]),
    ("Types", "expand", "expand_sz", "%SystemRoot%\\x"), ("Types", "number", 77, b"\1\2\3\4\5"), ("Latin é", "naïve", "sz", "café"),
    ("日本語", "値", "sz", "日本語の文字列"), ("Emoji", "v", "sz", "\U0001F600"), *[(f"Many\\k{i:04}", "v", "dword", i) for i in range(1100)],
]


def decoded(text):
    return urllib.parse.unquote_to_bytes(text).decode("utf-8", "replace")


def ours(build, root, *paths):
    """[(path, time, [(name, type, bytes)])] and the error lines."""
    run = subprocess.run([build / "tests/win/win_dump", root, "keys", *paths], capture_output=True, text=True)
    keys, errors = [], [run.stderr] if run.returncode else []
    for line in run.stdout.splitlines():
        cells = line.split("\t")
        if cells[0] == "K":
            keys.append((decoded(cells[1]).split("\\"), int(cells[2]), []))
        elif cells[0] == "V":
            keys[-1][2].append((decoded(cells[1]), int(cells[2]), bytes.fromhex(cells[3])))
        else:
            errors.append(line)
    return keys, errors


def spellings(name):
    """How reglookup may show a name: it leaves alone what its ASCII cannot hold."""
    out = {name.encode("utf-8"), name.encode("utf-16-le", "surrogatepass")}
    try:
        out.add(name.encode("latin-1"))
    except UnicodeEncodeError:
        pass
    return out | {s.split(b"\0")[0] for s in out if "\0" in name}


def by_reglookup(hive):
    run = subprocess.run(["reglookup", hive], capture_output=True)
    keys = []
    for line in run.stdout.split(b"\n")[1:]:
        cells = line.rsplit(b",", 3)
        if len(cells) != 4:
            continue
        path = [urllib.parse.unquote_to_bytes(p) for p in cells[0].split(b"/")[1:]]
        if cells[1] == b"KEY":
            keys.append(([p for p in path if p], cells[3].decode(), []))
        else:
            keys[-1][2].append((path[-1], cells[1].decode()))
    return keys


def check_reglookup(row, label, hive, keys):
    theirs = by_reglookup(hive)
    row.check(len(theirs) == len(keys), f"{label}: as many keys as reglookup", len(keys), len(theirs))
    index = {tuple(k[0]): k for k in theirs}
    wrong = []
    for path, time, values in keys:
        candidates = [k for k in theirs if len(k[0]) == len(path) - 2 and all(a in spellings(b) for a, b in zip(k[0], path[2:]))] \
            if tuple(p.encode() for p in path[2:]) not in index else [index[tuple(p.encode() for p in path[2:])]]
        stamp = subprocess_time(time)
        good = [k for k in candidates if k[1] == stamp and len(k[2]) == len(values) and
                all((a[0] in spellings(b[0]) or (not a[0] and not b[0]) or a[0] == b"(default)") and type_fits(a[1], b[1])
                    for a, b in zip(k[2], values))]
        if not good:
            wrong.append(f"{path} {stamp} {candidates[:1]}")
    row.check(not wrong, f"{label}: key by key as reglookup", *wrong[:3])


def type_fits(text, number):
    return text == (TYPES[number] if number < len(TYPES) else f"0x{number:08X}") or number >= len(TYPES)


def subprocess_time(stamp):
    import datetime
    seconds = stamp // 10_000_000 - 11644473600
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def by_regfexport(hive):
    """[(path, [(name, type, size, text or bytes)])]"""
    text = subprocess.run(["regfexport", hive], capture_output=True).stdout.decode("utf-8", "replace")
    keys = []
    for part in re.split(r"^Key path: ", text, flags=re.M)[1:]:
        path, _, rest = part.partition("\n")
        values = []
        for value in re.split(r"^Value: \d+ ?", rest, flags=re.M)[1:]:
            name, _, body = value.partition("\n")
            kind = re.search(r"^Type: .*?(?:\((\w+)\))?$", body, re.M)
            size = re.search(r"^Data size: (\d+)$", body, re.M)
            dump = b"".join(bytes.fromhex(m[1].replace(" ", "")) for m in
                            re.finditer(r"^[0-9a-f]{8}: ((?:[0-9a-f]{2} {1,2}){1,16})", body, re.M))
            plain = re.search(r"^Data: (.*)$", body, re.M)
            values.append((name, kind[1] if kind else None, int(size[1]) if size else 0, dump, plain[1] if plain else None))
        keys.append((path, values))
    return keys


def same_data(number, raw, dump, plain):
    if dump:
        if len(raw) == 3 and dump == raw[1:] + b"\0":  # regfexport loses the first of three bytes within the value itself
            return True
        return raw == dump
    if plain is None:
        return not raw
    if number in (1, 2, 6):
        return raw.decode("utf-16-le", "replace").split("\0")[0] == plain
    if number in (4, 5, 11):
        return int.from_bytes(raw, "big" if number == 5 else "little") == int(plain, 0)
    return True


def check_regfexport(row, label, hive, keys):
    theirs = by_regfexport(hive)
    wrong = []
    shown = sorted((("\\".join(k[0][2:])).split("\0")[0] if "\0" in "\\".join(k[0]) else "\\".join(k[0][2:]), k) for k in keys)
    other = sorted((k[0].partition("\\")[2], k[1]) for k in theirs)
    row.check(len(shown) == len(other), f"{label}: as many keys as regfexport", len(shown), len(other))
    for (path, key), (path2, values) in zip(shown, other):
        if path != path2 or len(values) != len(key[2]):
            wrong.append(f"{path!r} {path2!r} {len(key[2])} {len(values)}")
            continue
        for (name, number, raw), (name2, kind, size, dump, plain) in zip(key[2], values):
            if name.split("\0")[0] != name2.replace("(default)", "") or size != len(raw) or \
                    (kind in EXPORT_TYPES and EXPORT_TYPES[kind] != number) or not same_data(number, raw, dump, plain):
                wrong.append(f"{path}: {name!r} {name2!r} {number} {kind} {len(raw)} {size} {raw[:20]!r} {dump[:20]!r} {plain!r}")
    row.check(not wrong, f"{label}: value by value as regfexport", *wrong[:3])


def hives(row, build, shared, work):
    files = [("ours", None)]
    if shared:
        files += [(p.name, p) for p in sorted((shared / "corpus/hives").iterdir()) if p.read_bytes()[:4] == b"regf"]
    for label, path in files:
        content = path.read_bytes() if path else trees.hive(ROWS)
        root = work / f"hive-{label}"
        trees.put(root, r"WINDOWS\system32\config\software", content)
        hive = root / "WINDOWS/system32/config/software"
        keys, errors = ours(build, root, r"HKLM\SOFTWARE")
        row.check(not errors and keys, f"{label}: read without an error", *errors[:3])
        check_reglookup(row, label, hive, keys)
        check_regfexport(row, label, hive, keys)
        if not path:
            expected = {}
            for key in [trees.tree_of(ROWS)]:
                stack = [("", key)]
                while stack:
                    name, k = stack.pop()
                    expected[name] = (k.time, sorted(k.values))
                    stack += [((name + "\\" if name else "") + c.name, c) for c in k.children.values()]
            got = {"\\".join(k[0][2:]): (k[1], sorted(k[2])) for k in keys}
            row.check(got == expected, "ours: exactly what was written", *[k for k in expected if got.get(k) != expected[k]][:5])


# ---- programs -----------------------------------------------------------------------------------------------------------

RC = """1 VERSIONINFO FILEVERSION {0} PRODUCTVERSION {1} FILEFLAGSMASK 0x3f FILEFLAGS 0x8
BEGIN BLOCK "StringFileInfo" BEGIN BLOCK "041104b0" BEGIN VALUE "FileVersion", "{2} (xpclient)" VALUE "SpecialBuild", "QFE" END
BLOCK "040904e4" BEGIN VALUE "CompanyName", "Test Company" END END
BLOCK "VarFileInfo" BEGIN VALUE "Translation", 0x411, 1200 END END
"""


def mingw(work, machine, version, product):
    target = {"x86": "i686-w64-mingw32", "amd64": "x86_64-w64-mingw32"}[machine]
    source, out = work / f"{machine}.rc", work / f"{machine}.dll"
    source.write_text(RC.format(version.replace(".", ","), product.replace(".", ","), version))
    subprocess.run([f"{target}-windres", source, "-O", "coff", "-o", work / f"{machine}.o"], check=True)
    subprocess.run([f"{target}-gcc", "-shared", "-nostdlib", "-Wl,--entry=0", "-o", out, work / f"{machine}.o"], check=True)
    return out.read_bytes()


def fixed_info(path):
    raw = subprocess.run(["wrestool", "--raw", "-x", "-t16", path], capture_output=True).stdout
    at = raw.find(struct.pack("<I", 0xFEEF04BD))
    if at < 0:
        return None
    words = struct.unpack_from("<8I", raw, at)
    return [f"{a >> 16}.{a & 0xFFFF}.{b >> 16}.{b & 0xFFFF}" for a, b in ((words[2], words[3]), (words[4], words[5]))]


def programs(row, build, work):
    root = trees.windows(work / "pe", "xp-sp1")
    versions = ["6.0.2800.1409", "6.0.2800.1123", "6.0.2739.300", "6.0.2720.3000", "6.0.3790.137", "5.50.4939.300",
                "5.50.4922.1500", "65535.65535.65535.65535", "0.0.0.1"]
    for number, version in enumerate(versions):
        for machine in ("x86", "ia64", "amd64"):
            product = versions[-1 - number]
            trees.put(root, f"WINDOWS/t/{machine}-{number}.dll",
                      trees.pe(version, machine, product=product, strings={"SpecialBuild": "QFE"}, language=0x411))
    for machine in ("x86", "amd64"):
        trees.put(root, f"WINDOWS/t/mingw-{machine}.dll", mingw(work, machine, "6.0.2800.1409", "6.0.2800.1"))
    wrong = []
    files = sorted((root / "WINDOWS/t").iterdir())
    for path in files:
        run = subprocess.run([build / "tests/win/win_dump", root, "pe", rf"C:\WINDOWS\t\{path.name}"], capture_output=True, text=True)
        cells = run.stdout.split("\n")[0].split("\t")
        if cells[1:3] != fixed_info(path):
            wrong.append(f"{path.name}: {cells} {fixed_info(path)}")
        if "SpecialBuild\tQFE" not in run.stdout:
            wrong.append(f"{path.name}: no string: {run.stdout}")
        sums = re.search(r"^C\t(\d+)\t(\d+)$", run.stdout, re.M)
        if "mingw" in path.name and (not sums or sums[1] != sums[2] or sums[1] == "0"):
            wrong.append(f"{path.name}: the linker's checksum: {run.stdout}")
        if "mingw" in path.name and "S\t040904e4\tCompanyName\tTest%20Company" not in run.stdout:
            wrong.append(f"{path.name}: the second language: {run.stdout}")
    row.check(not wrong, f"versions of {len(files)} programs as wrestool cuts them out", *wrong[:4])


# ---- Wine -----------------------------------------------------------------------------------------------------------------

WINE = ["/usr/lib/wine/wine64", "/usr/bin/wine64"]


# Keys that Wine makes when it runs and never saves; and one link, whose keys stand where it points.
VOLATILE = re.compile(r"\\(NETWORKCARDS|TEMPORARY SYSTEM PARAMETERS|FONTS\\CACHE|HARDWARE PROFILES|DEVICECLASSES|VIDEO|ACTIVECOMPUTERNAME|SERVICECURRENT|"
                      r"CLASS\\\{4D36E96[8E]|WINDOWS\\CURRENTVERSION\\TIME ZONES)")


def wine_binary():
    return next((w for w in WINE if os.path.exists(w)), None)


def prefix(build):
    """Made once for a build folder."""
    where = build / "wine-prefix"
    environment = dict(os.environ, WINEPREFIX=str(where), WINEDEBUG="-all", WINEDLLOVERRIDES="mscoree,mshtml=")
    environment.pop("DISPLAY", None)
    if not (where / "system.reg").is_file():
        shutil.rmtree(where, ignore_errors=True)
        subprocess.run([wine_binary(), "wineboot", "-i"], env=environment, capture_output=True, timeout=300)
        settle(environment)
    return where, environment


def settle(environment):
    server = next(s for s in ("/usr/lib/wine/wineserver64", "/usr/lib/wine/wineserver") if os.path.exists(s))
    subprocess.run([server, "-w"], env=environment, timeout=120)


def by_reg(environment, path):
    run = subprocess.run([wine_binary(), "reg", "query", path, "/s"], env=environment, capture_output=True, timeout=300)
    keys, current = {}, None
    for line in run.stdout.decode("utf-8", "replace").replace("\r", "").split("\n"):
        if line.startswith("HKEY_"):
            current = keys.setdefault(line.upper(), {})
        elif line.startswith("    ") and current is not None:
            cells = line[4:].split("    ")
            if len(cells) >= 3 and cells[1].startswith("REG_"):
                current[cells[0].upper()] = (cells[1], "    ".join(cells[2:]))
    return keys


def shown(number, raw):
    if number in (1, 2):
        return ("REG_SZ" if number == 1 else "REG_EXPAND_SZ", raw.decode("utf-16-le", "replace").split("\0")[0])
    if number == 4 and len(raw) == 4:
        return "REG_DWORD", f"0x{int.from_bytes(raw, 'little'):x}"
    return None


def wine(row, build):
    where, environment = prefix(build)
    row.check((where / "system.reg").is_file(), "wineboot makes a prefix")
    for path in (r"HKEY_LOCAL_MACHINE\Software\Microsoft", r"HKEY_LOCAL_MACHINE\System\CurrentControlSet\Control", "HKEY_CURRENT_USER\\Software"):
        theirs = by_reg(environment, path)
        settle(environment)
        keys, errors = ours(build, where, path)
        wrong, compared = [], 0
        for names, _, values in keys:
            name = "\\".join(names).upper()
            name = re.sub(r"^HKEY_USERS\\S-1-5-21-[^\\]*", "HKEY_CURRENT_USER", name)
            if name not in theirs:
                if name.upper() != path.upper() and not name.endswith(r"PERFLIB\009"):  # its reg shows neither
                    wrong.append(f"{name}: unknown to Wine")
                continue
            for value, number, raw in values:
                mine, other = shown(number, raw), theirs[name].get((value or "(Default)").upper())
                if mine is None or any(ord(c) > 126 or ord(c) < 32 for c in value + mine[1]) or "    " in value:
                    continue  # what a console cannot show
                compared += 1
                if mine != other:
                    wrong.append(f"{name} {value}: {mine} {other}")
        row.check(not errors and not wrong and compared > 100, f"{path} of a Wine prefix as its reg says ({len(keys)} keys, {compared} values)",
                  *errors[:3], *wrong[:5])
        mine = {re.sub(r"^HKEY_USERS\\S-1-5-21-[^\\]*", "HKEY_CURRENT_USER", "\\".join(k[0]).upper()) for k in keys}
        missing = [name for name in theirs if name not in mine and not VOLATILE.search(name)]
        row.check(not missing, f"{path}: no key is missing", len(missing), *missing[:5])


def edited(build, root, *words):
    run = subprocess.run([build / "tests/win/win_dump", root, "edit", *words], capture_output=True)
    return run.stdout if run.returncode == 0 else run.stderr


def edits(row, build, work):
    """A hive changed by us, as reglookup and our own writer see it."""
    root = trees.windows(work / "edit", "xp-sp1", software=ROWS)
    hive = root / "WINDOWS/system32/config/software"
    hive.write_bytes(edited(build, root, "WINDOWS/system32/config/software", r"Microsoft\Active Setup\{x}", "Version", "6,0,2800,1409"))
    keys, errors = ours(build, root, r"HKLM\SOFTWARE")
    check_reglookup(row, "changed", hive, keys)
    check_regfexport(row, "changed", hive, keys)
    got = {tuple(k[0][2:]): sorted(k[2]) for k in keys}
    expected = {}
    stack = [((), trees.tree_of([*trees.base_rows("xp-sp1")[0], *ROWS,
                                 (r"Microsoft\Active Setup\{x}", "Version", "sz", "6,0,2800,1409")]))]
    while stack:
        path, key = stack.pop()
        expected[path] = sorted(key.values)
        stack += [((*path, c.name), c) for c in key.children.values()]
    row.check(not errors and got == expected, "a changed hive holds what it held and the change",
              *[k for k in expected if got.get(k) != expected[k]][:3])


def wine_edit(row, build):
    """Wine reads what we wrote into its prefix, and still has the rest."""
    where, environment = prefix(build)
    before = (where / "system.reg").read_bytes()
    text = edited(build, where, "system.reg", r"Software\Postern\Test [1]", "value \"é\"", "a\\b \"c\"")
    row.check(text.startswith(b"WINE REGISTRY"), "system.reg is changed", text[:300])
    if not text.startswith(b"WINE REGISTRY"):
        return
    lines = set(text.split(b"\n"))
    kept = sum(line in lines for line in before.split(b"\n"))
    row.check(kept == len(before.split(b"\n")), "every other line stays", kept)
    (where / "system.reg").write_bytes(text)
    told = by_reg(environment, r"HKEY_LOCAL_MACHINE\Software\Postern")
    settle(environment)
    (where / "system.reg").write_bytes(before)
    values = told.get("HKEY_LOCAL_MACHINE\\SOFTWARE\\POSTERN\\TEST [1]", {})
    row.check([v for k, v in values.items() if k.startswith('VALUE "')] == [("REG_SZ", 'a\\b "c"')], "Wine's reg shows the new value", told)


def stage(row, build, shared):
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        hives(row, build, shared, work)
        programs(row, build, work)
        edits(row, build, work)
    if wine_binary():
        wine(row, build)
        wine_edit(row, build)
    else:
        row.check(False, "wine64 is installed (tools/need test)")
