"""postern advisory: list, show, check; each mandatory test finds what is broken; hostile JSON is refused with a place."""
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from cli import ROOT, Tap, folder, harmless, run  # noqa: E402

from broken import BROKEN, GOOD  # noqa: E402

tap = Tap()
OURS = sorted((ROOT / "data/advisories").glob("*.json"))


def listed():
    code, out, err = run("advisory", "list")
    ids = [p.stem.upper() for p in OURS if "." not in p.stem]
    tap.row(code == 0 and not err and [line.split()[0] for line in out.decode().splitlines()] == ids, "list names each once", out, err)
    code, out, _ = run("advisory", "list", "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    tap.row(code == 0 and [r["id"] for r in rows] == ids and all(r["format"] == 1 for r in rows), "list --json", out)


def shown():
    code, out, err = run("advisory", "show", "ms04-013", "-w", "80")
    text = out.decode()
    tap.row(code == 0 and not err and "CVE-2004-0380" in text and "inetcomm.dll  6.0.2800.1409" in text and "KB833633" in text,
            "show MS04-013", text[:300], err)
    tap.row(all(len(line) <= 80 or " " not in line.strip() for line in text.splitlines()), "show keeps to the width",
            max(text.splitlines(), key=len))
    code, out, err = run("advisory", "show", "MS04-013", "--lang", "ja")
    tap.row(code == 0 and "マイ コンピュータ ゾーン" in out.decode() and harmless(out), "show --lang ja", out[:300], err)
    code, out, err = run("advisory", "show", "MS04-013", "--json")
    tap.row(code == 0 and json.loads(out)["document"]["tracking"]["id"] == "MS04-013", "show --json is the document", err)
    for words, status, why in [(("show", "MS99-001"), 3, b"no advisory MS99-001"), (("show",), 2, b"too few"),
                               (("show", "MS04-013", "--lang", "../x"), 2, b"no language"), (("frob",), 2, b"no such thing"),
                               (("show", "MS04-013", "--lang", "de"), 3, b"in the language de"), (("list", "x"), 2, b"too many"),
                               (("check",), 2, b"too few"), (("check", "/nosuch.json"), 3, b"/nosuch.json")]:
        code, out, err = run("advisory", *words)
        tap.row(code == status and why in err and not out, f"advisory {' '.join(words)}", code, err)


def ours():
    code, out, err = run("advisory", "check", *OURS)
    tap.row(code == 0 and out.count(b": good") == len(OURS), "our advisories are good", out, err)
    matrix = json.loads((ROOT / "data/advisories/ms04-013.json").read_text())
    threats = matrix["vulnerabilities"][0]["threats"]
    tap.row(len(threats) == 6 and all("critical" in t["details"] for t in threats), "the severity matrix has its six columns", threats)
    done = os.system(f"{sys.executable} {ROOT}/tools/make_advisories.py --check >&2")
    tap.row(done == 0, "tools/make_advisories.py makes what the repository holds")


def broken():
    with folder() as d:
        for i, (test, name, document) in enumerate(BROKEN):
            path = pathlib.Path(d) / f"{i:03}.json"
            path.write_text(json.dumps(document))
        code, out, err = run("advisory", "check", "--json", "-j", "2", d)
        found = {}
        for line in out.splitlines():
            problem = json.loads(line)
            found.setdefault(int(pathlib.Path(problem["file"]).stem), []).append(problem)
        tap.row(code == 1 and not err, "broken documents exit 1", code, err)
        for i, (test, name, _) in enumerate(BROKEN):
            tests = {p["test"] for p in found.get(i, [])}
            tap.row(test in tests, f"{test}: {name}", found.get(i))
            tap.row(all(p["path"].startswith("/") for p in found.get(i, [])), f"{test}: {name}: has a place", found.get(i))
    with folder() as d:
        for name, document in GOOD:
            (pathlib.Path(d) / (name.replace(" ", "-") + ".json")).write_text(json.dumps(document))
        code, out, err = run("advisory", "check", d)
        tap.row(code == 0 and out.count(b": good\n") == len(GOOD), "good documents are good", out, err)


def hostile():
    for name, text, place in [("twice", b'{"document":{"a":1,"a":2}}', b"offset 22"), ("bad UTF-8", b'{"document":{"a":"\xff"}}', b"offset 18"),
                              ("deep", b'{"document":' + b"[" * 100000, b"offset 75"), ("cut", b'{"document":{', b"offset"),
                              ("no JSON", b"<html>", b"line 1"), ("no CSAF", b"{}", b"/document")]:
        code, out, err = run("advisory", "check", "-", stdin=text)
        tap.row(code == 3 and place in err and err.count(b"\n") == 1 and not out, f"hostile: {name}", code, err)
    code, out, err = run("advisory", "check", "-", stdin=json.dumps({"document": {"title": 1, "lang": "\x1b[31m\u202e"}}).encode())
    tap.row(code == 1 and harmless(out), "what a document says is escaped", out)


listed()
shown()
ours()
broken()
hostile()
tap.finish()
