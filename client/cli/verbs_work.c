/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_work.c -- activity add, list, edit and void.
 */
#include "client/cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "client/cli/cli_choose.h"
#include "client/cli/cli_export.h"
#include "client/cli/cli_words.h"
#include "client/records/activities.h"
#include "client/records/commune.h"
#include "client/records/corrections.h"
#include "client/records/fold_text.h"
#include "client/records/nominations.h"
#include "protocol/date.h"
#include "client/records/short_id.h"

/* ---- where it is written: the cell, or the organisation's own lane */

/* The lane of this device in that cell (NULL: in its only one); organisation as
 * typed, empty where it is the lane's.  False: the message is printed. */
static bool
choose_lane(struct cli *c, const char *cell, struct span organisation,
    uint8_t ret[static SCOPE_LEN], int *ret_exit)
{
	struct buf code = { 0 };
	err rc = organisation.n == 0 ? ERR_OK :
	    fold_text_code(organisation, &code);

	if (rc == ERR_OK)
		rc = nominations_lane(c->store, cell, organisation.n == 0 ?
		    NULL : buf_cstr(&code), ret);
	buf_free(&code);
	if (rc == ERR_OK)
		return true;
	if (rc == ERR_ABSENT || rc == ERR_VALUE) {
		cli_say_plain(c, rc == ERR_ABSENT ? PHRASE_NOMINATION_NO_LANE :
		    PHRASE_NOMINATION_WHICH_LANE);
		*ret_exit = rc == ERR_ABSENT ? EXIT_REFUSED : EXIT_USAGE;
	} else {
		*ret_exit = cli_fail(c, rc);
	}
	return false;
}

static bool
choose_scope(struct cli *c, const char *code, struct span organisation,
    uint8_t ret[static SCOPE_LEN], int *ret_exit)
{
	return store_role(c->store) == ROLE_ORGANISATION ?
	    choose_lane(c, code, organisation, ret, ret_exit) :
	    cli_choose_cell(c, code, ret, ret_exit);
}

/* The organisation of the lane, where none was typed. */
static err
fill_organisation(struct cli *c, const uint8_t scope[static SCOPE_LEN],
    char code[static STEPS_TEXT], struct span *organisation)
{
	struct commune_lane *lanes = NULL;
	size_t count = 0;
	err rc = organisation->n > 0 ? ERR_OK :
	    commune_lane_all(c->store, NULL, &lanes, &count);

	for (size_t i = 0; i < count; i++) {
		if (memcmp(lanes[i].scope, scope, SCOPE_LEN) != 0)
			continue;
		(void)snprintf(code, STEPS_TEXT, "%s",
		    lanes[i].organisation);
		*organisation = (struct span){ (const uint8_t *)code,
			strlen(code) };
	}
	free(lanes);
	return rc;
}

/* ---- add */

static struct span
as_span(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

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

/* The organisation may be left out on the device of one. */
static bool
may_leave_out(struct cli *c, const struct activity_draft *d, int *ret_exit)
{
	if (d->organisation.n > 0)
		return true;
	if (!cli_open_locked(c, ret_exit))
		return false;
	if (store_role(c->store) == ROLE_ORGANISATION)
		return true;
	cli_say_plain(c, PHRASE_ACTIVITY_MISSING);
	*ret_exit = EXIT_USAGE;
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
	char date[16], organisation[STEPS_TEXT];
	int code = EXIT_FINE;
	err rc;

	if (a->operand_count != 0)
		return cli_usage(c, a->verb);
	if (!may_leave_out(c, &d, &code))
		return code;
	date_format(steps_today(), date);
	if (d.date.n == 0)
		d.date = (struct span){ (const uint8_t *)date, strlen(date) };
	if (!cli_open(c, &code) ||
	    !choose_scope(c, cli_option(a, "cell"), d.organisation, scope,
	    &code))
		return code;
	rc = fill_organisation(c, scope, organisation, &d.organisation);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	if (!accept(c, &d, &activity, &code))
		return code;
	rc = activities_add(c->store, scope, &activity);
	date_format(activity.date, date);
	activities_clear(&activity);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	cli_print(c, ACTIVITY_ADDED, date);
	return EXIT_FINE;
}

/* ---- correcting */

/* The one whose id begins with those digits. */
static const struct activity *
find_activity(const struct activity *list, size_t count, const char *digits)
{
	const struct activity *found = NULL;

	for (size_t i = 0; i < count; i++) {
		if (!short_id_names(digits, list[i].subject))
			continue;
		if (found != NULL)
			return NULL;
		found = &list[i];
	}
	return found;
}

/* The activity as it is, with what was typed over it. */
static bool
retype(struct cli *c, const struct cli_args *a, const struct activity *old,
    struct activity *ret, int *ret_exit)
{
	char date[16], participants[24] = "";
	struct activity_draft d = {
		.date = typed(a, "date"),
		.organisation = typed(a, "organisation"),
		.title = typed(a, "title"),
		.participants = typed(a, "participants"),
	};

	date_format(old->date, date);
	if (old->has_participants)
		(void)snprintf(participants, sizeof participants, "%llu",
		    (unsigned long long)old->participants);
	if (d.date.p == NULL)
		d.date = as_span(date);
	if (d.organisation.p == NULL)
		d.organisation = as_span(old->organisation);
	if (d.title.p == NULL)
		d.title = as_span(old->title);
	if (d.participants.p == NULL)
		d.participants = as_span(participants);
	return accept(c, &d, ret, ret_exit);
}

static int
correct(struct cli *c, const struct cli_args *a, const struct activity *old,
    struct span why, bool drop)
{
	struct activity now = { .title = NULL };
	size_t changed = 0;
	int code = EXIT_FINE;
	err rc;

	if (!drop && !retype(c, a, old, &now, &code))
		return code;
	rc = corrections_activity(c->store, old, drop ? NULL : &now, why,
	    &changed);
	activities_clear(&now);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	if (drop)
		cli_print(c, ACTIVITY_VOIDED, a->operands[0]);
	else if (changed == 0)
		cli_print_plain(c, PHRASE_CORRECTIONS_NOTHING);
	else
		cli_print(c, ACTIVITY_EDITED, changed, a->operands[0]);
	return EXIT_FINE;
}

static int
run_correction(struct cli *c, const struct cli_args *a, bool drop)
{
	const struct activity *old;
	struct activity *list = NULL;
	struct buf why = { .p = NULL };
	size_t count = 0;
	int code = EXIT_FINE;
	err rc;

	if (a->operand_count != 1)
		return cli_usage(c, a->verb);
	if (!cli_open(c, &code))
		return code;
	rc = activities_list(c->store, NULL, &list, &count);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	old = find_activity(list, count, a->operands[0]);
	if (old == NULL) {
		cli_say(c, ACTIVITY_NONE, a->operands[0]);
		code = EXIT_NO;
	} else if (cli_choose_why(c, cli_option(a, "why"), &why, &code)) {
		code = correct(c, a, old, buf_span(&why), drop);
	}
	buf_free(&why);
	activities_free(list, count);
	return code;
}

static int
run_edit(struct cli *c, const struct cli_args *a)
{
	return run_correction(c, a, false);
}

static int
run_void(struct cli *c, const struct cli_args *a)
{
	return run_correction(c, a, true);
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
		json_bool(j, "back_dated", list[i].late);
		json_close(j);
	}
	json_free(j);
}

static bool
list_table(struct cli *c, const struct activity *list, size_t count)
{
	static const enum phrase headings[] = { PHRASE_PERSON_ID,
		PHRASE_WORD_FIELD_DATE, PHRASE_PERSON_CELL,
		PHRASE_WORD_FIELD_ORGANISATION,
		PHRASE_WORD_FIELD_TITLE, PHRASE_WORD_FIELD_PARTICIPANTS };
	enum { COLUMNS = sizeof headings / sizeof headings[0] };
	struct cli_table *t = cli_table_new(COLUMNS);
	char date[16], code[64], id[CLI_CHOOSE_ID];
	bool done;

	if (t == NULL)
		return false;
	for (size_t i = 0; i < COLUMNS; i++)
		cli_table_heading(t, i, cli_text(c, headings[i]),
		    i + 1 == COLUMNS ? CLI_RIGHT : CLI_LEFT);
	for (size_t i = 0; i < count; i++) {
		cli_choose_id(list[i].subject, id);
		cli_table_cell(t, id);
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
	    !choose_scope(c, code, (struct span){ NULL, 0 }, scope,
	    &exit_code)))
		return exit_code;
	rc = activities_list(c->store, code != NULL ? scope : NULL, &list,
	    &count);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	if (cli_option(a, "out") != NULL)
		exit_code = cli_export_activities(c, list, count,
		    cli_option(a, "out"));
	else if (c->json)
		list_json(c, list, count);
	else if (!list_table(c, list, count))
		exit_code = cli_fail(c, ERR_NOMEM);
	activities_free(list, count);
	return exit_code;
}

/* ---- the table of verbs */

static const struct cli_option add_options[] = {
	{ "date", "DATE", PHRASE_OPTION_PERSON_DATE, CLI_MAY },
	{ "title", "TITLE", PHRASE_OPTION_ACTIVITY_TITLE, CLI_MUST },
	{ "organisation", "CODE", PHRASE_OPTION_ACTIVITY_ORGANISATION,
	  CLI_MAY },
	{ "participants", "N", PHRASE_OPTION_ACTIVITY_PARTICIPANTS, CLI_MAY },
	{ "cell", "CODE", PHRASE_OPTION_PERSON_CELL, CLI_MAY },
};
static const struct cli_option edit_options[] = {
	{ "date", "DATE", PHRASE_OPTION_PERSON_DATE, CLI_MAY },
	{ "title", "TITLE", PHRASE_OPTION_ACTIVITY_TITLE, CLI_MAY },
	{ "organisation", "CODE", PHRASE_OPTION_ACTIVITY_ORGANISATION,
	  CLI_MAY },
	{ "participants", "N", PHRASE_OPTION_ACTIVITY_PARTICIPANTS, CLI_MAY },
	{ "why", "TEXT", PHRASE_OPTION_EDIT_WHY, CLI_MUST },
};
static const struct cli_option void_options[] = {
	{ "why", "TEXT", PHRASE_OPTION_EDIT_WHY, CLI_MUST },
};
static const struct cli_option list_options[] = {
	{ "cell", "CODE", PHRASE_OPTION_PERSON_CELL, CLI_MAY },
	{ "out", "FILE", PHRASE_OPTION_OUT, CLI_MAY },
};
#define OPTIONS(table) table, sizeof(table) / sizeof((table)[0])
static const struct cli_verb verbs[] = {
	{ "activity add", "", PHRASE_VERB_ACTIVITY_ADD, OPTIONS(add_options),
	  run_add },
	{ "activity list", "", PHRASE_VERB_ACTIVITY_LIST,
	  OPTIONS(list_options), run_list },
	{ "activity edit", "ID", PHRASE_VERB_ACTIVITY_EDIT,
	  OPTIONS(edit_options), run_edit },
	{ "activity void", "ID", PHRASE_VERB_ACTIVITY_VOID,
	  OPTIONS(void_options), run_void },
};

const struct cli_group verbs_work = {
	PHRASE_HELP_WORK, verbs, sizeof verbs / sizeof verbs[0],
};
