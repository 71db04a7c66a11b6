/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "client/cli/cli_choose.h"
#include "client/cli/cli_words.h"
#include "client/cli/verbs_person.h"
#include "client/records/review_notes.h"
#include "protocol/date.h"

static bool
is_code(enum people_field i)
{
	return i == PEOPLE_GENDER || i == PEOPLE_ORGANISATION ||
	    i == PEOPLE_RESIDENCE;
}

/* ---- JSON */

static void
put_date(struct json *j, const char *key, int64_t days)
{
	char date[16];

	date_format(days, date);
	json_cstr(j, key, date);
}

static void
put_person(struct cli *c, struct json *j, const struct person *p)
{
	enum step step = steps_now(&p->standing);
	char code[64];

	json_hex(j, "id", (struct span){ p->subject, ID_LEN });
	json_cstr(j, "cell", cli_choose_code(c, p->scope, code));
	for (unsigned i = 0; i < PEOPLE_FIELDS; i++)
		if (p->text[i][0] != '\0')
			json_cstr(j, people_field_name((enum people_field)i),
			    p->text[i]);
	if (step != STEP_NONE)
		json_cstr(j, "step", field_step_name(step));
	if (p->standing.has_date)
		put_date(j, "step_date", p->standing.date);
	json_array(j, "conflicts");
	for (unsigned i = 0; i < PEOPLE_FIELDS; i++)
		if (p->conflict[i])
			json_cstr(j, NULL,
			    people_field_name((enum people_field)i));
	json_close(j);
}

void
verbs_person_show_json(struct cli *c, struct json *j, const struct person *p)
{
	json_object(j, NULL);
	put_person(c, j, p);
	json_close(j);
}

static void
put_helpers(struct json *j, const struct step_record *r)
{
	json_array(j, "helpers");
	for (size_t i = 0; i < r->helper_count; i++)
		json_hex(j, NULL, (struct span){ r->helpers[i], ID_LEN });
	json_close(j);
}

static void
put_steps(struct json *j, const struct step_record *r, size_t count)
{
	json_array(j, "steps");
	for (size_t i = 0; i < count; i++) {
		json_object(j, NULL);
		json_cstr(j, "step", field_step_name(r[i].step));
		if (r[i].date != INT64_MIN)
			put_date(j, "date", r[i].date);
		if (r[i].organisation[0] != '\0')
			json_cstr(j, "organisation", r[i].organisation);
		if (r[i].reason[0] != '\0')
			json_cstr(j, "reason", r[i].reason);
		json_u64(j, "round", r[i].round);
		json_bool(j, "counts", !r[i].again);
		json_bool(j, "back_dated", r[i].late);
		if (r[i].helper_count > 0)
			put_helpers(j, &r[i]);
		json_bool(j, "received", !r[i].waits);
		json_close(j);
	}
	json_close(j);
}

/* ---- text */

static void
print_fields(struct cli *c, const struct person *p)
{
	char id[2 * ID_LEN + 1], code[64];

	hex_encode(p->subject, ID_LEN, id);
	cli_line(stdout, "%s: %s", cli_text(c, PHRASE_PERSON_ID), id);
	cli_line(stdout, "%s: %s", cli_text(c, PHRASE_PERSON_CELL),
	    cli_choose_code(c, p->scope, code));
	for (unsigned i = 0; i < PEOPLE_FIELDS; i++) {
		enum people_field field = (enum people_field)i;
		const char *text = p->text[i];

		if (text[0] == '\0' && !p->conflict[i] && !p->unreadable[i])
			continue;
		if (p->unreadable[i])
			text = cli_text(c, PHRASE_WORD_UNREADABLE);
		else if (is_code(field))
			text = cli_words_code(c, text);
		cli_line(stdout, "%s: %s%s%s", cli_words_field(c,
		    people_field_number(field)), text,
		    p->conflict[i] ? " " : "", p->conflict[i] ?
		    cli_text(c, PHRASE_PERSON_CONFLICT) : "");
	}
}

/* The name of somebody on record; the first digits where it is not here. */
static void
put_name(struct cli *c, const uint8_t *id, struct buf *out)
{
	char digits[2 * ID_LEN + 1];
	struct people_list l = { .count = 0 };

	hex_encode(id, ID_LEN, digits);
	if (people_list_find(c->store, NULL, (struct span){
	    (const uint8_t *)digits, strlen(digits) }, &l) == ERR_OK)
		buf_put_text(out, l.person[0].text[PEOPLE_FULL_NAME]);
	else
		buf_put(out, digits, CLI_CHOOSE_ID - 1);
	people_list_free(&l);
}

/* Organisation, reason or helpers; what is to be settled; back-dated. */
static bool
put_detail(struct cli *c, const struct step_record *r, struct cli_table *t)
{
	struct buf text = { .p = NULL };
	err rc;

	buf_put_text(&text, cli_words_code(c, r->organisation[0] != '\0' ?
	    r->organisation : r->reason));
	for (size_t i = 0; i < r->helper_count; i++) {
		buf_put_text(&text, i > 0 ? ", " : "");
		put_name(c, r->helpers[i], &text);
	}
	if (r->again || r->conflict) {
		buf_reset(&text);
		buf_put_text(&text, cli_text(c, PHRASE_PERSON_CONFLICT));
	}
	if (r->late) {
		buf_put_text(&text, text.n > 0 ? "; " : "");
		buf_put_text(&text, cli_text(c, PHRASE_STEP_LATE));
	}
	cli_table_span(t, buf_span(&text));
	rc = buf_err(&text);
	buf_free(&text);
	return rc == ERR_OK;
}

static bool
print_steps(struct cli *c, const struct step_record *r, size_t count)
{
	struct cli_table *t = cli_table_new(4);
	bool done;

	if (t == NULL)
		return false;
	cli_table_heading(t, 0, cli_text(c, PHRASE_WORD_FIELD_DATE), CLI_LEFT);
	cli_table_heading(t, 1, cli_text(c, PHRASE_PERSON_STEP), CLI_LEFT);
	cli_table_heading(t, 2, cli_text(c, PHRASE_PERSON_DETAIL), CLI_LEFT);
	cli_table_heading(t, 3, cli_text(c, PHRASE_PERSON_RECEIVED),
	    CLI_LEFT);
	for (size_t i = 0; i < count; i++) {
		char date[16] = "-";

		if (r[i].date != INT64_MIN)
			date_format(r[i].date, date);
		cli_table_cell(t, date);
		cli_table_cell(t, cli_words_step(c, r[i].step));
		if (!put_detail(c, &r[i], t)) {
			cli_table_free(t);
			return false;
		}
		cli_table_cell(t, cli_text(c, r[i].waits ?
		    PHRASE_PERSON_RECEIVED_NO : PHRASE_PERSON_RECEIVED_YES));
	}
	done = cli_table_print(t, stdout);
	cli_table_free(t);
	return done;
}

/* ---- notes of the commissioner and the commune */

static void
put_notes(struct json *j, const struct review_notes *notes)
{
	json_array(j, "review_notes");
	for (size_t i = 0; i < notes->count; i++) {
		const struct review_note *n = &notes->items[i];

		json_object(j, NULL);
		if (n->unreadable)
			json_null(j, "text");
		else
			json_cstr(j, "text", n->text);
		json_hex(j, "device", (struct span){ n->from.device, ID_LEN });
		json_cstr(j, "by", n->from.name);
		json_u64(j, "time_ms", n->time_ms);
		json_bool(j, "received", n->received);
		json_close(j);
	}
	json_close(j);
}

static void
print_notes(struct cli *c, const struct review_notes *notes)
{
	char who[CLI_WORDS_BYTES], when[CLI_TIME_BYTES];

	for (size_t i = 0; i < notes->count; i++) {
		const struct review_note *n = &notes->items[i];

		cli_words_author(c, &n->from, who);
		cli_time(n->time_ms, when);
		cli_print(c, NOTE_LINE, who, when, n->unreadable ? cli_text(c,
		    PHRASE_WORD_UNREADABLE) : n->text);
	}
}

static int
show(struct cli *c, const struct person *p)
{
	const struct state *state;
	struct step_record *records = NULL;
	struct review_notes notes = { .count = 0 };
	size_t count = 0;
	err rc = store_state(c->store, p->scope, p->subject, &state);

	if (rc == ERR_OK)
		rc = steps_of(store_lines(c->store), state, &records, &count);
	if (rc == ERR_OK)
		rc = review_notes_of(c->store, p->scope, p->subject, &notes);
	if (rc != ERR_OK) {
		free(records);
		return cli_fail(c, rc);
	}
	if (c->json) {
		struct json *j = json_new(stdout);
		json_object(j, NULL);
		put_person(c, j, p);
		put_steps(j, records, count);
		put_notes(j, &notes);
		json_free(j);
	} else {
		print_fields(c, p);
		print_notes(c, &notes);
		if (count > 0 && !print_steps(c, records, count))
			rc = ERR_NOMEM;
	}
	review_notes_free(&notes);
	free(records);
	return rc == ERR_OK ? EXIT_FINE : cli_fail(c, rc);
}

int
verbs_person_show(struct cli *c, const struct cli_args *a)
{
	struct people_list l = { .count = 0 };
	int code = EXIT_FINE;

	if (a->operand_count != 1)
		return cli_usage(c, a->verb);
	if (!cli_open(c, &code) || !cli_choose_person(c,
	    cli_option(a, "cell"), a->operands[0], &l, &code))
		return code;
	code = show(c, &l.person[0]);
	people_list_free(&l);
	return code;
}
