/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv.h -- a table as spreadsheets write it: RFC 4180, with a heading, in
 * UTF-8 with or without a byte order mark; any line ending; parted by commas,
 * semicolons or tabs, whichever the heading has most of.  Hostile bytes are
 * safe.
 *
 * Invariants: 1. every size is within LIMIT_CSV_* and CSV_COLUMNS_MAX before
 * anything is allocated for it.  2. rows whose fields are all empty are passed
 * over.  3. a quote inside a field that does not begin with one is a letter
 * like any other.
 */
#ifndef NGUON_RECORDS_CSV_H
#define NGUON_RECORDS_CSV_H

#include "protocol/bytes.h"

enum { CSV_COLUMNS_MAX = 64 };
#define CSV_NONE SIZE_MAX

enum csv_fault {
	CSV_FINE,
	CSV_EMPTY,		/* not even a heading */
	CSV_ENCODING,		/* UTF-16, or a byte that is no text */
	CSV_QUOTE,		/* something behind a closing quote */
	CSV_OPEN_QUOTE,		/* a quote that is never closed */
	CSV_HEADING_TWICE,	/* two columns of one name */
	CSV_TOO_BIG,		/* LIMIT_CSV_BYTES */
	CSV_TOO_MANY_ROWS,	/* LIMIT_CSV_ROWS */
	CSV_TOO_MANY_COLUMNS,	/* CSV_COLUMNS_MAX */
	CSV_FIELD_TOO_LONG,	/* LIMIT_CSV_FIELD_BYTES */
	/* of xlsx_read.h */
	CSV_WORKBOOK,		/* no XLSX workbook, or a damaged one */
	CSV_WORKBOOK_LIMIT,	/* XLSX_* */
};
/* Where it is wrong: line of the file and column, both from 1 (0: the whole
 * file). */
struct csv_error {
	enum csv_fault fault;
	size_t line;
	size_t column;
};

struct csv;
/*
 * csv_read(text, ret, ret_error): Owner: the caller, csv_free; text is not
 * kept.  Errors: ERR_FORMAT, ERR_LIMIT, with *ret_error; ERR_NOMEM.
 */
MUST_USE err csv_read(struct span text, struct csv **ret,
    struct csv_error *ret_error);
void csv_free(struct csv *c);			/* wipes; NULL is allowed */

/*
 * csv_take_heading(c, row, ret_error): that row becomes the heading, and what
 * stands above it is no part of the table: lists have titles.
 * Errors: ERR_FORMAT, with *ret_error, and nothing is changed: two columns of
 * one name.
 */
MUST_USE err csv_take_heading(struct csv *c, size_t row,
    struct csv_error *ret_error);

size_t csv_rows(const struct csv *c);		/* without the heading */
size_t csv_columns(const struct csv *c);	/* of the heading */
char csv_separator(const struct csv *c);
/* Headings without blanks around them; field names are compared without
 * regard to case (ASCII).  csv_column: CSV_NONE if there is no such one. */
struct span csv_heading(const struct csv *c, size_t column);
size_t csv_column(const struct csv *c, const char *name);
/* The field as written, quotes undone; empty if the row is too short, or
 * column is CSV_NONE. */
struct span csv_field(const struct csv *c, size_t row, size_t column);
/* Fields of that row: a row with fewer or more than the heading is the
 * caller's to judge. */
size_t csv_width(const struct csv *c, size_t row);
/* The line of the file where the row begins, from 1. */
size_t csv_line(const struct csv *c, size_t row);

/* Appends one field, in quotes where it needs them. */
void csv_put(struct buf *out, struct span field, char separator);

#endif
