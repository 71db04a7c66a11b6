/* SPDX-License-Identifier: Apache-2.0 */
/* test_store_write.c -- what a reader of store.h may rely on: writing, and
 * reading what was written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client/store/clock.h"
#include "client/store/outbox.h"
#include "protocol/limits.h"
#include "tests/support/little_hub.h"
#include "tests/support/store_ops.h"
#include "tests/support/temp_folder.h"

static const struct span none = { NULL, 0 };

static void
ok(err e)
{
	assert_string_equal(err_name(e), err_name(ERR_OK));
}

struct fixture {
	char *dir;
	struct little_hub hub;
	struct store *s;
	uint8_t cell[SCOPE_LEN];
};

static int
setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){ .dir = temp_folder_make() };
	little_hub_open(&f.hub);
	f.s = little_hub_commune(&f.hub, f.dir);
	store_ops_cell(f.s, "CB01", f.cell);
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	store_close(f->s);
	little_hub_close(&f->hub);
	temp_folder_remove(f->dir);
	return 0;
}

static void
reopen(struct fixture *f, const char *pass)
{
	store_close(f->s);
	f->s = NULL;
	ok(store_open(f->dir, pass != NULL ? store_ops_text(pass) : none,
	    &f->s));
}

/* ---- states */

static void
what_is_written_is_read(void **state)
{
	struct fixture *f = *state;
	uint8_t person[ID_LEN], subject[ID_LEN];
	const struct state *st = NULL;
	uint64_t now_ms = clock_now_ms(), n = 0;
	struct span text;

	store_ops_quota(f->s, f->cell, 2026, 4);
	ok(store_ops_person(f->s, f->cell, "Lò Thị Mai", NULL, 0, person));
	ok(store_ops_step(f->s, f->cell, person, STEP_LISTED, 19000));
	for (int round = 0; round < 2; round++) {
		store_ops_assert_name(f->s, f->cell, person, "Lò Thị Mai");
		ok(store_state(f->s, f->cell, person, &st));
		ok(state_uint(st, FIELD_BIRTH_YEAR, none, now_ms, &n));
		assert_int_equal(n, 1999);
		assert_true(state_has_kind(st, KIND_STEP));
		chain_scope_subject(f->cell, subject);
		ok(store_state(f->s, scope_root, subject, &st));
		ok(state_text(st, FIELD_CODE, none, now_ms, &text));
		assert_true(span_equal(text, store_ops_text("CB01")));
		assert_int_equal(store_ops_count(f->s, NULL, KIND_QUOTA), 1);
		assert_int_equal(store_ops_count(f->s, f->cell, KIND_PERSON),
		    1);
		assert_int_equal(store_state(f->s, f->cell, f->hub.fpr, &st),
		    ERR_ABSENT);
		reopen(f, LITTLE_HUB_PASS);
	}
}

static void
the_holder_is_named_in_each_scope_with_a_key(void **state)
{
	struct fixture *f = *state;
	const struct state *st = NULL;
	struct span text;

	ok(store_state(f->s, f->cell, store_device(f->s), &st));
	assert_true(state_has_kind(st, KIND_DEVICE));
	assert_true(state_has_kind(st, KIND_GRANT));
	ok(state_text(st, FIELD_HOLDER_NAME, none, clock_now_ms(), &text));
	assert_true(span_equal(text, store_ops_text(LITTLE_HUB_HOLDER)));
	/* and the recovery box has the key */
	assert_int_equal(store_ops_count(f->s, f->cell, KIND_GRANT), 2);
}

static void
duties_are_done_once(void **state)
{
	struct fixture *f = *state;
	uint64_t written = 9;

	ok(store_do_duties(f->s, &written));
	assert_int_equal(written, 0);
}

static void
nobody_is_named_on_disk(void **state)
{
	struct fixture *f = *state;
	uint8_t person[ID_LEN];

	ok(store_ops_person(f->s, f->cell, "Vàng Thị Chưa Ai Biết", NULL, 0,
	    person));
	ok(store_ops_rename(f->s, f->cell, person, "Vàng Thị Chưa Ai Hay", NULL,
	    0));
	store_ops_assert_hidden(f->dir, "Vàng Thị Chưa");
	store_ops_assert_hidden(f->dir, "Yên Phong");
	store_ops_assert_hidden(f->dir, "Giữ Sổ");
	store_close(f->s);
	f->s = NULL;
	store_ops_assert_hidden(f->dir, "Vàng Thị Chưa");
}

static void
a_locked_store_reads_what_is_public(void **state)
{
	struct fixture *f = *state;
	uint8_t person[ID_LEN];
	const struct state *st = NULL;

	ok(store_ops_person(f->s, f->cell, "Lò Thị Mai", NULL, 0, person));
	store_ops_quota(f->s, f->cell, 2026, 4);
	reopen(f, NULL);
	assert_int_equal(store_ops_count(f->s, NULL, KIND_QUOTA), 1);
	assert_int_equal(store_ops_count(f->s, NULL, KIND_PERSON), 0);
	assert_int_equal(store_state(f->s, f->cell, person, &st), ERR_KEY);
}

/* ---- compare and set */

static void
a_changed_value_stops_the_write(void **state)
{
	struct fixture *f = *state;
	uint8_t person[ID_LEN], other[ID_LEN];
	struct store_expect absent, seen;
	uint64_t before;

	ok(store_ops_person(f->s, f->cell, "Một", NULL, 0, person));
	store_ops_version(f->s, f->cell, person, &seen);
	ok(store_ops_rename(f->s, f->cell, person, "Hai", &seen, 1));
	before = store_ops_count(f->s, NULL, 0);
	assert_int_equal(store_ops_rename(f->s, f->cell, person, "Ba", &seen,
	    1), ERR_CHANGED);
	store_ops_assert_name(f->s, f->cell, person, "Hai");
	memset(&absent, 0, sizeof absent);
	memcpy(absent.scope, f->cell, SCOPE_LEN);
	memcpy(absent.subject, person, ID_LEN);
	assert_int_equal(store_ops_person(f->s, f->cell, "Bốn", &absent, 1,
	    other), ERR_CHANGED);
	assert_int_equal(store_ops_count(f->s, NULL, 0), before);
	crypto_random(absent.subject, ID_LEN);
	ok(store_ops_person(f->s, f->cell, "Năm", &absent, 1, other));
}

/* ---- batches */

static void
an_abandoned_batch_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	uint8_t person[ID_LEN], kept[ID_LEN];
	const struct state *st = NULL;

	ok(store_ops_person(f->s, f->cell, "Ở Lại", NULL, 0, kept));
	ok(store_batch_begin(f->s));
	assert_int_equal(store_batch_begin(f->s), ERR_USAGE);
	ok(store_ops_person(f->s, f->cell, "Đi", NULL, 0, person));
	ok(store_ops_rename(f->s, f->cell, kept, "Đổi", NULL, 0));
	/* a batch sees what it has written */
	store_ops_assert_name(f->s, f->cell, person, "Đi");
	assert_int_equal(store_ops_count(f->s, f->cell, KIND_PERSON), 2);
	store_batch_abandon(f->s);
	assert_int_equal(store_state(f->s, f->cell, person, &st), ERR_ABSENT);
	store_ops_assert_name(f->s, f->cell, kept, "Ở Lại");
	/* the chain goes on where it was */
	ok(store_ops_rename(f->s, f->cell, kept, "Tiếp", NULL, 0));
	little_hub_sync(&f->hub, f->s);
}

static void
a_failed_batch_does_not_commit(void **state)
{
	struct fixture *f = *state;
	uint8_t person[ID_LEN];
	struct store_expect wrong;

	ok(store_ops_person(f->s, f->cell, "Một", NULL, 0, person));
	store_ops_version(f->s, f->cell, person, &wrong);
	wrong.version[0] ^= 1;
	ok(store_batch_begin(f->s));
	ok(store_ops_rename(f->s, f->cell, person, "Hai", NULL, 0));
	assert_int_equal(store_ops_rename(f->s, f->cell, person, "Ba", &wrong,
	    1), ERR_CHANGED);
	assert_int_equal(store_ops_rename(f->s, f->cell, person, "Tư", NULL,
	    0), ERR_CHANGED);
	assert_int_equal(store_batch_commit(f->s), ERR_CHANGED);
	store_batch_abandon(f->s);
	store_batch_abandon(f->s);
	store_ops_assert_name(f->s, f->cell, person, "Một");
}

struct cuts {
	struct outbox *o;
	uint64_t entries, segments;
};

static err
cut(void *ctx, const struct outbox_log *log)
{
	struct cuts *c = ctx;
	struct buf bytes = { 0 };
	struct segment s;
	uint64_t after = log->admitted_seq;

	while (outbox_segment(c->o, log->log, after, 1, &bytes, &s) ==
	    ERR_OK) {
		after = segment_last(&s);
		c->entries += s.count;
		c->segments++;
	}
	assert_int_equal(after, log->written_seq);
	buf_free(&bytes);
	return ERR_OK;
}

/* One commit, and yet a sender can cut. */
static void
a_long_batch_can_be_cut(void **state)
{
	struct fixture *f = *state;
	struct cuts c = { 0 };
	uint8_t person[ID_LEN];

	ok(store_batch_begin(f->s));
	for (int i = 0; i < 1500; i++)
		ok(store_ops_person(f->s, f->cell, "Người", NULL, 0, person));
	ok(store_batch_commit(f->s));
	ok(outbox_open(f->dir, &c.o));
	ok(outbox_logs(c.o, cut, &c));
	outbox_close(c.o);
	assert_true(c.entries > 1500);
	assert_true(c.segments > 10 && c.segments < 200);
	little_hub_sync(&f->hub, f->s);
	assert_int_equal(store_ops_count(f->s, f->cell, KIND_PERSON), 1500);
}

/* ---- what may not be written */

static void
what_everyone_judges_void_is_refused(void **state)
{
	struct fixture *f = *state;
	const uint8_t lane[SCOPE_LEN] = { 3, 1 };
	struct store_op op = { .kind = KIND_HUB_KEY };

	/* nothing of it may stay */
	uint64_t before = store_ops_count(f->s, NULL, 0);
	assert_int_equal(store_write(f->s, scope_root, &op, 1, NULL, 0, NULL),
	    ERR_ROLE);
	op.kind = KIND_PERSON;
	assert_int_equal(store_write(f->s, scope_root, &op, 1, NULL, 0, NULL),
	    ERR_SCOPE);
	op.kind = KIND_QUOTA;
	assert_int_equal(store_write(f->s, scope_root, &op, 1, NULL, 0, NULL),
	    ERR_VALUE);
	op.kind = KIND_NOMINATION;
	op.creates = true;
	assert_int_equal(store_write(f->s, lane, &op, 1, NULL, 0, NULL),
	    ERR_KEY);
	assert_int_equal(store_write(f->s, scope_root, &op, 0, NULL, 0, NULL),
	    ERR_LIMIT);
	assert_int_equal(store_ops_count(f->s, NULL, 0), before);
}

static err
count_void(void *ctx, const struct store_void *v)
{
	uint64_t *n = ctx;

	assert_int_equal(v->kind, KIND_PERSON);
	assert_int_equal(v->verdict, VERDICT_SCOPE);
	(*n)++;
	return ERR_OK;
}

static void
a_void_op_is_kept_and_listed(void **state)
{
	struct fixture *f = *state;
	struct store_op op = { .kind = KIND_PERSON, .subject = { 5 } };
	const struct state *st = NULL;
	uint64_t n = 0;

	store_skip_judgement(f->s);
	ok(store_write(f->s, scope_root, &op, 1, NULL, 0, NULL));
	assert_int_equal(store_state(f->s, scope_root, op.subject, &st),
	    ERR_ABSENT);
	ok(store_each_void(f->s, count_void, &n));
	assert_int_equal(n, 1);
	little_hub_sync(&f->hub, f->s);
	n = 0;
	ok(store_each_void(f->s, count_void, &n));
	assert_int_equal(n, 1);
	ok(store_refold(f->s));
	n = 0;
	ok(store_each_void(f->s, count_void, &n));
	assert_int_equal(n, 1);
}

static void
a_sealed_field_needs_a_created_subject(void **state)
{
	struct fixture *f = *state;
	const uint8_t nobody[ID_LEN] = { 77 };

	assert_int_equal(store_ops_rename(f->s, f->cell, nobody, "Ai", NULL,
	    0), ERR_KEY);
}

/* ---- entries */

static err
count_entry(void *ctx, const struct store_entry *e)
{
	uint64_t *n = ctx;
	struct entry parsed = { 0 };

	ok(entry_parse(e->bytes, &parsed));
	assert_int_equal(e->place.leaf, MERGE_NO_LEAF);
	entry_free(&parsed);
	n[e->own ? 1 : 0]++;
	return ERR_OK;
}

/* An entry as large as may be does not take the log's opening along. */
static void
the_opening_goes_first_when_both_do_not_fit(void **state)
{
	struct fixture *f = *state;
	struct store_op ops[LIMIT_ENTRY_OPS];
	struct op_ref ref = { 0 };
	uint64_t n[2] = { 0 };
	uint8_t cell[SCOPE_LEN];
	struct cell_key key;

	chain_scope_new(SCOPE_CELL, cell);
	ok(store_key_new(f->s, cell, &key));
	for (size_t i = 0; i < LIMIT_ENTRY_OPS; i++) {
		ops[i] = (struct store_op){ .kind = KIND_PERSON,
			.creates = true };
		crypto_random(ops[i].subject, ID_LEN);
	}
	ok(store_write(f->s, cell, ops, LIMIT_ENTRY_OPS, NULL, 0, &ref));
	assert_int_equal(ref.seq, 2);
	assert_int_equal(ref.op, 0);
	ok(store_each_entry(f->s, ref.log, count_entry, n));
	assert_int_equal(n[1], 2);
	n[1] = 0;
	ok(store_each_entry(f->s, NULL, count_entry, n));
	assert_int_equal(n[0], 1);	/* root's */
	assert_true(n[1] > 3);
	ok(store_write(f->s, cell, ops, 1, NULL, 0, &ref));
	assert_int_equal(ref.seq, 3);
}

static void
a_reference_names_the_op(void **state)
{
	struct fixture *f = *state;
	struct store_op op = { .kind = KIND_PERSON, .subject = { 8 },
		.creates = true };
	uint8_t cell[SCOPE_LEN];
	struct cell_key key;
	struct op_ref ref = { 0 };

	chain_scope_new(SCOPE_CELL, cell);
	ok(store_key_new(f->s, cell, &key));
	ok(store_write(f->s, cell, &op, 1, NULL, 0, &ref));
	assert_int_equal(ref.seq, 1);
	assert_int_equal(ref.op, 3);	/* behind log, device, grant */
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(what_is_written_is_read),
		WITH(the_holder_is_named_in_each_scope_with_a_key),
		WITH(duties_are_done_once),
		WITH(nobody_is_named_on_disk),
		WITH(a_locked_store_reads_what_is_public),
		WITH(a_changed_value_stops_the_write),
		WITH(an_abandoned_batch_leaves_nothing),
		WITH(a_failed_batch_does_not_commit),
		WITH(a_long_batch_can_be_cut),
		WITH(what_everyone_judges_void_is_refused),
		WITH(a_void_op_is_kept_and_listed),
		WITH(a_sealed_field_needs_a_created_subject),
		WITH(the_opening_goes_first_when_both_do_not_fit),
		WITH(a_reference_names_the_op),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
