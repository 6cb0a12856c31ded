/*
 * base: what every other room stands on.
 *
 * Slices of bytes, a capped arena, a capped growing buffer, a cursor that can fail, checked arithmetic, errors, notes,
 * a JSON writer, files and the sandbox. Nothing here prints, exits, or reads the environment or the locale.
 *
 * Three channels, never mixed:
 *   failure  a postern_status, with text and position in a postern_error;
 *   defect   a typed note to the caller's sink (notes.h); the work goes on;
 *   finding  made only by the room scan.
 *
 * Outside text is bytes with a length; it is never assumed to be UTF-8 or to end in NUL.
 */
#ifndef POSTERN_BASE_H
#define POSTERN_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "limits.h"
#include "notes.h"

#ifdef __cplusplus
extern "C" {
#endif

#define POSTERN_API __attribute__((visibility("default")))
#define POSTERN_MUST __attribute__((warn_unused_result))
#define POSTERN_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* ---- failure ------------------------------------------------------------------------------------------------- */

typedef enum postern_status {
    POSTERN_OK = 0,
    POSTERN_NOMEM,       /* the machine gave no memory */
    POSTERN_LIMIT,       /* a named ceiling of limits.h was reached */
    POSTERN_FORMAT,      /* the input is not what it has to be */
    POSTERN_UNSUPPORTED, /* well-formed, but not something we do */
    POSTERN_NOTFOUND,    /* absent; never a reason to look elsewhere (Z2) */
    POSTERN_IO,          /* a system call failed; see sys_errno */
    POSTERN_DENIED,      /* refused by an invariant; the text begins with its number */
    POSTERN_STATE,       /* right call, wrong moment */
    POSTERN_USAGE        /* the caller's arguments make no sense */
} postern_status;

#define POSTERN_ERROR_TEXT 320
#define POSTERN_NO_OFFSET UINT64_MAX

/* Filled only on failure. `text` is UTF-8 without control characters, NUL-terminated, cut at a character. */
typedef struct postern_error {
    postern_status status;
    int sys_errno;   /* errno of a failed system call, or 0 */
    uint64_t offset; /* byte offset in the input, or POSTERN_NO_OFFSET */
    char text[POSTERN_ERROR_TEXT];
} postern_error;

/* A lower-case word for a status: "limit", "format" … Static storage. */
POSTERN_API const char *postern_status_name(postern_status status);

/* Fills *reterr (which may be NULL) and returns `status`, so that a failing function ends in one line. */
POSTERN_API postern_status postern_fail(postern_error *reterr, postern_status status, uint64_t offset, const char *fmt, ...)
    POSTERN_PRINTF(4, 5);
/* The same for a failed system call: status IO, errno kept, its text appended. */
POSTERN_API postern_status postern_fail_errno(postern_error *reterr, int sys_errno, const char *fmt, ...)
    POSTERN_PRINTF(3, 4);

/* ---- slices -------------------------------------------------------------------------------------------------- */

/* A view of bytes owned by somebody else. `ptr` may be NULL only when `len` is 0. */
typedef struct postern_slice {
    const uint8_t *ptr;
    size_t len;
} postern_slice;

/* A slice of a string literal. */
#define POSTERN_S(literal) ((postern_slice){(const uint8_t *)("" literal), sizeof(literal) - 1})
/* For printf's %.*s; only for text that is known to be safe to print. */
#define POSTERN_ARG(s) (int)(s).len, (const char *)(s).ptr

/* Result of a cut: what stood before the separator, what stood behind it, and whether there was one. */
typedef struct postern_cut {
    postern_slice head, tail;
    bool ok;
} postern_cut;

static inline postern_slice postern_slice_of(const void *ptr, size_t len) {
    postern_slice s = {(const uint8_t *)ptr, len}; /* no compound literals here: C++ has none */
    return s;
}
static inline postern_slice postern_slice_cstr(const char *text) {
    return postern_slice_of(text, text ? strlen(text) : 0);
}
/* From `from` on, at most `len` bytes; both are clamped, so it never leaves `s`. */
static inline postern_slice postern_slice_sub(postern_slice s, size_t from, size_t len) {
    if (from > s.len) from = s.len;
    if (len > s.len - from) len = s.len - from;
    return postern_slice_of(s.ptr ? s.ptr + from : NULL, len);
}
static inline postern_slice postern_slice_from(postern_slice s, size_t from) {
    return postern_slice_sub(s, from, SIZE_MAX);
}
static inline bool postern_slice_eq(postern_slice a, postern_slice b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
static inline bool postern_slice_starts(postern_slice s, postern_slice prefix) {
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}
static inline bool postern_slice_ends(postern_slice s, postern_slice suffix) {
    return s.len >= suffix.len && (suffix.len == 0 || memcmp(s.ptr + s.len - suffix.len, suffix.ptr, suffix.len) == 0);
}
static inline uint8_t postern_ascii_lower(uint8_t c) { return (uint8_t)(c >= 'A' && c <= 'Z' ? c + 32 : c); }
static inline bool postern_ascii_alpha(uint8_t c) { return (uint8_t)((c | 32) - 'a') < 26; }
static inline bool postern_ascii_digit(uint8_t c) { return (uint8_t)(c - '0') < 10; }
/* Value of a hexadecimal digit, or -1. */
static inline int postern_hex_value(uint8_t c) {
    if (postern_ascii_digit(c)) return c - '0';
    uint8_t l = (uint8_t)(c | 32);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}
/* The byte that two hexadecimal digits at `pos` and behind it stand for, or -1. */
static inline int postern_hex_at(postern_slice s, size_t pos) {
    int high = pos < s.len && s.len - pos >= 2 ? postern_hex_value(s.ptr[pos]) : -1;
    int low = high < 0 ? -1 : postern_hex_value(s.ptr[pos + 1]);
    return low < 0 ? -1 : high << 4 | low;
}
/* Space, tab, LF, FF, CR. */
static inline bool postern_ascii_space(uint8_t c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

/* ASCII case is ignored, all other bytes are compared as they are. */
POSTERN_API bool postern_slice_eq_nocase(postern_slice a, postern_slice b);
POSTERN_API bool postern_slice_starts_nocase(postern_slice s, postern_slice prefix);
POSTERN_API int postern_slice_compare(postern_slice a, postern_slice b);
/* Index of the first match at or behind `from`, or SIZE_MAX. */
POSTERN_API size_t postern_slice_find_byte(postern_slice s, size_t from, uint8_t byte);
POSTERN_API size_t postern_slice_find(postern_slice s, size_t from, postern_slice needle);
POSTERN_API size_t postern_slice_find_nocase(postern_slice s, size_t from, postern_slice needle);
POSTERN_API postern_cut postern_slice_cut(postern_slice s, uint8_t separator);
POSTERN_API postern_cut postern_slice_cut_last(postern_slice s, uint8_t separator);
/* Without leading and trailing postern_ascii_space. */
POSTERN_API postern_slice postern_slice_trim(postern_slice s);
/* Decimal digits only, the whole slice; false when empty, not a number, or more than `max`. */
POSTERN_API bool postern_slice_uint(postern_slice s, uint64_t max, uint64_t *ret_value);
/* The same for hexadecimal digits of either case, without 0x. */
POSTERN_API bool postern_slice_hex(postern_slice s, uint64_t max, uint64_t *ret_value);
/* Two lower-case hexadecimal digits for each byte; `out` has room for 2 * len characters, and gets no NUL. */
POSTERN_API void postern_hex_put(const void *bytes, size_t len, void *out);
/* A 64-bit hash (FNV-1a, then mixed with `seed`): for tables whose entries are compared. Two slices that meet are found in
 * seconds, and meet under one seed of 256. */
POSTERN_API uint64_t postern_slice_hash(postern_slice s, uint64_t seed);
/* SipHash-2-4: whoever does not know the key cannot make two slices meet. For taking slices that others wrote for the same. */
typedef struct postern_hash_key {
    uint64_t half[2];
} postern_hash_key;
POSTERN_API void postern_hash_key_make(postern_hash_key *ret_key); /* a key that nobody knows */
POSTERN_API uint64_t postern_slice_keyed_hash(postern_slice s, const postern_hash_key *key);

/* ---- checked arithmetic -------------------------------------------------------------------------------------- */

static inline bool postern_add_ok(size_t a, size_t b, size_t *ret) { return !__builtin_add_overflow(a, b, ret); }
static inline bool postern_mul_ok(size_t a, size_t b, size_t *ret) { return !__builtin_mul_overflow(a, b, ret); }

/* ---- arena --------------------------------------------------------------------------------------------------- */

/* Owns a document and every view into it; all of it goes at once in postern_arena_free. Memory is not zeroed unless said.
 * Built with POSTERN_ARENA_PER_OBJECT (debug, sanitizer and fuzz builds) each object is a malloc of its own. */
typedef struct postern_arena postern_arena;

/* `cap`: the most bytes that will ever be handed out. NULL: no memory. */
POSTERN_API postern_arena *postern_arena_new(size_t cap) POSTERN_MUST;
POSTERN_API void postern_arena_free(postern_arena *arena); /* takes NULL */
/* Aligned for any object. NULL when memory or the cap is exhausted: postern_arena_failure tells which. */
POSTERN_API void *postern_arena_alloc(postern_arena *arena, size_t size) POSTERN_MUST;
POSTERN_API void *postern_arena_zalloc(postern_arena *arena, size_t count, size_t size) POSTERN_MUST;
/* A copy of `s`, with a NUL behind it that is not counted; *ret_copy is written only on success. */
POSTERN_API postern_status postern_arena_copy(postern_arena *arena, postern_slice s, postern_slice *ret_copy) POSTERN_MUST;
/* NOMEM or LIMIT, whichever made the last allocation fail. */
POSTERN_API postern_status postern_arena_failure(const postern_arena *arena);
POSTERN_API size_t postern_arena_used(const postern_arena *arena);

/* ---- capped growing buffer ----------------------------------------------------------------------------------- */

/* Zero-initialise through postern_buf_init. After a failure it stays as it was and remembers `status`, so that a run of
 * appends can be checked once at its end. */
typedef struct postern_buf {
    uint8_t *ptr;
    size_t len, room, cap;
    postern_status status;
} postern_buf;

POSTERN_API void postern_buf_init(postern_buf *buf, size_t cap);
POSTERN_API void postern_buf_free(postern_buf *buf); /* back to empty; may be used again with the same cap */
POSTERN_API postern_status postern_buf_add(postern_buf *buf, const void *bytes, size_t len);
POSTERN_API postern_status postern_buf_add_slice(postern_buf *buf, postern_slice s);
POSTERN_API postern_status postern_buf_add_byte(postern_buf *buf, uint8_t byte);
/* One Unicode scalar value as UTF-8; anything else becomes U+FFFD. */
POSTERN_API postern_status postern_buf_add_utf8(postern_buf *buf, uint32_t scalar);
/* As postern_hex_put writes them. */
POSTERN_API postern_status postern_buf_add_hex(postern_buf *buf, const void *bytes, size_t len);
POSTERN_API postern_status postern_buf_printf(postern_buf *buf, const char *fmt, ...) POSTERN_PRINTF(2, 3);
/* Makes sure that `extra` more bytes fit behind len. */
POSTERN_API postern_status postern_buf_reserve(postern_buf *buf, size_t extra);
static inline postern_slice postern_buf_slice(const postern_buf *buf) { return postern_slice_of(buf->ptr, buf->len); }
static inline void postern_buf_clear(postern_buf *buf) { buf->len = 0; buf->status = POSTERN_OK; }

/* ---- sinks --------------------------------------------------------------------------------------------------- */

/* Where output goes. `write` takes all bytes or fails; after a failure it is not called again. */
typedef struct postern_sink {
    postern_status (*write)(void *user, const void *bytes, size_t len);
    void *user;
} postern_sink;

static inline postern_status postern_sink_write(const postern_sink *sink, postern_slice s) {
    return s.len == 0 ? POSTERN_OK : sink->write(sink->user, s.ptr, s.len);
}
/* A sink that appends to `buf`, which has to outlive it. */
POSTERN_API postern_sink postern_buf_sink(postern_buf *buf);

/* ---- cursor -------------------------------------------------------------------------------------------------- */

/* Reads integers from bytes and can fail: after the first read beyond the end `ok` is false and all reads give 0. */
typedef struct postern_cursor {
    postern_slice bytes;
    size_t pos;
    bool ok;
} postern_cursor;

static inline postern_cursor postern_cursor_of(postern_slice s) {
    postern_cursor c = {s, 0, true};
    return c;
}
POSTERN_API uint8_t postern_cursor_u8(postern_cursor *c);
POSTERN_API uint16_t postern_cursor_le16(postern_cursor *c);
POSTERN_API uint32_t postern_cursor_le32(postern_cursor *c);
POSTERN_API uint64_t postern_cursor_le64(postern_cursor *c);
POSTERN_API postern_slice postern_cursor_bytes(postern_cursor *c, size_t len);

/* ---- UTF-8 and UTF-16 ---------------------------------------------------------------------------------------- */

/* Length of the longest prefix of `s` that is valid UTF-8 (no surrogates, no overlong forms, at most U+10FFFF). */
POSTERN_API size_t postern_utf8_valid_prefix(postern_slice s);
static inline bool postern_utf8_valid(postern_slice s) { return postern_utf8_valid_prefix(s) == s.len; }
/* The scalar value at `pos` (which is below s.len) and the bytes it takes, 1 to 4. Invalid: U+FFFD, and as many bytes as the
 * WHATWG decoder would replace by one U+FFFD. */
POSTERN_API uint32_t postern_utf8_at(postern_slice s, size_t pos, size_t *ret_len);
/* Writes 1 to 4 bytes and returns how many; anything that is no scalar value is written as U+FFFD. */
POSTERN_API size_t postern_utf8_put(uint32_t scalar, uint8_t out[4]);
/* The scalar value at `pos`, behind which there are 2 bytes or more, and the bytes it takes, 2 or 4; the high byte of a unit
 * comes first when `big`. Half a pair: U+FFFD. */
POSTERN_API uint32_t postern_utf16_at(postern_slice s, size_t pos, bool big, size_t *ret_len);
/* One or two units of a scalar value; returns how many. */
POSTERN_API size_t postern_utf16_units(uint32_t scalar, uint16_t out[2]);
/* `utf8` as UTF-16LE without a byte order mark; invalid bytes become U+FFFD as in postern_utf8_at. */
POSTERN_API postern_status postern_buf_add_utf16le(postern_buf *buf, postern_slice utf8);

/* ---- notes --------------------------------------------------------------------------------------------------- */

/* A defect: something is wrong with the input, and the work goes on. `detail` lives only during the call and is raw input:
 * escape it before showing it. */
typedef struct postern_note {
    postern_note_kind kind;
    uint32_t part;   /* index of the part, or POSTERN_NO_PART */
    uint64_t offset; /* byte offset in the file, or within the decoded part where the kind says so, or POSTERN_NO_OFFSET */
    postern_slice detail;
} postern_note;

#define POSTERN_NO_PART UINT32_MAX

/* Where notes go. A NULL pointer to this struct, or a NULL `note`, drops them. */
typedef struct postern_notes {
    void (*note)(void *user, const postern_note *note);
    void *user;
} postern_notes;

POSTERN_API void postern_note_send(const postern_notes *notes, postern_note_kind kind, uint32_t part, uint64_t offset,
                                   postern_slice detail);
/* A stable name such as "qp-bad-escape", and one English sentence without a full stop. Static storage. */
POSTERN_API const char *postern_note_name(postern_note_kind kind);
POSTERN_API const char *postern_note_text(postern_note_kind kind);

/* ---- showing hostile text ------------------------------------------------------------------------------------ */

/* Appends `s` so that a terminal, a log or a message shows it harmlessly on one line: control characters, bidi controls and
 * invalid UTF-8 become \xNN or \u{NNNN}. A backslash is doubled only in a run before such an escape, or before text that reads
 * like one (x and two hex digits, or u{), so that C:\WINDOWS stays as it is and nothing is ambiguous. At most `max` bytes of
 * output and what the last character needs, "…" where it was cut. LIMIT, NOMEM: those of the buffer. */
POSTERN_API postern_status postern_escape_line(postern_buf *buf, postern_slice s, size_t max);

/* ---- JSON writer --------------------------------------------------------------------------------------------- */

/* Writes JSON (RFC 8259) to a buffer; strings are repaired to valid UTF-8, control and bidi characters are escaped. Commas and
 * nesting are kept by the writer; depth is limited by POSTERN_LIMIT_JSON_DEPTH. */
typedef struct postern_json {
    postern_buf *out;
    unsigned depth;
    bool pretty;
    bool after_key;
    bool has_items[POSTERN_LIMIT_JSON_DEPTH];
} postern_json;

POSTERN_API void postern_json_init(postern_json *json, postern_buf *out, bool pretty);
POSTERN_API void postern_json_object(postern_json *json);
POSTERN_API void postern_json_array(postern_json *json);
POSTERN_API void postern_json_end_object(postern_json *json);
POSTERN_API void postern_json_end_array(postern_json *json);
POSTERN_API void postern_json_key(postern_json *json, const char *key);
POSTERN_API void postern_json_string(postern_json *json, postern_slice text);
POSTERN_API void postern_json_cstr(postern_json *json, const char *text); /* NULL: null */
POSTERN_API void postern_json_uint(postern_json *json, uint64_t number);
POSTERN_API void postern_json_int(postern_json *json, int64_t number);
POSTERN_API void postern_json_bool(postern_json *json, bool value);
POSTERN_API void postern_json_null(postern_json *json);

/* ---- files --------------------------------------------------------------------------------------------------- */

/* A whole file as bytes, mapped where the system can, else read; or a view of memory the caller keeps. */
typedef struct postern_file postern_file;

/* Opens `path` for reading, relative to `dirfd` (AT_FDCWD allowed). Directories, devices and sockets are refused: IO, FORMAT.
 * At most POSTERN_LIMIT_INPUT bytes: LIMIT. */
POSTERN_API postern_status postern_file_open(int dirfd, const char *path, postern_file **ret_file, postern_error *reterr)
    POSTERN_MUST;
/* Reads a descriptor (a pipe, standard input) to its end; the descriptor stays the caller's. */
POSTERN_API postern_status postern_file_read(int fd, postern_file **ret_file, postern_error *reterr) POSTERN_MUST;
POSTERN_API postern_slice postern_file_bytes(const postern_file *file);
/* Bytes `from` to `to` are not needed soon: where the file is mapped, its pages leave memory, and come back when touched. */
POSTERN_API void postern_file_forget(const postern_file *file, size_t from, size_t to);
POSTERN_API void postern_file_close(postern_file *file); /* takes NULL */

/* Opens something below `dirfd` without ever leaving it (openat2 RESOLVE_BENEATH | NO_SYMLINKS | NO_MAGICLINKS, T2).
 * `flags` as open(2); O_CLOEXEC is added. On success *ret_fd is the caller's. */
POSTERN_API postern_status postern_beneath_open(int dirfd, const char *path, int flags, unsigned mode, int *ret_fd,
                                                postern_error *reterr) POSTERN_MUST;

/* Output that appears under its name only when whole (T1): written to a temporary in the same directory, flushed and
 * renamed by postern_output_commit. Freed without commit, nothing is left behind. */
typedef struct postern_output postern_output;

/* `dirfd`+`path` name the final file. An existing file (or link) is replaced by commit when `replace`, else USAGE; a directory,
 * device, pipe or socket never is: USAGE. A path with symlinks is the caller's choice here; below a directory that hostile
 * names reach use a name made by us. */
POSTERN_API postern_status postern_output_open(int dirfd, const char *path, bool replace, postern_output **ret_output,
                                               postern_error *reterr) POSTERN_MUST;
/* Writes through to a descriptor (standard output); commit only flushes. The descriptor stays the caller's. */
POSTERN_API postern_status postern_output_fd(int fd, postern_output **ret_output, postern_error *reterr) POSTERN_MUST;
/* Buffered; a sink valid as long as the output. The first failure is kept and returned by commit. */
POSTERN_API postern_sink postern_output_sink(postern_output *output);
POSTERN_API uint64_t postern_output_written(const postern_output *output);
POSTERN_API postern_status postern_output_commit(postern_output *output, postern_error *reterr) POSTERN_MUST;
POSTERN_API void postern_output_free(postern_output *output); /* takes NULL; drops what was not committed */
/* For signal handlers (async-signal-safe): removes the temporary of an output that was not committed. Behind it only _exit. */
POSTERN_API void postern_output_abandon(const postern_output *output);

/* ---- sandbox ------------------------------------------------------------------------------------------------- */

/* What a process that touches hostile bytes may still do. Everything else ends the process: no network, no new program, no
 * tracing, no new file outside `write_dirs`. */
typedef struct postern_sandbox {
    const int *write_dirs; /* directories below which files may be created and renamed */
    size_t write_dir_count;
    const int *read_dirs;        /* directories below which files may be read (pack follows references) */
    size_t read_dir_count;
    bool may_fork;               /* worker processes (which inherit the sandbox) */
    bool may_service;            /* below write_dirs also links, modes, owners, times, and folders that go */
    uint64_t max_memory;         /* bytes of address space, 0: unlimited */
    uint64_t more_memory;        /* the same beyond what is mapped already, 0: unlimited */
    unsigned max_cpu_seconds;    /* 0: unlimited */
} postern_sandbox;

/* Irreversible, for the whole process. Reading below /usr/lib and /lib stays allowed (character set modules). A kernel without
 * landlock: seccomp alone, reported by *ret_landlock (may be NULL) = false. UNSUPPORTED when built without a sandbox. */
POSTERN_API postern_status postern_sandbox_enter(const postern_sandbox *rules, bool *ret_landlock, postern_error *reterr)
    POSTERN_MUST;

/* "0.1.0"; static storage. */
POSTERN_API const char *postern_version(void);

#ifdef __cplusplus
}
#endif
#endif
