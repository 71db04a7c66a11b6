/* SPDX-License-Identifier: Apache-2.0 */
/* test_ledger.c -- what a reader of ledger.h may rely on.  The refusals, one
 * by one, are in test_ledger_check.c and test_ledger_admit.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/office.h"

#define SCOPES(p) ((const uint8_t(*)[SCOPE_LEN])(p))

static const struct log_head *
head(const struct office *o, const struct world_log *l)
{
	return ledger_log(o->ledger, l->id);
}

static void
read_mark(struct office *o, struct world_log *l)
{
	world_op_bare(&o->ops, KIND_READ, o->invite.id);
	office_write(o, l);
}

static void
each_leaf_says_what_came(void **state)
{
	struct office o;
	uint8_t want[HASH_LEN], got[HASH_LEN];

	(void)state;
	office_open(&o);
	assert_int_equal(ledger_size(o.ledger), 4);
	assert_int_equal(ledger_last_time(o.ledger), OFFICE_T0 + 3000);
	assert_memory_equal(ledger_fingerprint(o.ledger), o.fpr, HASH_LEN);
	assert_int_equal(ledger_log_count(o.ledger), 3);
	assert_memory_equal(ledger_log_at(o.ledger, 1)->log, o.commune_log.id,
	    ID_LEN);
	assert_null(ledger_log_at(o.ledger, 3));
	assert_null(ledger_log(o.ledger, o.invite.id));
	for (int i = 0; i < 3; i++)
		read_mark(&o, &o.secretary_log);
	assert_int_equal(office_admit(&o, &o.secretary_log, 2, 4), 0);
	assert_int_equal(o.inner.first, 2);
	assert_int_equal(o.inner.last, 4);
	assert_memory_equal(o.inner.log, o.secretary_log.id, ID_LEN);
	assert_memory_equal(o.inner.head, o.secretary_log.entry[3].hash,
	    HASH_LEN);
	assert_int_equal(o.inner.time_ms, OFFICE_T0 + 4000);
	assert_memory_equal(o.inner_scope, scope_root, SCOPE_LEN);
	assert_int_equal(head(&o, &o.secretary_log)->seq, 4);
	assert_int_equal(head(&o, &o.secretary_log)->seen, 4);
	assert_int_equal(head(&o, &o.secretary_log)->line_seen, 4);
	assert_int_equal(ledger_root_at(o.ledger, 4, want), ERR_OK);
	assert_memory_equal(head(&o, &o.secretary_log)->root, want, HASH_LEN);
	assert_int_equal(ledger_root_at(o.ledger, 6, got), ERR_ABSENT);
	office_close(&o);
}

static void
sending_again_is_harmless(void **state)
{
	struct office o;
	static const struct leaf_inner zero;

	(void)state;
	office_open(&o);
	for (int i = 0; i < 3; i++)
		read_mark(&o, &o.secretary_log);
	assert_int_equal(office_admit(&o, &o.secretary_log, 2, 4), 0);
	size_t rows = o.rows;
	const struct { uint64_t first, last; } cuts[] = {
		{ 1, 1 }, { 1, 4 }, { 2, 3 }, { 4, 4 }, { 3, 4 },
	};
	for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
		assert_int_equal(office_admit(&o, &o.secretary_log,
		    cuts[i].first, cuts[i].last), REASON_ADMITTED);
		assert_memory_equal(&o.inner, &zero, sizeof zero);
		assert_int_equal(ledger_size(o.ledger), 5);
		assert_int_equal(o.rows, rows);
	}
	assert_int_equal(office_admit(&o, &o.root_log, 1, 1), 0);
	assert_int_equal(ledger_size(o.ledger), 5);
	office_close(&o);
}

static void
an_overlap_adds_what_is_new(void **state)
{
	static const uint64_t firsts[] = { 1, 2, 3, 4 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct office o;
		office_open(&o);
		for (int j = 0; j < 5; j++)
			read_mark(&o, &o.secretary_log);
		assert_int_equal(office_admit(&o, &o.secretary_log, 2, 3), 0);
		size_t rows = o.rows;
		assert_int_equal(office_admit(&o, &o.secretary_log, firsts[i],
		    6), REASON_ADMITTED);
		assert_int_equal(o.inner.first, 4);
		assert_int_equal(o.inner.last, 6);
		assert_int_equal(o.rows, rows + 3);
		assert_int_equal(o.row[rows].seq, 4);
		assert_int_equal(o.row[rows].leaf, 5);
		office_close(&o);
	}
}

/* A claim and what follows it in the same segment. */
static void
a_claim_brings_its_segment(void **state)
{
	struct office o;
	struct actor invite, device;
	struct world_log log, cell;

	(void)state;
	office_open(&o);
	world_actor("second invite", &invite);
	world_actor("deputy", &device);
	world_op_invite(&o.ops, &invite, ROLE_DEPUTY, SCOPES(o.cell), 2);
	office_step(&o, &o.commune_log);
	office_claim(&o, &log, &device, &invite);
	read_mark(&o, &log);
	assert_int_equal(office_admit(&o, &log, 1, 2), REASON_ADMITTED);
	world_log_open(&cell, &device, o.cell[1], o.fpr, 0);
	world_op_log(&o.ops, &cell, NULL);
	office_step(&o, &cell);
	assert_memory_equal(o.inner_scope, o.cell[1], SCOPE_LEN);
	world_log_free(&log);
	world_log_free(&cell);
	office_close(&o);
}

/* A log that continues another: its line, and what line_seen follows. */
static void
a_successor_continues_the_line(void **state)
{
	struct office o;
	struct world_log next;
	struct entry_ref before;
	uint8_t empty[HASH_LEN];

	(void)state;
	office_open(&o);
	read_mark(&o, &o.secretary_log);		/* seen 4 */
	read_mark(&o, &o.secretary_log);
	assert_int_equal(office_admit(&o, &o.secretary_log, 2, 3), 0);
	crypto_sha256(NULL, 0, empty);
	for (uint64_t seq = 1; seq <= 3; seq++) {
		memcpy(before.log, o.secretary_log.id, ID_LEN);
		before.seq = seq;
		memcpy(before.hash, o.secretary_log.entry[seq - 1].hash,
		    HASH_LEN);
		world_log_open(&next, &o.secretary, scope_root, o.fpr,
		    (uint8_t)seq);
		world_op_log(&o.ops, &next, &before);
		world_write(&next, &o.ops, 0, empty, 1);
		assert_int_equal(office_admit(&o, &next, 1, 1), 0);
		assert_true(head(&o, &next)->has_predecessor);
		assert_int_equal(head(&o, &next)->seen, 0);
		assert_int_equal(head(&o, &next)->line_seen, seq == 1 ? 3 : 4);
		assert_int_equal(o.row[o.rows - 1].line_seen,
		    seq == 1 ? 3 : 4);
		world_log_free(&next);
	}
	office_close(&o);
}

static err
refuse_second(void *ctx, const struct admitted_entry *a)
{
	int *calls = ctx;

	(void)a;
	return ++*calls == 2 ? ERR_FULL : ERR_OK;
}

static void
a_failing_sink_changes_nothing(void **state)
{
	struct office o;
	struct segment s;
	struct leaf_inner inner;
	uint8_t scope[SCOPE_LEN];
	enum reason reason;
	int calls = 0;

	(void)state;
	office_open(&o);
	world_op_bare(&o.ops, KIND_REVOKE, o.invite.id);
	office_write(&o, &o.commune_log);
	read_mark(&o, &o.commune_log);
	world_segment(&o.commune_log, 3, 4, &s);
	assert_int_equal(ledger_admit(o.ledger, &s, office_time(&o),
	    refuse_second, &calls, &reason, &inner, scope), ERR_FULL);
	assert_int_equal(ledger_size(o.ledger), 4);
	assert_int_equal(head(&o, &o.commune_log)->seq, 2);
	assert_int_equal(roster_role(ledger_roster(o.ledger), o.secretary.pub,
	    ROSTER_NO_LEAF), ROLE_SECRETARY);
	/* leaf times never decrease */
	assert_int_equal(ledger_admit(o.ledger, &s, OFFICE_T0, NULL, NULL,
	    &reason, &inner, scope), ERR_VALUE);
	assert_int_equal(ledger_admit(o.ledger, &s, OFFICE_T0 + 3000, NULL,
	    NULL, &reason, &inner, scope), ERR_OK);
	assert_int_equal(reason, REASON_ADMITTED);
	office_close(&o);
}

/* Before there is a hub: root, the commune, its invite, all without leaf. */
static void
provisional_entries_have_no_leaf(void **state)
{
	struct office o;
	struct ledger *l;
	struct segment s;
	struct leaf_inner inner;
	uint8_t scope[SCOPE_LEN], empty[HASH_LEN];
	struct world_log log, future;
	enum reason reason;

	(void)state;
	office_open(&o);
	l = ledger_new(o.fpr, NULL);
	crypto_sha256(NULL, 0, empty);
	world_segment(&o.root_log, 1, 1, &s);
	assert_int_equal(ledger_provisional(l, &s, 5, NULL, NULL, &reason),
	    ERR_OK);
	assert_int_equal(reason, REASON_ADMITTED);
	world_log_open(&log, &o.commune, scope_root, o.fpr, 9);
	world_op_log(&o.ops, &log, NULL);
	world_op_invite(&o.ops, &o.invite, ROLE_DEPUTY, SCOPES(o.cell), 1);
	world_write(&log, &o.ops, 0, empty, 5);
	world_segment(&log, 1, 1, &s);
	assert_int_equal(ledger_provisional(l, &s, 5, NULL, NULL, &reason),
	    ERR_OK);
	assert_int_equal(reason, REASON_ADMITTED);
	assert_int_equal(ledger_size(l), 0);
	assert_int_equal(ledger_log(l, log.id)->seq, 1);
	assert_int_equal(roster_count(ledger_roster(l)), 2);
	assert_int_equal(roster_role(ledger_roster(l), o.commune.pub,
	    ROSTER_NO_LEAF), ROLE_COMMUNE);
	assert_int_equal(roster_role(ledger_roster(l), o.commune.pub, 7),
	    ROLE_NONE);
	/* seen is checked all the same; and no leaf comes after it */
	world_log_open(&future, &o.commune, scope_root, o.fpr, 10);
	world_op_log(&o.ops, &future, NULL);
	world_write(&future, &o.ops, 1, empty, 5);
	world_segment(&future, 1, 1, &s);
	assert_int_equal(ledger_provisional(l, &s, 5, NULL, NULL, &reason),
	    ERR_OK);
	assert_int_equal(reason, REASON_SEEN);
	assert_int_equal(ledger_admit(l, &s, 5, NULL, NULL, &reason, &inner,
	    scope), ERR_UNABLE);
	assert_int_equal(ledger_append_foreign(l, o.cell[0], empty),
	    ERR_UNABLE);
	world_log_free(&log);
	world_log_free(&future);
	ledger_free(l);
	office_close(&o);
}

/* What a store loads judges like what was admitted. */
static void
a_loaded_ledger_goes_on(void **state)
{
	struct office o, copy;
	struct place place = { .seq = 1, .leaf_time = OFFICE_T0 };
	struct entry e = { 0 };
	uint8_t hash[HASH_LEN], a[HASH_LEN], b[HASH_LEN];

	(void)state;
	office_open(&o);
	office_open(&copy);
	struct world_log *const logs[] = {
		&o.root_log, &o.commune_log, &o.commune_log, &o.secretary_log,
	};
	static const uint64_t seqs[] = { 1, 1, 2, 1 };
	struct ledger *l = ledger_new(o.fpr, NULL);
	for (uint64_t i = 0; i < 4; i++) {
		const struct world_log *log = logs[i];
		struct leaf_inner inner = { .first = seqs[i], .last = seqs[i],
		    .time_ms = OFFICE_T0 + 1000 * i };
		memcpy(inner.log, log->id, ID_LEN);
		memcpy(inner.head, log->entry[seqs[i] - 1].hash, HASH_LEN);
		chain_sign_head(log->author.seed, log->id, seqs[i], inner.head,
		    inner.sig);
		tree_inner_hash(&inner, hash);
		assert_int_equal(ledger_load_leaf(l, scope_root, hash,
		    inner.time_ms), ERR_OK);
		memcpy(place.log, log->id, ID_LEN);
		memcpy(place.author, log->author.pub, KEY_LEN);
		place.leaf = i;
		place.seq = seqs[i];
		place.line_seen = i;
		place.leaf_time = inner.time_ms;
		assert_int_equal(entry_parse(buf_span(
		    &log->entry[seqs[i] - 1].raw), &e), ERR_OK);
		assert_int_equal(ledger_load_root_entry(l, &place, &e),
		    ERR_OK);
	}
	entry_free(&e);
	for (size_t i = 0; i < ledger_log_count(o.ledger); i++)
		assert_int_equal(ledger_load_log(l,
		    ledger_log_at(o.ledger, i)), ERR_OK);
	assert_int_equal(ledger_root_at(l, 4, a), ERR_OK);
	assert_int_equal(ledger_root_at(o.ledger, 4, b), ERR_OK);
	assert_memory_equal(a, b, HASH_LEN);
	assert_int_equal(ledger_last_time(l), OFFICE_T0 + 3000);
	ledger_free(copy.ledger);
	copy.ledger = l;
	read_mark(&copy, &copy.secretary_log);
	assert_int_equal(office_admit(&copy, &copy.secretary_log, 2, 2),
	    REASON_ADMITTED);
	/* a leaf of a scope that is not ours only makes the tree grow */
	assert_int_equal(ledger_append_foreign(l, o.cell[0], hash), ERR_OK);
	assert_int_equal(ledger_size(l), 6);
	office_close(&copy);
	office_close(&o);
}

static void
without_a_host_nothing_is_repeated(void **state)
{
	struct office o;
	struct ledger *l;
	struct segment s;
	struct leaf_inner inner;
	uint8_t scope[SCOPE_LEN];
	enum reason reason;

	(void)state;
	office_open(&o);
	l = ledger_new(o.fpr, NULL);
	world_segment(&o.root_log, 1, 1, &s);
	assert_int_equal(ledger_admit(l, &s, 1, NULL, NULL, &reason, &inner,
	    scope), ERR_OK);
	assert_int_equal(reason, REASON_ADMITTED);
	assert_int_equal(ledger_admit(l, &s, 1, NULL, NULL, &reason, &inner,
	    scope), ERR_OK);
	assert_int_equal(reason, REASON_CHAIN);
	ledger_free(l);
	ledger_free(NULL);
	office_close(&o);
}

static void
reasons_have_names_and_errors(void **state)
{
	(void)state;
	for (int i = 0; i < REASON_COUNT; i++) {
		assert_string_not_equal(reason_name((enum reason)i),
		    "unknown");
		assert_int_equal(reason_err((enum reason)i) == ERR_OK, i == 0);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(reason_name((enum reason)i),
			    reason_name((enum reason)j));
	}
	assert_string_equal(reason_name(REASON_COUNT), "unknown");
	assert_int_equal(reason_err(REASON_COUNT), ERR_VERSION);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_leaf_says_what_came),
		cmocka_unit_test(sending_again_is_harmless),
		cmocka_unit_test(an_overlap_adds_what_is_new),
		cmocka_unit_test(a_claim_brings_its_segment),
		cmocka_unit_test(a_successor_continues_the_line),
		cmocka_unit_test(a_failing_sink_changes_nothing),
		cmocka_unit_test(provisional_entries_have_no_leaf),
		cmocka_unit_test(a_loaded_ledger_goes_on),
		cmocka_unit_test(without_a_host_nothing_is_repeated),
		cmocka_unit_test(reasons_have_names_and_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
