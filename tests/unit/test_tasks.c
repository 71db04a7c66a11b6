/* SPDX-License-Identifier: Apache-2.0 */
/* test_tasks.c -- what a reader of tasks.h may rely on, with real stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/records/commune.h"
#include "client/records/reminders.h"
#include "client/records/review.h"
#include "client/records/tasks.h"
#include "protocol/date.h"
#include "tests/support/cell_world.h"

#define DAY_MS UINT64_C(86400000)
static struct cell_world world;

static void
ok(err e)
{
	assert_string_equal(err_name(e), err_name(ERR_OK));
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

/* Noon of that day, for the devices and the hub. */
static void
set_clock(const char *date)
{
	char now[32];
	uint64_t ms = (uint64_t)days(date) * DAY_MS + DAY_MS / 2;

	(void)snprintf(now, sizeof now, "%llu", (unsigned long long)ms);
	assert_int_equal(setenv("NGUON_TEST_TIME_MS", now, 1), 0);
	if (ms > world.hub.time_ms)
		world.hub.time_ms = ms;
}

static int
setup(void **state)
{
	(void)state;
	assert_int_equal(setenv("TZ", "UTC", 1), 0);
	set_clock("2023-11-14");
	cell_world_open(&world);
	cell_world_commissioner(&world);
	set_clock("2025-03-10");
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

static struct task_list *
listed(enum cell_world_device d)
{
	struct task_list *list = NULL;

	ok(tasks_list(world.s[d], NULL, &list));
	return list;
}

/* The nth task of that rule; NULL. */
static const struct task *
of_rule(const struct task_list *list, enum task_rule rule, size_t nth)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].rule == rule && nth-- == 0)
			return &list->items[i];
	return NULL;
}

static void
person(const char *name, enum step last, uint8_t ret[static ID_LEN])
{
	static const char *const dates[] = { "", "", "2024-02-01",
		"2024-03-01", "2024-04-01", "2024-05-01", "2024-06-01" };

	cell_world_person(&world, AT_SECRETARY, name, "2024-01-02", ret);
	for (int s = STEP_NOMINATED; s <= (int)last; s++)
		cell_world_step(&world, AT_SECRETARY, ret, (enum step)s,
		    dates[s]);
}

static void
step_command(const uint8_t *id, const char *step, char ret[static 64])
{
	char hex[9];

	hex_encode(id, 4, hex);
	(void)snprintf(ret, 64, "nguon person step %s %s", hex, step);
}

static void
a_persons_task_names_the_command_that_ends_it(void **state)
{
	struct task_list *list;
	const struct task *t;
	uint8_t id[ID_LEN];
	char want[64];

	(void)state;
	person("Hà Văn Một", STEP_NOMINATED, id);
	list = listed(AT_SECRETARY);
	t = of_rule(list, TASK_CLASS, 0);
	assert_non_null(t);
	assert_int_equal(t->urgency, TASK_OVERDUE);
	assert_int_equal(t->by, TASK_BY_THIS);
	assert_string_equal(t->who, "Hà Văn Một");
	assert_string_equal(t->code, CELL_WORLD_CODE);
	assert_memory_equal(t->subject, id, ID_LEN);
	step_command(id, "introduced", want);
	assert_string_equal(t->command, want);
	assert_string_equal(t->remind, "");
	tasks_free(list);
	/* the command was run: it goes on to the next */
	cell_world_step(&world, AT_SECRETARY, id, STEP_INTRODUCED,
	    "2025-03-09");
	cell_world_step(&world, AT_SECRETARY, id, STEP_CLASS_COMPLETED,
	    "2025-03-10");
	list = listed(AT_SECRETARY);
	assert_null(of_rule(list, TASK_CLASS, 0));
	t = of_rule(list, TASK_TRIAL, 0);
	assert_non_null(t);
	assert_int_equal(t->urgency, TASK_LATER);
	tasks_free(list);
}

static void
who_can_end_it(void **state)
{
	static const struct {
		enum cell_world_device at;
		enum task_by class, admission;
		bool reminds;
	} table[] = {
		{ AT_SECRETARY, TASK_BY_THIS, TASK_BY_THIS, false },
		{ AT_DEPUTY, TASK_BY_THIS, TASK_BY_SECRETARY, false },
		{ AT_OFFICE, TASK_BY_THIS, TASK_BY_THIS, false },
		{ AT_COMMISSIONER, TASK_BY_CELL, TASK_BY_SECRETARY, true },
	};
	uint8_t one[ID_LEN], two[ID_LEN];

	(void)state;
	person("Hà Văn Một", STEP_NOMINATED, one);
	person("Hà Văn Hai", STEP_TRIAL_STARTED, two);
	cell_world_sync(&world);
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct task_list *list = listed(table[i].at);
		const struct task *t = of_rule(list, TASK_CLASS, 0);

		assert_non_null(t);
		assert_int_equal(t->by, table[i].class);
		assert_int_equal(strstr(t->remind, "nguon remind ba-mo") !=
		    NULL, table[i].reminds);
		assert_int_equal(strstr(t->remind, "--about") != NULL,
		    table[i].reminds);
		t = of_rule(list, TASK_ADMISSION, 0);
		assert_non_null(t);
		assert_int_equal(t->by, table[i].admission);
		tasks_free(list);
	}
	for (int k = 0; k < 2; k++) {
		struct task_list *list = listed(k == 0 ? AT_UNION : AT_OTHER);
		assert_null(of_rule(list, TASK_CLASS, 0));
		tasks_free(list);
	}
}

static void
who_was_moved_has_no_task_here(void **state)
{
	struct field_draft *draft = field_draft_new();
	struct store_op op = { .kind = KIND_PLACE };
	struct task_list *list;
	uint8_t id[ID_LEN];

	(void)state;
	person("Hà Văn Một", STEP_NOMINATED, id);
	cell_world_sync(&world);
	assert_non_null(draft);
	memcpy(op.subject, id, ID_LEN);
	field_draft_put_bin(draft, FIELD_PLACE,
	    (struct span){ world.other, SCOPE_LEN });
	op.fields = draft;
	ok(store_write(world.s[AT_OFFICE], scope_root, &op, 1, NULL, 0,
	    NULL));
	field_draft_free(draft);
	cell_world_sync(&world);
	list = listed(AT_SECRETARY);
	assert_null(of_rule(list, TASK_CLASS, 0));
	tasks_free(list);
}

static void
the_review_counts_those_answered(void **state)
{
	const struct review_answer home = { .outcome = REVIEW_HOME };
	struct review r = { .count = 0 };
	struct task_list *list;
	const struct task *t;
	uint8_t id[ID_LEN];

	(void)state;
	person("Hà Văn Một", STEP_LISTED, id);
	person("Hà Văn Hai", STEP_LISTED, id);
	set_clock("2025-12-28");
	ok(review_read(world.s[AT_SECRETARY], world.cell, 2025, &r));
	ok(review_write(world.s[AT_SECRETARY], &r, 0, &home));
	list = listed(AT_SECRETARY);
	t = of_rule(list, TASK_REVIEW, 0);
	assert_non_null(t);
	assert_int_equal(t->urgency, TASK_WEEK);
	assert_int_equal(t->n, 1);
	assert_int_equal(t->of, 2);
	assert_string_equal(t->command, "nguon review --cell ba-mo");
	assert_null(of_rule(list, TASK_REVIEW, 1));
	tasks_free(list);
	/* begun and not finished: overdue in the next year, beside its own;
	 * who is listed then was not to be seen before */
	set_clock("2026-01-05");
	cell_world_person(&world, AT_SECRETARY, "Hà Văn Ba", "2026-01-04",
	    id);
	list = listed(AT_SECRETARY);
	t = of_rule(list, TASK_REVIEW, 0);
	assert_non_null(t);
	assert_int_equal(t->urgency, TASK_OVERDUE);
	assert_int_equal(t->of, 2);
	assert_string_equal(t->command,
	    "nguon review --cell ba-mo --year 2025");
	t = of_rule(list, TASK_REVIEW, 1);
	assert_non_null(t);
	assert_int_equal(t->urgency, TASK_LATER);
	assert_int_equal(t->of, 3);
	tasks_free(list);
	ok(review_write(world.s[AT_SECRETARY], &r, 1, &home));
	review_free(&r);
	list = listed(AT_SECRETARY);
	t = of_rule(list, TASK_REVIEW, 0);
	assert_non_null(t);
	assert_int_equal(t->year, 2026);
	tasks_free(list);
}

static void
a_quota_behind_the_year(void **state)
{
	struct task_list *list;
	const struct task *t;
	uint8_t id[ID_LEN];

	(void)state;
	ok(commune_quota_set(world.s[AT_OFFICE], 2025, world.cell, 1,
	    text(""), NULL));
	person("Hà Văn Một", STEP_CLASS_COMPLETED, id);
	cell_world_sync(&world);
	list = listed(AT_SECRETARY);
	t = of_rule(list, TASK_QUOTA, 0);
	assert_non_null(t);
	assert_int_equal(t->urgency, TASK_SOON);
	assert_int_equal(t->n, 0);
	assert_int_equal(t->of, 1);
	assert_string_equal(t->command,
	    "nguon person list --cell ba-mo --step class_completed");
	tasks_free(list);
	/* a trial that ends within the year is forecast */
	cell_world_step(&world, AT_SECRETARY, id, STEP_TRIAL_STARTED,
	    "2024-12-01");
	list = listed(AT_SECRETARY);
	assert_null(of_rule(list, TASK_QUOTA, 0));
	tasks_free(list);
}

static void
a_reminder_until_it_is_done(void **state)
{
	const struct reminder_draft d = { .text = text("Gặp gia đình"),
		.has_due = true, .due = days("2025-03-01") };
	struct reminder_list *reminders = NULL;
	struct task_list *list;
	const struct task *t;
	uint8_t id[ID_LEN];

	(void)state;
	ok(reminders_send(world.s[AT_COMMISSIONER], world.cell, &d, id));
	cell_world_sync(&world);
	list = listed(AT_SECRETARY);
	t = of_rule(list, TASK_REMINDER, 0);
	assert_non_null(t);
	assert_int_equal(t->urgency, TASK_OVERDUE);
	assert_int_equal(t->by, TASK_BY_THIS);
	assert_string_equal(t->text, "Gặp gia đình");
	assert_non_null(strstr(t->command, "nguon reminder done "));
	tasks_free(list);
	/* its sender waits for the cell */
	list = listed(AT_COMMISSIONER);
	t = of_rule(list, TASK_REMINDER, 0);
	assert_non_null(t);
	assert_int_equal(t->by, TASK_BY_CELL);
	assert_string_equal(t->remind, "");
	tasks_free(list);
	ok(reminders_list(world.s[AT_SECRETARY], NULL, 0, &reminders));
	ok(reminders_done(world.s[AT_SECRETARY], &reminders->items[0]));
	reminders_free(reminders);
	list = listed(AT_SECRETARY);
	assert_null(of_rule(list, TASK_REMINDER, 0));
	tasks_free(list);
}

static void
what_is_to_be_settled(void **state)
{
	struct task_list *list;
	const struct task *t;
	uint8_t id[ID_LEN];

	(void)state;
	person("Hà Văn Một", STEP_LISTED, id);
	cell_world_sync(&world);
	cell_world_text(&world, AT_SECRETARY, world.cell, id, KIND_PERSON,
	    FIELD_WORKPLACE, "Hợp tác xã");
	cell_world_text(&world, AT_DEPUTY, world.cell, id, KIND_PERSON,
	    FIELD_WORKPLACE, "Công ty may");
	cell_world_sync(&world);
	list = listed(AT_SECRETARY);
	t = of_rule(list, TASK_CONFLICTS, 0);
	assert_non_null(t);
	assert_int_equal(t->n, 1);
	assert_int_equal(t->urgency, TASK_WEEK);
	assert_string_equal(t->command, "nguon conflicts");
	assert_string_equal(t->code, CELL_WORLD_CODE);
	tasks_free(list);
	cell_world_text(&world, AT_SECRETARY, world.cell, id, KIND_PERSON,
	    FIELD_WORKPLACE, "Công ty may Ba Mô");
	list = listed(AT_SECRETARY);
	assert_null(of_rule(list, TASK_CONFLICTS, 0));
	tasks_free(list);
}

/* How many silent devices have that role. */
static size_t
silent(const struct task_list *list, enum role role)
{
	size_t n = 0;

	for (size_t i = 0; i < list->count; i++)
		n += list->items[i].rule == TASK_SILENT &&
		    list->items[i].role == role;
	return n;
}

static void
devices_of_which_nothing_comes(void **state)
{
	struct task_list *list;
	const struct task *t;
	uint8_t id[ID_LEN];

	(void)state;
	/* all joined in 2023; the secretary has sent since */
	person("Hà Văn Một", STEP_LISTED, id);
	cell_world_sync(&world);
	list = listed(AT_OFFICE);
	assert_int_equal(silent(list, ROLE_DEPUTY), 1);
	assert_int_equal(silent(list, ROLE_ORGANISATION), 1);
	assert_int_equal(silent(list, ROLE_COMMISSIONER), 1);
	assert_int_equal(silent(list, ROLE_SECRETARY), 1);
	assert_int_equal(silent(list, ROLE_COMMUNE), 0);
	for (size_t i = 0; (t = of_rule(list, TASK_SILENT, i)) != NULL; i++) {
		assert_int_equal(t->by, TASK_BY_DEVICE);
		assert_string_equal(t->command, "nguon sync");
		if (t->role == ROLE_SECRETARY)
			assert_string_equal(t->code, CELL_WORLD_OTHER);
	}
	tasks_free(list);
	list = listed(AT_COMMISSIONER);
	assert_int_equal(silent(list, ROLE_DEPUTY), 1);
	assert_int_equal(silent(list, ROLE_SECRETARY), 0);
	assert_int_equal(silent(list, ROLE_ORGANISATION), 0);
	t = of_rule(list, TASK_SILENT, 0);
	assert_string_equal(t->remind, "nguon remind ba-mo \"…\"");
	tasks_free(list);
	/* a cell has none of these tasks */
	list = listed(AT_SECRETARY);
	assert_null(of_rule(list, TASK_SILENT, 0));
	tasks_free(list);
}

static void
this_machine(void **state)
{
	struct task_list *list;
	const struct task *t;
	uint8_t id[ID_LEN];

	(void)state;
	person("Hà Văn Một", STEP_LISTED, id);
	list = listed(AT_SECRETARY);
	assert_null(of_rule(list, TASK_UNRECEIVED, 0));
	assert_null(of_rule(list, TASK_CLOCK, 0));
	tasks_free(list);
	set_clock("2025-03-25");
	list = listed(AT_SECRETARY);
	t = of_rule(list, TASK_UNRECEIVED, 0);
	assert_non_null(t);
	assert_int_equal(t->since, days("2025-03-10"));
	assert_string_equal(t->command, "nguon sync");
	tasks_free(list);
	/* an organisation has only its machine */
	list = listed(AT_UNION);
	assert_int_equal(list->count, 0);
	tasks_free(list);
	cell_world_sync(&world);
	list = listed(AT_SECRETARY);
	assert_null(of_rule(list, TASK_UNRECEIVED, 0));
	tasks_free(list);
	/* the battery of the clock is flat */
	set_clock("2025-03-20");
	list = listed(AT_SECRETARY);
	t = of_rule(list, TASK_CLOCK, 0);
	assert_non_null(t);
	assert_false(t->ahead);
	assert_int_equal(t->n, 5);
	tasks_free(list);
}

static void
a_clock_that_was_fast_when_something_was_written(void **state)
{
	struct task_list *list;
	const struct task *t;
	uint8_t id[ID_LEN];
	uint64_t hub = world.hub.time_ms;

	(void)state;
	set_clock("2025-04-10");
	world.hub.time_ms = hub;
	person("Hà Văn Một", STEP_LISTED, id);
	cell_world_sync(&world);
	list = listed(AT_SECRETARY);
	t = of_rule(list, TASK_CLOCK, 0);
	assert_non_null(t);
	assert_true(t->ahead);
	assert_int_equal(t->n, 30);
	tasks_free(list);
}

static void
the_order_and_one_cell_alone(void **state)
{
	struct task_list *list = NULL;
	uint8_t id[ID_LEN];

	(void)state;
	person("Hà Văn Một", STEP_NOMINATED, id);
	person("Hà Văn Hai", STEP_CLASS_COMPLETED, id);
	person("Hà Văn Ba", STEP_TRIAL_STARTED, id);
	person("Hà Văn Bốn", STEP_ADMITTED, id);
	cell_world_sync(&world);
	list = listed(AT_OFFICE);
	for (size_t i = 1; i < list->count; i++) {
		const struct task *a = &list->items[i - 1], *b = a + 1;

		assert_true(a->urgency <= b->urgency);
		if (a->urgency == b->urgency && a->has_due && b->has_due)
			assert_true(a->due <= b->due);
	}
	assert_int_equal(tasks_count(list, TASK_OVERDUE) +
	    tasks_count(list, TASK_WEEK) + tasks_count(list, TASK_SOON) +
	    tasks_count(list, TASK_LATER), list->count);
	tasks_free(list);
	ok(tasks_list(world.s[AT_OFFICE], world.other, &list));
	for (size_t i = 0; i < list->count; i++)
		assert_memory_equal(list->items[i].scope, world.other,
		    SCOPE_LEN);
	assert_null(of_rule(list, TASK_CLASS, 0));
	tasks_free(list);
}

static void
every_reason_is_a_sentence(void **state)
{
	(void)state;
	for (int r = 0; r < TASK_RULES; r++)
		for (int l = LANGUAGE_VI; l <= LANGUAGE_EN; l++) {
			struct task t = { .rule = (enum task_rule)r,
				.next = STEP_INTRODUCED };
			struct buf out = { .p = NULL };

			tasks_words_reason(&t, (enum language)l, &out);
			assert_int_equal(buf_err(&out), ERR_OK);
			assert_true(out.n > 8);
			buf_free(&out);
		}
}

int
main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		WITH(a_persons_task_names_the_command_that_ends_it),
		WITH(who_can_end_it),
		WITH(who_was_moved_has_no_task_here),
		WITH(the_review_counts_those_answered),
		WITH(a_quota_behind_the_year),
		WITH(a_reminder_until_it_is_done),
		WITH(what_is_to_be_settled),
		WITH(devices_of_which_nothing_comes),
		WITH(this_machine),
		WITH(a_clock_that_was_fast_when_something_was_written),
		WITH(the_order_and_one_cell_alone),
		cmocka_unit_test(every_reason_is_a_sentence),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests_name("tasks", tests, NULL, NULL);
}
