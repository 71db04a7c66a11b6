/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fold.h -- apply an entry to the states of its subjects: judge each op, then
 * write each field by the general merge rule.  Pure; the caller keeps the
 * states.
 */
#ifndef NGUON_FOLD_H
#define NGUON_FOLD_H

#include "protocol/judge.h"
#include "protocol/state.h"

struct fold_host {
	void *ctx;
	/* The state to write to; made if it is new. */
	err (*state)(void *ctx, const uint8_t scope[SCOPE_LEN],
	    const uint8_t subject[ID_LEN], struct state **ret);
	/* Opens a sealed part: appends the plain canonical map to out.  NULL
	 * or ERR_KEY: the values are unreadable.  s is the subject's state
	 * (its salts). */
	err (*open)(void *ctx, const struct place *place, uint8_t position,
	    const struct op *op, const struct state *s, struct buf *out);
	/* An op without effect; may be NULL. */
	err (*voided)(void *ctx, const struct place *place, uint8_t position,
	    const struct op *op, enum verdict why);
	/* If not NULL: gets each effective op, and fold_entry writes nothing;
	 * for a caller that calls fold_op itself. */
	err (*keep)(void *ctx, const struct place *place, uint8_t position,
	    uint64_t time_ms, const struct op *op);
	/* Sealed fields of registers without an element are not written: no
	 * figure depends on them. */
	bool skip_sealed;
};

/*
 * fold_entry(host, lines, roster, place, entry).  Registers of fields 1 to 5
 * do not exist; unknown fields are not written.  log, certify, claim, invite
 * and the like are written like any other op (subject as the op names it).
 * Errors: ERR_NOMEM and those of the host.
 */
MUST_USE err fold_entry(const struct fold_host *host,
    const struct merge_lines *lines, const struct roster *roster,
    const struct place *place, const struct entry *e);

/* fold_op: writes one op that has effect, of an entry of that time; what
 * fold_entry does after the verdict.  Of place it needs no author.  Errors:
 * ERR_NOMEM and those of the host. */
MUST_USE err fold_op(const struct fold_host *host,
    const struct merge_lines *lines, const struct place *place,
    uint8_t position, uint64_t time_ms, const struct op *op);

/* fold_judge: what fold_entry says of one op of an entry that stands at
 * place. */
enum verdict fold_judge(const struct roster *roster,
    const struct place *place, const struct op *op, uint8_t position);

#endif
