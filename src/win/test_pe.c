/* Programs: versions out of PE files that this test writes byte by byte; wild offsets; what is no PE file. */
#include "test_win.h"

enum { ROOM = 4096, OPTIONAL_32 = 224, OPTIONAL_64 = 240, RESOURCES = 0x2000, RAW = 0x400 };

typedef struct program {
    uint8_t bytes[ROOM];
    size_t len;
    size_t version_at; /* of VS_VERSIONINFO in the file */
} program;

static size_t put_text(uint8_t *at, const char *text) {
    size_t i = 0;
    for (; text[i]; i++) at[2 * i] = (uint8_t)text[i];
    return 2 * i + 2;
}

static size_t aligned(size_t n) {
    return (n + 3) & ~(size_t)3;
}

/* One block: header, key, value, then `children` bytes that already stand behind; returns its length. */
static size_t put_string(uint8_t *at, const char *key, const char *value) {
    size_t len = aligned(6 + put_text(at + 6, key));
    len += put_text(at + len, value);
    put_le(at, len, 2);
    put_le(at + 2, strlen(value) + 1, 2);
    put_le(at + 4, 1, 2);
    return len;
}

static size_t put_version(uint8_t *at, const uint16_t version[4]) {
    size_t len = aligned(6 + put_text(at + 6, "VS_VERSION_INFO"));
    uint8_t *fixed = at + len;
    put_le(at + 2, 52, 2);
    put_le(fixed, 0xFEEF04BD, 4);
    put_le(fixed + 4, 0x10000, 4);
    for (size_t i = 0; i < 2; i++) {
        put_le(fixed + 8 + 8 * i, (uint32_t)version[0] << 16 | version[1], 4);
        put_le(fixed + 12 + 8 * i, (uint32_t)version[2] << 16 | version[3], 4);
    }
    put_le(fixed + 24, 0x3F, 4);
    put_le(fixed + 28, 0xFF01, 4);
    put_le(fixed + 36, 2, 4);
    len = aligned(len + 52);
    uint8_t *info = at + len;
    size_t info_len = aligned(6 + put_text(info + 6, "StringFileInfo"));
    uint8_t *table = info + info_len;
    size_t table_len = aligned(6 + put_text(table + 6, "041104b0"));
    table_len = aligned(table_len + put_string(table + table_len, "FileVersion", "6.00.2800.1409 (xpsp2.040302-1318)"));
    table_len += put_string(table + table_len, "SpecialBuild", "QFE");
    put_le(table, table_len, 2);
    put_le(info, info_len + table_len, 2);
    len += info_len + table_len;
    put_le(at, len, 2);
    return len;
}

static void make(program *p, bool is_64, uint16_t machine, const uint16_t version[4]) {
    memset(p, 0, sizeof *p);
    uint8_t *b = p->bytes, *coff = b + 0x84, *optional = coff + 20;
    size_t optional_size = is_64 ? OPTIONAL_64 : OPTIONAL_32, directories = is_64 ? 112 : 96;
    memcpy(b, "MZ", 2);
    put_le(b + 0x3C, 0x80, 4);
    memcpy(b + 0x80, "PE\0\0", 4);
    put_le(coff, machine, 2);
    put_le(coff + 2, 1, 2);
    put_le(coff + 4, 0x40450000, 4);
    put_le(coff + 16, optional_size, 2);
    put_le(coff + 18, 0x2102, 2);
    put_le(optional, is_64 ? 0x20B : 0x10B, 2);
    put_le(optional + 60, RAW, 4);
    put_le(optional + 64, 0x12345, 4);
    put_le(optional + 68, 2, 2);
    put_le(optional + directories - 4, 16, 4);
    put_le(optional + directories + 16, RESOURCES, 4);
    put_le(optional + directories + 20, 0x400, 4);
    uint8_t *section = optional + optional_size;
    memcpy(section, ".rsrc", 5);
    put_le(section + 8, 0x1000, 4);
    put_le(section + 12, RESOURCES, 4);
    put_le(section + 16, 0x800, 4);
    put_le(section + 20, RAW, 4);
    uint8_t *r = b + RAW;
    put_le(r + 14, 1, 2);
    put_le(r + 16, 16, 4);
    put_le(r + 20, 0x80000018, 4);
    put_le(r + 0x18 + 14, 1, 2);
    put_le(r + 0x18 + 16, 1, 4);
    put_le(r + 0x18 + 20, 0x80000030, 4);
    put_le(r + 0x30 + 14, 1, 2);
    put_le(r + 0x30 + 16, 0x411, 4);
    put_le(r + 0x30 + 20, 0x48, 4);
    put_le(r + 0x48, RESOURCES + 0x60, 4);
    p->version_at = RAW + 0x60;
    put_le(r + 0x4C, put_version(r + 0x60, version), 4);
    p->len = RAW + 0x800;
}

static postern_status read_program(const program *p, postern_pe *pe, postern_arena *arena, postern_error *error) {
    return postern_pe_read(postern_slice_of(p->bytes, p->len), arena, pe, error);
}

static void versions_of_programs(void **state) {
    (void)state;
    static const struct {
        uint16_t version[4], machine;
        bool is_64;
        const char *text;
    } rows[] = {{{6, 0, 2800, 1409}, 0x14C, false, "6.0.2800.1409"},
                {{6, 0, 2800, 1123}, 0x200, true, "6.0.2800.1123"},
                {{5, 50, 4939, 300}, 0x14C, false, "5.50.4939.300"},
                {{65535, 65535, 65535, 65535}, 0x8664, true, "65535.65535.65535.65535"},
                {{0, 0, 0, 0}, 0x14C, false, "0.0.0.0"}};
    program p;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_arena *arena = postern_arena_new(1 << 20);
        postern_pe pe;
        char text[POSTERN_WIN_VERSION_TEXT];
        make(&p, rows[i].is_64, rows[i].machine, rows[i].version);
        assert_int_equal(read_program(&p, &pe, arena, NULL), POSTERN_OK);
        assert_true(pe.has_version && pe.is_dll && !pe.has_signature);
        assert_int_equal(pe.is_64, rows[i].is_64);
        assert_int_equal(pe.machine, rows[i].machine);
        assert_int_equal(pe.timestamp, 0x40450000);
        assert_int_equal(pe.checksum, 0x12345);
        assert_int_equal(pe.file_flags, 1);
        assert_int_equal(pe.file_type, 2);
        assert_string_equal(postern_win_version_text(pe.file_version, text), rows[i].text);
        assert_string_equal(postern_win_version_text(pe.product_version, text), rows[i].text);
        assert_int_equal(pe.string_count, 2);
        assert_int_equal(pe.strings[0].language, 0x411);
        assert_int_equal(pe.strings[0].codepage, 0x4B0);
        assert_slice(postern_pe_text(&pe, POSTERN_S("fileversion")), "6.00.2800.1409 (xpsp2.040302-1318)");
        assert_slice(postern_pe_text(&pe, POSTERN_S("SpecialBuild")), "QFE");
        assert_slice(postern_pe_text(&pe, POSTERN_S("None")), "");
        postern_arena_free(arena);
    }
}

static const uint16_t bulletin[4] = {6, 0, 2800, 1409};

static void what_is_no_pe_file(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        const char *text;
    } rows[] = {{"", 0, "no PE file: it does not begin with MZ"},
                {"M", 1, "no PE file: it does not begin with MZ"},
                {"MZ", 2, "no PE file: an MZ program without a PE header"}};
    postern_arena *arena = postern_arena_new(1 << 20);
    postern_pe pe;
    postern_error error;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(postern_pe_read(postern_slice_of(rows[i].bytes, rows[i].len), arena, &pe, &error), POSTERN_FORMAT);
        assert_string_equal(error.text, rows[i].text);
    }
    program p;
    make(&p, false, 0x14C, bulletin);
    memcpy(p.bytes + 0x80, "NE", 2);
    assert_int_equal(read_program(&p, &pe, arena, &error), POSTERN_FORMAT);
    assert_string_equal(error.text, "no PE file but an NE file, for 16-bit Windows");
    memcpy(p.bytes + 0x80, "LE", 2);
    assert_int_equal(read_program(&p, &pe, arena, &error), POSTERN_FORMAT);
    assert_non_null(strstr(error.text, "an LE file"));
    postern_arena_free(arena);
}

static void a_program_without_a_version(void **state) {
    (void)state;
    postern_arena *arena = postern_arena_new(1 << 20);
    postern_pe pe;
    program p;
    make(&p, false, 0x14C, bulletin);
    put_le(p.bytes + RAW + 16, 10, 4); /* another type of resource */
    assert_int_equal(read_program(&p, &pe, arena, NULL), POSTERN_OK);
    assert_false(pe.has_version);
    make(&p, false, 0x14C, bulletin);
    put_le(p.bytes + 0x84 + 20 + 96 + 16, 0, 4); /* no resources */
    assert_int_equal(read_program(&p, &pe, arena, NULL), POSTERN_OK);
    assert_false(pe.has_version);
    postern_arena_free(arena);
}

static void signatures_are_seen(void **state) {
    (void)state;
    postern_arena *arena = postern_arena_new(1 << 20);
    postern_pe pe;
    program p;
    make(&p, true, 0x8664, bulletin);
    uint8_t *directory = p.bytes + 0x84 + 20 + 112 + 32;
    put_le(directory, p.len - 64, 4);
    put_le(directory + 4, 64, 4);
    assert_int_equal(read_program(&p, &pe, arena, NULL), POSTERN_OK);
    assert_true(pe.has_signature);
    put_le(directory + 4, 65, 4);
    assert_int_equal(read_program(&p, &pe, arena, NULL), POSTERN_FORMAT);
    postern_arena_free(arena);
}

/* Two languages: the same version is fine, another one is refused. */
static void versions_that_disagree(void **state) {
    (void)state;
    static const uint16_t other[4] = {6, 0, 2800, 1408};
    postern_arena *arena = postern_arena_new(1 << 20);
    postern_pe pe;
    postern_error error;
    program p;
    for (int i = 0; i < 2; i++) {
        make(&p, false, 0x14C, bulletin);
        uint8_t *r = p.bytes + RAW;
        put_le(r + 0x30 + 14, 2, 2);
        put_le(r + 0x30 + 24, 0x409, 4);
        put_le(r + 0x30 + 28, 0x380, 4);
        put_le(r + 0x30 + 20, 0x390, 4);
        put_le(r + 0x380, RESOURCES + 0x60, 4);
        put_le(r + 0x384, 0x200, 4);
        put_le(r + 0x390, RESOURCES + 0x400, 4);
        put_le(r + 0x394, put_version(r + 0x400, i ? other : bulletin), 4);
        assert_int_equal(read_program(&p, &pe, arena, &error), i ? POSTERN_FORMAT : POSTERN_OK);
        if (i)
            assert_string_equal(error.text, "the program is damaged: its version resources disagree");
        else
            assert_int_equal(pe.string_count, 4);
    }
    postern_arena_free(arena);
}

/* Every byte of the headers and the resource turned over, and every length cut: an answer, never more. */
static void wild_bytes(void **state) {
    (void)state;
    program p, changed;
    make(&p, false, 0x14C, bulletin);
    size_t fine = 0;
    for (size_t i = 0; i < RAW + 0x300; i++) {
        static const uint8_t masks[] = {0x01, 0x80, 0xFF};
        for (size_t k = 0; k < 3; k++) {
            postern_arena *arena = postern_arena_new(1 << 20);
            postern_pe pe;
            changed = p;
            changed.bytes[i] ^= masks[k];
            uint8_t *copy = malloc(p.len); /* of its own, so that a sanitizer sees an overrun */
            assert_non_null(copy);
            memcpy(copy, changed.bytes, p.len);
            fine += postern_pe_read(postern_slice_of(copy, p.len), arena, &pe, NULL) == POSTERN_OK;
            free(copy);
            postern_arena_free(arena);
        }
    }
    assert_true(fine > 1000);
    for (size_t len = 0; len < RAW + 0x300; len++) {
        postern_arena *arena = postern_arena_new(1 << 20);
        postern_pe pe;
        uint8_t *copy = malloc(len ? len : 1);
        assert_non_null(copy);
        memcpy(copy, p.bytes, len);
        postern_status status = postern_pe_read(postern_slice_of(copy, len), arena, &pe, NULL);
        assert_true(status == POSTERN_FORMAT || len > p.version_at);
        free(copy);
        postern_arena_free(arena);
    }
}

static postern_status whole_life(void *user) {
    const program *p = user;
    postern_pe pe;
    postern_arena *arena = postern_arena_new(1 << 20);
    if (!arena) return POSTERN_NOMEM;
    postern_status status = read_program(p, &pe, arena, NULL);
    postern_arena_free(arena);
    return status;
}

static void allocations_fail(void **state) {
    (void)state;
    program p;
    make(&p, false, 0x14C, bulletin);
    assert_true(test_oom_each(whole_life, &p) > 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_of_programs),
        cmocka_unit_test(what_is_no_pe_file),
        cmocka_unit_test(a_program_without_a_version),
        cmocka_unit_test(signatures_are_seen),
        cmocka_unit_test(versions_that_disagree),
        cmocka_unit_test(wild_bytes),
        cmocka_unit_test(allocations_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
