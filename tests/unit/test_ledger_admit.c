/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ledger_admit.c -- the checks of SPEC.md section 11, "Admission", from
 * the certificate on: claim, scope, seen, root.  Those before are in
 * test_ledger_check.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/attempt.h"

/* ---- certificate, claim, scope */

static void
nobody_knows_the_device(struct attempt *a)
{
	attempt_first_log(a, &a->other, scope_root, NULL);
}

static void
claimant_in_a_cell_first(struct attempt *a)
{
	attempt_invite(a);
	attempt_first_log(a, &a->other, a->o.cell[0], NULL);
}

static void
invite_cancelled(struct attempt *a)
{
	attempt_invite(a);
	world_op_bare(&a->o.ops, KIND_INVITE_CANCEL, a->second.id);
	office_step(&a->o, &a->o.commune_log);
	attempt_refresh(a);
	attempt_claim(a, &a->other, &a->second);
}

static void
invite_unknown(struct attempt *a)
{
	attempt_claim(a, &a->other, &a->second);
}

/* Its author might not write it: it is void, so nobody knows it. */
static void
invite_void(struct attempt *a)
{
	world_op_invite(&a->o.ops, &a->second, ROLE_DEPUTY, SCOPES(a->o.cell),
	    1);
	office_step(&a->o, &a->o.secretary_log);
	attempt_refresh(a);
	attempt_claim(a, &a->other, &a->second);
}

static void
claim_past_30_days(struct attempt *a)
{
	attempt_invite(a);
	attempt_claim(a, &a->other, &a->second);
	a->time_ms = OFFICE_T0 + 4000 + 30 * OFFICE_DAY + 1;
}

static void
claim_after_31_days(struct attempt *a)
{
	attempt_invite(a);
	attempt_claim(a, &a->other, &a->second);
	a->time_ms = OFFICE_T0 + 4000 + 31 * OFFICE_DAY;
}

static void
claim_after_30_days(struct attempt *a)
{
	attempt_invite(a);
	attempt_claim(a, &a->other, &a->second);
	a->time_ms = OFFICE_T0 + 4000 + 30 * OFFICE_DAY;
}

static void
second_claim(struct attempt *a)
{
	attempt_claim(a, &a->other, &a->o.invite);
}

static void
claim_signed_by_another_invite(struct attempt *a)
{
	struct actor forged;

	attempt_invite(a);
	forged = a->second;
	memcpy(forged.seed, a->other.seed, KEY_LEN);
	attempt_claim(a, &a->other, &forged);
}

static void
revoked_device(struct attempt *a)
{
	world_op_bare(&a->o.ops, KIND_REVOKE, a->o.secretary.id);
	office_step(&a->o, &a->o.commune_log);
	attempt_refresh(a);
	attempt_good(a);
}

static void
revoked_device_claims_anew(struct attempt *a)
{
	revoked_device(a);
	attempt_invite(a);
	world_log_open(&a->log, &a->o.secretary, scope_root, a->o.fpr, 7);
	world_op_log(&a->o.ops, &a->log, NULL);
	world_op_claim(&a->o.ops, &a->log, &a->second);
	office_write(&a->o, &a->log);
	attempt_cut(a, &a->log, 1, 1);
}

static void
secretary_in_another_cell(struct attempt *a)
{
	attempt_first_log(a, &a->o.secretary, a->o.cell[1], NULL);
}

static void
root_in_a_cell(struct attempt *a)
{
	attempt_first_log(a, &a->o.root, a->o.cell[0], NULL);
}

static void
hub_in_commune(struct attempt *a)
{
	attempt_first_log(a, &a->o.hub, scope_commune, NULL);
}

static void
commune_in_a_strange_scope(struct attempt *a)
{
	static const uint8_t strange[SCOPE_LEN] = { 7, 7 };

	attempt_first_log(a, &a->o.commune, strange, NULL);
}

/* ---- seen, root, epoch */

/* A mark of the secretary at seq 2 (its seq 1 has seen 3, the tree has 4). */
static void
stated(struct attempt *a, uint64_t seen, bool has_root, uint64_t epoch)
{
	attempt_mark(a);
	world_write_draft(&a->o.secretary_log, &a->o.ops,
	    (struct entry_draft){ .seen = seen, .has_root = has_root,
	    .epoch = epoch, .root = a->root });
	attempt_cut(a, &a->o.secretary_log, 2, 2);
}

static void
seen_changed_without_root(struct attempt *a)
{
	stated(a, 4, false, 0);
}

static void
root_though_seen_is_the_same(struct attempt *a)
{
	stated(a, 3, true, 0);
}

static void
seen_decreases(struct attempt *a)
{
	stated(a, 2, true, 0);
}

static void
seen_above_the_tree(struct attempt *a)
{
	stated(a, 5, true, 0);
}

static void
first_entry_without_root(struct attempt *a)
{
	world_log_open(&a->log, &a->o.secretary, scope_root, a->o.fpr, 7);
	world_op_log(&a->o.ops, &a->log, NULL);
	world_write_draft(&a->log, &a->o.ops, (struct entry_draft){ 0 });
	attempt_cut(a, &a->log, 1, 1);
}

static void
seen_decreases_inside(struct attempt *a)
{
	attempt_good(a);
	attempt_mark(a);
	world_write_draft(&a->o.secretary_log, &a->o.ops,
	    (struct entry_draft){ .seen = 3, .has_root = true,
	    .root = a->root });
	attempt_cut(a, &a->o.secretary_log, 2, 3);
}

static void
epoch_one(struct attempt *a)
{
	stated(a, 4, true, 1);
}

static void
another_root(struct attempt *a)
{
	a->root[0] ^= 1;
	stated(a, 4, true, 0);
}

static const struct attempt_case cases[] = {
#define CASE(f, reason) { #f, f, REASON_##reason }
	CASE(claim_after_30_days, ADMITTED),
	CASE(nobody_knows_the_device, CERTIFICATE),
	CASE(claimant_in_a_cell_first, CERTIFICATE),
	CASE(invite_cancelled, CERTIFICATE),
	CASE(invite_unknown, INVITE_UNKNOWN),
	CASE(invite_void, INVITE_UNKNOWN),
	CASE(claim_past_30_days, CLAIM_LATE),
	CASE(claim_after_31_days, CLAIM_LATE),
	CASE(second_claim, CLAIM_TAKEN),
	CASE(claim_signed_by_another_invite, SIGNATURE),
	CASE(revoked_device, REVOKED),
	CASE(revoked_device_claims_anew, REVOKED),
	CASE(secretary_in_another_cell, SCOPE),
	CASE(root_in_a_cell, SCOPE),
	CASE(hub_in_commune, SCOPE),
	CASE(commune_in_a_strange_scope, SCOPE),
	CASE(seen_changed_without_root, SEEN),
	CASE(root_though_seen_is_the_same, SEEN),
	CASE(seen_decreases, SEEN),
	CASE(seen_above_the_tree, SEEN),
	CASE(first_entry_without_root, SEEN),
	CASE(seen_decreases_inside, SEEN),
	CASE(epoch_one, EPOCH),
	CASE(another_root, ROOT),
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
