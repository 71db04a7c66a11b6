/* SPDX-License-Identifier: Apache-2.0 */
/* scenario_csv.c -- one pass over the text, unquoting in place. */
#include "tests/support/scenario_csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
die(const char *name, const char *why)
{
	(void)fprintf(stderr, "%s: %s\n", name, why);
	exit(2);
}

static char *
read_whole(const char *folder, const char *name)
{
	char path[4096];
	FILE *f;
	char *text = NULL;
	size_t n = 0, cap = 0;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "rb");
	if (f == NULL)
		die(path, "cannot be opened");
	do {
		cap = cap ? 2 * cap : 65536;
		text = realloc(text, cap);
		if (text == NULL)
			die(path, "no memory");
		n += fread(text + n, 1, cap - n - 1, f);
	} while (n == cap - 1);
	if (ferror(f))
		die(path, "cannot be read");
	(void)fclose(f);
	text[n] = '\0';
	return text;
}

/* The first of the heading that can part columns; no heading has it inside. */
static char
find_separator(const char *text)
{
	size_t n = strcspn(text, ",;\t\r\n");

	return text[n] == ';' || text[n] == '\t' ? text[n] : ',';
}

/* Takes one field at *at, ends it with NUL, and returns what ended it. */
static char
take_field(char **at, char separator, char **ret_field)
{
	char *in = *at, *out = *at, end;

	*ret_field = out;
	if (*in == '"') {
		for (in++; *in != '\0'; in++) {
			if (*in == '"' && *++in != '"')
				break;
			*out++ = *in;
		}
	} else {
		while (*in != '\0' && *in != separator && *in != '\n' &&
		    *in != '\r')
			*out++ = *in++;
	}
	if (*in == '\r')
		in++;
	end = *in;
	*at = end == '\0' ? in : in + 1;
	*out = '\0';
	return end;
}

struct scenario_csv
scenario_csv_read(const char *folder, const char *name)
{
	struct scenario_csv t = { .text = read_whole(folder, name) };
	size_t count = 0, cap = 0, in_row = 0;
	char *at = t.text, separator;

	if (strncmp(at, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	separator = find_separator(at);
	/* in a row: its last field is empty */
	while (*at != '\0' || in_row > 0) {
		char *field, end = take_field(&at, separator, &field);

		if (end != separator && end != '\n' && end != '\0')
			die(name, "text behind a quoted field");
		if (count == cap) {
			cap = cap ? 2 * cap : 1024;
			t.fields = realloc(t.fields, cap * sizeof *t.fields);
			if (t.fields == NULL)
				die(name, "no memory");
		}
		t.fields[count++] = field;
		in_row++;
		if (end == separator)
			continue;
		if (t.columns == 0)
			t.columns = in_row;
		else if (in_row != t.columns)
			die(name, "a row has another number of fields");
		else
			t.rows++;
		in_row = 0;
	}
	if (t.columns == 0 || in_row != 0)
		die(name, "not a table");
	return t;
}

void
scenario_csv_free(struct scenario_csv *t)
{
	free(t->text);
	free(t->fields);
	memset(t, 0, sizeof *t);
}

size_t
scenario_csv_column(const struct scenario_csv *t, const char *name)
{
	for (size_t i = 0; i < t->columns; i++)
		if (strcmp(t->fields[i], name) == 0)
			return i;
	die(name, "no such column");
	return 0;
}

const char *
scenario_csv_at(const struct scenario_csv *t, size_t row, size_t column)
{
	return t->fields[(row + 1) * t->columns + column];
}
