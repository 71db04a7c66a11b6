/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/xlsx_read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/records/xlsx_book.h"
#include "protocol/crypto.h"
#include "protocol/date.h"
#include "protocol/limits.h"

enum {
	ROWS_MAX = 1048576,		/* of any sheet */
	COLUMNS_MAX = 16384,
	SERIAL_MAX = 2958465,		/* 9999-12-31 */
	SERIAL_EPOCH = 25569,		/* 1970-01-01 */
	SERIAL_1904 = 1462,		/* 1904-01-01 */
	SERIAL_MARCH_1900 = 61,		/* below it a leap day that never was */
};

enum cell_type {
	CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_TRUTH, CELL_DAY,
};

struct sheet {
	const struct xlsx_book *book;
	struct buf *out;
	size_t started;			/* bytes of out that are not ours */
	size_t row, column;		/* of the cell, from 1 */
	size_t line, fields;		/* of what is in out */
	enum cell_type type;
	size_t style;
	struct buf value;
	bool in_data, in_cell, in_value, in_reading;
	struct csv_error error;
};

static err
wrong(struct sheet *s, enum csv_fault fault, err rc)
{
	s->error = (struct csv_error){ fault, s->row, s->column };
	return rc;
}

/* ---- where a cell is */

/* "AB12"; letters only count. */
static bool
read_column(const char *name, size_t *ret)
{
	size_t column = 0;

	for (; *name >= 'A' && *name <= 'Z'; name++) {
		column = column * 26 + (size_t)(*name - 'A') + 1;
		if (column > COLUMNS_MAX)
			return false;
	}
	*ret = column;
	return column > 0;
}

static err
start_row(struct sheet *s, const char *number)
{
	unsigned long row = number != NULL ? strtoul(number, NULL, 10) :
	    s->row + 1;

	if (row <= s->row || row > ROWS_MAX)
		return wrong(s, CSV_WORKBOOK, ERR_FORMAT);
	s->row = row;
	s->column = 0;
	return ERR_OK;
}

static enum cell_type
type_of(const char *name)
{
	static const struct {
		const char *name;
		enum cell_type type;
	} types[] = {
		{ "s", CELL_SHARED }, { "b", CELL_TRUTH }, { "d", CELL_DAY },
		{ "inlineStr", CELL_TEXT }, { "str", CELL_TEXT },
		{ "e", CELL_TEXT },
	};

	for (size_t i = 0; name != NULL &&
	    i < sizeof types / sizeof types[0]; i++)
		if (strcmp(types[i].name, name) == 0)
			return types[i].type;
	return CELL_NUMBER;
}

static err
start_cell(struct sheet *s, const char *const *attr)
{
	const char *where = xlsx_part_attr(attr, "r");
	const char *style = xlsx_part_attr(attr, "s");
	size_t column = s->column + 1;

	if (s->row == 0 || (where != NULL && !read_column(where, &column)) ||
	    column <= s->column || column > COLUMNS_MAX)
		return wrong(s, CSV_WORKBOOK, ERR_FORMAT);
	s->column = column;
	s->type = type_of(xlsx_part_attr(attr, "t"));
	s->style = style != NULL ? strtoul(style, NULL, 10) : 0;
	s->in_cell = true;
	buf_reset(&s->value);
	return ERR_OK;
}

/* ---- what it becomes */

/* To the line and column of the cell. */
static err
place(struct sheet *s)
{
	if (s->row > LIMIT_CSV_ROWS + 1)
		return wrong(s, CSV_TOO_MANY_ROWS, ERR_LIMIT);
	if (s->column > CSV_COLUMNS_MAX)
		return wrong(s, CSV_TOO_MANY_COLUMNS, ERR_LIMIT);
	for (; s->line < s->row; s->line++) {
		buf_put_u8(s->out, '\n');
		s->fields = 0;
	}
	for (; s->fields < s->column; s->fields++)
		if (s->fields > 0)
			buf_put_u8(s->out, ',');
	return ERR_OK;
}

static err
put(struct sheet *s, struct span text)
{
	err rc;

	if (text.n == 0)
		return ERR_OK;
	rc = place(s);
	if (rc != ERR_OK)
		return rc;
	if (text.n > LIMIT_CSV_FIELD_BYTES)
		return wrong(s, CSV_FIELD_TOO_LONG, ERR_LIMIT);
	/* each byte twice, at most, and the quotes */
	if (s->out->n - s->started + 2 * text.n + 2 > LIMIT_CSV_BYTES)
		return wrong(s, CSV_TOO_BIG, ERR_LIMIT);
	buf_put_u8(s->out, '"');
	for (size_t i = 0; i < text.n; i++) {
		uint8_t b = text.p[i];

		if (b == '"')
			buf_put_u8(s->out, '"');
		buf_put_u8(s->out, b == '\n' || b == '\r' ? ' ' : b);
	}
	buf_put_u8(s->out, '"');
	return buf_err(s->out);
}

static err
put_text(struct sheet *s, const char *text)
{
	return put(s, (struct span){ (const uint8_t *)text, strlen(text) });
}

static bool
shows_day(const struct sheet *s)
{
	return s->style < s->book->style_count &&
	    s->book->dates[s->style] != 0;
}

static err
put_number(struct sheet *s)
{
	const char *text = buf_cstr(&s->value);
	char *end = NULL, shown[32];
	double v = strtod(text, &end);

	if (end == text || *end != '\0' || !isfinite(v))
		return put(s, buf_span(&s->value));
	if (shows_day(s) && v >= 0 && v < SERIAL_MAX + 1) {
		int64_t day = (int64_t)v - SERIAL_EPOCH;

		if (s->book->calendar_1904)
			day += SERIAL_1904;
		else if (v < SERIAL_MARCH_1900)
			day++;
		date_format(day, shown);
	} else if (fabs(v) < 1e15 && floor(v) == v) {
		(void)snprintf(shown, sizeof shown, "%.0f", v);
	} else {
		(void)snprintf(shown, sizeof shown, "%.15g", v);
	}
	return put_text(s, shown);
}

static err
put_shared(struct sheet *s)
{
	const char *text = buf_cstr(&s->value);
	char *end = NULL;
	unsigned long at = strtoul(text, &end, 10);

	if (end == text || *end != '\0' || at >= s->book->string_count)
		return wrong(s, CSV_WORKBOOK, ERR_FORMAT);
	return put(s, (struct span){
	    s->book->text.p + s->book->strings[at].from,
	    s->book->strings[at].n });
}

static err
end_cell(struct sheet *s)
{
	struct span value = buf_span(&s->value);

	s->in_cell = false;
	if (value.n == 0)
		return ERR_OK;
	switch (s->type) {
	case CELL_NUMBER:
		return put_number(s);
	case CELL_SHARED:
		return put_shared(s);
	case CELL_TRUTH:
		return put_text(s, value.p[0] == '1' ? "TRUE" : "FALSE");
	case CELL_DAY:		/* 2022-03-27T00:00:00 */
		if (value.n > 10 && value.p[10] == 'T')
			value.n = 10;
		return put(s, value);
	case CELL_TEXT:
		break;
	}
	return put(s, value);
}

/* ---- events */

static err
on_start(void *ctx, const char *name, const char *const *attr)
{
	struct sheet *s = ctx;

	if (strcmp(name, "sheetData") == 0)
		s->in_data = true;
	if (!s->in_data)
		return ERR_OK;
	if (strcmp(name, "row") == 0)
		return start_row(s, xlsx_part_attr(attr, "r"));
	if (strcmp(name, "c") == 0)
		return start_cell(s, attr);
	if (strcmp(name, "rPh") == 0)
		s->in_reading = true;
	if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
		s->in_value = s->in_cell && !s->in_reading;
	return ERR_OK;
}

static err
on_end(void *ctx, const char *name)
{
	struct sheet *s = ctx;

	if (strcmp(name, "sheetData") == 0)
		s->in_data = false;
	if (strcmp(name, "rPh") == 0)
		s->in_reading = false;
	if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
		s->in_value = false;
	return s->in_cell && strcmp(name, "c") == 0 ? end_cell(s) : ERR_OK;
}

/* One byte above the limit is kept, for it to be seen. */
static err
on_text(void *ctx, struct span text)
{
	struct sheet *s = ctx;
	size_t room = LIMIT_CSV_FIELD_BYTES + 1 - s->value.n;

	if (!s->in_value)
		return ERR_OK;
	buf_put(&s->value, text.p, text.n < room ? text.n : room);
	return buf_err(&s->value);
}

/* ---- xlsx_read.h */

bool
xlsx_read_is(struct span bytes)
{
	return bytes.n >= 4 && memcmp(bytes.p, "PK\3\4", 4) == 0;
}

static err
read_sheet(struct xlsx_archive *a, const struct xlsx_book *b,
    struct sheet *s)
{
	struct xlsx_sink sink = { on_start, on_end, on_text, s };
	err rc;

	s->book = b;
	s->line = 1;
	rc = xlsx_part_read(a, b->sheet, &sink);
	if (rc == ERR_OK && s->out->n > s->started)
		buf_put_u8(s->out, '\n');
	if (s->value.p != NULL)
		crypto_wipe(s->value.p, s->value.cap);
	buf_free(&s->value);
	return rc == ERR_OK ? buf_err(s->out) : rc;
}

err
xlsx_read(struct span bytes, struct buf *out, struct csv_error *ret_error)
{
	struct sheet s = { .out = out, .started = out->n };
	struct xlsx_archive *a = NULL;
	struct xlsx_book book;
	err rc = bytes.n <= LIMIT_CSV_BYTES ? xlsx_part_open(bytes, &a) :
	    wrong(&s, CSV_TOO_BIG, ERR_LIMIT);

	if (rc == ERR_OK) {
		rc = xlsx_book_read(a, &book);
		if (rc == ERR_OK) {
			rc = read_sheet(a, &book, &s);
			xlsx_book_free(&book);
		}
	}
	xlsx_part_close(a);
	if (rc == ERR_ABSENT)
		rc = ERR_FORMAT;
	if (rc != ERR_OK && rc != ERR_NOMEM && s.error.fault == CSV_FINE)
		s.error.fault = rc == ERR_LIMIT ? CSV_WORKBOOK_LIMIT :
		    CSV_WORKBOOK;
	if (rc == ERR_FORMAT || rc == ERR_LIMIT)
		*ret_error = s.error;
	return rc;
}
