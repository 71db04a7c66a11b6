/* SPDX-License-Identifier: Apache-2.0 */
/* test_csv.c -- what a reader of csv.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "client/records/csv.h"
#include "protocol/limits.h"

static struct span
text(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

/* Rows as "a|b;c|d": fields by |, rows by ; with the heading first. */
static void
check(const char *in, const char *want)
{
	struct buf out = { .p = NULL };
	struct csv_error error;
	struct csv *c = NULL;

	assert_int_equal(csv_read(text(in), &c, &error), ERR_OK);
	for (size_t i = 0; i < csv_columns(c); i++) {
		buf_put_text(&out, i > 0 ? "|" : "");
		buf_put(&out, csv_heading(c, i).p, csv_heading(c, i).n);
	}
	for (size_t r = 0; r < csv_rows(c); r++) {
		buf_put_text(&out, ";");
		for (size_t i = 0; i < csv_width(c, r); i++) {
			buf_put_text(&out, i > 0 ? "|" : "");
			buf_put(&out, csv_field(c, r, i).p,
			    csv_field(c, r, i).n);
		}
	}
	assert_string_equal(buf_cstr(&out), want);
	buf_free(&out);
	csv_free(c);
}

static void
tables_are_read(void **state)
{
	static const char *const rows[][2] = {
		{ "a,b\n1,2\n", "a|b;1|2" },
		{ "a,b\r\n1,2\r\n3,4", "a|b;1|2;3|4" },
		{ "a,b\r1,2\r", "a|b;1|2" },
		{ "\xef\xbb\xbf" "a,b\n1,2\n", "a|b;1|2" },
		{ "a;b\n1,5;2\n", "a|b;1,5|2" },
		{ "a\tb\n1,5\t2;3\n", "a|b;1,5|2;3" },
		{ "\"x;y;z\",b\n1,2\n", "x;y;z|b;1|2" },
		{ "a,b\n\"1,5\",\"x \"\"y\"\"\"\n", "a|b;1,5|x \"y\"" },
		{ "a,b\n\"1\n2\",3\n", "a|b;1\n2|3" },
		{ "a,b\nx \"y\" z,3\n", "a|b;x \"y\" z|3" },
		{ "a,b\n\"\",\n\n,\n\r\n1,\n", "a|b;1|" },
		{ "\n\n a , b \n1,2", "a|b;1|2" },
		{ "a,b\n1\n1,2,3\n", "a|b;1;1|2|3" },
		{ "a", "a" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check(rows[i][0], rows[i][1]);
}

static void
columns_have_names_and_rows_lines(void **state)
{
	struct csv_error error;
	struct csv *c = NULL;

	(void)state;
	assert_int_equal(csv_read(text("Ref , full_name\r\n1,a\r\n\r\n"
	    "2,\"b\r\nc\"\r\n3\r\n"), &c, &error), ERR_OK);
	assert_int_equal(csv_column(c, "ref"), 0);
	assert_int_equal(csv_column(c, "FULL_NAME"), 1);
	assert_true(csv_column(c, "name") == CSV_NONE);
	assert_int_equal(csv_rows(c), 3);
	assert_int_equal(csv_line(c, 0), 2);
	assert_int_equal(csv_line(c, 1), 4);
	assert_int_equal(csv_line(c, 2), 6);
	assert_int_equal(csv_separator(c), ',');
	assert_int_equal(csv_width(c, 2), 1);
	assert_int_equal(csv_field(c, 2, 1).n, 0);
	assert_int_equal(csv_field(c, 2, CSV_NONE).n, 0);
	csv_free(c);
	csv_free(NULL);
}

static void
what_is_wrong_has_a_place(void **state)
{
	static const struct {
		const char *in;
		enum csv_fault fault;
		size_t line, column;
	} rows[] = {
		{ "", CSV_EMPTY, 0, 0 },
		{ "\xef\xbb\xbf", CSV_EMPTY, 0, 0 },
		{ "\n,,\r\n", CSV_EMPTY, 0, 0 },
		{ "a,b\n1,2\n3,\"x\" y\n", CSV_QUOTE, 3, 2 },
		{ "a,b\n1,\"x\n\n", CSV_OPEN_QUOTE, 2, 2 },
		{ "a,b\n\"1\n2\",\"x", CSV_OPEN_QUOTE, 3, 2 },
		{ "a,b, A\n", CSV_HEADING_TWICE, 1, 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct csv_error e = { CSV_FINE, 9, 9 };
		struct csv *c = NULL;

		assert_int_equal(csv_read(text(rows[i].in), &c, &e),
		    ERR_FORMAT);
		assert_null(c);
		assert_int_equal(e.fault, rows[i].fault);
		assert_int_equal(e.line, rows[i].line);
		assert_int_equal(e.column, rows[i].column);
	}
}

static void
utf16_is_told(void **state)
{
	static const uint8_t wide[] = { 0xff, 0xfe, 'a', 0, ',', 0 };
	struct csv_error e;
	struct csv *c = NULL;

	(void)state;
	assert_int_equal(csv_read((struct span){ wide, sizeof wide }, &c, &e),
	    ERR_FORMAT);
	assert_int_equal(e.fault, CSV_ENCODING);
}

static void
limits_hold(void **state)
{
	struct buf in = { .p = NULL };
	struct csv_error e;
	struct csv *c = NULL;

	(void)state;
	for (int i = 0; i < CSV_COLUMNS_MAX; i++)
		buf_put_text(&in, "x,");
	assert_int_equal(csv_read(buf_span(&in), &c, &e), ERR_LIMIT);
	assert_int_equal(e.fault, CSV_TOO_MANY_COLUMNS);
	buf_reset(&in);
	buf_put_text(&in, "a\n");
	for (int i = 0; i <= LIMIT_CSV_FIELD_BYTES; i++)
		buf_put_text(&in, "x");
	assert_int_equal(csv_read(buf_span(&in), &c, &e), ERR_LIMIT);
	assert_int_equal(e.fault, CSV_FIELD_TOO_LONG);
	assert_int_equal(e.line, 2);
	in.n--;
	assert_int_equal(csv_read(buf_span(&in), &c, &e), ERR_OK);
	csv_free(c);
	c = NULL;
	buf_reset(&in);
	buf_put_text(&in, "a\n");
	for (int i = 0; i < LIMIT_CSV_ROWS; i++)
		buf_put_text(&in, "1\n");
	assert_int_equal(csv_read(buf_span(&in), &c, &e), ERR_OK);
	assert_int_equal(csv_rows(c), LIMIT_CSV_ROWS);
	csv_free(c);
	c = NULL;
	buf_put_text(&in, "1\n");
	assert_int_equal(csv_read(buf_span(&in), &c, &e), ERR_LIMIT);
	assert_int_equal(e.fault, CSV_TOO_MANY_ROWS);
	/* looked at before the bytes are */
	assert_int_equal(csv_read((struct span){ in.p,
	    (size_t)LIMIT_CSV_BYTES + 1 }, &c, &e), ERR_LIMIT);
	assert_int_equal(e.fault, CSV_TOO_BIG);
	buf_free(&in);
}

static void
what_is_put_is_read_again(void **state)
{
	static const char *const fields[] = { "a", "b,c", "d \"e\"", "f\ng",
		"", "h;i", " j ", "\"" };
	enum { FIELDS = sizeof fields / sizeof fields[0] };
	static const char separators[] = { ',', ';', '\t' };
	struct csv_error e;

	(void)state;
	for (size_t s = 0; s < sizeof separators; s++) {
		struct buf out = { .p = NULL };
		struct csv *c = NULL;

		for (int row = 0; row < 2; row++)
			for (size_t i = 0; i < FIELDS; i++) {
				char name[16];

				(void)snprintf(name, sizeof name, "n%zu", i);
				csv_put(&out, text(row == 0 ? name :
				    fields[i]), separators[s]);
				buf_put_u8(&out, i + 1 < FIELDS ?
				    (uint8_t)separators[s] : '\n');
			}
		assert_int_equal(csv_read(buf_span(&out), &c, &e), ERR_OK);
		assert_int_equal(csv_width(c, 0), FIELDS);
		for (size_t i = 0; i < FIELDS; i++)
			assert_true(span_equal(csv_field(c, 0, i),
			    text(fields[i])));
		csv_free(c);
		buf_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_read),
		cmocka_unit_test(columns_have_names_and_rows_lines),
		cmocka_unit_test(what_is_wrong_has_a_place),
		cmocka_unit_test(utf16_is_told),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(what_is_put_is_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
