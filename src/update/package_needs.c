/*
 * For which systems an update is. Family A says it in [Version] (the driver kit and update.exe's own keys); for both families a
 * section [Prerequisites] of ours may say it row by row, as the table of the bulletin does:
 *
 *   "label" = 9x|nt, version, service packs, architecture, Internet Explorer
 *   "Windows 2000 SP2 to SP4" = nt, 5.0, 2-4, x86, 6.0.2800.1106
 *
 * "4.x" is any minor version; service packs "2-4", "6" or "*"; "*" leaves the rest open; "6.0.2800.1106-6.0.2900.0" is a range.
 */
#include "package_int.h"

static postern_status malformed(const update_inf_line *line, const char *what, postern_slice text, postern_error *reterr) {
    return postern_fail(reterr, POSTERN_FORMAT, line->offset, "the setup information has a prerequisite with %s: %.*s", what,
                        POSTERN_ARG(text));
}

static bool is_any(postern_slice text) {
    return !text.len || postern_slice_eq(text, POSTERN_S("*"));
}

static bool small_number(postern_slice text, unsigned *ret_number) {
    uint64_t number;
    if (!postern_slice_uint(postern_slice_trim(text), UINT16_MAX, &number)) return false;
    *ret_number = (unsigned)number;
    return true;
}

static bool read_version(postern_slice text, postern_package_need *need) {
    postern_cut cut = postern_slice_cut(text, '.');
    need->any_minor = postern_slice_eq_nocase(cut.tail, POSTERN_S("x")) || !cut.ok;
    return small_number(cut.head, &need->major) && (need->any_minor || small_number(cut.tail, &need->minor));
}

static bool read_range(postern_slice text, unsigned *ret_first, unsigned *ret_last) {
    postern_cut cut = postern_slice_cut(text, '-');
    *ret_first = 0;
    *ret_last = UINT16_MAX;
    if (is_any(text)) return true;
    return small_number(cut.head, ret_first) && small_number(cut.ok ? cut.tail : cut.head, ret_last) && *ret_first <= *ret_last;
}

static bool read_arch(postern_slice text, postern_arch *ret_arch) {
    *ret_arch = POSTERN_ARCH_UNKNOWN;
    if (is_any(text)) return true;
    for (int arch = POSTERN_ARCH_X86; arch <= POSTERN_ARCH_AMD64; arch++) {
        if (!postern_slice_eq_nocase(text, postern_slice_cstr(postern_arch_name((postern_arch)arch)))) continue;
        *ret_arch = (postern_arch)arch;
        return true;
    }
    return false;
}

static bool read_ie(postern_slice text, postern_package_need *need) {
    postern_cut cut = postern_slice_cut(text, '-');
    need->has_ie = !is_any(text);
    if (!need->has_ie) return true;
    return postern_win_version_parse(cut.head, &need->ie_first) &&
           postern_win_version_parse(cut.ok ? cut.tail : cut.head, &need->ie_last) &&
           postern_win_version_compare(need->ie_first, need->ie_last) <= 0;
}

static postern_slice value(const update_inf_line *line, size_t index) {
    return index < line->value_count ? line->values[index] : (postern_slice){NULL, 0};
}

static postern_status read_row(const update_inf_line *line, postern_package_need *need, postern_error *reterr) {
    bool is_9x = postern_slice_eq_nocase(value(line, 0), POSTERN_S("9x"));
    if (!is_9x && !postern_slice_eq_nocase(value(line, 0), POSTERN_S("nt")))
        return malformed(line, "a system that is neither 9x nor nt", value(line, 0), reterr);
    need->label = line->key;
    need->kind = is_9x ? POSTERN_WIN_9X : POSTERN_WIN_NT;
    if (!need->label.len) return malformed(line, "no name in front of it", value(line, 0), reterr);
    if (!read_version(value(line, 1), need)) return malformed(line, "a version that is none", value(line, 1), reterr);
    if (!read_range(value(line, 2), &need->sp_first, &need->sp_last))
        return malformed(line, "service packs that are none", value(line, 2), reterr);
    if (!read_arch(value(line, 3), &need->arch)) return malformed(line, "an unknown architecture", value(line, 3), reterr);
    if (!read_ie(value(line, 4), need))
        return malformed(line, "a version of Internet Explorer that is none", value(line, 4), reterr);
    return POSTERN_OK;
}

/* [Version] of update.inf: NtMajorVersionToUpdate=5, NtMinorVersionToUpdate=2, MinNtServicePackVersion=0,
 * MaxNtServicePackVersion=256: service packs times 256, as GetVersionEx and CSDVersion count them. */
static bool read_own(const postern_package *package, postern_package_need *need) {
    const update_inf *inf = package->inf;
    unsigned first = 0, last = UINT16_MAX;
    postern_slice minor = update_inf_text(inf, "Version", "NtMinorVersionToUpdate");
    if (!small_number(update_inf_text(inf, "Version", "NtMajorVersionToUpdate"), &need->major)) return false;
    need->any_minor = !small_number(minor, &need->minor);
    need->kind = POSTERN_WIN_NT;
    small_number(update_inf_text(inf, "Version", "MinNtServicePackVersion"), &first);
    if (small_number(update_inf_text(inf, "Version", "MaxNtServicePackVersion"), &last)) last /= 256;
    need->sp_first = first / 256;
    need->sp_last = last;
    need->label = POSTERN_S("the version its setup information names");
    return true;
}

postern_status package_read_needs(postern_package *package, postern_error *reterr) {
    const update_inf_section *section = update_inf_find(package->inf, POSTERN_S("Prerequisites"));
    size_t count = 0, room = 1;
    for (const update_inf_line *l = section ? section->lines : NULL; l; l = l->next) room++;
    postern_package_need *needs = postern_arena_zalloc(package->arena, room, sizeof *needs);
    if (!needs) return package_no_room(package, reterr);
    for (const update_inf_line *l = section ? section->lines : NULL; l; l = l->next) {
        postern_status status = read_row(l, &needs[count++], reterr);
        if (status) return status;
    }
    if (!count && package->info.family == POSTERN_FAMILY_A && read_own(package, &needs[0])) count = 1;
    package->info.needs = needs;
    package->info.need_count = count;
    return POSTERN_OK;
}
