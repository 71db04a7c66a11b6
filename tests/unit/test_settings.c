/* SPDX-License-Identifier: Apache-2.0 */
/* test_settings.c -- what a reader of settings.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/records/settings.h"
#include "protocol/date.h"
#include "tests/support/cell_world.h"

static struct cell_world world;

static void
ok(err e)
{
	assert_string_equal(err_name(e), err_name(ERR_OK));
}

static void
is(err e, err want)
{
	assert_string_equal(err_name(e), err_name(want));
}

static struct span
text(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

static int
setup(void **state)
{
	(void)state;
	cell_world_open(&world);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	cell_world_close(&world);
	return 0;
}

static void
texts_are_read_and_written(void **state)
{
	static const struct {
		enum setting which;
		const char *typed;
		err want;
		uint64_t value;
		const char *shown;
	} table[] = {
		{ SETTING_DAYS_TO_CLASS, "90", ERR_OK, 90, "90" },
		{ SETTING_DAYS_TO_CLASS, "0090", ERR_OK, 90, "90" },
		{ SETTING_DAYS_TO_CLASS, "1", ERR_OK, 1, "1" },
		{ SETTING_DAYS_TO_CLASS, "3650", ERR_OK, 3650, "3650" },
		{ SETTING_DAYS_TO_CLASS, "3651", ERR_VALUE, 0, NULL },
		{ SETTING_DAYS_TO_CLASS, "0", ERR_VALUE, 0, NULL },
		{ SETTING_DAYS_TO_CLASS, "", ERR_VALUE, 0, NULL },
		{ SETTING_DAYS_TO_CLASS, "-1", ERR_VALUE, 0, NULL },
		{ SETTING_DAYS_TO_CLASS, "12 ", ERR_VALUE, 0, NULL },
		{ SETTING_DAYS_TO_CLASS, "00090", ERR_VALUE, 0, NULL },
		{ SETTING_REVIEW_DEADLINE, "12-31", ERR_OK, 1231, "12-31" },
		{ SETTING_REVIEW_DEADLINE, "31/12", ERR_OK, 1231, "12-31" },
		{ SETTING_REVIEW_DEADLINE, "1/3", ERR_OK, 301, "03-01" },
		{ SETTING_REVIEW_DEADLINE, "02-29", ERR_OK, 229, "02-29" },
		{ SETTING_REVIEW_DEADLINE, "02-30", ERR_VALUE, 0, NULL },
		{ SETTING_REVIEW_DEADLINE, "13-01", ERR_VALUE, 0, NULL },
		{ SETTING_REVIEW_DEADLINE, "1231", ERR_VALUE, 0, NULL },
		{ SETTING_REVIEW_DEADLINE, "12-", ERR_VALUE, 0, NULL },
		{ SETTING_REVIEW_DEADLINE, "1-131", ERR_VALUE, 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		char shown[SETTING_TEXT];
		uint64_t value = 7;

		is(settings_parse(table[i].which, table[i].typed, &value),
		    table[i].want);
		assert_int_equal(value, table[i].want == ERR_OK ?
		    table[i].value : 7);
		if (table[i].want != ERR_OK)
			continue;
		settings_format(table[i].which, value, shown);
		assert_string_equal(shown, table[i].shown);
	}
}

static void
each_has_its_name_and_standard(void **state)
{
	struct settings s;

	(void)state;
	settings_standard(&s);
	for (int i = 0; i < SETTINGS; i++) {
		const struct setting_rule *r = settings_rule((enum setting)i);

		assert_int_equal(settings_from_name(r->name), i);
		assert_int_equal(s.value[i], r->standard);
		assert_false(s.written[i]);
		assert_true(r->min <= r->standard && r->standard <= r->max);
	}
	assert_int_equal(settings_from_name("nothing"), SETTINGS);
}

static void
the_deadline_of_a_year(void **state)
{
	struct settings s;
	char day[16];

	(void)state;
	settings_standard(&s);
	date_format(settings_review_deadline(&s, 2026), day);
	assert_string_equal(day, "2026-12-31");
	s.value[SETTING_REVIEW_DEADLINE] = 229;
	date_format(settings_review_deadline(&s, 2026), day);
	assert_string_equal(day, "2026-02-28");
	date_format(settings_review_deadline(&s, 2028), day);
	assert_string_equal(day, "2028-02-29");
}

static void
the_commune_sets_and_all_read(void **state)
{
	struct settings s;
	uint64_t old = 0;

	(void)state;
	ok(settings_set(world.s[AT_OFFICE], SETTING_DAYS_TO_CLASS, 120,
	    text("mùa lũ"), &old));
	assert_int_equal(old, 90);
	is(settings_set(world.s[AT_OFFICE], SETTING_DAYS_TO_CLASS, 120,
	    text(""), NULL), ERR_EXISTS);
	/* the standard may be written too */
	ok(settings_set(world.s[AT_OFFICE], SETTING_TRIAL_DAYS, 365, text(""),
	    NULL));
	is(settings_set(world.s[AT_OFFICE], SETTING_TRIAL_DAYS, 0, text(""),
	    NULL), ERR_VALUE);
	is(settings_set(world.s[AT_SECRETARY], SETTING_TRIAL_DAYS, 300,
	    text(""), NULL), ERR_ROLE);
	cell_world_sync(&world);
	for (int d = AT_OFFICE; d < CELL_WORLD_DEVICES; d++) {
		ok(settings_read(world.s[d], &s));
		assert_int_equal(s.value[SETTING_DAYS_TO_CLASS], 120);
		assert_true(s.written[SETTING_DAYS_TO_CLASS]);
		assert_false(s.conflict[SETTING_DAYS_TO_CLASS]);
		assert_true(s.written[SETTING_TRIAL_DAYS]);
		assert_false(s.written[SETTING_SOON_DAYS]);
		assert_int_equal(s.value[SETTING_SOON_DAYS], 30);
	}
}

static void
a_value_out_of_bounds_counts_as_none(void **state)
{
	struct field_draft *draft = field_draft_new();
	struct store_op op = { .kind = KIND_SETTING };
	struct settings s;

	(void)state;
	assert_non_null(draft);
	field_draft_put_uint(draft, FIELD_SILENT_DAYS, 0);
	field_draft_put_uint(draft, FIELD_REVIEW_DEADLINE, 230);
	field_draft_put_uint(draft, FIELD_SOON_DAYS, 45);
	op.fields = draft;
	ok(store_write(world.s[AT_OFFICE], scope_root, &op, 1, NULL, 0,
	    NULL));
	field_draft_free(draft);
	ok(settings_read(world.s[AT_OFFICE], &s));
	assert_int_equal(s.value[SETTING_SILENT_DAYS], 30);
	assert_false(s.written[SETTING_SILENT_DAYS]);
	assert_int_equal(s.value[SETTING_REVIEW_DEADLINE], 1231);
	assert_int_equal(s.value[SETTING_SOON_DAYS], 45);
}

int
main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_read_and_written),
		cmocka_unit_test(each_has_its_name_and_standard),
		cmocka_unit_test(the_deadline_of_a_year),
		WITH(the_commune_sets_and_all_read),
		WITH(a_value_out_of_bounds_counts_as_none),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
