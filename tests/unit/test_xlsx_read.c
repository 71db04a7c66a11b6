/* SPDX-License-Identifier: Apache-2.0 */
/* test_xlsx_read.c -- what xlsx_read.h promises, of good and of bad books. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/records/xlsx_book.h"
#include "client/records/xlsx_read.h"
#include "protocol/limits.h"
#include "tests/support/made_zip.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void
ok(err e)
{
	assert_string_equal(err_name(e), err_name(ERR_OK));
}

/* A sheet of these rows becomes that CSV. */
static void
becomes(const struct made_book *b, const char *want)
{
	struct buf bytes = { .p = NULL }, out = { .p = NULL };
	struct csv_error e = { CSV_FINE, 0, 0 };

	made_zip_book(b, &bytes);
	assert_true(xlsx_read_is(buf_span(&bytes)));
	ok(xlsx_read(buf_span(&bytes), &out, &e));
	assert_string_equal(buf_cstr(&out), want);
	buf_free(&bytes);
	buf_free(&out);
}

static void
cells_become_text(void **state)
{
	static const struct {
		const char *rows, *want;
	} rows[] = {
		{ "", "" },
		{ "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c>"
		  "<c r=\"B1\" t=\"s\"><v>1</v></c></row>",
		  "\"Họ và tên\",\"Năm \"\"sinh\"\"\"\n" },
		{ "<row><c t=\"inlineStr\"><is><t>a</t></is></c><c><v>5</v>"
		  "</c></row>", "\"a\",\"5\"\n" },
		{ "<row r=\"3\"><c r=\"C3\"><v>7</v></c></row>",
		  "\n\n,,\"7\"\n" },
		{ "<row r=\"2\"><c r=\"B2\"><v>7</v></c><c r=\"D2\" t=\"b\">"
		  "<v>1</v></c></row><row r=\"5\"><c r=\"A5\" t=\"b\"><v>0</v>"
		  "</c></row>", "\n,\"7\",,\"TRUE\"\n\n\n\"FALSE\"\n" },
		{ "<row><c><v>1990</v></c><c><v>1990.0</v></c><c><v>1.5</v></c>"
		  "<c><v>1.99E3</v></c><c><v>0.1</v></c><c><v>-3</v></c>"
		  "<c><v>912345678</v></c></row>",
		  "\"1990\",\"1990\",\"1.5\",\"1990\",\"0.1\",\"-3\","
		  "\"912345678\"\n" },
		{ "<row><c t=\"e\"><v>#N/A</v></c><c t=\"str\"><f>A1</f>"
		  "<v>x</v></c><c t=\"d\"><v>2022-03-27T00:00:00</v></c></row>",
		  "\"#N/A\",\"x\",\"2022-03-27\"\n" },
		{ "<row><c s=\"1\"><v>44647</v></c><c s=\"2\"><v>44647.75</v>"
		  "</c><c s=\"3\"><v>44647</v></c><c s=\"0\"><v>44647</v></c>"
		  "<c s=\"99\"><v>1</v></c></row>",
		  "\"2022-03-27\",\"2022-03-27\",\"44647\",\"44647\",\"1\"\n" },
		{ "<row><c s=\"1\"><v>1</v></c><c s=\"1\"><v>59</v></c>"
		  "<c s=\"1\"><v>61</v></c><c s=\"1\"><v>2958465</v></c>"
		  "<c s=\"1\"><v>2958466</v></c></row>",
		  "\"1900-01-01\",\"1900-02-28\",\"1900-03-01\","
		  "\"9999-12-31\",\"2958466\"\n" },
		{ "<row><c t=\"inlineStr\"><is><r><t>a\nb</t></r><r><t>c</t>"
		  "</r><rPh><t>no</t></rPh></is></c></row>", "\"a bc\"\n" },
		{ "<row><c t=\"s\"><v>2</v></c></row>", "\"ab\"\n" },
		{ "<x:row xmlns:x=\"u\"><x:c><x:v>1</x:v></x:c></x:row>",
		  "\"1\"\n" },
		{ "<row><c/><c><v></v></c></row>", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		becomes(&(struct made_book){ .rows = rows[i].rows,
		    .strings = "<si><t>Họ và tên</t></si>"
		    "<si><t>Năm &quot;sinh&quot;</t></si><si><r><t>a</t></r>"
		    "<r><t>b</t></r><rPh><t>c</t></rPh></si>",
		    .styles = "<numFmts><numFmt numFmtId=\"164\" "
		    "formatCode=\"dd/mm/yyyy\\ hh:mm\"/><numFmt "
		    "numFmtId=\"165\" formatCode=\"0 &quot;day&quot;\"/>"
		    "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/>"
		    "</cellStyleXfs><cellXfs><xf numFmtId=\"0\"/>"
		    "<xf numFmtId=\"14\"/><xf numFmtId=\"164\"/>"
		    "<xf numFmtId=\"165\"/></cellXfs>" }, rows[i].want);
	becomes(&(struct made_book){ .rows = "<row><c s=\"0\"><v>43185</v></c>"
	    "</row>", .styles = "<cellXfs><xf numFmtId=\"14\"/></cellXfs>",
	    .calendar_1904 = true }, "\"2022-03-27\"\n");
}

static void
formats_that_show_a_day(void **state)
{
	static const struct {
		const char *code;
		bool day;
	} rows[] = {
		{ "dd/mm/yyyy", true }, { "D-MMM", true }, { "yyyy", true },
		{ "mmm", true }, { "[$-42A]d/m/yy;@", true },
		{ "General", false }, { "0.00", false }, { "hh:mm", false },
		{ "[h]:mm", false }, { "mm:ss", false }, { "\"day\" 0", false },
		{ "\\d0", false }, { "0_d", false }, { "", false },
		{ "0;dd", false }, { "\"open", false }, { "[open", false },
		{ "[", false }, { "\\", false }, { "#,##0 \"đ\"", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (xlsx_book_format_is_date(rows[i].code) != rows[i].day)
			fail_msg("%s", rows[i].code);
}

/* ---- bad books */

static void
refuses(struct span bytes, err want, enum csv_fault fault)
{
	struct buf out = { .p = NULL };
	struct csv_error e = { CSV_FINE, 0, 0 };
	err rc = xlsx_read(bytes, &out, &e);

	assert_string_equal(err_name(rc), err_name(want));
	assert_int_equal(e.fault, fault);
	buf_free(&out);
}

static void
bad_sheets_are_refused(void **state)
{
	static const struct {
		const char *rows;
		err want;
		enum csv_fault fault;
	} rows[] = {
		{ "<row><c></row>", ERR_FORMAT, CSV_WORKBOOK },
		{ "<row r=\"2\"/><row r=\"2\"/>", ERR_FORMAT, CSV_WORKBOOK },
		{ "<row r=\"3\"/><row r=\"2\"/>", ERR_FORMAT, CSV_WORKBOOK },
		{ "<row r=\"0\"/>", ERR_FORMAT, CSV_WORKBOOK },
		{ "<row r=\"99999999999999999999\"/>", ERR_FORMAT,
		  CSV_WORKBOOK },
		{ "<row><c r=\"ZZZZ1\"/></row>", ERR_FORMAT, CSV_WORKBOOK },
		{ "<row><c r=\"1\"/></row>", ERR_FORMAT, CSV_WORKBOOK },
		{ "<row><c r=\"B1\"/><c r=\"A1\"/></row>", ERR_FORMAT,
		  CSV_WORKBOOK },
		{ "<c><v>1</v></c>", ERR_FORMAT, CSV_WORKBOOK },
		{ "<row><c t=\"s\"><v>9</v></c></row>", ERR_FORMAT,
		  CSV_WORKBOOK },
		{ "<row><c t=\"s\"><v>-1</v></c></row>", ERR_FORMAT,
		  CSV_WORKBOOK },
		{ "<row><c t=\"s\"><v>x</v></c></row>", ERR_FORMAT,
		  CSV_WORKBOOK },
		{ "<row r=\"1000000\"><c><v>1</v></c></row>", ERR_LIMIT,
		  CSV_TOO_MANY_ROWS },
		{ "<row r=\"1048577\"><c><v>1</v></c></row>", ERR_FORMAT,
		  CSV_WORKBOOK },
		{ "<row><c r=\"BM1\"><v>1</v></c></row>", ERR_LIMIT,
		  CSV_TOO_MANY_COLUMNS },
		{ "<row><c r=\"XFD1\"><v>1</v></c></row>", ERR_LIMIT,
		  CSV_TOO_MANY_COLUMNS },
		{ "<row><c r=\"XFE1\"><v>1</v></c></row>", ERR_FORMAT,
		  CSV_WORKBOOK },
		{ "<row>&amp;nbsp;&nbsp;</row>", ERR_FORMAT, CSV_WORKBOOK },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf bytes = { .p = NULL };

		made_zip_book(&(struct made_book){ .rows = rows[i].rows },
		    &bytes);
		refuses(buf_span(&bytes), rows[i].want, rows[i].fault);
		buf_free(&bytes);
	}
	/* far away, but empty */
	becomes(&(struct made_book){ .rows = "<row r=\"1048576\"><c "
	    "r=\"XFD1048576\" s=\"3\"/></row>" }, "");
}

#define ROOT "<Relationships><Relationship Id=\"r1\" " \
	"Type=\"x/officeDocument\" Target=\"b.xml\"/></Relationships>"
#define BOOK "<workbook><sheets><sheet r:id=\"r1\"/></sheets></workbook>"
#define BOOK_RELATIONS "<Relationships><Relationship Id=\"r1\" " \
	"Type=\"x/worksheet\" Target=\"s.xml\"/></Relationships>"
#define SHEET "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData>" \
	"</worksheet>"

/* An archive of these four parts. */
static void
put_book(const char *root, const char *book, const char *relations,
    const struct made_file *sheet, struct buf *out)
{
	struct made_file files[4] = {
		{ .name = "_rels/.rels", .text = root },
		{ .name = "b.xml", .text = book },
		{ .name = "_rels/b.xml.rels", .text = relations },
		*sheet,
	};

	made_zip(files, 4, out);
}

static void
bad_archives_are_refused(void **state)
{
	static const struct made_file sheet = { .name = "s.xml",
		.text = SHEET, .stored = true };
	struct buf good = { .p = NULL }, bytes = { .p = NULL };
	struct buf out = { .p = NULL };
	struct csv_error e;
	uint8_t *where;

	(void)state;
	put_book(ROOT, BOOK, BOOK_RELATIONS, &sheet, &good);
	ok(xlsx_read(buf_span(&good), &out, &e));
	assert_string_equal(buf_cstr(&out), "\"1\"\n");
	/* cut anywhere */
	for (size_t n = 0; n < good.n; n += 7)
		refuses((struct span){ good.p, n }, ERR_FORMAT, CSV_WORKBOOK);
	/* a wrong check sum: another digit in the stored sheet */
	buf_put(&bytes, good.p, good.n);
	where = bytes.p;
	while (memcmp(where, "<v>1", 4) != 0)
		where++;
	where[3] = '2';
	refuses(buf_span(&bytes), ERR_FORMAT, CSV_WORKBOOK);
	buf_reset(&bytes);
	put_book("<Relationships/>", BOOK, BOOK_RELATIONS, &sheet, &bytes);
	refuses(buf_span(&bytes), ERR_FORMAT, CSV_WORKBOOK);
	buf_reset(&bytes);
	put_book(ROOT, "<workbook/>", BOOK_RELATIONS, &sheet, &bytes);
	refuses(buf_span(&bytes), ERR_FORMAT, CSV_WORKBOOK);
	buf_reset(&bytes);
	put_book(ROOT, BOOK, "<Relationships/>", &sheet, &bytes);
	refuses(buf_span(&bytes), ERR_FORMAT, CSV_WORKBOOK);
	buf_reset(&bytes);
	put_book("not XML", BOOK, BOOK_RELATIONS, &sheet, &bytes);
	refuses(buf_span(&bytes), ERR_FORMAT, CSV_WORKBOOK);
	buf_reset(&bytes);
	made_zip(&(struct made_file){ .name = "x", .text = "y" }, 1, &bytes);
	refuses(buf_span(&bytes), ERR_FORMAT, CSV_WORKBOOK);
	refuses((struct span){ (const uint8_t *)"PK\3\4", 4 }, ERR_FORMAT,
	    CSV_WORKBOOK);
	assert_false(xlsx_read_is((struct span){ (const uint8_t *)"ref,", 4 }));
	buf_free(&bytes);
	buf_free(&good);
	buf_free(&out);
}

static void
bombs_are_refused(void **state)
{
	static const char laughs[] = "<?xml version=\"1.0\"?><!DOCTYPE w [\n"
	    "<!ENTITY a \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\">"
	    "<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
	    "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">"
	    "<!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">"
	    "]><worksheet><sheetData><row><c t=\"str\"><v>&d;&d;&d;&d;</v></c>"
	    "</row></sheetData></worksheet>";
	static const char outside[] = "<!DOCTYPE w [<!ENTITY x SYSTEM "
	    "\"file:///etc/passwd\">]><worksheet><sheetData><row><c t=\"str\">"
	    "<v>&x;</v></c></row></sheetData></worksheet>";
	struct made_file sheet = { .name = "s.xml", .text = laughs };
	struct buf bytes = { .p = NULL }, deep = { .p = NULL };

	(void)state;
	put_book(ROOT, BOOK, BOOK_RELATIONS, &sheet, &bytes);
	refuses(buf_span(&bytes), ERR_FORMAT, CSV_WORKBOOK);
	buf_reset(&bytes);
	sheet.text = outside;
	put_book(ROOT, BOOK, BOOK_RELATIONS, &sheet, &bytes);
	refuses(buf_span(&bytes), ERR_FORMAT, CSV_WORKBOOK);
	/* elements in elements */
	for (size_t i = 0; i < 100000; i++)
		buf_put_text(&deep, "<a>");
	sheet.text = buf_cstr(&deep);
	buf_reset(&bytes);
	put_book(ROOT, BOOK, BOOK_RELATIONS, &sheet, &bytes);
	refuses(buf_span(&bytes), ERR_LIMIT, CSV_WORKBOOK_LIMIT);
	/* a quarter of a GiB of blanks in 260 KiB */
	sheet = (struct made_file){ .name = "s.xml", .text = NULL,
		.blanks = XLSX_PART_BYTES, .head = "<worksheet>",
		.tail = "</worksheet>" };
	buf_reset(&bytes);
	put_book(ROOT, BOOK, BOOK_RELATIONS, &sheet, &bytes);
	assert_true(bytes.n < 2000000);
	refuses(buf_span(&bytes), ERR_LIMIT, CSV_WORKBOOK_LIMIT);
	/* the same, but the archive says it is small */
	for (size_t i = 0; i + 4 < bytes.n; i++)
		if (memcmp(bytes.p + i, "PK\1\2", 4) == 0)
			memset(bytes.p + i + 24, 1, 3);
	{
		struct buf out = { .p = NULL };
		struct csv_error e;

		assert_int_not_equal(xlsx_read(buf_span(&bytes), &out, &e),
		    ERR_OK);
		buf_free(&out);
	}
	buf_free(&bytes);
	buf_free(&deep);
}

/* A shared string may be long, and may be used often. */
static void
what_grows_is_bounded(void **state)
{
	struct buf strings = { .p = NULL }, rows = { .p = NULL };
	struct buf bytes = { .p = NULL }, out = { .p = NULL };
	struct csv_error e = { CSV_FINE, 0, 0 };

	(void)state;
	buf_put_text(&strings, "<si><t>");
	for (size_t i = 0; i < LIMIT_CSV_FIELD_BYTES; i++)
		buf_put_u8(&strings, 'a');
	buf_put_text(&strings, "</t></si><si><t>");
	for (size_t i = 0; i < 10 * LIMIT_CSV_FIELD_BYTES; i++)
		buf_put_u8(&strings, 'a');
	buf_put_text(&strings, "</t></si>");
	/* too long, and not used */
	made_zip_book(&(struct made_book){ .strings = buf_cstr(&strings),
	    .rows = "<row><c t=\"s\"><v>0</v></c></row>" }, &bytes);
	ok(xlsx_read(buf_span(&bytes), &out, &e));
	assert_int_equal(out.n, LIMIT_CSV_FIELD_BYTES + 3);
	buf_reset(&bytes);
	made_zip_book(&(struct made_book){ .strings = buf_cstr(&strings),
	    .rows = "<row><c t=\"s\"><v>1</v></c></row>" }, &bytes);
	refuses(buf_span(&bytes), ERR_LIMIT, CSV_FIELD_TOO_LONG);
	/* 20,000 times 4096 bytes from a file of a few KiB */
	for (size_t i = 0; i < 20000; i++)
		buf_put_text(&rows, "<row><c t=\"s\"><v>0</v></c></row>");
	buf_reset(&bytes);
	made_zip_book(&(struct made_book){ .strings = buf_cstr(&strings),
	    .rows = buf_cstr(&rows) }, &bytes);
	refuses(buf_span(&bytes), ERR_LIMIT, CSV_TOO_BIG);
	buf_free(&strings);
	buf_free(&rows);
	buf_free(&bytes);
	buf_free(&out);
}

static void
too_many_files_are_refused(void **state)
{
	struct made_file *files = calloc(XLSX_ENTRIES_MAX + 1, sizeof *files);
	char(*names)[16] = calloc(XLSX_ENTRIES_MAX + 1, sizeof *names);
	struct buf bytes = { .p = NULL };

	(void)state;
	for (size_t i = 0; i <= XLSX_ENTRIES_MAX; i++) {
		(void)snprintf(names[i], sizeof names[i], "f%zu", i);
		files[i] = (struct made_file){ .name = names[i], .text = "",
			.stored = true };
	}
	made_zip(files, XLSX_ENTRIES_MAX + 1, &bytes);
	refuses(buf_span(&bytes), ERR_LIMIT, CSV_WORKBOOK_LIMIT);
	free(files);
	free(names);
	buf_free(&bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_become_text),
		cmocka_unit_test(formats_that_show_a_day),
		cmocka_unit_test(bad_sheets_are_refused),
		cmocka_unit_test(bad_archives_are_refused),
		cmocka_unit_test(bombs_are_refused),
		cmocka_unit_test(what_grows_is_bounded),
		cmocka_unit_test(too_many_files_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
