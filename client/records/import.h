/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import.h -- tables from a spreadsheet: every row is judged before anything
 * is written, then what is accepted is written, one entry a row.
 *
 * A row that is there already is passed over: so an import that broke off is
 * simply done again.
 */
#ifndef NGUON_RECORDS_IMPORT_H
#define NGUON_RECORDS_IMPORT_H

#include "client/records/csv.h"
#include "client/store/store.h"
#include "protocol/catalogue.h"

enum import_table {
	IMPORT_PEOPLE,		/* ref cell full_name birth_year ... */
	IMPORT_EVENTS,		/* date cell person event organisation reason */
	IMPORT_ACTIVITIES,	/* date cell organisation title participants */
	IMPORT_CELLS,		/* cell name members commissioner */
	IMPORT_QUOTAS,		/* year cell quota why */
	IMPORT_REVIEW,		/* ref full_name cell outcome where reason */
	IMPORT_TABLES
};
enum import_table import_table_from_name(const char *name);

enum import_colour {
	IMPORT_GREEN,		/* written */
	IMPORT_YELLOW,		/* doubtful: `written` says which */
	IMPORT_RED,		/* refused */
	IMPORT_PASSED_OVER,	/* of another cell than the one asked for */
	IMPORT_COLOURS
};
struct import_verdict {
	enum import_colour colour;
	bool written;		/* will be, once confirmed */
	enum phrase reason;
	const char *column;	/* which it is about; NULL: the whole row */
	size_t line;		/* of the file */
	size_t equal_line;	/* of the first row that is wholly equal to
				 * this one, which is written too; 0: none */
};
/* import_reason: the sentence for it, appended.  ERR_NOMEM. */
MUST_USE err import_reason(const struct import_verdict *v,
    enum language language, struct buf *out);

struct import_options {
	const char *cell;	/* only this cell's rows; NULL: all */
	uint64_t year;		/* of a review; 0: this year */
	bool has_date;		/* people: on the list since `date`, else since
				 * 1 January of this year */
	int64_t date;
};
/*
 * import_first_day(events, ret): 1 January of the earliest year in the column
 * `date` of a table of events, for the list of the people in it.
 * Errors: ERR_ABSENT: no date there; ERR_FORMAT, ERR_LIMIT, ERR_NOMEM.
 */
MUST_USE err import_first_day(struct span events, int64_t *ret);
/* What is wrong with the table as a whole. */
struct import_fault {
	struct csv_error csv;
	const char *missing;	/* a column that must be there; static */
};

struct import;
/*
 * import_read(s, table, text, o, ret, ret_fault): reads CSV, or the first
 * sheet of an XLSX workbook, and judges; nothing is written.  Owner: the
 * caller, import_free, before the store is closed.
 * Errors: ERR_FORMAT, ERR_LIMIT with ret_fault filled in (zeroed before);
 * ERR_ROLE this role imports no such table; ERR_ABSENT, ERR_SCOPE for
 * o->cell; ERR_PASS the store is locked; those of the store.
 */
MUST_USE err import_read(struct store *s, enum import_table table,
    struct span text, const struct import_options *o, struct import **ret,
    struct import_fault *ret_fault);
void import_free(struct import *i);	/* wipes; NULL is allowed */

/* Rows by their order in the file. */
size_t import_count(const struct import *i);
const struct import_verdict *import_row(const struct import *i, size_t row);
size_t import_colour_count(const struct import *i, enum import_colour colour);
/* How many rows will be written. */
size_t import_to_write(const struct import *i);
/* The day since which its people are on the list. */
int64_t import_listed(const struct import *i);
/* Columns of the file that have no meaning here; empty at the end. */
struct span import_unknown_column(const struct import *i, size_t number);
/* Columns that mean the same as another one, which is used: ret_used is its
 * heading; empty at the end. */
struct span import_ambiguous_column(const struct import *i, size_t number,
    struct span *ret_used);
/* Told after each row that import_write writes: how many are, of how many. */
void import_watch(struct import *i, store_progress f, void *ctx);
/* What the file calls the column of a verdict. */
struct span import_heading(const struct import *i, const char *column);

/*
 * import_write(i, ret_written): writes what is accepted, in commits of a few
 * thousand rows.  *ret_written counts the rows committed, on error too.
 * Errors: ERR_CHANGED: somebody changed a person since the preview; those of
 * store_write.
 */
MUST_USE err import_write(struct import *i, size_t *ret_written);

/* import_rejected(i, language, out): the red rows as they were, with a last
 * column `rejected_because`.  ERR_NOMEM. */
#define IMPORT_BECAUSE "rejected_because"
MUST_USE err import_rejected(const struct import *i, enum language language,
    struct buf *out);

#endif
