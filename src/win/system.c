/*
 * What the system is: version, service pack, role, architecture, folders. The registry says most of it; the architecture comes
 * from a system file where there is one (files decide). 98 and Me keep their registry in a format of their own, so there the
 * version of KERNEL32.DLL speaks. A hive that cannot be read leaves its facts empty and sends a note; whoever asks for its keys
 * gets the error.
 */
#include "win_int.h"

#define CURRENT_VERSION "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
#define WINDOWS_CURRENT "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion"
#define CONTROL "HKLM\\SYSTEM\\CurrentControlSet\\Control\\"

/* A value or NULL; only NOMEM is a failure. */
static postern_status ask(postern_win *win, const char *key, const char *name, const postern_value **ret_value) {
    postern_error error;
    *ret_value = NULL;
    postern_status status = postern_win_value(win, NULL, postern_slice_cstr(key), postern_slice_cstr(name), ret_value, &error);
    if (status == POSTERN_OK || status == POSTERN_NOTFOUND) return POSTERN_OK;
    *ret_value = NULL;
    if (status != POSTERN_NOMEM) win_note(win, POSTERN_NOTE_WIN_HIVE_DAMAGED, postern_slice_cstr(error.text));
    return status == POSTERN_NOMEM ? status : POSTERN_OK;
}

/* Empty when it is not there or no text. */
static postern_status ask_text(postern_win *win, const char *key, const char *name, postern_slice *ret_text) {
    const postern_value *value;
    *ret_text = (postern_slice){0};
    postern_status status = ask(win, key, name, &value);
    if (status || !value) return status;
    status = postern_value_text(value, win->arena, ret_text);
    return status == POSTERN_FORMAT ? POSTERN_OK : status;
}

static postern_status ask_number(postern_win *win, const char *key, const char *name, uint64_t *ret_number, bool *ret_has) {
    const postern_value *value;
    postern_status status = ask(win, key, name, &value);
    *ret_has = !status && value && postern_value_number(value, ret_number) == POSTERN_OK;
    return status;
}

static unsigned leading_number(postern_slice text) {
    unsigned number = 0;
    for (size_t i = 0; i < text.len && i < 9 && postern_ascii_digit(text.ptr[i]); i++)
        number = number * 10 + (unsigned)(text.ptr[i] - '0');
    return number;
}

static postern_status read_versions(postern_win *win) {
    postern_win_system *s = &win->system;
    postern_slice version, build;
    uint64_t major, minor;
    bool has_major, has_minor;
    postern_status status = ask_text(win, CURRENT_VERSION, "ProductName", &s->product);
    if (!status) status = ask_text(win, CURRENT_VERSION, "CurrentVersion", &version);
    if (!status) status = ask_text(win, CURRENT_VERSION, "CurrentBuildNumber", &build);
    if (!status && !build.len) status = ask_text(win, CURRENT_VERSION, "CurrentBuild", &build);
    if (!status) status = ask_text(win, CURRENT_VERSION, "CSDVersion", &s->service_pack_text);
    if (!status) status = ask_number(win, CURRENT_VERSION, "CurrentMajorVersionNumber", &major, &has_major);
    if (!status) status = ask_number(win, CURRENT_VERSION, "CurrentMinorVersionNumber", &minor, &has_minor);
    if (status) return status;
    postern_cut cut = postern_slice_cut(version, '.');
    s->major = leading_number(cut.head);
    s->minor = leading_number(cut.tail);
    if (has_major && has_minor && major <= UINT16_MAX && minor <= UINT16_MAX) {
        s->major = (unsigned)major;
        s->minor = (unsigned)minor;
    }
    s->build = leading_number(build);
    if (postern_slice_starts_nocase(s->service_pack_text, POSTERN_S("Service Pack ")))
        s->service_pack = leading_number(postern_slice_from(s->service_pack_text, 13));
    return POSTERN_OK;
}

static postern_status read_role(postern_win *win) {
    const postern_value *suite;
    postern_slice type;
    postern_status status = ask_text(win, CONTROL "ProductOptions", "ProductType", &type);
    if (!status) status = ask(win, CONTROL "ProductOptions", "ProductSuite", &suite);
    if (status) return status;
    if (win_name_eq(type, POSTERN_S("WinNT"))) win->system.role = POSTERN_ROLE_WORKSTATION;
    if (win_name_eq(type, POSTERN_S("ServerNT")) || win_name_eq(type, POSTERN_S("LanmanNT")))
        win->system.role = POSTERN_ROLE_SERVER;
    const postern_slice *names;
    size_t count;
    status = suite ? postern_value_list(suite, win->arena, &names, &count) : POSTERN_FORMAT;
    if (status == POSTERN_FORMAT) return POSTERN_OK;
    for (size_t i = 0; !status && i < count; i++)
        win->system.terminal_server |= win_name_eq(names[i], POSTERN_S("Terminal Server"));
    return status;
}

postern_arch win_arch_of_machine(uint16_t machine) {
    switch (machine) {
    case 0x14C:
        return POSTERN_ARCH_X86;
    case 0x200:
        return POSTERN_ARCH_IA64;
    case 0x8664:
        return POSTERN_ARCH_AMD64;
    case 0x1C0:
    case 0x1C4:
        return POSTERN_ARCH_ARM;
    case 0xAA64:
        return POSTERN_ARCH_ARM64;
    default:
        return POSTERN_ARCH_UNKNOWN;
    }
}

/* A program below the Windows folder; NULL when it is absent or no program. */
static postern_status try_pe(postern_win *win, const char *path, const postern_pe **ret_pe) {
    win_place place;
    *ret_pe = NULL;
    if (!win->windows_dir) return POSTERN_OK;
    postern_status status = win_walk_try(win, win->windows_dir, postern_slice_cstr(path), &place, NULL);
    if (!status && place.dir) status = win_place_pe(win, place, ret_pe, NULL);
    return status == POSTERN_NOMEM ? status : POSTERN_OK;
}

static postern_status read_arch(postern_win *win) {
    static const char *const files[] = {"System32\\ntoskrnl.exe", "System32\\kernel32.dll", "SYSTEM\\KERNEL32.DLL"};
    postern_slice text;
    const postern_pe *pe;
    for (size_t i = 0; i < 3 && win->system.arch == POSTERN_ARCH_UNKNOWN; i++) {
        postern_status status = try_pe(win, files[i], &pe);
        if (status) return status;
        if (pe) win->system.arch = win_arch_of_machine(pe->machine);
    }
    if (win->system.arch != POSTERN_ARCH_UNKNOWN) return POSTERN_OK;
    postern_status status = ask_text(win, CONTROL "Session Manager\\Environment", "PROCESSOR_ARCHITECTURE", &text);
    for (int arch = POSTERN_ARCH_X86; arch <= POSTERN_ARCH_ARM64; arch++)
        if (win_name_eq(text, postern_slice_cstr(postern_arch_name((postern_arch)arch)))) win->system.arch = (postern_arch)arch;
    if (win->system.kind == POSTERN_WIN_9X) win->system.arch = POSTERN_ARCH_X86; /* there is no other */
    return status;
}

/* 98 and Me: the kernel's version, and the names that go with it. */
static postern_status read_9x(postern_win *win) {
    static const struct {
        unsigned minor, build;
        const char *product;
    } rows[] = {{0, 0, "Microsoft Windows 95"},
                {10, 0, "Microsoft Windows 98"},
                {10, 2222, "Microsoft Windows 98 Second Edition"},
                {90, 0, "Microsoft Windows Me"}};
    const postern_pe *pe;
    postern_slice text = {0};
    postern_win_version v = {{0}};
    postern_status status = try_pe(win, "SYSTEM\\KERNEL32.DLL", &pe);
    if (!status) status = ask_text(win, WINDOWS_CURRENT, "VersionNumber", &text); /* of an overlay */
    if (!status) status = ask_text(win, WINDOWS_CURRENT, "ProductName", &win->system.product);
    if (status) return status;
    if (pe && pe->has_version)
        v = pe->file_version;
    else if (!postern_win_version_parse(text, &v))
        return POSTERN_OK;
    win->system.major = v.part[0];
    win->system.minor = v.part[1];
    win->system.build = v.part[2] ? v.part[2] : v.part[3]; /* files say 4.10.0.2222 or 4.10.2222.0 */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (v.part[0] == 4 && v.part[1] == rows[i].minor && win->system.build >= rows[i].build)
            win->system.product = postern_slice_cstr(rows[i].product);
    return POSTERN_OK;
}

static void name_product(postern_win *win) {
    static const struct {
        unsigned major, minor;
        const char *workstation, *server;
    } rows[] = {{4, 0, "Microsoft Windows NT 4.0", "Microsoft Windows NT Server 4.0"},
                {5, 0, "Microsoft Windows 2000", "Microsoft Windows 2000 Server"},
                {5, 1, "Microsoft Windows XP", "Microsoft Windows XP"},
                {5, 2, "Microsoft Windows XP 64-Bit Edition Version 2003", "Microsoft Windows Server 2003"},
                {6, 0, "Windows Vista", "Windows Server 2008"},
                {6, 1, "Windows 7", "Windows Server 2008 R2"},
                {6, 2, "Windows 8", "Windows Server 2012"},
                {6, 3, "Windows 8.1", "Windows Server 2012 R2"}};
    postern_win_system *s = &win->system;
    if (s->product.len) return;
    s->product = s->kind == POSTERN_WIN_9X ? POSTERN_S("Windows 98 or Me") : POSTERN_S("Windows");
    for (size_t i = 0; s->kind != POSTERN_WIN_9X && i < sizeof rows / sizeof *rows; i++)
        if (s->major == rows[i].major && s->minor == rows[i].minor)
            s->product = postern_slice_cstr(s->role == POSTERN_ROLE_SERVER ? rows[i].server : rows[i].workstation);
}

/* ---- folders ------------------------------------------------------------------------------------------------------ */

/* The folder a registry value names, as the tree spells it; else one of the usual names below the drive; else empty. */
static postern_status folder(postern_win *win, postern_slice wanted, const char *usual, postern_slice *ret_path) {
    win_place place;
    postern_slice expanded = {0};
    postern_status status = wanted.len ? postern_win_expand(win, NULL, wanted, &expanded, NULL) : POSTERN_NOTFOUND;
    if (!status) status = win_resolve(win, NULL, expanded, &place, NULL);
    if (status && status != POSTERN_NOMEM && usual) {
        status = win_walk_try(win, win->drive_dir, postern_slice_cstr(usual), &place, NULL);
        if (!status && !place.dir) status = POSTERN_NOTFOUND;
    }
    *ret_path = (postern_slice){0};
    if (status) return status == POSTERN_NOMEM ? status : POSTERN_OK;
    return win_place_path(win, place, ret_path);
}

static postern_status below_windows(postern_win *win, const char *name, postern_slice *ret_path) {
    win_place place;
    *ret_path = (postern_slice){0};
    if (!win->windows_dir) return POSTERN_OK;
    postern_status status = win_walk_try(win, win->windows_dir, postern_slice_cstr(name), &place, NULL);
    if (status || !place.dir) return status == POSTERN_NOMEM ? status : POSTERN_OK;
    return win_place_path(win, place, ret_path);
}

static postern_status read_folders(postern_win *win) {
    postern_win_system *s = &win->system;
    postern_slice text;
    bool nt = s->kind != POSTERN_WIN_9X;
    if (win->windows_dir) s->windows = win->windows_dir->folder.path;
    postern_status status = below_windows(win, nt ? "System32" : "SYSTEM", &s->system);
    if (!status && nt) status = below_windows(win, "SysWOW64", &s->system_x86);
    if (!status) status = ask_text(win, WINDOWS_CURRENT, "ProgramFilesDir", &text);
    if (!status) status = folder(win, text, "Program Files", &s->program_files);
    if (!status) status = ask_text(win, WINDOWS_CURRENT, "CommonFilesDir", &text);
    if (!status) status = folder(win, text, "Program Files\\Common Files", &s->common_files);
    if (!status) status = ask_text(win, WINDOWS_CURRENT, "ProgramFilesDir (x86)", &text);
    if (!status) status = folder(win, text, "Program Files (x86)", &s->program_files_x86);
    if (!status) status = ask_text(win, WINDOWS_CURRENT, "CommonFilesDir (x86)", &text);
    if (!status) status = folder(win, text, "Program Files (x86)\\Common Files", &s->common_files_x86);
    if (!status) status = ask_text(win, CURRENT_VERSION "\\ProfileList", "ProfilesDirectory", &text);
    if (!status)
        status =
            folder(win, text, s->kind == POSTERN_WIN_WINE || s->major >= 6 ? "Users" : "Documents and Settings", &s->profiles);
    if (!status && !s->profiles.len) status = below_windows(win, "Profiles", &s->profiles);
    return status;
}

/* The letter that the system calls its drive, from SystemRoot. Paths made so far began with C. */
static postern_status read_drive(postern_win *win, postern_error *reterr) {
    postern_slice root, drive;
    postern_status status = ask_text(win, CURRENT_VERSION, "SystemRoot", &root);
    if (status || root.len < 3 || root.ptr[1] != ':' || !postern_ascii_alpha(root.ptr[0])) return status;
    if (postern_ascii_lower(root.ptr[0]) == 'c' || win->system.kind == POSTERN_WIN_WINE) return POSTERN_OK;
    char letter = (char)(root.ptr[0] & ~32), text[3] = {letter, ':', '\\'};
    if (win_text(win, postern_slice_of(text, 3), &drive)) return POSTERN_NOMEM;
    win->drive = letter;
    win->drive_dir->folder.path = drive;
    win->drive_dir->listed = false;
    win_place place;
    postern_slice name = postern_slice_from(win->windows_dir->folder.path, 3);
    status = win_walk(win, win->drive_dir, name, &place, reterr);
    return status ? status : win_dir_enter(win, place.dir, place.index, &win->windows_dir, reterr);
}

postern_status win_fill_system(postern_win *win, postern_error *reterr) {
    postern_status status = read_drive(win, reterr);
    if (!status) status = read_versions(win);
    if (!status) status = read_role(win);
    if (!status) status = read_arch(win);
    if (!status && win->system.kind == POSTERN_WIN_9X) status = read_9x(win);
    if (!status) name_product(win);
    if (!status) status = read_folders(win);
    for (const win_hive *hive = win->hives; hive; hive = hive->next) win->system.registry_dirty |= hive->dirty;
    return status ? postern_fail(reterr, status, POSTERN_NO_OFFSET,
                                 status == POSTERN_NOMEM ? "no memory" : "cannot read the system")
                  : POSTERN_OK;
}
