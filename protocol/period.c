/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/period.h"

#include <string.h>

/* A year or a quarter of it. */
struct stretch {
	int year;
	int first_month, last_month;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads one stretch at *text; appends its canonical form to *out. */
static bool
stretch_read(const char **text, char **out, struct stretch *ret)
{
	const char *p = *text;
	int quarter;

	ret->year = 0;
	for (int i = 0; i < 4; i++, p++) {
		if (!is_digit(*p))
			return false;
		ret->year = 10 * ret->year + (*p - '0');
		*(*out)++ = *p;
	}
	ret->first_month = 1;
	ret->last_month = 12;
	if (*p == 'Q' || *p == 'q') {
		quarter = p[1] - '0';
		if (quarter < 1 || quarter > 4)
			return false;
		ret->first_month = 3 * quarter - 2;
		ret->last_month = 3 * quarter;
		*(*out)++ = 'Q';
		*(*out)++ = p[1];
		p += 2;
	}
	*text = p;
	return true;
}

err
period_parse(const char *text, struct period *ret)
{
	/* of each quarter */
	static const int last_day[] = { 31, 30, 30, 31 };
	struct period p = { 0 };
	struct stretch a, b;
	char *out = p.text;

	if (strcmp(text, "all") == 0) {
		p.all = true;
		p.from = INT64_MIN;
		p.to = INT64_MAX;
		p.first_year = DATE_YEAR_MIN;
		p.last_year = DATE_YEAR_MAX;
		memcpy(p.text, "all", sizeof "all");
		*ret = p;
		return ERR_OK;
	}
	if (!stretch_read(&text, &out, &a))
		return ERR_VALUE;
	b = a;
	if (*text == '-') {
		text++;
		*out++ = '-';
		if (!stretch_read(&text, &out, &b))
			return ERR_VALUE;
	}
	if (*text != '\0' ||
	    date_from_civil(a.year, a.first_month, 1, &p.from) != ERR_OK ||
	    date_from_civil(b.year, b.last_month,
	    last_day[b.last_month / 3 - 1], &p.to) != ERR_OK ||
	    p.from > p.to)
		return ERR_VALUE;
	p.first_year = a.year;
	p.last_year = b.year;
	*ret = p;
	return ERR_OK;
}

bool
period_holds(const struct period *p, int64_t days)
{
	return p->all || (days >= p->from && days <= p->to);
}
