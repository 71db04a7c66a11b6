/* SPDX-License-Identifier: Apache-2.0 */
/* test_export_table.c -- tables as CSV and as workbooks, read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "client/records/export_table.h"
#include "client/records/xlsx_read.h"
#include "client/store/paths.h"
#include "protocol/limits.h"
#include "tests/support/temp_folder.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define MARK "\xef\xbb\xbf"

static void
ok(err e)
{
	assert_string_equal(err_name(e), err_name(ERR_OK));
}

static struct span
text(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

/* Name, year, day, percent. */
static struct export_table *
people(void)
{
	struct export_table *t = export_table_new("Danh sách [1]: a/b");

	assert_non_null(t);
	export_table_column(t, "Họ và tên", EXPORT_TEXT);
	export_table_column(t, "Năm", EXPORT_NUMBER);
	export_table_column(t, "Ngày", EXPORT_DAY);
	export_table_column(t, "%", EXPORT_PERCENT);
	return t;
}

static void
csv_is_what_spreadsheets_read(void **state)
{
	struct export_table *t = people();
	struct buf out = { .p = NULL };

	(void)state;
	ok(export_table_csv(t, &out));
	assert_string_equal(buf_cstr(&out), MARK "Họ và tên,Năm,Ngày,%\r\n");
	buf_reset(&out);
	export_table_text(t, "Lê, \"Đức\"");
	export_table_number(t, 1990);
	export_table_text(t, "2022-03-27");
	export_table_text(t, "25.0");
	export_table_text(t, "a\nb");
	export_table_text(t, "-3");
	export_table_text(t, "");
	export_table_text(t, "-");
	export_table_text(t, "half a row is none");
	assert_int_equal(export_table_rows(t), 2);
	ok(export_table_csv(t, &out));
	assert_string_equal(buf_cstr(&out), MARK "Họ và tên,Năm,Ngày,%\r\n"
	    "\"Lê, \"\"Đức\"\"\",1990,2022-03-27,25.0\r\n"
	    "\"a\nb\",-3,,'-\r\n");
	buf_free(&out);
	export_table_free(t);
	export_table_free(NULL);
}

static void
no_text_becomes_a_formula(void **state)
{
	static const struct {
		const char *text;
		bool formula;
		const char *csv;
	} rows[] = {
		{ "=1+1", true, "'=1+1" }, { "+84912", true, "'+84912" },
		{ "-3", true, "'-3" }, { "@a", true, "'@a" },
		{ "\ta", true, "'\ta" }, { "\ra", true, "\"'\ra\"" },
		{ "'=1", true, "''=1" }, { "''=1", true, "'''=1" },
		{ "'a", false, "'a" }, { "a=1", false, "a=1" },
		{ " =1", false, " =1" }, { "", false, "" }, { "'", false, "'" },
		{ "=HYPERLINK(\"http://x\",\"y\")", true,
		  "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct export_table *t = export_table_new("t");
		struct buf out = { .p = NULL };
		char want[128];

		assert_int_equal(export_table_is_formula(text(rows[i].text)),
		    rows[i].formula);
		export_table_column(t, "=head", EXPORT_TEXT);
		export_table_text(t, rows[i].text);
		ok(export_table_csv(t, &out));
		(void)snprintf(want, sizeof want, MARK "'=head\r\n%s\r\n",
		    rows[i].csv);
		assert_string_equal(buf_cstr(&out), want);
		buf_free(&out);
		export_table_free(t);
	}
}

static void
expect_private(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static bool
holds(struct span bytes, const char *what)
{
	size_t n = strlen(what);

	for (size_t i = 0; i + n <= bytes.n; i++)
		if (memcmp(bytes.p + i, what, n) == 0)
			return true;
	return false;
}

static void
a_workbook_is_read_back(void **state)
{
	struct export_table *t[2] = { people(), people() };
	char *dir = temp_folder_make();
	const char *path = temp_folder_path(dir, "out.XLSX");
	struct buf bytes = { .p = NULL }, out = { .p = NULL };
	struct csv_error e;

	(void)state;
	export_table_text(t[0], "=1+1");
	export_table_number(t[0], 1990);
	export_table_text(t[0], "2022-03-27");
	export_table_text(t[0], "33.3");
	export_table_text(t[0], "Lê \"Đức\" <&>");
	export_table_text(t[0], "khoảng 1990");
	export_table_text(t[0], "1890-01-01");
	export_table_text(t[0], "");
	export_table_chart(t[0], &(struct export_chart){
	    .shape = EXPORT_UPRIGHT, .title = "Biểu đồ", .labels = 0,
	    .series = { 1, 3 }, .series_count = 2 });
	/* of one name, too */
	ok(export_table_save((const struct export_table *const *)t, 2, path));
	expect_private(path);
	ok(paths_read(path, LIMIT_CSV_BYTES, &bytes));
	assert_true(holds(buf_span(&bytes), "xl/charts/chart1.xml"));
	assert_true(holds(buf_span(&bytes), "xl/worksheets/sheet2.xml"));
	ok(xlsx_read(buf_span(&bytes), &out, &e));
	assert_string_equal(buf_cstr(&out),
	    "\"Họ và tên\",\"Năm\",\"Ngày\",\"%\"\n"
	    "\"=1+1\",\"1990\",\"2022-03-27\",\"33.3\"\n"
	    "\"Lê \"\"Đức\"\" <&>\",\"khoảng 1990\",\"1890-01-01\"\n");
	buf_free(&bytes);
	buf_free(&out);
	export_table_free(t[0]);
	export_table_free(t[1]);
	temp_folder_remove(dir);
}

static void
the_name_says_which(void **state)
{
	struct export_table *t = people();
	const struct export_table *const list[] = { t };
	char *dir = temp_folder_make();
	struct buf bytes = { .p = NULL };
	struct stat st;

	(void)state;
	ok(export_table_save(list, 1, temp_folder_path(dir, "a.csv")));
	expect_private(temp_folder_path(dir, "a.csv"));
	ok(paths_read(temp_folder_path(dir, "a.csv"), 4096, &bytes));
	assert_true(holds(buf_span(&bytes), MARK "Họ và tên"));
	ok(export_table_save(list, 1, temp_folder_path(dir, "a.csv")));
	assert_int_equal(export_table_save(list, 1,
	    temp_folder_path(dir, "a.txt")), ERR_USAGE);
	assert_int_equal(export_table_save(list, 1, ".xlsx"), ERR_USAGE);
	assert_int_equal(export_table_save(list, 1,
	    temp_folder_path(dir, "no/a.xlsx")), ERR_ABSENT);
	assert_int_not_equal(stat(temp_folder_path(dir, "a.txt"), &st), 0);
	for (size_t i = 0; i < EXPORT_COLUMNS_MAX; i++)
		export_table_column(t, "x", EXPORT_TEXT);
	assert_int_equal(export_table_err(t), ERR_LIMIT);
	assert_int_equal(export_table_save(list, 1,
	    temp_folder_path(dir, "b.csv")), ERR_LIMIT);
	buf_free(&bytes);
	export_table_free(t);
	temp_folder_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_is_what_spreadsheets_read),
		cmocka_unit_test(no_text_becomes_a_formula),
		cmocka_unit_test(a_workbook_is_read_back),
		cmocka_unit_test(the_name_says_which),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
