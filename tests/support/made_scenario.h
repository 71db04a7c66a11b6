/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made_scenario.h -- a commune made up from a seed: cells, quotas, people,
 * their steps over the years, activities; and its figures, counted row by row
 * with nothing of protocol/.  Lack of memory ends the program.
 */
#ifndef NGUON_TESTS_SUPPORT_MADE_SCENARIO_H
#define NGUON_TESTS_SUPPORT_MADE_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "tests/support/made_name.h"

/* A day is a number, YYYYMMDD. */
struct made_cell {
	char code[48], name[MADE_NAME_BYTES];
	char members[8], commissioner[24];
};
struct made_quota {
	int year;
	size_t cell;
	unsigned quota;
};
/* What is "" is not known. */
struct made_person {
	size_t cell;
	char ref[16], full_name[MADE_NAME_BYTES], birth_year[8], phone[16];
	const char *gender, *organisation, *residence, *workplace, *education;
};
struct made_event {
	int date;
	size_t cell, person;
	const char *event, *organisation, *reason;
	uint64_t order;			/* in the file */
};
struct made_activity {
	int date;
	size_t cell;
	const char *organisation;
	char title[160], participants[8];
};
struct made_period {
	char text[32];
	bool all;
	int from, to;			/* days, both inside */
	int first_year, last_year;
};
struct made_scenario {
	struct made_cell *cells;
	struct made_quota *quotas;
	struct made_person *people;
	struct made_event *events;	/* in the order of the file */
	struct made_activity *activities;
	struct made_period *periods;
	size_t cell_count, quota_count, person_count, event_count,
	    activity_count, period_count;
	int first_year, last_year;
};

/* Owner: the caller, made_scenario_free. */
struct made_scenario *made_scenario_new(uint64_t seed);
void made_scenario_free(struct made_scenario *s);
/* made_figures: every figure of every period, of the commune and each cell, as
 * period,scope,figure,value. */
void made_figures(const struct made_scenario *s, FILE *out);

#endif
