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
#include "protocol/ranking.h"

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

/* report_figures: what all that counts.  Owner: figures_free.  Errors: as
 * report_make, without a scope. */
MUST_USE err report_figures(struct store *s, struct figures **ret);

/* From step to step: those of the period, and of how many of the step before
 * they are the part; a person's steps may fall into several periods. */
enum { REPORT_FUNNEL_STEPS = 7 };
struct report_funnel {
	enum step step;
	uint64_t count;
	char share[32];			/* "62.5", in per cent; "-": of none */
};
void report_funnel(const struct report_block *b,
    struct report_funnel ret[static REPORT_FUNNEL_STEPS]);

/* ---- the year's ranking of the cells (protocol/ranking.h) */

struct report_person {
	uint8_t scope[SCOPE_LEN];
	uint8_t subject[ID_LEN];
	enum step step;
	char name[256];			/* "": not readable here */
};
struct report_ranking {
	struct period period;
	struct figures *figures;	/* owned: rows borrow from it */
	size_t count;
	struct ranking_row *rows;
	size_t people_count;		/* in the order of the rows */
	struct report_person *people;	/* behind admitted and nominated */
};
/* report_ranking: Errors: ERR_SCOPE: this device does not read every cell;
 * ERR_VALUE the year; those of report_figures.  Owner: report_ranking_free. */
MUST_USE err report_ranking(struct store *s, int year,
    struct report_ranking **ret);
void report_ranking_free(struct report_ranking *r);

/* report_year: the period of that year.  ERR_VALUE. */
MUST_USE err report_year(int year, struct period *ret);

/* "commune" or the code of the cell; borrowed. */
const char *report_scope(const struct report_block *b);
/* report_csv: appends the report as period,scope,figure,value, each line
 * ended by a line feed, the names of the columns first.  Errors: ERR_NOMEM. */
MUST_USE err report_csv(const struct report *r, struct buf *out);

#endif
