/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frame.c -- one frame between its bytes and struct frame.
 */
#include "protocol/frame.h"

#include <assert.h>
#include <string.h>

#include "protocol/limits.h"

/* Elements of a frame's array, its type among them; 0: unknown type. */
static uint32_t
elements(uint64_t type)
{
	switch (type) {
	case FRAME_REFUSED:
		return 2;
	case FRAME_HAVE:
	case FRAME_INVITATION:
	case FRAME_LEAVES:
	case FRAME_NEXT:
	case FRAME_EXPORT:
		return 3;
	case FRAME_WANT:
	case FRAME_CHECKPOINT:
	case FRAME_BARE:
		return 4;
	case FRAME_SEGMENT:
	case FRAME_HEAD:
	case FRAME_VERDICT:
		return 5;
	case FRAME_RECEIPT:
		return 6;
	case FRAME_LEAF:
		return 8;
	default:
		return 0;
	}
}

/* A bin of exactly n bytes, copied. */
static err
read_into(struct codec_reader *r, uint8_t *to, size_t n)
{
	const uint8_t *p;
	err rc = codec_read_fixed(r, n, &p);

	if (rc == ERR_OK)
		memcpy(to, p, n);
	return rc;
}

/* A bin of at most max bytes, borrowed. */
static err
read_bounded(struct codec_reader *r, size_t max, struct span *ret)
{
	struct span s;
	err rc = codec_read_bin(r, &s);

	if (rc != ERR_OK)
		return rc;
	if (s.n > max)
		return ERR_LIMIT;
	*ret = s;
	return ERR_OK;
}

/* log, seq, hash: what head and verdict begin with. */
static err
read_position(struct codec_reader *r, uint8_t *log, uint64_t *seq,
    uint8_t *hash)
{
	err rc;

	if ((rc = read_into(r, log, ID_LEN)) != ERR_OK)
		return rc;
	if ((rc = codec_read_uint(r, seq)) != ERR_OK)
		return rc;
	return read_into(r, hash, HASH_LEN);
}

static err
read_head(struct codec_reader *r, struct frame *f)
{
	err rc = read_position(r, f->u.head.log, &f->u.head.seq,
	    f->u.head.hash);

	if (rc != ERR_OK)
		return rc;
	if (f->u.head.seq == 0)
		return ERR_FORMAT;
	return read_into(r, f->u.head.sig, SIG_LEN);
}

static err
read_want(struct codec_reader *r, struct frame *f)
{
	err rc;

	if ((rc = read_into(r, f->u.want.scope, SCOPE_LEN)) != ERR_OK)
		return rc;
	if ((rc = codec_read_uint(r, &f->u.want.from)) != ERR_OK)
		return rc;
	if ((rc = codec_read_uint(r, &f->u.want.to)) != ERR_OK)
		return rc;
	return f->u.want.from <= f->u.want.to ? ERR_OK : ERR_FORMAT;
}

static err
read_invitation(struct codec_reader *r, struct frame *f)
{
	err rc = read_bounded(r, LIMIT_BIN_BYTES, &f->u.invitation.fields);

	if (rc != ERR_OK)
		return rc;
	return read_bounded(r, LIMIT_INVITE_BYTES,
	    &f->u.invitation.key_part);
}

static err
read_leaves(struct codec_reader *r, struct frame *f)
{
	struct span data;
	err rc;

	if ((rc = codec_read_uint(r, &f->u.leaves.index)) != ERR_OK)
		return rc;
	rc = read_bounded(r, (size_t)LIMIT_LEAF_RUN * TREE_LEAF_LEN, &data);
	if (rc != ERR_OK)
		return rc;
	if (data.n == 0 || data.n % TREE_LEAF_LEN != 0 ||
	    data.n / TREE_LEAF_LEN > UINT64_MAX - f->u.leaves.index)
		return ERR_FORMAT;
	f->u.leaves.data = data;
	return ERR_OK;
}

static err
read_leaf(struct codec_reader *r, struct frame *f)
{
	err rc;

	if ((rc = codec_read_uint(r, &f->u.leaf.index)) != ERR_OK)
		return rc;
	if ((rc = codec_read_uint(r, &f->u.leaf.time_ms)) != ERR_OK)
		return rc;
	if ((rc = read_into(r, f->u.leaf.scope, SCOPE_LEN)) != ERR_OK)
		return rc;
	return segment_read(r, &f->u.leaf.segment);
}

static err
read_receipt(struct codec_reader *r, struct frame *f)
{
	err rc;

	if ((rc = codec_read_uint(r, &f->u.receipt.index)) != ERR_OK)
		return rc;
	if ((rc = codec_read_uint(r, &f->u.receipt.time_ms)) != ERR_OK)
		return rc;
	if ((rc = read_into(r, f->u.receipt.log, ID_LEN)) != ERR_OK)
		return rc;
	if ((rc = codec_read_uint(r, &f->u.receipt.first)) != ERR_OK)
		return rc;
	if ((rc = codec_read_uint(r, &f->u.receipt.last)) != ERR_OK)
		return rc;
	if (f->u.receipt.first == 0 ||
	    f->u.receipt.first > f->u.receipt.last)
		return ERR_FORMAT;
	return ERR_OK;
}

static err
read_checkpoint(struct codec_reader *r, struct frame *f)
{
	err rc;

	if ((rc = codec_read_uint(r, &f->u.checkpoint.size)) != ERR_OK)
		return rc;
	if ((rc = read_into(r, f->u.checkpoint.root, HASH_LEN)) != ERR_OK)
		return rc;
	return read_into(r, f->u.checkpoint.sig, SIG_LEN);
}

static err
read_bare(struct codec_reader *r, struct frame *f)
{
	const uint8_t *inner;
	err rc;

	if ((rc = codec_read_uint(r, &f->u.bare.index)) != ERR_OK)
		return rc;
	if ((rc = read_into(r, f->u.bare.scope, SCOPE_LEN)) != ERR_OK)
		return rc;
	if ((rc = codec_read_fixed(r, TREE_INNER_LEN, &inner)) != ERR_OK)
		return rc;
	return tree_inner_decode((struct span){ inner, TREE_INNER_LEN },
	    &f->u.bare.inner);
}

/* What stands behind the type; r is at it. */
static err
read_content(struct codec_reader *r, struct frame *f)
{
	err rc;

	switch ((enum frame_type)f->type) {
	case FRAME_HAVE:
		if ((rc = codec_read_uint(r, &f->u.have.size)) != ERR_OK)
			return rc;
		return codec_read_uint(r, &f->u.have.max_bytes);
	case FRAME_SEGMENT:
		return segment_read(r, &f->u.segment);
	case FRAME_HEAD:
		return read_head(r, f);
	case FRAME_WANT:
		return read_want(r, f);
	case FRAME_INVITATION:
		return read_invitation(r, f);
	case FRAME_VERDICT:
		rc = read_position(r, f->u.verdict.log, &f->u.verdict.seq,
		    f->u.verdict.hash);
		if (rc != ERR_OK)
			return rc;
		return codec_read_uint(r, &f->u.verdict.reason);
	case FRAME_LEAVES:
		return read_leaves(r, f);
	case FRAME_LEAF:
		return read_leaf(r, f);
	case FRAME_RECEIPT:
		return read_receipt(r, f);
	case FRAME_CHECKPOINT:
		return read_checkpoint(r, f);
	case FRAME_NEXT:
		if ((rc = codec_read_bool(r, &f->u.next.more)) != ERR_OK)
			return rc;
		return codec_read_uint(r, &f->u.next.wait_s);
	case FRAME_BARE:
		return read_bare(r, f);
	case FRAME_REFUSED:
		return codec_read_uint(r, &f->u.refused.reason);
	case FRAME_EXPORT:
		rc = codec_read_uint(r, &f->u.export.time_ms);
		if (rc != ERR_OK)
			return rc;
		return read_into(r, f->u.export.device, ID_LEN);
	}
	return ERR_OK;	/* an unknown type */
}

err
frame_read(struct span in, struct frame *ret, size_t *ret_used)
{
	/* The bounds of a frame as such.  What is in the bins, and the
	 * entries, are held to their own bounds where they are read. */
	static const struct codec_bounds bounds = {
		.depth = CODEC_DEPTH_MAX,
		.items = LIMIT_FRAME_BYTES,
		.values = LIMIT_FRAME_BYTES,
		.text_bytes = LIMIT_FRAME_BYTES,
		.bin_bytes = LIMIT_FRAME_BYTES,
	};
	struct codec_reader r;
	struct frame f;
	uint32_t count;
	size_t used;
	err rc;

	memset(&f, 0, sizeof f);
	if ((rc = codec_scan(in, &bounds, &used)) != ERR_OK)
		return rc;
	if (used > LIMIT_FRAME_BYTES)
		return ERR_LIMIT;
	r = codec_reader((struct span){ in.p, used });
	if ((rc = codec_read_array(&r, &count)) != ERR_OK)
		return rc;
	if (count == 0)
		return ERR_FORMAT;
	if ((rc = codec_read_uint(&r, &f.type)) != ERR_OK)
		return rc;
	if (elements(f.type) != 0) {
		if (count != elements(f.type))
			return ERR_FORMAT;
		if ((rc = read_content(&r, &f)) != ERR_OK)
			return rc;
		if (!codec_at_end(&r))
			return ERR_FORMAT;
	}
	*ret = f;
	*ret_used = used;
	return ERR_OK;
}

static void
put_fixed(struct buf *out, const uint8_t *p, size_t n)
{
	codec_put_bin(out, (struct span){ p, n });
}

static void
put_bare(struct buf *out, const struct frame *f)
{
	uint8_t inner[TREE_INNER_LEN];

	codec_put_uint(out, f->u.bare.index);
	put_fixed(out, f->u.bare.scope, SCOPE_LEN);
	tree_inner_encode(&f->u.bare.inner, inner);
	put_fixed(out, inner, sizeof inner);
}

/* What the hub sends down about leaves. */
static void
put_leaf_content(struct buf *out, const struct frame *f)
{
	switch (f->type) {
	case FRAME_LEAVES:
		codec_put_uint(out, f->u.leaves.index);
		codec_put_bin(out, f->u.leaves.data);
		break;
	case FRAME_LEAF:
		codec_put_uint(out, f->u.leaf.index);
		codec_put_uint(out, f->u.leaf.time_ms);
		put_fixed(out, f->u.leaf.scope, SCOPE_LEN);
		segment_put(out, &f->u.leaf.segment);
		break;
	case FRAME_RECEIPT:
		codec_put_uint(out, f->u.receipt.index);
		codec_put_uint(out, f->u.receipt.time_ms);
		put_fixed(out, f->u.receipt.log, ID_LEN);
		codec_put_uint(out, f->u.receipt.first);
		codec_put_uint(out, f->u.receipt.last);
		break;
	case FRAME_CHECKPOINT:
		codec_put_uint(out, f->u.checkpoint.size);
		put_fixed(out, f->u.checkpoint.root, HASH_LEN);
		put_fixed(out, f->u.checkpoint.sig, SIG_LEN);
		break;
	default:
		put_bare(out, f);
		break;
	}
}

static void
put_content(struct buf *out, const struct frame *f)
{
	switch ((enum frame_type)f->type) {
	case FRAME_HAVE:
		codec_put_uint(out, f->u.have.size);
		codec_put_uint(out, f->u.have.max_bytes);
		break;
	case FRAME_SEGMENT:
		segment_put(out, &f->u.segment);
		break;
	case FRAME_HEAD:
		put_fixed(out, f->u.head.log, ID_LEN);
		codec_put_uint(out, f->u.head.seq);
		put_fixed(out, f->u.head.hash, HASH_LEN);
		put_fixed(out, f->u.head.sig, SIG_LEN);
		break;
	case FRAME_WANT:
		put_fixed(out, f->u.want.scope, SCOPE_LEN);
		codec_put_uint(out, f->u.want.from);
		codec_put_uint(out, f->u.want.to);
		break;
	case FRAME_INVITATION:
		codec_put_bin(out, f->u.invitation.fields);
		codec_put_bin(out, f->u.invitation.key_part);
		break;
	case FRAME_VERDICT:
		put_fixed(out, f->u.verdict.log, ID_LEN);
		codec_put_uint(out, f->u.verdict.seq);
		put_fixed(out, f->u.verdict.hash, HASH_LEN);
		codec_put_uint(out, f->u.verdict.reason);
		break;
	case FRAME_LEAVES:
	case FRAME_LEAF:
	case FRAME_RECEIPT:
	case FRAME_CHECKPOINT:
	case FRAME_BARE:
		put_leaf_content(out, f);
		break;
	case FRAME_NEXT:
		codec_put_bool(out, f->u.next.more);
		codec_put_uint(out, f->u.next.wait_s);
		break;
	case FRAME_REFUSED:
		codec_put_uint(out, f->u.refused.reason);
		break;
	case FRAME_EXPORT:
		codec_put_uint(out, f->u.export.time_ms);
		put_fixed(out, f->u.export.device, ID_LEN);
		break;
	}
}

void
frame_put(struct buf *out, const struct frame *f)
{
	uint32_t count = elements(f->type);

	assert(count != 0);
	codec_put_array(out, count);
	codec_put_uint(out, f->type);
	put_content(out, f);
}
