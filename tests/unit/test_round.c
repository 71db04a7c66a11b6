/* SPDX-License-Identifier: Apache-2.0 */
/* test_round.c -- what a reader of round.h and upload.h may rely on. */
#include "daemon/cell/round.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/store/meta_names.h"
#include "tests/support/hub_rounds.h"
#include "tests/support/temp_folder.h"

enum { BIG = 400 };		/* entries that fill several requests */

static void
ok(err e)
{
	assert_int_equal(e, ERR_OK);
}

static void
one_round_carries_both_ways(void **state)
{
	struct hub_rounds *f = *state;

	hub_rounds_join(f);
	hub_rounds_write(f, 3);
	hub_rounds_run(f);
	ok(f->result.rc);
	assert_true(f->result.asked);
	assert_true(f->pinned);
	assert_int_equal(f->result.outcome, SCHEDULE_IN_STEP);
	assert_int_equal(f->result.waiting, 3);
	assert_int_equal(f->result.leaves, 2);	/* root's, and our receipt */
	assert_int_equal(hub_rounds_held(f, 0), 2);
	assert_int_equal(hub_rounds_sent(f), 3);
	assert_int_equal(hub_rounds_number(f, EXCHANGE_LAST_ERROR), 0);
	assert_int_equal(hub_rounds_number(f, EXCHANGE_LAST_ATTEMPT_MS),
	    UINT64_C(1700000005000));
	assert_int_equal(hub_rounds_number(f, EXCHANGE_LAST_SUCCESS_MS),
	    UINT64_C(1700000005000));
	assert_int_equal(hub_rounds_number(f, EXCHANGE_REQUESTS), 1);
	assert_int_equal(hub_rounds_number(f, EXCHANGE_COUNTER), 1);
	assert_int_equal(hub_rounds_number(f, EXCHANGE_BYTES_UP), f->body.n);
	/* nothing new: next to nothing is sent, also while the client has not
	 * taken in what is here */
	hub_rounds_run(f);
	ok(f->result.rc);
	assert_int_equal(f->result.waiting, 0);
	assert_int_equal(f->result.leaves, 0);
	assert_int_equal(f->result.outcome, SCHEDULE_IN_STEP);
	assert_int_equal(hub_rounds_frames(f, FRAME_SEGMENT), 0);
	assert_int_equal(hub_rounds_frames(f, FRAME_HEAD), 0);
	assert_true(f->body.n < 60);
	assert_int_equal(hub_rounds_number(f, EXCHANGE_COUNTER), 2);
	/* the client takes in: pruned at the next round */
	row_store_take_in(f->store, 1, 3, 2);
	hub_rounds_run(f);
	ok(f->result.rc);
	assert_int_equal(hub_rounds_held(f, 2), 2);
}

static void
much_goes_in_parts_with_a_head(void **state)
{
	struct hub_rounds *f = *state;
	unsigned rounds = 0;
	uint64_t before = 0;

	hub_rounds_join(f);
	hub_rounds_write(f, BIG);
	f->r.budget_bytes = ROUND_BUDGET_MIN_BYTES;
	do {
		hub_rounds_run(f);
		ok(f->result.rc);
		assert_true(hub_rounds_sent(f) > before);
		before = hub_rounds_sent(f);
		if (rounds++ == 0) {
			assert_int_equal(f->result.outcome, SCHEDULE_MORE);
			assert_int_equal(hub_rounds_frames(f, FRAME_HEAD), 1);
			assert_true(f->r.budget_bytes >
			    ROUND_BUDGET_MIN_BYTES);
		}
	} while (f->result.outcome == SCHEDULE_MORE);
	assert_int_equal(f->result.outcome, SCHEDULE_IN_STEP);
	assert_int_equal(hub_rounds_sent(f), BIG);
	assert_true(rounds > 1);
	assert_int_equal(hub_rounds_frames(f, FRAME_HEAD), 0);
}

static void
cut_link_resumes_where_the_hub_is(void **state)
{
	struct hub_rounds *f = *state;
	uint64_t budget;

	hub_rounds_join(f);
	hub_rounds_write(f, 5);
	f->rc = ERR_NET;
	hub_rounds_run(f);
	assert_int_equal(f->result.rc, ERR_NET);
	assert_int_equal(f->result.outcome, SCHEDULE_FAILED);
	assert_int_equal(f->result.waiting, 5);
	assert_int_equal(hub_rounds_number(f, EXCHANGE_LAST_ERROR), ERR_NET);
	assert_int_equal(hub_rounds_number(f, EXCHANGE_LAST_SUCCESS_MS), 0);
	budget = f->r.budget_bytes;
	assert_int_equal(budget, ROUND_BUDGET_START_BYTES / 2);
	/* no connection at all says nothing about what the link carries */
	f->reached = false;
	hub_rounds_run(f);
	assert_int_equal(f->r.budget_bytes, budget);
	f->reached = true;
	for (int i = 0; i < 20; i++)
		hub_rounds_run(f);
	assert_int_equal(f->r.budget_bytes, ROUND_BUDGET_MIN_BYTES);
	f->rc = ERR_OK;
	hub_rounds_run(f);
	ok(f->result.rc);
	assert_int_equal(hub_rounds_sent(f), 5);
	assert_int_equal(hub_rounds_number(f, EXCHANGE_LAST_ERROR), 0);
	/* the answer was lost: it is told again, and nothing twice */
	hub_rounds_write(f, 2);
	ok(exchange_put_sent(f->x, f->l.id, 0));
	hub_rounds_run(f);
	ok(f->result.rc);
	assert_int_equal(hub_rounds_sent(f), 7);
}

static void
statuses_have_their_errors(void **state)
{
	static const struct {
		unsigned status;
		err want;
		enum schedule_outcome outcome;
	} rows[] = {
		{ 400, ERR_FORMAT, SCHEDULE_FAILED },
		{ 401, ERR_CERT, SCHEDULE_REFUSED },
		{ 403, ERR_CERT, SCHEDULE_REFUSED },
		{ 404, ERR_FOREIGN, SCHEDULE_FAILED },
		{ 413, ERR_LIMIT, SCHEDULE_FAILED },
		{ 415, ERR_FORMAT, SCHEDULE_FAILED },
		{ 500, ERR_HUB_BUSY, SCHEDULE_FAILED },
		{ 503, ERR_HUB_BUSY, SCHEDULE_FAILED },
		{ 302, ERR_FORMAT, SCHEDULE_FAILED },
		{ 204, ERR_FORMAT, SCHEDULE_FAILED },
	};
	struct hub_rounds *f = *state;

	hub_rounds_join(f);
	hub_rounds_write(f, 4);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		f->status = rows[i].status;
		f->wait_s = rows[i].status == 503 ? 17 : 0;
		hub_rounds_run(f);
		assert_int_equal(f->result.rc, rows[i].want);
		assert_int_equal(f->result.status, rows[i].status);
		assert_int_equal(f->result.outcome, rows[i].outcome);
		assert_int_equal(f->result.wait_ms, f->wait_s * 1000);
		assert_int_equal(f->result.waiting, 4);
		assert_int_equal(hub_rounds_number(f, EXCHANGE_LAST_ERROR),
		    rows[i].want);
	}
	assert_int_equal(hub_rounds_sent(f), 0);
}

static void
refused_device_only_asks(void **state)
{
	struct hub_rounds *f = *state;

	hub_rounds_join(f);
	hub_rounds_write(f, 4);
	hub_rounds_run(f);
	ok(f->result.rc);
	hub_rounds_write(f, 6);
	f->status = 403;
	hub_rounds_run(f);
	assert_int_equal(hub_rounds_frames(f, FRAME_SEGMENT), 1);
	hub_rounds_run(f);
	assert_int_equal(f->result.rc, ERR_CERT);
	assert_int_equal(hub_rounds_frames(f, FRAME_SEGMENT), 0);
	assert_int_equal(f->result.waiting, 6);
	/* let in again: all of it at once */
	f->status = 0;
	hub_rounds_run(f);
	ok(f->result.rc);
	assert_int_equal(hub_rounds_frames(f, FRAME_SEGMENT), 0);
	assert_int_equal(f->result.outcome, SCHEDULE_MORE);
	hub_rounds_run(f);
	ok(f->result.rc);
	assert_int_equal(hub_rounds_sent(f), 10);
}

static void
unknown_device_shows_its_claim(void **state)
{
	struct hub_rounds *f = *state;

	hub_rounds_join(f);
	hub_rounds_write(f, 2);
	f->status = 401;
	hub_rounds_run(f);
	hub_rounds_run(f);
	/* what makes it known goes along */
	assert_int_equal(hub_rounds_frames(f, FRAME_SEGMENT), 1);
}

static void
refused_log_waits_for_a_new_head(void **state)
{
	struct hub_rounds *f = *state;
	struct frame v = { .type = FRAME_VERDICT };

	hub_rounds_join(f);
	hub_rounds_write(f, 2);
	memcpy(v.u.verdict.log, f->l.id, ID_LEN);
	v.u.verdict.reason = REASON_SCOPE;
	frame_put(&f->payload, &v);
	hub_rounds_run(f);
	ok(f->result.rc);
	assert_true(f->result.log_refused);
	assert_memory_equal(f->result.log, f->l.id, ID_LEN);
	assert_int_equal(f->result.log_reason, REASON_SCOPE);
	assert_int_equal(f->result.reason, REASON_SCOPE);
	assert_int_equal(f->result.outcome, SCHEDULE_IN_STEP);
	assert_int_equal(hub_rounds_number(f, EXCHANGE_LAST_REASON),
	    REASON_SCOPE);
	assert_int_equal(hub_rounds_number(f, EXCHANGE_LAST_ERROR), 0);
	hub_rounds_run(f);
	assert_int_equal(hub_rounds_frames(f, FRAME_SEGMENT), 0);
	assert_int_equal(f->result.waiting, 2);
	assert_int_equal(f->result.reason, REASON_SCOPE);
	/* something is written to it: it is sent, and told only if new */
	hub_rounds_write(f, 1);
	hub_rounds_run(f);
	assert_int_equal(hub_rounds_frames(f, FRAME_SEGMENT), 1);
	assert_false(f->result.log_refused);
	/* a new daemon asks once more; now the hub takes it */
	round_free(&f->r);
	buf_reset(&f->payload);
	hub_rounds_run(f);
	ok(f->result.rc);
	assert_int_equal(hub_rounds_sent(f), 3);
	assert_int_equal(f->result.reason, 0);
}

static void
passing_refusals_are_sent_again(void **state)
{
	static const uint64_t reasons[] = { REASON_INVITE_UNKNOWN,
		REASON_BUSY, REASON_CHAIN };
	struct hub_rounds *f = *state;

	hub_rounds_join(f);
	hub_rounds_write(f, 2);
	for (size_t i = 0; i < 3; i++) {
		struct frame v = { .type = FRAME_VERDICT };

		memcpy(v.u.verdict.log, f->l.id, ID_LEN);
		v.u.verdict.reason = reasons[i];
		buf_reset(&f->payload);
		frame_put(&f->payload, &v);
		for (int k = 0; k < 2; k++) {
			hub_rounds_run(f);
			ok(f->result.rc);
			assert_int_equal(f->result.outcome, SCHEDULE_FAILED);
			assert_int_equal(hub_rounds_frames(f, FRAME_SEGMENT),
			    1);
			assert_false(f->result.log_refused);
		}
	}
}

static void
chain_resends_from_the_stated_head(void **state)
{
	struct hub_rounds *f = *state;

	hub_rounds_join(f);
	hub_rounds_write(f, 6);
	/* we think that the hub has 4; it has none, and says so */
	ok(exchange_put_sent(f->x, f->l.id, 4));
	hub_rounds_run(f);
	ok(f->result.rc);
	assert_int_equal(f->result.reason, REASON_CHAIN);
	assert_int_equal(f->result.outcome, SCHEDULE_MORE);
	assert_int_equal(hub_rounds_sent(f), 0);
	hub_rounds_run(f);
	ok(f->result.rc);
	assert_int_equal(hub_rounds_sent(f), 6);
	assert_int_equal(f->result.reason, 0);
}

/* ---- joining, and without a hub */

static void
joining_store_fetches_its_invitation(void **state)
{
	struct hub_rounds *f = *state;
	struct frame i = { .type = FRAME_INVITATION };
	struct actor invite;

	world_actor("invite", &invite);
	f->store = row_store_joining(f->dir, &invite, "https://127.0.0.1:1");
	hub_rounds_run(f);		/* the hub does not know it yet */
	assert_int_equal(f->result.rc, ERR_ABSENT);
	assert_int_equal(f->result.reason, REASON_INVITE_UNKNOWN);
	assert_int_equal(f->result.outcome, SCHEDULE_FAILED);
	assert_false(f->pinned);
	i.u.invitation.fields = (struct span){ invite.id, 3 };
	i.u.invitation.key_part = (struct span){ invite.id, 5 };
	frame_put(&f->payload, &i);
	hub_rounds_run(f);
	ok(f->result.rc);
	assert_int_equal(f->result.outcome, SCHEDULE_IN_STEP);
	ok(exchange_has_invitation(f->x, invite.id));
	/* now it is the person's turn */
	f->posts = 0;
	hub_rounds_run(f);
	ok(f->result.rc);
	assert_false(f->result.asked);
	assert_int_equal(f->posts, 0);
}

static void
without_an_address_nothing_is_asked(void **state)
{
	struct hub_rounds *f = *state;

	hub_rounds_join(f);
	row_store_meta(f->store, META_ADDRESS, (struct span){ NULL, 0 });
	hub_rounds_write(f, 3);
	hub_rounds_run(f);
	ok(f->result.rc);
	assert_false(f->result.asked);
	assert_int_equal(f->result.waiting, 3);
	/* unless one is given */
	f->r.address = "https://127.0.0.1:2";
	hub_rounds_run(f);
	assert_true(f->result.asked);
	assert_int_equal(hub_rounds_sent(f), 3);
}

static void
what_is_missing_is_said(void **state)
{
	struct hub_rounds *f = *state;

	hub_rounds_run(f);
	assert_int_equal(f->result.rc, ERR_ABSENT);	/* no store */
	assert_int_equal(f->posts, 0);
	hub_rounds_join(f);
	assert_int_equal(unlink(temp_folder_path(f->dir, "transport.key")),
	    0);
	hub_rounds_run(f);
	assert_int_equal(f->result.rc, ERR_KEY);
	assert_string_equal(f->result.what, "reading transport.key");
	assert_int_equal(f->posts, 0);
	assert_int_equal(hub_rounds_number(f, EXCHANGE_LAST_ERROR), ERR_KEY);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, hub_rounds_setup, \
    hub_rounds_teardown)
	const struct CMUnitTest tests[] = {
		T(one_round_carries_both_ways),
		T(much_goes_in_parts_with_a_head),
		T(cut_link_resumes_where_the_hub_is),
		T(statuses_have_their_errors),
		T(refused_device_only_asks),
		T(unknown_device_shows_its_claim),
		T(refused_log_waits_for_a_new_head),
		T(passing_refusals_are_sent_again),
		T(chain_resends_from_the_stated_head),
		T(joining_store_fetches_its_invitation),
		T(without_an_address_nothing_is_asked),
		T(what_is_missing_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
