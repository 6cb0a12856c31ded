/*
 * What the files of the viewer share.
 *
 *   access    who may ask: host, origin, fetch metadata, token, cookie        no I/O
 *   route     the path and query of a request                                no I/O
 *   frame     the length-prefixed protocol between the viewer and its readers no I/O
 *   keeper    the process that keeps a store's index and gives out rows and messages
 *   reader    the process that touches hostile bytes: fork, sandbox, limits
 *   out       the writing end of an answer, in a reader
 *   answer    what a reader does: page, text, source, facts, findings, parts
 *   describe  one message -> statements of the bar and extra cards
 *   card      calendar entries, visiting cards, delivery reports as cards (card_lines: their content lines)
 *   tnef      winmail.dat, and the same as parts of a message (tnef_parts)
 *   unwrap    a message whose content lies in CMS, OpenPGP or a winmail.dat -> the message that is shown
 *   smime     who signed, what is covered (cms: the calls of libcrypto; from: the sender's address)
 *   pgp       OpenPGP: what gpg said of it (pgp_wrap: what of a message is signed or encrypted)
 *   warden    the process that keeps the key and calls gpg; what readers ask it
 *   html      the one escaping writer of our own documents
 *   shell     our documents: the shell, errors, where a link leads
 *   server    HTTP: libmicrohttpd in one thread, its connections, its readers
 */
#ifndef POSTERN_VIEW_INT_H
#define POSTERN_VIEW_INT_H

#include "postern/html.h"
#include "postern/page.h"
#include "postern/scan.h"
#include "postern/view.h"

#include <sys/types.h>
#include <time.h>

/* ---- route.c --------------------------------------------------------------------------------------------------- */

typedef enum view_what {
    VIEW_NOTHING, /* no such path */
    VIEW_OPEN,    /* the first URL: token for cookie */
    VIEW_GO,      /* where a link leads */
    VIEW_SHELL,
    VIEW_SCRIPT,
    VIEW_STYLE,
    VIEW_ICON,
    VIEW_STRINGS,
    VIEW_ALIVE,    /* a page is open as long as this answer is being read */
    VIEW_SETTINGS, /* POST */
    VIEW_LIST,     /* rows of a store, by its keeper */
    /* by a reader: */
    VIEW_PAGE,
    VIEW_TEXT,
    VIEW_SOURCE,
    VIEW_INFO,
    VIEW_FINDINGS,
    VIEW_PART,
    VIEW_PICTURE,
    VIEW_WHAT_COUNT
} view_what;

enum { VIEW_SECRET = 32 }; /* hexadecimal digits of 128 bits */

typedef struct view_route {
    view_what what;
    uint32_t message, part;
    postern_slice query; /* behind '?', raw; a view of the URI */
} view_route;

/* `uri`: as it came, path and query. Paths of ours begin with "/" and the viewer's secret; there is one spelling of each. */
void view_route_parse(postern_slice uri, const char *secret, view_route *ret_route);
bool view_by_reader(view_what what);
/* The first value of `name`, percent-decoded ('+' is a blank), appended to `out`; false: it is not there, or no valid UTF-8. */
bool view_query_get(postern_slice query, const char *name, postern_buf *out);
bool view_query_flag(postern_slice query, const char *name); /* "name=1" */

/* ---- access.c -------------------------------------------------------------------------------------------------- */

/* The secrets of a session; hexadecimal. They stand in the viewer alone: readers forget them at once. */
typedef struct view_session {
    char path[VIEW_SECRET + 1];   /* of every URL: other ports of this host never see our cookie, nor another viewer's */
    char token[VIEW_SECRET + 1];  /* of the first URL */
    char cookie[VIEW_SECRET + 1]; /* its exchange */
    bool used;                    /* the token */
    uint16_t port;
} view_session;

bool view_session_init(view_session *session, uint16_t port); /* false: the system has no random bytes */

/* What a request says about itself. Slices are empty when the header is absent. */
typedef struct view_asker {
    unsigned hosts, origins, headers; /* how many */
    postern_slice host, origin, site, dest, mode, cookie;
    bool post;
} view_asker;

typedef enum view_verdict {
    VIEW_WELCOME,
    VIEW_WRONG_HOST,   /* 421 */
    VIEW_WRONG_ORIGIN, /* 403: another site's page asks */
    VIEW_NO_COOKIE,    /* 403 */
    VIEW_USED_TOKEN,   /* 403 */
    VIEW_WRONG_METHOD, /* 405 */
    VIEW_NOT_HERE,     /* 404 */
    VIEW_TOO_MUCH      /* 431 */
} view_verdict;

view_verdict view_access(const view_session *session, const view_asker *asker, const view_route *route);
unsigned view_verdict_code(view_verdict verdict);

/* ---- peer.c ---------------------------------------------------------------------------------------------------- */

/* False: the other end of this connection is another user's. */
bool view_peer_is_ours(int fd);
/* The owner of the socket whose ends these are, out of the text of /proc/net/tcp. */
bool view_peer_owner(postern_slice table, const char *peer, const char *own, uint64_t *ret_uid);

/* ---- frame.c --------------------------------------------------------------------------------------------------- */

/* A frame: one byte of kind, four bytes of length (little endian), that many bytes. A reader answers with one HEAD, DATA as
 * often as it likes, and END; what ends before END was cut off by a death. */
typedef enum view_frame_kind {
    VIEW_FRAME_HEAD = 'H',
    VIEW_FRAME_DATA = 'D',
    VIEW_FRAME_END = 'E',
    VIEW_FRAME_STATE = 'S', /* of a keeper, at any time: JSON of what it is doing */
    VIEW_FRAME_FIRST = 'F', /* of a keeper: this answer is to the list that was asked for while a message was being read */
    VIEW_FRAME_ASK = 'A'    /* to a keeper: "list?QUERY", "message?row=N" */
} view_frame_kind;
enum { VIEW_FRAME_PREFIX = 5, VIEW_FRAME_MAX = 1 << 16 };

typedef enum view_media {                     /* what an answer is; decides its headers */
                          VIEW_MEDIA_MESSAGE, /* a document of the input */
                          VIEW_MEDIA_JSON,
                          VIEW_MEDIA_FILE, /* attachment */
                          VIEW_MEDIA_COUNT
} view_media;

enum { VIEW_NO_ZONE = 0xFF };

typedef struct view_head {
    uint16_t status; /* of HTTP: 200, 404 … */
    uint8_t media;
    uint8_t zone;       /* of a message of a store: its postern_zone; else VIEW_NO_ZONE */
    uint8_t picture;    /* of a file: postern_media when it is a raster picture, else NONE */
    postern_slice name; /* of a file: ASCII of our making */
} view_head;

void view_frame_put(postern_buf *out, view_frame_kind kind, postern_slice payload);
void view_frame_put_head(postern_buf *out, const view_head *head);

/* Takes an answer apart as its bytes come. Zero-initialise. */
typedef struct view_frames {
    uint8_t held[VIEW_FRAME_MAX + VIEW_FRAME_PREFIX];
    size_t len;
    bool has_head, ended;
    view_head head;
    char name[160];
    postern_sink data;  /* where DATA goes */
    postern_sink first_data; /* and behind a FIRST; without `write` there may be none */
    bool first;
    void (*on_end)(void *user); /* at each END, where answers follow each other; or NULL: `ended` says it, and it is the last */
    void *user;
    postern_sink state; /* where STATE goes; without `write` there may be none */
} view_frames;
/* FORMAT: this is no answer. What `data` returned. */
postern_status view_frames_take(view_frames *frames, const void *bytes, size_t len);

/* ---- reader.c -------------------------------------------------------------------------------------------------- */

typedef struct view_job {
    view_what what;
    uint32_t message, part;
    bool plain, dark, print, save;
    unsigned width; /* columns of text; 0: no wrapping */
    const char *language;
    uint8_t zone;        /* the most that a message of a store may have; VIEW_NO_ZONE */
    postern_slice bytes; /* the message; in a reader: as it is shown, with what was wrapped opened */
    postern_slice outer; /* in a reader: the message as it came */
    bool opened;         /* in a reader: it lay in CMS, signed or encrypted, and so keeps its form (KB307594) */
    bool unpacked;       /* in a reader: a winmail.dat became parts */
    bool unpacked_cut;   /* and not all of it was there */
    const char *name;
    const char *link_prefix;
    struct view_asks *asks; /* in a reader: its line to the warden; NULL: there is none */
    const postern_viewer_options *options;
} view_job;

typedef struct view_reader {
    pid_t pid;        /* 0: none */
    int fd;           /* its answer; -1: none */
    int64_t deadline; /* milliseconds of view_clock */
} view_reader;

int64_t view_clock(void);
/* Forks. The reader wipes its copy of `session` before all else. `line`: its end of a line to the warden, or -1. */
postern_status view_reader_start(const view_job *job, view_session *session, int line, view_reader *ret_reader,
                                 postern_error *reterr) POSTERN_MUST;
void view_reader_end(view_reader *reader); /* kills, if need be, and waits */
/* In a new process: signals as usual, no more than these descriptors, as 3 and on, and the standard ones on /dev/null. */
bool view_process_begin(pid_t viewer, view_session *session, const int *fds, int count);

/* ---- keeper.c -------------------------------------------------------------------------------------------------- */

/* Forks the process that opens the store of `options`, and answers frames on *ret_reader->fd until that is closed. Without
 * `learns` it makes no index of words; one that is there is used all the same. */
postern_status view_keeper_start(const postern_viewer_options *options, bool learns, view_session *session,
                                 view_reader *ret_reader, postern_error *reterr) POSTERN_MUST;

/* ---- answer.c and the files behind it, in the reader ------------------------------------------------------------ */

typedef struct view_out {
    int fd;
    postern_buf frame; /* frames to be written */
    postern_sink sink; /* takes what DATA frames will hold */
    bool failed;
    size_t held;
    uint8_t block[VIEW_FRAME_MAX];
} view_out;

void view_out_init(view_out *out, int fd);
void view_out_head(view_out *out, uint16_t status, view_media media);
void view_out_file(view_out *out, postern_media picture, uint8_t zone, postern_slice name);
void view_out_end(view_out *out);

void view_answer(const view_job *job, view_out *out);
postern_status view_open_archive(const view_job *job, const postern_notes *notes, postern_archive **ret_archive,
                                 postern_error *reterr) POSTERN_MUST;
/* An answer that says what went wrong: `title` is ours and translated, `detail` the library's. */
void view_fail(const view_job *job, view_out *out, uint16_t code, const char *title, const char *detail);
/* Facts as JSON: title, origin, zone, what was left out, parts, statements, cards. */
void view_info(const view_job *job, view_out *out);
void view_findings(const view_job *job, view_out *out);
void view_source(const view_job *job, view_out *out);
void view_text_document(const view_job *job, postern_slice text, view_out *out);

/* ---- describe.c: the seam for signatures, calendars, cards … ------------------------------------------------------ */

typedef enum view_tone { VIEW_TONE_PLAIN, VIEW_TONE_GOOD, VIEW_TONE_CAUTION, VIEW_TONE_DANGER } view_tone;

/* What is said about a message. Both write into the JSON of the moment; text of ours is English and a key of the catalogue,
 * text of the input goes where `detail`, `title` and values are, and is shown as text, whatever is in it. */
typedef struct view_telling {
    postern_json *json;
} view_telling;
/* A line of the bar: "Signed by {detail}" … `text` is ours. */
void view_tell_statement(view_telling *telling, view_tone tone, const char *text, postern_slice detail);
/* One that holds for a part alone: it stands with that part, too. */
void view_tell_of_part(view_telling *telling, view_tone tone, const char *text, postern_slice detail, uint32_t part);
/* A card beside the message: rows of (our name, value of the input). */
typedef struct view_card_row {
    const char *name;
    postern_slice value;
} view_card_row;
void view_tell_card(view_telling *telling, const char *kind, postern_slice title, const view_card_row *rows, size_t count);
/* All statements, then all cards, of one message. */
void view_describe_statements(const view_job *job, postern_archive *archive, view_telling *telling);
void view_describe_cards(const view_job *job, postern_archive *archive, view_telling *telling);

/* ---- unwrap.c, smime.c, cms.c, from.c: S/MIME (RFC 8551) ------------------------------------------------------------ */

typedef enum view_wrap {
    VIEW_WRAP_NONE,      /* the message is not S/MIME as a whole */
    VIEW_WRAP_CLEAR,     /* multipart/signed */
    VIEW_WRAP_SIGNED,    /* application/pkcs7-mime with SignedData */
    VIEW_WRAP_ENVELOPED, /* encrypted, or OpenPGP in a text: clear-signed or encrypted */
    VIEW_WRAP_OTHER,     /* CMS of a kind that is not opened */
    VIEW_WRAP_BROKEN     /* says that it is S/MIME, and is not well-formed */
} view_wrap;

/* One layer of a message. Everything lives in the arena it was read into. */
typedef struct view_layer {
    view_wrap kind;
    const postern_part *top;
    postern_slice content; /* the entity inside, as it was signed but for line ends; empty: it cannot be had */
    postern_slice cms;     /* DER or BER; of OpenPGP the signature or the message */
    bool pgp, in_text;     /* OpenPGP; and that in a text, without MIME */
    postern_slice said;    /* what gpg said, opening it */
    postern_slice digests; /* micalg, of CLEAR */
    bool has_digests;
} view_layer;

/* What lies around `bytes` as a whole. Any malformed message is NONE or BROKEN; NOMEM and LIMIT fail. */
postern_status view_layer_read(postern_arena *arena, const view_job *job, postern_slice bytes, view_layer *ret_layer)
    POSTERN_MUST;
/* The same of one part, a multipart/signed below the top: what it signs is that part alone. */
postern_status view_part_layer(postern_arena *arena, const view_job *job, postern_slice bytes, const postern_message *message,
                               uint32_t part, view_layer *ret_layer) POSTERN_MUST;
/* The message inside a layer, under the headings of the outer one. */
postern_status view_layer_open(postern_arena *arena, const view_layer *layer, postern_slice *ret_bytes) POSTERN_MUST;
/* Sets job->outer, job->bytes and job->unpacked. */
postern_status view_unwrap(postern_arena *arena, view_job *job) POSTERN_MUST;

typedef enum view_verdict_of_signature {
    VIEW_SIGNATURE_GOOD,
    VIEW_SIGNATURE_BROKEN,    /* is of other bytes */
    VIEW_SIGNATURE_ANONYMOUS, /* the signer's certificate is not there */
    VIEW_SIGNATURE_DIGEST,    /* made with another digest than the message says */
    VIEW_SIGNATURE_WEAK,
    VIEW_SIGNATURE_UNTRUSTED,
    VIEW_SIGNATURE_MALFORMED,
    VIEW_SIGNATURE_NO_KEY,  /* OpenPGP: the signer's key is not there */
    VIEW_SIGNATURE_DOUBTED, /* OpenPGP: it is, but not trusted, or no longer good */
    VIEW_SIGNATURE_NO_GPG   /* OpenPGP: gpg is not there, or did not answer */
} view_verdict_of_signature;

typedef struct view_signature {
    view_verdict_of_signature verdict;
    bool of_sender;         /* GOOD: the sender's address is one of the certificate's */
    postern_buf addresses;  /* GOOD: of the certificate, ", " between them */
    postern_buf person;     /* GOOD: its common name and its issuer's */
    const char *why;        /* UNTRUSTED: libcrypto's reason; DOUBTED: ours; static */
} view_signature;

/* SignedData over `content`, which is given in full. Frees nothing in `ret`: view_signature_free. */
void view_cms_verify(const view_layer *layer, postern_slice trust, postern_slice sender, view_signature *ret_signature);
void view_signature_free(view_signature *signature);
/* The domain without its case, the local part as it is. */
bool view_same_address(postern_slice a, postern_slice b);
/* What kind of CMS this is, and its content when that can be had without a key: a view that lives in `arena`. */
postern_status view_cms_read(postern_arena *arena, postern_slice cms, view_wrap *ret_kind, postern_slice *ret_content)
    POSTERN_MUST;
/* Opens EnvelopedData with the key and certificate of `key` (PEM). NOTFOUND: it is not for that key. */
postern_status view_cms_decrypt(postern_arena *arena, postern_slice cms, postern_slice key, postern_slice *ret_content)
    POSTERN_MUST;
/* The one address of a From field, or empty when there is none, or more than one, or doubt. A view of `raw`. */
postern_slice view_from_address(postern_slice raw);
/* ---- pgp.c, pgp_wrap.c: OpenPGP (RFC 3156, RFC 9580 7) ---------------------------------------------------------------- */

/* What the warden answered, each question put once; the slices live as long as `asks`. NOTFOUND: there is no warden. */
typedef struct view_asks {
    int line;
    postern_hash_key key; /* of this reader: a message cannot make one content pass for another */
    unsigned count;
    struct {
        int what;
        uint64_t hashes[2]; /* of a and of b */
        postern_buf said, content;
    } kept[8];
} view_asks;
void view_asks_begin(view_asks *ret_asks, int line);
postern_status view_ask(const view_job *job, int what, postern_slice a, postern_slice b, postern_slice *ret_said,
                        postern_slice *ret_content) POSTERN_MUST;
/* Fills a layer of kind NONE when the message is OpenPGP as a whole. */
postern_status view_pgp_layer(postern_arena *arena, const view_job *job, postern_slice bytes, const postern_message *message,
                              view_layer *layer) POSTERN_MUST;
/* The two children of a multipart/signed, the first as it was signed; empty content: it is not well-formed. */
postern_status view_signed_pair(postern_arena *arena, postern_slice bytes, const postern_message *message, view_layer *layer,
                                const char *const types[2]) POSTERN_MUST;
/* The signature of a layer. */
void view_pgp_verify(const view_job *job, const view_layer *layer, postern_slice sender, view_signature *ret_signature);
typedef enum view_pgp_opening {
    VIEW_PGP_OPENED,
    VIEW_PGP_NOT_ENCRYPTED, /* signed alone */
    VIEW_PGP_NO_KEY,
    VIEW_PGP_BROKEN,
    VIEW_PGP_NO_GPG
} view_pgp_opening;
/* Of what gpg said: whether what it wrote may be shown, and whether it says anything of signatures. */
view_pgp_opening view_pgp_opened(postern_slice said, bool *ret_signed);

void view_smime_statements(const view_job *job, postern_archive *archive, view_telling *telling);

/* Marks English text of ours that is translated where it is shown; tests/view/check_catalogue.py looks for it. */
#define N_(english) english

/* ---- html.c, shell.c, text.c ------------------------------------------------------------------------------------ */

/* Our own HTML. In `format` {t} stands for a char * of ours, translated and escaped; {c} for any char *, {s} for a
 * postern_slice of any bytes, both escaped for text and quoted attributes; {u} for an unsigned. Everything else leaves as it
 * is. */
void view_html(postern_buf *out, const char *language, const char *format, ...);

void view_shell_page(postern_buf *out, const char *language, const char *name, const postern_viewer_settings *settings,
                     const char *secret);
void view_error_page(postern_buf *out, const char *language, const char *title, const char *text);
/* Where a link leads, and a link there if the scheme is allowed (Z21). */
void view_go_page(postern_buf *out, const char *language, postern_slice target);
/* The catalogue of a language as JSON: {"English": "…"}. */
void view_strings_json(postern_buf *out, const char *language);
/* "ja" when it is the first of ours that Accept-Language names, "en", or NULL. */
const char *view_language_wanted(postern_slice accept);
const char *view_language_known(const char *language); /* "ja_JP.UTF-8" -> "ja"; else "en" */

/* ---- settings.c -------------------------------------------------------------------------------------------------- */

void view_setting(postern_viewer_settings *settings, postern_slice name, postern_slice value);
const char *view_theme_name(postern_theme theme);

/* ---- headers.c -------------------------------------------------------------------------------------------------- */

typedef enum view_class { VIEW_CLASS_SHELL, VIEW_CLASS_PLAIN, VIEW_CLASS_MESSAGE, VIEW_CLASS_DATA, VIEW_CLASS_FILE } view_class;
/* The Content-Security-Policy of a class; `origin` is "http://127.0.0.1:PORT", `secret` the path's. */
void view_policy(postern_buf *out, view_class class, const char *origin, const char *secret);
/* Name and value pairs that all answers of a class have; NULL behind the last. */
const char *const *view_headers(view_class class);

/* ---- assets.c (generated) ---------------------------------------------------------------------------------------- */

typedef struct view_asset {
    const char *name, *type;
    const unsigned char *bytes;
    size_t len;
} view_asset;
extern const view_asset view_assets[];
extern const size_t view_asset_count;

typedef struct view_translation {
    const char *english, *text;
} view_translation;
extern const view_translation view_ja[];
extern const size_t view_ja_count;

#endif
