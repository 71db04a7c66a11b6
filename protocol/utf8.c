/* SPDX-License-Identifier: Apache-2.0 */
/*
 * utf8.c -- which bytes are text.
 */
#include "protocol/utf8.h"

#include <string.h>

/* Bytes of the well-formed UTF-8 sequence, not ASCII, at p; 0 when it is
 * none: overlong, a surrogate, above U+10FFFF or cut off. */
static size_t
sequence_len(const uint8_t *p, size_t n)
{
	uint8_t low = 0x80, high = 0xbf;
	size_t len;

	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (n < len)
		return 0;
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

bool
utf8_lawful(struct span s)
{
	const uint8_t *p = s.p;
	size_t n = s.n;
	const uint64_t ones = 0x0101010101010101, highs = ones << 7;
	size_t i = 0, len;
	uint64_t word;

	while (i < n) {
		/* eight bytes of ASCII, none of them NUL, at a time */
		while (n - i >= 8) {
			memcpy(&word, p + i, 8);
			if (((word | (word - ones)) & highs) != 0)
				break;
			i += 8;
		}
		if (i == n)
			break;
		if (p[i] < 0x80) {
			if (p[i] == 0)
				return false;
			i++;
			continue;
		}
		len = sequence_len(p + i, n - i);
		if (len == 0)
			return false;
		i += len;
	}
	return true;
}

void
utf8_copy(char *out, size_t size, struct span s)
{
	size_t n = s.n < size ? s.n : size - 1;

	while (n < s.n && n > 0 && (s.p[n] & 0xc0) == 0x80)
		n--;
	if (n > 0)
		memcpy(out, s.p, n);
	out[n] = '\0';
}
