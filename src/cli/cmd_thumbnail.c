/*
 * postern thumbnail: a small picture of what an archive or a mail looks like, for file managers. No browser draws it: a sheet
 * of paper with the zone's colour at its top, the title, the largest picture, and the text as a printer sees it from afar: a
 * bar for each word. At this size nobody reads letters, and fonts stay out of the sandbox.
 */
#include "thumb_int.h"

#include <unistd.h>

enum { SIZE_DEFAULT = 256, SIZE_LEAST = 16, SIZE_MOST = 1024, COLUMNS = 56 };
enum { CANDIDATES = 64, SMALLEST = 48, TEXT_MAX = 1 << 16 };

static const cli_option options[] = {
    CLI_OPTION_WORD('o', "output", "OUT", out, "write to OUT; - is standard output"),
    CLI_OPTION_NUMBER('s', "size", "PIXELS", width, SIZE_MOST, "at most so wide and so high (default 256)"),
    CLI_OPTION_ZONE("the most trusted zone the input may have (marks of origin only lower it)"),
    CLI_OPTION_COMMON,
};

typedef struct sheet {
    thumb paper;
    unsigned margin, line, y; /* pixels; where the next thing is drawn */
} sheet;

static void fill(thumb *t, unsigned x, unsigned y, unsigned width, unsigned height, uint32_t colour) {
    for (unsigned row = y; row < y + height && row < t->height; row++)
        for (unsigned column = x; column < x + width && column < t->width; column++) {
            uint8_t *at = t->rgb + ((size_t)row * t->width + column) * 3;
            at[0] = (uint8_t)(colour >> 16);
            at[1] = (uint8_t)(colour >> 8);
            at[2] = (uint8_t)colour;
        }
}

/* ---- text ----------------------------------------------------------------------------------------------------------- */

static bool is_wide(uint32_t c) {
    return c >= 0x1100 && (c <= 0x115F || (c >= 0x2E80 && c <= 0xFFE6));
}

/* One line of text as bars; `across`: the columns that fill the sheet. */
static void draw_line(sheet *s, postern_slice text, unsigned across, uint32_t colour) {
    unsigned inner = s->paper.width - 2 * s->margin, thick = s->line > 2 ? s->line / 2 : 1, column = 0, start = 0;
    bool word = false;
    for (size_t at = 0, len; at <= text.len; at += len) {
        uint32_t c = ' ';
        len = 1;
        if (at < text.len) c = postern_utf8_at(text, at, &len);
        bool blank = c <= ' ' || c == 0xA0 || c == 0x3000;
        if (!blank && !word) start = column;
        if (blank && word)
            fill(&s->paper, s->margin + start * inner / across, s->y, (column - start) * inner / across, thick, colour);
        word = !blank;
        column += is_wide(c) ? 2 : 1;
        if (column > across) column = across;
    }
    s->y += s->line;
}

static void draw_text(sheet *s, postern_slice text, unsigned across, unsigned most, uint32_t colour) {
    for (unsigned lines = 0; text.len && lines < most && s->y + s->line < s->paper.height - s->margin; lines++) {
        postern_cut cut = postern_slice_cut(text, '\n');
        draw_line(s, cut.head, across, colour);
        text = cut.tail;
    }
}

static postern_status keep_some(void *user, const void *bytes, size_t len) {
    postern_buf *buf = user;
    size_t room = TEXT_MAX - buf->len;
    postern_status status = postern_buf_add(buf, bytes, len < room ? len : room);
    return status ? status : len > room ? POSTERN_LIMIT : POSTERN_OK; /* more than fits on any sheet */
}

static void draw_body(sheet *s, cli_job *job) {
    postern_text_options text;
    postern_page_report report;
    postern_buf buf;
    postern_sink sink = {keep_some, &buf};
    postern_buf_init(&buf, TEXT_MAX + 1);
    postern_text_options_init(&text);
    text.width = COLUMNS;
    text.mail_header = false;
    postern_status ignored = postern_page_text(job->archive, &text, &sink, &report, NULL);
    (void)ignored; /* as far as it goes */
    draw_text(s, postern_buf_slice(&buf), COLUMNS, UINT32_MAX, 0xB4BAC2);
    postern_buf_free(&buf);
}

/* ---- the picture ---------------------------------------------------------------------------------------------------- */

/* From one pixel of `to` to the next, in pixels of `from`: at least one. */
static void span(unsigned at, unsigned from, unsigned to, unsigned *ret_begin, unsigned *ret_end) {
    *ret_begin = (unsigned)((uint64_t)at * from / to);
    *ret_end = (unsigned)(((uint64_t)at + 1) * from / to);
    if (*ret_end == *ret_begin) ++*ret_end;
}

static uint32_t mean(const thumb *t, const unsigned x[2], const unsigned y[2]) {
    uint64_t sum[3] = {0}, count = 0;
    for (unsigned v = y[0]; v < y[1] && v < t->height; v++)
        for (unsigned u = x[0]; u < x[1] && u < t->width; u++, count++)
            for (unsigned k = 0; k < 3; k++) sum[k] += t->rgb[((size_t)v * t->width + u) * 3 + k];
    return count ? (uint32_t)(sum[0] / count << 16 | sum[1] / count << 8 | sum[2] / count) : 0xFFFFFF;
}

static void draw_scaled(sheet *s, const thumb *picture, unsigned width, unsigned height) {
    unsigned left = (s->paper.width - width) / 2, across[2], down[2];
    for (unsigned y = 0; y < height; y++) {
        span(y, picture->height, height, &down[0], &down[1]);
        for (unsigned x = 0; x < width; x++) {
            span(x, picture->width, width, &across[0], &across[1]);
            fill(&s->paper, left + x, s->y + y, 1, 1, mean(picture, across, down));
        }
    }
    s->y += height + s->line;
}

/* The part with the most pixels; POSTERN_NO_PART: none that can be drawn. */
static uint32_t best_picture(cli_job *job, unsigned *ret_width, unsigned *ret_height) {
    uint32_t best = POSTERN_NO_PART, count = postern_archive_part_count(job->archive);
    uint64_t most = 0;
    for (uint32_t i = 0, seen = 0; i < count && seen < CANDIDATES; i++) {
        const postern_part *part = postern_archive_part(job->archive, i);
        if (part->flags & (POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE)) continue;
        postern_media media = postern_archive_part_media(job->archive, i);
        postern_slice bytes;
        unsigned width, height;
        if (media != POSTERN_MEDIA_PNG && media != POSTERN_MEDIA_JPEG) continue;
        seen++;
        if (postern_part_decode_arena(postern_archive_arena(job->archive), part, NULL, &bytes) ||
            !thumb_measure(media, bytes, &width, &height) || width < SMALLEST || height < SMALLEST ||
            (uint64_t)width * height <= most)
            continue;
        most = (uint64_t)width * height;
        best = i;
        *ret_width = width;
        *ret_height = height;
    }
    return best;
}

static void draw_picture(sheet *s, cli_job *job) {
    unsigned width = 0, height = 0, inner = s->paper.width - 2 * s->margin, room = s->paper.height * 2 / 5;
    uint32_t index = best_picture(job, &width, &height);
    postern_slice bytes;
    thumb picture;
    if (index == POSTERN_NO_PART) return;
    uint64_t to_width = width < inner ? width : inner, to_height = to_width * height / width;
    if (to_height > room) to_width = to_width * room / to_height, to_height = room;
    if (!to_width || !to_height) return;
    postern_media media = postern_archive_part_media(job->archive, index);
    const postern_part *part = postern_archive_part(job->archive, index);
    if (postern_part_decode_arena(postern_archive_arena(job->archive), part, NULL, &bytes)) return;
    if (thumb_decode(media, bytes, (unsigned)to_width, &picture))
        draw_scaled(s, &picture, (unsigned)to_width, (unsigned)to_height);
    thumb_free(&picture);
}

/* ---- the sheet ------------------------------------------------------------------------------------------------------ */

static uint32_t colour_of(postern_zone zone) {
    switch (zone) {
    case POSTERN_ZONE_RESTRICTED: return 0xB3261E;
    case POSTERN_ZONE_INTERNET: return 0xB26A00;
    default: return 0x20584B;
    }
}

static bool draw(sheet *s, cli_job *job, unsigned size) {
    const postern_archive_facts *facts = postern_archive_facts_of(job->archive);
    if (!thumb_new(&s->paper, size * 3 / 4, size)) return false;
    s->margin = size / 16;
    s->line = size / 40 > 2 ? size / 40 : 2;
    fill(&s->paper, 0, 0, s->paper.width, size / 24 + 1, colour_of(facts->zone));
    s->y = size / 24 + 1 + s->margin;
    unsigned plain = s->line;
    s->line = plain * 3 / 2;
    draw_text(s, postern_slice_sub(facts->title.len ? facts->title : facts->subject, 0, 200), COLUMNS * 2 / 3, 1, 0x2F3B46);
    s->line = plain;
    s->y += plain / 2;
    draw_picture(s, job);
    draw_body(s, job);
    fill(&s->paper, 0, 0, 1, size, 0x8A929B);
    fill(&s->paper, s->paper.width - 1, 0, 1, size, 0x8A929B);
    fill(&s->paper, 0, size - 1, s->paper.width, 1, 0x8A929B);
    return true;
}

static cli_exit write_sheet(cli_job *job, unsigned size) {
    sheet s = {.y = 0};
    postern_buf png;
    postern_error error = {0};
    postern_buf_init(&png, 64u << 20);
    bool made = draw(&s, job, size) && thumb_encode(&s.paper, &png);
    postern_sink sink = postern_output_sink(job->out);
    postern_status status = made ? postern_sink_write(&sink, postern_buf_slice(&png))
                                 : postern_fail(&error, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory for the picture");
    thumb_free(&s.paper);
    postern_buf_free(&png);
    cli_exit code = cli_job_written(job, status, &error);
    return code ? code : cli_job_commit(job);
}

static cli_exit one(cli_job *job) {
    unsigned size = job->args->has_width ? (unsigned)job->args->width : SIZE_DEFAULT;
    cli_exit code = cli_job_open_input(job);
    if (!code) code = cli_job_open_output(job);
    if (!code) code = cli_job_sandbox(job, NULL, 0);
    if (!code) code = cli_job_open_archive(job);
    return code ? code : write_sheet(job, size < SIZE_LEAST ? SIZE_LEAST : size);
}

static cli_exit run(const cli_args *args) {
    static const cli_plan plan = {.ending = ".png"};
    if (!thumb_is_built()) {
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET,
                    "thumbnail: this postern was built without libpng and libturbojpeg");
        return CLI_USAGE;
    }
    if ((!args->out || !strcmp(args->out, "-")) && isatty(STDOUT_FILENO)) {
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "thumbnail: a picture on a terminal is no pleasure: see -o");
        return CLI_USAGE;
    }
    return cli_jobs_run(args, &plan, one);
}

const cli_command cli_command_thumbnail = {
    .name = "thumbnail",
    .operands = "FILE",
    .what = "a small picture of an archive or a mail, for file managers",
    .about = "Draws a sheet as PNG: the zone's colour (red restricted, amber Internet, green more\n"
             "trusted), the title, the largest PNG or JPEG, and the text as bars. Pictures are\n"
             "decoded in the sandbox; nothing is fetched. FILE may be - for standard input.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .min_files = 1,
    .max_files = 1,
    .run = run,
};
