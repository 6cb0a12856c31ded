/*
 * The open elements of the source, near enough to WHATWG 13.2.6 to know three things: whether CDATA sections exist (foreign
 * content), which namespace a start tag lands in, and where dropped content ends. Nothing of P1-P3 hangs on its being right:
 * what a wrong guess changes is which text is shown. At most POSTERN_LIMIT_ELEMENT_DEPTH elements are tracked (a little more
 * for those that must be), the rest is only counted.
 */
#include "html_int.h"

enum {
    STOP_TEMPLATE = 1 << 0, STOP_TABLE = 1 << 1, STOP_CELL = 1 << 2, STOP_SCOPE = 1 << 3, STOP_SPECIAL = 1 << 4,
    STOP_INTEGRATION = 1 << 5
};

static uint32_t name_hash(postern_slice name) { return (uint32_t)postern_slice_hash(name, 0); }

static page_tag tag_of(const page_element *element) { return element ? (page_tag)element->tag : PAGE_T_OTHER; }

static bool is(const page_open *open, page_tag tag) { return open->element && open->element->tag == tag; }

static const page_open *top(const page_stack *stack) {
    return stack->depth ? &stack->open[stack->depth - 1] : NULL;
}

static bool integration(const page_open *open) { return open->integration; }

bool page_stack_foreign(const page_stack *stack) {
    const page_open *open = top(stack);
    return open && open->ns != PAGE_NS_HTML;
}

static void count(page_stack *stack, const page_open *open, int by) {
    if (open->dropped) stack->dropped += (uint32_t)by;
    if (is(open, PAGE_T_P)) stack->paragraphs += (uint32_t)by;
    if (is(open, PAGE_T_TABLE)) stack->tables += (uint32_t)by;
}

static void pop_to(page_stack *stack, uint32_t depth) {
    while (stack->depth > depth) {
        const page_open *open = &stack->open[--stack->depth];
        count(stack, open, -1);
        stack->overflow = open->overflow;
    }
}

/* Takes one element out from below others (adoption agency, roughly). */
static void take_out(page_stack *stack, uint32_t at) {
    count(stack, &stack->open[at], -1);
    memmove(&stack->open[at], &stack->open[at + 1], (stack->depth - at - 1) * sizeof stack->open[0]);
    stack->depth--;
}

/* Pops the innermost `tag`, unless one of `flags` stands before it. */
static bool close_tag(page_stack *stack, page_tag tag, uint16_t flags) {
    for (uint32_t i = stack->depth; i-- > 0;) {
        const page_open *open = &stack->open[i];
        if (is(open, tag)) {
            pop_to(stack, i);
            return true;
        }
        if (open->ns != PAGE_NS_HTML ? integration(open) : open->element && (open->element->flags & flags)) return false;
    }
    return false;
}

/* An open li (dd, dt) ends before the next, unless a special element other than address, div and p is between. */
static void close_item(page_stack *stack, page_tag first, page_tag second) {
    for (uint32_t i = stack->depth; i-- > 0;) {
        const page_open *open = &stack->open[i];
        if (is(open, first) || is(open, second)) {
            pop_to(stack, i);
            return;
        }
        if (open->ns != PAGE_NS_HTML) return;
        if (open->element && (open->element->flags & PAGE_E_SPECIAL) && !is(open, PAGE_T_ADDRESS) && !is(open, PAGE_T_DIV) &&
            !is(open, PAGE_T_P))
            return;
    }
}

static bool one_of(page_tag tag, const page_tag *tags) {
    for (; *tags != PAGE_T_OTHER; tags++)
        if (tag == *tags) return true;
    return false;
}

/* Down to the innermost of the elements named, which stays: "clear the stack back to a table context". */
static void clear_to(page_stack *stack, const page_tag *tags) {
    for (uint32_t i = stack->tables ? stack->depth : 0; i-- > 0;) {
        page_tag tag = tag_of(stack->open[i].element);
        if (tag != PAGE_T_OTHER && one_of(tag, tags)) {
            pop_to(stack, i + 1);
            return;
        }
        if (tag == PAGE_T_TEMPLATE) return;
    }
}

static void before_table_part(page_stack *stack, page_tag tag) {
    static const page_tag table[] = {PAGE_T_TABLE, PAGE_T_OTHER};
    static const page_tag section[] = {PAGE_T_TBODY, PAGE_T_THEAD, PAGE_T_TFOOT, PAGE_T_TABLE, PAGE_T_OTHER};
    static const page_tag row[] = {PAGE_T_TR, PAGE_T_TBODY, PAGE_T_THEAD, PAGE_T_TFOOT, PAGE_T_TABLE, PAGE_T_OTHER};
    if (tag == PAGE_T_TD || tag == PAGE_T_TH) clear_to(stack, row);
    else if (tag == PAGE_T_TR) clear_to(stack, section);
    else clear_to(stack, table);
}

/* font leaves foreign content only with an attribute that HTML gave it */
static bool breaks_out(const page_element *element, const postern_html_token *token) {
    if (!element) return false;
    if (element->flags & PAGE_E_BREAKOUT) return true;
    if (element->tag != PAGE_T_FONT) return false;
    return postern_html_attribute_find(token, POSTERN_S("color")) || postern_html_attribute_find(token, POSTERN_S("face")) ||
           postern_html_attribute_find(token, POSTERN_S("size"));
}

void page_stack_before(page_stack *stack, const page_element *element, const postern_html_token *token) {
    static const page_tag table_parts[] = {PAGE_T_TD,    PAGE_T_TH,      PAGE_T_TR,       PAGE_T_TBODY, PAGE_T_THEAD,
                                           PAGE_T_TFOOT, PAGE_T_CAPTION, PAGE_T_COLGROUP, PAGE_T_COL,   PAGE_T_OTHER};
    const page_open *open = top(stack);
    if (open && open->ns != PAGE_NS_HTML && !integration(open)) {
        if (!breaks_out(element, token)) return;
        while ((open = top(stack)) && open->ns != PAGE_NS_HTML && !integration(open)) pop_to(stack, stack->depth - 1);
    }
    if (!element) return;
    if ((element->flags & PAGE_E_CLOSES_P) && stack->paragraphs) close_tag(stack, PAGE_T_P, PAGE_E_SCOPE);
    page_tag tag = (page_tag)element->tag;
    if (tag == PAGE_T_OTHER) return;
    if (tag == PAGE_T_LI) close_item(stack, PAGE_T_LI, PAGE_T_LI);
    else if (tag == PAGE_T_DD || tag == PAGE_T_DT) close_item(stack, PAGE_T_DD, PAGE_T_DT);
    else if (tag == PAGE_T_OPTION || tag == PAGE_T_OPTGROUP) {
        if ((open = top(stack)) && is(open, PAGE_T_OPTION)) pop_to(stack, stack->depth - 1);
        if (tag == PAGE_T_OPTGROUP && (open = top(stack)) && is(open, PAGE_T_OPTGROUP)) pop_to(stack, stack->depth - 1);
    } else if (tag == PAGE_T_BUTTON) close_tag(stack, PAGE_T_BUTTON, PAGE_E_SCOPE);
    else if (one_of(tag, table_parts)) before_table_part(stack, tag);
}

uint8_t page_stack_namespace(const page_stack *stack, const page_element *element) {
    const page_open *open = top(stack);
    if (open && open->ns != PAGE_NS_HTML && !integration(open)) return open->ns;
    if (tag_of(element) == PAGE_T_SVG) return PAGE_NS_SVG;
    if (tag_of(element) == PAGE_T_MATH) return PAGE_NS_MATH;
    return PAGE_NS_HTML;
}

/* What an open element is to the search for another. */
static uint8_t stop_of(const page_open *open) {
    page_tag tag = tag_of(open->element);
    if (open->ns != PAGE_NS_HTML) return open->integration ? STOP_INTEGRATION : 0;
    if (tag == PAGE_T_TEMPLATE) return STOP_TEMPLATE;
    if (tag == PAGE_T_TABLE) return STOP_TABLE;
    if (tag == PAGE_T_TD || tag == PAGE_T_TH) return STOP_CELL;
    if (!open->element) return 0;
    return (uint8_t)((open->element->flags & PAGE_E_SCOPE ? STOP_SCOPE : 0) |
                     (open->element->flags & PAGE_E_SPECIAL ? STOP_SPECIAL : 0));
}

void page_stack_push(page_stack *stack, const page_element *element, postern_slice name, uint8_t ns, bool dropped,
                     bool unwrapped) {
    bool must = ns != PAGE_NS_HTML || dropped || (element && element->action == PAGE_DO_TEMPLATE);
    bool room = must ? stack->depth < PAGE_STACK_ROOM : stack->depth < POSTERN_LIMIT_ELEMENT_DEPTH && !stack->overflow;
    if (!room) {
        stack->overflow++;
        return;
    }
    bool inside = ns != PAGE_NS_HTML && element && (element->flags & PAGE_E_INTEGRATION);
    stack->open[stack->depth++] =
        (page_open){element, element ? 0 : name_hash(name), stack->overflow, ns, dropped, unwrapped, inside, 0};
    stack->open[stack->depth - 1].stop = stop_of(top(stack));
    stack->overflow = 0;
    count(stack, top(stack), 1);
}

void page_stack_integrate(page_stack *stack, const postern_html_token *token) {
    const postern_html_attribute *encoding = postern_html_attribute_find(token, POSTERN_S("encoding"));
    if (!encoding || !stack->depth || !is(top(stack), PAGE_T_ANNOTATION_XML)) return;
    if (postern_slice_eq_nocase(encoding->value, POSTERN_S("text/html")) ||
        postern_slice_eq_nocase(encoding->value, POSTERN_S("application/xhtml+xml")))
        stack->open[stack->depth - 1].integration = true, stack->open[stack->depth - 1].stop |= STOP_INTEGRATION;
}

static page_end close_at(page_stack *stack, uint32_t i, bool formatting) {
    page_end end = stack->open[i].unwrapped || stack->open[i].dropped ? PAGE_END_HIDDEN : PAGE_END_KEPT;
    if (formatting) take_out(stack, i);
    else pop_to(stack, i);
    return end;
}

/* What an end tag does not reach beyond. */
static uint8_t stops_for(const page_element *element) {
    page_tag tag = tag_of(element);
    if (tag == PAGE_T_TEMPLATE) return 0;
    uint8_t stops = STOP_TEMPLATE;
    if (!element || !(element->flags & (PAGE_E_SVG | PAGE_E_MATH))) stops |= STOP_INTEGRATION;
    if (tag == PAGE_T_TABLE) return stops;
    stops |= STOP_TABLE | STOP_SCOPE;
    if (tag != PAGE_T_TR && tag != PAGE_T_TBODY) stops |= STOP_CELL;
    if (!element || !(element->flags & (PAGE_E_SPECIAL | PAGE_E_FORMATTING))) stops |= STOP_SPECIAL;
    return stops;
}

page_end page_stack_end(page_stack *stack, const page_element *element, postern_slice name) {
    uint32_t hash = element ? 0 : name_hash(name);
    if (stack->overflow && tag_of(element) != PAGE_T_TEMPLATE) {
        stack->overflow--;
        return PAGE_END_STRAY;
    }
    uint8_t stops = stops_for(element);
    for (uint32_t i = stack->depth; i-- > 0;) {
        const page_open *open = &stack->open[i];
        if (open->element == element && open->hash == hash)
            return close_at(stack, i, element && (element->flags & PAGE_E_FORMATTING) && open->ns == PAGE_NS_HTML);
        if (open->stop & stops) break;
    }
    return PAGE_END_STRAY;
}
