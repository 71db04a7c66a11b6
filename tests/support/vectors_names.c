/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vectors_names.c -- audit/names.hex: names, sums and scopes at their edges,
 * and what the figures make of them, counted by hand.
 */
#include "tests/support/vectors_audit.h"

#include <string.h>

#include "tests/support/history.h"
#include "tests/support/vectors.h"

#define A20 "aaaaaaaaaaaaaaaaaaaa"
#define A80 A20 A20 A20 A20
enum { AUGUST = 19205 };	/* 2022-08-01 */

static void
quota(struct history *h, struct history_log *office, const uint8_t *cell,
    uint64_t number)
{
	const uint8_t year[] = { 2022 >> 8, 2022 & 0xff };
	const struct span parts[] = { { cell, SCOPE_LEN }, { year, 2 } };
	struct history_op *op;
	uint8_t subject[ID_LEN];

	crypto_hash16("nguon1/quota", parts, 2, subject);
	op = history_op(office, KIND_QUOTA, subject);
	history_bytes(op->fields, FIELD_CELL, cell, SCOPE_LEN);
	field_draft_put_uint(op->fields, FIELD_YEAR, 2022);
	field_draft_put_uint(op->fields, FIELD_NUMBER, number);
	history_commit(h, office);
}

/* residence NULL: a number, which is no text. */
static void
person(struct history *h, struct history_log *g, const char *residence,
    uint8_t *ret_subject)
{
	struct history_op *op;

	history_random(h, ret_subject, ID_LEN);
	op = history_op(g, KIND_PERSON, ret_subject);
	op->creates = true;
	if (residence != NULL)
		history_text(op->facts, FIELD_RESIDENCE, residence);
	else
		field_draft_put_uint(op->facts, FIELD_RESIDENCE, 5);
	history_commit(h, g);
}

static void
activity(struct history *h, struct history_log *g, uint64_t participants)
{
	uint8_t subject[ID_LEN];
	struct history_op *op;

	history_random(h, subject, ID_LEN);
	op = history_op(g, KIND_ACTIVITY, subject);
	field_draft_put_int(op->fields, FIELD_DATE, AUGUST);
	field_draft_put_uint(op->fields, FIELD_PARTICIPANTS, participants);
	history_commit(h, g);
}

/* Two scopes of cells: the second one has no `cell` op. */
struct history *
vectors_names_new(uint8_t ret_cell[static 8])
{
	static const char *const residences[] = { "", "unknown", A80 "a",
		A80 "b", NULL };
	struct history *h = history_new("names");
	struct history_log *office, *g[2];
	uint8_t cell[2][SCOPE_LEN], subject[ID_LEN];
	struct history_op *op;

	office = history_log_open(h, &h->commune, scope_root);
	history_commit(h, office);
	for (int i = 0; i < 2; i++) {
		history_random(h, cell[i], SCOPE_LEN);
		cell[i][0] = SCOPE_CELL;
	}
	chain_scope_subject(cell[0], subject);
	op = history_op(office, KIND_CELL, subject);
	history_bytes(op->fields, FIELD_SCOPE, cell[0], SCOPE_LEN);
	history_text(op->fields, FIELD_CODE, "ba-mo");
	history_text(op->fields, FIELD_NAME, "Ba Mo");
	history_commit(h, office);
	quota(h, office, cell[0], UINT64_MAX);
	quota(h, office, cell[1], 7);
	history_cut(h, office);
	for (int i = 0; i < 2; i++) {
		g[i] = history_log_open(h, &h->commune, cell[i]);
		history_commit(h, g[i]);
	}
	for (size_t i = 0; i < sizeof residences / sizeof residences[0]; i++)
		person(h, g[0], residences[i], subject);
	person(h, g[1], "tai-dia-phuong", subject);
	op = history_op(g[1], KIND_STEP, subject);
	field_draft_put_uint(op->fields, FIELD_STEP, STEP_ADMITTED);
	field_draft_put_int(op->fields, FIELD_DATE, AUGUST);
	history_commit(h, g[1]);
	activity(h, g[0], UINT64_MAX);
	activity(h, g[0], 5);
	for (int i = 0; i < 2; i++) {
		history_cut(h, g[i]);
		history_log_free(g[i]);
	}
	history_log_free(office);
	memcpy(ret_cell, cell[0], SCOPE_LEN);
	return h;
}

/* all; 2022Q3-2022; the cell in all */
enum { COLUMNS = 3 };
static const char *const periods[COLUMNS] = { "all", "2022Q3-2022", "all" };
static const struct {
	const char *name, *value[COLUMNS];
} figures[] = {
	{ "quota", { "18446744073709551615", "18446744073709551615",
	    "18446744073709551615" } },
	{ "admitted", { "1", "1", "0" } },
	{ "percent", { "0.0", "0.0", "0.0" } },
	{ "listed", { "0", "0", "0" } },
	{ "nominated", { "0", "0", "0" } },
	{ "introduced", { "0", "0", "0" } },
	{ "class_completed", { "0", "0", "0" } },
	{ "trial_started", { "0", "0", "0" } },
	{ "official", { "0", "0", "0" } },
	{ "withdrawn", { "0", "0", "0" } },
	{ "postponed", { "0", "0", "0" } },
	{ "moved", { "0", "0", "0" } },
	{ "people", { "6", "6", "5" } },
	{ "people:", { "1", "1", "1" } },
	{ "people:" A80, { "2", "2", "2" } },
	{ "people:tai-dia-phuong", { "1", "1", "0" } },
	{ "people:unknown", { "1", "1", "1" } },	/* that text */
	{ "people:unknown", { "1", "1", "1" } },	/* no value */
	{ "events", { "1", "1", "0" } },
	{ "activities", { "2", "2", "2" } },
	{ "participants", { "18446744073709551615", "18446744073709551615",
	    "18446744073709551615" } },
};

void
vectors_names_figures(struct buf *out)
{
	uint8_t cell[SCOPE_LEN];

	history_free(vectors_names_new(cell));
	for (size_t c = 0; c < COLUMNS; c++)
		for (size_t i = 0; i < sizeof figures / sizeof figures[0];
		    i++) {
			vectors_row(out, "names", figures[i].value[c]);
			vectors_word(out, figures[i].name);
			vectors_word(out, periods[c]);
			if (c == COLUMNS - 1)
				vectors_bytes(out, cell, SCOPE_LEN);
			else
				vectors_none(out);
			vectors_number(out, 1);
			vectors_end(out);
		}
}
