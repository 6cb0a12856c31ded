"""
Windows trees for the tests of audit: hives (regf 1.3) and programs (PE with a version resource) written here byte by byte, so
that a tree takes a millisecond and each version is exact.
"""
import pathlib
import struct

# ---- hives ----

NONE = 0xFFFFFFFF


class Hive:
    """Keys as nested dictionaries: a dictionary is a key, anything else a value (str: REG_SZ, int: REG_DWORD, (type, bytes))."""

    def __init__(self):
        self.root = {}

    def key(self, path):
        at = self.root
        for name in path.split("\\"):
            match = next((k for k in at if k.lower() == name.lower() and isinstance(at[k], dict)), None)
            at = at.setdefault(match or name, {})
        return at

    def set(self, path, name, value):
        # a value and a key may have one name: values are kept under a marked name
        self.key(path)["\0" + name] = value

    def bytes(self):
        cells = bytearray()

        def cell(data):
            size = (len(data) + 4 + 7) // 8 * 8
            at = 32 + len(cells)
            cells.extend(struct.pack("<i", -size) + data + b"\0" * (size - 4 - len(data)))
            return at

        security = cell(b"sk" + struct.pack("<HIIII", 0, 32, 32, 1, 20) + struct.pack("<BBHIIII", 1, 0, 0x8000, 0, 0, 0, 0))

        def vk(name, value):
            if isinstance(value, str):
                kind, data = 1, value.encode("utf-16-le") + b"\0\0"
            elif isinstance(value, int):
                kind, data = 4, struct.pack("<I", value)
            else:
                kind, data = value
            if len(data) <= 4:
                length, where = len(data) | 0x80000000, struct.unpack("<I", data.ljust(4, b"\0"))[0]
            else:
                length, where = len(data), cell(data)
            raw = name.encode("latin-1")
            return cell(b"vk" + struct.pack("<HIIIHH", len(raw), length, where, kind, 1 if raw else 0, 0) + raw)

        def nk(name, key, parent, root=False):
            raw = name.encode("latin-1")
            at = cell(b"nk" + b"\0" * (74 + len(raw)))
            values = [vk(k[1:], v) for k, v in key.items() if k.startswith("\0")]
            children = sorted((k for k in key if not k.startswith("\0")), key=str.upper)
            subkeys = [(nk(k, key[k], at), k) for k in children]
            vlist = cell(struct.pack(f"<{len(values)}I", *values)) if values else NONE
            slist = NONE
            if subkeys:
                slist = cell(b"lf" + struct.pack("<H", len(subkeys)) +
                             b"".join(struct.pack("<I4s", o, k.encode("latin-1")[:4].ljust(4, b"\0")) for o, k in subkeys))
            body = b"nk" + struct.pack("<HQIIIIIIIIIIIIIIIHH", 0x2C if root else 0x20, 0x01C40000_00000000, 0, parent, len(subkeys), 0, slist,
                                       NONE, len(values), vlist, security, NONE, 64, 0, 64, 4096, 0, len(raw), 0) + raw
            cells[at - 32 + 4:at - 32 + 4 + len(body)] = body
            return at

        top = nk("ROOT", self.root, NONE, True)
        size = (32 + len(cells) + 4095) // 4096 * 4096
        rest = size - 32 - len(cells)
        if rest:
            cells.extend(struct.pack("<i", rest) + b"\0" * (rest - 4))
        bins = b"hbin" + struct.pack("<IIQQI", 0, size, 0, 0x01C40000_00000000, 0) + bytes(cells)
        head = bytearray(4096)
        struct.pack_into("<4sIIQIIIIIII", head, 0, b"regf", 1, 1, 0x01C40000_00000000, 1, 3, 0, 1, top, size, 1)
        checksum = 0
        for (word,) in struct.iter_unpack("<I", bytes(head[:508])):
            checksum ^= word
        struct.pack_into("<I", head, 508, checksum)
        return bytes(head) + bins


# ---- programs ----

MACHINES = {"x86": 0x14C, "ia64": 0x200, "amd64": 0x8664}


def block(key, value, text, children=b"", length=None):
    out = key.encode("utf-16-le") + b"\0\0"
    out += b"\0" * (-(6 + len(out)) % 4) + value
    if children:
        out += b"\0" * (-(6 + len(out)) % 4) + children
    return struct.pack("<HHH", 6 + len(out), len(value) if length is None else length, 1 if text else 0) + out


def joined(blocks):
    out = b""
    for b in blocks:
        out += b"\0" * (-len(out) % 4) + b
    return out


def program(version, machine="x86", file_version=None, company="Microsoft Corporation"):
    """A PE file that has this version ("6.0.2800.1409") and these texts; no code that runs."""
    a, b, c, d = (int(p) for p in version.split("."))
    fixed = struct.pack("<13I", 0xFEEF04BD, 0x10000, a << 16 | b, c << 16 | d, a << 16 | b, c << 16 | d, 0x3F, 0, 0x40004, 2, 0, 0, 0)
    texts = {"CompanyName": company, "FileVersion": file_version or version}
    strings = joined([block(k, v.encode("utf-16-le") + b"\0\0", True, length=len(v) + 1) for k, v in texts.items()])
    info = block("VS_VERSION_INFO", fixed, False, block("StringFileInfo", b"", True, block("040904b0", b"", True, strings)))
    rva = 0x1000
    directory = b"".join(struct.pack("<IIHHHHII", 0, 0, 0, 0, 0, 1, i, 0x80000000 | o) for i, o in ((16, 24), (1, 48)))
    directory += struct.pack("<IIHHHHII", 0, 0, 0, 0, 0, 1, 0x409, 72) + struct.pack("<IIII", rva + 88, len(info), 0, 0)
    section = directory + info
    section += b"\0" * (-len(section) % 512)
    wide = machine != "x86"
    optional = struct.pack("<HBBIIIII", 0x20B if wide else 0x10B, 6, 0, 0, len(section), 0, 0, 0x1000)
    optional += struct.pack("<Q", 0x10000000) if wide else struct.pack("<II", 0x1000, 0x10000000)
    optional += struct.pack("<IIHHHHHHIIIIHH", 0x1000, 512, 4, 0, 6, 0, 4, 0, 0, 0x1000 + (len(section) + 4095) // 4096 * 4096, 512, 0, 2, 0)
    optional += struct.pack("<QQQQ" if wide else "<IIII", 0x100000, 0x1000, 0x100000, 0x1000) + struct.pack("<II", 0, 16)
    optional += b"".join(struct.pack("<II", rva, len(section)) if i == 2 else b"\0" * 8 for i in range(16))
    header = b"MZ" + b"\0" * 58 + struct.pack("<I", 64) + b"PE\0\0"
    header += struct.pack("<HHIIIHH", MACHINES[machine], 1, 0, 0, 0, len(optional), 0x2102) + optional
    header += struct.pack("<8sIIIIIIHHI", b".rsrc", len(section), rva, len(section), 512, 0, 0, 0, 0, 0x40000040)
    return header.ljust(512, b"\0") + section


# ---- systems ----

IE = "Microsoft\\Internet Explorer"
SETUP = "Microsoft\\Active Setup\\Installed Components\\{2cc9d512-6db6-4f1c-8979-9a41fae88de0}"
HOTFIX = "Microsoft\\Windows NT\\CurrentVersion\\Hotfix\\"
SETTINGS = "Microsoft\\Windows\\CurrentVersion\\Internet Settings"

#         id              product                      version  build  SP  type          arch   suite
SYSTEMS = {
    "nt4ws-sp6a": ("Microsoft Windows NT 4.0", "4.0", 1381, 6, "WinNT", "x86", None),
    "nt4srv-sp6a": ("Microsoft Windows NT 4.0 Server", "4.0", 1381, 6, "ServerNT", "x86", None),
    "nt4tse-sp6": ("Microsoft Windows NT 4.0 Terminal Server", "4.0", 1381, 6, "ServerNT", "x86", "Terminal Server"),
    "2000-sp2": ("Microsoft Windows 2000", "5.0", 2195, 2, "WinNT", "x86", None),
    "2000-sp3": ("Microsoft Windows 2000", "5.0", 2195, 3, "WinNT", "x86", None),
    "2000-sp4": ("Microsoft Windows 2000", "5.0", 2195, 4, "WinNT", "x86", None),
    "xp": ("Microsoft Windows XP", "5.1", 2600, 0, "WinNT", "x86", None),
    "xp-sp1": ("Microsoft Windows XP", "5.1", 2600, 1, "WinNT", "x86", None),
    "xp64-sp1": ("Microsoft Windows XP", "5.1", 2600, 1, "WinNT", "ia64", None),
    "xp64-2003": ("Microsoft Windows XP", "5.2", 3790, 0, "WinNT", "ia64", None),
    "2003": ("Microsoft Windows Server 2003", "5.2", 3790, 0, "ServerNT", "x86", None),
    "2003-ia64": ("Microsoft Windows Server 2003", "5.2", 3790, 0, "ServerNT", "ia64", None),
    "vista": ("Windows Vista", "6.0", 6000, 0, "WinNT", "x86", None),
    "xp-sp2": ("Microsoft Windows XP", "5.1", 2600, 2, "WinNT", "x86", None),
    "2000-sp1": ("Microsoft Windows 2000", "5.0", 2195, 1, "WinNT", "x86", None),
    "98": ("Microsoft Windows 98", "4.10", 1998, 0, None, "x86", None),
    "98se": ("Microsoft Windows 98", "4.10", 2222, 0, None, "x86", None),
    "me": ("Microsoft Windows Millennium Edition", "4.90", 3000, 0, None, "x86", None),
}


class Tree:
    """A system's drive below `folder`."""

    def __init__(self, folder, system, ie="6.0.2800.1106"):
        self.folder = pathlib.Path(folder)
        self.product, version, self.build, self.sp, self.type, self.arch, self.suite = SYSTEMS[system]
        self.major, self.minor = (int(p) for p in version.split("."))
        self.nt = self.type is not None
        self.windows = "WINNT" if self.nt and self.major < 5 or version == "5.0" else "WINDOWS"
        self.system32 = f"{self.windows}/{'system32' if self.nt else 'SYSTEM'}"
        self.software, self.hive_system, self.users = Hive(), Hive(), {}
        self.ie = ie
        if ie:
            self.software.set(IE, "Version", ie)

    def put(self, path, data):
        path = self.folder / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def file(self, name, version, bits32=False, **more):
        """A file of the update, where it lives."""
        home = {"msoe.dll": "Program Files/Outlook Express", "msimn.exe": "Program Files/Outlook Express",
                "wab32.dll": "Program Files/Common Files/System", "directdb.dll": "Program Files/Common Files/System"}
        folder = f"{self.windows}/SysWOW64" if bits32 else home.get(name, "Program Files/Outlook Express" if name.startswith(
            ("msoeres", "oe", "wab")) else self.system32)
        self.put(f"{folder}/{'inetcomm.dll' if name == 'winetcomm.dll' else name}",
                 program(version, "x86" if bits32 else self.arch, **more))

    def mark(self, number=1):
        if (self.major, self.minor) == (5, 2):
            self.software.set(HOTFIX + "KB837009", "Installed", number)
        else:
            self.software.set(SETUP, "IsInstalled", number)

    def user(self, name):
        return self.users.setdefault(name, Hive())

    def write(self):
        current = "Microsoft\\Windows NT\\CurrentVersion" if self.nt else "Microsoft\\Windows\\CurrentVersion"
        self.software.set(current, "ProductName", self.product)
        self.software.set(current, "CurrentVersion" if self.nt else "VersionNumber",
                          f"{self.major}.{self.minor}" if self.nt else f"{self.major}.{self.minor}.{self.build}")
        if not self.nt:
            self.software.set(current, "Version", self.product)
            self.put(f"{self.windows}/SYSTEM/KERNEL32.DLL", program(f"{self.major}.{self.minor}.{self.build}.0"))
            self.put(f"{self.windows}/SYSTEM/USER.EXE", program(f"{self.major}.{self.minor}.{self.build}.0"))
            self.put("IO.SYS", b"MZ")
            for name in ("SYSTEM.DAT", "USER.DAT"):  # a form of its own, which nothing here reads
                self.put(f"{self.windows}/{name}", b"CREG" + b"\0" * 60)
            self.put(f"{self.windows}/SYSTEM/SHDOCVW.DLL", program(self.ie))
            return self
        self.software.set(current, "CurrentBuildNumber", str(self.build))
        self.software.set(current, "SystemRoot", f"C:\\{self.windows}")
        if self.sp:
            self.software.set(current, "CSDVersion", f"Service Pack {self.sp}")
        control = "ControlSet001\\Control"
        self.hive_system.set("Select", "Current", 1)
        self.hive_system.set(control + "\\ProductOptions", "ProductType", self.type)
        if self.suite:
            self.hive_system.set(control + "\\ProductOptions", "ProductSuite", (7, (self.suite + "\0\0").encode("utf-16-le")))
        self.hive_system.set(control + "\\Session Manager\\Environment", "PROCESSOR_ARCHITECTURE",
                             {"x86": "x86", "ia64": "IA64", "amd64": "AMD64"}[self.arch])
        self.hive_system.set(control + "\\Windows", "CSDVersion", self.sp << 8)
        self.put(f"{self.system32}/ntoskrnl.exe", program(f"{self.major}.{self.minor}.{self.build}.0", self.arch))
        self.put(f"{self.system32}/kernel32.dll", program(f"{self.major}.{self.minor}.{self.build}.0", self.arch))
        for number, (name, hive) in enumerate(sorted(self.users.items()), 1000):
            profile = f"Documents and Settings/{name}"
            self.software.set(f"Microsoft\\Windows NT\\CurrentVersion\\ProfileList\\S-1-5-21-1-2-3-{number}", "ProfileImagePath",
                              f"%SystemDrive%\\Documents and Settings\\{name}")
            self.put(f"{profile}/NTUSER.DAT", hive.bytes())
        self.put(f"{self.system32}/config/software", self.software.bytes())
        self.put(f"{self.system32}/config/system", self.hive_system.bytes())
        return self


THRESHOLDS = {"oe55sp2-x86": "5.50.4939.300", "oe6-xp-x86": "6.0.2739.300", "oe6sp1-x86": "6.0.2800.1409", "oe6sp1-ia64": "6.0.2800.1409",
              "oe6-2003-x86": "6.0.3790.137", "oe6-2003-ia64": "6.0.3790.137"}


def tree_of(folder, system, handler, ie="6.0.2800.1106", mark=False):
    """The least tree with a handler of this version (None: none)."""
    tree = Tree(folder, system, ie)
    if handler:
        tree.file("inetcomm.dll", handler)
        if tree.arch == "ia64":
            tree.file("winetcomm.dll", handler, bits32=True)
    if mark:
        tree.mark()
    return tree
