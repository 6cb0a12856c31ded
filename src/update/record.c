/*
 * What an update did, in its store below the Windows folder: lines as the journal has them (lines.h), so that a torn record is
 * noticed. Removal and verification believe the tree, not the record: each digest is compared before anything is touched.
 *
 *   postern-record 1 <id> <family> <branch> <time> <removable>
 *   title <title>     reason <why prerequisites were overridden>
 *   file|registry <before|-> <after> <kept|-> <path>
 *   pending <before|-> <after> <kept|-> <path> <where it waits for the restart>
 *   value|key|renames <key> <name> <before> <after>
 *   folder <path>                                    made for its files
 *   end
 */
#define _GNU_SOURCE
#include "lines.h"
#include "service_int.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { RECORD_MAX = 64 << 20 };

static void *grow(void *at, size_t count, size_t size) {
    return count % 32 ? at : reallocarray(at, count + 32, size);
}

record_file *record_add_file(service_record *record, const char *path) {
    record_file *more = grow(record->files, record->file_count, sizeof *more);
    if (!more) return NULL;
    record->files = more;
    more[record->file_count] = (record_file){.path = strdup(path)};
    return more[record->file_count].path ? &more[record->file_count++] : NULL;
}

record_value *record_add_value(service_record *record) {
    record_value *more = grow(record->values, record->value_count, sizeof *more);
    if (!more) return NULL;
    record->values = more;
    more[record->value_count] = (record_value){0};
    return &more[record->value_count++];
}

bool record_add_folder(service_record *record, const char *path) {
    char **more = grow(record->folders, record->folder_count, sizeof *more);
    if (!more) return false;
    record->folders = more;
    more[record->folder_count] = strdup(path);
    return more[record->folder_count] && ++record->folder_count;
}

void record_free(service_record *record) {
    for (size_t i = 0; i < record->folder_count; i++) free(record->folders[i]);
    free(record->folders);
    for (size_t i = 0; i < record->file_count; i++) {
        free(record->files[i].path);
        free(record->files[i].kept);
        free(record->files[i].staged);
    }
    for (size_t i = 0; i < record->value_count; i++) {
        free(record->values[i].key);
        free(record->values[i].name);
        free(record->values[i].before);
        free(record->values[i].after);
    }
    free(record->files);
    free(record->values);
    free(record->id);
    free(record->title);
    free(record->reason);
    free(record->family);
    free(record->branch);
    free(record->store_real);
    *record = (service_record){0};
}

bool record_is_log(const service_record *record, const record_file *file) {
    postern_slice path = postern_slice_cstr(file->path), name = postern_slice_cut_last(path, '/').tail;
    return postern_slice_starts(name, postern_slice_cstr(record->id)) && postern_slice_ends(name, POSTERN_S(".log"));
}

/* ---- writing ---- */

static void put(postern_buf *record, const char *text) {
    line_escape(record, text ? text : "");
    postern_buf_add_byte(record, '\t');
}

/* The last field has no tab behind it. */
static void seal(postern_buf *out, postern_buf *record) {
    if (record->len && record->ptr[record->len - 1] == '\t') record->len--;
    line_seal(out, record);
    postern_buf_clear(record);
}

static void put_body(const service_record *r, postern_buf *out, postern_buf *line) {
    for (size_t i = 0; i < r->folder_count; i++) {
        put(line, "folder");
        put(line, r->folders[i]);
        seal(out, line);
    }
    for (size_t i = 0; i < r->file_count; i++) {
        const record_file *f = &r->files[i];
        put(line, f->is_registry ? "registry" : f->staged ? "pending" : "file");
        line_digest(line, f->before, f->was_absent);
        line_digest(line, f->after, false);
        put(line, f->kept ? f->kept : "-");
        put(line, f->path);
        if (f->staged) put(line, f->staged);
        seal(out, line);
    }
    for (size_t i = 0; i < r->value_count; i++) {
        const record_value *v = &r->values[i];
        put(line, v->renames ? "renames" : v->whole_key ? "key" : "value");
        put(line, v->key);
        put(line, v->name);
        put(line, v->before);
        put(line, v->after);
        seal(out, line);
    }
}

postern_status record_write(const service_record *r, postern_buf *out, postern_error *reterr) {
    postern_buf line;
    char number[32];
    postern_buf_init(&line, RECORD_MAX);
    put(&line, "postern-record");
    put(&line, "1");
    put(&line, r->id);
    put(&line, r->family);
    put(&line, r->branch);
    snprintf(number, sizeof number, "%" PRId64, r->time);
    put(&line, number);
    put(&line, r->removable ? "1" : "0");
    seal(out, &line);
    put(&line, "title");
    put(&line, r->title);
    seal(out, &line);
    put(&line, "reason");
    put(&line, r->reason);
    seal(out, &line);
    put_body(r, out, &line);
    put(&line, "end");
    seal(out, &line);
    bool failed = out->status || line.status;
    postern_buf_free(&line);
    return failed ? service_no_memory(reterr) : POSTERN_OK;
}

/* ---- reading ---- */

static bool take(service_record *r, postern_slice field, char **ret_text) {
    free(*ret_text);
    *ret_text = line_unescape(field);
    r->starved |= !*ret_text;
    return *ret_text != NULL;
}

/* What waits lies beside its file: "inetcomm.dll.KB837009.new". */
static bool is_beside(const char *staged, const char *path) {
    size_t len = strlen(path);
    return !strncmp(staged, path, len) && staged[len] == '.' && !strchr(staged + len, '/');
}

static bool read_file(service_record *r, const postern_slice *f, bool is_registry, bool waits) {
    char *path = line_unescape(f[4]);
    record_file *file = path && *path ? record_add_file(r, path) : NULL;
    bool nothing;
    r->starved |= !path || (*path && !file);
    free(path);
    if (!file) return false;
    file->is_registry = is_registry;
    if (waits && (!take(r, f[5], &file->staged) || !is_beside(file->staged, file->path))) return false;
    if (!line_read_digest(f[1], file->before, &file->was_absent) || !line_read_digest(f[2], file->after, &nothing) || nothing)
        return false;
    if (postern_slice_eq(f[3], POSTERN_S("-"))) return true;
    /* a name of ours, not a path: a record must not make us read or remove anything else */
    if (postern_slice_find_byte(f[3], 0, '/') != SIZE_MAX || postern_slice_starts(f[3], POSTERN_S("."))) return false;
    return take(r, f[3], &file->kept);
}

static bool read_value(service_record *r, const postern_slice *f) {
    record_value *value = record_add_value(r);
    r->starved |= !value;
    if (!value) return false;
    value->whole_key = postern_slice_eq(f[0], POSTERN_S("key"));
    value->renames = postern_slice_eq(f[0], POSTERN_S("renames"));
    return take(r, f[1], &value->key) && take(r, f[2], &value->name) && take(r, f[3], &value->before) &&
           take(r, f[4], &value->after);
}

static bool read_head(service_record *r, const postern_slice *f) {
    uint64_t time, removable;
    if (!postern_slice_eq(f[1], POSTERN_S("1")) || !postern_slice_uint(f[5], INT64_MAX, &time) ||
        !postern_slice_uint(f[6], 1, &removable))
        return false;
    r->time = (int64_t)time;
    r->removable = removable;
    return take(r, f[2], &r->id) && take(r, f[3], &r->family) && take(r, f[4], &r->branch);
}

static bool read_folder(service_record *r, postern_slice field) {
    char *path = line_unescape(field);
    bool added = path && *path && record_add_folder(r, path);
    r->starved |= !path || (*path && !added);
    free(path);
    return added;
}

static bool read_line(service_record *r, postern_slice record, bool *ret_end) {
    postern_slice f[LINE_FIELDS];
    size_t count = line_split(record, f);
    bool file = postern_slice_eq(f[0], POSTERN_S("file")), registry = postern_slice_eq(f[0], POSTERN_S("registry"));
    bool pending = count == 6 && postern_slice_eq(f[0], POSTERN_S("pending"));
    bool value = postern_slice_eq(f[0], POSTERN_S("value")) || postern_slice_eq(f[0], POSTERN_S("key")) ||
                 postern_slice_eq(f[0], POSTERN_S("renames"));
    if (count == 1 && postern_slice_eq(record, POSTERN_S("end"))) { /* each record has a head, a title and a reason */
        *ret_end = r->id && r->title && r->reason;
        return *ret_end;
    }
    if (count == 7 && postern_slice_eq(f[0], POSTERN_S("postern-record"))) return !r->id && read_head(r, f);
    if (count == 2 && postern_slice_eq(f[0], POSTERN_S("title"))) return take(r, f[1], &r->title);
    if (count == 2 && postern_slice_eq(f[0], POSTERN_S("folder"))) return read_folder(r, f[1]);
    if (count == 2 && postern_slice_eq(f[0], POSTERN_S("reason"))) return take(r, f[1], &r->reason);
    if (count == 1 && postern_slice_eq(f[0], POSTERN_S("reason"))) return take(r, POSTERN_S(""), &r->reason);
    if (pending || (count == 5 && (file || registry))) return read_file(r, f, registry, pending);
    return count == 5 && value && read_value(r, f);
}

postern_status record_read(postern_slice bytes, service_record *ret_record, postern_error *reterr) {
    postern_slice text = bytes, record;
    bool end = false;
    while (!end && line_next(&text, &record) && read_line(ret_record, record, &end)) continue;
    if (end) return POSTERN_OK;
    bool starved = ret_record->starved;
    record_free(ret_record);
    if (starved) return service_no_memory(reterr);
    return postern_fail(reterr, POSTERN_FORMAT, (uint64_t)(text.ptr - bytes.ptr), "the record of an update is damaged");
}

postern_status record_store(postern_servicing *s, postern_slice id, postern_slice *ret_real, postern_error *reterr) {
    return service_text(s, ret_real, reterr, "%s/$NTUninstall%.*s$", s->windows, POSTERN_ARG(id));
}

postern_status record_of(postern_servicing *s, postern_slice id, service_record *ret_record, postern_error *reterr) {
    postern_slice store, path;
    postern_file *file;
    postern_error why;
    postern_status status = update_name_check(id, reterr);
    if (!status) status = record_store(s, id, &store, reterr);
    if (!status) status = service_text(s, &path, reterr, "%.*s/" SERVICE_RECORD, POSTERN_ARG(store));
    if (status) return status;
    status = tx_read(s->root, (const char *)path.ptr, &file, &why);
    if (status == POSTERN_NOTFOUND)
        return postern_fail(reterr, POSTERN_NOTFOUND, POSTERN_NO_OFFSET, "no record that %.*s was installed by Postern",
                            POSTERN_ARG(id));
    if (status) {
        if (reterr) *reterr = why;
        return status;
    }
    status = record_read(postern_file_bytes(file), ret_record, reterr);
    postern_file_close(file);
    if (!status && !(ret_record->store_real = strdup((const char *)store.ptr))) {
        record_free(ret_record);
        status = service_no_memory(reterr);
    }
    return status;
}

/* ---- values as text ---- */

bool record_value_read(postern_servicing *s, const char *text, postern_update_edit *edit) {
    uint64_t type;
    postern_cut cut = postern_slice_cut(postern_slice_cstr(text), ' ');
    if (!cut.ok || !postern_slice_uint(cut.head, UINT32_MAX, &type)) return false;
    size_t len = cut.tail.len / 2;
    uint8_t *raw = postern_arena_alloc(s->arena, len + 1);
    for (size_t i = 0; raw && i < len; i++) {
        int byte = postern_hex_at(cut.tail, 2 * i);
        if (byte < 0) return false;
        raw[i] = (uint8_t)byte;
    }
    edit->type = (uint32_t)type;
    edit->raw = postern_slice_of(raw, len);
    return raw != NULL;
}

char *record_value_text(uint32_t type, postern_slice raw) {
    postern_buf text;
    postern_buf_init(&text, RECORD_MAX);
    postern_buf_printf(&text, "%u ", type);
    postern_buf_add_hex(&text, raw.ptr, raw.len);
    postern_buf_add_byte(&text, 0);
    char *copy = text.status ? NULL : strdup((const char *)text.ptr);
    postern_buf_free(&text);
    return copy;
}

postern_status record_value_now(postern_servicing *s, postern_slice key, postern_slice name, bool whole_key, char **ret_text,
                                postern_error *reterr) {
    const postern_value *value;
    const postern_key *found;
    postern_status status = whole_key ? postern_win_key(s->win, NULL, key, &found, reterr)
                                      : postern_win_value(s->win, NULL, key, name, &value, reterr);
    if (status && status != POSTERN_NOTFOUND) return status;
    *ret_text = status ? strdup("-") : whole_key ? strdup("+") : record_value_text(value->type, value->raw);
    return *ret_text ? POSTERN_OK : service_no_memory(reterr);
}
