/* SPDX-License-Identifier: Apache-2.0 */
/* review_write.c -- an answer of the yearly review, judged and written. */
#include "client/records/review.h"

#include <string.h>

#include "client/records/fold_text.h"
#include "protocol/limits.h"

static const char home_code[] = "tai-dia-phuong", away_code[] = "di-lam-xa";

static struct span
text_span(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

/* ---- judging */

bool
review_write_refuses(enum review_verdict v)
{
	return v != REVIEW_FINE && v != REVIEW_SAME;
}

enum phrase
review_write_phrase(enum review_verdict v)
{
	switch (v) {
	case REVIEW_FINE: return PHRASE_REVIEW_FINE;
	case REVIEW_SAME: return PHRASE_REVIEW_SAME;
	case REVIEW_NO_OUTCOME: return PHRASE_REVIEW_NO_OUTCOME;
	case REVIEW_NO_TEXT: return PHRASE_PEOPLE_NO_TEXT;
	case REVIEW_TOO_LONG: return PHRASE_PEOPLE_TOO_LONG;
	case REVIEW_BAD_REASON: return PHRASE_STEPS_BAD_REASON;
	case REVIEW_NO_STEP: return PHRASE_REVIEW_NO_STEP;
	case REVIEW_BAD_YEAR: break;
	}
	return PHRASE_REVIEW_BAD_YEAR;
}

bool
review_write_asks_reason(const struct review_row *row)
{
	const struct steps_standing *s = &row->person.standing;

	return s->exit == STEP_NONE && s->last >= STEP_NOMINATED &&
	    s->last <= STEP_TRIAL_STARTED;
}

/* What stands there if nothing is typed. */
static struct span
where_by_default(const struct review_row *row)
{
	if (row->now.where != NULL && row->now.where[0] != '\0')
		return text_span(row->now.where);
	if (row->last.where != NULL && row->last.where[0] != '\0')
		return text_span(row->last.where);
	return text_span(row->person.text[PEOPLE_WORKPLACE]);
}

/* The text as it is kept, appended. */
static enum review_verdict
keep_where(const struct review_row *row, const struct review_answer *a,
    struct buf *out)
{
	struct span text = a->where.p != NULL ? a->where :
	    where_by_default(row);
	err rc;

	if (a->outcome == REVIEW_GONE)
		return REVIEW_FINE;
	rc = fold_text_nfc(text, out);
	if (rc == ERR_LIMIT || out->n > LIMIT_TEXT_BYTES)
		return REVIEW_TOO_LONG;
	return rc != ERR_OK || (out->n > 0 &&
	    memchr(out->p, '\0', out->n) != NULL) ? REVIEW_NO_TEXT :
	    REVIEW_FINE;
}

/* Whether the answer withdraws somebody who is not withdrawn yet. */
static bool
withdraws(const struct review_row *row, const struct review_answer *a)
{
	return a->outcome == REVIEW_GONE && a->reason.n > 0 &&
	    row->person.standing.exit != STEP_WITHDRAWN;
}

static enum review_verdict
judge_reason(const struct review_row *row, const struct review_answer *a,
    enum role role, uint64_t *ret_round)
{
	const struct steps_wanted w = { .step = STEP_WITHDRAWN,
		.has_date = true, .date = steps_today(),
		.reason = a->reason };

	if (a->outcome == REVIEW_GONE && a->reason.n > 0 &&
	    !field_reason_ok(a->reason))
		return REVIEW_BAD_REASON;
	if (!withdraws(row, a))
		return REVIEW_FINE;
	return steps_refuses(steps_judge(&row->person.standing, &w, role,
	    steps_today(), ret_round)) ? REVIEW_NO_STEP : REVIEW_FINE;
}

static enum review_verdict
judge(const struct review *r, size_t n, const struct review_answer *a,
    enum role role, struct buf *where, uint64_t *ret_round)
{
	const struct review_row *row = &r->rows[n];
	enum review_verdict v;

	if (r->year > review_this_year())
		return REVIEW_BAD_YEAR;
	if (a->outcome != REVIEW_HOME && a->outcome != REVIEW_AWAY &&
	    a->outcome != REVIEW_GONE)
		return REVIEW_NO_OUTCOME;
	v = keep_where(row, a, where);
	if (v == REVIEW_FINE)
		v = judge_reason(row, a, role, ret_round);
	if (v != REVIEW_FINE || row->now.outcome != a->outcome ||
	    row->now.conflict || withdraws(row, a))
		return v;
	return span_equal(buf_span(where), text_span(row->now.where)) ?
	    REVIEW_SAME : REVIEW_FINE;
}

enum review_verdict
review_write_judge(const struct review *r, size_t row,
    const struct review_answer *a, enum role role)
{
	struct buf where = { .p = NULL };
	uint64_t round = 0;
	enum review_verdict v = judge(r, row, a, role, &where, &round);

	if (where.p != NULL)
		crypto_wipe(where.p, where.cap);
	buf_free(&where);
	return v;
}

/* ---- writing */

/* review, person, withdrawn */
enum { OPS = 3 };
struct writing {
	struct store_op ops[OPS];
	size_t count;
};

static err
new_op(struct writing *w, uint64_t kind, const struct review_row *row,
    struct store_op **ret)
{
	struct store_op *op = &w->ops[w->count++];

	op->kind = kind;
	memcpy(op->subject, row->person.subject, ID_LEN);
	op->fields = field_draft_new();
	op->facts = field_draft_new();
	op->sealed = field_draft_new();
	*ret = op;
	return op->fields == NULL || op->facts == NULL || op->sealed == NULL ?
	    ERR_NOMEM : ERR_OK;
}

static void
put_element(struct store_op *op, const struct review_found *f)
{
	struct op_ref ref = { .seq = be64_get(f->element + ID_LEN),
		.op = f->element[ID_LEN + 8] };

	memcpy(ref.log, f->element, ID_LEN);
	field_draft_put_ref(op->fields, FIELD_CITES, &ref);
}

static err
add_review(struct writing *w, const struct review *r,
    const struct review_row *row, const struct review_answer *a,
    struct span where)
{
	struct store_op *op;
	err rc = new_op(w, KIND_REVIEW, row, &op);

	if (rc != ERR_OK)
		return rc;
	if (row->now.year != 0)
		put_element(op, &row->now);
	field_draft_put_uint(op->fields, FIELD_YEAR, r->year);
	field_draft_put_bool(op->facts, FIELD_SEEN_AT_REVIEW,
	    a->outcome != REVIEW_GONE);
	if (a->outcome != REVIEW_GONE) {
		field_draft_put_text(op->facts, FIELD_RESIDENCE, text_span(
		    a->outcome == REVIEW_HOME ? home_code : away_code));
		if (where.n > 0 || row->now.year != 0)
			field_draft_put_text(op->sealed, FIELD_WORKPLACE,
			    where);
	}
	return ERR_OK;
}

static bool
differs(const struct person *p, enum people_field i, struct span now)
{
	return p->conflict[i] || p->unreadable[i] ||
	    !span_equal(text_span(p->text[i]), now);
}

/* The person's own fields, where the newest answer changes them. */
static err
add_person(struct writing *w, const struct review_row *row,
    const struct review_answer *a, struct span where)
{
	const struct person *p = &row->person;
	struct span code = text_span(a->outcome == REVIEW_HOME ? home_code :
	    away_code);
	bool residence = differs(p, PEOPLE_RESIDENCE, code);
	bool workplace = where.n > 0 && differs(p, PEOPLE_WORKPLACE, where);
	struct store_op *op;
	err rc;

	if (a->outcome == REVIEW_GONE || (!residence && !workplace) ||
	    row->later)
		return ERR_OK;
	rc = new_op(w, KIND_PERSON, row, &op);
	if (rc == ERR_OK && residence)
		field_draft_put_text(op->facts, FIELD_RESIDENCE, code);
	if (rc == ERR_OK && workplace)
		field_draft_put_text(op->sealed, FIELD_WORKPLACE, where);
	return rc;
}

static err
add_step(struct writing *w, const struct review_row *row,
    const struct review_answer *a, uint64_t round)
{
	const struct steps_wanted wanted = { .step = STEP_WITHDRAWN,
		.has_date = true, .date = steps_today(),
		.reason = a->reason };

	if (!withdraws(row, a))
		return ERR_OK;
	err rc = steps_op(row->person.subject, &wanted, round,
	    &w->ops[w->count]);
	w->count += rc == ERR_OK;
	return rc;
}

err
review_write(struct store *s, struct review *r, size_t n,
    const struct review_answer *a)
{
	const struct review_row *row = &r->rows[n];
	struct writing w = { .count = 0 };
	struct buf where = { .p = NULL };
	struct store_expect expect;
	uint64_t round = 0;
	err rc = ERR_OK;

	if (review_write_refuses(judge(r, n, a, store_role(s), &where, &round)))
		rc = ERR_VALUE;
	memcpy(expect.scope, row->person.scope, SCOPE_LEN);
	memcpy(expect.subject, row->person.subject, ID_LEN);
	memcpy(expect.version, row->person.version, HASH_LEN);
	if (rc == ERR_OK)
		rc = add_review(&w, r, row, a, buf_span(&where));
	if (rc == ERR_OK)
		rc = add_person(&w, row, a, buf_span(&where));
	if (rc == ERR_OK)
		rc = add_step(&w, row, a, round);
	if (rc == ERR_OK)
		rc = store_write(s, row->person.scope, w.ops, w.count,
		    &expect, 1, NULL);
	for (size_t i = 0; i < w.count; i++) {
		field_draft_free(w.ops[i].fields);
		field_draft_free(w.ops[i].facts);
		field_draft_free(w.ops[i].sealed);
	}
	if (where.p != NULL)
		crypto_wipe(where.p, where.cap);
	buf_free(&where);
	return rc == ERR_OK ? review_again(s, r, n) : rc;
}
