/*
 * A message of an Exchange store as a MIME message (RFC 2045-2049), so that all other rooms read it as they read mail. Bodies
 * are written in quoted-printable, files in base64: no byte of them can begin a boundary, which holds "=_". The same item gives
 * the same bytes each time. Messages in messages are written as message/rfc822 to a depth.
 */
#include "pst_int.h"

enum { LINE = 76, PIECE = 57 * 1024 };

typedef struct writer {
    pst_reader *r;
    postern_buf *out;
    postern_buf text; /* at hand for one property */
    uint32_t id, boundaries;
    unsigned depth;
    bool lost;
} writer;

typedef struct bodies {
    postern_buf plain, html, rtf;
    bool rtf_file; /* the RTF itself goes along */
    int files, related; /* attachments, and how many of them the HTML shows */
} bodies;

static void add(writer *w, const char *text) { postern_buf_add_slice(w->out, postern_slice_cstr(text)); }

static uint32_t begin_multipart(writer *w, const char *kind) {
    uint32_t boundary = w->boundaries++;
    postern_buf_printf(w->out, "Content-Type: multipart/%s; boundary=\"=_pst_%x_%u_\"\r\n\r\n", kind, w->id, boundary);
    return boundary;
}

static void next_part(writer *w, uint32_t boundary) {
    postern_buf_printf(w->out, "\r\n--=_pst_%x_%u_\r\n", w->id, boundary);
}

static void end_multipart(writer *w, uint32_t boundary) {
    postern_buf_printf(w->out, "\r\n--=_pst_%x_%u_--\r\n", w->id, boundary);
}

static void write_text(writer *w, const char *type, const postern_buf *text) {
    postern_sink sink = postern_buf_sink(w->out);
    postern_buf_printf(w->out, "Content-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", type);
    if (postern_qp_encode(postern_buf_slice(text), false, &sink) && !w->out->status) w->out->status = POSTERN_NOMEM;
}

/* A parameter or field value of ours around text that is not: what could end it is taken out. */
static void add_token(writer *w, const postern_buf *text, const char *kept) {
    for (size_t i = 0; i < text->len; i++) {
        uint8_t c = text->ptr[i];
        if (postern_ascii_alpha(c) || postern_ascii_digit(c) || strchr(kept, c ? c : '?')) postern_buf_add_byte(w->out, c);
    }
}

/* RFC 2231: name*=utf-8''percent%20encoded */
static void add_file_name(writer *w, const char *name, const postern_buf *text) {
    postern_buf_printf(w->out, "; %s*=utf-8''", name);
    postern_percent_encode(postern_slice_sub(postern_buf_slice(text), 0, 1024), ".-_", w->out);
}

/* ---- attachments ---- */

static bool name_of_file(writer *w, libpff_item_t *file) {
    return (pst_text(w->r, file, 0, PST_FILE_LONG, &w->text) && w->text.len) ||
           (pst_text(w->r, file, 0, PST_FILE_SHORT, &w->text) && w->text.len) ||
           (pst_text(w->r, file, 0, PST_NAME, &w->text) && w->text.len);
}

static bool is_related(writer *w, libpff_item_t *file, const postern_buf *html) {
    if (!html->len || !pst_text(w->r, file, 0, PST_CONTENT_ID, &w->text) || !w->text.len) return false;
    return postern_slice_find(postern_buf_slice(html), 0, postern_buf_slice(&w->text)) != SIZE_MAX;
}

static void write_file_head(writer *w, libpff_item_t *file, bool related) {
    add(w, "Content-Type: ");
    const size_t start = w->out->len;
    if (pst_text(w->r, file, 0, PST_MEDIA, &w->text)) add_token(w, &w->text, "/.+-");
    postern_slice media = postern_slice_from(postern_buf_slice(w->out), start); /* as it was written */
    if (postern_slice_find_byte(media, 0, '/') == SIZE_MAX || postern_slice_starts_nocase(media, POSTERN_S("multipart/")) ||
        postern_slice_starts_nocase(media, POSTERN_S("message/"))) {
        w->out->len = start;
        add(w, "application/octet-stream");
    }
    add(w, related ? "\r\nContent-Disposition: inline" : "\r\nContent-Disposition: attachment");
    if (name_of_file(w, file)) add_file_name(w, "filename", &w->text);
    if (pst_text(w->r, file, 0, PST_CONTENT_ID, &w->text) && w->text.len) {
        add(w, "\r\nContent-ID: <");
        add_token(w, &w->text, "!#$%&'*+-/=?^_`{|}~.@:");
        add(w, ">");
    }
    if (pst_text(w->r, file, 0, PST_LOCATION, &w->text) && w->text.len) {
        add(w, "\r\nContent-Location: ");
        add_token(w, &w->text, "-._~:/?#[]@!$&'()*+,;=%");
    }
    add(w, "\r\nContent-Transfer-Encoding: base64\r\n\r\n");
}

/* The bytes of a file; what cannot be read of it is lost. */
static void read_file(writer *w, libpff_item_t *file, const postern_sink *sink) {
    size64_t size = 0, done = 0;
    uint8_t piece[PIECE];
    if (libpff_attachment_get_data_size(file, &size, NULL) != 1) size = 0, w->lost = true;
    while (done < size && !w->out->status) {
        size64_t left = size - done;
        ssize_t got = libpff_attachment_data_read_buffer(file, piece, left < sizeof piece ? (size_t)left : sizeof piece, NULL);
        if (got <= 0 || (size64_t)got > left) {
            w->lost = true;
            return;
        }
        if (sink->write(sink->user, piece, (size_t)got)) return;
        done += (size64_t)got;
    }
}

static void write_base64(writer *w, libpff_item_t *file) {
    postern_buf bytes;
    postern_buf_init(&bytes, w->out->cap);
    postern_sink in = postern_buf_sink(&bytes), out = postern_buf_sink(w->out);
    read_file(w, file, &in);
    if (bytes.status || postern_base64_encode(postern_buf_slice(&bytes), LINE, &out))
        if (!w->out->status) w->out->status = bytes.status ? bytes.status : POSTERN_NOMEM;
    postern_buf_free(&bytes);
}

static void write_entity(writer *w, libpff_item_t *message);

static void write_inner(writer *w, libpff_item_t *file) {
    libpff_item_t *inner = NULL;
    add(w, "Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n");
    if (w->depth >= POSTERN_LIMIT_PST_NESTED || libpff_attachment_get_item(file, &inner, NULL) != 1) {
        w->lost = true;
        add(w, "\r\n");
    } else {
        w->depth++;
        write_entity(w, inner);
        w->depth--;
    }
    libpff_item_free(&inner, NULL);
}

static void write_file(writer *w, libpff_item_t *file, bool related) {
    int type = 0;
    if (libpff_attachment_get_type(file, &type, NULL) != 1) type = LIBPFF_ATTACHMENT_TYPE_UNDEFINED;
    if (type == LIBPFF_ATTACHMENT_TYPE_ITEM) {
        write_inner(w, file);
        return;
    }
    write_file_head(w, file, related);
    if (type == LIBPFF_ATTACHMENT_TYPE_DATA) write_base64(w, file);
    else w->lost = true; /* it lies elsewhere, and is not looked for */
}

/* Those that the HTML shows, or the others, each behind a boundary. */
static void write_files(writer *w, libpff_item_t *message, const bodies *b, bool related, uint32_t boundary) {
    for (int i = 0; i < b->files && !w->out->status; i++) {
        libpff_item_t *file = NULL;
        if (libpff_message_get_attachment(message, i, &file, NULL) != 1) {
            w->lost |= !related;
            continue;
        }
        if (is_related(w, file, &b->html) == related) {
            next_part(w, boundary);
            write_file(w, file, related);
        }
        libpff_item_free(&file, NULL);
    }
}

/* ---- bodies ---- */

static void read_rtf(writer *w, libpff_item_t *message, bodies *b) {
    uint32_t type;
    postern_slice rtf = {0};
    if (!pst_value(w->r, message, 0, PST_RTF, &type)) return;
    postern_arena *arena = postern_arena_new(POSTERN_LIMIT_DOCUMENT + (1u << 20));
    if (!arena) b->rtf.status = POSTERN_NOMEM;
    if (!arena || (b->rtf.status = postern_rtf_unpack(arena, postern_buf_slice(&w->r->value), &rtf)))
        pst_reader_see(w->r, &b->rtf);
    else postern_buf_add_slice(&b->rtf, rtf);
    postern_arena_free(arena);
    rtf = postern_buf_slice(&b->rtf);
    w->lost |= !rtf.len && !b->plain.len;
    bool html = pst_rtf_holds_html(rtf);
    if (html || !b->plain.len) pst_rtf_read(rtf, html ? &b->html : &b->plain);
    b->rtf_file = !html && (postern_slice_find(rtf, 0, POSTERN_S("\\obj")) != SIZE_MAX);
}

static void read_bodies(writer *w, libpff_item_t *message, bodies *b) {
    postern_buf_init(&b->plain, w->out->cap);
    postern_buf_init(&b->html, w->out->cap);
    postern_buf_init(&b->rtf, w->out->cap);
    pst_text(w->r, message, 0, PST_TEXT, &b->plain);
    pst_text(w->r, message, 0, PST_HTML, &b->html);
    if (!b->html.len) read_rtf(w, message, b);
    if (libpff_message_get_number_of_attachments(message, &b->files, NULL) != 1) b->files = 0;
    if (b->files > (int)POSTERN_LIMIT_PST_FILES) b->files = (int)POSTERN_LIMIT_PST_FILES, w->lost = true;
    for (int i = 0; i < b->files; i++) {
        libpff_item_t *file = NULL;
        if (libpff_message_get_attachment(message, i, &file, NULL) == 1) b->related += is_related(w, file, &b->html);
        libpff_item_free(&file, NULL);
    }
    const postern_buf *all[] = {&b->plain, &b->html, &b->rtf};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) pst_reader_see(w->r, all[i]);
}

static void write_alternatives(writer *w, const bodies *b) {
    if (!b->html.len || !b->plain.len) {
        write_text(w, b->html.len ? "text/html" : "text/plain", b->html.len ? &b->html : &b->plain);
        return;
    }
    uint32_t boundary = begin_multipart(w, "alternative");
    next_part(w, boundary);
    write_text(w, "text/plain", &b->plain);
    next_part(w, boundary);
    write_text(w, "text/html", &b->html);
    end_multipart(w, boundary);
}

static void write_related(writer *w, libpff_item_t *message, const bodies *b) {
    if (!b->related) {
        write_alternatives(w, b);
        return;
    }
    uint32_t boundary = begin_multipart(w, "related");
    next_part(w, boundary);
    write_alternatives(w, b);
    write_files(w, message, b, true, boundary);
    end_multipart(w, boundary);
}

static void write_rtf_file(writer *w, const bodies *b, uint32_t boundary) {
    postern_sink sink = postern_buf_sink(w->out);
    if (!b->rtf_file) return;
    next_part(w, boundary);
    add(w, "Content-Type: text/rtf\r\nContent-Disposition: attachment; filename=\"body.rtf\"\r\n"
           "Content-Transfer-Encoding: base64\r\n\r\n");
    if (postern_base64_encode(postern_buf_slice(&b->rtf), LINE, &sink) && !w->out->status) w->out->status = POSTERN_NOMEM;
}

/* S/MIME stands in a store as one attachment that is the whole body ([MS-OXOSMIME]). */
static bool write_smime(writer *w, libpff_item_t *message) {
    libpff_item_t *file = NULL;
    int count = 0, type = 0;
    if (w->depth || !pst_text(w->r, message, 0, PST_CLASS, &w->text) ||
        !postern_slice_starts_nocase(postern_buf_slice(&w->text), POSTERN_S("IPM.Note.SMIME")))
        return false;
    bool clear = postern_slice_find_nocase(postern_buf_slice(&w->text), 0, POSTERN_S(".MultipartSigned")) != SIZE_MAX;
    bool there = libpff_message_get_number_of_attachments(message, &count, NULL) == 1 && count == 1 &&
                 libpff_message_get_attachment(message, 0, &file, NULL) == 1 &&
                 libpff_attachment_get_type(file, &type, NULL) == 1 && type == LIBPFF_ATTACHMENT_TYPE_DATA;
    if (there && clear) {
        postern_sink sink = postern_buf_sink(w->out);
        read_file(w, file, &sink);
    } else if (there) {
        add(w, "Content-Type: application/pkcs7-mime; name=\"smime.p7m\"\r\nContent-Transfer-Encoding: base64\r\n\r\n");
        write_base64(w, file);
    }
    libpff_item_free(&file, NULL);
    return there;
}

static void write_body(writer *w, libpff_item_t *message) {
    bodies b = {0};
    read_bodies(w, message, &b);
    if (b.files > b.related || b.rtf_file) {
        uint32_t boundary = begin_multipart(w, "mixed");
        next_part(w, boundary);
        write_related(w, message, &b);
        write_rtf_file(w, &b, boundary);
        write_files(w, message, &b, false, boundary);
        end_multipart(w, boundary);
    } else
        write_related(w, message, &b);
    postern_buf_free(&b.plain);
    postern_buf_free(&b.html);
    postern_buf_free(&b.rtf);
}

static void write_entity(writer *w, libpff_item_t *message) {
    pst_write_fields(w->r, message, w->out, &w->text);
    add(w, "MIME-Version: 1.0\r\n");
    if (!write_smime(w, message)) write_body(w, message);
}

postern_status pst_write_message(pst_reader *r, libpff_item_t *message, uint32_t id, postern_buf *out, bool *ret_lost) {
    writer w = {.r = r, .out = out, .id = id};
    postern_buf_init(&w.text, out->cap);
    write_entity(&w, message);
    *ret_lost = w.lost;
    pst_reader_see(r, &w.text);
    pst_reader_see(r, out);
    postern_buf_free(&w.text);
    return r->status;
}
