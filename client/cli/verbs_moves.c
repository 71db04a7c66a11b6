/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_moves.c -- duplicates; person merge, distinct, move.
 */
#include <string.h>

#include "client/cli/cli_choose.h"
#include "client/cli/cli_words.h"
#include "client/records/duplicates.h"
#include "client/records/moves.h"

/* ---- duplicates */

static const struct {
	const char *name;
	unsigned reason;
	enum phrase phrase;
} reasons[] = {
	{ "name", DUPLICATES_NAME, PHRASE_DUPLICATES_NAME },
	{ "words", DUPLICATES_WORDS, PHRASE_DUPLICATES_WORDS },
	{ "birth_year", DUPLICATES_YEAR, PHRASE_DUPLICATES_YEAR },
	{ "near_year", DUPLICATES_NEAR, PHRASE_DUPLICATES_NEAR },
	{ "phone", DUPLICATES_PHONE, PHRASE_DUPLICATES_PHONE },
};
enum { REASONS = sizeof reasons / sizeof reasons[0] };

static void
print_one(struct cli *c, const struct person *p)
{
	char id[CLI_CHOOSE_ID], code[64];

	cli_choose_id(p->subject, id);
	cli_print(c, DUPLICATES_PERSON, id, p->text[PEOPLE_FULL_NAME],
	    p->text[PEOPLE_BIRTH_YEAR][0] != '\0' ?
	    p->text[PEOPLE_BIRTH_YEAR] : "-",
	    cli_choose_code(c, p->scope, code));
}

static int
print_text(struct cli *c, const struct duplicates *d)
{
	struct buf words = { .p = NULL };

	if (d->count == 0) {
		cli_print_plain(c, PHRASE_DUPLICATES_NONE);
		return EXIT_FINE;
	}
	for (size_t i = 0; i < d->count; i++) {
		const struct duplicate *pair = &d->pairs[i];

		buf_reset(&words);
		for (size_t k = 0; k < REASONS; k++) {
			if (!(pair->reasons & reasons[k].reason))
				continue;
			if (words.n > 0)
				buf_put_text(&words, ", ");
			buf_put_text(&words, cli_text(c, reasons[k].phrase));
		}
		cli_print(c, DUPLICATES_PAIR, i + 1, buf_cstr(&words));
		print_one(c, &d->people.person[pair->a]);
		print_one(c, &d->people.person[pair->b]);
	}
	buf_free(&words);
	(void)fputc('\n', stdout);
	cli_print_plain(c, PHRASE_DUPLICATES_HOW);
	return EXIT_FINE;
}

static void
json_person(struct cli *c, struct json *j, const char *key,
    const struct person *p)
{
	char code[64];

	json_object(j, key);
	json_hex(j, "id", (struct span){ p->subject, ID_LEN });
	json_cstr(j, "name", p->text[PEOPLE_FULL_NAME]);
	json_cstr(j, "birth_year", p->text[PEOPLE_BIRTH_YEAR]);
	json_cstr(j, "cell", cli_choose_code(c, p->scope, code));
	json_close(j);
}

static int
print_json(struct cli *c, const struct duplicates *d)
{
	struct json *j = json_new(stdout);

	if (j == NULL)
		return cli_fail(c, ERR_NOMEM);
	json_object(j, NULL);
	json_array(j, "pairs");
	for (size_t i = 0; i < d->count; i++) {
		json_object(j, NULL);
		json_person(c, j, "a", &d->people.person[d->pairs[i].a]);
		json_person(c, j, "b", &d->people.person[d->pairs[i].b]);
		json_array(j, "reasons");
		for (size_t k = 0; k < REASONS; k++)
			if (d->pairs[i].reasons & reasons[k].reason)
				json_cstr(j, NULL, reasons[k].name);
		json_close(j);
		json_close(j);
	}
	json_free(j);
	return EXIT_FINE;
}

static int
run_duplicates(struct cli *c, const struct cli_args *a)
{
	const char *cell = cli_option(a, "cell");
	struct duplicates d = { .count = 0 };
	uint8_t scope[SCOPE_LEN];
	int code = EXIT_FINE;
	err rc;

	if (a->operand_count != 0)
		return cli_usage(c, a->verb);
	if (!cli_open(c, &code) ||
	    (cell != NULL && !cli_choose_cell(c, cell, scope, &code)))
		return code;
	rc = duplicates_find(c->store, cell != NULL ? scope : NULL, &d);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	code = c->json ? print_json(c, &d) : print_text(c, &d);
	duplicates_free(&d);
	return code;
}

/* ---- two people, and one */

static int
refused(struct cli *c, err rc)
{
	if (rc != ERR_ROLE && rc != ERR_VALUE && rc != ERR_EXISTS)
		return cli_fail(c, rc);
	cli_say_plain(c, rc == ERR_ROLE ? PHRASE_MOVES_ROLE :
	    rc == ERR_VALUE ? PHRASE_MOVES_SAME_PERSON :
	    PHRASE_MOVES_THERE_ALREADY);
	return err_exit_code(rc);
}

struct two {
	struct people_list a, b;
};

static void
two_free(struct two *t)
{
	people_list_free(&t->a);
	people_list_free(&t->b);
}

static bool
choose_two(struct cli *c, const struct cli_args *a, struct two *t,
    int *ret_exit)
{
	return cli_open(c, ret_exit) &&
	    cli_choose_person(c, NULL, a->operands[0], &t->a, ret_exit) &&
	    cli_choose_person(c, NULL, a->operands[1], &t->b, ret_exit);
}

static int
run_distinct(struct cli *c, const struct cli_args *a)
{
	struct two t = { .a = { .count = 0 } };
	int code = EXIT_FINE;
	err rc;

	if (a->operand_count != 2)
		return cli_usage(c, a->verb);
	if (choose_two(c, a, &t, &code)) {
		rc = duplicates_distinct(c->store, &t.a.person[0],
		    &t.b.person[0]);
		if (rc != ERR_OK)
			code = refused(c, rc);
		else
			cli_print_plain(c, PHRASE_MOVES_DISTINCT);
	}
	two_free(&t);
	return code;
}

static int
merge(struct cli *c, const struct two *t, struct span why)
{
	err rc;

	print_one(c, &t->a.person[0]);
	print_one(c, &t->b.person[0]);
	if (!cli_confirm(c, PHRASE_MOVES_ASK_MERGE)) {
		cli_say_plain(c, PHRASE_PERSON_NOT_WRITTEN);
		return EXIT_NO;
	}
	rc = moves_merge(c->store, &t->a.person[0], &t->b.person[0],
	    steps_today(), why);
	if (rc != ERR_OK)
		return refused(c, rc);
	cli_print(c, MOVES_MERGED, t->b.person[0].text[PEOPLE_FULL_NAME]);
	return EXIT_FINE;
}

static int
run_merge(struct cli *c, const struct cli_args *a)
{
	struct two t = { .a = { .count = 0 } };
	struct buf why = { .p = NULL };
	int code = EXIT_FINE;

	if (a->operand_count != 2)
		return cli_usage(c, a->verb);
	if (choose_two(c, a, &t, &code) && (cli_option(a, "why") == NULL ||
	    cli_choose_why(c, cli_option(a, "why"), &why, &code)))
		code = merge(c, &t, buf_span(&why));
	two_free(&t);
	buf_free(&why);
	return code;
}

/* ---- moving */

/* The count after somebody left, or came. */
static unsigned long long
after(uint64_t count, bool left)
{
	return left ? count - (count > 0) : count + 1;
}

static void
print_cell(struct cli *c, const struct moves_cell *cell, bool from,
    bool result)
{
	cli_print(c, MOVES_CELL, cell->name,
	    (unsigned long long)cell->people, after(cell->people, from),
	    (unsigned long long)cell->admitted,
	    result ? after(cell->admitted, from) : cell->admitted,
	    (unsigned long long)cell->quota);
}

static void
print_preview(struct cli *c, const struct person *p,
    const struct moves_preview *v)
{
	cli_print(c, MOVES_PREVIEW, p->text[PEOPLE_FULL_NAME], v->from.name,
	    v->to.name, v->steps);
	print_cell(c, &v->from, true, v->result_moves);
	print_cell(c, &v->to, false, v->result_moves);
	if (v->reminders > 0)
		cli_print(c, MOVES_REMINDERS, v->reminders);
	if (v->unsettled > 0)
		cli_print(c, MOVES_UNSETTLED, v->unsettled);
}

static void
json_cell(struct json *j, const char *key, const struct moves_cell *cell)
{
	json_object(j, key);
	json_cstr(j, "code", cell->code);
	json_u64(j, "people", cell->people);
	json_u64(j, "quota", cell->quota);
	json_u64(j, "admitted", cell->admitted);
	json_close(j);
}

static void
json_preview(struct json *j, const struct person *p,
    const struct moves_preview *v, bool written)
{
	json_object(j, NULL);
	json_hex(j, "id", (struct span){ p->subject, ID_LEN });
	json_cell(j, "from", &v->from);
	json_cell(j, "to", &v->to);
	json_u64(j, "steps", v->steps);
	json_bool(j, "result_moves", v->result_moves);
	json_u64(j, "reminders", v->reminders);
	json_u64(j, "unsettled", v->unsettled);
	json_bool(j, "written", written);
	json_free(j);
}

/* The move itself, once the preview is printed. */
static int
move(struct cli *c, const struct person *p, const struct moves_preview *v,
    int64_t date, struct span why)
{
	err rc;

	if (!cli_confirm(c, PHRASE_MOVES_ASK)) {
		cli_say_plain(c, PHRASE_PERSON_NOT_WRITTEN);
		return EXIT_NO;
	}
	rc = moves_write(c->store, p, v->to.scope, date, why);
	if (rc != ERR_OK)
		return refused(c, rc);
	if (!c->json)
		cli_print(c, MOVES_DONE, p->text[PEOPLE_FULL_NAME],
		    v->to.name);
	return EXIT_FINE;
}

static int
preview_and_move(struct cli *c, const struct cli_args *a,
    const struct person *p, const uint8_t *to, int64_t date)
{
	const bool dry = cli_option(a, "dry-run") != NULL;
	struct moves_preview v;
	struct buf why = { .p = NULL };
	struct json *j;
	int code = EXIT_FINE;
	err rc = moves_preview(c->store, p, to, &v);

	if (rc != ERR_OK)
		return refused(c, rc);
	if (!c->json)
		print_preview(c, p, &v);
	if (!dry && (cli_option(a, "why") == NULL ||
	    cli_choose_why(c, cli_option(a, "why"), &why, &code)))
		code = move(c, p, &v, date, buf_span(&why));
	if (c->json && code == EXIT_FINE) {
		j = json_new(stdout);
		if (j != NULL)
			json_preview(j, p, &v, !dry);
	}
	buf_free(&why);
	return code;
}

static int
run_move(struct cli *c, const struct cli_args *a)
{
	struct people_list l = { .count = 0 };
	uint8_t to[SCOPE_LEN];
	int64_t date = 0;
	int code = EXIT_FINE;

	if (a->operand_count != 1)
		return cli_usage(c, a->verb);
	if (cli_choose_day(c, cli_option(a, "date"), &date, &code) &&
	    cli_open(c, &code) &&
	    cli_choose_cell(c, cli_option(a, "to"), to, &code) &&
	    cli_choose_person(c, NULL, a->operands[0], &l, &code))
		code = preview_and_move(c, a, &l.person[0], to, date);
	people_list_free(&l);
	return code;
}

/* ---- the table of verbs */

static const struct cli_option duplicates_options[] = {
	{ "cell", "CODE", PHRASE_OPTION_PERSON_CELL, CLI_MAY },
};
static const struct cli_option merge_options[] = {
	{ "why", "TEXT", PHRASE_OPTION_EDIT_WHY, CLI_MAY },
};
static const struct cli_option move_options[] = {
	{ "to", "CODE", PHRASE_OPTION_MOVE_TO, CLI_MUST },
	{ "date", "DATE", PHRASE_OPTION_PERSON_DATE, CLI_MAY },
	{ "dry-run", NULL, PHRASE_OPTION_IMPORT_DRY_RUN, CLI_MAY },
	{ "why", "TEXT", PHRASE_OPTION_EDIT_WHY, CLI_MAY },
};
#define OPTIONS(table) table, sizeof(table) / sizeof((table)[0])
static const struct cli_verb verbs[] = {
	{ "duplicates", "", PHRASE_VERB_DUPLICATES,
	    OPTIONS(duplicates_options), run_duplicates },
	{ "person merge", "WHO INTO", PHRASE_VERB_PERSON_MERGE,
	    OPTIONS(merge_options), run_merge },
	{ "person distinct", "WHO OTHER", PHRASE_VERB_PERSON_DISTINCT, NULL,
	    0, run_distinct },
	{ "person move", "WHO", PHRASE_VERB_PERSON_MOVE,
	    OPTIONS(move_options), run_move },
};
const struct cli_group verbs_moves = {
	PHRASE_HELP_MOVES, verbs, sizeof verbs / sizeof verbs[0],
};
