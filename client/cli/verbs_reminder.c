/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_reminder.c -- nguon remind and reminder, and review note.
 */
#include <stdlib.h>
#include <string.h>

#include "client/cli/cli_choose.h"
#include "client/cli/cli_words.h"
#include "client/cli/verbs_board.h"
#include "client/records/commune.h"
#include "client/records/review_notes.h"
#include "protocol/date.h"

enum { SCHEMA = 1 };			/* version of the JSON */

/* ---- screens */

static const char *
received_words(const struct cli *c, bool received)
{
	return cli_text(c, received ? PHRASE_REMINDER_RECEIVED :
	    PHRASE_REMINDER_WAITS);
}

static void
due_words(const struct cli *c, const struct reminder *r, int64_t today,
    char ret[static CLI_WORDS_BYTES])
{
	char date[16];

	if (!r->has_due) {
		(void)snprintf(ret, CLI_WORDS_BYTES, "%s",
		    cli_text(c, PHRASE_REMINDER_NO_DUE));
		return;
	}
	date_format(r->due, date);
	if (reminders_overdue(r, today))
		(void)snprintf(ret, CLI_WORDS_BYTES,
		    CATALOGUE_FORMAT(c->language, REMINDER_OVERDUE), date);
	else
		(void)snprintf(ret, CLI_WORDS_BYTES,
		    CATALOGUE_FORMAT(c->language, REMINDER_DUE), date);
}

/* Who has seen it: each device once, by its first mark; and who did it. */
static void
print_marks(struct cli *c, const struct reminder *r)
{
	char who[CLI_WORDS_BYTES], when[CLI_TIME_BYTES];

	if (r->state == REMINDER_OPEN)
		cli_print_plain(c, PHRASE_REMINDER_NOT_SEEN);
	for (size_t i = 0; i < r->marks.count; i++) {
		const struct read_mark *m = &r->marks.items[i];
		bool again = m == r->done;

		for (size_t k = 0; k < i && !again; k++)
			again = memcmp(r->marks.items[k].key, m->key,
			    KEY_LEN) == 0;
		if (again)
			continue;
		cli_words_author(c, &m->author, who);
		cli_time(m->stamp.time_ms, when);
		cli_print(c, REMINDER_SEEN_BY, who, when,
		    received_words(c, m->received));
	}
	if (r->done == NULL)
		return;
	cli_words_author(c, &r->done->author, who);
	cli_time(r->done->stamp.time_ms, when);
	cli_print(c, REMINDER_DONE_BY, who, when,
	    received_words(c, r->done->received));
}

bool
verbs_reminder_print(struct cli *c, const struct reminder_list *list,
    int64_t today)
{
	char id[CLI_CHOOSE_ID], words[CLI_WORDS_BYTES], when[CLI_TIME_BYTES];
	bool open = false;

	if (list->count == 0) {
		cli_print_plain(c, PHRASE_REMINDER_NONE);
		return true;
	}
	cli_print(c, REMINDER_COUNT, list->count);
	for (size_t i = 0; i < list->count; i++) {
		const struct reminder *r = &list->items[i];

		(void)fputc('\n', stdout);
		cli_choose_id(r->subject, id);
		due_words(c, r, today, words);
		cli_print(c, REMINDER_HEAD, i + 1, id, r->code, words);
		cli_print(c, REMINDER_TEXT, r->unreadable ? cli_text(c,
		    PHRASE_WORD_UNREADABLE) : r->text);
		if (r->about_name[0] != '\0')
			cli_print(c, REMINDER_ABOUT, r->about_name);
		cli_words_author(c, &r->from, words);
		cli_time(r->time_ms, when);
		cli_print(c, REMINDER_FROM, words, when,
		    received_words(c, r->received));
		print_marks(c, r);
		open = open || r->state != REMINDER_DONE;
	}
	if (open) {
		(void)fputc('\n', stdout);
		cli_print_plain(c, PHRASE_REMINDER_HOW);
	}
	return true;
}

static void
json_author(struct json *j, const char *key, const struct author *a)
{
	json_object(j, key);
	json_hex(j, "device", (struct span){ a->device, ID_LEN });
	json_cstr(j, "role", role_name(a->role));
	json_cstr(j, "name", a->name);
	json_close(j);
}

static void
json_one(struct json *j, const struct reminder *r, int64_t today)
{
	char date[16];

	json_object(j, NULL);
	json_hex(j, "id", (struct span){ r->subject, ID_LEN });
	json_cstr(j, "cell", r->code);
	if (r->unreadable)
		json_null(j, "text");
	else
		json_cstr(j, "text", r->text);
	if (r->has_due) {
		date_format(r->due, date);
		json_cstr(j, "due", date);
	}
	json_bool(j, "overdue", reminders_overdue(r, today));
	if (r->has_about)
		json_hex(j, "about", (struct span){ r->about, ID_LEN });
	json_author(j, "from", &r->from);
	json_u64(j, "time_ms", r->time_ms);
	json_bool(j, "received", r->received);
	json_cstr(j, "state", reminders_state_name(r->state));
	json_array(j, "marks");
	for (size_t i = 0; i < r->marks.count; i++) {
		const struct read_mark *m = &r->marks.items[i];

		json_object(j, NULL);
		json_author(j, "by", &m->author);
		json_u64(j, "time_ms", m->stamp.time_ms);
		json_bool(j, "done", m->done);
		json_bool(j, "received", m->received);
		json_close(j);
	}
	json_close(j);
	json_close(j);
}

bool
verbs_reminder_json(const struct reminder_list *list, int64_t today)
{
	struct json *j = json_new(stdout);

	if (j == NULL)
		return false;
	json_object(j, NULL);
	json_u64(j, "schema", SCHEMA);
	json_array(j, "reminders");
	for (size_t i = 0; i < list->count; i++)
		json_one(j, &list->items[i], today);
	json_close(j);
	json_close(j);
	json_free(j);
	return true;
}

/* ---- remind */

/* A cell that one is in charge of.  False: the message is printed. */
static bool
choose_charge(struct cli *c, const char *code, uint8_t ret[static SCOPE_LEN],
    int *ret_exit)
{
	struct commune_cell cell;
	enum role role = store_role(c->store);

	if (role != ROLE_COMMUNE && role != ROLE_COMMISSIONER) {
		cli_say_plain(c, PHRASE_REMIND_ROLE);
		*ret_exit = EXIT_REFUSED;
		return false;
	}
	if (commune_cell_by_code(c->store, code, &cell) == ERR_OK &&
	    !store_covers(c->store, cell.scope)) {
		cli_say(c, REMIND_NOT_IN_CHARGE, code);
		*ret_exit = EXIT_REFUSED;
		return false;
	}
	return cli_choose_cell(c, code, ret, ret_exit);
}

static int
say_refused(struct cli *c, err rc, const char *code)
{
	switch ((int)rc) {
	case ERR_ROLE:
		cli_say_plain(c, PHRASE_REMIND_ROLE);
		return EXIT_REFUSED;
	case ERR_SCOPE:
		cli_say(c, REMIND_NOT_IN_CHARGE, code);
		return EXIT_REFUSED;
	case ERR_VALUE:
		cli_say_plain(c, PHRASE_REMIND_NO_TEXT);
		return EXIT_USAGE;
	default:
		return cli_fail(c, rc);
	}
}

/* --due, not before today. */
static bool
read_due(struct cli *c, const struct cli_args *a, struct reminder_draft *d,
    int *ret_exit)
{
	const char *due = cli_option(a, "due");

	d->has_due = due != NULL;
	if (due == NULL)
		return true;
	if (!cli_choose_day(c, due, &d->due, ret_exit))
		return false;
	if (d->due >= steps_today())
		return true;
	cli_say(c, REMIND_DUE_PAST, due);
	*ret_exit = EXIT_USAGE;
	return false;
}

static int
send(struct cli *c, const struct cli_args *a, struct reminder_draft *d)
{
	const char *about = cli_option(a, "about");
	struct people_list people = { .count = 0 };
	uint8_t cell[SCOPE_LEN], subject[ID_LEN];
	char id[CLI_CHOOSE_ID];
	int code = EXIT_FINE;
	err rc;

	if (!cli_open(c, &code) ||
	    !choose_charge(c, a->operands[0], cell, &code) ||
	    (about != NULL && !cli_choose_person(c, a->operands[0], about,
	    &people, &code)))
		return code;
	if (about != NULL)
		d->about = people.person[0].subject;
	rc = reminders_send(c->store, cell, d, subject);
	people_list_free(&people);
	if (rc != ERR_OK)
		return say_refused(c, rc, a->operands[0]);
	cli_choose_id(subject, id);
	cli_print(c, REMIND_SENT, id, a->operands[0]);
	return EXIT_FINE;
}

static int
run_remind(struct cli *c, const struct cli_args *a)
{
	struct reminder_draft d = { .has_due = false };
	struct buf text = { .p = NULL };
	int code = EXIT_FINE;

	if (a->operand_count != 2)
		return cli_usage(c, a->verb);
	if (read_due(c, a, &d, &code) &&
	    cli_typed(c, a->operands[1], &text, &code)) {
		d.text = buf_span(&text);
		code = send(c, a, &d);
	}
	if (text.p != NULL)
		crypto_wipe(text.p, text.cap);
	buf_free(&text);
	return code;
}

/* ---- reminder list */

static int
run_list(struct cli *c, const struct cli_args *a)
{
	const char *cell = cli_option(a, "cell");
	unsigned states = cli_option(a, "all") != NULL ? 0 :
	    1u << REMINDER_OPEN | 1u << REMINDER_SEEN;
	struct reminder_list *list = NULL;
	uint8_t scope[SCOPE_LEN];
	int code = EXIT_FINE;
	bool done;
	err rc;

	if (a->operand_count != 0)
		return cli_usage(c, a->verb);
	if (!cli_open(c, &code) ||
	    (cell != NULL && !cli_choose_cell(c, cell, scope, &code)))
		return code;
	rc = reminders_list(c->store, cell != NULL ? scope : NULL, states,
	    &list);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	done = c->json ? verbs_reminder_json(list, steps_today()) :
	    verbs_reminder_print(c, list, steps_today());
	reminders_free(list);
	if (!done)
		return cli_fail(c, ERR_NOMEM);
	rc = reminders_mark_seen(c->store, NULL);
	return rc == ERR_OK ? EXIT_FINE : cli_fail(c, rc);
}

/* ---- done and withdraw */

/* Owner: the caller, reminders_free of *ret_list. */
static const struct reminder *
find(struct cli *c, const char *id, struct reminder_list **ret_list,
    int *ret_exit)
{
	const struct reminder *r;
	err rc;

	if (!cli_open(c, ret_exit))
		return NULL;
	rc = reminders_list(c->store, NULL, 0, ret_list);
	if (rc != ERR_OK) {
		*ret_exit = cli_fail(c, rc);
		return NULL;
	}
	r = reminders_find(*ret_list, id);
	if (r == NULL) {
		cli_say(c, REMINDER_ABSENT, id);
		*ret_exit = EXIT_NO;
	}
	return r;
}

static int
run_done(struct cli *c, const struct cli_args *a)
{
	struct reminder_list *list = NULL;
	const struct reminder *r;
	char id[CLI_CHOOSE_ID];
	int code = EXIT_FINE;

	if (a->operand_count != 1)
		return cli_usage(c, a->verb);
	r = find(c, a->operands[0], &list, &code);
	if (r == NULL) {
		reminders_free(list);
		return code;
	}
	cli_choose_id(r->subject, id);
	err rc = reminders_done(c->store, r);
	reminders_free(list);
	if (rc == ERR_ROLE) {
		cli_say_plain(c, PHRASE_REMINDER_DONE_ROLE);
		return EXIT_REFUSED;
	}
	if (rc == ERR_EXISTS) {
		cli_say(c, REMINDER_DONE_ALREADY, id);
		return EXIT_NO;
	}
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	cli_print(c, REMINDER_DONE_SAID, id);
	return EXIT_FINE;
}

static int
withdraw(struct cli *c, const char *which, struct span why)
{
	struct reminder_list *list = NULL;
	int code = EXIT_FINE;
	const struct reminder *r = find(c, which, &list, &code);
	char id[CLI_CHOOSE_ID];
	err rc;

	if (r != NULL) {
		rc = reminders_withdraw(c->store, r, why);
		if (rc != ERR_OK) {
			code = say_refused(c, rc, r->code);
		} else {
			cli_choose_id(r->subject, id);
			cli_print(c, REMINDER_WITHDRAWN, id);
		}
	}
	reminders_free(list);
	return code;
}

static int
run_withdraw(struct cli *c, const struct cli_args *a)
{
	const char *typed = cli_option(a, "why");
	struct buf why = { .p = NULL };
	int code = EXIT_FINE;

	if (a->operand_count != 1)
		return cli_usage(c, a->verb);
	if (typed == NULL || typed[0] == '\0') {
		cli_say_plain(c, PHRASE_CHANGE_NEEDS_WHY);
		return EXIT_USAGE;
	}
	if (cli_open(c, &code) && cli_choose_why(c, typed, &why, &code))
		code = withdraw(c, a->operands[0], buf_span(&why));
	buf_free(&why);
	return code;
}

/* ---- a note about a person */

static int
note(struct cli *c, const struct cli_args *a, struct span text)
{
	struct people_list people = { .count = 0 };
	char code[64];
	int exit_code = EXIT_FINE;
	err rc;

	if (!cli_open(c, &exit_code))
		return exit_code;
	if (store_role(c->store) != ROLE_COMMUNE &&
	    store_role(c->store) != ROLE_COMMISSIONER)
		return say_refused(c, ERR_ROLE, "");
	if (!cli_choose_person(c, cli_option(a, "cell"), a->operands[0],
	    &people, &exit_code))
		return exit_code;
	const struct person *p = &people.person[0];
	rc = review_notes_add(c->store, p->scope, p->subject, text);
	if (rc == ERR_OK)
		cli_print(c, NOTE_WRITTEN, p->text[PEOPLE_FULL_NAME]);
	else
		exit_code = say_refused(c, rc,
		    cli_choose_code(c, p->scope, code));
	people_list_free(&people);
	return exit_code;
}

static int
run_note(struct cli *c, const struct cli_args *a)
{
	struct buf text = { .p = NULL };
	int code = EXIT_FINE;

	if (a->operand_count != 2)
		return cli_usage(c, a->verb);
	if (cli_typed(c, a->operands[1], &text, &code))
		code = note(c, a, buf_span(&text));
	if (text.p != NULL)
		crypto_wipe(text.p, text.cap);
	buf_free(&text);
	return code;
}

/* ---- the table of verbs */

static const struct cli_option remind_options[] = {
	{ "due", "DATE", PHRASE_OPTION_REMIND_DUE, CLI_MAY },
	{ "about", "WHO", PHRASE_OPTION_REMIND_ABOUT, CLI_MAY },
};
static const struct cli_option list_options[] = {
	{ "all", NULL, PHRASE_OPTION_REMINDER_ALL, CLI_MAY },
	{ "cell", "CODE", PHRASE_OPTION_REMINDER_CELL, CLI_MAY },
};
static const struct cli_option withdraw_options[] = {
	{ "why", "TEXT", PHRASE_OPTION_WITHDRAW_WHY, CLI_MUST },
};
static const struct cli_option note_options[] = {
	{ "cell", "CODE", PHRASE_OPTION_PERSON_CELL, CLI_MAY },
};
#define OPTIONS(table) table, sizeof(table) / sizeof((table)[0])
static const struct cli_verb verbs[] = {
	{ "remind", "CELL TEXT", PHRASE_VERB_REMIND, OPTIONS(remind_options),
	    run_remind },
	{ "reminder list", "", PHRASE_VERB_REMINDER_LIST,
	    OPTIONS(list_options), run_list },
	{ "reminder done", "ID", PHRASE_VERB_REMINDER_DONE, NULL, 0,
	    run_done },
	{ "reminder withdraw", "ID", PHRASE_VERB_REMINDER_WITHDRAW,
	    OPTIONS(withdraw_options), run_withdraw },
	{ "review note", "WHO TEXT", PHRASE_VERB_REVIEW_NOTE,
	    OPTIONS(note_options), run_note },
};
const struct cli_group verbs_reminder = {
	PHRASE_HELP_REMINDER, verbs, sizeof verbs / sizeof verbs[0],
};
