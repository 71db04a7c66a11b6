/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world.h -- a small commune for tests: people with keys, logs that grow by
 * real signed entries, segments cut anywhere.  Deterministic: all keys and
 * salts follow from names and counters.  What cannot be built ends the test
 * program.
 */
#ifndef NGUON_TESTS_WORLD_H
#define NGUON_TESTS_WORLD_H

#include "protocol/entry.h"
#include "protocol/field.h"
#include "protocol/segment.h"

/* Keys of a device, of the hub, of root or of an invite. */
struct actor {
	uint8_t seed[KEY_LEN];		/* Ed25519 */
	uint8_t pub[KEY_LEN];
	uint8_t id[ID_LEN];		/* key id of pub */
	uint8_t box_secret[KEY_LEN];
	uint8_t box_pub[KEY_LEN];
	uint8_t transport_secret[KEY_LEN];
	uint8_t transport_pub[KEY_LEN];
};
void world_actor(const char *name, struct actor *ret);
/* A cell (kind SCOPE_CELL) or lane scope named by a number. */
void world_scope(enum scope_kind kind, uint8_t number,
    uint8_t ret[static SCOPE_LEN]);

/* The ops of the next entry.  Owner: the struct; zero it first, it is empty
 * again after world_write. */
enum { WORLD_OPS = 32 };
struct world_ops {
	struct op_draft op[WORLD_OPS];
	struct buf fields[WORLD_OPS];
	uint32_t count;
};
/* world_op: takes over fields (NULL: no field).  Returns the draft, so that
 * parts can be set; those borrow until world_write. */
struct op_draft *world_op(struct world_ops *o, uint64_t kind,
    const uint8_t subject[static ID_LEN], struct field_draft *fields);
void world_op_hub_key(struct world_ops *o, const struct actor *hub,
    uint64_t from_size);
void world_op_recovery_key(struct world_ops *o, const struct actor *root);
void world_op_certify(struct world_ops *o, const struct actor *device,
    enum role role, const uint8_t (*scopes)[SCOPE_LEN], uint32_t n);
void world_op_invite(struct world_ops *o, const struct actor *invite,
    enum role role, const uint8_t (*scopes)[SCOPE_LEN], uint32_t n);
void world_op_entitle(struct world_ops *o, const uint8_t id[static ID_LEN],
    const uint8_t (*scopes)[SCOPE_LEN], uint32_t n);
/* Kinds without fields: invite-cancel, revoke, read ... */
void world_op_bare(struct world_ops *o, uint64_t kind,
    const uint8_t subject[static ID_LEN]);

/* A log and everything written to it.  Owner: the struct; free with
 * world_log_free. */
struct world_entry {
	struct buf raw;
	uint8_t hash[HASH_LEN];
};
struct world_log {
	struct actor author;
	uint8_t root_fpr[HASH_LEN];
	uint8_t scope[SCOPE_LEN];
	uint8_t salt[SALT_LEN];
	uint8_t id[ID_LEN];
	uint64_t seen;			/* of the newest entry */
	uint64_t seq;
	struct world_entry *entry;	/* seq entries */
	struct buf cut;			/* what the last segment borrows */
};
/* number tells apart several logs of one author in one scope. */
void world_log_open(struct world_log *l, const struct actor *author,
    const uint8_t scope[static SCOPE_LEN],
    const uint8_t root_fpr[static HASH_LEN], uint8_t number);
void world_log_free(struct world_log *l);
/* Op 0 of a log's first entry.  predecessor may be NULL. */
void world_op_log(struct world_ops *o, const struct world_log *l,
    const struct entry_ref *predecessor);
/* Op 1 of a device's first log. */
void world_op_claim(struct world_ops *o, const struct world_log *l,
    const struct actor *invite);

/* world_write: the ops become the next entry; (seen, root) stands in it where
 * SPEC.md section 5 wants it. */
void world_write(struct world_log *l, struct world_ops *o, uint64_t seen,
    const uint8_t root[static HASH_LEN], uint64_t time_ms);
/* world_write_draft: an entry as it stands, right or wrong. */
void world_write_draft(struct world_log *l, struct world_ops *o,
    struct entry_draft draft);
/* world_segment: entries first..last, signed; borrows until the next cut. */
void world_segment(struct world_log *l, uint64_t first, uint64_t last,
    struct segment *ret);

/* Root's first segment of SPEC.md 10: log, hub-key, recovery-key, certify. */
void world_init(struct world_log *l, const struct actor *root,
    const struct actor *hub, const struct actor *commune, uint64_t time_ms);

#endif
