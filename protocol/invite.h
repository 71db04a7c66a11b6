/* SPDX-License-Identifier: Apache-2.0 */
/*
 * invite.h -- invite codes, the invite's sealed part, claims (SPEC.md
 * section 10).  Pure.
 */
#ifndef NGUON_INVITE_H
#define NGUON_INVITE_H

#include "protocol/seal.h"

enum { INVITE_SECRET_LEN = 16, INVITE_CODE_TEXT = 36 };	/* with NUL */

/* invite_code_encode: 30 letters in six groups of five, and a NUL. */
void invite_code_encode(const uint8_t secret[static INVITE_SECRET_LEN],
    char ret[static INVITE_CODE_TEXT]);
/*
 * invite_code_decode(text, ret_secret): the secret of a code as a person
 * typed it: in either case, with or without dashes and white space, O for 0,
 * I or L for 1.
 * Errors: ERR_FORMAT a letter that is not in the alphabet, or the wrong
 *         number of letters; ERR_VALUE checksum is wrong: mistyped;
 *         ERR_VERSION checksum is right, the version is not ours.
 */
MUST_USE err invite_code_decode(struct span text,
    uint8_t ret_secret[static INVITE_SECRET_LEN]);

struct invite_keys {
	uint8_t seed[KEY_LEN];
	uint8_t pub[KEY_LEN];
	uint8_t id[ID_LEN];
	uint8_t seal[KEY_LEN];
};
/* Everything that both sides make of a code's secret.  To be wiped. */
void invite_derive(const uint8_t secret[static INVITE_SECRET_LEN],
    struct invite_keys *ret);

/* What the joiner needs.  Spans borrow; an empty one is not sent. */
struct invite_body {
	uint8_t root_pub[KEY_LEN];
	uint8_t recovery_pub[KEY_LEN];
	uint8_t hub_sign_pub[KEY_LEN];
	uint8_t hub_box_pub[KEY_LEN];
	uint8_t tls_pin[HASH_LEN];
	struct span address;
	const struct cell_key *keys;	/* scope and key used */
	size_t key_count;
	struct span cell_code, cell_name, commune_name, organisation;
};
/*
 * invite_seal(keys, fields, body, out): append the key part of the invite op
 * whose public map is fields, as it stands in the entry.
 * Errors: ERR_LIMIT above LIMIT_INVITE_BYTES, LIMIT_SCOPES keys or a text
 *         above LIMIT_TEXT_BYTES; ERR_NOMEM.
 */
MUST_USE err invite_seal(const struct invite_keys *keys, struct span fields,
    const struct invite_body *body, struct buf *out);
/*
 * invite_open(keys, fields, part, plain, ret): the body in a key part.
 * plain (empty at the start) holds what ret's spans borrow and is for the
 * caller to wipe and free.  ret->keys, with their commitments, is owned by
 * the caller: invite_body_free.
 * Errors: ERR_KEY does not open under this code, or fields differ;
 *         ERR_FORMAT, ERR_LIMIT what was sealed is no body; ERR_NOMEM.
 * Not an error: keys of the map above 11, which later versions may write.
 */
MUST_USE err invite_open(const struct invite_keys *keys, struct span fields,
    struct span part, struct buf *plain, struct invite_body *ret);
/* invite_body_free: wipes and frees the keys of a body that was opened, and
 * zeroes it.  NULL is allowed, and a zeroed body. */
void invite_body_free(struct invite_body *body);

/* The claim's signed bytes and its two signatures (by the invite key and by
 * the device key). */
struct claim {
	uint8_t invite[ID_LEN];
	uint8_t sign_pub[KEY_LEN];
	uint8_t box_pub[KEY_LEN];
	uint8_t transport_pub[KEY_LEN];
	uint8_t log_salt[SALT_LEN];
};
void invite_claim_sign(const uint8_t seed[static KEY_LEN],
    const uint8_t root_fpr[static HASH_LEN], const struct claim *claim,
    uint8_t ret_sig[static SIG_LEN]);
/* Errors: ERR_SIG. */
MUST_USE err invite_claim_verify(const uint8_t pub[static KEY_LEN],
    const uint8_t root_fpr[static HASH_LEN], const struct claim *claim,
    const uint8_t sig[static SIG_LEN]);

void invite_fetch_sign(const struct invite_keys *keys,
    uint8_t ret_sig[static SIG_LEN]);
/* The invite id that was signed is that of invite_pub.  Errors: ERR_SIG. */
MUST_USE err invite_fetch_verify(const uint8_t invite_pub[static KEY_LEN],
    const uint8_t sig[static SIG_LEN]);

#endif
