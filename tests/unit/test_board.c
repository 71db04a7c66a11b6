/* SPDX-License-Identifier: Apache-2.0 */
/* test_board.c -- what a reader of board.h may rely on, with real stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/records/board.h"
#include "client/records/commune.h"
#include "client/records/reminders.h"
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

/* That many ms behind what the hub's clock says now. */
static void
set_clock(uint64_t after_ms)
{
	char now[32];

	(void)snprintf(now, sizeof now, "%llu",
	    (unsigned long long)(world.hub.time_ms + after_ms));
	assert_int_equal(setenv("NGUON_TEST_TIME_MS", now, 1), 0);
}

static int
setup(void **state)
{
	(void)state;
	cell_world_open(&world);
	cell_world_commissioner(&world);
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

static struct board *
made(enum cell_world_device d, int year, size_t count)
{
	struct board *b = NULL;

	ok(board_make(world.s[d], year, &b));
	assert_int_equal(b->count, count);
	assert_int_equal(b->year, year);
	return b;
}

static void
remind(const uint8_t *cell, const char *words)
{
	const struct reminder_draft d = { .text = text(words) };
	uint8_t id[ID_LEN];

	ok(reminders_send(world.s[AT_OFFICE], cell, &d, id));
}

/* Somebody who has come as far as the step. */
static void
person(const char *name, enum step last)
{
	static const char *const dates[] = { "", "", "2023-02-01",
		"2023-03-01", "2023-04-01", "2023-05-01", "2023-06-01" };
	uint8_t id[ID_LEN];

	cell_world_person(&world, AT_SECRETARY, name, "2023-01-02", id);
	for (int s = STEP_NOMINATED; s <= (int)last; s++)
		cell_world_step(&world, AT_SECRETARY, id, (enum step)s,
		    dates[s]);
}

static void
each_cell_has_its_line(void **state)
{
	struct board *b;
	const struct board_row *r;

	(void)state;
	ok(commune_quota_set(world.s[AT_OFFICE], 2023, world.cell, 3,
	    text(""), NULL));
	person("Hà Văn Một", STEP_NOMINATED);
	person("Hà Văn Hai", STEP_INTRODUCED);
	person("Hà Văn Ba", STEP_CLASS_COMPLETED);
	person("Hà Văn Bốn", STEP_TRIAL_STARTED);
	person("Hà Văn Năm", STEP_ADMITTED);
	remind(world.cell, "một");
	remind(world.cell, "hai");
	cell_world_sync(&world);
	b = made(AT_COMMISSIONER, 2023, 1);
	r = &b->rows[0];
	assert_memory_equal(r->scope, world.cell, SCOPE_LEN);
	assert_string_equal(r->code, CELL_WORLD_CODE);
	assert_string_equal(r->name, CELL_WORLD_NAME);
	assert_int_equal(r->quota, 3);
	assert_int_equal(r->admitted, 1);
	assert_int_equal(r->in_class, 2);
	assert_int_equal(r->in_trial, 1);
	assert_int_equal(r->reminders, 2);
	/* each of the five waits since 2023 for the next step */
	assert_int_equal(r->overdue, 5);
	board_free(b);
	/* the quota and the admissions of another year; who stands where is
	 * as of now */
	b = made(AT_COMMISSIONER, 2022, 1);
	assert_int_equal(b->rows[0].quota, 0);
	assert_int_equal(b->rows[0].admitted, 0);
	assert_int_equal(b->rows[0].in_trial, 1);
	board_free(b);
	board_free(made(AT_OFFICE, 2023, 2));
}

static void
what_is_done_is_not_counted(void **state)
{
	struct reminder_list *list = NULL;
	struct board *b;

	(void)state;
	remind(world.cell, "một");
	cell_world_sync(&world);
	ok(reminders_mark_seen(world.s[AT_SECRETARY], NULL));
	cell_world_sync(&world);
	b = made(AT_COMMISSIONER, 2023, 1);
	assert_int_equal(b->rows[0].reminders, 1);
	board_free(b);
	ok(reminders_list(world.s[AT_SECRETARY], NULL, 0, &list));
	ok(reminders_done(world.s[AT_SECRETARY], &list->items[0]));
	reminders_free(list);
	cell_world_sync(&world);
	b = made(AT_COMMISSIONER, 2023, 1);
	assert_int_equal(b->rows[0].reminders, 0);
	board_free(b);
}

static void
silence_is_counted_from_what_was_received(void **state)
{
	struct board *b;

	(void)state;
	person("Hà Văn Một", STEP_NOMINATED);
	cell_world_sync(&world);
	uint64_t received = world.hub.time_ms;
	/* of the deputy: in root only, and the office's are not the cell's */
	remind(world.cell, "một");
	cell_world_sync(&world);
	world.hub.time_ms += 5 * DAY_MS;
	ok(reminders_mark_seen(world.s[AT_DEPUTY], NULL));
	cell_world_sync(&world);
	b = made(AT_OFFICE, 2023, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct board_row *r = &b->rows[i];
		bool mine = memcmp(r->scope, world.cell, SCOPE_LEN) == 0;

		assert_true(r->has_secretary);
		if (!mine)
			continue;
		assert_true(r->has_received);
		assert_true(r->received_ms <= received);
		assert_true(r->secretary_ms <= received);
		set_clock(2 * DAY_MS);
	}
	board_free(b);
	b = made(AT_COMMISSIONER, 2023, 1);
	assert_int_equal(board_days(b, b->rows[0].received_ms), 7);
	assert_int_equal(board_days(b, b->rows[0].secretary_ms), 7);
	assert_int_equal(board_days(b, b->now_ms + 1), 0);
	assert_int_equal(board_days(b, b->now_ms - DAY_MS + 1), 0);
	assert_int_equal(board_days(b, b->now_ms - DAY_MS), 1);
	board_free(b);
	/* what the device has and the commune has not does not count */
	person("Hà Văn Hai", STEP_NOMINATED);
	b = made(AT_COMMISSIONER, 2023, 1);
	assert_int_equal(board_days(b, b->rows[0].received_ms), 7);
	board_free(b);
}

static void
first(const char *code)
{
	struct board *b = made(AT_OFFICE, 2023, 2);

	assert_string_equal(b->rows[0].code, code);
	board_free(b);
}

static void
the_worst_comes_first(void **state)
{
	(void)state;
	/* nothing tells them apart but the code */
	cell_world_sync(&world);
	set_clock(0);
	first(CELL_WORLD_CODE);
	/* longer silent */
	world.hub.time_ms += 30 * DAY_MS;
	person("Hà Văn Một", STEP_LISTED);
	cell_world_sync(&world);
	set_clock(0);
	first(CELL_WORLD_OTHER);
	/* more is missing of the quota */
	ok(commune_quota_set(world.s[AT_OFFICE], 2023, world.cell, 2,
	    text(""), NULL));
	ok(commune_quota_set(world.s[AT_OFFICE], 2023, world.other, 1,
	    text(""), NULL));
	first(CELL_WORLD_CODE);
	/* something is overdue */
	const struct reminder_draft d = { .text = text("việc"),
		.has_due = true, .due = 19000 };
	uint8_t id[ID_LEN];
	ok(reminders_send(world.s[AT_OFFICE], world.other, &d, id));
	first(CELL_WORLD_OTHER);
}

static void
others_have_no_board(void **state)
{
	static const enum cell_world_device others[] = { AT_SECRETARY,
		AT_DEPUTY, AT_UNION, AT_OTHER };
	struct board *b = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		is(board_make(world.s[others[i]], 2023, &b), ERR_ROLE);
	is(board_make(world.s[AT_OFFICE], 999, &b), ERR_VALUE);
	is(board_make(world.s[AT_OFFICE], 10000, &b), ERR_VALUE);
}

int
main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		WITH(each_cell_has_its_line),
		WITH(what_is_done_is_not_counted),
		WITH(silence_is_counted_from_what_was_received),
		WITH(the_worst_comes_first),
		WITH(others_have_no_board),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests_name("board", tests, NULL, NULL);
}
