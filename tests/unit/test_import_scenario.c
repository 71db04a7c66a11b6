/* SPDX-License-Identifier: Apache-2.0 */
/* test_import_scenario.c -- Huong Son, imported whole: its figures come out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "client/records/commune.h"
#include "client/records/conflicts.h"
#include "client/records/import.h"
#include "client/records/people.h"
#include "client/store/clock.h"
#include "client/store/paths.h"
#include "protocol/date.h"
#include "protocol/figures.h"
#include "protocol/limits.h"
#include "tests/support/little_hub.h"
#include "tests/support/scenario_csv.h"
#include "tests/support/temp_folder.h"

#define FOLDER "tests/scenario/huong-son"

struct office {
	char *dir;
	struct little_hub hub;
	struct store *s;
};

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
	static struct office o;

	o = (struct office){ .dir = temp_folder_make() };
	little_hub_open(&o.hub);
	o.s = little_hub_commune(&o.hub, o.dir);
	*state = &o;
	return 0;
}

static int
teardown(void **state)
{
	struct office *o = *state;

	store_close(o->s);
	little_hub_close(&o->hub);
	temp_folder_remove(o->dir);
	return 0;
}

/* Since when people are on the list; NULL: not said. */
static const char *list_date = "2015-01-01";

static void
file(struct store *s, enum import_table table, const char *name, size_t green,
    size_t yellow)
{
	struct buf bytes = { .p = NULL };
	struct import_options o = { .has_date = list_date != NULL };
	struct import_fault fault;
	struct import *i = NULL;
	size_t written = 0;
	char path[256];

	(void)snprintf(path, sizeof path, FOLDER "/%s", name);
	ok(paths_read(path, LIMIT_CSV_BYTES, &bytes));
	if (list_date != NULL)
		ok(date_parse(text(list_date), &o.date));
	ok(import_read(s, table, buf_span(&bytes), &o, &i, &fault));
	for (size_t row = 0; row < import_count(i); row++)
		if (import_row(i, row)->colour == IMPORT_RED)
			fail_msg("%s line %zu: %s", name,
			    import_row(i, row)->line, catalogue_text(
			    LANGUAGE_EN, import_row(i, row)->reason));
	assert_int_equal(import_colour_count(i, IMPORT_GREEN), green);
	assert_int_equal(import_colour_count(i, IMPORT_YELLOW), yellow);
	ok(import_write(i, &written));
	import_free(i);
	buf_free(&bytes);
}

static void
scenario(struct store *s)
{
	file(s, IMPORT_CELLS, "cells.csv", 12, 0);
	file(s, IMPORT_QUOTAS, "quotas.csv", 60, 0);
	file(s, IMPORT_PEOPLE, "people.csv", 1318, 5);
	file(s, IMPORT_EVENTS, "events.csv", 202, 3);
	file(s, IMPORT_ACTIVITIES, "activities.csv", 201, 0);
}

static err
figure(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state)
{
	return figures_add(ctx, scope, subject, state);
}

static void
check_figures(const struct figures *f)
{
	struct scenario_csv t = scenario_csv_read(FOLDER, "figures.csv");
	size_t period = scenario_csv_column(&t, "period");
	size_t scope = scenario_csv_column(&t, "scope");
	size_t name = scenario_csv_column(&t, "figure");
	size_t value = scenario_csv_column(&t, "value");

	assert_int_equal(t.rows, 156);
	for (size_t i = 0; i < t.rows; i++) {
		struct figure_row *rows = NULL;
		const uint8_t *cell = NULL;
		const char *found;
		struct period p;
		size_t count = 0;

		for (size_t k = 0; k < figures_cell_count(f); k++)
			if (strcmp(figures_cell(f, k)->code,
			    scenario_csv_at(&t, i, scope)) == 0)
				cell = figures_cell(f, k)->scope;
		ok(period_parse(scenario_csv_at(&t, i, period), &p));
		ok(figures_rows(f, &p, cell, &rows, &count));
		found = figures_find(rows, count, scenario_csv_at(&t, i, name));
		if (strcmp(found != NULL ? found : "0",
		    scenario_csv_at(&t, i, value)) != 0)
			fail_msg("%s,%s,%s: %s", scenario_csv_at(&t, i, period),
			    scenario_csv_at(&t, i, scope),
			    scenario_csv_at(&t, i, name),
			    found != NULL ? found : "absent");
		free(rows);
	}
	scenario_csv_free(&t);
}

static void
check_scenario(struct store *s)
{
	struct figures *f = figures_new(clock_now_ms());

	ok(store_each(s, NULL, 0, figure, f));
	check_figures(f);
	figures_free(f);
}

static void
the_scenario_gives_its_figures(void **state)
{
	struct office *o = *state;
	struct people_list l = { .count = 0 };
	struct commune_cell cell;

	scenario(o->s);
	check_scenario(o->s);
	ok(commune_cell_by_code(o->s, "ba-mo", &cell));
	assert_int_equal(cell.members, 11);
	assert_string_equal(cell.commissioner, "uy-vien-01");
	ok(people_list_find(o->s, cell.scope, text("P00003"), &l));
	assert_int_equal(l.count, 1);
	assert_string_equal(l.person[0].text[PEOPLE_WORKPLACE],
	    "Công ty linh kiện, KCN Khai Quang");
	people_list_free(&l);
}

/* Of a list that says nothing of a date, and lies alone: all that happened
 * before this year is to be looked at, and is written all the same. */
static void
without_a_date_it_gives_the_same_figures(void **state)
{
	struct office *o = *state;
	struct conflict_list *conflicts = NULL;

	list_date = NULL;
	file(o->s, IMPORT_CELLS, "cells.csv", 12, 0);
	file(o->s, IMPORT_QUOTAS, "quotas.csv", 60, 0);
	file(o->s, IMPORT_PEOPLE, "people.csv", 1318, 5);
	file(o->s, IMPORT_EVENTS, "events.csv", 0, 205);
	file(o->s, IMPORT_ACTIVITIES, "activities.csv", 201, 0);
	check_scenario(o->s);
	file(o->s, IMPORT_EVENTS, "events.csv", 0, 205);
	list_date = "2015-01-01";
	ok(conflicts_list(o->s, &conflicts));
	assert_int_equal(conflicts->count, 0);
	conflicts_free(conflicts);
}

static void
the_first_day_is_that_of_the_earliest_year(void **state)
{
	static const struct {
		const char *events, *want;
	} rows[] = {
		{ "date;event\n2018-03-04;x\n5/6/2016;y\nnever;z\n",
		    "2016-01-01" },
		{ "event,date\nx,2017-01-01\n", "2017-01-01" },
		{ "date,event\nnever,x\n", NULL },
		{ "event,colour\nx,2017-01-01\n", NULL },
	};
	int64_t day = 7, want = 0;

	(void)state;
	for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
		err rc = import_first_day(text(rows[k].events), &day);

		assert_int_equal(rc, rows[k].want != NULL ? ERR_OK :
		    ERR_ABSENT);
		if (rc != ERR_OK)
			continue;
		ok(date_parse(text(rows[k].want), &want));
		assert_int_equal(day, want);
	}
	assert_int_equal(import_first_day(text("a,b\n\""), &day),
	    ERR_FORMAT);
	assert_int_equal(day, want);
}

static void
done_again_it_writes_nothing(void **state)
{
	struct office *o = *state;
	struct sync_status before, after;

	scenario(o->s);
	ok(store_sync_status(o->s, &before));
	file(o->s, IMPORT_CELLS, "cells.csv", 0, 12);
	file(o->s, IMPORT_QUOTAS, "quotas.csv", 0, 60);
	file(o->s, IMPORT_PEOPLE, "people.csv", 0, 1323);
	file(o->s, IMPORT_EVENTS, "events.csv", 0, 205);
	file(o->s, IMPORT_ACTIVITIES, "activities.csv", 0, 201);
	ok(store_sync_status(o->s, &after));
	assert_int_equal(before.unsent, after.unsent);
}

static void
what_the_office_imports_is_received(void **state)
{
	struct office *o = *state;
	struct sync_status status;

	scenario(o->s);
	(void)little_hub_sync(&o->hub, o->s);
	ok(store_sync_status(o->s, &status));
	assert_int_equal(status.unsent, 0);
	assert_int_equal(status.returned, 0);
	file(o->s, IMPORT_EVENTS, "events.csv", 0, 205);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define AT_AN_OFFICE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		AT_AN_OFFICE(the_scenario_gives_its_figures),
		AT_AN_OFFICE(without_a_date_it_gives_the_same_figures),
		cmocka_unit_test(the_first_day_is_that_of_the_earliest_year),
		AT_AN_OFFICE(done_again_it_writes_nothing),
		AT_AN_OFFICE(what_the_office_imports_is_received),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
