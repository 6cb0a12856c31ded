/* The allocator as unit tests see it; see test_oom.h. Linked with --wrap=malloc and so on, therefore the odd names. */
#define _GNU_SOURCE
#include "base/test_oom.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_reallocarray(void *old, size_t count, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
int __wrap_posix_memalign(void **ret_block, size_t alignment, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t max);
void __wrap_free(void *block);

/* Blocks alive, by address: open addressing, grown by doubling. A block that a shared library allocated is not in it, and its
 * free is none of our business. */
static struct {
    bool armed, onwards, refused;
    size_t nth, seen, live, used, room, bytes, peak;
    void **blocks;
} oom;

static void *const GONE = &oom;

static size_t slot_of(const void *block) {
    return (size_t)(((uintptr_t)block >> 4) * 0x9E3779B97F4A7C15u) & (oom.room - 1);
}

static void put(void *block) {
    size_t at = slot_of(block);
    while (oom.blocks[at] && oom.blocks[at] != GONE) at = (at + 1) & (oom.room - 1);
    oom.used += oom.blocks[at] == NULL;
    oom.blocks[at] = block;
}

static void grow(void) {
    void **old = oom.blocks;
    size_t room = oom.room;
    oom.room = room ? room * 2 : 1024;
    oom.blocks = __real_calloc(oom.room, sizeof *oom.blocks);
    if (!oom.blocks) abort();
    oom.used = 0;
    for (size_t i = 0; i < room; i++)
        if (old[i] && old[i] != GONE) put(old[i]);
    __real_free(old);
}

static void *born(void *block) {
    if (!oom.armed || !block) return block;
    if (oom.used * 2 >= oom.room) grow();
    put(block);
    oom.live++;
    oom.bytes += malloc_usable_size(block);
    if (oom.bytes > oom.peak) oom.peak = oom.bytes;
    return block;
}

static void died(void *block) {
    if (!oom.armed || !block || !oom.room) return;
    for (size_t at = slot_of(block); oom.blocks[at]; at = (at + 1) & (oom.room - 1)) {
        if (oom.blocks[at] != block) continue;
        oom.blocks[at] = GONE;
        oom.live--;
        oom.bytes -= malloc_usable_size(block);
        return;
    }
}

static bool refuse(void) {
    if (!oom.armed) return false;
    size_t now = oom.seen++;
    if (now != oom.nth && !(oom.onwards && now > oom.nth)) return false;
    oom.refused = true;
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc(size_t size) { return refuse() ? NULL : born(__real_malloc(size)); }
void *__wrap_calloc(size_t count, size_t size) { return refuse() ? NULL : born(__real_calloc(count, size)); }
void *__wrap_aligned_alloc(size_t alignment, size_t size) {
    return refuse() ? NULL : born(__real_aligned_alloc(alignment, size));
}
void __wrap_free(void *block) {
    died(block);
    __real_free(block);
}

void *__wrap_realloc(void *old, size_t size) {
    if (refuse()) return NULL;
    died(old); /* before the block may move; the sanitizers would not let us ask about it afterwards */
    void *block = __real_realloc(old, size);
    if (!block && size) born(old);
    return born(block);
}

void *__wrap_reallocarray(void *old, size_t count, size_t size) {
    size_t total;
    if (postern_mul_ok(count, size, &total)) return __wrap_realloc(old, total);
    errno = ENOMEM;
    return NULL;
}

int __wrap_posix_memalign(void **ret_block, size_t alignment, size_t size) {
    void *block = __wrap_aligned_alloc(alignment, size);
    if (!block) return ENOMEM;
    *ret_block = block;
    return 0;
}

char *__wrap_strndup(const char *text, size_t max) {
    size_t len = strnlen(text, max);
    char *copy = __wrap_malloc(len + 1);
    if (!copy) return NULL;
    memcpy(copy, text, len);
    copy[len] = 0;
    return copy;
}
char *__wrap_strdup(const char *text) { return __wrap_strndup(text, SIZE_MAX); }

void test_oom_arm(size_t nth, bool onwards) {
    oom.nth = nth;
    oom.onwards = onwards;
    oom.refused = false;
    oom.seen = oom.live = oom.used = oom.bytes = oom.peak = 0;
    if (oom.blocks) memset(oom.blocks, 0, oom.room * sizeof *oom.blocks);
    oom.armed = true;
}

bool test_oom_disarm(void) {
    oom.armed = false;
    return oom.refused;
}

size_t test_oom_live(void) { return oom.live; }
size_t test_oom_peak(void) { return oom.peak; }

static void check_one(test_oom_entry entry, void *user, size_t nth, bool onwards, const char *file, int line) {
    test_oom_arm(nth, onwards);
    postern_status status = entry(user);
    bool refused = test_oom_disarm();
    if (refused && status == POSTERN_NOMEM && oom.live == 0) return;
    print_error("allocation %zu refused%s: status %s, %zu blocks left%s\n", nth, onwards ? " with all behind it" : "",
                postern_status_name(status), oom.live, refused ? "" : "; it was not reached again");
    _fail(file, line);
}

size_t test_oom_each_at(test_oom_entry entry, void *user, const char *file, int line) {
    test_oom_arm(SIZE_MAX, false);
    postern_status status = entry(user);
    test_oom_disarm();
    size_t count = oom.seen;
    if (status != POSTERN_OK || oom.live != 0) {
        print_error("without any refusal: status %s, %zu blocks left\n", postern_status_name(status), oom.live);
        _fail(file, line);
    }
    for (size_t nth = 0; nth < count; nth++) {
        check_one(entry, user, nth, false, file, line);
        check_one(entry, user, nth, true, file, line);
    }
    return count;
}
