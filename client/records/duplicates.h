/* SPDX-License-Identifier: Apache-2.0 */
/*
 * duplicates.h -- people who may be one person, in a cell or, for who reads
 * several, across cells; and those of whom somebody said that they are two.
 */
#ifndef NGUON_RECORDS_DUPLICATES_H
#define NGUON_RECORDS_DUPLICATES_H

#include "client/records/people.h"

enum {
	DUPLICATES_NAME = 1,		/* the same folded name */
	DUPLICATES_WORDS = 2,		/* its words in another order */
	DUPLICATES_YEAR = 4,		/* the same birth year */
	DUPLICATES_NEAR = 8,		/* a year apart, or one is not known */
	DUPLICATES_PHONE = 16,
};
struct duplicate {
	size_t a, b;			/* of people.person */
	unsigned reasons;
};
struct duplicates {
	struct people_list people;
	size_t count, cap;
	struct duplicate *pairs;	/* the likeliest first */
};
/*
 * duplicates_find(s, scope, ret): of that cell; NULL: of all that this device
 * reads.  Pairs: the words of the name are the same and birth years are not
 * more than one apart, or the phone is the same.  None is not an error.
 * Owner: duplicates_free.  Errors: those of people_list.
 */
MUST_USE err duplicates_find(struct store *s, const uint8_t *scope,
    struct duplicates *ret);
void duplicates_free(struct duplicates *d);

/* duplicates_distinct: two people for good.  Of two cells the commune alone
 * says so.  Errors: ERR_VALUE the same person; ERR_ROLE; those of
 * store_write. */
MUST_USE err duplicates_distinct(struct store *s, const struct person *a,
    const struct person *b);

#endif
