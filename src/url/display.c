/*
 * A domain for people: labels in Unicode where that is safe to show, else as they are.
 *
 * What an attacker registers looks like another name: letters of another script (UTS 39), letters with the dot or stroke in a
 * place nobody looks at, invisible characters, digits of other scripts. Shown are labels of letters in living use of one
 * script, or of Chinese, Japanese or Korean with Latin beside it (the highly restrictive level of UTS 39, section 5.2); never
 * a label all of whose letters could be Latin ones. Left out: comparing with known domains.
 */
#include "idna_int.h"

#include <stdlib.h>

enum { CAP = 64, LABEL_SCRATCH = CAP * IDNA_NFD_GROWTH };

static bool in_list(uint32_t cp, const uint32_t *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (list[i] == cp) return true;
    return false;
}
#define IN(cp, list) in_list(cp, list, sizeof(list) / sizeof *(list))

/* Letters of Cyrillic, Greek and Armenian that most fonts draw as a Latin letter or close to one. */
static bool looks_latin(uint32_t cp) {
    static const uint32_t alike[] = {
        0x430, 0x431, 0x432, 0x433, 0x435, 0x438, 0x43A, 0x43C, 0x43D, 0x43E, 0x43F, 0x440, 0x441, 0x442, 0x443, 0x445,
        0x448, 0x44A, 0x44C, 0x450, 0x451, 0x455, 0x456, 0x457, 0x458, 0x45B, 0x45D, 0x475, 0x49B, 0x4AB, 0x4AF, 0x4BB,
        0x4CF, 0x4D1, 0x4D3, 0x4D7, 0x4E7, 0x501, 0x50D, 0x511, 0x51B, 0x51D, 0x527, 0x3AC, 0x3AD, 0x3AF, 0x3B1, 0x3B2,
        0x3B3, 0x3B7, 0x3B9, 0x3BA, 0x3BD, 0x3BF, 0x3C1, 0x3C3, 0x3C4, 0x3C5, 0x3C7, 0x3C9, 0x3CA, 0x3CB, 0x3CC, 0x3CD,
        0x3CE, 0x561, 0x563, 0x566, 0x569, 0x56B, 0x570, 0x571, 0x578, 0x57A, 0x57D, 0x581, 0x582, 0x584, 0x585,
    };
    return IN(cp, alike);
}

/* Characters of Chinese and Japanese that could be a slash, a dash or a stroke between Latin letters. */
static bool looks_like_sign(uint32_t cp) {
    static const uint32_t signs[] = {
        0x3078, 0x3079, 0x307A, 0x30A8, 0x30AB, 0x30BD, 0x30BE, 0x30BF, 0x30C8, 0x30CB, 0x30CE, 0x30D8, 0x30D9, 0x30DA, 0x30ED,
        0x30F3, 0x30FC, 0x4E00, 0x4E09, 0x4E28, 0x4E36, 0x4E3F, 0x4E85, 0x4E8C, 0x516B, 0x529B, 0x535C, 0x53E3, 0x5915, 0x5DE5,
    };
    return IN(cp, signs);
}

/* The scripts of a label as a set of bits; false when a character must not be shown, or when it is ASCII, which no honest
 * Punycode stands for. */
static bool scripts_of(const uint32_t *cps, size_t len, uint32_t *ret_scripts, bool *ret_all_alike) {
    uint32_t scripts = 0;
    bool alike = true, signs = false, all_signs = true, beyond = false;
    for (size_t i = 0; i < len; i++) {
        uint32_t cp = cps[i];
        if (cp == '-' || (cp >= '0' && cp <= '9')) continue;
        uint8_t script = idna_traits_of(cp).script;
        if (!script) return false;
        scripts |= 1u << script;
        beyond |= cp >= 0x80;
        bool sign = looks_like_sign(cp);
        alike = alike && looks_latin(cp);
        signs |= sign;
        all_signs = all_signs && sign;
    }
    *ret_scripts = scripts;
    *ret_all_alike = alike || (signs && (all_signs || scripts & 1u << IDNA_LATIN));
    return beyond;
}

static bool allowed_mix(uint32_t scripts) {
    const uint32_t latin_han = 1u << IDNA_LATIN | 1u << IDNA_HAN;
    const uint32_t mixes[] = {1u << IDNA_HIRAGANA | 1u << IDNA_KATAKANA, 1u << IDNA_HANGUL, 1u << IDNA_BOPOMOFO};
    if ((scripts & (scripts - 1)) == 0) return true;
    for (size_t i = 0; i < sizeof mixes / sizeof *mixes; i++)
        if (!(scripts & ~(latin_han | mixes[i]))) return true;
    return false;
}

/* The label in Unicode, when it may be shown. A combining mark that did not compose may be drawn anywhere: refused outside the
 * scripts that cannot do without (they give their marks a script of their own). */
static bool showable(postern_slice label, idna_text *text) {
    uint32_t scratch[LABEL_SCRATCH], scripts;
    bool alike;
    if (!postern_slice_starts(label, POSTERN_S("xn--")) || label.len > CAP) return false;
    if (!idna_punycode_decode(postern_slice_from(label, 4), text)) return false;
    if (!idna_label_valid(text->cps, text->len, idna_has_rtl(text->cps, text->len), scratch)) return false;
    return scripts_of(text->cps, text->len, &scripts, &alike) && !alike && allowed_mix(scripts);
}

static void add_label(url_out *out, postern_slice label) {
    uint32_t cps[CAP];
    uint8_t utf8[4];
    idna_text text = {cps, 0, CAP};
    if (!showable(label, &text)) {
        url_out_add(out, label);
        return;
    }
    for (size_t i = 0; i < text.len; i++) url_out_add(out, postern_slice_of(utf8, postern_utf8_put(cps[i], utf8)));
}

/* Only what is the same domain again when somebody types it may be shown; one bad label forbids all. */
static postern_status comes_back(postern_slice shown, postern_slice ascii, bool *ret_same) {
    url_out again;
    url_out_init(&again);
    postern_status status = url_idna_to_ascii(&again, shown);
    *ret_same = !status && postern_slice_eq(url_out_from(&again, 0), ascii);
    url_out_free(&again);
    return status == POSTERN_NOMEM ? status : POSTERN_OK;
}

postern_status postern_domain_for_display(postern_arena *arena, postern_slice ascii, postern_slice *ret_utf8) {
    url_out out;
    if (ascii.len > POSTERN_LIMIT_URL) return POSTERN_LIMIT;
    if (postern_slice_find(ascii, 0, POSTERN_S("xn--")) == SIZE_MAX) {
        *ret_utf8 = ascii;
        return POSTERN_OK;
    }
    url_out_init(&out);
    for (postern_cut cut = {ascii, ascii, true}; cut.ok;) {
        cut = postern_slice_cut(cut.tail, '.');
        add_label(&out, cut.head);
        if (cut.ok) url_out_byte(&out, '.');
    }
    bool same = false;
    postern_status status = out.status;
    if (!status) status = comes_back(url_out_from(&out, 0), ascii, &same);
    if (!status && same) status = postern_arena_copy(arena, url_out_from(&out, 0), ret_utf8);
    else if (!status) *ret_utf8 = ascii;
    url_out_free(&out);
    return status;
}
