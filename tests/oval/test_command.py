"""postern audit --oval, postern advisory census and assemble: exit codes, every collector, output against the schemas, MITRE's test
content, the bulletin's definitions, hostile files."""
import hashlib
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from documents import NS, audit, criterion, definition, definitions, obj, oid, run, state, test, valid  # noqa: E402
from tree import make  # noqa: E402

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from cli import Tap, folder, harmless  # noqa: E402

SHARED = pathlib.Path(os.environ.get("POSTERN_SHARED", "/nonexistent"))
tap = Tap()
HKLM = "<w:hive>HKEY_LOCAL_MACHINE</w:hive>"
ALL = '<w:behaviors recurse_direction="down"/>'
NIL = 'xsi:nil="true"'

# kind, namespace, object, state or None, check_existence or "items N": what a tree has to answer
COLLECT = [
    ("registry", "w", HKLM + r"<w:key>SOFTWARE\Example</w:key><w:name>Number</w:name>",
     "<w:type>reg_dword</w:type><w:value datatype='int'>42</w:value>", "true"),
    ("registry", "w", HKLM + r"<w:key>software\EXAMPLE\</w:key><w:name>nuMBER</w:name>", None, "true"),
    ("registry", "w", HKLM + r"<w:key>SOFTWARE\Example</w:key><w:name>Quad</w:name>",
     "<w:value datatype='int'>18446744073709551615</w:value>", "true"),
    ("registry", "w", HKLM + r"<w:key>SOFTWARE\Example</w:key><w:name>Binary</w:name>",
     "<w:value datatype='binary'>DEADBEEF</w:value>", "true"),
    ("registry", "w", HKLM + r"<w:key>SOFTWARE\Example</w:key><w:name>Many</w:name>",
     "<w:value operation='pattern match' entity_check='all'>^(one|two)$</w:value>", "true"),
    ("registry", "w", HKLM + r"<w:key>SOFTWARE\Example</w:key><w:name>Expand</w:name>",
     r"<w:type>reg_expand_sz</w:type><w:value>%SystemRoot%\x</w:value>", "true"),
    ("registry", "w", HKLM + r"<w:key>SOFTWARE\Example</w:key><w:name/>", "<w:value>the default</w:value>", "true"),
    ("registry", "w", HKLM + rf"<w:key>SOFTWARE\Example</w:key><w:name {NIL}/>", "<w:key operation='case insensitive equals'>"
     r"software\example</w:key>", "true"),
    ("registry", "w", HKLM + rf"<w:key>SOFTWARE\Nothing</w:key><w:name {NIL}/>", None, "false"),
    ("registry", "w", HKLM + r"<w:key operation='pattern match'>^Software\\Example\\(Alpha|Beta)$</w:key><w:name>Name</w:name>",
     "<w:value operation='pattern match'>^[ab]$</w:value>", "true"),
    ("registry", "w", HKLM + r"<w:key operation='pattern match'>^SOFTWARE\\Example\\[^\\]+$</w:key><w:name>Name</w:name>", None, "2"),
    ("registry", "w", HKLM + r"<w:key operation='pattern match'>\\Deep$</w:key><w:name operation='pattern match'>.*</w:name>", None, "1"),
    ("registry", "w", ALL + HKLM + r"<w:key>SOFTWARE\Example</w:key><w:name>Name</w:name>", None, "3"),
    ("registry", "w", "<w:behaviors recurse_direction='down' max_depth='1'/>" + HKLM
     + r"<w:key>SOFTWARE\Example</w:key><w:name>Name</w:name>", None, "2"),
    ("registry", "w", "<w:behaviors recurse_direction='up' max_depth='1'/>" + HKLM
     + r"<w:key>SOFTWARE\Example\Alpha\Deep</w:key><w:name>Name</w:name>", None, "2"),
    ("registry", "w", HKLM + r"<w:key>SOFTWARE\Example</w:key><w:name operation='not equal'>Number</w:name>", None, "5"),
    ("registry", "w", "<w:hive>HKEY_CURRENT_USER</w:hive><w:key>Environment</w:key><w:name>TEMP</w:name>",
     r"<w:key>Environment</w:key><w:value>C:\T</w:value>", "true"),
    ("file", "w", r"<w:path>C:\windows</w:path><w:filename>EXPLORER.exe</w:filename>", r"<w:size datatype='int'>2</w:size>", "true"),
    ("file", "w", r"<w:filepath>C:\WINDOWS\explorer.exe</w:filepath>", r"<w:path>C:\WINDOWS</w:path>", "true"),
    ("file", "w", r"<w:filepath operation='pattern match'>^C:\\WINDOWS\\.*\.(exe|dll)$</w:filepath>", None, "2"),
    ("file", "w", rf"<w:path>C:\support\txt</w:path><w:filename {NIL}/>", "<w:type>FILE_ATTRIBUTE_DIRECTORY</w:type>", "true"),
    ("file", "w", ALL + r"<w:path>C:\support\txt</w:path><w:filename operation='pattern match'>\.txt$</w:filename>", None, "3"),
    ("file", "w", r"<w:behaviors recurse_direction='down' max_depth='0'/><w:path>C:\support\txt</w:path>"
     r"<w:filename operation='pattern match'>.</w:filename>", None, "1"),
    ("file", "w", r"<w:behaviors recurse_direction='up' max_depth='2'/><w:path>C:\support\txt\txtfile\subtxtfile</w:path>"
     r"<w:filename operation='pattern match'>.</w:filename>", None, "3"),
    ("file", "w", r"<w:path operation='not equal'>C:\WINDOWS</w:path><w:filename>explorer.exe</w:filename>", None, "0"),
    ("file", "w", r"<w:path>C:\WINDOWS</w:path><w:filename>..</w:filename>", None, "unknown"),
    ("file", "w", r"<w:path>\\server\share</w:path><w:filename>x</w:filename>", None, "unknown"),
    ("file", "w", "<w:path>C:\\Caf\u00c9</w:path><w:filename>\u00dcBER.TXT</w:filename>", None, "true"),
    ("family", "i", "", "<i:family>windows</i:family>", "true"),
    ("environmentvariable", "i", "<i:name>path</i:name>", "<i:value operation='pattern match'>system32</i:value>", "true"),
    ("environmentvariable", "i", "<i:name>SystemRoot</i:name>", r"<i:value>C:\WINDOWS</i:value>", "true"),
    ("environmentvariable58", "i", f"<i:pid {NIL} datatype='int'/><i:name>OS</i:name>", "<i:value>Windows_NT</i:value>", "true"),
    ("environmentvariable58", "i", "<i:pid datatype='int'>4</i:pid><i:name>OS</i:name>", None, "unknown"),
    ("filehash", "i", r"<i:path>C:\WINDOWS</i:path><i:filename>explorer.exe</i:filename>",
     f"<i:md5>{hashlib.md5(b'MZ').hexdigest()}</i:md5><i:sha1>{hashlib.sha1(b'MZ').hexdigest()}</i:sha1>", "true"),
    ("filehash58", "i", r"<i:filepath>C:\WINDOWS\explorer.exe</i:filepath><i:hash_type>SHA-256</i:hash_type>",
     f"<i:hash>{hashlib.sha256(b'MZ').hexdigest()}</i:hash>", "true"),
    ("filehash58", "i", r"<i:filepath>C:\WINDOWS\explorer.exe</i:filepath><i:hash_type operation='not equal'>MD5</i:hash_type>",
     None, "5"),
    ("textfilecontent54", "i", r"<i:path>C:\support\txt\txtfile</i:path><i:filename>build.win32.txt</i:filename>"
     "<i:pattern operation='pattern match'>OVAL (\\w+)</i:pattern><i:instance datatype='int'>3</i:instance>",
     "<i:text>OVAL Interpreter</i:text><i:subexpression>Interpreter</i:subexpression>", "true"),
    ("textfilecontent54", "i", r"<i:path>C:\support\txt\txtfile</i:path><i:filename>build.win32.txt</i:filename>"
     "<i:pattern operation='pattern match'>^oval</i:pattern><i:instance datatype='int' operation='greater than or equal'>1</i:instance>",
     None, "0"),
    ("textfilecontent54", "i", r"<i:behaviors ignore_case='true'/><i:filepath>C:\support\txt\txtfile\build.win32.txt</i:filepath>"
     "<i:pattern operation='pattern match'>^oval</i:pattern><i:instance datatype='int' operation='greater than or equal'>1</i:instance>",
     None, "1"),
    ("xmlfilecontent", "i", r"<i:filepath>C:\support\xml\classes\class1\section1.xml</i:filepath><i:xpath>//student[1]/name</i:xpath>",
     "<i:value_of>Bill</i:value_of>", "true"),
    ("xmlfilecontent", "i", r"<i:filepath>C:\support\xml\classes\class1\section1.xml</i:filepath><i:xpath>//[</i:xpath>", None, "error"),
    ("metabase", "w", "<w:key>/LM</w:key><w:id datatype='int'>1</w:id>", None, "unknown"),
    ("cmdlet", "w", "", None, "unknown"),
]


def collectors(where, root):
    for i, (kind, prefix, inner, wanted, result) in enumerate(COLLECT, 1):
        count = result.isdigit()
        xml = where / "d.xml"
        extra = definitions(definition(1, f"<criteria>{criterion(1)}</criteria>"),
                            test(kind, 1, 1, [1] if wanted else [], prefix=prefix, existence="any_exist" if count else
                                 "at_least_one_exists"), obj(kind, 1, inner, prefix), state(kind, 1, wanted or "", prefix))
        xml.write_text(extra)
        code, results, reasons, err = audit("--oval", xml, "--results", where / "r.xml", root)
        got = results.get(oid("def", 1))
        items = (where / "r.xml").read_text().count("<tested_item ") if (where / "r.xml").is_file() else -1
        row = (items == int(result)) if count else got == result
        tap.row(row, f"collects {kind} {i}", got, f"{items} items", reasons, err.decode(), inner)
        if kind not in ("metabase", "cmdlet"):
            problem = valid(where / "r.xml", "results")
            tap.row(problem is None, f"results of {kind} {i} are valid", problem)
        (where / "r.xml").unlink(missing_ok=True)


def documented(where, root):
    """Each definition of the test content says what it has to give: true, but where its own title says false."""
    api = ("ldap_", "win-def_")
    for path in sorted((SHARED / "corpus/oval/mitre-test-content").glob("*.xml")):
        code, results, reasons, err = audit("--oval", path, root, "--results", where / "r.xml", "--syschar-out", where / "s.xml")
        for name, result in results.items():
            wanted = "false" if name == "oval:org.mitre.oval.test:def:608" else "true"
            if any(word in path.name for word in api):
                tap.row(result == "unknown" and reasons[name], f"{path.name}: {name} is unknown, with a reason", result, reasons[name])
            else:
                tap.row(result == wanted, f"{path.name}: {name} is {wanted}", result, reasons[name], err.decode())
        for output, schema in (("r.xml", "results"), ("s.xml", "system-characteristics")):
            problem = valid(where / output, schema)
            tap.row(problem is None, f"{path.name}: {output} is valid", problem)


def bulletin(where):
    defs = SHARED / "corpus/oval/ms04-013.oval.xml"
    truth = {"vuln-gold": {990, 208}, "patched-sp1": {208}}
    for facts, true in truth.items():
        code, results, _, err = audit("--oval", defs, "--syschar", SHARED / f"corpus/oval/{facts}.sc.xml", "--results", where / "r.xml",
                                      "--syschar-out", where / "s.xml")
        wanted = {f"oval:org.mitre.oval:def:{n}": "true" if n in true else "false" for n in (882, 990, 1010, 1028, 208)}
        tap.row(results == wanted and code == (1 if 990 in true else 0), f"ms04-013 over {facts}", code, results, err.decode())
        tap.row(valid(where / "r.xml", "results") is None and valid(where / "s.xml", "system-characteristics") is None,
                f"ms04-013 over {facts}: output is valid", valid(where / "r.xml", "results"))
        again = audit("--oval", defs, "--syschar", where / "s.xml")
        tap.row(again[1] == wanted, f"ms04-013 over {facts}: our characteristics give the same", again)
    code, out, err = run("advisory", "census", defs, "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    tap.row(code == 0 and all(r["covered"] for r in rows) and {"format": 1, "group": "test", "name": "windows registry_test", "count": 8,
                                                               "covered": True, "reason": ""} in rows, "census --json", out, err)
    code, out, err = run("advisory", "assemble", SHARED / "corpus/oval/repository", "oval:org.mitre.oval:def:990", "-o", where / "a.xml")
    tap.row(code == 1 and b"oval:org.mitre.oval:def:208 is not in the folder" in err, "assemble names what is missing", code, err)
    tap.row("Outlook Express v6.0 MHTML" in (where / "a.xml").read_text(), "assemble wrote the definition")


def assembled(where):
    pieces = where / "pieces"
    whole = {("definitions/vulnerability", "def", 1): definition(1, f"<criteria>{criterion(1)}</criteria>", "vulnerability"),
             ("tests/windows/registry_test", "tst", 1): test("registry", 1, 1, [1]),
             ("objects/windows/registry_object", "obj", 1): obj("registry", 1, HKLM + "<w:key var_ref='%s'/><w:name>Number</w:name>"
                                                                % oid("var", 1)),
             ("states/windows/registry_state", "ste", 1): state("registry", 1, "<w:value datatype='int'>42</w:value>"),
             ("variables", "var", 1): f"<constant_variable id='{oid('var', 1)}' version='1' datatype='string' comment='c'><value>"
             r"SOFTWARE\Example</value></constant_variable>"}
    for (where_in, kind, number), xml in whole.items():
        path = pieces / where_in / f"oval_example.postern_{kind}_{number}.xml"
        path.parent.mkdir(parents=True, exist_ok=True)
        head = xml.index(">") - (xml[xml.index(">") - 1] == "/")
        path.write_text(xml[:head] + f" xmlns='{NS}oval-definitions-5' xmlns:w='{NS}oval-definitions-5#windows'" + xml[head:])
    (pieces / "loop").symlink_to("..")
    code, out, err = run("advisory", "assemble", pieces, oid("def", 1))
    (where / "a.xml").write_bytes(out)
    tap.row(code == 0 and not err and valid(where / "a.xml", "definitions") is None, "assemble gives a valid file", code, err,
            valid(where / "a.xml", "definitions"))
    return where / "a.xml"


def hostile(where, root):
    lol = "".join(f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 9))
    deep = "<set>" * 5000 + "</set>" * 5000
    cycle = definitions("".join(definition(n, f"<criteria><extend_definition comment='c' definition_ref='{oid('def', n % 3 + 1)}'/>"
                                              "</criteria>") for n in (1, 2, 3)))
    var = (f"<local_variable id='{oid('var', 1)}' version='1' datatype='string' comment='c'><object_component item_field='key' "
           f"object_ref='{oid('obj', 1)}'/></local_variable>")
    regex = definitions(definition(1, f"<criteria>{criterion(1)}</criteria>"), test("textfilecontent54", 1, 1, prefix="i"),
                        obj("textfilecontent54", 1, r"<i:path>C:\support</i:path><i:filename>evil.txt</i:filename><i:pattern operation="
                            "'pattern match'>^(a|aa)+$</i:pattern><i:instance datatype='int'>1</i:instance>", "i"))
    rows = [
        ("nothing", "", "", 3, b"empty"),
        ("no XML", "hello", "", 3, b"line 1"),
        ("cut short", definitions(definition(1, "<criteria/>"))[:-40], "", 3, b"line 1"),
        ("billion laughs", f"<!DOCTYPE x [<!ENTITY a0 'lol'>{lol}]><x>&a8;</x>", "", 3, b"document type"),
        ("external entity", "<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><x>&f;</x>", "", 3, b"document type"),
        ("external subset", "<!DOCTYPE x SYSTEM 'http://127.0.0.1:1/x.dtd'><x/>", "", 3, b"document type"),
        ("another root", "<x/>", "", 3, b"oval_definitions"),
        ("circle of definitions", cycle, "", 3, oid("def", 1).encode()),
        ("circle through a variable", definitions(objects=obj("registry", 1, HKLM + f"<w:key var_ref='{oid('var', 1)}'/>"), variables=var),
         "", 3, b"refers to itself"),
        ("circle of sets", definitions(objects="".join(
            obj("registry", n, f"<set xmlns='{NS}oval-definitions-5'><object_reference>{oid('obj', 3 - n)}</object_reference></set>") for n in (1, 2))),
         "", 3, b"refers to itself"),
        ("circle through a filter", definitions(
            objects=obj("registry", 1, HKLM + "<w:key>a</w:key><w:name>b</w:name>"
                        f"<filter xmlns='{NS}oval-definitions-5'>{oid('ste', 1)}</filter>"),
            states=state("registry", 1, f"<w:key var_ref='{oid('var', 1)}'/>"), variables=var), "", 3, b"refers to itself"),
        ("circle of functions", definitions(variables="".join(
            f"<local_variable id='{oid('var', n)}' version='1' datatype='string' comment='c'><begin character='x'><unique>"
            f"<variable_component var_ref='{oid('var', n % 3 + 1)}'/></unique></begin></local_variable>" for n in (1, 2, 3))), "", 3, b"refers to itself"),
        ("deep sets", definitions(objects=obj("file", 1, deep)), "", 3, b"nested too deep"),
        ("catastrophic pattern", regex, "", 3, b"errors"),
        ("100,000 attributes", "<!-- a=b --><oval_definitions><x y='=======' " + " ".join(f"a{i}='1'" for i in range(100000)) + "/></oval_definitions>",
         "", 3, b"limit OVAL_ATTRIBUTES"),
        ("attributes in UTF-7", "<?xml version='1.0' encoding='UTF-7'?><oval_definitions/>", "", 3, b"encoding"),
        ("an XPath function that there is not", definitions(
            definition(1, f"<criteria>{criterion(1)}</criteria>"), test("xmlfilecontent", 1, 1, prefix="i"),
            obj("xmlfilecontent", 1, r"<i:filepath>C:\support\xml\classes\class1\section1.xml</i:filepath><i:xpath>document('/etc/passwd')</i:xpath>",
                "i")), "", 3, b"errors"),
        ("an XPath that closes more than it opens", definitions(
            definition(1, f"<criteria>{criterion(1)}</criteria>"), test("xmlfilecontent", 1, 1, prefix="i"),
            obj("xmlfilecontent", 1, r"<i:filepath>C:\support\xml\classes\class1\section1.xml</i:filepath><i:xpath>//name) | (//grade</i:xpath>",
                "i")), "", 3, b"errors"),
    ]
    (root / "drive_c/support/evil.txt").write_text("a" * 64 + "!")
    for name, xml, _, wanted, text in rows:
        path = where / "h.xml"
        path.write_text(xml)
        code, out, err = run("audit", "--oval", path, root)
        tap.row(code == wanted and text in err and harmless(err) and harmless(out) and b"xmlX" not in err, f"hostile: {name}", code, out[:300], err[:300])
    (root / "drive_c/support/evil.txt").unlink()
    code, out, _ = run("audit", "--oval", path, "--syschar", "/dev/null")
    tap.row(code == 3, "hostile: empty characteristics", code, out)


def many_items(where):
    """A million items in one object: an answer, or the limit by name; never more than the memory allowed."""
    sc = where / "many.sc.xml"
    with sc.open("w") as out:
        out.write(f"<oval_system_characteristics xmlns='{NS}oval-system-characteristics-5' xmlns:w='{NS}oval-system-characteristics-5"
                  f"#windows'><system_info/><collected_objects><object id='{oid('obj', 1)}' version='1' flag='complete'>")
        out.writelines(f"<reference item_ref='{i}'/>" for i in range(1, 1000001))
        out.write("</object></collected_objects><system_data>")
        out.writelines(f"<w:registry_item id='{i}'><w:name>n</w:name></w:registry_item>" for i in range(1, 1000001))
        out.write("</system_data></oval_system_characteristics>")
    xml = where / "many.xml"
    xml.write_text(definitions(definition(1, f"<criteria>{criterion(1)}</criteria>"), test("registry", 1, 1, [1]),
                               obj("registry", 1, HKLM), state("registry", 1, "<w:name>n</w:name>")))
    code, results, _, err = audit("--oval", xml, "--syschar", sc)
    tap.row(code == 1 and results == {oid("def", 1): "true"} or (code in (3, 4) and (b"limit" in err or b"memory" in err)),
            "a million items", code, results, err)
    sc.unlink()


def words(where, root, good):
    rows = [(("audit",), 2, b"ROOT"), (("audit", "--oval", good), 2, b"one tree"),
            (("audit", "--oval", good, "--syschar", good, root), 2, b"one tree"), (("audit", "--oval", "/nosuch", root), 3, b"/nosuch"),
            (("audit", "--oval", good, "/nosuch"), 3, b"/nosuch"), (("audit", "--oval", good, where), 3, str(where).encode()),
            (("audit", "--oval", good, root, "--definition", "oval:x:def:1"), 3, b"no definition oval:x:def:1"),
            (("audit", "--oval", good, root, "--results", "/nosuch/r.xml"), 4, b"/nosuch"),
            (("advisory", "census", "/nosuch"), 3, b"/nosuch"), (("advisory", "assemble", "/nosuch", "x"), 3, b"/nosuch"),
            (("advisory", "assemble", where), 2, b"too few")]
    for given, wanted, text in rows:
        code, out, err = run(*given)
        tap.row(code == wanted and text in err, "postern " + " ".join(map(str, given[:3])) + f" exits {wanted}", code, out, err)
    code, out, err = run("audit", "--oval", good, root)
    tap.row(code == 1 and out.startswith(b"1 of 1 definition is true\ntrue  oval:example.postern:def:1  number 1"), "the table", out, err)
    code, out, err = run("audit", "--oval", "-", root, "-v", stdin=good.read_bytes())
    tap.row(code == 1 and b"value 42" in out, "standard input, with reasons", out, err)
    code, out, err = run("audit", "--oval", good, root, "--results", "-")
    tap.row(code == 1 and out.startswith(b"<?xml") and not err, "results to standard output", out[:80], err)


def variables(where, root):
    xml, given = where / "v.xml", where / "given.xml"
    xml.write_text(definitions(
        definition(1, f"<criteria>{criterion(1)}</criteria>", "inventory"), test("registry", 1, 1, [1]),
        obj("registry", 1, HKLM + r"<w:key>SOFTWARE\Example</w:key><w:name>Number</w:name>"),
        state("registry", 1, f"<w:value datatype='int' var_ref='{oid('var', 1)}' var_check='at least one'/>"),
        f"<external_variable id='{oid('var', 1)}' version='1' datatype='int' comment='c'/>"))
    for values, result, wanted in (((41, 42), "true", 0), ((41,), "false", 0), ((), "error", 3)):
        given.write_text(f"<oval_variables xmlns='{NS}oval-variables-5'><variables><variable id='{oid('var', 1)}' datatype='int' comment='c'>"
                         + "".join(f"<value>{v}</value>" for v in values) + "</variable></variables></oval_variables>")
        code, results, reasons, err = audit("--oval", xml, "--variables", given, root)
        tap.row(code == wanted and results[oid("def", 1)] == result, f"variables {values}", code, results, reasons, err)


with folder() as name:
    where = pathlib.Path(name)
    root = make(where / "tree")
    collectors(where, root)
    good = assembled(where)
    words(where, root, good)
    variables(where, root)
    hostile(where, root)
    many_items(where)
    if SHARED.is_dir():
        documented(where, root)
        bulletin(where)
tap.finish()
