/* What a package is: blocks of lines for people, one object as JSON. Text of the package goes through the escapers only. */
#include "table.h"
#include "update.h"

static const char *const kinds[] = {[POSTERN_PACKAGE_SFXCAB] = "self-extracting cabinet (update.exe)",
                                    [POSTERN_PACKAGE_IEXPRESS] = "self-extracting cabinet (IExpress)",
                                    [POSTERN_PACKAGE_CAB] = "cabinet",
                                    [POSTERN_PACKAGE_FOLDER] = "folder"};
static const char *const kind_names[] = {[POSTERN_PACKAGE_SFXCAB] = "sfxcab",
                                         [POSTERN_PACKAGE_IEXPRESS] = "iexpress",
                                         [POSTERN_PACKAGE_CAB] = "cab",
                                         [POSTERN_PACKAGE_FOLDER] = "folder"};
static const char *const family_names[] = {NULL, "A", "B"};
static const char *const branch_names[] = {"", "gdr", "qfe"};
enum { VALUE_SHOWN = 60, LINE_SHOWN = 400 };

static void escaped(postern_buf *out, postern_slice text, size_t max) {
    postern_escape_line(out, text, max);
}

static const char *machine_name(uint16_t machine) {
    return machine == 0x14C ? "x86" : machine == 0x200 ? "ia64" : machine == 0x8664 ? "amd64" : "other";
}

static void add_version(postern_buf *out, const postern_package_file *file) {
    char text[POSTERN_WIN_VERSION_TEXT];
    if (file->has_version) postern_buf_printf(out, "%s", postern_win_version_text(file->version, text));
}

/* ---- for people ---- */

static void cell_of(cli_table *table, postern_buf *scratch) {
    cli_table_cell(table, postern_buf_slice(scratch));
    postern_buf_clear(scratch);
}

static void show_files(const postern_package_info *info, unsigned width, postern_buf *out) {
    cli_table table;
    postern_buf scratch;
    postern_buf_init(&scratch, 4096);
    cli_table_init(&table, 5, 0);
    table.right[1] = true;
    static const char *const heads[] = {"FILE", "SIZE", "VERSION", "FOR", "SHA-256"};
    for (size_t i = 0; i < 5; i++) cli_table_cell(&table, postern_slice_cstr(heads[i]));
    for (size_t i = 0; i < info->file_count; i++) {
        const postern_package_file *f = &info->files[i];
        cli_table_cell(&table, f->path);
        cli_table_number(&table, f->bytes.len);
        add_version(&scratch, f);
        cell_of(&table, &scratch);
        cli_table_cell(&table, postern_slice_cstr(f->is_pe ? machine_name(f->machine) : ""));
        postern_buf_add_hex(&scratch, f->sha256, 32);
        cell_of(&table, &scratch);
    }
    cli_table_write(&table, width, out);
    cli_table_free(&table);
    postern_buf_free(&scratch);
}

static void show_copies(const postern_package_info *info, postern_buf *out) {
    for (size_t i = 0; i < info->copy_count; i++) {
        const postern_package_copy *c = &info->copies[i];
        postern_buf_printf(out, i ? "            " : "  puts      ");
        escaped(out, c->folder, LINE_SHOWN);
        postern_buf_add_byte(out, '\\');
        escaped(out, c->name, LINE_SHOWN);
        for (int b = 0; b < POSTERN_BRANCHES; b++) {
            if (c->file[b] == POSTERN_NO_FILE) continue;
            postern_buf_printf(out, "  %s%s", branch_names[b], b ? " " : "");
            add_version(out, &info->files[c->file[b]]);
        }
        if (c->only_on) postern_buf_printf(out, c->only_on == POSTERN_WIN_9X ? "  (Windows 9x)" : "  (Windows NT)");
        postern_buf_printf(out, "%s%s%s\n", c->only_if_present ? "  (only where it is)" : "",
                           c->only_if_absent ? "  (only where it is not)" : "", c->any_version ? "  (any version)" : "");
    }
}

static void show_data(const postern_package_reg *reg, postern_buf *out) {
    for (size_t i = 0; i < reg->text_count; i++) {
        postern_buf_printf(out, i ? ", \"" : "\"");
        escaped(out, reg->texts[i], VALUE_SHOWN);
        postern_buf_add_byte(out, '"');
    }
    if (reg->text_count) return;
    postern_cursor c = postern_cursor_of(reg->raw);
    if (reg->type == POSTERN_REG_DWORD && reg->raw.len == 4)
        postern_buf_printf(out, "%u", postern_cursor_le32(&c));
    else
        postern_buf_add_hex(out, reg->raw.ptr, reg->raw.len < VALUE_SHOWN ? reg->raw.len : VALUE_SHOWN);
}

static void show_regs(const postern_package_info *info, postern_buf *out) {
    for (size_t i = 0; i < info->reg_count; i++) {
        const postern_package_reg *r = &info->regs[i];
        postern_buf_printf(out, i ? "            " : "  registry  ");
        postern_buf_printf(out, r->removes ? "- " : r->appends ? "& " : "+ ");
        escaped(out, r->key, LINE_SHOWN);
        if (!r->whole_key) {
            postern_buf_printf(out, "  ");
            if (r->name.len)
                escaped(out, r->name, LINE_SHOWN);
            else
                postern_buf_printf(out, "(default)");
        }
        if (!r->whole_key && !r->removes) {
            postern_buf_printf(out, " = ");
            show_data(r, out);
        }
        postern_buf_add_byte(out, '\n');
    }
}

static void line(postern_buf *out, const char *head, postern_slice text) {
    if (!text.len) return;
    postern_buf_printf(out, "  %-9s ", head);
    escaped(out, text, LINE_SHOWN);
    postern_buf_add_byte(out, '\n');
}

void cli_package_show(const char *label, const postern_package_info *info, const cli_signatures *signatures, unsigned width,
                      postern_buf *out) {
    uint64_t total = 0;
    for (size_t i = 0; i < info->file_count; i++) total += info->files[i].bytes.len;
    escaped(out, postern_slice_cstr(label), 4096);
    postern_buf_printf(out, "\n  kind      %s, %zu file%s, %s\n", kinds[info->kind], info->file_count,
                       info->file_count == 1 ? "" : "s", cli_size(total));
    line(out, "update", info->id);
    line(out, "title", info->title);
    if (info->family)
        postern_buf_printf(out, "  family    %s\n", family_names[info->family]);
    else
        postern_buf_printf(out, "  family    none: no setup information that is known here, so it cannot be installed\n");
    line(out, "setup", info->setup);
    cli_signature_show(&signatures->own, out);
    cli_catalogues_show(signatures->catalogues, signatures->catalogue_count, out);
    for (size_t i = 0; i < info->need_count; i++) line(out, i ? "" : "for", info->needs[i].label);
    if (info->has_branches) postern_buf_printf(out, "  branches  gdr and qfe\n");
    show_copies(info, out);
    show_regs(info, out);
    for (size_t i = 0; i < info->command_count; i++) {
        postern_buf_printf(out, i ? "            " : "  would run ");
        escaped(out, info->commands[i].where, LINE_SHOWN);
        postern_buf_printf(out, ": ");
        escaped(out, info->commands[i].text, LINE_SHOWN);
        postern_buf_printf(out, "  (never run here)\n");
    }
    postern_buf_add_byte(out, '\n');
    show_files(info, width, out);
}

/* ---- JSON ---- */

static void json_file(postern_json *json, const postern_package_file *file) {
    postern_buf scratch;
    postern_buf_init(&scratch, 4096);
    postern_json_object(json);
    cli_key_text(json, "path", file->path);
    postern_json_key(json, "size");
    postern_json_uint(json, file->bytes.len);
    postern_buf_add_hex(&scratch, file->sha256, 32);
    cli_key_text(json, "sha256", postern_buf_slice(&scratch));
    postern_buf_clear(&scratch);
    add_version(&scratch, file);
    cli_key_text(json, "version", postern_buf_slice(&scratch));
    cli_key_text(json, "machine", postern_slice_cstr(file->is_pe ? machine_name(file->machine) : ""));
    postern_json_end_object(json);
    postern_buf_free(&scratch);
}

static void json_copy(postern_json *json, const postern_package_info *info, const postern_package_copy *copy) {
    static const char *const keys[] = {"file", "gdr", "qfe"};
    postern_json_object(json);
    cli_key_text(json, "folder", copy->folder);
    cli_key_text(json, "name", copy->name);
    for (int b = 0; b < POSTERN_BRANCHES; b++)
        if (copy->file[b] != POSTERN_NO_FILE) cli_key_text(json, keys[b], info->files[copy->file[b]].path);
    cli_key_text(json, "only_on", postern_slice_cstr(copy->only_on == POSTERN_WIN_9X ? "9x" : copy->only_on ? "nt" : ""));
    postern_json_key(json, "only_if_present");
    postern_json_bool(json, copy->only_if_present);
    postern_json_key(json, "only_if_absent");
    postern_json_bool(json, copy->only_if_absent);
    postern_json_key(json, "any_version");
    postern_json_bool(json, copy->any_version);
    postern_json_end_object(json);
}

static void json_reg(postern_json *json, const postern_package_reg *reg) {
    postern_buf scratch;
    postern_buf_init(&scratch, 1 << 20);
    postern_json_object(json);
    postern_json_key(json, "removes");
    postern_json_bool(json, reg->removes);
    postern_json_key(json, "appends");
    postern_json_bool(json, reg->appends);
    postern_json_key(json, "keeps_present");
    postern_json_bool(json, reg->keeps_present);
    postern_json_key(json, "only_present");
    postern_json_bool(json, reg->only_present);
    cli_key_text(json, "key", reg->key);
    if (!reg->whole_key) {
        postern_json_key(json, "name");
        postern_json_string(json, reg->name);
    }
    if (!reg->whole_key && !reg->removes) {
        cli_key_text(json, "type", postern_slice_cstr(postern_reg_type_name(reg->type)));
        show_data(reg, &scratch);
        cli_key_text(json, "data", postern_buf_slice(&scratch));
    }
    postern_json_end_object(json);
    postern_buf_free(&scratch);
}

void cli_package_json(const char *label, const postern_package_info *info, const cli_signatures *signatures, postern_buf *out) {
    postern_json json;
    postern_json_init(&json, out, true);
    postern_json_object(&json);
    postern_json_key(&json, "format");
    postern_json_uint(&json, 1);
    cli_key_text(&json, "file", postern_slice_cstr(label));
    cli_key_text(&json, "kind", postern_slice_cstr(kind_names[info->kind]));
    cli_key_text(&json, "family", postern_slice_cstr(family_names[info->family]));
    cli_key_text(&json, "update", info->id);
    cli_key_text(&json, "title", info->title);
    cli_key_text(&json, "setup", info->setup);
    cli_signature_json(&signatures->own, &json);
    cli_catalogues_json(signatures->catalogues, signatures->catalogue_count, &json);
    postern_json_key(&json, "needs");
    postern_json_array(&json);
    for (size_t i = 0; i < info->need_count; i++) postern_json_string(&json, info->needs[i].label);
    postern_json_end_array(&json);
    postern_json_key(&json, "files");
    postern_json_array(&json);
    for (size_t i = 0; i < info->file_count; i++) json_file(&json, &info->files[i]);
    postern_json_end_array(&json);
    postern_json_key(&json, "copies");
    postern_json_array(&json);
    for (size_t i = 0; i < info->copy_count; i++) json_copy(&json, info, &info->copies[i]);
    postern_json_end_array(&json);
    postern_json_key(&json, "registry");
    postern_json_array(&json);
    for (size_t i = 0; i < info->reg_count; i++) json_reg(&json, &info->regs[i]);
    postern_json_end_array(&json);
    postern_json_key(&json, "would_run");
    postern_json_array(&json);
    for (size_t i = 0; i < info->command_count; i++) postern_json_string(&json, info->commands[i].text);
    postern_json_end_array(&json);
    postern_json_end_object(&json);
    postern_buf_add_byte(out, '\n');
}
