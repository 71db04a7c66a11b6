/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make_scenario SEED FOLDER -- a made-up commune as the six files of a
 * scenario; the same seed gives the same bytes, always.  The form of the
 * tables (what parts the columns, line ends, quotes, the columns' order, a
 * byte order mark) follows from the seed too; figures.csv is always plain.
 * The folder must be there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/made_scenario.h"

enum { COLUMNS_MAX = 10 };

struct sheet {
	FILE *f;
	size_t columns;
	size_t order[COLUMNS_MAX];	/* which column stands there */
	const char *separator, *end;
	bool quote_all;
	bool begun;
};

static void
die(const char *what, const char *why)
{
	(void)fprintf(stderr, "make_scenario: %s: %s\n", what, why);
	exit(2);
}

static FILE *
open_file(const char *folder, const char *name)
{
	char path[4096];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "wb");
	if (f == NULL)
		die(path, "cannot be written");
	return f;
}

static void
close_file(FILE *f)
{
	if (ferror(f) || fclose(f) != 0)
		die("a file", "cannot be written");
}

/* ---- one table */

static void
put_field(struct sheet *t, const char *text)
{
	if (!t->quote_all && strpbrk(text, ",;\t\"\r\n") == NULL) {
		(void)fputs(text, t->f);
		return;
	}
	(void)fputc('"', t->f);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			(void)fputc('"', t->f);
		(void)fputc(*text, t->f);
	}
	(void)fputc('"', t->f);
}

static void
put_row(struct sheet *t, const char *const *fields)
{
	if (t->begun)
		(void)fputs(t->end, t->f);
	t->begun = true;
	for (size_t i = 0; i < t->columns; i++) {
		if (i > 0)
			(void)fputs(t->separator, t->f);
		put_field(t, fields[t->order[i]]);
	}
}

static struct sheet
open_sheet(struct dice *d, const char *folder, const char *name,
    const char *const *columns, size_t count)
{
	struct sheet t = { .f = open_file(folder, name), .columns = count,
		.separator = ",", .end = "\n" };

	for (size_t i = 0; i < count; i++)
		t.order[i] = i;
	if (dice_chance(d, 25))
		t.separator = dice_chance(d, 80) ? ";" : "\t";
	if (dice_chance(d, 30))
		t.end = "\r\n";
	t.quote_all = dice_chance(d, 15);
	if (dice_chance(d, 30))
		(void)fputs("\xef\xbb\xbf", t.f);
	if (dice_chance(d, 30))
		for (size_t i = count - 1; i > 0; i--) {
			size_t k = dice_below(d, (unsigned)i + 1);
			size_t kept = t.order[i];

			t.order[i] = t.order[k];
			t.order[k] = kept;
		}
	put_row(&t, columns);
	return t;
}

static void
close_sheet(struct dice *d, struct sheet *t)
{
	if (!dice_chance(d, 20))
		(void)fputs(t->end, t->f);
	close_file(t->f);
}

static const char *
date_text(int date, char out[static 32])
{
	(void)snprintf(out, 32, "%04d-%02d-%02d", date / 10000,
	    date / 100 % 100, date % 100);
	return out;
}

/* ---- the tables */

static void
write_cells(struct dice *d, const struct made_scenario *s, const char *folder)
{
	static const char *const columns[] = { "cell", "name", "members",
		"commissioner" };
	struct sheet t = open_sheet(d, folder, "cells.csv", columns, 4);

	for (size_t i = 0; i < s->cell_count; i++) {
		const struct made_cell *c = &s->cells[i];

		put_row(&t, (const char *const[]){ c->code, c->name,
		    c->members, c->commissioner });
	}
	close_sheet(d, &t);
}

static void
write_quotas(struct dice *d, const struct made_scenario *s,
    const char *folder)
{
	static const char *const columns[] = { "year", "cell", "quota" };
	struct sheet t = open_sheet(d, folder, "quotas.csv", columns, 3);
	char year[16], quota[16];

	for (size_t i = 0; i < s->quota_count; i++) {
		const struct made_quota *q = &s->quotas[i];

		(void)snprintf(year, sizeof year, "%d", q->year);
		(void)snprintf(quota, sizeof quota, "%u", q->quota);
		put_row(&t, (const char *const[]){ year,
		    s->cells[q->cell].code, quota });
	}
	close_sheet(d, &t);
}

static void
write_people(struct dice *d, const struct made_scenario *s,
    const char *folder)
{
	static const char *const columns[] = { "ref", "cell", "full_name",
		"birth_year", "gender", "organisation", "residence",
		"workplace", "education", "phone" };
	struct sheet t = open_sheet(d, folder, "people.csv", columns, 10);

	for (size_t i = 0; i < s->person_count; i++) {
		const struct made_person *p = &s->people[i];

		put_row(&t, (const char *const[]){ p->ref,
		    s->cells[p->cell].code, p->full_name, p->birth_year,
		    p->gender, p->organisation, p->residence, p->workplace,
		    p->education, p->phone });
	}
	close_sheet(d, &t);
}

static void
write_events(struct dice *d, const struct made_scenario *s,
    const char *folder)
{
	static const char *const columns[] = { "date", "cell", "person",
		"event", "organisation", "reason" };
	struct sheet t = open_sheet(d, folder, "events.csv", columns, 6);
	char date[32];

	for (size_t i = 0; i < s->event_count; i++) {
		const struct made_event *e = &s->events[i];

		put_row(&t, (const char *const[]){ date_text(e->date, date),
		    s->cells[e->cell].code, s->people[e->person].ref,
		    e->event, e->organisation, e->reason });
	}
	close_sheet(d, &t);
}

static void
write_activities(struct dice *d, const struct made_scenario *s,
    const char *folder)
{
	static const char *const columns[] = { "date", "cell", "organisation",
		"title", "participants" };
	struct sheet t = open_sheet(d, folder, "activities.csv", columns, 5);
	char date[32];

	for (size_t i = 0; i < s->activity_count; i++) {
		const struct made_activity *a = &s->activities[i];

		put_row(&t, (const char *const[]){ date_text(a->date, date),
		    s->cells[a->cell].code, a->organisation, a->title,
		    a->participants });
	}
	close_sheet(d, &t);
}

int
main(int argc, char **argv)
{
	struct made_scenario *s;
	struct dice form;
	uint64_t seed;
	char *end;
	FILE *f;

	if (argc != 3)
		die("usage", "make_scenario SEED FOLDER");
	seed = strtoull(argv[1], &end, 10);
	if (argv[1][0] == '\0' || *end != '\0')
		die(argv[1], "not a number");
	form.state = ~seed;
	s = made_scenario_new(seed);
	write_cells(&form, s, argv[2]);
	write_quotas(&form, s, argv[2]);
	write_people(&form, s, argv[2]);
	write_events(&form, s, argv[2]);
	write_activities(&form, s, argv[2]);
	f = open_file(argv[2], "figures.csv");
	made_figures(s, f);
	close_file(f);
	(void)printf("seed %llu: cells %zu quotas %zu people %zu events %zu "
	    "activities %zu years %d-%d\n", (unsigned long long)seed,
	    s->cell_count, s->quota_count, s->person_count, s->event_count,
	    s->activity_count, s->first_year, s->last_year);
	made_scenario_free(s);
	return 0;
}
