"""
CSAF documents that are good but for one thing, one for each mandatory test and for kinds of schema faults: (test, name, document).
Used twice: our own check has to name that test (test_advisory.py), and the validator of others has to find the same (stage.py).
"""
import copy


def base(category="csaf_base"):
    return {
        "document": {
            "category": category, "csaf_version": "2.0", "title": "t", "lang": "en",
            "publisher": {"category": "vendor", "name": "n", "namespace": "https://a.example"},
            "notes": [{"category": "summary", "text": "x"}],
            "references": [{"category": "external", "summary": "s", "url": "https://a.example/x"}],
            "tracking": {"id": "A-1", "status": "final", "version": "2", "current_release_date": "2024-02-02T00:00:00Z",
                         "initial_release_date": "2024-01-01T00:00:00Z",
                         "revision_history": [{"date": "2024-01-01T00:00:00Z", "number": "1", "summary": "a"},
                                              {"date": "2024-02-02T00:00:00.000Z", "number": "2", "summary": "b"}]}},
        "product_tree": {
            "branches": [{"category": "vendor", "name": "v", "branches": [
                {"category": "product_version", "name": "1.0", "product": {"name": "v 1.0", "product_id": "P1"}}]}],
            "full_product_names": [{"name": "two", "product_id": "P2"}, {"name": "three", "product_id": "P3"}],
            "product_groups": [{"group_id": "G1", "product_ids": ["P1", "P2"]}],
            "relationships": [{"category": "installed_on", "product_reference": "P1", "relates_to_product_reference": "P2",
                               "full_product_name": {"name": "on", "product_id": "R1"}}]},
        "vulnerabilities": [{
            "cve": "CVE-2024-12345", "notes": [{"category": "description", "text": "d"}],
            "cwe": {"id": "CWE-79", "name": "Improper Neutralization of Input During Web Page Generation ('Cross-site Scripting')"},
            "product_status": {"known_affected": ["P1", "R1"], "known_not_affected": ["P2"], "fixed": ["P3"]},
            "flags": [{"label": "component_not_present", "product_ids": ["P2"]}],
            "remediations": [{"category": "vendor_fix", "details": "d", "product_ids": ["P1", "R1"]}],
            "threats": [{"category": "impact", "details": "d", "group_ids": ["G1"]}],
            "scores": [{"products": ["P1"], "cvss_v3": {
                "version": "3.1", "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:H/I:H/A:N", "baseScore": 9.3,
                "baseSeverity": "CRITICAL"}},
                {"products": ["P2"], "cvss_v2": {"version": "2.0", "vectorString": "AV:N/AC:M/Au:N/C:C/I:C/A:C", "baseScore": 9.3}}],
            "involvements": [{"party": "vendor", "status": "open", "date": "2024-01-01T00:00:00Z"}]}],
    }


def at(document, path):
    for step in path.strip("/").split("/"):
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


def put(path, value, category="csaf_base", also=()):
    """The base with `value` at `path` (… = take it away; a list and "+" append)."""
    document = base(category)
    for where, what in ((path, value), *also):
        owner, _, last = where.rpartition("/")
        owner = at(document, owner) if owner else document
        if last == "+":
            owner.append(what)
        elif what is ...:
            del owner[int(last) if isinstance(owner, list) else last]
        else:
            owner[int(last) if isinstance(owner, list) else last] = what
    return document


TRACKING = "document/tracking"
HISTORY = TRACKING + "/revision_history"
V = "vulnerabilities/0"
HASHES = [{"filename": "f", "file_hashes": [{"algorithm": "sha256", "value": "a" * 64}, {"algorithm": "sha256", "value": "b" * 64}]}]
SCORE = copy.deepcopy(base()["vulnerabilities"][0]["scores"][0])


def revision(number, date="2024-03-03T00:00:00Z"):
    return {"date": date, "number": number, "summary": "r"}


BROKEN = [
    ("6.1.1", "status of no product", put(V + "/product_status/known_affected", ["P1", "NOWHERE"])),
    ("6.1.1", "relationship of no product", put("product_tree/relationships/0/product_reference", "NOWHERE")),
    ("6.1.1", "score of no product", put(V + "/scores/0/products", ["NOWHERE"])),
    ("6.1.1", "group of no product", put("product_tree/product_groups/0/product_ids", ["P1", "NOWHERE"])),
    ("6.1.2", "product twice", put("product_tree/full_product_names/0/product_id", "P1")),
    ("6.1.3", "product by itself", put("product_tree/relationships/0/product_reference", "R1")),
    ("6.1.3", "products by each other", put("product_tree/relationships/0/product_reference", "R2", also=[
        ("product_tree/relationships/+", {"category": "installed_with", "product_reference": "R1", "relates_to_product_reference": "P1",
                                          "full_product_name": {"name": "x", "product_id": "R2"}})])),
    ("6.1.4", "threat of no group", put(V + "/threats/0/group_ids", ["NOWHERE"])),
    ("6.1.5", "group twice", put("product_tree/product_groups/+", {"group_id": "G1", "product_ids": ["P2", "P3"]})),
    ("6.1.6", "affected and fixed", put(V + "/product_status/fixed", ["P1"])),
    ("6.1.6", "affected and not", put(V + "/product_status/known_not_affected", ["P1", "P2"])),
    ("6.1.7", "two scores", put(V + "/scores/+", SCORE)),
    ("6.1.8", "severity missing", put(V + "/scores/0/cvss_v3/baseSeverity", ...)),
    ("6.1.8", "vector of nothing", put(V + "/scores/1/cvss_v2/vectorString", "AV:N/AC:Q")),
    ("6.1.9", "score of 3.1", put(V + "/scores/0/cvss_v3/baseScore", 9.4)),
    ("6.1.9", "severity of 3.1", put(V + "/scores/0/cvss_v3/baseSeverity", "HIGH")),
    ("6.1.9", "score of 2.0", put(V + "/scores/1/cvss_v2/baseScore", 6.5)),
    ("6.1.10", "other word than the vector", put(V + "/scores/0/cvss_v3/attackVector", "LOCAL")),
    ("6.1.10", "other word than the vector of 2.0", put(V + "/scores/1/cvss_v2/accessComplexity", "LOW")),
    ("6.1.11", "name of another weakness", put(V + "/cwe/name", "Improper Input Validation")),
    ("6.1.11", "no such weakness", put(V + "/cwe/id", "CWE-999999")),
    ("6.1.12", "no such language", put("document/lang", "EZ")),
    ("6.1.12", "no such region", put("document/lang", "en-ZQ")),
    ("6.1.13", "purl without a name", put("product_tree/full_product_names/0/product_identification_helper",
                                         {"purl": "pkg:maven/@1.3.4"})),
    ("6.1.14", "later but lower", put(HISTORY, [revision("2", "2024-01-01T00:00:00Z"), revision("1", "2024-02-01T00:00:00Z"),
                                                revision("3", "2024-03-01T00:00:00Z")], also=[(TRACKING + "/version", "3")])),
    ("6.1.14", "later only by its zone", put(HISTORY, [revision("1", "2024-01-01T12:00:00Z"), revision("2", "2024-01-01T13:30:00+02:00")])),
    ("6.1.15", "translator without a source", put("document/publisher/category", "translator")),
    ("6.1.16", "not the latest", put(TRACKING + "/version", "3")),
    ("6.1.17", "0 is a draft", put(TRACKING + "/version", "0.9.5", also=[(HISTORY, [revision("0.9.5")])])),
    ("6.1.18", "history from 0", put(HISTORY, [revision("0", "2024-01-01T00:00:00Z"), revision("1")], also=[(TRACKING + "/version", "1")])),
    ("6.1.19", "pre-release in the history", put(HISTORY, [revision("1.0.0-rc1", "2024-01-01T00:00:00Z"), revision("1.0.0")],
                                                  also=[(TRACKING + "/version", "1.0.0")])),
    ("6.1.20", "pre-release is final", put(HISTORY, [revision("1.0.0-alpha")], also=[(TRACKING + "/version", "1.0.0-alpha")])),
    ("6.1.21", "2 is missing", put(HISTORY, [revision("1", "2024-01-01T00:00:00Z"), revision("3")], also=[(TRACKING + "/version", "3")])),
    ("6.1.21", "begins with 2", put(HISTORY, [revision("2")])),
    ("6.1.22", "version twice", put(HISTORY + "/+", revision("2"))),
    ("6.1.23", "CVE twice", put("vulnerabilities/+", {"cve": "CVE-2024-12345"})),
    ("6.1.24", "party twice", put(V + "/involvements/+", {"party": "vendor", "status": "completed", "date": "2024-01-01T00:00:00Z"})),
    ("6.1.25", "hash twice", put("product_tree/full_product_names/0/product_identification_helper", {"hashes": HASHES})),
    ("6.1.25", "hash twice below a branch", put("product_tree/branches/0/branches/0/product/product_identification_helper", {"hashes": HASHES})),
    ("6.1.26", "reserved prefix", put("document/category", "Csaf_a")),
    ("6.1.26", "like a profile", put("document/category", "Security-Incident_Response")),
    ("6.1.27.1", "no note", put("document/notes", ..., "csaf_security_incident_response")),
    ("6.1.27.2", "no reference", put("document/references", ..., "csaf_security_incident_response")),
    ("6.1.27.3", "vulnerabilities in information", base("csaf_informational_advisory")),
    ("6.1.27.4", "no products", put("product_tree", ..., "csaf_security_advisory")),
    ("6.1.27.5", "vulnerability without notes", put(V + "/notes", ..., "csaf_security_advisory")),
    ("6.1.27.6", "vulnerability without status", put(V + "/product_status", ..., "csaf_security_advisory")),
    ("6.1.27.7", "nothing said", put(V + "/product_status", {"first_fixed": ["P1"]}, "csaf_vex")),
    ("6.1.27.8", "no number", put(V + "/cve", ..., "csaf_vex")),
    ("6.1.27.9", "no justification", put(V + "/product_status/known_not_affected", ["P2", "R1"], "csaf_vex",
                                         also=[(V + "/product_status/known_affected", ["P1"])])),
    ("6.1.27.10", "no action", put(V + "/remediations/0/product_ids", ["P1"], "csaf_vex")),
    ("6.1.27.11", "no vulnerabilities", put("vulnerabilities", ..., "csaf_security_advisory")),
    ("6.1.28", "translated into itself", put("document/source_lang", "en")),
    ("6.1.29", "remediation of nothing", put(V + "/remediations/0/product_ids", ...)),
    ("6.1.30", "integer and semantic", put(HISTORY, [revision("1.0.0", "2024-01-01T00:00:00Z"), revision("2")])),
    ("6.1.31", "range as a version", put("product_tree/branches/0/branches/0/name", "prior to 4.2")),
    ("6.1.31", "sign in a version", put("product_tree/branches/0/branches/0/name", "<4.2")),
    ("6.1.32", "flag of nothing", put(V + "/flags/0/product_ids", ...)),
    ("6.1.33", "two justifications", put(V + "/flags/+", {"label": "vulnerable_code_not_present", "group_ids": ["G1"]})),
    ("schema", "no title", put("document/title", ...)),
    ("schema", "empty title", put("document/title", "")),
    ("schema", "title is a number", put("document/title", 7)),
    ("schema", "another version of CSAF", put("document/csaf_version", "2.1")),
    ("schema", "no date", put(TRACKING + "/current_release_date", "2024-02-30T00:00:00Z")),
    ("schema", "no zone", put(TRACKING + "/current_release_date", "2024-02-03T00:00:00")),
    ("schema", "no URI", put("document/publisher/namespace", "a b")),
    ("schema", "leading zero", put(HISTORY + "/1/number", "02")),
    ("schema", "no CVE", put(V + "/cve", "CVE-24-1")),
    ("schema", "unknown category", put("document/publisher/category", "friend")),
    ("schema", "same product twice", put(V + "/product_status/known_affected", ["P1", "P1", "R1"])),
    ("schema", "same flag twice", put(V + "/flags/+", {"product_ids": ["P2"], "label": "component_not_present"})),
    ("schema", "branch without an end", put("product_tree/branches/0/branches/0/product", ...)),
    ("schema", "group of one", put("product_tree/product_groups/0/product_ids", ["P1"])),
    ("schema", "empty list", put("document/notes", [])),
    ("schema", "no CPE", put("product_tree/full_product_names/0/product_identification_helper", {"cpe": "cpe:2.3:a:b"})),
    ("schema", "short hash", put("product_tree/full_product_names/0/product_identification_helper",
                                {"hashes": [{"filename": "f", "file_hashes": [{"algorithm": "md5", "value": "abc"}]}]})),
    ("schema", "no tag", put("document/lang", "english please")),
]

GOOD = [
    ("base", base()),
    ("advisory", base("csaf_security_advisory")),
    ("vex", base("csaf_vex")),
    ("draft", put(TRACKING + "/status", "draft", also=[(TRACKING + "/version", "0.2.0-rc1+build"), (HISTORY, [revision("0.2.0")])])),
    ("language", put("document/lang", "zh-Hant-TW")),
    ("number of a region", put("document/lang", "es-419")),
    ("cpe", put("product_tree/full_product_names/0/product_identification_helper",
                {"cpe": "cpe:2.3:a:microsoft:outlook_express:6.0:sp1:*:*:*:*:*:*", "purl": "pkg:npm/%40a/b@1.0?x=y#z"})),
    ("old cpe", put("product_tree/full_product_names/0/product_identification_helper", {"cpe": "cpe:/o:microsoft:windows_2000::sp4"})),
    ("all of 3.1", put(V + "/scores/0/cvss_v3", {
        "version": "3.1", "vectorString": "CVSS:3.1/AV:N/AC:H/PR:L/UI:R/S:C/C:H/I:L/A:N/E:P/RL:O/RC:R/CR:H/IR:M/AR:L/MAV:A/MPR:N/MS:U/MA:H",
        "baseScore": 6.5, "baseSeverity": "MEDIUM", "temporalScore": 5.6, "environmentalScore": 6.1, "temporalSeverity": "MEDIUM", "attackVector": "NETWORK"})),
    ("3.0", put(V + "/scores/0/cvss_v3", {"version": "3.0", "vectorString": "CVSS:3.0/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H",
                                          "baseScore": 7.8, "baseSeverity": "HIGH"})),
    ("dates in zones", put(HISTORY, [revision("1", "2024-01-01T13:00:00+02:00"), revision("2", "2024-01-01T11:30:00Z")])),
    ("more members", put("document/x_mine", {"a": 1})),
]
