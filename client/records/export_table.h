/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export_table.h -- a table to be taken along: as CSV, or as a sheet of an
 * XLSX workbook.
 *
 * CSV is RFC 4180 in UTF-8 with a byte order mark, which spreadsheets need to
 * see that it is UTF-8.  A text that a spreadsheet would take for a formula
 * gets an apostrophe before it; our import takes it away again, so that what
 * was exported goes in as it was.  In XLSX a text is a text, and needs none.
 */
#ifndef NGUON_RECORDS_EXPORT_TABLE_H
#define NGUON_RECORDS_EXPORT_TABLE_H

#include "protocol/bytes.h"

enum export_kind {
	EXPORT_TEXT,
	EXPORT_NUMBER,		/* digits, perhaps with a point */
	EXPORT_PERCENT,		/* 25.0 */
	EXPORT_DAY,		/* YYYY-MM-DD */
};
enum { EXPORT_COLUMNS_MAX = 64, EXPORT_SERIES_MAX = 4 };

/* A chart beside the table, over some of its rows. */
enum export_shape { EXPORT_NO_CHART, EXPORT_UPRIGHT, EXPORT_LYING };
struct export_chart {
	enum export_shape shape;
	const char *title;		/* borrowed */
	size_t labels;			/* column of what each bar is */
	size_t series[EXPORT_SERIES_MAX];	/* columns of numbers */
	size_t series_count;
};

/* Putting never fails: what ran out is said by export_table_err. */
struct export_table;
struct export_table *export_table_new(const char *title); /* NULL: memory */
void export_table_free(struct export_table *t);		/* wipes */
void export_table_column(struct export_table *t, const char *heading,
    enum export_kind kind);
/* The next cell, row by row; a text that does not fit the kind of its column
 * stays a text. */
void export_table_cell(struct export_table *t, struct span text);
void export_table_text(struct export_table *t, const char *text);
void export_table_number(struct export_table *t, uint64_t value);
void export_table_chart(struct export_table *t, const struct export_chart *c);
/* ERR_NOMEM; ERR_LIMIT above EXPORT_COLUMNS_MAX or LIMIT_CSV_*. */
MUST_USE err export_table_err(const struct export_table *t);

const char *export_table_title(const struct export_table *t);
size_t export_table_columns(const struct export_table *t);
size_t export_table_rows(const struct export_table *t);	/* whole ones */
const char *export_table_heading(const struct export_table *t, size_t column);
enum export_kind export_table_kind(const struct export_table *t,
    size_t column);
struct span export_table_at(const struct export_table *t, size_t row,
    size_t column);
const struct export_chart *export_table_charted(const struct export_table *t);

/* A text that begins with = + - @, a tab or a carriage return, perhaps behind
 * apostrophes. */
bool export_table_is_formula(struct span text);
/* Appends the table.  ERR_NOMEM; export_table_err. */
MUST_USE err export_table_csv(const struct export_table *t, struct buf *out);
/*
 * export_table_save(tables, count, path): as the name of the file says: .xlsx
 * with a sheet a table, or .csv with the first of them.  0600, for there are
 * names in it; replaces what is there.
 * Errors: ERR_USAGE another ending; export_table_err; those of paths_write.
 */
MUST_USE err export_table_save(const struct export_table *const *tables,
    size_t count, const char *path);

#endif
