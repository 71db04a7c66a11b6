/* SPDX-License-Identifier: Apache-2.0 */
/* test_tls_key.c -- what a reader of tls_key.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/hub/tls_key.h"

#define NOW_MS UINT64_C(1700000000000)

static void
a_key_and_its_certificate_have_one_pin(void **state)
{
	static const char *const names[] = { "127.0.0.1", "::1",
		"hub.example" };
	uint8_t pin[HASH_LEN], again[HASH_LEN], last[HASH_LEN] = { 0 };

	(void)state;
	assert_int_equal(crypto_start(), ERR_OK);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct buf key = { .p = NULL };
		struct buf crt = { .p = NULL };

		assert_int_equal(tls_key_make(names[i], NOW_MS, &key, &crt),
		    ERR_OK);
		assert_memory_equal(key.p, "-----BEGIN PRIVATE KEY-----", 27);
		assert_memory_equal(crt.p, "-----BEGIN CERTIFICATE-----", 27);
		assert_int_equal(tls_key_pin(buf_span(&crt), pin), ERR_OK);
		assert_int_equal(tls_key_pin(buf_span(&crt), again), ERR_OK);
		assert_memory_equal(pin, again, HASH_LEN);
		assert_int_equal(tls_key_fits(buf_span(&key), buf_span(&crt)),
		    ERR_OK);
		assert_memory_not_equal(pin, last, HASH_LEN);
		memcpy(last, pin, HASH_LEN);
		buf_free(&key);
		buf_free(&crt);
	}
}

static void
a_name_that_is_none_is_refused(void **state)
{
	static const char *const names[] = { "", "a b", "x/y", "ti\u1ebfng" };
	struct buf key = { .p = NULL };
	struct buf crt = { .p = NULL };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		assert_int_equal(tls_key_make(names[i], NOW_MS, &key, &crt),
		    ERR_VALUE);
	assert_int_equal(key.n, 0);
	assert_int_equal(crt.n, 0);
}

static void
what_is_no_certificate_has_no_pin(void **state)
{
	static const char *const rows[] = {
		"", "text", "-----BEGIN CERTIFICATE-----\nAAAA\n",
	};
	uint8_t pin[HASH_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct span text = { (const uint8_t *)rows[i],
			strlen(rows[i]) };

		assert_int_equal(tls_key_pin(text, pin), ERR_FORMAT);
	}
}

static void
another_key_or_none_does_not_fit(void **state)
{
	struct buf key[2] = { { .p = NULL } }, crt[2] = { { .p = NULL } };
	const struct span none = { (const uint8_t *)"text", 4 };

	(void)state;
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(tls_key_make("localhost", NOW_MS, &key[i],
		    &crt[i]), ERR_OK);
	assert_int_equal(tls_key_fits(buf_span(&key[0]), buf_span(&crt[1])),
	    ERR_FORMAT);
	assert_int_equal(tls_key_fits(none, buf_span(&crt[0])), ERR_FORMAT);
	assert_int_equal(tls_key_fits(buf_span(&key[0]), none), ERR_FORMAT);
	assert_int_equal(tls_key_fits((struct span){ NULL, 0 },
	    buf_span(&crt[0])), ERR_FORMAT);
	for (size_t i = 0; i < 2; i++) {
		buf_free(&key[i]);
		buf_free(&crt[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_and_its_certificate_have_one_pin),
		cmocka_unit_test(a_name_that_is_none_is_refused),
		cmocka_unit_test(what_is_no_certificate_has_no_pin),
		cmocka_unit_test(another_key_or_none_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
