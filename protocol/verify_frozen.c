/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/verify_frozen.h"

#include <stdlib.h>
#include <string.h>

struct verify_frozen_list {
	struct verify_frozen *items;
	struct buf *bytes;		/* figures of each */
	size_t count, room;
	size_t checked;			/* outcomes known before this */
};

/* The figures at the size asked for last. */
struct at_size {
	uint64_t size;
	struct figures *figures;	/* NULL: none yet */
	uint64_t erased;
};

const char *
verify_frozen_name(enum verify_frozen_outcome o)
{
	switch (o) {
	case VERIFY_FROZEN_EQUAL: return "equal";
	case VERIFY_FROZEN_ERASED: return "erased";
	case VERIFY_FROZEN_DIFFERS: return "differs";
	case VERIFY_FROZEN_RULE: return "rule";
	case VERIFY_FROZEN_FORM: return "form";
	case VERIFY_FROZEN_AGAIN: return "again";
	case VERIFY_FROZEN_LATER: return "later";
	case VERIFY_FROZEN_UNCHECKED: break;
	}
	return "unchecked";
}

bool
verify_frozen_fails(enum verify_frozen_outcome o)
{
	return o == VERIFY_FROZEN_DIFFERS || o == VERIFY_FROZEN_RULE ||
	    o == VERIFY_FROZEN_FORM || o == VERIFY_FROZEN_AGAIN;
}

struct verify_frozen_list *
verify_frozen_new(void)
{
	return calloc(1, sizeof(struct verify_frozen_list));
}

void
verify_frozen_free(struct verify_frozen_list *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->count; i++)
		buf_free(&l->bytes[i]);
	free(l->bytes);
	free(l->items);
	free(l);
}

static err
make_room(struct verify_frozen_list *l)
{
	size_t room = l->room + l->room / 2 + 8;
	struct verify_frozen *items;
	struct buf *bytes;

	if (l->count < l->room)
		return ERR_OK;
	items = realloc(l->items, room * sizeof *items);
	if (items == NULL)
		return ERR_NOMEM;
	l->items = items;
	bytes = realloc(l->bytes, room * sizeof *bytes);
	if (bytes == NULL)
		return ERR_NOMEM;
	l->bytes = bytes;
	l->room = room;
	return ERR_OK;
}

static bool
is_written(const struct verify_frozen_list *l, const uint8_t *subject)
{
	for (size_t i = 0; i < l->count; i++)
		if (memcmp(l->items[i].subject, subject, ID_LEN) == 0)
			return true;
	return false;
}

err
verify_frozen_note(struct verify_frozen_list *l, const struct place *place,
    uint8_t position, const struct op *op)
{
	struct verify_frozen *item;
	struct buf bytes = { 0 };
	err rc;

	if (op->kind != KIND_FREEZE && op->kind != KIND_RANKING)
		return ERR_OK;
	rc = make_room(l);
	if (rc != ERR_OK)
		return rc;
	item = &l->items[l->count];
	memset(item, 0, sizeof *item);
	item->outcome = VERIFY_FROZEN_UNCHECKED;
	if (frozen_read(op, &item->z) != ERR_OK)
		item->outcome = VERIFY_FROZEN_FORM;
	item->z.ranking = op->kind == KIND_RANKING;
	if (is_written(l, op->subject))
		item->outcome = VERIFY_FROZEN_AGAIN;
	buf_put(&bytes, item->z.figures.p, item->z.figures.n);
	if (buf_err(&bytes) != ERR_OK) {
		buf_free(&bytes);
		return ERR_NOMEM;
	}
	memcpy(item->subject, op->subject, ID_LEN);
	memcpy(item->log, place->log, ID_LEN);
	item->seq = place->seq;
	item->leaf = place->leaf;
	item->op = position;
	l->bytes[l->count] = bytes;
	item->z.figures = buf_span(&bytes);
	l->count++;
	return ERR_OK;
}

/* ---- computing them again */

static err
find_figures(const struct verify_states *s, const struct merge_lines *lines,
    uint64_t size, struct at_size *at)
{
	struct figures *f = NULL;
	uint64_t erased = 0;
	err rc;

	if (at->figures != NULL && at->size == size)
		return ERR_OK;
	rc = verify_states_figures_at(s, lines, size, &f, &erased);
	if (rc != ERR_OK)
		return rc;
	figures_free(at->figures);
	*at = (struct at_size){ size, f, erased };
	return ERR_OK;
}

static enum verify_frozen_outcome
outcome_of(enum frozen_outcome o)
{
	switch (o) {
	case FROZEN_EQUAL: return VERIFY_FROZEN_EQUAL;
	case FROZEN_ERASED: return VERIFY_FROZEN_ERASED;
	case FROZEN_DIFFERS: break;
	}
	return VERIFY_FROZEN_DIFFERS;
}

/* whole: every leaf that it counts is held. */
static err
check_one(struct verify_frozen *item, const struct at_size *at, bool whole)
{
	struct buf computed = { 0 };
	err rc = ERR_OK;

	if (item->z.rule != figures_rules(at->figures)) {
		item->outcome = VERIFY_FROZEN_RULE;
		return ERR_OK;
	}
	if (!frozen_known(&item->z)) {
		item->outcome = VERIFY_FROZEN_LATER;
		return ERR_OK;
	}
	rc = frozen_make(&item->z, at->figures, &computed);
	if (rc == ERR_OK) {
		item->outcome = outcome_of(frozen_compare(item->z.figures,
		    buf_span(&computed), at->erased, &item->difference));
		if (item->outcome == VERIFY_FROZEN_ERASED)
			item->erased = at->erased;
		if (item->outcome == VERIFY_FROZEN_DIFFERS && !whole)
			item->outcome = VERIFY_FROZEN_UNCHECKED;
	}
	buf_free(&computed);
	return rc;
}

err
verify_frozen_check(struct verify_frozen_list *l,
    const struct verify_states *s, const struct merge_lines *lines,
    uint64_t size, uint64_t held)
{
	struct at_size at = { 0, NULL, 0 };
	err rc = ERR_OK;

	for (; rc == ERR_OK && l->checked < l->count; l->checked++) {
		struct verify_frozen *item = &l->items[l->checked];

		if (item->outcome != VERIFY_FROZEN_UNCHECKED)
			continue;
		if (item->z.size > size || (item->leaf != ROSTER_NO_LEAF &&
		    item->z.size > item->leaf)) {
			item->outcome = VERIFY_FROZEN_FORM;
			continue;
		}
		rc = find_figures(s, lines, item->z.size, &at);
		if (rc == ERR_OK)
			rc = check_one(item, &at, item->z.size <= held);
	}
	figures_free(at.figures);
	return rc;
}

size_t
verify_frozen_count(const struct verify_frozen_list *l)
{
	return l->count;
}

const struct verify_frozen *
verify_frozen_at(const struct verify_frozen_list *l, size_t i)
{
	return i < l->count ? &l->items[i] : NULL;
}
