/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_spec_tables.c -- the tables of kinds and fields in SPEC.md sections 8.1
 * and 8.2 are those of field.def, row by row; and the reasons of section 11.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/field.h"
#include "protocol/ledger.h"
#include "tests/support/vectors_read.h"

enum { COLUMNS = 6, TEXT = 600, NUMBERS = 300 };

/* The columns of one line `| a | b | ... |'. */
struct row {
	char text[TEXT];
	char *column[COLUMNS];
	size_t count;
};

static bool
read_row(const char *line, struct row *r)
{
	size_t n = strcspn(line, "\n");
	char *p = r->text;

	if (line[0] != '|' || n >= TEXT)
		return false;
	memcpy(r->text, line, n);
	r->text[n] = '\0';
	r->count = 0;
	while ((p = strchr(p, '|')) != NULL && p[1] != '\0') {
		*p++ = '\0';
		p += strspn(p, " ");
		if (r->count < COLUMNS)
			r->column[r->count++] = p;
	}
	if (p != NULL)
		*p = '\0';
	for (size_t i = 0; i < r->count; i++) {
		char *end = r->column[i] + strlen(r->column[i]);

		while (end > r->column[i] && end[-1] == ' ')
			*--end = '\0';
	}
	return true;
}

/* Calls take for each numbered row of that section; how many there were. */
static size_t
each_row(const char *heading, void (*take)(const struct row *r))
{
	struct buf spec = vectors_read_file("protocol/SPEC.md");
	const char *p = strstr((const char *)spec.p, heading);
	struct row r;
	size_t n = 0;

	assert_non_null(p);
	for (p = strchr(p, '\n'); p != NULL && p[1] != '#';
	    p = strchr(p + 1, '\n'))
		if (read_row(p + 1, &r) && r.count >= 5 &&
		    strtoul(r.column[0], NULL, 10) > 0) {
			take(&r);
			n++;
		}
	buf_free(&spec);
	return n;
}

static uint8_t
scopes_of(const char *words)
{
	static const char *const names[] = { "root", "commune", "cell",
		"lane" };
	uint8_t bits = 0;

	if (strcmp(words, "any") == 0)
		return 0x0f;
	for (unsigned i = 0; i < 4; i++)
		if (strstr(words, names[i]) != NULL)
			bits = (uint8_t)(bits | 1u << i);
	return bits;
}

/* Letters up to a semicolon. */
static uint8_t
roles_of(const char *words)
{
	static const char letters[] = "RCSDMOH";
	uint8_t bits = 0;

	if (strcmp(words, "any") == 0)
		return 0x7f;
	if (strcmp(words, "any device") == 0)
		words = "C S D M O";
	for (; *words != '\0' && *words != ';'; words++)
		if (*words != ' ') {
			const char *at = strchr(letters, *words);

			assert_non_null(at);
			bits = (uint8_t)(bits | 1u << (at - letters));
		}
	return bits;
}

static void
take_kind(const struct row *r)
{
	const struct kind_rule *k =
	    field_kind(strtoul(r->column[0], NULL, 10));

	if (k == NULL) {
		fail_msg("kind %s is not in field.def", r->column[0]);
		return;
	}
	assert_string_equal(r->column[1], k->name);
	if (scopes_of(r->column[2]) != k->scopes)
		fail_msg("%s: scopes", k->name);
	if (roles_of(r->column[3]) != k->roles)
		fail_msg("%s: roles", k->name);
	if ((strstr(r->column[5], "element") != NULL) != k->element)
		fail_msg("%s: element", k->name);
}

static void
take_field(const struct row *r)
{
	static const char *const types[] = {
		[VALUE_UINT] = "uint", [VALUE_INT] = "int",
		[VALUE_BOOL] = "bool", [VALUE_TEXT] = "text",
		[VALUE_BIN8] = "bin 8", [VALUE_BIN16] = "bin 16",
		[VALUE_BIN32] = "bin 32", [VALUE_BIN64] = "bin 64",
		[VALUE_LIST_UINT] = "list uint",
		[VALUE_LIST_BIN8] = "list bin 8",
		[VALUE_LIST_BIN16] = "list bin 16", [VALUE_REF] = "ref",
		[VALUE_ENTRY] = "entry", [VALUE_ANY] = "any",
	};
	static const char *const sections[] = { "public", "facts", "sealed" };
	const struct field_rule *f =
	    field_rule(strtoul(r->column[0], NULL, 10));
	size_t n = strcspn(r->column[3], "(");

	if (f == NULL) {
		fail_msg("field %s is not in field.def", r->column[0]);
		return;
	}
	while (n > 0 && r->column[3][n - 1] == ' ')
		n--;
	assert_string_equal(r->column[1], f->name);
	assert_string_equal(r->column[2], sections[f->section]);
	if (n != strlen(types[f->type]) ||
	    strncmp(r->column[3], types[f->type], n) != 0)
		fail_msg("%s: type %s", f->name, r->column[3]);
	if (scopes_of(r->column[4]) != f->scopes)
		fail_msg("%s: scopes", f->name);
	if (roles_of(r->column[5]) != f->roles)
		fail_msg("%s: roles", f->name);
}

static void
the_spec_has_the_kinds_of_the_code(void **state)
{
	size_t want = 0;

	(void)state;
	for (uint64_t i = 0; i < NUMBERS; i++)
		want += field_kind(i) != NULL;
	assert_int_equal(each_row("### 8.1 Kinds", take_kind), want);
}

static void
the_spec_has_the_fields_of_the_code(void **state)
{
	size_t want = 0;

	(void)state;
	for (uint64_t i = 0; i < NUMBERS; i++)
		want += field_rule(i) != NULL;
	assert_int_equal(each_row("### 8.2 Fields", take_field), want);
}

/* "Reasons: 0 `admitted`, 1 `format`, ...". */
static void
the_spec_has_the_reasons_of_the_code(void **state)
{
	struct buf spec = vectors_read_file("protocol/SPEC.md");
	const char *p = strstr((const char *)spec.p, "\nReasons: ");
	unsigned number = 0;

	(void)state;
	assert_non_null(p);
	p += strlen("\nReasons: ");
	for (; number < REASON_COUNT; number++) {
		const char *name = reason_name((enum reason)number);
		char *word;

		size_t n = strlen(name);

		assert_int_equal(strtoul(p, &word, 10), number);
		if (strncmp(word, " `", 2) != 0 ||
		    strncmp(word + 2, name, n) != 0 || word[2 + n] != '`')
			fail_msg("reason %u is %s", number, name);
		p = strchr(word, number + 1 < REASON_COUNT ? ',' : '.');
		assert_non_null(p);
		p += 1 + strspn(p + 1, " \n");
	}
	buf_free(&spec);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_spec_has_the_kinds_of_the_code),
		cmocka_unit_test(the_spec_has_the_fields_of_the_code),
		cmocka_unit_test(the_spec_has_the_reasons_of_the_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
