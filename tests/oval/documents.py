"""Small OVAL documents for the tests, and reading the answers."""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from cli import run  # noqa: E402

NS = "http://oval.mitre.org/XMLSchema/"
SCHEMAS = pathlib.Path("/usr/share/openscap/schemas/oval/5.11.1")
GENERATOR = (f"<generator><product_name xmlns='{NS}oval-common-5'>test</product_name><schema_version xmlns='{NS}oval-common-5'>5.11.1"
             f"</schema_version><timestamp xmlns='{NS}oval-common-5'>2004-04-13T00:00:00</timestamp></generator>")


def oid(kind, number):
    return f"oval:example.postern:{kind}:{number}"


def definitions(defs="", tests="", objects="", states="", variables=""):
    groups = [("definitions", defs), ("tests", tests), ("objects", objects), ("states", states), ("variables", variables)]
    body = "".join(f"<{name}>{inner}</{name}>" for name, inner in groups if inner)
    return (f"<oval_definitions xmlns='{NS}oval-definitions-5' xmlns:i='{NS}oval-definitions-5#independent' "
            f"xmlns:w='{NS}oval-definitions-5#windows' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>"
            f"{GENERATOR}{body}</oval_definitions>")


def definition(number, criteria, cls="miscellaneous"):
    return (f"<definition id='{oid('def', number)}' version='1' class='{cls}'><metadata><title>number {number}</title><description>d"
            f"</description></metadata>{criteria}</definition>")


def criterion(number, negate=False):
    return f"<criterion test_ref='{oid('tst', number)}' comment='c'{' negate=' + chr(39) + 'true' + chr(39) if negate else ''}/>"


def test(kind, number, obj=None, states=(), check="all", existence="at_least_one_exists", prefix="w", op="AND"):
    inner = (f"<{prefix}:object object_ref='{oid('obj', obj)}'/>" if obj else "") + "".join(
        f"<{prefix}:state state_ref='{oid('ste', s)}'/>" for s in states)
    return (f"<{prefix}:{kind}_test id='{oid('tst', number)}' version='1' comment='c' check='{check}' check_existence='{existence}' "
            f"state_operator='{op}'>{inner}</{prefix}:{kind}_test>")


def obj(kind, number, inner, prefix="w"):
    return f"<{prefix}:{kind}_object id='{oid('obj', number)}' version='1'>{inner}</{prefix}:{kind}_object>"


def state(kind, number, inner, prefix="w", op="AND"):
    return f"<{prefix}:{kind}_state id='{oid('ste', number)}' version='1' operator='{op}'>{inner}</{prefix}:{kind}_state>"


def audit(*words, **more):
    """(exit code, {definition: result}, {definition: reason}, standard error)"""
    code, out, err = run("audit", "--json", *words, **more)
    rows = [json.loads(line) for line in out.decode().splitlines() if line.startswith("{")]
    return code, {r["definition"]: r["result"] for r in rows}, {r["definition"]: r["reason"] for r in rows}, err


def valid(path, which):
    """None, or what xmllint says against the schema "results", "system-characteristics" or "definitions"."""
    done = subprocess.run(["xmllint", "--noout", "--nonet", "--schema", SCHEMAS / f"oval-{which}-schema.xsd", path],
                          capture_output=True, text=True)
    return None if done.returncode == 0 else done.stderr[:1500]
