/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crypto.h -- the only door to libsodium for everything that the parties must
 * agree on.  Pure (random bytes apart, crypto_random).
 *
 * Domain separation: every hash and signature of nguon starts with a tag of
 * exactly 16 ASCII bytes, zero padded (SPEC.md section 2).
 */
#ifndef NGUON_CRYPTO_H
#define NGUON_CRYPTO_H

#include "protocol/bytes.h"

enum {
	TAG_LEN = 16,
	HASH_LEN = 32,
	KEY_LEN = 32,		/* every public or secret key, seeds too */
	SIG_LEN = 64,
	ID_LEN = 16,		/* subject, log, device, invite, key ids */
	SCOPE_LEN = 8,
	EPOCH_LEN = 8,		/* name of a cell key */
	SALT_LEN = 16,
	MAC_LEN = 16,
	NONCE_LEN = 24,
	AEAD_TAG_LEN = 16,
	BOX_OVERHEAD = 48,	/* sealed box: ephemeral key and tag */
};

/* crypto_start(): once a process, before anything else here.
 * Errors: ERR_UNABLE when libsodium cannot start, or verifies Ed25519 by
 * another rule than ours. */
MUST_USE err crypto_start(void);

/* No name below may be one of libsodium's (crypto_hash, crypto_sign,
 * crypto_sign_keypair, crypto_box_keypair, crypto_box_seal, crypto_box_open):
 * the linker would let libsodium call ours in place of its own. */

/* Hashes over a tag and parts.  parts may be NULL when count is 0. */
void crypto_hash32(const char *tag, const struct span *parts, size_t count,
    uint8_t out[static HASH_LEN]);			/* BLAKE2b-256 */
void crypto_hash16(const char *tag, const struct span *parts, size_t count,
    uint8_t out[static ID_LEN]);			/* BLAKE2b-128 */
/* BLAKE2b keyed with key (16 to 64 bytes), out_len 16 to 64 bytes. */
void crypto_keyed(const char *tag, struct span key, const struct span *parts,
    size_t count, uint8_t *out, size_t out_len);
/* crypto_hash32 of bytes that come piece by piece.  Owner: the caller.
 * crypto_stream_new: NULL when there is no memory.  crypto_stream_end: the
 * hash of what was added; then only crypto_stream_free is left to do. */
struct crypto_stream;
struct crypto_stream *crypto_stream_new(const char *tag);
void crypto_stream_add(struct crypto_stream *s, struct span bytes);
void crypto_stream_end(struct crypto_stream *s, uint8_t out[static HASH_LEN]);
void crypto_stream_free(struct crypto_stream *s);	/* NULL is allowed */
/* SHA-256 of the parts, no tag (RFC 6962, checkpoint key ids, TLS pin). */
void crypto_sha256(const struct span *parts, size_t count,
    uint8_t out[static HASH_LEN]);

/* Ed25519.  A secret key is its 32-byte seed. */
void crypto_sign_public(const uint8_t seed[static KEY_LEN],
    uint8_t pub[static KEY_LEN]);
void crypto_sign_message(const uint8_t seed[static KEY_LEN],
    struct span message, uint8_t sig[static SIG_LEN]);
/* crypto_verify: the strict rule of SPEC.md section 2: canonical S and A,
 * no small-order A or R, cofactorless equation.
 * Errors: ERR_SIG. */
MUST_USE err crypto_verify(const uint8_t pub[static KEY_LEN],
    struct span message, const uint8_t sig[static SIG_LEN]);

/* X25519 keys; sealed boxes (libsodium crypto_box_seal). */
void crypto_box_public(const uint8_t secret[static KEY_LEN],
    uint8_t pub[static KEY_LEN]);
/* out has n + BOX_OVERHEAD bytes.  Errors: ERR_KEY: pub has small order. */
MUST_USE err crypto_seal_box(const uint8_t pub[static KEY_LEN],
    struct span plain, uint8_t *out);
/* out has sealed.n - BOX_OVERHEAD bytes.  Errors: ERR_KEY. */
MUST_USE err crypto_open_box(const uint8_t secret[static KEY_LEN],
    struct span sealed, uint8_t *out);
/* crypto_agree: X25519.  Errors: ERR_KEY for a small-order point. */
MUST_USE err crypto_agree(const uint8_t secret[static KEY_LEN],
    const uint8_t peer_pub[static KEY_LEN], uint8_t shared[static KEY_LEN]);

/* XChaCha20-Poly1305 (IETF).  seal: out has plain.n + AEAD_TAG_LEN bytes;
 * open: out has sealed.n - AEAD_TAG_LEN bytes.  Errors of open: ERR_KEY, and
 * then out may be zeroed. */
void crypto_aead_seal(const uint8_t key[static KEY_LEN],
    const uint8_t nonce[static NONCE_LEN], struct span ad, struct span plain,
    uint8_t *out);
MUST_USE err crypto_aead_open(const uint8_t key[static KEY_LEN],
    const uint8_t nonce[static NONCE_LEN], struct span ad, struct span sealed,
    uint8_t *out);

/* crypto_passphrase_key: Argon2id (version 1.3, one lane).  passes at least
 * 1, memory_bytes at least 8192.
 * Errors: ERR_NOMEM; ERR_LIMIT outside of what Argon2 takes. */
MUST_USE err crypto_passphrase_key(struct span passphrase,
    const uint8_t salt[static SALT_LEN], uint32_t passes,
    size_t memory_bytes, uint8_t out[static KEY_LEN]);

void crypto_random(void *out, size_t n);
void crypto_wipe(void *p, size_t n);
bool crypto_equal(const void *a, const void *b, size_t n); /* constant time */

/* Guarded memory for secrets, aligned to 16, locked as far as the system
 * lets a process lock; NULL when refused.  crypto_free wipes and accepts
 * NULL. */
void *crypto_alloc(size_t n);
void crypto_free(void *p);

#endif
