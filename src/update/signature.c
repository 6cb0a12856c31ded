/*
 * Authenticode: a PKCS#7 signature over a digest of the package. [Windows Authenticode Portable Executable Signature Format;
 * RFC 2315] Three things have to fit: the digest of the file and the one that was signed, the signed content and its digest in
 * the attributes, the attributes and the signer's key. Then the signer's chain is looked at (signature_chain.c).
 *
 * Left out: revocation (no network, Z17 in spirit), page hashes, a second signature nested in the first. The bytes are the
 * attacker's; libcrypto parses them behind the sandbox, and what it cannot read is "malformed".
 */
#include "signature_int.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>

#define INDIRECT_DATA "1.3.6.1.4.1.311.2.1.4"

const char *postern_signature_name(postern_signature_state state) {
    static const char *const names[] = {"unsigned", "malformed", "digest wrong", "signed by unknown", "expired", "trusted"};
    return (unsigned)state < sizeof names / sizeof *names ? names[state] : "malformed";
}

void signature_rule(signature_check *check, postern_signature_state state, const char *reason) {
    check->out->state = state;
    if (postern_arena_copy(check->arena, postern_slice_cstr(reason), &check->out->reason))
        check->status = postern_arena_failure(check->arena);
}

postern_slice signature_person(signature_check *check, const X509_NAME *name) {
    unsigned char *utf8 = NULL;
    postern_slice copy = {NULL, 0};
    int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (at < 0) at = X509_NAME_get_index_by_NID(name, NID_organizationName, -1);
    X509_NAME_ENTRY *entry = at < 0 ? NULL : X509_NAME_get_entry(name, at);
    int len = entry ? ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry)) : -1;
    if (len > 0 && postern_arena_copy(check->arena, postern_slice_of(utf8, (size_t)len), &copy))
        check->status = postern_arena_failure(check->arena);
    OPENSSL_free(utf8);
    return copy;
}

/* ---- anchors ---- */

postern_status postern_anchors_new(postern_anchors **ret_anchors, postern_error *reterr) {
    postern_anchors *anchors = calloc(1, sizeof *anchors);
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL); /* a sandboxed process opens no configuration */
    if (anchors) anchors->store = X509_STORE_new();
    if (!anchors || !anchors->store) {
        free(anchors);
        return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory for certificates");
    }
    *ret_anchors = anchors;
    return POSTERN_OK;
}

void postern_anchors_free(postern_anchors *anchors) {
    if (!anchors) return;
    X509_STORE_free(anchors->store);
    free(anchors);
}

static size_t add_one(postern_anchors *anchors, X509 *certificate) {
    size_t added = certificate && X509_STORE_add_cert(anchors->store, certificate) == 1;
    X509_free(certificate);
    anchors->count += added;
    return added;
}

postern_status postern_anchors_add(postern_anchors *anchors, postern_slice bytes, size_t *ret_count, postern_error *reterr) {
    const unsigned char *der = bytes.ptr;
    *ret_count = 0;
    if (bytes.len > POSTERN_LIMIT_VIEWER_TRUST)
        return postern_fail(reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "more certificates than VIEWER_TRUST allows");
    if (postern_slice_find(bytes, 0, POSTERN_S("-----BEGIN ")) == SIZE_MAX) {
        if (bytes.len) *ret_count = add_one(anchors, d2i_X509(NULL, &der, (long)bytes.len));
    } else {
        BIO *in = BIO_new_mem_buf(bytes.ptr, (int)bytes.len);
        for (X509 *one; in && (one = PEM_read_bio_X509_AUX(in, NULL, NULL, NULL));) *ret_count += add_one(anchors, one);
        BIO_free(in);
    }
    ERR_clear_error();
    return POSTERN_OK;
}

/* ---- DER ---- */

typedef struct der_item {
    bool ok;
    uint8_t tag;
    postern_slice content, rest;
} der_item;

/* Definite lengths only, as DER has them. */
static der_item der_next(postern_slice from) {
    der_item item = {0};
    postern_cursor c = postern_cursor_of(from);
    item.tag = postern_cursor_u8(&c);
    size_t len = postern_cursor_u8(&c), count = len & 0x7F;
    if (len & 0x80) {
        if (!count || count > 4) return item;
        for (len = 0; count; count--) len = len << 8 | postern_cursor_u8(&c);
    }
    item.content = postern_cursor_bytes(&c, len);
    item.ok = c.ok;
    item.rest = postern_slice_from(from, c.pos);
    return item;
}

static der_item der_take(postern_slice from, uint8_t tag) {
    der_item item = der_next(from);
    item.ok &= item.tag == tag;
    return item;
}

/* ---- the digest that was signed ---- */

enum { DER_OCTETS = 0x04, DER_OID = 0x06, DER_SEQUENCE = 0x30 };

typedef struct indirect {
    postern_slice signed_bytes; /* content of the outer sequence: what the attributes' digest is of */
    const EVP_MD *md;
    postern_slice digest;
} indirect;

static const EVP_MD *digest_of_oid(postern_slice oid) {
    static const struct {
        const char *bytes;
        size_t len;
        const EVP_MD *(*md)(void);
    } known[] = {{"\x2B\x0E\x03\x02\x1A", 5, EVP_sha1},
                 {"\x60\x86\x48\x01\x65\x03\x04\x02\x01", 9, EVP_sha256},
                 {"\x60\x86\x48\x01\x65\x03\x04\x02\x02", 9, EVP_sha384},
                 {"\x60\x86\x48\x01\x65\x03\x04\x02\x03", 9, EVP_sha512},
                 {"\x2A\x86\x48\x86\xF7\x0D\x02\x05", 8, EVP_md5}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (postern_slice_eq(oid, postern_slice_of(known[i].bytes, known[i].len))) return known[i].md();
    return NULL;
}

bool signature_content(PKCS7 *p7, const char *type, postern_slice *ret_der) {
    char name[64] = "";
    PKCS7 *inner = PKCS7_type_is_signed(p7) && p7->d.sign ? p7->d.sign->contents : NULL;
    if (!inner || OBJ_obj2txt(name, sizeof name, inner->type, 1) <= 0 || strcmp(name, type) != 0) return false;
    const ASN1_TYPE *any = inner->d.other;
    if (!any || any->type != V_ASN1_SEQUENCE || !any->value.sequence) return false;
    *ret_der = postern_slice_of(any->value.sequence->data, (size_t)any->value.sequence->length);
    return true;
}

postern_slice signature_inside(postern_slice der) {
    der_item outer = der_take(der, DER_SEQUENCE);
    return outer.ok && !outer.rest.len ? outer.content : (postern_slice){NULL, 0};
}

/* SpcIndirectDataContent: { data, { { algorithm, parameters }, digest } } */
static bool read_indirect(PKCS7 *p7, indirect *ret) {
    postern_slice der;
    if (!signature_content(p7, INDIRECT_DATA, &der)) return false;
    postern_slice inside = signature_inside(der);
    der_item data = der_take(inside, DER_SEQUENCE), info = der_take(data.rest, DER_SEQUENCE),
             algorithm = der_take(info.content, DER_SEQUENCE), oid = der_take(algorithm.content, DER_OID),
             digest = der_take(algorithm.rest, DER_OCTETS);
    *ret = (indirect){inside, digest_of_oid(oid.content), digest.content};
    return data.ok && info.ok && algorithm.ok && oid.ok && digest.ok;
}

bool signature_digest(const update_signed *place, const EVP_MD *md, uint8_t out[EVP_MAX_MD_SIZE], unsigned *ret_len) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = context && EVP_DigestInit_ex(context, md, NULL);
    for (size_t i = 0; ok && i < sizeof place->parts / sizeof *place->parts; i++)
        if (place->parts[i].len) ok = EVP_DigestUpdate(context, place->parts[i].ptr, place->parts[i].len);
    ok = ok && EVP_DigestFinal_ex(context, out, ret_len);
    EVP_MD_CTX_free(context);
    return ok;
}

/* ---- the signature ---- */

static bool is_of_type(PKCS7_SIGNER_INFO *signer, const char *wanted) {
    char type[64] = "";
    ASN1_TYPE *value = PKCS7_get_signed_attribute(signer, NID_pkcs9_contentType);
    return value && value->type == V_ASN1_OBJECT && OBJ_obj2txt(type, sizeof type, value->value.object, 1) > 0 &&
           !strcmp(type, wanted);
}

/* Of the attributes that the key signs. */
static bool is_md5(PKCS7_SIGNER_INFO *signer) {
    X509_ALGOR *algorithm = NULL;
    PKCS7_SIGNER_INFO_get0_algs(signer, NULL, &algorithm, NULL);
    int digest = algorithm ? OBJ_obj2nid(algorithm->algorithm) : NID_undef;
    return digest == NID_md5 || digest == NID_md4 || digest == NID_md2;
}

/* The signed content against the digest among the attributes, the attributes against the key. */
static bool holds(PKCS7 *p7, PKCS7_SIGNER_INFO *signer, X509 *certificate, postern_slice content) {
    X509_ALGOR *algorithm = NULL;
    PKCS7_SIGNER_INFO_get0_algs(signer, NULL, &algorithm, NULL);
    const EVP_MD *md = algorithm ? EVP_get_digestbyobj(algorithm->algorithm) : NULL;
    BIO *digest = md ? BIO_new(BIO_f_md()) : NULL, *sink = BIO_new(BIO_s_null());
    bool ok = digest && sink && BIO_set_md(digest, (EVP_MD *)(uintptr_t)md) == 1;
    if (ok) {
        BIO_push(digest, sink);
        ok = BIO_write(digest, content.ptr, (int)content.len) == (int)content.len &&
             PKCS7_signatureVerify(digest, p7, signer, certificate) == 1;
    }
    BIO_free(digest);
    BIO_free(sink);
    return ok;
}

void signature_judge_signer(signature_check *check, PKCS7 *p7, const char *type, postern_slice content) {
    STACK_OF(PKCS7_SIGNER_INFO) *signers = PKCS7_get_signer_info(p7);
    PKCS7_SIGNER_INFO *signer = sk_PKCS7_SIGNER_INFO_num(signers) == 1 ? sk_PKCS7_SIGNER_INFO_value(signers, 0) : NULL;
    X509 *certificate = signer ? PKCS7_cert_from_signer_info(p7, signer) : NULL;
    if (certificate) {
        check->out->signer = signature_person(check, X509_get_subject_name(certificate));
        check->out->issuer = signature_person(check, X509_get_issuer_name(certificate));
    }
    if (check->out->state == POSTERN_SIGNATURE_WRONG) return; /* whoever signed it signed something else */
    if (!signer)
        signature_rule(check, POSTERN_SIGNATURE_MALFORMED, "it has not one signer");
    else if (!certificate)
        signature_rule(check, POSTERN_SIGNATURE_MALFORMED, "the certificate of its signer is not in it");
    else if (!is_of_type(signer, type) || !holds(p7, signer, certificate, content))
        signature_rule(check, POSTERN_SIGNATURE_MALFORMED, "it was not made by the signer that it names");
    else if (is_md5(signer))
        signature_rule(check, POSTERN_SIGNATURE_UNKNOWN, "its digest is MD5, which proves nothing");
    else
        signature_judge_chain(check, p7, signer, certificate);
}

static void judge(signature_check *check, const update_signed *place, PKCS7 *p7) {
    indirect signed_data;
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (!read_indirect(p7, &signed_data)) {
        signature_rule(check, POSTERN_SIGNATURE_MALFORMED, "it is no Authenticode signature");
        return;
    }
    if (!signed_data.md) {
        signature_rule(check, POSTERN_SIGNATURE_MALFORMED, "its digest is of a kind that is not known here");
        return;
    }
    check->out->digest = EVP_MD_get0_name(signed_data.md);
    check->out->weak = signed_data.md == EVP_sha1() || signed_data.md == EVP_md5();
    if (!signature_digest(place, signed_data.md, digest, &len)) {
        check->status = POSTERN_NOMEM;
        return;
    }
    if (!postern_slice_eq(signed_data.digest, postern_slice_of(digest, len)))
        signature_rule(check, POSTERN_SIGNATURE_WRONG, "the package was changed since it was signed");
    signature_judge_signer(check, p7, INDIRECT_DATA, signed_data.signed_bytes);
    if (check->out->state >= POSTERN_SIGNATURE_UNKNOWN && signed_data.md == EVP_md5())
        signature_rule(check, POSTERN_SIGNATURE_UNKNOWN, "its digest is MD5, which proves nothing");
}

/* Zeros fill the table up; anything else would be content that no digest reaches. */
bool signature_is_padding(postern_slice rest) {
    for (size_t i = 0; i < rest.len; i++)
        if (rest.ptr[i]) return false;
    return rest.len < 8;
}

static void look(signature_check *check, postern_slice bytes) {
    update_signed place = update_signature_place(bytes);
    if (!place.has_signature) return;
    if (place.wrong) {
        signature_rule(check, POSTERN_SIGNATURE_MALFORMED, place.wrong);
        return;
    }
    if (place.blob.len > POSTERN_LIMIT_SIGNATURE) {
        signature_rule(check, POSTERN_SIGNATURE_MALFORMED, "it is larger than SIGNATURE allows");
        return;
    }
    const unsigned char *at = place.blob.ptr;
    PKCS7 *p7 = d2i_PKCS7(NULL, &at, (long)place.blob.len);
    if (!p7)
        signature_rule(check, POSTERN_SIGNATURE_MALFORMED, "it is no PKCS#7");
    else if (!signature_is_padding(postern_slice_from(place.blob, (size_t)(at - place.blob.ptr))))
        signature_rule(check, POSTERN_SIGNATURE_MALFORMED, "something hides behind it, where no digest reaches");
    else
        judge(check, &place, p7);
    PKCS7_free(p7);
}

postern_status postern_package_signature(postern_package *package, const postern_anchors *anchors, int64_t now,
                                         postern_signature *ret_signature, postern_error *reterr) {
    signature_check check = {.arena = package->arena, .anchors = anchors, .now = now, .out = ret_signature};
    *ret_signature = (postern_signature){0};
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    ERR_clear_error();
    look(&check, package->bytes);
    ERR_clear_error();
    if (!check.status) return POSTERN_OK;
    return postern_fail(reterr, check.status, POSTERN_NO_OFFSET, "no memory for the signature of the package");
}
