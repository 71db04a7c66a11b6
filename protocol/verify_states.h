/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_states.h -- the merged states of all subjects of a file, in memory,
 * and the figures of them.  Pure.
 */
#ifndef NGUON_VERIFY_STATES_H
#define NGUON_VERIFY_STATES_H

#include "protocol/figures.h"

struct verify_states;
struct verify_states *verify_states_new(void);	/* NULL: no memory */
void verify_states_free(struct verify_states *s);
/* verify_states_get: the state of subject in scope; made if it is new.
 * Borrowed as long as s lives.  Errors: ERR_NOMEM, ERR_LIMIT. */
MUST_USE err verify_states_get(struct verify_states *s,
    const uint8_t scope[static SCOPE_LEN],
    const uint8_t subject[static ID_LEN], struct state **ret_state);
/* verify_states_figures: what the states give now; lines as in figures.h,
 * borrowed as long as the figures live.  Owner: the caller, figures_free.  Errors: ERR_NOMEM and those of figures_add. */
MUST_USE err verify_states_figures(const struct verify_states *s,
    const struct merge_lines *lines, uint64_t now_ms,
    struct figures **ret_figures);

#endif
