/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_link.c -- what a reader of link.h may rely on, against the hub's own
 * HTTPS endpoint, and against a listener that never says a word.
 */
#include "daemon/cell/link.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/cell/watch.h"
#include "daemon/hub/http.h"
#include "daemon/hub/listen.h"
#include "daemon/hub/tls_key.h"
#include "protocol/limits.h"

struct fixture {
	struct buf key, crt;
	uint8_t pin[HASH_LEN];
	struct http *http;
	char address[LISTEN_NAME_BYTES + 16];
	struct link *link;
	struct buf body;
	struct link_reply reply;
	/* what the hub does */
	unsigned status, retry_after_s;
	size_t answer_bytes;
	size_t got_bytes;
	/* what the daemon says */
	unsigned asked, stop_at;
};

static void
handle(void *ctx, struct span body, struct answer *ret)
{
	struct fixture *f = ctx;

	f->got_bytes = body.n;
	*ret = (struct answer){ .status = f->status,
		.retry_after_s = f->retry_after_s };
	for (size_t i = 0; i < f->answer_bytes; i++)
		buf_put_u8(&ret->body, (uint8_t)i);
}

static bool
healthy(void *ctx)
{
	(void)ctx;
	return true;
}

static bool
stop(void *ctx)
{
	struct fixture *f = ctx;

	return ++f->asked >= f->stop_at;
}

static const struct link_deadlines short_deadlines = {
	.connect_s = 2,
	.silence_s = 2,
	.total_s = 10,
};

static void
start_hub(struct fixture *f)
{
	struct http_config config = {
		.connections = 10,
		.per_address = 10,
		.handle = handle,
		.healthy = healthy,
		.ctx = f,
	};
	char name[LISTEN_NAME_BYTES];

	assert_int_equal(listen_open("127.0.0.1:0", &config.listen_fd),
	    ERR_OK);
	assert_int_equal(listen_name(config.listen_fd, name), ERR_OK);
	(void)snprintf(f->address, sizeof f->address, "https://%s", name);
	config.key_pem = buf_cstr(&f->key);
	config.crt_pem = buf_cstr(&f->crt);
	assert_int_equal(http_start(&config, &f->http), ERR_OK);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	(void)signal(SIGPIPE, SIG_IGN);
	assert_int_equal(tls_key_make("127.0.0.1", UINT64_C(1700000000000),
	    &f->key, &f->crt), ERR_OK);
	assert_int_equal(tls_key_pin(buf_span(&f->crt), f->pin), ERR_OK);
	f->status = 200;
	f->answer_bytes = 10;
	f->stop_at = UINT32_MAX;
	start_hub(f);
	assert_int_equal(link_new(&short_deadlines, stop, f, &f->link),
	    ERR_OK);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	link_free(f->link);
	link_free(NULL);
	http_stop(f->http);
	buf_free(&f->key);
	buf_free(&f->crt);
	buf_free(&f->body);
	free(f);
	return 0;
}

static err
post(struct fixture *f, const uint8_t *pin, size_t n)
{
	uint8_t *bytes = calloc(1, n + 1);
	struct link_request request = {
		.address = f->address,
		.pin = pin,
		.body = { bytes, n },
	};
	err rc;

	assert_non_null(bytes);
	buf_reset(&f->body);
	rc = link_post(f->link, &request, &f->body, &f->reply);
	free(bytes);
	return rc;
}

static void
request_and_answer_pass(void **state)
{
	static const size_t sizes[] = { 1, 1000, 200000, LIMIT_BODY_BYTES };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		assert_int_equal(post(f, f->pin, sizes[i]), ERR_OK);
		assert_int_equal(f->reply.status, 200);
		assert_true(f->reply.reached);
		assert_false(f->reply.stopped);
		assert_int_equal(f->got_bytes, sizes[i]);
		assert_int_equal(f->body.n, 10);
		assert_true(f->reply.bytes_up > sizes[i]);
		/* headers are few */
		assert_true(f->reply.bytes_up < sizes[i] + 200);
		assert_true(f->reply.bytes_down > 10);
	}
}

static void
status_and_its_body_come_too(void **state)
{
	struct fixture *f = *state;

	f->status = 503;
	f->retry_after_s = 17;
	assert_int_equal(post(f, f->pin, 5), ERR_OK);
	assert_int_equal(f->reply.status, 503);
	assert_int_equal(f->reply.wait_s, 17);
	assert_int_equal(f->body.n, 10);
}

static void
pin_is_the_trust(void **state)
{
	struct fixture *f = *state;
	uint8_t wrong[HASH_LEN];

	memcpy(wrong, f->pin, HASH_LEN);
	wrong[31] ^= 1;
	f->got_bytes = 99;
	assert_int_equal(post(f, wrong, 5), ERR_KEY);
	assert_int_equal(f->got_bytes, 99);	/* nothing was sent */
	assert_int_equal(f->reply.status, 0);
	/* also when the connection before it was good, or not pinned */
	assert_int_equal(post(f, f->pin, 5), ERR_OK);
	assert_int_equal(post(f, wrong, 5), ERR_KEY);
	assert_int_equal(post(f, NULL, 5), ERR_OK);
	assert_int_equal(post(f, wrong, 5), ERR_KEY);
	assert_true(strlen(link_why(f->link)) > 0);
}

static void
answer_is_bounded(void **state)
{
	struct fixture *f = *state;

	f->answer_bytes = LIMIT_BODY_BYTES;
	assert_int_equal(post(f, f->pin, 5), ERR_OK);
	assert_int_equal(f->body.n, LIMIT_BODY_BYTES);
	f->answer_bytes = LIMIT_BODY_BYTES + 1;
	assert_int_equal(post(f, f->pin, 5), ERR_LIMIT);
	assert_true(f->body.n <= LIMIT_BODY_BYTES);
}

static void
hub_may_go_and_come_back(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(post(f, f->pin, 5), ERR_OK);
	http_stop(f->http);
	f->http = NULL;
	assert_int_equal(post(f, f->pin, 5), ERR_NET);
	assert_false(f->reply.reached);
	assert_int_equal(f->reply.status, 0);
	start_hub(f);
	assert_int_equal(post(f, f->pin, 5), ERR_OK);
}

static void
odd_addresses_are_refused(void **state)
{
	static const char *const odd[] = { "", "http://127.0.0.1:1",
		"https://", "https:///", "file:///etc/passwd",
		"https://user@127.0.0.1:1", "https://127.0.0.1:1?x",
		"https://127.0.0.1:notaport", "ftp://x" };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		(void)snprintf(f->address, sizeof f->address, "%s", odd[i]);
		assert_int_equal(post(f, f->pin, 5), ERR_VALUE);
	}
}

/* A listener whose connections nobody takes. */
static int
silent(struct fixture *f)
{
	char name[LISTEN_NAME_BYTES];
	int fd;

	assert_int_equal(listen_open("127.0.0.1:0", &fd), ERR_OK);
	assert_int_equal(listen_name(fd, name), ERR_OK);
	(void)snprintf(f->address, sizeof f->address, "https://%s/", name);
	return fd;
}

static void
silence_ends_by_the_deadline(void **state)
{
	struct fixture *f = *state;
	uint64_t begin_ms = watch_now_ms();
	int fd = silent(f);

	assert_int_equal(post(f, f->pin, 5), ERR_NET);
	assert_in_range(watch_now_ms() - begin_ms, 1000, 4000);
	assert_false(f->reply.stopped);
	assert_int_equal(close(fd), 0);
}

static void
stop_ends_it_at_once(void **state)
{
	struct fixture *f = *state;
	uint64_t begin_ms = watch_now_ms();
	int fd = silent(f);

	f->stop_at = 2;
	assert_int_equal(post(f, f->pin, 5), ERR_NET);
	assert_true(f->reply.stopped);
	assert_true(watch_now_ms() - begin_ms < 1900);
	assert_int_equal(close(fd), 0);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(request_and_answer_pass),
		T(status_and_its_body_come_too),
		T(pin_is_the_trust),
		T(answer_is_bounded),
		T(hub_may_go_and_come_back),
		T(odd_addresses_are_refused),
		T(silence_ends_by_the_deadline),
		T(stop_ends_it_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
