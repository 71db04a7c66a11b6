/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_tasks.h -- the screens of tasks and settings, over what records/ has
 * found.  Each prints to stdout; false: memory ran out.
 */
#ifndef NGUON_CLI_VERBS_TASKS_H
#define NGUON_CLI_VERBS_TASKS_H

#include "client/cli/cli.h"
#include "client/records/tasks.h"

/* TASKS_DUE: without those that come later than soon, which are counted. */
enum verbs_tasks_which { TASKS_DUE, TASKS_ALL };
bool verbs_tasks_print(struct cli *c, const struct task_list *list,
    enum verbs_tasks_which which);
bool verbs_tasks_json(struct cli *c, const struct task_list *list,
    enum verbs_tasks_which which);

bool verbs_tasks_settings(struct cli *c, const struct settings *s);

#endif
