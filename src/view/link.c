/*
 * The viewer's end of a store: one keeper, one question at a time. Rows go straight to the browser; a message is held as bytes
 * that nobody here looks at, for the readers that are asked about it. A keeper that dies is replaced, and the question that
 * killed it is answered with an error.
 */
#define _GNU_SOURCE
#include "server.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DEATHS_MAX = 5, UNLEARNED_MAX = 2, QUESTION_SECONDS = 60, GOODBYE = 500 };

bool view_link_is_store(const postern_viewer *viewer) {
    const view_link *link = &viewer->link;
    return link->wanted && !(link->ready && link->single) && !link->failed;
}

/* ---- messages at hand ------------------------------------------------------------------------------------------------ */

bool view_held_take(view_exchange *x) {
    for (size_t i = 0; i < VIEW_HELD; i++) {
        view_held *held = &x->viewer->held[i];
        if (!held->bytes || held->row != x->route.message) continue;
        held->used++;
        held->turn = ++x->viewer->turns;
        x->held = held;
        return true;
    }
    return false;
}

void view_held_release(view_exchange *x) {
    if (x->held) x->held->used--;
    x->held = NULL;
}

static void forget(view_held *held) {
    if (held->bytes) munmap(held->bytes, held->len);
    *held = (view_held){0};
}

/* The place that was not asked for the longest; NULL: all are in use. */
static view_held *free_place(postern_viewer *viewer) {
    view_held *found = NULL;
    for (size_t i = 0; i < VIEW_HELD; i++) {
        view_held *held = &viewer->held[i];
        if (!held->used && (!found || !held->bytes || (found->bytes && held->turn < found->turn))) found = held;
    }
    return found;
}

static bool hold(view_exchange *x) {
    view_held *held = free_place(x->viewer);
    if (!held || !x->body_len) return false;
    void *bytes = mmap(NULL, x->body_len, PROT_READ, MAP_PRIVATE, x->body, 0);
    if (bytes == MAP_FAILED) return false;
    forget(held);
    *held = (view_held){.row = x->route.message,
                        .used = 1,
                        .turn = ++x->viewer->turns,
                        .bytes = bytes,
                        .len = x->body_len,
                        .zone = x->frames.head.zone};
    snprintf(held->name, sizeof held->name, "%s", x->frames.name);
    x->held = held;
    return true;
}

/* ---- the keeper ------------------------------------------------------------------------------------------------------ */

static postern_status take_state(void *user, const void *bytes, size_t len) {
    view_link *link = user;
    postern_slice state = postern_slice_of(bytes, len);
    if (len >= sizeof link->state) return POSTERN_FORMAT;
    memcpy(link->state, bytes, len);
    link->state_len = len;
    link->ready = postern_slice_starts(state, POSTERN_S("{\"ready\":true"));
    if (link->ready) link->deaths = 0;
    link->single = postern_slice_find(state, 0, POSTERN_S("\"single\":true")) != SIZE_MAX;
    link->learning = postern_slice_find(state, 0, POSTERN_S("\"words\":\"making\"")) != SIZE_MAX;
    return POSTERN_OK;
}

/* The message is here: now a reader may look at it. */
static void got_message(view_exchange *x) {
    bool there = x->frames.head.status == 200 && hold(x);
    x->absent = !there;
    close(x->body);
    x->body = -1;
    x->body_len = 0;
    memset(&x->frames, 0, sizeof x->frames);
    if (!there)
        view_exchange_done(x, true);
    else {
        x->stage = VIEW_STAGE_WAITING;
        view_exchanges_start(x->viewer);
    }
}

/* Where bytes go that nobody asked for: nowhere, and the keeper with them. */
static postern_status refuse(void *user, const void *bytes, size_t len) {
    (void)user;
    (void)bytes;
    (void)len;
    return POSTERN_FORMAT;
}

static bool is_expected(const view_link *link) {
    return link->frames.first ? link->urgent || link->urgent_deaf : link->busy || link->deaf;
}

/* The answer to a list that was asked for while a message is on its way. */
static void answered_first(view_link *link) {
    view_exchange *x = link->urgent;
    link->urgent = NULL;
    link->urgent_deaf = false;
    link->frames.first_data = (postern_sink){.write = NULL};
    if (!x) return;
    x->frames.head = link->frames.head;
    memcpy(x->frames.name, link->frames.name, sizeof x->frames.name);
    view_exchange_done(x, false);
}

/* The keeper was done with its message before it saw the list that was asked for meanwhile: that comes next. */
static void urgent_is_next(view_link *link) {
    link->busy = link->urgent;
    link->deaf = link->urgent_deaf;
    link->fetching = false;
    link->urgent = NULL;
    link->urgent_deaf = false;
    link->frames.data = link->busy || link->deaf ? link->frames.first_data : (postern_sink){refuse, NULL};
    link->frames.first_data = (postern_sink){.write = NULL};
    if (link->busy || link->deaf) link->keeper.deadline = view_clock() + QUESTION_SECONDS * 1000;
}

static void answered_next(view_link *link) {
    view_exchange *x = link->busy;
    link->keeper.deadline = INT64_MAX;
    urgent_is_next(link);
    if (!x) return;
    x->frames.head = link->frames.head;
    memcpy(x->frames.name, link->frames.name, sizeof x->frames.name);
    if (x->route.what == VIEW_LIST)
        view_exchange_done(x, false);
    else
        got_message(x);
}

static void answered(void *user) {
    view_link *link = &((postern_viewer *)user)->link;
    bool first = link->frames.first;
    if (!is_expected(link)) return; /* `ended` stays: it is no keeper any longer */
    link->frames.has_head = link->frames.ended = link->frames.first = false;
    if (first)
        answered_first(link);
    else
        answered_next(link);
}

void view_link_start(postern_viewer *viewer) {
    view_link *link = &viewer->link;
    if (!link->wanted || link->keeper.pid || link->failed || (link->ready && link->single)) return;
    memset(&link->frames, 0, sizeof link->frames);
    link->frames.state = (postern_sink){take_state, link};
    link->frames.data = (postern_sink){refuse, NULL};
    link->frames.on_end = answered;
    link->frames.user = viewer;
    link->learning = link->deaf = link->fetching = link->urgent_deaf = false;
    if (view_keeper_start(&viewer->options, link->unlearned < UNLEARNED_MAX, &viewer->session, &link->keeper, NULL))
        link->failed = true;
}

/* It ends by itself when nobody asks any longer, and takes half an index away with it; if not soon, it is killed. */
static void say_goodbye(int fd) {
    uint8_t block[4096];
    struct pollfd look = {.fd = fd, .events = POLLIN};
    int64_t until = view_clock() + GOODBYE;
    if (fd < 0 || shutdown(fd, SHUT_WR)) return;
    while (view_clock() < until) {
        if (poll(&look, 1, 50) <= 0) continue;
        ssize_t got = read(fd, block, sizeof block);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return;
    }
}

void view_link_end(postern_viewer *viewer) {
    if (viewer->link.keeper.pid) say_goodbye(viewer->link.keeper.fd);
    view_reader_end(&viewer->link.keeper);
    for (size_t i = 0; i < VIEW_HELD; i++) forget(&viewer->held[i]);
}

static void died(postern_viewer *viewer) {
    view_link *link = &viewer->link;
    view_exchange *x = link->busy, *urgent = link->urgent;
    link->busy = link->urgent = NULL;
    link->deaf = false;
    view_reader_end(&link->keeper);
    if (x) view_exchange_done(x, true);
    if (urgent) view_exchange_done(urgent, true);
    if (link->ready && link->single) return; /* it had nothing more to say */
    if (link->learning) link->unlearned++;
    if (++link->deaths >= DEATHS_MAX) link->failed = true; /* in a row, without ever being ready */
    view_link_start(viewer);
}

/* A keeper answers one question at a time, so bytes behind an END are a new state at most. */
void view_link_pump(postern_viewer *viewer) {
    static uint8_t block[256 << 10];
    view_link *link = &viewer->link;
    ssize_t got = read(link->keeper.fd, block, sizeof block);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    postern_status status = got > 0 ? view_frames_take(&link->frames, block, (size_t)got) : POSTERN_IO;
    if (status || link->frames.ended || (link->frames.has_head && !is_expected(link))) died(viewer);
    view_link_next(viewer);
}

static postern_status let_go(void *user, const void *bytes, size_t len) {
    (void)user;
    (void)bytes;
    (void)len;
    return POSTERN_OK;
}

/* The keeper goes on: it would have to begin again with the words. */
void view_link_drop(postern_viewer *viewer, const view_exchange *x) {
    view_link *link = &viewer->link;
    if (link->busy == x) {
        link->busy = NULL;
        link->deaf = true;
        link->frames.data = (postern_sink){let_go, NULL};
    } else if (link->urgent == x) {
        link->urgent = NULL;
        link->urgent_deaf = true;
        link->frames.first_data = (postern_sink){let_go, NULL};
    }
}

void view_link_expire(postern_viewer *viewer, int64_t now) {
    if (viewer->link.keeper.pid && now > viewer->link.keeper.deadline) died(viewer);
}

/* Lists before messages: a person scrolls. The oldest of each stands at the end. One that is being answered waits no longer. */
static view_exchange *first_question(const postern_viewer *viewer, bool list_alone) {
    view_exchange *message = NULL, *list = NULL;
    for (view_exchange *x = viewer->exchanges; x; x = x->next)
        if (x->stage == VIEW_STAGE_STORE && x != viewer->link.busy && x != viewer->link.urgent)
            *(x->route.what == VIEW_LIST ? &list : &message) = x;
    return list || list_alone ? list : message;
}

/* Questions are short: what does not fit into the socket at once has met a keeper that does not read. */
static bool send_all(int fd, postern_slice bytes) {
    return send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL) == (ssize_t)bytes.len;
}

static bool ask(view_link *link, view_exchange *x) {
    postern_buf text, frame;
    postern_buf_init(&text, 8000);
    postern_buf_init(&frame, 16000);
    if (x->route.what == VIEW_LIST)
        postern_buf_printf(&text, "list?");
    else
        postern_buf_printf(&text, "message?row=%u", x->route.message);
    if (x->route.what == VIEW_LIST) postern_buf_add_slice(&text, x->route.query);
    view_frame_put(&frame, VIEW_FRAME_ASK, postern_buf_slice(&text));
    bool sent = !text.status && !frame.status && send_all(link->keeper.fd, postern_buf_slice(&frame));
    postern_buf_free(&text);
    postern_buf_free(&frame);
    return sent;
}

/* A message may lie in an archive and take seconds; a list does not wait for it. */
static void ask_first(postern_viewer *viewer) {
    view_link *link = &viewer->link;
    if (!link->fetching || !(link->busy || link->deaf) || link->urgent || link->urgent_deaf) return;
    view_exchange *x = first_question(viewer, true);
    if (!x) return;
    link->frames.first_data = view_exchange_sink(x);
    if (link->frames.first_data.write && ask(link, x)) {
        link->urgent = x;
        return;
    }
    link->frames.first_data = (postern_sink){.write = NULL};
    view_exchange_done(x, true);
}

void view_link_next(postern_viewer *viewer) {
    view_link *link = &viewer->link;
    view_exchange *x;
    if (!link->keeper.pid) view_link_start(viewer);
    while (!link->busy && !link->deaf && (link->ready || link->failed) && (x = first_question(viewer, false))) {
        if (!view_link_is_store(viewer)) {
            x->stage = VIEW_STAGE_WAITING; /* it turned out to be one message */
            if (x->route.what == VIEW_LIST)
                view_exchange_done(x, true);
            else
                view_exchanges_start(viewer);
            continue;
        }
        if (x->route.what != VIEW_LIST && view_held_take(x)) {
            x->stage = VIEW_STAGE_WAITING;
            view_exchanges_start(viewer);
            continue;
        }
        if (x->route.what != VIEW_LIST && !free_place(viewer)) return; /* readers will make room */
        link->frames.data = view_exchange_sink(x);
        if (!link->frames.data.write || !ask(link, x)) {
            view_exchange_done(x, true);
            continue;
        }
        link->busy = x;
        link->fetching = x->route.what != VIEW_LIST;
        link->keeper.deadline = view_clock() + QUESTION_SECONDS * 1000;
    }
    ask_first(viewer);
}
