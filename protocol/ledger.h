/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ledger.h -- admission (SPEC.md section 11) and the state that it needs:
 * the tree, the head of every log, the roster.  The same code judges at the
 * hub, at a device that takes in leaves, and in verify.  Pure; in memory.
 *
 * Invariants: 1. tree, heads and roster always belong to the same number of
 * leaves.  2. a refused segment changes nothing.
 */
#ifndef NGUON_LEDGER_H
#define NGUON_LEDGER_H

#include "protocol/roster.h"
#include "protocol/segment.h"
#include "protocol/tree.h"

/* Stable numbers of SPEC.md section 11, frames verdict and refused. */
enum reason {
	REASON_ADMITTED = 0, REASON_FORMAT, REASON_LIMIT, REASON_CHAIN,
	REASON_FORK, REASON_SIGNATURE, REASON_CERTIFICATE, REASON_SCOPE,
	REASON_SEEN, REASON_ROOT, REASON_INVITE_UNKNOWN, REASON_CLAIM_LATE,
	REASON_CLAIM_TAKEN, REASON_EPOCH, REASON_LOG, REASON_BUSY,
	REASON_COMMUNE, REASON_DEVICE, REASON_REVOKED,
	REASON_COUNT
};
const char *reason_name(enum reason reason);	/* static, stable word */
err reason_err(enum reason reason);		/* ERR_OK when admitted */

/* What is known of a log. */
struct log_head {
	uint8_t log[ID_LEN];
	uint8_t scope[SCOPE_LEN];
	uint8_t author[KEY_LEN];	/* device's public key */
	uint64_t seq;			/* head; 0: nothing yet */
	uint8_t hash[HASH_LEN];
	uint64_t seen;			/* of the head entry */
	uint64_t epoch;
	uint8_t root[HASH_LEN];		/* the pair in force at the head */
	uint64_t line_seen;		/* largest seen in the line */
	bool has_predecessor;
	struct entry_ref predecessor;
};

/* Asks the caller's storage; used for what the ledger does not keep. */
struct ledger_host {
	void *ctx;
	/* Hash and line_seen of an admitted entry; ERR_ABSENT.  ret_line_seen
	 * may be NULL. */
	err (*entry_at)(void *ctx, const uint8_t log[ID_LEN], uint64_t seq,
	    uint8_t ret_hash[HASH_LEN], uint64_t *ret_line_seen);
};

struct ledger;
/* host may be NULL: then nothing that overlaps an admitted seq is accepted
 * and predecessors must be at their head. */
struct ledger *ledger_new(const uint8_t root_fpr[static HASH_LEN],
    const struct ledger_host *host);
void ledger_free(struct ledger *l);

uint64_t ledger_size(const struct ledger *l);		/* leaves */
/* Root after the first `size` leaves.  ERR_ABSENT above the tree. */
MUST_USE err ledger_root_at(const struct ledger *l, uint64_t size,
    uint8_t ret[static HASH_LEN]);
uint64_t ledger_last_time(const struct ledger *l);	/* leaf time, ms */
const struct roster *ledger_roster(const struct ledger *l);
const uint8_t *ledger_fingerprint(const struct ledger *l); /* HASH_LEN */
/* NULL: unknown log.  Borrowed until the next change. */
const struct log_head *ledger_log(const struct ledger *l,
    const uint8_t log[static ID_LEN]);
size_t ledger_log_count(const struct ledger *l);
const struct log_head *ledger_log_at(const struct ledger *l, size_t i);

/* One entry of a segment that passed, handed out in order. */
struct admitted_entry {
	struct place place;
	const struct entry *entry;
	uint8_t hash[HASH_LEN];
};
typedef err (*ledger_sink)(void *ctx, const struct admitted_entry *a);

/*
 * ledger_admit(l, s, leaf_time, sink, sink_ctx, ret_reason, ret_inner,
 * ret_scope): judge one segment for the next leaf and, if it passes, append
 * it.  sink (may be NULL) is called once for each new entry, in order, after
 * the whole segment has passed and before the ledger changes; an error from
 * it is returned and nothing changes.
 * On ERR_OK with *ret_reason REASON_ADMITTED: ret_inner and ret_scope are
 * the leaf's, its index is ledger_size() - 1; ret_inner->first is the first
 * new seq.  A segment of which nothing is new also gives REASON_ADMITTED,
 * with *ret_inner all zero and no leaf.
 * On ERR_OK with another reason nothing changed.
 * leaf_time: the caller's; never below ledger_last_time.
 * Errors: ERR_NOMEM; those of host and sink; ERR_VALUE leaf_time decreases;
 * ERR_UNABLE after ledger_provisional.  When memory runs out while the roster
 * takes in what has passed, the ledger stops: each later call returns that
 * error, and it must be dropped.  A caller whose own commit fails after
 * ERR_OK drops it too and loads a new one from its store.
 */
MUST_USE err ledger_admit(struct ledger *l, const struct segment *s,
    uint64_t leaf_time, ledger_sink sink, void *sink_ctx,
    enum reason *ret_reason, struct leaf_inner *ret_inner,
    uint8_t ret_scope[static SCOPE_LEN]);

/* ledger_provisional: the same judgement for entries that have no leaf yet
 * (a device's own; the second section of an audit file).  place.leaf is
 * ROSTER_NO_LEAF, now_ms stands for the leaf time; seen is checked against
 * the tree.  The tree does not grow; heads and roster do, so such a ledger
 * takes in no further leaf. */
MUST_USE err ledger_provisional(struct ledger *l, const struct segment *s,
    uint64_t now_ms, ledger_sink sink, void *sink_ctx,
    enum reason *ret_reason);

/*
 * ledger_fill(l, s, leaf, sink, sink_ctx, ret_reason, ret_inner): the segment
 * of a leaf that was appended without it (a scope gained later): the same
 * judgement at that leaf; inner and scope must be the leaf's, else
 * REASON_FORK.  The tree does not grow.  Of one log they come in leaf order,
 * before any further leaf of it.
 * Errors: as ledger_admit; ERR_UNABLE: no such leaf, or of scope root.
 */
struct ledger_leaf {
	uint64_t index, time_ms;
	uint8_t scope[SCOPE_LEN];
	uint8_t inner_hash[HASH_LEN];
};
MUST_USE err ledger_fill(struct ledger *l, const struct segment *s,
    const struct ledger_leaf *leaf, ledger_sink sink, void *sink_ctx,
    enum reason *ret_reason, struct leaf_inner *ret_inner);

/* A leaf of a scope that is not ours, or whose segment nobody has. */
MUST_USE err ledger_append_foreign(struct ledger *l,
    const uint8_t scope[static SCOPE_LEN],
    const uint8_t inner_hash[static HASH_LEN]);

/*
 * Loading from a store of our own, in leaf order: leaf data of each leaf
 * (with its time), root-scope entries (for the roster), then heads.  No
 * judgement is made here.
 */
MUST_USE err ledger_load_leaf(struct ledger *l,
    const uint8_t scope[static SCOPE_LEN],
    const uint8_t inner_hash[static HASH_LEN], uint64_t leaf_time);
MUST_USE err ledger_load_root_entry(struct ledger *l,
    const struct place *place, const struct entry *e);
MUST_USE err ledger_load_log(struct ledger *l, const struct log_head *head);

#endif
