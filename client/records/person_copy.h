/* SPDX-License-Identifier: Apache-2.0 */
/*
 * person_copy.h -- what a record of a person holds, as new writes in another
 * record: of the same person in another cell, or of the person into whom it is
 * merged.
 */
#ifndef NGUON_RECORDS_PERSON_COPY_H
#define NGUON_RECORDS_PERSON_COPY_H

#include "client/records/steps.h"

struct person_copy {
	uint8_t from[SCOPE_LEN], from_subject[ID_LEN];
	uint8_t to[SCOPE_LEN], to_subject[ID_LEN];
	/* COPY_OVER: what stands there is made like it; COPY_LACKING: only
	 * what is lacking there is written. */
	enum { COPY_OVER, COPY_LACKING } way;
	const struct store_op *last;	/* written behind it, in the same
					 * entry; NULL: none */
};
/*
 * person_copy_write(s, c): fields, steps with their round and date, and yearly
 * reviews; inside the caller's batch if one is open.  Values that cannot be
 * read here stay where they are.
 * Errors: ERR_ABSENT no such record; ERR_LIMIT; those of store_write.
 */
MUST_USE err person_copy_write(struct store *s, const struct person_copy *c);

#endif
