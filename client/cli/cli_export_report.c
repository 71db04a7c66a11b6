/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli_export_report.c -- a report as a workbook, or as its rows.
 */
#include <string.h>
#include <strings.h>

#include "client/cli/cli_export.h"
#include "client/cli/cli_words.h"

enum { SHEETS_MAX = 3 };

/* Every row, as report_csv has them. */
static struct export_table *
rows_table(struct cli *c, const struct report *r)
{
	struct export_table *t = export_table_new(cli_text(c,
	    PHRASE_EXPORT_FIGURES));

	if (t == NULL)
		return NULL;
	export_table_column(t, "period", EXPORT_TEXT);
	export_table_column(t, "scope", EXPORT_TEXT);
	export_table_column(t, "figure", EXPORT_TEXT);
	export_table_column(t, "value", EXPORT_NUMBER);
	for (size_t i = 0; i < r->count; i++)
		for (size_t k = 0; k < r->blocks[i].count; k++) {
			const struct figure_row *row = &r->blocks[i].rows[k];

			export_table_text(t, r->period.text);
			export_table_text(t, report_scope(&r->blocks[i]));
			export_table_text(t, row->name);
			export_table_text(t, row->value);
		}
	return t;
}

static const char *
block_name(const struct cli *c, const struct report_block *b)
{
	if (b->commune)
		return cli_text(c, PHRASE_EXPORT_COMMUNE);
	return b->cell.name[0] != '\0' ? b->cell.name : b->cell.code;
}

/* The figures of one block, in words. */
static struct export_table *
figures_table(struct cli *c, const struct report *r,
    const struct report_block *b)
{
	struct export_table *t = export_table_new(cli_text(c,
	    PHRASE_EXPORT_FIGURES));
	char word[CLI_WORDS_BYTES];

	if (t == NULL)
		return NULL;
	export_table_column(t, cli_text(c, PHRASE_EXPORT_PERIOD),
	    EXPORT_TEXT);
	export_table_column(t, cli_text(c, PHRASE_EXPORT_SCOPE), EXPORT_TEXT);
	export_table_column(t, cli_text(c, PHRASE_REPORT_FIGURE),
	    EXPORT_TEXT);
	export_table_column(t, cli_text(c, PHRASE_REPORT_VALUE),
	    EXPORT_NUMBER);
	for (size_t i = 0; i < b->count; i++) {
		cli_words_figure(c, b->rows[i].name, word);
		export_table_text(t, r->period.all ?
		    cli_text(c, PHRASE_REPORT_ALL) : r->period.text);
		export_table_text(t, block_name(c, b));
		export_table_text(t, word);
		export_table_text(t, b->rows[i].value);
	}
	return t;
}

/* How many took each step, from the list to full membership. */
static struct export_table *
steps_table(struct cli *c, const struct report_block *b)
{
	static const char *const steps[] = { "listed", "nominated",
		"introduced", "class_completed", "trial_started", "admitted",
		"official" };
	struct export_table *t = export_table_new(cli_text(c,
	    PHRASE_EXPORT_FUNNEL));
	char word[CLI_WORDS_BYTES];

	if (t == NULL)
		return NULL;
	export_table_column(t, cli_text(c, PHRASE_PERSON_STEP), EXPORT_TEXT);
	export_table_column(t, cli_text(c, PHRASE_REPORT_VALUE),
	    EXPORT_NUMBER);
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		const char *value = figures_find(b->rows, b->count, steps[i]);

		cli_words_figure(c, steps[i], word);
		export_table_text(t, word);
		export_table_text(t, value != NULL ? value : "0");
	}
	export_table_chart(t, &(struct export_chart){ .shape = EXPORT_LYING,
	    .title = cli_text(c, PHRASE_EXPORT_FUNNEL_CHART), .labels = 0,
	    .series = { 1 }, .series_count = 1 });
	return t;
}

static struct export_table *
cells_table(struct cli *c, const struct report *r)
{
	static const char *const figures[] = { "quota", "admitted", "percent",
		"nominated", "introduced", "people" };
	static const enum phrase headings[] = { PHRASE_REPORT_COLUMN_QUOTA,
		PHRASE_WORD_STEP_ADMITTED, PHRASE_REPORT_PERCENT,
		PHRASE_REPORT_COLUMN_NOMINATED, PHRASE_REPORT_COLUMN_INTRODUCED,
		PHRASE_REPORT_COLUMN_PEOPLE };
	enum { FIGURES = sizeof figures / sizeof figures[0], PERCENT = 2 };
	struct export_table *t = export_table_new(cli_text(c,
	    PHRASE_EXPORT_CELLS));

	if (t == NULL)
		return NULL;
	export_table_column(t, cli_text(c, PHRASE_HEAD_CELL), EXPORT_TEXT);
	for (size_t k = 0; k < FIGURES; k++)
		export_table_column(t, cli_text(c, headings[k]),
		    k == PERCENT ? EXPORT_PERCENT : EXPORT_NUMBER);
	for (size_t i = 0; i < r->count; i++) {
		const struct report_block *b = &r->blocks[i];

		if (b->commune)
			continue;
		export_table_text(t, block_name(c, b));
		for (size_t k = 0; k < FIGURES; k++) {
			const char *value = figures_find(b->rows, b->count,
			    figures[k]);
			export_table_text(t, value != NULL ? value : "");
		}
	}
	export_table_chart(t, &(struct export_chart){ .shape = EXPORT_UPRIGHT,
	    .title = cli_text(c, PHRASE_EXPORT_CELLS_CHART), .labels = 0,
	    .series = { 1, 2 }, .series_count = 2 });
	return t;
}

static bool
is_csv(const char *path)
{
	size_t n = strlen(path);

	return n > 4 && strcasecmp(path + n - 4, ".csv") == 0;
}

int
cli_export_report(struct cli *c, const struct report *r, const char *path)
{
	struct export_table *tables[SHEETS_MAX] = { NULL };
	size_t n = 0, cells = r->count - (r->count > 0 && r->blocks[0].commune);

	if (is_csv(path)) {
		tables[n++] = rows_table(c, r);
		return cli_export_save(c, tables, n, path);
	}
	if (r->count > 0 && (r->blocks[0].commune || cells == 1)) {
		tables[n++] = figures_table(c, r, &r->blocks[0]);
		tables[n++] = steps_table(c, &r->blocks[0]);
	}
	if (n == 0 || r->blocks[0].commune)
		tables[n++] = cells_table(c, r);
	return cli_export_save(c, tables, n, path);
}
