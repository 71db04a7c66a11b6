/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx_book.h -- what the sheet of a workbook needs of the other parts: where
 * it is, shared strings, which styles show a day.
 */
#ifndef NGUON_RECORDS_XLSX_BOOK_H
#define NGUON_RECORDS_XLSX_BOOK_H

#include "client/records/xlsx_part.h"

enum { XLSX_PATH_BYTES = 256 };

/* One text; longer ones are cut behind LIMIT_CSV_FIELD_BYTES + 1 bytes, so
 * that the reader of the table refuses them where they are used. */
struct xlsx_string {
	uint32_t from, n;
};
/* Owner: xlsx_book_free, which wipes the strings. */
struct xlsx_book {
	char sheet[XLSX_PATH_BYTES];	/* part of the first sheet */
	bool calendar_1904;
	struct buf text;		/* of the strings */
	struct xlsx_string *strings;
	size_t string_count, string_cap;
	uint8_t *dates;			/* by style: 1 shows a day */
	size_t style_count, style_cap;
};
/* Errors: ERR_FORMAT no workbook; ERR_LIMIT; ERR_NOMEM.  After an error it is
 * freed too. */
MUST_USE err xlsx_book_read(struct xlsx_archive *a, struct xlsx_book *ret);
void xlsx_book_free(struct xlsx_book *b);

/* Whether a number format shows a day (y, d, or m without hours). */
bool xlsx_book_format_is_date(const char *code);

#endif
