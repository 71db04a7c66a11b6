/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/figures.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/figures_internal.h"
#include "protocol/utf8.h"

enum {
	ELEMENT_PLAIN = ID_LEN + 8 + 1,	/* bytes: log, seq, op */
	ELEMENT_STEP = ELEMENT_PLAIN + 1,
};

struct figures *
figures_new(uint64_t now_ms)
{
	struct figures *f = calloc(1, sizeof *f);

	if (f == NULL)
		return NULL;
	f->now_ms = now_ms;
	f->places = places_new(now_ms);
	if (f->places == NULL) {
		free(f);
		return NULL;
	}
	return f;
}

void
figures_free(struct figures *f)
{
	if (f == NULL)
		return;
	free(f->scopes.p);
	free(f->names.p);
	free(f->steps.p);
	free(f->activities.p);
	free(f->people.p);
	free(f->quotas.p);
	places_free(f->places);
	free(f->cells.p);
	free(f->candidates.p);
	free(f->leaders.p);
	free(f->ids.p);
	free(f);
}

void
figures_lines(struct figures *f, const struct merge_lines *lines)
{
	f->lines = lines;
}

/* A zeroed item of `size` bytes at the end; NULL: no memory. */
static void *
list_add(struct figure_list *list, size_t size)
{
	size_t capacity = list->capacity;
	void *grown, *item;

	if (list->count == capacity) {
		capacity = capacity == 0 ? 16 : 2 * capacity;
		grown = realloc(list->p, capacity * size);
		if (grown == NULL)
			return NULL;
		list->p = grown;
		list->capacity = capacity;
	}
	item = (uint8_t *)list->p + list->count++ * size;
	memset(item, 0, size);
	return item;
}

/* Room for count items of `size` bytes, which hold nothing yet; NULL: no
 * memory. */
static void *
list_room(struct figure_list *list, size_t count, size_t size)
{
	void *fresh;

	if (count <= list->capacity && list->p != NULL)
		return list->p;
	count += count / 2 + 16;
	fresh = malloc(count * size);
	if (fresh == NULL)
		return NULL;
	free(list->p);
	list->p = fresh;
	list->capacity = count;
	return fresh;
}

static err
scope_number(struct figures *f, const uint8_t id[static SCOPE_LEN],
    uint32_t *ret)
{
	struct figure_scope *scopes = f->scopes.p, *added;

	/* subjects of a scope often come one after another */
	for (size_t i = f->scopes.count; i-- > 0;)
		if (memcmp(scopes[i].id, id, SCOPE_LEN) == 0) {
			*ret = (uint32_t)i;
			return ERR_OK;
		}
	added = list_add(&f->scopes, sizeof *added);
	if (added == NULL)
		return ERR_NOMEM;
	memcpy(added->id, id, SCOPE_LEN);
	*ret = (uint32_t)(f->scopes.count - 1);
	return ERR_OK;
}

static err
name_number(struct figures *f, const struct figure_name *name, uint32_t *ret)
{
	struct figure_name *names = f->names.p, *added;

	for (size_t i = 0; i < f->names.count; i++)
		if (names[i].group == name->group &&
		    names[i].unknown == name->unknown &&
		    strcmp(names[i].text, name->text) == 0) {
			*ret = (uint32_t)i;
			return ERR_OK;
		}
	added = list_add(&f->names, sizeof *added);
	if (added == NULL)
		return ERR_NOMEM;
	*added = *name;
	*ret = (uint32_t)(f->names.count - 1);
	return ERR_OK;
}

/* The name that a facts field gives: none where it was never written,
 * unknown where it was and cannot be read. */
static err
fact_name(struct figures *f, enum figure_group group, const struct state *s,
    uint64_t field, struct span element, uint32_t *ret)
{
	struct figure_name name = { .group = group };
	struct span text;

	if (state_find(s, field, element) == NULL) {
		*ret = FIGURE_NO_NAME;
		return ERR_OK;
	}
	name.unknown = state_text(s, field, element, f->now_ms, &text) !=
	    ERR_OK;
	utf8_copy(name.text, sizeof name.text, name.unknown
	    ? (struct span){ (const uint8_t *)"unknown", 7 } : text);
	return name_number(f, &name, ret);
}

static struct span
element_of(const struct reg *r)
{
	return (struct span){ r->element, r->element_len };
}

static bool
is_voided(const struct figures *f, const struct state *s, struct span element)
{
	bool voided;

	return state_bool(s, FIELD_VOIDED, element, f->now_ms, &voided) ==
	    ERR_OK && voided;
}

/* ---- scope root: cells and quotas */

static err
add_cell(struct figures *f, const uint8_t subject[static ID_LEN],
    const struct state *s)
{
	const struct span none = { NULL, 0 };
	struct figure_cell cell = { { 0 }, "", "", 0 }, *cells;
	struct span text;
	size_t i;

	memcpy(cell.scope, subject, SCOPE_LEN);
	if (state_text(s, FIELD_CODE, none, f->now_ms, &text) == ERR_OK)
		utf8_copy(cell.code, sizeof cell.code, text);
	if (state_text(s, FIELD_NAME, none, f->now_ms, &text) == ERR_OK)
		utf8_copy(cell.name, sizeof cell.name, text);
	if (state_uint(s, FIELD_MEMBERS, none, f->now_ms, &cell.members) !=
	    ERR_OK)
		cell.members = 0;
	if (list_add(&f->cells, sizeof cell) == NULL)
		return ERR_NOMEM;
	cells = f->cells.p;
	for (i = f->cells.count - 1; i > 0; i--) {
		int c = strcmp(cells[i - 1].code, cell.code);

		if (c < 0 || (c == 0 && memcmp(cells[i - 1].scope, cell.scope,
		    SCOPE_LEN) <= 0))
			break;
		cells[i] = cells[i - 1];
	}
	cells[i] = cell;
	return ERR_OK;
}

static err
add_quota(struct figures *f, const struct state *s)
{
	const struct span none = { NULL, 0 };
	struct figure_quota quota, *added;
	const struct write *cell;
	struct codec_reader r;
	const uint8_t *scope;

	cell = state_winner(state_find(s, FIELD_CELL, none), f->now_ms);
	if (cell == NULL || cell->unreadable)
		return ERR_OK;
	r = codec_reader(cell->value);
	if (codec_read_fixed(&r, SCOPE_LEN, &scope) != ERR_OK ||
	    state_uint(s, FIELD_YEAR, none, f->now_ms, &quota.year) !=
	    ERR_OK ||
	    state_uint(s, FIELD_NUMBER, none, f->now_ms, &quota.number) !=
	    ERR_OK)
		return ERR_OK;
	memcpy(quota.cell, scope, SCOPE_LEN);
	added = list_add(&f->quotas, sizeof quota);
	if (added == NULL)
		return ERR_NOMEM;
	*added = quota;
	return ERR_OK;
}

/* The commune's settings are the subject of zeros. */
static void
read_rules(struct figures *f, const uint8_t subject[static ID_LEN],
    const struct state *s)
{
	static const uint8_t zeros[ID_LEN];

	if (memcmp(subject, zeros, ID_LEN) != 0)
		return;
	if (state_uint(s, FIELD_RULES, (struct span){ NULL, 0 }, f->now_ms,
	    &f->rules) != ERR_OK)
		f->rules = 0;
}

uint64_t
figures_rules(const struct figures *f)
{
	return f->rules == 0 ? 1 : f->rules;
}

/* ---- steps: once per (round, step) of a person */

struct candidate {
	const struct reg *reg;		/* its `step` register */
	uint64_t round;
	uint8_t step;
};

/* A write to the group that no other of the group happened after. */
struct leader {
	const struct candidate *candidate;
	const struct stamp *stamp;
};

static int
candidate_compare(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->step != y->step)
		return x->step < y->step ? -1 : 1;
	if (x->round != y->round)
		return x->round < y->round ? -1 : 1;
	return memcmp(x->reg->element, y->reg->element, ELEMENT_STEP);
}

static bool
is_step(const struct reg *r)
{
	return r->field == FIELD_STEP && r->element_len == ELEMENT_STEP &&
	    field_step_name((enum step)r->element[ELEMENT_PLAIN]) != NULL;
}

/* The steps of s that count, sorted by group, in f->candidates.  f->leaders
 * has room for all writes to them. */
static err
candidates(struct figures *f, const struct state *s, size_t *ret_count)
{
	struct candidate *all;
	size_t n = 0, writes = 0;

	for (size_t i = 0; i < state_count(s); i++)
		if (is_step(state_at(s, i))) {
			n++;
			writes += state_at(s, i)->count;
		}
	all = list_room(&f->candidates, n, sizeof *all);
	if (all == NULL ||
	    list_room(&f->leaders, writes, sizeof(struct leader)) == NULL)
		return ERR_NOMEM;
	n = 0;
	for (size_t i = 0; i < state_count(s); i++) {
		const struct reg *r = state_at(s, i);
		struct candidate c = { r, 0, r->element[ELEMENT_PLAIN] };

		if (!is_step(r) || is_voided(f, s, element_of(r)))
			continue;
		if (state_uint(s, FIELD_ROUND, element_of(r), f->now_ms,
		    &c.round) != ERR_OK)
			c.round = 0;
		all[n++] = c;
	}
	if (n > 1)
		qsort(all, n, sizeof *all, candidate_compare);
	*ret_count = n;
	return ERR_OK;
}

/* Takes one write into the leaders: an antichain, so at most one a log. */
static size_t
lead(const struct figures *f, struct leader *leaders, size_t count,
    const struct leader *w)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (merge_before(f->lines, w->stamp, leaders[i].stamp))
			return count;
	for (size_t i = 0; i < count; i++)
		if (!merge_before(f->lines, leaders[i].stamp, w->stamp))
			leaders[kept++] = leaders[i];
	leaders[kept++] = *w;
	return kept;
}

/* The winner of one group; counts it as unsettled if two lead. */
static const struct candidate *
group_winner(struct figures *f, const struct candidate *group, size_t n)
{
	struct leader *leaders = f->leaders.p;
	const struct leader *best = NULL;
	size_t count = 0;
	bool twice = false;

	for (size_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < group[i].reg->count; k++) {
			const struct leader w = { &group[i],
				&group[i].reg->writes[k].stamp };

			count = lead(f, leaders, count, &w);
		}
	for (size_t i = 0; i < count; i++) {
		if (leaders[i].candidate != leaders[0].candidate)
			twice = true;
		if (best == NULL ||
		    merge_rank(leaders[i].stamp, best->stamp, f->now_ms) > 0)
			best = &leaders[i];
	}
	f->unsettled += twice;
	return best == NULL ? group : best->candidate;
}

static err
add_step(struct figures *f, uint32_t scope, const struct state *s,
    const struct candidate *c)
{
	/* the person was added just before */
	struct figure_step step = { 0, (uint32_t)(f->people.count - 1), scope,
		FIGURE_NO_NAME, c->step, false };
	struct figure_step *added;
	struct span element = element_of(c->reg);
	err rc = ERR_OK;

	step.dated = state_int(s, FIELD_DATE, element, f->now_ms,
	    &step.date) == ERR_OK;
	if (c->step == STEP_NOMINATED)
		rc = fact_name(f, GROUP_NOMINATED, s, FIELD_ORGANISATION_OF,
		    element, &step.name);
	else if (c->step == STEP_WITHDRAWN)
		rc = fact_name(f, GROUP_WITHDRAWN, s, FIELD_REASON, element,
		    &step.name);
	if (rc != ERR_OK)
		return rc;
	added = list_add(&f->steps, sizeof step);
	if (added == NULL)
		return ERR_NOMEM;
	*added = step;
	return ERR_OK;
}

static err
add_steps(struct figures *f, uint32_t scope, const struct state *s)
{
	const struct candidate *all;
	size_t count, end;
	err rc = candidates(f, s, &count);

	if (rc != ERR_OK)
		return rc;
	all = f->candidates.p;
	for (size_t i = 0; i < count && rc == ERR_OK; i = end) {
		for (end = i + 1; end < count; end++)
			if (all[end].step != all[i].step ||
			    all[end].round != all[i].round)
				break;
		rc = add_step(f, scope, s, group_winner(f, &all[i], end - i));
	}
	return rc;
}

/* ---- cell scopes: people and activities */

static err
add_person(struct figures *f, uint32_t scope,
    const uint8_t subject[static ID_LEN], const struct state *s)
{
	struct figure_person person = { scope, FIGURE_NO_NAME, { 0 } };
	struct figure_person *added;
	err rc = fact_name(f, GROUP_PEOPLE, s, FIELD_RESIDENCE,
	    (struct span){ NULL, 0 }, &person.name);

	if (rc != ERR_OK)
		return rc;
	memcpy(person.subject, subject, ID_LEN);
	added = list_add(&f->people, sizeof person);
	if (added == NULL)
		return ERR_NOMEM;
	*added = person;
	return add_steps(f, scope, s);
}

/* What an activity is known by. */
struct activity_id {
	uint8_t element[ELEMENT_PLAIN];
};

static int
activity_compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct activity_id));
}

/* Every element that an activity can have, once, sorted, in f->ids. */
static err
activity_ids(struct figures *f, const struct state *s, size_t *ret_count)
{
	struct activity_id *all = list_room(&f->ids, state_count(s),
	    sizeof *all);
	size_t n = 0, kept = 0;

	if (all == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < state_count(s); i++)
		if (state_at(s, i)->element_len == ELEMENT_PLAIN)
			memcpy(all[n++].element, state_at(s, i)->element,
			    ELEMENT_PLAIN);
	if (n > 1)
		qsort(all, n, sizeof *all, activity_compare);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || activity_compare(&all[kept - 1], &all[i]) != 0)
			all[kept++] = all[i];
	*ret_count = kept;
	return ERR_OK;
}

static err
add_activities(struct figures *f, uint32_t scope, const struct state *s)
{
	const struct activity_id *all;
	size_t count = 0;
	err rc = activity_ids(f, s, &count);

	all = f->ids.p;
	for (size_t i = 0; rc == ERR_OK && i < count; i++) {
		struct span element = { all[i].element, ELEMENT_PLAIN };
		struct figure_activity a = { 0, 0, scope, false }, *added;

		if (is_voided(f, s, element))
			continue;
		a.dated = state_int(s, FIELD_DATE, element, f->now_ms,
		    &a.date) == ERR_OK;
		if (state_uint(s, FIELD_PARTICIPANTS, element, f->now_ms,
		    &a.participants) != ERR_OK)
			a.participants = 0;
		added = list_add(&f->activities, sizeof a);
		if (added == NULL)
			rc = ERR_NOMEM;
		else
			*added = a;
	}
	return rc;
}

static void
count_unsettled(struct figures *f, const struct state *s)
{
	for (size_t i = 0; i < state_count(s); i++) {
		const struct reg *r = state_at(s, i);

		if (r->section != SECTION_SEALED && r->field >= FIELD_CELL &&
		    r->field != FIELD_TARGET && state_conflict(r))
			f->unsettled++;
	}
}

err
figures_add(struct figures *f, const uint8_t scope[static SCOPE_LEN],
    const uint8_t subject[static ID_LEN], const struct state *s)
{
	enum scope_kind kind = chain_scope_kind(scope);
	uint32_t number;
	err rc = ERR_OK;

	count_unsettled(f, s);
	if (kind == SCOPE_ROOT && state_has_kind(s, KIND_CELL))
		rc = add_cell(f, subject, s);
	if (rc == ERR_OK && kind == SCOPE_ROOT &&
	    state_has_kind(s, KIND_QUOTA))
		rc = add_quota(f, s);
	if (kind == SCOPE_ROOT)
		read_rules(f, subject, s);
	if (rc == ERR_OK)
		rc = places_add(f->places, scope, subject, s);
	if (rc != ERR_OK || kind != SCOPE_CELL)
		return rc;
	rc = scope_number(f, scope, &number);
	if (rc == ERR_OK && places_is_person(s))
		rc = add_person(f, number, subject, s);
	if (rc == ERR_OK && state_has_kind(s, KIND_ACTIVITY))
		rc = add_activities(f, number, s);
	return rc;
}

size_t
figures_cell_count(const struct figures *f)
{
	return f->cells.count;
}

const struct figure_cell *
figures_cell(const struct figures *f, size_t i)
{
	return (const struct figure_cell *)f->cells.p + i;
}

uint64_t
figures_unsettled(const struct figures *f)
{
	return f->unsettled;
}

const char *
figures_find(const struct figure_row *rows, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].value;
	return NULL;
}
