/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scenario_csv.h -- reads the tables of a scenario folder: RFC 4180, UTF-8
 * with or without a byte order mark, a header line; columns are parted by
 * commas, semicolons or tabs.  For tests: a file that is not there or not such
 * a table ends the program with a message.
 */
#ifndef NGUON_TESTS_SUPPORT_SCENARIO_CSV_H
#define NGUON_TESTS_SUPPORT_SCENARIO_CSV_H

#include <stddef.h>

struct scenario_csv {
	char *text;		/* owned; what the fields point into */
	char **fields;		/* owned; rows * columns, header first */
	size_t rows;		/* without the header */
	size_t columns;
};

/* scenario_csv_read: FOLDER/NAME.  Owner: the caller, scenario_csv_free. */
struct scenario_csv scenario_csv_read(const char *folder, const char *name);
void scenario_csv_free(struct scenario_csv *t);
/* scenario_csv_column: the number of the column of that name. */
size_t scenario_csv_column(const struct scenario_csv *t, const char *name);
/* scenario_csv_at: row from 0, the header not counted; "" if it is empty. */
const char *scenario_csv_at(const struct scenario_csv *t, size_t row,
    size_t column);

#endif
