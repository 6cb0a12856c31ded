/* The zone policy of one user of a system: the walk that the room zone asks for, over the registry of the room win. */
#include "audit_int.h"

enum { WALK_DEPTH = 32, WALK_MEMORY = 64 << 20 };

typedef struct walker {
    postern_win *win;
    postern_win_view view;
    postern_hive hive;
    const postern_registry_visitor *visitor;
    postern_arena *arena;
    postern_buf path;
} walker;

static bool is_text(uint32_t type) {
    return type == POSTERN_REG_SZ || type == POSTERN_REG_EXPAND_SZ;
}

static postern_status visit_values(walker *w, const postern_key *key) {
    for (size_t i = 0; i < postern_key_value_count(key); i++) {
        const postern_value *value = postern_key_value_at(key, i);
        postern_slice data = value->raw;
        postern_status status = is_text(value->type) ? postern_value_text(value, w->arena, &data) : POSTERN_OK;
        if (status) return status;
        const postern_registry_value out = {
            .hive = w->hive, .key = postern_buf_slice(&w->path), .name = value->name, .type = value->type, .data = data};
        status = w->visitor->value(w->visitor->user, &out);
        if (status) return status;
    }
    return POSTERN_OK;
}

/* As deep as WALK_DEPTH: nothing that zones are made of lies deeper. */
static postern_status visit(walker *w, const postern_key *key, unsigned depth, postern_error *reterr) {
    postern_status status = visit_values(w, key);
    size_t length = w->path.len;
    for (size_t i = 0; !status && depth < WALK_DEPTH && i < postern_key_child_count(key); i++) {
        const postern_key *child;
        status = postern_key_child(key, i, &child, reterr);
        if (status) break;
        postern_buf_add_byte(&w->path, '\\');
        postern_buf_add_slice(&w->path, postern_key_child_name(key, i));
        status = w->path.status ? w->path.status : visit(w, child, depth + 1, reterr);
        w->path.len = length;
    }
    return status;
}

typedef struct source {
    postern_win *win;
    size_t user;
} source;

static postern_status walk(void *user, postern_hive hive, postern_slice key, const postern_registry_visitor *visitor,
                           postern_error *reterr) {
    const source *s = user;
    walker w = {.win = s->win, .view = {.user = s->user}, .hive = hive, .visitor = visitor};
    if (hive == POSTERN_HIVE_USER && s->user == POSTERN_NO_USER) return POSTERN_OK;
    postern_buf full;
    postern_buf_init(&full, 1 << 16);
    postern_buf_init(&w.path, 1 << 16);
    postern_buf_printf(&full, hive == POSTERN_HIVE_USER ? "HKCU\\" : "HKLM\\");
    postern_buf_add_slice(&full, key);
    postern_buf_add_slice(&w.path, key);
    const postern_key *top;
    postern_status status = full.status ? full.status : w.path.status;
    if (!status) status = postern_win_key(w.win, &w.view, postern_buf_slice(&full), &top, reterr);
    bool absent = status == POSTERN_NOTFOUND;
    if (!status && !(w.arena = postern_arena_new(WALK_MEMORY))) status = POSTERN_NOMEM;
    if (!status) status = visit(&w, top, 0, reterr);
    postern_arena_free(w.arena);
    postern_buf_free(&full);
    postern_buf_free(&w.path);
    return absent ? POSTERN_OK : status;
}

postern_status postern_audit_policy(postern_win *win, size_t user, postern_policy **ret_policy, postern_error *reterr) {
    postern_policy *policy;
    source s = {win, user};
    const postern_registry registry = {walk, &s};
    if (postern_policy_new(&policy)) return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory for the policy");
    postern_status status = postern_policy_add_registry(policy, &registry, reterr);
    if (!status) status = postern_policy_seal(policy, reterr);
    if (status) {
        postern_policy_free(policy);
        return status;
    }
    *ret_policy = policy;
    return POSTERN_OK;
}
