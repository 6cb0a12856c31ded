/*
 * Domain to ASCII (UTS 46 as the URL Standard, section 3.3, parametrises it: not transitional, no STD 3 rules, no length check).
 */
#include "url_int.h"

#include <idn2.h>

postern_status url_idna_to_ascii(url_out *out, postern_slice domain) {
    url_out text;
    uint8_t *ascii = NULL;
    if (postern_slice_find_byte(domain, 0, 0) != SIZE_MAX) return POSTERN_FORMAT;
    url_out_init(&text);
    url_out_add(&text, domain);
    url_out_byte(&text, 0);
    postern_status status = text.status;
    if (!status) {
        int result = idn2_lookup_u8(text.ptr, &ascii, IDN2_NONTRANSITIONAL);
        status = result == IDN2_OK ? POSTERN_OK : result == IDN2_MALLOC ? POSTERN_NOMEM : POSTERN_FORMAT;
    }
    if (!status) url_out_add(out, postern_slice_cstr((const char *)ascii));
    if (ascii) idn2_free(ascii);
    url_out_free(&text);
    return status ? status : out->status;
}

postern_status postern_domain_for_display(postern_arena *arena, postern_slice ascii, postern_slice *ret_utf8) {
    return postern_arena_copy(arena, ascii, ret_utf8);
}
