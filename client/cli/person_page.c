/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/person_page.h"

#include <stdlib.h>
#include <string.h>

#include "client/cli/cli_choose.h"
#include "client/cli/cli_text.h"
#include "client/cli/cli_words.h"
#include "client/records/commune.h"
#include "client/records/rights.h"
#include "client/store/clock.h"
#include "protocol/date.h"

const char *
person_page_standing(enum history_standing standing)
{
	switch (standing) {
	case HISTORY_COUNTS: return "counts";
	case HISTORY_BESIDE: return "beside";
	case HISTORY_REPLACED: return "replaced";
	case HISTORY_VOIDED: break;
	}
	return "voided";
}

static void
blank(FILE *out)
{
	(void)fputc('\n', out);
}

/* ---- the history as lines */

static bool
is_struck(const struct history_item *item)
{
	return item->standing == HISTORY_REPLACED ||
	    item->standing == HISTORY_VOIDED;
}

static void
wipe(struct buf *b)
{
	if (b->p != NULL)
		crypto_wipe(b->p, b->cap);
	buf_free(b);
}

/* What is said behind a value. */
static void
put_marks(struct cli *c, const struct history_item *item, struct buf *out)
{
	static const enum phrase marks[] = { [HISTORY_BESIDE] =
	    PHRASE_HISTORY_BESIDE, [HISTORY_REPLACED] =
	    PHRASE_HISTORY_REPLACED, [HISTORY_VOIDED] =
	    PHRASE_HISTORY_VOIDED };

	if (item->standing != HISTORY_COUNTS) {
		buf_put_text(out, " ");
		buf_put_text(out, cli_text(c, marks[item->standing]));
	}
	if (item->late) {
		buf_put_text(out, " · ");
		buf_put_text(out, cli_text(c, PHRASE_STEP_LATE));
	}
}

/* heading: the value is the first of its field.  The strike of a terminal is
 * put where the line is not broken; else tildes. */
static void
put_value(struct cli *c, const struct history_item *item, bool heading,
    enum person_page_strike strike, FILE *out)
{
	struct buf label = { .p = NULL }, value = { .p = NULL };
	struct buf marks = { .p = NULL };
	const char *tildes = is_struck(item) ? "~~" : "";

	buf_put_text(&label, heading ? "  " : "    ");
	if (heading)
		buf_put_text(&label, cli_words_field(c, item->field));
	buf_put_text(&label, heading ? ": " : "");
	if (item->unreadable)
		buf_put_text(&value, cli_text(c, PHRASE_WORD_UNREADABLE));
	else
		cli_words_value(c, item->field, item->value, &value);
	put_marks(c, item, &marks);
	if (is_struck(item) && strike == PERSON_PAGE_ANSI &&
	    cli_text_columns(buf_span(&label)) +
	    cli_text_columns(buf_span(&value)) +
	    cli_text_columns(buf_span(&marks)) <= CLI_COLUMNS) {
		cli_text_put(out, buf_span(&label));
		(void)fputs("\033[9m", out);
		cli_text_put(out, buf_span(&value));
		(void)fputs("\033[29m", out);
		cli_text_put(out, buf_span(&marks));
		blank(out);
	} else {
		cli_line(out, "%s%s%s%s%s", buf_cstr(&label), tildes,
		    buf_cstr(&value), tildes, buf_cstr(&marks));
	}
	wipe(&label);
	wipe(&value);
	wipe(&marks);
}

static void
put_who(struct cli *c, const struct history_item *item, FILE *out)
{
	char who[CLI_WORDS_BYTES], time[CLI_TIME_BYTES], device[9];
	char received[CLI_TIME_BYTES], made[512], sent[128];
	const char *waits = cli_text(c, PHRASE_HISTORY_WAITS);

	cli_words_author(c, &item->author, who);
	cli_time(item->stamp.time_ms, time);
	hex_encode(item->author.device, 4, device);
	(void)snprintf(made, sizeof made, CATALOGUE_FORMAT(c->language,
	    HISTORY_BY), who, time, device);
	cli_time(item->stamp.leaf_time, received);
	(void)snprintf(sent, sizeof sent, CATALOGUE_FORMAT(c->language,
	    HISTORY_RECEIVED), received);
	cli_line(out, "      %s · %s", made, item->received ? sent : waits);
	if (item->why.n > 0) {
		(void)snprintf(made, sizeof made, CATALOGUE_FORMAT(c->language,
		    HISTORY_WHY), (const char *)item->why.p);
		cli_line(out, "      %s", made);
	}
}

/* Above the fields of an element: which step, which review. */
static void
put_element(struct cli *c, const struct history_item *item, FILE *out)
{
	char text[256];

	if (item->step != STEP_NONE)
		(void)snprintf(text, sizeof text, CATALOGUE_FORMAT(c->language,
		    HISTORY_STEP), cli_words_step(c, item->step));
	else if (item->kind == KIND_REVIEW)
		(void)snprintf(text, sizeof text, CATALOGUE_FORMAT(c->language,
		    HISTORY_REVIEW), (unsigned long long)item->year);
	else if (item->kind == KIND_REVIEW_NOTE)
		(void)snprintf(text, sizeof text, "%s",
		    cli_text(c, PHRASE_HISTORY_NOTE));
	else
		(void)snprintf(text, sizeof text, "%s",
		    cli_words_kind(c, item->kind));
	blank(out);
	cli_line(out, "%s", text);
}

/* Whether the next value was written by the same op, for the same element:
 * who and when are then said once, behind it. */
static bool
same_write(const struct history_item *a, const struct history_item *b)
{
	return memcmp(a->stamp.log, b->stamp.log, ID_LEN) == 0 &&
	    a->stamp.seq == b->stamp.seq &&
	    memcmp(a->element, b->element, ELEMENT_MAX) == 0;
}

static bool
same_element(const struct history_item *a, const struct history_item *b)
{
	return memcmp(a->element, b->element, ELEMENT_MAX) == 0;
}

void
person_page_history(struct cli *c, const struct person_history *h,
    enum person_page_strike strike, FILE *out)
{
	const struct history_item *last = NULL;

	for (size_t i = 0; i < h->count; i++) {
		const struct history_item *item = &h->items[i];

		if (last != NULL && !same_write(last, item))
			put_who(c, last, out);
		if (item->element_len > 0 &&
		    (last == NULL || !same_element(item, last)))
			put_element(c, item, out);
		put_value(c, item, last == NULL || !same_element(item,
		    last) || item->field != last->field, strike, out);
		last = item;
	}
	if (last != NULL)
		put_who(c, last, out);
	if (last == NULL)
		cli_line(out, "%s", cli_text(c, PHRASE_HISTORY_NOTHING));
}

/* ---- the page */

#define LINE(c, out, ID, ...) \
	cli_line((out), CATALOGUE_FORMAT((c)->language, ID), __VA_ARGS__)

static void
chapter(struct cli *c, enum phrase title, FILE *out)
{
	blank(out);
	cli_line(out, "%s", cli_text(c, title));
	blank(out);
}

static void
put_head(struct cli *c, const struct person *p, FILE *out)
{
	struct commune_cell cell = { .members = 0 };
	struct buf commune = { .p = NULL };
	char id[CLI_CHOOSE_ID], date[16], device[9];
	const char *title = cli_text(c, PHRASE_PRINT_TITLE);
	unsigned width = cli_text_columns((struct span){
	    (const uint8_t *)title, strlen(title) });

	if (commune_name(c->store, &commune) != ERR_OK)
		buf_put_text(&commune, "-");
	if (commune_cell_by_scope(c->store, p->scope, &cell) != ERR_OK)
		(void)snprintf(cell.name, sizeof cell.name, "-");
	cli_choose_id(p->subject, id);
	date_format(steps_today(), date);
	hex_encode(store_device(c->store), 4, device);
	cli_line(out, "%*s%s", (int)(CLI_COLUMNS - width) / 2, "", title);
	blank(out);
	LINE(c, out, PRINT_WHOSE, p->text[PEOPLE_FULL_NAME]);
	LINE(c, out, PRINT_WHERE, buf_cstr(&commune), cell.name, id);
	LINE(c, out, PRINT_DATE, date, device);
	buf_free(&commune);
}

static err
put_purpose(struct cli *c, const struct person *p, FILE *out)
{
	char who[CLI_WORDS_BYTES], time[CLI_TIME_BYTES], date[16];
	struct author author;
	uint64_t ms = 0;
	int64_t day = 0;
	err rc = rights_notice(c->store, p, &day, &author, &ms);

	chapter(c, PHRASE_PRINT_PURPOSE_TITLE, out);
	cli_line(out, "%s", cli_text(c, PHRASE_PRINT_PURPOSE));
	if (rc == ERR_ABSENT) {
		cli_line(out, "%s", cli_text(c, PHRASE_PRINT_NOT_TOLD));
		return ERR_OK;
	}
	if (rc != ERR_OK)
		return rc;
	date_format(day, date);
	cli_words_author(c, &author, who);
	cli_time(ms, time);
	LINE(c, out, PRINT_TOLD, date, who, time);
	return ERR_OK;
}

static err
put_data(struct cli *c, const struct person *p, FILE *out)
{
	struct person_history h = { .count = 0 };
	err rc = person_history_of(c->store, p->scope, p->subject, &h);

	if (rc != ERR_OK)
		return rc;
	chapter(c, PHRASE_PRINT_DATA_TITLE, out);
	/* the old values are held too, so they are shown */
	person_page_history(c, &h, PERSON_PAGE_TILDES, out);
	person_history_free(&h);
	return ERR_OK;
}

static err
put_readers(struct cli *c, const struct person *p, FILE *out)
{
	struct rights_reader *readers = NULL;
	size_t count = 0;
	char device[9];
	err rc = rights_readers(c->store, p->scope, &readers, &count);

	if (rc != ERR_OK)
		return rc;
	chapter(c, PHRASE_PRINT_READ_TITLE, out);
	cli_line(out, "%s", cli_text(c, PHRASE_PRINT_READ_ALL));
	for (size_t i = 0; i < count; i++) {
		hex_encode(readers[i].device, 4, device);
		cli_line(out, "  - %s%s%s [%s]",
		    cli_role(c, readers[i].role),
		    readers[i].name[0] != '\0' ? ": " : "", readers[i].name,
		    device);
	}
	free(readers);
	cli_line(out, "%s", cli_text(c, PHRASE_PRINT_READ_SHEET));
	cli_line(out, "%s", cli_text(c, PHRASE_PRINT_READ_PUBLIC));
	return ERR_OK;
}

/* All of a nomination is about the person. */
static err
put_nomination(struct cli *c, const struct rights_mention *m, FILE *out)
{
	struct person_history h = { .count = 0 };
	char id[CLI_CHOOSE_ID];
	err rc = person_history_of(c->store, m->scope, m->subject, &h);

	if (rc != ERR_OK)
		return rc;
	cli_choose_id(m->subject, id);
	LINE(c, out, PRINT_NOMINATION, id);
	person_page_history(c, &h, PERSON_PAGE_TILDES, out);
	person_history_free(&h);
	return ERR_OK;
}

static err
put_elsewhere(struct cli *c, const struct person *p, FILE *out)
{
	struct rights_mention *m = NULL;
	char id[CLI_CHOOSE_ID], date[16];
	size_t count = 0;
	err rc = rights_mentions(c->store, p->subject, &m, &count);

	if (rc != ERR_OK)
		return rc;
	chapter(c, PHRASE_PRINT_ELSEWHERE_TITLE, out);
	for (size_t i = 0; rc == ERR_OK && i < count; i++) {
		if (m[i].nomination) {
			rc = put_nomination(c, &m[i], out);
			continue;
		}
		cli_choose_id(m[i].subject, id);
		memcpy(date, "-", 2);
		if (m[i].date != INT64_MIN)
			date_format(m[i].date, date);
		LINE(c, out, PRINT_MENTION, cli_words_field(c, m[i].field),
		    m[i].title[0] != '\0' ? m[i].title : id, date);
	}
	if (count == 0)
		cli_line(out, "%s", cli_text(c, PHRASE_PRINT_ELSEWHERE_NONE));
	free(m);
	return rc;
}

/* Two columns, with room to sign. */
static void
put_pair(const char *left, const char *right, FILE *out)
{
	unsigned used = cli_text_columns((struct span){
	    (const uint8_t *)left, strlen(left) });

	cli_line(out, "  %s%*s%s", left, used < 40 ? (int)(40 - used) : 1, "",
	    right);
}

static void
put_signatures(struct cli *c, FILE *out)
{
	const char *how = cli_text(c, PHRASE_PRINT_SIGN_HOW);

	blank(out);
	cli_line(out, "%s", cli_text(c, PHRASE_PRINT_RIGHTS));
	blank(out);
	put_pair(cli_text(c, PHRASE_PRINT_SIGN_PERSON),
	    cli_text(c, PHRASE_PRINT_SIGN_CELL), out);
	put_pair(how, how, out);
	for (unsigned i = 0; i < 4; i++)
		blank(out);
	put_pair("..............................",
	    "..............................", out);
}

err
person_page_print(struct cli *c, const struct person *p, FILE *out)
{
	err rc;

	put_head(c, p, out);
	rc = put_purpose(c, p, out);
	if (rc == ERR_OK)
		rc = put_data(c, p, out);
	if (rc == ERR_OK)
		rc = put_readers(c, p, out);
	if (rc == ERR_OK)
		rc = put_elsewhere(c, p, out);
	if (rc == ERR_OK)
		put_signatures(c, out);
	return rc;
}
