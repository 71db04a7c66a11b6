/* SPDX-License-Identifier: Apache-2.0 */
/*
 * admit.h -- the writing half of a request (SPEC.md section 11, Admission):
 * segments into ledger and store, signed heads beside them.
 *
 * One admission at a time: the caller holds the commune's lock from
 * admit_begin to admit_end.  Nothing may be answered before admit_commit has
 * returned ERR_OK.
 */
#ifndef NGUON_ADMIT_H
#define NGUON_ADMIT_H

#include "daemon/hub/hub_commune.h"

enum {
	ADMIT_LOGS = 4096,		/* most logs of one request */
	ADMIT_GROUP_ENTRIES = 2000,	/* most entries of a transaction */
};

/* What is said of one log; its head is the ledger's. */
struct admit_verdict {
	uint8_t log[ID_LEN];
	enum reason reason;		/* the first one that is not 0 */
};

/* Owner: admit_end frees what it holds.  Read-only for others. */
struct admission {
	struct commune *c;
	uint64_t now_ms;
	bool open;			/* a transaction is open */
	uint64_t group;			/* entries in it */
	struct buf ended;		/* ids of invites claimed, cancelled */
	bool stripped;			/* of the key part of one of them */
	struct admit_verdict *verdicts;
	size_t verdict_count;
	size_t verdict_cap;
	uint64_t entries;		/* admitted in all */
	unsigned forks;			/* new evidence kept */
	bool clock_alarm;		/* our clock is far ahead: not used */
};

void admit_begin(struct admission *a, struct commune *c);

/*
 * admit_segment(a, s): judge one segment and keep it if it passes.  What the
 * segment is refused for stands in its log's verdict; further segments of
 * that log are then not looked at.
 * Errors: ERR_LIMIT more than ADMIT_LOGS logs; ERR_BUSY the hub is stopping;
 *         and those of the store.  Then only admit_end is left to do.
 */
MUST_USE err admit_segment(struct admission *a, const struct segment *s);

/*
 * admit_head(a, head): the newest signed head that a device has of a log.
 * Call it behind all segments.  A head of an admitted seq with another hash
 * is kept as evidence of a fork; one above the admitted head shows that more
 * will come.  Where it is not the admitted head, the log gets a verdict, so
 * that its device hears where the hub stands.
 * Not an error: a log that is not known, a signature that does not hold.
 * Errors: as admit_segment.
 */
MUST_USE err admit_head(struct admission *a, const struct signed_head *head);

/* admit_commit: makes it durable.  Errors: those of the store. */
MUST_USE err admit_commit(struct admission *a);

/* admit_end: takes back what was not committed, loading the ledger anew;
 * frees.  Where even that fails, the commune has no ledger. */
void admit_end(struct admission *a);

#endif
