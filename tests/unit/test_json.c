/* SPDX-License-Identifier: Apache-2.0 */
/* test_json.c -- what cli.h promises of JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/cli/cli.h"

/* What a writing function put, up to the line feed that json_free adds. */
static void
check(void (*write)(struct json *j), const char *want)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	assert_non_null(out);
	struct json *j = json_new(out);
	assert_non_null(j);
	write(j);
	json_free(j);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, want);
	free(text);
}

static void
write_values(struct json *j)
{
	static const uint8_t id[] = { 0x00, 0xab, 0xff };

	json_object(j, NULL);
	json_cstr(j, "a", "Hương Sơn");
	json_u64(j, "b", UINT64_MAX);
	json_i64(j, "c", -7);
	json_bool(j, "d", true);
	json_bool(j, "e", false);
	json_null(j, "f");
	json_hex(j, "g", (struct span){ id, sizeof id });
	json_text(j, "h", (struct span){ NULL, 0 });
}

static void
write_nested(struct json *j)
{
	json_array(j, NULL);
	json_object(j, NULL);
	json_array(j, "list");
	json_u64(j, NULL, 1);
	json_u64(j, NULL, 2);
	json_close(j);
	json_cstr(j, "after", "x");
	json_close(j);
	json_object(j, NULL);
	json_close(j);
	json_cstr(j, NULL, "last");
}

static void
write_escapes(struct json *j)
{
	json_cstr(j, NULL, "\"\\\n\t\x01\x7f/");
}

static void
write_bad_text(struct json *j)
{
	json_cstr(j, NULL, "a\xff\xc3(");
}

static void
write_open_levels(struct json *j)
{
	json_object(j, NULL);
	json_array(j, "x");
	json_object(j, NULL);
	json_u64(j, "y", 1);
}

static void
values_are_written_by_type(void **state)
{
	(void)state;
	check(write_values, "{\"a\":\"Hương Sơn\",\"b\":18446744073709551615,"
	    "\"c\":-7,\"d\":true,\"e\":false,\"f\":null,\"g\":\"00abff\","
	    "\"h\":\"\"}\n");
}

static void
commas_stand_between_values(void **state)
{
	(void)state;
	check(write_nested,
	    "[{\"list\":[1,2],\"after\":\"x\"},{},\"last\"]\n");
}

/* What a terminal would obey: C1 controls, direction marks. */
static void
write_marks(struct json *j)
{
	json_cstr(j, NULL, "Hoà\xc2\x9b" "1m\xe2\x80\xaex\xe2\x81\xa7y");
}

static void
what_is_not_lawful_in_a_string_is_escaped(void **state)
{
	(void)state;
	check(write_escapes, "\"\\\"\\\\\\n\\u0009\\u0001\\u007f/\"\n");
	check(write_bad_text, "\"a\\ufffd\\ufffd(\"\n");
	check(write_marks, "\"Hoà\\u009b1m\\u202ex\\u2067y\"\n");
}

static void
free_closes_what_is_open(void **state)
{
	(void)state;
	check(write_open_levels, "{\"x\":[{\"y\":1}]}\n");
	json_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_written_by_type),
		cmocka_unit_test(commas_stand_between_values),
		cmocka_unit_test(what_is_not_lawful_in_a_string_is_escaped),
		cmocka_unit_test(free_closes_what_is_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
