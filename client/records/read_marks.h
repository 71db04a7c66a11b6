/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_marks.h -- who has seen a reminder or a directive, and who has done
 * what it asks.
 *
 * A mark is a `read` op in scope root; each one is an element of its own, so
 * that no device touches the mark of another.  Any device may mark anything:
 * which marks count for a cell is said by read_marks_of_cell.
 */
#ifndef NGUON_RECORDS_READ_MARKS_H
#define NGUON_RECORDS_READ_MARKS_H

#include "client/records/author.h"
#include "client/store/store.h"

struct read_mark {
	struct stamp stamp;		/* time_ms: when, by that clock */
	struct author author;
	uint8_t key[KEY_LEN];		/* of the device */
	bool received;			/* the commune has it */
	bool done;
};
struct read_marks {
	size_t count;
	struct read_mark *items;
};

/* Authors by their logs, each looked for once.  Zero it first. */
struct read_authors {
	size_t count, cap;
	struct read_author {
		uint8_t log[ID_LEN];
		uint8_t key[KEY_LEN];
		struct author author;
	} * items;
};
void read_marks_authors_free(struct read_authors *a);

/*
 * read_marks_of(s, authors, subject, ret): every mark on that subject, by
 * time.  None is not an error.  Owner: the caller, read_marks_free.
 * Errors: ERR_NOMEM; those of the store.
 */
MUST_USE err read_marks_of(struct store *s, struct read_authors *authors,
    const uint8_t subject[static ID_LEN], struct read_marks *ret);
void read_marks_free(struct read_marks *m);
/* Whether it was written by a secretary or deputy of that cell, as its
 * certificate was at the mark's leaf. */
bool read_marks_of_cell(const struct store *s, const struct read_mark *m,
    const uint8_t cell[static SCOPE_LEN]);
/* One of this device; NULL. */
const struct read_mark *read_marks_own(const struct read_marks *m);

enum read_marks_what { READ_MARKS_SEEN, READ_MARKS_DONE };
/*
 * read_marks_write(s, subjects, count, what, expect): one mark for each, dated
 * today.  expect may be NULL, else it is of one subject.  Errors: those of
 * store_write.
 */
MUST_USE err read_marks_write(struct store *s,
    const uint8_t (*subjects)[ID_LEN], size_t count,
    enum read_marks_what what, const struct store_expect *expect);

#endif
