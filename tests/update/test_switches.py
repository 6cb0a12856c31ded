"""
Every switch of both families, and of the two programs that remove, one by one, as /? lists them: a switch without a row here fails.
What each mode prints, on a pipe and on a terminal; what is asked, and what the answers do; the same as GNU options.
"""
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import struct
import subprocess
import termios

from bulletin import PACKAGES, make, run, system, windows_folder
from cli import POSTERN, Tap, folder
from tree import differences, state

tap = Tap()
A, B = PACKAGES[3], PACKAGES[0]


class Desk:
    """A package of each family and trees for them, fresh when asked for."""

    def __init__(self, where):
        self.where, self.count = where, 0
        self.exe = {"A": make(A, where), "B": make(B, where)}

    def tree(self, family, **more):
        self.count += 1
        return system(A if family == "A" else B, self.where / f"tree{self.count}", **more)


def installed(root, family):
    return (root / windows_folder(A if family == "A" else B) / "$NTUninstallKB837009$/postern.record").exists()


def install(desk, family, root, *words, stdin=b""):
    return run("update", "install", desk.exe[family], "--root", root, *words, stdin=stdin)


def listed(verb):
    """{(switch, families)} of /?"""
    code, out, err = run("update", *verb, "/?")
    assert code == 0, err
    return {(words[0], "".join(words[1:2] if words[1] != "A" or words[2:3] != ["B"] else ["AB"])) for words in (line.split() for line in out.decode().splitlines())}


# ---- family by family: switch, what it has to do ------------------------------------------------------------------------------

def quiet(desk, family, switch):
    root = desk.tree(family)
    code, out, err = install(desk, family, root, switch)
    tap.row(code == 0 and not out and not err and installed(root, family), f"{family} {switch}: installs and prints nothing", code, out, err)
    code, out, err = install(desk, family, root, switch)
    tap.row(code == 0 and not out and not err, f"{family} {switch}: nor when there is nothing to do", out, err)
    code, out, err = install(desk, family, desk.tree("B" if family == "A" else "A"), switch)
    tap.row(code == 1 and not out and not err, f"{family} {switch}: nor when it is refused, the status tells", code, out, err)


def bar(desk, family, switch):
    root = desk.tree(family)
    code, out, err = install(desk, family, root, switch)
    tap.row(code == 0 and not out and not err and installed(root, family), f"{family} {switch}: on a pipe nothing", code, out, err)
    root = desk.tree(family)
    code, shown = terminal("update", "install", desk.exe[family], "--root", root, switch)
    left = re.sub(rb"\r\[[#.]{24}\] +\d+ %[^\r]*|\r\x1b\[K", b"", shown)
    tap.row(code == 0 and b"[####" in shown and b"100 %" in shown and not left.strip() and installed(root, family), f"{family} {switch}: on a terminal a bar and nothing else", code, shown)
    code, out, err = install(desk, family, desk.tree("B" if family == "A" else "A"), switch)
    tap.row(code == 1 and b"refused" in err, f"{family} {switch}: an error is told", code, err)


def accepted(desk, family, switch):
    """Nothing to do on a system that does not run: the same tree as without it, and no question."""
    with_it, without = desk.tree(family), desk.tree(family)
    code, out, err = install(desk, family, with_it, switch)
    install(desk, family, without)
    pairs = [[(r[0], r[1], r[5]) for r in state(root) if not r[0].endswith((".record", ".log"))] for root in (with_it, without)]
    strip = [[r for r in rows if "config" not in r[0]] for rows in pairs]
    tap.row(code == 0 and b"installed" in err and strip[0] == strip[1], f"{family} {switch}: accepted, without effect", code, err, *differences(*strip))


def helps(desk, family, switch):
    root = desk.tree(family)
    before = state(root)
    code, out, err = install(desk, family, root, switch)
    tap.row(code == 0 and b"/quiet" in out and b"/q:a" in out and state(root) == before, f"{family} {switch}: a list, and nothing is done", code, out, err)


def uninstall(desk, family, switch):
    root = desk.tree(family)
    before = state(root)
    install(desk, family, root)
    code, out, err = install(desk, family, root, switch)
    tap.row(code == 0 and state(root) == before and b"removed" in err, f"{family} {switch}: removes what the package installs", code, err, *differences(before, state(root)))
    code, out, err = install(desk, family, root, switch)
    tap.row(code == 3 and b"no record" in err, f"{family} {switch}: and says when it is not there", code, err)


def lists(desk, family, switch):
    root = desk.tree(family)
    install(desk, family, root)
    code, out, err = run("update", "install", "--root", root, switch)
    tap.row(code == 0 and b"KB837009" in out and b"postern" in out, f"{family} {switch}: lists, without a package", code, out, err)
    code, out, err = install(desk, family, root, switch)
    tap.row(code == 0 and b"KB837009" in out, f"{family} {switch}: and with one", code, out, err)


def no_backup(desk, family, switch):
    root = desk.tree(family)
    code, out, err = install(desk, family, root, switch)
    kept = [p.name for p in (root / windows_folder(A if family == "A" else B) / "$NTUninstallKB837009$").iterdir()]
    code2, out, err = run("update", "remove", root, "KB837009")
    tap.row(code == 0 and kept == ["postern.record"] and code2 == 3 and b"without keeping" in err, f"{family} {switch}: keeps no originals", code, kept, err)


def no_version(desk, family, switch):
    root = desk.tree("A" if family == "B" else "B")
    code, out, err = install(desk, family, root)
    tap.row(code == 1 and b"refused" in err, f"{family} without {switch}: refused", code, err)
    code, out, err = install(desk, family, root, switch)
    told = json.loads(run("update", "list", root, "--json")[1].splitlines()[0])
    tap.row(code == 0 and told["overridden"] == "/n:v", f"{family} {switch}: installed, and recorded", code, err, told)


def extracts(desk, family, switch):
    wanted = {"inetcomm.dll", "msoe.dll", "wab32.dll", "q837009.inf"}
    for words, stdin, code_wanted in (((switch, "/t:{}"), b"", 0), ((switch,), b"{}\n", 0), ((switch,), b"", 2), ((switch,), b"\n", 2), ((switch, "/q:a"), b"{}\n", 2), ((switch, "/q:a", "/t:{}"), b"", 0)):
        where = desk.where / f"out{desk.count}"
        desk.count += 1
        code, out, err = run("update", "install", desk.exe[family], *(w.format(where) for w in words), stdin=stdin.replace(b"{}", str(where).encode()))
        names = {p.name for p in where.iterdir()} if where.exists() else set()
        quiet_one = "/q:a" in words
        tap.row(code == code_wanted and names == (wanted if code == 0 else set()) and not (quiet_one and code == 0 and (out or err)), f"{family} {' '.join(words)}, told {stdin!r}", code, out, err, names)
    tap.row(b"folder to extract to" in run("update", "install", desk.exe[family], switch)[2], f"{family} {switch}: asks for the folder")


def temporary(desk, family, switch):
    root = desk.tree(family)
    code, out, err = install(desk, family, root, f"/t:{desk.where}/tmp")
    tap.row(code == 0 and installed(root, family) and not (desk.where / "tmp").exists(), f"{family} /t: alone: accepted, made elsewhere", code, err)
    code, out, err = install(desk, family, root, "/t:")
    tap.row(code == 2 and b"no folder" in err, f"{family} /t: without a path", code, err)


def setup(desk, family, switch):
    for name, code_wanted, word in (("q837009.inf", 0, b"installed"), ("Q837009.INF", 0, b"installed"), ("other.inf", 2, b"not its setup"), ("setup.exe", 2, b"T3"), ("", 2, b"T3"), (".inf", 2, b"T3")):
        root = desk.tree(family)
        before = state(root)
        code, out, err = install(desk, family, root, "/c:" + name)
        tap.row(code == code_wanted and word in err and (state(root) == before) == bool(code), f"{family} /c:{name}", code, err)


def user_quiet(desk, family, switch):
    """A file that has no version cannot be compared: the user decides."""
    files = {windows_folder(B) + r"\system32\inetcomm.dll": b"no program at all"}
    for answer, code_wanted in ((b"y\n", 0), (b"Yes\n", 0), (b"n\n", 1), (b"\n", 1), (b"", 1), (b"maybe\n", 1)):
        root = desk.tree(family, files=files)
        before = state(root)
        code, out, err = install(desk, family, root, switch, stdin=answer)
        tap.row(code == code_wanted and b"C:\\WINDOWS\\system32\\inetcomm.dll cannot be compared by version; replace it? [y/N] " in err and (state(root) == before) == bool(code),
                f"{family} {switch}, told {answer!r}", code, err, *differences(before, state(root)))
    root = desk.tree(family)
    code, out, err = install(desk, family, root, switch)
    tap.row(code == 0 and b"?" not in err, f"{family} {switch}: nothing to ask, nothing asked", code, err)
    root = desk.tree(family, files=files)
    code, out, err = install(desk, family, root)
    tap.row(code == 0 and b"?" not in err, f"{family} without {switch}: nothing is asked", code, err)


def asks_restart(desk, family, switch):
    for answer, code_wanted in ((b"y\n", 194), (b"n\n", 1), (b"", 1)):
        root = desk.tree(family)
        before = state(root)
        code, out, err = install(desk, family, root, switch, "--at-restart", stdin=answer)
        tap.row(code == code_wanted and b"when the system starts next; go on? [y/N] " in err and (state(root) == before) == (code == 1), f"{family} {switch}, told {answer!r}", code, err)
    code, out, err = install(desk, family, desk.tree(family), switch)
    tap.row(code == 0 and b"?" not in err, f"{family} {switch}: no restart, no question", code, err)
    root = desk.tree(family)
    code, out, err = install(desk, family, root, switch, "/q:a")
    tap.row(code == 2 and b"forbids" in err and not installed(root, family), f"{family} {switch} with /q:a", code, err)


SWITCHES = {"A": {"/help": helps, "/quiet": quiet, "/passive": bar, "/uninstall": uninstall, "/norestart": accepted, "/forcerestart": accepted, "/l": lists, "/o": accepted,
                  "/n": no_backup, "/f": accepted, "/u": bar, "/m": bar, "/z": accepted, "/q": quiet, "/?": helps},
            "B": {"/q": quiet, "/q:u": user_quiet, "/q:a": quiet, "/c": extracts, "/r:n": accepted, "/r:i": asks_restart, "/r:a": accepted, "/r:s": accepted, "/n:v": no_version,
                  "/?": helps, "/t:PATH": temporary, "/c:PATH": setup}}


def each_switch(desk):
    known = listed(["install"])
    tested = {(s, f) for f in SWITCHES for s in SWITCHES[f]}
    tap.row(all((s, f) in tested for s, fs in known for f in fs) and all(any(s == k and f in fs for k, fs in known) for s, f in tested), "/? lists what is tested here, and the other way round",
            sorted(known), sorted(tested))
    for family, rows in SWITCHES.items():
        for switch, function in rows.items():
            for spelling in {switch, switch.upper()} if switch in ("/norestart", "/r:n", "/help") else {switch}:
                function(desk, family, spelling)
    for family, other in (("A", "B"), ("B", "A")):
        for switch in SWITCHES[other]:
            if switch in SWITCHES[family] or "PATH" in switch or switch == "/c":
                continue
            root = desk.tree(family)
            before = state(root)
            code, out, err = install(desk, family, root, switch)
            done = code == 2 or switch in ("/l", "/help")
            tap.row(done and state(root) == before, f"{family} {switch}: of the other family", code, out, err)
    code, out, err = install(desk, "A", desk.tree("A"), "/quiet", "/passive", "/norestart", "/o", "/f")
    tap.row(code == 0 and not out and not err, "A: combined, the stricter mode wins", code, out, err)
    code, out, err = install(desk, "B", desk.tree("B"), "/q:a", "/r:n", "/n:v")
    tap.row(code == 0 and not out and not err, "B: combined", code, out, err)
    code, out, err = install(desk, "B", desk.tree("B"), "/norestart", "/r:n")
    tap.row(code == 2 and b"other family" in err, "of both families at once: refused", code, err)


def removal(desk):
    known = listed(["remove"])
    tap.row(known == {("/?", "AB"), ("/u", "A"), ("/f", "A"), ("/z", "AB"), ("/q", "AB")}, "remove: /? lists its switches", sorted(known))
    for switch, families in sorted(known):
        for family in families:
            root = desk.tree(family)
            before = state(root)
            install(desk, family, root)
            now = state(root)
            code, out, err = run("update", "remove", root, "KB837009", switch)
            good = (code == 0 and state(root) == now and b"/z" in out) if switch == "/?" else (code == 0 and state(root) == before and bool(err) == (switch != "/q"))
            tap.row(good, f"remove {family} {switch}", code, out, err)
    code, out, err = run("update", "remove", desk.tree("B"), "KB837009", "/q")
    tap.row(code == 3 and not out and not err, "remove /q: an error has a status, and no words", code, out, err)


def gnu(desk):
    """The same as GNU options."""
    root = desk.tree("B")
    before = state(root)
    code, out, err = install(desk, "B", root, "--quiet")
    tap.row(code == 0 and not out and not err and installed(root, "B"), "--quiet", code, out, err)
    code, out, err = run("update", "install", "--list", "--root", root)
    tap.row(code == 0 and b"KB837009" in out, "--list", code, out, err)
    code, out, err = install(desk, "B", root, "--uninstall")
    tap.row(code == 0 and state(root) == before, "--uninstall", code, err)
    code, out, err = install(desk, "A", desk.tree("B"), "--quiet")
    tap.row(code == 1 and b"refused" in err, "--quiet tells errors", code, err)
    for option in ("--no-restart", "--force-restart", "--overwrite-oem", "--close-programs"):
        for family in "AB":
            root = desk.tree(family)
            code, out, err = install(desk, family, root, option)
            tap.row(code == 0 and installed(root, family), f"{family} {option}", code, err)
    root = desk.tree("B")
    code, shown = terminal("update", "install", desk.exe["B"], "--root", root, "--passive")
    tap.row(code == 0 and b"100 %" in shown and b"installed" not in shown, "--passive", code, shown)
    root = desk.tree("A")
    code, out, err = install(desk, "B", root, "--no-version-check")
    tap.row(code == 0 and installed(root, "A"), "--no-version-check", code, err)
    root = desk.tree("B", files={windows_folder(B) + r"\system32\inetcomm.dll": b"no program"})
    code, out, err = install(desk, "B", root, "--user-quiet", stdin=b"n\n")
    tap.row(code == 1 and b"replace it?" in err, "--user-quiet", code, err)
    root = desk.tree("B")
    code, out, err = install(desk, "B", root, "--no-backup")
    tap.row(code == 0 and run("update", "remove", root, "KB837009")[0] == 3, "--no-backup", code, err)


def terminal(*words):
    """(exit, what a terminal of 100 columns shows)"""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    process = subprocess.Popen([POSTERN, *map(str, words)], stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, close_fds=True)
    os.close(theirs)
    shown = b""
    while select.select([ours], [], [], 60)[0]:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    return process.wait(60), shown


for function in (each_switch, removal, gnu):
    with folder() as name:
        function(Desk(pathlib.Path(name)))
tap.finish()
