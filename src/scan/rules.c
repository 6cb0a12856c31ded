/*
 * YARA rules of the caller's own over each decoded part (MH029). Rules are compiled before any hostile byte is looked at and
 * before the sandbox; the scanner of one file is made from them later. libyara is C over hostile input like any other: it runs
 * where the rest of the scan runs, in the worker of one file.
 *
 * Left out: rules that include other rule files (a rule file opens nothing). Names that many rule sets expect from outside
 * (filename, filepath, extension, filetype, owner) are defined: the first three from the file's path, the others empty.
 */
#include "scan_int.h"

#ifdef POSTERN_WITH_YARA

#include <stdlib.h>
#include <yara.h>

enum { RULE_SECONDS = 30 };

struct postern_rules {
    YR_RULES *compiled;
};

bool postern_rules_supported(void) {
    return true;
}

typedef struct complaint {
    postern_error *error;
    bool told;
} complaint;

static void on_complaint(int level, const char *file, int line, const YR_RULE *rule, const char *text, void *user) {
    complaint *c = user;
    (void)file;
    (void)rule;
    if (level != YARA_ERROR_LEVEL_ERROR || c->told) return;
    c->told = true;
    if (line)
        postern_fail(c->error, POSTERN_FORMAT, POSTERN_NO_OFFSET, "line %d: %s", line, text);
    else /* libyara's word for the end of the text */
        postern_fail(c->error, POSTERN_FORMAT, POSTERN_NO_OFFSET, "at the end: %s", text);
}

static postern_status compile(YR_COMPILER *compiler, postern_slice text, YR_RULES **ret, postern_error *reterr) {
    static const char *const outside[] = {"filename", "filepath", "extension", "filetype", "owner"};
    complaint c = {.error = reterr};
    postern_buf copy; /* the compiler wants a string */
    yr_compiler_set_callback(compiler, on_complaint, &c);
    yr_compiler_set_include_callback(compiler, NULL, NULL, NULL);
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
        if (yr_compiler_define_string_variable(compiler, outside[i], "")) return POSTERN_NOMEM;
    if (memchr(text.ptr ? text.ptr : (const uint8_t *)"", 0, text.len))
        return postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET, "no text: a NUL in the rules");
    postern_buf_init(&copy, SIZE_MAX / 2);
    postern_buf_add_slice(&copy, text);
    postern_buf_add_byte(&copy, 0);
    postern_status status = copy.status;
    if (!status && yr_compiler_add_string(compiler, (const char *)copy.ptr, NULL))
        status = c.told ? POSTERN_FORMAT : postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET, "the rules do not compile");
    if (!status && yr_compiler_get_rules(compiler, ret)) status = POSTERN_NOMEM;
    postern_buf_free(&copy);
    return status;
}

postern_status postern_rules_compile(postern_slice text, postern_rules **ret_rules, postern_error *reterr) {
    YR_COMPILER *compiler = NULL;
    postern_rules *rules = calloc(1, sizeof *rules);
    postern_status status = POSTERN_NOMEM;
    if (rules && !yr_initialize()) {
        if (!yr_compiler_create(&compiler)) status = compile(compiler, text, &rules->compiled, reterr);
        if (compiler) yr_compiler_destroy(compiler);
        if (status) yr_finalize();
    }
    if (status == POSTERN_NOMEM) postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory for the rules");
    if (status) {
        free(rules);
        return status;
    }
    *ret_rules = rules;
    return POSTERN_OK;
}

void postern_rules_free(postern_rules *rules) {
    if (!rules) return;
    yr_rules_destroy(rules->compiled);
    yr_finalize();
    free(rules);
}

/* ---- one part ---- */

typedef struct matching {
    scan *s;
    const place *where;
    postern_slice bytes;
} matching;

/* meta: severity = "high", or score = 0…100 as public rule sets have it. */
static postern_severity severity_of(YR_RULE *rule) {
    postern_severity severity = POSTERN_SEVERITY_MEDIUM;
    YR_META *meta;
    yr_rule_metas_foreach(rule, meta) {
        if (!strcmp(meta->identifier, "severity") && meta->type == META_TYPE_STRING)
            (void)postern_severity_parse(postern_slice_cstr(meta->string), &severity);
        if (!strcmp(meta->identifier, "score") && meta->type == META_TYPE_INTEGER)
            severity = meta->integer >= 80   ? POSTERN_SEVERITY_HIGH
                       : meta->integer >= 50 ? POSTERN_SEVERITY_MEDIUM
                                             : POSTERN_SEVERITY_LOW;
    }
    return severity;
}

/* The first match in the bytes, of any string of the rule; a rule of conditions alone matches the start. */
static void tell_rule(matching *m, YR_SCAN_CONTEXT *context, YR_RULE *rule) {
    size_t at = SIZE_MAX, len = 80;
    YR_STRING *string;
    YR_MATCH *match;
    yr_rule_strings_foreach(rule, string) {
        yr_string_matches_foreach(context, string, match) {
            size_t found = (size_t)(match->base + match->offset);
            if (STRING_IS_PRIVATE(string) || found >= at) continue;
            at = found;
            len = (size_t)match->match_length;
        }
    }
    if (at == SIZE_MAX) at = 0;
    scan_tell_rule(m->s, m->where, postern_slice_cstr(rule->identifier), severity_of(rule), at,
                   postern_slice_sub(m->bytes, at, len));
}

static int on_message(YR_SCAN_CONTEXT *context, int message, void *data, void *user) {
    matching *m = user;
    if (message == CALLBACK_MSG_RULE_MATCHING) tell_rule(m, context, data);
    return scan_ended(m->s) ? CALLBACK_ABORT : CALLBACK_CONTINUE;
}

static void define(YR_SCANNER *scanner, const char *name, postern_slice value) {
    char text[256];
    size_t len = value.len < sizeof text - 1 ? value.len : sizeof text - 1;
    memcpy(text, value.ptr ? value.ptr : (const uint8_t *)"", len);
    text[len] = 0;
    (void)yr_scanner_define_string_variable(scanner, name, text);
}

void scan_rules(scan *s, const place *where, postern_slice bytes) {
    const postern_rules *rules = s->options->rules;
    YR_SCANNER *scanner;
    if (!rules || scan_ended(s)) return;
    matching m = {s, where, bytes};
    if (yr_scanner_create(rules->compiled, &scanner)) {
        s->status = POSTERN_NOMEM;
        return;
    }
    postern_cut path = postern_slice_cut_last(where->file, '/');
    define(scanner, "filename", path.ok ? path.tail : where->file);
    define(scanner, "filepath", where->file);
    define(scanner, "extension", scan_extension(where->file));
    yr_scanner_set_callback(scanner, on_message, &m);
    yr_scanner_set_flags(scanner, SCAN_FLAGS_REPORT_RULES_MATCHING | SCAN_FLAGS_NO_TRYCATCH);
    yr_scanner_set_timeout(scanner, RULE_SECONDS);
    int code = yr_scanner_scan_mem(scanner, bytes.ptr, bytes.len);
    yr_scanner_destroy(scanner);
    if (code == ERROR_INSUFFICIENT_MEMORY) s->status = POSTERN_NOMEM;
    if (code && !scan_ended(s))
        scan_tell(s, where, 28, POSTERN_SEVERITY_MEDIUM, 0, postern_slice_sub(bytes, 0, 40),
                  code == ERROR_SCAN_TIMEOUT ? "the rules took too long for this part"
                                             : "the rules could not be run to their end");
}

#else

bool postern_rules_supported(void) {
    return false;
}

postern_status postern_rules_compile(postern_slice text, postern_rules **ret_rules, postern_error *reterr) {
    (void)text;
    (void)ret_rules;
    return postern_fail(reterr, POSTERN_UNSUPPORTED, POSTERN_NO_OFFSET, "this postern was built without libyara");
}

void postern_rules_free(postern_rules *rules) {
    (void)rules;
}

void scan_rules(scan *s, const place *where, postern_slice bytes) {
    (void)s;
    (void)where;
    (void)bytes;
}

#endif
