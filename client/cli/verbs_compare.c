/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/verbs_compare.h"

#include <string.h>

#include "client/cli/cli_choose.h"
#include "client/cli/cli_words.h"
#include "client/cli/verbs_frozen.h"

enum { SHORT_ID = 9, COMPARE_SCHEMA = 1 };

static int
fail(struct cli *c, err rc)
{
	return rc == ERR_VERSION ? verbs_frozen_fail(c, rc) : cli_fail(c, rc);
}

int
verbs_compare_write(struct cli *c, const struct period *period,
    const char *path)
{
	struct compare_side *side = NULL;
	struct buf out = { .p = NULL };
	err rc = report_compare_side(c->store, period, &side);

	if (rc != ERR_OK)
		return fail(c, rc);
	rc = report_compare_encode(side, &out);
	if (rc == ERR_OK)
		rc = paths_write(path, buf_span(&out), 0600, PATHS_REPLACE);
	if (rc == ERR_OK)
		cli_say(c, COMPARE_WRITTEN, path, side->log_count,
		    side->row_count, path);
	buf_free(&out);
	report_compare_free(side);
	return rc == ERR_OK ? EXIT_FINE : cli_fail(c, rc);
}

/* ---- figures */

static bool
print_figures(const struct cli *c, const struct compare_diff *d)
{
	struct cli_table *t = cli_table_new(4);
	bool done;

	if (t == NULL)
		return false;
	cli_table_heading(t, 0, cli_text(c, PHRASE_HEAD_CELL), CLI_LEFT);
	cli_table_heading(t, 1, cli_text(c, PHRASE_REPORT_FIGURE), CLI_LEFT);
	cli_table_heading(t, 2, cli_text(c, PHRASE_COMPARE_MINE), CLI_RIGHT);
	cli_table_heading(t, 3, cli_text(c, PHRASE_COMPARE_THEIRS),
	    CLI_RIGHT);
	for (size_t i = 0; i < d->figure_count; i++) {
		const struct compare_figure *f = &d->figures[i];
		char word[CLI_WORDS_BYTES];

		cli_words_figure(c, f->name, word);
		cli_table_cell(t, strcmp(f->scope, REPORT_COMMUNE) == 0 ?
		    cli_text(c, PHRASE_QUOTA_VIEW_TOTAL) : f->scope);
		cli_table_cell(t, word + strspn(word, " "));
		cli_table_cell(t, f->mine[0] != '\0' ? f->mine : "-");
		cli_table_cell(t, f->theirs[0] != '\0' ? f->theirs : "-");
	}
	(void)printf("%s\n\n", cli_text(c, PHRASE_COMPARE_FIGURES));
	done = cli_table_print(t, stdout);
	cli_table_free(t);
	return done;
}

static bool
figures(struct cli *c, const struct compare_diff *d,
    const struct compare_side *mine, const struct compare_side *theirs)
{
	if (!d->same_rules) {
		cli_print(c, COMPARE_RULES, (unsigned long long)mine->rules,
		    (unsigned long long)theirs->rules);
		return true;
	}
	if (d->common == 0)
		cli_print_plain(c, PHRASE_COMPARE_NONE_COMMON);
	else if (d->figure_count > 0)
		return print_figures(c, d);
	else if (d->missing_count > 0)
		cli_print_plain(c, PHRASE_COMPARE_FIGURES_EQUAL);
	return true;
}

/* ---- records */

static void
scope_name(struct cli *c, const uint8_t *scope, char ret[static 64])
{
	if (memcmp(scope, scope_root, SCOPE_LEN) == 0)
		(void)snprintf(ret, 64, "root");
	else if (chain_scope_kind(scope) == SCOPE_COMMUNE)
		(void)snprintf(ret, 64, "%s",
		    cli_text(c, PHRASE_TASK_COMMUNE));
	else
		(void)cli_choose_code(c, scope, ret);
}

static void
print_kinds(const struct cli *c, const struct compare_missing *m)
{
	struct buf text = { .p = NULL };

	for (uint64_t k = 0; k < COMPARE_KINDS; k++) {
		char number[16];

		if (m->kinds[k] == 0)
			continue;
		(void)snprintf(number, sizeof number, " %u", m->kinds[k]);
		buf_put_text(&text, text.n > 0 ? ", " : "");
		buf_put_text(&text, cli_words_kind(c, k));
		buf_put_text(&text, number);
	}
	if (text.n > 0)
		cli_print(c, COMPARE_KINDS, buf_cstr(&text));
	buf_free(&text);
}

static void
print_people(const struct cli *c, const struct compare_missing *m)
{
	struct buf text = { .p = NULL };
	char more[64];

	for (size_t i = 0; i < m->people_count && i < COMPARE_PEOPLE; i++) {
		buf_put_text(&text, i > 0 ? ", " : "");
		buf_put_text(&text, m->people[i]);
	}
	if (m->people_count > COMPARE_PEOPLE) {
		(void)snprintf(more, sizeof more,
		    CATALOGUE_FORMAT(c->language, COMPARE_MORE),
		    m->people_count - COMPARE_PEOPLE);
		buf_put_text(&text, more);
	}
	if (text.n > 0)
		cli_print(c, COMPARE_PEOPLE, buf_cstr(&text));
	if (text.p != NULL)
		crypto_wipe(text.p, text.cap);
	buf_free(&text);
}

static enum phrase
why(const struct compare_missing *m)
{
	bool here = m->side == COMPARE_HERE;

	switch (m->why) {
	case COMPARE_NOT_SENT:
		return here ? PHRASE_COMPARE_NOT_SENT_THERE :
		    PHRASE_COMPARE_NOT_SENT_HERE;
	case COMPARE_NOT_RECEIVED:
		return here ? PHRASE_COMPARE_NOT_RECEIVED_HERE :
		    PHRASE_COMPARE_NOT_RECEIVED_THERE;
	case COMPARE_FORKED:
	case COMPARE_SCOPE:
		break;
	}
	return PHRASE_COMPARE_FORKED;
}

static void
print_missing(struct cli *c, const struct compare_missing *m, size_t number)
{
	struct author a = { .role = m->role };
	char name[CLI_WORDS_BYTES], code[64], log[2 * ID_LEN + 1];
	char from[CLI_TIME_BYTES], to[CLI_TIME_BYTES];

	memcpy(a.device, m->device, ID_LEN);
	memcpy(a.name, m->holder, sizeof a.name);
	cli_words_author(c, &a, name);
	scope_name(c, m->scope, code);
	hex_encode(m->log, ID_LEN, log);
	cli_print(c, COMPARE_LOG, number, code, name,
	    (unsigned long long)m->first, (unsigned long long)m->last);
	if (m->to_ms != 0) {
		cli_time(m->from_ms, from);
		cli_time(m->to_ms, to);
		cli_print(c, COMPARE_TIMES, from, to);
	}
	print_kinds(c, m);
	print_people(c, m);
	if (m->partly)
		cli_print_plain(c, PHRASE_COMPARE_PARTLY);
	cli_print(c, COMPARE_LOG_ID, log);
	cli_print_plain(c, why(m));
}

/* What one side lacks; says whether some of it could be told only partly. */
static bool
print_side(struct cli *c, const struct compare_diff *d,
    enum compare_side_of side)
{
	size_t number = 0;
	bool partly = false;

	for (size_t i = 0; i < d->missing_count; i++) {
		const struct compare_missing *m = &d->missing[i];

		if (m->side != side || m->why == COMPARE_SCOPE)
			continue;
		if (number++ == 0)
			(void)printf("\n%s\n\n", cli_text(c,
			    side == COMPARE_HERE ?
			    PHRASE_COMPARE_MISSING_HERE :
			    PHRASE_COMPARE_MISSING_THERE));
		print_missing(c, m, number);
		partly |= m->partly;
	}
	return partly;
}

static void
print_scopes(struct cli *c, const struct compare_diff *d)
{
	bool first = true;

	for (size_t i = 0; i < d->missing_count; i++) {
		const struct compare_missing *m = &d->missing[i];
		unsigned long long logs = m->logs;
		char code[64];

		if (m->why != COMPARE_SCOPE)
			continue;
		if (first)
			(void)fputc('\n', stdout);
		first = false;
		scope_name(c, m->scope, code);
		if (m->side == COMPARE_HERE)
			cli_print(c, COMPARE_SCOPE_HERE, code, logs);
		else
			cli_print(c, COMPARE_SCOPE_THERE, code, logs);
	}
}

static bool
is_equal(const struct compare_diff *d)
{
	for (size_t i = 0; i < d->missing_count; i++)
		if (d->missing[i].why != COMPARE_SCOPE)
			return false;
	return d->same_rules && d->figure_count == 0;
}

bool
verbs_compare_print(struct cli *c, const struct compare_diff *d,
    const struct compare_side *mine, const struct compare_side *theirs)
{
	char id[SHORT_ID], when[CLI_TIME_BYTES];
	bool done = true;

	hex_encode(theirs->device, (SHORT_ID - 1) / 2, id);
	cli_time(theirs->time_ms, when);
	cli_print(c, COMPARE_TITLE, theirs->period, id,
	    cli_role(c, theirs->role), when);
	if (memcmp(mine->device, theirs->device, ID_LEN) == 0)
		cli_print_plain(c, PHRASE_COMPARE_SAME_DEVICE);
	cli_print(c, COMPARE_SIZES, (unsigned long long)mine->size,
	    (unsigned long long)theirs->size);
	(void)fputc('\n', stdout);
	if (is_equal(d) && d->common > 0)
		cli_print_plain(c, PHRASE_COMPARE_EQUAL);
	else
		done = figures(c, d, mine, theirs);
	if (print_side(c, d, COMPARE_HERE)) {
		(void)fputc('\n', stdout);
		cli_print_plain(c, PHRASE_COMPARE_ONE_WAY);
	}
	(void)print_side(c, d, COMPARE_THERE);
	print_scopes(c, d);
	return done;
}

/* ---- JSON */

static void
json_missing(struct cli *c, struct json *j, const struct compare_missing *m)
{
	static const char *const reasons[] = {
		[COMPARE_NOT_SENT] = "not_sent",
		[COMPARE_NOT_RECEIVED] = "not_received",
		[COMPARE_FORKED] = "forked",
		[COMPARE_SCOPE] = "scope",
	};
	char code[64];

	scope_name(c, m->scope, code);
	json_object(j, NULL);
	json_cstr(j, "missing", m->side == COMPARE_HERE ? "here" : "there");
	json_cstr(j, "why", reasons[m->why]);
	json_cstr(j, "scope", code);
	if (m->why == COMPARE_SCOPE) {
		json_u64(j, "logs", m->logs);
		json_close(j);
		return;
	}
	json_hex(j, "log", (struct span){ m->log, ID_LEN });
	json_hex(j, "device", (struct span){ m->device, ID_LEN });
	json_cstr(j, "holder", m->holder);
	json_u64(j, "first", m->first);
	json_u64(j, "last", m->last);
	json_u64(j, "from_ms", m->from_ms);
	json_u64(j, "to_ms", m->to_ms);
	json_bool(j, "partly", m->partly);
	json_object(j, "kinds");
	for (uint64_t k = 0; k < COMPARE_KINDS; k++)
		if (m->kinds[k] > 0)
			json_u64(j, field_kind(k) != NULL ?
			    field_kind(k)->name : "other", m->kinds[k]);
	json_close(j);
	json_u64(j, "people_count", m->people_count);
	json_array(j, "people");
	for (size_t i = 0; i < m->people_count && i < COMPARE_PEOPLE; i++)
		json_cstr(j, NULL, m->people[i]);
	json_close(j);
	json_close(j);
}

static bool
print_json(struct cli *c, const struct compare_diff *d,
    const struct compare_side *mine, const struct compare_side *theirs)
{
	struct json *j = json_new(stdout);

	if (j == NULL)
		return false;
	json_object(j, NULL);
	json_u64(j, "schema", COMPARE_SCHEMA);
	json_cstr(j, "period", theirs->period);
	json_hex(j, "device", (struct span){ theirs->device, ID_LEN });
	json_bool(j, "equal", is_equal(d));
	json_u64(j, "leaves_here", mine->size);
	json_u64(j, "leaves_there", theirs->size);
	json_array(j, "figures");
	for (size_t i = 0; i < d->figure_count; i++) {
		json_object(j, NULL);
		json_cstr(j, "scope", d->figures[i].scope);
		json_cstr(j, "figure", d->figures[i].name);
		json_cstr(j, "here", d->figures[i].mine);
		json_cstr(j, "there", d->figures[i].theirs);
		json_close(j);
	}
	json_close(j);
	json_array(j, "records");
	for (size_t i = 0; i < d->missing_count; i++)
		json_missing(c, j, &d->missing[i]);
	json_close(j);
	json_close(j);
	json_free(j);
	return true;
}

/* ---- the verb */

static int
read_file(struct cli *c, const char *path, struct compare_side **ret)
{
	struct buf in = { .p = NULL };
	err rc = paths_read(path, COMPARE_BYTES_MAX, &in);
	bool there = rc == ERR_OK;

	if (there)
		rc = report_compare_decode(buf_span(&in), ret);
	buf_free(&in);
	if (rc == ERR_VERSION)
		cli_say(c, COMPARE_VERSION, path);
	else if (rc == ERR_FORMAT || rc == ERR_LIMIT)
		cli_say(c, COMPARE_BAD, path);
	else if (rc != ERR_OK)
		return cli_fail(c, rc);
	return rc == ERR_OK ? EXIT_FINE : err_exit_code(rc);
}

static int
show(struct cli *c, const char *path, const struct compare_side *theirs)
{
	struct compare_diff *d = NULL;
	struct compare_side *mine = NULL;
	err rc = report_compare_diff(c->store, theirs, &d, &mine);
	int code = EXIT_NO;
	bool done;

	if (rc == ERR_FOREIGN)
		cli_say(c, COMPARE_FOREIGN, path);
	else if (rc == ERR_VALUE)
		cli_say(c, COMPARE_BAD, path);
	if (rc == ERR_FOREIGN || rc == ERR_VALUE)
		return err_exit_code(rc);
	if (rc != ERR_OK)
		return fail(c, rc);
	done = c->json ? print_json(c, d, mine, theirs) :
	    verbs_compare_print(c, d, mine, theirs);
	if (is_equal(d))
		code = EXIT_FINE;
	report_compare_diff_free(d);
	report_compare_free(mine);
	return done ? code : cli_fail(c, ERR_NOMEM);
}

int
verbs_compare_read(struct cli *c, const struct period *period,
    const char *path)
{
	struct compare_side *theirs = NULL;
	int code = read_file(c, path, &theirs);

	if (code != EXIT_FINE || theirs == NULL)
		return code;
	if (period != NULL && strcmp(period->text, theirs->period) != 0) {
		cli_say(c, COMPARE_PERIOD, theirs->period, period->text);
		code = EXIT_USAGE;
	} else {
		code = show(c, path, theirs);
	}
	report_compare_free(theirs);
	return code;
}
