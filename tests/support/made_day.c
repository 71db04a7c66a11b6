/* SPDX-License-Identifier: Apache-2.0 */
/* made_day.c -- days as numbers YYYYMMDD, counted on by hand. */
#include "tests/support/made_scenario_internal.h"

/* Where quarters and years end and begin; and the leap day. */
static const int edges[] = { 101, 228, 229, 301, 331, 401, 630, 701, 930,
	1001, 1231 };

static bool
leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };

	return days[month - 1] + (month == 2 && leap(year));
}

int
made_day_later(int day, unsigned days)
{
	int y = day / 10000, m = day / 100 % 100, d = day % 100;

	while (days-- > 0) {
		if (++d <= month_days(y, m))
			continue;
		d = 1;
		if (++m <= 12)
			continue;
		m = 1;
		y++;
	}
	return y * 10000 + m * 100 + d;
}

static int
edge(struct dice *d, int year)
{
	int e = MADE_PICK(d, edges);

	return year * 10000 + (e == 229 && !leap(year) ? 228 : e);
}

int
made_day(struct dice *d, int first, int last)
{
	int year = first + (int)dice_below(d, (unsigned)(last - first + 1));

	if (dice_chance(d, 30))
		return edge(d, year);
	return made_day_later(year * 10000 + 101, dice_below(d, 365));
}

int
made_day_next(struct dice *d, int date)
{
	int next = edge(d, date / 10000 + (int)dice_below(d, 2));

	if (dice_chance(d, 25))
		return date;
	if (dice_chance(d, 35) && next >= date)
		return next;
	return made_day_later(date, 1 + dice_below(d, 200));
}
