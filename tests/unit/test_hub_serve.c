/* SPDX-License-Identifier: Apache-2.0 */
/* test_hub_serve.c -- what a reader of serve.h, invitation.h and respond.h may
 * rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/hub_talk.h"
#include "tests/support/temp_folder.h"

/* ---- who asks */

static void
strangers_and_forgers_are_refused(void **state)
{
	struct hub_talk *x = *state;
	struct actor forger = x->f.commune;

	hub_folder_have(&x->payload, 1, HUB_TALK_ALL);
	hub_talk_ask(x, &x->secretary);
	hub_talk_refused(x, 401, REASON_DEVICE);
	forger.transport_secret[5] ^= 1;
	hub_folder_have(&x->payload, 1, HUB_TALK_ALL);
	hub_talk_ask(x, &forger);
	hub_talk_refused(x, 401, REASON_SIGNATURE);
}

static void
bad_bodies_are_refused(void **state)
{
	struct hub_talk *x = *state;
	struct buf request = { .p = NULL };
	const uint8_t junk[] = { 0xc1, 0xc1, 0xc1 };

	hub_talk_send(x, (struct span){ NULL, 0 });
	hub_talk_refused(x, 400, REASON_FORMAT);
	hub_talk_send(x, (struct span){ junk, 3 });
	assert_int_equal(x->status, 400);
	/* an authentic device that sends what is no frame */
	buf_put(&x->payload, junk, 3);
	hub_talk_ask(x, &x->f.commune);
	hub_talk_refused(x, 400, REASON_FORMAT);
	hub_folder_have(&x->payload, 1, HUB_TALK_ALL);
	hub_folder_have(&x->payload, 1, HUB_TALK_ALL);
	hub_talk_ask(x, &x->f.commune);
	hub_talk_refused(x, 400, REASON_FORMAT);
	/* a bad frame behind a good segment: nothing of it is kept */
	hub_talk_log(x, &x->office, &x->f.commune, scope_root);
	hub_folder_segment(&x->payload, &x->office, 1, 1);
	buf_put(&x->payload, junk, 3);
	hub_talk_ask(x, &x->f.commune);
	hub_talk_refused(x, 400, REASON_FORMAT);
	assert_int_equal(hub_talk_size(x), 1);
	/* another commune */
	hub_folder_have(&x->payload, 1, HUB_TALK_ALL);
	hub_folder_request(&x->f, &x->f.commune, buf_span(&x->payload),
	    &request);
	request.p[3] ^= 1;
	hub_talk_send(x, buf_span(&request));
	hub_talk_refused(x, 404, REASON_COMMUNE);
	/* cut off at every byte: an answer, and nothing kept */
	request.p[3] ^= 1;
	for (size_t n = 0; n < request.n; n++) {
		hub_talk_send(x, (struct span){ request.p, n });
		assert_true(x->status == 400 || x->status == 401);
	}
	buf_free(&request);
}

static void
a_revoked_device_is_told_so(void **state)
{
	struct hub_talk *x = *state;

	hub_talk_join(x);
	world_op_bare(&x->ops, KIND_REVOKE, x->invite.id);
	hub_talk_write(x, &x->office);
	hub_talk_push(x, &x->f.commune, &x->office, 3, 3, 3);
	hub_talk_verdict(x, &x->office, REASON_ADMITTED, 3);
	hub_folder_have(&x->payload, 3, HUB_TALK_ALL);
	hub_talk_ask(x, &x->secretary);
	hub_talk_refused(x, 403, REASON_REVOKED);
}

/* ---- joining */

static enum part_form
stored_form(struct hub_talk *x, const struct actor *reader, uint64_t from)
{
	struct entry e = { .ops = NULL };
	struct span raw = { NULL, 0 };
	size_t cursor = 0;
	const struct frame *f;
	enum part_form form = PART_MASKED;

	hub_folder_have(&x->payload, from, HUB_TALK_ALL);
	hub_talk_ask(x, reader);
	f = hub_talk_find(x, FRAME_LEAF, 0);
	assert_non_null(f);
	while (segment_next(&f->u.leaf.segment, &cursor, &raw) == ERR_OK) {
		hub_talk_ok(entry_parse(raw, &e));
		for (uint32_t i = 0; i < e.op_count; i++)
			if (e.ops[i].kind == KIND_INVITE)
				form = entry_part(&e.ops[i], PART_KEY)->form;
	}
	entry_free(&e);
	return form;
}

static err
find_key(void *ctx, const struct hub_entry *e)
{
	bool *found = ctx;

	for (size_t i = 0; i + 16 <= e->raw.n; i++)
		if (memcmp(e->raw.p + i, "kkkkkkkkkkkkkkkk", 16) == 0)
			*found = true;
	return ERR_OK;
}

static bool
hub_has_key_part(const struct hub_talk *x)
{
	bool found = false;

	hub_talk_ok(hub_store_entries(x->c->store, x->office.id, 1, 2, find_key,
	    &found));
	return found;
}

static bool
file_has_key_part(const char *path)
{
	static uint8_t bytes[1 << 20];
	FILE *file = fopen(path, "rb");
	bool found = false;
	size_t n;

	if (file == NULL)
		return false;
	n = fread(bytes, 1, sizeof bytes, file);
	for (size_t i = 0; i + 16 <= n; i++)
		if (memcmp(bytes + i, "kkkkkkkkkkkkkkkk", 16) == 0)
			found = true;
	assert_int_equal(fclose(file), 0);
	return found;
}

static void
an_invite_is_fetched_with_its_code_until_claimed(void **state)
{
	struct hub_talk *x = *state;
	const struct frame *f;

	hub_talk_fetch(x, &x->invite);
	hub_talk_refused(x, 404, REASON_INVITE_UNKNOWN);
	hub_talk_invite(x);
	hub_talk_fetch(x, &x->secretary);
	hub_talk_refused(x, 404, REASON_SIGNATURE);
	hub_talk_fetch(x, &x->invite);
	assert_int_equal(x->status, 200);
	f = hub_talk_find(x, FRAME_INVITATION, 0);
	assert_non_null(f);
	assert_int_equal(f->u.invitation.key_part.n, sizeof x->key_part);
	assert_memory_equal(f->u.invitation.key_part.p, x->key_part,
	    sizeof x->key_part);
	hub_talk_clock(HUB_FOLDER_T0 + 32 * HUB_TALK_DAY);
	hub_talk_fetch(x, &x->invite);
	hub_talk_refused(x, 404, REASON_CLAIM_LATE);
	hub_talk_clock(HUB_FOLDER_T0 + 6000);
	assert_true(hub_has_key_part(x));
	assert_true(
	    file_has_key_part(temp_folder_path(x->dir, "hub.db-wal")));
	world_log_open(&x->claim, &x->secretary, scope_root, x->f.fpr, 0);
	world_op_log(&x->ops, &x->claim, NULL);
	world_op_claim(&x->ops, &x->claim, &x->invite);
	hub_talk_write(x, &x->claim);
	hub_talk_push(x, &x->secretary, &x->claim, 1, 1, 0);
	hub_talk_verdict(x, &x->claim, REASON_ADMITTED, 1);
	hub_talk_fetch(x, &x->invite);
	hub_talk_refused(x, 404, REASON_CLAIM_TAKEN);
	assert_false(hub_has_key_part(x));
	assert_false(file_has_key_part(temp_folder_path(x->dir, "hub.db")));
	assert_false(
	    file_has_key_part(temp_folder_path(x->dir, "hub.db-wal")));
	/* what was stripped verifies still, for a reader of the scope */
	assert_int_equal(stored_form(x, &x->secretary, 1), PART_DIGEST);
}

static void
a_claim_opens_the_scopes_of_the_invite(void **state)
{
	struct hub_talk *x = *state;

	hub_talk_join(x);
	/* leaves 0 and 1 in full, its own claim as a receipt */
	assert_int_equal(hub_talk_find(x, FRAME_LEAF, 0)->u.leaf.index, 0);
	assert_int_equal(hub_talk_find(x, FRAME_LEAF, 1)->u.leaf.index, 1);
	assert_int_equal(hub_talk_find(x, FRAME_RECEIPT, 0)->u.receipt.index,
	    2);
	hub_talk_checkpoint(x, 3);
}

static void
a_claim_without_its_invite_is_asked_for_again(void **state)
{
	struct hub_talk *x = *state;

	world_log_open(&x->claim, &x->secretary, scope_root, x->f.fpr, 0);
	world_op_log(&x->ops, &x->claim, NULL);
	world_op_claim(&x->ops, &x->claim, &x->invite);
	hub_talk_write(x, &x->claim);
	hub_talk_push(x, &x->secretary, &x->claim, 1, 1, 0);
	assert_int_equal(x->status, 200);
	hub_talk_verdict(x, &x->claim, REASON_INVITE_UNKNOWN, 0);
	assert_int_equal(x->count, 1); /* and no leaf for a stranger */
	assert_int_equal(hub_talk_size(x), 1);
}

/* ---- what is sent */

static void
other_scopes_come_as_leaf_data(void **state)
{
	struct hub_talk *x = *state;
	const struct frame *f;

	hub_talk_join(x);
	hub_talk_log(x, &x->own, &x->f.commune, x->cell[1]);
	hub_talk_marks(x, &x->own, 2);
	hub_talk_push(x, &x->f.commune, &x->own, 1, 1, 3);
	hub_talk_push(x, &x->f.commune, &x->own, 2, 3, 4);
	assert_int_equal(hub_talk_size(x), 5);
	hub_talk_log(x, &x->other, &x->f.commune, x->cell[0]);
	hub_talk_push(x, &x->f.commune, &x->other, 1, 1, 5);
	hub_folder_have(&x->payload, 3, HUB_TALK_ALL);
	hub_talk_ask(x, &x->secretary);
	f = hub_talk_find(x, FRAME_LEAVES, 0);
	assert_non_null(f);
	assert_int_equal(f->u.leaves.index, 3);
	assert_int_equal(f->u.leaves.data.n, 2 * TREE_LEAF_LEN);
	assert_memory_equal(f->u.leaves.data.p, x->cell[1], SCOPE_LEN);
	f = hub_talk_find(x, FRAME_LEAF, 0);
	assert_int_equal(f->u.leaf.index, 5);
	assert_memory_equal(f->u.leaf.scope, x->cell[0], SCOPE_LEN);
	hub_talk_checkpoint(x, 6);
}

static void
wanted_segments_come_for_scopes_of_ones_own(void **state)
{
	struct hub_talk *x = *state;
	struct frame want = { .type = FRAME_WANT };

	hub_talk_join(x);
	hub_talk_log(x, &x->own, &x->f.commune, x->cell[1]);
	hub_talk_push(x, &x->f.commune, &x->own, 1, 1, 3);
	hub_talk_log(x, &x->other, &x->f.commune, x->cell[0]);
	hub_talk_push(x, &x->f.commune, &x->other, 1, 1, 4);
	want.u.want.to = UINT64_MAX;
	memcpy(want.u.want.scope, x->cell[1], SCOPE_LEN);
	frame_put(&x->payload, &want);
	memcpy(want.u.want.scope, x->cell[0], SCOPE_LEN);
	frame_put(&x->payload, &want);
	hub_folder_have(&x->payload, 5, HUB_TALK_ALL);
	hub_talk_ask(x, &x->secretary);
	assert_int_equal(x->count, 1);
	assert_int_equal(x->frame[0].type, FRAME_LEAF);
	assert_int_equal(x->frame[0].u.leaf.index, 4);
}

static void
small_answers_add_up_to_the_tree(void **state)
{
	struct hub_talk *x = *state;
	uint64_t have = 0;
	unsigned rounds = 0;
	bool more = true;

	hub_talk_join(x);
	hub_talk_marks(x, &x->office, 20);
	for (uint64_t i = 3; i <= 22; i++)
		hub_talk_push(x, &x->f.commune, &x->office, i, i,
		    hub_talk_size(x));
	while (more) {
		const struct frame *f;

		hub_folder_have(&x->payload, have, rounds % 2 ? 1 : 900);
		hub_talk_ask(x, &x->secretary);
		f = hub_talk_find(x, FRAME_CHECKPOINT, 0);
		assert_non_null(f);
		assert_true(f->u.checkpoint.size > have);
		for (size_t i = 0; i < x->count; i++) {
			f = &x->frame[i];
			if (f->type == FRAME_LEAF)
				assert_int_equal(f->u.leaf.index, have++);
			if (f->type == FRAME_RECEIPT)
				assert_int_equal(f->u.receipt.index, have++);
		}
		hub_talk_checkpoint(x, have);
		f = hub_talk_find(x, FRAME_NEXT, 0);
		more = f != NULL && f->u.next.more;
		assert_true(++rounds < 40);
	}
	assert_int_equal(have, hub_talk_size(x));
	assert_true(rounds > 5);
}

static void
a_device_ahead_of_the_hub_is_shown_its_size(void **state)
{
	struct hub_talk *x = *state;

	hub_folder_have(&x->payload, 9, HUB_TALK_ALL);
	hub_talk_ask(x, &x->f.commune);
	hub_talk_checkpoint(x, 1);
}

int
main(void)
{
#define TEST(f) \
	cmocka_unit_test_setup_teardown(f, hub_talk_setup, hub_talk_teardown)
	const struct CMUnitTest tests[] = {
		TEST(strangers_and_forgers_are_refused),
		TEST(bad_bodies_are_refused),
		TEST(a_revoked_device_is_told_so),
		TEST(an_invite_is_fetched_with_its_code_until_claimed),
		TEST(a_claim_opens_the_scopes_of_the_invite),
		TEST(a_claim_without_its_invite_is_asked_for_again),
		TEST(other_scopes_come_as_leaf_data),
		TEST(wanted_segments_come_for_scopes_of_ones_own),
		TEST(small_answers_add_up_to_the_tree),
		TEST(a_device_ahead_of_the_hub_is_shown_its_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
