/* SPDX-License-Identifier: Apache-2.0 */
/*
 * roster.h -- who may do what at which leaf: root, hub keys, certificates,
 * invites and claims, computed from the entries of scope root in leaf order
 * (SPEC.md section 10).  Pure; in memory.
 *
 * Invariants: 1. the answer for leaf L depends on root leaves <= L alone, so
 * an older leaf can be judged later.  2. entries without a leaf (own ones, or
 * all of them before the first hub) have leaf ROSTER_NO_LEAF and are taken
 * last.
 */
#ifndef NGUON_ROSTER_H
#define NGUON_ROSTER_H

#include "protocol/chain.h"
#include "protocol/entry.h"

#define ROSTER_NO_LEAF UINT64_MAX
enum { INVITE_DAYS = 30 };

enum role {
	ROLE_ROOT = 0, ROLE_COMMUNE = 1, ROLE_SECRETARY = 2, ROLE_DEPUTY = 3,
	ROLE_COMMISSIONER = 4, ROLE_ORGANISATION = 5, ROLE_HUB = 6,
	ROLE_NONE = 7,
};
const char *role_name(enum role role);		/* "secretary"; static */
enum role role_from_name(const char *name);	/* ROLE_NONE: unknown */

struct roster;
struct roster *roster_new(const uint8_t root_fpr[static HASH_LEN]);
void roster_free(struct roster *r);

/* Where an entry stands. */
struct place {
	uint8_t scope[SCOPE_LEN];
	uint8_t log[ID_LEN];
	uint64_t seq;
	uint64_t leaf;			/* ROSTER_NO_LEAF: none yet */
	uint64_t leaf_time;		/* ms; now or export time if none */
	uint64_t line_seen;		/* largest seen in the line, included */
	uint8_t author[KEY_LEN];	/* device's Ed25519 public key */
};

/*
 * roster_take(r, place, entry): takes in one entry of scope root; ops whose
 * author may not write them change nothing (they are void; judge.h says so
 * too).  Entries come in leaf order and, inside a log, in seq order.
 * Errors: ERR_NOMEM; the entry may then be half taken in: drop the roster.
 */
MUST_USE err roster_take(struct roster *r, const struct place *place,
    const struct entry *e);

/*
 * roster_assume(r, sign_pub, role, scopes): a joiner's own certificate before
 * any leaf, as its invitation names it: valid at ROSTER_NO_LEAF only, and only
 * while the roster has no certificate for that key.  scopes: SCOPE_LEN bytes
 * each.  In place of what was assumed before.
 * Errors: ERR_FORMAT scopes has another length; ERR_NOMEM.
 */
MUST_USE err roster_assume(struct roster *r,
    const uint8_t sign_pub[static KEY_LEN], enum role role,
    struct span scopes);

/* roster_claim_check: is this first entry of an unknown device's first log a
 * valid claim at this leaf (SPEC.md 10)?  Errors, in this order: ERR_FORMAT
 * no claim there; ERR_ABSENT invite unknown (it may come later, or its author
 * might not write it); ERR_FORMAT the claim is void; ERR_CERT invite
 * cancelled, or the device has a certificate already; ERR_RULE more than
 * INVITE_DAYS after the invite; ERR_SIG; ERR_EXISTS claimed already. */
MUST_USE err roster_claim_check(const struct roster *r,
    const struct place *place, const struct entry *e);

/* roster_role(r, sign_pub, leaf): the role valid at that leaf, ROLE_NONE if
 * there is no certificate or it is revoked.  ROLE_ROOT for root's own key,
 * ROLE_HUB for the hub key valid then. */
enum role roster_role(const struct roster *r,
    const uint8_t sign_pub[static KEY_LEN], uint64_t leaf);
/* roster_covers: whether that certificate names the scope at that leaf.  Each
 * names root; commune covers all, root and hub cover root alone.  A scope of
 * an unknown kind is never covered. */
bool roster_covers(const struct roster *r,
    const uint8_t sign_pub[static KEY_LEN],
    const uint8_t scope[static SCOPE_LEN], uint64_t leaf);

/* A certificate as of the newest leaf taken in. */
struct certificate {
	uint8_t id[ID_LEN];
	enum role role;
	bool claimed;			/* keys are known */
	bool revoked;
	bool cancelled;
	uint64_t leaf;			/* of claim or certify */
	uint64_t invite_leaf;
	uint64_t invite_time;		/* leaf time, ms */
	uint8_t sign_pub[KEY_LEN];
	uint8_t box_pub[KEY_LEN];
	uint8_t transport_pub[KEY_LEN];
	uint8_t invite_pub[KEY_LEN];	/* zeros for a certify */
	const uint8_t (*scopes)[SCOPE_LEN];	/* borrowed until next take */
	size_t scope_count;
};
/* roster_names: whether the certificate lists the scope itself. */
bool roster_names(const struct certificate *c,
    const uint8_t scope[static SCOPE_LEN]);
size_t roster_count(const struct roster *r);
/* Device keys that ever had a certificate, each once. */
size_t roster_device_count(const struct roster *r);
/* Whether the newest certificate of that id, of those up to the leaf, revoked
 * or not, has the role commune: the commune cannot revoke it. */
bool roster_is_commune(const struct roster *r,
    const uint8_t id[static ID_LEN], uint64_t leaf);
MUST_USE err roster_at(const struct roster *r, size_t i,
    struct certificate *ret);
/* By device id (key id of sign_pub), by its first 8 bytes, by certificate
 * id; the newest where there are several.  ERR_ABSENT. */
MUST_USE err roster_by_device(const struct roster *r,
    const uint8_t device[static ID_LEN], struct certificate *ret);
MUST_USE err roster_by_device_prefix(const struct roster *r,
    const uint8_t prefix[static 8], struct certificate *ret);
MUST_USE err roster_by_id(const struct roster *r,
    const uint8_t id[static ID_LEN], struct certificate *ret);

struct hub_key {
	uint8_t id[ID_LEN];
	uint8_t sign_pub[KEY_LEN];
	uint8_t box_pub[KEY_LEN];
	uint8_t tls_pin[HASH_LEN];	/* SHA-256 of SubjectPublicKeyInfo */
	struct span address;		/* URL; borrowed */
	uint64_t from_size;
};
/* roster_hub_key(r, size): the key valid for checkpoints of that size. */
MUST_USE err roster_hub_key(const struct roster *r, uint64_t size,
    struct hub_key *ret);
/* Errors: ERR_ABSENT before root's first entry. */
MUST_USE err roster_root_pub(const struct roster *r,
    uint8_t ret[static KEY_LEN]);
MUST_USE err roster_recovery_pub(const struct roster *r,
    uint8_t ret[static KEY_LEN]);

#endif
