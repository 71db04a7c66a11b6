/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx_write.h -- tables as an XLSX workbook: a sheet each, with a heading
 * that stays, filters, widths, numbers and days as such, and its chart.  The
 * only door to libxlsxwriter.
 */
#ifndef NGUON_RECORDS_XLSX_WRITE_H
#define NGUON_RECORDS_XLSX_WRITE_H

#include "client/records/export_table.h"

/* At least one table.  folder: for what the library keeps meanwhile.
 * Errors: ERR_NOMEM, ERR_IO. */
MUST_USE err xlsx_write(const struct export_table *const *tables,
    size_t count, const char *path, const char *folder);

#endif
