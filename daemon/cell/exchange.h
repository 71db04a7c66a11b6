/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exchange.h -- exchange.db: what the daemon brought for the client, and what
 * it tells about itself.  Written by `nguond cell` alone; the client reads it
 * as bytes from the network (schema.sql).
 *
 * Invariant: the rows of `incoming` follow one another without a gap.
 *
 * Any function may return ERR_IO, ERR_FULL, ERR_BUSY, ERR_NOMEM, or
 * ERR_DAMAGED for a file that nguond did not write so.
 */
#ifndef NGUON_CELL_EXCHANGE_H
#define NGUON_CELL_EXCHANGE_H

#include "protocol/crypto.h"

#define EXCHANGE_FILE "exchange.db"
#define EXCHANGE_DAMAGED "exchange.db.damaged"

struct exchange;

enum exchange_mode { EXCHANGE_WRITE, EXCHANGE_READ };
/*
 * exchange_open(dir, mode, ret_renewed, ret): WRITE makes the file if it is
 * not there.  A damaged one is renamed to EXCHANGE_DAMAGED and made anew
 * (*ret_renewed true): the hub sends all of it again.
 * Errors: ERR_ABSENT (READ: no file; WRITE: no folder); ERR_VERSION written
 *         by a newer nguond.
 */
MUST_USE err exchange_open(const char *dir, enum exchange_mode mode,
    bool *ret_renewed, struct exchange **ret);
void exchange_close(struct exchange *x);	/* NULL is allowed */
/* Text of the last failure; borrowed until the next call. */
const char *exchange_why(struct exchange *x);

/* One transaction at a time, never while the network is used. */
MUST_USE err exchange_begin(struct exchange *x);
MUST_USE err exchange_commit(struct exchange *x);
void exchange_rollback(struct exchange *x);

/* ---- numbers (table status) */

enum exchange_number {
	EXCHANGE_LAST_ATTEMPT_MS,	/* wall clock: a round began */
	EXCHANGE_LAST_SUCCESS_MS,	/* the hub answered, and it was fine */
	EXCHANGE_NEXT_TRY_MS,
	EXCHANGE_LAST_ERROR,		/* enum err of the last round */
	EXCHANGE_LAST_REASON,		/* enum reason, see round.h */
	EXCHANGE_BYTES_UP,		/* in all */
	EXCHANGE_BYTES_DOWN,
	EXCHANGE_REQUESTS,
	EXCHANGE_COUNTER,		/* of the last sync request */
	EXCHANGE_BELL_SEEN_NS,		/* mtime of `bell` before the last
					 * series of rounds that is over */
	EXCHANGE_NUMBERS
};
/* exchange_get: 0 for what was never put. */
MUST_USE err exchange_get(struct exchange *x, enum exchange_number which,
    uint64_t *ret);
MUST_USE err exchange_put(struct exchange *x, enum exchange_number which,
    uint64_t value);

/* ---- leaves */

/*
 * exchange_end(x, client_size, ret): how many leaves client and exchange hold
 * together without a gap.  Rows that do not continue what the client holds
 * (its store was restored) are dropped, outside of a transaction.
 */
MUST_USE err exchange_end(struct exchange *x, uint64_t client_size,
    uint64_t *ret);
/* The caller keeps the invariant: idx is what exchange_end said, plus what was
 * put since.  Errors: ERR_EXISTS, ERR_LIMIT idx + count is above 2^62. */
MUST_USE err exchange_put_incoming(struct exchange *x, uint64_t idx,
    uint64_t count, struct span frame);
MUST_USE err exchange_put_filled(struct exchange *x, uint64_t idx,
    struct span frame);
/* exchange_filled_from: where to go on with leaves of the scope in
 * from <= idx < to: behind the last one that is filled, or at from. */
MUST_USE err exchange_filled_from(struct exchange *x,
    const uint8_t scope[static SCOPE_LEN], uint64_t from, uint64_t to,
    uint64_t *ret);
/* Another root of the same size takes the place of the first: the client
 * keeps what verifies. */
MUST_USE err exchange_put_checkpoint(struct exchange *x, uint64_t size,
    const uint8_t root[static HASH_LEN], const uint8_t sig[static SIG_LEN]);
/* exchange_prune: what the client has taken in: leaves below its size,
 * checkpoints older than the newest at or below it, filled rows outside of
 * from <= idx < to (the wants that are left; equal: none). */
MUST_USE err exchange_prune(struct exchange *x, uint64_t client_size,
    uint64_t want_from, uint64_t want_to);

/* ---- own logs */

struct exchange_verdict {
	uint8_t log[ID_LEN];
	uint64_t seq;			/* the hub's head */
	uint8_t hash[HASH_LEN];
	uint64_t reason;
	uint64_t at_ms;			/* wall clock */
};
/* ERR_ABSENT: the log is not refused. */
MUST_USE err exchange_verdict(struct exchange *x,
    const uint8_t log[static ID_LEN], struct exchange_verdict *ret);
/* exchange_put_verdict: also notes the hub's head (exchange_sent); reason
 * admitted takes an older refusal away. */
MUST_USE err exchange_put_verdict(struct exchange *x,
    const struct exchange_verdict *v);
/* exchange_reason: of the newest refusal that stands; 0 (admitted): none. */
MUST_USE err exchange_reason(struct exchange *x, uint64_t *ret);
/* exchange_sent: up to which seq the hub has the log; 0: not known. */
MUST_USE err exchange_sent(struct exchange *x,
    const uint8_t log[static ID_LEN], uint64_t *ret);
MUST_USE err exchange_put_sent(struct exchange *x,
    const uint8_t log[static ID_LEN], uint64_t seq);

/* ---- joining */

MUST_USE err exchange_put_invitation(struct exchange *x,
    const uint8_t id[static ID_LEN], struct span fields,
    struct span key_part);
/* ERR_ABSENT: it has not come. */
MUST_USE err exchange_has_invitation(struct exchange *x,
    const uint8_t id[static ID_LEN]);

#endif
