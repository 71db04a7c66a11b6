/* SPDX-License-Identifier: Apache-2.0 */
/* test_verify_report.c -- a hostile file does not make findings endless. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/verify_report.h"

static void
findings_are_bounded_and_failures_have_room(void **state)
{
	struct verify_report r = { 0 };
	struct finding f = { .level = FINDING_VOID };

	(void)state;
	for (int i = 0; i < 2 * VERIFY_REPORT_MAX; i++)
		assert_int_equal(ERR_OK, verify_report_add(&r, "role", &f));
	assert_int_equal(r.count, VERIFY_REPORT_MAX / 2);
	f.level = FINDING_FAIL;
	for (int i = 0; i < VERIFY_REPORT_MAX; i++)
		assert_int_equal(ERR_OK, verify_report_add(&r,
		    "a code of more letters than there is room for", &f));
	assert_int_equal(r.count, VERIFY_REPORT_MAX);
	assert_int_equal(r.failures, VERIFY_REPORT_MAX);
	assert_int_equal(strlen(r.list[r.count - 1].code), 31);
	verify_report_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(findings_are_bounded_and_failures_have_room),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
