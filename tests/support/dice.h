/* SPDX-License-Identifier: Apache-2.0 */
/* dice.h -- numbers that follow from a seed, for what tests make up. */
#ifndef NGUON_TESTS_SUPPORT_DICE_H
#define NGUON_TESTS_SUPPORT_DICE_H

#include <stdbool.h>
#include <stdint.h>

/* Begins as the seed. */
struct dice {
	uint64_t state;
};
uint64_t dice_next(struct dice *d);
/* 0 to n - 1; n is at least 1. */
unsigned dice_below(struct dice *d, unsigned n);
/* True `percent` times of a hundred. */
bool dice_chance(struct dice *d, unsigned percent);

#endif
