/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_entry_build.c -- entry_encode, and the limits of an entry on both
 * sides.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/entry.h"
#include "protocol/limits.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const struct part_policy policies[] = {
	{ KEEP_AS_IS, KEEP_AS_IS, KEEP_AS_IS },
	{ KEEP_DIGEST, KEEP_MASKED, KEEP_DIGEST },
	{ KEEP_DIGEST, KEEP_DIGEST, KEEP_DIGEST },
	{ KEEP_LATER, KEEP_AS_IS, KEEP_LATER },
	{ KEEP_LATER, KEEP_LATER, KEEP_AS_IS },
	{ KEEP_MASKED, KEEP_MASKED, KEEP_MASKED },
};


/* An op of that many fields and parts of those lengths; 0: no part. */
static struct op_draft
draft_op(struct buf *fields, uint32_t count, size_t sealed, size_t facts)
{
	static const uint8_t zeros[LIMIT_PART_BYTES + 1];
	struct op_draft op = { .kind = 30 };

	buf_reset(fields);
	codec_put_map(fields, count);
	for (uint32_t i = 0; i < count; i++) {
		codec_put_uint(fields, i);
		codec_put_nil(fields);
	}
	op.fields = buf_span(fields);
	op.sealed = (struct span){ zeros, sealed };
	op.facts = (struct span){ zeros, facts };
	return op;
}

static void
the_builder_round_trips(void **state)
{
	struct buf fields = { .p = NULL }, out = { .p = NULL };
	struct op_draft ops[2] = {
		draft_op(&fields, 3, 40, 0), draft_op(&fields, 3, 41, 20),
	};
	uint8_t root[HASH_LEN] = { 1, 2, 3 };
	struct entry_draft d = {
		.seen = 70000, .time_ms = 1790000000000, .has_root = true,
		.epoch = 0, .root = root, .ops = ops, .op_count = 2,
	};
	struct entry e = { .ops = NULL };
	const uint8_t key[80] = { 9 };

	(void)state;
	ops[0].fields = ops[1].fields;
	ops[0].kind = 12;
	ops[1].key = (struct span){ key, sizeof key };
	memset(ops[1].subject, 0xab, ID_LEN);
	assert_int_equal(entry_encode(&d, &out), ERR_OK);
	assert_int_equal(entry_parse(buf_span(&out), &e), ERR_OK);
	assert_int_equal(e.seen, 70000);
	assert_int_equal(e.time_ms, 1790000000000);
	assert_true(e.has_root);
	assert_memory_equal(e.root, root, HASH_LEN);
	assert_int_equal(e.op_count, 2);
	assert_int_equal(e.ops[0].kind, 12);
	assert_int_equal(e.ops[0].part_count, 1);
	assert_true(span_equal(e.ops[0].fields, ops[0].fields));
	assert_int_equal(e.ops[1].part_count, 3);
	assert_memory_equal(e.ops[1].subject, ops[1].subject, ID_LEN);
	assert_true(span_equal(entry_part(&e.ops[1], PART_SEALED)->bytes,
	    ops[1].sealed));
	assert_true(span_equal(entry_part(&e.ops[1], PART_FACTS)->bytes,
	    ops[1].facts));
	assert_true(span_equal(entry_part(&e.ops[1], PART_KEY)->bytes,
	    ops[1].key));
	entry_free(&e);
	buf_free(&out);
	buf_free(&fields);
}

static void
the_builder_gives_the_golden_bytes(void **state)
{
	static const uint8_t want[] = {
		0x93, 0x05, 0xcd, 0x03, 0xe8, 0x91, 0x94, 0x1e, 0xc4, 0x10,
		0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
		0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x81, 0x01, 0x91, 0x64,
		0x92, 0x92, 0x01, 0xc4, 0x03, 0xaa, 0xbb, 0xcc, 0x92, 0x02,
		0xc4, 0x11, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22,
		0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x80,
	};
	static const uint8_t fields[] = { 0x81, 0x01, 0x91, 0x64 };
	static const uint8_t sealed[] = { 0xaa, 0xbb, 0xcc };
	struct op_draft op = {
		.kind = 30, .fields = { fields, sizeof fields },
		.sealed = { sealed, sizeof sealed },
		.facts = { want + sizeof want - 17, 17 },
	};
	struct entry_draft d = {
		.seen = 5, .time_ms = 1000, .ops = &op, .op_count = 1,
	};
	struct buf out = { .p = NULL };

	(void)state;
	memset(op.subject, 0x11, ID_LEN);
	assert_int_equal(entry_encode(&d, &out), ERR_OK);
	assert_int_equal(out.n, sizeof want);
	assert_memory_equal(out.p, want, sizeof want);
	buf_free(&out);
}

static const struct {
	const char *name;
	uint32_t ops, fields;
	size_t sealed, facts;
	err want;
} sizes[] = {
	{ "256 ops", 256, 0, 0, 0, ERR_OK },
	{ "257 ops", 257, 0, 0, 0, ERR_LIMIT },
	{ "no op", 0, 0, 0, 0, ERR_LIMIT },
	{ "64 fields", 1, 64, 0, 0, ERR_OK },
	{ "65 fields", 1, 65, 0, 0, ERR_LIMIT },
	{ "part 65536", 1, 0, 65536, 0, ERR_OK },
	{ "part 65537", 1, 0, 65537, 0, ERR_LIMIT },
	{ "facts 65536", 1, 0, 0, 65536, ERR_OK },
	{ "facts 65537", 1, 0, 0, 65537, ERR_LIMIT },
	{ "facts 17", 1, 0, 0, 17, ERR_OK },
	{ "facts 16", 1, 0, 0, 16, ERR_FORMAT },
	{ "256 KiB", 4, 0, 65480, 17, ERR_LIMIT },
	{ "less", 4, 0, 65450, 17, ERR_OK },
};

static void
the_builder_keeps_the_limits(void **state)
{
	static struct op_draft ops[LIMIT_ENTRY_OPS + 1];
	struct buf fields = { .p = NULL }, out = { .p = NULL };
	struct entry e = { .ops = NULL };

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct entry_draft d = {
			.ops = ops, .op_count = sizes[i].ops,
		};

		for (size_t j = 0; j < COUNT(ops); j++)
			ops[j] = draft_op(&fields, sizes[i].fields,
			    sizes[i].sealed, sizes[i].facts);
		buf_reset(&out);
		if (entry_encode(&d, &out) != sizes[i].want)
			fail_msg("%s", sizes[i].name);
		if (sizes[i].want == ERR_OK)
			assert_int_equal(entry_parse(buf_span(&out), &e),
			    ERR_OK);
		else
			assert_int_equal(out.n, 0);
	}
	entry_free(&e);
	buf_free(&out);
	buf_free(&fields);
}

static void
the_builder_refuses_fields_that_are_no_map(void **state)
{
	static const uint8_t two[] = { 0x80, 0x80 }, list[] = { 0x90 };
	struct op_draft op = { .kind = 1, .fields = { two, 2 } };
	struct entry_draft d = { .ops = &op, .op_count = 1 };
	struct buf out = { .p = NULL };

	(void)state;
	assert_int_equal(entry_encode(&d, &out), ERR_FORMAT);
	op.fields = (struct span){ list, 1 };
	assert_int_equal(entry_encode(&d, &out), ERR_FORMAT);
	op.fields = (struct span){ NULL, 0 };
	assert_int_equal(entry_encode(&d, &out), ERR_FORMAT);
	assert_int_equal(out.n, 0);
	buf_free(&out);
}

/* The same table by hand, past the builder. */
static void
the_parser_keeps_the_limits(void **state)
{
	static const uint8_t zeros[LIMIT_ENTRY_BYTES + 1];
	struct buf out = { .p = NULL };
	struct entry e = { .ops = NULL };

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		if (sizes[i].ops == 0)
			continue;
		buf_reset(&out);
		codec_put_array(&out, 3);
		codec_put_uint(&out, 0);
		codec_put_uint(&out, 0);
		codec_put_array(&out, sizes[i].ops);
		for (uint32_t j = 0; j < sizes[i].ops; j++) {
			codec_put_array(&out, 4);
			codec_put_uint(&out, 30);
			codec_put_bin(&out, (struct span){ zeros, ID_LEN });
			codec_put_map(&out, sizes[i].fields);
			for (uint32_t k = 0; k < sizes[i].fields; k++) {
				codec_put_uint(&out, k);
				codec_put_nil(&out);
			}
			codec_put_array(&out, (sizes[i].sealed > 0) +
			    (uint32_t)(sizes[i].facts > 0));
			for (uint32_t k = 1; k <= 2; k++) {
				size_t n = k == 1 ? sizes[i].sealed :
				    sizes[i].facts;

				if (n == 0)
					continue;
				codec_put_array(&out, 2);
				codec_put_uint(&out, k);
				codec_put_bin(&out,
				    (struct span){ zeros, n });
			}
		}
		if (entry_parse(buf_span(&out), &e) != sizes[i].want)
			fail_msg("%s", sizes[i].name);
	}
	assert_int_equal(entry_parse((struct span){ zeros, sizeof zeros },
	    &e), ERR_LIMIT);
	entry_free(&e);
	buf_free(&out);
}

/* 256 ops with three parts of one byte, and one part that fills the entry up:
 * the bound counts the parts as digests, so what passes has copies. */
static void
an_entry_at_the_bound_has_copies_in_it(void **state)
{
	static struct op_draft ops[LIMIT_ENTRY_OPS];
	static const uint8_t zeros[LIMIT_PART_BYTES], map[] = { 0x80 };
	struct entry_draft d = { .ops = ops, .op_count = COUNT(ops) };
	struct entry e = { .ops = NULL }, again = { .ops = NULL };
	struct buf out = { .p = NULL }, copy = { .p = NULL };
	size_t most = 1, above = LIMIT_PART_BYTES;

	(void)state;
	for (size_t i = 0; i < COUNT(ops); i++) {
		ops[i].fields = (struct span){ map, 1 };
		ops[i].sealed = (struct span){ zeros, 1 };
		ops[i].facts = (struct span){ zeros, 100 };
		ops[i].key = (struct span){ zeros, 1 };
	}
	ops[0].sealed.n = ops[1].sealed.n = ops[2].sealed.n =
	    LIMIT_PART_BYTES;
	while (above - most > 1) {
		ops[3].sealed.n = (most + above) / 2;
		buf_reset(&out);
		if (entry_encode(&d, &out) == ERR_OK)
			most = ops[3].sealed.n;
		else
			above = ops[3].sealed.n;
	}
	assert_in_range(most, 1000, LIMIT_PART_BYTES - 1000);
	ops[3].sealed.n = most;
	buf_reset(&out);
	assert_int_equal(entry_encode(&d, &out), ERR_OK);
	assert_int_equal(entry_parse(buf_span(&out), &e), ERR_OK);
	assert_true(out.n < LIMIT_ENTRY_BYTES);
	for (size_t i = 0; i < COUNT(policies); i++) {
		buf_reset(&copy);
		assert_int_equal(entry_copy(&e, &policies[i], &copy), ERR_OK);
		assert_int_equal(entry_parse(buf_span(&copy), &again),
		    ERR_OK);
	}
	/* the longest copy fills the bound */
	buf_reset(&copy);
	assert_int_equal(entry_copy(&e, &(struct part_policy){ KEEP_AS_IS,
	    KEEP_MASKED, KEEP_LATER }, &copy), ERR_OK);
	assert_true(copy.n > LIMIT_ENTRY_BYTES - 40 * LIMIT_ENTRY_OPS);
	entry_free(&e);
	entry_free(&again);
	buf_free(&out);
	buf_free(&copy);
}

static int
start(void **state)
{
	(void)state;
	return crypto_start() == ERR_OK ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_builder_round_trips),
		cmocka_unit_test(the_builder_gives_the_golden_bytes),
		cmocka_unit_test(the_builder_keeps_the_limits),
		cmocka_unit_test(the_builder_refuses_fields_that_are_no_map),
		cmocka_unit_test(the_parser_keeps_the_limits),
		cmocka_unit_test(an_entry_at_the_bound_has_copies_in_it),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
