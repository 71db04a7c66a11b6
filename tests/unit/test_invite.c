/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_invite.c -- what a reader of invite.h may rely on.  Codes and keys are
 * computed by a Python program of a few lines.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/invite.h"
#include "protocol/limits.h"

#define TEXT(s) ((struct span){ (const uint8_t *)(s), strlen(s) })
#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const char CODE[] = "20010-81G81-860W4-0J2GB-1G6GW-3RKZF";
static const char LETTERS[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

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

static void
codes_are_as_computed_elsewhere(void **state)
{
	uint8_t secret[INVITE_SECRET_LEN];
	char code[INVITE_CODE_TEXT];

	(void)state;
	count_up(secret, sizeof secret, 0);
	invite_code_encode(secret, code);
	assert_string_equal(code, CODE);
	memset(secret, 0, sizeof secret);
	invite_code_encode(secret, code);
	assert_string_equal(code, "20000-00000-00000-00000-00000-0413P");
	memset(secret, 0xff, sizeof secret);
	invite_code_encode(secret, code);
	assert_string_equal(code, "3ZZZZ-ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ-ZTS6T");
}

static void
codes_are_read_as_people_type_them(void **state)
{
	static const char *const typed[] = {
		"20010-81G81-860W4-0J2GB-1G6GW-3RKZF",
		"20010-81g81-860w4-0j2gb-1g6gw-3rkzf",
		"2001081G81860W40J2GB1G6GW3RKZF",
		"  2 0 0 1 0 81G81\t860W4\n0J2GB--1G6GW - 3RKZF\r\n",
		"2oOiO-8LG8l-86OW4-oJ2GB-IG6GW-3RKZF",
	};
	uint8_t secret[INVITE_SECRET_LEN], want[INVITE_SECRET_LEN];

	(void)state;
	count_up(want, sizeof want, 0);
	for (size_t i = 0; i < COUNT(typed); i++) {
		memset(secret, 0xee, sizeof secret);
		assert_int_equal(invite_code_decode(TEXT(typed[i]), secret),
		    ERR_OK);
		assert_memory_equal(secret, want, sizeof want);
	}
}

static void
what_is_no_code_is_refused(void **state)
{
	static const struct {
		const char *text;
		err want;
	} cases[] = {
		{ "", ERR_FORMAT },
		{ "-- -", ERR_FORMAT },
		{ "20010-81G81-860W4-0J2GB-1G6GW-3RKZ", ERR_FORMAT },
		{ "20010-81G81-860W4-0J2GB-1G6GW-3RKZF0", ERR_FORMAT },
		{ "20010-81G81-860W4-0J2GB-1G6GW-3RKZU", ERR_FORMAT },
		{ "20010-81G81-860W4-0J2GB-1G6GW-3RKZ.", ERR_FORMAT },
		{ "20010-81G81-860W4-0J2GB-1G6GW-3RKZ\xc4\x90", ERR_FORMAT },
		{ "20010-81G81-860W4-0J2GB-1G6GW-3RKZG", ERR_VALUE },
		{ "02010-81G81-860W4-0J2GB-1G6GW-3RKZF", ERR_VALUE },
		{ "40010-81G81-860W4-0J2GB-1G6GW-3RKZF", ERR_VALUE },
		{ "40010-81G81-860W4-0J2GB-1G6GW-3Z60K", ERR_VERSION },
	};
	uint8_t secret[INVITE_SECRET_LEN], before[INVITE_SECRET_LEN];
	struct span nul = { (const uint8_t *)CODE, sizeof CODE };

	(void)state;
	memset(secret, 0xee, sizeof secret);
	memcpy(before, secret, sizeof secret);
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(invite_code_decode(TEXT(cases[i].text),
		    secret), cases[i].want);
	assert_int_equal(invite_code_decode(nul, secret), ERR_FORMAT);
	assert_memory_equal(secret, before, sizeof secret);
}

static void
every_single_wrong_letter_is_noticed(void **state)
{
	uint8_t secret[INVITE_SECRET_LEN];
	char code[sizeof CODE];

	(void)state;
	for (size_t i = 0; i < sizeof CODE - 1; i++) {
		if (CODE[i] == '-')
			continue;
		for (size_t k = 0; k < 32; k++) {
			memcpy(code, CODE, sizeof code);
			code[i] = LETTERS[k];
			assert_int_equal(invite_code_decode(TEXT(code),
			    secret), LETTERS[k] == CODE[i] ? ERR_OK :
			    ERR_VALUE);
		}
	}
}

static void
two_neighbours_swapped_are_noticed(void **state)
{
	uint8_t secret[INVITE_SECRET_LEN];
	char code[sizeof CODE];

	(void)state;
	for (size_t i = 0; i + 2 < sizeof CODE; i++) {
		if (CODE[i] == CODE[i + 1] || CODE[i] == '-' ||
		    CODE[i + 1] == '-')
			continue;
		memcpy(code, CODE, sizeof code);
		code[i] = CODE[i + 1];
		code[i + 1] = CODE[i];
		assert_int_equal(invite_code_decode(TEXT(code), secret),
		    ERR_VALUE);
	}
}

static void
keys_follow_from_the_secret(void **state)
{
	uint8_t secret[INVITE_SECRET_LEN], pub[KEY_LEN], id[ID_LEN];
	struct invite_keys keys;

	(void)state;
	count_up(secret, sizeof secret, 0);
	invite_derive(secret, &keys);
	assert_hex(keys.seed, KEY_LEN, "341b9c2f23118949fb204a3f2a3683b7"
	    "26cef8220fa80f9d3cb8a0227e85c00e");
	assert_hex(keys.seal, KEY_LEN, "21e8c5c6c95b319d5e2c9f9c2237cee5"
	    "87913673392b0cc22af33d06b01e61f1");
	crypto_sign_public(keys.seed, pub);
	assert_memory_equal(pub, keys.pub, KEY_LEN);
	chain_key_id(pub, id);
	assert_memory_equal(id, keys.id, ID_LEN);
}

/* ---- the body */

static const uint8_t fields_bytes[] = { 0x81, 0x10, 0x02 };
static const struct span fields = { fields_bytes, sizeof fields_bytes };

static struct invite_keys
some_keys(void)
{
	uint8_t secret[INVITE_SECRET_LEN];
	struct invite_keys keys;

	count_up(secret, sizeof secret, 0);
	invite_derive(secret, &keys);
	return keys;
}

static struct invite_body
a_body(const struct cell_key *cells, size_t count)
{
	struct invite_body b = { .keys = cells, .key_count = count };

	memset(b.root_pub, 1, KEY_LEN);
	memset(b.recovery_pub, 2, KEY_LEN);
	memset(b.hub_sign_pub, 3, KEY_LEN);
	memset(b.hub_box_pub, 4, KEY_LEN);
	memset(b.tls_pin, 5, HASH_LEN);
	b.address = TEXT("https://xa.example:8443");
	b.cell_code = TEXT("ba-mo");
	b.cell_name = TEXT("Chi bộ Ba Mô");
	b.commune_name = TEXT("Xã Hương Sơn");
	return b;
}

static void
a_body_opens_as_it_was_sealed(void **state)
{
	struct cell_key cells[3];
	struct invite_keys keys = some_keys();
	struct invite_body in, out;
	struct buf part = { 0 }, plain = { 0 };

	(void)state;
	for (uint8_t i = 0; i < 3; i++) {
		memset(&cells[i], i + 10, sizeof cells[i]);
		seal_cell_key_commit(&cells[i]);
	}
	for (size_t count = 0; count <= 3; count++) {
		buf_reset(&part);
		in = a_body(cells, count);
		assert_int_equal(invite_seal(&keys, fields, &in, &part),
		    ERR_OK);
		assert_int_equal(invite_open(&keys, fields, buf_span(&part),
		    &plain, &out), ERR_OK);
		assert_memory_equal(out.root_pub, in.root_pub, 5 * KEY_LEN);
		assert_true(span_equal(out.address, in.address));
		assert_true(span_equal(out.cell_code, in.cell_code));
		assert_true(span_equal(out.cell_name, in.cell_name));
		assert_true(span_equal(out.commune_name, in.commune_name));
		assert_int_equal(out.organisation.n, 0);
		assert_int_equal(out.key_count, count);
		if (count > 0)
			assert_memory_equal(out.keys, cells,
			    count * sizeof cells[0]);
		invite_body_free(&out);
		assert_null(out.keys);
	}
	invite_body_free(&out);
	invite_body_free(NULL);
	buf_free(&part);
	buf_free(&plain);
}

static void
a_body_is_bound_to_code_and_fields(void **state)
{
	static const uint8_t other_bytes[] = { 0x81, 0x10, 0x03 };
	struct span other = { other_bytes, sizeof other_bytes };
	struct invite_keys keys = some_keys();
	struct invite_body in = a_body(NULL, 0), out;
	struct buf part = { 0 }, plain = { 0 };

	(void)state;
	assert_int_equal(invite_seal(&keys, fields, &in, &part), ERR_OK);
	assert_int_equal(invite_open(&keys, other, buf_span(&part), &plain,
	    &out), ERR_KEY);
	for (size_t cut = 0; cut < part.n; cut++)
		assert_int_equal(invite_open(&keys, fields,
		    (struct span){ part.p, cut }, &plain, &out), ERR_KEY);
	for (size_t i = 0; i < part.n; i++) {
		part.p[i] ^= 0x10;
		assert_int_equal(invite_open(&keys, fields, buf_span(&part),
		    &plain, &out), ERR_KEY);
		part.p[i] ^= 0x10;
	}
	keys.seal[0] ^= 1;
	assert_int_equal(invite_open(&keys, fields, buf_span(&part), &plain,
	    &out), ERR_KEY);
	buf_free(&part);
	buf_free(&plain);
}

static err
open_plain(struct span map)
{
	struct invite_keys keys = some_keys();
	struct invite_body out;
	struct buf part = { 0 }, plain = { 0 };
	err rc;

	assert_int_equal(seal_blob(keys.seal, "nguon1/inv-seal", fields, map,
	    &part), ERR_OK);
	rc = invite_open(&keys, fields, buf_span(&part), &plain, &out);
	if (rc == ERR_OK)
		invite_body_free(&out);
	buf_free(&part);
	buf_free(&plain);
	return rc;
}

static void
put_five(struct buf *b, uint32_t pairs, size_t last_n)
{
	static const uint8_t key[KEY_LEN + 1];

	codec_put_map(b, pairs);
	for (uint64_t i = 1; i <= 5; i++) {
		codec_put_uint(b, i);
		codec_put_bin(b, (struct span){ key, i == 5 ? last_n : 32 });
	}
}

static void
what_was_sealed_must_be_a_body(void **state)
{
	struct buf b = { 0 };

	(void)state;
	put_five(&b, 5, 32);
	assert_int_equal(open_plain(buf_span(&b)), ERR_OK);
	b.n--;
	assert_int_equal(open_plain(buf_span(&b)), ERR_FORMAT);
	buf_reset(&b);
	put_five(&b, 5, 33);
	assert_int_equal(open_plain(buf_span(&b)), ERR_FORMAT);
	buf_reset(&b);
	put_five(&b, 4, 0);	/* 1 to 4 alone */
	b.n -= 3;
	assert_int_equal(open_plain(buf_span(&b)), ERR_FORMAT);
	buf_reset(&b);
	put_five(&b, 6, 32);
	codec_put_uint(&b, 6);
	codec_put_cstr(&b, "");
	assert_int_equal(open_plain(buf_span(&b)), ERR_FORMAT);
	buf_reset(&b);
	put_five(&b, 6, 32);
	codec_put_uint(&b, 7);
	codec_put_array(&b, 0);
	assert_int_equal(open_plain(buf_span(&b)), ERR_FORMAT);
	buf_reset(&b);
	put_five(&b, 6, 32);
	codec_put_uint(&b, 7);
	codec_put_array(&b, 1);
	codec_put_array(&b, 1);
	codec_put_uint(&b, 1);
	assert_int_equal(open_plain(buf_span(&b)), ERR_FORMAT);
	buf_reset(&b);
	put_five(&b, 6, 32);	/* what a later version may write */
	codec_put_uint(&b, 12);
	codec_put_array(&b, 1);
	codec_put_bool(&b, true);
	assert_int_equal(open_plain(buf_span(&b)), ERR_OK);
	assert_int_equal(open_plain((struct span){ NULL, 0 }), ERR_FORMAT);
	buf_free(&b);
}

static void
bodies_have_a_largest_size(void **state)
{
	static struct cell_key cells[LIMIT_SCOPES + 1];
	static const char text[LIMIT_TEXT_BYTES + 2];
	struct invite_keys keys = some_keys();
	struct invite_body in = a_body(cells, LIMIT_SCOPES + 1), out;
	struct buf part = { 0 }, plain = { 0 };

	(void)state;
	assert_int_equal(invite_seal(&keys, fields, &in, &part), ERR_LIMIT);
	in.key_count = LIMIT_SCOPES;
	in.organisation = (struct span){ (const uint8_t *)text,
		LIMIT_TEXT_BYTES + 1 };
	assert_int_equal(invite_seal(&keys, fields, &in, &part), ERR_LIMIT);
	assert_int_equal(part.n, 0);
	in.organisation = in.address;
	assert_int_equal(invite_seal(&keys, fields, &in, &part), ERR_OK);
	assert_true(part.n <= LIMIT_INVITE_BYTES);
	assert_int_equal(invite_open(&keys, fields, buf_span(&part), &plain,
	    &out), ERR_OK);
	assert_int_equal(out.key_count, LIMIT_SCOPES);
	invite_body_free(&out);
	while (part.n <= LIMIT_INVITE_BYTES)
		buf_put_u8(&part, 0);
	assert_int_equal(invite_open(&keys, fields, buf_span(&part), &plain,
	    &out), ERR_LIMIT);
	buf_free(&part);
	buf_free(&plain);
}

/* ---- claims and fetches */

static void
a_claim_is_signed_over_all_of_it(void **state)
{
	struct invite_keys keys = some_keys();
	uint8_t root_fpr[HASH_LEN], sig[SIG_LEN], want[SIG_LEN];
	struct buf message = { 0 };
	struct claim c;

	(void)state;
	count_up(root_fpr, sizeof root_fpr, 1);
	count_up((uint8_t *)&c, sizeof c, 50);
	invite_claim_sign(keys.seed, root_fpr, &c, sig);
	buf_put(&message, "nguon1/claim\0\0\0\0", TAG_LEN);
	buf_put(&message, root_fpr, HASH_LEN);
	buf_put(&message, c.invite, ID_LEN);
	buf_put(&message, c.sign_pub, KEY_LEN);
	buf_put(&message, c.box_pub, KEY_LEN);
	buf_put(&message, c.transport_pub, KEY_LEN);
	buf_put(&message, c.log_salt, SALT_LEN);
	crypto_sign_message(keys.seed, buf_span(&message), want);
	assert_memory_equal(sig, want, SIG_LEN);
	buf_free(&message);

	assert_int_equal(invite_claim_verify(keys.pub, root_fpr, &c, sig),
	    ERR_OK);
	for (size_t i = 0; i < sizeof c; i++) {
		((uint8_t *)&c)[i] ^= 1;
		assert_int_equal(invite_claim_verify(keys.pub, root_fpr, &c,
		    sig), ERR_SIG);
		((uint8_t *)&c)[i] ^= 1;
	}
	root_fpr[0] ^= 1;
	assert_int_equal(invite_claim_verify(keys.pub, root_fpr, &c, sig),
	    ERR_SIG);
}

static void
a_fetch_is_signed_by_the_invite_key(void **state)
{
	struct invite_keys keys = some_keys(), other;
	uint8_t secret[INVITE_SECRET_LEN] = { 9 }, sig[SIG_LEN];

	(void)state;
	invite_fetch_sign(&keys, sig);
	assert_int_equal(invite_fetch_verify(keys.pub, sig), ERR_OK);
	invite_derive(secret, &other);
	assert_int_equal(invite_fetch_verify(other.pub, sig), ERR_SIG);
	sig[0] ^= 1;
	assert_int_equal(invite_fetch_verify(keys.pub, sig), ERR_SIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_are_as_computed_elsewhere),
		cmocka_unit_test(codes_are_read_as_people_type_them),
		cmocka_unit_test(what_is_no_code_is_refused),
		cmocka_unit_test(every_single_wrong_letter_is_noticed),
		cmocka_unit_test(two_neighbours_swapped_are_noticed),
		cmocka_unit_test(keys_follow_from_the_secret),
		cmocka_unit_test(a_body_opens_as_it_was_sealed),
		cmocka_unit_test(a_body_is_bound_to_code_and_fields),
		cmocka_unit_test(what_was_sealed_must_be_a_body),
		cmocka_unit_test(bodies_have_a_largest_size),
		cmocka_unit_test(a_claim_is_signed_over_all_of_it),
		cmocka_unit_test(a_fetch_is_signed_by_the_invite_key),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
