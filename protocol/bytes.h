/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bytes.h -- byte spans, a growable buffer, big-endian integers, hex and
 * base64.  Pure.
 */
#ifndef NGUON_BYTES_H
#define NGUON_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/err.h"

/* A borrowed run of bytes; p may be NULL only when n is 0. */
struct span {
	const uint8_t *p;
	size_t n;
};

/* A growable buffer.  Owner: the struct owns p.  Zero-initialise it; free
 * with buf_free, which zeroes it again.  failed stays set once an allocation
 * was refused (ERR_NOMEM) or no length could say the size (ERR_LIMIT), so
 * that a run of buf_put_* is checked once, with buf_err, at its end.  What
 * is put may not be borrowed from the same buffer. */
struct buf {
	uint8_t *p;
	size_t n;
	size_t cap;
	err failed;
};

void buf_free(struct buf *b);		/* wipes nothing; NULL is allowed */
void buf_reset(struct buf *b);		/* n = 0, failed = ERR_OK, keeps p */
void buf_put(struct buf *b, const void *p, size_t n);
void buf_put_u8(struct buf *b, uint8_t v);
void buf_put_u16(struct buf *b, uint16_t v);	/* big endian */
void buf_put_u32(struct buf *b, uint32_t v);
void buf_put_u64(struct buf *b, uint64_t v);
void buf_put_text(struct buf *b, const char *s);	/* without the NUL */
MUST_USE err buf_err(const struct buf *b);
struct span buf_span(const struct buf *b);		/* borrowed */
/* buf_cstr(b): NUL-terminates in place (the NUL is not counted in n) and
 * returns p; "" on failure.  Borrowed until the next change. */
const char *buf_cstr(struct buf *b);

void be16_put(uint8_t out[2], uint16_t v);
void be32_put(uint8_t out[4], uint32_t v);
void be64_put(uint8_t out[8], uint64_t v);
uint16_t be16_get(const uint8_t in[2]);
uint32_t be32_get(const uint8_t in[4]);
uint64_t be64_get(const uint8_t in[8]);

/* span_equal: for public bytes only, not constant time. */
bool span_equal(struct span a, struct span b);
int span_compare(struct span a, struct span b);	/* memcmp, then length */

/* Lower-case hex.  out has room for 2 * n + 1 chars. */
void hex_encode(const uint8_t *p, size_t n, char *out);
/* hex_decode: exactly 2 * n hex digits, either case, then NUL.
 * Errors: ERR_FORMAT; out is untouched then. */
MUST_USE err hex_decode(const char *s, uint8_t *out, size_t n);

/* Standard base64 with padding (RFC 4648 section 4). */
void base64_put(struct buf *out, struct span in);
/* base64_decode: strict: canonical padding and no other character.
 * Errors: ERR_FORMAT, ERR_NOMEM.  Appends to out on success only. */
MUST_USE err base64_decode(struct span in, struct buf *out);

#endif
