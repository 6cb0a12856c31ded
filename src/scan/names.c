/*
 * Names of parts and members (MH011, MH020): what a person reads of a name, and what Windows starts by it. The last extension
 * behind trailing dots and blanks counts; blanks that nobody sees and controls that turn the order round hide it.
 */
#include "scan_int.h"

static bool is_invisible(uint32_t c) {
    return c == 0x2800 || c == 0x3164 || c == 0x115F || c == 0x1160 || c == 0xFFA0 || c == 0x200B || c == 0x00A0 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x3000;
}

static bool turns(uint32_t c) {
    return c == 0x202E || c == 0x202D || (c >= 0x2066 && c <= 0x2069);
}

typedef struct facts {
    bool turned, control, stream;
    unsigned hidden, blanks; /* longest run of blanks */
} facts;

static facts read_name(postern_slice name) {
    facts f = {0};
    unsigned run = 0;
    for (size_t i = 0, len; i < name.len; i += len) {
        uint32_t c = postern_utf8_at(name, i, &len);
        f.turned |= turns(c);
        f.control |= c == 0;
        f.hidden += is_invisible(c);
        run = c == ' ' || c == '\t' ? run + 1 : 0;
        if (run > f.blanks) f.blanks = run;
    }
    f.stream = scan_has(name, "::$data") || scan_has(name, ":$data");
    return f;
}

static postern_slice without_tail(postern_slice name) {
    while (name.len && (name.ptr[name.len - 1] == '.' || name.ptr[name.len - 1] <= ' ')) name.len--;
    return name;
}

/* "x.pdf.exe": what stands in front of the last extension looks like one of a document. */
static bool doubled(postern_slice name, postern_slice extension) {
    static const char *const documents[] = {"pdf", "doc",  "docx", "xls", "xlsx", "ppt", "pptx", "txt", "rtf",
                                            "jpg", "jpeg", "png",  "gif", "bmp",  "mp3", "mp4",  "avi", "zip",
                                            "csv", "htm",  "html", "odt", "mov",  "wav", "eml"};
    postern_slice stem = postern_slice_sub(name, 0, name.len - extension.len - 1);
    while (stem.len && (stem.ptr[stem.len - 1] <= ' ' || stem.ptr[stem.len - 1] >= 0x80)) stem.len--;
    return SCAN_IS_ONE(scan_extension(stem), documents);
}

static void deceptive(scan *s, const place *where, size_t at, postern_slice name, postern_slice extension, bool active) {
    facts f = read_name(name);
    bool tail = without_tail(name).len != name.len;
    const postern_severity high = POSTERN_SEVERITY_HIGH;
    if (active && doubled(without_tail(name), extension))
        scan_tell(s, where, 11, high, at, name, "an extension that runs behind one of a document");
    if (active && (f.hidden > 1 || f.blanks > 8))
        scan_tell(s, where, 11, high, at, name, "blanks push an extension that runs out of sight");
    if (active && tail) scan_tell(s, where, 11, high, at, name, "dots or blanks behind an extension that runs");
    if (f.turned && extension.len) scan_tell(s, where, 11, high, at, name, "controls turn the order of the letters round");
    if (f.control) scan_tell(s, where, 11, high, at, name, "a NUL inside the name");
    if (f.stream) scan_tell(s, where, 11, high, at, name, "the name of a data stream");
}

void scan_name(scan *s, const place *where, size_t at, postern_slice name, bool attachment) {
    static const char *const pages[] = {"mht", "mhtml"};
    postern_slice extension = scan_extension(without_tail(name));
    const scan_extension_row *row = scan_extension_find(extension);
    bool active = row && row->active;
    deceptive(s, where, at, name, extension, active);
    if (!attachment) return;
    bool web = postern_slice_eq_nocase(extension, POSTERN_S("com")) && doubled(without_tail(name), extension) == false;
    if (SCAN_IS_ONE(extension, pages))
        scan_tell(s, where, 20, POSTERN_SEVERITY_LOW, at, name, "a saved page as an attachment");
    else if (row)
        scan_tell(s, where, 20, active && !web ? POSTERN_SEVERITY_MEDIUM : POSTERN_SEVERITY_LOW, at, name,
                  "an attachment of a kind that mail programs block");
}
