/* SPDX-License-Identifier: Apache-2.0 */
/*
 * author.h -- who wrote a log: the device, its role, and the name of the
 * person who holds it, as far as this device may read it.
 */
#ifndef NGUON_RECORDS_AUTHOR_H
#define NGUON_RECORDS_AUTHOR_H

#include "client/store/store.h"

enum { AUTHOR_NAME_BYTES = 128 };

struct author {
	uint8_t device[ID_LEN];
	enum role role;			/* as of now; ROLE_NONE: unknown */
	bool own;			/* of this device */
	char name[AUTHOR_NAME_BYTES];	/* "" when it cannot be read */
};
/*
 * author_of_log(s, scope, log, ret): the name is holder_name of the `device`
 * subject in that scope, or else in any scope that this device reads.
 * Errors: ERR_ABSENT no entry of that log is held; those of the store.
 */
MUST_USE err author_of_log(struct store *s,
    const uint8_t scope[static SCOPE_LEN], const uint8_t log[static ID_LEN],
    struct author *ret);

/* author_is_own: whether this device writes that log.  ERR_ABSENT. */
MUST_USE err author_is_own(struct store *s, const uint8_t log[static ID_LEN],
    bool *ret);

/* author_entry: copies the bytes of one entry held and says where it stands
 * (place may be NULL).  ERR_ABSENT. */
MUST_USE err author_entry(struct store *s, const uint8_t log[static ID_LEN],
    uint64_t seq, struct place *ret_place, struct buf *ret_bytes);

#endif
