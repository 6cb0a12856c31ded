/* Counts notes by kind and keeps the first few examples of each: an archive can cause millions of them. */
#include "cli_int.h"

#include <inttypes.h>
#include <stdio.h>

bool cli_note_is_page(postern_note_kind kind) {
    switch (kind) {
#define PAGE_CASE(name, stable, text) case POSTERN_NOTE_##name:
        POSTERN_NOTES_PAGE(PAGE_CASE)
#undef PAGE_CASE
        return true;
    default: return false;
    }
}

/* What was blocked on purpose is no loss; what the file should hold and does not, or what a limit cut off, is. */
bool cli_note_is_loss(postern_note_kind kind) {
    switch (kind) {
    case POSTERN_NOTE_TOO_DEEP:
    case POSTERN_NOTE_TOO_MANY_PARTS:
    case POSTERN_NOTE_HTML_ATTRIBUTES_CUT:
    case POSTERN_NOTE_CSS_TOO_DEEP:
    case POSTERN_NOTE_PAGE_LIMIT:
    case POSTERN_NOTE_STORE_TOO_DEEP:
    case POSTERN_NOTE_STORE_UNREADABLE:
    case POSTERN_NOTE_STORE_ARCHIVE_NESTED:
    case POSTERN_NOTE_STORE_CUT: return true;
    default: return false;
    }
}

bool cli_tally_has_loss(const cli_tally *tally) {
    for (unsigned k = 0; k < POSTERN_NOTE_COUNT; k++)
        if (tally->kind[k].count && cli_note_is_loss((postern_note_kind)k)) return true;
    return false;
}

static void say(const cli_tally *tally, const postern_note *note) {
    char part[32] = "";
    if (note->part != POSTERN_NO_PART) snprintf(part, sizeof part, "part %" PRIu32 ": ", note->part);
    if (!note->detail.len) {
        cli_message(tally->verbose_fd, tally->file, note->offset, "%s%s", part, postern_note_text(note->kind));
        return;
    }
    postern_buf detail;
    postern_buf_init(&detail, 4096);
    for (size_t i = 0; i < note->detail.len && i < 400; i++) /* the message escapes; here only NUL must not end it */
        postern_buf_add_byte(&detail, note->detail.ptr[i] ? note->detail.ptr[i] : ' ');
    postern_buf_add_byte(&detail, 0);
    cli_message(tally->verbose_fd, tally->file, note->offset, "%s%s: %s", part, postern_note_text(note->kind),
                detail.status ? "" : (const char *)detail.ptr);
    postern_buf_free(&detail);
}

static void keep_example(cli_tally *tally, const postern_note *note) {
    unsigned *count = &tally->kind[note->kind].examples;
    postern_slice detail = postern_slice_trim(note->detail);
    if (*count == CLI_TALLY_EXAMPLES || !detail.len) return;
    postern_buf text;
    postern_buf_init(&text, 4 * CLI_TALLY_EXAMPLE_LENGTH);
    postern_escape_line(&text, detail, CLI_TALLY_EXAMPLE_LENGTH - 12);
    size_t len =
        text.status ? 0 : postern_utf8_valid_prefix(postern_slice_sub(postern_buf_slice(&text), 0, CLI_TALLY_EXAMPLE_LENGTH));
    char *slot = tally->kind[note->kind].example[*count];
    if (len) memcpy(slot, text.ptr, len);
    slot[len] = 0;
    postern_buf_free(&text);
    for (unsigned i = 0; i < *count; i++)
        if (!strcmp(tally->kind[note->kind].example[i], slot)) return; /* said already */
    if (len) (*count)++;
}

static void count_note(void *user, const postern_note *note) {
    cli_tally *tally = user;
    if ((unsigned)note->kind >= POSTERN_NOTE_COUNT) return;
    tally->kind[note->kind].count++;
    keep_example(tally, note);
    if (tally->verbose_fd >= 0) say(tally, note);
    if (tally->each) tally->each(tally->user, note);
}

postern_notes cli_tally_notes(cli_tally *tally) {
    return (postern_notes){count_note, tally};
}
