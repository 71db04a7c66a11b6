/* SPDX-License-Identifier: Apache-2.0 */
/*
 * codec.h -- canonical MessagePack: a bounded scan, a reader that allocates
 * nothing, and a writer.  The only file that knows msgpack-c.  Pure.
 *
 * Canonical (SPEC.md section 3): shortest form of every integer, string,
 * bin, array and map header; map keys are unsigned integers, strictly
 * ascending; no floats, no ext, no timestamps; str is well-formed UTF-8
 * without NUL; nothing after the value.
 */
#ifndef NGUON_CODEC_H
#define NGUON_CODEC_H

#include "protocol/bytes.h"

enum codec_type {
	CODEC_NIL, CODEC_BOOL, CODEC_UINT, CODEC_INT, /* INT: negative only */
	CODEC_TEXT, CODEC_BIN, CODEC_ARRAY, CODEC_MAP,
};

enum { CODEC_DEPTH_MAX = 32 };	/* whatever the bounds say */

/* What a scan lets through.  All counts and lengths are checked before
 * anything is read behind them. */
struct codec_bounds {
	uint32_t depth;		/* nested arrays and maps, empty ones too */
	uint32_t items;		/* elements of one array or pairs of one map */
	uint32_t values;	/* values in all: containers and keys too */
	uint32_t text_bytes;	/* one str */
	uint32_t bin_bytes;	/* one bin */
};

/*
 * codec_scan(in, bounds, ret_used): check that in begins with one canonical
 * value within bounds.  ret_used (may be NULL) gets its length in bytes; when
 * NULL the value must fill in exactly.
 * Errors: ERR_FORMAT, ERR_LIMIT.
 */
MUST_USE err codec_scan(struct span in, const struct codec_bounds *bounds,
    size_t *ret_used);

/* A reader over bytes that codec_scan passed (it stays memory-safe on any
 * bytes, and reports ERR_FORMAT).  Plain data; copy it to look ahead. */
struct codec_reader {
	const uint8_t *p;
	const uint8_t *end;
};

struct codec_reader codec_reader(struct span in);
bool codec_at_end(const struct codec_reader *r);
/* codec_peek: type of the next value without taking it. */
MUST_USE err codec_peek(const struct codec_reader *r,
    enum codec_type *ret_type);
MUST_USE err codec_read_uint_long(struct codec_reader *r, uint64_t *ret);
/* Small numbers, which most are, at once; codec_read_uint_long any. */
MUST_USE static inline err
codec_read_uint(struct codec_reader *r, uint64_t *ret)
{
	if (r->p != r->end && *r->p < 0x80) {
		*ret = *r->p++;
		return ERR_OK;
	}
	return codec_read_uint_long(r, ret);
}
/* codec_read_int: CODEC_INT, or a CODEC_UINT that fits. */
MUST_USE err codec_read_int(struct codec_reader *r, int64_t *ret);
MUST_USE err codec_read_bool(struct codec_reader *r, bool *ret);
MUST_USE err codec_read_nil(struct codec_reader *r);
MUST_USE err codec_read_text(struct codec_reader *r, struct span *ret);
MUST_USE err codec_read_bin(struct codec_reader *r, struct span *ret);
/* codec_read_fixed: a bin of exactly n bytes; ret_p borrows. */
MUST_USE err codec_read_fixed(struct codec_reader *r, size_t n,
    const uint8_t **ret_p);
MUST_USE err codec_read_array(struct codec_reader *r, uint32_t *ret_count);
MUST_USE err codec_read_map(struct codec_reader *r, uint32_t *ret_pairs);
/* codec_read_value: skips one whole value; ret_raw gets its bytes. */
MUST_USE err codec_read_value(struct codec_reader *r, struct span *ret_raw);

/* Writer: appends to a buf (errors show at buf_err).  The caller writes map
 * keys in ascending order. */
void codec_put_nil(struct buf *b);
void codec_put_bool(struct buf *b, bool v);
void codec_put_uint(struct buf *b, uint64_t v);
void codec_put_int(struct buf *b, int64_t v);
void codec_put_text(struct buf *b, struct span s);
void codec_put_cstr(struct buf *b, const char *s);
void codec_put_bin(struct buf *b, struct span s);
void codec_put_array(struct buf *b, uint32_t count);
void codec_put_map(struct buf *b, uint32_t pairs);

#endif
