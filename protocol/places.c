/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/places.h"

#include <stdlib.h>
#include <string.h>

/* What the commune says of somebody. */
struct placed {
	uint8_t subject[ID_LEN];
	uint8_t scope[SCOPE_LEN];
	uint8_t into[ID_LEN];
	bool merged;			/* into another person */
};
/* A record of somebody in a cell. */
struct stay {
	uint8_t scope[SCOPE_LEN];
	uint8_t subject[ID_LEN];
	uint8_t into[ID_LEN];		/* whom the cell merged it into */
	bool merged;
	bool created;			/* here, and not moved in */
};
struct list {
	void *p;
	size_t count, capacity;
};
struct places {
	uint64_t now_ms;
	struct list placed;		/* by subject, once sorted */
	struct list stays;		/* by scope and subject */
	bool sorted;
};

struct places *
places_new(uint64_t now_ms)
{
	struct places *p = calloc(1, sizeof *p);

	if (p != NULL)
		p->now_ms = now_ms;
	return p;
}

void
places_free(struct places *p)
{
	if (p == NULL)
		return;
	free(p->placed.p);
	free(p->stays.p);
	free(p);
}

static void *
list_add(struct list *list, size_t size)
{
	size_t capacity = list->capacity;
	void *grown;

	if (list->count == capacity) {
		capacity = capacity == 0 ? 16 : 2 * capacity;
		if (capacity > SIZE_MAX / size)
			return NULL;
		grown = realloc(list->p, capacity * size);
		if (grown == NULL)
			return NULL;
		list->p = grown;
		list->capacity = capacity;
	}
	return (uint8_t *)list->p + list->count++ * size;
}

/* ---- reading */

static const struct write *
value_of(const struct places *p, const struct state *s, uint64_t field)
{
	const struct write *w = state_winner(state_find(s, field,
	    (struct span){ NULL, 0 }), p->now_ms);

	return w == NULL || w->unreadable ? NULL : w;
}

/* False: nothing well formed. */
static bool
read_place(const struct places *p, const struct state *s, struct placed *ret)
{
	const struct write *w = value_of(p, s, FIELD_PLACE);
	const uint8_t *scope, *into;
	struct codec_reader r;
	uint32_t count;

	if (w == NULL)
		return false;
	r = codec_reader(w->value);
	if (codec_read_fixed(&r, SCOPE_LEN, &scope) != ERR_OK) {
		r = codec_reader(w->value);
		if (codec_read_array(&r, &count) != ERR_OK || count != 2 ||
		    codec_read_fixed(&r, SCOPE_LEN, &scope) != ERR_OK ||
		    codec_read_fixed(&r, ID_LEN, &into) != ERR_OK)
			return false;
		memcpy(ret->into, into, ID_LEN);
		ret->merged = memcmp(into, ret->subject, ID_LEN) != 0;
	}
	memcpy(ret->scope, scope, SCOPE_LEN);
	return chain_scope_kind(scope) == SCOPE_CELL;
}

static void
read_merged(const struct places *p, const struct state *s, struct stay *ret)
{
	const struct write *w = value_of(p, s, FIELD_MERGED_INTO);
	struct codec_reader r;
	const uint8_t *into;

	if (w == NULL)
		return;
	r = codec_reader(w->value);
	if (codec_read_fixed(&r, ID_LEN, &into) != ERR_OK ||
	    memcmp(into, ret->subject, ID_LEN) == 0)
		return;
	memcpy(ret->into, into, ID_LEN);
	ret->merged = true;
}

bool
places_is_person(const struct state *s)
{
	return state_has_kind(s, KIND_PERSON) ||
	    state_has_kind(s, KIND_MOVED_IN);
}

static err
add_placed(struct places *p, const uint8_t *subject, const struct state *s)
{
	struct placed placed = { .merged = false }, *added;

	memcpy(placed.subject, subject, ID_LEN);
	if (!read_place(p, s, &placed))
		return ERR_OK;
	added = list_add(&p->placed, sizeof placed);
	if (added == NULL)
		return ERR_NOMEM;
	*added = placed;
	return ERR_OK;
}

err
places_add(struct places *p, const uint8_t scope[static SCOPE_LEN],
    const uint8_t subject[static ID_LEN], const struct state *s)
{
	enum scope_kind kind = chain_scope_kind(scope);
	struct stay stay = { .merged = false }, *added;

	p->sorted = false;
	if (kind == SCOPE_ROOT)
		return add_placed(p, subject, s);
	if (kind != SCOPE_CELL || !places_is_person(s))
		return ERR_OK;
	memcpy(stay.scope, scope, SCOPE_LEN);
	memcpy(stay.subject, subject, ID_LEN);
	stay.created = !state_has_kind(s, KIND_MOVED_IN);
	read_merged(p, s, &stay);
	added = list_add(&p->stays, sizeof stay);
	if (added == NULL)
		return ERR_NOMEM;
	*added = stay;
	return ERR_OK;
}

/* ---- finding */

static int
placed_compare(const void *a, const void *b)
{
	return memcmp(((const struct placed *)a)->subject,
	    ((const struct placed *)b)->subject, ID_LEN);
}

static int
stay_compare(const void *a, const void *b)
{
	const struct stay *x = a, *y = b;
	int c = memcmp(x->scope, y->scope, SCOPE_LEN);

	return c != 0 ? c : memcmp(x->subject, y->subject, ID_LEN);
}

static void
sort(struct places *p)
{
	if (!p->sorted && p->placed.count > 1)
		qsort(p->placed.p, p->placed.count, sizeof(struct placed),
		    placed_compare);
	if (!p->sorted && p->stays.count > 1)
		qsort(p->stays.p, p->stays.count, sizeof(struct stay),
		    stay_compare);
	p->sorted = true;
}

static const struct placed *
find_placed(const struct places *p, const uint8_t *subject)
{
	struct placed key;

	if (p->placed.count == 0)
		return NULL;
	memcpy(key.subject, subject, ID_LEN);
	return bsearch(&key, p->placed.p, p->placed.count, sizeof key,
	    placed_compare);
}

static const struct stay *
find_stay(const struct places *p, const uint8_t *scope,
    const uint8_t *subject)
{
	struct stay key;

	if (p->stays.count == 0)
		return NULL;
	memcpy(key.scope, scope, SCOPE_LEN);
	memcpy(key.subject, subject, ID_LEN);
	return bsearch(&key, p->stays.p, p->stays.count, sizeof key,
	    stay_compare);
}

static bool
same_scope(const uint8_t *a, const uint8_t *b)
{
	return memcmp(a, b, SCOPE_LEN) == 0;
}

/* ---- following merges */

/* Into whom somebody is merged, as seen from a cell; NULL: into nobody. */
static const uint8_t *
into_whom(const struct places *p, const uint8_t *scope,
    const uint8_t *subject)
{
	const struct placed *placed = find_placed(p, subject);
	const struct stay *stay;

	if (placed != NULL && placed->merged)
		return placed->into;
	if (placed != NULL && !same_scope(placed->scope, scope))
		return NULL;
	stay = find_stay(p, scope, subject);
	if (stay == NULL || !stay->merged ||
	    (placed == NULL && !stay->created) ||
	    find_stay(p, scope, stay->into) == NULL)
		return NULL;
	return stay->into;
}

/* Whether the commune merged the subject; else the cell did. */
static bool
by_place(const struct places *p, const uint8_t *subject)
{
	const struct placed *placed = find_placed(p, subject);

	return placed != NULL && placed->merged;
}

/* Whether the subject is the one of a ring of merges that stays: the lowest of
 * those whom the cell merged, or of all if the commune merged all. */
static bool
leads_ring(const struct places *p, const uint8_t *scope,
    const uint8_t *subject)
{
	const bool own = !by_place(p, subject);
	const uint8_t *at = subject, *next;

	for (size_t i = 0; i <= p->placed.count + p->stays.count; i++) {
		next = into_whom(p, scope, at);
		if (next == NULL)
			return false;
		if (memcmp(next, subject, ID_LEN) == 0)
			return own || same_scope(scope,
			    find_placed(p, at)->scope);
		if (own != !by_place(p, next) ? !own :
		    memcmp(next, subject, ID_LEN) < 0)
			return false;
		at = next;
	}
	return false;
}

bool
places_counts(struct places *p, const uint8_t scope[static SCOPE_LEN],
    const uint8_t subject[static ID_LEN])
{
	const struct placed *placed;
	const struct stay *stay;

	sort(p);
	if (into_whom(p, scope, subject) != NULL)
		return leads_ring(p, scope, subject);
	placed = find_placed(p, subject);
	if (placed != NULL)
		return same_scope(placed->scope, scope);
	stay = find_stay(p, scope, subject);
	return stay == NULL || stay->created;
}

bool
places_went(struct places *p, const uint8_t scope[static SCOPE_LEN],
    const uint8_t subject[static ID_LEN], struct places_went *ret)
{
	const struct placed *placed;
	const uint8_t *into;

	if (places_counts(p, scope, subject))
		return false;
	placed = find_placed(p, subject);
	into = into_whom(p, scope, subject);
	if (into == NULL && placed == NULL)
		return false;
	ret->merged = into != NULL;
	memcpy(ret->scope, placed != NULL ? placed->scope : scope, SCOPE_LEN);
	memcpy(ret->subject, into != NULL ? into : subject, ID_LEN);
	return true;
}

err
places_value(const uint8_t scope[static SCOPE_LEN], const uint8_t *into,
    struct buf *out)
{
	if (into != NULL)
		codec_put_array(out, 2);
	codec_put_bin(out, (struct span){ scope, SCOPE_LEN });
	if (into != NULL)
		codec_put_bin(out, (struct span){ into, ID_LEN });
	return buf_err(out);
}
