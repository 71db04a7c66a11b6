/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/xlsx_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

#include "protocol/date.h"

enum {
	NAME_CHARS = 31,		/* of a sheet */
	WIDTH_MIN = 8, WIDTH_MAX = 50,
	NUMBER_BYTES = 32,
	CHART_GAP = 1,			/* columns between table and chart */
};

struct book {
	lxw_workbook *workbook;
	lxw_format *heading, *number, *percent, *day, *text;
};

/* ---- names and widths */

/* A name that a sheet may have: no more than 31 characters, some not. */
static void
sheet_name(const char *title, size_t number, char ret[static 128])
{
	size_t n = 0, chars = 0;

	for (; *title != '\0' && n < 120; title++) {
		bool first = ((uint8_t)*title & 0xc0) != 0x80;

		if (first && chars == NAME_CHARS)
			break;
		chars += first;
		ret[n++] = strchr("[]:*?/\\'", *title) != NULL ? ' ' : *title;
	}
	ret[n] = '\0';
	if (n == 0)
		(void)snprintf(ret, 128, "%zu", number + 1);
}

static size_t
characters(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += (s.p[i] & 0xc0) != 0x80;
	return n;
}

static double
width_of(const struct export_table *t, size_t column)
{
	const char *heading = export_table_heading(t, column);
	size_t most = characters((struct span){ (const uint8_t *)heading,
	    strlen(heading) }) + 3;	/* the button of the filter */

	for (size_t row = 0; row < export_table_rows(t); row++) {
		size_t n = characters(export_table_at(t, row, column)) + 1;
		most = n > most ? n : most;
	}
	return (double)(most < WIDTH_MIN ? WIDTH_MIN :
	    most > WIDTH_MAX ? WIDTH_MAX : most);
}

/* ---- cells */

static bool
read_number(struct span text, double *ret)
{
	char digits[NUMBER_BYTES], *end = NULL;

	if (text.n == 0 || text.n >= sizeof digits)
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (strchr("0123456789.-", text.p[i]) == NULL ||
		    text.p[i] == '\0')
			return false;
	memcpy(digits, text.p, text.n);
	digits[text.n] = '\0';
	*ret = strtod(digits, &end);
	return *end == '\0';
}

static lxw_error
put_text(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
    struct span text, lxw_format *format)
{
	char *copy = malloc(text.n + 1);
	lxw_error e;

	if (copy == NULL)
		return LXW_ERROR_MEMORY_MALLOC_FAILED;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	e = worksheet_write_string(sheet, row, column, copy, format);
	free(copy);
	return e;
}

static lxw_error
put_day(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, int64_t days,
    lxw_format *format)
{
	lxw_datetime when = { .hour = 0 };

	date_to_civil(days, &when.year, &when.month, &when.day);
	return worksheet_write_datetime(sheet, row, column, &when, format);
}

/* As its column says, where it can be; else as a text. */
static lxw_error
put_cell(const struct book *b, lxw_worksheet *sheet, lxw_row_t row,
    lxw_col_t column, struct span text, enum export_kind kind)
{
	double number;
	int64_t days;
	int year = 0, month, day;

	if (text.n == 0)
		return LXW_NO_ERROR;
	if (kind == EXPORT_DAY && date_parse(text, &days) == ERR_OK) {
		date_to_civil(days, &year, &month, &day);
		if (year >= 1900)	/* the calendar begins there */
			return put_day(sheet, row, column, days, b->day);
	}
	if ((kind == EXPORT_NUMBER || kind == EXPORT_PERCENT) &&
	    read_number(text, &number))
		return worksheet_write_number(sheet, row, column, number,
		    kind == EXPORT_PERCENT ? b->percent : b->number);
	return put_text(sheet, row, column, text, b->text);
}

/* ---- sheets */

static lxw_error
put_rows(const struct book *b, const struct export_table *t,
    lxw_worksheet *sheet)
{
	size_t columns = export_table_columns(t);
	lxw_error e = LXW_NO_ERROR;

	for (size_t c = 0; e == LXW_NO_ERROR && c < columns; c++) {
		e = worksheet_set_column(sheet, (lxw_col_t)c, (lxw_col_t)c,
		    width_of(t, c), NULL);
		if (e == LXW_NO_ERROR)
			e = worksheet_write_string(sheet, 0, (lxw_col_t)c,
			    export_table_heading(t, c), b->heading);
	}
	for (size_t row = 0; row < export_table_rows(t); row++)
		for (size_t c = 0; e == LXW_NO_ERROR && c < columns; c++)
			e = put_cell(b, sheet, (lxw_row_t)(row + 1),
			    (lxw_col_t)c, export_table_at(t, row, c),
			    export_table_kind(t, c));
	return e;
}

static lxw_error
put_chart(const struct book *b, const struct export_table *t,
    lxw_worksheet *sheet, const char *name)
{
	const struct export_chart *c = export_table_charted(t);
	lxw_row_t last = (lxw_row_t)export_table_rows(t);
	lxw_chart *chart;

	if (c->shape == EXPORT_NO_CHART || last == 0)
		return LXW_NO_ERROR;
	chart = workbook_add_chart(b->workbook, c->shape == EXPORT_LYING ?
	    LXW_CHART_BAR : LXW_CHART_COLUMN);
	if (chart == NULL)
		return LXW_ERROR_MEMORY_MALLOC_FAILED;
	for (size_t i = 0; i < c->series_count; i++) {
		lxw_col_t labels = (lxw_col_t)c->labels;
		lxw_col_t values = (lxw_col_t)c->series[i];
		lxw_chart_series *s = chart_add_series(chart, NULL, NULL);

		if (s == NULL)
			return LXW_ERROR_MEMORY_MALLOC_FAILED;
		chart_series_set_categories(s, name, 1, labels, last, labels);
		chart_series_set_values(s, name, 1, values, last, values);
		chart_series_set_name_range(s, name, 0, values);
	}
	chart_title_set_name(chart, c->title);
	if (c->shape == EXPORT_LYING)	/* the first row on top */
		chart_axis_set_reverse(chart->y_axis);
	if (c->series_count == 1)
		chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
	return worksheet_insert_chart(sheet, 1,
	    (lxw_col_t)(export_table_columns(t) + CHART_GAP), chart);
}

static lxw_error
put_sheet(const struct book *b, const struct export_table *t, size_t number)
{
	size_t columns = export_table_columns(t), rows = export_table_rows(t);
	lxw_worksheet *sheet;
	char name[128];
	lxw_error e;

	sheet_name(export_table_title(t), number, name);
	/* another has it: the library would say so on stderr */
	if (workbook_get_worksheet_by_name(b->workbook, name) != NULL)
		sheet_name("", number, name);
	sheet = workbook_add_worksheet(b->workbook, name);
	if (sheet == NULL)
		return LXW_ERROR_PARAMETER_VALIDATION;
	worksheet_freeze_panes(sheet, 1, 0);
	worksheet_set_landscape(sheet);
	worksheet_fit_to_pages(sheet, 1, 0);
	e = worksheet_repeat_rows(sheet, 0, 0);
	if (e == LXW_NO_ERROR)
		e = put_rows(b, t, sheet);
	if (e == LXW_NO_ERROR && rows > 0 && columns > 0)
		e = worksheet_autofilter(sheet, 0, 0, (lxw_row_t)rows,
		    (lxw_col_t)(columns - 1));
	return e == LXW_NO_ERROR ? put_chart(b, t, sheet, name) : e;
}

static void
make_formats(struct book *b)
{
	b->heading = workbook_add_format(b->workbook);
	format_set_bold(b->heading);
	format_set_bg_color(b->heading, 0xe7eef7);
	format_set_bottom(b->heading, LXW_BORDER_THIN);
	b->number = workbook_add_format(b->workbook);
	format_set_num_format(b->number, "0");
	b->percent = workbook_add_format(b->workbook);
	format_set_num_format(b->percent, "0.0");
	b->day = workbook_add_format(b->workbook);
	format_set_num_format(b->day, "dd/mm/yyyy");
	b->text = workbook_add_format(b->workbook);
	format_set_num_format(b->text, "@");
}

err
xlsx_write(const struct export_table *const *tables, size_t count,
    const char *path, const char *folder)
{
	lxw_workbook_options o = {
		.tmpdir = (char *)(uintptr_t)folder,
	};
	struct book b = { .workbook = workbook_new_opt(path, &o) };
	lxw_error e = LXW_NO_ERROR, closed;

	if (b.workbook == NULL)
		return ERR_NOMEM;
	make_formats(&b);
	for (size_t i = 0; e == LXW_NO_ERROR && i < count; i++)
		e = put_sheet(&b, tables[i], i);
	closed = workbook_close(b.workbook);	/* frees it too */
	if (e == LXW_NO_ERROR)
		e = closed;
	if (e == LXW_NO_ERROR)
		return ERR_OK;
	return e == LXW_ERROR_MEMORY_MALLOC_FAILED ? ERR_NOMEM : ERR_IO;
}
