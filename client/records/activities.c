/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/activities.h"

#include <stdlib.h>
#include <string.h>

#include "client/records/fold_text.h"
#include "client/store/clock.h"
#include "protocol/date.h"
#include "protocol/limits.h"

enum { PARTICIPANTS_MAX = 100000, ELEMENT_PLAIN = ID_LEN + 8 + 1 };

/* ---- judging */

bool
activities_refuses(enum activities_verdict v)
{
	return v != ACTIVITIES_FINE && v != ACTIVITIES_FUTURE &&
	    v != ACTIVITIES_NAMES;
}

enum phrase
activities_phrase(enum activities_verdict v)
{
	switch (v) {
	case ACTIVITIES_FINE: return PHRASE_ACTIVITIES_FINE;
	case ACTIVITIES_FUTURE: return PHRASE_STEPS_FUTURE;
	case ACTIVITIES_NAMES: return PHRASE_ACTIVITIES_NAMES;
	case ACTIVITIES_NO_TEXT: return PHRASE_PEOPLE_NO_TEXT;
	case ACTIVITIES_NO_TITLE: return PHRASE_ACTIVITIES_NO_TITLE;
	case ACTIVITIES_TOO_LONG: return PHRASE_PEOPLE_TOO_LONG;
	case ACTIVITIES_BAD_DATE: return PHRASE_STEPS_NO_DATE;
	case ACTIVITIES_BAD_ORGANISATION: return PHRASE_STEPS_BAD_ORGANISATION;
	case ACTIVITIES_BAD_PARTICIPANTS: break;
	}
	return PHRASE_ACTIVITIES_BAD_PARTICIPANTS;
}

static bool
parse_number(struct span text, uint64_t *ret)
{
	uint64_t n = 0;

	if (text.n == 0 || text.n > 9)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(text.p[i] - '0');
	}
	*ret = n;
	return n <= PARTICIPANTS_MAX;
}

/* The title as it is kept. */
static enum activities_verdict
judge_title(const struct activity_draft *d, struct buf *title)
{
	err rc = fold_text_nfc(d->title, title);

	if (rc == ERR_LIMIT || title->n > LIMIT_TEXT_BYTES)
		return ACTIVITIES_TOO_LONG;
	if (rc != ERR_OK || (title->n > 0 &&
	    memchr(title->p, '\0', title->n) != NULL))
		return ACTIVITIES_NO_TEXT;
	return title->n == 0 ? ACTIVITIES_NO_TITLE : ACTIVITIES_FINE;
}

static enum activities_verdict
judge_rest(const struct activity_draft *d, struct activity *a)
{
	struct buf code = { .p = NULL }, clean = { .p = NULL };
	enum activities_verdict v = ACTIVITIES_FINE;
	err rc = fold_text_nfc(d->date, &clean);

	if (rc != ERR_OK || date_parse(buf_span(&clean), &a->date) != ERR_OK)
		v = ACTIVITIES_BAD_DATE;
	rc = fold_text_code(d->organisation, &code);
	if (v == ACTIVITIES_FINE && (rc != ERR_OK ||
	    !steps_organisation_ok(buf_span(&code))))
		v = ACTIVITIES_BAD_ORGANISATION;
	if (v == ACTIVITIES_FINE)
		memcpy(a->organisation, buf_cstr(&code), code.n + 1);
	buf_reset(&clean);
	rc = fold_text_nfc(d->participants, &clean);
	a->has_participants = clean.n > 0;
	if (v == ACTIVITIES_FINE && (rc != ERR_OK || (a->has_participants &&
	    !parse_number(buf_span(&clean), &a->participants))))
		v = ACTIVITIES_BAD_PARTICIPANTS;
	buf_free(&code);
	buf_free(&clean);
	return v;
}

enum activities_verdict
activities_judge(const struct activity_draft *d, int64_t today,
    const struct people_index *people, struct activity *ret)
{
	struct activity a = { .title = NULL };
	struct buf title = { .p = NULL };
	enum activities_verdict v = judge_title(d, &title);
	bool names = false;

	if (v == ACTIVITIES_FINE)
		v = judge_rest(d, &a);
	if (v == ACTIVITIES_FINE && a.date > today)
		v = ACTIVITIES_FUTURE;
	if (v == ACTIVITIES_FINE && people != NULL &&
	    people_index_names(people, buf_span(&title), &names) != ERR_OK)
		v = ACTIVITIES_NO_TEXT;
	if (v == ACTIVITIES_FINE && names)
		v = ACTIVITIES_NAMES;
	(void)buf_cstr(&title);
	if (buf_err(&title) != ERR_OK && !activities_refuses(v))
		v = ACTIVITIES_NO_TEXT;
	if (activities_refuses(v)) {
		buf_free(&title);
		return v;
	}
	a.title = (char *)title.p;
	*ret = a;
	return v;
}

void
activities_clear(struct activity *a)
{
	if (a == NULL)
		return;
	free(a->title);
	a->title = NULL;
}

static struct span
text_span(const char *text)
{
	return (struct span){ (const uint8_t *)text, strlen(text) };
}

void
activities_key(const struct activity *a, uint8_t ret[static ID_LEN])
{
	uint8_t date[8], participants[8];

	be64_put(date, (uint64_t)a->date);
	be64_put(participants, a->has_participants ? a->participants :
	    UINT64_MAX);
	key_set_key((const struct span[]){ { a->scope, SCOPE_LEN },
	    { date, 8 }, text_span(a->organisation), text_span(a->title),
	    { participants, 8 } }, 5, ret);
}

/* ---- writing */

err
activities_add(struct store *s, const uint8_t scope[static SCOPE_LEN],
    const struct activity *a)
{
	struct store_op op = { .kind = KIND_ACTIVITY };
	err rc;

	op.fields = field_draft_new();
	if (op.fields == NULL)
		return ERR_NOMEM;
	crypto_random(op.subject, ID_LEN);
	field_draft_put_int(op.fields, FIELD_DATE, a->date);
	field_draft_put_text(op.fields, FIELD_ORGANISATION,
	    text_span(a->organisation));
	field_draft_put_text(op.fields, FIELD_TITLE, text_span(a->title));
	if (a->has_participants)
		field_draft_put_uint(op.fields, FIELD_PARTICIPANTS,
		    a->participants);
	rc = store_write(s, scope, &op, 1, NULL, 0, NULL);
	field_draft_free(op.fields);
	return rc;
}

/* ---- reading */

struct collecting {
	struct activity *items;
	size_t count, cap;
};

static err
copy_title(struct span title, char **ret)
{
	*ret = malloc(title.n + 1);
	if (*ret == NULL)
		return ERR_NOMEM;
	if (title.n > 0)
		memcpy(*ret, title.p, title.n);
	(*ret)[title.n] = '\0';
	return ERR_OK;
}

static struct activity *
next_item(struct collecting *c)
{
	size_t cap = c->cap == 0 ? 64 : 2 * c->cap;
	struct activity *more;

	if (c->count == c->cap) {
		more = realloc(c->items, cap * sizeof *more);
		if (more == NULL)
			return NULL;
		c->items = more;
		c->cap = cap;
	}
	memset(&c->items[c->count], 0, sizeof *c->items);
	return &c->items[c->count];
}

/* One element: the op that wrote the title, or was corrected. */
static err
read_element(struct collecting *c, const uint8_t *scope,
    const uint8_t *subject, const struct state *state, const struct reg *r)
{
	struct span element = { r->element, r->element_len };
	struct span title = { NULL, 0 }, organisation = { NULL, 0 };
	uint64_t now_ms = clock_now_ms();
	struct activity *a;
	bool voided = false;
	err rc;

	if (r->element_len != ELEMENT_PLAIN ||
	    (state_bool(state, FIELD_VOIDED, element, now_ms, &voided) ==
	    ERR_OK && voided))
		return ERR_OK;
	a = next_item(c);
	if (a == NULL)
		return ERR_NOMEM;
	memcpy(a->scope, scope, SCOPE_LEN);
	memcpy(a->subject, subject, ID_LEN);
	if (state_int(state, FIELD_DATE, element, now_ms, &a->date) != ERR_OK)
		a->date = INT64_MIN;
	a->has_participants = state_uint(state, FIELD_PARTICIPANTS, element,
	    now_ms, &a->participants) == ERR_OK;
	if (state_text(state, FIELD_TITLE, element, now_ms, &title) != ERR_OK)
		title.n = 0;
	if (state_text(state, FIELD_ORGANISATION, element, now_ms,
	    &organisation) == ERR_OK && organisation.n < STEPS_TEXT)
		memcpy(a->organisation, organisation.p, organisation.n);
	memcpy(a->element, r->element, ELEMENT_PLAIN);
	state_version(state, a->version);
	a->late = a->date != INT64_MIN && steps_late(a->date, (int64_t)
	    (state_winner(r, now_ms)->stamp.time_ms / 86400000));
	a->waits = state_winner(r, now_ms)->stamp.leaf == MERGE_NO_LEAF;
	rc = copy_title(title, &a->title);
	c->count += rc == ERR_OK;
	return rc;
}

static err
collect(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state)
{
	err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < state_count(state); i++) {
		const struct reg *r = state_at(state, i);
		if (r->field == FIELD_TITLE)
			rc = read_element(ctx, scope, subject, state, r);
	}
	return rc;
}

static int
compare(const void *pa, const void *pb)
{
	const struct activity *a = pa, *b = pb;

	if (a->date != b->date)
		return a->date < b->date ? -1 : 1;
	return memcmp(a->subject, b->subject, ID_LEN);
}

err
activities_list(struct store *s, const uint8_t *scope, struct activity **ret,
    size_t *ret_count)
{
	struct collecting c = { .count = 0 };
	err rc = store_each(s, scope, KIND_ACTIVITY, collect, &c);

	if (rc != ERR_OK) {
		activities_free(c.items, c.count);
		return rc;
	}
	if (c.count > 1)
		qsort(c.items, c.count, sizeof *c.items, compare);
	*ret = c.items;
	*ret_count = c.count;
	return ERR_OK;
}

void
activities_free(struct activity *a, size_t count)
{
	for (size_t i = 0; a != NULL && i < count; i++)
		activities_clear(&a[i]);
	free(a);
}
