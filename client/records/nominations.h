/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nominations.h -- whom a mass organisation puts forward.  It writes into its
 * own lane; the cell answers there: linked to a person of the cell, or
 * refused; and copies that person's public steps into the lane, which is all
 * that the organisation gets to see of the cell.
 */
#ifndef NGUON_RECORDS_NOMINATIONS_H
#define NGUON_RECORDS_NOMINATIONS_H

#include "client/records/people.h"
#include "client/store/store.h"

enum nomination_outcome {
	NOMINATION_OPEN = 0, NOMINATION_LINKED = 1, NOMINATION_REFUSED = 2,
};
enum { NOMINATION_TEXT = 256 };

/* As the lane has it. */
struct nomination {
	uint8_t lane[SCOPE_LEN];
	uint8_t cell[SCOPE_LEN];
	uint8_t subject[ID_LEN];
	uint8_t version[HASH_LEN];	/* state_version */
	char organisation[64];		/* of the lane */
	char code[64];			/* of the cell; "" not known */
	char name[NOMINATION_TEXT];	/* "" where unreadable */
	bool unreadable;		/* the lane's key is not here yet */
	char phone[NOMINATION_TEXT];
	char residence[NOMINATION_TEXT];
	uint64_t birth_year;		/* 0: not given */
	bool has_date;
	int64_t date;
	bool received;
	enum nomination_outcome outcome;
	char why[NOMINATION_TEXT];	/* of a refusal */
	uint8_t person[ID_LEN];		/* of a link; else zeros */
	struct step_record *steps;	/* copies of the person's steps */
	size_t step_count;
};
struct nomination_list {
	size_t count;
	struct nomination *items;
};
/*
 * nominations_list(s, outcomes, ret): of all lanes of this device, by cell,
 * then date.  outcomes: bits 1 << enum nomination_outcome; 0: all.  None is
 * not an error.  Owner: nominations_free.
 */
MUST_USE err nominations_list(struct store *s, unsigned outcomes,
    struct nomination_list **ret);
void nominations_free(struct nomination_list *list);	/* wipes the texts */
/* By six or more digits that the subject's hex begins with, or by its full
 * name where just one has it; NULL. */
const struct nomination *nominations_find(const struct nomination_list *list,
    const char *who);

/*
 * nominations_lane(s, cell, organisation, ret): the lane that this device
 * writes nominations in; both may be NULL where there is just one.
 * Errors: ERR_ABSENT no such lane; ERR_VALUE several fit.
 */
MUST_USE err nominations_lane(struct store *s, const char *cell,
    const char *organisation, uint8_t ret[static SCOPE_LEN]);
/*
 * nominations_add(s, lane, d, date, ret_subject): one entry.  The draft's
 * organisation is set to that of the lane; people_judge has passed it.
 * Errors: ERR_VALUE; those of store_write.
 */
MUST_USE err nominations_add(struct store *s,
    const uint8_t lane[static SCOPE_LEN], const struct people_draft *d,
    int64_t date, uint8_t ret_subject[static ID_LEN]);

/* ---- the cell's answer (nominations_answer.c) */

struct nomination_answer {
	enum {
		ANSWER_PERSON,		/* that person of the cell */
		ANSWER_NEW,		/* a new person with the same data */
		ANSWER_REFUSE,
	} what;
	uint8_t person[ID_LEN];		/* of PERSON */
	uint8_t version[HASH_LEN];	/* of that person's state */
	struct span why;		/* of REFUSE; public */
	int64_t date;			/* of the step `nominated`, days */
};
/*
 * nominations_answer(s, n, a, ret_verdict, ret_person): one commit: the
 * person where it is new, with `listed`; the step `nominated` by that
 * organisation, unless this round has it; the link in the lane and copies of
 * the person's steps.  An answered nomination may be answered again.
 * *ret_verdict: STEPS_FINE, or what is odd about the step that was written.
 * Errors: ERR_RULE: *ret_verdict says why the step may not be recorded;
 * ERR_VALUE a refusal without a reason; ERR_CHANGED; those of store_write.
 */
MUST_USE err nominations_answer(struct store *s, const struct nomination *n,
    const struct nomination_answer *a, enum steps_verdict *ret_verdict,
    uint8_t ret_person[static ID_LEN]);
/*
 * nominations_copy_steps(s, ret_written): brings the lanes up to date with
 * the steps that this device has recorded, corrected or voided since.  Nothing
 * to do, or a role that does not answer nominations, is not an error.
 * ret_written may be NULL.
 */
MUST_USE err nominations_copy_steps(struct store *s, uint64_t *ret_written);

#endif
