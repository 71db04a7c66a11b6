/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vectors_story.c -- audit/figures.hex: a commune of two cells in which each
 * rule of the figures is needed once.  What it comes to is in
 * vectors_findings.c.
 */
#include "tests/support/vectors_audit.h"

#include <string.h>

#include "protocol/date.h"
#include "protocol/segment.h"
#include "tests/support/history.h"
#include "tests/support/vectors.h"

enum { A, B, LANE, SCOPES };
enum { STRANGE_KIND = 63, STRANGE_FIELD = 5000 };

struct story {
	struct history *h;
	uint8_t scope[SCOPES][SCOPE_LEN];
	uint8_t person[5][ID_LEN];
	struct history_device secretary, deputy, organisation;
	struct history_log *office, *a, *a_deputy, *a_next, *b, *lane;
};

static int64_t
day(int year, int month, int date)
{
	int64_t days = 0;

	vectors_must(date_from_civil(year, month, date, &days), "date");
	return days;
}

/* ---- ops; each is an entry of its own */

static void
cell(struct story *t, int which, const char *code, const char *name)
{
	uint8_t subject[ID_LEN];
	struct history_op *op;

	history_random(t->h, t->scope[which], SCOPE_LEN);
	t->scope[which][0] = which == LANE ? SCOPE_LANE : SCOPE_CELL;
	chain_scope_subject(t->scope[which], subject);
	op = history_op(t->office, which == LANE ? KIND_LANE : KIND_CELL,
	    subject);
	history_bytes(op->fields, FIELD_SCOPE, t->scope[which], SCOPE_LEN);
	if (which == LANE) {
		history_bytes(op->fields, FIELD_CELL, t->scope[A], SCOPE_LEN);
		history_text(op->fields, FIELD_ORGANISATION, code);
	} else {
		history_text(op->fields, FIELD_CODE, code);
		history_text(op->fields, FIELD_NAME, name);
	}
	history_commit(t->h, t->office);
}

static void
quota(struct story *t, int which, uint16_t year, uint64_t number)
{
	struct history_op *op;
	uint8_t subject[ID_LEN], bytes[2];
	const struct span parts[] = { { t->scope[which], SCOPE_LEN },
		{ bytes, 2 } };

	be16_put(bytes, year);
	crypto_hash16("nguon1/quota", parts, 2, subject);
	op = history_op(t->office, KIND_QUOTA, subject);
	history_bytes(op->fields, FIELD_CELL, t->scope[which], SCOPE_LEN);
	field_draft_put_uint(op->fields, FIELD_YEAR, year);
	field_draft_put_uint(op->fields, FIELD_NUMBER, number);
	history_commit(t->h, t->office);
}

static void
person(struct story *t, struct history_log *g, size_t i, bool creates,
    const char *residence)
{
	struct history_op *op;

	if (creates)
		history_random(t->h, t->person[i], ID_LEN);
	op = history_op(g, KIND_PERSON, t->person[i]);
	op->creates = creates;
	if (residence != NULL)
		history_text(op->facts, FIELD_RESIDENCE, residence);
	history_commit(t->h, g);
}

/* Returns the seq of its entry, by which corrections name it. */
static uint64_t
step(struct story *t, struct history_log *g, size_t i, enum step step,
    int64_t days, const char *fact)
{
	struct history_op *op = history_op(g, KIND_STEP, t->person[i]);

	field_draft_put_uint(op->fields, FIELD_STEP, step);
	if (days != 0)
		field_draft_put_int(op->fields, FIELD_DATE, days);
	if (fact != NULL)
		history_text(op->facts, step == STEP_WITHDRAWN ?
		    FIELD_REASON : FIELD_ORGANISATION_OF, fact);
	history_commit(t->h, g);
	return g->seq;
}

/* A correction of what op 0 of that entry recorded. */
static struct history_op *
correct(struct history_log *g, uint64_t kind, const uint8_t *subject,
    uint64_t seq)
{
	struct history_op *op = history_op(g, kind, subject);
	struct op_ref ref = { .seq = seq };

	memcpy(ref.log, g->id, ID_LEN);
	field_draft_put_ref(op->fields, FIELD_CITES, &ref);
	return op;
}

static uint64_t
activity(struct story *t, struct history_log *g, const uint8_t *subject,
    int64_t days, uint64_t participants)
{
	struct history_op *op = history_op(g, KIND_ACTIVITY, subject);

	history_text(op->fields, FIELD_TITLE, "meeting");
	field_draft_put_int(op->fields, FIELD_DATE, days);
	field_draft_put_uint(op->fields, FIELD_PARTICIPANTS, participants);
	history_commit(t->h, g);
	return g->seq;
}

/* What is pending loses its facts. */
static void
withhold(struct history_log *g)
{
	const struct part_policy digests = { KEEP_DIGEST, KEEP_DIGEST,
		KEEP_DIGEST };
	struct segment s = { .count = g->pending_count,
		.entries = buf_span(&g->pending) };
	struct buf kept = { 0 };
	struct entry e = { .ops = NULL };
	struct span raw;
	size_t cursor = 0;

	while (segment_next(&s, &cursor, &raw) == ERR_OK) {
		vectors_must(entry_parse(raw, &e), "entry");
		if (cursor == g->pending.n)
			vectors_must(entry_copy(&e, &digests, &kept), "copy");
		else
			buf_put(&kept, raw.p, raw.n);
	}
	entry_free(&e);
	buf_free(&g->pending);
	g->pending = kept;
}

/* ---- leaves 1 to 4 */

static struct history_log *
join(struct story *t, const struct history_device *device,
    const struct invite_keys *invite)
{
	struct history_log *g = history_log_open(t->h, device, scope_root);

	history_claim(t->h, g, invite);
	history_commit(t->h, g);
	history_cut(t->h, g);
	return g;
}

static void
found(struct story *t)
{
	const struct {
		enum role role;
		int scope;
		struct history_device *device;
	} people[] = {
		{ ROLE_SECRETARY, A, &t->secretary },
		{ ROLE_DEPUTY, A, &t->deputy },
		{ ROLE_ORGANISATION, LANE, &t->organisation },
	};
	struct invite_keys invite[3];

	t->office = history_log_open(t->h, &t->h->commune, scope_root);
	history_commit(t->h, t->office);
	cell(t, A, "ba-mo", "Th\xc3\xb4n Ba M\xc3\xb4");
	cell(t, B, "go-cao", "Th\xc3\xb4n G\xc3\xb2 Cao");
	cell(t, LANE, "doan-thanh-nien", NULL);
	quota(t, A, 2022, 4);
	quota(t, A, 2023, 2);
	quota(t, B, 2022, 3);
	for (size_t i = 0; i < 3; i++) {
		history_invite(t->h, t->office, people[i].role,
		    (const uint8_t(*)[SCOPE_LEN])t->scope[people[i].scope],
		    1, &invite[i]);
		history_commit(t->h, t->office);
	}
	history_cut(t->h, t->office);
	for (size_t i = 0; i < 3; i++) {
		history_device(t->h, people[i].device);
		history_log_free(join(t, people[i].device, &invite[i]));
	}
}

/* ---- leaves 5 to 9: cell A */

static void
record(struct story *t, uint8_t (*subject)[ID_LEN])
{
	struct history_op *op;
	uint64_t trial, a1, a2;

	t->a = history_log_open(t->h, &t->secretary, t->scope[A]);
	history_commit(t->h, t->a);
	person(t, t->a, 0, true, "tai-dia-phuong");
	person(t, t->a, 1, true, NULL);
	person(t, t->a, 2, true, "tai-dia-phuong");
	history_cut(t->h, t->a);
	/* has seen leaves 0 to 5 */
	t->a_deputy = history_log_open(t->h, &t->deputy, t->scope[A]);
	history_commit(t->h, t->a_deputy);

	history_see(t->h, t->a);
	step(t, t->a, 0, STEP_NOMINATED, day(2022, 1, 10), "doan-thanh-nien");
	step(t, t->a, 1, STEP_NOMINATED, day(2022, 1, 15), "hoi-phu-nu");
	person(t, t->a, 1, false, "tai-dia-phuong");
	step(t, t->a, 0, STEP_CLASS_COMPLETED, day(2022, 3, 31), NULL);
	trial = step(t, t->a, 0, STEP_TRIAL_STARTED, day(2022, 4, 1), NULL);
	step(t, t->a, 2, STEP_LISTED, day(2022, 1, 2), NULL);
	a1 = activity(t, t->a, subject[0], day(2022, 2, 2), 10);
	a2 = activity(t, t->a, subject[1], day(2022, 5, 5), 7);
	history_cut(t->h, t->a);

	step(t, t->a_deputy, 1, STEP_NOMINATED, day(2022, 4, 2),
	    "hoi-phu-nu");
	person(t, t->a_deputy, 1, false, "di-lam-xa");
	step(t, t->a_deputy, 1, STEP_ADMITTED, day(2022, 4, 3), NULL);
	activity(t, t->a_deputy, subject[2], day(2022, 8, 1), 5);
	history_cut(t->h, t->a_deputy);

	history_see(t->h, t->a);
	op = correct(t->a, KIND_STEP, t->person[0], trial);
	field_draft_put_uint(op->fields, FIELD_STEP, STEP_TRIAL_STARTED);
	field_draft_put_bool(op->fields, FIELD_VOIDED, true);
	history_commit(t->h, t->a);
	op = correct(t->a, KIND_ACTIVITY, subject[0], a1);
	field_draft_put_uint(op->fields, FIELD_PARTICIPANTS, 12);
	history_commit(t->h, t->a);
	op = correct(t->a, KIND_ACTIVITY, subject[1], a2);
	field_draft_put_bool(op->fields, FIELD_VOIDED, true);
	history_commit(t->h, t->a);
	step(t, t->a, 0, STEP_INTRODUCED, day(2022, 2, 1), NULL);
	person(t, t->a, 0, false, "tai-dia-phuong");
	step(t, t->a, 0, STEP_ADMITTED, day(2022, 6, 1), NULL);
	step(t, t->a, 1, STEP_WITHDRAWN, day(2022, 6, 30), "di-lam-xa");
	step(t, t->a, 2, STEP_POSTPONED, 0, NULL);
	op = history_op(t->a, KIND_STEP, t->person[0]);
	field_draft_put_uint(op->fields, FIELD_STEP, STEP_NOMINATED);
	field_draft_put_uint(op->fields, FIELD_ROUND, 2);
	field_draft_put_int(op->fields, FIELD_DATE, day(2023, 1, 5));
	history_text(op->facts, FIELD_ORGANISATION_OF, "hoi-nong-dan");
	history_commit(t->h, t->a);
	withhold(t->a);
	history_cut(t->h, t->a);
}

/* The secretary's next log: it has seen nothing, and its clock is behind. */
static void
continue_log(struct story *t)
{
	struct entry_ref before = { .seq = t->a->seq };
	uint64_t now = t->h->now_ms;
	uint8_t empty[HASH_LEN];
	struct history_op *op;

	memcpy(before.log, t->a->id, ID_LEN);
	memcpy(before.hash, t->a->hash, HASH_LEN);
	crypto_sha256(NULL, 0, empty);
	t->h->now_ms = 1000;
	t->a_next = history_log_open(t->h, &t->secretary, t->scope[A]);
	field_draft_put_entry_ref(t->a_next->ops[0].fields,
	    FIELD_PREDECESSOR, &before);
	history_see_as(t->a_next, 0, empty);
	history_commit(t->h, t->a_next);
	step(t, t->a_next, 0, STEP_INTRODUCED, day(2022, 2, 15), NULL);
	person(t, t->a_next, 0, false, "di-lam-xa");
	op = history_op(t->a_next, STRANGE_KIND, t->person[0]);
	history_text(op->fields, FIELD_TITLE, "later");
	op = history_op(t->a_next, KIND_PERSON, t->person[0]);
	history_text(op->fields, STRANGE_FIELD, "later");
	history_commit(t->h, t->a_next);
	t->h->now_ms = now;
	history_cut(t->h, t->a_next);
}

/* ---- leaves 10 to 12, and what has no leaf */

static void
finish(struct story *t, const uint8_t *subject)
{
	struct history_op *op;

	history_see(t->h, t->office);
	quota(t, A, 2022, 5);
	history_cut(t->h, t->office);
	t->b = history_log_open(t->h, &t->h->commune, t->scope[B]);
	history_commit(t->h, t->b);
	person(t, t->b, 3, true, "di-lam-xa");
	step(t, t->b, 3, STEP_NOMINATED, day(2023, 2, 2), "doan-thanh-nien");
	step(t, t->b, 3, STEP_OFFICIAL, day(2023, 3, 3), NULL);
	history_cut(t->h, t->b);
	t->lane = history_log_open(t->h, &t->organisation, t->scope[LANE]);
	history_commit(t->h, t->lane);
	op = history_op(t->lane, KIND_NOMINATION, t->person[1]);
	op->creates = true;
	history_text(op->sealed, FIELD_FULL_NAME, "\xc4\x90\xc3\xa0o Ng\xe1"
	    "\xbb\x8d" "c Tu\xe1\xba\xa5n");
	history_commit(t->h, t->lane);
	activity(t, t->lane, subject, day(2022, 2, 2), 50);
	step(t, t->lane, 1, STEP_NOMINATED, day(2022, 2, 2), NULL);
	history_cut(t->h, t->lane);

	history_see(t->h, t->a_next);
	person(t, t->a_next, 4, true, NULL);
	step(t, t->a_next, 4, STEP_NOMINATED, day(2022, 1, 20),
	    "doan-thanh-nien");
	history_cut_late(t->h, t->a_next);
}

struct history *
vectors_story_new(uint8_t (*ret_cells)[8])
{
	struct story t = { .h = history_new("figures") };
	uint8_t subject[4][ID_LEN];

	found(&t);
	for (size_t i = 0; i < 4; i++)
		history_random(t.h, subject[i], ID_LEN);
	record(&t, subject);
	continue_log(&t);
	finish(&t, subject[3]);
	if (ret_cells != NULL) {
		memcpy(ret_cells[0], t.scope[A], SCOPE_LEN);
		memcpy(ret_cells[1], t.scope[B], SCOPE_LEN);
	}
	history_log_free(t.office);
	history_log_free(t.a);
	history_log_free(t.a_deputy);
	history_log_free(t.a_next);
	history_log_free(t.b);
	history_log_free(t.lane);
	return t.h;
}
