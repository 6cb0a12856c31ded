"""The viewer as a server, byte for byte: who is let in, what answers may do, what does not harm it."""
import base64
import hashlib
import json
import os
import random
import re
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse

from viewer import SAMPLES, Tap, Viewer, mbox, message

tap = Tap()
IE, MAIL = SAMPLES / "ie-ms04-013.mht", SAMPLES / "japanese-mail.eml"
READ = ["m/0/page", "m/0/text", "m/0/source", "m/0/info.json", "m/0/findings.json", "m/0/part/2", "m/0/picture/2"]
OWN = ["", "app.js", "app.css", "icon.svg", "strings.json"]


def command_line():
    run = lambda *words: subprocess.run([os.environ["POSTERN"], *map(str, words)], capture_output=True, timeout=60)
    done = run("view", "/no/such/file")
    tap.row(done.returncode == 3 and done.stderr.count(b"\n") == 1 and not done.stdout, "view of nothing", done)
    done = run("view", "--port", "70000", IE)
    tap.row(done.returncode == 2, "view --port 70000", done)
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        done = run("view", "--no-open", "--port", s.getsockname()[1], IE)
        tap.row(done.returncode == 4 and b"cannot listen" in done.stderr and not done.stdout, "a port that is taken", done)
    with Viewer(IE, postern=os.environ["POSTERN"]) as v:
        tap.row(v.url.startswith("http://127.0.0.1:") and v.enter().code == 303, "postern FILE is postern view FILE", v.url)
        code = v.end()
        tap.row(code == 0 and not v.said, "Ctrl-C ends it well, and quietly", code, v.said)


def entering():
    with Viewer(IE, "view", "--keep") as v:
        tap.row(v.get(v.base).code == 403, "without a cookie: nothing")
        tap.row(v.get(f"{v.base}open?token={'0' * 32}").code == 403, "a wrong token")
        tap.row(v.get(v.base + "open").code == 403, "no token")
        tap.row(v.get(v.open, Sec_Fetch_Site="cross-site").code == 403, "another site does not use the token up")
        answer = v.enter()
        cookie = answer.headers.get("set-cookie", "")
        tap.row(answer.code == 303 and answer.headers.get("location") == v.base, "the token lets in", answer.headers)
        tap.row(all(w in cookie for w in ("HttpOnly", "SameSite=Strict", f"Path={v.base[:-1]}")), "a strict cookie", cookie)
        tap.row(v.get(v.open).code == 403 and b"used already" in v.get(v.open).body, "the token is good for one use")
        stolen = v.cookie
        v.cookie = ""
        tap.row(all(v.get(v.base + p).code == 403 for p in READ + ["", "app.js", "strings.json", "alive"]), "a stolen URL without the cookie")
        v.cookie = stolen
        for path in OWN + READ:
            tap.row(v.get(v.base + path).code == 200, f"with the cookie: {path or 'the shell'}")
        tap.row(v.get(v.base, Host=f"[::1]:{v.port}").code == 200, "the other name of loopback")
        try:
            six = v.raw(f"GET {v.base} HTTP/1.1\r\nHost: [::1]:{v.port}\r\nCookie: {v.cookie}\r\nConnection: close\r\n\r\n".encode(),
                        family=socket.AF_INET6)
            tap.row(six.code == 200 and f"http://[::1]:{v.port}/" in six.headers["content-security-policy"], "over ::1, with policies for it")
        except OSError:
            tap.row(not os.path.exists("/proc/net/if_inet6"), "::1 is there, so the viewer is, too")
        tap.row(v.end() == 0, "ends")


def refusals():
    with Viewer(IE, "view", "--keep") as v:
        v.enter()
        paths = READ + [p for p in OWN]
        for host in ("localhost:%d" % v.port, "evil.example", f"evil.example:{v.port}", "127.0.0.1", f"127.0.0.1:{v.port + 1}", f"127.0.0.1.:{v.port}"):
            tap.row(all(v.get(v.base + p, Host=host).code == 421 for p in paths), f"forged Host {host}")
        tap.row(v.raw(f"GET {v.base} HTTP/1.1\r\nHost: {v.host}\r\nHost: evil.example\r\nCookie: {v.cookie}\r\n\r\n".encode(), 5).code in (400, 421),
                "two hosts")
        tap.row(v.raw(f"GET {v.base} HTTP/1.0\r\nCookie: {v.cookie}\r\n\r\n".encode(), 5).code in (400, 421), "no host")
        for site in ("cross-site", "same-site"):
            tap.row(all(v.get(v.base + p, Sec_Fetch_Site=site).code == 403 for p in paths), f"Sec-Fetch-Site {site}")
        for origin in ("null", "http://evil.example", f"http://127.0.0.1:{v.port + 1}", f"https://{v.host}", f"http://localhost:{v.port}"):
            tap.row(all(v.get(v.base + p, Origin=origin).code == 403 for p in paths), f"Origin {origin}")
            tap.row(v.get(v.base + "settings", "POST", b"plain=1", Origin=origin).code == 403, f"POST from {origin}")
        for dest in ("script", "style", "image", "object", "embed", "font"):
            tap.row(all(v.get(v.base + p, Sec_Fetch_Dest=dest).code == 403 for p in READ), f"a message is no {dest}")
        tricks = ["..", "../", "../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "..%2f..%2fetc%2fpasswd", "m/0/part/../../../etc/passwd", "./", "//",
                  "m/0/page/", "m/0/page%00", "m/0/page;x", "m/1/page", "m/4294967296/page", "m/-1/page", "m/00/page", "m/0/part/", "favicon.ico",
                  "app.js/", "APP.JS", "app.js%20", "\\app.js", "m\\0\\page"]
        for trick in tricks:
            answer = v.get(v.base + trick)
            tap.row(answer.code in (400, 404) and b"root:" not in answer.body, f"path {trick}", answer.code)
        for path in ("/", "/index.html", "/" + "0" * 32 + "/", "/.well-known/x", "*", f"http://{v.host}{v.base}"):
            tap.row(v.get(path).code in (400, 404), f"path {path}")
        for method in ("PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "HEAD", "get", "POST"):
            tap.row(v.get(v.base, method).code in (400, 403, 404, 405), f"method {method}")
        preflight = v.get(v.base + "m/0/info.json", "OPTIONS", Origin="http://evil.example", Access_Control_Request_Method="GET")
        tap.row(not any(h.startswith("access-control") for h in preflight.headers), "no CORS")
        tap.row(v.end() == 0, "ends")


def policies():
    with Viewer(IE, "view", "--keep") as v:
        v.enter()
        for path in OWN + READ + ["go?u=http%3A%2F%2Fh.test%2F", "nothing"]:
            h = v.get(v.base + path).headers
            wrong = [name for name, value in {
                "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store",
                "cross-origin-resource-policy": "same-origin", "cross-origin-opener-policy": "same-origin",
                "cross-origin-embedder-policy": "require-corp"}.items() if h.get(name) != value]
            csp = h.get("content-security-policy", "")
            tap.row(not wrong and "default-src 'none'" in csp and "camera=()" in h.get("permissions-policy", "")
                    and not any(n.startswith("access-control") for n in h), f"headers of {path or 'the shell'}", wrong, csp)
        shell = v.get(v.base)
        csp = shell.headers["content-security-policy"]
        tap.row("unsafe" not in csp and f"script-src http://{v.host}{v.base}app.js;" in csp and "require-trusted-types-for" in csp,
                "the shell runs one script, from one place", csp)
        tap.row(b"<style" not in shell.body and b"style=" not in shell.body and b"onclick" not in shell.body, "nothing inline in the shell")
        for path in ("m/0/page", "m/0/text", "m/0/source", "m/0/picture/2", "m/0/part/99"):
            csp = v.get(v.base + path).headers["content-security-policy"]
            tap.row(csp.startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:;")
                    and "script" not in csp and "allow-same-origin" not in csp, f"p4_policy of {path}", csp)
        part = v.get(v.base + "m/0/part/2")
        tap.row(part.headers["content-disposition"].startswith("attachment") and part.headers["content-type"] == "image/png", "a raster part")
        part = v.get(v.base + "m/0/part/1")
        tap.row(part.headers["content-disposition"].startswith("attachment") and part.headers["content-type"] == "application/octet-stream"
                and part.headers["content-security-policy"].startswith("sandbox;"), "an HTML part is octets", part.headers)
        tap.row(json.loads(v.get(v.base + "m/0/info.json").body)["zone"] == "internet", "facts")


def style_is_allowed(answer):
    """Whether the policy of a page lets the style apply that it brings along."""
    style = re.search(rb"<style>(.*?)</style>", answer.body, re.S)[1]
    return f"'sha256-{base64.b64encode(hashlib.sha256(style).digest()).decode()}'" in answer.headers["content-security-policy"]


def small_pages():
    with Viewer(IE, "view", "--keep") as v:
        for path in (v.base, v.base + "nothing"):
            tap.row(style_is_allowed(v.get(path)), "a refusal is styled")
        v.enter()
        tap.row(style_is_allowed(v.get(v.base + "go?u=https%3A%2F%2Fh.test%2F")), "where a link leads is styled")
        for target in ("javascript:alert(1)", "//h.test", "file:///etc/passwd", "data:text/html,x", "https://h.test/\"><script>x</script>",
                       "https://a%22@h.test/'\"<b>", "https://h.test/\u202e\r\nX: y", "java\nscript:alert(1)", " https://h.test/", "vbscript:x"):
            body = v.get(v.base + "go?u=" + urllib.parse.quote(target)).body
            links = re.findall(rb'href="([^"]*)"', body)
            tap.row(b"<script" not in body and b"<b>" not in body and all(re.match(rb"(https?|mailto|tel):", link) for link in links),
                    f"a link to {target!a}", links)


def odd_requests():
    """Requests with bytes changed, left out, doubled and thrown in: none gets a secret, an answer that is none of ours, or the viewer down."""
    draw = random.Random(7)
    with Viewer(MAIL, "view", "--keep") as v:
        v.enter()
        fds = lambda: len(os.listdir(f"/proc/{v.process.pid}/fd"))
        v.get(v.base + "m/0/page")
        before, secret, codes, wrong = fds(), v.cookie.split("=")[1].encode(), set(), []
        start = [f"{method} {v.base}{path} HTTP/1.1\r\nHost: {v.host}\r\nCookie: {v.cookie}\r\nOrigin: http://{v.host}\r\nContent-Length: {len(body)}\r\n"
                 f"Connection: close\r\n\r\n{body}".encode() for method, path, body in (
                     ("GET", "m/0/info.json", ""), ("POST", "settings", "theme=dark&zoom=120"), ("GET", "go?u=https%3A%2F%2Fh.test%2F%22", ""),
                     ("GET", "list.json?q=x&from=1&count=2", ""), ("GET", "m/0/part/1", ""))]
        spice = [b"\r\n", b"\0", b"\xff", b"%00", b"%0d%0aX: y", b"Transfer-Encoding: chunked\r\n", b"\r\n\r\n", b" ", b"\t", b":", b"/../", b"//", b"9" * 30,
                 b"Host: evil.example\r\n", b"Content-Length: 5\r\n", b"\n", b"?", b"#", b"&", b"=", b";"]
        for _ in range(400):
            data = bytearray(draw.choice(start))
            for _ in range(draw.randint(1, 4)):
                at, how = draw.randrange(len(data)), draw.randrange(4)
                if how == 0:
                    data[at:at] = draw.choice(spice)
                elif how == 1:
                    del data[at:at + draw.randint(1, 20)]
                elif how == 2:
                    data[at] = draw.randrange(256)
                else:
                    data[at:at] = data[at:at + draw.randint(1, 40)]
            answer = v.raw(bytes(data), 0.3)
            codes.add(answer.code)
            if secret in answer.body or (answer.code and "content-security-policy" not in answer.headers and answer.code not in (400, 413, 414, 431, 500, 501, 505)):
                wrong.append((bytes(data), answer.code))
        tap.row(not wrong, f"400 odd requests: {sorted(codes)}", wrong[:3])
        tap.row(v.get(v.base + "m/0/page").code == 200, "the viewer is still there")
        time.sleep(0.3)
        tap.row(fds() <= before and not v.readers(), "and holds no more descriptors than before", before, fds(), v.readers())
        tap.row(v.end() == 0 and not v.said, "ends", v.said)


def sizes():
    with Viewer(IE, "view", "--keep") as v:
        v.enter()
        page = v.get(v.base + "m/0/page").body
        tap.row(v.get(v.base + "m/0/page?" + "x" * 200000).code in (0, 400, 413, 414, 431), "a huge line")
        tap.row(v.get(v.base, X="y" * 200000).code in (0, 400, 413, 431), "a huge header")
        many = "".join(f"X-{i}: 1\r\n" for i in range(100))
        tap.row(v.raw(f"GET {v.base} HTTP/1.1\r\nHost: {v.host}\r\nCookie: {v.cookie}\r\n{many}\r\n".encode(), 5).code == 431, "many headers")
        tap.row(v.get(v.base + "settings", "POST", b"plain=1&x=" + b"y" * 5000).code in (0, 413, 431), "a huge body")
        tap.row(v.raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500), 5).code in (0, 400), "TLS")
        tap.row(v.raw(b"\r\n" * 5000, 3).code in (0, 400), "nothing but line ends")
        # more connections than there may be, each of which says nothing
        crowd = []
        for _ in range(200):
            s = socket.socket()
            s.setblocking(False)
            s.connect_ex(("127.0.0.1", v.port))
            crowd.append(s)
        time.sleep(0.3)
        for s in crowd:
            s.close()
        time.sleep(0.3)
        tap.row(v.get(v.base + "m/0/page").body == page, "a crowd comes and goes")
        tap.row(v.end() == 0, "ends")


def settings():
    with Viewer(MAIL, "view", "--keep") as v:
        v.enter()
        tap.row(b"<postern-text" not in v.get(v.base + "m/0/page").body, "mail as a page")
        tap.row(v.get(v.base + "settings", "POST", b"plain=1&theme=dark&zoom=150&language=ja").code == 204, "settings are taken")
        tap.row(b"<postern-text" in v.get(v.base + "m/0/page").body, "plain reading counts at once")
        tap.row(json.loads(v.get(v.base + "m/0/info.json").body)["plain"] is True, "and is said")
        shell = v.get(v.base, Accept_Language="en").body
        tap.row('lang="ja" data-theme="dark"'.encode() in shell and "設定".encode() in shell, "language and theme")
        path = f"{v.home}/.config/postern/view.conf"
        tap.row(os.path.exists(path) and "plain = 1" in open(path).read(), "they are kept where settings are kept")
        home = v.home
        v.end()
    with Viewer(MAIL, "view", "--keep", home=home) as v:
        v.enter()
        tap.row(b"<postern-text" in v.get(v.base + "m/0/page").body, "and count the next time")
        v.get(v.base + "settings", "POST", b"plain=0&language=")
        for accept, language in (("ja,en;q=0.5", "ja"), ("de,en;q=0.9,ja;q=0.1", "en"), ("de", "en")):
            tap.row(f'lang="{language}"'.encode() in v.get(v.base, Accept_Language=accept).body, f"Accept-Language {accept}")


def readers_die():
    """1,000 requests while readers are killed at random: each other request is answered in full."""
    with Viewer(IE, "view", "--keep") as v:
        v.enter()
        whole = {path: v.get(v.base + path).body for path in READ}
        stop, killed, wrong, died, random_ = threading.Event(), [0], [], [0], random.Random(4)

        def killer():
            while not stop.is_set():
                for pid in v.readers():
                    if random_.random() < 0.3:
                        try:
                            os.kill(pid, 9)
                            killed[0] += 1
                        except ProcessLookupError:
                            pass
                time.sleep(random_.random() * 0.004)

        def client(number):
            for i in range(250):
                path = READ[(i + number) % len(READ)]
                answer = v.get(v.base + path)
                if answer.code == 500 and b"ended early" in answer.body:
                    died[0] += 1
                elif answer.code != 200 or answer.body != whole[path]:
                    wrong.append((path, answer.code, len(answer.body)))

        clients = [threading.Thread(target=client, args=(n,)) for n in range(4)]
        threading.Thread(target=killer, daemon=True).start()
        for c in clients:
            c.start()
        for c in clients:
            c.join()
        stop.set()
        tap.row(not wrong, "killing readers loses no other request", wrong[:5])
        tap.row(0 < died[0] <= killed[0], f"{died[0]} of 1,000 requests lost their reader, and said so", killed)
        tap.row(v.get(v.base + "m/0/page").body == whole["m/0/page"], "the viewer stays up")
        time.sleep(0.2)
        tap.row(not v.readers(), "no process is left behind", v.readers())
        tap.row(v.end() == 0, "ends")


def pages_close():
    with Viewer(IE, "view") as v:
        v.enter()
        with socket.create_connection(("127.0.0.1", v.port)) as s:
            s.sendall(f"GET {v.base}alive HTTP/1.1\r\nHost: {v.host}\r\nCookie: {v.cookie}\r\n\r\n".encode())
            got = s.recv(4096)
            tap.row(b"text/event-stream" in got, "a page says that it is open", got[:200])
            time.sleep(5)
            tap.row(v.process.poll() is None, "as long as it is, the viewer stays")
        started = time.monotonic()
        code = v.process.wait(20)
        tap.row(code == 0 and time.monotonic() - started < 8, "when the last page closes, the viewer ends")


def stores():
    with tempfile.TemporaryDirectory() as d:
        path = mbox(f"{d}/mail.mbox", [message(i, "海の家 harbour" if i == 7 else "") for i in range(300)])
        before = (os.stat(path).st_mtime_ns, os.listdir(d))
        with Viewer(path, "view", "--keep") as v:
            v.enter()
            first = v.listed("folders=1&count=3")
            tap.row(first["count"] == 300 and first["kind"] == "mbox" and len(first["rows"]) == 3, "an mbox is a list", first)
            rows = v.listed("sort=date&desc=1&from=10&count=5")["rows"]
            tap.row([r["row"] for r in rows] == [289, 288, 287, 286, 285], "sorted, from the middle", rows)
            found = v.listed("q=harb+%E6%B5%B7")
            tap.row(found["total"] == 1 and found["rows"][0]["row"] == 7, "searched", found)
            tap.row(v.listed("show=attachments")["total"] == 28, "filtered")
            threads = v.listed("threads=1&count=10")["rows"]
            tap.row([r["depth"] for r in threads[:6]] == [0, 0, 0, 0, 1, 0], "threads", threads[:6])
            tap.row(v.json("m/42/info.json")["subject"] == "number 42" and b"number 42" in v.get(v.base + "m/42/page").body, "a message of it")
            v.get(v.base + "m/0/page")
            tap.row(v.get(v.base + "list.json?count=1").code == 200, "a list behind message 0 is a list")
            for turn in range(12):  # clients that leave before their answer
                crowd = [socket.create_connection(("127.0.0.1", v.port)) for _ in range(20)]
                for number, s in enumerate(crowd):
                    s.sendall(f"GET {v.base}m/{turn * 20 + number}/page HTTP/1.1\r\nHost: {v.host}\r\nCookie: {v.cookie}\r\n\r\n".encode())
                for s in crowd:
                    s.close()
            tap.row(v.listed("count=1")["total"] == 300 and v.get(v.base + "m/299/page").code == 200, "clients that leave early")
            tap.row(v.get(v.base + "m/300/page").code == 404 and v.get(v.base + "m/300/info.json").code == 404, "no such message")
            tap.row(v.get(v.base + "m/0/part/2").body == b"xyz", "a part of a message")
            for bad in ("from=99999999999", "count=-1", "sort=nonsense", "from=5000", "q=%ff", "x" * 7000):
                answer = v.get(f"{v.base}list.json?{bad}")
                tap.row(answer.code in (200, 422, 500) and json.loads(answer.body), f"odd question {bad[:20]}", answer.code)
            wrong = 0
            for turn in range(30):  # whoever works for the viewer dies, again and again
                for pid in v.readers():
                    os.kill(pid, 9)
                for _ in range(40):
                    answer = v.get(f"{v.base}m/{100 + turn}/info.json")
                    if answer.code == 200:
                        break
                    time.sleep(0.05)
                wrong += answer.code != 200 or json.loads(answer.body)["subject"] != f"number {100 + turn}"
            tap.row(not wrong, "a store whose keeper dies is opened again", wrong)
            tap.row(v.end() == 0, "ends")
            cache = f"{v.home}/.cache/postern"
            tap.row((os.stat(path).st_mtime_ns, os.listdir(d)) == before, "the store is as it was")
            tap.row(os.path.isdir(cache) and os.listdir(cache), "its index is a cache of the user's", cache)
        os.makedirs(f"{d}/box/cur")
        os.makedirs(f"{d}/box/new")
        for i in range(5):
            open(f"{d}/box/{'cur' if i else 'new'}/{i}.h:2,{'S' if i > 1 else ''}", "w").write(message(i))
        os.symlink("/etc/passwd", f"{d}/box/cur/9.h:2,S")
        with Viewer(f"{d}/box", postern=os.environ["POSTERN"]) as v:
            v.enter()
            rows = v.listed("count=50")
            tap.row(rows["kind"] == "maildir" and rows["total"] == 5, "a Maildir, without its links", rows)
            tap.row(v.listed("show=unread")["total"] == 2, "its flags", rows)
        os.makedirs(f"{d}/empty")
        with Viewer(f"{d}/empty", "view", "--keep") as v:
            v.enter()
            tap.row(v.listed().get("error"), "a folder without messages says so", v.listed())
            tap.row(v.get(v.base + "m/0/page").code in (404, 422, 500), "and shows none")


def learned(v):
    """The answer to a list when the texts are read, or will not be."""
    for _ in range(1200):
        answer = v.listed("count=0")
        if answer.get("words") in ("made", "none"):
            return answer["words"]
        time.sleep(0.05)
    return "never"


def texts():
    """What stands in the messages alone is found, too, as soon as all of them were read behind the rows."""
    draw = random.Random(4)
    noise = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=6)) for _ in range(60000)]
    bodies = [" ".join(draw.choices(noise, k=5000)) for _ in range(400)]
    odd = {7: "a thimbleweed", 1900: "港の灯台守は眠らない", 3993: "<p>thimble<b>weed</b>"}
    found = lambda v, words: [r["row"] for r in v.listed(f"q={urllib.parse.quote(words)}")["rows"]]
    everything = lambda v: (found(v, "thimbleweed"), found(v, "灯台守"), found(v, "thimb number"), found(v, "4000"))
    with tempfile.TemporaryDirectory() as d:
        path = mbox(f"{d}/mail.mbox", [message(i, body=f"{bodies[i % 400]} {odd.get(i, '')}") for i in range(4000)])
        with Viewer(path, "view", "--keep") as v:
            v.enter()
            first = v.listed("q=thimbleweed")
            tap.row(first["words"] == "making" and first["total"] == 0 and first["texts"] > 0, "rows come before texts", first["words"])
            tap.row(found(v, "3999") == [3999], "meanwhile subjects are searched")
            tap.row(v.json("m/3998/info.json")["subject"] == "number 3998", "meanwhile messages open")
            tap.row(v.listed("count=0")["words"] == "making", "so much for meanwhile")
            for _ in range(5):  # a client that leaves before its answer costs the index nothing
                with socket.create_connection(("127.0.0.1", v.port)) as s:
                    s.sendall(f"GET {v.base}m/9/page HTTP/1.1\r\nHost: {v.host}\r\nCookie: {v.cookie}\r\n\r\n".encode())
            tap.row(learned(v) == "made", "the texts are read")
            tap.row(everything(v) == ([7, 3993], [1900], [7, 3993], []), "texts are found", everything(v))
            slowest = 0
            for words in ("thimbleweed", "灯台", "a", "number", *noise[:10]):
                started = time.monotonic()
                v.listed(f"q={urllib.parse.quote(words)}&sort=date&desc=1&count=200")
                slowest = max(slowest, time.monotonic() - started)
            tap.row(slowest < 1, "at once", slowest)
            v.end()
            home, cache = v.home, f"{v.home}/.cache/postern"
        kept = [n for n in os.listdir(cache) if n.endswith(".words")]
        tap.row(len(kept) == 1 and os.stat(f"{cache}/{kept[0]}").st_mode & 0o77 == 0, "their index is kept, for the user alone", os.listdir(cache))
        size = os.path.getsize(f"{cache}/{kept[0]}")
        for what, at in (("head", 30), ("middle", size // 2), ("end", size - 3)):
            with open(f"{cache}/{kept[0]}", "r+b") as f:
                f.seek(at)
                f.write(b"\xff\xff\xff")
            with Viewer(path, "view", "--keep", home=home) as v:
                v.enter()
                tap.row(learned(v) == "made" and everything(v) == ([7, 3993], [1900], [7, 3993], []), f"an index with a damaged {what} is made again", everything(v))
        os.truncate(f"{cache}/{kept[0]}", size // 3)
        with Viewer(path, "view", "--keep", home=home) as v:
            v.enter()
            tap.row(learned(v) == "made" and found(v, "thimbleweed") == [7, 3993], "and one that is cut")
        with Viewer(path, "view", "--keep", home=home) as v:
            v.enter()
            tap.row(v.listed("count=0")["words"] == "made" or learned(v) == "made", "and is there the next time")
        with Viewer(path, "view", "--keep") as v:
            v.enter()
            making = v.listed("count=0")["words"]
            tap.row(making == "making" and v.end() == 0 and not [n for n in os.listdir(f"{v.home}/.cache/postern") if n.endswith(".tmp")],
                    "ended over it, it leaves no half of one", making)
        with Viewer(path, "view", "--keep", env={"XDG_CACHE_HOME": f"{d}/mail.mbox/none"}) as v:
            v.enter()
            tap.row(learned(v) == "made" and found(v, "thimbleweed") == [7, 3993], "without a cache it stays in memory")
        with Viewer(path, "view", "--keep") as v:
            v.enter()
            deaths = 0
            for _ in range(2000):
                if deaths < 2 and v.listed("count=0")["words"] == "making":
                    deaths += 1
                    before = v.readers()
                    for pid in before:
                        os.kill(pid, 9)
                    while set(v.readers()) & set(before):
                        time.sleep(0.005)
                if deaths == 2:
                    break
            tap.row(learned(v) == "none", "two deaths over the texts, and the search does without", v.listed("count=0"))
            tap.row(found(v, "thimbleweed") == [] and found(v, "3999") == [3999] and v.get(v.base + "m/9/page").code == 200, "but goes on")


def slow(rows):
    """Clients that never end their request; beside the other tests, since it takes as long as the viewer's patience."""
    with Viewer(IE, "view", "--keep") as v:
        v.enter()
        line = f"GET {v.base} HTTP/1.1\r\nHost: {v.host}\r\n"
        sockets = [socket.create_connection(("127.0.0.1", v.port)) for _ in range(3)]
        sockets[0].sendall(line.encode())
        sockets[1].sendall(f"POST {v.base}settings HTTP/1.1\r\nHost: {v.host}\r\nCookie: {v.cookie}\r\nOrigin: http://{v.host}\r\n"
                           "Content-Length: 900\r\n\r\n".encode())
        started, closed = time.monotonic(), [None] * 3
        while time.monotonic() - started < 40 and None in closed:
            for number, s in enumerate(sockets):
                try:
                    s.sendall(b"x")
                    s.settimeout(0.01)
                    if s.recv(1000) == b"":
                        closed[number] = closed[number] or time.monotonic() - started
                except (TimeoutError, socket.timeout):
                    pass
                except OSError:
                    closed[number] = closed[number] or time.monotonic() - started
            time.sleep(0.5)
            if v.get(v.base).code != 200:
                rows.append((False, "the viewer answers others meanwhile", ""))
        rows.append((None not in closed and max(closed) < 30, "slow requests are hung up on", closed))
        rows.append((v.get(v.base + "m/0/page").code == 200 and v.end() == 0, "and the viewer stays up", ""))


beside = []
patient = threading.Thread(target=slow, args=(beside,))
patient.start()
for part in (stores, texts, command_line, entering, refusals, policies, small_pages, odd_requests, sizes, settings, readers_die, pages_close):
    part()
patient.join()
tap.row(len(beside) >= 2, "the slow ones were tried")
for row in beside:
    tap.row(*row)
tap.finish()
