/* Inside signatures: libcrypto's objects stay in these two files. */
#ifndef POSTERN_SIGNATURE_INT_H
#define POSTERN_SIGNATURE_INT_H

#include "package_int.h"

#include <openssl/pkcs7.h>
#include <openssl/x509.h>

struct postern_anchors {
    X509_STORE *store;
    size_t count;
};

typedef struct signature_check {
    postern_arena *arena;
    const postern_anchors *anchors; /* NULL: nobody is trusted */
    int64_t now;
    postern_signature *out;
    postern_status status; /* NOMEM, LIMIT: of our own memory */
} signature_check;

/* The state, with its reason; also for memory that ran out, told by check->status. */
void signature_rule(signature_check *check, postern_signature_state state, const char *reason);
/* The common name of a subject or issuer, else its organisation; into the arena. */
postern_slice signature_person(signature_check *check, const X509_NAME *name);

/* The signed content of a PKCS#7, a sequence in DER, when it is of this type; false: it is not. */
bool signature_content(PKCS7 *p7, const char *type, postern_slice *ret_der);
/* What is in the sequence; empty: it is none. */
postern_slice signature_inside(postern_slice der);
/* One signer, with its certificate, who signed this content as this type: then the chain; else the reason. */
void signature_judge_signer(signature_check *check, PKCS7 *p7, const char *type, postern_slice content);
/* The Authenticode digest of a file. */
bool signature_digest(const update_signed *place, const EVP_MD *md, uint8_t out[EVP_MAX_MD_SIZE], unsigned *ret_len);
/* Zeros and less than eight of them. */
bool signature_is_padding(postern_slice rest);

/* signature_chain.c: whom it leads to, and what countersignatures say. The signature itself holds already. */
void signature_judge_chain(signature_check *check, PKCS7 *p7, PKCS7_SIGNER_INFO *signer, X509 *certificate);

#endif
