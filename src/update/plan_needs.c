/*
 * Whether a package is for a system: its rows of prerequisites, one after the other. For KB837009 without rows of its own the
 * bulletin's table decides, as the audit reads it. No row fits: the words say what the system is and what each row wants, as
 * the bulletin puts it: other combinations are untested, not known to be safe.
 */
#include "service_int.h"

#include "postern/advisory.h"

static postern_status read_ie(postern_servicing *s, bool *ret_has, postern_win_version *ret_version) {
    const postern_value *value;
    postern_slice text;
    *ret_has = false;
    postern_status status = postern_win_value(s->win, NULL, POSTERN_S("HKLM\\SOFTWARE\\Microsoft\\Internet Explorer"),
                                              POSTERN_S("Version"), &value, NULL);
    if (status) return status == POSTERN_NOMEM ? status : POSTERN_OK;
    status = postern_value_text(value, s->arena, &text);
    if (status) return status == POSTERN_NOMEM ? status : POSTERN_OK;
    *ret_has = postern_win_version_parse(text, ret_version);
    return POSTERN_OK;
}

static bool row_fits(const postern_package_need *need, const postern_win_system *system, bool has_ie, postern_win_version ie) {
    postern_win_kind kind =
        system->kind == POSTERN_WIN_9X ? POSTERN_WIN_9X : POSTERN_WIN_NT; /* a Wine prefix says what it plays */
    if (need->kind != kind || need->major != system->major || (!need->any_minor && need->minor != system->minor)) return false;
    if (system->service_pack < need->sp_first || system->service_pack > need->sp_last) return false;
    if (need->arch != POSTERN_ARCH_UNKNOWN && need->arch != system->arch) return false;
    if (!need->has_ie) return true;
    return has_ie && postern_win_version_compare(ie, need->ie_first) >= 0 &&
           postern_win_version_compare(ie, need->ie_last) <= 0;
}

static bool ends_nocase(postern_slice s, const char *ending) {
    postern_slice e = postern_slice_cstr(ending);
    return s.len >= e.len && postern_slice_eq_nocase(postern_slice_from(s, s.len - e.len), e);
}

/* The version of the MHTML handler that the bulletin's package for this system brings. */
static bool handler_version(const postern_audit_report *report, postern_win_version *ret_version) {
    for (size_t i = 0; i < POSTERN_AUDIT_COMPONENTS; i++) {
        const postern_audit_component *c = &report->components[i];
        if (!report->package || strcmp(c->id, report->package) != 0) continue;
        for (size_t k = 0; k < c->evidence_count; k++)
            if (ends_nocase(c->evidence[k].where, "\\inetcomm.dll") &&
                postern_win_version_parse(c->evidence[k].wanted, ret_version))
                return true;
    }
    return false;
}

/* The six packages have one number; which of them this is tells the handler they carry. */
static bool carries_handler(const postern_package_info *info, postern_win_version version, postern_arch arch) {
    const uint16_t machine = arch == POSTERN_ARCH_IA64 ? 0x200 : arch == POSTERN_ARCH_AMD64 ? 0x8664 : 0x14C;
    for (size_t i = 0; i < info->file_count; i++) {
        const postern_package_file *file = &info->files[i];
        postern_cut cut = postern_slice_cut_last(file->path, '\\');
        if (!postern_slice_eq_nocase(cut.ok ? cut.tail : file->path, POSTERN_S("inetcomm.dll"))) continue;
        if (file->has_version && file->machine == machine && !postern_win_version_compare(file->version, version)) return true;
    }
    return false;
}

static postern_status by_bulletin(postern_servicing *s, const postern_package_info *info, postern_update_plan *plan,
                                  postern_error *reterr) {
    postern_audit *audit;
    postern_win_version version;
    postern_status status = postern_audit_run(s->win, &audit, reterr);
    if (status) return status;
    const postern_audit_report *report = postern_audit_report_of(audit);
    plan->fits = handler_version(report, &version) && carries_handler(info, version, postern_win_system_of(s->win)->arch);
    status = !report->package
                 ? service_text(s, &plan->need, reterr, "%s", report->package_reason)
                 : service_text(s, &plan->need, reterr, "%s %s",
                                plan->fits ? "the bulletin's package" : "this system needs another package of the bulletin:",
                                report->package);
    postern_audit_free(audit);
    return status;
}

/* "Windows XP 5.1 SP1 x86, Internet Explorer 6.0.2800.1106 is none of: a; b" */
static postern_status explain(postern_servicing *s, const postern_package_info *info, bool has_ie, postern_win_version ie,
                              postern_update_plan *plan, postern_error *reterr) {
    const postern_win_system *system = postern_win_system_of(s->win);
    char version[POSTERN_WIN_VERSION_TEXT];
    postern_buf text;
    postern_buf_init(&text, 64 << 10);
    postern_buf_add_slice(&text, system->product);
    postern_buf_printf(&text, " %u.%u", system->major, system->minor);
    if (system->service_pack) postern_buf_printf(&text, " SP%u", system->service_pack);
    postern_buf_printf(&text, " %s, ", postern_arch_name(system->arch));
    if (has_ie)
        postern_buf_printf(&text, "Internet Explorer %s", postern_win_version_text(ie, version));
    else
        postern_buf_printf(&text, "no known version of Internet Explorer");
    postern_buf_printf(&text, ", is none of: ");
    for (size_t i = 0; i < info->need_count; i++) {
        postern_buf_add_slice(&text, i ? POSTERN_S("; ") : POSTERN_S(""));
        postern_buf_add_slice(&text, info->needs[i].label);
    }
    postern_status status = text.status                                                           ? service_no_memory(reterr)
                            : postern_arena_copy(s->arena, postern_buf_slice(&text), &plan->need) ? service_no_memory(reterr)
                                                                                                  : POSTERN_OK;
    postern_buf_free(&text);
    return status;
}

postern_status plan_needs(postern_servicing *s, const postern_package *package, postern_update_plan *plan,
                          postern_error *reterr) {
    const postern_package_info *info = postern_package_info_of(package);
    postern_win_version ie = {{0}};
    bool has_ie;
    if (!info->need_count && postern_slice_eq(info->id, POSTERN_S("KB837009"))) return by_bulletin(s, info, plan, reterr);
    if (!info->need_count) {
        plan->fits = true;
        plan->need = POSTERN_S("the package names no prerequisites");
        return POSTERN_OK;
    }
    if (read_ie(s, &has_ie, &ie)) return service_no_memory(reterr);
    for (size_t i = 0; i < info->need_count && !plan->fits; i++) {
        plan->fits = row_fits(&info->needs[i], postern_win_system_of(s->win), has_ie, ie);
        if (plan->fits) plan->need = info->needs[i].label;
    }
    return plan->fits ? POSTERN_OK : explain(s, info, has_ie, ie, plan, reterr);
}
