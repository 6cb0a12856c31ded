/*
 * audit --html and --vex. One root: one file each. Several roots, or a folder that is there: in the folder a file for each root
 * under a name made by us, and index.html, the matrix with its links. Folders and names are made before any tree is opened.
 *
 * What the index says of a root comes from its worker, over a page of memory that the two share. A worker that hostile bytes
 * took over must not speak for others: it keeps its own page only. Whatever stands in it is escaped by the index.
 */
#define _GNU_SOURCE
#include "audit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 4096 };

static struct {
    bool html, vex; /* into folders */
    size_t count, ended;
    char **names;  /* of each root, without an ending */
    uint8_t *pages; /* a cli_audit_line at the start of each */
} outputs;

_Static_assert(sizeof(cli_audit_line) <= PAGE, "a line of the index is larger than its page");

static cli_audit_line *line_of(size_t index) {
    return (cli_audit_line *)(void *)(outputs.pages + index * PAGE);
}

/* ---- before the workers ---- */

/* "host1" of "/mnt/host1/"; never empty. */
postern_slice cli_audit_own_name(const char *root) {
    postern_slice path = postern_slice_cstr(root);
    while (path.len > 1 && path.ptr[path.len - 1] == '/') path.len--;
    postern_cut cut = postern_slice_cut_last(path, '/');
    postern_slice name = cut.ok && cut.tail.len ? cut.tail : path;
    return postern_slice_eq(name, POSTERN_S(".")) || postern_slice_eq(name, POSTERN_S("..")) ? POSTERN_S("system") : name;
}

static cli_exit no_memory(void) {
    cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "no memory");
    return CLI_FAILED;
}

/* Letters, digits, '-', '_' and '.' of ASCII, so that a name is the same in a link, a shell and every file system. */
static bool add_name(const char *root, cli_names *names, char **ret_name) {
    postern_buf name;
    postern_slice own = cli_audit_own_name(root);
    postern_buf_init(&name, 1 << 16);
    for (size_t i = 0; i < own.len && i < 100; i++) {
        uint8_t c = own.ptr[i];
        bool plain = postern_ascii_alpha(c) || postern_ascii_digit(c) || c == '-' || (c == '.' && i);
        postern_buf_add_byte(&name, plain ? c : '_');
    }
    postern_buf_add_slice(&name, POSTERN_S(".html"));
    bool ok = cli_names_unique(names, &name);
    *ret_name = ok ? strndup((const char *)name.ptr, name.len - 5) : NULL;
    postern_buf_free(&name);
    return *ret_name != NULL;
}

static cli_exit make_names(const cli_args *args) {
    cli_names *names = cli_names_new();
    postern_buf index;
    postern_buf_init(&index, 64);
    postern_buf_add_slice(&index, POSTERN_S("index.html"));
    outputs.count = args->file_count;
    outputs.names = calloc(outputs.count, sizeof *outputs.names);
    bool ok = names && outputs.names && cli_names_unique(names, &index);
    for (size_t i = 0; i < outputs.count && ok; i++) ok = add_name(args->files[i], names, &outputs.names[i]);
    postern_buf_free(&index);
    cli_names_free(names);
    return ok ? CLI_CLEAN : no_memory();
}

/* Whether `path` is to be a folder; made when several roots need one. */
static cli_exit folder_of(const char *path, bool many, bool *ret_folder) {
    struct stat st;
    *ret_folder = false;
    if (!path || !strcmp(path, "-")) {
        if (!path || !many) return CLI_CLEAN;
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "audit: several roots need a folder for --html and --vex, not -");
        return CLI_USAGE;
    }
    bool there = stat(path, &st) == 0;
    *ret_folder = there ? S_ISDIR(st.st_mode) : many;
    if (there && many && !*ret_folder) {
        cli_message(STDERR_FILENO, path, POSTERN_NO_OFFSET, "several roots need a folder for --html and --vex; this is a file");
        return CLI_USAGE;
    }
    if (there || !many || mkdir(path, 0777) == 0) return CLI_CLEAN;
    cli_message(STDERR_FILENO, path, POSTERN_NO_OFFSET, "cannot make the folder: %s", strerror(errno));
    return CLI_FAILED;
}

cli_exit cli_audit_outputs_plan(const cli_args *args) {
    cli_exit code = folder_of(args->html, args->file_count > 1, &outputs.html);
    if (!code) code = folder_of(args->vex, args->file_count > 1, &outputs.vex);
    if (code || (!outputs.html && !outputs.vex)) return code;
    code = make_names(args);
    if (code || !outputs.html) return code;
    outputs.pages = mmap(NULL, outputs.count * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (outputs.pages == MAP_FAILED) outputs.pages = NULL;
    return outputs.pages ? CLI_CLEAN : no_memory();
}

/* ---- in a worker ---- */

static char *path_in(const char *folder, const char *name, const char *ending) {
    char *path = NULL;
    return asprintf(&path, "%s/%s%s", folder, name, ending) < 0 ? NULL : path;
}

char *cli_audit_output_path(const cli_job *job, bool vex) {
    const char *path = vex ? job->args->vex : job->args->html;
    if (!(vex ? outputs.vex : outputs.html)) return strdup(path);
    return path_in(path, outputs.names[job->index], vex ? ".json" : ".html");
}

void cli_audit_outputs_keep_own(const cli_job *job) {
    size_t before = job->index * PAGE, behind = (outputs.count - job->index - 1) * PAGE;
    if (!outputs.pages || !job->worker) return;
    if (before) munmap(outputs.pages, before);
    if (behind) munmap(outputs.pages + before + PAGE, behind);
}

void cli_audit_outputs_tell(const cli_job *job, const cli_audit *a) {
    postern_buf answer;
    if (!outputs.pages) return;
    cli_audit_line *line = line_of(job->index);
    postern_buf_init(&answer, 1 << 16);
    cli_audit_answer(a, &answer);
    line->verdict = a->report->verdict;
    for (size_t i = 0; i < POSTERN_AUDIT_COMPONENTS; i++) line->component[i] = a->report->components[i].verdict;
    line->answer_length = answer.len < sizeof line->answer ? answer.len : sizeof line->answer;
    if (line->answer_length) memcpy(line->answer, answer.ptr, line->answer_length);
    line->told = !answer.status;
    postern_buf_free(&answer);
}

/* ---- behind the workers ---- */

/* Called in the order of the roots. A worker that failed has no report to link to. */
void cli_audit_outputs_ended(cli_exit code) {
    if (outputs.pages && outputs.ended < outputs.count && code == CLI_FAILED) line_of(outputs.ended)->told = false;
    outputs.ended++;
}

cli_exit cli_audit_outputs_finish(const cli_args *args) {
    postern_buf out;
    postern_error error;
    postern_output *index = NULL;
    int dir = -1;
    cli_exit code = CLI_CLEAN;
    char *path = outputs.html ? path_in(args->html, "index", ".html") : NULL;
    if (!outputs.html) return CLI_CLEAN;
    postern_buf_init(&out, 256u << 20);
    cli_audit_html_index(args->files, (const char *const *)outputs.names, outputs.pages, PAGE, outputs.count, &out);
    postern_status status = path ? cli_output_open(path, &index, &dir, &error) : POSTERN_NOMEM;
    if (!path) postern_fail(&error, status, POSTERN_NO_OFFSET, "no memory");
    if (!status) {
        postern_sink sink = postern_output_sink(index);
        status = out.status ? postern_fail(&error, out.status, POSTERN_NO_OFFSET, "the index is too large")
                            : postern_sink_write(&sink, postern_buf_slice(&out));
        if (!status) status = postern_output_commit(index, &error);
    }
    if (status) {
        cli_message(STDERR_FILENO, path ? path : args->html, POSTERN_NO_OFFSET, "%s", error.text);
        code = CLI_FAILED;
    }
    postern_output_free(index);
    if (dir >= 0) close(dir);
    postern_buf_free(&out);
    free(path);
    return code;
}

void cli_audit_outputs_free(void) {
    for (size_t i = 0; i < outputs.count && outputs.names; i++) free(outputs.names[i]);
    free(outputs.names);
    if (outputs.pages) munmap(outputs.pages, outputs.count * PAGE);
}
