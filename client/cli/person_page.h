/* SPDX-License-Identifier: Apache-2.0 */
/*
 * person_page.h -- what was written about a person, for that person: the
 * history as lines, and the page to print.  Lines of 80 columns.
 */
#ifndef NGUON_CLI_PERSON_PAGE_H
#define NGUON_CLI_PERSON_PAGE_H

#include "client/cli/cli.h"
#include "client/records/person_history.h"
#include "client/records/people.h"

/* How what was replaced is shown. */
enum person_page_strike { PERSON_PAGE_TILDES, PERSON_PAGE_ANSI };
/* Every item. */
void person_page_history(struct cli *c, const struct person_history *h,
    enum person_page_strike strike, FILE *out);
/* The page.  Errors: those of the store; ERR_NOMEM. */
MUST_USE err person_page_print(struct cli *c, const struct person *p,
    FILE *out);
/* "counts", "beside", "replaced", "voided": in JSON. */
const char *person_page_standing(enum history_standing standing);

#endif
