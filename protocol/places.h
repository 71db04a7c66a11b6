/* SPDX-License-Identifier: Apache-2.0 */
/*
 * places.h -- in which cell somebody counts, once moved or merged into another
 * person (SPEC.md 9.1).  The same on the device and in verify.  Pure.
 */
#ifndef NGUON_PLACES_H
#define NGUON_PLACES_H

#include "protocol/state.h"

struct places;
struct places *places_new(uint64_t now_ms);	/* NULL: no memory */
void places_free(struct places *p);
/* places_add: what one subject of a scope says; again is not an error.  What
 * is neither of root nor a person of a cell is not an error.  Nothing of s is
 * kept.  Errors: ERR_NOMEM. */
MUST_USE err places_add(struct places *p,
    const uint8_t scope[static SCOPE_LEN],
    const uint8_t subject[static ID_LEN], const struct state *s);
/* places_is_person: whether s, of a cell, is of a person. */
bool places_is_person(const struct state *s);

/* Whether the record of a subject in a cell counts there.  Once that is asked,
 * more may be added and asked again.  A record that was never added is taken
 * for one that was made there and merged into nobody. */
bool places_counts(struct places *p, const uint8_t scope[static SCOPE_LEN],
    const uint8_t subject[static ID_LEN]);

/* Where a record went that does not count. */
struct places_went {
	bool merged;			/* into another person; else moved */
	uint8_t scope[SCOPE_LEN];
	uint8_t subject[ID_LEN];	/* of merged, else its own */
};
/* places_went: false: it went nowhere that is known. */
bool places_went(struct places *p, const uint8_t scope[static SCOPE_LEN],
    const uint8_t subject[static ID_LEN], struct places_went *ret);

/* The value of `place` as raw canonical bytes: a cell, or the person of a cell
 * into whom the subject is merged (into not NULL).  Errors: ERR_NOMEM. */
MUST_USE err places_value(const uint8_t scope[static SCOPE_LEN],
    const uint8_t *into, struct buf *out);

#endif
