/* SPDX-License-Identifier: Apache-2.0 */
/* test_hub_admit.c -- what a reader of admit.h, hub_commune.h and hub_audit.h
 * may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/store/paths.h"
#include "daemon/hub/admit.h"
#include "daemon/hub/hub_audit.h"
#include "protocol/verify.h"
#include "tests/support/hub_talk.h"
#include "tests/support/temp_folder.h"

/* 64 bytes that are nobody's keys */
#define QUARTER "0123456789abcdef"
#define OTHER_KEY QUARTER QUARTER QUARTER QUARTER

/* ---- the folder */

static void
root_segment_is_leaf_0_and_loads_again(void **state)
{
	struct hub_talk *x = *state;
	uint8_t before[HASH_LEN], after[HASH_LEN];
	const char *what;

	assert_int_equal(hub_talk_size(x), 1);
	hub_talk_join(x);
	hub_talk_ok(ledger_root_at(x->c->ledger, hub_talk_size(x), before));
	hub_commune_close(x->c);
	x->c = NULL;
	hub_talk_ok(hub_commune_open(x->dir, HUB_STORE_WRITE, &what, &x->c));
	assert_int_equal(hub_talk_size(x), 3);
	hub_talk_ok(ledger_root_at(x->c->ledger, 3, after));
	assert_memory_equal(before, after, HASH_LEN);
	/* the roster is there again too */
	hub_folder_have(&x->payload, 3, HUB_TALK_ALL);
	hub_talk_ask(x, &x->secretary);
	assert_int_equal(x->status, 200);
}

static void
a_wrong_folder_is_told(void **state)
{
	static const struct {
		const char *name, *text;
		err want;
	} rows[] = {
		{ "commune", "00\n", ERR_DAMAGED },
		{ "hub.key", OTHER_KEY, ERR_KEY },
		{ "hub.key", "short", ERR_DAMAGED },
		{ "root.segment", "no frame", ERR_DAMAGED },
	};
	struct hub_talk *x = *state;
	struct commune *c = NULL;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *dir = temp_folder_make();
		const char *what = "";
		FILE *file;

		hub_folder_write(&x->f, dir);
		file = fopen(temp_folder_path(dir, rows[i].name), "wb");
		assert_non_null(file);
		assert_true(fputs(rows[i].text, file) >= 0);
		assert_int_equal(fclose(file), 0);
		err rc = hub_commune_open(dir, HUB_STORE_WRITE, &what, &c);
		assert_int_equal(rc, rows[i].want);
		assert_string_equal(what, rows[i].name);
		assert_null(c);
		temp_folder_remove(dir);
	}
}

/* ---- admission */

static void
what_is_pushed_gets_a_verdict_a_receipt_and_a_checkpoint(void **state)
{
	struct hub_talk *x = *state;
	const struct frame *f;

	hub_talk_log(x, &x->office, &x->f.commune, scope_root);
	hub_talk_marks(x, &x->office, 2);
	hub_talk_push(x, &x->f.commune, &x->office, 1, 3, 1);
	assert_int_equal(x->status, 200);
	hub_talk_verdict(x, &x->office, REASON_ADMITTED, 3);
	f = hub_talk_find(x, FRAME_RECEIPT, 0);
	assert_non_null(f);
	assert_int_equal(f->u.receipt.index, 1);
	assert_int_equal(f->u.receipt.first, 1);
	assert_int_equal(f->u.receipt.last, 3);
	assert_int_equal(f->u.receipt.time_ms, HUB_FOLDER_T0 + 5000);
	hub_talk_checkpoint(x, 2);
	assert_null(hub_talk_find(x, FRAME_NEXT, 0));
}

static void
repeating_is_harmless(void **state)
{
	struct hub_talk *x = *state;

	hub_talk_log(x, &x->office, &x->f.commune, scope_root);
	hub_talk_marks(x, &x->office, 3);
	hub_talk_push(x, &x->f.commune, &x->office, 1, 2, 1);
	hub_talk_push(x, &x->f.commune, &x->office, 1, 2, 2);
	hub_talk_verdict(x, &x->office, REASON_ADMITTED, 2);
	assert_int_equal(hub_talk_size(x), 2);
	assert_null(hub_talk_find(x, FRAME_CHECKPOINT, 0));
	/* an overlap keeps what is new */
	hub_talk_push(x, &x->f.commune, &x->office, 2, 4, 2);
	hub_talk_verdict(x, &x->office, REASON_ADMITTED, 4);
	assert_int_equal(hub_talk_find(x, FRAME_RECEIPT, 0)->u.receipt.first,
	    3);
}

static void
one_bad_log_does_not_stop_another(void **state)
{
	struct hub_talk *x = *state;

	hub_talk_log(x, &x->office, &x->f.commune, scope_root);
	hub_talk_marks(x, &x->office, 3);
	hub_talk_log(x, &x->own, &x->f.commune, scope_commune);
	hub_folder_have(&x->payload, 1, HUB_TALK_ALL);
	hub_folder_segment(&x->payload, &x->office, 1, 1);
	hub_folder_segment(&x->payload, &x->office, 3, 3);
	hub_folder_segment(&x->payload, &x->office, 2, 2);
	hub_folder_segment(&x->payload, &x->own, 1, 1);
	hub_talk_ask(x, &x->f.commune);
	hub_talk_verdict(x, &x->office, REASON_CHAIN, 1);
	hub_talk_verdict(x, &x->own, REASON_ADMITTED, 1);
	assert_int_equal(hub_talk_size(x), 3);
}

static void
the_quiet_exchange_is_two_bytes(void **state)
{
	struct hub_talk *x = *state;

	hub_folder_have(&x->payload, 1, HUB_TALK_ALL);
	hub_talk_ask(x, &x->f.commune);
	assert_int_equal(x->status, 200);
	assert_int_equal(x->body_bytes, 2);
}

static err
count_fork(void *ctx, const struct signed_head *head)
{
	(void)head;
	(*(unsigned *)ctx)++;
	return ERR_OK;
}

static unsigned
forks(const struct hub_talk *x)
{
	unsigned n = 0;

	hub_talk_ok(hub_store_head_forks(x->c->store, count_fork, &n));
	return n;
}

static void
forks_are_refused_and_kept_as_evidence(void **state)
{
	struct hub_talk *x = *state;

	hub_talk_log(x, &x->office, &x->f.commune, scope_root);
	hub_talk_log(x, &x->other, &x->f.commune, scope_root);
	assert_memory_equal(x->office.id, x->other.id, ID_LEN);
	hub_talk_marks(x, &x->office, 2);
	world_op_bare(&x->ops, KIND_READ, x->invite.id);
	hub_talk_write(x, &x->other);
	hub_talk_marks(x, &x->other, 1);
	hub_talk_push(x, &x->f.commune, &x->office, 1, 3, 1);
	hub_talk_push(x, &x->f.commune, &x->other, 2, 2, 1);
	hub_talk_verdict(x, &x->office, REASON_FORK, 3);
	assert_int_equal(forks(x), 1);
	hub_talk_push(x, &x->f.commune, &x->other, 2, 2, 1);
	assert_int_equal(forks(x), 1);
	/* by a head alone, too */
	hub_folder_head(&x->payload, &x->other, 3);
	hub_talk_ask(x, &x->f.commune);
	hub_talk_verdict(x, &x->office, REASON_FORK, 3);
	assert_int_equal(forks(x), 2);
	/* a head that nobody signed is no evidence */
	x->other.author.seed[0] ^= 1;
	hub_folder_head(&x->payload, &x->other, 2);
	hub_talk_ask(x, &x->f.commune);
	hub_talk_verdict(x, &x->office, REASON_ADMITTED, 3);
	assert_int_equal(forks(x), 2);
}

static void
a_head_tells_where_the_hub_stands(void **state)
{
	struct hub_talk *x = *state;
	struct signed_head kept;

	hub_talk_log(x, &x->office, &x->f.commune, scope_root);
	hub_talk_marks(x, &x->office, 3);
	hub_talk_push(x, &x->f.commune, &x->office, 1, 2, 1);
	hub_folder_head(&x->payload, &x->office, 2);
	hub_talk_ask(x, &x->f.commune);
	assert_int_equal(x->count, 0);
	hub_folder_head(&x->payload, &x->office, 1);
	hub_talk_ask(x, &x->f.commune);
	hub_talk_verdict(x, &x->office, REASON_ADMITTED, 2);
	hub_folder_head(&x->payload, &x->office, 4);
	hub_talk_ask(x, &x->f.commune);
	hub_talk_verdict(x, &x->office, REASON_ADMITTED, 2);
	hub_talk_ok(hub_store_head_announced(x->c->store, x->office.id, &kept));
	assert_int_equal(kept.seq, 4);
}

/* ---- time and trouble */

static void
leaf_times_never_decrease(void **state)
{
	struct hub_talk *x = *state;

	hub_talk_log(x, &x->office, &x->f.commune, scope_root);
	hub_talk_marks(x, &x->office, 2);
	hub_talk_clock(HUB_FOLDER_T0 + 10);
	hub_talk_push(x, &x->f.commune, &x->office, 1, 1, 1);
	assert_int_equal(ledger_last_time(x->c->ledger),
	    HUB_FOLDER_T0 + 5000);
	/* a clock that is ahead of everybody is not believed */
	hub_talk_clock(HUB_FOLDER_T0 + 3 * HUB_TALK_DAY);
	hub_talk_push(x, &x->f.commune, &x->office, 2, 2, 2);
	assert_int_equal(ledger_last_time(x->c->ledger),
	    HUB_FOLDER_T0 + 5000);
	/* but when a device says so too */
	world_op_bare(&x->ops, KIND_READ, x->invite.id);
	world_write(&x->office, &x->ops, 0, x->f.empty_root,
	    HUB_FOLDER_T0 + 3 * HUB_TALK_DAY - 5);
	hub_talk_push(x, &x->f.commune, &x->office, 3, 4, 3);
	assert_int_equal(ledger_last_time(x->c->ledger),
	    HUB_FOLDER_T0 + 3 * HUB_TALK_DAY);
}

static void
a_store_that_cannot_be_written_loses_nothing(void **state)
{
	struct hub_talk *x = *state;
	struct hub_store *second = NULL;
	uint8_t before[HASH_LEN], after[HASH_LEN];

	hub_talk_ok(ledger_root_at(x->c->ledger, 1, before));
	hub_talk_log(x, &x->office, &x->f.commune, scope_root);
	hub_talk_ok(hub_store_open(x->dir, HUB_STORE_WRITE, x->f.fpr, &second));
	hub_talk_ok(hub_store_begin(second));
	hub_talk_push(x, &x->f.commune, &x->office, 1, 1, 1);
	hub_talk_refused(x, 503, REASON_BUSY);
	assert_true(x->retry_s > 0);
	hub_store_rollback(second);
	hub_store_close(second);
	assert_int_equal(hub_talk_size(x), 1);
	hub_talk_ok(ledger_root_at(x->c->ledger, 1, after));
	assert_memory_equal(before, after, HASH_LEN);
	hub_talk_push(x, &x->f.commune, &x->office, 1, 1, 1);
	hub_talk_verdict(x, &x->office, REASON_ADMITTED, 1);
}

static void
what_is_not_committed_is_taken_back(void **state)
{
	struct hub_talk *x = *state;
	struct admission a;
	struct segment s;

	hub_talk_log(x, &x->office, &x->f.commune, scope_root);
	admit_begin(&a, x->c);
	world_segment(&x->office, 1, 1, &s);
	hub_talk_ok(admit_segment(&a, &s));
	assert_int_equal(hub_talk_size(x), 2);
	admit_end(&a);
	assert_int_equal(hub_talk_size(x), 1);
	assert_null(ledger_log(x->c->ledger, x->office.id));
	hub_talk_push(x, &x->f.commune, &x->office, 1, 1, 1);
	hub_talk_verdict(x, &x->office, REASON_ADMITTED, 1);
}

static void
a_stopping_hub_says_busy(void **state)
{
	struct hub_talk *x = *state;

	hub_talk_log(x, &x->office, &x->f.commune, scope_root);
	hub_commune_stop(x->c);
	hub_talk_push(x, &x->f.commune, &x->office, 1, 1, 1);
	hub_talk_refused(x, 503, REASON_BUSY);
	assert_int_equal(hub_talk_size(x), 1);
}

/* ---- the audit file */

static void
the_audit_file_verifies(void **state)
{
	struct hub_talk *x = *state;
	struct commune *c = NULL;
	struct verify *v = verify_new(x->f.fpr);
	struct buf file = { .p = NULL };
	const char *path = temp_folder_path(x->dir, "audit.nguon");
	const char *what = "";
	uint64_t leaves = 0;

	assert_non_null(v);
	hub_talk_join(x);
	hub_talk_log(x, &x->own, &x->f.commune, x->cell[1]);
	hub_talk_push(x, &x->f.commune, &x->own, 1, 1, 3);
	/* beside the hub that runs */
	hub_talk_ok(hub_commune_open(x->dir, HUB_STORE_READ, &what, &c));
	hub_talk_ok(hub_audit_export(c, path, &leaves));
	hub_commune_close(c);
	assert_int_equal(leaves, 4);
	hub_talk_ok(paths_read(path, LIMIT_BODY_BYTES, &file));
	hub_talk_ok(verify_feed(v, buf_span(&file)));
	hub_talk_ok(verify_end(v));
	assert_int_equal(verify_totals(v)->failures, 0);
	assert_int_equal(verify_totals(v)->leaves, 4);
	assert_int_equal(verify_totals(v)->checkpoint_size, 4);
	verify_free(v);
	buf_free(&file);
}

static void
an_audit_file_that_cannot_be_written_is_told(void **state)
{
	struct hub_talk *x = *state;
	struct commune *c = NULL;
	const char *what = "";
	uint64_t leaves = 99;

	hub_talk_ok(hub_commune_open(x->dir, HUB_STORE_READ, &what, &c));
	assert_int_equal(hub_audit_export(c, "/nonexistent/a", &leaves),
	    ERR_ABSENT);
	assert_int_equal(leaves, 99);
	hub_commune_close(c);
}

int
main(void)
{
#define TEST(f) \
	cmocka_unit_test_setup_teardown(f, hub_talk_setup, hub_talk_teardown)
	const struct CMUnitTest tests[] = {
		TEST(root_segment_is_leaf_0_and_loads_again),
		TEST(a_wrong_folder_is_told),
		TEST(what_is_pushed_gets_a_verdict_a_receipt_and_a_checkpoint),
		TEST(repeating_is_harmless),
		TEST(one_bad_log_does_not_stop_another),
		TEST(the_quiet_exchange_is_two_bytes),
		TEST(forks_are_refused_and_kept_as_evidence),
		TEST(a_head_tells_where_the_hub_stands),
		TEST(leaf_times_never_decrease),
		TEST(a_store_that_cannot_be_written_loses_nothing),
		TEST(what_is_not_committed_is_taken_back),
		TEST(a_stopping_hub_says_busy),
		TEST(the_audit_file_verifies),
		TEST(an_audit_file_that_cannot_be_written_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
