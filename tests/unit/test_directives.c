/* SPDX-License-Identifier: Apache-2.0 */
/* test_directives.c -- what a reader of directives.h may rely on: a commune
 * with two cells, with real stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/records/directives.h"
#include "tests/support/cell_world.h"

static struct cell_world world;
enum { DUE = 18800 };
#define TEXT "Rà soát nguồn trước Tết"
#define OTHER_TEXT "Rà soát nguồn trước 15 tháng Chạp"

static void
ok(err e)
{
	assert_string_equal(err_name(e), err_name(ERR_OK));
}

static void
is(err e, err want)
{
	assert_string_equal(err_name(e), err_name(want));
}

static struct span
text(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
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

static struct directive_draft
draft(const char *words)
{
	return (struct directive_draft){ .text = text(words),
		.has_due = true, .due = DUE };
}

static void
give(const uint8_t (*cells)[SCOPE_LEN], size_t count,
    uint8_t ret[static ID_LEN])
{
	struct directive_draft d = draft(TEXT);

	d.cells = cells;
	d.cell_count = count;
	ok(directives_add(world.s[AT_OFFICE], &d, ret));
	cell_world_sync(&world);
}

static struct directive_list *
listed(enum cell_world_device d, enum directives_which which, size_t count)
{
	struct directive_list *list = NULL;

	ok(directives_list(world.s[d], which, &list));
	assert_int_equal(list->count, count);
	return list;
}

static void
seen(enum cell_world_device d, size_t want)
{
	size_t written = 9;

	ok(directives_mark_seen(world.s[d], &written));
	assert_int_equal(written, want);
}

/* "ba-mo dong-luoc": the cells that have read the only directive. */
static const char *
readers(enum cell_world_device d)
{
	static char line[160];
	struct directive_list *list = listed(d, DIRECTIVES_ALL, 1);
	const struct directive *x = &list->items[0];
	size_t read = 0;

	line[0] = '\0';
	for (size_t i = 0; i < x->cell_count; i++)
		if (x->cells[i].read) {
			strcat(line, read++ > 0 ? " " : "");
			strcat(line, x->cells[i].code);
		}
	assert_int_equal(read, x->read_count);
	directives_free(list);
	return line;
}

static void
all_read_it_and_the_commune_sees_who_has(void **state)
{
	struct directive_list *list;
	uint8_t id[ID_LEN];

	(void)state;
	give(NULL, 0, id);
	for (int d = 0; d < CELL_WORLD_MOST; d++) {
		list = listed((enum cell_world_device)d, DIRECTIVES_STANDING,
		    1);
		assert_string_equal(list->items[0].text, TEXT);
		assert_memory_equal(list->items[0].subject, id, ID_LEN);
		assert_int_equal(list->items[0].due, DUE);
		assert_true(list->items[0].whole);
		assert_true(list->items[0].received);
		assert_false(list->items[0].corrected);
		assert_false(list->items[0].shown);
		assert_int_equal(list->items[0].from.role, ROLE_COMMUNE);
		assert_int_equal(list->items[0].cell_count,
		    d == AT_OFFICE ? 2 : d == AT_UNION ? 0 : 1);
		directives_free(list);
	}
	seen(AT_OFFICE, 0);
	/* of these no cell has read it yet */
	seen(AT_COMMISSIONER, 1);
	seen(AT_UNION, 1);
	cell_world_sync(&world);
	assert_string_equal(readers(AT_OFFICE), "");
	seen(AT_DEPUTY, 1);
	seen(AT_DEPUTY, 0);
	cell_world_sync(&world);
	assert_string_equal(readers(AT_OFFICE), CELL_WORLD_CODE);
	assert_string_equal(readers(AT_COMMISSIONER), CELL_WORLD_CODE);
	seen(AT_OTHER, 1);
	seen(AT_SECRETARY, 1);
	cell_world_sync(&world);
	assert_string_equal(readers(AT_OFFICE),
	    CELL_WORLD_CODE " " CELL_WORLD_OTHER);
	list = listed(AT_OFFICE, DIRECTIVES_STANDING, 1);
	assert_int_equal(list->items[0].marks.count, 5);
	assert_int_equal(list->items[0].cells[0].mark.author.role,
	    ROLE_DEPUTY);
	assert_true(list->items[0].cells[0].mark.received);
	directives_free(list);
}

static void
a_directive_may_be_for_some_cells(void **state)
{
	uint8_t id[ID_LEN], cells[1][SCOPE_LEN];
	struct directive_list *list;

	(void)state;
	memcpy(cells[0], world.other, SCOPE_LEN);
	give((const uint8_t(*)[SCOPE_LEN])cells, 1, id);
	directives_free(listed(AT_SECRETARY, DIRECTIVES_ALL, 0));
	directives_free(listed(AT_COMMISSIONER, DIRECTIVES_ALL, 0));
	directives_free(listed(AT_UNION, DIRECTIVES_ALL, 0));
	list = listed(AT_OFFICE, DIRECTIVES_ALL, 1);
	assert_int_equal(list->items[0].cell_count, 1);
	assert_string_equal(list->items[0].cells[0].code, CELL_WORLD_OTHER);
	assert_false(list->items[0].whole);
	directives_free(list);
	seen(AT_SECRETARY, 0);
	seen(AT_OTHER, 1);
}

static void
a_corrected_text_is_to_be_read_again(void **state)
{
	struct directive_draft d = draft(OTHER_TEXT);
	struct directive_list *list, *old;
	uint8_t id[ID_LEN];

	(void)state;
	give(NULL, 0, id);
	seen(AT_SECRETARY, 1);
	cell_world_sync(&world);
	assert_string_equal(readers(AT_OFFICE), CELL_WORLD_CODE);
	old = listed(AT_OFFICE, DIRECTIVES_ALL, 1);
	d.has_due = false;
	is(directives_correct(world.s[AT_OFFICE], &old->items[0], &d,
	    text("")), ERR_VALUE);
	ok(directives_correct(world.s[AT_OFFICE], &old->items[0], &d,
	    text("nhầm ngày")));
	is(directives_correct(world.s[AT_OFFICE], &old->items[0], &d,
	    text("nhầm ngày")), ERR_CHANGED);
	directives_free(old);
	/* who has not heard of it yet marks what it has shown */
	seen(AT_OTHER, 1);
	cell_world_sync(&world);
	assert_string_equal(readers(AT_OFFICE), "");
	list = listed(AT_SECRETARY, DIRECTIVES_STANDING, 1);
	assert_string_equal(list->items[0].text, OTHER_TEXT);
	assert_string_equal(list->items[0].why, "nhầm ngày");
	assert_int_equal(list->items[0].due, DUE);
	assert_true(list->items[0].corrected);
	assert_false(list->items[0].shown);
	directives_free(list);
	seen(AT_SECRETARY, 1);
	seen(AT_OTHER, 1);
	cell_world_sync(&world);
	assert_string_equal(readers(AT_OFFICE),
	    CELL_WORLD_CODE " " CELL_WORLD_OTHER);
	list = listed(AT_OFFICE, DIRECTIVES_ALL, 1);
	is(directives_correct(world.s[AT_OFFICE], &list->items[0], &d,
	    text("lần nữa")), ERR_EXISTS);
	directives_free(list);
}

static void
a_directive_may_be_withdrawn(void **state)
{
	struct directive_draft d = draft(OTHER_TEXT);
	struct directive_list *list;
	uint8_t id[ID_LEN];

	(void)state;
	give(NULL, 0, id);
	list = listed(AT_OFFICE, DIRECTIVES_ALL, 1);
	is(directives_withdraw(world.s[AT_OFFICE], &list->items[0], text("")),
	    ERR_VALUE);
	ok(directives_withdraw(world.s[AT_OFFICE], &list->items[0],
	    text("đã xong")));
	directives_free(list);
	cell_world_sync(&world);
	directives_free(listed(AT_OTHER, DIRECTIVES_STANDING, 0));
	seen(AT_OTHER, 0);
	list = listed(AT_OTHER, DIRECTIVES_ALL, 1);
	assert_true(list->items[0].withdrawn);
	assert_false(list->items[0].corrected);
	directives_free(list);
	list = listed(AT_OFFICE, DIRECTIVES_ALL, 1);
	is(directives_withdraw(world.s[AT_OFFICE], &list->items[0],
	    text("đã xong")), ERR_EXISTS);
	is(directives_correct(world.s[AT_OFFICE], &list->items[0], &d,
	    text("sửa")), ERR_RULE);
	directives_free(list);
}

/* ---- who may */

struct voids {
	size_t count;
	enum verdict verdict;
};

static err
count_void(void *ctx, const struct store_void *v)
{
	struct voids *all = ctx;

	assert_int_equal(v->kind, KIND_DIRECTIVE);
	all->count++;
	all->verdict = v->verdict;
	return ERR_OK;
}

static void
write_withdrawn(enum cell_world_device d, const uint8_t *id, err want)
{
	struct store_op op = { .kind = KIND_DIRECTIVE };

	memcpy(op.subject, id, ID_LEN);
	op.fields = field_draft_new();
	field_draft_put_bool(op.fields, FIELD_WITHDRAWN, true);
	is(store_write(world.s[d], scope_root, &op, 1, NULL, 0, NULL), want);
	field_draft_free(op.fields);
}

static void
only_the_commune_gives_directives(void **state)
{
	const struct directive_draft d = draft(TEXT);
	struct directive_list *list;
	uint8_t id[ID_LEN], other[ID_LEN];

	(void)state;
	give(NULL, 0, id);
	list = listed(AT_SECRETARY, DIRECTIVES_ALL, 1);
	for (int i = AT_SECRETARY; i < CELL_WORLD_MOST; i++) {
		is(directives_add(world.s[i], &d, other), ERR_ROLE);
		is(directives_withdraw(world.s[i], &list->items[0],
		    text("thôi")), ERR_ROLE);
		write_withdrawn((enum cell_world_device)i, id, ERR_ROLE);
	}
	directives_free(list);
	store_skip_judgement(world.s[AT_COMMISSIONER]);
	write_withdrawn(AT_COMMISSIONER, id, ERR_OK);
	cell_world_sync(&world);
	for (int i = 0; i < CELL_WORLD_MOST; i++) {
		struct voids v = { .count = 0 };

		ok(store_each_void(world.s[i], count_void, &v));
		assert_int_equal(v.count, 1);
		assert_int_equal(v.verdict, VERDICT_ROLE);
		directives_free(listed((enum cell_world_device)i,
		    DIRECTIVES_STANDING, 1));
	}
}

static void
texts_are_judged(void **state)
{
	struct people_index *people = NULL;
	uint8_t person[ID_LEN];
	char wide[1025];

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Hà Văn Phúc", "2021-01-02",
	    person);
	cell_world_sync(&world);
	ok(people_index_new(world.s[AT_OFFICE], &people));
	memset(wide, 'a', sizeof wide);
	assert_int_equal(directives_judge(text(TEXT), people),
	    DIRECTIVES_FINE);
	assert_int_equal(directives_judge(text("Gặp ha van phuc ngay"),
	    people), DIRECTIVES_NAMES);
	assert_int_equal(directives_judge(text("Gặp ha van phuc ngay"), NULL),
	    DIRECTIVES_FINE);
	assert_int_equal(directives_judge(text(""), people),
	    DIRECTIVES_NO_TEXT);
	assert_int_equal(directives_judge(text("\xff"), people),
	    DIRECTIVES_NO_TEXT);
	assert_int_equal(directives_judge((struct span){
	    (const uint8_t *)wide, sizeof wide }, people),
	    DIRECTIVES_TOO_LONG);
	assert_true(directives_refuses(DIRECTIVES_TOO_LONG));
	assert_false(directives_refuses(DIRECTIVES_NAMES));
	people_index_free(people);
}

int
main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		WITH(all_read_it_and_the_commune_sees_who_has),
		WITH(a_directive_may_be_for_some_cells),
		WITH(a_corrected_text_is_to_be_read_again),
		WITH(a_directive_may_be_withdrawn),
		WITH(only_the_commune_gives_directives),
		WITH(texts_are_judged),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests_name("directives", tests, NULL, NULL);
}
