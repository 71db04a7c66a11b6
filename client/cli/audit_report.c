/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/audit_report.h"

#include <stdlib.h>
#include <string.h>

#include "client/cli/audit_frozen.h"
#include "client/cli/cli_why.h"
#include "client/cli/cli_words.h"

enum {
	FAILURES_SHOWN = 200, VOIDS_SHOWN = 40, NOTES_SHOWN = 20,
	FIRST_YEAR = 1976, LAST_YEAR = 2099,
	TABLE_PERIODS = 5,
};

typedef unsigned long long ull;

/* ---- findings */

/* "sổ 0123... mục 4-7", or the leaf, or the place in the file. */
static void
where(const struct cli *c, const struct finding *f, char *out, size_t size)
{
	char log[2 * ID_LEN + 1], part[64] = "";
	enum language l = c->language;

	if (!f->has_log && f->has_leaf) {
		(void)snprintf(out, size, CATALOGUE_FORMAT(l, VERIFY_LEAF),
		    (ull)f->leaf);
		return;
	}
	if (!f->has_log) {
		(void)snprintf(out, size, CATALOGUE_FORMAT(l, VERIFY_BYTE),
		    (ull)f->offset);
		return;
	}
	hex_encode(f->log, ID_LEN, log);
	if (f->last_seq > f->seq && f->seq > 0)
		(void)snprintf(part, sizeof part,
		    CATALOGUE_FORMAT(l, VERIFY_SEQS), (ull)f->seq,
		    (ull)f->last_seq);
	else if (f->seq > 0)
		(void)snprintf(part, sizeof part,
		    CATALOGUE_FORMAT(l, VERIFY_SEQ), (ull)f->seq);
	(void)snprintf(out, size, CATALOGUE_FORMAT(l, VERIFY_LOG), log);
	size_t n = strlen(out);
	(void)snprintf(out + n, size - n, "%s", part);
}

static void
print_finding(const struct cli *c, const struct finding *f)
{
	char at[160], text[320];
	const struct kind_rule *kind = field_kind(f->kind);

	where(c, f, at, sizeof at);
	if (f->level == FINDING_VOID)
		(void)snprintf(text, sizeof text,
		    CATALOGUE_FORMAT(c->language, VERIFY_OP), at,
		    (unsigned)f->op, kind != NULL ? kind->name : "?",
		    cli_why_void(c, f->verdict));
	else
		(void)snprintf(text, sizeof text, "%s: %s", at,
		    cli_why(c, f->code));
	cli_line(stdout, "  %s", text);
}

static uint64_t
count_level(const struct verify *v, enum finding_level level)
{
	uint64_t n = 0;

	for (size_t i = 0; i < verify_finding_count(v); i++)
		n += verify_finding(v, i)->level == level;
	return n;
}

/* total: of findings of that level, kept by verify or not. */
static void
print_level(const struct cli *c, const struct verify *v,
    enum finding_level level, uint64_t total, uint64_t most)
{
	uint64_t shown = 0;

	for (size_t i = 0; i < verify_finding_count(v) && shown < most; i++) {
		const struct finding *f = verify_finding(v, i);
		if (f->level == level) {
			print_finding(c, f);
			shown++;
		}
	}
	if (total > shown) {
		(void)fputs("  ", stdout);
		cli_print(c, VERIFY_MORE, (ull)(total - shown));
	}
}

static void
print_totals(const struct cli *c, const struct verify_totals *t)
{
	char when[CLI_TIME_BYTES];

	cli_print(c, VERIFY_COUNTS, (ull)t->logs, (ull)t->entries,
	    (ull)t->segments, (ull)t->devices, (ull)t->leaves, (ull)t->ops);
	cli_time(t->last_leaf_time, when);
	if (t->has_checkpoint)
		cli_print(c, VERIFY_CHECKPOINT, (ull)t->checkpoint_size,
		    when);
	else if (t->leaves == 0)
		cli_print_plain(c, PHRASE_VERIFY_NO_CHECKPOINT);
	cli_time(t->export_ms, when);
	if (t->has_export && t->provisional_entries > 0)
		cli_print(c, VERIFY_EXPORT, (ull)t->provisional_entries,
		    when);
}

/* ---- figures */

static bool
year_period(int year, struct period *ret)
{
	char text[16];

	(void)snprintf(text, sizeof text, "%d", year);
	return period_parse(text, ret) == ERR_OK;
}

/* Whether a year has a quota, a step or an activity; false too without
 * memory, which *ret_failed says. */
static bool
year_lives(const struct figures *f, const struct period *p, bool *ret_failed)
{
	static const char *const names[] = {
		"quota", "listed", "events", "activities",
	};
	struct figure_row *rows = NULL;
	size_t count = 0;
	bool lives = false;

	if (figures_rows(f, p, NULL, &rows, &count) != ERR_OK) {
		*ret_failed = true;
		return false;
	}
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *value = figures_find(rows, count, names[i]);
		lives = lives || (value != NULL && strcmp(value, "0") != 0);
	}
	free(rows);
	return lives;
}

bool
audit_report_periods(const struct figures *f, struct period **ret,
    size_t *ret_count)
{
	struct period *all = calloc(LAST_YEAR - FIRST_YEAR + 2, sizeof *all);
	bool failed = false;
	size_t n = 0;

	if (all == NULL)
		return false;
	for (int year = FIRST_YEAR; year <= LAST_YEAR && !failed; year++)
		if (year_period(year, &all[n]) &&
		    year_lives(f, &all[n], &failed))
			n++;
	if (failed || period_parse("all", &all[n]) != ERR_OK) {
		free(all);
		return false;
	}
	*ret = all;
	*ret_count = n + 1;
	return true;
}

struct column {
	struct figure_row *rows;
	size_t count;
};

static void
put_row(const struct cli *c, struct cli_table *t,
    const struct column *columns, size_t count, const char *name)
{
	char word[CLI_WORDS_BYTES];

	cli_words_figure(c, name, word);
	cli_table_cell(t, word);
	for (size_t k = 0; k < count; k++) {
		const char *value = figures_find(columns[k].rows,
		    columns[k].count, name);
		cli_table_cell(t, value != NULL ? value : "0");
	}
}

static bool
is_part(const char *name, const char *of)
{
	size_t n = strlen(of);

	return strncmp(name, of, n) == 0 && name[n] == ':';
}

static bool
table(const struct cli *c, const struct column *columns,
    const struct period *p, size_t count)
{
	/* the last column has every name that any has */
	const struct column *names = &columns[count - 1];
	struct cli_table *t = cli_table_new(count + 1);

	cli_table_heading(t, 0, cli_text(c, PHRASE_VERIFY_FIGURE), CLI_LEFT);
	for (size_t k = 0; k < count; k++)
		cli_table_heading(t, k + 1, p[k].text, CLI_RIGHT);
	for (size_t i = 0; i < names->count; i++) {
		const char *name = names->rows[i].name;
		if (strchr(name, ':') != NULL)
			continue;
		put_row(c, t, columns, count, name);
		/* what it is made of stands below it */
		for (size_t k = 0; k < names->count; k++)
			if (is_part(names->rows[k].name, name))
				put_row(c, t, columns, count,
				    names->rows[k].name);
	}
	bool fine = cli_table_print(t, stdout);
	cli_table_free(t);
	return fine;
}

/* A few periods side by side. */
static bool
print_some(const struct cli *c, const struct figures *f,
    const struct period *p, size_t count, const uint8_t *scope)
{
	struct column columns[TABLE_PERIODS + 1] = { { .count = 0 } };
	bool fine = true;

	for (size_t k = 0; fine && k < count; k++)
		fine = figures_rows(f, &p[k], scope, &columns[k].rows,
		    &columns[k].count) == ERR_OK;
	fine = fine && table(c, columns, p, count);
	for (size_t k = 0; k < count; k++)
		free(columns[k].rows);
	return fine;
}

static bool
print_figures(const struct cli *c, const struct figures *f,
    const struct audit_wanted *w)
{
	struct period *own = NULL;
	size_t count = 1;
	bool fine = true;

	if (w->period != NULL)
		return print_some(c, f, w->period, 1, w->scope);
	if (!audit_report_periods(f, &own, &count))
		return false;
	for (size_t i = 0, n; fine && i < count; i += n) {
		n = count - i;
		if (n > TABLE_PERIODS + 1)
			n = TABLE_PERIODS;
		fine = print_some(c, f, own + i, n, w->scope);
		if (fine && i + n < count)
			(void)fputc('\n', stdout);
	}
	free(own);
	return fine;
}

bool
audit_report_sound(const struct verify *v)
{
	const struct verify_totals *t = verify_totals(v);

	return t->failures == t->false_reports;
}

/* false: these must not be published by this program. */
static bool
rules_known(const struct figures *f)
{
	return f == NULL || figures_rules(f) == FIGURES_RULE_VERSION;
}

static bool
all_figures(const struct cli *c, const struct verify *v,
    const struct audit_wanted *w)
{
	const struct verify_totals *t = verify_totals(v);
	const struct figures *later = verify_figures_provisional(v);
	const char *scope = w->scope_code[0] != '\0' ? w->scope_code :
	    cli_text(c, PHRASE_VERIFY_COMMUNE);
	bool fine = true;

	if (!rules_known(verify_figures(v)) || !rules_known(later)) {
		(void)fputc('\n', stdout);
		cli_print(c, VERIFY_RULES_UNKNOWN, (ull)figures_rules(
		    rules_known(later) ? verify_figures(v) : later));
		return true;
	}
	if (t->unsettled > 0)
		cli_print(c, VERIFY_UNSETTLED, (ull)t->unsettled);
	if (verify_figures(v) != NULL &&
	    (t->leaves > 0 || later == NULL)) {
		(void)fputc('\n', stdout);
		cli_print(c, VERIFY_FIGURES, scope);
		fine = print_figures(c, verify_figures(v), w);
	}
	if (fine && later != NULL && t->provisional_entries > 0) {
		(void)fputc('\n', stdout);
		cli_print(c, VERIFY_FIGURES_ALL, scope);
		fine = print_figures(c, later, w);
	}
	return fine;
}

bool
audit_report_text(const struct cli *c, const struct verify *v,
    const struct audit_wanted *w)
{
	const struct verify_totals *t = verify_totals(v);
	uint64_t notes = count_level(v, FINDING_NOTE);
	bool fine = true;

	if (t->failures == 0) {
		cli_print_plain(c, PHRASE_VERIFY_VALID);
	} else {
		cli_print(c, VERIFY_INVALID, (ull)t->failures);
		print_level(c, v, FINDING_FAIL, t->failures, FAILURES_SHOWN);
		if (t->failures > 1)
			cli_print_plain(c, PHRASE_VERIFY_FOLLOW);
	}
	(void)fputc('\n', stdout);
	print_totals(c, t);
	if (t->voids > 0) {
		cli_print(c, VERIFY_VOIDS, (ull)t->voids);
		print_level(c, v, FINDING_VOID, t->voids, VOIDS_SHOWN);
	}
	if (notes > 0) {
		cli_print(c, VERIFY_NOTES, (ull)notes);
		print_level(c, v, FINDING_NOTE, notes, NOTES_SHOWN);
	}
	audit_frozen_text(c, v);
	if (audit_report_sound(v))
		fine = all_figures(c, v, w);
	else
		cli_print_plain(c, PHRASE_VERIFY_NO_FIGURES);
	(void)fputc('\n', stdout);
	cli_print_plain(c, PHRASE_VERIFY_BLIND);
	return fine;
}

/* ---- JSON */

static void
json_finding(struct json *j, const struct finding *f)
{
	const struct kind_rule *kind = field_kind(f->kind);

	json_object(j, NULL);
	json_cstr(j, "code", f->code);
	if (f->has_log)
		json_hex(j, "log", (struct span){ f->log, ID_LEN });
	if (f->seq > 0) {
		json_u64(j, "seq", f->seq);
		json_u64(j, "last_seq", f->last_seq > f->seq ? f->last_seq :
		    f->seq);
	}
	if (f->has_leaf)
		json_u64(j, "leaf", f->leaf);
	if (f->level == FINDING_VOID) {
		json_u64(j, "op", f->op);
		json_cstr(j, "kind", kind != NULL ? kind->name : "unknown");
	}
	json_u64(j, "offset", f->offset);
	json_close(j);
}

static void
json_level(struct json *j, const struct verify *v, const char *key,
    enum finding_level level)
{
	json_array(j, key);
	for (size_t i = 0; i < verify_finding_count(v); i++)
		if (verify_finding(v, i)->level == level)
			json_finding(j, verify_finding(v, i));
	json_close(j);
}

static bool
json_period(struct json *j, const struct figures *f, const struct period *p,
    const uint8_t *scope)
{
	struct figure_row *rows = NULL;
	size_t count = 0;

	if (figures_rows(f, p, scope, &rows, &count) != ERR_OK)
		return false;
	json_object(j, p->text);
	for (size_t i = 0; i < count; i++)
		json_cstr(j, rows[i].name, rows[i].value);
	json_close(j);
	free(rows);
	return true;
}

static bool
json_figures(struct json *j, const char *key, const struct figures *f,
    const struct audit_wanted *w)
{
	struct period *own = NULL;
	const struct period *p = w->period;
	size_t count = 1;
	bool fine = true;

	if (p == NULL) {
		if (!audit_report_periods(f, &own, &count))
			return false;
		p = own;
	}
	json_object(j, key);
	for (size_t i = 0; fine && i < count; i++)
		fine = json_period(j, f, &p[i], w->scope);
	json_close(j);
	free(own);
	return fine;
}

static void
json_totals(struct json *j, const struct verify_totals *t)
{
	json_u64(j, "logs", t->logs);
	json_u64(j, "entries", t->entries);
	json_u64(j, "segments", t->segments);
	json_u64(j, "devices", t->devices);
	json_u64(j, "leaves", t->leaves);
	json_u64(j, "ops", t->ops);
	json_u64(j, "void_ops", t->voids);
	json_u64(j, "unsettled", t->unsettled);
	if (t->has_checkpoint)
		json_u64(j, "checkpoint_size", t->checkpoint_size);
	else
		json_null(j, "checkpoint_size");
	json_u64(j, "last_leaf_ms", t->last_leaf_time);
	json_u64(j, "provisional_entries", t->provisional_entries);
	if (t->has_export)
		json_u64(j, "export_ms", t->export_ms);
}

bool
audit_report_json(const struct verify *v, const struct audit_wanted *w)
{
	const struct verify_totals *t = verify_totals(v);
	struct json *j = json_new(stdout);
	bool fine = j != NULL, known;

	if (!fine)
		return false;
	json_object(j, NULL);
	json_bool(j, "valid", t->failures == 0);
	json_cstr(j, "file", w->file);
	json_cstr(j, "root", w->root);
	json_u64(j, "failure_count", t->failures);
	json_level(j, v, "failures", FINDING_FAIL);
	json_level(j, v, "void", FINDING_VOID);
	json_level(j, v, "notes", FINDING_NOTE);
	json_totals(j, t);
	json_cstr(j, "scope", w->scope_code[0] != '\0' ? w->scope_code :
	    "commune");
	audit_frozen_json(j, v);
	if (verify_figures(v) != NULL)
		json_u64(j, "rule_version", figures_rules(verify_figures(v)));
	known = audit_report_sound(v) && rules_known(verify_figures(v)) &&
	    rules_known(verify_figures_provisional(v));
	if (known && verify_figures(v) != NULL)
		fine = json_figures(j, "figures", verify_figures(v), w);
	if (fine && known && verify_figures_provisional(v) != NULL)
		fine = json_figures(j, "figures_provisional",
		    verify_figures_provisional(v), w);
	json_free(j);
	return fine;
}
