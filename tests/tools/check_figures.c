/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_figures [OPTION...] FOLDER AUDITFILE FINGERPRINT -- verifies an audit
 * file and compares every row of FOLDER/figures.csv with the figures
 * recomputed from it.  Prints what was found, every row that differs, and how
 * many are equal.
 * Exit 0: verifies and all rows are equal; 1: not so; 2: could not try.
 *
 * --every    figures.csv has every figure of each period and scope that it
 *            names, in rows one after another
 * --late     the figures with what has no leaf yet
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/verify.h"
#include "tests/support/scenario_csv.h"

static void
die(const char *what, const char *why)
{
	(void)fprintf(stderr, "check_figures: %s: %s\n", what, why);
	exit(2);
}

static void
feed_file(struct verify *v, const char *path)
{
	static uint8_t bytes[65536];
	FILE *f = fopen(path, "rb");
	size_t n;
	err rc;

	if (f == NULL)
		die(path, "cannot be opened");
	while ((n = fread(bytes, 1, sizeof bytes, f)) > 0) {
		rc = verify_feed(v, (struct span){ bytes, n });
		if (rc != ERR_OK)
			die(path, err_name(rc));
	}
	(void)fclose(f);
	rc = verify_end(v);
	if (rc != ERR_OK)
		die(path, err_name(rc));
}

static void
print_findings(const struct verify *v)
{
	static const char *const levels[] = { "FAIL", "void", "note" };

	for (size_t i = 0; i < verify_finding_count(v); i++) {
		const struct finding *f = verify_finding(v, i);
		char log[2 * ID_LEN + 1] = "-";

		if (f->has_log)
			hex_encode(f->log, ID_LEN, log);
		(void)printf("%s %s log %s seq %llu %llu offset %llu\n",
		    levels[f->level], f->code, log,
		    (unsigned long long)f->seq,
		    (unsigned long long)(f->last_seq ? f->last_seq : f->seq),
		    (unsigned long long)f->offset);
	}
}

static void
print_totals(const struct verify_totals *t)
{
	(void)printf("leaves %llu logs %llu segments %llu entries %llu "
	    "devices %llu ops %llu voids %llu failures %llu unsettled %llu\n",
	    (unsigned long long)t->leaves, (unsigned long long)t->logs,
	    (unsigned long long)t->segments, (unsigned long long)t->entries,
	    (unsigned long long)t->devices, (unsigned long long)t->ops,
	    (unsigned long long)t->voids, (unsigned long long)t->failures,
	    (unsigned long long)t->unsettled);
}

static const uint8_t *
scope_of(const struct figures *f, const char *code)
{
	for (size_t i = 0; i < figures_cell_count(f); i++)
		if (strcmp(figures_cell(f, i)->code, code) == 0)
			return figures_cell(f, i)->scope;
	return NULL;
}

/* The figures of one period and scope. */
struct block {
	const char *period, *scope;	/* NULL: none yet */
	struct figure_row *rows;
	size_t count;
	size_t asked;			/* rows of figures.csv that are of it */
};

/* Makes b that block, unless it is.  False: there is none; it is said. */
static bool
block_of(const struct figures *f, const char *period, const char *scope,
    struct block *b)
{
	const uint8_t *cell = scope_of(f, scope);
	struct period p;
	err rc;

	if (b->period != NULL && strcmp(b->period, period) == 0 &&
	    strcmp(b->scope, scope) == 0)
		return true;
	free(b->rows);
	*b = (struct block){ .period = NULL };
	rc = period_parse(period, &p);
	if (rc == ERR_OK && cell == NULL && strcmp(scope, "commune") != 0)
		rc = ERR_ABSENT;
	if (rc == ERR_OK)
		rc = figures_rows(f, &p, cell, &b->rows, &b->count);
	if (rc != ERR_OK) {
		(void)printf("%s,%s: %s\n", period, scope, err_name(rc));
		return false;
	}
	b->period = period;
	b->scope = scope;
	return true;
}

/* Is that figure of the block `value`? */
static bool
row_equal(const struct block *b, const char *figure, const char *value)
{
	const char *found = figures_find(b->rows, b->count, figure);
	/* what is not there is nought */
	bool equal = strcmp(found ? found : "0", value) == 0;

	if (!equal)
		(void)printf("%s,%s,%s: %s, should be %s\n", b->period,
		    b->scope, figure, found ? found : "absent", value);
	return equal;
}

/* The block is done: with --every, were all of its figures asked for? */
static bool
block_whole(const struct block *b, bool every)
{
	if (!every || b->period == NULL || b->asked == b->count)
		return true;
	(void)printf("%s,%s: %zu figures, should be %zu\n", b->period,
	    b->scope, b->count, b->asked);
	return false;
}

static size_t
compare(const struct figures *f, const char *folder, bool every)
{
	struct scenario_csv t = scenario_csv_read(folder, "figures.csv");
	size_t period = scenario_csv_column(&t, "period");
	size_t scope = scenario_csv_column(&t, "scope");
	size_t figure = scenario_csv_column(&t, "figure");
	size_t value = scenario_csv_column(&t, "value");
	struct block b = { .period = NULL };
	size_t equal = 0, differ = 0;

	for (size_t i = 0; i < t.rows; i++) {
		const struct block before = b;

		if (!block_of(f, scenario_csv_at(&t, i, period),
		    scenario_csv_at(&t, i, scope), &b)) {
			differ++;
			continue;
		}
		if (b.period != before.period && !block_whole(&before, every))
			differ++;
		b.asked++;
		if (row_equal(&b, scenario_csv_at(&t, i, figure),
		    scenario_csv_at(&t, i, value)))
			equal++;
		else
			differ++;
	}
	differ += !block_whole(&b, every);
	(void)printf("%zu rows equal, %zu differ\n", equal, differ);
	free(b.rows);
	scenario_csv_free(&t);
	return differ;
}

int
main(int argc, char **argv)
{
	uint8_t fpr[HASH_LEN];
	struct verify *v;
	const struct figures *f;
	size_t differ;
	bool valid, every = false, late = false;

	for (; argc > 1 && strncmp(argv[1], "--", 2) == 0; argc--, argv++) {
		every = every || strcmp(argv[1], "--every") == 0;
		late = late || strcmp(argv[1], "--late") == 0;
	}
	if (argc != 4)
		die("usage",
		    "check_figures [OPTION...] FOLDER AUDITFILE FINGERPRINT");
	if (crypto_start() != ERR_OK)
		die("crypto", "does not start");
	if (hex_decode(argv[3], fpr, sizeof fpr) != ERR_OK)
		die(argv[3], "not a fingerprint");
	v = verify_new(fpr);
	if (v == NULL)
		die(argv[2], "no memory");
	feed_file(v, argv[2]);
	print_findings(v);
	print_totals(verify_totals(v));
	valid = verify_totals(v)->failures == 0;
	f = late ? verify_figures_provisional(v) : verify_figures(v);
	if (f == NULL)
		die(argv[2], "has no such figures");
	differ = compare(f, argv[1], every);
	verify_free(v);
	return valid && differ == 0 ? 0 : 1;
}
