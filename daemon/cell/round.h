/* SPDX-License-Identifier: Apache-2.0 */
/*
 * round.h -- one exchange with the hub: read what waits, send it, keep what
 * comes back.  No transaction and no store is open while the network is used.
 */
#ifndef NGUON_CELL_ROUND_H
#define NGUON_CELL_ROUND_H

#include "daemon/cell/intake.h"
#include "daemon/cell/link.h"
#include "daemon/cell/schedule.h"

enum {
	ROUND_BUDGET_MIN_BYTES = 16384,
	ROUND_BUDGET_START_BYTES = 262144,
	ROUND_BUDGET_MAX_BYTES = 3145728,	/* stays below LIMIT_BODY_BYTES
						 * where nothing compresses */
	ROUND_BUDGET_STEP_BYTES = 262144,
	ROUND_QUICK_MS = 5000,		/* a round that took less was easy */
};

/* link_post, or a test's hub. */
typedef err (*round_post)(void *ctx, const struct link_request *request,
    struct buf *body, struct link_reply *ret);

/* Plain data, from round to round; zero-initialise the rest. */
struct round {
	const char *dir;		/* the store folder; borrowed */
	const char *address;		/* in place of the store's; NULL */
	round_post post;
	void *post_ctx;
	/* of round.c */
	struct upload_memory memory;
	uint64_t budget_bytes;		/* what the link carries in one go */
	bool probe;			/* the hub refused the device */
	bool rewound;			/* in this series of rounds */
};
void round_free(struct round *r);	/* what it holds, not r */

struct round_result {
	/*
	 * ERR_OK: the hub answered well, or there was nothing to ask it.
	 * ERR_ABSENT no store, or (invite fetch) no such invite; ERR_NET,
	 * ERR_HUB_BUSY, ERR_KEY (the hub's pin; transport.key), ERR_CERT the
	 * hub refused the device; ERR_FOREIGN it serves another commune;
	 * ERR_FORMAT, ERR_VERSION, ERR_LIMIT, ERR_SIG what it, or we, said;
	 * ERR_DAMAGED, ERR_IO, ERR_FULL, ERR_BUSY, ERR_NOMEM of our files.
	 */
	err rc;
	const char *what;	/* was being done; static */
	bool asked;		/* a request went out */
	bool stopped;		/* by link_stop */
	unsigned status;	/* HTTP; 0: no answer */
	/* of `refused`, else of the newest refusal of a log that stands */
	uint64_t reason;
	enum schedule_outcome outcome;
	uint64_t wait_ms;
	uint64_t waiting;	/* own entries that the hub lacks */
	uint64_t leaves;	/* that came */
	/* a refusal of a log that was not there before */
	bool log_refused;
	uint8_t log[ID_LEN];
	uint64_t log_reason;
};

/*
 * round_run(r, x, ret): never fails; what went wrong is in *ret and in the
 * numbers of x (all but next_try_ms and bell_seen_ns).  A store that is not
 * joined asks for its invitation, by a connection that is not pinned: the
 * request says nothing secret, and the answer proves itself to who holds the
 * code.
 */
void round_run(struct round *r, struct exchange *x, struct round_result *ret);

#endif
