/*
 * postern advisory census and assemble: what an OVAL definitions file needs of an evaluator; one file from the decomposed
 * layout of public repositories, where each definition, test, object, state and variable lies in a file named after its id.
 */
#define _GNU_SOURCE
#include "advisory.h"
#include "table.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { PIECES_MAX = 1000000, FOLDER_DEPTH_MAX = 16 };

/* ---- census ---- */

static void write_need(const postern_oval_need *need, bool as_json, cli_table *table, postern_buf *out) {
    if (!as_json) {
        cli_table_cell(table, postern_slice_cstr(need->group));
        cli_table_number(table, need->count);
        cli_table_cell(table, need->covered ? POSTERN_S("yes") : POSTERN_S("no"));
        cli_table_cell(table, need->name);
        cli_table_cell(table, need->reason);
        return;
    }
    postern_json json;
    postern_json_init(&json, out, false);
    postern_json_object(&json);
    postern_json_key(&json, "format");
    postern_json_uint(&json, 1);
    postern_json_key(&json, "group");
    postern_json_cstr(&json, need->group);
    postern_json_key(&json, "name");
    postern_json_string(&json, need->name);
    postern_json_key(&json, "count");
    postern_json_uint(&json, need->count);
    postern_json_key(&json, "covered");
    postern_json_bool(&json, need->covered);
    postern_json_key(&json, "reason");
    postern_json_string(&json, need->reason);
    postern_json_end_object(&json);
    postern_buf_add_byte(out, '\n');
}

static unsigned terminal_width(const cli_args *args) {
    struct winsize size;
    if (args->has_width) return (unsigned)args->width;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 0;
}

static cli_exit write_census(cli_job *job, const postern_oval *oval, const postern_oval_need *needs, size_t count) {
    cli_table table;
    postern_buf out;
    size_t tests = 0, covered = 0;
    postern_buf_init(&out, 256u << 20);
    cli_table_init(&table, 5, 4);
    table.right[1] = true;
    cli_table_cell(&table, POSTERN_S("NEEDS"));
    cli_table_cell(&table, POSTERN_S("COUNT"));
    cli_table_cell(&table, POSTERN_S("COVERED"));
    cli_table_cell(&table, POSTERN_S("NAME"));
    cli_table_cell(&table, POSTERN_S(""));
    for (size_t i = 0; i < count; i++) {
        if (!strcmp(needs[i].group, "test")) {
            tests += needs[i].count;
            covered += needs[i].covered ? needs[i].count : 0;
        }
        write_need(&needs[i], job->args->json, &table, &out);
    }
    if (!job->args->json) {
        postern_buf_printf(&out, "%zu definitions, %zu tests, %zu of them answered by a tree on disk\n",
                           postern_oval_definition_count(oval), tests, covered);
        if (count) cli_table_write(&table, terminal_width(job->args), &out);
    }
    bool ok = !out.status && !table.text.status && cli_write_all(job->out_fd, out.ptr, out.len);
    if (!ok) cli_message(job->err_fd, NULL, POSTERN_NO_OFFSET, "cannot write to standard output");
    cli_table_free(&table);
    postern_buf_free(&out);
    return ok ? CLI_CLEAN : CLI_FAILED;
}

static cli_exit census_one(cli_job *job) {
    postern_oval *oval;
    const postern_oval_need *needs;
    size_t count;
    postern_error error;
    cli_exit code = cli_job_open_input(job);
    if (!code) code = cli_job_sandbox(job, NULL, 0);
    if (code) return code;
    if (postern_oval_open(postern_file_bytes(job->file), &oval, &error)) return cli_job_fail(job, &error);
    if (postern_oval_census(oval, &needs, &count, &error))
        code = cli_job_fail(job, &error);
    else
        code = write_census(job, oval, needs, count);
    postern_oval_free(oval);
    return code;
}

cli_exit cli_advisory_census(const cli_args *args) {
    const cli_plan plan = {.stdout_joins = true};
    return cli_jobs_run(args, &plan, census_one);
}

/* ---- the pieces of a repository ---- */

typedef struct pieces {
    int root;
    char **paths; /* relative to the root */
    size_t count, room;
    postern_file *open; /* the last piece */
} pieces;

static const char *base_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int by_base(const void *a, const void *b) {
    return strcmp(base_of(*(char *const *)a), base_of(*(char *const *)b));
}

static bool keep(pieces *p, const char *folder, const char *name) {
    if (p->count == PIECES_MAX) return false;
    if (p->count == p->room) {
        size_t room = p->room ? p->room * 2 : 256;
        char **wider = reallocarray(p->paths, room, sizeof *wider);
        if (!wider) return false;
        p->paths = wider;
        p->room = room;
    }
    return asprintf(&p->paths[p->count], "%s%s%s", folder, *folder ? "/" : "", name) >= 0 && ++p->count;
}

/* Only names are looked at here; links are not followed. Takes over `fd`. */
static bool index_folder(pieces *p, int fd, const char *folder, unsigned depth) {
    DIR *dir = fdopendir(fd);
    bool ok = dir && depth < FOLDER_DEPTH_MAX;
    for (const struct dirent *e; ok && (e = readdir(dir));) {
        if (e->d_name[0] == '.') continue;
        postern_slice name = postern_slice_cstr(e->d_name);
        if (postern_slice_ends(name, POSTERN_S(".xml"))) {
            ok = keep(p, folder, e->d_name);
            continue;
        }
        int inner = openat(dirfd(dir), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (inner < 0) continue;
        char *path;
        ok = asprintf(&path, "%s%s%s", folder, *folder ? "/" : "", e->d_name) >= 0;
        if (!ok) {
            close(inner);
            break;
        }
        ok = index_folder(p, inner, path, depth + 1);
        free(path);
    }
    if (dir)
        closedir(dir);
    else
        close(fd);
    return ok;
}

/* oval:org.mitre.oval:def:990 lies in oval_org.mitre.oval_def_990.xml */
static const char *find_piece(const pieces *p, postern_slice id) {
    char *name;
    if (id.len > 255 || asprintf(&name, "%.*s.xml", POSTERN_ARG(id)) < 0) return NULL;
    for (char *c = name; *c; c++)
        if (*c == ':') *c = '_';
    char **found = p->count ? bsearch(&name, p->paths, p->count, sizeof *p->paths, by_base) : NULL;
    free(name);
    return found ? *found : NULL;
}

static postern_status read_piece(void *user, postern_slice id, postern_slice *ret_xml, postern_error *reterr) {
    pieces *p = user;
    int fd;
    const char *path = find_piece(p, id);
    if (!path) return POSTERN_NOTFOUND;
    postern_status status = postern_beneath_open(p->root, path, O_RDONLY, 0, &fd, reterr);
    if (status) return status;
    postern_file_close(p->open);
    p->open = NULL;
    status = postern_file_read(fd, &p->open, reterr);
    close(fd);
    if (!status) *ret_xml = postern_file_bytes(p->open);
    return status;
}

/* ---- assemble ---- */

static void say_missing(postern_slice missing) {
    while (missing.len) {
        postern_cut line = postern_slice_cut(missing, '\n');
        missing = line.tail;
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "advisory assemble: %.*s is not in the folder",
                    POSTERN_ARG(line.head));
    }
}

static cli_exit write_assembled(const cli_args *args, pieces *p, postern_output *out) {
    postern_slice *ids = calloc(args->file_count, sizeof *ids);
    const postern_oval_pieces source = {read_piece, p};
    postern_buf text, missing;
    postern_error error = {.status = POSTERN_NOMEM, .offset = POSTERN_NO_OFFSET, .text = "no memory"};
    postern_buf_init(&text, POSTERN_LIMIT_OVAL_INPUT);
    postern_buf_init(&missing, 64u << 20);
    for (size_t i = 1; ids && i < args->file_count; i++) ids[i - 1] = postern_slice_cstr(args->files[i]);
    postern_status status =
        ids ? postern_oval_assemble(ids, args->file_count - 1, &source, &text, &missing, &error) : POSTERN_NOMEM;
    cli_exit code = status ? cli_exit_of(status) : missing.len ? CLI_DEFECTS : CLI_CLEAN;
    if (status) cli_message_error(STDERR_FILENO, args->files[0], &error);
    postern_sink sink = postern_output_sink(out);
    if (!status && (postern_sink_write(&sink, postern_buf_slice(&text)) || postern_output_commit(out, &error))) {
        cli_message_error(STDERR_FILENO, args->out, &error);
        code = CLI_FAILED;
    }
    say_missing(postern_buf_slice(&missing));
    postern_buf_free(&text);
    postern_buf_free(&missing);
    free(ids);
    return code;
}

static cli_exit assemble(const cli_args *args, pieces *p) {
    postern_output *out = NULL;
    postern_error error;
    int parent = -1;
    if (cli_output_open(args->out ? args->out : "-", &out, &parent, &error)) {
        cli_message_error(STDERR_FILENO, args->out, &error);
        return error.status == POSTERN_USAGE ? CLI_USAGE : CLI_FAILED;
    }
    cli_guard_add(out);
    cli_reach reach = {&parent, parent >= 0 ? 1 : 0, &p->root, 1, false};
    cli_exit code = cli_sandbox(args, &reach, STDERR_FILENO, args->files[0]);
    if (!code) code = write_assembled(args, p, out);
    if (parent >= 0) close(parent);
    cli_guard_remove(out);
    postern_output_free(out);
    return code;
}

cli_exit cli_advisory_assemble(const cli_args *args) {
    pieces p = {.root = open(args->files[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    int fd = p.root >= 0 ? openat(p.root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd < 0) {
        cli_message(STDERR_FILENO, args->files[0], POSTERN_NO_OFFSET, "cannot open the folder: %s", strerror(errno));
        return CLI_UNUSABLE;
    }
    cli_guard_install(args->files[0], STDERR_FILENO);
    cli_exit code = CLI_FAILED;
    if (index_folder(&p, fd, "", 0)) {
        if (p.count) qsort(p.paths, p.count, sizeof *p.paths, by_base);
        code = assemble(args, &p);
    } else {
        cli_message(STDERR_FILENO, args->files[0], POSTERN_NO_OFFSET, "the folder is too deep or too large, or cannot be read");
    }
    for (size_t i = 0; i < p.count; i++) free(p.paths[i]);
    free(p.paths);
    postern_file_close(p.open);
    close(p.root);
    return code;
}
