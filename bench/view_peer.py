#!/usr/bin/env python3
"""
The viewer over a store, timed as a browser sees it: bench/view_peer.py STORE CACHE-FOLDER [WORDS…], POSTERN in the environment.
Prints "step<TAB>milliseconds" a line: from start to the first rows; until all texts are read; lists by each column and as threads;
searches as they are typed, sorted by date; then a second start, over the cache. Last, the most resident memory in MB of the viewer and
of the keeper of the store together.
"""
import pathlib
import statistics
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests/view"))
sys.dont_write_bytecode = True
from viewer import Viewer  # noqa: E402

COLUMNS = ("date", "sender", "subject", "size", "attachment", "zone")


def say(step, seconds):
    print(f"{step}\t{seconds * 1e3:.2f}", flush=True)


def timed(v, query):
    """The median of five: each asked for in another order first, so that no list is at hand."""
    times = []
    for _ in range(5):
        v.listed("sort=size&count=0")
        started = time.monotonic()
        answer = v.listed(query + "&count=200")
        times.append(time.monotonic() - started)
        assert "rows" in answer, answer
    return statistics.median(times)


def until(v, good):
    answer = v.listed("count=1", tries=6000)
    while not good(answer):
        time.sleep(0.02)
        answer = v.listed("count=1", tries=6000)


def resident(v):
    """The peak of both, in bytes."""
    total = 0
    for pid in [v.process.pid, *v.readers()]:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        total += int(status.split("VmHWM:")[1].split()[0]) * 1024
    return total


def session(store, cache, name, words):
    started = time.monotonic()
    with Viewer(store, "view", "--keep", "--no-open", env={"XDG_CACHE_HOME": cache}) as v:
        v.enter()
        until(v, lambda answer: answer.get("rows"))
        say(f"rows, {name}", time.monotonic() - started)
        until(v, lambda answer: answer["words"] == "made")
        say(f"texts, {name}", time.monotonic() - started)
        for column in COLUMNS if words else ():
            say(f"list {column}", timed(v, f"sort={column}&desc=1"))
        for text in words:
            say(f"search {text}", timed(v, f"q={urllib.parse.quote(text)}&sort=date&desc=1"))
        if words:
            say("threads", timed(v, "sort=date&desc=1&threads=1"))
        return resident(v)


if __name__ == "__main__":
    most = max(session(sys.argv[1], sys.argv[2], "made", sys.argv[3:]), session(sys.argv[1], sys.argv[2], "cached", []))
    print(f"peak\t{most / 1e6:.1f}")
