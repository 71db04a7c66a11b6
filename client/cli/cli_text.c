/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/cli_text.h"

#include <string.h>

struct range {
	uint32_t first, last;
};

/* Marks that take no column; letters that take two. */
static const struct range marks[] = {
	{ 0x0300, 0x036f }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff },
	{ 0x200b, 0x200d }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f },
	{ 0xfe20, 0xfe2f },
};
static const struct range wide[] = {
	{ 0x1100, 0x115f }, { 0x2e80, 0x303e }, { 0x3041, 0xa4cf },
	{ 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe30, 0xfe6f },
	{ 0xff00, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x1f300, 0x1faff },
	{ 0x20000, 0x3fffd },
};
/* Controls, direction marks, separators of lines, tags. */
static const struct range unsafe[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x061c, 0x061c },
	{ 0x200e, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
	{ 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe007f },
};

#define IN(table, c) \
	in_ranges((table), sizeof(table) / sizeof((table)[0]), (c))
static bool
in_ranges(const struct range *r, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n; i++)
		if (c >= r[i].first && c <= r[i].last)
			return true;
	return false;
}

/* One code point of well-formed UTF-8; 0 bytes when it is not. */
static size_t
decode(struct span s, uint32_t *ret)
{
	uint8_t lead = s.p[0];
	size_t n = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 :
	    lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
	static const uint8_t mask[5] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t c = lead & mask[n];

	if (n == 0 || n > s.n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s.p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s.p[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret = c;
	return n;
}

size_t
cli_text_next(struct span s, unsigned *ret_columns, bool *ret_safe)
{
	uint32_t c = 0;
	size_t n = decode(s, &c);

	*ret_safe = n > 0 && !IN(unsafe, c);
	*ret_columns = 1;
	if (!*ret_safe)
		return n > 0 ? n : 1;
	*ret_columns = IN(marks, c) ? 0 : IN(wide, c) ? 2 : 1;
	while (n < s.n) {
		size_t more = decode((struct span){ s.p + n, s.n - n }, &c);
		if (more == 0 || !IN(marks, c))
			break;
		n += more;
	}
	return n;
}

unsigned
cli_text_columns(struct span s)
{
	unsigned sum = 0, columns;
	bool safe;

	for (size_t i = 0; i < s.n; sum += columns)
		i += cli_text_next((struct span){ s.p + i, s.n - i },
		    &columns, &safe);
	return sum;
}

void
cli_text_put(FILE *out, struct span s)
{
	unsigned columns;
	bool safe;

	for (size_t i = 0, n; i < s.n; i += n) {
		n = cli_text_next((struct span){ s.p + i, s.n - i }, &columns,
		    &safe);
		if (safe)
			(void)fwrite(s.p + i, 1, n, out);
		else
			(void)fputc('?', out);
	}
}

size_t
cli_text_line(struct span s, unsigned columns, enum cli_text_word word,
    size_t *ret_skip)
{
	size_t i = 0, last_blank = 0, n;
	unsigned sum = 0, wide_by;
	bool letters = false, safe;

	*ret_skip = 0;
	for (; i < s.n && s.p[i] != '\n'; i += n) {
		n = cli_text_next((struct span){ s.p + i, s.n - i }, &wide_by,
		    &safe);
		if (s.p[i] == ' ' && letters)
			last_blank = i;
		letters = letters || s.p[i] != ' ';
		if (sum + wide_by > columns && s.p[i] != ' ' && i > 0 &&
		    (last_blank > 0 || word == CLI_TEXT_CUT))
			break;
		sum += wide_by;
	}
	if (i < s.n && s.p[i] != '\n' && last_blank > 0)
		i = last_blank;
	for (n = i; n < s.n && s.p[n] == ' '; n++)
		(*ret_skip)++;
	if (n < s.n && s.p[n] == '\n')
		(*ret_skip)++;
	return i;
}

static void
put_blanks(FILE *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		(void)fputc(' ', out);
}

void
cli_text_wrap(FILE *out, struct span s, unsigned columns)
{
	size_t indent = 0, skip;
	bool begins = true;

	while (s.n > 0) {
		if (begins)
			for (indent = 0; indent < s.n && indent < columns / 2 &&
			    s.p[indent] == ' ';)
				indent++;
		else
			put_blanks(out, indent);
		size_t n = cli_text_line(s, begins ? columns :
		    columns - (unsigned)indent, CLI_TEXT_WHOLE, &skip);
		cli_text_put(out, (struct span){ s.p, n });
		(void)fputc('\n', out);
		begins = skip > 0 && s.p[n + skip - 1] == '\n';
		s.p += n + skip;
		s.n -= n + skip;
	}
}
