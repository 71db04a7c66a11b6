/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/conflicts.h"

#include <stdlib.h>
#include <string.h>

#include "client/records/conflicts_internal.h"
#include "client/store/clock.h"
#include "protocol/utf8.h"

static const struct span plain = { NULL, 0 };

/* ---- the list */

err
conflicts_add(struct conflict_growing *g, size_t count, struct conflict **ret)
{
	struct conflict_list *list = g->list;
	struct conflict_value *values = calloc(count, sizeof *values);
	struct conflict *c;

	if (values == NULL)
		return ERR_NOMEM;
	if (list->count == g->cap) {
		size_t cap = g->cap == 0 ? 16 : 2 * g->cap;
		c = realloc(list->items, cap * sizeof *c);
		if (c == NULL) {
			free(values);
			return ERR_NOMEM;
		}
		list->items = c;
		g->cap = cap;
	}
	c = &list->items[list->count++];
	memset(c, 0, sizeof *c);
	c->count = count;
	c->values = values;
	*ret = c;
	return ERR_OK;
}

err
conflicts_copy(struct span raw, struct span *ret)
{
	uint8_t *copy;

	*ret = (struct span){ NULL, 0 };
	if (raw.n == 0)
		return ERR_OK;
	copy = malloc(raw.n);
	if (copy == NULL)
		return ERR_NOMEM;
	memcpy(copy, raw.p, raw.n);
	ret->p = copy;
	ret->n = raw.n;
	return ERR_OK;
}

static void
span_free(struct span s)
{
	free((void *)(uintptr_t)s.p);
}

void
conflicts_free(struct conflict_list *list)
{
	if (list == NULL)
		return;
	for (size_t i = 0; i < list->count; i++) {
		struct conflict *c = &list->items[i];

		for (size_t k = 0; k < c->count; k++) {
			span_free(c->values[k].value);
			span_free(c->values[k].detail);
		}
		free(c->values);
	}
	free(list->items);
	free(list);
}

const struct conflict *
conflicts_find(const struct conflict_list *list, const char *id)
{
	const struct conflict *found = NULL;
	size_t n = strlen(id);

	if (n < 4)
		return NULL;
	for (size_t i = 0; i < list->count; i++)
		if (strncmp(list->items[i].id, id, n) == 0) {
			if (found != NULL)
				return NULL;
			found = &list->items[i];
		}
	return found;
}

/* ---- names */

void
conflicts_name_id(struct conflict *c)
{
	uint8_t hash[ID_LEN], head[10];

	head[0] = (uint8_t)c->what;
	head[1] = (uint8_t)c->step;
	be64_put(head + 2, c->field == FIELD_STEP ? c->round : c->field);
	crypto_hash16("nguon1/conflict", (const struct span[]){
	    { c->scope, SCOPE_LEN }, { c->subject, ID_LEN },
	    { head, sizeof head }, { c->element, c->element_len } }, 4, hash);
	hex_encode(hash, (CONFLICT_ID_BYTES - 1) / 2, c->id);
}

void
conflicts_name_values(struct conflict *c)
{
	uint8_t place[ID_LEN + 9];

	memset(c->values_id, 0, ID_LEN);
	for (size_t i = 0; i < c->count; i++) {
		const struct stamp *t = &c->values[i].stamp;

		memcpy(place, t->log, ID_LEN);
		be64_put(place + ID_LEN, t->seq);
		place[ID_LEN + 8] = t->op;
		crypto_hash16("nguon1/values", (const struct span[]){
		    { c->values_id, ID_LEN }, { place, sizeof place } }, 2,
		    c->values_id);
	}
}

void
conflicts_stamp(struct conflict_value *v, const struct write *w)
{
	v->stamp = w->stamp;
	v->received = w->stamp.leaf != MERGE_NO_LEAF;
	v->unreadable = w->unreadable;
}

/* ---- registers with several values */

static err
add_register(struct conflict_growing *g, const uint8_t *scope,
    const uint8_t *subject, const struct state *state, const struct reg *r)
{
	const struct write *winner = state_winner(r, g->now_ms);
	struct conflict *c;
	err rc = conflicts_add(g, r->count, &c);

	if (rc != ERR_OK)
		return rc;
	c->what = CONFLICT_VALUES;
	memcpy(c->scope, scope, SCOPE_LEN);
	memcpy(c->subject, subject, ID_LEN);
	c->field = r->field;
	c->section = r->section;
	c->element_len = r->element_len;
	memcpy(c->element, r->element, r->element_len);
	if (r->element_len == CONFLICT_ELEMENT_STEP)
		c->step = (enum step)r->element[CONFLICT_ELEMENT];
	for (uint32_t i = 0; rc == ERR_OK && i < r->count; i++) {
		struct conflict_value *v = &c->values[i];

		conflicts_stamp(v, &r->writes[i]);
		v->winner = &r->writes[i] == winner;
		rc = conflicts_copy(r->writes[i].value, &v->value);
	}
	state_version(state, c->version);
	conflicts_name_id(c);
	conflicts_name_values(c);
	return rc;
}

/* Fields of the work alone, as the figures count them; sealed ones too.  The
 * reasons of two corrections of a cell do not contradict each other. */
static bool
is_work(const uint8_t *scope, const struct reg *r)
{
	return r->field >= FIELD_CELL && r->field != FIELD_TARGET &&
	    (r->field != FIELD_WHY || chain_scope_kind(scope) == SCOPE_ROOT);
}

static err
add_subject(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state)
{
	struct conflict_growing *g = ctx;
	err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < state_count(state); i++) {
		const struct reg *r = state_at(state, i);

		if (r->count > 1 && is_work(scope, r) && state_conflict(r))
			rc = add_register(g, scope, subject, state, r);
	}
	if (rc == ERR_OK && chain_scope_kind(scope) == SCOPE_CELL &&
	    state_has_kind(state, KIND_PERSON))
		rc = conflicts_steps_add(g, scope, subject, state);
	if (rc == ERR_OK && chain_scope_kind(scope) == SCOPE_CELL &&
	    places_is_person(state) &&
	    !places_counts(g->places, scope, subject))
		rc = conflicts_late_add(g, scope, subject, state);
	return rc;
}

/* ---- what they are about */

static err
find_state(struct store *s, const uint8_t *scope, const uint8_t *subject,
    const struct state **ret)
{
	err rc = store_state(s, scope, subject, ret);

	if (rc == ERR_ABSENT || rc == ERR_KEY) {
		*ret = NULL;
		return ERR_OK;
	}
	return rc;
}

static bool
read_scope(const struct state *state, uint64_t field, uint64_t now_ms,
    uint8_t ret[static SCOPE_LEN])
{
	const struct write *w = state_winner(state_find(state, field, plain),
	    now_ms);
	const uint8_t *scope;

	if (w == NULL || w->unreadable)
		return false;
	struct codec_reader r = codec_reader(w->value);
	if (codec_read_fixed(&r, SCOPE_LEN, &scope) != ERR_OK)
		return false;
	memcpy(ret, scope, SCOPE_LEN);
	return true;
}

/* The cell that a conflict is about: its scope, that of its lane, or the
 * one that the subject names. */
static err
find_cell(struct store *s, const struct conflict *c,
    const struct state *state, uint64_t now_ms, uint8_t ret[static SCOPE_LEN])
{
	enum scope_kind kind = chain_scope_kind(c->scope);
	const struct state *lane = state;
	uint8_t subject[ID_LEN];
	err rc = ERR_OK;

	memset(ret, 0, SCOPE_LEN);
	if (kind == SCOPE_CELL) {
		memcpy(ret, c->scope, SCOPE_LEN);
		return ERR_OK;
	}
	if (kind == SCOPE_LANE) {
		chain_scope_subject(c->scope, subject);
		rc = find_state(s, scope_root, subject, &lane);
	}
	if (rc != ERR_OK || lane == NULL)
		return rc;
	if (state_has_kind(lane, KIND_CELL))
		memcpy(ret, c->subject, SCOPE_LEN);
	else
		(void)read_scope(lane, FIELD_CELL, now_ms, ret);
	return ERR_OK;
}

static err
describe(struct store *s, struct conflict *c, uint64_t now_ms)
{
	static const uint64_t fields[] = { FIELD_FULL_NAME, FIELD_NAME,
		FIELD_ORGANISATION, FIELD_HOLDER_NAME };
	const struct span element = { c->element, c->element_len };
	uint8_t cell[SCOPE_LEN], subject[ID_LEN];
	const struct state *state = NULL;
	struct span text;
	err rc = find_state(s, c->scope, c->subject, &state);

	if (rc != ERR_OK || state == NULL)
		return rc;
	if (state_text(state, FIELD_TITLE, element, now_ms, &text) == ERR_OK)
		utf8_copy(c->name, sizeof c->name, text);
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (c->name[0] == '\0' && state_text(state, fields[i], plain,
		    now_ms, &text) == ERR_OK)
			utf8_copy(c->name, sizeof c->name, text);
	rc = find_cell(s, c, state, now_ms, cell);
	chain_scope_subject(cell, subject);
	if (rc == ERR_OK)
		rc = find_state(s, scope_root, subject, &state);
	if (rc != ERR_OK || state == NULL)
		return rc;
	if (state_text(state, FIELD_CODE, plain, now_ms, &text) == ERR_OK)
		utf8_copy(c->code, sizeof c->code, text);
	if (c->name[0] == '\0' && state_text(state, FIELD_NAME, plain, now_ms,
	    &text) == ERR_OK)
		utf8_copy(c->name, sizeof c->name, text);
	return ERR_OK;
}

static err
find_authors(struct store *s, struct conflict *c)
{
	for (size_t i = 0; i < c->count; i++) {
		struct conflict_value *v = &c->values[i];
		err rc = author_of_log(s, c->scope, v->stamp.log, &v->author);

		if (rc != ERR_OK && rc != ERR_ABSENT)
			return rc;
	}
	return ERR_OK;
}

err
conflicts_list(struct store *s, struct conflict_list **ret)
{
	struct conflict_growing g = { .now_ms = clock_now_ms(),
		.lines = store_lines(s) };
	err rc;

	if (!store_unlocked(s))
		return ERR_PASS;
	g.list = calloc(1, sizeof *g.list);
	if (g.list == NULL)
		return ERR_NOMEM;
	rc = person_places(s, &g.places);
	if (rc == ERR_OK)
		rc = store_each(s, NULL, 0, add_subject, &g);
	places_free(g.places);
	for (size_t i = 0; rc == ERR_OK && i < g.list->count; i++) {
		rc = describe(s, &g.list->items[i], g.now_ms);
		if (rc == ERR_OK)
			rc = find_authors(s, &g.list->items[i]);
	}
	if (rc != ERR_OK) {
		conflicts_free(g.list);
		return rc;
	}
	*ret = g.list;
	return ERR_OK;
}

/* ---- what was shown */

static const char META_SHOWN[] = "conflicts_shown";
enum { SHOWN_LEN = CONFLICT_ID_BYTES - 1 + ID_LEN };

err
conflicts_remember(struct store *s, const struct conflict_list *list)
{
	struct buf b = { 0 };
	err rc;

	for (size_t i = 0; i < list->count; i++) {
		buf_put(&b, list->items[i].id, CONFLICT_ID_BYTES - 1);
		buf_put(&b, list->items[i].values_id, ID_LEN);
	}
	rc = buf_err(&b);
	if (rc == ERR_OK)
		rc = store_meta_put(s, META_SHOWN, buf_span(&b));
	buf_free(&b);
	return rc;
}

err
conflicts_seen(struct store *s, const struct conflict *c)
{
	struct buf b = { 0 };
	err rc = store_meta_get(s, META_SHOWN, &b);

	if (rc == ERR_OK)
		rc = ERR_ABSENT;
	for (size_t i = 0; rc == ERR_ABSENT && i + SHOWN_LEN <= b.n;
	    i += SHOWN_LEN) {
		const uint8_t *id = b.p + i;

		if (memcmp(id, c->id, CONFLICT_ID_BYTES - 1) == 0)
			rc = memcmp(id + CONFLICT_ID_BYTES - 1, c->values_id,
			    ID_LEN) == 0 ? ERR_OK : ERR_CHANGED;
	}
	buf_free(&b);
	return rc;
}
