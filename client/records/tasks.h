/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tasks.h -- "Việc cần làm": what is to be done, computed from the records and
 * never ticked.  A task ends when the records say so.
 *
 * Rules: tasks_rules.h, with the days that the commune has set.  People who
 * count in another cell, or as another person, have no task here.
 */
#ifndef NGUON_RECORDS_TASKS_H
#define NGUON_RECORDS_TASKS_H

#include "client/records/tasks_rules.h"
#include "client/store/store.h"

enum { TASKS_SCHEMA = 1 };		/* version of the JSON */

struct task_list {
	int64_t today;			/* days */
	size_t count;
	struct task *items;
};
/*
 * tasks_list(s, scope, ret): by urgency, then by due day (none last), cell,
 * rule and name.  scope: of that cell alone, and not what concerns this
 * machine; NULL: all of this device.  A device of the commune or a
 * commissioner gets the tasks of the cells in charge too, with what it can do
 * about them; an organisation those of its machine.  None is not an error.
 * Owner: tasks_free.
 * Errors: ERR_PASS the store is locked; ERR_NOMEM; those of the store.
 */
MUST_USE err tasks_list(struct store *s, const uint8_t *scope,
    struct task_list **ret);
void tasks_free(struct task_list *list);	/* wipes the names */
size_t tasks_count(const struct task_list *list, enum task_urgency urgency);

/* ---- tasks_words.c */

/* The reason as a sentence, appended, without a zero byte; and in a few words
 * whose turn it is. */
void tasks_words_reason(const struct task *t, enum language language,
    struct buf *out);
const char *tasks_words_by(enum task_by by, enum language language);
const char *tasks_words_urgency(enum task_urgency u, enum language language);

#endif
