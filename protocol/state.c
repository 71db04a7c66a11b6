/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/state.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/codec.h"

enum { KIND_BITS = 64 };

/* A register: r.writes is w, sorted by (log, seq, op). */
struct slot {
	struct reg r;
	struct write *w;
};

/* Invariant: slots ascend by (field, element). */
struct state {
	uint64_t kinds;
	uint8_t *salt;		/* salt_count times SALT_LEN bytes */
	size_t salt_count;
	struct slot *slot;
	size_t slot_count, slot_capacity;
};

struct state *
state_new(void)
{
	return calloc(1, sizeof(struct state));
}

static void
write_free(struct write *w)
{
	free((void *)(uintptr_t)w->value.p);
	w->value = (struct span){ NULL, 0 };
}

static void
slot_free(struct slot *s)
{
	for (uint32_t i = 0; i < s->r.count; i++)
		write_free(&s->w[i]);
	free(s->w);
}

void
state_free(struct state *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->slot_count; i++)
		slot_free(&s->slot[i]);
	free(s->slot);
	free(s->salt);
	free(s);
}

/* ---- registers by (field, element) */

static int
reg_compare(const struct reg *r, uint64_t field, struct span element)
{
	if (r->field != field)
		return r->field < field ? -1 : 1;
	return span_compare((struct span){ r->element, r->element_len },
	    element);
}

/* Index of the first slot that is not below (field, element). */
static size_t
slot_index(const struct state *s, uint64_t field, struct span element)
{
	size_t lo = 0, hi = s->slot_count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (reg_compare(&s->slot[mid].r, field, element) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct reg *
state_find(const struct state *s, uint64_t field, struct span element)
{
	size_t i = slot_index(s, field, element);

	if (i == s->slot_count ||
	    reg_compare(&s->slot[i].r, field, element) != 0)
		return NULL;
	return &s->slot[i].r;
}

size_t
state_count(const struct state *s)
{
	return s->slot_count;
}

const struct reg *
state_at(const struct state *s, size_t i)
{
	return &s->slot[i].r;
}

static err
slot_reserve(struct state *s)
{
	struct slot *grown;
	size_t capacity;

	if (s->slot_count < s->slot_capacity)
		return ERR_OK;
	capacity = s->slot_capacity == 0 ? 8 : 2 * s->slot_capacity;
	grown = realloc(s->slot, capacity * sizeof *grown);
	if (grown == NULL)
		return ERR_NOMEM;
	s->slot = grown;
	s->slot_capacity = capacity;
	return ERR_OK;
}

/* Takes w as the first write of a new register at index i; room is there. */
static void
slot_insert(struct state *s, size_t i, uint64_t field, enum section section,
    struct span element, struct write *w)
{
	struct slot *slot = &s->slot[i];

	memmove(slot + 1, slot, (s->slot_count - i) * sizeof *slot);
	memset(slot, 0, sizeof *slot);
	slot->r.field = field;
	slot->r.section = section;
	slot->r.element_len = (uint8_t)element.n;
	if (element.n > 0)
		memcpy(slot->r.element, element.p, element.n);
	slot->r.count = 1;
	slot->r.writes = w;
	slot->w = w;
	s->slot_count++;
}

/* ---- writing */

static int
place_compare(const struct stamp *a, const struct stamp *b)
{
	int c = memcmp(a->log, b->log, ID_LEN);

	if (c != 0)
		return c;
	if (a->seq != b->seq)
		return a->seq < b->seq ? -1 : 1;
	return (a->op > b->op) - (a->op < b->op);
}

static err
value_copy(const struct write *w, struct write *ret)
{
	uint8_t *copy = NULL;

	if (!w->unreadable && w->value.n > 0) {
		copy = malloc(w->value.n);
		if (copy == NULL)
			return ERR_NOMEM;
		memcpy(copy, w->value.p, w->value.n);
	}
	*ret = *w;
	ret->value = (struct span){ copy, copy == NULL ? 0 : w->value.n };
	return ERR_OK;
}

/* A write that is there already may get its leaf, or its value. */
static void
write_learn(struct write *old, struct write *w)
{
	if (old->stamp.leaf == MERGE_NO_LEAF)
		old->stamp = w->stamp;
	if (old->unreadable && !w->unreadable) {
		old->unreadable = false;
		old->value = w->value;
		w->value = (struct span){ NULL, 0 };
	}
}

/* Sorts w, whose value this takes, in between those that it does not follow;
 * or drops it where another follows it.  Room for one more is there. */
static void
slot_settle(struct slot *slot, const struct merge_lines *m, struct write *w)
{
	uint32_t i, kept = 0, at = 0;

	for (i = 0; i < slot->r.count; i++)
		if (merge_before(m, &w->stamp, &slot->w[i].stamp)) {
			write_free(w);
			return;
		}
	for (i = 0; i < slot->r.count; i++) {
		if (merge_before(m, &slot->w[i].stamp, &w->stamp))
			write_free(&slot->w[i]);
		else
			slot->w[kept++] = slot->w[i];
	}
	while (at < kept && place_compare(&slot->w[at].stamp, &w->stamp) < 0)
		at++;
	memmove(&slot->w[at + 1], &slot->w[at], (kept - at) * sizeof *w);
	slot->w[at] = *w;
	slot->r.count = kept + 1;
}

/* Applies w, whose value this takes, to a register that has writes. */
static err
slot_write(struct slot *slot, const struct merge_lines *m, struct write *w)
{
	struct write *grown, known;
	uint32_t i = 0;

	while (i < slot->r.count &&
	    place_compare(&slot->w[i].stamp, &w->stamp) != 0)
		i++;
	if (i < slot->r.count) {
		known = slot->w[i];
		write_learn(&known, w);
		write_free(w);
		slot->r.count--;
		memmove(&slot->w[i], &slot->w[i + 1],
		    (slot->r.count - i) * sizeof *slot->w);
		slot_settle(slot, m, &known);
		return ERR_OK;
	}
	grown = realloc(slot->w, (slot->r.count + 1) * sizeof *grown);
	if (grown == NULL) {
		write_free(w);
		return ERR_NOMEM;
	}
	slot->w = grown;
	slot->r.writes = grown;
	slot_settle(slot, m, w);
	return ERR_OK;
}

err
state_write(struct state *s, const struct merge_lines *m, uint64_t field,
    enum section section, struct span element, const struct write *w)
{
	size_t i = slot_index(s, field, element);
	struct write *first, mine;

	if (element.n > ELEMENT_MAX)
		return ERR_LIMIT;
	if (value_copy(w, &mine) != ERR_OK)
		return ERR_NOMEM;
	if (i < s->slot_count &&
	    reg_compare(&s->slot[i].r, field, element) == 0)
		return slot_write(&s->slot[i], m, &mine);
	first = malloc(sizeof *first);
	if (first == NULL || slot_reserve(s) != ERR_OK) {
		free(first);
		write_free(&mine);
		return ERR_NOMEM;
	}
	*first = mine;
	slot_insert(s, i, field, section, element, first);
	return ERR_OK;
}

void
state_leaf(struct state *s, const uint8_t log[static ID_LEN], uint64_t first,
    uint64_t last, uint64_t leaf, uint64_t leaf_time)
{
	for (size_t i = 0; i < s->slot_count; i++)
		for (uint32_t k = 0; k < s->slot[i].r.count; k++) {
			struct stamp *t = &s->slot[i].w[k].stamp;

			if (t->leaf != MERGE_NO_LEAF || t->seq < first ||
			    t->seq > last || memcmp(t->log, log, ID_LEN) != 0)
				continue;
			t->leaf = leaf;
			t->leaf_time = leaf_time;
		}
}

void
state_note_kind(struct state *s, uint64_t kind)
{
	if (kind < KIND_BITS)
		s->kinds |= UINT64_C(1) << kind;
}

bool
state_has_kind(const struct state *s, uint64_t kind)
{
	return kind < KIND_BITS && (s->kinds >> kind & 1) != 0;
}

err
state_note_salt(struct state *s, const uint8_t salt[static SALT_LEN])
{
	uint8_t *grown;

	for (size_t i = 0; i < s->salt_count; i++)
		if (memcmp(state_salt(s, i), salt, SALT_LEN) == 0)
			return ERR_OK;
	grown = realloc(s->salt, (s->salt_count + 1) * SALT_LEN);
	if (grown == NULL)
		return ERR_NOMEM;
	memcpy(grown + s->salt_count * SALT_LEN, salt, SALT_LEN);
	s->salt = grown;
	s->salt_count++;
	return ERR_OK;
}

size_t
state_salt_count(const struct state *s)
{
	return s->salt_count;
}

const uint8_t *
state_salt(const struct state *s, size_t i)
{
	return s->salt + i * SALT_LEN;
}

/* ---- reading */

const struct write *
state_winner(const struct reg *r, uint64_t now_ms)
{
	const struct write *best;

	if (r == NULL)
		return NULL;
	best = &r->writes[0];
	for (uint32_t i = 1; i < r->count; i++)
		if (merge_rank(&r->writes[i].stamp, &best->stamp, now_ms) > 0)
			best = &r->writes[i];
	return best;
}

bool
state_conflict(const struct reg *r)
{
	for (uint32_t i = 1; i < r->count; i++)
		if (r->writes[0].unreadable || r->writes[i].unreadable ||
		    !span_equal(r->writes[0].value, r->writes[i].value))
			return true;
	return false;
}

/* A reader over the winner's value; ERR_ABSENT where there is none. */
static err
winner_value(const struct state *s, uint64_t field, struct span element,
    uint64_t now_ms, struct codec_reader *ret)
{
	const struct write *w;
	enum codec_type type;

	w = state_winner(state_find(s, field, element), now_ms);
	if (w == NULL || w->unreadable)
		return ERR_ABSENT;
	*ret = codec_reader(w->value);
	if (codec_peek(ret, &type) != ERR_OK)
		return ERR_FORMAT;
	return type == CODEC_NIL ? ERR_ABSENT : ERR_OK;
}

err
state_uint(const struct state *s, uint64_t field, struct span element,
    uint64_t now_ms, uint64_t *ret)
{
	struct codec_reader r;
	err rc = winner_value(s, field, element, now_ms, &r);

	return rc == ERR_OK ? codec_read_uint(&r, ret) : rc;
}

err
state_int(const struct state *s, uint64_t field, struct span element,
    uint64_t now_ms, int64_t *ret)
{
	struct codec_reader r;
	err rc = winner_value(s, field, element, now_ms, &r);

	return rc == ERR_OK ? codec_read_int(&r, ret) : rc;
}

err
state_text(const struct state *s, uint64_t field, struct span element,
    uint64_t now_ms, struct span *ret)
{
	struct codec_reader r;
	err rc = winner_value(s, field, element, now_ms, &r);

	return rc == ERR_OK ? codec_read_text(&r, ret) : rc;
}

err
state_bool(const struct state *s, uint64_t field, struct span element,
    uint64_t now_ms, bool *ret)
{
	struct codec_reader r;
	err rc = winner_value(s, field, element, now_ms, &r);

	return rc == ERR_OK ? codec_read_bool(&r, ret) : rc;
}
