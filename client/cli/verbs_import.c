/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_import.c -- import: every row is shown green, yellow or red first,
 * then one question.
 */
#include "client/cli/verbs_import.h"

#include <stdlib.h>
#include <string.h>

#include "client/cli/cli_choose.h"
#include "client/records/import.h"
#include "client/store/paths.h"
#include "protocol/limits.h"

enum { ROWS_SHOWN = 20 };

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
	else if (fault->csv.fault != CSV_FINE)
		cli_say(c, CSV_WHERE, fault->csv.line, fault->csv.column,
		    cli_text(c, fault_phrase(fault->csv.fault)));
	else if (rc == ERR_ABSENT && o->cell != NULL)
		cli_say(c, CHOOSE_UNKNOWN_CELL, o->cell);
	else
		return cli_fail(c, rc);
	return err_exit_code(rc);
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

static bool
print_rows(const struct cli *c, const struct import *i)
{
	struct cli_table *t = cli_table_new(4);
	size_t shown = 0;
	bool done;

	if (t == NULL)
		return false;
	cli_table_heading(t, 0, cli_text(c, PHRASE_IMPORT_LINE), CLI_RIGHT);
	cli_table_heading(t, 1, cli_text(c, PHRASE_IMPORT_COLOUR), CLI_LEFT);
	cli_table_heading(t, 2, cli_text(c, PHRASE_IMPORT_COLUMN), CLI_LEFT);
	cli_table_heading(t, 3, cli_text(c, PHRASE_IMPORT_REASON), CLI_LEFT);
	for (size_t row = 0; row < import_count(i) && shown < ROWS_SHOWN;
	    row++) {
		const struct import_verdict *v = import_row(i, row);
		if (!is_shown(v))
			continue;
		cli_table_u64(t, v->line);
		cli_table_cell(t, colour_word(c, v));
		cli_table_cell(t, v->column != NULL ? v->column : "");
		cli_table_cell(t, cli_text(c, v->reason));
		shown++;
	}
	done = cli_table_print(t, stdout);
	cli_table_free(t);
	return done;
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
print_preview(struct cli *c, const struct import *i, const char *path)
{
	size_t yellow = import_colour_count(i, IMPORT_YELLOW);
	size_t red = import_colour_count(i, IMPORT_RED);
	size_t others = import_colour_count(i, IMPORT_PASSED_OVER);

	cli_print(c, IMPORT_SUMMARY, path, import_count(i),
	    import_colour_count(i, IMPORT_GREEN), yellow, red);
	if (others > 0)
		cli_print(c, IMPORT_OTHERS, others);
	if (!print_unused(c, i))
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
report(struct cli *c, const struct import *i, size_t written)
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
write_all(struct cli *c, struct import *i)
{
	bool red = import_colour_count(i, IMPORT_RED) > 0;
	size_t written = 0;
	err rc;

	if (import_to_write(i) == 0) {
		if (c->json)
			report(c, i, 0);
		else
			cli_print_plain(c, PHRASE_IMPORT_NOTHING);
		return red ? EXIT_NO : EXIT_FINE;
	}
	if (!cli_confirm(c, PHRASE_IMPORT_ASK)) {
		cli_say_plain(c, PHRASE_PERSON_NOT_WRITTEN);
		return EXIT_NO;
	}
	rc = import_write(i, &written);
	if (rc != ERR_OK) {
		if (written > 0)
			cli_say(c, IMPORT_BROKE, written);
		return cli_fail(c, rc);
	}
	report(c, i, written);
	return red ? EXIT_PARTLY : EXIT_FINE;
}

static int
import_bytes(struct cli *c, const struct cli_args *a,
    enum import_table table, struct span bytes)
{
	const char *rejected = cli_option(a, "rejected");
	const char *date = cli_option(a, "date");
	struct import_options o = { .cell = cli_option(a, "cell"),
		.has_date = date != NULL };
	struct import_fault fault;
	struct import *i = NULL;
	int code = EXIT_FINE;
	err rc;

	if (date != NULL && !cli_choose_day(c, date, &o.date, &code))
		return code;
	if (!cli_open(c, &code))
		return code;
	rc = import_read(c->store, table, bytes, &o, &i, &fault);
	if (rc != ERR_OK)
		return say_fault(c, rc, &o, &fault);
	if (!c->json && !print_preview(c, i, a->operands[1]))
		code = cli_fail(c, ERR_IO);
	else if (rejected == NULL || save_rejected(c, i, rejected, &code))
		code = write_all(c, i);
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
		cli_say(c, IMPORT_FILE, a->operands[1]);
		code = rc == ERR_LIMIT ? cli_fail(c, rc) : err_exit_code(rc);
	}
	if (bytes.p != NULL)
		crypto_wipe(bytes.p, bytes.cap);
	buf_free(&bytes);
	return code;
}
