/*
 * win: an offline Windows system: a mounted disk, a backup tree, a Wine prefix. Its shape, its files by case-blind paths that
 * never leave the root (T2), its registry behind one interface, versions of its programs, zone policies of its users,
 * questions.
 *
 * Everything here belongs to a postern_win: keys, listings and texts live as long as it. One thread at a time. Text is UTF-8;
 * names are compared without case as Windows compares them (each character by itself, Unicode's simple upper case).
 *
 * Failures that every function may return, beside those it names: NOMEM; LIMIT (POSTERN_LIMIT_WIN_MEMORY and the ceilings of
 * "win" in limits.h); IO; FORMAT (a damaged hive or file: with the offset); DENIED (T2: a path that leaves the root, a symbolic
 * link, a reserved name, a stream, two names that are equal without case: the text names both).
 */
#ifndef POSTERN_WIN_H
#define POSTERN_WIN_H

#include "base.h"
#include "zone.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct postern_win postern_win;

/* ---- the child that reads hives -------------------------------------------------------------------------------- */

/* Hives are parsed by libhivex in a sandboxed child: no files, no network, limits of memory and time. Hive bytes and answers
 * travel through pipes; its death or silence is an error of that hive. One child serves any number of systems, one after
 * another. */
typedef struct postern_hive_reader postern_hive_reader;

/* Starts the child. Call it before postern_sandbox_enter and before other threads exist; from then on only read, write and poll
 * are needed. IO. */
POSTERN_API postern_status postern_hive_reader_start(postern_hive_reader **ret_reader, postern_error *reterr) POSTERN_MUST;
POSTERN_API void postern_hive_reader_stop(postern_hive_reader *reader); /* takes NULL */

/* ---- opening --------------------------------------------------------------------------------------------------- */

typedef struct postern_win_options {
    postern_hive_reader *reader; /* outlives the system; NULL: the first hive starts a child of its own */
    postern_slice windows;       /* name of the Windows folder when the root holds more than one; else empty */
    const postern_notes *notes;  /* win-… notes; or NULL */
} postern_win_options;

/* Finds out by its shape what lies below `root` (a directory opened by the caller, who keeps it; it is duplicated): Windows NT
 * 4, 2000, XP, 2003 and later, 98 and Me as far as files tell, or a Wine prefix. NOTFOUND: nothing of that. USAGE: more than
 * one Windows folder and none named. */
POSTERN_API postern_status postern_win_open(int root, const postern_win_options *options, postern_win **ret_win,
                                            postern_error *reterr) POSTERN_MUST;
POSTERN_API void postern_win_close(postern_win *win); /* takes NULL */

/* ---- versions -------------------------------------------------------------------------------------------------- */

/* Four numbers, compared one after the other. */
typedef struct postern_win_version {
    uint16_t part[4];
} postern_win_version;

/* "6.00.2800.1409": two to four decimal numbers up to 65535 with dots (or commas) between them, missing ones are 0; blanks
 * around it are passed over. Anything else is false, never "older". */
POSTERN_API bool postern_win_version_parse(postern_slice text, postern_win_version *ret_version);
/* Below, equal, above: -1, 0, 1. */
POSTERN_API int postern_win_version_compare(postern_win_version a, postern_win_version b);
/* "6.0.2800.1409": as Windows shows it; always four parts. Room: at least POSTERN_WIN_VERSION_TEXT. */
#define POSTERN_WIN_VERSION_TEXT 24
POSTERN_API const char *postern_win_version_text(postern_win_version version, char text[POSTERN_WIN_VERSION_TEXT]);

/* ---- the system ------------------------------------------------------------------------------------------------ */

typedef enum postern_win_kind { POSTERN_WIN_9X = 1, POSTERN_WIN_NT, POSTERN_WIN_WINE } postern_win_kind;
typedef enum postern_arch {
    POSTERN_ARCH_UNKNOWN,
    POSTERN_ARCH_X86,
    POSTERN_ARCH_IA64,
    POSTERN_ARCH_AMD64,
    POSTERN_ARCH_ARM,
    POSTERN_ARCH_ARM64
} postern_arch;
typedef enum postern_win_role { POSTERN_ROLE_UNKNOWN, POSTERN_ROLE_WORKSTATION, POSTERN_ROLE_SERVER } postern_win_role;

/* Folders are Windows paths as the tree spells them ("C:\WINDOWS\system32"); empty when the tree has none. */
typedef struct postern_win_system {
    postern_win_kind kind;
    postern_slice product; /* as the registry names it, or made from the version; never empty */
    unsigned major, minor, build;
    unsigned service_pack;           /* 0: none */
    postern_slice service_pack_text; /* CSDVersion as written; may be empty */
    postern_win_role role;
    bool terminal_server; /* NT 4 Terminal Server Edition: ProductSuite says so */
    postern_arch arch;
    bool registry_dirty; /* a system hive holds changes that only its log has; it was read as it is */
    postern_slice windows, system, system_x86, program_files, program_files_x86, common_files, common_files_x86, profiles;
} postern_win_system;

/* "x86", "ia64", "amd64" …; static storage. */
POSTERN_API const char *postern_arch_name(postern_arch arch);
/* Valid as long as `win`. */
POSTERN_API const postern_win_system *postern_win_system_of(const postern_win *win);

/* One user profile. */
typedef struct postern_win_user {
    postern_slice sid;  /* the key below HKEY_USERS: "S-1-5-21-…", ".DEFAULT"; for a profile that no list names, its folder */
    postern_slice name; /* last part of the profile's path; never empty */
    postern_slice profile; /* Windows path; may be empty */
    bool has_hive;         /* its part of the registry is in the tree (not: readable) */
    bool is_default;       /* .DEFAULT, or the profile that new users get */
} postern_win_user;

#define POSTERN_NO_USER SIZE_MAX

/* Sorted by sid, .DEFAULT first. */
POSTERN_API size_t postern_win_user_count(const postern_win *win);
POSTERN_API const postern_win_user *postern_win_user_at(const postern_win *win, size_t index);
/* By sid or name, without case; POSTERN_NO_USER when there is none or, by name, more than one. */
POSTERN_API size_t postern_win_user_find(const postern_win *win, postern_slice sid_or_name);

/* With whose eyes to look: HKEY_CURRENT_USER, %USERPROFILE%; and whether as a 32-bit program on a 64-bit system: Wow6432Node,
 * SysWOW64, Program Files (x86). NULL where a function takes one: nobody's, and as a native program. */
typedef struct postern_win_view {
    size_t user; /* POSTERN_NO_USER: nobody's */
    bool bits32;
} postern_win_view;

/* ---- files ----------------------------------------------------------------------------------------------------- */

/*
 * Paths: "C:\WINDOWS\System32\x.dll", "\WINDOWS\…" and "/" for "\" on the system's drive; "\??\C:\…" and "\SystemRoot\…" as the
 * registry writes them; %…% only through postern_win_expand. The drive is the one the system calls its own. Refused (DENIED):
 * UNC, device and other "\\" paths, "." and "..", streams, reserved device names with or without an ending, controls and
 * wildcards, names that end in a dot or blank. Another drive: NOTFOUND. A short name (PROGRA~1) that is not the entry's own
 * name: UNSUPPORTED. Absent: NOTFOUND.
 */
typedef struct postern_win_file {
    postern_slice path; /* as the tree spells it, with its drive */
    bool is_folder;
    uint64_t size;
    int64_t modified, accessed, changed; /* seconds since 1970 */
    uint32_t modified_nanoseconds;
    uint64_t inode, links;
} postern_win_file;

POSTERN_API postern_status postern_win_stat(postern_win *win, const postern_win_view *view, postern_slice path,
                                            postern_win_file *ret_file, postern_error *reterr) POSTERN_MUST;
/* The bytes; the caller closes it. A folder: FORMAT. */
POSTERN_API postern_status postern_win_read(postern_win *win, const postern_win_view *view, postern_slice path,
                                            postern_file **ret_file, postern_error *reterr) POSTERN_MUST;
/* A descriptor for reading (the caller closes it), and, with `ret_real`, the path relative to the root as the host spells it.
 */
POSTERN_API postern_status postern_win_open_file(postern_win *win, const postern_win_view *view, postern_slice path,
                                                 int *ret_fd, postern_slice *ret_real, postern_error *reterr) POSTERN_MUST;

/* What a folder holds, sorted by name without case. */
typedef struct postern_win_entry {
    postern_slice name; /* as the host spells it */
    bool is_folder;
    bool is_link;  /* a symbolic link or special file: nothing opens it */
    bool has_twin; /* another entry has the same name without case: opening it is refused */
} postern_win_entry;
typedef struct postern_win_folder {
    postern_slice path;
    const postern_win_entry *entries;
    size_t count;
} postern_win_folder;

/* Why one component of a path may have no such name on a Windows disk: "the name of a device"; NULL: it may. Static storage. */
POSTERN_API const char *postern_win_name_refused(postern_slice name);
/* Read once, kept. FORMAT: not a folder. */
POSTERN_API postern_status postern_win_list(postern_win *win, const postern_win_view *view, postern_slice path,
                                            const postern_win_folder **ret_folder, postern_error *reterr) POSTERN_MUST;
POSTERN_API postern_status postern_win_sha256(postern_win *win, const postern_win_view *view, postern_slice path,
                                              uint8_t ret_digest[32], postern_error *reterr) POSTERN_MUST;
/* %SystemRoot%, %windir%, %SystemDrive%, %ProgramFiles%, %ProgramFiles(x86)%, %ProgramW6432%, %CommonProgramFiles%…,
 * %SystemDir%, %AllUsersProfile%, %ProgramData%, %Public%, %UserProfile%, %AppData%, %LocalAppData%, %Temp% and the variables
 * of the system's and the user's Environment keys, from facts of the tree. One pass. NOTFOUND: a name that nothing explains.
 * *ret_text lives as long as `win`. */
POSTERN_API postern_status postern_win_expand(postern_win *win, const postern_win_view *view, postern_slice text,
                                              postern_slice *ret_text, postern_error *reterr) POSTERN_MUST;

/* ---- programs (PE) --------------------------------------------------------------------------------------------- */

typedef struct postern_pe_string {
    uint16_t language, codepage; /* of its table: 0x0409, 1200 */
    postern_slice key, value;    /* value up to its first NUL */
} postern_pe_string;

/* Views live in the arena. Machine: 0x14c x86, 0x200 IA-64, 0x8664 x86-64 … */
typedef struct postern_pe {
    uint16_t machine;
    bool is_64, is_dll;
    bool has_signature; /* an Authenticode table is there; nothing is verified */
    uint32_t timestamp, checksum, subsystem;
    bool has_version;
    postern_win_version file_version, product_version;
    uint32_t file_flags, file_os, file_type, file_subtype; /* flags already under their mask */
    const postern_pe_string *strings;                      /* every language, in the file's order */
    size_t string_count;
} postern_pe;

/* FORMAT with the offset: not a PE file ("an NE file, for 16-bit Windows" …), or its headers or version resource do not fit the
 * file. A file without a version resource is fine: has_version is false. */
POSTERN_API postern_status postern_pe_read(postern_slice bytes, postern_arena *arena, postern_pe *ret_pe,
                                           postern_error *reterr) POSTERN_MUST;
/* First value of a key in any language, without case; empty when there is none. */
POSTERN_API postern_slice postern_pe_text(const postern_pe *pe, postern_slice key);
/* The checksum that a PE file should have in its header, counted over all its bytes. False: no PE file. */
POSTERN_API bool postern_pe_checksum(postern_slice bytes, uint32_t *ret_sum) POSTERN_MUST;
/* Of a file of the tree; kept, so that asking again costs nothing. */
POSTERN_API postern_status postern_win_pe(postern_win *win, const postern_win_view *view, postern_slice path,
                                          const postern_pe **ret_pe, postern_error *reterr) POSTERN_MUST;

/* ---- registry -------------------------------------------------------------------------------------------------- */

/*
 * One interface over hives, Wine's text files and .reg overlays. Paths: "HKLM\SOFTWARE\…", long or short names of the roots
 * (HKEY_LOCAL_MACHINE, HKEY_USERS, HKEY_CURRENT_USER, HKEY_CLASSES_ROOT, HKEY_CURRENT_CONFIG), names compared without case.
 * CurrentControlSet goes through Select; links (REG_LINK) are followed, at most 8. HKCU and HKCR need a view with a user (HKCR
 * without one is the machine's half; with one a key of the user's Classes hides the machine's). A 32-bit view passes through
 * Wow6432Node as Windows does.
 */
typedef struct postern_key postern_key;

typedef enum postern_reg_type {
    POSTERN_REG_NONE = 0,
    POSTERN_REG_SZ = 1,
    POSTERN_REG_EXPAND_SZ = 2,
    POSTERN_REG_BINARY = 3,
    POSTERN_REG_DWORD = 4,
    POSTERN_REG_DWORD_BIG_ENDIAN = 5,
    POSTERN_REG_LINK = 6,
    POSTERN_REG_MULTI_SZ = 7,
    POSTERN_REG_RESOURCE_LIST = 8,
    POSTERN_REG_FULL_RESOURCE_DESCRIPTOR = 9,
    POSTERN_REG_RESOURCE_REQUIREMENTS_LIST = 10,
    POSTERN_REG_QWORD = 11
} postern_reg_type;

typedef struct postern_value {
    postern_slice name; /* empty: the key's default value */
    uint32_t type;      /* any number; the known ones are postern_reg_type */
    postern_slice raw;  /* as a hive holds it: strings UTF-16LE, numbers little endian */
} postern_value;

/* NOTFOUND: no such key; also when the system has no registry that could hold it (then the text says so). */
POSTERN_API postern_status postern_win_key(postern_win *win, const postern_win_view *view, postern_slice path,
                                           const postern_key **ret_key, postern_error *reterr) POSTERN_MUST;
/* A key below another one: "a\b"; empty is the key itself. */
POSTERN_API postern_status postern_key_open(const postern_key *key, postern_slice path, const postern_key **ret_key,
                                            postern_error *reterr) POSTERN_MUST;
POSTERN_API postern_slice postern_key_name(const postern_key *key);
/* "HKEY_LOCAL_MACHINE\SOFTWARE\…" with the registry's spelling. */
POSTERN_API postern_status postern_key_path(const postern_key *key, postern_buf *out) POSTERN_MUST;
/* Last write: 100 ns since 1601; 0 when unknown. */
POSTERN_API uint64_t postern_key_time(const postern_key *key);
/* Subkeys, sorted by name without case. */
POSTERN_API size_t postern_key_child_count(const postern_key *key);
POSTERN_API postern_slice postern_key_child_name(const postern_key *key, size_t index);
POSTERN_API postern_status postern_key_child(const postern_key *key, size_t index, const postern_key **ret_key,
                                             postern_error *reterr) POSTERN_MUST;
/* Values in the registry's own order. */
POSTERN_API size_t postern_key_value_count(const postern_key *key);
POSTERN_API const postern_value *postern_key_value_at(const postern_key *key, size_t index);
POSTERN_API const postern_value *postern_key_value(const postern_key *key, postern_slice name); /* NULL: none */

/* Key and value in one step; NOTFOUND for either. */
POSTERN_API postern_status postern_win_value(postern_win *win, const postern_win_view *view, postern_slice path,
                                             postern_slice name, const postern_value **ret_value,
                                             postern_error *reterr) POSTERN_MUST;
/* REG_SZ, REG_EXPAND_SZ, REG_LINK as UTF-8, up to the first NUL; a half surrogate becomes U+FFFD. Another type: FORMAT. */
POSTERN_API postern_status postern_value_text(const postern_value *value, postern_arena *arena,
                                              postern_slice *ret_text) POSTERN_MUST;
/* REG_MULTI_SZ, in order; an empty string ends it. Another type: FORMAT. */
POSTERN_API postern_status postern_value_list(const postern_value *value, postern_arena *arena, const postern_slice **ret_texts,
                                              size_t *ret_count) POSTERN_MUST;
/* REG_DWORD (either order) and REG_QWORD of exactly their size. Anything else: FORMAT. */
POSTERN_API postern_status postern_value_number(const postern_value *value, uint64_t *ret_number) POSTERN_MUST;
/* "reg_sz", "reg_dword" …; NULL for a number that is no known type. Static storage. */
POSTERN_API const char *postern_reg_type_name(uint32_t type);

/* Lays a .reg file over the registry: values and keys appear, change and go as importing it would do (HKCU: of the view's
 * user). Nothing of the tree is written; the system record is read again. FORMAT with the line's offset; USAGE: HKCU and no
 * user. Keys opened before stay valid; what was deleted still shows through them. */
POSTERN_API postern_status postern_win_overlay(postern_win *win, const postern_win_view *view, postern_slice reg_file,
                                               postern_error *reterr) POSTERN_MUST;

/* Adds what the registry says about zones and mail to a policy that is not sealed yet: the machine's part, and the part of the
 * view's user when it has one. Failures as postern_policy_add_registry. */
POSTERN_API postern_status postern_win_policy(postern_win *win, const postern_win_view *view, postern_policy *policy,
                                              postern_error *reterr) POSTERN_MUST;

/* ---- questions ------------------------------------------------------------------------------------------------- */

/*
 *   file:PATH exists | missing
 *   file:PATH version|product-version|size|sha256|arch|string:NAME OPERATOR VALUE
 *   registry:KEY exists | missing              registry:KEY\VALUE exists | missing | OPERATOR VALUE
 *
 * OPERATOR: = != < <= > >=, between blanks. PATH may hold %variables% and either slash. VALUE "@" is a key's default value. A
 * registry number is compared with a number (decimal or 0x…), text without case; < and > between texts want two versions; a
 * list is asked for any of its texts. VALUE may stand in quotes.
 */
typedef struct postern_query postern_query;

typedef struct postern_query_answer {
    bool exists;          /* the file, key or value */
    bool holds;           /* false for a comparison with what does not exist */
    postern_slice object; /* as the tree spells it where it exists */
    postern_slice actual; /* what was compared, as text; may be empty */
} postern_query_answer;

/* Everything lives in the arena. USAGE with the offset in `text`. */
POSTERN_API postern_status postern_query_parse(postern_slice text, postern_arena *arena, const postern_query **ret_query,
                                               postern_error *reterr) POSTERN_MUST;
/* FORMAT: what is there cannot be compared (no PE file, no version, text where a number is asked for). */
POSTERN_API postern_status postern_query_ask(postern_win *win, const postern_win_view *view, const postern_query *query,
                                             postern_query_answer *ret_answer, postern_error *reterr) POSTERN_MUST;

/* ---- changing registry files ------------------------------------------------------------------------------------ */

/*
 * Bytes in, bytes out: whoever services a system stages, flushes and renames the result (T1). Nothing of a tree is touched
 * here.
 */
typedef enum postern_reg_change_kind {
    POSTERN_CHANGE_SET,          /* the value, its key made when it is missing */
    POSTERN_CHANGE_MAKE_KEY,     /* the key alone */
    POSTERN_CHANGE_DELETE_VALUE, /* and its key stays */
    POSTERN_CHANGE_DELETE_KEY    /* with all below it */
} postern_reg_change_kind;

typedef struct postern_reg_change {
    postern_reg_change_kind kind;
    postern_slice key; /* below the file's own root: "Microsoft\…" in a SOFTWARE hive, "Software\\…" in Wine's system.reg */
    postern_slice name; /* "" is the default value */
    uint32_t type;
    postern_slice raw; /* as postern_value.raw */
} postern_reg_change;

/* A hive with the changes made one after the other, by libhivex in the child: changed in memory, committed, opened again, and
 * everything that no change names compared with the hive as it was. What a deletion does not find is no failure. `ret_hive`
 * gets the new file, cap POSTERN_LIMIT_HIVE. STATE: the hive is dirty (T3). FORMAT: the hive is damaged, or the result was not
 * what it should be; then there is none. USAGE: a key with a backslash at an end or two in a row, a NUL, no UTF-8, the root
 * deleted; the offset is the number of the change. */
POSTERN_API postern_status postern_hive_edit(postern_hive_reader *reader, postern_slice hive, const postern_reg_change *changes,
                                             size_t count, postern_buf *ret_hive, postern_error *reterr) POSTERN_MUST;

/* The same for a registry file of Wine: text. Every line that no change names stays byte for byte; `now` (100 ns since 1601) is
 * the time of the changed keys; a new key stands at the end. The result is read again and compared. FORMAT: the file is
 * malformed. Whoever calls this sees to it that no wineserver runs: it would write its own. */
POSTERN_API postern_status postern_wine_reg_edit(postern_slice text, const postern_reg_change *changes, size_t count,
                                                 uint64_t now, postern_buf *ret_text, postern_error *reterr) POSTERN_MUST;

#ifdef __cplusplus
}
#endif
#endif
