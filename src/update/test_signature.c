/*
 * Signatures of packages: a signed cabinet of the fuzzer's seeds, as it is and changed. With certificates, expired signers and
 * countersignatures: tests/update/test_signatures.py, which makes them.
 */
#include "base/test_oom.h"

#include "postern/update.h"
#include "update_int.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

static postern_file *open_seed(void) {
    char path[256];
    postern_file *file;
    snprintf(path, sizeof path, "%s/fuzz/seeds/signature/cabinet", POSTERN_SOURCE_ROOT);
    assert_int_equal(postern_file_open(AT_FDCWD, path, &file, NULL), POSTERN_OK);
    return file;
}

static postern_signature_state state_of(postern_slice bytes, const postern_anchors *anchors) {
    postern_package *package;
    postern_signature signature;
    postern_error error;
    if (postern_package_open(bytes, &package, &error)) fail_msg("%s", error.text);
    assert_int_equal(postern_package_signature(package, anchors, 1100000000, &signature, NULL), POSTERN_OK);
    assert_true(signature.state == POSTERN_SIGNATURE_NONE || signature.reason.len);
    assert_int_equal(postern_package_info_of(package)->has_signature, signature.state != POSTERN_SIGNATURE_NONE);
    postern_package_close(package);
    return signature.state;
}

static void every_covered_byte_counts(void **state) {
    (void)state;
    postern_file *file = open_seed();
    postern_slice bytes = postern_file_bytes(file);
    postern_anchors *anchors;
    assert_int_equal(postern_anchors_new(&anchors, NULL), POSTERN_OK);
    assert_int_equal(state_of(bytes, NULL), POSTERN_SIGNATURE_UNKNOWN);
    assert_int_equal(state_of(bytes, anchors), POSTERN_SIGNATURE_UNKNOWN);
    uint8_t *copy = malloc(bytes.len);
    update_signed place = update_signature_place(bytes);
    assert_true(copy && place.has_signature && !place.wrong && place.covered.len + place.blob.len == bytes.len);
    memcpy(copy, bytes.ptr, bytes.len);
    for (size_t i = 0; i < place.covered.len; i++) {
        postern_package *package;
        postern_signature signature = {0};
        copy[i] ^= 0x20;
        if (!postern_package_open(postern_slice_of(copy, bytes.len), &package, NULL)) {
            assert_int_equal(postern_package_signature(package, NULL, 0, &signature, NULL), POSTERN_OK);
            /* left out of the digest: the reserved number, the cabinet's own number, the place of the signature */
            bool free_byte = (i >= 4 && i < 8) || (i >= 34 && i < 56);
            if (signature.state == POSTERN_SIGNATURE_UNKNOWN && !free_byte) fail_msg("byte %zu is not covered", i);
            postern_package_close(package);
        }
        copy[i] ^= 0x20;
    }
    free(copy);
    postern_anchors_free(anchors);
    postern_file_close(file);
}

static void certificates_are_counted(void **state) {
    (void)state;
    postern_anchors *anchors;
    size_t count = 9;
    assert_int_equal(postern_anchors_new(&anchors, NULL), POSTERN_OK);
    static const char *const none[] = {"", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                                       "-----BEGIN "};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_int_equal(postern_anchors_add(anchors, postern_slice_cstr(none[i]), &count, NULL), POSTERN_OK);
        assert_int_equal(count, 0);
    }
    postern_anchors_free(anchors);
    postern_anchors_free(NULL);
}

static void places_of_signatures(void **state) {
    (void)state;
    static const postern_slice none[] = {
        {NULL, 0}, {(const uint8_t *)"MZ", 2}, {(const uint8_t *)"MSCF", 4}, {(const uint8_t *)"PK\3\4", 4}};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        update_signed place = update_signature_place(none[i]);
        assert_true(!place.has_signature && place.covered.len == none[i].len);
    }
    for (int state_number = -1; state_number <= 6; state_number++)
        assert_true(postern_signature_name((postern_signature_state)state_number)[0]);
}

static postern_status life(void *user) {
    postern_package *package = NULL;
    postern_anchors *anchors = NULL;
    postern_signature signature;
    postern_status status = postern_anchors_new(&anchors, NULL);
    if (!status) status = postern_package_open(*(const postern_slice *)user, &package, NULL);
    if (!status) status = postern_package_signature(package, anchors, 0, &signature, NULL);
    postern_package_close(package);
    postern_anchors_free(anchors);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    postern_file *file = open_seed();
    postern_slice bytes = postern_file_bytes(file);
    assert_true(test_oom_each(life, &bytes) > 3);
    postern_file_close(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_covered_byte_counts),
        cmocka_unit_test(certificates_are_counted),
        cmocka_unit_test(places_of_signatures),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
