"""Chromium shows an archive of ours exactly as it shows the page it was made from: pixel for pixel, fonts and frames included."""
import pathlib
import subprocess
import sys

from cli import ROOT, Tap, folder, run

sys.path.insert(0, str(ROOT / "tools"))
import sample_art as art  # noqa: E402

tap = Tap()
CHROMIUM = sys.argv[1]

SITE = {
    "index.html": b"<!DOCTYPE html>\n<meta charset=utf-8><title>t</title><link rel=stylesheet href='s/main.css?v=3'><h1>Postern door</h1>\n"
                  b"<img src='wall b.png'><iframe src=frame.html width=300 height=100></iframe><div class=x></div>\n"
                  b"<p>\xe6\x97\xa5\xe6\x9c\xac = \xc3\xa9 and a line that is long enough to need a soft line break in the archive</p>\n",
    "s/main.css": b"@import 'more.css';\n@font-face{font-family:D;src:url(../dots.ttf)}\nh1{font:40px D;color:green}\n",
    "s/more.css": b".x{width:200px;height:80px;background:url(../badge.png)}",
    "frame.html": b"<body style='background:#eef'>a frame <img src=badge.png width=40>\r\n",
    "wall b.png": art.wall(300, 150), "badge.png": art.badge(60, (160, 20, 20), art.LETTERS["S"]), "dots.ttf": art.font("D"),
}


def screenshot(d, name, url):
    path = pathlib.Path(d) / name
    subprocess.run([CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=700,500",
                    f"--user-data-dir={d}/profile", f"--screenshot={path}", url], capture_output=True, timeout=150, check=False)
    return path.read_bytes() if path.exists() else b""


with folder() as d:
    site = pathlib.Path(d) / "site"
    for name, data in SITE.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_bytes(data)
    code, out, err = run("pack", site / "index.html", "-o", f"{d}/site.mhtml")
    tap.row(code == 0 and b"7 parts packed, 0 missing" in err, "the site is packed", code, err)
    original = screenshot(d, "original.png", f"file://{site}/index.html")
    packed = screenshot(d, "packed.png", f"file://{d}/site.mhtml")
    (site / "frame.html").write_bytes(b"another")
    changed = screenshot(d, "changed.png", f"file://{site}/index.html")
    tap.row(len(original) > 5000 and original != changed, "the pictures of the screen tell pages apart", len(original), len(changed))
    tap.row(packed == original, "the archive looks like the page", len(packed), len(original))
tap.finish()
