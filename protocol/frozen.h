/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frozen.h -- frozen reports and rankings: the value of field `figures`, and
 * whether it is what the history gives (SPEC.md section 9.2).  Pure.
 */
#ifndef NGUON_FROZEN_H
#define NGUON_FROZEN_H

#include "protocol/entry.h"
#include "protocol/figures.h"

/* What a freeze or ranking op says. */
struct frozen {
	bool ranking;
	uint64_t number;
	uint64_t size;			/* leaves that count */
	uint64_t rule;			/* of the figures */
	uint64_t ranking_rule;		/* of a ranking */
	struct period period;		/* of a ranking its year */
	struct span figures;		/* raw value; borrowed from the op */
};
/* frozen_read: op is of kind freeze or ranking.  Errors: ERR_FORMAT: a field
 * that such an op needs is not there, or not as it must be. */
MUST_USE err frozen_read(const struct op *op, struct frozen *ret);

/* frozen_known: whether this program has the rules that it was made by. */
bool frozen_known(const struct frozen *z);
/* frozen_make: appends the canonical value that z must have; f: the figures at
 * its size.  Errors: ERR_NOMEM, ERR_VERSION: not frozen_known. */
MUST_USE err frozen_make(const struct frozen *z, const struct figures *f,
    struct buf *out);

/* The rows of such a value, one after another. */
struct frozen_reader {
	struct codec_reader r;
	uint32_t blocks, items;		/* left; of the block at hand */
	const uint8_t *scope;		/* of it; NULL: the commune */
};
struct frozen_row {
	const uint8_t *scope;		/* NULL: the commune */
	struct span name, value;
};
/* raw: any bytes.  A reader of what is no such value ends with ERR_FORMAT. */
MUST_USE err frozen_begin(struct span raw, struct frozen_reader *ret);
/* Errors: ERR_ABSENT: there is none any more; ERR_FORMAT. */
MUST_USE err frozen_next(struct frozen_reader *x, struct frozen_row *ret);

/* The first row that differs; empty texts where it is not there.  Copies, cut
 * to their size. */
struct frozen_difference {
	bool commune;
	uint8_t scope[SCOPE_LEN];
	char name[96];			/* "": the form of the whole value */
	char stated[32], computed[32];
};
enum frozen_outcome {
	FROZEN_EQUAL,
	FROZEN_ERASED,			/* equal but for erased inputs */
	FROZEN_DIFFERS,
};
/*
 * frozen_compare(stated, computed, erased, ret): computed: of frozen_make.
 * erased: inputs (facts) that are not held any more; with any, the rows that
 * facts give may have lost to `unknown`.  ret: filled in when it differs.
 */
enum frozen_outcome frozen_compare(struct span stated, struct span computed,
    uint64_t erased, struct frozen_difference *ret);

#endif
