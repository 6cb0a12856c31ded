/*
 * Character sets (WHATWG Encoding Standard): decoding to UTF-8, byte order marks, and the simple sets themselves.
 *
 * Everything becomes valid UTF-8; what does not decode becomes U+FFFD as the standard's decoders do it, so that an ASCII byte
 * is never swallowed by a broken character before it (a quote or '<' that one reader sees and another does not is an attack).
 * UTF-7, HZ and other sets that browsers refuse are decoded, since mail has them: the text they give is judged after decoding.
 * Multi-byte sets are in charset_pairs.c, labels in charset_labels.c, guessing in charset_detect.c.
 */
#include "charset_int.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

void charset_flush(utf8_writer *w) {
    size_t len = w->len;
    w->len = 0;
    if (!w->status) w->status = postern_sink_write(w->out, postern_slice_of(w->bytes, len));
}

void charset_put(utf8_writer *w, uint32_t scalar) {
    if (UTF8_BLOCK - w->len < 4) charset_flush(w);
    w->len += postern_utf8_put(scalar, w->bytes + w->len);
}

void charset_put_bytes(utf8_writer *w, postern_slice s) {
    if (s.len > UTF8_BLOCK - w->len) charset_flush(w);
    if (s.len > UTF8_BLOCK / 2) {
        charset_flush(w);
        if (!w->status) w->status = postern_sink_write(w->out, s);
    } else if (s.len) {
        memcpy(w->bytes + w->len, s.ptr, s.len);
        w->len += s.len;
    }
}

void charset_put_bad(utf8_writer *w, postern_slice in, size_t at) {
    if (!w->d->sent[POSTERN_NOTE_CHARSET_BAD_BYTES]) /* one says it all: the first place */
        codec_defect(w->d, POSTERN_NOTE_CHARSET_BAD_BYTES, at, postern_slice_sub(in, at, 8));
    charset_put(w, 0xFFFD);
}

size_t charset_ascii_end(postern_slice in, size_t from) {
    size_t i = from;
#if defined(__SSE2__)
    for (; in.len - i >= 16; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(in.ptr + i));
        unsigned stop = (unsigned)_mm_movemask_epi8(_mm_or_si128(v, _mm_cmpeq_epi8(v, _mm_set1_epi8(0x1B))));
        if (stop) return i + (unsigned)__builtin_ctz(stop);
    }
#endif
    while (i < in.len && in.ptr[i] < 0x80 && in.ptr[i] != 0x1B) i++;
    return i;
}

static void decode_utf8(utf8_writer *w, postern_slice in) {
    while (in.len && !w->status) {
        size_t good = postern_utf8_valid_prefix(in), bad;
        charset_put_bytes(w, postern_slice_sub(in, 0, good));
        in = postern_slice_from(in, good);
        if (in.len == 0) break;
        postern_utf8_at(in, 0, &bad);
        w->d->base += good;
        charset_put_bad(w, in, 0);
        in = postern_slice_from(in, bad);
        w->d->base += bad;
    }
}

static void decode_utf16(utf8_writer *w, postern_slice in, bool big) {
    const unsigned high = big ? 0 : 1, low = big ? 1 : 0;
    size_t i = 0;
    while (in.len - i >= 2 && !w->status) {
        uint32_t unit = (uint32_t)in.ptr[i + high] << 8 | in.ptr[i + low];
        i += 2;
        if ((unit & 0xF800) != 0xD800) {
            charset_put(w, unit);
        } else if (unit < 0xDC00 && in.len - i >= 2 && (in.ptr[i + high] & 0xFC) == 0xDC) {
            uint32_t second = (uint32_t)(in.ptr[i + high] & 3) << 8 | in.ptr[i + low];
            charset_put(w, 0x10000 + ((unit & 0x3FF) << 10 | second));
            i += 2;
        } else {
            charset_put_bad(w, in, i - 2);
            if (unit < 0xDC00 && in.len - i == 1) return; /* cut in the middle of a pair: one U+FFFD */
        }
    }
    if (in.len - i == 1) charset_put_bad(w, in, i);
}

static void decode_single(utf8_writer *w, postern_slice in, const uint16_t *table) {
    for (size_t i = 0; i < in.len && !w->status;) {
        size_t end = charset_ascii_end(in, i);
        charset_put_bytes(w, postern_slice_sub(in, i, end - i));
        for (i = end; i < in.len && (in.ptr[i] >= 0x80 || in.ptr[i] == 0x1B); i++) {
            uint32_t scalar = in.ptr[i] < 0x80 ? in.ptr[i] : table[in.ptr[i] - 0x80];
            if (scalar) charset_put(w, scalar);
            else charset_put_bad(w, in, i);
        }
    }
}

static void decode_user_defined(utf8_writer *w, postern_slice in) {
    for (size_t i = 0; i < in.len; i++) charset_put(w, in.ptr[i] < 0x80 ? in.ptr[i] : 0xF700u + in.ptr[i]);
}

postern_charset postern_charset_from_bom(postern_slice bytes, size_t *ret_len) {
    postern_charset found = POSTERN_CHARSET_NONE;
    size_t len = 0;
    if (postern_slice_starts(bytes, POSTERN_S("\xEF\xBB\xBF"))) found = POSTERN_CHARSET_UTF_8, len = 3;
    else if (postern_slice_starts(bytes, POSTERN_S("\xFF\xFE"))) found = POSTERN_CHARSET_UTF_16LE, len = 2;
    else if (postern_slice_starts(bytes, POSTERN_S("\xFE\xFF"))) found = POSTERN_CHARSET_UTF_16BE, len = 2;
    if (ret_len) *ret_len = len;
    return found;
}

postern_status postern_charset_decode(postern_charset charset, postern_slice bytes, const postern_sink *out,
                                      const postern_notes *notes, uint32_t part) {
    size_t mark;
    postern_charset marked = postern_charset_from_bom(bytes, &mark);
    codec_defects d = {.notes = notes, .part = part, .base = mark};
    const charset_info *info = charset_info_of(marked ? marked : charset);
    utf8_writer w;
    w.out = out;
    w.status = POSTERN_OK;
    w.d = &d;
    w.len = 0;
    postern_slice in = postern_slice_from(bytes, mark);
    switch (info->kind) {
    case KIND_NONE: decode_single(&w, in, charset_single[SINGLE_WINDOWS_1252]); break;
    case KIND_UTF_8: decode_utf8(&w, in); break;
    case KIND_UTF_16LE: decode_utf16(&w, in, false); break;
    case KIND_UTF_16BE: decode_utf16(&w, in, true); break;
    case KIND_REPLACEMENT:
        if (in.len) charset_put_bad(&w, in, 0);
        break;
    case KIND_SINGLE: decode_single(&w, in, charset_single[info->detail]); break;
    case KIND_USER_DEFINED: decode_user_defined(&w, in); break;
    case KIND_PAIRS: charset_pairs_decode(&w, (pairs_kind)info->detail, in); break;
    case KIND_UTF_7: charset_utf7_decode(&w, in); break;
    case KIND_ICONV: charset_iconv_decode(&w, info->iconv_name, in); break;
    }
    charset_flush(&w);
    return w.status;
}

static bool reads_itself(postern_charset charset, postern_slice in) {
    if (!charset_is_ascii_superset(charset) || charset_ascii_end(in, 0) != in.len) return false;
    bool shifts = charset == charset_iso_2022_jp();
    return !shifts || (postern_slice_find_byte(in, 0, 0x0E) == SIZE_MAX && postern_slice_find_byte(in, 0, 0x0F) == SIZE_MAX);
}

postern_status postern_charset_decode_arena(postern_charset charset, postern_slice bytes, postern_arena *arena,
                                            const postern_notes *notes, uint32_t part, postern_slice *ret_utf8) {
    size_t mark;
    postern_charset marked = postern_charset_from_bom(bytes, &mark);
    postern_slice in = postern_slice_from(bytes, mark);
    if (marked) charset = marked;
    bool as_it_is = charset == POSTERN_CHARSET_UTF_8 ? postern_utf8_valid(in) : reads_itself(charset, in);
    if (as_it_is) {
        *ret_utf8 = in;
        return POSTERN_OK;
    }
    postern_buf buf;
    postern_buf_init(&buf, SIZE_MAX / 2);
    postern_sink sink = postern_buf_sink(&buf);
    postern_status status = postern_charset_decode(charset, bytes, &sink, notes, part);
    if (!status) status = postern_arena_copy(arena, postern_buf_slice(&buf), ret_utf8);
    postern_buf_free(&buf);
    return status;
}
