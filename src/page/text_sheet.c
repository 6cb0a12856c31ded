/*
 * Style sheets: reading rules. What cannot be told from a stream of tags without a tree (siblings, last children, attributes of
 * ancestors, states of forms) becomes "maybe" when it is matched (text_match.c).
 */
#include "text_sheet_int.h"

#include <stdlib.h>

text_sheets *page_text_sheets_new(void) {
    text_sheets *sheets = calloc(1, sizeof *sheets);
    if (sheets) sheets->arena = postern_arena_new(POSTERN_LIMIT_TEXT_SHEETS);
    if (sheets && !sheets->arena) {
        free(sheets);
        return NULL;
    }
    return sheets;
}

void page_text_sheets_free(text_sheets *sheets) {
    if (!sheets) return;
    postern_arena_free(sheets->arena);
    free(sheets);
}

bool page_text_sheets_empty(const text_sheets *sheets) {
    return sheets->order == 0;
}

/* ---- reading selectors ---- */

typedef struct parser {
    text_sheets *sheets;
    postern_css_tokenizer t;
    postern_css_token token;
    postern_status status;
    uint32_t scope;
    unsigned depth;
    bool sure;
    const text_import *import;
} parser;

static void next(parser *p) {
    postern_css_next(&p->t, &p->token);
    if (p->t.status) p->status = p->t.status;
}

static void *alloc(parser *p, size_t size) {
    void *object = postern_arena_zalloc(p->sheets->arena, 1, size);
    if (!object) p->status = postern_arena_failure(p->sheets->arena);
    return object;
}

static postern_slice keep(parser *p, postern_slice s) {
    postern_slice copy = {NULL, 0};
    postern_status status = postern_arena_copy(p->sheets->arena, s, &copy);
    if (status) p->status = status;
    return copy;
}

static simple *add(parser *p, compound *c, simple_kind kind, postern_slice name, uint32_t specificity) {
    simple *s = alloc(p, sizeof *s);
    if (!s) return NULL;
    s->kind = kind;
    s->name = keep(p, name);
    s->next = c->simples;
    c->simples = s;
    c->specificity += specificity;
    return s;
}

static bool delim(const parser *p, uint32_t c) {
    return p->token.kind == POSTERN_CSS_DELIM && p->token.delim == c;
}

static void skip_block(parser *p, postern_css_kind close) {
    unsigned depth = 1;
    while (depth && p->token.kind != POSTERN_CSS_EOF) {
        next(p);
        postern_css_kind k = p->token.kind;
        if (k == POSTERN_CSS_OPEN_CURLY || k == POSTERN_CSS_OPEN_PAREN || k == POSTERN_CSS_OPEN_SQUARE ||
            k == POSTERN_CSS_FUNCTION)
            depth++;
        else if (k == POSTERN_CSS_CLOSE_CURLY || k == POSTERN_CSS_CLOSE_PAREN || k == POSTERN_CSS_CLOSE_SQUARE) depth--;
    }
    (void)close;
}

/* Behind '['; ends on ']'. */
static void read_attribute(parser *p, compound *c) {
    do next(p);
    while (p->token.kind == POSTERN_CSS_WHITESPACE);
    simple *s = add(p, c, p->token.kind == POSTERN_CSS_IDENT ? BY_ATTRIBUTE : PERHAPS, p->token.value, 0x100);
    while (p->token.kind != POSTERN_CSS_EOF && p->token.kind != POSTERN_CSS_CLOSE_SQUARE) {
        next(p);
        if (!s) continue;
        bool text = p->token.kind == POSTERN_CSS_IDENT || p->token.kind == POSTERN_CSS_STRING;
        if (p->token.kind == POSTERN_CSS_DELIM && p->token.delim < 0x80 && !s->comparison)
            s->comparison = (uint8_t)p->token.delim;
        else if (text && !s->value.ptr) s->value = keep(p, p->token.value);
        else if (p->token.kind == POSTERN_CSS_COLON || p->token.kind == POSTERN_CSS_OPEN_CURLY) s->kind = PERHAPS;
    }
}

static compound *read_list(parser *p, postern_css_kind stop);

static bool name_is(const parser *p, const char *name) {
    return postern_slice_eq_nocase(p->token.value, postern_slice_cstr(name));
}

static bool name_in(const parser *p, const char *const *names) {
    for (; *names; names++)
        if (name_is(p, *names)) return true;
    return false;
}

static void read_function(parser *p, compound *c) {
    static const char *const any_of[] = {"is", "where", "matches", "-webkit-any", "-moz-any", NULL};
    bool none_of = name_is(p, "not");
    if ((!none_of && !name_in(p, any_of)) || p->depth >= POSTERN_LIMIT_CSS_DEPTH) {
        add(p, c, PERHAPS, p->token.value, 0x100);
        skip_block(p, POSTERN_CSS_CLOSE_PAREN);
        return;
    }
    simple *s = add(p, c, none_of ? BY_NONE_OF : BY_ANY_OF, p->token.value, 0);
    p->depth++;
    compound *list = read_list(p, POSTERN_CSS_CLOSE_PAREN);
    p->depth--;
    if (!s) return;
    s->list = list;
    if (list) c->specificity += list->specificity;
}

/* Behind ':'. */
static void read_pseudo(parser *p, compound *c) {
    static const char *const never[] = {
        "hover", "active",     "focus",        "focus-within", "focus-visible", "visited", "target",   "before",
        "after", "first-line", "first-letter", "selection",    "placeholder",   "marker",  "backdrop", NULL};
    next(p);
    bool element = p->token.kind == POSTERN_CSS_COLON;
    if (element) next(p);
    if (p->token.kind == POSTERN_CSS_FUNCTION) {
        if (element) {
            add(p, c, name_is(p, "slotted") ? PERHAPS : NEVER, p->token.value, 1);
            skip_block(p, POSTERN_CSS_CLOSE_PAREN);
        } else {
            read_function(p, c);
        }
        return;
    }
    simple_kind kind = PERHAPS;
    if (element || name_in(p, never)) kind = NEVER;
    else if (name_is(p, "root")) kind = IS_ROOT;
    else if (name_is(p, "first-child")) kind = IS_FIRST;
    else if (name_is(p, "link") || name_is(p, "any-link")) kind = IS_LINK;
    add(p, c, kind, p->token.value, 0x100);
}

static void read_simple(parser *p, compound *c) {
    switch (p->token.kind) {
    case POSTERN_CSS_IDENT: add(p, c, BY_TYPE, p->token.value, 1); break;
    case POSTERN_CSS_HASH: add(p, c, BY_ID, p->token.value, 0x10000); break;
    case POSTERN_CSS_OPEN_SQUARE: read_attribute(p, c); break;
    case POSTERN_CSS_COLON: read_pseudo(p, c); break;
    case POSTERN_CSS_FUNCTION:
    case POSTERN_CSS_OPEN_PAREN:
        add(p, c, PERHAPS, p->token.value, 0);
        skip_block(p, POSTERN_CSS_CLOSE_PAREN);
        break;
    default:
        if (delim(p, '.')) {
            next(p);
            add(p, c, p->token.kind == POSTERN_CSS_IDENT ? BY_CLASS : PERHAPS, p->token.value, 0x100);
        } else if (!delim(p, '*')) {
            add(p, c, PERHAPS, p->token.value, 0);
        }
    }
}

/* A list of selectors up to `stop`, or the end. Each is its rightmost compound. */
static compound *read_list(parser *p, postern_css_kind stop) {
    compound *list = NULL, **tail = &list, *here = NULL;
    uint8_t combinator = 0;
    unsigned count = 0;
    for (next(p); p->token.kind != POSTERN_CSS_EOF && p->token.kind != stop && !p->status; next(p)) {
        if (p->token.kind == POSTERN_CSS_WHITESPACE) {
            if (!combinator && here) combinator = ' ';
            continue;
        }
        if (p->token.kind == POSTERN_CSS_COMMA) {
            if (here) {
                *tail = here;
                tail = &here->next;
            }
            here = NULL;
            combinator = 0;
            count = 0;
            continue;
        }
        if (delim(p, '>') || delim(p, '+') || delim(p, '~')) {
            combinator = (uint8_t)p->token.delim;
            continue;
        }
        if (!here || combinator) {
            compound *fresh = alloc(p, sizeof *fresh);
            if (!fresh) return list;
            fresh->left = ++count < COMPOUNDS_MAX ? here : NULL;
            fresh->combinator = here ? combinator : 0;
            fresh->specificity = here ? here->specificity : 0;
            if (count >= COMPOUNDS_MAX || (combinator && !here)) add(p, fresh, PERHAPS, postern_slice_of(NULL, 0), 0);
            here = fresh;
            combinator = 0;
        }
        read_simple(p, here);
    }
    if (here) *tail = here;
    return list;
}

/* ---- reading rules ---- */

static postern_slice key_of(const compound *c) {
    postern_slice best = {NULL, 0};
    int rank = 0;
    for (const simple *s = c->simples; s; s = s->next) {
        int r = s->kind == BY_ID ? 3 : s->kind == BY_CLASS ? 2 : s->kind == BY_TYPE ? 1 : 0;
        if (r <= rank) continue;
        rank = r;
        best = s->name;
    }
    return best;
}

static void add_rules(parser *p, const compound *selectors, const text_declarations *d) {
    if (!d->count || !selectors || p->status) return;
    text_declaration *copy = postern_arena_alloc(p->sheets->arena, d->count * sizeof *copy);
    if (!copy) {
        p->status = postern_arena_failure(p->sheets->arena);
        return;
    }
    memcpy(copy, d->items, d->count * sizeof *copy);
    p->sheets->order++;
    for (const compound *c = selectors; c; c = c->next) {
        rule *r = alloc(p, sizeof *r);
        if (!r) return;
        *r = (rule){.selector = c, .declarations = copy, .count = (uint32_t)d->count, .order = p->sheets->order,
                    .scope = p->scope, .sure = p->sure, .key = key_of(c)};
        rule **bucket = r->key.len ? &p->sheets->buckets[page_text_sheet_key(r->key)] : &p->sheets->universal;
        r->next = *bucket;
        *bucket = r;
    }
}

static void read_rules(parser *p, bool nested);

/* ---- at-rules ---- */

/* Up to '{' or ';' (or the end); returns the text between. */
static postern_slice prelude(parser *p) {
    size_t start = p->token.end;
    for (next(p);; next(p)) {
        postern_css_kind k = p->token.kind;
        if (k == POSTERN_CSS_OPEN_CURLY || k == POSTERN_CSS_SEMICOLON || k == POSTERN_CSS_EOF || k == POSTERN_CSS_CLOSE_CURLY)
            break;
    }
    return postern_slice_sub(p->t.utf8, start, p->token.offset > start ? p->token.offset - start : 0);
}

static void read_import(parser *p) {
    postern_slice url = {NULL, 0};
    for (next(p); p->token.kind != POSTERN_CSS_SEMICOLON && p->token.kind != POSTERN_CSS_EOF; next(p)) {
        if (url.ptr) break;
        if (p->token.kind == POSTERN_CSS_URL || p->token.kind == POSTERN_CSS_STRING) url = p->token.value;
    }
    size_t start = p->token.offset;
    while (p->token.kind != POSTERN_CSS_SEMICOLON && p->token.kind != POSTERN_CSS_EOF) next(p);
    postern_slice query = postern_slice_sub(p->t.utf8, start, p->token.offset - start);
    if (url.len && p->import && p->sure && page_text_media(query) == YES) p->import->import(p->import->user, url);
}

static void read_at_rule(parser *p) {
    static const char *const unsure[] = {"supports", "container", "document", "-moz-document", "scope", "starting-style", NULL};
    bool is_media = name_is(p, "media"), is_layer = name_is(p, "layer"), is_unsure = name_in(p, unsure);
    if (name_is(p, "import")) {
        read_import(p);
        return;
    }
    postern_slice query = prelude(p);
    if (p->token.kind != POSTERN_CSS_OPEN_CURLY) return;
    verdict v = is_media ? page_text_media(query) : is_unsure ? MAYBE : is_layer ? YES : NO;
    if (v == NO || p->depth >= POSTERN_LIMIT_CSS_DEPTH) {
        skip_block(p, POSTERN_CSS_CLOSE_CURLY);
        return;
    }
    bool sure = p->sure;
    p->sure = sure && v == YES;
    p->depth++;
    read_rules(p, true);
    p->depth--;
    p->sure = sure;
}

static void read_rules(parser *p, bool nested) {
    text_declarations d;
    while (!p->status) {
        size_t pos = p->t.pos;
        next(p);
        if (p->token.kind == POSTERN_CSS_EOF || (nested && p->token.kind == POSTERN_CSS_CLOSE_CURLY)) return;
        if (p->token.kind == POSTERN_CSS_WHITESPACE || p->token.kind == POSTERN_CSS_CDO || p->token.kind == POSTERN_CSS_CDC ||
            p->token.kind == POSTERN_CSS_CLOSE_CURLY || p->token.kind == POSTERN_CSS_SEMICOLON)
            continue;
        if (p->token.kind == POSTERN_CSS_AT_KEYWORD) {
            read_at_rule(p);
            continue;
        }
        p->t.pos = pos; /* read_list begins with this token */
        const compound *selectors = read_list(p, POSTERN_CSS_OPEN_CURLY);
        if (p->token.kind == POSTERN_CSS_EOF || p->status) return;
        page_text_declarations(&p->t, &d);
        add_rules(p, selectors, &d);
    }
}

postern_status page_text_sheets_add(text_sheets *sheets, postern_slice utf8, uint32_t scope, const text_import *import) {
    parser p = {.sheets = sheets, .scope = scope, .sure = true, .import = import};
    if (sheets->full) return POSTERN_OK;
    postern_css_tokenizer_init(&p.t, utf8, sheets->arena);
    read_rules(&p, false);
    if (p.status == POSTERN_LIMIT) sheets->full = true; /* what was read counts; a rule less hides less */
    return p.status == POSTERN_LIMIT ? POSTERN_OK : p.status;
}
