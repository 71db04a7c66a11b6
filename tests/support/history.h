/* SPDX-License-Identifier: Apache-2.0 */
/*
 * history.h -- builds signed histories for tests: root, a hub, devices, logs,
 * segments, the tree and its checkpoint, as an audit file.  Deterministic:
 * every key, salt, id and nonce follows from the seed text and the order of
 * calls; no clock, no random bytes.  It uses protocol/ alone, and no ledger,
 * so that it can also build what no ledger would admit.
 *
 * What cannot happen in a right test (no memory, a value above its limit)
 * ends the program with a message.
 */
#ifndef NGUON_TESTS_SUPPORT_HISTORY_H
#define NGUON_TESTS_SUPPORT_HISTORY_H

#include "protocol/field.h"
#include "protocol/invite.h"
#include "protocol/recovery.h"
#include "protocol/tree.h"

enum { HISTORY_OPS = 8 };	/* most ops of an entry built here */

struct history_device {
	uint8_t seed[KEY_LEN], pub[KEY_LEN], id[ID_LEN];
	uint8_t box_pub[KEY_LEN], transport_pub[KEY_LEN];
	uint8_t transport_secret[KEY_LEN];
};

/* An op of the entry at hand; the drafts may stay empty. */
struct history_op {
	uint64_t kind;
	uint8_t subject[ID_LEN];
	struct field_draft *fields, *facts, *sealed;
	bool creates;
	bool has_key;		/* a key part of key_bytes bytes */
	size_t key_bytes;
};

/* A log, and what of it is not yet in a leaf. */
struct history_log {
	struct history_device device;
	uint8_t scope[SCOPE_LEN], salt[SALT_LEN], id[ID_LEN];
	struct cell_key cell;		/* seals; unused in root */
	uint64_t seq;
	uint8_t hash[HASH_LEN];
	uint64_t seen;
	uint8_t root[HASH_LEN];
	bool restate;			/* the next entry holds the pair */
	struct history_op ops[HISTORY_OPS];
	uint32_t op_count;
	struct buf pending;		/* audit form */
	uint32_t pending_count;
	bool whole;			/* pending keeps parts in full */
};

/* A segment, with or without a leaf; tests change it at will. */
struct history_leaf {
	uint64_t time_ms;
	uint8_t scope[SCOPE_LEN], log[ID_LEN];
	uint64_t first;
	uint32_t count;
	struct buf entries;
	uint8_t head[HASH_LEN], sig[SIG_LEN];
};

struct history {
	uint8_t secret[HASH_LEN];
	uint64_t draws;
	uint64_t now_ms;		/* of entries and leaves */
	struct root_keys root;
	uint8_t hub_seed[KEY_LEN], hub_pub[KEY_LEN], hub_box_pub[KEY_LEN];
	struct history_device commune;
	struct tree *tree;
	struct history_leaf *leaves;
	size_t leaf_count, leaf_cap;
	struct history_leaf *late;	/* segments without a leaf */
	size_t late_count, late_cap;
};

/* history_new: root's first segment is leaf 0.  Owner: the caller. */
struct history *history_new(const char *seed);
void history_free(struct history *h);

void history_random(struct history *h, void *out, size_t n);
void history_device(struct history *h, struct history_device *ret);

/* history_log_open: a new log; its first entry begins with the `log` op and
 * is not yet committed.  It sees what the tree holds now.  Owner: the caller,
 * history_log_free. */
struct history_log *history_log_open(struct history *h,
    const struct history_device *device,
    const uint8_t scope[static SCOPE_LEN]);
void history_log_free(struct history_log *g);
/* history_op: one more op of the entry at hand.  Borrowed until the commit. */
struct history_op *history_op(struct history_log *g, uint64_t kind,
    const uint8_t subject[static ID_LEN]);
/* history_commit: encodes, hashes and keeps the entry at hand. */
void history_commit(struct history *h, struct history_log *g);
/* history_see: the next entry states what the tree holds now. */
void history_see(struct history *h, struct history_log *g);
/* history_see_as: it states this pair, true or not. */
void history_see_as(struct history_log *g, uint64_t seen,
    const uint8_t root[static HASH_LEN]);
/* history_cut: what is pending becomes a segment and the next leaf;
 * history_cut_late: one without a leaf. */
void history_cut(struct history *h, struct history_log *g);
void history_cut_late(struct history *h, struct history_log *g);

/* The ops of joining.  history_invite writes an invite into the commune's
 * log of scope root; history_claim the claim into the joiner's first entry. */
void history_invite(struct history *h, struct history_log *commune,
    enum role role, const uint8_t (*scopes)[SCOPE_LEN], size_t scope_count,
    struct invite_keys *ret_invite);
void history_claim(struct history *h, struct history_log *g,
    const struct invite_keys *invite);

/* history_put: appends the whole audit file: all leaves, the checkpoint, and
 * the late segments if there are any. */
void history_put(const struct history *h, struct buf *out);

/* Short words for fields. */
void history_text(struct field_draft *d, uint64_t field, const char *text);
void history_bytes(struct field_draft *d, uint64_t field, const void *p,
    size_t n);

#endif
