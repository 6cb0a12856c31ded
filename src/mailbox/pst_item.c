/*
 * Properties of an item of an Exchange store. A value has a type of its own, whatever its property should have ([MS-OXCDATA]
 * 2.11.1): texts are UTF-16 or of the item's code page, and an attacker may give any property any type and length.
 */
#include "pst_int.h"

enum {
    TYPE_SHORT = 0x0002,
    TYPE_LONG = 0x0003,
    TYPE_BYTES8 = 0x001E,
    TYPE_UTF16 = 0x001F,
    TYPE_TIME = 0x0040,
    TYPE_BINARY = 0x0102
};

void pst_reader_init(pst_reader *r) {
    *r = (pst_reader){0};
    postern_buf_init(&r->value, POSTERN_LIMIT_MAILBOX_MEMBER);
}

void pst_reader_free(pst_reader *r) { postern_buf_free(&r->value); }

void pst_reader_see(pst_reader *r, const postern_buf *buf) {
    if (!r->status) r->status = buf->status;
}

static bool entry_value(pst_reader *r, libpff_record_entry_t *entry, uint32_t *ret_type) {
    size_t size = 0;
    if (libpff_record_entry_get_value_type(entry, ret_type, NULL) != 1) return false;
    if (libpff_record_entry_get_data_size(entry, &size, NULL) != 1) return false;
    if (size == 0) return true;
    if (postern_buf_reserve(&r->value, size)) return false;
    if (libpff_record_entry_get_data(entry, r->value.ptr, size, NULL) != 1) return false;
    r->value.len = size;
    return true;
}

bool pst_value(pst_reader *r, libpff_item_t *item, int row, unsigned property, uint32_t *ret_type) {
    libpff_record_set_t *set = NULL;
    libpff_record_entry_t *entry = NULL;
    const uint8_t how = LIBPFF_ENTRY_VALUE_FLAG_MATCH_ANY_VALUE_TYPE | LIBPFF_ENTRY_VALUE_FLAG_IGNORE_NAME_TO_ID_MAP;
    postern_buf_clear(&r->value);
    if (libpff_item_get_record_set_by_index(item, row, &set, NULL) != 1) return false;
    bool there = libpff_record_set_get_entry_by_type(set, property, 0, &entry, how, NULL) == 1 &&
                 entry_value(r, entry, ret_type);
    libpff_record_entry_free(&entry, NULL);
    libpff_record_set_free(&set, NULL);
    pst_reader_see(r, &r->value);
    return there;
}

static uint64_t number_of(const postern_buf *value) {
    uint64_t number = 0;
    for (size_t i = value->len < 8 ? value->len : 8; i-- > 0;) number = number << 8 | value->ptr[i];
    return number;
}

bool pst_number(pst_reader *r, libpff_item_t *item, int row, unsigned property, uint32_t *ret_value) {
    uint32_t type;
    if (!pst_value(r, item, row, property, &type) || (type != TYPE_LONG && type != TYPE_SHORT) || !r->value.len) return false;
    *ret_value = (uint32_t)number_of(&r->value);
    return true;
}

bool pst_time(pst_reader *r, libpff_item_t *item, unsigned property, int64_t *ret_date) {
    uint32_t type;
    if (!pst_value(r, item, 0, property, &type) || type != TYPE_TIME || r->value.len < 8) return false;
    uint64_t ticks = number_of(&r->value); /* of 100 ns since 1601 */
    if (!ticks || ticks >= UINT64_C(1) << 60) return false;
    *ret_date = (int64_t)(ticks / 10000000) - INT64_C(11644473600);
    return true;
}

/* Of texts that are not Unicode; WINDOWS_1252 when the item says nothing that we know. */
static postern_charset charset_of_page(pst_reader *r, libpff_item_t *item, unsigned property) {
    static const struct {
        uint32_t page;
        const char *label;
    } known[] = {{65001, "utf-8"},      {932, "shift_jis"},     {936, "gbk"},        {949, "euc-kr"},     {950, "big5"},
                 {20866, "koi8-r"},     {21866, "koi8-u"},      {20932, "euc-jp"},   {51932, "euc-jp"},   {51949, "euc-kr"},
                 {50220, "iso-2022-jp"}, {50221, "iso-2022-jp"}, {50222, "iso-2022-jp"}, {54936, "gb18030"}, {1200, "utf-16le"},
                 {65000, "utf-7"}};
    uint32_t page = 0;
    char label[32];
    if (!pst_number(r, item, 0, property, &page)) return POSTERN_CHARSET_WINDOWS_1252;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].page == page) return postern_charset_parse(postern_slice_cstr(known[i].label));
    if (page > 28590 && page < 28610) snprintf(label, sizeof label, "iso-8859-%u", (unsigned)(page - 28590));
    else snprintf(label, sizeof label, "windows-%u", (unsigned)page);
    postern_charset charset = postern_charset_parse(postern_slice_cstr(label));
    return charset == POSTERN_CHARSET_NONE ? POSTERN_CHARSET_WINDOWS_1252 : charset;
}

bool pst_text(pst_reader *r, libpff_item_t *item, int row, unsigned property, postern_buf *out) {
    uint32_t type = 0;
    postern_sink sink = postern_buf_sink(out);
    postern_charset charset = POSTERN_CHARSET_UTF_16LE;
    pst_reader_see(r, out);
    postern_buf_clear(out);
    if (!pst_value(r, item, row, property, &type)) return false;
    if (type != TYPE_UTF16 && type != TYPE_BYTES8 && type != TYPE_BINARY) return false;
    if (type != TYPE_UTF16) { /* HTML stands in the code page of the web, all other text in the message's */
        charset = charset_of_page(r, item, property == PST_HTML ? PST_WEB_CODE_PAGE : PST_CODE_PAGE);
        if (!pst_value(r, item, row, property, &type)) return false;
    }
    if (postern_charset_decode(charset, postern_buf_slice(&r->value), &sink, NULL, POSTERN_NO_PART)) {
        if (!out->status) out->status = POSTERN_NOMEM;
        pst_reader_see(r, out);
        return false;
    }
    while (out->len && out->ptr[out->len - 1] == 0) out->len--;
    return true;
}
