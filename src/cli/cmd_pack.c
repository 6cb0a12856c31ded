/*
 * postern pack: a page and the local files it needs -> one archive. References are resolved as URLs against the address the
 * page gets, and only those below that address are files: opened beneath the folder (openat2, no links; T2), never fetched.
 */
#define _GNU_SOURCE
#include "cli_int.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_LOCATION "https://postern.invalid/" /* RFC 2606: a name that nobody can ever own */

static const cli_option options[] = {
    CLI_OPTION_WORD('o', "output", "OUT", out, "the archive to write (.mhtml); - is standard output"),
    CLI_OPTION_WORD('l', "location", "URL", location, "address that the folder gets (default " DEFAULT_LOCATION ")"),
    CLI_OPTION_WORD('w', "within", "DIR", within, "files come from below DIR (default: the folder of INDEX)"),
    CLI_OPTION_COMMON,
};

typedef struct packing {
    cli_job *job;
    postern_arena *arena;
    int folder;                /* what files must be beneath */
    const postern_url *base;   /* address of that folder; its path ends in '/' */
    const postern_url *document; /* base of the references now being followed */
    postern_pack_part *parts;
    postern_file **files;      /* own the bytes of the parts */
    const postern_url **urls;
    size_t count, room;
    uint64_t *seen;            /* hashes of locations, open addressing */
    size_t seen_room, seen_count;
    postern_slice title;
    uint64_t remote, missing;
    postern_status failure;
} packing;

static cli_exit say(packing *p, const char *what, postern_slice detail) {
    cli_message(p->job->err_fd, p->job->label, POSTERN_NO_OFFSET, "%s%.*s", what, (int)(detail.len < 600 ? detail.len : 600),
                (const char *)detail.ptr);
    return CLI_FAILED;
}

/* ---- locations seen ---- */

static uint64_t *seen_slot(uint64_t *table, size_t room, uint64_t hash) {
    size_t i = hash & (room - 1);
    while (table[i] && table[i] != hash) i = (i + 1) & (room - 1);
    return &table[i];
}

/* True when it is new; also when memory is out, which p->failure then says. */
static bool first_time(packing *p, postern_slice location) {
    if (p->seen_count * 2 >= p->seen_room) {
        size_t room = p->seen_room ? p->seen_room * 2 : 256;
        uint64_t *bigger = calloc(room, sizeof *bigger);
        if (!bigger) {
            p->failure = POSTERN_NOMEM;
            return true;
        }
        for (size_t i = 0; i < p->seen_room; i++)
            if (p->seen[i]) *seen_slot(bigger, room, p->seen[i]) = p->seen[i];
        free(p->seen);
        p->seen = bigger;
        p->seen_room = room;
    }
    uint64_t hash = postern_slice_hash(location, 1) | 1;
    uint64_t *slot = seen_slot(p->seen, p->seen_room, hash);
    if (*slot) return false;
    *slot = hash;
    p->seen_count++;
    return true;
}

/* ---- files ---- */

static bool make_room(packing *p) {
    if (p->count < p->room) return true;
    size_t room = p->room ? p->room * 2 : 64;
    postern_pack_part *parts = reallocarray(p->parts, room, sizeof *parts);
    if (parts) p->parts = parts;
    postern_file **files = parts ? reallocarray(p->files, room, sizeof(void *)) : NULL;
    if (files) p->files = files;
    const postern_url **urls = files ? reallocarray(p->urls, room, sizeof(void *)) : NULL;
    if (urls) p->urls = urls;
    if (!urls) return false;
    p->room = room;
    return true;
}

static postern_status add_part(packing *p, const postern_url *url, postern_slice name, postern_file *file) {
    if (p->count == POSTERN_LIMIT_PARTS) return POSTERN_LIMIT;
    if (!make_room(p)) return POSTERN_NOMEM;
    p->files[p->count] = file;
    p->urls[p->count] = url;
    p->parts[p->count++] = (postern_pack_part){.location = postern_url_without_fragment(url),
                                               .type = postern_slice_cstr(postern_pack_type_of_name(name)),
                                               .bytes = postern_file_bytes(file)};
    return POSTERN_OK;
}

/* The path below the folder that a URL names, or empty. */
static postern_slice path_below(packing *p, const postern_url *url) {
    postern_slice path = {0};
    if (!postern_slice_eq(url->scheme, p->base->scheme) || !postern_slice_eq(url->host, p->base->host) ||
        url->port != p->base->port || !postern_slice_starts(url->path, p->base->path))
        return path;
    if (postern_percent_decode(p->arena, postern_slice_from(url->path, p->base->path.len), &path)) p->failure = POSTERN_NOMEM;
    return path;
}

static void follow(packing *p, const postern_url *url, postern_slice path) {
    postern_error error = {0};
    postern_file *file = NULL;
    postern_slice name;
    int fd = -1;
    if (postern_slice_find_byte(path, 0, 0) != SIZE_MAX || postern_arena_copy(p->arena, path, &name)) {
        p->missing++;
        say(p, "not followed, no file can have this name: ", url->href);
        return;
    }
    postern_status status =
        postern_beneath_open(p->folder, (const char *)name.ptr, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, &fd, &error);
    if (!status) status = postern_file_read(fd, &file, &error);
    if (fd >= 0) close(fd);
    if (!status && (status = add_part(p, url, name, file))) postern_file_close(file);
    if (!status) return;
    if (status == POSTERN_NOMEM || status == POSTERN_LIMIT) p->failure = status;
    p->missing++;
    cli_message(p->job->err_fd, p->job->label, POSTERN_NO_OFFSET, "not followed: %s: %s", (const char *)name.ptr,
                error.text[0] ? error.text : postern_status_name(status));
}

static postern_status on_base(void *user, postern_slice text) {
    packing *p = user;
    const postern_url *url;
    postern_status status = postern_url_parse(p->arena, text, p->document, &url);
    if (status == POSTERN_NOMEM) return status;
    if (!status) p->document = url;
    return POSTERN_OK;
}

static postern_status on_reference(void *user, postern_slice text) {
    packing *p = user;
    const postern_url *url;
    postern_status status = postern_url_parse(p->arena, text, p->document, &url);
    if (status == POSTERN_NOMEM) return status;
    if (!status && !first_time(p, postern_url_without_fragment(url))) return p->failure;
    postern_slice path = status ? (postern_slice){0} : path_below(p, url);
    if (path.len) {
        follow(p, url, path);
    } else {
        p->remote++;
        if (p->job->args->verbose) say(p, "not local, left out: ", text);
    }
    return p->failure;
}

static cli_exit follow_all(packing *p) {
    const postern_pack_finder finder = {on_base, on_reference, p};
    for (size_t i = 0; i < p->count; i++) {
        p->document = p->urls[i];
        postern_pack_part part = p->parts[i];
        cli_progress_at(i);
        postern_status status = postern_pack_scan(p->arena, part.type, part.bytes, &finder, i ? NULL : &p->title);
        if (!status) continue;
        cli_message(p->job->err_fd, p->job->label, POSTERN_NO_OFFSET, "cannot follow the references of %.*s: %s",
                    POSTERN_ARG(part.location), postern_status_name(status));
        return cli_exit_of(status);
    }
    return CLI_CLEAN;
}

/* ---- the page itself ---- */

static cli_exit parse_location(packing *p) {
    const char *text = p->job->args->location ? p->job->args->location : DEFAULT_LOCATION;
    postern_status status = postern_url_parse(p->arena, postern_slice_cstr(text), NULL, &p->base);
    bool ok = !status && !p->base->has_query && !p->base->has_fragment && !p->base->opaque_path &&
              postern_slice_ends(p->base->path, POSTERN_S("/"));
    bool known = ok && (postern_slice_eq(p->base->scheme, POSTERN_S("https")) ||
                        postern_slice_eq(p->base->scheme, POSTERN_S("http")) ||
                        postern_slice_eq(p->base->scheme, POSTERN_S("file")));
    if (known) return CLI_CLEAN;
    cli_message(p->job->err_fd, NULL, POSTERN_NO_OFFSET,
                "pack: --location must be an http, https or file URL that ends in a slash, not %s", text);
    return CLI_USAGE;
}

/* Every byte of a path that a URL does not take as it is, '%' among them, so that decoding gives the name back. */
static void add_escaped_path(postern_buf *out, postern_slice path) {
    postern_percent_encode(path, "/-._~!$'()*,;=:@", out);
}

/* Where INDEX stands below the folder; both as the kernel sees them, so that links do not deceive the comparison. */
static cli_exit place_index(packing *p, postern_slice *ret_path) {
    static char index[PATH_MAX], folder[PATH_MAX];
    const char *within = p->job->args->within;
    if (!realpath(p->job->input, index)) {
        cli_message(p->job->err_fd, p->job->label, POSTERN_NO_OFFSET, "cannot find its folder: %s", strerror(errno));
        return CLI_UNUSABLE;
    }
    if (within && !realpath(within, folder)) {
        cli_message(p->job->err_fd, within, POSTERN_NO_OFFSET, "cannot open the folder: %s", strerror(errno));
        return CLI_UNUSABLE;
    }
    if (!within) {
        size_t len = (size_t)(strrchr(index, '/') - index);
        memcpy(folder, index, len);
        folder[len] = 0;
    }
    size_t len = strlen(folder);
    while (len && folder[len - 1] == '/') len--;
    if (strncmp(index, folder, len) || index[len] != '/') {
        cli_message(p->job->err_fd, p->job->label, POSTERN_NO_OFFSET, "is not below %s", folder);
        return CLI_USAGE;
    }
    *ret_path = postern_slice_cstr(index + len + 1);
    p->folder = open(len ? folder : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (p->folder >= 0) return CLI_CLEAN;
    cli_message(p->job->err_fd, folder, POSTERN_NO_OFFSET, "cannot open the folder: %s", strerror(errno));
    return CLI_UNUSABLE;
}

static cli_exit add_index(packing *p, postern_slice path) {
    postern_buf text;
    postern_buf_init(&text, 64 << 10);
    add_escaped_path(&text, path);
    postern_slice relative;
    const postern_url *url;
    postern_buf full;
    postern_buf_init(&full, 128 << 10);
    postern_buf_add_slice(&full, p->base->href);
    postern_buf_add_slice(&full, postern_buf_slice(&text));
    postern_status status =
        text.status || full.status ? POSTERN_NOMEM : postern_arena_copy(p->arena, postern_buf_slice(&full), &relative);
    if (!status) status = postern_url_parse(p->arena, relative, NULL, &url);
    if (!status) first_time(p, url->href);
    if (!status) status = add_part(p, url, path, p->job->file);
    if (!status) p->job->file = NULL; /* the list owns it now */
    if (!status && !strcmp((const char *)p->parts[0].type.ptr, "application/octet-stream"))
        p->parts[0].type = POSTERN_S("text/html"); /* the caller's word: this is the page */
    postern_buf_free(&text);
    postern_buf_free(&full);
    return status ? cli_exit_of(status) : CLI_CLEAN;
}

/* SOURCE_DATE_EPOCH, else when the page was last changed: the same files give the same archive. */
static int64_t date_of(const char *path) {
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    uint64_t seconds;
    struct stat st;
    if (epoch && postern_slice_uint(postern_slice_cstr(epoch), INT64_MAX, &seconds)) return (int64_t)seconds;
    return stat(path, &st) ? 0 : (int64_t)st.st_mtime;
}

static cli_exit write_archive(packing *p, int64_t date) {
    postern_error error = {0};
    postern_sink sink = postern_output_sink(p->job->out);
    postern_status status = postern_pack_write(p->parts, p->count, p->title, date, &sink, &error);
    if (status && status != POSTERN_IO) return cli_job_fail(p->job, &error);
    cli_exit code = cli_job_commit(p->job);
    if (!code && !p->job->args->quiet && (p->job->output || p->missing)) {
        cli_message(p->job->err_fd, p->job->label, POSTERN_NO_OFFSET,
                    "%zu part%s packed, %llu missing, %llu not local and left out", p->count, p->count == 1 ? "" : "s",
                    (unsigned long long)p->missing, (unsigned long long)p->remote);
    }
    return code;
}

static cli_exit pack_job(cli_job *job, packing *p) {
    int64_t date = date_of(job->input);
    postern_slice path = {0};
    cli_exit code = parse_location(p);
    if (!code) code = cli_job_open_input(job);
    if (!code) code = place_index(p, &path);
    if (!code) code = cli_job_open_output(job);
    if (!code) code = cli_job_sandbox(job, &p->folder, 1);
    if (!code) code = add_index(p, path);
    if (!code) code = follow_all(p);
    if (!code) code = write_archive(p, date);
    if (code) return code;
    return p->missing ? CLI_DEFECTS : CLI_CLEAN;
}

static cli_exit pack_one(cli_job *job) {
    packing p = {.job = job, .folder = -1, .arena = postern_arena_new(POSTERN_LIMIT_ARCHIVE_MEMORY)};
    cli_exit code = p.arena ? pack_job(job, &p) : CLI_FAILED;
    for (size_t i = 0; i < p.count; i++) postern_file_close(p.files[i]);
    if (p.folder >= 0) close(p.folder);
    free(p.parts);
    free(p.files);
    free(p.urls);
    free(p.seen);
    postern_arena_free(p.arena);
    return code;
}

static cli_exit run(const cli_args *args) {
    static const cli_plan plan = {.ending = ".mhtml"};
    struct stat st;
    if (!strcmp(args->files[0], "-") || (stat(args->files[0], &st) == 0 && S_ISDIR(st.st_mode))) {
        cli_message(STDERR_FILENO, args->files[0], POSTERN_NO_OFFSET,
                    "pack needs a file: the folder it stands in says where the rest is");
        return CLI_USAGE;
    }
    if (!args->out) {
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "pack: -o OUT.mhtml is missing; see postern help pack");
        return CLI_USAGE;
    }
    return cli_jobs_run(args, &plan, pack_one);
}

const cli_command cli_command_pack = {
    .name = "pack",
    .operands = "INDEX.html",
    .what = "a page and its local files as one archive",
    .about = "Writes an MHTML archive of INDEX.html and what it needs: pictures, styles, fonts,\n"
             "frames, sounds and films below its folder. Nothing is fetched; what is missing is\n"
             "said, what is not local is counted (-v names it). Scripts are not packed.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .min_files = 1,
    .max_files = 1,
    .run = run,
};
