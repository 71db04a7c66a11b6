/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_board.h -- the screens of the board, of reminders and of directives,
 * over what records/ has found.  Each prints to stdout; false: memory ran out.
 */
#ifndef NGUON_CLI_VERBS_BOARD_H
#define NGUON_CLI_VERBS_BOARD_H

#include "client/cli/cli.h"
#include "client/records/board.h"
#include "client/records/directives.h"
#include "client/records/reminders.h"

bool verbs_board_print(struct cli *c, const struct board *b);
bool verbs_board_json(const struct board *b);

bool verbs_reminder_print(struct cli *c, const struct reminder_list *list,
    int64_t today);
bool verbs_reminder_json(const struct reminder_list *list, int64_t today);

bool verbs_directive_print(struct cli *c, const struct directive_list *list);
/* One, with each cell. */
bool verbs_directive_print_one(struct cli *c, const struct directive *d);
bool verbs_directive_json(const struct directive_list *list);

#endif
