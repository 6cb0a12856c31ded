/*
 * The findings in words: what users read in --help, tables, SARIF and postern-findings(7). Numbers never change their
 * meaning; a new finding goes at the end. Left out: anything a program decides by; the rules stand with the code that looks.
 */
#include "scan_int.h"

#define INFO POSTERN_SEVERITY_INFO
#define LOW POSTERN_SEVERITY_LOW
#define MEDIUM POSTERN_SEVERITY_MEDIUM
#define HIGH POSTERN_SEVERITY_HIGH
#define CRITICAL POSTERN_SEVERITY_CRITICAL

static const postern_finding_kind kinds[POSTERN_FINDING_COUNT] = {
    {"MH001", "One container handler inside another", CRITICAL,
     "a URL whose container is itself a handler URL: mhtml: behind its:, ms-its:, ms-itss: or mk:, or mhtml: of mhtml:, of "
     "those, "
     "cid:, mid:, data:, about:, res:, blob: or a script scheme",
     "texts about this attack that quote it as a link", "CVE-2004-0380, MS04-013, VU#323070"},
    {"MH002", "mhtml: URL whose part lies elsewhere than its container", CRITICAL,
     "mhtml:CONTAINER!KEY with a key that is an absolute URL of another origin; critical when the container is a file, a share "
     "or "
     "missing, medium when it is on the web; also a redirect of the container to another origin",
     "a program that writes the references of a saved page in their long form", "CVE-2004-0380, CVE-2006-2111, CVE-2024-38112"},
    {"MH003", "mhtml: in an Office relationship or a shortcut", CRITICAL,
     "mhtml: or !x-usc: in the target of a relationship, an RTF object, an Internet shortcut or a library description",
     "none known", "CVE-2021-40444, CVE-2024-38112"},
    {"MH004", "Path with a moniker behind '!'", HIGH, "a file: URL or a share whose name has a short extension and then '!'",
     "files that really have '!' in their names", "CVE-2024-21413"},
    {"MH005", "Compiled help as a URL", HIGH, "its:, ms-its:, ms-itss:, mk:@MSITStore:, or a path with .chm::",
     "manuals and mails of people who write help files", "CVE-2003-1041, MS04-013"},
    {"MH006", "Scheme or host in disguise", HIGH,
     "a handler scheme that appears only when character references, controls, percent signs, the prefix URL: or the parts of a "
     "script string are resolved; a host that still has '%' after one decoding, or a number that is an address in disguise",
     "addresses written as one number by network tools; links broken by line wrapping are not counted",
     "CVE-2005-0054, BID 10472"},
    {"MH007", "mhtml: of something that is no archive", HIGH,
     "mhtml: of a file or page that does not claim to be an archive, of a file in a cache, temporary or help folder, or of a "
     "path "
     "with '..' or doubled backslashes",
     "servers that hand out archives under an address without .mht", "MS03-014, CVE-2007-2225, CVE-2011-0096"},
    {"MH008", "cid: or mid: that is overlong or malformed", MEDIUM,
     "a reference by message or content id longer than 998 bytes or with controls, blanks or brackets, and mhtml://mid:",
     "programs that forget to escape blanks in an id", "CVE-2006-2766, RFC 2392"},
    {"MH009", "Office data in a web archive", MEDIUM,
     "an ActiveMime part, application/x-mso, oledata.mso or editdata.mso; high when macros are inside or the part pretends to "
     "be "
     "something else",
     "Word and Excel save such parts without macros, too", "MITRE ATT&CK T1027"},
    {"MH010", "File that is a message and something else", HIGH,
     "a PDF, zip, GIF, RTF or XML signature in front, and a multipart with its boundary or parts with locations behind it",
     "documents that carry the source of a mail as plain text", "JPCERT/CC, MalDoc in PDF (2023)"},
    {"MH011", "Deceptive name", HIGH,
     "a name whose last extension runs, behind another extension, behind many or invisible blanks, turned round by "
     "bidirectional controls, or with trailing dots, NUL or a stream name",
     "right-to-left names are counted only when they change the order around a dot", "CVE-2024-43461"},
    {"MH012", "URL that starts a program", HIGH,
     "ms-msdt:, search-ms:, hcp:, shell:, vbscript: and other schemes that hand the rest of the URL to a program",
     "links that open a document of your own server in Office: medium", "CVE-2022-30190"},
    {"MH013", "Share, WebDAV or device path", HIGH,
     "\\\\host, file: with a host or four slashes, \\\\?\\ and \\\\.\\ names, @SSL, DavWWWRoot",
     "mail inside a company names shares: medium when the host has no dot", "CVE-2023-23397, CVE-2023-29324, CVE-2023-35628"},
    {"MH014", "Two parts of one name, or a name no part may have", MEDIUM,
     "equal Content-ID, or Content-Location that resolves to the same, with different bytes (the same bytes: info), or a "
     "location that is a script, data or handler URL",
     "browsers that save one frame twice", "DESIGN Z11"},
    {"MH015", "Location that claims more trust", MEDIUM,
     "a part located at file:, a share, localhost, a host without a dot, or a site that the policy trusts more; info when the "
     "page itself comes from there",
     "pages saved from disk or from an intranet: info", "MS07-034"},
    {"MH016", "Mark of origin malformed or contradicted", MEDIUM,
     "a saved-from comment with a wrong length, spelling, end or scheme, marks that differ, a Zone.Identifier that is empty, "
     "doubled, unknown or trusts an address on the Internet",
     "archives whose line ends were changed: low", "MS-FSCC 5.6.1"},
    {"MH017", "MIME structure doubled, broken or buried", MEDIUM,
     "headers that may stand once and stand twice, NUL, controls, lone CR or overlong lines in headers, text before the first "
     "header, a multipart without boundary or end or with the boundary of one around it, a payload that only some readers see",
     "old or broken mail programs: low where they are common", "CVE-2011-0096, RFC 2046"},
    {"MH018", "Declared type and content disagree", MEDIUM,
     "a part declared as picture, font, sound, style or document that begins as a program, script, page or archive; plain text "
     "that is a page; a name that starts a program under a harmless type",
     "servers that send an error page where a picture was asked for: low", "MS03-014"},
    {"MH019", "Active content", LOW,
     "scripts, handlers, forms, plugins, frames, refresh, behaviours; high when it starts by itself and leads to a handler or "
     "a "
     "file",
     "nearly each saved page has scripts: low", "VU#206824, VU#239811"},
    {"MH020", "Archive or risky attachment in mail", LOW,
     "an attachment that is a saved page, a message with HTML, or has an extension that Outlook or other mail programs block; "
     "medium when it runs by itself",
     "people do send saved pages; what a bounce sends back is not counted", "KB829982"},
    {"MH021", "Download built by script", MEDIUM,
     "a script that makes a blob, gives it an address or a download, and decodes base64 or holds much of it; a link that saves "
     "the large data: URL it holds",
     "applications that export files in the browser", "MITRE ATT&CK T1027.006"},
    {"MH022", "XML that reads other files", MEDIUM,
     "entities declared in the document type of XML, XInclude, or an instruction to transform it by a style sheet",
     "XHTML with a public document type and no entities is not counted", "EDB-46690"},
    {"MH023", "Local program or document", HIGH,
     "a path on a local disk, an environment variable, shell:, a page of the system's help, or a class or script object that "
     "runs programs or writes files, in a place that is loaded or followed",
     "pages saved from disk: info", "MS04-013, MS05-001"},
    {"MH024", "Settings that weaken the zones", MEDIUM,
     "registry values that a .reg, .inf or Registry.pol leaves behind and that map protocols, top-level domains or wide ranges "
     "to trusted zones, or allow what the templates of Internet and Restricted forbid; high for protocols and Restricted",
     "policies that map a site of one's own: info", "ATT&CK T1112"},
    {"MH025", "Relationship to a remote moniker", HIGH,
     "an external target of an Office document that ends in '!' or has '.html!'", "none known",
     "CVE-2022-30190, CVE-2021-40444"},
    {"MH026", "Part that is not there", INFO,
     "a reference to a part by id, or something a saved page loads, that no part of the archive is; medium when it is a file",
     "saved pages are rarely complete", "DESIGN Z2"},
    {"MH027", "Step to a more trusted zone", HIGH,
     "something loaded by itself from this machine, a host without a dot, a private address, or a site that the policy trusts "
     "more than the document's own zone",
     "internal mail that loads from internal servers: medium for pictures", "DESIGN Z13"},
    {"MH028", "Limit reached, or a reader that died", MEDIUM,
     "depth, parts, headers, size or ratio beyond a limit, an archive that cannot be read, a worker that ended by itself",
     "very large mails; encrypted archives: low", "DESIGN Z18"},
    {"MH029", "A rule of yours matched", MEDIUM,
     "a YARA rule given with --rules, over the file or a decoded part; its meta value severity (one of these words) or score "
     "(0 to "
     "100) sets the severity",
     "as good as the rule", "YARA 4"},
};

const postern_finding_kind *postern_finding_kind_of(unsigned number) {
    return number >= 1 && number <= POSTERN_FINDING_COUNT ? &kinds[number - 1] : NULL;
}

static const char *const severities[] = {"info", "low", "medium", "high", "critical"};
enum { SEVERITIES = sizeof severities / sizeof *severities };

const char *postern_severity_name(postern_severity severity) {
    return (unsigned)severity < SEVERITIES ? severities[severity] : "info";
}

bool postern_severity_parse(postern_slice text, postern_severity *ret_severity) {
    for (unsigned i = 0; i < SEVERITIES; i++) {
        if (!postern_slice_eq_nocase(text, postern_slice_cstr(severities[i]))) continue;
        *ret_severity = (postern_severity)i;
        return true;
    }
    return false;
}
