/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/import_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/records/fold_text.h"
#include "client/records/import_columns.h"
#include "client/records/xlsx_read.h"
#include "protocol/date.h"

enum { COMMIT_ROWS = 2000, TITLE_ROWS = 10 };

static const struct import_kind *const kinds[IMPORT_TABLES] = {
	[IMPORT_PEOPLE] = &import_people_kind,
	[IMPORT_EVENTS] = &import_events_kind,
	[IMPORT_ACTIVITIES] = &import_activities_kind,
	[IMPORT_CELLS] = &import_commune_cells,
	[IMPORT_QUOTAS] = &import_commune_quotas,
	[IMPORT_REVIEW] = &import_review_kind,
};

enum import_table
import_table_from_name(const char *name)
{
	for (unsigned t = 0; t < IMPORT_TABLES; t++)
		if (strcmp(kinds[t]->name, name) == 0)
			return (enum import_table)t;
	return IMPORT_TABLES;
}

/* ---- the table as a whole */

static bool
for_commune(enum import_table table)
{
	return table == IMPORT_CELLS || table == IMPORT_QUOTAS;
}

static err
check_role(const struct import *i)
{
	if (!store_unlocked(i->s))
		return ERR_PASS;
	if (i->role == ROLE_COMMUNE)
		return ERR_OK;
	return !for_commune(i->table) && (i->role == ROLE_SECRETARY ||
	    i->role == ROLE_DEPUTY) ? ERR_OK : ERR_ROLE;
}

/* Whether all columns that must be there are. */
static err
find_columns(struct import *i, struct import_fault *fault)
{
	const struct import_kind *k = kinds[i->table];

	for (size_t c = 0; c < k->column_count; c++) {
		err rc = import_columns_find(i->csv, i->table, k->columns[c],
		    &i->column[c]);
		if (rc != ERR_OK)
			return rc;
		if (i->column[c] == CSV_NONE && (k->required >> c & 1) != 0) {
			fault->missing = k->columns[c];
			return ERR_FORMAT;
		}
	}
	return ERR_OK;
}

/* The heading, below the title that a list may have: the first row with all
 * columns that must be there; if there is none, the first row is to blame. */
static err
find_heading(struct import *i, struct import_fault *fault)
{
	size_t columns[IMPORT_COLUMNS_MAX];
	struct csv_error none;
	err rc = find_columns(i, fault);

	memcpy(columns, i->column, sizeof columns);
	for (size_t row = 0; rc == ERR_FORMAT && row < TITLE_ROWS &&
	    csv_rows(i->csv) > 0; row++) {
		struct import_fault again = { .missing = NULL };

		if (csv_take_heading(i->csv, 0, &none) != ERR_OK)
			break;
		rc = find_columns(i, &again);
		if (rc == ERR_OK)
			fault->missing = NULL;
	}
	if (rc == ERR_FORMAT)
		memcpy(i->column, columns, sizeof columns);
	return rc;
}

/* Whose rows are taken, and whose a row is that names no cell. */
static err
find_cell(struct import *i, const struct import_options *o,
    struct import_fault *fault)
{
	const struct import_kind *k = kinds[i->table];
	err rc = own_cells(i->s, &i->cells, &i->cell_count);

	if (rc != ERR_OK || k->cell == CSV_NONE)
		return rc;
	i->filtered = o->cell != NULL;
	i->only_code = o->cell;
	rc = for_commune(i->table) && o->cell == NULL ? ERR_VALUE :
	    own_cells_choose(i->s, o->cell, i->only);
	i->has_only = rc == ERR_OK;
	if (rc == ERR_VALUE) {
		if (i->column[k->cell] != CSV_NONE)
			return ERR_OK;
		fault->missing = k->columns[k->cell];
		return ERR_FORMAT;
	}
	return rc;
}

static void
set_days(struct import *i, const struct import_options *o)
{
	int year, month, day;

	i->today = steps_today();
	i->listed = o->date;
	if (!o->has_date) {
		date_to_civil(i->today, &year, &month, &day);
		i->listed = i->today;
		/* a date_to_civil year always has a first of January */
		(void)!date_from_civil(year, 1, 1, &i->listed);
	}
}

/* ---- rows */

/* Finds the row's cell.  False: the row has its verdict. */
static bool
place(struct import *i, size_t row)
{
	const struct import_kind *k = kinds[i->table];
	struct import_line *line = &i->lines[row];
	const char *column = k->columns[k->cell];
	struct span code = import_field(i, row, k->cell);
	const struct own_cell *cell;

	while (code.n > 0 && code.p[code.n - 1] == ' ')
		code.n--;
	while (code.n > 0 && code.p[0] == ' ') {
		code.p++;
		code.n--;
	}
	if (code.n == 0) {
		memcpy(line->scope, i->only, SCOPE_LEN);
		if (!i->has_only)
			import_set(i, row, IMPORT_RED, PHRASE_IMPORT_NO_CELL,
			    column);
		return i->has_only;
	}
	cell = import_columns_cell(i->cells, i->cell_count, code);
	if (i->filtered && (cell == NULL ||
	    memcmp(cell->scope, i->only, SCOPE_LEN) != 0)) {
		import_set(i, row, IMPORT_PASSED_OVER,
		    PHRASE_IMPORT_PASSED_OVER, column);
		return false;
	}
	if (cell == NULL || (!cell->held && !for_commune(i->table))) {
		import_set(i, row, IMPORT_RED, cell == NULL ?
		    PHRASE_IMPORT_UNKNOWN_CELL : PHRASE_IMPORT_OTHER_CELL,
		    column);
		return false;
	}
	memcpy(line->scope, cell->scope, SCOPE_LEN);
	return true;
}

/* What every table asks of a row: its width and its cell. */
static void
place_row(struct import *i, size_t row)
{
	const struct import_kind *k = kinds[i->table];

	i->lines[row].verdict.line = csv_line(i->csv, row);
	import_set(i, row, IMPORT_GREEN, PHRASE_IMPORT_GREEN, NULL);
	if (csv_width(i->csv, row) > csv_columns(i->csv))
		import_set(i, row, IMPORT_RED, PHRASE_IMPORT_TOO_WIDE, NULL);
	else
		i->lines[row].placed = k->cell == CSV_NONE || place(i, row);
}

static err
judge_all(struct import *i)
{
	const struct import_kind *k = kinds[i->table];
	err rc = ERR_OK;

	i->count = csv_rows(i->csv);
	i->lines = calloc(i->count + 1, sizeof *i->lines);
	i->order = calloc(i->count + 1, sizeof *i->order);
	if (i->lines == NULL || i->order == NULL)
		return ERR_NOMEM;
	for (size_t row = 0; row < i->count; row++) {
		i->order[row] = row;
		place_row(i, row);
	}
	if (k->begin != NULL)
		rc = k->begin(i);
	for (size_t n = 0; rc == ERR_OK && n < i->count; n++)
		if (i->lines[i->order[n]].placed)
			rc = k->judge(i, i->order[n]);
	return rc;
}

/* ---- import.h */

err
import_open(struct span text, struct csv **ret, struct csv_error *ret_error)
{
	struct buf sheet = { .p = NULL };
	err rc;

	if (!xlsx_read_is(text))
		return csv_read(text, ret, ret_error);
	rc = xlsx_read(text, &sheet, ret_error);
	if (rc == ERR_OK)
		rc = csv_read(buf_span(&sheet), ret, ret_error);
	if (sheet.p != NULL)
		crypto_wipe(sheet.p, sheet.cap);
	buf_free(&sheet);
	return rc;
}

err
import_first_day(struct span events, int64_t *ret)
{
	struct csv *csv = NULL;
	struct csv_error e;
	struct buf clean = { .p = NULL };
	bool found = false;
	int64_t days, first = 0;
	int year, month, day;
	size_t column = CSV_NONE;
	err rc = import_open(events, &csv, &e);

	if (rc == ERR_OK)
		rc = import_columns_find(csv, IMPORT_EVENTS, "date", &column);

	for (size_t row = 0; rc == ERR_OK && row < csv_rows(csv); row++) {
		buf_reset(&clean);
		if (fold_text_nfc(csv_field(csv, row, column),
		    &clean) != ERR_OK ||
		    date_parse(buf_span(&clean), &days) != ERR_OK)
			continue;	/* the import of the events says so */
		if (!found || days < first)
			first = days;
		found = true;
	}
	buf_free(&clean);
	csv_free(csv);
	if (rc == ERR_OK && !found)
		rc = ERR_ABSENT;
	if (rc != ERR_OK)
		return rc;
	date_to_civil(first, &year, &month, &day);
	return date_from_civil(year, 1, 1, ret);
}

err
import_read(struct store *s, enum import_table table, struct span text,
    const struct import_options *o, struct import **ret,
    struct import_fault *ret_fault)
{
	struct import *i = calloc(1, sizeof *i);
	err rc;

	if (i == NULL)
		return ERR_NOMEM;
	memset(ret_fault, 0, sizeof *ret_fault);
	i->s = s;
	i->table = table;
	i->role = store_role(s);
	i->year = o->year != 0 ? o->year : review_this_year();
	set_days(i, o);
	rc = check_role(i);
	if (rc == ERR_OK)
		rc = import_open(text, &i->csv, &ret_fault->csv);
	if (rc == ERR_OK)
		rc = find_heading(i, ret_fault);
	if (rc == ERR_OK)
		rc = find_cell(i, o, ret_fault);
	if (rc == ERR_OK)
		rc = judge_all(i);
	if (rc == ERR_OK)
		*ret = i;
	else
		import_free(i);
	return rc;
}

void
import_free(struct import *i)
{
	if (i == NULL)
		return;
	for (size_t row = 0; i->lines != NULL && row < i->count; row++)
		activities_clear(&i->lines[row].activity);
	free(i->lines);
	free(i->order);
	free(i->cells);
	people_index_free(i->people);
	review_free(&i->review);
	key_set_free(&i->seen);
	key_set_free(&i->above);
	csv_free(i->csv);
	free(i);
}

size_t
import_count(const struct import *i)
{
	return i->count;
}

const struct import_verdict *
import_row(const struct import *i, size_t row)
{
	return &i->lines[row].verdict;
}

size_t
import_colour_count(const struct import *i, enum import_colour colour)
{
	size_t n = 0;

	for (size_t row = 0; row < i->count; row++)
		n += i->lines[row].verdict.colour == colour;
	return n;
}

size_t
import_to_write(const struct import *i)
{
	size_t n = 0;

	for (size_t row = 0; row < i->count; row++)
		n += i->lines[row].verdict.written;
	return n;
}

static bool
is_known(const struct import *i, size_t column)
{
	const struct import_kind *k = kinds[i->table];

	for (size_t c = 0; c < k->column_count; c++)
		if (i->column[c] == column)
			return true;
	return csv_column(i->csv, IMPORT_BECAUSE) == column ||
	    csv_heading(i->csv, column).n == 0;
}

/* What a column without a use means; k->column_count: nothing. */
static size_t
meaning(const struct import *i, size_t column)
{
	const struct import_kind *k = kinds[i->table];
	size_t c = 0;

	while (c < k->column_count && !import_columns_means(
	    csv_heading(i->csv, column), i->table, k->columns[c]))
		c++;
	return c;
}

struct span
import_unknown_column(const struct import *i, size_t number)
{
	for (size_t c = 0; c < csv_columns(i->csv); c++)
		if (!is_known(i, c) &&
		    meaning(i, c) == kinds[i->table]->column_count &&
		    number-- == 0)
			return csv_heading(i->csv, c);
	return (struct span){ NULL, 0 };
}

struct span
import_ambiguous_column(const struct import *i, size_t number,
    struct span *ret_used)
{
	for (size_t c = 0; c < csv_columns(i->csv); c++) {
		size_t what = is_known(i, c) ? kinds[i->table]->column_count :
		    meaning(i, c);

		if (what == kinds[i->table]->column_count || number-- > 0)
			continue;
		*ret_used = csv_heading(i->csv, i->column[what]);
		return csv_heading(i->csv, c);
	}
	return (struct span){ NULL, 0 };
}

struct span
import_heading(const struct import *i, const char *column)
{
	const struct import_kind *k = kinds[i->table];

	for (size_t c = 0; c < k->column_count; c++)
		if (strcmp(k->columns[c], column) == 0 &&
		    i->column[c] != CSV_NONE)
			return csv_heading(i->csv, i->column[c]);
	return (struct span){ (const uint8_t *)column, strlen(column) };
}

int64_t
import_listed(const struct import *i)
{
	return i->listed;
}

/* ---- writing */

void
import_watch(struct import *i, store_progress f, void *ctx)
{
	i->progress = f;
	i->progress_ctx = ctx;
}

/* Up to COMMIT_ROWS rows from *at on, in one commit; `before` are written. */
static err
write_some(struct import *i, size_t *at, size_t before, size_t *ret_rows)
{
	size_t total = import_to_write(i);
	size_t rows = 0, n = *at;
	err rc = store_batch_begin(i->s);

	if (rc != ERR_OK)
		return rc;
	for (; rc == ERR_OK && n < i->count && rows < COMMIT_ROWS; n++)
		if (i->lines[i->order[n]].verdict.written) {
			rc = kinds[i->table]->write(i, i->order[n]);
			rows++;
			if (i->progress != NULL)
				i->progress(i->progress_ctx, before + rows,
				    total);
		}
	if (rc == ERR_OK)
		rc = store_batch_commit(i->s);
	if (rc != ERR_OK) {
		store_batch_abandon(i->s);
		return rc;
	}
	*at = n;
	*ret_rows = rows;
	return ERR_OK;
}

err
import_write(struct import *i, size_t *ret_written)
{
	size_t at = 0, rows = 0;
	err rc = ERR_OK;

	*ret_written = 0;
	while (rc == ERR_OK && at < i->count) {
		rc = write_some(i, &at, *ret_written, &rows);
		if (rc == ERR_OK)
			*ret_written += rows;
	}
	return rc;
}

err
import_reason(const struct import_verdict *v, enum language language,
    struct buf *out)
{
	char text[256];

	if (v->equal_line == 0) {
		buf_put_text(out, catalogue_text(language, v->reason));
		return buf_err(out);
	}
	(void)snprintf(text, sizeof text,
	    CATALOGUE_FORMAT(language, IMPORT_ACTIVITY_EQUAL), v->equal_line);
	buf_put_text(out, text);
	return buf_err(out);
}

static void
put_row(const struct import *i, size_t row, enum language language,
    struct buf *out)
{
	const struct import_verdict *v = &i->lines[row].verdict;
	size_t because = csv_column(i->csv, IMPORT_BECAUSE);
	const char *reason = catalogue_text(language, v->reason);

	for (size_t c = 0; c < csv_columns(i->csv); c++)
		if (c != because) {
			csv_put(out, csv_field(i->csv, row, c),
			    csv_separator(i->csv));
			buf_put_u8(out, (uint8_t)csv_separator(i->csv));
		}
	csv_put(out, (struct span){ (const uint8_t *)reason, strlen(reason) },
	    csv_separator(i->csv));
	buf_put_text(out, "\r\n");
}

err
import_rejected(const struct import *i, enum language language,
    struct buf *out)
{
	size_t because = csv_column(i->csv, IMPORT_BECAUSE);

	for (size_t c = 0; c < csv_columns(i->csv); c++)
		if (c != because) {
			csv_put(out, csv_heading(i->csv, c),
			    csv_separator(i->csv));
			buf_put_u8(out, (uint8_t)csv_separator(i->csv));
		}
	buf_put_text(out, IMPORT_BECAUSE "\r\n");
	for (size_t row = 0; row < i->count; row++)
		if (i->lines[row].verdict.colour == IMPORT_RED)
			put_row(i, row, language, out);
	return buf_err(out);
}
