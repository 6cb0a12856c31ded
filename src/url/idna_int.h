/* Internationalised domain names, between idna.c (UTS 46), unicode.c (the table), punycode.c and display.c. */
#ifndef POSTERN_URL_IDNA_INT_H
#define POSTERN_URL_IDNA_INT_H

#include "url_int.h"

/* Code points of one domain or label. `cap` is the most it may ever hold: the array is the caller's. */
typedef struct idna_text {
    uint32_t *cps;
    size_t len, cap;
} idna_text;

/* Room for decompositions: none has more than four code points. */
#define IDNA_NFD_GROWTH 4

typedef struct idna_traits {
    uint8_t combining, bidi, joining, mark, script;
} idna_traits;

enum { IDNA_BIDI_L = 1, IDNA_BIDI_R, IDNA_BIDI_AL, IDNA_BIDI_AN, IDNA_BIDI_EN, IDNA_BIDI_ES, IDNA_BIDI_CS, IDNA_BIDI_ET,
       IDNA_BIDI_ON, IDNA_BIDI_BN, IDNA_BIDI_NSM };
enum { IDNA_JOINING_T = 1, IDNA_JOINING_L, IDNA_JOINING_R, IDNA_JOINING_D };
enum { IDNA_LATIN = 1, IDNA_GREEK, IDNA_CYRILLIC, IDNA_HAN, IDNA_HIRAGANA, IDNA_KATAKANA, IDNA_HANGUL, IDNA_BOPOMOFO,
       IDNA_ARABIC, IDNA_ARMENIAN };

idna_traits idna_traits_of(uint32_t cp);
/* Status "valid" of the mapping table. */
bool idna_is_valid(uint32_t cp);
/* Appends what the mapping table makes of `cp`; what it disallows stays and is found invalid later. False when the cap is
 * reached. */
bool idna_map_add(idna_text *text, uint32_t cp);
/* Into normalization form C, in place. `text->cps` has room for IDNA_NFD_GROWTH times its length. */
void idna_compose(idna_text *text);
/* Whether composing would change nothing; `scratch` has room as above. */
bool idna_is_nfc(const uint32_t *cps, size_t len, uint32_t *scratch);

/* RFC 3492. Encoding appends the part behind "xn--". Decoding takes that part and writes at most `cap` code points. */
void idna_punycode_encode(url_out *out, const uint32_t *cps, size_t len);
bool idna_punycode_decode(postern_slice ascii, idna_text *ret_text);

/* The validity criteria of UTS 46, section 4.1, for one label in Unicode; `bidi`: the domain is a bidi domain name. */
bool idna_label_valid(const uint32_t *cps, size_t len, bool bidi, uint32_t *scratch);
/* A letter or number that makes a domain a bidi domain name (RFC 5893). */
bool idna_has_rtl(const uint32_t *cps, size_t len);

#endif
