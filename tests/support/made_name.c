/* SPDX-License-Identifier: Apache-2.0 */
/* made_name.c -- the letters of Vietnamese, taken apart by hand. */
#include "tests/support/made_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const families[] = { "Nguyễn", "Trần", "Lê", "Phạm",
	"Hoàng", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý",
	"Đào", "Trịnh", "Đoàn", "Lương" };
static const char *const middles[] = { "Văn", "Thị", "Đức", "Hữu", "Ngọc",
	"Minh", "Kim", "Thành", "Quốc", "Công", "Thuỳ", "Bảo Ước" };
static const char *const givens[] = { "An", "Bình", "Cường", "Dũng", "Hạnh",
	"Hoà", "Hương", "Khánh", "Lan", "Mận", "Nghĩa", "Oanh", "Phượng",
	"Quân", "Sửu", "Tuấn", "Tưởng", "Uyên", "Vỹ", "Xuân", "Yến", "Ỷ" };
#define PICK(d, list) \
	list[dice_below(d, (unsigned)(sizeof list / sizeof list[0]))]

/* A vowel without a tone: its letter, its mark (0: none), and with each tone:
 * huyền, hỏi, ngã, sắc, nặng. */
static const struct vowel {
	uint32_t whole, letter, mark;
	uint32_t toned[5];
} vowels[] = {
	{ 'a', 'a', 0, { 0xe0, 0x1ea3, 0xe3, 0xe1, 0x1ea1 } },
	{ 0x103, 'a', 0x306, { 0x1eb1, 0x1eb3, 0x1eb5, 0x1eaf, 0x1eb7 } },
	{ 0xe2, 'a', 0x302, { 0x1ea7, 0x1ea9, 0x1eab, 0x1ea5, 0x1ead } },
	{ 'e', 'e', 0, { 0xe8, 0x1ebb, 0x1ebd, 0xe9, 0x1eb9 } },
	{ 0xea, 'e', 0x302, { 0x1ec1, 0x1ec3, 0x1ec5, 0x1ebf, 0x1ec7 } },
	{ 'i', 'i', 0, { 0xec, 0x1ec9, 0x129, 0xed, 0x1ecb } },
	{ 'o', 'o', 0, { 0xf2, 0x1ecf, 0xf5, 0xf3, 0x1ecd } },
	{ 0xf4, 'o', 0x302, { 0x1ed3, 0x1ed5, 0x1ed7, 0x1ed1, 0x1ed9 } },
	{ 0x1a1, 'o', 0x31b, { 0x1edd, 0x1edf, 0x1ee1, 0x1edb, 0x1ee3 } },
	{ 'u', 'u', 0, { 0xf9, 0x1ee7, 0x169, 0xfa, 0x1ee5 } },
	{ 0x1b0, 'u', 0x31b, { 0x1eeb, 0x1eed, 0x1eef, 0x1ee9, 0x1ef1 } },
	{ 'y', 'y', 0, { 0x1ef3, 0x1ef7, 0x1ef9, 0xfd, 0x1ef5 } },
};
static const uint32_t tones[5] = { 0x300, 0x309, 0x303, 0x301, 0x323 };
enum { BELOW = 0x323 };

/* ---- code points */

static uint32_t
take(const char **at)
{
	const uint8_t *p = (const uint8_t *)*at;
	uint32_t c = p[0];
	size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : 3;

	if (n == 2)
		c = (c & 0x1f) << 6 | (p[1] & 0x3f);
	else if (n == 3)
		c = (c & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 |
		    (p[2] & 0x3f);
	*at += n;
	return c;
}

static void
put(char *out, size_t *n, uint32_t c)
{
	if (*n + 4 > MADE_NAME_BYTES) {
		(void)fprintf(stderr, "made_name: too long\n");
		exit(2);
	}
	if (c < 0x80) {
		out[(*n)++] = (char)c;
	} else if (c < 0x800) {
		out[(*n)++] = (char)(0xc0 | c >> 6);
		out[(*n)++] = (char)(0x80 | (c & 0x3f));
	} else {
		out[(*n)++] = (char)(0xe0 | c >> 12);
		out[(*n)++] = (char)(0x80 | (c >> 6 & 0x3f));
		out[(*n)++] = (char)(0x80 | (c & 0x3f));
	}
}

static uint32_t
upper(uint32_t c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 0xe0 && c <= 0xfe))
		return c - 0x20;
	if (c == 0x1b0)
		return 0x1af;
	if (((c >= 0x100 && c < 0x1b0) || (c >= 0x1ea0 && c <= 0x1ef9)) &&
	    c % 2 == 1)
		return c - 1;
	return c;
}

static bool
put_apart_as(char *out, size_t *n, uint32_t c, const struct vowel *v,
    bool capital)
{
	uint32_t tone = 0;

	for (size_t t = 0; t < 5; t++)
		if (c == (capital ? upper(v->toned[t]) : v->toned[t]))
			tone = tones[t];
	if (tone == 0 &&
	    (v->mark == 0 || c != (capital ? upper(v->whole) : v->whole)))
		return false;
	put(out, n, capital ? upper(v->letter) : v->letter);
	/* a mark below comes before one above */
	if (tone == BELOW && v->mark != 0 && v->mark != 0x31b) {
		put(out, n, tone);
		put(out, n, v->mark);
		return true;
	}
	if (v->mark != 0)
		put(out, n, v->mark);
	if (tone != 0)
		put(out, n, tone);
	return true;
}

static void
put_apart(char *out, size_t *n, uint32_t c)
{
	for (size_t i = 0; i < sizeof vowels / sizeof vowels[0]; i++)
		if (put_apart_as(out, n, c, &vowels[i], false) ||
		    put_apart_as(out, n, c, &vowels[i], true))
			return;
	put(out, n, c);
}

/* ---- made_name.h */

void
made_name_form(struct dice *d, const char *text,
    char ret[static MADE_NAME_BYTES])
{
	bool apart = dice_chance(d, 30), capitals = dice_chance(d, 15);
	bool blanks = dice_chance(d, 4);
	size_t n = 0;

	while (*text != '\0') {
		uint32_t c = take(&text);

		if (capitals)
			c = upper(c);
		if (c == ' ' && blanks)
			put(ret, &n, ' ');
		if (apart)
			put_apart(ret, &n, c);
		else
			put(ret, &n, c);
	}
	ret[n] = '\0';
}

void
made_name(struct dice *d, char ret[static MADE_NAME_BYTES])
{
	char text[MADE_NAME_BYTES];
	const char *family = PICK(d, families), *middle = PICK(d, middles);

	if (dice_chance(d, 10))
		(void)snprintf(text, sizeof text, "%s %s", family,
		    PICK(d, givens));
	else
		(void)snprintf(text, sizeof text, "%s %s %s", family, middle,
		    PICK(d, givens));
	made_name_form(d, text, ret);
}
