/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made_figures.c -- the figures, counted over the rows as one would by hand:
 * slowly, and with nothing of the product.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/support/made_scenario_internal.h"

enum { EVERY_CELL = -1, NAMES = 32 };

/* One block: a period of one cell or of the commune. */
struct block {
	const struct made_scenario *s;
	const struct made_period *p;
	long cell;			/* EVERY_CELL, or its index */
	const char *scope;
	FILE *out;
};
/* Texts that occur, each once. */
struct names {
	const char *name[NAMES];
	size_t count;
};

static void
note(struct names *n, const char *name)
{
	for (size_t i = 0; i < n->count; i++)
		if (strcmp(n->name[i], name) == 0)
			return;
	if (name[0] == '\0')
		return;
	if (n->count == NAMES)
		exit(2);
	n->name[n->count++] = name;
}

static bool
is_here(const struct block *b, size_t cell)
{
	return b->cell == EVERY_CELL || (size_t)b->cell == cell;
}

static bool
is_then(const struct block *b, int date)
{
	return b->p->all || (date >= b->p->from && date <= b->p->to);
}

static void
print(const struct block *b, const char *figure, unsigned long value)
{
	(void)fprintf(b->out, "%s,%s,%s,%lu\n", b->p->text, b->scope, figure,
	    value);
}

/* ---- counting; a text of NULL is any */

static unsigned long
count_events(const struct block *b, const char *event,
    const char *organisation, const char *reason)
{
	unsigned long n = 0;

	for (size_t i = 0; i < b->s->event_count; i++) {
		const struct made_event *e = &b->s->events[i];

		n += is_here(b, e->cell) && is_then(b, e->date) &&
		    (event == NULL || strcmp(e->event, event) == 0) &&
		    (organisation == NULL ||
		    strcmp(e->organisation, organisation) == 0) &&
		    (reason == NULL || strcmp(e->reason, reason) == 0);
	}
	return n;
}

static unsigned long
count_people(const struct block *b, const char *residence)
{
	unsigned long n = 0;

	for (size_t i = 0; i < b->s->person_count; i++)
		n += is_here(b, b->s->people[i].cell) && (residence == NULL ||
		    strcmp(b->s->people[i].residence, residence) == 0);
	return n;
}

/* Listed on the first day of the year of the earliest event. */
static unsigned long
count_listed(const struct block *b)
{
	int first = 19700101;

	for (size_t i = 0; i < b->s->event_count; i++) {
		int day = b->s->events[i].date / 10000 * 10000 + 101;

		if (i == 0 || day < first)
			first = day;
	}
	return is_then(b, first) ? count_people(b, NULL) : 0;
}

static unsigned long
sum_quotas(const struct block *b)
{
	unsigned long n = 0;

	for (size_t i = 0; i < b->s->quota_count; i++) {
		const struct made_quota *q = &b->s->quotas[i];

		if (is_here(b, q->cell) && (b->p->all ||
		    (q->year >= b->p->first_year &&
		    q->year <= b->p->last_year)))
			n += q->quota;
	}
	return n;
}

/* ---- printing */

static void
print_percent(const struct block *b, unsigned long admitted,
    unsigned long quota)
{
	unsigned long tenths;

	if (quota == 0) {
		(void)fprintf(b->out, "%s,%s,percent,-\n", b->p->text,
		    b->scope);
		return;
	}
	tenths = 1000 * admitted / quota;
	if (1000 * admitted % quota * 2 >= quota)
		tenths++;
	(void)fprintf(b->out, "%s,%s,percent,%lu.%lu\n", b->p->text, b->scope,
	    tenths / 10, tenths % 10);
}

static void
print_activities(const struct block *b)
{
	unsigned long n = 0, participants = 0;

	for (size_t i = 0; i < b->s->activity_count; i++) {
		const struct made_activity *a = &b->s->activities[i];

		if (!is_here(b, a->cell) || !is_then(b, a->date))
			continue;
		n++;
		participants += strtoul(a->participants, NULL, 10);
	}
	print(b, "activities", n);
	print(b, "participants", participants);
}

static void
print_block(const struct block *b, const struct names *organisations,
    const struct names *reasons, const struct names *residences)
{
	static const char *const steps[] = { "nominated", "introduced",
		"class_completed", "trial_started", "admitted", "official",
		"withdrawn", "postponed", "moved" };
	char figure[128];

	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		print(b, steps[i], count_events(b, steps[i], NULL, NULL));
	print(b, "listed", count_listed(b));
	print(b, "quota", sum_quotas(b));
	print_percent(b, count_events(b, "admitted", NULL, NULL),
	    sum_quotas(b));
	print(b, "events", count_events(b, NULL, NULL, NULL));
	for (size_t i = 0; i < organisations->count; i++) {
		(void)snprintf(figure, sizeof figure, "nominated:%s",
		    organisations->name[i]);
		print(b, figure, count_events(b, "nominated",
		    organisations->name[i], NULL));
	}
	for (size_t i = 0; i < reasons->count; i++) {
		(void)snprintf(figure, sizeof figure, "withdrawn:%s",
		    reasons->name[i]);
		print(b, figure, count_events(b, "withdrawn", NULL,
		    reasons->name[i]));
	}
	print(b, "people", count_people(b, NULL));
	for (size_t i = 0; i < residences->count; i++) {
		(void)snprintf(figure, sizeof figure, "people:%s",
		    residences->name[i]);
		print(b, figure, count_people(b, residences->name[i]));
	}
	print_activities(b);
}

void
made_figures(const struct made_scenario *s, FILE *out)
{
	struct names organisations = { .count = 0 }, reasons = { .count = 0 };
	struct names residences = { .count = 0 };

	for (size_t i = 0; i < s->event_count; i++) {
		const struct made_event *e = &s->events[i];

		if (strcmp(e->event, "nominated") == 0)
			note(&organisations, e->organisation);
		if (strcmp(e->event, "withdrawn") == 0)
			note(&reasons, e->reason);
	}
	for (size_t i = 0; i < s->person_count; i++)
		note(&residences, s->people[i].residence);
	(void)fprintf(out, "period,scope,figure,value\n");
	for (size_t i = 0; i < s->period_count; i++)
		for (long cell = EVERY_CELL; cell < (long)s->cell_count;
		    cell++) {
			struct block b = { s, &s->periods[i], cell, "commune",
				out };

			if (cell != EVERY_CELL)
				b.scope = s->cells[cell].code;
			print_block(&b, &organisations, &reasons,
			    &residences);
		}
}
