/* What the files of the server share: the viewer, its connections and its requests. */
#ifndef POSTERN_VIEW_SERVER_H
#define POSTERN_VIEW_SERVER_H

#include "warden.h"

#include <microhttpd.h>

typedef enum view_stage {
    VIEW_STAGE_NEW,
    VIEW_STAGE_ASKED,   /* let in */
    VIEW_STAGE_BODY,    /* of a POST */
    VIEW_STAGE_STORE,   /* its turn with the store has not come, or the store works; suspended */
    VIEW_STAGE_WAITING, /* for a reader; suspended */
    VIEW_STAGE_READING, /* a reader works; suspended */
    VIEW_STAGE_READY    /* the answer is whole, or an error */
} view_stage;

/* A message of a store: its bytes, for readers that are asked about it one after the other. */
typedef struct view_held {
    uint32_t row;
    unsigned used;  /* requests that need it */
    uint64_t turn;  /* when it was last asked for */
    uint8_t *bytes; /* a mapping; NULL: this place is free */
    size_t len;
    uint8_t zone;
    char name[160];
} view_held;
enum { VIEW_HELD = 8 };

/* One request. */
typedef struct view_exchange {
    struct postern_viewer *viewer;
    struct view_exchange *next;
    struct MHD_Connection *connection;
    char *uri;
    view_route route;
    view_stage stage;
    const char *host; /* ours, as it was asked for */
    const char *language;
    view_reader reader;
    view_frames frames;
    int body; /* of the answer: a memory file */
    uint64_t body_len;
    view_held *held; /* the message it is about, when that is of a store */
    bool absent;     /* there is no such message */
    bool cut;        /* the reader died, or broke the protocol */
    bool huge;       /* the answer is beyond its limit */
    bool late;       /* it took too long */
    char posted[POSTERN_LIMIT_VIEWER_BODY];
    size_t posted_len;
    bool posted_cut;
} view_exchange;

/* One open connection, for what the library's own timeout does not see: a client that sends a byte now and then. */
typedef struct view_line {
    int fd;
    int64_t since; /* when its request should have begun to arrive; 0: it is being answered */
} view_line;

/* One page of ours that is open: a response that never ends. */
typedef struct view_alive {
    struct postern_viewer *viewer;
    struct view_alive *next;
    struct MHD_Connection *connection;
    int fd;
    bool suspended, gone;
    int64_t due; /* the next sign of life */
} view_alive;

/* The store's keeper, and what is known of it. */
typedef struct view_link {
    view_reader keeper;
    view_frames frames;
    view_exchange *busy; /* whose question it works on */
    char state[4096];    /* JSON: what it does, or what the store is */
    size_t state_len;
    bool wanted;        /* there is a store to open */
    bool ready, single; /* it said so */
    bool failed;        /* it died too often before it was ready */
    unsigned deaths;    /* since it was ready */
    bool learning;      /* it makes the index of words */
    unsigned unlearned; /* deaths over that, in all */
    bool fetching;         /* it works on a message, and may be asked for a list meanwhile: */
    view_exchange *urgent; /* whose list that is */
    bool urgent_deaf;      /* it is wanted no more */
    bool deaf;          /* its answer is on its way, and wanted no more */
} view_link;

struct postern_viewer {
    postern_viewer_options options;
    view_session session;
    struct MHD_Daemon *daemons[2];
    int stop; /* eventfd */
    char hosts[2][24];
    char link_prefix[VIEW_SECRET + 16];
    char url[2 * VIEW_SECRET + 64];
    view_exchange *exchanges;
    view_alive *alive;
    unsigned readers;
    view_link link;
    view_warden warden;
    view_held held[VIEW_HELD];
    uint64_t turns;
    int64_t lonely; /* since when no page is open; 0: there is one, or there was none yet */
    view_line lines[2 * POSTERN_LIMIT_VIEWER_CONNECTIONS];
};

/* ---- exchange.c: the life of a request --------------------------------------------------------------------------- */

void *view_on_uri(void *cls, const char *uri, struct MHD_Connection *connection);
enum MHD_Result view_on_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                                const char *version, const char *data, size_t *data_len, void **con_cls);
void view_on_completed(void *cls, struct MHD_Connection *connection, void **con_cls, enum MHD_RequestTerminationCode how);
/* Gives waiting requests a reader, as long as there are fewer than the limit. */
void view_exchanges_start(postern_viewer *viewer);
/* What a reader has to say; at its end the request goes on. */
void view_exchange_pump(view_exchange *exchange);
void view_exchange_expire(view_exchange *exchange, int64_t now);

/* Where the bytes of its answer go; without `write`: there is no memory for them. */
postern_sink view_exchange_sink(view_exchange *exchange);
void view_exchange_done(view_exchange *exchange, bool cut); /* its answer is whole, or there will be none */

/* ---- link.c: the viewer's end of the store ------------------------------------------------------------------------ */

void view_link_start(postern_viewer *viewer);
void view_link_pump(postern_viewer *viewer);
/* Hands the keeper the next question, when it is free. */
void view_link_next(postern_viewer *viewer);
void view_link_expire(postern_viewer *viewer, int64_t now);
void view_link_drop(postern_viewer *viewer, const view_exchange *x); /* the question in hand is wanted no more */
void view_link_end(postern_viewer *viewer);
/* Whether messages come from a store; and the one that an exchange is about, if it is at hand. */
bool view_link_is_store(const postern_viewer *viewer);
bool view_held_take(view_exchange *exchange);
void view_held_release(view_exchange *exchange);

/* ---- respond.c ---------------------------------------------------------------------------------------------------- */

/* Queues a response with the headers of its class, and lets go of it. */
enum MHD_Result view_send(view_exchange *exchange, struct MHD_Response *response, unsigned code, view_class class,
                          const char *type);
enum MHD_Result view_refuse(view_exchange *exchange, view_verdict verdict);
/* An answer that needs no reader. */
enum MHD_Result view_respond_own(view_exchange *exchange);
/* What the reader made, or what became of it. */
enum MHD_Result view_respond_read(view_exchange *exchange);
enum MHD_Result view_respond_posted(view_exchange *exchange);
enum MHD_Result view_respond_state(view_exchange *exchange); /* of the store */

/* ---- alive.c ------------------------------------------------------------------------------------------------------ */

enum MHD_Result view_respond_alive(view_exchange *exchange);
/* Signs of life that are due; pages that are gone. Returns when to come again, or INT64_MAX. */
int64_t view_alive_tend(postern_viewer *viewer, int64_t now);
void view_alive_end(postern_viewer *viewer);

#endif
