/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/corrections.h"

#include <stdlib.h>
#include <string.h>

#include "client/records/fold_text.h"
#include "protocol/limits.h"

bool
corrections_refuses(enum corrections_verdict v)
{
	return v != CORRECTIONS_FINE && v != CORRECTIONS_NAMES;
}

enum phrase
corrections_phrase(enum corrections_verdict v)
{
	switch (v) {
	case CORRECTIONS_FINE: return PHRASE_CORRECTIONS_FINE;
	case CORRECTIONS_FUTURE: return PHRASE_STEPS_FUTURE;
	case CORRECTIONS_NAMES: return PHRASE_CORRECTIONS_NAMES;
	case CORRECTIONS_NO_WHY: return PHRASE_CORRECTIONS_NO_WHY;
	case CORRECTIONS_NO_TEXT: return PHRASE_PEOPLE_NO_TEXT;
	case CORRECTIONS_TOO_LONG: return PHRASE_PEOPLE_TOO_LONG;
	case CORRECTIONS_NO_STEP: return PHRASE_CORRECTIONS_NO_STEP;
	case CORRECTIONS_NOTHING: return PHRASE_CORRECTIONS_NOTHING;
	case CORRECTIONS_BEFORE: return PHRASE_STEPS_BEFORE_PREVIOUS;
	case CORRECTIONS_AFTER: return PHRASE_CORRECTIONS_AFTER;
	case CORRECTIONS_FOLLOWED: return PHRASE_CORRECTIONS_FOLLOWED;
	case CORRECTIONS_BAD_ORGANISATION:
		return PHRASE_STEPS_BAD_ORGANISATION;
	case CORRECTIONS_BAD_REASON: return PHRASE_STEPS_BAD_REASON;
	case CORRECTIONS_NO_HELPERS: return PHRASE_CORRECTIONS_NO_HELPERS;
	case CORRECTIONS_ACTIVITY: break;
	}
	return PHRASE_CORRECTIONS_NOTHING;
}

enum corrections_verdict
corrections_why(struct span text, const struct people_index *people,
    struct buf *ret)
{
	size_t from = ret->n;
	bool names = false;
	err rc = fold_text_nfc(text, ret);
	struct span kept = { ret->p + from, ret->n - from };

	if (rc == ERR_LIMIT || ret->n - from > LIMIT_TEXT_BYTES)
		return CORRECTIONS_TOO_LONG;
	if (rc != ERR_OK)
		return CORRECTIONS_NO_TEXT;
	if (kept.n == 0)
		return CORRECTIONS_NO_WHY;
	if (memchr(kept.p, '\0', kept.n) != NULL || (people != NULL &&
	    people_index_names(people, kept, &names) != ERR_OK))
		return CORRECTIONS_NO_TEXT;
	return names ? CORRECTIONS_NAMES : CORRECTIONS_FINE;
}

/* ---- steps */

static bool
is_exit(enum step step)
{
	return step >= STEP_WITHDRAWN;
}

/* Dates of the other steps of the same round; `listed` binds nobody. */
static void
note_neighbour(const struct step_record *r, struct correction_step *at)
{
	const struct step_record *mine = &at->record;
	bool earlier = r->step < mine->step;

	if (r->again || r->round != mine->round || r->step == mine->step)
		return;
	if (!earlier && !is_exit(mine->step))
		at->followed = true;
	if (r->date == INT64_MIN || r->step == STEP_LISTED ||
	    mine->step == STEP_LISTED)
		return;
	if (earlier && (!at->has_before || r->date > at->before)) {
		at->has_before = true;
		at->before = r->date;
	}
	if (!earlier && (!at->has_behind || r->date < at->behind)) {
		at->has_behind = true;
		at->behind = r->date;
	}
}

err
corrections_find(struct store *s, const struct person *p, enum step step,
    struct correction_step *ret)
{
	struct correction_step at = { .followed = false };
	struct step_record *records = NULL;
	const struct state *state;
	size_t count = 0;
	bool found = false, again = false;
	err rc = store_state(s, p->scope, p->subject, &state);

	if (rc == ERR_OK)
		rc = steps_of(store_lines(s), state, &records, &count);
	if (rc != ERR_OK)
		return rc;
	for (size_t i = 0; i < count; i++)
		if (records[i].step == step && !records[i].again) {
			at.record = records[i];
			found = true;
		}
	for (size_t i = 0; found && i < count; i++) {
		note_neighbour(&records[i], &at);
		/* an exit was followed if another round was opened */
		again = again || records[i].round > at.record.round;
	}
	at.followed = at.followed || again;
	free(records);
	if (!found)
		return ERR_ABSENT;
	*ret = at;
	return ERR_OK;
}

static bool
same_text(const char *text, struct span s)
{
	return span_equal((struct span){ (const uint8_t *)text,
	    strlen(text) }, s);
}

static bool
same_helpers(const struct step_record *r, const struct correction *c)
{
	return c->helper_count == r->helper_count && (c->helper_count == 0 ||
	    memcmp(c->helpers, r->helpers, c->helper_count * ID_LEN) == 0);
}

static bool
changes(const struct step_record *r, const struct correction *c)
{
	return r->conflict || (c->has_date && c->date != r->date) ||
	    (c->organisation.n > 0 &&
	    !same_text(r->organisation, c->organisation)) ||
	    (c->reason.n > 0 && !same_text(r->reason, c->reason)) ||
	    (c->helper_count > 0 && !same_helpers(r, c));
}

enum corrections_verdict
corrections_judge(const struct correction_step *at,
    const struct correction *c, int64_t today)
{
	if (c->why.n == 0)
		return CORRECTIONS_NO_WHY;
	if (c->drop)
		return at->followed ? CORRECTIONS_FOLLOWED : CORRECTIONS_FINE;
	if (c->organisation.n > 0 && !steps_organisation_ok(c->organisation))
		return CORRECTIONS_BAD_ORGANISATION;
	if (c->reason.n > 0 && !field_reason_ok(c->reason))
		return CORRECTIONS_BAD_REASON;
	if (c->helper_count > 0 && at->record.step != STEP_TRIAL_STARTED)
		return CORRECTIONS_NO_HELPERS;
	if (!changes(&at->record, c))
		return CORRECTIONS_NOTHING;
	if (c->has_date && at->has_before && c->date < at->before)
		return CORRECTIONS_BEFORE;
	if (c->has_date && at->has_behind && c->date > at->behind)
		return CORRECTIONS_AFTER;
	return c->has_date && steps_ahead(c->date, today) ?
	    CORRECTIONS_FUTURE : CORRECTIONS_FINE;
}

static void
put_element(struct field_draft *d, const uint8_t *element)
{
	struct op_ref ref = { .seq = be64_get(element + ID_LEN),
		.op = element[ID_LEN + 8] };

	memcpy(ref.log, element, ID_LEN);
	field_draft_put_ref(d, FIELD_CITES, &ref);
}

static void
free_op(struct store_op *op)
{
	field_draft_free(op->fields);
	field_draft_free(op->facts);
}

static err
new_op(uint64_t kind, const uint8_t *subject, const uint8_t *element,
    struct span why, struct store_op *ret)
{
	*ret = (struct store_op){ .kind = kind, .fields = field_draft_new(),
		.facts = field_draft_new() };
	if (ret->fields == NULL || ret->facts == NULL) {
		free_op(ret);
		return ERR_NOMEM;
	}
	memcpy(ret->subject, subject, ID_LEN);
	put_element(ret->fields, element);
	field_draft_put_text(ret->fields, FIELD_WHY, why);
	return ERR_OK;
}

err
corrections_step(struct store *s, const struct person *p,
    const struct correction_step *at, const struct correction *c)
{
	struct store_expect expect;
	struct store_op op;
	err rc = new_op(KIND_STEP, p->subject, at->record.element, c->why,
	    &op);

	if (rc != ERR_OK)
		return rc;
	field_draft_put_uint(op.fields, FIELD_STEP,
	    (uint64_t)at->record.step);
	if (c->drop)
		field_draft_put_bool(op.fields, FIELD_VOIDED, true);
	if (!c->drop && c->has_date)
		field_draft_put_int(op.fields, FIELD_DATE, c->date);
	if (!c->drop && c->helper_count > 0)
		steps_put_helpers(op.fields, c->helpers, c->helper_count);
	if (!c->drop && c->organisation.n > 0)
		field_draft_put_text(op.facts, FIELD_ORGANISATION_OF,
		    c->organisation);
	if (!c->drop && c->reason.n > 0)
		field_draft_put_text(op.facts, FIELD_REASON, c->reason);
	memcpy(expect.scope, p->scope, SCOPE_LEN);
	memcpy(expect.subject, p->subject, ID_LEN);
	memcpy(expect.version, p->version, HASH_LEN);
	rc = store_write(s, p->scope, &op, 1, &expect, 1, NULL);
	free_op(&op);
	return rc;
}

/* ---- activities */

/* The fields that differ; how many. */
static size_t
put_differences(struct field_draft *d, const struct activity *old,
    const struct activity *now)
{
	size_t count = 0;

	if (now->date != old->date) {
		field_draft_put_int(d, FIELD_DATE, now->date);
		count++;
	}
	if (strcmp(now->organisation, old->organisation) != 0) {
		field_draft_put_text(d, FIELD_ORGANISATION, (struct span){
		    (const uint8_t *)now->organisation,
		    strlen(now->organisation) });
		count++;
	}
	if (strcmp(now->title, old->title) != 0) {
		field_draft_put_text(d, FIELD_TITLE, (struct span){
		    (const uint8_t *)now->title, strlen(now->title) });
		count++;
	}
	if (now->has_participants && (!old->has_participants ||
	    now->participants != old->participants)) {
		field_draft_put_uint(d, FIELD_PARTICIPANTS,
		    now->participants);
		count++;
	}
	return count;
}

err
corrections_activity(struct store *s, const struct activity *old,
    const struct activity *now, struct span why, size_t *ret_changed)
{
	struct store_expect expect;
	struct store_op op;
	size_t count = 1;
	err rc = new_op(KIND_ACTIVITY, old->subject, old->element, why, &op);

	if (rc != ERR_OK)
		return rc;
	if (now == NULL)
		field_draft_put_bool(op.fields, FIELD_VOIDED, true);
	else
		count = put_differences(op.fields, old, now);
	memcpy(expect.scope, old->scope, SCOPE_LEN);
	memcpy(expect.subject, old->subject, ID_LEN);
	memcpy(expect.version, old->version, HASH_LEN);
	if (count > 0)
		rc = store_write(s, old->scope, &op, 1, &expect, 1, NULL);
	if (rc == ERR_OK)
		*ret_changed = count;
	free_op(&op);
	return rc;
}
