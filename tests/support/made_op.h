/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made_op.h -- ops built field by field, for the tests of judge.h.  No memory
 * ends the program.
 */
#ifndef NGUON_TESTS_SUPPORT_MADE_OP_H
#define NGUON_TESTS_SUPPORT_MADE_OP_H

#include "protocol/judge.h"

extern const uint8_t made_key[KEY_LEN];
extern const uint8_t made_log[ID_LEN];		/* below made_other */
extern const uint8_t made_other[ID_LEN];
extern const uint8_t made_cell[SCOPE_LEN];
extern const uint8_t made_lane[SCOPE_LEN];

enum { MADE_STRANGE_KIND = 63 };	/* one that no table has */

/* An op under construction; what it points to is its own. */
struct made {
	struct field_draft *draft;
	struct buf map;
	uint8_t subject[ID_LEN];
	struct op op;
};

/* made_start: an op of that kind without any field; made_least: one with no
 * more than it must have, for that author.  Owner: the caller, made_free. */
void made_start(struct made *m, uint64_t kind);
void made_least(struct made *m, uint64_t kind, enum role role,
    enum scope_kind scope);
void made_free(struct made *m);
/* made_position: where an op of that kind may stand in entry 1. */
uint8_t made_position(uint64_t kind);

struct span made_bin(const uint8_t *p, size_t n);
/* A part that has travelled as a digest. */
void made_part(struct made *m, enum part_type type);
void made_list(struct made *m, uint64_t field, const uint64_t *number,
    size_t n);
/* A list of one bin or (b not NULL) two. */
void made_bins(struct made *m, uint64_t field, const uint8_t *a,
    const uint8_t *b, size_t bytes);
void made_scope(struct made *m, uint64_t field, const uint8_t *scope);

/* made_judge: encodes the fields and judges the op. */
enum verdict made_judge(struct made *m, enum role role,
    enum scope_kind scope, uint64_t seq, uint8_t position);

#endif
