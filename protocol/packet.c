/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packet.c -- the framing of packet and audit files.
 */
#include "protocol/packet.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/limits.h"

#define FILE_TAG "nguon1/file"

enum { MAGIC_LEN = 8, VERSION = 1, LENGTH_LEN = 4 };

static const uint8_t magic[MAGIC_LEN] = {
	'N', 'G', 'U', 'O', 'N', 0x0d, 0x0a, 0x1a,
};

struct packet_writer {
	struct crypto_stream *hash;
	bool ended;
};

static void
put_header(const struct packet_header *h, struct buf *out)
{
	buf_put(out, magic, sizeof magic);
	buf_put_u8(out, VERSION);
	buf_put_u8(out, (uint8_t)h->type);
	buf_put_u16(out, 0);
	buf_put(out, h->root_fpr, HASH_LEN);
	buf_put(out, h->sender, ID_LEN);
	buf_put_u64(out, h->created_ms);
}

/* Hashes what was put since start; or takes it back when it was not put
 * whole. */
static err
settle(struct packet_writer *w, struct buf *out, size_t start)
{
	err rc = buf_err(out);

	if (rc != ERR_OK) {
		out->n = start;
		return rc;
	}
	crypto_stream_add(w->hash,
	    (struct span){ out->p + start, out->n - start });
	return ERR_OK;
}

struct packet_writer *
packet_writer_new(const struct packet_header *h, struct buf *out)
{
	struct packet_writer *w = calloc(1, sizeof *w);
	size_t start = out->n;

	if (w == NULL)
		return NULL;
	if ((w->hash = crypto_stream_new(FILE_TAG)) == NULL)
		goto fail;
	put_header(h, out);
	if (settle(w, out, start) != ERR_OK)
		goto fail;
	return w;
fail:
	packet_writer_free(w);
	return NULL;
}

void
packet_writer_free(struct packet_writer *w)
{
	if (w == NULL)
		return;
	crypto_stream_free(w->hash);
	free(w);
}

err
packet_put(struct packet_writer *w, struct span frame, struct buf *out)
{
	size_t start = out->n;

	assert(!w->ended);
	if (frame.n == 0)
		return ERR_FORMAT;
	if (frame.n > LIMIT_FRAME_BYTES)
		return ERR_LIMIT;
	buf_put_u32(out, (uint32_t)frame.n);
	buf_put(out, frame.p, frame.n);
	return settle(w, out, start);
}

err
packet_end(struct packet_writer *w, struct buf *out)
{
	static const uint8_t zeros[LENGTH_LEN + HASH_LEN];
	size_t start = out->n;

	assert(!w->ended);
	buf_put(out, zeros, sizeof zeros);	/* whole or not at all */
	if (buf_err(out) != ERR_OK)
		return buf_err(out);
	crypto_stream_add(w->hash, (struct span){ zeros, LENGTH_LEN });
	crypto_stream_end(w->hash, out->p + start + LENGTH_LEN);
	w->ended = true;
	return ERR_OK;
}

/*
 * Invariants: 1. held.p[at..held.n] has not been consumed.  2. hash covers
 * the first offset bytes of the file, until the trailer.
 */
struct packet_reader {
	struct buf held;
	size_t at;
	uint64_t offset;
	struct crypto_stream *hash;
	enum { AT_HEADER, AT_FRAME, AT_TRAILER, AT_END } state;
	err failed;		/* ERR_OK, or what every call returns */
};

struct packet_reader *
packet_reader_new(void)
{
	struct packet_reader *r = calloc(1, sizeof *r);

	if (r == NULL)
		return NULL;
	if ((r->hash = crypto_stream_new(FILE_TAG)) == NULL) {
		free(r);
		return NULL;
	}
	return r;
}

void
packet_reader_free(struct packet_reader *r)
{
	if (r == NULL)
		return;
	buf_free(&r->held);
	crypto_stream_free(r->hash);
	free(r);
}

err
packet_feed(struct packet_reader *r, struct span in)
{
	size_t left = r->held.n - r->at;

	if (r->failed != ERR_OK || in.n == 0)
		return r->failed;
	if (r->state == AT_END)
		return r->failed = ERR_FORMAT;
	if (left >= LENGTH_LEN + LIMIT_FRAME_BYTES)
		return ERR_LIMIT;
	if (left > 0)
		memmove(r->held.p, r->held.p + r->at, left);
	r->held.n = left;
	r->at = 0;
	buf_put(&r->held, in.p, in.n);
	return r->failed = buf_err(&r->held);
}

/* The next n bytes, hashed; they must be there. */
static const uint8_t *
consume(struct packet_reader *r, size_t n)
{
	const uint8_t *p = r->held.p + r->at;

	if (r->state != AT_TRAILER)
		crypto_stream_add(r->hash, (struct span){ p, n });
	r->at += n;
	r->offset += n;
	return p;
}

static err
next_header(struct packet_reader *r, enum packet_event *ret,
    struct packet_header *ret_header)
{
	size_t left = r->held.n - r->at;
	const uint8_t *p = left == 0 ? magic : r->held.p + r->at;

	if (memcmp(p, magic, left < MAGIC_LEN ? left : MAGIC_LEN) != 0)
		return ERR_FORMAT;
	if (left > MAGIC_LEN && p[8] != VERSION)
		return p[8] > VERSION ? ERR_VERSION : ERR_FORMAT;
	if (left < PACKET_HEADER_LEN) {
		*ret = PACKET_NEED_MORE;
		return ERR_OK;
	}
	if ((p[9] != PACKET_EXCHANGE && p[9] != PACKET_AUDIT) ||
	    be16_get(p + 10) != 0)
		return ERR_FORMAT;
	p = consume(r, PACKET_HEADER_LEN);
	r->state = AT_FRAME;
	ret_header->type = (enum packet_type)p[9];
	memcpy(ret_header->root_fpr, p + 12, HASH_LEN);
	memcpy(ret_header->sender, p + 44, ID_LEN);
	ret_header->created_ms = be64_get(p + 60);
	*ret = PACKET_HEADER;
	return ERR_OK;
}

static err
next_trailer(struct packet_reader *r, enum packet_event *ret)
{
	uint8_t hash[HASH_LEN];
	size_t left = r->held.n - r->at;

	if (left < HASH_LEN) {
		*ret = PACKET_NEED_MORE;
		return ERR_OK;
	}
	crypto_stream_end(r->hash, hash);
	if (memcmp(r->held.p + r->at, hash, HASH_LEN) != 0)
		return ERR_DAMAGED;
	if (left > HASH_LEN)
		return ERR_FORMAT;
	(void)consume(r, HASH_LEN);
	r->state = AT_END;
	*ret = PACKET_END;
	return ERR_OK;
}

static err
next_frame(struct packet_reader *r, enum packet_event *ret,
    struct span *ret_frame)
{
	size_t left = r->held.n - r->at;
	uint32_t n;

	if (left < LENGTH_LEN) {
		*ret = PACKET_NEED_MORE;
		return ERR_OK;
	}
	n = be32_get(r->held.p + r->at);
	if (n > LIMIT_FRAME_BYTES)
		return ERR_LIMIT;
	if (n == 0) {
		(void)consume(r, LENGTH_LEN);
		r->state = AT_TRAILER;
		return next_trailer(r, ret);
	}
	if (left - LENGTH_LEN < n) {
		*ret = PACKET_NEED_MORE;
		return ERR_OK;
	}
	*ret_frame = (struct span){
		consume(r, LENGTH_LEN + (size_t)n) + LENGTH_LEN, n,
	};
	*ret = PACKET_FRAME;
	return ERR_OK;
}

err
packet_next(struct packet_reader *r, enum packet_event *ret,
    struct packet_header *ret_header, struct span *ret_frame)
{
	if (r->failed != ERR_OK)
		return r->failed;
	switch (r->state) {
	case AT_HEADER:
		r->failed = next_header(r, ret, ret_header);
		break;
	case AT_FRAME:
		r->failed = next_frame(r, ret, ret_frame);
		break;
	case AT_TRAILER:
		r->failed = next_trailer(r, ret);
		break;
	case AT_END:
		*ret = PACKET_END;
		break;
	}
	return r->failed;
}

uint64_t
packet_offset(const struct packet_reader *r)
{
	return r->offset;
}
