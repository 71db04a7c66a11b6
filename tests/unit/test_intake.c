/* SPDX-License-Identifier: Apache-2.0 */
/* test_intake.c -- what a reader of intake.h may rely on: answers that a hub
 * of ours would not give. */
#include "daemon/cell/intake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/hub_rounds.h"

static void
ok(err e)
{
	assert_int_equal(e, ERR_OK);
}

static void
put_leaves(struct buf *out, uint64_t index, uint64_t n)
{
	static const uint8_t data[8 * TREE_LEAF_LEN];
	struct frame f = { .type = FRAME_LEAVES };

	f.u.leaves.index = index;
	f.u.leaves.data = (struct span){ data, n * TREE_LEAF_LEN };
	frame_put(out, &f);
}

static void
put_checkpoint(struct buf *out, uint64_t size)
{
	struct frame f = { .type = FRAME_CHECKPOINT };

	f.u.checkpoint.size = size;
	frame_put(out, &f);
}

static void
gap_ends_the_leaves(void **state)
{
	struct hub_rounds *f = *state;

	hub_rounds_join(f);
	put_leaves(&f->payload, 0, 3);
	put_leaves(&f->payload, 4, 2);
	put_leaves(&f->payload, 3, 1);
	put_checkpoint(&f->payload, 6);		/* of what is not here */
	hub_rounds_run(f);
	ok(f->result.rc);
	assert_int_equal(f->result.leaves, 3);
	assert_int_equal(hub_rounds_held(f, 0), 3);
	buf_reset(&f->payload);
	put_leaves(&f->payload, 2, 4);		/* overlaps */
	hub_rounds_run(f);
	ok(f->result.rc);
	assert_int_equal(f->result.leaves, 0);
	buf_reset(&f->payload);
	put_leaves(&f->payload, 3, 4);
	hub_rounds_run(f);
	assert_int_equal(hub_rounds_held(f, 0), 7);
}

static void
malformed_frame_keeps_what_stood_before(void **state)
{
	struct hub_rounds *f = *state;

	hub_rounds_join(f);
	put_leaves(&f->payload, 0, 2);
	buf_put_u8(&f->payload, 0xc1);
	hub_rounds_run(f);
	assert_int_equal(f->result.rc, ERR_FORMAT);
	assert_int_equal(f->result.outcome, SCHEDULE_FAILED);
	assert_int_equal(hub_rounds_held(f, 0), 2);
	assert_int_equal(hub_rounds_number(f, EXCHANGE_LAST_ERROR), ERR_FORMAT);
}

static void
what_nobody_asked_for_is_not_kept(void **state)
{
	struct hub_rounds *f = *state;
	struct frame v = { .type = FRAME_VERDICT };
	struct frame i = { .type = FRAME_INVITATION };
	uint64_t n;

	hub_rounds_join(f);
	memset(v.u.verdict.log, 9, ID_LEN);
	v.u.verdict.seq = 5;
	v.u.verdict.reason = REASON_FORK;
	frame_put(&f->payload, &v);
	i.u.invitation.fields = (struct span){ v.u.verdict.log, 1 };
	i.u.invitation.key_part = i.u.invitation.fields;
	frame_put(&f->payload, &i);
	buf_put(&f->payload, "\x92\xcc\xc8\x01", 4);	/* a later version's */
	hub_rounds_run(f);
	ok(f->result.rc);
	ok(exchange_reason(f->x, &n));
	assert_int_equal(n, 0);
	ok(exchange_sent(f->x, v.u.verdict.log, &n));
	assert_int_equal(n, 0);
	assert_int_equal(exchange_has_invitation(f->x, v.u.verdict.log),
	    ERR_ABSENT);
}

static void
promise_of_more_without_any_is_no_hurry(void **state)
{
	struct hub_rounds *f = *state;
	struct frame next = { .type = FRAME_NEXT };

	hub_rounds_join(f);
	next.u.next.more = true;
	next.u.next.wait_s = 40;
	frame_put(&f->payload, &next);
	hub_rounds_run(f);
	ok(f->result.rc);
	assert_int_equal(f->result.outcome, SCHEDULE_FAILED);
	assert_int_equal(f->result.wait_ms, 40000);
	put_leaves(&f->payload, 0, 1);
	hub_rounds_run(f);
	assert_int_equal(f->result.outcome, SCHEDULE_MORE);
}

static void
wanted_segments_are_filled(void **state)
{
	struct hub_rounds *f = *state;
	struct frame leaf = { .type = FRAME_LEAF };
	static const uint8_t entry[] = { 0x90 };
	uint64_t next;

	hub_rounds_join(f);
	row_store_take_in(f->store, 1, 0, 9);
	row_store_want(f->store, scope_commune, 2, 6);
	leaf.u.leaf.segment.first = leaf.u.leaf.segment.count = 1;
	leaf.u.leaf.segment.entries = (struct span){ entry, 1 };
	memcpy(leaf.u.leaf.scope, scope_commune, SCOPE_LEN);
	for (uint64_t i = 1; i <= 7; i += 2) {		/* 3 and 5 are wanted */
		leaf.u.leaf.index = i;
		frame_put(&f->payload, &leaf);
	}
	hub_rounds_run(f);
	ok(f->result.rc);
	assert_int_equal(hub_rounds_frames(f, FRAME_WANT), 1);
	ok(exchange_filled_from(f->x, scope_commune, 0, 9, &next));
	assert_int_equal(next, 6);
	/* that is all of them: nothing is asked for any more */
	hub_rounds_run(f);
	assert_int_equal(hub_rounds_frames(f, FRAME_WANT), 0);
}

static void
taking_back_twice_is_no_hurry(void **state)
{
	struct hub_rounds *f = *state;
	static const uint64_t said[] = { 0, 6, 0, 0 };
	static const enum schedule_outcome want[] = { SCHEDULE_MORE,
		SCHEDULE_MORE, SCHEDULE_FAILED, SCHEDULE_FAILED };

	hub_rounds_join(f);
	hub_rounds_write(f, 9);
	ok(exchange_put_sent(f->x, f->l.id, 4));
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		struct frame v = { .type = FRAME_VERDICT };

		memcpy(v.u.verdict.log, f->l.id, ID_LEN);
		v.u.verdict.seq = said[i];
		v.u.verdict.reason = REASON_CHAIN;
		buf_reset(&f->payload);
		frame_put(&f->payload, &v);
		hub_rounds_run(f);
		ok(f->result.rc);
		assert_int_equal(f->result.outcome, want[i]);
	}
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, hub_rounds_setup, \
    hub_rounds_teardown)
	const struct CMUnitTest tests[] = {
		T(gap_ends_the_leaves),
		T(malformed_frame_keeps_what_stood_before),
		T(what_nobody_asked_for_is_not_kept),
		T(promise_of_more_without_any_is_no_hurry),
		T(wanted_segments_are_filled),
		T(taking_back_twice_is_no_hurry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
