/* SPDX-License-Identifier: Apache-2.0 */
/* test_verify_index.c -- numbers by key, in order of appearance. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/verify_index.h"

enum { KEYS = 5000 };

/* Keys as alike as can be. */
static void
key_of(uint32_t n, uint8_t ret[VERIFY_KEY_LEN])
{
	memset(ret, 0, VERIFY_KEY_LEN);
	be32_put(ret + VERIFY_KEY_LEN - 4, n);
}

static void
keys_get_numbers_once(void **state)
{
	struct verify_index *x = verify_index_new();
	uint8_t key[VERIFY_KEY_LEN];
	size_t number = 0;

	(void)state;
	assert_non_null(x);
	for (int round = 0; round < 2; round++)
		for (uint32_t i = 0; i < KEYS; i++) {
			key_of(i, key);
			assert_int_equal(ERR_OK,
			    verify_index_put(x, key, &number));
			assert_int_equal(number, i);
		}
	assert_int_equal(verify_index_count(x), KEYS);
	for (uint32_t i = 0; i < KEYS; i++) {
		key_of(i, key);
		assert_int_equal(ERR_OK, verify_index_find(x, key, &number));
		assert_int_equal(number, i);
		assert_memory_equal(verify_index_key(x, i), key,
		    VERIFY_KEY_LEN);
	}
	number = 77;
	key_of(KEYS, key);
	assert_int_equal(ERR_ABSENT, verify_index_find(x, key, &number));
	assert_int_equal(number, 77);
	verify_index_free(x);
	verify_index_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_get_numbers_once),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
