/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_tasks.c -- tasks, setting list and setting set.
 */
#include "client/cli/verbs_tasks.h"

#include <string.h>

#include "client/cli/cli_choose.h"
#include "protocol/date.h"

enum { DAY_TEXT = 16 };

/* ---- tasks */

/* Who or what it is about. */
static const char *
whom(const struct cli *c, const struct task *t)
{
	if (t->rule == TASK_CLOCK || t->rule == TASK_UNRECEIVED)
		return cli_text(c, PHRASE_TASK_THIS_MACHINE);
	if (t->who[0] != '\0')
		return t->who;
	if (t->rule == TASK_SILENT)
		return cli_role(c, t->role);
	if (t->next != STEP_NONE)
		return cli_text(c, PHRASE_TASK_UNREADABLE);
	return t->code[0] == '\0' ? cli_text(c, PHRASE_TASK_COMMUNE) : "";
}

static void
print_head(const struct cli *c, const struct task *t, size_t number)
{
	const char *who = whom(c, t);
	const char *dot = t->code[0] != '\0' && who[0] != '\0' ? " · " : "";
	char due[DAY_TEXT];

	if (!t->has_due) {
		cli_print(c, TASK_HEAD, number, t->code, dot, who);
		return;
	}
	date_format(t->due, due);
	cli_print(c, TASK_HEAD_DUE, number, t->code, dot, who, due);
}

static bool
print_task(const struct cli *c, const struct task *t, size_t number)
{
	struct buf reason = { .p = NULL };
	bool done;

	print_head(c, t, number);
	tasks_words_reason(t, c->language, &reason);
	done = buf_err(&reason) == ERR_OK;
	cli_print(c, TASK_REASON, buf_cstr(&reason));
	if (reason.p != NULL)
		crypto_wipe(reason.p, reason.cap);
	buf_free(&reason);
	if (t->by == TASK_BY_THIS)
		cli_print(c, TASK_ENDS, t->command);
	else
		cli_print(c, TASK_ENDS_BY, tasks_words_by(t->by, c->language),
		    t->command);
	if (t->remind[0] != '\0')
		cli_print(c, TASK_REMIND, t->remind);
	return done;
}

static void
print_nothing(const struct cli *c, size_t later)
{
	if (later > 0)
		cli_print(c, TASK_NONE_SOON, later);
	else
		cli_print_plain(c, PHRASE_TASK_NONE);
}

bool
verbs_tasks_print(struct cli *c, const struct task_list *list,
    enum verbs_tasks_which which)
{
	size_t later = tasks_count(list, TASK_LATER), shown = list->count;
	char today[DAY_TEXT];
	bool done = true;

	if (which == TASKS_DUE)
		shown -= later;
	date_format(list->today, today);
	cli_print(c, TASK_TITLE, today);
	(void)fputc('\n', stdout);
	if (shown == 0) {
		print_nothing(c, later);
		return true;
	}
	for (size_t i = 0; i < shown; i++) {
		const struct task *t = &list->items[i];

		if (i == 0 || list->items[i - 1].urgency != t->urgency)
			(void)printf("%s%s: %zu\n\n", i == 0 ? "" : "\n",
			    tasks_words_urgency(t->urgency, c->language),
			    tasks_count(list, t->urgency));
		done = print_task(c, t, i + 1) && done;
	}
	(void)fputc('\n', stdout);
	if (which == TASKS_DUE && later > 0)
		cli_print(c, TASK_MORE, later);
	cli_print_plain(c, PHRASE_TASK_RULE);
	return done;
}

static const char *
by_name(enum task_by by)
{
	static const char *const names[] = {
		[TASK_BY_THIS] = "this",
		[TASK_BY_SECRETARY] = "secretary",
		[TASK_BY_CELL] = "cell",
		[TASK_BY_DEVICE] = "device",
	};

	return names[by];
}

static void
put_day(struct json *j, const char *key, bool has, int64_t days)
{
	char text[DAY_TEXT];

	if (!has)
		return;
	date_format(days, text);
	json_cstr(j, key, text);
}

static bool
json_task(const struct cli *c, struct json *j, const struct task *t)
{
	struct buf reason = { .p = NULL };
	bool done;

	tasks_words_reason(t, c->language, &reason);
	done = buf_err(&reason) == ERR_OK;
	json_object(j, NULL);
	json_cstr(j, "rule", tasks_rules_name(t->rule));
	json_cstr(j, "urgency", tasks_rules_urgency_name(t->urgency));
	put_day(j, "due", t->has_due, t->due);
	put_day(j, "since", t->has_since, t->since);
	if (t->code[0] != '\0')
		json_cstr(j, "cell", t->code);
	if (t->has_subject)
		json_hex(j, "id", (struct span){ t->subject, ID_LEN });
	if (t->who[0] != '\0')
		json_cstr(j, "who", t->who);
	json_cstr(j, "reason", buf_cstr(&reason));
	json_cstr(j, "by", by_name(t->by));
	json_cstr(j, "command", t->command);
	if (t->remind[0] != '\0')
		json_cstr(j, "remind", t->remind);
	json_close(j);
	if (reason.p != NULL)
		crypto_wipe(reason.p, reason.cap);
	buf_free(&reason);
	return done;
}

bool
verbs_tasks_json(struct cli *c, const struct task_list *list,
    enum verbs_tasks_which which)
{
	struct json *j = json_new(stdout);
	bool done = true;

	if (j == NULL)
		return false;
	json_object(j, NULL);
	json_u64(j, "schema", TASKS_SCHEMA);
	put_day(j, "today", true, list->today);
	json_u64(j, "overdue", tasks_count(list, TASK_OVERDUE));
	json_u64(j, "week", tasks_count(list, TASK_WEEK));
	json_u64(j, "soon", tasks_count(list, TASK_SOON));
	json_u64(j, "later", tasks_count(list, TASK_LATER));
	json_array(j, "tasks");
	for (size_t i = 0; i < list->count; i++)
		if (which == TASKS_ALL ||
		    list->items[i].urgency != TASK_LATER)
			done = json_task(c, j, &list->items[i]) && done;
	json_close(j);
	json_close(j);
	json_free(j);
	return done;
}

static int
run_tasks(struct cli *c, const struct cli_args *a)
{
	enum verbs_tasks_which which = cli_option(a, "all") != NULL ?
	    TASKS_ALL : TASKS_DUE;
	const char *cell = cli_option(a, "cell");
	struct task_list *list = NULL;
	uint8_t scope[SCOPE_LEN];
	int code = EXIT_FINE;
	bool done;
	err rc;

	if (a->operand_count != 0)
		return cli_usage(c, a->verb);
	if (!cli_open(c, &code) || (cell != NULL &&
	    !cli_choose_cell(c, cell, scope, &code)))
		return code;
	rc = tasks_list(c->store, cell != NULL ? scope : NULL, &list);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	done = c->json ? verbs_tasks_json(c, list, which) :
	    verbs_tasks_print(c, list, which);
	tasks_free(list);
	return done ? EXIT_FINE : cli_fail(c, ERR_NOMEM);
}

/* ---- settings */

bool
verbs_tasks_settings(struct cli *c, const struct settings *s)
{
	struct cli_table *t = cli_table_new(4);
	char text[SETTING_TEXT + 2];
	bool done;

	if (t == NULL)
		return false;
	cli_table_heading(t, 0, cli_text(c, PHRASE_SETTING_HEAD_NAME),
	    CLI_LEFT);
	cli_table_heading(t, 1, cli_text(c, PHRASE_SETTING_HEAD_VALUE),
	    CLI_RIGHT);
	cli_table_heading(t, 2, cli_text(c, PHRASE_SETTING_HEAD_STANDARD),
	    CLI_RIGHT);
	cli_table_heading(t, 3, cli_text(c, PHRASE_SETTING_HEAD_WHAT),
	    CLI_LEFT);
	for (int i = 0; i < SETTINGS; i++) {
		enum setting which = (enum setting)i;
		char value[SETTING_TEXT];

		settings_format(which, s->value[i], value);
		(void)snprintf(text, sizeof text, "%s%s",
		    s->conflict[i] ? "! " : "", value);
		cli_table_cell(t, settings_rule(which)->name);
		cli_table_cell(t, text);
		settings_format(which, settings_rule(which)->standard, value);
		cli_table_cell(t, value);
		cli_table_cell(t, cli_text(c, settings_rule(which)->phrase));
	}
	done = cli_table_print(t, stdout);
	cli_table_free(t);
	return done;
}

static bool
settings_json(const struct settings *s)
{
	struct json *j = json_new(stdout);

	if (j == NULL)
		return false;
	json_object(j, NULL);
	json_u64(j, "schema", 1);
	json_array(j, "settings");
	for (int i = 0; i < SETTINGS; i++) {
		const struct setting_rule *r = settings_rule((enum setting)i);
		char value[SETTING_TEXT];

		settings_format((enum setting)i, s->value[i], value);
		json_object(j, NULL);
		json_cstr(j, "name", r->name);
		json_cstr(j, "value", value);
		settings_format((enum setting)i, r->standard, value);
		json_cstr(j, "default", value);
		json_bool(j, "set", s->written[i]);
		json_bool(j, "conflict", s->conflict[i]);
		json_close(j);
	}
	json_close(j);
	json_close(j);
	json_free(j);
	return true;
}

static int
run_setting_list(struct cli *c, const struct cli_args *a)
{
	struct settings settings;
	int code = EXIT_FINE;
	bool done;
	err rc;

	if (a->operand_count != 0)
		return cli_usage(c, a->verb);
	if (!cli_open_locked(c, &code))
		return code;
	rc = settings_read(c->store, &settings);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	done = c->json ? settings_json(&settings) :
	    verbs_tasks_settings(c, &settings);
	return done ? EXIT_FINE : cli_fail(c, ERR_NOMEM);
}

static int
bad_value(struct cli *c, enum setting which, const char *typed)
{
	const struct setting_rule *r = settings_rule(which);
	char min[SETTING_TEXT], max[SETTING_TEXT];

	settings_format(which, r->min, min);
	settings_format(which, r->max, max);
	cli_say(c, SETTING_BAD, r->name, typed, min, max);
	return EXIT_USAGE;
}

static int
set(struct cli *c, enum setting which, uint64_t value, struct span why)
{
	char before[SETTING_TEXT], after[SETTING_TEXT];
	uint64_t old = 0;
	err rc = settings_set(c->store, which, value, why, &old);

	settings_format(which, value, after);
	if (rc == ERR_EXISTS) {
		cli_print(c, SETTING_SAME, settings_rule(which)->name, after);
		return EXIT_FINE;
	}
	if (rc == ERR_ROLE) {
		cli_say_plain(c, PHRASE_SETTING_ROLE);
		return EXIT_REFUSED;
	}
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	settings_format(which, old, before);
	cli_print(c, SETTING_DONE, settings_rule(which)->name, after, before);
	return EXIT_FINE;
}

static int
run_setting_set(struct cli *c, const struct cli_args *a)
{
	const char *typed = cli_option(a, "why");
	struct buf why = { .p = NULL };
	enum setting which;
	uint64_t value = 0;
	int code = EXIT_FINE;

	if (a->operand_count != 2)
		return cli_usage(c, a->verb);
	which = settings_from_name(a->operands[0]);
	if (which == SETTINGS) {
		cli_say(c, SETTING_UNKNOWN, a->operands[0]);
		return EXIT_USAGE;
	}
	if (settings_parse(which, a->operands[1], &value) != ERR_OK)
		return bad_value(c, which, a->operands[1]);
	if (cli_open(c, &code) && (typed == NULL ||
	    cli_choose_why(c, typed, &why, &code)))
		code = set(c, which, value, buf_span(&why));
	buf_free(&why);
	return code;
}

/* ---- the table */

static const struct cli_option tasks_options[] = {
	{ "cell", "CODE", PHRASE_OPTION_TASKS_CELL, CLI_MAY },
	{ "all", NULL, PHRASE_OPTION_TASKS_ALL, CLI_MAY },
};
static const struct cli_option set_options[] = {
	{ "why", "TEXT", PHRASE_OPTION_SETTING_WHY, CLI_MAY },
};
#define OPTIONS(table) (table), sizeof(table) / sizeof((table)[0])
static const struct cli_verb verbs[] = {
	{ "tasks", "", PHRASE_VERB_TASKS, OPTIONS(tasks_options), run_tasks },
	{ "setting list", "", PHRASE_VERB_SETTING_LIST, NULL, 0,
	    run_setting_list },
	{ "setting set", "NAME VALUE", PHRASE_VERB_SETTING_SET,
	    OPTIONS(set_options), run_setting_set },
};
const struct cli_group verbs_tasks = {
	PHRASE_HELP_TASKS, verbs, sizeof verbs / sizeof verbs[0],
};
