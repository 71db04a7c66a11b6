/* SPDX-License-Identifier: Apache-2.0 */
/* test_fold.c -- what a reader of fold.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/fold.h"
#include "tests/support/office.h"

enum { OWN_FIELD = 5000 };

static const struct span NONE = { NULL, 0 };
static const uint8_t person[ID_LEN] = { 0x70 };

/* One state for everything, and what was heard. */
struct listener {
	struct state *s;
	size_t states, voids, opened;
	enum verdict why;
	uint8_t position;
	struct span plain;	/* what `open` gives */
	err answer;
	bool had_salt;		/* when it opened */
	bool keeps, skips_sealed;
	size_t kept;
};

static err
on_state(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], struct state **ret)
{
	struct listener *l = ctx;

	(void)scope;
	(void)subject;
	l->states++;
	*ret = l->s;
	return ERR_OK;
}

static err
on_open(void *ctx, const struct place *place, uint8_t position,
    const struct op *op, const struct state *s, struct buf *out)
{
	struct listener *l = ctx;

	(void)place;
	(void)position;
	(void)op;
	l->opened++;
	l->had_salt = state_salt_count(s) > 0;
	buf_put(out, l->plain.p, l->plain.n);
	return l->answer;
}

static err
on_void(void *ctx, const struct place *place, uint8_t position,
    const struct op *op, enum verdict why)
{
	struct listener *l = ctx;

	(void)place;
	(void)op;
	l->voids++;
	l->why = why;
	l->position = position;
	return ERR_OK;
}

/* Folds what it was to keep at once. */
static err
on_keep(void *ctx, const struct place *place, uint8_t position,
    uint64_t time_ms, const struct op *op)
{
	struct listener *l = ctx;
	const struct fold_host host = { .ctx = l, .state = on_state,
		.open = on_open, .skip_sealed = l->skips_sealed };

	l->kept++;
	return fold_op(&host, NULL, place, position, time_ms, op);
}

static int
start(void **state)
{
	static struct office o;

	office_open(&o);
	*state = &o;
	return 0;
}

static int
stop(void **state)
{
	office_close(*state);
	return 0;
}

/* The secretary, in the cell of the invite, at the next leaf. */
static struct place
place_of(const struct office *o, const struct actor *author,
    const uint8_t *scope, uint64_t leaf)
{
	struct place p = { { 0 }, { 0x99 }, 4, leaf, 5000, 3, { 0 } };

	memcpy(p.scope, scope, SCOPE_LEN);
	memcpy(p.author, author->pub, KEY_LEN);
	(void)o;
	return p;
}

static void
hear(struct listener *l)
{
	memset(l, 0, sizeof *l);
	l->s = state_new();
	assert_non_null(l->s);
	l->answer = ERR_KEY;
}

/* Folds what is in o->ops as one entry. */
static err
fold(struct office *o, struct listener *l, const struct place *place,
    bool with_open)
{
	const struct fold_host host = { .ctx = l, .state = on_state,
		.open = with_open ? on_open : NULL, .voided = on_void,
		.keep = l->keeps ? on_keep : NULL,
		.skip_sealed = l->skips_sealed };
	const struct entry_draft draft = { .seen = 3, .time_ms = 777,
		.ops = o->ops.op, .op_count = o->ops.count };
	struct entry e = { 0 };
	struct buf b = { 0 };
	err rc;

	assert_int_equal(entry_encode(&draft, &b), ERR_OK);
	assert_int_equal(entry_parse(buf_span(&b), &e), ERR_OK);
	rc = fold_entry(&host, NULL, ledger_roster(o->ledger), place, &e);
	for (uint32_t i = 0; i < o->ops.count; i++)
		buf_free(&o->ops.fields[i]);
	memset(&o->ops, 0, sizeof o->ops);
	entry_free(&e);
	buf_free(&b);
	return rc;
}

static struct field_draft *
draft(void)
{
	struct field_draft *d = field_draft_new();

	assert_non_null(d);
	return d;
}

static void
put_numbers(struct field_draft *d, uint64_t field, const uint64_t *n,
    size_t count)
{
	struct buf b = { 0 };

	codec_put_array(&b, (uint32_t)count);
	for (size_t i = 0; i < count; i++)
		codec_put_uint(&b, n[i]);
	field_draft_put_raw(d, field, buf_span(&b));
	buf_free(&b);
}

/* 16 bytes, then { 100: 1990, 101: 7 (not a text), 103: "khac" } */
static const uint8_t facts[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
	14, 15, 16, 0x83, 0x64, 0xcd, 0x07, 0xc6, 0x65, 0x07, 0x67, 0xa4, 'k',
	'h', 'a', 'c' };
/* { 120: "An", 125: "09" } */
static const uint8_t plain[] = { 0x82, 0x78, 0xa2, 'A', 'n', 0x7d, 0xa2, '0',
	'9' };
static const uint8_t sealed[80] = { 1 };

/* A person with facts 100, 101, 102 listed and sealed 120, 122 listed. */
static void
op_person(struct office *o)
{
	static const uint64_t in_facts[] = { 100, 101, 102 };
	static const uint64_t in_sealed[] = { 120, 122 };
	struct field_draft *d = draft();
	struct op_draft *op;

	put_numbers(d, FIELD_FACTS, in_facts, 3);
	put_numbers(d, FIELD_SEALED, in_sealed, 2);
	field_draft_put_bool(d, FIELD_CREATES, true);
	field_draft_put_int(d, FIELD_DATE, 19000);
	field_draft_put_uint(d, OWN_FIELD, 1);
	op = world_op(&o->ops, KIND_PERSON, person, d);
	op->facts = (struct span){ facts, sizeof facts };
	op->sealed = (struct span){ sealed, sizeof sealed };
}

static const struct write *
only(const struct listener *l, uint64_t field)
{
	const struct reg *r = state_find(l->s, field, NONE);

	return r != NULL && r->count == 1 ? &r->writes[0] : NULL;
}

static void
each_field_is_written(void **state)
{
	struct office *o = *state;
	struct place p = place_of(o, &o->secretary, o->cell[0], 9);
	struct listener l;
	uint64_t year;
	struct span name;

	hear(&l);
	l.answer = ERR_OK;
	l.plain = (struct span){ plain, sizeof plain };
	op_person(o);
	assert_int_equal(fold(o, &l, &p, true), ERR_OK);
	assert_int_equal(l.voids, 0);
	assert_int_equal(l.opened, 1);
	assert_true(l.had_salt);
	assert_true(state_has_kind(l.s, KIND_PERSON));
	assert_int_equal(state_salt_count(l.s), 1);
	assert_memory_equal(state_salt(l.s, 0), facts, SALT_LEN);
	/* date, 3 facts, 2 sealed; no structure, nothing unknown, unlisted */
	assert_int_equal(state_count(l.s), 6);
	assert_int_equal(state_uint(l.s, FIELD_BIRTH_YEAR, NONE, 0, &year),
	    ERR_OK);
	assert_int_equal(year, 1990);
	assert_int_equal(state_text(l.s, FIELD_FULL_NAME, NONE, 0, &name),
	    ERR_OK);
	assert_int_equal(name.n, 2);
	/* of another type, or not there */
	assert_true(only(&l, FIELD_RESIDENCE)->unreadable);
	assert_true(only(&l, FIELD_ORGANISATION_OF)->unreadable);
	assert_true(only(&l, FIELD_GENDER)->unreadable);
	assert_int_equal(only(&l, FIELD_DATE)->stamp.leaf, 9);
	assert_int_equal(only(&l, FIELD_DATE)->stamp.leaf_time, 5000);
	assert_int_equal(only(&l, FIELD_DATE)->stamp.time_ms, 777);
	assert_int_equal(only(&l, FIELD_DATE)->stamp.line_seen, 3);
	assert_int_equal(only(&l, FIELD_DATE)->stamp.seq, 4);
	state_free(l.s);
}

static void
what_does_not_open_is_unreadable(void **state)
{
	static const uint8_t garbage[] = { 0x82, 0x78, 0xa2, 'A' };
	static const struct {
		err answer;
		err want;
		bool with_open;
	} table[] = {
		{ ERR_OK, ERR_OK, true }, { ERR_KEY, ERR_OK, true },
		{ ERR_FORMAT, ERR_OK, true }, { ERR_OK, ERR_OK, false },
		{ ERR_IO, ERR_IO, true }, { ERR_NOMEM, ERR_NOMEM, true },
	};
	struct office *o = *state;
	struct place p = place_of(o, &o->secretary, o->cell[0],
	    ROSTER_NO_LEAF);
	struct listener l;

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		hear(&l);
		l.answer = table[i].answer;
		l.plain = (struct span){ garbage, sizeof garbage };
		op_person(o);
		assert_int_equal(fold(o, &l, &p, table[i].with_open),
		    table[i].want);
		if (table[i].want == ERR_OK)
			assert_true(only(&l, FIELD_FULL_NAME)->unreadable);
		assert_int_equal(only(&l, FIELD_DATE)->stamp.leaf,
		    MERGE_NO_LEAF);
		assert_int_equal(only(&l, FIELD_DATE)->stamp.leaf_time, 0);
		state_free(l.s);
	}
}

static void
a_void_op_writes_nothing_and_stops_nothing(void **state)
{
	struct office *o = *state;
	struct place p = place_of(o, &o->secretary, o->cell[0], 9);
	struct field_draft *d;
	struct listener l;

	hear(&l);
	d = draft();		/* moved-in is the commune's */
	field_draft_put_int(d, FIELD_DATE, 5);
	(void)world_op(&o->ops, KIND_MOVED_IN, person, d);
	d = draft();
	field_draft_put_uint(d, FIELD_STEP, STEP_ADMITTED);
	(void)world_op(&o->ops, KIND_STEP, person, d);
	assert_int_equal(fold(o, &l, &p, true), ERR_OK);
	assert_int_equal(l.voids, 1);
	assert_int_equal(l.position, 0);
	assert_int_equal(l.why, VERDICT_ROLE);
	assert_int_equal(l.states, 1);
	assert_false(state_has_kind(l.s, KIND_MOVED_IN));
	assert_int_equal(state_count(l.s), 1);
	/* the register of a step is that of its element */
	assert_int_equal(state_at(l.s, 0)->element_len, 26);
	assert_int_equal(state_at(l.s, 0)->element[0], 0x99);
	assert_int_equal(state_at(l.s, 0)->element[24], 1);
	assert_int_equal(state_at(l.s, 0)->element[25], STEP_ADMITTED);
	state_free(l.s);
}

static void
certificates_count_at_their_leaf(void **state)
{
	struct office *o = *state;
	struct place places[] = {
		place_of(o, &o->secretary, o->cell[0], 2),	/* no claim */
		place_of(o, &o->secretary, o->cell[1], 9),	/* not its */
		place_of(o, &o->hub, o->cell[0], 9),
	};
	struct listener l;

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		hear(&l);
		op_person(o);
		assert_int_equal(fold(o, &l, &places[i], true), ERR_OK);
		assert_int_equal(l.voids, 1);
		assert_int_equal(l.why, VERDICT_CERTIFICATE);
		assert_int_equal(l.states, 0);
		assert_int_equal(l.opened, 0);
		state_free(l.s);
	}
}

static void
the_commune_revokes_no_commune(void **state)
{
	struct office *o = *state;
	struct place p = place_of(o, &o->commune, scope_root, 9);
	struct listener l;

	hear(&l);
	world_op_bare(&o->ops, KIND_REVOKE, o->commune.id);
	world_op_bare(&o->ops, KIND_REVOKE, o->invite.id);
	assert_int_equal(fold(o, &l, &p, true), ERR_OK);
	assert_int_equal(l.voids, 1);
	assert_int_equal(l.position, 0);
	assert_int_equal(l.why, VERDICT_CHECK);
	state_free(l.s);
	/* root may */
	hear(&l);
	p = place_of(o, &o->root, scope_root, 9);
	world_op_bare(&o->ops, KIND_REVOKE, o->commune.id);
	assert_int_equal(fold(o, &l, &p, true), ERR_OK);
	assert_int_equal(l.voids, 0);
	state_free(l.s);
}

static void
kept_ops_fold_to_the_same(void **state)
{
	struct office *o = *state;
	struct place p = place_of(o, &o->secretary, o->cell[0], 9);
	struct buf code[2] = { { 0 }, { 0 } };
	struct listener l;

	for (int keeps = 0; keeps < 2; keeps++) {
		hear(&l);
		l.keeps = keeps;
		l.answer = ERR_OK;
		l.plain = (struct span){ plain, sizeof plain };
		op_person(o);
		world_op_bare(&o->ops, KIND_MOVED_IN, person);
		assert_int_equal(fold(o, &l, &p, true), ERR_OK);
		assert_int_equal(l.kept, keeps);
		assert_int_equal(l.voids, 1);
		assert_int_equal(state_encode(l.s, &code[keeps]), ERR_OK);
		state_free(l.s);
	}
	assert_true(span_equal(buf_span(&code[0]), buf_span(&code[1])));
	buf_free(&code[0]);
	buf_free(&code[1]);
}

static void
sealed_fields_may_be_left_out(void **state)
{
	static const uint64_t notes[] = { 126 };
	struct office *o = *state;
	struct place p = place_of(o, &o->secretary, o->cell[0], 9);
	struct field_draft *d;
	struct listener l;

	hear(&l);
	l.skips_sealed = true;
	op_person(o);
	assert_int_equal(fold(o, &l, &p, true), ERR_OK);
	assert_int_equal(l.opened, 0);
	assert_int_equal(state_count(l.s), 4);
	assert_null(state_find(l.s, FIELD_FULL_NAME, NONE));
	/* what has an element stays: an activity is known by it alone */
	d = draft();
	put_numbers(d, FIELD_SEALED, notes, 1);
	world_op(&o->ops, KIND_ACTIVITY, person, d)->sealed =
	    (struct span){ sealed, sizeof sealed };
	assert_int_equal(fold(o, &l, &p, true), ERR_OK);
	assert_int_equal(state_count(l.s), 5);
	state_free(l.s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_field_is_written),
		cmocka_unit_test(what_does_not_open_is_unreadable),
		cmocka_unit_test(a_void_op_writes_nothing_and_stops_nothing),
		cmocka_unit_test(certificates_count_at_their_leaf),
		cmocka_unit_test(the_commune_revokes_no_commune),
		cmocka_unit_test(kept_ops_fold_to_the_same),
		cmocka_unit_test(sealed_fields_may_be_left_out),
	};

	return crypto_start() != ERR_OK ||
	    cmocka_run_group_tests(tests, start, stop);
}
