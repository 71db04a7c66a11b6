/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conflicts_late.c -- what was written to the record of somebody after that
 * person was moved to another cell or merged into another record, by who did
 * not know of it.  It does not count, and is not lost.
 */
#include "client/records/conflicts_internal.h"

#include <stdlib.h>
#include <string.h>

static const struct span whole = { NULL, 0 };

/* ---- finding */

/* Whether the mark of the move or merge came after that write. */
static bool
is_known(const struct merge_lines *lines, const struct reg *marks,
    const struct stamp *stamp)
{
	for (uint32_t i = 0; marks != NULL && i < marks->count; i++) {
		const struct stamp *mark = &marks->writes[i].stamp;

		if (merge_before(lines, stamp, mark) ||
		    (stamp->seq == mark->seq && stamp->op == mark->op &&
		    memcmp(stamp->log, mark->log, ID_LEN) == 0))
			return true;
	}
	return false;
}

/* Of a step its date stands for all that one op wrote. */
static bool
is_shown(const struct state *state, const struct reg *r)
{
	const struct span element = { r->element, r->element_len };

	if (r->field < FIELD_CELL || r->field == FIELD_WHY ||
	    r->field == FIELD_TARGET || r->field == FIELD_STEP ||
	    r->field == FIELD_ROUND ||
	    (r->element_len == 0 && r->field == FIELD_DATE))
		return false;
	return r->element_len != CONFLICT_ELEMENT_STEP ||
	    r->field == FIELD_DATE || r->field == FIELD_VOIDED ||
	    state_find(state, FIELD_DATE, element) == NULL;
}

static bool
is_late(const struct conflict_growing *g, const struct state *state,
    const struct reg *r)
{
	const struct reg *marks = state_find(state, FIELD_DATE, whole);

	return is_shown(state, r) && !is_known(g->lines, marks,
	    &state_winner(r, g->now_ms)->stamp);
}

err
conflicts_late_add(struct conflict_growing *g, const uint8_t *scope,
    const uint8_t *subject, const struct state *state)
{
	struct conflict *c;
	size_t count = 0, n = 0;
	err rc;

	for (size_t i = 0; i < state_count(state); i++)
		count += is_late(g, state, state_at(state, i));
	if (count == 0)
		return ERR_OK;
	rc = conflicts_add(g, count, &c);
	if (rc != ERR_OK)
		return rc;
	c->what = CONFLICT_LATE;
	memcpy(c->scope, scope, SCOPE_LEN);
	memcpy(c->subject, subject, ID_LEN);
	for (size_t i = 0; rc == ERR_OK && i < state_count(state); i++) {
		const struct reg *r = state_at(state, i);
		struct conflict_value *v = &c->values[n];

		if (!is_late(g, state, r))
			continue;
		conflicts_stamp(v, state_winner(r, g->now_ms));
		v->field = r->field;
		v->element_len = r->element_len;
		memcpy(v->element, r->element, r->element_len);
		rc = conflicts_copy(state_winner(r, g->now_ms)->value,
		    &v->value);
		n++;
	}
	state_version(state, c->version);
	conflicts_name_id(c);
	conflicts_name_values(c);
	return rc;
}

/* ---- settling */

static err
op_new(uint64_t kind, const uint8_t *subject, struct store_op *ret)
{
	*ret = (struct store_op){ .kind = kind, .fields = field_draft_new(),
		.facts = field_draft_new(), .sealed = field_draft_new() };
	memcpy(ret->subject, subject, ID_LEN);
	return ret->fields == NULL || ret->facts == NULL ||
	    ret->sealed == NULL ? ERR_NOMEM : ERR_OK;
}

static void
op_free(struct store_op *op)
{
	field_draft_free(op->fields);
	field_draft_free(op->facts);
	field_draft_free(op->sealed);
}

static void
put(struct store_op *op, const struct reg *r, const struct write *w)
{
	struct field_draft *d = r->section == SECTION_SEALED ? op->sealed :
	    r->section == SECTION_FACTS ? op->facts : op->fields;

	if (w != NULL && !w->unreadable && r->field > FIELD_CREATES)
		field_draft_put_raw(d, r->field, w->value);
}

/* The value, or the step that it belongs to, as a new write where the person
 * counts. */
static err
carry(struct store *s, const struct state *state,
    const struct conflict_value *v, const struct places_went *went,
    uint64_t now_ms)
{
	const struct span element = { v->element, v->element_len };
	const bool step = v->element_len == CONFLICT_ELEMENT_STEP;
	struct store_op op;
	err rc;

	if (v->unreadable)
		return ERR_KEY;
	if (v->field == FIELD_VOIDED || (!step && v->element_len > 0))
		return ERR_UNABLE;
	rc = op_new(step ? KIND_STEP : KIND_PERSON, went->subject, &op);
	for (size_t i = 0; rc == ERR_OK && i < state_count(state); i++) {
		const struct reg *r = state_at(state, i);

		if (span_equal((struct span){ r->element, r->element_len },
		    element) && (step || r->field == v->field))
			put(&op, r, state_winner(r, now_ms));
	}
	if (rc == ERR_OK)
		rc = store_write(s, went->scope, &op, 1, NULL, 0, NULL);
	op_free(&op);
	return rc;
}

/* The mark once more, now that this is known. */
static err
mark(struct store *s, const struct conflict *c, const struct state *state,
    const struct places_went *went, struct span why, uint64_t now_ms)
{
	const bool merged = went->merged &&
	    memcmp(went->scope, c->scope, SCOPE_LEN) == 0 &&
	    state_find(state, FIELD_MERGED_INTO, whole) != NULL;
	struct store_expect expect;
	struct store_op op;
	int64_t date;
	err rc = op_new(merged ? KIND_MERGE : KIND_MOVED_OUT, c->subject,
	    &op);

	memcpy(expect.scope, c->scope, SCOPE_LEN);
	memcpy(expect.subject, c->subject, ID_LEN);
	memcpy(expect.version, c->version, HASH_LEN);
	if (rc == ERR_OK) {
		if (state_int(state, FIELD_DATE, whole, now_ms, &date) !=
		    ERR_OK)
			date = steps_today();
		field_draft_put_int(op.fields, FIELD_DATE, date);
		if (why.n > 0)
			field_draft_put_text(op.fields, FIELD_WHY, why);
		rc = store_write(s, c->scope, &op, 1, &expect, 1, NULL);
	}
	op_free(&op);
	return rc;
}

err
conflicts_late_settle(struct store *s, const struct conflict *c,
    const struct conflict_choice *choice, const struct state *state,
    uint64_t now_ms)
{
	struct places *places = NULL;
	struct places_went went;
	err rc;

	if (choice->keep > c->count || choice->text.p != NULL ||
	    (choice->keep > 0) == choice->drop)
		return ERR_VALUE;
	rc = person_places(s, &places);
	if (rc == ERR_OK &&
	    !places_went(places, c->scope, c->subject, &went))
		rc = ERR_CHANGED;
	places_free(places);
	if (rc == ERR_OK)
		rc = store_batch_begin(s);
	if (rc != ERR_OK)
		return rc;
	rc = mark(s, c, state, &went, choice->why, now_ms);
	if (rc == ERR_OK && choice->keep > 0) {
		/* the mark has made a state anew */
		rc = store_state(s, c->scope, c->subject, &state);
		if (rc == ERR_OK)
			rc = carry(s, state, &c->values[choice->keep - 1],
			    &went, now_ms);
	}
	if (rc == ERR_OK)
		rc = store_batch_commit(s);
	if (rc != ERR_OK)
		store_batch_abandon(s);
	return rc;
}
