/* SPDX-License-Identifier: Apache-2.0 */
/* test_report.c -- what a reader of report.h and author.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/records/author.h"
#include "client/records/commune.h"
#include "client/records/conflicts.h"
#include "client/records/import.h"
#include "client/records/report.h"
#include "client/store/paths.h"
#include "protocol/limits.h"
#include "tests/support/cell_world.h"
#include "tests/support/scenario_csv.h"
#include "tests/support/temp_folder.h"

#define SCENARIO "tests/scenario/huong-son"

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

/* Two cells; in Ba Mô two people, one as far as the class; quotas. */
static int
setup(void **state)
{
	uint8_t other[SCOPE_LEN], person[2][ID_LEN];

	(void)state;
	cell_world_open(&world);
	ok(commune_cell_add(world.s[AT_OFFICE], text("dong-ca"),
	    text("Thôn Đồng Cả"), 18, other));
	ok(commune_quota_set(world.s[AT_OFFICE], 2021, world.cell, 3,
	    text(""), NULL));
	ok(commune_quota_set(world.s[AT_OFFICE], 2021, other, 1, text(""),
	    NULL));
	cell_world_person(&world, AT_SECRETARY, "Hà Văn Phúc", "2021-01-02",
	    person[0]);
	cell_world_person(&world, AT_DEPUTY, "Hà Thị Lan", "2021-01-02",
	    person[1]);
	cell_world_sync(&world);
	cell_world_step(&world, AT_DEPUTY, person[1], STEP_NOMINATED,
	    "2021-02-01");
	cell_world_step(&world, AT_DEPUTY, person[1], STEP_INTRODUCED,
	    "2021-05-01");
	cell_world_step(&world, AT_SECRETARY, person[0], STEP_WITHDRAWN,
	    "2022-02-01");
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

static struct report *
made(enum cell_world_device d, const char *p, const char *scope)
{
	const struct period of = period(p);
	struct report *r = NULL;

	ok(report_make(world.s[d], &of, scope, &r));
	return r;
}

static void
value_is(const struct report_block *b, const char *name, const char *want)
{
	const char *got = figures_find(b->rows, b->count, name);

	assert_non_null(got);
	assert_string_equal(got, want);
}

static void
the_office_sees_the_commune_and_each_cell(void **state)
{
	struct report *r = made(AT_OFFICE, "2021", NULL);

	(void)state;
	assert_int_equal(r->count, 3);
	assert_true(r->blocks[0].commune);
	assert_string_equal(report_scope(&r->blocks[0]), "commune");
	assert_string_equal(report_scope(&r->blocks[1]), "ba-mo");
	assert_string_equal(report_scope(&r->blocks[2]), "dong-ca");
	value_is(&r->blocks[0], "quota", "4");
	value_is(&r->blocks[0], "percent", "0.0");
	value_is(&r->blocks[0], "listed", "2");
	value_is(&r->blocks[0], "nominated:doan-thanh-nien", "1");
	value_is(&r->blocks[0], "introduced", "1");
	value_is(&r->blocks[0], "withdrawn", "0");
	value_is(&r->blocks[0], "people", "2");
	value_is(&r->blocks[0], "people:di-lam-xa", "2");
	value_is(&r->blocks[1], "quota", "3");
	value_is(&r->blocks[1], "people", "2");
	value_is(&r->blocks[2], "quota", "1");
	value_is(&r->blocks[2], "people", "0");
	assert_int_equal(r->unsettled, 0);
	report_free(r);
	r = made(AT_OFFICE, "2022Q1", NULL);
	value_is(&r->blocks[0], "withdrawn:khac", "1");
	value_is(&r->blocks[0], "percent", "-");
	report_free(r);
}

static void
a_cell_sees_its_own_and_the_same(void **state)
{
	const struct period all = period("all");
	struct report *here = made(AT_SECRETARY, "all", NULL);
	struct report *there = made(AT_OFFICE, "all", "ba-mo");
	struct report *none = NULL;

	(void)state;
	assert_int_equal(here->count, 1);
	assert_int_equal(there->count, 1);
	assert_false(here->blocks[0].commune);
	assert_int_equal(here->blocks[0].count, there->blocks[0].count);
	for (size_t i = 0; i < here->blocks[0].count; i++) {
		assert_string_equal(here->blocks[0].rows[i].name,
		    there->blocks[0].rows[i].name);
		assert_string_equal(here->blocks[0].rows[i].value,
		    there->blocks[0].rows[i].value);
	}
	report_free(here);
	report_free(there);
	assert_int_equal(report_make(world.s[AT_SECRETARY], &all, "commune",
	    &none), ERR_SCOPE);
	assert_int_equal(report_make(world.s[AT_SECRETARY], &all, "dong-ca",
	    &none), ERR_SCOPE);
	assert_int_equal(report_make(world.s[AT_OFFICE], &all, "khong-co",
	    &none), ERR_ABSENT);
	there = made(AT_OFFICE, "all", "commune");
	assert_int_equal(there->count, 1);
	assert_true(there->blocks[0].commune);
	report_free(there);
	here = made(AT_UNION, "all", NULL);
	assert_int_equal(here->count, 0);
	report_free(here);
}

static void
the_table_has_four_columns(void **state)
{
	struct report *r = made(AT_OFFICE, "2021-2022Q1", "ba-mo");
	struct buf csv = { 0 };

	(void)state;
	ok(report_csv(r, &csv));
	static const char head[] = "period,scope,figure,value\n"
	    "2021-2022Q1,ba-mo,quota,3\n";
	assert_true(csv.n > sizeof head);
	assert_memory_equal(csv.p, head, sizeof head - 1);
	assert_non_null(strstr(buf_cstr(&csv),
	    "\n2021-2022Q1,ba-mo,introduced,1\n"));
	assert_non_null(strstr(buf_cstr(&csv),
	    "\n2021-2022Q1,ba-mo,withdrawn:khac,1\n"));
	assert_int_equal(csv.p[csv.n - 1], '\n');
	buf_free(&csv);
	/* what a name may hold does not break the line */
	(void)strcpy(r->blocks[0].rows[0].name, "nominated:a\"b,c");
	ok(report_csv(r, &csv));
	assert_non_null(strstr(buf_cstr(&csv),
	    "\n2021-2022Q1,ba-mo,\"nominated:a\"\"b,c\",3\n"));
	buf_free(&csv);
	report_free(r);
}

static void
what_is_unsettled_is_said(void **state)
{
	uint8_t person[ID_LEN];
	struct report *r;

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Hà Văn Lộc", "2021-03-02",
	    person);
	cell_world_sync(&world);
	cell_world_text(&world, AT_SECRETARY, world.cell, person, KIND_PERSON,
	    FIELD_RESIDENCE, "tai-dia-phuong");
	cell_world_text(&world, AT_DEPUTY, world.cell, person, KIND_PERSON,
	    FIELD_RESIDENCE, "khac");
	cell_world_sync(&world);
	r = made(AT_OFFICE, "all", NULL);
	assert_int_equal(r->unsettled, 1);
	report_free(r);
}

static void
a_year_is_a_period(void **state)
{
	struct period p;

	(void)state;
	ok(report_year(2022, &p));
	assert_string_equal(p.text, "2022");
	assert_int_equal(p.first_year, 2022);
	assert_int_equal(report_year(99, &p), ERR_VALUE);
	assert_int_equal(report_year(10000, &p), ERR_VALUE);
}

static err
last_log(void *ctx, const struct store_entry *e)
{
	if (chain_scope_kind(e->place.scope) == SCOPE_CELL && !e->own)
		memcpy(ctx, e->place.log, ID_LEN);
	return ERR_OK;
}

static void
a_log_has_an_author(void **state)
{
	uint8_t log[ID_LEN] = { 0 }, nobody[ID_LEN] = { 9 };
	struct buf bytes = { 0 };
	struct author a;
	struct place place;
	bool own = true;

	(void)state;
	ok(store_each_entry(world.s[AT_SECRETARY], NULL, last_log, log));
	ok(author_of_log(world.s[AT_SECRETARY], world.cell, log, &a));
	assert_false(a.own);
	assert_string_equal(a.name, LITTLE_HUB_HOLDER);
	assert_true(a.role == ROLE_DEPUTY || a.role == ROLE_COMMUNE);
	ok(author_is_own(world.s[AT_SECRETARY], log, &own));
	assert_false(own);
	ok(author_entry(world.s[AT_SECRETARY], log, 1, &place, &bytes));
	assert_int_equal(place.seq, 1);
	assert_true(bytes.n > 0);
	buf_free(&bytes);
	assert_int_equal(author_entry(world.s[AT_SECRETARY], log, 999, &place,
	    &bytes), ERR_ABSENT);
	assert_int_equal(author_of_log(world.s[AT_SECRETARY], world.cell,
	    nobody, &a), ERR_ABSENT);
	assert_int_equal(author_is_own(world.s[AT_SECRETARY], nobody, &own),
	    ERR_ABSENT);
}

static void
import(enum import_table table, const char *path)
{
	const struct import_options options = { .has_date = true,
		.date = 16436 };		/* 2015-01-01 */
	struct import_fault fault = { .missing = NULL };
	struct import *rows = NULL;
	struct buf bytes = { 0 };
	size_t written = 0;

	ok(paths_read(path, LIMIT_CSV_BYTES, &bytes));
	ok(import_read(world.s[AT_OFFICE], table, buf_span(&bytes), &options,
	    &rows, &fault));
	ok(import_write(rows, &written));
	assert_int_equal(import_colour_count(rows, IMPORT_RED), 0);
	import_free(rows);
	buf_free(&bytes);
}

/* The office alone, with the whole of the scenario. */
static int
setup_scenario(void **state)
{
	(void)state;
	memset(&world, 0, sizeof world);
	world.dir[AT_OFFICE] = temp_folder_make();
	little_hub_open(&world.hub);
	world.s[AT_OFFICE] = little_hub_commune(&world.hub,
	    world.dir[AT_OFFICE]);
	import(IMPORT_CELLS, SCENARIO "/cells.csv");
	import(IMPORT_QUOTAS, SCENARIO "/quotas.csv");
	import(IMPORT_PEOPLE, SCENARIO "/people.csv");
	import(IMPORT_EVENTS, SCENARIO "/events.csv");
	import(IMPORT_ACTIVITIES, SCENARIO "/activities.csv");
	return 0;
}

static int
teardown_scenario(void **state)
{
	(void)state;
	store_close(world.s[AT_OFFICE]);
	little_hub_close(&world.hub);
	temp_folder_remove(world.dir[AT_OFFICE]);
	return 0;
}

static void
every_published_figure_comes_out(void **state)
{
	struct scenario_csv want = scenario_csv_read(SCENARIO, "figures.csv");
	struct conflict_list *conflicts = NULL;
	size_t column[4];
	char line[512];

	(void)state;
	column[0] = scenario_csv_column(&want, "period");
	column[1] = scenario_csv_column(&want, "scope");
	column[2] = scenario_csv_column(&want, "figure");
	column[3] = scenario_csv_column(&want, "value");
	assert_true(want.rows > 100);
	for (size_t i = 0; i < want.rows; i++) {
		struct buf csv = { 0 };
		struct report *r = made(AT_OFFICE, scenario_csv_at(&want, i,
		    column[0]), scenario_csv_at(&want, i, column[1]));
		ok(report_csv(r, &csv));
		(void)snprintf(line, sizeof line, "\n%s,%s,%s,%s\n",
		    scenario_csv_at(&want, i, column[0]),
		    scenario_csv_at(&want, i, column[1]),
		    scenario_csv_at(&want, i, column[2]),
		    scenario_csv_at(&want, i, column[3]));
		if (strstr(buf_cstr(&csv), line) == NULL)
			fail_msg("missing:%s", line);
		assert_int_equal(r->unsettled, 0);
		report_free(r);
		buf_free(&csv);
	}
	scenario_csv_free(&want);
	ok(conflicts_list(world.s[AT_OFFICE], &conflicts));
	assert_int_equal(conflicts->count, 0);
	conflicts_free(conflicts);
}

int
main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		WITH(the_office_sees_the_commune_and_each_cell),
		WITH(a_cell_sees_its_own_and_the_same),
		WITH(the_table_has_four_columns),
		WITH(what_is_unsettled_is_said),
		cmocka_unit_test(a_year_is_a_period),
		WITH(a_log_has_an_author),
		cmocka_unit_test_setup_teardown(
		    every_published_figure_comes_out, setup_scenario,
		    teardown_scenario),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
