/* SPDX-License-Identifier: Apache-2.0 */
/* vectors_entry.h -- entries as vectors show them. */
#ifndef NGUON_TESTS_SUPPORT_VECTORS_ENTRY_H
#define NGUON_TESTS_SUPPORT_VECTORS_ENTRY_H

#include "protocol/entry.h"

/* Appends the hashed form of an entry, and makes its hash of that. */
void vectors_entry_hashed_form(const struct entry *e, struct buf *out);
void vectors_entry_hash(struct span hashed_form, const uint8_t *prev,
    uint8_t ret[static HASH_LEN]);

#endif
