/* SPDX-License-Identifier: Apache-2.0 */
/*
 * review_notes.h -- what the commissioner in charge or the commune notes about
 * a person of a cell, for the cell to read.  Sealed under the person's key.
 */
#ifndef NGUON_RECORDS_REVIEW_NOTES_H
#define NGUON_RECORDS_REVIEW_NOTES_H

#include "client/records/author.h"
#include "client/store/store.h"

struct review_note {
	char *text;			/* owned; "" when it cannot be read */
	bool unreadable;
	struct author from;
	uint64_t time_ms;		/* when it was written */
	bool received;			/* the commune has it */
};
struct review_notes {
	size_t count;
	struct review_note *items;
};
/* review_notes_add: Errors: ERR_ROLE neither commissioner nor commune;
 * ERR_SCOPE not in charge of that cell; ERR_VALUE no text or too long; those
 * of store_write. */
MUST_USE err review_notes_add(struct store *s,
    const uint8_t cell[static SCOPE_LEN],
    const uint8_t person[static ID_LEN], struct span text);
/* review_notes_of: by time; none is not an error, nor is it that there is no
 * such person.  Owner: the caller, review_notes_free. */
MUST_USE err review_notes_of(struct store *s,
    const uint8_t cell[static SCOPE_LEN],
    const uint8_t person[static ID_LEN], struct review_notes *ret);
void review_notes_free(struct review_notes *n);	/* wipes the texts */

#endif
