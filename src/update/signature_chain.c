/*
 * Whom a signature leads to. The chain has to end in a certificate of the user's, for signing programs. A signer whose time is
 * over counts still when a countersignature by somebody who is trusted says that it signed before that: PKCS#9's, as packages
 * of 2004 have it, or a time stamp of RFC 3161.
 */
#include "signature_int.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ts.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <time.h>

#define RFC3161 "1.3.6.1.4.1.311.3.3.1"

typedef struct countersignature {
    bool there, trusted;
    int64_t time;
} countersignature;

/* X509_V_OK, or libcrypto's number of what is wrong. */
static int chain_of(const signature_check *check, X509 *certificate, STACK_OF(X509) * others, int64_t at) {
    X509_STORE_CTX *context = check->anchors ? X509_STORE_CTX_new() : NULL;
    int error = X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
    if (context && X509_STORE_CTX_init(context, check->anchors->store, certificate, others)) {
        X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);
        X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN); /* an anchor need not be a root */
        X509_VERIFY_PARAM_set_time(param, (time_t)at);
        int held = X509_verify_cert(context);
        error = X509_STORE_CTX_get_error(context);
        if (held != 1 && error == X509_V_OK) error = X509_V_ERR_UNSPECIFIED;
    }
    X509_STORE_CTX_free(context);
    ERR_clear_error();
    return error;
}

static bool may(X509 *certificate, uint32_t use) {
    uint32_t uses = X509_get_extended_key_usage(certificate); /* UINT32_MAX: it does not say */
    return uses & use;
}

static bool seconds_of(const ASN1_TIME *time, int64_t *ret_seconds) {
    struct tm tm = {0};
    if (!time || ASN1_TIME_to_tm(time, &tm) != 1) return false;
    *ret_seconds = (int64_t)timegm(&tm);
    return true;
}

static void told(signature_check *check, countersignature *c, X509 *certificate, STACK_OF(X509) * others, int64_t time) {
    c->there = true;
    c->time = time;
    c->trusted = may(certificate, XKU_TIMESTAMP) && chain_of(check, certificate, others, time) == X509_V_OK;
    check->out->countersigner = signature_person(check, X509_get_subject_name(certificate));
}

/* ---- PKCS#9: a signer of the signature's bytes ---- */

static bool countersigner_holds(PKCS7 *p7, PKCS7_SIGNER_INFO *counter, X509 *certificate, const ASN1_OCTET_STRING *signature) {
    X509_ALGOR *algorithm = NULL;
    PKCS7_SIGNER_INFO_get0_algs(counter, NULL, &algorithm, NULL);
    const EVP_MD *md = algorithm ? EVP_get_digestbyobj(algorithm->algorithm) : NULL;
    BIO *digest = md ? BIO_new(BIO_f_md()) : NULL, *sink = BIO_new(BIO_s_null());
    bool ok = digest && sink && BIO_set_md(digest, (EVP_MD *)(uintptr_t)md) == 1;
    if (ok) {
        BIO_push(digest, sink);
        ok = BIO_write(digest, signature->data, signature->length) == signature->length &&
             PKCS7_signatureVerify(digest, p7, counter, certificate) == 1;
    }
    BIO_free(digest);
    BIO_free(sink);
    return ok;
}

static countersignature by_pkcs9(signature_check *check, PKCS7 *p7, PKCS7_SIGNER_INFO *signer) {
    countersignature c = {0};
    int64_t time;
    ASN1_TYPE *value = PKCS7_get_attribute(signer, NID_pkcs9_countersignature);
    if (!value || value->type != V_ASN1_SEQUENCE) return c;
    const unsigned char *at = value->value.sequence->data;
    PKCS7_SIGNER_INFO *counter = d2i_PKCS7_SIGNER_INFO(NULL, &at, value->value.sequence->length);
    X509 *certificate = counter ? PKCS7_cert_from_signer_info(p7, counter) : NULL;
    ASN1_TYPE *when = counter ? PKCS7_get_signed_attribute(counter, NID_pkcs9_signingTime) : NULL;
    bool timed = when && (when->type == V_ASN1_UTCTIME || when->type == V_ASN1_GENERALIZEDTIME) &&
                 seconds_of((const ASN1_TIME *)when->value.asn1_string, &time);
    if (certificate && timed && countersigner_holds(p7, counter, certificate, signer->enc_digest))
        told(check, &c, certificate, p7->d.sign->cert, time);
    PKCS7_SIGNER_INFO_free(counter);
    ERR_clear_error();
    return c;
}

/* ---- RFC 3161: a time stamp token over the signature's bytes ---- */

static bool stamps(TS_TST_INFO *info, const ASN1_OCTET_STRING *signature) {
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
    X509_ALGOR *algorithm = imprint ? TS_MSG_IMPRINT_get_algo(imprint) : NULL;
    const ASN1_OCTET_STRING *wanted = imprint ? TS_MSG_IMPRINT_get_msg(imprint) : NULL;
    const EVP_MD *md = algorithm ? EVP_get_digestbyobj(algorithm->algorithm) : NULL;
    return md && wanted && EVP_Digest(signature->data, (size_t)signature->length, digest, &len, md, NULL) == 1 &&
           wanted->length == (int)len && !memcmp(wanted->data, digest, len);
}

static void read_token(signature_check *check, PKCS7 *token, const ASN1_OCTET_STRING *signature, countersignature *c) {
    TS_TST_INFO *info = PKCS7_to_TS_TST_INFO(token);
    STACK_OF(X509) *signers = NULL;
    int64_t time = 0;
    bool fits = info && stamps(info, signature) && seconds_of(TS_TST_INFO_get_time(info), &time);
    /* the token's own signature, whoever made it; then whom it leads to */
    if (fits && PKCS7_verify(token, NULL, NULL, NULL, NULL, PKCS7_NOVERIFY) == 1) signers = PKCS7_get0_signers(token, NULL, 0);
    if (signers && sk_X509_num(signers) == 1) told(check, c, sk_X509_value(signers, 0), token->d.sign->cert, time);
    sk_X509_free(signers);
    TS_TST_INFO_free(info);
}

static ASN1_TYPE *attribute_of(PKCS7_SIGNER_INFO *signer, const char *oid) {
    for (int i = 0; i < sk_X509_ATTRIBUTE_num(signer->unauth_attr); i++) {
        char name[64] = "";
        X509_ATTRIBUTE *attribute = sk_X509_ATTRIBUTE_value(signer->unauth_attr, i);
        if (OBJ_obj2txt(name, sizeof name, X509_ATTRIBUTE_get0_object(attribute), 1) > 0 && !strcmp(name, oid))
            return X509_ATTRIBUTE_get0_type(attribute, 0);
    }
    return NULL;
}

static countersignature by_token(signature_check *check, PKCS7_SIGNER_INFO *signer) {
    countersignature c = {0};
    ASN1_TYPE *value = attribute_of(signer, RFC3161);
    if (!value || value->type != V_ASN1_SEQUENCE) return c;
    const unsigned char *at = value->value.sequence->data;
    PKCS7 *token = d2i_PKCS7(NULL, &at, value->value.sequence->length);
    if (token && PKCS7_type_is_signed(token) && token->d.sign) read_token(check, token, signer->enc_digest, &c);
    PKCS7_free(token);
    ERR_clear_error();
    return c;
}

/* ---- the verdict ---- */

static bool is_of_time(int error) {
    return error == X509_V_ERR_CERT_HAS_EXPIRED;
}

void signature_judge_chain(signature_check *check, PKCS7 *p7, PKCS7_SIGNER_INFO *signer, X509 *certificate) {
    postern_signature *out = check->out;
    countersignature c = by_token(check, signer);
    if (!c.there) c = by_pkcs9(check, p7, signer);
    out->countersigned = c.there;
    out->countersigner_trusted = c.trusted;
    out->countersigned_at = c.time;
    int error = chain_of(check, certificate, p7->d.sign->cert, check->now);
    if (!check->anchors || !check->anchors->count)
        signature_rule(check, POSTERN_SIGNATURE_UNKNOWN, "no certificate is trusted: none was given");
    else if (!may(certificate, XKU_CODE_SIGN))
        signature_rule(check, POSTERN_SIGNATURE_UNKNOWN, "its signer's certificate is not for signing programs");
    else if (error == X509_V_OK)
        signature_rule(check, POSTERN_SIGNATURE_TRUSTED, "");
    else if (!is_of_time(error))
        signature_rule(check, POSTERN_SIGNATURE_UNKNOWN, X509_verify_cert_error_string(error));
    else if (!c.trusted)
        signature_rule(check, POSTERN_SIGNATURE_EXPIRED,
                       c.there ? "a certificate of its signer has expired, and who countersigned it is not trusted"
                               : "a certificate of its signer has expired, and nobody countersigned it");
    else if (chain_of(check, certificate, p7->d.sign->cert, c.time) != X509_V_OK)
        signature_rule(check, POSTERN_SIGNATURE_EXPIRED, "it was countersigned when its signer's certificate was not valid");
    else
        signature_rule(check, POSTERN_SIGNATURE_TRUSTED, "its signer's certificate has expired; it was countersigned before");
}
