/*
 * Guessing the set of a text in Latin letters that declares none, by alphabets: a language explains a byte when it is one of
 * its letters in one of its sets. "d\xECkuji" is Czech, since no Western language has an ì and a ý; "caf\xE9" is Western, since
 * French explains it. Statistics (uchardet) need hundreds of such bytes for that, a mail has a dozen.
 *
 * Western wins wherever one of its groups explains everything: most such text is, and where both do, the bytes mostly mean the
 * same. Signs mean nothing by themselves, but "s\xB9" is no footnote: a sign that touches a letter speaks against the set.
 * Left out: text whose words are high bytes alone, which is no Latin writing; languages of sets that only uchardet knows.
 */
#include "charset_int.h"

typedef struct language {
    const char *letters; /* small ones beyond ASCII */
    const char *needs;   /* one of these has to be there; "": nothing */
    uint32_t paired;     /* a letter that only stands before `next`, 0: none */
    char next;
    charset_single_kind sets[2];
} language;

#define WESTERN {SINGLE_WINDOWS_1252, SINGLE_COUNT}
#define CENTRAL {SINGLE_WINDOWS_1250, SINGLE_ISO_8859_2}
#define BALTIC {SINGLE_WINDOWS_1257, SINGLE_ISO_8859_13}

static const language western[] = {
    {"àâäçéèêëîïôöùûüßœÿ", "", 0x153, 'u', WESTERN}, /* French and German, as they quote each other; cœur, no śc */
    {"àèéìíòóùúîïüç", "", 0, 0, WESTERN},            /* Italian, Catalan */
    {"áéíóúüñçâêôàèîïûëº", "", 0, 0, WESTERN},       /* Spanish, beside French */
    {"áâãàçéêíóôõúª", "", 0xF5, 'e', WESTERN},       /* Portuguese: ações; any other õ is Hungarian or Estonian */
    {"åäöøæéüàè", "", 0, 0, WESTERN},                /* Nordic */
    {"áàäéèëïíóöúüê", "", 0, 0, WESTERN},            /* Dutch, Irish */
    {"áéíóúýþæðö", "áéíóúæ", 0, 0, WESTERN},         /* Icelandic; its ý, þ and ð alone are Turkish */
    {"äöõüšž", "ä", 0, 0, WESTERN},                  /* Estonian, Finnish; õ and ö without ä are Hungarian */
};

static const language others[] = {
    {"ąćęłńóśźż", "", 0, 0, CENTRAL},                             /* Polish */
    {"áčďéěíňóřšťúůýž", "", 0, 0, CENTRAL},                       /* Czech */
    {"áäčďéíĺľňóôŕšťúýž", "", 0, 0, CENTRAL},                     /* Slovak */
    {"áéíóöőúüű", "", 0, 0, CENTRAL},                             /* Hungarian */
    {"ăâîşţ", "", 0, 0, CENTRAL},                                 /* Romanian */
    {"čćđšž", "", 0, 0, CENTRAL},                                 /* Croatian, Slovene */
    {"çğıöşüâîû", "", 0, 0, {SINGLE_WINDOWS_1254, SINGLE_COUNT}}, /* Turkish */
    {"ąčęėįšųūž", "", 0, 0, BALTIC},                              /* Lithuanian */
    {"āčēģīķļņšūž", "", 0, 0, BALTIC},                            /* Latvian */
};

typedef struct letters_seen {
    size_t high;                    /* bytes from 80 on */
    size_t words;                   /* of these: in words of more than one letter */
    size_t mixed;                   /* and of these: in words with ASCII letters */
    uint32_t count[128];
    uint32_t touching[128];         /* where a sign would touch a letter, as no sign does */
    uint32_t before_e[128], before_u[128];
} letters_seen;

static bool is_letter(uint8_t c) {
    return postern_ascii_alpha(c) || c >= 0xC0;
}

static bool touches(postern_slice s, size_t i) {
    uint8_t c = s.ptr[i], before = i ? s.ptr[i - 1] : ' ', after = i + 1 < s.len ? s.ptr[i + 1] : ' ';
    bool power = (c == 0xB2 || c == 0xB3) && before == 'm' && !is_letter(after);
    bool opens = c == 0xA1 || c == 0xBF; /* the Spanish signs stand before a word */
    return !power && (is_letter(before) || (is_letter(after) && !opens));
}

static void look(postern_slice s, letters_seen *seen) {
    memset(seen, 0, sizeof *seen);
    for (size_t i = 0; i < s.len; i++) {
        size_t ascii = 0, high = 0;
        for (; i < s.len && (postern_ascii_alpha(s.ptr[i]) || s.ptr[i] >= 0x80); i++) {
            if (s.ptr[i] < 0x80) {
                ascii++;
                continue;
            }
            high++;
            size_t byte = s.ptr[i] - 0x80u;
            uint8_t next = i + 1 < s.len ? postern_ascii_lower(s.ptr[i + 1]) : ' ';
            seen->count[byte]++;
            seen->touching[byte] += touches(s, i);
            seen->before_e[byte] += next == 'e';
            seen->before_u[byte] += next == 'u';
        }
        seen->high += high;
        if (ascii + high > 1) seen->words += high;
        if (ascii && ascii * 2 >= high) seen->mixed += high;
    }
}

static uint32_t lower(uint32_t c) {
    if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 32;
    if (c == 0x130) return 0x131; /* Turkish has both i */
    if (c == 0x178) return 0xFF;
    if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) return c % 2 ? c + 1 : c;
    return c >= 0x100 && c <= 0x177 ? c | 1 : c;
}

static bool among(uint32_t scalar, const char *letters) {
    postern_slice s = postern_slice_cstr(letters);
    size_t len;
    for (size_t i = 0; i < s.len; i += len)
        if (postern_utf8_at(s, i, &len) == scalar) return true;
    return false;
}

/* Punctuation and money stand anywhere; other signs are fine as long as they touch no letter. */
static size_t unexplained_sign(const letters_seen *seen, size_t byte, uint32_t scalar) {
    bool anywhere = (scalar >= 0x2010 && scalar <= 0x203A) || scalar == 0x20AC || scalar == 0x2122 || scalar == 0xA0 ||
                    scalar == 0xA7 || scalar == 0xA9 || scalar == 0xAB || scalar == 0xAD || scalar == 0xAE || scalar == 0xB0 ||
                    scalar == 0xB7 || scalar == 0xBB;
    if (anywhere) return 0;
    return scalar < 0xA0 || scalar > 0xBF ? seen->count[byte] : seen->touching[byte];
}

/* How many of the bytes the language does not explain in this set. */
static size_t unexplained(const letters_seen *seen, const language *l, charset_single_kind set) {
    size_t rest = 0;
    bool needed = *l->needs == 0;
    for (size_t byte = 0; byte < 128; byte++) {
        if (!seen->count[byte]) continue;
        uint32_t scalar = lower(charset_single[set][byte]);
        needed |= among(scalar, l->needs);
        if (!among(scalar, l->letters)) rest += unexplained_sign(seen, byte, scalar);
        else if (scalar == l->paired) rest += seen->count[byte] - (l->next == 'e' ? seen->before_e : seen->before_u)[byte];
    }
    return needed ? rest : seen->high;
}

static size_t best_of(const letters_seen *seen, const language *list, size_t count, charset_single_kind *ret_set) {
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < 2 && list[i].sets[k] != SINGLE_COUNT; k++) {
            size_t rest = unexplained(seen, &list[i], list[i].sets[k]);
            if (rest >= best) continue;
            best = rest;
            *ret_set = list[i].sets[k];
        }
    return best;
}

static postern_charset charset_of_set(charset_single_kind set) {
    switch (set) {
    case SINGLE_WINDOWS_1250: return charset_by_label("windows-1250");
    case SINGLE_ISO_8859_2: return charset_by_label("iso-8859-2");
    case SINGLE_WINDOWS_1254: return charset_by_label("windows-1254");
    case SINGLE_WINDOWS_1257: return charset_by_label("windows-1257");
    case SINGLE_ISO_8859_13: return charset_by_label("iso-8859-13");
    default: return POSTERN_CHARSET_WINDOWS_1252;
    }
}

postern_charset charset_guess_latin(postern_slice s) {
    letters_seen seen;
    charset_single_kind west = SINGLE_COUNT, other = SINGLE_COUNT;
    look(s, &seen);
    if (seen.words == 0 || seen.mixed * 4 < seen.words * 3) return POSTERN_CHARSET_NONE;
    size_t rest_west = best_of(&seen, western, sizeof western / sizeof *western, &west);
    if (rest_west == 0) return POSTERN_CHARSET_WINDOWS_1252;
    size_t rest_other = best_of(&seen, others, sizeof others / sizeof *others, &other);
    bool clear = rest_other * 50 <= seen.high && rest_other * 2 < rest_west;
    return clear ? charset_of_set(other) : POSTERN_CHARSET_NONE;
}
