/*
 * Parameters of structured fields: RFC 2045 5.1, comments of RFC 5322, continuations and character sets of RFC 2231, and
 * encoded words inside (RFC 2047 5 forbids them; senders write them).
 *
 * Real files leave out semicolons, quote half, fold inside values, write file names with blanks unquoted. What is not done:
 * address lists, dates. An attacker writes one parameter that two readers split differently; each departure from the grammar
 * is reported as malformed, and the first of two equal names counts.
 */
#include "mime_int.h"

#include "postern/url.h"

static inline bool is_ws(uint8_t c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Behind blanks, folds and comments; a comment that never closes is not one. */
static const uint8_t *skip_ws(const uint8_t *p, const uint8_t *end) {
    for (;;) {
        while (p < end && is_ws(*p)) p++;
        if (p == end || *p != '(') return p;
        const uint8_t *q = p;
        unsigned depth = 0;
        do {
            if (*q == '\\' && q + 1 < end)
                q++;
            else if (*q == '(')
                depth++;
            else if (*q == ')')
                depth--;
            q++;
        } while (q < end && depth);
        if (depth) return p;
        p = q;
    }
}

postern_slice mime_params_begin(postern_slice raw, mime_params *ret_params) {
    const uint8_t *p = raw.ptr, *end = p + raw.len;
    p = skip_ws(p, end);
    const uint8_t *token = p;
    while (p < end && *p != ';' && *p != '(' && !is_ws(*p)) p++;
    if (memchr(token, '=', (size_t)(p - token))) p = token; /* no value, a parameter at once: "filename=x" */
    *ret_params = (mime_params){p, end};
    return postern_slice_of(token, (size_t)(p - token));
}

/* Whether "name =" stands at `p`: the semicolon in front was forgotten. */
static bool is_next_name(const uint8_t *p, const uint8_t *end) {
    const uint8_t *name = p;
    while (p < end && (postern_ascii_alpha(*p) || postern_ascii_digit(*p) || *p == '-' || *p == '*')) p++;
    return p > name && p < end && *p == '=';
}

/* What "*1*" says: the number of a segment and whether the value is percent-encoded (RFC 2231 3 and 4). */
static bool split_number(mime_param *param, postern_slice stars) {
    postern_slice rest = postern_slice_from(stars, 1);
    bool extended = rest.len == 0 || rest.ptr[rest.len - 1] == '*';
    postern_slice digits = rest.len ? postern_slice_sub(rest, 0, rest.len - extended) : rest;
    uint64_t number;
    if (digits.len && !postern_slice_uint(digits, 99999, &number)) return false;
    if (digits.len) param->segment = (int)number;
    param->extended = extended;
    return true;
}

/* Splits "filename*1*" into its name and what the stars say. */
static void split_name(mime_param *param) {
    postern_slice name = param->name;
    size_t star = postern_slice_find_byte(name, 0, '*');
    param->segment = -1;
    if (star != SIZE_MAX && star != 0 && split_number(param, postern_slice_from(name, star)))
        param->name = postern_slice_sub(name, 0, star);
}

/* The closing quote behind `p`, or NULL. */
static const uint8_t *closing_quote(const uint8_t *p, const uint8_t *end, bool escapes) {
    for (; p < end && *p != '"'; p++)
        if (escapes && *p == '\\' && p + 1 < end) p++;
    return p < end ? p : NULL;
}

static const uint8_t *quoted_value(const uint8_t *p, const uint8_t *end, mime_param *param) {
    const uint8_t *start = ++p;
    const uint8_t *close = closing_quote(start, end, true);
    if (!close) close = closing_quote(start, end, false); /* name="C:\dir\" */
    param->quoted = true;
    if (!close) { /* ends with the line or the next semicolon */
        param->malformed = true;
        while (p < end && *p != ';' && *p != '\r' && *p != '\n') p++;
        param->value = postern_slice_of(start, (size_t)(p - start));
        return p;
    }
    param->value = postern_slice_of(start, (size_t)(close - start));
    p = skip_ws(close + 1, end);
    if (p < end && *p != ';') {
        param->malformed = true;
        if (!is_next_name(p, end))
            while (p < end && *p != ';') p++;
    }
    return p;
}

/* Names and boundaries may hold blanks though nobody quoted them. */
static bool may_hold_blanks(postern_slice name) {
    return postern_slice_eq_nocase(name, POSTERN_S("filename")) || postern_slice_eq_nocase(name, POSTERN_S("name")) ||
           postern_slice_eq_nocase(name, POSTERN_S("boundary"));
}

static const uint8_t *bare_value(const uint8_t *p, const uint8_t *end, mime_param *param) {
    const uint8_t *start = p, *last = p;
    bool blanks = may_hold_blanks(param->name);
    while (p < end && *p != ';') {
        if (!is_ws(*p)) {
            last = ++p;
            continue;
        }
        const uint8_t *gap = p;
        bool fold = false;
        for (; p < end && is_ws(*p); p++) fold |= *p == '\n' || *p == '\r';
        if (p == end || *p == ';') break;
        bool next = is_next_name(p, end);
        if (!blanks || (fold && next)) { /* "charset=x (comment)" or a forgotten semicolon */
            param->malformed |= next || *p != '(';
            if (!next) {
                p = skip_ws(gap, end);
                while (p < end && *p != ';') p++;
            }
            break;
        }
        param->malformed = true;
    }
    param->value = postern_slice_of(start, (size_t)(last - start));
    return p;
}

/*
 * Where the value begins behind "=". A comment may stand in front (RFC 5322 3.2.2); but "(1) report.txt" and "(draft).txt" are
 * names that nobody quoted, so it is one only in front of a quoted or an extended value, or of one that is no name.
 */
static const uint8_t *value_start(const uint8_t *p, const uint8_t *end, const mime_param *param) {
    const uint8_t *behind = skip_ws(p, end);
    while (p < end && is_ws(*p)) p++;
    bool sure = param->extended || !may_hold_blanks(param->name) || (behind < end && *behind == '"');
    return sure && behind < end && *behind != ';' ? behind : p;
}

bool mime_params_next(mime_params *params, mime_param *ret_param) {
    const uint8_t *p = params->p, *end = params->end;
    do {
        p = skip_ws(p, end);
    } while (p < end && *p == ';' && p++ < end);
    params->p = p;
    if (p == end) return false;
    *ret_param = (mime_param){.segment = -1};
    const uint8_t *name = p;
    while (p < end && *p != '=' && *p != ';' && *p != '(' && !is_ws(*p)) p++;
    ret_param->name = postern_slice_of(name, (size_t)(p - name));
    const uint8_t *q = skip_ws(p, end);
    const uint8_t *star = q; /* "filename *=x", "filename*(comment)=x" */
    while (q < end && (*q == '*' || postern_ascii_digit(*q))) q++;
    postern_slice stars = postern_slice_of(star, (size_t)(q - star));
    bool parted = stars.len && *star == '*';
    q = parted ? skip_ws(q, end) : star;
    if (q == end || *q != '=') { /* a word that is no parameter */
        ret_param->malformed = true;
        ret_param->value = postern_slice_of(p, 0);
        params->p = p > name ? p : p + 1;
        return true;
    }
    ret_param->malformed = ret_param->name.len == 0 || parted;
    split_name(ret_param);
    if (parted && !split_number(ret_param, stars)) ret_param->segment = -1;
    p = value_start(q + 1, end, ret_param);
    params->p = p < end && *p == '"' ? quoted_value(p, end, ret_param) : bare_value(p, end, ret_param);
    return true;
}

postern_status mime_param_plain(postern_arena *arena, const mime_param *param, postern_slice *ret_value) {
    postern_slice v = param->value;
    size_t i = 0;
    while (i < v.len && v.ptr[i] != '\\' && v.ptr[i] != '\r' && v.ptr[i] != '\n') i++;
    if (i == v.len) {
        *ret_value = v;
        return POSTERN_OK;
    }
    uint8_t *out = postern_arena_alloc(arena, v.len);
    if (!out) return postern_arena_failure(arena);
    size_t n = 0;
    for (i = 0; i < v.len; i++) {
        uint8_t c = v.ptr[i];
        if (c == '\r' || c == '\n') continue;
        /* Only what has to be escaped is unescaped: Windows paths stand in quotes with single backslashes. */
        if (c == '\\' && param->quoted && i + 1 < v.len && (v.ptr[i + 1] == '"' || v.ptr[i + 1] == '\\')) c = v.ptr[++i];
        out[n++] = c;
    }
    *ret_value = postern_slice_of(out, n);
    return POSTERN_OK;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

enum { VALUE_MAX = 32 << 10 }; /* more of a name is cut: decoding it stays far below POSTERN_LIMIT_HEADER_VALUE */

/* Raw bytes or encoded words to UTF-8; a view when it is plain ASCII. */
static postern_status to_text(postern_arena *arena, postern_slice raw, postern_charset fallback, postern_slice *ret_text) {
    bool plain = true;
    for (size_t i = 0; i < raw.len && plain; i++)
        plain = raw.ptr[i] < 0x80 && !(raw.ptr[i] == '=' && i + 1 < raw.len && raw.ptr[i + 1] == '?');
    if (plain) {
        *ret_text = raw;
        return POSTERN_OK;
    }
    return postern_header_text(arena, postern_slice_sub(raw, 0, VALUE_MAX), fallback, NULL, POSTERN_NO_PART, ret_text);
}

typedef struct found_params {
    bool has_plain, has_extended;
    mime_param plain, extended;
    const mime_param *segments[POSTERN_LIMIT_PARAMETERS];
    mime_param store[POSTERN_LIMIT_PARAMETERS];
    size_t segment_count;
} found_params;

/* charset'language'rest; without the quotes everything is the rest. Some write utf-8''"rest". */
static postern_slice cut_charset(postern_slice value, postern_charset *ret_charset) {
    postern_cut label = postern_slice_cut(value, '\'');
    postern_cut language = postern_slice_cut(label.tail, '\'');
    if (!label.ok || !language.ok) return value;
    *ret_charset = postern_charset_parse(label.head);
    postern_slice rest = language.tail;
    bool quoted = rest.len >= 2 && rest.ptr[0] == '"' && rest.ptr[rest.len - 1] == '"';
    return quoted ? postern_slice_sub(rest, 1, rest.len - 2) : rest;
}

/* Some repeat "charset'language'" in front of each segment: the same set again, and a known one, is no part of a name. */
static postern_slice cut_again(postern_slice value, postern_charset charset) {
    postern_charset again = POSTERN_CHARSET_NONE;
    postern_slice rest = cut_charset(value, &again);
    return again != POSTERN_CHARSET_NONE && again == charset ? rest : value;
}

static postern_status decode_bytes(postern_arena *arena, postern_slice bytes, postern_charset charset, postern_charset fallback,
                                   postern_slice *ret_text) {
    if (charset == POSTERN_CHARSET_NONE) {
        if (postern_utf8_valid(bytes))
            charset = POSTERN_CHARSET_UTF_8;
        else
            charset = fallback != POSTERN_CHARSET_NONE ? fallback : postern_charset_detect(bytes);
    }
    return postern_charset_decode_arena(charset, postern_slice_sub(bytes, 0, VALUE_MAX), arena, NULL, POSTERN_NO_PART,
                                        ret_text);
}

/* Joins the segments in the order of their numbers; what is missing is missing. */
static postern_status join_segments(postern_arena *arena, found_params *found, postern_charset fallback, bool *ret_malformed,
                                    postern_slice *ret_value) {
    const mime_param **s = found->segments;
    size_t count = found->segment_count, total = 0;
    for (size_t i = 1; i < count;
         i++) /* insertion sort: at most 200, and stable so that of two equal numbers the first counts */
        for (size_t k = i; k > 0 && s[k]->segment < s[k - 1]->segment; k--) {
            const mime_param *t = s[k];
            s[k] = s[k - 1];
            s[k - 1] = t;
        }
    for (size_t i = 0; i < count; i++) total += s[i]->value.len;
    uint8_t *out = postern_arena_alloc(arena, total);
    if (!out) return postern_arena_failure(arena);
    size_t n = 0;
    bool any_extended = false;
    postern_charset charset = POSTERN_CHARSET_NONE;
    for (size_t i = 0; i < count; i++) {
        if (i && s[i]->segment == s[i - 1]->segment) {
            *ret_malformed = true;
            continue;
        }
        if (s[i]->segment != (i ? s[i - 1]->segment + 1 : 0)) *ret_malformed = true;
        postern_slice value;
        postern_status status = mime_param_plain(arena, s[i], &value);
        if (status != POSTERN_OK) return status;
        if (s[i]->extended) value = i ? cut_again(value, charset) : cut_charset(value, &charset);
        any_extended |= s[i]->extended;
        if (s[i]->extended)
            n += postern_percent_decode_into(value, out + n);
        else if (value.len)
            memcpy(out + n, value.ptr, value.len), n += value.len;
    }
    postern_slice joined = postern_slice_of(out, n);
    return any_extended ? decode_bytes(arena, joined, charset, fallback, ret_value)
                        : to_text(arena, joined, fallback, ret_value);
}

static postern_status extended_value(postern_arena *arena, const mime_param *param, postern_charset fallback,
                                     postern_slice *ret_value) {
    postern_slice value;
    postern_status status = mime_param_plain(arena, param, &value);
    if (status != POSTERN_OK) return status;
    postern_charset charset = POSTERN_CHARSET_NONE;
    value = cut_charset(value, &charset);
    status = postern_percent_decode(arena, value, &value);
    return status ? status : decode_bytes(arena, value, charset, fallback, ret_value);
}

/* Goes through the parameters once. *ret_rfc2231 tells whether the slow way is needed. */
static void collect(postern_slice raw, postern_slice name, found_params *found, bool *ret_malformed) {
    mime_params params;
    mime_param param;
    mime_params_begin(raw, &params);
    for (size_t i = 0; i < POSTERN_LIMIT_PARAMETERS && mime_params_next(&params, &param); i++) {
        *ret_malformed |= param.malformed;
        if (!postern_slice_eq_nocase(param.name, name) || (param.malformed && param.value.len == 0)) continue;
        if (param.segment >= 0) {
            if (found->segment_count == POSTERN_LIMIT_PARAMETERS) continue;
            found->store[found->segment_count] = param;
            found->segments[found->segment_count] = &found->store[found->segment_count];
            found->segment_count++;
        } else if (param.extended) {
            if (!found->has_extended)
                found->extended = param;
            else
                *ret_malformed = true;
            found->has_extended = true;
        } else {
            if (!found->has_plain)
                found->plain = param;
            else
                *ret_malformed = true;
            found->has_plain = true;
        }
    }
}

postern_status mime_param_value(postern_arena *arena, postern_slice raw, postern_slice name, postern_charset fallback,
                                bool *ret_found, bool *ret_malformed, postern_slice *ret_value) {
    found_params found;
    found.has_plain = found.has_extended = false;
    found.segment_count = 0;
    collect(raw, name, &found, ret_malformed);
    *ret_found = true;
    if (found.has_extended && (found.extended.value.len || !found.has_plain))
        return extended_value(arena, &found.extended, fallback, ret_value);
    if (found.segment_count) return join_segments(arena, &found, fallback, ret_malformed, ret_value);
    *ret_found = found.has_plain;
    if (!found.has_plain) return POSTERN_OK;
    postern_slice value;
    postern_status status = mime_param_plain(arena, &found.plain, &value);
    if (status != POSTERN_OK) return status;
    if (postern_slice_eq(name, POSTERN_S("boundary"))) { /* compared with bytes of the body: never decoded */
        *ret_value = value;
        return POSTERN_OK;
    }
    return to_text(arena, value, fallback, ret_value);
}

/* ---- the public list --------------------------------------------------------------------------------------------- */

static bool has_parameter(const postern_parameter *list, size_t count, postern_slice name) {
    for (size_t i = 0; i < count; i++)
        if (postern_slice_eq(list[i].name, name)) return true;
    return false;
}

static postern_status plain_parameter(postern_arena *arena, const mime_param *param, postern_charset fallback,
                                      postern_parameter *ret) {
    postern_slice value;
    postern_status status = mime_param_plain(arena, param, &value);
    if (status != POSTERN_OK) return status;
    if (postern_slice_eq(ret->name, POSTERN_S("boundary"))) {
        ret->value = value;
        return POSTERN_OK;
    }
    return to_text(arena, value, fallback, &ret->value);
}

/* Continued and extended ones first win over a plain one of the same name, so they are listed where the first of the name
 * stood and the plain ones behind. */
postern_status postern_mime_parameters(postern_arena *arena, postern_slice raw, postern_charset fallback,
                                       postern_slice *ret_value, postern_parameter **ret_parameters, size_t *ret_count) {
    mime_params params;
    mime_param param;
    postern_slice value;
    postern_status status = mime_lower_copy(arena, mime_params_begin(raw, &params), &value);
    if (status != POSTERN_OK) return status;
    size_t most = 0, count = 0; /* each may stand twice: combined and plain */
    for (mime_params counted = params; most < POSTERN_LIMIT_PARAMETERS && mime_params_next(&counted, &param);) most += 2;
    if (most > POSTERN_LIMIT_PARAMETERS) most = POSTERN_LIMIT_PARAMETERS;
    postern_parameter *list = postern_arena_zalloc(arena, most, sizeof *list);
    if (!list) return postern_arena_failure(arena);
    for (size_t i = 0; i < POSTERN_LIMIT_PARAMETERS && count < most && mime_params_next(&params, &param); i++) {
        if (param.malformed && param.value.len == 0) continue;
        postern_parameter *p = &list[count];
        status = mime_lower_copy(arena, param.name, &p->name);
        if (status != POSTERN_OK) return status;
        bool first = !has_parameter(list, count, p->name);
        if (first) { /* the combined value */
            bool found, malformed = false;
            status = mime_param_value(arena, raw, p->name, fallback, &found, &malformed, &p->value);
            if (status != POSTERN_OK) return status;
            if (!found) continue;
            count++;
            if (param.segment >= 0 || param.extended || count == most) continue;
            postern_parameter again = {.name = p->name};
            status = plain_parameter(arena, &param, fallback, &again);
            if (status != POSTERN_OK) return status;
            if (!postern_slice_eq(again.value, p->value)) list[count++] = again;
        } else if (param.segment < 0 && !param.extended) {
            status = plain_parameter(arena, &param, fallback, p);
            if (status != POSTERN_OK) return status;
            count++;
        }
    }
    *ret_value = value;
    *ret_parameters = list;
    *ret_count = count;
    return POSTERN_OK;
}

/* ---- media types ------------------------------------------------------------------------------------------------- */

/* RFC 2045 5.1: printable ASCII without tspecials. */
static bool token_byte(uint8_t c) {
    static const uint8_t special[256] = {['('] = 1, [')'] = 1, ['<'] = 1, ['>'] = 1, ['@'] = 1, [','] = 1, [';'] = 1, [':'] = 1,
                                         ['\\'] = 1, ['"'] = 1, ['/'] = 1, ['['] = 1, [']'] = 1, ['?'] = 1, ['='] = 1};
    return c > 32 && c < 127 && !special[c];
}

static size_t token_length(postern_slice s, size_t from) {
    size_t i = from;
    while (i < s.len && token_byte(s.ptr[i])) i++;
    return i - from;
}

postern_status mime_type_parse(postern_arena *arena, postern_slice raw, bool *ret_ok, bool *ret_odd, postern_slice *ret_type) {
    mime_params params;
    postern_slice type = mime_params_begin(raw, &params);
    size_t major = token_length(type, 0);
    size_t minor = major < type.len && type.ptr[major] == '/' ? token_length(type, major + 1) : 0;
    *ret_ok = *ret_odd = false;
    if (!major || !minor || major + 1 + minor != type.len) return POSTERN_OK;
    const uint8_t *p = skip_ws(params.p, params.end);
    if (p < params.end && *p != ';') {
        if (!is_next_name(p, params.end)) return POSTERN_OK;
        *ret_odd = true;
    }
    *ret_ok = true;
    return mime_lower_copy(arena, type, ret_type);
}
