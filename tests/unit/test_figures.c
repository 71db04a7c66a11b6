/* SPDX-License-Identifier: Apache-2.0 */
/* test_figures.c -- what a reader of figures.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/codec.h"
#include "protocol/figures.h"

static const struct span NONE = { NULL, 0 };
static const uint8_t cell_a[SCOPE_LEN] = { 2, 1 };
static const uint8_t cell_b[SCOPE_LEN] = { 2, 2 };
static const uint8_t lane[SCOPE_LEN] = { 3, 1 };
static const uint8_t subject[ID_LEN] = { 5 };
static const uint8_t root[SCOPE_LEN];

static struct state *
fresh(uint64_t kind)
{
	struct state *s = state_new();

	assert_non_null(s);
	state_note_kind(s, kind);
	return s;
}

/* The stamp of (log, seq) in leaf `leaf`, which had seen `seen` leaves. */
static struct stamp
at(uint8_t log, uint64_t seq, uint64_t leaf, uint64_t seen)
{
	return (struct stamp){ { log }, seq, 0, leaf, seen, 10, 10 };
}

static void
put_raw(struct state *s, uint64_t field, struct span element,
    struct stamp stamp, struct span raw)
{
	const struct write w = { stamp, raw.n == 0, raw };

	assert_int_equal(state_write(s, NULL, field,
	    field_rule(field)->section, element, &w), ERR_OK);
}

static void
put_int(struct state *s, uint64_t field, struct span element,
    struct stamp stamp, int64_t v)
{
	struct buf b = { 0 };

	codec_put_int(&b, v);
	put_raw(s, field, element, stamp, buf_span(&b));
	buf_free(&b);
}

static void
put_text(struct state *s, uint64_t field, struct span element,
    struct stamp stamp, const char *v)
{
	struct buf b = { 0 };

	codec_put_cstr(&b, v);
	put_raw(s, field, element, stamp, buf_span(&b));
	buf_free(&b);
}

static void
put_bin(struct state *s, uint64_t field, struct stamp stamp,
    const uint8_t *v, size_t n)
{
	struct buf b = { 0 };

	codec_put_bin(&b, (struct span){ v, n });
	put_raw(s, field, NONE, stamp, buf_span(&b));
	buf_free(&b);
}

static int64_t
day(const char *s)
{
	int64_t d = 0;

	assert_int_equal(date_parse((struct span){ (const uint8_t *)s,
	    strlen(s) }, &d), ERR_OK);
	return d;
}

/* The element of the step that (log, seq) recorded first. */
static struct span
element(uint8_t out[ELEMENT_MAX], uint8_t log, uint8_t seq, uint8_t step)
{
	memset(out, 0, ELEMENT_MAX);
	out[0] = log;
	out[23] = seq;
	out[25] = step;
	return (struct span){ out, step == 0 ? 25 : 26 };
}

/* A step as one op writes it. */
static struct span
put_step(struct state *s, uint8_t out[ELEMENT_MAX], struct stamp stamp,
    uint8_t step, const char *date)
{
	struct span e = element(out, stamp.log[0], (uint8_t)stamp.seq, step);

	put_int(s, FIELD_STEP, e, stamp, step);
	put_int(s, FIELD_DATE, e, stamp, day(date));
	return e;
}

static void
add(struct figures *f, const uint8_t *scope, struct state *s)
{
	assert_int_equal(figures_add(f, scope, subject, s), ERR_OK);
	state_free(s);
}

static void
add_quota(struct figures *f, const uint8_t *cell, int year, int64_t number)
{
	struct state *s = fresh(KIND_QUOTA);

	put_bin(s, FIELD_CELL, at(1, 1, 1, 0), cell, SCOPE_LEN);
	put_int(s, FIELD_YEAR, NONE, at(1, 1, 1, 0), year);
	put_int(s, FIELD_NUMBER, NONE, at(1, 1, 1, 0), number);
	add(f, root, s);
}

static void
add_admitted(struct figures *f, const uint8_t *cell, size_t n,
    const char *date)
{
	uint8_t out[ELEMENT_MAX];

	for (; n > 0; n--) {
		struct state *s = fresh(KIND_PERSON);

		(void)put_step(s, out, at(1, 1, 1, 0), STEP_ADMITTED, date);
		add(f, cell, s);
	}
}

static struct figures *
start(void)
{
	struct figures *f = figures_new(1000);

	assert_non_null(f);
	return f;
}

static void
row_is(const struct figures *f, const char *period, const uint8_t *scope,
    const char *name, const char *want)
{
	struct figure_row *rows = NULL;
	const char *value;
	struct period p;
	size_t count;

	assert_int_equal(period_parse(period, &p), ERR_OK);
	assert_int_equal(figures_rows(f, &p, scope, &rows, &count), ERR_OK);
	value = figures_find(rows, count, name);
	if ((want == NULL) != (value == NULL) ||
	    (want != NULL && strcmp(value, want) != 0))
		fail_msg("%s %s: %s, want %s", period, name,
		    value == NULL ? "none" : value,
		    want == NULL ? "none" : want);
	free(rows);
}

static void
percent_is_rounded_half_away_from_zero(void **state)
{
	static const struct {
		size_t admitted;
		int64_t quota;
		const char *want;
	} table[] = {
		{ 0, 0, "-" }, { 3, 0, "-" }, { 0, 7, "0.0" },
		{ 1, 16, "6.3" }, { 1, 80, "1.3" }, { 3, 80, "3.8" },
		{ 1, 3, "33.3" }, { 2, 3, "66.7" }, { 3, 10, "30.0" },
		{ 7, 4, "175.0" }, { 1, 2000, "0.1" }, { 1, 2001, "0.0" },
		{ 1, INT64_MAX, "0.0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct figures *f = start();

		add_quota(f, cell_a, 2022, table[i].quota);
		add_admitted(f, cell_a, table[i].admitted, "2022-05-01");
		row_is(f, "2022", NULL, "percent", table[i].want);
		row_is(f, "2022", cell_a, "percent", table[i].want);
		figures_free(f);
	}
}

static void
quarters_end_where_they_end(void **state)
{
	struct figures *f = start();

	(void)state;
	add_admitted(f, cell_a, 1, "2021-12-31");
	add_admitted(f, cell_a, 2, "2022-01-01");
	add_admitted(f, cell_b, 4, "2022-03-31");
	add_admitted(f, cell_a, 8, "2022-04-01");
	add_admitted(f, cell_a, 16, "2020-02-29");
	row_is(f, "2022Q1", NULL, "admitted", "6");
	row_is(f, "2022Q1", cell_a, "admitted", "2");
	row_is(f, "2022Q1", cell_b, "admitted", "4");
	row_is(f, "2022Q1", lane, "admitted", "0");
	row_is(f, "2022Q2", NULL, "admitted", "8");
	row_is(f, "2021-2022Q1", NULL, "admitted", "7");
	row_is(f, "2021Q4-2022", NULL, "admitted", "15");
	row_is(f, "2020Q1", NULL, "admitted", "16");
	row_is(f, "all", NULL, "admitted", "31");
	figures_free(f);
}

static void
quota_is_that_of_the_years_touched(void **state)
{
	struct figures *f = start();

	(void)state;
	add_quota(f, cell_a, 2020, 1);
	add_quota(f, cell_a, 2021, 2);
	add_quota(f, cell_b, 2021, 4);
	add_quota(f, cell_b, 2022, 8);
	row_is(f, "2021", NULL, "quota", "6");
	row_is(f, "2021Q3-2022Q1", NULL, "quota", "14");
	row_is(f, "2022Q1", cell_b, "quota", "8");
	row_is(f, "all", NULL, "quota", "15");
	row_is(f, "all", cell_a, "quota", "3");
	row_is(f, "2019", NULL, "quota", "0");
	figures_free(f);
}

/* Two devices, neither knowing of the other, record the same step. */
static void
a_step_recorded_twice_counts_once(void **state)
{
	struct figures *f = start();
	struct state *s = fresh(KIND_PERSON);
	struct stamp late = at(2, 1, 6, 0);
	uint8_t out[ELEMENT_MAX];

	(void)state;
	late.time_ms = 11;
	(void)put_step(s, out, at(1, 1, 5, 0), STEP_ADMITTED, "2021-12-30");
	(void)put_step(s, out, late, STEP_ADMITTED, "2022-01-02");
	add(f, cell_a, s);
	row_is(f, "2021", NULL, "admitted", "0");
	row_is(f, "2022", NULL, "admitted", "1");	/* the winner's date */
	row_is(f, "all", NULL, "events", "1");
	assert_int_equal(figures_unsettled(f), 1);
	figures_free(f);
}

static void
a_step_recorded_after_the_other_wins(void **state)
{
	struct figures *f = start();
	struct state *s = fresh(KIND_PERSON);
	struct stamp early = at(2, 1, 5, 0);
	uint8_t out[ELEMENT_MAX];

	(void)state;
	early.time_ms = 999999;		/* a clock ahead decides nothing */
	(void)put_step(s, out, early, STEP_ADMITTED, "2021-12-30");
	(void)put_step(s, out, at(1, 1, 9, 6), STEP_ADMITTED, "2022-01-02");
	add(f, cell_a, s);
	row_is(f, "2022", NULL, "admitted", "1");
	row_is(f, "all", NULL, "admitted", "1");
	assert_int_equal(figures_unsettled(f), 0);
	figures_free(f);
}

/* The same, where only the lines say which came first. */
static void
lines_decide_between_logs(void **state)
{
	struct merge_lines *m = merge_lines_new();
	const struct entry_ref before = { { 2 }, 1, { 0 } };
	const uint8_t log[ID_LEN] = { 1 };
	struct figures *f = start();
	struct state *s = fresh(KIND_PERSON);
	struct stamp early = at(2, 1, 5, 0);
	uint8_t out[ELEMENT_MAX];

	(void)state;
	assert_non_null(m);
	assert_int_equal(merge_lines_add(m, log, &before), ERR_OK);
	figures_lines(f, m);
	early.time_ms = 999999;
	(void)put_step(s, out, early, STEP_ADMITTED, "2021-12-30");
	(void)put_step(s, out, at(1, 1, 9, 0), STEP_ADMITTED, "2022-01-02");
	add(f, cell_a, s);
	row_is(f, "2022", NULL, "admitted", "1");
	assert_int_equal(figures_unsettled(f), 0);
	figures_free(f);
	merge_lines_free(m);
}

static void
rounds_count_apart(void **state)
{
	struct figures *f = start();
	struct state *s = fresh(KIND_PERSON);
	uint8_t out[ELEMENT_MAX];

	(void)state;
	(void)put_step(s, out, at(1, 1, 5, 0), STEP_NOMINATED, "2021-02-01");
	put_int(s, FIELD_ROUND, put_step(s, out, at(1, 2, 6, 0),
	    STEP_NOMINATED, "2022-02-01"), at(1, 2, 6, 0), 1);
	/* no round is round 0 */
	put_int(s, FIELD_ROUND, put_step(s, out, at(1, 3, 7, 0),
	    STEP_NOMINATED, "2020-02-01"), at(1, 3, 7, 0), 0);
	add(f, cell_a, s);
	row_is(f, "all", NULL, "nominated", "2");
	row_is(f, "2020", NULL, "nominated", "1");
	row_is(f, "2021", NULL, "nominated", "0");
	row_is(f, "2022", NULL, "nominated", "1");
	figures_free(f);
}

static void
voided_elements_do_not_count(void **state)
{
	static const uint8_t yes[] = { 0xc3 }, no[] = { 0xc2 };
	struct figures *f = start();
	struct state *s = fresh(KIND_PERSON);
	uint8_t out[ELEMENT_MAX];
	struct span e;

	(void)state;
	e = put_step(s, out, at(1, 1, 5, 0), STEP_WITHDRAWN, "2022-02-01");
	put_raw(s, FIELD_VOIDED, e, at(1, 2, 6, 0), (struct span){ yes, 1 });
	e = put_step(s, out, at(1, 3, 7, 0), STEP_MOVED, "2022-02-01");
	put_raw(s, FIELD_VOIDED, e, at(1, 4, 8, 0), (struct span){ yes, 1 });
	put_raw(s, FIELD_VOIDED, e, at(1, 5, 9, 0), (struct span){ no, 1 });
	add(f, cell_a, s);
	row_is(f, "all", NULL, "withdrawn", "0");
	row_is(f, "all", NULL, "moved", "1");
	row_is(f, "all", NULL, "events", "1");
	figures_free(f);
}

static void
organisations_reasons_residences(void **state)
{
	struct figures *f = start();
	struct state *s = fresh(KIND_PERSON);
	uint8_t out[ELEMENT_MAX];
	struct stamp t = at(1, 1, 5, 0);
	struct span e;

	(void)state;
	e = put_step(s, out, t, STEP_NOMINATED, "2022-02-01");
	put_text(s, FIELD_ORGANISATION_OF, e, t, "hoi-phu-nu");
	t.seq = 2;
	e = put_step(s, out, t, STEP_WITHDRAWN, "2022-03-01");
	put_text(s, FIELD_REASON, e, t, "di-lam-xa");
	put_text(s, FIELD_RESIDENCE, NONE, t, "di-lam-xa");
	add(f, cell_a, s);
	/* erased: listed, and nothing to read */
	s = fresh(KIND_PERSON);
	e = put_step(s, out, t, STEP_NOMINATED, "2022-02-01");
	put_raw(s, FIELD_ORGANISATION_OF, e, t, NONE);
	put_raw(s, FIELD_RESIDENCE, NONE, t, NONE);
	add(f, cell_b, s);
	/* never written */
	add(f, cell_b, fresh(KIND_PERSON));
	row_is(f, "2022", NULL, "nominated:hoi-phu-nu", "1");
	row_is(f, "2022", NULL, "nominated:unknown", "1");
	row_is(f, "2022", cell_a, "nominated:unknown", NULL);
	row_is(f, "2022", cell_b, "nominated:hoi-phu-nu", "0");
	row_is(f, "2022", NULL, "withdrawn:di-lam-xa", "1");
	row_is(f, "2021", NULL, "withdrawn:di-lam-xa", "0");
	row_is(f, "2021", NULL, "people:di-lam-xa", "1");
	row_is(f, "2021", NULL, "people:unknown", "1");
	row_is(f, "2021", NULL, "people", "3");
	row_is(f, "2021", cell_b, "people", "2");
	row_is(f, "2022", NULL, "withdrawn:unknown", NULL);
	figures_free(f);
}

static void
listings_are_no_events(void **state)
{
	struct figures *f = start();
	struct state *s = fresh(KIND_PERSON);
	uint8_t out[ELEMENT_MAX];

	(void)state;
	(void)put_step(s, out, at(1, 1, 5, 0), STEP_LISTED, "2022-02-01");
	(void)put_step(s, out, at(1, 2, 6, 0), STEP_INTRODUCED, "2022-02-02");
	(void)put_step(s, out, at(1, 3, 7, 0), 9, "2022-02-02");
	/* without a date: in `all' alone */
	put_int(s, FIELD_STEP, element(out, 1, 4, STEP_OFFICIAL),
	    at(1, 4, 8, 0), STEP_OFFICIAL);
	add(f, cell_a, s);
	row_is(f, "2022", NULL, "listed", "1");
	row_is(f, "2022", NULL, "events", "1");
	row_is(f, "2022", NULL, "official", "0");
	row_is(f, "all", NULL, "official", "1");
	row_is(f, "all", NULL, "events", "2");
	figures_free(f);
}

static void
activities_of_cells_count(void **state)
{
	static const uint8_t yes[] = { 0xc3 };
	struct figures *f = start();
	uint8_t out[ELEMENT_MAX];

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct state *s = fresh(KIND_ACTIVITY);
		struct stamp t = at(1, 1, 5, 0);
		struct span e = element(out, 1, 1, 0);

		put_text(s, FIELD_TITLE, e, t, "x");
		put_int(s, FIELD_DATE, e, t, day("2022-02-01"));
		if (i != 1)
			put_int(s, FIELD_PARTICIPANTS, e, t, 30 + i);
		if (i == 2)
			put_raw(s, FIELD_VOIDED, e, t,
			    (struct span){ yes, 1 });
		add(f, i == 3 ? lane : cell_a, s);
	}
	row_is(f, "2022Q1", NULL, "activities", "2");
	row_is(f, "2022Q1", cell_a, "participants", "30");
	row_is(f, "2021", NULL, "activities", "0");
	row_is(f, "2022Q1", NULL, "events", "0");
	figures_free(f);
}

static void
unsettled_are_several_values(void **state)
{
	struct figures *f = start();
	struct state *s = fresh(KIND_PERSON);

	(void)state;
	for (uint8_t log = 1; log <= 2; log++) {
		const struct stamp t = at(log, 1, 5, 0);

		put_int(s, FIELD_MEMBERS, NONE, t, log);	/* counts */
		put_int(s, FIELD_BIRTH_YEAR, NONE, t, log);	/* counts */
		put_int(s, FIELD_NUMBER, NONE, t, 7);		/* equal */
		put_int(s, FIELD_TARGET, NONE, t, log);		/* not work */
		put_int(s, FIELD_SINCE, NONE, t, log);
		put_int(s, FIELD_PHONE, NONE, t, log);		/* sealed */
	}
	add(f, cell_a, s);
	assert_int_equal(figures_unsettled(f), 2);
	figures_free(f);
}

static void
cells_come_by_code(void **state)
{
	static const char *const codes[] = { "m", "z", "a" };
	struct figures *f = start();

	(void)state;
	for (uint8_t i = 0; i < 3; i++) {
		const uint8_t id[ID_LEN] = { 2, i };
		struct state *s = fresh(KIND_CELL);

		put_text(s, FIELD_CODE, NONE, at(1, 1, 1, 0), codes[i]);
		put_text(s, FIELD_NAME, NONE, at(1, 1, 1, 0), "Ba Mô");
		put_int(s, FIELD_MEMBERS, NONE, at(1, 1, 1, 0), 11);
		assert_int_equal(figures_add(f, root, id, s), ERR_OK);
		state_free(s);
	}
	assert_int_equal(figures_cell_count(f), 3);
	assert_string_equal(figures_cell(f, 0)->code, "a");
	assert_int_equal(figures_cell(f, 0)->scope[1], 2);
	assert_string_equal(figures_cell(f, 1)->code, "m");
	assert_string_equal(figures_cell(f, 2)->code, "z");
	assert_string_equal(figures_cell(f, 2)->name, "Ba Mô");
	assert_int_equal(figures_cell(f, 2)->members, 11);
	figures_free(f);
	figures_free(NULL);
}

static void
rows_stand_in_their_order(void **state)
{
	static const char *const want[] = { "quota", "admitted", "percent",
		"listed", "nominated", "introduced", "class_completed",
		"trial_started", "official", "withdrawn", "postponed",
		"moved", "nominated:b", "nominated:zz", "nominated:unknown",
		"people", "events", "activities", "participants" };
	static const char *const orgs[] = { "zz", NULL, "b" };
	struct figures *f = start();
	struct figure_row *rows = NULL;
	uint8_t out[ELEMENT_MAX];
	struct period p;
	size_t count;

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct state *s = fresh(KIND_PERSON);
		struct stamp t = at(1, 1, 5, 0);
		struct span e = put_step(s, out, t, STEP_NOMINATED,
		    "2022-02-01");

		if (orgs[i] == NULL)
			put_raw(s, FIELD_ORGANISATION_OF, e, t, NONE);
		else
			put_text(s, FIELD_ORGANISATION_OF, e, t, orgs[i]);
		add(f, cell_a, s);
	}
	assert_int_equal(period_parse("2022", &p), ERR_OK);
	assert_int_equal(figures_rows(f, &p, NULL, &rows, &count), ERR_OK);
	assert_int_equal(count, sizeof want / sizeof want[0]);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(rows[i].name, want[i]);
	free(rows);
	figures_free(f);
}

/* A name of the data never outgrows its row. */
static void
long_names_are_cut_at_a_letter(void **state)
{
	struct figures *f = start();
	struct state *s = fresh(KIND_PERSON);
	char text[200] = { 0 };

	(void)state;
	text[0] = 'x';
	for (int i = 0; i < 60; i++)
		memcpy(text + 1 + 2 * i, "ô", 2);
	put_text(s, FIELD_RESIDENCE, NONE, at(1, 1, 5, 0), text);
	add(f, cell_a, s);
	memmove(text + 7, text, 79);	/* x and 39 letters */
	memcpy(text, "people:", 7);
	text[86] = '\0';
	row_is(f, "all", NULL, text, "1");
	figures_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(percent_is_rounded_half_away_from_zero),
		cmocka_unit_test(quarters_end_where_they_end),
		cmocka_unit_test(quota_is_that_of_the_years_touched),
		cmocka_unit_test(a_step_recorded_twice_counts_once),
		cmocka_unit_test(a_step_recorded_after_the_other_wins),
		cmocka_unit_test(lines_decide_between_logs),
		cmocka_unit_test(rounds_count_apart),
		cmocka_unit_test(voided_elements_do_not_count),
		cmocka_unit_test(organisations_reasons_residences),
		cmocka_unit_test(listings_are_no_events),
		cmocka_unit_test(activities_of_cells_count),
		cmocka_unit_test(unsettled_are_several_values),
		cmocka_unit_test(cells_come_by_code),
		cmocka_unit_test(rows_stand_in_their_order),
		cmocka_unit_test(long_names_are_cut_at_a_letter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
