/* SPDX-License-Identifier: Apache-2.0 */
/* import_internal.h -- what the files of the import share. */
#ifndef NGUON_RECORDS_IMPORT_INTERNAL_H
#define NGUON_RECORDS_IMPORT_INTERNAL_H

#include "client/records/activities.h"
#include "client/records/commune.h"
#include "client/records/export_table.h"
#include "client/records/import.h"
#include "client/records/own_cells.h"
#include "client/records/people.h"
#include "client/records/review.h"

enum { IMPORT_COLUMNS_MAX = PEOPLE_FIELDS + 1 };

struct import_line {
	struct import_verdict verdict;
	bool placed;			/* in a cell of ours, to be judged */
	uint8_t scope[SCOPE_LEN];	/* of its cell */
	/* events */
	struct indexed_person *person;	/* borrowed from the index; or NULL */
	struct steps_wanted wanted;	/* spans into the two below */
	char organisation[STEPS_TEXT], reason[STEPS_TEXT];
	uint64_t round;
	/* activities */
	struct activity activity;
	/* cells, quotas */
	uint64_t year, number;
	/* review */
	size_t asked;			/* row of `review` */
	struct review_answer answer;	/* its reason in the buffer above */
};

struct import {
	struct store *s;
	enum import_table table;
	struct csv *csv;
	size_t column[IMPORT_COLUMNS_MAX];	/* as the table orders them */
	struct import_line *lines;
	size_t *order;			/* in which lines are judged, written */
	size_t count;
	struct own_cell *cells;
	size_t cell_count;
	bool filtered;			/* --cell */
	const char *only_code;
	bool has_only;			/* rows without a cell are of this */
	uint8_t only[SCOPE_LEN];
	int64_t listed, today;
	enum role role;
	struct people_index *people;
	struct key_set seen;		/* in the store, or in rows above */
	store_progress progress;	/* NULL: nobody looks */
	void *progress_ctx;
	struct key_set above;		/* activities: line of the first row */
	struct review review;
	uint64_t year;			/* of the review */
};

/* One table: its columns, and how a row is judged and written. */
struct import_kind {
	const char *name;
	const char *const *columns;
	size_t column_count;
	uint32_t required;		/* bits 1 << column */
	size_t cell;			/* which column is the cell; CSV_NONE */
	/* Rows have their cells; may change `order`.  May be NULL. */
	err (*begin)(struct import *i);
	/* Fills in the verdict.  Only errors of the machine are errors. */
	err (*judge)(struct import *i, size_t row);
	err (*write)(struct import *i, size_t row);
};
extern const struct import_kind import_people_kind;
extern const struct import_kind import_events_kind;
extern const struct import_kind import_activities_kind;
extern const struct import_kind import_commune_cells;
extern const struct import_kind import_commune_quotas;
extern const struct import_kind import_review_kind;

/* CSV, or the first sheet of a workbook. */
MUST_USE err import_open(struct span text, struct csv **ret,
    struct csv_error *ret_error);

/* An apostrophe that an export put before a text that a spreadsheet would
 * take for a formula is taken away again. */
static inline struct span
import_field(const struct import *i, size_t row, size_t column)
{
	struct span s = csv_field(i->csv, row, i->column[column]);

	if (s.n > 1 && s.p[0] == '\'' && export_table_is_formula(
	    (struct span){ s.p + 1, s.n - 1 })) {
		s.p++;
		s.n--;
	}
	return s;
}
static inline void
import_set(struct import *i, size_t row, enum import_colour colour,
    enum phrase reason, const char *column)
{
	struct import_verdict *v = &i->lines[row].verdict;

	v->colour = colour;
	v->written = colour == IMPORT_GREEN;
	v->reason = reason;
	v->column = column;
}
/* Yellow, and written all the same. */
static inline void
import_doubt(struct import *i, size_t row, enum phrase reason,
    const char *column)
{
	import_set(i, row, IMPORT_YELLOW, reason, column);
	i->lines[row].verdict.written = true;
}

#endif
