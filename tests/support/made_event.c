/* SPDX-License-Identifier: Apache-2.0 */
/* made_event.c -- the steps of made-up people, round after round. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/made_scenario_internal.h"

static const char *const steps[] = { "nominated", "introduced",
	"class_completed", "trial_started", "admitted", "official" };
enum { STEPS = sizeof steps / sizeof steps[0], ADMITTED = 4 };
static const char *const reasons[] = { "di-lam-xa", "khong-co-nguyen-vong",
	"trinh-do-thap", "doan-the-yeu", "dich-benh", "khac" };
/* One person's life as it is made. */
struct life {
	struct dice *d;
	struct made_scenario *s;
	size_t person;
	size_t first_event;		/* this person's, in s->events */
	int date;
	bool over;			/* the years are */
};

/* ---- one person */

/* The same step of one person on the same day is one, whoever counts. */
static bool
there(const struct life *l, const char *event)
{
	for (size_t i = l->first_event; i < l->s->event_count; i++)
		if (l->s->events[i].date == l->date &&
		    strcmp(l->s->events[i].event, event) == 0)
			return true;
	return false;
}

static void
add(struct life *l, const char *event)
{
	struct made_event *e;

	while (there(l, event))
		l->date = made_day_later(l->date, 1);
	l->over = l->over || l->date / 10000 > l->s->last_year;
	if (l->over)
		return;
	l->s->events = made_scenario_add(l->s->events, &l->s->event_count,
	    sizeof *e);
	e = &l->s->events[l->s->event_count - 1];
	*e = (struct made_event){ .date = l->date, .person = l->person,
		.cell = l->s->people[l->person].cell, .event = event,
		.organisation = "", .reason = "" };
	if (strcmp(event, "nominated") == 0)
		e->organisation = made_scenario_organisations[dice_below(l->d,
		    MADE_ORGANISATIONS)];
}

static void
leave(struct life *l)
{
	static const char *const exits[] = { "withdrawn", "withdrawn",
		"withdrawn", "postponed", "moved" };

	add(l, MADE_PICK(l->d, exits));
	if (!l->over)
		l->s->events[l->s->event_count - 1].reason =
		    MADE_PICK(l->d, reasons);
}

/* One round; false: there is no other. */
static bool
go_round(struct life *l, unsigned round)
{
	unsigned reach = dice_below(l->d, STEPS + 1);

	if (reach == 0 && (round > 0 || dice_chance(l->d, 50)))
		reach = STEPS;
	for (unsigned i = 0; i < reach && !l->over; i++) {
		if (i == ADMITTED + 1 && dice_chance(l->d, 80))
			l->date = made_day_later(l->date, 366);
		add(l, steps[i]);
		l->date = made_day_next(l->d, l->date);
	}
	if (l->over || !dice_chance(l->d, reach > ADMITTED ? 10 : 60))
		return false;
	leave(l);
	if (l->over || !dice_chance(l->d, 60))
		return false;
	l->date = made_day_next(l->d, l->date);
	return true;
}

static int
compare(const void *pa, const void *pb)
{
	const struct made_event *a = pa, *b = pb;

	return a->order < b->order ? -1 : a->order > b->order;
}

/* Day after day, each person's in the order in which they happened; or the
 * days in disorder. */
static void
sort(struct dice *d, struct made_scenario *s)
{
	bool disorder = dice_chance(d, 25);
	uint64_t salt = dice_next(d);

	for (size_t i = 0; i < s->event_count; i++) {
		struct made_event *e = &s->events[i];
		struct dice of_day = { salt ^ (uint64_t)e->date };
		uint64_t day = disorder ? dice_next(&of_day) :
		    (uint64_t)e->date;

		e->order = (day & 0xffffffff) << 32 | i;
	}
	if (s->event_count > 1)
		qsort(s->events, s->event_count, sizeof *s->events, compare);
}

void
made_event_all(struct dice *d, struct made_scenario *s)
{
	unsigned active = dice_chance(d, 10) ? 0 : 5 + dice_below(d, 60);

	for (size_t p = 0; p < s->person_count; p++) {
		struct life l = { d, s, p, s->event_count, 0, false };

		l.date = made_day(d, s->first_year, s->last_year);
		if (!dice_chance(d, active))
			continue;
		for (unsigned round = 0; round < 3; round++)
			if (!go_round(&l, round))
				break;
	}
	sort(d, s);
}
