/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_field_map.c -- what a reader of field_map.h may rely on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/field_map.h"
#include "protocol/limits.h"

#define SPAN(a) ((struct span){ (a), sizeof(a) })
#define TEXT(s) ((struct span){ (const uint8_t *)(s), sizeof(s) - 1 })

/* { 1: [100, 300], 5: true, 20: 7, 21: -3, 22: "ab", 23: bin 2, 200: nil } */
static const uint8_t sample[] = {
	0x87, 0x01, 0x92, 0x64, 0xcd, 0x01, 0x2c, 0x05, 0xc3, 0x14, 0x07,
	0x15, 0xfd, 0x16, 0xa2, 'a', 'b', 0x17, 0xc4, 0x02, 0xaa, 0xbb,
	0xcc, 0xc8, 0xc0,
};

static void
each_type_is_read(void **state)
{
	const uint8_t *p;
	struct span s;
	uint64_t u;
	int64_t i;
	bool b;

	(void)state;
	assert_int_equal(field_map_uint(SPAN(sample), 20, &u), ERR_OK);
	assert_int_equal(u, 7);
	assert_int_equal(field_map_int(SPAN(sample), 20, &i), ERR_OK);
	assert_int_equal(i, 7);
	assert_int_equal(field_map_int(SPAN(sample), 21, &i), ERR_OK);
	assert_int_equal(i, -3);
	assert_int_equal(field_map_bool(SPAN(sample), 5, &b), ERR_OK);
	assert_true(b);
	assert_int_equal(field_map_text(SPAN(sample), 22, &s), ERR_OK);
	assert_true(span_equal(s, TEXT("ab")));
	assert_int_equal(field_map_fixed(SPAN(sample), 23, 2, &p), ERR_OK);
	assert_ptr_equal(p, sample + 20);
	assert_int_equal(field_map_get(SPAN(sample), 200, &s), ERR_OK);
	assert_int_equal(s.n, 1);
	assert_ptr_equal(s.p, sample + sizeof sample - 1);
}

static void
absent_and_wrong_types(void **state)
{
	static const uint64_t absent[] = { 0, 2, 24, 199, 201, UINT64_MAX };
	const uint8_t *p = NULL;
	struct span s = { NULL, 9 };
	struct op_ref ref;
	struct entry_ref entry;
	uint64_t u = 99;
	int64_t i = 99;
	bool b = false;

	(void)state;
	for (size_t k = 0; k < sizeof absent / sizeof absent[0]; k++)
		assert_int_equal(field_map_get(SPAN(sample), absent[k], &s),
		    ERR_ABSENT);
	assert_int_equal(field_map_uint((struct span){ NULL, 0 }, 1, &u),
	    ERR_ABSENT);
	assert_int_equal(field_map_uint(SPAN(sample), 2, &u), ERR_ABSENT);
	assert_int_equal(field_map_uint(SPAN(sample), 21, &u), ERR_FORMAT);
	assert_int_equal(field_map_int(SPAN(sample), 22, &i), ERR_FORMAT);
	assert_int_equal(field_map_bool(SPAN(sample), 20, &b), ERR_FORMAT);
	assert_int_equal(field_map_text(SPAN(sample), 23, &s), ERR_FORMAT);
	assert_int_equal(field_map_fixed(SPAN(sample), 23, 3, &p), ERR_FORMAT);
	assert_int_equal(field_map_fixed(SPAN(sample), 22, 2, &p), ERR_FORMAT);
	assert_int_equal(field_map_ref(SPAN(sample), 1, &ref), ERR_FORMAT);
	assert_int_equal(field_map_entry_ref(SPAN(sample), 1, &entry),
	    ERR_FORMAT);
	/* outputs are untouched on error */
	assert_int_equal(u, 99);
	assert_int_equal(i, 99);
	assert_int_equal(s.n, 9);
	assert_null(p);
}

static void
any_bytes_are_safe(void **state)
{
	uint8_t *cut;
	struct span s;

	(void)state;
	for (size_t n = 1; n < sizeof sample; n++) {
		cut = malloc(n);
		assert_non_null(cut);
		memcpy(cut, sample, n);
		assert_int_equal(field_map_get((struct span){ cut, n }, 200,
		    &s), ERR_FORMAT);
		free(cut);
	}
}

static void
lists(void **state)
{
	(void)state;
	assert_true(field_map_lists(SPAN(sample), 1, 100));
	assert_true(field_map_lists(SPAN(sample), 1, 300));
	assert_false(field_map_lists(SPAN(sample), 1, 101));
	assert_false(field_map_lists(SPAN(sample), 2, 100));
	assert_false(field_map_lists(SPAN(sample), 20, 7));
}

static void
references_round_trip(void **state)
{
	struct op_ref ref = { .seq = 70000, .op = 255 }, ref2;
	struct entry_ref entry = { .seq = 3 }, entry2;
	struct field_draft *d = field_draft_new();
	struct buf out = { .p = NULL };

	(void)state;
	assert_non_null(d);
	memset(ref.log, 0xaa, ID_LEN);
	memset(entry.log, 0xbb, ID_LEN);
	memset(entry.hash, 0xcc, HASH_LEN);
	field_draft_put_entry_ref(d, 4, &entry);
	field_draft_put_ref(d, 3, &ref);
	assert_int_equal(field_draft_encode(d, &out), ERR_OK);
	assert_int_equal(field_map_ref(buf_span(&out), 3, &ref2), ERR_OK);
	assert_memory_equal(ref2.log, ref.log, ID_LEN);
	assert_int_equal(ref2.seq, 70000);
	assert_int_equal(ref2.op, 255);
	assert_int_equal(field_map_entry_ref(buf_span(&out), 4, &entry2),
	    ERR_OK);
	assert_memory_equal(entry2.log, entry.log, ID_LEN);
	assert_int_equal(entry2.seq, 3);
	assert_memory_equal(entry2.hash, entry.hash, HASH_LEN);
	/* the one is not the other */
	assert_int_equal(field_map_ref(buf_span(&out), 4, &ref2), ERR_FORMAT);
	assert_int_equal(field_map_entry_ref(buf_span(&out), 3, &entry2),
	    ERR_FORMAT);
	buf_free(&out);
	field_draft_free(d);
}

static void
malformed_references(void **state)
{
	uint8_t raw[64] = { 0x93, 0xc4, 0x10 };
	struct op_ref ref;

	(void)state;
	raw[19] = 5;
	raw[20] = 7;
	assert_int_equal(field_value_ref((struct span){ raw, 21 }, &ref),
	    ERR_OK);
	assert_int_equal(ref.seq, 5);
	for (size_t n = 0; n < 21; n++)
		assert_int_equal(field_value_ref((struct span){ raw, n },
		    &ref), ERR_FORMAT);
	assert_int_equal(field_value_ref((struct span){ raw, 22 }, &ref),
	    ERR_FORMAT);
	raw[0] = 0x92;
	assert_int_equal(field_value_ref((struct span){ raw, 21 }, &ref),
	    ERR_FORMAT);
	raw[0] = 0x94;
	assert_int_equal(field_value_ref((struct span){ raw, 22 }, &ref),
	    ERR_FORMAT);
	raw[0] = 0x93;
	memcpy(raw + 20, "\xcd\x01\x00", 3);	/* op 256 */
	assert_int_equal(field_value_ref((struct span){ raw, 23 }, &ref),
	    ERR_FORMAT);
}

static void
a_draft_encodes_in_order_and_once(void **state)
{
	static const uint8_t bin[] = { 0xaa, 0xbb }, nil[] = { 0xc0 };
	static const uint8_t list[] = { 0x92, 0x64, 0xcd, 0x01, 0x2c };
	struct field_draft *d = field_draft_new();
	struct buf out = { .p = NULL };

	(void)state;
	assert_non_null(d);
	field_draft_put_raw(d, 200, SPAN(nil));
	field_draft_put_text(d, 22, TEXT("something longer"));
	field_draft_put_int(d, 21, -3);
	field_draft_put_uint(d, 20, 6);
	field_draft_put_raw(d, 1, SPAN(list));
	field_draft_put_bin(d, 23, SPAN(bin));
	field_draft_put_uint(d, 20, 7);
	field_draft_put_bool(d, 5, true);
	field_draft_put_text(d, 22, TEXT("ab"));
	assert_int_equal(field_draft_count(d), 7);
	buf_put_u8(&out, 0x55);		/* appends */
	assert_int_equal(field_draft_encode(d, &out), ERR_OK);
	assert_int_equal(out.n, 1 + sizeof sample);
	assert_memory_equal(out.p + 1, sample, sizeof sample);
	buf_free(&out);
	field_draft_free(d);
}

static void
numbers_of_another_draft(void **state)
{
	static const uint8_t want[] = { 0x81, 0x02, 0x92, 0x05, 0xcc, 0xc8 };
	struct field_draft *d = field_draft_new(), *of = field_draft_new();
	struct buf out = { .p = NULL };

	(void)state;
	assert_non_null(d);
	assert_non_null(of);
	field_draft_put_numbers(d, 2, NULL);
	field_draft_put_numbers(d, 2, of);
	assert_int_equal(field_draft_count(d), 0);
	field_draft_put_uint(of, 200, 1);
	field_draft_put_uint(of, 5, 1);
	field_draft_put_numbers(d, 2, of);
	assert_int_equal(field_draft_encode(d, &out), ERR_OK);
	assert_int_equal(out.n, sizeof want);
	assert_memory_equal(out.p, want, sizeof want);
	buf_free(&out);
	field_draft_free(d);
	field_draft_free(of);
	field_draft_free(NULL);
}

static void
an_empty_draft_is_an_empty_map(void **state)
{
	struct field_draft *d = field_draft_new();
	struct buf out = { .p = NULL };

	(void)state;
	assert_non_null(d);
	assert_int_equal(field_draft_encode(d, &out), ERR_OK);
	assert_int_equal(out.n, 1);
	assert_int_equal(out.p[0], 0x80);
	buf_free(&out);
	field_draft_free(d);
}

enum wrong { TOO_MANY, LONG_TEXT, LONG_BIN, BAD_TEXT, BAD_RAW, DEEP_RAW };

static void
put_wrong(struct field_draft *d, enum wrong wrong)
{
	static const uint8_t big[LIMIT_BIN_BYTES + 1];
	static const uint8_t two[] = { 0x01, 0x02 };
	static const uint8_t deep[] = { 0x91, 0x91, 0x91, 0x91, 0x90 };

	switch (wrong) {
	case TOO_MANY:
		for (uint64_t i = 0; i < LIMIT_OP_FIELDS; i++)
			field_draft_put_uint(d, 1000 - i, i);
		assert_int_equal(field_draft_count(d), LIMIT_OP_FIELDS);
		field_draft_put_uint(d, 5, 1);
		break;
	case LONG_TEXT:
		field_draft_put_text(d, 1, (struct span){ big,
		    LIMIT_TEXT_BYTES + 1 });
		break;
	case LONG_BIN:
		field_draft_put_bin(d, 1, SPAN(big));
		break;
	case BAD_TEXT:
		field_draft_put_text(d, 1, TEXT("\xc0\x80"));
		break;
	case BAD_RAW:
		field_draft_put_raw(d, 1, SPAN(two));
		break;
	case DEEP_RAW:
		field_draft_put_raw(d, 1, SPAN(deep));
		break;
	}
}

static void
errors_are_kept_until_the_encode(void **state)
{
	static const err want[] = {
		[TOO_MANY] = ERR_LIMIT, [LONG_TEXT] = ERR_LIMIT,
		[LONG_BIN] = ERR_LIMIT, [BAD_TEXT] = ERR_FORMAT,
		[BAD_RAW] = ERR_FORMAT, [DEEP_RAW] = ERR_LIMIT,
	};
	struct buf out = { .p = NULL };

	(void)state;
	for (unsigned i = 0; i < sizeof want / sizeof want[0]; i++) {
		struct field_draft *d = field_draft_new();

		assert_non_null(d);
		put_wrong(d, (enum wrong)i);
		field_draft_put_uint(d, 3, 1);
		assert_int_equal(field_draft_encode(d, &out), want[i]);
		assert_int_equal(out.n, 0);
		field_draft_free(d);
	}
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_type_is_read),
		cmocka_unit_test(absent_and_wrong_types),
		cmocka_unit_test(any_bytes_are_safe),
		cmocka_unit_test(lists),
		cmocka_unit_test(references_round_trip),
		cmocka_unit_test(malformed_references),
		cmocka_unit_test(a_draft_encodes_in_order_and_once),
		cmocka_unit_test(numbers_of_another_draft),
		cmocka_unit_test(an_empty_draft_is_an_empty_map),
		cmocka_unit_test(errors_are_kept_until_the_encode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
