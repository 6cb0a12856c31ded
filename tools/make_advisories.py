#!/usr/bin/env python3
"""
Makes data/advisories/*.json (CSAF 2.0, written by us from public facts) and src/advisory/audit_table.h from
data/advisories/ms04-013-files.tsv and the tables below.   tools/make_advisories.py [--check]
"""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "data/advisories"
BULLETINS = "https://learn.microsoft.com/en-us/security-updates/securitybulletins/"
PUBLISHER = {"category": "other", "name": "Postern", "namespace": "https://postern.example",
             "contact_details": "See the README of Postern.",
             "issuing_authority": "Not the vendor: facts of a public bulletin, told again as data."}

# package, component as the bulletin's severity matrix names it, English and Japanese, threshold of the file that decides
PACKAGES = [
    ("oe55sp2-x86", "Outlook Express 5.5 SP2", "Outlook Express 5.5 SP2", "q837009.exe"),
    ("oe6-xp-x86", "Outlook Express 6", "Outlook Express 6", "q837009.exe"),
    ("oe6sp1-x86", "Outlook Express 6 SP1", "Outlook Express 6 SP1", "q837009.exe"),
    ("oe6sp1-ia64", "Outlook Express 6 SP1 (64-bit)", "Outlook Express 6 SP1 (64 ビット版)", "q837009.exe"),
    ("oe6-2003-x86", "Outlook Express 6 on Windows Server 2003", "Windows Server 2003 の Outlook Express 6",
     "windowsserver2003-kb837009-x86-jpn.exe"),
    ("oe6-2003-ia64", "Outlook Express 6 on Windows Server 2003 (64-bit)", "Windows Server 2003 (64 ビット版) の Outlook Express 6",
     "windowsserver2003-kb837009"),
]
# system, its name; the rows of the prerequisite table: system, package, Internet Explorer it needs
SYSTEMS = {
    "98": "Windows 98", "98se": "Windows 98 Second Edition", "me": "Windows Millennium Edition",
    "nt4ws-sp6a": "Windows NT 4.0 Workstation SP6a", "nt4srv-sp6a": "Windows NT 4.0 Server SP6a",
    "nt4tse-sp6": "Windows NT 4.0 Terminal Server Edition SP6",
    "2000-sp2": "Windows 2000 SP2", "2000-sp3": "Windows 2000 SP3", "2000-sp4": "Windows 2000 SP4",
    "xp": "Windows XP", "xp-sp1": "Windows XP SP1", "xp64-sp1": "Windows XP 64-Bit Edition SP1",
    "xp64-2003": "Windows XP 64-Bit Edition Version 2003", "2003": "Windows Server 2003", "2003-ia64": "Windows Server 2003 64-Bit Edition",
}
ROWS = ([(s, "oe6sp1-x86", "6.0.2800.1106") for s in ("98", "98se", "me", "nt4ws-sp6a", "nt4srv-sp6a", "nt4tse-sp6", "2000-sp2",
                                                     "2000-sp3", "2000-sp4", "xp", "xp-sp1")] +
        [("xp64-sp1", "oe6sp1-ia64", "6.0.2800.1106"), ("xp", "oe6-xp-x86", "6.0.2600.0"), ("xp-sp1", "oe6-xp-x86", "6.0.2600.0"),
         ("2003", "oe6-2003-x86", "6.0.3790.0"),
         ("2003-ia64", "oe6-2003-ia64", "6.0.3790.0"), ("xp64-2003", "oe6-2003-ia64", "6.0.3790.0"),
         ("2000-sp4", "oe55sp2-x86", "5.0.3700.1000"), ("2000-sp3", "oe55sp2-x86", "5.0.3502.1000"), ("me", "oe55sp2-x86", "5.50.4807.2300")])


def files():
    rows = [line.split("\t") for line in (DATA / "ms04-013-files.tsv").read_text().splitlines() if not line.startswith("#")]
    return [dict(zip(("package", "name", "version", "size", "date", "time", "machine", "branch"), r)) for r in rows]


def key(version):
    return [int(p) for p in version.split(".")]


def threshold(package):
    return max((f["version"] for f in files() if f["package"] == package and f["name"] == "inetcomm.dll"), key=key)


# ---- MS04-013 in two languages ----

EN = {
    "title": "Cumulative security update for Outlook Express: MHTML URL processing",
    "critical": "Critical",
    "published": "Published.", "corrected": "The file information of Outlook Express 5.5 SP2 was corrected.",
    "summary": "A crafted mhtml: URL makes Outlook Express run an attacker's HTML in the My Computer zone, with the rights of the "
               "user who is logged on. A web page or an HTML mail that is viewed is enough. The component is there even where "
               "another mail program is the default, or where Outlook Express was taken out with Set Program Access and Defaults.",
    "supersedence_title": "Supersedence",
    "supersedence": "Replaces MS03-014 for Outlook Express 5.5 SP2, 6, 6 SP1 and 6 SP1 (64-bit); on Windows Server 2003 it replaces "
                    "nothing. The fix is contained in MS04-018 (KB823353) and later updates.",
    "prerequisites_title": "Prerequisites: package, system, Internet Explorer",
    "unsupported": "Other combinations are unsupported: untested, not known to be safe.",
    "files_title": "Files of package %s: name, version, size, date, time, machine, branch",
    "branches_title": "Branches",
    "branches": "On Windows Server 2003 and Windows XP 64-Bit Edition Version 2003 the installer looks whether a file that it replaces "
                "was changed by an earlier update: then it takes the file of the rtmqfe branch, else that of rtmgdr.",
    "vulnerability": "MHTML URL processing",
    "description": "The zone is taken from one string while another resource is opened: when the container of a mhtml: URL cannot be "
                   "opened, the part behind the '!' is opened instead and runs as a document of this machine.",
    "impact": "Remote code execution; severity critical.",
    "fix": "Install update 837009 (package %s).", "restart": "Needed only if a file of the update is in use; a message says so.",
    "mitigations": [
        "An attack from the web needs a visit to the attacker's page.",
        "Outlook Express 6, Outlook 2002 and Outlook 2003 open HTML mail in the Restricted sites zone; Outlook 98 and Outlook 2000 do "
        "once their e-mail security update is on.",
        "The risk of an attack by mail is lower with MS03-040 or a later cumulative update of Internet Explorer, together with "
        "Internet Explorer 6 or later and one of those mail programs in its default configuration.",
        "An attacker gains the rights of the user: one with fewer rights loses less. The Enhanced Security Configuration of Windows "
        "Server 2003 does not mitigate this.",
    ],
    "workarounds": [
        "Harden the My Computer zone (KB833633). A last resort: it breaks programs.",
        "Outlook 2000 SP1 and older: install the Outlook e-mail security update.",
        "Outlook 2002 SP1 and later (KB307594), Outlook Express 6 SP1 and later (KB291387): read mail as plain text. Messages that are "
        "neither signed nor encrypted are shown as plain text in the preview pane and when opened.",
    ],
    "bulletin": "The vendor's bulletin MS04-013", "other": "This document in Japanese", "replaces": "Replaced by it: MS03-014",
    "replaced": "Contains it: MS04-018", "cert": "CERT/CC vulnerability note VU#323070",
    "below": "%s on %s, not updated", "fixed": "%s on %s, updated", "component": "%s, not updated", "component_fixed": "%s, updated",
}
JA = {
    "title": "Outlook Express 用の累積的な修正プログラム: MHTML URL の処理",
    "critical": "緊急",
    "published": "公開。", "corrected": "Outlook Express 5.5 SP2 のファイル情報を訂正。",
    "summary": "細工された mhtml: の URL により、Outlook Express が攻撃者の HTML をマイ コンピュータ ゾーンで、ログオン中の"
               "ユーザーの権限で実行する。Web ページを開くか HTML メールを表示するだけで起こる。別のメール プログラムを既定にしていても、"
               "「プログラムのアクセスと既定の設定」で Outlook Express を外していても、部品そのものは残っている。",
    "supersedence_title": "置き換え",
    "supersedence": "Outlook Express 5.5 SP2、6、6 SP1、6 SP1 (64 ビット版) では MS03-014 を置き換える。Windows Server 2003 では置き換える"
                    "ものはない。この修正は MS04-018 (KB823353) 以降の修正プログラムに含まれている。",
    "prerequisites_title": "前提条件: パッケージ、システム、Internet Explorer",
    "unsupported": "ほかの組み合わせはサポートの対象外である。検証されておらず、安全とは限らない。",
    "files_title": "パッケージ %s のファイル: 名前、版、サイズ、日付、時刻、機種、ブランチ",
    "branches_title": "ブランチ",
    "branches": "Windows Server 2003 と Windows XP 64-Bit Edition Version 2003 では、置き換えるファイルが以前の修正で更新されていれば "
                "rtmqfe の、そうでなければ rtmgdr のファイルを使う。",
    "vulnerability": "MHTML URL の処理",
    "description": "ゾーンはある文字列から決められ、開かれるのは別のものである。mhtml: の URL の入れ物が開けないと、'!' の後ろの部分が"
                   "代わりに開かれ、この機械の文書として動く。",
    "impact": "リモートでコードが実行される。深刻度は緊急。",
    "fix": "修正プログラム 837009 (パッケージ %s) を適用する。", "restart": "修正するファイルが使用中のときだけ必要で、その旨が表示される。",
    "mitigations": [
        "Web からの攻撃には、攻撃者のページを訪れることが必要である。",
        "Outlook Express 6、Outlook 2002、Outlook 2003 は HTML メールを制限付きサイト ゾーンで開く。Outlook 98 と Outlook 2000 は電子メール"
        "セキュリティ アップデートを入れるとそうなる。",
        "MS03-040 以降の Internet Explorer の累積的な修正、Internet Explorer 6 以降、既定の設定の上記メール プログラムがそろっていれば、"
        "メールによる攻撃の危険は低くなる。",
        "攻撃者が得るのはユーザーの権限である。権限の低いユーザーほど失うものは少ない。Windows Server 2003 のセキュリティ強化の構成は緩和に"
        "ならない。",
    ],
    "workarounds": [
        "マイ コンピュータ ゾーンを強化する (KB833633)。最後の手段であり、動かなくなるプログラムがある。",
        "Outlook 2000 SP1 以前: Outlook 電子メール セキュリティ アップデートを入れる。",
        "Outlook 2002 SP1 以降 (KB307594)、Outlook Express 6 SP1 以降 (KB291387): メールをテキスト形式で読む。署名も暗号化もされていない"
        "メッセージは、プレビューでも開いたときもテキストで表示される。",
    ],
    "bulletin": "発行元の情報 MS04-013 (英語)", "other": "この文書の英語版", "replaces": "置き換えられた MS03-014",
    "replaced": "これを含む MS04-018", "cert": "CERT/CC の VU#323070",
    "below": "%s (%s、未適用)", "fixed": "%s (%s、適用済み)", "component": "%s (未適用)", "component_fixed": "%s (適用済み)",
}


def pairs():
    """Component on system, each once."""
    seen = []
    for system, package, _ in ROWS:
        if (system, package) not in seen:
            seen.append((system, package))
    return seen


def product_tree(words, ja):
    names = {p: (j if ja else e) for p, e, j, _ in PACKAGES}
    components = []
    for package, _, _, _ in PACKAGES:
        least = threshold(package)
        components.append({"category": "product_name", "name": names[package], "branches": [
            {"category": "product_version_range", "name": f"vers:generic/<{least}",
             "product": {"product_id": package, "name": words["component"] % names[package]}},
            {"category": "product_version_range", "name": f"vers:generic/>={least}",
             "product": {"product_id": package + "-fixed", "name": words["component_fixed"] % names[package]}}]})
    systems = [{"category": "product_name", "name": name, "product": {"product_id": "windows-" + system, "name": "Microsoft " + name}}
               for system, name in SYSTEMS.items()]
    return {
        "branches": [{"category": "vendor", "name": "Microsoft", "branches": [
            {"category": "product_family", "name": "Outlook Express", "branches": components},
            {"category": "product_family", "name": "Windows", "branches": systems}]}],
        "relationships": [
            {"category": "installed_on", "product_reference": package + ending, "relates_to_product_reference": "windows-" + system,
             "full_product_name": {"product_id": f"{package}{ending}:{system}", "name": words[text] % (names[package], SYSTEMS[system])}}
            for system, package in pairs() for ending, text in (("", "below"), ("-fixed", "fixed"))],
    }


def of(package, ending=""):
    return [package + ending] + [f"{p}{ending}:{s}" for s, p in pairs() if p == package]


def everything(ending=""):
    return [i for p, _, _, _ in PACKAGES for i in of(p, ending)]


def document_notes(words):
    table = "\n".join(f"{package}\t{SYSTEMS[system]}\t{ie}" for system, package, ie in ROWS)
    notes = [{"category": "summary", "title": words["title"], "text": words["summary"]},
             {"category": "general", "title": words["supersedence_title"], "text": words["supersedence"]},
             {"category": "details", "title": words["prerequisites_title"], "text": table + "\n" + words["unsupported"]},
             {"category": "details", "title": words["branches_title"], "text": words["branches"]}]
    for package, _, _, _ in PACKAGES:
        rows = "\n".join("\t".join(f[k] for k in ("name", "version", "size", "date", "time", "machine", "branch"))
                         for f in files() if f["package"] == package)
        notes.append({"category": "details", "title": words["files_title"] % package, "text": rows})
    return notes


def remediations(words):
    out = [{"category": "vendor_fix", "details": words["fix"] % package, "product_ids": of(package),
            "url": BULLETINS + "2004/ms04-013", "restart_required": {"category": "dependencies", "details": words["restart"]}}
           for package, _, _, _ in PACKAGES]
    out += [{"category": "mitigation", "details": text, "product_ids": everything()} for text in words["mitigations"]]
    out += [{"category": "workaround", "details": text, "product_ids": everything()} for text in words["workarounds"]]
    return out


def ms04_013(ja):
    words = JA if ja else EN
    references = [{"category": "external", "summary": words["bulletin"], "url": BULLETINS + "2004/ms04-013"},
                  {"category": "external", "summary": words["other"],
                   "url": "https://postern.example/advisories/ms04-013" + ("" if ja else ".ja") + ".json"},
                  {"category": "external", "summary": words["replaces"], "url": BULLETINS + "2003/ms03-014"},
                  {"category": "external", "summary": words["replaced"], "url": BULLETINS + "2004/ms04-018"},
                  {"category": "external", "summary": words["cert"], "url": "https://www.kb.cert.org/vuls/id/323070"}]
    return {
        "document": {
            "category": "csaf_security_advisory", "csaf_version": "2.0", "lang": "ja" if ja else "en", "title": words["title"],
            "aggregate_severity": {"text": words["critical"]},
            "distribution": {"tlp": {"label": "WHITE"}},
            "notes": document_notes(words), "publisher": PUBLISHER, "references": references,
            "tracking": {
                "id": "MS04-013-ja" if ja else "MS04-013", "aliases": ["KB837009", "Q837009"] + (["MS04-013"] if ja else []),
                "status": "final", "version": "2",
                "initial_release_date": "2004-04-14T00:00:00+09:00", "current_release_date": "2004-04-20T00:00:00+09:00",
                "revision_history": [{"date": "2004-04-14T00:00:00+09:00", "number": "1", "summary": words["published"]},
                                     {"date": "2004-04-20T00:00:00+09:00", "number": "2", "summary": words["corrected"]}]}},
        "product_tree": product_tree(words, ja),
        "vulnerabilities": [{
            "cve": "CVE-2004-0380", "title": words["vulnerability"],
            "ids": [{"system_name": "CVE candidate", "text": "CAN-2004-0380"}, {"system_name": "Microsoft", "text": "KB837009"},
                    {"system_name": "CERT/CC", "text": "VU#323070"}],
            "notes": [{"category": "description", "text": words["description"]}],
            "product_status": {"known_affected": everything(), "fixed": everything("-fixed")},
            "threats": [{"category": "impact", "details": words["impact"], "product_ids": of(p)} for p, _, _, _ in PACKAGES],
            "remediations": remediations(words)}],
    }


# ---- the family: bulletin, day, KB, severity, title, products, vulnerabilities (CVE, what it is), what it has to do with us ----

FAMILY = [
    ("MS03-014", "2003-04-23", "KB330994", "Critical", "Cumulative patch for Outlook Express",
     ["Microsoft Outlook Express 5.5", "Microsoft Outlook Express 6"],
     [("CVE-2002-0980", "The MHTML handler opens any file that holds text as if it were a web archive, and so as HTML of this machine.")],
     "Replaced by MS04-013."),
    ("MS04-018", "2004-07-13", "KB823353", "Moderate", "Cumulative security update for Outlook Express",
     ["Microsoft Outlook Express 5.5", "Microsoft Outlook Express 6"],
     [("CVE-2004-0215", "A malformed header of a mail makes Outlook Express fail.")],
     "Contains the fix of MS04-013."),
    ("MS04-023", "2004-07-13", "KB840315", "Critical", "Vulnerability in HTML Help",
     ["Microsoft Windows HTML Help"],
     [("CVE-2003-1041", "A help file is opened by a path that steps out of its folder, and its HTML runs as HTML of this machine."),
      ("CVE-2004-0201", "A heap overflow in HTML Help.")],
     "The its: and ms-its: handlers of finding MH005."),
    ("MS05-001", "2005-01-11", "KB890175", "Critical", "Vulnerability in HTML Help",
     ["Microsoft Windows HTML Help ActiveX control"],
     [("CVE-2004-1043", "The help control of a page acts in another zone than the page's own.")],
     "A step to the My Computer zone by another component (finding MH023)."),
    ("MS05-014", "2005-02-08", "KB867282", "Critical", "Cumulative security update for Internet Explorer",
     ["Microsoft Internet Explorer 5.01", "Microsoft Internet Explorer 5.5", "Microsoft Internet Explorer 6"],
     [("CVE-2005-0053", "Dragging and dropping puts a file on this machine."),
      ("CVE-2005-0054", "A URL is decoded once for the zone and again for the document (finding MH006)."),
      ("CVE-2005-0055", "A memory error in methods of DHTML."),
      ("CVE-2005-0056", "A channel definition file crosses domains.")],
     "The zone is taken from one spelling of a URL while another is opened."),
    ("MS06-043", "2006-08-08", "KB920214", "Critical", "Vulnerability in MHTML parsing",
     ["Microsoft Outlook Express 6"],
     [("CVE-2006-2766", "An overlong mhtml: URL overruns a buffer of the handler (finding MH008).")],
     "The same handler, inetcomm.dll."),
    ("MS07-034", "2007-06-12", "KB929123", "Critical", "Cumulative security update for Outlook Express and Windows Mail",
     ["Microsoft Outlook Express 6", "Microsoft Windows Mail"],
     [("CVE-2006-2111", "A redirect of the container of a mhtml: URL gives one site's content to another (finding MH002)."),
      ("CVE-2007-1658", "A link of a mail starts a program by the name of a folder beside it."),
      ("CVE-2007-2225", "A mhtml: URL that is read wrongly gives one site's content to another (finding MH007)."),
      ("CVE-2007-2227", "The MHTML handler passes over the disposition of what it opens.")],
     "The same handler, inetcomm.dll."),
    ("MS11-026", "2011-04-12", "KB2503658", "Important", "Vulnerability in MHTML",
     ["Microsoft Windows MHTML protocol handler"],
     [("CVE-2011-0096", "The MHTML handler takes for an archive what a server did not mean as one, and runs script in its name "
                        "(findings MH007 and MH017).")],
     "The same handler, inetcomm.dll."),
]


def sibling(bulletin, day, kb, severity, title, products, vulnerabilities, relation):
    ids = [f"{bulletin.lower()}-product-{i}" for i, _ in enumerate(products, 1)]
    when = day + "T00:00:00Z"
    url = BULLETINS + f"20{bulletin[2:4]}/{bulletin.lower()}"
    return {
        "document": {
            "category": "csaf_security_advisory", "csaf_version": "2.0", "lang": "en", "title": title,
            "aggregate_severity": {"text": severity}, "distribution": {"tlp": {"label": "WHITE"}},
            "notes": [{"category": "summary", "title": "Why it is here", "text": relation},
                      {"category": "general", "title": "Scope",
                       "text": "A short record of public facts; editions, prerequisites and files are in the vendor's bulletin."}],
            "publisher": PUBLISHER, "references": [{"category": "external", "summary": "The vendor's bulletin " + bulletin, "url": url}],
            "tracking": {"id": bulletin, "aliases": [kb], "status": "final", "version": "1", "initial_release_date": when,
                         "current_release_date": when,
                         "revision_history": [{"date": when, "number": "1", "summary": "Published."}]}},
        "product_tree": {"full_product_names": [{"product_id": i, "name": n} for i, n in zip(ids, products)]},
        "vulnerabilities": [{"cve": cve, "notes": [{"category": "description", "text": text}],
                             "product_status": {"known_affected": ids},
                             "remediations": [{"category": "vendor_fix", "details": f"Install update {kb[2:]}.", "product_ids": ids,
                                               "url": url}]}
                            for cve, text in vulnerabilities],
    }


# ---- which update contains which: (article, bulletin, title, the update that contains it) ----

KNOWN = [("KB330994", "MS03-014", "Cumulative patch for Outlook Express", "KB837009"),
         ("KB837009", "MS04-013", "Cumulative security update for Outlook Express", "KB823353"),
         ("KB823353", "MS04-018", "Cumulative security update for Outlook Express", "KB929123"),
         ("KB920214", "MS06-043", "Vulnerability in MHTML parsing", "KB929123"),
         ("KB929123", "MS07-034", "Cumulative security update for Outlook Express and Windows Mail", None)]


def known():
    """Those above, then the documents about other parts of the family."""
    rows = [*KNOWN, *((row[2], row[0], row[4], None) for row in FAMILY if row[2] not in [k for k, _, _, _ in KNOWN])]
    out = ["/* Generated by tools/make_advisories.py: updates that the advisories name, and which contains which. */",
           "#ifndef POSTERN_KNOWN_TABLE_H", "#define POSTERN_KNOWN_TABLE_H", "", "static const postern_known_update known_rows[] = {"]
    for kb, bulletin, title, later in rows:
        later = f'"{later}"' if later else "NULL"
        out.append(f'    {{"{kb}", "{bulletin}", "{title}", {later}}},')
    return "\n".join([*out, "};", "", "#endif", ""])


# ---- the C table ----

def c_version(version):
    return "{{" + ", ".join(version.split(".")) + "}}"


def table():
    out = ["/* Generated by tools/make_advisories.py from data/advisories/ms04-013-files.tsv: packages, prerequisites and files of MS04-013. */",
           "#ifndef POSTERN_AUDIT_TABLE_H", "#define POSTERN_AUDIT_TABLE_H", "", "static const audit_file_row file_rows[] = {"]
    order = [p for p, _, _, _ in PACKAGES]
    seen = set()
    for f in sorted(files(), key=lambda f: order.index(f["package"])):
        # both branches have the same version: one row
        mark = (f["package"], f["name"], f["version"])
        if mark in seen:
            continue
        seen.add(mark)
        out.append(f'    {{{order.index(f["package"])}, "{f["name"]}", {c_version(f["version"])}, {"true" if f["machine"] == "x86" and "ia64" in f["package"] else "false"}}},')
    out += ["};", "", "static const audit_prerequisite_row prerequisite_rows[] = {"]
    out += [f'    {{"{s}", {order.index(p)}, {c_version(ie)}}},' for s, p, ie in ROWS]
    out += ["};", "", "static const audit_package_row package_rows[] = {"]
    out += [f'    {{"{p}", "{e}", {c_version(threshold(p))}}},' for p, e, _, _ in PACKAGES]
    out += ["};", "", "#endif", ""]
    return "\n".join(out)


def main():
    made = {ROOT / "src/advisory/audit_table.h": table(), ROOT / "src/advisory/known_table.h": known()}
    documents = {"ms04-013": ms04_013(False), "ms04-013.ja": ms04_013(True)}
    documents.update({row[0].lower(): sibling(*row) for row in FAMILY})
    for name, document in documents.items():
        made[DATA / (name + ".json")] = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    wrong = 0
    for path, text in made.items():
        if "--check" in sys.argv:
            if not path.is_file() or path.read_text() != text:
                print(f"{path.relative_to(ROOT)} is not what tools/make_advisories.py makes")
                wrong = 1
        else:
            path.write_text(text)
    return wrong


sys.exit(main())
