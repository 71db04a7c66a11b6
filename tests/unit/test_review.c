/* SPDX-License-Identifier: Apache-2.0 */
/* test_review.c -- what a reader of review.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "client/records/import.h"
#include "client/records/review.h"
#include "tests/support/cell_world.h"

static struct cell_world world;
static uint8_t hoa[ID_LEN], duc[ID_LEN], be[ID_LEN];
#define YEAR 2026

static struct span
text(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

static void
ok(err e)
{
	assert_string_equal(err_name(e), err_name(ERR_OK));
}

static int
setup(void **state)
{
	(void)state;
	/* 1 December 2026 */
	(void)setenv("NGUON_TEST_TIME_MS", "1796083200000", 1);
	cell_world_open(&world);
	cell_world_person(&world, AT_SECRETARY, "Nguyễn Thị Hoa",
	    "2020-01-01", hoa);
	cell_world_person(&world, AT_SECRETARY, "Lê Văn Đức", "2020-01-01",
	    duc);
	cell_world_person(&world, AT_SECRETARY, "Trần Thị Bé", "2020-01-01",
	    be);
	cell_world_sync(&world);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	cell_world_close(&world);
	(void)unsetenv("NGUON_TEST_TIME_MS");
	return 0;
}

static void
read_at(enum cell_world_device d, uint64_t year, struct review *ret)
{
	ok(review_read(world.s[d], world.cell, year, ret));
}

static size_t
row_of(const struct review *r, const uint8_t *id)
{
	for (size_t i = 0; i < r->count; i++)
		if (memcmp(r->rows[i].person.subject, id, ID_LEN) == 0)
			return i;
	return SIZE_MAX;
}

static void
answer_at(enum cell_world_device d, uint64_t year, const uint8_t *id,
    enum review_outcome o, const char *where, const char *reason)
{
	struct review_answer a = { .outcome = o };
	struct review r;

	if (where != NULL)
		a.where = text(where);
	if (reason != NULL)
		a.reason = text(reason);
	read_at(d, year, &r);
	ok(review_write(world.s[d], &r, row_of(&r, id), &a));
	review_free(&r);
}

static void
assert_found(const struct review_found *f, enum review_outcome o,
    const char *where)
{
	assert_int_equal(f->outcome, o);
	assert_string_equal(f->where, where);
}

static void
words_are_read(void **state)
{
	static const struct {
		const char *text;
		enum review_outcome want;
	} rows[] = {
		{ "home", REVIEW_HOME }, { "Ở nhà", REVIEW_HOME },
		{ "tai-dia-phuong", REVIEW_HOME }, { "away", REVIEW_AWAY },
		{ "Đi làm xa", REVIEW_AWAY }, { "gone", REVIEW_GONE },
		{ "Không còn", REVIEW_GONE }, { "", REVIEW_OPEN },
		{ "xyz", REVIEW_OPEN }, { "\xff", REVIEW_OPEN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(review_outcome_from(text(rows[i].text)),
		    rows[i].want);
	for (int v = REVIEW_FINE; v <= REVIEW_BAD_YEAR; v++)
		assert_true(strlen(catalogue_text(LANGUAGE_VI,
		    review_write_phrase((enum review_verdict)v))) > 5);
}

static void
everybody_is_open_in_the_order_of_names(void **state)
{
	struct review r;
	size_t counts[REVIEW_OUTCOMES];

	(void)state;
	read_at(AT_SECRETARY, YEAR, &r);
	assert_int_equal(r.count, 3);
	assert_int_equal(row_of(&r, be), 0);
	assert_int_equal(row_of(&r, duc), 1);
	assert_int_equal(row_of(&r, hoa), 2);
	review_count(&r, counts);
	assert_int_equal(counts[REVIEW_OPEN], 3);
	review_free(&r);
	assert_int_equal(review_read(world.s[AT_SECRETARY], world.cell, 12,
	    &r), ERR_VALUE);
}

/* One entry: the review, and where the person is now. */
static void
an_answer_updates_the_person(void **state)
{
	struct review r;

	(void)state;
	answer_at(AT_SECRETARY, YEAR, hoa, REVIEW_AWAY, "  Công ty  may ",
	    NULL);
	answer_at(AT_SECRETARY, YEAR, duc, REVIEW_HOME, NULL, NULL);
	assert_string_equal(cell_world_read(&world, AT_SECRETARY, world.cell,
	    hoa, FIELD_WORKPLACE), "Công ty may");
	assert_string_equal(cell_world_read(&world, AT_SECRETARY, world.cell,
	    duc, FIELD_RESIDENCE), "tai-dia-phuong");
	read_at(AT_SECRETARY, YEAR, &r);
	assert_found(&r.rows[row_of(&r, hoa)].now, REVIEW_AWAY,
	    "Công ty may");
	assert_true(r.rows[row_of(&r, hoa)].now.waits);
	review_free(&r);
	cell_world_sync(&world);
	read_at(AT_OFFICE, YEAR, &r);
	assert_found(&r.rows[row_of(&r, hoa)].now, REVIEW_AWAY,
	    "Công ty may");
	assert_found(&r.rows[row_of(&r, duc)].now, REVIEW_HOME, "");
	assert_false(r.rows[row_of(&r, duc)].now.waits);
	review_free(&r);
}

static void
answering_again_writes_over_the_element(void **state)
{
	struct review r;
	struct review_answer a = { .outcome = REVIEW_AWAY };
	size_t row, steps = 0;
	const struct state *s;

	(void)state;
	answer_at(AT_SECRETARY, YEAR, duc, REVIEW_AWAY, "Bình Dương", NULL);
	answer_at(AT_SECRETARY, YEAR, duc, REVIEW_HOME, "", NULL);
	answer_at(AT_SECRETARY, YEAR, duc, REVIEW_AWAY, "Đà Nẵng", NULL);
	ok(store_state(world.s[AT_SECRETARY], world.cell, duc, &s));
	for (size_t i = 0; i < state_count(s); i++)
		steps += state_at(s, i)->field == FIELD_SEEN_AT_REVIEW;
	assert_int_equal(steps, 1);
	read_at(AT_SECRETARY, YEAR, &r);
	row = row_of(&r, duc);
	assert_found(&r.rows[row].now, REVIEW_AWAY, "Đà Nẵng");
	/* Enter keeps what stands there: nothing to write */
	assert_int_equal(review_write_judge(&r, row, &a, ROLE_SECRETARY),
	    REVIEW_SAME);
	review_free(&r);
}

static void
next_year_carries_the_list(void **state)
{
	struct review_answer a = { .outcome = REVIEW_AWAY };
	struct review r;
	size_t row;

	(void)state;
	answer_at(AT_SECRETARY, YEAR, be, REVIEW_GONE, NULL, NULL);
	read_at(AT_SECRETARY, YEAR + 1, &r);
	assert_int_equal(r.count, 2);		/* who is gone stays out */
	row = row_of(&r, hoa);
	assert_found(&r.rows[row].now, REVIEW_OPEN, "");
	assert_found(&r.rows[row].last, REVIEW_AWAY, "Công ty may");
	assert_int_equal(r.rows[row].last.year, YEAR);
	/* that year has not come */
	assert_int_equal(review_write_judge(&r, row, &a, ROLE_SECRETARY),
	    REVIEW_BAD_YEAR);
	assert_int_equal(review_write(world.s[AT_SECRETARY], &r, row, &a),
	    ERR_VALUE);
	review_free(&r);
	(void)setenv("NGUON_TEST_TIME_MS", "1800000000000", 1);	/* 2027 */
	answer_at(AT_SECRETARY, YEAR + 1, hoa, REVIEW_AWAY, NULL, NULL);
	read_at(AT_SECRETARY, YEAR + 1, &r);
	assert_found(&r.rows[row_of(&r, hoa)].now, REVIEW_AWAY,
	    "Công ty may");
	review_free(&r);
	/* an older year does not say where somebody is now */
	answer_at(AT_SECRETARY, YEAR, hoa, REVIEW_HOME, "Hợp tác xã", NULL);
	assert_string_equal(cell_world_read(&world, AT_SECRETARY, world.cell,
	    hoa, FIELD_RESIDENCE), "di-lam-xa");
	(void)setenv("NGUON_TEST_TIME_MS", "1796083200000", 1);
}

static void
gone_with_a_reason_withdraws(void **state)
{
	struct review_answer a = { .outcome = REVIEW_GONE,
		.reason = text("khac") };
	struct review r;
	size_t row;

	(void)state;
	read_at(AT_SECRETARY, YEAR, &r);
	row = row_of(&r, duc);
	assert_false(review_write_asks_reason(&r.rows[row]));
	review_free(&r);
	cell_world_step(&world, AT_SECRETARY, duc, STEP_NOMINATED,
	    "2026-03-01");
	read_at(AT_SECRETARY, YEAR, &r);
	row = row_of(&r, duc);
	assert_true(review_write_asks_reason(&r.rows[row]));
	a.reason = text("xyz");
	assert_int_equal(review_write_judge(&r, row, &a, ROLE_SECRETARY),
	    REVIEW_BAD_REASON);
	a.reason = text("khac");
	ok(review_write(world.s[AT_SECRETARY], &r, row, &a));
	assert_int_equal(steps_now(&r.rows[row].person.standing),
	    STEP_WITHDRAWN);
	assert_int_equal(r.rows[row].now.outcome, REVIEW_GONE);
	assert_int_equal(review_write_judge(&r, row, &a, ROLE_SECRETARY),
	    REVIEW_SAME);
	review_free(&r);
}

static void
what_changed_meanwhile_is_not_written_over(void **state)
{
	struct review_answer a = { .outcome = REVIEW_HOME };
	struct review r;
	size_t row;

	(void)state;
	read_at(AT_SECRETARY, YEAR, &r);
	row = row_of(&r, be);
	cell_world_text(&world, AT_SECRETARY, world.cell, be, KIND_PERSON,
	    FIELD_PHONE, "0912");
	assert_int_equal(review_write(world.s[AT_SECRETARY], &r, row, &a),
	    ERR_CHANGED);
	ok(review_again(world.s[AT_SECRETARY], &r, row));
	ok(review_write(world.s[AT_SECRETARY], &r, row, &a));
	review_free(&r);
}

/* Two who did not know of each other: one counts, the same everywhere. */
static void
two_answers_apart_come_to_one(void **state)
{
	struct review a, b;

	(void)state;
	cell_world_sync(&world);
	answer_at(AT_SECRETARY, YEAR, be, REVIEW_AWAY, "Huế", NULL);
	answer_at(AT_DEPUTY, YEAR, be, REVIEW_GONE, NULL, NULL);
	cell_world_sync(&world);
	read_at(AT_SECRETARY, YEAR, &a);
	read_at(AT_OFFICE, YEAR, &b);
	assert_int_equal(a.rows[row_of(&a, be)].now.outcome,
	    b.rows[row_of(&b, be)].now.outcome);
	assert_true(a.rows[row_of(&a, be)].now.conflict);
	review_free(&a);
	review_free(&b);
	answer_at(AT_OFFICE, YEAR, be, REVIEW_AWAY, "Huế", NULL);
	cell_world_sync(&world);
	read_at(AT_DEPUTY, YEAR, &a);
	assert_found(&a.rows[row_of(&a, be)].now, REVIEW_AWAY, "Huế");
	assert_false(a.rows[row_of(&a, be)].now.conflict);
	review_free(&a);
}

static void
a_table_is_judged_row_by_row(void **state)
{
	static const char table[] =
	    "full_name,birth_year,cell,outcome,where,reason\n"
	    "Nguyễn Thị Hoa,1999,ba-mo,đi làm xa,Sài Gòn,\n"
	    "tran thi be,,ba-mo,home,,\n"
	    "Không Có Ai,,ba-mo,home,,\n"
	    "Lê Văn Đức,,ba-mo,bay,,\n"
	    "Lê Văn Đức,,ba-mo,gone,,xyz\n";
	static const enum import_colour want[] = { IMPORT_GREEN, IMPORT_GREEN,
		IMPORT_RED, IMPORT_RED, IMPORT_RED };
	const struct import_options o = { .year = YEAR };
	struct import_fault fault;
	struct import *i = NULL;
	size_t written = 0;
	struct review r;

	(void)state;
	ok(import_read(world.s[AT_SECRETARY], IMPORT_REVIEW, text(table), &o,
	    &i, &fault));
	for (size_t row = 0; row < 5; row++)
		assert_int_equal(import_row(i, row)->colour, want[row]);
	ok(import_write(i, &written));
	assert_int_equal(written, 2);
	import_free(i);
	read_at(AT_SECRETARY, YEAR, &r);
	assert_found(&r.rows[row_of(&r, hoa)].now, REVIEW_AWAY, "Sài Gòn");
	assert_int_equal(r.rows[row_of(&r, be)].now.outcome, REVIEW_HOME);
	review_free(&r);
	/* once more changes nothing */
	ok(import_read(world.s[AT_SECRETARY], IMPORT_REVIEW, text(table), &o,
	    &i, &fault));
	assert_int_equal(import_to_write(i), 0);
	import_free(i);
}

static void
an_organisation_answers_nothing(void **state)
{
	struct review_answer a = { .outcome = REVIEW_HOME };
	struct review r;

	(void)state;
	read_at(AT_OFFICE, YEAR, &r);
	assert_int_not_equal(review_write(world.s[AT_UNION], &r, 0, &a),
	    ERR_OK);
	review_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_read),
		cmocka_unit_test(everybody_is_open_in_the_order_of_names),
		cmocka_unit_test(an_answer_updates_the_person),
		cmocka_unit_test(answering_again_writes_over_the_element),
		cmocka_unit_test(next_year_carries_the_list),
		cmocka_unit_test(gone_with_a_reason_withdraws),
		cmocka_unit_test(what_changed_meanwhile_is_not_written_over),
		cmocka_unit_test(two_answers_apart_come_to_one),
		cmocka_unit_test(a_table_is_judged_row_by_row),
		cmocka_unit_test(an_organisation_answers_nothing),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
