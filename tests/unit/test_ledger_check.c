/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ledger_check.c -- the checks of SPEC.md section 11, "Admission", up to
 * the signature: sizes, form, the log op, chain, fork.  The rest is in
 * test_ledger_admit.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/limits.h"
#include "tests/support/attempt.h"

/* ---- format, limit */

static void
no_entry(struct attempt *a)
{
	attempt_good(a);
	a->s.count = 0;
}

static void
seq_zero(struct attempt *a)
{
	attempt_good(a);
	a->s.first = 0;
}

static void
fewer_entries_than_stated(struct attempt *a)
{
	attempt_good(a);
	a->s.count = 2;
}

static void
more_entries_than_stated(struct attempt *a)
{
	attempt_good(a);
	attempt_marked(a, &a->o.secretary_log);
	attempt_cut(a, &a->o.secretary_log, 2, 3);
	a->s.count = 1;
}

static void
not_an_entry(struct attempt *a)
{
	static const uint8_t nil[] = { 0xc0 };

	attempt_good(a);
	a->s.entries = (struct span){ nil, sizeof nil };
}

static void
too_many_entries(struct attempt *a)
{
	attempt_good(a);
	a->s.count = LIMIT_SEGMENT_ENTRIES + 1;
}

static void
too_many_bytes(struct attempt *a)
{
	attempt_good(a);
	a->s.entries.n = (size_t)LIMIT_SEGMENT_BYTES + 1;
}

static void
seq_runs_over(struct attempt *a)
{
	attempt_good(a);
	a->s.first = UINT64_MAX;
}

static void
too_many_ops(struct attempt *a)
{
	codec_put_array(&a->bytes, 3);
	codec_put_uint(&a->bytes, 4);
	codec_put_uint(&a->bytes, 1);
	codec_put_array(&a->bytes, LIMIT_ENTRY_OPS + 1);
	for (int i = 0; i <= LIMIT_ENTRY_OPS; i++) {
		codec_put_array(&a->bytes, 4);
		codec_put_uint(&a->bytes, KIND_READ);
		codec_put_bin(&a->bytes,
		    (struct span){ a->o.invite.id, ID_LEN });
		codec_put_map(&a->bytes, 0);
		codec_put_array(&a->bytes, 0);
	}
	attempt_good(a);
	a->s.entries = buf_span(&a->bytes);
}

/* ---- the log op */

static void
first_op_is_no_log(struct attempt *a)
{
	world_log_open(&a->log, &a->o.secretary, scope_root, a->o.fpr, 7);
	attempt_marked(a, &a->log);
	attempt_cut(a, &a->log, 1, 1);
}

static void
log_op_again(struct attempt *a)
{
	world_op_log(&a->o.ops, &a->o.secretary_log, NULL);
	office_write(&a->o, &a->o.secretary_log);
	attempt_cut(a, &a->o.secretary_log, 2, 2);
}

static void
one_more_log_op(struct attempt *a)
{
	world_op_log(&a->o.ops, &a->log, NULL);
}

static void
log_op_twice(struct attempt *a)
{
	attempt_first_log(a, &a->o.secretary, scope_root, one_more_log_op);
}

static void
log_id_of_another(struct attempt *a)
{
	attempt_first_log(a, &a->o.secretary, scope_root, NULL);
	a->s.log[0] ^= 1;
}

static void
log_scope_of_another(struct attempt *a)
{
	world_log_open(&a->log, &a->o.secretary, scope_root, a->o.fpr, 7);
	memcpy(a->log.scope, a->o.cell[0], SCOPE_LEN);
	world_op_log(&a->o.ops, &a->log, NULL);
	office_write(&a->o, &a->log);
	attempt_cut(a, &a->log, 1, 1);
}

/* ---- chain, fork, signature */

static void
a_gap(struct attempt *a)
{
	attempt_good(a);
	attempt_marked(a, &a->o.secretary_log);
	attempt_cut(a, &a->o.secretary_log, 3, 3);
}

static void
unknown_log_from_the_middle(struct attempt *a)
{
	attempt_first_log(a, &a->o.secretary, scope_root, NULL);
	attempt_marked(a, &a->log);
	attempt_cut(a, &a->log, 2, 2);
}

/* A log that says to continue (log, seq, hash). */
static void
continue_from(struct attempt *a, const struct world_log *l, uint64_t seq,
    int flip, const uint8_t *scope)
{
	struct entry_ref before = { .seq = seq };

	memcpy(before.log, l->id, ID_LEN);
	if (seq >= 1 && seq <= l->seq)
		memcpy(before.hash, l->entry[seq - 1].hash, HASH_LEN);
	before.hash[0] ^= (uint8_t)flip;
	world_log_open(&a->log, &a->o.secretary, scope, a->o.fpr, 7);
	world_op_log(&a->o.ops, &a->log, &before);
	office_write(&a->o, &a->log);
	attempt_cut(a, &a->log, 1, 1);
}

static void
predecessor_unknown(struct attempt *a)
{
	struct world_log l;

	world_log_open(&l, &a->o.secretary, scope_root, a->o.fpr, 8);
	continue_from(a, &l, 1, 0, scope_root);
}

static void
predecessor_not_admitted(struct attempt *a)
{
	attempt_good(a);
	continue_from(a, &a->o.secretary_log, 2, 0, scope_root);
}

static void
predecessor_seq_zero(struct attempt *a)
{
	continue_from(a, &a->o.secretary_log, 0, 0, scope_root);
}

static void
predecessor_hash_differs(struct attempt *a)
{
	continue_from(a, &a->o.secretary_log, 1, 1, scope_root);
}

static void
predecessor_in_another_scope(struct attempt *a)
{
	continue_from(a, &a->o.secretary_log, 1, 0, a->o.cell[0]);
}

/* The secretary's log goes on differently from seq 2. */
static void
twin(struct attempt *a, uint64_t marks)
{
	world_log_open(&a->log, &a->o.secretary, scope_root, a->o.fpr, 0);
	attempt_marked(a, &a->o.secretary_log);
	assert_int_equal(office_admit(&a->o, &a->o.secretary_log, 2, 2), 0);
	attempt_refresh(a);
	world_op_log(&a->o.ops, &a->log, NULL);
	world_op_claim(&a->o.ops, &a->log, &a->o.invite);
	world_write_draft(&a->log, &a->o.ops, (struct entry_draft){
	    .seen = 3, .has_root = true, .root = a->root });
	for (uint64_t i = 0; i < marks; i++)
		attempt_marked(a, &a->log);
}

static void
another_first_entry(struct attempt *a)
{
	twin(a, 0);
	attempt_cut(a, &a->log, 1, 1);
}

static void
another_entry_at_the_head(struct attempt *a)
{
	twin(a, 1);
	attempt_cut(a, &a->log, 2, 2);
}

static void
another_past_and_more(struct attempt *a)
{
	twin(a, 3);
	attempt_cut(a, &a->log, 1, 4);
}

static void
signature_flipped(struct attempt *a)
{
	attempt_good(a);
	a->s.sig[5] ^= 4;
}

static void
signature_of_another_head(struct attempt *a)
{
	struct segment later;

	attempt_good(a);
	attempt_marked(a, &a->o.secretary_log);
	attempt_cut(a, &a->o.secretary_log, 2, 3);
	later = a->s;
	attempt_cut(a, &a->o.secretary_log, 2, 2);
	memcpy(a->s.sig, later.sig, SIG_LEN);
}

static void
continues_another_history(struct attempt *a)
{
	twin(a, 2);
	attempt_cut(a, &a->log, 3, 3);
}

static const struct attempt_case cases[] = {
#define CASE(f, reason) { #f, f, REASON_##reason }
	CASE(attempt_good, ADMITTED),
	CASE(no_entry, FORMAT),
	CASE(seq_zero, FORMAT),
	CASE(fewer_entries_than_stated, FORMAT),
	CASE(more_entries_than_stated, FORMAT),
	CASE(not_an_entry, FORMAT),
	CASE(too_many_entries, LIMIT),
	CASE(too_many_bytes, LIMIT),
	CASE(seq_runs_over, LIMIT),
	CASE(too_many_ops, LIMIT),
	CASE(first_op_is_no_log, LOG),
	CASE(log_op_again, LOG),
	CASE(log_op_twice, LOG),
	CASE(log_id_of_another, LOG),
	CASE(log_scope_of_another, LOG),
	CASE(a_gap, CHAIN),
	CASE(unknown_log_from_the_middle, CHAIN),
	CASE(predecessor_unknown, CHAIN),
	CASE(predecessor_not_admitted, CHAIN),
	CASE(predecessor_seq_zero, CHAIN),
	CASE(predecessor_hash_differs, CHAIN),
	CASE(predecessor_in_another_scope, CHAIN),
	CASE(another_first_entry, FORK),
	CASE(another_entry_at_the_head, FORK),
	CASE(another_past_and_more, FORK),
	CASE(signature_flipped, SIGNATURE),
	CASE(signature_of_another_head, SIGNATURE),
	CASE(continues_another_history, SIGNATURE),
#undef CASE
};

static void
each_break_has_its_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		attempt_try(&cases[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_break_has_its_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
