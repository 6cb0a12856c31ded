"""
Offline Windows systems for tests, out of nothing but this file: registry hives, PE files at exact versions, Wine prefixes, trees.

    rows = [(r"Microsoft\\Windows NT\\CurrentVersion", "ProductName", "sz", "Microsoft Windows XP"), (r"Key\\Without", None)]
    hive(rows) -> bytes                        a registry hive (regf 1.3), clean; hive(rows, dirty=True)
    pe("6.0.2800.1409", machine="x86", strings={"SpecialBuild": "QFE"}, size=593408) -> bytes
    windows(root, "xp-sp1", software=rows, system=rows, users={"hanako": rows}, files={path: bytes}) -> pathlib.Path
    wine(root, ...) the same as a Wine prefix

Types: sz, expand_sz, multi_sz (a list), dword, dword_be, qword, binary, none, link, or a number with bytes. Nothing here reads a
real file; the writers follow the descriptions of the formats, so they are an independent check of our readers.
"""
import pathlib
import struct

TYPES = {"none": 0, "sz": 1, "expand_sz": 2, "binary": 3, "dword": 4, "dword_be": 5, "link": 6, "multi_sz": 7, "qword": 11}
MACHINES = {"x86": 0x14C, "ia64": 0x200, "amd64": 0x8664}
TIME = 0x1C41B5B9E6C0000  # 2004-04-06, 100 ns since 1601


def data_of(kind, value):
    """(number of the type, bytes as a hive holds them)."""
    if isinstance(kind, int):
        return kind, bytes(value)
    number = TYPES[kind]
    if kind in ("sz", "expand_sz", "link"):
        return number, (value + "\0").encode("utf-16-le")
    if kind == "multi_sz":
        return number, ("".join(text + "\0" for text in value) + "\0").encode("utf-16-le")
    packed = {"dword": "<I", "dword_be": ">I", "qword": "<Q"}.get(kind)
    return number, struct.pack(packed, value) if packed else bytes(value)


# ---- hives ------------------------------------------------------------------------------------------------------------

class Key:
    def __init__(self, name, time=TIME):
        self.name, self.time, self.values, self.children = name, time, [], {}

    def at(self, path):
        key = self
        for name in [n for n in path.split("\\") if n]:
            key = key.children.setdefault(name.upper(), Key(name))
        return key


def tree_of(rows, name="ROOT"):
    root = Key(name)
    for row in rows:
        key = root.at(row[0])
        if row[1] is not None:
            key.values = [v for v in key.values if v[0].upper() != row[1].upper()]
            key.values.append((row[1], *data_of(row[2], row[3])))
    return root


class Writer:
    """Cells one after the other; offsets count from the end of the base block."""

    def __init__(self):
        self.bytes = bytearray(32)

    def cell(self, content):
        at = len(self.bytes)
        size = (len(content) + 4 + 7) & ~7
        self.bytes += struct.pack("<i", -size) + content + bytes(size - 4 - len(content))
        return at

    def put(self, at, form, *numbers):
        struct.pack_into(form, self.bytes, at + 4, *numbers)


def name_bytes(name):
    try:
        return name.encode("latin-1"), True
    except UnicodeEncodeError:
        return name.encode("utf-16-le"), False


def write_values(w, values):
    offsets = []
    for name, kind, data in values:
        text, narrow = name_bytes(name)
        if len(data) <= 4:
            length, where = len(data) | 0x80000000, int.from_bytes(data.ljust(4, b"\0"), "little")
        else:
            length, where = len(data), w.cell(data)
        offsets.append(w.cell(b"vk" + struct.pack("<HIIIHH", len(text), length, where, kind, int(narrow and name != ""), 0) + text))
    return w.cell(struct.pack(f"<{len(offsets)}I", *offsets)) if offsets else 0xFFFFFFFF


def hash_of(name):
    number = 0
    for c in name.upper():
        number = (number * 37 + ord(c)) & 0xFFFFFFFF
    return number


def write_key(w, key, parent, security, root):
    text, narrow = name_bytes(key.name)
    flags = (0x20 if narrow else 0) | (0x0C if root else 0)
    at = w.cell(b"nk" + struct.pack("<HQIIII", flags, key.time, 0, parent, len(key.children), 0) +
                struct.pack("<IIIIII", 0xFFFFFFFF, 0xFFFFFFFF, len(key.values), 0xFFFFFFFF, security, 0xFFFFFFFF) +
                struct.pack("<IIIIIHH", max([2 * len(c.name) for c in key.children.values()], default=0), 0,
                            max([2 * len(v[0]) for v in key.values], default=0),
                            max([len(v[2]) for v in key.values], default=0), 0, len(text), 0) + text)
    w.put(at, "<I", 0)
    w.bytes[at + 4:at + 6] = b"nk"
    struct.pack_into("<H", w.bytes, at + 6, flags)
    struct.pack_into("<I", w.bytes, at + 4 + 40, write_values(w, key.values))
    children = [key.children[n] for n in sorted(key.children)]
    offsets = [write_key(w, child, at, security, False) for child in children]
    lists = []
    for i in range(0, len(offsets), 500):
        part = offsets[i:i + 500]
        lists.append(w.cell(b"lh" + struct.pack("<H", len(part)) +
                            b"".join(struct.pack("<II", o, hash_of(c.name)) for o, c in zip(part, children[i:]))))
    if len(lists) == 1:
        struct.pack_into("<I", w.bytes, at + 4 + 28, lists[0])
    elif lists:
        struct.pack_into("<I", w.bytes, at + 4 + 28, w.cell(b"ri" + struct.pack("<H", len(lists)) +
                                                            struct.pack(f"<{len(lists)}I", *lists)))
    return at


def every_key(key):
    yield key
    for child in key.children.values():
        yield from every_key(child)


def hive(rows, dirty=False, name="ROOT", time=TIME):
    """A hive file. `dirty`: its second sequence number is one behind."""
    w = Writer()
    keys = tree_of(rows, name)
    security = w.cell(b"sk" + struct.pack("<HIIII", 0, 32, 32, 1, 20) + b"\x01\0\0\x80" + bytes(16))
    struct.pack_into("<III", w.bytes, security + 8, security, security, len(list(every_key(keys))))
    root = write_key(w, keys, 0, security, True)
    size = (len(w.bytes) + 8 + 4095) & ~4095
    free = size - len(w.bytes)
    w.bytes += struct.pack("<i", free) + bytes(free - 4)
    w.bytes[:32] = b"hbin" + struct.pack("<IIQQI", 0, size, 0, time, 0)
    base = bytearray(4096)
    base[:48] = b"regf" + struct.pack("<IIQIIIIIII", 2, 1 if dirty else 2, time, 1, 3, 0, 1, root, size, 1)
    return sign(base + w.bytes)


def sign(image):
    """The base block's checksum made right."""
    image = bytearray(image)
    total = 0
    for number in struct.unpack_from("<127I", image):
        total ^= number
    struct.pack_into("<I", image, 508, {0: 1, 0xFFFFFFFF: 0xFFFFFFFE}.get(total, total))
    return bytes(image)


# ---- programs ---------------------------------------------------------------------------------------------------------

def block(key, value, text, children=b""):
    head = struct.pack("<HHH", 0, len(value) // 2 if text else len(value), int(text)) + (key + "\0").encode("utf-16-le")
    head += bytes(-len(head) % 4) + value
    if children:
        head += bytes(-len(head) % 4) + children
    return struct.pack("<H", len(head)) + head[2:]


def joined(blocks):
    out = b""
    for b in blocks:
        out += bytes(-len(out) % 4) + b
    return out


def version_resource(version, strings, language=0x0409, product=None, flags=0):
    parts = [int(p) for p in version.split(".")]
    shown = [int(p) for p in (product or version).split(".")]
    words = [0xFEEF04BD, 0x10000, parts[0] << 16 | parts[1], parts[2] << 16 | parts[3], shown[0] << 16 | shown[1],
             shown[2] << 16 | shown[3], 0x3F, flags, 0x40004, 2, 0, 0, 0]
    table = joined([block(k, (v + "\0").encode("utf-16-le"), True) for k, v in strings.items()])
    info = block("StringFileInfo", b"", True, block(f"{language:04x}04b0", b"", True, table))
    var = block("VarFileInfo", b"", True, block("Translation", struct.pack("<HH", language, 1200), False))
    return block("VS_VERSION_INFO", struct.pack("<13I", *words), False, joined([info, var]))


def pe(version=None, machine="x86", strings=None, language=0x0409, product=None, flags=0, size=None, timestamp=0x40450000):
    """A DLL that holds a version resource and nothing else; `version` None: no resource. `size`: padded to it."""
    wide = machine != "x86"
    texts = {"CompanyName": "Test", "FileVersion": version or "", **(strings or {})}
    resource = version_resource(version, texts, language, product, flags) if version else b""
    directory = struct.pack("<IIHHHH", 0, 0, 0, 0, 0, 1)
    rsrc = (directory + struct.pack("<II", 16, 0x80000018) + directory + struct.pack("<II", 1, 0x80000030) +
            directory + struct.pack("<II", language, 0x48) + struct.pack("<IIII", 0x1058, len(resource), 0, 0) + resource)
    raw = (len(rsrc) + 511) & ~511
    directories = [(0, 0)] * 16
    if version:
        directories[2] = (0x1000, len(rsrc))
    optional = struct.pack("<HBBIIIII", 0x20B if wide else 0x10B, 6, 0, 0, raw, 0, 0, 0x1000)
    optional += struct.pack("<Q" if wide else "<II", *([0x10000000] if wide else [0, 0x10000000]))
    optional += struct.pack("<IIHHHHHHIIIIHH", 0x1000, 0x200, 4, 0, 0, 0, 4, 0, 0, 0x2000 + raw, 0x400, 0, 2, 0)
    optional += struct.pack("<QQQQ" if wide else "<IIII", 0x100000, 0x1000, 0x100000, 0x1000) + struct.pack("<II", 0, 16)
    optional += b"".join(struct.pack("<II", *d) for d in directories)
    head = b"MZ" + bytes(58) + struct.pack("<I", 0x80) + bytes(64) + b"PE\0\0"
    head += struct.pack("<HHIIIHH", MACHINES[machine], 1, timestamp, 0, 0, len(optional), 0x2022 if wide else 0x2102) + optional
    head += b".rsrc\0\0\0" + struct.pack("<IIIIIIHHI", raw, 0x1000, raw, 0x400, 0, 0, 0, 0, 0x40000040)
    image = head.ljust(0x400, b"\0") + rsrc.ljust(raw, b"\0")
    if size is not None:
        if size < len(image):
            raise ValueError(f"a program of {size} bytes is too small")
        image = image.ljust(size, b"\0")
    return image


def ne():
    """A 16-bit program of Windows 98: no PE file."""
    return b"MZ" + bytes(58) + struct.pack("<I", 0x80) + bytes(64) + b"NE" + bytes(62)


# ---- whole systems ------------------------------------------------------------------------------------------------------

NT = r"Microsoft\Windows NT\CurrentVersion"
WINDOWS = r"Microsoft\Windows\CurrentVersion"
# name: version, build, service pack, product, product type, architecture, Windows folder, profiles
SYSTEMS = {
    "nt4-ws-sp6": ("4.0", 1381, 6, "Windows NT", "WinNT", "x86", "WINNT", r"WINNT\Profiles"),
    "nt4-srv-sp6": ("4.0", 1381, 6, "Windows NT", "ServerNT", "x86", "WINNT", r"WINNT\Profiles"),
    "2000-sp2": ("5.0", 2195, 2, "Microsoft Windows 2000", "WinNT", "x86", "WINNT", "Documents and Settings"),
    "2000-sp3": ("5.0", 2195, 3, "Microsoft Windows 2000", "WinNT", "x86", "WINNT", "Documents and Settings"),
    "2000-sp4": ("5.0", 2195, 4, "Microsoft Windows 2000", "WinNT", "x86", "WINNT", "Documents and Settings"),
    "xp": ("5.1", 2600, 0, "Microsoft Windows XP", "WinNT", "x86", "WINDOWS", "Documents and Settings"),
    "xp-sp1": ("5.1", 2600, 1, "Microsoft Windows XP", "WinNT", "x86", "WINDOWS", "Documents and Settings"),
    "xp-ia64-sp1": ("5.1", 2600, 1, "Microsoft Windows XP", "WinNT", "ia64", "WINDOWS", "Documents and Settings"),
    "xp-ia64-2003": ("5.2", 3790, 0, "Microsoft Windows XP", "WinNT", "ia64", "WINDOWS", "Documents and Settings"),
    "2003": ("5.2", 3790, 0, "Microsoft Windows Server 2003", "ServerNT", "x86", "WINDOWS", "Documents and Settings"),
    "2003-ia64": ("5.2", 3790, 0, "Microsoft Windows Server 2003", "ServerNT", "ia64", "WINDOWS", "Documents and Settings"),
    "xp-x64": ("5.2", 3790, 1, "Microsoft Windows XP", "WinNT", "amd64", "WINDOWS", "Documents and Settings"),
    "7": ("6.1", 7601, 1, "Windows 7 Professional", "WinNT", "amd64", "Windows", "Users"),
}


def put(root, path, content):
    where = pathlib.Path(root, *path.replace("\\", "/").split("/"))
    where.parent.mkdir(parents=True, exist_ok=True)
    where.write_bytes(content)
    return where


def base_rows(kind, suites=()):
    version, build, pack, product, role, arch, folder, profiles = SYSTEMS[kind]
    software = [
        (NT, "ProductName", "sz", product), (NT, "CurrentVersion", "sz", version), (NT, "CurrentBuildNumber", "sz", str(build)),
        (NT, "SystemRoot", "sz", "C:\\" + folder), (WINDOWS, "ProgramFilesDir", "sz", r"C:\Program Files"),
        (WINDOWS, "CommonFilesDir", "sz", r"C:\Program Files\Common Files"),
        (NT + r"\ProfileList", "ProfilesDirectory", "expand_sz", "%SystemDrive%\\" + profiles),
    ]
    if pack:
        software.append((NT, "CSDVersion", "sz", f"Service Pack {pack}"))
    control = r"ControlSet001\Control"
    system = [
        ("Select", "Current", "dword", 1), ("Select", "Default", "dword", 1),
        (control + r"\ProductOptions", "ProductType", "sz", role),
        (control + r"\Session Manager\Environment", "PROCESSOR_ARCHITECTURE", "sz", arch.upper()),
    ]
    if suites:
        system.append((control + r"\ProductOptions", "ProductSuite", "multi_sz", list(suites)))
    return software, system


def windows(root, kind, software=(), system=(), users=None, files=None, suites=(), kernel=True):
    """A tree of the NT family: its hives, one per user {name: rows}, files {"Program Files/x.dll": bytes}."""
    root = pathlib.Path(root)
    version, build, _, _, _, arch, folder, profiles = SYSTEMS[kind]
    base_software, base_system = base_rows(kind, suites)
    listed = []
    for number, (name, rows) in enumerate((users or {}).items()):
        listed.append((NT + rf"\ProfileList\S-1-5-21-1-2-3-{1000 + number}", "ProfileImagePath", "expand_sz",
                       "%SystemDrive%\\" + profiles + "\\" + name))
        put(root, profiles + "\\" + name + r"\NTUSER.DAT", hive(rows))
    config = folder + r"\system32\config" + "\\"
    put(root, config + "software", hive([*base_software, *listed, *software]))
    put(root, config + "system", hive([*base_system, *system]))
    put(root, config + "default", hive([]))
    if kernel:
        put(root, folder + r"\system32\ntoskrnl.exe", pe(f"{version}.{build}.0", arch))
    for path in ("Program Files/Common Files/x", "Program Files/Outlook Express/x"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
    for path, content in (files or {}).items():
        put(root, path, content)
    return root


def windows_9x(root, version="4.10.2222", files=None):
    """98, 98 SE, Me as far as files tell: its registry is in a format of its own."""
    root = pathlib.Path(root)
    put(root, r"WINDOWS\SYSTEM.DAT", b"CREG" + bytes(60))
    put(root, r"WINDOWS\USER.DAT", b"CREG" + bytes(60))
    put(root, r"WINDOWS\SYSTEM\KERNEL32.DLL", pe(version + ".0" if version.count(".") == 2 else version))
    for path, content in (files or {}).items():
        put(root, path, content)
    return root


# ---- Wine -----------------------------------------------------------------------------------------------------------------

def wine_text(text, stop):
    out = []
    for unit in struct.unpack(f"<{len(text.encode('utf-16-le')) // 2}H", text.encode("utf-16-le")):
        c = chr(unit)
        if c in ("\\", stop):
            out.append("\\" + c)
        elif unit < 32:
            out.append(f"\\{unit:03o}")
        else:
            out.append(c if unit < 127 else f"\\x{unit:04x}")
    return "".join(out)


def wine_value(kind, data):
    if kind in (1, 2) and len(data) >= 2 and data[-2:] == b"\0\0":
        text = '"' + wine_text(data[:-2].decode("utf-16-le", "surrogatepass"), '"') + '"'
        return text if kind == 1 else "str(2):" + text
    if kind == 4 and len(data) == 4:
        return f"dword:{struct.unpack('<I', data)[0]:08x}"
    return ("hex:" if kind == 3 else f"hex({kind:x}):") + ",".join(f"{b:02x}" for b in data)


def wine_reg(rows, relative, arch="win32"):
    out = ["WINE REGISTRY Version 2", f";; All keys relative to {relative}", "", f"#arch={arch}", ""]

    def walk(key, path):
        if path and (key.values or not key.children):
            out.append("[" + "\\\\".join(wine_text(n, "]") for n in path) + "] 1081296000")
            out.append(f"#time={key.time:x}")
            for name, kind, data in key.values:
                out.append(("@" if name == "" else '"' + wine_text(name, '"') + '"') + "=" + wine_value(kind, data))
            out.append("")
        for name in sorted(key.children):
            walk(key.children[name], [*path, key.children[name].name])

    walk(tree_of(rows), [])
    return ("\n".join(out) + "\n").encode("ascii")


def wine(root, kind="xp-sp1", software=(), system=(), user=(), files=None, name="hanako"):
    """A Wine prefix with drive_c, registry files and the links below dosdevices."""
    root = pathlib.Path(root)
    base_software, base_system = base_rows(kind)
    machine = [(("Software\\" if s else "System\\") + row[0], *row[1:])
               for s, rows in ((True, [*base_software, *software]), (False, [*base_system, *system])) for row in rows]
    put(root, "system.reg", wine_reg(machine, r"\\Machine"))
    put(root, "user.reg", wine_reg(user, r"\\User\\S-1-5-21-0-0-0-1000"))
    put(root, "userdef.reg", wine_reg([], r"\\User\\.Default"))
    for folder in (r"drive_c\windows\system32", r"drive_c\Program Files\Common Files", rf"drive_c\users\{name}", "dosdevices"):
        pathlib.Path(root, *folder.split("\\")).mkdir(parents=True, exist_ok=True)
    for link, target in (("c:", "../drive_c"), ("z:", "/")):
        if not (root / "dosdevices" / link).is_symlink():
            (root / "dosdevices" / link).symlink_to(target)
    for path, content in (files or {}).items():
        put(root / "drive_c", path, content)
    return root
