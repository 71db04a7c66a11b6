/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ranking.h -- the cells of a year in order, by ranking rule version 1
 * (SPEC.md section 9.2).  Cells are ranked, people never.  Pure.
 */
#ifndef NGUON_RANKING_H
#define NGUON_RANKING_H

#include "protocol/figures.h"

enum { RANKING_RULE_VERSION = 1 };

struct ranking_row {
	const struct figure_cell *cell;	/* borrowed from the figures */
	uint64_t rank;			/* from 1; 0: no quota, not ranked */
	uint64_t quota, admitted, nominated;
	char percent[32];		/* as in figures_rows */
};
/*
 * ranking_make(f, year, ret, ret_count): every cell, the ranked ones first: by
 * percent, then admitted, then nominated, from the highest; equal ones share a
 * rank and stand by code; then those without a quota, by code.
 * Owner: the caller frees *ret with free(), before f.  Errors: ERR_NOMEM.
 */
MUST_USE err ranking_make(const struct figures *f, const struct period *year,
    struct ranking_row **ret, size_t *ret_count);

#endif
