/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/vectors_read.h"

struct buf
vectors_read_file(const char *path)
{
	FILE *from = fopen(path, "rb");
	uint8_t block[4096];
	struct buf b = { 0 };
	size_t n;

	if (from == NULL)
		fail_msg("%s: cannot be opened", path);
	while ((n = fread(block, 1, sizeof block, from)) > 0)
		buf_put(&b, block, n);
	(void)fclose(from);
	if (b.n == 0)
		fail_msg("%s: empty", path);
	(void)buf_cstr(&b);
	assert_int_equal(buf_err(&b), ERR_OK);
	return b;
}

/* Cuts a line at " | "; names are left in place. */
static void
cut_columns(const char *path, char *line, struct vectors_line *l)
{
	char *cut;

	for (l->count = 0; line != NULL; line = cut) {
		cut = strstr(line, " | ");
		if (cut != NULL) {
			*cut = '\0';
			cut += 3;
		}
		if (l->count == VECTORS_COLUMNS)
			fail_msg("%s: too many columns", path);
		l->column[l->count++] = line;
	}
	if (l->count < 2)
		fail_msg("%s: `%s' has one column", path, l->column[0]);
}

struct vectors_text
vectors_read(const char *name)
{
	struct vectors_text t = { NULL, NULL, 0 };
	const char *table = NULL;
	char path[256], *next;
	struct buf b;

	(void)snprintf(path, sizeof path, VECTORS_FOLDER "%s", name);
	b = vectors_read_file(path);
	t.text = (char *)b.p;
	for (char *line = t.text; *line != '\0'; line = next) {
		next = strchr(line, '\n');
		if (next == NULL)
			fail_msg("%s: no newline at the end", path);
		*next++ = '\0';
		if (*line == '#' || *line == '\0')
			continue;
		if (*line == '@') {
			table = line + 2;
			line[strcspn(line + 2, " ") + 2] = '\0';
			continue;
		}
		if (table == NULL)
			fail_msg("%s: a row before any table", path);
		t.line = realloc(t.line, (t.count + 1) * sizeof *t.line);
		assert_non_null(t.line);
		t.line[t.count].table = table;
		cut_columns(path, line, &t.line[t.count++]);
	}
	if (t.count == 0)
		fail_msg("%s: no row", path);
	return t;
}

void
vectors_read_free(struct vectors_text *t)
{
	free(t->line);
	free(t->text);
}

const struct vectors_line *
vectors_read_next(const struct vectors_text *t, const char *table, size_t *at)
{
	bool first = *at == 0;

	while (*at < t->count) {
		const struct vectors_line *l = &t->line[(*at)++];

		if (strcmp(l->table, table) == 0)
			return l;
	}
	if (first)
		fail_msg("no row of table %s", table);
	return NULL;
}

static const char *
column(const struct vectors_line *l, size_t i)
{
	if (i >= l->count)
		fail_msg("%s: no column %zu", l->column[0], i);
	return l->column[i];
}

bool
vectors_read_none(const struct vectors_line *l, size_t i)
{
	return strcmp(column(l, i), "-") == 0;
}

/* Pieces `hex' and `xx*N', a blank between them. */
struct buf
vectors_read_bytes(const struct vectors_line *l, size_t i)
{
	const char *p = column(l, i);
	struct buf b = { 0 };

	while (*p != '\0' && !vectors_read_none(l, i)) {
		size_t n = strcspn(p, " *");
		unsigned long times = 1;
		uint8_t byte = 0;
		char pair[3] = { 0 };

		for (size_t k = 0; k + 1 < n; k += 2) {
			memcpy(pair, p + k, 2);
			if (hex_decode(pair, &byte, 1) != ERR_OK)
				fail_msg("%s: no hex: %s", l->column[0], p);
			buf_put_u8(&b, byte);
		}
		p += n;
		if (*p == '*') {
			char *end;

			times = strtoul(p + 1, &end, 10);
			p = end;
		}
		for (; times > 1; times--)
			buf_put_u8(&b, byte);
		p += *p == ' ';
	}
	assert_int_equal(buf_err(&b), ERR_OK);
	return b;
}

void
vectors_read_fixed(const struct vectors_line *l, size_t i, uint8_t *ret,
    size_t n)
{
	struct buf b = vectors_read_bytes(l, i);

	if (b.n != n)
		fail_msg("%s: column %zu has %zu bytes", l->column[0], i,
		    b.n);
	memcpy(ret, b.p, n);
	buf_free(&b);
}

uint64_t
vectors_read_number(const struct vectors_line *l, size_t i)
{
	char *end;
	unsigned long long v = strtoull(column(l, i), &end, 10);

	if (*end != '\0')
		fail_msg("%s: no number: %s", l->column[0], column(l, i));
	return v;
}

bool
vectors_read_expects(const struct vectors_line *l, const char *word)
{
	return strcmp(column(l, 1), word) == 0;
}

void
vectors_read_check(const struct vectors_line *l, const char *got)
{
	if (!vectors_read_expects(l, got))
		fail_msg("%s: %s", l->column[0], got);
}

const char *
vectors_read_word(err rc)
{
	switch ((int)rc) {
	case ERR_OK: return "ok";
	case ERR_SIG: return "signature";
	case ERR_VALUE: return "sum";
	default: return err_name(rc);
	}
}

void
vectors_read_same(const struct vectors_line *l, size_t i, struct span got)
{
	struct buf b = vectors_read_bytes(l, i);

	if (!span_equal(buf_span(&b), got))
		fail_msg("%s: column %zu differs", l->column[0], i);
	buf_free(&b);
}

void
vectors_read_same_hex(const struct vectors_line *l, const uint8_t *got,
    size_t n)
{
	char hex[129];

	assert_true(n <= 64);
	hex_encode(got, n, hex);
	vectors_read_check(l, hex);
}
