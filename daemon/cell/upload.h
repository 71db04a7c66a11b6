/* SPDX-License-Identifier: Apache-2.0 */
/*
 * upload.h -- what a sync request carries up: `have`, the entries that the hub
 * lacks as far as is known, heads of what did not fit, and wants.
 */
#ifndef NGUON_CELL_UPLOAD_H
#define NGUON_CELL_UPLOAD_H

#include "client/store/outbox.h"
#include "daemon/cell/exchange.h"

enum {
	UPLOAD_RESEND_MS = 1800000,	/* a refused log is sent again then */
	UPLOAD_LOGS_MAX = 1024,		/* in one request; the others wait */
};

/* An own log with entries that the client knows no leaf of. */
struct upload_log {
	struct outbox_log own;
	uint64_t after;		/* the hub has it up to here */
	uint64_t last;		/* the last seq in the request; 0: none */
	bool held;		/* refused as it is: not sent */
	/* what the hub answered (intake.h) */
	bool answered;
	uint64_t reason;
};

/* What the last refusals were for, from one request to the next: a log is
 * held until its written head changes or UPLOAD_RESEND_MS passed.  In memory
 * only: a new daemon asks once more.  Zero-initialise; upload_memory_free. */
struct upload_refusal {
	uint8_t log[ID_LEN];
	uint64_t written_seq;
	uint64_t reason;
	uint64_t at_ms;
};
struct upload_memory {
	struct upload_refusal *refusals;
	size_t count;
};
void upload_memory_free(struct upload_memory *m);

/* upload_is_passing: a refusal that may pass by itself: the log is sent again
 * at the next try. */
bool upload_is_passing(uint64_t reason);

struct upload_plan {
	uint64_t size;			/* leaves held without a gap */
	uint64_t budget_bytes;		/* of entries, and wanted back */
	/* The hub refused the device: its claim alone, where it has none. */
	bool probe;
	uint64_t now_ms;		/* a clock that never goes back */
};

/* Owner: the struct; zero-initialise it, free with upload_free. */
struct upload {
	struct buf payload;		/* frames */
	struct upload_log *logs;
	size_t count;
	uint64_t waiting;		/* entries that the hub lacks */
	bool rest;			/* some of those to send did not fit */
	uint64_t want_from, want_to;	/* bounds of all wants; equal: none */
};
void upload_free(struct upload *u);

/*
 * upload_build(plan, o, x, memory, ret): fills *ret, which must be empty; on
 * error it may hold a part.
 * Errors: those of outbox and exchange.
 */
MUST_USE err upload_build(const struct upload_plan *plan, struct outbox *o,
    struct exchange *x, const struct upload_memory *memory,
    struct upload *ret);
/* upload_find: NULL for a log that is not among them. */
struct upload_log *upload_find(struct upload *u,
    const uint8_t log[static ID_LEN]);

/*
 * upload_remember(m, u, now_ms, ret_new): takes the refusals of this request
 * that do not pass by themselves into memory; *ret_new gets the first log
 * whose refusal is new, or NULL.  Borrowed from u.
 * Errors: ERR_NOMEM.
 */
MUST_USE err upload_remember(struct upload_memory *m, const struct upload *u,
    uint64_t now_ms, const struct upload_log **ret_new);

#endif
