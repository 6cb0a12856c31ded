/* Records of updates and journals of runs as hostile bytes: both lie in a tree that anybody may have written. Properties: a
 * kept original is a plain name, never a path; a temporary looks like ours; what is torn is refused or ends where it is torn.
 */
#define _GNU_SOURCE
#include "update/service_int.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good) {
    if (!good) abort();
}

static void read_record(postern_slice bytes) {
    service_record record = {0};
    postern_error error = {0};
    postern_status status = record_read(bytes, &record, &error);
    must(status == POSTERN_OK || error.text[0]);
    for (size_t i = 0; i < record.file_count; i++) {
        const record_file *f = &record.files[i];
        must(f->path && *f->path && (!f->kept || (!strchr(f->kept, '/') && f->kept[0] != '.')));
        if (status == POSTERN_OK && f->staged) /* beside its file */
            must(!strncmp(f->staged, f->path, strlen(f->path)) && !strchr(f->staged + strlen(f->path), '/'));
    }
    must(status || (record.id && record.title && record.reason && record.family && record.branch));
    record_free(&record);
}

static void read_journal(postern_slice bytes) {
    update_tx tx = {.lock = -1, .folder = -1, .journal = memfd_create("journal", MFD_CLOEXEC)};
    if (tx.journal < 0) return;
    must(write(tx.journal, bytes.ptr, bytes.len) == (ssize_t)bytes.len && lseek(tx.journal, 0, SEEK_SET) == 0);
    if (!tx_journal_read(&tx, NULL)) {
        for (size_t i = 0; i < tx.file_count; i++) {
            must(!strncmp(tx.files[i].temporary, ".postern-", 9) && !strchr(tx.files[i].temporary, '/'));
            must(!strncmp(tx.files[i].backup, ".postern-", 9) && !strchr(tx.files[i].backup, '/'));
        }
    }
    for (size_t i = 0; i < tx.file_count; i++) free(tx.files[i].path);
    for (size_t i = 0; i < tx.folder_count; i++) free(tx.folders[i].path);
    free(tx.files);
    free(tx.folders);
    free(tx.what);
    close(tx.journal);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    read_record(postern_slice_of(data, size));
    read_journal(postern_slice_of(data, size));
    return 0;
}
