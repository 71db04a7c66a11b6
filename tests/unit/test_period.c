/* SPDX-License-Identifier: Apache-2.0 */
/* test_period.c -- what a reader of period.h and date.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/period.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static struct span
text(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

static int64_t
day(const char *s)
{
	int64_t d = 0;

	assert_int_equal(date_parse(text(s), &d), ERR_OK);
	return d;
}

static void
known_days(void **state)
{
	static const struct {
		const char *text;
		int64_t days;
	} table[] = {
		{ "1970-01-01", 0 }, { "1969-12-31", -1 },
		{ "2000-02-29", 11016 }, { "2000-03-01", 11017 },
		{ "2022-03-31", 19082 }, { "0001-01-01", -719162 },
		{ "9999-12-31", 2932896 },
	};
	char out[16];

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		assert_int_equal(day(table[i].text), table[i].days);
		date_format(table[i].days, out);
		assert_string_equal(out, table[i].text);
	}
	date_format(INT64_MIN, out);
	assert_string_equal(out, "0001-01-01");
	date_format(INT64_MAX, out);
	assert_string_equal(out, "9999-12-31");
}

/* Every day of 400 years and a bit follows the one before it. */
static void
days_follow_one_another(void **state)
{
	static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	int y = 1899, m = 1, d = 1, ry, rm, rd;
	int64_t days, first;

	(void)state;
	assert_int_equal(date_from_civil(y, m, d, &first), ERR_OK);
	for (int64_t i = 0; i < 147000; i++) {
		bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

		assert_int_equal(date_from_civil(y, m, d, &days), ERR_OK);
		assert_int_equal(days, first + i);
		date_to_civil(days, &ry, &rm, &rd);
		assert_true(ry == y && rm == m && rd == d);
		if (++d > length[m - 1] + (m == 2 && leap)) {
			d = 1;
			m = m == 12 ? 1 : m + 1;
			y += m == 1;
		}
	}
}

static void
dates_as_people_write_them(void **state)
{
	static const char *const wrong[] = { "", "2022", "2022-1-1",
		"2022-13-01", "2022-00-01", "2022-01-00", "2021-02-29",
		"1900-02-29", "2022-04-31", "0000-01-01", "2022-01-01 ",
		" 2022-01-01", "32/1/2022", "1/13/2022", "1/1/22",
		"1/1/20222", "001/1/2022", "1-1-2022", "2022/01/01", "//2022",
		"-1/1/2022" };
	int64_t d = 77;

	(void)state;
	assert_int_equal(day("1/3/2022"), day("2022-03-01"));
	assert_int_equal(day("01/03/2022"), day("2022-03-01"));
	assert_int_equal(day("29/02/2020"), day("2020-02-29"));
	assert_int_equal(day("31/12/1999"), day("1999-12-31"));
	for (size_t i = 0; i < COUNT(wrong); i++) {
		if (date_parse(text(wrong[i]), &d) != ERR_VALUE)
			fail_msg("taken: %s", wrong[i]);
		assert_int_equal(d, 77);
	}
}

static void
periods_have_both_ends(void **state)
{
	static const struct {
		const char *text, *from, *to, *canonical;
		int first, last;
	} table[] = {
		{ "2022", "2022-01-01", "2022-12-31", "2022", 2022, 2022 },
		{ "2022Q1", "2022-01-01", "2022-03-31", "2022Q1", 2022,
		    2022 },
		{ "2022Q2", "2022-04-01", "2022-06-30", "2022Q2", 2022,
		    2022 },
		{ "2022q3", "2022-07-01", "2022-09-30", "2022Q3", 2022,
		    2022 },
		{ "2022Q4", "2022-10-01", "2022-12-31", "2022Q4", 2022,
		    2022 },
		{ "2021-2022Q1", "2021-01-01", "2022-03-31", "2021-2022Q1",
		    2021, 2022 },
		{ "2021Q3-2022", "2021-07-01", "2022-12-31", "2021Q3-2022",
		    2021, 2022 },
		{ "2020Q1-2020Q1", "2020-01-01", "2020-03-31",
		    "2020Q1-2020Q1", 2020, 2020 },
	};
	struct period p;

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		assert_int_equal(period_parse(table[i].text, &p), ERR_OK);
		assert_false(p.all);
		assert_int_equal(p.from, day(table[i].from));
		assert_int_equal(p.to, day(table[i].to));
		assert_int_equal(p.first_year, table[i].first);
		assert_int_equal(p.last_year, table[i].last);
		assert_string_equal(p.text, table[i].canonical);
		assert_true(period_holds(&p, p.from));
		assert_true(period_holds(&p, p.to));
		assert_false(period_holds(&p, p.from - 1));
		assert_false(period_holds(&p, p.to + 1));
	}
	assert_int_equal(period_parse("all", &p), ERR_OK);
	assert_true(p.all && period_holds(&p, INT64_MIN));
	assert_string_equal(p.text, "all");
}

static void
other_forms_are_refused(void **state)
{
	static const char *const wrong[] = { "", "22", "20222", "2022Q",
		"2022Q0", "2022Q5", "2022Q11", "2022-", "-2022", "2022-2021",
		"2022Q2-2022Q1", "2022-2023-2024", "2022 ", "0000", "ALL",
		"all ", "2022-all", "2022-13" };
	struct period p = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		if (period_parse(wrong[i], &p) != ERR_VALUE)
			fail_msg("taken: %s", wrong[i]);
		assert_string_equal(p.text, "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_days),
		cmocka_unit_test(days_follow_one_another),
		cmocka_unit_test(dates_as_people_write_them),
		cmocka_unit_test(periods_have_both_ends),
		cmocka_unit_test(other_forms_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
