/* SPDX-License-Identifier: Apache-2.0 */
/* verbs_invite.h -- the verbs of invites, for the table of verbs_device.c. */
#ifndef NGUON_CLI_VERBS_INVITE_H
#define NGUON_CLI_VERBS_INVITE_H

#include "client/cli/cli.h"

int verbs_invite_run(struct cli *c, const struct cli_args *a);
int verbs_invite_list(struct cli *c, const struct cli_args *a);
int verbs_invite_cancel(struct cli *c, const struct cli_args *a);

#endif
