/* base64: copying gives what decoding and encoding gives, on each processor's kernels; nothing exceeds its bound. */
#include "codec/codec_int.h"

#include <stdlib.h>

static void check(bool good) {
    if (!good) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    const postern_slice in = postern_slice_of(bytes, len);
    const base64_kernels *all[8];
    size_t count = base64_usable(all, 8);
    postern_buf decoded, plain, copied, encoded, again;
    postern_buf *bufs[] = {&decoded, &plain, &copied, &encoded, &again};
    for (size_t i = 0; i < 5; i++) postern_buf_init(bufs[i], 4 * len + 64);
    postern_sink plain_sink = postern_buf_sink(&plain), encode_sink = postern_buf_sink(&encoded);
    codec_defects plain_defects = {.notes = NULL};
    check(!base64_decode_with(&base64_scalar, in, &plain_sink, &plain_defects));
    check(plain.len <= postern_decoded_max(POSTERN_ENCODING_BASE64, len));
    check(!postern_base64_encode(postern_buf_slice(&plain), 0, &encode_sink));
    for (size_t k = 0; k < count; k++) {
        codec_defects d = {.notes = NULL}, c = {.notes = NULL};
        postern_buf_clear(&decoded);
        postern_buf_clear(&copied);
        postern_sink decode_sink = postern_buf_sink(&decoded), copy_sink = postern_buf_sink(&copied);
        check(!base64_decode_with(all[k], in, &decode_sink, &d) && !base64_copy_with(all[k], in, &copy_sink, &c));
        check(postern_slice_eq(postern_buf_slice(&decoded), postern_buf_slice(&plain)));
        check(postern_slice_eq(postern_buf_slice(&copied), postern_buf_slice(&encoded)));
        check(memcmp(d.sent, plain_defects.sent, sizeof d.sent) == 0 && memcmp(c.sent, d.sent, sizeof d.sent) == 0);
    }
    postern_sink again_sink = postern_buf_sink(&again); /* what we write ourselves has no defects */
    codec_defects none = {.notes = NULL};
    check(!base64_decode_with(all[0], postern_buf_slice(&encoded), &again_sink, &none));
    check(postern_slice_eq(postern_buf_slice(&again), postern_buf_slice(&plain)));
    check(none.sent[POSTERN_NOTE_BASE64_JUNK] + none.sent[POSTERN_NOTE_BASE64_PADDING] == 0);
    for (size_t i = 0; i < 5; i++) postern_buf_free(bufs[i]);
    return 0;
}
