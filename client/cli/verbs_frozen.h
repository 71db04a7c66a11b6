/* SPDX-License-Identifier: Apache-2.0 */
/* verbs_frozen.h -- the verbs of published figures, for verbs_figures.c. */
#ifndef NGUON_CLI_VERBS_FROZEN_H
#define NGUON_CLI_VERBS_FROZEN_H

#include "client/cli/cli.h"

int verbs_frozen_freeze(struct cli *c, const struct cli_args *a);
int verbs_frozen_list(struct cli *c, const struct cli_args *a);
int verbs_frozen_rules(struct cli *c, const struct cli_args *a);
/* verbs_ranking.c */
int verbs_ranking(struct cli *c, const struct cli_args *a);

/* verbs_frozen_fail: the message of an error of freeze.h; the exit code. */
int verbs_frozen_fail(struct cli *c, err rc);
/* verbs_frozen_done: says what was published, and what it does not count.
 * The exit code. */
int verbs_frozen_done(struct cli *c, bool ranking, uint64_t number,
    const char *period, uint64_t waiting);
/* A figure as people write it: a comma in 25,0. */
void verbs_frozen_value(const struct cli *c, struct cli_table *t,
    struct span value);

#endif
