/* Signatures of packages as hostile bytes, in the certificate table of a small program, behind the header of a cabinet, as
 * a catalogue.
 * Properties: with nobody trusted nothing is trusted; a signature that fits stops fitting when one byte that it covers changes;
 * reasons are given for everything that is not trusted. The seeds were made for exactly this program.
 */
#include "update/signature_int.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    IMAGE = 512,
    PE = 0x40,
    OPTIONAL = PE + 24,
    DIRECTORIES = OPTIONAL + 96,
    ENTRY = DIRECTORIES + 4 * 8,
    INPUT_MAX = 1 << 18
};

static void must(bool good) {
    if (!good) abort();
}

static void put16(uint8_t *at, unsigned value) {
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *at, size_t value) {
    put16(at, (unsigned)value & 0xFFFF);
    put16(at + 2, (unsigned)(value >> 16));
}

/* What `seeds` were signed for: headers alone, no section. */
static void put_image(uint8_t *image) {
    memcpy(image, "MZ", 2);
    put32(image + 0x3C, PE);
    memcpy(image + PE, "PE\0\0", 4);
    put16(image + PE + 4, 0x14C);
    put16(image + PE + 20, 96 + 8 * 16);
    put16(image + PE + 22, 0x102);
    put16(image + OPTIONAL, 0x10B);
    put32(image + OPTIONAL + 32, 0x1000);
    put32(image + OPTIONAL + 36, 0x200);
    put32(image + OPTIONAL + 56, 0x1000);
    put32(image + OPTIONAL + 60, IMAGE);
    put16(image + OPTIONAL + 68, 2);
    put32(image + OPTIONAL + 92, 16);
}

static postern_signature look(postern_slice bytes, postern_anchors *anchors) {
    postern_package package = {.arena = postern_arena_new(1 << 20), .bytes = bytes};
    postern_signature signature = {0};
    must(package.arena != NULL);
    postern_status status = postern_package_signature(&package, anchors, 1100000000, &signature, NULL);
    must(status == POSTERN_OK || status == POSTERN_NOMEM || status == POSTERN_LIMIT);
    must(status || signature.state == POSTERN_SIGNATURE_NONE || signature.reason.len);
    must(signature.state != POSTERN_SIGNATURE_TRUSTED);
    signature.reason = signature.signer = signature.issuer = signature.countersigner = (postern_slice){NULL, 0};
    postern_arena_free(package.arena);
    return signature;
}

static void look_catalogue(postern_slice bytes, postern_anchors *anchors) {
    const postern_package_file files[] = {{.path = POSTERN_S("a.cat"), .bytes = bytes},
                                          {.path = POSTERN_S("b.txt"), .bytes = POSTERN_S("b")}};
    postern_package package = {.arena = postern_arena_new(1 << 20), .info = {.files = files, .file_count = 2}};
    const postern_catalogue *rows;
    size_t count;
    must(package.arena != NULL);
    postern_status status = postern_package_catalogues(&package, anchors, 1100000000, &rows, &count, NULL);
    must(status == POSTERN_OK || status == POSTERN_NOMEM || status == POSTERN_LIMIT);
    must(status || (count == 1 && rows[0].files == 1 && rows[0].covered <= 1));
    must(status || (rows[0].signature.state != POSTERN_SIGNATURE_TRUSTED && rows[0].signature.reason.len));
    postern_arena_free(package.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > INPUT_MAX) return 0;
    size_t table = 8 + size, padded = (table + 7) & ~(size_t)7;
    uint8_t *image = calloc(1, IMAGE + padded);
    postern_anchors *anchors;
    must(image && !postern_anchors_new(&anchors, NULL));
    put_image(image);
    put32(image + ENTRY, IMAGE);
    put32(image + ENTRY + 4, padded);
    put32(image + IMAGE, padded);
    put16(image + IMAGE + 4, 0x200);
    put16(image + IMAGE + 6, 2);
    if (size) memcpy(image + IMAGE + 8, data, size);
    const postern_slice whole = postern_slice_of(image, IMAGE + padded);
    postern_signature first = look(whole, anchors);
    must(first.state != POSTERN_SIGNATURE_NONE && look(whole, NULL).state == first.state);
    image[PE + 8] ^= 1;
    must(look(whole, anchors).state < POSTERN_SIGNATURE_UNKNOWN || first.state < POSTERN_SIGNATURE_UNKNOWN);
    look(postern_slice_of(data, size), anchors); /* a whole file of any kind */
    look_catalogue(postern_slice_of(data, size), anchors);
    postern_anchors_free(anchors);
    free(image);
    return 0;
}
