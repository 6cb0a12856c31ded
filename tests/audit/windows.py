"""
Windows trees for the tests of audit: which systems there are and what stands in them. The hives and programs are written by
tests/win/trees.py, or within `with made_by(maker):` by others (tests/win/crafted.py).
"""
import contextlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "win"))
import trees  # noqa: E402

makers = [trees]


@contextlib.contextmanager
def made_by(maker):
    makers.append(maker)
    yield maker
    makers.pop()


class Hive:
    """Values to be written (str: REG_SZ, int: REG_DWORD, (type, bytes))."""

    def __init__(self):
        self.rows = []

    def set(self, path, name, value):
        kind, data = ("sz", value) if isinstance(value, str) else ("dword", value) if isinstance(value, int) else value
        self.rows.append((path, name, kind, data))

    def bytes(self):
        return makers[-1].hive(self.rows)


def program(version, machine="x86", file_version=None, company="Microsoft Corporation"):
    """A PE file that has this version ("6.0.2800.1409") and these texts; no code that runs."""
    return makers[-1].pe(version, machine, {"CompanyName": company, "FileVersion": file_version or version})


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
