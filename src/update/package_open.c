/*
 * What a package is: told by its first bytes and its structure, never by its name. A cabinet inside a program is looked for
 * where each family keeps it: IExpress in the resource CABINET, SFXCAB anywhere behind the program's headers.
 *
 * Refused by name: delta packages (they hold differences, not files), Windows Installer files, archives of other kinds.
 */
#include "package_int.h"

static const struct {
    const char *bytes;
    size_t len;
    const char *what;
} foreign[] = {
    {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8, "a Windows Installer file (.msi, .msp)"},
    {"PK\3\4", 4, "a zip archive"},
    {"PA19", 4, "a delta (PA19): it holds differences, not files"},
    {"PA30", 4, "a delta (PA30): it holds differences, not files"},
    {"PA31", 4, "a delta (PA31): it holds differences, not files"},
    {"DCN\1", 4, "a delta (DCN): it holds differences, not files"},
    {"DCM\1", 4, "a delta (DCM): it holds differences, not files"},
    {"DCD\1", 4, "a delta (DCD): it holds differences, not files"},
    {"DCS\1", 4, "a delta (DCS): it holds differences, not files"},
    {"MSWIM\0\0\0", 8, "a Windows image (.wim, .esd)"},
    {"7z\xBC\xAF\x27\x1C", 6, "a 7z archive"},
};

static const char *foreign_kind(postern_slice bytes) {
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (postern_slice_starts(bytes, postern_slice_of(foreign[i].bytes, foreign[i].len))) return foreign[i].what;
    return NULL;
}

postern_status package_no_room(const postern_package *package, postern_error *reterr) {
    return postern_fail(reterr, postern_arena_failure(package->arena), POSTERN_NO_OFFSET,
                        "the package needs more memory than PACKAGE_BYTES allows");
}

/* A resource that is text: ANSI up to its NUL; "<None>" is how IExpress writes nothing. */
static postern_slice resource_text(postern_slice bytes) {
    postern_slice text = postern_slice_trim(postern_slice_cut(bytes, 0).head);
    return postern_slice_eq_nocase(text, POSTERN_S("<None>")) ? (postern_slice){NULL, 0} : text;
}

static postern_status read_iexpress(postern_package *package, postern_error *reterr) {
    static const char *const runs[] = {"RUNPROGRAM", "POSTRUNPROGRAM", "ADMQCMD", "USRQCMD"};
    postern_slice bytes;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        postern_slice text;
        if (update_resource(package->bytes, postern_slice_cstr(runs[i]), &bytes, NULL)) continue;
        if (!(text = resource_text(bytes)).len) continue;
        postern_status status = package_add_command(package, postern_slice_cstr(runs[i]), text, reterr);
        if (status) return status;
    }
    if (!update_resource(package->bytes, POSTERN_S("TITLE"), &bytes, NULL)) package->info.title = resource_text(bytes);
    return POSTERN_OK;
}

static postern_status unpack_program(postern_package *package, postern_error *reterr) {
    postern_slice cabinet, covered = update_signature_place(package->bytes).covered;
    postern_error why = {0};
    if (update_program_cut(package->bytes))
        return postern_fail(reterr, POSTERN_FORMAT, package->bytes.len,
                            "the program is cut short: a section of it lies behind its end");
    if (!update_resource(package->bytes, POSTERN_S("CABINET"), &cabinet, &why)) {
        package->info.kind = POSTERN_PACKAGE_IEXPRESS;
        postern_status status = read_iexpress(package, reterr);
        if (status) return status;
        size_t at = (size_t)(cabinet.ptr - package->bytes.ptr);
        if (at + cabinet.len > covered.len)
            return postern_fail(reterr, POSTERN_FORMAT, at, "the cabinet lies behind the signature, where no digest reaches");
        return update_cab_read(postern_slice_sub(package->bytes, 0, at + cabinet.len), at, package->arena, &package->members,
                               reterr);
    }
    if (why.status == POSTERN_FORMAT) {
        if (reterr) *reterr = why;
        return POSTERN_FORMAT;
    }
    size_t at = update_cab_find(covered);
    if (at == SIZE_MAX)
        return postern_fail(reterr, POSTERN_FORMAT, 0, "a program without a cabinet: no package of either family");
    package->info.kind = POSTERN_PACKAGE_SFXCAB;
    return update_cab_read(covered, at, package->arena, &package->members, reterr);
}

postern_status package_unpack(postern_package *package, postern_error *reterr) {
    const char *what = foreign_kind(package->bytes);
    package->info.has_signature = update_signature_place(package->bytes).has_signature;
    if (what) return postern_fail(reterr, POSTERN_UNSUPPORTED, 0, "this is %s, which is not read here", what);
    if (postern_slice_starts(package->bytes, POSTERN_S("MSCF"))) {
        package->info.kind = POSTERN_PACKAGE_CAB;
        return update_cab_read(update_signature_place(package->bytes).covered, 0, package->arena, &package->members, reterr);
    }
    if (postern_slice_starts(package->bytes, POSTERN_S("MZ"))) return unpack_program(package, reterr);
    return postern_fail(reterr, POSTERN_FORMAT, 0, "neither a program nor a cabinet: no package");
}

/* A member that is a delta makes the whole a delta package: its file would be half of what is needed. */
static const char *delta_member(const update_member *m) {
    return foreign_kind(m->bytes) &&
                   (postern_slice_starts(m->bytes, POSTERN_S("PA")) || postern_slice_starts(m->bytes, POSTERN_S("DC")))
               ? foreign_kind(m->bytes)
               : NULL;
}

postern_status package_refuse_deltas(const postern_package *package, postern_error *reterr) {
    for (const update_member *m = package->members.first; m; m = m->next) {
        const char *what = delta_member(m);
        if (what)
            return postern_fail(reterr, POSTERN_UNSUPPORTED, POSTERN_NO_OFFSET, "a delta package is not read here: %.*s is %s",
                                POSTERN_ARG(m->name), what);
    }
    return POSTERN_OK;
}

postern_status package_add_command(postern_package *package, postern_slice where, postern_slice text, postern_error *reterr) {
    postern_package_info *info = &package->info;
    if (info->command_count % 16 == 0) {
        postern_package_command *more = postern_arena_zalloc(package->arena, info->command_count + 16, sizeof *more);
        if (!more) return package_no_room(package, reterr);
        if (info->command_count) memcpy(more, info->commands, info->command_count * sizeof *more);
        info->commands = more;
    }
    if (info->command_count == POSTERN_LIMIT_PACKAGE_FILES)
        return postern_fail(reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "more commands than PACKAGE_FILES allows");
    postern_package_command *commands = (postern_package_command *)(uintptr_t)info->commands;
    commands[info->command_count++] = (postern_package_command){where, text};
    return POSTERN_OK;
}
