/* What the files of the server share: the viewer, its connections and its requests. */
#ifndef POSTERN_VIEW_SERVER_H
#define POSTERN_VIEW_SERVER_H

#include "view_int.h"

#include <microhttpd.h>

typedef enum view_stage {
    VIEW_STAGE_NEW,
    VIEW_STAGE_ASKED,   /* let in */
    VIEW_STAGE_BODY,    /* of a POST */
    VIEW_STAGE_WAITING, /* for its turn; suspended */
    VIEW_STAGE_READING, /* a reader works; suspended */
    VIEW_STAGE_READY    /* the answer is whole, or an error */
} view_stage;

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
    bool cut;  /* the reader died, or broke the protocol */
    bool huge; /* the answer is beyond its limit */
    bool late; /* it took too long */
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
void view_exchange_give_up(view_exchange *exchange); /* the viewer ends */

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

/* ---- alive.c ------------------------------------------------------------------------------------------------------ */

enum MHD_Result view_respond_alive(view_exchange *exchange);
/* Signs of life that are due; pages that are gone. Returns when to come again, or INT64_MAX. */
int64_t view_alive_tend(postern_viewer *viewer, int64_t now);
void view_alive_end(postern_viewer *viewer);

#endif
