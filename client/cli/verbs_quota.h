/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_quota.h -- quota list: the quotas of a year and how they stand.  What
 * prints goes to stdout; false: memory ran out.
 */
#ifndef NGUON_CLI_VERBS_QUOTA_H
#define NGUON_CLI_VERBS_QUOTA_H

#include "client/cli/cli.h"
#include "client/records/quota_view.h"

int verbs_quota_list(struct cli *c, const struct cli_args *a);
bool verbs_quota_print(struct cli *c, const struct quota_view *v);
/* changes may be NULL: not asked for. */
bool verbs_quota_json(const struct quota_view *v,
    const struct quota_change *changes, size_t count);
void verbs_quota_history(struct cli *c, const struct quota_change *changes,
    size_t count);

#endif
