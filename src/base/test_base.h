/* What every unit test includes: cmocka with the headers it needs, and comparing slices. */
#ifndef POSTERN_TEST_BASE_H
#define POSTERN_TEST_BASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above */
#include <cmocka.h>

#include "postern/base.h"

static inline void assert_slice_at(postern_slice got, const char *expected, size_t len, const char *file, int line) {
    if (got.len != len || (len && memcmp(got.ptr, expected, len) != 0)) {
        print_error("expected [%.*s]\n     got [%.*s]\n", (int)len, expected, (int)got.len, (const char *)got.ptr);
        _fail(file, line);
    }
}
#define assert_slice(got, literal) assert_slice_at((got), (literal), sizeof(literal) - 1, __FILE__, __LINE__)
#define assert_same_slice(got, expected) \
    assert_slice_at((got), (const char *)(expected).ptr, (expected).len, __FILE__, __LINE__)

#endif
