/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vectors_odd.c -- audit files that are lawful but strange, or strange in the
 * order of their frames.
 */
#include "tests/support/vectors_audit.h"

#include <string.h>

#include "protocol/checkpoint.h"
#include "tests/support/history_forge.h"
#include "tests/support/vectors.h"

/* ---- changes before the tree is built */

static void
office_entry(struct small_commune *w)
{
	struct history_op *op = history_op(w->office, KIND_READ,
	    w->person[0]);

	(void)op;
	history_see(w->h, w->office);
	history_commit(w->h, w->office);
}

/* The office states a root that is right, of a tree whose leaf 3 a forger
 * changed later. */
static void
unchecked(struct small_commune *w)
{
	office_entry(w);
	history_cut(w->h, w->office);
	history_forge_flip(&w->h->leaves[3]);
}

/* Leaf 5 holds the entry of leaf 4 once more. */
static void
overlap(struct small_commune *w)
{
	struct history_leaf *l = w->h->leaves;
	struct buf both = { 0 };

	buf_put(&both, l[4].entries.p, l[4].entries.n);
	buf_put(&both, l[5].entries.p, l[5].entries.n);
	vectors_must(buf_err(&both), "overlap");
	buf_free(&l[5].entries);
	l[5].entries = both;
	l[5].first = l[4].first;
	l[5].count += l[4].count;
}

/* The secretary's key gets a second certificate; and the commune would like
 * to revoke itself. */
static void
certified(struct small_commune *w)
{
	const struct history_device *d = &w->cell->device;
	struct history_op *op = history_op(w->office, KIND_CERTIFY, d->id);
	struct buf scopes = { 0 };

	history_bytes(op->fields, FIELD_SIGN_KEY, d->pub, KEY_LEN);
	history_bytes(op->fields, FIELD_BOX_KEY, d->box_pub, KEY_LEN);
	history_bytes(op->fields, FIELD_TRANSPORT_KEY, d->transport_pub,
	    KEY_LEN);
	field_draft_put_uint(op->fields, FIELD_ROLE, ROLE_DEPUTY);
	codec_put_array(&scopes, 1);
	codec_put_bin(&scopes, (struct span){ w->scope, SCOPE_LEN });
	field_draft_put_raw(op->fields, FIELD_SCOPES, buf_span(&scopes));
	buf_free(&scopes);
	(void)history_op(w->office, KIND_REVOKE, w->h->commune.id);
	history_see(w->h, w->office);
	history_commit(w->h, w->office);
	history_cut(w->h, w->office);
}

/* Without a leaf: the secretary is revoked, and writes on. */
static void
late_revoked(struct small_commune *w)
{
	(void)history_op(w->office, KIND_REVOKE, w->cell->device.id);
	office_entry(w);
	history_cut_late(w->h, w->office);
	history_see(w->h, w->cell);
	small_commune_step(w, 0, STEP_INTRODUCED);
	history_cut_late(w->h, w->cell);
}

/* Leaves 4 and 5 go back in time; 6 is later than they are, but not later
 * than leaf 3. */
static void
times(struct small_commune *w)
{
	struct history_leaf *l;

	office_entry(w);
	history_cut(w->h, w->office);
	l = w->h->leaves;
	l[4].time_ms = l[5].time_ms = l[3].time_ms - 5;
	l[6].time_ms = l[3].time_ms - 2;
}

void
vectors_odd_commune(enum vectors_audit_id id, struct small_commune *w)
{
	if (id == AUDIT_UNCHECKED)
		unchecked(w);
	if (id == AUDIT_TIMES)
		times(w);
	if (id == AUDIT_OVERLAP)
		overlap(w);
	if (id == AUDIT_CERTIFIED)
		certified(w);
	if (id == AUDIT_LATE_ODD || id == AUDIT_EXPORTS)
		late_revoked(w);
}

/* ---- changes of the frames */

static void
move_up(struct vectors_parts *p, size_t from)
{
	for (size_t i = p->count++; i > from; i--)
		p->frame[i] = p->frame[i - 1];
	memset(&p->frame[from], 0, sizeof p->frame[from]);
}

/* Leaf 5 once more, at that place and with that index. */
static void
leaf_again(struct vectors_parts *p, size_t at, uint64_t index)
{
	struct frame f;
	size_t used;

	vectors_must(frame_read(buf_span(&p->frame[5]), &f, &used), "frame");
	f.u.leaf.index = index;
	move_up(p, at);
	vectors_audit_put(&p->frame[at], &f);
}

static void
checkpoint_of_0(const struct small_commune *w, struct vectors_parts *p)
{
	struct frame f = { .type = FRAME_CHECKPOINT };

	vectors_must(tree_root_at(w->h->tree, 0, f.u.checkpoint.root),
	    "root");
	vectors_must(checkpoint_sign(w->h->hub_seed, w->h->root.fingerprint,
	    0, f.u.checkpoint.root, f.u.checkpoint.sig), "checkpoint");
	move_up(p, 0);
	vectors_audit_put(&p->frame[0], &f);
}

/* The export is of another device than the file, and a segment stands first
 * that the tree has already. */
static void
late_parts(struct vectors_parts *p)
{
	struct frame leaf, f;
	size_t used;

	vectors_must(frame_read(buf_span(&p->frame[7]), &f, &used), "frame");
	vectors_must(f.type == FRAME_EXPORT ? ERR_OK : ERR_FORMAT, "export");
	f.u.export.device[0] ^= 1;
	vectors_audit_put(&p->frame[7], &f);
	vectors_must(frame_read(buf_span(&p->frame[5]), &leaf, &used),
	    "frame");
	f = (struct frame){ .type = FRAME_SEGMENT };
	f.u.segment = leaf.u.leaf.segment;
	move_up(p, 8);
	vectors_audit_put(&p->frame[8], &f);
}

static void
frame_again(struct vectors_parts *p, size_t which)
{
	buf_put(&p->frame[p->count], p->frame[which].p, p->frame[which].n);
	vectors_must(buf_err(&p->frame[p->count++]), "frame");
}

void
vectors_odd_parts(enum vectors_audit_id id, const struct small_commune *w,
    struct vectors_parts *p)
{
	if (id == AUDIT_NOTHING)
		leaf_again(p, 6, 6);
	if (id == AUDIT_LEAF_BEHIND)
		leaf_again(p, 7, 6);
	if (id == AUDIT_CHECKPOINTS)
		frame_again(p, 6);
	if (id == AUDIT_EXPORTS)
		frame_again(p, 7);
	if (id == AUDIT_CHECKPOINT_0)
		checkpoint_of_0(w, p);
	if (id == AUDIT_LATE_ODD)
		late_parts(p);
}
