/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/csv.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/crypto.h"
#include "protocol/limits.h"

struct field {
	uint32_t from, n;
};
struct row {
	uint32_t first, count;		/* of fields */
	uint32_t line;
};
struct csv {
	uint8_t *text;			/* fields, quotes undone in place */
	size_t text_bytes;
	char separator;
	struct row *rows;		/* those above the heading too */
	size_t row_count, row_cap;
	size_t heading;			/* which row it is */
	struct field *fields;
	size_t field_count, field_cap;
};

/* Reading: `to` never passes `at`. */
struct reading {
	struct csv *c;
	size_t at, to;
	size_t line;
	struct csv_error error;
};

static err
wrong(struct reading *r, enum csv_fault fault, size_t column)
{
	r->error = (struct csv_error){ fault, r->line, column };
	switch (fault) {
	case CSV_TOO_BIG:
	case CSV_TOO_MANY_ROWS:
	case CSV_TOO_MANY_COLUMNS:
	case CSV_FIELD_TOO_LONG:
	case CSV_WORKBOOK_LIMIT:
		return ERR_LIMIT;
	case CSV_FINE:
	case CSV_EMPTY:
	case CSV_ENCODING:
	case CSV_QUOTE:
	case CSV_OPEN_QUOTE:
	case CSV_HEADING_TWICE:
	case CSV_WORKBOOK:
		break;
	}
	return ERR_FORMAT;
}

/* ---- fields */

static bool
is_end(uint8_t b)
{
	return b == '\n' || b == '\r';
}

/* Passes over one line end. */
static void
end_line(struct reading *r)
{
	const struct csv *c = r->c;

	if (c->text[r->at] == '\r' && r->at + 1 < c->text_bytes &&
	    c->text[r->at + 1] == '\n')
		r->at++;
	r->at++;
	r->line++;
}

/* One byte of a field to where the fields are gathered. */
static void
keep(struct reading *r)
{
	uint8_t *text = r->c->text;

	if (text[r->at] == '\n' ||
	    (text[r->at] == '\r' && (r->at + 1 == r->c->text_bytes ||
	    text[r->at + 1] != '\n')))
		r->line++;
	text[r->to++] = text[r->at++];
}

/* Stands behind the opening quote. */
static err
read_quoted(struct reading *r, size_t column)
{
	const struct csv *c = r->c;
	size_t line = r->line;

	for (;;) {
		if (r->at == c->text_bytes) {
			r->line = line;
			return wrong(r, CSV_OPEN_QUOTE, column);
		}
		if (c->text[r->at] != '"') {
			keep(r);
			continue;
		}
		r->at++;
		if (r->at == c->text_bytes || c->text[r->at] != '"')
			break;
		keep(r);
	}
	if (r->at < c->text_bytes && !is_end(c->text[r->at]) &&
	    c->text[r->at] != (uint8_t)c->separator)
		return wrong(r, CSV_QUOTE, column);
	return ERR_OK;
}

static err
read_field(struct reading *r, size_t column, struct field *ret)
{
	const struct csv *c = r->c;
	size_t from = r->to;
	err rc = ERR_OK;

	if (r->at < c->text_bytes && c->text[r->at] == '"') {
		r->at++;
		rc = read_quoted(r, column);
	} else {
		while (r->at < c->text_bytes && !is_end(c->text[r->at]) &&
		    c->text[r->at] != (uint8_t)c->separator)
			keep(r);
	}
	if (rc == ERR_OK && r->to - from > LIMIT_CSV_FIELD_BYTES)
		rc = wrong(r, CSV_FIELD_TOO_LONG, column);
	if (rc == ERR_OK)
		*ret = (struct field){ (uint32_t)from,
			(uint32_t)(r->to - from) };
	return rc;
}

/* ---- rows */

/* Room for one more item; sizes are bounded by the limits of rows and
 * columns. */
static err
grow(void **p, size_t *cap, size_t count, size_t size)
{
	size_t more = *cap == 0 ? 64 : 2 * *cap;
	void *grown;

	if (count < *cap)
		return ERR_OK;
	grown = realloc(*p, more * size);
	if (grown == NULL)
		return ERR_NOMEM;
	*p = grown;
	*cap = more;
	return ERR_OK;
}

static err
add_field(struct csv *c, const struct field *f)
{
	void *p = c->fields;
	err rc = grow(&p, &c->field_cap, c->field_count, sizeof *f);

	c->fields = p;
	if (rc == ERR_OK)
		c->fields[c->field_count++] = *f;
	return rc;
}

static err
add_row(struct csv *c, const struct row *row)
{
	void *p = c->rows;
	err rc = grow(&p, &c->row_cap, c->row_count, sizeof *row);

	c->rows = p;
	if (rc == ERR_OK)
		c->rows[c->row_count++] = *row;
	return rc;
}

static err
read_row(struct reading *r)
{
	struct csv *c = r->c;
	struct row row = { .first = (uint32_t)c->field_count,
		.line = (uint32_t)r->line };
	struct field f = { 0, 0 };
	size_t from = r->to;
	bool more = true;
	err rc = ERR_OK;

	while (rc == ERR_OK && more) {
		if (row.count == CSV_COLUMNS_MAX)
			return wrong(r, CSV_TOO_MANY_COLUMNS, row.count + 1);
		rc = read_field(r, row.count + 1, &f);
		if (rc == ERR_OK)
			rc = add_field(c, &f);
		row.count++;
		more = r->at < c->text_bytes &&
		    c->text[r->at] == (uint8_t)c->separator;
		r->at += more;
	}
	if (rc == ERR_OK && r->at < c->text_bytes)
		end_line(r);
	if (rc != ERR_OK)
		return rc;
	if (r->to == from) {
		c->field_count = row.first;
		return ERR_OK;
	}
	if (c->row_count > LIMIT_CSV_ROWS)
		return wrong(r, CSV_TOO_MANY_ROWS, 0);
	return add_row(c, &row);
}

/* ---- the heading */

/* What parts the columns: the most frequent outside of quotes in the first
 * line that has anything. */
static char
find_separator(const struct csv *c)
{
	static const char kinds[] = { ',', ';', '\t' };
	size_t count[sizeof kinds] = { 0 }, best = 0;
	bool quoted = false, any = false;

	for (size_t i = 0; i < c->text_bytes; i++) {
		uint8_t b = c->text[i];

		if (is_end(b) && !quoted && any)
			break;
		any = any || !is_end(b);
		quoted = quoted != (b == '"');
		for (size_t k = 0; k < sizeof kinds && !quoted; k++)
			count[k] += b == (uint8_t)kinds[k];
	}
	for (size_t k = 1; k < sizeof kinds; k++)
		if (count[k] > count[best])
			best = k;
	return kinds[best];
}

static uint8_t
lower(uint8_t b)
{
	return b >= 'A' && b <= 'Z' ? (uint8_t)(b + ('a' - 'A')) : b;
}

static bool
same_name(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

static err
check_heading(struct reading *r)
{
	const struct csv *c = r->c;

	if (c->row_count == 0) {
		r->line = 0;
		return wrong(r, CSV_EMPTY, 0);
	}
	r->line = c->rows[c->heading].line;
	for (size_t i = 0; i < csv_columns(c); i++)
		for (size_t k = 0; k < i; k++)
			if (csv_heading(c, i).n > 0 && same_name(
			    csv_heading(c, i), csv_heading(c, k)))
				return wrong(r, CSV_HEADING_TWICE, i + 1);
	return ERR_OK;
}

/* ---- csv.h */

static err
copy_text(struct csv *c, struct span text)
{
	static const uint8_t mark[] = { 0xef, 0xbb, 0xbf };

	if (text.n >= sizeof mark && memcmp(text.p, mark, sizeof mark) == 0) {
		text.p += sizeof mark;
		text.n -= sizeof mark;
	}
	c->text = malloc(text.n + 1);
	if (c->text == NULL)
		return ERR_NOMEM;
	if (text.n > 0)
		memcpy(c->text, text.p, text.n);
	c->text_bytes = text.n;
	c->separator = find_separator(c);
	return ERR_OK;
}

static err
read_all(struct reading *r, struct span text)
{
	struct csv *c = r->c;
	err rc;

	if (text.n > LIMIT_CSV_BYTES)
		return wrong(r, CSV_TOO_BIG, 0);
	/* UTF-16 has a NUL in every separator */
	if (text.n > 0 && memchr(text.p, '\0', text.n) != NULL)
		return wrong(r, CSV_ENCODING, 0);
	rc = copy_text(c, text);
	r->line = 1;
	while (rc == ERR_OK && r->at < c->text_bytes)
		rc = read_row(r);
	return rc == ERR_OK ? check_heading(r) : rc;
}

err
csv_read(struct span text, struct csv **ret, struct csv_error *ret_error)
{
	struct reading r = { .c = calloc(1, sizeof(struct csv)) };
	err rc = r.c == NULL ? ERR_NOMEM : read_all(&r, text);

	if (rc == ERR_OK) {
		*ret = r.c;
		return ERR_OK;
	}
	if (rc != ERR_NOMEM)
		*ret_error = r.error;
	csv_free(r.c);
	return rc;
}

void
csv_free(struct csv *c)
{
	if (c == NULL)
		return;
	if (c->text != NULL)
		crypto_wipe(c->text, c->text_bytes);
	free(c->text);
	free(c->rows);
	free(c->fields);
	free(c);
}

err
csv_take_heading(struct csv *c, size_t row, struct csv_error *ret_error)
{
	struct reading r = { .c = c };
	size_t before = c->heading;
	err rc;

	c->heading += row + 1;
	rc = check_heading(&r);
	if (rc != ERR_OK) {
		c->heading = before;
		*ret_error = r.error;
	}
	return rc;
}

size_t
csv_rows(const struct csv *c)
{
	return c->row_count - c->heading - 1;
}

size_t
csv_columns(const struct csv *c)
{
	return c->rows[c->heading].count;
}

char
csv_separator(const struct csv *c)
{
	return c->separator;
}

static struct span
field_at(const struct csv *c, const struct row *row, size_t column)
{
	const struct field *f;

	if (column >= row->count)
		return (struct span){ NULL, 0 };
	f = &c->fields[row->first + column];
	return (struct span){ c->text + f->from, f->n };
}

struct span
csv_heading(const struct csv *c, size_t column)
{
	struct span s = field_at(c, &c->rows[c->heading], column);

	while (s.n > 0 && s.p[0] <= ' ') {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && s.p[s.n - 1] <= ' ')
		s.n--;
	return s;
}

size_t
csv_column(const struct csv *c, const char *name)
{
	struct span wanted = { (const uint8_t *)name, strlen(name) };

	for (size_t i = 0; i < csv_columns(c); i++)
		if (same_name(csv_heading(c, i), wanted))
			return i;
	return CSV_NONE;
}

struct span
csv_field(const struct csv *c, size_t row, size_t column)
{
	return field_at(c, &c->rows[c->heading + row + 1], column);
}

size_t
csv_width(const struct csv *c, size_t row)
{
	return c->rows[c->heading + row + 1].count;
}

size_t
csv_line(const struct csv *c, size_t row)
{
	return c->rows[c->heading + row + 1].line;
}

void
csv_put(struct buf *out, struct span field, char separator)
{
	bool plain = true;

	for (size_t i = 0; i < field.n; i++)
		plain = plain && field.p[i] != '"' && !is_end(field.p[i]) &&
		    field.p[i] != (uint8_t)separator;
	if (plain) {
		buf_put(out, field.p, field.n);
		return;
	}
	buf_put_u8(out, '"');
	for (size_t i = 0; i < field.n; i++) {
		if (field.p[i] == '"')
			buf_put_u8(out, '"');
		buf_put_u8(out, field.p[i]);
	}
	buf_put_u8(out, '"');
}
