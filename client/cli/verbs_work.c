/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_work.c -- activity add and list.
 */
#include "client/cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "client/cli/cli_choose.h"
#include "client/cli/cli_words.h"
#include "client/records/activities.h"
#include "client/records/commune.h"
#include "protocol/date.h"

/* ---- where it is written: the cell, or the organisation's own lane */

static bool
choose_lane(struct cli *c, const uint8_t *cell, struct commune_lane *ret)
{
	struct commune_lane *lanes = NULL;
	size_t count = 0, held = 0;

	if (commune_lane_all(c->store, cell, &lanes, &count) != ERR_OK)
		return false;
	for (size_t i = 0; i < count; i++)
		if (store_covers(c->store, lanes[i].scope)) {
			*ret = lanes[i];
			held++;
		}
	free(lanes);
	return held == 1;
}

static bool
choose_scope(struct cli *c, const char *code, uint8_t ret[static SCOPE_LEN],
    int *ret_exit)
{
	struct commune_lane lane;
	struct commune_cell cell;
	err rc;

	if (store_role(c->store) != ROLE_ORGANISATION)
		return cli_choose_cell(c, code, ret, ret_exit);
	rc = code == NULL ? ERR_OK :
	    commune_cell_by_code(c->store, code, &cell);
	if (rc == ERR_OK && choose_lane(c, code != NULL ? cell.scope : NULL,
	    &lane)) {
		memcpy(ret, lane.scope, SCOPE_LEN);
		return true;
	}
	if (rc == ERR_ABSENT)
		cli_say(c, CHOOSE_UNKNOWN_CELL, code);
	else
		cli_say_plain(c, PHRASE_CHOOSE_CELL);
	*ret_exit = EXIT_USAGE;
	return false;
}

/* ---- add */

static struct span
typed(const struct cli_args *a, const char *name)
{
	const char *s = cli_option(a, name);

	return s == NULL ? (struct span){ NULL, 0 } :
	    (struct span){ (const uint8_t *)s, strlen(s) };
}

static bool
accept(struct cli *c, const struct activity_draft *d, struct activity *ret,
    int *ret_exit)
{
	struct people_index *people = NULL;
	enum activities_verdict v;
	err rc = people_index_new(c->store, &people);

	if (rc != ERR_OK) {
		*ret_exit = cli_fail(c, rc);
		return false;
	}
	v = activities_judge(d, steps_today(), people, ret);
	people_index_free(people);
	if (v == ACTIVITIES_FINE)
		return true;
	cli_say_plain(c, activities_phrase(v));
	if (activities_refuses(v)) {
		*ret_exit = EXIT_USAGE;
		return false;
	}
	if (cli_confirm(c, PHRASE_PERSON_ASK))
		return true;
	activities_clear(ret);
	cli_say_plain(c, PHRASE_PERSON_NOT_WRITTEN);
	*ret_exit = EXIT_NO;
	return false;
}

static int
run_add(struct cli *c, const struct cli_args *a)
{
	struct activity_draft d = {
		.date = typed(a, "date"),
		.organisation = typed(a, "organisation"),
		.title = typed(a, "title"),
		.participants = typed(a, "participants"),
	};
	struct activity activity = { .title = NULL };
	uint8_t scope[SCOPE_LEN];
	char date[16];
	int code = EXIT_FINE;
	err rc;

	if (a->operand_count != 0)
		return cli_usage(c, a->verb);
	if (d.organisation.n == 0 || d.title.n == 0) {
		cli_say_plain(c, PHRASE_ACTIVITY_MISSING);
		return EXIT_USAGE;
	}
	date_format(steps_today(), date);
	if (d.date.n == 0)
		d.date = (struct span){ (const uint8_t *)date, strlen(date) };
	if (!cli_open(c, &code) ||
	    !choose_scope(c, cli_option(a, "cell"), scope, &code) ||
	    !accept(c, &d, &activity, &code))
		return code;
	rc = activities_add(c->store, scope, &activity);
	date_format(activity.date, date);
	activities_clear(&activity);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	cli_print(c, ACTIVITY_ADDED, date);
	return EXIT_FINE;
}

/* ---- list */

static void
list_json(struct cli *c, const struct activity *list, size_t count)
{
	struct json *j = json_new(stdout);
	char date[16], code[64];

	json_array(j, NULL);
	for (size_t i = 0; i < count; i++) {
		json_object(j, NULL);
		json_hex(j, "id", (struct span){ list[i].subject, ID_LEN });
		json_cstr(j, "cell", cli_choose_code(c, list[i].scope, code));
		if (list[i].date != INT64_MIN) {
			date_format(list[i].date, date);
			json_cstr(j, "date", date);
		}
		json_cstr(j, "organisation", list[i].organisation);
		json_cstr(j, "title", list[i].title);
		if (list[i].has_participants)
			json_u64(j, "participants", list[i].participants);
		json_bool(j, "received", !list[i].waits);
		json_close(j);
	}
	json_free(j);
}

static bool
list_table(struct cli *c, const struct activity *list, size_t count)
{
	static const enum phrase headings[] = { PHRASE_WORD_FIELD_DATE,
		PHRASE_PERSON_CELL, PHRASE_WORD_FIELD_ORGANISATION,
		PHRASE_WORD_FIELD_TITLE, PHRASE_WORD_FIELD_PARTICIPANTS };
	enum { COLUMNS = sizeof headings / sizeof headings[0] };
	struct cli_table *t = cli_table_new(COLUMNS);
	char date[16], code[64];
	bool done;

	if (t == NULL)
		return false;
	for (size_t i = 0; i < COLUMNS; i++)
		cli_table_heading(t, i, cli_text(c, headings[i]),
		    i + 1 == COLUMNS ? CLI_RIGHT : CLI_LEFT);
	for (size_t i = 0; i < count; i++) {
		date[0] = '\0';
		if (list[i].date != INT64_MIN)
			date_format(list[i].date, date);
		cli_table_cell(t, date);
		cli_table_cell(t, cli_choose_code(c, list[i].scope, code));
		cli_table_cell(t, cli_words_code(c, list[i].organisation));
		cli_table_cell(t, list[i].title);
		if (list[i].has_participants)
			cli_table_u64(t, list[i].participants);
		else
			cli_table_cell(t, "");
	}
	done = cli_table_print(t, stdout);
	cli_table_free(t);
	return done;
}

static int
run_list(struct cli *c, const struct cli_args *a)
{
	const char *code = cli_option(a, "cell");
	struct activity *list = NULL;
	uint8_t scope[SCOPE_LEN];
	size_t count = 0;
	int exit_code = EXIT_FINE;
	err rc;

	if (a->operand_count != 0)
		return cli_usage(c, a->verb);
	if (!cli_open(c, &exit_code) || (code != NULL &&
	    !choose_scope(c, code, scope, &exit_code)))
		return exit_code;
	rc = activities_list(c->store, code != NULL ? scope : NULL, &list,
	    &count);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	if (c->json)
		list_json(c, list, count);
	else if (!list_table(c, list, count))
		exit_code = cli_fail(c, ERR_NOMEM);
	activities_free(list, count);
	return exit_code;
}

/* ---- the table of verbs */

static const struct cli_option add_options[] = {
	{ "date", "DATE", PHRASE_OPTION_PERSON_DATE, false },
	{ "organisation", "CODE", PHRASE_OPTION_ACTIVITY_ORGANISATION, false },
	{ "title", "TITLE", PHRASE_OPTION_ACTIVITY_TITLE, false },
	{ "participants", "N", PHRASE_OPTION_ACTIVITY_PARTICIPANTS, false },
	{ "cell", "CODE", PHRASE_OPTION_PERSON_CELL, false },
};
static const struct cli_option list_options[] = {
	{ "cell", "CODE", PHRASE_OPTION_PERSON_CELL, false },
};
#define OPTIONS(table) table, sizeof(table) / sizeof((table)[0])
static const struct cli_verb verbs[] = {
	{ "activity add", "", PHRASE_VERB_ACTIVITY_ADD, OPTIONS(add_options),
	  run_add },
	{ "activity list", "", PHRASE_VERB_ACTIVITY_LIST,
	  OPTIONS(list_options), run_list },
};

const struct cli_group verbs_work = {
	PHRASE_HELP_WORK, verbs, sizeof verbs / sizeof verbs[0],
};
