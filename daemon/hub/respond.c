/* SPDX-License-Identifier: Apache-2.0 */
/* respond.c -- verdicts, leaves, checkpoint. */
#include "daemon/hub/respond.h"

#include <string.h>

#include "daemon/hub/leaf_frame.h"
#include "protocol/checkpoint.h"
#include "protocol/frame.h"

/* Leaves being sent.  Invariant: run holds the data of leaves run_index and
 * up, right behind what is in out. */
struct sending {
	struct commune *c;
	const uint8_t *sign_pub;
	uint64_t size;			/* of the tree: where rights count */
	struct buf *out;
	size_t limit;			/* of out->n */
	const uint8_t *want;		/* scope; NULL: leaves in order */
	struct buf frame;		/* the next frame */
	struct buf run;
	uint64_t run_index;
	uint64_t reached;		/* leaves sent, in order */
	bool any, more;
};

static err
put_verdicts(const struct admission *a, struct buf *out)
{
	struct frame f = { .type = FRAME_VERDICT };

	for (size_t i = 0; i < a->verdict_count; i++) {
		const struct admit_verdict *v = &a->verdicts[i];
		const struct log_head *log = ledger_log(a->c->ledger, v->log);

		memcpy(f.u.verdict.log, v->log, ID_LEN);
		f.u.verdict.seq = log == NULL ? 0 : log->seq;
		memset(f.u.verdict.hash, 0, HASH_LEN);
		if (log != NULL)
			memcpy(f.u.verdict.hash, log->hash, HASH_LEN);
		f.u.verdict.reason = (uint64_t)v->reason;
		frame_put(out, &f);
	}
	return buf_err(out);
}

static void
flush_run(struct sending *s)
{
	struct frame f = { .type = FRAME_LEAVES };

	if (s->run.n == 0)
		return;
	f.u.leaves.index = s->run_index;
	f.u.leaves.data = buf_span(&s->run);
	frame_put(s->out, &f);
	buf_reset(&s->run);
}

/* What a run costs above its data. */
enum { RUN_EXTRA = 24 };

static bool
fits(const struct sending *s, size_t more)
{
	size_t now = s->out->n + s->run.n + (s->run.n ? RUN_EXTRA : 0);

	return !s->any || (now <= s->limit && more <= s->limit - now);
}

static err
add_foreign(struct sending *s, const struct hub_leaf *leaf, bool *ret_stop)
{
	uint8_t hash[HASH_LEN];

	if (!fits(s, TREE_LEAF_LEN + RUN_EXTRA)) {
		*ret_stop = s->more = true;
		return ERR_OK;
	}
	if (s->run.n == (size_t)LIMIT_LEAF_RUN * TREE_LEAF_LEN)
		flush_run(s);
	if (s->run.n == 0)
		s->run_index = leaf->index;
	tree_inner_hash(&leaf->inner, hash);
	buf_put(&s->run, leaf->scope, SCOPE_LEN);
	buf_put(&s->run, hash, HASH_LEN);
	s->any = true;
	s->reached = leaf->index + 1;
	return buf_err(&s->run);
}

static err
add_frame(struct sending *s, const struct hub_leaf *leaf, bool *ret_stop)
{
	err rc;

	if ((rc = buf_err(&s->frame)) != ERR_OK)
		return rc;
	if (!fits(s, s->frame.n)) {
		*ret_stop = s->more = true;
		return ERR_OK;
	}
	flush_run(s);
	buf_put(s->out, s->frame.p, s->frame.n);
	s->any = true;
	s->reached = leaf->index + 1;
	return buf_err(s->out);
}

static void
put_receipt(struct buf *out, const struct hub_leaf *leaf)
{
	struct frame f = { .type = FRAME_RECEIPT };

	f.u.receipt.index = leaf->index;
	f.u.receipt.time_ms = leaf->inner.time_ms;
	memcpy(f.u.receipt.log, leaf->inner.log, ID_LEN);
	f.u.receipt.first = leaf->inner.first;
	f.u.receipt.last = leaf->inner.last;
	frame_put(out, &f);
}

static err
send_leaf(void *ctx, const struct hub_leaf *leaf, bool *ret_stop)
{
	struct sending *s = ctx;
	const struct roster *r = ledger_roster(s->c->ledger);
	err rc = ERR_OK;

	buf_reset(&s->frame);
	if (memcmp(leaf->author, s->sign_pub, KEY_LEN) == 0)
		put_receipt(&s->frame, leaf);
	else if (roster_covers(r, s->sign_pub, leaf->scope, s->size))
		rc = leaf_frame_put(s->c->store, leaf, LEAF_COPY_RELAY,
		    &s->frame);
	else
		return add_foreign(s, leaf, ret_stop);
	return rc == ERR_OK ? add_frame(s, leaf, ret_stop) : rc;
}

/* A wanted leaf comes in full, also of the device's own log: it may have lost
 * it. */
static err
send_wanted(void *ctx, const struct hub_leaf *leaf, bool *ret_stop)
{
	struct sending *s = ctx;
	err rc;

	if (memcmp(leaf->scope, s->want, SCOPE_LEN) != 0)
		return ERR_OK;
	buf_reset(&s->frame);
	rc = leaf_frame_put(s->c->store, leaf, LEAF_COPY_RELAY, &s->frame);
	return rc == ERR_OK ? add_frame(s, leaf, ret_stop) : rc;
}

static err
put_wanted(struct sending *s, const struct respond_query *q)
{
	const struct roster *r = ledger_roster(s->c->ledger);
	uint64_t to;
	err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < q->want_count; i++) {
		if (s->more)
			break;
		s->want = q->wants[i].scope;
		if (!roster_covers(r, s->sign_pub, s->want, s->size))
			continue;
		/* what lies behind comes among the leaves */
		to = q->wants[i].to;
		if (q->has_have && to > q->size)
			to = q->size;
		rc = hub_store_leaves(s->c->store, q->wants[i].from,
		    to > s->size ? s->size : to, send_wanted, s);
	}
	s->want = NULL;
	return rc;
}

static err
put_checkpoint(const struct sending *s, uint64_t size)
{
	struct frame f = { .type = FRAME_CHECKPOINT };
	err rc;

	f.u.checkpoint.size = size;
	rc = ledger_root_at(s->c->ledger, size, f.u.checkpoint.root);
	if (rc == ERR_OK)
		rc = checkpoint_sign(s->c->seed, s->c->root_fpr, size,
		    f.u.checkpoint.root, f.u.checkpoint.sig);
	if (rc != ERR_OK)
		return rc;
	frame_put(s->out, &f);
	return buf_err(s->out);
}

/* Leaves may use what is left, wanted segments half of it at most while there
 * are leaves to send: the tree never stands still. */
static err
put_leaves(struct sending *s, const struct respond_query *q)
{
	size_t begin = s->out->n;
	size_t bytes = RESPOND_BYTES;
	bool behind = q->has_have && q->size < s->size;
	bool cut;
	err rc;

	if (q->has_have && q->max_bytes < bytes)
		bytes = (size_t)q->max_bytes;
	s->limit = begin + (behind ? bytes / 2 : bytes);
	if ((rc = put_wanted(s, q)) != ERR_OK || !q->has_have)
		return rc;
	cut = s->more;
	s->more = s->any = false;
	s->limit = begin + bytes;
	s->reached = q->size;
	rc = hub_store_leaves(s->c->store, q->size, s->size, send_leaf, s);
	if (rc != ERR_OK)
		return rc;
	flush_run(s);
	if (s->reached > q->size)
		rc = put_checkpoint(s, s->reached);
	else if (q->size > s->size)
		rc = put_checkpoint(s, s->size);
	s->more = s->more || cut;
	return rc;
}

err
respond_payload(struct commune *c, const uint8_t *sign_pub,
    const struct respond_query *query, const struct admission *a,
    struct buf *out)
{
	struct sending s = {
		.c = c,
		.sign_pub = sign_pub,
		.size = ledger_size(c->ledger),
		.out = out,
	};
	struct frame next = { .type = FRAME_NEXT };
	err rc;

	rc = put_verdicts(a, out);
	if (rc == ERR_OK && sign_pub != NULL)
		rc = put_leaves(&s, query);
	if (rc == ERR_OK && s.more) {
		next.u.next.more = true;
		frame_put(out, &next);
		rc = buf_err(out);
	}
	buf_free(&s.frame);
	buf_free(&s.run);
	return rc;
}

void
respond_refused(enum reason reason, struct buf *out)
{
	struct frame f = { .type = FRAME_REFUSED };

	f.u.refused.reason = (uint64_t)reason;
	frame_put(out, &f);
}
