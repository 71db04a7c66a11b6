/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/ranking.h"

#include <stdlib.h>
#include <string.h>

/* A row that is a whole number, or has one decimal: its digits as one
 * number.  "-": 0. */
static uint64_t
digits(const char *value)
{
	uint64_t n = 0;

	for (; *value != '\0'; value++) {
		uint64_t digit = (uint64_t)(*value - '0');

		if (*value < '0' || *value > '9')
			continue;
		n = n > (UINT64_MAX - digit) / 10 ? UINT64_MAX :
		    10 * n + digit;
	}
	return n;
}

static err
read_cell(const struct figures *f, const struct period *year,
    const struct figure_cell *cell, struct ranking_row *row)
{
	struct figure_row *rows = NULL;
	size_t count = 0;
	err rc = figures_rows(f, year, cell->scope, &rows, &count);

	if (rc != ERR_OK)
		return rc;
	/* these rows always are */
	row->cell = cell;
	row->rank = 0;
	row->quota = digits(figures_find(rows, count, "quota"));
	row->admitted = digits(figures_find(rows, count, "admitted"));
	row->nominated = digits(figures_find(rows, count, "nominated"));
	memcpy(row->percent, figures_find(rows, count, "percent"),
	    sizeof row->percent);
	free(rows);
	return ERR_OK;
}

static int
down(uint64_t a, uint64_t b)
{
	return a == b ? 0 : a > b ? -1 : 1;
}

/* 0: they share a rank. */
static int
merit_compare(const struct ranking_row *a, const struct ranking_row *b)
{
	int c = (a->quota == 0) - (b->quota == 0);

	if (c != 0 || a->quota == 0)
		return c;
	c = down(digits(a->percent), digits(b->percent));
	if (c == 0)
		c = down(a->admitted, b->admitted);
	return c != 0 ? c : down(a->nominated, b->nominated);
}

static int
row_compare(const void *pa, const void *pb)
{
	const struct ranking_row *a = pa, *b = pb;
	int c = merit_compare(a, b);

	/* cells are in the order of their codes */
	return c != 0 ? c : a->cell < b->cell ? -1 : a->cell > b->cell;
}

err
ranking_make(const struct figures *f, const struct period *year,
    struct ranking_row **ret, size_t *ret_count)
{
	size_t count = figures_cell_count(f);
	struct ranking_row *rows = calloc(count + 1, sizeof *rows);
	err rc = rows == NULL ? ERR_NOMEM : ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < count; i++)
		rc = read_cell(f, year, figures_cell(f, i), &rows[i]);
	if (rc != ERR_OK) {
		free(rows);
		return rc;
	}
	if (count > 1)
		qsort(rows, count, sizeof *rows, row_compare);
	for (size_t i = 0; i < count && rows[i].quota > 0; i++)
		rows[i].rank = i > 0 &&
		    merit_compare(&rows[i - 1], &rows[i]) == 0 ?
		    rows[i - 1].rank : i + 1;
	*ret = rows;
	*ret_count = count;
	return ERR_OK;
}
