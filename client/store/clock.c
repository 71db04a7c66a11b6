/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.c -- the wall clock, scripted in test builds.
 */
#include "client/store/clock.h"

#include <time.h>

#ifdef NGUON_TEST_BUILD
#include <stdio.h>
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

#ifdef NGUON_TEST_BUILD
static uint64_t
scripted_boot_ms(void)
{
	const char *path = getenv("NGUON_TEST_BOOT_FILE");
	FILE *f = path != NULL ? fopen(path, "re") : NULL;
	unsigned long long more = 0;

	if (f == NULL)
		return 0;
	if (fscanf(f, "%llu", &more) != 1)
		more = 0;
	(void)fclose(f);
	return more;
}
#endif

uint64_t
clock_boot_ms(void)
{
	struct timespec t;
	uint64_t ms;

	if (clock_gettime(CLOCK_BOOTTIME, &t) != 0)
		return UINT64_MAX;
	ms = (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
#ifdef NGUON_TEST_BUILD
	ms += scripted_boot_ms();
#endif
	return ms;
}
