/* SPDX-License-Identifier: Apache-2.0 */
/* roster_internal.h -- what the files of the roster share. */
#ifndef NGUON_ROSTER_INTERNAL_H
#define NGUON_ROSTER_INTERNAL_H

#include "protocol/lookup.h"
#include "protocol/merge.h"
#include "protocol/roster.h"

/* One write to the register `scopes` of a certificate. */
struct scope_write {
	struct stamp stamp;
	uint8_t (*scopes)[SCOPE_LEN];	/* owned; NULL when count is 0 */
	uint32_t count;
};

/* Invariant: writes are in leaf order, and c.scopes is the winner of all. */
struct cert {
	struct certificate c;
	uint8_t device[ID_LEN];		/* key id of c.sign_pub, if claimed */
	uint64_t revoked_leaf;		/* when c.revoked */
	uint64_t cancelled_leaf;	/* when c.cancelled */
	uint32_t older;			/* of the same key, or LOOKUP_NONE */
	uint32_t write_count;
	struct scope_write *writes;
};

struct hub {
	struct hub_key key;
	uint64_t leaf;			/* of the op */
	uint8_t *address;		/* owned; what key.address borrows */
};

struct roster {
	uint8_t fingerprint[HASH_LEN];
	bool has_root, has_recovery;
	uint8_t root_pub[KEY_LEN];
	uint8_t recovery_pub[KEY_LEN];
	uint64_t now_ms;		/* stands for a missing leaf time */
	struct cert *certs;		/* in the order they came */
	uint32_t cert_count, cert_cap;
	struct lookup by_key;		/* claimed ones: the newest of a key */
	struct hub *hubs;
	uint32_t hub_count;
	struct merge_lines *lines;
	/* roster_assume; ROLE_NONE: nothing is assumed */
	enum role assumed_role;
	uint8_t assumed_key[KEY_LEN];
	uint8_t (*assumed_scopes)[SCOPE_LEN];
	size_t assumed_count;
};

/* roster_find(r, id): the newest certificate with that id, or NULL. */
struct cert *roster_find(const struct roster *r,
    const uint8_t id[static ID_LEN]);
/* roster_newest(r, sign_pub): the newest of that key, or NULL. */
struct cert *roster_newest(const struct roster *r,
    const uint8_t sign_pub[static KEY_LEN]);
bool roster_is_root(const struct roster *r,
    const uint8_t sign_pub[static KEY_LEN]);
/* roster_scopes_at(r, cert, leaf): the winner among the writes up to that
 * leaf, or NULL. */
const struct scope_write *roster_scopes_at(const struct roster *r,
    const struct cert *cert, uint64_t leaf);

/* roster_assumed: whether what is assumed of that key counts at the leaf. */
bool roster_assumed(const struct roster *r,
    const uint8_t sign_pub[static KEY_LEN], uint64_t leaf);

/* The keys and signatures of a claim; they borrow from the entry. */
struct claim_read {
	const uint8_t *invite, *sign_pub, *box_pub, *transport_pub, *salt;
	const uint8_t *invite_sig, *device_sig;
};
/* Errors: ERR_FORMAT: the entry holds no claim as SPEC.md 10 wants it. */
MUST_USE err roster_claim_read(const struct place *place,
    const struct entry *e, struct claim_read *ret);

#endif
