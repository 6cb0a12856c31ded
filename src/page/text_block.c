/*
 * Blocks and the containers they stand in. They are kept only as long as a container needs all of its content (lists for the
 * width of their numbers, tables); what stands outside of them, or waits for too much, is laid out at once.
 */
#include "text_int.h"

/* All blocks are laid out: their memory goes. */
static void renew_arena(text_doc *d) {
    if (postern_arena_used(d->arena) < (64u << 10)) return;
    postern_arena_free(d->arena);
    d->arena = postern_arena_new(SIZE_MAX);
    if (!d->arena) page_text_fail(d, POSTERN_NOMEM);
}

static void append(text_block *parent, text_block *child) {
    child->next = NULL;
    if (parent->last) parent->last->next = child;
    else parent->first = child;
    parent->last = child;
}

static void *alloc(text_doc *d, size_t size) {
    void *object = d->status ? NULL : postern_arena_zalloc(d->arena, 1, size);
    if (!object && !d->status) page_text_fail(d, postern_arena_failure(d->arena));
    return object;
}

/* Rows and tables hold no text of their own: it stands before the table, as in a browser. */
static text_block *home_for(text_doc *d, const text_block *child) {
    unsigned i = d->depth;
    bool structure = child->kind == TEXT_ROW || child->kind == TEXT_CELL || child->kind == TEXT_CAPTION;
    if (structure || (d->chain[i].kind != TEXT_ROW && d->chain[i].kind != TEXT_TABLE)) return &d->chain[i];
    if (d->chain[i].kind == TEXT_ROW && i) i--;
    text_block *table = &d->chain[i];
    if (!table->aside) table->aside = alloc(d, sizeof *table->aside);
    return table->aside;
}

static void lay_out(text_doc *d, const text_block *block) {
    if (d->status) return;
    page_text_layout_block(&d->layout, block);
    page_text_fail(d, d->layout.status);
}

/* Too much waits: the open containers are laid out with what they have, and go on as continued. */
static void spill(text_doc *d) {
    for (unsigned i = d->depth; i > 0; i--) append(&d->chain[i - 1], &d->chain[i]);
    for (text_block *b = d->chain[0].first; b; b = b->next) lay_out(d, b);
    for (unsigned i = 0; i <= d->depth; i++) {
        text_block *b = &d->chain[i];
        if (b->kind == TEXT_LIST) {
            int32_t items = 0;
            for (const text_block *item = b->first; item; item = item->next) items += item->kind == TEXT_ITEM;
            if (i < d->depth) items--; /* the open item comes once more */
            b->number = (b->has_start ? b->number : 1) + (b->reversed ? -items : items);
            b->has_start = true;
        }
        b->first = b->last = b->aside = b->next = NULL;
        b->continued = i > 0;
        b->gap = false;
    }
    renew_arena(d);
}

void page_text_add_block(text_doc *d, const text_block *draft) {
    text_block *home = home_for(d, draft);
    if (!home) return;
    if (home == &d->chain[0]) {
        lay_out(d, draft);
        renew_arena(d);
        return;
    }
    text_block *block = alloc(d, sizeof *block);
    if (!block) return;
    *block = *draft;
    if (block->text.len) {
        postern_status status = postern_arena_copy(d->arena, draft->text, &block->text);
        if (status) {
            page_text_fail(d, status);
            return;
        }
    }
    append(home, block);
    if (postern_arena_used(d->arena) > POSTERN_LIMIT_TEXT_WAITING) spill(d);
}

text_block *page_text_open(text_doc *d, text_kind kind) {
    page_text_end_para(d);
    if (d->status || d->depth >= POSTERN_LIMIT_ELEMENT_DEPTH) return NULL;
    unsigned list_depth = 0;
    for (unsigned i = d->depth; kind == TEXT_LIST && i > 0 && d->chain[i].kind != TEXT_TABLE; i--)
        list_depth += d->chain[i].kind == TEXT_LIST;
    text_block *block = &d->chain[++d->depth];
    *block = (text_block){.kind = (uint8_t)kind, .gap = d->gap, .columns = 1, .rows = 1};
    d->tables += kind == TEXT_TABLE;
    block->list_depth = (uint8_t)(list_depth < 255 ? list_depth : 255);
    d->gap = false;
    return block;
}

static void close_innermost(text_doc *d) {
    text_block *block = &d->chain[d->depth--];
    d->tables -= block->kind == TEXT_TABLE;
    bool empty = !block->first && !block->aside;
    bool stays = block->kind == TEXT_ITEM || block->kind == TEXT_CELL; /* they count even when empty */
    if (empty && (!stays || block->continued)) {
        d->gap |= block->gap;
        return;
    }
    page_text_add_block(d, block);
}

void page_text_close(text_doc *d, text_block *block) {
    page_text_end_para(d);
    if (!block || block <= &d->chain[0] || block > &d->chain[d->depth]) return;
    for (unsigned down_to = (unsigned)(block - d->chain); d->depth >= down_to;) close_innermost(d);
}

text_block *page_text_nearest(const text_doc *d, text_kind kind) {
    for (unsigned i = d->depth; i > 0; i--) {
        if (d->chain[i].kind == kind) return &d->chain[i];
        if (d->chain[i].kind == TEXT_TABLE) return NULL;
    }
    return NULL;
}

void page_text_rule(text_doc *d) {
    page_text_end_para(d);
    page_text_add_block(d, &(text_block){.kind = TEXT_RULE, .gap = true});
    d->gap = true;
}

void page_text_finish(text_doc *d) {
    page_text_end_para(d);
    page_text_hide_end(d);
    d->pre = d->pre_open = false;
    while (d->depth && !d->status) close_innermost(d);
}
