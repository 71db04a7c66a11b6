/* SPDX-License-Identifier: Apache-2.0 */
/* dice.c -- SplitMix64. */
#include "tests/support/dice.h"

uint64_t
dice_next(struct dice *d)
{
	uint64_t z;

	d->state += 0x9e3779b97f4a7c15;
	z = d->state;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

unsigned
dice_below(struct dice *d, unsigned n)
{
	return (unsigned)(dice_next(d) % n);
}

bool
dice_chance(struct dice *d, unsigned percent)
{
	return dice_below(d, 100) < percent;
}
