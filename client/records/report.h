/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.h -- the figures of a period, over the states of a store.
 *
 * A device sees whole scopes or nothing of them, so a report has a block of
 * the commune only where every cell can be read (a commune device), and else
 * one block for each cell of the device.
 */
#ifndef NGUON_RECORDS_REPORT_H
#define NGUON_RECORDS_REPORT_H

#include "client/store/store.h"
#include "protocol/figures.h"

#define REPORT_COMMUNE "commune"	/* as a scope, and in the CSV file */

struct report_block {
	bool commune;			/* the whole commune */
	struct figure_cell cell;	/* else this cell */
	struct figure_row *rows;	/* figures_rows */
	size_t count;
};
/* Owner: report_free. */
struct report {
	struct period period;
	uint64_t unsettled;		/* figures_unsettled */
	size_t count;			/* commune first, then by code */
	struct report_block *blocks;
};
/*
 * report_make(s, period, scope, ret): scope NULL: all that the device can
 * say; REPORT_COMMUNE; or the code of a cell.  No record at all is not an
 * error: the figures are 0.
 * Errors: ERR_ABSENT no such cell; ERR_SCOPE: not of this device, or the
 * commune's totals on a device that does not read every cell; ERR_PASS the
 * store is locked; ERR_NOMEM; those of store_each.
 */
MUST_USE err report_make(struct store *s, const struct period *period,
    const char *scope, struct report **ret);
void report_free(struct report *r);	/* NULL is allowed */

/* report_year: the period of that year.  ERR_VALUE. */
MUST_USE err report_year(int year, struct period *ret);

/* "commune" or the code of the cell; borrowed. */
const char *report_scope(const struct report_block *b);
/* report_csv: appends the report as period,scope,figure,value, each line
 * ended by a line feed, the names of the columns first.  Errors: ERR_NOMEM. */
MUST_USE err report_csv(const struct report *r, struct buf *out);

#endif
