/* SPDX-License-Identifier: Apache-2.0 */
/* test_limits.c -- the table of SPEC.md section 4 is that of limits.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/vectors_read.h"

enum { ROWS_MAX = 64 };

struct limit {
	char name[40];
	unsigned long value;
};
struct limits {
	struct limit row[ROWS_MAX];
	size_t count;
};

/* Lines that begin so, then LIMIT_NAME, then `between', then the number. */
static struct limits
read_limits(const char *path, const char *begin, const char *between)
{
	struct buf file = vectors_read_file(path);
	struct limits all = { .count = 0 };

	for (const char *p = (const char *)file.p; p != NULL;) {
		size_t n = strlen(begin);

		if (strncmp(p, begin, n) == 0 &&
		    strncmp(p + n, "LIMIT_", 6) == 0) {
			struct limit *l = &all.row[all.count++];
			size_t name = strcspn(p + n, " |=");

			assert_true(all.count < ROWS_MAX);
			assert_true(name < sizeof l->name);
			memcpy(l->name, p + n, name);
			p += n + name;
			assert_memory_equal(p, between, strlen(between));
			l->value = strtoul(p + strlen(between), NULL, 10);
			assert_true(l->value > 0);
		}
		p = strchr(p, '\n');
		p = p == NULL ? NULL : p + 1;
	}
	buf_free(&file);
	return all;
}

static void
the_spec_has_the_limits_of_the_code(void **state)
{
	struct limits code = read_limits("protocol/limits.h", "\t", " = ");
	struct limits spec = read_limits("protocol/SPEC.md", "| ", " | ");

	(void)state;
	assert_in_range(code.count, 20, ROWS_MAX);
	assert_int_equal(spec.count, code.count);
	for (size_t i = 0; i < code.count; i++) {
		assert_string_equal(spec.row[i].name, code.row[i].name);
		if (spec.row[i].value != code.row[i].value)
			fail_msg("%s: %lu in SPEC.md, %lu in limits.h",
			    code.row[i].name, spec.row[i].value,
			    code.row[i].value);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_spec_has_the_limits_of_the_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
