/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_fill.c -- segments of a scope gained later, that were asked for.
 */
#include "client/store/store_internal.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/frame.h"
#include "protocol/limits.h"

/* The leaves that are wanted, in order. */
struct wanted {
	struct ledger_leaf *leaves;
	size_t count, cap;
};

static err
add(struct wanted *w, struct sqlite_stmt *st)
{
	if (w->count == w->cap) {
		size_t cap = w->cap == 0 ? 64 : w->cap * 2;
		struct ledger_leaf *more = realloc(w->leaves,
		    cap * sizeof *more);
		if (more == NULL)
			return ERR_NOMEM;
		w->leaves = more;
		w->cap = cap;
	}
	struct ledger_leaf *leaf = &w->leaves[w->count++];
	*leaf = (struct ledger_leaf){ .index = sqlite_u64(st, 0) };
	err rc = sqlite_fixed(st, 1, leaf->scope, SCOPE_LEN);
	return rc != ERR_OK ? rc :
	    sqlite_fixed(st, 2, leaf->inner_hash, HASH_LEN);
}

/* Those asked for, or all of one scope. */
static err
collect(struct store *s, const uint8_t *scope, struct wanted *w)
{
	struct sqlite_stmt *st = NULL;
	bool row = false;
	err rc = scope != NULL ? sqlite_get(s->db, "SELECT idx, scope,"
	    " inner_hash FROM leaf WHERE scope = ? AND log_no IS NULL"
	    " ORDER BY idx", &st) : sqlite_get(s->db,
	    "SELECT DISTINCT l.idx, l.scope, l.inner_hash"
	    " FROM want w JOIN leaf l ON l.scope = w.scope"
	    " AND l.idx >= w.from_idx AND l.idx < w.to_idx"
	    " WHERE l.log_no IS NULL ORDER BY l.idx", &st);

	if (rc == ERR_OK && scope != NULL)
		sqlite_bind_blob(st, 1, (struct span){ scope, SCOPE_LEN });

	while (rc == ERR_OK) {
		rc = sqlite_step(st, &row);
		if (rc != ERR_OK || !row)
			break;
		rc = add(w, st);
	}
	sqlite_done(st);
	return rc;
}

/* The frame brought for that leaf, into out; empty: none yet. */
static err
find_frame(struct taking_in *t, uint64_t idx, struct buf *out)
{
	struct sqlite_stmt *st = NULL;
	bool row = false;
	err rc = sqlite_get(t->ex, "SELECT frame FROM filled WHERE idx = ?",
	    &st);

	if (rc != ERR_OK)
		return store_leaf_hostile(t, rc);
	buf_reset(out);
	sqlite_bind_u64(st, 1, idx);
	rc = sqlite_step(st, &row);
	if (rc == ERR_OK && row)
		rc = store_exchange_blob(st, 0, LIMIT_FRAME_BYTES, out);
	sqlite_done(st);
	return store_leaf_hostile(t, rc);
}

/* What is wrong with a filled frame is noted; it stops nothing. */
static err
fill_one(struct taking_in *t, struct ledger_leaf *leaf, struct span bytes)
{
	enum reason reason = REASON_ADMITTED;
	struct leaf_inner inner = { 0 };
	struct placing placing = { 0 };
	struct frame f;
	size_t used = 0;
	err rc;

	if (frame_read(bytes, &f, &used) != ERR_OK || used != bytes.n ||
	    f.type != FRAME_LEAF || f.u.leaf.index != leaf->index)
		return store_leaf_alarm(t, "filled", leaf->index, bytes);
	leaf->time_ms = f.u.leaf.time_ms;
	rc = ledger_fill(t->s->ledger, &f.u.leaf.segment, leaf,
	    store_place_sink, &placing, &reason, &inner);
	if (rc == ERR_OK && reason == REASON_ADMITTED) {
		rc = store_place_entries(t->s, &placing, t->sum);
		if (rc == ERR_OK)
			rc = store_place_segment(t->s, leaf->index, &inner);
		if (rc == ERR_OK)
			rc = store_fold_later(t->s, leaf->scope);
	} else if (rc == ERR_OK && reason != REASON_CHAIN) {
		rc = store_leaf_alarm(t, "filled", leaf->index, bytes);
	}
	store_place_free(&placing);
	return rc;
}

err
store_fill(struct taking_in *t, const uint8_t *scope)
{
	struct wanted w = { 0 };
	struct buf frame = { 0 };
	err rc = collect(t->s, scope, &w);

	for (size_t i = 0; rc == ERR_OK && i < w.count; i++) {
		rc = find_frame(t, w.leaves[i].index, &frame);
		if (rc == ERR_OK && frame.n > 0)
			rc = fill_one(t, &w.leaves[i], buf_span(&frame));
	}
	buf_free(&frame);
	free(w.leaves);
	return rc;
}
