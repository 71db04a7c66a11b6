/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chain.h -- names and heads of logs: root fingerprint, key ids, log id,
 * hash_0, the signed head (SPEC.md sections 1 and 6).  Pure.
 */
#ifndef NGUON_CHAIN_H
#define NGUON_CHAIN_H

#include "protocol/crypto.h"

enum scope_kind {
	SCOPE_ROOT = 0, SCOPE_COMMUNE = 1, SCOPE_CELL = 2, SCOPE_LANE = 3,
	SCOPE_UNKNOWN = 4,
};

extern const uint8_t scope_root[SCOPE_LEN];
extern const uint8_t scope_commune[SCOPE_LEN];

/* chain_scope_kind: SCOPE_UNKNOWN for a first byte above 3, and for a root
 * or commune scope whose other bytes are not zero. */
enum scope_kind chain_scope_kind(const uint8_t scope[static SCOPE_LEN]);
/* chain_scope_new: a fresh random cell or lane scope. */
void chain_scope_new(enum scope_kind kind, uint8_t ret[static SCOPE_LEN]);
/* chain_scope_subject: the scope and 8 zero bytes. */
void chain_scope_subject(const uint8_t scope[static SCOPE_LEN],
    uint8_t ret[static ID_LEN]);

void chain_root_fingerprint(const uint8_t root_pub[static KEY_LEN],
    uint8_t ret[static HASH_LEN]);
void chain_key_id(const uint8_t sign_pub[static KEY_LEN],
    uint8_t ret[static ID_LEN]);
void chain_log_id(const uint8_t sign_pub[static KEY_LEN],
    const uint8_t log_salt[static SALT_LEN],
    const uint8_t scope[static SCOPE_LEN], uint8_t ret[static ID_LEN]);
void chain_start(const uint8_t root_fpr[static HASH_LEN],
    const uint8_t log[static ID_LEN], uint8_t ret_hash0[static HASH_LEN]);

void chain_sign_head(const uint8_t seed[static KEY_LEN],
    const uint8_t log[static ID_LEN], uint64_t seq,
    const uint8_t hash[static HASH_LEN], uint8_t ret_sig[static SIG_LEN]);
/* Errors: ERR_SIG. */
MUST_USE err chain_verify_head(const uint8_t sign_pub[static KEY_LEN],
    const uint8_t log[static ID_LEN], uint64_t seq,
    const uint8_t hash[static HASH_LEN], const uint8_t sig[static SIG_LEN]);

#endif
