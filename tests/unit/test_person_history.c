/* SPDX-License-Identifier: Apache-2.0 */
/* test_person_history.c -- what a reader of person_history.h, corrections.h and
 * rights.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "client/records/conflicts.h"
#include "client/records/corrections.h"
#include "client/records/person_history.h"
#include "client/records/rights.h"
#include "protocol/date.h"
#include "tests/support/cell_world.h"

static struct cell_world world;

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

static int64_t
day(const char *s)
{
	int64_t d = 0;

	ok(date_parse(text(s), &d));
	return d;
}

static int
setup(void **state)
{
	(void)state;
	/* 1 December 2026 */
	(void)setenv("NGUON_TEST_TIME_MS", "1796083200000", 1);
	cell_world_open(&world);
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

static struct people_list
person_at(enum cell_world_device d, const uint8_t *id)
{
	struct people_list l = { .count = 0 };
	char digits[2 * ID_LEN + 1];

	hex_encode(id, ID_LEN, digits);
	ok(people_list_find(world.s[d], world.cell, text(digits), &l));
	assert_int_equal(l.count, 1);
	return l;
}

static const struct history_item *
item_of(const struct person_history *h, uint64_t field, enum step step,
    size_t nth)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->items[i].field == field && h->items[i].step == step &&
		    nth-- == 0)
			return &h->items[i];
	return NULL;
}

static void
assert_text(const struct history_item *item, const char *want)
{
	struct codec_reader r = codec_reader(item->value);
	struct span got;

	assert_non_null(item);
	ok(codec_read_text(&r, &got));
	assert_true(span_equal(got, text(want)));
}

static void
edit(enum cell_world_device d, const uint8_t *id, enum people_field f,
    const char *value, const char *why)
{
	struct people_list l = person_at(d, id);
	struct people_draft draft = { .why = { NULL, 0 } };
	size_t changed = 0;

	draft.text[f] = text(value);
	if (why != NULL)
		draft.why = text(why);
	ok(people_edit(world.s[d], &l.person[0], &draft, &changed));
	assert_int_equal(changed, 1);
	people_list_free(&l);
}

static void
every_value_stays(void **state)
{
	uint8_t id[ID_LEN];
	struct person_history h;
	const struct history_item *item;

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Lê Văn Đưc", "2020-01-01",
	    id);
	cell_world_sync(&world);
	edit(AT_DEPUTY, id, PEOPLE_FULL_NAME, "Lê Văn Đức", "viết sai dấu");
	ok(person_history_of(world.s[AT_DEPUTY], world.cell, id, &h));
	item = item_of(&h, FIELD_FULL_NAME, STEP_NONE, 0);
	assert_text(item, "Lê Văn Đưc");
	assert_int_equal(item->standing, HISTORY_REPLACED);
	assert_true(item->received);
	assert_int_equal(item->author.role, ROLE_SECRETARY);
	assert_true(item->author.name[0] != '\0');
	assert_true(item->stamp.leaf_time > 0);
	item = item_of(&h, FIELD_FULL_NAME, STEP_NONE, 1);
	assert_text(item, "Lê Văn Đức");
	assert_int_equal(item->standing, HISTORY_COUNTS);
	assert_false(item->received);
	assert_true(item->author.own);
	assert_int_equal(item->author.role, ROLE_DEPUTY);
	assert_true(span_equal(item->why, text("viết sai dấu")));
	/* the step, written long after its day */
	item = item_of(&h, FIELD_DATE, STEP_LISTED, 0);
	assert_non_null(item);
	assert_true(item->late);
	person_history_free(&h);
	/* the same on another device, once it has come */
	cell_world_sync(&world);
	ok(person_history_of(world.s[AT_OFFICE], world.cell, id, &h));
	item = item_of(&h, FIELD_FULL_NAME, STEP_NONE, 1);
	assert_text(item, "Lê Văn Đức");
	assert_true(item->received);
	person_history_free(&h);
}

static void
two_values_stand_beside_each_other(void **state)
{
	uint8_t id[ID_LEN];
	struct person_history h;
	const struct history_item *a, *b;

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Hai Giá Trị", "2020-01-01",
	    id);
	cell_world_sync(&world);
	edit(AT_SECRETARY, id, PEOPLE_PHONE, "0912345", "một");
	edit(AT_DEPUTY, id, PEOPLE_PHONE, "0913345", "hai");
	cell_world_sync(&world);
	ok(person_history_of(world.s[AT_OFFICE], world.cell, id, &h));
	a = item_of(&h, FIELD_PHONE, STEP_NONE, 0);
	b = item_of(&h, FIELD_PHONE, STEP_NONE, 1);
	assert_int_equal(a->standing == HISTORY_BESIDE, 1 -
	    (b->standing == HISTORY_BESIDE));
	person_history_free(&h);
	/* their reasons are no conflict of their own */
	struct conflict_list *list = NULL;
	ok(conflicts_list(world.s[AT_OFFICE], &list));
	for (size_t i = 0; i < list->count; i++)
		assert_int_not_equal(list->items[i].field, FIELD_WHY);
	conflicts_free(list);
}

static void
nothing_about_nobody(void **state)
{
	const uint8_t id[ID_LEN] = { 7 };
	struct person_history h;

	(void)state;
	ok(person_history_of(world.s[AT_OFFICE], world.cell, id, &h));
	assert_int_equal(h.count, 0);
	person_history_free(&h);
	/* an organisation does not hold the cell */
	ok(person_history_of(world.s[AT_UNION], world.cell, id, &h));
	assert_int_equal(h.count, 0);
	person_history_free(&h);
}

/* ---- corrections of steps */

static void
step_is_corrected(void **state)
{
	struct correction c = { .has_date = true, .date = day("2026-03-05"),
		.why = text("nhầm ngày") };
	struct correction_step at;
	struct people_list l;
	struct person_history h;
	uint8_t id[ID_LEN];
	const struct history_item *item;

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Sửa Bước", "2020-01-01", id);
	cell_world_step(&world, AT_SECRETARY, id, STEP_NOMINATED,
	    "2026-02-01");
	cell_world_step(&world, AT_SECRETARY, id, STEP_INTRODUCED,
	    "2026-03-01");
	cell_world_step(&world, AT_SECRETARY, id, STEP_CLASS_COMPLETED,
	    "2026-04-01");
	l = person_at(AT_SECRETARY, id);
	ok(corrections_find(world.s[AT_SECRETARY], &l.person[0],
	    STEP_INTRODUCED, &at));
	assert_int_equal(corrections_judge(&at, &c, day("2026-12-01")),
	    CORRECTIONS_FINE);
	ok(corrections_step(world.s[AT_SECRETARY], &l.person[0], &at, &c));
	/* the person is not that version any more */
	assert_int_equal(corrections_step(world.s[AT_SECRETARY],
	    &l.person[0], &at, &c), ERR_CHANGED);
	people_list_free(&l);
	ok(person_history_of(world.s[AT_SECRETARY], world.cell, id, &h));
	item = item_of(&h, FIELD_DATE, STEP_INTRODUCED, 0);
	assert_int_equal(item->standing, HISTORY_REPLACED);
	item = item_of(&h, FIELD_DATE, STEP_INTRODUCED, 1);
	assert_int_equal(item->standing, HISTORY_COUNTS);
	assert_true(span_equal(item->why, text("nhầm ngày")));
	person_history_free(&h);
	l = person_at(AT_SECRETARY, id);
	ok(corrections_find(world.s[AT_SECRETARY], &l.person[0],
	    STEP_INTRODUCED, &at));
	assert_int_equal(at.record.date, day("2026-03-05"));
	people_list_free(&l);
}

static void
corrections_are_judged(void **state)
{
	static const struct {
		enum step step;
		struct correction c;
		const char *date;
		enum corrections_verdict want;
	} rows[] = {
		{ STEP_INTRODUCED, { .drop = false }, "2026-03-05",
		  CORRECTIONS_NO_WHY },
		{ STEP_INTRODUCED, { .why = { (const uint8_t *)"x", 1 } },
		  NULL, CORRECTIONS_NOTHING },
		{ STEP_INTRODUCED, { .why = { (const uint8_t *)"x", 1 } },
		  "2026-03-01", CORRECTIONS_NOTHING },
		{ STEP_INTRODUCED, { .why = { (const uint8_t *)"x", 1 } },
		  "2026-01-31", CORRECTIONS_BEFORE },
		{ STEP_INTRODUCED, { .why = { (const uint8_t *)"x", 1 } },
		  "2026-04-02", CORRECTIONS_AFTER },
		{ STEP_CLASS_COMPLETED, { .why = { (const uint8_t *)"x", 1 } },
		  "2027-04-02", CORRECTIONS_FUTURE },
		{ STEP_INTRODUCED, { .why = { (const uint8_t *)"x", 1 },
		  .drop = true }, NULL, CORRECTIONS_FOLLOWED },
		{ STEP_CLASS_COMPLETED, { .why = { (const uint8_t *)"x", 1 },
		  .drop = true }, NULL, CORRECTIONS_FINE },
		{ STEP_NOMINATED, { .why = { (const uint8_t *)"x", 1 },
		  .organisation = { (const uint8_t *)"A B", 3 } }, NULL,
		  CORRECTIONS_BAD_ORGANISATION },
		{ STEP_NOMINATED, { .why = { (const uint8_t *)"x", 1 },
		  .organisation = { (const uint8_t *)"hoi-phu-nu", 10 } },
		  NULL, CORRECTIONS_FINE },
		{ STEP_NOMINATED, { .why = { (const uint8_t *)"x", 1 },
		  .helper_count = 1 }, NULL, CORRECTIONS_NO_HELPERS },
	};
	struct people_list l;
	struct correction_step at;
	uint8_t id[ID_LEN];

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Xét Sửa", "2020-01-01", id);
	cell_world_step(&world, AT_SECRETARY, id, STEP_NOMINATED,
	    "2026-02-01");
	cell_world_step(&world, AT_SECRETARY, id, STEP_INTRODUCED,
	    "2026-03-01");
	cell_world_step(&world, AT_SECRETARY, id, STEP_CLASS_COMPLETED,
	    "2026-04-01");
	l = person_at(AT_SECRETARY, id);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct correction c = rows[i].c;
		c.has_date = rows[i].date != NULL;
		if (c.has_date)
			c.date = day(rows[i].date);
		ok(corrections_find(world.s[AT_SECRETARY], &l.person[0],
		    rows[i].step, &at));
		if (corrections_judge(&at, &c, day("2026-12-01")) !=
		    rows[i].want)
			fail_msg("row %zu", i);
	}
	assert_int_equal(corrections_find(world.s[AT_SECRETARY],
	    &l.person[0], STEP_ADMITTED, &at), ERR_ABSENT);
	people_list_free(&l);
	for (int v = CORRECTIONS_FINE; v <= CORRECTIONS_ACTIVITY; v++)
		assert_true(strlen(catalogue_text(LANGUAGE_VI,
		    corrections_phrase((enum corrections_verdict)v))) > 5);
}

static void
void_step_leaves_the_history(void **state)
{
	const struct correction c = { .drop = true, .why = text("nhầm") };
	struct correction_step at;
	struct people_list l;
	struct person_history h;
	uint8_t id[ID_LEN];

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Bỏ Bước", "2020-01-01", id);
	cell_world_step(&world, AT_SECRETARY, id, STEP_NOMINATED,
	    "2026-02-01");
	l = person_at(AT_SECRETARY, id);
	ok(corrections_find(world.s[AT_SECRETARY], &l.person[0],
	    STEP_NOMINATED, &at));
	ok(corrections_step(world.s[AT_SECRETARY], &l.person[0], &at, &c));
	people_list_free(&l);
	l = person_at(AT_SECRETARY, id);
	assert_int_equal(steps_now(&l.person[0].standing), STEP_LISTED);
	people_list_free(&l);
	ok(person_history_of(world.s[AT_SECRETARY], world.cell, id, &h));
	assert_int_equal(item_of(&h, FIELD_DATE, STEP_NOMINATED,
	    0)->standing, HISTORY_VOIDED);
	assert_int_equal(item_of(&h, FIELD_VOIDED, STEP_NOMINATED,
	    0)->standing, HISTORY_COUNTS);
	person_history_free(&h);
}

/* A deputy does not record an admission, nor corrects one. */
static void
roles_hold_for_corrections(void **state)
{
	const struct correction c = { .drop = true, .why = text("nhầm") };
	struct correction_step at;
	struct people_list l;
	uint8_t id[ID_LEN];

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Đã Kết Nạp", "2020-01-01",
	    id);
	for (int s = STEP_NOMINATED; s <= STEP_ADMITTED; s++)
		cell_world_step(&world, AT_SECRETARY, id, (enum step)s,
		    "2026-02-01");
	cell_world_sync(&world);
	l = person_at(AT_DEPUTY, id);
	ok(corrections_find(world.s[AT_DEPUTY], &l.person[0], STEP_ADMITTED,
	    &at));
	assert_int_equal(corrections_step(world.s[AT_DEPUTY], &l.person[0],
	    &at, &c), ERR_ROLE);
	people_list_free(&l);
}

static void
trial_names_its_helpers(void **state)
{
	uint8_t id[ID_LEN], helpers[2][ID_LEN];
	const struct steps_wanted w = { .step = STEP_TRIAL_STARTED,
		.has_date = true, .date = day("2026-11-20"),
		.helpers = (const uint8_t(*)[ID_LEN])helpers,
		.helper_count = 2 };
	struct step_record *records = NULL;
	struct rights_mention *m = NULL;
	const struct state *s;
	size_t count = 0;

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Người Một", "2020-01-01",
	    helpers[0]);
	cell_world_person(&world, AT_SECRETARY, "Người Hai", "2020-01-01",
	    helpers[1]);
	cell_world_person(&world, AT_SECRETARY, "Theo Dõi", "2020-01-01", id);
	ok(steps_write(world.s[AT_SECRETARY], world.cell, id, &w, 0, NULL));
	ok(store_state(world.s[AT_SECRETARY], world.cell, id, &s));
	ok(steps_of(store_lines(world.s[AT_SECRETARY]), s, &records, &count));
	assert_int_equal(count, 2);
	assert_int_equal(records[1].helper_count, 2);
	assert_memory_equal(records[1].helpers, helpers, sizeof helpers);
	assert_false(records[1].late);
	assert_true(records[0].late);
	free(records);
	/* and whoever helps is named there */
	ok(rights_mentions(world.s[AT_SECRETARY], helpers[0], &m, &count));
	assert_int_equal(count, 1);
	assert_memory_equal(m[0].subject, id, ID_LEN);
	assert_int_equal(m[0].field, FIELD_HELPERS);
	free(m);
}

/* ---- activities */

static void
activity_is_corrected(void **state)
{
	const struct activity_draft d = { .date = text("2026-01-02"),
		.organisation = text(CELL_WORLD_UNION),
		.title = text("Làm đường"), .participants = text("14") };
	struct activity a, *list = NULL;
	size_t count = 0, changed = 0;

	(void)state;
	for (int lane = 0; lane < 2; lane++) {
		struct store *s = world.s[lane ? AT_UNION : AT_SECRETARY];
		const uint8_t *scope = lane ? world.lane : world.cell;

		assert_int_equal(activities_judge(&d, day("2026-12-01"), NULL,
		    &a), ACTIVITIES_FINE);
		ok(activities_add(s, scope, &a));
		ok(activities_list(s, scope, &list, &count));
		assert_int_equal(count, 1);
		assert_true(list[0].late);
		a.participants = 15;
		ok(corrections_activity(s, &list[0], &a, text("đếm lại"),
		    &changed));
		assert_int_equal(changed, 1);
		assert_int_equal(corrections_activity(s, &list[0], &a,
		    text("đếm lại"), &changed), ERR_CHANGED);
		activities_free(list, count);
		ok(activities_list(s, scope, &list, &count));
		assert_int_equal(count, 1);
		assert_int_equal(list[0].participants, 15);
		ok(corrections_activity(s, &list[0], &a, text("đếm lại"),
		    &changed));
		assert_int_equal(changed, 0);
		ok(corrections_activity(s, &list[0], NULL, text("nhầm"),
		    &changed));
		activities_free(list, count);
		activities_clear(&a);
		ok(activities_list(s, scope, &list, &count));
		assert_int_equal(count, 0);
		activities_free(list, count);
	}
}

static void
reasons_are_judged(void **state)
{
	static const struct {
		const char *text;
		enum corrections_verdict want;
	} rows[] = {
		{ "  nhầm   ngày ", CORRECTIONS_FINE },
		{ "  ", CORRECTIONS_NO_WHY }, { "a\xff", CORRECTIONS_NO_TEXT },
		{ "nhầm với Người Một", CORRECTIONS_NAMES },
	};
	struct people_index *people = NULL;
	struct buf kept = { .p = NULL };

	(void)state;
	ok(people_index_new(world.s[AT_SECRETARY], &people));
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_reset(&kept);
		assert_int_equal(corrections_why(text(rows[i].text), people,
		    &kept), rows[i].want);
		if (i == 0)
			assert_string_equal(buf_cstr(&kept), "nhầm ngày");
	}
	buf_free(&kept);
	people_index_free(people);
}

/* ---- rights */

static void
notice_is_kept(void **state)
{
	struct author author;
	struct people_list l;
	uint8_t id[ID_LEN];
	int64_t date = 0;
	uint64_t ms = 0;

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Được Báo", "2020-01-01", id);
	l = person_at(AT_SECRETARY, id);
	assert_int_equal(rights_notice(world.s[AT_SECRETARY], &l.person[0],
	    &date, &author, &ms), ERR_ABSENT);
	assert_int_equal(rights_notice_write(world.s[AT_SECRETARY],
	    &l.person[0], day("2026-12-09")), ERR_VALUE);
	ok(rights_notice_write(world.s[AT_SECRETARY], &l.person[0],
	    day("2026-11-09")));
	people_list_free(&l);
	cell_world_sync(&world);
	l = person_at(AT_OFFICE, id);
	ok(rights_notice(world.s[AT_OFFICE], &l.person[0], &date, &author,
	    &ms));
	assert_int_equal(date, day("2026-11-09"));
	assert_int_equal(author.role, ROLE_SECRETARY);
	people_list_free(&l);
}

static void
readers_are_who_is_entitled(void **state)
{
	static const enum role want[] = { ROLE_COMMUNE, ROLE_SECRETARY,
		ROLE_DEPUTY };
	struct rights_reader *r = NULL;
	size_t count = 0;

	(void)state;
	cell_world_sync(&world);
	ok(rights_readers(world.s[AT_SECRETARY], world.cell, &r, &count));
	assert_int_equal(count, 3);	/* not the organisation */
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(r[i].role, want[i]);
	assert_true(r[1].name[0] != '\0');
	free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_value_stays),
		cmocka_unit_test(two_values_stand_beside_each_other),
		cmocka_unit_test(nothing_about_nobody),
		cmocka_unit_test(step_is_corrected),
		cmocka_unit_test(corrections_are_judged),
		cmocka_unit_test(void_step_leaves_the_history),
		cmocka_unit_test(roles_hold_for_corrections),
		cmocka_unit_test(trial_names_its_helpers),
		cmocka_unit_test(activity_is_corrected),
		cmocka_unit_test(reasons_are_judged),
		cmocka_unit_test(notice_is_kept),
		cmocka_unit_test(readers_are_who_is_entitled),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
