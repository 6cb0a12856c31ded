/*
 * file_object and the other objects that begin with path, filename or filepath, over the files of a tree: every operation,
 * recursion up and down, folders without a filename. Names of Windows have no case, also in patterns. Links are not followed,
 * and a name that two entries share without case makes the object incomplete (T2).
 */
#include "oval_tree.h"

typedef struct search {
    oval_want *w;
    const oval_node *path, *name, *filepath;
    oval_found found;
    bool each; /* every name of a variable is looked for in one place: one that is missing is told */
} search;

static bool stat_path(search *s, postern_slice path, postern_win_file *file) {
    postern_error error;
    postern_status status = postern_win_stat(s->w->win, &s->w->view, path, file, &error);
    if (status) oval_want_failed(s->w, status, &error);
    return status == POSTERN_OK;
}

static const postern_win_folder *list(search *s, postern_slice path) {
    const postern_win_folder *folder = NULL;
    postern_error error;
    postern_status status = postern_win_list(s->w->win, &s->w->view, path, &folder, &error);
    if (status && status != POSTERN_FORMAT) oval_want_failed(s->w, status, &error);
    return status ? NULL : folder;
}

static postern_slice join(search *s, postern_slice folder, postern_slice name) {
    return oval_text(s->w->o, "%.*s%s%.*s", POSTERN_ARG(folder), postern_slice_ends(folder, POSTERN_S("\\")) ? "" : "\\",
                     POSTERN_ARG(name));
}

static bool take_file(search *s, postern_slice folder, postern_slice name) {
    postern_win_file file;
    postern_slice path = join(s, folder, name);
    if (s->w->o->failure || !stat_path(s, path, &file) || file.is_folder) return false;
    postern_cut cut = postern_slice_cut_last(file.path, '\\');
    s->found(s->w, &file, folder, cut.ok ? cut.tail : name);
    return true;
}

/* Of several values of a variable, one that no file has. */
static void miss(search *s, const char *entity, postern_slice folder, postern_slice value) {
    oval *o = s->w->o;
    postern_cut family = postern_slice_cut_last(s->w->object->name->ns, '#');
    oval_item *item = oval_item_new(o, oval_item_kind(oval_kind_of(s->w->object)), family.tail);
    if (folder.len) oval_item_add(o, item, "path", OVAL_STRING, folder);
    oval_item_missing(o, s->w->c, item, entity, oval_text(o, "no file or folder %.*s", POSTERN_ARG(value)));
}

/* ---- names in one folder ---- */

static void take_listed(search *s, postern_slice folder) {
    const oval_values *names = oval_entity_values(s->w->o, s->w->c, s->name);
    for (size_t i = 0; names && i < names->count && !s->w->o->failure; i++) {
        postern_slice name = names->at[i];
        if (names->count > 1 && !oval_want_accepts(s->w, s->name, name, true)) continue;
        bool is_name = name.len && postern_slice_find_byte(name, 0, '\\') == SIZE_MAX;
        if (!(is_name && take_file(s, folder, name)) && s->each && names->count > 1) miss(s, "filename", folder, name);
    }
}

static void take_names(search *s, const postern_win_folder *folder) {
    postern_win_file file;
    if (!oval_step(s->w->o)) return;
    if (!s->name || oval_is_nil(s->name)) {
        if (stat_path(s, folder->path, &file)) s->found(s->w, &file, folder->path, (postern_slice){0});
        return;
    }
    if (oval_entity_is_plain(s->name)) {
        take_listed(s, folder->path);
        return;
    }
    for (size_t i = 0; i < folder->count && !s->w->o->failure; i++) {
        const postern_win_entry *e = &folder->entries[i];
        if (!e->is_folder && !e->is_link && oval_want_accepts(s->w, s->name, e->name, true))
            take_file(s, folder->path, e->name);
    }
}

/* ---- folders ---- */

static void take_down(search *s, postern_slice path, int64_t levels) {
    const postern_win_folder *folder = list(s, path);
    if (!folder || !oval_enter(s->w->o, POSTERN_S("folders"))) return;
    take_names(s, folder);
    for (size_t i = 0; levels != 0 && i < folder->count && !s->w->o->failure; i++)
        if (folder->entries[i].is_folder && !folder->entries[i].is_link)
            take_down(s, join(s, folder->path, folder->entries[i].name), levels < 0 ? levels : levels - 1);
    s->w->o->depth--;
}

static void take_up(search *s, postern_slice path) {
    for (int64_t levels = s->w->levels;; levels--) {
        const postern_win_folder *folder = list(s, path);
        if (folder) take_names(s, folder);
        postern_cut cut = postern_slice_cut_last(path, '\\');
        if (!cut.ok || !cut.head.len || !cut.tail.len || levels == 0 || s->w->o->failure) return;
        path = cut.head.len == 2 ? postern_slice_sub(path, 0, 3) : cut.head; /* "C:" is written "C:\" */
    }
}

static void take_equal(search *s) {
    const oval_values *paths = oval_entity_values(s->w->o, s->w->c, s->path);
    for (size_t i = 0; paths && i < paths->count && !s->w->o->failure; i++) {
        postern_slice path = paths->at[i];
        if (paths->count > 1 && !oval_want_accepts(s->w, s->path, path, true)) continue;
        while (path.len > 3 && path.ptr[path.len - 1] == '\\') path.len--;
        if (path.len == 2 && path.ptr[1] == ':') path = oval_text(s->w->o, "%.*s\\", POSTERN_ARG(path));
        size_t before = s->w->c->count;
        if (s->w->up)
            take_up(s, path);
        else
            take_down(s, path, s->w->down ? s->w->levels : 0);
        if (paths->count > 1 && s->w->c->count == before) miss(s, "path", (postern_slice){0}, path);
    }
}

static void search_files(search *s, const postern_win_folder *folder) {
    for (size_t i = 0; i < folder->count && !s->w->o->failure; i++) {
        const postern_win_entry *e = &folder->entries[i];
        if (!e->is_folder && !e->is_link && oval_want_accepts(s->w, s->filepath, join(s, folder->path, e->name), true))
            take_file(s, folder->path, e->name);
    }
}

/* All folders below one that fit the pattern of path, or all files that fit that of filepath. */
static void search_tree(search *s, postern_slice path) {
    const postern_win_folder *folder = list(s, path);
    if (!folder || !oval_step(s->w->o) || !oval_enter(s->w->o, POSTERN_S("folders"))) return;
    if (s->filepath)
        search_files(s, folder);
    else if (oval_want_accepts(s->w, s->path, folder->path, true))
        take_names(s, folder);
    for (size_t i = 0; i < folder->count && !s->w->o->failure; i++)
        if (folder->entries[i].is_folder && !folder->entries[i].is_link)
            search_tree(s, join(s, folder->path, folder->entries[i].name));
    s->w->o->depth--;
}

static void search_from(search *s, const oval_node *entity) {
    postern_slice start = oval_want_prefix(s->w, entity);
    if (oval_attr_get(entity, "var_ref").ptr && !oval_entity_values(s->w->o, s->w->c, entity)) return;
    if (start.len < 2) start = postern_slice_sub(postern_win_system_of(s->w->win)->windows, 0, 2);
    if (start.len < 2) start = POSTERN_S("C:");
    if (start.len == 2) start = oval_text(s->w->o, "%.*s\\", POSTERN_ARG(start));
    if (!s->w->o->failure) search_tree(s, start);
}

static void take_filepaths(search *s) {
    const oval_values *paths = oval_entity_values(s->w->o, s->w->c, s->filepath);
    for (size_t i = 0; paths && i < paths->count && !s->w->o->failure; i++) {
        if (paths->count > 1 && !oval_want_accepts(s->w, s->filepath, paths->at[i], true)) continue;
        postern_win_file file;
        if (!stat_path(s, paths->at[i], &file) || file.is_folder) {
            if (paths->count > 1) miss(s, "filepath", (postern_slice){0}, paths->at[i]);
            continue;
        }
        postern_cut cut = postern_slice_cut_last(file.path, '\\');
        postern_slice folder = cut.head.len == 2 ? postern_slice_sub(file.path, 0, 3) : cut.head;
        if (cut.ok) s->found(s->w, &file, folder, cut.tail);
    }
}

void oval_tree_files(oval_want *w, oval_found found) {
    search s = {.w = w,
                .path = oval_child(w->object, "path"),
                .name = oval_child(w->object, "filename"),
                .filepath = oval_child(w->object, "filepath"),
                .found = found,
                .each = !w->up && !w->down};
    if (s.name && oval_attr_get(s.name, "var_ref").ptr && !oval_entity_values(w->o, w->c, s.name)) return;
    s.each &= s.path && oval_entity_is_plain(s.path);
    if (s.filepath && oval_entity_is_plain(s.filepath))
        take_filepaths(&s);
    else if (s.filepath)
        search_from(&s, s.filepath);
    else if (s.path && oval_entity_is_plain(s.path))
        take_equal(&s);
    else if (s.path)
        search_from(&s, s.path);
    else
        oval_collected_say(w->o, w->c, OVAL_FLAG_ERROR, POSTERN_S("the object has neither path nor filepath"));
}

/* ---- items of files ---- */

oval_item *oval_file_item(oval_want *w, const char *kind, const char *family, const postern_win_file *file,
                          postern_slice folder, postern_slice name) {
    oval_item *item = oval_item_new(w->o, postern_slice_cstr(kind), postern_slice_cstr(family));
    if (!item) return NULL;
    if (name.len) oval_item_add(w->o, item, "filepath", OVAL_STRING, file->path);
    oval_item_add(w->o, item, "path", OVAL_STRING, name.len ? folder : file->path);
    oval_entity *e = oval_item_add(w->o, item, "filename", OVAL_STRING, name);
    if (e) e->nil = !name.len;
    return item;
}

/* What a tree on disk does not tell: a state that asks for it cannot be decided. */
static void add_unknown(oval *o, oval_item *item, const char *name, oval_type type) {
    oval_entity *e = oval_item_add(o, item, name, type, (postern_slice){0});
    if (e) e->status = OVAL_STATUS_NOT_COLLECTED;
}

static void add_time(oval *o, oval_item *item, const char *name, int64_t seconds) {
    uint64_t ticks = ((uint64_t)seconds + 11644473600ull) * 10000000ull;
    oval_item_add(o, item, name, OVAL_INT, oval_text(o, "%llu", (unsigned long long)ticks));
}

/* "6.00.2900.2180 (xpsp_sp2_rtm.040803-2158)" -> "xpsp_sp2_rtm" */
static postern_slice development_class(postern_slice version) {
    postern_cut open = postern_slice_cut(version, '('), close = postern_slice_cut(open.tail, ')');
    postern_cut point = postern_slice_cut_last(close.head, '.');
    return open.ok && close.ok && point.ok ? point.head : (postern_slice){0};
}

static void add_text(oval *o, oval_item *item, const char *name, postern_slice text) {
    if (text.len) oval_item_add(o, item, name, OVAL_STRING, oval_copy(o, text));
}

/* As MapFileAndCheckSum gives it, as a decimal number; of a file that is no program it is not known. */
static void add_checksum(oval_want *w, oval_item *item, postern_slice path, bool is_program) {
    uint32_t sum;
    postern_file *file;
    postern_error error;
    if (!w->o->wants_checksum || !is_program) {
        add_unknown(w->o, item, "ms_checksum", OVAL_STRING);
        return;
    }
    postern_status status = postern_win_read(w->win, &w->view, path, &file, &error);
    if (status) oval_want_failed(w, status, &error);
    if (status) return;
    if (postern_pe_checksum(postern_file_bytes(file), &sum))
        oval_item_add(w->o, item, "ms_checksum", OVAL_STRING, oval_text(w->o, "%u", sum));
    else
        add_unknown(w->o, item, "ms_checksum", OVAL_STRING);
    postern_file_close(file);
}

static void add_program(oval_want *w, oval_item *item, postern_slice path, const postern_pe *pe) {
    oval *o = w->o;
    char text[POSTERN_WIN_VERSION_TEXT];
    int order;
    postern_slice product = postern_slice_trim(postern_pe_text(pe, POSTERN_S("ProductVersion")));
    add_checksum(w, item, path, pe->machine != 0);
    oval_entity *e = oval_item_add(o, item, "version", OVAL_VERSION, (postern_slice){0});
    if (e && pe->has_version) e->value = oval_copy(o, postern_slice_cstr(postern_win_version_text(pe->file_version, text)));
    if (e && !pe->has_version) e->status = OVAL_STATUS_DOES_NOT_EXIST;
    oval_item_add(o, item, "type", OVAL_STRING, POSTERN_S("FILE_TYPE_DISK"));
    add_text(o, item, "development_class", development_class(postern_pe_text(pe, POSTERN_S("FileVersion"))));
    add_text(o, item, "company", postern_pe_text(pe, POSTERN_S("CompanyName")));
    add_text(o, item, "internal_name", postern_pe_text(pe, POSTERN_S("InternalName")));
    add_unknown(o, item, "language", OVAL_STRING);
    add_text(o, item, "original_filename", postern_pe_text(pe, POSTERN_S("OriginalFilename")));
    add_text(o, item, "product_name", postern_pe_text(pe, POSTERN_S("ProductName")));
    if (!product.len) return;
    oval_item_add(o, item, "product_version", oval_order_version(product, product, &order) ? OVAL_VERSION : OVAL_STRING,
                  oval_copy(o, product));
}

void oval_found_file(oval_want *w, const postern_win_file *file, postern_slice folder, postern_slice name) {
    static const postern_pe none;
    const postern_pe *pe = &none;
    postern_error error;
    oval_item *item = oval_file_item(w, "file", "windows", file, folder, name);
    if (!item) return;
    add_unknown(w->o, item, "owner", OVAL_STRING);
    oval_item_add(w->o, item, "size", OVAL_INT, oval_text(w->o, "%llu", (unsigned long long)file->size));
    add_time(w->o, item, "a_time", file->accessed);
    add_unknown(w->o, item, "c_time", OVAL_INT); /* the host does not keep when Windows made the file */
    add_time(w->o, item, "m_time", file->modified);
    if (name.len) {
        postern_status status = postern_win_pe(w->win, &w->view, file->path, &pe, &error);
        if (status && status != POSTERN_FORMAT) oval_want_failed(w, status, &error);
        add_program(w, item, file->path, status ? &none : pe);
    } else {
        oval_item_add(w->o, item, "type", OVAL_STRING, POSTERN_S("FILE_ATTRIBUTE_DIRECTORY"));
    }
    oval_item_view(w, item);
    oval_item_commit(w->o, w->c, item);
}
