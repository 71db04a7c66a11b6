/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.c -- the wall clock, scripted in test builds.
 */
#include "client/store/clock.h"

#include <time.h>

#ifdef NGUON_TEST_BUILD
#include <stdlib.h>
#endif

static uint64_t
real_now_ms(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_REALTIME, &t) != 0 || t.tv_sec < 0)
		return 0;
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

uint64_t
clock_now_ms(void)
{
#ifdef NGUON_TEST_BUILD
	const char *text = getenv("NGUON_TEST_TIME_MS");

	if (text != NULL && text[0] == '+')
		return real_now_ms() + strtoull(text + 1, NULL, 10);
	if (text != NULL && text[0] == '-')
		return real_now_ms() - strtoull(text + 1, NULL, 10);
	if (text != NULL && text[0] != '\0')
		return strtoull(text, NULL, 10);
#endif
	return real_now_ms();
}
