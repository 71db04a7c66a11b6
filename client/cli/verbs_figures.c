/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_figures.c -- nguon report, and the table of the verbs of conflicts.
 */
#include <string.h>

#include "client/cli/cli.h"
#include "client/cli/cli_export.h"
#include "client/cli/cli_words.h"
#include "client/cli/verbs_compare.h"
#include "client/cli/verbs_conflicts.h"
#include "client/cli/verbs_frozen.h"
#include "client/records/commune.h"
#include "client/records/report.h"
#include "client/records/steps.h"

/* ---- the tables */

static void
put_row(const struct cli *c, struct cli_table *t, const struct figure_row *r)
{
	char word[CLI_WORDS_BYTES];

	cli_words_figure(c, r->name, word);
	cli_table_cell(t, word);
	cli_table_decimal(c, t, r->value);
}

/* Every figure of one block; what is a part of another stands below it. */
static bool
print_block(const struct cli *c, const struct report_block *b)
{
	struct cli_table *t = cli_table_new(2);
	bool ok;

	cli_table_heading(t, 0, cli_text(c, PHRASE_REPORT_FIGURE), CLI_LEFT);
	cli_table_heading(t, 1, cli_text(c, PHRASE_REPORT_VALUE), CLI_RIGHT);
	for (size_t i = 0; i < b->count; i++) {
		size_t n = strlen(b->rows[i].name);

		if (strchr(b->rows[i].name, ':') != NULL)
			continue;
		put_row(c, t, &b->rows[i]);
		for (size_t k = 0; k < b->count; k++)
			if (strncmp(b->rows[k].name, b->rows[i].name, n) == 0 &&
			    b->rows[k].name[n] == ':')
				put_row(c, t, &b->rows[k]);
	}
	ok = cli_table_print(t, stdout);
	cli_table_free(t);
	return ok;
}

static bool
print_funnel(const struct cli *c, const struct report_block *b)
{
	struct report_funnel steps[REPORT_FUNNEL_STEPS];
	struct cli_table *t = cli_table_new(3);
	bool ok;

	report_funnel(b, steps);
	cli_table_heading(t, 0, cli_text(c, PHRASE_REPORT_FUNNEL_STEP),
	    CLI_LEFT);
	cli_table_heading(t, 1, cli_text(c, PHRASE_REPORT_VALUE), CLI_RIGHT);
	cli_table_heading(t, 2, cli_text(c, PHRASE_REPORT_FUNNEL_SHARE),
	    CLI_RIGHT);
	for (size_t i = 0; i < REPORT_FUNNEL_STEPS; i++) {
		cli_table_cell(t, cli_words_step(c, steps[i].step));
		cli_table_u64(t, steps[i].count);
		cli_table_decimal(c, t, steps[i].share);
	}
	(void)printf("\n%s\n\n", cli_text(c, PHRASE_REPORT_FUNNEL));
	ok = cli_table_print(t, stdout);
	cli_table_free(t);
	return ok;
}

static bool
print_cells(const struct cli *c, const struct report *r)
{
	static const struct {
		const char *figure;
		enum phrase heading;
	} columns[] = {
		{ "quota", PHRASE_REPORT_COLUMN_QUOTA },
		{ "admitted", PHRASE_WORD_STEP_ADMITTED },
		{ "percent", PHRASE_COUNT },
		{ "nominated", PHRASE_REPORT_COLUMN_NOMINATED },
		{ "introduced", PHRASE_REPORT_COLUMN_INTRODUCED },
		{ "people", PHRASE_REPORT_COLUMN_PEOPLE },
	};
	enum { COLUMNS = sizeof columns / sizeof columns[0] };
	struct cli_table *t = cli_table_new(COLUMNS + 1);
	bool ok;

	cli_table_heading(t, 0, cli_text(c, PHRASE_HEAD_CELL), CLI_LEFT);
	for (size_t k = 0; k < COLUMNS; k++)
		cli_table_heading(t, k + 1,
		    columns[k].heading == PHRASE_COUNT ? "%" :
		    cli_text(c, columns[k].heading), CLI_RIGHT);
	for (size_t i = 0; i < r->count; i++) {
		const struct report_block *b = &r->blocks[i];

		if (b->commune)
			continue;
		cli_table_cell(t, b->cell.name[0] != '\0' ? b->cell.name :
		    b->cell.code);
		for (size_t k = 0; k < COLUMNS; k++) {
			const char *value = figures_find(b->rows, b->count,
			    columns[k].figure);
			cli_table_decimal(c, t, value != NULL ? value : "-");
		}
	}
	ok = cli_table_print(t, stdout);
	cli_table_free(t);
	return ok;
}

/* ---- the three forms */

static void
title(struct cli *c, const struct report *r)
{
	const char *period = r->period.all ? cli_text(c, PHRASE_REPORT_ALL) :
	    r->period.text;
	struct buf name = {0};

	if (r->count == 1 && !r->blocks[0].commune)
		buf_put_text(&name, r->blocks[0].cell.name);
	else	/* without a name the report stays what it is */
		(void)!commune_name(c->store, &name);
	cli_print(c, REPORT_TITLE, period, name.n > 0 ? " · " : "",
	    buf_cstr(&name));
	(void)fputc('\n', stdout);
	buf_free(&name);
}

static int
print_text(struct cli *c, const struct report *r)
{
	size_t cells = r->count - (r->count > 0 && r->blocks[0].commune);
	bool ok = true;

	title(c, r);
	if (r->count == 0) {
		cli_print_plain(c, PHRASE_REPORT_NO_CELLS);
		return EXIT_FINE;
	}
	if (r->blocks[0].commune || cells == 1)
		ok = print_block(c, &r->blocks[0]) &&
		    print_funnel(c, &r->blocks[0]);
	if (ok && cells > (r->blocks[0].commune ? 0 : 1)) {
		if (r->blocks[0].commune)
			(void)printf("\n%s\n\n",
			    cli_text(c, PHRASE_REPORT_CELLS));
		ok = print_cells(c, r);
	}
	if (!ok)
		return cli_fail(c, ERR_NOMEM);
	if (r->unsettled > 0) {
		(void)fputc('\n', stdout);
		cli_print(c, REPORT_UNSETTLED,
		    (unsigned long long)r->unsettled);
	}
	return EXIT_FINE;
}

static void
json_funnel(struct json *j, const struct report *r)
{
	struct report_funnel steps[REPORT_FUNNEL_STEPS];

	json_array(j, "funnel");
	for (size_t i = 0; i < r->count; i++) {
		report_funnel(&r->blocks[i], steps);
		for (size_t k = 0; k < REPORT_FUNNEL_STEPS; k++) {
			json_object(j, NULL);
			json_cstr(j, "scope", report_scope(&r->blocks[i]));
			json_cstr(j, "step", field_step_name(steps[k].step));
			json_u64(j, "count", steps[k].count);
			json_cstr(j, "share", steps[k].share);
			json_close(j);
		}
	}
	json_close(j);
}

static int
print_json(struct cli *c, const struct report *r)
{
	struct json *j = json_new(stdout);

	if (j == NULL)
		return cli_fail(c, ERR_NOMEM);
	json_object(j, NULL);
	json_cstr(j, "period", r->period.text);
	json_u64(j, "unsettled", r->unsettled);
	json_array(j, "rows");
	for (size_t i = 0; i < r->count; i++) {
		const struct report_block *b = &r->blocks[i];

		for (size_t k = 0; k < b->count; k++) {
			json_object(j, NULL);
			json_cstr(j, "scope", report_scope(b));
			json_cstr(j, "figure", b->rows[k].name);
			json_cstr(j, "value", b->rows[k].value);
			json_close(j);
		}
	}
	json_close(j);
	json_funnel(j, r);
	json_close(j);
	json_free(j);
	return EXIT_FINE;
}

static int
write_csv(struct cli *c, const struct report *r, const char *path)
{
	struct buf out = { 0 };
	err rc = report_csv(r, &out);

	if (rc == ERR_OK && strcmp(path, "-") == 0)
		(void)fwrite(out.p, 1, out.n, stdout);
	else if (rc == ERR_OK)
		rc = paths_write(path, buf_span(&out), 0644, PATHS_REPLACE);
	buf_free(&out);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	if (strcmp(path, "-") != 0)
		cli_say(c, REPORT_WRITTEN, path);
	return EXIT_FINE;
}

/* ---- the verb */

static bool
read_period(struct cli *c, const struct cli_args *a, struct period *ret)
{
	const char *text = cli_option(a, "period");
	int year, month, day;
	err rc;

	if (text != NULL) {
		rc = period_parse(text, ret);
	} else {
		date_to_civil(steps_today(), &year, &month, &day);
		text = "";
		rc = report_year(year, ret);
	}
	if (rc != ERR_OK)
		cli_say(c, REPORT_PERIOD, text);
	return rc == ERR_OK;
}

/* --write-compare or --compare, with the store open. */
static int
run_compare(struct cli *c, const struct cli_args *a,
    const struct period *period)
{
	const char *path = cli_option(a, "write-compare");

	if (path != NULL)
		return verbs_compare_write(c, period, path);
	return verbs_compare_read(c, cli_option(a, "period") != NULL ?
	    period : NULL, cli_option(a, "compare"));
}

/* False: they are asked for together with what they do not go with. */
static bool
compare_fits(struct cli *c, const struct cli_args *a, bool *ret_asked)
{
	bool write = cli_option(a, "write-compare") != NULL;
	bool read = cli_option(a, "compare") != NULL;

	*ret_asked = write || read;
	if (!*ret_asked || (write != read && cli_option(a, "scope") == NULL &&
	    cli_option(a, "csv") == NULL && cli_option(a, "out") == NULL))
		return true;
	cli_say_plain(c, PHRASE_COMPARE_ALONE);
	return false;
}

static int
run_report(struct cli *c, const struct cli_args *a)
{
	const char *scope = cli_option(a, "scope");
	const char *csv = cli_option(a, "csv");
	struct report *r = NULL;
	struct period period;
	int code = EXIT_FINE;
	bool compare;
	err rc;

	if (a->operand_count > 0)
		return cli_usage(c, a->verb);
	if (!read_period(c, a, &period) || !compare_fits(c, a, &compare))
		return EXIT_USAGE;
	if (!cli_open(c, &code))
		return code;
	if (compare)
		return run_compare(c, a, &period);
	rc = report_make(c->store, &period, scope, &r);
	if (rc == ERR_ABSENT && scope != NULL) {
		cli_say(c, REPORT_NO_CELL, scope);
		return err_exit_code(rc);
	}
	if (rc == ERR_SCOPE && scope != NULL) {
		cli_say(c, REPORT_NOT_YOURS, scope);
		return EXIT_REFUSED;
	}
	if (rc != ERR_OK)
		return rc == ERR_VERSION ? verbs_frozen_fail(c, rc) :
		    cli_fail(c, rc);
	if (r->count == 0 && store_role(c->store) == ROLE_ORGANISATION) {
		cli_say_plain(c, PHRASE_REPORT_ORGANISATION);
		code = EXIT_REFUSED;
	} else if (cli_option(a, "out") != NULL)
		code = cli_export_report(c, r, cli_option(a, "out"));
	else if (csv != NULL)
		code = write_csv(c, r, csv);
	else
		code = c->json ? print_json(c, r) : print_text(c, r);
	report_free(r);
	return code;
}

/* ---- the table of verbs */

static const struct cli_option report_options[] = {
	{ "period", "P", PHRASE_OPTION_REPORT_PERIOD, CLI_MAY },
	{ "scope", "CELL", PHRASE_OPTION_REPORT_SCOPE, CLI_MAY },
	{ "csv", "FILE", PHRASE_OPTION_REPORT_CSV, CLI_MAY },
	{ "out", "FILE", PHRASE_OPTION_OUT, CLI_MAY },
	{ "write-compare", "FILE", PHRASE_OPTION_REPORT_WRITE_COMPARE,
	    CLI_MAY },
	{ "compare", "FILE", PHRASE_OPTION_REPORT_COMPARE, CLI_MAY },
};
static const struct cli_option freeze_options[] = {
	{ "period", "P", PHRASE_OPTION_FREEZE_PERIOD, CLI_MUST },
	{ "title", "TEXT", PHRASE_OPTION_FREEZE_TITLE, CLI_MAY },
	{ "strict", NULL, PHRASE_OPTION_FREEZE_STRICT, CLI_MAY },
};
static const struct cli_option frozen_options[] = {
	{ "rankings", NULL, PHRASE_OPTION_FROZEN_RANKINGS, CLI_MAY },
};
static const struct cli_option ranking_options[] = {
	{ "year", "Y", PHRASE_OPTION_RANKING_YEAR, CLI_MUST },
	{ "people", NULL, PHRASE_OPTION_RANKING_PEOPLE, CLI_MAY },
	{ "freeze", NULL, PHRASE_OPTION_RANKING_FREEZE, CLI_MAY },
};
static const struct cli_option rules_options[] = {
	{ "set", "N", PHRASE_OPTION_RULES_SET, CLI_MAY },
};
static const struct cli_option settle_options[] = {
	{ "keep", "N", PHRASE_OPTION_SETTLE_KEEP, CLI_MAY },
	{ "value", "V", PHRASE_OPTION_SETTLE_VALUE, CLI_MAY },
	{ "drop", NULL, PHRASE_OPTION_SETTLE_DROP, CLI_MAY },
	{ "why", "TEXT", PHRASE_OPTION_SETTLE_WHY, CLI_MAY },
};
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
static const struct cli_verb verbs[] = {
	{ "report", "", PHRASE_VERB_REPORT, report_options,
	    COUNT(report_options), run_report },
	{ "report freeze", "", PHRASE_VERB_REPORT_FREEZE, freeze_options,
	    COUNT(freeze_options), verbs_frozen_freeze },
	{ "report frozen", "[NUMBER]", PHRASE_VERB_REPORT_FROZEN,
	    frozen_options, COUNT(frozen_options), verbs_frozen_list },
	{ "report ranking", "", PHRASE_VERB_REPORT_RANKING, ranking_options,
	    COUNT(ranking_options), verbs_ranking },
	{ "report rules", "", PHRASE_VERB_REPORT_RULES, rules_options,
	    COUNT(rules_options), verbs_frozen_rules },
	{ "conflicts", "", PHRASE_VERB_CONFLICTS, NULL, 0,
	    verbs_conflicts_list },
	{ "conflicts settle", "ID", PHRASE_VERB_CONFLICTS_SETTLE,
	    settle_options, COUNT(settle_options), verbs_conflicts_settle },
	{ "conflicts void", "", PHRASE_VERB_CONFLICTS_VOID, NULL, 0,
	    verbs_conflicts_void },
};
const struct cli_group verbs_figures = {
	PHRASE_HELP_FIGURES, verbs, COUNT(verbs),
};
