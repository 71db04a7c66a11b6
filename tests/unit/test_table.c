/* SPDX-License-Identifier: Apache-2.0 */
/* test_table.c -- what cli.h and cli_text.h promise of text on a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/cli/cli.h"
#include "client/cli/cli_text.h"

static struct span
of(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

static void
columns_are_those_of_a_terminal(void **state)
{
	static const struct {
		const char *text;
		unsigned columns;
	} rows[] = {
		{ "", 0 },
		{ "abc", 3 },
		{ "Nguyễn Thị Hoà", 14 },
		/* the same in NFD: marks take no column */
		{ "Nguye\xcc\x82\xcc\x83n Thi\xcc\xa3 Hoa\xcc\x80", 14 },
		{ "đ", 1 },
		{ "漢字", 4 },
		{ "▀█", 2 },
		{ "a\tb", 3 },
		{ "\x1b[31m", 5 },
		{ "\xff\xfe", 2 },
		{ "\xe1\xba", 2 },	/* cut off */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(cli_text_columns(of(rows[i].text)),
		    rows[i].columns);
}

static char *
put(const char *text)
{
	char *out = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&out, &n);

	assert_non_null(f);
	cli_text_put(f, of(text));
	assert_int_equal(fclose(f), 0);
	return out;
}

static void
nothing_unsafe_goes_to_the_terminal(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "Hà Thị Lan", "Hà Thị Lan" },
		{ "\x1b[2J", "?[2J" },
		{ "a\r\nb", "a??b" },
		{ "x\xe2\x80\xaey", "x?y" },	/* right to left */
		{ "x\xc2\x9by", "x?y" },	/* C1 CSI */
		{ "x\xc3", "x?" },
		{ "\xed\xa0\x80", "???" },	/* surrogate */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *got = put(rows[i].text);

		assert_string_equal(got, rows[i].want);
		free(got);
	}
}

static char *
wrap(const char *text, unsigned columns)
{
	char *out = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&out, &n);

	assert_non_null(f);
	cli_text_wrap(f, of(text), columns);
	assert_int_equal(fclose(f), 0);
	return out;
}

static void
lines_are_broken_at_blanks(void **state)
{
	static const struct {
		const char *text;
		unsigned columns;
		const char *want;
	} rows[] = {
		{ "một hai ba", 7, "một hai\nba\n" },
		{ "một hai ba", 6, "một\nhai ba\n" },
		{ "a\nb", 10, "a\nb\n" },
		{ "a\n\nb", 10, "a\n\nb\n" },
		{ "longerthanthat x", 4, "longerthanthat\nx\n" },
		{ "  ab cd ef", 7, "  ab cd\n  ef\n" },
		{ "ab cd\n  ef gh", 5, "ab cd\n  ef\n  gh\n" },
		{ "", 5, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *got = wrap(rows[i].text, rows[i].columns);

		assert_string_equal(got, rows[i].want);
		free(got);
	}
}

static char *
print(struct cli_table *t)
{
	char *out = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&out, &n);

	assert_non_null(f);
	assert_true(cli_table_print(t, f));
	assert_int_equal(fclose(f), 0);
	cli_table_free(t);
	return out;
}

static void
numbers_go_to_the_right(void **state)
{
	struct cli_table *t = cli_table_new(3);

	(void)state;
	cli_table_heading(t, 0, "Mã", CLI_LEFT);
	cli_table_heading(t, 1, "Số", CLI_RIGHT);
	cli_table_heading(t, 2, "Tên", CLI_LEFT);
	cli_table_cell(t, "C01");
	cli_table_u64(t, 7);
	cli_table_cell(t, "Ba Mô");
	cli_table_cell(t, "Đ");
	cli_table_u64(t, 1234);
	cli_table_cell(t, "");
	char *got = print(t);
	assert_string_equal(got,
	    "Mã     Số  Tên\n"
	    "C01     7  Ba Mô\n"
	    "Đ    1234\n");
	free(got);
}

static unsigned
widest(const char *text)
{
	unsigned most = 0;

	while (*text != '\0') {
		size_t n = strcspn(text, "\n");
		unsigned columns = cli_text_columns((struct span){
		    (const uint8_t *)text, n });

		most = columns > most ? columns : most;
		text += n + (text[n] == '\n');
	}
	return most;
}

static void
a_table_keeps_within_80_columns(void **state)
{
	static const char *const texts[] = {
		"một dòng chữ rất dài có nhiều từ để phải xuống dòng vài lần "
		"mới hết được",
		"mộttừkhôngcódấucáchnàocảmàvẫnrấtdàinênphảicắtởgiữachừngthôi"
		"biếtlàmsaođược",
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct cli_table *t = cli_table_new(3);

		cli_table_heading(t, 0, "A", CLI_LEFT);
		cli_table_heading(t, 2, "N", CLI_RIGHT);
		cli_table_cell(t, texts[i]);
		cli_table_cell(t, texts[i]);
		cli_table_u64(t, 123456);
		char *got = print(t);
		assert_true(widest(got) <= 80);
		assert_non_null(strstr(got, "123456\n"));
		free(got);
	}
}

static void
a_table_without_rows_or_memory_is_no_crash(void **state)
{
	struct cli_table *t = cli_table_new(2);

	(void)state;
	cli_table_heading(t, 0, "A", CLI_LEFT);
	cli_table_heading(t, 1, "B", CLI_LEFT);
	cli_table_heading(t, 2, "of no column", CLI_LEFT);
	char *got = print(t);
	assert_string_equal(got, "A  B\n");
	free(got);
	cli_table_cell(NULL, "x");
	cli_table_heading(NULL, 0, "x", CLI_LEFT);
	assert_false(cli_table_print(NULL, stdout));
	cli_table_free(NULL);
}

/* A name that clears the screen, turns the text around and adds a line. */
#define HOSTILE "Lan\x1b[2J\xe2\x80\xae\xe2\x81\xa7\xc2\x9b" "1m\n  Xong"
#define HARMLESS "Lan?[2J???1m?  Xong"

static void
a_name_from_outside_is_text_on_its_line(void **state)
{
	struct cli_table *t = cli_table_new(1);
	char *out = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&out, &n);

	(void)state;
	assert_non_null(f);
	cli_line(f, "%s: %s", "Họ và tên", HOSTILE);
	assert_int_equal(fclose(f), 0);
	assert_string_equal(out, "Họ và tên: " HARMLESS "\n");
	free(out);
	cli_table_heading(t, 0, HOSTILE, CLI_LEFT);
	cli_table_cell(t, HOSTILE);
	cli_table_span(t, of(HOSTILE));
	out = print(t);
	assert_string_equal(out, HARMLESS "\n" HARMLESS "\n" HARMLESS
	    "\n");
	free(out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_those_of_a_terminal),
		cmocka_unit_test(nothing_unsafe_goes_to_the_terminal),
		cmocka_unit_test(lines_are_broken_at_blanks),
		cmocka_unit_test(numbers_go_to_the_right),
		cmocka_unit_test(a_table_keeps_within_80_columns),
		cmocka_unit_test(a_table_without_rows_or_memory_is_no_crash),
		cmocka_unit_test(a_name_from_outside_is_text_on_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
