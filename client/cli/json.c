/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.c -- JSON of the reading verbs, on one line.
 */
#include "client/cli/cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli/cli_text.h"
#include "protocol/utf8.h"

enum { JSON_DEPTH = 16 };

struct json {
	FILE *out;
	unsigned depth;
	char close[JSON_DEPTH];		/* '}' or ']' */
	bool more[JSON_DEPTH];		/* a value stands there already */
};

struct json *
json_new(FILE *out)
{
	struct json *j = calloc(1, sizeof *j);

	if (j != NULL)
		j->out = out;
	return j;
}

/* What a terminal would obey, of two or three bytes at i: C1 controls and
 * direction marks; else 0. */
static unsigned
terminal_mark(struct span s, size_t i)
{
	unsigned columns, c = s.p[i];
	bool safe;

	if (c < 0xc2 || c >= 0xf0)
		return 0;
	size_t n = cli_text_next((struct span){ s.p + i, s.n - i }, &columns,
	    &safe);
	if (safe)
		return 0;
	c = n == 2 ? c & 0x1f : c & 0x0f;
	for (size_t k = 1; k < n; k++)
		c = c << 6 | (s.p[i + k] & 0x3f);
	return c;
}

static void
put_quoted(struct json *j, struct span s)
{
	bool lawful = utf8_lawful(s);

	(void)fputc('"', j->out);
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];
		unsigned mark = lawful ? terminal_mark(s, i) : 0;
		if (mark != 0) {
			(void)fprintf(j->out, "\\u%04x", mark);
			i += mark < 0x800 ? 1 : 2;
		} else if (c == '"' || c == '\\')
			(void)fprintf(j->out, "\\%c", c);
		else if (c == '\n')
			(void)fputs("\\n", j->out);
		else if (c < 0x20 || c == 0x7f)
			(void)fprintf(j->out, "\\u%04x", c);
		else if (c >= 0x80 && !lawful)
			(void)fputs("\\ufffd", j->out);
		else
			(void)fputc(c, j->out);
	}
	(void)fputc('"', j->out);
}

/* What stands before a value: a comma, the key. */
static void
put_lead(struct json *j, const char *key)
{
	if (j->depth > 0) {
		if (j->more[j->depth - 1])
			(void)fputc(',', j->out);
		j->more[j->depth - 1] = true;
	}
	if (key != NULL) {
		put_quoted(j, (struct span){ (const uint8_t *)key,
		    strlen(key) });
		(void)fputc(':', j->out);
	}
}

static void
open_level(struct json *j, const char *key, char first, char last)
{
	if (j == NULL || j->depth == JSON_DEPTH)
		return;
	put_lead(j, key);
	(void)fputc(first, j->out);
	j->close[j->depth] = last;
	j->more[j->depth] = false;
	j->depth++;
}

void
json_object(struct json *j, const char *key)
{
	open_level(j, key, '{', '}');
}

void
json_array(struct json *j, const char *key)
{
	open_level(j, key, '[', ']');
}

void
json_close(struct json *j)
{
	if (j != NULL && j->depth > 0)
		(void)fputc(j->close[--j->depth], j->out);
}

void
json_free(struct json *j)
{
	if (j == NULL)
		return;
	while (j->depth > 0)
		json_close(j);
	(void)fputc('\n', j->out);
	free(j);
}

void
json_text(struct json *j, const char *key, struct span value)
{
	if (j == NULL)
		return;
	put_lead(j, key);
	put_quoted(j, value);
}

void
json_cstr(struct json *j, const char *key, const char *value)
{
	json_text(j, key, (struct span){ (const uint8_t *)value,
	    strlen(value) });
}

void
json_u64(struct json *j, const char *key, uint64_t value)
{
	if (j == NULL)
		return;
	put_lead(j, key);
	(void)fprintf(j->out, "%" PRIu64, value);
}

void
json_i64(struct json *j, const char *key, int64_t value)
{
	if (j == NULL)
		return;
	put_lead(j, key);
	(void)fprintf(j->out, "%" PRId64, value);
}

void
json_bool(struct json *j, const char *key, bool value)
{
	if (j == NULL)
		return;
	put_lead(j, key);
	(void)fputs(value ? "true" : "false", j->out);
}

void
json_null(struct json *j, const char *key)
{
	if (j == NULL)
		return;
	put_lead(j, key);
	(void)fputs("null", j->out);
}

void
json_hex(struct json *j, const char *key, struct span value)
{
	if (j == NULL)
		return;
	put_lead(j, key);
	(void)fputc('"', j->out);
	for (size_t i = 0; i < value.n; i++)
		(void)fprintf(j->out, "%02x", value.p[i]);
	(void)fputc('"', j->out);
}
