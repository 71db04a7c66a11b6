/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge.h -- what happened before what (SPEC.md section 9, rules 1 to 3 and
 * 5).  Order comes from what was seen, never from a clock.  The same on the
 * hub, on every replica and in verify.  Pure.  state.h has the values.
 *
 * Invariant: "happened before" is a strict partial order for any input, also
 * of a device that lies about seen, as long as leaves do not decrease along a
 * line and line_seen is what its name says (both follow from the entries, not
 * from what a device claims).
 */
#ifndef NGUON_MERGE_H
#define NGUON_MERGE_H

#include "protocol/field.h"

#define MERGE_NO_LEAF ROSTER_NO_LEAF
enum { ELEMENT_MAX = 32 };	/* bytes of an element */

/* Where a write stands. */
struct stamp {
	uint8_t log[ID_LEN];
	uint64_t seq;
	uint8_t op;
	uint64_t leaf;		/* MERGE_NO_LEAF: infinity */
	uint64_t line_seen;
	uint64_t time_ms;	/* of the entry */
	uint64_t leaf_time;	/* ms; 0 while there is no leaf */
};

/* Which log continues which; needed for lines that span logs. */
struct merge_lines;
struct merge_lines *merge_lines_new(void);
void merge_lines_free(struct merge_lines *m);
/* Adding the same again is not an error.  Errors: ERR_NOMEM; ERR_EXISTS with
 * another predecessor already; ERR_FORMAT a ring, or seq 0. */
MUST_USE err merge_lines_add(struct merge_lines *m,
    const uint8_t log[static ID_LEN], const struct entry_ref *predecessor);

/* merge_before(m, a, b): a happened before b.  m may be NULL: no log has a
 * predecessor. */
bool merge_before(const struct merge_lines *m, const struct stamp *a,
    const struct stamp *b);
/* merge_rank(a, b, now_ms): < 0, 0, > 0: rule 5 of section 9, for two
 * writes neither of which happened before the other. */
int merge_rank(const struct stamp *a, const struct stamp *b, uint64_t now_ms);

#endif
