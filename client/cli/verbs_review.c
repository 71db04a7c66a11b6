/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_review.c -- review, review list, status and set.
 */
#include "client/cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "client/cli/cli_choose.h"
#include "client/cli/cli_option.h"
#include "client/cli/review_terminal.h"
#include "client/records/commune.h"
#include "client/records/fold_text.h"
#include "client/records/own_cells.h"

static struct span
as_span(const char *s)
{
	return s == NULL ? (struct span){ NULL, 0 } :
	    (struct span){ (const uint8_t *)s, strlen(s) };
}

/* ---- what is asked for */

struct asked {
	uint64_t year;
	bool has_scope;
	uint8_t scope[SCOPE_LEN];
};

static bool
read_asked(struct cli *c, const struct cli_args *a, struct asked *ret,
    int *ret_exit)
{
	const char *year = cli_option(a, "year");
	const char *cell = cli_option(a, "cell");

	ret->year = review_this_year();
	ret->has_scope = cell != NULL;
	if (year != NULL && (cli_option_number(year, 2199, &ret->year) !=
	    ERR_OK || ret->year < 1990)) {
		cli_say(c, REVIEW_YEAR_WRONG, year);
		*ret_exit = EXIT_USAGE;
		return false;
	}
	return cli_open(c, ret_exit) && (cell == NULL ||
	    cli_choose_cell(c, cell, ret->scope, ret_exit));
}

static err
read_review(struct cli *c, const struct asked *q, struct review *ret)
{
	return review_read(c->store, q->has_scope ? q->scope : NULL, q->year,
	    ret);
}

static void
print_summary(struct cli *c, const struct review *r)
{
	size_t counts[REVIEW_OUTCOMES];

	review_count(r, counts);
	cli_print(c, REVIEW_SUMMARY, (unsigned long long)r->year,
	    counts[REVIEW_HOME], counts[REVIEW_AWAY], counts[REVIEW_GONE],
	    counts[REVIEW_OPEN]);
}

/* ---- review: the screen */

static err
show(const struct review_screen *t)
{
	struct buf text = { .p = NULL };
	unsigned columns, lines;

	review_terminal_size(&columns, &lines);
	/* the last line stays empty, so that nothing scrolls */
	err rc = review_screen_draw(t, columns, lines > 1 ? lines - 1 : 1,
	    &text);
	if (rc == ERR_OK)
		rc = review_terminal_show(buf_span(&text));
	if (text.p != NULL)
		crypto_wipe(text.p, text.cap);
	buf_free(&text);
	return rc;
}

/* One answer, committed at once.  *ret_open: somebody is still to be asked. */
static err
write_answer(struct cli *c, struct review_screen *t, struct review *r,
    bool *ret_open)
{
	enum review_verdict v = review_write_judge(r, t->at, &t->answer,
	    store_role(c->store));
	err rc = ERR_OK;

	if (review_write_refuses(v)) {
		review_screen_refused(t, review_write_phrase(v));
		return ERR_OK;
	}
	if (v != REVIEW_SAME)
		rc = review_write(c->store, r, t->at, &t->answer);
	if (rc == ERR_CHANGED) {
		rc = store_refresh(c->store);
		if (rc == ERR_OK)
			rc = review_again(c->store, r, t->at);
		if (rc == ERR_OK)
			review_screen_changed(t);
		return rc;
	}
	if (rc == ERR_OK)
		*ret_open = review_screen_written(t);
	return rc;
}

static err
run_screen(struct cli *c, struct review_terminal *terminal,
    struct review_screen *t, struct review *r)
{
	enum review_do what = REVIEW_DO_DRAW;
	struct review_press press;
	bool open = true;
	err rc = ERR_OK;

	while (rc == ERR_OK && open && what != REVIEW_DO_STOP) {
		rc = show(t);
		if (rc == ERR_OK)
			rc = review_terminal_key(terminal, &press);
		if (rc == ERR_OK)
			what = review_screen_press(t, &press);
		if (rc == ERR_OK && what == REVIEW_DO_WRITE)
			rc = write_answer(c, t, r, &open);
	}
	crypto_wipe(t->typed, sizeof t->typed);
	return rc;
}

/* "Thôn Ba Mô"; of several cells the commune. */
static err
name_place(struct cli *c, const struct review *r, struct buf *out)
{
	struct commune_cell cell;
	bool one = r->count > 0;

	for (size_t i = 1; i < r->count; i++)
		if (memcmp(r->rows[i].person.scope, r->rows[0].person.scope,
		    SCOPE_LEN) != 0)
			one = false;
	if (one && commune_cell_by_scope(c->store, r->rows[0].person.scope,
	    &cell) == ERR_OK)
		buf_put_text(out, cell.name);
	else if (commune_name(c->store, out) != ERR_OK)
		buf_put_text(out, "-");
	return buf_err(out);
}

static int
review_people(struct cli *c, struct review *r)
{
	struct review_screen t = { .c = c, .r = r };
	struct review_terminal terminal = { .open = false };
	struct buf place = { .p = NULL };
	const char *no_colour = getenv("NO_COLOR");
	err rc = name_place(c, r, &place);

	t.place = buf_cstr(&place);
	t.colour = no_colour == NULL || no_colour[0] == '\0';
	if (r->count == 0) {
		cli_print_plain(c, PHRASE_REVIEW_NOBODY);
	} else if (rc == ERR_OK && review_screen_begin(&t)) {
		rc = review_terminal_open(&terminal);
		if (rc == ERR_OK)
			rc = run_screen(c, &terminal, &t, r);
		review_terminal_close(&terminal);
	}
	buf_free(&place);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	size_t counts[REVIEW_OUTCOMES];
	review_count(r, counts);
	if (r->count > 0 && counts[REVIEW_OPEN] == 0)
		cli_print_plain(c, PHRASE_REVIEW_ALL_DONE);
	if (r->count > 0)
		print_summary(c, r);
	return EXIT_FINE;
}

static int
run_review(struct cli *c, const struct cli_args *a)
{
	struct review r = { .count = 0 };
	struct asked q;
	int code = EXIT_FINE;

	if (a->operand_count != 0)
		return cli_usage(c, a->verb);
	if (c->json || !review_terminal_there()) {
		cli_say_plain(c, PHRASE_REVIEW_NO_TERMINAL);
		return EXIT_USAGE;
	}
	if (!read_asked(c, a, &q, &code))
		return code;
	if (q.year > review_this_year()) {
		cli_say_plain(c, PHRASE_REVIEW_BAD_YEAR);
		return EXIT_USAGE;
	}
	enum role role = store_role(c->store);
	if (role != ROLE_COMMUNE && role != ROLE_SECRETARY &&
	    role != ROLE_DEPUTY)
		return cli_fail(c, ERR_ROLE);
	err rc = read_review(c, &q, &r);
	code = rc == ERR_OK ? review_people(c, &r) : cli_fail(c, rc);
	review_free(&r);
	return code;
}

/* ---- list */

/* only NULL: all. */
static bool
is_wanted(const struct review_row *row, const enum review_outcome *only)
{
	return only == NULL || row->now.outcome == *only;
}

static void
put_found(struct json *j, const char *key, const struct review_found *f)
{
	if (f->year == 0)
		return;
	json_object(j, key);
	json_u64(j, "year", f->year);
	json_cstr(j, "outcome", review_outcome_name(f->outcome));
	if (f->where[0] != '\0')
		json_cstr(j, "where", f->where);
	json_bool(j, "received", !f->waits);
	json_bool(j, "conflict", f->conflict);
	json_close(j);
}

static void
list_json(struct cli *c, const struct review *r,
    const enum review_outcome *only)
{
	struct json *j = json_new(stdout);
	char code[64];

	json_object(j, NULL);
	json_u64(j, "schema", 1);
	json_u64(j, "year", r->year);
	json_array(j, "people");
	for (size_t i = 0; i < r->count; i++) {
		const struct person *p = &r->rows[i].person;
		if (!is_wanted(&r->rows[i], only))
			continue;
		json_object(j, NULL);
		json_hex(j, "id", (struct span){ p->subject, ID_LEN });
		json_cstr(j, "cell", cli_choose_code(c, p->scope, code));
		json_cstr(j, "full_name", p->text[PEOPLE_FULL_NAME]);
		put_found(j, "now", &r->rows[i].now);
		put_found(j, "last", &r->rows[i].last);
		json_close(j);
	}
	json_free(j);
}

static bool
list_table(struct cli *c, const struct review *r,
    const enum review_outcome *only)
{
	static const enum phrase headings[] = { PHRASE_PERSON_ID,
		PHRASE_WORD_FIELD_FULL_NAME, PHRASE_PERSON_YEAR,
		PHRASE_REVIEW_COLUMN_NOW, PHRASE_REVIEW_COLUMN_LAST };
	enum { COLUMNS = sizeof headings / sizeof headings[0] };
	struct cli_table *t = cli_table_new(COLUMNS);
	char id[CLI_CHOOSE_ID], text[512];
	bool done;

	if (t == NULL)
		return false;
	for (size_t i = 0; i < COLUMNS; i++)
		cli_table_heading(t, i, cli_text(c, headings[i]), CLI_LEFT);
	for (size_t i = 0; i < r->count; i++) {
		const struct review_row *row = &r->rows[i];
		if (!is_wanted(row, only))
			continue;
		cli_choose_id(row->person.subject, id);
		cli_table_cell(t, id);
		cli_table_cell(t, row->person.text[PEOPLE_FULL_NAME]);
		cli_table_cell(t, row->person.text[PEOPLE_BIRTH_YEAR]);
		review_screen_found(c, &row->now, text, sizeof text);
		cli_table_cell(t, row->now.year == 0 ?
		    cli_text(c, PHRASE_REVIEW_WORD_OPEN) : text);
		review_screen_found(c, &row->last, text, sizeof text);
		cli_table_cell(t, text);
	}
	done = cli_table_print(t, stdout);
	cli_table_free(t);
	return done;
}

static bool
read_outcome(struct cli *c, const char *word, enum review_outcome *ret)
{
	*ret = REVIEW_OPEN;
	if (strcmp(word, review_outcome_name(REVIEW_OPEN)) == 0)
		return true;
	*ret = review_outcome_from(as_span(word));
	if (*ret == REVIEW_OPEN)
		cli_say_plain(c, PHRASE_REVIEW_NO_OUTCOME);
	return *ret != REVIEW_OPEN;
}

static int
run_list(struct cli *c, const struct cli_args *a)
{
	const char *outcome = cli_option(a, "outcome");
	enum review_outcome word = REVIEW_OPEN;
	const enum review_outcome *only = outcome != NULL ? &word : NULL;
	struct review r = { .count = 0 };
	struct asked q;
	int code = EXIT_FINE;

	if (a->operand_count != 0)
		return cli_usage(c, a->verb);
	if (outcome != NULL && !read_outcome(c, outcome, &word))
		return EXIT_USAGE;
	if (!read_asked(c, a, &q, &code))
		return code;
	err rc = read_review(c, &q, &r);
	if (rc == ERR_OK && c->json)
		list_json(c, &r, only);
	else if (rc == ERR_OK && !list_table(c, &r, only))
		rc = ERR_NOMEM;
	if (rc == ERR_OK && !c->json)
		print_summary(c, &r);
	review_free(&r);
	return rc == ERR_OK ? EXIT_FINE : cli_fail(c, rc);
}

/* ---- status: a line a cell */

static void
count_cell(const struct review *r, const uint8_t *scope,
    size_t ret[static REVIEW_OUTCOMES])
{
	memset(ret, 0, REVIEW_OUTCOMES * sizeof ret[0]);
	for (size_t i = 0; i < r->count; i++)
		if (memcmp(r->rows[i].person.scope, scope, SCOPE_LEN) == 0)
			ret[r->rows[i].now.outcome]++;
}

static void
put_counts(struct json *j, const size_t counts[static REVIEW_OUTCOMES])
{
	for (unsigned o = 0; o < REVIEW_OUTCOMES; o++)
		json_u64(j, review_outcome_name((enum review_outcome)o),
		    counts[o]);
}

static void
status_json(const struct review *r, const struct own_cell *cells,
    size_t count)
{
	struct json *j = json_new(stdout);
	size_t counts[REVIEW_OUTCOMES];

	json_object(j, NULL);
	json_u64(j, "schema", 1);
	json_u64(j, "year", r->year);
	review_count(r, counts);
	put_counts(j, counts);
	json_array(j, "cells");
	for (size_t i = 0; i < count; i++) {
		if (!cells[i].held)
			continue;
		count_cell(r, cells[i].scope, counts);
		json_object(j, NULL);
		json_cstr(j, "cell", cells[i].code);
		put_counts(j, counts);
		json_close(j);
	}
	json_free(j);
}

static bool
status_table(struct cli *c, const struct review *r,
    const struct own_cell *cells, size_t count)
{
	static const enum phrase headings[] = { PHRASE_PERSON_CELL,
		PHRASE_REVIEW_WORD_HOME, PHRASE_REVIEW_WORD_AWAY,
		PHRASE_REVIEW_WORD_GONE, PHRASE_REVIEW_WORD_OPEN,
		PHRASE_REVIEW_COLUMN_ALL };
	enum { COLUMNS = sizeof headings / sizeof headings[0] };
	struct cli_table *t = cli_table_new(COLUMNS);
	size_t n[REVIEW_OUTCOMES];
	bool done;

	if (t == NULL)
		return false;
	for (size_t i = 0; i < COLUMNS; i++)
		cli_table_heading(t, i, cli_text(c, headings[i]),
		    i == 0 ? CLI_LEFT : CLI_RIGHT);
	for (size_t i = 0; i < count; i++) {
		count_cell(r, cells[i].scope, n);
		size_t all = n[REVIEW_HOME] + n[REVIEW_AWAY] +
		    n[REVIEW_GONE] + n[REVIEW_OPEN];
		if (!cells[i].held || all == 0)
			continue;
		cli_table_cell(t, cells[i].code);
		cli_table_u64(t, n[REVIEW_HOME]);
		cli_table_u64(t, n[REVIEW_AWAY]);
		cli_table_u64(t, n[REVIEW_GONE]);
		cli_table_u64(t, n[REVIEW_OPEN]);
		cli_table_u64(t, all);
	}
	done = cli_table_print(t, stdout);
	cli_table_free(t);
	return done;
}

static int
run_status(struct cli *c, const struct cli_args *a)
{
	struct own_cell *cells = NULL;
	struct review r = { .count = 0 };
	struct asked q;
	size_t count = 0;
	int code = EXIT_FINE;

	if (a->operand_count != 0)
		return cli_usage(c, a->verb);
	if (!read_asked(c, a, &q, &code))
		return code;
	err rc = read_review(c, &q, &r);
	if (rc == ERR_OK)
		rc = own_cells(c->store, &cells, &count);
	if (rc == ERR_OK && c->json)
		status_json(&r, cells, count);
	else if (rc == ERR_OK && !status_table(c, &r, cells, count))
		rc = ERR_NOMEM;
	if (rc == ERR_OK && !c->json)
		print_summary(c, &r);
	free(cells);
	review_free(&r);
	return rc == ERR_OK ? EXIT_FINE : cli_fail(c, rc);
}

/* ---- set */

static int
set_one(struct cli *c, struct review *r, const struct review_answer *a,
    const uint8_t *subject)
{
	enum review_verdict v = REVIEW_FINE;
	size_t row = 0;
	err rc = ERR_OK;

	while (row < r->count && memcmp(r->rows[row].person.subject, subject,
	    ID_LEN) != 0)
		row++;
	if (row == r->count) {
		cli_say_plain(c, PHRASE_IMPORT_NO_ASKED);
		return EXIT_NO;
	}
	v = review_write_judge(r, row, a, store_role(c->store));
	if (v != REVIEW_FINE)
		cli_say_plain(c, review_write_phrase(v));
	if (review_write_refuses(v))
		return EXIT_USAGE;
	if (v == REVIEW_FINE)
		rc = review_write(c->store, r, row, a);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	cli_print(c, REVIEW_SET, r->rows[row].person.text[PEOPLE_FULL_NAME],
	    (unsigned long long)r->year,
	    review_screen_outcome(c, r->rows[row].now.outcome));
	return EXIT_FINE;
}

static int
run_set(struct cli *c, const struct cli_args *a)
{
	struct review_answer answer = {
		.where = as_span(cli_option(a, "where")) };
	struct people_list l = { .count = 0 };
	struct review r = { .count = 0 };
	struct buf reason = { .p = NULL };
	struct asked q;
	int code = EXIT_FINE;
	err rc = ERR_OK;

	if (a->operand_count != 2)
		return cli_usage(c, a->verb);
	answer.outcome = review_outcome_from(as_span(a->operands[1]));
	if (answer.outcome == REVIEW_OPEN) {
		cli_say_plain(c, PHRASE_REVIEW_NO_OUTCOME);
		return EXIT_USAGE;
	}
	if (!read_asked(c, a, &q, &code) || !cli_choose_person(c,
	    cli_option(a, "cell"), a->operands[0], &l, &code))
		return code;
	if (cli_option(a, "reason") != NULL)
		rc = fold_text_code(as_span(cli_option(a, "reason")), &reason);
	answer.reason = buf_span(&reason);
	if (rc == ERR_OK)
		rc = review_read(c->store, l.person[0].scope, q.year, &r);
	code = rc == ERR_OK ? set_one(c, &r, &answer,
	    l.person[0].subject) : cli_fail(c, rc);
	review_free(&r);
	people_list_free(&l);
	buf_free(&reason);
	return code;
}

/* ---- the table of verbs */

#define YEAR_CELL \
	{ "year", "YEAR", PHRASE_OPTION_REVIEW_YEAR, CLI_MAY }, \
	{ "cell", "CODE", PHRASE_OPTION_PERSON_CELL, CLI_MAY }
static const struct cli_option review_options[] = { YEAR_CELL };
static const struct cli_option list_options[] = {
	YEAR_CELL,
	{ "outcome", "OUTCOME", PHRASE_OPTION_REVIEW_OUTCOME, CLI_MAY },
};
static const struct cli_option set_options[] = {
	{ "where", "TEXT", PHRASE_OPTION_REVIEW_WHERE, CLI_MAY },
	{ "reason", "CODE", PHRASE_OPTION_REVIEW_REASON, CLI_MAY },
	YEAR_CELL,
};
#define OPTIONS(table) table, sizeof(table) / sizeof((table)[0])
static const struct cli_verb verbs[] = {
	{ "review", "", PHRASE_VERB_REVIEW, OPTIONS(review_options),
	  run_review },
	{ "review list", "", PHRASE_VERB_REVIEW_LIST, OPTIONS(list_options),
	  run_list },
	{ "review status", "", PHRASE_VERB_REVIEW_STATUS,
	  OPTIONS(review_options), run_status },
	{ "review set", "WHO OUTCOME", PHRASE_VERB_REVIEW_SET,
	  OPTIONS(set_options), run_set },
};

const struct cli_group verbs_review = {
	PHRASE_HELP_REVIEW, verbs, sizeof verbs / sizeof verbs[0],
};
