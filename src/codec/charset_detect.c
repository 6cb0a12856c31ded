/*
 * Guessing the character set of bytes that declare none.
 *
 * In the order of how sure the evidence is: valid UTF-8 (or nearly: a cut or a few broken bytes among many good
 * characters), escapes of ISO-2022-JP, zero bytes of UTF-16, the structure of pairs, the alphabets of Latin languages, then
 * statistics (uchardet). Statistics know nothing of a few bytes: a short text whose high bytes stand alone among letters is
 * Western, as in real mail; and what uchardet says has to decode, or windows-1252 it is.
 *
 * An attacker chooses the bytes and so the guess; the result is text that is judged after decoding, never before. uchardet
 * is C++ behind a C face: memory that ends inside it would end the process. It takes about 150 kB, so it is only asked while
 * several times that is to be had; without, there is no guess, and the caller's next allocation says so.
 */
#define _DEFAULT_SOURCE
#include "charset_int.h"

#include <sys/mman.h>

#include <uchardet.h>

enum { SAMPLE = 64 << 10, LOOK = 1 << 20, SHORT = 64, STATISTICS_MEMORY = 1 << 20, LETTERS = 4 << 10, PAIR_EXCESS = 117 };

typedef struct tally {
    size_t high;    /* bytes from 80 on */
    size_t single;  /* of these: without another beside them */
    size_t good;    /* well-formed UTF-8 characters beyond ASCII */
    size_t broken;  /* ill-formed UTF-8 sequences */
    size_t first;   /* index of the first high byte */
    bool c1;        /* a byte 80 to 9F */
} tally;

static tally count(postern_slice s) {
    tally t = {.first = s.len};
    for (size_t i = charset_ascii_end(s, 0); i < s.len;) {
        if (s.ptr[i] < 0x80) {
            i = charset_ascii_end(s, i + (s.ptr[i] == 0x1B));
            continue;
        }
        size_t len;
        bool bad = postern_utf8_at(s, i, &len) == 0xFFFD && !(len == 3 && s.ptr[i] == 0xEF);
        bool cut = bad && i + len == s.len && s.ptr[i] >= 0xC2 && t.good;
        if (t.first == s.len) t.first = i;
        if (bad && !cut) t.broken++;
        else t.good++;
        for (size_t k = i; k < i + len; k++) t.c1 |= s.ptr[k] < 0xA0;
        t.high += len;
        bool before = i && s.ptr[i - 1] >= 0x80, after = i + len < s.len && s.ptr[i + len] >= 0x80;
        t.single += len == 1 && !before && !after;
        i += len;
    }
    return t;
}

/* Text in UTF-16 without a mark: line ends, blanks and Latin letters have a zero byte on one side only. */
static postern_charset guess_utf16(postern_slice s) {
    size_t zeros[2] = {0, 0}, looked = s.len < 4096 ? s.len : 4096;
    for (size_t i = 0; i < looked; i++) zeros[i & 1] += s.ptr[i] == 0;
    if (looked < 4 || s.len % 2) return POSTERN_CHARSET_NONE;
    if (zeros[1] > looked / 8 && zeros[0] <= zeros[1] / 8) return POSTERN_CHARSET_UTF_16LE;
    if (zeros[0] > looked / 8 && zeros[1] <= zeros[0] / 8) return POSTERN_CHARSET_UTF_16BE;
    return POSTERN_CHARSET_NONE;
}

static bool has_jis_escape(postern_slice s) {
    for (size_t i = 0; i + 3 <= s.len; i++) {
        const uint8_t *esc = memchr(s.ptr + i, 0x1B, s.len - i);
        if (!esc) return false;
        i = (size_t)(esc - s.ptr);
        postern_slice at = postern_slice_from(s, i);
        if (postern_slice_starts(at, POSTERN_S("\x1B$B")) || postern_slice_starts(at, POSTERN_S("\x1B$@"))) return true;
    }
    return false;
}

static bool has_memory(void) {
    void *probe = mmap(NULL, STATISTICS_MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return probe != MAP_FAILED && munmap(probe, STATISTICS_MEMORY) == 0;
}

static postern_charset ask_uchardet(postern_slice sample) {
    postern_charset found = POSTERN_CHARSET_NONE;
    uchardet_t detector = has_memory() ? uchardet_new() : NULL;
    if (!detector) return found;
    if (uchardet_handle_data(detector, (const char *)sample.ptr, sample.len) == 0) {
        uchardet_data_end(detector);
        found = postern_charset_parse(postern_slice_cstr(uchardet_get_charset(detector)));
    }
    uchardet_delete(detector);
    return found;
}

/* Bytes 80 to 9F are controls in the ISO sets, which nobody writes; the Windows sets have letters and quotes there. */
static postern_charset windows_cousin(postern_charset charset) {
    static const struct {
        postern_slice iso, windows;
    } cousins[] = {
        {POSTERN_S("ISO-8859-2"), POSTERN_S("windows-1250")},  {POSTERN_S("ISO-8859-5"), POSTERN_S("windows-1251")},
        {POSTERN_S("ISO-8859-6"), POSTERN_S("windows-1256")},  {POSTERN_S("ISO-8859-7"), POSTERN_S("windows-1253")},
        {POSTERN_S("ISO-8859-8"), POSTERN_S("windows-1255")},  {POSTERN_S("ISO-8859-13"), POSTERN_S("windows-1257")},
        {POSTERN_S("ISO-8859-15"), POSTERN_S("windows-1252")},
    };
    postern_slice name = postern_slice_cstr(postern_charset_name(charset));
    for (size_t i = 0; i < sizeof cousins / sizeof *cousins; i++)
        if (postern_slice_eq(name, cousins[i].iso)) return postern_charset_parse(cousins[i].windows);
    return charset;
}

/* The sets of pairs from A1 on are spelled alike: between them, and only there, statistics may decide. */
static postern_charset settle_pairs(postern_charset by_structure, postern_charset by_statistics) {
    const charset_info *one = charset_info_of(by_structure), *other = charset_info_of(by_statistics);
    bool alike = one->kind == KIND_PAIRS && (one->detail == PAIRS_GB18030 || one->detail == PAIRS_EUC_KR);
    bool known = other->kind == KIND_PAIRS &&
                 (other->detail == PAIRS_GB18030 || other->detail == PAIRS_EUC_KR || other->detail == PAIRS_EUC_JP);
    return alike && known && one->detail != other->detail ? by_statistics : by_structure;
}

static void count_note(void *user, const postern_note *note) {
    (void)note;
    *(bool *)user = true;
}

static postern_status drop(void *user, const void *bytes, size_t len) {
    (void)user, (void)bytes, (void)len;
    return POSTERN_OK;
}

/* Does the sample decode without a defect, apart from a character cut at its end? */
static bool decodes(postern_charset charset, postern_slice sample) {
    bool bad = false;
    const postern_notes notes = {count_note, &bad};
    const postern_sink nowhere = {drop, NULL};
    sample.len -= sample.len >= 4 && sample.ptr[sample.len - 1] >= 0x80 && sample.len == SAMPLE ? 4 : 0;
    return postern_charset_decode(charset, sample, &nowhere, &notes, POSTERN_NO_PART) == POSTERN_OK && !bad;
}

/* Pairs and alphabets beside each other: a text in pairs is dear when it is read as letters, and the other way round. */
static postern_charset guess_words(postern_slice sample, const tally *t) {
    size_t excess;
    postern_charset found, pairs = t->high < SHORT ? charset_guess_short(sample) : POSTERN_CHARSET_NONE;
    if (pairs == POSTERN_CHARSET_NONE && (found = charset_guess_latin(sample))) return found;
    postern_charset letters = charset_guess_letters(postern_slice_sub(sample, 0, LETTERS), &excess);
    if (t->single == t->high) letters = POSTERN_CHARSET_NONE; /* "\xC0 la carte" */
    bool fluent = letters != POSTERN_CHARSET_NONE && excess < t->high * PAIR_EXCESS;
    if (pairs == POSTERN_CHARSET_NONE || fluent) return letters;
    return settle_pairs(pairs, ask_uchardet(sample));
}

postern_charset postern_charset_detect(postern_slice bytes) {
    postern_charset found;
    if (bytes.len && memchr(bytes.ptr, 0, bytes.len < 4096 ? bytes.len : 4096) && (found = guess_utf16(bytes))) return found;
    tally t = count(postern_slice_sub(bytes, 0, LOOK));
    if (t.good && (t.broken == 0 || t.broken < t.good / 8)) return POSTERN_CHARSET_UTF_8;
    if (t.high == 0) {
        bool jis = has_jis_escape(bytes);
        return jis ? charset_iso_2022_jp() : POSTERN_CHARSET_WINDOWS_1252;
    }
    size_t from = t.first > 256 ? t.first - 256 : 0;
    postern_slice sample = postern_slice_sub(bytes, from, SAMPLE);
    if ((found = guess_words(sample, &t))) return found;
    /* "caf\xE9": nothing but Western writing has its high bytes one by one, as long as there are few of them */
    if (t.single == t.high && t.high < 24) return POSTERN_CHARSET_WINDOWS_1252;
    found = ask_uchardet(sample);
    charset_kind kind = charset_info_of(found)->kind;
    if (kind == KIND_UTF_8 || kind == KIND_UTF_16LE || kind == KIND_UTF_16BE) found = POSTERN_CHARSET_NONE;
    if (t.c1) found = windows_cousin(found);
    if (found == charset_by_label("x-mac-cyrillic") && t.high < SHORT) found = charset_by_label("windows-1251");
    if (found == charset_by_label("koi8-r")) found = charset_by_label("koi8-u"); /* the same, with letters for line drawing */
    if (found == POSTERN_CHARSET_NONE || !decodes(found, sample)) return POSTERN_CHARSET_WINDOWS_1252;
    return found;
}
