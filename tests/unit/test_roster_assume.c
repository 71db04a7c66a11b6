/* SPDX-License-Identifier: Apache-2.0 */
/* test_roster_assume.c -- what a joiner may do before any leaf. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/office.h"

static const uint8_t cell[SCOPE_LEN] = { SCOPE_CELL, 1 };
static const uint8_t other[SCOPE_LEN] = { SCOPE_CELL, 2 };

static void
it_counts_without_a_leaf_only(void **state)
{
	const uint8_t fpr[HASH_LEN] = { 1 };
	const uint8_t key[KEY_LEN] = { 2 }, stranger[KEY_LEN] = { 3 };
	struct roster *r = roster_new(fpr);

	(void)state;
	assert_non_null(r);
	assert_int_equal(roster_role(r, key, ROSTER_NO_LEAF), ROLE_NONE);
	assert_int_equal(roster_assume(r, key, ROLE_SECRETARY,
	    (struct span){ cell, 7 }), ERR_FORMAT);
	assert_int_equal(roster_assume(r, key, ROLE_SECRETARY,
	    (struct span){ cell, SCOPE_LEN }), ERR_OK);
	assert_int_equal(roster_role(r, key, ROSTER_NO_LEAF), ROLE_SECRETARY);
	assert_int_equal(roster_role(r, key, 5), ROLE_NONE);
	assert_int_equal(roster_role(r, stranger, ROSTER_NO_LEAF), ROLE_NONE);
	assert_true(roster_covers(r, key, cell, ROSTER_NO_LEAF));
	assert_true(roster_covers(r, key, scope_root, ROSTER_NO_LEAF));
	assert_false(roster_covers(r, key, other, ROSTER_NO_LEAF));
	assert_false(roster_covers(r, key, cell, 5));
	assert_false(roster_covers(r, stranger, cell, ROSTER_NO_LEAF));
	/* in place of what was assumed before */
	assert_int_equal(roster_assume(r, key, ROLE_DEPUTY,
	    (struct span){ NULL, 0 }), ERR_OK);
	assert_int_equal(roster_role(r, key, ROSTER_NO_LEAF), ROLE_DEPUTY);
	assert_false(roster_covers(r, key, cell, ROSTER_NO_LEAF));
	assert_int_equal(roster_count(r), 0);
	roster_free(r);
}

/* Once the roster has a certificate for the key, that alone counts. */
static void
a_certificate_ends_it(void **state)
{
	struct office o;
	struct roster *r;
	struct entry e = { 0 };
	struct place place = { .seq = 1, .leaf = 0, .leaf_time = OFFICE_T0 };

	(void)state;
	office_open(&o);
	r = roster_new(o.fpr);
	assert_int_equal(roster_assume(r, o.commune.pub, ROLE_SECRETARY,
	    (struct span){ cell, SCOPE_LEN }), ERR_OK);
	assert_int_equal(roster_role(r, o.commune.pub, ROSTER_NO_LEAF),
	    ROLE_SECRETARY);
	memcpy(place.log, o.root_log.id, ID_LEN);
	memcpy(place.author, o.root.pub, KEY_LEN);
	assert_int_equal(entry_parse((struct span){ o.root_log.entry[0].raw.p,
	    o.root_log.entry[0].raw.n }, &e), ERR_OK);
	assert_int_equal(roster_take(r, &place, &e), ERR_OK);
	assert_int_equal(roster_role(r, o.commune.pub, ROSTER_NO_LEAF),
	    ROLE_COMMUNE);
	entry_free(&e);
	roster_free(r);
	office_close(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_counts_without_a_leaf_only),
		cmocka_unit_test(a_certificate_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
