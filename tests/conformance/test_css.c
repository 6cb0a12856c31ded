/*
 * css-parsing-tests, whole: our tokens, put together here by the parsing algorithms of the 2013 draft that the suite was
 * written for, compared with the suite's trees. The parser is only for this test; the library has none (docs/DEVIATIONS.md).
 */
#include "conformance.h"

#include "postern/codec.h"
#include "postern/css.h"

typedef struct tokens {
    postern_css_token *list;
    size_t count, at;
} tokens;

static void *must(void *p) {
    if (!p) abort();
    return p;
}

static tokens tokenize(postern_slice css, postern_arena *arena) {
    postern_css_tokenizer t;
    tokens ts = {0};
    size_t room = css.len + 2;
    ts.list = must(calloc(room, sizeof *ts.list));
    postern_css_tokenizer_init(&t, css, arena);
    t.unicode_ranges = true;
    do {
        if (ts.count == room) abort();
        postern_css_next(&t, &ts.list[ts.count++]);
    } while (ts.list[ts.count - 1].kind != POSTERN_CSS_EOF);
    if (t.status) abort();
    return ts;
}

static const postern_css_token *peek(const tokens *ts) {
    return &ts->list[ts->at];
}
static bool at(const tokens *ts, postern_css_kind kind) {
    return peek(ts)->kind == kind;
}
static void skip_blanks(tokens *ts) {
    while (at(ts, POSTERN_CSS_WHITESPACE)) ts->at++;
}

/* ---- component values ------------------------------------------------------------------------------------------------ */

static json_t *text(postern_slice s) {
    return must(json_stringn((const char *)s.ptr, s.len));
}
static json_t *named(const char *kind, postern_slice value) {
    return must(json_pack("[s, o]", kind, text(value)));
}
static json_t *error(const char *what) {
    return must(json_pack("[s, s]", "error", what));
}

static json_t *numeric(const char *kind, const postern_css_token *t) {
    json_t *value = must(json_pack("[s, o, f, s]", kind, text(t->repr), t->number, t->integer ? "integer" : "number"));
    if (t->kind == POSTERN_CSS_DIMENSION) json_array_append_new(value, text(t->value));
    return value;
}

/* Two delimiters without anything between: one of the draft's match tokens. */
static bool is_match(const postern_css_token *a, const postern_css_token *b) {
    if (b->kind != POSTERN_CSS_DELIM || a->end != b->offset) return false;
    if (b->delim == '|') return a->delim == '|';
    return b->delim == '=' && a->delim < 128 && strchr("~|^$*", (int)a->delim);
}

static json_t *delim(tokens *ts, const postern_css_token *t) {
    uint8_t bytes[8];
    size_t len = postern_utf8_put(t->delim, bytes);
    if (is_match(t, peek(ts))) bytes[len++] = (uint8_t)ts->list[ts->at++].delim;
    return text(postern_slice_of(bytes, len));
}

static json_t *value(tokens *ts, json_t *behind);

/* Fills `into` up to the closing token of `open`, or the end. */
static json_t *block(tokens *ts, postern_css_kind open, json_t *into) {
    postern_css_kind close = open == POSTERN_CSS_OPEN_CURLY    ? POSTERN_CSS_CLOSE_CURLY
                             : open == POSTERN_CSS_OPEN_SQUARE ? POSTERN_CSS_CLOSE_SQUARE
                                                               : POSTERN_CSS_CLOSE_PAREN;
    while (!at(ts, POSTERN_CSS_EOF) && !at(ts, close)) json_array_append_new(into, value(ts, into));
    if (at(ts, close)) ts->at++;
    return into;
}

static json_t *punctuation(const postern_css_token *t) {
    static const struct { postern_css_kind kind; const char *text; } rows[] = {
        {POSTERN_CSS_WHITESPACE, " "}, {POSTERN_CSS_CDO, "<!--"}, {POSTERN_CSS_CDC, "-->"}, {POSTERN_CSS_COLON, ":"},
        {POSTERN_CSS_SEMICOLON, ";"}, {POSTERN_CSS_COMMA, ","},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].kind == t->kind) return must(json_string(rows[i].text));
    abort();
}

/* One component value; what the suite marks as cut by the end of the input is a pair, whose first half goes to `behind`. */
static json_t *value(tokens *ts, json_t *behind) {
    const postern_css_token *t = &ts->list[ts->at++];
    switch (t->kind) {
    case POSTERN_CSS_IDENT: return named("ident", t->value);
    case POSTERN_CSS_AT_KEYWORD: return named("at-keyword", t->value);
    case POSTERN_CSS_HASH: return must(json_pack("[s, o, s]", "hash", text(t->value), t->id ? "id" : "unrestricted"));
    case POSTERN_CSS_STRING:
    case POSTERN_CSS_URL: {
        json_t *v = named(t->kind == POSTERN_CSS_URL ? "url" : "string", t->value);
        if (!t->unclosed) return v;
        json_array_append_new(behind, v);
        return error(t->kind == POSTERN_CSS_URL ? "eof-in-url" : "eof-in-string");
    }
    case POSTERN_CSS_BAD_STRING: return error("bad-string");
    case POSTERN_CSS_BAD_URL: return error("bad-url");
    case POSTERN_CSS_DELIM: return delim(ts, t);
    case POSTERN_CSS_NUMBER: return numeric("number", t);
    case POSTERN_CSS_PERCENTAGE: return numeric("percentage", t);
    case POSTERN_CSS_DIMENSION: return numeric("dimension", t);
    case POSTERN_CSS_UNICODE_RANGE: return must(json_pack("[s, i, i]", "unicode-range", t->range_start, t->range_end));
    case POSTERN_CSS_FUNCTION: return block(ts, POSTERN_CSS_OPEN_PAREN, named("function", t->value));
    case POSTERN_CSS_OPEN_PAREN: return block(ts, t->kind, must(json_pack("[s]", "()")));
    case POSTERN_CSS_OPEN_SQUARE: return block(ts, t->kind, must(json_pack("[s]", "[]")));
    case POSTERN_CSS_OPEN_CURLY: return block(ts, t->kind, must(json_pack("[s]", "{}")));
    case POSTERN_CSS_CLOSE_PAREN: return error(")");
    case POSTERN_CSS_CLOSE_SQUARE: return error("]");
    case POSTERN_CSS_CLOSE_CURLY: return error("}");
    default: return punctuation(t);
    }
}

static json_t *values(tokens *ts) {
    json_t *list = must(json_array());
    while (!at(ts, POSTERN_CSS_EOF)) json_array_append_new(list, value(ts, list));
    return list;
}

static json_t *one_value(tokens *ts) {
    json_t *aside = must(json_array());
    skip_blanks(ts);
    json_t *result = at(ts, POSTERN_CSS_EOF) ? error("empty") : value(ts, aside);
    json_decref(aside);
    skip_blanks(ts);
    if (at(ts, POSTERN_CSS_EOF)) return result;
    json_decref(result);
    return error("extra-input");
}

/* ---- declarations and rules ------------------------------------------------------------------------------------------ */

static bool is_text(const json_t *v, const char *expected) {
    return v && json_is_string(v) && strcmp(json_string_value(v), expected) == 0;
}
static bool is_important_ident(const json_t *v) {
    return v && json_is_array(v) && is_text(json_array_get(v, 0), "ident") &&
           postern_slice_eq_nocase(postern_slice_cstr(json_string_value(json_array_get(v, 1))), POSTERN_S("important"));
}

/* The last two values that are not blanks are '!' and important: they and what is behind go. */
static bool take_important(json_t *list) {
    size_t n = json_array_size(list);
    while (n && is_text(json_array_get(list, n - 1), " ")) n--;
    if (!n || !is_important_ident(json_array_get(list, --n))) return false;
    while (n && is_text(json_array_get(list, n - 1), " ")) n--;
    if (!n || !is_text(json_array_get(list, --n), "!")) return false;
    while (json_array_size(list) > n) json_array_remove(list, n);
    return true;
}

/* A declaration up to `stop` (SEMICOLON) or to the end (EOF). */
static json_t *declaration(tokens *ts, postern_css_kind stop) {
    if (!at(ts, POSTERN_CSS_IDENT)) return NULL;
    postern_slice name = ts->list[ts->at++].value;
    skip_blanks(ts);
    if (!at(ts, POSTERN_CSS_COLON)) return NULL;
    ts->at++;
    json_t *list = must(json_array());
    while (!at(ts, POSTERN_CSS_EOF) && !at(ts, stop)) json_array_append_new(list, value(ts, list));
    bool important = take_important(list);
    return must(json_pack("[s, o, o, b]", "declaration", text(name), list, important));
}

static json_t *at_rule(tokens *ts) {
    postern_slice name = ts->list[ts->at++].value;
    json_t *prelude = must(json_array()), *body = must(json_null());
    while (!at(ts, POSTERN_CSS_EOF)) {
        if (at(ts, POSTERN_CSS_SEMICOLON)) {
            ts->at++;
            break;
        }
        if (at(ts, POSTERN_CSS_OPEN_CURLY)) {
            ts->at++;
            body = block(ts, POSTERN_CSS_OPEN_CURLY, must(json_array()));
            break;
        }
        json_array_append_new(prelude, value(ts, prelude));
    }
    return must(json_pack("[s, o, o, o]", "at-rule", text(name), prelude, body));
}

static json_t *qualified_rule(tokens *ts) {
    json_t *prelude = must(json_array());
    while (!at(ts, POSTERN_CSS_EOF)) {
        if (at(ts, POSTERN_CSS_OPEN_CURLY)) {
            ts->at++;
            json_t *body = block(ts, POSTERN_CSS_OPEN_CURLY, must(json_array()));
            return must(json_pack("[s, o, o]", "qualified rule", prelude, body));
        }
        json_array_append_new(prelude, value(ts, prelude));
    }
    json_decref(prelude);
    return error("invalid");
}

static json_t *rule(tokens *ts) {
    return at(ts, POSTERN_CSS_AT_KEYWORD) ? at_rule(ts) : qualified_rule(ts);
}

static json_t *rules(tokens *ts, bool top) {
    json_t *list = must(json_array());
    while (!at(ts, POSTERN_CSS_EOF)) {
        bool ignored = at(ts, POSTERN_CSS_WHITESPACE) || (top && (at(ts, POSTERN_CSS_CDO) || at(ts, POSTERN_CSS_CDC)));
        if (ignored) ts->at++;
        else json_array_append_new(list, rule(ts));
    }
    return list;
}
static json_t *rule_list(tokens *ts) {
    return rules(ts, false);
}
static json_t *stylesheet(tokens *ts) {
    return rules(ts, true);
}

static json_t *one_rule(tokens *ts) {
    skip_blanks(ts);
    if (at(ts, POSTERN_CSS_EOF)) return error("empty");
    json_t *result = rule(ts);
    skip_blanks(ts);
    if (at(ts, POSTERN_CSS_EOF)) return result;
    json_decref(result);
    return error("extra-input");
}

static json_t *one_declaration(tokens *ts) {
    skip_blanks(ts);
    if (at(ts, POSTERN_CSS_EOF)) return error("empty");
    json_t *result = declaration(ts, POSTERN_CSS_EOF);
    return result ? result : error("invalid");
}

static json_t *declaration_list(tokens *ts) {
    json_t *list = must(json_array());
    while (!at(ts, POSTERN_CSS_EOF)) {
        if (at(ts, POSTERN_CSS_WHITESPACE) || at(ts, POSTERN_CSS_SEMICOLON)) {
            ts->at++;
        } else if (at(ts, POSTERN_CSS_AT_KEYWORD)) {
            json_array_append_new(list, at_rule(ts));
        } else {
            json_t *one = declaration(ts, POSTERN_CSS_SEMICOLON);
            json_t *rest = must(json_array()); /* of an invalid one: up to the semicolon */
            while (!at(ts, POSTERN_CSS_EOF) && !at(ts, POSTERN_CSS_SEMICOLON)) json_array_append_new(rest, value(ts, rest));
            json_decref(rest);
            json_array_append_new(list, one ? one : error("invalid"));
        }
    }
    return list;
}

/* ---- An+B ------------------------------------------------------------------------------------------------------------ */

static bool digits_of(postern_slice s, int sign, int *ret) {
    uint64_t number;
    if (!postern_slice_uint(s, 1000000, &number)) return false;
    *ret = sign * (int)number;
    return true;
}

/* `rest` is what stands behind the n: "", "-", or "-5"; then maybe blanks, a sign and a number. */
static bool anb_tail(tokens *ts, postern_slice rest, int *b) {
    if (rest.len > 1) return rest.ptr[0] == '-' && digits_of(postern_slice_from(rest, 1), -1, b);
    if (rest.len == 1 && rest.ptr[0] != '-') return false;
    int sign = rest.len ? -1 : 0;
    skip_blanks(ts);
    if (!sign && at(ts, POSTERN_CSS_DELIM) && (peek(ts)->delim == '+' || peek(ts)->delim == '-')) {
        sign = peek(ts)->delim == '+' ? 1 : -1;
        ts->at++;
        skip_blanks(ts);
    }
    if (!at(ts, POSTERN_CSS_NUMBER)) return !sign;
    const postern_css_token *t = &ts->list[ts->at++];
    bool has_sign = t->repr.ptr[0] == '+' || t->repr.ptr[0] == '-';
    if (!t->integer || has_sign == (sign != 0)) return false;
    *b = sign ? sign * (int)t->number : (int)t->number;
    return true;
}

static bool anb_parts(tokens *ts, int *a, int *b) {
    skip_blanks(ts);
    bool plus = at(ts, POSTERN_CSS_DELIM) && peek(ts)->delim == '+';
    if (plus) ts->at++;
    const postern_css_token *t = &ts->list[ts->at++];
    postern_slice s = t->value;
    if (plus && t->kind != POSTERN_CSS_IDENT) return false;
    if (t->kind == POSTERN_CSS_NUMBER) {
        *b = (int)t->number;
        return t->integer;
    }
    if (t->kind == POSTERN_CSS_DIMENSION) {
        *a = (int)t->number;
        if (!t->integer) return false;
    } else if (t->kind == POSTERN_CSS_IDENT) {
        bool odd = postern_slice_eq_nocase(s, POSTERN_S("odd"));
        if (!plus && (odd || postern_slice_eq_nocase(s, POSTERN_S("even")))) {
            *a = 2;
            *b = odd;
            return true;
        }
        bool minus = !plus && postern_slice_starts(s, POSTERN_S("-"));
        *a = minus ? -1 : 1;
        s = postern_slice_from(s, minus);
    } else {
        return false;
    }
    if (s.len == 0 || (s.ptr[0] | 0x20) != 'n') return false;
    return anb_tail(ts, postern_slice_from(s, 1), b);
}

static json_t *an_plus_b(tokens *ts) {
    int a = 0, b = 0;
    if (!anb_parts(ts, &a, &b)) return must(json_null());
    skip_blanks(ts);
    return at(ts, POSTERN_CSS_EOF) ? must(json_pack("[i, i]", a, b)) : must(json_null());
}

/* ---- bytes ----------------------------------------------------------------------------------------------------------- */

static postern_charset label_of(const json_t *input, const char *key) {
    const char *label = json_string_value(json_object_get(input, key));
    return label ? postern_charset_parse(postern_slice_cstr(label)) : POSTERN_CHARSET_NONE;
}

/* The suite writes bytes as U+0000 to U+00FF. */
static postern_slice bytes_of(const json_t *string, postern_buf *out) {
    postern_slice s = postern_slice_of(json_string_value(string), json_string_length(string));
    for (size_t i = 0, len; i < s.len; i += len) (void)postern_buf_add_byte(out, (uint8_t)postern_utf8_at(s, i, &len));
    return postern_buf_slice(out);
}

/* CSS Syntax 3.2: byte order mark, protocol, @charset, environment, UTF-8. */
static json_t *stylesheet_bytes(const json_t *input, postern_arena *arena) {
    postern_buf raw;
    postern_buf_init(&raw, 1 << 20);
    postern_slice bytes = bytes_of(json_object_get(input, "css_bytes"), &raw), utf8;
    postern_charset charset = postern_charset_from_bom(bytes, NULL);
    if (!charset) charset = label_of(input, "protocol_encoding");
    if (!charset) charset = postern_charset_parse(postern_css_prescan_charset(bytes));
    if (!charset) charset = label_of(input, "environment_encoding");
    if (!charset) charset = POSTERN_CHARSET_UTF_8;
    if (postern_charset_decode_arena(charset, bytes, arena, NULL, POSTERN_NO_PART, &utf8)) abort();
    tokens ts = tokenize(utf8, arena);
    char name[40];
    snprintf(name, sizeof name, "%s", postern_charset_name(charset));
    for (char *c = name; *c; c++) *c = (char)postern_ascii_lower((uint8_t)*c);
    json_t *result = must(json_pack("[o, s]", stylesheet(&ts), name));
    free(ts.list);
    postern_buf_free(&raw);
    return result;
}

/* ---- running --------------------------------------------------------------------------------------------------------- */

/* As json_equal, but 5 and 5.0 are one number. */
static bool same(const json_t *a, const json_t *b) {
    if (json_is_number(a) && json_is_number(b)) return json_number_value(a) == json_number_value(b);
    if (!json_is_array(a) || !json_is_array(b)) return json_equal(a, b);
    if (json_array_size(a) != json_array_size(b)) return false;
    for (size_t i = 0; i < json_array_size(a); i++)
        if (!same(json_array_get(a, i), json_array_get(b, i))) return false;
    return true;
}

static const struct { const char *file; json_t *(*parse)(tokens *); } suite[] = {
    {"component_value_list", values}, {"one_component_value", one_value}, {"declaration_list", declaration_list},
    {"one_declaration", one_declaration}, {"rule_list", rule_list}, {"one_rule", one_rule}, {"stylesheet", stylesheet},
    {"stylesheet_bytes", NULL}, {"An+B", an_plus_b},
};
enum { FILES = sizeof suite / sizeof *suite };

static json_t *run(json_t *(*parse)(tokens *), const json_t *input) {
    postern_arena *arena = must(postern_arena_new(1 << 20));
    json_t *result;
    if (parse) {
        tokens ts = tokenize(postern_slice_of(json_string_value(input), json_string_length(input)), arena);
        result = parse(&ts);
        free(ts.list);
    } else {
        result = stylesheet_bytes(input, arena);
    }
    postern_arena_free(arena);
    return result;
}

static void run_file(tap_row *tap, size_t index) {
    char path[200];
    snprintf(path, sizeof path, "suites/css-parsing-tests/%s.json", suite[index].file);
    json_t *file = shared_json(path);
    for (size_t i = 0; i + 1 < json_array_size(file); i += 2) {
        const json_t *input = json_array_get(file, i), *expected = json_array_get(file, i + 1);
        json_t *got = run(suite[index].parse, input);
        char *a = json_dumps(input, JSON_ENCODE_ANY), *b = json_dumps(expected, JSON_ENCODE_ANY);
        char *c = json_dumps(got, JSON_ENCODE_ANY);
        tap_case(tap, same(got, expected), "%s: expected %s, got %s", a, b, c);
        free(a);
        free(b);
        free(c);
        json_decref(got);
    }
    json_decref(file);
    tap_end(tap, suite[index].file);
}

int main(void) {
    tap_row tap;
    tap_plan(&tap, FILES);
    for (size_t i = 0; i < FILES; i++) run_file(&tap, i);
    return tap_finish(&tap);
}
