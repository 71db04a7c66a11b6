/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conflicts.h -- "Cần thống nhất": what several people wrote, none of them
 * knowing of the others, and what a person is to settle.  Nothing is lost
 * meanwhile: every value stays, the provisional winner counts.
 *
 * The values are compared as this device reads them, so two equal sealed
 * values are no conflict.
 */
#ifndef NGUON_RECORDS_CONFLICTS_H
#define NGUON_RECORDS_CONFLICTS_H

#include "client/records/author.h"
#include "client/records/steps.h"
#include "client/store/store.h"

enum conflict_what {
	CONFLICT_VALUES,	/* one field has several values */
	CONFLICT_DOUBLED,	/* one step of a person stands twice */
	CONFLICT_ORDER,		/* a step that breaks a rule of the work */
	CONFLICT_LATE,		/* written to a record after the person had
				 * moved, or was merged into another */
};
enum { CONFLICT_ID_BYTES = 9, CONFLICT_NAME_BYTES = 256 };

struct conflict_value {
	struct stamp stamp;		/* of the write; time_ms: when */
	struct author author;		/* zeroed device: not known */
	bool received;			/* the commune has it (it has a leaf) */
	bool winner;			/* what counts now */
	bool unreadable;
	struct span value;	/* raw canonical; of a step: its date */
	struct span detail;	/* of a step: organisation or reason, raw */
	uint64_t field;			/* of LATE */
	uint8_t element_len;		/* of a step, and of LATE */
	uint8_t element[ELEMENT_MAX];
};
struct conflict {
	char id[CONFLICT_ID_BYTES];	/* stable: scope, subject, field,
					 * element; 8 hex digits */
	enum conflict_what what;
	uint8_t scope[SCOPE_LEN];
	uint8_t subject[ID_LEN];
	uint64_t field;			/* FIELD_STEP for steps */
	enum section section;
	uint8_t element_len;
	uint8_t element[ELEMENT_MAX];
	enum step step;			/* STEP_NONE: the field of no step */
	uint64_t round;
	enum steps_verdict verdict;	/* of ORDER */
	char name[CONFLICT_NAME_BYTES];	/* person, cell, title ...; "" */
	char code[64];			/* of the cell it is about; "" */
	uint8_t values_id[ID_LEN];	/* which writes stood there */
	uint8_t version[HASH_LEN];	/* of the subject's state */
	size_t count;
	struct conflict_value *values;
};
struct conflict_list {
	size_t count;
	struct conflict *items;
};
/*
 * conflicts_list(s, ret): all that this device may read, in the order of
 * scopes and subjects.  None is not an error.  Owner: conflicts_free.
 * Errors: ERR_PASS the store is locked; ERR_NOMEM; those of the store.
 */
MUST_USE err conflicts_list(struct store *s, struct conflict_list **ret);
void conflicts_free(struct conflict_list *list);
/* conflicts_find: by id or an unambiguous beginning of it (4 digits at
 * least).  NULL. */
const struct conflict *conflicts_find(const struct conflict_list *list,
    const char *id);

/* What the person has seen, kept between two commands: ids and the names of
 * the writes, nothing of the values. */
MUST_USE err conflicts_remember(struct store *s,
    const struct conflict_list *list);
/* ERR_CHANGED: the writes are not those that were shown; ERR_ABSENT: it was
 * not shown. */
MUST_USE err conflicts_seen(struct store *s, const struct conflict *c);

/* ---- settling (conflicts_settle.c) */

struct conflict_choice {
	size_t keep;		/* 1 to count: that value; 0: another way */
	struct span text;	/* a new value as typed (p not NULL) */
	bool drop;		/* ORDER: the step was a mistake; LATE: all
				 * stays in the old record alone */
	struct span why;	/* public; empty: none */
};
/*
 * conflicts_settle(s, c, choice): one commit that writes the choice over what
 * c names; all values stay in the history.  Of a step that stands twice the
 * others are voided.  Of LATE the value to keep is written where the person
 * counts, and the others stay in the old record; after a move the commune
 * alone can.
 * Errors: ERR_CHANGED the state is not the one of c; ERR_VALUE keep, text or
 * drop does not fit; ERR_KEY the value to keep cannot be read; ERR_RULE a
 * quota without a reason; ERR_UNABLE no way to write this field yet; those of
 * store_write (ERR_ROLE, ERR_SCOPE).
 */
MUST_USE err conflicts_settle(struct store *s, const struct conflict *c,
    const struct conflict_choice *choice);
/* conflicts_settle_value(field, text, out): what a person types for a field
 * as a raw canonical value, appended.  ERR_VALUE. */
MUST_USE err conflicts_settle_value(uint64_t field, struct span text,
    struct buf *out);

/* ---- ops without effect (conflicts_void.c) */

struct conflict_void {
	struct store_void op;
	struct author author;		/* zeroed device: not known */
	uint64_t time_ms;		/* of the entry */
	bool received;
	enum step step;			/* of a step; else STEP_NONE */
	bool has_date;
	int64_t date;
};
/* Owner: the caller, free(). */
MUST_USE err conflicts_void(struct store *s, struct conflict_void **ret,
    size_t *ret_count);

#endif
