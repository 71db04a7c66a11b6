/* SPDX-License-Identifier: Apache-2.0 */
/* figures_rows.c -- counting what figures.c collected. */
#include "protocol/figures.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/figures_internal.h"

enum { FIXED_ROWS = 16 };	/* rows that carry no name of the data */
#define NO_SCOPE UINT32_MAX

/* The counts of one scope in one period. */
struct tally {
	uint64_t step[FIGURE_STEPS];
	uint64_t *name;		/* by index of names */
	bool *used;		/* somebody who counts has that name */
	const bool *stands;	/* by index of people */
	uint64_t quota, people, activities, participants;
};

/* A name and its count. */
struct named {
	const struct figure_name *name;
	uint64_t count;
	bool used;
};

struct rows {
	struct figure_row *row;
	size_t count;
};

static const enum step step_rows[] = { STEP_LISTED, STEP_NOMINATED,
	STEP_INTRODUCED, STEP_CLASS_COMPLETED, STEP_TRIAL_STARTED,
	STEP_OFFICIAL, STEP_WITHDRAWN, STEP_POSTPONED, STEP_MOVED };

static uint64_t
plus(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint32_t
scope_number(const struct figures *f, const uint8_t *scope)
{
	const struct figure_scope *scopes = f->scopes.p;

	for (size_t i = 0; i < f->scopes.count; i++)
		if (memcmp(scopes[i].id, scope, SCOPE_LEN) == 0)
			return (uint32_t)i;
	return NO_SCOPE;
}

/* ---- counting */

static bool
counts(const struct period *p, bool dated, int64_t date)
{
	return dated ? period_holds(p, date) : p->all;
}

static void
tally_quota(const struct figures *f, const struct period *p,
    const uint8_t *scope, struct tally *t)
{
	const struct figure_quota *q = f->quotas.p;

	for (size_t i = 0; i < f->quotas.count; i++)
		if ((scope == NULL ||
		    memcmp(q[i].cell, scope, SCOPE_LEN) == 0) &&
		    (p->all || (q[i].year >= (uint64_t)p->first_year &&
		    q[i].year <= (uint64_t)p->last_year)))
			t->quota = plus(t->quota, q[i].number);
}

static void
use_name(struct tally *t, uint32_t name)
{
	if (name != FIGURE_NO_NAME)
		t->used[name] = true;
}

static void
tally_scope(const struct figures *f, const struct period *p,
    const uint8_t *scope, struct tally *t)
{
	const uint32_t number = scope == NULL ? 0 : scope_number(f, scope);
	const struct figure_step *s = f->steps.p;
	const struct figure_person *h = f->people.p;
	const struct figure_activity *a = f->activities.p;

	for (size_t i = 0; i < f->steps.count; i++) {
		if (!t->stands[s[i].person])
			continue;
		use_name(t, s[i].name);
		if ((scope == NULL || s[i].scope == number) &&
		    counts(p, s[i].dated, s[i].date)) {
			t->step[s[i].step]++;
			if (s[i].name != FIGURE_NO_NAME)
				t->name[s[i].name]++;
		}
	}
	for (size_t i = 0; i < f->people.count; i++) {
		if (!t->stands[i])
			continue;
		use_name(t, h[i].name);
		if (scope == NULL || h[i].scope == number) {
			t->people++;
			if (h[i].name != FIGURE_NO_NAME)
				t->name[h[i].name]++;
		}
	}
	for (size_t i = 0; i < f->activities.count; i++)
		if ((scope == NULL || a[i].scope == number) &&
		    counts(p, a[i].dated, a[i].date)) {
			t->activities++;
			t->participants = plus(t->participants,
			    a[i].participants);
		}
}

/* By the index of people: whose record counts where it stands.  Owner: the
 * caller, free(). */
static err
who_stands(const struct figures *f, bool **ret)
{
	const struct figure_person *people = f->people.p;
	const struct figure_scope *scopes = f->scopes.p;
	bool *stands = calloc(f->people.count + 1, sizeof *stands);

	if (stands == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < f->people.count; i++)
		stands[i] = places_counts(f->places,
		    scopes[people[i].scope].id, people[i].subject);
	*ret = stands;
	return ERR_OK;
}

/* ---- rows */

static void
number_format(char *out, uint64_t v)
{
	char digits[20];
	size_t n = 0;

	do {
		digits[n++] = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	while (n > 0)
		*out++ = digits[--n];
	*out = '\0';
}

static struct figure_row *
row_add(struct rows *rows, const char *prefix, const char *name)
{
	struct figure_row *row = &rows->row[rows->count++];
	size_t n = strlen(prefix);

	memset(row, 0, sizeof *row);
	memcpy(row->name, prefix, n);
	memcpy(row->name + n, name, strlen(name));
	return row;
}

static void
count_add(struct rows *rows, const char *name, uint64_t v)
{
	number_format(row_add(rows, "", name)->value, v);
}

/* Tenths of a per cent, half away from zero; admitted is a count of steps in
 * memory, so that its product cannot overflow. */
static void
percent_add(struct rows *rows, uint64_t admitted, uint64_t quota)
{
	struct figure_row *row = row_add(rows, "", "percent");
	uint64_t tenths = 0;
	size_t n;

	if (quota == 0) {
		row->value[0] = '-';
		return;
	}
	if (quota < UINT64_MAX / 4)
		tenths = (2000 * admitted + quota) / (2 * quota);
	number_format(row->value, tenths / 10);
	n = strlen(row->value);
	row->value[n] = '.';
	row->value[n + 1] = (char)('0' + tenths % 10);
}

static int
named_compare(const void *a, const void *b)
{
	const struct figure_name *x = ((const struct named *)a)->name,
	    *y = ((const struct named *)b)->name;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (x->unknown != y->unknown)
		return x->unknown ? 1 : -1;
	return strcmp(x->text, y->text);
}

static void
names_add(struct rows *rows, const char *prefix, enum figure_group group,
    const struct named *named, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct figure_name *n = named[i].name;

		if (n->group == group && (named[i].count > 0 ||
		    (named[i].used && !n->unknown)))
			number_format(row_add(rows, prefix, n->text)->value,
			    named[i].count);
	}
}

static uint64_t
events(const struct tally *t)
{
	uint64_t sum = 0;

	for (size_t i = STEP_LISTED + 1; i < FIGURE_STEPS; i++)
		sum += t->step[i];
	return sum;
}

static void
rows_fill(struct rows *rows, const struct named *named, size_t count,
    const struct tally *t)
{
	count_add(rows, "quota", t->quota);
	count_add(rows, "admitted", t->step[STEP_ADMITTED]);
	percent_add(rows, t->step[STEP_ADMITTED], t->quota);
	for (size_t i = 0; i < sizeof step_rows / sizeof step_rows[0]; i++)
		count_add(rows, field_step_name(step_rows[i]),
		    t->step[step_rows[i]]);
	names_add(rows, "nominated:", GROUP_NOMINATED, named, count);
	names_add(rows, "withdrawn:", GROUP_WITHDRAWN, named, count);
	count_add(rows, "people", t->people);
	names_add(rows, "people:", GROUP_PEOPLE, named, count);
	count_add(rows, "events", events(t));
	count_add(rows, "activities", t->activities);
	count_add(rows, "participants", t->participants);
}

err
figures_rows(const struct figures *f, const struct period *p,
    const uint8_t *scope, struct figure_row **ret, size_t *ret_count)
{
	const struct figure_name *names = f->names.p;
	struct tally t = { .name = NULL };
	bool *stands = NULL;
	struct rows rows = { NULL, 0 };
	struct named *named = NULL;
	size_t n = f->names.count;
	err rc = ERR_NOMEM;

	t.name = calloc(n + 1, sizeof *t.name);
	t.used = calloc(n + 1, sizeof *t.used);
	named = malloc((n + 1) * sizeof *named);
	rows.row = malloc((n + FIXED_ROWS) * sizeof *rows.row);
	if (t.name == NULL || t.used == NULL || named == NULL ||
	    rows.row == NULL)
		goto out;
	rc = who_stands(f, &stands);
	if (rc != ERR_OK)
		goto out;
	t.stands = stands;
	tally_quota(f, p, scope, &t);
	tally_scope(f, p, scope, &t);
	for (size_t i = 0; i < n; i++)
		named[i] = (struct named){ &names[i], t.name[i], t.used[i] };
	if (n > 1)
		qsort(named, n, sizeof *named, named_compare);
	rows_fill(&rows, named, n, &t);
	*ret = rows.row;
	*ret_count = rows.count;
	rows.row = NULL;
	rc = ERR_OK;
out:
	free(rows.row);
	free(named);
	free(stands);
	free(t.used);
	free(t.name);
	return rc;
}

err
figures_rows_people(const struct figures *f, const struct period *p,
    const uint8_t *scope, enum step step, figures_person_sink sink, void *ctx)
{
	const uint32_t number = scope == NULL ? 0 : scope_number(f, scope);
	const struct figure_scope *scopes = f->scopes.p;
	const struct figure_person *people = f->people.p;
	const struct figure_step *s = f->steps.p;
	bool *stands = NULL;
	err rc = who_stands(f, &stands);

	for (size_t i = 0; rc == ERR_OK && i < f->steps.count; i++)
		if (s[i].step == step && stands[s[i].person] &&
		    (scope == NULL || s[i].scope == number) &&
		    counts(p, s[i].dated, s[i].date))
			rc = sink(ctx, scopes[s[i].scope].id,
			    people[s[i].person].subject);
	free(stands);
	return rc;
}
