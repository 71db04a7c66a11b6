/* SPDX-License-Identifier: Apache-2.0 */
/* verbs_import.h -- the verb import, for the table of verbs_person.c. */
#ifndef NGUON_CLI_VERBS_IMPORT_H
#define NGUON_CLI_VERBS_IMPORT_H

#include "client/cli/cli.h"

int verbs_import_run(struct cli *c, const struct cli_args *a);

#endif
