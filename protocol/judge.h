/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge.h -- the one pure function that says whether an op has effect
 * (SPEC.md section 8): the same on the hub, on every replica and in verify.
 * A void op is kept and listed and never effective.
 */
#ifndef NGUON_JUDGE_H
#define NGUON_JUDGE_H

#include "protocol/entry.h"
#include "protocol/field.h"

enum verdict {
	VERDICT_EFFECTIVE = 0,
	VERDICT_ROLE,		/* this role may not write the kind */
	VERDICT_SCOPE,		/* the kind does not stand in this scope */
	VERDICT_FIELD_ROLE,	/* this role may not write a field or step */
	VERDICT_FIELD_SCOPE,
	VERDICT_TYPE,		/* a field has the wrong type or section */
	VERDICT_PARTS,		/* lists and parts do not fit */
	VERDICT_SUBJECT,	/* subject is not the one that follows */
	VERDICT_CHECK,		/* a check of the kind fails */
	VERDICT_CERTIFICATE,	/* author has no valid certificate there */
};
const char *judge_verdict_name(enum verdict v);

/* position: op number; seq: of the entry (log ops stand at 1/0 only). */
enum verdict judge_op(const struct op *op, enum role role,
    enum scope_kind scope, uint64_t seq, uint8_t position);

/* The subject of a quota (SPEC.md section 1). */
void judge_quota_subject(const uint8_t cell[static SCOPE_LEN], uint16_t year,
    uint8_t ret[static ID_LEN]);

/* The element of an op's registers (SPEC.md 8.3); ret has ELEMENT_MAX bytes;
 * returns its length, 0 for none. */
uint8_t judge_element(const struct op *op, const uint8_t log[static ID_LEN],
    uint64_t seq, uint8_t position, uint8_t *ret_element);

#endif
