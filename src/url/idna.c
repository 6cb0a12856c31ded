/*
 * Domain to ASCII: UTS 46 (revision 33 and later, Unicode 17) as the URL Standard, section 3.3, parametrises it: not
 * transitional, CheckBidi and CheckJoiners, without CheckHyphens, STD 3 rules and length checks. Domains that are ASCII never
 * come here.
 *
 * Look-alikes, invisible characters and characters that turn into "/" or "." are what an attacker brings: the result is
 * judged by the caller against the forbidden domain code points, after mapping. Longer than POSTERN_LIMIT_DOMAIN: refused,
 * since normalization and Punycode cost the square of it.
 */
#include "idna_int.h"

#include <stdlib.h>

/* ---- validity ------------------------------------------------------------------------------------------------ */

bool idna_has_rtl(const uint32_t *cps, size_t len) {
    for (size_t i = 0; i < len; i++) {
        uint8_t bidi = idna_traits_of(cps[i]).bidi;
        if (bidi == IDNA_BIDI_R || bidi == IDNA_BIDI_AL || bidi == IDNA_BIDI_AN) return true;
    }
    return false;
}

/* The bidi rule of RFC 5893, section 2, its six conditions. */
static bool bidi_rule(const uint32_t *cps, size_t len) {
    enum { L = 1 << IDNA_BIDI_L, R = 1 << IDNA_BIDI_R, AL = 1 << IDNA_BIDI_AL, AN = 1 << IDNA_BIDI_AN, EN = 1 << IDNA_BIDI_EN,
           NEUTRAL = 1 << IDNA_BIDI_ES | 1 << IDNA_BIDI_CS | 1 << IDNA_BIDI_ET | 1 << IDNA_BIDI_ON | 1 << IDNA_BIDI_BN,
           NSM = 1 << IDNA_BIDI_NSM };
    unsigned seen = 0, last = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned bit = 1u << idna_traits_of(cps[i]).bidi;
        seen |= bit;
        if (bit != NSM) last = bit;
    }
    unsigned first = len ? 1u << idna_traits_of(cps[0]).bidi : L;
    if (first & L) return !(seen & ~(unsigned)(L | EN | NEUTRAL | NSM)) && (len == 0 || last & (L | EN));
    if (!(first & (R | AL))) return false;
    if (seen & ~(unsigned)(R | AL | AN | EN | NEUTRAL | NSM) || (seen & EN && seen & AN)) return false;
    return last & (R | AL | EN | AN);
}

/* RFC 5892, appendices A.1 and A.2: zero width (non-)joiner behind a virama, or a non-joiner between letters that join. */
static bool joiner_fits(const uint32_t *cps, size_t len, size_t at) {
    enum { VIRAMA = 9 };
    if (at && idna_traits_of(cps[at - 1]).combining == VIRAMA) return true;
    if (cps[at] == 0x200D) return false;
    size_t before = at, after = at + 1;
    uint8_t joining = 0;
    while (before > 0 && (joining = idna_traits_of(cps[before - 1]).joining) == IDNA_JOINING_T) before--;
    if (before == 0 || (joining != IDNA_JOINING_L && joining != IDNA_JOINING_D)) return false;
    while (after < len && (joining = idna_traits_of(cps[after]).joining) == IDNA_JOINING_T) after++;
    return after < len && (joining == IDNA_JOINING_R || joining == IDNA_JOINING_D);
}

bool idna_label_valid(const uint32_t *cps, size_t len, bool bidi, uint32_t *scratch) {
    if (len == 0) return true;
    if (len >= 4 && cps[0] == 'x' && cps[1] == 'n' && cps[2] == '-' && cps[3] == '-') return false;
    if (idna_traits_of(cps[0]).mark) return false;
    for (size_t i = 0; i < len; i++) {
        if (cps[i] == '.' || !idna_is_valid(cps[i])) return false;
        if ((cps[i] == 0x200C || cps[i] == 0x200D) && !joiner_fits(cps, len, i)) return false;
    }
    return idna_is_nfc(cps, len, scratch) && (!bidi || bidi_rule(cps, len));
}

/* ---- the steps of UTS 46, section 4 -------------------------------------------------------------------------- */

enum { CAP = POSTERN_LIMIT_DOMAIN };

/* Working memory of one call; too much for a stack that might be small. */
typedef struct work {
    uint32_t domain[CAP * IDNA_NFD_GROWTH]; /* mapped, normalised */
    uint32_t label[CAP];                    /* one label decoded from Punycode */
    uint32_t scratch[CAP * IDNA_NFD_GROWTH];
} work;

static bool map_all(idna_text *text, postern_slice domain) {
    size_t len;
    for (size_t pos = 0; pos < domain.len; pos += len)
        if (!idna_map_add(text, postern_utf8_at(domain, pos, &len))) return false;
    return true;
}

static bool all_ascii(const uint32_t *cps, size_t len) {
    for (size_t i = 0; i < len; i++)
        if (cps[i] >= 0x80) return false;
    return true;
}

static bool has_prefix(const uint32_t *cps, size_t len) {
    return len >= 4 && cps[0] == 'x' && cps[1] == 'n' && cps[2] == '-' && cps[3] == '-';
}

/* The label in Unicode: itself, or what its Punycode says. */
static bool to_unicode(work *w, const uint32_t *cps, size_t len, idna_text *ret_label) {
    *ret_label = (idna_text){w->label, 0, CAP};
    if (!has_prefix(cps, len)) {
        memcpy(w->label, cps, len * sizeof *cps);
        ret_label->len = len;
        return true;
    }
    uint8_t ascii[CAP];
    for (size_t i = 4; i < len; i++) {
        if (cps[i] >= 0x80) return false;
        ascii[i - 4] = (uint8_t)cps[i];
    }
    return idna_punycode_decode(postern_slice_of(ascii, len - 4), ret_label) && !all_ascii(w->label, ret_label->len);
}

/* Once over the labels: without `check` only to see whether the domain is a bidi domain name, with it to check and write them.
 * The domain holds at most CAP code points. */
static bool each_label(work *w, const idna_text *domain, url_out *out, bool check, bool *bidi) {
    size_t start = 0;
    for (size_t i = 0; i <= domain->len; i++) {
        idna_text label;
        if (i < domain->len && domain->cps[i] != '.') continue;
        if (!to_unicode(w, domain->cps + start, i - start, &label)) return false;
        if (!check) {
            *bidi = *bidi || idna_has_rtl(label.cps, label.len);
        } else {
            if (!idna_label_valid(label.cps, label.len, *bidi, w->scratch)) return false;
            if (start) url_out_byte(out, '.');
            if (all_ascii(label.cps, label.len)) {
                for (size_t k = 0; k < label.len; k++) url_out_byte(out, (uint8_t)label.cps[k]);
            } else {
                url_out_add(out, POSTERN_S("xn--"));
                idna_punycode_encode(out, label.cps, label.len);
            }
        }
        start = i + 1;
    }
    return true;
}

postern_status url_idna_to_ascii(url_out *out, postern_slice domain) {
    if (domain.len > CAP) return POSTERN_LIMIT;
    work *w = malloc(sizeof *w);
    if (!w) return POSTERN_NOMEM;
    idna_text text = {w->domain, 0, CAP};
    bool bidi = false;
    postern_status status = map_all(&text, domain) ? POSTERN_OK : POSTERN_LIMIT;
    if (!status) {
        idna_compose(&text);
        if (text.len > CAP) status = POSTERN_LIMIT;
    }
    if (!status && !each_label(w, &text, out, false, &bidi)) status = POSTERN_FORMAT;
    if (!status && !each_label(w, &text, out, true, &bidi)) status = POSTERN_FORMAT;
    free(w);
    return status ? status : out->status;
}
