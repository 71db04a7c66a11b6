/* SPDX-License-Identifier: Apache-2.0 */
/* made_scenario_internal.h -- what the makers of a scenario share. */
#ifndef NGUON_TESTS_SUPPORT_MADE_SCENARIO_INTERNAL_H
#define NGUON_TESTS_SUPPORT_MADE_SCENARIO_INTERNAL_H

#include "tests/support/made_scenario.h"

#define MADE_PICK(d, list) \
	list[dice_below(d, (unsigned)(sizeof list / sizeof list[0]))]

extern const char *const made_scenario_organisations[];
enum { MADE_ORGANISATIONS = 6 };
/* made_scenario_add: one zeroed item more at the end of a list; where the
 * list is now. */
void *made_scenario_add(void *list, size_t *count, size_t size);

/* made_event_all: the steps of the people that are there, in the order of the
 * file. */
void made_event_all(struct dice *d, struct made_scenario *s);

/* A day of the years from first to last; one so many days later; and one when
 * the next thing happens: often the same, often an edge of a quarter. */
int made_day(struct dice *d, int first, int last);
int made_day_later(int day, unsigned days);
int made_day_next(struct dice *d, int day);

#endif
