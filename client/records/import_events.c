/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/import_internal.h"

#include <stdlib.h>
#include <string.h>

#include "client/records/fold_text.h"
#include "client/records/import_columns.h"
#include "protocol/date.h"

enum {
	COLUMN_DATE, COLUMN_CELL, COLUMN_PERSON, COLUMN_EVENT,
	COLUMN_ORGANISATION, COLUMN_REASON, COLUMNS
};
static const char *const columns[COLUMNS] = {
	"date", "cell", "person", "event", "organisation", "reason",
};

/* ---- rows */

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
	err rc = read_date(i, row, &w->has_date, &w->date);

	w->step = import_columns_step(import_field(i, row, COLUMN_EVENT));
	if (rc == ERR_OK)
		rc = read_code(i, row, COLUMN_ORGANISATION,
		    line->organisation, &w->organisation);
	if (rc == ERR_OK)
		rc = read_code(i, row, COLUMN_REASON, line->reason,
		    &w->reason);
	return rc;
}

static err
find_person(struct import *i, size_t row)
{
	struct import_line *line = &i->lines[row];
	struct buf ref = { .p = NULL };
	uint8_t key[ID_LEN];
	err rc = fold_text_nfc(import_field(i, row, COLUMN_PERSON), &ref);

	if (rc == ERR_OK && ref.n > 0 && line->placed) {
		people_index_ref_key(line->scope, buf_span(&ref), key);
		line->person = people_index_by_ref(i->people, key);
	}
	buf_free(&ref);
	return rc == ERR_NOMEM ? rc : ERR_OK;
}

/* ---- order: people's steps one after another, whatever the file's order */

struct sorted {
	const struct import_line *line;
	size_t row;
	size_t rank;		/* among all, person after person */
};

/* One person's rows together, day after day, as in the file. */
static int
by_person(const void *pa, const void *pb)
{
	const struct sorted *a = pa, *b = pb;
	uintptr_t x = (uintptr_t)a->line->person;
	uintptr_t y = (uintptr_t)b->line->person;

	if (x != y)
		return x < y ? -1 : 1;
	if (a->line->wanted.date != b->line->wanted.date)
		return a->line->wanted.date < b->line->wanted.date ? -1 : 1;
	return a->row < b->row ? -1 : a->row > b->row;
}

static int
by_date(const void *pa, const void *pb)
{
	const struct sorted *a = pa, *b = pb;

	if (a->line->wanted.date != b->line->wanted.date)
		return a->line->wanted.date < b->line->wanted.date ? -1 : 1;
	return a->rank < b->rank ? -1 : a->rank > b->rank;
}

/* The rows of a day as in the file, in the order of the steps, and as in a
 * file that begins with the newest. */
static int
by_row(const void *pa, const void *pb)
{
	const struct sorted *a = pa, *b = pb;

	return a->row < b->row ? -1 : a->row > b->row;
}

static int
by_step(const void *pa, const void *pb)
{
	const struct sorted *a = pa, *b = pb;

	if (a->line->wanted.step != b->line->wanted.step)
		return a->line->wanted.step < b->line->wanted.step ? -1 : 1;
	return by_row(pa, pb);
}

static int
by_row_backwards(const void *pa, const void *pb)
{
	return by_row(pb, pa);
}

/* How many of the rows can be recorded one after another; *at moves on. */
static size_t
follow(const struct import *i, const struct sorted *s, size_t count,
    struct steps_standing *at)
{
	size_t fine = 0;
	uint64_t round;

	for (size_t n = 0; n < count; n++) {
		const struct steps_wanted *w = &s[n].line->wanted;

		if (w->has_date && people_index_has_step(i->people,
		    s[n].line->person->subject, w->step, w->date)) {
			fine++;		/* there already */
			continue;
		}
		if (steps_refuses(steps_judge(at, w, i->role, i->today,
		    &round)))
			continue;
		steps_advance(at, w, round);
		fine++;
	}
	return fine;
}

/* One person's rows of one day: in the first of the orders in which most of
 * them can be recorded. */
static void
arrange(const struct import *i, struct sorted *s, size_t count,
    struct steps_standing *at)
{
	static int (*const orders[])(const void *, const void *) = {
		by_row, by_step, by_row_backwards,
	};
	size_t best = 0, chosen = 0;

	for (size_t k = 0; k < sizeof orders / sizeof orders[0] &&
	    best < count && count > 1; k++) {
		struct steps_standing tried = *at;
		size_t fine;

		qsort(s, count, sizeof *s, orders[k]);
		fine = follow(i, s, count, &tried);
		if (fine > best) {
			best = fine;
			chosen = k;
		}
	}
	if (count > 1)
		qsort(s, count, sizeof *s, orders[chosen]);
	(void)follow(i, s, count, at);
}

static void
sort(struct import *i, struct sorted *s)
{
	struct steps_standing at = { .round = 0 };

	qsort(s, i->count, sizeof *s, by_person);
	for (size_t n = 0, end; n < i->count; n = end) {
		const struct import_line *line = s[n].line;

		for (end = n + 1; end < i->count; end++)
			if (s[end].line->person != line->person ||
			    s[end].line->wanted.date != line->wanted.date)
				break;
		if (line->person == NULL)
			continue;
		if (n == 0 || s[n - 1].line->person != line->person)
			at = line->person->standing;
		arrange(i, s + n, end - n, &at);
	}
	for (size_t n = 0; n < i->count; n++)
		s[n].rank = n;
	qsort(s, i->count, sizeof *s, by_date);
	for (size_t n = 0; n < i->count; n++)
		i->order[n] = s[n].row;
}

static err
begin(struct import *i)
{
	struct sorted *s = calloc(i->count + 1, sizeof *s);
	err rc = s == NULL ? ERR_NOMEM : people_index_new(i->s, &i->people);

	for (size_t row = 0; rc == ERR_OK && row < i->count; row++) {
		rc = read_wanted(i, row);
		if (rc == ERR_OK)
			rc = find_person(i, row);
		s[row] = (struct sorted){ &i->lines[row], row, 0 };
	}
	if (rc == ERR_OK)
		sort(i, s);
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
	case STEPS_BEFORE_LISTED:
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
judge(struct import *i, size_t row)
{
	struct import_line *line = &i->lines[row];
	const struct steps_wanted *w = &line->wanted;
	struct indexed_person *p = line->person;
	enum steps_verdict v;

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
