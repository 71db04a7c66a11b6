/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/state.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/arena.h"
#include "protocol/codec.h"

enum {
	KIND_BITS = 64,
	WASTE_BYTES = 4096,	/* what may lie idle before it is packed */
};

/* A register: r.writes is w, sorted by (log, seq, op). */
struct slot {
	struct reg r;
	struct write *w;	/* room for capacity of them */
	uint32_t capacity;
};

/* Invariants: 1. slots ascend by (field, element).  2. writes and values lie
 * in the arena; waste counts those of its bytes that nothing points to. */
struct state {
	uint64_t kinds;
	uint8_t *salt;		/* salt_count times SALT_LEN bytes */
	size_t salt_count;
	struct slot *slot;
	size_t slot_count, slot_capacity;
	struct arena arena;
	size_t waste;
};

struct state *
state_new(void)
{
	return calloc(1, sizeof(struct state));
}

void
state_clear(struct state *s)
{
	s->kinds = 0;
	s->salt_count = 0;
	s->slot_count = 0;
	s->waste = 0;
	arena_clear(&s->arena);
}

void
state_free(struct state *s)
{
	if (s == NULL)
		return;
	arena_free(&s->arena);
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

	/* fields mostly come in ascending order */
	if (hi > 0 && reg_compare(&s->slot[hi - 1].r, field, element) < 0)
		return hi;
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

/* A new register at index i, without a write; room for it is there. */
static void
slot_insert(struct state *s, size_t i, uint64_t field, enum section section,
    struct span element)
{
	struct slot *slot = &s->slot[i];

	memmove(slot + 1, slot, (s->slot_count - i) * sizeof *slot);
	memset(slot, 0, sizeof *slot);
	slot->r.field = field;
	slot->r.section = section;
	slot->r.element_len = (uint8_t)element.n;
	if (element.n > 0)
		memcpy(slot->r.element, element.p, element.n);
	s->slot_count++;
}

/* ---- memory of writes and values */

static void
give_writes(struct slot *slot, struct write *w, uint32_t capacity)
{
	slot->w = w;
	slot->capacity = capacity;
	slot->r.writes = w;
}

/* Room for one more write: what to grow to, NULL where there is room. */
static err
write_room(struct state *s, const struct slot *slot, struct write **ret_grown,
    uint32_t *ret_capacity)
{
	uint32_t capacity = slot->capacity;

	*ret_grown = NULL;
	*ret_capacity = capacity;
	if (slot->r.count < capacity)
		return ERR_OK;
	if (capacity > UINT32_MAX / 2)
		return ERR_NOMEM;
	capacity = capacity == 0 ? 1 : 2 * capacity;
	*ret_grown = arena_take(&s->arena, capacity * sizeof **ret_grown);
	*ret_capacity = capacity;
	return *ret_grown == NULL ? ERR_NOMEM : ERR_OK;
}

static void
write_grow(struct state *s, struct slot *slot, struct write *grown,
    uint32_t capacity)
{
	if (grown == NULL)
		return;
	if (slot->r.count > 0)
		memcpy(grown, slot->w, slot->r.count * sizeof *grown);
	s->waste += slot->capacity * sizeof *grown;
	give_writes(slot, grown, capacity);
}

static err
value_copy(struct arena *a, const struct write *w, struct write *ret)
{
	uint8_t *copy = NULL;

	if (!w->unreadable && w->value.n > 0) {
		copy = arena_take(a, w->value.n);
		if (copy == NULL)
			return ERR_NOMEM;
		memcpy(copy, w->value.p, w->value.n);
	}
	*ret = *w;
	ret->value = (struct span){ copy, copy == NULL ? 0 : w->value.n };
	return ERR_OK;
}

static void
value_drop(struct state *s, const struct write *w)
{
	s->waste += w->value.n;
}

/* Moves everything that is in use to an arena of its own.  Without memory
 * for it all stays as it is. */
static void
pack(struct state *s)
{
	struct arena old = s->arena, packed = { NULL, 0 };
	struct write *w;
	uint8_t *all = NULL;
	size_t n = 0;

	if (s->waste < WASTE_BYTES || s->waste < old.taken / 2)
		return;
	for (size_t i = 0; i < s->slot_count; i++)
		n += s->slot[i].r.count * sizeof *w;
	w = arena_take(&packed, n);
	n = 0;
	for (size_t i = 0; i < s->slot_count; i++)
		for (uint32_t k = 0; k < s->slot[i].r.count; k++)
			n += s->slot[i].w[k].value.n;
	if (w == NULL || (n > 0 && (all = arena_take(&packed, n)) == NULL)) {
		arena_free(&packed);
		return;
	}
	for (size_t i = 0; i < s->slot_count; i++) {
		struct slot *slot = &s->slot[i];

		memcpy(w, slot->w, slot->r.count * sizeof *w);
		give_writes(slot, w, slot->r.count);
		for (uint32_t k = 0; k < slot->r.count; k++, w++) {
			if (all == NULL || w->value.n == 0)
				continue;
			memcpy(all, w->value.p, w->value.n);
			w->value.p = all;
			all += w->value.n;
		}
	}
	s->arena = packed;
	s->waste = 0;
	arena_free(&old);
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

/* A write that is there already may get its leaf, or its value. */
static void
write_learn(struct state *s, struct write *old, const struct write *w)
{
	if (old->stamp.leaf == MERGE_NO_LEAF)
		old->stamp = w->stamp;
	if (old->unreadable && !w->unreadable) {
		old->unreadable = false;
		old->value = w->value;
	} else {
		value_drop(s, w);
	}
}

/* Sorts w, whose value this takes, in between those that it does not follow;
 * or drops it where another follows it.  Room for one more is there. */
static void
slot_settle(struct state *s, struct slot *slot, const struct merge_lines *m,
    const struct write *w)
{
	uint32_t i, kept = 0, at = 0;

	for (i = 0; i < slot->r.count; i++)
		if (merge_before(m, &w->stamp, &slot->w[i].stamp)) {
			value_drop(s, w);
			return;
		}
	for (i = 0; i < slot->r.count; i++) {
		if (merge_before(m, &slot->w[i].stamp, &w->stamp))
			value_drop(s, &slot->w[i]);
		else
			slot->w[kept++] = slot->w[i];
	}
	while (at < kept && place_compare(&slot->w[at].stamp, &w->stamp) < 0)
		at++;
	memmove(&slot->w[at + 1], &slot->w[at], (kept - at) * sizeof *w);
	slot->w[at] = *w;
	slot->r.count = kept + 1;
}

/* Applies w, whose value lies in the arena; room for one more is there. */
static void
slot_write(struct state *s, struct slot *slot, const struct merge_lines *m,
    const struct write *w)
{
	struct write known;
	uint32_t i = 0;

	while (i < slot->r.count &&
	    place_compare(&slot->w[i].stamp, &w->stamp) != 0)
		i++;
	if (i == slot->r.count) {
		slot_settle(s, slot, m, w);
		return;
	}
	known = slot->w[i];
	write_learn(s, &known, w);
	slot->r.count--;
	memmove(&slot->w[i], &slot->w[i + 1],
	    (slot->r.count - i) * sizeof *slot->w);
	slot_settle(s, slot, m, &known);
}

err
state_write(struct state *s, const struct merge_lines *m, uint64_t field,
    enum section section, struct span element, const struct write *w)
{
	static const struct slot none;
	struct write *grown, mine;
	size_t i = slot_index(s, field, element);
	uint32_t capacity;
	bool fresh;

	if (element.n > ELEMENT_MAX)
		return ERR_LIMIT;
	fresh = i == s->slot_count ||
	    reg_compare(&s->slot[i].r, field, element) != 0;
	if ((fresh && slot_reserve(s) != ERR_OK) ||
	    write_room(s, fresh ? &none : &s->slot[i], &grown, &capacity) !=
	    ERR_OK || value_copy(&s->arena, w, &mine) != ERR_OK)
		return ERR_NOMEM;
	if (fresh)
		slot_insert(s, i, field, section, element);
	write_grow(s, &s->slot[i], grown, capacity);
	slot_write(s, &s->slot[i], m, &mine);
	pack(s);
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
