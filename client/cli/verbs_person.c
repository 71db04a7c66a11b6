/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_person.c -- person add, list, edit; the table of the group.
 * verbs_person_show.c shows one person, verbs_person_step.c writes steps.
 */
#include "client/cli/verbs_person.h"

#include <stdlib.h>
#include <string.h>

#include "client/cli/cli_choose.h"
#include "client/cli/cli_export.h"
#include "client/cli/cli_words.h"
#include "client/cli/verbs_import.h"
#include "client/records/fold_text.h"
#include "client/records/people_index.h"
#include "protocol/date.h"

static struct span
as_span(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

/* ---- what was typed */

static const char *const option_names[PEOPLE_FIELDS] = {
	[PEOPLE_FULL_NAME] = "name", [PEOPLE_BIRTH_DATE] = "birth-date",
	[PEOPLE_BIRTH_YEAR] = "birth-year", [PEOPLE_GENDER] = "gender",
	[PEOPLE_ORGANISATION] = "organisation",
	[PEOPLE_RESIDENCE] = "residence", [PEOPLE_WORKPLACE] = "workplace",
	[PEOPLE_EDUCATION] = "education", [PEOPLE_PHONE] = "phone",
	[PEOPLE_NOTES] = "notes", [PEOPLE_REF] = "ref",
};

/* How many fields were given. */
static size_t
read_draft(const struct cli_args *a, struct people_draft *ret)
{
	size_t given = 0;

	memset(ret, 0, sizeof *ret);
	for (unsigned i = 0; i < PEOPLE_FIELDS; i++) {
		const char *typed = cli_option(a, option_names[i]);
		if (typed == NULL)
			continue;
		ret->text[i] = as_span(typed);
		given++;
	}
	return given;
}

/* What is doubtful is said and asked about; what is refused, said. */
static bool
accept(struct cli *c, const struct people_draft *d, enum people_use use,
    int *ret_exit)
{
	enum people_field field = PEOPLE_FULL_NAME;
	enum people_verdict v = people_judge(d, use, steps_today(), &field);
	const char *label = cli_words_field(c, people_field_number(field));

	if (people_refuses(v) || v == PEOPLE_ODD_PHONE) {
		cli_say(c, PERSON_WRONG, label, cli_text(c, people_phrase(v)));
		*ret_exit = EXIT_USAGE;
		return false;
	}
	if (v == PEOPLE_FINE)
		return true;
	cli_say(c, PERSON_ODD, label, cli_text(c, people_phrase(v)));
	if (cli_confirm(c, PHRASE_PERSON_ASK))
		return true;
	cli_say_plain(c, PHRASE_PERSON_NOT_WRITTEN);
	*ret_exit = EXIT_NO;
	return false;
}

/* ---- add */

/* The year as the record will have it. */
static void
birth_year(const struct people_draft *d, char ret[static 16])
{
	int64_t days;

	ret[0] = '\0';
	if (d->text[PEOPLE_BIRTH_YEAR].n == 4) {
		memcpy(ret, d->text[PEOPLE_BIRTH_YEAR].p, 4);
		ret[4] = '\0';
	} else if (d->text[PEOPLE_BIRTH_DATE].n > 0 &&
	    date_parse(d->text[PEOPLE_BIRTH_DATE], &days) == ERR_OK) {
		date_format(days, ret);
		ret[4] = '\0';
	}
}

/* Somebody of this name and year is there already. */
static bool
accept_namesake(struct cli *c, const struct people_draft *d,
    const uint8_t scope[static SCOPE_LEN], int *ret_exit)
{
	struct people_index *people = NULL;
	uint8_t key[ID_LEN];
	char year[16];
	bool here = false, elsewhere = false;
	err rc = people_index_new(c->store, &people);

	birth_year(d, year);
	if (rc == ERR_OK)
		rc = people_index_name_key(d->text[PEOPLE_FULL_NAME],
		    as_span(year), key);
	if (rc == ERR_OK) {
		here = people_index_by_name(people, key, scope) != NULL;
		elsewhere = people_index_by_name(people, key, NULL) != NULL;
	}
	people_index_free(people);
	if (rc != ERR_OK) {
		*ret_exit = cli_fail(c, rc);
		return false;
	}
	if (!here) {
		if (elsewhere)
			cli_say_plain(c, PHRASE_PERSON_NAMESAKE_ELSEWHERE);
		return true;
	}
	cli_say_plain(c, PHRASE_PERSON_NAMESAKE);
	if (cli_confirm(c, PHRASE_PERSON_ASK))
		return true;
	cli_say_plain(c, PHRASE_PERSON_NOT_WRITTEN);
	*ret_exit = EXIT_NO;
	return false;
}

static void
report_added(struct cli *c, const struct people_draft *d,
    const uint8_t subject[static ID_LEN])
{
	char id[CLI_CHOOSE_ID];
	struct json *j;

	cli_choose_id(subject, id);
	if (!c->json) {
		cli_print(c, PERSON_ADDED,
		    (const char *)d->text[PEOPLE_FULL_NAME].p, id);
		return;
	}
	j = json_new(stdout);
	json_object(j, NULL);
	json_hex(j, "id", (struct span){ subject, ID_LEN });
	json_free(j);
}

/* A day that has not come: the day is wrong, or this clock. */
static bool
accept_day(struct cli *c, int64_t day, int *ret_exit)
{
	if (!steps_ahead(day, steps_today()))
		return true;
	cli_say_plain(c, PHRASE_STEPS_FUTURE);
	if (cli_confirm(c, PHRASE_PERSON_ASK))
		return true;
	cli_say_plain(c, PHRASE_PERSON_NOT_WRITTEN);
	*ret_exit = EXIT_NO;
	return false;
}

static int
run_add(struct cli *c, const struct cli_args *a)
{
	struct people_draft d;
	uint8_t scope[SCOPE_LEN], subject[ID_LEN];
	int64_t listed;
	int code = EXIT_FINE;
	err rc;

	if (a->operand_count != 0)
		return cli_usage(c, a->verb);
	(void)read_draft(a, &d);
	if (d.text[PEOPLE_FULL_NAME].n == 0) {
		cli_say_plain(c, PHRASE_PERSON_NEW);
		return EXIT_USAGE;
	}
	if (!cli_choose_day(c, cli_option(a, "date"), &listed, &code))
		return code;
	if (!accept_day(c, listed, &code))
		return code;
	if (!accept(c, &d, PEOPLE_NEW, &code) || !cli_open(c, &code) ||
	    !cli_choose_cell(c, cli_option(a, "cell"), scope, &code) ||
	    !accept_namesake(c, &d, scope, &code))
		return code;
	rc = people_add(c->store, scope, &d, listed, subject);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	report_added(c, &d, subject);
	return EXIT_FINE;
}

/* ---- list */

static err
join_words(const struct cli_args *a, struct buf *out)
{
	for (size_t i = 0; i < a->operand_count; i++) {
		buf_put_text(out, a->operands[i]);
		buf_put_u8(out, ' ');
	}
	return buf_err(out);
}

/* A step by its name; NULL: none asked for. */
static bool
read_step(struct cli *c, const char *name, enum step *ret)
{
	*ret = name == NULL ? STEP_NONE : field_step_from_name(as_span(name));
	if (name == NULL || *ret != STEP_NONE)
		return true;
	cli_say_plain(c, steps_phrase(STEPS_UNKNOWN));
	return false;
}

static int
print_list(struct cli *c, const struct people_list *l)
{
	struct json *j;

	if (!c->json) {
		if (l->count > 0 && !cli_choose_table(c, l, stdout))
			return cli_fail(c, ERR_NOMEM);
		cli_print(c, PERSON_COUNT, l->count);
		return EXIT_FINE;
	}
	j = json_new(stdout);
	json_array(j, NULL);
	for (size_t i = 0; i < l->count; i++)
		verbs_person_show_json(c, j, &l->person[i]);
	json_free(j);
	return EXIT_FINE;
}

static int
run_list(struct cli *c, const struct cli_args *a)
{
	const char *cell = cli_option(a, "cell");
	const char *residence = cli_option(a, "residence");
	struct people_filter f = { .scope = NULL };
	struct people_list l = { .count = 0 };
	struct buf words = { .p = NULL };
	uint8_t scope[SCOPE_LEN];
	int code = EXIT_FINE;
	err rc;

	f.all = cli_option(a, "all") != NULL;
	if (!read_step(c, cli_option(a, "step"), &f.step))
		return EXIT_USAGE;
	if (residence != NULL) {
		f.residence = as_span(residence);
		if (!field_residence_ok(f.residence)) {
			cli_say_plain(c, PHRASE_PEOPLE_BAD_RESIDENCE);
			return EXIT_USAGE;
		}
	}
	if (!cli_open(c, &code))
		return code;
	if (cell != NULL) {
		if (!cli_choose_cell(c, cell, scope, &code))
			return code;
		f.scope = scope;
	}
	rc = join_words(a, &words);
	f.words = buf_span(&words);
	if (rc == ERR_OK)
		rc = people_list(c->store, &f, &l);
	if (rc != ERR_OK)
		code = cli_fail(c, rc);
	else if (cli_option(a, "out") != NULL)
		code = cli_export_people(c, &l, cli_option(a, "out"));
	else
		code = print_list(c, &l);
	people_list_free(&l);
	buf_free(&words);
	return code;
}

/* ---- edit */

static int
edit(struct cli *c, const struct person *p, const struct people_draft *d)
{
	size_t changed = 0;
	err rc = people_edit(c->store, p, d, &changed);

	if (rc != ERR_OK)
		return cli_fail(c, rc);
	if (changed == 0)
		cli_print(c, PERSON_SAME, p->text[PEOPLE_FULL_NAME]);
	else
		cli_print(c, PERSON_EDITED, changed,
		    p->text[PEOPLE_FULL_NAME]);
	return EXIT_FINE;
}

static int
run_edit(struct cli *c, const struct cli_args *a)
{
	struct people_draft d;
	struct people_list l = { .count = 0 };
	struct buf why = { .p = NULL };
	int code = EXIT_FINE;

	if (a->operand_count != 1)
		return cli_usage(c, a->verb);
	if (read_draft(a, &d) == 0) {
		cli_say_plain(c, PHRASE_PERSON_EDIT_NOTHING);
		return EXIT_USAGE;
	}
	if (!accept(c, &d, PEOPLE_CHANGED, &code) || !cli_open(c, &code) ||
	    !cli_choose_person(c, cli_option(a, "cell"), a->operands[0], &l,
	    &code))
		return code;
	if (cli_option(a, "why") == NULL ||
	    cli_choose_why(c, cli_option(a, "why"), &why, &code)) {
		d.why = buf_span(&why);
		code = edit(c, &l.person[0], &d);
	}
	people_list_free(&l);
	buf_free(&why);
	return code;
}

/* ---- the table of verbs */

#define FIELD_OPTIONS \
	{ "birth-date", "DATE", PHRASE_OPTION_PERSON_BIRTH_DATE, CLI_MAY }, \
	{ "birth-year", "YEAR", PHRASE_OPTION_PERSON_BIRTH_YEAR, CLI_MAY }, \
	{ "gender", "nam|nu", PHRASE_OPTION_PERSON_GENDER, CLI_MAY }, \
	{ "organisation", "CODE", PHRASE_OPTION_PERSON_ORGANISATION, \
	    CLI_MAY }, \
	{ "residence", "CODE", PHRASE_OPTION_PERSON_RESIDENCE, CLI_MAY }, \
	{ "workplace", "TEXT", PHRASE_OPTION_PERSON_WORKPLACE, CLI_MAY }, \
	{ "education", "TEXT", PHRASE_OPTION_PERSON_EDUCATION, CLI_MAY }, \
	{ "phone", "NUMBER", PHRASE_OPTION_PERSON_PHONE, CLI_MAY }, \
	{ "notes", "TEXT", PHRASE_OPTION_PERSON_NOTES, CLI_MAY }, \
	{ "ref", "REF", PHRASE_OPTION_PERSON_REF, CLI_MAY }, \
	{ "cell", "CODE", PHRASE_OPTION_PERSON_CELL, CLI_MAY }
static const struct cli_option add_options[] = {
	{ "name", "NAME", PHRASE_OPTION_PERSON_NAME, CLI_MUST },
	FIELD_OPTIONS,
	{ "date", "DATE", PHRASE_OPTION_PERSON_DATE, CLI_MAY },
};
static const struct cli_option edit_options[] = {
	{ "name", "NAME", PHRASE_OPTION_PERSON_NAME, CLI_MAY },
	FIELD_OPTIONS,
	{ "why", "TEXT", PHRASE_OPTION_EDIT_WHY, CLI_MAY },
};
static const struct cli_option list_options[] = {
	{ "cell", "CODE", PHRASE_OPTION_PERSON_CELL, CLI_MAY },
	{ "step", "STEP", PHRASE_OPTION_PERSON_STEP, CLI_MAY },
	{ "residence", "CODE", PHRASE_OPTION_PERSON_RESIDENCE, CLI_MAY },
	{ "all", NULL, PHRASE_OPTION_PERSON_ALL, CLI_MAY },
	{ "out", "FILE", PHRASE_OPTION_OUT, CLI_MAY },
};
static const struct cli_option show_options[] = {
	{ "cell", "CODE", PHRASE_OPTION_PERSON_CELL, CLI_MAY },
};
static const struct cli_option step_options[] = {
	{ "date", "DATE", PHRASE_OPTION_PERSON_DATE, CLI_MAY },
	{ "organisation", "CODE", PHRASE_OPTION_STEP_ORGANISATION, CLI_MAY },
	{ "reason", "CODE", PHRASE_OPTION_STEP_REASON, CLI_MAY },
	{ "helper", "WHO", PHRASE_OPTION_STEP_HELPER, CLI_MANY },
	{ "correct", NULL, PHRASE_OPTION_STEP_CORRECT, CLI_MAY },
	{ "void", NULL, PHRASE_OPTION_STEP_VOID, CLI_MAY },
	{ "why", "TEXT", PHRASE_OPTION_EDIT_WHY, CLI_MAY },
	{ "cell", "CODE", PHRASE_OPTION_PERSON_CELL, CLI_MAY },
};
static const struct cli_option import_options[] = {
	{ "cell", "CODE", PHRASE_OPTION_IMPORT_CELL, CLI_MAY },
	{ "date", "DATE", PHRASE_OPTION_IMPORT_DATE, CLI_MAY },
	{ "year", "YEAR", PHRASE_OPTION_REVIEW_YEAR, CLI_MAY },
	{ "dry-run", NULL, PHRASE_OPTION_IMPORT_DRY_RUN, CLI_MAY },
	{ "rejected", "FILE", PHRASE_OPTION_IMPORT_REJECTED, CLI_MAY },
};
#define OPTIONS(table) table, sizeof(table) / sizeof((table)[0])
static const struct cli_verb verbs[] = {
	{ "person add", "", PHRASE_VERB_PERSON_ADD, OPTIONS(add_options),
	  run_add },
	{ "person list", "[WORDS]", PHRASE_VERB_PERSON_LIST,
	  OPTIONS(list_options), run_list },
	{ "person show", "WHO", PHRASE_VERB_PERSON_SHOW,
	  OPTIONS(show_options), verbs_person_show },
	{ "person edit", "WHO", PHRASE_VERB_PERSON_EDIT,
	  OPTIONS(edit_options), run_edit },
	{ "person step", "WHO STEP", PHRASE_VERB_PERSON_STEP,
	  OPTIONS(step_options), verbs_person_step },
	{ "import", "TABLE FILE", PHRASE_VERB_IMPORT,
	  OPTIONS(import_options), verbs_import_run },
};

const struct cli_group verbs_person = {
	PHRASE_HELP_PERSON, verbs, sizeof verbs / sizeof verbs[0],
};
