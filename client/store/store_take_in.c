/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_take_in.c -- what the daemon brought, from checkpoint to checkpoint:
 * each run of leaves is verified and stored in one transaction, whole or not
 * at all.
 */
#include "client/store/store_internal.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/limits.h"

enum {
	STRIDE = 2000,		/* leaves of one transaction, if checkpoints
				 * stand that close */
	TRIES = 16,		/* checkpoints that may fail in one take in */
};

struct plan {
	uint64_t limit;			/* no checkpoint above it */
	uint64_t failed[TRIES];
	size_t failed_count;
};

/* ---- how far it goes */

/* The leaves that stand there without a gap, as the rows say. */
static err
find_reach(struct taking_in *t, uint64_t from, uint64_t *ret)
{
	struct sqlite_stmt *st = NULL;
	uint64_t reach = from;
	bool row = false;
	err rc = sqlite_get(t->ex, "SELECT idx, count FROM incoming"
	    " WHERE idx >= ? ORDER BY idx", &st);

	if (rc != ERR_OK)
		return store_leaf_hostile(t, rc);
	sqlite_bind_u64(st, 1, from > LIMIT_LEAF_RUN ? from - LIMIT_LEAF_RUN :
	    0);
	while ((rc = sqlite_step(st, &row)) == ERR_OK && row) {
		uint64_t idx = sqlite_u64(st, 0), n = sqlite_u64(st, 1);
		if (n == 0 || n > LIMIT_LEAF_RUN)
			continue;	/* says nothing */
		if (idx > reach)
			break;
		if (idx + n > reach)
			reach = idx + n;
	}
	sqlite_done(st);
	*ret = reach;
	return store_leaf_hostile(t, rc);
}

static bool
has_failed(const struct plan *p, uint64_t size)
{
	for (size_t i = 0; i < p->failed_count; i++)
		if (p->failed[i] == size)
			return true;
	return false;
}

/* The first row that has not failed yet; *ret_size 0: none. */
static err
pick_from(struct taking_in *t, struct sqlite_stmt *st, const struct plan *p,
    uint64_t low, uint64_t high, struct signed_root *ret)
{
	bool row = false;
	err rc;

	sqlite_bind_u64(st, 1, low);
	sqlite_bind_u64(st, 2, high);
	while ((rc = sqlite_step(st, &row)) == ERR_OK && row) {
		uint64_t size = sqlite_u64(st, 0);
		if (size <= low || size > high || has_failed(p, size))
			continue;
		rc = sqlite_fixed(st, 1, ret->root, HASH_LEN);
		if (rc == ERR_OK)
			rc = sqlite_fixed(st, 2, ret->sig, SIG_LEN);
		if (rc == ERR_OK)
			ret->size = size;
		break;
	}
	sqlite_done(st);
	return store_leaf_hostile(t, rc);
}

/* The largest within a stride, else the smallest behind it. */
static err
pick(struct taking_in *t, const struct plan *p, uint64_t from,
    struct signed_root *ret)
{
	struct sqlite_stmt *st = NULL;
	uint64_t near = p->limit - from > STRIDE ? from + STRIDE : p->limit;
	err rc = sqlite_get(t->ex, "SELECT size, root, sig FROM checkpoint"
	    " WHERE size > ? AND size <= ? ORDER BY size DESC", &st);

	ret->size = 0;
	if (rc != ERR_OK)
		return store_leaf_hostile(t, rc);
	rc = pick_from(t, st, p, from, near, ret);
	if (rc != ERR_OK || ret->size != 0)
		return rc;
	rc = sqlite_get(t->ex, "SELECT size, root, sig FROM checkpoint"
	    " WHERE size > ? AND size <= ? ORDER BY size", &st);
	return rc != ERR_OK ? store_leaf_hostile(t, rc) :
	    pick_from(t, st, p, near, p->limit, ret);
}

/* ---- one run */

static err
take_rows(struct taking_in *t, uint64_t size)
{
	struct ledger *l = t->s->ledger;
	uint64_t from = ledger_size(l);
	struct sqlite_stmt *st = NULL;
	bool row = false;
	err rc = sqlite_get(t->ex, "SELECT idx, count, frame FROM incoming"
	    " WHERE idx >= ? ORDER BY idx", &st);

	if (rc != ERR_OK)
		return store_leaf_hostile(t, rc);
	sqlite_bind_u64(st, 1, from > LIMIT_LEAF_RUN ? from - LIMIT_LEAF_RUN :
	    0);
	while (ledger_size(l) < size) {
		rc = store_leaf_hostile(t, sqlite_step(st, &row));
		if (rc != ERR_OK || !row)
			break;
		if (sqlite_u64(st, 0) + sqlite_u64(st, 1) <= ledger_size(l))
			continue;
		rc = store_exchange_blob(st, 2, LIMIT_FRAME_BYTES, &t->bytes);
		if (rc == ERR_FORMAT)
			rc = store_leaf_found(t, "frame", ledger_size(l),
			    (struct span){ NULL, 0 });
		if (rc == ERR_OK)
			rc = store_leaf_take(t, size);
		if (rc != ERR_OK)
			break;
		store_tell(t->s, ledger_size(l), size);
	}
	sqlite_done(st);
	if (rc == ERR_OK && ledger_size(l) != size)
		rc = store_leaf_found(t, "order", ledger_size(l),
		    (struct span){ NULL, 0 });
	return rc;
}

/* Segments of scopes that are not ours even now: the hub must not have sent
 * them. */
static err
check_odd(struct taking_in *t)
{
	for (size_t i = 0; i < t->odd_count; i++)
		if (!store_covers(t->s, t->odd[i].scope))
			return store_leaf_found(t, "scope", t->odd[i].leaf,
			    (struct span){ t->odd[i].scope, SCOPE_LEN });
	return ERR_OK;
}

static err
finish(struct taking_in *t, const struct signed_root *cp)
{
	struct store *s = t->s;
	err rc = t->rooted ? store_load_roster(s) : ERR_OK;

	if (rc == ERR_OK)
		rc = check_odd(t);
	if (rc == ERR_OK)
		rc = store_place_wants(s);
	if (rc == ERR_OK && t->rooted)
		rc = store_meta_hub(s);
	if (rc == ERR_OK && cp != NULL)
		rc = store_checkpoint_keep(s, cp);
	if (rc == ERR_OK)
		rc = store_fold_again(s);
	return rc == ERR_OK ? store_cache_save(s) : rc;
}

/* The run up to cp, whole or not at all; cp NULL: only what was asked for. */
static err
take_run(struct taking_in *t, const struct signed_root *cp)
{
	struct store *s = t->s;
	struct take_in before = *t->sum;
	uint64_t from = ledger_size(s->ledger);
	err rc = sqlite_begin(s->db);

	if (rc != ERR_OK)
		return rc;
	t->rooted = false;
	t->odd_count = 0;
	rc = store_load_if_changed(s);
	if (rc == ERR_OK && ledger_size(s->ledger) != from)
		rc = ERR_BUSY;	/* another process was first */
	if (rc == ERR_OK)
		rc = store_fill(t, NULL);
	if (rc == ERR_OK && cp != NULL)
		rc = take_rows(t, cp->size);
	if (rc == ERR_OK && cp != NULL)
		rc = store_checkpoint_check(t, cp);
	if (rc == ERR_OK)
		rc = finish(t, cp);
	if (rc == ERR_OK)
		rc = sqlite_commit(s->db);
	if (rc == ERR_OK) {
		t->sum->leaves += ledger_size(s->ledger) - from;
		return ERR_OK;
	}
	/* the ledger cannot go back: it is loaded again */
	sqlite_rollback(s->db);
	before.alarmed = t->sum->alarmed;
	memcpy(before.alarm_code, t->sum->alarm_code,
	    sizeof before.alarm_code);
	*t->sum = before;
	err again = store_load(s);
	return again != ERR_OK ? again : rc;
}

/* ---- what was wrong is kept */

static err
keep_want(struct taking_in *t)
{
	struct sqlite_stmt *st = NULL;
	err rc = sqlite_get(t->s->db, "INSERT OR REPLACE INTO want"
	    " (scope, from_idx, to_idx) VALUES (?, 0, ?)", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, (struct span){ t->gap_scope, SCOPE_LEN });
	sqlite_bind_u64(st, 2, t->leaf);
	return sqlite_run(st);
}

static err
keep_finding(struct taking_in *t)
{
	err rc = sqlite_begin(t->s->db);

	if (rc != ERR_OK)
		return rc;
	if (t->found)
		rc = store_leaf_alarm(t, t->code, t->leaf,
		    buf_span(&t->evidence));
	else
		rc = keep_want(t);
	if (rc == ERR_OK)
		rc = sqlite_commit(t->s->db);
	if (rc != ERR_OK)
		sqlite_rollback(t->s->db);
	t->found = t->gap = false;
	return rc;
}

static err
after_failure(struct taking_in *t, struct plan *p, const struct signed_root *cp)
{
	uint64_t leaf = t->leaf;
	bool of_leaf = t->gap || (strcmp(t->code, "checkpoint") != 0 &&
	    strcmp(t->code, "tree") != 0 && strcmp(t->code, "scope") != 0);

	if (p->failed_count < TRIES)
		p->failed[p->failed_count++] = cp->size;
	if (of_leaf && leaf < p->limit)
		p->limit = leaf;
	return keep_finding(t);
}

/* ---- all of it */

/* Segments that were asked for, when any are. */
static err
take_wanted(struct taking_in *t)
{
	struct sqlite_stmt *st = NULL;
	bool row = false;
	err rc = sqlite_get(t->s->db, "SELECT 1 FROM want LIMIT 1", &st);

	if (rc != ERR_OK)
		return rc;
	rc = sqlite_step(st, &row);
	sqlite_done(st);
	return rc == ERR_OK && row ? take_run(t, NULL) : rc;
}

static err
take_all(struct taking_in *t)
{
	struct plan p = { 0 };
	struct signed_root cp;
	err rc = store_leaf_hostile(t, sqlite_begin_read(t->ex));

	if (rc == ERR_OK)
		rc = store_checkpoint_old(t);
	if (rc == ERR_OK)
		rc = find_reach(t, ledger_size(t->s->ledger), &p.limit);
	if (rc == ERR_OK)
		rc = take_wanted(t);
	while (rc == ERR_OK && p.failed_count < TRIES) {
		uint64_t from = ledger_size(t->s->ledger);
		if (p.limit <= from)
			break;
		rc = pick(t, &p, from, &cp);
		if (rc != ERR_OK || cp.size == 0)
			break;
		rc = take_run(t, &cp);
		if (rc == ERR_TREE && (t->found || t->gap))
			rc = after_failure(t, &p, &cp);
	}
	if (rc == ERR_TREE && t->found)
		rc = keep_finding(t);
	sqlite_rollback(t->ex);
	return rc;
}

/* What may not be written now is owed still; it does not undo what was taken
 * in. */
static err
do_duties(struct store *s, uint64_t *written)
{
	err rc = store_do_duties(s, written);

	return rc == ERR_DAMAGED || err_class(rc) == CLASS_RETRY ? rc :
	    ERR_OK;
}

err
store_take_in(struct store *s, struct take_in *ret)
{
	struct take_in sum = { 0 };
	struct taking_in t = { .s = s, .sum = &sum };
	uint64_t written = 0;
	err rc = s->keys == NULL ? ERR_PASS : s->in_batch ? ERR_USAGE :
	    store_load_if_changed(s);

	if (rc != ERR_OK)
		return rc;
	rc = store_exchange_open(s->dir, &t.ex);
	if (rc == ERR_OK) {
		rc = take_all(&t);
	} else if (rc != ERR_ABSENT) {
		rc = store_leaf_hostile(&t, rc);
		if (rc == ERR_TREE)
			rc = keep_finding(&t);
	} else {
		rc = ERR_OK;	/* the daemon has not run yet */
	}
	if (rc == ERR_OK)
		rc = do_duties(s, &written);
	sum.size = s->ledger != NULL ? ledger_size(s->ledger) : 0;
	sqlite_close(t.ex);
	buf_free(&t.bytes);
	buf_free(&t.entries);
	buf_free(&t.evidence);
	store_place_free(&t.placing);
	if (rc == ERR_OK) {
		*ret = sum;
		if (sum.leaves > 0 || written > 0)
			paths_ring_bell(s->dir);
	}
	return rc;
}
