/* SPDX-License-Identifier: Apache-2.0 */
/* figures_internal.h -- what figures.c collects and figures_rows.c counts. */
#ifndef NGUON_FIGURES_INTERNAL_H
#define NGUON_FIGURES_INTERNAL_H

#include "protocol/figures.h"

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
	bool created;			/* here, and not moved in */
	uint8_t subject[ID_LEN];
};
/* Where the commune says that somebody counts, or into whom somebody is
 * merged. */
struct figure_place {
	uint8_t subject[ID_LEN];
	uint8_t scope[SCOPE_LEN];
	uint8_t into[ID_LEN];		/* of merged */
	bool merged;
};
/* Somebody who is merged into another of the same cell. */
struct figure_merge {
	uint32_t scope;
	bool created, holds;	/* holds: the other is in the cell */
	uint8_t subject[ID_LEN];
	uint8_t into[ID_LEN];
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
	struct figure_list scopes, names, steps, activities, people, quotas;
	struct figure_list places, merges;
	struct figure_list cells;		/* sorted by code */
	/* used again from one subject to the next */
	struct figure_list candidates, leaders, ids;
};

/* figures_place_counts: by the index of people, who counts where the record
 * stands (figures_place.c).  Owner: the caller, free().  ERR_NOMEM. */
MUST_USE err figures_place_counts(const struct figures *f, bool **ret);
/* The winner of `place` in a state of scope root, where it is well formed. */
bool figures_place_read(const struct state *s, uint64_t now_ms,
    struct figure_place *ret);
/* The winner of `merged_into` in a state of a cell. */
bool figures_place_merged(const struct state *s, uint64_t now_ms,
    uint8_t ret_into[static ID_LEN]);

#endif
