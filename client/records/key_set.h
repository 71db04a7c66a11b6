/* SPDX-License-Identifier: Apache-2.0 */
/* key_set.h -- a set of things, each known by a hash of its parts, and a number
 * beside each. */
#ifndef NGUON_RECORDS_KEY_SET_H
#define NGUON_RECORDS_KEY_SET_H

#include "protocol/lookup.h"
#include "protocol/crypto.h"

/* Zero it first; free with key_set_free. */
struct key_set {
	uint8_t (*keys)[ID_LEN];
	uint64_t *numbers;
	uint32_t count, cap;
	struct lookup lookup;
};
/* The key of parts: no two lists of parts have the same. */
void key_set_key(const struct span *parts, size_t count,
    uint8_t ret[static ID_LEN]);
/* Putting one again is not an error.  ERR_NOMEM. */
MUST_USE err key_set_put(struct key_set *k, const uint8_t key[static ID_LEN]);
/* key_set_put_number: puts it with that number, in place of the one it had. */
MUST_USE err key_set_put_number(struct key_set *k,
    const uint8_t key[static ID_LEN], uint64_t number);
/* 0 for what is not there, or was put without a number. */
uint64_t key_set_number(const struct key_set *k,
    const uint8_t key[static ID_LEN]);
bool key_set_has(const struct key_set *k, const uint8_t key[static ID_LEN]);
void key_set_free(struct key_set *k);

#endif
