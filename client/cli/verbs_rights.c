/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_rights.c -- person history, print and notice.
 */
#include "client/cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/cli/cli_choose.h"
#include "client/cli/cli_words.h"
#include "client/cli/person_page.h"
#include "client/records/rights.h"
#include "protocol/date.h"

static bool
choose(struct cli *c, const struct cli_args *a, struct people_list *ret,
    int *ret_exit)
{
	if (a->operand_count != 1) {
		*ret_exit = cli_usage(c, a->verb);
		return false;
	}
	return cli_open(c, ret_exit) && cli_choose_person(c,
	    cli_option(a, "cell"), a->operands[0], ret, ret_exit);
}

/* ---- history */

static void
put_author(struct json *j, const struct author *a)
{
	json_hex(j, "device", (struct span){ a->device, ID_LEN });
	json_cstr(j, "role", role_name(a->role));
	if (a->name[0] != '\0')
		json_cstr(j, "holder", a->name);
}

/* A text as it is, anything else in words. */
static void
put_value(struct cli *c, struct json *j, const struct history_item *item)
{
	struct codec_reader r = codec_reader(item->value);
	struct buf text = { .p = NULL };
	struct span plain;
	enum codec_type type;

	if (item->unreadable) {
		json_null(j, "value");
		return;
	}
	if (codec_peek(&r, &type) == ERR_OK && type == CODEC_TEXT &&
	    codec_read_text(&r, &plain) == ERR_OK) {
		json_text(j, "value", plain);
		return;
	}
	cli_words_value(c, item->field, item->value, &text);
	json_text(j, "value", buf_span(&text));
	if (text.p != NULL)
		crypto_wipe(text.p, text.cap);
	buf_free(&text);
}

static void
put_item(struct cli *c, struct json *j, const struct history_item *item)
{
	const struct field_rule *field = field_rule(item->field);
	const struct kind_rule *kind = field_kind(item->kind);

	json_object(j, NULL);
	json_cstr(j, "kind", kind != NULL ? kind->name : "?");
	json_cstr(j, "field", field != NULL ? field->name : "?");
	if (item->step != STEP_NONE)
		json_cstr(j, "step", field_step_name(item->step));
	if (item->year != 0)
		json_u64(j, "year", item->year);
	if (item->element_len > 0)
		json_hex(j, "element", (struct span){ item->element,
		    item->element_len });
	put_value(c, j, item);
	json_cstr(j, "standing", person_page_standing(item->standing));
	json_bool(j, "back_dated", item->late);
	if (item->why.n > 0)
		json_text(j, "why", item->why);
	put_author(j, &item->author);
	json_u64(j, "time_ms", item->stamp.time_ms);
	if (item->received) {
		json_u64(j, "leaf", item->stamp.leaf);
		json_u64(j, "received_ms", item->stamp.leaf_time);
	}
	json_close(j);
}

static void
history_json(struct cli *c, const struct person *p,
    const struct person_history *h)
{
	struct json *j = json_new(stdout);

	json_object(j, NULL);
	json_u64(j, "schema", 1);
	json_hex(j, "id", (struct span){ p->subject, ID_LEN });
	json_array(j, "values");
	for (size_t i = 0; i < h->count; i++)
		put_item(c, j, &h->items[i]);
	json_free(j);
}

static enum person_page_strike
strike_of(FILE *out)
{
	const char *no_colour = getenv("NO_COLOR");
	int fd = fileno(out);

	return fd >= 0 && isatty(fd) == 1 &&
	    (no_colour == NULL || no_colour[0] == '\0') ? PERSON_PAGE_ANSI :
	    PERSON_PAGE_TILDES;
}

static int
run_history(struct cli *c, const struct cli_args *a)
{
	struct people_list l = { .count = 0 };
	struct person_history h = { .count = 0 };
	char id[CLI_CHOOSE_ID];
	int code = EXIT_FINE;

	if (!choose(c, a, &l, &code))
		return code;
	const struct person *p = &l.person[0];
	err rc = person_history_of(c->store, p->scope, p->subject, &h);
	if (rc == ERR_OK && c->json) {
		history_json(c, p, &h);
	} else if (rc == ERR_OK) {
		cli_choose_id(p->subject, id);
		cli_print(c, HISTORY_TITLE, p->text[PEOPLE_FULL_NAME], id);
		person_page_history(c, &h, strike_of(stdout), stdout);
	}
	person_history_free(&h);
	people_list_free(&l);
	return rc == ERR_OK ? EXIT_FINE : cli_fail(c, rc);
}

/* ---- print */

static int
save(struct cli *c, const struct person *p, const char *path)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	err rc = out == NULL ? ERR_NOMEM : person_page_print(c, p, out);

	if (out != NULL && fclose(out) != 0 && rc == ERR_OK)
		rc = ERR_NOMEM;
	err saved = rc != ERR_OK ? rc : paths_write(path, (struct span){
	    (const uint8_t *)text, n }, 0600, PATHS_NEW_ONLY);
	if (text != NULL)
		crypto_wipe(text, n);
	free(text);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	if (saved != ERR_OK) {
		cli_say(c, PRINT_FAILED, path);
		return err_exit_code(saved);
	}
	cli_say(c, PRINT_SAVED, path);
	return EXIT_FINE;
}

static int
run_print(struct cli *c, const struct cli_args *a)
{
	const char *path = cli_option(a, "out");
	struct people_list l = { .count = 0 };
	int code = EXIT_FINE;
	err rc = ERR_OK;

	if (!choose(c, a, &l, &code))
		return code;
	if (path != NULL)
		code = save(c, &l.person[0], path);
	else
		rc = person_page_print(c, &l.person[0], stdout);
	people_list_free(&l);
	return rc == ERR_OK ? code : cli_fail(c, rc);
}

/* ---- notice */

static int
run_notice(struct cli *c, const struct cli_args *a)
{
	struct people_list l = { .count = 0 };
	int64_t date;
	char day[16];
	int code = EXIT_FINE;
	err rc;

	if (!cli_choose_day(c, cli_option(a, "date"), &date, &code) ||
	    !choose(c, a, &l, &code))
		return code;
	rc = rights_notice_write(c->store, &l.person[0], date);
	if (rc == ERR_VALUE && date > steps_today()) {
		cli_say_plain(c, PHRASE_NOTICE_FUTURE);
		code = EXIT_USAGE;
	} else if (rc != ERR_OK) {
		code = cli_fail(c, rc);
	} else {
		date_format(date, day);
		cli_print(c, NOTICE_DONE,
		    l.person[0].text[PEOPLE_FULL_NAME], day);
	}
	people_list_free(&l);
	return code;
}

/* ---- the table of verbs */

static const struct cli_option history_options[] = {
	{ "cell", "CODE", PHRASE_OPTION_PERSON_CELL, CLI_MAY },
};
static const struct cli_option print_options[] = {
	{ "out", "FILE", PHRASE_OPTION_PRINT_OUT, CLI_MAY },
	{ "cell", "CODE", PHRASE_OPTION_PERSON_CELL, CLI_MAY },
};
static const struct cli_option notice_options[] = {
	{ "date", "DATE", PHRASE_OPTION_NOTICE_DATE, CLI_MAY },
	{ "cell", "CODE", PHRASE_OPTION_PERSON_CELL, CLI_MAY },
};
#define OPTIONS(table) table, sizeof(table) / sizeof((table)[0])
static const struct cli_verb verbs[] = {
	{ "person history", "WHO", PHRASE_VERB_PERSON_HISTORY,
	  OPTIONS(history_options), run_history },
	{ "person print", "WHO", PHRASE_VERB_PERSON_PRINT,
	  OPTIONS(print_options), run_print },
	{ "person notice", "WHO", PHRASE_VERB_PERSON_NOTICE,
	  OPTIONS(notice_options), run_notice },
};

const struct cli_group verbs_rights = {
	PHRASE_HELP_RIGHTS, verbs, sizeof verbs / sizeof verbs[0],
};
