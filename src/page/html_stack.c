/*
 * The open elements of the source, near enough to WHATWG 13.2.6 to know three things: whether CDATA sections exist (foreign
 * content), which namespace a start tag lands in, and where dropped content ends. Nothing of P1-P3 hangs on its being right:
 * what a wrong guess changes is which text is shown. At most POSTERN_LIMIT_ELEMENT_DEPTH elements are tracked (a little more
 * for those that must be), the rest is only counted.
 */
#include "html_int.h"

static uint32_t name_hash(postern_slice name) { return (uint32_t)postern_slice_hash(name, 0); }

static bool is(const page_open *open, const char *name) {
    return open->element && strcmp(open->element->name, name) == 0;
}

static const page_open *top(const page_stack *stack) {
    return stack->depth ? &stack->open[stack->depth - 1] : NULL;
}

static bool integration(const page_open *open) { return open->integration; }

bool page_stack_foreign(const page_stack *stack) {
    const page_open *open = top(stack);
    return open && open->ns != PAGE_NS_HTML;
}

static void pop_to(page_stack *stack, uint32_t depth) {
    while (stack->depth > depth) {
        const page_open *open = &stack->open[--stack->depth];
        if (open->dropped) stack->dropped--;
        stack->overflow = open->overflow;
    }
}

/* Takes one element out from below others (adoption agency, roughly). */
static void take_out(page_stack *stack, uint32_t at) {
    if (stack->open[at].dropped) stack->dropped--;
    memmove(&stack->open[at], &stack->open[at + 1], (stack->depth - at - 1) * sizeof stack->open[0]);
    stack->depth--;
}

/* Pops the innermost `name`, unless one of `flags` stands before it. */
static bool close_name(page_stack *stack, const char *name, uint16_t flags) {
    for (uint32_t i = stack->depth; i-- > 0;) {
        const page_open *open = &stack->open[i];
        if (is(open, name)) {
            pop_to(stack, i);
            return true;
        }
        if (open->ns != PAGE_NS_HTML ? integration(open) : open->element && (open->element->flags & flags)) return false;
    }
    return false;
}

/* An open li (dd, dt) ends before the next, unless a special element other than address, div and p is between. */
static void close_item(page_stack *stack, const char *first, const char *second) {
    for (uint32_t i = stack->depth; i-- > 0;) {
        const page_open *open = &stack->open[i];
        if (is(open, first) || is(open, second)) {
            pop_to(stack, i);
            return;
        }
        if (open->ns != PAGE_NS_HTML) return;
        if (open->element && (open->element->flags & PAGE_E_SPECIAL) && !is(open, "address") && !is(open, "div") &&
            !is(open, "p"))
            return;
    }
}

/* Down to the innermost of the elements named, which stays: "clear the stack back to a table context". */
static void clear_to(page_stack *stack, const char *const *names) {
    for (uint32_t i = stack->depth; i-- > 0;) {
        for (const char *const *name = names; *name; name++)
            if (is(&stack->open[i], *name)) {
                pop_to(stack, i + 1);
                return;
            }
        if (is(&stack->open[i], "template")) return;
    }
}

static void before_table_part(page_stack *stack, const char *name) {
    static const char *const table[] = {"table", NULL};
    static const char *const section[] = {"tbody", "thead", "tfoot", "table", NULL};
    static const char *const row[] = {"tr", "tbody", "thead", "tfoot", "table", NULL};
    if (strcmp(name, "td") == 0 || strcmp(name, "th") == 0) clear_to(stack, row);
    else if (strcmp(name, "tr") == 0) clear_to(stack, section);
    else clear_to(stack, table);
}

static bool one_of(const char *name, const char *const *names) {
    for (; *names; names++)
        if (strcmp(name, *names) == 0) return true;
    return false;
}

/* font leaves foreign content only with an attribute that HTML gave it */
static bool breaks_out(const page_element *element, const postern_html_token *token) {
    if (!element) return false;
    if (element->flags & PAGE_E_BREAKOUT) return true;
    if (strcmp(element->name, "font") != 0) return false;
    return postern_html_attribute_find(token, POSTERN_S("color")) || postern_html_attribute_find(token, POSTERN_S("face")) ||
           postern_html_attribute_find(token, POSTERN_S("size"));
}

void page_stack_before(page_stack *stack, const page_element *element, const postern_html_token *token) {
    static const char *const table_parts[] = {"td", "th", "tr", "tbody", "thead", "tfoot", "caption", "colgroup", "col", NULL};
    const page_open *open = top(stack);
    if (open && open->ns != PAGE_NS_HTML && !integration(open)) {
        if (!breaks_out(element, token)) return;
        while ((open = top(stack)) && open->ns != PAGE_NS_HTML && !integration(open)) pop_to(stack, stack->depth - 1);
    }
    if (!element) return;
    if (element->flags & PAGE_E_CLOSES_P) close_name(stack, "p", PAGE_E_SCOPE);
    const char *name = element->name;
    if (strcmp(name, "li") == 0) close_item(stack, "li", "li");
    else if (strcmp(name, "dd") == 0 || strcmp(name, "dt") == 0) close_item(stack, "dd", "dt");
    else if (strcmp(name, "option") == 0 || strcmp(name, "optgroup") == 0) {
        if ((open = top(stack)) && is(open, "option")) pop_to(stack, stack->depth - 1);
        if (name[2] == 't' && name[3] == 'g' && (open = top(stack)) && is(open, "optgroup")) pop_to(stack, stack->depth - 1);
    } else if (strcmp(name, "button") == 0) close_name(stack, "button", PAGE_E_SCOPE);
    else if (one_of(name, table_parts)) before_table_part(stack, name);
}

uint8_t page_stack_namespace(const page_stack *stack, const page_element *element) {
    const page_open *open = top(stack);
    if (open && open->ns != PAGE_NS_HTML && !integration(open)) return open->ns;
    if (element && strcmp(element->name, "svg") == 0) return PAGE_NS_SVG;
    if (element && strcmp(element->name, "math") == 0) return PAGE_NS_MATH;
    return PAGE_NS_HTML;
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
        (page_open){element, element ? 0 : name_hash(name), stack->overflow, ns, dropped, unwrapped, inside};
    stack->overflow = 0;
    if (dropped) stack->dropped++;
}

void page_stack_integrate(page_stack *stack, const postern_html_token *token) {
    const postern_html_attribute *encoding = postern_html_attribute_find(token, POSTERN_S("encoding"));
    if (!encoding || !stack->depth || !is(top(stack), "annotation-xml")) return;
    if (postern_slice_eq_nocase(encoding->value, POSTERN_S("text/html")) ||
        postern_slice_eq_nocase(encoding->value, POSTERN_S("application/xhtml+xml")))
        stack->open[stack->depth - 1].integration = true;
}

static bool same(const page_open *open, const page_element *element, uint32_t hash) {
    return element ? open->element == element : !open->element && open->hash == hash;
}

static page_end close_at(page_stack *stack, uint32_t i, bool formatting) {
    page_end end = stack->open[i].unwrapped || stack->open[i].dropped ? PAGE_END_HIDDEN : PAGE_END_KEPT;
    if (formatting) take_out(stack, i);
    else pop_to(stack, i);
    return end;
}

page_end page_stack_end(page_stack *stack, const page_element *element, postern_slice name) {
    uint32_t hash = element ? 0 : name_hash(name);
    bool template_end = element && element->action == PAGE_DO_TEMPLATE;
    if (stack->overflow && !template_end) {
        stack->overflow--;
        return PAGE_END_STRAY;
    }
    bool formatting = element && (element->flags & PAGE_E_FORMATTING);
    bool ordinary = !element || !(element->flags & (PAGE_E_SPECIAL | PAGE_E_FORMATTING));
    for (uint32_t i = stack->depth; i-- > 0;) {
        const page_open *open = &stack->open[i];
        if (same(open, element, hash)) return close_at(stack, i, formatting && open->ns == PAGE_NS_HTML);
        if (!open->element) continue;
        if (open->ns == PAGE_NS_HTML) {
            bool table_end = template_end || (element && strcmp(element->name, "table") == 0);
            bool row_end = element && (strcmp(element->name, "tr") == 0 || strcmp(element->name, "tbody") == 0);
            if (is(open, "template") && !template_end) break;
            if (is(open, "table") && !table_end) break;
            if (is(open, "td") || is(open, "th")) {
                if (!table_end && !row_end) break;
            } else if ((open->element->flags & PAGE_E_SCOPE) && !table_end) break;
            else if (ordinary && (open->element->flags & PAGE_E_SPECIAL)) break;
        } else if (integration(open) && !template_end && (!element || !(element->flags & (PAGE_E_SVG | PAGE_E_MATH)))) break;
    }
    return PAGE_END_STRAY;
}
