/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_index.h -- numbers things by a key of 24 bytes, in the order in
 * which they are first seen.  Peers choose the keys, so buckets follow from
 * random multipliers and not from the keys alone.  Pure.
 */
#ifndef NGUON_VERIFY_INDEX_H
#define NGUON_VERIFY_INDEX_H

#include "protocol/crypto.h"

enum { VERIFY_KEY_LEN = SCOPE_LEN + ID_LEN };

struct verify_index;
struct verify_index *verify_index_new(void);	/* NULL: no memory */
void verify_index_free(struct verify_index *x);
/* verify_index_put: the number of key, from 0; a new key gets the next one,
 * which is verify_index_count before the call.  Errors: ERR_NOMEM; ERR_LIMIT
 * above 2^31 keys. */
MUST_USE err verify_index_put(struct verify_index *x,
    const uint8_t key[static VERIFY_KEY_LEN], size_t *ret_number);
/* Errors: ERR_ABSENT. */
MUST_USE err verify_index_find(const struct verify_index *x,
    const uint8_t key[static VERIFY_KEY_LEN], size_t *ret_number);
/* verify_index_key: of a number that was given.  Borrowed until the next
 * put. */
const uint8_t *verify_index_key(const struct verify_index *x, size_t number);
size_t verify_index_count(const struct verify_index *x);

#endif
