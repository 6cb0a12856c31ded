"""Beside the packaged evaluator, over the System Characteristics that we write: 1,000 definitions made by a seed (generate.py), test by
test, and the shared content, definition by definition. A difference has to have one of the reasons that docs/DEVIATIONS.md gives."""
import collections
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from documents import audit, valid  # noqa: E402
from generate import generate  # noqa: E402
from tree import make  # noqa: E402

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from cli import Tap, folder  # noqa: E402

SHARED = pathlib.Path(os.environ.get("POSTERN_SHARED", "/nonexistent"))
SEED, COUNT = 20040413, 1000
tap = Tap()

# What the packaged evaluator (1.3.7) does otherwise in the shared content; each is looked for, so that the list stays true.
KNOWN = {
    "oval:org.mitre.oval.test:def:884": "IPv4 addresses: netmasks and prefixes",
}


def local(element):
    return element.tag.rsplit("}", 1)[1]


def results(path, kind):
    """{id: (result, message)} of the definitions or tests in a results file."""
    out = {}
    for element in ET.parse(path).getroot().iter():
        if local(element) == kind and element.get(f"{kind}_id"):
            message = next((c.text for c in element if local(c) == "message"), "")
            out[element.get(f"{kind}_id")] = (element.get("result"), message or "")
    return out


def peer(defs, facts, where):
    done = subprocess.run(["oscap", "oval", "analyse", "--skip-valid", "--results", where / "peer.xml", defs, facts], capture_output=True, text=True)
    return done.returncode, done.stderr


class Facts:
    """What a definitions file asks of which items, to find out why two results differ."""

    def __init__(self, defs, facts):
        self.things = {e.get("id"): e for e in ET.parse(defs).getroot().iter() if e.get("id")}
        root = ET.parse(facts).getroot()
        self.items = {e.get("id"): {local(c) for c in e} for e in root.iter() if e.get("id") and local(e).endswith("_item")}
        self.objects = {e.get("id"): [r.get("item_ref") for r in e if local(r) == "reference"] for e in root.iter()
                        if local(e) == "object"}

    def absent_entity(self, test_id):
        """A state asks for an entity that an item of the object does not have."""
        test = self.things[test_id]
        asked = set()
        for ref in test:
            if local(ref) == "state":
                asked |= {local(e) for e in self.things[ref.get("state_ref")]}
        obj = next(r.get("object_ref") for r in test if local(r) == "object")
        return any(asked - self.items[i] for i in self.objects.get(obj, []))


def reason(test_id, ours, theirs, facts):
    if "not a value of the datatype version" in ours[1] or "not hexadecimal data" in ours[1]:
        return "a value that is none of its datatype is an error"
    if theirs[0] == "unknown" and facts.absent_entity(test_id):
        return "an entity that the item does not have does not exist"
    return None


def tests_of(criteria, things, seen):
    for part in criteria.iter():
        if part.get("test_ref"):
            seen.add(part.get("test_ref"))
        if part.get("definition_ref"):
            tests_of(next(c for c in things[part.get("definition_ref")] if local(c) == "criteria"), things, seen)
    return seen


def generated(where, root):
    defs, facts = where / "g.xml", where / "g.sc.xml"
    defs.write_text(generate(SEED, COUNT))
    tap.row(valid(defs, "definitions") is None, f"{COUNT} generated definitions are valid", valid(defs, "definitions"))
    code, found, _, err = audit("--oval", defs, root, "--syschar-out", facts, "--results", where / "ours.xml")
    tap.row(code == 1 and len(found) == COUNT and not err, "they are evaluated over the tree", code, len(found), err)
    tap.row(valid(facts, "system-characteristics") is None and valid(where / "ours.xml", "results") is None, "our output is valid",
            valid(facts, "system-characteristics"), valid(where / "ours.xml", "results"))
    again = audit("--oval", defs, "--syschar", facts)
    tap.row(again[1] == found, "the same over the characteristics we wrote", [k for k in found if again[1].get(k) != found[k]][:9])
    code, err = peer(defs, facts, where)
    tap.row(code == 0, "the packaged evaluator takes our characteristics", err[-500:])
    known = Facts(defs, facts)
    ours, theirs = results(where / "ours.xml", "test"), results(where / "peer.xml", "test")
    tap.row(set(ours) == set(theirs) and len(ours) > COUNT, "both know the same tests", len(ours), len(theirs))
    different, reasons = set(), collections.Counter()
    for name in ours:
        if ours[name][0] == theirs[name][0]:
            continue
        different.add(name)
        why = reason(name, ours[name], theirs[name], known)
        reasons[why] += 1
        if not why:
            tap.row(False, f"{name} is the same", ours[name], theirs[name])
    tap.row(None not in reasons and len(different) < len(ours) / 10, f"{len(ours) - len(different)} of {len(ours)} tests are the same",
            dict(reasons))
    our_defs, their_defs = results(where / "ours.xml", "definition"), results(where / "peer.xml", "definition")
    odd = []
    for name in our_defs:
        if our_defs[name][0] != their_defs[name][0]:
            criteria = next(c for c in known.things[name] if local(c) == "criteria")
            if not tests_of(criteria, known.things, set()) & different:
                odd.append(name)
    same = sum(our_defs[n][0] == their_defs[n][0] for n in our_defs)
    tap.row(not odd, f"{same} of {len(our_defs)} definitions are the same, the others only by such a test", odd)


def shared(where, root):
    content = sorted((SHARED / "corpus/oval/mitre-test-content").glob("*.xml"))
    jobs = [(p, None) for p in content] + [(SHARED / "corpus/oval/ms04-013.oval.xml", SHARED / f"corpus/oval/{n}.sc.xml")
                                           for n in ("vuln-gold", "patched-sp1")]
    for defs, facts in jobs:
        source = ["--syschar", facts] if facts else [root]
        _, found, reasons, err = audit("--oval", defs, *source, "--syschar-out", where / "s.xml")
        code, message = peer(defs, where / "s.xml", where)
        tap.row(code == 0, f"{defs.name}: the packaged evaluator takes our characteristics", message[-300:], err)
        theirs = results(where / "peer.xml", "definition")
        for name, result in found.items():
            if name in KNOWN:
                tap.row(theirs.get(name, ("",))[0] != result, f"{defs.name}: {name} differs: {KNOWN[name]}", result, theirs.get(name))
            else:
                tap.row(theirs.get(name, ("",))[0] == result, f"{defs.name}: {name} is the same", result, reasons[name], theirs.get(name))


with folder() as name:
    where = pathlib.Path(name)
    root = make(where / "tree")
    generated(where, root)
    if SHARED.is_dir():
        shared(where, root)
tap.finish()
