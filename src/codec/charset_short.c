/*
 * Guessing the character set of a short text, a subject or a name, from its structure: statistics of letters (uchardet) say
 * nothing below a few dozen bytes, but the multi-byte sets of East Asia have rules that other writing hardly keeps by
 * chance.
 *
 * What is looked at: do all high bytes make whole pairs, and do the pairs lie where the common characters are (kana, the
 * first level of kanji and hanzi, Hangul)? Alphabets (Cyrillic, Greek, Hebrew) have nearly all their letters from C0 on,
 * which such pairs do not, and a Latin letter or sign seldom stands where a pair needs its second byte. Left out: texts
 * where this says nothing.
 */
#include "charset_int.h"

typedef struct evidence {
    size_t pairs;
    size_t broken; /* high bytes that make no pair */
    size_t common; /* pairs where the common characters are */
    size_t kana;
    size_t sure;   /* pairs that Latin text would not have */
    size_t glued;  /* pairs with a small Latin letter right behind them */
} evidence;

static bool between(unsigned byte, unsigned low, unsigned high) {
    return byte - low <= high - low;
}

typedef void (*look)(evidence *e, unsigned lead, unsigned trail);

static evidence walk(postern_slice s, bool ascii_trail, look at_pair) {
    evidence e = {.pairs = 0};
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < 0x80) continue;
        unsigned trail = i + 1 < s.len ? s.ptr[i + 1] : 0;
        if (s.ptr[i] == 0x80 || s.ptr[i] == 0xFF || trail < (ascii_trail ? 0x40 : 0xA1) || trail == 0x7F || trail == 0xFF) {
            e.broken++;
            continue;
        }
        size_t before = e.broken;
        at_pair(&e, s.ptr[i], trail);
        if (e.broken == before) {
            e.pairs++;
            i++;
            e.glued += i + 1 < s.len && between(s.ptr[i + 1], 'a', 'z');
        }
    }
    return e;
}

static void look_shift_jis(evidence *e, unsigned lead, unsigned trail) {
    if (between(lead, 0xA0, 0xDF) || lead > 0xFC || trail > 0xFC) {
        e->broken++; /* halfwidth kana: too like Latin letters */
        return;
    }
    bool kana = (lead == 0x82 && between(trail, 0x9F, 0xF1)) || (lead == 0x83 && between(trail, 0x40, 0x96));
    e->kana += kana;
    e->common += kana || lead == 0x81 || between(lead, 0x88, 0x97);
    e->sure += kana || (between(lead, 0x88, 0x9F) && trail >= 0x80);
}

static void look_euc_jp(evidence *e, unsigned lead, unsigned trail) {
    if (lead < 0xA1 || between(lead, 0xA9, 0xAC) || lead > 0xF4) e->broken++;
    e->kana += (lead == 0xA4 && trail <= 0xF3) || (lead == 0xA5 && trail <= 0xF6);
    e->common += lead == 0xA1 || lead == 0xA4 || lead == 0xA5 || between(lead, 0xB0, 0xCF);
}

static void look_gb(evidence *e, unsigned lead, unsigned trail) {
    if (lead < 0xA1 || between(lead, 0xAA, 0xAF) || lead > 0xF7) e->broken++;
    e->common += between(lead, 0xB0, 0xD7) || lead == 0xA1 || lead == 0xA3;
    e->sure += lead < 0xC0 || trail < 0xC0;
}

static void look_euc_kr(evidence *e, unsigned lead, unsigned trail) {
    if (lead < 0xA1 || lead > 0xFD) e->broken++;
    e->common += between(lead, 0xB0, 0xC8);
    e->sure += lead < 0xC0 || trail < 0xC0;
}

static void look_big5(evidence *e, unsigned lead, unsigned trail) {
    if (!between(lead, 0xA1, 0xF9) || between(trail, 0x7F, 0xA0)) {
        e->broken++;
        return;
    }
    bool latin_sign = memchr("\xA1\xA9\xAB\xAE\xB0\xB7\xBA\xBB\xBF", (int)lead, 9) && trail < 0x80;
    e->common += between(lead, 0xA4, 0xC6) || lead == 0xA1;
    e->sure += between(lead, 0xA4, 0xBF) && !latin_sign;
}

postern_charset charset_guess_short(postern_slice s) {
    evidence e = walk(s, true, look_shift_jis);
    if (!e.broken && e.sure >= 2 && e.sure * 2 >= e.pairs && e.common * 4 >= e.pairs * 3) return charset_by_label("shift_jis");
    e = walk(s, false, look_euc_jp);
    if (!e.broken && e.kana && e.kana * 4 >= e.pairs && e.common * 10 >= e.pairs * 9) return charset_by_label("euc-jp");
    e = walk(s, false, look_euc_kr);
    if (!e.broken && e.pairs >= 3 && e.sure && e.common * 10 >= e.pairs * 9) return charset_by_label("euc-kr");
    e = walk(s, false, look_gb);
    if (!e.broken && e.sure && e.common * 10 >= e.pairs * 9) return charset_by_label("gbk");
    e = walk(s, true, look_big5);
    bool latin = e.glued * 4 > e.pairs;
    if (!e.broken && !latin && e.sure >= 2 && e.sure * 2 >= e.pairs && e.common * 10 >= e.pairs * 9)
        return charset_by_label("big5");
    return POSTERN_CHARSET_NONE;
}
