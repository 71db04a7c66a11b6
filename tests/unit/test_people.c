/* SPDX-License-Identifier: Apache-2.0 */
/* test_people.c -- what a reader of people.h and activities.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "client/records/activities.h"
#include "client/records/people.h"
#include "protocol/date.h"
#include "tests/support/cell_world.h"
#include "tests/support/store_ops.h"

static struct cell_world world;

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

static void
ok(err e)
{
	assert_string_equal(err_name(e), err_name(ERR_OK));
}

static int
setup(void **state)
{
	(void)state;
	cell_world_open(&world);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	cell_world_close(&world);
	return 0;
}

/* ---- judging */

static void
drafts_are_judged(void **state)
{
	static const struct {
		enum people_field field;
		const char *text;
		enum people_verdict want;
	} rows[] = {
		{ PEOPLE_FULL_NAME, " ", PEOPLE_NO_NAME },
		{ PEOPLE_FULL_NAME, "a\xff", PEOPLE_NO_TEXT },
		{ PEOPLE_BIRTH_DATE, "31/2/1995", PEOPLE_BAD_BIRTH_DATE },
		{ PEOPLE_BIRTH_DATE, "1/1/1850", PEOPLE_BAD_BIRTH_DATE },
		{ PEOPLE_BIRTH_DATE, "23/10/1995", PEOPLE_FINE },
		{ PEOPLE_BIRTH_YEAR, "95", PEOPLE_BAD_BIRTH_YEAR },
		{ PEOPLE_BIRTH_YEAR, "1899", PEOPLE_BAD_BIRTH_YEAR },
		{ PEOPLE_BIRTH_YEAR, "199x", PEOPLE_BAD_BIRTH_YEAR },
		{ PEOPLE_BIRTH_YEAR, "2015", PEOPLE_ODD_BIRTH_YEAR },
		{ PEOPLE_BIRTH_YEAR, "1995", PEOPLE_FINE },
		{ PEOPLE_GENDER, "x", PEOPLE_BAD_GENDER },
		{ PEOPLE_GENDER, "Nữ", PEOPLE_FINE },
		{ PEOPLE_ORGANISATION, "Đoàn thanh niên", PEOPLE_FINE },
		{ PEOPLE_ORGANISATION, "đoàn_1", PEOPLE_FINE },
		{ PEOPLE_RESIDENCE, "Hà Nội", PEOPLE_BAD_RESIDENCE },
		{ PEOPLE_RESIDENCE, "Đi làm xa", PEOPLE_FINE },
		{ PEOPLE_PHONE, "0912 345 678", PEOPLE_FINE },
		{ PEOPLE_PHONE, "+84 (912) 345.678-9", PEOPLE_FINE },
		{ PEOPLE_PHONE, "", PEOPLE_FINE },
		{ PEOPLE_PHONE, "12345", PEOPLE_ODD_PHONE },
		{ PEOPLE_PHONE, "123456789012345678901", PEOPLE_ODD_PHONE },
		{ PEOPLE_PHONE, "0912/345678", PEOPLE_ODD_PHONE },
		{ PEOPLE_PHONE, "hỏi chị Hoa", PEOPLE_ODD_PHONE },
	};
	enum people_field field;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct people_draft d = { .text[PEOPLE_FULL_NAME] =
		    text("Lê Văn Đức") };

		d.text[rows[i].field] = text(rows[i].text);
		if (people_judge(&d, PEOPLE_NEW, day("2022-03-31"), &field) !=
		    rows[i].want)
			fail_msg("%s", rows[i].text);
		if (people_refuses(rows[i].want))
			assert_int_equal(field, rows[i].field);
	}
}

static void
year_and_date_must_agree(void **state)
{
	struct people_draft d = { .text[PEOPLE_FULL_NAME] = text("A B") };
	enum people_field field;

	(void)state;
	d.text[PEOPLE_BIRTH_DATE] = text("1995-10-23");
	d.text[PEOPLE_BIRTH_YEAR] = text("1996");
	assert_int_equal(people_judge(&d, PEOPLE_NEW, 19000, &field),
	    PEOPLE_BIRTH_DIFFERS);
	d.text[PEOPLE_BIRTH_YEAR] = text("1995");
	assert_int_equal(people_judge(&d, PEOPLE_NEW, 19000, &field),
	    PEOPLE_FINE);
	d = (struct people_draft){ .text[PEOPLE_FULL_NAME] = text("") };
	assert_int_equal(people_judge(&d, PEOPLE_CHANGED, 19000, &field),
	    PEOPLE_MUST_STAY);
	d = (struct people_draft){ .text[PEOPLE_PHONE] = text("") };
	assert_int_equal(people_judge(&d, PEOPLE_CHANGED, 19000, &field),
	    PEOPLE_FINE);
	for (int v = PEOPLE_FINE; v <= PEOPLE_MUST_STAY; v++)
		assert_true(strlen(catalogue_text(LANGUAGE_VI,
		    people_phrase((enum people_verdict)v))) > 5);
}

/* ---- in a store */

static const struct people_draft duc = { .text = {
	[PEOPLE_FULL_NAME] = { (const uint8_t *)"  LÊ VĂN  ĐỨC ", 19 },
	[PEOPLE_BIRTH_DATE] = { (const uint8_t *)"23/10/1995", 10 },
	[PEOPLE_GENDER] = { (const uint8_t *)"Nam", 3 },
	[PEOPLE_ORGANISATION] = { (const uint8_t *)"doan-thanh-nien", 15 },
	[PEOPLE_RESIDENCE] = { (const uint8_t *)"di-lam-xa", 9 },
	[PEOPLE_PHONE] = { (const uint8_t *)"0912345678", 10 },
	[PEOPLE_REF] = { (const uint8_t *)"P007", 4 },
} };

static void
add(enum cell_world_device at, const struct people_draft *d,
    uint8_t ret[static ID_LEN])
{
	ok(people_add(world.s[at], world.cell, d, day("2015-01-01"), ret));
}

static struct people_list
find(enum cell_world_device at, const char *who)
{
	struct people_list l = { .count = 0 };

	ok(people_list_find(world.s[at], NULL, text(who), &l));
	return l;
}

static void
a_person_is_one_entry_and_comes_back(void **state)
{
	struct sync_status before, after;
	struct people_list l;
	uint8_t id[ID_LEN];
	static const char *const want[PEOPLE_FIELDS] = { "LÊ VĂN ĐỨC",
		"1995-10-23", "1995", "nam", "doan-thanh-nien", "di-lam-xa",
		"", "", "0912345678", "", "P007" };

	(void)state;
	add(AT_SECRETARY, &duc, id);
	ok(store_sync_status(world.s[AT_SECRETARY], &before));
	add(AT_SECRETARY, &duc, id);
	ok(store_sync_status(world.s[AT_SECRETARY], &after));
	assert_int_equal(after.unsent - before.unsent, 1);
	cell_world_sync(&world);
	for (int at = AT_OFFICE; at <= AT_DEPUTY; at++) {
		char hex[2 * ID_LEN + 1];

		hex_encode(id, ID_LEN, hex);
		l = find((enum cell_world_device)at, hex);
		assert_int_equal(l.count, 1);
		assert_memory_equal(l.person[0].subject, id, ID_LEN);
		assert_memory_equal(l.person[0].scope, world.cell, SCOPE_LEN);
		for (unsigned i = 0; i < PEOPLE_FIELDS; i++)
			assert_string_equal(l.person[0].text[i], want[i]);
		assert_int_equal(steps_now(&l.person[0].standing),
		    STEP_LISTED);
		assert_int_equal(l.person[0].standing.date,
		    day("2015-01-01"));
		people_list_free(&l);
	}
	store_ops_assert_hidden(world.dir[AT_SECRETARY], "0912345678");
	store_ops_assert_hidden(world.dir[AT_SECRETARY], "LÊ VĂN ĐỨC");
}

static void
who_may_not_is_refused(void **state)
{
	static const struct people_draft nobody = { .text = {
		[PEOPLE_FULL_NAME] = { (const uint8_t *)" ", 1 } } };
	uint8_t id[ID_LEN] = { 7 };

	(void)state;
	assert_int_equal(people_add(world.s[AT_SECRETARY], world.cell,
	    &nobody, 0, id), ERR_VALUE);
	assert_int_not_equal(people_add(world.s[AT_UNION], world.cell, &duc,
	    0, id), ERR_OK);
	assert_int_equal(id[0], 7);
}

static void
an_edit_writes_what_differs(void **state)
{
	struct people_draft d = { .text = {
	    [PEOPLE_PHONE] = { (const uint8_t *)"0999", 4 },
	    [PEOPLE_GENDER] = { (const uint8_t *)"nam", 3 },
	    [PEOPLE_BIRTH_YEAR] = { (const uint8_t *)"1995", 4 } } };
	struct people_list l, old;
	uint8_t id[ID_LEN];
	size_t changed = 9;

	(void)state;
	add(AT_SECRETARY, &duc, id);
	old = find(AT_SECRETARY, "P007");
	ok(people_edit(world.s[AT_SECRETARY], &old.person[0], &d, &changed));
	assert_int_equal(changed, 1);
	l = find(AT_SECRETARY, "P007");
	assert_string_equal(l.person[0].text[PEOPLE_PHONE], "0999");
	ok(people_edit(world.s[AT_SECRETARY], &l.person[0], &d, &changed));
	assert_int_equal(changed, 0);
	/* what filled the form is not what is there now */
	d.text[PEOPLE_PHONE] = text("");
	assert_int_equal(people_edit(world.s[AT_SECRETARY], &old.person[0],
	    &d, &changed), ERR_CHANGED);
	ok(people_edit(world.s[AT_SECRETARY], &l.person[0], &d, &changed));
	people_list_free(&l);
	people_list_free(&old);
	l = find(AT_SECRETARY, "P007");
	assert_string_equal(l.person[0].text[PEOPLE_PHONE], "");
	d = (struct people_draft){ .text[PEOPLE_RESIDENCE] = text("xa") };
	assert_int_equal(people_edit(world.s[AT_SECRETARY], &l.person[0], &d,
	    &changed), ERR_VALUE);
	people_list_free(&l);
}

/* The date of birth brings its year along. */
static void
a_date_of_birth_says_the_year(void **state)
{
	struct people_draft d = { .text[PEOPLE_FULL_NAME] = text("Lê An") };
	struct people_list l;
	uint8_t id[ID_LEN];
	size_t changed;

	(void)state;
	add(AT_SECRETARY, &d, id);
	l = find(AT_SECRETARY, "le an");
	d = (struct people_draft){ .text[PEOPLE_BIRTH_DATE] =
	    text("1/2/1990") };
	ok(people_edit(world.s[AT_SECRETARY], &l.person[0], &d, &changed));
	assert_int_equal(changed, 2);
	people_list_free(&l);
	l = find(AT_SECRETARY, "le an");
	assert_string_equal(l.person[0].text[PEOPLE_BIRTH_YEAR], "1990");
	people_list_free(&l);
}

static void
two_devices_conflict_and_an_edit_settles(void **state)
{
	struct people_draft d = { .text[PEOPLE_PHONE] = text("1") };
	struct people_list l;
	uint8_t id[ID_LEN];
	size_t changed;

	(void)state;
	add(AT_SECRETARY, &duc, id);
	cell_world_sync(&world);
	l = find(AT_SECRETARY, "P007");
	ok(people_edit(world.s[AT_SECRETARY], &l.person[0], &d, &changed));
	people_list_free(&l);
	d.text[PEOPLE_PHONE] = text("2");
	l = find(AT_DEPUTY, "P007");
	ok(people_edit(world.s[AT_DEPUTY], &l.person[0], &d, &changed));
	people_list_free(&l);
	cell_world_sync(&world);
	l = find(AT_SECRETARY, "P007");
	assert_true(l.person[0].conflict[PEOPLE_PHONE]);
	assert_false(l.person[0].conflict[PEOPLE_FULL_NAME]);
	d.text[PEOPLE_PHONE] = text(l.person[0].text[PEOPLE_PHONE]);
	ok(people_edit(world.s[AT_SECRETARY], &l.person[0], &d, &changed));
	assert_int_equal(changed, 1);
	people_list_free(&l);
	cell_world_sync(&world);
	l = find(AT_DEPUTY, "P007");
	assert_false(l.person[0].conflict[PEOPLE_PHONE]);
	people_list_free(&l);
}

static void
named(const char *name, const char *ref, const char *residence)
{
	struct people_draft d = { .text[PEOPLE_FULL_NAME] = text(name) };
	uint8_t id[ID_LEN];

	d.text[PEOPLE_REF] = text(ref);
	d.text[PEOPLE_RESIDENCE] = text(residence);
	add(AT_SECRETARY, &d, id);
}

static void
people_are_found_by_what_one_knows(void **state)
{
	static const struct {
		const char *who;
		size_t count;		/* 0: nobody */
		const char *first;
	} rows[] = {
		{ "P2", 1, "Nguyễn Thị Hòa" },
		{ " P2 ", 1, "Nguyễn Thị Hòa" },
		{ "nguyen thi hoa", 2, "Nguyễn Thị Hòa" },
		{ "Nguyễn Thị Hoà", 2, "Nguyễn Thị Hòa" },
		{ "hoa", 3, "Lê Hoa" },
		{ "tran", 1, "Trần Đức" },	/* not Nguyễn Trang */
		{ "tra", 2, "" },
		{ "hoa nguyen", 2, "" },
		{ "duc", 1, "Trần Đức" },
		{ "Đức", 1, "Trần Đức" },
		{ "xyz", 0, "" },
		{ "p", 4, "Trần Đức" },
		{ "", 0, "" },
		{ "deadbeef", 0, "" },
	};

	(void)state;
	named("Nguyễn Thị Hòa", "P2", "di-lam-xa");
	named("NGUYỄN THỊ HOÀ", "P3", "tai-dia-phuong");
	named("Lê Hoa", "P1", "di-lam-xa");
	named("Trần Đức", "P4", "di-lam-xa");
	named("Nguyễn Trang", "Q5", "di-lam-xa");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct people_list l = { .count = 0 };
		err rc = people_list_find(world.s[AT_SECRETARY], world.cell,
		    text(rows[i].who), &l);

		assert_int_equal(rc, rows[i].count > 0 ? ERR_OK : ERR_ABSENT);
		if (l.count != rows[i].count)
			fail_msg("%s: %zu", rows[i].who, l.count);
		if (l.count == 1)
			assert_string_equal(l.person[0].text[PEOPLE_FULL_NAME],
			    rows[i].first);
		people_list_free(&l);
	}
}

static void
lists_are_filtered_and_sorted(void **state)
{
	struct people_filter f = { .scope = world.cell };
	struct people_list l = { .count = 0 };
	static const char *const order[] = { "Trần Đức", "Lê Hoa",
		"Nguyễn Thị Hòa", "Nguyễn Thị Xuân" };

	(void)state;
	named("Nguyễn Thị Xuân", "P9", "tai-dia-phuong");
	named("Nguyễn Thị Hòa", "P2", "di-lam-xa");
	named("Trần Đức", "P4", "di-lam-xa");
	named("Lê Hoa", "P1", "di-lam-xa");
	ok(people_list(world.s[AT_SECRETARY], &f, &l));
	assert_int_equal(l.count, 4);
	for (size_t i = 0; i < l.count; i++)
		assert_string_equal(l.person[i].text[PEOPLE_FULL_NAME],
		    order[i]);
	people_list_free(&l);
	f.residence = text("di-lam-xa");
	ok(people_list(world.s[AT_SECRETARY], &f, &l));
	assert_int_equal(l.count, 3);
	people_list_free(&l);
	f.words = text("P");
	ok(people_list(world.s[AT_SECRETARY], &f, &l));
	assert_int_equal(l.count, 3);
	people_list_free(&l);
	f.step = STEP_NOMINATED;
	ok(people_list(world.s[AT_SECRETARY], &f, &l));
	assert_int_equal(l.count, 0);
	people_list_free(&l);
	f = (struct people_filter){ .scope = world.lane };
	ok(people_list(world.s[AT_SECRETARY], &f, &l));
	assert_int_equal(l.count, 0);
	people_list_free(&l);
	people_list_free(&l);
}

/* ---- activities */

static void
activities_are_judged(void **state)
{
	static const struct {
		const char *date, *organisation, *title, *participants;
		enum activities_verdict want;
	} rows[] = {
		{ "2021-03-08", "hoi-phu-nu", "Trồng cây", "20",
		    ACTIVITIES_FINE },
		{ "8/3/2021", "Hội Phụ nữ", "Trồng cây", "",
		    ACTIVITIES_FINE },
		{ "8/13/2021", "hoi-phu-nu", "Trồng cây", "20",
		    ACTIVITIES_BAD_DATE },
		{ "2021-03-08", "", "Trồng cây", "20",
		    ACTIVITIES_BAD_ORGANISATION },
		{ "2021-03-08", "hoi-phu-nu", " ", "20",
		    ACTIVITIES_NO_TITLE },
		{ "2021-03-08", "hoi-phu-nu", "\xc3", "20",
		    ACTIVITIES_NO_TEXT },
		{ "2021-03-08", "hoi-phu-nu", "Trồng cây", "-1",
		    ACTIVITIES_BAD_PARTICIPANTS },
		{ "2021-03-08", "hoi-phu-nu", "Trồng cây", "100001",
		    ACTIVITIES_BAD_PARTICIPANTS },
		{ "2023-03-08", "hoi-phu-nu", "Trồng cây", "20",
		    ACTIVITIES_FUTURE },
		{ "2021-03-08", "hoi-phu-nu", "Thăm nhà anh le van duc", "2",
		    ACTIVITIES_NAMES },
		{ "2021-03-08", "hoi-phu-nu", "Thăm anh Đức", "2",
		    ACTIVITIES_FINE },
	};
	struct people_index *people = NULL;
	uint8_t id[ID_LEN];

	(void)state;
	add(AT_SECRETARY, &duc, id);
	ok(people_index_new(world.s[AT_SECRETARY], &people));
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct activity_draft d = {
			.date = text(rows[i].date),
			.organisation = text(rows[i].organisation),
			.title = text(rows[i].title),
			.participants = text(rows[i].participants),
		};
		struct activity a = { .title = NULL };

		if (activities_judge(&d, day("2022-03-31"), people, &a) !=
		    rows[i].want)
			fail_msg("row %zu", i);
		assert_true(activities_refuses(rows[i].want) ==
		    (a.title == NULL));
		activities_clear(&a);
	}
	people_index_free(people);
}

static void
activities_come_back_by_date(void **state)
{
	static const char *const dates[] = { "2021-06-01", "2020-01-01" };
	struct activity *list = NULL;
	uint8_t keys[2][ID_LEN];
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct activity_draft d = { .date = text(dates[i]),
			.organisation = text("hoi-nong-dan"),
			.title = text("  Hội   thao thôn "),
			.participants = text(i == 0 ? "18" : "") };
		struct activity a;

		assert_int_equal(activities_judge(&d, day("2022-03-31"), NULL,
		    &a), ACTIVITIES_FINE);
		ok(activities_add(world.s[AT_SECRETARY], world.cell, &a));
		memcpy(a.scope, world.cell, SCOPE_LEN);
		activities_key(&a, keys[i]);
		activities_clear(&a);
	}
	cell_world_sync(&world);
	ok(activities_list(world.s[AT_OFFICE], world.cell, &list, &count));
	assert_int_equal(count, 2);
	assert_int_equal(list[0].date, day("2020-01-01"));
	assert_false(list[0].has_participants);
	assert_int_equal(list[1].participants, 18);
	assert_string_equal(list[1].title, "Hội thao thôn");
	assert_string_equal(list[1].organisation, "hoi-nong-dan");
	assert_false(list[1].waits);
	for (size_t i = 0; i < 2; i++) {
		uint8_t key[ID_LEN];

		activities_key(&list[i], key);
		assert_memory_equal(key, keys[1 - i], ID_LEN);
	}
	activities_free(list, count);
	activities_free(NULL, 0);
}

/* An organisation reports in its own lane; the cell reads it there. */
static void
an_organisation_reports_in_its_lane(void **state)
{
	const struct activity_draft d = { .date = text("2021-06-01"),
		.organisation = text(CELL_WORLD_UNION),
		.title = text("Trồng cây"), .participants = text("9") };
	struct activity *list = NULL, a;
	size_t count = 0;

	(void)state;
	assert_int_equal(activities_judge(&d, day("2022-03-31"), NULL, &a),
	    ACTIVITIES_FINE);
	assert_int_equal(activities_add(world.s[AT_UNION], world.cell, &a),
	    ERR_SCOPE);
	ok(activities_add(world.s[AT_UNION], world.lane, &a));
	activities_clear(&a);
	cell_world_sync(&world);
	ok(activities_list(world.s[AT_SECRETARY], NULL, &list, &count));
	assert_int_equal(count, 1);
	assert_memory_equal(list[0].scope, world.lane, SCOPE_LEN);
	activities_free(list, count);
	ok(activities_list(world.s[AT_SECRETARY], world.cell, &list, &count));
	assert_int_equal(count, 0);
	activities_free(list, count);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drafts_are_judged),
		cmocka_unit_test(year_and_date_must_agree),
#define IN_A_CELL(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		IN_A_CELL(a_person_is_one_entry_and_comes_back),
		IN_A_CELL(who_may_not_is_refused),
		IN_A_CELL(an_edit_writes_what_differs),
		IN_A_CELL(a_date_of_birth_says_the_year),
		IN_A_CELL(two_devices_conflict_and_an_edit_settles),
		IN_A_CELL(people_are_found_by_what_one_knows),
		IN_A_CELL(lists_are_filtered_and_sorted),
		IN_A_CELL(activities_are_judged),
		IN_A_CELL(activities_come_back_by_date),
		IN_A_CELL(an_organisation_reports_in_its_lane),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
