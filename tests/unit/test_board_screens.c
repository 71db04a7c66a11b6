/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_board_screens.c -- the screens of the board, of reminders and of
 * directives in both languages, and their JSON, as tests/unit/golden/ has
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

#include "client/cli/verbs_board.h"
#include "tests/support/golden.h"

#define DAY_MS UINT64_C(86400000)
#define NOW (UINT64_C(1795500000000))	/* 2026-11-24 */
enum { TODAY = 20781 };			/* 2026-11-24, in days */

static const char *const languages[] = {
	[LANGUAGE_VI] = "vi",
	[LANGUAGE_EN] = "en",
};

static struct cli cli_vi = { .language = LANGUAGE_VI };
static struct cli cli_en = { .language = LANGUAGE_EN };

static void
end(const char *screen, enum language l)
{
	char name[64];

	(void)snprintf(name, sizeof name, "%s.%s", screen, languages[l]);
	assert_null(golden_end(name));
}

static struct cli *
speaking(enum language l)
{
	return l == LANGUAGE_VI ? &cli_vi : &cli_en;
}

static struct author
author(const char *name, enum role role)
{
	struct author a = { .role = role };

	a.device[0] = (uint8_t)(0x10 + role);
	(void)snprintf(a.name, sizeof a.name, "%s", name);
	return a;
}

/* ---- the board */

static struct board_row rows[] = {
	{ .code = "dong-luoc", .name = "Thôn Đồng Luốc", .quota = 2,
	    .in_class = 1, .overdue = 7, .reminders = 2,
	    .has_received = true, .received_ms = NOW - 41 * DAY_MS,
	    .has_secretary = true, .secretary_ms = NOW - 41 * DAY_MS },
	{ .code = "ban-khuong-2", .name = "Bản Khương 2", .quota = 1,
	    .overdue = 2 },
	{ .code = "ba-mo", .name = "Thôn Ba Mô", .quota = 3, .admitted = 1,
	    .in_trial = 4, .in_class = 12, .overdue = 2,
	    .has_received = true, .received_ms = NOW - 3 * DAY_MS,
	    .has_secretary = true, .secretary_ms = NOW },
};

static void
boards(void **state)
{
	const struct board b = { .year = 2026, .now_ms = NOW,
		.count = sizeof rows / sizeof rows[0], .rows = rows };
	const struct board none = { .year = 2026 };

	(void)state;
	for (int l = LANGUAGE_VI; l <= LANGUAGE_EN; l++) {
		golden_begin();
		assert_true(verbs_board_print(speaking((enum language)l),
		    &b));
		(void)puts("---");
		assert_true(verbs_board_print(speaking((enum language)l),
		    &none));
		end("board", (enum language)l);
	}
	golden_begin();
	assert_true(verbs_board_json(&b));
	assert_null(golden_end("board.json"));
}

/* ---- reminders */

static struct read_mark
mark(const char *name, enum role role, uint64_t time_ms)
{
	struct read_mark m = { .author = author(name, role),
		.received = true };

	m.stamp.time_ms = time_ms;
	m.key[0] = m.author.device[0];
	return m;
}

static char remind_text[] =
    "Gặp Lò Văn Én và gia đình trước khi em đi làm ở Bắc Ninh; hỏi nguyện vọng "
    "vào Đảng và báo lại cho tôi";
static char short_text[] = "Nộp danh sách rà soát";
static char no_text[] = "";

static void
reminders(void **state)
{
	struct read_mark marks[3] = {
		mark("Hà Thị Lan", ROLE_SECRETARY, NOW - 2 * DAY_MS),
		mark("Ngô Thành Hùng", ROLE_DEPUTY, NOW - DAY_MS),
		mark("Ngô Thành Hùng", ROLE_DEPUTY, NOW - DAY_MS / 2),
	};
	struct reminder items[3] = {
		{ .subject = { 0xb6, 0x32, 0xf9, 0x29 }, .code = "ba-mo",
		    .text = remind_text, .has_due = true, .due = TODAY - 4,
		    .has_about = true, .about_name = "Lò Văn Én",
		    .from = author("Phạm Văn Cường", ROLE_COMMISSIONER),
		    .time_ms = NOW - 9 * DAY_MS, .received = true },
		{ .subject = { 0x0a, 0x01, 0x02, 0x03 }, .code = "ba-mo",
		    .text = no_text, .unreadable = true,
		    .from = author("", ROLE_COMMUNE), .time_ms = NOW },
		{ .subject = { 0xcc, 0x01, 0x02, 0x04 }, .code = "ba-mo",
		    .text = short_text, .has_due = true, .due = TODAY - 4,
		    .from = author("Phạm Văn Cường", ROLE_COMMISSIONER),
		    .time_ms = NOW - 9 * DAY_MS, .received = true,
		    .state = REMINDER_DONE, .marks = { 3, marks } },
	};
	const struct reminder_list list = { 3, items }, none = { 0, NULL };

	(void)state;
	marks[2].done = true;
	marks[2].received = false;
	items[2].done = &marks[2];
	for (int l = LANGUAGE_VI; l <= LANGUAGE_EN; l++) {
		golden_begin();
		assert_true(verbs_reminder_print(speaking((enum language)l),
		    &list, TODAY));
		(void)puts("---");
		assert_true(verbs_reminder_print(speaking((enum language)l),
		    &none, TODAY));
		end("reminders", (enum language)l);
	}
	golden_begin();
	assert_true(verbs_reminder_json(&list, TODAY));
	assert_null(golden_end("reminders.json"));
}

/* ---- directives */

static char directive_text[] =
    "Tất cả các chi bộ rà soát nguồn trước Tết, ghi cả người đi làm xa, và gửi "
    "về xã";
static char why_text[] = "lùi hạn vì mưa lũ";

static void
directives(void **state)
{
	enum { CELLS = 11 };
	struct directive_cell cells[CELLS] = { { .code = "ba-mo" } };
	struct directive items[2] = {
		{ .subject = { 0x5a, 0x10, 0x22, 0x33 },
		    .text = directive_text, .why = why_text,
		    .corrected = true, .whole = true, .has_due = true,
		    .due = TODAY + 30,
		    .from = author("Văn phòng xã", ROLE_COMMUNE),
		    .time_ms = NOW, .received = true, .cell_count = CELLS,
		    .cells = cells, .read_count = 1 },
		{ .subject = { 0x5b, 0x10, 0x22, 0x33 }, .text = short_text,
		    .why = why_text, .withdrawn = true,
		    .from = author("Văn phòng xã", ROLE_COMMUNE),
		    .time_ms = NOW - DAY_MS, .cell_count = 1,
		    .cells = cells, .read_count = 1 },
	};
	const struct directive_list list = { 2, items }, none = { 0, NULL };

	(void)state;
	cells[0].read = true;
	cells[0].mark = mark("Hà Thị Lan", ROLE_SECRETARY, NOW);
	for (int i = 1; i < CELLS; i++)
		(void)snprintf(cells[i].code, sizeof cells[i].code,
		    "ban-khuong-%d", i);
	for (int l = LANGUAGE_VI; l <= LANGUAGE_EN; l++) {
		struct cli *c = speaking((enum language)l);

		golden_begin();
		assert_true(verbs_directive_print(c, &list));
		(void)puts("---");
		assert_true(verbs_directive_print_one(c, &items[0]));
		(void)puts("---");
		assert_true(verbs_directive_print(c, &none));
		end("directives", (enum language)l);
	}
	golden_begin();
	assert_true(verbs_directive_json(&list));
	assert_null(golden_end("directives.json"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boards),
		cmocka_unit_test(reminders),
		cmocka_unit_test(directives),
	};

	return cmocka_run_group_tests_name("board screens", tests, NULL,
	    NULL);
}
