/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/nominations.h"

#include <stdlib.h>
#include <string.h>

#include "client/records/commune.h"
#include "client/records/conflicts.h"
#include "client/records/fold_text.h"
#include "client/store/clock.h"
#include "protocol/utf8.h"
#include "client/records/short_id.h"

static const struct span plain = { NULL, 0 };

static struct span
text_of(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

/* ---- reading */

static void
read_text(const struct state *state, uint64_t field, uint64_t now_ms,
    char out[NOMINATION_TEXT])
{
	struct span text;

	out[0] = '\0';
	if (state_text(state, field, plain, now_ms, &text) != ERR_OK)
		return;
	utf8_copy(out, NOMINATION_TEXT, text);
}

static void
read_answer(const struct state *state, uint64_t now_ms, struct nomination *n)
{
	const struct write *w = state_winner(state_find(state,
	    FIELD_LINKED_PERSON, plain), now_ms);
	const uint8_t *person;
	uint64_t outcome = 0;

	if (state_uint(state, FIELD_LINK_OUTCOME, plain, now_ms, &outcome) !=
	    ERR_OK || (outcome != NOMINATION_LINKED &&
	    outcome != NOMINATION_REFUSED))
		return;
	n->outcome = (enum nomination_outcome)outcome;
	if (n->outcome == NOMINATION_REFUSED) {
		read_text(state, FIELD_WHY, now_ms, n->why);
		return;
	}
	if (w == NULL || w->unreadable)
		return;
	struct codec_reader r = codec_reader(w->value);
	if (codec_read_fixed(&r, ID_LEN, &person) == ERR_OK)
		memcpy(n->person, person, ID_LEN);
}

static err
read_nomination(const struct merge_lines *lines, const struct state *state,
    struct nomination *n)
{
	uint64_t now_ms = clock_now_ms();
	const struct write *w = state_winner(state_find(state,
	    FIELD_ORGANISATION_OF, plain), now_ms);

	const struct write *name = state_winner(state_find(state,
	    FIELD_FULL_NAME, plain), now_ms);

	n->unreadable = name != NULL && name->unreadable;
	state_version(state, n->version);
	read_text(state, FIELD_FULL_NAME, now_ms, n->name);
	read_text(state, FIELD_PHONE, now_ms, n->phone);
	read_text(state, FIELD_RESIDENCE, now_ms, n->residence);
	if (state_uint(state, FIELD_BIRTH_YEAR, plain, now_ms,
	    &n->birth_year) != ERR_OK)
		n->birth_year = 0;
	n->has_date = state_int(state, FIELD_DATE, plain, now_ms, &n->date) ==
	    ERR_OK;
	n->received = w != NULL && w->stamp.leaf != MERGE_NO_LEAF;
	read_answer(state, now_ms, n);
	return steps_of(lines, state, &n->steps, &n->step_count);
}

/* ---- the list */

struct listing {
	const struct merge_lines *lines;
	struct nomination_list *list;
	size_t cap;
	unsigned outcomes;
	const struct commune_lane *lane;
};

static err
add_nomination(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state)
{
	struct listing *l = ctx;
	struct nomination n = { .outcome = NOMINATION_OPEN };
	err rc;

	memcpy(n.lane, scope, SCOPE_LEN);
	memcpy(n.cell, l->lane->cell, SCOPE_LEN);
	memcpy(n.subject, subject, ID_LEN);
	memcpy(n.organisation, l->lane->organisation, sizeof n.organisation);
	rc = read_nomination(l->lines, state, &n);
	if (rc != ERR_OK)
		return rc;
	if (l->outcomes != 0 && !(l->outcomes & 1u << n.outcome)) {
		free(n.steps);
		return ERR_OK;
	}
	if (l->list->count == l->cap) {
		size_t cap = l->cap == 0 ? 16 : 2 * l->cap;
		struct nomination *more = realloc(l->list->items,
		    cap * sizeof *more);
		if (more == NULL) {
			free(n.steps);
			return ERR_NOMEM;
		}
		l->list->items = more;
		l->cap = cap;
	}
	l->list->items[l->list->count++] = n;
	return ERR_OK;
}

static int
compare(const void *pa, const void *pb)
{
	const struct nomination *a = pa, *b = pb;
	int c = strcmp(a->code, b->code);

	if (c != 0)
		return c;
	if (a->has_date != b->has_date)
		return a->has_date ? -1 : 1;
	if (a->date != b->date)
		return a->date < b->date ? -1 : 1;
	return memcmp(a->subject, b->subject, ID_LEN);
}

static err
put_codes(struct store *s, struct nomination_list *list)
{
	struct commune_cell cell;

	for (size_t i = 0; i < list->count; i++) {
		struct nomination *n = &list->items[i];
		err rc = commune_cell_by_scope(s, n->cell, &cell);

		if (rc != ERR_OK && rc != ERR_ABSENT)
			return rc;
		if (rc == ERR_OK)
			memcpy(n->code, cell.code, sizeof n->code);
	}
	return ERR_OK;
}

err
nominations_list(struct store *s, unsigned outcomes,
    struct nomination_list **ret)
{
	struct listing l = { .lines = store_lines(s), .outcomes = outcomes };
	struct commune_lane *lanes = NULL;
	size_t count = 0;
	err rc = store_unlocked(s) ?
	    commune_lane_all(s, NULL, &lanes, &count) : ERR_PASS;

	if (rc != ERR_OK)
		return rc;
	l.list = calloc(1, sizeof *l.list);
	if (l.list == NULL)
		rc = ERR_NOMEM;
	for (size_t i = 0; rc == ERR_OK && i < count; i++) {
		l.lane = &lanes[i];
		if (store_covers(s, lanes[i].scope))
			rc = store_each(s, lanes[i].scope, KIND_NOMINATION,
			    add_nomination, &l);
	}
	free(lanes);
	if (rc == ERR_OK)
		rc = put_codes(s, l.list);
	if (rc != ERR_OK) {
		nominations_free(l.list);
		return rc;
	}
	if (l.list->count > 1)
		qsort(l.list->items, l.list->count, sizeof *l.list->items,
		    compare);
	*ret = l.list;
	return ERR_OK;
}

void
nominations_free(struct nomination_list *list)
{
	if (list == NULL)
		return;
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].steps);
	if (list->items != NULL)
		crypto_wipe(list->items, list->count * sizeof *list->items);
	free(list->items);
	free(list);
}

static bool
same_name(const struct nomination *n, const char *who)
{
	struct buf a = { 0 }, b = { 0 };
	bool same = fold_text_search(text_of(n->name), &a) == ERR_OK &&
	    fold_text_search(text_of(who), &b) == ERR_OK && a.n > 0 &&
	    span_equal(buf_span(&a), buf_span(&b));

	buf_free(&a);
	buf_free(&b);
	return same;
}

static bool
same_id(const struct nomination *n, const char *who)
{
	return short_id_names(who, n->subject);
}

const struct nomination *
nominations_find(const struct nomination_list *list, const char *who)
{
	bool (*const match[])(const struct nomination *, const char *) = {
		same_id, same_name };

	for (size_t m = 0; m < 2; m++) {
		const struct nomination *found = NULL;
		size_t count = 0;

		for (size_t i = 0; i < list->count; i++)
			if (match[m](&list->items[i], who)) {
				found = &list->items[i];
				count++;
			}
		if (count > 0)
			return count == 1 ? found : NULL;
	}
	return NULL;
}

/* ---- adding */

err
nominations_lane(struct store *s, const char *cell, const char *organisation,
    uint8_t ret[static SCOPE_LEN])
{
	struct commune_cell known;
	struct commune_lane *lanes = NULL;
	size_t count = 0, fit = 0;
	err rc = ERR_OK;

	if (cell != NULL)
		rc = commune_cell_by_code(s, cell, &known);
	if (rc == ERR_OK)
		rc = commune_lane_all(s, cell != NULL ? known.scope : NULL,
		    &lanes, &count);
	if (rc != ERR_OK)
		return rc;
	for (size_t i = 0; i < count; i++) {
		if (!store_covers(s, lanes[i].scope) || (organisation != NULL &&
		    strcmp(organisation, lanes[i].organisation) != 0))
			continue;
		if (fit++ == 0)
			memcpy(ret, lanes[i].scope, SCOPE_LEN);
	}
	free(lanes);
	return fit == 0 ? ERR_ABSENT : fit == 1 ? ERR_OK : ERR_VALUE;
}

/* The organisation of a lane. */
static err
lane_organisation(struct store *s, const uint8_t *lane, struct buf *out)
{
	const struct state *state = NULL;
	uint8_t subject[ID_LEN];
	struct span text;
	err rc;

	chain_scope_subject(lane, subject);
	rc = store_state(s, scope_root, subject, &state);
	if (rc == ERR_OK)
		rc = state_text(state, FIELD_ORGANISATION, plain,
		    clock_now_ms(), &text);
	if (rc != ERR_OK)
		return rc;
	buf_put(out, text.p, text.n);
	return buf_err(out);
}

static err
put_field(struct store_op *op, uint64_t number, struct span text)
{
	const struct field_rule *rule = field_rule(number);
	struct buf raw = { 0 };
	err rc = conflicts_settle_value(number, text, &raw);

	if (rc == ERR_OK)
		field_draft_put_raw(rule->section == SECTION_FACTS ?
		    op->facts : op->sealed, number, buf_span(&raw));
	if (raw.p != NULL)
		crypto_wipe(raw.p, raw.cap);
	buf_free(&raw);
	return rc;
}

static err
put_draft(struct store_op *op, const struct people_draft *d)
{
	err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < PEOPLE_FIELDS; i++)
		if (i != PEOPLE_ORGANISATION && d->text[i].n > 0)
			rc = put_field(op, people_field_number(
			    (enum people_field)i), d->text[i]);
	return rc;
}

err
nominations_add(struct store *s, const uint8_t lane[static SCOPE_LEN],
    const struct people_draft *d, int64_t date,
    uint8_t ret_subject[static ID_LEN])
{
	struct store_op op = { .kind = KIND_NOMINATION, .creates = true };
	struct buf organisation = { 0 };
	err rc = lane_organisation(s, lane, &organisation);

	if (d->text[PEOPLE_FULL_NAME].n == 0)
		rc = ERR_VALUE;
	crypto_random(op.subject, ID_LEN);
	op.fields = field_draft_new();
	op.facts = field_draft_new();
	op.sealed = field_draft_new();
	if (rc == ERR_OK && (op.fields == NULL || op.facts == NULL ||
	    op.sealed == NULL))
		rc = ERR_NOMEM;
	if (rc == ERR_OK) {
		field_draft_put_int(op.fields, FIELD_DATE, date);
		field_draft_put_text(op.facts, FIELD_ORGANISATION_OF,
		    buf_span(&organisation));
		rc = put_draft(&op, d);
	}
	if (rc == ERR_OK)
		rc = store_write(s, lane, &op, 1, NULL, 0, NULL);
	if (rc == ERR_OK)
		memcpy(ret_subject, op.subject, ID_LEN);
	field_draft_free(op.fields);
	field_draft_free(op.facts);
	field_draft_free(op.sealed);
	buf_free(&organisation);
	return rc;
}
