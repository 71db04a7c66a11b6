/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_judge.c -- which op has effect: every role x kind x kind of scope
 * against a table of its own, then each field rule.  The checks of the kinds
 * are in test_judge_checks.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/made_op.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

enum { OWN_FIELD = 5000 };

static const uint8_t zeros[SIG_LEN];

/* Roles by letter, then in which scopes: r root, c commune, v cell, l lane. */
static const struct {
	uint64_t kind;
	const char *roles, *scopes;
} may[] = {
	{ 1, "RCSDMOH", "rcvl" }, { 2, "R", "r" }, { 3, "R", "r" },
	{ 4, "RC", "r" }, { 5, "RC", "r" }, { 6, "RC", "r" },
	{ 7, "CSDMO", "r" }, { 8, "C", "r" }, { 9, "RC", "r" },
	{ 10, "R", "r" }, { 11, "C", "r" }, { 12, "CSDMO", "cvl" },
	{ 13, "CSDMO", "r" }, { 14, "CSD", "vl" }, { 15, "CS", "vl" },
	{ 16, "CSDMOH", "r" }, { 17, "CSDMO", "rcvl" }, { 20, "C", "r" },
	{ 21, "C", "r" }, { 22, "C", "r" }, { 23, "C", "r" },
	{ 24, "C", "r" }, { 25, "CSDMO", "r" }, { 26, "C", "r" },
	{ 27, "C", "r" }, { 28, "CSDMO", "cvl" }, { 30, "CSD", "v" },
	{ 31, "CSD", "vl" }, { 32, "CSD", "v" }, { 33, "CSDO", "vl" },
	{ 34, "CM", "v" }, { 35, "CM", "v" }, { 36, "OC", "l" },
	{ 37, "CSD", "l" }, { 38, "C", "v" }, { 39, "C", "v" },
	{ 40, "C", "r" }, { 41, "CS", "v" }, { 42, "CS", "cv" },
};

static void
every_role_kind_and_scope(void **state)
{
	static const char roles[] = "RCSDMOH", scopes[] = "rcvl";
	size_t cells = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(may); i++)
		for (unsigned role = 0; role < ROLE_NONE; role++)
			for (unsigned sc = 0; sc < SCOPE_UNKNOWN; sc++) {
				bool r = strchr(may[i].roles, roles[role]),
				    s = strchr(may[i].scopes, scopes[sc]);
				enum verdict want = r
				    ? s ? VERDICT_EFFECTIVE : VERDICT_SCOPE
				    : VERDICT_ROLE;
				enum verdict got;
				struct made m;

				made_least(&m, may[i].kind, (enum role)role,
				    (enum scope_kind)sc);
				got = made_judge(&m, (enum role)role,
				    (enum scope_kind)sc, 1,
				    made_position(may[i].kind));
				if (got != want)
					fail_msg("kind %u role %u scope %u: %s",
					    (unsigned)may[i].kind, role, sc,
					    judge_verdict_name(got));
				made_free(&m);
				cells++;
			}
	assert_int_equal(cells, COUNT(may) * 28);
	/* the table above knows every kind */
	for (uint64_t k = 0, at = 0; k < 1000; k++)
		assert_int_equal(field_kind(k) != NULL,
		    at < COUNT(may) && may[at].kind == k && ++at > 0);
}

/* A value that fits a type. */
static void
put_value(struct made *m, const struct field_rule *f)
{
	struct op_ref ref = { { 0 }, 1, 0 };
	struct entry_ref entry = { { 0 }, 1, { 0 } };
	uint64_t none = 0;

	switch (f->type) {
	case VALUE_UINT:
	case VALUE_INT:
	case VALUE_ANY: field_draft_put_uint(m->draft, f->number, 1); break;
	case VALUE_BOOL:
		field_draft_put_bool(m->draft, f->number, false);
		break;
	case VALUE_TEXT:
		field_draft_put_text(m->draft, f->number,
		    made_bin(made_key, 1));
		break;
	case VALUE_BIN8:
	case VALUE_BIN16:
	case VALUE_BIN32:
	case VALUE_BIN64:
		field_draft_put_bin(m->draft, f->number, made_bin(zeros,
		    (size_t)8 << (f->type - VALUE_BIN8)));
		break;
	case VALUE_LIST_UINT:
	case VALUE_LIST_BIN8:
	case VALUE_LIST_BIN16: made_list(m, f->number, &none, 0); break;
	case VALUE_REF: field_draft_put_ref(m->draft, f->number, &ref); break;
	case VALUE_ENTRY:
		field_draft_put_entry_ref(m->draft, f->number, &entry);
		break;
	}
}

/* With an op of an unknown kind nothing but the field rules speaks. */
static void
each_field_by_role_and_scope(void **state)
{
	(void)state;
	for (uint64_t n = 1; n < 200; n++) {
		const struct field_rule *f = field_rule(n);

		for (unsigned i = 0; f != NULL &&
		    i < ROLE_NONE * SCOPE_UNKNOWN; i++) {
			unsigned role = i / SCOPE_UNKNOWN,
			    scope = i % SCOPE_UNKNOWN;
			bool list = f->section != SECTION_PUBLIC;
			enum verdict want = !(f->roles >> role & 1)
			    ? VERDICT_FIELD_ROLE
			    : !(f->scopes >> scope & 1)
			    ? VERDICT_FIELD_SCOPE : VERDICT_EFFECTIVE;
			struct made m;

			made_start(&m, MADE_STRANGE_KIND);
			made_part(&m, PART_SEALED);
			made_part(&m, PART_FACTS);
			if (list)
				made_list(&m, f->section == SECTION_FACTS
				    ? FIELD_FACTS : FIELD_SEALED, &n, 1);
			else
				put_value(&m, f);
			assert_int_equal(made_judge(&m, (enum role)role,
			    (enum scope_kind)scope, 1, 1), want);
			made_free(&m);
		}
	}
}

static void
steps_6_and_7_are_not_the_deputys(void **state)
{
	(void)state;
	for (uint64_t step = 1; step <= 12; step++)
		for (unsigned role = ROLE_COMMUNE; role <= ROLE_DEPUTY;
		    role++) {
			bool high = step == 6 || step == 7;
			struct made m;

			made_start(&m, KIND_STEP);
			field_draft_put_uint(m.draft, FIELD_STEP, step);
			/* a correction is judged by the step it names */
			field_draft_put_bool(m.draft, FIELD_VOIDED, true);
			assert_int_equal(made_judge(&m, (enum role)role,
			    SCOPE_CELL, 9, 0), high && role == ROLE_DEPUTY
			    ? VERDICT_FIELD_ROLE : VERDICT_EFFECTIVE);
			/* nor in an op of a kind that is not known */
			m.op.kind = MADE_STRANGE_KIND;
			assert_int_equal(made_judge(&m, (enum role)role,
			    SCOPE_LANE, 9, 0), high && role == ROLE_DEPUTY
			    ? VERDICT_FIELD_ROLE : VERDICT_EFFECTIVE);
			made_free(&m);
		}
}

static void
wrong_types_and_sections_void(void **state)
{
	static const uint64_t sealed[] = { FIELD_FULL_NAME };
	static const uint64_t public_field[] = { FIELD_DATE };
	struct made m;

	(void)state;
	made_start(&m, KIND_PERSON);
	field_draft_put_text(m.draft, FIELD_DATE, made_bin(made_key, 1));
	assert_int_equal(made_judge(&m, ROLE_SECRETARY, SCOPE_CELL, 2, 0),
	    VERDICT_TYPE);
	field_draft_put_int(m.draft, FIELD_DATE, -5);
	/* unknown fields have no effect */
	field_draft_put_text(m.draft, OWN_FIELD, made_bin(made_key, 1));
	assert_int_equal(made_judge(&m, ROLE_SECRETARY, SCOPE_CELL, 2, 0),
	    VERDICT_EFFECTIVE);
	field_draft_put_text(m.draft, FIELD_FULL_NAME, made_bin(made_key, 1));
	assert_int_equal(made_judge(&m, ROLE_SECRETARY, SCOPE_CELL, 2, 0),
	    VERDICT_TYPE);
	made_free(&m);

	made_start(&m, KIND_PERSON);
	made_part(&m, PART_SEALED);
	made_part(&m, PART_FACTS);
	made_list(&m, FIELD_SEALED, sealed, 1);
	assert_int_equal(made_judge(&m, ROLE_SECRETARY, SCOPE_CELL, 2, 0),
	    VERDICT_EFFECTIVE);
	made_list(&m, FIELD_FACTS, sealed, 1);
	assert_int_equal(made_judge(&m, ROLE_SECRETARY, SCOPE_CELL, 2, 0),
	    VERDICT_TYPE);
	made_list(&m, FIELD_FACTS, public_field, 1);
	assert_int_equal(made_judge(&m, ROLE_SECRETARY, SCOPE_CELL, 2, 0),
	    VERDICT_TYPE);
	made_free(&m);
}

static void
lists_and_parts_must_fit(void **state)
{
	static const uint64_t good[] = { 100, 101, OWN_FIELD };
	static const uint64_t twice[] = { 100, 100 };
	static const uint64_t falling[] = { 101, 100 };
	struct made m;

	(void)state;
	made_start(&m, KIND_PERSON);
	made_list(&m, FIELD_FACTS, good, 3);
	assert_int_equal(made_judge(&m, ROLE_DEPUTY, SCOPE_CELL, 2, 0),
	    VERDICT_PARTS);
	made_part(&m, PART_FACTS);
	assert_int_equal(made_judge(&m, ROLE_DEPUTY, SCOPE_CELL, 2, 0),
	    VERDICT_EFFECTIVE);
	made_list(&m, FIELD_FACTS, twice, 2);
	assert_int_equal(made_judge(&m, ROLE_DEPUTY, SCOPE_CELL, 2, 0),
	    VERDICT_PARTS);
	made_list(&m, FIELD_FACTS, falling, 2);
	assert_int_equal(made_judge(&m, ROLE_DEPUTY, SCOPE_CELL, 2, 0),
	    VERDICT_PARTS);
	made_list(&m, FIELD_FACTS, good, 0);
	made_list(&m, FIELD_SEALED, good, 0);
	assert_int_equal(made_judge(&m, ROLE_DEPUTY, SCOPE_CELL, 2, 0),
	    VERDICT_PARTS);
	made_free(&m);

	/* creates without facts */
	made_start(&m, KIND_PERSON);
	field_draft_put_bool(m.draft, FIELD_CREATES, true);
	assert_int_equal(made_judge(&m, ROLE_DEPUTY, SCOPE_CELL, 2, 0),
	    VERDICT_PARTS);
	made_free(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_role_kind_and_scope),
		cmocka_unit_test(each_field_by_role_and_scope),
		cmocka_unit_test(steps_6_and_7_are_not_the_deputys),
		cmocka_unit_test(wrong_types_and_sections_void),
		cmocka_unit_test(lists_and_parts_must_fit),
	};

	return crypto_start() != ERR_OK ||
	    cmocka_run_group_tests(tests, NULL, NULL);
}
