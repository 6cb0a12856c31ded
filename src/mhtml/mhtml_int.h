/* mhtml: what its files share. */
#ifndef MHTML_INT_H
#define MHTML_INT_H

#include "postern/mhtml.h"

/* What a key in the identity table is; stronger kinds are asked first. A part is declared under several. */
typedef enum mhtml_key {
    MHTML_KEY_HREF,     /* parsed Content-Location without fragment */
    MHTML_KEY_TEXT,     /* Content-Location as it stands */
    MHTML_KEY_RELATIVE, /* a relative one without any base, on thismessage:/ (RFC 2557 5) */
    MHTML_KEY_FOLD,     /* href, percent-decoded, lower case, file: spellings alike */
    MHTML_KEY_ROOTED,   /* a relative one without any base, on the root document's base */
    MHTML_KEY_CID,      /* Content-ID without <>, as written and percent-decoded */
    MHTML_KEY_CID_FOLD, /* the same in lower case */
    MHTML_KEY_CID_LOCAL /* what stands before its '@' */
} mhtml_key;

typedef struct mhtml_entry {
    uint64_t hash;
    postern_slice key;  /* never empty in a used entry */
    uint32_t tag, part; /* tag: kind and scope */
} mhtml_entry;

/* Open addressing with a keyed hash: names come from the attacker. */
typedef struct mhtml_table {
    mhtml_entry *entries;
    size_t room, count;
    uint64_t seed[2];
} mhtml_table;

struct postern_archive {
    postern_arena *arena;
    postern_arena *scratch; /* thrown away now and then; nothing that is returned lives there */
    postern_notes notes;
    postern_slice bytes;
    postern_archive_kind kind;
    const postern_message *message;
    uint32_t part_count, root;
    uint32_t *scopes;           /* the message that a part belongs to: Content-IDs are compared within it */
    const postern_url **bases;  /* for references inside a part */
    const postern_url **places; /* its own Content-Location, resolved */
    const postern_url *nowhere; /* thismessage:/ */
    mhtml_table table;
    bool uses_known;
    bool plain;      /* mail is read as text */
    uint8_t *sealed; /* per part: what postern_archive_is_protected found, 0 not asked yet */
    uint8_t *used; /* parts that the root document shows in itself */
    postern_archive_facts facts;
};

static inline const postern_part *mhtml_part(const postern_archive *a, uint32_t index) {
    return postern_mime_part(a->message, index);
}

/* ---- table.c ---- */
void mhtml_table_init(mhtml_table *table, const void *address);
/* The part that has the key in this scope, or POSTERN_NO_PART. */
uint32_t mhtml_table_get(const mhtml_table *table, mhtml_key kind, uint32_t scope, postern_slice key);
/* Unless somebody has the key already: *ret_holder is who has it afterwards. `key` is not empty and outlives the table. */
postern_status mhtml_table_put(mhtml_table *table, mhtml_key kind, uint32_t scope, postern_slice key, uint32_t part,
                               uint32_t *ret_holder) POSTERN_MUST;
void mhtml_table_free(mhtml_table *table);

/* ---- identity.c ---- */
/* Scopes, bases and places; then the table; then, when the root is known, what it adds for names without any base. */
postern_status mhtml_places_read(postern_archive *a) POSTERN_MUST;
postern_status mhtml_identities_read(postern_archive *a) POSTERN_MUST;
postern_status mhtml_rooted_read(postern_archive *a) POSTERN_MUST;
/* Text to URL, Windows spellings included; *ret_url NULL when it is none. */
postern_status mhtml_resolve(postern_arena *arena, postern_slice text, const postern_url *base,
                             const postern_url **ret_url) POSTERN_MUST;
/* The weaker form of an absolute URL without fragment. */
postern_status mhtml_fold(postern_arena *arena, postern_slice href, postern_slice *ret_fold) POSTERN_MUST;
postern_status mhtml_lower(postern_arena *arena, postern_slice text, postern_slice *ret_lower) POSTERN_MUST;

/* ---- find.c ---- */
typedef enum mhtml_scheme {
    MHTML_SCHEME_NONE, /* no scheme: relative */
    MHTML_SCHEME_OTHER,
    MHTML_SCHEME_FILE,
    MHTML_SCHEME_HTTP, /* and https */
    MHTML_SCHEME_CID,
    MHTML_SCHEME_MID,
    MHTML_SCHEME_MHTML,
    MHTML_SCHEME_INERT,  /* data, about, blob: can be no identity and name nothing here */
    MHTML_SCHEME_HANDLER /* its, ms-its, javascript …: refused wherever it stands (Z4) */
} mhtml_scheme;
mhtml_scheme mhtml_scheme_of(postern_slice text);
postern_status mhtml_find_cid(postern_archive *a, uint32_t scope, postern_slice id, uint32_t *ret_part) POSTERN_MUST;

/* ---- root.c ---- */
postern_status mhtml_root_choose(postern_archive *a) POSTERN_MUST;
bool mhtml_is_html(const postern_part *part);
/* A parameter of the part's Content-Type, or empty. */
postern_status mhtml_type_parameter(postern_arena *arena, const postern_part *part, postern_slice name,
                                    postern_slice *ret_value) POSTERN_MUST;

/* ---- cut.c ---- */
/* Whether the text `cut`, which the file ends in, says less than `other`, another form of it. */
postern_status mhtml_cut_says_less(postern_archive *a, uint32_t cut, uint32_t other, bool *ret_less) POSTERN_MUST;

/* ---- kind.c ---- */
/* Fills *reterr with what `bytes` look like instead. */
postern_status mhtml_refuse(postern_slice bytes, postern_error *reterr);
/* A file that is surely something else, by its first bytes: a name for people, or NULL. */
const char *mhtml_other_format(postern_slice bytes);
bool mhtml_looks_html(postern_slice bytes);
/* Whether a message has any field that mail or archives really have. */
bool mhtml_has_known_field(const postern_part *root);
postern_archive_kind mhtml_kind_of(const postern_archive *a);

/* ---- facts.c ---- */
postern_status mhtml_facts_read(postern_archive *a, const postern_archive_options *options) POSTERN_MUST;

/* ---- producer.c ---- */
typedef struct mhtml_document {
    postern_slice title, generator, prog_id;
    bool office, word, excel, powerpoint;
} mhtml_document;
postern_status mhtml_producer(postern_archive *a, const mhtml_document *document, postern_slice *ret_name) POSTERN_MUST;

/* ---- plain.c ---- */
/* With `plain`: which HTML of a mail is signed or encrypted, so that nobody has to ask for memory later. */
postern_status mhtml_plain_read(postern_archive *a) POSTERN_MUST;

/* ---- uses.c ---- */
postern_status mhtml_uses_read(postern_archive *a) POSTERN_MUST;

#endif
