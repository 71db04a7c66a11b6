/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_table.h -- what a bench program says: a table in Markdown of figure,
 * ours, baseline of the same run, ratio, target, and `met` or `short`.  It
 * goes to stdout and to $BUILD/bench/NAME.md.
 */
#ifndef NGUON_TESTS_SUPPORT_BENCH_TABLE_H
#define NGUON_TESTS_SUPPORT_BENCH_TABLE_H

#include <stddef.h>

enum bench_rule {
	BENCH_NO_TARGET,
	BENCH_AT_LEAST,		/* ours, the target */
	BENCH_AT_MOST,
	BENCH_RATIO_AT_LEAST,	/* ours divided by the baseline */
	BENCH_RATIO_AT_MOST,
};

struct bench_row {
	const char *figure;
	const char *unit;	/* of ours, baseline and target */
	double ours;
	const char *against;	/* what the baseline is; NULL: none */
	double baseline;
	enum bench_rule rule;
	double target;
};

struct bench_table;
/* bench_table_open: title stands above the table.  Owner: the caller.  What
 * cannot be written ends the program. */
struct bench_table *bench_table_open(const char *name, const char *title);
void bench_table_row(struct bench_table *t, const struct bench_row *row);
/* A line under the table: what was measured how, or why it was not. */
void bench_table_note(struct bench_table *t, const char *note);
void bench_table_close(struct bench_table *t);

/* Seconds of a clock that does not jump; and of work that this process has
 * done, for what is bound by one core alone: others may be at the machine. */
double bench_table_now(void);
double bench_table_worked(void);
/* Sorts v; n is at least 1. */
double bench_table_median(double *v, size_t n);
/* A folder for the files of one program, under $BUILD/bench: on the disk that
 * holds the build.  Owner: the caller, temp_folder_remove. */
char *bench_table_folder(void);

#endif
