/* SPDX-License-Identifier: Apache-2.0 */
/* test_schedule.c -- what a reader of schedule.h may rely on. */
#include "daemon/cell/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define T0 UINT64_C(5000000)

static const struct schedule_config config = {
	.retry_min_ms = 2000,
	.retry_ceiling_ms = 300000,
	.interval_ms = 300000,
};

static void
first_try_is_due_at_once(void **state)
{
	struct schedule s;

	(void)state;
	schedule_start(&s, &config, T0);
	assert_int_equal(s.next_ms, T0);
}

static void
bound_doubles_up_to_the_ceiling(void **state)
{
	static const uint64_t want[] = { 2000, 4000, 8000, 16000, 32000, 64000,
		128000, 256000, 300000, 300000, 300000 };
	struct schedule s;
	uint64_t now = T0;

	(void)state;
	schedule_start(&s, &config, now);
	for (size_t i = 0; i < COUNT(want); i++) {
		schedule_begin(&s, now);
		/* the largest remainder: the top of the jitter */
		schedule_end(&s, now, SCHEDULE_FAILED, 0, want[i]);
		assert_int_equal(s.next_ms, now + want[i]);
		now = s.next_ms;
	}
}

static void
jitter_is_full(void **state)
{
	struct schedule s;

	(void)state;
	schedule_start(&s, &config, T0);
	for (int i = 0; i < 20; i++) {
		schedule_begin(&s, T0);
		schedule_end(&s, T0, SCHEDULE_FAILED, 0, 0);
	}
	/* none of it, but for the gap */
	assert_int_equal(s.next_ms, T0 + SCHEDULE_GAP_MS);
	schedule_end(&s, T0, SCHEDULE_FAILED, 0, 12345);
	assert_int_equal(s.next_ms, T0 + 12345);
	schedule_end(&s, T0, SCHEDULE_FAILED, 0, UINT64_MAX);
	assert_in_range(s.next_ms, T0, T0 + 300000);
}

static void
failures_never_stop_it(void **state)
{
	struct schedule s;

	(void)state;
	schedule_start(&s, &config, T0);
	s.failures = UINT64_MAX;
	schedule_begin(&s, T0);
	schedule_end(&s, T0, SCHEDULE_FAILED, 0, 7000);
	assert_int_equal(s.failures, UINT64_MAX);
	assert_int_equal(s.next_ms, T0 + 7000);
}

static void
success_resets(void **state)
{
	struct schedule s;

	(void)state;
	schedule_start(&s, &config, T0);
	for (int i = 0; i < 9; i++)
		schedule_end(&s, T0, SCHEDULE_FAILED, 0, 0);
	schedule_begin(&s, T0);
	schedule_end(&s, T0 + 500, SCHEDULE_IN_STEP, 0, 0);
	assert_int_equal(s.failures, 0);
	assert_int_equal(s.next_ms, T0 + 500 + 300000);
	schedule_end(&s, T0 + 500, SCHEDULE_FAILED, 0, 2000);
	assert_int_equal(s.next_ms, T0 + 500 + 2000);
}

static void
in_step_spreads_a_little(void **state)
{
	struct schedule s;

	(void)state;
	schedule_start(&s, &config, T0);
	for (uint64_t r = 0; r < 100000; r += 997) {
		schedule_end(&s, T0, SCHEDULE_IN_STEP, 0, r);
		assert_in_range(s.next_ms, T0 + 270000, T0 + 300000);
	}
}

static void
more_comes_at_once(void **state)
{
	struct schedule s;

	(void)state;
	schedule_start(&s, &config, T0);
	schedule_begin(&s, T0);
	schedule_end(&s, T0 + 10, SCHEDULE_MORE, 0, 99);
	assert_int_equal(s.next_ms, T0 + 10);
	/* unless the hub asks for time */
	schedule_end(&s, T0 + 10, SCHEDULE_MORE, 4000, 99);
	assert_int_equal(s.next_ms, T0 + 4010);
}

static void
refused_waits_for_the_ceiling(void **state)
{
	struct schedule s;

	(void)state;
	schedule_start(&s, &config, T0);
	schedule_begin(&s, T0);
	schedule_end(&s, T0, SCHEDULE_REFUSED, 0, 5);
	assert_int_equal(s.next_ms, T0 + 300000);
}

static void
hub_wish_is_kept_and_bounded(void **state)
{
	struct schedule s;

	(void)state;
	schedule_start(&s, &config, T0);
	schedule_begin(&s, T0);
	schedule_end(&s, T0, SCHEDULE_FAILED, 60000, 0);
	assert_int_equal(s.next_ms, T0 + 60000);
	schedule_poke(&s, T0 + 2000, SCHEDULE_CHANGE);
	assert_int_equal(s.next_ms, T0 + 60000);
	schedule_poke(&s, T0 + 2000, SCHEDULE_PERSON);
	assert_int_equal(s.next_ms, T0 + 2000);
	schedule_end(&s, T0, SCHEDULE_FAILED, UINT64_MAX, 0);
	assert_int_equal(s.next_ms, T0 + SCHEDULE_WAIT_MAX_MS);
	/* a wish lasts for one wait */
	schedule_end(&s, T0 + 10000, SCHEDULE_IN_STEP, 0, 0);
	schedule_poke(&s, T0 + 20000, SCHEDULE_CHANGE);
	assert_int_equal(s.next_ms, T0 + 20000);
}

static void
poke_tries_now_but_for_the_gap(void **state)
{
	static const enum schedule_poke pokes[] = { SCHEDULE_CHANGE,
		SCHEDULE_PERSON };
	struct schedule s;

	(void)state;
	for (size_t i = 0; i < COUNT(pokes); i++) {
		schedule_start(&s, &config, T0);
		schedule_begin(&s, T0);
		for (int k = 0; k < 9; k++)
			schedule_end(&s, T0, SCHEDULE_FAILED, 0, 299999);
		schedule_poke(&s, T0 + 300, pokes[i]);
		assert_int_equal(s.next_ms, T0 + SCHEDULE_GAP_MS);
		schedule_poke(&s, T0 + 5000, pokes[i]);
		/* never later than it was */
		assert_int_equal(s.next_ms, T0 + SCHEDULE_GAP_MS);
		/* and the bound starts low again */
		schedule_begin(&s, T0 + 5000);
		schedule_end(&s, T0 + 5000, SCHEDULE_FAILED, 0, 2000);
		assert_int_equal(s.next_ms, T0 + 7000);
	}
}

static void
odd_configs_still_give_a_time(void **state)
{
	static const struct schedule_config odd[] = {
		{ 0, 0, 0 },
		{ UINT64_MAX, UINT64_MAX, UINT64_MAX },
		{ 5000, 1000, 10 },
	};
	struct schedule s;

	(void)state;
	for (size_t i = 0; i < COUNT(odd); i++) {
		schedule_start(&s, &odd[i], T0);
		for (int k = 0; k < 70; k++) {
			schedule_begin(&s, T0);
			schedule_end(&s, T0, SCHEDULE_FAILED, 0, 77);
			assert_true(s.next_ms >= T0 + SCHEDULE_GAP_MS);
		}
		schedule_end(&s, T0, SCHEDULE_IN_STEP, 0, 77);
		assert_true(s.next_ms >= T0 + SCHEDULE_GAP_MS);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_try_is_due_at_once),
		cmocka_unit_test(bound_doubles_up_to_the_ceiling),
		cmocka_unit_test(jitter_is_full),
		cmocka_unit_test(failures_never_stop_it),
		cmocka_unit_test(success_resets),
		cmocka_unit_test(in_step_spreads_a_little),
		cmocka_unit_test(more_comes_at_once),
		cmocka_unit_test(refused_waits_for_the_ceiling),
		cmocka_unit_test(hub_wish_is_kept_and_bounded),
		cmocka_unit_test(poke_tries_now_but_for_the_gap),
		cmocka_unit_test(odd_configs_still_give_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
