/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lookup.h -- finds an element of the caller's array by a key of fixed length
 * that stands inside the element (log ids, public keys): open addressing over
 * the positions.  Pure.
 *
 * Invariants: 1. at most half of the slots are taken.  2. a key is in it once:
 * putting it again replaces the position.  Keys must not change while they
 * are in it, and are hashes or public keys, so their first bytes spread.
 */
#ifndef NGUON_LOOKUP_H
#define NGUON_LOOKUP_H

#include "protocol/bytes.h"

#define LOOKUP_NONE UINT32_MAX

/* Owner: the struct owns slots.  Set stride, offset and len, zero the rest;
 * free with lookup_free. */
struct lookup {
	uint32_t *slots;	/* position + 1; 0: free */
	uint32_t cap;		/* a power of two, or 0 */
	uint32_t used;
	uint32_t stride;	/* bytes of one element */
	uint32_t offset;	/* of the key in an element */
	uint32_t len;		/* bytes of a key, at least 8 */
};

void lookup_free(struct lookup *t);	/* NULL is allowed */
/* lookup_reserve(t, base): make room for one more key, so that the next
 * lookup_put cannot fail.  Errors: ERR_NOMEM; t is as before then. */
MUST_USE err lookup_reserve(struct lookup *t, const void *base);
/* lookup_put(t, base, i): the key of base[i] now leads to i.  Needs room, see
 * lookup_reserve. */
void lookup_put(struct lookup *t, const void *base, uint32_t i);
/* lookup_find: the position of that key, LOOKUP_NONE if it is not there. */
uint32_t lookup_find(const struct lookup *t, const void *base,
    const uint8_t *key);

#endif
