/*
 * Catalogues: a signed list of digests (a certificate trust list, content type 1.3.6.1.4.1.311.10.1), by which the files of an
 * update are vouched for one by one. [MS-CAESO lists the attributes; the layout is that of RFC 2315 with a list inside]
 *
 * Each entry holds the digest of its file as an octet string. The list is signed, so wherever it has an octet string of that
 * length and content, the signer wrote it there: that is all that is looked for.
 */
#include "signature_int.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdlib.h>

#define TRUST_LIST "1.3.6.1.4.1.311.10.1"

enum { LEN_SHA1 = 20, LEN_SHA256 = 32, OCTETS = 0x04 };

/* Where an octet string of one length may begin, sorted by what is in it. */
typedef struct digests {
    const uint8_t **at;
    size_t count;
} digests;

static int compare_sha1(const void *a, const void *b) {
    return memcmp(*(const uint8_t *const *)a, *(const uint8_t *const *)b, LEN_SHA1);
}

static int compare_sha256(const void *a, const void *b) {
    return memcmp(*(const uint8_t *const *)a, *(const uint8_t *const *)b, LEN_SHA256);
}

static bool collect(postern_slice list, uint8_t len, digests *ret) {
    ret->count = 0;
    for (size_t i = 0; i + 2 + len <= list.len; i++) ret->count += list.ptr[i] == OCTETS && list.ptr[i + 1] == len;
    ret->at = calloc(ret->count + 1, sizeof *ret->at);
    if (!ret->at) return false;
    size_t n = 0;
    for (size_t i = 0; i + 2 + len <= list.len; i++)
        if (list.ptr[i] == OCTETS && list.ptr[i + 1] == len) ret->at[n++] = list.ptr + i + 2;
    qsort(ret->at, ret->count, sizeof *ret->at, len == LEN_SHA1 ? compare_sha1 : compare_sha256);
    return true;
}

static bool has(const digests *d, const uint8_t *digest, uint8_t len) {
    return bsearch(&digest, d->at, d->count, sizeof *d->at, len == LEN_SHA1 ? compare_sha1 : compare_sha256) != NULL;
}

static bool names_digest(const digests *d, const EVP_MD *md, uint8_t len, const update_signed *place, postern_slice bytes) {
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned got = 0;
    if (place->parts[0].len && signature_digest(place, md, digest, &got) && has(d, digest, len)) return true;
    return EVP_Digest(bytes.len ? bytes.ptr : (const uint8_t *)"", bytes.len, digest, &got, md, NULL) == 1 &&
           has(d, digest, len);
}

/* What the digest of a program covers without a signature is all but checksum and directory entry; a signed one knows itself.
 */
static bool names_file(const digests *sha1, const digests *sha256, const postern_package_file *file) {
    update_signed place = update_signature_place(file->bytes);
    return names_digest(sha1, EVP_sha1(), LEN_SHA1, &place, file->bytes) ||
           names_digest(sha256, EVP_sha256(), LEN_SHA256, &place, file->bytes);
}

static bool is_catalogue(const postern_package_file *file) {
    postern_slice end = POSTERN_S(".cat");
    return file->path.len > end.len && postern_slice_eq_nocase(postern_slice_from(file->path, file->path.len - end.len), end);
}

static bool count_files(const postern_package_info *info, postern_slice list, postern_catalogue *ret) {
    digests sha1 = {0}, sha256 = {0};
    bool ok = collect(list, LEN_SHA1, &sha1) && collect(list, LEN_SHA256, &sha256);
    for (size_t i = 0; i < info->file_count && ok; i++)
        if (!is_catalogue(&info->files[i])) ret->covered += names_file(&sha1, &sha256, &info->files[i]);
    free(sha1.at);
    free(sha256.at);
    return ok;
}

static void look(signature_check *check, const postern_package_info *info, postern_slice bytes, postern_catalogue *ret) {
    const unsigned char *at = bytes.ptr;
    postern_slice list;
    PKCS7 *p7 = bytes.len && bytes.len <= POSTERN_LIMIT_SIGNATURE ? d2i_PKCS7(NULL, &at, (long)bytes.len) : NULL;
    if (!p7)
        signature_rule(check, POSTERN_SIGNATURE_MALFORMED, "it is no PKCS#7, or larger than SIGNATURE allows");
    else if (!signature_is_padding(postern_slice_from(bytes, (size_t)(at - bytes.ptr))))
        signature_rule(check, POSTERN_SIGNATURE_MALFORMED, "something hides behind it, where no digest reaches");
    else if (!signature_content(p7, TRUST_LIST, &list))
        signature_rule(check, POSTERN_SIGNATURE_MALFORMED, "it is no catalogue");
    else {
        signature_judge_signer(check, p7, TRUST_LIST, signature_inside(list));
        if (!count_files(info, list, ret)) check->status = POSTERN_NOMEM;
    }
    PKCS7_free(p7);
    ERR_clear_error();
}

postern_status postern_package_catalogues(postern_package *package, const postern_anchors *anchors, int64_t now,
                                          const postern_catalogue **ret_catalogues, size_t *ret_count, postern_error *reterr) {
    const postern_package_info *info = &package->info;
    size_t count = 0;
    for (size_t i = 0; i < info->file_count; i++) count += is_catalogue(&info->files[i]);
    postern_catalogue *rows = postern_arena_zalloc(package->arena, count + 1, sizeof *rows);
    if (!rows) return package_no_room(package, reterr);
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    *ret_catalogues = rows;
    *ret_count = count;
    for (size_t i = 0, n = 0; i < info->file_count; i++) {
        if (!is_catalogue(&info->files[i])) continue;
        postern_catalogue *row = &rows[n++];
        signature_check check = {.arena = package->arena, .anchors = anchors, .now = now, .out = &row->signature};
        row->path = info->files[i].path;
        row->files = info->file_count - count;
        look(&check, info, info->files[i].bytes, row);
        if (check.status)
            return postern_fail(reterr, check.status, POSTERN_NO_OFFSET, "no memory for a catalogue of the package");
    }
    return POSTERN_OK;
}
