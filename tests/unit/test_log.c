/* SPDX-License-Identifier: Apache-2.0 */
/* test_log.c -- what a reader of log.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/log.h"

static size_t format_line(char *out, enum log_target target,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

static size_t
format_line(char *out, enum log_target target, const char *format, ...)
{
	va_list args;
	size_t n;

	va_start(args, format);
	n = log_format(out, target, LOG_LEVEL_WARNING, format, args);
	va_end(args);
	return n;
}

static void
a_line_is_plain_or_has_its_priority(void **state)
{
	char line[LOG_LINE_BYTES];

	(void)state;
	assert_int_equal(format_line(line, LOG_TO_TERMINAL, "%d leaves", 3),
	    9);
	assert_string_equal(line, "3 leaves\n");
	assert_int_equal(format_line(line, LOG_TO_JOURNAL, "%d leaves", 3),
	    12);
	assert_string_equal(line, "<4>3 leaves\n");
}

static void
one_call_is_one_line(void **state)
{
	char line[LOG_LINE_BYTES];
	char longer[3 * LOG_LINE_BYTES];
	size_t n;

	(void)state;
	(void)format_line(line, LOG_TO_TERMINAL, "a\nb\033c\177");
	assert_string_equal(line, "a?b?c?\n");
	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = '\0';
	n = format_line(line, LOG_TO_JOURNAL, "%s", longer);
	assert_int_equal(n, LOG_LINE_BYTES - 1);
	assert_int_equal(line[n - 1], '\n');
	assert_int_equal(strlen(line), n);
}

static void
text_of_others_is_quoted_and_escaped(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "", "''" },
		{ "hub.example", "'hub.example'" },
		{ "a'b\\", "'a\\x27b\\x5c'" },
		{ "\n\033[2J\xff", "'\\x0a\\x1b[2J\\xff'" },
	};
	char out[LOG_QUOTED_BYTES];
	uint8_t longer[1000];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct span text = { (const uint8_t *)rows[i].text,
			strlen(rows[i].text) };

		assert_string_equal(log_quote(text, out), rows[i].want);
	}
	for (uint8_t c = 0; c < 2; c++) {
		memset(longer, c ? 'x' : 1, sizeof longer);
		(void)log_quote((struct span){ longer, sizeof longer }, out);
		assert_true(strlen(out) < LOG_QUOTED_BYTES);
		assert_string_equal(out + strlen(out) - 4, "...'");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_plain_or_has_its_priority),
		cmocka_unit_test(one_call_is_one_line),
		cmocka_unit_test(text_of_others_is_quoted_and_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
