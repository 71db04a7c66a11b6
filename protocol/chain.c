/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chain.c -- names and heads of logs.
 */
#include "protocol/chain.h"

#include <assert.h>
#include <string.h>

static const char TAG_ROOT_FPR[] = "nguon1/root-fpr";
static const char TAG_KEY_ID[] = "nguon1/key-id";
static const char TAG_LOG_ID[] = "nguon1/log-id";
static const char TAG_START[] = "nguon1/chain0";
static const char TAG_HEAD[] = "nguon1/head";

enum { HEAD_LEN = TAG_LEN + ID_LEN + 8 + HASH_LEN };

const uint8_t scope_root[SCOPE_LEN] = { SCOPE_ROOT };
const uint8_t scope_commune[SCOPE_LEN] = { SCOPE_COMMUNE };

enum scope_kind
chain_scope_kind(const uint8_t scope[static SCOPE_LEN])
{
	switch (scope[0]) {
	case SCOPE_ROOT:
		return memcmp(scope, scope_root, SCOPE_LEN) == 0 ?
		    SCOPE_ROOT : SCOPE_UNKNOWN;
	case SCOPE_COMMUNE:
		return memcmp(scope, scope_commune, SCOPE_LEN) == 0 ?
		    SCOPE_COMMUNE : SCOPE_UNKNOWN;
	case SCOPE_CELL:
		return SCOPE_CELL;
	case SCOPE_LANE:
		return SCOPE_LANE;
	default:
		return SCOPE_UNKNOWN;
	}
}

void
chain_scope_new(enum scope_kind kind, uint8_t ret[static SCOPE_LEN])
{
	assert(kind == SCOPE_CELL || kind == SCOPE_LANE);
	ret[0] = (uint8_t)kind;
	crypto_random(ret + 1, SCOPE_LEN - 1);
}

void
chain_scope_subject(const uint8_t scope[static SCOPE_LEN],
    uint8_t ret[static ID_LEN])
{
	memmove(ret, scope, SCOPE_LEN);
	memset(ret + SCOPE_LEN, 0, ID_LEN - SCOPE_LEN);
}

void
chain_root_fingerprint(const uint8_t root_pub[static KEY_LEN],
    uint8_t ret[static HASH_LEN])
{
	struct span part = { root_pub, KEY_LEN };

	crypto_hash32(TAG_ROOT_FPR, &part, 1, ret);
}

void
chain_key_id(const uint8_t sign_pub[static KEY_LEN],
    uint8_t ret[static ID_LEN])
{
	struct span part = { sign_pub, KEY_LEN };

	crypto_hash16(TAG_KEY_ID, &part, 1, ret);
}

void
chain_log_id(const uint8_t sign_pub[static KEY_LEN],
    const uint8_t log_salt[static SALT_LEN],
    const uint8_t scope[static SCOPE_LEN], uint8_t ret[static ID_LEN])
{
	struct span parts[] = {
		{ sign_pub, KEY_LEN },
		{ log_salt, SALT_LEN },
		{ scope, SCOPE_LEN },
	};
	uint8_t hash[HASH_LEN];

	crypto_hash32(TAG_LOG_ID, parts, sizeof parts / sizeof parts[0],
	    hash);
	memcpy(ret, hash, ID_LEN);
}

void
chain_start(const uint8_t root_fpr[static HASH_LEN],
    const uint8_t log[static ID_LEN], uint8_t ret_hash0[static HASH_LEN])
{
	struct span parts[] = {
		{ root_fpr, HASH_LEN },
		{ log, ID_LEN },
	};

	crypto_hash32(TAG_START, parts, sizeof parts / sizeof parts[0],
	    ret_hash0);
}

/* What a signed head is over: tag, log id, seq, hash. */
static void
head_message(const uint8_t log[static ID_LEN], uint64_t seq,
    const uint8_t hash[static HASH_LEN], uint8_t ret[static HEAD_LEN])
{
	memset(ret, 0, TAG_LEN);
	memcpy(ret, TAG_HEAD, sizeof TAG_HEAD - 1);
	memcpy(ret + TAG_LEN, log, ID_LEN);
	be64_put(ret + TAG_LEN + ID_LEN, seq);
	memcpy(ret + TAG_LEN + ID_LEN + 8, hash, HASH_LEN);
}

void
chain_sign_head(const uint8_t seed[static KEY_LEN],
    const uint8_t log[static ID_LEN], uint64_t seq,
    const uint8_t hash[static HASH_LEN], uint8_t ret_sig[static SIG_LEN])
{
	uint8_t message[HEAD_LEN];

	head_message(log, seq, hash, message);
	crypto_sign_message(seed, (struct span){ message, sizeof message },
	    ret_sig);
}

err
chain_verify_head(const uint8_t sign_pub[static KEY_LEN],
    const uint8_t log[static ID_LEN], uint64_t seq,
    const uint8_t hash[static HASH_LEN], const uint8_t sig[static SIG_LEN])
{
	uint8_t message[HEAD_LEN];

	head_message(log, seq, hash, message);
	return crypto_verify(sign_pub,
	    (struct span){ message, sizeof message }, sig);
}
