/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_states.h -- the effective ops of a history by subject, and the
 * figures of the states that they make, at any size of the tree.  The states
 * are made when figures are asked for, one after another: in between stands
 * only what the ops wrote.  Pure.
 */
#ifndef NGUON_VERIFY_STATES_H
#define NGUON_VERIFY_STATES_H

#include "protocol/entry.h"
#include "protocol/figures.h"
#include "protocol/roster.h"

struct verify_states;
struct verify_states *verify_states_new(void);	/* NULL: no memory */
void verify_states_free(struct verify_states *s);
/* verify_states_keep: copies what fold_op will need of an effective op, its
 * sealed and key parts apart.  Errors: ERR_NOMEM, ERR_LIMIT. */
MUST_USE err verify_states_keep(struct verify_states *s,
    const struct place *place, uint8_t position, uint64_t time_ms,
    const struct op *op);
/* verify_states_figures: what the ops give so far; lines as in figures.h,
 * borrowed as long as the figures live.  Owner: the caller, figures_free.
 * Errors: ERR_NOMEM and those of figures_add. */
MUST_USE err verify_states_figures(const struct verify_states *s,
    const struct merge_lines *lines, uint64_t now_ms,
    struct figures **ret_figures);
/* verify_states_figures_at: the same of the ops whose leaf is below size.
 * ret_erased: those of them whose facts are not held (digests). */
MUST_USE err verify_states_figures_at(const struct verify_states *s,
    const struct merge_lines *lines, uint64_t size,
    struct figures **ret_figures, uint64_t *ret_erased);

#endif
