/* SPDX-License-Identifier: Apache-2.0 */
/* hub_rounds.c -- see the header. */
#include "tests/support/hub_rounds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/temp_folder.h"

static void
ok(err e)
{
	assert_int_equal(e, ERR_OK);
}

static err
post(void *ctx, const struct link_request *request, struct buf *body,
    struct link_reply *ret)
{
	struct hub_rounds *f = ctx;
	struct answer a = { .status = 0 };

	f->posts++;
	f->pinned = request->pin != NULL;
	buf_reset(&f->body);
	buf_put(&f->body, request->body.p, request->body.n);
	*ret = (struct link_reply){ .reached = f->reached };
	if (f->rc != ERR_OK)
		return f->rc;
	ret->status = 200;
	ret->bytes_up = request->body.n;
	ret->wait_s = f->wait_s;
	if (f->payload.n > 0) {
		ok(message_response(buf_span(&f->payload), body));
	} else if (f->status == 0) {
		serve_request(f->c, request->body, &a);
		ret->status = a.status;
		buf_put(body, a.body.p, a.body.n);
		buf_free(&a.body);
	}
	if (f->status != 0)
		ret->status = f->status;
	ret->bytes_down = body->n;
	return ERR_OK;
}

int
hub_rounds_setup(void **state)
{
	struct hub_rounds *f = calloc(1, sizeof *f);
	const char *what;
	bool renewed;

	assert_int_equal(setenv("NGUON_TEST_TIME_MS", "1700000005000", 1), 0);
	f->hub_dir = temp_folder_make();
	f->dir = temp_folder_make();
	hub_folder_open(&f->f);
	hub_folder_write(&f->f, f->hub_dir);
	ok(hub_commune_open(f->hub_dir, HUB_STORE_WRITE, &what, &f->c));
	ok(exchange_open(f->dir, EXCHANGE_WRITE, &renewed, &f->x));
	world_log_open(&f->l, &f->f.commune, scope_root, f->f.fpr, 0);
	f->r.dir = f->dir;
	f->r.post = post;
	f->r.post_ctx = f;
	f->reached = true;
	*state = f;
	return 0;
}

int
hub_rounds_teardown(void **state)
{
	struct hub_rounds *f = *state;

	round_free(&f->r);
	exchange_close(f->x);
	sqlite_close(f->store);
	hub_commune_close(f->c);
	world_log_free(&f->l);
	hub_folder_close(&f->f);
	buf_free(&f->payload);
	buf_free(&f->body);
	temp_folder_remove(f->dir);
	temp_folder_remove(f->hub_dir);
	free(f);
	return 0;
}

void
hub_rounds_join(struct hub_rounds *f)
{
	uint8_t pin[HASH_LEN] = { 1 };

	f->store = row_store_joined(f->dir, &f->f.commune, &f->f.hub,
	    f->f.fpr, "https://127.0.0.1:1", pin);
}

void
hub_rounds_write(struct hub_rounds *f, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		uint8_t subject[ID_LEN];

		if (f->l.seq == 0)
			world_op_log(&f->ops, &f->l, NULL);
		else
			for (int k = 0; k < 20; k++) {
				crypto_random(subject, ID_LEN);
				world_op_bare(&f->ops, KIND_READ, subject);
			}
		world_write(&f->l, &f->ops, 0, f->f.empty_root,
		    HUB_FOLDER_T0 + f->l.seq);
	}
	row_store_write(f->store, 1, &f->l);
}

void
hub_rounds_run(struct hub_rounds *f)
{
	round_run(&f->r, f->x, &f->result);
}

uint64_t
hub_rounds_number(struct hub_rounds *f, enum exchange_number which)
{
	uint64_t v;

	ok(exchange_get(f->x, which, &v));
	return v;
}

uint64_t
hub_rounds_held(struct hub_rounds *f, uint64_t client_size)
{
	uint64_t v;

	ok(exchange_end(f->x, client_size, &v));
	return v;
}

uint64_t
hub_rounds_sent(struct hub_rounds *f)
{
	uint64_t v;

	ok(exchange_sent(f->x, f->l.id, &v));
	return v;
}

unsigned
hub_rounds_frames(struct hub_rounds *f, enum frame_type type)
{
	struct buf plain = { .p = NULL };
	struct request request;
	struct span rest;
	struct frame frame;
	unsigned n = 0;
	size_t used;

	ok(message_request_parse(buf_span(&f->body), &request));
	ok(message_request_payload(&request, &plain, &rest));
	while (rest.n > 0) {
		ok(frame_read(rest, &frame, &used));
		n += frame.type == (uint64_t)type;
		rest.p += used;
		rest.n -= used;
	}
	buf_free(&plain);
	return n;
}
