/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tasks_screens.c -- the screens of tasks, settings, quotas and of a
 * comparison in both languages, and their JSON, as tests/unit/golden/ has
 * them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/cli/verbs_compare.h"
#include "client/cli/verbs_quota.h"
#include "client/cli/verbs_tasks.h"
#include "tests/support/cell_world.h"
#include "tests/support/golden.h"

#define NOW (UINT64_C(1795500000000))	/* 2026-11-24 */
#define DAY_MS UINT64_C(86400000)
enum { TODAY = 20781 };			/* 2026-11-24, in days */

static struct cli cli_vi = { .language = LANGUAGE_VI };
static struct cli cli_en = { .language = LANGUAGE_EN };

static struct cli *
speaking(int language)
{
	return language == LANGUAGE_VI ? &cli_vi : &cli_en;
}

static void
end(const char *screen, int language)
{
	char name[64];

	(void)snprintf(name, sizeof name, "%s.%s", screen,
	    language == LANGUAGE_VI ? "vi" : "en");
	assert_null(golden_end(name));
}

/* ---- tasks */

static struct task items[] = {
	{ .rule = TASK_CLOCK, .urgency = TASK_OVERDUE, .n = 41,
	    .command = "timedatectl set-ntp true" },
	{ .rule = TASK_CLASS, .urgency = TASK_OVERDUE, .has_due = true,
	    .due = TODAY - 40, .has_since = true, .since = TODAY - 130,
	    .n = 90, .next = STEP_INTRODUCED, .code = "ba-mo",
	    .has_subject = true, .subject = { 0xef, 0x79, 0xef, 0x09 },
	    .who = "Lò Văn Én",
	    .command = "nguon person step ef79ef09 introduced" },
	{ .rule = TASK_SILENT, .urgency = TASK_OVERDUE, .has_due = true,
	    .due = TODAY - 11, .has_since = true, .since = TODAY - 41,
	    .n = 30, .code = "dong-luoc", .has_subject = true,
	    .role = ROLE_SECRETARY, .by = TASK_BY_DEVICE,
	    .command = "nguon sync",
	    .remind = "nguon remind dong-luoc \"…\"" },
	{ .rule = TASK_REMINDER, .urgency = TASK_WEEK, .has_due = true,
	    .due = TODAY + 2, .has_since = true, .since = TODAY - 9,
	    .n = 14, .code = "ba-mo", .has_subject = true,
	    .subject = { 0xb6, 0x32, 0xf9, 0x29 }, .who = "Lò Văn Én",
	    .text = "Gặp Lò Văn Én và gia đình trước khi em đi làm ở Bắc "
		    "Ninh; hỏi nguyện vọng vào Đảng",
	    .command = "nguon reminder done b632f929" },
	{ .rule = TASK_CONFLICTS, .urgency = TASK_WEEK, .n = 3,
	    .command = "nguon conflicts" },
	{ .rule = TASK_ADMISSION, .urgency = TASK_SOON, .has_due = true,
	    .due = TODAY + 20, .has_since = true, .since = TODAY - 345,
	    .n = 365, .next = STEP_ADMITTED, .code = "ba-mo",
	    .by = TASK_BY_SECRETARY,
	    .command = "nguon person step 0a01b2c3 admitted",
	    .remind = "nguon remind ba-mo \"…\" --about 0a01b2c3" },
	{ .rule = TASK_QUOTA, .urgency = TASK_SOON, .has_due = true,
	    .due = TODAY + 37, .n = 1, .of = 3, .year = 2026,
	    .code = "ba-mo",
	    .command = "nguon person list --cell ba-mo --step "
		"class_completed" },
	{ .rule = TASK_REVIEW, .urgency = TASK_LATER, .has_due = true,
	    .due = TODAY + 37, .n = 12, .of = 61, .year = 2026,
	    .code = "ba-mo", .command = "nguon review --cell ba-mo" },
};

static void
tasks(void **state)
{
	const struct task_list list = { .today = TODAY,
		.count = sizeof items / sizeof items[0], .items = items };
	const struct task_list later = { .today = TODAY, .count = 1,
		.items = items + list.count - 1 };
	const struct task_list none = { .today = TODAY };

	(void)state;
	for (int l = LANGUAGE_VI; l <= LANGUAGE_EN; l++) {
		golden_begin();
		assert_true(verbs_tasks_print(speaking(l), &list,
		    TASKS_DUE));
		(void)puts("---");
		assert_true(verbs_tasks_print(speaking(l), &later,
		    TASKS_ALL));
		(void)puts("---");
		assert_true(verbs_tasks_print(speaking(l), &later,
		    TASKS_DUE));
		(void)puts("---");
		assert_true(verbs_tasks_print(speaking(l), &none,
		    TASKS_DUE));
		end("tasks", l);
	}
	golden_begin();
	assert_true(verbs_tasks_json(&cli_en, &list, TASKS_DUE));
	assert_null(golden_end("tasks.json"));
}

static void
settings(void **state)
{
	struct settings s;

	(void)state;
	settings_standard(&s);
	s.value[SETTING_DAYS_TO_CLASS] = 120;
	s.conflict[SETTING_DAYS_TO_CLASS] = true;
	for (int l = LANGUAGE_VI; l <= LANGUAGE_EN; l++) {
		golden_begin();
		assert_true(verbs_tasks_settings(speaking(l), &s));
		end("settings", l);
	}
}

/* ---- quotas */

static void
quotas(void **state)
{
	struct quota_row rows[] = {
		{ .code = "ba-mo", .name = "Thôn Ba Mô", .has_quota = true,
		    .quota = 3, .counted = true, .admitted = 1,
		    .in_trial = 4, .in_class = 12, .forecast = 2,
		    .percent = "33.3" },
		{ .code = "ban-khuong-2", .counted = true, .percent = "-" },
		{ .code = "dong-luoc", .has_quota = true, .quota = 2,
		    .conflict = true, .percent = "-" },
	};
	const struct quota_view v = { .year = 2026, .trial_days = 365,
		.count = 3, .rows = rows, .has_total = true,
		.total = { .has_quota = true, .quota = 5, .counted = true,
		    .admitted = 1, .in_trial = 4, .in_class = 12,
		    .forecast = 2, .percent = "20.0" } };
	const struct quota_view none = { .year = 2026 };
	const struct quota_change changes[] = {
		{ .code = "ba-mo", .after = 4, .time_ms = NOW - 90 * DAY_MS,
		    .author = { .role = ROLE_COMMUNE,
			.name = "Văn phòng xã" } },
		{ .code = "ba-mo", .has_before = true, .before = 4,
		    .after = 3, .time_ms = NOW,
		    .author = { .role = ROLE_COMMUNE,
			.name = "Văn phòng xã" }, .counts = true,
		    .why = "hai người trong diện đi làm xa" },
	};

	(void)state;
	for (int l = LANGUAGE_VI; l <= LANGUAGE_EN; l++) {
		golden_begin();
		assert_true(verbs_quota_print(speaking(l), &v));
		verbs_quota_history(speaking(l), changes, 2);
		(void)puts("---");
		assert_true(verbs_quota_print(speaking(l), &none));
		end("quotas", l);
	}
	golden_begin();
	assert_true(verbs_quota_json(&v, changes, 2));
	assert_null(golden_end("quotas.json"));
}

/* ---- a comparison */

static struct compare_figure figures[] = {
	{ .scope = "commune", .name = "admitted", .mine = "3",
	    .theirs = "4" },
	{ .scope = "ba-mo", .name = "nominated:doan-thanh-nien", .mine = "7",
	    .theirs = "" },
};
static struct compare_missing lacks[] = {
	{ .side = COMPARE_HERE, .why = COMPARE_NOT_RECEIVED,
	    .scope = { 2, 1 }, .log = { 0xab, 0xcd }, .device = { 0x11 },
	    .role = ROLE_SECRETARY, .holder = "Hà Thị Lan", .first = 12,
	    .last = 140, .from_ms = NOW - 3 * DAY_MS, .to_ms = NOW,
	    .kinds = { [KIND_STEP] = 2, [KIND_PERSON] = 1 },
	    .partly = true, .people_count = 2,
	    .people = { "Lò Văn Én", "0a01b2c3" } },
	{ .side = COMPARE_THERE, .why = COMPARE_NOT_SENT, .log = { 0xbb },
	    .device = { 0x22, 0x33, 0x44, 0x55 }, .role = ROLE_COMMUNE,
	    .first = 5, .last = 5, .kinds = { [KIND_QUOTA] = 1 },
	    .from_ms = NOW, .to_ms = NOW },
	{ .side = COMPARE_THERE, .why = COMPARE_SCOPE, .scope = { 2, 1 },
	    .logs = 4 },
};

static void
comparisons(void **state)
{
	struct compare_side mine = { .device = { 1 }, .size = 57 };
	struct compare_side theirs = { .device = { 0x5a, 0x10, 0x22, 0x33 },
		.role = ROLE_SECRETARY, .size = 54, .time_ms = NOW,
		.period = "2026" };
	struct compare_diff d = { .same_rules = true, .common = 2,
		.figure_count = 2, .figures = figures, .missing_count = 3,
		.missing = lacks };
	const struct compare_diff same = { .same_rules = true, .common = 2 };
	struct cell_world *w = *state;

	for (int l = LANGUAGE_VI; l <= LANGUAGE_EN; l++) {
		struct cli c = { .language = (enum language)l,
			.store = w->s[AT_OFFICE] };

		for (size_t i = 0; i < 3; i += 2)
			memcpy(lacks[i].scope, w->cell, SCOPE_LEN);
		golden_begin();
		assert_true(verbs_compare_print(&c, &d, &mine, &theirs));
		(void)puts("---");
		assert_true(verbs_compare_print(&c, &same, &mine, &theirs));
		(void)puts("---");
		d.same_rules = false;
		mine.rules = 1;
		theirs.rules = 2;
		assert_true(verbs_compare_print(&c, &d, &mine, &theirs));
		d.same_rules = true;
		end("compare", l);
	}
}

static int
setup(void **state)
{
	static struct cell_world world;

	cell_world_open(&world);
	*state = &world;
	return 0;
}

static int
teardown(void **state)
{
	cell_world_close(*state);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tasks),
		cmocka_unit_test(settings),
		cmocka_unit_test(quotas),
		cmocka_unit_test_setup_teardown(comparisons, setup,
		    teardown),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests_name("tasks screens", tests, NULL,
	    NULL);
}
