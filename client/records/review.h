/* SPDX-License-Identifier: Apache-2.0 */
/*
 * review.h -- the yearly review (rà soát): for each person of a cell, whether
 * they are at home, work away or are gone.
 *
 * An answer is one entry: an element of kind `review` with its public year,
 * the facts seen_at_review (false: gone) and residence, and sealed the
 * workplace; beside it, where they differ, the person's own residence and
 * workplace.  Answering again writes over the element, so the year's answer
 * is one; of two that were given apart the highest counts.  Last year's list
 * is carried: everybody of the cell but those who moved away, and those who
 * were found gone in an earlier year.
 */
#ifndef NGUON_RECORDS_REVIEW_H
#define NGUON_RECORDS_REVIEW_H

#include "client/records/people.h"

enum review_outcome {
	REVIEW_OPEN,			/* not answered */
	REVIEW_HOME, REVIEW_AWAY, REVIEW_GONE,
	REVIEW_OUTCOMES
};
/* "open", "home", "away", "gone". */
const char *review_outcome_name(enum review_outcome o);
/* Those words, and how people write them: `o nha`, `tai-dia-phuong`,
 * `di-lam-xa`, `khong con`, with marks too; REVIEW_OPEN: none of them. */
enum review_outcome review_outcome_from(struct span text);

/* What was answered for a year; year 0: nothing. */
struct review_found {
	uint64_t year;
	enum review_outcome outcome;
	char *where;			/* "" where none; owned */
	uint64_t time_ms;		/* when it was written */
	bool waits;			/* has no leaf yet */
	bool conflict;			/* its registers have several values */
	uint8_t element_len;
	uint8_t element[ELEMENT_MAX];
};
struct review_row {
	struct person person;
	struct review_found now;	/* of the year asked for */
	struct review_found last;	/* of the latest year before it */
	bool later;			/* a later year is answered too */
};
struct review {
	uint64_t year;
	size_t count;
	struct review_row *rows;
};
/*
 * review_read(s, scope, year, ret): who is to be asked about, in the order of
 * people_list; scope NULL: all cells.  Owner: the caller, review_free.
 */
MUST_USE err review_read(struct store *s, const uint8_t *scope, uint64_t year,
    struct review *ret);
void review_free(struct review *r);	/* wipes the texts */
void review_count(const struct review *r, size_t ret[static REVIEW_OUTCOMES]);
/* This year, where the device is. */
uint64_t review_this_year(void);

struct review_answer {
	enum review_outcome outcome;
	/* Away, and at home: the workplace; p NULL: that of last year's
	 * answer, or else the one that stands at the person. */
	struct span where;
	/* Gone: a code; not empty: the person is withdrawn too, today. */
	struct span reason;
};
enum review_verdict {
	REVIEW_FINE,
	REVIEW_SAME,			/* the answer that stands there */
	/* refused */
	REVIEW_NO_OUTCOME, REVIEW_NO_TEXT, REVIEW_TOO_LONG, REVIEW_BAD_REASON,
	REVIEW_NO_STEP,		/* withdrawn cannot follow what is there */
	REVIEW_BAD_YEAR,
};
bool review_write_refuses(enum review_verdict v);
enum phrase review_write_phrase(enum review_verdict v);
enum review_verdict review_write_judge(const struct review *r, size_t row,
    const struct review_answer *a, enum role role);
/* Whether to be gone asks for a reason: somebody on the way to admission. */
bool review_write_asks_reason(const struct review_row *row);
/*
 * review_write(s, r, row, a): one entry, and the row is as it then stands.
 * Errors: ERR_VALUE it is refused; ERR_CHANGED the person is not as the row
 * has it: review_again; those of store_write.
 */
MUST_USE err review_write(struct store *s, struct review *r, size_t row,
    const struct review_answer *a);
/* review_again(s, r, row): reads the row again.  Errors: those of the store;
 * the row then stands as it did. */
MUST_USE err review_again(struct store *s, struct review *r, size_t row);

#endif
