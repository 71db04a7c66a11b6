/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_columns.h -- which column of a table is which: by our own name of it,
 * else by what people call it, in Vietnamese or English; marks, case and
 * punctuation do not matter.  So too with the names of cells and steps.
 */
#ifndef NGUON_RECORDS_IMPORT_COLUMNS_H
#define NGUON_RECORDS_IMPORT_COLUMNS_H

#include "client/records/import.h"
#include "client/records/own_cells.h"

/*
 * import_columns_find(csv, table, name, ret): the column that means `name`;
 * CSV_NONE: none does.  Where several do, a heading that is our own name
 * counts, else the first; the others have no use (import_columns_means).
 * Errors: ERR_NOMEM.
 */
MUST_USE err import_columns_find(const struct csv *csv,
    enum import_table table, const char *name, size_t *ret);
/* Whether a heading means `name` in that table. */
bool import_columns_means(struct span heading, enum import_table table,
    const char *name);

/* A step by its name, or by its word in either language; STEP_NONE. */
enum step import_columns_step(struct span text);

/* A cell by its code, else by its name if only one has it, with or without
 * "Chi bộ" or "Thôn" before it; NULL. */
const struct own_cell *import_columns_cell(const struct own_cell *cells,
    size_t count, struct span text);

#endif
