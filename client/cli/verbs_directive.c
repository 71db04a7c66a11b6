/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_directive.c -- nguon directive: what the commune asks of its cells, and
 * which of them have read it.
 */
#include <stdlib.h>
#include <string.h>

#include "client/cli/cli_choose.h"
#include "client/cli/cli_words.h"
#include "client/cli/verbs_board.h"
#include "client/records/commune.h"
#include "protocol/date.h"

enum { SCHEMA = 1, UNREAD_SHOWN = 8 };

/* ---- screens */

static void
print_head(struct cli *c, const struct directive *d, size_t number)
{
	char id[CLI_CHOOSE_ID], due[CLI_WORDS_BYTES], date[16];

	cli_choose_id(d->subject, id);
	if (d->has_due) {
		date_format(d->due, date);
		(void)snprintf(due, sizeof due,
		    CATALOGUE_FORMAT(c->language, REMINDER_DUE), date);
	} else {
		(void)snprintf(due, sizeof due, "%s",
		    cli_text(c, PHRASE_REMINDER_NO_DUE));
	}
	cli_print(c, DIRECTIVE_HEAD, number, id, due, d->withdrawn ?
	    cli_text(c, PHRASE_DIRECTIVE_MARK_WITHDRAWN) : d->conflict ?
	    cli_text(c, PHRASE_DIRECTIVE_MARK_CONFLICT) : d->corrected ?
	    cli_text(c, PHRASE_DIRECTIVE_MARK_CORRECTED) : "");
}

static void
print_body(struct cli *c, const struct directive *d)
{
	char who[CLI_WORDS_BYTES], when[CLI_TIME_BYTES];

	cli_print(c, REMINDER_TEXT, d->text);
	if (d->why[0] != '\0')
		cli_print(c, DIRECTIVE_WHY, d->why);
	cli_words_author(c, &d->from, who);
	cli_time(d->time_ms, when);
	cli_print(c, REMINDER_FROM, who, when, cli_text(c, d->received ?
	    PHRASE_REMINDER_RECEIVED : PHRASE_REMINDER_WAITS));
	if (d->cell_count > 0)
		cli_print(c, DIRECTIVE_READ, d->read_count, d->cell_count);
}

/* "ba-mo, dong-luoc and 3 more". */
static bool
print_unread(struct cli *c, const struct directive *d)
{
	struct buf codes = { .p = NULL };
	size_t shown = 0, left = d->cell_count - d->read_count;
	bool done;

	if (left == 0 || d->withdrawn)
		return true;
	for (size_t i = 0; i < d->cell_count && shown < UNREAD_SHOWN; i++) {
		if (d->cells[i].read)
			continue;
		if (shown++ > 0)
			buf_put_text(&codes, ", ");
		buf_put_text(&codes, d->cells[i].code);
	}
	(void)buf_cstr(&codes);
	done = buf_err(&codes) == ERR_OK;
	if (done && left > shown) {
		char more[1024];
		(void)snprintf(more, sizeof more,
		    CATALOGUE_FORMAT(c->language, DIRECTIVE_UNREAD_MORE),
		    buf_cstr(&codes), left - shown);
		cli_print(c, DIRECTIVE_UNREAD, more);
	} else if (done) {
		cli_print(c, DIRECTIVE_UNREAD, buf_cstr(&codes));
	}
	buf_free(&codes);
	return done;
}

bool
verbs_directive_print(struct cli *c, const struct directive_list *list)
{
	bool done = true;

	if (list->count == 0) {
		cli_print_plain(c, PHRASE_DIRECTIVE_NONE);
		return true;
	}
	cli_print(c, DIRECTIVE_COUNT, list->count);
	for (size_t i = 0; done && i < list->count; i++) {
		(void)fputc('\n', stdout);
		print_head(c, &list->items[i], i + 1);
		print_body(c, &list->items[i]);
		done = print_unread(c, &list->items[i]);
	}
	return done;
}

bool
verbs_directive_print_one(struct cli *c, const struct directive *d)
{
	char who[CLI_WORDS_BYTES], when[CLI_TIME_BYTES];
	struct cli_table *t = cli_table_new(3);
	bool done;

	if (t == NULL)
		return false;
	print_head(c, d, 1);
	print_body(c, d);
	cli_table_heading(t, 0, cli_text(c, PHRASE_HEAD_CELL), CLI_LEFT);
	cli_table_heading(t, 1, cli_text(c, PHRASE_DIRECTIVE_WHO), CLI_LEFT);
	cli_table_heading(t, 2, cli_text(c, PHRASE_DIRECTIVE_WHEN), CLI_LEFT);
	for (size_t i = 0; i < d->cell_count; i++) {
		const struct directive_cell *cell = &d->cells[i];

		cli_table_cell(t, cell->code);
		if (cell->read) {
			cli_words_author(c, &cell->mark.author, who);
			cli_time(cell->mark.stamp.time_ms, when);
		}
		cli_table_cell(t, cell->read ? who :
		    cli_text(c, PHRASE_DIRECTIVE_NOT_YET));
		cli_table_cell(t, cell->read ? when : "");
	}
	(void)fputc('\n', stdout);
	done = d->cell_count == 0 || cli_table_print(t, stdout);
	cli_table_free(t);
	return done;
}

static void
json_cells(struct json *j, const struct directive *d)
{
	json_array(j, "cells");
	for (size_t i = 0; i < d->cell_count; i++) {
		const struct directive_cell *cell = &d->cells[i];

		json_object(j, NULL);
		json_cstr(j, "code", cell->code);
		json_bool(j, "read", cell->read);
		if (cell->read) {
			json_hex(j, "device", (struct span){
			    cell->mark.author.device, ID_LEN });
			json_cstr(j, "name", cell->mark.author.name);
			json_u64(j, "time_ms", cell->mark.stamp.time_ms);
			json_bool(j, "received", cell->mark.received);
		}
		json_close(j);
	}
	json_close(j);
}

bool
verbs_directive_json(const struct directive_list *list)
{
	struct json *j = json_new(stdout);
	char date[16];

	if (j == NULL)
		return false;
	json_object(j, NULL);
	json_u64(j, "schema", SCHEMA);
	json_array(j, "directives");
	for (size_t i = 0; i < list->count; i++) {
		const struct directive *d = &list->items[i];

		json_object(j, NULL);
		json_hex(j, "id", (struct span){ d->subject, ID_LEN });
		json_cstr(j, "text", d->text);
		if (d->has_due) {
			date_format(d->due, date);
			json_cstr(j, "due", date);
		}
		json_bool(j, "withdrawn", d->withdrawn);
		json_bool(j, "corrected", d->corrected);
		json_bool(j, "conflict", d->conflict);
		if (d->why[0] != '\0')
			json_cstr(j, "why", d->why);
		json_u64(j, "time_ms", d->time_ms);
		json_bool(j, "received", d->received);
		json_bool(j, "all_cells", d->whole);
		json_u64(j, "read", d->read_count);
		json_cells(j, d);
		json_close(j);
	}
	json_close(j);
	json_close(j);
	json_free(j);
	return true;
}

/* ---- list and show */

static int
finish(struct cli *c, bool printed)
{
	err rc = printed ? directives_mark_seen(c->store, NULL) : ERR_NOMEM;

	return rc == ERR_OK ? EXIT_FINE : cli_fail(c, rc);
}

static int
run_list(struct cli *c, const struct cli_args *a)
{
	struct directive_list *list = NULL;
	int code = EXIT_FINE;
	bool done;
	err rc;

	if (a->operand_count != 0)
		return cli_usage(c, a->verb);
	if (!cli_open(c, &code))
		return code;
	rc = directives_list(c->store, cli_option(a, "all") != NULL ?
	    DIRECTIVES_ALL : DIRECTIVES_STANDING, &list);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	done = c->json ? verbs_directive_json(list) :
	    verbs_directive_print(c, list);
	directives_free(list);
	return finish(c, done);
}

/* Owner: the caller, directives_free of *ret_list. */
static const struct directive *
find(struct cli *c, const char *id, struct directive_list **ret_list,
    int *ret_exit)
{
	const struct directive *d;
	err rc;

	if (!cli_open(c, ret_exit))
		return NULL;
	rc = directives_list(c->store, DIRECTIVES_ALL, ret_list);
	if (rc != ERR_OK) {
		*ret_exit = cli_fail(c, rc);
		return NULL;
	}
	d = directives_find(*ret_list, id);
	if (d == NULL) {
		cli_say(c, DIRECTIVE_ABSENT, id);
		*ret_exit = EXIT_NO;
	}
	return d;
}

static int
run_show(struct cli *c, const struct cli_args *a)
{
	struct directive_list *list = NULL, one = { .count = 1 };
	const struct directive *d;
	uint8_t subject[1][ID_LEN];
	int code = EXIT_FINE;
	bool done, mark;

	if (a->operand_count != 1)
		return cli_usage(c, a->verb);
	d = find(c, a->operands[0], &list, &code);
	if (d == NULL) {
		directives_free(list);
		return code;
	}
	one.items = list->items + (d - list->items);
	done = c->json ? verbs_directive_json(&one) :
	    verbs_directive_print_one(c, d);
	/* the others were not shown */
	mark = !d->shown && !d->withdrawn &&
	    store_role(c->store) != ROLE_COMMUNE;
	memcpy(subject[0], d->subject, ID_LEN);
	directives_free(list);
	if (!done)
		return cli_fail(c, ERR_NOMEM);
	err rc = mark ? read_marks_write(c->store,
	    (const uint8_t(*)[ID_LEN])subject, 1, READ_MARKS_SEEN, NULL) :
	    ERR_OK;
	return rc == ERR_OK ? EXIT_FINE : cli_fail(c, rc);
}

/* ---- add, correct, withdraw */

static int
say_refused(struct cli *c, err rc, const char *id)
{
	switch ((int)rc) {
	case ERR_ROLE:
		cli_say_plain(c, PHRASE_DIRECTIVE_ROLE);
		return EXIT_REFUSED;
	case ERR_VALUE:
		cli_say_plain(c, PHRASE_DIRECTIVE_NO_TEXT);
		return EXIT_USAGE;
	case ERR_EXISTS:
		cli_say(c, DIRECTIVE_SAME, id);
		return EXIT_NO;
	case ERR_RULE:
		cli_say(c, DIRECTIVE_IS_WITHDRAWN, id);
		return EXIT_REFUSED;
	default:
		return cli_fail(c, rc);
	}
}

/* The text may go out: it is public, so names are looked for. */
static bool
accept(struct cli *c, struct span text, int *ret_exit)
{
	struct people_index *people = NULL;
	enum directives_verdict v;
	err rc = store_role(c->store) == ROLE_COMMUNE ?
	    people_index_new(c->store, &people) : ERR_ROLE;

	if (rc != ERR_OK) {
		*ret_exit = say_refused(c, rc, "");
		return false;
	}
	v = directives_judge(text, people);
	people_index_free(people);
	cli_say_plain(c, directives_phrase(v));
	if (directives_refuses(v)) {
		*ret_exit = EXIT_USAGE;
		return false;
	}
	if (v == DIRECTIVES_FINE || cli_confirm(c, PHRASE_PERSON_ASK))
		return true;
	cli_say_plain(c, PHRASE_PERSON_NOT_WRITTEN);
	*ret_exit = EXIT_NO;
	return false;
}

/* The cells of --cell; count 0: every one.  Owner: the caller, free(). */
static bool
read_cells(struct cli *c, const struct cli_args *a,
    uint8_t (**ret)[SCOPE_LEN], size_t *ret_count, int *ret_exit)
{
	uint8_t(*cells)[SCOPE_LEN] = calloc(a->given_count + 1, sizeof *cells);
	const char *code;
	size_t cursor = 0, count = 0;

	if (cells == NULL) {
		*ret_exit = cli_fail(c, ERR_NOMEM);
		return false;
	}
	while ((code = cli_option_next(a, "cell", &cursor)) != NULL)
		if (!cli_choose_cell(c, code, cells[count++], ret_exit)) {
			free(cells);
			return false;
		}
	*ret = cells;
	*ret_count = count;
	return true;
}

static bool
read_due(struct cli *c, const struct cli_args *a, struct directive_draft *d,
    int *ret_exit)
{
	const char *due = cli_option(a, "due");

	d->has_due = due != NULL;
	return due == NULL || cli_choose_day(c, due, &d->due, ret_exit);
}

static size_t
cells_of_all(struct cli *c)
{
	struct commune_cell *cells = NULL;
	size_t count = 0;

	if (commune_cell_all(c->store, &cells, &count) != ERR_OK)
		return 0;
	free(cells);
	return count;
}

static int
add(struct cli *c, const struct cli_args *a, struct directive_draft *d)
{
	uint8_t(*cells)[SCOPE_LEN] = NULL, subject[ID_LEN];
	char id[CLI_CHOOSE_ID];
	int code = EXIT_FINE;
	err rc;

	if (!cli_open(c, &code) || !accept(c, d->text, &code) ||
	    !read_cells(c, a, &cells, &d->cell_count, &code))
		return code;
	d->cells = (const uint8_t(*)[SCOPE_LEN])cells;
	rc = directives_add(c->store, d, subject);
	free(cells);
	if (rc != ERR_OK)
		return say_refused(c, rc, "");
	cli_choose_id(subject, id);
	cli_print(c, DIRECTIVE_ADDED, id, d->cell_count > 0 ? d->cell_count :
	    cells_of_all(c));
	return EXIT_FINE;
}

static int
run_add(struct cli *c, const struct cli_args *a)
{
	struct directive_draft d = { .has_due = false };
	struct buf text = { .p = NULL };
	int code = EXIT_FINE;

	if (a->operand_count != 1)
		return cli_usage(c, a->verb);
	if (read_due(c, a, &d, &code) &&
	    cli_typed(c, a->operands[0], &text, &code)) {
		d.text = buf_span(&text);
		code = add(c, a, &d);
	}
	buf_free(&text);
	return code;
}

/* d NULL: withdraw. */
static int
change(struct cli *c, const char *which, const struct directive_draft *d,
    struct span why)
{
	struct directive_list *list = NULL;
	int code = EXIT_FINE;
	const struct directive *old = find(c, which, &list, &code);
	char id[CLI_CHOOSE_ID];
	err rc;

	if (old != NULL && (d == NULL || accept(c, d->text, &code))) {
		cli_choose_id(old->subject, id);
		rc = d != NULL ? directives_correct(c->store, old, d, why) :
		    directives_withdraw(c->store, old, why);
		if (rc != ERR_OK)
			code = say_refused(c, rc, id);
		else if (d != NULL)
			cli_print(c, DIRECTIVE_CORRECTED, id);
		else
			cli_print(c, DIRECTIVE_WITHDRAWN, id);
	}
	directives_free(list);
	return code;
}

static bool
read_why(struct cli *c, const struct cli_args *a, struct buf *ret,
    int *ret_exit)
{
	const char *typed = cli_option(a, "why");

	if (typed != NULL && typed[0] != '\0')
		return cli_open(c, ret_exit) &&
		    cli_choose_why(c, typed, ret, ret_exit);
	cli_say_plain(c, PHRASE_CHANGE_NEEDS_WHY);
	*ret_exit = EXIT_USAGE;
	return false;
}

static int
run_correct(struct cli *c, const struct cli_args *a)
{
	struct directive_draft d = { .has_due = false };
	struct buf text = { .p = NULL }, why = { .p = NULL };
	int code = EXIT_FINE;

	if (a->operand_count != 2)
		return cli_usage(c, a->verb);
	if (read_why(c, a, &why, &code) && read_due(c, a, &d, &code) &&
	    cli_typed(c, a->operands[1], &text, &code)) {
		d.text = buf_span(&text);
		code = change(c, a->operands[0], &d, buf_span(&why));
	}
	buf_free(&text);
	buf_free(&why);
	return code;
}

static int
run_withdraw(struct cli *c, const struct cli_args *a)
{
	struct buf why = { .p = NULL };
	int code = EXIT_FINE;

	if (a->operand_count != 1)
		return cli_usage(c, a->verb);
	if (read_why(c, a, &why, &code))
		code = change(c, a->operands[0], NULL, buf_span(&why));
	buf_free(&why);
	return code;
}

/* ---- the table of verbs */

static const struct cli_option add_options[] = {
	{ "due", "DATE", PHRASE_OPTION_REMIND_DUE, CLI_MAY },
	{ "cell", "CODE", PHRASE_OPTION_DIRECTIVE_CELL, CLI_MANY },
};
static const struct cli_option list_options[] = {
	{ "all", NULL, PHRASE_OPTION_DIRECTIVE_ALL, CLI_MAY },
};
static const struct cli_option correct_options[] = {
	{ "due", "DATE", PHRASE_OPTION_REMIND_DUE, CLI_MAY },
	{ "why", "TEXT", PHRASE_OPTION_WITHDRAW_WHY, CLI_MUST },
};
static const struct cli_option withdraw_options[] = {
	{ "why", "TEXT", PHRASE_OPTION_WITHDRAW_WHY, CLI_MUST },
};
#define OPTIONS(table) table, sizeof(table) / sizeof((table)[0])
static const struct cli_verb verbs[] = {
	{ "directive add", "TEXT", PHRASE_VERB_DIRECTIVE_ADD,
	    OPTIONS(add_options), run_add },
	{ "directive list", "", PHRASE_VERB_DIRECTIVE_LIST,
	    OPTIONS(list_options), run_list },
	{ "directive show", "ID", PHRASE_VERB_DIRECTIVE_SHOW, NULL, 0,
	    run_show },
	{ "directive correct", "ID TEXT", PHRASE_VERB_DIRECTIVE_CORRECT,
	    OPTIONS(correct_options), run_correct },
	{ "directive withdraw", "ID", PHRASE_VERB_DIRECTIVE_WITHDRAW,
	    OPTIONS(withdraw_options), run_withdraw },
};
const struct cli_group verbs_directive = {
	PHRASE_HELP_DIRECTIVE, verbs, sizeof verbs / sizeof verbs[0],
};
