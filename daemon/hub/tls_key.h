/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls_key.h -- the hub's TLS key and certificate: Ed25519, self-signed, for
 * 30 years; devices know it by its pin and by nothing else.  The only door to
 * GnuTLS.
 */
#ifndef NGUON_TLS_KEY_H
#define NGUON_TLS_KEY_H

#include "protocol/crypto.h"

enum { TLS_KEY_YEARS = 30 };

/*
 * tls_key_make(name, now_ms, key_pem, crt_pem): a new key (PKCS#8, which is
 * what libmicrohttpd takes of an Ed25519 key) and its certificate for name, a
 * host name or an IP address; appended as PEM.
 * Errors: ERR_VALUE name is neither; ERR_NOMEM; ERR_UNABLE.
 */
MUST_USE err tls_key_make(const char *name, uint64_t now_ms,
    struct buf *key_pem, struct buf *crt_pem);

/* tls_key_pin(crt_pem, ret): SHA-256 of the SubjectPublicKeyInfo.
 * Errors: ERR_FORMAT not one certificate in PEM; ERR_NOMEM; ERR_UNABLE. */
MUST_USE err tls_key_pin(struct span crt_pem, uint8_t ret[static HASH_LEN]);

/* tls_key_fits(key_pem, crt_pem): whether that is the certificate's key.
 * Errors: ERR_FORMAT it is not, or one of them is not in PEM; ERR_NOMEM. */
MUST_USE err tls_key_fits(struct span key_pem, struct span crt_pem);

#endif
