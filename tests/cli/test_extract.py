"""extract: names made by us, beneath the folder, each with its mark (T2, Z19)."""
import json
import os
import pathlib
import re

from cli import PNG, SAMPLES, Tap, archive, folder, run

tap = Tap()
RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$)\s*(\.|$)", re.I)

HOSTILE = [
    "../../pwn", "/absolute/pwn", "..\\..\\pwn", "C:\\pwn", "C:pwn", "\\\\server\\share\\pwn", "file:///../../pwn", "..", ".", "...", "",
    " ", "CON", "con.txt", "NUL.tar.gz", "COM1", "com¹.png", "LPT9 .txt", "aux:stream", "name:Zone.Identifier", "x.txt::$DATA",
    "a<b>c|d?e*f\"g", "trailing. . .", " leading", "-rf", "--help", "~user", ".bashrc", ".htaccess", "desktop.ini", "Autorun.INF",
    "invoice\u202egpj.exe", "zero\u200bwidth.txt", "Books.pdf" + "\u2800" * 26 + ".hta", "Books.pdf" + " " * 80 + ".hta",
    "sol\u2215idus\uff0fx", "back\uff3cslash", "tab\tname", "L" * 4000 + ".png", "長" * 2000 + ".png", "x." + "y" * 300, "%2e%2e%2fpwn", "..%252fpwn", "100% sure.txt",
    "same.txt", "SAME.TXT", "same.txt", "sÄme.txt", "säme.txt", "emoji 😀.png",
]


def check_name(name):
    plain = name.encode()
    return (0 < len(plain) <= 120 and not re.search(r'[\x00-\x1f\x7f-\x9f/\\<>:"|?*\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2215\uff0f\uff3c]', name)
            and not RESERVED.match(name) and name not in (".", "..") and name[0] not in ".- ~" and name[-1] not in ". "
            and name.lower() not in ("desktop.ini", "autorun.inf") and "  " not in name and not re.search("%[0-9A-Fa-f]{2}", name))


def hostile_names():
    parts = [(["Content-Type: text/html"], b"<p>root")]
    for i, name in enumerate(HOSTILE):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        parts.append(([f"Content-Type: application/octet-stream", f'Content-Disposition: attachment; filename="{escaped}"'], b"part %d" % i))
        parts.append(([f"Content-Type: image/png", f"Content-Location: http://x.test/{name.replace(' ', '%20')}"], PNG))
    with folder() as d:
        path = pathlib.Path(d) / "a" / "b" / "in.mhtml"
        path.parent.mkdir(parents=True)
        path.write_bytes(archive(parts))
        target = path.parent / "out"
        code, out, err = run("extract", "--json", path, "-d", target)
        manifest = json.loads(out)
        tap.row(code == 0 and manifest["format"] == 1 and len(manifest["files"]) == 2 * len(HOSTILE) + 1, "all are extracted", code, err)
        files = [f["file"] for f in manifest["files"]]
        for name in sorted(set(files)):
            tap.row(check_name(name), f"t2_z19_a_safe_name {ascii(name)[:60]}")
        tap.row(len({f.lower() for f in files}) == len(files), "t2_names_differ_without_case")
        on_disk = {n for n in os.listdir(target)}
        tap.row(on_disk == set(files) | {f + ":Zone.Identifier" for f in files}, "z19_each_file_has_its_mark_and_nothing_else_is_there",
                sorted(on_disk ^ (set(files) | {f + ":Zone.Identifier" for f in files}))[:5])
        everywhere = [str(p) for p in pathlib.Path(d).rglob("*") if p.is_file() and target not in p.parents and p != path]
        tap.row(not everywhere, "t2_nothing_is_written_outside", everywhere)
        attachments = {f["called"]: f["file"] for f in manifest["files"] if f["called"]}
        tap.row(attachments.get("emoji 😀.png") == "emoji 😀.png", "an ordinary name stays as it is", attachments.get("emoji 😀.png"))
        tap.row(all(oct((target / f).stat().st_mode)[-3:] in ("644", "600", "664", "640") for f in files), "t3_nothing_is_executable")


def links():
    with folder() as d:
        os.mkdir(f"{d}/out")
        open(f"{d}/victim", "w").write("untouched")
        os.symlink("../victim", f"{d}/out/x.bin")
        open(f"{d}/in.mhtml", "wb").write(archive([(["Content-Type: text/html", "Content-Disposition: attachment; filename=x.bin"], b"new")]))
        code, out, err = run("extract", f"{d}/in.mhtml", "-d", f"{d}/out")
        tap.row(code == 4 and b"exists already" in err and open(f"{d}/victim").read() == "untouched", "t2_a_link_is_not_followed", code, err)
        code, out, err = run("extract", "--replace", f"{d}/in.mhtml", "-d", f"{d}/out")
        tap.row(code == 0 and open(f"{d}/victim").read() == "untouched" and not os.path.islink(f"{d}/out/x.bin")
                and open(f"{d}/out/x.bin").read() == "new", "t2_replace_replaces_the_link", code, err)


def marks():
    with folder() as d:
        code, out, err = run("extract", SAMPLES / "ie-ms04-013.mht", "-d", f"{d}/ie", "--json")
        mark = open(f"{d}/ie/wall.png:Zone.Identifier", "rb").read()
        tap.row(code == 0 and b"[ZoneTransfer]" in mark and b"ZoneId=3" in mark and b"HostUrl=http://www.fort.example/news.html" in mark,
                "z19_a_page_is_marked_internet_with_its_address", code, err, mark)
        run("extract", SAMPLES / "japanese-mail.eml", "-d", f"{d}/mail", "-a")
        names = sorted(n for n in os.listdir(f"{d}/mail") if ":" not in n)
        tap.row(names == ["料金表.csv", "混雑.png"] or sorted(names) == sorted(["料金表.csv", "混雑.png"]), "extract --attachments", names)
        mark = open(f"{d}/mail/混雑.png:Zone.Identifier", "rb").read()
        tap.row(b"ZoneId=4" in mark, "z19_mail_is_marked_restricted", mark)
        code, out, err = run("extract", "-z", "local-machine", SAMPLES / "ie-ms04-013.mht", "-d", f"{d}/lm")
        mark = open(f"{d}/lm/wall.png:Zone.Identifier", "rb").read()
        tap.row(b"ZoneId=3" in mark, "z19_a_mark_is_never_below_internet", mark)
        evil = archive([(["Content-Type: text/html", "Content-Location: http://x.test/a%0d%0aZoneId=0", "Content-Disposition: attachment; "
                          "filename=x.html"], b"x")])
        open(f"{d}/e.mhtml", "wb").write(evil)
        run("extract", f"{d}/e.mhtml", "-d", f"{d}/e")
        mark = open(f"{d}/e/x.html:Zone.Identifier", "rb").read()
        tap.row(mark.count(b"ZoneId=") == 1 or b"\nZoneId=0" not in mark, "z19_an_address_cannot_write_lines_into_a_mark", mark)
        path = f"{d}/probe"
        open(path, "w").close()
        try:
            os.setxattr(path, "user.test", b"x")
            takes = True
        except OSError:
            takes = False
        if takes:
            tap.row(os.getxattr(f"{d}/ie/wall.png", "user.xdg.origin.url") == b"http://www.fort.example/news.html", "user.xdg.origin.url is set")


def again():
    with folder() as d:
        first = run("extract", SAMPLES / "word-page.mht", "-d", f"{d}/x")
        second = run("extract", SAMPLES / "word-page.mht", "-d", f"{d}/x")
        third = run("extract", "--replace", SAMPLES / "word-page.mht", "-d", f"{d}/x")
        tap.row((first[0], second[0], third[0]) == (0, 4, 0) and b"exists already" in second[2], "files that are there are not replaced",
                first, second, third)
        code, out, err = run("extract", SAMPLES, "-d", f"{d}/all", "-j", "2")
        tap.row(code == 0 and sorted(os.listdir(f"{d}/all")) == ["blink-page", "ie-ms04-013", "japanese-mail", "word-page"],
                "several inputs get a folder each", code, err)


hostile_names()
links()
marks()
again()
tap.finish()
