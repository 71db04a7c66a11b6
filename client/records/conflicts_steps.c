/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conflicts_steps.c -- a step that stands twice: in one (person, round, step)
 * group, elements of which neither knew of the other, by the same rule as
 * that of the figures.  And steps that could not have been recorded so.
 */
#include "client/records/conflicts_internal.h"

#include <stdlib.h>
#include <string.h>

struct element {
	const struct reg *reg;		/* its `step` register */
	uint64_t round;
	uint8_t step;
};

static struct span
span_of(const struct reg *r)
{
	return (struct span){ r->element, r->element_len };
}

static int
element_compare(const void *a, const void *b)
{
	const struct element *x = a, *y = b;

	if (x->step != y->step)
		return x->step < y->step ? -1 : 1;
	if (x->round != y->round)
		return x->round < y->round ? -1 : 1;
	return memcmp(x->reg->element, y->reg->element,
	    CONFLICT_ELEMENT_STEP);
}

static bool
counts(const struct state *state, const struct reg *r, uint64_t now_ms)
{
	bool voided;

	return r->field == FIELD_STEP &&
	    r->element_len == CONFLICT_ELEMENT_STEP &&
	    field_step_name((enum step)r->element[CONFLICT_ELEMENT]) != NULL &&
	    (state_bool(state, FIELD_VOIDED, span_of(r), now_ms, &voided) !=
	    ERR_OK || !voided);
}

/* The steps that count, sorted by group. */
static err
elements(const struct state *state, uint64_t now_ms, struct element **ret,
    size_t *ret_count)
{
	struct element *all = malloc((state_count(state) + 1) * sizeof *all);
	size_t n = 0;

	if (all == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < state_count(state); i++) {
		const struct reg *r = state_at(state, i);

		if (!counts(state, r, now_ms))
			continue;
		all[n] = (struct element){ r, 0,
			r->element[CONFLICT_ELEMENT] };
		if (state_uint(state, FIELD_ROUND, span_of(r), now_ms,
		    &all[n].round) != ERR_OK)
			all[n].round = 0;
		n++;
	}
	if (n > 1)
		qsort(all, n, sizeof *all, element_compare);
	*ret = all;
	*ret_count = n;
	return ERR_OK;
}

/* Whether some write of e follows from no other write of the group. */
static bool
leads(const struct merge_lines *lines, const struct element *group, size_t n,
    const struct write *w)
{
	for (size_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < group[i].reg->count; k++)
			if (merge_before(lines, &w->stamp,
			    &group[i].reg->writes[k].stamp))
				return false;
	return true;
}

/* How many elements of the group lead; the winner of all of them. */
static size_t
leaders(const struct conflict_growing *g, const struct element *group,
    size_t n, size_t *ret_winner)
{
	const struct write *best = NULL;
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		const struct reg *r = group[i].reg;
		bool leading = false;

		for (uint32_t k = 0; k < r->count; k++) {
			const struct write *w = &r->writes[k];

			if (!leads(g->lines, group, n, w))
				continue;
			leading = true;
			if (best == NULL || merge_rank(&w->stamp,
			    &best->stamp, g->now_ms) > 0) {
				best = w;
				*ret_winner = i;
			}
		}
		count += leading;
	}
	return count;
}

static err
copy_winner(const struct state *state, uint64_t field, struct span element,
    uint64_t now_ms, struct span *ret)
{
	const struct write *w = state_winner(state_find(state, field,
	    element), now_ms);

	return w == NULL || w->unreadable ? ERR_OK :
	    conflicts_copy(w->value, ret);
}

static err
fill_value(const struct state *state, const struct element *e,
    uint64_t now_ms, struct conflict_value *v)
{
	uint64_t detail = e->step == STEP_NOMINATED ? FIELD_ORGANISATION_OF :
	    FIELD_REASON;
	err rc;

	conflicts_stamp(v, state_winner(e->reg, now_ms));
	v->unreadable = false;		/* the step itself is public */
	v->element_len = e->reg->element_len;
	memcpy(v->element, e->reg->element, v->element_len);
	rc = copy_winner(state, FIELD_DATE, span_of(e->reg), now_ms,
	    &v->value);
	if (rc == ERR_OK)
		rc = copy_winner(state, detail, span_of(e->reg), now_ms,
		    &v->detail);
	return rc;
}

static err
add_group(struct conflict_growing *g, enum conflict_what what,
    const struct state *state, const struct element *group, size_t n,
    size_t winner, struct conflict **ret)
{
	struct conflict *c;
	err rc = conflicts_add(g, n, &c);

	if (rc != ERR_OK)
		return rc;
	c->what = what;
	c->field = FIELD_STEP;
	c->step = (enum step)group[0].step;
	c->round = group[0].round;
	for (size_t i = 0; rc == ERR_OK && i < n; i++) {
		rc = fill_value(state, &group[i], g->now_ms, &c->values[i]);
		c->values[i].winner = i == winner;
	}
	*ret = c;
	return rc;
}

static void
finish(struct conflict *c, const uint8_t *scope, const uint8_t *subject,
    const struct state *state)
{
	memcpy(c->scope, scope, SCOPE_LEN);
	memcpy(c->subject, subject, ID_LEN);
	state_version(state, c->version);
	conflicts_name_id(c);
	conflicts_name_values(c);
}

static err
add_doubled(struct conflict_growing *g, const uint8_t *scope,
    const uint8_t *subject, const struct state *state,
    const struct element *all, size_t count)
{
	struct conflict *c = NULL;
	size_t end, winner = 0;
	err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < count; i = end) {
		for (end = i + 1; end < count && all[end].step == all[i].step &&
		    all[end].round == all[i].round;)
			end++;
		if (leaders(g, &all[i], end - i, &winner) < 2)
			continue;
		rc = add_group(g, CONFLICT_DOUBLED, state, &all[i], end - i,
		    winner, &c);
		if (rc == ERR_OK)
			finish(c, scope, subject, state);
	}
	return rc;
}

/* ---- order */

static enum steps_verdict
judge(const struct steps_standing *s, const struct step_record *r)
{
	uint64_t round = r->round;
	const struct steps_wanted w = { .step = r->step, .has_date = true,
		.date = r->date, .organisation = {
		    (const uint8_t *)r->organisation,
		    strlen(r->organisation) } };
	enum steps_verdict v = steps_judge(s, &w, ROLE_COMMUNE, INT64_MAX,
	    &round);

	switch (v) {
	case STEPS_NOT_LISTED:
	case STEPS_AGAIN:
	case STEPS_SKIPPED:
	case STEPS_LEFT:
	case STEPS_BEFORE_PREVIOUS:
		return v;
	case STEPS_FINE:
	case STEPS_FUTURE:
	case STEPS_EARLY_OFFICIAL:
	case STEPS_BEFORE_LISTED:
		/* who recorded it did not know that the round had ended */
		return round > r->round ? STEPS_LEFT : STEPS_FINE;
	case STEPS_UNKNOWN:
	case STEPS_NO_DATE:
	case STEPS_NO_ORGANISATION:
	case STEPS_BAD_ORGANISATION:
	case STEPS_NO_REASON:
	case STEPS_BAD_REASON:
	case STEPS_ROLE:
		break;
	}
	return STEPS_FINE;
}

static err
add_misplaced(struct conflict_growing *g, const uint8_t *scope,
    const uint8_t *subject, const struct state *state,
    const struct element *all, size_t count, const struct step_record *r,
    enum steps_verdict verdict)
{
	struct conflict *c = NULL;
	size_t i = 0;
	err rc;

	while (i < count && memcmp(all[i].reg->element, r->element,
	    CONFLICT_ELEMENT_STEP) != 0)
		i++;
	if (i == count)
		return ERR_OK;
	rc = add_group(g, CONFLICT_ORDER, state, &all[i], 1, 0, &c);
	if (rc != ERR_OK)
		return rc;
	c->verdict = verdict;
	c->element_len = CONFLICT_ELEMENT_STEP;
	memcpy(c->element, r->element, CONFLICT_ELEMENT_STEP);
	finish(c, scope, subject, state);
	return ERR_OK;
}

/* The steps once more, in their order, as if each were recorded now. */
static err
add_order(struct conflict_growing *g, const uint8_t *scope,
    const uint8_t *subject, const struct state *state,
    const struct element *all, size_t count)
{
	struct step_record *records = NULL;
	struct steps_standing standing = { .round = 0 };
	size_t n = 0;
	err rc = steps_of(g->lines, state, &records, &n);

	for (size_t i = 0; rc == ERR_OK && i < n; i++) {
		const struct step_record *r = &records[i];
		const struct steps_wanted w = { .step = r->step,
			.has_date = r->date != INT64_MIN, .date = r->date };

		if (r->again)
			continue;
		enum steps_verdict v = judge(&standing, r);
		if (v != STEPS_FINE)
			rc = add_misplaced(g, scope, subject, state, all,
			    count, r, v);
		steps_advance(&standing, &w, r->round);
	}
	free(records);
	return rc;
}

err
conflicts_steps_add(struct conflict_growing *g, const uint8_t *scope,
    const uint8_t *subject, const struct state *state)
{
	struct element *all = NULL;
	size_t count = 0;
	err rc = elements(state, g->now_ms, &all, &count);

	if (rc == ERR_OK)
		rc = add_doubled(g, scope, subject, state, all, count);
	if (rc == ERR_OK && count > 0)
		rc = add_order(g, scope, subject, state, all, count);
	free(all);
	return rc;
}
