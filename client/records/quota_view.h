/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quota_view.h -- how each cell stands against its quota of a year: quota,
 * admitted, in trial, in class, and the forecast by the year's end.
 *
 * All of it follows from the records, the commune's settings and today's date:
 * two devices with the same records say the same numbers.
 */
#ifndef NGUON_RECORDS_QUOTA_VIEW_H
#define NGUON_RECORDS_QUOTA_VIEW_H

#include "client/records/author.h"
#include "client/records/commune.h"

struct quota_row {
	uint8_t scope[SCOPE_LEN];
	char code[64];			/* "" of the total */
	char name[256];
	bool has_quota, conflict;
	uint64_t quota;
	bool counted;			/* this device reads the cell; else
					 * what follows is 0 */
	uint64_t admitted;		/* in the year, as the report says */
	uint64_t in_trial;		/* who stand there now */
	uint64_t in_class;		/* introduced or class completed */
	uint64_t forecast;		/* quota_view_expects */
	char percent[32];	/* admitted of quota: "25.0"; "-" */
};
struct quota_view {
	int year;
	uint64_t trial_days;		/* what the forecast goes by */
	size_t count;			/* in the order of codes */
	struct quota_row *rows;
	bool has_total;			/* every cell is counted */
	struct quota_row total;
};
/*
 * quota_view_make(s, year, scope, ret): the cells that have a quota or that
 * this device reads; scope: that cell alone (NULL: all, and the total on a
 * commune device).  Owner: quota_view_free.
 * Errors: ERR_VALUE the year; ERR_VERSION: the rule in force for figures is
 * not known to this program; ERR_PASS the store is locked; ERR_NOMEM; those of
 * the store.
 */
MUST_USE err quota_view_make(struct store *s, int year, const uint8_t *scope,
    struct quota_view **ret);
void quota_view_free(struct quota_view *v);
/*
 * quota_view_expects(started, trial_days, year, today): whether somebody in
 * trial since that day is forecast to be admitted in that year: if the trial
 * then has its usual length, and the year is this one or a later one.  What is
 * due already counts in this year.
 */
bool quota_view_expects(int64_t started, uint64_t trial_days, int year,
    int64_t today);

/* One value that a quota had, and the next. */
struct quota_change {
	char code[64];
	bool has_before;
	uint64_t before, after;
	uint64_t time_ms;
	struct author author;
	char why[256];			/* cut; "" */
	bool counts;			/* it is what stands there now */
};
/* quota_view_history(s, year, view, ret, ret_count): every value of the quotas
 * of the view, cell by cell, the oldest first.  Owner: the caller, free().
 * Errors: ERR_PASS; ERR_NOMEM; those of the store. */
MUST_USE err quota_view_history(struct store *s, const struct quota_view *v,
    struct quota_change **ret, size_t *ret_count);

#endif
