/* SPDX-License-Identifier: Apache-2.0 */
/* period.h -- the span of time that a report is about.  Pure. */
#ifndef NGUON_PERIOD_H
#define NGUON_PERIOD_H

#include "protocol/date.h"

/* Both ends included. */
struct period {
	bool all;
	int64_t from, to;		/* days */
	int first_year, last_year;	/* years it touches */
	char text[32];			/* as typed, canonical */
};

/* "2022", "2022Q1", "2021-2022Q1", "2021Q3-2022", "all" (q for Q too).
 * Errors: ERR_VALUE: another form, quarter 0 or above 4, or an end before
 * its start. */
MUST_USE err period_parse(const char *text, struct period *ret);
/* Whether a day is inside; every day is inside `all`. */
bool period_holds(const struct period *p, int64_t days);

#endif
