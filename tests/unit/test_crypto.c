/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_crypto.c -- what a reader of crypto.h may rely on.  The forgeries are
 * computed here, with libsodium's group arithmetic.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>
#include <string.h>

#include "protocol/crypto.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define TEXT(s) ((struct span){ (const uint8_t *)(s), sizeof(s) - 1 })

static const struct span no_bytes = { NULL, 0 };

static void
assert_hex(const uint8_t *p, size_t n, const char *want)
{
	char hex[257];

	assert_true(n <= 128);
	hex_encode(p, n, hex);
	assert_string_equal(hex, want);
}

static void
from_hex(const char *hex, uint8_t *out, size_t n)
{
	assert_int_equal(hex_decode(hex, out, n), ERR_OK);
}

/* 0, 1, 2 ... */
static void
count_up(uint8_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)i;
}

/* The BLAKE2b values are Python's hashlib's. */
static void
hashes_cover_the_padded_tag_and_the_parts(void **state)
{
	static const struct span parts[] = {
		TEXT("ab"), { NULL, 0 }, TEXT("cdef"),
	};
	static const struct span whole[] = { TEXT("abcdef") };
	uint8_t out[HASH_LEN], again[HASH_LEN];

	(void)state;
	crypto_hash32("nguon1/test", parts, 3, out);
	assert_hex(out, sizeof out, "0191829e3238f342170f41f47713a9d9"
	    "18322f3679690977ba91b09b246f3ddb");
	crypto_hash32("nguon1/test", whole, 1, again);
	assert_memory_equal(out, again, sizeof out);
	crypto_hash16("nguon1/test", parts, 3, out);
	assert_hex(out, ID_LEN, "b199af8a36e8f65f74830154131f88fb");
	crypto_hash32("nguon1/test", NULL, 0, out);
	assert_hex(out, sizeof out, "0dead7faea6b569b51f7f4cfd17591c9"
	    "4119ffafa5c7ec5903911639faa17c24");
	crypto_hash32("sixteen-bytes-ok", whole, 1, out);
	assert_hex(out, sizeof out, "a6a84330881f63c30df89e7391cb895d"
	    "3b0ba96507b7531afbb7fc3d79bc08d2");
}

static void
a_stream_hashes_as_the_whole_does(void **state)
{
	uint8_t bytes[300], whole[HASH_LEN], pieces[HASH_LEN];
	struct span part = { bytes, sizeof bytes };

	(void)state;
	count_up(bytes, sizeof bytes);
	crypto_hash32("nguon1/test", &part, 1, whole);
	for (size_t step = 1; step <= sizeof bytes; step++) {
		struct crypto_stream *s = crypto_stream_new("nguon1/test");

		assert_non_null(s);
		crypto_stream_add(s, no_bytes);
		for (size_t at = 0; at < sizeof bytes; at += step)
			crypto_stream_add(s, (struct span){ bytes + at,
			    sizeof bytes - at < step ? sizeof bytes - at :
			    step });
		crypto_stream_end(s, pieces);
		assert_memory_equal(pieces, whole, HASH_LEN);
		crypto_stream_free(s);
	}
	crypto_stream_free(NULL);
}

static void
keyed_hashes_take_their_key_and_length(void **state)
{
	static const struct span parts[] = { TEXT("abc"), TEXT("def") };
	uint8_t key[32], out[64];

	(void)state;
	count_up(key, sizeof key);
	crypto_keyed("nguon1/test", (struct span){ key, 32 }, parts, 2, out,
	    32);
	assert_hex(out, 32, "b11ab115b843a4b94d2ffb88a40f8f64"
	    "ee2745c479540b4c56f3e0374154f8f3");
	crypto_keyed("nguon1/test", (struct span){ key, 16 }, parts, 2, out,
	    64);
	assert_hex(out, 64, "05914256e8b3d986c11976e8719261f2"
	    "23714bd2db757d8627838f1d47e3bf42"
	    "2a9ff525656dbca991fa8131906eb1d4"
	    "af20cd549c9e777664658d751c71b8bc");
}

static void
sha256_gives_the_fips_vectors(void **state)
{
	static const struct span parts[] = { TEXT("a"), TEXT("bc") };
	uint8_t out[HASH_LEN];

	(void)state;
	crypto_sha256(parts, 2, out);
	assert_hex(out, sizeof out, "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	crypto_sha256(NULL, 0, out);
	assert_hex(out, sizeof out, "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");
}

/* RFC 8032 section 7.1, tests 1 to 3. */
static const struct {
	const char *seed, *pub, *message, *sig;
} rfc8032[] = {
	{ "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
	  "",
	  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555f"
	  "b8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
	{ "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	  "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
	  "72",
	  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da08"
	  "5ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
	{ "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
	  "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
	  "af82",
	  "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18"
	  "ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" },
};

static void
signatures_give_the_rfc_vectors(void **state)
{
	uint8_t seed[KEY_LEN], pub[KEY_LEN], sig[SIG_LEN], raw[2];

	(void)state;
	for (size_t i = 0; i < COUNT(rfc8032); i++) {
		size_t n = strlen(rfc8032[i].message) / 2;
		struct span m = { n == 0 ? NULL : raw, n };

		from_hex(rfc8032[i].seed, seed, sizeof seed);
		from_hex(rfc8032[i].message, raw, n);
		crypto_sign_public(seed, pub);
		assert_hex(pub, sizeof pub, rfc8032[i].pub);
		crypto_sign_message(seed, m, sig);
		assert_hex(sig, sizeof sig, rfc8032[i].sig);
		assert_int_equal(crypto_verify(pub, m, sig), ERR_OK);
	}
}

static void
a_changed_bit_is_refused(void **state)
{
	uint8_t seed[KEY_LEN], pub[KEY_LEN], sig[SIG_LEN];
	uint8_t text[] = "seq 12";
	struct span m = { text, sizeof text };

	(void)state;
	count_up(seed, sizeof seed);
	crypto_sign_public(seed, pub);
	crypto_sign_message(seed, m, sig);
	for (size_t bit = 0; bit < 8 * sizeof sig; bit++) {
		sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(crypto_verify(pub, m, sig), ERR_SIG);
		sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t bit = 0; bit < 8 * sizeof pub; bit++) {
		pub[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(crypto_verify(pub, m, sig), ERR_SIG);
		pub[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	text[0] ^= 1;
	assert_int_equal(crypto_verify(pub, m, sig), ERR_SIG);
	text[0] ^= 1;
	assert_int_equal(crypto_verify(pub, m, sig), ERR_OK);
}

/* The order of the base point, little endian. */
static const uint8_t order[32] = {
	0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
	0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10,
};

static void
s_must_be_below_the_order(void **state)
{
	uint8_t seed[KEY_LEN], pub[KEY_LEN], sig[SIG_LEN];

	(void)state;
	count_up(seed, sizeof seed);
	crypto_sign_public(seed, pub);
	crypto_sign_message(seed, TEXT("m"), sig);
	for (int i = 0; i < 14; i++) {	/* S + L ... S + 14 L < 2^256 */
		sodium_add(sig + 32, order, sizeof order);
		assert_int_equal(crypto_verify(pub, TEXT("m"), sig), ERR_SIG);
	}
}

/* The eight points of small order, every encoding of them that decoders are
 * known to take: those from 8 on are not canonical (y >= p, or x = 0 with
 * the sign bit). */
static const char *const small_order[] = {
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

/* A scalar below the order, from a number. */
static void
scalar(uint32_t n, uint8_t out[32])
{
	uint8_t raw[4], wide[64];

	be32_put(raw, n);
	(void)crypto_hash_sha512(wide, raw, sizeof raw);
	crypto_core_ed25519_scalar_reduce(out, wide);
}

/* k = SHA-512(R, A, m) mod L. */
static void
challenge(const uint8_t r[32], const uint8_t pub[32], struct span m,
    uint8_t k[32])
{
	crypto_hash_sha512_state st;
	uint8_t wide[64];

	(void)crypto_hash_sha512_init(&st);
	(void)crypto_hash_sha512_update(&st, r, 32);
	(void)crypto_hash_sha512_update(&st, pub, 32);
	(void)crypto_hash_sha512_update(&st, m.p, m.n);
	(void)crypto_hash_sha512_final(&st, wide);
	crypto_core_ed25519_scalar_reduce(k, wide);
}

/* A of small order, S = r: where k A is neutral, the equation holds. */
static void
a_key_of_small_order_is_refused(void **state)
{
	uint8_t pub[32], r[32], sig[SIG_LEN], text[4];
	struct span m = { text, sizeof text };

	(void)state;
	for (size_t i = 0; i < COUNT(small_order); i++) {
		from_hex(small_order[i], pub, sizeof pub);
		for (uint32_t n = 0; n < 32; n++) {
			scalar(n, r);
			(void)crypto_scalarmult_ed25519_base_noclamp(sig, r);
			memcpy(sig + 32, r, 32);
			be32_put(text, n);
			assert_int_equal(crypto_verify(pub, m, sig), ERR_SIG);
		}
	}
}

/* R neutral, S = k a: the equation holds for the canonical encoding, and in
 * decoders of the other ones. */
static void
an_r_of_small_order_is_refused(void **state)
{
	uint8_t pub[32], a[32], k[32], sig[SIG_LEN];

	(void)state;
	scalar(7, a);
	assert_int_equal(crypto_scalarmult_ed25519_base_noclamp(pub, a), 0);
	for (size_t i = 0; i < COUNT(small_order); i++) {
		from_hex(small_order[i], sig, 32);
		challenge(sig, pub, TEXT("m"), k);
		crypto_core_ed25519_scalar_mul(sig + 32, k, a);
		assert_int_equal(crypto_verify(pub, TEXT("m"), sig), ERR_SIG);
	}
}

/* y = p ... p + 18 fit in 255 bits; each of them, with either sign. */
static void
encodings_above_the_prime_are_refused(void **state)
{
	uint8_t seed[KEY_LEN], pub[KEY_LEN], sig[SIG_LEN], high[32];

	(void)state;
	count_up(seed, sizeof seed);
	crypto_sign_public(seed, pub);
	crypto_sign_message(seed, TEXT("m"), sig);
	for (unsigned i = 0; i < 38; i++) {
		(void)memset(high, 0xff, sizeof high);
		high[0] = (uint8_t)(0xed + i / 2);
		high[31] = i % 2 == 0 ? 0x7f : 0xff;
		assert_int_equal(crypto_verify(high, TEXT("m"), sig), ERR_SIG);
		memcpy(sig, high, sizeof high);
		assert_int_equal(crypto_verify(pub, TEXT("m"), sig), ERR_SIG);
	}
}

/* A and R, each with or without a point of order 8 added, S made for the
 * cofactored equation.  Only where the torsion cancels is it lawful. */
static void
the_equation_has_no_cofactor(void **state)
{
	uint8_t a[32], r[32], k[32], pub[32], torsion[32], sig[SIG_LEN];
	unsigned taken = 0;

	(void)state;
	from_hex(small_order[4], torsion, sizeof torsion);
	for (uint32_t n = 0; n < 256; n++) {
		bool on_a = n % 2 == 1, on_r = n / 2 % 2 == 1, want;

		scalar(1000 + n, a);
		scalar(2000 + n, r);
		(void)crypto_scalarmult_ed25519_base_noclamp(pub, a);
		(void)crypto_scalarmult_ed25519_base_noclamp(sig, r);
		if (on_a)
			assert_int_equal(crypto_core_ed25519_add(pub, pub,
			    torsion), 0);
		if (on_r)
			assert_int_equal(crypto_core_ed25519_add(sig, sig,
			    torsion), 0);
		challenge(sig, pub, TEXT("m"), k);
		crypto_core_ed25519_scalar_mul(sig + 32, k, a);
		crypto_core_ed25519_scalar_add(sig + 32, sig + 32, r);
		/* torsion of [S]B - [k]A - R: on_r + k on_a, mod 8 */
		want = ((on_r ? 1 : 0) + (on_a ? k[0] : 0)) % 8 == 0;
		taken += want ? 1 : 0;
		assert_int_equal(crypto_verify(pub, TEXT("m"), sig),
		    want ? ERR_OK : ERR_SIG);
	}
	assert_in_range(taken, 65, 128);	/* 64, and some by chance */
}

/* RFC 7748 section 6.1, from Bob's side. */
static void
agreement_gives_the_rfc_vector(void **state)
{
	uint8_t secret[32], pub[32], peer[32], shared[32];

	(void)state;
	from_hex("5dab087e624a8a4b79e17f8b83800ee6"
	    "6f3bb1292618b6fd1c2f8b27ff88e0eb", secret, sizeof secret);
	from_hex("8520f0098930a754748b7ddcb43ef75a"
	    "0dbf3a0d26381af4eba4a98eaa9b4e6a", peer, sizeof peer);
	crypto_box_public(secret, pub);
	assert_hex(pub, sizeof pub, "de9edb7d7b7dc1b4d35b61c2ece43537"
	    "3f8343c85b78674dadfc7e146f882b4f");
	assert_int_equal(crypto_agree(secret, peer, shared), ERR_OK);
	assert_hex(shared, sizeof shared, "4a5d9d5ba4ce2de1728e3bf480350f25"
	    "e07e21c947d19e3376f09b3c1e161742");
}

static void
agreement_refuses_points_of_small_order(void **state)
{
	/* u of order 4, 1, 2, 8, 8, and p, which is 0 again */
	static const char *const low[] = {
		"00000000000000000000000000000000"
		"00000000000000000000000000000000",
		"01000000000000000000000000000000"
		"00000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffff7f",
		"e0eb7a7c3b41b8ae1656e3faf19fc46a"
		"da098deb9c32b1fd866205165f49b800",
		"5f9c95bca3508c24b1d0b1559c83ef5b"
		"04445cc4581c8e86d8224eddd09f1157",
		"edffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffff7f",
	};
	uint8_t secret[32], peer[32], shared[32], before[32], out[49];

	(void)state;
	count_up(secret, sizeof secret);
	(void)memset(shared, 0x5a, sizeof shared);
	memcpy(before, shared, sizeof before);
	for (size_t i = 0; i < COUNT(low); i++) {
		from_hex(low[i], peer, sizeof peer);
		assert_int_equal(crypto_agree(secret, peer, shared), ERR_KEY);
		assert_memory_equal(shared, before, sizeof before);
		assert_int_equal(crypto_seal_box(peer, TEXT("x"), out),
		    ERR_KEY);
	}
}

static void
a_sealed_box_opens_with_its_key_alone(void **state)
{
	uint8_t secret[32], other[32], pub[32], plain[5];
	uint8_t sealed[5 + BOX_OVERHEAD];

	(void)state;
	crypto_random(secret, sizeof secret);
	crypto_random(other, sizeof other);
	crypto_box_public(secret, pub);
	assert_int_equal(crypto_seal_box(pub, TEXT("hello"), sealed), ERR_OK);
	assert_int_equal(crypto_open_box(secret,
	    (struct span){ sealed, sizeof sealed }, plain), ERR_OK);
	assert_memory_equal(plain, "hello", 5);
	assert_int_equal(crypto_open_box(other,
	    (struct span){ sealed, sizeof sealed }, plain), ERR_KEY);
	for (size_t n = 0; n < sizeof sealed; n++)
		assert_int_equal(crypto_open_box(secret,
		    (struct span){ sealed, n }, plain), ERR_KEY);
	for (size_t i = 0; i < sizeof sealed; i++) {
		sealed[i] ^= 1;
		assert_int_equal(crypto_open_box(secret,
		    (struct span){ sealed, sizeof sealed }, plain), ERR_KEY);
		sealed[i] ^= 1;
	}
	assert_int_equal(crypto_seal_box(pub, no_bytes, sealed), ERR_OK);
	assert_int_equal(crypto_open_box(secret,
	    (struct span){ sealed, BOX_OVERHEAD }, plain), ERR_OK);
}

/* draft-irtf-cfrg-xchacha-03, A.3.1. */
static void
aead_gives_the_draft_vector(void **state)
{
	static const struct span plain = TEXT("Ladies and Gentlemen of the "
	    "class of '99: If I could offer you only one tip for the future, "
	    "sunscreen would be it.");
	uint8_t key[KEY_LEN], nonce[NONCE_LEN], ad[12], out[114 + 16];
	uint8_t back[114];

	(void)state;
	for (size_t i = 0; i < sizeof key; i++)
		key[i] = (uint8_t)(0x80 + i);
	for (size_t i = 0; i < sizeof nonce; i++)
		nonce[i] = (uint8_t)(0x40 + i);
	from_hex("50515253c0c1c2c3c4c5c6c7", ad, sizeof ad);
	assert_int_equal(plain.n, sizeof back);
	crypto_aead_seal(key, nonce, (struct span){ ad, sizeof ad }, plain,
	    out);
	assert_hex(out, 32, "bd6d179d3e83d43b9576579493c0e939"
	    "572a1700252bfaccbed2902c21396cbb");
	assert_hex(out + 114, 16, "c0875924c1c7987947deafd8780acf49");
	assert_int_equal(crypto_aead_open(key, nonce,
	    (struct span){ ad, sizeof ad },
	    (struct span){ out, sizeof out }, back), ERR_OK);
	assert_memory_equal(back, plain.p, plain.n);
}

static void
aead_opens_only_what_was_sealed(void **state)
{
	uint8_t key[KEY_LEN], nonce[NONCE_LEN], out[3 + 16], back[3];
	struct span sealed = { out, sizeof out };

	(void)state;
	count_up(key, sizeof key);
	count_up(nonce, sizeof nonce);
	crypto_aead_seal(key, nonce, TEXT("ad"), TEXT("abc"), out);
	assert_int_equal(crypto_aead_open(key, nonce, TEXT("ae"), sealed,
	    back), ERR_KEY);
	for (size_t n = 0; n < sizeof out; n++)
		assert_int_equal(crypto_aead_open(key, nonce, TEXT("ad"),
		    (struct span){ out, n }, back), ERR_KEY);
	for (size_t i = 0; i < sizeof out; i++) {
		out[i] ^= 0x80;
		assert_int_equal(crypto_aead_open(key, nonce, TEXT("ad"),
		    sealed, back), ERR_KEY);
		out[i] ^= 0x80;
	}
	nonce[23] ^= 1;
	assert_int_equal(crypto_aead_open(key, nonce, TEXT("ad"), sealed,
	    back), ERR_KEY);
	nonce[23] ^= 1;
	assert_int_equal(crypto_aead_open(key, nonce, TEXT("ad"), sealed,
	    back), ERR_OK);
	assert_memory_equal(back, "abc", 3);
	crypto_aead_seal(key, nonce, no_bytes, no_bytes, out);
	assert_int_equal(crypto_aead_open(key, nonce, no_bytes,
	    (struct span){ out, AEAD_TAG_LEN }, back), ERR_OK);
}

/* The values are OpenSSL's Argon2id. */
static void
passphrase_keys_are_argon2id(void **state)
{
	uint8_t salt[SALT_LEN], out[KEY_LEN], before[KEY_LEN];

	(void)state;
	count_up(salt, sizeof salt);
	assert_int_equal(crypto_passphrase_key(TEXT("mật khẩu"), salt, 2,
	    65536, out), ERR_OK);
	assert_hex(out, sizeof out, "60053471f05f56c2ead469678be260f3"
	    "cd3f5f9f3a31b19aca8e191627be3ebf");
	assert_int_equal(crypto_passphrase_key(no_bytes, salt, 1, 8192, out),
	    ERR_OK);
	assert_hex(out, sizeof out, "31ed41e2d73f27fdfe4eb4bec651341e"
	    "58ba43477051c6fe4adad735d82ee08a");
	memcpy(before, out, sizeof out);
	assert_int_equal(crypto_passphrase_key(no_bytes, salt, 0, 8192, out),
	    ERR_LIMIT);
	assert_int_equal(crypto_passphrase_key(no_bytes, salt, 1, 8191, out),
	    ERR_LIMIT);
	assert_int_equal(crypto_passphrase_key(no_bytes, salt, 1, SIZE_MAX,
	    out), ERR_LIMIT);
	assert_memory_equal(out, before, sizeof out);
}

static void
secrets_are_aligned_wiped_and_compared(void **state)
{
	uint8_t a[33], b[33];

	(void)state;
	for (size_t n = 0; n < 70; n++) {
		uint8_t *p = crypto_alloc(n);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % 16, 0);
		(void)memset(p, 1, n);
		crypto_free(p);
	}
	crypto_free(NULL);
	assert_null(crypto_alloc(SIZE_MAX));
	crypto_random(a, sizeof a);
	memcpy(b, a, sizeof b);
	assert_true(crypto_equal(a, b, sizeof a));
	b[32] ^= 1;
	assert_false(crypto_equal(a, b, sizeof a));
	assert_true(crypto_equal(a, b, 32));
	assert_true(crypto_equal(NULL, NULL, 0));
	crypto_random(b, sizeof b);
	assert_false(crypto_equal(a, b, sizeof a));
	crypto_wipe(a, sizeof a);
	assert_true(sodium_is_zero(a, sizeof a));
}

static int
start(void **state)
{
	(void)state;
	return crypto_start() == ERR_OK && crypto_start() == ERR_OK ? 0 : -1;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_cover_the_padded_tag_and_the_parts),
		cmocka_unit_test(a_stream_hashes_as_the_whole_does),
		cmocka_unit_test(keyed_hashes_take_their_key_and_length),
		cmocka_unit_test(sha256_gives_the_fips_vectors),
		cmocka_unit_test(signatures_give_the_rfc_vectors),
		cmocka_unit_test(a_changed_bit_is_refused),
		cmocka_unit_test(s_must_be_below_the_order),
		cmocka_unit_test(a_key_of_small_order_is_refused),
		cmocka_unit_test(an_r_of_small_order_is_refused),
		cmocka_unit_test(encodings_above_the_prime_are_refused),
		cmocka_unit_test(the_equation_has_no_cofactor),
		cmocka_unit_test(agreement_gives_the_rfc_vector),
		cmocka_unit_test(agreement_refuses_points_of_small_order),
		cmocka_unit_test(a_sealed_box_opens_with_its_key_alone),
		cmocka_unit_test(aead_gives_the_draft_vector),
		cmocka_unit_test(aead_opens_only_what_was_sealed),
		cmocka_unit_test(passphrase_keys_are_argon2id),
		cmocka_unit_test(secrets_are_aligned_wiped_and_compared),
	};

	return cmocka_run_group_tests_name("crypto", tests, start, NULL);
}
