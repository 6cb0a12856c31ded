/*
 * Cabinets, unpacked from memory to memory through libmspack (MSZIP, LZX, Quantum). [MS-CAB]
 *
 * An attacker makes a small cabinet that unpacks to a disk full, one whose data is cut, names that climb out of the folder or
 * that are equal without case: sizes and counts are bounded before anything is unpacked, the memory of the decompressor counts,
 * and a cabinet is read whole or not at all. Sets that go on in another file are refused.
 */
#include "update_int.h"

#include <mspack.h>
#include <stdlib.h>

/* libmspack reads and writes through these; "names" are the addresses of streams. */
typedef struct stream {
    postern_slice in;
    uint8_t *out; /* NULL: a stream for reading */
    size_t pos, room;
} stream;

typedef struct world {
    struct mspack_system system; /* first: libmspack hands it back */
    stream input, output;
} world;

static const char INPUT[] = "cabinet", OUTPUT[] = "member";

static struct mspack_file *open_stream(struct mspack_system *self, const char *name, int mode) {
    world *w = (world *)self;
    stream *s = name == INPUT ? &w->input : &w->output;
    if ((s == &w->input) != (mode == MSPACK_SYS_OPEN_READ)) return NULL;
    if (s == &w->input) {
        /* libmspack opens the cabinet again for its data while the first stream is still open */
        s = calloc(1, sizeof *s);
        if (!s) return NULL;
        *s = w->input;
    }
    s->pos = 0;
    return (struct mspack_file *)s;
}

static void close_stream(struct mspack_file *file) {
    stream *s = (stream *)file;
    if (!s->out) free(s);
}

static int read_stream(struct mspack_file *file, void *buffer, int bytes) {
    stream *s = (stream *)file;
    if (bytes < 0) return -1;
    postern_slice got = postern_slice_sub(s->in, s->pos, (size_t)bytes);
    if (got.len) memcpy(buffer, got.ptr, got.len);
    s->pos += got.len;
    return (int)got.len;
}

static int write_stream(struct mspack_file *file, void *buffer, int bytes) {
    stream *s = (stream *)file;
    if (bytes < 0 || (size_t)bytes > s->room - s->pos) return -1;
    memcpy(s->out + s->pos, buffer, (size_t)bytes);
    s->pos += (size_t)bytes;
    return bytes;
}

static int seek_stream(struct mspack_file *file, off_t offset, int mode) {
    stream *s = (stream *)file;
    off_t from = mode == MSPACK_SYS_SEEK_START ? 0 : mode == MSPACK_SYS_SEEK_CUR ? (off_t)s->pos : (off_t)s->in.len;
    off_t to;
    if (__builtin_add_overflow(from, offset, &to) || to < 0 || (uint64_t)to > s->in.len) return -1;
    s->pos = (size_t)to;
    return 0;
}

static off_t tell_stream(struct mspack_file *file) {
    return (off_t)((stream *)file)->pos;
}

static void no_message(struct mspack_file *file, const char *format, ...) {
    (void)file;
    (void)format;
}

/* libmspack hands on copies of the system, so nothing can be counted here; what it takes is bounded by the directory, which is
 * part of the file, and a window of 2 MiB. */
static void *allocate(struct mspack_system *self, size_t bytes) {
    (void)self;
    return malloc(bytes ? bytes : 1);
}

static void copy_bytes(void *from, void *to, size_t bytes) {
    memcpy(to, from, bytes);
}

static void world_init(world *w, postern_slice bytes) {
    *w = (world){.system = {open_stream, close_stream, read_stream, write_stream, seek_stream, tell_stream, no_message,
                            allocate, free, copy_bytes, NULL},
                 .input = {.in = bytes}};
}

static postern_status cab_failed(int code, size_t offset, postern_error *reterr) {
    static const char *const words[] = {[MSPACK_ERR_ARGS] = "its parts contradict each other",

                                        [MSPACK_ERR_READ] = "it is cut short",
                                        [MSPACK_ERR_WRITE] = "a file is larger than it says",
                                        [MSPACK_ERR_SEEK] = "it is cut short",
                                        [MSPACK_ERR_SIGNATURE] = "it has no cabinet header",
                                        [MSPACK_ERR_DATAFORMAT] = "its data is malformed",
                                        [MSPACK_ERR_CHECKSUM] = "a checksum does not match",
                                        [MSPACK_ERR_DECRUNCH] = "its compressed data is damaged"};
    if (code == MSPACK_ERR_NOMEMORY || code == MSPACK_ERR_OPEN) /* our streams open unless memory is out */
        return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory for the cabinet");
    const char *why = code > 0 && (size_t)code < sizeof words / sizeof *words ? words[code] : NULL;
    return postern_fail(reterr, POSTERN_FORMAT, offset, "the cabinet is damaged: %s", why ? why : "unknown reason");
}

/* Days since 1970 of a date of the Gregorian calendar. */
static int64_t days_of(int year, int month, int day) {
    int64_t y = month <= 2 ? year - 1 : year, era = y / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int64_t time_of(const struct mscabd_file *file) {
    if (file->date_y < 1980 || file->date_m < 1 || file->date_m > 12 || file->date_d < 1) return 0;
    return days_of(file->date_y, file->date_m, file->date_d) * 86400 + file->time_h * 3600 + file->time_m * 60 + file->time_s;
}

/* Names are UTF-8 when the cabinet says so; else of some code page, of which only ASCII means the same everywhere. */
static postern_status name_of(const struct mscabd_file *file, postern_arena *arena, postern_slice *ret_name,
                              postern_error *reterr) {
    postern_slice raw = postern_slice_cstr(file->filename);
    if (!postern_utf8_valid(raw))
        return postern_fail(reterr, POSTERN_DENIED, POSTERN_NO_OFFSET, "T2: a name in the cabinet is not readable text");
    if (postern_arena_copy(arena, raw, ret_name))
        return postern_fail(reterr, postern_arena_failure(arena), POSTERN_NO_OFFSET,
                            "the cabinet does not fit into PACKAGE_BYTES");
    uint8_t *name = postern_arena_alloc(arena, raw.len + 1);
    if (!name) return postern_fail(reterr, postern_arena_failure(arena), POSTERN_NO_OFFSET, "no memory for the cabinet");
    for (size_t i = 0; i < raw.len; i++) name[i] = raw.ptr[i] == '/' ? '\\' : raw.ptr[i];
    *ret_name = postern_slice_of(name, raw.len);
    return update_name_check(*ret_name, reterr);
}

static postern_status unpack(struct mscab_decompressor *cab, world *w, struct mscabd_file *file, size_t offset,
                             postern_arena *arena, update_members *members, postern_error *reterr) {
    update_member *member = postern_arena_zalloc(arena, 1, sizeof *member);
    uint8_t *bytes = member ? postern_arena_alloc(arena, file->length + 1ul) : NULL;
    if (!bytes)
        return postern_fail(reterr, postern_arena_failure(arena), offset,
                            "the cabinet unpacks to more than PACKAGE_BYTES allows");
    postern_status status = name_of(file, arena, &member->name, reterr);
    if (status) return status;
    w->output = (stream){.out = bytes, .room = file->length};
    int code = cab->extract(cab, file, OUTPUT);
    if (code) return cab_failed(code, offset, reterr);
    if (w->output.pos != file->length)
        return postern_fail(reterr, POSTERN_FORMAT, offset, "the cabinet is damaged: a file is shorter than it says");
    member->bytes = postern_slice_of(bytes, file->length);
    member->attributes = (uint16_t)file->attribs;
    member->time = time_of(file);
    *(members->last ? &members->last->next : &members->first) = member;
    members->last = member;
    members->count++;
    members->total += file->length;
    return POSTERN_OK;
}

/* Sizes as the directory declares them, before a byte is unpacked: members may not overlap, nor unpack to a bomb. */
static postern_status check_sizes(const struct mscabd_cabinet *cabinet, postern_slice bytes, size_t offset,
                                  postern_error *reterr) {
    uint64_t total = 0;
    size_t count = 0;
    for (const struct mscabd_file *file = cabinet->files; file; file = file->next) {
        total += file->length;
        if (++count > POSTERN_LIMIT_PACKAGE_FILES)
            return postern_fail(reterr, POSTERN_LIMIT, offset, "the cabinet holds more files than PACKAGE_FILES allows");
    }
    uint64_t allowed = (uint64_t)bytes.len * POSTERN_LIMIT_PACKAGE_RATIO;
    if (allowed < (1u << 20)) allowed = 1u << 20;
    if (total > allowed || total > POSTERN_LIMIT_PACKAGE_BYTES)
        return postern_fail(reterr, POSTERN_LIMIT, offset,
                            "the cabinet of %zu bytes would unpack to %llu, more than PACKAGE_RATIO or PACKAGE_BYTES allow",
                            bytes.len, (unsigned long long)total);
    return POSTERN_OK;
}

/* What libmspack takes for a lack of memory: a window that no compression has. [MS-CAB] 2.3, typeCompress */
static bool is_compression(int type) {
    enum { NONE, MSZIP, QUANTUM, LZX };
    int window = type >> 8 & 0x1F;
    switch (type & 0xF) {
    case NONE:
    case MSZIP:
        return true;
    case QUANTUM:
        return window >= 10 && window <= 21;
    case LZX:
        return window >= 15 && window <= 21;
    default:
        return false;
    }
}

/* A file whose data begins in the cabinet before, or goes on in the next, whatever the header says: iFolder FFFD to FFFF. */
static bool has_part_elsewhere(postern_slice bytes) {
    enum { FILES_AT = 16, FILES = 28, IFOLDER = 8, ELSEWHERE = 0xFFFD };
    postern_cursor c = postern_cursor_of(bytes);
    c.pos = FILES_AT;
    size_t at = postern_cursor_le32(&c);
    c.pos = FILES;
    unsigned count = postern_cursor_le16(&c);
    for (c.pos = at; c.ok && count; count--) {
        postern_slice entry = postern_cursor_bytes(&c, 16);
        postern_cursor e = postern_cursor_of(entry);
        e.pos = IFOLDER;
        if (postern_cursor_le16(&e) >= ELSEWHERE && e.ok) return true;
        size_t end = postern_slice_find_byte(bytes, c.pos, 0);
        if (end == SIZE_MAX) return false;
        c.pos = end + 1;
    }
    return false;
}

/* The index is named by an offset, and stands behind the folders: readers that go by one or the other see two cabinets when
 * these differ. */
static bool is_index_in_place(postern_slice bytes) {
    enum { FILES_AT = 16, FOLDERS = 26, FLAGS = 30, HEADER = 36, RESERVED = 4, FOLDER = 8 };
    postern_cursor c = postern_cursor_of(bytes);
    c.pos = FILES_AT;
    size_t files_at = postern_cursor_le32(&c);
    c.pos = FOLDERS;
    size_t folders = postern_cursor_le16(&c), reserved = 0, of_folder = 0;
    c.pos = FLAGS;
    bool has_reserved = postern_cursor_le16(&c) & RESERVED;
    c.pos = HEADER;
    if (has_reserved) {
        reserved = 4 + (size_t)postern_cursor_le16(&c);
        of_folder = postern_cursor_u8(&c);
    }
    return c.ok && files_at == HEADER + reserved + folders * (FOLDER + of_folder);
}

static postern_status check_parts(const struct mscabd_cabinet *cabinet, postern_slice bytes, size_t offset,
                                  postern_error *reterr) {
    if ((cabinet->flags & (MSCAB_HDR_PREVCAB | MSCAB_HDR_NEXTCAB)) || has_part_elsewhere(bytes))
        return postern_fail(reterr, POSTERN_UNSUPPORTED, offset, "the cabinet goes on in another file");
    if (!is_index_in_place(bytes))
        return postern_fail(reterr, POSTERN_FORMAT, offset, "the cabinet is damaged: its index is not where its header says");
    for (const struct mscabd_folder *folder = cabinet->folders; folder; folder = folder->next)
        if (!is_compression(folder->comp_type))
            return postern_fail(reterr, POSTERN_FORMAT, offset, "the cabinet is damaged: a compression that there is not: %#x",
                                (unsigned)folder->comp_type);
    return POSTERN_OK;
}

postern_status update_cab_read(postern_slice bytes, size_t offset, postern_arena *arena, update_members *members,
                               postern_error *reterr) {
    world w;
    world_init(&w, postern_slice_from(bytes, offset));
    struct mscab_decompressor *cab = mspack_create_cab_decompressor(&w.system);
    if (!cab) return cab_failed(MSPACK_ERR_NOMEMORY, offset, reterr);
    struct mscabd_cabinet *cabinet = cab->open(cab, INPUT);
    postern_status status = cabinet ? POSTERN_OK : cab_failed(cab->last_error(cab), offset, reterr);
    if (!status) status = check_parts(cabinet, w.input.in, offset, reterr);
    if (!status) status = check_sizes(cabinet, w.input.in, offset, reterr);
    for (struct mscabd_file *file = cabinet ? cabinet->files : NULL; !status && file; file = file->next)
        status = unpack(cab, &w, file, offset, arena, members, reterr);
    if (cabinet) cab->close(cab, cabinet);
    mspack_destroy_cab_decompressor(cab);
    return status;
}

/* A header that makes sense: signature, reserved fields, version 1.x, an index that fits the size, at least one folder and
 * file. [MS-CAB] 2.1. The programs around cabinets hold the signature, too, to look for it. `whole`: it ends before the bytes
 * do. */
static bool plausible(postern_slice at, bool *ret_whole) {
    enum { HEADER = 36 };
    postern_cursor c = postern_cursor_of(at);
    postern_slice signature = postern_cursor_bytes(&c, 4);
    uint32_t reserved1 = postern_cursor_le32(&c), size = postern_cursor_le32(&c), reserved2 = postern_cursor_le32(&c);
    uint32_t files_at = postern_cursor_le32(&c);
    postern_cursor_le32(&c);
    uint8_t minor = postern_cursor_u8(&c), major = postern_cursor_u8(&c);
    uint16_t folders = postern_cursor_le16(&c), files = postern_cursor_le16(&c);
    (void)minor;
    *ret_whole = size <= at.len;
    return c.ok && postern_slice_eq(signature, POSTERN_S("MSCF")) && !reserved1 && !reserved2 && major == 1 &&
           files_at >= HEADER && files_at < size && folders && files;
}

/* One that is whole, else the first that is cut short: whoever reads it says so. */
size_t update_cab_find(postern_slice bytes) {
    size_t cut = SIZE_MAX;
    for (size_t at = 0; (at = postern_slice_find(bytes, at, POSTERN_S("MSCF"))) != SIZE_MAX; at++) {
        bool whole;
        if (!plausible(postern_slice_from(bytes, at), &whole)) continue;
        if (whole) return at;
        if (cut == SIZE_MAX) cut = at;
    }
    return cut;
}
