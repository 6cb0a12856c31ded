/* mailbox: what its files share. */
#ifndef POSTERN_MAILBOX_INT_H
#define POSTERN_MAILBOX_INT_H

#include "postern/mailbox.h"

bool mailbox_is_mbox(postern_slice bytes);
postern_status mailbox_mbox_each(postern_slice bytes, postern_mailbox_fn fn, void *user, const char **ret_cut);
/* One message of an mbox; offsets in its bytes. */
typedef struct mailbox_mbox_message {
    postern_slice from; /* its From_ line */
    size_t start, end;  /* up to the next From_ line */
    size_t exact;       /* end without the blank line that separates */
    bool by_length;     /* Content-Length gave the end */
    bool beyond;        /* its Content-Length leads beyond the end of the file; if that grows, it may come true */
} mailbox_mbox_message;
/* `at` is 0 at first, and moves on; false at the end. */
bool mailbox_mbox_next(postern_slice bytes, size_t *at, mailbox_mbox_message *ret_message);

bool mailbox_is_dbx(postern_slice bytes);
typedef struct mailbox_dbx_message {
    uint32_t segment; /* place of its first one; 0: no text */
    uint32_t info;    /* place of its info; 0: it is not in the tree */
    uint32_t flags;   /* POSTERN_STORE_… */
    bool has_date;
    int64_t date;
    postern_slice subject, sender, address; /* of the info, in some Windows code page */
    postern_slice bytes;                    /* lives during the call */
} mailbox_dbx_message;
typedef postern_status (*mailbox_dbx_fn)(void *user, const mailbox_dbx_message *message);
/* Those of the tree, then those that are left outside it (DAMAGED where the tree is, else GONE). */
postern_status mailbox_dbx_each(postern_slice bytes, mailbox_dbx_fn fn, void *user, const char **ret_cut) POSTERN_MUST;
postern_status mailbox_dbx_stream(postern_slice bytes, postern_mailbox_fn fn, void *user, const char **ret_cut) POSTERN_MUST;

/* Exchange's stores. In a build without libpff `each` only says so in *ret_cut. */
bool mailbox_is_pst(postern_slice bytes);
bool mailbox_pst_is_built(void);
typedef struct mailbox_pst_message {
    uint64_t id, number; /* of the item in its store; from 1 */
    uint32_t flags;      /* POSTERN_STORE_… */
    postern_slice folder; /* "Inbox/2024", UTF-8, any characters */
    postern_slice bytes;  /* a MIME message made by us; lives during the call */
} mailbox_pst_message;
typedef postern_status (*mailbox_pst_fn)(void *user, const mailbox_pst_message *message);
/* Those of the folders, then those that were deleted (GONE). */
postern_status mailbox_pst_each(postern_slice bytes, mailbox_pst_fn fn, void *user, const char **ret_cut) POSTERN_MUST;
postern_status mailbox_pst_stream(postern_slice bytes, postern_mailbox_fn fn, void *user, const char **ret_cut) POSTERN_MUST;
/* A store that stays open over `bytes`, which have to live as long. FORMAT, UNSUPPORTED, NOMEM. */
typedef struct mailbox_pst mailbox_pst;
postern_status mailbox_pst_open(postern_slice bytes, mailbox_pst **ret_pst) POSTERN_MUST;
void mailbox_pst_close(mailbox_pst *pst); /* takes NULL */
/* Appends the message. IO: it is not there. */
postern_status mailbox_pst_copy(mailbox_pst *pst, uint64_t id, postern_buf *out) POSTERN_MUST;

/* Outlook Express's list of folders, Folders.dbx (dbx_folders.c). */
bool mailbox_is_dbx_folders(postern_slice bytes);
typedef struct mailbox_dbx_names mailbox_dbx_names;
/* The names outlive `bytes`; what is no such list has none. */
postern_status mailbox_dbx_names_read(postern_slice bytes, mailbox_dbx_names **ret_names) POSTERN_MUST;
void mailbox_dbx_names_free(mailbox_dbx_names *names); /* takes NULL */
/* Appends "Local Folders/Inbox", where the messages of a file are, any UTF-8; nothing when the list has no such file. */
postern_status mailbox_dbx_names_path(const mailbox_dbx_names *names, postern_slice file,
                                      postern_buf *out) POSTERN_MUST;

bool mailbox_is_archive(postern_slice bytes);
/* Called now and then while a member is read, which may be a gigabyte; false ends the walk with STATE. */
typedef bool (*mailbox_pulse_fn)(void *user);
postern_status mailbox_archive_each(postern_slice bytes, postern_mailbox_fn fn, mailbox_pulse_fn pulse, void *user,
                                    const char **ret_cut);

#endif
