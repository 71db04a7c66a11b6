/* SPDX-License-Identifier: Apache-2.0 */
/* hub_talk.c -- see the header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/checkpoint.h"
#include "protocol/invite.h"
#include "tests/support/hub_talk.h"
#include "tests/support/temp_folder.h"

void
hub_talk_ok(err e)
{
	assert_int_equal(e, ERR_OK);
}

void
hub_talk_clock(uint64_t ms)
{
	char text[32];

	(void)snprintf(text, sizeof text, "%llu", (unsigned long long)ms);
	assert_int_equal(setenv("NGUON_TEST_TIME_MS", text, 1), 0);
}

int
hub_talk_setup(void **state)
{
	struct hub_talk *x = calloc(1, sizeof *x);
	const char *what;

	if (x == NULL)
		return 1;
	hub_talk_clock(HUB_FOLDER_T0 + 5000);
	x->dir = temp_folder_make();
	hub_folder_open(&x->f);
	hub_folder_write(&x->f, x->dir);
	hub_talk_ok(hub_commune_open(x->dir, HUB_STORE_WRITE, &what, &x->c));
	world_actor("invite", &x->invite);
	world_actor("secretary", &x->secretary);
	world_scope(SCOPE_CELL, 0, x->cell[0]);
	world_scope(SCOPE_CELL, 1, x->cell[1]);
	memset(x->key_part, 'k', sizeof x->key_part);
	*state = x;
	return 0;
}

int
hub_talk_teardown(void **state)
{
	struct hub_talk *x = *state;

	hub_commune_close(x->c);
	world_log_free(&x->office);
	world_log_free(&x->claim);
	world_log_free(&x->own);
	world_log_free(&x->other);
	hub_folder_close(&x->f);
	for (size_t i = 0; i < WORLD_OPS; i++)
		buf_free(&x->ops.fields[i]);
	buf_free(&x->payload);
	buf_free(&x->body);
	buf_free(&x->plain);
	temp_folder_remove(x->dir);
	free(x);
	return 0;
}

void
hub_talk_send(struct hub_talk *x, struct span body)
{
	struct answer a;
	struct span rest;
	size_t used;

	serve_request(x->c, body, &a);
	x->status = a.status;
	x->retry_s = a.retry_after_s;
	x->body_bytes = a.body.n;
	buf_free(&x->body);
	x->body = a.body;
	buf_reset(&x->plain);
	x->count = 0;
	hub_talk_ok(message_response_parse(buf_span(&x->body), &x->plain,
	    &rest));
	while (rest.n > 0) {
		assert_true(x->count < HUB_TALK_FRAMES);
		hub_talk_ok(frame_read(rest, &x->frame[x->count++], &used));
		rest.p += used;
		rest.n -= used;
	}
}

void
hub_talk_ask(struct hub_talk *x, const struct actor *device)
{
	struct buf request = { .p = NULL };

	hub_folder_request(&x->f, device, buf_span(&x->payload), &request);
	buf_reset(&x->payload);
	hub_talk_send(x, buf_span(&request));
	buf_free(&request);
}

const struct frame *
hub_talk_find(const struct hub_talk *x, enum frame_type type, size_t nth)
{
	for (size_t i = 0; i < x->count; i++)
		if (x->frame[i].type == (uint64_t)type && nth-- == 0)
			return &x->frame[i];
	return NULL;
}

void
hub_talk_verdict(const struct hub_talk *x, const struct world_log *l,
    enum reason reason, uint64_t seq)
{
	for (size_t i = 0; i < x->count; i++) {
		const struct frame *f = &x->frame[i];

		if (f->type != FRAME_VERDICT ||
		    memcmp(f->u.verdict.log, l->id, ID_LEN) != 0)
			continue;
		assert_int_equal(f->u.verdict.reason, reason);
		assert_int_equal(f->u.verdict.seq, seq);
		if (seq > 0 && reason == REASON_ADMITTED)
			assert_memory_equal(f->u.verdict.hash,
			    l->entry[seq - 1].hash, HASH_LEN);
		return;
	}
	fail_msg("no verdict on that log");
}

void
hub_talk_refused(const struct hub_talk *x, unsigned status, enum reason reason)
{
	assert_int_equal(x->status, status);
	assert_int_equal(x->count, 1);
	assert_int_equal(x->frame[0].type, FRAME_REFUSED);
	assert_int_equal(x->frame[0].u.refused.reason, reason);
}

/* The checkpoint of the answer is the hub's, over just that many leaves. */
void
hub_talk_checkpoint(const struct hub_talk *x, uint64_t size)
{
	const struct frame *f = hub_talk_find(x, FRAME_CHECKPOINT, 0);
	uint8_t root[HASH_LEN];

	assert_non_null(f);
	assert_int_equal(f->u.checkpoint.size, size);
	hub_talk_ok(ledger_root_at(x->c->ledger, size, root));
	assert_memory_equal(f->u.checkpoint.root, root, HASH_LEN);
	hub_talk_ok(checkpoint_verify_fields(x->f.fpr, x->f.hub.pub, size, root,
	    f->u.checkpoint.sig));
}

void
hub_talk_write(struct hub_talk *x, struct world_log *l)
{
	world_write(l, &x->ops, 0, x->f.empty_root,
	    HUB_FOLDER_T0 + 1000 * (l->seq + 1));
}

void
hub_talk_marks(struct hub_talk *x, struct world_log *l, unsigned n)
{
	const uint8_t subject[ID_LEN] = { 1 };

	while (n-- > 0) {
		world_op_bare(&x->ops, KIND_READ, subject);
		hub_talk_write(x, l);
	}
}

void
hub_talk_log(struct hub_talk *x, struct world_log *l,
    const struct actor *author, const uint8_t *scope)
{
	world_log_open(l, author, scope, x->f.fpr, 0);
	world_op_log(&x->ops, l, NULL);
	hub_talk_write(x, l);
}

void
hub_talk_push(struct hub_talk *x, const struct actor *device,
    struct world_log *l, uint64_t first, uint64_t last, uint64_t size)
{
	hub_folder_have(&x->payload, size, HUB_TALK_ALL);
	hub_folder_segment(&x->payload, l, first, last);
	hub_talk_ask(x, device);
}

/* The office invites the secretary to cell 0 (leaf 1), who claims (2). */
void
hub_talk_invite(struct hub_talk *x)
{
	struct op_draft *op;

	hub_talk_log(x, &x->office, &x->f.commune, scope_root);
	world_op_invite(&x->ops, &x->invite, ROLE_SECRETARY,
	    (const uint8_t(*)[SCOPE_LEN])x->cell, 1);
	op = &x->ops.op[x->ops.count - 1];
	op->key = (struct span){ x->key_part, sizeof x->key_part };
	hub_talk_write(x, &x->office);
	hub_talk_push(x, &x->f.commune, &x->office, 1, 2, 1);
	hub_talk_verdict(x, &x->office, REASON_ADMITTED, 2);
}

void
hub_talk_join(struct hub_talk *x)
{
	hub_talk_invite(x);
	world_log_open(&x->claim, &x->secretary, scope_root, x->f.fpr, 0);
	world_op_log(&x->ops, &x->claim, NULL);
	world_op_claim(&x->ops, &x->claim, &x->invite);
	hub_talk_write(x, &x->claim);
	hub_talk_push(x, &x->secretary, &x->claim, 1, 1, 0);
	assert_int_equal(x->status, 200);
	hub_talk_verdict(x, &x->claim, REASON_ADMITTED, 1);
}

void
hub_talk_fetch(struct hub_talk *x, const struct actor *key)
{
	struct invite_keys keys = { .seed = { 0 } };
	struct buf body = { .p = NULL };
	uint8_t sig[SIG_LEN];

	memcpy(keys.seed, key->seed, KEY_LEN);
	memcpy(keys.pub, x->invite.pub, KEY_LEN);
	memcpy(keys.id, x->invite.id, ID_LEN);
	invite_fetch_sign(&keys, sig);
	message_request_invite(x->invite.id, sig, &body);
	hub_talk_send(x, buf_span(&body));
	buf_free(&body);
}

uint64_t
hub_talk_size(const struct hub_talk *x)
{
	return ledger_size(x->c->ledger);
}
