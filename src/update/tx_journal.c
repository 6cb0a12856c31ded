/*
 * The journal: lines of "CRC-32 of the rest, blank, record", tabs between fields, bytes that could break a line as %XX. It
 * begins with what is intended and ends with how far it came:
 *
 *   postern-update 1 <what>
 *   folder <made> <seconds> <nanoseconds> <path>
 *   file <before|-> <after|-> <temporary> <backup> <path> <short name>
 *   intent · prepared · committed
 *
 * A power cut tears the end off: the first line whose checksum does not match, and all behind it, was never written. The
 * checksum is no seal: who can write to the system can write a journal. So each path in it is taken beneath the root like any
 * other, and names of temporaries and backups have to look like ours.
 */
#define _GNU_SOURCE
#include "lines.h"
#include "tx_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { JOURNAL_MAX = 64 << 20 };

/* ---- writing ---- */

static postern_status append(update_tx *tx, const postern_buf *out, postern_error *reterr) {
    if (out->status) return tx_no_memory(reterr);
    postern_slice rest = postern_buf_slice(out);
    while (rest.len) {
        ssize_t done = write(tx->journal, rest.ptr, rest.len);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return postern_fail_errno(reterr, errno, "cannot write the journal");
        rest = postern_slice_from(rest, (size_t)done);
    }
    return fsync(tx->journal) ? postern_fail_errno(reterr, errno, "cannot flush the journal") : POSTERN_OK;
}

static void add_records(const update_tx *tx, postern_buf *out, postern_buf *record) {
    postern_buf_printf(record, "postern-update\t1\t");
    line_escape(record, tx->what);
    line_seal(out, record);
    for (size_t i = 0; i < tx->folder_count; i++) {
        const tx_folder *f = &tx->folders[i];
        postern_buf_clear(record);
        postern_buf_printf(record, "folder\t%d\t%lld\t%lld\t", f->kind, (long long)f->seconds, (long long)f->nanoseconds);
        line_escape(record, f->path);
        line_seal(out, record);
    }
    for (size_t i = 0; i < tx->file_count; i++) {
        const tx_file *f = &tx->files[i];
        postern_buf_clear(record);
        postern_buf_printf(record, "file\t");
        line_digest(record, f->before, f->was_absent);
        line_digest(record, f->after, f->goes);
        postern_buf_printf(record, "%s\t%s\t", f->temporary, f->backup);
        line_escape(record, f->path);
        postern_buf_add_byte(record, '\t');
        line_escape(record, f->short_name);
        line_seal(out, record);
    }
}

static const char *const phase_names[] = {NULL, "intent", "prepared", "committed"};

static postern_status write_records(update_tx *tx, bool all, tx_phase phase, postern_error *reterr) {
    postern_buf out, record;
    postern_buf_init(&out, JOURNAL_MAX);
    postern_buf_init(&record, JOURNAL_MAX);
    if (all) add_records(tx, &out, &record);
    postern_buf_clear(&record);
    postern_buf_printf(&record, "%s", phase_names[phase]);
    line_seal(&out, &record);
    if (record.status) out.status = record.status;
    postern_status status = append(tx, &out, reterr);
    if (!status) tx->phase = phase;
    postern_buf_free(&out);
    postern_buf_free(&record);
    return status;
}

postern_status tx_journal_intent(update_tx *tx, postern_error *reterr) {
    return write_records(tx, true, TX_INTENT, reterr);
}

postern_status tx_journal_phase(update_tx *tx, tx_phase phase, postern_error *reterr) {
    return write_records(tx, false, phase, reterr);
}

/* ---- reading ---- */

/* Only a name of our making: a journal of somebody else's must not make us remove another file. */
static bool read_name(postern_slice text, const char *prefix, char name[TX_NAME]) {
    if (text.len >= TX_NAME || !postern_slice_starts(text, postern_slice_cstr(prefix))) return false;
    for (size_t i = strlen(prefix); i < text.len; i++)
        if (postern_hex_value(text.ptr[i]) < 0 && text.ptr[i] != '-') return false;
    memcpy(name, text.ptr, text.len);
    name[text.len] = 0;
    return true;
}

static bool read_file(update_tx *tx, const postern_slice *fields) {
    tx_file file = {0};
    if (!line_read_digest(fields[1], file.before, &file.was_absent) || !line_read_digest(fields[2], file.after, &file.goes))
        return false;
    if (!read_name(fields[3], ".postern-", file.temporary) || !read_name(fields[4], ".postern-", file.backup)) return false;
    char *path = line_unescape(fields[5]), *short_name = line_unescape(fields[6]);
    bool good = path && *path && short_name && strlen(short_name) < sizeof file.short_name;
    if (good) memcpy(file.short_name, short_name, strlen(short_name) + 1);
    tx_file *added = good ? tx_add_file(tx, path) : NULL;
    tx->starved |= !path || !short_name || (good && !added && tx->file_count < POSTERN_LIMIT_PACKAGE_FILES);
    free(path);
    free(short_name);
    if (!added) return false;
    file.path = added->path;
    *added = file;
    return true;
}

static bool read_folder(update_tx *tx, const postern_slice *fields) {
    uint64_t kind, seconds, nanoseconds;
    if (!postern_slice_uint(fields[1], TX_FOLDER_GOES, &kind) || !postern_slice_uint(fields[2], INT64_MAX, &seconds) ||
        !postern_slice_uint(fields[3], 999999999, &nanoseconds))
        return false;
    char *path = line_unescape(fields[4]);
    tx_folder *added = path ? tx_add_folder(tx, path) : NULL;
    tx->starved |= !added && tx->folder_count < POSTERN_LIMIT_PACKAGE_FILES;
    free(path);
    if (!added) return false;
    added->kind = (tx_folder_kind)kind;
    added->seconds = (int64_t)seconds;
    added->nanoseconds = (int64_t)nanoseconds;
    return true;
}

/* One whole line. False: it makes no sense, and neither does what follows. */
static bool read_record(update_tx *tx, postern_slice record) {
    postern_slice fields[LINE_FIELDS];
    size_t count = line_split(record, fields);
    if (count == 1) {
        for (tx_phase phase = TX_INTENT; phase <= TX_COMMITTED; phase++) {
            if (!postern_slice_eq(record, postern_slice_cstr(phase_names[phase]))) continue;
            bool next = phase == tx->phase + 1 && tx->what;
            if (next) tx->phase = phase;
            return next;
        }
        return false;
    }
    if (tx->phase != TX_NOTHING) return false;
    if (count == 3 && postern_slice_eq(fields[0], POSTERN_S("postern-update")) && postern_slice_eq(fields[1], POSTERN_S("1")) &&
        !tx->what) {
        tx->what = line_unescape(fields[2]);
        tx->starved |= !tx->what;
        return tx->what != NULL;
    }
    if (count == 5 && postern_slice_eq(fields[0], POSTERN_S("folder"))) return read_folder(tx, fields);
    return count == 7 && postern_slice_eq(fields[0], POSTERN_S("file")) && read_file(tx, fields);
}

static void read_lines(update_tx *tx, postern_slice text) {
    postern_slice record;
    while (line_next(&text, &record) && read_record(tx, record)) continue;
}

postern_status tx_journal_open(update_tx *tx, bool create, postern_error *reterr) {
    int flags = create ? O_WRONLY | O_CREAT | O_EXCL : O_RDWR | O_APPEND | O_NONBLOCK;
    postern_error why;
    struct stat st;
    postern_status status = postern_beneath_open(tx->folder, "journal", flags, create ? 0600 : 0, &tx->journal, &why);
    if (!status && (fstat(tx->journal, &st) || !S_ISREG(st.st_mode)))
        return postern_fail(reterr, POSTERN_DENIED, POSTERN_NO_OFFSET, "T2: the journal is no regular file");
    if (!status) return POSTERN_OK;
    if (reterr) *reterr = why;
    return why.sys_errno == ENOENT ? POSTERN_NOTFOUND : status;
}

postern_status tx_journal_read(update_tx *tx, postern_error *reterr) {
    postern_file *file;
    postern_status status = postern_file_read(tx->journal, &file, reterr);
    if (status) return status;
    read_lines(tx, postern_file_bytes(file));
    postern_file_close(file);
    return tx->starved ? tx_no_memory(reterr) : POSTERN_OK;
}
