/* SPDX-License-Identifier: Apache-2.0 */
/*
 * history_forge.h -- what a forger without keys does to segments that are
 * written already.  A segment that cannot be forged so ends the program.
 */
#ifndef NGUON_TESTS_SUPPORT_HISTORY_FORGE_H
#define NGUON_TESTS_SUPPORT_HISTORY_FORGE_H

#include "tests/support/history.h"

/* One bit of the subject of the entry in the middle: canonical still. */
void history_forge_flip(struct history_leaf *leaf);
/* That entry taken out. */
void history_forge_drop(struct history_leaf *leaf);
/* Each in the other's place, at the other's time. */
void history_forge_swap(struct history_leaf *a, struct history_leaf *b);

#endif
