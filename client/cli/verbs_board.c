/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_board.c -- nguon board: one line for each cell in charge.
 */
#include "client/cli/verbs_board.h"

#include <inttypes.h>
#include <stdlib.h>

#include "client/cli/cli_option.h"
#include "client/records/steps.h"
#include "protocol/date.h"

enum { COLUMNS = 9 };

static void
put_days(const struct board *b, struct cli_table *t, bool known, uint64_t ms)
{
	if (known)
		cli_table_u64(t, board_days(b, ms));
	else
		cli_table_cell(t, "-");
}

static void
put_row(const struct board *b, const struct board_row *r, struct cli_table *t)
{
	cli_table_cell(t, r->code);
	cli_table_u64(t, r->quota);
	cli_table_u64(t, r->admitted);
	cli_table_u64(t, r->in_trial);
	cli_table_u64(t, r->in_class);
	cli_table_u64(t, r->overdue);
	cli_table_u64(t, r->reminders);
	put_days(b, t, r->has_received, r->received_ms);
	put_days(b, t, r->has_secretary, r->secretary_ms);
}

bool
verbs_board_print(struct cli *c, const struct board *b)
{
	static const enum phrase headings[COLUMNS] = { PHRASE_HEAD_CELL,
		PHRASE_BOARD_QUOTA, PHRASE_BOARD_ADMITTED,
		PHRASE_BOARD_TRIAL, PHRASE_BOARD_CLASS, PHRASE_BOARD_OVERDUE,
		PHRASE_BOARD_REMINDERS, PHRASE_BOARD_SILENT,
		PHRASE_BOARD_SECRETARY };
	struct cli_table *t;
	bool done;

	if (b->count == 0) {
		cli_print_plain(c, PHRASE_BOARD_NONE);
		return true;
	}
	t = cli_table_new(COLUMNS);
	if (t == NULL)
		return false;
	for (size_t i = 0; i < COLUMNS; i++)
		cli_table_heading(t, i, cli_text(c, headings[i]),
		    i == 0 ? CLI_LEFT : CLI_RIGHT);
	for (size_t i = 0; i < b->count; i++)
		put_row(b, &b->rows[i], t);
	cli_print(c, BOARD_TITLE, b->year, b->count);
	(void)fputc('\n', stdout);
	done = cli_table_print(t, stdout);
	cli_table_free(t);
	(void)fputc('\n', stdout);
	cli_print_plain(c, PHRASE_BOARD_RULE);
	cli_print_plain(c, PHRASE_BOARD_LEGEND);
	return done;
}

bool
verbs_board_json(const struct board *b)
{
	struct json *j = json_new(stdout);

	if (j == NULL)
		return false;
	json_object(j, NULL);
	json_u64(j, "schema", BOARD_SCHEMA);
	json_i64(j, "year", b->year);
	json_cstr(j, "order", "overdue,missing,silent,code");
	json_array(j, "cells");
	for (size_t i = 0; i < b->count; i++) {
		const struct board_row *r = &b->rows[i];

		json_object(j, NULL);
		json_cstr(j, "code", r->code);
		json_cstr(j, "name", r->name);
		json_u64(j, "quota", r->quota);
		json_u64(j, "admitted", r->admitted);
		json_u64(j, "in_trial", r->in_trial);
		json_u64(j, "in_class", r->in_class);
		json_u64(j, "overdue_tasks", r->overdue);
		json_u64(j, "open_reminders", r->reminders);
		if (r->has_received) {
			json_u64(j, "received_ms", r->received_ms);
			json_u64(j, "silent_days", board_days(b,
			    r->received_ms));
		}
		if (r->has_secretary)
			json_u64(j, "secretary_seen_ms", r->secretary_ms);
		json_close(j);
	}
	json_close(j);
	json_close(j);
	json_free(j);
	return true;
}

static int
run_board(struct cli *c, const struct cli_args *a)
{
	const char *typed = cli_option(a, "year");
	struct board *b = NULL;
	uint64_t given = 0;
	int year, month, day, code = EXIT_FINE;
	bool done;
	err rc;

	if (a->operand_count != 0)
		return cli_usage(c, a->verb);
	date_to_civil(steps_today(), &year, &month, &day);
	if (typed != NULL) {
		if (cli_option_number(typed, DATE_YEAR_MAX, &given) !=
		    ERR_OK || given < 1000) {
			cli_say(c, BOARD_YEAR, typed);
			return EXIT_USAGE;
		}
		year = (int)given;
	}
	if (!cli_open(c, &code))
		return code;
	rc = board_make(c->store, year, &b);
	if (rc == ERR_ROLE) {
		cli_say_plain(c, PHRASE_BOARD_ROLE);
		return EXIT_REFUSED;
	}
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	done = c->json ? verbs_board_json(b) : verbs_board_print(c, b);
	board_free(b);
	return done ? EXIT_FINE : cli_fail(c, ERR_NOMEM);
}

static const struct cli_option board_options[] = {
	{ "year", "YEAR", PHRASE_OPTION_BOARD_YEAR, CLI_MAY },
};
static const struct cli_verb verbs[] = {
	{ "board", "", PHRASE_VERB_BOARD, board_options,
	    sizeof board_options / sizeof board_options[0], run_board },
};
const struct cli_group verbs_board = {
	PHRASE_HELP_BOARD, verbs, sizeof verbs / sizeof verbs[0],
};
