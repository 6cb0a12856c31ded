/*
 * CSAF documents as hostile bytes. Properties: a document that opens can be checked and shown; checking twice counts the same
 * (Z20); what is shown holds no byte that a terminal acts on.
 */
#include "postern/advisory.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static postern_status on_problem(void *user, const postern_csaf_problem *problem) {
    uint64_t *sum = user;
    *sum = postern_slice_hash(problem->path, *sum) ^ postern_slice_hash(postern_slice_cstr(problem->text), 1);
    if (!problem->test[0] || !problem->text[0] || !postern_utf8_valid(problem->path)) abort();
    return POSTERN_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    postern_csaf *csaf;
    if (postern_csaf_open(postern_slice_of(data, size), &csaf, NULL)) return 0;
    uint64_t sums[2] = {0, 0}, counts[2] = {0, 0};
    for (size_t i = 0; i < 2; i++) {
        const postern_csaf_sink sink = {on_problem, &sums[i]};
        if (postern_csaf_check(csaf, &sink, &counts[i])) abort();
    }
    if (sums[0] != sums[1] || counts[0] != counts[1]) abort();
    postern_buf out;
    postern_buf_init(&out, 64u << 20);
    postern_status status = postern_csaf_show(csaf, 72, &out);
    if (status && status != POSTERN_LIMIT) abort();
    for (size_t i = 0; i < out.len; i++)
        if ((out.ptr[i] < 0x20 && out.ptr[i] != '\n') || out.ptr[i] == 0x7F) abort();
    postern_buf_free(&out);
    postern_csaf_free(csaf);
    return 0;
}
