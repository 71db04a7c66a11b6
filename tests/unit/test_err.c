/* SPDX-License-Identifier: Apache-2.0 */
/* test_err.c -- what a reader of err.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/err.h"

static const struct {
	err e;
	enum err_class class;
	int exit_code;
} codes[] = {
	{ ERR_OK, CLASS_OK, 0 },
	{ ERR_NOMEM, CLASS_RETRY, 4 },
	{ ERR_IO, CLASS_RETRY, 4 },
	{ ERR_FULL, CLASS_RETRY, 4 },
	{ ERR_BUSY, CLASS_RETRY, 4 },
	{ ERR_NET, CLASS_RETRY, 5 },
	{ ERR_HUB_BUSY, CLASS_RETRY, 5 },
	{ ERR_FORMAT, CLASS_QUARANTINE, 3 },
	{ ERR_LIMIT, CLASS_QUARANTINE, 3 },
	{ ERR_VERSION, CLASS_QUARANTINE, 3 },
	{ ERR_CHAIN, CLASS_QUARANTINE, 3 },
	{ ERR_FORK, CLASS_ALARM, 3 },
	{ ERR_SIG, CLASS_QUARANTINE, 3 },
	{ ERR_TREE, CLASS_ALARM, 3 },
	{ ERR_SEEN, CLASS_QUARANTINE, 3 },
	{ ERR_DAMAGED, CLASS_ALARM, 3 },
	{ ERR_CERT, CLASS_ALARM, 6 },
	{ ERR_SCOPE, CLASS_ALARM, 6 },
	{ ERR_ROLE, CLASS_REFUSE, 6 },
	{ ERR_KEY, CLASS_ALARM, 6 },
	{ ERR_PASS, CLASS_REFUSE, 4 },
	{ ERR_FOREIGN, CLASS_ALARM, 6 },
	{ ERR_USAGE, CLASS_REFUSE, 2 },
	{ ERR_VALUE, CLASS_REFUSE, 2 },
	{ ERR_RULE, CLASS_REFUSE, 6 },
	{ ERR_EXISTS, CLASS_REFUSE, 1 },
	{ ERR_ABSENT, CLASS_REFUSE, 1 },
	{ ERR_CHANGED, CLASS_REFUSE, 1 },
	{ ERR_UNABLE, CLASS_REFUSE, 6 },
};

enum { CODES = sizeof codes / sizeof codes[0] };

static void
the_table_holds_every_code(void **state)
{
	(void)state;
	assert_int_equal(CODES, ERR_UNABLE + 1);
	for (int i = 0; i < CODES; i++)
		assert_int_equal(codes[i].e, i);
}

static void
each_code_has_its_class(void **state)
{
	(void)state;
	for (size_t i = 0; i < CODES; i++)
		assert_int_equal(err_class(codes[i].e), codes[i].class);
}

static void
each_code_has_its_exit_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < CODES; i++)
		assert_int_equal(err_exit_code(codes[i].e),
		    codes[i].exit_code);
}

static void
names_are_lower_case_words_and_differ(void **state)
{
	(void)state;
	for (size_t i = 0; i < CODES; i++) {
		const char *name = err_name(codes[i].e);

		assert_non_null(name);
		assert_true(name[0] != '\0');
		assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz-"),
		    strlen(name));
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(name, err_name(codes[j].e));
	}
	assert_string_equal(err_name(ERR_CHAIN), "chain");
}

static void
a_number_that_is_no_code_is_never_fine(void **state)
{
	const err stray = (err)(ERR_UNABLE + 1);

	(void)state;
	assert_int_equal(err_class(stray), CLASS_ALARM);
	assert_int_not_equal(err_exit_code(stray), 0);
	assert_non_null(err_name(stray));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_holds_every_code),
		cmocka_unit_test(each_code_has_its_class),
		cmocka_unit_test(each_code_has_its_exit_code),
		cmocka_unit_test(names_are_lower_case_words_and_differ),
		cmocka_unit_test(a_number_that_is_no_code_is_never_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
