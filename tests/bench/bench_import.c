/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_import.c -- what `nguon import people` does with 10,000 people, from
 * the bytes of the file to the last commit; the store is open.
 */
#include "tests/support/bench_commune.h"
#include "tests/support/bench_rows.h"
#include "tests/support/bench_table.h"

enum { PEOPLE = 10000, ROUNDS = 3, GROUP = 2000, ROW_BYTES = 400 };

int
main(void)
{
	double ours[ROUNDS], raw[ROUNDS];
	struct buf table = { 0 };
	struct bench_table *t;

	bench_commune_table(PEOPLE, &table);
	for (size_t i = 0; i < ROUNDS; i++) {
		static struct bench_commune b;
		struct bench_rows *r;

		b = (struct bench_commune){ .work = NULL };
		bench_commune_open(&b);
		ours[i] = PEOPLE / bench_commune_import(&b,
		    buf_span(&table));
		r = bench_rows_open(b.work, "raw");
		raw[i] = bench_rows_bulk(r, ROW_BYTES, 2 * PEOPLE, GROUP) / 2;
		bench_rows_close(r);
		bench_commune_close(&b);
	}
	t = bench_table_open("bench_import", "import of 10,000 people");
	bench_table_row(t, &(struct bench_row){ "import of 10,000 people",
	    "people/s", bench_table_median(ours, ROUNDS),
	    "SQLite, two rows of 400 bytes each",
	    bench_table_median(raw, ROUNDS), BENCH_AT_LEAST, 30000 });
	bench_table_close(t);
	buf_free(&table);
	return 0;
}
