/*
 * The setup information of a package: which file it is, what it calls the update, which sections install it.
 *
 *   family A  update\update.inf: sections [ProductInstall.…] of update.exe
 *   family B  the .inf that RUNPROGRAM names, or the only one: [DefaultInstall], [DefaultInstall.NT] of advpack.dll
 *
 * Only declarative lines are obeyed: CopyFiles, AddReg, DelReg. Lines that would run something are listed (T3); lines that
 * change a system in a way we do not know are an error, so that no half of an update is ever installed.
 */
#include "package_int.h"

static postern_slice last_name(postern_slice path) {
    postern_cut cut = postern_slice_cut_last(path, '\\');
    return cut.ok ? cut.tail : path;
}

static bool is_inf(postern_slice path) {
    return path.len > 4 && postern_slice_eq_nocase(postern_slice_from(path, path.len - 4), POSTERN_S(".inf"));
}

/* The word of a command that ends in .inf: "q837009.inf", "rundll32.exe advpack.dll,LaunchINFSection q837009.inf,,3". */
static postern_slice inf_of_command(postern_slice text) {
    size_t from = 0;
    for (size_t i = 0; i <= text.len; i++) {
        bool ends = i == text.len || text.ptr[i] == ' ' || text.ptr[i] == ',' || text.ptr[i] == '"';
        if (!ends) continue;
        postern_slice word = postern_slice_sub(text, from, i - from);
        if (is_inf(word)) return word;
        from = i + 1;
    }
    return (postern_slice){NULL, 0};
}

/* A named one first, then where family A keeps it, then the only one at the top. */
static uint32_t find_setup(const postern_package *package) {
    static const char *const places[] = {"update\\update.inf", "update.inf"};
    const postern_package_info *info = &package->info;
    for (size_t i = 0; i < info->command_count; i++) {
        postern_slice word = inf_of_command(info->commands[i].text);
        uint32_t named = word.len ? package_file(package, word) : POSTERN_NO_FILE;
        if (named != POSTERN_NO_FILE) return named;
    }
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        uint32_t found = package_file(package, postern_slice_cstr(places[i]));
        if (found != POSTERN_NO_FILE) return found;
    }
    uint32_t only = POSTERN_NO_FILE;
    for (size_t i = 0; i < info->file_count; i++) {
        if (!is_inf(info->files[i].path) || postern_slice_find_byte(info->files[i].path, 0, '\\') != SIZE_MAX) continue;
        if (only != POSTERN_NO_FILE) return POSTERN_NO_FILE;
        only = (uint32_t)i;
    }
    return only;
}

/* ---- sections that install ---- */

static bool starts(postern_slice name, const char *prefix) {
    return postern_slice_starts_nocase(name, postern_slice_cstr(prefix));
}

static bool has_section(const update_inf *inf, const char *prefix) {
    for (const update_inf_section *s = inf->sections; s; s = s->next)
        if (starts(s->name, prefix)) return true;
    return false;
}

bool package_installs(const postern_package *package, const update_inf_section *section, postern_win_kind *ret_only_on) {
    *ret_only_on = 0;
    if (package->info.family == POSTERN_FAMILY_A) {
        *ret_only_on = POSTERN_WIN_NT;
        return starts(section->name, "ProductInstall.");
    }
    postern_slice rest = postern_slice_from(section->name, strlen("DefaultInstall"));
    if (!starts(section->name, "DefaultInstall")) return false;
    bool has_nt = update_inf_find(package->inf, POSTERN_S("DefaultInstall.NT")) != NULL;
    if (!rest.len)
        *ret_only_on = has_nt ? POSTERN_WIN_9X : 0;
    else if (postern_slice_eq_nocase(rest, POSTERN_S(".NT")))
        *ret_only_on = POSTERN_WIN_NT;
    else
        return false;
    return true;
}

/* ---- lines that we know ---- */

/* What each key of an installing section means to us. */
static bool is_obeyed(postern_slice key) {
    return postern_slice_eq_nocase(key, POSTERN_S("CopyFiles")) || postern_slice_eq_nocase(key, POSTERN_S("AddReg")) ||
           postern_slice_eq_nocase(key, POSTERN_S("DelReg"));
}

static bool is_run(postern_slice key) {
    static const char *const keys[] = {"RunPreSetupCommands", "RunPostSetupCommands", "RegisterOCXs", "UnRegisterOCXs",
                                       "RegisterDlls",        "UnregisterDlls",       "RegSvr",       "UnRegSvr"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (postern_slice_eq_nocase(key, postern_slice_cstr(keys[i]))) return true;
    return false;
}

/* Keys that change nothing that we would have to repeat: what to ask, where to look, what to keep for removal. */
static bool is_harmless(postern_slice key) {
    static const char *const keys[] = {
        "RequiredEngine",    "BeginPrompt",   "EndPrompt",        "CustomDestination", "SmartReboot",     "Reboot",
        "CheckAdminRights",  "ComponentName", "ComponentVersion", "BackupReg",         "BackupFiles",     "Cleanup",
        "TieredSourceFiles", "DelayReboot",   "NoBackup",         "BackupPath",        "SourceDisksNames"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (postern_slice_eq_nocase(key, postern_slice_cstr(keys[i]))) return true;
    return false;
}

static postern_status list_runs(postern_package *package, const update_inf_line *line, postern_error *reterr) {
    for (size_t i = 0; i < line->value_count; i++) {
        const update_inf_section *runs = update_inf_find(package->inf, line->values[i]);
        for (const update_inf_line *run = runs ? runs->lines : NULL; run; run = run->next) {
            postern_slice text = run->value_count ? run->values[0] : run->key;
            postern_status status = package_add_command(package, line->key, text, reterr);
            if (status) return status;
        }
    }
    return POSTERN_OK;
}

static postern_status check_lines(postern_package *package, postern_error *reterr) {
    postern_win_kind only_on;
    for (const update_inf_section *s = package->inf->sections; s; s = s->next) {
        if (!package_installs(package, s, &only_on)) continue;
        for (const update_inf_line *l = s->lines; l; l = l->next) {
            if (is_obeyed(l->key) || is_harmless(l->key)) continue;
            if (!is_run(l->key))
                return postern_fail(reterr, POSTERN_UNSUPPORTED, l->offset,
                                    "the setup information changes the system in a way that is not known here: [%.*s] %.*s",
                                    POSTERN_ARG(s->name), POSTERN_ARG(l->key));
            postern_status status = list_runs(package, l, reterr);
            if (status) return status;
        }
    }
    return POSTERN_OK;
}

/* ---- what it is called ---- */

static postern_status id_of(postern_package *package, postern_slice text, postern_slice *ret_id, postern_error *reterr) {
    return update_article(text, package->arena, ret_id) ? package_no_room(package, reterr) : POSTERN_OK;
}

static postern_slice string_of(const update_inf *inf, const char *name) {
    const update_inf_line *line = update_inf_string(inf, postern_slice_cstr(name));
    return line && line->value_count ? line->values[0] : (postern_slice){NULL, 0};
}

static postern_status read_names(postern_package *package, postern_error *reterr) {
    postern_package_info *info = &package->info;
    const update_inf *inf = package->inf;
    const char *const ids[] = {"SP_SHORT_TITLE", "UpdateId", "QNumber"};
    postern_status status = POSTERN_OK;
    for (size_t i = 0; i < sizeof ids / sizeof *ids && !info->id.len && !status; i++)
        status = id_of(package, string_of(inf, ids[i]), &info->id, reterr);
    if (!status && !info->id.len) status = id_of(package, last_name(info->setup), &info->id, reterr);
    postern_slice title = string_of(inf, info->family == POSTERN_FAMILY_A ? "SP_TITLE" : "Title");
    if (title.len) info->title = title;
    info->language = update_inf_text(inf, "Version", "LanguageType");
    return status;
}

postern_status package_read_setup(postern_package *package, postern_error *reterr) {
    uint32_t setup = find_setup(package);
    if (setup == POSTERN_NO_FILE) return POSTERN_OK; /* a cabinet of files: to be looked at, not installed */
    package->info.setup = package->files[setup].path;
    postern_status status = update_inf_read(package->files[setup].bytes, package->arena, &package->inf, reterr);
    if (status) return status;
    if (has_section(package->inf, "ProductInstall."))
        package->info.family = POSTERN_FAMILY_A;
    else if (has_section(package->inf, "DefaultInstall"))
        package->info.family = POSTERN_FAMILY_B;
    else
        return POSTERN_OK;
    status = read_names(package, reterr);
    if (!status) status = check_lines(package, reterr);
    if (!status) status = package_read_copies(package, reterr);
    if (!status) status = package_read_regs(package, reterr);
    if (!status) status = package_read_needs(package, reterr);
    return status;
}
