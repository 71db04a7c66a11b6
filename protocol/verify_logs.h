/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_logs.h -- what a file holds of each log: hash and seen of every
 * admitted entry, and the head that the leaves state, refused ones included.
 * Pure.
 */
#ifndef NGUON_VERIFY_LOGS_H
#define NGUON_VERIFY_LOGS_H

#include "protocol/ledger.h"

struct verify_past {
	uint8_t hash[HASH_LEN];
	uint64_t line_seen;
};

/* Plain data, but owned by its verify_logs. */
struct verify_log {
	uint8_t log[ID_LEN];
	struct verify_past *past;	/* of seq 1, 2 ... */
	size_t count;			/* admitted entries */
	size_t cap;
	bool failed;			/* a failure was reported */
	uint64_t head_seq;		/* of the leaves, admitted or not */
	uint8_t head[HASH_LEN];
};

struct verify_logs;
struct verify_logs *verify_logs_new(void);	/* NULL: no memory */
void verify_logs_free(struct verify_logs *l);
/* verify_logs_get: made if it is new, its head at seq 0.  Borrowed until the
 * next call.  Errors: ERR_NOMEM, ERR_LIMIT. */
MUST_USE err verify_logs_get(struct verify_logs *l,
    const uint8_t root_fpr[static HASH_LEN], const uint8_t log[static ID_LEN],
    struct verify_log **ret_log);
/* verify_logs_push: the entry that follows the last admitted one; the head
 * moves along.  Errors: ERR_NOMEM. */
MUST_USE err verify_logs_push(struct verify_log *g,
    const uint8_t hash[static HASH_LEN], uint64_t line_seen);
/* verify_logs_at: as ledger_host.entry_at.  Errors: ERR_ABSENT. */
MUST_USE err verify_logs_at(const struct verify_logs *l,
    const uint8_t log[static ID_LEN], uint64_t seq,
    struct verify_past *ret_past);

#endif
