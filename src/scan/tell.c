/*
 * Telling a finding: once for the same thing, bounded for each kind, with an excerpt that is safe to print. What a file can do
 * to a scanner's reader is to flood him, to hide one line among thousands, or to write to his terminal.
 */
#include "scan_int.h"

enum { RAW_MAX = 256, EXCERPT_MAX = 200 };

/* False when it was told before. A full table forgets nothing that was told: it tells no more than the limit of each kind. */
static bool first_time(scan *s, uint64_t hash) {
    for (size_t i = 0; i < s->seen_count; i++)
        if (s->seen[i] == hash) return false;
    if (s->seen_count < SCAN_SEEN) s->seen[s->seen_count++] = hash;
    return true;
}

/* Without file and part: a view repeats what the strict reading said, perhaps of a member of an archive. */
static uint64_t fingerprint(unsigned number, postern_slice rule, postern_slice raw, const char *reason) {
    uint64_t hash = postern_slice_hash(raw, number);
    hash = postern_slice_hash(rule.len ? rule : postern_slice_cstr(reason), hash);
    return hash;
}

static void tell(scan *s, const place *where, unsigned number, postern_slice rule, postern_severity severity, size_t at,
                 postern_slice raw, const char *reason) {
    if (s->status || number == 0 || number > POSTERN_FINDING_COUNT) return;
    raw = postern_slice_sub(raw, 0, RAW_MAX);
    if (where->plain && number != 18 && number != POSTERN_FINDING_RULE) severity = POSTERN_SEVERITY_INFO;
    if (where->view && number != 17 && severity < POSTERN_SEVERITY_MEDIUM) return; /* an odd decoder makes odd tags */
    bool full = s->told[number] >= POSTERN_LIMIT_FINDINGS && severity < POSTERN_SEVERITY_HIGH;
    full |= s->told[number] >= 2 * POSTERN_LIMIT_FINDINGS;
    uint64_t print = fingerprint(number, rule, raw, reason);
    if (!full && !first_time(s, where->view ? print : postern_slice_hash(where->part, postern_slice_hash(where->file, print))))
        return;
    if (!full && !where->view) (void)first_time(s, print);
    s->report->findings[number]++;
    s->report->findings[0]++;
    if (full) {
        s->report->untold++;
        return;
    }
    s->told[number]++;
    uint64_t offset = where->offset + (where->exact ? at : 0);
    if (offset > s->whole.len) offset = s->whole.len;
    postern_buf excerpt;
    postern_buf_init(&excerpt, 4 * EXCERPT_MAX);
    if (postern_escape_line(&excerpt, postern_slice_trim(raw), EXCERPT_MAX)) {
        s->status = excerpt.status;
    } else {
        postern_finding finding = {number, severity, where->file, where->part, offset, raw, postern_buf_slice(&excerpt),
                                   reason, rule};
        s->status = s->sink->finding(s->sink->user, &finding);
    }
    postern_buf_free(&excerpt);
}

void scan_tell(scan *s, const place *where, unsigned number, postern_severity severity, size_t at, postern_slice raw,
               const char *reason) {
    tell(s, where, number, postern_slice_of(NULL, 0), severity, at, raw, reason);
}

void scan_tell_rule(scan *s, const place *where, postern_slice rule, postern_severity severity, size_t at, postern_slice raw) {
    tell(s, where, POSTERN_FINDING_RULE, rule, severity, at, raw, "a rule of yours matches");
}

bool scan_has(postern_slice text, const char *word) {
    return postern_slice_find_nocase(text, 0, postern_slice_cstr(word)) != SIZE_MAX;
}

/* Most words differ in their first letter, and most texts are none of them. */
static bool same_first(postern_slice text, const char *word) {
    return text.len && *word && postern_ascii_lower(text.ptr[0]) == postern_ascii_lower((uint8_t)*word);
}

bool scan_any(postern_slice text, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (same_first(text, words[i]) && scan_starts(text, words[i])) return true;
    return false;
}

bool scan_is_one(postern_slice text, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (same_first(text, words[i]) && postern_slice_eq_nocase(text, postern_slice_cstr(words[i]))) return true;
    return false;
}

postern_slice scan_extension(postern_slice name) {
    postern_cut path = postern_slice_cut_last(name, '/');
    postern_slice last = path.ok ? path.tail : name;
    path = postern_slice_cut_last(last, '\\');
    if (path.ok) last = path.tail;
    postern_cut cut = postern_slice_cut_last(last, '.');
    return cut.ok ? cut.tail : postern_slice_of(NULL, 0);
}
