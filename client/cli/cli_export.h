/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli_export.h -- lists and reports into a file, --out FILE: XLSX or CSV.
 *
 * Headings are of the language of messages; a code is its word where our
 * import reads the code from it again, else the code.  Each returns the exit
 * code; what was done or what failed is said.
 */
#ifndef NGUON_CLI_EXPORT_H
#define NGUON_CLI_EXPORT_H

#include "client/cli/cli.h"
#include "client/records/activities.h"
#include "client/records/commune.h"
#include "client/records/export_table.h"
#include "client/records/people.h"
#include "client/records/report.h"

int cli_export_people(struct cli *c, const struct people_list *l,
    const char *path);
int cli_export_activities(struct cli *c, const struct activity *list,
    size_t count, const char *path);
int cli_export_quotas(struct cli *c, const struct commune_quota *q,
    size_t count, const char *path);
/* XLSX: the figures of the first block, its steps with a chart, the cells with
 * a chart.  CSV: period, scope, figure and value, as report_csv. */
int cli_export_report(struct cli *c, const struct report *r,
    const char *path);
/* Any tables; NULL among them: memory ran out.  They are freed. */
int cli_export_save(struct cli *c, struct export_table **tables, size_t count,
    const char *path);

/* The word of a code, if it is to be read again. */
void cli_export_code(const struct cli *c, struct export_table *t,
    const char *code);

#endif
