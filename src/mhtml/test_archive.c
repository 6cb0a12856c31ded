/* Unit tests of the archive as a whole: kind, root document, attachments, facts, zone. */
#include "base/test_oom.h"
#include "postern/mhtml.h"

typedef struct seen_notes {
    unsigned count[POSTERN_NOTE_COUNT];
} seen_notes;

static void count_note(void *user, const postern_note *note) {
    seen_notes *seen = user;
    seen->count[note->kind]++;
}

static postern_status open_with(const char *input, postern_archive_options options, seen_notes *seen, postern_archive **ret,
                                postern_error *reterr) {
    postern_notes notes = {count_note, seen};
    memset(seen, 0, sizeof *seen);
    options.notes = &notes;
    return postern_archive_open(postern_slice_cstr(input), &options, ret, reterr);
}

/* ---- what a file is ---------------------------------------------------------------------------------------------- */

enum { MHTML = POSTERN_ARCHIVE_MHTML, MAIL = POSTERN_ARCHIVE_MAIL, HTML = POSTERN_ARCHIVE_HTML };

static const struct {
    const char *input;
    int kind;
    const char *producer;
} kinds[] = {
    {"From: <Saved by Blink>\nMIME-Version: 1.0\nContent-Type: text/html\n\nx", MHTML, "Blink"},
    {"From: <Saved by WebKit>\nMIME-Version: 1.0\nContent-Type: text/html\n\nx", MHTML, "WebKit"},
    {"From: \"Saved by Windows Internet Explorer 9\"\nContent-Type: text/html\n\nx", MHTML, "Internet Explorer"},
    {"From: <Saved by UnMHT Ver.6.3.3>\nContent-Type: text/html\n\nx", MHTML, "UnMHT"},
    {"From: <Saved by a robot>\nContent-Type: text/html\n\nx", MHTML, "a robot"},
    {"From: WizBrother WizMime<support@wizbrother.com>\nContent-Type: text/html\n\nx", MHTML, "WizNote"},
    {"Subject: Exported From Confluence\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\n"
     "Content-Type: text/html\nContent-Location: file:///C:/exported.html\n\nx\n--b--\n",
     MHTML, "Confluence"},
    {"Content-Type: multipart/related; start=\"<op.mhtml.1@x>\"; boundary=b\n\n--b\nContent-Type: text/html\n"
     "Content-ID: <op.mhtml.1@x>\nContent-Location: http://x/\n\nx\n--b--\n",
     MHTML, "Opera"},
    {"MIME-Version: 1.0\nContent-Type: text/html\nContent-Location: file:///C:/x.htm\n\n<html "
     "xmlns:o=\"urn:schemas-microsoft-com:"
     "office:office\" xmlns:w=\"urn:schemas-microsoft-com:office:word\"><meta name=ProgId content=Word.Document>",
     MHTML, "Word"},
    {"MIME-Version: 1.0\nContent-Type: text/html\n\n<meta name=ProgId content=Excel.Sheet>", MHTML, "Excel"},
    {"MIME-Version: 1.0\nContent-Type: text/html\n\n<meta name=Generator content=\"Microsoft OneNote 15\">", MHTML, "OneNote"},
    {"From: a@b\nX-Mailer: Microsoft Outlook 16.0\nContent-Type: text/html\n\nx", MAIL, "Outlook"},
    {"From: a@b\nTo: c@d\nUser-Agent: Mozilla Thunderbird\n\nx", MAIL, "Thunderbird"},
    {"From: a@b\nTo: c@d\nX-Mailer: Apple Mail (2.1283)\n\nx", MAIL, "Apple Mail"},
    {"From: a@b\nTo: c@d\nX-Mailer: =?utf-8?Q?My_M=C3=A4il?=\n\nx", MAIL, "My M\xC3\xA4il"},
    {"From: a@b\nSubject: x\n\nx", MAIL, ""},
    /* what was transported is mail, whatever it says */
    {"Received: from x\nFrom: <Saved by Blink>\nContent-Type: text/html\n\nx", MAIL, "Blink"},
    {"<!DOCTYPE html><title>x</title>", HTML, ""},
    {"\xEF\xBB\xBF\n <p>x", HTML, ""},
    {"<!-- x --><HTML>", HTML, ""},
};

static void kinds_and_producers(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        seen_notes seen;
        postern_archive *archive;
        postern_archive_options options = {.expect_html = true};
        assert_int_equal(open_with(kinds[i].input, options, &seen, &archive, NULL), POSTERN_OK);
        postern_slice producer = postern_archive_facts_of(archive)->producer;
        if ((int)postern_archive_kind_of(archive) != kinds[i].kind ||
            !postern_slice_eq(producer, postern_slice_cstr(kinds[i].producer))) {
            print_error("%s: kind %d, producer %.*s\n", kinds[i].input, (int)postern_archive_kind_of(archive),
                        (int)producer.len, (const char *)producer.ptr);
            fail();
        }
        assert_int_equal(seen.count[POSTERN_NOTE_NOT_MHTML], kinds[i].kind == HTML);
        postern_archive_free(archive);
    }
}

/* Neither signature nor content makes an archive; the error says what the file looks like. */
static void z5_type_is_declared_not_sniffed(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        const char *says;
    } rows[] = {
        {"", 0, "empty"},
        {"  \n\n", 4, "blanks"},
        {"%PDF-1.7\nContent-Type: text/html\n\n", 35, "PDF"},
        {"PK\3\4xxxx", 8, "zip"},
        {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8, "OLE"},
        {"{\\rtf1 x}", 9, "RTF"},
        {"\x1F\x8B\x08\0", 4, "gzip"},
        {"hello\nworld\n", 12, "plain text"},
        {"Note: hello\n\nworld\n", 19, "plain text"},
        {"{\"a\":1}\n", 8, "plain text"},
        {"http://x.test/\n", 15, "plain text"},
        {"<?xml version='1.0'?><x/>", 25, "XML"},
        {"\0\1\2\3binary", 10, "binary"},
        {"\x89PNG\r\n\x1A\nxx", 10, "PNG"},
        {"text\n--b\nContent-Disposition: x\n\n<html>\n--b--\n", 46, "plain text"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_archive *archive;
        postern_error error;
        postern_archive_options options = {.expect_html = true};
        assert_int_equal(postern_archive_open(postern_slice_of(rows[i].bytes, rows[i].len), &options, &archive, &error),
                         POSTERN_FORMAT);
        if (!strstr(error.text, rows[i].says)) fail_msg("row %zu: %s", i, error.text);
    }
    /* a bare HTML document needs the caller's word */
    postern_archive *archive;
    postern_error error;
    assert_int_equal(postern_archive_open(POSTERN_S("<html>x"), NULL, &archive, &error), POSTERN_FORMAT);
    assert_non_null(strstr(error.text, "HTML"));
}

static void wide_html(void **state) {
    (void)state;
    postern_archive *archive;
    postern_archive_options options = {.expect_html = true};
    static const char text[] = "\xFF\xFE<\0t\0i\0t\0l\0e\0>\0\xE9\0";
    assert_int_equal(postern_archive_open(postern_slice_of(text, sizeof text - 1), &options, &archive, NULL), POSTERN_OK);
    assert_int_equal(postern_archive_kind_of(archive), HTML);
    assert_slice(postern_archive_facts_of(archive)->title, "\xC3\xA9");
    postern_archive_free(archive);
}

/* ---- root and attachments ---------------------------------------------------------------------------------------- */

#define REL "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b"
#define PART(type) "--b\nContent-Type: " type "\n\nx\n"
#define ALT "MIME-Version: 1.0\nFrom: a@b\nTo: c@d\nContent-Type: multipart/alternative; boundary=b\n\n"
#define MIX "MIME-Version: 1.0\nFrom: a@b\nTo: c@d\nContent-Type: multipart/mixed; boundary=b\n\n"

static const struct {
    const char *input;
    int root; /* -1: nothing to show */
    const char *attachments;
} roots[] = {
    {REL "\n\n" PART("text/html") PART("text/html") "--b--\n", 1, ""},
    {REL "\n\n" PART("image/png") PART("text/html") "--b--\n", 2, ""},
    {REL "\n\n" PART("text/plain") PART("application/xhtml+xml") "--b--\n", 2, ""},
    {REL "; start=\"<r@x>\"\n\n" PART("text/html") "--b\nContent-Type: text/html\nContent-ID: <r@x>\n\nx\n--b--\n", 2, ""},
    {REL "; start=r@x\n\n" PART("text/html") "--b\nContent-Type: text/html\nContent-ID: r@x\n\nx\n--b--\n", 2, ""},
    {REL "; start=\"<nope>\"\n\n" PART("image/png") PART("text/html") "--b--\n", 2, ""},
    {REL "; type=\"text/plain\"\n\n" PART("text/html") PART("text/plain") "--b--\n", 2, ""},
    {REL "; type=\"text/html\"\n\n" PART("text/plain") PART("text/html") "--b--\n", 2, ""},
    {REL "\n\n" PART("image/png") "--b--\n", -1, ""},
    {ALT PART("text/plain") PART("text/html") "--b--\n", 2, ""},
    {ALT PART("text/html") PART("text/plain") "--b--\n", 1, ""},
    {ALT PART("text/plain") PART("text/html") PART("text/calendar") "--b--\n", 2, ""},
    {ALT PART("text/plain") PART("text/enriched") "--b--\n", 1, ""},
    {MIX PART("text/plain") PART("text/html") "--b--\n", 2, ""},
    {MIX PART("text/plain") PART("text/html; name=x.html") "--b--\n", 1, "2"},
    {MIX PART("text/x-other") PART("text/plain") "--b--\n", 1, ""},
    {MIX PART("text/html") PART("text/plain") PART("image/png") "--b--\n", 1, "3"},
    {MIX "--b\nContent-Type: text/html\nContent-Disposition: attachment\n\nx\n" PART("text/plain") "--b--\n", 2, "1"},
    {MIX "--b\nContent-Type: text/html\nContent-Disposition: attachment\n\nx\n--b--\n", 1, ""},
    {MIX "--b\nContent-Type: message/rfc822\n\nSubject: y\n\nx\n--b--\n", 2, ""},
    {MIX PART("text/plain") "--b\nContent-Type: message/rfc822\n\nSubject: y\n\nx\n--b--\n", 1, "2"},
    {MIX "--b\nContent-Type: text\n\nhello\n" PART("image/png") "--b--\n", 1, "2"},
    {MIX "--b\nContent-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\n<img src=\"cid:i@x\"><p "
         "style=\"background:url('cid:j@x')\"><!--[if vml]><v:x src=\"cid:k@x\"><![endif]-->\n--r\nContent-Type: image/png\n"
         "Content-ID: <i@x>\n\n1\n--r\nContent-Type: image/png\nContent-ID: <j@x>\n\n2\n--r\nContent-Type: image/png\n"
         "Content-ID: <k@x>\n\n3\n--r\nContent-Type: image/png\nContent-ID: <l@x>\n\n4\n--r--\n--b\nContent-Type: "
         "application/pdf\n\n5\n"
         "--b--\n",
     2, "67"},
    {"From: a@b\nTo: c@d\nContent-Type: multipart/signed; boundary=b\n\n" PART("text/plain")
         PART("application/pgp-signature") "--b--\n",
     1, ""},
    {"Content-Type: message/rfc822\n\nFrom: a\nTo: b\nContent-Type: text/html\n\nx", 1, ""},
    {"From: a\nTo: b\n\ntext\nbegin 644 f\n#86)C\n`\nend\n", 0, "1"},
};

static void roots_and_attachments(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        seen_notes seen;
        postern_archive *archive;
        assert_int_equal(open_with(roots[i].input, (postern_archive_options){0}, &seen, &archive, NULL), POSTERN_OK);
        uint32_t root = postern_archive_root(archive);
        char list[20];
        size_t n = 0;
        for (uint32_t k = 0; k < postern_archive_part_count(archive); k++)
            if (postern_archive_is_attachment(archive, k)) list[n++] = (char)('0' + k);
        list[n] = 0;
        if (root != (roots[i].root < 0 ? POSTERN_NO_PART : (uint32_t)roots[i].root) ||
            strcmp(list, roots[i].attachments) != 0) {
            print_error("row %zu: root %d, attachments %s\n%s\n", i, (int)root, list, roots[i].input);
            fail();
        }
        assert_int_equal(seen.count[POSTERN_NOTE_ROOT_GUESSED], strstr(roots[i].input, "<nope>") ? 1 : 0);
        postern_archive_free(archive);
    }
}

/* Which parts stand beside the root as text of the mail. */
static void texts_beside_the_root(void **state) {
    (void)state;
    static const struct {
        const char *input, *shown;
    } rows[] = {
        {MIX PART("text/plain") PART("text/html") PART("text/plain") "--b--\n", "13"},
        {MIX PART("text/html") PART("text/plain; name=x.txt") "--b--\n", ""},
        {MIX PART("text/html") PART("text/csv") PART("image/png") "--b--\n", ""},
        {MIX PART("text/html") "--b\nContent-Type: text/plain\nContent-Disposition: attachment\n\nx\n--b--\n", ""},
        {ALT PART("text/plain") PART("text/html") "--b--\n", ""},
        {REL PART("text/html") PART("text/plain") "--b--\n", ""},
        {MIX PART("text/html") "--b\nContent-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: text/plain\n\nx\n"
                               "--a\nContent-Type: text/html\n\nx\n--a--\n--b--\n",
         "4"},
        {MIX PART("text/plain") "--b\nContent-Type: message/rfc822\n\nSubject: y\n\nx\n--b--\n", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        seen_notes seen;
        postern_archive *archive;
        assert_int_equal(open_with(rows[i].input, (postern_archive_options){0}, &seen, &archive, NULL), POSTERN_OK);
        char list[20];
        size_t n = 0;
        for (uint32_t k = 0; k < postern_archive_part_count(archive); k++) {
            if (!postern_archive_is_shown_inline(archive, k)) continue;
            list[n++] = (char)('0' + k);
            assert_false(postern_archive_is_attachment(archive, k)); /* shown or listed, never both */
        }
        list[n] = 0;
        assert_string_equal(list, rows[i].shown);
        postern_archive_free(archive);
    }
}

/* Z18: the failure names the limit. */
static void z18_rootless_by_depth(void **state) {
    (void)state;
    postern_buf in;
    postern_buf_init(&in, 1 << 20);
    for (unsigned i = 0; i < POSTERN_LIMIT_MIME_DEPTH + 20; i++)
        postern_buf_printf(&in, "%sContent-Type: multipart/mixed; boundary=b%u\n\n--b%u\n", i ? "" : "MIME-Version: 1.0\n", i,
                           i);
    postern_buf_add_byte(&in, 0);
    seen_notes seen;
    postern_archive *archive;
    postern_error error;
    assert_int_equal(open_with((char *)in.ptr, (postern_archive_options){0}, &seen, &archive, NULL), POSTERN_OK);
    assert_int_equal(postern_archive_root(archive), POSTERN_NO_PART);
    assert_int_equal(postern_archive_fail_rootless(archive, &error), POSTERN_LIMIT);
    assert_non_null(strstr(error.text, "MIME_DEPTH"));
    postern_archive_free(archive);
    postern_buf_free(&in);
}

/* ---- facts and zone ---------------------------------------------------------------------------------------------- */

static void facts(void **state) {
    (void)state;
    seen_notes seen;
    postern_archive *archive;
    assert_int_equal(open_with("From: =?utf-8?Q?=C3=A9?= <a@b>\nTo: c\nCc: d\nSubject: s\nDate: today\n"
                               "Snapshot-Content-Location: http://x/\nContent-Type: text/html\nContent-Location: http://y/\n\n"
                               "<svg><title>no</title></svg><title> a &amp;\n <b> </title><title>c</title>",
                               (postern_archive_options){0}, &seen, &archive, NULL),
                     POSTERN_OK);
    const postern_archive_facts *f = postern_archive_facts_of(archive);
    assert_slice(f->title, "a & <b>");
    assert_slice(f->from, "\xC3\xA9 <a@b>");
    assert_slice(f->to, "c");
    assert_slice(f->cc, "d");
    assert_slice(f->subject, "s");
    assert_slice(f->date, "today");
    assert_slice(f->location, "http://x/");
    postern_archive_free(archive);
    /* raw bytes in a field are read as the text is */
    assert_int_equal(open_with("Subject: \xEF\xF0\xE8\nContent-Type: text/html; charset=windows-1251\n\nx",
                               (postern_archive_options){0}, &seen, &archive, NULL),
                     POSTERN_OK);
    assert_slice(postern_archive_facts_of(archive)->title, "\xD0\xBF\xD1\x80\xD0\xB8");
    postern_archive_free(archive);
}

enum { LOCAL = POSTERN_ZONE_LOCAL_MACHINE, INTRANET, TRUSTED, INTERNET, RESTRICTED, DEFAULT = -1 };

typedef struct zone_row {
    const char *input, *stream;
    int caller, zone;
} zone_row;

#define PAGE "MIME-Version: 1.0\nContent-Type: text/html\n\n"
#define LETTER "From: a\nTo: b\nContent-Type: text/html\n\n"
#define SAVED "<!-- saved from url=(0014)about:internet -->\r\n"

static void check_zones(const zone_row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        seen_notes seen;
        postern_archive *archive;
        postern_archive_options options = {.expect_html = true};
        options.has_caller_zone = rows[i].caller != DEFAULT;
        if (options.has_caller_zone) options.caller_zone = (postern_zone)rows[i].caller;
        options.has_zone_stream = rows[i].stream != NULL;
        options.zone_stream = postern_slice_cstr(rows[i].stream);
        assert_int_equal(open_with(rows[i].input, options, &seen, &archive, NULL), POSTERN_OK);
        const postern_archive_facts *f = postern_archive_facts_of(archive);
        if ((int)f->zone != rows[i].zone) {
            print_error("row %zu: %s: got %s\n", i, rows[i].input, postern_zone_name(f->zone));
            fail();
        }
        assert_int_equal(seen.count[POSTERN_NOTE_MARK_MALFORMED] > 0, f->mark.malformed);
        postern_archive_free(archive);
    }
}

static void z1_nothing_in_the_input_raises(void **state) {
    (void)state;
    static const zone_row rows[] = {
        {PAGE, NULL, RESTRICTED, RESTRICTED},
        {PAGE SAVED, NULL, RESTRICTED, RESTRICTED},
        {PAGE, "[ZoneTransfer]\r\nZoneId=0\r\n", RESTRICTED, RESTRICTED},
        {PAGE, "[ZoneTransfer]\r\nZoneId=0\r\n", DEFAULT, INTERNET},
        {PAGE, "[ZoneTransfer]\r\nZoneId=2\r\n", DEFAULT, INTERNET},
        {LETTER, "[ZoneTransfer]\r\nZoneId=0\r\n", DEFAULT, RESTRICTED},
        {LETTER SAVED, NULL, DEFAULT, RESTRICTED},
        {PAGE, "[ZoneTransfer]\r\nZoneId=3\r\n", LOCAL, INTERNET},
        {PAGE SAVED, NULL, LOCAL, INTERNET},
        {PAGE SAVED, "[ZoneTransfer]\r\nZoneId=4\r\n", LOCAL, RESTRICTED},
        {PAGE, NULL, LOCAL, LOCAL},
        {PAGE, NULL, TRUSTED, TRUSTED},
    };
    check_zones(rows, sizeof rows / sizeof *rows);
}

static void z10_marks_fail_closed(void **state) {
    (void)state;
    static const zone_row rows[] = {
        {PAGE, NULL, DEFAULT, INTERNET},
        {LETTER, NULL, DEFAULT, RESTRICTED},
        {"<html>x", NULL, DEFAULT, INTERNET},
        {PAGE, "[ZoneTransfer]\r\nZoneId=4\r\n", DEFAULT, RESTRICTED},
        {PAGE, "[ZoneTransfer]\r\nZoneId=4\r\n", TRUSTED, RESTRICTED},
        {PAGE "<!-- saved from url=(9999)http://x.test/ -->\r\n", NULL, LOCAL, INTERNET},
        {"<!-- saved from url=(0014)about:internet -->\r\n<html>", NULL, LOCAL, INTERNET},
    };
    check_zones(rows, sizeof rows / sizeof *rows);
}

/* ---- parts ------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *head, *body;
    size_t len;
    postern_media media;
} medias[] = {
    {"image/png", "\x89PNG\r\n\x1A\n", 8, POSTERN_MEDIA_PNG},
    {"application/octet-stream", "\x89PNG\r\n\x1A\n", 8, POSTERN_MEDIA_PNG},
    {"text/html", "\x89PNG\r\n\x1A\n", 8, POSTERN_MEDIA_PNG},
    {"image/png", "<html><script>", 14, POSTERN_MEDIA_NONE},
    {"image/png", "<svg xmlns='x'>", 15, POSTERN_MEDIA_NONE},
    {"image/svg+xml", "<svg xmlns='x'>", 15, POSTERN_MEDIA_SVG},
    {"image/svg+xml; charset=utf-8", "<svg xmlns='x'>", 15, POSTERN_MEDIA_SVG},
    {"image/gif", "\xFF\xD8\xFF\xE0", 4, POSTERN_MEDIA_JPEG},
    {"image/gif", "GIF89a", 6, POSTERN_MEDIA_GIF},
    {"image/gif", "GIF88a", 6, POSTERN_MEDIA_NONE},
    {"x/y", "RIFF\1\2\3\4WEBPVP8 ", 16, POSTERN_MEDIA_WEBP},
    {"x/y", "RIFF\1\2\3\4WAVE", 12, POSTERN_MEDIA_WAV},
    {"x/y", "BM\1\1\1\1\0\0\0\0\1\1\1\1\x28\0\0\0\0\0\0\0\0\0\0\0", 26, POSTERN_MEDIA_BMP},
    {"x/y", "BMxxxxxxxxxxxxxxxxxxxxxxxx", 26, POSTERN_MEDIA_NONE},
    {"x/y", "\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0\1\1\1\1\1\1\1\1", 22, POSTERN_MEDIA_ICO},
    {"x/y",
     "\0\0\0\x20"
     "ftypavif",
     12, POSTERN_MEDIA_AVIF},
    {"x/y",
     "\0\0\0\x20"
     "ftypmif1\0\0\0\0mif1avif",
     24, POSTERN_MEDIA_AVIF},
    {"x/y",
     "\0\0\0\x20"
     "ftypisom",
     12, POSTERN_MEDIA_MP4},
    {"x/y", "wOFF\0\1\0\0", 8, POSTERN_MEDIA_WOFF},
    {"x/y", "wOF2\0\1\0\0", 8, POSTERN_MEDIA_WOFF2},
    {"x/y", "\0\1\0\0\0\x0C", 6, POSTERN_MEDIA_TRUETYPE},
    {"x/y", "OTTO\0\x0C", 6, POSTERN_MEDIA_OPENTYPE},
    {"x/y", "\x1A\x45\xDF\xA3\1\2\3webm", 11, POSTERN_MEDIA_WEBM},
    {"x/y", "OggS\0\2", 6, POSTERN_MEDIA_OGG},
    {"x/y", "ID3\3\0", 5, POSTERN_MEDIA_MP3},
    {"x/y", "\xFF\xFB\x90\x64\0", 5, POSTERN_MEDIA_MP3},
    {"x/y", "\xFF\xFE<\0h\0", 6, POSTERN_MEDIA_NONE},
    {"x/y", "II*\0\1", 5, POSTERN_MEDIA_TIFF},
    {"x/y", "\xD7\xCD\xC6\x9A", 4, POSTERN_MEDIA_WMF},
    {"image/svg+xml", "", 0, POSTERN_MEDIA_NONE},
};

static void z7_signatures_only_make_inert_media(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof medias / sizeof *medias; i++)
        for (int base64 = 0; base64 < 2; base64++) {
            postern_buf in;
            postern_buf_init(&in, 10000);
            postern_buf_printf(&in, "MIME-Version: 1.0\nContent-Type: %s\nContent-Transfer-Encoding: %s\n\n", medias[i].head,
                               base64 ? "base64" : "binary");
            postern_sink sink = postern_buf_sink(&in);
            postern_slice body = postern_slice_of(medias[i].body, medias[i].len);
            if (base64)
                assert_int_equal(postern_base64_encode(body, 0, &sink), POSTERN_OK);
            else
                postern_buf_add_slice(&in, body);
            postern_archive *archive;
            assert_int_equal(postern_archive_open(postern_buf_slice(&in), NULL, &archive, NULL), POSTERN_OK);
            if (postern_archive_part_media(archive, 0) != medias[i].media) fail_msg("row %zu", i);
            assert_int_equal(postern_archive_part_media(archive, 7), POSTERN_MEDIA_NONE);
            postern_archive_free(archive);
            postern_buf_free(&in);
        }
}

static void parts_by_name(void **state) {
    (void)state;
    static const struct {
        const char *name;
        postern_status status;
        uint32_t part;
    } rows[] = {
        {"0", POSTERN_OK, 0},
        {"3", POSTERN_OK, 3},
        {"4", POSTERN_NOTFOUND, 0},
        {"cid:a@b", POSTERN_OK, 2},
        {"<a@b>", POSTERN_OK, 2},
        {"a@b", POSTERN_OK, 2},
        {"http://x.test/d/i.png", POSTERN_OK, 2},
        {"p.html", POSTERN_OK, 1},
        {"i.png", POSTERN_USAGE, 0},
        {"file.bin", POSTERN_OK, 3},
        {"nope", POSTERN_NOTFOUND, 0},
        {"", POSTERN_NOTFOUND, 0},
        {"99999999999999", POSTERN_NOTFOUND, 0},
    };
    static const char input[] = REL
        "\n\n--b\nContent-Type: text/html\nContent-Location: http://x.test/d/p.html?q=/x\n\nx\n--b\nContent-Type: image/png\n"
        "Content-ID: <a@b>\nContent-Location: http://x.test/d/i.png\n\nx\n--b\nContent-Type: image/png; name=file.bin\n"
        "Content-Location: http://x.test/e/i.png\n\nx\n--b--\n";
    seen_notes seen;
    postern_archive *archive;
    assert_int_equal(open_with(input, (postern_archive_options){0}, &seen, &archive, NULL), POSTERN_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t part = 0;
        postern_error error;
        postern_status status = postern_archive_part_named(archive, postern_slice_cstr(rows[i].name), &part, &error);
        if (status != rows[i].status || part != rows[i].part) fail_msg("row %zu: %d, part %u", i, (int)status, part);
    }
    postern_archive_free(archive);
}

static postern_status open_and_ask(void *user) {
    postern_archive *archive;
    postern_archive_options options = {.expect_html = true, .has_zone_stream = true, .zone_stream = POSTERN_S("ZoneId=3")};
    postern_status status = postern_archive_open(postern_slice_cstr(user), &options, &archive, NULL);
    if (status != POSTERN_OK) return status;
    static const char *const names[] = {"0", "cid:a@b", "<a@b>", "http://x.test/d/i.png", "i.png", "nobody"};
    for (size_t i = 0; i < sizeof names / sizeof *names && status != POSTERN_NOMEM; i++) {
        uint32_t part;
        status = postern_archive_part_named(archive, postern_slice_cstr(names[i]), &part, NULL);
    }
    for (uint32_t i = 0; i < postern_archive_part_count(archive); i++) (void)postern_archive_part_media(archive, i);
    if (status != POSTERN_NOMEM) status = postern_archive_uses_read(archive);
    postern_archive_free(archive);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    static const size_t picked[] = {0, 6, 7, 9, 14, 17};
    for (size_t i = 0; i < sizeof picked / sizeof *picked; i++)
        assert_true(test_oom_each(open_and_ask, (void *)(uintptr_t)kinds[picked[i]].input) > 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_and_producers),
        cmocka_unit_test(z5_type_is_declared_not_sniffed),
        cmocka_unit_test(wide_html),
        cmocka_unit_test(roots_and_attachments),
        cmocka_unit_test(texts_beside_the_root),
        cmocka_unit_test(z18_rootless_by_depth),
        cmocka_unit_test(facts),
        cmocka_unit_test(z1_nothing_in_the_input_raises),
        cmocka_unit_test(z10_marks_fail_closed),
        cmocka_unit_test(z7_signatures_only_make_inert_media),
        cmocka_unit_test(parts_by_name),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
