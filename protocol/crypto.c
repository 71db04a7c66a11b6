/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crypto.c -- libsodium behind the names of nguon.
 *
 * The Ed25519 rule (SPEC.md section 2), and who holds it:
 *   1. S < L, in 32 bytes little endian		libsodium
 *   2. A is canonical (y < p) and on the curve		libsodium
 *   3. A has not small order (8 points)			libsodium
 *   4. R has not small order				libsodium
 *   5. the encoding of [S]B - [k]A, k = SHA-512(R, A, M) mod L, equals the
 *      32 bytes of R; so R is canonical, and the equation has no cofactor
 * A may have a small-order component besides (1 in 8 messages verifies).
 * Number 5 is what libsodium 1.0.18 does; later versions multiply by the
 * cofactor, which takes signatures that others refuse, and one built with
 * ED25519_COMPAT leaves out 1 to 4.  Two replicas that judge differently part
 * for ever, so crypto_start refuses a library that fails either probe.
 */
#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/crypto.h"

_Static_assert(HASH_LEN == crypto_hash_sha256_BYTES, "SHA-256");
_Static_assert(KEY_LEN == crypto_sign_ed25519_SEEDBYTES, "seed");
_Static_assert(KEY_LEN == crypto_sign_ed25519_PUBLICKEYBYTES, "Ed25519");
_Static_assert(SIG_LEN == crypto_sign_ed25519_BYTES, "signature");
_Static_assert(KEY_LEN == crypto_box_PUBLICKEYBYTES, "X25519");
_Static_assert(BOX_OVERHEAD == crypto_box_SEALBYTES, "sealed box");
_Static_assert(SALT_LEN == crypto_pwhash_argon2id_SALTBYTES, "salt");
_Static_assert(KEY_LEN == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key");
_Static_assert(NONCE_LEN == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    "nonce");
_Static_assert(AEAD_TAG_LEN == crypto_aead_xchacha20poly1305_ietf_ABYTES,
    "tag");

enum { ALLOC_ALIGN = 16 };

/* Where the bytes of s are: never NULL, which libsodium does not like. */
static const uint8_t *
bytes_of(struct span s)
{
	static const uint8_t nothing;

	return s.n == 0 ? &nothing : s.p;
}

/* Signatures over the empty message that rule 5 (the cofactored equation
 * takes it) and rule 1 (S + L) refuse. */
static const struct {
	const char *pub;
	const char *sig;
} probes[] = {
	{ "03b682d1081cbe22c0f1d434585bb1391880a3e7ccfbe37d22de79701c556b7c",
	  "25aef92858a137f5cb46fbbb97c54dd20ba09eaccb4e3341f9cb70378333e4d9"
	  "a0e8891b7493f3130b839d78ab40da181c0b95637c3a8f84fe04f463f09b4403" },
	{ "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29",
	  "8f895b3cafe2c9506039d0e2a66382568004674fe8d237785092e40d6aaf483e"
	  "3c9af7c48ac24349d8f558dbac1b894a7c0d32a064f423dc3ee4aa3abf53f813" },
};

err
crypto_start(void)
{
	uint8_t pub[KEY_LEN], sig[SIG_LEN];

	if (sodium_init() < 0)
		return ERR_UNABLE;
	for (size_t i = 0; i < sizeof probes / sizeof probes[0]; i++) {
		if (hex_decode(probes[i].pub, pub, sizeof pub) != ERR_OK ||
		    hex_decode(probes[i].sig, sig, sizeof sig) != ERR_OK)
			return ERR_UNABLE;
		if (crypto_verify(pub, (struct span){ NULL, 0 }, sig) == ERR_OK)
			return ERR_UNABLE;
	}
	return ERR_OK;
}

/* BLAKE2b of the tag and the parts.  libsodium's calls fail on nothing but
 * lengths out of range, which the callers' asserts exclude. */
static void
blake2b(const char *tag, struct span key, const struct span *parts,
    size_t count, uint8_t *out, size_t out_len)
{
	crypto_generichash_blake2b_state st;
	uint8_t padded[TAG_LEN] = { 0 };
	size_t tag_len = strlen(tag);

	assert(tag_len <= TAG_LEN);
	memcpy(padded, tag, tag_len);
	(void)crypto_generichash_blake2b_init(&st, key.p, key.n, out_len);
	(void)crypto_generichash_blake2b_update(&st, padded, TAG_LEN);
	for (size_t i = 0; i < count; i++)
		(void)crypto_generichash_blake2b_update(&st,
		    bytes_of(parts[i]), parts[i].n);
	(void)crypto_generichash_blake2b_final(&st, out, out_len);
	if (key.n > 0)
		sodium_memzero(&st, sizeof st);
}

void
crypto_hash32(const char *tag, const struct span *parts, size_t count,
    uint8_t out[static HASH_LEN])
{
	blake2b(tag, (struct span){ NULL, 0 }, parts, count, out, HASH_LEN);
}

void
crypto_hash16(const char *tag, const struct span *parts, size_t count,
    uint8_t out[static ID_LEN])
{
	blake2b(tag, (struct span){ NULL, 0 }, parts, count, out, ID_LEN);
}

void
crypto_keyed(const char *tag, struct span key, const struct span *parts,
    size_t count, uint8_t *out, size_t out_len)
{
	assert(key.n >= 16 && key.n <= 64);
	assert(out_len >= 16 && out_len <= 64);
	blake2b(tag, key, parts, count, out, out_len);
}

/* libsodium aligns its state to 64, malloc only to 16. */
struct crypto_stream {
	crypto_generichash_blake2b_state blake2b;
};

_Static_assert(sizeof(struct crypto_stream) %
    _Alignof(struct crypto_stream) == 0, "what aligned_alloc asks for");

struct crypto_stream *
crypto_stream_new(const char *tag)
{
	struct crypto_stream *s = aligned_alloc(
	    _Alignof(struct crypto_stream), sizeof *s);
	uint8_t padded[TAG_LEN] = { 0 };
	size_t tag_len = strlen(tag);

	assert(tag_len <= TAG_LEN);
	if (s == NULL)
		return NULL;
	memcpy(padded, tag, tag_len);
	(void)crypto_generichash_blake2b_init(&s->blake2b, NULL, 0, HASH_LEN);
	(void)crypto_generichash_blake2b_update(&s->blake2b, padded, TAG_LEN);
	return s;
}

void
crypto_stream_add(struct crypto_stream *s, struct span bytes)
{
	(void)crypto_generichash_blake2b_update(&s->blake2b,
	    bytes_of(bytes), bytes.n);
}

void
crypto_stream_end(struct crypto_stream *s, uint8_t out[static HASH_LEN])
{
	(void)crypto_generichash_blake2b_final(&s->blake2b, out, HASH_LEN);
}

void
crypto_stream_free(struct crypto_stream *s)
{
	free(s);
}

void
crypto_sha256(const struct span *parts, size_t count,
    uint8_t out[static HASH_LEN])
{
	crypto_hash_sha256_state st;

	(void)crypto_hash_sha256_init(&st);
	for (size_t i = 0; i < count; i++)
		(void)crypto_hash_sha256_update(&st, bytes_of(parts[i]),
		    parts[i].n);
	(void)crypto_hash_sha256_final(&st, out);
}

void
crypto_sign_public(const uint8_t seed[static KEY_LEN],
    uint8_t pub[static KEY_LEN])
{
	uint8_t secret[crypto_sign_ed25519_SECRETKEYBYTES];

	(void)crypto_sign_ed25519_seed_keypair(pub, secret, seed);
	sodium_memzero(secret, sizeof secret);
}

/* Deriving the public key doubles the price of a signature (some 20 us); a
 * device signs once a commit, so nothing secret is cached for it. */
void
crypto_sign_message(const uint8_t seed[static KEY_LEN],
    struct span message, uint8_t sig[static SIG_LEN])
{
	uint8_t secret[crypto_sign_ed25519_SECRETKEYBYTES];
	uint8_t pub[KEY_LEN];

	(void)crypto_sign_ed25519_seed_keypair(pub, secret, seed);
	(void)crypto_sign_ed25519_detached(sig, NULL, bytes_of(message),
	    message.n, secret);
	sodium_memzero(secret, sizeof secret);
}

err
crypto_verify(const uint8_t pub[static KEY_LEN], struct span message,
    const uint8_t sig[static SIG_LEN])
{
	if (crypto_sign_ed25519_verify_detached(sig, bytes_of(message),
	    message.n, pub) != 0)
		return ERR_SIG;
	return ERR_OK;
}

void
crypto_box_public(const uint8_t secret[static KEY_LEN],
    uint8_t pub[static KEY_LEN])
{
	(void)crypto_scalarmult_curve25519_base(pub, secret);
}

err
crypto_seal_box(const uint8_t pub[static KEY_LEN], struct span plain,
    uint8_t *out)
{
	if (crypto_box_seal(out, bytes_of(plain), plain.n, pub) != 0)
		return ERR_KEY;
	return ERR_OK;
}

err
crypto_open_box(const uint8_t secret[static KEY_LEN], struct span sealed,
    uint8_t *out)
{
	uint8_t pub[KEY_LEN];

	if (sealed.n < BOX_OVERHEAD)
		return ERR_KEY;
	crypto_box_public(secret, pub);
	if (crypto_box_seal_open(out, sealed.p, sealed.n, pub, secret) != 0)
		return ERR_KEY;
	return ERR_OK;
}

err
crypto_agree(const uint8_t secret[static KEY_LEN],
    const uint8_t peer_pub[static KEY_LEN], uint8_t shared[static KEY_LEN])
{
	uint8_t q[KEY_LEN];
	err rc = ERR_KEY;

	if (crypto_scalarmult_curve25519(q, secret, peer_pub) == 0) {
		memcpy(shared, q, sizeof q);
		rc = ERR_OK;
	}
	sodium_memzero(q, sizeof q);
	return rc;
}

void
crypto_aead_seal(const uint8_t key[static KEY_LEN],
    const uint8_t nonce[static NONCE_LEN], struct span ad, struct span plain,
    uint8_t *out)
{
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL,
	    bytes_of(plain), plain.n, bytes_of(ad), ad.n, NULL, nonce, key);
}

err
crypto_aead_open(const uint8_t key[static KEY_LEN],
    const uint8_t nonce[static NONCE_LEN], struct span ad, struct span sealed,
    uint8_t *out)
{
	if (sealed.n < AEAD_TAG_LEN)
		return ERR_KEY;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL,
	    sealed.p, sealed.n, bytes_of(ad), ad.n, nonce, key) != 0)
		return ERR_KEY;
	return ERR_OK;
}

err
crypto_passphrase_key(struct span passphrase,
    const uint8_t salt[static SALT_LEN], uint32_t passes,
    size_t memory_bytes, uint8_t out[static KEY_LEN])
{
	uint8_t key[KEY_LEN];
	err rc = ERR_NOMEM;

	if (passes < crypto_pwhash_argon2id_OPSLIMIT_MIN ||
	    memory_bytes < crypto_pwhash_argon2id_MEMLIMIT_MIN ||
	    memory_bytes > crypto_pwhash_argon2id_MEMLIMIT_MAX ||
	    passphrase.n > crypto_pwhash_argon2id_PASSWD_MAX)
		return ERR_LIMIT;
	/* with lengths in range it fails for want of memory alone */
	if (crypto_pwhash(key, sizeof key, (const char *)bytes_of(passphrase),
	    passphrase.n, salt, passes, memory_bytes,
	    crypto_pwhash_ALG_ARGON2ID13) == 0) {
		memcpy(out, key, sizeof key);
		rc = ERR_OK;
	}
	sodium_memzero(key, sizeof key);
	return rc;
}

void
crypto_random(void *out, size_t n)
{
	randombytes_buf(out, n);
}

void
crypto_wipe(void *p, size_t n)
{
	sodium_memzero(p, n);
}

bool
crypto_equal(const void *a, const void *b, size_t n)
{
	return n == 0 || sodium_memcmp(a, b, n) == 0;
}

/* sodium_malloc ends its block at the guard page, so only a length that is
 * a multiple of the alignment gives an aligned block. */
void *
crypto_alloc(size_t n)
{
	if (n > SIZE_MAX - ALLOC_ALIGN)
		return NULL;
	return sodium_malloc((n + ALLOC_ALIGN - 1) / ALLOC_ALIGN *
	    ALLOC_ALIGN);
}

void
crypto_free(void *p)
{
	sodium_free(p);
}
