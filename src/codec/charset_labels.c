/*
 * Names of character sets: the whole label table of the WHATWG Encoding Standard (4.2), and the names that only mail uses.
 *
 * A label is first looked up as the standard says (trimmed, case ignored). What is not found there is read loosely, since
 * mail has "utf_8", "ISO8859_1", "win-1251", "cp-850", "x-windows-949" and quotes: punctuation is left out, and numbers of
 * Microsoft's and IBM's code pages count behind one of their prefixes. Unlike the standard, the labels of hz-gb-2312,
 * iso-2022-kr and iso-2022-cn are not "replacement": mail written so is to be read, and what it gives is judged after
 * decoding (docs/DEVIATIONS.md).
 */
#include "charset_int.h"

enum { LABEL_MAX = 64 };

enum {
    CHARSET_IBM866 = POSTERN_CHARSET_FIRST_OTHER, CHARSET_ISO_8859_2, CHARSET_ISO_8859_3, CHARSET_ISO_8859_4,
    CHARSET_ISO_8859_5, CHARSET_ISO_8859_6, CHARSET_ISO_8859_7, CHARSET_ISO_8859_8, CHARSET_ISO_8859_8_I,
    CHARSET_ISO_8859_10, CHARSET_ISO_8859_13, CHARSET_ISO_8859_14, CHARSET_ISO_8859_15, CHARSET_ISO_8859_16,
    CHARSET_KOI8_R, CHARSET_KOI8_U, CHARSET_MACINTOSH, CHARSET_WINDOWS_874, CHARSET_WINDOWS_1250, CHARSET_WINDOWS_1251,
    CHARSET_WINDOWS_1253, CHARSET_WINDOWS_1254, CHARSET_WINDOWS_1255, CHARSET_WINDOWS_1256, CHARSET_WINDOWS_1257,
    CHARSET_WINDOWS_1258, CHARSET_X_MAC_CYRILLIC, CHARSET_X_USER_DEFINED, CHARSET_GBK, CHARSET_GB18030, CHARSET_BIG5,
    CHARSET_EUC_JP, CHARSET_ISO_2022_JP, CHARSET_SHIFT_JIS, CHARSET_EUC_KR, CHARSET_UTF_7, CHARSET_HZ_GB_2312,
    CHARSET_ISO_2022_KR, CHARSET_ISO_2022_CN, CHARSET_EUC_TW, CHARSET_JOHAB, CHARSET_IBM437, CHARSET_IBM737,
    CHARSET_IBM775, CHARSET_IBM850, CHARSET_IBM852, CHARSET_IBM855, CHARSET_IBM857, CHARSET_IBM858, CHARSET_IBM860,
    CHARSET_IBM861, CHARSET_IBM862, CHARSET_IBM863, CHARSET_IBM864, CHARSET_IBM865, CHARSET_IBM869, CHARSET_VISCII,
    CHARSET_TCVN, CHARSET_KOI8_T, CHARSET_ARMSCII_8, CHARSET_X_MAC_CE, CHARSET_X_MAC_ICELANDIC,
    CHARSET_COUNT
};

static const charset_info infos[CHARSET_COUNT] = {
    {"", KIND_NONE, 0, NULL},
    {"UTF-8", KIND_UTF_8, 0, NULL},
    {"UTF-16LE", KIND_UTF_16LE, 0, NULL},
    {"UTF-16BE", KIND_UTF_16BE, 0, NULL},
    {"windows-1252", KIND_SINGLE, SINGLE_WINDOWS_1252, NULL},
    {"replacement", KIND_REPLACEMENT, 0, NULL},
    {"IBM866", KIND_SINGLE, SINGLE_IBM866, NULL},
    {"ISO-8859-2", KIND_SINGLE, SINGLE_ISO_8859_2, NULL},
    {"ISO-8859-3", KIND_SINGLE, SINGLE_ISO_8859_3, NULL},
    {"ISO-8859-4", KIND_SINGLE, SINGLE_ISO_8859_4, NULL},
    {"ISO-8859-5", KIND_SINGLE, SINGLE_ISO_8859_5, NULL},
    {"ISO-8859-6", KIND_SINGLE, SINGLE_ISO_8859_6, NULL},
    {"ISO-8859-7", KIND_SINGLE, SINGLE_ISO_8859_7, NULL},
    {"ISO-8859-8", KIND_SINGLE, SINGLE_ISO_8859_8, NULL},
    {"ISO-8859-8-I", KIND_SINGLE, SINGLE_ISO_8859_8, NULL},
    {"ISO-8859-10", KIND_SINGLE, SINGLE_ISO_8859_10, NULL},
    {"ISO-8859-13", KIND_SINGLE, SINGLE_ISO_8859_13, NULL},
    {"ISO-8859-14", KIND_SINGLE, SINGLE_ISO_8859_14, NULL},
    {"ISO-8859-15", KIND_SINGLE, SINGLE_ISO_8859_15, NULL},
    {"ISO-8859-16", KIND_SINGLE, SINGLE_ISO_8859_16, NULL},
    {"KOI8-R", KIND_SINGLE, SINGLE_KOI8_R, NULL},
    {"KOI8-U", KIND_SINGLE, SINGLE_KOI8_U, NULL},
    {"macintosh", KIND_SINGLE, SINGLE_MACINTOSH, NULL},
    {"windows-874", KIND_SINGLE, SINGLE_WINDOWS_874, NULL},
    {"windows-1250", KIND_SINGLE, SINGLE_WINDOWS_1250, NULL},
    {"windows-1251", KIND_SINGLE, SINGLE_WINDOWS_1251, NULL},
    {"windows-1253", KIND_SINGLE, SINGLE_WINDOWS_1253, NULL},
    {"windows-1254", KIND_SINGLE, SINGLE_WINDOWS_1254, NULL},
    {"windows-1255", KIND_SINGLE, SINGLE_WINDOWS_1255, NULL},
    {"windows-1256", KIND_SINGLE, SINGLE_WINDOWS_1256, NULL},
    {"windows-1257", KIND_SINGLE, SINGLE_WINDOWS_1257, NULL},
    {"windows-1258", KIND_SINGLE, SINGLE_WINDOWS_1258, NULL},
    {"x-mac-cyrillic", KIND_SINGLE, SINGLE_X_MAC_CYRILLIC, NULL},
    {"x-user-defined", KIND_USER_DEFINED, 0, NULL},
    {"GBK", KIND_PAIRS, PAIRS_GB18030, NULL},
    {"gb18030", KIND_PAIRS, PAIRS_GB18030, NULL},
    {"Big5", KIND_PAIRS, PAIRS_BIG5, NULL},
    {"EUC-JP", KIND_PAIRS, PAIRS_EUC_JP, NULL},
    {"ISO-2022-JP", KIND_PAIRS, PAIRS_ISO_2022_JP, NULL},
    {"Shift_JIS", KIND_PAIRS, PAIRS_SHIFT_JIS, NULL},
    {"EUC-KR", KIND_PAIRS, PAIRS_EUC_KR, NULL},
    {"UTF-7", KIND_UTF_7, 0, NULL},
    {"HZ-GB-2312", KIND_PAIRS, PAIRS_HZ, NULL},
    {"ISO-2022-KR", KIND_ICONV, 0, "ISO-2022-KR"},
    {"ISO-2022-CN", KIND_ICONV, 0, "ISO-2022-CN-EXT"},
    {"EUC-TW", KIND_ICONV, 0, "EUC-TW"},
    {"Johab", KIND_ICONV, 0, "JOHAB"},
    {"IBM437", KIND_ICONV, 0, "CP437"},
    {"IBM737", KIND_ICONV, 0, "CP737"},
    {"IBM775", KIND_ICONV, 0, "CP775"},
    {"IBM850", KIND_ICONV, 0, "CP850"},
    {"IBM852", KIND_ICONV, 0, "CP852"},
    {"IBM855", KIND_ICONV, 0, "CP855"},
    {"IBM857", KIND_ICONV, 0, "CP857"},
    {"IBM858", KIND_ICONV, 0, "CP858"},
    {"IBM860", KIND_ICONV, 0, "CP860"},
    {"IBM861", KIND_ICONV, 0, "CP861"},
    {"IBM862", KIND_ICONV, 0, "CP862"},
    {"IBM863", KIND_ICONV, 0, "CP863"},
    {"IBM864", KIND_ICONV, 0, "CP864"},
    {"IBM865", KIND_ICONV, 0, "CP865"},
    {"IBM869", KIND_ICONV, 0, "CP869"},
    {"VISCII", KIND_ICONV, 0, "VISCII"},
    {"TCVN", KIND_ICONV, 0, "TCVN5712-1"},
    {"KOI8-T", KIND_ICONV, 0, "KOI8-T"},
    {"ARMSCII-8", KIND_ICONV, 0, "ARMSCII-8"},
    {"x-mac-ce", KIND_ICONV, 0, "MAC-CENTRALEUROPE"},
    {"x-mac-icelandic", KIND_ICONV, 0, "MAC-IS"},
};

typedef struct label_list {
    int charset;
    const char *labels; /* parted by single blanks */
} label_list;

static const label_list standard[] = {
    {POSTERN_CHARSET_UTF_8, "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8"},
    {POSTERN_CHARSET_UTF_16LE, "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le"},
    {POSTERN_CHARSET_UTF_16BE, "unicodefffe utf-16be"},
    {POSTERN_CHARSET_WINDOWS_1252,
     "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 "
     "iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252"},
    {POSTERN_CHARSET_REPLACEMENT, "replacement"},
    {CHARSET_IBM866, "866 cp866 csibm866 ibm866"},
    {CHARSET_ISO_8859_2, "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2"},
    {CHARSET_ISO_8859_3, "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3"},
    {CHARSET_ISO_8859_4, "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4"},
    {CHARSET_ISO_8859_5,
     "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988"},
    {CHARSET_ISO_8859_6,
     "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e "
     "iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987"},
    {CHARSET_ISO_8859_7,
     "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 "
     "iso_8859-7 iso_8859-7:1987 sun_eu_greek"},
    {CHARSET_ISO_8859_8,
     "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 iso88598 "
     "iso_8859-8 iso_8859-8:1988 visual"},
    {CHARSET_ISO_8859_8_I, "csiso88598i iso-8859-8-i logical"},
    {CHARSET_ISO_8859_10, "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6"},
    {CHARSET_ISO_8859_13, "iso-8859-13 iso8859-13 iso885913"},
    {CHARSET_ISO_8859_14, "iso-8859-14 iso8859-14 iso885914"},
    {CHARSET_ISO_8859_15, "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9"},
    {CHARSET_ISO_8859_16, "iso-8859-16"},
    {CHARSET_KOI8_R, "cskoi8r koi koi8 koi8-r koi8_r"},
    {CHARSET_KOI8_U, "koi8-ru koi8-u"},
    {CHARSET_MACINTOSH, "csmacintosh mac macintosh x-mac-roman"},
    {CHARSET_WINDOWS_874, "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874"},
    {CHARSET_WINDOWS_1250, "cp1250 windows-1250 x-cp1250"},
    {CHARSET_WINDOWS_1251, "cp1251 windows-1251 x-cp1251"},
    {CHARSET_WINDOWS_1253, "cp1253 windows-1253 x-cp1253"},
    {CHARSET_WINDOWS_1254,
     "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 "
     "windows-1254 x-cp1254"},
    {CHARSET_WINDOWS_1255, "cp1255 windows-1255 x-cp1255"},
    {CHARSET_WINDOWS_1256, "cp1256 windows-1256 x-cp1256"},
    {CHARSET_WINDOWS_1257, "cp1257 windows-1257 x-cp1257"},
    {CHARSET_WINDOWS_1258, "cp1258 windows-1258 x-cp1258"},
    {CHARSET_X_MAC_CYRILLIC, "x-mac-cyrillic x-mac-ukrainian"},
    {CHARSET_X_USER_DEFINED, "x-user-defined"},
    {CHARSET_GBK, "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk"},
    {CHARSET_GB18030, "gb18030"},
    {CHARSET_BIG5, "big5 big5-hkscs cn-big5 csbig5 x-x-big5"},
    {CHARSET_EUC_JP, "cseucpkdfmtjapanese euc-jp x-euc-jp"},
    {CHARSET_ISO_2022_JP, "csiso2022jp iso-2022-jp"},
    {CHARSET_SHIFT_JIS, "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis"},
    {CHARSET_EUC_KR,
     "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 "
     "windows-949"},
};

static const label_list beyond[] = {
    {CHARSET_UTF_7, "utf-7 unicode-1-1-utf-7 csunicode11utf7 x-unicode-2-0-utf-7"},
    {CHARSET_HZ_GB_2312, "hz-gb-2312 hz"},
    {CHARSET_ISO_2022_KR, "iso-2022-kr csiso2022kr"},
    {CHARSET_ISO_2022_CN, "iso-2022-cn iso-2022-cn-ext"},
    {CHARSET_EUC_TW, "euc-tw x-euc-tw"},
    {CHARSET_JOHAB, "johab"},
    {CHARSET_IBM437, "cp437 ibm437"},
    {CHARSET_IBM737, "cp737 ibm737"},
    {CHARSET_IBM775, "cp775 ibm775"},
    {CHARSET_IBM850, "cp850 ibm850"},
    {CHARSET_IBM852, "cp852 ibm852"},
    {CHARSET_IBM855, "cp855 ibm855"},
    {CHARSET_IBM857, "cp857 ibm857"},
    {CHARSET_IBM858, "cp858 ibm00858"},
    {CHARSET_IBM860, "cp860 ibm860"},
    {CHARSET_IBM861, "cp861 ibm861"},
    {CHARSET_IBM862, "cp862 ibm862"},
    {CHARSET_IBM863, "cp863 ibm863"},
    {CHARSET_IBM864, "cp864 ibm864"},
    {CHARSET_IBM865, "cp865 ibm865"},
    {CHARSET_IBM869, "cp869 ibm869"},
    {CHARSET_VISCII, "viscii"},
    {CHARSET_TCVN, "tcvn tcvn-5712"},
    {CHARSET_KOI8_T, "koi8-t"},
    {CHARSET_ARMSCII_8, "armscii-8"},
    {CHARSET_X_MAC_CE, "x-mac-ce"},
    {CHARSET_X_MAC_ICELANDIC, "x-mac-icelandic"},
    {POSTERN_CHARSET_UTF_8, "unicode-2-0-utf-8 utf8mb4 utf8mb3"},
    {POSTERN_CHARSET_WINDOWS_1252, "iso646-us iso_646.irv:1991 ansi_x3.4-1986 us ansi"},
    {CHARSET_GBK, "euc-cn x-euc-cn cn-gb"},
    {CHARSET_BIG5, "big-5"},
    {CHARSET_ISO_2022_JP, "iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-3 iso-2022-jp-ms jis jis7"},
    {CHARSET_EUC_JP, "eucjp-ms eucjp-win ujis"},
    {CHARSET_EUC_KR, "uhc ks_c_5601"},
    {CHARSET_SHIFT_JIS, "shift_jisx0213 shift_jis-2004"},
    {CHARSET_MACINTOSH, "mac-roman"},
    {CHARSET_X_MAC_CYRILLIC, "mac-cyrillic"},
};

static const struct {
    uint16_t number;
    uint16_t charset;
} code_pages[] = {
    {31, CHARSET_SHIFT_JIS}, {367, POSTERN_CHARSET_WINDOWS_1252}, {437, CHARSET_IBM437},
    {646, POSTERN_CHARSET_WINDOWS_1252}, {737, CHARSET_IBM737}, {775, CHARSET_IBM775}, {819, POSTERN_CHARSET_WINDOWS_1252},
    {850, CHARSET_IBM850}, {852, CHARSET_IBM852}, {855, CHARSET_IBM855}, {857, CHARSET_IBM857}, {858, CHARSET_IBM858},
    {860, CHARSET_IBM860}, {861, CHARSET_IBM861}, {862, CHARSET_IBM862}, {863, CHARSET_IBM863}, {864, CHARSET_IBM864},
    {865, CHARSET_IBM865}, {866, CHARSET_IBM866}, {869, CHARSET_IBM869}, {874, CHARSET_WINDOWS_874}, {878, CHARSET_KOI8_R},
    {932, CHARSET_SHIFT_JIS}, {936, CHARSET_GBK}, {943, CHARSET_SHIFT_JIS}, {949, CHARSET_EUC_KR}, {950, CHARSET_BIG5},
    {970, CHARSET_EUC_KR}, {1168, CHARSET_KOI8_U}, {1200, POSTERN_CHARSET_UTF_16LE}, {1201, POSTERN_CHARSET_UTF_16BE},
    {1250, CHARSET_WINDOWS_1250}, {1251, CHARSET_WINDOWS_1251}, {1252, POSTERN_CHARSET_WINDOWS_1252},
    {1253, CHARSET_WINDOWS_1253}, {1254, CHARSET_WINDOWS_1254}, {1255, CHARSET_WINDOWS_1255}, {1256, CHARSET_WINDOWS_1256},
    {1257, CHARSET_WINDOWS_1257}, {1258, CHARSET_WINDOWS_1258}, {1361, CHARSET_JOHAB}, {10000, CHARSET_MACINTOSH},
    {10007, CHARSET_X_MAC_CYRILLIC}, {10029, CHARSET_X_MAC_CE}, {10079, CHARSET_X_MAC_ICELANDIC},
    {20127, POSTERN_CHARSET_WINDOWS_1252}, {20866, CHARSET_KOI8_R}, {20932, CHARSET_EUC_JP}, {20936, CHARSET_GBK},
    {21866, CHARSET_KOI8_U}, {28591, POSTERN_CHARSET_WINDOWS_1252}, {28592, CHARSET_ISO_8859_2},
    {28593, CHARSET_ISO_8859_3}, {28594, CHARSET_ISO_8859_4}, {28595, CHARSET_ISO_8859_5}, {28596, CHARSET_ISO_8859_6},
    {28597, CHARSET_ISO_8859_7}, {28598, CHARSET_ISO_8859_8}, {28599, CHARSET_WINDOWS_1254}, {28601, CHARSET_WINDOWS_874},
    {28603, CHARSET_ISO_8859_13}, {28605, CHARSET_ISO_8859_15}, {33722, CHARSET_EUC_JP}, {38598, CHARSET_ISO_8859_8_I},
    {50220, CHARSET_ISO_2022_JP}, {50221, CHARSET_ISO_2022_JP}, {50222, CHARSET_ISO_2022_JP}, {50225, CHARSET_ISO_2022_KR},
    {51932, CHARSET_EUC_JP}, {51949, CHARSET_EUC_KR}, {52936, CHARSET_HZ_GB_2312}, {54936, CHARSET_GB18030},
    {65000, CHARSET_UTF_7}, {65001, POSTERN_CHARSET_UTF_8},
};

const charset_info *charset_info_of(postern_charset charset) {
    unsigned number = (unsigned)charset;
    return &infos[number < CHARSET_COUNT ? number : 0];
}

const char *postern_charset_name(postern_charset charset) {
    return charset_info_of(charset)->name;
}

bool charset_is_ascii_superset(postern_charset charset) {
    const charset_info *info = charset_info_of(charset);
    switch (info->kind) {
    case KIND_NONE:
    case KIND_UTF_8:
    case KIND_SINGLE:
    case KIND_USER_DEFINED: return true;
    case KIND_PAIRS: return info->detail != PAIRS_HZ;
    case KIND_UTF_16LE:
    case KIND_UTF_16BE:
    case KIND_REPLACEMENT:
    case KIND_UTF_7:
    case KIND_ICONV: break;
    }
    return false;
}

/* Letters and digits, small, into `out`; returns how many, or 0 when a byte has no place in any label. */
static size_t squeeze(postern_slice s, uint8_t out[LABEL_MAX]) {
    size_t len = 0;
    for (size_t i = 0; i < s.len && len < LABEL_MAX; i++) {
        if (s.ptr[i] < 0x20 || s.ptr[i] > 0x7E) return 0;
        if (postern_ascii_alpha(s.ptr[i]) || postern_ascii_digit(s.ptr[i])) out[len++] = postern_ascii_lower(s.ptr[i]);
    }
    return len;
}

static int find(const label_list *lists, size_t count, postern_slice label, bool loose) {
    uint8_t squeezed[LABEL_MAX];
    for (size_t i = 0; i < count; i++) {
        postern_cut cut = {.tail = postern_slice_cstr(lists[i].labels), .ok = true};
        while (cut.ok) {
            cut = postern_slice_cut(cut.tail, ' ');
            postern_slice known = cut.head;
            if (loose) known = postern_slice_of(squeezed, squeeze(known, squeezed));
            if (postern_slice_eq_nocase(known, label)) return lists[i].charset;
        }
    }
    return POSTERN_CHARSET_NONE;
}

/* "win1251", "cp1252", "xwindows949", "ibm850", "codepage437", "28591": a code page by its number. */
static int find_code_page(postern_slice label) {
    static const postern_slice prefixes[] = {POSTERN_S("x"),  POSTERN_S("ms"),  POSTERN_S("windows"),  POSTERN_S("win"),
                                             POSTERN_S("cp"), POSTERN_S("ibm"), POSTERN_S("codepage"), POSTERN_S("dos")};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (postern_slice_starts(label, prefixes[i])) label = postern_slice_from(label, prefixes[i].len);
    uint64_t number;
    if (!postern_slice_uint(label, UINT16_MAX, &number)) return POSTERN_CHARSET_NONE;
    for (size_t i = 0; i < sizeof code_pages / sizeof *code_pages; i++)
        if (code_pages[i].number == number) return code_pages[i].charset;
    return POSTERN_CHARSET_NONE;
}

static bool is_wrapping(uint8_t c) {
    return postern_ascii_space(c) || c == '"' || c == '\'' || c == ';' || c == ',' || c == '\\';
}

postern_charset postern_charset_parse(postern_slice label) {
    while (label.len && is_wrapping(label.ptr[0])) label = postern_slice_from(label, 1);
    while (label.len && is_wrapping(label.ptr[label.len - 1])) label.len--;
    if (label.len == 0 || label.len > LABEL_MAX) return POSTERN_CHARSET_NONE;
    const size_t standard_count = sizeof standard / sizeof *standard, beyond_count = sizeof beyond / sizeof *beyond;
    int found = find(standard, standard_count, label, false);
    if (!found) found = find(beyond, beyond_count, label, false);
    if (!found) {
        uint8_t squeezed[LABEL_MAX];
        postern_slice loose = postern_slice_of(squeezed, squeeze(label, squeezed));
        if (loose.len == 0) return POSTERN_CHARSET_NONE;
        found = find(standard, standard_count, loose, true);
        if (!found) found = find(beyond, beyond_count, loose, true);
        if (!found) found = find_code_page(loose);
    }
    return (postern_charset)found;
}

postern_charset charset_iso_2022_jp(void) {
    return (postern_charset)CHARSET_ISO_2022_JP;
}

postern_charset charset_by_label(const char *label) {
    return postern_charset_parse(postern_slice_cstr(label));
}
