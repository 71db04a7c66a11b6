/* SPDX-License-Identifier: Apache-2.0 */
/* test_quota_view.c -- what a reader of quota_view.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/records/quota_view.h"
#include "client/records/settings.h"
#include "protocol/date.h"
#include "tests/support/cell_world.h"

#define DAY_MS UINT64_C(86400000)
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

static int64_t
days(const char *date)
{
	int64_t d = 0;

	ok(date_parse(text(date), &d));
	return d;
}

static void
set_clock(const char *date)
{
	char now[32];

	(void)snprintf(now, sizeof now, "%lld",
	    (long long)(days(date) * (int64_t)DAY_MS + 43200000));
	assert_int_equal(setenv("NGUON_TEST_TIME_MS", now, 1), 0);
}

static int
setup(void **state)
{
	(void)state;
	assert_int_equal(setenv("TZ", "UTC", 1), 0);
	set_clock("2023-11-14");
	cell_world_open(&world);
	cell_world_commissioner(&world);
	set_clock("2025-06-10");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	(void)unsetenv("NGUON_TEST_TIME_MS");
	cell_world_close(&world);
	return 0;
}

/* Somebody whose last step has that date. */
static void
person(const char *name, enum step last, const char *date)
{
	static const char *const dates[] = { "", "", "2023-02-01",
		"2023-03-01", "2023-04-01", "2023-05-01" };
	uint8_t id[ID_LEN];

	cell_world_person(&world, AT_SECRETARY, name, "2023-01-02", id);
	for (int s = STEP_NOMINATED; s < (int)last; s++)
		cell_world_step(&world, AT_SECRETARY, id, (enum step)s,
		    dates[s]);
	cell_world_step(&world, AT_SECRETARY, id, last, date);
}

static struct quota_view *
made(enum cell_world_device d, int year)
{
	struct quota_view *v = NULL;

	ok(quota_view_make(world.s[d], year, NULL, &v));
	return v;
}

static void
who_is_forecast(void **state)
{
	static const struct {
		const char *started, *today;
		uint64_t days;
		int year;
		bool want;
	} table[] = {
		{ "2024-12-31", "2025-06-10", 365, 2025, true },
		{ "2025-01-01", "2025-06-10", 365, 2025, false },
		{ "2025-01-01", "2025-06-10", 365, 2026, true },
		{ "2025-01-01", "2025-06-10", 364, 2025, true },
		/* overdue already: this year, and no other */
		{ "2022-01-01", "2025-06-10", 365, 2025, true },
		{ "2022-01-01", "2025-06-10", 365, 2023, false },
		{ "2022-01-01", "2025-06-10", 365, 2026, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		assert_int_equal(quota_view_expects(days(table[i].started),
		    table[i].days, table[i].year, days(table[i].today)),
		    table[i].want);
}

static void
fill(void)
{
	ok(commune_quota_set(world.s[AT_OFFICE], 2025, world.cell, 4,
	    text(""), NULL));
	ok(commune_quota_set(world.s[AT_OFFICE], 2025, world.other, 1,
	    text(""), NULL));
	person("Hà Văn Một", STEP_ADMITTED, "2025-02-01");
	person("Hà Văn Hai", STEP_ADMITTED, "2024-02-01");
	person("Hà Văn Ba", STEP_TRIAL_STARTED, "2024-09-01");
	person("Hà Văn Bốn", STEP_TRIAL_STARTED, "2025-05-01");
	person("Hà Văn Năm", STEP_CLASS_COMPLETED, "2025-05-01");
	person("Hà Văn Sáu", STEP_INTRODUCED, "2025-05-01");
	person("Hà Văn Bảy", STEP_NOMINATED, "2025-05-01");
	cell_world_sync(&world);
}

static void
the_same_on_every_device(void **state)
{
	static const enum cell_world_device devices[] = { AT_OFFICE,
		AT_SECRETARY, AT_DEPUTY, AT_COMMISSIONER };

	(void)state;
	fill();
	for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
		struct quota_view *v = made(devices[i], 2025);
		const struct quota_row *r = &v->rows[0];
		bool office = devices[i] == AT_OFFICE;

		assert_int_equal(v->count, 2);
		assert_int_equal(v->trial_days, 365);
		assert_string_equal(r->code, CELL_WORLD_CODE);
		assert_true(r->has_quota && r->counted && !r->conflict);
		assert_int_equal(r->quota, 4);
		assert_int_equal(r->admitted, 1);
		assert_string_equal(r->percent, "25.0");
		assert_int_equal(r->in_trial, 2);
		assert_int_equal(r->in_class, 2);
		assert_int_equal(r->forecast, 2);
		/* a quota is public, the rest is of who reads the cell */
		r = &v->rows[1];
		assert_int_equal(r->quota, 1);
		assert_int_equal(r->counted, office);
		assert_int_equal(r->forecast, 0);
		assert_int_equal(v->has_total, office);
		if (office) {
			assert_int_equal(v->total.quota, 5);
			assert_int_equal(v->total.admitted, 1);
			assert_int_equal(v->total.forecast, 2);
			assert_string_equal(v->total.percent, "20.0");
		}
		quota_view_free(v);
	}
}

static void
other_years_and_one_cell(void **state)
{
	struct quota_view *v;

	(void)state;
	fill();
	v = made(AT_SECRETARY, 2026);
	assert_int_equal(v->count, 1);
	assert_false(v->rows[0].has_quota);
	assert_int_equal(v->rows[0].forecast, 1);
	assert_string_equal(v->rows[0].percent, "-");
	quota_view_free(v);
	v = made(AT_SECRETARY, 2024);
	assert_int_equal(v->rows[0].admitted, 1);
	assert_int_equal(v->rows[0].forecast, 1);
	quota_view_free(v);
	ok(quota_view_make(world.s[AT_OFFICE], 2025, world.other, &v));
	assert_int_equal(v->count, 1);
	assert_string_equal(v->rows[0].code, CELL_WORLD_OTHER);
	assert_false(v->has_total);
	quota_view_free(v);
	is(quota_view_make(world.s[AT_OFFICE], 999, NULL, &v), ERR_VALUE);
	/* a shorter usual trial: both end within the year */
	ok(settings_set(world.s[AT_OFFICE], SETTING_TRIAL_DAYS, 180,
	    text(""), NULL));
	v = made(AT_OFFICE, 2025);
	assert_int_equal(v->rows[0].forecast, 3);
	quota_view_free(v);
}

static void
what_a_quota_was(void **state)
{
	struct quota_change *changes = NULL;
	struct quota_view *v;
	size_t count = 0;

	(void)state;
	ok(commune_quota_set(world.s[AT_OFFICE], 2025, world.cell, 4,
	    text(""), NULL));
	ok(commune_quota_set(world.s[AT_OFFICE], 2025, world.cell, 3,
	    text("hai người đi làm xa"), NULL));
	cell_world_sync(&world);
	v = made(AT_SECRETARY, 2025);
	ok(quota_view_history(world.s[AT_SECRETARY], v, &changes, &count));
	assert_int_equal(count, 2);
	assert_false(changes[0].has_before);
	assert_int_equal(changes[0].after, 4);
	assert_false(changes[0].counts);
	assert_true(changes[1].has_before);
	assert_int_equal(changes[1].before, 4);
	assert_int_equal(changes[1].after, 3);
	assert_true(changes[1].counts);
	assert_string_equal(changes[1].why, "hai người đi làm xa");
	assert_int_equal(changes[1].author.role, ROLE_COMMUNE);
	assert_string_equal(changes[1].code, CELL_WORLD_CODE);
	free(changes);
	quota_view_free(v);
}

int
main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_forecast),
		WITH(the_same_on_every_device),
		WITH(other_years_and_one_cell),
		WITH(what_a_quota_was),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests_name("quota view", tests, NULL, NULL);
}
