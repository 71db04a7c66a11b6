/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli_why.h -- the codes of refusals, findings and void ops in words.
 */
#ifndef NGUON_CLI_WHY_H
#define NGUON_CLI_WHY_H

#include "client/cli/cli.h"

/* A code of reason_name or of a finding (verify.h); the code itself where it
 * has no words. */
const char *cli_why(const struct cli *c, const char *code);
const char *cli_why_void(const struct cli *c, enum verdict verdict);

#endif
