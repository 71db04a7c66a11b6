/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_vectors.c -- protocol/vectors holds just what write_vectors writes, and
 * SPEC.md's worked example is that of example.txt.  That the code agrees with
 * each row is tested in test_vectors_*.c.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/crypto.h"
#include "tests/support/vectors.h"
#include "tests/support/vectors_read.h"

static void
every_file_is_as_it_is_written(void **state)
{
	char path[256];

	(void)state;
	for (size_t i = 0; i < vectors_file_count; i++) {
		const struct vectors_file *f = &vectors_files[i];
		struct buf want = { 0 }, got;

		(void)snprintf(path, sizeof path, VECTORS_FOLDER "%s",
		    f->name);
		got = vectors_read_file(path);
		f->fill(&want, f->which);
		assert_int_equal(buf_err(&want), ERR_OK);
		if (!span_equal(buf_span(&want), buf_span(&got)))
			fail_msg("%s differs from what write_vectors writes",
			    path);
		buf_free(&want);
		buf_free(&got);
	}
}

static bool
is_written(const char *name)
{
	for (size_t i = 0; i < vectors_file_count; i++)
		if (strcmp(vectors_files[i].name, name) == 0)
			return true;
	return strcmp(name, "README.md") == 0 || strcmp(name, "audit") == 0;
}

/* Nothing else lies in the folder, where a reader would take it for one. */
static void
no_file_is_a_stray(void **state)
{
	static const char *const folders[] = { "", "audit/" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char path[512];
		struct dirent *e;
		DIR *d;

		(void)snprintf(path, sizeof path, VECTORS_FOLDER "%s",
		    folders[i]);
		d = opendir(path);
		assert_non_null(d);
		while ((e = readdir(d)) != NULL) {
			(void)snprintf(path, sizeof path, "%s%s", folders[i],
			    e->d_name);
			if (strcmp(e->d_name, ".") != 0 &&
			    strcmp(e->d_name, "..") != 0 && !is_written(path))
				fail_msg("a stray: %s", path);
		}
		(void)closedir(d);
	}
}

/* README.md tells of each table of each file. */
static void
the_readme_names_every_file(void **state)
{
	struct buf readme = vectors_read_file(VECTORS_FOLDER "README.md");

	(void)state;
	for (size_t i = 0; i < vectors_file_count; i++)
		if (strncmp(vectors_files[i].name, "audit/", 6) != 0 &&
		    strstr((const char *)readme.p, vectors_files[i].name) ==
		    NULL)
			fail_msg("README.md: no %s", vectors_files[i].name);
	buf_free(&readme);
}

/* ---- the worked example */

static const char title[] = "## 14. Worked example";

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* The hex of one line of an example: up to the first two blanks. */
static void
take_line(const char *line, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		if (line[i] == ' ' && i + 1 < n && line[i + 1] == ' ')
			return;
		if (is_hex(line[i]))
			buf_put_u8(out, (uint8_t)line[i]);
		else if (line[i] != ' ')
			fail_msg("SPEC.md: not hex: %.*s", (int)n, line);
	}
}

/* The hex under "`name`" in the section: the block of code behind it. */
static void
take_block(const char *section, const char *name, struct buf *out)
{
	char heading[64];
	const char *p;

	(void)snprintf(heading, sizeof heading, "\n`%s`", name);
	p = strstr(section, heading);
	p = p == NULL ? NULL : strstr(p, "\n```\n");
	if (p == NULL) {
		fail_msg("SPEC.md: no example `%s'", name);
		return;
	}
	for (p += 5; strncmp(p, "```", 3) != 0; p += strcspn(p, "\n") + 1)
		take_line(p, strcspn(p, "\n"), out);
}

static void
the_worked_example_is_that_of_the_vectors(void **state)
{
	struct buf spec = vectors_read_file("protocol/SPEC.md");
	struct vectors_text t = vectors_read("example.txt");
	const char *section = strstr((const char *)spec.p, title);
	const struct vectors_line *l;
	size_t at = 0;

	(void)state;
	assert_non_null(section);
	while ((l = vectors_read_next(&t, "pieces", &at)) != NULL) {
		struct buf want = vectors_read_bytes(l, 2), got = { 0 };
		char *hex = malloc(2 * want.n + 1);

		assert_non_null(hex);
		hex_encode(want.p, want.n, hex);
		take_block(section, l->column[0], &got);
		if (strcmp(buf_cstr(&got), hex) != 0)
			fail_msg("SPEC.md: `%s' differs", l->column[0]);
		free(hex);
		buf_free(&want);
		buf_free(&got);
	}
	vectors_read_free(&t);
	buf_free(&spec);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_file_is_as_it_is_written),
		cmocka_unit_test(no_file_is_a_stray),
		cmocka_unit_test(the_readme_names_every_file),
		cmocka_unit_test(the_worked_example_is_that_of_the_vectors),
	};

	return crypto_start() != ERR_OK ||
	    cmocka_run_group_tests(tests, NULL, NULL);
}
