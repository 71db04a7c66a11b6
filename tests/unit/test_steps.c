/* SPDX-License-Identifier: Apache-2.0 */
/* test_steps.c -- what a reader of steps.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "client/records/steps.h"
#include "protocol/date.h"
#include "tests/support/cell_world.h"

static struct span
text(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

static int64_t
day(const char *s)
{
	int64_t d = 0;

	assert_int_equal(date_parse(text(s), &d), ERR_OK);
	return d;
}

static struct steps_wanted
wanted(enum step step, const char *date)
{
	struct steps_wanted w = { .step = step };

	if (date[0] != '\0') {
		w.has_date = true;
		w.date = day(date);
	}
	if (step == STEP_NOMINATED)
		w.organisation = text("doan-thanh-nien");
	if (step > STEP_OFFICIAL)
		w.reason = text("khac");
	return w;
}

#define TODAY "2022-03-31"

/* A story: each step with what is said of it; fine ones are taken. */
struct told {
	enum step step;
	const char *date;
	enum steps_verdict want;
	uint64_t round;
};

static void
tell(const struct told *story, size_t count)
{
	struct steps_standing s = { .round = 0 };

	for (size_t i = 0; i < count; i++) {
		struct steps_wanted w = wanted(story[i].step, story[i].date);
		uint64_t round = 99;
		enum steps_verdict v = steps_judge(&s, &w, ROLE_SECRETARY,
		    day(TODAY), &round);

		if (v != story[i].want)
			fail_msg("step %zu: %d, not %d", i, (int)v,
			    (int)story[i].want);
		assert_int_equal(round, steps_refuses(v) ? 99 :
		    story[i].round);
		if (!steps_refuses(v))
			steps_advance(&s, &w, round);
	}
}
#define TELL(...) \
	tell((const struct told[]){ __VA_ARGS__ }, \
	    sizeof((const struct told[]){ __VA_ARGS__ }) / sizeof(struct told))

static void
steps_come_in_order(void **state)
{
	(void)state;
	TELL({ STEP_NOMINATED, "2018-01-01", STEPS_NOT_LISTED, 0 },
	    { STEP_WITHDRAWN, "2018-01-01", STEPS_NOT_LISTED, 0 },
	    { STEP_LISTED, "2018-01-01", STEPS_FINE, 0 },
	    { STEP_LISTED, "2018-01-02", STEPS_AGAIN, 0 },
	    { STEP_INTRODUCED, "2018-02-01", STEPS_SKIPPED, 0 },
	    { STEP_NOMINATED, "2018-01-01", STEPS_FINE, 0 },
	    { STEP_NOMINATED, "2018-01-05", STEPS_AGAIN, 0 },
	    { STEP_INTRODUCED, "2017-12-31", STEPS_BEFORE_PREVIOUS, 0 },
	    { STEP_INTRODUCED, "2018-02-01", STEPS_FINE, 0 },
	    { STEP_CLASS_COMPLETED, "2018-03-01", STEPS_FINE, 0 },
	    { STEP_ADMITTED, "2018-04-01", STEPS_SKIPPED, 0 },
	    { STEP_TRIAL_STARTED, "2018-04-01", STEPS_FINE, 0 },
	    { STEP_ADMITTED, "2020-02-29", STEPS_FINE, 0 },
	    { STEP_OFFICIAL, "2020-02-28", STEPS_BEFORE_PREVIOUS, 0 },
	    { STEP_OFFICIAL, "2021-02-28", STEPS_FINE, 0 },
	    { STEP_ADMITTED, "2021-03-01", STEPS_AGAIN, 0 });
}

static void
what_is_odd_is_to_be_confirmed(void **state)
{
	(void)state;
	TELL({ STEP_LISTED, "2018-01-01", STEPS_FINE, 0 },
	    { STEP_NOMINATED, "2018-01-01", STEPS_FINE, 0 },
	    { STEP_INTRODUCED, "2018-02-01", STEPS_FINE, 0 },
	    { STEP_CLASS_COMPLETED, "2018-03-01", STEPS_FINE, 0 },
	    { STEP_TRIAL_STARTED, "2018-04-01", STEPS_FINE, 0 },
	    { STEP_ADMITTED, "2021-05-05", STEPS_FINE, 0 },
	    { STEP_OFFICIAL, "", STEPS_NO_DATE, 0 });
	TELL({ STEP_LISTED, "2018-01-01", STEPS_FINE, 0 },
	    { STEP_NOMINATED, "2018-01-01", STEPS_FINE, 0 },
	    { STEP_INTRODUCED, "2018-02-01", STEPS_FINE, 0 },
	    { STEP_CLASS_COMPLETED, "2018-03-01", STEPS_FINE, 0 },
	    { STEP_TRIAL_STARTED, "2018-04-01", STEPS_FINE, 0 },
	    { STEP_ADMITTED, "2018-05-05", STEPS_FINE, 0 },
	    { STEP_OFFICIAL, "2019-05-04", STEPS_EARLY_OFFICIAL, 0 });
}

/* Clocks and time zones differ by a day, not by more. */
static void
what_has_not_come_is_to_be_confirmed(void **state)
{
	(void)state;
	assert_false(steps_refuses(STEPS_FUTURE));
	TELL({ STEP_LISTED, "2022-03-31", STEPS_FINE, 0 },
	    { STEP_NOMINATED, "2022-04-01", STEPS_FINE, 0 },
	    { STEP_INTRODUCED, "2022-04-02", STEPS_FUTURE, 0 },
	    { STEP_CLASS_COMPLETED, "2999-01-01", STEPS_FUTURE, 0 });
	assert_false(steps_ahead(day("2022-04-01"), day("2022-03-31")));
	assert_true(steps_ahead(day("2022-04-02"), day("2022-03-31")));
	assert_false(steps_ahead(INT64_MIN, INT64_MAX));
}

/* The list may have been typed in later than what happened. */
static void
before_the_listing_is_to_be_confirmed(void **state)
{
	(void)state;
	TELL({ STEP_LISTED, "2022-01-01", STEPS_FINE, 0 },
	    { STEP_NOMINATED, "2018-02-01", STEPS_BEFORE_LISTED, 0 },
	    { STEP_INTRODUCED, "2018-01-31", STEPS_BEFORE_PREVIOUS, 0 },
	    { STEP_INTRODUCED, "2018-02-01", STEPS_BEFORE_LISTED, 0 },
	    { STEP_WITHDRAWN, "2022-02-01", STEPS_FINE, 0 },
	    { STEP_NOMINATED, "2021-12-31", STEPS_BEFORE_PREVIOUS, 0 },
	    { STEP_NOMINATED, "2022-02-02", STEPS_FINE, 1 });
}

static void
an_exit_ends_a_round(void **state)
{
	(void)state;
	TELL({ STEP_LISTED, "2018-01-01", STEPS_FINE, 0 },
	    { STEP_WITHDRAWN, "2018-06-01", STEPS_FINE, 0 },
	    { STEP_WITHDRAWN, "2018-07-01", STEPS_AGAIN, 0 },
	    { STEP_POSTPONED, "2018-07-01", STEPS_LEFT, 0 },
	    { STEP_INTRODUCED, "2018-07-01", STEPS_LEFT, 0 },
	    { STEP_NOMINATED, "2018-05-01", STEPS_BEFORE_PREVIOUS, 0 },
	    { STEP_NOMINATED, "2019-07-01", STEPS_FINE, 1 },
	    { STEP_NOMINATED, "2019-08-01", STEPS_AGAIN, 1 },
	    { STEP_CLASS_COMPLETED, "2019-08-01", STEPS_SKIPPED, 1 },
	    { STEP_INTRODUCED, "2019-08-01", STEPS_FINE, 1 },
	    { STEP_MOVED, "2019-09-01", STEPS_FINE, 1 },
	    { STEP_NOMINATED, "2020-01-01", STEPS_FINE, 2 });
}

static void
words_are_checked(void **state)
{
	static const struct {
		enum step step;
		const char *organisation, *reason;
		enum steps_verdict want;
	} rows[] = {
		{ STEP_NOMINATED, "", "", STEPS_NO_ORGANISATION },
		{ STEP_NOMINATED, "Đoàn", "", STEPS_BAD_ORGANISATION },
		{ STEP_NOMINATED, "hoi-phu-nu", "", STEPS_FINE },
		{ STEP_WITHDRAWN, "", "", STEPS_NO_REASON },
		{ STEP_WITHDRAWN, "", "lazy", STEPS_BAD_REASON },
		{ STEP_WITHDRAWN, "", "dich-benh", STEPS_FINE },
		{ (enum step)8, "", "", STEPS_UNKNOWN },
		{ STEP_NONE, "", "", STEPS_UNKNOWN },
	};
	const struct steps_standing s = { .last = STEP_LISTED };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct steps_wanted w = { .step = rows[i].step,
			.has_date = true, .date = day("2020-01-01"),
			.organisation = text(rows[i].organisation),
			.reason = text(rows[i].reason) };
		uint64_t round;

		assert_int_equal(steps_judge(&s, &w, ROLE_DEPUTY, day(TODAY),
		    &round), rows[i].want);
	}
	assert_false(steps_organisation_ok(text("")));
	assert_false(steps_organisation_ok(text("a b")));
	assert_true(steps_organisation_ok(text("hoi-9")));
}

static void
roles_are_told(void **state)
{
	static const struct {
		enum role role;
		enum steps_verdict trial, admitted;
	} rows[] = {
		{ ROLE_COMMUNE, STEPS_FINE, STEPS_FINE },
		{ ROLE_SECRETARY, STEPS_FINE, STEPS_FINE },
		{ ROLE_DEPUTY, STEPS_FINE, STEPS_ROLE },
		{ ROLE_COMMISSIONER, STEPS_ROLE, STEPS_ROLE },
		{ ROLE_ORGANISATION, STEPS_ROLE, STEPS_ROLE },
		{ ROLE_NONE, STEPS_ROLE, STEPS_ROLE },
	};
	const struct steps_standing class = { .last = STEP_CLASS_COMPLETED };
	const struct steps_standing trial = { .last = STEP_TRIAL_STARTED };
	const struct steps_wanted start = wanted(STEP_TRIAL_STARTED,
	    "2020-01-01");
	const struct steps_wanted admit = wanted(STEP_ADMITTED, "2020-01-01");
	uint64_t round;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(steps_judge(&class, &start, rows[i].role,
		    day(TODAY), &round), rows[i].trial);
		assert_int_equal(steps_judge(&trial, &admit, rows[i].role,
		    day(TODAY), &round), rows[i].admitted);
	}
}

static void
every_verdict_has_a_sentence(void **state)
{
	(void)state;
	for (int v = STEPS_FINE; v <= STEPS_ROLE; v++)
		for (int l = LANGUAGE_VI; l <= LANGUAGE_EN; l++)
			assert_true(strlen(catalogue_text((enum language)l,
			    steps_phrase((enum steps_verdict)v))) > 5);
}

/* ---- in a store */

static void
record(struct store *s, const uint8_t *cell, const uint8_t *person,
    enum step step, const char *date, uint64_t round)
{
	struct steps_wanted w = wanted(step, date);

	assert_int_equal(steps_write(s, cell, person, &w, round, NULL),
	    ERR_OK);
}

static void
steps_are_read_again(void **state)
{
	static struct cell_world w;
	struct step_record *r = NULL;
	struct steps_standing standing;
	const struct state *merged;
	uint8_t person[ID_LEN];
	size_t count = 0;

	(void)state;
	cell_world_open(&w);
	cell_world_person(&w, AT_SECRETARY, "Lê Văn Đức", "2018-01-01",
	    person);
	record(w.s[AT_SECRETARY], w.cell, person, STEP_NOMINATED,
	    "2018-02-01", 0);
	record(w.s[AT_SECRETARY], w.cell, person, STEP_WITHDRAWN,
	    "2018-03-01", 0);
	record(w.s[AT_SECRETARY], w.cell, person, STEP_NOMINATED,
	    "2019-02-01", 1);
	assert_int_equal(store_state(w.s[AT_SECRETARY], w.cell, person,
	    &merged), ERR_OK);
	assert_int_equal(steps_of(store_lines(w.s[AT_SECRETARY]), merged, &r,
	    &count), ERR_OK);
	assert_int_equal(count, 4);
	assert_int_equal(r[0].step, STEP_LISTED);
	assert_int_equal(r[1].step, STEP_NOMINATED);
	assert_string_equal(r[1].organisation, "doan-thanh-nien");
	assert_int_equal(r[2].step, STEP_WITHDRAWN);
	assert_string_equal(r[2].reason, "khac");
	assert_int_equal(r[3].round, 1);
	assert_int_equal(r[3].date, day("2019-02-01"));
	assert_true(r[3].waits);
	assert_false(r[3].again);
	steps_standing(r, count, &standing);
	assert_int_equal(standing.round, 1);
	assert_int_equal(steps_now(&standing), STEP_NOMINATED);
	free(r);
	cell_world_close(&w);
}

/* Two devices record the same step, neither knowing of the other. */
static void
the_same_step_twice_counts_once(void **state)
{
	static struct cell_world w;
	struct step_record *r = NULL;
	struct steps_standing standing;
	const struct state *merged;
	uint8_t person[ID_LEN];
	size_t count = 0;

	(void)state;
	cell_world_open(&w);
	cell_world_person(&w, AT_SECRETARY, "Lê Văn Đức", "2018-01-01",
	    person);
	cell_world_sync(&w);
	record(w.s[AT_SECRETARY], w.cell, person, STEP_NOMINATED,
	    "2018-02-01", 0);
	record(w.s[AT_DEPUTY], w.cell, person, STEP_NOMINATED,
	    "2018-02-09", 0);
	cell_world_sync(&w);
	assert_int_equal(store_state(w.s[AT_OFFICE], w.cell, person,
	    &merged), ERR_OK);
	assert_int_equal(steps_of(store_lines(w.s[AT_OFFICE]), merged, &r,
	    &count), ERR_OK);
	assert_int_equal(count, 3);
	assert_int_equal((int)r[1].again + (int)r[2].again, 1);
	assert_false(r[1].waits);
	steps_standing(r, count, &standing);
	assert_int_equal(standing.date, r[1].again ? day("2018-02-09") :
	    day("2018-02-01"));
	free(r);
	cell_world_close(&w);
}

/* A register of step `nominated`, written by log at seq. */
static void
put_nominated(struct state *s, uint8_t log, uint64_t seq, uint64_t time_ms)
{
	uint8_t element[ID_LEN + 8 + 2] = { log };
	struct write w = { .stamp = { .log = { log }, .seq = seq,
	    .leaf = MERGE_NO_LEAF, .time_ms = time_ms } };
	static const uint8_t two[] = { 2 };

	be64_put(element + ID_LEN, seq);
	element[sizeof element - 1] = STEP_NOMINATED;
	w.value = (struct span){ two, sizeof two };
	assert_int_equal(state_write(s, NULL, FIELD_STEP, SECTION_PUBLIC,
	    (struct span){ element, sizeof element }, &w), ERR_OK);
}

/* Who followed another replaces it, however late that one was dated. */
static void
one_of_three_counts(void **state)
{
	struct state *s = state_new();
	struct step_record *r = NULL;
	size_t count = 0;

	(void)state;
	put_nominated(s, 1, 1, 9000);
	put_nominated(s, 1, 2, 1000);	/* follows the first */
	put_nominated(s, 2, 1, 5000);	/* knows of neither */
	assert_int_equal(steps_of(NULL, s, &r, &count), ERR_OK);
	assert_int_equal(count, 3);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(r[i].again, r[i].element[0] != 2);
	free(r);
	state_free(s);
}

/* A device that was restored goes on in a log that follows the other. */
static void
a_successor_log_follows_what_it_continues(void **state)
{
	struct entry_ref last = { .log = { 1 }, .seq = 1 };
	const uint8_t successor[ID_LEN] = { 3 };
	struct merge_lines *lines = merge_lines_new();
	struct state *s = state_new();
	struct step_record *r = NULL;
	size_t count = 0;

	(void)state;
	assert_non_null(lines);
	assert_int_equal(merge_lines_add(lines, successor, &last), ERR_OK);
	put_nominated(s, 1, 1, 9000);
	put_nominated(s, 3, 1, 1000);
	assert_int_equal(steps_of(lines, s, &r, &count), ERR_OK);
	assert_int_equal(count, 2);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(r[i].again, r[i].element[0] == 1);
	free(r);
	/* who does not know that goes by the clock */
	assert_int_equal(steps_of(NULL, s, &r, &count), ERR_OK);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(r[i].again, r[i].element[0] == 3);
	free(r);
	state_free(s);
	merge_lines_free(lines);
}

/* What happened before the listing stands behind it all the same. */
static void
the_listing_comes_first(void **state)
{
	static struct cell_world w;
	struct step_record *r = NULL;
	struct steps_standing standing;
	const struct state *merged;
	uint8_t person[ID_LEN];
	size_t count = 0;

	(void)state;
	cell_world_open(&w);
	cell_world_person(&w, AT_SECRETARY, "Lê Văn Đức", "2022-01-01",
	    person);
	record(w.s[AT_SECRETARY], w.cell, person, STEP_NOMINATED,
	    "2018-02-01", 0);
	assert_int_equal(store_state(w.s[AT_SECRETARY], w.cell, person,
	    &merged), ERR_OK);
	assert_int_equal(steps_of(store_lines(w.s[AT_SECRETARY]), merged, &r,
	    &count), ERR_OK);
	assert_int_equal(count, 2);
	assert_int_equal(r[0].step, STEP_LISTED);
	steps_standing(r, 1, &standing);
	assert_int_equal(standing.date, day("2022-01-01"));
	steps_standing(r, count, &standing);
	assert_int_equal(steps_now(&standing), STEP_NOMINATED);
	assert_int_equal(standing.date, day("2018-02-01"));
	free(r);
	cell_world_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_come_in_order),
		cmocka_unit_test(what_is_odd_is_to_be_confirmed),
		cmocka_unit_test(what_has_not_come_is_to_be_confirmed),
		cmocka_unit_test(before_the_listing_is_to_be_confirmed),
		cmocka_unit_test(an_exit_ends_a_round),
		cmocka_unit_test(words_are_checked),
		cmocka_unit_test(roles_are_told),
		cmocka_unit_test(every_verdict_has_a_sentence),
		cmocka_unit_test(one_of_three_counts),
		cmocka_unit_test(a_successor_log_follows_what_it_continues),
		cmocka_unit_test(the_listing_comes_first),
		cmocka_unit_test(steps_are_read_again),
		cmocka_unit_test(the_same_step_twice_counts_once),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
