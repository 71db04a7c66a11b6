/* SPDX-License-Identifier: Apache-2.0 */
/* test_import_columns.c -- columns by what people call them; CSV and XLSX. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/records/export_table.h"
#include "client/records/import_columns.h"
#include "client/records/people.h"
#include "tests/support/little_hub.h"
#include "tests/support/made_zip.h"
#include "tests/support/temp_folder.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

struct desk {
	char *dir;
	struct little_hub hub;
	struct store *s;
};

static struct span
text(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

static void
ok(err e)
{
	assert_string_equal(err_name(e), err_name(ERR_OK));
}

static int
setup(void **state)
{
	static struct desk d;

	d = (struct desk){ .dir = temp_folder_make() };
	little_hub_open(&d.hub);
	d.s = little_hub_commune(&d.hub, d.dir);
	*state = &d;
	return 0;
}

static int
teardown(void **state)
{
	struct desk *d = *state;

	store_close(d->s);
	little_hub_close(&d->hub);
	temp_folder_remove(d->dir);
	return 0;
}

static void
headings_mean_columns(void **state)
{
	static const struct {
		enum import_table table;
		const char *heading, *name;	/* NULL: nothing */
	} rows[] = {
		{ IMPORT_PEOPLE, "Họ và tên", "full_name" },
		{ IMPORT_PEOPLE, "HỌ TÊN", "full_name" },
		{ IMPORT_PEOPLE, "ho ten", "full_name" },
		{ IMPORT_PEOPLE, "Full name", "full_name" },
		{ IMPORT_PEOPLE, "full_name", "full_name" },
		{ IMPORT_PEOPLE, "Năm sinh:", "birth_year" },
		{ IMPORT_PEOPLE, "Ngày, tháng, năm sinh", "birth_date" },
		{ IMPORT_PEOPLE, "Giới tính", "gender" },
		{ IMPORT_PEOPLE, "Nam/Nữ", "gender" },
		{ IMPORT_PEOPLE, "Chi bộ", "cell" },
		{ IMPORT_PEOPLE, "Thôn", "cell" },
		{ IMPORT_PEOPLE, "Số điện thoại", "phone" },
		{ IMPORT_PEOPLE, "SĐT", "phone" },
		{ IMPORT_PEOPLE, "Nơi làm việc", "workplace" },
		{ IMPORT_PEOPLE, "Trình độ", "education" },
		{ IMPORT_PEOPLE, "Đoàn thể", "organisation" },
		{ IMPORT_PEOPLE, "Nơi ở", "residence" },
		{ IMPORT_PEOPLE, "Mã", "ref" },
		{ IMPORT_PEOPLE, "Ghi chú", "notes" },
		{ IMPORT_PEOPLE, "STT", NULL },
		{ IMPORT_PEOPLE, "Họ", NULL },
		{ IMPORT_PEOPLE, "", NULL },
		{ IMPORT_PEOPLE, "\xff", NULL },
		{ IMPORT_EVENTS, "Ngày", "date" },
		{ IMPORT_EVENTS, "Sự kiện", "event" },
		{ IMPORT_EVENTS, "Mã", "person" },
		{ IMPORT_EVENTS, "Lý do", "reason" },
		{ IMPORT_EVENTS, "lí do", NULL },
		{ IMPORT_ACTIVITIES, "Tên hoạt động", "title" },
		{ IMPORT_ACTIVITIES, "Số người tham gia", "participants" },
		{ IMPORT_CELLS, "Tên chi bộ", "name" },
		{ IMPORT_CELLS, "Mã chi bộ", "cell" },
		{ IMPORT_QUOTAS, "Năm", "year" },
		{ IMPORT_QUOTAS, "Chỉ tiêu", "quota" },
		{ IMPORT_QUOTAS, "Lý do", "why" },
	};
	static const char *const names[] = { "ref", "cell", "full_name",
		"birth_date", "birth_year", "gender", "organisation",
		"residence", "workplace", "education", "phone", "notes", "date",
		"person", "event", "reason", "title", "participants", "name",
		"members", "commissioner", "year", "quota", "why" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t k = 0; k < COUNT(names); k++)
			if (import_columns_means(text(rows[i].heading),
			    rows[i].table, names[k]) != (rows[i].name != NULL &&
			    strcmp(rows[i].name, names[k]) == 0))
				fail_msg("%s: %s", rows[i].heading, names[k]);
}

static void
cells_by_code_or_name(void **state)
{
	static const struct own_cell cells[] = {
		{ .code = "a", .name = "Chi bộ thôn Ba Mơ" },
		{ .code = "b", .name = "Đồng Cả" },
		{ .code = "c", .name = "Chi bộ Gò Đình" },
		{ .code = "d", .name = "Thôn Gò Đình" },
		{ .code = "e", .name = "" },
	};
	static const struct {
		const char *text, *code;
	} rows[] = {
		{ "a", "a" }, { "Ba Mơ", "a" }, { "thôn ba mơ", "a" },
		{ "Chi bộ thôn Ba Mơ", "a" }, { "dong ca", "b" },
		{ "Chi bộ Đồng Cả", "b" }, { "Gò Đình", NULL },
		{ "", NULL }, { "Ba", NULL }, { "Chi bộ", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct own_cell *c = import_columns_cell(cells,
		    COUNT(cells), text(rows[i].text));

		if ((c == NULL) != (rows[i].code == NULL) ||
		    (c != NULL && strcmp(c->code, rows[i].code) != 0))
			fail_msg("%s", rows[i].text);
	}
}

static struct import *
judge(struct store *s, enum import_table table, struct span bytes)
{
	struct import_options o = { .cell = NULL };
	struct import_fault fault;
	struct import *i = NULL;

	ok(import_read(s, table, bytes, &o, &i, &fault));
	return i;
}

static void
write_all(struct import *i, size_t want)
{
	size_t written = 0;

	assert_int_equal(import_to_write(i), want);
	ok(import_write(i, &written));
	assert_int_equal(written, want);
	import_free(i);
}

static void
a_workbook_is_imported(void **state)
{
	static const char *const cells = "Mã,Tên chi bộ\na,Chi bộ Ba Mơ\n";
	static const char *const csv = "STT;Họ và tên;Năm sinh;Thôn;SĐT;"
	    "Di động\n1;Lê Văn Đức;1990;Ba Mơ;'+84912;1\n";
	struct desk *d = *state;
	struct people_list l = { .count = 0 };
	struct buf book = { .p = NULL };
	struct span used = { NULL, 0 };
	struct import *i;

	write_all(judge(d->s, IMPORT_CELLS, text(cells)), 1);
	i = judge(d->s, IMPORT_PEOPLE, text(csv));
	assert_true(span_equal(import_unknown_column(i, 0), text("STT")));
	assert_int_equal(import_unknown_column(i, 1).n, 0);
	assert_true(span_equal(import_ambiguous_column(i, 0, &used),
	    text("Di động")));
	assert_true(span_equal(used, text("SĐT")));
	assert_int_equal(import_ambiguous_column(i, 1, &used).n, 0);
	assert_true(span_equal(import_heading(i, "birth_year"),
	    text("Năm sinh")));
	assert_true(span_equal(import_heading(i, "notes"), text("notes")));
	write_all(i, 1);
	/* the same person from a workbook, and another one */
	made_zip_book(&(struct made_book){ .styles = "<cellXfs><xf "
	    "numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs>", .rows =
	    "<row r=\"2\"><c t=\"inlineStr\"><is><t>Họ tên</t></is></c>"
	    "<c t=\"inlineStr\"><is><t>Năm sinh</t></is></c>"
	    "<c t=\"inlineStr\"><is><t>Ngày sinh</t></is></c>"
	    "<c t=\"inlineStr\"><is><t>Chi bộ</t></is></c></row>"
	    "<row r=\"4\"><c t=\"inlineStr\"><is><t>LE VAN DUC</t></is></c>"
	    "<c><v>1990</v></c><c r=\"D4\" t=\"inlineStr\"><is><t>a</t></is>"
	    "</c></row><row><c t=\"inlineStr\"><is><t>Trần Hoa</t></is></c>"
	    "<c/><c s=\"1\"><v>34400</v></c><c t=\"inlineStr\"><is><t>a</t>"
	    "</is></c></row>" }, &book);
	i = judge(d->s, IMPORT_PEOPLE, buf_span(&book));
	assert_int_equal(import_count(i), 2);
	assert_int_equal(import_row(i, 0)->line, 4);
	assert_int_equal(import_row(i, 0)->colour, IMPORT_YELLOW);
	assert_false(import_row(i, 0)->written);
	write_all(i, 1);
	buf_free(&book);
	ok(people_list_find(d->s, NULL, text("hoa tran"), &l));
	assert_string_equal(l.person[0].text[PEOPLE_BIRTH_DATE],
	    "1994-03-07");
	people_list_free(&l);
	ok(people_list_find(d->s, NULL, text("le duc"), &l));
	assert_string_equal(l.person[0].text[PEOPLE_PHONE], "+84912");
	people_list_free(&l);
}

static void
steps_by_name_or_word(void **state)
{
	static const struct {
		const char *text;
		enum step step;
	} rows[] = {
		{ "class_completed", STEP_CLASS_COMPLETED },
		{ "Class completed", STEP_CLASS_COMPLETED },
		{ "Học xong lớp nhận thức", STEP_CLASS_COMPLETED },
		{ "KẾT NẠP", STEP_ADMITTED }, { "ket nap", STEP_ADMITTED },
		{ "Theo dõi, thử thách", STEP_TRIAL_STARTED },
		{ "Introduced to the class", STEP_INTRODUCED },
		{ "danced", STEP_NONE }, { "", STEP_NONE },
		{ "\xff", STEP_NONE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (import_columns_step(text(rows[i].text)) != rows[i].step)
			fail_msg("%s", rows[i].text);
}

static void
a_list_may_have_a_title(void **state)
{
	struct desk *d = *state;
	struct import_options o = { .cell = NULL };
	struct import_fault fault;
	struct import *i;

	write_all(judge(d->s, IMPORT_CELLS, text("cell,name\na,A\n")), 1);
	i = judge(d->s, IMPORT_PEOPLE, text("XÃ HƯƠNG SƠN,,\n\n"
	    "DANH SÁCH NGUỒN,,\nNăm 2026,,\nHọ tên,Năm sinh,Thôn\n"
	    "Lê A,1990,a\n"));
	assert_int_equal(import_count(i), 1);
	assert_int_equal(import_row(i, 0)->line, 6);
	write_all(i, 1);
	/* without a heading the first row is what is said to lack it */
	assert_int_equal(import_read(d->s, IMPORT_PEOPLE,
	    text("a,b\nc,d\ne,f\n"), &o, &i, &fault), ERR_FORMAT);
	assert_string_equal(fault.missing, "full_name");
}

static void
a_bad_workbook_is_told(void **state)
{
	struct desk *d = *state;
	struct import_options o = { .cell = NULL };
	struct import_fault fault;
	struct import *i = NULL;

	assert_int_equal(import_read(d->s, IMPORT_PEOPLE,
	    text("PK\3\4 and nothing that follows is one"), &o, &i, &fault),
	    ERR_FORMAT);
	assert_int_equal(fault.csv.fault, CSV_WORKBOOK);
	assert_null(i);
}

static void
count_up(void *ctx, uint64_t done, uint64_t total)
{
	uint64_t *last = ctx;

	assert_int_equal(done, *last + 1);
	assert_int_equal(total, 2);
	*last = done;
}

static void
who_watches_is_told_of_each_row(void **state)
{
	struct desk *d = *state;
	uint64_t last = 0;
	struct import *i;

	write_all(judge(d->s, IMPORT_CELLS, text("cell,name\na,A\n")), 1);
	i = judge(d->s, IMPORT_PEOPLE,
	    text("Họ tên,Chi bộ\nLê A,a\nLê B,a\n,a\n"));
	import_watch(i, count_up, &last);
	write_all(i, 2);
	assert_int_equal(last, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define AT_A_DESK(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		cmocka_unit_test(headings_mean_columns),
		cmocka_unit_test(cells_by_code_or_name),
		AT_A_DESK(a_workbook_is_imported),
		cmocka_unit_test(steps_by_name_or_word),
		AT_A_DESK(a_list_may_have_a_title),
		AT_A_DESK(a_bad_workbook_is_told),
		AT_A_DESK(who_watches_is_told_of_each_row),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
