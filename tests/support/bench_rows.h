/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_rows.h -- SQLite with the settings of nguon and nothing else: rows of
 * given bytes, durable.  What fails ends the program.
 */
#ifndef NGUON_TESTS_SUPPORT_BENCH_ROWS_H
#define NGUON_TESTS_SUPPORT_BENCH_ROWS_H

#include <stddef.h>

struct bench_rows;
/* dir/NAME.db, made.  Owner: the caller, bench_rows_close. */
struct bench_rows *bench_rows_open(const char *dir, const char *name);
void bench_rows_close(struct bench_rows *r);

/* bench_rows_single: commits a second of one row of that many bytes each. */
double bench_rows_single(struct bench_rows *r, size_t bytes, size_t commits);
/* bench_rows_change: commits a second, each with the four rows of a local
 * change: an entry, its signature, the head of its log, the state of its
 * subject. */
double bench_rows_change(struct bench_rows *r, size_t entry_bytes,
    size_t state_bytes, size_t commits);
/* bench_rows_bulk: rows a second, `group` of them in a transaction. */
double bench_rows_bulk(struct bench_rows *r, size_t bytes, size_t rows,
    size_t group);

#endif
