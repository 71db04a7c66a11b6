/* SPDX-License-Identifier: Apache-2.0 */
/* test_arena.c -- what a reader of arena.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/arena.h"

enum { PIECES = 400 };

/* Takes PIECES of 1 to PIECES bytes and fills each with its number. */
static void
take_many(struct arena *a, uint8_t **pieces)
{
	for (size_t i = 0; i < PIECES; i++) {
		pieces[i] = arena_take(a, i + 1);
		assert_non_null(pieces[i]);
		assert_int_equal((uintptr_t)pieces[i] % sizeof(uint64_t), 0);
		memset(pieces[i], (int)(i & 0xff), i + 1);
	}
}

static void
pieces_are_apart_and_stay(void **state)
{
	static uint8_t *pieces[PIECES];
	struct arena a = { NULL, 0 };

	(void)state;
	take_many(&a, pieces);
	for (size_t i = 0; i < PIECES; i++)
		for (size_t k = 0; k <= i; k++)
			assert_int_equal(pieces[i][k], i & 0xff);
	assert_true(a.taken >= PIECES * (PIECES + 1) / 2);
	arena_free(&a);
	assert_int_equal(a.taken, 0);
	arena_free(&a);
	arena_free(NULL);
}

static void
clear_gives_all_back(void **state)
{
	static uint8_t *pieces[PIECES];
	struct arena a = { NULL, 0 };
	const void *again;

	(void)state;
	arena_clear(&a);
	for (int i = 0; i < 3; i++) {
		take_many(&a, pieces);
		arena_clear(&a);
		assert_int_equal(a.taken, 0);
	}
	/* the newest chunk is used again */
	again = arena_take(&a, 8);
	arena_clear(&a);
	assert_ptr_equal(arena_take(&a, 8), again);
	arena_free(&a);
}

static void
any_size_is_taken_or_refused(void **state)
{
	struct arena a = { NULL, 0 };
	uint8_t *large;

	(void)state;
	assert_non_null(arena_take(&a, 0));
	large = arena_take(&a, 5000000);
	assert_non_null(large);
	memset(large, 1, 5000000);
	assert_null(arena_take(&a, SIZE_MAX));
	assert_null(arena_take(&a, SIZE_MAX / 2 + 1));
	assert_non_null(arena_take(&a, 1));
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_apart_and_stay),
		cmocka_unit_test(clear_gives_all_back),
		cmocka_unit_test(any_size_is_taken_or_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
