/* scan: any bytes as any of the formats. Offsets stay inside the file, nothing told holds a control, twice gives the same. */
#include "postern/scan.h"

#include <stdlib.h>

typedef struct told {
    size_t size;
    uint64_t hash, count;
} told;

static postern_status on_finding(void *user, const postern_finding *f) {
    told *t = user;
    if (f->severity > POSTERN_SEVERITY_CRITICAL || (f->number == POSTERN_FINDING_RULE) != (f->rule.len != 0)) abort();
    if (f->offset > t->size || !postern_finding_kind_of(f->number) || !f->reason || f->raw.len > 256) abort();
    for (size_t i = 0; i < f->excerpt.len; i++)
        if (f->excerpt.ptr[i] < 0x20 || f->excerpt.ptr[i] == 0x7F) abort();
    if (!postern_utf8_valid(f->excerpt)) abort();
    t->hash = postern_slice_hash(f->excerpt, t->hash + f->number);
    t->count++;
    return POSTERN_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const names[] = {"a.eml", "a.html", "a.url", "a.rels", "a.xml", "a.zip", "a.mht",      "a.css",
                                        "a.reg", "a.inf",  "a.rtf", "a.txt",  "a.js",  "a.svg", "b.pdf.exe ", "a.library-ms"};
    if (size < 1) return 0;
    postern_slice name = postern_slice_cstr(names[data[0] & 15]), bytes = postern_slice_of(data + 1, size - 1);
    told first = {.size = bytes.len}, second = first;
    postern_scan_report report;
    for (unsigned i = 0; i < 2; i++) {
        postern_finding_sink sink = {on_finding, i ? &second : &first};
        if (postern_scan_bytes(bytes, name, NULL, &sink, &report)) return 0;
        if (report.findings[0] != (i ? second.count : first.count) + report.untold) abort();
    }
    if (first.hash != second.hash || first.count != second.count) abort();
    return 0;
}
