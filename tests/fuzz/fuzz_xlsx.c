/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_xlsx.c -- any bytes as a workbook, or, where they do not begin as one,
 * as the rows of its sheet.  What is read is CSV that csv.h takes, or refuses
 * for what a sheet may well have.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "client/records/xlsx_read.h"
#include "tests/support/made_zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char strings[] = "<si><t>a</t></si><si><r><t>b</t></r></si>";
static const char styles[] = "<numFmts><numFmt numFmtId=\"164\" "
    "formatCode=\"dd/mm\"/></numFmts><cellXfs><xf numFmtId=\"0\"/>"
    "<xf numFmtId=\"14\"/><xf numFmtId=\"164\"/></cellXfs>";

static void
read_book(struct span bytes)
{
	struct csv_error e = { CSV_FINE, 0, 0 };
	struct buf out = { .p = NULL };
	struct csv *csv = NULL;
	err rc = xlsx_read(bytes, &out, &e);

	if ((rc == ERR_FORMAT || rc == ERR_LIMIT) && e.fault == CSV_FINE)
		abort();
	if (rc == ERR_OK) {
		rc = csv_read(buf_span(&out), &csv, &e);
		if (rc != ERR_OK && rc != ERR_NOMEM && e.fault != CSV_EMPTY &&
		    e.fault != CSV_HEADING_TWICE)
			abort();
	}
	csv_free(csv);
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = { data, size };
	struct buf rows = { .p = NULL }, book = { .p = NULL };

	if (xlsx_read_is(bytes)) {
		read_book(bytes);
		return 0;
	}
	buf_put(&rows, data, size);
	made_zip_book(&(struct made_book){ .rows = buf_cstr(&rows),
	    .strings = strings, .styles = styles, .stored = true }, &book);
	read_book(buf_span(&book));
	buf_free(&rows);
	buf_free(&book);
	return 0;
}
