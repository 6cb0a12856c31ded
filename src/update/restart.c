/*
 * What waits for a restart. A file that a program maps is not taken from under it: what comes lies beside it, and the value
 * PendingFileRenameOperations of the Session Manager (a REG_MULTI_SZ of pairs, as MoveFileEx with MOVEFILE_DELAY_UNTIL_REBOOT
 * writes them) makes Windows, or Wine's wineboot, rename it before any program runs:
 *
 *   \??\C:\WINDOWS\system32\inetcomm.dll.KB837009.new    !\??\C:\WINDOWS\system32\inetcomm.dll      '!': over what is there
 *   \??\C:\WINDOWS\system32\added.dll                    (empty)                                    it goes
 *
 * All files of an update wait together, since files that need each other must not meet a stranger. An empty string is half of a
 * pair here, so no reader of string lists may touch the value: it is cut by hand, and what others put into it stays as it is.
 */
#define _GNU_SOURCE
#include "service_int.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY POSTERN_S("HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager")
#define NAME POSTERN_S("PendingFileRenameOperations")

/* ---- the value ---- */

static bool unit_is_zero(postern_slice raw, size_t at) {
    return !raw.ptr[at] && !raw.ptr[at + 1];
}

/* Its strings, each with its NUL, without the NUL behind the list; empty: there is no such value. */
static postern_status read_pairs(postern_servicing *s, postern_slice *ret_pairs, bool *ret_there, postern_error *reterr) {
    const postern_value *value;
    *ret_pairs = POSTERN_S("");
    postern_status status = postern_win_value(s->win, NULL, KEY, NAME, &value, reterr);
    *ret_there = !status;
    if (status) return status == POSTERN_NOTFOUND ? POSTERN_OK : status;
    postern_slice raw = value->raw;
    size_t strings = 0;
    bool all_zero = true, sound = value->type == POSTERN_REG_MULTI_SZ && raw.len % 2 == 0;
    for (size_t i = 0; i < raw.len; i++) all_zero &= !raw.ptr[i];
    if (sound && all_zero) return POSTERN_OK;
    /* a writer may have left out the last NUL */
    if (sound && raw.len >= 4 && unit_is_zero(raw, raw.len - 2) && unit_is_zero(raw, raw.len - 4)) raw.len -= 2;
    for (size_t i = 0; sound && i < raw.len; i += 2) strings += unit_is_zero(raw, i);
    if (!sound || strings % 2 || !unit_is_zero(raw, raw.len - 2))
        return postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET,
                            "PendingFileRenameOperations holds no pairs of names; start the system once");
    *ret_pairs = raw;
    return POSTERN_OK;
}

/* One string off the front, without its NUL. */
static postern_slice next_string(postern_slice *pairs) {
    size_t end = 0;
    while (end + 1 < pairs->len && !unit_is_zero(*pairs, end)) end += 2;
    postern_slice text = postern_slice_sub(*pairs, 0, end);
    *pairs = postern_slice_from(*pairs, end + 2 < pairs->len ? end + 2 : pairs->len);
    return text;
}

/* Where `some` stands in `pairs`, at the beginning of a pair; SIZE_MAX: nowhere. */
static size_t find_pairs(postern_slice pairs, postern_slice some) {
    for (postern_slice rest = pairs; some.len && rest.len >= some.len;) {
        if (postern_slice_starts(rest, some)) return (size_t)(rest.ptr - pairs.ptr);
        next_string(&rest);
        next_string(&rest);
    }
    return SIZE_MAX;
}

void restart_add_pair(postern_buf *pairs, postern_slice from, postern_slice to) {
    postern_buf_add_utf16le(pairs, POSTERN_S("\\??\\"));
    postern_buf_add_utf16le(pairs, from);
    postern_buf_add(pairs, "\0", 2);
    if (to.len) postern_buf_add_utf16le(pairs, POSTERN_S("!\\??\\"));
    postern_buf_add_utf16le(pairs, to);
    postern_buf_add(pairs, "\0", 2);
}

postern_status restart_has(postern_servicing *s, postern_slice pairs, bool *ret_has, postern_error *reterr) {
    postern_slice now;
    bool there;
    postern_status status = read_pairs(s, &now, &there, reterr);
    *ret_has = !status && find_pairs(now, pairs) != SIZE_MAX;
    return status;
}

postern_status restart_edit(postern_servicing *s, postern_slice cut, postern_slice more, postern_update_edit *ret_edit,
                            bool *ret_needed, postern_error *reterr) {
    postern_slice now;
    bool there;
    postern_buf raw;
    postern_status status = read_pairs(s, &now, &there, reterr);
    if (status) return status;
    size_t at = find_pairs(now, cut);
    *ret_needed = more.len || at != SIZE_MAX;
    *ret_edit = (postern_update_edit){.key = KEY, .name = NAME, .type = POSTERN_REG_MULTI_SZ};
    postern_buf_init(&raw, POSTERN_LIMIT_HIVE_ANSWER);
    postern_buf_add_slice(&raw, at == SIZE_MAX ? now : postern_slice_sub(now, 0, at));
    if (at != SIZE_MAX) postern_buf_add_slice(&raw, postern_slice_from(now, at + cut.len));
    postern_buf_add_slice(&raw, more);
    ret_edit->removes = !raw.len;
    if (raw.len) postern_buf_add(&raw, "\0", 2);
    if (raw.status || postern_arena_copy(s->arena, postern_buf_slice(&raw), &ret_edit->raw)) status = service_no_memory(reterr);
    postern_buf_free(&raw);
    return status;
}

/* ---- what others have waiting ---- */

/* Whether a name of the value, "!\??\C:\…", is this file, by the tree's own spelling where it is there. */
static postern_status is_file(postern_servicing *s, postern_slice raw, postern_slice path, bool *ret_is,
                              postern_error *reterr) {
    postern_value value = {.type = POSTERN_REG_SZ, .raw = raw};
    postern_win_file found;
    postern_slice text;
    *ret_is = false;
    postern_status status = postern_value_text(&value, s->arena, &text);
    if (status) return status == POSTERN_NOMEM ? service_no_memory(reterr) : POSTERN_OK; /* no text, no name */
    if (postern_slice_starts(text, POSTERN_S("!"))) text = postern_slice_from(text, 1);
    if (postern_slice_starts(text, POSTERN_S("\\??\\"))) text = postern_slice_from(text, 4);
    if (!text.len) return POSTERN_OK;
    status = postern_win_stat(s->win, NULL, text, &found, NULL);
    if (status == POSTERN_NOMEM) return service_no_memory(reterr);
    *ret_is = postern_slice_eq_nocase(status ? text : found.path, path);
    return POSTERN_OK;
}

postern_status restart_refuse(postern_servicing *s, postern_slice own, postern_slice path, postern_error *reterr) {
    postern_slice pairs;
    bool there, hit = false;
    postern_status status = read_pairs(s, &pairs, &there, reterr);
    size_t at = status ? SIZE_MAX : find_pairs(pairs, own);
    const uint8_t *own_at = at == SIZE_MAX ? NULL : pairs.ptr + at;
    while (!status && !hit && pairs.len) {
        if (pairs.ptr == own_at) {
            pairs = postern_slice_from(pairs, own.len);
            continue;
        }
        postern_slice from = next_string(&pairs), to = next_string(&pairs);
        bool source = false;
        status = is_file(s, from, path, &source, reterr);
        if (!status) status = is_file(s, to, path, &hit, reterr);
        hit |= source;
    }
    if (status || !hit) return status;
    return postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET,
                        "a restart is pending that would change %.*s; start the system once (Wine: wineboot -r)",
                        POSTERN_ARG(path));
}

/* ---- the plan ---- */

bool restart_in_use(const postern_servicing *s, const char *real, const postern_update_options *options) {
    struct stat st;
    int fd;
    bool found = false;
    if (!options || !options->in_use_count) return false;
    if (postern_beneath_open(s->root, real, O_PATH, 0, &fd, NULL)) return false; /* not there, so nobody maps it */
    bool known = fstat(fd, &st) == 0;
    close(fd);
    for (size_t i = 0; known && !found && i < options->in_use_count; i++)
        found = options->in_use[i].device == st.st_dev && options->in_use[i].inode == st.st_ino;
    return found;
}

static bool changes(const postern_update_step *step) {
    return step->kind == POSTERN_STEP_ADD || step->kind == POSTERN_STEP_REPLACE;
}

/* "C:\WINDOWS\system32\inetcomm.dll.KB837009.new" */
static postern_status name_staged(postern_servicing *s, const postern_update_plan *plan, postern_update_step *step,
                                  postern_error *reterr) {
    postern_slice path;
    bool there;
    postern_status status =
        service_text(s, &path, reterr, "%.*s.%.*s.new", POSTERN_ARG(step->path), POSTERN_ARG(plan->package->id));
    if (!status) status = service_real(s, path, &step->staged, &step->staged_real, &there, reterr);
    if (status == POSTERN_NOTFOUND) { /* in a folder that is yet to be made */
        step->at_restart = true;
        step->staged = path;
        return service_text(s, &step->staged_real, reterr, "%.*s.%.*s.new", POSTERN_ARG(step->real),
                            POSTERN_ARG(plan->package->id));
    }
    if (!status && there)
        status = postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "stands in the way of what waits for the restart: %.*s",
                              POSTERN_ARG(path));
    step->at_restart = true;
    return status;
}

postern_status plan_restart(postern_servicing *s, const postern_update_options *options, postern_update_plan *plan,
                            postern_update_step *steps, postern_error *reterr) {
    postern_status status = POSTERN_OK;
    for (size_t i = 0; i < plan->step_count && !status && !plan->installed; i++) {
        postern_update_step *step = &steps[i];
        status = restart_refuse(s, POSTERN_S(""), step->path, reterr);
        if (status || !changes(step) || plan->restart_reason.len) continue;
        if (restart_in_use(s, (const char *)step->real.ptr, options))
            status = service_text(s, &plan->restart_reason, reterr, "a program uses %.*s", POSTERN_ARG(step->path));
        else if (options->at_restart)
            plan->restart_reason = POSTERN_S("asked for");
    }
    if (status || !plan->restart_reason.len) return status;
    if (postern_win_system_of(s->win)->kind == POSTERN_WIN_9X)
        return postern_fail(reterr, POSTERN_UNSUPPORTED, POSTERN_NO_OFFSET, "Windows 98 and Me have no pending renames (%.*s)",
                            POSTERN_ARG(plan->restart_reason));
    for (size_t i = 0; i < plan->step_count && !status; i++)
        if (changes(&steps[i])) status = name_staged(s, plan, &steps[i], reterr);
    return status;
}

/* ---- what was installed so ---- */

postern_status restart_note(postern_servicing *s, service_record *record, const postern_update_plan *plan,
                            postern_error *reterr) {
    postern_buf pairs;
    record_value *value = record_add_value(record);
    if (!value) return service_no_memory(reterr);
    postern_buf_init(&pairs, POSTERN_LIMIT_HIVE_ANSWER);
    for (size_t i = 0; i < plan->step_count; i++)
        if (plan->steps[i].at_restart) restart_add_pair(&pairs, plan->steps[i].staged, plan->steps[i].path);
    value->renames = true;
    value->key = strdup((const char *)KEY.ptr);
    value->name = strdup((const char *)NAME.ptr);
    value->after = pairs.status ? NULL : record_value_text(POSTERN_REG_MULTI_SZ, postern_buf_slice(&pairs));
    postern_buf_free(&pairs);
    if (!value->key || !value->name || !value->after) return service_no_memory(reterr);
    return record_value_now(s, KEY, NAME, false, &value->before, reterr);
}

postern_status restart_waits(postern_servicing *s, const record_file *file, bool *ret_waits, postern_error *reterr) {
    uint8_t now[TX_DIGEST], staged[TX_DIGEST];
    *ret_waits = false;
    if (!file->staged) return POSTERN_OK;
    postern_status status = tx_digest(s->root, file->path, now, reterr);
    bool absent = status == POSTERN_NOTFOUND;
    if (status && !absent) return status;
    if (file->was_absent ? !absent : absent || memcmp(now, file->before, TX_DIGEST) != 0) return POSTERN_OK;
    status = tx_digest(s->root, file->staged, staged, reterr);
    if (status) return status == POSTERN_NOTFOUND ? POSTERN_OK : status;
    *ret_waits = memcmp(staged, file->after, TX_DIGEST) == 0;
    return POSTERN_OK;
}

postern_status restart_windows_path(postern_servicing *s, const char *real, postern_slice *ret_path, postern_error *reterr) {
    postern_slice path = postern_slice_cstr(real), windows = postern_slice_cstr(s->windows);
    size_t below = s->windows_path.len > 3 ? s->windows_path.len - 3 : 0; /* "WINDOWS" of "C:\WINDOWS" */
    if (below > windows.len || !postern_slice_starts(path, postern_slice_sub(windows, 0, windows.len - below)))
        return postern_fail(reterr, POSTERN_UNSUPPORTED, POSTERN_NO_OFFSET, "not on the system's drive: %s", real);
    postern_slice rest = postern_slice_from(path, windows.len - below);
    char *text = postern_arena_alloc(s->arena, 3 + rest.len);
    if (!text) return service_no_memory(reterr);
    memcpy(text, s->windows_path.ptr, 3); /* "C:\" */
    for (size_t i = 0; i < rest.len; i++) text[3 + i] = rest.ptr[i] == '/' ? '\\' : (char)rest.ptr[i];
    *ret_path = postern_slice_of(text, 3 + rest.len);
    return POSTERN_OK;
}
