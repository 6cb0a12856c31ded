/*
 * The calls of libcrypto for S/MIME: Cryptographic Message Syntax (RFC 5652), certificates (RFC 5280, RFC 8550). Runs in a
 * reader: no network, no file, no configuration; so no list of revoked certificates is fetched. What counts as good: one or
 * more signers, each with its certificate in the message, a digest that is not weak, a signature that fits the content, and a
 * chain for e-mail to a certificate that the caller trusts, valid today.
 */
#include "view_int.h"

#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>

enum { TEXT_MAX = 2000, AUTH_LEVEL = 2 /* 112 bits: no SHA-1, no RSA below 2048 bits */ };

static CMS_ContentInfo *parse(postern_slice der) {
    const unsigned char *at = der.ptr;
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL); /* a sandboxed process opens no configuration */
    ERR_clear_error();
    return der.len && der.len <= INT32_MAX ? d2i_CMS_ContentInfo(NULL, &at, (long)der.len) : NULL;
}

static BIO *memory_of(postern_slice bytes) {
    return bytes.len <= INT32_MAX ? BIO_new_mem_buf(bytes.len ? (const void *)bytes.ptr : "", (int)bytes.len) : NULL;
}

postern_status view_cms_read(postern_arena *arena, postern_slice cms, view_wrap *ret_kind, postern_slice *ret_content) {
    CMS_ContentInfo *info = parse(cms);
    postern_status status = POSTERN_OK;
    *ret_kind = VIEW_WRAP_BROKEN;
    if (info) {
        int type = OBJ_obj2nid(CMS_get0_type(info));
        ASN1_OCTET_STRING **held = type == NID_pkcs7_signed ? CMS_get0_content(info) : NULL;
        if (type == NID_pkcs7_enveloped || type == NID_id_smime_ct_authEnvelopedData) {
            *ret_kind = VIEW_WRAP_ENVELOPED;
        } else if (type != NID_pkcs7_signed) {
            *ret_kind = VIEW_WRAP_OTHER;
        } else if (held && *held && OBJ_obj2nid(CMS_get0_eContentType(info)) == NID_pkcs7_data) {
            size_t len = (size_t)ASN1_STRING_length(*held);
            *ret_kind = VIEW_WRAP_SIGNED;
            status = postern_arena_copy(arena, postern_slice_of(ASN1_STRING_get0_data(*held), len), ret_content);
        }
    }
    CMS_ContentInfo_free(info);
    ERR_clear_error();
    return status;
}

postern_status view_cms_decrypt(postern_arena *arena, postern_slice cms, postern_slice key, postern_slice *ret_content) {
    CMS_ContentInfo *info = parse(cms);
    BIO *in = memory_of(key), *out = BIO_new(BIO_s_mem());
    EVP_PKEY *private = in ? PEM_read_bio_PrivateKey(in, NULL, NULL, NULL) : NULL;
    X509 *certificate = NULL;
    postern_status status = POSTERN_NOTFOUND;
    char *bytes = NULL;
    BIO_free(in);
    in = memory_of(key);
    if (in) certificate = PEM_read_bio_X509(in, NULL, NULL, NULL);
    if (info && out && private && certificate && CMS_decrypt(info, private, certificate, NULL, out, CMS_BINARY) == 1) {
        long len = BIO_get_mem_data(out, &bytes);
        if (len > 0) status = postern_arena_copy(arena, postern_slice_of(bytes, (size_t)len), ret_content);
    }
    X509_free(certificate);
    EVP_PKEY_free(private);
    BIO_free(out);
    BIO_free(in);
    CMS_ContentInfo_free(info);
    ERR_clear_error();
    return status;
}

/* ---- signatures ----------------------------------------------------------------------------------------------------- */

static X509_STORE *store_of(postern_slice trust) {
    X509_STORE *store = X509_STORE_new();
    BIO *in = memory_of(trust);
    for (X509 *one; store && in && (one = PEM_read_bio_X509_AUX(in, NULL, NULL, NULL));) {
        X509_STORE_add_cert(store, one);
        X509_free(one);
    }
    BIO_free(in);
    ERR_clear_error();
    return store;
}

/* NULL: the chain holds; else libcrypto's reason. */
static const char *chain_fails(X509_STORE *store, X509 *signer, STACK_OF(X509) *others) {
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    const char *why = "no memory";
    if (context && X509_STORE_CTX_init(context, store, signer, others) && X509_STORE_CTX_set_default(context, "smime_sign")) {
        X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(context), AUTH_LEVEL);
        bool holds = X509_verify_cert(context) == 1;
        int error = X509_STORE_CTX_get_error(context);
        why = holds && error == X509_V_OK ? NULL : X509_verify_cert_error_string(error);
    }
    X509_STORE_CTX_free(context);
    ERR_clear_error();
    return why;
}

/* "sha-256, sha512" as micalg has it: one of the words is the digest's name without its dash. */
static bool named(postern_slice list, int digest) {
    const char *name = OBJ_nid2sn(digest);
    while (list.len) {
        postern_cut cut = postern_slice_cut(list, ',');
        postern_slice word = postern_slice_trim(cut.head);
        size_t at = 0;
        for (size_t i = 0; i < word.len && at != SIZE_MAX; i++) {
            if (word.ptr[i] == '-') continue;
            while (name[at] == '-') at++;
            at = name[at] && postern_ascii_lower((uint8_t)name[at]) == postern_ascii_lower(word.ptr[i]) ? at + 1 : SIZE_MAX;
        }
        if (word.len && at != SIZE_MAX && !name[at]) return true;
        list = cut.tail;
    }
    return false;
}

static bool is_strong(int digest) {
    return digest == NID_sha256 || digest == NID_sha384 || digest == NID_sha512 || digest == NID_sha3_256 ||
           digest == NID_sha3_384 || digest == NID_sha3_512 || digest == NID_shake256;
}

bool view_same_address(postern_slice a, postern_slice b) {
    postern_cut left = postern_slice_cut_last(a, '@'), right = postern_slice_cut_last(b, '@');
    return left.ok && right.ok && left.head.len && postern_slice_eq(left.head, right.head) &&
           postern_slice_eq_nocase(left.tail, right.tail);
}

static void add_name(postern_buf *out, X509_NAME *name, const char *before) {
    unsigned char *utf8 = NULL;
    int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (at < 0) at = X509_NAME_get_index_by_NID(name, NID_organizationName, -1);
    X509_NAME_ENTRY *entry = at < 0 ? NULL : X509_NAME_get_entry(name, at);
    int len = entry ? ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry)) : -1;
    if (len > 0) {
        postern_buf_add_slice(out, postern_slice_cstr(before));
        postern_escape_line(out, postern_slice_of(utf8, (size_t)len), 200);
    }
    OPENSSL_free(utf8);
}

static void tell_certificate(X509 *certificate, postern_slice sender, view_signature *signature) {
    STACK_OF(OPENSSL_STRING) *addresses = X509_get1_email(certificate);
    for (int i = 0; i < sk_OPENSSL_STRING_num(addresses); i++) {
        postern_slice address = postern_slice_cstr(sk_OPENSSL_STRING_value(addresses, i));
        if (sender.len && view_same_address(address, sender)) signature->of_sender = true;
        if (signature->addresses.len) postern_buf_add_slice(&signature->addresses, POSTERN_S(", "));
        postern_escape_line(&signature->addresses, address, 300);
    }
    X509_email_free(addresses);
    add_name(&signature->person, X509_get_subject_name(certificate), signature->person.len ? "; " : "");
    add_name(&signature->person, X509_get_issuer_name(certificate), " / ");
}

static view_verdict_of_signature judge_algorithms(const view_layer *layer, STACK_OF(CMS_SignerInfo) *signers) {
    for (int i = 0; i < sk_CMS_SignerInfo_num(signers); i++) {
        X509_ALGOR *digest = NULL;
        CMS_SignerInfo_get0_algs(sk_CMS_SignerInfo_value(signers, i), NULL, NULL, &digest, NULL);
        int nid = digest ? OBJ_obj2nid(digest->algorithm) : NID_undef;
        if (layer->has_digests && !named(layer->digests, nid)) return VIEW_SIGNATURE_DIGEST;
        if (!is_strong(nid)) return VIEW_SIGNATURE_WEAK;
    }
    return VIEW_SIGNATURE_GOOD;
}

static view_verdict_of_signature judge_content(CMS_ContentInfo *info, const view_layer *layer) {
    BIO *in = layer->kind == VIEW_WRAP_CLEAR ? memory_of(layer->content) : NULL, *out = BIO_new(BIO_s_null());
    bool fits = out && (in || layer->kind != VIEW_WRAP_CLEAR) &&
                CMS_verify(info, NULL, NULL, in, out, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) == 1;
    unsigned long error = ERR_peek_last_error();
    BIO_free(in);
    BIO_free(out);
    ERR_clear_error();
    if (fits) return VIEW_SIGNATURE_GOOD;
    return ERR_GET_REASON(error) == CMS_R_SIGNER_CERTIFICATE_NOT_FOUND ? VIEW_SIGNATURE_ANONYMOUS : VIEW_SIGNATURE_BROKEN;
}

static void judge_signers(CMS_ContentInfo *info, postern_slice trust, postern_slice sender, view_signature *ret) {
    STACK_OF(X509) *signers = CMS_get0_signers(info), *others = CMS_get1_certs(info);
    X509_STORE *store = store_of(trust);
    if (!signers || !sk_X509_num(signers) || !store) ret->verdict = VIEW_SIGNATURE_MALFORMED;
    for (int i = 0; ret->verdict == VIEW_SIGNATURE_GOOD && i < sk_X509_num(signers); i++) {
        ret->why = chain_fails(store, sk_X509_value(signers, i), others);
        if (ret->why) ret->verdict = VIEW_SIGNATURE_UNTRUSTED;
    }
    for (int i = 0; ret->verdict == VIEW_SIGNATURE_GOOD && i < sk_X509_num(signers); i++)
        tell_certificate(sk_X509_value(signers, i), sender, ret);
    X509_STORE_free(store);
    sk_X509_pop_free(others, X509_free);
    sk_X509_free(signers);
}

void view_cms_verify(const view_layer *layer, postern_slice trust, postern_slice sender, view_signature *ret_signature) {
    *ret_signature = (view_signature){.verdict = VIEW_SIGNATURE_MALFORMED};
    postern_buf_init(&ret_signature->addresses, TEXT_MAX);
    postern_buf_init(&ret_signature->person, TEXT_MAX);
    CMS_ContentInfo *info = parse(layer->cms);
    bool is_signed = info && OBJ_obj2nid(CMS_get0_type(info)) == NID_pkcs7_signed;
    ASN1_OCTET_STRING **held = is_signed ? CMS_get0_content(info) : NULL;
    STACK_OF(CMS_SignerInfo) *signers = is_signed ? CMS_get0_SignerInfos(info) : NULL;
    bool inside = held && *held;
    bool usual = is_signed && OBJ_obj2nid(CMS_get0_eContentType(info)) == NID_pkcs7_data;
    /* A clear-signed message whose signature brings a content of its own would be two messages. */
    if (usual && inside == (layer->kind == VIEW_WRAP_SIGNED) && sk_CMS_SignerInfo_num(signers) > 0) {
        ret_signature->verdict = judge_content(info, layer);
        if (!ret_signature->verdict) ret_signature->verdict = judge_algorithms(layer, signers);
        if (!ret_signature->verdict) judge_signers(info, trust, sender, ret_signature);
    }
    CMS_ContentInfo_free(info);
    ERR_clear_error();
}

void view_signature_free(view_signature *signature) {
    postern_buf_free(&signature->addresses);
    postern_buf_free(&signature->person);
}
