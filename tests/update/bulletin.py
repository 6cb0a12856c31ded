"""The six packages of MS04-013 and systems for them: made from the bulletin's table of prerequisites, versions exact, bytes ours."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "win"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
import trees  # noqa: E402
from cli import run  # noqa: E402

ACTIVE_SETUP = r"Software\Microsoft\Active Setup\Installed Components\{2cc9d512-6db6-4f1c-8979-9a41fae88de0}"
IE = r"Microsoft\Internet Explorer"


class Package:
    """One row of the bulletin: family, system of the tests, version of Internet Explorer, version in and before the package."""

    def __init__(self, name, family, kind, prerequisite, ie, new, old, qfe=None):
        self.name, self.family, self.kind, self.prerequisite, self.ie = name, family, kind, prerequisite, ie
        self.new, self.old, self.qfe = new, old, qfe


PACKAGES = [
    Package("oe6sp1-x86", "B", "xp-sp1", "nt, 5.1, 0-1, x86, 6.0.2800.1106", "6.0.2800.1106", "6.0.2800.1409", "6.0.2800.1106"),
    Package("oe6sp1-ia64", "B", "xp-ia64-sp1", "nt, 5.1, 1, ia64, 6.0.2800.1106", "6.0.2800.1106", "6.0.2800.1409", "6.0.2800.1106"),
    Package("oe6-xp-x86", "B", "xp", "nt, 5.1, 0, x86, 6.0.2600.0", "6.0.2600.0000", "6.0.2739.300", "6.0.2600.0"),
    Package("oe6-2003-x86", "A", "2003", "nt, 5.2, 0, x86, 6.0.3790.0", "6.0.3790.0000", "6.0.3790.137", "6.0.3790.0", "6.0.3790.138"),
    Package("oe6-2003-ia64", "A", "2003-ia64", "nt, 5.2, 0, ia64, 6.0.3790.0", "6.0.3790.0000", "6.0.3790.137", "6.0.3790.0",
            "6.0.3790.138"),
    Package("oe55sp2-x86", "B", "2000-sp4", "nt, 5.0, 4, x86, 5.0.3700.1000", "5.00.3700.1000", "5.50.4939.300", "5.50.4807.1700"),
]
FILES = [("INETCOMM.DLL", "11", r"system32"), ("MSOE.DLL", "16422, Outlook Express", r"Program Files\Outlook Express"),
         ("WAB32.DLL", "16427, System", r"Program Files\Common Files\System")]


def arch(package):
    return trees.SYSTEMS[package.kind][5]


def windows_folder(package):
    return trees.SYSTEMS[package.kind][6]


def make(package, where, extra="", rows=True, more=None):
    """The package as a file below `where`."""
    source = where / (package.name + ".d")
    source.mkdir(parents=True)
    for name, _, _ in FILES:
        if package.qfe:
            for branch, version in (("rtmgdr", package.new), ("rtmqfe", package.qfe)):
                (source / branch).mkdir(exist_ok=True)
                (source / branch / name.lower()).write_bytes(trees.pe(version, arch(package), strings={"InternalName": name + branch}))
        else:
            (source / name.lower()).write_bytes(trees.pe(package.new, arch(package), strings={"InternalName": name}))
    for name, content in (more or {}).items():
        (source / name).write_bytes(content)
    lines = ["[Package]", f"Family = {package.family}", "Id = KB837009", 'Title = "Outlook Express Q837009"', "Language = 0411", "[Files]"]
    lines += [f"{name} = {place}" for name, place, _ in FILES]
    if rows:
        lines += ["[Prerequisites]", f'"{package.name}" = {package.prerequisite}']
    if package.family == "B":
        lines += ["[AddReg]", f'HKLM,"{ACTIVE_SETUP}",IsInstalled,0x10001,1', f'HKLM,"{ACTIVE_SETUP}",,,"Outlook Express Q837009"']
    (source / "make.manifest").write_text("\n".join(lines) + "\n" + extra)
    made = where / (package.name + ".exe")
    code, _, err = run("update", "make", source / "make.manifest", "-o", made)
    assert code == 0, err
    return made


def system(package, root, version=None, files=None, strings=None, software=(), rows=(), users=None):
    """A system that the package is for, its files at `version`; a copy of INETCOMM in dllcache."""
    folder = windows_folder(package)
    old = version or package.old
    content = {}
    for name, _, place in FILES:
        place = place.replace("system32", folder + r"\system32")
        content[place + "\\" + name.lower()] = trees.pe(old, arch(package), strings={"FileVersion": old, **(strings or {})})
    content[folder + r"\system32\dllcache\inetcomm.dll"] = content[folder + r"\system32\inetcomm.dll"]
    software = [(IE, "Version", "sz", package.ie), (r"Microsoft\Windows\CurrentVersion\Internet Settings", "MinorVersion", "sz", ";SP1;"), *software]
    return trees.windows(root, package.kind, software=software, system=rows, users=users, files={**content, **(files or {})})
