/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/export_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "client/records/csv.h"
#include "client/records/xlsx_write.h"
#include "client/store/paths.h"
#include "protocol/crypto.h"
#include "protocol/limits.h"

struct column {
	char *heading;
	enum export_kind kind;
};
struct cell {
	uint32_t from, n;
};
struct export_table {
	char *title;
	struct column columns[EXPORT_COLUMNS_MAX];
	size_t column_count;
	struct cell *cells;
	size_t cell_count, cell_cap;
	struct buf text;
	struct export_chart chart;
	err failed;
};

static char *
copy(const char *s)
{
	size_t n = strlen(s) + 1;
	char *p = malloc(n);

	if (p != NULL)
		memcpy(p, s, n);
	return p;
}

struct export_table *
export_table_new(const char *title)
{
	struct export_table *t = calloc(1, sizeof *t);

	if (t == NULL)
		return NULL;
	t->title = copy(title);
	if (t->title != NULL)
		return t;
	free(t);
	return NULL;
}

void
export_table_free(struct export_table *t)
{
	if (t == NULL)
		return;
	if (t->text.p != NULL)
		crypto_wipe(t->text.p, t->text.cap);
	buf_free(&t->text);
	for (size_t i = 0; i < t->column_count; i++)
		free(t->columns[i].heading);
	free(t->cells);
	free(t->title);
	free(t);
}

void
export_table_column(struct export_table *t, const char *heading,
    enum export_kind kind)
{
	char *text;

	if (t->column_count == EXPORT_COLUMNS_MAX) {
		t->failed = ERR_LIMIT;
		return;
	}
	text = copy(heading);
	if (text == NULL)
		t->failed = ERR_NOMEM;
	else
		t->columns[t->column_count++] = (struct column){ text, kind };
}

static bool
grow(struct export_table *t)
{
	size_t more = t->cell_cap == 0 ? 256 : 2 * t->cell_cap;
	struct cell *p;

	if (t->cell_count < t->cell_cap)
		return true;
	p = realloc(t->cells, more * sizeof *p);
	if (p == NULL)
		return false;
	t->cells = p;
	t->cell_cap = more;
	return true;
}

void
export_table_cell(struct export_table *t, struct span text)
{
	if (t->failed != ERR_OK)
		return;
	if (text.n > LIMIT_CSV_BYTES - t->text.n || t->column_count == 0 ||
	    t->cell_count / t->column_count >= LIMIT_CSV_ROWS) {
		t->failed = ERR_LIMIT;
		return;
	}
	if (!grow(t)) {
		t->failed = ERR_NOMEM;
		return;
	}
	t->cells[t->cell_count] = (struct cell){ (uint32_t)t->text.n,
		(uint32_t)text.n };
	buf_put(&t->text, text.p, text.n);
	t->failed = buf_err(&t->text);
	t->cell_count += t->failed == ERR_OK;
}

void
export_table_text(struct export_table *t, const char *text)
{
	export_table_cell(t, (struct span){ (const uint8_t *)text,
	    strlen(text) });
}

void
export_table_number(struct export_table *t, uint64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%" PRIu64, value);
	export_table_text(t, text);
}

void
export_table_chart(struct export_table *t, const struct export_chart *c)
{
	t->chart = *c;
}

err
export_table_err(const struct export_table *t)
{
	return t->failed;
}

/* ---- what is in it */

const char *
export_table_title(const struct export_table *t)
{
	return t->title;
}

size_t
export_table_columns(const struct export_table *t)
{
	return t->column_count;
}

size_t
export_table_rows(const struct export_table *t)
{
	return t->column_count == 0 ? 0 : t->cell_count / t->column_count;
}

const char *
export_table_heading(const struct export_table *t, size_t column)
{
	return t->columns[column].heading;
}

enum export_kind
export_table_kind(const struct export_table *t, size_t column)
{
	return t->columns[column].kind;
}

struct span
export_table_at(const struct export_table *t, size_t row, size_t column)
{
	const struct cell *c = &t->cells[row * t->column_count + column];

	return (struct span){ t->text.p + c->from, c->n };
}

const struct export_chart *
export_table_charted(const struct export_table *t)
{
	return &t->chart;
}

/* ---- CSV */

bool
export_table_is_formula(struct span text)
{
	while (text.n > 0 && text.p[0] == '\'') {
		text.p++;
		text.n--;
	}
	return text.n > 0 && strchr("=+-@\t\r", text.p[0]) != NULL &&
	    text.p[0] != '\0';
}

static bool
is_number(struct span text)
{
	size_t digits = 0, others = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] >= '0' && text.p[i] <= '9')
			digits++;
		else if (text.p[i] != '.' && (i > 0 || text.p[i] != '-'))
			others++;
	}
	return digits > 0 && others == 0;
}

/* A negative number is no formula. */
static void
put_cell(struct span text, enum export_kind kind, struct buf *out)
{
	struct buf safe = { .p = NULL };

	if (!export_table_is_formula(text) ||
	    (kind != EXPORT_TEXT && is_number(text))) {
		csv_put(out, text, ',');
		return;
	}
	buf_put_u8(&safe, '\'');
	buf_put(&safe, text.p, text.n);
	if (buf_err(&safe) == ERR_OK)
		csv_put(out, buf_span(&safe), ',');
	else
		out->failed = ERR_NOMEM;
	if (safe.p != NULL)
		crypto_wipe(safe.p, safe.cap);
	buf_free(&safe);
}

err
export_table_csv(const struct export_table *t, struct buf *out)
{
	size_t columns = t->column_count, rows = export_table_rows(t);

	if (t->failed != ERR_OK)
		return t->failed;
	buf_put_text(out, "\xef\xbb\xbf");
	for (size_t c = 0; c < columns; c++) {
		const char *heading = t->columns[c].heading;

		put_cell((struct span){ (const uint8_t *)heading,
		    strlen(heading) }, EXPORT_TEXT, out);
		buf_put_text(out, c + 1 < columns ? "," : "\r\n");
	}
	for (size_t row = 0; row < rows; row++)
		for (size_t c = 0; c < columns; c++) {
			put_cell(export_table_at(t, row, c),
			    t->columns[c].kind, out);
			buf_put_text(out, c + 1 < columns ? "," : "\r\n");
		}
	return buf_err(out);
}

/* ---- saving */

static bool
ends_in(const char *path, const char *ending)
{
	size_t n = strlen(path), m = strlen(ending);

	return n > m && strcasecmp(path + n - m, ending) == 0;
}

/* A folder of our own; in memory where there is such a place. */
static err
make_folder(char ret[static PATH_BYTES])
{
	static const char *const names[] = { "XDG_RUNTIME_DIR", "TMPDIR" };
	const char *where = NULL;

	for (size_t i = 0; i < 2 && where == NULL; i++) {
		where = getenv(names[i]);
		if (where != NULL && (where[0] != '/' ||
		    access(where, W_OK | X_OK) != 0))
			where = NULL;
	}
	err rc = paths_join(where != NULL ? where : "/tmp",
	    "nguon-export-XXXXXX", ret);
	return rc != ERR_OK ? rc : mkdtemp(ret) != NULL ? ERR_OK : ERR_IO;
}

/* The library writes into files only: one that nobody else can reach. */
static err
make_workbook(const struct export_table *const *tables, size_t count,
    struct buf *out)
{
	char folder[PATH_BYTES], path[PATH_BYTES];
	err rc = make_folder(folder);

	if (rc != ERR_OK)
		return rc;
	rc = paths_join(folder, "workbook.xlsx", path);
	if (rc == ERR_OK) {
		rc = xlsx_write(tables, count, path, folder);
		if (rc == ERR_OK)
			rc = paths_read_secret(path, LIMIT_CSV_BYTES, out);
		(void)unlink(path);
	}
	(void)rmdir(folder);
	return rc;
}

err
export_table_save(const struct export_table *const *tables, size_t count,
    const char *path)
{
	struct buf out = { .p = NULL };
	err rc = ERR_USAGE;

	for (size_t i = 0; i < count; i++)
		if (tables[i]->failed != ERR_OK)
			return tables[i]->failed;
	if (ends_in(path, ".csv"))
		rc = export_table_csv(tables[0], &out);
	else if (ends_in(path, ".xlsx"))
		rc = make_workbook(tables, count, &out);
	if (rc == ERR_OK)
		rc = paths_write(path, buf_span(&out), 0600, PATHS_REPLACE);
	if (out.p != NULL)
		crypto_wipe(out.p, out.cap);
	buf_free(&out);
	return rc;
}
