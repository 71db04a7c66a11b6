/* SPDX-License-Identifier: Apache-2.0 */
/* intake.c -- frames of a response, one by one. */
#include "daemon/cell/intake.h"

#include <string.h>

#include "protocol/frame.h"
#include "protocol/ledger.h"
#include "protocol/limits.h"

/* What is not kept at once. */
struct taking {
	struct intake *in;
	struct exchange *x;
	bool gap;			/* no leaf is taken behind it */
	bool has_checkpoint;
	struct frame checkpoint;	/* the last one */
};

/* ---- leaves */

static err
take_filled(struct taking *t, uint64_t index, struct span raw)
{
	const struct upload *u = t->in->upload;
	err rc;

	if (u == NULL || index < u->want_from || index >= u->want_to)
		return ERR_OK;		/* nobody asked */
	if ((rc = exchange_put_filled(t->x, index, raw)) == ERR_OK)
		t->in->filled++;
	return rc;
}

static err
take_leaves(struct taking *t, uint64_t index, uint64_t count,
    struct span raw)
{
	err rc;

	if (index != t->in->size)
		t->gap = true;
	if (t->gap)
		return ERR_OK;
	rc = exchange_put_incoming(t->x, index, count, raw);
	if (rc != ERR_OK)
		return rc;
	t->in->size += count;
	t->in->leaves += count;
	return ERR_OK;
}

/* A receipt also tells how far the hub has the log. */
static err
take_receipt(struct taking *t, const struct frame *f, struct span raw)
{
	struct upload_log *l;
	uint64_t sent;
	err rc;

	rc = take_leaves(t, f->u.receipt.index, 1, raw);
	if (rc != ERR_OK || t->gap)
		return rc;
	l = upload_find(t->in->upload, f->u.receipt.log);
	if (l == NULL || f->u.receipt.last > l->own.written_seq)
		return ERR_OK;
	if ((rc = exchange_sent(t->x, l->own.log, &sent)) != ERR_OK ||
	    sent >= f->u.receipt.last)
		return rc;
	if (l->after < f->u.receipt.last)
		t->in->advanced = true;
	return exchange_put_sent(t->x, l->own.log, f->u.receipt.last);
}

/* ---- the rest */

static err
take_verdict(struct taking *t, const struct frame *f)
{
	struct exchange_verdict v = {
		.seq = f->u.verdict.seq,
		.reason = f->u.verdict.reason,
		.at_ms = t->in->now_ms,
	};
	struct upload_log *l;

	l = upload_find(t->in->upload, f->u.verdict.log);
	if (l == NULL)
		return ERR_OK;		/* not one that we sent */
	l->answered = true;
	l->reason = v.reason;
	if (v.seq > l->after)
		t->in->advanced = true;
	if (v.reason == REASON_CHAIN && v.seq < l->after)
		t->in->rewound = true;
	memcpy(v.log, f->u.verdict.log, ID_LEN);
	memcpy(v.hash, f->u.verdict.hash, HASH_LEN);
	return exchange_put_verdict(t->x, &v);
}

static err
take_invitation(struct taking *t, const struct frame *f)
{
	err rc;

	if (t->in->invite == NULL)
		return ERR_OK;
	rc = exchange_put_invitation(t->x, t->in->invite,
	    f->u.invitation.fields, f->u.invitation.key_part);
	t->in->invitation = rc == ERR_OK;
	return rc;
}

static err
take_sync_frame(struct taking *t, const struct frame *f, struct span raw)
{
	switch ((enum frame_type)f->type) {
	case FRAME_LEAVES:
		return take_leaves(t, f->u.leaves.index,
		    f->u.leaves.data.n / TREE_LEAF_LEN, raw);
	case FRAME_LEAF:
		return f->u.leaf.index < t->in->size ?
		    take_filled(t, f->u.leaf.index, raw) :
		    take_leaves(t, f->u.leaf.index, 1, raw);
	case FRAME_BARE:
		return f->u.bare.index < t->in->size ? ERR_OK :
		    take_leaves(t, f->u.bare.index, 1, raw);
	case FRAME_RECEIPT:
		return take_receipt(t, f, raw);
	case FRAME_CHECKPOINT:
		t->checkpoint = *f;
		t->has_checkpoint = true;
		return ERR_OK;
	case FRAME_VERDICT:
		return take_verdict(t, f);
	case FRAME_HAVE:
	case FRAME_SEGMENT:
	case FRAME_HEAD:
	case FRAME_WANT:
	case FRAME_INVITATION:
	case FRAME_NEXT:
	case FRAME_REFUSED:
	case FRAME_EXPORT:
		return ERR_OK;
	}
	return ERR_OK;		/* of a later version */
}

static err
take_frame(struct taking *t, const struct frame *f, struct span raw)
{
	if (f->type == FRAME_NEXT) {
		t->in->more = f->u.next.more;
		t->in->wait_s = f->u.next.wait_s;
		return ERR_OK;
	}
	if (f->type == FRAME_REFUSED) {
		t->in->refused = true;
		t->in->reason = f->u.refused.reason;
		return ERR_OK;
	}
	if (f->type == FRAME_INVITATION)
		return take_invitation(t, f);
	return t->in->upload == NULL ? ERR_OK : take_sync_frame(t, f, raw);
}

/* One of a size that is not reached yet would wait for leaves that may never
 * come. */
static err
take_checkpoint(struct taking *t)
{
	const struct frame *f = &t->checkpoint;

	if (!t->has_checkpoint || f->u.checkpoint.size > t->in->size)
		return ERR_OK;
	return exchange_put_checkpoint(t->x, f->u.checkpoint.size,
	    f->u.checkpoint.root, f->u.checkpoint.sig);
}

err
intake_take(struct intake *in, struct exchange *x, struct span payload)
{
	struct taking t = { .in = in, .x = x };
	struct frame f;
	unsigned count = 0;
	size_t used;
	err rc;

	while (payload.n > 0) {
		in->malformed = ++count > LIMIT_FRAMES ? ERR_LIMIT :
		    frame_read(payload, &f, &used);
		if (in->malformed != ERR_OK)
			break;
		rc = take_frame(&t, &f, (struct span){ payload.p, used });
		if (rc != ERR_OK)
			return rc;
		payload.p += used;
		payload.n -= used;
	}
	return take_checkpoint(&t);
}

void
intake_refused(struct intake *in, struct span payload)
{
	struct frame f;
	size_t used;

	if (payload.n > 0 && frame_read(payload, &f, &used) == ERR_OK &&
	    f.type == FRAME_REFUSED) {
		in->refused = true;
		in->reason = f.u.refused.reason;
	}
}
