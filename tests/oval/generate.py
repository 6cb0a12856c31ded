"""Definitions made by a seed: tests of registry, files and variables over the tree of tree.py, with states of every datatype and
operation, checks and existences, sets with filters, functions, nested criteria. Each definition is small, so that a difference
between two evaluators can be read."""
import random

from documents import definition, definitions, obj, oid, state, test

KEYS = [r"SOFTWARE\Example", r"SOFTWARE\Example\Alpha", r"SOFTWARE\Example\Beta", r"SOFTWARE\Nothing",
        r"SOFTWARE\Microsoft\Outlook Express\Version Info", r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"]
KEY_PATTERNS = [r"^SOFTWARE\\Example\\[^\\]+$", r"(?i)example\\alpha", r"^SOFTWARE\\Nothing.*$"]
NAMES = ["Number", "Name", "Many", "Binary", "Current", "CurrentVersion", "Missing", "Expand"]
FILES = [(r"C:\WINDOWS", "explorer.exe"), (r"C:\WINDOWS\system32", "kernel32.dll"), (r"C:\support\txt", "top.txt"), (r"C:\none", "x"),
         (r"C:\support\txt\txtfile", "build.win32.txt")]
CHECKS = ["all", "at least one", "only one", "none satisfy"]
EXISTENCES = ["at_least_one_exists", "at_least_one_exists", "any_exist", "all_exist", "none_exist", "only_one_exists"]
ORDERED = ["equals", "not equal", "greater than", "less than", "greater than or equal", "less than or equal"]
VALUES = {
    "int": ["0", "1", "42", "-7", "007", "2147483648", "99999"],
    "float": ["0.5", "1.25", "-3.5", "100", "1e3", "42"],
    "boolean": ["true", "false", "1", "0"],
    "binary": ["00ff", "DEADBEEF", "deadbeef", "ab"],
    "version": ["1.2.3", "1.2", "6.0.2800.1106", "6.0.2800.1409", "10", "1.10.0"],
    "evr_string": ["0:1.0-1", "1:0.9-2", "0:1.0-2", "0:1.0~rc1-1", "0:2.0a-1"],
    "ipv4_address": ["10.0.0.1", "10.0.0.2", "192.168.0.0/16", "192.168.7.0/24", "10.0.0.0/8"],
    "ipv6_address": ["2001:db8::1", "2001:db8::/32", "::1", "fe80::1"],
    "string": ["a", "b", "abc", "one", "two", "6,0,2800,1106", "Alpha", "xyz xyz"],
}
OPERATIONS = {
    "int": ORDERED + ["bitwise and", "bitwise or"], "float": ORDERED, "boolean": ["equals", "not equal"],
    "binary": ["equals", "not equal"], "version": ORDERED, "evr_string": ORDERED,
    "ipv4_address": ["equals", "not equal", "subset of", "superset of"], "ipv6_address": ["equals", "not equal"],
    "string": ["equals", "not equal", "case insensitive equals", "case insensitive not equal", "pattern match"],
}
PATTERNS = ["^a", "b$", ".", "^[0-9,.]+$", "o|x", "(?i)ALPHA", "z{2}"]


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.n = 0
        self.defs, self.tests, self.objects, self.states, self.variables = [], [], [], [], []

    def number(self):
        self.n += 1
        return self.n

    def pick(self, things):
        return self.r.choice(things)

    # ---- variables ----

    def constant(self, kind, count=None):
        n = self.number()
        values = [self.pick(VALUES[kind]) for _ in range(count or self.r.randint(1, 3))]
        self.variables.append(f"<constant_variable id='{oid('var', n)}' version='1' datatype='{kind}' comment='c'>"
                              + "".join(f"<value>{v}</value>" for v in values) + "</constant_variable>")
        return n

    def component(self, depth):
        which = self.r.randint(0, 9 if depth else 2)
        literal = f"<literal_component>{self.pick(VALUES['string'])}</literal_component>"
        if which == 0:
            return literal
        if which in (1, 2):
            return f"<variable_component var_ref='{oid('var', self.constant('string'))}'/>"
        inner = self.component(depth - 1)
        return [f"<begin character='{self.pick(['a', 'x', 'on'])}'>{inner}</begin>", f"<end character='{self.pick(['c', 'z', 'wo'])}'>{inner}</end>",
                f"<concat>{inner}{self.component(depth - 1)}</concat>", f"<escape_regex>{inner}</escape_regex>",
                f"<split delimiter='{self.pick([',', 'b', ' '])}'>{inner}</split>",
                f"<substring substring_start='1' substring_length='{self.r.randint(-1, 3)}'>{inner}</substring>",
                f"<regex_capture pattern='{self.pick(['^(.)', '([0-9]+)', '(o)', 'b(.*)$'])}'>{inner}</regex_capture>"][which - 3]

    def local(self):
        n = self.number()
        kind = self.r.randint(0, 3)
        datatype = "string"
        if kind == 0:
            datatype = "int"
            body = (f"<arithmetic arithmetic_operation='{self.pick(['add', 'multiply'])}'><variable_component "
                    f"var_ref='{oid('var', self.constant('int'))}'/><literal_component datatype='int'>{self.r.randint(-5, 50)}"
                    "</literal_component></arithmetic>")
        elif kind == 1:
            datatype = "int"
            body = f"<count>{self.component(1)}{self.component(1)}</count>"
        elif kind == 2:
            body = f"<unique>{self.component(1)}{self.component(1)}</unique>"
        else:
            body = self.component(3)
        self.variables.append(f"<local_variable id='{oid('var', n)}' version='1' datatype='{datatype}' comment='c'>{body}</local_variable>")
        return n, datatype

    # ---- states ----

    def stated(self, kind):
        operation = self.pick(OPERATIONS[kind])
        value = self.pick(PATTERNS) if operation == "pattern match" else self.pick(VALUES[kind])
        return operation, value

    def value_state(self, test_kind, prefix, kind):
        n = self.number()
        operation, value = self.stated(kind)
        attributes = f"datatype='{kind}' operation='{operation}' entity_check='{self.pick(CHECKS)}'"
        if self.r.random() < 0.25 and operation not in ("pattern match", "subset of", "superset of"):
            entity = f"<{prefix}:value {attributes} var_ref='{oid('var', self.constant(kind))}' var_check='{self.pick(CHECKS)}'/>"
        else:
            entity = f"<{prefix}:value {attributes}>{escape(value)}</{prefix}:value>"
        self.states.append(state(test_kind, n, entity, prefix, self.pick(["AND", "OR"])))
        return n

    def file_state(self):
        n = self.number()
        entities = [f"<w:size datatype='int' operation='{self.pick(ORDERED)}'>{self.pick(['2', '9', '100'])}</w:size>",
                    f"<w:filename operation='pattern match'>{self.pick(['exe$', 'dll', '^t'])}</w:filename>",
                    f"<w:path operation='{self.pick(['equals', 'not equal'])}'>C:\\WINDOWS</w:path>"]
        if self.r.random() < 0.5:
            entities = [self.pick(entities)]
        else:
            entities = [entities[2], entities[1], entities[0]]
        self.states.append(state("file", n, "".join(entities), "w", self.pick(["AND", "OR", "ONE", "XOR"])))
        return n

    # ---- objects ----

    def registry(self):
        n = self.number()
        if self.r.random() < 0.6:
            key = f"<w:key>{self.pick(KEYS)}</w:key>"
        else:
            key = f"<w:key operation='pattern match'>{self.pick(KEY_PATTERNS)}</w:key>"
        name = self.pick([f"<w:name>{self.pick(NAMES)}</w:name>", "<w:name operation='pattern match'>^N</w:name>", "<w:name xsi:nil='true'/>"])
        self.objects.append(obj("registry", n, "<w:hive>HKEY_LOCAL_MACHINE</w:hive>" + key + name))
        return n

    def file(self):
        n = self.number()
        path, name = self.pick(FILES)
        if self.r.random() < 0.3:
            inner = r"<w:path operation='pattern match'>^C:\\(WINDOWS|support).*$</w:path><w:filename operation='pattern match'>\.(exe|txt|dll)$</w:filename>"
        elif self.r.random() < 0.3:
            inner = f"<w:filepath>{path}\\{name}</w:filepath>"
        else:
            inner = f"<w:path>{path}</w:path><w:filename>{name}</w:filename>"
        self.objects.append(obj("file", n, inner))
        return n

    def set(self, kind, maker, state_maker):
        n = self.number()
        filters = f"<filter action='{self.pick(['include', 'exclude'])}'>{oid('ste', state_maker())}</filter>" if self.r.random() < 0.4 else ""
        inner = (f"<set set_operator='{self.pick(['UNION', 'INTERSECTION', 'COMPLEMENT'])}'><object_reference>{oid('obj', maker())}"
                 f"</object_reference><object_reference>{oid('obj', maker())}</object_reference>{filters}</set>")
        if self.r.random() < 0.3:
            inner = (f"<set set_operator='{self.pick(['UNION', 'INTERSECTION', 'COMPLEMENT'])}'>{inner}"
                     f"<set><object_reference>{oid('obj', maker())}</object_reference></set></set>")
        inner = inner.replace("<set", "<d:set").replace("</set", "</d:set")
        for name in ("object_reference", "filter"):
            inner = inner.replace(f"<{name}", f"<d:{name}").replace(f"</{name}", f"</d:{name}")
        inner = inner.replace("<d:set ", "<d:set xmlns:d='http://oval.mitre.org/XMLSchema/oval-definitions-5' ", 1)
        self.objects.append(obj(kind, n, inner))
        return n

    # ---- tests ----

    def test(self):
        n = self.number()
        which = self.r.random()
        existence, check, op = self.pick(EXISTENCES), self.pick(CHECKS), self.pick(["AND", "OR", "ONE", "XOR"])
        if which < 0.35:
            kind = self.pick(["int", "string", "string", "binary", "version"])
            o = self.registry() if self.r.random() < 0.7 else self.set("registry", self.registry, lambda: self.value_state("registry", "w", kind))
            states = [self.value_state("registry", "w", kind) for _ in range(self.r.randint(0, 2))]
            made = ("registry", o, states, "w")
        elif which < 0.6:
            o = self.file() if self.r.random() < 0.6 else self.set("file", self.file, self.file_state)
            made = ("file", o, [self.file_state() for _ in range(self.r.randint(0, 2))], "w")
        else:
            kind = self.pick(sorted(VALUES))
            if self.r.random() < 0.4:
                variable, kind = self.local()
            else:
                variable = self.constant(kind)
            o = self.number()
            self.objects.append(obj("variable", o, f"<i:var_ref>{oid('var', variable)}</i:var_ref>", "i"))
            made = ("variable", o, [self.value_state("variable", "i", kind) for _ in range(self.r.randint(1, 2))], "i")
        kind, o, states, prefix = made
        if existence == "none_exist":
            states = []
        self.tests.append(test(kind, n, o, states, check, existence, prefix, op))
        return n

    def criteria(self, depth):
        parts = []
        for _ in range(self.r.randint(1, 3)):
            negate = " negate='true'" if self.r.random() < 0.25 else ""
            if depth and self.r.random() < 0.3:
                parts.append(self.criteria(depth - 1))
            elif self.defs and self.r.random() < 0.1:
                parts.append(f"<extend_definition comment='c' definition_ref='{oid('def', self.r.randint(1, len(self.defs)))}'{negate}/>")
            else:
                parts.append(f"<criterion comment='c' test_ref='{oid('tst', self.test())}'{negate}/>")
        negate = " negate='true'" if self.r.random() < 0.15 else ""
        return f"<criteria operator='{self.pick(['AND', 'OR', 'ONE', 'XOR'])}'{negate}>{''.join(parts)}</criteria>"


def generate(seed, count):
    """A definitions document with `count` definitions."""
    maker = Maker(seed)
    for number in range(1, count + 1):
        made = definition(number, maker.criteria(1))
        maker.defs.append(made)
    return definitions("".join(maker.defs), "".join(maker.tests), "".join(maker.objects), "".join(maker.states), "".join(maker.variables))
