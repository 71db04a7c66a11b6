/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made_zip.h -- archives and small XLSX workbooks for tests.  What fails ends
 * the program.
 */
#ifndef NGUON_MADE_ZIP_H
#define NGUON_MADE_ZIP_H

#include "protocol/bytes.h"

/* A file in an archive; text NULL: `blanks` blanks between the two ends. */
struct made_file {
	const char *name;
	const char *text;
	size_t blanks;
	const char *head, *tail;
	bool stored;			/* not deflated */
};
/* Appended to out. */
void made_zip(const struct made_file *files, size_t count, struct buf *out);

/* A workbook with one sheet; parts NULL: none of that.  rows: what is within
 * <sheetData>; strings: within <sst>; styles: within <styleSheet>. */
struct made_book {
	const char *rows;
	const char *strings;
	const char *styles;
	bool calendar_1904;
	bool stored;
};
void made_zip_book(const struct made_book *b, struct buf *out);

#endif
