/*
 * mailbox: what holds messages. A file that holds others -> a stream of what it holds (mbox, .dbx, .pst, zip, tar, gz and
 * whatever else libarchive reads); and a store (mbox, Maildir, .dbx, .pst, a folder tree of messages, archives of those, one
 * message) -> rows that can be listed, sorted, threaded and searched. Stores are opened for reading and never touched.
 */
#ifndef POSTERN_MAILBOX_H
#define POSTERN_MAILBOX_H

#include "zone.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum postern_mailbox_kind {
    POSTERN_MAILBOX_NONE,    /* one thing of its own: a message, a document */
    POSTERN_MAILBOX_MBOX,    /* messages behind From_ lines */
    POSTERN_MAILBOX_ARCHIVE, /* zip, tar, gzip, xz, 7-Zip, cabinet … */
    POSTERN_MAILBOX_DBX,     /* messages of Outlook Express (not its list of folders) */
    POSTERN_MAILBOX_PST      /* a store of Exchange or Outlook (.pst, .ost); read when built with libpff, else told */
} postern_mailbox_kind;

/* By signature alone. A single message behind one From_ line is an mbox of one. */
POSTERN_API postern_mailbox_kind postern_mailbox_kind_of(postern_slice bytes);

/* One thing inside. All slices live during the call. */
typedef struct postern_mailbox_item {
    postern_slice name;  /* of the member as written: not a safe file name, any bytes; empty in an mbox */
    uint64_t number;     /* from 1 */
    uint64_t offset;     /* where it, its header, or its first segment begins in the file; of a .pst the item's number */
    postern_slice bytes; /* an mbox message is a view of the file, quoted ">From " lines left as they are */
} postern_mailbox_item;

/* May end the walk with a status of its own, which postern_mailbox_each returns. */
typedef postern_status (*postern_mailbox_fn)(void *user, const postern_mailbox_item *item);

/* Hands out what `bytes` holds, in order. Limits (POSTERN_LIMIT_MAILBOX_…: members, bytes of one, of all, ratio) and damage cut
 * the walk short and set *ret_cut to a static text that says why; they are no failure. Archives inside archives are handed out
 * as they are: depth is the caller's. Deleted messages of a .dbx or .pst are among them. FORMAT: this kind holds nothing
 * (NONE). NOMEM. */
POSTERN_API postern_status postern_mailbox_each(postern_slice bytes, postern_mailbox_fn fn, void *user,
                                                const char **ret_cut) POSTERN_MUST;

/* ---- stores ------------------------------------------------------------------------------------------------------ */

typedef enum postern_store_kind {
    POSTERN_STORE_MESSAGE, /* one message or saved page */
    POSTERN_STORE_MBOX,
    POSTERN_STORE_MAILDIR, /* a folder with cur and new; folders of it in it */
    POSTERN_STORE_FOLDER,  /* a folder tree of messages and mailboxes of any kind */
    POSTERN_STORE_ARCHIVE, /* zip, tar … of any of these */
    POSTERN_STORE_DBX,     /* Outlook Express */
    POSTERN_STORE_PST      /* Exchange, Outlook: messages are made of its properties, and then are as mail is */
} postern_store_kind;
POSTERN_API const char *postern_store_kind_name(postern_store_kind kind); /* "mbox", "maildir" …; static storage */

enum {
    POSTERN_STORE_SEEN = 1 << 0,
    POSTERN_STORE_ANSWERED = 1 << 1,
    POSTERN_STORE_FLAGGED = 1 << 2,
    POSTERN_STORE_DRAFT = 1 << 3,
    POSTERN_STORE_FORWARDED = 1 << 4,
    POSTERN_STORE_DELETED = 1 << 5,    /* marked as deleted, and still there for its owner to see */
    POSTERN_STORE_GONE = 1 << 6,       /* its owner sees it no longer: only its bytes are still in the store */
    POSTERN_STORE_ATTACHMENT = 1 << 7, /* holds a part that is no text, no picture of its page, or has a file name */
    POSTERN_STORE_PAGE = 1 << 8,       /* a saved web page */
    POSTERN_STORE_SIGNED = 1 << 9,     /* says that it is; nothing was verified */
    POSTERN_STORE_ENCRYPTED = 1 << 10,
    POSTERN_STORE_DAMAGED = 1 << 11    /* bytes of it are missing */
};

#define POSTERN_NO_ROW UINT32_MAX

/* All texts are valid UTF-8 and safe to show: one line, no control, bidi or other invisible character (U+FFFD in their place),
 * cut at POSTERN_LIMIT_STORE_TEXT bytes. They are not HTML. They live as long as the store. */
typedef struct postern_store_row {
    uint32_t flags;
    int32_t date_offset;   /* minutes east of UTC that its writer's clock stood */
    int64_t date;          /* seconds since 1970, UTC */
    bool has_date;         /* of the Date field, else of what the store knows (From_ line); false: there is none, date is 0 */
    postern_zone zone;     /* Restricted for mail, for a page what its marks say */
    uint64_t size;         /* bytes of the message */
    uint64_t id_hash;      /* of the Message-ID, 0: none; never of security value */
    uint32_t parent;       /* the row it answers to, or POSTERN_NO_ROW */
    postern_slice sender;  /* the name in From, else the address */
    postern_slice address; /* of From, may be empty */
    postern_slice subject;
    postern_slice folder;  /* "Sent/2024"; empty: the store itself */
    postern_slice file;    /* path of the file below the store ("member" behind '!' in an archive); empty: the store is it */
    uint64_t offset;       /* in that file (or member), of the message or its first segment; of a .pst the item's number */
} postern_store_row;

typedef enum postern_store_stage {
    POSTERN_STORE_WALK, /* finding files: no total */
    POSTERN_STORE_READ, /* messages */
    POSTERN_STORE_WORDS, /* their texts, for the search */
    POSTERN_STORE_FETCH  /* a message in a member of an archive; this store may be asked for rows and lists meanwhile */
} postern_store_stage;

typedef struct postern_store_progress {
    postern_store_stage stage;
    uint64_t done, total; /* bytes */
    uint64_t messages;
} postern_store_progress;

typedef struct postern_store_options {
    postern_slice name; /* the store's own name: its ending counts (.eml, .mht); nothing is opened by it */
    bool has_cache;     /* else the index stays in memory */
    int cache_dir;      /* a folder that is the index's, outside the store; stays the caller's, open as long as the store */
    const char *cache_name; /* a file name made by the caller: ".rows" and ".words" are added to it */
    const postern_notes *notes;
    /* Called now and then; false ends the work with STATE and leaves no file behind. Or NULL. */
    bool (*progress)(void *user, const postern_store_progress *progress);
    void *user;
} postern_store_options;

typedef struct postern_store postern_store;

/* Opens the file or folder `fd` (which stays the caller's, open as long as the store) and makes its rows, or takes them from
 * the cache when that is of this very store (names, sizes, times, inodes) and whole. From a cache of another time come the rows
 * of files that are as they were, and of an mbox that only grew at its end (a digest of all that was there tells); the rest is
 * read, and so are its words in postern_store_learn. A cache that is anything else is made anew, and one that cannot be written
 * is a note. Below a folder nothing is opened but with openat2 beneath it (T2); links are
 * not followed. Damage and what was left out are notes. POSTERN_LIMIT_STORE_… FORMAT: no message is in it. IO. NOMEM. STATE. */
POSTERN_API postern_status postern_store_open(int fd, const postern_store_options *options, postern_store **ret_store,
                                              postern_error *reterr) POSTERN_MUST;
POSTERN_API void postern_store_close(postern_store *store); /* takes NULL */
POSTERN_API postern_store_kind postern_store_kind_of(const postern_store *store);
POSTERN_API uint32_t postern_store_count(const postern_store *store);
/* false when there is no such row. */
POSTERN_API bool postern_store_row_at(const postern_store *store, uint32_t row, postern_store_row *ret_row);
/* Whether the rows came from the cache. */
POSTERN_API bool postern_store_was_cached(const postern_store *store);
/* Folders that rows are in, each once, in the store's order; NULL behind the last. */
POSTERN_API const postern_slice *postern_store_folder_at(const postern_store *store, uint32_t index);

/* The message itself, appended to `out`: as it stands in the store, but for the ">" that an mbox put before a "From " line
 * (taken off unless the message came by its Content-Length). IO when the store changed meanwhile. LIMIT. NOMEM. */
POSTERN_API postern_status postern_store_message(postern_store *store, uint32_t row, postern_buf *out,
                                                 postern_error *reterr) POSTERN_MUST;

/* Makes the word index of all bodies, or takes it from the cache. The store can be searched without: then only sender and
 * subject count. Meanwhile `progress` may ask this very store for rows, lists and messages. Same failures as
 * postern_store_open; after one the store is as before. */
POSTERN_API postern_status postern_store_learn(postern_store *store, postern_error *reterr) POSTERN_MUST;
POSTERN_API bool postern_store_has_words(const postern_store *store);

typedef enum postern_store_column {
    POSTERN_STORE_BY_ORDER, /* as the store has them */
    POSTERN_STORE_BY_DATE,
    POSTERN_STORE_BY_SENDER,
    POSTERN_STORE_BY_SUBJECT, /* "Re:" and the like in front do not count */
    POSTERN_STORE_BY_SIZE,
    POSTERN_STORE_BY_ATTACHMENT,
    POSTERN_STORE_BY_ZONE
} postern_store_column;

typedef struct postern_store_query {
    /* UTF-8. Every word has to begin a word of sender, address, subject, text (HTML as it is read, attachments by their names);
     * case and width do not count. Of scripts that are written without blanks a run of characters is found wherever it stands
     * in a text as it is. The first 32 words (or pairs of such characters) count; empty: all rows. */
    postern_slice words;
    uint32_t with, without; /* flags that have to be set, and that must not be */
    bool gone;              /* also rows with POSTERN_STORE_GONE */
    bool in_folder;
    postern_slice folder;
    postern_store_column sort; /* equal rows: by date, then as the store has them */
    bool descending;
    /* Answers stand below what they answer to, by date. Threads are sorted by their first row; by date, by their newest. */
    bool threads;
} postern_store_query;

typedef struct postern_store_entry {
    uint32_t row;
    uint32_t depth; /* in its thread */
} postern_store_entry;

/* A list is a value of its own: the store only has to stay open. NOMEM. */
typedef struct postern_store_list postern_store_list;
POSTERN_API postern_status postern_store_find(const postern_store *store, const postern_store_query *query,
                                              postern_store_list **ret_list, postern_error *reterr) POSTERN_MUST;
POSTERN_API size_t postern_store_list_count(const postern_store_list *list);
POSTERN_API const postern_store_entry *postern_store_list_entries(const postern_store_list *list);
POSTERN_API void postern_store_list_free(postern_store_list *list); /* takes NULL */

#ifdef __cplusplus
}
#endif
#endif
