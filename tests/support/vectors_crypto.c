/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vectors_crypto.c -- ed25519.txt.  The forgeries are made with libsodium's
 * group arithmetic.
 */
#include "tests/support/vectors.h"

#include <sodium.h>
#include <string.h>

#include "protocol/crypto.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const uint8_t message[] = "nguon";
enum { MESSAGE_LEN = 5 };

/* RFC 8032 section 7.1. */
static const struct {
	const char *name, *seed, *message;
} good[] = {
	{ "rfc8032-1", "9d61b19deffd5a60ba844af492ec2cc4"
	    "4449c5697b326919703bac031cae7f60", "" },
	{ "rfc8032-2", "4ccd089b28ff96da9db6c346ec114e0f"
	    "5b8a319f35aba624da8cf6ed4fb8a6fb", "72" },
	{ "rfc8032-3", "c5aa8df43f9f837bedb7442f31dcb7b1"
	    "66d38535076f094b85ce3a2e0b4458f7", "af82" },
};

/* The order of the base point, little endian. */
static const uint8_t order[32] = {
	0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
	0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10,
};

/* Small order: neutral, order 2, 4, 4, 8, 8, 8, 8; from the ninth on in
 * encodings that are not canonical. */
static const char *const small[] = {
	"0100000000000000000000000000000000000000000000000000000000000000",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0000000000000000000000000000000000000000000000000000000000000080",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
	"0100000000000000000000000000000000000000000000000000000000000080",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

static void
row(struct buf *out, const char *name, const char *expected,
    const uint8_t *pub, struct span text, const uint8_t *sig)
{
	vectors_row(out, name, expected);
	vectors_bytes(out, pub, KEY_LEN);
	vectors_hex(out, text);
	vectors_bytes(out, sig, SIG_LEN);
	vectors_end(out);
}

static void
named_row(struct buf *out, const char *name, size_t number,
    const uint8_t *pub, const uint8_t *sig)
{
	struct buf whole = { 0 };

	buf_put_text(&whole, name);
	buf_put_text(&whole, "-");
	vectors_digits(&whole, number);
	row(out, buf_cstr(&whole), "refuse", pub,
	    (struct span){ message, MESSAGE_LEN }, sig);
	buf_free(&whole);
}

static void
scalar(uint32_t n, uint8_t out[32])
{
	uint8_t raw[4], wide[64];

	be32_put(raw, n);
	(void)crypto_hash_sha512(wide, raw, sizeof raw);
	crypto_core_ed25519_scalar_reduce(out, wide);
}

/* SHA-512(R, A, m) mod L. */
static void
challenge(const uint8_t *r, const uint8_t *pub, uint8_t k[32])
{
	crypto_hash_sha512_state st;
	uint8_t wide[64];

	(void)crypto_hash_sha512_init(&st);
	(void)crypto_hash_sha512_update(&st, r, 32);
	(void)crypto_hash_sha512_update(&st, pub, 32);
	(void)crypto_hash_sha512_update(&st, message, MESSAGE_LEN);
	(void)crypto_hash_sha512_final(&st, wide);
	crypto_core_ed25519_scalar_reduce(k, wide);
}

static void
put_good(struct buf *out)
{
	uint8_t seed[KEY_LEN], pub[KEY_LEN], sig[SIG_LEN];
	struct buf text = { 0 };

	for (size_t i = 0; i < COUNT(good); i++) {
		vectors_must(hex_decode(good[i].seed, seed, KEY_LEN), "seed");
		buf_reset(&text);
		vectors_unhex(good[i].message, &text);
		crypto_sign_public(seed, pub);
		crypto_sign_message(seed, buf_span(&text), sig);
		row(out, good[i].name, "accept", pub, buf_span(&text), sig);
	}
	buf_free(&text);
}

/* A signature of a right key, changed. */
static void
put_changed(struct buf *out)
{
	static const uint8_t other[] = "nguon.";
	uint8_t seed[KEY_LEN], pub[KEY_LEN], sig[SIG_LEN], bad[SIG_LEN];
	struct span text = { message, MESSAGE_LEN };

	vectors_count_up(seed, KEY_LEN, 0);
	crypto_sign_public(seed, pub);
	crypto_sign_message(seed, text, sig);
	row(out, "plain", "accept", pub, text, sig);
	row(out, "other-message", "refuse", pub,
	    (struct span){ other, sizeof other - 1 }, sig);
	memcpy(bad, sig, SIG_LEN);
	bad[3] ^= 1;
	row(out, "changed-r", "refuse", pub, text, bad);
	memcpy(bad, sig, SIG_LEN);
	bad[40] ^= 1;
	row(out, "changed-s", "refuse", pub, text, bad);
	memcpy(bad, sig, SIG_LEN);
	for (size_t i = 1; i <= 14; i++) {
		sodium_add(bad + 32, order, sizeof order);
		if (i == 1 || i == 14)
			named_row(out, "s-plus-l-times", i, pub, bad);
	}
}

/* Keys of small order: S = r, and the equation holds where k A is neutral. */
static void
put_small_keys(struct buf *out)
{
	uint8_t pub[KEY_LEN], r[32], k[32], sig[SIG_LEN];

	for (size_t i = 0; i < COUNT(small); i++) {
		uint32_t n = 0;

		vectors_must(hex_decode(small[i], pub, KEY_LEN), "point");
		do {
			scalar(n++, r);
			(void)crypto_scalarmult_ed25519_base_noclamp(sig, r);
			challenge(sig, pub, k);
		} while (k[0] % 8 != 0);
		memcpy(sig + 32, r, 32);
		named_row(out, i < 8 ? "small-order-a" :
		    "small-order-a-not-canonical", i + 1, pub, sig);
	}
}

/* R of small order: S = k a. */
static void
put_small_r(struct buf *out)
{
	uint8_t pub[KEY_LEN], a[32], k[32], sig[SIG_LEN];

	scalar(7, a);
	(void)crypto_scalarmult_ed25519_base_noclamp(pub, a);
	for (size_t i = 0; i < COUNT(small); i++) {
		vectors_must(hex_decode(small[i], sig, 32), "point");
		challenge(sig, pub, k);
		crypto_core_ed25519_scalar_mul(sig + 32, k, a);
		named_row(out, i < 8 ? "small-order-r" :
		    "small-order-r-not-canonical", i + 1, pub, sig);
	}
}

/* y of p + 3: above the prime, of a point of large order. */
static void
put_not_canonical(struct buf *out)
{
	uint8_t seed[KEY_LEN], pub[KEY_LEN], sig[SIG_LEN], high[32];

	vectors_count_up(seed, KEY_LEN, 0);
	crypto_sign_public(seed, pub);
	crypto_sign_message(seed, (struct span){ message, MESSAGE_LEN }, sig);
	for (size_t i = 3; i < 6; i++) {
		(void)memset(high, 0xff, sizeof high);
		high[0] = (uint8_t)(0xed + i);
		high[31] = 0x7f;
		named_row(out, "a-is-p-plus", i, high, sig);
	}
	(void)memset(high, 0xff, sizeof high);
	high[0] = 0xf0;
	high[31] = 0x7f;
	memcpy(sig, high, sizeof high);
	named_row(out, "r-is-p-plus", 3, pub, sig);
}

/* A and R with or without a point of order 8 added, S for the cofactored
 * equation: lawful only where the small parts cancel. */
static void
put_mixed(struct buf *out)
{
	static const struct {
		const char *name, *expected;
		bool on_a, on_r;
		unsigned small;	/* of R + k A, mod 8; 8: not 0 */
	} cases[] = {
		{ "mixed-a", "refuse", true, false, 8 },
		{ "mixed-a-cancels", "accept", true, false, 0 },
		{ "mixed-r", "refuse", false, true, 8 },
		{ "mixed-both", "refuse", true, true, 8 },
		{ "mixed-both-cancel", "accept", true, true, 0 },
	};
	uint8_t a[32], r[32], k[32], pub[32], torsion[32], sig[SIG_LEN];

	vectors_must(hex_decode(small[4], torsion, sizeof torsion), "point");
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint32_t n = 0;
		unsigned left;

		do {
			scalar(1000 + n, a);
			scalar(2000 + n++, r);
			(void)crypto_scalarmult_ed25519_base_noclamp(pub, a);
			(void)crypto_scalarmult_ed25519_base_noclamp(sig, r);
			if (cases[i].on_a)
				(void)crypto_core_ed25519_add(pub, pub,
				    torsion);
			if (cases[i].on_r)
				(void)crypto_core_ed25519_add(sig, sig,
				    torsion);
			challenge(sig, pub, k);
			left = ((cases[i].on_r ? 1u : 0u) +
			    (cases[i].on_a ? k[0] : 0u)) % 8;
		} while ((left == 0) != (cases[i].small == 0));
		crypto_core_ed25519_scalar_mul(sig + 32, k, a);
		crypto_core_ed25519_scalar_add(sig + 32, sig + 32, r);
		row(out, cases[i].name, cases[i].expected, pub,
		    (struct span){ message, MESSAGE_LEN }, sig);
	}
}

void
vectors_ed25519(struct buf *out, unsigned which)
{
	(void)which;
	vectors_note(out, "Ed25519 with the strict rule of SPEC.md section 2.");
	vectors_table(out,
	    "signatures | name | expected | public key | message | signature");
	put_good(out);
	put_changed(out);
	put_small_keys(out);
	put_small_r(out);
	put_not_canonical(out);
	put_mixed(out);
}
