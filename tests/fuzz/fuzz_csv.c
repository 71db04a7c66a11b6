/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_csv.c -- any bytes as a table.  What is read keeps within its bounds,
 * and is the same when it is written and read again.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "client/records/csv.h"
#include "client/records/fold_text.h"
#include "protocol/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
fold(struct span s)
{
	struct buf out = { .p = NULL }, again = { .p = NULL };

	if (fold_text_nfc(s, &out) == ERR_OK) {
		must(fold_text_nfc(buf_span(&out), &again) == ERR_OK);
		must(span_equal(buf_span(&out), buf_span(&again)));
		buf_reset(&out);
		must(fold_text_search(s, &out) == ERR_OK);
		must(fold_text_match(buf_span(&out), buf_span(&out)));
		must(fold_text_sort_key(s, &out) == ERR_OK);
	}
	buf_free(&out);
	buf_free(&again);
}

static void
write_again(const struct csv *c, struct buf *out)
{
	/* a heading may begin with what would be taken for a mark */
	buf_put_u8(out, '\n');
	for (size_t i = 0; i < csv_columns(c); i++) {
		if (i > 0)
			buf_put_u8(out, (uint8_t)csv_separator(c));
		csv_put(out, csv_heading(c, i), csv_separator(c));
	}
	buf_put_u8(out, '\n');
	for (size_t row = 0; row < csv_rows(c); row++) {
		must(csv_line(c, row) > 0);
		for (size_t i = 0; i < csv_width(c, row); i++) {
			if (i > 0)
				buf_put_u8(out, (uint8_t)csv_separator(c));
			csv_put(out, csv_field(c, row, i), csv_separator(c));
			must(csv_field(c, row, i).n <= LIMIT_CSV_FIELD_BYTES);
			fold(csv_field(c, row, i));
		}
		buf_put_u8(out, '\n');
	}
}

static bool
has_heading(const struct csv *c)
{
	for (size_t i = 0; i < csv_columns(c); i++)
		if (csv_heading(c, i).n > 0)
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf out = { .p = NULL };
	struct csv_error error = { CSV_FINE, 0, 0 };
	struct csv *c = NULL, *again = NULL;

	if (csv_read((struct span){ data, size }, &c, &error) != ERR_OK) {
		must(error.fault != CSV_FINE);
		return 0;
	}
	write_again(c, &out);
	/* headings lose the blanks around them: then all may be empty, two be
	 * the same, or the separator be less clear */
	if (has_heading(c) && csv_read(buf_span(&out), &again, &error) ==
	    ERR_OK && csv_separator(again) == csv_separator(c) &&
	    csv_columns(again) == csv_columns(c)) {
		must(csv_rows(again) == csv_rows(c));
		for (size_t row = 0; row < csv_rows(c); row++) {
			must(csv_width(again, row) == csv_width(c, row));
			for (size_t i = 0; i < csv_width(c, row); i++)
				must(span_equal(csv_field(again, row, i),
				    csv_field(c, row, i)));
		}
	}
	buf_free(&out);
	csv_free(again);
	csv_free(c);
	return 0;
}
