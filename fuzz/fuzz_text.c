/*
 * The text of any HTML: valid UTF-8, no control but LF, no bidi override, and no line wider than asked for that could have
 * been broken. The first byte chooses width and form.
 */
#include <stdlib.h>

#include "postern/page.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_characters(postern_slice s) {
    if (!postern_utf8_valid(s)) abort();
    for (size_t i = 0, step; i < s.len; i += step) {
        uint32_t c = postern_utf8_at(s, i, &step);
        if (c < 0x20 && c != '\n') abort();
        if (c >= 0x7F && c < 0xA0) abort();
        if (c >= 0x202A && c <= 0x202E) abort();
    }
}

/* Words, spaces and <p>: markup such as pre and tables, and spaces that do not break, may be wider by right. */
static bool is_plain(postern_slice s) {
    for (size_t i = 0; i < s.len; i++) {
        bool word = postern_ascii_alpha(s.ptr[i]) || s.ptr[i] == ' ' || s.ptr[i] == '\n' || s.ptr[i] == '.';
        if (word) continue;
        if (!postern_slice_starts(postern_slice_from(s, i), POSTERN_S("<p>"))) return false;
        i += 2;
    }
    return true;
}

/* ASCII lines of words: a line that is too wide holds no space at which the part before it would have fitted. */
static void check_width(postern_slice text, size_t width) {
    while (text.len) {
        postern_cut cut = postern_slice_cut(text, '\n');
        bool ascii = true;
        size_t space = SIZE_MAX, start = 0;
        while (start < cut.head.len && (cut.head.ptr[start] == ' ' || cut.head.ptr[start] == '>')) start++;
        for (size_t i = start; i < cut.head.len; i++) {
            ascii &= cut.head.ptr[i] < 0x80;
            if (cut.head.ptr[i] == ' ' && space == SIZE_MAX) space = i;
        }
        if (ascii && cut.head.len > width && space < width && space != SIZE_MAX) abort();
        text = cut.tail;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    static const char head[] = "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n";
    static const unsigned widths[] = {0, 20, 40, 80};
    if (len < 1) return 0;
    postern_buf message, out;
    postern_archive *archive;
    postern_archive_options open_options = {0};
    postern_text_options options;
    postern_page_report report;
    postern_text_options_init(&options);
    options.mail_header = false;
    options.width = widths[bytes[0] & 3];
    options.markdown = bytes[0] & 4;
    options.show_hidden = bytes[0] & 8;
    options.terminal = bytes[0] & 16;
    postern_buf_init(&message, SIZE_MAX);
    postern_buf_init(&out, SIZE_MAX);
    postern_buf_add(&message, head, sizeof head - 1);
    postern_buf_add(&message, bytes + 1, len - 1);
    if (postern_archive_open(postern_buf_slice(&message), &open_options, &archive, NULL)) abort();
    postern_sink sink = postern_buf_sink(&out);
    if (postern_page_text(archive, &options, &sink, &report, NULL)) abort();
    check_characters(postern_buf_slice(&out));
    if (report.bytes_out != out.len) abort();
    if (options.width && !options.markdown && is_plain(postern_slice_of(bytes + 1, len - 1)))
        check_width(postern_buf_slice(&out), options.width);
    postern_archive_free(archive);
    postern_buf_free(&message);
    postern_buf_free(&out);
    return 0;
}
