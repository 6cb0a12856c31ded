/*
 * The arena: one owner for a document and every view into it.
 *
 * Blocks are chained; small objects are cut from the newest block, large ones get a block of their own. With
 * POSTERN_ARENA_PER_OBJECT each object is a block, so that a sanitizer sees each overrun.
 */
#include "postern/base.h"

#include <stdlib.h>

enum { BLOCK_MIN = 4096, BLOCK_MAX = 1 << 20, ALIGN = 16 };

typedef struct block {
    struct block *next;
    size_t room, used;
    _Alignas(ALIGN) uint8_t bytes[];
} block;

struct postern_arena {
    block *newest;
    size_t cap, used, next_room;
    postern_status failure;
};

postern_arena *postern_arena_new(size_t cap) {
    postern_arena *arena = calloc(1, sizeof *arena);
    if (!arena) return NULL;
    arena->cap = cap;
    arena->next_room = BLOCK_MIN;
    return arena;
}

void postern_arena_free(postern_arena *arena) {
    if (!arena) return;
    for (block *b = arena->newest; b;) {
        block *next = b->next;
        free(b);
        b = next;
    }
    free(arena);
}

static block *block_new(postern_arena *arena, size_t room) {
    size_t size;
    block *b = postern_add_ok(room, sizeof *b, &size) ? malloc(size) : NULL;
    if (!b) {
        arena->failure = POSTERN_NOMEM;
        return NULL;
    }
    b->room = room;
    b->used = 0;
    return b;
}

/* A large object goes behind the newest block, so that the newest keeps serving small ones. */
static void *alloc_alone(postern_arena *arena, size_t size) {
    block *b = block_new(arena, size);
    if (!b) return NULL;
    b->used = size;
    if (arena->newest) {
        b->next = arena->newest->next;
        arena->newest->next = b;
    } else {
        b->next = NULL;
        arena->newest = b;
    }
    return b->bytes;
}

static void *alloc_shared(postern_arena *arena, size_t size) {
    block *b = arena->newest;
    if (!b || b->room - b->used < size) {
        b = block_new(arena, arena->next_room);
        if (!b) return NULL;
        b->next = arena->newest;
        arena->newest = b;
        if (arena->next_room < BLOCK_MAX) arena->next_room *= 2;
    }
    void *object = b->bytes + b->used;
    b->used += size;
    return object;
}

void *postern_arena_alloc(postern_arena *arena, size_t size) {
    if (size == 0) size = 1;
#ifdef POSTERN_ARENA_PER_OBJECT
    size_t rounded = size;
#else
    size_t rounded;
    if (!postern_add_ok(size, ALIGN - 1, &rounded)) rounded = SIZE_MAX;
    else rounded &= ~(size_t)(ALIGN - 1);
#endif
    if (rounded > arena->cap - arena->used) {
        arena->failure = POSTERN_LIMIT;
        return NULL;
    }
#ifdef POSTERN_ARENA_PER_OBJECT
    void *object = alloc_alone(arena, rounded);
    (void)alloc_shared;
#else
    void *object = rounded > arena->next_room / 4 ? alloc_alone(arena, rounded) : alloc_shared(arena, rounded);
#endif
    if (object) arena->used += rounded;
    return object;
}

void *postern_arena_zalloc(postern_arena *arena, size_t count, size_t size) {
    size_t total;
    if (!postern_mul_ok(count, size, &total)) {
        arena->failure = POSTERN_LIMIT;
        return NULL;
    }
    void *object = postern_arena_alloc(arena, total);
    if (object) memset(object, 0, total);
    return object;
}

postern_status postern_arena_copy(postern_arena *arena, postern_slice s, postern_slice *ret_copy) {
    size_t size;
    if (!postern_add_ok(s.len, 1, &size)) return POSTERN_LIMIT;
    uint8_t *copy = postern_arena_alloc(arena, size);
    if (!copy) return arena->failure;
    if (s.len) memcpy(copy, s.ptr, s.len);
    copy[s.len] = 0;
    *ret_copy = postern_slice_of(copy, s.len);
    return POSTERN_OK;
}

postern_status postern_arena_failure(const postern_arena *arena) {
    return arena->failure;
}

size_t postern_arena_used(const postern_arena *arena) {
    return arena->used;
}
