/* SPDX-License-Identifier: Apache-2.0 */
/*
 * steps.h -- the steps of a person: what stands in the records, and which step
 * may come next.
 *
 * listed, nominated, introduced, class_completed, trial_started, admitted,
 * official: in this order, none skipped.  withdrawn, postponed and moved end
 * a round, with a reason; `nominated` opens the next.  Rounds count from 0.
 */
#ifndef NGUON_RECORDS_STEPS_H
#define NGUON_RECORDS_STEPS_H

#include "client/store/store.h"
#include "protocol/catalogue.h"

/* ---- what stands in the records */

enum {
	STEPS_TEXT = 64,
	STEPS_HELPERS = 4,		/* of one trial, at most */
	STEPS_SLACK_DAYS = 1,		/* clocks and time zones differ */
	STEPS_LATE_DAYS = 30,		/* written so much later: back-dated */
};
struct step_record {
	uint8_t element_len;
	uint8_t element[ELEMENT_MAX];
	enum step step;
	uint64_t round;
	int64_t date;			/* days; INT64_MIN: none */
	char organisation[STEPS_TEXT];	/* "": none or unknown; cut */
	char reason[STEPS_TEXT];
	bool waits;			/* has no leaf yet */
	bool again;		/* the same step of the same round as another,
				 * which wins */
	bool conflict;			/* a register has several values */
	bool late;			/* back-dated */
	size_t helper_count;
	uint8_t helpers[STEPS_HELPERS][ID_LEN];
};
/*
 * steps_of(lines, state, ret, ret_count): every step that is not voided, by
 * round, `listed` first, then date, then the order of the steps.  lines:
 * store_lines.  Owner: the caller, free().
 * Errors: ERR_NOMEM.
 */
MUST_USE err steps_of(const struct merge_lines *lines,
    const struct state *state, struct step_record **ret, size_t *ret_count);

/* Where a person stands.  Zeroed: no step at all. */
struct steps_standing {
	uint64_t round;			/* of the last step */
	enum step last;			/* furthest of the order, this round */
	enum step exit;			/* STEP_NONE: has not left */
	int64_t date;			/* latest step's; has_date.  That of
					 * `listed` only before another one */
	int64_t listed;			/* date of it; has_listed */
	int64_t admitted;		/* date of it; has_admitted */
	bool has_date, has_listed, has_admitted;
	bool has_step;			/* date is not that of `listed` */
};
void steps_standing(const struct step_record *records, size_t count,
    struct steps_standing *ret);
/* What a person is shown to be: the exit if there is one, else the last. */
enum step steps_now(const struct steps_standing *s);

/* ---- which step may come next */

enum steps_verdict {
	STEPS_FINE,
	/* to be confirmed */
	STEPS_FUTURE,			/* dated after today and the slack: a
					 * wrong date, or a slow clock */
	STEPS_EARLY_OFFICIAL,		/* within 12 months of admitted */
	STEPS_BEFORE_LISTED,		/* a list may be typed in later than
					 * what happened */
	/* refused */
	STEPS_UNKNOWN,			/* no such step */
	STEPS_NO_DATE,
	STEPS_NOT_LISTED,		/* the first step is listed */
	STEPS_AGAIN,			/* recorded in this round already */
	STEPS_SKIPPED,			/* a step before it is missing */
	STEPS_BEFORE_PREVIOUS,		/* dated before the step before it,
					 * which is not `listed` */
	STEPS_LEFT,			/* after an exit only `nominated` */
	STEPS_NO_ORGANISATION,		/* nominated by whom */
	STEPS_BAD_ORGANISATION,
	STEPS_NO_REASON,		/* an exit */
	STEPS_BAD_REASON,
	STEPS_ROLE,			/* the role may not record this one */
};
bool steps_refuses(enum steps_verdict v);
/* The sentence for it; STEPS_FINE has one too. */
enum phrase steps_phrase(enum steps_verdict v);

struct steps_wanted {
	enum step step;
	bool has_date;
	int64_t date;			/* days */
	struct span organisation;	/* code, of nominated */
	struct span reason;		/* code, of exits */
	const uint8_t (*helpers)[ID_LEN];	/* people, of trial_started */
	size_t helper_count;		/* at most STEPS_HELPERS */
};
/* steps_ahead(date, today): whether it cannot have happened yet: more than
 * STEPS_SLACK_DAYS after today. */
bool steps_ahead(int64_t date, int64_t today);
/* The same day a year later; 28 February for the 29th. */
int64_t steps_year_later(int64_t days);
/* steps_late(date, written): whether it was written down more than
 * STEPS_LATE_DAYS after it happened.  Both in days. */
bool steps_late(int64_t date, int64_t written);
/* The helpers as a value of field 51. */
void steps_put_helpers(struct field_draft *d, const uint8_t (*helpers)[ID_LEN],
    size_t count);
/* ret_round: of the step, if it is not refused. */
enum steps_verdict steps_judge(const struct steps_standing *s,
    const struct steps_wanted *w, enum role role, int64_t today,
    uint64_t *ret_round);
/* The step was recorded. */
void steps_advance(struct steps_standing *s, const struct steps_wanted *w,
    uint64_t round);
/* Lower-case letters, digits and dashes, at most 63 bytes. */
bool steps_organisation_ok(struct span code);

/* ---- writing */

/*
 * steps_write(s, scope, subject, w, round, expect): one entry with one step,
 * judged before.  expect may be NULL.  Errors: those of store_write.
 */
MUST_USE err steps_write(struct store *s,
    const uint8_t scope[static SCOPE_LEN],
    const uint8_t subject[static ID_LEN], const struct steps_wanted *w,
    uint64_t round, const struct store_expect *expect);
/* The op of it, for an entry with more in it.  Owner: the caller, the two
 * drafts.  ERR_NOMEM. */
MUST_USE err steps_op(const uint8_t subject[static ID_LEN],
    const struct steps_wanted *w, uint64_t round, struct store_op *ret);
/* Today where the device is, as days. */
int64_t steps_today(void);

#endif
