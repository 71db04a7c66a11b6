/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prop_merge.c -- merge.h and state.h over random histories: devices that lie
 * about seen or let it fall, logs that continue others, leaves in any order.
 * What is expected is computed here from SPEC.md section 9 as it stands.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/codec.h"
#include "protocol/state.h"

enum {
	HISTORIES = 3000,
	MOST_LOGS = 6,
	MOST_ENTRIES = 24,
	MOST_WRITES = 2 * MOST_ENTRIES,
	REGISTERS = 3,
	OWN = 0,		/* the log of the device that looks on */
};

static uint64_t
next_random(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * UINT64_C(2685821657736338717);
}

static size_t
below(uint64_t *seed, size_t n)
{
	return (size_t)(next_random(seed) % n);
}

enum habit { HONEST, LIAR, FALLING };

struct log {
	uint8_t id[ID_LEN];
	enum habit habit;
	size_t seq;		/* of its last entry */
	uint64_t seen;
	bool continues;
	size_t before;		/* log that it continues, at before_seq */
	size_t before_seq;
};

struct row {			/* one write */
	size_t log, field;
	uint64_t seen;		/* claimed */
	struct write w;
	uint8_t value[16];
	size_t value_bytes;
};

struct history {
	struct log log[MOST_LOGS];
	size_t log_count;
	struct row row[MOST_WRITES];
	size_t count;
	uint64_t size;		/* leaves */
	struct merge_lines *lines;
	bool before[MOST_WRITES][MOST_WRITES];
	bool kept[MOST_WRITES];
};

/* ---- SPEC.md section 9, rules 1 to 4, as they stand */

/* Is entry (log, seq) the entry (of, at) or in the line before it? */
static bool
reaches(const struct history *h, size_t log, size_t seq, size_t of, size_t at)
{
	if (log == of)
		return seq <= at;
	if (!h->log[of].continues)
		return false;
	return reaches(h, log, seq, h->log[of].before, h->log[of].before_seq);
}

static uint64_t
largest_seen(const struct history *h, size_t log, size_t seq)
{
	uint64_t seen = 0;

	for (size_t i = 0; i < h->count; i++)
		if (reaches(h, h->row[i].log, (size_t)h->row[i].w.stamp.seq,
		    log, seq) && h->row[i].seen > seen)
			seen = h->row[i].seen;
	return seen;
}

static bool
happened_before(const struct history *h, const struct row *a,
    const struct row *b)
{
	const struct stamp *x = &a->w.stamp, *y = &b->w.stamp;
	uint64_t eff = largest_seen(h, b->log, (size_t)y->seq);

	if (a->log == b->log && x->seq == y->seq)
		return x->op < y->op;
	if (reaches(h, a->log, (size_t)x->seq, b->log, (size_t)y->seq))
		return true;
	if (y->leaf < eff)
		eff = y->leaf;
	return x->leaf < eff;
}

static void
expect(struct history *h)
{
	for (size_t i = 0; i < h->count; i++)
		h->row[i].w.stamp.line_seen = largest_seen(h, h->row[i].log,
		    (size_t)h->row[i].w.stamp.seq);
	for (size_t a = 0; a < h->count; a++) {
		h->kept[a] = true;
		for (size_t b = 0; b < h->count; b++) {
			h->before[a][b] = happened_before(h, &h->row[a],
			    &h->row[b]);
			if (h->before[a][b] &&
			    h->row[a].field == h->row[b].field)
				h->kept[a] = false;
		}
	}
}

/* ---- making one */

static size_t
log_start(struct history *h, uint64_t *seed)
{
	struct log *l = &h->log[h->log_count];
	size_t from;

	memset(l, 0, sizeof *l);
	for (size_t i = 0; i < ID_LEN; i++)
		l->id[i] = (uint8_t)next_random(seed);
	if (h->log_count != OWN)
		l->habit = (enum habit)below(seed, 3);
	from = h->log_count == 0 ? 0 : below(seed, h->log_count);
	if (h->log_count > 0 && h->log[from].seq > 0 && below(seed, 3)) {
		struct entry_ref ref = { { 0 }, 0, { 0 } };

		l->continues = true;
		l->before = from;
		l->before_seq = 1 + below(seed, h->log[from].seq);
		memcpy(ref.log, h->log[from].id, ID_LEN);
		ref.seq = l->before_seq;
		assert_int_equal(merge_lines_add(h->lines, l->id, &ref),
		    ERR_OK);
	}
	return h->log_count++;
}

static uint64_t
claimed_seen(struct log *l, uint64_t size, uint64_t *seed)
{
	switch (l->habit) {
	case LIAR:
		if (below(seed, 3) == 0)
			return 1000000000;
		return below(seed, (size_t)size + 1);
	case FALLING:
		return below(seed, (size_t)size + 1);
	case HONEST:
		l->seen += below(seed, (size_t)(size - l->seen) + 1);
		return l->seen;
	}
	return 0;
}

/* One entry of one or two writes, in the leaf that comes next. */
static void
entry_add(struct history *h, size_t log, uint64_t *seed)
{
	struct log *l = &h->log[log];
	uint64_t seen = claimed_seen(l, h->size, seed);
	size_t ops = 1 + below(seed, 2);

	l->seq++;
	for (size_t op = 0; op < ops && h->count < MOST_WRITES; op++) {
		struct row *r = &h->row[h->count++];
		struct buf b = { 0 };

		memset(r, 0, sizeof *r);
		r->log = log;
		r->seen = seen;
		r->field = below(seed, REGISTERS);
		memcpy(r->w.stamp.log, l->id, ID_LEN);
		r->w.stamp.seq = l->seq;
		r->w.stamp.op = (uint8_t)op;
		r->w.stamp.leaf = h->size;
		r->w.stamp.leaf_time = 1000 * h->size;
		r->w.stamp.time_ms = below(seed, 3000000);
		r->w.unreadable = below(seed, 8) == 0;
		codec_put_uint(&b, below(seed, 300));
		memcpy(r->value, b.p, b.n);
		r->value_bytes = r->w.unreadable ? 0 : b.n;
		buf_free(&b);
	}
}

static void
history_make(struct history *h, uint64_t *seed)
{
	size_t entries = 4 + below(seed, MOST_ENTRIES - 4), made = 0;

	h->log_count = h->count = 0;
	h->size = 0;
	h->lines = merge_lines_new();
	assert_non_null(h->lines);
	(void)log_start(h, seed);
	while (made < entries) {
		size_t run = 1 + below(seed, 3);
		size_t log = h->log_count < MOST_LOGS && below(seed, 2) == 0
		    ? log_start(h, seed) : below(seed, h->log_count);

		for (; run > 0 && made < entries; run--, made++)
			entry_add(h, log, seed);
		h->size++;
	}
	for (size_t i = 0; i < h->count; i++)
		h->row[i].w.value = (struct span){ h->row[i].value,
			h->row[i].value_bytes };
	expect(h);
}

/* ---- what must hold */

static void
order_is_strict_and_partial(const struct history *h)
{
	for (size_t a = 0; a < h->count; a++) {
		assert_false(h->before[a][a]);
		for (size_t b = 0; b < h->count; b++) {
			assert_int_equal(merge_before(h->lines,
			    &h->row[a].w.stamp, &h->row[b].w.stamp),
			    h->before[a][b]);
			if (!h->before[a][b])
				continue;
			assert_false(h->before[b][a]);
			for (size_t c = 0; c < h->count; c++)
				if (h->before[b][c] && !h->before[a][c])
					fail_msg("not transitive");
		}
	}
}

static void
apply(struct state *s, const struct history *h, size_t i, bool with_leaf)
{
	struct write w = h->row[i].w;

	if (!with_leaf) {
		w.stamp.leaf = MERGE_NO_LEAF;
		w.stamp.leaf_time = 0;
	}
	assert_int_equal(state_write(s, h->lines, FIELD_CODE +
	    h->row[i].field, SECTION_PUBLIC, (struct span){ NULL, 0 }, &w),
	    ERR_OK);
}

static bool
holds(const struct state *s, const struct row *r)
{
	const struct reg *reg = state_find(s, FIELD_CODE + r->field,
	    (struct span){ NULL, 0 });

	for (uint32_t i = 0; reg != NULL && i < reg->count; i++)
		if (memcmp(&reg->writes[i].stamp.log, r->w.stamp.log,
		    ID_LEN) == 0 &&
		    reg->writes[i].stamp.seq == r->w.stamp.seq &&
		    reg->writes[i].stamp.op == r->w.stamp.op &&
		    reg->writes[i].stamp.leaf == r->w.stamp.leaf &&
		    reg->writes[i].stamp.leaf_time == r->w.stamp.leaf_time &&
		    reg->writes[i].unreadable == r->w.unreadable &&
		    span_equal(reg->writes[i].value, r->w.value))
			return true;
	return false;
}

/* Exactly what no other write happened after: none lost, none too many. */
static void
state_is_as_expected(const struct state *s, const struct history *h)
{
	size_t expected = 0, held = 0;

	for (size_t i = 0; i < h->count; i++) {
		assert_int_equal(holds(s, &h->row[i]), h->kept[i]);
		expected += h->kept[i];
	}
	for (size_t i = 0; i < state_count(s); i++)
		held += state_at(s, i)->count;
	assert_int_equal(held, expected);
}

static struct state *
reread(struct state *s)
{
	uint8_t a[HASH_LEN], b[HASH_LEN];
	struct state *copy = NULL;
	struct buf one = { 0 }, two = { 0 };

	assert_int_equal(state_encode(s, &one), ERR_OK);
	assert_int_equal(state_decode(buf_span(&one), &copy), ERR_OK);
	assert_int_equal(state_encode(copy, &two), ERR_OK);
	assert_true(span_equal(buf_span(&one), buf_span(&two)));
	state_version(s, a);
	state_version(copy, b);
	assert_memory_equal(a, b, HASH_LEN);
	buf_free(&one);
	buf_free(&two);
	state_free(s);
	return copy;
}

/* The same write once more; as it was before its leaf came, if the state
 * still has it. */
static void
again(struct state *s, const struct history *h, size_t i, uint64_t *seed)
{
	apply(s, h, i, !holds(s, &h->row[i]) || below(seed, 2));
}

/* Any order, some writes again, cut into runs with a restart between. */
static void
arrival_does_not_matter(const struct history *h, uint64_t *seed)
{
	size_t order[MOST_WRITES];
	uint8_t first[HASH_LEN], version[HASH_LEN];

	for (size_t i = 0; i < h->count; i++)
		order[i] = i;
	for (int turn = 0; turn < 4; turn++) {
		struct state *s = state_new();

		assert_non_null(s);
		for (size_t i = h->count; turn > 0 && i > 1; i--) {
			size_t k = below(seed, i), t = order[i - 1];

			order[i - 1] = order[k];
			order[k] = t;
		}
		for (size_t i = 0; i < h->count; i++) {
			apply(s, h, order[i], true);
			if (below(seed, 4) == 0)
				again(s, h, order[below(seed, i + 1)], seed);
			if (below(seed, 16) == 0)
				s = reread(s);
		}
		state_is_as_expected(s, h);
		state_version(s, version);
		if (turn == 0)
			memcpy(first, version, HASH_LEN);
		assert_memory_equal(version, first, HASH_LEN);
		state_free(s);
	}
}

/* The device applies its own entries as it writes them, then takes the
 * leaves in index order: in the end as if it had had the leaves at once. */
static void
leaves_come_later(const struct history *h)
{
	struct state *s = state_new();

	assert_non_null(s);
	for (uint64_t leaf = 0; leaf <= h->size; leaf++) {
		uint64_t first = 0, last = 0;

		for (size_t i = 0; i < h->count; i++)
			if (h->row[i].log == OWN && h->row[i].seen == leaf)
				apply(s, h, i, false);
		for (size_t i = 0; i < h->count; i++) {
			const struct stamp *t = &h->row[i].w.stamp;

			if (t->leaf != leaf)
				continue;
			if (h->row[i].log != OWN) {
				apply(s, h, i, true);
				continue;
			}
			first = first == 0 ? t->seq : first;
			last = t->seq;
		}
		if (first > 0)
			state_leaf(s, h->log[OWN].id, first, last, leaf,
			    1000 * leaf);
	}
	state_is_as_expected(s, h);
	state_free(s);
}

static void
random_histories(void **state)
{
	uint64_t seed = UINT64_C(0x6e67756f6e31);
	static struct history h;
	size_t writes = 0, kept = 0, continued = 0;

	(void)state;
	for (int i = 0; i < HISTORIES; i++) {
		history_make(&h, &seed);
		order_is_strict_and_partial(&h);
		arrival_does_not_matter(&h, &seed);
		leaves_come_later(&h);
		writes += h.count;
		for (size_t k = 0; k < h.count; k++)
			kept += h.kept[k];
		for (size_t k = 0; k < h.log_count; k++)
			continued += h.log[k].continues;
		merge_lines_free(h.lines);
	}
	/* the histories are worth their while */
	assert_true(writes > 10 * HISTORIES);
	assert_true(kept > 3 * HISTORIES && kept < writes);
	assert_true(continued > HISTORIES);
	print_message("%d histories, %zu writes, %zu values, "
	    "%zu continued logs\n", HISTORIES, writes, kept, continued);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_histories),
	};

	return crypto_start() != ERR_OK ||
	    cmocka_run_group_tests(tests, NULL, NULL);
}
