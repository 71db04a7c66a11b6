/* SPDX-License-Identifier: Apache-2.0 */
/* import_review.c -- answers of the yearly review from a table. */
#include "client/records/import_internal.h"

#include <string.h>

#include "client/records/fold_text.h"

enum {
	COLUMN_REF, COLUMN_NAME, COLUMN_YEAR, COLUMN_CELL, COLUMN_OUTCOME,
	COLUMN_RESIDENCE, COLUMN_WHERE, COLUMN_REASON, COLUMNS
};
static const char *const columns[COLUMNS] = {
	"ref", "full_name", "birth_year", "cell", "outcome", "residence",
	"where", "reason",
};

/* ---- who is asked about: by ref, by name and year, by name alone */

#define SEVERAL UINT64_MAX

static struct span
text_span(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

static err
make_key(const uint8_t *scope, size_t column, struct span text,
    struct span year, uint8_t ret[static ID_LEN])
{
	struct buf folded = { .p = NULL };
	err rc = column == COLUMN_REF ? fold_text_nfc(text, &folded) :
	    fold_text_search(text, &folded);

	if (rc == ERR_OK)
		key_set_key((const struct span[]){ { scope, SCOPE_LEN },
		    text_span(columns[column]), buf_span(&folded), year }, 4,
		    ret);
	if (folded.p != NULL)
		crypto_wipe(folded.p, folded.cap);
	buf_free(&folded);
	return rc;
}

/* Row numbers from 1; SEVERAL when the key is that of several. */
static err
put_key(struct import *i, const uint8_t *key, size_t row)
{
	uint64_t number = key_set_has(&i->above, key) ? SEVERAL : row + 1;

	return key_set_put_number(&i->above, key, number);
}

static err
put_person(struct import *i, size_t row)
{
	const struct person *p = &i->review.rows[row].person;
	struct span ref = text_span(p->text[PEOPLE_REF]);
	struct span name = text_span(p->text[PEOPLE_FULL_NAME]);
	struct span year = text_span(p->text[PEOPLE_BIRTH_YEAR]);
	const struct span none = { NULL, 0 };
	uint8_t key[ID_LEN];
	err rc = ERR_OK;

	if (ref.n > 0)
		rc = make_key(p->scope, COLUMN_REF, ref, none, key);
	if (rc == ERR_OK && ref.n > 0)
		rc = put_key(i, key, row);
	if (rc == ERR_OK)
		rc = make_key(p->scope, COLUMN_NAME, name, none, key);
	if (rc == ERR_OK)
		rc = put_key(i, key, row);
	if (rc == ERR_OK && year.n > 0)
		rc = make_key(p->scope, COLUMN_NAME, name, year, key);
	return rc == ERR_OK && year.n > 0 ? put_key(i, key, row) : rc;
}

static err
begin(struct import *i)
{
	err rc = review_read(i->s, NULL, i->year, &i->review);

	for (size_t row = 0; rc == ERR_OK && row < i->review.count; row++)
		rc = put_person(i, row);
	return rc;
}

/* *ret: 0 nobody, SEVERAL, or the row from 1. */
static err
find_person(const struct import *i, size_t row, uint64_t *ret)
{
	const struct import_line *line = &i->lines[row];
	struct span ref = import_field(i, row, COLUMN_REF);
	struct span name = import_field(i, row, COLUMN_NAME);
	struct span year = import_field(i, row, COLUMN_YEAR);
	const struct span none = { NULL, 0 };
	uint8_t key[ID_LEN];
	err rc = ERR_OK;

	*ret = 0;
	if (ref.n > 0) {
		rc = make_key(line->scope, COLUMN_REF, ref, none, key);
		*ret = rc == ERR_OK ? key_set_number(&i->above, key) : 0;
	} else if (name.n > 0) {
		rc = make_key(line->scope, COLUMN_NAME, name, year, key);
		*ret = rc == ERR_OK ? key_set_number(&i->above, key) : 0;
	}
	return rc == ERR_NOMEM ? rc : ERR_OK;
}

/* ---- judging */

static enum review_outcome
read_outcome(const struct import *i, size_t row)
{
	enum review_outcome o = review_outcome_from(import_field(i, row,
	    COLUMN_OUTCOME));

	return o != REVIEW_OPEN || import_field(i, row, COLUMN_OUTCOME).n > 0 ?
	    o : review_outcome_from(import_field(i, row, COLUMN_RESIDENCE));
}

static err
read_reason(struct import *i, size_t row)
{
	struct import_line *line = &i->lines[row];
	struct buf code = { .p = NULL };
	err rc = fold_text_code(import_field(i, row, COLUMN_REASON), &code);
	size_t n = code.n < STEPS_TEXT ? code.n : STEPS_TEXT - 1;

	if (rc == ERR_OK && n > 0)
		memcpy(line->reason, code.p, n);
	line->answer.reason = (struct span){ (const uint8_t *)line->reason,
		rc == ERR_OK ? n : 1 };
	buf_free(&code);
	return rc == ERR_NOMEM ? rc : ERR_OK;
}

static const char *
column_of(const struct import *i, enum review_verdict v)
{
	switch (v) {
	case REVIEW_NO_TEXT:
	case REVIEW_TOO_LONG:
		return columns[COLUMN_WHERE];
	case REVIEW_BAD_REASON:
	case REVIEW_NO_STEP:
		return columns[COLUMN_REASON];
	case REVIEW_NO_OUTCOME:
	case REVIEW_FINE:
	case REVIEW_SAME:
	case REVIEW_BAD_YEAR:
		break;
	}
	return i->column[COLUMN_OUTCOME] != CSV_NONE ?
	    columns[COLUMN_OUTCOME] : columns[COLUMN_RESIDENCE];
}

static err
judge(struct import *i, size_t row)
{
	struct import_line *line = &i->lines[row];
	struct span where = import_field(i, row, COLUMN_WHERE);
	enum review_verdict v;
	uint8_t key[ID_LEN];
	uint64_t found;
	err rc = find_person(i, row, &found);

	if (rc == ERR_OK)
		rc = read_reason(i, row);
	if (rc != ERR_OK)
		return rc;
	if (found == 0 || found == SEVERAL) {
		import_set(i, row, IMPORT_RED, found == 0 ?
		    PHRASE_IMPORT_NO_ASKED : PHRASE_IMPORT_SEVERAL_ASKED,
		    columns[import_field(i, row, COLUMN_REF).n > 0 ?
		    COLUMN_REF : COLUMN_NAME]);
		return ERR_OK;
	}
	line->asked = (size_t)found - 1;
	line->answer.outcome = read_outcome(i, row);
	line->answer.where = where.n > 0 ? where : (struct span){ NULL, 0 };
	v = review_write_judge(&i->review, line->asked, &line->answer, i->role);
	if (review_write_refuses(v)) {
		import_set(i, row, IMPORT_RED, review_write_phrase(v),
		    column_of(i, v));
		return ERR_OK;
	}
	key_set_key((const struct span[]){ {
	    i->review.rows[line->asked].person.subject, ID_LEN } }, 1, key);
	if (v == REVIEW_SAME || key_set_has(&i->seen, key))
		import_set(i, row, IMPORT_YELLOW, v == REVIEW_SAME ?
		    PHRASE_REVIEW_SAME : PHRASE_IMPORT_TWICE, NULL);
	return key_set_put(&i->seen, key);
}

static err
write_row(struct import *i, size_t row)
{
	const struct import_line *line = &i->lines[row];

	return review_write(i->s, &i->review, line->asked, &line->answer);
}

const struct import_kind import_review_kind = {
	.name = "review",
	.columns = columns,
	.column_count = COLUMNS,
	.required = 0,
	.cell = COLUMN_CELL,
	.begin = begin,
	.judge = judge,
	.write = write_row,
};
