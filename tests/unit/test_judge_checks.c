/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_judge_checks.c -- the checks that judge.h makes of single kinds, and
 * the elements and subjects that it computes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/merge.h"
#include "tests/support/made_op.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* Without any field at all, what must have one fails its check. */
static void
fields_that_must_stand(void **state)
{
	static const struct {
		uint64_t kind;
		enum role role;
		enum scope_kind scope;
	} table[] = {
		{ KIND_LOG, ROLE_SECRETARY, SCOPE_CELL },
		{ KIND_HUB_KEY, ROLE_ROOT, SCOPE_ROOT },
		{ KIND_RECOVERY_KEY, ROLE_ROOT, SCOPE_ROOT },
		{ KIND_CERTIFY, ROLE_ROOT, SCOPE_ROOT },
		{ KIND_INVITE, ROLE_COMMUNE, SCOPE_ROOT },
		{ KIND_CLAIM, ROLE_SECRETARY, SCOPE_ROOT },
		{ KIND_ENTITLE, ROLE_COMMUNE, SCOPE_ROOT },
		{ KIND_GRANT, ROLE_COMMUNE, SCOPE_CELL },
		{ KIND_CELL, ROLE_COMMUNE, SCOPE_ROOT },
		{ KIND_LANE, ROLE_COMMUNE, SCOPE_ROOT },
		{ KIND_QUOTA, ROLE_COMMUNE, SCOPE_ROOT },
		{ KIND_DEVICE, ROLE_DEPUTY, SCOPE_CELL },
		{ KIND_STEP, ROLE_DEPUTY, SCOPE_CELL },
		{ KIND_LINK, ROLE_DEPUTY, SCOPE_LANE },
		{ KIND_DISTINCT, ROLE_SECRETARY, SCOPE_CELL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct made m;

		made_start(&m, table[i].kind);
		assert_int_equal(made_judge(&m, table[i].role, table[i].scope,
		    1, made_position(table[i].kind)), VERDICT_CHECK);
		made_free(&m);
	}
}

static void
subjects_must_follow(void **state)
{
	static const uint64_t kinds[] = { KIND_LOG, KIND_HUB_KEY,
		KIND_RECOVERY_KEY, KIND_CERTIFY, KIND_INVITE,
		KIND_TREE_RESTART, KIND_SEGMENT_LOST, KIND_BAD_KEY,
		KIND_ERASED, KIND_SUPERSEDE, KIND_CELL, KIND_LANE, KIND_QUOTA,
		KIND_SETTING, KIND_DISTINCT };

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const struct kind_rule *k = field_kind(kinds[i]);
		enum role role = k->roles & 1 ? ROLE_ROOT : ROLE_COMMUNE;
		bool root = (k->scopes & 1) != 0;
		enum scope_kind scope = root ? SCOPE_ROOT : SCOPE_CELL;
		struct made m;

		made_least(&m, kinds[i], role, scope);
		m.subject[15] ^= 1;
		assert_int_equal(made_judge(&m, role, scope, 1,
		    made_position(kinds[i])), VERDICT_SUBJECT);
		made_free(&m);
	}
}

static void
check_uint(uint64_t kind, enum role role, enum scope_kind scope,
    uint64_t field, uint64_t value, enum verdict want)
{
	struct made m;

	made_least(&m, kind, role, scope);
	field_draft_put_uint(m.draft, field, value);
	if (kind == KIND_QUOTA)
		judge_quota_subject(made_cell, (uint16_t)value, m.subject);
	assert_int_equal(made_judge(&m, role, scope, 2, 3), want);
	made_free(&m);
}

static void
checks_of_values(void **state)
{
	const enum verdict effective = VERDICT_EFFECTIVE;

	(void)state;
	for (unsigned role = 0; role <= 8; role++)
		for (uint64_t kind = KIND_CERTIFY; kind <= KIND_INVITE;
		    kind++) {
			const enum verdict no = VERDICT_CHECK;
			bool below = role >= ROLE_SECRETARY &&
			    role <= ROLE_ORGANISATION;

			check_uint(kind, ROLE_ROOT, SCOPE_ROOT, FIELD_ROLE,
			    role, role == ROLE_COMMUNE ? effective : no);
			check_uint(kind, ROLE_COMMUNE, SCOPE_ROOT, FIELD_ROLE,
			    role, below ? effective : no);
		}
	check_uint(KIND_QUOTA, ROLE_COMMUNE, SCOPE_ROOT, FIELD_YEAR, 65535,
	    VERDICT_EFFECTIVE);
	check_uint(KIND_QUOTA, ROLE_COMMUNE, SCOPE_ROOT, FIELD_YEAR, 65536,
	    VERDICT_CHECK);
	check_uint(KIND_STEP, ROLE_DEPUTY, SCOPE_CELL, FIELD_STEP, 0,
	    VERDICT_CHECK);
	check_uint(KIND_STEP, ROLE_DEPUTY, SCOPE_CELL, FIELD_STEP, 255,
	    VERDICT_EFFECTIVE);
	check_uint(KIND_STEP, ROLE_DEPUTY, SCOPE_CELL, FIELD_STEP, 256,
	    VERDICT_CHECK);
	check_uint(KIND_LINK, ROLE_DEPUTY, SCOPE_LANE, FIELD_LINK_OUTCOME, 2,
	    VERDICT_EFFECTIVE);
	check_uint(KIND_LINK, ROLE_DEPUTY, SCOPE_LANE, FIELD_LINK_OUTCOME, 3,
	    VERDICT_CHECK);
}

static void
checks_of_place_and_shape(void **state)
{
	struct made m;

	(void)state;
	made_least(&m, KIND_LOG, ROLE_DEPUTY, SCOPE_CELL);
	assert_int_equal(made_judge(&m, ROLE_DEPUTY, SCOPE_CELL, 1, 1),
	    VERDICT_CHECK);
	assert_int_equal(made_judge(&m, ROLE_DEPUTY, SCOPE_CELL, 2, 0),
	    VERDICT_CHECK);
	assert_int_equal(made_judge(&m, ROLE_DEPUTY, SCOPE_LANE, 1, 0),
	    VERDICT_CHECK);
	made_free(&m);
	made_least(&m, KIND_CLAIM, ROLE_DEPUTY, SCOPE_ROOT);
	assert_int_equal(made_judge(&m, ROLE_DEPUTY, SCOPE_ROOT, 2, 1),
	    VERDICT_CHECK);
	made_free(&m);
	/* a mark is nobody else's element */
	const struct op_ref ref = { { 7 }, 3, 1 };
	made_least(&m, KIND_READ, ROLE_ORGANISATION, SCOPE_ROOT);
	assert_int_equal(made_judge(&m, ROLE_ORGANISATION, SCOPE_ROOT, 2, 0),
	    VERDICT_EFFECTIVE);
	field_draft_put_ref(m.draft, FIELD_CITES, &ref);
	assert_int_equal(made_judge(&m, ROLE_ORGANISATION, SCOPE_ROOT, 2, 0),
	    VERDICT_CHECK);
	made_free(&m);
	made_least(&m, KIND_GRANT, ROLE_DEPUTY, SCOPE_CELL);
	m.op.part_count = 0;
	assert_int_equal(made_judge(&m, ROLE_DEPUTY, SCOPE_CELL, 2, 0),
	    VERDICT_CHECK);
	made_free(&m);
	made_least(&m, KIND_CELL, ROLE_COMMUNE, SCOPE_ROOT);
	made_scope(&m, FIELD_SCOPE, made_lane);
	assert_int_equal(made_judge(&m, ROLE_COMMUNE, SCOPE_ROOT, 2, 0),
	    VERDICT_CHECK);
	made_free(&m);
	made_least(&m, KIND_LANE, ROLE_COMMUNE, SCOPE_ROOT);
	made_scope(&m, FIELD_CELL, made_lane);
	assert_int_equal(made_judge(&m, ROLE_COMMUNE, SCOPE_ROOT, 2, 0),
	    VERDICT_CHECK);
	made_free(&m);
	made_least(&m, KIND_DISTINCT, ROLE_SECRETARY, SCOPE_CELL);
	made_bins(&m, FIELD_PAIR, made_other, made_log, ID_LEN);
	assert_int_equal(made_judge(&m, ROLE_SECRETARY, SCOPE_CELL, 2, 0),
	    VERDICT_CHECK);
	made_bins(&m, FIELD_PAIR, made_other, NULL, ID_LEN);
	assert_int_equal(made_judge(&m, ROLE_SECRETARY, SCOPE_CELL, 2, 0),
	    VERDICT_CHECK);
	made_free(&m);
}

static void
without_certificate_or_scope(void **state)
{
	struct made m;

	(void)state;
	made_start(&m, MADE_STRANGE_KIND);
	assert_int_equal(made_judge(&m, ROLE_NONE, SCOPE_CELL, 2, 0),
	    VERDICT_CERTIFICATE);
	assert_int_equal(made_judge(&m, ROLE_COMMUNE, SCOPE_UNKNOWN, 2, 0),
	    VERDICT_SCOPE);
	assert_int_equal(made_judge(&m, ROLE_HUB, SCOPE_LANE, 2, 0),
	    VERDICT_EFFECTIVE);
	made_free(&m);
	for (unsigned v = 0; v <= VERDICT_CERTIFICATE; v++)
		assert_string_not_equal(judge_verdict_name((enum verdict)v),
		    "unknown");
}

static uint8_t
element_of(struct made *m, uint8_t out[ELEMENT_MAX])
{
	(void)made_judge(m, ROLE_COMMUNE, SCOPE_CELL, 258, 5);
	return judge_element(&m->op, made_log, 258, 5, out);
}

static void
elements_are_named_by_their_op(void **state)
{
	const struct op_ref ref = { { 0xbb, 2 }, 7, 9 };
	uint8_t got[ELEMENT_MAX], want[ELEMENT_MAX] = { 0 };
	struct made m;

	(void)state;
	made_least(&m, KIND_ACTIVITY, ROLE_COMMUNE, SCOPE_CELL);
	memcpy(want, made_log, ID_LEN);
	want[22] = 1;
	want[23] = 2;
	want[24] = 5;
	assert_int_equal(element_of(&m, got), 25);
	assert_memory_equal(got, want, 25);
	/* what it cites instead */
	field_draft_put_ref(m.draft, FIELD_CITES, &ref);
	memset(want, 0, sizeof want);
	memcpy(want, made_other, ID_LEN);
	want[23] = 7;
	want[24] = 9;
	assert_int_equal(element_of(&m, got), 25);
	assert_memory_equal(got, want, 25);
	/* a step is also named by what it is */
	m.op.kind = KIND_STEP;
	field_draft_put_uint(m.draft, FIELD_STEP, STEP_ADMITTED);
	want[25] = STEP_ADMITTED;
	assert_int_equal(element_of(&m, got), 26);
	assert_memory_equal(got, want, 26);
	m.op.kind = KIND_PERSON;
	assert_int_equal(element_of(&m, got), 0);
	m.op.kind = MADE_STRANGE_KIND;
	assert_int_equal(element_of(&m, got), 0);
	made_free(&m);

	made_least(&m, KIND_DISTINCT, ROLE_COMMUNE, SCOPE_CELL);
	assert_int_equal(element_of(&m, got), 32);
	assert_memory_equal(got, made_log, ID_LEN);
	assert_memory_equal(got + ID_LEN, made_other, ID_LEN);
	made_free(&m);
}

static void
quota_subject_is_that_of_the_spec(void **state)
{
	static const uint8_t year[] = { 0x07, 0xe6 };
	const struct span parts[] = { made_bin(made_cell, SCOPE_LEN),
		made_bin(year, 2) };
	uint8_t got[ID_LEN], want[ID_LEN];

	(void)state;
	crypto_hash16("nguon1/quota", parts, 2, want);
	judge_quota_subject(made_cell, 2022, got);
	assert_memory_equal(got, want, ID_LEN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_that_must_stand),
		cmocka_unit_test(subjects_must_follow),
		cmocka_unit_test(checks_of_values),
		cmocka_unit_test(checks_of_place_and_shape),
		cmocka_unit_test(without_certificate_or_scope),
		cmocka_unit_test(elements_are_named_by_their_op),
		cmocka_unit_test(quota_subject_is_that_of_the_spec),
	};

	return crypto_start() != ERR_OK ||
	    cmocka_run_group_tests(tests, NULL, NULL);
}
