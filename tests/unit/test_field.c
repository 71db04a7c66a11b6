/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_field.c -- what a reader of field.h may rely on; above all that the
 * tables are those of SPEC.md 8.1 and 8.2, row by row.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/codec.h"
#include "protocol/field.h"
#include "protocol/limits.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define TEXT(s) ((struct span){ (const uint8_t *)(s), sizeof(s) - 1 })

enum { COLUMNS = 7, LINE_BYTES = 1024 };

/* Cuts "| a | b |" into its trimmed cells. */
static size_t
row_cells(char *line, char *cell[COLUMNS])
{
	size_t n = 0;
	char *p, *save = NULL;

	for (p = strtok_r(line, "|\n", &save); p != NULL && n < COLUMNS;
	    p = strtok_r(NULL, "|\n", &save)) {
		char *end = p + strlen(p);

		while (*p == ' ')
			p++;
		while (end > p && end[-1] == ' ')
			*--end = '\0';
		if (*p != '\0' || n > 0)
			cell[n++] = p;
	}
	return n;
}

static uint8_t
scopes_of(const char *text)
{
	static const char *const words[] = { "root", "commune", "cell",
		"lane" };
	uint8_t bits = 0;

	if (strcmp(text, "any") == 0)
		return 0x0f;
	for (size_t i = 0; i < COUNT(words); i++)
		if (strstr(text, words[i]) != NULL)
			bits = (uint8_t)(bits | 1u << i);
	return bits;
}

static uint8_t
roles_of(const char *text)
{
	static const char letters[] = "RCSDMOH";
	uint8_t bits = 0;

	if (strcmp(text, "any") == 0)
		return 0x7f;
	if (strcmp(text, "any device") == 0)
		return 0x3e;
	for (; *text != '\0' && *text != ';'; text++)
		if (*text != ' ')
			bits = (uint8_t)(bits |
			    1u << (strchr(letters, *text) - letters));
	return bits;
}

static enum value_type
type_of(const char *text)
{
	static const struct {
		const char *text;
		enum value_type type;
	} types[] = {
		{ "uint", VALUE_UINT }, { "int", VALUE_INT },
		{ "bool", VALUE_BOOL }, { "text", VALUE_TEXT },
		{ "bin 8", VALUE_BIN8 }, { "bin 16", VALUE_BIN16 },
		{ "bin 32", VALUE_BIN32 }, { "bin 64", VALUE_BIN64 },
		{ "list uint", VALUE_LIST_UINT },
		{ "list bin 8", VALUE_LIST_BIN8 },
		{ "list bin 16", VALUE_LIST_BIN16 }, { "ref", VALUE_REF },
		{ "entry", VALUE_ENTRY }, { "any", VALUE_ANY },
	};

	for (size_t i = 0; i < COUNT(types); i++)
		if (strcmp(text, types[i].text) == 0)
			return types[i].type;
	if (strncmp(text, "uint (", 6) == 0)
		return VALUE_UINT;
	fail_msg("unknown type %s", text);
	return VALUE_ANY;
}

static void
kind_row(char *cell[COLUMNS])
{
	const struct kind_rule *k = field_kind(strtoull(cell[0], NULL, 10));

	assert_non_null(k);
	assert_string_equal(k->name, cell[1]);
	assert_int_equal(k->scopes, scopes_of(cell[2]));
	assert_int_equal(k->roles, roles_of(cell[3]));
	assert_int_equal(k->element, strstr(cell[5], "element") != NULL);
}

static void
field_row(char *cell[COLUMNS])
{
	static const char *const sections[] = { "public", "facts", "sealed" };
	const struct field_rule *f = field_rule(strtoull(cell[0], NULL, 10));

	assert_non_null(f);
	assert_string_equal(f->name, cell[1]);
	assert_string_equal(sections[f->section], cell[2]);
	assert_int_equal(f->type, type_of(cell[3]));
	assert_int_equal(f->scopes, scopes_of(cell[4]));
	assert_int_equal(f->roles, roles_of(cell[5]));
	assert_ptr_equal(field_by_name(cell[1]), f);
}

/* Numbers of the table ascend, and nothing else is known. */
static void
table_is_that_of_the_spec(const char *from, const char *to,
    void (*row)(char *cell[COLUMNS]), bool kinds)
{
	FILE *spec = fopen("protocol/SPEC.md", "r");
	char line[LINE_BYTES], *cell[COLUMNS];
	uint64_t number = 0, next = 0;
	size_t rows = 0;
	bool inside = false;

	assert_non_null(spec);
	while (fgets(line, sizeof line, spec) != NULL) {
		if (strncmp(line, from, strlen(from)) == 0)
			inside = true;
		else if (strncmp(line, to, strlen(to)) == 0)
			inside = false;
		if (!inside || line[0] != '|' || line[2] < '0' ||
		    line[2] > '9')
			continue;
		assert_true(row_cells(line, cell) >= 6);
		number = strtoull(cell[0], NULL, 10);
		assert_true(number >= next);
		for (; next < number; next++)
			assert_true(kinds ? field_kind(next) == NULL
					  : field_rule(next) == NULL);
		next = number + 1;
		row(cell);
		rows++;
	}
	(void)fclose(spec);
	assert_true(rows > 30);
	for (; next < 1000; next++)
		assert_true(kinds ? field_kind(next) == NULL
				  : field_rule(next) == NULL);
	assert_null(kinds ? (const void *)field_kind(UINT64_MAX)
			  : (const void *)field_rule(UINT64_MAX));
}

static void
kinds_are_those_of_the_spec(void **state)
{
	(void)state;
	table_is_that_of_the_spec("### 8.1", "### 8.2", kind_row, true);
}

static void
fields_are_those_of_the_spec(void **state)
{
	(void)state;
	table_is_that_of_the_spec("### 8.2", "### 8.3", field_row, false);
	assert_null(field_by_name("no_such_field"));
	assert_null(field_by_name(""));
}

static void
list_of(struct buf *b, uint32_t count, size_t bytes)
{
	static const uint8_t zeros[64];

	buf_reset(b);
	codec_put_array(b, count);
	for (uint32_t i = 0; i < count; i++)
		if (bytes == 0)
			codec_put_uint(b, i);
		else
			codec_put_bin(b, (struct span){ zeros, bytes });
}

static void
types_take_what_they_name(void **state)
{
	/* one value of each shape, and the types that take it (`any' does) */
	static const struct {
		const char *hex;
		const char *types;	/* of 14: '1' takes it */
	} table[] = {
		{ "07", "11000000000001" },
		{ "cf8000000000000000", "10000000000001" },
		{ "fd", "01000000000001" },
		{ "c3", "00100000000001" },
		{ "a26162", "00010000000001" },
		{ "c4080000000000000000", "00001000000001" },
		{ "c41000000000000000000000000000000000", "00000100000001" },
		{ "c0", "00000000000001" },
		{ "90", "00000000111001" },
		{ "920107", "00000000100001" },
		{ "92c408000000000000000001", "00000000000001" },
		{ "91c4080000000000000000", "00000000010001" },
		{ "91c41000000000000000000000000000000000", "00000000001001" },
		{ "93c410000000000000000000000000000000000102",
		    "00000000000101" },
		{ "93c410000000000000000000000000000000000102ff",
		    "00000000000000" },
		{ "", "00000000000000" },
		{ "0707", "00000000000000" },
	};
	uint8_t raw[64];
	size_t n;

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		n = strlen(table[i].hex) / 2;
		assert_int_equal(hex_decode(table[i].hex, raw, n), ERR_OK);
		for (unsigned t = 0; t <= VALUE_ANY; t++)
			if (field_type_ok((enum value_type)t,
			    (struct span){ raw, n }) !=
			    (table[i].types[t] == '1'))
				fail_msg("value %s, type %u", table[i].hex, t);
	}
}

static void
long_values_are_refused(void **state)
{
	static const uint8_t letters[LIMIT_TEXT_BYTES + 1] = { 'a' };
	struct buf b = { 0 };

	(void)state;
	list_of(&b, LIMIT_LIST_ITEMS, 0);
	assert_true(field_type_ok(VALUE_LIST_UINT, buf_span(&b)));
	list_of(&b, LIMIT_LIST_ITEMS + 1, 0);
	assert_false(field_type_ok(VALUE_LIST_UINT, buf_span(&b)));
	list_of(&b, LIMIT_LIST_ITEMS + 1, 16);
	assert_false(field_type_ok(VALUE_LIST_BIN16, buf_span(&b)));
	list_of(&b, LIMIT_SCOPES, 8);
	assert_true(field_type_ok(VALUE_LIST_BIN8, buf_span(&b)));
	list_of(&b, LIMIT_SCOPES + 1, 8);
	assert_false(field_type_ok(VALUE_LIST_BIN8, buf_span(&b)));
	list_of(&b, 1, 64);
	assert_false(field_type_ok(VALUE_LIST_BIN8, buf_span(&b)));
	buf_reset(&b);
	codec_put_text(&b, (struct span){ letters, LIMIT_TEXT_BYTES });
	assert_true(field_type_ok(VALUE_TEXT, buf_span(&b)));
	buf_reset(&b);
	codec_put_text(&b, (struct span){ letters, sizeof letters });
	assert_false(field_type_ok(VALUE_TEXT, buf_span(&b)));
	buf_free(&b);
}

static void
steps_have_names_and_back(void **state)
{
	size_t known = 0;

	(void)state;
	for (unsigned i = 0; i < 256; i++) {
		const char *name = field_step_name((enum step)i);

		if (name == NULL)
			continue;
		known++;
		assert_int_equal(field_step_from_name((struct span){
		    (const uint8_t *)name, strlen(name) }), i);
	}
	assert_int_equal(known, 10);
	assert_int_equal(field_step_from_name(TEXT("admit")), STEP_NONE);
	assert_int_equal(field_step_from_name(TEXT("")), STEP_NONE);
	assert_string_equal(field_step_name(STEP_CLASS_COMPLETED),
	    "class_completed");
	assert_null(field_step_name(STEP_NONE));
}

static void
codes_are_those_of_the_spec(void **state)
{
	(void)state;
	assert_true(field_residence_ok(TEXT("tai-dia-phuong")));
	assert_true(field_residence_ok(TEXT("di-lam-xa")));
	assert_false(field_residence_ok(TEXT("di-lam-xa ")));
	assert_true(field_reason_ok(TEXT("khong-co-nguyen-vong")));
	assert_true(field_reason_ok(TEXT("khac")));
	assert_false(field_reason_ok(TEXT("tai-dia-phuong")));
	assert_false(field_reason_ok((struct span){ NULL, 0 }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_are_those_of_the_spec),
		cmocka_unit_test(fields_are_those_of_the_spec),
		cmocka_unit_test(types_take_what_they_name),
		cmocka_unit_test(long_values_are_refused),
		cmocka_unit_test(steps_have_names_and_back),
		cmocka_unit_test(codes_are_those_of_the_spec),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
