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

/* signature_chain.c: whom it leads to, and what countersignatures say. The signature itself holds already. */
void signature_judge_chain(signature_check *check, PKCS7 *p7, PKCS7_SIGNER_INFO *signer, X509 *certificate);

#endif
