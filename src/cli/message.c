/*
 * Messages, sizes and the progress bar. File names and what an input says are as hostile as the input: everything passes
 * postern_escape_line before a terminal sees it. One message is one line and one write, so workers do not mix theirs.
 */
#include "cli_int.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { MESSAGE_MAX = 4096 };

bool cli_write_all(int fd, const void *bytes, size_t len) {
    const char *p = bytes;
    while (len) {
        ssize_t done = write(fd, p, len);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        p += done;
        len -= (size_t)done;
    }
    return true;
}

static bool silent;

void cli_message_silence(void) {
    silent = true;
}

void cli_message(int fd, const char *file, uint64_t offset, const char *fmt, ...) {
    char text[MESSAGE_MAX];
    va_list args;
    if (silent) return;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    postern_buf line;
    postern_buf_init(&line, 4 * MESSAGE_MAX);
    postern_buf_printf(&line, "postern: ");
    if (file) {
        postern_escape_line(&line, postern_slice_cstr(file), MESSAGE_MAX);
        postern_buf_printf(&line, ": ");
    }
    if (offset != POSTERN_NO_OFFSET) postern_buf_printf(&line, "offset %" PRIu64 ": ", offset);
    postern_escape_line(&line, postern_slice_cstr(text), MESSAGE_MAX);
    postern_buf_add_byte(&line, '\n');
    if (fd == STDERR_FILENO) cli_progress_clear();
    if (!line.status) cli_write_all(fd, line.ptr, line.len);
    postern_buf_free(&line);
}

void cli_message_error(int fd, const char *file, const postern_error *error) {
    cli_message(fd, file, error->offset, "%s", error->text);
}

const char *cli_size(uint64_t bytes) {
    static char texts[4][24];
    static unsigned turn;
    static const char *const units[] = {"kB", "MB", "GB", "TB"};
    char *text = texts[turn++ % 4];
    if (bytes < 1000) {
        snprintf(text, sizeof texts[0], "%u bytes", (unsigned)bytes);
        return text;
    }
    double value = (double)bytes / 1000;
    size_t unit = 0;
    while (value >= 999.95 && unit + 1 < sizeof units / sizeof *units) {
        value /= 1000;
        unit++;
    }
    snprintf(text, sizeof texts[0], "%.1f %s", value, units[unit]);
    return text;
}

/* ---- progress ---- */

enum { BAR = 24, START_AFTER_MS = 400, REDRAW_MS = 100 };

static struct {
    bool wanted, shown, at_once;
    char label[48];
    uint64_t total;
    long long started, drawn;
    unsigned columns;
} bar;

static long long now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void cli_progress_start(bool wanted, const char *label, uint64_t total) {
    struct winsize size;
    memset(&bar, 0, sizeof bar);
    bar.wanted = wanted && total && isatty(STDERR_FILENO) && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0;
    if (!bar.wanted) return;
    bar.columns = size.ws_col;
    bar.total = total;
    bar.started = now_ms();
    postern_buf shown; /* the label is a file name: escaped, and short enough for one row */
    postern_buf_init(&shown, 256);
    if (!postern_escape_line(&shown, postern_slice_cstr(label), 32)) {
        size_t len = postern_utf8_valid_prefix(postern_slice_sub(postern_buf_slice(&shown), 0, sizeof bar.label - 1));
        memcpy(bar.label, shown.ptr, len);
    }
    postern_buf_free(&shown);
}

void cli_progress_at_once(void) {
    bar.at_once = true;
}

void cli_progress_at(uint64_t done) {
    if (!bar.wanted) return;
    long long now = now_ms();
    if (!bar.at_once && (now - bar.started < START_AFTER_MS || now - bar.drawn < REDRAW_MS)) return;
    bar.drawn = now;
    bar.shown = true;
    /* more may come out than went in: not yet at the end */
    if (done >= bar.total) done = bar.at_once ? bar.total : bar.total - bar.total / 100;
    unsigned filled = (unsigned)(done * BAR / bar.total), percent = (unsigned)(done * 100 / bar.total);
    char cells[BAR + 1], row[160];
    memset(cells, '.', BAR);
    memset(cells, '#', filled);
    cells[BAR] = 0;
    int len = snprintf(row, sizeof row, "\r[%s] %3u %% %s\033[K", cells, percent, bar.columns >= 80 ? bar.label : "");
    if (len > 0 && (size_t)len < sizeof row) cli_write_all(STDERR_FILENO, row, (size_t)len);
}

void cli_progress_clear(void) {
    if (!bar.shown) return;
    bar.shown = false;
    cli_write_all(STDERR_FILENO, "\r\033[K", 4);
}
