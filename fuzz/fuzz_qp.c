/* quoted-printable and uuencode: bounds hold; what is written as quoted-printable reads back, on short lines. */
#include "codec/codec_int.h"

#include <stdlib.h>

static void check(bool good) {
    if (!good) abort();
}

static void check_round_trip(postern_slice in) {
    postern_buf text, back;
    postern_buf_init(&text, 4 * in.len + 64);
    postern_buf_init(&back, in.len + 64);
    postern_sink text_sink = postern_buf_sink(&text), back_sink = postern_buf_sink(&back);
    codec_defects d = {.notes = NULL};
    check(!postern_qp_encode(in, true, &text_sink));
    size_t column = 0;
    for (size_t i = 0; i < text.len; i++) {
        check(text.ptr[i] < 0x7F);
        column = text.ptr[i] == '\n' ? 0 : column + (text.ptr[i] != '\r');
        check(column <= 76);
    }
    check(!qp_decode(postern_buf_slice(&text), &back_sink, &d));
    check(postern_slice_eq(postern_buf_slice(&back), in));
    check(d.sent[POSTERN_NOTE_QP_BAD_ESCAPE] + d.sent[POSTERN_NOTE_QP_RAW_8BIT] == 0);
    postern_buf_free(&text);
    postern_buf_free(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    const postern_slice in = postern_slice_of(bytes, len);
    postern_buf out;
    postern_buf_init(&out, 32 * len + 64);
    postern_sink sink = postern_buf_sink(&out);
    codec_defects q = {.notes = NULL}, u = {.notes = NULL};
    check(!qp_decode(in, &sink, &q));
    check(out.len <= postern_decoded_max(POSTERN_ENCODING_QUOTED_PRINTABLE, len));
    bool raw = false;
    for (size_t i = 0; i < len; i++) raw |= bytes[i] >= 0x80;
    check(q.sent[POSTERN_NOTE_QP_RAW_8BIT] == raw);
    postern_buf_clear(&out);
    check(!uu_decode(in, &sink, &u));
    check(out.len <= postern_decoded_max(POSTERN_ENCODING_UUENCODE, len));
    postern_buf_free(&out);
    check_round_trip(in);
    return 0;
}
