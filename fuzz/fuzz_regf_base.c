/* The base block of a hive as hostile bytes. Property: what is accepted lies within the file. */
#include "win/win_int.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    hive_base base;
    postern_error error;
    postern_status status = win_hive_base(postern_slice_of(data, size), &base, &error);
    if (!status && (base.length > size || base.length < 8192 || base.length % 4096)) abort();
    if (status && !error.text[0]) abort();
    return 0;
}
