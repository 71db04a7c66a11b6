/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_frozen.h -- the frozen reports and rankings of a history, each
 * computed again from the leaves that it counts (SPEC.md section 12).  Pure.
 */
#ifndef NGUON_VERIFY_FROZEN_H
#define NGUON_VERIFY_FROZEN_H

#include "protocol/frozen.h"
#include "protocol/verify_states.h"

enum verify_frozen_outcome {
	VERIFY_FROZEN_EQUAL,
	VERIFY_FROZEN_ERASED,		/* equal; some inputs are not held */
	VERIFY_FROZEN_DIFFERS,
	VERIFY_FROZEN_RULE,		/* not the rule in force at its size */
	VERIFY_FROZEN_FORM,		/* no such op; a size above its leaf */
	VERIFY_FROZEN_AGAIN,		/* writes over an earlier one */
	VERIFY_FROZEN_LATER,		/* made by a rule not known here */
	VERIFY_FROZEN_UNCHECKED,	/* not looked at; or it differs, and a
					 * leaf that it counts is lost */
};
/* "equal", "differs", ... */
const char *verify_frozen_name(enum verify_frozen_outcome o);
/* Whether it is wrong. */
bool verify_frozen_fails(enum verify_frozen_outcome o);

/* One op.  With the outcome FORM the fields of z are zero. */
struct verify_frozen {
	struct frozen z;		/* figures: borrowed */
	uint8_t subject[ID_LEN];
	uint8_t log[ID_LEN];
	uint64_t seq;
	uint64_t leaf;			/* ROSTER_NO_LEAF: none */
	uint8_t op;
	enum verify_frozen_outcome outcome;
	uint64_t erased;
	struct frozen_difference difference;	/* where it differs */
};

struct verify_frozen_list;
struct verify_frozen_list *verify_frozen_new(void);	/* NULL: no memory */
void verify_frozen_free(struct verify_frozen_list *l);
/* verify_frozen_note: an effective op, which is kept if it is of kind freeze
 * or ranking.  Errors: ERR_NOMEM. */
MUST_USE err verify_frozen_note(struct verify_frozen_list *l,
    const struct place *place, uint8_t position, const struct op *op);
/*
 * verify_frozen_check: fills in every outcome.  size: leaves of the tree;
 * held: the leaves below that index are all held.
 * Errors: those of verify_states_figures_at.
 */
MUST_USE err verify_frozen_check(struct verify_frozen_list *l,
    const struct verify_states *s, const struct merge_lines *lines,
    uint64_t size, uint64_t held);
size_t verify_frozen_count(const struct verify_frozen_list *l);
/* In the order of the history; borrowed. */
const struct verify_frozen *verify_frozen_at(
    const struct verify_frozen_list *l, size_t i);

#endif
