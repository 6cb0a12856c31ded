/*
 * Tags and their attributes (HTML 13.2.5.8, .32-.40). Decoded names and values go to the scratch buffer; views are made once
 * the tag is whole, since the buffer moves while it grows. A few names are compared one by one; of many equal ones are found by
 * hashing, so a tag of a thousand attributes stays linear.
 */
#include "html_int.h"

#include <stdlib.h>

/* One behind what was asked for, for the next round: the place for a new draft, or false when there is none. */
static bool draft_room(postern_html_tokenizer *t) {
    if (t->attribute_count < t->attribute_room) return true;
    size_t room = t->attribute_room ? t->attribute_room * 2 : 16;
    if (room > POSTERN_LIMIT_ATTRIBUTES) room = POSTERN_LIMIT_ATTRIBUTES;
    html_draft *drafts = realloc(t->drafts, room * sizeof *drafts);
    if (drafts) t->drafts = drafts;
    postern_html_attribute *attributes = realloc(t->attributes, room * sizeof *attributes);
    if (attributes) t->attributes = attributes;
    if (!drafts || !attributes) {
        t->scratch.status = POSTERN_NOMEM;
        return false;
    }
    t->attribute_room = room;
    return true;
}

enum { FEW = 8 }; /* so many names are compared one by one */

static postern_slice name_at(const postern_html_tokenizer *t, size_t index) {
    html_span name = t->drafts[index].name;
    return postern_slice_of(t->scratch.ptr + name.start, name.len);
}

/* Puts `name` into the slots under `index`; false when it is there. */
static bool take_slot(postern_html_tokenizer *t, postern_slice name, size_t index) {
    size_t slot = (size_t)(postern_slice_hash(name, 0) >> 32) % HTML_SLOTS;
    for (; t->slots[slot].round == t->round; slot = (slot + 1) % HTML_SLOTS)
        if (postern_slice_eq(name, name_at(t, t->slots[slot].index))) return false;
    t->slots[slot] = (html_slot){t->round, (uint16_t)index};
    return true;
}

/* Whether `name` is new in this tag; it is remembered under the index that it will get. */
static bool is_new_name(postern_html_tokenizer *t, postern_slice name) {
    if (t->attribute_count < FEW) {
        for (size_t i = 0; i < t->attribute_count; i++)
            if (postern_slice_eq(name, name_at(t, i))) return false;
        return true;
    }
    if (!t->slots && !(t->slots = calloc(HTML_SLOTS, sizeof *t->slots))) {
        t->scratch.status = POSTERN_NOMEM;
        return false;
    }
    if (t->filled != t->round)
        for (size_t i = 0; i < t->attribute_count; i++) take_slot(t, name_at(t, i), i);
    t->filled = t->round;
    return take_slot(t, name, t->attribute_count);
}

static void cut_attribute(postern_html_tokenizer *t, size_t offset) {
    if (!t->attributes_cut)
        postern_note_send(t->notes, POSTERN_NOTE_HTML_ATTRIBUTES_CUT, POSTERN_NO_PART, offset, postern_slice_of(NULL, 0));
    t->attributes_cut = true;
}

static bool at(const postern_html_tokenizer *t, uint8_t c) {
    return t->pos < t->in.len && t->in.ptr[t->pos] == c;
}

static void skip_space(postern_html_tokenizer *t) {
    while (t->pos < t->in.len && html_is_space(t->in.ptr[t->pos])) t->pos++;
}

static void take_value_until(postern_html_tokenizer *t, uint8_t stop) {
    for (html_take_run(t, stop, false); at(t, '&'); html_take_run(t, stop, false)) html_take_reference(t, true);
}

/* pos stands behind '='. A value that is missing, as in <a b=>, is empty. */
static void take_value(postern_html_tokenizer *t) {
    skip_space(t);
    bool is_double = at(t, '"');
    if (is_double || at(t, '\'')) {
        t->pos++;
        take_value_until(t, is_double ? HTML_STOP_DOUBLE : HTML_STOP_SINGLE);
        if (t->pos < t->in.len) t->pos++;
    } else if (!at(t, '>')) {
        take_value_until(t, HTML_STOP_BARE);
    }
}

/* pos stands on the first byte of a name. When the input ends inside, the caller sees pos at the end and drops the tag. */
static void take_attribute(postern_html_tokenizer *t) {
    html_draft draft = {.offset = t->pos, .name = {t->scratch.len, 0}};
    if (at(t, '=')) { /* an '=' at the start belongs to the name */
        postern_buf_add_byte(&t->scratch, '=');
        t->pos++;
    }
    html_take_run(t, HTML_STOP_ATTRIBUTE, true);
    draft.name.len = t->scratch.len - draft.name.start;
    bool keep = false;
    if (t->attribute_count >= POSTERN_LIMIT_ATTRIBUTES) cut_attribute(t, draft.offset);
    else if (draft_room(t)) keep = is_new_name(t, postern_slice_from(postern_buf_slice(&t->scratch), draft.name.start));
    skip_space(t);
    draft.value.start = t->scratch.len;
    if (at(t, '=')) {
        t->pos++;
        take_value(t);
    }
    draft.value.len = t->scratch.len - draft.value.start;
    if (keep) t->drafts[t->attribute_count++] = draft;
    else if (!t->scratch.status) t->scratch.len = draft.name.start;
}

static postern_slice span_view(const postern_html_tokenizer *t, html_span span) {
    return postern_slice_sub(postern_buf_slice(&t->scratch), span.start, span.len);
}

bool html_take_tag(postern_html_tokenizer *t, bool is_end, postern_html_token *token) {
    token->kind = is_end ? POSTERN_HTML_END : POSTERN_HTML_START;
    t->attribute_count = 0;
    t->attributes_cut = false;
    if (++t->round == 0) {
        if (t->slots) memset(t->slots, 0, HTML_SLOTS * sizeof *t->slots);
        t->round = 1;
        t->filled = 0;
    }
    html_take_run(t, HTML_STOP_NAME, true);
    html_span name = {0, t->scratch.len};
    while (t->pos < t->in.len && t->in.ptr[t->pos] != '>') {
        if (at(t, '/')) {
            t->pos++;
            token->self_closing = at(t, '>');
        } else if (html_is_space(t->in.ptr[t->pos])) {
            t->pos++;
        } else {
            take_attribute(t);
        }
        if (t->scratch.status) return true; /* the caller looks at it */
    }
    if (t->pos >= t->in.len) return false;
    t->pos++;
    token->name = span_view(t, name);
    if (is_end) return true;
    for (size_t i = 0; i < t->attribute_count; i++) {
        const html_draft *d = &t->drafts[i];
        t->attributes[i] = (postern_html_attribute){span_view(t, d->name), span_view(t, d->value), d->offset};
    }
    token->attributes = t->attributes;
    token->attribute_count = t->attribute_count;
    return true;
}

const postern_html_attribute *postern_html_attribute_find(const postern_html_token *token, postern_slice name) {
    for (size_t i = 0; i < token->attribute_count; i++)
        if (postern_slice_eq(token->attributes[i].name, name)) return &token->attributes[i];
    return NULL;
}
