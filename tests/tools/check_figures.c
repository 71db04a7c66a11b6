/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_figures FOLDER AUDITFILE FINGERPRINT -- verifies an audit file and
 * compares every row of FOLDER/figures.csv with the figures recomputed from
 * it.  Prints what was found, every row that differs, and how many are equal.
 * Exit 0: verifies and all rows are equal; 1: not so; 2: could not try.
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

/* Is that figure of that period and scope `value`? */
static bool
row_equal(const struct figures *f, const char *period, const char *scope,
    const char *figure, const char *value)
{
	struct period p;
	struct figure_row *rows = NULL;
	size_t count = 0;
	const char *found = NULL;
	const uint8_t *cell = scope_of(f, scope);
	bool equal;
	err rc;

	rc = period_parse(period, &p);
	if (rc == ERR_OK && cell == NULL && strcmp(scope, "commune") != 0)
		rc = ERR_ABSENT;
	if (rc == ERR_OK)
		rc = figures_rows(f, &p, cell, &rows, &count);
	if (rc != ERR_OK) {
		(void)printf("%s,%s,%s: %s\n", period, scope, figure,
		    err_name(rc));
		return false;
	}
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].name, figure) == 0)
			found = rows[i].value;
	/* what is not there is nought */
	equal = strcmp(found ? found : "0", value) == 0;
	if (!equal)
		(void)printf("%s,%s,%s: %s, should be %s\n", period, scope,
		    figure, found ? found : "absent", value);
	free(rows);
	return equal;
}

static size_t
compare(const struct figures *f, const char *folder)
{
	struct scenario_csv t = scenario_csv_read(folder, "figures.csv");
	size_t period = scenario_csv_column(&t, "period");
	size_t scope = scenario_csv_column(&t, "scope");
	size_t figure = scenario_csv_column(&t, "figure");
	size_t value = scenario_csv_column(&t, "value");
	size_t equal = 0, differ;

	for (size_t i = 0; i < t.rows; i++)
		if (row_equal(f, scenario_csv_at(&t, i, period),
		    scenario_csv_at(&t, i, scope),
		    scenario_csv_at(&t, i, figure),
		    scenario_csv_at(&t, i, value)))
			equal++;
	differ = t.rows - equal;
	(void)printf("%zu rows equal, %zu differ\n", equal, differ);
	scenario_csv_free(&t);
	return differ;
}

int
main(int argc, char **argv)
{
	uint8_t fpr[HASH_LEN];
	struct verify *v;
	size_t differ;
	bool valid;

	if (argc != 4)
		die("usage", "check_figures FOLDER AUDITFILE FINGERPRINT");
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
	differ = compare(verify_figures(v), argv[1]);
	verify_free(v);
	return valid && differ == 0 ? 0 : 1;
}
