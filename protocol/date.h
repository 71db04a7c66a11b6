/* SPDX-License-Identifier: Apache-2.0 */
/*
 * date.h -- dates as days since 1970-01-01, in the proleptic Gregorian
 * calendar, years 1 to 9999.  Pure.
 */
#ifndef NGUON_DATE_H
#define NGUON_DATE_H

#include "protocol/bytes.h"

enum { DATE_YEAR_MIN = 1, DATE_YEAR_MAX = 9999 };

/* Errors: ERR_VALUE: no such day, or a year out of range. */
MUST_USE err date_from_civil(int year, int month, int day, int64_t *ret);
/* Days outside of the years above give the first or the last day of them. */
void date_to_civil(int64_t days, int *ret_year, int *ret_month,
    int *ret_day);
/* "YYYY-MM-DD"; also D/M/YYYY as people write it (leading zeros allowed).
 * Errors: ERR_VALUE. */
MUST_USE err date_parse(struct span text, int64_t *ret);
void date_format(int64_t days, char ret[static 16]);	/* YYYY-MM-DD */

#endif
