/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vectors_audit.c -- the audit files that are not as they should be, and some
 * that are: a small commune, changed in one way each.
 */
#include "tests/support/vectors_audit.h"

#include <string.h>

#include "protocol/checkpoint.h"
#include "protocol/limits.h"
#include "tests/support/history_forge.h"
#include "tests/support/vectors.h"

static const uint8_t zeros[KEY_LEN];

static void
take_apart(const struct small_commune *w, struct vectors_parts *p)
{
	struct packet_reader *r = packet_reader_new();
	enum packet_event event = PACKET_NEED_MORE;
	struct buf file = { 0 };
	struct span frame;

	memset(p, 0, sizeof *p);
	history_put(w->h, &file);
	vectors_must(packet_feed(r, buf_span(&file)), "feed");
	while (event != PACKET_END) {
		vectors_must(packet_next(r, &event, &p->header, &frame),
		    "next");
		if (event == PACKET_FRAME)
			buf_put(&p->frame[p->count++], frame.p, frame.n);
	}
	packet_reader_free(r);
	buf_free(&file);
}

/* Also frees the parts. */
static void
put_together(struct vectors_parts *p, struct buf *out)
{
	struct packet_writer *w = packet_writer_new(&p->header, out);

	for (size_t i = 0; i < VECTORS_FRAMES; i++) {
		if (p->frame[i].n > 0)
			vectors_must(packet_put(w, buf_span(&p->frame[i]),
			    out), "put");
		buf_free(&p->frame[i]);
	}
	vectors_must(packet_end(w, out), "end");
	packet_writer_free(w);
}

void
vectors_audit_put(struct buf *b, const struct frame *f)
{
	buf_reset(b);
	frame_put(b, f);
	vectors_must(buf_err(b), "frame");
}

static void
swap_frames(struct vectors_parts *p, size_t i, size_t j)
{
	struct buf kept = p->frame[i];

	p->frame[i] = p->frame[j];
	p->frame[j] = kept;
}

/* ---- a leaf without its segment */

static struct leaf_inner
inner_of(const struct history_leaf *l)
{
	struct leaf_inner inner = { .first = l->first,
		.last = l->first + l->count - 1, .time_ms = l->time_ms };

	memcpy(inner.log, l->log, ID_LEN);
	memcpy(inner.head, l->head, HASH_LEN);
	memcpy(inner.sig, l->sig, SIG_LEN);
	return inner;
}

static void
make_bare(const struct small_commune *w, struct vectors_parts *p, size_t leaf,
    bool relabelled)
{
	struct frame f = { .type = FRAME_BARE };

	f.u.bare.index = leaf;
	memcpy(f.u.bare.scope, w->h->leaves[leaf].scope, SCOPE_LEN);
	f.u.bare.scope[3] ^= relabelled;
	f.u.bare.inner = inner_of(&w->h->leaves[leaf]);
	vectors_audit_put(&p->frame[leaf], &f);
}

static void
declare_lost(struct small_commune *w, size_t leaf, bool is_late)
{
	struct history_op *op = history_op(w->office, KIND_SEGMENT_LOST,
	    zeros);
	struct leaf_inner inner = inner_of(&w->h->leaves[leaf]);
	uint8_t hash[HASH_LEN];

	tree_inner_hash(&inner, hash);
	field_draft_put_uint(op->fields, FIELD_LEAF, leaf);
	history_bytes(op->fields, FIELD_INNER_HASH, hash, HASH_LEN);
	history_see(w->h, w->office);
	history_commit(w->h, w->office);
	if (is_late)
		history_cut_late(w->h, w->office);
	else
		history_cut(w->h, w->office);
}

/* ---- changes before the tree is built */

static struct small_commune
lie(uint64_t seen)
{
	struct small_commune w = small_commune_begin();

	small_commune_step(&w, 1, STEP_POSTPONED);
	history_see_as(w.cell, seen, zeros);
	small_commune_step(&w, 0, STEP_NOMINATED);
	history_cut(w.h, w.cell);
	small_commune_step_leaf(&w, 1, STEP_NOMINATED);
	return w;
}

static void
add_log(struct small_commune *w, const struct history_device *device,
    const uint8_t *scope)
{
	struct history_device stranger;
	struct history_log *g;

	history_device(w->h, &stranger);
	g = history_log_open(w->h, device ? device : &stranger, scope);
	history_commit(w->h, g);
	history_cut(w->h, g);
	history_log_free(g);
}

static void
void_op(struct small_commune *w)
{
	struct history_op *op = history_op(w->claim, KIND_SETTING, zeros);

	history_text(op->fields, FIELD_COMMUNE_NAME, "H\xc6\xb0\xc6\xa1ng"
	    " S\xc6\xa1n");
	history_see(w->h, w->claim);
	history_commit(w->h, w->claim);
	history_cut(w->h, w->claim);
}

/* A whole person, then with its parts in full; or facts as digests. */
static void
other_parts(struct small_commune *w, bool withheld)
{
	const struct part_policy digests = { KEEP_DIGEST, KEEP_DIGEST,
		KEEP_DIGEST };
	struct buf kept = { 0 };
	struct entry e = { .ops = NULL };

	w->cell->whole = true;
	history_see(w->h, w->cell);
	small_commune_person(w, 1);
	if (withheld) {
		vectors_must(entry_parse(buf_span(&w->cell->pending), &e),
		    "entry");
		vectors_must(entry_copy(&e, &digests, &kept), "copy");
		entry_free(&e);
		buf_free(&w->cell->pending);
		w->cell->pending = kept;
	}
	history_cut(w->h, w->cell);
}

static void
late(struct small_commune *w)
{
	history_see(w->h, w->cell);
	small_commune_person(w, 0);
	small_commune_step(w, 0, STEP_NOMINATED);
	history_cut_late(w->h, w->cell);
}

static void
no_tree(struct small_commune *w)
{
	w->h = history_new("before any hub");
	w->h->late = w->h->leaves;
	w->h->late_count = w->h->leaf_count;
	w->h->late_cap = w->h->leaf_cap;
	w->h->leaves = NULL;
	w->h->leaf_count = w->h->leaf_cap = 0;
	tree_free(w->h->tree);
	vectors_must(tree_new(TREE_KEEP_ROOTS, &w->h->tree), "tree");
	w->office = history_log_open(w->h, &w->h->commune, scope_root);
	history_commit(w->h, w->office);
	small_commune_cell(w);
	history_cut_late(w->h, w->office);
}

static void
break_entry(struct small_commune *w)
{
	struct history_leaf *l = &w->h->leaves[3];
	struct segment s = { .first = 1, .count = l->count,
		.entries = buf_span(&l->entries) };
	size_t cursor = 0;
	struct span raw;

	vectors_must(segment_next(&s, &cursor, &raw), "entry");
	vectors_must(segment_next(&s, &cursor, &raw), "entry");
	l->entries.p[(size_t)(raw.p - l->entries.p)] = 0xc1;
}

/* The commune that file tells of, before it is written. */
static struct small_commune
commune_of(enum vectors_audit_id id)
{
	static const uint8_t other[SCOPE_LEN] = { SCOPE_CELL, 1 };
	uint8_t cell[SCOPE_LEN];
	struct small_commune w;
	struct history_leaf *l;

	memset(&w, 0, sizeof w);
	if (id == AUDIT_NO_TREE)
		no_tree(&w);
	if (id == AUDIT_CHECKPOINT_0)
		no_tree(&w);
	if (id == AUDIT_FIGURES)
		w.h = vectors_story_new(NULL);
	if (id == AUDIT_NAMES)
		w.h = vectors_names_new(cell);
	if (w.h != NULL)
		return w;
	if (id == AUDIT_ROOT || id == AUDIT_SEEN_HIGH || id == AUDIT_SEEN_LOW)
		return lie(id == AUDIT_ROOT ? 4 :
		    id == AUDIT_SEEN_HIGH ? 99 : 1);
	w = small_commune_whole();
	l = w.h->leaves;
	if (id == AUDIT_LATE || id == AUDIT_LATE_FORGED)
		late(&w);
	if (id == AUDIT_LATE_FORGED)
		w.h->late[0].sig[5] ^= 1;
	if (id == AUDIT_VOID)
		void_op(&w);
	if (id == AUDIT_LOST || id == AUDIT_BARE_LABEL ||
	    id == AUDIT_LOST_LATE)
		declare_lost(&w, 5, id == AUDIT_LOST_LATE);
	if (id == AUDIT_UNMASKED || id == AUDIT_WITHHELD)
		other_parts(&w, id == AUDIT_WITHHELD);
	if (id == AUDIT_STRANGER)
		add_log(&w, NULL, w.scope);
	if (id == AUDIT_SCOPE)
		add_log(&w, &w.cell->device, other);
	if (id == AUDIT_FLIPPED)
		history_forge_flip(&l[3]);
	if (id == AUDIT_BROKEN)
		break_entry(&w);
	if (id == AUDIT_REMOVED)
		history_forge_drop(&l[3]);
	if (id == AUDIT_REORDERED)
		history_forge_swap(&l[4], &l[5]);
	if (id == AUDIT_FORGED_HEAD)
		chain_sign_head(w.h->commune.seed, l[4].log, l[4].first,
		    l[4].head, l[4].sig);
	if (id == AUDIT_TIME)
		l[4].time_ms = l[3].time_ms - 1;
	if (id == AUDIT_LABEL)
		l[4].scope[3] ^= 1;
	vectors_odd_commune(id, &w);
	vectors_published_commune(id, &w);
	return w;
}

/* ---- changes of the frames, and of the file */

static void
old_checkpoint(const struct small_commune *w, struct vectors_parts *p)
{
	struct frame f = { .type = FRAME_CHECKPOINT };

	f.u.checkpoint.size = 5;
	vectors_must(tree_root_at(w->h->tree, 5, f.u.checkpoint.root),
	    "root");
	vectors_must(checkpoint_sign(w->h->hub_seed, w->h->root.fingerprint,
	    5, f.u.checkpoint.root, f.u.checkpoint.sig), "checkpoint");
	vectors_audit_put(&p->frame[6], &f);
}

static void
early_segment(struct vectors_parts *p)
{
	struct frame leaf, f = { .type = FRAME_SEGMENT };
	size_t used;

	vectors_must(frame_read(buf_span(&p->frame[5]), &leaf, &used),
	    "frame");
	f.u.segment = leaf.u.leaf.segment;
	vectors_audit_put(&p->frame[p->count], &f);
}

static void
change_parts(enum vectors_audit_id id, const struct small_commune *w,
    struct vectors_parts *p)
{
	const struct frame next = { .type = FRAME_NEXT };

	if (id == AUDIT_LOST || id == AUDIT_NOT_LOST ||
	    id == AUDIT_BARE_LABEL || id == AUDIT_LOST_LATE)
		make_bare(w, p, 5, id == AUDIT_BARE_LABEL);
	if (id == AUDIT_LEAF_MISSING)
		buf_reset(&p->frame[3]);
	if (id == AUDIT_LAST_MISSING)
		buf_reset(&p->frame[5]);
	if (id == AUDIT_OUT_OF_ORDER)
		swap_frames(p, 4, 5);
	if (id == AUDIT_NO_CHECKPOINT)
		buf_reset(&p->frame[6]);
	if (id == AUDIT_CHECKPOINT_SIG)
		p->frame[6].p[p->frame[6].n - 1] ^= 1;
	if (id == AUDIT_CHECKPOINT_OLD)
		old_checkpoint(w, p);
	if (id == AUDIT_FRAME)
		vectors_audit_put(&p->frame[p->count], &next);
	if (id == AUDIT_EARLY_SEGMENT)
		early_segment(p);
	if (id == AUDIT_LATER_FRAME)
		vectors_unhex("9263a161", &p->frame[p->count]);
	if (id == AUDIT_PACKET)
		p->header.type = PACKET_EXCHANGE;
	vectors_odd_parts(id, w, p);
}

void
vectors_audit_bytes(enum vectors_audit_id id, struct buf *out,
    uint8_t *ret_fpr)
{
	struct small_commune w = commune_of(id);
	struct vectors_parts p;

	memcpy(ret_fpr, w.h->root.fingerprint, HASH_LEN);
	take_apart(&w, &p);
	change_parts(id, &w, &p);
	put_together(&p, out);
	if (id == AUDIT_TRAILER)
		out->p[out->n - 1] ^= 1;
	if (id == AUDIT_CUT)
		out->n -= HASH_LEN + 4;
	if (id == AUDIT_BEHIND)
		buf_put_u8(out, 0);
	if (id == AUDIT_LONG_FRAME)
		be32_put(out->p + PACKET_HEADER_LEN, LIMIT_FRAME_BYTES + 1);
	if (id == AUDIT_CUT_HEADER)
		out->n = PACKET_HEADER_LEN - 1;
	if (id == AUDIT_VERSION)
		out->p[8] = 2;
	if (id == AUDIT_FOREIGN)
		ret_fpr[31] ^= 1;
	small_commune_end(&w);
}

void
vectors_audit_log(enum vectors_audit_id id, uint32_t leaf, uint8_t *ret_log)
{
	struct small_commune w = commune_of(id);

	memcpy(ret_log, leaf == VECTORS_AUDIT_LATE ? w.h->late[0].log :
	    w.h->leaves[leaf].log, ID_LEN);
	small_commune_end(&w);
}

void
vectors_audit_file(struct buf *out, unsigned which)
{
	enum { ROW = 39 };	/* bytes a line */
	struct buf file = { 0 };
	uint8_t fpr[HASH_LEN];
	char hex[2 * ROW + 1];

	vectors_audit_bytes((enum vectors_audit_id)which, &file, fpr);
	for (size_t at = 0; at < file.n; at += ROW) {
		hex_encode(file.p + at, file.n - at < ROW ? file.n - at :
		    ROW, hex);
		buf_put_text(out, hex);
		buf_put_text(out, "\n");
	}
	buf_free(&file);
}
