/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_compress.c -- what a reader of compress.h may rely on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/compress.h"
#include "protocol/crypto.h"

enum {
	MIB = 1024 * 1024,
	BOMB_BYTES = 100 * MIB,
	BLOCK = 128 * 1024,	/* the most that one zstd block makes */
};

static struct span
packed(struct span in, struct buf *out)
{
	bool shorter = false;

	assert_int_equal(compress_zstd(in, out, &shorter), ERR_OK);
	assert_true(shorter);
	return buf_span(out);
}

static void
what_was_compressed_comes_back(void **state)
{
	static const size_t sizes[] = { 100, 1000, BLOCK, BLOCK + 1, 3 * MIB };
	struct buf in = { 0 }, small = { 0 }, back = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		buf_reset(&in);
		buf_reset(&small);
		buf_reset(&back);
		while (in.n < sizes[i])
			buf_put_u8(&in, (uint8_t)(in.n / 7 * 31));
		buf_put_text(&back, "before");
		packed(buf_span(&in), &small);
		assert_true(small.n + COMPRESS_SAVES <= in.n);
		assert_int_equal(compress_unzstd(buf_span(&small), in.n,
		    &back), ERR_OK);
		assert_int_equal(back.n, in.n + 6);
		assert_memory_equal(back.p + 6, in.p, in.n);
	}
	buf_free(&in);
	buf_free(&small);
	buf_free(&back);
}

static void
what_does_not_shrink_is_left_alone(void **state)
{
	uint8_t noise[1000];
	struct buf out = { 0 };
	bool shorter;

	(void)state;
	crypto_random(noise, sizeof noise);
	for (size_t n = 0; n <= sizeof noise; n += 50) {
		shorter = true;
		assert_int_equal(compress_zstd((struct span){ noise, n },
		    &out, &shorter), ERR_OK);
		assert_false(shorter);
		assert_int_equal(out.n, 0);
	}
	buf_free(&out);
}

static void
no_more_than_the_bound_comes_out(void **state)
{
	static const uint8_t zeros[4096];
	struct buf small = { 0 }, back = { 0 };
	struct span p;

	(void)state;
	p = packed((struct span){ zeros, sizeof zeros }, &small);
	assert_int_equal(compress_unzstd(p, sizeof zeros - 1, &back),
	    ERR_LIMIT);
	assert_int_equal(compress_unzstd(p, 0, &back), ERR_LIMIT);
	assert_int_equal(back.n, 0);
	assert_int_equal(compress_unzstd(p, sizeof zeros, &back), ERR_OK);
	buf_free(&small);
	buf_free(&back);
}

static void
a_bomb_is_refused_before_it_is_unpacked(void **state)
{
	struct buf small = { 0 }, back = { 0 };
	uint8_t *zeros = calloc(1, BOMB_BYTES);
	struct span p;

	(void)state;
	assert_non_null(zeros);
	p = packed((struct span){ zeros, BOMB_BYTES }, &small);
	free(zeros);
	assert_true(p.n < 16 * 1024);
	assert_int_equal(compress_unzstd(p, 16 * MIB, &back), ERR_LIMIT);
	assert_int_equal(back.cap, 0);
	buf_free(&small);
	buf_free(&back);
}

/* A frame that does not say its size: 800 blocks of one zero, 128 KiB times
 * each. */
static void
put_silent_bomb(struct buf *out, uint8_t window)
{
	static const uint8_t magic[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x00 };
	uint32_t block;

	buf_put(out, magic, sizeof magic);
	buf_put_u8(out, window);
	for (unsigned i = 800; i-- > 0;) {
		block = (uint32_t)BLOCK << 3 | 1u << 1 | (i == 0);
		buf_put_u8(out, (uint8_t)block);
		buf_put_u8(out, (uint8_t)(block >> 8));
		buf_put_u8(out, (uint8_t)(block >> 16));
		buf_put_u8(out, 0);
	}
}

static void
a_bomb_without_a_size_is_cut_at_the_bound(void **state)
{
	struct buf small = { 0 }, back = { 0 };

	(void)state;
	put_silent_bomb(&small, 7 << 3);	/* a window of 128 KiB */
	assert_int_equal(compress_unzstd(buf_span(&small), 4 * MIB, &back),
	    ERR_LIMIT);
	assert_int_equal(back.n, 0);
	assert_true(back.cap <= 8 * MIB);
	assert_int_equal(compress_unzstd(buf_span(&small), BOMB_BYTES,
	    &back), ERR_OK);
	assert_int_equal(back.n, BOMB_BYTES);
	buf_free(&small);
	buf_free(&back);
}

static void
a_window_above_16_mib_is_refused(void **state)
{
	struct buf small = { 0 }, back = { 0 };

	(void)state;
	put_silent_bomb(&small, 15 << 3);	/* 32 MiB */
	assert_int_equal(compress_unzstd(buf_span(&small), BOMB_BYTES,
	    &back), ERR_LIMIT);
	assert_int_equal(back.cap, 0);
	buf_free(&small);
	buf_free(&back);
}

static void
it_must_be_one_whole_frame(void **state)
{
	static const uint8_t skippable[] = {
		0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 0xaa,
	};
	static const uint8_t text[600] = { 1, 2, 3 };
	struct buf small = { 0 }, back = { 0 };
	size_t n;

	(void)state;
	buf_put_text(&back, "kept");
	n = packed((struct span){ text, sizeof text }, &small).n;
	for (size_t cut = 0; cut < n; cut++) {
		assert_int_equal(compress_unzstd((struct span){ small.p, cut },
		    sizeof text, &back), ERR_FORMAT);
		assert_int_equal(back.n, 4);
	}
	buf_put_u8(&small, 0);
	assert_int_equal(compress_unzstd(buf_span(&small), sizeof text,
	    &back), ERR_FORMAT);
	small.n = n;
	(void)packed((struct span){ text, sizeof text }, &small);
	assert_int_equal(compress_unzstd(buf_span(&small), 2 * sizeof text,
	    &back), ERR_FORMAT);
	assert_int_equal(compress_unzstd(
	    (struct span){ skippable, sizeof skippable }, 100, &back),
	    ERR_FORMAT);
	assert_int_equal(back.n, 4);
	buf_free(&small);
	buf_free(&back);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_compressed_comes_back),
		cmocka_unit_test(what_does_not_shrink_is_left_alone),
		cmocka_unit_test(no_more_than_the_bound_comes_out),
		cmocka_unit_test(a_bomb_is_refused_before_it_is_unpacked),
		cmocka_unit_test(a_bomb_without_a_size_is_cut_at_the_bound),
		cmocka_unit_test(a_window_above_16_mib_is_refused),
		cmocka_unit_test(it_must_be_one_whole_frame),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
