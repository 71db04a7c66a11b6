/* SPDX-License-Identifier: Apache-2.0 */
/* verbs_person.h -- what the files of the verbs of people share. */
#ifndef NGUON_CLI_VERBS_PERSON_H
#define NGUON_CLI_VERBS_PERSON_H

#include "client/cli/cli.h"
#include "client/records/people.h"

int verbs_person_show(struct cli *c, const struct cli_args *a);
int verbs_person_step(struct cli *c, const struct cli_args *a);
/* One person as an object inside an array, without the steps. */
void verbs_person_show_json(struct cli *c, struct json *j,
    const struct person *p);

#endif
