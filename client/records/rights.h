/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rights.h -- the person's own rights: when they were told that they are on
 * record and why, who may read it, and where else they are named.  nguon scores
 * nobody, so there is no verdict about a person to be told.
 */
#ifndef NGUON_RECORDS_RIGHTS_H
#define NGUON_RECORDS_RIGHTS_H

#include "client/records/author.h"
#include "client/records/people.h"

/* rights_notice(s, p, ret, ret_author, ret_ms): the day on which the person
 * was told; who wrote it down and when.  ERR_ABSENT: not told, or it cannot be
 * read. */
MUST_USE err rights_notice(struct store *s, const struct person *p,
    int64_t *ret, struct author *ret_author, uint64_t *ret_ms);
/* Errors: ERR_VALUE the day is after today; ERR_CHANGED the person is not p's
 * version; those of store_write. */
MUST_USE err rights_notice_write(struct store *s, const struct person *p,
    int64_t date);

/* A device whose certificate covers the scope: its holder can read all of a
 * person there. */
struct rights_reader {
	enum role role;
	uint8_t device[ID_LEN];
	char name[AUTHOR_NAME_BYTES];	/* "": not known here */
};
/* By role.  Owner: the caller, free(). */
MUST_USE err rights_readers(struct store *s,
    const uint8_t scope[static SCOPE_LEN], struct rights_reader **ret,
    size_t *ret_count);

/* Another subject that names the person by id. */
struct rights_mention {
	uint8_t scope[SCOPE_LEN];
	uint8_t subject[ID_LEN];
	uint64_t field;
	bool nomination;	/* all of it is about this person */
	int64_t date;		/* of an activity or a step; INT64_MIN */
	char title[128];	/* of an activity; "" */
};
/* Of what this device may read.  Owner: the caller, free(). */
MUST_USE err rights_mentions(struct store *s,
    const uint8_t subject[static ID_LEN], struct rights_mention **ret,
    size_t *ret_count);

#endif
