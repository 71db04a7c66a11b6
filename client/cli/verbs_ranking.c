/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_ranking.c -- report ranking: the cells of a year in order, the rule
 * beside them and the people behind every number.
 */
#include "client/cli/verbs_frozen.h"

#include <stdlib.h>
#include <string.h>

#include "client/cli/cli_words.h"
#include "client/records/freeze.h"
#include "client/records/report.h"

typedef unsigned long long ull;

static struct span
text_of(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

static const char *
cell_name(const struct ranking_row *row)
{
	return row->cell->name[0] != '\0' ? row->cell->name : row->cell->code;
}

static bool
print_rows(struct cli *c, const struct report_ranking *r)
{
	static const enum phrase headings[] = { PHRASE_RANKING_RANK,
		PHRASE_HEAD_CELL, PHRASE_REPORT_COLUMN_QUOTA,
		PHRASE_WORD_STEP_ADMITTED, PHRASE_COUNT,
		PHRASE_REPORT_COLUMN_NOMINATED };
	enum { COLUMNS = sizeof headings / sizeof headings[0] };
	struct cli_table *t = cli_table_new(COLUMNS);
	bool ok;

	for (size_t k = 0; k < COLUMNS; k++)
		cli_table_heading(t, k, headings[k] == PHRASE_COUNT ? "%" :
		    cli_text(c, headings[k]), k == 1 ? CLI_LEFT : CLI_RIGHT);
	for (size_t i = 0; i < r->count; i++) {
		const struct ranking_row *row = &r->rows[i];

		if (row->rank > 0)
			cli_table_u64(t, row->rank);
		else
			cli_table_cell(t, "-");
		cli_table_cell(t, cell_name(row));
		cli_table_u64(t, row->quota);
		cli_table_u64(t, row->admitted);
		verbs_frozen_value(c, t, text_of(row->percent));
		cli_table_u64(t, row->nominated);
	}
	ok = cli_table_print(t, stdout);
	cli_table_free(t);
	return ok;
}

/* Those of one cell and step are one after another. */
static void
print_people(struct cli *c, const struct report_ranking *r)
{
	const struct report_person *last = NULL;

	for (size_t i = 0; i < r->people_count; i++) {
		const struct report_person *p = &r->people[i];
		const struct ranking_row *row = r->rows;

		while (memcmp(row->cell->scope, p->scope, SCOPE_LEN) != 0)
			row++;
		if (last == NULL || last->step != p->step ||
		    memcmp(last->scope, p->scope, SCOPE_LEN) != 0) {
			(void)fputc('\n', stdout);
			cli_print(c, RANKING_STEP_OF, cell_name(row),
			    cli_words_step(c, p->step));
		}
		cli_print(c, RANKING_PERSON, p->name[0] != '\0' ? p->name :
		    cli_text(c, PHRASE_RANKING_UNREADABLE));
		last = p;
	}
}

static int
print_text(struct cli *c, const struct report_ranking *r, bool people)
{
	cli_print(c, RANKING_TITLE, r->period.text);
	cli_print(c, RANKING_RULE, (ull)RANKING_RULE_VERSION);
	(void)fputc('\n', stdout);
	if (!print_rows(c, r))
		return cli_fail(c, ERR_NOMEM);
	if (people)
		print_people(c, r);
	return EXIT_FINE;
}

static void
json_people(struct json *j, const struct report_ranking *r,
    const struct ranking_row *row)
{
	json_array(j, "people");
	for (size_t i = 0; i < r->people_count; i++) {
		const struct report_person *p = &r->people[i];

		if (memcmp(row->cell->scope, p->scope, SCOPE_LEN) != 0)
			continue;
		json_object(j, NULL);
		json_cstr(j, "step", field_step_name(p->step));
		json_hex(j, "person", (struct span){ p->subject, ID_LEN });
		json_cstr(j, "name", p->name);
		json_close(j);
	}
	json_close(j);
}

static int
print_json(struct cli *c, const struct report_ranking *r, bool people)
{
	struct json *j = json_new(stdout);

	if (j == NULL)
		return cli_fail(c, ERR_NOMEM);
	json_object(j, NULL);
	json_cstr(j, "year", r->period.text);
	json_u64(j, "ranking_rule", RANKING_RULE_VERSION);
	json_array(j, "cells");
	for (size_t i = 0; i < r->count; i++) {
		const struct ranking_row *row = &r->rows[i];

		json_object(j, NULL);
		if (row->rank > 0)
			json_u64(j, "rank", row->rank);
		else
			json_null(j, "rank");
		json_cstr(j, "cell", row->cell->code);
		json_u64(j, "quota", row->quota);
		json_u64(j, "admitted", row->admitted);
		json_cstr(j, "percent", row->percent);
		json_u64(j, "nominated", row->nominated);
		if (people)
			json_people(j, r, row);
		json_close(j);
	}
	json_close(j);
	json_free(j);
	return EXIT_FINE;
}

static int
publish(struct cli *c, int year, const char *typed)
{
	uint64_t number = 0, waiting = 0;
	err rc = freeze_waiting(c->store, &waiting);

	if (rc == ERR_OK)
		rc = freeze_ranking(c->store, year, &number);
	if (rc != ERR_OK)
		return verbs_frozen_fail(c, rc);
	return verbs_frozen_done(c, true, number, typed, waiting);
}

int
verbs_ranking(struct cli *c, const struct cli_args *a)
{
	const char *typed = cli_option(a, "year");
	bool people = cli_option(a, "people") != NULL;
	struct report_ranking *r = NULL;
	int code = EXIT_FINE, year;
	err rc;

	if (a->operand_count > 0)
		return cli_usage(c, a->verb);
	year = (int)strtol(typed, NULL, 10);
	if (strlen(typed) != 4 || strspn(typed, "0123456789") != 4 ||
	    year < 1000) {
		cli_say(c, RANKING_BAD_YEAR, typed);
		return EXIT_USAGE;
	}
	if (!cli_open(c, &code))
		return code;
	if (cli_option(a, "freeze") != NULL)
		return publish(c, year, typed);
	rc = report_ranking(c->store, year, &r);
	if (rc == ERR_SCOPE) {
		cli_say_plain(c, PHRASE_RANKING_NOT_YOURS);
		return EXIT_REFUSED;
	}
	if (rc != ERR_OK)
		return verbs_frozen_fail(c, rc);
	code = c->json ? print_json(c, r, people) : print_text(c, r, people);
	report_ranking_free(r);
	return code;
}
