/* SPDX-License-Identifier: Apache-2.0 */
/* conflicts_internal.h -- what the files of conflicts share. */
#ifndef NGUON_RECORDS_CONFLICTS_INTERNAL_H
#define NGUON_RECORDS_CONFLICTS_INTERNAL_H

#include "client/records/conflicts.h"
#include "client/records/person_places.h"

enum {
	CONFLICT_ELEMENT = ID_LEN + 8 + 1,	/* log, seq, op */
	CONFLICT_ELEMENT_STEP = CONFLICT_ELEMENT + 1,
};

/* A list that grows. */
struct conflict_growing {
	struct conflict_list *list;
	size_t cap;
	uint64_t now_ms;
	const struct merge_lines *lines;	/* of the store */
	struct places *places;
};
/* A zeroed conflict with that many zeroed values, at the end of the list.
 * ERR_NOMEM. */
MUST_USE err conflicts_add(struct conflict_growing *g, size_t count,
    struct conflict **ret);
/* Copies a raw value; empty for unreadable ones.  ERR_NOMEM. */
MUST_USE err conflicts_copy(struct span raw, struct span *ret);
/* Fills in who and when of a value from its write. */
void conflicts_stamp(struct conflict_value *v, const struct write *w);
/* The id from the other fields. */
void conflicts_name_id(struct conflict *c);
/* values_id from the stamps of the values. */
void conflicts_name_values(struct conflict *c);

/* ---- conflicts_steps.c: steps that stand twice or out of order */
MUST_USE err conflicts_steps_add(struct conflict_growing *g,
    const uint8_t *scope, const uint8_t *subject, const struct state *state);

/* ---- conflicts_late.c: what was written to a record that was left */
MUST_USE err conflicts_late_add(struct conflict_growing *g,
    const uint8_t *scope, const uint8_t *subject, const struct state *state);
MUST_USE err conflicts_late_settle(struct store *s, const struct conflict *c,
    const struct conflict_choice *choice, const struct state *state,
    uint64_t now_ms);

#endif
