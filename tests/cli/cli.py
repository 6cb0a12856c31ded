"""What the tests of the command share: running it, a folder to write in, small archives."""
import base64
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.dont_write_bytecode = True
from tap import ROOT, Tap  # noqa: E402,F401

POSTERN = os.environ["POSTERN"]
SAMPLES = ROOT / "samples"
SANDBOXED = "without a sandbox" not in subprocess.run([POSTERN, "--version"], capture_output=True, text=True, check=True).stdout

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


def run(*words, stdin=b"", cwd=None, env=None, **more):
    """(exit code, standard output, standard error); the last two are bytes."""
    done = subprocess.run([POSTERN, *map(str, words)], input=stdin, capture_output=True, cwd=cwd, timeout=120,
                          env={**os.environ, **(env or {})}, **more)
    return done.returncode, done.stdout, done.stderr


def folder():
    return tempfile.TemporaryDirectory(prefix="postern-test-")


def archive(parts, root_type="text/html"):
    """A multipart/related of (headers as text lines, body as bytes)."""
    out = [b"From: <Saved by Blink>\r\nSubject: test\r\nMIME-Version: 1.0\r\n"
           b'Content-Type: multipart/related; type="' + root_type.encode() + b'"; boundary="=_test"\r\n\r\n']
    for headers, body in parts:
        out.append(b"--=_test\r\n" + b"".join(h.encode("utf-8", "surrogateescape") + b"\r\n" for h in headers) + b"\r\n" + body + b"\r\n")
    out.append(b"--=_test--\r\n")
    return b"".join(out)


def page(body=b"<p>hello</p>", *more):
    return archive([(["Content-Type: text/html; charset=utf-8", "Content-Location: http://x.test/"], body), *more])


def big_page(megabytes):
    """Enough work that a test can step in while it is done."""
    return page(b"<p>" + b"some words <b>and more</b> of them\r\n" * (megabytes * 30000))


def harmless(data):
    """No byte that a terminal acts on, and valid UTF-8 without bidirectional controls."""
    text = data.decode("utf-8")
    bad = [c for c in text if (ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0 or 0x202A <= ord(c) <= 0x202E
           or 0x2066 <= ord(c) <= 0x2069]
    return not bad
