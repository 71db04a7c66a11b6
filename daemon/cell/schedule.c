/* SPDX-License-Identifier: Apache-2.0 */
/* schedule.c -- full jitter, a ceiling, reset. */
#include "daemon/cell/schedule.h"

#include <stdbool.h>

/* a + b, at most the largest number. */
static uint64_t
add(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t
at_least(uint64_t a, uint64_t b)
{
	return a < b ? b : a;
}

/* From 1 ms to half of what the clock can count. */
static uint64_t
sensible(uint64_t ms)
{
	return at_least(ms < UINT64_MAX / 2 ? ms : UINT64_MAX / 2, 1);
}

/* The bound of the jitter after so many failures in a row. */
static uint64_t
bound(const struct schedule *s)
{
	uint64_t ms = s->config.retry_min_ms;

	for (uint64_t i = 1; i < s->failures; i++) {
		if (ms >= s->config.retry_ceiling_ms / 2)
			return s->config.retry_ceiling_ms;
		ms *= 2;
	}
	return ms < s->config.retry_ceiling_ms ? ms :
	    s->config.retry_ceiling_ms;
}

void
schedule_start(struct schedule *s, const struct schedule_config *config,
    uint64_t now_ms)
{
	*s = (struct schedule){ .config = *config, .next_ms = now_ms };
	s->config.retry_min_ms = sensible(s->config.retry_min_ms);
	s->config.retry_ceiling_ms = sensible(s->config.retry_ceiling_ms);
	s->config.interval_ms = sensible(s->config.interval_ms);
}

void
schedule_begin(struct schedule *s, uint64_t now_ms)
{
	s->last_ms = now_ms;
}

void
schedule_end(struct schedule *s, uint64_t now_ms,
    enum schedule_outcome outcome, uint64_t wait_ms, uint64_t random)
{
	uint64_t delay_ms = 0;
	bool gap = true;

	switch (outcome) {
	case SCHEDULE_MORE:
		s->failures = 0;
		gap = false;
		break;
	case SCHEDULE_IN_STEP:
		/* a little earlier, so that cells that began together (the
		 * power came back) do not stay together */
		s->failures = 0;
		delay_ms = s->config.interval_ms -
		    random % (s->config.interval_ms / 10 + 1);
		break;
	case SCHEDULE_FAILED:
		s->failures = add(s->failures, 1);
		delay_ms = random % (bound(s) + 1);
		break;
	case SCHEDULE_REFUSED:
		s->failures = add(s->failures, 1);
		delay_ms = s->config.retry_ceiling_ms;
		break;
	}
	if (wait_ms > SCHEDULE_WAIT_MAX_MS)
		wait_ms = SCHEDULE_WAIT_MAX_MS;
	s->not_before_ms = wait_ms > 0 ? add(now_ms, wait_ms) : 0;
	s->next_ms = at_least(add(now_ms, delay_ms), s->not_before_ms);
	if (gap)
		s->next_ms = at_least(s->next_ms,
		    add(s->last_ms, SCHEDULE_GAP_MS));
}

void
schedule_poke(struct schedule *s, uint64_t now_ms, enum schedule_poke poke)
{
	uint64_t next_ms = at_least(now_ms,
	    s->last_ms == 0 ? 0 : add(s->last_ms, SCHEDULE_GAP_MS));

	if (poke == SCHEDULE_PERSON)
		s->not_before_ms = 0;
	next_ms = at_least(next_ms, s->not_before_ms);
	s->failures = 0;
	if (next_ms < s->next_ms)
		s->next_ms = next_ms;
}
