/*
 * The keeper of a store: one process, in a sandbox, that opens it, keeps its rows, and answers questions one after the other
 * for as long as the viewer lives. It may read below the store and write its index, nothing else. When it dies, another takes
 * its place; the index makes that quick.
 *
 * Rows come first; then, while questions go on being answered in between, the words of all texts for the search. A keeper may
 * be started without them: when two have died over them, senders and subjects have to do.
 */
#define _GNU_SOURCE
#include "view_int.h"

#include "postern/mailbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINK = 3, STORE = 4, CACHE = 5, ROWS_MAX = 500, FOLDERS_MAX = 2000, STATE_EVERY = 100, ASK_MAX = 8192 };

typedef struct keeper {
    const postern_viewer_options *options;
    postern_store *store;
    postern_store_list *list; /* of `query` */
    postern_buf query;
    int64_t told;            /* when the last state was */
    bool learns, learning;   /* it may make the index of words; it does */
    uint64_t learned, texts; /* bytes, of all */
    bool lost;               /* the viewer is gone, or a question could not be answered */
} keeper;

static bool write_all(const postern_buf *buf) {
    for (size_t done = 0; done < buf->len;) {
        ssize_t wrote = write(LINK, buf->ptr + done, buf->len - done);
        if (wrote > 0)
            done += (size_t)wrote;
        else if (errno != EINTR)
            return false;
    }
    return buf->status == POSTERN_OK;
}

static void key_uint(postern_json *json, const char *key, uint64_t value) {
    postern_json_key(json, key);
    postern_json_uint(json, value);
}

static void key_text(postern_json *json, const char *key, postern_slice value) {
    postern_json_key(json, key);
    postern_json_string(json, value);
}

static bool tell(postern_buf *text) {
    postern_buf frame;
    postern_buf_init(&frame, 2 * VIEW_FRAME_MAX);
    view_frame_put(&frame, VIEW_FRAME_STATE, postern_buf_slice(text));
    bool told = !text->status && write_all(&frame);
    postern_buf_free(&frame);
    postern_buf_free(text);
    return told;
}

/* ---- opening -------------------------------------------------------------------------------------------------------- */

static bool answer_waiting(keeper *k);
static bool answer_lists(keeper *k);

static bool has_question(void) {
    struct pollfd look = {.fd = LINK, .events = POLLIN};
    return poll(&look, 1, 0) > 0;
}

static bool on_progress(void *user, const postern_store_progress *progress) {
    keeper *k = user;
    postern_buf text;
    postern_json json;
    int64_t now = view_clock();
    if (progress->stage == POSTERN_STORE_WORDS) {
        k->learned = progress->done;
        k->texts = progress->total;
        return k->learns && answer_waiting(k);
    }
    if (progress->stage == POSTERN_STORE_FETCH) return answer_lists(k);
    if (now - k->told < STATE_EVERY) return true;
    k->told = now;
    if (has_question()) return false; /* there is none before the store is open: the viewer is gone */
    postern_buf_init(&text, 4096);
    postern_json_init(&json, &text, false);
    postern_json_object(&json);
    postern_json_key(&json, "ready");
    postern_json_bool(&json, false);
    key_uint(&json, "done", progress->done);
    key_uint(&json, "total", progress->total);
    key_uint(&json, "messages", progress->messages);
    postern_json_end_object(&json);
    return tell(&text);
}

/* What the search looks at: "made" all texts; "making" and "none" senders and subjects. */
static const char *words_of(const keeper *k) {
    return postern_store_has_words(k->store) ? "made" : k->learning ? "making" : "none";
}

static bool tell_opened(const keeper *k, postern_status status, const postern_error *error) {
    postern_buf text;
    postern_json json;
    bool single = status || postern_store_kind_of(k->store) == POSTERN_STORE_MESSAGE;
    postern_buf_init(&text, 4096);
    postern_json_init(&json, &text, false);
    postern_json_object(&json);
    postern_json_key(&json, "ready");
    postern_json_bool(&json, true);
    postern_json_key(&json, "single");
    postern_json_bool(&json, single);
    if (status) {
        postern_json_key(&json, "error");
        postern_json_cstr(&json, error->text);
    } else {
        postern_json_key(&json, "kind");
        postern_json_cstr(&json, postern_store_kind_name(postern_store_kind_of(k->store)));
        key_uint(&json, "count", postern_store_count(k->store));
        postern_json_key(&json, "words");
        postern_json_cstr(&json, words_of(k));
    }
    postern_json_end_object(&json);
    return tell(&text);
}

static postern_status open_store(keeper *k, postern_error *reterr) {
    postern_store_options options = {.name = postern_slice_cstr(k->options->name),
                                     .has_cache = k->options->has_cache,
                                     .cache_dir = CACHE,
                                     .cache_name = k->options->cache_name,
                                     .progress = on_progress,
                                     .user = k};
    return postern_store_open(STORE, &options, &k->store, reterr);
}

/* ---- rows ----------------------------------------------------------------------------------------------------------- */

static uint64_t number_of(postern_slice query, const char *name, uint64_t otherwise) {
    postern_buf value;
    uint64_t number;
    postern_buf_init(&value, 32);
    if (!view_query_get(query, name, &value) || !postern_slice_uint(postern_buf_slice(&value), UINT32_MAX, &number))
        number = otherwise;
    postern_buf_free(&value);
    return number;
}

static bool is_word(postern_slice query, const char *name, const char *word) {
    postern_buf value;
    postern_buf_init(&value, 64);
    bool same = view_query_get(query, name, &value) && postern_slice_eq(postern_buf_slice(&value), postern_slice_cstr(word));
    postern_buf_free(&value);
    return same;
}

static void what_is_wanted(postern_slice query, postern_store_query *wanted) {
    static const struct {
        const char *word;
        postern_store_column column;
    } columns[] = {
        {"date", POSTERN_STORE_BY_DATE}, {"sender", POSTERN_STORE_BY_SENDER},         {"subject", POSTERN_STORE_BY_SUBJECT},
        {"size", POSTERN_STORE_BY_SIZE}, {"attachment", POSTERN_STORE_BY_ATTACHMENT}, {"zone", POSTERN_STORE_BY_ZONE}};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (is_word(query, "sort", columns[i].word)) wanted->sort = columns[i].column;
    wanted->descending = view_query_flag(query, "desc");
    wanted->threads = view_query_flag(query, "threads");
    if (is_word(query, "show", "unread")) wanted->without = POSTERN_STORE_SEEN;
    if (is_word(query, "show", "flagged")) wanted->with = POSTERN_STORE_FLAGGED;
    if (is_word(query, "show", "attachments")) wanted->with = POSTERN_STORE_ATTACHMENT;
    if (is_word(query, "show", "pages")) wanted->with = POSTERN_STORE_PAGE;
    if (is_word(query, "show", "gone")) {
        wanted->with = POSTERN_STORE_GONE;
        wanted->gone = true;
    }
}

/* The list of a query is kept: scrolling asks for the same one again and again. */
static postern_status find(keeper *k, postern_slice query, postern_error *reterr) {
    postern_store_query wanted = {.sort = POSTERN_STORE_BY_ORDER};
    postern_buf words, folder, key;
    postern_status status = POSTERN_OK;
    postern_buf_init(&words, ASK_MAX);
    postern_buf_init(&folder, ASK_MAX);
    postern_buf_init(&key, ASK_MAX);
    postern_buf_add_slice(&key, postern_slice_sub(query, 0, postern_slice_find(query, 0, POSTERN_S("&from="))));
    if (!k->list || !postern_slice_eq(postern_buf_slice(&key), postern_buf_slice(&k->query))) {
        postern_store_list_free(k->list);
        k->list = NULL;
        what_is_wanted(query, &wanted);
        if (view_query_get(query, "q", &words)) wanted.words = postern_buf_slice(&words);
        wanted.in_folder = view_query_get(query, "folder", &folder);
        wanted.folder = postern_buf_slice(&folder);
        status = postern_store_find(k->store, &wanted, &k->list, reterr);
        postern_buf_free(&k->query);
        k->query = key;
        postern_buf_init(&key, ASK_MAX);
    }
    postern_buf_free(&words);
    postern_buf_free(&folder);
    postern_buf_free(&key);
    return status;
}

static void json_row(postern_json *json, const keeper *k, const postern_store_entry *entry) {
    postern_store_row row;
    if (!postern_store_row_at(k->store, entry->row, &row)) return;
    postern_json_object(json);
    key_uint(json, "row", entry->row);
    key_uint(json, "depth", entry->depth);
    key_text(json, "sender", row.sender);
    key_text(json, "address", row.address);
    key_text(json, "subject", row.subject);
    key_text(json, "folder", row.folder);
    if (row.has_date) {
        postern_json_key(json, "date");
        postern_json_int(json, row.date);
    }
    key_uint(json, "flags", row.flags);
    key_uint(json, "size", row.size);
    postern_json_key(json, "zone");
    postern_json_cstr(json, postern_zone_name(row.zone));
    postern_json_end_object(json);
}

static void json_folders(postern_json *json, const keeper *k) {
    postern_json_key(json, "folders");
    postern_json_array(json);
    const postern_slice *folder;
    for (uint32_t i = 0; i < FOLDERS_MAX && (folder = postern_store_folder_at(k->store, i)); i++)
        postern_json_string(json, *folder);
    postern_json_end_array(json);
}

static void json_list(postern_json *json, const keeper *k, postern_slice query) {
    size_t total = postern_store_list_count(k->list);
    uint64_t from = number_of(query, "from", 0), count = number_of(query, "count", 100);
    const postern_store_entry *entries = postern_store_list_entries(k->list);
    if (count > ROWS_MAX) count = ROWS_MAX;
    postern_json_object(json);
    key_uint(json, "format", 1);
    postern_json_key(json, "ready");
    postern_json_bool(json, true);
    postern_json_key(json, "kind");
    postern_json_cstr(json, postern_store_kind_name(postern_store_kind_of(k->store)));
    key_uint(json, "count", postern_store_count(k->store));
    key_uint(json, "total", total);
    key_uint(json, "from", from);
    postern_json_key(json, "words");
    postern_json_cstr(json, words_of(k));
    if (k->learning) {
        key_uint(json, "learned", k->learned);
        key_uint(json, "texts", k->texts);
    }
    if (view_query_flag(query, "folders")) json_folders(json, k);
    postern_json_key(json, "rows");
    postern_json_array(json);
    for (uint64_t i = from; i < total && i - from < count; i++) json_row(json, k, &entries[i]);
    postern_json_end_array(json);
    postern_json_end_object(json);
}

static void send_list(keeper *k, postern_slice query, view_out *out) {
    view_job job = {.what = VIEW_INFO};
    postern_error error = {0};
    postern_buf text;
    postern_json json;
    postern_buf_init(&text, 16u << 20);
    postern_json_init(&json, &text, false);
    if (find(k, query, &error))
        view_fail(&job, out, 422, N_("The list could not be made"), error.text);
    else {
        json_list(&json, k, query);
        view_out_head(out, 200, VIEW_MEDIA_JSON);
        postern_sink_write(&out->sink, postern_buf_slice(&text));
        if (text.status) out->failed = true;
    }
    postern_buf_free(&text);
}

/* ---- messages ------------------------------------------------------------------------------------------------------- */

static void send_message(keeper *k, postern_slice query, view_out *out) {
    view_job job = {.what = VIEW_INFO};
    uint32_t number = (uint32_t)number_of(query, "row", POSTERN_NO_ROW);
    postern_store_row row;
    postern_error error = {0};
    postern_buf message, name;
    postern_buf_init(&message, SIZE_MAX);
    postern_buf_init(&name, 4096);
    if (!postern_store_row_at(k->store, number, &row))
        view_fail(&job, out, 404, "", "");
    else if (postern_store_message(k->store, number, &message, &error))
        view_fail(&job, out, 422, "", error.text);
    else {
        bool page = row.flags & POSTERN_STORE_PAGE;
        postern_safe_name(row.file.len ? row.file : row.subject,
                          page ? POSTERN_S("multipart/related") : POSTERN_S("message/rfc822"), number, &name);
        view_out_file(out, POSTERN_MEDIA_NONE, (uint8_t)row.zone, postern_buf_slice(&name));
        postern_sink_write(&out->sink, postern_buf_slice(&message));
        if (name.status) out->failed = true;
    }
    postern_buf_free(&message);
    postern_buf_free(&name);
}

/* ---- the loop ------------------------------------------------------------------------------------------------------- */

static bool read_all(void *into, size_t len) {
    for (size_t done = 0; done < len;) {
        ssize_t got = read(LINK, (char *)into + done, len - done);
        if (got == 0 || (got < 0 && errno != EINTR)) return false;
        if (got > 0) done += (size_t)got;
    }
    return true;
}

/* The next question, as far as its end. */
static bool read_question(uint8_t ask[ASK_MAX], postern_slice *ret_question) {
    uint8_t prefix[VIEW_FRAME_PREFIX];
    if (!read_all(prefix, sizeof prefix) || prefix[0] != VIEW_FRAME_ASK) return false;
    postern_cursor cursor = postern_cursor_of(postern_slice_of(prefix + 1, 4));
    uint32_t len = postern_cursor_le32(&cursor);
    if (len > ASK_MAX || !read_all(ask, len)) return false;
    *ret_question = postern_slice_of(ask, len);
    return true;
}

static bool answer_one(keeper *k) {
    static uint8_t ask[ASK_MAX];
    static view_out out;
    postern_slice question;
    if (!read_question(ask, &question)) return false;
    postern_cut cut = postern_slice_cut(question, '?');
    view_out_init(&out, LINK);
    if (postern_slice_eq(cut.head, POSTERN_S("list")))
        send_list(k, cut.tail, &out);
    else
        send_message(k, cut.tail, &out);
    if (!out.failed && !k->lost) view_out_end(&out);
    return !out.failed && !k->lost;
}

/* While a message is read out of an archive, lists go on being answered. Nothing of the message's answer is written yet. */
static bool answer_lists(keeper *k) {
    static uint8_t ask[ASK_MAX];
    static view_out out;
    while (!k->lost && has_question()) {
        postern_slice question = {0};
        postern_buf frame;
        postern_buf_init(&frame, 64);
        view_frame_put(&frame, VIEW_FRAME_FIRST, POSTERN_S(""));
        bool good = read_question(ask, &question);
        postern_cut cut = postern_slice_cut(question, '?');
        good = good && postern_slice_eq(cut.head, POSTERN_S("list")) && write_all(&frame);
        postern_buf_free(&frame);
        view_out_init(&out, LINK);
        if (good) send_list(k, cut.tail, &out);
        if (good && !out.failed) view_out_end(&out);
        k->lost = !good || out.failed;
    }
    return !k->lost;
}

static bool answer_waiting(keeper *k) {
    while (!k->lost && has_question()) k->lost = !answer_one(k);
    return !k->lost;
}

/* Afterwards the list at hand is no longer what its words find. Without memory, or in a store that changed, there are none. */
static bool learn(keeper *k) {
    k->learning = true;
    if (!tell_opened(k, POSTERN_OK, NULL)) return false;
    postern_status ignored = postern_store_learn(k->store, NULL);
    (void)ignored;
    k->learning = false;
    postern_store_list_free(k->list);
    k->list = NULL;
    return !k->lost && tell_opened(k, POSTERN_OK, NULL);
}

static bool enter_sandbox(const postern_viewer_options *options) {
    static const int read_dirs[] = {STORE}, write_dirs[] = {CACHE};
    struct stat st;
    if (options->without_sandbox) return true;
    if (fstat(STORE, &st)) return false;
    postern_sandbox rules = {.read_dirs = read_dirs,
                             .read_dir_count = S_ISDIR(st.st_mode) ? 1 : 0,
                             .write_dirs = write_dirs,
                             .write_dir_count = options->has_cache ? 1 : 0,
                             .more_memory = options->max_memory};
    return postern_sandbox_enter(&rules, NULL, NULL) == POSTERN_OK;
}

static int keep(const postern_viewer_options *options, bool learns, pid_t viewer, view_session *session, int link) {
    const int fds[] = {link, options->store, options->cache_dir};
    keeper k = {.options = options, .learns = learns};
    postern_error error = {0};
    umask(077); /* the index says what the mails say */
    if (!view_process_begin(viewer, session, fds, options->has_cache ? 3 : 2) || !enter_sandbox(options)) return 1;
    postern_buf_init(&k.query, ASK_MAX);
    postern_status status = open_store(&k, &error);
    bool single = status || postern_store_kind_of(k.store) == POSTERN_STORE_MESSAGE;
    if (single) return tell_opened(&k, status, &error) ? 0 : 1;
    if (!learn(&k)) return 0;
    while (answer_one(&k)) {
    }
    return 0;
}

postern_status view_keeper_start(const postern_viewer_options *options, bool learns, view_session *session,
                                 view_reader *ret_reader, postern_error *reterr) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
        return postern_fail_errno(reterr, errno, "no socket for the store");
    pid_t viewer = getpid(), pid = fork();
    if (pid == 0) _exit(keep(options, learns, viewer, session, ends[1]));
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return postern_fail_errno(reterr, errno, "no process for the store");
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    *ret_reader = (view_reader){.pid = pid, .fd = ends[0], .deadline = INT64_MAX};
    return POSTERN_OK;
}
