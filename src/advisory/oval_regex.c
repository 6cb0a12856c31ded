/*
 * Regular expressions of OVAL (the Perl 5 subset of the language) on PCRE2. Patterns come from hostile files: their size, their
 * number, the steps of a match, its depth and its heap are bounded, and running into one of these is an error of the entity
 * that asked, never "no match". Nothing is compiled to machine code.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "oval_int.h"

#include <pcre2.h>
#include <stdlib.h>

typedef struct regex {
    pcre2_code *code; /* NULL: `why` says what is wrong */
    postern_slice why;
    struct regex *next;
} regex;

typedef struct oval_regexes {
    oval_map map;
    regex *all;
    size_t count;
    pcre2_general_context *general;
    pcre2_match_context *match;
    pcre2_match_data *data;
} oval_regexes;

static void *take(size_t size, void *user) {
    return (void)user, malloc(size);
}
static void give(void *block, void *user) {
    (void)user, free(block);
}

static void free_parts(oval_regexes *r) {
    for (regex *x = r->all; x; x = x->next) pcre2_code_free(x->code);
    pcre2_match_data_free(r->data);
    pcre2_match_context_free(r->match);
    pcre2_general_context_free(r->general);
}

void oval_regex_free(oval_regexes *regexes) {
    if (regexes) free_parts(regexes);
}

static oval_regexes *regexes_of(oval *o) {
    if (o->regexes) return o->regexes;
    oval_regexes *r = oval_alloc(o, sizeof *r);
    if (!r) return NULL;
    r->general = pcre2_general_context_create(take, give, NULL);
    if (r->general) r->match = pcre2_match_context_create(r->general);
    if (r->match) r->data = pcre2_match_data_create(32, r->general);
    if (!r->data) {
        free_parts(r);
        oval_fail(o, POSTERN_NOMEM, "no memory");
        return NULL;
    }
    pcre2_set_match_limit(r->match, POSTERN_LIMIT_OVAL_MATCH);
    pcre2_set_depth_limit(r->match, POSTERN_LIMIT_OVAL_MATCH_DEPTH);
    pcre2_set_heap_limit(r->match, POSTERN_LIMIT_OVAL_MATCH_HEAP >> 10);
    return o->regexes = r;
}

static void compile(oval *o, oval_regexes *r, regex *x, postern_slice pattern, unsigned flags) {
    int error;
    size_t at;
    uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
    if (flags & OVAL_REGEX_NOCASE) options |= PCRE2_CASELESS;
    if (flags & OVAL_REGEX_MULTILINE) options |= PCRE2_MULTILINE;
    if (flags & OVAL_REGEX_DOTALL) options |= PCRE2_DOTALL;
    pcre2_compile_context *context = pcre2_compile_context_create(r->general);
    if (!context) {
        oval_fail(o, POSTERN_NOMEM, "no memory");
        return;
    }
    pcre2_set_parens_nest_limit(context, 100);
    x->code = pcre2_compile(pattern.ptr ? pattern.ptr : (const uint8_t *)"", pattern.len, options, &error, &at, context);
    pcre2_compile_context_free(context);
    if (x->code) return;
    char text[160];
    if (error == PCRE2_ERROR_NOMEMORY || error == 121 /* compile: failed to allocate */)
        oval_fail(o, POSTERN_NOMEM, "no memory");
    pcre2_get_error_message(error, (uint8_t *)text, sizeof text);
    x->why = oval_text(o, "the pattern cannot be compiled: %s at %zu", text, at);
}

static regex *regex_of(oval *o, postern_slice pattern, unsigned flags) {
    oval_regexes *r = regexes_of(o);
    if (!r) return NULL;
    uint8_t *key = oval_alloc(o, pattern.len + 1);
    if (!key) return NULL;
    key[0] = (uint8_t)flags;
    if (pattern.len) memcpy(key + 1, pattern.ptr, pattern.len);
    postern_slice whole = postern_slice_of(key, pattern.len + 1);
    regex *x = oval_map_get(&r->map, whole);
    if (x) return x;
    if (r->count++ >= POSTERN_LIMIT_OVAL_PATTERNS) {
        oval_fail(o, POSTERN_LIMIT, "limit OVAL_PATTERNS: too many regular expressions");
        return NULL;
    }
    x = oval_alloc(o, sizeof *x);
    if (!x) return NULL;
    x->next = r->all;
    r->all = x;
    if (pattern.len > POSTERN_LIMIT_OVAL_PATTERN)
        x->why = POSTERN_S("limit OVAL_PATTERN: the pattern is too long");
    else
        compile(o, r, x, pattern, flags);
    if (!o->failure && !oval_map_put(&r->map, o->arena, whole, x)) oval_fail(o, postern_arena_failure(o->arena), "no memory");
    return o->failure ? NULL : x;
}

static void take_groups(const oval_regexes *r, const regex *x, postern_slice subject, int count, oval_match *m) {
    const size_t *at = pcre2_get_ovector_pointer(r->data);
    uint32_t groups = 0;
    memset(m, 0, sizeof *m);
    m->start = at[0] < at[1] ? at[0] : at[1]; /* \K can turn them round */
    m->end = at[1];
    pcre2_pattern_info(x->code, PCRE2_INFO_CAPTURECOUNT, &groups);
    m->groups = groups > 31 ? 31 : groups;
    for (int i = 1; i < count && i <= 31; i++)
        if (at[2 * i] != PCRE2_UNSET && at[2 * i] <= at[2 * i + 1])
            m->group[i - 1] = postern_slice_sub(subject, at[2 * i], at[2 * i + 1] - at[2 * i]);
}

oval_result oval_regex_match(oval *o, postern_slice pattern, unsigned flags, postern_slice subject, size_t from,
                             oval_match *ret_match, postern_slice *ret_why) {
    if (!oval_step(o)) return OVAL_ERROR;
    regex *x = regex_of(o, pattern, flags);
    if (!x) return OVAL_ERROR;
    if (!x->code) {
        *ret_why = x->why;
        return OVAL_ERROR;
    }
    const uint8_t *text = subject.ptr ? subject.ptr : (const uint8_t *)"";
    int got = pcre2_match(x->code, text, subject.len, from, 0, o->regexes->data, o->regexes->match);
    if (got == PCRE2_ERROR_NOMATCH) return OVAL_FALSE;
    if (got == PCRE2_ERROR_NOMEMORY) oval_fail(o, POSTERN_NOMEM, "no memory");
    if (got < 0) {
        bool limit = got == PCRE2_ERROR_MATCHLIMIT || got == PCRE2_ERROR_DEPTHLIMIT || got == PCRE2_ERROR_HEAPLIMIT;
        o->steps += POSTERN_LIMIT_OVAL_MATCH;
        *ret_why = limit ? POSTERN_S("limit OVAL_MATCH: the pattern takes too long on this value")
                         : POSTERN_S("the pattern cannot be matched");
        return OVAL_ERROR;
    }
    if (ret_match) take_groups(o->regexes, x, subject, got ? got : 32, ret_match);
    return OVAL_TRUE;
}

postern_slice oval_regex_escape(oval *o, postern_slice text) {
    uint8_t *out = oval_alloc(o, text.len * 2 + 1);
    size_t n = 0;
    if (!out) return (postern_slice){0};
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] && strchr("^$\\.[](){}*+?|", text.ptr[i])) out[n++] = '\\';
        out[n++] = text.ptr[i];
    }
    return postern_slice_of(out, n);
}
