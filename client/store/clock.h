/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.h -- the wall clock: information, never order.
 */
#ifndef NGUON_CLOCK_H
#define NGUON_CLOCK_H

#include <stdint.h>

/* clock_now_ms: ms since 1970-01-01 UTC; 0 for a clock before that.  Test
 * builds take NGUON_TEST_TIME_MS instead: a number, or +N or -N ms to the real
 * clock. */
uint64_t clock_now_ms(void);
/* clock_boot_ms: ms since the machine started, asleep or not; UINT64_MAX when
 * there is no such clock.  Test builds add the number in the file that
 * NGUON_TEST_BOOT_FILE names. */
uint64_t clock_boot_ms(void);

#endif
