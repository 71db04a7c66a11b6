/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/import_internal.h"

#include <stdio.h>
#include <string.h>

#include "client/records/fold_text.h"
#include "protocol/date.h"

/* The fields of a person, in their order, then the cell. */
enum { COLUMN_CELL = PEOPLE_FIELDS };
static const char *const columns[] = {
	[PEOPLE_FULL_NAME] = "full_name", [PEOPLE_BIRTH_DATE] = "birth_date",
	[PEOPLE_BIRTH_YEAR] = "birth_year", [PEOPLE_GENDER] = "gender",
	[PEOPLE_ORGANISATION] = "organisation",
	[PEOPLE_RESIDENCE] = "residence", [PEOPLE_WORKPLACE] = "workplace",
	[PEOPLE_EDUCATION] = "education", [PEOPLE_PHONE] = "phone",
	[PEOPLE_NOTES] = "notes", [PEOPLE_REF] = "ref",
	[COLUMN_CELL] = "cell",
};

static void
make_draft(const struct import *i, size_t row, struct people_draft *ret)
{
	for (unsigned c = 0; c < PEOPLE_FIELDS; c++) {
		struct span s = import_field(i, row, c);
		ret->text[c] = s.n > 0 ? s : (struct span){ NULL, 0 };
	}
}

static err
begin(struct import *i)
{
	return people_index_new(i->s, &i->people);
}

/* The year that the row gives, also by the date of birth. */
static err
put_year(const struct import *i, size_t row, struct buf *out)
{
	struct buf clean = { .p = NULL };
	int64_t days;
	int year, month, day;
	char typed[16];
	err rc = fold_text_nfc(import_field(i, row, PEOPLE_BIRTH_YEAR), out);

	if (rc == ERR_OK && out->n == 0)
		rc = fold_text_nfc(import_field(i, row, PEOPLE_BIRTH_DATE),
		    &clean);
	if (rc == ERR_OK && clean.n > 0 &&
	    date_parse(buf_span(&clean), &days) == ERR_OK) {
		date_to_civil(days, &year, &month, &day);
		(void)snprintf(typed, sizeof typed, "%04d", year);
		buf_put_text(out, typed);
	}
	buf_free(&clean);
	return rc == ERR_OK ? buf_err(out) : rc;
}

static err
make_keys(const struct import *i, size_t row, struct indexed_person *ret)
{
	struct buf ref = { .p = NULL }, year = { .p = NULL };
	err rc = fold_text_nfc(import_field(i, row, PEOPLE_REF), &ref);

	memcpy(ret->scope, i->lines[row].scope, SCOPE_LEN);
	if (rc == ERR_OK)
		rc = put_year(i, row, &year);
	if (rc == ERR_OK)
		rc = people_index_name_key(
		    import_field(i, row, PEOPLE_FULL_NAME), buf_span(&year),
		    ret->by_name);
	if (rc == ERR_OK) {
		ret->has_ref = ref.n > 0;
		people_index_ref_key(ret->scope, buf_span(&ref), ret->by_ref);
	}
	buf_free(&ref);
	buf_free(&year);
	return rc;
}

static bool
is_written(const struct indexed_person *p)
{
	static const uint8_t none[ID_LEN];

	return memcmp(p->subject, none, ID_LEN) != 0;
}

/* Who is there already, in the store or above in the table. */
static void
judge_known(struct import *i, size_t row, const struct indexed_person *p)
{
	const struct indexed_person *same = p->has_ref ?
	    people_index_by_ref(i->people, p->by_ref) : NULL;

	if (same != NULL && memcmp(same->by_name, p->by_name, ID_LEN) != 0) {
		import_set(i, row, IMPORT_RED, PHRASE_IMPORT_REF_TAKEN, "ref");
		return;
	}
	if (same != NULL) {
		import_set(i, row, IMPORT_YELLOW, is_written(same) ?
		    PHRASE_IMPORT_THERE : PHRASE_IMPORT_TWICE, "ref");
		return;
	}
	same = people_index_by_name(i->people, p->by_name, p->scope);
	if (same != NULL && (!p->has_ref || !same->has_ref)) {
		import_set(i, row, IMPORT_YELLOW, PHRASE_IMPORT_SAME_NAME,
		    "full_name");
		return;
	}
	if (same == NULL)
		same = people_index_by_name(i->people, p->by_name, NULL);
	if (same != NULL && i->lines[row].verdict.colour == IMPORT_GREEN)
		import_doubt(i, row, PHRASE_IMPORT_NAMESAKE, "full_name");
}

static err
judge(struct import *i, size_t row)
{
	struct indexed_person p = { .has_ref = false };
	struct people_draft d;
	enum people_field field = PEOPLE_FULL_NAME;
	enum people_verdict v;
	err rc;

	make_draft(i, row, &d);
	v = people_judge(&d, PEOPLE_NEW, i->today, &field);
	if (people_refuses(v)) {
		import_set(i, row, IMPORT_RED, people_phrase(v),
		    people_field_name(field));
		return ERR_OK;
	}
	if (v != PEOPLE_FINE)
		import_doubt(i, row, people_phrase(v),
		    people_field_name(field));
	rc = make_keys(i, row, &p);
	if (rc != ERR_OK)
		return rc;
	judge_known(i, row, &p);
	return i->lines[row].verdict.written ?
	    people_index_add(i->people, &p) : ERR_OK;
}

static err
write_row(struct import *i, size_t row)
{
	struct people_draft d;
	uint8_t subject[ID_LEN];

	make_draft(i, row, &d);
	return people_add(i->s, i->lines[row].scope, &d, i->listed, subject);
}

const struct import_kind import_people_kind = {
	.name = "people",
	.columns = columns,
	.column_count = sizeof columns / sizeof columns[0],
	.required = 1u << PEOPLE_FULL_NAME,
	.cell = COLUMN_CELL,
	.begin = begin,
	.judge = judge,
	.write = write_row,
};
