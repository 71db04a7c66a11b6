/* SPDX-License-Identifier: Apache-2.0 */
/* tasks_internal.h -- what tasks.c and tasks_devices.c share. */
#ifndef NGUON_RECORDS_TASKS_INTERNAL_H
#define NGUON_RECORDS_TASKS_INTERNAL_H

#include "client/records/commune.h"
#include "client/records/tasks.h"
#include "protocol/places.h"

#define DAY_MS UINT64_C(86400000)

/* Everything that is looked at once. */
struct tasks_looking {
	struct store *s;
	enum role role;
	const uint8_t *only;		/* scope; NULL: all */
	struct settings settings;
	struct task_day day;
	uint64_t now_ms;
	int year;
	struct commune_cell *cells;	/* that this device reads */
	size_t cell_count;
	struct places *places;
	struct task_list *list;
	size_t cap;
};

MUST_USE err tasks_internal_put(struct tasks_looking *l,
    const struct task *t);
/* One that is looked at; NULL. */
const struct commune_cell *tasks_internal_cell(const struct tasks_looking *l,
    const uint8_t *scope);
void tasks_internal_put_cell(struct task *t, const struct commune_cell *cell);
/* How the commune or a commissioner reminds the cell of it; about: a person,
 * NULL: none. */
void tasks_internal_remind(const struct tasks_looking *l, struct task *t,
    const uint8_t *about);

/* SILENT; and UNRECEIVED and CLOCK. */
MUST_USE err tasks_devices_silent(struct tasks_looking *l);
MUST_USE err tasks_devices_own(struct tasks_looking *l);

#endif
