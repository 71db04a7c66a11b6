/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prop_places.c -- random moves and merges, many of them concurrent: everybody
 * counts once, by the winner of `place`; of those that were merged, one; and a
 * cell that holds nothing but its own scope and root counts as the commune.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/codec.h"
#include "protocol/figures.h"

enum { ROUNDS = 4000, CELLS = 3, MOST_PEOPLE = 7, MOST_WRITES = 3 };

static uint64_t
next_random(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * UINT64_C(2685821657736338717);
}

static size_t
below(uint64_t *seed, size_t n)
{
	return (size_t)((next_random(seed) >> 32) % n);
}

struct human {
	size_t home;			/* cell of creation */
	size_t places;			/* writes of `place` */
	struct stamp stamp[MOST_WRITES];
	size_t cell[MOST_WRITES], into[MOST_WRITES];	/* itself: a move */
	size_t merged_in, merged_into;	/* in a cell; itself: in none */
};
struct commune {
	size_t count;
	struct human human[MOST_PEOPLE];
};

/* merges: 0 none, 1 by the commune, 2 and in the first cell */
static void
make(struct commune *c, size_t merges, uint64_t *seed)
{
	memset(c, 0, sizeof *c);
	c->count = 1 + below(seed, MOST_PEOPLE);
	for (size_t i = 0; i < c->count; i++) {
		struct human *h = &c->human[i];

		h->home = below(seed, CELLS);
		h->places = below(seed, MOST_WRITES + 1);
		for (size_t k = 0; k < h->places; k++) {
			uint64_t leaf = 10 + below(seed, 5);

			h->stamp[k] = (struct stamp){ { (uint8_t)(k + 1) },
				1, 0, leaf, below(seed, 2) ? 5 :
				10 + below(seed, 5), leaf + below(seed, 3),
				leaf };
			h->cell[k] = below(seed, CELLS);
			h->into[k] = merges > 0 && below(seed, 2) ?
			    below(seed, c->count) : i;
		}
		h->merged_into = merges > 1 && below(seed, 2) ?
		    below(seed, c->count) : i;
	}
}

/* ---- as figures see it */

static void
put(struct state *s, uint64_t field, struct stamp stamp, const size_t *cell,
    const size_t *into)
{
	uint8_t scope[SCOPE_LEN] = { 2 }, subject[ID_LEN] = { 0 };
	struct buf raw = { 0 };

	if (cell != NULL && into != NULL)
		codec_put_array(&raw, 2);
	if (cell != NULL) {
		scope[1] = (uint8_t)*cell;
		codec_put_bin(&raw, (struct span){ scope, SCOPE_LEN });
	}
	if (into != NULL) {
		subject[0] = (uint8_t)*into;
		codec_put_bin(&raw, (struct span){ subject, ID_LEN });
	}
	const struct write w = { stamp, false, buf_span(&raw) };
	assert_int_equal(buf_err(&raw), ERR_OK);
	assert_int_equal(state_write(s, NULL, field, SECTION_PUBLIC,
	    (struct span){ NULL, 0 }, &w), ERR_OK);
	buf_free(&raw);
}

static struct state *
root_state(const struct commune *c, size_t i, size_t first)
{
	struct state *s = state_new();
	const struct human *h = &c->human[i];

	assert_non_null(s);
	state_note_kind(s, KIND_PLACE);
	for (size_t n = 0; n < h->places; n++) {
		size_t k = (first + n) % h->places;	/* in any order */

		put(s, FIELD_PLACE, h->stamp[k], &h->cell[k],
		    h->into[k] == i ? NULL : &h->into[k]);
	}
	return s;
}

/* only: a cell, or CELLS for all of them. */
static struct figures *
figures_of(const struct commune *c, size_t only, uint64_t *seed)
{
	struct figures *f = figures_new(0);
	uint8_t scope[SCOPE_LEN] = { 0 }, subject[ID_LEN] = { 0 };
	size_t turn = below(seed, c->count);

	assert_non_null(f);
	for (size_t n = 0; n < c->count * (CELLS + 1); n++) {
		size_t at = (n + turn) % (c->count * (CELLS + 1));
		size_t i = at % c->count, cell = at / c->count;
		const struct human *h = &c->human[i];
		struct state *s;

		subject[0] = (uint8_t)i;
		if (cell == CELLS) {
			s = root_state(c, i, below(seed, MOST_WRITES));
			memset(scope, 0, SCOPE_LEN);
		} else if (only == CELLS || only == cell) {
			s = state_new();
			assert_non_null(s);
			state_note_kind(s, cell == h->home ? KIND_PERSON :
			    KIND_MOVED_IN);
			scope[0] = 2;
			scope[1] = (uint8_t)cell;
			if (h->merged_into != i && cell == h->merged_in)
				put(s, FIELD_MERGED_INTO,
				    (struct stamp){ { 1 }, 1, 0, 1, 0, 1, 1 },
				    NULL, &h->merged_into);
		} else {
			continue;
		}
		assert_int_equal(figures_add(f, scope, subject, s), ERR_OK);
		state_free(s);
	}
	return f;
}

static size_t
people(const struct figures *f, const size_t *cell)
{
	uint8_t scope[SCOPE_LEN] = { 2 };
	struct figure_row *rows = NULL;
	struct period p;
	size_t count, n;

	if (cell != NULL)
		scope[1] = (uint8_t)*cell;
	assert_int_equal(period_parse("all", &p), ERR_OK);
	assert_int_equal(figures_rows(f, &p, cell == NULL ? NULL : scope,
	    &rows, &count), ERR_OK);
	n = (size_t)strtoul(figures_find(rows, count, "people"), NULL, 10);
	free(rows);
	return n;
}

/* ---- as it ought to be */

/* The write that counts, MOST_WRITES if there is none. */
static size_t
winner(const struct human *h)
{
	size_t best = MOST_WRITES;

	for (size_t k = 0; k < h->places; k++) {
		bool stays = true;

		for (size_t n = 0; n < h->places; n++)
			stays = stays && !merge_before(NULL, &h->stamp[k],
			    &h->stamp[n]);
		if (stays && (best == MOST_WRITES ||
		    merge_rank(&h->stamp[k], &h->stamp[best], 0) > 0))
			best = k;
	}
	return best;
}

static size_t
goes_to(const struct commune *c, size_t i)
{
	const struct human *h = &c->human[i];
	size_t k = winner(h);

	if (k != MOST_WRITES && h->into[k] != i)
		return h->into[k];
	return (k == MOST_WRITES ? h->home : h->cell[k]) == h->merged_in ?
	    h->merged_into : i;
}

/* How many humans there are once those merged are one. */
static size_t
humans(const struct commune *c)
{
	size_t end[MOST_PEOPLE], sum = 0;

	for (size_t i = 0; i < c->count; i++) {
		size_t at = i, low;

		for (size_t k = 0; k < c->count; k++)
			at = goes_to(c, at);
		low = at;
		for (size_t k = 0; k < c->count; k++) {
			at = goes_to(c, at);
			low = at < low ? at : low;
		}
		end[i] = low;
		for (size_t k = 0; k < i; k++)
			if (end[k] == low)
				goto next;
		sum++;
next:
		continue;
	}
	return sum;
}

static void
counts_once(size_t merges, uint64_t seed)
{
	for (size_t round = 0; round < ROUNDS; round++) {
		struct commune c;
		struct figures *f;
		size_t sum = 0;

		make(&c, merges, &seed);
		f = figures_of(&c, CELLS, &seed);
		if (people(f, NULL) != humans(&c))
			fail_msg("round %zu: %zu, not %zu", round,
			    people(f, NULL), humans(&c));
		for (size_t k = 0; k < CELLS; k++) {
			struct figures *own = figures_of(&c, k, &seed);

			assert_int_equal(people(own, &k), people(f, &k));
			sum += people(f, &k);
			figures_free(own);
		}
		assert_int_equal(sum, people(f, NULL));
		figures_free(f);
	}
}

static void
moves_count_once(void **state)
{
	(void)state;
	counts_once(0, 1);
}

static void
merges_of_the_commune_count_once(void **state)
{
	(void)state;
	counts_once(1, 2);
}

static void
merges_of_a_cell_too_count_once(void **state)
{
	(void)state;
	counts_once(2, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moves_count_once),
		cmocka_unit_test(merges_of_the_commune_count_once),
		cmocka_unit_test(merges_of_a_cell_too_count_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
