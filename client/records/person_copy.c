/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/person_copy.h"

#include <stdlib.h>
#include <string.h>

#include "client/store/clock.h"
#include "protocol/limits.h"

enum { ELEMENT_PLAIN = ID_LEN + 8 + 1 };	/* log, seq, op */
static const struct span whole = { NULL, 0 };

struct copying {
	const struct person_copy *c;
	struct state *from, *to;	/* to: NULL if it is not there */
	uint64_t now_ms;
	struct step_record *steps, *there;
	size_t step_count, there_count;
	struct store_op ops[LIMIT_ENTRY_OPS];
	size_t count;
};

/* A state of one's own: what the store lends lasts until it writes. */
static err
borrow(struct store *s, const uint8_t *scope, const uint8_t *subject,
    struct state **ret)
{
	const struct state *lent = NULL;
	struct buf bytes = { .p = NULL };
	err rc = store_state(s, scope, subject, &lent);

	if (rc != ERR_OK)
		return rc;
	rc = state_encode(lent, &bytes);
	if (rc == ERR_OK)
		rc = state_decode(buf_span(&bytes), ret);
	if (bytes.p != NULL)
		crypto_wipe(bytes.p, bytes.cap);
	buf_free(&bytes);
	return rc;
}

static err
add_op(struct copying *k, uint64_t kind, struct store_op **ret)
{
	struct store_op *op;

	if (k->count >= LIMIT_ENTRY_OPS)
		return ERR_LIMIT;
	op = &k->ops[k->count++];
	*op = (struct store_op){ .kind = kind,
		.fields = field_draft_new(), .facts = field_draft_new(),
		.sealed = field_draft_new() };
	memcpy(op->subject, k->c->to_subject, ID_LEN);
	*ret = op;
	return op->fields == NULL || op->facts == NULL || op->sealed == NULL ?
	    ERR_NOMEM : ERR_OK;
}

/* The value of a register, where it can be read. */
static const struct write *
value_of(const struct copying *k, const struct state *s, uint64_t field,
    struct span element)
{
	const struct write *w = s == NULL ? NULL :
	    state_winner(state_find(s, field, element), k->now_ms);

	return w == NULL || w->unreadable ? NULL : w;
}

static void
put(struct store_op *op, enum section section, uint64_t field,
    const struct write *w)
{
	struct field_draft *d = section == SECTION_SEALED ? op->sealed :
	    section == SECTION_FACTS ? op->facts : op->fields;

	field_draft_put_raw(d, field, w->value);
}

/* ---- fields of the person */

static bool
is_wanted(const struct copying *k, const struct reg *r)
{
	const struct write *now = value_of(k, k->from, r->field, whole);
	const struct write *there = value_of(k, k->to, r->field, whole);

	if (r->element_len > 0 || r->section == SECTION_PUBLIC || now == NULL)
		return false;
	return there == NULL || (k->c->way == COPY_OVER &&
	    (!span_equal(now->value, there->value) ||
	    state_conflict(state_find(k->to, r->field, whole))));
}

static err
copy_fields(struct copying *k)
{
	struct store_op *op = NULL;
	err rc = add_op(k, KIND_PERSON, &op);

	if (rc != ERR_OK)
		return rc;
	op->creates = k->to == NULL || state_salt_count(k->to) == 0;
	for (size_t i = 0; i < state_count(k->from); i++) {
		const struct reg *r = state_at(k->from, i);

		if (is_wanted(k, r))
			put(op, r->section, r->field, value_of(k, k->from,
			    r->field, whole));
	}
	return ERR_OK;
}

/* ---- steps */

static const struct step_record *
same(const struct step_record *all, size_t count, const struct step_record *r)
{
	for (size_t i = 0; i < count; i++)
		if (!all[i].again && all[i].step == r->step &&
		    all[i].round == r->round)
			return &all[i];
	return NULL;
}

static err
step_op(struct copying *k, const struct step_record *r,
    const struct step_record *over, struct store_op **ret)
{
	struct op_ref ref;
	err rc = add_op(k, KIND_STEP, ret);

	if (rc != ERR_OK)
		return rc;
	field_draft_put_uint((*ret)->fields, FIELD_STEP, (uint64_t)r->step);
	if (over != NULL) {
		memcpy(ref.log, over->element, ID_LEN);
		ref.seq = be64_get(over->element + ID_LEN);
		ref.op = over->element[ID_LEN + 8];
		field_draft_put_ref((*ret)->fields, FIELD_CITES, &ref);
	}
	return ERR_OK;
}

static err
copy_step(struct copying *k, const struct step_record *r)
{
	static const uint64_t fields[] = { FIELD_DATE, FIELD_ROUND,
		FIELD_HELPERS, FIELD_ORGANISATION_OF, FIELD_REASON };
	const struct step_record *over = same(k->there, k->there_count, r);
	const struct span element = { r->element, r->element_len };
	struct store_op *op = NULL;
	err rc;

	if (r->again || (over != NULL && (k->c->way == COPY_LACKING ||
	    (over->date == r->date &&
	    strcmp(over->organisation, r->organisation) == 0 &&
	    strcmp(over->reason, r->reason) == 0))))
		return ERR_OK;
	rc = step_op(k, r, over, &op);
	for (size_t i = 0; rc == ERR_OK &&
	    i < sizeof fields / sizeof fields[0]; i++) {
		const struct write *w = value_of(k, k->from, fields[i],
		    element);

		if (w != NULL)
			put(op, field_rule(fields[i])->section, fields[i], w);
	}
	return rc;
}

/* A step there that the record does not have (any more). */
static err
drop_step(struct copying *k, const struct step_record *there)
{
	struct store_op *op = NULL;
	err rc;

	if (k->c->way != COPY_OVER || there->again ||
	    same(k->steps, k->step_count, there) != NULL)
		return ERR_OK;
	rc = step_op(k, there, there, &op);
	if (rc == ERR_OK)
		field_draft_put_bool(op->fields, FIELD_VOIDED, true);
	return rc;
}

/* ---- yearly reviews */

/* Whether the other record has a review of that year that counts. */
static bool
has_review(const struct copying *k, uint64_t year)
{
	uint64_t of;
	bool voided;

	for (size_t i = 0; k->to != NULL && i < state_count(k->to); i++) {
		const struct reg *r = state_at(k->to, i);
		struct span element = { r->element, r->element_len };

		if (r->field == FIELD_YEAR && r->element_len == ELEMENT_PLAIN &&
		    state_uint(k->to, FIELD_YEAR, element, k->now_ms, &of) ==
		    ERR_OK && of == year &&
		    (state_bool(k->to, FIELD_VOIDED, element, k->now_ms,
		    &voided) != ERR_OK || !voided))
			return true;
	}
	return false;
}

static err
copy_review(struct copying *k, struct span element)
{
	struct store_op *op = NULL;
	uint64_t year;
	bool voided;
	err rc;

	if (state_uint(k->from, FIELD_YEAR, element, k->now_ms, &year) !=
	    ERR_OK || has_review(k, year) ||
	    (state_bool(k->from, FIELD_VOIDED, element, k->now_ms, &voided) ==
	    ERR_OK && voided))
		return ERR_OK;
	rc = add_op(k, KIND_REVIEW, &op);
	for (size_t i = 0; rc == ERR_OK && i < state_count(k->from); i++) {
		const struct reg *r = state_at(k->from, i);
		const struct write *w = value_of(k, k->from, r->field,
		    element);

		if (w != NULL && r->field > FIELD_CREATES &&
		    span_equal((struct span){ r->element, r->element_len },
		    element))
			put(op, r->section, r->field, w);
	}
	return rc;
}

/* ---- all of it */

static err
load(struct copying *k, struct store *s)
{
	const struct person_copy *c = k->c;
	err rc = borrow(s, c->from, c->from_subject, &k->from);

	if (rc == ERR_OK)
		rc = borrow(s, c->to, c->to_subject, &k->to);
	if (rc == ERR_ABSENT && k->from != NULL)
		rc = ERR_OK;
	if (rc == ERR_OK)
		rc = steps_of(store_lines(s), k->from, &k->steps,
		    &k->step_count);
	if (rc == ERR_OK && k->to != NULL)
		rc = steps_of(store_lines(s), k->to, &k->there,
		    &k->there_count);
	return rc;
}

static err
make(struct copying *k)
{
	err rc = copy_fields(k);

	for (size_t i = 0; rc == ERR_OK && i < k->step_count; i++)
		rc = copy_step(k, &k->steps[i]);
	for (size_t i = 0; rc == ERR_OK && i < k->there_count; i++)
		rc = drop_step(k, &k->there[i]);
	for (size_t i = 0; rc == ERR_OK && i < state_count(k->from); i++) {
		const struct reg *r = state_at(k->from, i);

		if (r->field == FIELD_YEAR && r->element_len == ELEMENT_PLAIN)
			rc = copy_review(k, (struct span){ r->element,
			    r->element_len });
	}
	return rc;
}

err
person_copy_write(struct store *s, const struct person_copy *c)
{
	struct copying *k = calloc(1, sizeof *k);
	size_t made;
	err rc;

	if (k == NULL)
		return ERR_NOMEM;
	k->c = c;
	k->now_ms = clock_now_ms();
	rc = load(k, s);
	if (rc == ERR_OK)
		rc = make(k);
	made = k->count;
	if (rc == ERR_OK && c->last != NULL && made == LIMIT_ENTRY_OPS)
		rc = ERR_LIMIT;
	if (rc == ERR_OK && c->last != NULL)
		k->ops[k->count++] = *c->last;
	if (rc == ERR_OK)
		rc = store_write(s, c->to, k->ops, k->count, NULL, 0, NULL);
	for (size_t i = 0; i < made; i++) {
		field_draft_free(k->ops[i].fields);
		field_draft_free(k->ops[i].facts);
		field_draft_free(k->ops[i].sealed);
	}
	state_free(k->from);
	state_free(k->to);
	free(k->steps);
	free(k->there);
	free(k);
	return rc;
}
