/* SPDX-License-Identifier: Apache-2.0 */
/*
 * person_history.h -- every value that was ever written about a subject: by
 * whom, in which role, when, on which device, when the hub received it, and
 * why.  Computed from the entries held, in which nothing is overwritten.
 */
#ifndef NGUON_RECORDS_PERSON_HISTORY_H
#define NGUON_RECORDS_PERSON_HISTORY_H

#include "client/records/author.h"
#include "client/records/steps.h"

enum history_standing {
	HISTORY_COUNTS,		/* what stands there now */
	HISTORY_BESIDE,		/* stands beside the one that counts: a
				 * conflict */
	HISTORY_REPLACED,	/* another was written over it */
	HISTORY_VOIDED,		/* its step, review or activity is voided */
};
/* One value of one field. */
struct history_item {
	uint64_t kind;			/* of the op */
	uint64_t field;
	uint8_t element_len;
	uint8_t element[ELEMENT_MAX];
	enum step step;			/* of an element of a step */
	uint64_t year;			/* of a review; 0 */
	struct stamp stamp;		/* time_ms; leaf_time where received */
	bool received;			/* the hub has it */
	struct author author;		/* in the role of that time */
	enum history_standing standing;
	bool unreadable;
	bool late;			/* a date written long after it */
	struct span value;		/* raw canonical; owned */
	struct span why;		/* as text; owned */
};
struct person_history {
	size_t count;
	struct history_item *items;
};
/*
 * person_history_of(s, scope, subject, ret): one register after another: fields
 * of the subject itself by number, then element after element in the order
 * in which they were begun; each oldest first.  Ops without effect are left
 * out.  Nothing held is not an error.  Owner: the caller, person_history_free.
 * Errors: ERR_PASS the store is locked; ERR_NOMEM; those of the store.
 */
MUST_USE err person_history_of(struct store *s,
    const uint8_t scope[static SCOPE_LEN],
    const uint8_t subject[static ID_LEN], struct person_history *ret);
void person_history_free(struct person_history *h);	/* wipes the values */

#endif
