/* SPDX-License-Identifier: Apache-2.0 */
/* history_file.c -- segments, leaves, the checkpoint, the audit file. */
#include "tests/support/history.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/checkpoint.h"
#include "protocol/frame.h"
#include "protocol/packet.h"
#include "tests/support/history_internal.h"

/* Moves what is pending into a new segment of the list. */
static struct history_leaf *
make_segment(struct history *h, struct history_log *g,
    struct history_leaf **list, size_t *count, size_t *cap)
{
	struct history_leaf *leaf;

	if (*count == *cap) {
		*cap = *cap ? 2 * *cap : 16;
		*list = history_grow(*list, *cap * sizeof **list);
	}
	leaf = &(*list)[(*count)++];
	memset(leaf, 0, sizeof *leaf);
	memcpy(leaf->scope, g->scope, SCOPE_LEN);
	memcpy(leaf->log, g->id, ID_LEN);
	leaf->first = g->seq - g->pending_count + 1;
	leaf->count = g->pending_count;
	leaf->entries = g->pending;
	memcpy(leaf->head, g->hash, HASH_LEN);
	chain_sign_head(g->device.seed, g->id, g->seq, g->hash, leaf->sig);
	h->now_ms += 1000;
	leaf->time_ms = h->now_ms;
	g->pending_count = 0;
	memset(&g->pending, 0, sizeof g->pending);
	return leaf;
}

void
history_cut(struct history *h, struct history_log *g)
{
	const struct history_leaf *leaf = make_segment(h, g, &h->leaves,
	    &h->leaf_count, &h->leaf_cap);
	struct leaf_inner inner = { .first = leaf->first, .last = g->seq,
		.time_ms = leaf->time_ms };
	uint8_t hash[HASH_LEN];

	memcpy(inner.log, leaf->log, ID_LEN);
	memcpy(inner.head, leaf->head, HASH_LEN);
	memcpy(inner.sig, leaf->sig, SIG_LEN);
	tree_inner_hash(&inner, hash);
	history_must(tree_append(h->tree, leaf->scope, hash), "tree");
}

void
history_cut_late(struct history *h, struct history_log *g)
{
	(void)make_segment(h, g, &h->late, &h->late_count, &h->late_cap);
}

void
history_free(struct history *h)
{
	if (h == NULL)
		return;
	for (size_t i = 0; i < h->leaf_count; i++)
		buf_free(&h->leaves[i].entries);
	for (size_t i = 0; i < h->late_count; i++)
		buf_free(&h->late[i].entries);
	free(h->leaves);
	free(h->late);
	tree_free(h->tree);
	free(h);
}

static struct segment
segment_of(const struct history_leaf *leaf)
{
	struct segment s = { .first = leaf->first, .count = leaf->count,
		.entries = buf_span(&leaf->entries) };

	memcpy(s.log, leaf->log, ID_LEN);
	memcpy(s.sig, leaf->sig, SIG_LEN);
	return s;
}

static void
put(struct packet_writer *w, const struct frame *f, struct buf *out)
{
	struct buf bytes = { 0 };

	frame_put(&bytes, f);
	history_must(buf_err(&bytes), "frame");
	history_must(packet_put(w, buf_span(&bytes), out), "packet");
	buf_free(&bytes);
}

static void
put_checkpoint(const struct history *h, struct packet_writer *w,
    struct buf *out)
{
	struct frame f = { .type = FRAME_CHECKPOINT };

	f.u.checkpoint.size = tree_size(h->tree);
	history_must(tree_root_at(h->tree, f.u.checkpoint.size,
	    f.u.checkpoint.root), "root");
	history_must(checkpoint_sign(h->hub_seed, h->root.fingerprint,
	    f.u.checkpoint.size, f.u.checkpoint.root, f.u.checkpoint.sig),
	    "checkpoint");
	put(w, &f, out);
}

static void
put_late(const struct history *h, struct packet_writer *w, struct buf *out)
{
	struct frame f = { .type = FRAME_EXPORT };

	f.u.export.time_ms = h->now_ms;
	memcpy(f.u.export.device, h->commune.id, ID_LEN);
	put(w, &f, out);
	for (size_t i = 0; i < h->late_count; i++) {
		f.type = FRAME_SEGMENT;
		f.u.segment = segment_of(&h->late[i]);
		put(w, &f, out);
	}
}

void
history_put(const struct history *h, struct buf *out)
{
	struct packet_header header = { .type = PACKET_AUDIT,
		.created_ms = h->now_ms };
	struct packet_writer *w;

	memcpy(header.root_fpr, h->root.fingerprint, HASH_LEN);
	memcpy(header.sender, h->commune.id, ID_LEN);
	w = packet_writer_new(&header, out);
	if (w == NULL)
		history_must(ERR_NOMEM, "packet");
	for (size_t i = 0; i < h->leaf_count; i++) {
		struct frame f = { .type = FRAME_LEAF };

		f.u.leaf.index = i;
		f.u.leaf.time_ms = h->leaves[i].time_ms;
		memcpy(f.u.leaf.scope, h->leaves[i].scope, SCOPE_LEN);
		f.u.leaf.segment = segment_of(&h->leaves[i]);
		put(w, &f, out);
	}
	if (h->leaf_count > 0)
		put_checkpoint(h, w, out);
	if (h->late_count > 0)
		put_late(h, w, out);
	history_must(packet_end(w, out), "trailer");
	packet_writer_free(w);
}
