/* SPDX-License-Identifier: Apache-2.0 */
/* audit_frozen.h -- what verify says of frozen reports and rankings. */
#ifndef NGUON_CLI_AUDIT_FROZEN_H
#define NGUON_CLI_AUDIT_FROZEN_H

#include "client/cli/cli.h"
#include "protocol/verify.h"

/* Nothing where there is none. */
void audit_frozen_text(const struct cli *c, const struct verify *v);
/* The array "frozen". */
void audit_frozen_json(struct json *j, const struct verify *v);

#endif
