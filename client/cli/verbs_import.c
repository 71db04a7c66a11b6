/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_import.c -- import: every row is shown green, yellow or red first,
 * then one question.
 */
#include "client/cli/verbs_import.h"

#include <stdlib.h>
#include <string.h>

#include "client/cli/cli_choose.h"
#include "client/cli/cli_option.h"
#include "client/cli/cli_progress.h"
#include "client/records/import.h"
#include "client/store/paths.h"
#include "protocol/date.h"
#include "protocol/limits.h"

enum { ROWS_SHOWN = 20 };
#define EVENTS_FILE "events.csv"

/* ---- what is wrong with the table as a whole */

static enum phrase
fault_phrase(enum csv_fault fault)
{
	switch (fault) {
	case CSV_FINE:
	case CSV_EMPTY: return PHRASE_CSV_EMPTY;
	case CSV_ENCODING: return PHRASE_CSV_ENCODING;
	case CSV_QUOTE: return PHRASE_CSV_QUOTE;
	case CSV_OPEN_QUOTE: return PHRASE_CSV_OPEN_QUOTE;
	case CSV_HEADING_TWICE: return PHRASE_CSV_HEADING_TWICE;
	case CSV_TOO_BIG: return PHRASE_CSV_TOO_BIG;
	case CSV_TOO_MANY_ROWS: return PHRASE_CSV_TOO_MANY_ROWS;
	case CSV_TOO_MANY_COLUMNS: return PHRASE_CSV_TOO_MANY_COLUMNS;
	case CSV_WORKBOOK: return PHRASE_CSV_WORKBOOK;
	case CSV_WORKBOOK_LIMIT: return PHRASE_CSV_WORKBOOK_LIMIT;
	case CSV_FIELD_TOO_LONG: break;
	}
	return PHRASE_CSV_FIELD_TOO_LONG;
}

static int
say_fault(struct cli *c, err rc, const struct import_options *o,
    const struct import_fault *fault)
{
	if (fault->missing != NULL)
		cli_say(c, CSV_MISSING, fault->missing);
	else if (fault->csv.fault != CSV_FINE && fault->csv.line == 0)
		cli_say(c, CSV_WHOLE, cli_text(c,
		    fault_phrase(fault->csv.fault)));
	else if (fault->csv.fault != CSV_FINE)
		cli_say(c, CSV_WHERE, fault->csv.line, fault->csv.column,
		    cli_text(c, fault_phrase(fault->csv.fault)));
	else if (rc == ERR_ABSENT && o->cell != NULL)
		cli_say(c, CHOOSE_UNKNOWN_CELL, o->cell);
	else
		return cli_fail(c, rc);
	return err_exit_code(rc);
}

/* ---- since when people are on the list */

enum listed_from { LISTED_BY_OPTION, LISTED_BY_EVENTS, LISTED_BY_YEAR };

struct listing {
	enum listed_from from;
	char events[PATH_BYTES];	/* events.csv beside the table */
};

/* The first day of what the events.csv beside path tells of.  False: it is
 * not there, or has no date. */
static bool
read_first_day(const char *path, struct listing *l, int64_t *ret)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash == NULL ? 0 : (size_t)(slash - path) + 1;
	struct buf bytes = { .p = NULL };
	err rc;

	if (n + sizeof EVENTS_FILE > sizeof l->events)
		return false;
	memcpy(l->events, path, n);
	memcpy(l->events + n, EVENTS_FILE, sizeof EVENTS_FILE);
	rc = paths_read(l->events, LIMIT_CSV_BYTES, &bytes);
	if (rc == ERR_OK)
		rc = import_first_day(buf_span(&bytes), ret);
	buf_free(&bytes);
	return rc == ERR_OK;
}

static void
print_listed(struct cli *c, const struct import *i, const struct listing *l)
{
	char day[16];

	date_format(import_listed(i), day);
	switch (l->from) {
	case LISTED_BY_OPTION:
		cli_print(c, IMPORT_LISTED, day);
		return;
	case LISTED_BY_EVENTS:
		cli_print(c, IMPORT_LISTED_EVENTS, day, l->events);
		return;
	case LISTED_BY_YEAR:
		cli_print(c, IMPORT_LISTED_YEAR, day);
		return;
	}
}

static void
listed_json(struct json *j, const struct import *i, const struct listing *l)
{
	static const char *const words[] = {
		[LISTED_BY_OPTION] = "option",
		[LISTED_BY_EVENTS] = "events",
		[LISTED_BY_YEAR] = "year",
	};
	char day[16];

	date_format(import_listed(i), day);
	json_cstr(j, "listed_since", day);
	json_cstr(j, "listed_from", words[l->from]);
	if (l->from == LISTED_BY_EVENTS)
		json_cstr(j, "listed_file", l->events);
}

/* ---- the preview */

static const char *
colour_word(const struct cli *c, const struct import_verdict *v)
{
	if (v->colour == IMPORT_RED)
		return cli_text(c, PHRASE_IMPORT_WORD_RED);
	return cli_text(c, v->written ? PHRASE_IMPORT_WORD_YELLOW_WRITTEN :
	    PHRASE_IMPORT_WORD_YELLOW);
}

static bool
is_shown(const struct import_verdict *v)
{
	return v->colour == IMPORT_YELLOW || v->colour == IMPORT_RED;
}

static err
put_row(const struct cli *c, const struct import *i,
    const struct import_verdict *v, struct cli_table *t)
{
	struct buf reason = { .p = NULL };
	err rc = import_reason(v, c->language, &reason);

	cli_table_u64(t, v->line);
	cli_table_cell(t, colour_word(c, v));
	if (v->column != NULL)
		cli_table_span(t, import_heading(i, v->column));
	else
		cli_table_cell(t, "");
	cli_table_span(t, buf_span(&reason));
	buf_free(&reason);
	return rc;
}

static bool
print_rows(const struct cli *c, const struct import *i)
{
	struct cli_table *t = cli_table_new(4);
	size_t shown = 0;
	bool done = true;

	if (t == NULL)
		return false;
	cli_table_heading(t, 0, cli_text(c, PHRASE_IMPORT_LINE), CLI_RIGHT);
	cli_table_heading(t, 1, cli_text(c, PHRASE_IMPORT_COLOUR), CLI_LEFT);
	cli_table_heading(t, 2, cli_text(c, PHRASE_IMPORT_COLUMN), CLI_LEFT);
	cli_table_heading(t, 3, cli_text(c, PHRASE_IMPORT_REASON), CLI_LEFT);
	for (size_t row = 0; done && row < import_count(i) &&
	    shown < ROWS_SHOWN; row++) {
		const struct import_verdict *v = import_row(i, row);
		if (!is_shown(v))
			continue;
		done = put_row(c, i, v, t) == ERR_OK;
		shown++;
	}
	done = done && cli_table_print(t, stdout);
	cli_table_free(t);
	return done;
}

static bool
print_ambiguous(struct cli *c, const struct import *i)
{
	struct buf name = { .p = NULL }, used = { .p = NULL };
	err rc = ERR_OK;

	for (size_t n = 0; rc == ERR_OK; n++) {
		struct span instead = { NULL, 0 };
		struct span s = import_ambiguous_column(i, n, &instead);
		if (s.n == 0)
			break;
		buf_reset(&name);
		buf_reset(&used);
		buf_put(&name, s.p, s.n);
		buf_put(&used, instead.p, instead.n);
		cli_print(c, IMPORT_AMBIGUOUS, buf_cstr(&name),
		    buf_cstr(&used));
		rc = buf_err(&name) != ERR_OK ? ERR_NOMEM : buf_err(&used);
	}
	buf_free(&name);
	buf_free(&used);
	return rc == ERR_OK;
}

static bool
print_unused(struct cli *c, const struct import *i)
{
	struct buf name = { .p = NULL };
	err rc = ERR_OK;

	for (size_t n = 0; rc == ERR_OK; n++) {
		struct span s = import_unknown_column(i, n);
		if (s.n == 0)
			break;
		buf_reset(&name);
		buf_put(&name, s.p, s.n);
		cli_print(c, IMPORT_UNUSED, buf_cstr(&name));
		rc = buf_err(&name);
	}
	buf_free(&name);
	return rc == ERR_OK;
}

static bool
print_preview(struct cli *c, const struct import *i, const char *path,
    const struct listing *l)
{
	size_t yellow = import_colour_count(i, IMPORT_YELLOW);
	size_t red = import_colour_count(i, IMPORT_RED);
	size_t others = import_colour_count(i, IMPORT_PASSED_OVER);

	cli_print(c, IMPORT_SUMMARY, path, import_count(i),
	    import_colour_count(i, IMPORT_GREEN), yellow, red);
	if (others > 0)
		cli_print(c, IMPORT_OTHERS, others);
	if (l != NULL)
		print_listed(c, i, l);
	if (!print_unused(c, i) || !print_ambiguous(c, i))
		return false;
	if (yellow + red > 0 && !print_rows(c, i))
		return false;
	if (yellow + red > ROWS_SHOWN)
		cli_print(c, IMPORT_MORE, yellow + red - ROWS_SHOWN);
	/* before the question */
	return fflush(stdout) == 0;
}

/* ---- the answer */

static bool
save_rejected(struct cli *c, const struct import *i, const char *path,
    int *ret_exit)
{
	struct buf out = { .p = NULL };
	err rc;

	if (import_colour_count(i, IMPORT_RED) == 0)
		return true;
	rc = import_rejected(i, c->language, &out);
	if (rc == ERR_OK)
		rc = paths_write(path, buf_span(&out), 0600, PATHS_NEW_ONLY);
	if (out.p != NULL)
		crypto_wipe(out.p, out.cap);
	buf_free(&out);
	if (rc == ERR_OK) {
		cli_say(c, IMPORT_REJECTED_SAVED, path);
		return true;
	}
	cli_say(c, IMPORT_REJECTED_FAILED, path);
	*ret_exit = err_exit_code(rc);
	return false;
}

static void
report(struct cli *c, const struct import *i, const struct listing *l,
    bool dry, size_t written)
{
	struct json *j;

	if (!c->json) {
		cli_print(c, IMPORT_DONE, written);
		return;
	}
	j = json_new(stdout);
	json_object(j, NULL);
	json_u64(j, "rows", import_count(i));
	json_u64(j, "green", import_colour_count(i, IMPORT_GREEN));
	json_u64(j, "yellow", import_colour_count(i, IMPORT_YELLOW));
	json_u64(j, "red", import_colour_count(i, IMPORT_RED));
	json_u64(j, "passed_over", import_colour_count(i,
	    IMPORT_PASSED_OVER));
	json_u64(j, "written", written);
	json_bool(j, "dry_run", dry);
	if (l != NULL)
		listed_json(j, i, l);
	json_array(j, "refused");
	for (size_t row = 0; row < import_count(i); row++) {
		const struct import_verdict *v = import_row(i, row);
		if (v->colour != IMPORT_RED)
			continue;
		json_object(j, NULL);
		json_u64(j, "line", v->line);
		if (v->column != NULL)
			json_cstr(j, "column", v->column);
		json_cstr(j, "reason", cli_text(c, v->reason));
		json_close(j);
	}
	json_free(j);
}

static int
write_all(struct cli *c, struct import *i, const struct listing *l, bool dry)
{
	bool red = import_colour_count(i, IMPORT_RED) > 0;
	struct cli_progress progress;
	size_t written = 0;
	err rc;

	if (dry || import_to_write(i) == 0) {
		if (c->json)
			report(c, i, l, dry, 0);
		else if (dry)
			cli_print(c, IMPORT_DRY, import_to_write(i));
		else
			cli_print_plain(c, PHRASE_IMPORT_NOTHING);
		return red ? EXIT_NO : EXIT_FINE;
	}
	if (!cli_confirm(c, PHRASE_IMPORT_ASK)) {
		cli_say_plain(c, PHRASE_PERSON_NOT_WRITTEN);
		return EXIT_NO;
	}
	cli_progress_begin(&progress, c, PHRASE_PROGRESS_IMPORT);
	import_watch(i, cli_progress_at, &progress);
	rc = import_write(i, &written);
	cli_progress_end(&progress);
	if (rc != ERR_OK) {
		if (written == 0)
			return cli_fail(c, rc);
		cli_say(c, IMPORT_BROKE, written, err_name(rc));
		return err_exit_code(rc);
	}
	report(c, i, l, false, written);
	return red ? EXIT_PARTLY : EXIT_FINE;
}

static int
import_bytes(struct cli *c, const struct cli_args *a,
    enum import_table table, struct span bytes)
{
	const char *rejected = cli_option(a, "rejected");
	const char *date = cli_option(a, "date");
	const char *year = cli_option(a, "year");
	struct import_options o = { .cell = cli_option(a, "cell"),
		.has_date = date != NULL };
	struct listing listing = { .from = date != NULL ? LISTED_BY_OPTION :
	    LISTED_BY_YEAR };
	const struct listing *l = table == IMPORT_PEOPLE ? &listing : NULL;
	struct import_fault fault;
	struct import *i = NULL;
	int code = EXIT_FINE;
	err rc;

	if (date != NULL && !cli_choose_day(c, date, &o.date, &code))
		return code;
	if (date != NULL && steps_ahead(o.date, steps_today()))
		cli_say_plain(c, PHRASE_STEPS_FUTURE);
	if (year != NULL && (cli_option_number(year, 2199, &o.year) !=
	    ERR_OK || o.year < 1990)) {
		cli_say(c, REVIEW_YEAR_WRONG, year);
		return EXIT_USAGE;
	}
	if (date == NULL && l != NULL &&
	    read_first_day(a->operands[1], &listing, &o.date)) {
		o.has_date = true;
		listing.from = LISTED_BY_EVENTS;
	}
	if (!cli_open(c, &code))
		return code;
	rc = import_read(c->store, table, bytes, &o, &i, &fault);
	if (rc != ERR_OK)
		return say_fault(c, rc, &o, &fault);
	if (!c->json && !print_preview(c, i, a->operands[1], l))
		code = cli_fail(c, ERR_IO);
	else if (rejected == NULL || save_rejected(c, i, rejected, &code))
		code = write_all(c, i, l,
		    cli_option(a, "dry-run") != NULL);
	import_free(i);
	return code;
}

int
verbs_import_run(struct cli *c, const struct cli_args *a)
{
	struct buf bytes = { .p = NULL };
	enum import_table table;
	int code;
	err rc;

	if (a->operand_count != 2)
		return cli_usage(c, a->verb);
	table = import_table_from_name(a->operands[0]);
	if (table == IMPORT_TABLES) {
		cli_say_plain(c, PHRASE_IMPORT_WHAT);
		return EXIT_USAGE;
	}
	rc = paths_read(a->operands[1], LIMIT_CSV_BYTES, &bytes);
	if (rc == ERR_OK) {
		code = import_bytes(c, a, table, buf_span(&bytes));
	} else {
		if (rc == ERR_LIMIT)
			cli_say_plain(c, PHRASE_CSV_TOO_BIG);
		else
			cli_say(c, IMPORT_FILE, a->operands[1]);
		code = err_exit_code(rc);
	}
	if (bytes.p != NULL)
		crypto_wipe(bytes.p, bytes.cap);
	buf_free(&bytes);
	return code;
}
