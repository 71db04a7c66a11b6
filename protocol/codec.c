/* SPDX-License-Identifier: Apache-2.0 */
/*
 * codec.c -- canonical MessagePack.
 *
 * Reading is our own: one token decoder, which refuses every form that is
 * not the shortest, serves the scan and the reader, and nothing is allocated
 * for a peer's bytes.  Writing is msgpack-c's packer, whose forms are the
 * shortest ones (tests/unit/test_codec.c holds it to that).
 */
#include "protocol/codec.h"

#include <msgpack/pack.h>
#include <string.h>

#include "protocol/utf8.h"

#define ALWAYS_INLINE inline __attribute__((always_inline))

/* The first bytes that hold their own argument, and the ends of those runs. */
enum {
	FIX_MAP = 0x80,
	FIX_ARRAY = 0x90,
	FIX_TEXT = 0xa0,
	FORM_FIRST = 0xc0,
	SHORT_BIN = 0xc4,
	FIX_NEGATIVE = 0xe0,
};

/* One value without what stands in it. */
struct token {
	enum codec_type type;
	/* CODEC_BOOL 0 or 1; CODEC_UINT the value; CODEC_INT the value in
	 * two's complement; text and bin: bytes that follow; array: elements;
	 * map: pairs */
	uint64_t value;
};

/* The first bytes 0xc0 to 0xdf: how many bytes of argument follow, and the
 * least argument for which no shorter form exists (of a negative integer its
 * complement).  What is not named is never lawful: 0xc1, floats, ext. */
static const struct form {
	bool lawful;
	uint8_t type;
	uint8_t width;
	uint64_t least;
} forms[FIX_NEGATIVE - FORM_FIRST] = {
	[0x00] = { true, CODEC_NIL, 0, 0 },
	[0x02] = { true, CODEC_BOOL, 0, 0 },
	[0x03] = { true, CODEC_BOOL, 0, 0 },
	[0x04] = { true, CODEC_BIN, 1, 0 },
	[0x05] = { true, CODEC_BIN, 2, 0x100 },
	[0x06] = { true, CODEC_BIN, 4, 0x10000 },
	[0x0c] = { true, CODEC_UINT, 1, 0x80 },
	[0x0d] = { true, CODEC_UINT, 2, 0x100 },
	[0x0e] = { true, CODEC_UINT, 4, 0x10000 },
	[0x0f] = { true, CODEC_UINT, 8, 0x100000000 },
	[0x10] = { true, CODEC_INT, 1, 0x20 },
	[0x11] = { true, CODEC_INT, 2, 0x80 },
	[0x12] = { true, CODEC_INT, 4, 0x8000 },
	[0x13] = { true, CODEC_INT, 8, 0x80000000 },
	[0x19] = { true, CODEC_TEXT, 1, 0x20 },
	[0x1a] = { true, CODEC_TEXT, 2, 0x100 },
	[0x1b] = { true, CODEC_TEXT, 4, 0x10000 },
	[0x1c] = { true, CODEC_ARRAY, 2, 0x10 },
	[0x1d] = { true, CODEC_ARRAY, 4, 0x10000 },
	[0x1e] = { true, CODEC_MAP, 2, 0x10 },
	[0x1f] = { true, CODEC_MAP, 4, 0x10000 },
};

static uint64_t
argument(const uint8_t *p, uint8_t width)
{
	switch (width) {
	case 1:
		return p[0];
	case 2:
		return be16_get(p);
	case 4:
		return be32_get(p);
	default:
		return be64_get(p);
	}
}

/* A token whose first byte is 0xc0 to 0xdf.  Returns where it ends; NULL
 * when it is cut off, has a shorter form or is never lawful. */
static const uint8_t *
token_long(const uint8_t *p, const uint8_t *end, struct token *t)
{
	const struct form *f = &forms[*p - FORM_FIRST];
	uint64_t v, sign, rank;

	if (!f->lawful)
		return NULL;
	t->type = (enum codec_type)f->type;
	if (f->width == 0) {
		t->value = *p & 1;	/* of nil nobody asks */
		return p + 1;
	}
	p++;
	if ((size_t)(end - p) < f->width)
		return NULL;
	v = argument(p, f->width);
	rank = v;
	if (t->type == CODEC_INT) {
		sign = (uint64_t)1 << (8 * f->width - 1);
		if ((v & sign) == 0)
			return NULL;	/* not negative */
		v |= ~(sign - 1);
		rank = ~v;
	}
	if (rank < f->least)
		return NULL;
	t->value = v;
	return p + f->width;
}

/* The token at p, p < end.  Returns where it ends, or NULL. */
static ALWAYS_INLINE const uint8_t *
token_at(const uint8_t *p, const uint8_t *end, struct token *t)
{
	uint8_t b = *p;

	if (b < FIX_MAP) {
		t->type = CODEC_UINT;
		t->value = b;
	} else if (b < FIX_ARRAY) {
		t->type = CODEC_MAP;
		t->value = b & 0x0f;
	} else if (b < FIX_TEXT) {
		t->type = CODEC_ARRAY;
		t->value = b & 0x0f;
	} else if (b < FORM_FIRST) {
		t->type = CODEC_TEXT;
		t->value = b & 0x1f;
	} else if (b >= FIX_NEGATIVE) {
		t->type = CODEC_INT;
		t->value = ~(uint64_t)0xff | b;
	} else if (b == SHORT_BIN && end - p > 1) {
		t->type = CODEC_BIN;	/* hashes and names: most of all */
		t->value = p[1];
		return p + 2;
	} else {
		return token_long(p, end, t);
	}
	return p + 1;
}

/* The bytes of a text or bin at p, after its token. */
static ALWAYS_INLINE err
scan_bytes(const uint8_t *p, const uint8_t *end, const struct token *t,
    const struct codec_bounds *bounds)
{
	bool text = t->type == CODEC_TEXT;

	if (t->value > (text ? bounds->text_bytes : bounds->bin_bytes))
		return ERR_LIMIT;
	if (t->value > (uint64_t)(end - p))
		return ERR_FORMAT;
	if (text && !utf8_lawful((struct span){ p, (size_t)t->value }))
		return ERR_FORMAT;
	return ERR_OK;
}

/* An array or map that is being walked. */
struct level {
	uint64_t left;		/* values still to come, keys too */
	uint64_t key;		/* the last key */
	enum { LEVEL_ARRAY, LEVEL_MAP_NEW, LEVEL_MAP } kind;
};

/* Where a key must stand: unsigned, and above the one before it. */
static ALWAYS_INLINE err
scan_key(struct level *now, const struct token *t)
{
	if (t->type != CODEC_UINT)
		return ERR_FORMAT;
	if (now->kind == LEVEL_MAP && t->value <= now->key)
		return ERR_FORMAT;
	now->key = t->value;
	now->kind = LEVEL_MAP;
	return ERR_OK;
}

/* What an array or map header claims.  values_left and bytes_left count what
 * may still follow it. */
static ALWAYS_INLINE err
scan_open(const struct token *t, const struct codec_bounds *bounds,
    uint32_t values_left, size_t bytes_left, struct level *ret_level)
{
	uint64_t inside;

	if (t->value > bounds->items)
		return ERR_LIMIT;
	inside = t->type == CODEC_MAP ? 2 * t->value : t->value;
	if (inside > values_left)
		return ERR_LIMIT;
	if (inside > bytes_left)
		return ERR_FORMAT;	/* a value is a byte at least */
	ret_level->left = inside;
	ret_level->key = 0;
	ret_level->kind = t->type == CODEC_MAP ? LEVEL_MAP_NEW : LEVEL_ARRAY;
	return ERR_OK;
}

err
codec_scan(struct span in, const struct codec_bounds *bounds,
    size_t *ret_used)
{
	struct level outer[CODEC_DEPTH_MAX];
	struct level now = { .left = 1, .kind = LEVEL_ARRAY };
	const uint8_t *p = in.p, *end = in.n == 0 ? in.p : in.p + in.n;
	uint32_t depth = 0, values_left = bounds->values;
	uint32_t depth_max = bounds->depth < CODEC_DEPTH_MAX ?
	    bounds->depth : CODEC_DEPTH_MAX;
	struct token t;
	err rc;

	for (;;) {
		while (now.left == 0 && depth > 0)
			now = outer[--depth];
		if (now.left == 0)
			break;
		if (p == end || (p = token_at(p, end, &t)) == NULL)
			return ERR_FORMAT;
		if (values_left == 0)
			return ERR_LIMIT;
		values_left--;
		if (now.kind != LEVEL_ARRAY && now.left % 2 == 0 &&
		    (rc = scan_key(&now, &t)) != ERR_OK)
			return rc;
		now.left--;
		if (t.type < CODEC_TEXT)
			continue;
		if (t.type < CODEC_ARRAY) {
			if ((rc = scan_bytes(p, end, &t, bounds)) != ERR_OK)
				return rc;
			p += t.value;
			continue;
		}
		if (depth == depth_max)
			return ERR_LIMIT;
		outer[depth++] = now;
		if ((rc = scan_open(&t, bounds, values_left,
		    (size_t)(end - p), &now)) != ERR_OK)
			return rc;
	}
	if (ret_used == NULL)
		return p == end ? ERR_OK : ERR_FORMAT;
	*ret_used = (size_t)(p - in.p);
	return ERR_OK;
}

struct codec_reader
codec_reader(struct span in)
{
	return (struct codec_reader){ in.p, in.n == 0 ? in.p : in.p + in.n };
}

bool
codec_at_end(const struct codec_reader *r)
{
	return r->p == r->end;
}

/* The next token, and where what follows it begins.  What it claims to hold
 * is there: bytes of text or bin, or one byte for each value inside. */
static ALWAYS_INLINE err
next(const struct codec_reader *r, struct token *ret_token,
    const uint8_t **ret_p)
{
	const uint8_t *p = r->p;
	uint64_t inside;
	struct token t;

	if (p == r->end || (p = token_at(p, r->end, &t)) == NULL)
		return ERR_FORMAT;
	if (t.type >= CODEC_TEXT) {
		inside = t.type == CODEC_MAP ? 2 * t.value : t.value;
		if (inside > (uint64_t)(r->end - p))
			return ERR_FORMAT;
	}
	*ret_token = t;
	*ret_p = p;
	return ERR_OK;
}

/* Takes a token of the given type; for text and bin its bytes too. */
static ALWAYS_INLINE err
take(struct codec_reader *r, enum codec_type type, uint64_t *ret_value)
{
	const uint8_t *p;
	struct token t;

	if (next(r, &t, &p) != ERR_OK || t.type != type)
		return ERR_FORMAT;
	if (type == CODEC_TEXT || type == CODEC_BIN)
		p += t.value;
	*ret_value = t.value;
	r->p = p;
	return ERR_OK;
}

err
codec_peek(const struct codec_reader *r, enum codec_type *ret_type)
{
	const uint8_t *p;
	struct token t;

	if (next(r, &t, &p) != ERR_OK)
		return ERR_FORMAT;
	*ret_type = t.type;
	return ERR_OK;
}

err
codec_read_uint_long(struct codec_reader *r, uint64_t *ret)
{
	return take(r, CODEC_UINT, ret);
}

err
codec_read_int(struct codec_reader *r, int64_t *ret)
{
	const uint8_t *p;
	struct token t;

	if (next(r, &t, &p) != ERR_OK)
		return ERR_FORMAT;
	if (t.type != CODEC_INT &&
	    (t.type != CODEC_UINT || t.value > INT64_MAX))
		return ERR_FORMAT;
	*ret = (int64_t)t.value;
	r->p = p;
	return ERR_OK;
}

err
codec_read_bool(struct codec_reader *r, bool *ret)
{
	uint64_t v;
	err rc = take(r, CODEC_BOOL, &v);

	if (rc == ERR_OK)
		*ret = v != 0;
	return rc;
}

err
codec_read_nil(struct codec_reader *r)
{
	uint64_t v;

	return take(r, CODEC_NIL, &v);
}

/* Takes a text or bin. */
static ALWAYS_INLINE err
take_bytes(struct codec_reader *r, enum codec_type type, struct span *ret)
{
	uint64_t n;
	err rc = take(r, type, &n);

	if (rc == ERR_OK)
		*ret = (struct span){ r->p - n, (size_t)n };
	return rc;
}

err
codec_read_text(struct codec_reader *r, struct span *ret)
{
	return take_bytes(r, CODEC_TEXT, ret);
}

err
codec_read_bin(struct codec_reader *r, struct span *ret)
{
	return take_bytes(r, CODEC_BIN, ret);
}

err
codec_read_fixed(struct codec_reader *r, size_t n, const uint8_t **ret_p)
{
	struct codec_reader ahead = *r;
	struct span s;

	if (take_bytes(&ahead, CODEC_BIN, &s) != ERR_OK || s.n != n)
		return ERR_FORMAT;
	*ret_p = s.p;
	*r = ahead;
	return ERR_OK;
}

/* Takes the header of an array or map. */
static ALWAYS_INLINE err
take_count(struct codec_reader *r, enum codec_type type, uint32_t *ret)
{
	uint64_t n;
	err rc = take(r, type, &n);

	if (rc == ERR_OK)
		*ret = (uint32_t)n;
	return rc;
}

err
codec_read_array(struct codec_reader *r, uint32_t *ret_count)
{
	return take_count(r, CODEC_ARRAY, ret_count);
}

err
codec_read_map(struct codec_reader *r, uint32_t *ret_pairs)
{
	return take_count(r, CODEC_MAP, ret_pairs);
}

err
codec_read_value(struct codec_reader *r, struct span *ret_raw)
{
	const uint8_t *p = r->p, *end = r->end;
	uint64_t left = 1;	/* never more than bytes are left */
	struct token t;

	for (; left > 0; left--) {
		if (p != end && *p < FIX_MAP) {
			p++;
			continue;
		}
		if (p == end || (p = token_at(p, end, &t)) == NULL)
			return ERR_FORMAT;
		if (t.type < CODEC_TEXT)
			continue;
		if (t.type == CODEC_MAP)
			t.value *= 2;
		if (t.value > (uint64_t)(end - p))
			return ERR_FORMAT;
		if (t.type < CODEC_ARRAY)
			p += t.value;
		else if ((left += t.value) - 1 > (uint64_t)(end - p))
			return ERR_FORMAT;
	}
	*ret_raw = (struct span){ r->p, (size_t)(p - r->p) };
	r->p = p;
	return ERR_OK;
}

/* What msgpack-c writes goes here. */
static int
append(void *data, const char *p, size_t n)
{
	struct buf *b = data;

	buf_put(b, p, n);
	return b->failed == ERR_OK ? 0 : -1;
}

static msgpack_packer
packer(struct buf *b)
{
	msgpack_packer pk;

	msgpack_packer_init(&pk, b, append);
	return pk;
}

/* The packer's results below are the buffer's, which buf_err tells. */

void
codec_put_nil(struct buf *b)
{
	msgpack_packer pk = packer(b);

	(void)msgpack_pack_nil(&pk);
}

void
codec_put_bool(struct buf *b, bool v)
{
	msgpack_packer pk = packer(b);

	(void)(v ? msgpack_pack_true(&pk) : msgpack_pack_false(&pk));
}

void
codec_put_uint(struct buf *b, uint64_t v)
{
	msgpack_packer pk = packer(b);

	(void)msgpack_pack_uint64(&pk, v);
}

void
codec_put_int(struct buf *b, int64_t v)
{
	msgpack_packer pk = packer(b);

	(void)msgpack_pack_int64(&pk, v);
}

void
codec_put_text(struct buf *b, struct span s)
{
	msgpack_packer pk = packer(b);

	if (s.n > UINT32_MAX) {
		b->failed = ERR_LIMIT;
		return;
	}
	(void)msgpack_pack_str(&pk, s.n);
	buf_put(b, s.p, s.n);
}

void
codec_put_cstr(struct buf *b, const char *s)
{
	codec_put_text(b, (struct span){ (const uint8_t *)s, strlen(s) });
}

void
codec_put_bin(struct buf *b, struct span s)
{
	msgpack_packer pk = packer(b);

	if (s.n > UINT32_MAX) {
		b->failed = ERR_LIMIT;
		return;
	}
	(void)msgpack_pack_bin(&pk, s.n);
	buf_put(b, s.p, s.n);
}

void
codec_put_array(struct buf *b, uint32_t count)
{
	msgpack_packer pk = packer(b);

	(void)msgpack_pack_array(&pk, count);
}

void
codec_put_map(struct buf *b, uint32_t pairs)
{
	msgpack_packer pk = packer(b);

	(void)msgpack_pack_map(&pk, pairs);
}
