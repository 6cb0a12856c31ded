"""--policy, --harden-local-machine and --plain of html, text and extract: what a zone may do shows in the output, with reasons."""
import base64
import json
import pathlib

from cli import PNG, Tap, archive, folder, run

tap = Tap()
IS = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
MAIL = "Software\\Microsoft\\Office\\10.0\\Outlook\\Options\\Mail"

page = archive([
    (["Content-Type: text/html", "Content-Location: http://x.test/"],
     b"<meta http-equiv=refresh content='0;url=http://next.test/'><style>@font-face{font-family:f;src:url(f.woff2)}</style>"
     b"<form><input name=a></form><img src=p.bin alt=p><a href=http://l.test/>l</a><iframe src=http://other.test/></iframe>"),
    (["Content-Type: font/woff2", "Content-Location: http://x.test/f.woff2"], b"wOF2 font"),
    (["Content-Type: application/octet-stream", "Content-Location: http://x.test/p.bin", "Content-Transfer-Encoding: base64"],
     base64.b64encode(PNG)),
    (["Content-Type: text/html", "Content-Location: http://other.test/"], b"far words")])

html_part = b"Content-Type: text/html\r\n\r\n<h1>Head</h1><p>some <b>bold</b> words<img src=cid:p@x alt=ALT>\r\n"
related = (b"Content-Type: multipart/related; boundary=r\r\n\r\n--r\r\n" + html_part +
           b"--r\r\nContent-Type: image/png; name=pic.png\r\nContent-ID: <p@x>\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
           base64.b64encode(PNG) + b"\r\n--r--\r\n")
head = b"From: a@x.test\r\nTo: b@x.test\r\nSubject: s\r\nMIME-Version: 1.0\r\n"
sealed = (head + b'Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary=s\r\n\r\n--s\r\n' + related +
          b"--s\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--s--\r\n")

MARKS = {"fonts": b"data:font/woff2", "forms": b"<input", "frames": b"far words", "refresh": b'href="http://next.test/"',
         "sniffing": b"data:image/png"}


def shown(where, *words, zone="internet", source=page, name="p.mhtml"):
    (where / name).write_bytes(source)
    code, out, err = run("html", "--json", "-z", zone, *words, where / name, "-o", where / "o.html")
    return code, (where / "o.html").read_bytes() if code < 2 else b"", json.loads(out) if out else None, err


with folder() as name:
    where = pathlib.Path(name)
    code, out, report, err = shown(where)
    tap.row(code == 0 and report["policy"] is None and all((m in out) == (k != "refresh") for k, m in MARKS.items()),
            "without a policy all that is harmless is shown", code, err)

    code, out, report, err = shown(where, "--policy", "builtin")
    rights = {r["right"]: r for r in report["policy"]["rights"]}
    tap.row(code == 0 and all((m in out) == (k != "frames") for k, m in MARKS.items()) and b"draggable" not in out,
            "--policy builtin, internet", code, err)
    tap.row(rights["frames"]["given"] is False and rights["frames"]["number"] == 0x1607 and rights["frames"]["policy"] == "disallow"
            and rights["frames"]["reasons"][0]["rule"] == "template" and report["left_out"]["policy"] == 1
            and report["policy"]["zone"] == "internet" and report["policy"]["reasons"],
            "z20_the_report_gives_each_right_its_reasons", rights)

    code, out, report, err = shown(where, "--policy", "builtin", zone="restricted")
    tap.row(code == 0 and not any(m in out for m in MARKS.values()) and b'draggable="false"' in out and report["left_out"]["policy"] >= 6,
            "--policy builtin, restricted", code, err)

    reg = where / "site.reg"
    reg.write_text(f'REGEDIT4\n[HKEY_CURRENT_USER\\{IS}\\ZoneMap\\Domains\\x.test]\n"*"=dword:4\n'
                   f'[HKEY_CURRENT_USER\\{IS}\\Zones\\4]\n"1604"=dword:0\n')
    code, out, report, err = shown(where, "--policy", reg)
    tap.row(report["policy"]["zone"] == "restricted" and report["policy"]["reasons"][0]["rule"] == "Domains" and MARKS["fonts"] in out
            and MARKS["sniffing"] not in out, "z1_the_location_lowers_the_document", code, err, report["policy"])
    code, out, err = run("html", "-s", "--policy", reg, where / "p.mhtml", "-o", where / "o.html")
    tap.row(b"policy    zone restricted (Domains:" in err and b"fonts     yes: URLACTION_HTML_FONT_DOWNLOAD 1604 is allow (user setting"
            in err and b"drag      no:" in err, "html -s names the policy's reasons", err)

    reg.write_text(f'REGEDIT4\n[HKEY_CURRENT_USER\\{IS}\\Zones\\3]\n"1604"=dword:zz\n')
    code, out, report, err = shown(where, "--policy", reg)
    tap.row(code == 1 and MARKS["fonts"] not in out and b"Internet Settings\\Zones\\3, value 1604" in err,
            "z14_a_bad_value_fails_closed_and_names_its_key", code, err)
    reg.write_text("hello\n")
    code, out, report, err = shown(where, "--policy", reg)
    tap.row(code == 3 and b"site.reg: offset 0: the .reg file is malformed" in err, "a file that is no policy is refused", code, err)
    code, out, report, err = shown(where, "--policy", where / "none.reg")
    tap.row(code == 3 and b"none.reg" in err, "a policy that is not there is refused", code, err)

    # KB833633
    code, out, report, err = shown(where, "--harden-local-machine", zone="local-machine")
    tap.row(code == 0 and report["policy"]["hardens_local_machine"] is True, "--harden-local-machine asks for the built-in policy", err)
    hard = where / "hard.reg"
    code, out, err = run("zone", "export", "--harden-local-machine", "-o", hard)
    code, out, report, err = shown(where, "--policy", hard)
    tap.row(code == 0 and report["policy"]["hardens_local_machine"] is True, "an exported policy is known to be hardened", err)
    code, out, report, err = shown(where, "--policy", "builtin")
    tap.row(report["policy"]["hardens_local_machine"] is False, "the built-in policy is not")
    reg.write_text(f'REGEDIT4\n[HKEY_LOCAL_MACHINE\\{IS}\\Zones\\0]\n"1200"=dword:3\n"1400"=dword:3\n"1C00"=dword:0\n')
    code, out, report, err = shown(where, "--policy", reg)
    tap.row(report["policy"]["hardens_local_machine"] is True, "hardening is read from the values themselves")

    # KB291387, KB307594
    reg.write_text(f'REGEDIT4\n[HKEY_CURRENT_USER\\{MAIL}]\n"ReadAsPlain"=dword:1\n')
    for words, label in ((["--plain"], "--plain"), (["--policy", reg], "ReadAsPlain of a policy")):
        code, out, report, err = shown(where, *words, source=head + related, name="m.eml", zone="restricted")
        tap.row(code == 0 and b"some bold words" in out and b"<h1" not in out and b"<b>" not in out and b"data:image" not in out
                and b"pic.png" in out and report["read_as_text"] == 1, f"{label}: html shows a mail as text", code, err)
        code, out, report, err = shown(where, *words, source=sealed, name="m.eml", zone="restricted")
        tap.row(code == 0 and b"<h1" in out and report["read_as_text"] == 0, f"{label}: a signed mail keeps its form", code, err)
        tap.row((where / "m.eml").read_bytes() == sealed, f"{label}: the input is untouched")
        (where / "m.eml").write_bytes(head + related)
        code, out, err = run("text", *words, where / "m.eml")
        tap.row(code == 0 and b"some bold words" in out and b"* pic.png (image/png" in out, f"{label}: text lists the pictures", out)
        into = where / ("x" + words[0])
        code, out, err = run("extract", "-a", *words, where / "m.eml", "-d", into)
        tap.row(code == 0 and (into / "pic.png").read_bytes() == PNG, f"{label}: extract -a writes the pictures", err)
    code, out, err = run("extract", "-a", where / "m.eml", "-d", where / "y")
    tap.row(not (where / "y/pic.png").exists(), "without it a picture of the text is no attachment")
    code, out, report, err = shown(where, "--plain")
    tap.row(b"<img" in out and report["read_as_text"] == 0, "--plain leaves web archives alone", err)
tap.finish()
