/*
 * OVAL documents as hostile bytes: definitions, then, behind a NUL, system characteristics, then variables. Properties: nothing
 * but a status comes of it; what could be evaluated can be written, the definitions in the results and the characteristics can
 * be read again, and they give the same results (Z20).
 */
#include "postern/advisory.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static postern_oval *evaluate(postern_slice definitions, postern_slice characteristics, postern_slice variables) {
    postern_oval *o;
    if (postern_oval_open(definitions, &o, NULL)) return NULL;
    postern_oval_set_time(o, 1081814400);
    if ((characteristics.len && postern_oval_set_characteristics(o, characteristics, NULL)) ||
        (variables.len && postern_oval_set_variables(o, variables, NULL)) ||
        postern_oval_evaluate(o, postern_slice_of(NULL, 0), NULL)) {
        postern_oval_free(o);
        return NULL;
    }
    return o;
}

static void write_document(postern_oval *o, bool results, postern_buf *out) {
    postern_buf_init(out, 64 << 20);
    postern_sink sink = postern_buf_sink(out);
    postern_status status =
        results ? postern_oval_write_results(o, &sink, NULL) : postern_oval_write_characteristics(o, &sink, NULL);
    if (status && status != POSTERN_LIMIT) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    postern_cut first = postern_slice_cut(postern_slice_of(data, size), 0), second = postern_slice_cut(first.tail, 0);
    postern_buf results, facts, text;
    postern_oval *o = evaluate(first.head, second.head, second.tail);
    if (!o) return 0;
    write_document(o, true, &results);
    write_document(o, false, &facts);
    postern_buf_init(&text, 16 << 20);
    for (size_t i = 0; i < postern_oval_definition_count(o); i++)
        if (postern_oval_explain(o, i, &text) == POSTERN_NOMEM) abort();
    postern_oval *again = evaluate(first.head, postern_buf_slice(&facts), second.tail);
    for (size_t i = 0; again && i < postern_oval_definition_count(o); i++)
        if (postern_oval_definition_at(o, i).result != postern_oval_definition_at(again, i).result) abort();
    postern_oval_free(again);
    postern_oval_free(o);
    postern_buf_free(&results);
    postern_buf_free(&facts);
    postern_buf_free(&text);
    return 0;
}
