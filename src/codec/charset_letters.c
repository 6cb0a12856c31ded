/*
 * Guessing the set of a few words in an alphabet of its own (Cyrillic, Greek, Hebrew, Arabic, Thai) by how often its letters
 * occur: "\xEF\xF0\xE8\xE2\xE5\xF2" is good Russian in windows-1251, poor Hebrew in windows-1255 and no Greek. Statistics
 * (uchardet) need hundreds of bytes for that; a subject or a name has ten.
 *
 * A letter costs what its rank among its language's letters says (frequencies fall off about exponentially), a sign or a
 * capital inside a word costs extra, a byte that is no letter of the language most of all. The cheapest set wins if it is cheap
 * enough for writing at all and the next one is clearly dearer. Left out: words that mix scripts, and sets of pairs, which the
 * caller compares by what this costs.
 */
#include "charset_int.h"

typedef struct script {
    const char *letters; /* small ones, the most frequent first */
    unsigned decay;      /* how many ranks make a letter e times rarer */
    unsigned norm;       /* 100 × log of the sum, so that costs are 100 × -log(probability) */
    const char *sets[4];
} script;

#define CYRILLIC {"windows-1251", "koi8-u", "ibm866", "iso-8859-5"}

static const script scripts[] = {
    {"оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", 9, 218, CYRILLIC},
    {"оаниівертсклудмпязьбгчйхцжїюєшщфґ", 9, 218, CYRILLIC},
    {"аеоинтрсвлдпкмзугбяъчцжйщхшюфь", 8, 207, CYRILLIC},
    {"аоиенсртјвукдмплзгбчшцжхњћљђџф", 8, 207, {"windows-1251", "iso-8859-5"}},
    {"αοιετνσρκπμςλυηάόίέγδήωθχώύφβξζψϊϋΐΰ", 9, 219, {"windows-1253", "iso-8859-7"}},
    {"יוהאלמתרבשנעםדקחפטכגזסצןךץףײױ", 8, 207, {"windows-1255"}},
    {"المينوتربعسدقفكةحجشهصأطخضذىغءثزإظئآؤپچگژ", 8, 208, {"windows-1256", "iso-8859-6"}},
    {"านรอกเงมย่ลวด้ทสตะัปบคหแจพชิีขใไโ็ผณซุถศูธฟ์ญืำึษภฉฐฎฝๆฯฬฤ๊ฏฮฒฑ๋ฆฌ", 16, 277, {"windows-874"}},
};

enum { ALIEN = 900, SIGN = 350, CAPITAL = 60, CAPITAL_AGAIN = 20, CAPITAL_INSIDE = 500, LATIN = 400 };
enum { CLEAR = 120, CHEAP = 127 }; /* CHEAP: above the script's norm, for each byte */

static uint32_t lower(uint32_t c) {
    if (c >= 0x410 && c <= 0x42F) return c + 32;
    if (c >= 0x400 && c <= 0x40F) return c + 80;
    if (c == 0x490) return 0x491;
    if (c >= 0x391 && c <= 0x3AB) return c + 32;
    if (c == 0x386) return 0x3AC;
    if (c >= 0x388 && c <= 0x38A) return c + 37;
    if (c == 0x38C) return 0x3CC;
    return c == 0x38E || c == 0x38F ? c + 63 : c;
}

/* What each byte from 80 on costs in this script and set, and which are capitals. */
typedef struct prices {
    uint16_t letter[128]; /* 0: no letter */
    bool capital[128], sign[128];
} prices;

static void price(const script *s, const uint16_t set[128], prices *p) {
    uint32_t ranked[96];
    size_t count = 0, len;
    postern_slice letters = postern_slice_cstr(s->letters);
    for (size_t i = 0; i < letters.len && count < 96; i += len) ranked[count++] = postern_utf8_at(letters, i, &len);
    memset(p, 0, sizeof *p);
    for (size_t byte = 0; byte < 128; byte++) {
        uint32_t scalar = set[byte], small = lower(scalar);
        p->capital[byte] = small != scalar;
        p->sign[byte] = (scalar >= 0xA0 && scalar <= 0xBF) || (scalar >= 0x2010 && scalar <= 0x2122) || scalar == 0x60C ||
                        scalar == 0x61F || scalar == 0x61B || (scalar >= 0x64B && scalar <= 0x652) ||
                        (scalar >= 0x5B0 && scalar <= 0x5C2) || (scalar >= 0x660 && scalar <= 0x669);
        for (size_t rank = 0; rank < count; rank++)
            if (ranked[rank] == small) p->letter[byte] = (uint16_t)(s->norm + rank * 100 / s->decay);
    }
}

/* The cost of all high bytes together. */
static size_t cost_of(postern_slice s, const prices *p) {
    size_t cost = 0;
    bool small_before = false, capital_before = false, latin_before = false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < 0x80) {
            latin_before = postern_ascii_alpha(s.ptr[i]);
            if (latin_before && i && s.ptr[i - 1] >= 0x80 && p->letter[s.ptr[i - 1] - 0x80]) cost += LATIN;
            small_before = capital_before = false;
            continue;
        }
        size_t byte = s.ptr[i] - 0x80u;
        if (!p->letter[byte]) {
            cost += p->sign[byte] ? SIGN : ALIEN;
        } else {
            cost += p->letter[byte] + (latin_before ? LATIN : 0);
            if (p->capital[byte]) cost += small_before ? CAPITAL_INSIDE : capital_before ? CAPITAL_AGAIN : CAPITAL;
        }
        small_before = p->letter[byte] && !p->capital[byte];
        capital_before = p->capital[byte];
        latin_before = false;
    }
    return cost;
}

postern_charset charset_guess_letters(postern_slice s, size_t *ret_excess) {
    postern_charset best = POSTERN_CHARSET_NONE;
    size_t high = 0, least = SIZE_MAX, next = SIZE_MAX, norm = 0;
    for (size_t i = 0; i < s.len; i++) high += s.ptr[i] >= 0x80;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        for (size_t k = 0; k < 4 && scripts[i].sets[k]; k++) {
            prices p;
            postern_charset set = charset_by_label(scripts[i].sets[k]);
            price(&scripts[i], charset_single[charset_info_of(set)->detail], &p);
            size_t cost = cost_of(s, &p);
            if (cost >= least) {
                if (set != best && cost < next) next = cost;
                continue;
            }
            if (set != best) next = least;
            least = cost;
            best = set;
            norm = scripts[i].norm;
        }
    *ret_excess = least > high * norm ? least - high * norm : 0;
    bool clear = next == SIZE_MAX || next - least >= CLEAR;
    return high && clear && *ret_excess <= high * CHEAP ? best : POSTERN_CHARSET_NONE;
}
