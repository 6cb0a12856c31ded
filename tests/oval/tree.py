"""A small Windows tree in the shape of a Wine prefix, for the OVAL tests: registry as text, files that MITRE's test content asks for
(its own support files are not public; what its definitions say about them is enough to write others)."""
import pathlib

SYSTEM = r"""WINE REGISTRY Version 2
;; All keys relative to \\Machine

#arch=win32

[Software\\Microsoft\\Windows NT\\CurrentVersion] 1081814400
#time=1c420f1e2b3c000
"CurrentVersion"="5.1"
"ProductName"="Microsoft Windows XP"
"SystemRoot"="C:\\WINDOWS"
"CurrentBuildNumber"="2600"

[Software\\Microsoft\\Outlook Express\\Version Info] 1081814400
#time=1c420f1e2b3c000
"Current"="6,0,2800,1106"

[Software\\Example] 1081814400
@="the default"
"Binary"=hex:de,ad,be,ef
"Expand"=str(2):"%SystemRoot%\\x"
"Many"=str(7):"one\0two\0"
"Number"=dword:0000002a
"Quad"=hex(b):ff,ff,ff,ff,ff,ff,ff,ff

[Software\\Example\\Alpha] 1081814400
"Name"="a"

[Software\\Example\\Alpha\\Deep] 1081814400
"Name"="deep"

[Software\\Example\\Beta] 1081814400
"Name"="b"

[System\\CurrentControlSet\\Control\\ComputerName\\ComputerName] 1081814400
"ComputerName"="OVALBOX"

[System\\CurrentControlSet\\Control\\Session Manager\\Environment] 1081814400
"PATH"="C:\\WINDOWS\\system32;C:\\WINDOWS"
"OS"="Windows_NT"
"""
USER = "WINE REGISTRY Version 2\n;; All keys relative to \\\\User\\\\S-1-5-21-0-0-0-1000\n\n#arch=win32\n\n[Environment] 1081814400\n\"TEMP\"=\"C:\\\\T\"\n"

TEXT = ("The OVAL Interpreter, or OVAL Definition Interpreter, reads definitions.\r\nOVAL Interpreter\r\n"
        "To report a problem with OVAL Definition Interpreter, write a letter\r\nand enclose the definitions file.\r\n")


def school(*students):
    rows = "".join(f"<student status='{status}'><name>{name}</name><grades>" + "".join(f"<grade type='test'>{g}</grade>" for g in grades)
                   + "</grades></student>" for name, status, grades in students)
    return f"<class>{rows}</class>"


FILES = {
    "support/txt/top.txt": "nothing\r\n",
    "support/txt/txtfile/build.win32.txt": TEXT,
    "support/txt/txtfile/subtxtfile/other.txt": "nothing here\r\n",
    "support/xml/classes/class1/section1.xml": school(("Bill", "full-time", (83, 87)), ("Ann", "part-time", (93, 86))),
    "support/xml/classes/class1/section2.xml": school(("Kate", "full-time", (100, 76)), ("Tom", "part-time", (53, 97))),
    "support/xml/classes/class2/section1.xml": school(*[("Kate", "full-time", (83,))] * 4),
    "support/xml/classes/class2/section2.xml": school(*[("Bill", "full-time", (97,))] * 4),
    "support/xml/classes/class2/subclass2/empty.txt": "\r\n",
    "Program Files/Internet Explorer/iexplore.exe": "MZ, but not really a program",
    "Program Files/Internet Explorer/iedw.exe": "another",
    "Program Files/Internet Explorer/SIGNUP/install.ins": "[ins]\r\n",
    "WINDOWS/system32/kernel32.dll": "MZ",
    "WINDOWS/explorer.exe": "MZ",
    "Caf\u00e9/\u00fcber.txt": "\u00e4\u00f6\u00fc\n",
}


def make(where):
    """Writes the prefix into the folder `where` and returns it as a path."""
    root = pathlib.Path(where)
    root.mkdir(parents=True, exist_ok=True)
    (root / "system.reg").write_text(SYSTEM)
    (root / "user.reg").write_text(USER)
    for name, text in FILES.items():
        path = root / "drive_c" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return root
