/*
 * Lines of plain text: quotes with their depth, format=flowed (RFC 3676, with DelSp), signatures. What is done with a paragraph
 * is the business of whoever writes text or HTML.
 */
#include "flowed.h"

postern_status page_flow_of(postern_arena *arena, const postern_part *part, page_flow *ret_flow) {
    const postern_header *header = postern_part_header(part, POSTERN_S("Content-Type"));
    postern_slice type;
    postern_parameter *parameters;
    size_t count;
    *ret_flow = (page_flow){false, false};
    if (!header) return POSTERN_OK;
    postern_status status = postern_mime_parameters(arena, header->raw, part->charset, &type, &parameters, &count);
    if (status) return status == POSTERN_NOMEM ? status : POSTERN_OK;
    for (size_t i = 0; i < count; i++) {
        if (postern_slice_eq(parameters[i].name, POSTERN_S("format")))
            ret_flow->flowed = postern_slice_eq_nocase(parameters[i].value, POSTERN_S("flowed"));
        if (postern_slice_eq(parameters[i].name, POSTERN_S("delsp")))
            ret_flow->delsp = postern_slice_eq_nocase(parameters[i].value, POSTERN_S("yes"));
    }
    return POSTERN_OK;
}

/* Fixed text quotes as "> > x" or ">>x"; flowed text by '>' alone, and a space before the rest is stuffing (4.4). */
page_flow_line page_flow_read(postern_slice raw, page_flow flow) {
    page_flow_line line = {.text = raw};
    postern_slice *text = &line.text;
    if (text->len && text->ptr[text->len - 1] == '\r') text->len--;
    size_t at = 0;
    for (; at < text->len; at++) {
        if (text->ptr[at] == '>') line.quotes++;
        else if (flow.flowed || text->ptr[at] != ' ' || !line.quotes || at + 1 >= text->len || text->ptr[at + 1] != '>') break;
    }
    *text = postern_slice_from(*text, at);
    if ((flow.flowed || line.quotes) && text->len && text->ptr[0] == ' ') *text = postern_slice_from(*text, 1);
    if (line.quotes > PAGE_QUOTES_MAX) line.quotes = PAGE_QUOTES_MAX;
    bool signature = postern_slice_eq(*text, POSTERN_S("-- "));
    line.flows = flow.flowed && !signature && postern_slice_ends(*text, POSTERN_S(" "));
    if (line.flows && flow.delsp) text->len--;
    return line;
}
