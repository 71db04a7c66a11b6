/* SPDX-License-Identifier: Apache-2.0 */
/* test_roster.c -- what a reader of roster.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/office.h"

#define SCOPES(p) ((const uint8_t(*)[SCOPE_LEN])(p))

static const struct roster *
roster(const struct office *o)
{
	return ledger_roster(o->ledger);
}

static uint64_t
last_leaf(const struct office *o)
{
	return ledger_size(o->ledger) - 1;
}

static void
root_speaks_from_its_first_segment(void **state)
{
	struct office o;
	struct hub_key hub;
	struct certificate c;
	uint8_t pub[KEY_LEN];

	(void)state;
	office_open(&o);
	assert_int_equal(roster_root_pub(roster(&o), pub), ERR_OK);
	assert_memory_equal(pub, o.root.pub, KEY_LEN);
	assert_int_equal(roster_recovery_pub(roster(&o), pub), ERR_OK);
	assert_memory_equal(pub, o.root.box_pub, KEY_LEN);
	assert_int_equal(roster_hub_key(roster(&o), 0, &hub), ERR_OK);
	assert_memory_equal(hub.id, o.hub.id, ID_LEN);
	assert_memory_equal(hub.box_pub, o.hub.box_pub, KEY_LEN);
	assert_memory_equal(hub.address.p, "https://hub", 11);
	assert_int_equal(roster_by_id(roster(&o), o.commune.id, &c), ERR_OK);
	assert_int_equal(c.role, ROLE_COMMUNE);
	assert_true(c.claimed);
	assert_int_equal(c.leaf, 0);
	assert_int_equal(roster_role(roster(&o), o.root.pub, 0), ROLE_ROOT);
	assert_int_equal(roster_role(roster(&o), o.hub.pub, 0), ROLE_HUB);
	assert_int_equal(roster_role(roster(&o), o.commune.pub, 0),
	    ROLE_COMMUNE);
	office_close(&o);

	struct roster *r = roster_new(o.fpr);
	assert_int_equal(roster_root_pub(r, pub), ERR_ABSENT);
	assert_int_equal(roster_recovery_pub(r, pub), ERR_ABSENT);
	assert_int_equal(roster_hub_key(r, 0, &hub), ERR_ABSENT);
	roster_free(r);
	roster_free(NULL);
}

static void
a_claim_counts_from_its_leaf(void **state)
{
	struct office o;
	struct certificate c;

	(void)state;
	office_open(&o);
	assert_int_equal(roster_role(roster(&o), o.secretary.pub, 2),
	    ROLE_NONE);
	assert_int_equal(roster_role(roster(&o), o.secretary.pub, 3),
	    ROLE_SECRETARY);
	assert_int_equal(roster_role(roster(&o), o.secretary.pub,
	    ROSTER_NO_LEAF), ROLE_SECRETARY);
	assert_false(roster_covers(roster(&o), o.secretary.pub, o.cell[0], 2));
	assert_true(roster_covers(roster(&o), o.secretary.pub, o.cell[0], 3));
	assert_false(roster_covers(roster(&o), o.secretary.pub, o.cell[1], 3));
	assert_true(roster_covers(roster(&o), o.secretary.pub, scope_root, 3));
	assert_false(roster_covers(roster(&o), o.secretary.pub, scope_commune,
	    3));
	assert_int_equal(roster_by_device(roster(&o), o.secretary.id, &c),
	    ERR_OK);
	assert_memory_equal(c.id, o.invite.id, ID_LEN);
	assert_memory_equal(c.transport_pub, o.secretary.transport_pub,
	    KEY_LEN);
	assert_int_equal(c.invite_leaf, 2);
	assert_int_equal(c.leaf, 3);
	assert_int_equal(c.scope_count, 1);
	assert_memory_equal(c.scopes[0], o.cell[0], SCOPE_LEN);
	assert_int_equal(roster_by_device_prefix(roster(&o), o.secretary.id,
	    &c), ERR_OK);
	assert_memory_equal(c.id, o.invite.id, ID_LEN);
	assert_int_equal(roster_by_device(roster(&o), o.invite.id, &c),
	    ERR_ABSENT);
	assert_int_equal(roster_count(roster(&o)), 2);
	assert_int_equal(roster_at(roster(&o), 2, &c), ERR_ABSENT);
	office_close(&o);
}

static void
commune_covers_cells_that_come_later(void **state)
{
	static const uint8_t strange[SCOPE_LEN] = { 9, 1 };
	struct office o;

	(void)state;
	office_open(&o);
	for (int i = 0; i < 3; i++)
		assert_true(roster_covers(roster(&o), o.commune.pub,
		    o.cell[i], 0));
	assert_true(roster_covers(roster(&o), o.commune.pub, scope_commune,
	    0));
	assert_false(roster_covers(roster(&o), o.commune.pub, strange, 0));
	assert_true(roster_covers(roster(&o), o.root.pub, scope_root, 0));
	assert_false(roster_covers(roster(&o), o.root.pub, o.cell[0], 0));
	assert_true(roster_covers(roster(&o), o.hub.pub, scope_root, 0));
	assert_false(roster_covers(roster(&o), o.hub.pub, scope_commune, 0));
	office_close(&o);
}

static void
entitle_counts_from_its_leaf(void **state)
{
	struct office o;
	uint64_t leaf;

	(void)state;
	office_open(&o);
	world_op_entitle(&o.ops, o.invite.id, SCOPES(o.cell), 2);
	office_step(&o, &o.commune_log);
	leaf = last_leaf(&o);
	world_op_entitle(&o.ops, o.invite.id, SCOPES(o.cell + 2), 1);
	office_step(&o, &o.commune_log);
	const struct { uint64_t leaf; bool cell[3]; } want[] = {
		{ leaf - 1, { true, false, false } },
		{ leaf, { true, true, false } },
		{ leaf + 1, { false, false, true } },
		{ ROSTER_NO_LEAF, { false, false, true } },
	};
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
		for (size_t j = 0; j < 3; j++)
			assert_int_equal(roster_covers(roster(&o),
			    o.secretary.pub, o.cell[j], want[i].leaf),
			    want[i].cell[j]);
	office_close(&o);
}

/* Two commune devices that have not seen each other: the later clock wins,
 * whatever the order of their leaves. */
static void
concurrent_entitles_follow_the_merge_rule(void **state)
{
	struct office o;
	struct actor other;
	struct world_log log;
	uint8_t root[HASH_LEN];
	uint64_t seen;

	(void)state;
	office_open(&o);
	world_actor("other commune", &other);
	world_op_certify(&o.ops, &other, ROLE_COMMUNE, NULL, 0);
	office_step(&o, &o.root_log);
	world_log_open(&log, &other, scope_root, o.fpr, 0);
	world_op_log(&o.ops, &log, NULL);
	office_step(&o, &log);
	seen = ledger_size(o.ledger);
	assert_int_equal(ledger_root_at(o.ledger, seen, root), ERR_OK);
	world_op_entitle(&o.ops, o.invite.id, SCOPES(o.cell + 1), 1);
	world_write(&log, &o.ops, seen, root, OFFICE_T0 + 9000);
	world_op_entitle(&o.ops, o.invite.id, SCOPES(o.cell + 2), 1);
	world_write(&o.commune_log, &o.ops, seen, root, OFFICE_T0 + 8000);
	assert_int_equal(office_admit(&o, &log, log.seq, log.seq), 0);
	assert_int_equal(office_admit(&o, &o.commune_log, o.commune_log.seq,
	    o.commune_log.seq), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(roster_covers(roster(&o), o.secretary.pub,
		    o.cell[i], last_leaf(&o)), i == 1);
	world_log_free(&log);
	office_close(&o);
}

static void
revocation_counts_after_its_leaf(void **state)
{
	struct office o;
	struct certificate c;
	uint64_t leaf;

	(void)state;
	office_open(&o);
	world_op_bare(&o.ops, KIND_REVOKE, o.invite.id);
	office_step(&o, &o.commune_log);
	leaf = last_leaf(&o);
	assert_int_equal(roster_role(roster(&o), o.secretary.pub, leaf),
	    ROLE_SECRETARY);
	assert_int_equal(roster_role(roster(&o), o.secretary.pub, leaf + 1),
	    ROLE_NONE);
	assert_false(roster_covers(roster(&o), o.secretary.pub, o.cell[0],
	    leaf + 1));
	assert_int_equal(roster_by_id(roster(&o), o.invite.id, &c), ERR_OK);
	assert_true(c.revoked);
	office_close(&o);
}

/* Root may, commune may not; by device id as well. */
static void
only_root_revokes_a_commune_device(void **state)
{
	struct office o;

	(void)state;
	office_open(&o);
	world_op_bare(&o.ops, KIND_REVOKE, o.commune.id);
	office_step(&o, &o.commune_log);
	assert_int_equal(roster_role(roster(&o), o.commune.pub,
	    ROSTER_NO_LEAF), ROLE_COMMUNE);
	world_op_bare(&o.ops, KIND_REVOKE, o.commune.id);
	world_op_bare(&o.ops, KIND_REVOKE, o.secretary.id);
	office_step(&o, &o.root_log);
	assert_int_equal(roster_role(roster(&o), o.commune.pub,
	    ROSTER_NO_LEAF), ROLE_NONE);
	assert_int_equal(roster_role(roster(&o), o.secretary.pub,
	    ROSTER_NO_LEAF), ROLE_NONE);
	office_close(&o);
}

/* Each is an op that its author may not write: nothing follows from it. */
static void
void_ops_change_nothing(void **state)
{
	static const struct { enum role role; int author; } invites[] = {
		{ ROLE_DEPUTY, 2 }, { ROLE_COMMUNE, 1 }, { ROLE_HUB, 1 },
		{ ROLE_ROOT, 1 }, { ROLE_SECRETARY, 0 }, { ROLE_NONE, 1 },
	};
	struct office o;
	struct actor device;

	(void)state;
	office_open(&o);
	struct world_log *const logs[] = {
		&o.root_log, &o.commune_log, &o.secretary_log,
	};
	world_actor("device", &device);
	for (size_t i = 0; i < sizeof invites / sizeof invites[0]; i++) {
		world_op_invite(&o.ops, &device, invites[i].role,
		    SCOPES(o.cell), 1);
		world_op_certify(&o.ops, &device, invites[i].role,
		    SCOPES(o.cell), 1);
		office_step(&o, logs[invites[i].author]);
		assert_int_equal(roster_count(roster(&o)), 2);
	}
	world_op_entitle(&o.ops, o.invite.id, SCOPES(o.cell), 3);
	world_op_bare(&o.ops, KIND_REVOKE, o.invite.id);
	world_op_hub_key(&o.ops, &device, 0);
	office_step(&o, &o.secretary_log);
	world_op_hub_key(&o.ops, &device, 0);
	world_op_certify(&o.ops, &o.commune, ROLE_DEPUTY, NULL, 0);
	office_step(&o, &o.commune_log);
	assert_false(roster_covers(roster(&o), o.secretary.pub, o.cell[1],
	    ROSTER_NO_LEAF));
	assert_true(roster_covers(roster(&o), o.secretary.pub, o.cell[0],
	    ROSTER_NO_LEAF));
	assert_int_equal(roster_role(roster(&o), device.pub, ROSTER_NO_LEAF),
	    ROLE_NONE);
	assert_int_equal(roster_role(roster(&o), o.commune.pub,
	    ROSTER_NO_LEAF), ROLE_COMMUNE);
	office_close(&o);
}

/* The office accepts a held claim: it certifies the keys. */
static void
commune_certifies_a_device(void **state)
{
	struct office o;
	struct actor device;
	struct certificate c;

	(void)state;
	office_open(&o);
	world_actor("device", &device);
	world_op_certify(&o.ops, &device, ROLE_DEPUTY, SCOPES(o.cell + 1), 1);
	office_step(&o, &o.commune_log);
	assert_int_equal(roster_by_device(roster(&o), device.id, &c), ERR_OK);
	assert_memory_equal(c.id, device.id, ID_LEN);
	assert_int_equal(c.role, ROLE_DEPUTY);
	assert_true(roster_covers(roster(&o), device.pub, o.cell[1],
	    last_leaf(&o)));
	assert_int_equal(roster_role(roster(&o), device.pub,
	    last_leaf(&o) - 1), ROLE_NONE);
	/* revoked, and certified anew: both at their leaves */
	world_op_bare(&o.ops, KIND_REVOKE, device.id);
	office_step(&o, &o.commune_log);
	world_op_certify(&o.ops, &device, ROLE_COMMISSIONER, SCOPES(o.cell),
	    1);
	office_step(&o, &o.commune_log);
	uint64_t leaf = last_leaf(&o);
	assert_int_equal(roster_role(roster(&o), device.pub, leaf - 1),
	    ROLE_DEPUTY);
	assert_int_equal(roster_role(roster(&o), device.pub, leaf),
	    ROLE_COMMISSIONER);
	office_close(&o);
}

static void
hub_key_is_the_one_of_the_size(void **state)
{
	struct office o;
	struct actor next;
	struct hub_key hub;

	(void)state;
	office_open(&o);
	world_actor("next hub", &next);
	world_op_hub_key(&o.ops, &next, 10);
	office_step(&o, &o.root_log);
	assert_int_equal(roster_hub_key(roster(&o), 9, &hub), ERR_OK);
	assert_memory_equal(hub.id, o.hub.id, ID_LEN);
	assert_int_equal(roster_hub_key(roster(&o), 10, &hub), ERR_OK);
	assert_memory_equal(hub.id, next.id, ID_LEN);
	assert_int_equal(hub.from_size, 10);
	assert_int_equal(roster_role(roster(&o), next.pub, 9), ROLE_NONE);
	assert_int_equal(roster_role(roster(&o), next.pub, 10), ROLE_HUB);
	assert_int_equal(roster_role(roster(&o), o.hub.pub, 10), ROLE_NONE);
	office_close(&o);
}

static void
many_devices_are_found(void **state)
{
	struct office o;
	struct actor device[40];
	char name[] = "device A";
	uint64_t leaf;

	(void)state;
	office_open(&o);
	leaf = ledger_size(o.ledger);
	for (size_t i = 0; i < 40; i++) {
		name[7] = (char)('A' + i);
		world_actor(name, &device[i]);
		world_op_certify(&o.ops, &device[i], ROLE_DEPUTY,
		    SCOPES(o.cell), 1 + (uint32_t)i % 3);
		office_step(&o, &o.commune_log);
	}
	for (size_t i = 0; i < 40; i++) {
		assert_int_equal(roster_role(roster(&o), device[i].pub,
		    leaf + i), ROLE_DEPUTY);
		assert_int_equal(roster_role(roster(&o), device[i].pub,
		    leaf + i - 1), ROLE_NONE);
		assert_int_equal(roster_covers(roster(&o), device[i].pub,
		    o.cell[2], leaf + i), i % 3 == 2);
	}
	office_close(&o);
}

/* Certified again, revoked, certified by another: it stays one device, and
 * the newest certificate of an id says whose it is. */
static void
a_device_is_one_whatever_it_was(void **state)
{
	struct office o;
	struct actor device;
	size_t before;

	(void)state;
	office_open(&o);
	world_actor("device", &device);
	before = roster_device_count(roster(&o));
	assert_false(roster_is_commune(roster(&o), device.id,
	    ROSTER_NO_LEAF));
	world_op_certify(&o.ops, &device, ROLE_COMMUNE, NULL, 0);
	office_step(&o, &o.root_log);			/* leaf 4 */
	assert_true(roster_is_commune(roster(&o), device.id, 4));
	assert_false(roster_is_commune(roster(&o), device.id, 3));
	world_op_bare(&o.ops, KIND_REVOKE, device.id);
	office_step(&o, &o.root_log);
	assert_true(roster_is_commune(roster(&o), device.id, 5));
	world_op_certify(&o.ops, &device, ROLE_DEPUTY,
	    (const uint8_t(*)[SCOPE_LEN])o.cell, 1);
	office_step(&o, &o.commune_log);		/* leaf 6 */
	assert_true(roster_is_commune(roster(&o), device.id, 5));
	assert_false(roster_is_commune(roster(&o), device.id, 6));
	assert_int_equal(roster_device_count(roster(&o)), before + 1);
	world_op_bare(&o.ops, KIND_REVOKE, device.id);
	office_step(&o, &o.commune_log);		/* leaf 7 */
	assert_int_equal(roster_role(roster(&o), device.pub, 8), ROLE_NONE);
	office_close(&o);
}

static void
roles_have_names(void **state)
{
	(void)state;
	for (int i = ROLE_ROOT; i < ROLE_NONE; i++)
		assert_int_equal(role_from_name(role_name((enum role)i)), i);
	assert_string_equal(role_name(ROLE_SECRETARY), "secretary");
	assert_int_equal(role_from_name("none"), ROLE_NONE);
	assert_int_equal(role_from_name(""), ROLE_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_speaks_from_its_first_segment),
		cmocka_unit_test(a_claim_counts_from_its_leaf),
		cmocka_unit_test(commune_covers_cells_that_come_later),
		cmocka_unit_test(entitle_counts_from_its_leaf),
		cmocka_unit_test(concurrent_entitles_follow_the_merge_rule),
		cmocka_unit_test(revocation_counts_after_its_leaf),
		cmocka_unit_test(only_root_revokes_a_commune_device),
		cmocka_unit_test(void_ops_change_nothing),
		cmocka_unit_test(commune_certifies_a_device),
		cmocka_unit_test(hub_key_is_the_one_of_the_size),
		cmocka_unit_test(many_devices_are_found),
		cmocka_unit_test(a_device_is_one_whatever_it_was),
		cmocka_unit_test(roles_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
