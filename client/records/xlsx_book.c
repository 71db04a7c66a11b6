/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/xlsx_book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/records/xlsx_read.h"
#include "protocol/crypto.h"
#include "protocol/limits.h"

#define ROOT_RELATIONS "_rels/.rels"

static err
no_end(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
	return ERR_OK;
}

static err
no_text(void *ctx, struct span text)
{
	(void)ctx;
	(void)text;
	return ERR_OK;
}

/* Room for one more item, up to max. */
static err
grow(void **p, size_t *cap, size_t count, size_t size, size_t max)
{
	size_t more = *cap == 0 ? 64 : 2 * *cap;
	void *grown;

	if (count >= max)
		return ERR_LIMIT;
	if (count < *cap)
		return ERR_OK;
	grown = realloc(*p, more * size);
	if (grown == NULL)
		return ERR_NOMEM;
	*p = grown;
	*cap = more;
	return ERR_OK;
}

/* ---- relations: which part is where */

struct relation {
	const char *id;			/* asked for by id, */
	const char *type;		/* else by the end of its type */
	const char *base;		/* the folder it is relative to */
	char target[XLSX_PATH_BYTES];
	bool found;
};

static bool
ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

static err
on_relation(void *ctx, const char *name, const char *const *attr)
{
	struct relation *r = ctx;
	const char *id = xlsx_part_attr(attr, "Id");
	const char *type = xlsx_part_attr(attr, "Type");
	const char *target = xlsx_part_attr(attr, "Target");
	int n;

	if (r->found || strcmp(name, "Relationship") != 0 || id == NULL ||
	    type == NULL || target == NULL || (r->id != NULL ?
	    strcmp(id, r->id) != 0 : !ends_in(type, r->type)))
		return ERR_OK;
	n = target[0] == '/' ?
	    snprintf(r->target, sizeof r->target, "%s", target + 1) :
	    snprintf(r->target, sizeof r->target, "%s%s", r->base, target);
	if (n <= 0 || n >= (int)sizeof r->target)
		return ERR_FORMAT;
	r->found = true;
	return ERR_OK;
}

/* False in found: there is no such relation. */
static err
find_relation(struct xlsx_archive *a, const char *path, struct relation *r)
{
	struct xlsx_sink sink = { on_relation, no_end, no_text, r };

	return xlsx_part_read(a, path, &sink);
}

/* ---- the workbook */

struct workbook {
	struct xlsx_book *book;
	char id[64];
	bool found, hidden;
};

static bool
is_true(const char *value)
{
	return value != NULL && (strcmp(value, "1") == 0 ||
	    strcmp(value, "true") == 0);
}

/* The first sheet that is not hidden; if all are, the first. */
static err
on_workbook(void *ctx, const char *name, const char *const *attr)
{
	struct workbook *w = ctx;
	const char *id, *state;

	if (strcmp(name, "workbookPr") == 0)
		w->book->calendar_1904 = is_true(xlsx_part_attr(attr,
		    "date1904"));
	if (strcmp(name, "sheet") != 0)
		return ERR_OK;
	id = xlsx_part_attr(attr, "id");
	state = xlsx_part_attr(attr, "state");
	bool hidden = state != NULL && strcmp(state, "visible") != 0;
	if (id == NULL || strlen(id) >= sizeof w->id ||
	    (w->found && (!w->hidden || hidden)))
		return ERR_OK;
	memcpy(w->id, id, strlen(id) + 1);
	w->found = true;
	w->hidden = hidden;
	return ERR_OK;
}

/* ---- shared strings */

struct strings {
	struct xlsx_book *book;
	size_t from;			/* of the one being read */
	bool in_text, in_reading;	/* <t>; <rPh>, how it is spoken */
};

static err
on_string(void *ctx, const char *name, const char *const *attr)
{
	struct strings *s = ctx;

	(void)attr;
	if (strcmp(name, "si") == 0)
		s->from = s->book->text.n;
	else if (strcmp(name, "rPh") == 0)
		s->in_reading = true;
	else if (strcmp(name, "t") == 0)
		s->in_text = !s->in_reading;
	return ERR_OK;
}

static err
on_string_text(void *ctx, struct span text)
{
	struct strings *s = ctx;
	struct buf *out = &s->book->text;
	size_t room = LIMIT_CSV_FIELD_BYTES + 1 - (out->n - s->from);

	if (!s->in_text)
		return ERR_OK;
	if (text.n > room)
		text.n = room;
	if (out->n + text.n > LIMIT_CSV_BYTES)
		return ERR_LIMIT;
	buf_put(out, text.p, text.n);
	return buf_err(out);
}

static err
on_string_end(void *ctx, const char *name)
{
	struct strings *s = ctx;
	struct xlsx_book *b = s->book;
	void *p = b->strings;
	err rc;

	if (strcmp(name, "t") == 0)
		s->in_text = false;
	if (strcmp(name, "rPh") == 0)
		s->in_reading = false;
	if (strcmp(name, "si") != 0)
		return ERR_OK;
	rc = grow(&p, &b->string_cap, b->string_count, sizeof *b->strings,
	    XLSX_STRINGS_MAX);
	b->strings = p;
	if (rc == ERR_OK)
		b->strings[b->string_count++] = (struct xlsx_string){
			(uint32_t)s->from, (uint32_t)(b->text.n - s->from) };
	s->from = b->text.n;
	return rc;
}

/* ---- styles */

struct styles {
	struct xlsx_book *book;
	uint32_t *formats;		/* numbers of own ones for days */
	size_t format_count, format_cap;
	bool in_cells;			/* <cellXfs> */
};

bool
xlsx_book_format_is_date(const char *code)
{
	bool day = false, month = false, hour = false;

	for (; *code != '\0' && *code != ';'; code++) {
		switch (*code) {
		case '"':
			code = strchr(code + 1, '"');
			break;
		case '[':	/* a colour, a locale; [h]: hours in all */
			hour = hour || strchr("hHmMsS", code[1]) != NULL;
			code = strchr(code, ']');
			break;
		case '\\': case '_': case '*':
			code = code[1] != '\0' ? code + 1 : code;
			break;
		case 'y': case 'Y': case 'd': case 'D':
			day = true;
			break;
		case 'm': case 'M':
			month = true;
			break;
		case 'h': case 'H': case 's': case 'S':
			hour = true;
			break;
		default:
			break;
		}
		if (code == NULL)
			return false;
	}
	return day || (month && !hour);
}

/* Those that need no code in the file; 27 to 58 of East Asian locales. */
static bool
is_built_in_date(uint32_t id)
{
	return (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) ||
	    id == 36 || (id >= 50 && id <= 58);
}

static uint32_t
number(const char *text)
{
	unsigned long v = text != NULL ? strtoul(text, NULL, 10) : 0;

	return v <= UINT32_MAX ? (uint32_t)v : UINT32_MAX;
}

static err
add_format(struct styles *s, uint32_t id)
{
	void *p = s->formats;
	err rc = grow(&p, &s->format_cap, s->format_count, sizeof *s->formats,
	    XLSX_STYLES_MAX);

	s->formats = p;
	if (rc == ERR_OK)
		s->formats[s->format_count++] = id;
	return rc;
}

static err
add_style(struct styles *s, uint32_t id)
{
	struct xlsx_book *b = s->book;
	void *p = b->dates;
	bool date = is_built_in_date(id);
	err rc = grow(&p, &b->style_cap, b->style_count, sizeof *b->dates,
	    XLSX_STYLES_MAX);

	b->dates = p;
	for (size_t i = 0; i < s->format_count && !date; i++)
		date = s->formats[i] == id;
	if (rc == ERR_OK)
		b->dates[b->style_count++] = date;
	return rc;
}

static err
on_style(void *ctx, const char *name, const char *const *attr)
{
	struct styles *s = ctx;
	uint32_t id = number(xlsx_part_attr(attr, "numFmtId"));
	const char *code = xlsx_part_attr(attr, "formatCode");

	if (strcmp(name, "cellXfs") == 0)
		s->in_cells = true;
	if (strcmp(name, "xf") == 0 && s->in_cells)
		return add_style(s, id);
	if (strcmp(name, "numFmt") == 0 && code != NULL &&
	    xlsx_book_format_is_date(code))
		return add_format(s, id);
	return ERR_OK;
}

static err
on_style_end(void *ctx, const char *name)
{
	struct styles *s = ctx;

	if (strcmp(name, "cellXfs") == 0)
		s->in_cells = false;
	return ERR_OK;
}

/* ---- xlsx_book.h */

/* DIR/_rels/NAME.rels of a part, and DIR/. */
static err
relations_of(const char *part, char ret[static XLSX_PATH_BYTES],
    char ret_base[static XLSX_PATH_BYTES])
{
	const char *slash = strrchr(part, '/');
	size_t n = slash != NULL ? (size_t)(slash - part) + 1 : 0;
	int m = snprintf(ret, XLSX_PATH_BYTES, "%.*s_rels/%s.rels", (int)n,
	    part, part + n);

	memcpy(ret_base, part, n);
	ret_base[n] = '\0';
	return m > 0 && m < XLSX_PATH_BYTES ? ERR_OK : ERR_FORMAT;
}

/* A part that the workbook may do without. */
static err
read_optional(struct xlsx_archive *a, const char *relations,
    const char *base, const char *type, const struct xlsx_sink *sink)
{
	struct relation r = { .type = type, .base = base };
	err rc = find_relation(a, relations, &r);

	if (rc != ERR_OK || !r.found)
		return rc;
	rc = xlsx_part_read(a, r.target, sink);
	return rc == ERR_ABSENT ? ERR_FORMAT : rc;
}

static err
find_workbook(struct xlsx_archive *a, struct xlsx_book *b,
    char relations[static XLSX_PATH_BYTES],
    char base[static XLSX_PATH_BYTES])
{
	struct relation r = { .type = "/officeDocument", .base = "" };
	struct workbook w = { .book = b };
	struct xlsx_sink sink = { on_workbook, no_end, no_text, &w };
	err rc = find_relation(a, ROOT_RELATIONS, &r);

	if (rc == ERR_OK && !r.found)
		rc = ERR_FORMAT;
	if (rc == ERR_OK)
		rc = xlsx_part_read(a, r.target, &sink);
	if (rc == ERR_OK)
		rc = w.found ? relations_of(r.target, relations, base) :
		    ERR_FORMAT;
	if (rc != ERR_OK)
		return rc;
	r = (struct relation){ .id = w.id, .base = base };
	rc = find_relation(a, relations, &r);
	if (rc == ERR_OK && !r.found)
		rc = ERR_FORMAT;
	if (rc == ERR_OK)
		memcpy(b->sheet, r.target, sizeof b->sheet);
	return rc;
}

err
xlsx_book_read(struct xlsx_archive *a, struct xlsx_book *ret)
{
	char relations[XLSX_PATH_BYTES], base[XLSX_PATH_BYTES];
	struct styles styles = { .book = ret };
	struct strings strings = { .book = ret };
	struct xlsx_sink sinks[2] = {
		{ on_style, on_style_end, no_text, &styles },
		{ on_string, on_string_end, on_string_text, &strings },
	};
	err rc;

	memset(ret, 0, sizeof *ret);
	rc = find_workbook(a, ret, relations, base);
	if (rc == ERR_OK)
		rc = read_optional(a, relations, base, "/styles", &sinks[0]);
	if (rc == ERR_OK)
		rc = read_optional(a, relations, base, "/sharedStrings",
		    &sinks[1]);
	free(styles.formats);
	if (rc != ERR_OK)
		xlsx_book_free(ret);
	return rc == ERR_ABSENT ? ERR_FORMAT : rc;
}

void
xlsx_book_free(struct xlsx_book *b)
{
	if (b->text.p != NULL)
		crypto_wipe(b->text.p, b->text.cap);
	buf_free(&b->text);
	free(b->strings);
	free(b->dates);
	memset(b, 0, sizeof *b);
}
