/* The seam between zone policies and the registry of an offline system: zone asks for trees of keys, we walk them. */
#include "win_int.h"

typedef struct seam {
    postern_win *win;
    const postern_win_view *view;
} seam;

typedef struct visit {
    const postern_registry_visitor *visitor;
    postern_arena *arena; /* texts of values */
    postern_buf path;
    postern_hive hive;
    postern_error *reterr;
} visit;

static postern_status tell(visit *v, const postern_value *value) {
    postern_registry_value told = {v->hive, postern_buf_slice(&v->path), value->name, value->type, value->raw};
    bool is_text = value->type == POSTERN_REG_SZ || value->type == POSTERN_REG_EXPAND_SZ;
    postern_status status = is_text ? postern_value_text(value, v->arena, &told.data) : POSTERN_OK;
    if (status) return postern_fail(v->reterr, status, POSTERN_NO_OFFSET, "no memory for the values of a policy");
    return v->visitor->value(v->visitor->user, &told);
}

/* As deep as keys go: POSTERN_LIMIT_KEY_DEPTH. */
static postern_status visit_key(visit *v, const postern_key *key) {
    postern_status status = POSTERN_OK;
    size_t len = v->path.len;
    for (size_t i = 0; i < postern_key_value_count(key) && !status; i++) status = tell(v, postern_key_value_at(key, i));
    for (size_t i = 0; i < postern_key_child_count(key) && !status; i++) {
        const postern_key *child;
        status = postern_key_child(key, i, &child, v->reterr);
        if (status) return status;
        postern_buf_add_byte(&v->path, '\\');
        postern_buf_add_slice(&v->path, postern_key_child_name(key, i));
        status = v->path.status ? postern_fail(v->reterr, v->path.status, POSTERN_NO_OFFSET, "no memory for a key's path")
                                : visit_key(v, child);
        v->path.len = len;
    }
    return status;
}

static postern_status walk(void *user, postern_hive hive, postern_slice path, const postern_registry_visitor *visitor,
                           postern_error *reterr) {
    const seam *s = user;
    const postern_key *key;
    postern_slice full;
    if (hive == POSTERN_HIVE_USER && (!s->view || s->view->user >= s->win->user_count)) return POSTERN_OK;
    if (win_join(s->win, hive == POSTERN_HIVE_USER ? POSTERN_S("HKCU") : POSTERN_S("HKLM"), '\\', path, &full))
        return win_fail_memory(s->win, reterr);
    postern_status status = postern_win_key(s->win, s->view, full, &key, reterr);
    if (status) return status == POSTERN_NOTFOUND ? POSTERN_OK : status;
    visit v = {.visitor = visitor, .hive = hive, .reterr = reterr, .arena = postern_arena_new(POSTERN_LIMIT_WIN_MEMORY)};
    if (!v.arena) return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory for the values of a policy");
    postern_buf_init(&v.path, POSTERN_LIMIT_KEY_DEPTH * 256u);
    status = postern_buf_add_slice(&v.path, path);
    if (!status) status = visit_key(&v, key);
    postern_buf_free(&v.path);
    postern_arena_free(v.arena);
    return status;
}

postern_status postern_win_policy(postern_win *win, const postern_win_view *view, postern_policy *policy,
                                  postern_error *reterr) {
    seam s = {win, view};
    const postern_registry registry = {walk, &s};
    return postern_policy_add_registry(policy, &registry, reterr);
}
