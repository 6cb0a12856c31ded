/*
 * The mhtml: handler: the first line of the input is the URL, the rest the container that the I/O gives whatever is asked for.
 * Properties: at most one container is opened and it is closed again (Z2); a part's zone is never above the caller's (Z1); an
 * answer has reasons (Z20) and a declared type (Z7).
 */
#include "postern/mhtml.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct world {
    postern_slice bytes;
    unsigned opened, closed;
} world;

static postern_status open_any(void *user, const postern_url *url, postern_container *ret, postern_error *reterr) {
    world *w = user;
    (void)reterr;
    if (url->host.len && postern_slice_eq(url->scheme, POSTERN_S("file"))) abort(); /* Z9: a share is never asked for */
    w->opened++;
    *ret = (postern_container){.bytes = w->bytes, .type = POSTERN_S("message/rfc822"), .local_proof = true};
    return POSTERN_OK;
}

static void close_it(void *user, postern_container *container) {
    (void)container;
    ((world *)user)->closed++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static postern_policy *policy;
    if (!policy && (postern_policy_new(&policy) || postern_policy_seal(policy, NULL))) abort();
    postern_cut cut = postern_slice_cut(postern_slice_of(data, size), '\n');
    world w = {.bytes = cut.tail};
    postern_container_io io = {open_any, close_it, &w};
    postern_resolve_context context = {.has_caller = true, .caller = POSTERN_ZONE_INTRANET};
    postern_resolution *r = NULL;
    postern_error error;
    postern_status status = postern_mhtml_resolve(policy, cut.head, &context, &io, &r, &error);
    if (!status) {
        if (postern_zone_least(r->zone, POSTERN_ZONE_INTRANET) != r->zone) abort();
        if (r->reasons.reason_count == 0 || r->type.len == 0) abort();
        if (r->part >= postern_archive_part_count(r->archive)) abort();
    } else if (r || error.text[0] == 0) {
        abort();
    }
    postern_resolution_free(r);
    if (w.opened > 1 || w.opened != w.closed) abort();
    return 0;
}
