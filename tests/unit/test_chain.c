/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_chain.c -- what a reader of chain.h may rely on.  The expected hashes
 * come from another implementation of RFC 7693.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/chain.h"

static void
assert_hex(const uint8_t *got, size_t n, const char *want)
{
	char hex[2 * HASH_LEN + 1];

	hex_encode(got, n, hex);
	assert_string_equal(hex, want);
}

static void
scope_kinds(void **state)
{
	static const struct {
		uint8_t scope[SCOPE_LEN];
		enum scope_kind want;
	} cases[] = {
		{ { 0 }, SCOPE_ROOT },
		{ { 0, 0, 0, 0, 0, 0, 0, 1 }, SCOPE_UNKNOWN },
		{ { 1 }, SCOPE_COMMUNE },
		{ { 1, 1 }, SCOPE_UNKNOWN },
		{ { 2 }, SCOPE_CELL },
		{ { 2, 1, 2, 3, 4, 5, 6, 7 }, SCOPE_CELL },
		{ { 3, 1, 2, 3, 4, 5, 6, 7 }, SCOPE_LANE },
		{ { 4 }, SCOPE_UNKNOWN },
		{ { 255 }, SCOPE_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(chain_scope_kind(cases[i].scope),
		    cases[i].want);
	assert_int_equal(chain_scope_kind(scope_root), SCOPE_ROOT);
	assert_int_equal(chain_scope_kind(scope_commune), SCOPE_COMMUNE);
}

static void
new_scopes_are_random(void **state)
{
	uint8_t a[SCOPE_LEN], b[SCOPE_LEN];

	(void)state;
	chain_scope_new(SCOPE_CELL, a);
	chain_scope_new(SCOPE_CELL, b);
	assert_int_equal(chain_scope_kind(a), SCOPE_CELL);
	assert_memory_not_equal(a, b, SCOPE_LEN);
	chain_scope_new(SCOPE_LANE, a);
	assert_int_equal(chain_scope_kind(a), SCOPE_LANE);
}

static void
scope_subject(void **state)
{
	const uint8_t scope[SCOPE_LEN] = { 2, 1, 2, 3, 4, 5, 6, 7 };
	uint8_t got[ID_LEN];

	(void)state;
	memset(got, 0xff, sizeof got);
	chain_scope_subject(scope, got);
	assert_hex(got, sizeof got, "02010203040506070000000000000000");
}

static void
names_and_hash_0(void **state)
{
	const uint8_t scope[SCOPE_LEN] = { 2, 1, 2, 3, 4, 5, 6, 7 };
	uint8_t pub[KEY_LEN], salt[SALT_LEN], fpr[HASH_LEN];
	uint8_t id[ID_LEN], hash[HASH_LEN];

	(void)state;
	memset(pub, 7, sizeof pub);
	memset(salt, 9, sizeof salt);
	for (uint8_t i = 0; i < HASH_LEN; i++)
		fpr[i] = i;
	chain_root_fingerprint(pub, hash);
	assert_hex(hash, sizeof hash, "befa22b562f9fbdf0596c6ee73abc24a"
	    "178dd5bff55048a7634563f16a000d20");
	chain_key_id(pub, id);
	assert_hex(id, sizeof id, "cdf739a39cdab1a3cddbd9446c2fa718");
	chain_log_id(pub, salt, scope, id);
	assert_hex(id, sizeof id, "f911759dce689be99a834afc3e89d1af");
	chain_start(fpr, id, hash);
	assert_hex(hash, sizeof hash, "de11f6f82aa0d02570275ba7837c952d"
	    "48adf70d2f2240593bda1442a92c2edd");
}

static void
head_is_over_tag_log_seq_hash(void **state)
{
	uint8_t seed[KEY_LEN] = { 1 }, pub[KEY_LEN], sig[SIG_LEN];
	uint8_t log[ID_LEN] = { 2 }, hash[HASH_LEN] = { 3 };
	uint8_t message[TAG_LEN + ID_LEN + 8 + HASH_LEN] = "nguon1/head";

	(void)state;
	message[16] = 2;
	be64_put(message + 32, 0x0102030405060708);
	message[40] = 3;
	crypto_sign_public(seed, pub);
	chain_sign_head(seed, log, 0x0102030405060708, hash, sig);
	assert_int_equal(crypto_verify(pub,
	    (struct span){ message, sizeof message }, sig), ERR_OK);
	assert_int_equal(chain_verify_head(pub, log, 0x0102030405060708, hash,
	    sig), ERR_OK);
}

static void
any_change_breaks_a_head(void **state)
{
	uint8_t seed[KEY_LEN] = { 1 }, pub[KEY_LEN], sig[SIG_LEN];
	uint8_t log[ID_LEN] = { 2 }, hash[HASH_LEN] = { 3 };

	(void)state;
	crypto_sign_public(seed, pub);
	chain_sign_head(seed, log, 5, hash, sig);
	assert_int_equal(chain_verify_head(pub, log, 6, hash, sig), ERR_SIG);
	for (size_t i = 0; i < sizeof log; i++) {
		log[i] ^= 1;
		assert_int_equal(chain_verify_head(pub, log, 5, hash, sig),
		    ERR_SIG);
		log[i] ^= 1;
	}
	for (size_t i = 0; i < sizeof hash; i++) {
		hash[i] ^= 1;
		assert_int_equal(chain_verify_head(pub, log, 5, hash, sig),
		    ERR_SIG);
		hash[i] ^= 1;
	}
	for (size_t i = 0; i < sizeof sig; i++) {
		sig[i] ^= 1;
		assert_int_equal(chain_verify_head(pub, log, 5, hash, sig),
		    ERR_SIG);
		sig[i] ^= 1;
	}
	assert_int_equal(chain_verify_head(pub, log, 5, hash, sig), ERR_OK);
}

static int
start(void **state)
{
	(void)state;
	return crypto_start() == ERR_OK ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scope_kinds),
		cmocka_unit_test(new_scopes_are_random),
		cmocka_unit_test(scope_subject),
		cmocka_unit_test(names_and_hash_0),
		cmocka_unit_test(head_is_over_tag_log_seq_hash),
		cmocka_unit_test(any_change_breaks_a_head),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
