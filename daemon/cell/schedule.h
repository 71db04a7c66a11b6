/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedule.h -- when `nguond cell` tries next.  Pure: the caller brings the
 * time and the random numbers.
 *
 * Units: ms of a clock that never goes back; where it starts is the caller's.
 *
 * Invariants: 1. there always is a next try: nothing stops it for good.
 * 2. at least SCHEDULE_GAP_MS pass between the beginnings of two tries, but
 * for a round that the last one announced (SCHEDULE_MORE).
 */
#ifndef NGUON_CELL_SCHEDULE_H
#define NGUON_CELL_SCHEDULE_H

#include <stdint.h>

enum {
	SCHEDULE_GAP_MS = 1000,
	SCHEDULE_WAIT_MAX_MS = 3600000,	/* longest wait a hub may ask for */
};

struct schedule_config {
	uint64_t retry_min_ms;		/* first bound after a failure */
	uint64_t retry_ceiling_ms;	/* highest bound */
	uint64_t interval_ms;		/* between rounds when in step */
};

/* Plain data; the members are for schedule.c and its test. */
struct schedule {
	struct schedule_config config;
	uint64_t failures;		/* in a row */
	uint64_t last_ms;		/* the last try began */
	uint64_t next_ms;
	uint64_t not_before_ms;		/* the hub asked for it */
};

enum schedule_outcome {
	SCHEDULE_IN_STEP,	/* nothing is left to do */
	SCHEDULE_MORE,		/* a part is done, the next one at once */
	SCHEDULE_FAILED,	/* full jitter below a doubling bound */
	SCHEDULE_REFUSED,	/* the hub does not want us: at the ceiling */
};

/* schedule_start: the first try is due at once.  A config of zeros is taken
 * as 1 ms. */
void schedule_start(struct schedule *s, const struct schedule_config *config,
    uint64_t now_ms);
/* schedule_begin: a try begins now. */
void schedule_begin(struct schedule *s, uint64_t now_ms);
/*
 * schedule_end: it ended so.  wait_ms: the hub does not want to hear from us
 * before that (0: no such wish); above SCHEDULE_WAIT_MAX_MS it counts as that.
 * random: 64 random bits.
 */
void schedule_end(struct schedule *s, uint64_t now_ms,
    enum schedule_outcome outcome, uint64_t wait_ms, uint64_t random);

enum schedule_poke {
	SCHEDULE_CHANGE,	/* the store or the link changed */
	SCHEDULE_PERSON,	/* somebody asks: also before the hub's wait */
};
/* schedule_poke: try now, or as soon as the gap and the hub's wish allow;
 * failures are forgotten.  Never makes the next try later. */
void schedule_poke(struct schedule *s, uint64_t now_ms,
    enum schedule_poke poke);

#endif
