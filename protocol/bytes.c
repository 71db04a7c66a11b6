/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bytes.c -- byte spans, a growable buffer, big-endian integers, hex and
 * base64.
 */
#include "protocol/bytes.h"

#include <stdlib.h>
#include <string.h>

enum { BUF_FIRST_CAP = 64 };

/* Room for n more bytes; false, with failed set, when there is none. */
static bool
buf_reserve(struct buf *b, size_t n)
{
	size_t want, cap;
	uint8_t *p;

	if (b->failed != ERR_OK)
		return false;
	if (n <= b->cap - b->n)
		return true;
	if (n > SIZE_MAX / 2 - b->n) {
		b->failed = ERR_LIMIT;
		return false;
	}
	want = b->n + n;
	cap = b->cap < BUF_FIRST_CAP ? BUF_FIRST_CAP : b->cap;
	while (cap < want)
		cap += cap / 2;
	p = realloc(b->p, cap);
	if (p == NULL) {
		b->failed = ERR_NOMEM;
		return false;
	}
	b->p = p;
	b->cap = cap;
	return true;
}

void
buf_free(struct buf *b)
{
	if (b == NULL)
		return;
	free(b->p);
	*b = (struct buf){ .p = NULL };
}

void
buf_reset(struct buf *b)
{
	b->n = 0;
	b->failed = ERR_OK;
}

void
buf_put(struct buf *b, const void *p, size_t n)
{
	if (n == 0 || !buf_reserve(b, n))
		return;
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

void
buf_put_u8(struct buf *b, uint8_t v)
{
	if (!buf_reserve(b, 1))
		return;
	b->p[b->n++] = v;
}

void
buf_put_u16(struct buf *b, uint16_t v)
{
	uint8_t raw[2];

	be16_put(raw, v);
	buf_put(b, raw, sizeof raw);
}

void
buf_put_u32(struct buf *b, uint32_t v)
{
	uint8_t raw[4];

	be32_put(raw, v);
	buf_put(b, raw, sizeof raw);
}

void
buf_put_u64(struct buf *b, uint64_t v)
{
	uint8_t raw[8];

	be64_put(raw, v);
	buf_put(b, raw, sizeof raw);
}

void
buf_put_text(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

err
buf_err(const struct buf *b)
{
	return b->failed;
}

struct span
buf_span(const struct buf *b)
{
	return (struct span){ b->p, b->n };
}

const char *
buf_cstr(struct buf *b)
{
	if (!buf_reserve(b, 1))
		return "";
	b->p[b->n] = 0;
	return (const char *)b->p;
}

void
be16_put(uint8_t out[2], uint16_t v)
{
	out[0] = (uint8_t)(v >> 8);
	out[1] = (uint8_t)v;
}

void
be32_put(uint8_t out[4], uint32_t v)
{
	be16_put(out, (uint16_t)(v >> 16));
	be16_put(out + 2, (uint16_t)v);
}

void
be64_put(uint8_t out[8], uint64_t v)
{
	be32_put(out, (uint32_t)(v >> 32));
	be32_put(out + 4, (uint32_t)v);
}

uint16_t
be16_get(const uint8_t in[2])
{
	return (uint16_t)((unsigned)in[0] << 8 | in[1]);
}

uint32_t
be32_get(const uint8_t in[4])
{
	return (uint32_t)be16_get(in) << 16 | be16_get(in + 2);
}

uint64_t
be64_get(const uint8_t in[8])
{
	return (uint64_t)be32_get(in) << 32 | be32_get(in + 4);
}

bool
span_equal(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int
span_compare(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (c != 0)
		return c;
	return (a.n > b.n) - (a.n < b.n);
}

void
hex_encode(const uint8_t *p, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		*out++ = digits[p[i] >> 4];
		*out++ = digits[p[i] & 15];
	}
	*out = '\0';
}

/* The value of a hex digit, or -1. */
static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

err
hex_decode(const char *s, uint8_t *out, size_t n)
{
	size_t digits = 0;

	/* never reads past the first character that is no digit */
	while (digits / 2 < n && hex_value(s[digits]) >= 0)
		digits++;
	if (digits / 2 != n || s[digits] != '\0')
		return ERR_FORMAT;
	for (size_t i = 0; i < n; i++) {
		int high = hex_value(s[2 * i]);
		int low = hex_value(s[2 * i + 1]);

		out[i] = (uint8_t)(high << 4 | low);
	}
	return ERR_OK;
}

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
base64_put(struct buf *out, struct span in)
{
	for (size_t i = 0; i < in.n; i += 3) {
		size_t left = in.n - i < 3 ? in.n - i : 3;
		uint32_t v = (uint32_t)in.p[i] << 16;
		char quad[4];

		if (left > 1)
			v |= (uint32_t)in.p[i + 1] << 8;
		if (left > 2)
			v |= in.p[i + 2];
		quad[0] = base64_digits[v >> 18];
		quad[1] = base64_digits[v >> 12 & 63];
		quad[2] = left > 1 ? base64_digits[v >> 6 & 63] : '=';
		quad[3] = left > 2 ? base64_digits[v & 63] : '=';
		buf_put(out, quad, sizeof quad);
	}
}

/* The value of a base64 digit, or -1. */
static int
base64_value(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* Decodes one group of four whose last pad characters are '='.  The bits
 * that no byte uses must be zero: one text for one value. */
static err
base64_group(const uint8_t in[4], size_t pad, uint8_t out[3])
{
	uint32_t v = 0;

	for (size_t i = 0; i < 4; i++) {
		int digit = i < 4 - pad ? base64_value(in[i]) : 0;

		if (digit < 0)
			return ERR_FORMAT;
		v = v << 6 | (uint32_t)digit;
	}
	if ((pad == 1 && (v & 0xff) != 0) || (pad == 2 && (v & 0xffff) != 0))
		return ERR_FORMAT;
	out[0] = (uint8_t)(v >> 16);
	out[1] = (uint8_t)(v >> 8);
	out[2] = (uint8_t)v;
	return ERR_OK;
}

err
base64_decode(struct span in, struct buf *out)
{
	size_t pad = 0, at;

	if (in.n % 4 != 0)
		return ERR_FORMAT;
	if (in.n == 0)
		return out->failed;
	if (in.p[in.n - 1] == '=')
		pad = in.p[in.n - 2] == '=' ? 2 : 1;
	if (!buf_reserve(out, in.n / 4 * 3))
		return out->failed;
	at = out->n;
	for (size_t i = 0; i < in.n; i += 4) {
		size_t end = i + 4 == in.n ? pad : 0;

		/* beyond n nothing counts: a refusal leaves out as it was */
		if (base64_group(in.p + i, end, out->p + at) != ERR_OK)
			return ERR_FORMAT;
		at += 3 - end;
	}
	out->n = at;
	return ERR_OK;
}
