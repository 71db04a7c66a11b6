/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/people.h"

#include <stdlib.h>
#include <string.h>

#include "client/records/fold_text.h"
#include "protocol/date.h"
#include "protocol/limits.h"

enum {
	BIRTH_YEAR_MIN = 1900, BIRTH_YEAR_MAX = 2100,
	AGE_MIN = 14, AGE_MAX = 100,	/* beyond them: to be confirmed */
	PHONE_MIN = 6, PHONE_MAX = 20,	/* letters; the same */
};

enum shape { SHAPE_TEXT, SHAPE_CODE, SHAPE_DATE, SHAPE_YEAR };
static const struct {
	uint64_t number;
	const char *name;
	enum shape shape;
	bool may_go;			/* can be emptied */
} fields[PEOPLE_FIELDS] = {
	[PEOPLE_FULL_NAME] = { FIELD_FULL_NAME, "full_name",
	    SHAPE_TEXT, false },
	[PEOPLE_BIRTH_DATE] = { FIELD_BIRTH_DATE, "birth_date",
	    SHAPE_DATE, false },
	[PEOPLE_BIRTH_YEAR] = { FIELD_BIRTH_YEAR, "birth_year",
	    SHAPE_YEAR, false },
	[PEOPLE_GENDER] = { FIELD_GENDER, "gender",
	    SHAPE_CODE, true },
	[PEOPLE_ORGANISATION] = { FIELD_ORGANISATION_OF, "organisation",
	    SHAPE_CODE, false },
	[PEOPLE_RESIDENCE] = { FIELD_RESIDENCE, "residence",
	    SHAPE_CODE, false },
	[PEOPLE_WORKPLACE] = { FIELD_WORKPLACE, "workplace",
	    SHAPE_TEXT, true },
	[PEOPLE_EDUCATION] = { FIELD_EDUCATION, "education",
	    SHAPE_TEXT, true },
	[PEOPLE_PHONE] = { FIELD_PHONE, "phone",
	    SHAPE_TEXT, true },
	[PEOPLE_NOTES] = { FIELD_NOTES, "notes",
	    SHAPE_TEXT, true },
	[PEOPLE_REF] = { FIELD_REF, "ref",
	    SHAPE_TEXT, true },
};

const char *
people_field_name(enum people_field field)
{
	return fields[field].name;
}

uint64_t
people_field_number(enum people_field field)
{
	return fields[field].number;
}

/* ---- what was entered */

/* A draft's texts in the form in which they are kept. */
struct kept {
	struct buf bytes;
	struct span text[PEOPLE_FIELDS];
	int64_t birth_date;		/* if it was given */
	uint64_t birth_year;		/* 0: not given */
};

static void
kept_free(struct kept *k)
{
	if (k->bytes.p != NULL)
		crypto_wipe(k->bytes.p, k->bytes.cap);
	buf_free(&k->bytes);
}

static enum people_verdict
keep_texts(const struct people_draft *d, struct kept *k,
    enum people_field *ret_field)
{
	size_t from[PEOPLE_FIELDS + 1] = { 0 };

	for (unsigned i = 0; i < PEOPLE_FIELDS; i++) {
		err rc = fields[i].shape == SHAPE_CODE ?
		    fold_text_code(d->text[i], &k->bytes) :
		    fold_text_nfc(d->text[i], &k->bytes);
		*ret_field = (enum people_field)i;
		from[i + 1] = k->bytes.n;
		if (rc == ERR_LIMIT ||
		    from[i + 1] - from[i] > LIMIT_TEXT_BYTES)
			return PEOPLE_TOO_LONG;
		if (rc != ERR_OK || (d->text[i].n > 0 &&
		    memchr(d->text[i].p, '\0', d->text[i].n) != NULL))
			return PEOPLE_NO_TEXT;
	}
	/* an empty text that was given is not one that was not */
	buf_put_u8(&k->bytes, 0);
	if (buf_err(&k->bytes) != ERR_OK)
		return PEOPLE_NO_TEXT;
	for (unsigned i = 0; i < PEOPLE_FIELDS; i++)
		if (d->text[i].p != NULL)
			k->text[i] = (struct span){ k->bytes.p + from[i],
				from[i + 1] - from[i] };
	return PEOPLE_FINE;
}

static bool
parse_year(struct span text, uint64_t *ret)
{
	uint64_t year = 0;

	if (text.n != 4)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		year = year * 10 + (uint64_t)(text.p[i] - '0');
	}
	*ret = year;
	return year >= BIRTH_YEAR_MIN && year <= BIRTH_YEAR_MAX;
}

static enum people_verdict
judge_birth(struct kept *k, int64_t today, enum people_field *ret_field)
{
	struct span date = k->text[PEOPLE_BIRTH_DATE];
	struct span typed = k->text[PEOPLE_BIRTH_YEAR];
	int year = 0, this_year, month, day;

	*ret_field = PEOPLE_BIRTH_DATE;
	if (date.n > 0) {
		if (date_parse(date, &k->birth_date) != ERR_OK)
			return PEOPLE_BAD_BIRTH_DATE;
		date_to_civil(k->birth_date, &year, &month, &day);
		if (year < BIRTH_YEAR_MIN || year > BIRTH_YEAR_MAX)
			return PEOPLE_BAD_BIRTH_DATE;
		k->birth_year = (uint64_t)year;
	}
	*ret_field = PEOPLE_BIRTH_YEAR;
	if (typed.n > 0) {
		if (!parse_year(typed, &k->birth_year))
			return PEOPLE_BAD_BIRTH_YEAR;
		if (date.n > 0 && k->birth_year != (uint64_t)year)
			return PEOPLE_BIRTH_DIFFERS;
	}
	if (k->birth_year == 0)
		return PEOPLE_FINE;
	date_to_civil(today, &this_year, &month, &day);
	if ((int)k->birth_year > this_year - AGE_MIN ||
	    (int)k->birth_year < this_year - AGE_MAX)
		return PEOPLE_ODD_BIRTH_YEAR;
	return PEOPLE_FINE;
}

static bool
is_text(struct span s, const char *text)
{
	return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

static enum people_verdict
judge_codes(const struct kept *k, enum people_field *ret_field)
{
	struct span gender = k->text[PEOPLE_GENDER];
	struct span residence = k->text[PEOPLE_RESIDENCE];
	struct span organisation = k->text[PEOPLE_ORGANISATION];

	*ret_field = PEOPLE_GENDER;
	if (gender.n > 0 && !is_text(gender, "nam") && !is_text(gender, "nu"))
		return PEOPLE_BAD_GENDER;
	*ret_field = PEOPLE_ORGANISATION;
	if (organisation.n > 0 && !steps_organisation_ok(organisation))
		return PEOPLE_BAD_ORGANISATION;
	*ret_field = PEOPLE_RESIDENCE;
	if (residence.n > 0 && !field_residence_ok(residence))
		return PEOPLE_BAD_RESIDENCE;
	return PEOPLE_FINE;
}

static enum people_verdict
judge_presence(const struct kept *k, enum people_use use,
    enum people_field *ret_field)
{
	*ret_field = PEOPLE_FULL_NAME;
	if (use == PEOPLE_NEW)
		return k->text[PEOPLE_FULL_NAME].n == 0 ? PEOPLE_NO_NAME :
		    PEOPLE_FINE;
	for (unsigned i = 0; i < PEOPLE_FIELDS; i++)
		if (k->text[i].p != NULL && k->text[i].n == 0 &&
		    !fields[i].may_go) {
			*ret_field = (enum people_field)i;
			return PEOPLE_MUST_STAY;
		}
	return PEOPLE_FINE;
}

/* Digits, and what people write between them. */
static bool
phone_ok(struct span text)
{
	if (text.n == 0)
		return true;
	if (text.n < PHONE_MIN || text.n > PHONE_MAX)
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (memchr("0123456789 +.-()", text.p[i], 16) == NULL)
			return false;
	return true;
}

static enum people_verdict
judge(const struct people_draft *d, enum people_use use, int64_t today,
    struct kept *k, enum people_field *ret_field)
{
	enum people_verdict v = keep_texts(d, k, ret_field);

	if (v == PEOPLE_FINE)
		v = judge_presence(k, use, ret_field);
	if (v == PEOPLE_FINE)
		v = judge_codes(k, ret_field);
	if (v == PEOPLE_FINE)
		v = judge_birth(k, today, ret_field);
	if ((v == PEOPLE_FINE || v == PEOPLE_ODD_BIRTH_YEAR) &&
	    !phone_ok(k->text[PEOPLE_PHONE])) {
		*ret_field = PEOPLE_PHONE;
		v = PEOPLE_ODD_PHONE;
	}
	return v;
}

enum people_verdict
people_judge(const struct people_draft *d, enum people_use use, int64_t today,
    enum people_field *ret_field)
{
	struct kept k = { .birth_year = 0 };
	enum people_verdict v = judge(d, use, today, &k, ret_field);

	kept_free(&k);
	return v;
}

bool
people_refuses(enum people_verdict v)
{
	return v != PEOPLE_FINE && v != PEOPLE_ODD_BIRTH_YEAR &&
	    v != PEOPLE_ODD_PHONE;
}

enum phrase
people_phrase(enum people_verdict v)
{
	switch (v) {
	case PEOPLE_FINE: return PHRASE_PEOPLE_FINE;
	case PEOPLE_ODD_BIRTH_YEAR: return PHRASE_PEOPLE_ODD_BIRTH_YEAR;
	case PEOPLE_ODD_PHONE: return PHRASE_PEOPLE_ODD_PHONE;
	case PEOPLE_NO_NAME: return PHRASE_PEOPLE_NO_NAME;
	case PEOPLE_NO_TEXT: return PHRASE_PEOPLE_NO_TEXT;
	case PEOPLE_TOO_LONG: return PHRASE_PEOPLE_TOO_LONG;
	case PEOPLE_BAD_BIRTH_DATE: return PHRASE_PEOPLE_BAD_BIRTH_DATE;
	case PEOPLE_BAD_BIRTH_YEAR: return PHRASE_PEOPLE_BAD_BIRTH_YEAR;
	case PEOPLE_BIRTH_DIFFERS: return PHRASE_PEOPLE_BIRTH_DIFFERS;
	case PEOPLE_BAD_GENDER: return PHRASE_PEOPLE_BAD_GENDER;
	case PEOPLE_BAD_ORGANISATION: return PHRASE_STEPS_BAD_ORGANISATION;
	case PEOPLE_BAD_RESIDENCE: return PHRASE_PEOPLE_BAD_RESIDENCE;
	case PEOPLE_MUST_STAY: break;
	}
	return PHRASE_PEOPLE_MUST_STAY;
}

/* ---- writing */

/* A field goes where the table of fields says. */
static void
put_field(const struct kept *k, enum people_field i, struct store_op *op)
{
	uint64_t number = fields[i].number;
	const struct field_rule *rule = field_rule(number);
	struct field_draft *d = rule != NULL && rule->section ==
	    SECTION_FACTS ? op->facts : op->sealed;

	switch (fields[i].shape) {
	case SHAPE_DATE:
		field_draft_put_int(d, number, k->birth_date);
		break;
	case SHAPE_YEAR:
		field_draft_put_uint(d, number, k->birth_year);
		break;
	case SHAPE_TEXT:
	case SHAPE_CODE:
		field_draft_put_text(d, number, k->text[i]);
		break;
	}
}

static err
make_op(const uint8_t subject[static ID_LEN], struct store_op *ret)
{
	struct field_draft *facts = field_draft_new();
	struct field_draft *sealed = field_draft_new();

	if (facts == NULL || sealed == NULL) {
		field_draft_free(facts);
		field_draft_free(sealed);
		return ERR_NOMEM;
	}
	*ret = (struct store_op){ .kind = KIND_PERSON, .facts = facts,
		.sealed = sealed };
	memcpy(ret->subject, subject, ID_LEN);
	return ERR_OK;
}

static void
free_ops(struct store_op *ops, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		field_draft_free(ops[i].fields);
		field_draft_free(ops[i].facts);
		field_draft_free(ops[i].sealed);
	}
}

err
people_add(struct store *s, const uint8_t scope[static SCOPE_LEN],
    const struct people_draft *d, int64_t listed,
    uint8_t ret_subject[static ID_LEN])
{
	const struct steps_wanted step = { .step = STEP_LISTED,
		.has_date = true, .date = listed };
	struct kept k = { .birth_year = 0 };
	struct store_op ops[2] = { { .kind = 0 }, { .kind = 0 } };
	uint8_t subject[ID_LEN];
	enum people_field field;
	err rc = ERR_OK;

	if (people_refuses(judge(d, PEOPLE_NEW, listed, &k, &field)))
		rc = ERR_VALUE;
	crypto_random(subject, sizeof subject);
	if (rc == ERR_OK)
		rc = make_op(subject, &ops[0]);
	if (rc == ERR_OK)
		rc = steps_op(subject, &step, 0, &ops[1]);
	if (rc != ERR_OK)
		goto out;
	ops[0].creates = true;
	for (unsigned i = 0; i < PEOPLE_FIELDS; i++)
		if (k.text[i].n > 0 ||
		    (i == PEOPLE_BIRTH_YEAR && k.birth_year != 0))
			put_field(&k, (enum people_field)i, &ops[0]);
	rc = store_write(s, scope, ops, 2, NULL, 0, NULL);
	if (rc == ERR_OK)
		memcpy(ret_subject, subject, ID_LEN);
out:
	free_ops(ops, 2);
	kept_free(&k);
	return rc;
}

/* Whether the draft changes that field of p. */
static bool
changes(const struct person *p, const struct kept *k, enum people_field i)
{
	char made[16] = "";
	struct span given = k->text[i];

	if (i == PEOPLE_BIRTH_YEAR && k->birth_year != 0) {
		uint64_t year = k->birth_year;
		for (size_t n = 4; n-- > 0; year /= 10)
			made[n] = (char)('0' + year % 10);
		given = (struct span){ (const uint8_t *)made, 4 };
	} else if (given.p == NULL) {
		return false;
	} else if (i == PEOPLE_BIRTH_DATE) {
		date_format(k->birth_date, made);
		given = (struct span){ (const uint8_t *)made, strlen(made) };
	}
	return p->conflict[i] || p->unreadable[i] ||
	    !is_text(given, p->text[i]);
}

err
people_edit(struct store *s, const struct person *p,
    const struct people_draft *d, size_t *ret_changed)
{
	struct kept k = { .birth_year = 0 };
	struct store_op op = { .kind = 0 };
	struct store_expect expect;
	enum people_field field;
	size_t count = 0;
	err rc = ERR_OK;

	if (people_refuses(judge(d, PEOPLE_CHANGED, 0, &k, &field)))
		rc = ERR_VALUE;
	if (rc == ERR_OK)
		rc = make_op(p->subject, &op);
	if (rc == ERR_OK && d->why.n > 0) {
		op.fields = field_draft_new();
		rc = op.fields == NULL ? ERR_NOMEM : ERR_OK;
		field_draft_put_text(op.fields, FIELD_WHY, d->why);
	}
	for (unsigned i = 0; rc == ERR_OK && i < PEOPLE_FIELDS; i++)
		if (changes(p, &k, (enum people_field)i)) {
			put_field(&k, (enum people_field)i, &op);
			count++;
		}
	memcpy(expect.scope, p->scope, SCOPE_LEN);
	memcpy(expect.subject, p->subject, ID_LEN);
	memcpy(expect.version, p->version, HASH_LEN);
	if (rc == ERR_OK && count > 0)
		rc = store_write(s, p->scope, &op, 1, &expect, 1, NULL);
	if (rc == ERR_OK)
		*ret_changed = count;
	free_ops(&op, 1);
	kept_free(&k);
	return rc;
}
