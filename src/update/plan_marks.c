/*
 * What changes in the registry: the package's own AddReg and DelReg first, then the marks by which an installed update is known
 * (the bulletin's "verify"), each where its family puts it:
 *
 *   A  …\Windows NT\CurrentVersion\Hotfix\KB…: Installed = 1
 *   B  …\Internet Settings: MinorVersion, the "update versions" of the About box, gets ";Q…;" added
 *   both  …\Uninstall\KB… or Q…: the entry of the control panel
 *
 * (The Active Setup mark of family B is a line of the package's own.) What a package writes for the user who installs it (HKCU)
 * goes to every profile and to the one that new users get, since nobody sits at an offline system. Windows 98 and Me: their
 * registry is not written here, so a package that brings values is refused, and one of files alone leaves no marks.
 */
#include "service_int.h"

typedef struct marker {
    postern_servicing *s;
    const postern_package_info *info;
    postern_update_plan *plan;
    postern_update_edit *edits;
    size_t room;
    postern_error *reterr;
} marker;

static postern_update_edit *next_edit(marker *m) {
    return m->plan->edit_count < m->room ? &m->edits[m->plan->edit_count++] : NULL;
}

/* `len` bytes of *text at `at` give way to the folder. */
static postern_status put_folder(marker *m, postern_slice *text, size_t at, size_t len, postern_slice folder) {
    postern_buf joined;
    postern_buf_init(&joined, POSTERN_LIMIT_INF_LINE + POSTERN_LIMIT_WIN_PATH);
    postern_buf_add_slice(&joined, postern_slice_sub(*text, 0, at));
    postern_buf_add_slice(&joined, folder);
    postern_buf_add_slice(&joined, postern_slice_from(*text, at + len));
    bool failed = joined.status || postern_arena_copy(m->s->arena, postern_buf_slice(&joined), text);
    postern_buf_free(&joined);
    return failed ? service_no_memory(m->reterr) : POSTERN_OK;
}

/* "%11%" in a value is a folder of the system, as CopyFiles names it. */
static postern_status put_folders(marker *m, postern_slice *text) {
    static const struct {
        const char *dirid, *folder;
    } known[] = {{"%10%", "%SystemRoot%"},  {"%11%", "%SystemDir%"},       {"%17%", "%SystemRoot%\\inf"},
                 {"%24%", "%SystemDrive%"}, {"%16422%", "%ProgramFiles%"}, {"%16427%", "%CommonProgramFiles%"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        postern_slice mark = postern_slice_cstr(known[i].dirid), folder;
        for (size_t at = 0; (at = postern_slice_find(*text, at, mark)) != SIZE_MAX;) {
            postern_status status =
                postern_win_expand(m->s->win, NULL, postern_slice_cstr(known[i].folder), &folder, m->reterr);
            if (!status) status = put_folder(m, text, at, mark.len, folder);
            if (status) return status;
            at += folder.len;
        }
    }
    return POSTERN_OK;
}

/* Strings as a hive holds them: UTF-16LE, each ended by a NUL, a list by one more. */
static postern_status put_texts(marker *m, const postern_slice *texts, size_t count, uint32_t type, postern_slice *ret_raw) {
    postern_buf raw;
    postern_buf_init(&raw, 1 << 20);
    postern_status status = POSTERN_OK;
    for (size_t i = 0; i < count && !status; i++) {
        postern_slice text = texts[i];
        status = put_folders(m, &text);
        postern_buf_add_utf16le(&raw, text);
        postern_buf_add(&raw, "\0", 2);
    }
    if (type == POSTERN_REG_MULTI_SZ) postern_buf_add(&raw, "\0", 2);
    if (!status && (raw.status || postern_arena_copy(m->s->arena, postern_buf_slice(&raw), ret_raw)))
        status = service_no_memory(m->reterr);
    postern_buf_free(&raw);
    return status;
}

static bool is_there(const marker *m, const postern_package_reg *reg, postern_slice key) {
    const postern_value *value;
    return !postern_win_value(m->s->win, NULL, key, reg->name, &value, NULL);
}

static bool is_among(const postern_slice *texts, size_t count, postern_slice text) {
    for (size_t i = 0; i < count; i++)
        if (postern_slice_eq_nocase(texts[i], text)) return true;
    return false;
}

/* The list as it is, and behind it each text that is not in it yet. Another type gives way, as where there is none. */
static postern_status put_appended(marker *m, const postern_package_reg *reg, postern_slice key, postern_slice *ret_raw) {
    const postern_value *value;
    const postern_slice *now = NULL;
    size_t count = 0;
    postern_status status = postern_win_value(m->s->win, NULL, key, reg->name, &value, NULL);
    if (!status) status = postern_value_list(value, m->s->arena, &now, &count);
    if (status == POSTERN_NOMEM || status == POSTERN_LIMIT) return service_no_memory(m->reterr);
    if (status) count = 0;
    postern_slice *all = postern_arena_zalloc(m->s->arena, count + reg->text_count + 1, sizeof *all);
    if (!all) return service_no_memory(m->reterr);
    for (size_t i = 0; i < count; i++) all[i] = now[i];
    for (size_t i = 0; i < reg->text_count; i++) {
        postern_slice text = reg->texts[i];
        status = put_folders(m, &text);
        if (status) return status;
        if (!is_among(all, count, text)) all[count++] = text;
    }
    return put_texts(m, all, count, POSTERN_REG_MULTI_SZ, ret_raw);
}

static bool is_of_user(const postern_package_reg *reg) {
    return postern_slice_starts_nocase(reg->key, POSTERN_S("HKCU\\"));
}

/* Whom a value for the current user is for: all but the system's own account. */
static bool is_person(const postern_win_user *user) {
    return user->has_hive && !postern_slice_eq(user->sid, POSTERN_S(".DEFAULT"));
}

static postern_status add_reg(marker *m, const postern_package_reg *reg, postern_slice key) {
    if (reg->keeps_present && is_there(m, reg, key)) return POSTERN_OK;
    if (reg->only_present && !is_there(m, reg, key)) return POSTERN_OK;
    postern_update_edit *edit = next_edit(m);
    if (!edit) return service_no_memory(m->reterr);
    *edit = (postern_update_edit){.removes = reg->removes,
                                  .whole_key = reg->whole_key,
                                  .key = key,
                                  .name = reg->name,
                                  .type = reg->type,
                                  .raw = reg->raw};
    if (reg->appends) return put_appended(m, reg, key, &edit->raw);
    return reg->text_count ? put_texts(m, reg->texts, reg->text_count, reg->type, &edit->raw) : POSTERN_OK;
}

static postern_status add_for_users(marker *m, const postern_package_reg *reg) {
    postern_status status = POSTERN_OK;
    for (size_t i = 0; i < postern_win_user_count(m->s->win) && !status; i++) {
        const postern_win_user *user = postern_win_user_at(m->s->win, i);
        postern_slice key, below = postern_slice_from(reg->key, 5); /* behind "HKCU\" */
        if (!is_person(user)) continue;
        status = service_text(m->s, &key, m->reterr, "HKU\\%.*s\\%.*s", POSTERN_ARG(user->sid), POSTERN_ARG(below));
        if (!status) status = add_reg(m, reg, key);
    }
    return status;
}

static postern_status add_own(marker *m, const postern_package_reg *reg) {
    bool is_9x = postern_win_system_of(m->s->win)->kind == POSTERN_WIN_9X;
    if (reg->only_on && (reg->only_on == POSTERN_WIN_9X) != is_9x) return POSTERN_OK;
    if (is_9x)
        return postern_fail(m->reterr, POSTERN_UNSUPPORTED, POSTERN_NO_OFFSET,
                            "the registry of Windows 98 and Me is not written here, and the package changes it: %.*s",
                            POSTERN_ARG(reg->key));
    return is_of_user(reg) ? add_for_users(m, reg) : add_reg(m, reg, reg->key);
}

static postern_status add_text(marker *m, postern_slice key, const char *name, postern_slice text) {
    postern_update_edit *edit = next_edit(m);
    if (!edit) return service_no_memory(m->reterr);
    *edit = (postern_update_edit){.key = key, .name = postern_slice_cstr(name), .type = POSTERN_REG_SZ};
    return put_texts(m, &text, 1, POSTERN_REG_SZ, &edit->raw);
}

static postern_status add_one(marker *m, postern_slice key, const char *name) {
    postern_update_edit *edit = next_edit(m);
    if (!edit) return service_no_memory(m->reterr);
    *edit = (postern_update_edit){
        .key = key, .name = postern_slice_cstr(name), .type = POSTERN_REG_DWORD, .raw = POSTERN_S("\1\0\0\0")};
    return POSTERN_OK;
}

#define CURRENT_VERSION "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion"

/* "Q837009": as family B and the About box write it. */
static postern_slice digits(const marker *m) {
    return postern_slice_from(m->info->id, 2);
}

static postern_status add_about_box(marker *m) {
    postern_slice key = POSTERN_S(CURRENT_VERSION "\\Internet Settings"), now = POSTERN_S(""), entry, text;
    const postern_value *value;
    postern_status status = postern_win_value(m->s->win, NULL, key, POSTERN_S("MinorVersion"), &value, NULL);
    if (!status) status = postern_value_text(value, m->s->arena, &now);
    if (status == POSTERN_NOMEM) return service_no_memory(m->reterr);
    status = service_text(m->s, &entry, m->reterr, ";Q%.*s;", POSTERN_ARG(digits(m)));
    if (status || postern_slice_find_nocase(now, 0, entry) != SIZE_MAX) return status;
    bool joined = now.len && now.ptr[now.len - 1] == ';';
    status = service_text(m->s, &text, m->reterr, "%.*s%.*s", POSTERN_ARG(now), POSTERN_ARG(postern_slice_from(entry, joined)));
    return status ? status : add_text(m, key, "MinorVersion", text);
}

static postern_status add_uninstall_entry(marker *m) {
    bool family_a = m->info->family == POSTERN_FAMILY_A;
    postern_slice key, command, windows = m->s->windows_path;
    postern_status status =
        family_a ? service_text(m->s, &key, m->reterr, CURRENT_VERSION "\\Uninstall\\%.*s", POSTERN_ARG(m->info->id))
                 : service_text(m->s, &key, m->reterr, CURRENT_VERSION "\\Uninstall\\Q%.*s", POSTERN_ARG(digits(m)));
    if (!status)
        status = family_a ? service_text(m->s, &command, m->reterr, "%.*s\\spuninst\\spuninst.exe", POSTERN_ARG(m->plan->store))
                          : service_text(m->s, &command, m->reterr, "\"%.*s\\ieuninst.exe\" \"%.*s\\INF\\q%.*s.inf\"",
                                         POSTERN_ARG(windows), POSTERN_ARG(windows), POSTERN_ARG(digits(m)));
    if (!status) status = add_text(m, key, "DisplayName", m->info->title);
    return status ? status : add_text(m, key, "UninstallString", command);
}

static postern_status add_marks(marker *m) {
    postern_slice key;
    postern_status status = POSTERN_OK;
    if (m->info->family == POSTERN_FAMILY_A) {
        status = service_text(m->s, &key, m->reterr, "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Hotfix\\%.*s",
                              POSTERN_ARG(m->info->id));
        if (!status) status = add_one(m, key, "Installed");
    } else {
        status = add_about_box(m);
    }
    return status ? status : add_uninstall_entry(m);
}

/* Files that wait for the restart. */
static postern_status add_renames(marker *m) {
    postern_buf pairs;
    bool needed = false;
    if (!m->plan->restart_reason.len) return POSTERN_OK;
    postern_update_edit *edit = next_edit(m);
    if (!edit) return service_no_memory(m->reterr);
    postern_buf_init(&pairs, POSTERN_LIMIT_HIVE_ANSWER);
    for (size_t i = 0; i < m->plan->step_count; i++)
        if (m->plan->steps[i].at_restart) restart_add_pair(&pairs, m->plan->steps[i].staged, m->plan->steps[i].path);
    postern_status status = pairs.status ? service_no_memory(m->reterr) : POSTERN_OK;
    if (!status) status = restart_edit(m->s, POSTERN_S(""), postern_buf_slice(&pairs), edit, &needed, m->reterr);
    if (!status) m->plan->renames = edit;
    postern_buf_free(&pairs);
    return status;
}

postern_status plan_edits(postern_servicing *s, const postern_package *package, postern_update_plan *plan,
                          postern_error *reterr) {
    enum { MARKS = 8 };
    marker m = {.s = s, .info = postern_package_info_of(package), .plan = plan, .reterr = reterr};
    m.room = m.info->reg_count + MARKS;
    for (size_t i = 0; i < m.info->reg_count; i++) m.room += is_of_user(&m.info->regs[i]) ? postern_win_user_count(s->win) : 0;
    m.edits = postern_arena_zalloc(s->arena, m.room, sizeof *m.edits);
    if (!m.edits) return service_no_memory(reterr);
    plan->edits = m.edits;
    postern_status status = POSTERN_OK;
    for (size_t i = 0; i < m.info->reg_count && !status; i++) status = add_own(&m, &m.info->regs[i]);
    plan->without_marks = postern_win_system_of(s->win)->kind == POSTERN_WIN_9X;
    if (!status && !plan->without_marks) status = add_marks(&m);
    for (size_t i = 0; i < plan->edit_count && !status; i++) status = service_key(s, m.edits[i].key, &m.edits[i].key, reterr);
    return status ? status : add_renames(&m);
}
