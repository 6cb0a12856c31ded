/*
 * What win reads, as lines for the stage that compares it with others: `win_dump ROOT keys PATH…`, `win_dump ROOT pe PATH…`,
 * `win_dump ROOT ask QUERY…`; and `win_dump ROOT edit FILE KEY NAME TEXT`, which writes the changed registry file. Fields are
 * separated by tabs; what is not plain ASCII stands as %XX of its UTF-8.
 */
#include "postern/win.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static void put(postern_slice text) {
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (c > 0x20 && c < 0x7F && c != '%')
            putchar(c);
        else
            printf("%%%02x", c);
    }
}

static void put_key(const postern_key *key) {
    postern_buf path;
    postern_buf_init(&path, 1 << 20);
    if (postern_key_path(key, &path)) return;
    printf("K\t");
    put(postern_buf_slice(&path));
    printf("\t%" PRIu64 "\n", postern_key_time(key));
    for (size_t i = 0; i < postern_key_value_count(key); i++) {
        const postern_value *value = postern_key_value_at(key, i);
        printf("V\t");
        put(value->name);
        printf("\t%u\t", (unsigned)value->type);
        for (size_t k = 0; k < value->raw.len; k++) printf("%02x", value->raw.ptr[k]);
        putchar('\n');
    }
    postern_buf_free(&path);
    for (size_t i = 0; i < postern_key_child_count(key); i++) {
        const postern_key *child;
        postern_error error;
        if (postern_key_child(key, i, &child, &error))
            printf("E\t%s\n", error.text);
        else
            put_key(child);
    }
}

/* The checksum in its header, and what its bytes add up to. */
static void put_checksum(postern_win *win, const postern_win_view *view, postern_slice path, const postern_pe *pe) {
    postern_file *file;
    uint32_t sum = 0;
    if (postern_win_read(win, view, path, &file, NULL)) return;
    if (postern_pe_checksum(postern_file_bytes(file), &sum)) printf("C\t%u\t%u\n", (unsigned)pe->checksum, (unsigned)sum);
    postern_file_close(file);
}

static void put_pe(const postern_pe *pe) {
    char file[POSTERN_WIN_VERSION_TEXT], product[POSTERN_WIN_VERSION_TEXT];
    printf("P\t%s\t%s\t%x\t%x\n", pe->has_version ? postern_win_version_text(pe->file_version, file) : "none",
           pe->has_version ? postern_win_version_text(pe->product_version, product) : "none", (unsigned)pe->machine,
           (unsigned)pe->file_flags);
    for (size_t i = 0; i < pe->string_count; i++) {
        printf("S\t%04x%04x\t", pe->strings[i].language, pe->strings[i].codepage);
        put(pe->strings[i].key);
        putchar('\t');
        put(pe->strings[i].value);
        putchar('\n');
    }
}

static void ask(postern_win *win, const char *text) {
    const postern_query *query;
    postern_query_answer answer;
    postern_error error;
    postern_arena *arena = postern_arena_new(1 << 20);
    postern_status status = arena ? postern_query_parse(postern_slice_cstr(text), arena, &query, &error) : POSTERN_NOMEM;
    if (!status) status = postern_query_ask(win, NULL, query, &answer, &error);
    if (status)
        printf("E\t%s\n", error.text);
    else
        printf("A\t%d\t%d\t%.*s\n", answer.exists, answer.holds, POSTERN_ARG(answer.actual));
    postern_arena_free(arena);
}

static void one(postern_win *win, const char *what, const char *path) {
    const postern_key *key;
    const postern_pe *pe;
    postern_error error;
    postern_win_view view = {.user = postern_win_user_count(win) ? postern_win_user_count(win) - 1 : POSTERN_NO_USER};
    postern_slice name = postern_slice_cstr(path);
    if (what[0] == 'a') {
        ask(win, path);
        return;
    }
    postern_status status =
        what[0] == 'k' ? postern_win_key(win, &view, name, &key, &error) : postern_win_pe(win, &view, name, &pe, &error);
    if (status)
        printf("E\t%s\n", error.text);
    else if (what[0] == 'k')
        put_key(key);
    else {
        put_pe(pe);
        put_checksum(win, &view, name, pe);
    }
}

/* A hive or a registry file of Wine with one text set, to standard output. */
static int edit(int root, char **argv) {
    postern_file *file;
    postern_error error;
    postern_hive_reader *reader;
    postern_buf raw, out;
    postern_buf_init(&raw, 1 << 20);
    postern_buf_init(&out, POSTERN_LIMIT_HIVE);
    for (const char *c = argv[3];; c++) {
        postern_buf_add_byte(&raw, (uint8_t)*c);
        postern_buf_add_byte(&raw, 0);
        if (!*c) break;
    }
    postern_reg_change change = {POSTERN_CHANGE_SET, postern_slice_cstr(argv[1]), postern_slice_cstr(argv[2]), POSTERN_REG_SZ,
                                 postern_buf_slice(&raw)};
    postern_status status = postern_hive_reader_start(&reader, &error);
    if (status) return 3;
    status = postern_file_open(root, argv[0], &file, &error);
    if (!status) {
        postern_slice bytes = postern_file_bytes(file);
        bool is_hive = postern_slice_starts(bytes, POSTERN_S("regf"));
        status = is_hive ? postern_hive_edit(reader, bytes, &change, 1, &out, &error)
                         : postern_wine_reg_edit(bytes, &change, 1, (uint64_t)0x1DB0000 << 32, &out, &error);
        postern_file_close(file);
    }
    if (status)
        fprintf(stderr, "%s\n", error.text);
    else
        fwrite(out.ptr, 1, out.len, stdout);
    postern_buf_free(&raw);
    postern_buf_free(&out);
    postern_hive_reader_stop(reader);
    return status ? 3 : 0;
}

int main(int argc, char **argv) {
    postern_win *win;
    postern_error error;
    if (argc < 3) return 2;
    int root = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) return 3;
    if (argc == 7 && argv[2][0] == 'e') return edit(root, argv + 3);
    if (postern_win_open(root, NULL, &win, &error)) {
        printf("E\t%s\n", error.text);
        return 3;
    }
    for (int i = 3; i < argc; i++) one(win, argv[2], argv[i]);
    postern_win_close(win);
    close(root);
    return 0;
}
