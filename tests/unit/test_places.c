/* SPDX-License-Identifier: Apache-2.0 */
/* test_places.c -- who counts where, once moved or merged (9.1). */
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
static const uint8_t root[SCOPE_LEN];
static const uint8_t cells[2][SCOPE_LEN] = { { 2, 1 }, { 2, 2 } };

/* The stamp of a log's entry in a leaf, which had seen so many. */
static struct stamp
at(uint8_t log, uint64_t leaf, uint64_t seen)
{
	return (struct stamp){ { log }, leaf, 0, leaf, seen, 1000 * leaf,
		1000 * leaf };
}

static void
put(struct state *s, uint64_t field, struct span element, struct stamp stamp,
    struct buf *raw)
{
	const struct write w = { stamp, false, buf_span(raw) };

	assert_int_equal(buf_err(raw), ERR_OK);
	assert_int_equal(state_write(s, NULL, field,
	    field_rule(field)->section, element, &w), ERR_OK);
	buf_free(raw);
}

static void
put_into(struct state *s, uint64_t field, struct stamp stamp,
    const uint8_t *scope, const uint8_t *subject)
{
	struct buf raw = { 0 };

	if (scope != NULL && subject != NULL)
		codec_put_array(&raw, 2);
	if (scope != NULL)
		codec_put_bin(&raw, (struct span){ scope, SCOPE_LEN });
	if (subject != NULL)
		codec_put_bin(&raw, (struct span){ subject, ID_LEN });
	put(s, field, NONE, stamp, &raw);
}

struct made {
	struct figures *f;
	struct state *s;
	uint8_t scope[SCOPE_LEN], subject[ID_LEN];
};

static void
subject(struct made *m, const uint8_t *scope, uint8_t id, uint64_t kind)
{
	memcpy(m->scope, scope, SCOPE_LEN);
	memset(m->subject, 0, ID_LEN);
	m->subject[0] = id;
	m->s = state_new();
	assert_non_null(m->s);
	state_note_kind(m->s, kind);
}

static void
done(struct made *m)
{
	assert_int_equal(figures_add(m->f, m->scope, m->subject, m->s),
	    ERR_OK);
	state_free(m->s);
}

/* Somebody who is listed and lives there, merged in the cell if into > 0. */
static void
person(struct made *m, size_t cell, uint8_t id, uint64_t kind, uint8_t into)
{
	uint8_t element[26] = { id, [25] = STEP_LISTED };
	uint8_t other[ID_LEN] = { into };
	struct buf step = { 0 }, where = { 0 };

	subject(m, cells[cell], id, kind);
	codec_put_uint(&step, STEP_LISTED);
	put(m->s, FIELD_STEP, (struct span){ element, sizeof element },
	    at(1, 1, 0), &step);
	codec_put_cstr(&where, cell == 0 ? "tai-dia-phuong" : "di-lam-xa");
	put(m->s, FIELD_RESIDENCE, NONE, at(1, 1, 0), &where);
	if (into != 0)
		put_into(m->s, FIELD_MERGED_INTO, at(1, 2, 2), NULL, other);
	done(m);
}

static void
place(struct made *m, uint8_t id, struct stamp stamp, size_t cell,
    uint8_t into)
{
	uint8_t other[ID_LEN] = { into };

	subject(m, root, id, KIND_PLACE);
	put_into(m->s, FIELD_PLACE, stamp, cells[cell],
	    into == 0 ? NULL : other);
	done(m);
}

static const char *
row(const struct figures *f, const uint8_t *scope, const char *name)
{
	static char text[32];
	struct figure_row *rows = NULL;
	const char *value;
	struct period p;
	size_t count;

	assert_int_equal(period_parse("all", &p), ERR_OK);
	assert_int_equal(figures_rows(f, &p, scope, &rows, &count), ERR_OK);
	value = figures_find(rows, count, name);
	strcpy(text, value == NULL ? "none" : value);
	free(rows);
	return text;
}

/* People and their steps of the first cell, the second and the commune. */
static void
counts(struct made *m, const char *first, const char *second,
    const char *both)
{
	static const char *const names[] = { "people", "listed" };

	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(row(m->f, cells[0], names[i]), first);
		assert_string_equal(row(m->f, cells[1], names[i]), second);
		assert_string_equal(row(m->f, NULL, names[i]), both);
	}
	figures_free(m->f);
}

static struct made
start(void)
{
	struct made m = { .f = figures_new(0) };

	assert_non_null(m.f);
	return m;
}

static void
a_moved_person_counts_where_place_says(void **state)
{
	struct made m = start();

	(void)state;
	person(&m, 0, 1, KIND_PERSON, 0);
	person(&m, 1, 1, KIND_MOVED_IN, 0);
	place(&m, 1, at(9, 5, 3), 1, 0);
	assert_string_equal(row(m.f, NULL, "people:di-lam-xa"), "1");
	/* a name that only somebody has who does not count has no row */
	assert_string_equal(row(m.f, NULL, "people:tai-dia-phuong"), "none");
	counts(&m, "0", "1", "1");
}

static void
without_place_the_scope_of_creation_counts(void **state)
{
	struct made m = start();

	(void)state;
	person(&m, 0, 1, KIND_PERSON, 0);
	person(&m, 1, 1, KIND_MOVED_IN, 0);
	counts(&m, "1", "0", "1");
}

static void
two_moves_at_once_count_once_by_the_winner(void **state)
{
	(void)state;
	for (uint64_t late = 0; late < 2; late++) {
		struct made m = start();
		uint8_t other[SCOPE_LEN] = { 2, 7 };

		person(&m, 0, 1, KIND_PERSON, 0);
		person(&m, 1, 1, KIND_MOVED_IN, 0);
		subject(&m, root, 1, KIND_PLACE);
		put_into(m.s, FIELD_PLACE, at(8, 6 + late, 3), cells[1], NULL);
		put_into(m.s, FIELD_PLACE, at(9, 7 - late, 3), other, NULL);
		done(&m);
		assert_int_equal(figures_unsettled(m.f), 1);
		counts(&m, "0", late == 1 ? "1" : "0", late == 1 ? "1" : "0");
	}
}

static void
a_place_in_another_form_is_none(void **state)
{
	static const uint8_t forms[][12] = { { 1, 0xc3 }, { 1, 0x05 },
		{ 3, 0xc4, 1, 2 }, { 1, 0xc0 }, { 2, 0x91, 0xc0 },
		{ 10, 0xc4, 8, 3, 1, 0, 0, 0, 0, 0, 0 },	/* a lane */
		{ 10, 0xc4, 8, 0, 0, 0, 0, 0, 0, 0, 0 } };	/* root */

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		struct made m = start();
		struct buf raw = { 0 };

		person(&m, 0, 1, KIND_PERSON, 0);
		subject(&m, root, 1, KIND_PLACE);
		buf_put(&raw, forms[i] + 1, forms[i][0]);
		put(m.s, FIELD_PLACE, NONE, at(9, 5, 3), &raw);
		done(&m);
		counts(&m, "1", "0", "1");
	}
}

static void
a_place_that_names_its_subject_is_the_cell(void **state)
{
	struct made m = start();

	(void)state;
	person(&m, 0, 1, KIND_PERSON, 0);
	person(&m, 1, 1, KIND_MOVED_IN, 0);
	place(&m, 1, at(9, 5, 3), 1, 1);
	counts(&m, "0", "1", "1");
}

static void
a_merged_person_does_not_count(void **state)
{
	struct made m = start();

	(void)state;
	person(&m, 0, 1, KIND_PERSON, 2);
	person(&m, 0, 2, KIND_PERSON, 0);
	person(&m, 0, 3, KIND_PERSON, 3);	/* itself: nobody */
	person(&m, 0, 4, KIND_PERSON, 200);	/* is not in the cell */
	person(&m, 1, 5, KIND_PERSON, 4);	/* of another cell */
	counts(&m, "3", "1", "4");
}

static void
of_a_ring_of_merges_the_lowest_counts(void **state)
{
	struct made m = start();

	(void)state;
	person(&m, 0, 3, KIND_PERSON, 1);
	person(&m, 0, 1, KIND_PERSON, 2);
	person(&m, 0, 2, KIND_PERSON, 3);
	person(&m, 0, 4, KIND_PERSON, 3);	/* leads into it */
	counts(&m, "1", "0", "1");
}

static void
across_cells_place_merges(void **state)
{
	struct made m = start();

	(void)state;
	person(&m, 0, 1, KIND_PERSON, 0);
	person(&m, 1, 2, KIND_PERSON, 0);
	place(&m, 1, at(9, 5, 3), 1, 2);
	counts(&m, "0", "1", "1");
}

static void
a_ring_across_cells_counts_where_the_last_one_names(void **state)
{
	struct made m = start();

	(void)state;
	person(&m, 0, 1, KIND_PERSON, 0);
	person(&m, 1, 2, KIND_PERSON, 0);
	place(&m, 1, at(8, 5, 3), 1, 2);
	place(&m, 2, at(9, 5, 3), 0, 1);
	counts(&m, "1", "0", "1");
}

static void
a_ring_through_a_cell_and_the_commune_counts_once(void **state)
{
	struct made m = start();

	(void)state;
	person(&m, 0, 1, KIND_PERSON, 2);
	person(&m, 0, 2, KIND_PERSON, 0);
	place(&m, 2, at(9, 5, 3), 0, 1);
	counts(&m, "1", "0", "1");
}

static void
who_was_merged_and_then_moved_counts_where_moved(void **state)
{
	struct made m = start();

	(void)state;
	person(&m, 0, 1, KIND_PERSON, 2);	/* merged there ... */
	person(&m, 0, 2, KIND_PERSON, 0);
	person(&m, 1, 1, KIND_MOVED_IN, 0);
	place(&m, 1, at(9, 5, 3), 1, 0);	/* ... and moved, meanwhile */
	person(&m, 1, 2, KIND_MOVED_IN, 0);
	place(&m, 2, at(9, 6, 3), 1, 0);
	counts(&m, "0", "2", "2");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_moved_person_counts_where_place_says),
		cmocka_unit_test(without_place_the_scope_of_creation_counts),
		cmocka_unit_test(two_moves_at_once_count_once_by_the_winner),
		cmocka_unit_test(a_place_in_another_form_is_none),
		cmocka_unit_test(a_place_that_names_its_subject_is_the_cell),
		cmocka_unit_test(a_merged_person_does_not_count),
		cmocka_unit_test(of_a_ring_of_merges_the_lowest_counts),
		cmocka_unit_test(across_cells_place_merges),
		cmocka_unit_test(
		    a_ring_across_cells_counts_where_the_last_one_names),
		cmocka_unit_test(
		    a_ring_through_a_cell_and_the_commune_counts_once),
		cmocka_unit_test(
		    who_was_merged_and_then_moved_counts_where_moved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
