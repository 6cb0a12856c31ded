/* What begins with "<!": comments, doctypes, CDATA sections, and the bogus comments (HTML 13.2.5.41-.71). */
#include "html_int.h"

static bool at(const postern_html_tokenizer *t, uint8_t c) {
    return t->pos < t->in.len && t->in.ptr[t->pos] == c;
}

static void comment_between(postern_html_tokenizer *t, size_t start, size_t end, size_t behind, postern_html_token *token) {
    token->kind = POSTERN_HTML_COMMENT;
    token->text = html_rewritten(t, start, end);
    t->pos = behind;
}

void html_take_bogus_comment(postern_html_tokenizer *t, postern_html_token *token) {
    size_t end = postern_slice_find_byte(t->in, t->pos, '>');
    if (end == SIZE_MAX) comment_between(t, t->pos, t->in.len, t->in.len, token);
    else comment_between(t, t->pos, end, end + 1, token);
}

/* pos stands behind "<!--". The states of the standard differ only in which errors they report; what ends a comment is "-->"
 * or "--!>", "<!-->" and "<!--->" are empty, and dashes before the end of the input are dropped. */
static void take_comment(postern_html_tokenizer *t, postern_html_token *token) {
    postern_slice s = t->in;
    size_t start = t->pos, i = start;
    if (at(t, '>')) {
        comment_between(t, start, start, start + 1, token);
        return;
    }
    if (postern_slice_starts(postern_slice_from(s, start), POSTERN_S("->"))) {
        comment_between(t, start, start, start + 2, token);
        return;
    }
    while ((i = postern_slice_find_byte(s, i, '-')) != SIZE_MAX) {
        size_t dash = i;
        while (i < s.len && s.ptr[i] == '-') i++;
        size_t dashes = i - dash, text_end = dashes > 1 ? i - 2 : dash;
        if (i >= s.len) { /* the input ends in dashes */
            comment_between(t, start, text_end, s.len, token);
            return;
        }
        if (dashes < 2) continue;
        size_t close = i + (s.ptr[i] == '!');
        if (close >= s.len || s.ptr[close] == '>') {
            comment_between(t, start, text_end, close < s.len ? close + 1 : s.len, token);
            return;
        }
    }
    comment_between(t, start, s.len, s.len, token);
}

bool html_take_declaration(postern_html_tokenizer *t, postern_html_token *token) {
    postern_slice rest = postern_slice_from(t->in, t->pos);
    if (postern_slice_starts(rest, POSTERN_S("--"))) {
        t->pos += 2;
        take_comment(t, token);
    } else if (postern_slice_starts_nocase(rest, POSTERN_S("doctype"))) {
        t->pos += 7;
        html_take_doctype(t, token);
    } else if (t->foreign && postern_slice_starts(rest, POSTERN_S("[CDATA["))) {
        t->pos += 7;
        t->state = POSTERN_HTML_CDATA_SECTION;
        return false;
    } else {
        html_take_bogus_comment(t, token);
    }
    return true;
}
