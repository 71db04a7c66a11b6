/* SPDX-License-Identifier: Apache-2.0 */
/*
 * figures_place.c -- whose record counts, once moved to another cell or merged
 * into another person (SPEC.md 9.1).
 */
#include <stdlib.h>
#include <string.h>

#include "protocol/figures_internal.h"

/* What the commune said of everybody, and the merges of the cells. */
struct view {
	const struct figures *f;
	struct figure_place *places;		/* by subject */
	struct figure_merge *merges;		/* by scope, subject */
	size_t place_count, merge_count;
};

/* ---- reading */

bool
figures_place_read(const struct state *s, uint64_t now_ms,
    struct figure_place *ret)
{
	const struct write *w = state_winner(state_find(s, FIELD_PLACE,
	    (struct span){ NULL, 0 }), now_ms);
	struct figure_place place = { { 0 }, { 0 }, { 0 }, false };
	const uint8_t *scope, *into;
	struct codec_reader r;
	uint32_t count;

	if (w == NULL || w->unreadable)
		return false;
	r = codec_reader(w->value);
	if (codec_read_fixed(&r, SCOPE_LEN, &scope) != ERR_OK) {
		r = codec_reader(w->value);
		if (codec_read_array(&r, &count) != ERR_OK || count != 2 ||
		    codec_read_fixed(&r, SCOPE_LEN, &scope) != ERR_OK ||
		    codec_read_fixed(&r, ID_LEN, &into) != ERR_OK)
			return false;
		memcpy(place.into, into, ID_LEN);
		place.merged = true;
	}
	if (chain_scope_kind(scope) != SCOPE_CELL)
		return false;
	memcpy(place.scope, scope, SCOPE_LEN);
	*ret = place;
	return true;
}

bool
figures_place_merged(const struct state *s, uint64_t now_ms,
    uint8_t ret_into[static ID_LEN])
{
	const struct write *w = state_winner(state_find(s, FIELD_MERGED_INTO,
	    (struct span){ NULL, 0 }), now_ms);
	struct codec_reader r;
	const uint8_t *into;

	if (w == NULL || w->unreadable)
		return false;
	r = codec_reader(w->value);
	if (codec_read_fixed(&r, ID_LEN, &into) != ERR_OK)
		return false;
	memcpy(ret_into, into, ID_LEN);
	return true;
}

/* ---- finding */

static int
place_compare(const void *a, const void *b)
{
	return memcmp(((const struct figure_place *)a)->subject,
	    ((const struct figure_place *)b)->subject, ID_LEN);
}

static int
merge_compare(const void *a, const void *b)
{
	const struct figure_merge *x = a, *y = b;

	if (x->scope != y->scope)
		return x->scope < y->scope ? -1 : 1;
	return memcmp(x->subject, y->subject, ID_LEN);
}

static int
into_compare(const void *a, const void *b)
{
	const struct figure_merge *x = a, *y = b;

	if (x->scope != y->scope)
		return x->scope < y->scope ? -1 : 1;
	return memcmp(x->into, y->into, ID_LEN);
}

static const struct figure_place *
find_place(const struct view *v, const uint8_t *subject)
{
	struct figure_place key;

	if (v->place_count == 0)
		return NULL;
	memcpy(key.subject, subject, ID_LEN);
	return bsearch(&key, v->places, v->place_count, sizeof key,
	    place_compare);
}

static const struct figure_merge *
find_merge(const struct view *v, uint32_t scope, const uint8_t *subject)
{
	struct figure_merge key = { .scope = scope };

	if (v->merge_count == 0)
		return NULL;
	memcpy(key.subject, subject, ID_LEN);
	return bsearch(&key, v->merges, v->merge_count, sizeof key,
	    merge_compare);
}

static bool
is_scope(const struct view *v, uint32_t scope, const uint8_t *id)
{
	const struct figure_scope *scopes = v->f->scopes.p;

	return memcmp(scopes[scope].id, id, SCOPE_LEN) == 0;
}

/* ---- following merges */

/* Into whom somebody is merged, as seen from a cell; NULL: into nobody. */
static const uint8_t *
into_whom(const struct view *v, uint32_t scope, const uint8_t *subject)
{
	const struct figure_place *place = find_place(v, subject);
	const struct figure_merge *merge;

	if (place != NULL && place->merged)
		return place->into;
	if (place != NULL && !is_scope(v, scope, place->scope))
		return NULL;
	merge = find_merge(v, scope, subject);
	return merge == NULL || (place == NULL && !merge->created) ? NULL :
	    merge->into;
}

/* Whether the subject is the lowest of a ring of merges; ret_last: the one of
 * the ring that is merged into it. */
static bool
leads_ring(const struct view *v, uint32_t scope, const uint8_t *subject,
    const uint8_t **ret_last)
{
	const uint8_t *at = subject, *next;

	for (size_t i = 0; i < v->place_count + v->merge_count; i++) {
		next = into_whom(v, scope, at);
		if (next == NULL || memcmp(next, subject, ID_LEN) < 0)
			return false;
		if (memcmp(next, subject, ID_LEN) == 0) {
			*ret_last = at;
			return true;
		}
		at = next;
	}
	return false;
}

static bool
stands(const struct view *v, const struct figure_person *p)
{
	const struct figure_place *place = find_place(v, p->subject), *last;
	const uint8_t *before = NULL;
	bool ring;

	if (place == NULL && !p->created)
		return false;
	if (place != NULL && !place->merged &&
	    !is_scope(v, p->scope, place->scope))
		return false;
	if (into_whom(v, p->scope, p->subject) == NULL)
		return true;
	ring = leads_ring(v, p->scope, p->subject, &before);
	if (!ring || place == NULL || !place->merged)
		return ring;
	last = find_place(v, before);
	return last == NULL || !last->merged ||
	    is_scope(v, p->scope, last->scope);
}

/* ---- all of them */

/* Leaves out the merges into nobody of the cell. */
static void
drop_dangling(struct view *v)
{
	const struct figure_person *people = v->f->people.p;
	struct figure_merge key = { .scope = 0 }, *found;
	struct figure_merge *end = v->merges + v->merge_count;
	size_t kept = 0;

	if (v->merge_count == 0)
		return;
	qsort(v->merges, v->merge_count, sizeof key, into_compare);
	for (size_t i = 0; i < v->f->people.count; i++) {
		key.scope = people[i].scope;
		memcpy(key.into, people[i].subject, ID_LEN);
		found = bsearch(&key, v->merges, v->merge_count, sizeof key,
		    into_compare);
		if (found == NULL)
			continue;
		while (found > v->merges &&
		    into_compare(found - 1, &key) == 0)
			found--;
		for (; found < end && into_compare(found, &key) == 0; found++)
			found->holds = true;
	}
	for (size_t i = 0; i < v->merge_count; i++)
		if (v->merges[i].holds)
			v->merges[kept++] = v->merges[i];
	v->merge_count = kept;
	if (kept > 1)
		qsort(v->merges, kept, sizeof key, merge_compare);
}

/* NULL: no memory. */
static void *
copy_list(const struct figure_list *list, size_t size)
{
	void *copy = calloc(list->count + 1, size);

	if (copy != NULL && list->count > 0)
		memcpy(copy, list->p, list->count * size);
	return copy;
}

err
figures_place_counts(const struct figures *f, bool **ret)
{
	const struct figure_person *people = f->people.p;
	struct view v = { f, copy_list(&f->places, sizeof *v.places),
		copy_list(&f->merges, sizeof *v.merges), f->places.count,
		f->merges.count };
	bool *counts = calloc(f->people.count + 1, sizeof *counts);
	err rc = ERR_NOMEM;

	if (v.places == NULL || v.merges == NULL || counts == NULL)
		goto out;
	if (v.place_count > 1)
		qsort(v.places, v.place_count, sizeof *v.places,
		    place_compare);
	drop_dangling(&v);
	for (size_t i = 0; i < f->people.count; i++)
		counts[i] = stands(&v, &people[i]);
	*ret = counts;
	counts = NULL;
	rc = ERR_OK;
out:
	free(counts);
	free(v.places);
	free(v.merges);
	return rc;
}
