/* SPDX-License-Identifier: Apache-2.0 */
/* test_state.c -- what a reader of state.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/codec.h"
#include "protocol/state.h"

static const struct span NONE = { NULL, 0 };

/* A write of one small uint by (log, 1), which had seen `seen` leaves. */
static void
put(struct state *s, uint64_t field, struct span element, uint8_t log,
    uint64_t leaf, uint64_t seen, uint8_t value)
{
	struct write w = { { { log }, 1, 0, leaf, seen, 10, 0 }, false,
		{ &value, 1 } };

	w.stamp.leaf_time = leaf == MERGE_NO_LEAF ? 0 : 1;
	assert_int_equal(state_write(s, NULL, field, SECTION_PUBLIC, element,
	    &w), ERR_OK);
}

static struct state *
fresh(void)
{
	struct state *s = state_new();

	assert_non_null(s);
	return s;
}

static void
what_was_seen_is_overwritten(void **state)
{
	struct state *s = fresh();
	const struct reg *r;
	uint64_t v;

	(void)state;
	assert_null(state_find(s, FIELD_NUMBER, NONE));
	assert_null(state_winner(NULL, 0));
	assert_int_equal(state_uint(s, FIELD_NUMBER, NONE, 0, &v), ERR_ABSENT);
	put(s, FIELD_NUMBER, NONE, 1, 3, 0, 5);
	put(s, FIELD_NUMBER, NONE, 2, 7, 4, 6);
	r = state_find(s, FIELD_NUMBER, NONE);
	assert_int_equal(r->count, 1);
	assert_false(state_conflict(r));
	assert_int_equal(state_uint(s, FIELD_NUMBER, NONE, 0, &v), ERR_OK);
	assert_int_equal(v, 6);
	/* late: an overwritten write does not come back */
	put(s, FIELD_NUMBER, NONE, 1, 3, 0, 5);
	assert_int_equal(state_find(s, FIELD_NUMBER, NONE)->count, 1);
	state_free(s);
	state_free(NULL);
}

static void
what_was_not_seen_stands_beside(void **state)
{
	struct state *s = fresh();
	struct write w = { { { 3 }, 1, 0, 9, 0, 5, 1 }, true, { NULL, 0 } };
	uint64_t v;

	(void)state;
	put(s, FIELD_NUMBER, NONE, 2, 7, 3, 5);
	put(s, FIELD_NUMBER, NONE, 1, 3, 0, 5);
	/* equal values are one */
	assert_int_equal(state_find(s, FIELD_NUMBER, NONE)->count, 2);
	assert_false(state_conflict(state_find(s, FIELD_NUMBER, NONE)));
	put(s, FIELD_NUMBER, NONE, 4, 8, 0, 6);
	assert_true(state_conflict(state_find(s, FIELD_NUMBER, NONE)));
	assert_int_equal(state_uint(s, FIELD_NUMBER, NONE, 0, &v), ERR_OK);
	assert_int_equal(v, 6);		/* the highest log id */
	/* one that reads both settles it */
	put(s, FIELD_NUMBER, NONE, 5, 20, 15, 7);
	assert_false(state_conflict(state_find(s, FIELD_NUMBER, NONE)));
	/* unreadable ones of different ops differ */
	assert_int_equal(state_write(s, NULL, FIELD_RESIDENCE, SECTION_FACTS,
	    NONE, &w), ERR_OK);
	assert_int_equal(state_uint(s, FIELD_RESIDENCE, NONE, 0, &v),
	    ERR_ABSENT);
	w.stamp.log[0] = 2;
	assert_int_equal(state_write(s, NULL, FIELD_RESIDENCE, SECTION_FACTS,
	    NONE, &w), ERR_OK);
	assert_true(state_conflict(state_find(s, FIELD_RESIDENCE, NONE)));
	state_free(s);
}

static void
a_known_write_learns_leaf_and_value(void **state)
{
	struct state *s = fresh();
	const struct write *w;
	struct write late = { { { 1 }, 1, 0, 6, 2, 10, 77 }, true,
		{ NULL, 0 } };
	uint8_t nine = 9;

	(void)state;
	assert_int_equal(state_write(s, NULL, FIELD_NUMBER, SECTION_FACTS,
	    NONE, &(struct write){ { { 1 }, 1, 0, MERGE_NO_LEAF, 2, 10, 0 },
		true, { NULL, 0 } }), ERR_OK);
	assert_int_equal(state_write(s, NULL, FIELD_NUMBER, SECTION_FACTS,
	    NONE, &late), ERR_OK);
	w = state_winner(state_find(s, FIELD_NUMBER, NONE), 0);
	assert_int_equal(w->stamp.leaf, 6);
	assert_int_equal(w->stamp.leaf_time, 77);
	assert_true(w->unreadable);
	late.unreadable = false;
	late.value = (struct span){ &nine, 1 };
	assert_int_equal(state_write(s, NULL, FIELD_NUMBER, SECTION_FACTS,
	    NONE, &late), ERR_OK);
	late.unreadable = true;
	late.value = NONE;
	assert_int_equal(state_write(s, NULL, FIELD_NUMBER, SECTION_FACTS,
	    NONE, &late), ERR_OK);
	w = state_winner(state_find(s, FIELD_NUMBER, NONE), 0);
	assert_false(w->unreadable);
	assert_memory_equal(w->value.p, &nine, 1);
	assert_int_equal(state_at(s, 0)->count, 1);
	state_free(s);
}

static void
leaf_is_for_own_entries_in_a_run(void **state)
{
	struct state *s = fresh();
	const uint8_t own[ID_LEN] = { 1 };

	(void)state;
	put(s, FIELD_NUMBER, NONE, 1, MERGE_NO_LEAF, 0, 1);
	put(s, FIELD_YEAR, NONE, 2, MERGE_NO_LEAF, 0, 1);
	put(s, FIELD_MEMBERS, NONE, 1, 4, 0, 1);
	state_leaf(s, own, 2, 9, 12, 500);
	assert_int_equal(state_find(s, FIELD_NUMBER, NONE)->writes[0]
	    .stamp.leaf, MERGE_NO_LEAF);
	state_leaf(s, own, 1, 1, 12, 500);
	assert_int_equal(state_find(s, FIELD_NUMBER, NONE)->writes[0]
	    .stamp.leaf, 12);
	assert_int_equal(state_find(s, FIELD_YEAR, NONE)->writes[0]
	    .stamp.leaf, MERGE_NO_LEAF);
	assert_int_equal(state_find(s, FIELD_MEMBERS, NONE)->writes[0]
	    .stamp.leaf, 4);
	state_free(s);
}

static void
registers_ascend(void **state)
{
	static const uint8_t e[ELEMENT_MAX + 1] = { 7 };
	struct write w = { { { 1 }, 1, 0, 1, 0, 1, 1 }, true, { NULL, 0 } };
	struct state *s = fresh();

	(void)state;
	put(s, FIELD_YEAR, (struct span){ e, 25 }, 1, 1, 0, 1);
	put(s, FIELD_YEAR, NONE, 1, 1, 0, 1);
	put(s, FIELD_CODE, NONE, 1, 1, 0, 1);
	put(s, FIELD_YEAR, (struct span){ e, 2 }, 1, 1, 0, 1);
	assert_int_equal(state_count(s), 4);
	assert_int_equal(state_at(s, 0)->field, FIELD_CODE);
	assert_int_equal(state_at(s, 1)->element_len, 0);
	assert_int_equal(state_at(s, 2)->element_len, 2);
	assert_int_equal(state_at(s, 3)->element_len, 25);
	assert_int_equal(state_write(s, NULL, FIELD_YEAR, SECTION_PUBLIC,
	    (struct span){ e, sizeof e }, &w), ERR_LIMIT);
	assert_int_equal(state_count(s), 4);
	state_free(s);
}

static void
values_by_type(void **state)
{
	struct state *s = fresh();
	struct write w = { { { 1 }, 1, 0, 1, 0, 1, 1 }, false, { NULL, 0 } };
	struct buf b = { 0 };
	struct span text;
	uint64_t u = 42;
	int64_t i;
	bool v;

	(void)state;
	codec_put_int(&b, -9);
	w.value = buf_span(&b);
	assert_int_equal(state_write(s, NULL, FIELD_DATE, SECTION_PUBLIC,
	    NONE, &w), ERR_OK);
	buf_reset(&b);
	codec_put_cstr(&b, "ab");
	w.value = buf_span(&b);
	assert_int_equal(state_write(s, NULL, FIELD_NAME, SECTION_PUBLIC,
	    NONE, &w), ERR_OK);
	buf_reset(&b);
	codec_put_bool(&b, true);
	w.value = buf_span(&b);
	assert_int_equal(state_write(s, NULL, FIELD_DONE, SECTION_PUBLIC,
	    NONE, &w), ERR_OK);
	buf_reset(&b);
	codec_put_nil(&b);
	w.value = buf_span(&b);
	assert_int_equal(state_write(s, NULL, FIELD_PLACE, SECTION_PUBLIC,
	    NONE, &w), ERR_OK);
	buf_free(&b);	/* values were copied */
	assert_int_equal(state_int(s, FIELD_DATE, NONE, 0, &i), ERR_OK);
	assert_int_equal(i, -9);
	assert_int_equal(state_text(s, FIELD_NAME, NONE, 0, &text), ERR_OK);
	assert_int_equal(text.n, 2);
	assert_int_equal(state_bool(s, FIELD_DONE, NONE, 0, &v), ERR_OK);
	assert_true(v);
	assert_int_equal(state_uint(s, FIELD_PLACE, NONE, 0, &u), ERR_ABSENT);
	assert_int_equal(state_uint(s, FIELD_NAME, NONE, 0, &u), ERR_FORMAT);
	assert_int_equal(u, 42);
	state_free(s);
}

static void
version_changes_with_values_alone(void **state)
{
	struct state *s = fresh();
	const uint8_t own[ID_LEN] = { 1 };
	uint8_t a[HASH_LEN], b[HASH_LEN];

	(void)state;
	put(s, FIELD_NUMBER, NONE, 1, MERGE_NO_LEAF, 0, 1);
	state_version(s, a);
	state_leaf(s, own, 1, 1, 3, 9);
	state_version(s, b);
	assert_memory_equal(a, b, HASH_LEN);
	put(s, FIELD_NUMBER, NONE, 2, 5, 4, 1);
	state_version(s, b);
	assert_memory_not_equal(a, b, HASH_LEN);
	put(s, FIELD_YEAR, NONE, 2, 5, 4, 1);
	state_version(s, a);
	assert_memory_not_equal(a, b, HASH_LEN);
	state_free(s);
}

static void
code_keeps_all(void **state)
{
	static const uint8_t e[ELEMENT_MAX] = { 1, 2, 3 };
	static const uint8_t salt[2][SALT_LEN] = { { 1 }, { 2 } };
	struct state *s = fresh(), *copy = NULL;
	struct buf b = { 0 };

	(void)state;
	state_note_kind(s, KIND_PERSON);
	state_note_kind(s, 63);
	state_note_kind(s, 64);	/* not below 64: not kept */
	for (int i = 0; i < 4; i++)
		assert_int_equal(state_note_salt(s, salt[i % 2]), ERR_OK);
	put(s, FIELD_NUMBER, NONE, 1, MERGE_NO_LEAF, 3, 1);
	put(s, FIELD_NUMBER, NONE, 2, 5, 0, 2);
	put(s, FIELD_YEAR, (struct span){ e, 32 }, 2, 5, 0, 2);
	assert_int_equal(state_encode(s, &b), ERR_OK);
	assert_int_equal(state_decode(buf_span(&b), &copy), ERR_OK);
	assert_true(state_has_kind(copy, KIND_PERSON));
	assert_true(state_has_kind(copy, 63));
	assert_false(state_has_kind(copy, 64));
	assert_false(state_has_kind(copy, KIND_STEP));
	assert_int_equal(state_salt_count(copy), 2);
	assert_memory_equal(state_salt(copy, 1), salt[1], SALT_LEN);
	assert_int_equal(state_count(copy), 2);
	assert_int_equal(state_at(copy, 1)->count, 2);
	assert_int_equal(state_at(copy, 1)->writes[0].stamp.leaf,
	    MERGE_NO_LEAF);
	assert_memory_equal(state_at(copy, 0)->element, e, 32);
	state_free(copy);

	/* no shorter input is taken, none crashes */
	copy = NULL;
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(state_decode((struct span){ b.p, n }, &copy),
		    ERR_FORMAT);
	for (size_t i = 0; i < 8 * b.n; i++) {
		b.p[i / 8] = (uint8_t)(b.p[i / 8] ^ 1u << i % 8);
		if (state_decode(buf_span(&b), &copy) == ERR_OK)
			state_free(copy);
		b.p[i / 8] = (uint8_t)(b.p[i / 8] ^ 1u << i % 8);
	}
	copy = NULL;
	b.p[1] = 2;
	assert_int_equal(state_decode(buf_span(&b), &copy), ERR_VERSION);
	assert_null(copy);
	buf_free(&b);
	state_free(s);
}

/* The same register is written again and again, others stay. */
static void
what_is_overwritten_takes_no_room(void **state)
{
	static uint8_t value[3000];
	static const uint8_t e[3] = { 1, 2, 3 };
	struct write w = { { { 1 }, 0, 0, MERGE_NO_LEAF, 0, 1, 0 }, false,
		{ value, sizeof value } };
	struct state *s = fresh();
	const struct reg *r;
	uint64_t v;

	(void)state;
	put(s, FIELD_NUMBER, NONE, 1, 3, 0, 5);
	put(s, FIELD_NUMBER, NONE, 2, 4, 0, 6);
	for (uint64_t i = 1; i <= 1000; i++) {
		memset(value, (int)(i % 251), sizeof value);
		w.stamp.seq = i;
		assert_int_equal(state_write(s, NULL, FIELD_TEXT,
		    SECTION_PUBLIC, (struct span){ e, 3 }, &w), ERR_OK);
	}
	r = state_find(s, FIELD_TEXT, (struct span){ e, 3 });
	assert_int_equal(r->count, 1);
	assert_int_equal(r->writes[0].stamp.seq, 1000);
	assert_int_equal(r->writes[0].value.n, sizeof value);
	assert_memory_equal(r->writes[0].value.p, value, sizeof value);
	assert_int_equal(state_find(s, FIELD_NUMBER, NONE)->count, 2);
	assert_int_equal(state_uint(s, FIELD_NUMBER, NONE, 0, &v), ERR_OK);
	assert_int_equal(v, 6);
	state_free(s);
}

static void
a_cleared_state_is_new(void **state)
{
	static const uint8_t salt[SALT_LEN] = { 1 };
	struct state *s = fresh(), *other = fresh();
	struct buf a = { 0 }, b = { 0 };

	(void)state;
	state_clear(s);
	for (int i = 0; i < 3; i++) {
		state_note_kind(s, KIND_PERSON);
		assert_int_equal(state_note_salt(s, salt), ERR_OK);
		put(s, FIELD_NUMBER, NONE, 1, 3, 0, 5);
		put(s, FIELD_NUMBER, NONE, 2, 3, 0, 6);
		state_clear(s);
		assert_int_equal(state_count(s), 0);
		assert_int_equal(state_salt_count(s), 0);
		assert_false(state_has_kind(s, KIND_PERSON));
		assert_null(state_find(s, FIELD_NUMBER, NONE));
	}
	put(s, FIELD_YEAR, NONE, 1, 3, 0, 5);
	put(other, FIELD_YEAR, NONE, 1, 3, 0, 5);
	assert_int_equal(state_encode(s, &a), ERR_OK);
	assert_int_equal(state_encode(other, &b), ERR_OK);
	assert_int_equal(a.n, b.n);
	assert_memory_equal(a.p, b.p, b.n);
	buf_free(&a);
	buf_free(&b);
	state_free(s);
	state_free(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_seen_is_overwritten),
		cmocka_unit_test(what_was_not_seen_stands_beside),
		cmocka_unit_test(a_known_write_learns_leaf_and_value),
		cmocka_unit_test(leaf_is_for_own_entries_in_a_run),
		cmocka_unit_test(registers_ascend),
		cmocka_unit_test(values_by_type),
		cmocka_unit_test(version_changes_with_values_alone),
		cmocka_unit_test(code_keeps_all),
		cmocka_unit_test(what_is_overwritten_takes_no_room),
		cmocka_unit_test(a_cleared_state_is_new),
	};

	return crypto_start() != ERR_OK ||
	    cmocka_run_group_tests(tests, NULL, NULL);
}
