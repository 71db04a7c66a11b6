/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_limits.c -- what this machine can do at most: the other tables are to
 * be read beside it.
 */
#include "tests/support/bench_limit.h"
#include "tests/support/bench_rows.h"
#include "tests/support/bench_table.h"
#include "tests/support/temp_folder.h"

enum { ROUNDS = 3, ROW_BYTES = 200, COMMITS = 300, ROWS = 100000 };

static void
say(struct bench_table *t, const char *figure, const char *unit, double v)
{
	bench_table_row(t, &(struct bench_row){ figure, unit, v, NULL, 0,
	    BENCH_NO_TARGET, 0 });
}

int
main(void)
{
	struct bench_table *t = bench_table_open("bench_limits",
	    "limits of this machine, one core");
	double single[ROUNDS], bulk[ROUNDS];
	char *dir = bench_table_folder();
	struct bench_rows *r = bench_rows_open(dir, "raw");

	for (size_t i = 0; i < ROUNDS; i++)
		single[i] = bench_rows_single(r, ROW_BYTES, COMMITS);
	for (size_t i = 0; i < ROUNDS; i++)
		bulk[i] = bench_rows_bulk(r, ROW_BYTES, ROWS, ROWS);
	bench_rows_close(r);
	say(t, "BLAKE2b-256 of 200 bytes", "hashes/s", bench_limit_hash(200));
	say(t, "BLAKE2b-256 of 64 KiB", "MB/s",
	    bench_limit_hash(65536) * 65536 / 1e6);
	say(t, "Ed25519 signatures", "a second", bench_limit_sign());
	say(t, "Ed25519 verifications", "a second", bench_limit_verify());
	say(t, "memcpy of 1 MiB", "MB/s", bench_limit_copy() / 1e6);
	say(t, "SQLite, one row of 200 bytes, durable", "commits/s",
	    bench_table_median(single, ROUNDS));
	say(t, "SQLite, rows of 200 bytes in one transaction", "rows/s",
	    bench_table_median(bulk, ROUNDS));
	bench_table_close(t);
	temp_folder_remove(dir);
	return 0;
}
