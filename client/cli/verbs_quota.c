/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/verbs_quota.h"

#include <stdlib.h>
#include <string.h>

#include "client/cli/cli_choose.h"
#include "client/cli/cli_export.h"
#include "client/cli/cli_option.h"
#include "client/cli/cli_words.h"
#include "client/cli/verbs_frozen.h"
#include "client/records/steps.h"
#include "protocol/date.h"

enum { COLUMNS = 7, QUOTA_SCHEMA = 1 };

/* ---- the table */

static void
put_number(struct cli_table *t, bool known, uint64_t value)
{
	if (known)
		cli_table_u64(t, value);
	else
		cli_table_cell(t, "-");
}

static void
put_row(const struct cli *c, struct cli_table *t, const struct quota_row *r,
    const char *name)
{
	char quota[32];

	(void)snprintf(quota, sizeof quota, "%s%llu",
	    r->conflict ? "! " : "", (unsigned long long)r->quota);
	cli_table_cell(t, name);
	cli_table_cell(t, r->has_quota ? quota : "-");
	put_number(t, r->counted, r->admitted);
	cli_table_decimal(c, t, r->counted ? r->percent : "-");
	put_number(t, r->counted, r->in_trial);
	put_number(t, r->counted, r->in_class);
	put_number(t, r->counted, r->forecast);
}

static bool
table(const struct cli *c, const struct quota_view *v)
{
	static const enum phrase headings[COLUMNS] = { PHRASE_HEAD_CELL,
		PHRASE_HEAD_QUOTA, PHRASE_QUOTA_VIEW_ADMITTED, PHRASE_COUNT,
		PHRASE_QUOTA_VIEW_TRIAL, PHRASE_QUOTA_VIEW_CLASS,
		PHRASE_QUOTA_VIEW_FORECAST };
	struct cli_table *t = cli_table_new(COLUMNS);
	bool done;

	if (t == NULL)
		return false;
	for (size_t i = 0; i < COLUMNS; i++)
		cli_table_heading(t, i, headings[i] == PHRASE_COUNT ? "%" :
		    cli_text(c, headings[i]), i == 0 ? CLI_LEFT : CLI_RIGHT);
	for (size_t i = 0; i < v->count; i++)
		put_row(c, t, &v->rows[i], v->rows[i].code);
	if (v->has_total)
		put_row(c, t, &v->total,
		    cli_text(c, PHRASE_QUOTA_VIEW_TOTAL));
	done = cli_table_print(t, stdout);
	cli_table_free(t);
	return done;
}

bool
verbs_quota_print(struct cli *c, const struct quota_view *v)
{
	bool conflict = false, unread = false, done;

	if (v->count == 0) {
		cli_print_plain(c, PHRASE_QUOTA_EMPTY);
		return true;
	}
	cli_print(c, QUOTA_VIEW_TITLE, v->year);
	(void)fputc('\n', stdout);
	done = table(c, v);
	for (size_t i = 0; i < v->count; i++) {
		conflict |= v->rows[i].conflict;
		unread |= !v->rows[i].counted;
	}
	(void)fputc('\n', stdout);
	cli_print(c, QUOTA_VIEW_RULE, (unsigned long long)v->trial_days);
	if (unread)
		cli_print_plain(c, PHRASE_QUOTA_VIEW_UNREAD);
	if (conflict)
		cli_print_plain(c, PHRASE_QUOTA_VIEW_CONFLICT);
	return done;
}

void
verbs_quota_history(struct cli *c, const struct quota_change *changes,
    size_t count)
{
	(void)printf("\n%s\n\n", cli_text(c, PHRASE_QUOTA_HISTORY_TITLE));
	for (size_t i = 0; i < count; i++) {
		const struct quota_change *q = &changes[i];
		char when[CLI_TIME_BYTES], who[CLI_WORDS_BYTES];

		cli_time(q->time_ms, when);
		cli_words_author(c, &q->author, who);
		if (q->has_before)
			cli_print(c, QUOTA_HISTORY_CHANGED, q->code, when,
			    (unsigned long long)q->before,
			    (unsigned long long)q->after, who);
		else
			cli_print(c, QUOTA_HISTORY_SET, q->code, when,
			    (unsigned long long)q->after, who);
		if (q->why[0] != '\0')
			cli_print(c, QUOTA_HISTORY_WHY, q->why);
	}
}

/* ---- JSON */

static void
json_row(struct json *j, const char *key, const struct quota_row *r)
{
	json_object(j, key);
	if (r->code[0] != '\0') {
		json_cstr(j, "cell", r->code);
		json_cstr(j, "name", r->name);
	}
	if (r->has_quota)
		json_u64(j, "quota", r->quota);
	json_bool(j, "conflict", r->conflict);
	json_bool(j, "counted", r->counted);
	if (r->counted) {
		json_u64(j, "admitted", r->admitted);
		json_cstr(j, "percent", r->percent);
		json_u64(j, "in_trial", r->in_trial);
		json_u64(j, "in_class", r->in_class);
		json_u64(j, "forecast", r->forecast);
	}
	json_close(j);
}

static void
json_changes(struct json *j, const struct quota_change *changes,
    size_t count)
{
	json_array(j, "history");
	for (size_t i = 0; i < count; i++) {
		const struct quota_change *q = &changes[i];

		json_object(j, NULL);
		json_cstr(j, "cell", q->code);
		if (q->has_before)
			json_u64(j, "before", q->before);
		json_u64(j, "number", q->after);
		json_u64(j, "time_ms", q->time_ms);
		json_cstr(j, "why", q->why);
		json_bool(j, "counts", q->counts);
		json_close(j);
	}
	json_close(j);
}

bool
verbs_quota_json(const struct quota_view *v,
    const struct quota_change *changes, size_t count)
{
	struct json *j = json_new(stdout);

	if (j == NULL)
		return false;
	json_object(j, NULL);
	json_u64(j, "schema", QUOTA_SCHEMA);
	json_i64(j, "year", v->year);
	json_u64(j, "trial_days", v->trial_days);
	json_array(j, "cells");
	for (size_t i = 0; i < v->count; i++)
		json_row(j, NULL, &v->rows[i]);
	json_close(j);
	if (v->has_total)
		json_row(j, "total", &v->total);
	if (changes != NULL)
		json_changes(j, changes, count);
	json_close(j);
	json_free(j);
	return true;
}

/* ---- the verb */

struct asked {
	bool has_year;
	uint64_t year;
	const char *cell;
	uint8_t scope[SCOPE_LEN];
};

static bool
read_asked(struct cli *c, const struct cli_args *a, struct asked *q,
    int *ret_exit)
{
	const char *typed = cli_option(a, "year");
	int year, month, day;

	if (typed == NULL && a->operand_count == 1)
		typed = a->operands[0];
	q->cell = cli_option(a, "cell");
	q->has_year = typed != NULL;
	date_to_civil(steps_today(), &year, &month, &day);
	q->year = (uint64_t)year;
	if (typed == NULL || (cli_option_number(typed, QUOTA_YEAR_MAX,
	    &q->year) == ERR_OK && q->year >= QUOTA_YEAR_MIN))
		return true;
	cli_say(c, COMMUNE_NUMBER, typed);
	*ret_exit = EXIT_USAGE;
	return false;
}

/* --out: a table that `import quotas' reads again; of every year where none
 * was asked for. */
static int
export(struct cli *c, const struct asked *q, const char *path)
{
	struct commune_quota *quotas = NULL;
	size_t count = 0, kept = 0;
	int code;
	err rc = commune_quota_all(c->store, q->has_year ? q->year : 0,
	    &quotas, &count);

	if (rc != ERR_OK)
		return cli_fail(c, rc);
	for (size_t i = 0; i < count; i++)
		if (q->cell == NULL || memcmp(quotas[i].cell, q->scope,
		    SCOPE_LEN) == 0)
			quotas[kept++] = quotas[i];
	code = cli_export_quotas(c, quotas, kept, path);
	free(quotas);
	return code;
}

static int
show(struct cli *c, const struct asked *q, bool history)
{
	struct quota_change *changes = NULL;
	struct quota_view *v = NULL;
	size_t count = 0;
	bool done = false;
	err rc = quota_view_make(c->store, (int)q->year,
	    q->cell != NULL ? q->scope : NULL, &v);

	if (rc == ERR_OK && history)
		rc = quota_view_history(c->store, v, &changes, &count);
	if (rc == ERR_OK && c->json) {
		done = verbs_quota_json(v, changes, count);
	} else if (rc == ERR_OK) {
		done = verbs_quota_print(c, v);
		if (count > 0)
			verbs_quota_history(c, changes, count);
	}
	free(changes);
	quota_view_free(v);
	if (rc == ERR_VERSION)
		return verbs_frozen_fail(c, rc);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	return done ? EXIT_FINE : cli_fail(c, ERR_NOMEM);
}

/* Any cell that is known, read here or not. */
static bool
find_cell(struct cli *c, struct asked *q, int *ret_exit)
{
	struct commune_cell cell;
	err rc = commune_cell_by_code(c->store, q->cell, &cell);

	if (rc == ERR_OK) {
		memcpy(q->scope, cell.scope, SCOPE_LEN);
		return true;
	}
	if (rc == ERR_ABSENT)
		cli_say(c, COMMUNE_NO_CELL, q->cell);
	*ret_exit = rc == ERR_ABSENT ? err_exit_code(rc) : cli_fail(c, rc);
	return false;
}

int
verbs_quota_list(struct cli *c, const struct cli_args *a)
{
	const char *out = cli_option(a, "out");
	struct asked q = { .cell = NULL };
	int code = EXIT_FINE;

	if (a->operand_count > 1)
		return cli_usage(c, a->verb);
	if (!read_asked(c, a, &q, &code) || !cli_open(c, &code) ||
	    (q.cell != NULL && !find_cell(c, &q, &code)))
		return code;
	if (out != NULL)
		return export(c, &q, out);
	return show(c, &q, cli_option(a, "history") != NULL);
}
