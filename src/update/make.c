/*
 * A package of either family from a folder and a manifest, an INF-like text of ours:
 *
 *   [Package]        Family = A or B, Id = KB837009, Title = "…", Language = 0411
 *   [Files]          NAME = dirid, folder below it, flags      the file stands beside the manifest, or in rtmgdr\ and rtmqfe\
 *   [Extra]          NAME                                      files that the package only carries (catalogues, spuninst\…)
 *   [AddReg] [DelReg] [Prerequisites] [Run]                    as in the setup information that is made of them
 *
 * What comes out is the documented layout: for A update\update.inf and update\update.ver, the files, rtmgdr\ and rtmqfe\; for B
 * the .inf beside the files, and IExpress's resources. It is read back by the same reader as any package before it is written.
 */
#include "make_int.h"
#include "package_int.h"

#include <stdlib.h>

typedef struct maker {
    postern_package source; /* the folder, as members */
    const update_inf *manifest;
    bool family_a;
    postern_slice id, title, language;
    make_file *files; /* POSTERN_LIMIT_PACKAGE_FILES of them */
    size_t count;
    postern_buf inf, ver, cabinet, run, title_text;
    postern_error *reterr;
} maker;

static postern_status fail(const maker *m, const update_inf_line *line, const char *what, postern_slice name) {
    return postern_fail(m->reterr, POSTERN_FORMAT, line ? line->offset : 0, "the manifest %s: %.*s", what, POSTERN_ARG(name));
}

static postern_slice value(const update_inf_line *line, size_t index) {
    return index < line->value_count ? line->values[index] : (postern_slice){NULL, 0};
}

static const update_inf_section *section(const maker *m, const char *name) {
    return update_inf_find(m->manifest, postern_slice_cstr(name));
}

/* ---- files ---- */

static const update_member *member(const maker *m, const char *folder, postern_slice name) {
    size_t len = strlen(folder);
    for (const update_member *f = m->source.members.first; f; f = f->next)
        if (f->name.len == len + name.len && postern_slice_starts_nocase(f->name, postern_slice_cstr(folder)) &&
            postern_slice_eq_nocase(postern_slice_from(f->name, len), name))
            return f;
    return NULL;
}

static void hex(postern_buf *out, const uint8_t *bytes, size_t len) {
    for (size_t i = 0; i < len; i++) postern_buf_printf(out, "%02X", bytes[i]);
}

/* update.ver, [SourceFileInfo]: path = digest, version as sixteen hexadecimal digits, size. */
static postern_status add_version(maker *m, const update_member *f) {
    postern_pe pe = {0};
    uint8_t digest[32];
    postern_status status = postern_pe_read(f->bytes, m->source.arena, &pe, NULL);
    if (status == POSTERN_NOMEM || status == POSTERN_LIMIT) return package_no_room(&m->source, m->reterr);
    update_sha256(f->bytes, digest);
    postern_buf_printf(&m->ver, "%.*s=", POSTERN_ARG(f->name));
    hex(&m->ver, digest, sizeof digest);
    postern_buf_add_byte(&m->ver, ',');
    for (int i = 0; i < 4 && !status && pe.has_version; i++) postern_buf_printf(&m->ver, "%04X", pe.file_version.part[i]);
    postern_buf_printf(&m->ver, ",%zu\r\n", f->bytes.len);
    return POSTERN_OK;
}

static postern_status add_file(maker *m, const update_member *f) {
    for (size_t i = 0; i < m->count; i++)
        if (postern_slice_eq_nocase(m->files[i].path, f->name)) return POSTERN_OK;
    if (m->count + 4 > POSTERN_LIMIT_PACKAGE_FILES)
        return postern_fail(m->reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "more files than PACKAGE_FILES allows");
    m->files[m->count++] = (make_file){f->name, f->bytes, f->time};
    return add_version(m, f);
}

/* The file alone, or both branches of it. */
static postern_status add_sources(maker *m, const update_inf_line *line, postern_slice name) {
    const update_member *plain = member(m, "", name), *gdr = member(m, "rtmgdr\\", name), *qfe = member(m, "rtmqfe\\", name);
    if (!gdr != !qfe) return fail(m, line, "has only one branch of", name);
    if (!plain && !gdr) return fail(m, line, "names a file that its folder does not hold", name);
    postern_status status = plain ? add_file(m, plain) : POSTERN_OK;
    if (!status && gdr) status = add_file(m, gdr);
    if (!status && qfe) status = add_file(m, qfe);
    return status;
}

/* ---- setup information ---- */

/* `percent`: doubled, as where strings are put in; not in [Strings] itself. */
static void quoted(postern_buf *out, postern_slice text, bool percent) {
    postern_buf_add_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || (percent && text.ptr[i] == '%')) postern_buf_add_byte(out, text.ptr[i]);
        postern_buf_add_byte(out, text.ptr[i]);
    }
    postern_buf_add_byte(out, '"');
}

/* A number between percent signs stays a folder's; every other percent sign is doubled by quoted(). */
static void put_value(postern_buf *out, postern_slice text) {
    uint64_t number;
    while (text.len) {
        size_t open = postern_slice_find_byte(text, 0, '%'),
               close = open == SIZE_MAX ? SIZE_MAX : postern_slice_find_byte(text, open + 1, '%');
        bool dirid =
            close != SIZE_MAX && postern_slice_uint(postern_slice_sub(text, open + 1, close - open - 1), UINT32_MAX, &number);
        size_t until = dirid ? open : open == SIZE_MAX ? text.len : open + 1;
        if (until) quoted(out, postern_slice_sub(text, 0, until), true);
        text = postern_slice_from(text, until);
        if (!dirid) continue;
        postern_buf_add_slice(out, postern_slice_sub(text, 0, close - open + 1));
        text = postern_slice_from(text, close - open + 1);
    }
}

static void put_line(postern_buf *out, const update_inf_line *line) {
    if (line->key.len) {
        quoted(out, line->key, true);
        postern_buf_add_byte(out, '=');
    }
    for (size_t i = 0; i < line->value_count; i++) {
        if (i) postern_buf_add_byte(out, ',');
        put_value(out, line->values[i]);
    }
    postern_buf_add_slice(out, POSTERN_S("\r\n"));
}

static void put_section(maker *m, const char *name) {
    const update_inf_section *s = section(m, name);
    if (!s) return;
    postern_buf_printf(&m->inf, "\r\n[%s]\r\n", name);
    for (const update_inf_line *l = s->lines; l; l = l->next) put_line(&m->inf, l);
}

/* One CopyFiles section for each file: simple to read, and each has its own destination. */
static postern_status put_files(maker *m) {
    const update_inf_section *files = section(m, "Files");
    size_t number = 0;
    if (!files || !files->lines) return fail(m, NULL, "has no section or no line", POSTERN_S("[Files]"));
    for (const update_inf_line *l = files->lines; l; l = l->next) {
        if (!l->key.len || !l->value_count)
            return fail(m, l, "has a file without a destination", l->key.len ? l->key : value(l, 0));
        postern_status status = add_sources(m, l, l->key);
        if (status) return status;
        postern_buf_printf(&m->inf, "%sFile.%zu", number ? "," : "CopyFiles=", number + 1);
        number++;
    }
    postern_buf_printf(&m->inf, "\r\n");
    return POSTERN_OK;
}

static void put_destinations(maker *m) {
    size_t number = 0;
    postern_buf_printf(&m->inf, "\r\n[DestinationDirs]\r\n");
    for (const update_inf_line *l = section(m, "Files")->lines; l; l = l->next) {
        postern_buf_printf(&m->inf, "File.%zu=", ++number);
        put_value(&m->inf, value(l, 0));
        if (value(l, 1).len) {
            postern_buf_add_byte(&m->inf, ',');
            put_value(&m->inf, value(l, 1));
        }
        postern_buf_printf(&m->inf, "\r\n");
    }
    number = 0;
    for (const update_inf_line *l = section(m, "Files")->lines; l; l = l->next) {
        postern_buf_printf(&m->inf, "\r\n[File.%zu]\r\n", ++number);
        quoted(&m->inf, l->key, true);
        if (value(l, 2).len) postern_buf_printf(&m->inf, ",,,%.*s", POSTERN_ARG(value(l, 2)));
        postern_buf_printf(&m->inf, "\r\n");
    }
}

static void put_strings(maker *m) {
    static const char *const a[] = {"SP_SHORT_TITLE", "SP_TITLE"}, *const b[] = {"UpdateId", "Title"};
    const char *const *names = m->family_a ? a : b;
    postern_buf_printf(&m->inf, "\r\n[Strings]\r\n%s=", names[0]);
    quoted(&m->inf, m->id, false);
    postern_buf_printf(&m->inf, "\r\n%s=", names[1]);
    quoted(&m->inf, m->title, false);
    postern_buf_printf(&m->inf, "\r\n");
}

static postern_status put_setup(maker *m) {
    postern_buf *out = &m->inf;
    postern_buf_printf(out, "\xEF\xBB\xBF[Version]\r\nSignature=\"%s\"\r\n", m->family_a ? "$Windows NT$" : "$CHICAGO$");
    if (!m->family_a) postern_buf_printf(out, "AdvancedINF=2.5\r\n");
    if (m->language.len) postern_buf_printf(out, "LanguageType=%.*s\r\n", POSTERN_ARG(m->language));
    postern_buf_printf(out, m->family_a ? "\r\n[ProductInstall.CopyFilesAlways]\r\n" : "\r\n[DefaultInstall]\r\n");
    postern_status status = put_files(m);
    if (status) return status;
    if (m->family_a) postern_buf_printf(out, "\r\n[ProductInstall.GlobalRegistryChanges.Install]\r\n");
    if (section(m, "DelReg")) postern_buf_printf(out, "DelReg=DelReg\r\n");
    if (section(m, "AddReg")) postern_buf_printf(out, "AddReg=AddReg\r\n");
    if (section(m, "Run")) postern_buf_printf(out, "RunPostSetupCommands=Run\r\n");
    put_destinations(m);
    static const char *const copied[] = {"DelReg", "AddReg", "Run", "Prerequisites"};
    for (size_t i = 0; i < sizeof copied / sizeof *copied; i++) put_section(m, copied[i]);
    put_strings(m);
    return out->status ? postern_fail(m->reterr, out->status, POSTERN_NO_OFFSET, "the setup information does not fit")
                       : POSTERN_OK;
}

/* ---- the package ---- */

static postern_status read_manifest(maker *m, postern_slice name) {
    const update_member *f = member(m, "", name);
    if (!f)
        return postern_fail(m->reterr, POSTERN_NOTFOUND, POSTERN_NO_OFFSET, "no such file in the folder: %.*s",
                            POSTERN_ARG(name));
    postern_status status = update_inf_read(f->bytes, m->source.arena, &m->manifest, m->reterr);
    if (status) return status;
    postern_slice family = update_inf_text(m->manifest, "Package", "Family");
    m->family_a = postern_slice_eq_nocase(family, POSTERN_S("A"));
    if (!m->family_a && !postern_slice_eq_nocase(family, POSTERN_S("B")))
        return fail(m, NULL, "says neither Family = A nor Family = B", family);
    m->id = update_inf_text(m->manifest, "Package", "Id");
    m->title = update_inf_text(m->manifest, "Package", "Title");
    m->language = update_inf_text(m->manifest, "Package", "Language");
    if (!postern_slice_starts(m->id, POSTERN_S("KB")) || m->id.len < 8 || m->id.len > 9)
        return fail(m, NULL, "has no Id like KB837009", m->id);
    uint64_t number;
    if (!postern_slice_uint(postern_slice_from(m->id, 2), 9999999, &number))
        return fail(m, NULL, "has no Id like KB837009", m->id);
    return m->title.len ? POSTERN_OK : fail(m, NULL, "has no Title", m->id);
}

static postern_status add_extras(maker *m) {
    const update_inf_section *extra = section(m, "Extra");
    postern_status status = POSTERN_OK;
    for (const update_inf_line *l = extra ? extra->lines : NULL; l && !status; l = l->next) {
        const update_member *f = member(m, "", value(l, 0));
        status = f ? add_file(m, f) : fail(m, l, "names a file that its folder does not hold", value(l, 0));
    }
    return status;
}

static postern_status wrap(maker *m, postern_slice inf_name, postern_buf *out) {
    m->files[m->count++] = (make_file){inf_name, postern_buf_slice(&m->inf), 0};
    if (m->family_a) m->files[m->count++] = (make_file){POSTERN_S("update\\update.ver"), postern_buf_slice(&m->ver), 0};
    postern_status status = make_cabinet(m->files, m->count, &m->cabinet, m->reterr);
    if (status) return status;
    if (m->family_a) {
        status = make_program(NULL, 0, out, m->reterr);
        if (!status && postern_buf_add_slice(out, postern_buf_slice(&m->cabinet)))
            status = postern_fail(m->reterr, out->status, POSTERN_NO_OFFSET, "the package does not fit into PACKAGE_BYTES");
        return status;
    }
    postern_buf_printf(&m->run, "%.*s", POSTERN_ARG(inf_name));
    postern_buf_add_byte(&m->run, 0);
    postern_slice run = postern_buf_slice(&m->run);
    postern_buf_printf(&m->title_text, "%.*s", POSTERN_ARG(m->title));
    postern_buf_add_byte(&m->title_text, 0);
    const make_resource resources[] = {{"CABINET", postern_buf_slice(&m->cabinet)},
                                       {"POSTRUNPROGRAM", POSTERN_S("<None>\0")},
                                       {"RUNPROGRAM", run},
                                       {"TITLE", postern_buf_slice(&m->title_text)}};
    return make_program(resources, sizeof resources / sizeof *resources, out, m->reterr);
}

static postern_status make(maker *m, int dir, postern_slice manifest, postern_buf *out) {
    char name[32] = "update\\update.inf";
    postern_package *check = NULL;
    postern_status status = package_read_folder(&m->source, dir, m->reterr);
    if (!status) status = read_manifest(m, manifest);
    if (status) return status;
    postern_buf_printf(&m->ver, "[SourceFileInfo]\r\n");
    status = put_setup(m);
    if (!status) status = add_extras(m);
    if (!status && m->ver.status)
        status = postern_fail(m->reterr, m->ver.status, POSTERN_NO_OFFSET, "the list of versions does not fit");
    postern_slice digits = postern_slice_from(m->id, 2);
    postern_buf inf_name;
    postern_buf_init(&inf_name, sizeof name);
    if (m->family_a)
        postern_buf_printf(&inf_name, "%s", name);
    else
        postern_buf_printf(&inf_name, "q%.*s.inf", POSTERN_ARG(digits));
    if (!status) status = wrap(m, postern_buf_slice(&inf_name), out);
    if (!status) status = postern_package_open(postern_buf_slice(out), &check, m->reterr);
    if (!status && postern_package_info_of(check)->family != (m->family_a ? POSTERN_FAMILY_A : POSTERN_FAMILY_B))
        status = postern_fail(m->reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "the package does not read back as what it is");
    postern_package_close(check);
    postern_buf_free(&inf_name);
    return status;
}

postern_status postern_package_make(int dir, postern_slice manifest, postern_buf *out, postern_error *reterr) {
    maker m = {.reterr = reterr, .source.arena = postern_arena_new(POSTERN_LIMIT_PACKAGE_BYTES)};
    postern_buf *const bufs[] = {&m.inf, &m.ver, &m.cabinet, &m.run, &m.title_text};
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) postern_buf_init(bufs[i], POSTERN_LIMIT_PACKAGE_BYTES);
    m.files = calloc(POSTERN_LIMIT_PACKAGE_FILES, sizeof *m.files);
    postern_status status = m.source.arena && m.files
                                ? make(&m, dir, manifest, out)
                                : postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory for the package");
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) postern_buf_free(bufs[i]);
    free(m.files);
    postern_arena_free(m.source.arena);
    return status;
}
