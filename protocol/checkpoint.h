/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checkpoint.h -- the hub's signed tree head as a C2SP signed note, so that
 * any tool of that ecosystem reads and verifies it.  Pure.
 *
 * SPEC.md section 7; C2SP tlog-checkpoint (three lines of text: origin, size
 * in decimal, root in base64) and C2SP signed-note (a blank line, then
 * lines "EM DASH, space, key name, space, base64(key id || signature)"; the
 * signature covers the text with its last newline, not the blank line).
 *
 *	nguon/0123456789abcdef
 *	42
 *	CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
 *
 *	(em dash) nguon/0123456789abcdef Az3grlgtz...
 *
 * Origin and key name are the same: "nguon/" and the commune id (the first 8
 * bytes of the root fingerprint) in lower-case hex.  There are no extension
 * lines.  In frames a checkpoint travels as (size, root, signature), and its
 * text is built again.
 */
#ifndef NGUON_CHECKPOINT_H
#define NGUON_CHECKPOINT_H

#include "protocol/bytes.h"
#include "protocol/crypto.h"
#include "protocol/err.h"

enum {
	CHECKPOINT_COMMUNE_LEN = 8,
	CHECKPOINT_KEY_ID_LEN = 4,
};

/* What a note says, signature not yet verified. */
struct checkpoint {
	uint8_t commune[CHECKPOINT_COMMUNE_LEN];	/* from the origin */
	uint64_t size;					/* leaves */
	uint8_t root[HASH_LEN];
	uint8_t key_id[CHECKPOINT_KEY_ID_LEN];
	uint8_t sig[SIG_LEN];
};

/* In all of these, commune is the first 8 bytes of the root fingerprint (a
 * fingerprint itself may be given), and out is appended to.
 * Errors: ERR_NOMEM; out's contents are undefined then. */

/* checkpoint_text: the three lines that are signed. */
MUST_USE err checkpoint_text(
    const uint8_t commune[static CHECKPOINT_COMMUNE_LEN], uint64_t size,
    const uint8_t root[static HASH_LEN], struct buf *out);
/* checkpoint_sign: the hub's signature over that text. */
MUST_USE err checkpoint_sign(const uint8_t hub_seed[static KEY_LEN],
    const uint8_t commune[static CHECKPOINT_COMMUNE_LEN], uint64_t size,
    const uint8_t root[static HASH_LEN], uint8_t ret_sig[static SIG_LEN]);
/* checkpoint_note: the whole signed note, of a signature made before. */
MUST_USE err checkpoint_note(const uint8_t hub_pub[static KEY_LEN],
    const uint8_t commune[static CHECKPOINT_COMMUNE_LEN], uint64_t size,
    const uint8_t root[static HASH_LEN], const uint8_t sig[static SIG_LEN],
    struct buf *out);

/*
 * checkpoint_parse(note, ret): read a signed note strictly: nothing before
 * or after, no extension line, no leading zero, canonical base64, and just
 * one Ed25519 signature line under the origin as its key name (a hub has one
 * key at each size).  The caller finds the hub key by ret->size and then
 * verifies.
 * Errors: ERR_LIMIT above LIMIT_CHECKPOINT_BYTES; ERR_FORMAT; ERR_NOMEM.
 * Not an error: well-formed signature lines under other names, such as those
 * of witnesses, or of another length; they are skipped.
 */
MUST_USE err checkpoint_parse(struct span note,
    struct checkpoint *ret_checkpoint);

/*
 * checkpoint_verify(c, fpr, hub_pub): c is of the commune of this root
 * fingerprint and signed by this hub key.  Whether hub_pub is the key that
 * root certified for c->size is for the caller to know.
 * Errors: ERR_FOREIGN another commune; ERR_SIG another key id or a wrong
 *         signature; ERR_NOMEM.
 */
MUST_USE err checkpoint_verify(const struct checkpoint *c,
    const uint8_t fpr[static HASH_LEN], const uint8_t hub_pub[static KEY_LEN]);
/* checkpoint_verify_fields: the same for (size, root, signature) as they
 * travel in frames.  Errors: ERR_SIG, ERR_NOMEM. */
MUST_USE err checkpoint_verify_fields(
    const uint8_t commune[static CHECKPOINT_COMMUNE_LEN],
    const uint8_t hub_pub[static KEY_LEN], uint64_t size,
    const uint8_t root[static HASH_LEN], const uint8_t sig[static SIG_LEN]);

/*
 * The signed note underneath, under any key name.
 * checkpoint_key_id: SHA-256(name || 0x0A || 0x01 || public key)[:4].
 * checkpoint_put_line: appends one signature line.
 * checkpoint_open: splits note at its last blank line into ret_text
 * (borrowed, with its last newline) and the one Ed25519 line of key name.
 * Errors: as checkpoint_parse.
 */
void checkpoint_key_id(struct span name, const uint8_t pub[static KEY_LEN],
    uint8_t ret_key_id[static CHECKPOINT_KEY_ID_LEN]);
void checkpoint_put_line(struct span name, const uint8_t pub[static KEY_LEN],
    const uint8_t sig[static SIG_LEN], struct buf *out);
MUST_USE err checkpoint_open(struct span note, struct span name,
    struct span *ret_text, uint8_t ret_key_id[static CHECKPOINT_KEY_ID_LEN],
    uint8_t ret_sig[static SIG_LEN]);

#endif
