/* SPDX-License-Identifier: Apache-2.0 */
/*
 * office.h -- a ledger with a commune in it, for tests: leaf 0 is root's first
 * segment, leaf 1 the office's first log in root, leaf 2 an invite of a
 * secretary to cell 1, leaf 3 its claim.
 */
#ifndef NGUON_TESTS_OFFICE_H
#define NGUON_TESTS_OFFICE_H

#include "protocol/ledger.h"
#include "tests/support/world.h"

#define OFFICE_T0 UINT64_C(1700000000000)	/* time of leaf 0, ms */
#define OFFICE_DAY UINT64_C(86400000)
enum { OFFICE_SEEN_MAX = 256 };

/* An admitted entry, as the sink got it: what the host answers from. */
struct office_row {
	uint8_t log[ID_LEN];
	uint64_t seq, leaf, line_seen;
	uint8_t hash[HASH_LEN];
};

struct office {
	struct actor root, hub, commune, invite, secretary;
	uint8_t fpr[HASH_LEN];
	uint8_t cell[3][SCOPE_LEN];	/* 0 and 1 exist; 2 is for tests */
	struct ledger *ledger;
	struct world_log root_log, commune_log, secretary_log;
	struct office_row row[OFFICE_SEEN_MAX];
	size_t rows;
	struct world_ops ops;		/* for the next write */
	struct leaf_inner inner;	/* of the last admission */
	uint8_t inner_scope[SCOPE_LEN];
};
void office_open(struct office *o);
void office_close(struct office *o);
/* office_write: o->ops as the log's next entry, seen = the whole tree. */
void office_write(struct office *o, struct world_log *l);
/* office_admit: entries first..last; the leaf time is one second a leaf. */
enum reason office_admit(struct office *o, struct world_log *l,
    uint64_t first, uint64_t last);
enum reason office_admit_at(struct office *o, const struct segment *s,
    uint64_t time_ms);
uint64_t office_time(const struct office *o);	/* of the next leaf */
/* office_step: write and admit one entry; aborts unless admitted. */
void office_step(struct office *o, struct world_log *l);
/* office_claim: a device's first log, with its claim; written only. */
void office_claim(struct office *o, struct world_log *l,
    const struct actor *device, const struct actor *invite);

#endif
