/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attempt.h -- segments that break one rule of admission each: what a case
 * prepares is judged, and must be refused with exactly its reason and change
 * nothing.
 */
#ifndef NGUON_TESTS_ATTEMPT_H
#define NGUON_TESTS_ATTEMPT_H

#include "tests/support/office.h"

#define SCOPES(p) ((const uint8_t(*)[SCOPE_LEN])(p))

/* What a case gets ready: a segment, and the time of its leaf. */
struct attempt {
	struct office o;
	struct actor other;		/* a device without certificate */
	struct actor second;		/* an invite key */
	struct world_log log;		/* a further log, freed after */
	struct buf bytes;
	struct segment s;
	uint64_t time_ms;		/* 0: one second after the last */
	uint8_t root[HASH_LEN];		/* of the whole tree */
	uint64_t size;
};

struct attempt_case {
	const char *name;
	void (*prepare)(struct attempt *a);
	enum reason want;
};
/* attempt_try: runs one case in a commune of its own; fails the cmocka test
 * when another verdict comes, or a refusal leaves a trace. */
void attempt_try(const struct attempt_case *c);

/* attempt_refresh: size and root again, after a leaf was added. */
void attempt_refresh(struct attempt *a);
/* attempt_mark: one lawful op for the next entry; _marked: written as well. */
void attempt_mark(struct attempt *a);
void attempt_marked(struct attempt *a, struct world_log *l);
/* attempt_cut: entries first..last of the log are what is judged. */
void attempt_cut(struct attempt *a, struct world_log *l, uint64_t first,
    uint64_t last);
/* attempt_good: one mark of the secretary at seq 2, cut: admissible. */
void attempt_good(struct attempt *a);
/* attempt_first_log: a->log, somebody's first in that scope, cut; more (may
 * be NULL): adds ops behind its `log`. */
void attempt_first_log(struct attempt *a, const struct actor *author,
    const uint8_t *scope, void (*more)(struct attempt *a));
/* attempt_claim: a->log, a first log with its claim, cut. */
void attempt_claim(struct attempt *a, const struct actor *device,
    const struct actor *invite);
/* attempt_invite: the office invites with the key a->second (leaf 4). */
void attempt_invite(struct attempt *a);

#endif
