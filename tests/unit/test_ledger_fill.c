/* SPDX-License-Identifier: Apache-2.0 */
/* test_ledger_fill.c -- segments that come later than their leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/office.h"

/* The office's ledger has all; `l` holds two leaves of a cell without their
 * segments. */
struct fixture {
	struct office o;
	struct world_log log;
	struct ledger *l;
	struct ledger_leaf leaf[2];
	struct segment s;
};

static void
cell_entry(struct fixture *f, size_t i)
{
	const uint8_t person[ID_LEN] = { 1 };

	if (f->log.seq == 0)
		world_op_log(&f->o.ops, &f->log, NULL);
	world_op_bare(&f->o.ops, KIND_READ, person);
	office_step(&f->o, &f->log);
	f->leaf[i].index = ledger_size(f->o.ledger) - 1;
	f->leaf[i].time_ms = f->o.inner.time_ms;
	memcpy(f->leaf[i].scope, f->o.inner_scope, SCOPE_LEN);
	tree_inner_hash(&f->o.inner, f->leaf[i].inner_hash);
}

static void
copy_leaf(struct fixture *f, struct world_log *l, uint64_t seq)
{
	struct leaf_inner inner;
	uint8_t scope[SCOPE_LEN];
	enum reason reason;

	world_segment(l, seq, seq, &f->s);
	assert_int_equal(ledger_admit(f->l, &f->s, OFFICE_T0 +
	    1000 * ledger_size(f->l), NULL, NULL, &reason, &inner,
	    scope), ERR_OK);
	assert_int_equal(reason, REASON_ADMITTED);
}

static int
setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof f);
	office_open(&f.o);
	f.l = ledger_new(f.o.fpr, NULL);
	copy_leaf(&f, &f.o.root_log, 1);
	for (uint64_t seq = 1; seq <= f.o.commune_log.seq; seq++)
		copy_leaf(&f, &f.o.commune_log, seq);
	copy_leaf(&f, &f.o.secretary_log, 1);
	world_log_open(&f.log, &f.o.secretary, f.o.cell[0], f.o.fpr, 0);
	for (size_t i = 0; i < 2; i++) {
		cell_entry(&f, i);
		assert_int_equal(ledger_append_foreign(f.l, f.leaf[i].scope,
		    f.leaf[i].inner_hash), ERR_OK);
	}
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	world_log_free(&f->log);
	ledger_free(f->l);
	office_close(&f->o);
	return 0;
}

static err
count(void *ctx, const struct admitted_entry *a)
{
	struct place *p = ctx;

	*p = a->place;
	return ERR_OK;
}

static enum reason
fill(struct fixture *f, size_t i, const struct ledger_leaf *leaf,
    struct place *ret)
{
	struct leaf_inner inner;
	enum reason reason = REASON_BUSY;

	world_segment(&f->log, i + 1, i + 1, &f->s);
	assert_int_equal(ledger_fill(f->l, &f->s, leaf, count, ret, &reason,
	    &inner), ERR_OK);
	if (reason == REASON_ADMITTED)
		assert_int_equal(inner.last, i + 1);
	return reason;
}

static void
in_order_they_pass_and_the_tree_stays(void **state)
{
	struct fixture *f = *state;
	uint8_t before[HASH_LEN], after[HASH_LEN];
	uint64_t size = ledger_size(f->l);
	struct place at = { 0 };

	assert_int_equal(ledger_root_at(f->l, size, before), ERR_OK);
	assert_int_equal(fill(f, 1, &f->leaf[1], &at), REASON_CHAIN);
	assert_int_equal(fill(f, 0, &f->leaf[0], &at), REASON_ADMITTED);
	assert_int_equal(at.leaf, f->leaf[0].index);
	assert_int_equal(at.leaf_time, f->leaf[0].time_ms);
	assert_int_equal(fill(f, 1, &f->leaf[1], &at), REASON_ADMITTED);
	assert_int_equal(ledger_size(f->l), size);
	assert_int_equal(ledger_root_at(f->l, size, after), ERR_OK);
	assert_memory_equal(before, after, HASH_LEN);
	assert_int_equal(ledger_log(f->l, f->log.id)->seq, 2);
	/* the log goes on behind them */
	cell_entry(f, 0);
	copy_leaf(f, &f->log, 3);
}

static void
another_leaf_is_refused(void **state)
{
	struct fixture *f = *state;
	struct ledger_leaf leaf = f->leaf[0];
	struct place at = { 0 };

	leaf.time_ms++;
	assert_int_equal(fill(f, 0, &leaf, &at), REASON_FORK);
	leaf = f->leaf[0];
	leaf.scope[1] ^= 1;
	assert_int_equal(fill(f, 0, &leaf, &at), REASON_FORK);
	leaf = f->leaf[0];
	memcpy(leaf.inner_hash, f->leaf[1].inner_hash, HASH_LEN);
	assert_int_equal(fill(f, 0, &leaf, &at), REASON_FORK);
	assert_null(ledger_log(f->l, f->log.id));
	/* before the claim nobody may write there */
	leaf = f->leaf[0];
	leaf.index = 1;
	assert_int_equal(fill(f, 0, &leaf, &at), REASON_CERTIFICATE);
}

static void
no_such_leaf_is_an_error(void **state)
{
	struct fixture *f = *state;
	struct ledger_leaf leaf = f->leaf[0];
	struct leaf_inner inner;
	enum reason reason;

	world_segment(&f->log, 1, 1, &f->s);
	leaf.index = ledger_size(f->l);
	assert_int_equal(ledger_fill(f->l, &f->s, &leaf, NULL, NULL, &reason,
	    &inner), ERR_UNABLE);
	leaf = f->leaf[0];
	memcpy(leaf.scope, scope_root, SCOPE_LEN);
	assert_int_equal(ledger_fill(f->l, &f->s, &leaf, NULL, NULL, &reason,
	    &inner), ERR_UNABLE);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(in_order_they_pass_and_the_tree_stays),
		WITH(another_leaf_is_refused),
		WITH(no_such_leaf_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
