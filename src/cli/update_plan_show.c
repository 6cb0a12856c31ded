/* What installing would do: a line a file, a line a value, for people or as JSON. */
#include "table.h"
#include "update.h"

enum { SHOWN = 400 };

static const char *const words[] = {[POSTERN_STEP_ADD] = "add",
                                    [POSTERN_STEP_REPLACE] = "replace",
                                    [POSTERN_STEP_KEEP_NEWER] = "keep, newer",
                                    [POSTERN_STEP_KEEP_EQUAL] = "keep, the same",
                                    [POSTERN_STEP_KEEP_ABSENT] = "not there",
                                    [POSTERN_STEP_KEEP_PRESENT] = "keep, present"};
static const char *const names[] = {[POSTERN_STEP_ADD] = "add",
                                    [POSTERN_STEP_REPLACE] = "replace",
                                    [POSTERN_STEP_KEEP_NEWER] = "keep-newer",
                                    [POSTERN_STEP_KEEP_EQUAL] = "keep-equal",
                                    [POSTERN_STEP_KEEP_ABSENT] = "keep-absent",
                                    [POSTERN_STEP_KEEP_PRESENT] = "keep-present"};

static const char *version_of(bool has, postern_win_version version, char text[POSTERN_WIN_VERSION_TEXT]) {
    return has ? postern_win_version_text(version, text) : "";
}

/* What a value will be: texts as texts, a number as one, bytes as they are. */
static void add_data(const postern_update_edit *edit, postern_buf *out) {
    const postern_value value = {edit->name, edit->type, edit->raw};
    postern_arena *arena = postern_arena_new(8 << 20);
    const postern_slice *texts;
    postern_slice one;
    size_t count = 0;
    uint64_t number;
    if (arena && !postern_value_text(&value, arena, &one)) texts = &one, count = 1;
    if (arena && !count && postern_value_list(&value, arena, &texts, &count)) count = 0;
    for (size_t i = 0; i < count; i++) {
        postern_buf_add_slice(out, i ? POSTERN_S(", \"") : POSTERN_S("\""));
        postern_escape_line(out, texts[i], SHOWN);
        postern_buf_add_byte(out, '"');
    }
    if (!count && !postern_value_number(&value, &number))
        postern_buf_printf(out, "%llu", (unsigned long long)number);
    else if (!count)
        postern_buf_add_hex(out, edit->raw.ptr, edit->raw.len < SHOWN ? edit->raw.len : SHOWN);
    postern_arena_free(arena);
}

static void show_edit(const postern_update_edit *e, postern_buf *out) {
    postern_buf_printf(out, "  registry %s     ", e->removes ? "-" : "+");
    postern_escape_line(out, e->key, SHOWN);
    if (!e->whole_key) {
        postern_buf_printf(out, "  ");
        postern_escape_line(out, e->name.len ? e->name : POSTERN_S("(default)"), SHOWN);
    }
    if (!e->whole_key && !e->removes) {
        postern_buf_printf(out, " = ");
        add_data(e, out);
    }
    postern_buf_add_byte(out, '\n');
}

void cli_plan_show(const postern_update_plan *plan, const postern_signature *signature, postern_buf *out) {
    char old[POSTERN_WIN_VERSION_TEXT], new[POSTERN_WIN_VERSION_TEXT];
    postern_buf_printf(out, "  update    ");
    postern_escape_line(out, plan->package->id, SHOWN);
    postern_buf_printf(out, ", ");
    postern_escape_line(out, plan->package->title, SHOWN);
    postern_buf_printf(out, "\n  %s ", plan->fits ? plan->overridden ? "overrides" : "for      " : "refused  ");
    postern_escape_line(out, plan->need, SHOWN * 4);
    if (plan->branch)
        postern_buf_printf(out, "\n  branch    %s: %s", plan->branch == POSTERN_BRANCH_QFE ? "qfe" : "gdr",
                           plan->branch_reason);
    postern_buf_add_byte(out, '\n');
    cli_signature_show(signature, out);
    for (size_t i = 0; i < plan->step_count; i++) {
        const postern_update_step *s = &plan->steps[i];
        const postern_package_file *file = &plan->package->files[s->file];
        postern_buf_printf(out, "  %-14s  ", words[s->kind]);
        postern_escape_line(out, s->path, SHOWN);
        postern_buf_printf(out, "  %s%s%s%s\n", version_of(s->has_version, s->version, old), s->has_version ? " -> " : "",
                           version_of(file->has_version, file->version, new), s->at_restart ? ", at restart" : "");
    }
    for (size_t i = 0; i < plan->edit_count; i++) show_edit(&plan->edits[i], out);
    if (plan->installed)
        postern_buf_printf(out, "  installed already%s: nothing would be done\n",
                           plan->waits ? ", its files wait for a restart" : "");
    if (plan->without_marks) postern_buf_printf(out, "  marks     none: the registry of Windows 98 and Me is not written\n");
    if (plan->restart_reason.len) {
        postern_buf_printf(out, "  restart   needed: ");
        postern_escape_line(out, plan->restart_reason, SHOWN);
        postern_buf_add_byte(out, '\n');
    }
    postern_buf_printf(out, "  space     %s; originals go to ", cli_size(plan->space));
    postern_escape_line(out, plan->store, SHOWN);
    postern_buf_add_byte(out, '\n');
}

static void text(postern_json *json, const char *key, postern_slice value) {
    postern_json_key(json, key);
    if (value.len)
        postern_json_string(json, value);
    else
        postern_json_null(json);
}

static void json_step(postern_json *json, const postern_update_plan *plan, const postern_update_step *s) {
    char version[POSTERN_WIN_VERSION_TEXT];
    const postern_package_file *file = &plan->package->files[s->file];
    postern_json_object(json);
    text(json, "path", s->path);
    text(json, "step", postern_slice_cstr(names[s->kind]));
    text(json, "old_version", postern_slice_cstr(version_of(s->has_version, s->version, version)));
    text(json, "new_version", postern_slice_cstr(version_of(file->has_version, file->version, version)));
    text(json, "source", file->path);
    text(json, "waits_as", s->staged);
    postern_json_end_object(json);
}

/* A text, a list of them, a number, or bytes in hexadecimal digits. */
static void json_data(postern_json *json, const postern_update_edit *edit) {
    const postern_value value = {edit->name, edit->type, edit->raw};
    postern_arena *arena = postern_arena_new(8 << 20);
    const postern_slice *texts;
    postern_slice one;
    postern_buf hex;
    size_t count;
    uint64_t number;
    postern_json_key(json, "data");
    postern_buf_init(&hex, 64 << 20);
    if (arena && !postern_value_text(&value, arena, &one)) {
        postern_json_string(json, one);
    } else if (arena && !postern_value_list(&value, arena, &texts, &count)) {
        postern_json_array(json);
        for (size_t i = 0; i < count; i++) postern_json_string(json, texts[i]);
        postern_json_end_array(json);
    } else if (!postern_value_number(&value, &number)) {
        postern_json_uint(json, number);
    } else {
        postern_buf_add_hex(&hex, edit->raw.ptr, edit->raw.len);
        postern_json_string(json, postern_buf_slice(&hex));
    }
    postern_buf_free(&hex);
    postern_arena_free(arena);
}

static void json_edit(postern_json *json, const postern_update_edit *edit) {
    text(json, "key", edit->key);
    if (edit->whole_key) return;
    text(json, "name", edit->name);
    if (edit->removes) return;
    text(json, "type", postern_slice_cstr(postern_reg_type_name(edit->type)));
    json_data(json, edit);
}

void cli_plan_json(const char *label, const postern_update_plan *plan, const postern_signature *signature, postern_buf *out) {
    postern_json json;
    postern_json_init(&json, out, true);
    postern_json_object(&json);
    postern_json_key(&json, "format");
    postern_json_uint(&json, 1);
    text(&json, "root", postern_slice_cstr(label));
    text(&json, "update", plan->package->id);
    postern_json_key(&json, "fits");
    postern_json_bool(&json, plan->fits);
    postern_json_key(&json, "overridden");
    postern_json_bool(&json, plan->overridden);
    text(&json, "need", plan->need);
    cli_signature_json(signature, &json);
    postern_json_key(&json, "installed");
    postern_json_bool(&json, plan->installed);
    text(&json, "branch", postern_slice_cstr(plan->branch == POSTERN_BRANCH_QFE ? "qfe" : plan->branch ? "gdr" : ""));
    text(&json, "restart", plan->restart_reason);
    postern_json_key(&json, "space");
    postern_json_uint(&json, plan->space);
    postern_json_key(&json, "steps");
    postern_json_array(&json);
    for (size_t i = 0; i < plan->step_count; i++) json_step(&json, plan, &plan->steps[i]);
    postern_json_end_array(&json);
    postern_json_key(&json, "registry");
    postern_json_array(&json);
    for (size_t i = 0; i < plan->edit_count; i++) {
        postern_json_object(&json);
        postern_json_key(&json, "removes");
        postern_json_bool(&json, plan->edits[i].removes);
        json_edit(&json, &plan->edits[i]);
        postern_json_end_object(&json);
    }
    postern_json_end_array(&json);
    postern_json_end_object(&json);
    postern_buf_add_byte(out, '\n');
}
