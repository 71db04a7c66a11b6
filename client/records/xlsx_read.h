/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx_read.h -- the first sheet of an XLSX workbook, as the table that csv.h
 * reads: one reader of rows for both.  Hostile bytes are safe.
 *
 * What a cell becomes: text as it is, with blanks for line ends; a number in
 * the shortest digits that give it back; one whose format shows a day as
 * YYYY-MM-DD (1900 and 1904 calendars); TRUE and FALSE; a formula as its last
 * result; an error as its name (#N/A).  The first sheet is the first that is
 * not hidden.  Row N of the sheet is line N of the table.
 *
 * Invariants: 1. XLSX_* and LIMIT_CSV_* hold before anything is allocated, and
 * again while parts are unpacked.  2. a document type, and so every entity of
 * its own, ends the reading.  3. only the parts that are needed are unpacked,
 * and their check sums must be right.
 */
#ifndef NGUON_RECORDS_XLSX_READ_H
#define NGUON_RECORDS_XLSX_READ_H

#include "client/records/csv.h"

enum {
	XLSX_ENTRIES_MAX = 1000,	/* files in the archive */
	XLSX_PART_BYTES = 268435456,	/* one of them unpacked */
	XLSX_DEPTH_MAX = 32,		/* of elements */
	XLSX_STRINGS_MAX = 2000000,	/* shared ones */
	XLSX_STYLES_MAX = 65536,
};

/* Whether the bytes begin as every XLSX file does. */
bool xlsx_read_is(struct span bytes);
/*
 * xlsx_read(bytes, out, ret_error): appends the sheet, as CSV with every field
 * in quotes.  The caller wipes out.  line and column of the error are those
 * of the sheet.
 * Errors: ERR_FORMAT, ERR_LIMIT, with *ret_error; ERR_NOMEM.
 */
MUST_USE err xlsx_read(struct span bytes, struct buf *out,
    struct csv_error *ret_error);

#endif
