/* SPDX-License-Identifier: Apache-2.0 */
/* conflicts_settle.c -- the choice of a person, as a normal write. */
#include "client/records/conflicts.h"

#include <stdlib.h>
#include <string.h>

#include "client/records/conflicts_internal.h"
#include "client/records/fold_text.h"
#include "client/store/clock.h"
#include "protocol/date.h"
#include "protocol/limits.h"

static const struct span plain = { NULL, 0 };

/* What the entry is made of.  Owner: settling_free. */
struct settling {
	struct store *s;
	const struct conflict *c;
	const struct conflict_choice *choice;
	const struct state *state;	/* as it is now */
	uint64_t now_ms;
	struct buf value;		/* raw, to be written */
	struct store_op *ops;
	size_t count;
};

static void
settling_free(struct settling *t)
{
	for (size_t i = 0; t->ops != NULL && i < t->count; i++) {
		field_draft_free(t->ops[i].fields);
		field_draft_free(t->ops[i].facts);
		field_draft_free(t->ops[i].sealed);
	}
	free(t->ops);
	if (t->value.p != NULL)
		crypto_wipe(t->value.p, t->value.cap);
	buf_free(&t->value);
}

/* ---- values as typed */

static err
put_number(struct span text, struct buf *out)
{
	uint64_t v = 0;

	if (text.n == 0 || text.n > 18)
		return ERR_VALUE;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return ERR_VALUE;
		v = 10 * v + (uint64_t)(text.p[i] - '0');
	}
	codec_put_uint(out, v);
	return buf_err(out);
}

static err
put_bool(struct span text, struct buf *out)
{
	static const struct span yes = { (const uint8_t *)"true", 4 },
	    no = { (const uint8_t *)"false", 5 };

	if (!span_equal(text, yes) && !span_equal(text, no))
		return ERR_VALUE;
	codec_put_bool(out, span_equal(text, yes));
	return buf_err(out);
}

static err
put_date(struct span text, struct buf *out)
{
	int64_t days;
	err rc = date_parse(text, &days);

	if (rc != ERR_OK)
		return rc;
	codec_put_int(out, days);
	return buf_err(out);
}

static err
put_text(uint64_t field, struct span text, struct buf *out)
{
	struct buf nfc = { 0 };
	err rc = fold_text_nfc(text, &nfc);

	if (rc == ERR_FORMAT || rc == ERR_LIMIT)
		rc = ERR_VALUE;
	if (rc == ERR_OK && (nfc.n > LIMIT_TEXT_BYTES ||
	    (field == FIELD_FULL_NAME && nfc.n == 0) ||
	    (field == FIELD_RESIDENCE &&
	    !field_residence_ok(buf_span(&nfc))) ||
	    (field == FIELD_REASON && !field_reason_ok(buf_span(&nfc))) ||
	    (field == FIELD_ORGANISATION_OF &&
	    !steps_organisation_ok(buf_span(&nfc)))))
		rc = ERR_VALUE;
	if (rc == ERR_OK) {
		codec_put_text(out, buf_span(&nfc));
		rc = buf_err(out);
	}
	if (nfc.p != NULL)
		crypto_wipe(nfc.p, nfc.cap);
	buf_free(&nfc);
	return rc;
}

err
conflicts_settle_value(uint64_t field, struct span text, struct buf *out)
{
	const struct field_rule *rule = field_rule(field);

	if (rule == NULL)
		return ERR_VALUE;
	switch (rule->type) {
	case VALUE_UINT:
		return put_number(text, out);
	case VALUE_INT:
		return put_date(text, out);
	case VALUE_BOOL:
		return put_bool(text, out);
	case VALUE_TEXT:
		return put_text(field, text, out);
	case VALUE_BIN8: case VALUE_BIN16: case VALUE_BIN32: case VALUE_BIN64:
	case VALUE_LIST_UINT: case VALUE_LIST_BIN8: case VALUE_LIST_BIN16:
	case VALUE_REF: case VALUE_ENTRY: case VALUE_ANY:
		break;
	}
	return ERR_VALUE;
}

/* ---- one op */

static err
add_op(struct settling *t, uint64_t kind, struct store_op **ret)
{
	struct store_op *op = &t->ops[t->count];

	op->kind = kind;
	memcpy(op->subject, t->c->subject, ID_LEN);
	op->fields = field_draft_new();
	op->facts = field_draft_new();
	op->sealed = field_draft_new();
	t->count++;
	if (op->fields == NULL || op->facts == NULL || op->sealed == NULL)
		return ERR_NOMEM;
	if (t->choice->why.n > 0)
		field_draft_put_text(op->fields, FIELD_WHY, t->choice->why);
	*ret = op;
	return ERR_OK;
}

static void
put_cites(struct store_op *op, const uint8_t *element)
{
	struct op_ref ref = { .seq = be64_get(element + ID_LEN),
		.op = element[ID_LEN + 8] };

	memcpy(ref.log, element, ID_LEN);
	field_draft_put_ref(op->fields, FIELD_CITES, &ref);
}

/* A field that the kind asks for beside, as it is now; the value of the
 * conflict itself is put later, over it. */
static void
put_present(struct settling *t, struct store_op *op, uint64_t field)
{
	const struct write *w = state_winner(state_find(t->state, field,
	    plain), t->now_ms);

	if (w != NULL && !w->unreadable)
		field_draft_put_raw(op->fields, field, w->value);
}

static void
put_value(struct settling *t, struct store_op *op)
{
	struct field_draft *d = t->c->section == SECTION_SEALED ? op->sealed :
	    t->c->section == SECTION_FACTS ? op->facts : op->fields;

	field_draft_put_raw(d, t->c->field, buf_span(&t->value));
}

/* ---- which kind writes a field of such a subject */

static uint64_t
kind_of_root(const struct conflict *c, const struct state *state)
{
	static const uint64_t kinds[] = { KIND_CELL, KIND_LANE, KIND_QUOTA,
		KIND_SETTING, KIND_DIRECTIVE, KIND_RANKING, KIND_FREEZE };

	if (c->field == FIELD_PLACE || c->field == FIELD_MERGED_INTO)
		return KIND_PLACE;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (state_has_kind(state, kinds[i]))
			return kinds[i];
	return 0;
}

static uint64_t
kind_of_element(const struct conflict *c, const struct state *state)
{
	if (state_has_kind(state, KIND_ACTIVITY))
		return KIND_ACTIVITY;
	if (state_has_kind(state, KIND_REMINDER))
		return KIND_REMINDER;
	return c->field == FIELD_REMARK ? KIND_REVIEW_NOTE : KIND_REVIEW;
}

/* 0: there is none yet. */
static uint64_t
kind_of(const struct conflict *c, const struct state *state)
{
	if (c->element_len == CONFLICT_ELEMENT_STEP)
		return KIND_STEP;
	if (c->element_len == CONFLICT_ELEMENT)
		return kind_of_element(c, state);
	if (c->element_len != 0)
		return 0;
	switch (chain_scope_kind(c->scope)) {
	case SCOPE_ROOT:
		return kind_of_root(c, state);
	case SCOPE_LANE:
		if (c->field == FIELD_LINKED_PERSON ||
		    c->field == FIELD_LINK_OUTCOME)
			return KIND_LINK;
		return state_has_kind(state, KIND_NOMINATION) ?
		    KIND_NOMINATION : KIND_DEVICE;
	case SCOPE_CELL:
		if (c->field == FIELD_MERGED_INTO)
			return KIND_MERGE;
		return state_has_kind(state, KIND_PERSON) ? KIND_PERSON :
		    KIND_DEVICE;
	case SCOPE_COMMUNE:
		return KIND_DEVICE;
	case SCOPE_UNKNOWN:
		break;
	}
	return 0;
}

/* ---- the three ways */

/* The reason that the writer of the kept number gave, if there is no new
 * one. */
static err
put_quota_reason(struct settling *t, struct store_op *op)
{
	const struct reg *why = state_find(t->state, FIELD_WHY, plain);
	const struct stamp *kept;

	if (t->c->field == FIELD_WHY || t->choice->why.n > 0)
		return ERR_OK;
	if (t->choice->keep == 0)
		return ERR_RULE;
	kept = &t->c->values[t->choice->keep - 1].stamp;
	for (uint32_t i = 0; why != NULL && i < why->count; i++) {
		const struct write *w = &why->writes[i];

		if (memcmp(w->stamp.log, kept->log, ID_LEN) == 0 &&
		    w->stamp.seq == kept->seq && w->stamp.op == kept->op) {
			field_draft_put_raw(op->fields, FIELD_WHY, w->value);
			return ERR_OK;
		}
	}
	return ERR_OK;			/* the first number needs none */
}

static err
put_required(struct settling *t, struct store_op *op)
{
	static const struct {
		uint64_t kind, fields[3];
	} required[] = {
		{ KIND_CELL, { FIELD_SCOPE, FIELD_CODE, FIELD_NAME } },
		{ KIND_LANE, { FIELD_SCOPE, FIELD_CELL, FIELD_ORGANISATION } },
		{ KIND_QUOTA, { FIELD_CELL, FIELD_YEAR, FIELD_NUMBER } },
		{ KIND_LINK, { FIELD_LINK_OUTCOME } },
	};

	for (size_t i = 0; i < sizeof required / sizeof required[0]; i++)
		for (size_t k = 0; k < 3; k++)
			if (required[i].kind == op->kind &&
			    required[i].fields[k] != 0)
				put_present(t, op, required[i].fields[k]);
	return op->kind == KIND_QUOTA ? put_quota_reason(t, op) : ERR_OK;
}

static err
settle_values(struct settling *t)
{
	const struct conflict *c = t->c;
	uint64_t kind = kind_of(c, t->state);
	struct store_op *op = NULL;
	err rc = ERR_OK;

	if (kind == 0)
		return ERR_UNABLE;
	if (t->choice->keep > 0) {
		const struct conflict_value *v =
		    &c->values[t->choice->keep - 1];
		if (v->unreadable)
			return ERR_KEY;
		buf_put(&t->value, v->value.p, v->value.n);
		rc = buf_err(&t->value);
	} else {
		rc = conflicts_settle_value(c->field, t->choice->text,
		    &t->value);
	}
	if (rc == ERR_OK)
		rc = add_op(t, kind, &op);
	if (rc != ERR_OK)
		return rc;
	if (c->element_len != 0)
		put_cites(op, c->element);
	if (kind == KIND_STEP)
		field_draft_put_uint(op->fields, FIELD_STEP,
		    (uint64_t)c->step);
	rc = put_required(t, op);
	put_value(t, op);
	return rc;
}

static err
void_step(struct settling *t, const uint8_t *element)
{
	struct store_op *op = NULL;
	err rc = add_op(t, KIND_STEP, &op);

	if (rc != ERR_OK)
		return rc;
	put_cites(op, element);
	field_draft_put_uint(op->fields, FIELD_STEP, (uint64_t)t->c->step);
	field_draft_put_bool(op->fields, FIELD_VOIDED, true);
	return ERR_OK;
}

static err
settle_doubled(struct settling *t)
{
	err rc = ERR_OK;

	if (t->choice->keep == 0)
		return ERR_VALUE;
	for (size_t i = 0; rc == ERR_OK && i < t->c->count; i++)
		if (i + 1 != t->choice->keep)
			rc = void_step(t, t->c->values[i].element);
	return rc;
}

/* ---- all of it */

static err
make(struct settling *t)
{
	const struct conflict_choice *choice = t->choice;

	if (choice->keep > t->c->count ||
	    (choice->keep > 0) + (choice->text.p != NULL) + choice->drop != 1)
		return ERR_VALUE;
	t->ops = calloc(t->c->count + 1, sizeof *t->ops);
	if (t->ops == NULL)
		return ERR_NOMEM;
	switch (t->c->what) {
	case CONFLICT_VALUES:
		return choice->drop ? ERR_VALUE : settle_values(t);
	case CONFLICT_DOUBLED:
		return settle_doubled(t);
	case CONFLICT_ORDER:
	case CONFLICT_LATE:
		break;
	}
	return choice->drop ? void_step(t, t->c->element) : ERR_VALUE;
}

err
conflicts_settle(struct store *s, const struct conflict *c,
    const struct conflict_choice *choice)
{
	struct settling t = { .s = s, .c = c, .choice = choice,
		.now_ms = clock_now_ms() };
	struct store_expect expect;
	uint8_t version[HASH_LEN];
	err rc = store_state(s, c->scope, c->subject, &t.state);

	if (rc != ERR_OK)
		return rc == ERR_ABSENT ? ERR_CHANGED : rc;
	memcpy(expect.scope, c->scope, SCOPE_LEN);
	memcpy(expect.subject, c->subject, ID_LEN);
	memcpy(expect.version, c->version, HASH_LEN);
	state_version(t.state, version);
	if (memcmp(version, c->version, HASH_LEN) != 0)
		return ERR_CHANGED;
	if (c->what == CONFLICT_LATE)
		return conflicts_late_settle(s, c, choice, t.state,
		    t.now_ms);
	rc = make(&t);
	if (rc == ERR_OK)
		rc = store_write(s, c->scope, t.ops, t.count, &expect, 1, NULL);
	settling_free(&t);
	return rc;
}
