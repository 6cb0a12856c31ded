"""What the tests of stores share: rows as JSON, messages by number."""
import json
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
sys.dont_write_bytecode = True
from cli import Tap, run  # noqa: E402,F401


def folder():
    """In memory where that is possible: an index is flushed to its disk."""
    return tempfile.TemporaryDirectory(prefix="postern-test-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)


def rows(store, *words, cache=False, env=None):
    """(exit code, JSON or None, standard error)"""
    code, out, err = run("list", store, "--json", *([] if cache else ["--no-cache"]), *words, env=env)
    return code, json.loads(out) if out else None, err.decode()


def message(store, number):
    code, out, err = run("list", store, "--no-cache", "--message", number)
    assert code in (0, 1), err
    return out


def all_messages(store, *words):
    _, listed, _ = rows(store, *words)
    return [message(store, row["message"]) for row in listed["messages"]] if listed else []
