/* SPDX-License-Identifier: Apache-2.0 */
/* test_import.c -- what a reader of import.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "client/records/activities.h"
#include "client/records/commune.h"
#include "client/records/import.h"
#include "client/records/people.h"
#include "protocol/date.h"
#include "tests/support/cell_world.h"
#include "tests/support/temp_folder.h"

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

/* ---- one table */

static struct import *
judge(struct store *s, enum import_table table, struct span csv,
    const char *cell)
{
	struct import_options o = { .cell = cell, .has_date = true };
	struct import_fault fault;
	struct import *i = NULL;

	ok(date_parse(text("2015-01-01"), &o.date));
	ok(import_read(s, table, csv, &o, &i, &fault));
	return i;
}

/* The colours of all rows: g, Y written, y, r, o; then those written. */
static void
check(struct store *s, enum import_table table, const char *csv,
    const char *cell, const char *want)
{
	struct import *i = judge(s, table, text(csv), cell);
	struct buf got = { .p = NULL };
	size_t written = 99, to_write = import_to_write(i);

	for (size_t row = 0; row < import_count(i); row++) {
		const struct import_verdict *v = import_row(i, row);
		static const char letters[] = "gyro";

		assert_true(v->line == row + 2);
		buf_put_u8(&got, (uint8_t)(v->colour == IMPORT_YELLOW &&
		    v->written ? 'Y' : letters[v->colour]));
		assert_int_equal(v->written, v->colour == IMPORT_GREEN ||
		    (v->colour == IMPORT_YELLOW && v->written));
		assert_true(strlen(catalogue_text(LANGUAGE_VI, v->reason)) >
		    5);
	}
	assert_string_equal(buf_cstr(&got), want);
	ok(import_write(i, &written));
	assert_int_equal(written, to_write);
	buf_free(&got);
	import_free(i);
}

/* ---- colours */

static void
cells_and_quotas_are_judged(void **state)
{
	struct office *o = *state;

	check(o->s, IMPORT_CELLS, "cell,name,members\na,A,1\nb,B,\na,A,1\n"
	    "c d,C,1\nd,,1\ne,E,x\n,F,1\nAll,G,1\ncommune,H,1\n", NULL,
	    "ggyrrrrrr");
	check(o->s, IMPORT_CELLS, "cell,name\na,A\n", NULL, "y");
	check(o->s, IMPORT_QUOTAS, "year,cell,quota\n2020,a,3\n2020,b,0\n"
	    "2020,z,3\n0,a,3\n2021,a,-1\n2021,a,\n2020,a,3\n", NULL,
	    "ggrrrry");
	check(o->s, IMPORT_QUOTAS, "year,cell,quota,why\n2020,a,4,\n"
	    "2020,a,4,resolution 7\n2020,b,0,\n", NULL, "rYy");
	check(o->s, IMPORT_QUOTAS, "year,cell,quota\n2020,a,4\n2022,b,1\n",
	    "a", "yo");
}

static void
people_are_judged(void **state)
{
	struct office *o = *state;

	check(o->s, IMPORT_CELLS, "cell,name\na,A\nb,B\n", NULL, "gg");
	check(o->s, IMPORT_PEOPLE, "ref,cell,full_name,birth_year\n"
	    "1,a,Lê Văn Đức,1990\n"
	    "1,a,LE VAN DUC,1990\n"		/* twice */
	    "1,a,Lê Thị Hoa,1990\n"		/* ref of another */
	    "1,b,Lê Thị Hoa,1990\n"
	    "2,b,Lê Văn Đức,1990\n"		/* namesake elsewhere */
	    "3,a,Lê Văn Đức,1990\n"		/* namesake here */
	    ",a,Lê Văn Đức,1990\n"		/* no ref to tell them apart */
	    ",a,Trần An,\n"
	    ",a,tran an,\n"
	    "4,a,,1990\n"
	    "5,a,Trần B,90\n"
	    "6,z,Trần B,1990\n"
	    "7,,Trần B,1990\n"
	    "8,a,Trần B,1900\n"			/* odd year */
	    "9,a,\"Trần, C\"\n"			/* short row */
	    "10,a,Trần D,1990,x\n"		/* wide row */
	    "11,a,\xff,1990\n", NULL, "gyrgYYygyrrrrYgrr");
	check(o->s, IMPORT_PEOPLE, "ref;full_name;cell\n1;Lê Văn Đức;a\n"
	    "20;Nguyễn E;a\n20;Nguyễn E;b\n", "a", "rgo");
}

static void
events_are_judged_by_date(void **state)
{
	struct office *o = *state;

	check(o->s, IMPORT_CELLS, "cell,name\na,A\nb,B\n", NULL, "gg");
	check(o->s, IMPORT_PEOPLE, "ref,cell,full_name\n1,a,Lê A\n2,a,Lê B\n"
	    "3,b,Lê C\n", NULL, "ggg");
	check(o->s, IMPORT_EVENTS,
	    "person,date,event,cell,organisation,reason\n"
	    "1,2016-01-01,introduced,a,,\n"
	    "1,5/1/2016,Nominated,a,Đoàn thanh niên,\n"	/* after that */
	    "1,2015-05-01,nominated,a,doan-thanh-nien,\n"
	    "3,2016-01-01,nominated,a,x,\n"		/* of another cell */
	    "3,2016-01-01,nominated,b,,\n"
	    "3,2016-01-01,nominated,b,hoi-phu-nu,\n"
	    "3,2016-01-01,nominated,b,hoi-phu-nu,\n"	/* twice */
	    "3,2016-02-30,introduced,b,,\n"
	    "3,2016-02-03,admitted,b,,\n"
	    "3,2016-02-04,withdrawn,b,,\n"
	    "3,2016-02-05,withdrawn,b,,khac\n"
	    "2,9999-01-01,nominated,a,hoi-phu-nu,\n"	/* future */
	    "2,2014-01-01,nominated,a,hoi-phu-nu,\n"	/* before listed */
	    "2,2013-01-01,introduced,a,,\n"		/* before that */
	    "2,2016-01-01,danced,a,,\n"
	    ",2016-01-01,nominated,a,hoi-phu-nu,\n", NULL,
	    "grgrrgyrrrgrYrrr");
	check(o->s, IMPORT_EVENTS, "person,date,event\n"
	    "3,2016-02-05,withdrawn\n3,2016-02-05,introduced\n", "b", "yr");
	check(o->s, IMPORT_EVENTS, "person,date,event,organisation\n"
	    "3,2018-02-05,nominated,hoi-phu-nu\n"
	    "3,2018-03-05,introduced,\n", "b", "gg");
}

/* The file's order counts, unless another lets more be recorded. */
static void
a_days_events_keep_their_order(void **state)
{
	struct office *o = *state;
	struct people_list l = { .count = 0 };
	static const struct { const char *ref; enum step now; } want[] = {
		{ "1", STEP_INTRODUCED }, { "2", STEP_NOMINATED },
		{ "3", STEP_WITHDRAWN }, { "4", STEP_CLASS_COMPLETED },
	};

	check(o->s, IMPORT_CELLS, "cell,name\na,A\n", NULL, "g");
	check(o->s, IMPORT_PEOPLE, "ref,cell,full_name\n1,a,Lê A\n2,a,Lê B\n"
	    "3,a,Lê C\n4,a,Lê D\n", NULL, "gggg");
	check(o->s, IMPORT_EVENTS, "person,date,event,organisation,reason\n"
	    "1,2016-01-01,nominated,x,\n"
	    "1,2016-02-02,withdrawn,,khac\n"	/* and comes back */
	    "1,2016-02-02,nominated,y,\n"
	    "1,2016-02-02,introduced,,\n"
	    "2,2016-02-02,withdrawn,,khac\n"	/* was only listed */
	    "2,2016-02-02,nominated,x,\n"
	    "3,2016-02-02,nominated,x,\n"
	    "3,2016-02-02,withdrawn,,khac\n"
	    "4,2016-02-02,class_completed,,\n"	/* newest first */
	    "4,2016-02-02,introduced,,\n"
	    "4,2016-02-02,nominated,x,\n", "a", "ggggggggggg");
	for (size_t n = 0; n < sizeof want / sizeof want[0]; n++) {
		ok(people_list_find(o->s, NULL, text(want[n].ref), &l));
		assert_int_equal(l.count, 1);
		assert_int_equal(steps_now(&l.person[0].standing),
		    want[n].now);
		people_list_free(&l);
	}
}

static void
activities_are_judged(void **state)
{
	struct office *o = *state;

	check(o->s, IMPORT_CELLS, "cell,name\na,A\nb,B\n", NULL, "gg");
	check(o->s, IMPORT_PEOPLE, "ref,cell,full_name\n1,a,Lê Văn Đức\n",
	    NULL, "g");
	check(o->s, IMPORT_ACTIVITIES,
	    "date,cell,organisation,title,participants\n"
	    "2018-01-01,a,hoi-phu-nu,Trồng cây,5\n"
	    "2018-01-01,a,hoi-phu-nu,Trồng  cây,5\n"
	    "2018-01-01,a,hoi-phu-nu,Trồng cây,6\n"
	    "2018-01-01,b,hoi-phu-nu,Trồng cây,5\n"
	    "2018-01-01,a,hoi-phu-nu,Thăm LÊ VĂN ĐỨC,5\n"
	    "2018-01-01,a,,Trồng cây,5\n"
	    "2018-01-01,a,hoi-phu-nu,,5\n"
	    "2018-01-01,a,hoi-phu-nu,Trồng cây,năm\n"
	    "2018,a,hoi-phu-nu,Trồng cây,5\n", NULL, "gYggYrrrr");
	check(o->s, IMPORT_ACTIVITIES,
	    "date,cell,organisation,title,participants\n"
	    "2018-01-01,a,hoi-phu-nu,Trồng cây,5\n", NULL, "y");
}

/* Figures count rows: what the file has beyond the store is written. */
static void
equal_activities_are_as_many_as_the_rows(void **state)
{
	static const char head[] = "date,cell,organisation,title\n";
	static const char row[] = "2018-01-01,a,hoi-phu-nu,Trồng cây\n";
	static const char *const want[] = { "", "g", "yY", "yyYY", "yyy",
		"yyyyY" };
	static const size_t rows[] = { 0, 1, 2, 4, 3, 5 };
	struct office *o = *state;
	struct activity *all = NULL;
	struct import *i;
	size_t count = 0;

	check(o->s, IMPORT_CELLS, "cell,name\na,A\n", NULL, "g");
	for (size_t k = 1; k < sizeof rows / sizeof rows[0]; k++) {
		struct buf csv = { .p = NULL };

		buf_put_text(&csv, head);
		for (size_t n = 0; n < rows[k]; n++)
			buf_put_text(&csv, row);
		check(o->s, IMPORT_ACTIVITIES, buf_cstr(&csv), NULL, want[k]);
		buf_free(&csv);
	}
	ok(activities_list(o->s, NULL, &all, &count));
	assert_int_equal(count, 5);
	activities_free(all, count);
	i = judge(o->s, IMPORT_ACTIVITIES, text("date,cell,organisation,title\n"
	    "2018-01-02,a,x,A\n2018-01-03,a,x,A\n2018-01-02,a,x,A\n"), NULL);
	assert_int_equal(import_row(i, 1)->equal_line, 0);
	assert_int_equal(import_row(i, 2)->equal_line, 2);
	{
		struct buf reason = { .p = NULL };

		ok(import_reason(import_row(i, 2), LANGUAGE_VI, &reason));
		assert_non_null(strstr(buf_cstr(&reason),
		    "Giống hệt dòng 2;"));
		buf_free(&reason);
	}
	import_free(i);
}

static void
a_wrong_table_is_told(void **state)
{
	static const struct {
		enum import_table table;
		const char *csv, *cell;
		err want;
		const char *missing;
		enum csv_fault fault;
	} rows[] = {
		{ IMPORT_PEOPLE, "ref,shoes\n1,2\n", NULL, ERR_FORMAT,
		    "full_name", CSV_FINE },
		{ IMPORT_PEOPLE, "ref,full_name\n1,2\n", NULL, ERR_FORMAT,
		    "cell", CSV_FINE },
		{ IMPORT_EVENTS, "cell,date,event\n", NULL, ERR_FORMAT,
		    "person", CSV_FINE },
		{ IMPORT_PEOPLE, "", NULL, ERR_FORMAT, NULL, CSV_EMPTY },
		{ IMPORT_PEOPLE, "a,b\n\"", NULL, ERR_FORMAT, NULL,
		    CSV_OPEN_QUOTE },
		{ IMPORT_PEOPLE, "full_name\n", "zz", ERR_ABSENT, NULL,
		    CSV_FINE },
	};
	struct office *o = *state;
	struct import *i = NULL;

	check(o->s, IMPORT_CELLS, "cell,name\na,A\nb,B\n", NULL, "gg");
	for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
		struct import_options options = { .cell = rows[k].cell };
		struct import_fault fault;

		assert_int_equal(import_read(o->s, rows[k].table,
		    text(rows[k].csv), &options, &i, &fault), rows[k].want);
		assert_null(i);
		assert_int_equal(fault.csv.fault, rows[k].fault);
		if (rows[k].missing != NULL)
			assert_string_equal(fault.missing, rows[k].missing);
		else
			assert_null(fault.missing);
	}
	import_free(NULL);
	assert_int_equal(import_table_from_name("people"), IMPORT_PEOPLE);
	assert_int_equal(import_table_from_name("quotas"), IMPORT_QUOTAS);
	assert_int_equal(import_table_from_name("x"), IMPORT_TABLES);
}

static void
rejected_rows_come_back_with_a_reason(void **state)
{
	struct office *o = *state;
	struct buf out = { .p = NULL };
	struct import *i;

	check(o->s, IMPORT_CELLS, "cell,name\na,A\n", NULL, "g");
	i = judge(o->s, IMPORT_PEOPLE, text("full_name;colour;birth_year\r\n"
	    "\"B; C\";red;x\r\nD;blue;1990\r\n"), NULL);
	assert_true(span_equal(import_unknown_column(i, 0), text("colour")));
	assert_int_equal(import_unknown_column(i, 1).n, 0);
	ok(import_rejected(i, LANGUAGE_EN, &out));
	assert_string_equal(buf_cstr(&out),
	    "full_name;colour;birth_year;rejected_because\r\n\"B; C\";red;x;"
	    "The year of birth must be a year from 1900 to 2100.\r\n");
	import_free(i);
	/* mended, it goes in as it is, and may be rejected again */
	i = judge(o->s, IMPORT_PEOPLE, buf_span(&out), NULL);
	assert_int_equal(import_unknown_column(i, 1).n, 0);
	buf_reset(&out);
	ok(import_rejected(i, LANGUAGE_EN, &out));
	assert_null(strstr(buf_cstr(&out), "because;"));
	buf_free(&out);
	import_free(i);
}

/* ---- other devices */

static void
a_cell_imports_its_own(void **state)
{
	static struct cell_world w;
	struct import_options none = { .cell = NULL };
	struct import_fault fault;
	struct import *i = NULL;

	(void)state;
	cell_world_open(&w);
	check(w.s[AT_OFFICE], IMPORT_CELLS, "cell,name\nb,B\n", NULL, "g");
	cell_world_sync(&w);
	check(w.s[AT_DEPUTY], IMPORT_PEOPLE, "ref,cell,full_name\n"
	    "1,ba-mo,Lê A\n2,b,Lê B\n3,zz,Lê C\n4,,Lê D\n", NULL, "grrg");
	check(w.s[AT_DEPUTY], IMPORT_PEOPLE, "ref,full_name\n5,Lê E\n", NULL,
	    "g");
	check(w.s[AT_DEPUTY], IMPORT_EVENTS, "person,date,event,organisation\n"
	    "1,2016-01-01,nominated,hoi-phu-nu\n1,2016-01-02,introduced,\n"
	    "1,2016-01-03,class_completed,\n1,2016-01-04,trial_started,\n"
	    "1,2016-01-05,admitted,\n", NULL, "ggggr");
	check(w.s[AT_SECRETARY], IMPORT_PEOPLE, "ref,cell,full_name\n"
	    "2,b,Lê B\n6,ba-mo,Lê F\n", "ba-mo", "og");
	assert_int_equal(import_read(w.s[AT_DEPUTY], IMPORT_QUOTAS,
	    text("year,cell,quota\n"), &none, &i, &fault), ERR_ROLE);
	assert_int_equal(import_read(w.s[AT_UNION], IMPORT_PEOPLE,
	    text("full_name\n"), &none, &i, &fault), ERR_ROLE);
	none.cell = "b";
	assert_int_equal(import_read(w.s[AT_DEPUTY], IMPORT_PEOPLE,
	    text("full_name\n"), &none, &i, &fault), ERR_SCOPE);
	cell_world_close(&w);
}

/* Somebody changes a person between the preview and the answer. */
static void
what_changed_since_the_preview_stops_it(void **state)
{
	static struct cell_world w;
	struct import *i;
	uint8_t id[ID_LEN];
	size_t written = 9;

	(void)state;
	cell_world_open(&w);
	check(w.s[AT_SECRETARY], IMPORT_PEOPLE, "ref,full_name\n1,Lê A\n"
	    "2,Lê B\n", NULL, "gg");
	i = judge(w.s[AT_SECRETARY], IMPORT_EVENTS,
	    text("person,date,event,organisation\n"
	    "1,2016-01-01,nominated,x\n2,2016-01-01,nominated,x\n"), NULL);
	{
		struct people_list l = { .count = 0 };

		ok(people_list_find(w.s[AT_SECRETARY], NULL, text("2"), &l));
		memcpy(id, l.person[0].subject, ID_LEN);
		people_list_free(&l);
	}
	cell_world_step(&w, AT_SECRETARY, id, STEP_NOMINATED, "2015-06-01");
	assert_int_equal(import_write(i, &written), ERR_CHANGED);
	assert_int_equal(written, 0);
	import_free(i);
	check(w.s[AT_SECRETARY], IMPORT_EVENTS,
	    "person,date,event,organisation\n"
	    "1,2016-01-01,nominated,x\n2,2016-01-01,nominated,x\n", NULL,
	    "gr");
	cell_world_close(&w);
}

static double
seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
ten_thousand_go_in(void **state)
{
	struct office *o = *state;
	struct buf csv = { .p = NULL };
	double start, judged, written;
	struct import *i;
	size_t n = 0;

	check(o->s, IMPORT_CELLS, "cell,name\na,A\n", NULL, "g");
	buf_put_text(&csv, "ref,cell,full_name,birth_year,gender,organisation,"
	    "residence,workplace,education,phone\n");
	for (int k = 0; k < 10000; k++) {
		char row[256];

		(void)snprintf(row, sizeof row, "Q%05d,a,Nguyễn Văn Số %d,%d,"
		    "nam,doan-thanh-nien,di-lam-xa,\"Công ty, KCN\",THPT,"
		    "09%08d\n", k, k, 1980 + k % 25, k);
		buf_put_text(&csv, row);
	}
	start = seconds();
	i = judge(o->s, IMPORT_PEOPLE, buf_span(&csv), NULL);
	judged = seconds();
	assert_int_equal(import_colour_count(i, IMPORT_GREEN), 10000);
	ok(import_write(i, &n));
	written = seconds();
	assert_int_equal(n, 10000);
	print_message("judged in %.2f s, written in %.2f s\n", judged - start,
	    written - judged);
	import_free(i);
	start = seconds();
	i = judge(o->s, IMPORT_PEOPLE, buf_span(&csv), NULL);
	print_message("judged again in %.2f s\n", seconds() - start);
	assert_int_equal(import_colour_count(i, IMPORT_YELLOW), 10000);
	assert_int_equal(import_to_write(i), 0);
	import_free(i);
	buf_free(&csv);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define AT_AN_OFFICE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		AT_AN_OFFICE(cells_and_quotas_are_judged),
		AT_AN_OFFICE(people_are_judged),
		AT_AN_OFFICE(events_are_judged_by_date),
		AT_AN_OFFICE(a_days_events_keep_their_order),
		AT_AN_OFFICE(activities_are_judged),
		AT_AN_OFFICE(equal_activities_are_as_many_as_the_rows),
		AT_AN_OFFICE(a_wrong_table_is_told),
		AT_AN_OFFICE(rejected_rows_come_back_with_a_reason),
		cmocka_unit_test(a_cell_imports_its_own),
		cmocka_unit_test(what_changed_since_the_preview_stops_it),
		AT_AN_OFFICE(ten_thousand_go_in),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
