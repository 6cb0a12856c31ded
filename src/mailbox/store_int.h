/*
 * The store index: what its files share.
 *
 *   store_walk.c    which files there are, and every message in them, in one fixed order
 *   store_head.c    one message -> one row
 *   store_text.c    text that is safe to show; folding for comparison
 *   store_build.c   all messages -> rows, ranks, threads (store_thread.c)
 *   store_cache.c   rows <-> bytes of the cache file
 *   store_grow.c    what can be kept of the rows of another time
 *   store_find.c    search, sort, threads of a list
 *   store.c         the object
 */
#ifndef POSTERN_STORE_INT_H
#define POSTERN_STORE_INT_H

#include "mailbox_int.h"

/* How a message's bytes stand in their file or member. */
typedef enum store_how {
    STORE_WHOLE,       /* the file or member is the message */
    STORE_MBOX,        /* behind a From_ line; ">From " is quoted */
    STORE_MBOX_LENGTH, /* the same, its length given: nothing is quoted */
    STORE_DBX,         /* a chain of segments; offset is the first, 0: none */
    STORE_PST,         /* made of the item with the number `offset` */
    STORE_HOW_COUNT
} store_how;

typedef struct store_place {
    uint32_t file, member; /* member: number in the archive, 0: the file is none */
    uint64_t offset, length;
    store_how how;
} store_place;

/* Part of a text heap. */
typedef struct store_text {
    uint32_t at;
    uint32_t len;
} store_text;

typedef struct store_rec {
    store_place place;
    int64_t date;
    uint64_t size, id_hash;
    uint32_t flags, parent, folder;
    int32_t date_offset;
    store_text sender, address, subject, file;
    uint32_t sender_rank, subject_rank;
    uint32_t doc; /* its number in the index of words; it keeps it when rows are added or go */
    uint8_t zone;
    bool has_date;
} store_rec;

/* A file of the store, as it was when its rows were made. */
typedef struct store_file {
    store_text path; /* in `paths`: below the store, as the system has it; empty: the store itself */
    uint64_t size, mtime, inode;
    bool maildir; /* in cur or new of one */
    bool grows;   /* an mbox: the two below are known */
    uint64_t digest;  /* of all its bytes: store_digest */
    uint64_t settled; /* where the first message begins (its From_ line) that more bytes behind the end may change */
    uint32_t first_row, row_count;
} store_file;

/* Messages that came into the index of words together: their numbers from `doc` on. */
typedef struct store_generation {
    uint32_t doc;
    uint64_t id; /* the store's fingerprint of that time */
} store_generation;

/* What threads are made from. */
typedef struct store_refs {
    uint64_t *hashes; /* oldest first */
    size_t count, room;
} store_refs;

typedef struct store_index store_index;

struct postern_store {
    int fd;
    bool is_folder, cached;
    postern_store_kind kind;
    postern_store_options options;
    postern_buf name; /* copies of what options point to */
    postern_buf cache_name;
    postern_notes notes;
    store_file *files;
    uint32_t file_count, file_room;
    store_text *folders;
    postern_slice *folder_views; /* of texts, made when the store is whole */
    uint32_t folder_count, folder_room;
    store_rec *recs;
    uint32_t rec_count, rec_room;
    store_refs refs;
    uint32_t *starts; /* of each row's references, and where the last one's end */
    uint32_t starts_room;
    store_generation generations[POSTERN_LIMIT_STORE_GENERATIONS];
    uint32_t generation_count, docs;
    postern_buf paths; /* of files; it stays as it is while rows are made: messages view it */
    postern_buf texts;
    uint64_t fingerprint; /* of files */
    uint64_t total;       /* bytes of files */
    postern_file *open;   /* the file read last */
    uint32_t open_index;
    mailbox_pst *pst; /* of the file read last, as far as it was asked for; over its bytes */
    bool walking; /* store_each reads from `open` */
    uint64_t told; /* bytes done when progress was told last */
    store_index *index; /* of words, or NULL */
};

static inline postern_slice store_text_of(const postern_store *store, store_text text) {
    return postern_slice_sub(postern_buf_slice(&store->texts), text.at, text.len);
}

static inline postern_slice store_path_of(const postern_store *store, uint32_t file) {
    store_text path = store->files[file].path;
    return postern_slice_sub(postern_buf_slice(&store->paths), path.at, path.len);
}

/* ---- store_grow.c ---- */

/* The digest of the whole of a file: of each STORE_DIGEST_CHUNK bytes, and of what is left. */
enum { STORE_DIGEST_CHUNK = 1 << 20 };
typedef struct store_digest {
    size_t at; /* whole chunks so far end here */
    uint64_t hash;
} store_digest;
/* Takes the whole chunks up to `end`. */
void store_digest_to(store_digest *digest, postern_slice bytes, size_t end);
uint64_t store_digest_end(const store_digest *digest, postern_slice bytes);

/* Asked before each file: the whole of it may be passed over, or an mbox be read from an offset on. */
typedef struct store_start {
    bool skip;
    size_t offset;       /* of a From_ line */
    store_digest digest; /* of bytes in front, READ alone */
} store_start;

/* Where the files of another time are found again. */
typedef struct store_past store_past;
postern_status store_past_new(const postern_store *old, store_past **ret_past) POSTERN_MUST;
void store_past_free(store_past *past); /* takes NULL */
/* What `file` of this store was: rows of `old` that are as they were (`count` from `first` on), and where to go on reading; or,
 * of a message that only has another name now, its number in the index of words, else UINT32_MAX. */
typedef struct store_kept {
    uint32_t first, count, doc;
} store_kept;
postern_status store_past_find(const store_past *past, postern_store *store, uint32_t file, store_start *start,
                               store_kept *ret_kept, postern_error *reterr) POSTERN_MUST;
/* Gives rows without a number (UINT32_MAX), or with one from `covered` on, numbers from there on, in their order; whether any
 * changed. */
bool store_number(postern_store *store, uint32_t covered);
/* Sets first_row and row_count of each file. */
void store_count_rows(postern_store *store);

/* ---- store_walk.c ---- */

/* Fills files, kind, fingerprint. */
postern_status store_list_files(postern_store *store, postern_error *reterr) POSTERN_MUST;
/* One message; the slices live during the call. */
typedef struct store_message {
    store_place place;
    postern_slice bytes;
    postern_slice path, member; /* as they are in the system and in the archive */
    postern_slice inner;        /* the folder in a store that has its own, or empty */
    postern_slice from;         /* the From_ line, or empty */
    bool maildir;               /* from a Maildir: the name says more */
    const mailbox_dbx_message *dbx; /* from a .dbx: what its info says; else NULL */
    uint32_t flags;             /* of a store that says them of each message */
} store_message;
static inline postern_slice store_name_of(const store_message *m) {
    return m->member.len ? m->member : m->path;
}
typedef postern_status (*store_message_fn)(void *user, const store_message *message);
typedef postern_status (*store_start_fn)(void *user, uint32_t file, store_start *start);
/* All messages in order; `progress` is told as `stage`. */
postern_status store_each(postern_store *store, postern_store_stage stage, store_start_fn before, store_message_fn fn,
                          void *user, postern_error *reterr) POSTERN_MUST;
postern_status store_file_bytes(postern_store *store, uint32_t file, postern_slice *ret_bytes,
                                postern_error *reterr) POSTERN_MUST;
/* Closes the file read last, and what stands over it. */
void store_let_go(postern_store *store);
postern_status store_text_add(postern_store *store, postern_slice s, store_text *ret_text) POSTERN_MUST;
/* Whether the caller wants it to go on. */
bool store_progress(postern_store *store, postern_store_stage stage, uint64_t done, uint64_t total, uint64_t messages);

/* ---- store_maildir.c ---- */

/* Flags of a Maildir file name (":2,RS"), and the time in front of its first dot. */
uint32_t store_maildir_flags(postern_slice name);
/* Whether the last folder of a path is cur or new, and the name one that only a Maildir has. */
bool store_maildir_path(postern_slice path);
bool store_maildir_time(postern_slice name, int64_t *ret_date);
/* "INBOX.Sent.&ZeVnLA-" as it is read: "INBOX/Sent/日本"; RFC 3501 5.1.3, names that are not of that form stay. */
postern_status store_maildir_folder(postern_slice name, postern_buf *out);

/* ---- store_date.c ---- */

bool store_date_parse(postern_slice text, int64_t *ret_date, int32_t *ret_offset);

/* ---- store_text.c ---- */

/* Whether a text is what store_show makes. */
bool store_is_shown(postern_slice s);
/* Appends `utf8` on one line, safe to show, at most `max` bytes. */
postern_status store_show(postern_buf *out, postern_slice utf8, size_t max) POSTERN_MUST;
/* Appends `utf8` with case and width folded; for comparison alone. */
postern_status store_fold(postern_buf *out, postern_slice utf8) POSTERN_MUST;
uint32_t store_fold_scalar(uint32_t c);
/* Subject without "Re:", "Fwd:", "AW:", "[list]" in front; *ret_reply: one of them was an answer's. */
postern_slice store_base_subject(postern_slice subject, bool *ret_reply);
typedef enum store_class { STORE_SEPARATOR, STORE_LETTER, STORE_PAIRED } store_class;
store_class store_class_of(uint32_t c);
/* Bytes: 0 separates, 1 is of a character behind ASCII, else the folded byte of a word. */
extern const uint8_t *const store_byte_kinds;

/* ---- store_words.c ---- */

enum { STORE_WORD_BYTES = 48, STORE_WORD_ROOM = STORE_WORD_BYTES + 8, STORE_QUERY_WORDS = 32 };

/* Cuts a text into words; `word` and `len` are the one that store_words_next found. */
typedef struct store_words {
    postern_slice text;
    size_t pos, len;
    bool full, paired, single;     /* paired: of a script without blanks; single: without a neighbour */
    uint32_t place;                /* of a paired one: neighbours have neighbouring places, others have not */
    uint8_t word[STORE_WORD_ROOM]; /* zeros behind it: sixteen, or as many as there is room for */
} store_words;
/* Places begin behind `place`. */
void store_words_init(store_words *words, postern_slice utf8, uint32_t place);
bool store_words_next(store_words *words);

typedef struct store_query_word {
    uint8_t bytes[STORE_WORD_BYTES];
    size_t len;
    bool paired, follows; /* follows: only where it stands directly behind the word before */
} store_query_word;
typedef struct store_query {
    store_query_word words[STORE_QUERY_WORDS];
    size_t count;
} store_query;
/* The first STORE_QUERY_WORDS words. */
void store_query_words(postern_slice utf8, store_query *ret_query);
/* Bit i: word i of the query begins a word of the text. */
uint32_t store_query_match(const store_query *query, postern_slice utf8);

/* ---- store_address.c ---- */

/* An unstructured field, decoded and safe to show, into the store's texts. */
postern_status store_show_header(postern_store *store, postern_arena *arena, postern_slice raw, postern_charset fallback,
                                 store_text *ret_text) POSTERN_MUST;
/* Sender and address of a From field. */
postern_status store_sender(postern_store *store, postern_arena *arena, postern_slice raw, postern_charset fallback,
                            store_rec *rec) POSTERN_MUST;

/* ---- store_head.c ---- */

postern_status store_refs_add(store_refs *refs, uint64_t hash) POSTERN_MUST;
/* One message as a row of the store; texts go to its heap, the message's references behind those in `refs`. */
postern_status store_head(postern_store *store, const store_message *message, store_rec *rec, store_refs *refs) POSTERN_MUST;

/* ---- store_build.c, store_thread.c ---- */

/* With rows of `old`, as far as they can be kept; or NULL. */
postern_status store_build(postern_store *store, const postern_store *old, postern_error *reterr) POSTERN_MUST;
void store_free(postern_store *store); /* its memory alone; takes NULL */
/* refs of row i: hashes[starts[i]] up to hashes[starts[i + 1]]; subject_hash 0: no fallback by subject. */
typedef struct store_thread_facts {
    const uint64_t *hashes, *subject_hash;
    const uint32_t *starts;
    const bool *reply;
} store_thread_facts;
postern_status store_thread(postern_store *store, const store_thread_facts *facts) POSTERN_MUST;

/* ---- store_learn.c ---- */

/* Clears in[row] where not every word of the query begins a word of the message. */
postern_status store_index_match(const postern_store *store, const store_query *query, uint8_t *in) POSTERN_MUST;
void store_index_free(store_index *index); /* takes NULL */

/* ---- store_cache.c ---- */

/* Anything but OK and NOMEM: there is none that can be used; but *ret_old may then hold the rows of another time of this store,
 * which are the caller's. */
postern_status store_cache_load(postern_store *store, postern_store **ret_old) POSTERN_MUST;
/* Everything of a cache into a store that has a kind and nothing else. */
postern_status store_cache_read(postern_store *store, postern_slice bytes) POSTERN_MUST;
postern_status store_cache_save(postern_store *store, postern_error *reterr) POSTERN_MUST;
postern_status store_cache_name(const postern_store *store, const char *ending, postern_buf *ret_name) POSTERN_MUST;
postern_status store_cache_open(const postern_store *store, const char *ending, postern_file **ret_file) POSTERN_MUST;
/* A fast checksum of bytes; not for secrets. */
uint64_t store_checksum(postern_slice bytes, uint64_t seed);

#endif
