"""postern zone and postern resolve: every option, every exit code, and what the messages say."""
import json
import pathlib

from cli import PNG, Tap, archive, folder, harmless, run

tap = Tap()
IS = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"


def asked(*words, stdin=b""):
    code, out, err = run("zone", "--json", *words, stdin=stdin)
    return code, [json.loads(line) for line in out.splitlines()], err


with folder() as name:
    where = pathlib.Path(name)
    reg = where / "site.reg"
    reg.write_text(f'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\{IS}\\ZoneMap\\Domains\\bücher.example]\r\n"*"=dword:2\r\n'
                   f'[HKEY_CURRENT_USER\\{IS}\\ZoneMap\\EscDomains\\esc.example]\r\n"*"=dword:1\r\n'
                   f'[HKEY_CURRENT_USER\\{IS}\\ZoneMap]\r\n"ProxyByPass"=dword:1\r\n'
                   f'[HKEY_CURRENT_USER\\{IS}\\Zones\\2]\r\n"1604"=dword:1\r\n', encoding="utf-8")

    # ---- zone ----
    code, answers, err = asked("http://x.example/", "mhtml:x!y")
    tap.row(code == 1 and [(a["zone"], a["openable"], a["format"]) for a in answers] == [(3, True, 1), (4, False, 1)]
            and answers[1]["reasons"][0]["rule"] == "Z4", "zone: two URLs, one refused", code, answers)
    code, answers, err = asked("-", stdin=b"http://a.example/\r\n\r\nhttp://b.example/\nhttp://c.example/")
    tap.row(code == 0 and [a["url"] for a in answers] == [f"http://{h}.example/" for h in "abc"], "zone -: a list, one URL a line", answers)
    code, answers, err = asked("-", stdin=b"")
    tap.row(code == 0 and answers == [], "zone -: an empty list")
    code, answers, err = asked("-p", reg, "http://www.xn--bcher-kva.example/", "http://bücher.example/")
    tap.row(code == 0 and [a["zone_name"] for a in answers] == ["trusted", "trusted"]
            and answers[0]["reasons"][0]["rule"] == "Domains", "zone --policy, an international name", answers, err)
    for words, url, zone, label in (
            (["-z", "4"], "http://bücher.example/", 4, "--zone lowers"), (["-z", "0"], "http://bücher.example/", 2, "--zone never raises"),
            (["--local"], "C:\\x.htm", 0, "--local proves a file"), ([], "C:\\x.htm", 3, "without it a path is internet (Z9)"),
            (["--local"], "\\\\server\\x.htm", 3, "--local proves no share"), (["--bypasses-proxy"], "http://h.example/", 1, "--bypasses-proxy"),
            (["--enhanced-security"], "http://esc.example/", 1, "--enhanced-security"), ([], "http://esc.example/", 3, "else not")):
        code, answers, err = asked("-p", reg, *words, url)
        tap.row(code == 0 and answers[0]["zone"] == zone, f"zone {label}", answers, err)
    for action in ("1604", "0x1604", "HTML_FONT_DOWNLOAD", "urlaction_html_font_download"):
        code, answers, err = asked("-p", reg, "-a", action, "http://bücher.example/")
        got = answers[0]["action"]
        tap.row(got["number"] == 0x1604 and got["name"] == "URLACTION_HTML_FONT_DOWNLOAD" and got["value"] == 1
                and got["policy"] == "query" and got["reasons"][0]["rule"] == "user setting", f"zone --action {action}", got)
    code, answers, err = asked("-a", "1fff", "http://x/")
    tap.row(code == 0 and answers[0]["action"]["policy"] == "disallow" and answers[0]["action"]["name"] is None,
            "z14_an_unknown_action_is_disallowed", answers)
    code, out, err = run("zone", "-a", "nonsense", "http://x/")
    tap.row(code == 2 and b"no such action: nonsense" in err, "zone --action: words that are none", err)
    code, out, err = run("zone", "export", "http://x/")
    tap.row(code == 2 and b"export stands alone" in err, "zone export takes no URL", err)
    code, out, err = run("zone", "http://x\x1b[31m/", b"http://x/\xff\xe2\x80\xae")
    tap.row(code in (0, 1) and harmless(out + err), "zone: nothing of a URL acts on a terminal", out)

    bad = where / "bad.reg"
    bad.write_text(f'REGEDIT4\n[HKEY_CURRENT_USER\\{IS}\\Zones\\3]\n"1400"=dword:7\n"1604"="x"\n"CurrentLevel"=dword:4711\n"1C00"=dword:1\n'
                   f'[HKEY_CURRENT_USER\\{IS}\\ZoneMap\\Domains\\x.example]\n"*"=dword:9\n')
    code, out, err = run("zone", "-p", bad, "-a", "1400", "http://y.example/")
    tap.row(code == 1 and b"1400: disallow" in out and all(w in err for w in (
        b"Zones\\3, value 1400:", b"Zones\\3, value 1604:", b"Zones\\3, value CurrentLevel:", b"Zones\\3, value 1C00:",
        b"Domains\\x.example, value *:")) and err.count(b"(Z14)") == 5, "z14_each_bad_value_is_named_with_its_key", code, err)
    tap.row(run("zone", "-q", "-p", bad, "http://x.example/")[2] == b"", "zone -q says nothing of defects")

    first, again = where / "first.reg", where / "again.reg"
    code, out, err = run("zone", "export", "-p", reg, "-o", first)
    tap.row(code == 0 and first.read_bytes().startswith("\ufeffWindows Registry Editor Version 5.00\r\n".encode("utf-16-le")),
            "zone export: UTF-16LE, version 5.00", err)
    run("zone", "export", "-p", first, "-o", again)
    tap.row(first.read_bytes() == again.read_bytes(), "z20_an_export_loads_back_identical")
    same = all(asked("-p", reg, "-a", a, u)[1][0]["action"]["value"] == asked("-p", first, "-a", a, u)[1][0]["action"]["value"]
               and asked("-p", reg, u)[1][0]["zone"] == asked("-p", first, u)[1][0]["zone"]
               for a in ("1604", "1400", "2500") for u in ("http://bücher.example/", "http://h.example/", "mhtml:x"))
    tap.row(same, "z20_an_export_decides_the_same")
    code, out, err = run("zone", "export", "-o", where / "none" / "x.reg")
    tap.row(code == 4 and b"x.reg" in err, "zone -o: a folder that is not there", code, err)
    code, out, err = run("zone", "-p", reg, "-p", "builtin", "-o", where / "out.txt", "http://bücher.example/")
    tap.row(code == 0 and out == b"" and b"trusted (2)" in (where / "out.txt").read_bytes(), "zone -o, several policies", err)

    # ---- resolve ----
    disk = where / "disk" / "Mail Box"
    disk.mkdir(parents=True)
    (disk / "Page.MHT").write_bytes(archive([
        (["Content-Type: text/html", "Content-Location: http://a.example/"], b"<p>root</p>"),
        (["Content-Type: Image/PNG", "Content-Location: http://a.example/p.png"], PNG)]))
    (disk / "page.txt").write_bytes((disk / "Page.MHT").read_bytes())
    url = "mhtml:file:///C:/mail%20box/page.mht!http://a.example/p.png"
    c = ["--map", f"C:={where / 'disk'}"]
    unix = str(disk / "Page.MHT")
    for spelling in (url, "mhtml:C:\\Mail Box\\page.mht!http://a.example/p.png", "MhTmL:file://c:\\MAIL BOX\\PAGE.MHT!x-usc:http://a.example/p.png",
                     "mhtml:c:/mail box/page.mht!http://a.example/p.png", f"mhtml:{unix}!http://a.example/p.png",
                     f"mhtml:file://{unix.replace(' ', '%20')}!http://a.example/p.png"):
        code, out, err = run("resolve", "--json", *c, spelling)
        got = json.loads(out)
        tap.row(code == 0 and got["resolved"] and got["part"] == 2 and got["type"] == "image/png" and got["origin"] == "null"
                and got["zone_name"] == "internet" and got["reasons"], f"resolve {spelling[:50]}", got, err)
    code, out, err = run("resolve", *c, "-o", where / "p.png", url)
    tap.row(code == 0 and (where / "p.png").read_bytes() == PNG and b"part     2" in out, "resolve -o writes the part", out, err)
    code, out, err = run("resolve", *c, "-o", "-", url)
    tap.row(code == 0 and out == PNG, "resolve -o - writes it to standard output")
    code, out, err = run("resolve", *c, "-z", "restricted", url)
    tap.row(code == 0 and b"zone     restricted (4)" in out and b"Z1: the caller's zone" in out or b"Z10" in out, "resolve --zone lowers", out)
    code, out, err = run("resolve", *c, "-z", "trusted", "-f", "1", url)
    tap.row(code == 0 and b"zone     internet (3)" in out, "z1_resolve_from_a_part_lowers", out)
    for words, status, message, label in (
            ([*c, "-f", "99"], 2, b"no such naming part", "--from: no such part"), ([*c, "-f", "x"], 2, b"--from wants", "--from: no number"),
            (["--map", "C"], 2, b"--map wants", "--map without a folder"), (["--map", "C:=/nosuch"], 3, b"Z2: ", "--map: no such folder"),
            ([], 3, b"no --map for this drive", "no --map")):
        code, out, err = run("resolve", *words, url)
        tap.row(code == status and message in err, f"resolve: {label}", code, err)
    for bad_url, status, rule in (
            ("mhtml:file:///C:/Mail%20Box/nosuch.mht!http://a.example/p.png", 3, b"Z2: "),
            ("mhtml:file:///C:/Mail%20Box/Page.MHT!http://a.example/nosuch", 3, b"Z2: "),
            ("mhtml:file:///C:/Mail%20Box/Page.MHT!javascript:x", 1, b"Z4: "), ("ms-its:mhtml:file://C:\\x.mht!y", 1, b"Z4: "),
            ("mhtml:file:///C:/Mail%20Box/page.txt", 1, b"Z5: "), ("mhtml:file:///C:/Mail%20Box/../x.mht", 1, b"Z8: "),
            ("mhtml:\\\\server\\share\\x.mht", 1, b"Z9: "), ("mhtml:http://a.example/x.mht", 1, b"Z17: "), ("http://a.example/", 1, b"Z4: ")):
        code, out, err = run("resolve", *c, bad_url)
        tap.row(code == status and out == b"" and rule in err, f"{rule[:-2].decode().lower()}_resolve refuses {bad_url[:50]}", code, err)
    code, out, err = run("resolve", "--json", *c, "mhtml:its:x")
    got = json.loads(out)
    tap.row(code == 1 and got["resolved"] is False and got["reason"].startswith("Z4: ") and got["status"] == "denied", "resolve --json, refused", got)
    code, out, err = run("resolve", "--map", f"http://h.example/={where / 'disk'}", "mhtml:http://h.example/Mail%20Box/Page.MHT!http://a.example/p.png")
    tap.row(code == 0 and b"part     2" in out, "resolve --map of a prefix", out, err)
    (disk / "PAGE.mht").write_bytes(b"x")
    code, out, err = run("resolve", *c, url)
    tap.row(code == 1 and b"T2: two names differ in case alone" in err, "t2_two_names_that_differ_in_case_are_refused", code, err)
tap.finish()
