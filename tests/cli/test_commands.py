"""Each command on ordinary input: what it writes, where, and with which exit code."""
import json
import os
import pty

from cli import PNG, POSTERN, SAMPLES, Tap, folder, harmless, page, run, archive

tap = Tap()
IE, BLINK, MAIL, WORD = (SAMPLES / n for n in ("ie-ms04-013.mht", "blink-page.mhtml", "japanese-mail.eml", "word-page.mht"))


def usage():
    code, out, err = run("--version")
    tap.row(code == 0 and out.startswith(b"postern ") and not err, "--version")
    code, out, err = run("--help")
    tap.row(code == 0 and all(c in out for c in (b"html", b"text", b"parts", b"cat", b"extract", b"pack")), "--help names all")
    for command in ("html", "text", "parts", "cat", "extract", "pack"):
        first = run("help", command)
        tap.row(first[0] == 0 and first == run(command, "--help") and b"usage: postern " + command.encode() in first[1],
                f"help {command} is {command} --help")
    for words, why in [
        ([], b"command is missing"), (["frobnicate"], b"no such command"), (["html"], b"operand is missing"),
        (["html", "--frob", IE], b"no such option"), (["html", "-Q", IE], b"no such option"), (["html", IE, "-o"], b"argument is missing"),
        (["text", "--width", "ten", IE], b"not a number"), (["text", "--width=-1", IE], b"not a number"),
        (["text", "--width=99999999999999999999", IE], b"not a number"), (["parts", "--json=yes", IE], b"takes no argument"),
        (["html", "-z", "mars", IE], b"not a zone"), (["cat", IE], b"operand is missing"), (["cat", IE, "1", "2"], b"too many"),
        (["html", "--json", IE], b"--json needs"), (["html", IE, MAIL], b"several inputs"), (["extract", IE], b"-d DIR"),
        (["html", "-o", "a", "-d", "b", IE], b"exclude"), (["pack", IE], b"-o OUT"), (["html", "--output=", IE], b"empty argument"),
        (["help", "frobnicate"], b"no such command"), (["text", "-", "-"], b"only once"), (["pack", "-", "-o", "x"], b"needs a file"),
    ]:
        code, out, err = run(*words)
        tap.row(code == 2 and why in err and not out and err.startswith(b"postern: ") and err.count(b"\n") == 1,
                f"usage: {' '.join(str(w) for w in words)}", code, err)


def html():
    with folder() as d:
        code, out, err = run("html", IE, "-o", f"{d}/page.html")
        whole = open(f"{d}/page.html", "rb").read()
        tap.row(code == 0 and not out and not err, "html -o is quiet", code, out, err)
        tap.row(b"Content-Security-Policy" in whole and b"Five keys for one small door" in whole, "html writes a guarded page")
        tap.row(sorted(os.listdir(d)) == ["page.html"], "html leaves nothing else", os.listdir(d))
        tap.row(run("html", IE, "-o", "-")[1] == whole, "html -o - writes the same to standard output")
        tap.row(run("html", IE)[1] == whole, "standard output is the default in a pipe")
        tap.row(run("html", "-", stdin=IE.read_bytes())[1] == whole, "html reads standard input")
        code, out, err = run("html", "-s", IE, "-o", f"{d}/page.html")
        tap.row(code == 0 and all(w in err for w in (b"title", b"zone", b"left out", b"written", b"look at")), "html -s", err)
        code, out, err = run("html", "--json", IE, "-o", f"{d}/page.html")
        report = json.loads(out)
        tap.row(report["format"] == 1 and report["kind"] == "mhtml" and report["zone"] == "internet"
                and report["shown"]["pictures"] == 2 and report["left_out"]["scripts"] >= 1, "html --json", out)
        tap.row(out == run("html", "--json", IE, "-o", f"{d}/page.html")[1], "z20_json_is_reproducible")
        code, out, err = run("html", "--json", "-z", "restricted", IE, "-o", f"{d}/page.html")
        tap.row(json.loads(out)["zone"] == "restricted", "--zone lowers")
        code, out, err = run("html", "--json", "-z", "local-machine", IE, "-o", f"{d}/page.html")
        tap.row(json.loads(out)["zone"] == "internet", "z1_a_mark_is_not_raised_by_the_callers_zone", out[:400])
        code, out, err = run("html", "--json", MAIL, "-o", f"{d}/page.html")
        tap.row(json.loads(out)["zone"] == "restricted", "z10_mail_is_restricted_by_default")
        code, out, err = run("html", "-d", f"{d}/site/deep", BLINK)
        names = sorted(os.listdir(f"{d}/site/deep"))
        index = open(f"{d}/site/deep/index.html").read()
        tap.row(code == 0 and "index.html" in names and any(n.endswith(".png") for n in names), "html -d", code, err, names)
        tap.row(all(n == "index.html" or n in index for n in names), "html -d references each file", names)
        code, out, err = run("html", IE, "-o", IE)
        tap.row(code == 2 and b"is the input" in err, "the input is never the output", err)
        code, out, err = run("html", "-r", "4", IE, "-o", f"{d}/css.html")
        tap.row(code in (0, 3), "html --root of a part that is no page ends well", code, err)
        code, out, err = run("html", "-r", "99", IE, "-o", f"{d}/no.html")
        tap.row(code == 3 and not os.path.exists(f"{d}/no.html"), "html --root of a part that is not there", code, err)


def marks():
    with folder() as d:
        path = f"{d}/page.mhtml"
        open(path, "wb").write(page())
        zone = lambda *more: json.loads(run("parts", "--json", path, *more)[1])["zone"]
        tap.row(zone() == "internet" and zone("-z", "trusted") == "trusted", "without a mark the caller's zone counts")
        open(path + ":Zone.Identifier", "w").write("[ZoneTransfer]\r\nZoneId=4\r\n")
        tap.row(zone("-z", "trusted") == "restricted", "z1_the_mark_beside_the_file_lowers")
        open(path + ":Zone.Identifier", "w").write("[ZoneTransfer]\r\nZoneId=0\r\n")
        tap.row(zone("-z", "internet") == "internet", "z10_a_mark_never_raises")
        open(path + ":Zone.Identifier", "w").write("rubbish")
        tap.row(zone("-z", "trusted") in ("internet", "restricted"), "z10_a_malformed_mark_fails_closed")
        os.remove(path + ":Zone.Identifier")
        os.mkdir(path + ":Zone.Identifier")
        tap.row(zone("-z", "trusted") in ("internet", "restricted"), "z10_a_mark_that_cannot_be_read_fails_closed")


def text():
    code, out, err = run("text", MAIL)
    shown = out.decode()
    tap.row(code == 0 and "松の間" in shown and "海の家、夏のご案内" in shown, "text of a Japanese mail", err, shown)
    tap.row("この行は見えません" not in shown and b"hidden" in err, "text leaves hidden text out and says so", err)
    for said in (b"1 hidden piece of text", b"1 tracking pixel not fetched", b"1 link whose text names another host"):
        tap.row(said in err, f"text says {said.decode()}", err)
    remote = run("text", "-", stdin=b"<p>a<img src=http://h.test/a.png><img src=http://h.test/b.png>")[2]
    tap.row(b"2 remote pictures not fetched" in remote, "text counts remote pictures", remote)
    tap.row("この行は見えません" in run("text", "--hidden", MAIL)[1].decode(), "text --hidden")
    tap.row(harmless(out), "text is harmless")
    wide = run("text", "-w", "0", IE)[1].decode().split("\n")
    narrow = run("text", "-w", "40", IE)[1].decode().split("\n")
    tap.row(len(narrow) > len(wide) and max(map(len, wide)) > 100, "text --width")
    tap.row(b"# " in run("text", "-m", IE)[1], "text --markdown")
    both = run("text", IE, WORD)[1]
    tap.row(both.count(b"==> ") == 2 and "Отчёт о калитке".encode() in both, "several texts on standard output")
    tap.row(run("text", "-", stdin=MAIL.read_bytes())[1] == out, "text reads standard input")


def parts_and_cat():
    code, out, err = run("parts", MAIL)
    tap.row(code == 0 and b"ISO-2022-JP" in out and "料金表.csv".encode() in out and b"nami@umi.example" in out, "parts", out, err)
    tap.row(all(line == line.rstrip() for line in out.decode().split("\n")), "no row ends in blanks")
    code, out, err = run("parts", "--json", MAIL)
    index = json.loads(out)
    tap.row(index["format"] == 1 and len(index["parts"]) == 8 and index["root"] == 4, "parts --json", out)
    tap.row([p["attachment"] for p in index["parts"]][-2:] == [True, True] and not any(p["attachment"] for p in index["parts"][:-2]),
            "parts --json says what is attached")
    picture = run("cat", MAIL, "5")
    tap.row(picture[0] == 0 and picture[1].startswith(b"\x89PNG") and len(picture[1]) == index["parts"][5]["size"], "cat by number")
    for name in ("nami@umi.example", "<nami@umi.example>", "cid:nami@umi.example"):
        tap.row(run("cat", MAIL, name)[1] == picture[1], f"cat by id: {name}")
    wall = run("cat", IE, "http://www.fort.example/wall.png")[1]
    tap.row(wall.startswith(b"\x89PNG") and run("cat", IE, "wall.png")[1] == wall, "cat by location and its end")
    raw = run("cat", "--raw", IE, "wall.png")[1]
    tap.row(raw.startswith(b"iVBOR") and raw in IE.read_bytes(), "cat --raw")
    tap.row(b"Content-Location: http://www.fort.example/wall.png" in run("cat", "--head", IE, "wall.png")[1], "cat --head")
    code, out, err = run("cat", IE, "nothing")
    tap.row(code == 3 and not out and b"ie-ms04-013.mht: " in err, "z2_cat_of_an_absent_part_is_an_error", code, err)
    with folder() as d:
        tap.row(run("cat", IE, "wall.png", "-o", f"{d}/w.png")[0] == 0 and open(f"{d}/w.png", "rb").read() == wall, "cat -o")


def several():
    with folder() as d:
        os.makedirs(f"{d}/in/sub")
        for name in ("b.mhtml", "a.mht", "sub/c.eml", "sub/A.MHTML"):
            open(f"{d}/in/{name}", "wb").write(page(name.encode()))
        open(f"{d}/in/notes.txt", "w").write("not for us")
        os.symlink("..", f"{d}/in/sub/loop")
        code, out, err = run("html", f"{d}/in", "-o", f"{d}/out/", "-j", "3")
        tap.row(code == 0 and sorted(os.listdir(f"{d}/out")) == ["A-2.html", "a.html", "b.html", "c.html"], "a folder, several at once",
                code, err, os.listdir(f"{d}/out") if os.path.isdir(f"{d}/out") else "")
        one = run("text", f"{d}/in", "-j", "1")
        tap.row(one[0] == 0 and one == run("text", f"{d}/in", "-j", "4"), "z20_order_does_not_depend_on_jobs")
        lines = run("parts", "--json", f"{d}/in")[1].splitlines()
        tap.row(len(lines) == 4 and all(json.loads(line)["format"] == 1 for line in lines), "parts --json writes a line each")
        open(f"{d}/in/bad.mht", "wb").write(b"%PDF-1.4 nothing here")
        code, out, err = run("html", f"{d}/in", "-o", f"{d}/out2", "-j", "2")
        tap.row(code == 2, "an -o that is no folder", code, err)
        code, out, err = run("html", f"{d}/in", "-o", f"{d}/out2/", "-j", "2")
        tap.row(code == 3 and len(os.listdir(f"{d}/out2")) == 4 and b"bad.mht: " in err, "a bad file costs only itself", code, err)
        code, out, err = run("html", "-d", f"{d}/sites", f"{d}/in/a.mht", f"{d}/in/b.mhtml")
        tap.row(code == 0 and sorted(os.listdir(f"{d}/sites")) == ["a", "b"] and os.listdir(f"{d}/sites/a") == ["index.html"],
                "html -d of several", code, err)
        os.mkdir(f"{d}/empty")
        code, out, err = run("text", f"{d}/empty")
        tap.row(code == 3 and b"no .mht" in err, "an empty folder is said", code, err)


def hostile_terminal():
    name = "evil\x1b]0;owned\x07\u202egnp.exe"
    data = archive([(["Content-Type: text/html; charset=utf-8"], b"<title>t\x1b[31m\xe2\x80\xaex</title><p>a\x1b[2Jb\x07\xc2\x9b1m"),
                    (["Content-Type: image/png", f'Content-Disposition: attachment; filename="{name}"',
                      "Content-Location: http://x.test/\x1b[5m"], PNG)])
    with folder() as d:
        path = f"{d}/h\x1b[7m.mhtml"
        open(path, "wb").write(data)
        for words in (["parts"], ["parts", "-v"], ["text"], ["text", "-s", "-v"], ["parts", "--json"], ["html", "-s", "-v", "-o", f"{d}/o.html"],
                      ["extract", "-d", f"{d}/x"], ["extract", "--replace", "--json", "-d", f"{d}/x"]):
            code, out, err = run(*words, path)
            tap.row(code in (0, 1) and harmless(out) and harmless(err), f"no control reaches a terminal: {' '.join(words[:2])}", code, out, err)
        main, side = pty.openpty()
        import subprocess
        child = subprocess.Popen([POSTERN, "cat", path, "1"], stdout=side, stderr=subprocess.DEVNULL)
        child.wait(timeout=60)
        os.close(side)
        shown = os.read(main, 65536).replace(b"\r\n", b"\n")
        os.close(main)
        tap.row(harmless(shown) and b"\\x1b[2J" in shown, "cat to a terminal escapes", shown)
        tap.row(b"\x1b[2J" in run("cat", path, "1")[1], "cat to a pipe does not")


usage()
html()
marks()
text()
parts_and_cat()
several()
hostile_terminal()
tap.finish()
