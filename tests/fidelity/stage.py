"""
Does our page look like the archive? Chromium's own rendering of it (given CRLF, which it wants) beside our page and beside what
npm mhtml-to-html makes of the same file, network off; the archive twice, so that its own noise is known.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
PEER = HERE.parent / "browser/node_modules/mhtml-to-html/mhtml-to-html-node.js"
BLINK = 0.999
SLACK = 0.0005  # two renderings of the very same page differ by this much now and then


def archives(shared):
    """What Chromium may open as an archive: MHTML by name, or a multipart/related with locations."""
    for path in sorted((shared / "corpus/mhtml").rglob("*")):
        # one file there is called .mht and is plain text
        if path.is_file() and path.suffix.lower() in (".mht", ".mhtml") and re.match(rb"\s*[\w-]+:", path.read_bytes()[:200]):
            yield path


def is_blink(data):
    return b"<Saved by Blink>" in data[:2000] or b"<Saved by WebKit>" in data[:2000]


def with_crlf(data):
    return re.sub(rb"\r\n|\r|\n", b"\r\n", data)


def make(build, shared, work):
    rows = []
    for path in archives(shared):
        name = re.sub(r"[^A-Za-z0-9]+", "-", str(path.relative_to(shared / "corpus/mhtml"))).strip("-")[-90:]
        folder = work / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        data = path.read_bytes()
        (folder / "archive.mhtml").write_bytes(with_crlf(data))
        rows.append({"name": str(path.relative_to(shared / "corpus/mhtml")), "path": path, "folder": folder, "blink": is_blink(data)})

    def convert(row):
        subprocess.run([str(build / "src/cli/postern"), "html", "-q", "-o", str(row["folder"] / "ours.html"), str(row["path"])],
                       capture_output=True, timeout=60)
        subprocess.run(["node", str(PEER), str(row["folder"] / "archive.mhtml"), "--output", str(row["folder"] / "peer.html")], capture_output=True,
                       timeout=120)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        list(pool.map(convert, rows))
    return rows


def shoot(rows):
    lines = []
    for row in rows:
        for source, picture in (("archive.mhtml", "archive"), ("archive.mhtml", "again"), ("ours.html", "ours"), ("peer.html", "peer")):
            if (row["folder"] / source).is_file():
                lines.append(json.dumps({"url": (row["folder"] / source).as_uri(), "out": str(row["folder"] / f"{picture}.png")}))
    subprocess.run(["node", str(HERE / "shoot.mjs")], input="\n".join(lines) + "\n", text=True, check=True, timeout=900,
                   stderr=subprocess.PIPE)


def compare(rows):
    lines = []
    for row in rows:
        for picture in ("again", "ours", "peer"):
            lines.append((row, picture, json.dumps({"a": str(row["folder"] / "archive.png"), "b": str(row["folder"] / f"{picture}.png"),
                                                    "diff": str(row["folder"] / f"diff-{picture}.png")})))
    half = (len(lines) + 1) // 2

    def run(some):
        out = subprocess.run(["node", str(HERE / "compare.mjs")], input="\n".join(line for _, _, line in some) + "\n", text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, timeout=900).stdout.splitlines()
        for (row, picture, _), answer in zip(some, out):
            row[picture] = json.loads(answer)["same"]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(run, [lines[:half], lines[half:]]))


def stage(row, build, shared):
    work = build / "fidelity"
    rows = make(build, shared, work)
    shoot(rows)
    compare(rows)
    known = json.loads((HERE / "reasons.json").read_text())
    used = set()
    text = f"{'ours':>9} {'peer':>9} {'noise':>9}  archive\n"
    for r in rows:
        text += f"{r['ours'] * 100:8.3f}% {r['peer'] * 100:8.3f}% {r['again'] * 100:8.3f}%  {'Blink  ' if r['blink'] else '       '}{r['name']}\n"
        reason = known.get(r["name"])
        good_beside = r["ours"] >= r["peer"] - SLACK
        good_alone = not r["blink"] or r["ours"] >= BLINK or r["ours"] >= r["again"] - SLACK
        if reason and not (good_beside and good_alone):
            used.add(r["name"])
            row.check(len(reason["why"]) > 20 and r["ours"] >= reason["least"] - SLACK, f"fidelity {r['name']}",
                      f"{r['ours']:.5f}, known {reason['least']}")
            continue
        row.check(good_beside, f"fidelity beside the peer {r['name']}", f"ours {r['ours']:.5f}, peer {r['peer']:.5f}")
        if r["blink"]:
            row.check(good_alone, f"fidelity of a Blink archive {r['name']}", f"{r['ours']:.5f}")
    (work / "table.txt").write_text(text)
    print("   " + text.replace("\n", "\n   "))
    for name in known:
        row.check(name in used, f"the reason for {name} is still needed")
