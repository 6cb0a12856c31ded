"""postern zone --root: the policy of an offline Windows system and of a Wine prefix, per user; what refuses."""
import json
import pathlib
import sys

from cli import Tap, folder, run, harmless

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "win"))
import trees  # noqa: E402

MAP = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings\ZoneMap\Domains"
ZONES = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings\Zones"


def zone(*words):
    code, out, err = run("zone", "--json", *words)
    return json.loads(out)["zone_name"] if code in (0, 1) and out else (code, err)


def main():
    tap = Tap()
    with folder() as name:
        work = pathlib.Path(name)
        users = {"hanako": [(MAP + r"\friend.example", "*", "dword", 2)], "taro": [(MAP + r"\friend.example", "*", "dword", 4)]}
        machine = [(MAP.replace("Software\\", "", 1) + r"\work.example", "http", "dword", 1)]
        xp = trees.windows(work / "xp", "xp-sp1", software=machine, users=users)
        tap.row(zone("--root", xp, "--user", "hanako", "http://friend.example/") == "trusted", "the user's own site list")
        tap.row(zone("--root", xp, "--user", "S-1-5-21-1-2-3-1001", "http://friend.example/") == "restricted", "another user, by SID")
        tap.row(zone("--root", xp, "--user", "TARO", "http://work.example/") == "intranet", "the machine's site list")
        tap.row(zone("--root", xp, "--user", ".default", "http://friend.example/") == "internet", "a user without a list")
        code, out, err = run("zone", "--root", xp, "http://friend.example/")
        tap.row(code == 2 and b"more than one user" in err and b"hanako" in err and b"taro" in err and not out, "of several one is named", err)
        code, _, err = run("zone", "--root", xp, "--user", "jiro", "http://friend.example/")
        tap.row(code == 2 and b"no such user" in err, "an unknown user", err)
        (work / "more.reg").write_text("REGEDIT4\n\n[-HKEY_CURRENT_USER\\" + MAP.replace("\\", "\\") + "\\friend.example]\n")
        tap.row(zone("--root", xp, "--user", "hanako", "-p", work / "more.reg", "http://friend.example/") == "internet",
                "a .reg file lies over the system")
        code, _, err = run("zone", "--root", xp, "--user", "hanako", "export", "-o", work / "out.reg")
        tap.row(code == 0 and "friend.example" in (work / "out.reg").read_text("utf-16"), "export writes the system's policy", err)

        alone = trees.windows(work / "alone", "2003", users={"hanako": users["hanako"]})
        tap.row(zone("--root", alone, "http://friend.example/") == "trusted", "the only user counts")
        nobody = trees.windows(work / "nobody", "2000-sp4")
        tap.row(zone("--root", nobody, "http://friend.example/") == "internet", "a system without users")
        prefix = trees.wine(work / "wine", user=users["hanako"] + [(ZONES + r"\3", "1400", "dword", 3)])
        tap.row(zone("--root", prefix, "http://friend.example/") == "trusted", "a Wine prefix")
        code, out, _ = run("zone", "--root", prefix, "-a", "1400", "http://a.example/")
        tap.row(code == 0 and b"disallow" in out, "a Wine prefix: its action", out)

        dirty = trees.windows(work / "dirty", "xp", users={"hanako": []})
        trees.put(dirty, r"WINDOWS\system32\config\software", trees.hive([], dirty=True))
        code, _, err = run("zone", "--root", dirty, "http://a.example/")
        tap.row(b"only its log has" in err and b"config\\software" in err and code == 0, "a dirty hive is said", err)
        damaged = trees.windows(work / "damaged", "xp", users={"hanako": []})
        trees.put(damaged, r"Documents and Settings\hanako\NTUSER.DAT", b"regf" + bytes(9000))
        code, out, err = run("zone", "--root", damaged, "http://a.example/")
        tap.row(code == 3 and b"NTUSER.DAT: the hive is damaged" in err and not out and harmless(err), "a damaged hive is an error", err)

        code, _, err = run("zone", "--root", work, "http://a.example/")
        tap.row(code == 3 and b"no Windows system" in err, "no system", err)
        code, _, err = run("zone", "--root", work / "none", "http://a.example/")
        tap.row(code == 3 and b"cannot open" in err, "no folder", err)
        code, _, err = run("zone", "--user", "x", "http://a.example/")
        tap.row(code == 2 and b"--root" in err, "--user without --root", err)

        link = trees.windows(work / "link", "xp", users={"hanako": []})
        (link / r"Documents and Settings/hanako/NTUSER.DAT").unlink()
        (link / r"Documents and Settings/hanako/NTUSER.DAT").symlink_to("/etc/passwd")
        code, out, err = run("zone", "--root", link, "--user", "hanako", "http://a.example/")
        tap.row(code == 3 and b"T2" in err and b"root:" not in out + err, "t2_a_hive_that_is_a_link_is_refused", err)
    tap.finish()


main()
