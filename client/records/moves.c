/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/moves.h"

#include <stdlib.h>
#include <string.h>

#include "client/records/commune.h"
#include "client/records/commune_key.h"
#include "client/records/conflicts.h"
#include "client/records/person_copy.h"
#include "client/records/reminders.h"
#include "client/records/report.h"
#include "protocol/date.h"
#include "protocol/places.h"

/* ---- preview */

static err
find_cell(struct store *s, const uint8_t *scope, struct moves_cell *ret)
{
	struct commune_cell cell;
	err rc = commune_cell_by_scope(s, scope, &cell);

	if (rc != ERR_OK)
		return rc;
	memcpy(ret->scope, scope, SCOPE_LEN);
	memcpy(ret->code, cell.code, sizeof ret->code);
	memcpy(ret->name, cell.name, sizeof ret->name);
	return ERR_OK;
}

static uint64_t
figure(const struct report_block *b, const char *name)
{
	const char *value = figures_find(b->rows, b->count, name);

	return value == NULL ? 0 : strtoull(value, NULL, 10);
}

static void
fill_figures(const struct report *r, struct moves_cell *cell)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct report_block *b = &r->blocks[i];

		if (b->commune || memcmp(b->cell.scope, cell->scope,
		    SCOPE_LEN) != 0)
			continue;
		cell->people = figure(b, "people");
		cell->quota = figure(b, "quota");
		cell->admitted = figure(b, "admitted");
	}
}

static err
add_figures(struct store *s, struct moves_preview *v)
{
	struct period period;
	struct report *r = NULL;
	int year, month, day;
	err rc;

	date_to_civil(steps_today(), &year, &month, &day);
	rc = report_year(year, &period);
	if (rc == ERR_OK)
		rc = report_make(s, &period, NULL, &r);
	if (rc != ERR_OK)
		return rc;
	fill_figures(r, &v->from);
	fill_figures(r, &v->to);
	report_free(r);
	return ERR_OK;
}

static err
add_steps(struct store *s, const struct person *p, struct moves_preview *v)
{
	struct step_record *steps = NULL;
	const struct state *state = NULL;
	int this_year, year, month, day;
	size_t count = 0;
	err rc = store_state(s, p->scope, p->subject, &state);

	if (rc == ERR_OK)
		rc = steps_of(store_lines(s), state, &steps, &count);
	date_to_civil(steps_today(), &this_year, &month, &day);
	for (size_t i = 0; rc == ERR_OK && i < count; i++) {
		if (steps[i].again)
			continue;
		v->steps++;
		if (steps[i].step != STEP_ADMITTED ||
		    steps[i].date == INT64_MIN)
			continue;
		date_to_civil(steps[i].date, &year, &month, &day);
		v->result_moves = v->result_moves || year == this_year;
	}
	free(steps);
	return rc;
}

/* What is open about the person in the old cell. */
static err
add_open(struct store *s, const struct person *p, struct moves_preview *v)
{
	struct reminder_list *reminders = NULL;
	struct conflict_list *conflicts = NULL;
	err rc = reminders_list(s, p->scope, 1u << REMINDER_OPEN |
	    1u << REMINDER_SEEN, &reminders);

	if (rc == ERR_OK)
		rc = conflicts_list(s, &conflicts);
	for (size_t i = 0; rc == ERR_OK && i < reminders->count; i++)
		v->reminders += reminders->items[i].has_about &&
		    memcmp(reminders->items[i].about, p->subject, ID_LEN) == 0;
	for (size_t i = 0; rc == ERR_OK && i < conflicts->count; i++)
		v->unsettled += memcmp(conflicts->items[i].subject,
		    p->subject, ID_LEN) == 0;
	reminders_free(reminders);
	conflicts_free(conflicts);
	return rc;
}

err
moves_preview(struct store *s, const struct person *p,
    const uint8_t to[static SCOPE_LEN], struct moves_preview *ret)
{
	struct moves_preview v = { .steps = 0 };
	err rc;

	if (store_role(s) != ROLE_COMMUNE)
		return ERR_ROLE;
	if (memcmp(p->scope, to, SCOPE_LEN) == 0)
		return ERR_EXISTS;
	rc = find_cell(s, p->scope, &v.from);
	if (rc == ERR_OK)
		rc = find_cell(s, to, &v.to);
	if (rc == ERR_OK)
		rc = add_figures(s, &v);
	if (rc == ERR_OK)
		rc = add_steps(s, p, &v);
	if (rc == ERR_OK)
		rc = add_open(s, p, &v);
	if (rc == ERR_OK)
		*ret = v;
	return rc;
}

/* ---- writing */

static err
mark_op(uint64_t kind, const uint8_t *subject, int64_t date, struct span why,
    struct store_op *ret)
{
	*ret = (struct store_op){ .kind = kind, .fields = field_draft_new() };
	if (ret->fields == NULL)
		return ERR_NOMEM;
	memcpy(ret->subject, subject, ID_LEN);
	field_draft_put_int(ret->fields, FIELD_DATE, date);
	if (why.n > 0)
		field_draft_put_text(ret->fields, FIELD_WHY, why);
	return ERR_OK;
}

static void
expect_of(const struct person *p, struct store_expect *ret)
{
	memcpy(ret->scope, p->scope, SCOPE_LEN);
	memcpy(ret->subject, p->subject, ID_LEN);
	memcpy(ret->version, p->version, HASH_LEN);
}

static err
write_place(struct store *s, const uint8_t *subject, const uint8_t *scope,
    const uint8_t *into)
{
	struct store_op op = { .kind = KIND_PLACE,
		.fields = field_draft_new() };
	struct buf raw = { .p = NULL };
	err rc = op.fields == NULL ? ERR_NOMEM :
	    places_value(scope, into, &raw);

	memcpy(op.subject, subject, ID_LEN);
	if (rc == ERR_OK) {
		field_draft_put_raw(op.fields, FIELD_PLACE, buf_span(&raw));
		rc = store_write(s, scope_root, &op, 1, NULL, 0, NULL);
	}
	buf_free(&raw);
	field_draft_free(op.fields);
	return rc;
}

/* The mark in the record that is left, which says until when it was held. */
static err
write_out(struct store *s, const struct person *p, int64_t date,
    struct span why)
{
	struct store_expect expect;
	struct store_op op;
	err rc = mark_op(KIND_MOVED_OUT, p->subject, date, why, &op);

	expect_of(p, &expect);
	if (rc == ERR_OK)
		rc = store_write(s, p->scope, &op, 1, &expect, 1, NULL);
	field_draft_free(op.fields);
	return rc;
}

err
moves_write(struct store *s, const struct person *p,
    const uint8_t to[static SCOPE_LEN], int64_t date, struct span why)
{
	struct person_copy copy = { .way = COPY_OVER };
	struct store_op in;
	bool single = false;
	err rc;

	if (store_role(s) != ROLE_COMMUNE)
		return ERR_ROLE;
	if (memcmp(p->scope, to, SCOPE_LEN) == 0)
		return ERR_EXISTS;
	memcpy(copy.from, p->scope, SCOPE_LEN);
	memcpy(copy.from_subject, p->subject, ID_LEN);
	memcpy(copy.to, to, SCOPE_LEN);
	memcpy(copy.to_subject, p->subject, ID_LEN);
	rc = commune_key_begin(s, &single);
	if (rc != ERR_OK)
		return rc;
	rc = mark_op(KIND_MOVED_IN, p->subject, date, why, &in);
	copy.last = &in;
	if (rc == ERR_OK)
		rc = person_copy_write(s, &copy);
	field_draft_free(in.fields);
	if (rc == ERR_OK)
		rc = write_place(s, p->subject, to, NULL);
	if (rc == ERR_OK)
		rc = write_out(s, p, date, why);
	return commune_key_end(s, single, rc);
}

/* ---- merging */

static err
write_merge(struct store *s, const struct person *who,
    const struct person *into, int64_t date, struct span why)
{
	struct store_expect expect;
	struct store_op op;
	err rc = mark_op(KIND_MERGE, who->subject, date, why, &op);

	expect_of(who, &expect);
	if (rc == ERR_OK) {
		field_draft_put_bin(op.fields, FIELD_MERGED_INTO,
		    (struct span){ into->subject, ID_LEN });
		rc = store_write(s, who->scope, &op, 1, &expect, 1, NULL);
	}
	field_draft_free(op.fields);
	return rc;
}

/* Whether into is still as it was shown. */
static err
check(struct store *s, const struct person *into)
{
	const struct state *state = NULL;
	uint8_t version[HASH_LEN];
	err rc = store_state(s, into->scope, into->subject, &state);

	if (rc != ERR_OK)
		return rc;
	state_version(state, version);
	return memcmp(version, into->version, HASH_LEN) == 0 ? ERR_OK :
	    ERR_CHANGED;
}

err
moves_merge(struct store *s, const struct person *who,
    const struct person *into, int64_t date, struct span why)
{
	const bool across = memcmp(who->scope, into->scope, SCOPE_LEN) != 0;
	struct person_copy copy = { .way = COPY_LACKING };
	enum role role = store_role(s);
	bool single = false;
	err rc;

	if (memcmp(who->subject, into->subject, ID_LEN) == 0)
		return ERR_VALUE;
	if (role != ROLE_COMMUNE && (across || role != ROLE_SECRETARY))
		return ERR_ROLE;
	memcpy(copy.from, who->scope, SCOPE_LEN);
	memcpy(copy.from_subject, who->subject, ID_LEN);
	memcpy(copy.to, into->scope, SCOPE_LEN);
	memcpy(copy.to_subject, into->subject, ID_LEN);
	rc = commune_key_begin(s, &single);
	if (rc != ERR_OK)
		return rc;
	rc = check(s, into);
	if (rc == ERR_OK)
		rc = person_copy_write(s, &copy);
	if (rc == ERR_OK && across)
		rc = write_place(s, who->subject, into->scope, into->subject);
	if (rc == ERR_OK)
		rc = across ? write_out(s, who, date, why) :
		    write_merge(s, who, into, date, why);
	return commune_key_end(s, single, rc);
}
