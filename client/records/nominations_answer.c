/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nominations_answer.c -- the cell's answer to a nomination, in one commit:
 * first what goes into the cell, then the link and the copies in the lane.
 */
#include "client/records/nominations.h"

#include <stdlib.h>
#include <string.h>

#include "client/records/commune_key.h"
#include "client/records/nominations_internal.h"
#include "client/store/clock.h"

static const struct span plain = { NULL, 0 };

struct answering {
	struct store *s;
	const struct nomination *n;
	const struct nomination_answer *a;
	uint8_t person[ID_LEN];
	enum steps_verdict verdict;
};

static void
op_free(struct store_op *op)
{
	field_draft_free(op->fields);
	field_draft_free(op->facts);
	field_draft_free(op->sealed);
}

/* ---- the person */

/* What the nomination says, as new writes of the person. */
static err
copy_fields(struct store *s, const struct nomination *n, struct store_op *op)
{
	static const uint64_t fields[] = { FIELD_BIRTH_YEAR, FIELD_RESIDENCE,
		FIELD_ORGANISATION_OF, FIELD_FULL_NAME, FIELD_BIRTH_DATE,
		FIELD_GENDER, FIELD_WORKPLACE, FIELD_EDUCATION, FIELD_PHONE,
		FIELD_NOTES, FIELD_REF };
	const struct state *state = NULL;
	err rc = store_state(s, n->lane, n->subject, &state);

	if (rc != ERR_OK)
		return rc;
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		const struct write *w = state_winner(state_find(state,
		    fields[i], plain), clock_now_ms());
		bool facts = field_rule(fields[i])->section == SECTION_FACTS;

		if (w != NULL && !w->unreadable)
			field_draft_put_raw(facts ? op->facts : op->sealed,
			    fields[i], w->value);
		else if (fields[i] == FIELD_FULL_NAME)
			return ERR_KEY;
	}
	return ERR_OK;
}

static struct steps_wanted
wanted(const struct answering *g, enum step step)
{
	const struct steps_wanted w = { .step = step, .has_date = true,
		.date = g->a->date, .organisation = {
		    (const uint8_t *)g->n->organisation,
		    strlen(g->n->organisation) } };

	return w;
}

/* May the step be recorded?  *ret_round: its round. */
static err
judge(struct answering *g, const struct steps_standing *standing,
    uint64_t *ret_round)
{
	const struct steps_wanted w = wanted(g, STEP_NOMINATED);

	g->verdict = steps_judge(standing, &w, store_role(g->s),
	    steps_today(), ret_round);
	return steps_refuses(g->verdict) ? ERR_RULE : ERR_OK;
}

/* A new person: create, listed, nominated, in one entry. */
static err
write_new(struct answering *g)
{
	const struct steps_wanted listed = wanted(g, STEP_LISTED),
	    nominated = wanted(g, STEP_NOMINATED);
	const struct steps_standing standing = { .last = STEP_LISTED,
		.has_date = true, .date = g->a->date };
	const struct store_expect expect = { .scope = { 0 } };
	struct store_expect fresh = expect;
	struct store_op ops[3] = { { .kind = KIND_PERSON, .creates = true } };
	uint64_t round = 0;
	err rc = judge(g, &standing, &round);

	if (rc != ERR_OK)
		return rc;
	crypto_random(g->person, ID_LEN);
	memcpy(ops[0].subject, g->person, ID_LEN);
	memcpy(fresh.scope, g->n->cell, SCOPE_LEN);
	memcpy(fresh.subject, g->person, ID_LEN);
	ops[0].facts = field_draft_new();
	ops[0].sealed = field_draft_new();
	rc = ops[0].facts == NULL || ops[0].sealed == NULL ? ERR_NOMEM :
	    copy_fields(g->s, g->n, &ops[0]);
	if (rc == ERR_OK)
		rc = steps_op(g->person, &listed, 0, &ops[1]);
	if (rc == ERR_OK)
		rc = steps_op(g->person, &nominated, round, &ops[2]);
	if (rc == ERR_OK)
		rc = store_write(g->s, g->n->cell, ops, 3, &fresh, 1, NULL);
	for (size_t i = 0; i < 3; i++)
		op_free(&ops[i]);
	return rc;
}

/* A person who is there: the step, unless this round has it. */
static err
write_step(struct answering *g)
{
	const struct steps_wanted w = wanted(g, STEP_NOMINATED);
	struct step_record *records = NULL;
	struct steps_standing standing;
	const struct state *state = NULL;
	struct store_expect expect;
	uint64_t round = 0;
	size_t count = 0;
	uint8_t version[HASH_LEN];
	err rc = store_state(g->s, g->n->cell, g->a->person, &state);

	if (rc != ERR_OK)
		return rc;
	memcpy(g->person, g->a->person, ID_LEN);
	memcpy(expect.scope, g->n->cell, SCOPE_LEN);
	memcpy(expect.subject, g->person, ID_LEN);
	memcpy(expect.version, g->a->version, HASH_LEN);
	state_version(state, version);
	if (memcmp(version, g->a->version, HASH_LEN) != 0)
		return ERR_CHANGED;
	rc = steps_of(store_lines(g->s), state, &records, &count);
	if (rc != ERR_OK)
		return rc;
	steps_standing(records, count, &standing);
	free(records);
	if (standing.exit == STEP_NONE && standing.last >= STEP_NOMINATED)
		return ERR_OK;
	rc = judge(g, &standing, &round);
	return rc != ERR_OK ? rc :
	    steps_write(g->s, g->n->cell, g->person, &w, round, &expect);
}

/* ---- the lane */

static err
write_link(struct answering *g)
{
	struct store_op op = { .kind = KIND_LINK };
	struct store_expect expect;
	bool refused = g->a->what == ANSWER_REFUSE;
	err rc;

	memcpy(op.subject, g->n->subject, ID_LEN);
	memcpy(expect.scope, g->n->lane, SCOPE_LEN);
	memcpy(expect.subject, g->n->subject, ID_LEN);
	memcpy(expect.version, g->n->version, HASH_LEN);
	op.fields = field_draft_new();
	if (op.fields == NULL)
		return ERR_NOMEM;
	field_draft_put_uint(op.fields, FIELD_LINK_OUTCOME, refused ?
	    NOMINATION_REFUSED : NOMINATION_LINKED);
	if (refused)
		field_draft_put_text(op.fields, FIELD_WHY, g->a->why);
	else
		field_draft_put_bin(op.fields, FIELD_LINKED_PERSON,
		    (struct span){ g->person, ID_LEN });
	rc = store_write(g->s, g->n->lane, &op, 1, &expect, 1, NULL);
	op_free(&op);
	return rc;
}

static err
write_all(struct answering *g)
{
	struct nomination linked = *g->n;
	uint64_t written;
	err rc = ERR_OK;

	switch (g->a->what) {
	case ANSWER_PERSON:
		rc = write_step(g);
		break;
	case ANSWER_NEW:
		rc = write_new(g);
		break;
	case ANSWER_REFUSE:
		return g->a->why.n == 0 ? ERR_VALUE : write_link(g);
	}
	if (rc == ERR_OK)
		rc = write_link(g);
	memcpy(linked.person, g->person, ID_LEN);
	if (rc == ERR_OK)
		rc = nominations_copy_one(g->s, &linked, COPY_ALL, &written);
	return rc;
}

err
nominations_answer(struct store *s, const struct nomination *n,
    const struct nomination_answer *a, enum steps_verdict *ret_verdict,
    uint8_t ret_person[static ID_LEN])
{
	struct answering g = { .s = s, .n = n, .a = a,
		.verdict = STEPS_FINE };
	bool single = false;
	err rc = commune_key_begin(s, &single);

	if (rc != ERR_OK)
		return rc;
	rc = commune_key_end(s, single, write_all(&g));
	if (rc == ERR_RULE || rc == ERR_OK)
		*ret_verdict = g.verdict;
	if (rc == ERR_OK)
		memcpy(ret_person, g.person, ID_LEN);
	return rc;
}
