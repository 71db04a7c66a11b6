/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/date.h"

enum {
	MONTHS = 12,
	ERA_YEARS = 400,	/* the calendar repeats */
	ERA_DAYS = 146097,
	EPOCH_OFFSET = 719468,	/* days from 0000-03-01 to 1970-01-01 */
	DAYS_MIN = -719162,	/* 0001-01-01 */
	DAYS_MAX = 2932896,	/* 9999-12-31 */
};

static int
month_days(int year, int month)
{
	static const uint8_t days[MONTHS] = { 31, 28, 31, 30, 31, 30, 31, 31,
		30, 31, 30, 31 };

	if (month == 2 &&
	    ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0))
		return 29;
	return days[month - 1];
}

/* Years are counted from 1 March, so that the leap day is the last. */
err
date_from_civil(int year, int month, int day, int64_t *ret)
{
	int y, m, era, year_of_era, day_of_year, day_of_era;

	if (year < DATE_YEAR_MIN || year > DATE_YEAR_MAX || month < 1 ||
	    month > MONTHS || day < 1 || day > month_days(year, month))
		return ERR_VALUE;
	y = month > 2 ? year : year - 1;
	m = month > 2 ? month - 3 : month + 9;
	era = y / ERA_YEARS;
	year_of_era = y % ERA_YEARS;
	day_of_year = (153 * m + 2) / 5 + day - 1;
	day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	    day_of_year;
	*ret = (int64_t)era * ERA_DAYS + day_of_era - EPOCH_OFFSET;
	return ERR_OK;
}

void
date_to_civil(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
	int z, era, doe, yoe, doy, m;

	if (days < DAYS_MIN)
		days = DAYS_MIN;
	if (days > DAYS_MAX)
		days = DAYS_MAX;
	z = (int)days + EPOCH_OFFSET;
	era = z / ERA_DAYS;
	doe = z % ERA_DAYS;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	m = (5 * doy + 2) / 153;
	*ret_day = doy - (153 * m + 2) / 5 + 1;
	*ret_month = m < 10 ? m + 3 : m - 9;
	*ret_year = era * ERA_YEARS + yoe + (*ret_month <= 2);
}

/* Takes `least` to `most` digits from *text. */
static bool
digits(struct span *text, size_t least, size_t most, int *ret)
{
	size_t n = 0;
	int v = 0;

	while (n < most && n < text->n && text->p[n] >= '0' &&
	    text->p[n] <= '9')
		v = 10 * v + (text->p[n++] - '0');
	if (n < least)
		return false;
	text->p += n;
	text->n -= n;
	*ret = v;
	return true;
}

static bool
separator(struct span *text, char c)
{
	if (text->n == 0 || text->p[0] != (uint8_t)c)
		return false;
	text->p++;
	text->n--;
	return true;
}

err
date_parse(struct span text, int64_t *ret)
{
	struct span iso = text, people = text;
	int y, m, d;

	if (digits(&iso, 4, 4, &y) && separator(&iso, '-') &&
	    digits(&iso, 2, 2, &m) && separator(&iso, '-') &&
	    digits(&iso, 2, 2, &d) && iso.n == 0)
		return date_from_civil(y, m, d, ret);
	if (digits(&people, 1, 2, &d) && separator(&people, '/') &&
	    digits(&people, 1, 2, &m) && separator(&people, '/') &&
	    digits(&people, 4, 4, &y) && people.n == 0)
		return date_from_civil(y, m, d, ret);
	return ERR_VALUE;
}

static char *
number(char *out, int v, int width)
{
	for (int i = width - 1; i >= 0; i--, v /= 10)
		out[i] = (char)('0' + v % 10);
	return out + width;
}

void
date_format(int64_t days, char ret[static 16])
{
	int y, m, d;
	char *p = ret;

	date_to_civil(days, &y, &m, &d);
	p = number(p, y, 4);
	*p++ = '-';
	p = number(p, m, 2);
	*p++ = '-';
	p = number(p, d, 2);
	*p = '\0';
}
