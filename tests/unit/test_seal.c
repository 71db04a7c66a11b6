/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_seal.c -- what a reader of seal.h may rely on.  The hashes are those
 * of Python's hashlib.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/limits.h"
#include "protocol/seal.h"

static const uint8_t map_bytes[] = { 0x81, 0x78, 0xa2, 'a', 'b' };
static const struct span map = { map_bytes, sizeof map_bytes };

static void
count_up(uint8_t *out, size_t n, uint8_t first)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(first + i);
}

static void
assert_hex(const uint8_t *p, size_t n, const char *want)
{
	char hex[129];

	assert_true(n <= 64);
	hex_encode(p, n, hex);
	assert_string_equal(hex, want);
}

static struct cell_key
a_cell_key(void)
{
	struct cell_key k;

	memset(k.scope, 7, SCOPE_LEN);
	k.scope[0] = 2;
	count_up(k.key, KEY_LEN, 0);
	seal_cell_key_commit(&k);
	return k;
}

static struct seal_place
a_place(void)
{
	struct seal_place place = { .seq = 9, .op = 1, .generation = 3 };

	count_up(place.log, ID_LEN, 100);
	count_up(place.subject, ID_LEN, 0);
	return place;
}

static void
keys_follow_from_scope_key_subject_generation_and_salt(void **state)
{
	struct cell_key k = a_cell_key();
	uint8_t subject[ID_LEN], salt[SALT_LEN], key[KEY_LEN];

	(void)state;
	assert_hex(k.commitment, HASH_LEN, "0006aff144a83248b1bb9942a1576622"
	    "e50e07d01cacd4c9b71d20968e86959c");
	count_up(subject, ID_LEN, 0);
	count_up(salt, SALT_LEN, 16);
	seal_subject_key(&k, subject, 3, salt, key);
	assert_hex(key, KEY_LEN, "7ccde4ecb3e5884fc7d5891242f75374"
	    "39ae2ad2c55914fb3bcf22734208a854");
}

static void
a_sealed_part_opens_to_its_map(void **state)
{
	struct cell_key k = a_cell_key();
	struct seal_place place = a_place();
	struct buf part = { 0 }, plain = { 0 };
	uint8_t epoch[EPOCH_LEN];
	uint16_t generation;

	(void)state;
	assert_int_equal(seal_part(k.key, k.commitment, &place, map, &part),
	    ERR_OK);
	assert_int_equal(part.n, 8 + 2 + 24 + 16 + 16);
	assert_int_equal(seal_part_head(buf_span(&part), epoch, &generation),
	    ERR_OK);
	assert_memory_equal(epoch, k.commitment, EPOCH_LEN);
	assert_int_equal(generation, 3);
	buf_put_text(&plain, "x");
	assert_int_equal(seal_open_part(k.key, &place, buf_span(&part),
	    &plain), ERR_OK);
	assert_int_equal(plain.n, 1 + map.n);
	assert_memory_equal(plain.p + 1, map.p, map.n);
	buf_free(&part);
	buf_free(&plain);
}

/* Every length of a map around the block: padded, never lost. */
static void
padding_hides_the_length_and_comes_off(void **state)
{
	struct cell_key k = a_cell_key();
	struct seal_place place = a_place();
	struct buf part = { 0 }, plain = { 0 }, in = { 0 };
	uint8_t bytes[64] = { 0 };

	(void)state;
	for (size_t n = 0; n <= sizeof bytes; n++) {
		buf_reset(&in);
		buf_reset(&part);
		buf_reset(&plain);
		codec_put_map(&in, 1);
		codec_put_uint(&in, 1);
		codec_put_bin(&in, (struct span){ bytes, n });
		assert_int_equal(seal_part(k.key, k.commitment, &place,
		    buf_span(&in), &part), ERR_OK);
		assert_int_equal((part.n - 8 - 2 - 24 - 16) % 16, 0);
		assert_int_equal((part.n - 50) / 16, (in.n + 1) / 16 + 1);
		assert_int_equal(seal_open_part(k.key, &place,
		    buf_span(&part), &plain), ERR_OK);
		assert_true(span_equal(buf_span(&plain), buf_span(&in)));
	}
	buf_free(&in);
	buf_free(&part);
	buf_free(&plain);
}

static void
a_part_opens_nowhere_else(void **state)
{
	struct cell_key k = a_cell_key();
	struct buf part = { 0 }, plain = { 0 };
	struct seal_place moved[5];
	uint8_t other[KEY_LEN];

	(void)state;
	for (size_t i = 0; i < 5; i++)
		moved[i] = a_place();
	assert_int_equal(seal_part(k.key, k.commitment, &moved[0], map,
	    &part), ERR_OK);
	moved[0].log[0] ^= 1;
	moved[1].seq++;
	moved[2].op++;
	moved[3].subject[15] ^= 1;
	moved[4].generation++;
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(seal_open_part(k.key, &moved[i],
		    buf_span(&part), &plain), ERR_KEY);
	memcpy(other, k.key, KEY_LEN);
	other[0] ^= 1;
	moved[0] = a_place();
	assert_int_equal(seal_open_part(other, &moved[0], buf_span(&part),
	    &plain), ERR_KEY);
	for (size_t i = 0; i < part.n; i++) {
		part.p[i] ^= 1;
		assert_int_equal(seal_open_part(k.key, &moved[0],
		    buf_span(&part), &plain), ERR_KEY);
		part.p[i] ^= 1;
	}
	for (size_t cut = 0; cut < part.n; cut++)
		assert_int_not_equal(seal_open_part(k.key, &moved[0],
		    (struct span){ part.p, cut }, &plain), ERR_OK);
	assert_int_equal(plain.n, 0);
	buf_free(&part);
	buf_free(&plain);
}

/* What a holder of the key may have sealed, right or wrong. */
static void
what_was_sealed_must_be_a_padded_map(void **state)
{
	static const struct {
		const char *plain;	/* hex, a multiple of 16 bytes */
		err want;
	} cases[] = {
		{ "00800000000000000000000000000000", ERR_FORMAT },
		{ "00810102800000000000000000000000", ERR_OK },
		{ "01810102800000000000000000000000", ERR_VERSION },
		{ "00810102000000000000000000000000", ERR_FORMAT },
		{ "00810102810000000000000000000000", ERR_FORMAT },
		{ "00000000000000000000000000000000", ERR_FORMAT },
		{ "80000000000000000000000000000000", ERR_VERSION },
		{ "00910180000000000000000000000000", ERR_FORMAT },
		{ "0081cc01028000000000000000000000", ERR_FORMAT },
		{ "00820102010380000000000000000000", ERR_FORMAT },
		{ "00810102008000000000000000000000", ERR_FORMAT },
		{ "0081010280000000000000000000000000000000000000000000000000"
		  "000000", ERR_FORMAT },
	};
	struct cell_key k = a_cell_key();
	struct seal_place place = a_place();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		static const uint8_t tag[TAG_LEN] = "nguon1/sealed";
		uint8_t plain[32], cipher[48];
		uint8_t nonce[NONCE_LEN] = { 0 };
		size_t n = strlen(cases[i].plain) / 2;
		struct buf part = { 0 }, out = { 0 }, bound = { 0 };

		assert_int_equal(hex_decode(cases[i].plain, plain, n), 0);
		buf_put(&bound, tag, TAG_LEN);
		buf_put(&bound, place.log, ID_LEN);
		buf_put_u64(&bound, place.seq);
		buf_put_u8(&bound, place.op);
		buf_put(&bound, place.subject, ID_LEN);
		buf_put(&bound, k.commitment, EPOCH_LEN);
		buf_put_u16(&bound, place.generation);
		crypto_aead_seal(k.key, nonce, buf_span(&bound),
		    (struct span){ plain, n }, cipher);
		buf_put(&part, k.commitment, EPOCH_LEN);
		buf_put_u16(&part, place.generation);
		buf_put(&part, nonce, NONCE_LEN);
		buf_put(&part, cipher, n + AEAD_TAG_LEN);
		assert_int_equal(seal_open_part(k.key, &place,
		    buf_span(&part), &out), cases[i].want);
		assert_int_equal(out.n, cases[i].want == ERR_OK ? 3 : 0);
		buf_free(&bound);
		buf_free(&part);
		buf_free(&out);
	}
}

static void
parts_have_a_largest_size(void **state)
{
	static const uint8_t zeros[LIMIT_PART_BYTES + 1];
	struct cell_key k = a_cell_key();
	struct seal_place place = a_place();
	struct buf out = { 0 };
	size_t most = LIMIT_PART_BYTES - SALT_LEN;

	(void)state;
	assert_int_equal(seal_part(k.key, k.commitment, &place,
	    (struct span){ zeros, sizeof zeros }, &out), ERR_LIMIT);
	assert_int_equal(seal_part(k.key, k.commitment, &place,
	    (struct span){ zeros, LIMIT_PART_BYTES - 50 }, &out), ERR_LIMIT);
	assert_int_equal(seal_facts(NULL, (struct span){ zeros, most + 1 },
	    &out), ERR_LIMIT);
	assert_int_equal(out.n, 0);
	assert_int_equal(seal_facts(NULL, (struct span){ zeros, most },
	    &out), ERR_OK);
	assert_int_equal(out.n, LIMIT_PART_BYTES);
	assert_int_equal(seal_open_part(k.key, &place,
	    (struct span){ zeros, sizeof zeros }, &out), ERR_LIMIT);
	buf_free(&out);
}

static void
facts_begin_with_a_salt(void **state)
{
	uint8_t salt[SALT_LEN];
	struct buf given = { 0 }, fresh = { 0 };

	(void)state;
	count_up(salt, SALT_LEN, 1);
	assert_int_equal(seal_facts(salt, map, &given), ERR_OK);
	assert_int_equal(given.n, SALT_LEN + map.n);
	assert_memory_equal(given.p, salt, SALT_LEN);
	assert_memory_equal(given.p + SALT_LEN, map.p, map.n);
	assert_int_equal(seal_facts(NULL, map, &fresh), ERR_OK);
	assert_int_equal(fresh.n, given.n);
	assert_memory_not_equal(fresh.p, salt, SALT_LEN);
	buf_free(&given);
	buf_free(&fresh);
}

static void
a_grant_opens_to_its_commitment_only(void **state)
{
	struct cell_key k = a_cell_key(), got, before;
	uint8_t secret[KEY_LEN], pub[KEY_LEN], grant[GRANT_LEN];
	uint8_t wrong[HASH_LEN], zeros[KEY_LEN] = { 0 };
	struct span g = { grant, GRANT_LEN };

	(void)state;
	memset(&got, 0x5a, sizeof got);
	before = got;
	crypto_random(secret, sizeof secret);
	crypto_box_public(secret, pub);
	assert_int_equal(seal_grant(zeros, k.key, grant), ERR_KEY);
	assert_int_equal(seal_grant(pub, k.key, grant), ERR_OK);
	memcpy(wrong, k.commitment, HASH_LEN);
	wrong[31] ^= 1;
	assert_int_equal(seal_open_grant(secret, g, k.scope, wrong, &got),
	    ERR_KEY);
	assert_int_equal(seal_open_grant(secret, g, scope_root,
	    k.commitment, &got), ERR_KEY);
	assert_int_equal(seal_open_grant(pub, g, k.scope, k.commitment,
	    &got), ERR_KEY);
	for (size_t cut = 0; cut < GRANT_LEN; cut++)
		assert_int_equal(seal_open_grant(secret,
		    (struct span){ grant, cut }, k.scope, k.commitment,
		    &got), ERR_KEY);
	assert_memory_equal(&got, &before, sizeof got);
	assert_int_equal(seal_open_grant(secret, g, k.scope, k.commitment,
	    &got), ERR_OK);
	assert_memory_equal(&got, &k, sizeof k);
}

static void
a_blob_is_bound_to_purpose_and_ad(void **state)
{
	static const struct span ad = { map_bytes, 3 }, ad_2 = { map_bytes, 2 };
	struct cell_key k = a_cell_key();
	struct buf blob = { 0 }, plain = { 0 }, none = { 0 };

	(void)state;
	assert_int_equal(seal_blob(k.key, "nguon1/state", ad, map, &blob),
	    ERR_OK);
	assert_int_equal(blob.n, 24 + map.n + 16);
	assert_int_equal(seal_open_blob(k.key, "nguon1/other", ad,
	    buf_span(&blob), &plain), ERR_KEY);
	assert_int_equal(seal_open_blob(k.key, "nguon1/state", ad_2,
	    buf_span(&blob), &plain), ERR_KEY);
	assert_int_equal(seal_open_blob(k.commitment, "nguon1/state", ad,
	    buf_span(&blob), &plain), ERR_KEY);
	for (size_t cut = 0; cut < blob.n; cut++)
		assert_int_equal(seal_open_blob(k.key, "nguon1/state", ad,
		    (struct span){ blob.p, cut }, &plain), ERR_KEY);
	assert_int_equal(plain.n, 0);
	assert_int_equal(seal_open_blob(k.key, "nguon1/state", ad,
	    buf_span(&blob), &plain), ERR_OK);
	assert_true(span_equal(buf_span(&plain), map));
	assert_int_equal(seal_blob(k.key, "", buf_span(&none),
	    buf_span(&none), &none), ERR_OK);
	assert_int_equal(none.n, 40);
	buf_reset(&plain);
	assert_int_equal(seal_open_blob(k.key, "", (struct span){ NULL, 0 },
	    buf_span(&none), &plain), ERR_OK);
	assert_int_equal(plain.n, 0);
	buf_free(&blob);
	buf_free(&plain);
	buf_free(&none);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    keys_follow_from_scope_key_subject_generation_and_salt),
		cmocka_unit_test(a_sealed_part_opens_to_its_map),
		cmocka_unit_test(padding_hides_the_length_and_comes_off),
		cmocka_unit_test(a_part_opens_nowhere_else),
		cmocka_unit_test(what_was_sealed_must_be_a_padded_map),
		cmocka_unit_test(parts_have_a_largest_size),
		cmocka_unit_test(facts_begin_with_a_salt),
		cmocka_unit_test(a_grant_opens_to_its_commitment_only),
		cmocka_unit_test(a_blob_is_bound_to_purpose_and_ad),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
