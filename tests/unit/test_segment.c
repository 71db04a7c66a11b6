/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_segment.c -- what a reader of segment.h may rely on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/limits.h"
#include "protocol/segment.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* Two entries, in shape only: [5, 6] and [7]. */
static const uint8_t two[] = { 0x92, 0x05, 0x06, 0x91, 0x07 };

static struct segment
sample(void)
{
	struct segment s = {
		.first = 300, .count = 2, .entries = { two, sizeof two },
	};

	memset(s.log, 0xaa, ID_LEN);
	memset(s.sig, 0xbb, SIG_LEN);
	return s;
}

static void
golden_bytes_and_round_trip(void **state)
{
	static const uint8_t middle[] = {
		0xcd, 0x01, 0x2c, 0x92, 0x92, 0x05, 0x06, 0x91, 0x07, 0xc4,
		0x40,
	};
	struct segment s = sample(), got;
	struct buf out = { .p = NULL };
	struct codec_reader r;

	(void)state;
	segment_put(&out, &s);
	buf_put_u8(&out, 0x2a);		/* the frame goes on */
	assert_int_equal(buf_err(&out), ERR_OK);
	assert_int_equal(out.n, 2 + ID_LEN + sizeof middle + SIG_LEN + 1);
	assert_memory_equal(out.p, "\xc4\x10", 2);
	assert_memory_equal(out.p + 2, s.log, ID_LEN);
	assert_memory_equal(out.p + 2 + ID_LEN, middle, sizeof middle);
	r = codec_reader(buf_span(&out));
	assert_int_equal(segment_read(&r, &got), ERR_OK);
	assert_int_equal(r.end - r.p, 1);
	assert_memory_equal(got.log, s.log, ID_LEN);
	assert_int_equal(got.first, 300);
	assert_int_equal(got.count, 2);
	assert_true(span_equal(got.entries, s.entries));
	assert_memory_equal(got.sig, s.sig, SIG_LEN);
	assert_int_equal(segment_last(&got), 301);
	buf_free(&out);
}

static void
entries_one_after_another(void **state)
{
	struct segment s = sample();
	size_t cursor = 0;
	struct span raw;

	(void)state;
	assert_int_equal(segment_next(&s, &cursor, &raw), ERR_OK);
	assert_ptr_equal(raw.p, two);
	assert_int_equal(raw.n, 3);
	assert_int_equal(segment_next(&s, &cursor, &raw), ERR_OK);
	assert_ptr_equal(raw.p, two + 3);
	assert_int_equal(raw.n, 2);
	assert_int_equal(segment_next(&s, &cursor, &raw), ERR_ABSENT);
	assert_int_equal(segment_next(&s, &cursor, &raw), ERR_ABSENT);
	assert_int_equal(cursor, sizeof two);
}

static void
a_cut_at_any_byte_is_refused(void **state)
{
	struct segment s = sample(), got = { .count = 77 };
	struct buf out = { .p = NULL };

	(void)state;
	segment_put(&out, &s);
	for (size_t n = 0; n < out.n; n++) {
		uint8_t *cut = malloc(n == 0 ? 1 : n);
		struct codec_reader r;

		assert_non_null(cut);
		memcpy(cut, out.p, n);
		r = codec_reader((struct span){ cut, n });
		assert_int_equal(segment_read(&r, &got), ERR_FORMAT);
		/* reader and output are untouched */
		assert_ptr_equal(r.p, cut);
		assert_int_equal(got.count, 77);
		free(cut);
	}
	buf_free(&out);
}

/* Reads what segment_put made of a segment of count entries, each of them
 * `each` bytes (3 at least). */
static err
read_made(uint64_t first, uint32_t count, uint32_t claimed, size_t each)
{
	static const uint8_t zeros[LIMIT_ENTRY_BYTES + 1];
	struct buf entries = { .p = NULL }, out = { .p = NULL };
	struct segment s = { .first = first, .count = claimed }, got;
	struct codec_reader r;
	err rc;

	for (uint32_t i = 0; i < count; i++) {
		size_t end = entries.n + each, head = each < 256 ? 2 :
		    each < 65536 ? 3 : 5;

		codec_put_bin(&entries, (struct span){ zeros, each - head });
		assert_int_equal(entries.n, end);
	}
	s.entries = buf_span(&entries);
	segment_put(&out, &s);
	assert_int_equal(buf_err(&out), ERR_OK);
	r = codec_reader(buf_span(&out));
	rc = segment_read(&r, &got);
	buf_free(&entries);
	buf_free(&out);
	return rc;
}

static void
bounds(void **state)
{
	static const struct {
		uint64_t first;
		uint32_t count, claimed;
		size_t each;
		err want;
	} cases[] = {
		{ 1, 1, 1, 3, ERR_OK },
		{ 0, 1, 1, 3, ERR_FORMAT },
		{ 1, 0, 0, 3, ERR_FORMAT },
		{ 1, 1, 2, 3, ERR_FORMAT },
		{ 1, 2, 1, 3, ERR_FORMAT },
		{ 1, 1024, 1024, 3, ERR_OK },
		{ 1, 1025, 1025, 3, ERR_LIMIT },
		{ 1, 1024, 1024, 1024, ERR_OK },
		{ 1, 1024, 1024, 1025, ERR_LIMIT },
		{ 1, 1, 1, LIMIT_ENTRY_BYTES, ERR_OK },
		{ 1, 1, 1, LIMIT_ENTRY_BYTES + 1, ERR_LIMIT },
		{ UINT64_MAX - 1, 1, 1, 3, ERR_OK },
		{ UINT64_MAX, 1, 1, 3, ERR_FORMAT },
		{ UINT64_MAX - 1, 2, 2, 3, ERR_FORMAT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (read_made(cases[i].first, cases[i].count,
		    cases[i].claimed, cases[i].each) != cases[i].want)
			fail_msg("case %zu", i);
}

static void
fields_of_another_kind(void **state)
{
	struct segment s = sample(), got;
	struct buf out = { .p = NULL };
	/* log, first, entries, an entry, sig */
	static const struct {
		size_t at;
		uint8_t byte;
	} cases[] = {
		{ 1, 0x0f }, { 0, 0xc5 }, { 18, 0xd1 }, { 21, 0x82 },
		{ 22, 0xc1 }, { 28, 0x3f },
	};

	(void)state;
	segment_put(&out, &s);
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t was = out.p[cases[i].at];
		struct codec_reader r = codec_reader(buf_span(&out));

		out.p[cases[i].at] = cases[i].byte;
		if (segment_read(&r, &got) != ERR_FORMAT)
			fail_msg("case %zu", i);
		out.p[cases[i].at] = was;
	}
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_bytes_and_round_trip),
		cmocka_unit_test(entries_one_after_another),
		cmocka_unit_test(a_cut_at_any_byte_is_refused),
		cmocka_unit_test(bounds),
		cmocka_unit_test(fields_of_another_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
