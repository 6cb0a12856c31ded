"""The language of OVAL 5.11 from its schemas, feature by feature: every datatype with every operation, every function, the enumerations,
variables, sets and filters, masks, records, users; each definition with the result that the schemas' text gives. What the packaged
evaluator can answer is asked of it, too; where it says otherwise, the reason stands in PEER."""
import pathlib
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from documents import NS, audit, criterion, definition, definitions, obj, oid, state, test, valid  # noqa: E402
from tree import make  # noqa: E402

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "win"))
import trees  # noqa: E402

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from cli import Tap, folder, run  # noqa: E402

tap = Tap()
OPERATIONS = ["equals", "not equal", "case insensitive equals", "case insensitive not equal", "greater than", "less than",
              "greater than or equal", "less than or equal", "bitwise and", "bitwise or", "pattern match", "subset of", "superset of"]
ORDER = OPERATIONS[:2] + OPERATIONS[4:8]


def ordered(order):
    """Of an actual value that is below (-1), the same as (0) or above (1) the stated one."""
    return {"equals": order == 0, "not equal": order != 0, "greater than": order > 0, "less than": order < 0,
            "greater than or equal": order >= 0, "less than or equal": order <= 0}


def equal(same, nocase=None):
    out = {"equals": same, "not equal": not same}
    if nocase is not None:
        out |= {"case insensitive equals": nocase, "case insensitive not equal": not nocase}
    return out


# datatype, actual, stated, what each operation gives; one that is not named is an error
COMPARED = [
    ("int", "6", "4", ordered(1) | {"bitwise and": True, "bitwise or": False}),
    ("int", "1", "4", ordered(-1) | {"bitwise and": False, "bitwise or": False}),
    ("int", "6", "14", ordered(-1) | {"bitwise and": False, "bitwise or": True}),
    ("int", "6", "+06", ordered(0) | {"bitwise and": True, "bitwise or": True}),
    ("int", "9223372036854775808", "9223372036854775807", ordered(1) | {"bitwise and": False, "bitwise or": False}),
    ("int", "-1", "255", ordered(-1) | {"bitwise and": True, "bitwise or": False}),
    ("int", "abc", "1", {}),
    ("int", "1", "", {}),
    ("float", "1.50", "1.5", ordered(0)),
    ("float", "-1e-3", "0", ordered(-1)),
    ("float", "INF", "3.4E38", ordered(1)),
    ("float", "1,5", "1.5", {}),
    ("boolean", "true", "1", equal(True)),
    ("boolean", "0", "true", equal(False)),
    ("boolean", "TRUE", "true", {}),
    ("binary", "00FFab", "00ffAB", equal(True)),
    ("binary", "00ff", "00fe", equal(False)),
    ("binary", "0g", "00", {}),
    ("version", "6.0.2800.1106", "6.0.2800.1409", ordered(-1)),
    ("version", "6,0,2800,1409", "6.0.2800.1409", ordered(0)),
    ("version", "1.10", "1.9.9", ordered(1)),
    ("version", "1.0", "1.0.0.0", ordered(0)),
    ("version", "010", "9", ordered(1)),
    ("version", "six", "6", {}),
    ("evr_string", "0:1.0-1", "0:1.0-2", ordered(-1)),
    ("evr_string", "1:0.9-1", "0:2.0-1", ordered(1)),
    ("evr_string", "(none):1.0-1", "0:1.0-1", ordered(0)),
    ("evr_string", "0:1.10-1", "0:1.9-1", ordered(1)),
    ("evr_string", "0:1.0a-1", "0:1.0-1", ordered(1)),
    ("evr_string", "0:1.0~rc1-1", "0:1.0-1", ordered(-1)),
    ("evr_string", "0:1a-1", "0:1.1-1", ordered(-1)),
    ("debian_evr_string", "0:1.2.3-1", "1.2.3-1", ordered(0)),
    ("debian_evr_string", "0:1.2.3~b1-1", "0:1.2.3-1", ordered(-1)),
    ("debian_evr_string", "0:7.5-2ubuntu1", "0:7.5-2", ordered(1)),
    ("fileset_revision", "A.03.61.00", "A.03.61.01", ordered(-1)),
    ("fileset_revision", "B.11.31", "B.11.31", ordered(0)),
    ("ios_version", "12.4(23a)", "12.4(23)", ordered(1)),
    ("ios_version", "12.2(33)SXI", "12.2(33)SXH", ordered(1)),
    ("ios_version", "12.4(9)T", "12.4(10)T", ordered(-1)),
    ("ipv4_address", "192.0.2.0", "192.000.002.000/255.255.255.255", ordered(0) | {"subset of": True, "superset of": True}),
    ("ipv4_address", "10.1.0.0/16", "10.0.0.0/8", {"equals": False, "not equal": True, "subset of": True, "superset of": False}),
    ("ipv4_address", "10.0.0.1", "10.0.0.2", ordered(-1) | {"subset of": False, "superset of": False}),
    ("ipv4_address", "10.0.0.9/8", "10.255.0.1/255.0.0.0", ordered(0) | {"subset of": True, "superset of": True}),
    ("ipv4_address", "10.0.0.1", "10.0.0", {}),
    ("ipv6_address", "2001:db8::1", "2001:DB8:0:0::1/128", ordered(0) | {"subset of": True, "superset of": True}),
    ("ipv6_address", "2001:db8::/48", "2001:db8::/32", {"equals": False, "not equal": True, "subset of": True, "superset of": False}),
    ("ipv6_address", "::1", "::2", ordered(-1) | {"subset of": False, "superset of": False}),
    ("ipv6_address", "::g", "::1", {}),
    ("string", "abc", "abc", equal(True, True) | {"pattern match": True}),
    ("string", "ABC", "abc", equal(False, True) | {"pattern match": False}),
    ("string", "xabcx", "b.c$", equal(False, False) | {"pattern match": False}),
    ("string", "xabcx", "b.x", equal(False, False) | {"pattern match": True}),
]

ADDRESSES = ("ipv4_address", "ipv6_address")


def peer_differs(kind, operation, actual, stated, known):
    """Why the packaged evaluator (1.3.7) may say otherwise of a comparison; None: it has to agree."""
    if kind in ("fileset_revision", "ios_version"):
        return "it does not evaluate this datatype"
    if kind in ADDRESSES and not known:
        return "it ends badly on an operation that addresses do not have"
    if kind == "ipv4_address" and "/255" in stated:
        return "it does not read netmasks"
    if kind == "int" and known and abs(int(actual or 0) if actual.lstrip("-").isdigit() else 0) >= 2 ** 63:
        return "its integers end at 2^63"
    if (kind, actual) in (("boolean", "TRUE"), ("binary", "0g"), ("version", "six")):
        return "it compares what is no value of the datatype"
    return "it does not know that an epoch may be (none)" if "(none)" in actual else None


def variable(number, kind, values):
    return (f"<constant_variable id='{oid('var', number)}' version='1' datatype='{kind}' comment='c'>"
            + "".join(f"<value>{v}</value>" for v in values) + "</constant_variable>")


def local(number, kind, body):
    return f"<local_variable id='{oid('var', number)}' version='1' datatype='{kind}' comment='c'>{body}</local_variable>"


def of_variable(number):
    """A test whose object is a variable, with the state of the same number."""
    return (test("variable", number, number, [number], prefix="i"), obj("variable", number, f"<i:var_ref>{oid('var', number)}</i:var_ref>", "i"))


class Document:
    def __init__(self):
        self.defs, self.tests, self.objects, self.states, self.variables, self.rows = [], [], [], [], [], []

    def add(self, what, wanted, tests="", objects="", states="", variables="", criteria=None, peer=None):
        n = len(self.rows) + 1
        self.rows.append((what, wanted, peer))
        self.defs.append(definition(n, criteria or f"<criteria>{criterion(n)}</criteria>"))
        for group, text in ((self.tests, tests), (self.objects, objects), (self.states, states), (self.variables, variables)):
            group.append(text)

    def text(self, first=0, last=None, whole=False):
        """All of it, or the rows from `first` on and before `last`; `whole`: only their definitions, but all else."""
        groups = (self.tests, self.objects, self.states, self.variables)
        return definitions("".join(self.defs[first:last]), *("".join(g if whole else g[first:last]) for g in groups))


def peer_results(document, where, whole, first=0, last=None):
    """{definition: result}; it ends badly on some rows: these are found by halves, and are "crash"."""
    last = len(document.rows) if last is None else last
    (where / "p.xml").write_text(document.text(first, last, whole))
    done = subprocess.run(["oscap", "oval", "analyse", "--skip-valid", "--results", where / "peer.xml", where / "p.xml", where / "s.xml"],
                          capture_output=True, text=True)
    if done.returncode == 0:
        return {e.get("definition_id"): e.get("result") for e in ET.parse(where / "peer.xml").getroot().iter()
                if e.tag.endswith("}definition") and e.get("definition_id")}
    if last - first == 1:
        return {oid("def", last): "crash"}
    middle = (first + last) // 2
    return peer_results(document, where, whole, first, middle) | peer_results(document, where, whole, middle, last)


def judge(document, where, root, label, *words, peer=True, whole=False):
    (where / "l.xml").write_text(document.text())
    code, results, reasons, err = audit("--oval", where / "l.xml", "--results", where / "r.xml", "--syschar-out", where / "s.xml", *words,
                                        *([root] if root else []))
    for n, (what, wanted, _) in enumerate(document.rows, 1):
        got = results.get(oid("def", n))
        tap.row(got == wanted and (got in ("true", "false") or reasons[oid("def", n)]), f"{label}: {what}: {wanted}", got,
                reasons.get(oid("def", n)), err[:300])
    for output, kind in (("r.xml", "results"), ("s.xml", "system-characteristics")):
        problem = valid(where / output, kind)
        tap.row(problem is None, f"{label}: {output} is valid", problem)
    if not peer:
        return
    theirs = peer_results(document, where, whole)
    differs = {}
    for n, (what, wanted, reason) in enumerate(document.rows, 1):
        other = theirs.get(oid("def", n))
        if reason:
            differs[reason] = differs.get(reason, 0) + (other != wanted)
        else:
            tap.row(other == wanted, f"{label}: {what}: as the packaged evaluator says", other, wanted)
    for reason, count in differs.items():
        tap.row(count, f"{label}: the packaged evaluator differs {count} times: {reason}")


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def datatypes(where, root):
    document = Document()
    for kind, actual, stated, truth in COMPARED:
        for operation in OPERATIONS:
            n = len(document.rows) + 1
            wanted = {True: "true", False: "false", None: "error"}[truth.get(operation)]
            t, o = of_variable(n)
            document.add(f"{kind} {actual} {operation} {stated!r}", wanted, t, o,
                         state("variable", n, f"<i:value datatype='{kind}' operation='{operation}'>{escaped(stated)}</i:value>", "i"),
                         variable(n, "string", [actual]), peer=peer_differs(kind, operation, actual, stated, operation in truth))
    judge(document, where, root, "datatypes")


# ---- functions: body, datatype, values or None for an error, why the packaged evaluator may differ ----

def literal(text, kind=None):
    return f"<literal_component{f' datatype={chr(39)}{kind}{chr(39)}' if kind else ''}>{escaped(text)}</literal_component>"


def item_field(number, field):
    return f"<object_component object_ref='{oid('obj', number)}' item_field='{field}'/>"


LETTERS, NUMBERS, MANY, NOTHING, NUMBER = 9001, 9002, 9003, 9004, 9005
SHARED_VARIABLES = variable(LETTERS, "string", ["a", "b", "a"]) + variable(NUMBERS, "int", ["1", "2"])
EXAMPLE = r"<w:hive>HKEY_LOCAL_MACHINE</w:hive><w:key>SOFTWARE\Example</w:key>"
SHARED_OBJECTS = (obj("registry", MANY, EXAMPLE + "<w:name>Many</w:name>") + obj("registry", NOTHING, EXAMPLE + "<w:name>Nothing</w:name>")
                  + obj("registry", NUMBER, EXAMPLE + "<w:name>Number</w:name>"))
L = f"<variable_component var_ref='{oid('var', LETTERS)}'/>"
N = f"<variable_component var_ref='{oid('var', NUMBERS)}'/>"
M = item_field(MANY, "value")
ZONE = "it does not read the offset of cim_datetime"
MOMENTS = "it does not read win_filetime and seconds_since_epoch as decimal numbers"


def time(first, one, second=None, two=None):
    formats = (f" format_1='{first}'" if second else "") + f" format_2='{second or first}'"
    return f"<time_difference{formats}>{literal(one)}{literal(two) if two is not None else ''}</time_difference>"


FUNCTIONS = [
    ("arithmetic adds", f"<arithmetic arithmetic_operation='add'>{N}{literal('3', 'int')}</arithmetic>", "int", ["4", "5"], None),
    ("arithmetic multiplies", f"<arithmetic arithmetic_operation='multiply'>{N}{N}{literal('-1', 'int')}</arithmetic>", "int",
     ["-1", "-2", "-2", "-4"], None),
    ("arithmetic with a float", f"<arithmetic arithmetic_operation='add'>{literal('1', 'int')}{literal('0.5', 'float')}</arithmetic>", "float",
     ["1.5"], None),
    ("arithmetic of a registry value", f"<arithmetic arithmetic_operation='add'>{item_field(NUMBER, 'value')}{literal('1', 'int')}</arithmetic>", "int",
     ["43"], None),
    ("arithmetic of text", f"<arithmetic arithmetic_operation='add'>{L}{literal('1', 'int')}</arithmetic>", "int", None, "it takes text for a number"),
    ("begin adds", f"<begin character='x'>{L}</begin>", "string", ["xa", "xb", "xa"], None),
    ("begin leaves", f"<begin character='a'>{L}</begin>", "string", ["a", "ab", "a"], None),
    ("begin with a word", f"<begin character='C:\\'>{literal('C:x')}</begin>", "string", ["C:\\C:x"], None),
    ("end adds", f"<end character='\\'>{literal('C:')}</end>", "string", ["C:\\"], None),
    ("end with a word", f"<end character='.dll'>{literal('x.dll')}</end>", "string", ["x.dll"], None),
    ("end with half a word", f"<end character='.dll'>{literal('x.dl')}</end>", "string", ["x.dl.dll"], None),
    ("concat runs over the product", f"<concat>{L}{literal('-')}{M}</concat>", "string",
     ["a-one", "a-two", "b-one", "b-two", "a-one", "a-two"], None),
    ("concat of a number", f"<concat>{literal('n')}{item_field(NUMBER, 'value')}</concat>", "string", ["n42"], None),
    ("concat with nothing", f"<concat>{L}{item_field(NOTHING, 'value')}</concat>", "string", None, None),
    ("escape_regex", f"<escape_regex>{literal('(' + chr(92) + '.test_string*)?')}</escape_regex>", "string",
     ["\\(\\\\\\.test_string\\*\\)\\?"], None),
    ("escape_regex of every sign", f"<escape_regex>{literal('^$' + chr(92) + '.[](){}*+?|-#')}</escape_regex>", "string",
     ["\\^\\$\\\\\\.\\[\\]\\(\\)\\{\\}\\*\\+\\?\\|-#"], None),
    ("split", f"<split delimiter='-'>{literal('a-b-c-d')}</split>", "string", ["a", "b", "c", "d"], None),
    ("split at the ends", f"<split delimiter='-'>{literal('-a-a-')}</split>", "string", ["", "a", "a", ""], None),
    ("split of delimiters alone", f"<split delimiter='-'>{literal('---')}</split>", "string", ["", "", "", ""], None),
    ("split of many", f"<split delimiter='n'>{M}</split>", "string", ["o", "e", "two"], None),
    ("split at a word", f"<split delimiter='::'>{literal('a::b:c')}</split>", "string", ["a", "b:c"], None),
    ("substring", f"<substring substring_start='3' substring_length='2'>{literal('abcdefg')}</substring>", "string", ["cd"], None),
    ("substring from before the start", f"<substring substring_start='-4' substring_length='2'>{literal('abcdefg')}</substring>", "string", ["ab"], None),
    ("substring to the end", f"<substring substring_start='3' substring_length='-1'>{literal('abcdefg')}</substring>", "string", ["cdefg"], None),
    ("substring longer than there is", f"<substring substring_start='6' substring_length='99'>{literal('abcdefg')}</substring>", "string", ["fg"], None),
    ("substring from the last", f"<substring substring_start='7' substring_length='1'>{literal('abcdefg')}</substring>", "string", ["g"], None),
    ("substring from behind the end", f"<substring substring_start='8' substring_length='1'>{literal('abcdefg')}</substring>", "string", None, None),
    ("substring of nothing", f"<substring substring_start='1' substring_length='0'>{literal('abc')}</substring>", "string", [""], None),
    ("regex_capture", f"<regex_capture pattern='^abc(.*)xyz$'>{literal('abc-1-xyz')}</regex_capture>", "string", ["-1-"], None),
    ("regex_capture without a match", f"<regex_capture pattern='^x(.*)$'>{M}</regex_capture>", "string", ["", ""], None),
    ("regex_capture without a group", f"<regex_capture pattern='ab'>{literal('abab')}</regex_capture>", "string", [""], None),
    ("regex_capture of two groups", f"<regex_capture pattern='(a)(b)'>{literal('xab')}</regex_capture>", "string", ["a"], None),
    ("regex_capture of a repeated group", f"<regex_capture pattern='([a-z])+'>{literal('abc1def')}</regex_capture>", "string", ["c"], None),
    ("regex_capture of the first place", f"<regex_capture pattern='([0-9]+)'>{literal('a12b34')}</regex_capture>", "string", ["12"], None),
    ("unique", f"<unique>{L}{M}{literal('one')}</unique>", "string", ["a", "b", "one", "two"], None),
    ("unique of numbers as text", f"<unique>{N}{literal('1')}{literal('01')}</unique>", "string", ["1", "2", "01"], None),
    ("count", f"<count>{L}{M}{N}</count>", "int", ["7"], None),
    ("count of one", f"<count>{literal('x')}</count>", "int", ["1"], None),
    ("nested", f"<concat><begin character='#'><regex_capture pattern='^(.)'>{M}</regex_capture></begin><end character='!'><unique>{L}</unique></end>"
     "</concat>", "string", ["#oa!", "#ob!", "#ta!", "#tb!"], None),
    ("glob_to_regex", f"<glob_to_regex>{literal('/etc/*.conf')}</glob_to_regex>", "string", ["^/etc/(?=[^.])[^/]*\\.conf$"], None),
    ("glob_to_regex of a broken glob", f"<glob_to_regex>{literal('a*b?[')}</glob_to_regex>", "string", None, None),
    ("the same moment", time("year_month_day", "20040413", "year_month_day", "2004/04/13"), "int", ["0"], None),
    ("yyyymmddThhmmss", time("year_month_day", "20040413T101112", "year_month_day", "2004-04-13 00:00:00"), "int", ["36672"], None),
    ("yyyy/mm/dd hh:mm:ss", time("year_month_day", "2004/04/13 00:00:01", "year_month_day", "2004-04-12"), "int", ["86401"], None),
    ("mm/dd/yyyy", time("month_day_year", "04/13/2004", "day_month_year", "12/04/2004"), "int", ["86400"], None),
    ("mm-dd-yyyy hh:mm:ss", time("month_day_year", "04-13-2004 01:00:00", "day_month_year", "13-04-2004"), "int", ["3600"], None),
    ("NameOfMonth, dd yyyy", time("month_day_year", "February, 29 2004 00:00:02", "year_month_day", "2004-02-28"), "int", ["86402"], None),
    ("abbreviated month", time("month_day_year", "Feb, 29 2004", "month_day_year", "February, 28 2004"), "int", ["86400"], None),
    ("win_filetime", time("win_filetime", "127263456000000000", "seconds_since_epoch", "1081872000"), "int", ["0"], MOMENTS),
    ("seconds_since_epoch", time("seconds_since_epoch", "10", "seconds_since_epoch", "15"), "int", ["-5"], MOMENTS),
    ("cim_datetime", time("cim_datetime", "20040413180000.000000+120", "seconds_since_epoch", "1081872000"), "int", ["0"], ZONE),
    ("31 February", time("year_month_day", "2004-02-31", "year_month_day", "2004-02-28"), "int", None, "it takes what is no date"),
    ("another format", time("day_month_year", "2004-02-28", "year_month_day", "2004-02-28"), "int", None, "it takes what is no date"),
    ("a literal", literal("x"), "string", ["x"], None),
    ("a variable", L, "string", ["a", "b", "a"], None),
    ("an object", M, "string", ["one", "two"], None),
    ("an object without items", item_field(NOTHING, "value"), "string", None, None),
    ("a field that items do not have", item_field(MANY, "hash"), "string", None, None),
    ("a value that is not of the datatype", literal("x"), "int", None, "it takes text for a number"),
]


def functions(where, root):
    """The values of each function, in order, as an object collects them."""
    document = Document()
    for what, body, kind, values, _ in FUNCTIONS:
        n = len(document.rows) + 1
        t, o = of_variable(n)
        states = state("variable", n, f"<i:value datatype='{kind}' entity_check='all' operation='not equal'>77</i:value>", "i")
        wanted = "true" if values is not None else "false" if "nothing" in what or "without items" in what else "error"
        document.add(what, wanted, t, o, states, local(n, kind, body))
    document.objects[0] += SHARED_OBJECTS
    document.variables[0] += SHARED_VARIABLES
    judge(document, where, root, "functions", peer=False)
    facts = ET.parse(where / "s.xml").getroot()
    found = {e.findtext("{*}var_ref"): [v.text or "" for v in e.iterfind("{*}value")] for e in facts.iter() if e.tag.endswith("}variable_item")}
    for n, (what, _, _, values, _) in enumerate(FUNCTIONS, 1):
        tap.row(found.get(oid("var", n)) == values, f"functions: {what}: exactly these values, in order", found.get(oid("var", n)), values)


def functions_in_states(where, root):
    """The same in states, where each evaluator has to work them out: all that are expected are there, and no more."""
    document = Document()
    for what, body, kind, values, peer in FUNCTIONS:
        n = len(document.rows) + 1
        expected, length, count = 3000 + n, 4000 + n, 5000 + n
        tests, objects = of_variable(expected)
        states = state("variable", expected, f"<i:value datatype='{kind}' entity_check='all' var_check='at least one' "
                       f"var_ref='{oid('var', n)}'/>", "i")
        made = local(n, kind, body) + variable(expected, kind, dict.fromkeys(map(escaped, values or ["1"])))
        made += local(count, "int", f"<count><variable_component var_ref='{oid('var', n)}'/></count>") + variable(length, "int", [len(values or [])])
        t, o = of_variable(length)
        states += state("variable", length, f"<i:value datatype='int' var_check='all' var_ref='{oid('var', count)}'/>", "i")
        both = criterion(expected) + (criterion(length) if values is not None else "")
        document.add(what, "error" if values is None else "true", tests + t, objects + o, states, made, f"<criteria>{both}</criteria>", peer)
        document.objects[-1] += SHARED_OBJECTS if n == 1 else ""
        document.variables[-1] += SHARED_VARIABLES if n == 1 else ""
    for group, text in ((document.tests, test("registry", MANY, MANY)), (document.tests, test("registry", NUMBER, NUMBER)),
                        (document.tests, test("registry", NOTHING, NOTHING))):
        group[0] += text
    document.defs[0] = definition(1, f"<criteria>{criterion(3001)}{criterion(4001)}{criterion(MANY)}{criterion(NUMBER)}"
                                  f"{criterion(NOTHING, negate=True)}</criteria>")
    judge(document, where, root, "functions in states", whole=True)


# ---- tables, from the text of oval-common-schema: an implementation of their own ----

def existence(kind, ex, de, er, nc):
    if kind == "all_exist":
        return "false" if de else "error" if er else "unknown" if nc else "true" if ex else "false"
    if kind == "any_exist":
        return "error" if er and not ex else "true"
    if kind == "at_least_one_exists":
        return "true" if ex else "error" if er else "unknown" if nc else "false"
    if kind == "none_exist":
        return "false" if ex else "error" if er else "unknown" if nc else "true"
    return "false" if ex > 1 else "error" if er else "unknown" if nc else "true" if ex else "false"


def joined(kind, t, f, e, u):
    """Of check and operator words: what T, F, E and U give together."""
    decided = {"all": "false" if f else None, "at least one": "true" if t else None, "none satisfy": "false" if t else None,
               "only one": "false" if t > 1 else None, "xor": None}[kind]
    if decided:
        return decided
    if e or u:
        return "error" if e else "unknown"
    return {"all": "true", "at least one": "false", "none satisfy": "true", "only one": "true" if t == 1 else "false",
            "xor": "true" if t % 2 else "false"}[kind]


class Facts:
    """A System Characteristics file by hand."""

    def __init__(self):
        self.objects, self.items = [], []

    def item(self, value="", status="exists", entity="exists"):
        n = len(self.items) + 1
        inner = f"<w:value datatype='int' status='{entity}'>{value}</w:value>" if status == "exists" else ""
        self.items.append(f"<w:registry_item id='{n}' status='{status}'><w:name>v{n}</w:name>{inner}</w:registry_item>")
        return n

    def object(self, number, items, flag="complete"):
        self.objects.append(f"<object id='{oid('obj', number)}' version='1' flag='{flag}'>" + "".join(f"<reference item_ref='{i}'/>" for i in items)
                            + "</object>")

    def write(self, path):
        path.write_text(f"<oval_system_characteristics xmlns='{NS}oval-system-characteristics-5' xmlns:w='{NS}oval-system-characteristics-5"
                        "#windows'>" + definitions().split(">", 1)[1].split("</generator>")[0] + "</generator><system_info><os_name>x</os_name><os_version>x"
                        "</os_version><architecture>x</architecture><primary_host_name>x</primary_host_name><interfaces/></system_info>"
                        f"<collected_objects>{''.join(self.objects)}</collected_objects><system_data>{''.join(self.items)}</system_data>"
                        "</oval_system_characteristics>")


OBJECT = EXAMPLE + "<w:name>v</w:name>"
COUNTS = [c for c in ((a, b, c, d) for a in range(3) for b in range(3) for c in range(2) for d in range(2)) if sum(c)]


def tables(where):
    document, facts = Document(), Facts()
    statuses = [[facts.item("1", s) for _ in range(2)] for s in ("exists", "does not exist", "error", "not collected")]
    values = [[facts.item(*v) for _ in range(2)] for v in (("1",), ("2",), ("x",), ("1", "exists", "not collected"))]
    for counts in [*COUNTS, (0, 0, 0, 0)]:
        for kind in ("all_exist", "any_exist", "at_least_one_exists", "none_exist", "only_one_exists"):
            n = len(document.rows) + 1
            facts.object(n, [i for count, items in zip(counts, statuses) for i in items[:count]])
            document.add(f"{kind} of {counts}", existence(kind, *counts), test("registry", n, n, existence=kind), obj("registry", n, OBJECT),
                         peer="it does not count items with an error, or that were not collected or do not exist" if any(counts[1:]) else None)
    for counts in COUNTS:
        for kind in ("all", "at least one", "none satisfy", "only one"):
            n = len(document.rows) + 1
            facts.object(n, [i for count, items in zip(counts, values) for i in items[:count]])
            document.add(f"check {kind} of {counts}", joined(kind, *counts), test("registry", n, n, [n], check=kind), obj("registry", n, OBJECT),
                         state("registry", n, "<w:value datatype='int'>1</w:value>"),
                         peer="it takes an entity that was not collected for one that was" if counts[3] else None)
    unknown = operators(document, facts, values)
    lists(document, facts, values)
    # the last one: the packaged evaluator swallows the test behind it
    document.tests[-1] += f"<i:unknown_test id='{oid('tst', unknown)}' version='1' comment='c' check='all'/>"
    facts.write(where / "given.xml")
    (where / "l.xml").write_text(document.text())
    judge(document, where, None, "tables", "--syschar", where / "given.xml", whole=True)


def operators(document, facts, values):
    """Criteria, states of a test and entities of a state over one unknown, true, false and erroneous part each; the number of the first."""
    base = len(document.rows) + 1
    words = {"AND": "all", "OR": "at least one", "ONE": "only one", "XOR": "xor"}
    document.add("unknown_test", "unknown")
    for i, item in enumerate(values[:3], 1):
        facts.object(base + i, item[:1])
        document.add(f"part {i}", ("true", "false", "error")[i - 1], test("registry", base + i, base + i, [base + i]),
                     obj("registry", base + i, OBJECT), state("registry", base + i, "<w:value datatype='int'>1</w:value>"))
    for counts in COUNTS:
        for word, check in words.items():
            for negate in (False, True):
                parts = "".join(criterion(base + (i + 1) % 4) * count for i, count in enumerate(counts))
                wanted = joined(check, *counts)
                if negate:
                    wanted = {"true": "false", "false": "true"}.get(wanted, wanted)
                document.add(f"{'not ' * negate}{word} of {counts}", wanted,
                             criteria=f"<criteria operator='{word}' negate='{str(negate).lower()}'>{parts}</criteria>")
    return base


def lists(document, facts, values):
    """entity_check over the values of an item, var_check over those of a variable."""
    for counts in [(a, b) for a in range(3) for b in range(3) if a + b]:
        for kind in ("all", "at least one", "none satisfy", "only one"):
            wanted = joined(kind, *counts, 0, 0)
            chosen = ["1"] * counts[0] + ["2"] * counts[1]
            n = len(document.rows) + 1
            facts.items.append(f"<w:registry_item id='{7000 + n}' status='exists'><w:name>n</w:name>" + "".join(
                f"<w:value datatype='int'>{v}</w:value>" for v in chosen) + "</w:registry_item>")
            facts.object(n, [7000 + n])
            document.add(f"entity_check {kind} of {counts}", wanted, test("registry", n, n, [n]), obj("registry", n, OBJECT),
                         state("registry", n, f"<w:value datatype='int' entity_check='{kind}'>1</w:value>"))
            n = len(document.rows) + 1
            facts.object(n, values[0][:1])
            document.add(f"var_check {kind} of {counts}", wanted, test("registry", n, n, [n]), obj("registry", n, OBJECT),
                         state("registry", n, f"<w:value datatype='int' var_check='{kind}' var_ref='{oid('var', n)}'/>"),
                         variable(n, "int", chosen))


# ---- sets ----

FLAGS = ["error", "complete", "incomplete", "does not exist", "not collected", "not applicable"]
# rows: flag of the second object, columns: of the first one, as SetOperatorEnumeration prints them
SETS = {
    "UNION": "EEEEEE ECICIC EIIIII ECIDID EIIINN ECIDNA",
    "INTERSECTION": "EEEDEE ECIDNC EIIDNI DDDDDD ENNDNN ECIDNA",
    "COMPLEMENT": "EEEDEE ECIDNE EEEDNE ECIDNE ENNDNE EEEEEE",
}
# what a test without states says of an object with this flag and no item that exists, or one
OF_FLAG = {"E": "error", "C": "true", "I": "true", "D": "false", "N": "unknown", "A": "not applicable"}


def sets(where):
    """The flag of each pair under each operator; the items, of which the first set has 1 and 2, the second 2 and 3."""
    document, facts = Document(), Facts()
    items = [facts.item(str(v)) for v in (1, 2, 3)]
    for i, flag in enumerate(FLAGS):
        there = flag in ("complete", "incomplete")
        facts.object(8000 + i, items[:2] if there else [], flag)
        facts.object(8100 + i, items[1:] if there else [], flag)
    shared = "".join(obj("registry", base + i, OBJECT) for base in (8000, 8100) for i in range(6))

    def set_of(operator, *inner, filters=""):
        parts = "".join(f"<object_reference>{oid('obj', i)}</object_reference>" if isinstance(i, int) else i for i in inner)
        return f"<set xmlns='{NS}oval-definitions-5' set_operator='{operator}'>{parts}{filters}</set>"

    def row(what, wanted, inner, states="", state_refs=(), check="all"):
        n = len(document.rows) + 1
        document.add(what, wanted, test("registry", n, n, state_refs, check=check), obj("registry", n, inner), states)

    for operator, table in SETS.items():
        for second, line in enumerate(table.split()):
            for first, letter in enumerate(line):
                wanted = OF_FLAG[letter]
                if letter in "CI":
                    left = {1, 2} if first in (1, 2) else set()
                    right = {2, 3} if second in (1, 2) else set()
                    found = {"UNION": left | right, "INTERSECTION": left & right, "COMPLEMENT": left - right}[operator]
                    wanted = "true" if found else "false" if letter == "C" else "unknown"
                row(f"{FLAGS[first]} {operator} {FLAGS[second]}", wanted, set_of(operator, 8000 + first, 8100 + second))
    document.objects[0] += shared
    exactly = {"UNION": "123", "INTERSECTION": "2", "COMPLEMENT": "1"}
    for operator, values in exactly.items():
        for value in "123":
            n = len(document.rows) + 1
            row(f"the items of {operator}: {value}", str(value in values).lower(), set_of(operator, 8001, 8101),
                state("registry", n, f"<w:value datatype='int'>{value}</w:value>"), [n], "at least one")
    for what, action, wanted in (("exclude", "exclude", "13"), ("include", "include", "2"), ("usual action", None, "13")):
        for value in "123":
            n = len(document.rows) + 1
            chosen = f"<filter{f' action={chr(39)}{action}{chr(39)}' if action else ''}>{oid('ste', 6000 + n)}</filter>"
            row(f"filter, {what}: {value}", str(value in wanted).lower(), set_of("UNION", 8001, 8101, filters=chosen),
                state("registry", n, f"<w:value datatype='int'>{value}</w:value>")
                + state("registry", 6000 + n, "<w:value datatype='int'>2</w:value>"), [n], "at least one")
    for value in "123":
        n = len(document.rows) + 1
        nested = set_of("COMPLEMENT", set_of("UNION", 8001, 8101), set_of("INTERSECTION", 8001, 8101))
        row(f"nested sets: {value}", str(value in "13").lower(), nested, state("registry", n, f"<w:value datatype='int'>{value}</w:value>"), [n],
            "at least one")
    n = len(document.rows) + 1
    row("a set of one", "true", set_of("COMPLEMENT", 8001))
    facts.write(where / "given.xml")
    judge(document, where, None, "sets", "--syschar", where / "given.xml", peer=False)


# ---- records, masks ----

def records(where):
    document, facts = Document(), Facts()

    def record(*fields):
        inner = "".join(f"<field xmlns='{NS}oval-system-characteristics-5' name='{name}'>{value}</field>" for name, value in fields)
        n = len(facts.items) + 1
        facts.items.append(f"<w:wmi57_item id='{n}' status='exists'><w:namespace>n</w:namespace><w:wql>q</w:wql><w:result datatype='record'>"
                           f"{inner}</w:result></w:wmi57_item>")
        return n

    item = record(("name", "Hanako"), ("group", "users"), ("group", "admins"))
    rows = [("a field", {"name": "Hanako"}, "true"), ("another value", {"name": "Taro"}, "false"), ("two fields", {"name": "Hanako", "group": "users"},
            "false"), ("a field that is not there", {"city": "Nara"}, "error"), ("a field that is not there beside a wrong one",
            {"city": "Nara", "name": "Taro"}, "false")]
    for what, fields, wanted in rows:
        n = len(document.rows) + 1
        facts.object(n, [item])
        inner = "".join(f"<field xmlns='{NS}oval-definitions-5' name='{name}'>{value}</field>" for name, value in fields.items())
        document.add(what, wanted, test("wmi57", n, n, [n]), obj("wmi57", n, "<w:namespace>n</w:namespace><w:wql>q</w:wql>"),
                     state("wmi57", n, f"<w:result datatype='record'>{inner}</w:result>"))
    n = len(document.rows) + 1
    facts.object(n, [item])
    document.add("entity_check of a field", "true", test("wmi57", n, n, [n]), obj("wmi57", n, "<w:namespace>n</w:namespace><w:wql>q</w:wql>"), state(
        "wmi57", n, f"<w:result datatype='record'><field xmlns='{NS}oval-definitions-5' name='group' entity_check='at least one' mask='true'>users"
        "</field></w:result>"))
    facts.write(where / "given.xml")
    judge(document, where, None, "records", "--syschar", where / "given.xml", peer=False)
    shown = {name: re.findall(r"<field[^>]* name=.(\w+).([^>]*)>([^<]*)", (where / name).read_text().split("<system_data>")[1]) for name in ("r.xml", "s.xml")}
    tap.row([(f, v) for f, _, v in shown["s.xml"]] == [("name", "Hanako"), ("group", "users"), ("group", "admins")], "records: fields keep their order",
            shown["s.xml"])
    tap.row(["mask" in a for _, a, _ in shown["r.xml"]] == [False, True, True] and "admins" not in str(shown["r.xml"]),
            "records: a masked field is hidden in results", shown["r.xml"])


def masks(where, root):
    for what, at_object, at_state, hidden in (("none", "", "", False), ("in the object", " mask='true'", "", True),
                                              ("in the state", "", " mask='true'", True), ("against each other", " mask='false'", " mask='1'", True)):
        document = Document()
        document.add(what, "true", test("registry", 1, 1, [1]), obj("registry", 1, EXAMPLE + f"<w:name{at_object}>Number</w:name>"),
                     state("registry", 1, f"<w:name{at_state}>Number</w:name><w:value datatype='int'>42</w:value>"))
        judge(document, where, root, f"masks {what}", peer=False)
        got = {name: "<name>Number</name>" in (where / name).read_text().split("<system_data>")[1] for name in ("r.xml", "s.xml")}
        tap.row(got == {"r.xml": not hidden, "s.xml": True}, f"masks {what}: results hide it, characteristics do not", got)
        code, out, err = run("audit", "--oval", where / "l.xml", root, "-v")
        tap.row((b"name Number" in out) != hidden and (b"name (masked)" in out) == hidden, f"masks {what}: nor are people shown it", out)


# ---- external variables ----

def externals(where, root):
    allowed = ("<possible_value hint='h'>7</possible_value><possible_restriction hint='h'><restriction operation='greater than'>10</restriction>"
               "<restriction operation='less than'>20</restriction></possible_restriction><possible_restriction hint='h' operator='OR'><restriction "
               "operation='equals'>90</restriction><restriction operation='equals'>91</restriction></possible_restriction>")
    for inner, given, wanted in ((allowed, ["7"], "true"), (allowed, ["15"], "true"), (allowed, ["20"], "error"), (allowed, ["91"], "true"),
                                 (allowed, ["7", "8"], "error"), ("", ["123"], "true"), ("", ["x"], "error"), ("", [], "error")):
        document = Document()
        t, o = of_variable(1)
        document.add("value", wanted, t, o, state("variable", 1, "<i:value datatype='int' operation='greater than'>0</i:value>", "i"),
                     f"<external_variable id='{oid('var', 1)}' version='1' datatype='int' comment='c'>{inner}</external_variable>")
        (where / "v.xml").write_text(f"<oval_variables xmlns='{NS}oval-variables-5'><variables><variable id='{oid('var', 1)}' datatype='int' comment='c'>"
                                     + "".join(f"<value>{v}</value>" for v in given) + "</variable></variables></oval_variables>")
        judge(document, where, root, f"external variable, {'limited, ' * bool(inner)}{given}", "--variables", where / "v.xml", peer=False)


# ---- what a tree answers ----

FOLDER = r"<w:path>C:\WINDOWS</w:path>"


def from_variables(where, root):
    """Objects that take their entities from variables: each value has to exist for all_exist; var_check decides which count."""
    document = Document()
    rows = [("all values exist", "filename", ["explorer.exe", "notepad.exe"], "at least one", "all_exist", "false"),
            ("one value exists", "filename", ["explorer.exe", "notepad.exe"], "at least one", "at_least_one_exists", "true"),
            ("only one value exists", "filename", ["explorer.exe", "notepad.exe"], "at least one", "only_one_exists", "true"),
            ("no value exists", "filename", ["a.exe", "b.exe"], "at least one", "none_exist", "true"),
            ("no value exists, any", "filename", ["a.exe", "b.exe"], "at least one", "any_exist", "true"),
            ("a file equals all values", "filename", ["explorer.exe", "notepad.exe"], "all", "at_least_one_exists", "false"),
            ("a file equals none of the values", "filename", ["explorer.exe"], "none satisfy", "none_exist", "true"),
            ("a value does not exist", "name", ["Number", "Missing"], "at least one", "all_exist", "false"),
            ("both values exist", "name", ["Number", "Many"], "at least one", "all_exist", "true"),
            ("values that are neither", "name", ["Number", "Many"], "none satisfy", "only_one_exists", "false"),
            ("a key does not exist", "key", [r"SOFTWARE\Example", r"SOFTWARE\None"], "at least one", "all_exist", "false"),
            ("both keys exist", "key", [r"SOFTWARE\Example", r"SOFTWARE\Example\Alpha"], "at least one", "all_exist", "true"),
            ("a path does not exist", "filepath", [r"C:\WINDOWS\explorer.exe", r"C:\none"], "only one", "all_exist", "false"),
            ("both paths exist", "filepath", [r"C:\WINDOWS\explorer.exe", r"C:\WINDOWS\system32\kernel32.dll"], "only one", "all_exist", "true")]
    for what, entity, values, check, exist, wanted in rows:
        n = len(document.rows) + 1
        asked = f"<w:{entity} var_ref='{oid('var', n)}' var_check='{check}'/>"
        hive = "<w:hive>HKEY_LOCAL_MACHINE</w:hive>"
        inner = {"filename": FOLDER + asked, "filepath": asked, "name": EXAMPLE + asked, "key": hive + asked + "<w:name xsi:nil='true'/>"}[entity]
        kind = "file" if entity.startswith("file") else "registry"
        document.add(what, wanted, test(kind, n, n, existence=exist), obj(kind, n, inner), variables=variable(n, "string", values))
    judge(document, where, root, "objects from variables", peer=False)


def hive_rows(**values):
    return [(r"Software\Example", name, "sz", value) for name, value in values.items()]


def users(where):
    """HKEY_CURRENT_USER, CurrentControlSet and other links, in trees of the NT family."""
    root = trees.windows(where / "users", "xp-sp1", users={"hanako": [*hive_rows(Same="1", Other="a", Own="x"), (r"Software\Classes\.own", "", "sz", "ownfile")], "taro": hive_rows(Same="1", Other="b")},
                         system=[(r"ControlSet001\Services\Http", "Start", "dword", 3)],
                         software=[(r"Classes\.mht", "", "sz", "mhtmlfile")])
    one = trees.windows(where / "one", "xp-sp1", users={"hanako": hive_rows(Other="a")})
    nobody = trees.windows(where / "nobody", "xp-sp1")
    rows = [("a value that all have", "HKEY_CURRENT_USER", r"<w:key>Software\Example</w:key><w:name>Same</w:name>", "1", "true", "true", "unknown"),
            ("a value that differs", "HKEY_CURRENT_USER", r"<w:key>Software\Example</w:key><w:name>Other</w:name>", "a", "unknown", "true", "unknown"),
            ("a value that one has", "HKEY_CURRENT_USER", r"<w:key>Software\Example</w:key><w:name>Own</w:name>", "x", "unknown", "true", "unknown"),
            ("a value that nobody has", "HKEY_CURRENT_USER", r"<w:key>Software\Example</w:key><w:name>None</w:name>", "x", "false", "false", "unknown"),
            ("a pattern", "HKEY_CURRENT_USER", r"<w:key operation='pattern match'>^Software\\Ex.*$</w:key><w:name>Same</w:name>", "1", "true",
             "true", "unknown"),
            ("all users", "HKEY_USERS", r"<w:key operation='pattern match'>^S-1-5-21-[^\\]*\\Software\\Example$</w:key><w:name>Same</w:name>", "1",
             "true", "true", "false"),
            ("CurrentControlSet", "HKEY_LOCAL_MACHINE", r"<w:key>SYSTEM\CurrentControlSet\Services\http</w:key><w:name>Start</w:name>", "3", "true",
             "true", "false"),
            ("a pattern below CurrentControlSet", "HKEY_LOCAL_MACHINE",
             r"<w:key operation='pattern match'>^SYSTEM\\CurrentControlSet\\Services\\.*$</w:key><w:name>Start</w:name>", "3", "true", "true", "false"),
            ("any control set", "HKEY_LOCAL_MACHINE", r"<w:key operation='pattern match'>^SYSTEM\\C[a-z]+Set\\Services\\Http$</w:key>"
             "<w:name>Start</w:name>", "3", "true", "true", "false"),
            ("HKEY_CLASSES_ROOT", "HKEY_CLASSES_ROOT", "<w:key>.mht</w:key><w:name/>", "mhtmlfile", "true", "true", "false"),
            ("classes of a user", "HKEY_CLASSES_ROOT", "<w:key>.own</w:key><w:name/>", "ownfile", "false", "true", "false")]
    document, expected = Document(), {"all": [], "hanako": [], "nobody": []}
    for what, hive, inner, value, *wanted in rows:
        n = len(document.rows) + 1
        kind = " datatype='int'" if value == "3" else ""
        key = re.search("<w:key>(.*)</w:key>", inner)
        stated = f"<w:key operation='case insensitive equals'>{key[1]}</w:key>" if key else ""
        document.add(what, wanted[0], test("registry", n, n, [n]), obj("registry", n, f"<w:hive>{hive}</w:hive>" + inner),
                     state("registry", n, stated + f"<w:value{kind}>{value}</w:value>"))
        for name, result in zip(expected, wanted):
            expected[name].append(result)
    for name, tree, words in (("all", root, ()), ("hanako", root, ("--user", "Hanako")), ("nobody", nobody, ())):
        document.rows = [(row[0], result, None) for row, result in zip(document.rows, expected[name])]
        judge(document, where, tree, f"users, {name}", *words, peer=False)
    code, results, reasons, _ = audit("--oval", where / "l.xml", root)
    tap.row("hanako and taro differ" in reasons[oid("def", 2)], "the reason names the users", reasons[oid("def", 2)])
    code, results, reasons, _ = audit("--oval", where / "l.xml", one)
    tap.row(results[oid("def", 2)] == "true", "one user is the current one", reasons[oid("def", 2)])
    for words, wanted, text in ((("--user", "jiro", root), 3, b"no user jiro"), (("--user", "hanako", "--syschar", where / "s.xml"), 2, b"--user")):
        code, out, err = run("audit", "--oval", where / "l.xml", *words)
        tap.row(code == wanted and text in err, f"--user exits {wanted}", code, err)
    code, out, err = run("audit", "--user", "hanako", root)
    tap.row(code == 2 and b"--oval" in err, "--user needs --oval", code, err)


def environments(where):
    """The system's variables; with --user that user's on top, PATH of both joined."""
    system = [(r"ControlSet001\Control\Session Manager\Environment", n, "expand_sz", v) for n, v in (("Path", r"%SystemRoot%\system32"), ("TEMP", r"C:\T"))]
    root = trees.windows(where / "environment", "xp-sp1", system=system, users={
        "hanako": [("Environment", "PATH", "sz", r"C:\own"), ("Environment", "TEMP", "expand_sz", r"%USERPROFILE%\tmp"), ("Environment", "HERS", "sz", "1")]})
    rows = [("PATH", r"C:\WINDOWS\system32", r"C:\WINDOWS\system32;C:\own"), ("TEMP", r"C:\T", r"C:\Documents and Settings\hanako\tmp"),
            ("HERS", None, "1"), ("USERPROFILE", None, r"C:\Documents and Settings\hanako"), ("windir", r"C:\WINDOWS", r"C:\WINDOWS")]
    for user, column in ((None, 1), ("hanako", 2)):
        document = Document()
        for row in rows:
            n = len(document.rows) + 1
            document.add(row[0], "false" if row[column] is None else "true", test("environmentvariable", n, n, [n], prefix="i"),
                         obj("environmentvariable", n, f"<i:name operation='case insensitive equals'>{row[0]}</i:name>", "i"),
                         state("environmentvariable", n, f"<i:value>{row[column] or 'x'}</i:value>", "i"))
        judge(document, where, root, f"environment of {user or 'the system'}", *(("--user", user) if user else ()), peer=False)


def checksum(image):
    """The words of a PE file with carries added at the low end, without its own field, and its length."""
    field = struct.unpack_from("<I", image, 0x3C)[0] + 88
    data = image[:field] + image[field + 4:]
    total = sum(struct.unpack(f"<{len(data) // 2}H", data[:len(data) // 2 * 2])) + (data[-1] if len(data) % 2 else 0)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total + len(image)


def files(where):
    strings = {"CompanyName": "Fort", "InternalName": "gate", "OriginalFilename": "GATE.DLL", "ProductName": "Wall", "ProductVersion": "6.0.1.2",
               "FileVersion": "6.00.1.2 (srv03_gdr.040303-1430)"}
    image = trees.pe("6.0.1.2", strings=strings)
    odd = trees.pe("6.0.1.3", strings=strings) + b"\xff"
    root = trees.windows(where / "files", "xp-sp1", files={"WINDOWS/gate.dll": image, "WINDOWS/odd.dll": odd, "WINDOWS/plain.txt": b"x"})
    rows = [("version", "gate.dll", "<w:version datatype='version'>6.0.1.2</w:version>", "true"),
            ("ms_checksum", "gate.dll", f"<w:ms_checksum>{checksum(image)}</w:ms_checksum>", "true"),
            ("ms_checksum of an odd length", "odd.dll", f"<w:ms_checksum>{checksum(odd)}</w:ms_checksum>", "true"),
            ("ms_checksum of another file", "odd.dll", f"<w:ms_checksum>{checksum(image)}</w:ms_checksum>", "false"),
            ("ms_checksum of no program", "plain.txt", "<w:ms_checksum>1</w:ms_checksum>", "unknown"),
            ("development_class", "gate.dll", "<w:development_class>srv03_gdr</w:development_class>", "true"),
            ("company", "gate.dll", "<w:company>Fort</w:company>", "true"),
            ("internal_name", "gate.dll", "<w:internal_name>gate</w:internal_name>", "true"),
            ("original_filename", "gate.dll", "<w:original_filename>GATE.DLL</w:original_filename>", "true"),
            ("product_name", "gate.dll", "<w:product_name>Wall</w:product_name>", "true"),
            ("product_version", "gate.dll", "<w:product_version datatype='version'>6.0.1.2</w:product_version>", "true"),
            ("version of no program", "plain.txt", "<w:version datatype='version'>1</w:version>", "false"),
            ("owner", "gate.dll", "<w:owner operation='pattern match'>.</w:owner>", "unknown"),
            ("c_time", "gate.dll", "<w:c_time datatype='int' operation='greater than'>0</w:c_time>", "unknown"),
            ("language", "gate.dll", "<w:language operation='pattern match'>.</w:language>", "unknown"),
            ("m_time", "gate.dll", "<w:m_time datatype='int' operation='greater than'>116444736000000000</w:m_time>", "true"),
            ("type", "gate.dll", "<w:type>FILE_TYPE_DISK</w:type>", "true")]
    document = Document()
    for what, name, inner, wanted in rows:
        n = len(document.rows) + 1
        document.add(what, wanted, test("file", n, n, [n]), obj("file", n, FOLDER + f"<w:filename>{name}</w:filename>"), state("file", n, inner))
    judge(document, where, root, "files", peer=False)
    code, results, reasons, _ = audit("--oval", where / "l.xml", root)
    tap.row("owner: not collected" in reasons[oid("def", 13)], "the reason names the entity", reasons[oid("def", 13)])


with folder() as name:
    where = pathlib.Path(name)
    root = make(where / "tree")
    datatypes(where, root)
    functions(where, root)
    functions_in_states(where, root)
    tables(where)
    sets(where)
    records(where)
    masks(where, root)
    externals(where, root)
    from_variables(where, root)
    users(where)
    environments(where)
    files(where)
tap.finish()
