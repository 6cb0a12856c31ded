/* SHA-256, by which a file is known before and after it is touched. */
#include "update_int.h"

#include <openssl/sha.h>

void update_sha256(postern_slice bytes, uint8_t ret_digest[32]) {
    SHA256(bytes.ptr ? bytes.ptr : (const uint8_t *)"", bytes.len, ret_digest);
}
