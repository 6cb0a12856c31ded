/*
 * CopyFiles: which file of the package goes where. Destinations are numbers of folders ([DestinationDirs]; the driver kit calls
 * them dirids), sources are looked up in the package: at the top or in the folder [SourceDisksFiles] names, or, when an update
 * has two branches, below rtmgdr\ and rtmqfe\ (KB824994; later ones say sp1gdr, sp2qfe).
 */
#include "package_int.h"

/* Of the others of the driver kit some only say what to ask or how hard to try (1, 2, 8, 0x20, 0x800, 0x1000, 0x2000, 0x4000),
 * and 0x40, only over older files, is what is done anyway. */
enum { COPYFLG_NO_VERSION_CHECK = 0x4, COPYFLG_NO_OVERWRITE = 0x10, COPYFLG_REPLACE_ONLY = 0x400, COPYFLG_KNOWN = 0x7C7F };

static const struct {
    uint32_t dirid;
    const char *folder;
} folders[] = {
    {10, "%SystemRoot%"},       {11, "%SystemDir%"},         {12, "%SystemDir%\\drivers"},    {17, "%SystemRoot%\\inf"},
    {18, "%SystemRoot%\\Help"}, {20, "%SystemRoot%\\Fonts"}, {24, "%SystemDrive%"},           {25, "%SystemRoot%"},
    {30, "%SystemDrive%"},      {16422, "%ProgramFiles%"},   {16427, "%CommonProgramFiles%"},
};

static postern_status fail_line(const update_inf_line *line, postern_status status, const char *what, postern_slice name,
                                postern_error *reterr) {
    return postern_fail(reterr, status, line->offset, "the setup information %s: %.*s", what, POSTERN_ARG(name));
}

/* CustomDestination: a number that stands for a folder that the registry names. We know the two that updates use. */
static const char *custom_folder(const update_inf *inf, postern_slice dirid) {
    for (const update_inf_section *s = inf->sections; s; s = s->next) {
        for (const update_inf_line *l = s->lines; l; l = l->next) {
            if (!postern_slice_eq_nocase(l->key, POSTERN_S("CustomDestination")) || !l->value_count) continue;
            const update_inf_section *custom = update_inf_find(inf, l->values[0]);
            for (const update_inf_line *c = custom ? custom->lines : NULL; c; c = c->next) {
                if (!postern_slice_eq(c->key, dirid) || !c->value_count) continue;
                const update_inf_section *where = update_inf_find(inf, c->values[0]);
                const update_inf_line *value = where ? where->lines : NULL;
                if (!value || value->value_count < 3) continue;
                if (postern_slice_eq_nocase(value->values[2], POSTERN_S("ProgramFilesDir"))) return "%ProgramFiles%";
                if (postern_slice_eq_nocase(value->values[2], POSTERN_S("CommonFilesDir"))) return "%CommonProgramFiles%";
            }
        }
    }
    return NULL;
}

static const char *folder_of(const postern_package *package, postern_slice dirid) {
    uint64_t number;
    if (!postern_slice_uint(dirid, UINT32_MAX, &number)) return NULL;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (folders[i].dirid == number) return folders[i].folder;
    return custom_folder(package->inf, dirid);
}

/* Where a CopyFiles section goes. */
static postern_status destination(postern_package *package, postern_slice section, const update_inf_line *at,
                                  postern_slice *ret_folder, postern_error *reterr) {
    const update_inf_section *dirs = update_inf_find(package->inf, POSTERN_S("DestinationDirs"));
    const update_inf_line *line = update_inf_line_of(dirs, section);
    if (!line) line = update_inf_line_of(dirs, POSTERN_S("DefaultDestDir"));
    if (!line || !line->value_count) return fail_line(at, POSTERN_FORMAT, "names no destination for", section, reterr);
    const char *folder = folder_of(package, line->values[0]);
    if (!folder) return fail_line(line, POSTERN_UNSUPPORTED, "names a folder that is not known here", line->values[0], reterr);
    postern_slice below = line->value_count > 1 ? line->values[1] : (postern_slice){NULL, 0};
    postern_status status = below.len ? update_name_check(below, reterr) : POSTERN_OK;
    if (status) return status;
    postern_buf buf;
    postern_buf_init(&buf, POSTERN_LIMIT_WIN_PATH);
    postern_buf_add_slice(&buf, postern_slice_cstr(folder));
    if (below.len) postern_buf_add_byte(&buf, '\\');
    postern_buf_add_slice(&buf, below);
    status = buf.status ? fail_line(line, buf.status, "names too long a folder", below, reterr)
             : postern_arena_copy(package->arena, postern_buf_slice(&buf), ret_folder) ? package_no_room(package, reterr)
                                                                                       : POSTERN_OK;
    postern_buf_free(&buf);
    return status;
}

/* ---- sources ---- */

static postern_branch branch_of(postern_slice folder) {
    if (folder.len >= 3 && postern_slice_eq_nocase(postern_slice_from(folder, folder.len - 3), POSTERN_S("gdr")))
        return POSTERN_BRANCH_GDR;
    if (folder.len >= 3 && postern_slice_eq_nocase(postern_slice_from(folder, folder.len - 3), POSTERN_S("qfe")))
        return POSTERN_BRANCH_QFE;
    return POSTERN_BRANCH_NONE;
}

/* [SourceDisksFiles] "name = disk, folder". */
static postern_slice source_folder(const postern_package *package, postern_slice name) {
    const update_inf_line *line = update_inf_line_of(update_inf_find(package->inf, POSTERN_S("SourceDisksFiles")), name);
    return line && line->value_count > 1 ? line->values[1] : (postern_slice){NULL, 0};
}

static postern_status find_sources(postern_package *package, const update_inf_line *line, postern_slice name,
                                   postern_package_copy *copy, postern_error *reterr) {
    postern_slice listed = source_folder(package, name);
    for (int b = 0; b < POSTERN_BRANCHES; b++) copy->file[b] = POSTERN_NO_FILE;
    for (size_t i = 0; i < package->info.file_count; i++) {
        postern_cut cut = postern_slice_cut_last(package->files[i].path, '\\');
        postern_slice folder = cut.ok ? cut.head : (postern_slice){NULL, 0};
        postern_slice file = cut.ok ? cut.tail : package->files[i].path;
        if (!postern_slice_eq_nocase(file, name)) continue;
        postern_branch branch = branch_of(folder);
        if (branch == POSTERN_BRANCH_NONE && folder.len && !postern_slice_eq_nocase(folder, listed)) continue;
        if (copy->file[branch] != POSTERN_NO_FILE) return fail_line(line, POSTERN_FORMAT, "has two files for", name, reterr);
        copy->file[branch] = (uint32_t)i;
        if (branch != POSTERN_BRANCH_NONE) package->info.has_branches = true;
    }
    bool plain = copy->file[POSTERN_BRANCH_NONE] != POSTERN_NO_FILE;
    bool both = copy->file[POSTERN_BRANCH_GDR] != POSTERN_NO_FILE && copy->file[POSTERN_BRANCH_QFE] != POSTERN_NO_FILE;
    if (!plain && !both) return fail_line(line, POSTERN_FORMAT, "copies a file that the package does not hold", name, reterr);
    return POSTERN_OK;
}

/* ---- lines ---- */

typedef struct copies {
    postern_package *package;
    postern_package_copy *at;
    size_t count, room;
} copies;

static postern_status add_copy(copies *c, const update_inf_line *line, postern_slice folder, postern_slice name,
                               postern_slice source, postern_slice flags_text, postern_package_copy rest,
                               postern_error *reterr) {
    uint32_t flags = 0;
    if (c->count == c->room) return fail_line(line, POSTERN_LIMIT, "copies more files than PACKAGE_FILES allows", name, reterr);
    postern_status status = update_name_check(name, reterr);
    if (status) return status;
    if (postern_slice_find_byte(name, 0, '\\') != SIZE_MAX)
        return fail_line(line, POSTERN_DENIED, "names a path where a name belongs (T2)", name, reterr);
    if (flags_text.len && !package_number(flags_text, &flags))
        return fail_line(line, POSTERN_FORMAT, "has flags that are no number", flags_text, reterr);
    if (flags & ~(uint32_t)COPYFLG_KNOWN)
        return fail_line(line, POSTERN_UNSUPPORTED, "has flags that are not known here", flags_text, reterr);
    postern_package_copy *copy = &c->at[c->count++];
    *copy = rest;
    copy->folder = folder;
    copy->name = name;
    copy->offset = line->offset;
    copy->only_if_present |= (flags & COPYFLG_REPLACE_ONLY) != 0;
    copy->only_if_absent = (flags & COPYFLG_NO_OVERWRITE) != 0;
    copy->any_version = (flags & COPYFLG_NO_VERSION_CHECK) != 0;
    return find_sources(c->package, line, source.len ? source : name, copy, reterr);
}

static postern_slice value(const update_inf_line *line, size_t index) {
    return index < line->value_count ? line->values[index] : (postern_slice){NULL, 0};
}

static postern_status add_section(copies *c, const update_inf_line *at, postern_slice name, postern_package_copy rest,
                                  postern_error *reterr) {
    bool single = name.len && name.ptr[0] == '@';
    postern_slice folder;
    postern_status status = destination(c->package, single ? POSTERN_S("DefaultDestDir") : name, at, &folder, reterr);
    if (status) return status;
    if (single)
        return add_copy(c, at, folder, postern_slice_from(name, 1), (postern_slice){NULL, 0}, (postern_slice){NULL, 0}, rest,
                        reterr);
    const update_inf_section *section = update_inf_find(c->package->inf, name);
    if (!section) return fail_line(at, POSTERN_FORMAT, "has no section", name, reterr);
    for (const update_inf_line *l = section->lines; l && !status; l = l->next)
        status = add_copy(c, l, folder, value(l, 0), value(l, 1), value(l, 3), rest, reterr);
    return status;
}

static bool mentions(postern_slice name, const char *word) {
    return postern_slice_find_nocase(name, 0, postern_slice_cstr(word)) != SIZE_MAX;
}

postern_status package_read_copies(postern_package *package, postern_error *reterr) {
    copies c = {.package = package, .room = POSTERN_LIMIT_PACKAGE_COPIES};
    c.at = postern_arena_zalloc(package->arena, c.room, sizeof *c.at);
    if (!c.at) return package_no_room(package, reterr);
    for (const update_inf_section *s = package->inf->sections; s; s = s->next) {
        postern_package_copy rest = {.only_if_present = mentions(s->name, "ReplaceFilesIfExist")};
        if (!package_installs(package, s, &rest.only_on)) continue;
        for (const update_inf_line *l = s->lines; l; l = l->next) {
            if (!postern_slice_eq_nocase(l->key, POSTERN_S("CopyFiles"))) continue;
            for (size_t i = 0; i < l->value_count; i++) {
                postern_status status = add_section(&c, l, l->values[i], rest, reterr);
                if (status) return status;
            }
        }
    }
    package->info.copies = c.at;
    package->info.copy_count = c.count;
    return POSTERN_OK;
}
