/* SPDX-License-Identifier: Apache-2.0 */
/* test_short_id.c -- what a reader of short_id.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/records/short_id.h"

static const uint8_t id[ID_LEN] = { 0x0a, 0xbc, 0xde, 0xf1 };

static void
typed_digits_name_an_id(void **state)
{
	static const struct {
		const char *typed;
		bool form, names;
	} table[] = {
		{ "0abcde", true, true },
		{ "0ABcdef1", true, true },
		{ "0abcdef1000000000000000000000000", true, true },
		{ "0abcdef10000000000000000000000000", false, false },
		{ "0abcdf", true, false },
		{ "0abcd", false, false },
		{ "0abcdg", false, false },
		{ "", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		assert_int_equal(short_id_form(table[i].typed),
		    table[i].form);
		assert_int_equal(short_id_names(table[i].typed, id),
		    table[i].names);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(typed_digits_name_an_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
