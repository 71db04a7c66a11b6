/* SPDX-License-Identifier: Apache-2.0 */
/* test_exchange.c -- what a reader of exchange.h may rely on. */
#include "daemon/cell/exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/store/sqlite.h"
#include "protocol/frame.h"
#include "tests/support/temp_folder.h"

struct fixture {
	char *dir;
	struct exchange *x;
};

static const uint8_t log_a[ID_LEN] = { 0xa };
static const uint8_t log_b[ID_LEN] = { 0xb };

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	bool renewed = true;

	f->dir = temp_folder_make();
	assert_int_equal(exchange_open(f->dir, EXCHANGE_WRITE, &renewed,
	    &f->x), ERR_OK);
	assert_false(renewed);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	exchange_close(f->x);
	temp_folder_remove(f->dir);
	free(f);
	return 0;
}

/* A second look at the file, by SQL. */
static uint64_t
count(const struct fixture *f, const char *sql)
{
	static const char *const steps[] = { "" };
	static const struct sqlite_schema any = { 0x4e677865, steps, 1 };
	struct sqlite *db;
	struct sqlite_stmt *st;
	uint64_t v;
	bool row;

	assert_int_equal(sqlite_open(temp_folder_path(f->dir, EXCHANGE_FILE),
	    SQLITE_MODE_READ, &any, &db), ERR_OK);
	assert_int_equal(sqlite_get(db, sql, &st), ERR_OK);
	assert_int_equal(sqlite_step(st, &row), ERR_OK);
	v = row ? sqlite_u64(st, 0) : UINT64_MAX;
	sqlite_done(st);
	sqlite_close(db);
	return v;
}

static struct span
some(const char *text)
{
	return (struct span){ (const uint8_t *)text, strlen(text) };
}

static void
file_is_ours_and_private(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	assert_int_equal(count(f, "PRAGMA application_id"), 0x4e677865);
	assert_int_equal(count(f, "PRAGMA user_version"), 1);
	assert_int_equal(stat(temp_folder_path(f->dir, EXCHANGE_FILE), &st),
	    0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void
open_says_what_is_missing(void **state)
{
	struct fixture *f = *state;
	struct exchange *x;
	bool renewed;

	assert_int_equal(exchange_open(temp_folder_path(f->dir, "none"),
	    EXCHANGE_WRITE, &renewed, &x), ERR_ABSENT);
	assert_int_equal(mkdir(temp_folder_path(f->dir, "none"), 0700), 0);
	assert_int_equal(exchange_open(temp_folder_path(f->dir, "none"),
	    EXCHANGE_READ, &renewed, &x), ERR_ABSENT);
	exchange_close(NULL);
}

static void
damaged_file_is_set_aside(void **state)
{
	struct fixture *f = *state;
	FILE *file;
	bool renewed = false;
	uint64_t v;
	struct stat st;

	assert_int_equal(exchange_put(f->x, EXCHANGE_COUNTER, 5), ERR_OK);
	exchange_close(f->x);
	f->x = NULL;
	file = fopen(temp_folder_path(f->dir, EXCHANGE_FILE), "r+b");
	assert_non_null(file);
	for (int i = 0; i < 9000; i++)
		assert_int_equal(fputc('x', file), 'x');
	assert_int_equal(fclose(file), 0);
	assert_int_equal(exchange_open(f->dir, EXCHANGE_WRITE, &renewed,
	    &f->x), ERR_OK);
	assert_true(renewed);
	assert_int_equal(exchange_get(f->x, EXCHANGE_COUNTER, &v), ERR_OK);
	assert_int_equal(v, 0);
	assert_int_equal(stat(temp_folder_path(f->dir, EXCHANGE_DAMAGED),
	    &st), 0);
}

static void
numbers_are_kept(void **state)
{
	struct fixture *f = *state;
	uint64_t v = 9;
	bool renewed;

	for (int i = 0; i < EXCHANGE_NUMBERS; i++) {
		assert_int_equal(exchange_get(f->x, (enum exchange_number)i,
		    &v), ERR_OK);
		assert_int_equal(v, 0);
		assert_int_equal(exchange_put(f->x, (enum exchange_number)i,
		    (uint64_t)i + 100), ERR_OK);
	}
	exchange_close(f->x);
	assert_int_equal(exchange_open(f->dir, EXCHANGE_WRITE, &renewed,
	    &f->x), ERR_OK);
	for (int i = 0; i < EXCHANGE_NUMBERS; i++) {
		assert_int_equal(exchange_get(f->x, (enum exchange_number)i,
		    &v), ERR_OK);
		assert_int_equal(v, i + 100);
	}
	assert_int_equal(count(f, "SELECT value FROM status"
	    " WHERE name = 'last_success_ms'"), 101);
}

static void
rollback_takes_back(void **state)
{
	struct fixture *f = *state;
	uint64_t end;

	assert_int_equal(exchange_begin(f->x), ERR_OK);
	assert_int_equal(exchange_put_incoming(f->x, 0, 3, some("x")),
	    ERR_OK);
	exchange_rollback(f->x);
	exchange_rollback(NULL);
	assert_int_equal(exchange_end(f->x, 0, &end), ERR_OK);
	assert_int_equal(end, 0);
}

static void
end_is_what_follows_the_client(void **state)
{
	struct fixture *f = *state;
	uint64_t end;

	assert_int_equal(exchange_end(f->x, 7, &end), ERR_OK);
	assert_int_equal(end, 7);
	assert_int_equal(exchange_put_incoming(f->x, 7, 5, some("a")),
	    ERR_OK);
	assert_int_equal(exchange_put_incoming(f->x, 12, 1, some("b")),
	    ERR_OK);
	assert_int_equal(exchange_put_incoming(f->x, 12, 1, some("c")),
	    ERR_EXISTS);
	assert_int_equal(exchange_put_incoming(f->x, UINT64_MAX, 1,
	    some("c")), ERR_LIMIT);
	assert_int_equal(exchange_end(f->x, 7, &end), ERR_OK);
	assert_int_equal(end, 13);
	/* the client took some of it in, in the middle of a run too */
	assert_int_equal(exchange_end(f->x, 9, &end), ERR_OK);
	assert_int_equal(end, 13);
	assert_int_equal(exchange_prune(f->x, 12, 0, 0), ERR_OK);
	assert_int_equal(count(f, "SELECT count(*) FROM incoming"), 1);
	assert_int_equal(exchange_end(f->x, 12, &end), ERR_OK);
	assert_int_equal(end, 13);
	/* its store was restored from a backup: a gap */
	assert_int_equal(exchange_end(f->x, 4, &end), ERR_OK);
	assert_int_equal(end, 4);
	assert_int_equal(count(f, "SELECT count(*) FROM incoming"), 0);
	/* and it ran ahead, by a packet */
	assert_int_equal(exchange_put_incoming(f->x, 4, 2, some("d")),
	    ERR_OK);
	assert_int_equal(exchange_end(f->x, 20, &end), ERR_OK);
	assert_int_equal(end, 20);
}

static void
checkpoints_are_pruned(void **state)
{
	struct fixture *f = *state;
	const uint8_t root[HASH_LEN] = { 1 };
	const uint8_t sig[SIG_LEN] = { 2 };

	for (uint64_t size = 1; size <= 6; size++)
		assert_int_equal(exchange_put_checkpoint(f->x, size, root,
		    sig), ERR_OK);
	/* again, with another root: the newer one counts */
	assert_int_equal(exchange_put_checkpoint(f->x, 6, sig, sig), ERR_OK);
	assert_int_equal(exchange_put_checkpoint(f->x, UINT64_MAX, root, sig),
	    ERR_LIMIT);
	assert_int_equal(exchange_prune(f->x, 4, 0, 0), ERR_OK);
	assert_int_equal(count(f, "SELECT min(size) FROM checkpoint"), 4);
	assert_int_equal(count(f, "SELECT count(*) FROM checkpoint"), 3);
	assert_int_equal(exchange_prune(f->x, 100, 0, 0), ERR_OK);
	assert_int_equal(count(f, "SELECT count(*) FROM checkpoint"), 1);
}

/* A frame `leaf` of that scope, with one byte for an entry. */
static void
put_filled(struct fixture *f, uint64_t idx, const uint8_t *scope)
{
	static const uint8_t entry[] = { 0x90 };
	struct frame frame = { .type = FRAME_LEAF };
	struct buf out = { .p = NULL };

	frame.u.leaf.index = idx;
	memcpy(frame.u.leaf.scope, scope, SCOPE_LEN);
	frame.u.leaf.segment.first = 1;
	frame.u.leaf.segment.count = 1;
	frame.u.leaf.segment.entries = (struct span){ entry, 1 };
	frame_put(&out, &frame);
	assert_int_equal(exchange_put_filled(f->x, idx, buf_span(&out)),
	    ERR_OK);
	buf_free(&out);
}

static void
wants_go_on_behind_what_is_filled(void **state)
{
	static const uint8_t one[SCOPE_LEN] = { 2, 1 };
	static const uint8_t two[SCOPE_LEN] = { 2, 2 };
	struct fixture *f = *state;
	uint64_t next;

	put_filled(f, 3, one);
	put_filled(f, 5, one);
	put_filled(f, 8, two);
	assert_int_equal(exchange_filled_from(f->x, one, 0, 10, &next),
	    ERR_OK);
	assert_int_equal(next, 6);
	assert_int_equal(exchange_filled_from(f->x, two, 0, 10, &next),
	    ERR_OK);
	assert_int_equal(next, 9);
	assert_int_equal(exchange_filled_from(f->x, one, 0, 5, &next),
	    ERR_OK);
	assert_int_equal(next, 4);
	assert_int_equal(exchange_filled_from(f->x, one, 6, UINT64_MAX,
	    &next), ERR_OK);
	assert_int_equal(next, 6);
	assert_int_equal(exchange_prune(f->x, 0, 4, 8), ERR_OK);
	assert_int_equal(count(f, "SELECT count(*) FROM filled"), 1);
	assert_int_equal(exchange_prune(f->x, 0, 0, 0), ERR_OK);
	assert_int_equal(count(f, "SELECT count(*) FROM filled"), 0);
}

static void
verdicts_stand_until_admitted(void **state)
{
	struct fixture *f = *state;
	struct exchange_verdict v = { .seq = 4, .reason = 6, .at_ms = 100 };
	struct exchange_verdict got;
	uint64_t n;

	memcpy(v.log, log_a, ID_LEN);
	memset(v.hash, 7, HASH_LEN);
	assert_int_equal(exchange_verdict(f->x, log_a, &got), ERR_ABSENT);
	assert_int_equal(exchange_reason(f->x, &n), ERR_OK);
	assert_int_equal(n, 0);
	assert_int_equal(exchange_sent(f->x, log_a, &n), ERR_OK);
	assert_int_equal(n, 0);

	assert_int_equal(exchange_put_verdict(f->x, &v), ERR_OK);
	assert_int_equal(exchange_verdict(f->x, log_a, &got), ERR_OK);
	assert_memory_equal(got.log, log_a, ID_LEN);
	assert_memory_equal(got.hash, v.hash, HASH_LEN);
	assert_int_equal(got.seq, 4);
	assert_int_equal(got.reason, 6);
	assert_int_equal(got.at_ms, 100);
	assert_int_equal(exchange_sent(f->x, log_a, &n), ERR_OK);
	assert_int_equal(n, 4);

	/* the newest one of all logs */
	memcpy(v.log, log_b, ID_LEN);
	v.reason = 7;
	v.at_ms = 200;
	assert_int_equal(exchange_put_verdict(f->x, &v), ERR_OK);
	assert_int_equal(exchange_reason(f->x, &n), ERR_OK);
	assert_int_equal(n, 7);
	v.reason = 0;
	v.seq = 9;
	assert_int_equal(exchange_put_verdict(f->x, &v), ERR_OK);
	assert_int_equal(exchange_verdict(f->x, log_b, &got), ERR_ABSENT);
	assert_int_equal(exchange_sent(f->x, log_b, &n), ERR_OK);
	assert_int_equal(n, 9);
	assert_int_equal(exchange_reason(f->x, &n), ERR_OK);
	assert_int_equal(n, 6);
	/* the hub may also fall back */
	v.seq = 2;
	assert_int_equal(exchange_put_verdict(f->x, &v), ERR_OK);
	assert_int_equal(exchange_sent(f->x, log_b, &n), ERR_OK);
	assert_int_equal(n, 2);
	v.seq = UINT64_MAX;
	assert_int_equal(exchange_put_verdict(f->x, &v), ERR_LIMIT);
}

static void
invitation_is_kept(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(exchange_has_invitation(f->x, log_a), ERR_ABSENT);
	assert_int_equal(exchange_put_invitation(f->x, log_a, some("f"),
	    some("k")), ERR_OK);
	assert_int_equal(exchange_put_invitation(f->x, log_a, some("g"),
	    some("k")), ERR_OK);
	assert_int_equal(exchange_has_invitation(f->x, log_a), ERR_OK);
	assert_int_equal(exchange_has_invitation(f->x, log_b), ERR_ABSENT);
	assert_int_equal(count(f, "SELECT count(*) FROM invitation"
	    " WHERE fields = x'67'"), 1);
}

static void
a_reader_never_writes(void **state)
{
	struct fixture *f = *state;
	struct exchange *reader;
	bool renewed;
	uint64_t v;

	assert_int_equal(exchange_put(f->x, EXCHANGE_REQUESTS, 3), ERR_OK);
	assert_int_equal(exchange_open(f->dir, EXCHANGE_READ, &renewed,
	    &reader), ERR_OK);
	assert_int_equal(exchange_get(reader, EXCHANGE_REQUESTS, &v), ERR_OK);
	assert_int_equal(v, 3);
	assert_int_not_equal(exchange_put(reader, EXCHANGE_REQUESTS, 4),
	    ERR_OK);
	assert_true(strlen(exchange_why(reader)) > 0);
	exchange_close(reader);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(file_is_ours_and_private),
		T(open_says_what_is_missing),
		T(damaged_file_is_set_aside),
		T(numbers_are_kept),
		T(rollback_takes_back),
		T(end_is_what_follows_the_client),
		T(checkpoints_are_pruned),
		T(wants_go_on_behind_what_is_filled),
		T(verdicts_stand_until_admitted),
		T(invitation_is_kept),
		T(a_reader_never_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
