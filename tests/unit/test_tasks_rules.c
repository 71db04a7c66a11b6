/* SPDX-License-Identifier: Apache-2.0 */
/* test_tasks_rules.c -- each rule of tasks_rules.h, day by day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/records/tasks_rules.h"
#include "protocol/date.h"

#define DAY_MS UINT64_C(86400000)
enum { NOTHING = -1 };

static struct settings standard;

static int64_t
days(const char *date)
{
	int64_t d = 0;

	assert_int_equal(date_parse((struct span){ (const uint8_t *)date,
	    strlen(date) }, &d), ERR_OK);
	return d;
}

static struct task_day
on(const char *today)
{
	settings_standard(&standard);
	return (struct task_day){ days(today), &standard };
}

static void
check(bool found, const struct task *t, const char *today,
    enum task_rule rule, int urgency, const char *due)
{
	char shown[16] = "-";

	if (urgency == NOTHING) {
		if (found)
			fail_msg("%s: a task where there is none", today);
		return;
	}
	if (!found)
		fail_msg("%s: no task", today);
	if (t->has_due)
		date_format(t->due, shown);
	if (t->rule != rule || (int)t->urgency != urgency ||
	    strcmp(shown, due) != 0)
		fail_msg("%s: %s, %s, due %s", today,
		    tasks_rules_name(t->rule),
		    tasks_rules_urgency_name(t->urgency), shown);
}

/* ---- how soon */

static void
urgency_by_the_day(void **state)
{
	static const struct {
		const char *due;
		enum task_urgency want;
	} table[] = {
		{ "2026-03-09", TASK_OVERDUE }, { "2026-03-10", TASK_WEEK },
		{ "2026-03-16", TASK_WEEK }, { "2026-03-17", TASK_SOON },
		{ "2026-04-09", TASK_SOON }, { "2026-04-10", TASK_LATER },
	};
	const struct task_day d = on("2026-03-10");

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		assert_int_equal(tasks_rules_urgency(days(table[i].due), &d),
		    table[i].want);
}

/* ---- people */

enum { STEPS_MOST = 8 };
struct person_case {
	const char *today;
	struct {
		enum step step;
		const char *date;
		uint64_t round;
	} step[STEPS_MOST];
	enum task_rule rule;
	int urgency;
	const char *due;
	enum step next;
};

#define LIST { STEP_LISTED, "2024-01-02", 0 }
#define NOM(d) { STEP_NOMINATED, d, 0 }
#define INT(d) { STEP_INTRODUCED, d, 0 }
#define CLS(d) { STEP_CLASS_COMPLETED, d, 0 }
#define TRI(d) { STEP_TRIAL_STARTED, d, 0 }
#define ADM(d) { STEP_ADMITTED, d, 0 }

static const struct person_case people[] = {
	{ "2026-03-10", { LIST }, TASK_CLASS, NOTHING, "", STEP_NONE },
	/* nominated: 90 days to the class */
	{ "2025-06-01", { LIST, NOM("2025-03-01") }, TASK_CLASS,
	    TASK_OVERDUE, "2025-05-30", STEP_INTRODUCED },
	{ "2025-05-30", { LIST, NOM("2025-03-01") }, TASK_CLASS, TASK_WEEK,
	    "2025-05-30", STEP_INTRODUCED },
	{ "2025-05-24", { LIST, NOM("2025-03-01") }, TASK_CLASS, TASK_WEEK,
	    "2025-05-30", STEP_INTRODUCED },
	{ "2025-05-23", { LIST, NOM("2025-03-01") }, TASK_CLASS, TASK_SOON,
	    "2025-05-30", STEP_INTRODUCED },
	{ "2025-03-02", { LIST, NOM("2025-03-01") }, TASK_CLASS, TASK_LATER,
	    "2025-05-30", STEP_INTRODUCED },
	/* being sent to it does not stop the count */
	{ "2025-06-01", { LIST, NOM("2025-03-01"), INT("2025-05-20") },
	    TASK_CLASS, TASK_OVERDUE, "2025-05-30", STEP_CLASS_COMPLETED },
	/* class completed: 60 days to the trial */
	{ "2025-08-01", { LIST, NOM("2025-03-01"), INT("2025-05-20"),
	    CLS("2025-06-01") }, TASK_TRIAL, TASK_OVERDUE, "2025-07-31",
	    STEP_TRIAL_STARTED },
	/* in trial: 365 days */
	{ "2026-05-25", { LIST, NOM("2025-03-01"), INT("2025-05-20"),
	    CLS("2025-06-01"), TRI("2025-06-01") }, TASK_ADMISSION,
	    TASK_SOON, "2026-06-01", STEP_ADMITTED },
	/* admitted: 12 months, not 365 days */
	{ "2025-01-31", { LIST, NOM("2023-03-01"), INT("2023-05-20"),
	    CLS("2023-06-01"), TRI("2023-06-01"), ADM("2024-02-01") },
	    TASK_OFFICIAL, TASK_WEEK, "2025-02-01", STEP_OFFICIAL },
	{ "2025-03-01", { LIST, NOM("2023-03-01"), INT("2023-05-20"),
	    CLS("2023-06-01"), TRI("2023-06-01"), ADM("2024-02-29") },
	    TASK_OFFICIAL, TASK_OVERDUE, "2025-02-28", STEP_OFFICIAL },
	/* the end of the way, and those who left it */
	{ "2026-03-10", { LIST, NOM("2023-03-01"), INT("2023-05-20"),
	    CLS("2023-06-01"), TRI("2023-06-01"), ADM("2024-02-01"),
	    { STEP_OFFICIAL, "2025-02-01", 0 } }, TASK_CLASS, NOTHING, "",
	    STEP_NONE },
	{ "2026-03-10", { LIST, NOM("2023-03-01"),
	    { STEP_WITHDRAWN, "2023-04-01", 0 } }, TASK_CLASS, NOTHING, "",
	    STEP_NONE },
	{ "2026-03-10", { LIST, NOM("2023-03-01"),
	    { STEP_POSTPONED, "2023-04-01", 0 } }, TASK_CLASS, NOTHING, "",
	    STEP_NONE },
	/* who came back is counted from the new round */
	{ "2025-10-01", { LIST, NOM("2023-03-01"),
	    { STEP_WITHDRAWN, "2023-04-01", 0 },
	    { STEP_NOMINATED, "2025-09-15", 1 } }, TASK_CLASS, TASK_LATER,
	    "2025-12-14", STEP_INTRODUCED },
};

static void
people_wait_for_the_next_step(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
		const struct person_case *p = &people[i];
		const struct task_day d = on(p->today);
		struct step_record records[STEPS_MOST] = { { .round = 0 } };
		struct task t = { .n = 0 };
		size_t n = 0;
		bool found;

		for (; n < STEPS_MOST && p->step[n].date != NULL; n++) {
			records[n].step = p->step[n].step;
			records[n].round = p->step[n].round;
			records[n].date = days(p->step[n].date);
		}
		found = tasks_rules_person(records, n, &d, &t);
		check(found, &t, p->today, p->rule, p->urgency, p->due);
		assert_int_equal(t.next, p->next);
	}
}

static void
a_step_that_does_not_count_or_has_no_date(void **state)
{
	const struct task_day d = on("2026-03-10");
	struct step_record records[3] = {
		{ .step = STEP_LISTED, .date = days("2025-01-01") },
		{ .step = STEP_NOMINATED, .date = days("2025-02-01"),
		    .again = true },
		{ .step = STEP_NOMINATED, .date = days("2026-03-01") },
	};
	struct task t = { .n = 0 };

	(void)state;
	assert_true(tasks_rules_person(records, 3, &d, &t));
	assert_int_equal(t.due, days("2026-03-01") + 90);
	records[2].date = INT64_MIN;
	assert_false(tasks_rules_person(records, 3, &d, &t));
	assert_false(tasks_rules_person(records, 0, &d, &t));
}

static void
the_days_are_those_set(void **state)
{
	struct task_day d = on("2026-03-10");
	const struct step_record records[2] = {
		{ .step = STEP_LISTED, .date = days("2025-01-01") },
		{ .step = STEP_NOMINATED, .date = days("2026-03-01") },
	};
	struct task t = { .n = 0 };

	(void)state;
	standard.value[SETTING_DAYS_TO_CLASS] = 8;
	assert_true(tasks_rules_person(records, 2, &d, &t));
	assert_int_equal(t.urgency, TASK_OVERDUE);
	assert_int_equal(t.n, 8);
}

/* ---- cells */

static void
reviews(void **state)
{
	static const struct {
		const char *today;
		int year;
		uint64_t seen, of;
		int urgency;
		const char *due;
	} table[] = {
		{ "2026-01-02", 2026, 0, 60, TASK_LATER, "2026-12-31" },
		{ "2026-12-01", 2026, 0, 60, TASK_SOON, "2026-12-31" },
		{ "2026-12-25", 2026, 59, 60, TASK_WEEK, "2026-12-31" },
		{ "2026-12-31", 2026, 59, 60, TASK_WEEK, "2026-12-31" },
		{ "2026-12-31", 2026, 60, 60, NOTHING, "" },
		{ "2026-12-31", 2026, 0, 0, NOTHING, "" },
		/* last year's: only what was begun */
		{ "2027-01-01", 2026, 59, 60, TASK_OVERDUE, "2026-12-31" },
		{ "2027-01-01", 2026, 0, 60, NOTHING, "" },
		{ "2028-01-01", 2026, 59, 60, NOTHING, "" },
		{ "2026-01-01", 2027, 0, 60, NOTHING, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		const struct task_day d = on(table[i].today);
		struct task t = { .n = 0 };
		bool found = tasks_rules_review(table[i].year, table[i].seen,
		    table[i].of, &d, &t);

		check(found, &t, table[i].today, TASK_REVIEW,
		    table[i].urgency, table[i].due);
	}
	struct task t = { .n = 0 };
	const struct task_day d = on("2026-07-02");
	standard.value[SETTING_REVIEW_DEADLINE] = 701;
	assert_true(tasks_rules_review(2026, 3, 60, &d, &t));
	assert_int_equal(t.urgency, TASK_OVERDUE);
	assert_int_equal(t.n, 3);
	assert_int_equal(t.of, 60);
}

static void
the_pace_of_the_year(void **state)
{
	static const struct {
		const char *today;
		int year;
		uint64_t quota, forecast;
		int urgency;
	} table[] = {
		/* never before March */
		{ "2026-02-28", 2026, 4, 0, NOTHING },
		{ "2026-03-01", 2026, 4, 0, TASK_SOON },
		/* 60 of 365 days, a sixth: one of four is ahead */
		{ "2026-03-01", 2026, 4, 1, NOTHING },
		/* at the middle of the year two of four are enough */
		{ "2026-06-30", 2026, 4, 2, NOTHING },
		{ "2026-07-15", 2026, 4, 2, TASK_SOON },
		{ "2026-12-25", 2026, 4, 3, TASK_WEEK },
		{ "2026-12-31", 2026, 4, 3, TASK_WEEK },
		{ "2026-12-31", 2026, 4, 4, NOTHING },
		{ "2026-12-31", 2026, 4, 9, NOTHING },
		{ "2026-07-15", 2026, 0, 0, NOTHING },
		{ "2026-07-15", 2025, 4, 0, NOTHING },
		{ "2026-07-15", 2027, 4, 0, NOTHING },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		const struct task_day d = on(table[i].today);
		struct task t = { .n = 0 };
		bool found = tasks_rules_quota(table[i].year, table[i].quota,
		    table[i].forecast, &d, &t);

		check(found, &t, table[i].today, TASK_QUOTA,
		    table[i].urgency, "2026-12-31");
	}
}

static void
reminders(void **state)
{
	static const struct {
		const char *today, *due;
		int urgency;
		const char *want;
	} table[] = {
		/* without a day: 14 days behind 2026-03-01 */
		{ "2026-03-01", NULL, TASK_SOON, "2026-03-15" },
		{ "2026-03-09", NULL, TASK_WEEK, "2026-03-15" },
		{ "2026-03-16", NULL, TASK_OVERDUE, "2026-03-15" },
		{ "2026-03-02", "2026-03-01", TASK_OVERDUE, "2026-03-01" },
		/* however far, it is shown */
		{ "2026-03-02", "2026-12-01", TASK_SOON, "2026-12-01" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		const struct task_day d = on(table[i].today);
		struct task t = { .n = 0 };
		int64_t due = table[i].due != NULL ? days(table[i].due) : 0;
		bool found = tasks_rules_reminder(table[i].due != NULL ?
		    &due : NULL, days("2026-03-01"), &d, &t);

		check(found, &t, table[i].today, TASK_REMINDER,
		    table[i].urgency, table[i].want);
	}
}

static void
conflicts(void **state)
{
	struct task t = { .n = 0 };

	(void)state;
	assert_false(tasks_rules_conflicts(0, &t));
	assert_true(tasks_rules_conflicts(3, &t));
	check(true, &t, "any day", TASK_CONFLICTS, TASK_WEEK, "-");
	assert_int_equal(t.n, 3);
}

/* ---- devices */

static void
silent_devices_and_what_was_not_received(void **state)
{
	struct task_day d = on("2026-03-31");
	struct task t = { .n = 0 };

	(void)state;
	/* 30 days are not yet more than 30 */
	assert_false(tasks_rules_silent(days("2026-03-01"), &d, &t));
	assert_true(tasks_rules_silent(days("2026-02-28"), &d, &t));
	check(true, &t, "2026-03-31", TASK_SILENT, TASK_OVERDUE,
	    "2026-03-30");
	assert_false(tasks_rules_unreceived(0, days("2020-01-01"), &d, &t));
	assert_false(tasks_rules_unreceived(5, days("2026-03-17"), &d, &t));
	assert_true(tasks_rules_unreceived(5, days("2026-03-16"), &d, &t));
	check(true, &t, "2026-03-31", TASK_UNRECEIVED, TASK_OVERDUE,
	    "2026-03-30");
	assert_int_equal(t.n, 5);
}

static void
wrong_clocks(void **state)
{
	const uint64_t now = 20000 * DAY_MS;
	static const struct {
		int64_t leaf, own, own_leaf;	/* hours from now; 0: none */
		int want;			/* days; NOTHING */
		bool ahead;
	} table[] = {
		{ 0, 0, 0, NOTHING, false },
		{ -9000, 0, 0, NOTHING, false },
		{ 24, 0, 0, NOTHING, false },
		{ 25, 0, 0, 1, false },
		{ 80, 0, 0, 3, false },
		/* written offline long before it came */
		{ -10, -9000, -10, NOTHING, false },
		{ -30, -6, -30, NOTHING, false },
		{ -60, -6, -60, 2, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct task t = { .n = 0 };
		uint64_t at[3];
		const int64_t hours[3] = { table[i].leaf, table[i].own,
			table[i].own_leaf };
		bool found;

		for (size_t k = 0; k < 3; k++)
			at[k] = hours[k] == 0 ? 0 : (uint64_t)((int64_t)now +
			    hours[k] * 3600000);
		found = tasks_rules_clock(now, at[0], at[1], at[2], &t);
		assert_int_equal(found, table[i].want != NOTHING);
		if (!found)
			continue;
		assert_int_equal(t.n, table[i].want);
		assert_int_equal(t.ahead, table[i].ahead);
		assert_int_equal(t.urgency, TASK_OVERDUE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(urgency_by_the_day),
		cmocka_unit_test(people_wait_for_the_next_step),
		cmocka_unit_test(a_step_that_does_not_count_or_has_no_date),
		cmocka_unit_test(the_days_are_those_set),
		cmocka_unit_test(reviews),
		cmocka_unit_test(the_pace_of_the_year),
		cmocka_unit_test(reminders),
		cmocka_unit_test(conflicts),
		cmocka_unit_test(silent_devices_and_what_was_not_received),
		cmocka_unit_test(wrong_clocks),
	};

	return cmocka_run_group_tests_name("tasks rules", tests, NULL, NULL);
}
