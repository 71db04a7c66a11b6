/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_review_screen.c -- the screen of the yearly review and the history of a
 * person in both languages, as tests/unit/golden/ has them; what keys mean.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "client/cli/person_page.h"
#include "client/cli/review_screen.h"
#include "protocol/codec.h"
#include "tests/support/golden.h"

static const char *const languages[] = {
	[LANGUAGE_VI] = "vi",
	[LANGUAGE_EN] = "en",
};
static const struct cli speaking[] = {
	[LANGUAGE_VI] = { .language = LANGUAGE_VI },
	[LANGUAGE_EN] = { .language = LANGUAGE_EN },
};

static char empty[] = "", factory[] = "Công ty may Hoà Thọ, Đà Nẵng";

#define TEXTS(name, year, home, work) \
	{ [PEOPLE_FULL_NAME] = name, [PEOPLE_BIRTH_DATE] = "", \
	  [PEOPLE_BIRTH_YEAR] = year, [PEOPLE_GENDER] = "", \
	  [PEOPLE_ORGANISATION] = "", [PEOPLE_RESIDENCE] = home, \
	  [PEOPLE_WORKPLACE] = work, [PEOPLE_EDUCATION] = "", \
	  [PEOPLE_PHONE] = "", [PEOPLE_NOTES] = "", [PEOPLE_REF] = "" }
static struct review_row rows[4];

static void
fill(struct review *r)
{
	static const struct review_row made[] = {
		{ .person = { .text = TEXTS("Trần Thị Bé", "2000",
		    "tai-dia-phuong", ""), .standing = { .last = STEP_LISTED,
		    .has_date = true, .date = 18262 } },
		  .now = { .where = empty }, .last = { .where = empty } },
		{ .person = { .text = TEXTS("Lê Văn Đức", "1999", "", ""),
		    .standing = { .last = STEP_INTRODUCED, .has_date = true,
		    .date = 20600, .has_step = true } },
		  .now = { .where = empty }, .last = { .where = empty } },
		{ .person = { .text = TEXTS("Nguyễn Thị Hoa", "1995",
		    "di-lam-xa", "Sài Gòn"), .standing = {
		    .last = STEP_LISTED } },
		  .now = { .where = empty }, .last = { .year = 2025,
		    .outcome = REVIEW_AWAY, .where = factory } },
		{ .person = { .text = TEXTS("Một cái tên dài đến mức nó không "
		    "thể nằm gọn trong tám mươi cột của màn hình, \033[2J và "
		    "còn nữa", "1990", "", ""), .standing = {
		    .last = STEP_LISTED } },
		  .now = { .year = 2026, .outcome = REVIEW_HOME,
		    .where = empty }, .last = { .where = empty } },
	};

	memcpy(rows, made, sizeof rows);
	*r = (struct review){ .year = 2026, .count = 4, .rows = rows };
}

static void
begin(struct review_screen *t, struct review *r, enum language l)
{
	fill(r);
	memset(t, 0, sizeof *t);
	t->c = &speaking[l];
	t->r = r;
	t->place = "Thôn Ba Mô";
	assert_true(review_screen_begin(t));
}

static enum review_do
press(struct review_screen *t, enum review_key key)
{
	const struct review_press p = { .key = key };

	return review_screen_press(t, &p);
}

static enum review_do
type(struct review_screen *t, const char *text)
{
	enum review_do what = REVIEW_DO_DRAW;

	for (size_t i = 0, n; text[i] != '\0'; i += n) {
		struct review_press p = { .key = REVIEW_KEY_TEXT };
		for (n = 1; (text[i + n] & 0xc0) == 0x80; n++)
			;
		memcpy(p.text, text + i, n);
		p.n = (uint8_t)n;
		what = review_screen_press(t, &p);
	}
	return what;
}

/* As the caller would: the row is answered. */
static bool
answer(struct review_screen *t, struct review *r)
{
	r->rows[t->at].now.year = r->year;
	r->rows[t->at].now.outcome = t->answer.outcome;
	return review_screen_written(t);
}

static void
draw(const struct review_screen *t, unsigned columns, unsigned lines,
    const char *title)
{
	struct buf text = { .p = NULL };

	assert_int_equal(review_screen_draw(t, columns, lines, &text), ERR_OK);
	(void)printf("---- %s\n%s", title, buf_cstr(&text));
	buf_free(&text);
}

static void
screens_are_as_the_files_say(void **state)
{
	struct review_screen t;
	struct review r;
	char name[32];

	(void)state;
	for (unsigned l = LANGUAGE_VI; l <= LANGUAGE_EN; l++) {
		begin(&t, &r, (enum language)l);
		golden_begin();
		draw(&t, 80, 23, "begin");
		(void)type(&t, "2Bình");
		draw(&t, 80, 23, "where");
		(void)press(&t, REVIEW_KEY_ENTER);
		(void)answer(&t, &r);
		(void)type(&t, "3");
		draw(&t, 80, 23, "reason");
		(void)type(&t, "1");
		(void)answer(&t, &r);
		draw(&t, 80, 23, "as before");
		(void)type(&t, "2");
		draw(&t, 80, 23, "keep");
		(void)press(&t, REVIEW_KEY_ESCAPE);
		(void)press(&t, REVIEW_KEY_BACK);
		draw(&t, 80, 23, "back");
		(void)press(&t, REVIEW_KEY_BACK);
		(void)press(&t, REVIEW_KEY_BACK);
		draw(&t, 80, 23, "a long name");
		draw(&t, 30, 5, "a small terminal");
		(void)snprintf(name, sizeof name, "review.%s", languages[l]);
		assert_null(golden_end(name));
	}
}

static void
keys_answer(void **state)
{
	struct review_screen t;
	struct review r;

	(void)state;
	begin(&t, &r, LANGUAGE_VI);
	assert_int_equal(t.at, 0);
	/* Enter: as the list says */
	assert_int_equal(press(&t, REVIEW_KEY_ENTER), REVIEW_DO_WRITE);
	assert_int_equal(t.answer.outcome, REVIEW_HOME);
	assert_null(t.answer.where.p);
	assert_true(answer(&t, &r));
	assert_int_equal(t.at, 1);
	/* nothing stands from before */
	assert_int_equal(press(&t, REVIEW_KEY_ENTER), REVIEW_DO_DRAW);
	assert_int_equal(type(&t, "s"), REVIEW_DO_DRAW);
	assert_int_equal(t.at, 2);
	assert_int_equal(type(&t, "2Hà Nộí"), REVIEW_DO_DRAW);
	assert_int_equal(press(&t, REVIEW_KEY_RUB_OUT), REVIEW_DO_DRAW);
	assert_int_equal(type(&t, "i"), REVIEW_DO_DRAW);
	assert_int_equal(press(&t, REVIEW_KEY_ENTER), REVIEW_DO_WRITE);
	assert_int_equal(t.answer.outcome, REVIEW_AWAY);
	assert_int_equal(t.answer.where.n, strlen("Hà Nội"));
	assert_true(answer(&t, &r));
	/* round to the one that was left out; the last is answered */
	assert_int_equal(t.at, 1);
	assert_int_equal(type(&t, "2-"), REVIEW_DO_DRAW);
	assert_int_equal(press(&t, REVIEW_KEY_ENTER), REVIEW_DO_WRITE);
	assert_non_null(t.answer.where.p);
	assert_int_equal(t.answer.where.n, 0);
	assert_false(answer(&t, &r));
	assert_false(review_screen_begin(&t));
}

static void
gone_asks_only_who_is_on_the_way(void **state)
{
	struct review_screen t;
	struct review r;

	(void)state;
	begin(&t, &r, LANGUAGE_EN);
	assert_int_equal(type(&t, "3"), REVIEW_DO_WRITE);
	assert_int_equal(t.answer.outcome, REVIEW_GONE);
	(void)answer(&t, &r);
	assert_int_equal(type(&t, "3"), REVIEW_DO_DRAW);
	assert_int_equal(type(&t, "7x0"), REVIEW_DO_DRAW);
	assert_int_equal(type(&t, "6"), REVIEW_DO_WRITE);
	assert_memory_equal(t.answer.reason.p, "khac", 4);
	review_screen_changed(&t);
	assert_int_equal(t.mode, REVIEW_ASK);
	assert_true(t.note[0] != '\0');
	assert_int_equal(type(&t, "3"), REVIEW_DO_DRAW);
	assert_int_equal(press(&t, REVIEW_KEY_ENTER), REVIEW_DO_WRITE);
	assert_int_equal(t.answer.reason.n, 0);
}

static void
every_mode_stops(void **state)
{
	static const char *const before[] = { "", "2abc", "s3" };
	struct review_screen t;
	struct review r;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		begin(&t, &r, LANGUAGE_VI);
		(void)type(&t, before[i]);
		assert_int_equal(press(&t, REVIEW_KEY_QUIT), REVIEW_DO_STOP);
	}
	begin(&t, &r, LANGUAGE_VI);
	assert_int_equal(type(&t, "q"), REVIEW_DO_STOP);
	/* as much as there is room for */
	(void)type(&t, "2");
	for (size_t i = 0; i < 2 * REVIEW_SCREEN_TYPED; i++)
		(void)type(&t, "ữ");
	assert_true(t.typed_n <= sizeof t.typed);
}

/* ---- history */

static struct span
raw_text(struct buf *b, const char *s)
{
	codec_put_cstr(b, s);
	return buf_span(b);
}

static void
histories_are_as_the_files_say(void **state)
{
	struct buf old = { .p = NULL }, now = { .p = NULL };
	struct buf step = { .p = NULL }, seen = { .p = NULL };
	const struct author lan = { .role = ROLE_SECRETARY,
		.device = { 0x1f, 0x2e, 0x3d, 0x4c },
		.name = "Hà Thị Lan" };
	const struct author hai = { .role = ROLE_DEPUTY,
		.device = { 0x5b, 0x6a, 0x79, 0x88 } };
	struct history_item items[] = {
		{ .kind = KIND_PERSON, .field = FIELD_FULL_NAME,
		  .author = lan, .received = true,
		  .standing = HISTORY_REPLACED,
		  .stamp = { .seq = 2, .time_ms = 1795500000000,
		    .leaf_time = 1795503600000 } },
		{ .kind = KIND_PERSON, .field = FIELD_FULL_NAME,
		  .author = hai, .stamp = { .seq = 3,
		    .time_ms = 1795586400000 },
		  .why = { (const uint8_t *)"theo giấy khai sinh", 22 } },
		{ .kind = KIND_PERSON, .field = FIELD_PHONE, .author = hai,
		  .unreadable = true, .standing = HISTORY_BESIDE,
		  .stamp = { .seq = 3, .time_ms = 1795586400000 } },
		{ .kind = KIND_STEP, .field = FIELD_DATE, .author = lan,
		  .element_len = 26, .element = { 1 },
		  .step = STEP_NOMINATED, .late = true,
		  .standing = HISTORY_VOIDED, .stamp = { .seq = 4,
		    .time_ms = 1795586400000 } },
		{ .kind = KIND_REVIEW, .field = FIELD_SEEN_AT_REVIEW,
		  .author = lan, .element_len = 25, .element = { 2 },
		  .year = 2026, .stamp = { .seq = 5,
		    .time_ms = 1795586400000 } },
	};
	const struct person_history h = { 5, items };
	const struct person_history nothing = { 0, NULL };
	char name[32];

	(void)state;
	items[0].value = raw_text(&old, "Lê Văn Đưc");
	items[1].value = raw_text(&now, "Lê Văn Đức");
	codec_put_int(&step, 20500);
	items[3].value = buf_span(&step);
	codec_put_bool(&seen, true);
	items[4].value = buf_span(&seen);
	items[1].why.n = strlen((const char *)items[1].why.p);
	for (unsigned l = LANGUAGE_VI; l <= LANGUAGE_EN; l++) {
		struct cli c = { .language = (enum language)l };
		golden_begin();
		person_page_history(&c, &h, PERSON_PAGE_TILDES, stdout);
		(void)printf("---- nothing\n");
		person_page_history(&c, &nothing, PERSON_PAGE_ANSI, stdout);
		(void)snprintf(name, sizeof name, "history.%s", languages[l]);
		assert_null(golden_end(name));
	}
	buf_free(&old);
	buf_free(&now);
	buf_free(&step);
	buf_free(&seen);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(screens_are_as_the_files_say),
		cmocka_unit_test(keys_answer),
		cmocka_unit_test(gone_asks_only_who_is_on_the_way),
		cmocka_unit_test(every_mode_stops),
		cmocka_unit_test(histories_are_as_the_files_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
