"""postern scan: table, JSON lines, SARIF, severities and exit codes, rules, and a worker that really dies."""
import json
import os
import signal
import subprocess
import time

from cli import POSTERN, Tap, folder, harmless, run

tap = Tap()
EVIL = b"<a href='ms-its:mhtml:file://C:\\x.mht!http://h.example/y.chm::/z'>x {0} \x1b[31m</a>"
SEVERITIES = ["info", "low", "medium", "high", "critical"]
YARA = os.environ["POSTERN_YARA"] == "1"


def write(path, content):
    with open(path, "wb") as f:
        f.write(content)
    return path


def outputs():
    with folder() as d:
        evil, calm = write(f"{d}/evil.html", EVIL), write(f"{d}/calm.html", b"<p>hello</p>")
        code, out, err = run("scan", evil)
        tap.row(code == 1 and b"critical" in out and b"MH001" in out and b"evil.html" in out and not err, "a table for people", code, out, err)
        tap.row(harmless(out), "nothing of the input reaches the terminal raw", out)
        loud = write(f"{d}/loud.html", b"<a href='ms-its:C:\\WINDOWS\\\xe2\x80\xae'>x</a>")
        out = run("scan", loud)[1]
        tap.row(b"C:\\WINDOWS\\\\\\u{202e}" in out and b"\\" * 4 not in out, "an excerpt is escaped once, and its path reads as it is", out)
        tap.row(run("scan", calm) == (0, b"", b""), "an innocent file is silent and 0")
        code, out, err = run("scan", "--json", evil, calm)
        rows = [json.loads(line) for line in out.splitlines()]
        keys = {"format", "file", "id", "severity", "part", "offset", "title", "reason", "excerpt"}
        tap.row(code == 1 and rows and all(set(r) == keys and r["format"] == 1 for r in rows), "--json: the keys of each line", out)
        tap.row(any(r["id"] == "MH001" and r["severity"] == "critical" and r["offset"] == EVIL.index(b"href") for r in rows),
                "--json: id, severity, byte offset", out)
        tap.row((code, out, err) == run("scan", "--json", "-j", "2", evil, calm), "z20_more_workers_say_the_same")


def severities():
    with folder() as d:
        script = write(f"{d}/low.html", b"<script>a()</script>")
        for severity in SEVERITIES:
            code = run("scan", "--fail-on", severity, script)[0]
            tap.row(code == (1 if severity in ("info", "low") else 0), f"a low finding and --fail-on {severity}", code)
        code, out, _ = run("scan", "--show", "medium", "--fail-on", "low", script)
        tap.row(code == 1 and not out, "--show hides, --fail-on counts", code, out)
        for option in ("--fail-on", "--show"):
            code, out, err = run("scan", option, "dire", script)
            tap.row(code == 2 and b"info, low, medium, high, critical" in err and not out, f"{option} with no severity", code, err)
        code, _, err = run("scan", f"{d}/none.eml")
        tap.row(code == 3 and b"none.eml" in err, "a file that is not there", code, err)


def check_sarif(text):
    """The rules of the SARIF 2.1.0 schema that our document can break; returns what is wrong."""
    log = json.loads(text)
    bad = []

    def need(condition, what):
        if not condition:
            bad.append(what)

    need(set(log) <= {"$schema", "version", "runs", "inlineExternalProperties", "properties"} and log["version"] == "2.1.0", "log")
    need(len(log["runs"]) == 1, "runs")
    for one in log["runs"]:
        need(set(one) <= {"tool", "results", "invocations", "artifacts", "columnKind", "properties"}, "run")
        driver = one["tool"]["driver"]
        need(set(driver) <= {"name", "version", "semanticVersion", "informationUri", "rules"} and driver["name"], "driver")
        ids = [r["id"] for r in driver["rules"]]
        need(len(ids) == len(set(ids)), "rules are unique")
        for r in driver["rules"]:
            need(set(r) <= {"id", "name", "shortDescription", "fullDescription", "defaultConfiguration", "help", "properties"}, "rule")
            need(r["shortDescription"]["text"] and r["fullDescription"]["text"], "descriptions")
            need(r["defaultConfiguration"]["level"] in ("none", "note", "warning", "error"), "default level")
        for r in one["results"]:
            need(set(r) <= {"ruleId", "ruleIndex", "level", "message", "locations", "properties"}, "result")
            need(ids[r["ruleIndex"]] == r["ruleId"], "ruleIndex")
            need(r["level"] in ("none", "note", "warning", "error") and r["message"]["text"], "level and message")
            plain = r["message"]["text"].replace("{{", "").replace("}}", "")
            need("{" not in plain and "}" not in plain, "braces are doubled")
            for location in r["locations"]:
                physical = location["physicalLocation"]
                need(set(location) == {"physicalLocation"} and set(physical) == {"artifactLocation", "region"}, "location")
                uri = physical["artifactLocation"]["uri"]
                need(uri and all(33 <= ord(c) < 127 and c not in '"<>\\^`{|}' for c in uri), "uri")
                need(isinstance(physical["region"]["byteOffset"], int) and physical["region"]["byteOffset"] >= 0, "region")
    return bad


def sarif():
    with folder() as d:
        evil, calm = write(f"{d}/evil {{x}} ü.html", EVIL), write(f"{d}/calm.html", b"<p>hello</p>")
        for words, what in (([evil, calm], "findings"), ([calm, evil, evil], "a calm file first"), ([calm], "nothing")):
            code, out, err = run("scan", "--sarif", *words)
            bad = check_sarif(out)
            tap.row(not bad and code == (0 if what == "nothing" else 1), f"--sarif with {what}", code, bad, err)
        results = json.loads(run("scan", "--sarif", evil)[1])["runs"][0]["results"]
        tap.row(any(r["ruleId"] == "MH001" and r["level"] == "error" for r in results), "--sarif: a critical finding is an error", results)


def rules():
    with folder() as d:
        mail = write(f"{d}/a.eml", b"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n"
                     b"Content-Transfer-Encoding: base64\r\n\r\nc2F5IGhlbGxvIHcwcmxk\r\n")
        good = write(f"{d}/good.yar", b'rule hello { meta: severity = "critical" strings: $a = /w[0o]rld/ condition: $a }\n')
        bad = write(f"{d}/bad.yar", b"rule a { condition: true }\nrule b { condition: oops }\n")
        code, out, err = run("scan", "--json", "--rules", good, mail)
        if not YARA:
            tap.row(code == 2 and b"built without libyara" in err and not out, "--rules without libyara says so", code, err)
            return
        row = json.loads(out)
        tap.row(code == 1 and row["rule"] == "hello" and row["id"] == "MH029" and row["severity"] == "critical" and row["part"] == "1"
                and row["excerpt"] == "w0rld" and row["offset"] == 101, "--rules: rule, part, offset of what was decoded", out, err)
        code, out, err = run("scan", "--rules", good, mail)
        tap.row(code == 1 and b"rule hello" in out, "--rules in the table", out, err)
        tap.row(not check_sarif(run("scan", "--sarif", "-r", good, mail)[1]), "--rules in SARIF")
        code, out, err = run("scan", "--rules", bad, mail)
        tap.row(code == 3 and b"bad.yar: line 2" in err and b"oops" in err and not out, "rules that do not compile", code, err)
        code, out, err = run("scan", "--rules", f"{d}/none.yar", mail)
        tap.row(code == 3 and b"none.yar" in err, "rules that are not there", code, err)


def child_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
        words = f.read().split()
    return int(words[0]) if words else None


def killed_scan(words, cwd):
    """Runs scan and kills its first worker while that works on a file that takes seconds: (code, out, err), or None."""
    with subprocess.Popen([POSTERN, "scan", *words], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as scan:
        victim, end = None, time.monotonic() + 20
        while not victim and time.monotonic() < end and scan.poll() is None:
            victim = child_of(scan.pid)
        if victim:
            try:
                os.kill(victim, signal.SIGKILL)
            except ProcessLookupError:
                victim = None
        out, err = scan.communicate(timeout=120)
    return (scan.returncode, out, err) if victim else None


def dead_worker():
    """The worker of the first file is killed for good; the second file and the run go on, and the death is a finding."""
    with folder() as d:
        write(f"{d}/big.html", b"<a href='http://x.example/'>some words</a>\n" * 700000)
        write(f"{d}/evil.html", EVIL)
        for form in ([], ["--json"], ["--sarif"]):
            done = killed_scan([*form, "big.html", "evil.html"], d)
            name = form[0] if form else "the table"
            if not done:
                tap.row(False, f"a worker could be killed in time ({name})")
                continue
            code, out, err = done
            tap.row(code == 4 and b"big.html: its worker died (Killed)" in err, f"a dead worker is exit 4 and a message ({name})", code, err)
            tap.row(b"MH028" in out and b"died" in out and b"MH001" in out, f"its death is a finding, the other file is read ({name})", out)
            if form == ["--sarif"]:
                tap.row(not check_sarif(out), "the document is whole", check_sarif(out))
            if form == ["--json"]:
                rows = [json.loads(line) for line in out.splitlines()]
                tap.row(rows[0]["id"] == "MH028" and rows[0]["file"] == "big.html", "the line stands where its file does", rows[:1])
        done = killed_scan(["--json", "big.html"], d)
        tap.row(done and done[0] == 4 and b"MH028" in done[1], "one file alone has a worker, too", done)


def dead_worker_of_a_batch():
    """Small files share a worker. Killed among them, it costs the one that it was at; those before and behind it are read."""
    with folder() as d:
        names = [f"{i:03}.html" for i in range(60)]
        for i, name in enumerate(names):
            write(f"{d}/{name}", EVIL + (b"<a href='http://x.example/'>some words</a>\n" * 20000 if i % 20 == 5 else b""))
        whole = [json.loads(line) for line in run("scan", "--json", *names, cwd=d)[1].splitlines()]
        tap.row({r["file"] for r in whole if r["id"] == "MH001"} == set(names), "a batch: every file is read")
        done = killed_scan(["--json", *names], d)
        rows = [json.loads(line) for line in done[1].splitlines()] if done else []
        dead = [r["file"] for r in rows if r["id"] == "MH028"]
        tap.row(done and done[0] == 4 and len(dead) == 1, "a batch: one file is lost", done and done[0], dead)
        tap.row({r["file"] for r in rows if r["id"] == "MH001"} == set(names) - set(dead), "a batch: all others are read", dead)
        tap.row([r["file"] for r in rows] == sorted(r["file"] for r in rows), "a batch: in the order of the files")


outputs()
severities()
sarif()
rules()
dead_worker()
dead_worker_of_a_batch()
tap.finish()
