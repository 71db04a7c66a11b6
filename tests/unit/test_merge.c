/* SPDX-License-Identifier: Apache-2.0 */
/* test_merge.c -- what a reader of merge.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/merge.h"
#include "protocol/state.h"

static struct stamp
stamp(uint8_t log, uint64_t seq, uint64_t leaf, uint64_t line_seen)
{
	struct stamp s = { { log }, seq, 0, leaf, line_seen, 1000, 1000 };

	return s;
}

static void
order_by_log_and_by_what_was_seen(void **state)
{
	static const struct {
		uint8_t log_a;
		uint64_t seq_a, leaf_a;
		uint8_t log_b;
		uint64_t seq_b, leaf_b, seen_b;
		bool before;
	} table[] = {
		{ 1, 1, 5, 1, 2, 6, 0, true },	/* the same log */
		{ 1, 2, 6, 1, 1, 5, 0, false },
		{ 1, 1, 5, 1, 1, 5, 9, false },	/* itself */
		{ 1, 1, 5, 2, 1, 9, 6, true },	/* leaf 5 was seen */
		{ 1, 1, 5, 2, 1, 9, 5, false },	/* leaves 0 to 4 were */
		{ 1, 1, 5, 2, 1, 5, 9, false },
		{ 1, 1, MERGE_NO_LEAF, 2, 1, MERGE_NO_LEAF, MERGE_NO_LEAF,
		    false },
		{ 1, 1, 5, 2, 1, MERGE_NO_LEAF, 6, true },
		{ 1, 1, MERGE_NO_LEAF, 1, 2, MERGE_NO_LEAF, 0, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct stamp a = stamp(table[i].log_a, table[i].seq_a,
		    table[i].leaf_a, 0);
		struct stamp b = stamp(table[i].log_b, table[i].seq_b,
		    table[i].leaf_b, table[i].seen_b);

		if (merge_before(NULL, &a, &b) != table[i].before)
			fail_msg("row %zu", i);
	}
}

static void
ops_of_one_entry_are_in_order(void **state)
{
	struct stamp a = stamp(1, 4, 7, 7), b = a;

	(void)state;
	b.op = 1;
	assert_true(merge_before(NULL, &a, &b));
	assert_false(merge_before(NULL, &b, &a));
}

/* A forger: a device that claims to have seen everything. */
static void
lying_seen(void **state)
{
	struct stamp early = stamp(1, 1, 3, 0), liar = stamp(2, 1, 5,
	    1000000000);
	struct stamp same = stamp(3, 1, 6, 2), late = stamp(1, 2, 9, 8);

	(void)state;
	/* it follows what was there, as everyone who looked would */
	assert_true(merge_before(NULL, &early, &liar));
	/* not what came after it, and an honest later write follows it */
	assert_false(merge_before(NULL, &late, &liar));
	assert_true(merge_before(NULL, &liar, &late));
	assert_false(merge_before(NULL, &same, &liar));
	assert_false(merge_before(NULL, &liar, &same));
}

/* Seen falls within a log.  What B1 overwrites, B2 overwrites. */
static void
non_monotone_seen(void **state)
{
	struct stamp a = stamp(1, 1, 30, 0);
	struct stamp b1 = stamp(2, 1, 60, 50);
	struct stamp b2 = stamp(2, 2, 61, 50);	/* its own seen is 20 */
	struct stamp *orders[2][3] = { { &a, &b1, &b2 }, { &b2, &a, &b1 } };

	(void)state;
	assert_true(merge_before(NULL, &a, &b1));
	assert_true(merge_before(NULL, &b1, &b2));
	assert_true(merge_before(NULL, &a, &b2));
	for (int i = 0; i < 2; i++) {
		struct state *s = state_new();

		assert_non_null(s);
		for (int k = 0; k < 3; k++) {
			struct write w = { *orders[i][k], true, { NULL, 0 } };

			assert_int_equal(state_write(s, NULL, FIELD_NAME,
			    SECTION_PUBLIC, (struct span){ NULL, 0 }, &w),
			    ERR_OK);
		}
		assert_int_equal(state_count(s), 1);
		assert_int_equal(state_at(s, 0)->count, 1);
		assert_int_equal(state_at(s, 0)->writes[0].stamp.seq, 2);
		state_free(s);
	}
}

static struct entry_ref
entry_at(uint8_t log, uint64_t seq)
{
	struct entry_ref ref = { { log }, seq, { 1 } };

	return ref;
}

static void
a_line_spans_logs(void **state)
{
	struct merge_lines *m = merge_lines_new();
	struct entry_ref one = entry_at(1, 3), two = entry_at(2, 5);
	struct stamp b = stamp(3, 1, 90, 0);

	(void)state;
	assert_non_null(m);
	assert_int_equal(merge_lines_add(m, stamp(2, 0, 0, 0).log, &one),
	    ERR_OK);
	assert_int_equal(merge_lines_add(m, stamp(3, 0, 0, 0).log, &two),
	    ERR_OK);
	for (uint64_t seq = 1; seq <= 6; seq++) {
		struct stamp of_two = stamp(2, seq, 50, 0);
		struct stamp of_one = stamp(1, seq, 40, 0);

		assert_int_equal(merge_before(m, &of_two, &b), seq <= 5);
		assert_int_equal(merge_before(m, &of_one, &b), seq <= 3);
		assert_false(merge_before(m, &b, &of_one));
		assert_false(merge_before(NULL, &of_one, &b));
	}
	merge_lines_free(m);
	merge_lines_free(NULL);
}

static void
lines_are_no_rings(void **state)
{
	struct merge_lines *m = merge_lines_new();
	struct entry_ref one = entry_at(1, 3), two = entry_at(2, 3),
	    three = entry_at(3, 3), none = entry_at(4, 0);
	const uint8_t log[4][ID_LEN] = { { 0 }, { 1 }, { 2 }, { 3 } };

	(void)state;
	assert_non_null(m);
	assert_int_equal(merge_lines_add(m, log[1], &one), ERR_FORMAT);
	assert_int_equal(merge_lines_add(m, log[1], &none), ERR_FORMAT);
	assert_int_equal(merge_lines_add(m, log[1], &two), ERR_OK);
	assert_int_equal(merge_lines_add(m, log[1], &two), ERR_OK);
	assert_int_equal(merge_lines_add(m, log[1], &three), ERR_EXISTS);
	assert_int_equal(merge_lines_add(m, log[2], &three), ERR_OK);
	assert_int_equal(merge_lines_add(m, log[3], &one), ERR_FORMAT);
	merge_lines_free(m);
}

static void
rank_is_by_time_then_by_place(void **state)
{
	struct stamp a = stamp(1, 1, 5, 0), b = stamp(2, 1, 6, 0);

	(void)state;
	assert_true(merge_rank(&a, &b, 0) < 0);		/* log id */
	assert_true(merge_rank(&b, &a, 0) > 0);
	assert_int_equal(merge_rank(&a, &a, 0), 0);
	a.time_ms = 1001;
	assert_true(merge_rank(&a, &b, 0) > 0);
	b = a;
	b.seq = 2;
	assert_true(merge_rank(&a, &b, 0) < 0);
	b.seq = 1;
	b.op = 1;
	assert_true(merge_rank(&a, &b, 0) < 0);
}

static void
a_clock_ahead_wins_ten_minutes_at_most(void **state)
{
	struct stamp fast = stamp(1, 1, 5, 0), right = stamp(2, 1, 6, 0);

	(void)state;
	fast.time_ms = UINT64_MAX;
	fast.leaf_time = 5000;
	right.time_ms = 605000;
	right.leaf_time = 900000;
	assert_true(merge_rank(&fast, &right, 0) < 0);	/* by log id */
	right.time_ms = 604999;
	assert_true(merge_rank(&fast, &right, 0) > 0);
	right.time_ms = 605001;
	assert_true(merge_rank(&fast, &right, 0) < 0);
	/* without a leaf, now stands for its time */
	fast.leaf = MERGE_NO_LEAF;
	fast.leaf_time = 0;
	assert_true(merge_rank(&fast, &right, 5000) < 0);
	assert_true(merge_rank(&fast, &right, 5002) > 0);
	assert_true(merge_rank(&fast, &right, UINT64_MAX) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_by_log_and_by_what_was_seen),
		cmocka_unit_test(ops_of_one_entry_are_in_order),
		cmocka_unit_test(lying_seen),
		cmocka_unit_test(non_monotone_seen),
		cmocka_unit_test(a_line_spans_logs),
		cmocka_unit_test(lines_are_no_rings),
		cmocka_unit_test(rank_is_by_time_then_by_place),
		cmocka_unit_test(a_clock_ahead_wins_ten_minutes_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
