/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_nomination.c -- nguon nomination: an organisation puts somebody
 * forward, the cell answers.
 */
#include <stdlib.h>
#include <string.h>

#include "client/cli/cli.h"
#include "client/cli/cli_choose.h"
#include "client/cli/cli_words.h"
#include "client/records/nominations.h"
#include "protocol/date.h"

enum { ID_DIGITS = 8 };

static struct span
text_of(const char *s)
{
	return (struct span){ (const uint8_t *)s, s != NULL ? strlen(s) : 0 };
}

static void
id_words(const uint8_t *id, char ret[static ID_DIGITS + 1])
{
	hex_encode(id, ID_DIGITS / 2, ret);
}

/* ---- add */

static const struct {
	const char *option;
	enum people_field field;
} given[] = {
	{ "name", PEOPLE_FULL_NAME }, { "birth-year", PEOPLE_BIRTH_YEAR },
	{ "birth-date", PEOPLE_BIRTH_DATE }, { "gender", PEOPLE_GENDER },
	{ "phone", PEOPLE_PHONE }, { "residence", PEOPLE_RESIDENCE },
	{ "workplace", PEOPLE_WORKPLACE },
	{ "education", PEOPLE_EDUCATION }, { "notes", PEOPLE_NOTES },
};

static int
find_lane(struct cli *c, const struct cli_args *a, uint8_t *ret)
{
	err rc = nominations_lane(c->store, cli_option(a, "cell"), NULL, ret);

	if (rc == ERR_ABSENT) {
		cli_say_plain(c, PHRASE_NOMINATION_NO_LANE);
		return EXIT_REFUSED;
	}
	if (rc == ERR_VALUE) {
		cli_say_plain(c, PHRASE_NOMINATION_WHICH_LANE);
		return EXIT_USAGE;
	}
	return rc == ERR_OK ? EXIT_FINE : cli_fail(c, rc);
}

static int
run_add(struct cli *c, const struct cli_args *a)
{
	struct people_draft draft = { .text = { { NULL, 0 } } };
	enum people_field field = PEOPLE_FULL_NAME;
	uint8_t lane[SCOPE_LEN], subject[ID_LEN];
	char id[ID_DIGITS + 1];
	int64_t date;
	int code = EXIT_FINE;

	if (a->operand_count > 0)
		return cli_usage(c, a->verb);
	for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
		if (cli_option(a, given[i].option) != NULL)
			draft.text[given[i].field] =
			    text_of(cli_option(a, given[i].option));
	enum people_verdict v = people_judge(&draft, PEOPLE_NEW,
	    steps_today(), &field);
	if (people_refuses(v) || v == PEOPLE_ODD_PHONE) {
		cli_say_plain(c, people_phrase(v));
		return EXIT_USAGE;
	}
	if (!cli_choose_day(c, cli_option(a, "date"), &date, &code) ||
	    !cli_open(c, &code))
		return code;
	code = find_lane(c, a, lane);
	if (code != EXIT_FINE)
		return code;
	err rc = nominations_add(c->store, lane, &draft, date, subject);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	id_words(subject, id);
	cli_print(c, NOMINATION_ADDED, cli_option(a, "name"), id);
	return EXIT_FINE;
}

/* ---- list */

/* The last step that was copied, by which the organisation knows how it
 * goes. */
static void
answer_words(const struct cli *c, const struct nomination *n,
    char out[static CLI_WORDS_BYTES])
{
	const struct step_record *last = NULL;
	char date[16];

	if (n->outcome == NOMINATION_REFUSED) {
		(void)snprintf(out, CLI_WORDS_BYTES, CATALOGUE_FORMAT(
		    c->language, NOMINATION_REFUSED), n->why);
		return;
	}
	for (size_t i = 0; i < n->step_count; i++)
		if (!n->steps[i].again && n->steps[i].date != INT64_MIN)
			last = &n->steps[i];
	if (n->outcome == NOMINATION_LINKED && last != NULL) {
		date_format(last->date, date);
		(void)snprintf(out, CLI_WORDS_BYTES, CATALOGUE_FORMAT(
		    c->language, NOMINATION_NOW), cli_words_step(c,
		    last->step), date);
		return;
	}
	(void)snprintf(out, CLI_WORDS_BYTES, "%s", cli_text(c,
	    n->outcome == NOMINATION_LINKED ? PHRASE_NOMINATION_LINKED :
	    PHRASE_NOMINATION_OPEN));
}

static bool
print_text(struct cli *c, const struct nomination_list *list)
{
	static const enum phrase headings[] = { PHRASE_NOMINATION_HEAD_ID,
		PHRASE_HEAD_CELL, PHRASE_WORD_FIELD_FULL_NAME,
		PHRASE_WORD_FIELD_ORGANISATION, PHRASE_WORD_FIELD_DATE,
		PHRASE_NOMINATION_HEAD_ANSWER };
	struct cli_table *t = cli_table_new(6);
	char words[CLI_WORDS_BYTES], id[ID_DIGITS + 1];
	size_t unread = 0;
	bool ok;

	for (size_t i = 0; i < 6; i++)
		cli_table_heading(t, i, cli_text(c, headings[i]), CLI_LEFT);
	for (size_t i = 0; i < list->count; i++) {
		const struct nomination *n = &list->items[i];

		unread += n->unreadable;
		id_words(n->subject, id);
		cli_table_cell(t, id);
		cli_table_cell(t, n->code);
		cli_table_cell(t, n->name[0] != '\0' ? n->name :
		    cli_text(c, PHRASE_WORD_UNREADABLE));
		cli_table_cell(t, cli_words_code(c, n->organisation));
		words[0] = '\0';
		if (n->has_date)
			date_format(n->date, words);
		cli_table_cell(t, words);
		answer_words(c, n, words);
		cli_table_cell(t, words);
	}
	ok = cli_table_print(t, stdout);
	cli_table_free(t);
	if (unread > 0) {
		(void)fputc('\n', stdout);
		cli_print_plain(c, PHRASE_NOMINATION_UNREADABLE);
	}
	return ok;
}

static void
json_steps(struct json *j, const struct nomination *n)
{
	char date[16];

	json_array(j, "steps");
	for (size_t i = 0; i < n->step_count; i++) {
		if (n->steps[i].again)
			continue;
		json_object(j, NULL);
		json_cstr(j, "step", field_step_name(n->steps[i].step));
		json_u64(j, "round", n->steps[i].round);
		if (n->steps[i].date != INT64_MIN) {
			date_format(n->steps[i].date, date);
			json_cstr(j, "date", date);
		}
		json_close(j);
	}
	json_close(j);
}

static bool
print_json(const struct nomination_list *list)
{
	static const char *const outcomes[] = { "open", "linked", "refused" };
	struct json *j = json_new(stdout);
	char date[16];

	if (j == NULL)
		return false;
	json_object(j, NULL);
	json_array(j, "nominations");
	for (size_t i = 0; i < list->count; i++) {
		const struct nomination *n = &list->items[i];

		json_object(j, NULL);
		json_hex(j, "id", (struct span){ n->subject, ID_LEN });
		json_cstr(j, "cell", n->code);
		json_cstr(j, "organisation", n->organisation);
		json_cstr(j, "full_name", n->name);
		json_bool(j, "unreadable", n->unreadable);
		if (n->birth_year != 0)
			json_u64(j, "birth_year", n->birth_year);
		json_cstr(j, "phone", n->phone);
		json_cstr(j, "residence", n->residence);
		if (n->has_date) {
			date_format(n->date, date);
			json_cstr(j, "date", date);
		}
		json_bool(j, "received", n->received);
		json_cstr(j, "outcome", outcomes[n->outcome]);
		if (n->outcome == NOMINATION_REFUSED)
			json_cstr(j, "why", n->why);
		if (n->outcome == NOMINATION_LINKED)
			json_hex(j, "person", (struct span){ n->person,
			    ID_LEN });
		json_steps(j, n);
		json_close(j);
	}
	json_close(j);
	json_close(j);
	json_free(j);
	return true;
}

static int
run_list(struct cli *c, const struct cli_args *a)
{
	struct nomination_list *list = NULL;
	bool all, ok = true;
	int code = EXIT_FINE;

	if (a->operand_count > 0)
		return cli_usage(c, a->verb);
	if (!cli_open(c, &code))
		return code;
	/* the organisation looks for answers, the cell for what is open */
	all = cli_option(a, "all") != NULL ||
	    store_role(c->store) == ROLE_ORGANISATION;
	err rc = nominations_list(c->store, all ? 0 : 1u << NOMINATION_OPEN,
	    &list);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	if (c->json)
		ok = print_json(list);
	else if (list->count == 0)
		cli_print_plain(c, all ? PHRASE_NOMINATION_NONE :
		    PHRASE_NOMINATION_NONE_OPEN);
	else
		ok = print_text(c, list);
	nominations_free(list);
	return ok ? EXIT_FINE : cli_fail(c, ERR_NOMEM);
}

/* ---- link */

/* The one person of the cell that is meant; else who they could be. */
static int
find_person(struct cli *c, const struct nomination *n, const char *who,
    struct nomination_answer *answer, char name[static CLI_WORDS_BYTES])
{
	struct people_list people = { .count = 0 };
	err rc = people_list_find(c->store, n->cell, text_of(who), &people);
	int code = EXIT_NO;

	if (rc == ERR_ABSENT || (rc == ERR_OK && people.count == 0)) {
		cli_say(c, NOMINATION_NO_PERSON, who);
		return code;
	}
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	if (people.count == 1) {
		const struct person *p = &people.person[0];
		memcpy(answer->person, p->subject, ID_LEN);
		memcpy(answer->version, p->version, HASH_LEN);
		(void)snprintf(name, CLI_WORDS_BYTES, "%s",
		    p->text[PEOPLE_FULL_NAME]);
		code = EXIT_FINE;
	} else {
		cli_say(c, NOMINATION_WHO, people.count, who);
		for (size_t i = 0; i < people.count; i++) {
			const struct person *p = &people.person[i];
			char id[ID_DIGITS + 1];
			id_words(p->subject, id);
			cli_say(c, NOMINATION_WHO_LINE, id,
			    p->text[PEOPLE_FULL_NAME],
			    p->text[PEOPLE_BIRTH_YEAR]);
		}
	}
	people_list_free(&people);
	return code;
}

static int
answer(struct cli *c, const struct nomination *n,
    const struct nomination_answer *how, const char *name)
{
	enum steps_verdict verdict = STEPS_FINE;
	uint8_t person[ID_LEN];
	char id[ID_DIGITS + 1];
	err rc = nominations_answer(c->store, n, how, &verdict, person);

	if (rc == ERR_RULE) {
		cli_say_plain(c, steps_phrase(verdict));
		return EXIT_NO;
	}
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	switch (how->what) {
	case ANSWER_PERSON:
		cli_print(c, NOMINATION_DONE_LINKED, n->name, name);
		break;
	case ANSWER_NEW:
		id_words(person, id);
		cli_print(c, NOMINATION_DONE_NEW, n->name, id);
		break;
	case ANSWER_REFUSE:
		cli_print(c, NOMINATION_DONE_REFUSED, n->name);
		break;
	}
	if (verdict != STEPS_FINE)
		cli_say_plain(c, steps_phrase(verdict));
	return EXIT_FINE;
}

/* What is wanted of the three; false: the message is printed. */
static bool
read_answer(struct cli *c, const struct cli_args *a,
    struct nomination_answer *ret)
{
	const char *person = cli_option(a, "person");
	const char *why = cli_option(a, "why");
	bool fresh = cli_option(a, "new") != NULL;
	bool refuse = cli_option(a, "refuse") != NULL;

	*ret = (struct nomination_answer){ .what = refuse ? ANSWER_REFUSE :
	    fresh ? ANSWER_NEW : ANSWER_PERSON };
	if ((person != NULL) + fresh + refuse != 1 ||
	    (refuse && (why == NULL || why[0] == '\0'))) {
		cli_say_plain(c, PHRASE_NOMINATION_ONE_ANSWER);
		return false;
	}
	return true;
}

static int
link_one(struct cli *c, const struct cli_args *a, const struct nomination *n,
    struct nomination_answer *how)
{
	char name[CLI_WORDS_BYTES] = "";
	int code = EXIT_FINE;

	if (cli_option(a, "date") == NULL && n->has_date)
		how->date = n->date;
	else if (!cli_choose_day(c, cli_option(a, "date"), &how->date, &code))
		return code;
	if (how->what == ANSWER_PERSON)
		code = find_person(c, n, cli_option(a, "person"), how, name);
	return code == EXIT_FINE ? answer(c, n, how, name) : code;
}

static int
run_link(struct cli *c, const struct cli_args *a)
{
	const char *typed = cli_option(a, "why");
	struct nomination_answer how;
	struct nomination_list *list = NULL;
	const struct nomination *n;
	struct buf why = { 0 };
	int code = EXIT_FINE;

	if (a->operand_count != 1)
		return cli_usage(c, a->verb);
	if (!read_answer(c, a, &how))
		return EXIT_USAGE;
	if (!cli_open(c, &code) || (typed != NULL && typed[0] != '\0' &&
	    !cli_choose_why(c, typed, &why, &code))) {
		buf_free(&why);
		return code;
	}
	how.why = buf_span(&why);
	err rc = nominations_list(c->store, 0, &list);
	if (rc != ERR_OK) {
		buf_free(&why);
		return cli_fail(c, rc);
	}
	n = nominations_find(list, a->operands[0]);
	if (n == NULL) {
		cli_say(c, NOMINATION_ABSENT, a->operands[0]);
		code = EXIT_NO;
	} else if (n->unreadable) {
		cli_say_plain(c, PHRASE_NOMINATION_UNREAD);
		code = err_exit_code(ERR_KEY);
	} else {
		code = link_one(c, a, n, &how);
	}
	buf_free(&why);
	nominations_free(list);
	return code;
}

/* ---- the table of verbs */

static const struct cli_option add_options[] = {
	{ "name", "NAME", PHRASE_OPTION_NOMINATION_NAME, CLI_MUST },
	{ "birth-year", "YEAR", PHRASE_OPTION_NOMINATION_YEAR, CLI_MAY },
	{ "birth-date", "DATE", PHRASE_OPTION_NOMINATION_BIRTH, CLI_MAY },
	{ "gender", "nam|nu", PHRASE_OPTION_NOMINATION_GENDER, CLI_MAY },
	{ "phone", "PHONE", PHRASE_OPTION_NOMINATION_PHONE, CLI_MAY },
	{ "residence", "CODE", PHRASE_OPTION_NOMINATION_RESIDENCE, CLI_MAY },
	{ "workplace", "TEXT", PHRASE_OPTION_NOMINATION_WORK, CLI_MAY },
	{ "education", "TEXT", PHRASE_OPTION_NOMINATION_EDUCATION, CLI_MAY },
	{ "notes", "TEXT", PHRASE_OPTION_NOMINATION_NOTES, CLI_MAY },
	{ "date", "DATE", PHRASE_OPTION_NOMINATION_DATE, CLI_MAY },
	{ "cell", "CODE", PHRASE_OPTION_NOMINATION_CELL, CLI_MAY },
};
static const struct cli_option list_options[] = {
	{ "all", NULL, PHRASE_OPTION_NOMINATION_ALL, CLI_MAY },
};
static const struct cli_option link_options[] = {
	{ "person", "WHO", PHRASE_OPTION_LINK_PERSON, CLI_MAY },
	{ "new", NULL, PHRASE_OPTION_LINK_NEW, CLI_MAY },
	{ "refuse", NULL, PHRASE_OPTION_LINK_REFUSE, CLI_MAY },
	{ "why", "TEXT", PHRASE_OPTION_LINK_WHY, CLI_MAY },
	{ "date", "DATE", PHRASE_OPTION_NOMINATION_DATE, CLI_MAY },
};
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
static const struct cli_verb verbs[] = {
	{ "nomination add", "", PHRASE_VERB_NOMINATION_ADD, add_options,
	    COUNT(add_options), run_add },
	{ "nomination list", "", PHRASE_VERB_NOMINATION_LIST, list_options,
	    COUNT(list_options), run_list },
	{ "nomination link", "ID", PHRASE_VERB_NOMINATION_LINK, link_options,
	    COUNT(link_options), run_link },
};
const struct cli_group verbs_nomination = {
	PHRASE_HELP_NOMINATION, verbs, COUNT(verbs),
};
