/*
 * Two alternatives of a text of which the better one is cut short, since the file ends inside it: which of them says more?
 *
 * A mail is cut where a download or a quota ended, often a few bytes behind the head of its HTML; the plain text before it is
 * whole then, and showing the stump would lose it. A last part that only lacks its delimiter is not cut: it ends in </html>,
 * or says as much as the other does. Letters are counted, addresses left out, since plain text spells them where HTML has
 * links.
 */
#include "mhtml_int.h"

#include "postern/html.h"

/* Bytes of either body that are counted; how near to the end </html> stands; memory for decoding LOOK. */
enum { LOOK = 1 << 20, END = 256, MEMORY = 16 << 20 };

typedef struct counter {
    size_t letters, word; /* the word in hand counts when it is over and was no address */
    bool address;
} counter;

static void end_word(counter *c) {
    if (!c->address) c->letters += c->word;
    c->word = 0;
    c->address = false;
}

static void count_text(counter *c, postern_slice text) {
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];
        if (postern_ascii_space(byte) || byte == '<' || byte == '>') end_word(c);
        else if (postern_ascii_alpha(byte) || postern_ascii_digit(byte) || byte >= 0x80) c->word++;
        c->address |= byte == '/' && i >= 2 && text.ptr[i - 1] == '/' && text.ptr[i - 2] == ':';
    }
}

/* Elements whose text nobody sees; the tokenizer gives it as text up to their end tag. */
static bool is_unseen(postern_slice name) {
    return postern_slice_eq(name, POSTERN_S("style")) || postern_slice_eq(name, POSTERN_S("script")) ||
           postern_slice_eq(name, POSTERN_S("title"));
}

static postern_status count_html(counter *c, postern_slice text) {
    postern_html_tokenizer *tokenizer;
    postern_status status = postern_html_tokenizer_new(text, true, NULL, &tokenizer);
    if (status != POSTERN_OK) return status;
    bool unseen = false;
    for (;;) {
        postern_html_token token;
        status = postern_html_next(tokenizer, &token);
        if (status != POSTERN_OK || token.kind == POSTERN_HTML_EOF) break;
        if (token.kind == POSTERN_HTML_TEXT && !unseen) count_text(c, token.text);
        if (token.kind == POSTERN_HTML_START) unseen = is_unseen(token.name);
        if (token.kind == POSTERN_HTML_END) unseen = false;
    }
    postern_html_tokenizer_free(tokenizer);
    return status;
}

static postern_status count_part(const postern_part *part, size_t *ret_letters, bool *ret_whole) {
    postern_slice text;
    postern_arena *arena = postern_arena_new(MEMORY);
    if (!arena) return POSTERN_NOMEM;
    counter c = {0};
    postern_status status = postern_part_text_head(arena, part, LOOK, &text, NULL);
    bool html = mhtml_is_html(part);
    if (status == POSTERN_OK && html) status = count_html(&c, text);
    if (status == POSTERN_OK && !html) count_text(&c, text);
    if (status == POSTERN_OK) {
        end_word(&c);
        *ret_letters = c.letters;
        postern_slice end = postern_slice_from(text, text.len > END ? text.len - END : 0);
        *ret_whole = part->body.len > LOOK || (html && postern_slice_find_nocase(end, 0, POSTERN_S("</html")) != SIZE_MAX);
    }
    postern_arena_free(arena);
    return status;
}

postern_status mhtml_cut_says_less(postern_archive *a, uint32_t cut, uint32_t other, bool *ret_less) {
    size_t letters = 0, others = 0;
    bool whole = false, ignored;
    *ret_less = false;
    postern_status status = count_part(mhtml_part(a, cut), &letters, &whole);
    if (status != POSTERN_OK || whole) return status;
    status = count_part(mhtml_part(a, other), &others, &ignored);
    if (status == POSTERN_OK) *ret_less = letters < others - others / 10;
    return status;
}
