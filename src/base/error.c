/* Failures and defects: their names and how they are filled. */
#define _GNU_SOURCE
#include "postern/base.h"

#include <stdarg.h>
#include <stdio.h>

const char *postern_version(void) {
    return POSTERN_VERSION;
}

const char *postern_status_name(postern_status status) {
    static const char *const names[] = {"ok",      "no memory", "limit",  "format",        "unsupported",
                                        "not found", "io",      "denied", "wrong moment", "usage"};
    return (size_t)status < sizeof names / sizeof *names ? names[status] : "unknown";
}

/* The text may quote input: what a terminal would act on is replaced, and a cut never splits a character. */
static void clean_text(char *text) {
    size_t len = strlen(text), valid = postern_utf8_valid_prefix(postern_slice_cstr(text));
    if (valid < len && len < POSTERN_ERROR_TEXT - 1) /* not cut by us: the input itself was invalid */
        for (size_t i = valid; i < len; i++) text[i] = (char)((uint8_t)text[i] < 0x80 ? text[i] : '?');
    else
        text[valid] = 0;
    for (char *c = text; *c; c++)
        if ((uint8_t)*c < 0x20 || *c == 0x7F) *c = '?';
}

__attribute__((format(printf, 5, 0))) static postern_status
fill(postern_error *reterr, postern_status status, int sys_errno, uint64_t offset, const char *fmt,
                           va_list args) {
    if (!reterr) return status;
    *reterr = (postern_error){.status = status, .sys_errno = sys_errno, .offset = offset};
    vsnprintf(reterr->text, sizeof reterr->text, fmt, args);
    size_t len = strlen(reterr->text);
    if (sys_errno && len < sizeof reterr->text) {
        const char *name = strerrordesc_np(sys_errno); /* not translated: the library does not read the locale */
        snprintf(reterr->text + len, sizeof reterr->text - len, ": %s", name ? name : "unknown error");
    }
    clean_text(reterr->text);
    return status;
}

postern_status postern_fail(postern_error *reterr, postern_status status, uint64_t offset, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    fill(reterr, status, 0, offset, fmt, args);
    va_end(args);
    return status;
}

postern_status postern_fail_errno(postern_error *reterr, int sys_errno, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    fill(reterr, POSTERN_IO, sys_errno, POSTERN_NO_OFFSET, fmt, args);
    va_end(args);
    return POSTERN_IO;
}

void postern_note_send(const postern_notes *notes, postern_note_kind kind, uint32_t part, uint64_t offset,
                       postern_slice detail) {
    if (!notes || !notes->note) return;
    postern_note note = {kind, part, offset, detail};
    notes->note(notes->user, &note);
}

static const struct {
    const char *name, *text;
} note_words[] = {
#define NOTE_WORDS(name, stable, text) {stable, text},
    POSTERN_NOTES(NOTE_WORDS)
#undef NOTE_WORDS
};

const char *postern_note_name(postern_note_kind kind) {
    return (unsigned)kind < POSTERN_NOTE_COUNT ? note_words[kind].name : "unknown";
}

const char *postern_note_text(postern_note_kind kind) {
    return (unsigned)kind < POSTERN_NOTE_COUNT ? note_words[kind].text : "unknown";
}
