"""pack: local resources are followed, nothing else is, and what is written reads back byte for byte."""
import json
import os
import pathlib

from cli import PNG, Tap, folder, run

tap = Tap()

SITE = {
    "index.html": b"<!DOCTYPE html>\n<meta charset=utf-8>\n<title>Site \xe2\x80\x94 packed</title>\n<link rel=stylesheet href=style/main.css?v=3>\n"
                  b"<img src=pictures/a%20b.png srcset='pictures/2x.png 2x'>\n<iframe src=frame.html></iframe>\n<script src=app.js></script>\n"
                  b"<img src=https://tracker.example/x.gif><img src=missing.png><img src='../outside.png'><img src=link.png>\n"
                  b"<div style='background:url(&quot;style/bg.svg&quot;)'>text</div>\n",
    "style/main.css": b"@import 'more.css';\r\nbody { background: url(../pictures/bg.png) }\n@font-face { font-family: x; src: url(x.woff2) }\n",
    "style/more.css": b"p { background-image: image-set('../pictures/2x.png' 1x) }",
    "style/bg.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><image href='../pictures/bg.png'/></svg>",
    "style/x.woff2": b"wOF2\0\0\0\0",
    "pictures/a b.png": PNG, "pictures/2x.png": PNG + b"2", "pictures/bg.png": PNG + b"bg",
    "frame.html": b"<base href='pictures/'><p>frame</p><img src='deep.png'>",
    "pictures/deep.png": PNG + b"deep",
    "app.js": b"alert(1)",
}


def build(d):
    site = pathlib.Path(d) / "site"
    for name, data in SITE.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_bytes(data)
    (pathlib.Path(d) / "outside.png").write_bytes(PNG)
    os.symlink("../outside.png", site / "link.png")
    return site


def follow():
    with folder() as d:
        site, out = build(d), f"{d}/site.mhtml"
        code, text, err = run("pack", site / "index.html", "-o", out)
        tap.row(code == 1 and b"missing.png" in err and b"link.png" in err and b"10 parts packed" in err, "what is missing is said", code, err)
        tap.row(b"tracker" not in err and b"tracker.example" in run("pack", "-v", site / "index.html", "-o", out)[2], "-v names what is not local")
        index = json.loads(run("parts", "--json", out)[1])
        packed = {p["content_location"]: p for p in index["parts"][1:]}
        want = {"https://postern.invalid/" + n.replace(" ", "%20") for n in SITE if n != "app.js"}
        want = {u.replace("main.css", "main.css?v=3") for u in want}
        tap.row(set(packed) == want, "exactly what the page needs is packed", sorted(set(packed) ^ want))
        for location, part in sorted(packed.items()):
            name = location[len("https://postern.invalid/"):].replace("%20", " ").replace("?v=3", "")
            tap.row(run("cat", out, part["index"])[1] == SITE[name], f"reads back byte for byte: {name}")
        tap.row(index["root"] == 1 and index["title"] == "Site — packed" and index["kind"] == "mhtml", "title and root", index["title"])
        tap.row(not any(p["defects"] for p in index["parts"]) and not index["defects"], "an archive of ours has no defects", index)
        again = f"{d}/again.mhtml"
        run("pack", site / "index.html", "-o", again)
        tap.row(open(out, "rb").read() == open(again, "rb").read(), "the same files give the same archive")
        page = run("html", out)[1]
        tap.row(page.count(b"data:image/png") >= 4 and b"data:font" in page, "html of it holds its resources")


def outside():
    with folder() as d:
        site = build(d)
        out = f"{d}/o.mhtml"
        code, text, err = run("pack", site / "index.html", "-w", d, "-o", out)
        names = [p["content_location"] for p in json.loads(run("parts", "--json", out)[1])["parts"][1:]]
        tap.row("https://postern.invalid/outside.png" in names and "https://postern.invalid/site/index.html" == names[0], "--within", names)
        code, text, err = run("pack", site / "index.html", "-w", site / "style", "-o", out)
        tap.row(code == 2 and b"is not below" in err, "--within that does not hold the page", err)
        for reference in ("../outside.png", "/../outside.png", "%2e%2e/outside.png", "..%2foutside.png", "x/..%2f..%2foutside.png", "file:///etc/passwd",
                          "/etc/passwd", "//localhost/etc/passwd", "pictures%00.png", "....//outside.png", "..\\outside.png", "\\\\host\\x"):
            (site / "t.html").write_bytes(f"<img src='{reference}'>".encode())
            run("pack", site / "t.html", "-o", out)
            data = open(out, "rb").read()
            count = len(json.loads(run("parts", "--json", out)[1])["parts"])
            tap.row(count == 2 and b"root:" not in data, f"t2_pack_stays_in_its_folder: {reference}", count)


def options():
    with folder() as d:
        site, out = build(d), f"{d}/o.mhtml"
        code, text, err = run("pack", "-l", "https://example.test/a/", site / "frame.html", "-o", out, env={"SOURCE_DATE_EPOCH": "1083263400"})
        data = open(out, "rb").read()
        tap.row(code == 0 and b"Snapshot-Content-Location: https://example.test/a/frame.html\r\n" in data, "--location", err)
        tap.row(b"Date: Thu, 29 Apr 2004 18:30:00 +0000\r\n" in data, "SOURCE_DATE_EPOCH")
        for wrong in ("example", "https://example.test", "ftp://x/", "https://x.test/?q/", "mhtml:file://x/", "https://x.test/a"):
            code, text, err = run("pack", "-l", wrong, site / "index.html", "-o", f"{d}/no.mhtml")
            good = wrong == "https://example.test"  # a host alone has the path "/"
            tap.row((code == 2) != good and os.path.exists(f"{d}/no.mhtml") == good, f"--location {wrong}", code, err)
            if good:
                os.remove(f"{d}/no.mhtml")
        code, text, err = run("pack", site, "-o", f"{d}/no.mhtml")
        tap.row(code == 2, "a folder is no page", err)
        code, text, err = run("pack", f"{d}/absent.html", "-o", f"{d}/no.mhtml")
        tap.row(code == 3 and not os.path.exists(f"{d}/no.mhtml"), "a page that is not there", err)
        title = site / "t.html"
        title.write_bytes(b"<title>x\r\nBcc: a@b.test\r\n\r\n<b></title>")
        run("pack", title, "-o", out)
        tap.row(b"\r\nBcc:" not in open(out, "rb").read().split(b"\r\n\r\n")[0], "a title cannot write headers")


follow()
outside()
options()
tap.finish()
