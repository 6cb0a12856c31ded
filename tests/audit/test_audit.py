"""postern audit beyond the matrix: systems outside the table, users' measures, outputs, overlays, broken and hostile trees."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from cli import Tap, folder, harmless, run  # noqa: E402

from windows import HOTFIX, IE, SETTINGS, Tree, program, tree_of, trees  # noqa: E402

tap = Tap()
IDENTITY = "Identities\\{11111111-2222-3333-4444-555555555555}\\Software\\Microsoft\\Outlook Express\\5.0"
ZONES = "Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"


def judged(tree_or_path, *words):
    code, out, err = run("audit", "--json", *words, getattr(tree_or_path, "folder", tree_or_path))
    return code, json.loads(out) if out else {}, err


def outside():
    """Systems that no package fits: files still decide."""
    rows = [
        # system, handler, IE, mark, verdict, exit, package fits
        ("2000-sp1", "6.0.2800.1106", "6.0.2800.1106", False, "affected", 1, False),
        ("2000-sp1", "6.0.2800.1409", "6.0.2800.1106", True, "fixed", 0, False),
        ("xp-sp1", "6.0.2800.1106", "6.0.2900.2180", False, "affected", 1, False),
        ("xp-sp2", "6.0.2900.2180", "6.0.2900.2180", False, "fixed", 0, False),
        ("xp-sp2", "6.0.2600.0", "6.0.2900.2180", False, "affected", 1, False),
        ("2000-sp4", "5.0.3700.1", "5.00.3700.1000", False, "affected", 1, True),
        ("2000-sp4", "5.0.3700.1", "5.00.3700.1000", True, "contradiction", 1, True),
        # a number that is higher than the fixed one of another branch
        ("xp", "6.0.2800.1106", "6.0.2600.0", False, "affected", 1, True),
        ("2000-sp4", "6.0.2600.0", "5.00.3700.1000", False, "affected", 1, True),
        ("2003", "6.0.3790.1830", "6.0.3790.0", False, "fixed", 0, True),
        ("2003", "6.0.2800.1409", "6.0.3790.0", False, "contradiction", 1, True),
        ("vista", "6.0.6000.16386", "7.0.6000.16386", False, "not affected", 0, False),
        ("xp-sp1", None, None, False, "not affected", 0, False),
    ]
    with folder() as d:
        for i, (system, handler, ie, mark, verdict, status, fits) in enumerate(rows):
            tree = tree_of(f"{d}/{i}", system, handler, ie, mark).write()
            code, report, err = judged(tree)
            tap.row(code == status and report.get("verdict") == verdict and bool(report.get("package")) == fits,
                    f"outside: {system}, {handler}, IE {ie}, mark {mark}: {verdict}", code, report.get("answer"), report.get("package_reason"),
                    err)


def later_marks():
    with folder() as d:
        tree = tree_of(f"{d}/a", "xp-sp1", "6.0.2800.1409")
        tree.software.set(SETTINGS, "MinorVersion", ";SP1;Q828750;Q837009;")
        code, report, _ = judged(tree.write())
        on = {m["id"]: m["state"] for m in report["measures"]}
        tap.row(code == 0 and report["verdict"] == "fixed", "the About box lists the update", report["answer"])
        tap.row(on["ms03-040"] == "on", "MS03-040 is told from the About box", on)
        tree = tree_of(f"{d}/b", "xp-sp1", "6.0.2800.1106")
        tree.software.set(SETTINGS, "MinorVersion", ";SP1;Q823353;")
        code, report, _ = judged(tree.write())
        tap.row(code == 1 and report["verdict"] == "contradiction", "a later update's mark without its files", report["answer"])
        tree = tree_of(f"{d}/c", "2003", "6.0.3790.181", "6.0.3790.0")
        tree.software.set(HOTFIX + "KB823353", "Installed", 1)
        code, report, _ = judged(tree.write())
        tap.row(code == 0 and "later update" in report["answer"], "a later update's mark and files", report["answer"])
        tree = tree_of(f"{d}/d", "xp-sp1", "6.0.2800.1106")
        tree.software.set(SETTINGS, "MinorVersion", ";Q8370091;")
        tap.row(judged(tree.write())[1]["verdict"] == "affected", "Q8370091 is not Q837009")
        tree = tree_of(f"{d}/e", "xp-sp1", "6.0.2800.1106")
        tree.mark(0)
        tap.row(judged(tree.write())[1]["verdict"] == "affected", "IsInstalled 0 is no mark")


def measures():
    with folder() as d:
        tree = tree_of(f"{d}/a", "xp-sp1", "6.0.2800.1106")
        handlers = "Classes\\PROTOCOLS\\Handler\\"
        tree.software.set(handlers + "mhtml", "CLSID", "{05300401-BCBC-11d0-85E3-00C04FD85AB4}")
        tree.software.set("Microsoft\\Office\\10.0\\Outlook\\InstallRoot", "Path", "C:\\Program Files\\Microsoft Office\\Office10\\")
        for user, plain, zone, harden in (("alice", 1, 4, 3), ("bob", 0, 3, None)):
            hive = tree.user(user)
            hive.set(IDENTITY + "\\Mail", "ReadAsPlain", plain)
            hive.set(IDENTITY, "Security Zone", zone)
            hive.set("Software\\Microsoft\\Office\\10.0\\Outlook\\Options\\Mail", "ReadAsPlain", plain)
            for action in ("1200", "1400", "1201", "1001", "1004"):
                if harden is not None:
                    hive.set(ZONES + "\\Zones\\0", action, harden)
        tree.user("bob").set(ZONES + "\\ZoneMap\\ProtocolDefaults", "http", 2)
        code, report, err = judged(tree.write())
        on = {(m["id"], m["user"]): m["state"] for m in report["measures"]}
        for key, state in {("plain-text-oe", "alice"): "on", ("plain-text-oe", "bob"): "off", ("mail-zone-oe", "alice"): "on",
                           ("mail-zone-oe", "bob"): "off", ("plain-text-outlook", "alice"): "on", ("plain-text-outlook", "bob"): "off",
                           ("mail-zone-outlook", "bob"): "on", ("my-computer-zone", "alice"): "on", ("my-computer-zone", "bob"): "off",
                           ("mhtml-handler", None): "off", ("its-handlers", None): "on", ("ms03-040", None): "cannot be told",
                           ("few-rights", None): "cannot be told"}.items():
            tap.row(on.get(key) == state, f"measure {key[0]} of {key[1]}: {state}", on.get(key), err)
        tap.row([z["user"] for z in report["zones"]] == ["bob"], "MH024 of bob alone", report["zones"])
        tap.row(report["zones"][0]["excerpt"] == 'ZoneMap\\ProtocolDefaults: "http"=dword:00000002', "MH024 says where it stands", report["zones"])
        for number, state in (("9.0.0.2711", "off"), ("9.0.0.4201", "on"), (None, "cannot be told")):
            tree = tree_of(f"{d}/o{number}", "2000-sp4", "6.0.2800.1106")
            tree.user("carol").set("Software\\X", "Y", 1)
            tree.software.set("Microsoft\\Office\\9.0\\Outlook\\InstallRoot", "Path", "C:\\Program Files\\Office\\")
            if number:
                tree.put("Program Files/Office/OUTLLIB.DLL", program(number))
            report = judged(tree.write())[1]
            on = {(m["id"], m["user"]): m["state"] for m in report["measures"]}
            tap.row(on.get(("outlook-security-update", None)) == state, f"Outlook 2000, {number}: {state}", on)
            tap.row(on.get(("mail-zone-outlook", "carol")) == state, f"Outlook 2000, {number}: its zone", on)
        tree = tree_of(f"{d}/six", "xp", "6.0.2600.0", "6.0.2600.0000")
        tree.user("erin").set(IDENTITY + "\\Mail", "Read Zone", 3)
        on = {(m["id"], m["user"]): m["state"] for m in judged(tree.write())[1]["measures"]}
        tap.row(on[("plain-text-oe", "erin")] == "not applicable" and on[("mail-zone-oe", "erin")] == "off",
                "Outlook Express 6 without SP1 cannot read as plain text; a zone by another name counts", on)
        tree = tree_of(f"{d}/five", "2000-sp4", "5.50.4807.1700", "5.00.3700.1000")
        tree.user("dave").set(IDENTITY, "x", 1)
        on = {(m["id"], m["user"]): m["state"] for m in judged(tree.write())[1]["measures"]}
        tap.row(on[("mail-zone-oe", "dave")] == "off" and on[("plain-text-oe", "dave")] == "not applicable" and on[("ms03-040", None)] == "off",
                "Outlook Express 5.5 reads mail in the Internet zone", on)


def outputs():
    with folder() as d:
        name = "host <b>&\x1b[31m"
        tree = tree_of(f"{d}/{name}", "xp-sp1", "6.0.2800.1106")
        tree.user("eve<script>alert(1)").set("Software\\X", "Y", 1)
        tree.write()
        code, out, err = run("audit", "--html", f"{d}/r.html", "--vex", f"{d}/r.json", tree.folder)
        lines = out.decode().splitlines()
        tap.row(code == 1 and not err and lines[0].endswith("affected: inetcomm.dll is older than the fix (Outlook Express 6 SP1); "
                                                           "install package oe6sp1-x86") and harmless(out), "the answer comes first", lines[:1])
        tap.row(b"C:\\WINDOWS\\system32\\inetcomm.dll" in out and b"at least 6.0.2800.1409" in out, "the table has file and threshold")
        page = pathlib.Path(f"{d}/r.html").read_text()
        tap.row("<script" not in page and "\x1b" not in page and "<b>" not in page and "host &lt;b&gt;&amp;" in page, "HTML is escaped")
        tap.row("http" not in page.replace("http-equiv", "") and "src=" not in page and "url(" not in page, "HTML loads nothing")
        vex = json.loads(pathlib.Path(f"{d}/r.json").read_text())
        status = vex["vulnerabilities"][0]["product_status"]
        tap.row(status["known_affected"] == ["oe6sp1-x86"] and len(status["known_not_affected"]) == 5, "VEX says which", status)
        checked = run("advisory", "check", f"{d}/r.json")
        tap.row(checked[0] == 0, "VEX passes our own check", checked[1])
        code, out, err = run("audit", "--html", f"{d}/no/such/r.html", tree.folder)
        tap.row(code == 4 and b"r.html" in err and not out, "HTML that cannot be written", code, err)
        several(d, tree)
        excerpts(d)
        fixed = tree_of(f"{d}/fixed", "xp-sp1", "6.0.2800.1409", mark=True).write()
        code, out, err = run("audit", "-j", "2", tree.folder, fixed.folder, f"{d}/nothing")
        text = out.decode().splitlines()
        tap.row(code == 3 and text[0].startswith("VERDICT") and text[1].startswith("affected ") and " A " in text[1] and
                text[2].startswith("fixed ") and " F " in text[2] and text[3].startswith("not readable") and "3 roots: 1 with something open" in text[-1] and harmless(out),
                "matrix of several roots", code, text, err)
        overlay = pathlib.Path(d) / "mark.reg"
        overlay.write_text("REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Active Setup\\Installed Components\\"
                           "{2cc9d512-6db6-4f1c-8979-9a41fae88de0}]\r\n\"IsInstalled\"=dword:00000001\r\n")
        code, report, err = judged(tree, "--reg", overlay)
        tap.row(code == 1 and report["verdict"] == "contradiction", "an overlay counts", report.get("answer"), err)
        overlay.write_text("REGEDIT4\r\n\r\n[nonsense\r\n")
        code, report, err = judged(tree, "--reg", overlay)
        tap.row(code == 3 and b"mark.reg" in err and b"offset" in err, "a broken overlay is named", code, err)
        for system, wanted in (("98", "98"), ("98se", "98se"), ("me", "me")):
            old = tree_of(f"{d}/old-{system}", system, "6.0.2800.1106").write()
            old.put("WINDOWS/SYSTEM/KERNEL32.DLL", program(f"{old.major}.{old.minor}.0.{old.build}"))
            report = judged(old)[1]
            tap.row(report["system"]["id"] == wanted and report["verdict"] == "affected", f"{system} by the version of its kernel", report["system"])
        me = tree_of(f"{d}/me", "me", "6.0.2800.1409").write()
        code, report, err = judged(me)
        tap.row(code == 0 and report["verdict"] == "fixed" and "no registry" in report["answer"], "Me: files without a registry", report["answer"])
        said = [e["found"] for c in report["components"] for e in c["evidence"] if e["kind"] == "key"]
        tap.row(said and all("SYSTEM.DAT" in s for s in said), "Me: what stands in its registry is not told as absent", said)
        states = {m["id"]: m["state"] for m in report["measures"] if m["id"] not in ("mail-zone-oe", "plain-text-oe")}
        tap.row(set(states.values()) == {"cannot be told"}, "Me: nor are measures that its registry holds", states)
        shapes_9x(d)
        overlay.write_text("REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Internet Explorer]\r\n\"Version\"=\"6.0.2800.1106\"\r\n")
        code, report, err = judged(me, "--reg", overlay)
        tap.row(code == 1 and report["verdict"] == "contradiction", "Me: an overlay is a registry, and it lacks the mark", report["answer"])


def shapes_9x(d):
    """98 and Me are told by their files, however their folders are called and whatever else lies there."""
    def lower(where):
        os.rename(where / "WINDOWS", where / "windows")
        os.rename(where / "windows/SYSTEM", where / "windows/system")

    def add(where, path, content=b"CREG"):
        (where / path).parent.mkdir(parents=True, exist_ok=True)
        (where / path).write_bytes(content)

    def only_ini(where):
        for name in ("SYSTEM.DAT", "USER.DAT"):
            (where / "WINDOWS" / name).unlink()
        add(where, "WINDOWS/WIN.INI", b"[windows]\r\n")

    rows = [("lower case", lower, "affected"), ("a folder of another name", lambda w: os.rename(w / "WINDOWS", w / "WIN98"), "affected"),
            ("a System32 beside SYSTEM", lambda w: (w / "WINDOWS/system32").mkdir(), "affected"),
            ("profiles", lambda w: add(w, "WINDOWS/Profiles/hanako/USER.DAT"), "affected"), ("WIN.INI alone", only_ini, "affected"),
            ("no SYSTEM.DAT", lambda w: (w / "WINDOWS/SYSTEM.DAT").unlink(), "affected"),
            ("a 16-bit handler", lambda w: add(w, "WINDOWS/SYSTEM/inetcomm.dll", trees.ne()), "cannot be told"),
            ("a second Windows", lambda w: (add(w, "WINNT/SYSTEM.DAT"), (w / "WINNT/SYSTEM").mkdir()), None)]
    for what, change, verdict in rows:
        where = tree_of(f"{d}/9x-{what}", "98se", "6.0.2800.1106").write().folder
        change(where)
        code, report, err = judged(where)
        tap.row(report.get("verdict") == verdict and (verdict is None or report["system"]["id"] == "98se") and (verdict or code == 3),
                f"98, {what}: {verdict}", code, report.get("answer"), err)


def several(d, tree):
    """--html and --vex of several roots: a folder, one file each under a name of ours, and an index."""
    where = pathlib.Path(d) / "reports"
    fixed = tree_of(f"{d}/more/index", "xp-sp1", "6.0.2800.1409", mark=True).write()
    same = tree_of(f"{d}/other/index", "2003", "6.0.3790.0").write()
    for jobs in ("1", "3"):
        shutil.rmtree(where, ignore_errors=True)
        code, out, err = run("audit", "-j", jobs, "--html", where, "--vex", where, tree.folder, fixed.folder, same.folder, f"{d}/nothing")
        names = sorted(p.name for p in where.iterdir())
        tap.row(code == 3 and names == ["host__b____31m.html", "host__b____31m.json", "index-2.html", "index-2.json", "index-3.html", "index-3.json",
                                        "index.html"] and out.endswith(b"a page for each: " + os.fsencode(where) + b"/index.html\n"), f"reports of several roots, -j {jobs}",
                code, names, out[-200:], err)
        index = (where / "index.html").read_text()
        rows = re.findall(r'<tr><td class="v [a-z-]+">([^<]*)</td>.*?<td>(?:<a href="([^"]*)">)?([^<]*)', index)
        links = [(verdict, link) for verdict, link, _ in rows]
        tap.row([v for v, _ in links] == ["affected", "fixed", "affected", "not readable"] and "2 with something open, 1 not, 1 not readable" in index and
                re.findall(r'href="([^"]*)"', index) == ["host__b____31m.html", "index-2.html", "index-3.html"], f"the index of them, -j {jobs}", links,
                re.findall(r'href="([^"]*)"', index))
        tap.row("<b>" not in index and "\x1b" not in index and "http" not in index.replace("http-equiv", "") and "fixed: " in index and
                "affected: inetcomm.dll is older" in index, "the index is escaped, loads nothing, and has the answers", index[-900:])
        tap.row("MS04-013 on " in (where / "index-2.html").read_text() and "fixed" in (where / "index-2.html").read_text(), "a page of its own", names)
        checked = run("advisory", "check", *where.glob("*.json"))
        tap.row(checked[0] == 0, "each VEX passes our own check", checked[1])
    code, out, err = run("audit", "--html", where, fixed.folder)
    tap.row(code == 0 and (where / "index-2.html").is_file() and "1 system<" in (where / "index.html").read_text(), "one root into a folder that is there",
            code, err)
    (pathlib.Path(d) / "taken").write_text("x")
    for path, wanted in ((f"{d}/taken", 2), ("-", 2), (f"{d}/no/such", 4)):
        for option in ("--html", "--vex"):
            code, out, err = run("audit", option, path, tree.folder, fixed.folder)
            tap.row(code == wanted and not out and b"folder" in err, f"{option} {path.rsplit('/', 1)[-1]} of several roots exits {wanted}", code, err)
    tap.row((pathlib.Path(d) / "taken").read_text() == "x", "a file that is there stays")


def excerpts(d):
    tree = tree_of(f"{d}/weak", "xp-sp1", "6.0.2800.1106")
    tree.user("zoe").set(ZONES + "\\ZoneMap\\Domains\\fort.test", "a&b\u202e", 2)
    tree.write()
    code, out, err = run("audit", "--html", f"{d}/weak.html", tree.folder)
    page = pathlib.Path(f"{d}/weak.html").read_text()
    tap.row("ZoneMap\\Domains\\fort.test: " in page and "\\u{202e}" in page and "\\\\u{202e}" not in page and "a&amp;b" in page and "a&amp;amp;" not in page, "an excerpt is escaped once",
            re.findall("[^>]*202e[^<]*", page))


def questions():
    with folder() as d:
        tree = tree_of(f"{d}/a", "xp-sp1", "6.0.2800.1106")
        tree.user("alice").set("Software\\X", "Y", 1)
        tree.user("bob").set("Software\\X", "Y", 2)
        tree.write()
        below = "file:%SystemRoot%/System32/inetcomm.dll version < 6.0.2800.1409"
        code, out, err = run("audit", tree.folder, "--query", below)
        tap.row(code == 0 and not err and out.startswith(b"yes") and b"6.0.2800.1106" in out and b"C:\\WINDOWS\\system32\\inetcomm.dll" in out,
                "a question that holds", code, out, err)
        code, out, err = run("audit", tree.folder, "--query", below.replace("1409", "1106"), "--query", "file:C:/no.dll exists")
        tap.row(code == 1 and out.count(b"no ") >= 2 and b"absent" in out, "questions that do not hold", code, out, err)
        code, out, err = run("audit", "--json", tree.folder, "--query", "registry:HKCU\\Software\\X\\Y = 1")
        rows = [json.loads(line) for line in out.splitlines()]
        tap.row(code == 1 and {r["user"]: r["holds"] for r in rows} == {"alice": True, "bob": False} and all(r["format"] == 1 for r in rows),
                "a question to every user", rows, err)
        tree.put("Documents and Settings/bob/notes.txt", b"x")
        code, out, err = run("audit", "--json", tree.folder, "--query", "file:%USERPROFILE%/notes.txt exists")
        rows = [json.loads(line) for line in out.splitlines()]
        tap.row(code == 1 and not err and {r["user"]: r["holds"] for r in rows} == {"alice": False, "bob": True}, "a file of every user with a folder",
                code, rows, err)
        for text in ("nonsense", "file: version < 1", "file:x version < abc"):
            code, out, err = run("audit", tree.folder, "--query", text)
            tap.row(code == 2 and err.startswith(f"postern: {text}: ".encode()) and not out, f"no question: {text}", code, err)
        code, out, err = run("audit", tree.folder, "--query", below, "--vex", "x")
        tap.row(code == 2 and b"excludes" in err, "--query and --vex", code, err)
        tree.put("WINDOWS/broken.dll", b"MZ")
        code, out, err = run("audit", tree.folder, "--query", "file:%windir%/broken.dll version = 1.0")
        tap.row(code == 3 and b"broken.dll" in err, "a question that cannot be answered", code, out, err)


def wild(d, good):
    """The handler with one number of its headers or of its version resource turned into a wild one: judged, refused, never a death."""
    base, roots = tree_of(pathlib.Path(d) / "wild", "xp-sp1", "6.0.2800.1106").write().folder, []
    numbers = (0, 1, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, len(good) - 1, 0xFFFFFFF0)
    for i, at in enumerate([0x3C, *range(0x84, 0x180, 6), *range(0x400, 0x460, 4), *range(0x458, 0x4E8, 6)]):
        where = pathlib.Path(d) / f"wild{i}"
        shutil.copytree(base, where, copy_function=os.link)
        handler = where / "WINDOWS/system32/inetcomm.dll"
        handler.unlink()
        handler.write_bytes(good[:at] + numbers[i % len(numbers)].to_bytes(4, "little") + good[at + 4:])
        roots.append(where)
    code, out, err = run("audit", "--json", "-j", "2", *roots)
    verdicts = [json.loads(line).get("verdict") for line in out.splitlines()]
    tap.row(b"died" not in err and len(verdicts) == len(roots) and set(verdicts) <= {"affected", "contradiction", "cannot be told", "fixed"},
            f"{len(roots)} wild numbers in a program: each is judged", code, set(verdicts), len(verdicts), err[:400])


def hostile():
    with folder() as d:
        for name in ("nothing", "file"):
            path = pathlib.Path(d) / name
            path.mkdir() if name == "nothing" else path.write_text("x")
            code, out, err = run("audit", path)
            tap.row(code == 3 and not out and str(path).encode() in err and err.count(b"\n") == 1, f"no system: {name}", code, err)

        def broken(label, change, verdict, status, told=""):
            where = pathlib.Path(d) / label.replace(" ", "-")
            tree = tree_of(where, "xp-sp1", "6.0.2800.1409", mark=True).write()
            change(where)
            code, report, err = judged(where)
            errors = [e["found"] for c in report.get("components", []) for e in c["evidence"] if e["sign"] == "error"]
            tap.row(code == status and report.get("verdict") == verdict and (not told or any(told in e for e in errors)),
                    f"hostile: {label}: {verdict}", code, report.get("answer"), errors, err)

        handler = "WINDOWS/system32/inetcomm.dll"

        def link(where):
            (where / handler).unlink()
            (where / handler).symlink_to("/etc/passwd")

        def pe(data):
            return lambda where: (where / handler).write_bytes(data)

        good = program("6.0.2800.1409")
        broken("symlink to /etc", link, "cannot be told", 3, "symbolic link")
        broken("two names of one case", lambda w: (w / "WINDOWS/system32/INETCOMM.DLL").write_bytes(good), "cannot be told", 3, "INETCOMM.DLL")
        broken("no PE", pe(b"MZ nothing"), "cannot be told", 3)
        broken("empty file", pe(b""), "cannot be told", 3)
        broken("cut version", pe(good[:700]), "cannot be told", 3)
        broken("wild offset", pe(good[:60] + b"\xff\xff\xff\x7f" + good[64:]), "cannot be told", 3)
        broken("version block wild", pe(good.replace(b"V\0S\0_\0V\0E\0R", b"X\0S\0_\0V\0E\0R")), "cannot be told", 3)
        broken("folder instead of the file", lambda w: ((w / handler).unlink(), (w / handler).mkdir()), "cannot be told", 3)

        def instead(make):
            """Something else under the handler's name, or the handler under another one."""
            def change(where):
                (where / handler).rename(where / "WINDOWS/system32/real.dll")
                make(where / handler)
            return change

        def named(name):
            return lambda path: (path.parent / "real.dll").rename(path.parent / name)

        def chain(path):
            path.symlink_to("one")
            (path.parent / "one").symlink_to("two")
            (path.parent / "two").symlink_to("real.dll")

        broken("a chain of links inside the tree", instead(chain), "cannot be told", 3, "symbolic link")
        broken("links in a circle", instead(lambda p: (p.symlink_to("one"), (p.parent / "one").symlink_to(p.name))), "cannot be told", 3, "symbolic link")
        broken("a link to nothing", instead(lambda p: p.symlink_to("/nonexistent/x")), "cannot be told", 3, "symbolic link")
        broken("a link to endless zeros", instead(lambda p: p.symlink_to("/dev/zero")), "cannot be told", 3, "symbolic link")
        broken("a pipe", instead(os.mkfifo), "cannot be told", 3, "special file")
        for name in ("inetcomm.dll:evil", "inetcomm.dll::$DATA", "inetcomm.dll.", "inetcomm.dll ", "\u0131netcomm.dll", "inetcomm.dll\n"):
            broken(f"the handler as {name!r}", instead(named(name)), "contradiction", 1)
        for odd in (b"con", b"NUL.dll", b"\xff\xfe\x80", b"a\nb\x1b[31m", "\u202egnp.dll".encode()):
            broken(f"beside it {odd!r}", lambda w, odd=odd: open(os.fsencode(w / "WINDOWS/system32") + b"/" + odd, "wb").close(), "fixed", 0)
        for path in ("windows", "WINDOWS/SYSTEM32", "WINDOWS/system32/CONFIG", "WINDOWS/system32/config/SOFTWARE"):
            where = tree_of(pathlib.Path(d) / f"twin-{path.replace('/', '-')}", "xp-sp1", "6.0.2800.1409", mark=True).write().folder
            (where / path).mkdir()
            code, out, err = run("audit", where)
            tap.row(code == 3 and not out and b"T2: two names are equal without case" in err, f"hostile: a twin of {path}", code, out, err)
        wild(d, good)
        broken("damaged hive", lambda w: (w / "WINDOWS/system32/config/software").write_bytes(b"regf" + b"\xff" * 8000), "fixed", 0)
        broken("cut hive", lambda w: os.truncate(w / "WINDOWS/system32/config/software", 4200), "fixed", 0)
        broken("no hive", lambda w: (w / "WINDOWS/system32/config/software").unlink(), "fixed", 0)

        hive = tree_of(pathlib.Path(d) / "flips", "xp-sp1", "6.0.2800.1106").write().folder / "WINDOWS/system32/config/software"
        data, roots = hive.read_bytes(), []
        used = len(data.rstrip(b"\0"))
        for i in range(0, used, 67):
            where = pathlib.Path(d) / f"flip{i}"
            shutil.copytree(hive.parents[3], where)
            (where / "WINDOWS/system32/config/software").write_bytes(data[:i] + bytes([data[i] ^ 0xFF]) + data[i + 1:])
            roots.append(where)
        code, out, err = run("audit", "--json", "-j", "2", *roots)
        verdicts = [json.loads(line).get("verdict") for line in out.splitlines()]
        tap.row(b"died" not in err and len(verdicts) == len(roots) and set(verdicts) <= {"affected", "contradiction"},
                f"{len(roots)} flipped bytes of a hive: each is judged by its files", code, set(verdicts), len(verdicts), err[:400])


outside()
later_marks()
measures()
outputs()
questions()
hostile()
tap.finish()
