/* SPDX-License-Identifier: Apache-2.0 */
/* test_freeze.c -- what a reader of freeze.h and of the ranking in report.h
 * may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/records/commune.h"
#include "client/records/freeze.h"
#include "client/records/report.h"
#include "client/store/paths.h"
#include "protocol/verify.h"
#include "tests/support/cell_world.h"
#include "tests/support/dice.h"
#include "tests/support/small_commune.h"

static struct cell_world world;
static uint8_t lan[ID_LEN], phuc[ID_LEN];

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

/* Ba Mô, quota 2, and two cells more: one with a quota, one without. */
static int
setup(void **state)
{
	uint8_t other[SCOPE_LEN];
	struct store *office;

	(void)state;
	cell_world_open(&world);
	office = world.s[AT_OFFICE];
	ok(commune_cell_add(office, text("dong-ca"), text("Thôn Đồng Cả"),
	    18, other));
	ok(commune_quota_set(office, 2022, world.cell, 2, text(""), NULL));
	ok(commune_quota_set(office, 2022, other, 1, text(""), NULL));
	ok(commune_cell_add(office, text("an-lac"), text("Thôn An Lạc"), 9,
	    other));
	cell_world_person(&world, AT_SECRETARY, "Hà Thị Lan", "2021-01-02",
	    lan);
	cell_world_person(&world, AT_DEPUTY, "Hà Văn Phúc", "2021-01-02",
	    phuc);
	cell_world_sync(&world);
	cell_world_step(&world, AT_SECRETARY, lan, STEP_NOMINATED,
	    "2022-01-05");
	cell_world_step(&world, AT_SECRETARY, lan, STEP_ADMITTED,
	    "2022-06-01");
	cell_world_sync(&world);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	cell_world_close(&world);
	return 0;
}

static struct period
period(const char *p)
{
	struct period ret;

	ok(period_parse(p, &ret));
	return ret;
}

static uint64_t
frozen(const char *p)
{
	const struct period of = period(p);
	uint64_t number = 0;

	ok(freeze_report(world.s[AT_OFFICE], &of, text(""), &number));
	return number;
}

/* The audit file of the office, verified. */
static struct verify *
verified(void)
{
	char path[PATH_BYTES];
	struct buf file = { 0 };
	struct verify *v;

	(void)snprintf(path, sizeof path, "%s/audit.nguon",
	    world.dir[AT_OFFICE]);
	ok(store_export_audit(world.s[AT_OFFICE], path));
	ok(paths_read(path, 1 << 24, &file));
	v = small_commune_feed(store_fingerprint(world.s[AT_OFFICE]),
	    buf_span(&file), SIZE_MAX);
	buf_free(&file);
	return v;
}

static const char *
outcome(const struct verify *v, size_t i)
{
	const struct verify_frozen *z = verify_frozen(v, i);

	return z == NULL ? "none" : verify_frozen_name(z->outcome);
}

/* The value of a row; scope NULL: the commune; "0": left out. */
static void
row_is(const struct freeze *z, const uint8_t *scope, const char *name,
    const char *want)
{
	struct frozen_reader x;
	struct frozen_row row;
	char got[64] = "0";
	err rc;

	ok(frozen_begin(z->z.figures, &x));
	while ((rc = frozen_next(&x, &row)) == ERR_OK)
		if ((scope == NULL) == (row.scope == NULL) &&
		    (scope == NULL || memcmp(scope, row.scope, SCOPE_LEN) ==
		    0) && span_equal(row.name, text(name)))
			(void)snprintf(got, sizeof got, "%.*s",
			    (int)row.value.n, (const char *)row.value.p);
	assert_int_equal(rc, ERR_ABSENT);
	assert_string_equal(got, want);
}

static void
a_frozen_report_stays_and_later_data_makes_a_new_one(void **state)
{
	struct freeze_list *l = NULL;
	struct verify *v;

	(void)state;
	assert_int_equal(frozen("2022"), 1);
	cell_world_step(&world, AT_SECRETARY, phuc, STEP_NOMINATED,
	    "2022-03-03");
	cell_world_text(&world, AT_SECRETARY, world.cell, lan, KIND_PERSON,
	    FIELD_RESIDENCE, "tai-dia-phuong");
	cell_world_sync(&world);
	assert_int_equal(frozen("2022"), 2);
	assert_int_equal(frozen("all"), 3);
	/* another device knows them too, once they are there */
	cell_world_sync(&world);
	ok(freeze_list(world.s[AT_SECRETARY], FREEZE_REPORTS, &l));
	assert_int_equal(l->count, 3);
	assert_int_equal(l->items[0].z.number, 1);
	assert_true(l->items[0].received);
	assert_string_equal(l->items[0].z.period.text, "2022");
	assert_true(l->items[0].z.size < l->items[1].z.size);
	row_is(&l->items[0], NULL, "nominated", "1");
	row_is(&l->items[0], world.cell, "percent", "50.0");
	row_is(&l->items[0], NULL, "percent", "33.3");
	row_is(&l->items[0], NULL, "withdrawn", "0");
	row_is(&l->items[0], NULL, "people:di-lam-xa", "2");
	row_is(&l->items[1], NULL, "nominated", "2");
	row_is(&l->items[1], NULL, "people:tai-dia-phuong", "1");
	row_is(&l->items[2], NULL, "listed", "2");
	freeze_free(l);
	v = verified();
	assert_int_equal(verify_totals(v)->failures, 0);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(outcome(v, i), "equal");
	assert_string_equal(outcome(v, 3), "none");
	verify_free(v);
}

static void
what_has_no_leaf_does_not_count(void **state)
{
	struct freeze_list *l = NULL;
	uint64_t waiting = 0;
	struct verify *v;

	(void)state;
	ok(freeze_waiting(world.s[AT_OFFICE], &waiting));
	assert_int_equal(waiting, 0);
	cell_world_step(&world, AT_OFFICE, phuc, STEP_NOMINATED,
	    "2022-03-03");
	ok(freeze_waiting(world.s[AT_OFFICE], &waiting));
	assert_true(waiting > 0);
	assert_int_equal(frozen("2022"), 1);
	ok(freeze_list(world.s[AT_OFFICE], FREEZE_REPORTS, &l));
	assert_false(l->items[0].received);
	row_is(&l->items[0], NULL, "nominated", "1");
	freeze_free(l);
	/* a report without a leaf is checked like any other */
	v = verified();
	assert_int_equal(verify_totals(v)->failures, 0);
	assert_string_equal(outcome(v, 0), "equal");
	verify_free(v);
}

static void
only_the_commune_publishes(void **state)
{
	const struct period year = period("2022");
	struct report_ranking *r = NULL;
	uint64_t number = 7;

	(void)state;
	assert_int_equal(freeze_report(world.s[AT_SECRETARY], &year, text(""),
	    &number), ERR_ROLE);
	assert_int_equal(freeze_ranking(world.s[AT_UNION], 2022, &number),
	    ERR_ROLE);
	assert_int_equal(report_ranking(world.s[AT_SECRETARY], 2022, &r),
	    ERR_SCOPE);
	assert_int_equal(freeze_set_rules(world.s[AT_SECRETARY], 1),
	    ERR_ROLE);
	assert_int_equal(number, 7);
}

/* What three devices do in a year, each not always knowing of the others. */
static void
work(struct dice *d)
{
	static const enum cell_world_device devices[] = { AT_OFFICE,
		AT_SECRETARY, AT_DEPUTY };
	static const enum step steps[] = { STEP_NOMINATED, STEP_INTRODUCED,
		STEP_WITHDRAWN, STEP_ADMITTED };
	enum cell_world_device at = devices[dice_below(d, 3)];
	const uint8_t *who = dice_below(d, 2) == 0 ? lan : phuc;
	uint8_t person[ID_LEN];
	char date[16];

	(void)snprintf(date, sizeof date, "2022-%02u-%02u",
	    dice_below(d, 12) + 1, dice_below(d, 28) + 1);
	switch (dice_below(d, 4)) {
	case 0:
		cell_world_person(&world, at, "Hà Văn Lộc", date, person);
		break;
	case 1:
		cell_world_text(&world, at, world.cell, who, KIND_PERSON,
		    FIELD_RESIDENCE, dice_below(d, 2) == 0 ? "di-lam-xa" :
		    "tai-dia-phuong");
		break;
	default:
		/* a deputy admits nobody */
		cell_world_step(&world, at == AT_DEPUTY ? AT_SECRETARY : at,
		    who, steps[dice_below(d, 4)], date);
		break;
	}
}

static void
whatever_comes_later_every_number_verifies(void **state)
{
	static const char *const periods[] = { "2022", "2022Q2", "all" };
	struct dice d = { 2022 };
	uint64_t reports = 0, rankings = 0, number = 0;
	struct verify *v;

	(void)state;
	for (unsigned round = 0; round < 60; round++) {
		work(&d);
		if (dice_below(&d, 4) == 0)
			cell_world_sync(&world);
		if (dice_below(&d, 5) == 0) {
			reports++;
			assert_int_equal(frozen(periods[round % 3]), reports);
		}
		if (dice_below(&d, 12) == 0) {
			ok(freeze_ranking(world.s[AT_OFFICE], 2022,
			    &number));
			assert_int_equal(number, ++rankings);
		}
	}
	v = verified();
	assert_int_equal(verify_totals(v)->failures, 0);
	assert_true(reports > 5 && rankings > 1);
	for (size_t i = 0; i < reports + rankings; i++)
		assert_string_equal(outcome(v, i), "equal");
	assert_string_equal(outcome(v, reports + rankings), "none");
	verify_free(v);
}

/* One field of the settings, or of a report, as no client would write it. */
static void
write_op(uint64_t kind, const uint8_t *subject, struct field_draft *fields)
{
	struct store_op op = { .kind = kind, .fields = fields };

	memcpy(op.subject, subject, ID_LEN);
	ok(store_write(world.s[AT_OFFICE], scope_root, &op, 1, NULL, 0,
	    NULL));
	field_draft_free(fields);
}

static void
set_rules(uint64_t version)
{
	static const uint8_t settings[ID_LEN];
	struct field_draft *d = field_draft_new();

	assert_non_null(d);
	field_draft_put_uint(d, FIELD_RULES, version);
	write_op(KIND_SETTING, settings, d);
}

static void
a_rule_that_is_not_known_publishes_nothing(void **state)
{
	const struct period year = period("2022");
	struct report *r = NULL;
	uint64_t number, rules = 0;
	struct verify *v;

	(void)state;
	ok(freeze_rules(world.s[AT_OFFICE], &rules));
	assert_int_equal(rules, 1);
	assert_int_equal(freeze_set_rules(world.s[AT_OFFICE], 1), ERR_EXISTS);
	assert_int_equal(freeze_set_rules(world.s[AT_OFFICE], 2),
	    ERR_VERSION);
	assert_int_equal(frozen("2022"), 1);
	set_rules(2);
	cell_world_sync(&world);
	ok(freeze_rules(world.s[AT_SECRETARY], &rules));
	assert_int_equal(rules, 2);
	assert_int_equal(report_make(world.s[AT_SECRETARY], &year, NULL, &r),
	    ERR_VERSION);
	assert_int_equal(freeze_report(world.s[AT_OFFICE], &year, text(""),
	    &number), ERR_VERSION);
	/* the rule of its size is what an old one is checked by */
	v = verified();
	assert_string_equal(outcome(v, 0), "equal");
	assert_int_equal(figures_rules(verify_figures(v)), 2);
	verify_free(v);
	ok(freeze_set_rules(world.s[AT_OFFICE], 1));
	cell_world_sync(&world);
	ok(report_make(world.s[AT_SECRETARY], &year, NULL, &r));
	report_free(r);
}

/* A report that says what its arguments say; value NULL: that of number 1. */
static void
forge(const uint8_t *subject, uint64_t size, uint64_t rule,
    const char *of_period, uint64_t number)
{
	struct field_draft *d = field_draft_new();
	struct freeze_list *l = NULL;

	assert_non_null(d);
	ok(freeze_list(world.s[AT_OFFICE], FREEZE_REPORTS, &l));
	field_draft_put_uint(d, FIELD_REPORT_NUMBER, number);
	field_draft_put_uint(d, FIELD_TREE_SIZE, size);
	field_draft_put_uint(d, FIELD_RULE_VERSION, rule);
	field_draft_put_text(d, FIELD_PERIOD, text(of_period));
	field_draft_put_raw(d, FIELD_FIGURES, l->items[0].z.figures);
	freeze_free(l);
	write_op(KIND_FREEZE, subject, d);
}

static void
a_false_report_is_found(void **state)
{
	static const uint8_t id[5][ID_LEN] = { { 1 }, { 2 }, { 3 }, { 4 },
		{ 5 } };
	static const char *const want[] = { "equal", "differs", "differs",
		"rule", "form", "form", "again" };
	const struct verify_frozen *z;
	struct freeze_list *l = NULL;
	struct verify *v;
	uint64_t size;

	(void)state;
	assert_int_equal(frozen("2022"), 1);
	ok(freeze_list(world.s[AT_OFFICE], FREEZE_REPORTS, &l));
	size = l->items[0].z.size;
	freeze_free(l);
	forge(id[0], size, 1, "2021", 2);	/* of another year */
	forge(id[1], size - 2, 1, "2022", 3);	/* of fewer leaves */
	forge(id[2], size, 2, "2022", 4);	/* by another rule */
	forge(id[3], size + 90, 1, "2022", 5);	/* of leaves to come */
	forge(id[4], size, 1, "2022-2021", 6);	/* of no period */
	forge(id[0], size, 1, "2022", 7);	/* over another */
	cell_world_sync(&world);
	v = verified();
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
		assert_string_equal(outcome(v, i), want[i]);
	assert_int_equal(verify_totals(v)->failures, 6);
	assert_int_equal(verify_totals(v)->false_reports, 6);
	assert_non_null(small_commune_find(v, FINDING_FAIL, "report"));
	z = verify_frozen(v, 1);
	assert_true(z->difference.commune);
	assert_string_equal(z->difference.name, "listed");
	assert_string_equal(z->difference.stated, "");
	assert_string_equal(z->difference.computed, "2");
	verify_free(v);
}

static void
the_cells_of_a_year_are_ranked(void **state)
{
	struct report_ranking *r = NULL;
	struct freeze_list *l = NULL;
	uint64_t number = 0;
	struct verify *v;

	(void)state;
	ok(report_ranking(world.s[AT_OFFICE], 2022, &r));
	assert_int_equal(r->count, 3);
	assert_string_equal(r->rows[0].cell->code, "ba-mo");
	assert_int_equal(r->rows[0].rank, 1);
	assert_string_equal(r->rows[0].percent, "50.0");
	assert_string_equal(r->rows[1].cell->code, "dong-ca");
	assert_int_equal(r->rows[1].rank, 2);
	assert_string_equal(r->rows[2].cell->code, "an-lac");
	assert_int_equal(r->rows[2].rank, 0);
	assert_int_equal(r->people_count, 2);
	assert_int_equal(r->people[0].step, STEP_ADMITTED);
	assert_memory_equal(r->people[0].subject, lan, ID_LEN);
	assert_string_equal(r->people[0].name, "Hà Thị Lan");
	assert_int_equal(r->people[1].step, STEP_NOMINATED);
	report_ranking_free(r);
	ok(freeze_ranking(world.s[AT_OFFICE], 2022, &number));
	assert_int_equal(number, 1);
	cell_world_step(&world, AT_SECRETARY, phuc, STEP_ADMITTED,
	    "2022-07-07");
	cell_world_sync(&world);
	ok(freeze_ranking(world.s[AT_OFFICE], 2022, &number));
	assert_int_equal(number, 2);
	ok(freeze_list(world.s[AT_SECRETARY], FREEZE_RANKINGS, &l));
	assert_int_equal(l->count, 1);
	row_is(&l->items[0], world.cell, "rank", "1");
	row_is(&l->items[0], world.cell, "percent", "50.0");
	freeze_free(l);
	cell_world_sync(&world);
	v = verified();
	assert_string_equal(outcome(v, 0), "equal");
	assert_string_equal(outcome(v, 1), "equal");
	assert_int_equal(verify_totals(v)->failures, 0);
	verify_free(v);
}

static void
the_funnel_gives_the_share_of_the_step_before(void **state)
{
	static struct figure_row rows[] = { { "listed", "8" },
		{ "nominated", "5" }, { "introduced", "0" },
		{ "class_completed", "1" }, { "trial_started", "3" } };
	const struct report_block b = { .rows = rows, .count = 5 };
	struct report_funnel steps[REPORT_FUNNEL_STEPS];

	(void)state;
	report_funnel(&b, steps);
	assert_int_equal(steps[0].step, STEP_LISTED);
	assert_string_equal(steps[0].share, "-");
	assert_int_equal(steps[1].count, 5);
	assert_string_equal(steps[1].share, "62.5");
	assert_string_equal(steps[2].share, "0.0");
	assert_string_equal(steps[3].share, "-");
	assert_string_equal(steps[4].share, "300.0");
	assert_string_equal(steps[5].share, "0.0");
	assert_int_equal(steps[6].step, STEP_OFFICIAL);
	assert_string_equal(steps[6].share, "-");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_frozen_report_stays_and_later_data_makes_a_new_one),
		TEST(what_has_no_leaf_does_not_count),
		TEST(only_the_commune_publishes),
		TEST(a_rule_that_is_not_known_publishes_nothing),
		TEST(whatever_comes_later_every_number_verifies),
		TEST(a_false_report_is_found),
		TEST(the_cells_of_a_year_are_ranked),
		cmocka_unit_test(the_funnel_gives_the_share_of_the_step_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
