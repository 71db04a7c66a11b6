/* SPDX-License-Identifier: Apache-2.0 */
/* scenario_rounds.c -- each person's rows together, by day and row. */
#include "tests/support/scenario_rounds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/date.h"

struct row {
	const char *person, *event;
	int64_t date;
	size_t row;
};

static int
compare(const void *pa, const void *pb)
{
	const struct row *a = pa, *b = pb;
	int c = strcmp(a->person, b->person);

	if (c != 0)
		return c;
	if (a->date != b->date)
		return a->date < b->date ? -1 : 1;
	return a->row < b->row ? -1 : a->row > b->row;
}

static struct row *
sorted(const struct scenario_csv *t)
{
	size_t person = scenario_csv_column(t, "person");
	size_t event = scenario_csv_column(t, "event");
	size_t date = scenario_csv_column(t, "date");
	struct row *rows = calloc(t->rows + 1, sizeof *rows);

	if (rows == NULL)
		return NULL;
	for (size_t i = 0; i < t->rows; i++) {
		const char *day = scenario_csv_at(t, i, date);

		rows[i] = (struct row){ scenario_csv_at(t, i, person),
			scenario_csv_at(t, i, event), 0, i };
		if (date_parse((struct span){ (const uint8_t *)day,
		    strlen(day) }, &rows[i].date) != ERR_OK) {
			(void)fprintf(stderr, "events.csv: %s: not a date\n",
			    day);
			exit(2);
		}
	}
	qsort(rows, t->rows, sizeof *rows, compare);
	return rows;
}

uint64_t *
scenario_rounds(const struct scenario_csv *events)
{
	struct row *rows = sorted(events);
	uint64_t *rounds = calloc(events->rows + 1, sizeof *rounds);
	uint64_t round = 0;
	bool left = false;

	if (rows == NULL || rounds == NULL) {
		(void)fprintf(stderr, "events.csv: no memory\n");
		exit(2);
	}
	for (size_t i = 0; i < events->rows; i++) {
		const struct row *r = &rows[i];

		if (i == 0 || strcmp(r->person, rows[i - 1].person) != 0) {
			round = 0;
			left = false;
		}
		if (strcmp(r->event, "nominated") == 0 && left) {
			round++;
			left = false;
		}
		left = left || strcmp(r->event, "withdrawn") == 0 ||
		    strcmp(r->event, "postponed") == 0 ||
		    strcmp(r->event, "moved") == 0;
		rounds[r->row] = round;
	}
	free(rows);
	return rounds;
}
