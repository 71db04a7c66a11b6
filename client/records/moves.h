/* SPDX-License-Identifier: Apache-2.0 */
/*
 * moves.h -- a person goes to another cell, or is found to be one with another
 * person.  The record moves as new writes under the key of where it goes; the
 * old one stays, and does not count.
 */
#ifndef NGUON_RECORDS_MOVES_H
#define NGUON_RECORDS_MOVES_H

#include "client/records/people.h"

/* A cell and what the year's figures say of it. */
struct moves_cell {
	uint8_t scope[SCOPE_LEN];
	char code[64];
	char name[256];
	uint64_t people, quota, admitted;
};
/* Whom and what a move touches. */
struct moves_preview {
	struct moves_cell from, to;
	size_t steps;
	bool result_moves;		/* admitted this year: counts there */
	size_t reminders;		/* open ones about the person */
	size_t unsettled;		/* conflicts of the person */
};
/*
 * moves_preview(s, p, to, ret): writes nothing.
 * Errors: ERR_ROLE not a commune device; ERR_EXISTS the person is there;
 * ERR_ABSENT no such cell; those of the store.
 */
MUST_USE err moves_preview(struct store *s, const struct person *p,
    const uint8_t to[static SCOPE_LEN], struct moves_preview *ret);
/*
 * moves_write(s, p, to, date, why): one commit.  why is public; empty: none.
 * Errors: as moves_preview; ERR_CHANGED the record is not p's version; those
 * of store_write.
 */
MUST_USE err moves_write(struct store *s, const struct person *p,
    const uint8_t to[static SCOPE_LEN], int64_t date, struct span why);

/*
 * moves_merge(s, who, into, date, why): what into lacks is copied, and who
 * counts no more; one commit.  Of two cells by the commune alone.
 * Errors: ERR_VALUE the same record; ERR_ROLE; ERR_CHANGED one of them is not
 * the version given; those of store_write.
 */
MUST_USE err moves_merge(struct store *s, const struct person *who,
    const struct person *into, int64_t date, struct span why);

#endif
