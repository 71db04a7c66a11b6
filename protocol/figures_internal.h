/* SPDX-License-Identifier: Apache-2.0 */
/* figures_internal.h -- what figures.c collects and figures_rows.c counts. */
#ifndef NGUON_FIGURES_INTERNAL_H
#define NGUON_FIGURES_INTERNAL_H

#include "protocol/figures.h"
#include "protocol/places.h"

enum {
	FIGURE_NAME_BYTES = 80,		/* longest that a row shows */
	FIGURE_STEPS = STEP_MOVED + 1,
};
#define FIGURE_NO_NAME UINT32_MAX

enum figure_group { GROUP_NOMINATED, GROUP_WITHDRAWN, GROUP_PEOPLE };

/* An organisation, reason or residence.  unknown: erased or unreadable. */
struct figure_name {
	enum figure_group group;
	bool unknown;
	char text[FIGURE_NAME_BYTES + 1];
};
/* Scopes and names by their index in struct figures. */
struct figure_step {
	int64_t date;
	uint32_t person, scope, name;
	uint8_t step;
	bool dated;
};
struct figure_activity {
	int64_t date;
	uint64_t participants;
	uint32_t scope;
	bool dated;
};
struct figure_person {
	uint32_t scope, name;
	uint8_t subject[ID_LEN];
};
struct figure_quota {
	uint8_t cell[SCOPE_LEN];
	uint64_t year, number;
};
struct figure_scope {
	uint8_t id[SCOPE_LEN];
};

/* A growing array; the owner is struct figures. */
struct figure_list {
	void *p;
	size_t count, capacity;
};

struct figures {
	uint64_t now_ms;
	const struct merge_lines *lines;	/* borrowed; NULL: none */
	uint64_t unsettled;
	uint64_t rules;				/* in force; 0: not said */
	struct figure_list scopes, names, steps, activities, people, quotas;
	struct places *places;
	struct figure_list cells;		/* sorted by code */
	/* used again from one subject to the next */
	struct figure_list candidates, leaders, ids;
};

#endif
