/* Names already taken in a folder, compared as a case-blind file system would; a second "a.txt" becomes "a-2.txt" (T2). */
#include "cli_int.h"

#include <stdlib.h>

struct cli_names {
    uint64_t *hashes; /* open addressing; 0: free. Two names with one hash only cost a needless "-2" */
    size_t count, room;
};

static bool in(uint32_t c, uint32_t first, uint32_t last) {
    return c >= first && c <= last;
}

/* Case ignored for ASCII, Latin, Greek and Cyrillic: what a case-blind file system would call the same. */
static uint64_t name_hash(postern_slice name) {
    uint64_t hash = 0x9E3779B97F4A7C15u;
    for (size_t pos = 0, len; pos < name.len; pos += len) {
        uint32_t c = postern_utf8_at(name, pos, &len);
        if (c < 0x80) c = postern_ascii_lower((uint8_t)c);
        else if (in(c, 0xC0, 0xDE) || in(c, 0x391, 0x3A9) || in(c, 0x410, 0x42F)) c += 32;
        else if (in(c, 0x400, 0x40F)) c += 80;
        else if (in(c, 0x100, 0x17F) || in(c, 0x460, 0x52F)) c |= 1;
        uint8_t bytes[4];
        size_t used = postern_utf8_put(c, bytes);
        hash = postern_slice_hash(postern_slice_of(bytes, used), hash);
    }
    return hash ? hash : 1;
}

cli_names *cli_names_new(void) {
    return calloc(1, sizeof(cli_names));
}

void cli_names_free(cli_names *names) {
    if (names) free(names->hashes);
    free(names);
}

static uint64_t *slot_of(const cli_names *names, uint64_t hash) {
    size_t i = hash & (names->room - 1);
    while (names->hashes[i] && names->hashes[i] != hash) i = (i + 1) & (names->room - 1);
    return &names->hashes[i];
}

static bool grow(cli_names *names) {
    if (names->count * 2 < names->room) return true;
    cli_names bigger = {.room = names->room ? names->room * 2 : 64};
    if (!(bigger.hashes = calloc(bigger.room, sizeof *bigger.hashes))) return false;
    for (size_t i = 0; i < names->room; i++)
        if (names->hashes[i]) *slot_of(&bigger, names->hashes[i]) = names->hashes[i];
    bigger.count = names->count;
    free(names->hashes);
    *names = bigger;
    return true;
}

/* "a.txt" -> "a-2.txt": linear over all, since each attempt of a name continues from how many there are. */
bool cli_names_unique(cli_names *names, postern_buf *name) {
    if (name->status || !grow(names)) return false;
    uint64_t *slot = slot_of(names, name_hash(postern_buf_slice(name)));
    postern_buf tried;
    postern_buf_init(&tried, 1 << 20);
    postern_slice whole = postern_buf_slice(name);
    size_t cut = postern_safe_name_ending(whole);
    for (size_t number = 2; *slot && !tried.status; number = number < 10 ? number + 1 : names->count + number) {
        postern_buf_clear(&tried);
        postern_buf_add_slice(&tried, postern_slice_sub(whole, 0, cut));
        postern_buf_printf(&tried, "-%zu", number);
        postern_buf_add_slice(&tried, postern_slice_from(whole, cut));
        slot = slot_of(names, name_hash(postern_buf_slice(&tried)));
    }
    bool ok = !tried.status;
    if (ok) {
        *slot = name_hash(tried.len ? postern_buf_slice(&tried) : whole);
        names->count++;
    }
    if (ok && tried.len) {
        postern_buf_clear(name);
        ok = postern_buf_add_slice(name, postern_buf_slice(&tried)) == POSTERN_OK;
    }
    postern_buf_free(&tried);
    return ok;
}
