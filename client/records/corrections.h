/* SPDX-License-Identifier: Apache-2.0 */
/*
 * corrections.h -- what was written wrongly: a step, an activity.  A correction
 * cites what it corrects and gives a reason; the old value stays in the
 * history.  The reason is public for ever, so it names nobody.
 */
#ifndef NGUON_RECORDS_CORRECTIONS_H
#define NGUON_RECORDS_CORRECTIONS_H

#include "client/records/activities.h"
#include "client/records/people.h"

enum corrections_verdict {
	CORRECTIONS_FINE,
	/* to be confirmed */
	CORRECTIONS_NAMES,		/* the reason names somebody */
	/* refused */
	CORRECTIONS_FUTURE,		/* as STEPS_FUTURE */
	CORRECTIONS_NO_WHY, CORRECTIONS_NO_TEXT, CORRECTIONS_TOO_LONG,
	CORRECTIONS_NO_STEP,		/* it is not recorded */
	CORRECTIONS_NOTHING,		/* says what stands there already */
	CORRECTIONS_BEFORE, CORRECTIONS_AFTER,	/* its neighbours' dates */
	CORRECTIONS_FOLLOWED,		/* a later step stands on it */
	CORRECTIONS_BAD_ORGANISATION, CORRECTIONS_BAD_REASON,
	CORRECTIONS_NO_HELPERS,		/* only a trial has them */
	CORRECTIONS_ACTIVITY,		/* see activities_judge */
};
bool corrections_refuses(enum corrections_verdict v);
enum phrase corrections_phrase(enum corrections_verdict v);

/* corrections_why(text, people, ret): a reason as it is kept, appended;
 * people may be NULL.  Lack of memory is CORRECTIONS_NO_TEXT. */
enum corrections_verdict corrections_why(struct span text,
    const struct people_index *people, struct buf *ret);

/* ---- steps */

struct correction {
	bool drop;			/* it was a mistake: voided */
	bool has_date;
	int64_t date;
	struct span organisation;	/* code; empty: as it is */
	struct span reason;
	const uint8_t (*helpers)[ID_LEN];
	size_t helper_count;		/* 0: as they are */
	struct span why;		/* as corrections_why made it */
};
/* One step of a person as it stands, with its neighbours. */
struct correction_step {
	struct step_record record;
	bool has_before, has_behind;
	int64_t before, behind;		/* dates that it must lie between */
	bool followed;			/* voiding it would leave a gap */
};
/* corrections_find(s, p, step, ret): the latest of that step.  ERR_ABSENT. */
MUST_USE err corrections_find(struct store *s, const struct person *p,
    enum step step, struct correction_step *ret);
enum corrections_verdict corrections_judge(const struct correction_step *at,
    const struct correction *c, int64_t today);
/* corrections_step: one entry.  Errors: ERR_CHANGED the person is not p's
 * version; those of store_write (ERR_ROLE: not one's step to write). */
MUST_USE err corrections_step(struct store *s, const struct person *p,
    const struct correction_step *at, const struct correction *c);

/* ---- activities */

/* corrections_activity(s, old, now, why): what differs is written over; now
 * NULL: it is voided.  *ret_changed: how many fields.  Errors: ERR_CHANGED;
 * those of store_write. */
MUST_USE err corrections_activity(struct store *s, const struct activity *old,
    const struct activity *now, struct span why, size_t *ret_changed);

#endif
