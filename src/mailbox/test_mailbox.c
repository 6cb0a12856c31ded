/* mailbox: mbox dialects, archives, limits. */
#include "base/test_oom.h"

#include "mailbox/mailbox_int.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>

typedef struct seen {
    unsigned count;
    size_t bytes;
    char names[256];
    char starts[16]; /* first byte of each */
    uint64_t offsets[16];
} seen;

static postern_status see(void *user, const postern_mailbox_item *item) {
    seen *s = user;
    if (s->count < 16) {
        s->starts[s->count] = item->bytes.len ? (char)item->bytes.ptr[0] : '-';
        s->offsets[s->count] = item->offset;
    }
    s->count++;
    s->bytes += item->bytes.len;
    size_t len = strlen(s->names);
    if (len + item->name.len + 2 < sizeof s->names) {
        memcpy(s->names + len, item->name.ptr ? (const char *)item->name.ptr : "", item->name.len);
        memcpy(s->names + len + item->name.len, ";", 2);
    }
    return POSTERN_OK;
}

#define F1 "From a@b.example Mon Nov 23 12:00:00 2026\n"

static void mbox_dialects(void **state) {
    (void)state;
    static const struct {
        const char *text;
        unsigned count;
        const char *starts;
    } rows[] = {
        {F1 "Subject: 1\n\nbody\n", 1, "S"},
        {F1 "A: 1\n\nbody\n\n" F1 "B: 2\n\nbody\n", 2, "AB"},
        {F1 "A: 1\n" F1 "B: 2\n\nx\n", 2, "AB"}, /* a head without an end */
        {F1 F1 "A: 1\n\nx\n", 1, "A"},
        {F1 "A: 1\n\nbody\n>From quoted 10:00\n\n" F1 "B: 2\n\nx\n", 2, "AB"},
        {F1 "A: 1\n\nbody\nFrom here on, no time is named\n\n" F1 "B: 2\n\nx\n", 2, "AB"},
        /* the length is right: the line inside is text */
        {F1 "A: 1\nContent-Length: 48\n\n" F1 "body\n\n" F1 "B: 2\n\nx\n", 2, "AB"},
        /* it is wrong, or points beyond the end: the lines count */
        {F1 "A: 1\nContent-Length: 7\n\nbody\n\n" F1 "B: 2\n\nx\n", 2, "AB"},
        {F1 "A: 1\nContent-Length: 99999\n\nbody\n\n" F1 "B: 2\n\nx\n", 2, "AB"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        seen s = {0};
        const char *cut;
        assert_int_equal(postern_mailbox_kind_of(postern_slice_cstr(rows[i].text)), POSTERN_MAILBOX_MBOX);
        assert_int_equal(postern_mailbox_each(postern_slice_cstr(rows[i].text), see, &s, &cut), POSTERN_OK);
        if (s.count != rows[i].count) print_error("row %zu: %u messages\n", i, s.count);
        assert_int_equal(s.count, rows[i].count);
        assert_string_equal(s.starts, rows[i].starts);
        for (unsigned k = 0; k < s.count; k++) assert_int_equal(rows[i].text[s.offsets[k]], s.starts[k]);
        assert_null(cut);
    }
}

static size_t make_archive(uint8_t *room, size_t size, bool zip, size_t members, size_t each) {
    size_t used = 0;
    char *data = test_calloc(each + 1, 1);
    memset(data, 'x', each);
    struct archive *a = archive_write_new();
    if (zip)
        archive_write_set_format_zip(a);
    else
        archive_write_set_format_ustar(a), archive_write_add_filter_gzip(a);
    archive_write_open_memory(a, room, size, &used);
    for (size_t i = 0; i < members; i++) {
        struct archive_entry *entry = archive_entry_new();
        char name[32];
        snprintf(name, sizeof name, "m%zu.txt", i);
        archive_entry_set_pathname(entry, name);
        archive_entry_set_size(entry, (la_int64_t)each);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        assert_int_equal(archive_write_header(a, entry), ARCHIVE_OK);
        archive_write_data(a, data, each);
        archive_entry_free(entry);
    }
    archive_write_close(a);
    archive_write_free(a);
    test_free(data);
    return used;
}

static void archives(void **state) {
    (void)state;
    static uint8_t room[1 << 20];
    for (int zip = 0; zip < 2; zip++) {
        seen s = {0};
        const char *cut;
        size_t used = make_archive(room, sizeof room, zip, 2, 5);
        assert_int_equal(postern_mailbox_each(postern_slice_of(room, used), see, &s, &cut), POSTERN_OK);
        assert_null(cut);
        assert_int_equal(s.count, 2);
        assert_int_equal(s.bytes, 10);
        assert_string_equal(s.names, "m0.txt;m1.txt;");
    }
}

static void limits_cut(void **state) {
    (void)state;
    static uint8_t room[1 << 20];
    const char *cut;
    seen s = {0};
    size_t used = make_archive(room, sizeof room, true, 2, 40u << 20); /* a ratio of about 1000 */
    assert_int_equal(postern_mailbox_each(postern_slice_of(room, used), see, &s, &cut), POSTERN_OK);
    assert_non_null(cut);
    assert_true(s.bytes <= used * POSTERN_LIMIT_MAILBOX_RATIO + (1u << 20));
    s = (seen){0};
    assert_int_equal(postern_mailbox_each(POSTERN_S("PK\3\4 no archive at all"), see, &s, &cut), POSTERN_OK);
    assert_non_null(cut);
    assert_int_equal(postern_mailbox_each(POSTERN_S("Subject: x\n\nbody"), see, &s, &cut), POSTERN_FORMAT);
    assert_int_equal(postern_mailbox_each(POSTERN_S(""), see, &s, &cut), POSTERN_FORMAT);
}

/* A store of one message in two segments, one that was deleted, and a node whose child is itself. */
static size_t make_dbx(uint8_t *room) {
    enum { NODE = 0x24BC, INFO = NODE + 24 + 12, SEGMENT = INFO + 12 + 8 + 4, NEXT = SEGMENT + 528, FREED = NEXT + 528 };
    static const struct {
        uint32_t at, value;
    } words[] = {{0, 0xFE12ADCF},
                 {4, 0x6F74FDC5},
                 {0x7C, FREED + 528},
                 {0xC4, 1},
                 {0xE4, NODE},
                 {NODE, NODE},
                 {NODE + 8, NODE},
                 {NODE + 16, 1 << 8},
                 {NODE + 24, INFO},
                 {INFO, INFO},
                 {INFO + 4, 12},
                 {INFO + 8, 2 << 16},
                 {INFO + 12, 0x81 | 0x80 << 8},
                 {INFO + 16, 0x84 | SEGMENT << 8},
                 {SEGMENT, SEGMENT},
                 {SEGMENT + 4, 0x200},
                 {SEGMENT + 8, 0x200},
                 {SEGMENT + 12, NEXT},
                 {NEXT, NEXT},
                 {NEXT + 4, 0x200},
                 {NEXT + 8, 3},
                 {FREED, FREED},
                 {FREED + 4, 0x1FC},
                 {FREED + 8, 0x210}};
    memset(room, 0, FREED + 528);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        for (int k = 0; k < 4; k++) room[words[i].at + (unsigned)k] = (uint8_t)(words[i].value >> (8 * k));
    memset(room + SEGMENT + 16, 'a', 0x200);
    memcpy(room + NEXT + 16, "end", 3);
    memcpy(room + FREED + 16, "\0\0\0\0: x@x\nSubject: gone\n\n", 24);
    return FREED + 528;
}

static postern_status walk_dbx(void *user) {
    seen *s = user;
    static uint8_t room[1 << 14];
    const char *cut;
    *s = (seen){0};
    return postern_mailbox_each(postern_slice_of(room, make_dbx(room)), see, s, &cut);
}

static void dbx_with_and_without_memory(void **state) {
    (void)state;
    seen s;
    static uint8_t room[1 << 14];
    assert_int_equal(walk_dbx(&s), POSTERN_OK);
    assert_int_equal(s.count, 2);
    assert_string_equal(s.starts, "aF"); /* and the lost "From" is back */
    assert_int_equal(s.bytes, 515 + 24);
    assert_int_equal(postern_mailbox_kind_of(postern_slice_of(room, make_dbx(room))), POSTERN_MAILBOX_DBX);
    test_oom_each(walk_dbx, &s);
}

static postern_status see_item(void *user, const mailbox_pst_message *m) {
    seen *s = user;
    s->count++;
    s->bytes += m->bytes.len;
    return m->number == s->count ? POSTERN_OK : POSTERN_STATE;
}

static postern_status walk_pst(void *user) {
    seen *s = user;
    postern_file *file;
    const char *cut = NULL;
    *s = (seen){0};
    postern_status status = postern_file_open(AT_FDCWD, POSTERN_SOURCE_ROOT "/fuzz/seeds/pst/small", &file, NULL);
    if (status) return status;
    postern_slice bytes = postern_file_bytes(file);
    if (postern_mailbox_kind_of(bytes) != POSTERN_MAILBOX_PST) status = POSTERN_STATE;
    if (!status) status = mailbox_pst_each(bytes, see_item, s, &cut);
    postern_file_close(file);
    return status;
}

/* A build without libpff knows what the file is, and says that it is not read. */
static void pst_with_and_without_memory(void **state) {
    (void)state;
    seen s;
    const char *cut = NULL;
    if (!mailbox_pst_is_built()) {
        assert_int_equal(mailbox_pst_each(POSTERN_S("!BDN\0\0\0\0SM"), see_item, &s, &cut), POSTERN_OK);
        assert_non_null(cut);
        return;
    }
    assert_int_equal(walk_pst(&s), POSTERN_OK);
    assert_int_equal(s.count, 2);
    test_oom_each(walk_pst, &s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mbox_dialects),
        cmocka_unit_test(archives),
        cmocka_unit_test(limits_cut),
        cmocka_unit_test(dbx_with_and_without_memory),
        cmocka_unit_test(pst_with_and_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
