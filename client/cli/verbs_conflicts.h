/* SPDX-License-Identifier: Apache-2.0 */
/* verbs_conflicts.h -- the verbs of conflicts, for verbs_figures.c. */
#ifndef NGUON_CLI_VERBS_CONFLICTS_H
#define NGUON_CLI_VERBS_CONFLICTS_H

#include "client/cli/cli.h"

int verbs_conflicts_list(struct cli *c, const struct cli_args *a);
int verbs_conflicts_settle(struct cli *c, const struct cli_args *a);
int verbs_conflicts_void(struct cli *c, const struct cli_args *a);

#endif
