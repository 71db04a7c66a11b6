/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/tasks_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/records/conflicts.h"
#include "client/records/quota_view.h"
#include "client/records/reminders.h"
#include "client/records/review.h"
#include "client/store/clock.h"
#include "protocol/date.h"
#include "protocol/utf8.h"

enum { SHORT_ID = 8 };			/* hex digits on a command line */

/* ---- the list */

void
tasks_free(struct task_list *list)
{
	if (list == NULL)
		return;
	if (list->items != NULL)
		crypto_wipe(list->items, list->count * sizeof *list->items);
	free(list->items);
	free(list);
}

size_t
tasks_count(const struct task_list *list, enum task_urgency urgency)
{
	size_t n = 0;

	for (size_t i = 0; i < list->count; i++)
		n += list->items[i].urgency == urgency;
	return n;
}

err
tasks_internal_put(struct tasks_looking *l, const struct task *t)
{
	struct task_list *list = l->list;

	if (list->count == l->cap) {
		size_t cap = l->cap == 0 ? 32 : 2 * l->cap;
		struct task *more = calloc(cap, sizeof *more);
		if (more == NULL)
			return ERR_NOMEM;
		if (list->count > 0) {
			memcpy(more, list->items,
			    list->count * sizeof *more);
			crypto_wipe(list->items,
			    list->count * sizeof *more);
		}
		free(list->items);
		list->items = more;
		l->cap = cap;
	}
	list->items[list->count++] = *t;
	return ERR_OK;
}

const struct commune_cell *
tasks_internal_cell(const struct tasks_looking *l, const uint8_t *scope)
{
	for (size_t i = 0; i < l->cell_count; i++)
		if (memcmp(l->cells[i].scope, scope, SCOPE_LEN) == 0)
			return &l->cells[i];
	return NULL;
}

void
tasks_internal_put_cell(struct task *t, const struct commune_cell *cell)
{
	memcpy(t->scope, cell->scope, SCOPE_LEN);
	memcpy(t->code, cell->code, sizeof t->code);
}

/* ---- whose turn it is, and the command */

static void
short_id(const uint8_t *subject, char ret[static SHORT_ID + 1])
{
	hex_encode(subject, SHORT_ID / 2, ret);
}

/* Who can end what a cell is to do. */
static enum task_by
by_of(const struct tasks_looking *l, const struct task *t)
{
	bool office = l->role == ROLE_COMMUNE;
	bool alone = t->next == STEP_ADMITTED || t->next == STEP_OFFICIAL;

	if (t->rule == TASK_REMINDER)
		office = false;
	if (office || l->role == ROLE_SECRETARY)
		return TASK_BY_THIS;
	if (alone)
		return TASK_BY_SECRETARY;
	return l->role == ROLE_DEPUTY ? TASK_BY_THIS : TASK_BY_CELL;
}

/* The commune and the commissioner may remind the cell; about: a person. */
void
tasks_internal_remind(const struct tasks_looking *l, struct task *t,
    const uint8_t *about)
{
	char id[SHORT_ID + 1];

	if (t->by == TASK_BY_THIS || t->code[0] == '\0' ||
	    t->rule == TASK_REMINDER ||
	    (l->role != ROLE_COMMUNE && l->role != ROLE_COMMISSIONER))
		return;
	if (about == NULL) {
		(void)snprintf(t->remind, sizeof t->remind,
		    "nguon remind %s \"…\"", t->code);
		return;
	}
	short_id(about, id);
	(void)snprintf(t->remind, sizeof t->remind,
	    "nguon remind %s \"…\" --about %s", t->code, id);
}

/* ---- people */

static err
add_person(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state)
{
	struct tasks_looking *l = ctx;
	const struct commune_cell *cell = tasks_internal_cell(l, scope);
	struct step_record *records = NULL;
	struct task t = { .by = TASK_BY_THIS };
	struct span name = { NULL, 0 };
	char id[SHORT_ID + 1];
	size_t count = 0;
	bool found;
	err rc = places_add(l->places, scope, subject, state);

	if (rc != ERR_OK || cell == NULL || !places_is_person(state))
		return rc;
	rc = steps_of(store_lines(l->s), state, &records, &count);
	if (rc != ERR_OK)
		return rc;
	found = tasks_rules_person(records, count, &l->day, &t);
	free(records);
	if (!found)
		return ERR_OK;
	tasks_internal_put_cell(&t, cell);
	t.has_subject = true;
	memcpy(t.subject, subject, ID_LEN);
	if (state_text(state, FIELD_FULL_NAME, (struct span){ NULL, 0 },
	    l->now_ms, &name) == ERR_OK)
		utf8_copy(t.who, sizeof t.who, name);
	short_id(subject, id);
	(void)snprintf(t.command, sizeof t.command, "nguon person step %s %s",
	    id, field_step_name(t.next));
	t.by = by_of(l, &t);
	tasks_internal_remind(l, &t, subject);
	return tasks_internal_put(l, &t);
}

/* Takes out those who were moved or merged. */
static void
leave_moved_out(struct tasks_looking *l)
{
	struct task_list *list = l->list;
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (places_counts(l->places, list->items[i].scope,
		    list->items[i].subject))
			list->items[kept++] = list->items[i];
	list->count = kept;
}

static err
add_people(struct tasks_looking *l)
{
	err rc;

	l->places = places_new(l->now_ms);
	if (l->places == NULL)
		return ERR_NOMEM;
	rc = store_each(l->s, NULL, 0, add_person, l);
	leave_moved_out(l);
	return rc;
}

/* ---- the yearly review */

static void
count_review(const struct review *r, int year, uint64_t *ret_seen,
    uint64_t *ret_of)
{
	int64_t end = INT64_MAX;

	/* a year out of range has no end */
	(void)!date_from_civil(year, 12, 31, &end);
	*ret_seen = *ret_of = 0;
	for (size_t i = 0; i < r->count; i++) {
		const struct review_row *row = &r->rows[i];
		bool seen = row->now.outcome != REVIEW_OPEN;

		/* who was listed later was not to be seen then */
		if (!seen && row->person.standing.has_listed &&
		    row->person.standing.listed > end)
			continue;
		*ret_seen += seen;
		(*ret_of)++;
	}
}

static err
add_review(struct tasks_looking *l, const struct commune_cell *cell, int year)
{
	struct review r = { .year = 0 };
	struct task t = { .by = TASK_BY_THIS };
	uint64_t seen, of;
	err rc = review_read(l->s, cell->scope, (uint64_t)year, &r);

	if (rc != ERR_OK)
		return rc == ERR_VALUE ? ERR_OK : rc;
	count_review(&r, year, &seen, &of);
	review_free(&r);
	if (!tasks_rules_review(year, seen, of, &l->day, &t))
		return ERR_OK;
	tasks_internal_put_cell(&t, cell);
	if (year == l->year)
		(void)snprintf(t.command, sizeof t.command,
		    "nguon review --cell %s", cell->code);
	else
		(void)snprintf(t.command, sizeof t.command,
		    "nguon review --cell %s --year %d", cell->code, year);
	t.by = by_of(l, &t);
	tasks_internal_remind(l, &t, NULL);
	return tasks_internal_put(l, &t);
}

static err
add_reviews(struct tasks_looking *l)
{
	err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < l->cell_count; i++) {
		rc = add_review(l, &l->cells[i], l->year - 1);
		if (rc == ERR_OK)
			rc = add_review(l, &l->cells[i], l->year);
	}
	return rc;
}

/* ---- quotas */

static err
add_quota(struct tasks_looking *l, const struct quota_row *row)
{
	const struct commune_cell *cell = tasks_internal_cell(l, row->scope);
	struct task t = { .by = TASK_BY_THIS };
	enum step from = row->in_trial > 0 ? STEP_TRIAL_STARTED :
	    row->in_class > 0 ? STEP_CLASS_COMPLETED : STEP_NOMINATED;

	if (cell == NULL || !tasks_rules_quota(l->year, row->quota,
	    row->forecast, &l->day, &t))
		return ERR_OK;
	tasks_internal_put_cell(&t, cell);
	(void)snprintf(t.command, sizeof t.command,
	    "nguon person list --cell %s --step %s", cell->code,
	    field_step_name(from));
	t.by = by_of(l, &t);
	tasks_internal_remind(l, &t, NULL);
	return tasks_internal_put(l, &t);
}

static err
add_quotas(struct tasks_looking *l)
{
	struct quota_view *v = NULL;
	err rc = quota_view_make(l->s, l->year, l->only, &v);

	/* another program is needed for figures, not for the other tasks */
	if (rc == ERR_VERSION || rc == ERR_VALUE)
		return ERR_OK;
	for (size_t i = 0; rc == ERR_OK && i < v->count; i++)
		rc = add_quota(l, &v->rows[i]);
	quota_view_free(v);
	return rc;
}

/* ---- reminders and conflicts */

static err
add_reminder(struct tasks_looking *l, const struct reminder *r)
{
	const struct commune_cell *cell = tasks_internal_cell(l, r->scope);
	struct task t = { .by = TASK_BY_THIS };
	char id[SHORT_ID + 1];

	if (cell == NULL || !tasks_rules_reminder(r->has_due ? &r->due : NULL,
	    (int64_t)(r->time_ms / DAY_MS), &l->day, &t))
		return ERR_OK;
	tasks_internal_put_cell(&t, cell);
	t.has_subject = true;
	memcpy(t.subject, r->subject, ID_LEN);
	memcpy(t.who, r->about_name, sizeof t.who);
	utf8_copy(t.text, sizeof t.text,
	    (struct span){ (const uint8_t *)r->text, strlen(r->text) });
	short_id(r->subject, id);
	(void)snprintf(t.command, sizeof t.command, "nguon reminder done %s",
	    id);
	t.by = by_of(l, &t);
	return tasks_internal_put(l, &t);
}

static err
add_reminders(struct tasks_looking *l)
{
	struct reminder_list *list = NULL;
	err rc = reminders_list(l->s, l->only, 1u << REMINDER_OPEN |
	    1u << REMINDER_SEEN, &list);

	for (size_t i = 0; rc == ERR_OK && i < list->count; i++)
		rc = add_reminder(l, &list->items[i]);
	reminders_free(list);
	return rc;
}

/* The cell that a conflict is about: that of the lane, in a lane. */
static const struct commune_cell *
cell_of(const struct tasks_looking *l, const uint8_t *scope,
    const struct commune_lane *lanes, size_t lane_count)
{
	for (size_t i = 0; i < lane_count; i++)
		if (memcmp(lanes[i].scope, scope, SCOPE_LEN) == 0)
			return tasks_internal_cell(l, lanes[i].cell);
	return tasks_internal_cell(l, scope);
}

static err
put_conflicts(struct tasks_looking *l, uint64_t count,
    const struct commune_cell *cell)
{
	struct task t = { .by = TASK_BY_THIS };

	if (!tasks_rules_conflicts(count, &t))
		return ERR_OK;
	if (cell != NULL)
		tasks_internal_put_cell(&t, cell);
	(void)snprintf(t.command, sizeof t.command, "nguon conflicts");
	t.by = by_of(l, &t);
	tasks_internal_remind(l, &t, NULL);
	return tasks_internal_put(l, &t);
}

/* One for each cell, and at the office one for what is of no cell. */
static err
count_conflicts(struct tasks_looking *l, const struct conflict_list *list)
{
	struct commune_lane *lanes = NULL;
	size_t lane_count = 0;
	uint64_t none = 0;
	err rc = commune_lane_all(l->s, NULL, &lanes, &lane_count);

	for (size_t k = 0; rc == ERR_OK && k < l->cell_count; k++) {
		uint64_t count = 0;

		for (size_t i = 0; i < list->count; i++)
			count += cell_of(l, list->items[i].scope, lanes,
			    lane_count) == &l->cells[k];
		rc = put_conflicts(l, count, &l->cells[k]);
	}
	for (size_t i = 0; rc == ERR_OK && i < list->count; i++)
		none += cell_of(l, list->items[i].scope, lanes, lane_count) ==
		    NULL;
	if (rc == ERR_OK && l->only == NULL && l->role == ROLE_COMMUNE)
		rc = put_conflicts(l, none, NULL);
	free(lanes);
	return rc;
}

static err
add_conflicts(struct tasks_looking *l)
{
	struct conflict_list *list = NULL;
	err rc = conflicts_list(l->s, &list);

	if (rc == ERR_OK)
		rc = count_conflicts(l, list);
	conflicts_free(list);
	return rc;
}

/* ---- all of it */

static int
compare(const void *pa, const void *pb)
{
	const struct task *a = pa, *b = pb;
	int c;

	if (a->urgency != b->urgency)
		return a->urgency < b->urgency ? -1 : 1;
	if (a->has_due != b->has_due)
		return a->has_due ? -1 : 1;
	if (a->has_due && a->due != b->due)
		return a->due < b->due ? -1 : 1;
	c = strcmp(a->code, b->code);
	if (c == 0)
		c = (a->rule > b->rule) - (a->rule < b->rule);
	if (c == 0)
		c = strcmp(a->who, b->who);
	return c != 0 ? c : memcmp(a->subject, b->subject, ID_LEN);
}

static err
find_cells(struct tasks_looking *l)
{
	struct commune_cell *all = NULL;
	size_t count = 0, kept = 0;
	err rc = commune_cell_all(l->s, &all, &count);

	if (rc != ERR_OK)
		return rc;
	for (size_t i = 0; i < count; i++)
		if (store_covers(l->s, all[i].scope) && (l->only == NULL ||
		    memcmp(l->only, all[i].scope, SCOPE_LEN) == 0))
			all[kept++] = all[i];
	l->cells = all;
	l->cell_count = kept;
	return ERR_OK;
}

static err
add_all(struct tasks_looking *l)
{
	err rc = find_cells(l);

	if (rc == ERR_OK && l->cell_count > 0) {
		rc = add_people(l);
		if (rc == ERR_OK)
			rc = add_reviews(l);
		if (rc == ERR_OK)
			rc = add_quotas(l);
		if (rc == ERR_OK)
			rc = add_reminders(l);
	}
	if (rc == ERR_OK && l->role != ROLE_ORGANISATION)
		rc = add_conflicts(l);
	if (rc == ERR_OK)
		rc = tasks_devices_silent(l);
	if (rc == ERR_OK && l->only == NULL)
		rc = tasks_devices_own(l);
	return rc;
}

err
tasks_list(struct store *s, const uint8_t *scope, struct task_list **ret)
{
	struct tasks_looking l = { .s = s, .role = store_role(s), .only = scope,
		.now_ms = clock_now_ms() };
	int month, day;
	err rc = store_unlocked(s) ? settings_read(s, &l.settings) : ERR_PASS;

	if (rc != ERR_OK)
		return rc;
	l.day = (struct task_day){ steps_today(), &l.settings };
	date_to_civil(l.day.today, &l.year, &month, &day);
	l.list = calloc(1, sizeof *l.list);
	if (l.list == NULL)
		return ERR_NOMEM;
	l.list->today = l.day.today;
	rc = add_all(&l);
	places_free(l.places);
	free(l.cells);
	if (rc != ERR_OK) {
		tasks_free(l.list);
		return rc;
	}
	if (l.list->count > 1)
		qsort(l.list->items, l.list->count, sizeof *l.list->items,
		    compare);
	*ret = l.list;
	return ERR_OK;
}
