/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli_choose.h -- which cell, which person and which day a command is about.
 * False: the message is printed and *ret_exit is the verb's exit code.
 */
#ifndef NGUON_CLI_CHOOSE_H
#define NGUON_CLI_CHOOSE_H

#include "client/cli/cli.h"
#include "client/records/people.h"

/* The cell of --cell, or the only one that this device works in. */
bool cli_choose_cell(struct cli *c, const char *code,
    uint8_t ret[static SCOPE_LEN], int *ret_exit);
/* The one person that who means; several are printed.  cell: NULL for any.
 * Owner: the caller, people_list_free. */
bool cli_choose_person(struct cli *c, const char *cell, const char *who,
    struct people_list *ret, int *ret_exit);
/* A day as typed; typed NULL: today. */
bool cli_choose_day(struct cli *c, const char *typed, int64_t *ret,
    int *ret_exit);
/* A reason as typed (NULL: none, which is refused), in the form in which it is
 * kept, appended; that it is public is said. */
bool cli_choose_why(struct cli *c, const char *typed, struct buf *out,
    int *ret_exit);
/* The people as a table. */
bool cli_choose_table(struct cli *c, const struct people_list *l, FILE *out);
/* What a person is called by on the command line: eight hex digits. */
enum { CLI_CHOOSE_ID = 9 };
void cli_choose_id(const uint8_t subject[static ID_LEN],
    char ret[static CLI_CHOOSE_ID]);
/* The code of a cell among those known, or of the cell that a lane is in; "-".
 */
const char *cli_choose_code(struct cli *c,
    const uint8_t scope[static SCOPE_LEN], char ret[static 64]);

#endif
