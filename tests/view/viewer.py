"""What the tests of the viewer share: a running `postern view`, and requests to it, byte for byte."""
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.dont_write_bytecode = True
from tap import ROOT, Tap  # noqa: E402,F401

SAMPLES = ROOT / "samples"


def message(number, subject="", body="", sender="a@h.test"):
    """A small mail; every eleventh has an attachment, every fifth answers the one before."""
    head = [f"From: {sender}", "To: b@h.test", f"Subject: {subject or f'number {number}'}", f"Message-ID: <{number}@h.test>",
            f"Date: Mon, 13 Apr 2004 {number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02} +0000"]
    if number % 5 == 4:
        head += [f"References: <{number - 1}@h.test>", f"In-Reply-To: <{number - 1}@h.test>"]
    if number % 11 == 0:
        head += ["MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=B"]
        body = (f"--B\nContent-Type: text/html; charset=utf-8\n\n<p>{body or 'hello'}\n--B\nContent-Type: application/octet-stream\n"
                "Content-Disposition: attachment; filename=a.pdf.exe\n\nxyz\n--B--\n")
    else:
        head += ["Content-Type: text/plain; charset=utf-8"]
    return "\n".join(head) + "\n\n" + (body or "hello") + "\n"


def mbox(path, messages):
    with open(path, "w", newline="", encoding="utf-8", errors="surrogateescape") as f:
        for text in messages:
            f.write("From x@h.test Mon Apr 13 10:00:00 2004\n" + text.replace("\nFrom ", "\n>From ") + "\n")
    return path


def process_name(pid):
    try:
        return open(f"/proc/{pid}/comm").read().strip()
    except OSError:
        return ""


class Answer:
    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        match = re.match(rb"HTTP/1\.1 (\d+)", lines[0])
        self.code = int(match[1]) if match else 0
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(b": ")
            self.headers[name.decode("latin1").lower()] = value.decode("latin1")


class Viewer:
    """A context: the viewer of one file, started without a browser."""

    def __init__(self, path, *options, postern=None, env=None, home=None, user=None):
        self.home = home or tempfile.mkdtemp(prefix="postern-view-")
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": self.home, **(env or {})}
        for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "DISPLAY", "WAYLAND_DISPLAY"):
            environment.pop(name, None)
        environment.update(env or {})
        self.process = subprocess.Popen([postern or os.environ["POSTERN"], *options, str(path)], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env=environment, user=user)
        self.url = self.process.stdout.readline().decode().strip()
        parts = urllib.parse.urlsplit(self.url)
        self.host, self.port, self.open = parts.netloc, parts.port, f"{parts.path}?{parts.query}"
        self.base = parts.path.removesuffix("open")
        self.cookie = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self, number=signal.SIGINT):
        """Its exit code; 'killed' when it did not want to end."""
        if self.process.stderr.closed:
            return self.process.returncode
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            code = self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            code = "killed"
        self.process.stdout.close()
        self.said = self.process.stderr.read().decode(errors="replace")
        self.process.stderr.close()
        return code

    def raw(self, data, timeout=30, family=socket.AF_INET):
        """What comes back for these bytes, until the other side closes."""
        with socket.socket(family) as s:
            s.settimeout(timeout)
            s.connect(("127.0.0.1" if family == socket.AF_INET else "::1", self.port))
            try:
                s.sendall(data)
            except OSError:
                pass
            out = b""
            while True:
                try:
                    some = s.recv(1 << 16)
                except (ConnectionError, socket.timeout):
                    break
                if not some:
                    break
                out += some
            return Answer(out)

    def get(self, path, method="GET", body=b"", **headers):
        """A request as our own page makes it; headers given replace those, None leaves one out."""
        fields = {"Host": self.host, "Cookie": self.cookie, "Sec-Fetch-Site": "same-origin", "Connection": "close"}
        if method == "POST":
            fields |= {"Origin": f"http://{self.host}", "Content-Length": str(len(body)),
                       "Content-Type": "application/x-www-form-urlencoded"}
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{method} {path} HTTP/1.1"] + [f"{n}: {v}" for n, v in fields.items() if v]
        return self.raw("\r\n".join(lines).encode("latin1") + b"\r\n\r\n" + body)

    def enter(self):
        """Token for cookie."""
        answer = self.get(self.open, Sec_Fetch_Site="none")
        self.cookie = answer.headers.get("set-cookie", "").split(";")[0]
        return answer

    def json(self, path):
        return json.loads(self.get(self.base + path).body)

    def listed(self, query="", tries=100):
        """The answer to a list, as soon as the store is open."""
        for _ in range(tries):
            answer = self.json(f"list.json?{query}")
            if answer.get("ready") or answer.get("error"):
                return answer
            time.sleep(0.05)
        return answer

    def readers(self):
        """Processes that read for it right now."""
        try:
            text = open(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read()
        except OSError:
            return []
        return [int(p) for p in text.split() if process_name(p) != "postern-keys"]

    def warden(self):
        """The process that keeps the key and calls gpg, or None."""
        text = open(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read()
        return next((int(p) for p in text.split() if process_name(p) == "postern-keys"), None)
