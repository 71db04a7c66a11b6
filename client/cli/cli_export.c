/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/cli_export.h"

#include <string.h>

#include "client/cli/cli_choose.h"
#include "client/cli/cli_words.h"
#include "client/records/fold_text.h"
#include "protocol/date.h"

/* ---- saving */

int
cli_export_save(struct cli *c, struct export_table **tables, size_t count,
    const char *path)
{
	size_t rows = 0;
	err rc = ERR_OK;

	for (size_t i = 0; i < count && rc == ERR_OK; i++)
		rc = tables[i] == NULL ? ERR_NOMEM : ERR_OK;
	if (rc == ERR_OK) {
		rows = export_table_rows(tables[0]);
		rc = export_table_save(
		    (const struct export_table *const *)tables, count, path);
	}
	for (size_t i = 0; i < count; i++)
		export_table_free(tables[i]);
	if (rc == ERR_USAGE) {
		cli_say(c, EXPORT_ENDING, path);
		return EXIT_USAGE;
	}
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	cli_say(c, EXPORT_WRITTEN, rows, path);
	return EXIT_FINE;
}

void
cli_export_code(const struct cli *c, struct export_table *t, const char *code)
{
	const char *word = cli_words_code(c, code);
	struct buf again = { .p = NULL };
	bool same = fold_text_code((struct span){ (const uint8_t *)word,
	    strlen(word) }, &again) == ERR_OK &&
	    strcmp(buf_cstr(&again), code) == 0;

	buf_free(&again);
	export_table_text(t, same ? word : code);
}

static void
put_day(struct export_table *t, bool has, int64_t days)
{
	char text[16] = "";

	if (has)
		date_format(days, text);
	export_table_text(t, text);
}

/* ---- people */

/* The columns of a person, in the order of lists on paper. */
static const struct {
	enum people_field field;
	enum export_kind kind;
} person_columns[] = {
	{ PEOPLE_FULL_NAME, EXPORT_TEXT }, { PEOPLE_BIRTH_YEAR, EXPORT_NUMBER },
	{ PEOPLE_BIRTH_DATE, EXPORT_DAY }, { PEOPLE_GENDER, EXPORT_TEXT },
	{ PEOPLE_ORGANISATION, EXPORT_TEXT },
	{ PEOPLE_RESIDENCE, EXPORT_TEXT }, { PEOPLE_WORKPLACE, EXPORT_TEXT },
	{ PEOPLE_EDUCATION, EXPORT_TEXT }, { PEOPLE_PHONE, EXPORT_TEXT },
	{ PEOPLE_NOTES, EXPORT_TEXT },
};
enum { PERSON_COLUMNS = sizeof person_columns / sizeof person_columns[0] };

static void
put_person(struct cli *c, struct export_table *t, const struct person *p)
{
	enum step step = steps_now(&p->standing);
	char code[64];

	export_table_text(t, p->text[PEOPLE_REF]);
	export_table_text(t, cli_choose_code(c, p->scope, code));
	for (size_t i = 0; i < PERSON_COLUMNS; i++) {
		enum people_field f = person_columns[i].field;
		if (f == PEOPLE_ORGANISATION || f == PEOPLE_RESIDENCE)
			cli_export_code(c, t, p->text[f]);
		else
			export_table_text(t, p->text[f]);
	}
	export_table_text(t, step == STEP_NONE ? "" :
	    cli_words_step(c, step));
	put_day(t, p->standing.has_date, p->standing.date);
}

int
cli_export_people(struct cli *c, const struct people_list *l,
    const char *path)
{
	struct export_table *t = export_table_new(cli_text(c,
	    PHRASE_EXPORT_PEOPLE));

	if (t == NULL)
		return cli_fail(c, ERR_NOMEM);
	export_table_column(t, cli_text(c, PHRASE_WORD_FIELD_REF),
	    EXPORT_TEXT);
	export_table_column(t, cli_text(c, PHRASE_PERSON_CELL), EXPORT_TEXT);
	for (size_t i = 0; i < PERSON_COLUMNS; i++)
		export_table_column(t, cli_words_field(c,
		    people_field_number(person_columns[i].field)),
		    person_columns[i].kind);
	export_table_column(t, cli_text(c, PHRASE_PERSON_STEP), EXPORT_TEXT);
	export_table_column(t, cli_text(c, PHRASE_EXPORT_STEP_DATE),
	    EXPORT_DAY);
	for (size_t i = 0; i < l->count; i++)
		put_person(c, t, &l->person[i]);
	return cli_export_save(c, &t, 1, path);
}

/* ---- activities, quotas */

int
cli_export_activities(struct cli *c, const struct activity *list,
    size_t count, const char *path)
{
	struct export_table *t = export_table_new(cli_text(c,
	    PHRASE_EXPORT_ACTIVITIES));
	char code[64];

	if (t == NULL)
		return cli_fail(c, ERR_NOMEM);
	export_table_column(t, cli_text(c, PHRASE_WORD_FIELD_DATE),
	    EXPORT_DAY);
	export_table_column(t, cli_text(c, PHRASE_PERSON_CELL), EXPORT_TEXT);
	export_table_column(t, cli_text(c, PHRASE_WORD_FIELD_ORGANISATION),
	    EXPORT_TEXT);
	export_table_column(t, cli_text(c, PHRASE_WORD_FIELD_TITLE),
	    EXPORT_TEXT);
	export_table_column(t, cli_text(c, PHRASE_WORD_FIELD_PARTICIPANTS),
	    EXPORT_NUMBER);
	for (size_t i = 0; i < count; i++) {
		put_day(t, list[i].date != INT64_MIN, list[i].date);
		export_table_text(t, cli_choose_code(c, list[i].scope, code));
		cli_export_code(c, t, list[i].organisation);
		export_table_text(t, list[i].title);
		if (list[i].has_participants)
			export_table_number(t, list[i].participants);
		else
			export_table_text(t, "");
	}
	return cli_export_save(c, &t, 1, path);
}

int
cli_export_quotas(struct cli *c, const struct commune_quota *q, size_t count,
    const char *path)
{
	struct export_table *t = export_table_new(cli_text(c,
	    PHRASE_EXPORT_QUOTAS));

	if (t == NULL)
		return cli_fail(c, ERR_NOMEM);
	export_table_column(t, cli_text(c, PHRASE_HEAD_YEAR), EXPORT_NUMBER);
	export_table_column(t, cli_text(c, PHRASE_HEAD_CELL), EXPORT_TEXT);
	export_table_column(t, cli_text(c, PHRASE_HEAD_QUOTA),
	    EXPORT_NUMBER);
	for (size_t i = 0; i < count; i++) {
		export_table_number(t, q[i].year);
		export_table_text(t, q[i].code);
		export_table_number(t, q[i].number);
	}
	return cli_export_save(c, &t, 1, path);
}
