/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli_table.c -- a table for a terminal of 80 columns.
 */
#include "client/cli/cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli/cli_text.h"

enum { GAP = 2, NARROWEST = 6 };

struct column {
	char *heading;
	enum cli_align align;
	unsigned width;
};

struct cli_table {
	size_t columns;
	struct column *column;
	char **cell;
	size_t count, cap;
	bool failed;
};

struct cli_table *
cli_table_new(size_t columns)
{
	struct cli_table *t = calloc(1, sizeof *t);

	if (t == NULL)
		return NULL;
	t->columns = columns;
	t->column = calloc(columns, sizeof *t->column);
	if (t->column == NULL) {
		free(t);
		return NULL;
	}
	return t;
}

void
cli_table_free(struct cli_table *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->count; i++)
		free(t->cell[i]);
	for (size_t i = 0; i < t->columns; i++)
		free(t->column[i].heading);
	free(t->cell);
	free(t->column);
	free(t);
}

static char *
copy(struct span s)
{
	char *c = malloc(s.n + 1);

	if (c != NULL) {
		/* a line feed is a control character like the others */
		for (size_t i = 0; i < s.n; i++)
			c[i] = s.p[i] == '\n' ? '?' : (char)s.p[i];
		c[s.n] = '\0';
	}
	return c;
}

static struct span
as_span(const char *s)
{
	const char *text = s != NULL ? s : "";

	return (struct span){ (const uint8_t *)text, strlen(text) };
}

void
cli_table_heading(struct cli_table *t, size_t column, const char *text,
    enum cli_align align)
{
	if (t == NULL || column >= t->columns)
		return;
	free(t->column[column].heading);
	t->column[column].heading = copy(as_span(text));
	t->column[column].align = align;
	if (t->column[column].heading == NULL)
		t->failed = true;
}

void
cli_table_span(struct cli_table *t, struct span text)
{
	if (t == NULL || t->failed)
		return;
	if (t->count == t->cap) {
		size_t cap = t->cap == 0 ? 64 : t->cap * 2;
		char **more = realloc(t->cell, cap * sizeof *more);
		if (more == NULL) {
			t->failed = true;
			return;
		}
		t->cell = more;
		t->cap = cap;
	}
	t->cell[t->count] = copy(text);
	if (t->cell[t->count] == NULL)
		t->failed = true;
	else
		t->count++;
}

void
cli_table_cell(struct cli_table *t, const char *text)
{
	cli_table_span(t, as_span(text));
}

void
cli_table_u64(struct cli_table *t, uint64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%" PRIu64, value);
	cli_table_cell(t, text);
}

void
cli_table_decimal(const struct cli *c, struct cli_table *t,
    const char *value)
{
	char text[32], *point;

	(void)snprintf(text, sizeof text, "%s", value);
	point = strchr(text, '.');
	if (point != NULL && c->language == LANGUAGE_VI)
		*point = ',';
	cli_table_cell(t, text);
}

/* ---- printing */

static void
measure(struct cli_table *t)
{
	for (size_t i = 0; i < t->columns; i++)
		t->column[i].width =
		    cli_text_columns(as_span(t->column[i].heading));
	for (size_t i = 0; i < t->count; i++) {
		struct column *c = &t->column[i % t->columns];
		unsigned width = cli_text_columns(as_span(t->cell[i]));
		if (width > c->width)
			c->width = width;
	}
}

/* Takes columns from the widest text until the line fits. */
static void
fit(struct cli_table *t)
{
	unsigned sum = (unsigned)(t->columns - 1) * GAP;

	for (size_t i = 0; i < t->columns; i++)
		sum += t->column[i].width;
	while (sum > CLI_COLUMNS) {
		struct column *widest = NULL;
		for (size_t i = 0; i < t->columns; i++) {
			struct column *c = &t->column[i];
			if (c->align == CLI_LEFT && c->width > NARROWEST &&
			    (widest == NULL || c->width > widest->width))
				widest = c;
		}
		if (widest == NULL)
			return;
		widest->width--;
		sum--;
	}
}

static void
put_blanks(FILE *out, unsigned n)
{
	while (n-- > 0)
		(void)fputc(' ', out);
}

/* One line of a row; rest[i] is what is still to come of each cell.  Returns
 * whether anything is left. */
static bool
print_line(const struct cli_table *t, struct span *rest, FILE *out)
{
	unsigned owed = 0;		/* blanks before the next text */
	bool more = false;

	for (size_t i = 0; i < t->columns; i++) {
		const struct column *c = &t->column[i];
		size_t skip = 0;
		size_t n = rest[i].n == 0 ? 0 : cli_text_line(rest[i],
		    c->width, CLI_TEXT_CUT, &skip);
		struct span text = { rest[i].p, n };
		unsigned width = cli_text_columns(text);
		unsigned pad = c->width > width ? c->width - width : 0;
		if (n > 0) {
			put_blanks(out, owed + (c->align == CLI_RIGHT ? pad :
			    0));
			cli_text_put(out, text);
			owed = c->align == CLI_RIGHT ? 0 : pad;
		} else {
			owed += c->width;
		}
		owed += GAP;
		rest[i].p += n + skip;
		rest[i].n -= n + skip;
		more = more || rest[i].n > 0;
	}
	(void)fputc('\n', out);
	return more;
}

bool
cli_table_print(struct cli_table *t, FILE *out)
{
	if (t == NULL || t->failed)
		return false;
	struct span *rest = calloc(t->columns, sizeof *rest);
	if (rest == NULL)
		return false;
	measure(t);
	fit(t);
	for (size_t i = 0; i < t->columns; i++)
		rest[i] = as_span(t->column[i].heading);
	while (print_line(t, rest, out))
		continue;
	for (size_t row = 0; row + t->columns <= t->count;
	    row += t->columns) {
		for (size_t i = 0; i < t->columns; i++)
			rest[i] = as_span(t->cell[row + i]);
		while (print_line(t, rest, out))
			continue;
	}
	free(rest);
	return true;
}
