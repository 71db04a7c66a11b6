/* SPDX-License-Identifier: Apache-2.0 */
/* test_frozen.c -- what a reader of frozen.h and ranking.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/frozen.h"
#include "protocol/judge.h"
#include "protocol/ranking.h"

static void
ok(err e)
{
	assert_string_equal(err_name(e), err_name(ERR_OK));
}

/* ---- values: "commune a 1 b 2|cell a 1", a block a bar */

static struct buf
value(const char *text)
{
	static const uint8_t cell[SCOPE_LEN] = { SCOPE_CELL, 7 };
	char copy[256], *blocks[4] = { copy }, *words[16];
	struct buf b = { 0 };
	uint32_t n = 1;

	(void)strcpy(copy, text);
	for (char *bar = copy; (bar = strchr(bar, '|')) != NULL;) {
		*bar++ = '\0';
		blocks[n++] = bar;
	}
	codec_put_array(&b, n);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t count = 1;

		words[0] = blocks[i];
		for (char *at = blocks[i]; (at = strchr(at, ' ')) != NULL;) {
			*at++ = '\0';
			words[count++] = at;
		}
		codec_put_array(&b, count);
		codec_put_bin(&b, (struct span){ cell, strcmp(words[0],
		    "commune") == 0 ? 0 : SCOPE_LEN });
		for (uint32_t k = 1; k < count; k++)
			codec_put_cstr(&b, words[k]);
	}
	ok(buf_err(&b));
	return b;
}

static void
rows_are_read_one_after_another(void **state)
{
	struct buf b = value("commune a 1 b 2|cell|cell c 3");
	struct frozen_reader x;
	struct frozen_row row;

	(void)state;
	ok(frozen_begin(buf_span(&b), &x));
	ok(frozen_next(&x, &row));
	assert_null(row.scope);
	assert_memory_equal(row.name.p, "a", 1);
	ok(frozen_next(&x, &row));
	assert_memory_equal(row.value.p, "2", 1);
	ok(frozen_next(&x, &row));
	assert_non_null(row.scope);
	assert_memory_equal(row.value.p, "3", 1);
	assert_int_equal(frozen_next(&x, &row), ERR_ABSENT);
	buf_free(&b);
}

static void
what_is_no_such_value_ends_the_reader(void **state)
{
	static const struct {
		const uint8_t bytes[8];
		size_t n;
	} rows[] = {
		{ { 0x01 }, 1 },			/* a number */
		{ { 0x91, 0x01 }, 2 },			/* no block */
		{ { 0x91, 0x90 }, 2 },			/* no scope */
		{ { 0x91, 0x92, 0xc4, 0, 0xa1, 'a' }, 6 },	/* half a row */
		{ { 0x91, 0x91, 0xc4, 1, 9 }, 5 },	/* a short scope */
		{ { 0x91, 0x93, 0xc4, 0, 0xa1, 'a', 0x01 }, 7 },
		{ { 0x92, 0x91, 0xc4, 0 }, 4 },		/* cut off */
		{ { 0xdd, 0xff, 0xff, 0xff, 0xff }, 5 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct span raw = { rows[i].bytes, rows[i].n };
		struct frozen_difference d;
		struct buf good = value("commune a 1");
		struct frozen_reader x;
		struct frozen_row row;
		err rc = frozen_begin(raw, &x);

		while (rc == ERR_OK)
			rc = frozen_next(&x, &row);
		assert_int_equal(rc, ERR_FORMAT);
		assert_int_equal(frozen_compare(raw, buf_span(&good), 0, &d),
		    FROZEN_DIFFERS);
		assert_int_equal(frozen_compare(raw, buf_span(&good), 3, &d),
		    FROZEN_DIFFERS);
		assert_string_equal(d.name, "");
		buf_free(&good);
	}
}

static void
two_values_are_compared(void **state)
{
	static const struct {
		const char *stated, *computed;
		uint64_t erased;
		enum frozen_outcome want;
		const char *name;
	} rows[] = {
		{ "commune a 1", "commune a 1", 0, FROZEN_EQUAL, "" },
		{ "commune a 1", "commune a 1", 9, FROZEN_EQUAL, "" },
		{ "commune a 1", "commune a 2", 0, FROZEN_DIFFERS, "a" },
		{ "commune a 1", "commune a 2", 9, FROZEN_DIFFERS, "a" },
		{ "commune a 1 b 2", "commune a 1", 0, FROZEN_DIFFERS, "b" },
		{ "commune", "commune a 1", 9, FROZEN_DIFFERS, "a" },
		{ "commune a 1 b 2", "commune b 2 a 1", 0, FROZEN_DIFFERS,
		  "" },
		{ "commune|cell", "commune", 9, FROZEN_DIFFERS, "" },
		{ "cell a 1", "commune a 1", 9, FROZEN_DIFFERS, "" },
		{ "commune|cell a 1", "commune|cell a 2", 0, FROZEN_DIFFERS,
		  "a" },
		/* what was erased counts as unknown instead */
		{ "commune people:x 3 people:y 1",
		  "commune people:x 1 people:y 1 people:unknown 2", 2,
		  FROZEN_ERASED, "" },
		{ "commune people:x 3 people:y 1",
		  "commune people:x 1 people:y 1 people:unknown 2", 0,
		  FROZEN_DIFFERS, "people:x" },
		{ "commune people:x 4 people:y 1",
		  "commune people:x 1 people:y 1 people:unknown 2", 2,
		  FROZEN_DIFFERS, "people:x" },
		{ "commune people:x 1 people:y 3",
		  "commune people:x 2 people:unknown 2", 2, FROZEN_DIFFERS,
		  "people:x" },
		{ "commune people:x 3", "commune people:unknown 3", 1,
		  FROZEN_ERASED, "" },
		{ "commune people:unknown 3", "commune people:x 3", 1,
		  FROZEN_DIFFERS, "people:x" },
		{ "commune nominated:x 2", "commune people:unknown 2", 1,
		  FROZEN_DIFFERS, "people:unknown" },
		{ "commune people 3 people:x 1",
		  "commune people 2 people:unknown 1", 1, FROZEN_DIFFERS,
		  "people" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf a = value(rows[i].stated);
		struct buf b = value(rows[i].computed);
		struct frozen_difference d = { .name = "" };

		assert_int_equal(frozen_compare(buf_span(&a), buf_span(&b),
		    rows[i].erased, &d), rows[i].want);
		assert_string_equal(d.name, rows[i].name);
		buf_free(&a);
		buf_free(&b);
	}
}

/* ---- the op */

static void
an_op_needs_every_field(void **state)
{
	static const uint64_t fields[] = { FIELD_REPORT_NUMBER,
		FIELD_TREE_SIZE, FIELD_RULE_VERSION, FIELD_PERIOD,
		FIELD_FIGURES, FIELD_YEAR, FIELD_RANKING_RULE };
	enum { COUNT = sizeof fields / sizeof fields[0] };
	static const uint8_t subject[ID_LEN];

	(void)state;
	for (size_t without = 0; without <= COUNT; without++) {
		struct field_draft *d = field_draft_new();
		struct op op = { .subject = subject };
		struct buf map = { 0 };
		struct frozen z;

		for (size_t i = 0; i < COUNT; i++) {
			if (i == without)
				continue;
			if (fields[i] == FIELD_PERIOD)
				field_draft_put_text(d, FIELD_PERIOD,
				    (struct span){ (const uint8_t *)"2022Q1",
				    6 });
			else
				field_draft_put_uint(d, fields[i], 2022);
		}
		ok(field_draft_encode(d, &map));
		op.fields = buf_span(&map);
		op.kind = KIND_FREEZE;
		assert_int_equal(frozen_read(&op, &z),
		    without < 5 ? ERR_FORMAT : ERR_OK);
		op.kind = KIND_RANKING;
		assert_int_equal(frozen_read(&op, &z), without < COUNT &&
		    fields[without] != FIELD_PERIOD ? ERR_FORMAT : ERR_OK);
		if (without == COUNT) {
			assert_string_equal(z.period.text, "2022");
			assert_false(frozen_known(&z));
		}
		field_draft_free(d);
		buf_free(&map);
	}
}

/* ---- the ranking */

static struct figures *counted;

static void
put(struct state *s, uint64_t field, struct span element, const struct buf *b,
    uint64_t seq)
{
	struct write w = { .stamp = { .seq = seq, .leaf = seq },
		.value = buf_span(b) };

	ok(state_write(s, NULL, field, SECTION_PUBLIC, element, &w));
}

static void
put_uint(struct state *s, uint64_t field, struct span element, uint64_t v,
    uint64_t seq)
{
	struct buf b = { 0 };

	codec_put_uint(&b, v);
	put(s, field, element, &b, seq);
	buf_free(&b);
}

/* A cell with a quota of 2022, that admitted and nominated so many. */
static void
add_cell(uint8_t number, const char *code, uint64_t quota, unsigned admitted,
    unsigned nominated)
{
	const uint8_t scope[SCOPE_LEN] = { SCOPE_CELL, number };
	const struct span none = { NULL, 0 };
	uint8_t subject[ID_LEN], person[ID_LEN] = { number };
	struct state *s = state_new();
	struct buf b = { 0 };

	chain_scope_subject(scope, subject);
	state_note_kind(s, KIND_CELL);
	codec_put_cstr(&b, code);
	put(s, FIELD_CODE, none, &b, 1);
	ok(figures_add(counted, scope_root, subject, s));
	state_clear(s);
	state_note_kind(s, KIND_QUOTA);
	buf_free(&b);
	codec_put_bin(&b, (struct span){ scope, SCOPE_LEN });
	put(s, FIELD_CELL, none, &b, 1);
	buf_free(&b);
	put_uint(s, FIELD_YEAR, none, 2022, 1);
	put_uint(s, FIELD_NUMBER, none, quota, 1);
	ok(figures_add(counted, scope_root, person, s));
	state_clear(s);
	state_note_kind(s, KIND_PERSON);
	for (unsigned i = 0; i < admitted + nominated; i++) {
		uint8_t step = i < admitted ? STEP_ADMITTED : STEP_NOMINATED;
		uint8_t element[26] = { 0 };
		const struct span e = { element, sizeof element };

		element[23] = (uint8_t)(i + 1);
		element[25] = step;
		put_uint(s, FIELD_STEP, e, step, i + 1);
		put_uint(s, FIELD_DATE, e, 19000, i + 1);
		put_uint(s, FIELD_ROUND, e, i, i + 1);
	}
	ok(figures_add(counted, scope, person, s));
	state_free(s);
}

static void
equal_cells_share_a_rank(void **state)
{
	static const struct {
		const char *code;
		uint64_t rank;
		const char *percent;
	} want[] = {
		{ "f", 1, "200.0" },		/* above the quota */
		{ "b", 2, "50.0" },		/* 2 of 4 */
		{ "c", 3, "50.0" },		/* 1 of 2 and 3 nominated */
		{ "a", 4, "50.0" }, { "e", 4, "50.0" },
		{ "d", 6, "0.0" },
		{ "g", 0, "-" }, { "h", 0, "-" },
	};
	enum { COUNT = sizeof want / sizeof want[0] };
	struct ranking_row *rows = NULL;
	struct period year;
	size_t count = 0;

	(void)state;
	counted = figures_new(0);
	add_cell(1, "e", 2, 1, 1);
	add_cell(2, "b", 4, 2, 0);
	add_cell(3, "c", 2, 1, 3);
	add_cell(4, "a", 2, 1, 1);
	add_cell(5, "d", 9, 0, 5);
	add_cell(6, "f", 1, 2, 0);
	add_cell(7, "h", 0, 3, 0);
	add_cell(8, "g", 0, 0, 0);
	ok(period_parse("2022", &year));
	ok(ranking_make(counted, &year, &rows, &count));
	assert_int_equal(count, COUNT);
	for (size_t i = 0; i < COUNT; i++) {
		assert_string_equal(rows[i].cell->code, want[i].code);
		assert_int_equal(rows[i].rank, want[i].rank);
		assert_string_equal(rows[i].percent, want[i].percent);
	}
	free(rows);
	figures_free(counted);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_read_one_after_another),
		cmocka_unit_test(what_is_no_such_value_ends_the_reader),
		cmocka_unit_test(two_values_are_compared),
		cmocka_unit_test(an_op_needs_every_field),
		cmocka_unit_test(equal_cells_share_a_rank),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
