/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_compare.h -- report --write-compare and report --compare, for
 * verbs_figures.c.
 */
#ifndef NGUON_CLI_VERBS_COMPARE_H
#define NGUON_CLI_VERBS_COMPARE_H

#include "client/cli/cli.h"
#include "client/records/report_compare.h"

/* The exit codes.  period NULL: that of the file. */
int verbs_compare_write(struct cli *c, const struct period *period,
    const char *path);
int verbs_compare_read(struct cli *c, const struct period *period,
    const char *path);

/* The screen; false: memory ran out. */
bool verbs_compare_print(struct cli *c, const struct compare_diff *d,
    const struct compare_side *mine, const struct compare_side *theirs);

#endif
