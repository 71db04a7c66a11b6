/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seal.h -- personal data under a subject's key, cell keys and their grants
 * (SPEC.md sections 1 and 5).  Pure.
 *
 * All functions append to out; on an error out's contents are as before.
 * Plain text that is handed out is for the caller to wipe.
 */
#ifndef NGUON_SEAL_H
#define NGUON_SEAL_H

#include "protocol/chain.h"
#include "protocol/codec.h"

struct cell_key {
	uint8_t scope[SCOPE_LEN];
	uint8_t key[KEY_LEN];
	uint8_t commitment[HASH_LEN];	/* its first 8 bytes: the epoch */
};
/* Fills in the commitment from scope and key. */
void seal_cell_key_commit(struct cell_key *k);

/* Where a sealed part stands: its associated data. */
struct seal_place {
	uint8_t log[ID_LEN];
	uint64_t seq;
	uint8_t op;
	uint8_t subject[ID_LEN];
	uint16_t generation;
};

void seal_subject_key(const struct cell_key *cell,
    const uint8_t subject[static ID_LEN], uint16_t generation,
    const uint8_t salt[static SALT_LEN], uint8_t ret_key[static KEY_LEN]);
/*
 * seal_part(subject_key, epoch, place, map, out): append the bytes of a
 * sealed part with a fresh nonce.  map: a canonical map.
 * Errors: ERR_LIMIT above LIMIT_PART_BYTES; ERR_NOMEM.
 */
MUST_USE err seal_part(const uint8_t subject_key[static KEY_LEN],
    const uint8_t epoch[static EPOCH_LEN], const struct seal_place *place,
    struct span map, struct buf *out);
/* seal_part_head: epoch and generation of a sealed part.
 * Errors: ERR_FORMAT. */
MUST_USE err seal_part_head(struct span part,
    uint8_t ret_epoch[static EPOCH_LEN], uint16_t *ret_generation);
/*
 * seal_open_part(subject_key, place, part, out): append the plain canonical
 * map, scanned within the bounds of an op's map.  A reader of place takes
 * the generation from seal_part_head.
 * Errors: ERR_KEY does not open, or not at this place; ERR_VERSION unknown
 *         dictionary; ERR_FORMAT, ERR_LIMIT what was sealed is not such a
 *         map; ERR_NOMEM.
 */
MUST_USE err seal_open_part(const uint8_t subject_key[static KEY_LEN],
    const struct seal_place *place, struct span part, struct buf *out);

/* A facts part: 16 random bytes (given, or fresh when NULL) and the map.
 * Errors: ERR_LIMIT above LIMIT_PART_BYTES; ERR_NOMEM. */
MUST_USE err seal_facts(const uint8_t *salt, struct span map,
    struct buf *out);

enum { GRANT_LEN = KEY_LEN + BOX_OVERHEAD };
/* Errors: ERR_KEY box_pub is no key. */
MUST_USE err seal_grant(const uint8_t box_pub[static KEY_LEN],
    const uint8_t key[static KEY_LEN], uint8_t ret[static GRANT_LEN]);
/* Errors: ERR_KEY does not open, or not to the commitment. */
MUST_USE err seal_open_grant(const uint8_t box_secret[static KEY_LEN],
    struct span grant, const uint8_t scope[static SCOPE_LEN],
    const uint8_t commitment[static HASH_LEN], struct cell_key *ret);

/*
 * Any bytes under a key: nonce 24 || ciphertext, with the associated data
 * purpose (a tag: 16 bytes at most, zero padded) || ad.
 * Errors: ERR_KEY does not open; ERR_LIMIT no length could say the size;
 *         ERR_NOMEM.
 */
MUST_USE err seal_blob(const uint8_t key[static KEY_LEN],
    const char *purpose, struct span ad, struct span plain, struct buf *out);
MUST_USE err seal_open_blob(const uint8_t key[static KEY_LEN],
    const char *purpose, struct span ad, struct span blob, struct buf *out);

#endif
