/* SPDX-License-Identifier: Apache-2.0 */
/* ledger_internal.h -- what the files of the ledger share. */
#ifndef NGUON_LEDGER_INTERNAL_H
#define NGUON_LEDGER_INTERNAL_H

#include "protocol/ledger.h"
#include "protocol/lookup.h"

/* One entry of the segment that is being judged. */
struct judged {
	struct entry entry;
	uint8_t hash[HASH_LEN];
	uint64_t line_seen;
};

struct ledger {
	uint8_t fingerprint[HASH_LEN];
	struct ledger_host host;	/* entry_at is NULL: no host */
	struct tree *tree;
	struct roster *roster;
	struct log_head *logs;
	uint32_t log_count, log_cap;
	struct lookup by_id;
	uint64_t last_time;
	bool provisional;		/* no further leaf */
	err failed;			/* a change stopped half-way */
	struct judged *judged;		/* kept from one segment to the next */
	uint32_t judged_cap;
};

/* One segment under judgement. */
struct judging {
	struct ledger *l;
	const struct segment *s;
	uint64_t leaf, leaf_time;
	const struct log_head *known;	/* NULL: a new log */
	struct log_head head;		/* of the log; becomes the new head */
	uint32_t fresh;			/* entries from here on are new */
	enum reason reason;
};

/* ledger_check(j): all checks, in order.  On ERR_OK j->reason says the
 * verdict; when admitted, j->head is the log's new head unless nothing is
 * new (fresh is the count).  Errors: ERR_NOMEM and the host's. */
MUST_USE err ledger_check(struct judging *j);
uint64_t ledger_check_seq(const struct judging *j, uint32_t i);
/* Where the i-th entry stands; line_seen counts for new ones only. */
struct place ledger_check_place(const struct judging *j, uint32_t i);

/* ledger_reserve_log: room for one more log, so that ledger_put_log cannot
 * fail.  Pointers to heads do not outlive it.  Errors: ERR_NOMEM. */
MUST_USE err ledger_reserve_log(struct ledger *l);
/* ledger_put_log: enters that head, in place of what was known of the log. */
void ledger_put_log(struct ledger *l, const struct log_head *head);

/* ledger_admit_at: what ledger_admit and ledger_provisional share.  leaf is
 * the next leaf's index or ROSTER_NO_LEAF. */
MUST_USE err ledger_admit_at(struct ledger *l, const struct segment *s,
    uint64_t leaf, uint64_t leaf_time, ledger_sink sink, void *sink_ctx,
    enum reason *ret_reason, struct leaf_inner *ret_inner,
    uint8_t ret_scope[static SCOPE_LEN]);

/* ledger_admit_inner: the inner of the leaf that the judged segment makes,
 * and its hash. */
void ledger_admit_inner(const struct judging *j, struct leaf_inner *inner,
    uint8_t ret_hash[static HASH_LEN]);
/* ledger_admit_hand_out: the new entries, in order.  Errors: the sink's. */
MUST_USE err ledger_admit_hand_out(const struct judging *j, ledger_sink sink,
    void *ctx);
/* ledger_admit_trim: gives back what large entries among count took. */
void ledger_admit_trim(struct ledger *l, uint32_t count);

#endif
