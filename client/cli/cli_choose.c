/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/cli_choose.h"

#include <stdlib.h>
#include <string.h>

#include "client/cli/cli_words.h"
#include "client/records/commune.h"
#include "client/records/corrections.h"
#include "client/records/own_cells.h"
#include "protocol/date.h"

enum { SEVERAL_SHOWN = 20 };

static struct span
as_span(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

bool
cli_choose_cell(struct cli *c, const char *code,
    uint8_t ret[static SCOPE_LEN], int *ret_exit)
{
	err rc = own_cells_choose(c->store, code, ret);

	if (rc == ERR_OK)
		return true;
	if (rc == ERR_VALUE) {
		cli_say_plain(c, PHRASE_CHOOSE_CELL);
		*ret_exit = EXIT_USAGE;
	} else if (rc == ERR_ABSENT) {
		cli_say(c, CHOOSE_UNKNOWN_CELL, code);
		*ret_exit = err_exit_code(rc);
	} else {
		*ret_exit = cli_fail(c, rc);
	}
	return false;
}

void
cli_choose_id(const uint8_t subject[static ID_LEN],
    char ret[static CLI_CHOOSE_ID])
{
	hex_encode(subject, (CLI_CHOOSE_ID - 1) / 2, ret);
}

const char *
cli_choose_code(struct cli *c, const uint8_t scope[static SCOPE_LEN],
    char ret[static 64])
{
	struct commune_cell cell;
	struct commune_lane *lanes = NULL;
	size_t count = 0;
	const uint8_t *at = scope;

	if (chain_scope_kind(scope) == SCOPE_LANE &&
	    commune_lane_all(c->store, NULL, &lanes, &count) != ERR_OK)
		count = 0;
	for (size_t i = 0; i < count; i++)
		if (memcmp(lanes[i].scope, scope, SCOPE_LEN) == 0)
			at = lanes[i].cell;
	err rc = commune_cell_by_scope(c->store, at, &cell);
	free(lanes);
	if (rc != ERR_OK)
		return "-";
	memcpy(ret, cell.code, sizeof cell.code);
	return ret;
}

/* ---- people as a table */

static bool
several_cells(const struct people_list *l)
{
	for (size_t i = 1; i < l->count; i++)
		if (memcmp(l->person[i].scope, l->person[0].scope,
		    SCOPE_LEN) != 0)
			return true;
	return false;
}

static void
put_row(struct cli *c, const struct person *p, bool cells,
    struct cli_table *t)
{
	char id[CLI_CHOOSE_ID], date[16] = "", code[64];
	enum step step = steps_now(&p->standing);

	cli_choose_id(p->subject, id);
	if (p->standing.has_date)
		date_format(p->standing.date, date);
	cli_table_cell(t, id);
	if (cells)
		cli_table_cell(t, cli_choose_code(c, p->scope, code));
	cli_table_cell(t, p->text[PEOPLE_FULL_NAME]);
	cli_table_cell(t, p->text[PEOPLE_BIRTH_YEAR]);
	cli_table_cell(t, cli_words_code(c, p->text[PEOPLE_RESIDENCE]));
	cli_table_cell(t, p->gone ? cli_text(c, p->went.merged ?
	    PHRASE_MOVES_GONE_MERGED : PHRASE_MOVES_GONE_MOVED) :
	    step == STEP_NONE ? "-" : cli_words_step(c, step));
	cli_table_cell(t, date);
}

bool
cli_choose_table(struct cli *c, const struct people_list *l, FILE *out)
{
	static const enum phrase headings[] = { PHRASE_PERSON_ID,
		PHRASE_PERSON_CELL, PHRASE_WORD_FIELD_FULL_NAME,
		PHRASE_PERSON_YEAR, PHRASE_WORD_FIELD_RESIDENCE,
		PHRASE_PERSON_STEP, PHRASE_WORD_FIELD_DATE };
	enum { COLUMNS = sizeof headings / sizeof headings[0] };
	bool cells = several_cells(l), done;
	struct cli_table *t = cli_table_new(COLUMNS - (cells ? 0 : 1));
	size_t column = 0;

	if (t == NULL)
		return false;
	for (size_t i = 0; i < COLUMNS; i++)
		if (cells || headings[i] != PHRASE_PERSON_CELL)
			cli_table_heading(t, column++,
			    cli_text(c, headings[i]), CLI_LEFT);
	for (size_t i = 0; i < l->count; i++)
		put_row(c, &l->person[i], cells, t);
	done = cli_table_print(t, out);
	cli_table_free(t);
	return done;
}

/* ---- one person */

bool
cli_choose_person(struct cli *c, const char *cell, const char *who,
    struct people_list *ret, int *ret_exit)
{
	struct people_list l = { .count = 0 };
	uint8_t scope[SCOPE_LEN];
	err rc;

	if (cell != NULL && !cli_choose_cell(c, cell, scope, ret_exit))
		return false;
	rc = people_list_find(c->store, cell != NULL ? scope : NULL,
	    as_span(who), &l);
	if (rc == ERR_OK && l.count == 1) {
		*ret = l;
		return true;
	}
	if (rc == ERR_OK) {
		size_t all = l.count;
		cli_say(c, CHOOSE_SEVERAL, all);
		l.count = all < SEVERAL_SHOWN ? all : SEVERAL_SHOWN;
		if (!cli_choose_table(c, &l, stderr))
			rc = ERR_NOMEM;
		if (l.count < all)
			cli_say(c, CHOOSE_MORE, all - l.count);
		l.count = all;
		people_list_free(&l);
		*ret_exit = rc == ERR_OK ? EXIT_USAGE : cli_fail(c, rc);
	} else if (rc == ERR_ABSENT) {
		cli_say(c, CHOOSE_NOBODY, who);
		*ret_exit = err_exit_code(rc);
	} else {
		*ret_exit = cli_fail(c, rc);
	}
	return false;
}

bool
cli_choose_day(struct cli *c, const char *typed, int64_t *ret, int *ret_exit)
{
	if (typed == NULL) {
		*ret = steps_today();
		return true;
	}
	if (date_parse(as_span(typed), ret) == ERR_OK)
		return true;
	cli_say(c, PERSON_BAD_DATE, typed);
	*ret_exit = EXIT_USAGE;
	return false;
}

bool
cli_choose_why(struct cli *c, const char *typed, struct buf *out,
    int *ret_exit)
{
	struct people_index *people = NULL;
	enum corrections_verdict v = CORRECTIONS_NO_WHY;
	err rc = typed == NULL ? ERR_OK : people_index_new(c->store, &people);

	if (rc == ERR_OK && typed != NULL)
		v = corrections_why(as_span(typed), people, out);
	people_index_free(people);
	if (rc != ERR_OK) {
		*ret_exit = cli_fail(c, rc);
		return false;
	}
	if (v == CORRECTIONS_FINE) {
		cli_say_plain(c, PHRASE_CORRECTIONS_PUBLIC);
		return true;
	}
	cli_say_plain(c, corrections_phrase(v));
	*ret_exit = EXIT_USAGE;
	if (corrections_refuses(v))
		return false;
	if (cli_confirm(c, PHRASE_PERSON_ASK))
		return true;
	cli_say_plain(c, PHRASE_PERSON_NOT_WRITTEN);
	*ret_exit = EXIT_NO;
	return false;
}
