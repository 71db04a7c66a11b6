/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/import_internal.h"

#include <stdlib.h>
#include <string.h>

#include "client/records/fold_text.h"
#include "protocol/date.h"

enum {
	COLUMN_DATE, COLUMN_CELL, COLUMN_PERSON, COLUMN_EVENT,
	COLUMN_ORGANISATION, COLUMN_REASON, COLUMNS
};
static const char *const columns[COLUMNS] = {
	"date", "cell", "person", "event", "organisation", "reason",
};

/* ---- order: people's steps one after another, whatever the file's order */

struct sorted {
	int64_t date;
	enum step step;
	size_t row;
};

static int
compare(const void *pa, const void *pb)
{
	const struct sorted *a = pa, *b = pb;

	if (a->date != b->date)
		return a->date < b->date ? -1 : 1;
	if (a->step != b->step)
		return a->step < b->step ? -1 : 1;
	return a->row < b->row ? -1 : a->row > b->row;
}

/* A step's name: `class_completed` may come as `Class completed`. */
static err
read_step(const struct import *i, size_t row, enum step *ret)
{
	struct buf code = { .p = NULL };
	err rc = fold_text_code(import_field(i, row, COLUMN_EVENT), &code);

	for (size_t k = 0; rc == ERR_OK && k < code.n; k++)
		if (code.p[k] == '-')
			code.p[k] = '_';
	*ret = rc == ERR_OK ? field_step_from_name(buf_span(&code)) :
	    STEP_NONE;
	buf_free(&code);
	return rc == ERR_NOMEM ? rc : ERR_OK;
}

static err
read_date(const struct import *i, size_t row, bool *ret_has, int64_t *ret)
{
	struct buf clean = { .p = NULL };
	err rc = fold_text_nfc(import_field(i, row, COLUMN_DATE), &clean);

	*ret_has = rc == ERR_OK && date_parse(buf_span(&clean), ret) == ERR_OK;
	buf_free(&clean);
	return rc == ERR_NOMEM ? rc : ERR_OK;
}

/* A code; too long a one is cut, and then is none. */
static err
read_code(const struct import *i, size_t row, size_t column,
    char out[STEPS_TEXT], struct span *ret)
{
	struct buf code = { .p = NULL };
	err rc = fold_text_code(import_field(i, row, column), &code);
	size_t n = code.n < STEPS_TEXT ? code.n : STEPS_TEXT - 1;

	if (rc == ERR_OK && n > 0)
		memcpy(out, code.p, n);
	if (rc != ERR_OK)
		n = 1;		/* not empty, and no code */
	buf_free(&code);
	*ret = (struct span){ (const uint8_t *)out, n };
	return rc == ERR_NOMEM ? rc : ERR_OK;
}

static err
read_wanted(struct import *i, size_t row)
{
	struct import_line *line = &i->lines[row];
	struct steps_wanted *w = &line->wanted;
	err rc = read_step(i, row, &w->step);

	if (rc == ERR_OK)
		rc = read_date(i, row, &w->has_date, &w->date);
	if (rc == ERR_OK)
		rc = read_code(i, row, COLUMN_ORGANISATION,
		    line->organisation, &w->organisation);
	if (rc == ERR_OK)
		rc = read_code(i, row, COLUMN_REASON, line->reason,
		    &w->reason);
	return rc;
}

static err
begin(struct import *i)
{
	struct sorted *s = calloc(i->count + 1, sizeof *s);
	err rc = s == NULL ? ERR_NOMEM : people_index_new(i->s, &i->people);

	for (size_t row = 0; rc == ERR_OK && row < i->count; row++) {
		rc = read_wanted(i, row);
		s[row] = (struct sorted){ i->lines[row].wanted.date,
			i->lines[row].wanted.step, row };
	}
	if (rc == ERR_OK && i->count > 1)
		qsort(s, i->count, sizeof *s, compare);
	for (size_t row = 0; rc == ERR_OK && row < i->count; row++)
		i->order[row] = s[row].row;
	free(s);
	return rc;
}

/* ---- judging */

static const char *
column_of(enum steps_verdict v)
{
	switch (v) {
	case STEPS_FUTURE:
	case STEPS_EARLY_OFFICIAL:
	case STEPS_NO_DATE:
	case STEPS_BEFORE_PREVIOUS:
		return columns[COLUMN_DATE];
	case STEPS_NO_ORGANISATION:
	case STEPS_BAD_ORGANISATION:
		return columns[COLUMN_ORGANISATION];
	case STEPS_NO_REASON:
	case STEPS_BAD_REASON:
		return columns[COLUMN_REASON];
	case STEPS_FINE:
	case STEPS_UNKNOWN:
	case STEPS_NOT_LISTED:
	case STEPS_AGAIN:
	case STEPS_SKIPPED:
	case STEPS_LEFT:
	case STEPS_ROLE:
		break;
	}
	return columns[COLUMN_EVENT];
}

static err
find_person(struct import *i, size_t row, struct indexed_person **ret)
{
	struct buf ref = { .p = NULL };
	uint8_t key[ID_LEN];
	err rc = fold_text_nfc(import_field(i, row, COLUMN_PERSON), &ref);

	*ret = NULL;
	if (rc == ERR_OK && ref.n > 0) {
		people_index_ref_key(i->lines[row].scope, buf_span(&ref), key);
		*ret = people_index_by_ref(i->people, key);
	}
	buf_free(&ref);
	return rc == ERR_NOMEM ? rc : ERR_OK;
}

static err
judge(struct import *i, size_t row)
{
	struct import_line *line = &i->lines[row];
	const struct steps_wanted *w = &line->wanted;
	struct indexed_person *p;
	enum steps_verdict v;
	err rc = find_person(i, row, &p);

	if (rc != ERR_OK)
		return rc;
	if (p == NULL) {
		import_set(i, row, IMPORT_RED, PHRASE_IMPORT_NO_PERSON,
		    columns[COLUMN_PERSON]);
		return ERR_OK;
	}
	if (w->has_date && people_index_has_step(i->people, p->subject,
	    w->step, w->date)) {
		import_set(i, row, IMPORT_YELLOW, PHRASE_IMPORT_STEP_THERE,
		    NULL);
		return ERR_OK;
	}
	v = steps_judge(&p->standing, w, i->role, i->today, &line->round);
	if (steps_refuses(v)) {
		import_set(i, row, IMPORT_RED, steps_phrase(v), column_of(v));
		return ERR_OK;
	}
	if (v != STEPS_FINE)
		import_doubt(i, row, steps_phrase(v), column_of(v));
	line->person = p;
	steps_advance(&p->standing, w, line->round);
	return people_index_add_step(i->people, p->subject, w->step, w->date);
}

/* The version of the preview; then that of our own last write. */
static err
write_row(struct import *i, size_t row)
{
	const struct import_line *line = &i->lines[row];
	struct indexed_person *p = line->person;
	const struct state *state;
	struct store_expect expect;
	err rc;

	memcpy(expect.scope, p->scope, SCOPE_LEN);
	memcpy(expect.subject, p->subject, ID_LEN);
	memcpy(expect.version, p->version, HASH_LEN);
	rc = steps_write(i->s, p->scope, p->subject, &line->wanted,
	    line->round, &expect);
	if (rc == ERR_OK)
		rc = store_state(i->s, p->scope, p->subject, &state);
	if (rc == ERR_OK)
		state_version(state, p->version);
	return rc;
}

const struct import_kind import_events_kind = {
	.name = "events",
	.columns = columns,
	.column_count = COLUMNS,
	.required = 1u << COLUMN_DATE | 1u << COLUMN_PERSON |
	    1u << COLUMN_EVENT,
	.cell = COLUMN_CELL,
	.begin = begin,
	.judge = judge,
	.write = write_row,
};
