/*
 * Setup information files (INF), as the installers of both families carry them: sections of lines "key = value, value",
 * comments behind ';', quotes with "" for one quote, lines that go on behind '\', %names% from [Strings]. The format is
 * described in the Windows driver kit ("INF files") and the Internet Explorer Administration Kit.
 *
 * Strings are looked for in the section of the file's own language ([Strings.0411], when [Version] says LanguageType=0411),
 * then in [Strings], then in any other language's. Left out: includes. Such a file decides which files and keys change, so what
 * cannot be read for sure is an error, never a line that is passed over.
 */
#include "update_int.h"

#include "postern/codec.h"

typedef struct inf_reader {
    postern_slice text;
    postern_arena *arena;
    postern_error *reterr;
    update_inf *inf;
    update_inf_section *last;
    update_inf_line **link; /* where the next line of the section at hand goes */
    size_t lines;
} inf_reader;

static postern_status fail_at(const inf_reader *r, postern_status status, size_t offset, const char *what) {
    return postern_fail(r->reterr, status, offset, "the setup information is malformed: %s", what);
}

static postern_status no_room(const inf_reader *r, size_t offset) {
    return postern_fail(r->reterr, postern_arena_failure(r->arena), offset, "the setup information needs too much memory");
}

/* ---- sections ---- */

const update_inf_section *update_inf_find(const update_inf *inf, postern_slice name) {
    for (const update_inf_section *s = inf->sections; s; s = s->next)
        if (postern_slice_eq_nocase(s->name, name)) return s;
    return NULL;
}

const update_inf_line *update_inf_line_of(const update_inf_section *section, postern_slice key) {
    for (const update_inf_line *l = section ? section->lines : NULL; l; l = l->next)
        if (postern_slice_eq_nocase(l->key, key)) return l;
    return NULL;
}

postern_slice update_inf_text(const update_inf *inf, const char *section, const char *key) {
    const update_inf_line *line =
        update_inf_line_of(update_inf_find(inf, postern_slice_cstr(section)), postern_slice_cstr(key));
    return line && line->value_count ? line->values[0] : (postern_slice){NULL, 0};
}

static postern_status begin_section(inf_reader *r, postern_slice name, size_t offset) {
    if (!name.len) return fail_at(r, POSTERN_FORMAT, offset, "a section without a name");
    update_inf_section *found = NULL;
    for (update_inf_section *s = r->inf->sections; s && !found; s = s->next)
        if (postern_slice_eq_nocase(s->name, name)) found = s;
    if (!found) {
        found = postern_arena_zalloc(r->arena, 1, sizeof *found);
        if (!found) return no_room(r, offset);
        found->name = name;
        if (r->last)
            r->last->next = found;
        else
            r->inf->sections = found;
        r->last = found;
    }
    r->link = &found->lines;
    while (*r->link) r->link = &(*r->link)->next;
    return POSTERN_OK;
}

/* ---- lines ---- */

typedef struct piece {
    postern_slice text; /* views of the file, or of the arena where quotes or continuations were taken out */
    size_t next;        /* behind it */
    uint8_t end;        /* ',' '=' or 0 at the end of the line */
} piece;

/* A ';' outside quotes ends the line; a '\' as its last character joins it with the next one. */
static bool line_ends(postern_slice text, size_t at) {
    return at >= text.len || text.ptr[at] == '\n' || text.ptr[at] == ';';
}

static size_t behind_line(postern_slice text, size_t at) {
    size_t end = postern_slice_find_byte(text, at, '\n');
    return end == SIZE_MAX ? text.len : end + 1;
}

/* Whether a '\' at `at` is the last character of its line (blanks and a comment may follow). */
static bool is_continuation(postern_slice text, size_t at) {
    for (size_t i = at + 1; i < text.len && text.ptr[i] != '\n'; i++) {
        if (text.ptr[i] == ';') return true;
        if (!postern_ascii_space(text.ptr[i])) return false;
    }
    return true;
}

/* Reads up to the next separator outside quotes; `equals`: '=' separates, too. */
static postern_status read_piece(inf_reader *r, size_t at, bool equals, postern_buf *scratch, piece *ret_piece) {
    bool quoted = false;
    size_t start = at, kept = 0; /* kept: length up to the last character that is no blank outside quotes */
    postern_buf_clear(scratch);
    for (; quoted ? at < r->text.len && r->text.ptr[at] != '\n' : !line_ends(r->text, at); at++) {
        uint8_t c = r->text.ptr[at];
        if (c == '"') {
            bool doubled = quoted && at + 1 < r->text.len && r->text.ptr[at + 1] == '"';
            if (!doubled) {
                quoted = !quoted;
                kept = scratch->len;
                continue;
            }
            at++;
        } else if (!quoted && (c == ',' || (equals && c == '='))) {
            break;
        } else if (!quoted && c == '\\' && is_continuation(r->text, at)) {
            at = behind_line(r->text, at) - 1;
            continue;
        } else if (!quoted && postern_ascii_space(c) && !scratch->len) {
            continue;
        }
        postern_buf_add_byte(scratch, c);
        if (quoted || !postern_ascii_space(c)) kept = scratch->len;
    }
    if (quoted) return fail_at(r, POSTERN_FORMAT, start, "a quote that nothing closes");
    if (scratch->status) return fail_at(r, scratch->status, start, "a line is longer than INF_LINE allows");
    if (postern_arena_copy(r->arena, postern_slice_sub(postern_buf_slice(scratch), 0, kept), &ret_piece->text))
        return no_room(r, start);
    ret_piece->end = line_ends(r->text, at) ? 0 : r->text.ptr[at];
    ret_piece->next = at + (ret_piece->end ? 1 : 0);
    return POSTERN_OK;
}

static postern_status read_values(inf_reader *r, size_t *at, postern_slice first, bool has_first, uint8_t end,
                                  postern_buf *scratch, update_inf_line *line) {
    postern_slice values[POSTERN_LIMIT_INF_VALUES];
    size_t count = 0, start = *at;
    if (has_first) values[count++] = first;
    while (end) {
        piece p;
        if (count == POSTERN_LIMIT_INF_VALUES)
            return fail_at(r, POSTERN_LIMIT, start, "more values on a line than INF_VALUES allows");
        postern_status status = read_piece(r, *at, false, scratch, &p);
        if (status) return status;
        values[count++] = p.text;
        *at = p.next;
        end = p.end;
    }
    postern_slice *copy = postern_arena_alloc(r->arena, (count ? count : 1) * sizeof *copy);
    if (!copy) return no_room(r, start);
    if (count) memcpy(copy, values, count * sizeof *copy);
    line->values = copy;
    line->value_count = count;
    return POSTERN_OK;
}

static postern_status read_line(inf_reader *r, size_t *at, postern_buf *scratch) {
    piece first;
    size_t offset = *at;
    postern_status status = read_piece(r, *at, true, scratch, &first);
    if (status) return status;
    *at = first.next;
    if (!first.text.len && !first.end) return POSTERN_OK; /* nothing but blanks or a comment */
    if (!r->link) return fail_at(r, POSTERN_FORMAT, offset, "a line outside every section");
    if (++r->lines > POSTERN_LIMIT_INF_LINES) return fail_at(r, POSTERN_LIMIT, offset, "more lines than INF_LINES allows");
    update_inf_line *line = postern_arena_zalloc(r->arena, 1, sizeof *line);
    if (!line) return no_room(r, offset);
    line->offset = offset;
    bool keyed = first.end == '=';
    if (keyed) line->key = first.text;
    status = read_values(r, at, first.text, !keyed, first.end, scratch, line);
    if (status) return status;
    *r->link = line;
    r->link = &line->next;
    return POSTERN_OK;
}

static postern_status read_lines(inf_reader *r, postern_buf *scratch) {
    for (size_t at = 0; at < r->text.len; at = behind_line(r->text, at)) {
        while (at < r->text.len && postern_ascii_space(r->text.ptr[at])) at++;
        if (at >= r->text.len) break;
        postern_status status;
        if (r->text.ptr[at] == '[') {
            size_t close = postern_slice_find_byte(r->text, at, ']'), line = postern_slice_find_byte(r->text, at, '\n');
            if (close == SIZE_MAX || close > line)
                return fail_at(r, POSTERN_FORMAT, at, "a section without its closing bracket");
            status = begin_section(r, postern_slice_trim(postern_slice_sub(r->text, at + 1, close - at - 1)), at);
            at = close;
        } else {
            status = read_line(r, &at, scratch);
        }
        if (status) return status;
    }
    return r->inf->sections ? POSTERN_OK : fail_at(r, POSTERN_FORMAT, 0, "it has no section");
}

/* ---- strings ---- */

static bool is_strings(postern_slice name) {
    postern_slice head = POSTERN_S("Strings");
    return postern_slice_starts_nocase(name, head) && (name.len == head.len || name.ptr[head.len] == '.');
}

const update_inf_line *update_inf_string(const update_inf *inf, postern_slice name) {
    postern_slice language = update_inf_text(inf, "Version", "LanguageType");
    const update_inf_line *plain = NULL, *other = NULL;
    for (const update_inf_section *s = inf->sections; s; s = s->next) {
        const update_inf_line *line = is_strings(s->name) ? update_inf_line_of(s, name) : NULL;
        postern_cut cut = postern_slice_cut(s->name, '.');
        if (line && cut.ok && language.len && postern_slice_eq_nocase(cut.tail, language)) return line;
        if (line && !cut.ok) plain = line;
        if (line && cut.ok && !other) other = line;
    }
    return plain ? plain : other;
}

/* Puts in what [Strings] says for each %name%; "%%" is a percent sign. A number between percent signs is a folder's (LDID) and
 * stays. */
static postern_status substitute(inf_reader *r, postern_slice *text, size_t offset, postern_buf *scratch) {
    if (postern_slice_find_byte(*text, 0, '%') == SIZE_MAX) return POSTERN_OK;
    postern_buf_clear(scratch);
    for (size_t i = 0; i < text->len; i++) {
        size_t close = text->ptr[i] == '%' ? postern_slice_find_byte(*text, i + 1, '%') : SIZE_MAX;
        if (close == SIZE_MAX) {
            postern_buf_add_byte(scratch, text->ptr[i]);
            continue;
        }
        postern_slice name = postern_slice_sub(*text, i + 1, close - i - 1);
        uint64_t number;
        const update_inf_line *line = update_inf_string(r->inf, name);
        if (!name.len)
            postern_buf_add_byte(scratch, '%');
        else if (line)
            postern_buf_add_slice(scratch, line->value_count ? line->values[0] : (postern_slice){NULL, 0});
        else if (postern_slice_uint(name, UINT32_MAX, &number))
            postern_buf_add_slice(scratch, postern_slice_sub(*text, i, close - i + 1));
        else
            return fail_at(r, POSTERN_FORMAT, offset, "a %string% that [Strings] does not define");
        i = close;
    }
    if (scratch->status) return fail_at(r, scratch->status, offset, "a line is longer than INF_LINE allows");
    return postern_arena_copy(r->arena, postern_buf_slice(scratch), text) ? no_room(r, offset) : POSTERN_OK;
}

static postern_status substitute_all(inf_reader *r, postern_buf *scratch) {
    for (const update_inf_section *s = r->inf->sections; s; s = s->next) {
        if (is_strings(s->name)) continue;
        for (update_inf_line *line = s->lines; line; line = line->next) {
            postern_status status = substitute(r, &line->key, line->offset, scratch);
            for (size_t i = 0; !status && i < line->value_count; i++)
                status = substitute(r, &line->values[i], line->offset, scratch);
            if (status) return status;
        }
    }
    return POSTERN_OK;
}

/* ---- the text ---- */

/* The code page of a file without a byte order mark, by the language that it says it is for: a few words are too little for a
 * guess. NONE: it says none, or one of windows-1252. */
static postern_charset charset_by_language(postern_slice bytes) {
    static const struct {
        const char *language, *charset;
    } known[] = {{"0411", "shift_jis"},    {"0412", "euc-kr"},       {"0404", "big5"},         {"0804", "gbk"},
                 {"0419", "windows-1251"}, {"0405", "windows-1250"}, {"0415", "windows-1250"}, {"040e", "windows-1250"},
                 {"0408", "windows-1253"}, {"041f", "windows-1254"}, {"040d", "windows-1255"}, {"0401", "windows-1256"},
                 {"041e", "windows-874"}};
    size_t at = postern_slice_find_nocase(bytes, 0, POSTERN_S("LanguageType"));
    if (at == SIZE_MAX) return POSTERN_CHARSET_NONE;
    postern_slice rest = postern_slice_cut(postern_slice_from(bytes, at), '\n').head;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (postern_slice_find_nocase(rest, 0, postern_slice_cstr(known[i].language)) != SIZE_MAX)
            return postern_charset_parse(postern_slice_cstr(known[i].charset));
    return POSTERN_CHARSET_NONE;
}

static postern_charset charset_of(postern_slice bytes) {
    postern_charset charset = postern_charset_from_bom(bytes, NULL);
    if (charset == POSTERN_CHARSET_NONE && !postern_utf8_valid(bytes)) charset = charset_by_language(bytes);
    return charset != POSTERN_CHARSET_NONE ? charset : postern_charset_detect(bytes);
}

postern_status update_inf_read(postern_slice bytes, postern_arena *arena, const update_inf **ret_inf, postern_error *reterr) {
    inf_reader r = {.arena = arena, .reterr = reterr};
    if (postern_charset_decode_arena(charset_of(bytes), bytes, arena, NULL, POSTERN_NO_PART, &r.text)) return no_room(&r, 0);
    if (postern_slice_starts(r.text, POSTERN_S("\xEF\xBB\xBF"))) r.text = postern_slice_from(r.text, 3);
    if (postern_slice_find_byte(r.text, 0, 0) != SIZE_MAX) return fail_at(&r, POSTERN_FORMAT, 0, "it holds NUL characters");
    r.inf = postern_arena_zalloc(arena, 1, sizeof *r.inf);
    if (!r.inf) return no_room(&r, 0);
    postern_buf scratch;
    postern_buf_init(&scratch, POSTERN_LIMIT_INF_LINE);
    postern_status status = read_lines(&r, &scratch);
    if (!status) status = substitute_all(&r, &scratch);
    postern_buf_free(&scratch);
    if (!status) *ret_inf = r.inf;
    return status;
}
