/*
 * %Variables% from facts of the tree: never from the environment of the process that looks at it. One pass: what a variable
 * brings is not expanded again, but for values of the registry's Environment keys, which may name %SystemRoot% once.
 */
#include "win_int.h"

typedef struct fact {
    const char *name;
    postern_slice value;
} fact;

static postern_status join(postern_win *win, postern_slice head, const char *tail, postern_slice *ret_path) {
    *ret_path = (postern_slice){0};
    return head.len ? win_join(win, head, '\\', postern_slice_cstr(tail), ret_path) : POSTERN_OK;
}

/* *ret_value empty: the facts say nothing about it. */
static postern_status from_facts(postern_win *win, const postern_win_view *view, postern_slice name, postern_slice *ret_value) {
    const postern_win_system *s = &win->system;
    const postern_win_user *user = view ? postern_win_user_at(win, view->user) : NULL;
    bool bits32 = view && view->bits32, new = s->major >= 6 || s->kind == POSTERN_WIN_WINE;
    postern_slice home = user ? user->profile : (postern_slice){0},
                  drive = postern_slice_sub(win->drive_dir->folder.path, 0, 2);
    const fact facts[] = {
        {"SystemRoot", s->windows},
        {"windir", s->windows},
        {"SystemDrive", drive},
        {"HomeDrive", user ? drive : (postern_slice){0}},
        {"SystemDir", bits32 && s->system_x86.len ? s->system_x86 : s->system},
        {"ProgramFiles", bits32 && s->program_files_x86.len ? s->program_files_x86 : s->program_files},
        {"ProgramFiles(x86)", s->program_files_x86},
        {"ProgramW6432", s->program_files_x86.len ? s->program_files : (postern_slice){0}},
        {"CommonProgramFiles", bits32 && s->common_files_x86.len ? s->common_files_x86 : s->common_files},
        {"CommonProgramFiles(x86)", s->common_files_x86},
        {"CommonProgramW6432", s->common_files_x86.len ? s->common_files : (postern_slice){0}},
        {"UserProfile", home},
        {"UserName", user ? user->name : (postern_slice){0}},
    };
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        if (!win_name_eq(name, postern_slice_cstr(facts[i].name))) continue;
        *ret_value = facts[i].value;
        return POSTERN_OK;
    }
    if (win_name_eq(name, POSTERN_S("AppData")))
        return join(win, home, new ? "AppData\\Roaming" : "Application Data", ret_value);
    if (win_name_eq(name, POSTERN_S("LocalAppData")))
        return join(win, home, new ? "AppData\\Local" : "Local Settings\\Application Data", ret_value);
    if (win_name_eq(name, POSTERN_S("Public"))) return join(win, s->profiles, "Public", ret_value);
    if (win_name_eq(name, POSTERN_S("ProgramData")))
        return join(win, new ? drive : (postern_slice){0}, "ProgramData", ret_value);
    if (win_name_eq(name, POSTERN_S("AllUsersProfile")))
        return new ? join(win, drive, "ProgramData", ret_value) : join(win, s->profiles, "All Users", ret_value);
    *ret_value = (postern_slice){0};
    return POSTERN_OK;
}

static postern_status from_key(postern_win *win, const postern_win_view *view, const char *key, postern_slice name,
                               postern_slice *ret_value, uint32_t *ret_type) {
    const postern_value *value;
    *ret_value = (postern_slice){0};
    postern_status status = postern_win_value(win, view, postern_slice_cstr(key), name, &value, NULL);
    if (!status) status = postern_value_text(value, win->arena, ret_value);
    if (!status) *ret_type = value->type;
    return status == POSTERN_NOMEM ? status : POSTERN_OK;
}

static postern_status expand(postern_win *win, const postern_win_view *view, postern_slice text, bool again, postern_buf *out,
                             postern_error *reterr);

static postern_status add_variable(postern_win *win, const postern_win_view *view, postern_slice name, bool again,
                                   postern_buf *out, postern_error *reterr) {
    postern_slice value = {0};
    uint32_t type = POSTERN_REG_SZ;
    postern_status status = from_facts(win, view, name, &value);
    if (!status && !value.len && again && view && view->user < win->user_count)
        status = from_key(win, view, "HKCU\\Environment", name, &value, &type);
    if (!status && !value.len && again)
        status =
            from_key(win, NULL, "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment", name, &value, &type);
    if (status) return win_fail_memory(win, reterr);
    if (value.len && type == POSTERN_REG_EXPAND_SZ) return expand(win, view, value, false, out, reterr);
    if (value.len) return postern_buf_add_slice(out, value);
    return postern_fail(reterr, POSTERN_NOTFOUND, POSTERN_NO_OFFSET, "nothing in the tree explains %%%.*s%%", WIN_SHOWN(name));
}

static postern_status expand(postern_win *win, const postern_win_view *view, postern_slice text, bool again, postern_buf *out,
                             postern_error *reterr) {
    while (text.len) {
        postern_cut before = postern_slice_cut(text, '%');
        postern_buf_add_slice(out, before.head);
        if (!before.ok) break;
        postern_cut name = postern_slice_cut(before.tail, '%');
        if (!name.ok || !name.head.len) { /* a lone percent sign is one */
            postern_buf_add_byte(out, '%');
            text = before.tail;
            continue;
        }
        postern_status status = add_variable(win, view, name.head, again, out, reterr);
        if (status) return status;
        text = name.tail;
    }
    return out->status ? postern_fail(reterr, out->status, POSTERN_NO_OFFSET, "the text becomes too long") : POSTERN_OK;
}

postern_status postern_win_expand(postern_win *win, const postern_win_view *view, postern_slice text, postern_slice *ret_text,
                                  postern_error *reterr) {
    postern_buf out;
    postern_buf_init(&out, POSTERN_LIMIT_WIN_PATH);
    postern_status status = expand(win, view, text, true, &out, reterr);
    if (!status && win_text(win, postern_buf_slice(&out), ret_text)) status = win_fail_memory(win, reterr);
    postern_buf_free(&out);
    return status;
}
