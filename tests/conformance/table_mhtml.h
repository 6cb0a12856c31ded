/* vectors-mhtml.tsv, each row by its id: combining, the handler, moniker names, decoding, and what a browser does with an
 * archive. */

enum { MH_ID, MH_SOURCE, MH_OPERATION, MH_BASE, MH_RELATIVE, MH_EXPECTED, MH_MIME, MH_DATA };

/* ---- the handler, over one container that answers to every name ---- */

typedef struct mh_world {
    const char *text;
    char asked[512];
} mh_world;

static postern_status mh_open(void *user, const postern_url *url, postern_container *ret, postern_error *reterr) {
    mh_world *w = user;
    (void)reterr;
    snprintf(w->asked, sizeof w->asked, "%.*s", POSTERN_ARG(url->href));
    *ret = (postern_container){.bytes = postern_slice_cstr(w->text), .type = POSTERN_S("message/rfc822")};
    return POSTERN_OK;
}

static void mh_close(void *user, postern_container *container) {
    (void)user;
    (void)container;
}

#define MH_ARCHIVE                                                                                                             \
    "From: <x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n"                                \
    "--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<HTML></HTML>\r\n"                   \
    "--b\r\nContent-Type: Image/Jpeg\r\nContent-Transfer-Encoding: base64\r\n"                                                 \
    "Content-Location: http://winehq.org/mhtmltest.html\r\n\r\n\t\t\t\tVGVzdA==\r\n\r\n--b--"

/* Resolves `url`; DENIED and NOTFOUND are answers, too. */
static postern_status mh_resolve(mh_world *w, const char *url, char type[64], char data[256]) {
    postern_policy *policy;
    postern_resolution *r = NULL;
    postern_container_io io = {mh_open, mh_close, w};
    postern_error error;
    postern_slice bytes;
    if (postern_policy_new(&policy) || postern_policy_seal(policy, NULL)) give_up("no policy", url);
    postern_status status = postern_mhtml_resolve(policy, postern_slice_cstr(url), NULL, &io, &r, &error);
    if (!status) {
        const postern_part *part = postern_archive_part(r->archive, r->part);
        if (postern_part_decode_arena(postern_archive_arena(r->archive), part, NULL, &bytes)) give_up("no memory", url);
        if (type) snprintf(type, 64, "%.*s", POSTERN_ARG(r->type));
        if (data) snprintf(data, 256, "%.*s", POSTERN_ARG(bytes));
    }
    postern_resolution_free(r);
    postern_policy_free(policy);
    return status;
}

static bool mh_is(const postern_slice id, const char *wanted) {
    return postern_slice_eq(id, postern_slice_cstr(wanted));
}

static void mh_bind(tap_row *tap, const postern_slice *c) {
    mh_world w = {.text = MH_ARCHIVE};
    char type[64] = "", data[256] = "";
    bool part = mh_is(c[MH_ID], "mh-bind-01");
    postern_status status = mh_resolve(
        &w, part ? "mhtml:file://C:\\dir\\winetest.mht!http://winehq.org/mhtmltest.html" : "mhtml:file://C:\\dir\\winetest.mht",
        type, data);
    bool same = !status && postern_slice_eq(c[MH_DATA], postern_slice_cstr(data)) &&
                postern_slice_eq_nocase(c[MH_MIME], postern_slice_cstr(type)); /* ours is in lower case */
    tap_case(tap, same, "%.*s: %s %s %s", POSTERN_ARG(c[MH_ID]), postern_status_name(status), type, data);
    /* the name is compared as it stands (Z3) */
    if (part)
        tap_case(tap,
                 mh_resolve(&w, "mhtml:file://C:\\dir\\winetest.mht!http://winehq.org/MHTMLtest.html", type, data) ==
                     POSTERN_NOTFOUND,
                 "mh-bind-01: another case");
}

/* its:, ms-its: and mk: are refused by the handler and by the zones, whatever stands behind them (Z4). */
static void mh_its(tap_row *tap, const postern_slice *c) {
    char url[600];
    mh_world w = {.text = MH_ARCHIVE};
    postern_buf out;
    for (int form = 0; form < 2; form++) {
        snprintf(url, sizeof url, "%s%.*s", form ? "mhtml:" : "", POSTERN_ARG(c[MH_BASE]));
        postern_status status = mh_resolve(&w, url, NULL, NULL);
        tap_case(tap, status == POSTERN_DENIED && !w.asked[0], "%.*s: %s: %s", POSTERN_ARG(c[MH_ID]), url,
                 postern_status_name(status));
    }
    postern_buf_init(&out, 1000);
    tap_case(tap, postern_mhtml_url_combine(c[MH_BASE], c[MH_RELATIVE], &out) == POSTERN_FORMAT, "%.*s: it was combined",
             POSTERN_ARG(c[MH_ID]));
    postern_buf_free(&out);
}

static void mh_combine(tap_row *tap, const postern_slice *c) {
    postern_buf out;
    postern_buf_init(&out, 1000);
    if (mh_is(c[MH_ID], "mh-combine-12")) { /* too long is an error, never a shorter URL */
        static uint8_t longer[POSTERN_LIMIT_URL + 2];
        memset(longer, 'a', sizeof longer);
        postern_status status =
            postern_mhtml_url_combine(POSTERN_S("mhtml:file:///c:/a.mht"), postern_slice_of(longer, sizeof longer), &out);
        tap_case(tap, status == POSTERN_LIMIT && out.len == 0, "mh-combine-12: %s", postern_status_name(status));
    } else {
        postern_status status = postern_mhtml_url_combine(c[MH_BASE], c[MH_RELATIVE], &out);
        tap_case(tap, !status && postern_slice_eq(postern_buf_slice(&out), c[MH_EXPECTED]), "%.*s: %.*s", POSTERN_ARG(c[MH_ID]),
                 (int)out.len, (const char *)out.ptr);
    }
    postern_buf_free(&out);
}

static void mh_parse(tap_row *tap, const postern_slice *c) {
    postern_mhtml_url url;
    bool good = postern_mhtml_url_parse(c[MH_BASE], &url) && mh_is(url.container, "A");
    bool key = postern_slice_find(c[MH_EXPECTED], 0, POSTERN_S("location=B")) != SIZE_MAX;
    tap_case(tap, good && url.has_key == key && (!key || mh_is(url.key, "B")), "%.*s", POSTERN_ARG(c[MH_ID]));
}

/* The name that Windows gives a document opens that very document here, or is refused. */
static void mh_moniker(tap_row *tap, const postern_slice *c) {
    static const struct {
        const char *id, *asked; /* NULL: refused, a relative name could be two files (Z8) */
    } rows[] = {{"mh-mon-01", "file:///X:/dir/file.mht"},
                {"mh-mon-02", "http://www.winehq.org/index.html?query#hash"},
                {"mh-mon-03", NULL}};
    char url[600];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        mh_world w = {.text = MH_ARCHIVE};
        if (!mh_is(c[MH_ID], rows[i].id)) continue;
        snprintf(url, sizeof url, "%.*s", POSTERN_ARG(c[MH_EXPECTED]));
        postern_status status = mh_resolve(&w, url, NULL, NULL);
        bool good = rows[i].asked ? !status && !strcmp(w.asked, rows[i].asked) : status == POSTERN_DENIED && !w.asked[0];
        tap_case(tap, good, "%s: %s, asked for %s", rows[i].id, postern_status_name(status), w.asked);
    }
}

/* ---- decoding ---- */

typedef struct mh_body {
    const char *id, *head, *body, *ours;
    size_t body_len, ours_len;
} mh_body;
#define MH_ROW(id, head, body, ours)                                                                                           \
    { id, head, body, ours, sizeof(body) - 1, sizeof(ours) - 1 }

static const mh_body mh_bodies[] = {
    /* "=  o" and "=\nx3": a blank before the break is allowed, a '=' that is no escape stays (docs/DEVIATIONS.md) */
    MH_ROW("mh-dec-01", "Content-Transfer-Encoding: quoted-printable", " =3d=3D\"one\" \t=\r\ntw=  o=\nx3\n=34\r\n5",
           " ==\"one\" \ttw=  ox3\n4\r\n5"),
    MH_ROW("cr-parse-01", "Content-Transfer-Encoding: quoted-printable", "long line=3Dbar=3D=\r\nmore", "long line=bar=more"),
    MH_ROW("cr-parse-02", "Content-Transfer-Encoding: base64", "MTIzYWJj\r\nAQIDDQ4P", "123abc\x01\x02\x03\x0D\x0E\x0F"),
    /* line ends stay where no encoding takes them away */
    MH_ROW("cr-parse-03", "Content-Transfer-Encoding: 8bit", "123\r\nbin\0ary\r\n", "123\r\nbin\0ary\r\n"),
    MH_ROW("cr-parse-05", "Content-Transfer-Encoding:\r\n base64", "MTIz", "123"),
    MH_ROW("cr-parse-06", "Content-Transfer-Encoding: binary", "bin\0ary", "bin\0ary"),
    MH_ROW("cr-parse-07", "Content-Transfer-Encoding: foo", "bin\0ary=3D", "bin\0ary=3D"),
};

static void mh_decode(tap_row *tap, const postern_slice *c) {
    for (size_t i = 0; i < sizeof mh_bodies / sizeof *mh_bodies; i++) {
        const mh_body *b = &mh_bodies[i];
        postern_buf text;
        postern_archive *archive = NULL;
        postern_slice bytes = {0};
        if (!mh_is(c[MH_ID], b->id)) continue;
        postern_buf_init(&text, 1 << 16);
        postern_buf_printf(&text,
                           "From: <x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
                           "Content-Type: text/plain\r\nContent-Location: http://x.example/\r\n%s\r\n\r\n",
                           b->head);
        postern_buf_add(&text, b->body, b->body_len);
        postern_buf_printf(&text, "\r\n--b--\r\n");
        if (postern_archive_open(postern_buf_slice(&text), NULL, &archive, NULL)) give_up("no archive", b->id);
        if (postern_part_decode_arena(postern_archive_arena(archive), postern_archive_part(archive, 1), NULL, &bytes))
            give_up("no memory", b->id);
        tap_case(tap, postern_slice_eq(bytes, postern_slice_of(b->ours, b->ours_len)), "%s: [%.*s]", b->id, POSTERN_ARG(bytes));
        postern_archive_free(archive);
        postern_buf_free(&text);
    }
}

/* ---- archives and pages ---- */

#define MH_PART "--b\r\nContent-Type: text/html\r\n"
#define MH_PAGE(head, html, parts)                                                                                             \
    "From: <Saved by Blink>\r\nSnapshot-Content-Location: http://example.com/\r\nMIME-Version: 1.0\r\n"                        \
    "Content-Type: multipart/related; type=\"text/html\"; boundary=\"b\"\r\n\r\n" MH_PART                                      \
    "Content-Location: http://example.com/\r\n" head "\r\n" html "\r\n" parts "--b--\r\n"

static const struct {
    const char *id, *text, *holds, *lacks;
} mh_pages[] = {
    {"cr-nav-00",
     MH_PAGE("", "<iframe src=http://example.com/found.html>",
             MH_PART "Content-Location: http://example.com/found.html\r\n\r\nfound words\r\n"),
     "found words", " src=\"http"},
    {"cr-nav-01", MH_PAGE("", "<iframe src=http://example.com/not_found.html></iframe>", ""),
     "allow-popups-to-escape-sandbox\"></iframe>", " src=\"http"},
    /* a data: document is not shown: a frame holds a part, or nothing (P3) */
    {"cr-nav-02", MH_PAGE("", "<iframe src='data:text/html,data words'></iframe>", ""), "</iframe>", "data words"},
    {"cr-nav-04", MH_PAGE("", "<iframe srcdoc='<b>inner words</b>'></iframe>", ""), "inner words", " src=\""},
    {"cr-nav-05",
     MH_PAGE("", "<iframe src=about:srcdoc></iframe>", MH_PART "Content-Location: about:srcdoc\r\n\r\nclaimed words\r\n"),
     "</iframe>", "claimed words"},
    {"cr-nav-06", MH_PAGE("", "<iframe src=about:blank></iframe><iframe src=about:blank?q></iframe>", ""), "</iframe><iframe",
     " src=\""},
    {"cr-nav-08", MH_PAGE("", "<iframe src='javascript:alert(1)'></iframe>", ""), "</iframe>", "alert"},
    {"cr-nav-09",
     MH_PAGE("", "<iframe src='javascript:alert(1)'></iframe>",
             MH_PART "Content-Location: javascript:alert(1)\r\n\r\nclaimed words\r\n"),
     "</iframe>", "claimed words"},
    {"cr-nav-10", MH_PAGE("", "<iframe src=cid:iframe></iframe>", MH_PART "Content-ID: <iframe>\r\n\r\nfound words\r\n"),
     "found words", "cid:"},
    {"cr-nav-12",
     MH_PAGE(
         "", "<iframe src=http://example.com/f></iframe>",
         MH_PART
         "Content-Location: http://example.com/f\r\nContent-Security-Policy: frame-ancestors 'none'\r\n\r\nfound words\r\n"),
     "found words", "frame-ancestors"},
    /* ours has allow-same-origin for the layout of frames (docs/DEVIATIONS.md), and never scripts, forms or top navigation */
    {"cr-nav-13", MH_PAGE("", "<iframe srcdoc=x></iframe><iframe sandbox='allow-scripts allow-forms' srcdoc=y></iframe>", ""),
     "sandbox=\"allow-same-origin allow-popups allow-popups-to-escape-sandbox\" srcdoc=\"&lt;html&gt;&lt;head&gt;y",
     "allow-scripts"},
    {"cr-nav-14", MH_PAGE("", "<iframe srcdoc='<iframe srcdoc=deep></iframe>'></iframe>", ""), "deep", "allow-scripts"},
    {"cr-parse-10", MH_PAGE("Date: yesterday, or so\r\n", "words", ""), "words", "yesterday"},
    /* two fields that differ are none (Z7): the first does not win */
    {"cr-arch-02",
     MH_PAGE("", "<img src=http://example.com/p alt=ALT>",
             "--b\r\nContent-Type: image/svg+xml\r\nContent-Type: text/html\r\nContent-Location: "
             "http://example.com/p\r\n\r\n<svg/>\r\n"),
     "ALT", "data:image"},
    /* every multipart is descended into, not alternatives alone */
    {"cr-arch-03",
     MH_PAGE("", "<iframe src=http://example.com/in></iframe>",
             "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-Type: text/html\r\n"
             "Content-Location: http://example.com/in\r\n\r\ninner words\r\n--c--\r\n"),
     "inner words", " src=\""},
};

static void mh_page(tap_row *tap, const postern_slice *c) {
    for (size_t i = 0; i < sizeof mh_pages / sizeof *mh_pages; i++) {
        postern_archive *archive = NULL;
        postern_page_options options;
        postern_page_report report;
        postern_buf page;
        if (!mh_is(c[MH_ID], mh_pages[i].id)) continue;
        postern_page_options_init(&options);
        postern_buf_init(&page, 1 << 20);
        postern_sink sink = postern_buf_sink(&page);
        if (postern_archive_open(postern_slice_cstr(mh_pages[i].text), NULL, &archive, NULL))
            give_up("no archive", mh_pages[i].id);
        if (postern_page_html(archive, &options, &sink, &report, NULL)) give_up("no page", mh_pages[i].id);
        postern_slice got = postern_buf_slice(&page);
        size_t body = postern_slice_find(got, 0, POSTERN_S("dns-prefetch"));
        tap_case(tap, postern_slice_find(got, body, postern_slice_cstr(mh_pages[i].holds)) != SIZE_MAX, "%s: no [%s] in %.*s",
                 mh_pages[i].id, mh_pages[i].holds, POSTERN_ARG(got));
        tap_case(tap, postern_slice_find(got, body, postern_slice_cstr(mh_pages[i].lacks)) == SIZE_MAX, "%s: [%s] in %.*s",
                 mh_pages[i].id, mh_pages[i].lacks, POSTERN_ARG(got));
        postern_buf_free(&page);
        postern_archive_free(archive);
    }
}

static uint32_t mh_parts(const char *text) {
    postern_archive *archive = NULL;
    if (postern_archive_open(postern_slice_cstr(text), NULL, &archive, NULL)) give_up("no archive", "parts");
    uint32_t count = postern_archive_part_count(archive);
    postern_archive_free(archive);
    return count;
}

static void mh_other(tap_row *tap, const postern_slice *c) {
    if (mh_is(c[MH_ID], "mh-body-00")) {
        tap_case(
            tap,
            mh_parts(
                "From: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\n\r\n"
                "y\r\n--b--\r\n") == 3,
            "mh-body-00: the container counts as a body");
    } else if (mh_is(c[MH_ID], "cr-parse-09")) { /* not rejected: one body, which is inert (docs/DEVIATIONS.md) */
        tap_case(tap,
                 mh_parts("From: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/false\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n") >=
                     1,
                 "cr-parse-09");
    } else if (mh_is(c[MH_ID], "cr-arch-00")) { /* what a container may come by */
        static const char *const good[] = {"mhtml:file:///C:/a.mht", "mhtml:http://x.example/a.mht",
                                           "mhtml:https://x.example/a.mht"};
        static const char *const bad[] = {"mhtml:content://x/a", "mhtml:ftp://x.example/a.mht", "mhtml:data:,x",
                                          "mhtml:blob:x",        "mhtml:filesystem:x",          "mhtml:chrome://x/"};
        mh_world w = {.text = MH_ARCHIVE};
        for (size_t i = 0; i < sizeof good / sizeof *good; i++)
            tap_case(tap, !mh_resolve(&w, good[i], NULL, NULL), "%s", good[i]);
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
            tap_case(tap, mh_resolve(&w, bad[i], NULL, NULL) == POSTERN_DENIED, "%s", bad[i]);
    }
}

static void check_mhtml(tap_row *tap, const table_row *row) {
    static const struct {
        const char *prefix;
        void (*check)(tap_row *tap, const postern_slice *c);
    } kinds[] = {{"mh-combine-", mh_combine}, {"mh-bind-", mh_bind},    {"mh-parse-", mh_parse},  {"mh-mon-", mh_moniker},
                 {"mh-dec-", mh_decode},      {"mh-body-", mh_other},   {"its-", mh_its},         {"cr-nav-", mh_page},
                 {"cr-parse-09", mh_other},   {"cr-parse-10", mh_page}, {"cr-parse-", mh_decode}, {"cr-arch-00", mh_other},
                 {"cr-arch-", mh_page}};
    unsigned before = tap->cases;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && tap->cases == before; i++)
        if (postern_slice_starts(row->cell[MH_ID], postern_slice_cstr(kinds[i].prefix))) kinds[i].check(tap, row->cell);
    if (tap->cases == before) tap_case(tap, false, "%.*s: nothing asserts this row", POSTERN_ARG(row->cell[MH_ID]));
}

static void table_mhtml(tap_row *tap) {
    unsigned rows = each_row(tap, "vectors/vectors-mhtml.tsv", "id\t", check_mhtml);
    tap_case(tap, rows >= 68, "only %u rows", rows);
    printf("# vectors-mhtml.tsv: %u rows\n", rows);
    tap_end(tap, "z2 z3 z4 z7 vectors/vectors-mhtml.tsv");
}
