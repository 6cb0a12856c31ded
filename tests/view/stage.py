"""
The viewer in real Chromium: a new user's way (journey.mjs, with axe and pictures in build/view), and hostile messages packed into one
store and shown by the viewer (hostile.mjs): nothing is asked for beyond the viewer's own addresses, nothing runs, nothing goes anywhere;
neither a message nor a page of another port can read anything of it.
"""
import base64
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "browser"))
import vectors  # noqa: E402
from viewer import message, mbox  # noqa: E402

STEP = int(os.environ.get("POSTERN_VIEW_STEP", "60"))  # each so many of the shared vectors


def tell(row, words, out, seconds):
    out.unlink(missing_ok=True)
    try:
        run = subprocess.run(["node", *map(str, words), str(out)], capture_output=True, text=True, errors="replace", timeout=seconds)
        ended = run.returncode == 0, run.stderr[-1500:]
    except subprocess.TimeoutExpired:
        ended = False, f"took more than {seconds} s"
    row.check(ended[0] and out.is_file(), f"{words[0].name} runs to its end", ended[1])
    for line in out.read_text().splitlines() if out.is_file() else []:
        told = json.loads(line)
        row.check(told["ok"], f"viewer: {told['name']}", told["why"])


def pack(work, shared):
    """One mbox of our own vectors, the hostile archives and a sample of the suites. How many messages."""
    rows = vectors.generate(work / "in", shared)
    chosen = [path for number, (name, path) in enumerate(rows)
              if name.startswith("case/") or (name.startswith(("own-", "header/")) and number % 3 == 0) or number % STEP == 0]
    with open(work / "hostile.mbox", "wb") as f:
        for path in chosen:
            data = path.read_bytes().replace(b"\nFrom ", b"\n>From ")
            f.write(b"From x@h.test Mon Apr 13 10:00:00 2004\n" + data + (b"" if data.endswith(b"\n") else b"\n") + b"\n")
    return len(chosen)


def every_finding(work):
    """One mail with all that tests/data/scan has for a finding each, as attachments."""
    parts = [("From: Anna <a@h.test>\r\nTo: b@h.test\r\nSubject: =?utf-8?B?5YWo6YOo?=\r\nDate: Mon, 13 Apr 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
             'Content-Type: multipart/mixed; boundary="all"\r\n\r\n--all\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n全部\r\n').encode()]
    for path in sorted((HERE.parent / "data/scan").glob("mh*-true*")):
        if path.suffix in (".eml", ".mht"):
            parts.append(b"--all\r\nContent-Type: message/rfc822\r\n\r\n" + path.read_bytes() + b"\r\n")
            continue
        kind = "text/html" if path.suffix == ".html" else "application/octet-stream"
        parts.append(f'--all\r\nContent-Type: {kind}; name="{path.name}"\r\nContent-Disposition: attachment; filename="{path.name}"\r\n'
                     "Content-Transfer-Encoding: base64\r\n\r\n".encode() + base64.encodebytes(path.read_bytes()) + b"\r\n")
    (work / "findings.eml").write_bytes(b"".join([*parts, b"--all--\r\n"]))
    return work / "findings.eml"


def stage(row, build, shared):
    work = build / "view"
    (work / "pictures").mkdir(parents=True, exist_ok=True)
    postern = build / "src/cli/postern"
    store = mbox(work / "store.mbox", [message(i, "harbour 海の家" if i == 700 else "", sender="דוד <d@h.test>" if i % 7 == 3 else "Anna <a@h.test>")
                                       for i in range(2000)])
    with open(work / "many.mbox", "w") as many:
        for i in range(100000):
            many.write(f"From x@h.test Mon Apr 13 10:00:00 2004\nFrom: a{i % 900}@h.test\nSubject: number {i}\n"
                       f"Date: Mon, 13 Apr 2004 {i // 3600 % 24:02}:{i // 60 % 60:02}:{i % 60:02} +0000\n\nhello {i}\n\n")
    tell(row, [HERE / "journey.mjs", postern, HERE.parent.parent / "samples", store, work / "many.mbox", every_finding(work), work / "pictures"], work / "journey.jsonl", 240)
    count = pack(work, shared)
    print(f"   {count} hostile messages", flush=True)
    tell(row, [HERE / "hostile.mjs", postern, work / "hostile.mbox", count], work / "hostile.jsonl", 300)
