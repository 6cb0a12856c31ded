/*
 * Questions about a system in one line, as an inventory program would ask them:
 *
 *   file:%SystemRoot%/System32/inetcomm.dll version < 6.0.2800.1409
 *   registry:HKLM\SOFTWARE\Microsoft\Active Setup\Installed Components\{2cc9…}\IsInstalled = 1
 *
 * Paths hold blanks, so a question is read from its end: "exists" or "missing", or the last operator that stands alone. Numbers
 * are compared as numbers, versions as versions; what cannot be compared is an error, never an answer.
 */
#include "win_int.h"

#include <stdio.h>

typedef enum query_fact {
    FACT_EXISTS,
    FACT_MISSING,
    FACT_VERSION,
    FACT_PRODUCT_VERSION,
    FACT_SIZE,
    FACT_SHA256,
    FACT_ARCH,
    FACT_STRING,
    FACT_VALUE
} query_fact;
typedef enum query_operator { OP_EQUAL, OP_NOT_EQUAL, OP_BELOW, OP_AT_MOST, OP_ABOVE, OP_AT_LEAST } query_operator;

struct postern_query {
    bool is_file;
    postern_slice path;
    query_fact fact;
    query_operator operator;
    postern_slice key;   /* of FACT_STRING */
    postern_slice value; /* what is compared with */
};

/* ---- reading ------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *name;
    query_fact fact;
} facts[] = {{"version", FACT_VERSION}, {"product-version", FACT_PRODUCT_VERSION},
             {"size", FACT_SIZE},       {"sha256", FACT_SHA256},
             {"arch", FACT_ARCH},       {"exists", FACT_EXISTS},
             {"missing", FACT_MISSING}};
static const char *const operators[] = {"=", "!=", "<", "<=", ">", ">="};

static postern_status unclear(postern_slice text, postern_slice at, const char *what, postern_error *reterr) {
    return postern_fail(reterr, POSTERN_USAGE, at.ptr ? (uint64_t)(at.ptr - text.ptr) : text.len, "the query is unclear: %s",
                        what);
}

/* The word at the end of *text, which loses it and the blanks in front of it. */
static postern_slice take_last(postern_slice *text) {
    *text = postern_slice_trim(*text);
    size_t at = text->len;
    while (at && text->ptr[at - 1] != ' ') at--;
    postern_slice word = postern_slice_from(*text, at);
    *text = postern_slice_trim(postern_slice_sub(*text, 0, at));
    return word;
}

/* The last operator with blanks on both sides; what stands before and behind it. */
static bool cut_operator(postern_slice text, postern_slice *ret_before, postern_slice *ret_behind,
                         query_operator *ret_operator) {
    for (size_t end = text.len; end > 0; end--) {
        if (text.ptr[end - 1] != ' ') continue;
        size_t start = end - 1;
        while (start && text.ptr[start - 1] != ' ') start--;
        postern_slice word = postern_slice_sub(text, start, end - 1 - start);
        for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
            if (!start || !postern_slice_eq(word, postern_slice_cstr(operators[i]))) continue;
            *ret_before = postern_slice_trim(postern_slice_sub(text, 0, start));
            *ret_behind = postern_slice_trim(postern_slice_from(text, end));
            *ret_operator = (query_operator)i;
            return true;
        }
    }
    return false;
}

static bool fact_named(postern_slice word, query_fact *ret_fact) {
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        if (!postern_slice_eq_nocase(word, postern_slice_cstr(facts[i].name))) continue;
        *ret_fact = facts[i].fact;
        return true;
    }
    return false;
}

static bool value_fits(const postern_query *q) {
    postern_win_version version;
    uint64_t number;
    bool ordered = q->operator!= OP_EQUAL && q->operator!= OP_NOT_EQUAL;
    switch (q->fact) {
    case FACT_VERSION:
    case FACT_PRODUCT_VERSION:
        return postern_win_version_parse(q->value, &version);
    case FACT_SIZE:
        return postern_slice_uint(q->value, UINT64_MAX, &number);
    case FACT_SHA256:
        return q->value.len == 64 && !ordered;
    case FACT_ARCH:
    case FACT_STRING:
        return q->value.len && !ordered;
    default:
        return true;
    }
}

static postern_status parse_comparison(postern_slice text, postern_slice rest, postern_query *q, postern_error *reterr) {
    if (!cut_operator(rest, &q->path, &q->value, &q->operator))
        return unclear(text, rest, "it compares nothing and asks neither 'exists' nor 'missing'", reterr);
    if (q->value.len > 1 && q->value.ptr[0] == '"' && q->value.ptr[q->value.len - 1] == '"')
        q->value = postern_slice_sub(q->value, 1, q->value.len - 2);
    q->fact = FACT_VALUE;
    if (!q->is_file) return POSTERN_OK;
    postern_slice word = take_last(&q->path);
    if (postern_slice_starts_nocase(word, POSTERN_S("string:"))) {
        q->fact = FACT_STRING;
        q->key = postern_slice_from(word, 7);
    } else if (!fact_named(word, &q->fact) || q->fact == FACT_EXISTS || q->fact == FACT_MISSING) {
        return unclear(text, word, "a file has version, product-version, size, sha256, arch, string:NAME", reterr);
    }
    return value_fits(q) ? POSTERN_OK : unclear(text, q->value, "that is not what this can be compared with", reterr);
}

postern_status postern_query_parse(postern_slice text, postern_arena *arena, const postern_query **ret_query,
                                   postern_error *reterr) {
    postern_query *q = postern_arena_zalloc(arena, 1, sizeof *q);
    postern_slice kept;
    if (!q || postern_arena_copy(arena, text, &kept))
        return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory");
    postern_slice rest = postern_slice_trim(kept), last;
    q->is_file = postern_slice_starts_nocase(rest, POSTERN_S("file:"));
    if (!q->is_file && !postern_slice_starts_nocase(rest, POSTERN_S("registry:")))
        return unclear(kept, kept, "it begins with file: or registry:", reterr);
    rest = postern_slice_from(rest, q->is_file ? 5 : 9);
    q->path = rest;
    last = take_last(&q->path);
    if (!q->path.len || !fact_named(last, &q->fact) || (q->fact != FACT_EXISTS && q->fact != FACT_MISSING)) {
        postern_status status = parse_comparison(kept, rest, q, reterr);
        if (status) return status;
    }
    if (!q->path.len) return unclear(kept, rest, "it names nothing", reterr);
    *ret_query = q;
    return POSTERN_OK;
}

/* ---- answering ---------------------------------------------------------------------------------------------------- */

typedef struct asking {
    postern_win *win;
    const postern_win_view *view;
    const postern_query *q;
    postern_query_answer *answer;
    postern_error *reterr;
} asking;

static bool holds(query_operator operator, int order) {
    switch (operator) {
    case OP_EQUAL:
        return order == 0;
    case OP_NOT_EQUAL:
        return order != 0;
    case OP_BELOW:
        return order < 0;
    case OP_AT_MOST:
        return order <= 0;
    case OP_ABOVE:
        return order > 0;
    case OP_AT_LEAST:
        return order >= 0;
    }
    return false;
}

static postern_status incomparable(const asking *a, const char *what) {
    return postern_fail(a->reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET, "%.*s %s", WIN_SHOWN(a->answer->object), what);
}

static postern_status say(const asking *a, postern_slice actual, int order) {
    a->answer->holds = holds(a->q->operator, order);
    return win_text(a->win, actual, &a->answer->actual) ? win_fail_memory(a->win, a->reterr) : POSTERN_OK;
}

static postern_status say_version(const asking *a, postern_win_version actual) {
    char text[POSTERN_WIN_VERSION_TEXT];
    postern_win_version wanted;
    if (!postern_win_version_parse(a->q->value, &wanted))
        return incomparable(a, "is a version, and what it is compared with is none");
    return say(a, postern_slice_cstr(postern_win_version_text(actual, text)), postern_win_version_compare(actual, wanted));
}

static postern_status say_number(const asking *a, uint64_t actual) {
    uint64_t wanted = 0;
    char text[24];
    postern_slice digits = a->q->value;
    bool hex = postern_slice_starts_nocase(digits, POSTERN_S("0x"));
    bool ok = hex ? postern_slice_hex(postern_slice_from(digits, 2), UINT64_MAX, &wanted)
                  : postern_slice_uint(digits, UINT64_MAX, &wanted);
    if (!ok) return incomparable(a, "is a number, and what it is compared with is none");
    snprintf(text, sizeof text, "%llu", (unsigned long long)actual);
    return say(a, postern_slice_cstr(text), actual < wanted ? -1 : actual > wanted);
}

/* Text: equal or not without case; an order only between versions. */
static postern_status say_text(const asking *a, postern_slice actual) {
    postern_win_version version, wanted;
    query_operator op = a->q->operator;
    if (op == OP_EQUAL || op == OP_NOT_EQUAL) return say(a, actual, !win_name_eq(actual, a->q->value));
    if (!postern_win_version_parse(actual, &version)) return incomparable(a, "is no version and no number");
    if (!postern_win_version_parse(a->q->value, &wanted))
        return incomparable(a, "is a version, and what it is compared with is none");
    return say(a, actual, postern_win_version_compare(version, wanted));
}

static postern_status ask_digest(const asking *a) {
    uint8_t digest[32];
    char text[64];
    postern_status status = postern_win_sha256(a->win, a->view, a->answer->object, digest, a->reterr);
    if (status) return status;
    postern_hex_put(digest, sizeof digest, text);
    postern_slice actual = postern_slice_of(text, sizeof text);
    return say(a, actual, !postern_slice_eq_nocase(actual, a->q->value));
}

static postern_status ask_program(const asking *a) {
    const postern_pe *pe;
    postern_status status = postern_win_pe(a->win, a->view, a->answer->object, &pe, a->reterr);
    if (status) return status;
    if (a->q->fact == FACT_ARCH) return say_text(a, postern_slice_cstr(postern_arch_name(win_arch_of_machine(pe->machine))));
    if (a->q->fact == FACT_STRING) return say_text(a, postern_pe_text(pe, a->q->key));
    if (!pe->has_version) return incomparable(a, "has no version");
    return say_version(a, a->q->fact == FACT_VERSION ? pe->file_version : pe->product_version);
}

static postern_status ask_file(const asking *a) {
    postern_slice path;
    postern_win_file file;
    postern_status status = postern_win_expand(a->win, a->view, a->q->path, &path, a->reterr);
    if (status) return status;
    a->answer->object = path;
    status = postern_win_stat(a->win, a->view, path, &file, a->reterr);
    a->answer->exists = !status;
    a->answer->holds = a->q->fact == FACT_MISSING ? status == POSTERN_NOTFOUND : a->q->fact == FACT_EXISTS;
    if (status == POSTERN_NOTFOUND) {
        a->answer->holds = a->q->fact == FACT_MISSING;
        return POSTERN_OK;
    }
    if (status) return status;
    a->answer->object = file.path;
    switch (a->q->fact) {
    case FACT_EXISTS:
    case FACT_MISSING:
        return POSTERN_OK;
    case FACT_SIZE:
        return say_number(a, file.size);
    case FACT_SHA256:
        return ask_digest(a);
    default:
        return ask_program(a);
    }
}

/* The longest part of the path that is a key; the rest names a value, which may hold backslashes itself. *ret_name empty: the
 * whole path is a key. *ret_key NULL: not even its root is there. */
static postern_status split_key(const asking *a, const postern_key **ret_key, postern_slice *ret_name) {
    postern_slice path = a->q->path;
    *ret_name = (postern_slice){0};
    for (;;) {
        postern_status status = postern_win_key(a->win, a->view, path, ret_key, a->reterr);
        if (status != POSTERN_NOTFOUND) return status;
        postern_cut cut = postern_slice_cut_last(path, '\\');
        if (!cut.ok) break;
        path = cut.head;
        *ret_name = postern_slice_from(a->q->path, path.len + 1);
    }
    *ret_key = NULL;
    return POSTERN_OK;
}

static postern_status say_value(const asking *a, const postern_value *value) {
    postern_slice text;
    const postern_slice *list;
    size_t count;
    uint64_t number;
    if (!postern_value_number(value, &number)) return say_number(a, number);
    postern_status status = postern_value_text(value, a->win->arena, &text);
    if (!status) return say_text(a, text);
    if (status == POSTERN_FORMAT) status = postern_value_list(value, a->win->arena, &list, &count);
    if (status == POSTERN_FORMAT) return incomparable(a, "is neither text nor a number");
    if (status) return win_fail_memory(a->win, a->reterr);
    bool decides = a->q->operator!= OP_NOT_EQUAL; /* a list: any of its texts; for != none of them */
    for (size_t i = 0; i < count; i++) {
        status = say_text(a, list[i]);
        if (status || a->answer->holds == decides) return status;
    }
    return count ? POSTERN_OK : say(a, (postern_slice){0}, 1);
}

static postern_status ask_registry(const asking *a) {
    const postern_key *key;
    postern_slice name;
    a->answer->object = a->q->path;
    postern_status status = split_key(a, &key, &name);
    if (status) return status;
    bool wants_default = postern_slice_eq(name, POSTERN_S("@")) || win_name_eq(name, POSTERN_S("(default)"));
    bool is_key = key && !name.len;
    const postern_value *value = key && !is_key ? postern_key_value(key, name) : NULL;
    if (key && !value && wants_default) value = postern_key_value(key, (postern_slice){0});
    a->answer->exists = is_key || value;
    if (a->q->fact != FACT_VALUE) a->answer->holds = a->answer->exists == (a->q->fact == FACT_EXISTS);
    if (a->q->fact != FACT_VALUE || !a->answer->exists) return POSTERN_OK;
    return is_key ? incomparable(a, "is a key, and has no value of its own (name it, or @)") : say_value(a, value);
}

postern_status postern_query_ask(postern_win *win, const postern_win_view *view, const postern_query *query,
                                 postern_query_answer *ret_answer, postern_error *reterr) {
    postern_query_answer answer = {0};
    asking a = {win, view, query, &answer, reterr};
    postern_status status = query->is_file ? ask_file(&a) : ask_registry(&a);
    if (!status) *ret_answer = answer;
    return status;
}
