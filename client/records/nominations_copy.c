/* SPDX-License-Identifier: Apache-2.0 */
/* nominations_copy.c -- a linked person's public steps, copied to the lane. */
#include "client/records/nominations_internal.h"

#include <stdlib.h>
#include <string.h>

#include "client/records/author.h"
#include "client/records/commune_key.h"
#include "client/store/clock.h"

struct copying {
	struct store *s;
	const struct nomination *n;
	enum nomination_copy copy;
	const struct state *state;	/* of the person */
	struct step_record *steps;	/* of the person */
	size_t step_count;
	struct step_record *copies;	/* in the lane */
	size_t copy_count;
	struct store_op *ops;
	size_t op_count;
};

static struct span
element_of(const struct step_record *r)
{
	return (struct span){ r->element, r->element_len };
}

/* ---- what is to be written */

/* Whether this device was the last to write that register. */
static err
is_own(const struct copying *g, uint64_t field, struct span element,
    bool *ret)
{
	const struct write *w = state_winner(state_find(g->state, field,
	    element), clock_now_ms());
	err rc = ERR_OK;

	*ret = g->copy == COPY_ALL;
	if (*ret || w == NULL)
		return ERR_OK;
	rc = author_is_own(g->s, w->stamp.log, ret);
	return rc == ERR_ABSENT ? ERR_OK : rc;
}

/* The record of the same round and step that counts. */
static const struct step_record *
same(const struct step_record *records, size_t count,
    const struct step_record *r)
{
	for (size_t i = 0; i < count; i++)
		if (!records[i].again && records[i].step == r->step &&
		    records[i].round == r->round)
			return &records[i];
	return NULL;
}

/* A deputy may not write these, a commune device or secretary will. */
static bool
may(const struct copying *g, enum step step)
{
	return store_role(g->s) != ROLE_DEPUTY ||
	    (step != STEP_ADMITTED && step != STEP_OFFICIAL);
}

static err
add_op(struct copying *g, const struct step_record *r,
    const struct step_record *over, struct store_op **ret)
{
	struct store_op *op = &g->ops[g->op_count];
	struct op_ref ref;

	op->kind = KIND_STEP;
	memcpy(op->subject, g->n->subject, ID_LEN);
	op->fields = field_draft_new();
	if (op->fields == NULL)
		return ERR_NOMEM;
	g->op_count++;
	field_draft_put_uint(op->fields, FIELD_STEP, (uint64_t)r->step);
	if (over != NULL) {
		memcpy(ref.log, over->element, ID_LEN);
		ref.seq = be64_get(over->element + ID_LEN);
		ref.op = over->element[ID_LEN + 8];
		field_draft_put_ref(op->fields, FIELD_CITES, &ref);
	}
	*ret = op;
	return ERR_OK;
}

/* A step that the lane lacks, or has at another date. */
static err
copy_step(struct copying *g, const struct step_record *r)
{
	const struct step_record *copy = same(g->copies, g->copy_count, r);
	struct store_op *op = NULL;
	bool own = false;
	err rc = ERR_OK;

	if (r->again || !may(g, r->step) ||
	    (copy != NULL && copy->date == r->date))
		return ERR_OK;
	rc = is_own(g, FIELD_STEP, element_of(r), &own);
	if (rc == ERR_OK && own)
		rc = add_op(g, r, copy, &op);
	if (rc != ERR_OK || !own)
		return rc;
	if (r->date != INT64_MIN)
		field_draft_put_int(op->fields, FIELD_DATE, r->date);
	if (r->round > 0)
		field_draft_put_uint(op->fields, FIELD_ROUND, r->round);
	return ERR_OK;
}

/* Whether this device voided that step of the person. */
static err
voided_here(const struct copying *g, const struct step_record *copy,
    bool *ret)
{
	uint64_t now_ms = clock_now_ms(), round;
	err rc = ERR_OK;

	*ret = g->copy == COPY_ALL;
	for (size_t i = 0; rc == ERR_OK && !*ret &&
	    i < state_count(g->state); i++) {
		const struct reg *r = state_at(g->state, i);
		struct span element = { r->element, r->element_len };
		if (r->field != FIELD_VOIDED || r->element_len == 0 ||
		    r->element[r->element_len - 1] != (uint8_t)copy->step)
			continue;
		if (state_uint(g->state, FIELD_ROUND, element, now_ms,
		    &round) != ERR_OK)
			round = 0;
		if (round == copy->round)
			rc = is_own(g, FIELD_VOIDED, element, ret);
	}
	return rc;
}

/* A copy of a step that counts no more, or that stands twice. */
static err
void_copy(struct copying *g, const struct step_record *copy)
{
	struct store_op *op = NULL;
	bool here = false;
	err rc = ERR_OK;

	if (copy->again || !may(g, copy->step) ||
	    same(g->steps, g->step_count, copy) != NULL)
		return ERR_OK;
	rc = voided_here(g, copy, &here);
	if (rc == ERR_OK && here)
		rc = add_op(g, copy, copy, &op);
	if (rc == ERR_OK && here)
		field_draft_put_bool(op->fields, FIELD_VOIDED, true);
	return rc;
}

/* ---- one nomination */

static err
load(struct copying *g)
{
	const struct state *lane = NULL;
	err rc = store_state(g->s, g->n->lane, g->n->subject, &lane);

	if (rc == ERR_OK)
		rc = steps_of(store_lines(g->s), lane, &g->copies,
		    &g->copy_count);
	if (rc == ERR_OK)
		rc = store_state(g->s, g->n->cell, g->n->person, &g->state);
	if (rc == ERR_OK)
		rc = steps_of(store_lines(g->s), g->state, &g->steps,
		    &g->step_count);
	if (rc != ERR_OK)
		return rc;
	g->ops = calloc(g->step_count + g->copy_count + 1, sizeof *g->ops);
	return g->ops == NULL ? ERR_NOMEM : ERR_OK;
}

err
nominations_copy_one(struct store *s, const struct nomination *n,
    enum nomination_copy copy, uint64_t *ret_written)
{
	struct copying g = { .s = s, .n = n, .copy = copy };
	err rc = load(&g);

	for (size_t i = 0; rc == ERR_OK && i < g.step_count; i++)
		rc = copy_step(&g, &g.steps[i]);
	for (size_t i = 0; rc == ERR_OK && i < g.copy_count; i++)
		rc = void_copy(&g, &g.copies[i]);
	if (rc == ERR_OK && g.op_count > 0)
		rc = store_write(s, n->lane, g.ops, g.op_count, NULL, 0,
		    NULL);
	if (rc == ERR_OK)
		*ret_written = g.op_count;
	for (size_t i = 0; i < g.op_count; i++)
		field_draft_free(g.ops[i].fields);
	free(g.ops);
	free(g.steps);
	free(g.copies);
	return rc;
}

err
nominations_copy_steps(struct store *s, uint64_t *ret_written)
{
	struct nomination_list *list = NULL;
	enum role role = store_role(s);
	uint64_t sum = 0, one = 0;
	bool single = false;
	err rc;

	if (role == ROLE_COMMUNE || role == ROLE_SECRETARY ||
	    role == ROLE_DEPUTY) {
		rc = nominations_list(s, 1u << NOMINATION_LINKED, &list);
		if (rc != ERR_OK)
			return rc;
	}
	if (list == NULL || list->count == 0) {
		nominations_free(list);
		if (ret_written != NULL)
			*ret_written = 0;
		return ERR_OK;
	}
	rc = commune_key_begin(s, &single);
	for (size_t i = 0; rc == ERR_OK && i < list->count; i++) {
		rc = nominations_copy_one(s, &list->items[i], COPY_OWN, &one);
		if (rc == ERR_OK)
			sum += one;
		else if (rc == ERR_ABSENT || rc == ERR_KEY)
			rc = ERR_OK;	/* the person is not read here yet */
	}
	nominations_free(list);
	if (rc == ERR_OK || single)
		rc = commune_key_end(s, single, rc);
	if (rc == ERR_OK && ret_written != NULL)
		*ret_written = sum;
	return rc;
}
