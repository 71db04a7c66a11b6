/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_frozen.c -- report freeze, report frozen, report rules.
 */
#include "client/cli/verbs_frozen.h"

#include <stdlib.h>
#include <string.h>

#include "client/cli/cli_words.h"
#include "client/records/commune.h"
#include "client/records/freeze.h"

typedef unsigned long long ull;

int
verbs_frozen_fail(struct cli *c, err rc)
{
	uint64_t rules = 0;

	if (rc == ERR_VERSION && freeze_rules(c->store, &rules) == ERR_OK) {
		cli_say(c, REPORT_RULES_UNKNOWN, (ull)rules);
		return EXIT_REFUSED;
	}
	if (rc == ERR_ROLE) {
		cli_say_plain(c, PHRASE_RULES_ROLE);
		return EXIT_REFUSED;
	}
	if (rc == ERR_UNABLE) {
		cli_say_plain(c, PHRASE_FREEZE_ASKED_FOR);
		return EXIT_NO;
	}
	if (rc == ERR_LIMIT) {
		cli_say_plain(c, PHRASE_FREEZE_TOO_LONG);
		return EXIT_NO;
	}
	return cli_fail(c, rc);
}

/* ---- report freeze */

int
verbs_frozen_done(struct cli *c, bool ranking, uint64_t number,
    const char *period, uint64_t waiting)
{
	if (c->json) {
		struct json *j = json_new(stdout);

		if (j == NULL)
			return cli_fail(c, ERR_NOMEM);
		json_object(j, NULL);
		json_cstr(j, "kind", ranking ? "ranking" : "report");
		json_u64(j, "number", number);
		json_cstr(j, "period", period);
		json_u64(j, "waiting", waiting);
		json_free(j);
		return EXIT_FINE;
	}
	cli_print(c, FREEZE_DONE, cli_text(c, ranking ?
	    PHRASE_FREEZE_RANKING : PHRASE_FREEZE_REPORT), (ull)number,
	    period);
	if (waiting > 0)
		cli_print(c, FREEZE_WAITING, (ull)waiting);
	return EXIT_FINE;
}

static int
freeze(struct cli *c, const struct cli_args *a, const struct period *period,
    struct span title)
{
	uint64_t number = 0, waiting = 0;
	err rc = freeze_waiting(c->store, &waiting);

	if (rc == ERR_OK && waiting > 0 && cli_option(a, "strict") != NULL) {
		cli_say(c, FREEZE_STRICT, (ull)waiting);
		return EXIT_NO;
	}
	if (rc == ERR_OK)
		rc = freeze_report(c->store, period, title, &number);
	if (rc != ERR_OK)
		return verbs_frozen_fail(c, rc);
	return verbs_frozen_done(c, false, number, period->text, waiting);
}

int
verbs_frozen_freeze(struct cli *c, const struct cli_args *a)
{
	const char *text = cli_option(a, "period");
	const char *title = cli_option(a, "title");
	struct buf typed = { 0 };
	struct period period;
	int code = EXIT_FINE;

	if (a->operand_count > 0)
		return cli_usage(c, a->verb);
	if (period_parse(text, &period) != ERR_OK) {
		cli_say(c, REPORT_PERIOD, text);
		return EXIT_USAGE;
	}
	if (title != NULL && !cli_typed(c, title, &typed, &code))
		return code;
	if (cli_open(c, &code))
		code = freeze(c, a, &period, buf_span(&typed));
	buf_free(&typed);
	return code;
}

/* ---- report frozen */

void
verbs_frozen_value(const struct cli *c, struct cli_table *t,
    struct span value)
{
	char text[32];
	size_t n = value.n < sizeof text ? value.n : sizeof text - 1;
	char *point;

	if (n > 0)
		memcpy(text, value.p, n);
	text[n] = '\0';
	point = strchr(text, '.');
	if (point != NULL && c->language == LANGUAGE_VI)
		*point = ',';
	cli_table_cell(t, text);
}

static void
put_scope(struct cli *c, struct cli_table *t, const uint8_t *scope)
{
	struct commune_cell cell;

	if (scope == NULL)
		cli_table_cell(t, cli_text(c, PHRASE_VERIFY_COMMUNE));
	else if (commune_cell_by_scope(c->store, scope, &cell) == ERR_OK)
		cli_table_cell(t, cell.code);
	else
		cli_table_cell(t, "?");
}

static void
put_name(const struct cli *c, struct cli_table *t, struct span name)
{
	char text[96], word[CLI_WORDS_BYTES];
	size_t n = name.n < sizeof text ? name.n : sizeof text - 1;

	if (n > 0)
		memcpy(text, name.p, n);
	text[n] = '\0';
	if (strcmp(text, "rank") == 0)
		(void)snprintf(word, sizeof word, "%s", cli_text(c,
		    PHRASE_RANKING_RANK));
	else
		cli_words_figure(c, text, word);
	cli_table_cell(t, word);
}

static void
put_row(struct cli *c, struct cli_table *t, const struct frozen_row *row)
{
	put_scope(c, t, row->scope);
	put_name(c, t, row->name);
	verbs_frozen_value(c, t, row->value);
}

static bool
has_colon(struct span name)
{
	return name.n > 0 && memchr(name.p, ':', name.n) != NULL;
}

/* The rows that a row is made of stand below it. */
static void
put_parts(struct cli *c, struct cli_table *t, struct span figures,
    const struct frozen_row *of)
{
	struct frozen_reader x;
	struct frozen_row row;

	if (frozen_begin(figures, &x) != ERR_OK)
		return;
	while (frozen_next(&x, &row) == ERR_OK)
		if (row.scope == of->scope && row.name.n > of->name.n &&
		    row.name.p[of->name.n] == ':' &&
		    memcmp(row.name.p, of->name.p, of->name.n) == 0)
			put_row(c, t, &row);
}

static void
put_rows(struct cli *c, struct cli_table *t, struct span figures)
{
	struct frozen_reader x;
	struct frozen_row row;

	if (frozen_begin(figures, &x) != ERR_OK)
		return;
	while (frozen_next(&x, &row) == ERR_OK) {
		if (has_colon(row.name))
			continue;
		put_row(c, t, &row);
		put_parts(c, t, figures, &row);
	}
}

static int
show(struct cli *c, const struct freeze *z)
{
	struct cli_table *t = cli_table_new(3);
	char when[CLI_TIME_BYTES];
	bool ok;

	cli_time(z->time_ms, when);
	cli_print(c, FROZEN_HEAD, cli_text(c, z->z.ranking ?
	    PHRASE_FREEZE_RANKING : PHRASE_FREEZE_REPORT), (ull)z->z.number,
	    z->z.period.text);
	if (z->title[0] != '\0')
		cli_line(stdout, "%s", z->title);
	cli_print(c, FROZEN_ABOUT, (ull)z->z.size, (ull)z->z.rule, when);
	if (z->z.ranking)
		cli_print(c, RANKING_RULE, (ull)z->z.ranking_rule);
	if (!z->received)
		cli_print_plain(c, PHRASE_FROZEN_NOT_RECEIVED);
	(void)fputc('\n', stdout);
	cli_table_heading(t, 0, cli_text(c, PHRASE_HEAD_CELL), CLI_LEFT);
	cli_table_heading(t, 1, cli_text(c, PHRASE_REPORT_FIGURE), CLI_LEFT);
	cli_table_heading(t, 2, cli_text(c, PHRASE_REPORT_VALUE), CLI_RIGHT);
	put_rows(c, t, z->z.figures);
	ok = cli_table_print(t, stdout);
	cli_table_free(t);
	return ok ? EXIT_FINE : cli_fail(c, ERR_NOMEM);
}

static int
list_all(struct cli *c, const struct freeze_list *l)
{
	static const enum phrase headings[] = { PHRASE_FROZEN_NUMBER,
		PHRASE_FROZEN_PERIOD, PHRASE_FROZEN_LEAVES,
		PHRASE_FROZEN_RULE, PHRASE_FROZEN_WHEN, PHRASE_FROZEN_TITLE };
	enum { COLUMNS = sizeof headings / sizeof headings[0] };
	struct cli_table *t;
	char when[CLI_TIME_BYTES];
	bool ok;

	if (l->count == 0) {
		cli_print_plain(c, PHRASE_FROZEN_NONE);
		return EXIT_FINE;
	}
	t = cli_table_new(COLUMNS);
	for (size_t k = 0; k < COLUMNS; k++)
		cli_table_heading(t, k, cli_text(c, headings[k]),
		    k == 1 || k > 3 ? CLI_LEFT : CLI_RIGHT);
	for (size_t i = 0; i < l->count; i++) {
		const struct freeze *z = &l->items[i];

		cli_time(z->time_ms, when);
		cli_table_u64(t, z->z.number);
		cli_table_cell(t, z->z.period.text);
		cli_table_u64(t, z->z.size);
		cli_table_u64(t, z->z.rule);
		cli_table_cell(t, when);
		cli_table_cell(t, z->title);
	}
	ok = cli_table_print(t, stdout);
	cli_table_free(t);
	return ok ? EXIT_FINE : cli_fail(c, ERR_NOMEM);
}

static void
json_rows(struct cli *c, struct json *j, struct span figures)
{
	struct commune_cell cell;
	struct frozen_reader x;
	struct frozen_row row;

	json_array(j, "rows");
	if (frozen_begin(figures, &x) == ERR_OK)
		while (frozen_next(&x, &row) == ERR_OK) {
			json_object(j, NULL);
			if (row.scope == NULL)
				json_cstr(j, "scope", "commune");
			else if (commune_cell_by_scope(c->store, row.scope,
			    &cell) == ERR_OK)
				json_cstr(j, "scope", cell.code);
			json_text(j, "figure", row.name);
			json_text(j, "value", row.value);
			json_close(j);
		}
	json_close(j);
}

/* number 0: all, without their rows. */
static int
print_json(struct cli *c, const struct freeze_list *l, uint64_t number)
{
	struct json *j = json_new(stdout);

	if (j == NULL)
		return cli_fail(c, ERR_NOMEM);
	json_object(j, NULL);
	json_array(j, "frozen");
	for (size_t i = 0; i < l->count; i++) {
		const struct freeze *z = &l->items[i];

		if (number != 0 && z->z.number != number)
			continue;
		json_object(j, NULL);
		json_u64(j, "number", z->z.number);
		json_cstr(j, "period", z->z.period.text);
		json_cstr(j, "title", z->title);
		json_u64(j, "tree_size", z->z.size);
		json_u64(j, "rule_version", z->z.rule);
		json_u64(j, "time_ms", z->time_ms);
		json_bool(j, "received", z->received);
		if (number != 0)
			json_rows(c, j, z->z.figures);
		json_close(j);
	}
	json_close(j);
	json_free(j);
	return EXIT_FINE;
}

/* Every one of that number: two offices may have used it at once. */
static int
show_number(struct cli *c, const struct freeze_list *l, uint64_t number,
    const char *typed)
{
	size_t found = 0;
	int code = EXIT_FINE;

	for (size_t i = 0; i < l->count; i++)
		found += l->items[i].z.number == number;
	if (found == 0) {
		cli_say(c, FROZEN_NO_NUMBER, typed);
		return EXIT_USAGE;
	}
	if (c->json)
		return print_json(c, l, number);
	for (size_t i = 0, shown = 0; i < l->count && code == EXIT_FINE;
	    i++) {
		if (l->items[i].z.number != number)
			continue;
		if (shown++ > 0)
			(void)fputc('\n', stdout);
		code = show(c, &l->items[i]);
	}
	return code;
}

/* A number from 1; 0: none. */
static uint64_t
read_number(const char *text)
{
	uint64_t n = 0;

	for (; *text >= '0' && *text <= '9' && n < 100000000; text++)
		n = 10 * n + (uint64_t)(*text - '0');
	return *text == '\0' ? n : 0;
}

int
verbs_frozen_list(struct cli *c, const struct cli_args *a)
{
	enum freeze_kind kind = cli_option(a, "rankings") != NULL ?
	    FREEZE_RANKINGS : FREEZE_REPORTS;
	struct freeze_list *l = NULL;
	int code = EXIT_FINE;
	err rc;

	if (a->operand_count > 1)
		return cli_usage(c, a->verb);
	if (!cli_open(c, &code))
		return code;
	rc = freeze_list(c->store, kind, &l);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	if (a->operand_count == 1)
		code = show_number(c, l, read_number(a->operands[0]),
		    a->operands[0]);
	else
		code = c->json ? print_json(c, l, 0) : list_all(c, l);
	freeze_free(l);
	return code;
}

/* ---- report rules */

static int
print_rules(struct cli *c, uint64_t rules)
{
	struct json *j;

	if (!c->json) {
		cli_print(c, RULES_ARE, (ull)rules,
		    (ull)FIGURES_RULE_VERSION);
		return EXIT_FINE;
	}
	j = json_new(stdout);
	if (j == NULL)
		return cli_fail(c, ERR_NOMEM);
	json_object(j, NULL);
	json_u64(j, "rule_version", rules);
	json_u64(j, "newest_known", FIGURES_RULE_VERSION);
	json_free(j);
	return EXIT_FINE;
}

static int
set_rules(struct cli *c, const char *typed)
{
	uint64_t version = read_number(typed);
	err rc = freeze_set_rules(c->store, version);

	if (rc == ERR_VERSION) {
		cli_say(c, RULES_NONE, typed);
		return EXIT_USAGE;
	}
	if (rc == ERR_EXISTS) {
		cli_say_plain(c, PHRASE_RULES_SAME);
		return EXIT_NO;
	}
	if (rc != ERR_OK)
		return verbs_frozen_fail(c, rc);
	if (c->json)
		return print_rules(c, version);
	cli_print(c, RULES_SET, (ull)version);
	return EXIT_FINE;
}

int
verbs_frozen_rules(struct cli *c, const struct cli_args *a)
{
	uint64_t rules = 0;
	int code = EXIT_FINE;
	err rc;

	if (a->operand_count > 0)
		return cli_usage(c, a->verb);
	if (!cli_open(c, &code))
		return code;
	if (cli_option(a, "set") != NULL)
		return set_rules(c, cli_option(a, "set"));
	rc = freeze_rules(c->store, &rules);
	return rc != ERR_OK ? cli_fail(c, rc) : print_rules(c, rules);
}
