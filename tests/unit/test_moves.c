/* SPDX-License-Identifier: Apache-2.0 */
/* test_moves.c -- what readers of moves.h and duplicates.h may rely on, and
 * F6: two cells, their devices with real stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/records/conflicts.h"
#include "client/records/duplicates.h"
#include "client/records/moves.h"
#include "client/records/report.h"
#include "protocol/date.h"
#include "tests/support/cell_world.h"

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
	cell_world_open(&world);
	cell_world_commissioner(&world);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	cell_world_close(&world);
	return 0;
}

static void
sync_all(void)
{
	cell_world_sync(&world);
}

/* A figure of the commune (code NULL) or a cell, as a device has it. */
static void
figure_is(enum cell_world_device d, const char *code, const char *name,
    const char *want)
{
	struct report *r = NULL;
	struct period p;

	ok(period_parse("all", &p));
	ok(report_make(world.s[d], &p, code == NULL ? REPORT_COMMUNE : code,
	    &r));
	assert_int_equal(r->count, 1);
	assert_string_equal(figures_find(r->blocks[0].rows,
	    r->blocks[0].count, name), want);
	report_free(r);
}

static struct person *
only(enum cell_world_device d, const uint8_t *scope, struct people_list *l)
{
	const struct people_filter f = { .scope = scope };

	memset(l, 0, sizeof *l);
	ok(people_list(world.s[d], &f, l));
	assert_int_equal(l->count, 1);
	return &l->person[0];
}

static void
nobody(enum cell_world_device d, const uint8_t *scope, size_t in_all)
{
	struct people_filter f = { .scope = scope };
	struct people_list l = { .count = 0 };

	ok(people_list(world.s[d], &f, &l));
	assert_int_equal(l.count, 0);
	people_list_free(&l);
	f.all = true;
	ok(people_list(world.s[d], &f, &l));
	assert_int_equal(l.count, in_all);
	for (size_t i = 0; i < l.count; i++)
		assert_true(l.person[i].gone);
	people_list_free(&l);
}

static void
add(enum cell_world_device d, const uint8_t *scope, const char *name,
    const char *year, const char *phone, uint8_t ret[static ID_LEN])
{
	struct people_draft draft = { .text = { { NULL, 0 } } };

	draft.text[PEOPLE_FULL_NAME] = text(name);
	if (year[0] != '\0')
		draft.text[PEOPLE_BIRTH_YEAR] = text(year);
	if (phone[0] != '\0')
		draft.text[PEOPLE_PHONE] = text(phone);
	ok(people_add(world.s[d], scope, &draft, day("2022-01-10"), ret));
}

static void
move(const uint8_t *from, const uint8_t *to)
{
	struct people_list l;

	ok(moves_write(world.s[AT_OFFICE], only(AT_OFFICE, from, &l), to,
	    day("2022-06-01"), text("lấy chồng")));
	people_list_free(&l);
}

/* Everybody has the same one, here and there. */
static void
counted(const char *here, const char *there)
{
	static const char *const rows[] = { "people", "listed" };

	for (size_t i = 0; i < 2; i++) {
		figure_is(AT_OFFICE, NULL, rows[i], "1");
		figure_is(AT_OFFICE, CELL_WORLD_CODE, rows[i], here);
		figure_is(AT_OFFICE, CELL_WORLD_OTHER, rows[i], there);
		figure_is(AT_SECRETARY, CELL_WORLD_CODE, rows[i], here);
		figure_is(AT_DEPUTY, CELL_WORLD_CODE, rows[i], here);
		figure_is(AT_OTHER, CELL_WORLD_OTHER, rows[i], there);
	}
}

static void
a_move_copies_everything_and_counts_once(void **state)
{
	struct people_list l;
	uint8_t id[ID_LEN];

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Nguyễn Thị Hoa",
	    "2022-01-10", id);
	cell_world_step(&world, AT_SECRETARY, id, STEP_NOMINATED,
	    "2022-02-01");
	sync_all();
	move(world.cell, world.other);
	figure_is(AT_OFFICE, NULL, "people", "1");	/* before it is sent */
	sync_all();
	counted("0", "1");
	figure_is(AT_OFFICE, NULL, "nominated:" CELL_WORLD_UNION, "1");
	figure_is(AT_OTHER, CELL_WORLD_OTHER, "nominated", "1");
	nobody(AT_SECRETARY, world.cell, 1);
	const struct person *p = only(AT_OTHER, world.other, &l);
	assert_memory_equal(p->subject, id, ID_LEN);
	assert_string_equal(p->text[PEOPLE_FULL_NAME], "Nguyễn Thị Hoa");
	assert_string_equal(p->text[PEOPLE_BIRTH_YEAR], "1999");
	assert_string_equal(p->text[PEOPLE_RESIDENCE], "di-lam-xa");
	assert_int_equal(steps_now(&p->standing), STEP_NOMINATED);
	assert_false(p->gone);
	people_list_free(&l);
}

static void
a_preview_says_whom_it_touches_and_writes_nothing(void **state)
{
	struct moves_preview v;
	struct people_list l;
	uint8_t id[ID_LEN];

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Nguyễn Thị Hoa",
	    "2022-01-10", id);
	sync_all();
	const struct person *p = only(AT_OFFICE, world.cell, &l);
	ok(moves_preview(world.s[AT_OFFICE], p, world.other, &v));
	assert_string_equal(v.from.code, CELL_WORLD_CODE);
	assert_string_equal(v.to.code, CELL_WORLD_OTHER);
	assert_int_equal(v.from.people, 1);
	assert_int_equal(v.to.people, 0);
	assert_int_equal(v.steps, 1);
	assert_false(v.result_moves);
	assert_int_equal(moves_preview(world.s[AT_OFFICE], p, world.cell, &v),
	    ERR_EXISTS);
	people_list_free(&l);
	p = only(AT_SECRETARY, world.cell, &l);
	assert_int_equal(moves_preview(world.s[AT_SECRETARY], p, world.other,
	    &v), ERR_ROLE);
	assert_int_equal(moves_write(world.s[AT_SECRETARY], p, world.other,
	    day("2022-06-01"), text("")), ERR_ROLE);
	people_list_free(&l);
	counted("1", "0");
}

/* The late values are listed for both, and the commune carries one over. */
static void
late_is_settled(const uint8_t *id)
{
	struct conflict_choice choice = { .keep = 0 };
	struct conflict_list *list = NULL;
	const struct conflict *c;

	ok(conflicts_list(world.s[AT_SECRETARY], &list));
	assert_int_equal(list->count, 1);
	choice.drop = true;
	assert_int_equal(conflicts_settle(world.s[AT_SECRETARY],
	    &list->items[0], &choice), ERR_ROLE);
	conflicts_free(list);
	ok(conflicts_list(world.s[AT_OFFICE], &list));
	assert_int_equal(list->count, 1);
	c = &list->items[0];
	assert_int_equal(c->what, CONFLICT_LATE);
	assert_memory_equal(c->subject, id, ID_LEN);
	assert_int_equal(c->count, 2);	/* the day of the step, the phone */
	assert_int_equal(c->values[0].field, FIELD_DATE);
	assert_int_equal(c->values[1].field, FIELD_PHONE);
	choice = (struct conflict_choice){ .keep = 1 };
	ok(conflicts_settle(world.s[AT_OFFICE], c, &choice));
	conflicts_free(list);
	sync_all();
	for (size_t i = 0; i < 2; i++) {
		ok(conflicts_list(world.s[i == 0 ? AT_OFFICE : AT_SECRETARY],
		    &list));
		assert_int_equal(list->count, 0);
		conflicts_free(list);
	}
	counted("0", "1");
	figure_is(AT_OTHER, CELL_WORLD_OTHER, "nominated", "1");
}

/* F6: the old cell writes while it does not know of the move. */
static void
f6_a_late_edit_of_the_old_cell_overwrites_nothing(void **state)
{
	struct people_list l;
	uint8_t id[ID_LEN];

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Nguyễn Thị Hoa",
	    "2022-01-10", id);
	sync_all();
	cell_world_text(&world, AT_SECRETARY, world.cell, id, KIND_PERSON,
	    FIELD_PHONE, "0900000001");	/* is not sent yet */
	cell_world_step(&world, AT_SECRETARY, id, STEP_NOMINATED,
	    "2022-05-01");
	move(world.cell, world.other);
	cell_world_text(&world, AT_OFFICE, world.other, id, KIND_PERSON,
	    FIELD_PHONE, "0900000002");
	sync_all();
	sync_all();
	counted("0", "1");
	figure_is(AT_OFFICE, NULL, "nominated", "0");
	assert_string_equal(cell_world_read(&world, AT_OTHER, world.other, id,
	    FIELD_PHONE), "0900000002");
	assert_string_equal(cell_world_read(&world, AT_OFFICE, world.cell, id,
	    FIELD_PHONE), "0900000001");
	only(AT_OTHER, world.other, &l);
	people_list_free(&l);
	late_is_settled(id);
}

static void
who_comes_back_has_what_was_written_meanwhile(void **state)
{
	struct people_list l;
	uint8_t id[ID_LEN];

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Nguyễn Thị Hoa",
	    "2022-01-10", id);
	sync_all();
	move(world.cell, world.other);
	sync_all();
	cell_world_text(&world, AT_OTHER, world.other, id, KIND_PERSON,
	    FIELD_PHONE, "0900000002");
	sync_all();
	move(world.other, world.cell);
	sync_all();
	counted("1", "0");
	const struct person *p = only(AT_SECRETARY, world.cell, &l);
	assert_string_equal(p->text[PEOPLE_PHONE], "0900000002");
	people_list_free(&l);
	nobody(AT_OTHER, world.other, 1);
}

static void
what_changed_meanwhile_stops_a_move(void **state)
{
	struct people_list l;
	uint8_t id[ID_LEN];

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Nguyễn Thị Hoa",
	    "2022-01-10", id);
	sync_all();
	const struct person *p = only(AT_OFFICE, world.cell, &l);
	cell_world_text(&world, AT_OFFICE, world.cell, id, KIND_PERSON,
	    FIELD_PHONE, "0900000003");
	assert_int_equal(moves_write(world.s[AT_OFFICE], p, world.other,
	    day("2022-06-01"), text("")), ERR_CHANGED);
	people_list_free(&l);
	counted("1", "0");
	nobody(AT_OFFICE, world.other, 0);
}

/* ---- merging */

static void
pairs(enum cell_world_device d, const uint8_t *scope, size_t want,
    struct duplicates *ret)
{
	memset(ret, 0, sizeof *ret);
	ok(duplicates_find(world.s[d], scope, ret));
	assert_int_equal(ret->count, want);
}

static void
people_alike_are_found_with_the_reason(void **state)
{
	static const struct {
		const char *name, *year, *phone;
		unsigned reasons;	/* with the first */
	} table[] = {
		{ "Trần Văn Đức", "1999", "0912 345 678", 0 },
		{ "TRAN VAN DUC", "1999", "", DUPLICATES_NAME |
		    DUPLICATES_YEAR },
		{ "Đức Trần Văn", "2000", "", DUPLICATES_WORDS |
		    DUPLICATES_NEAR },
		{ "Lê Thị Mai", "1980", "0912.345.678", DUPLICATES_PHONE },
		{ "Trần Văn Đức", "2004", "", 0 },
	};
	struct duplicates d;
	uint8_t first[ID_LEN] = { 0 }, id[ID_LEN] = { 0 };
	size_t with_first = 0;

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		add(AT_SECRETARY, world.cell, table[i].name, table[i].year,
		    table[i].phone, i == 0 ? first : id);
	pairs(AT_SECRETARY, world.cell, 4, &d);
	assert_int_equal(d.pairs[0].reasons, table[1].reasons);
	for (size_t i = 0; i < d.count; i++) {
		const struct person *a = &d.people.person[d.pairs[i].a];
		const struct person *b = &d.people.person[d.pairs[i].b];

		if (memcmp(a->subject, first, ID_LEN) != 0 &&
		    memcmp(b->subject, first, ID_LEN) != 0)
			continue;
		for (size_t k = 1; k < 4; k++)
			with_first += d.pairs[i].reasons == table[k].reasons;
	}
	assert_int_equal(with_first, 3);
	duplicates_free(&d);
}

static void
two_people_for_good_are_never_suggested_again(void **state)
{
	struct duplicates d;
	uint8_t id[ID_LEN];

	(void)state;
	add(AT_SECRETARY, world.cell, "Trần Văn Đức", "1999", "", id);
	add(AT_DEPUTY, world.cell, "Trần Văn Đức", "1999", "", id);
	sync_all();
	pairs(AT_SECRETARY, NULL, 1, &d);
	ok(duplicates_distinct(world.s[AT_SECRETARY], &d.people.person[1],
	    &d.people.person[0]));
	duplicates_free(&d);
	sync_all();
	pairs(AT_SECRETARY, NULL, 0, &d);
	duplicates_free(&d);
	pairs(AT_OFFICE, NULL, 0, &d);
	duplicates_free(&d);
}

static void
two_people_of_two_cells_are_of_the_commune_to_say(void **state)
{
	struct duplicates d;
	uint8_t id[ID_LEN];

	(void)state;
	add(AT_SECRETARY, world.cell, "Trần Văn Đức", "1999", "", id);
	add(AT_OTHER, world.other, "Trần Văn Đức", "1999", "", id);
	sync_all();
	pairs(AT_SECRETARY, NULL, 0, &d);
	duplicates_free(&d);
	pairs(AT_OFFICE, NULL, 1, &d);
	ok(duplicates_distinct(world.s[AT_OFFICE], &d.people.person[0],
	    &d.people.person[1]));
	duplicates_free(&d);
	pairs(AT_OFFICE, NULL, 0, &d);
	duplicates_free(&d);
}

static void
merging_in_a_cell_keeps_one_with_what_both_had(void **state)
{
	struct duplicates d;
	struct people_list l;
	uint8_t who[ID_LEN], into[ID_LEN];

	(void)state;
	add(AT_SECRETARY, world.cell, "Trần Văn Đức", "1999", "0912", who);
	add(AT_SECRETARY, world.cell, "Trần Văn Đức", "2000", "", into);
	cell_world_step(&world, AT_SECRETARY, who, STEP_NOMINATED,
	    "2022-02-01");
	sync_all();
	pairs(AT_SECRETARY, NULL, 1, &d);
	bool first = memcmp(d.people.person[0].subject, who, ID_LEN) == 0;
	ok(moves_merge(world.s[AT_SECRETARY], &d.people.person[first ? 0 : 1],
	    &d.people.person[first ? 1 : 0], day("2022-06-01"),
	    text("một người")));
	duplicates_free(&d);
	sync_all();
	counted("1", "0");
	figure_is(AT_OFFICE, NULL, "nominated", "1");
	const struct person *p = only(AT_DEPUTY, world.cell, &l);
	assert_memory_equal(p->subject, into, ID_LEN);
	assert_string_equal(p->text[PEOPLE_PHONE], "0912");
	assert_string_equal(p->text[PEOPLE_BIRTH_YEAR], "2000");
	people_list_free(&l);
	pairs(AT_SECRETARY, NULL, 0, &d);
	duplicates_free(&d);
}

static void
merging_across_cells_is_of_the_commune(void **state)
{
	struct duplicates d;
	struct people_list l;
	uint8_t who[ID_LEN], into[ID_LEN];

	(void)state;
	add(AT_SECRETARY, world.cell, "Trần Văn Đức", "1999", "0912", who);
	add(AT_OTHER, world.other, "Trần Văn Đức", "1999", "", into);
	sync_all();
	pairs(AT_OFFICE, NULL, 1, &d);
	bool first = memcmp(d.people.person[0].subject, who, ID_LEN) == 0;
	const struct person *a = &d.people.person[first ? 0 : 1];
	const struct person *b = &d.people.person[first ? 1 : 0];
	assert_int_equal(moves_merge(world.s[AT_SECRETARY], a, b,
	    day("2022-06-01"), text("")), ERR_ROLE);
	assert_int_equal(moves_merge(world.s[AT_OFFICE], a, a,
	    day("2022-06-01"), text("")), ERR_VALUE);
	ok(moves_merge(world.s[AT_OFFICE], a, b, day("2022-06-01"),
	    text("")));
	duplicates_free(&d);
	sync_all();
	counted("0", "1");
	nobody(AT_SECRETARY, world.cell, 1);
	const struct person *p = only(AT_OTHER, world.other, &l);
	assert_memory_equal(p->subject, into, ID_LEN);
	assert_string_equal(p->text[PEOPLE_PHONE], "0912");
	people_list_free(&l);
}

#define IN_WORLD(test) \
	cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_WORLD(a_move_copies_everything_and_counts_once),
		IN_WORLD(a_preview_says_whom_it_touches_and_writes_nothing),
		IN_WORLD(f6_a_late_edit_of_the_old_cell_overwrites_nothing),
		IN_WORLD(who_comes_back_has_what_was_written_meanwhile),
		IN_WORLD(what_changed_meanwhile_stops_a_move),
		IN_WORLD(people_alike_are_found_with_the_reason),
		IN_WORLD(two_people_for_good_are_never_suggested_again),
		IN_WORLD(two_people_of_two_cells_are_of_the_commune_to_say),
		IN_WORLD(merging_in_a_cell_keeps_one_with_what_both_had),
		IN_WORLD(merging_across_cells_is_of_the_commune),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
