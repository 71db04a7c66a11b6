/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commune_key.h -- the key of a new cell or lane, and writing several entries
 * in one commit.
 */
#ifndef NGUON_RECORDS_COMMUNE_KEY_H
#define NGUON_RECORDS_COMMUNE_KEY_H

#include "client/store/store.h"

/* Begins a batch, or goes on in the one that is open; *ret_single: this call
 * began it.  commune_key_end commits what began here, or abandons it when rc
 * is an error; returns rc or the error of the commit. */
MUST_USE err commune_key_begin(struct store *s, bool *ret_single);
MUST_USE err commune_key_end(struct store *s, bool single, err rc);
/* A new key for the scope with its grants to this device, which the first
 * entry there holds, and to the recovery box.  Other devices get theirs by the
 * store's duties. */
MUST_USE err commune_key_make(struct store *s,
    const uint8_t scope[static SCOPE_LEN]);

#endif
