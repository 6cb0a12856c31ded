"""postern view over an archive whose messages stand behind a large member: lists and searches do not wait until that is read."""
import bz2
import io
import os
import pathlib
import random
import sys
import tarfile
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
from tap import Tap  # noqa: E402
from viewer import Viewer, message  # noqa: E402

tap = Tap()
LARGE = 24 << 20


def archive(path):
    """a/first.eml, twelve megabytes that take bzip2 its time, twice, and the last message behind them."""
    block = random.Random(1).randbytes(LARGE // 16).hex().encode()
    with bz2.open(path, "wb", compresslevel=1) as packed, tarfile.open(fileobj=packed, mode="w|") as tar:
        for name, data in (("a/first.eml", message(1, "early").encode()), ("noise.bin", block * 8), ("z/last.eml", message(2, "late").encode())):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


def words_made(v):
    for _ in range(1200):
        if v.listed("count=0").get("words") == "made":
            return True
        time.sleep(0.05)
    return False


def found(v, query):
    """How many; while a keeper takes the place of one that died, there are no rows yet."""
    for _ in range(1200):
        answer = v.listed(query)
        if "rows" in answer:
            return answer["total"]
        time.sleep(0.05)
    return answer


with tempfile.TemporaryDirectory() as d:
    path = pathlib.Path(d) / "mail.tar.bz2"
    archive(path)
    with Viewer(path, "view", "--keep", "--no-open") as v:
        v.enter()
        first = v.listed("count=10&sort=")
        tap.row([r["folder"] for r in first["rows"]] == ["a", "z"], "both messages are listed", first)
        making, meanwhile = first["words"], 0
        while making == "making":
            started = time.monotonic()
            making = v.listed("count=0&q=early")["words"]
            meanwhile += making == "making"
        tap.row(meanwhile >= 3, "lists are answered while the words behind a large member are made, and say so", meanwhile)
        tap.row(words_made(v), "the words are made")
        got = []
        asked = threading.Thread(target=lambda: got.append(v.get(v.base + "m/1/source")))
        asked.start()
        time.sleep(0.05)
        answered, wrong = 0, []
        while asked.is_alive():
            query = ("late", "early", "nowhere")[answered % 3]
            answer = v.listed(f"count=10&sort=&q={query}")
            if answer.get("total") != (query != "nowhere"):
                wrong.append((query, answer))
            answered += asked.is_alive()
        asked.join()
        tap.row(answered >= 3, "searches are answered while a message behind a large member is fetched", answered)
        tap.row(not wrong, "and rightly", wrong[:2])
        tap.row(got[0].code == 200 and b"late" in got[0].body, "and the message comes", got[0].code, got[0].body[:200])
        # who goes away meanwhile harms nobody
        for number in range(6):
            rude = threading.Thread(target=lambda: v.raw(
                f"GET {v.base}{'list.json?q=late' if number % 2 else 'm/1/source'} HTTP/1.1\r\nHost: {v.host}\r\nCookie: {v.cookie}\r\n"
                "Sec-Fetch-Site: same-origin\r\n\r\n".encode(), timeout=0.05))
            rude.start()
            rude.join()
        tap.row(found(v, "q=late&count=5") == 1 and v.get(v.base + "m/1/source").code == 200 and len(v.readers()) >= 1,
                "who hangs up meanwhile harms nobody")
        for pid in v.readers():
            threading.Thread(target=lambda: v.get(v.base + "m/1/source")).start()
            time.sleep(0.05)
            threading.Thread(target=lambda: v.listed("q=early")).start()
            time.sleep(0.05)
            os.kill(pid, 9)
        tap.row(found(v, "q=late&count=5") == 1 and v.get(v.base + "m/1/source").code == 200, "and a keeper's death over both neither")
        tap.row(v.end() == 0, "it ends well")
tap.finish()
