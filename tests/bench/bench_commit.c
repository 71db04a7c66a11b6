/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_commit.c -- one durable local change: a new telephone number, sealed,
 * signed, merged into the person's state and committed, against SQLite alone.
 */
#include <string.h>

#include "tests/support/bench_commune.h"
#include "tests/support/bench_rows.h"
#include "tests/support/bench_table.h"

enum { ROUNDS = 5, CHANGES = 200, PEOPLE = 40 };

struct sizes {
	size_t entry, state;
};

static err
last_entry(void *ctx, const struct store_entry *e)
{
	struct sizes *s = ctx;

	if (chain_scope_kind(e->place.scope) == SCOPE_CELL)
		s->entry = e->bytes.n;
	return ERR_OK;
}

/* Of what stands for one change on the disk. */
static struct sizes
sizes_of(struct bench_commune *b, const uint8_t *person)
{
	const struct state *state = NULL;
	struct sizes s = { 0, 0 };
	struct buf code = { 0 };

	bench_commune_must(store_state(b->store, b->cell[0], person, &state),
	    "state");
	bench_commune_must(state_encode(state, &code), "state");
	s.state = code.n + NONCE_LEN + AEAD_TAG_LEN;
	buf_free(&code);
	bench_commune_must(store_each_entry(b->store, NULL, last_entry, &s),
	    "entries");
	return s;
}

static double
changes(struct bench_commune *b, uint8_t (*person)[ID_LEN])
{
	double begin = bench_table_now();

	for (size_t i = 0; i < CHANGES; i++)
		bench_commune_sealed(b, i % PEOPLE * BENCH_CELLS,
		    person[i % PEOPLE]);
	return CHANGES / (bench_table_now() - begin);
}

int
main(void)
{
	static struct bench_commune b;
	uint8_t person[PEOPLE][ID_LEN];
	double ours[ROUNDS], same[ROUNDS], single[ROUNDS], rate;
	struct bench_rows *raw;
	struct bench_table *t;
	struct sizes s;

	bench_commune_open(&b);
	for (size_t i = 0; i < PEOPLE; i++) {
		bench_commune_person(&b, i * BENCH_CELLS, person[i]);
		bench_commune_sealed(&b, i * BENCH_CELLS, person[i]);
	}
	s = sizes_of(&b, person[0]);
	raw = bench_rows_open(b.work, "raw");
	for (size_t i = 0; i < ROUNDS; i++) {
		ours[i] = changes(&b, person);
		same[i] = bench_rows_change(raw, s.entry, s.state, CHANGES);
		single[i] = bench_rows_single(raw, 200, CHANGES);
	}
	bench_rows_close(raw);
	t = bench_table_open("bench_commit",
	    "one durable local change: sealed, signed, merged");
	rate = bench_table_median(ours, ROUNDS);
	bench_table_row(t, &(struct bench_row){ "one durable change",
	    "changes/s", rate, "SQLite, the same four rows, durable",
	    bench_table_median(same, ROUNDS), BENCH_RATIO_AT_LEAST, 0.8 });
	bench_table_row(t, &(struct bench_row){ "the same", "changes/s", rate,
	    "SQLite, one row of 200 bytes, durable",
	    bench_table_median(single, ROUNDS), BENCH_RATIO_AT_LEAST, 0.5 });
	bench_table_close(t);
	bench_commune_close(&b);
	return 0;
}
