/* Quiet on the innocent: over the real archives and mails no finding is high or critical but those with a written reason. */
#define _GNU_SOURCE
#include "conformance.h"

#include "postern/scan.h"

#include <fcntl.h>
#include <ftw.h>

static tap_row tap;
static postern_slice reasons;
static const char *shared;
static unsigned files;

typedef struct current {
    const char *path;
    size_t size;
} current;

static postern_status on_finding(void *user, const postern_finding *f) {
    const current *c = user;
    char row[4096];
    tap_case(&tap, f->offset <= c->size, "%s: an offset outside the file", c->path);
    if (f->severity < POSTERN_SEVERITY_HIGH) return POSTERN_OK;
    snprintf(row, sizeof row, "\n%s\t%s\t", c->path, postern_finding_kind_of(f->number)->id);
    tap_case(&tap, postern_slice_find(reasons, 0, postern_slice_cstr(row)) != SIZE_MAX, "%s: %s %s: %.*s", c->path,
             postern_finding_kind_of(f->number)->id, f->reason, POSTERN_ARG(f->excerpt));
    return POSTERN_OK;
}

static int on_file(const char *path, const struct stat *st, int flag, struct FTW *ftw) {
    postern_file *file;
    postern_scan_report report;
    (void)ftw;
    if (flag != FTW_F || !st->st_size || postern_file_open(AT_FDCWD, path, &file, NULL)) return 0;
    current c = {path + strlen(shared) + strlen("/corpus/"), postern_file_bytes(file).len};
    postern_finding_sink sink = {on_finding, &c};
    postern_status status = postern_scan_bytes(postern_file_bytes(file), postern_slice_cstr(c.path), NULL, &sink, &report);
    tap_case(&tap, status == POSTERN_OK, "%s: %s", c.path, postern_status_name(status));
    postern_file_close(file);
    files++;
    return 0;
}

int main(void) {
    static const char *const folders[] = {"mhtml", "mail"};
    postern_file *file;
    tap_plan(&tap, 2);
    shared = getenv("POSTERN_SHARED");
    if (!shared || postern_file_open(AT_FDCWD, POSTERN_SOURCE_ROOT "/tests/data/scan/corpus-reasons.tsv", &file, NULL))
        give_up("missing", "corpus-reasons.tsv");
    reasons = postern_file_bytes(file);
    for (size_t i = 0; i < 2; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/corpus/%s", shared, folders[i]);
        files = 0;
        nftw(path, on_file, 16, FTW_PHYS);
        tap_case(&tap, files > 50, "%u files", files);
        tap_end(&tap, folders[i]);
    }
    postern_file_close(file);
    return tap_finish(&tap);
}
