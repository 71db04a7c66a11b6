/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_leaf.c -- one frame of what the daemon brought, against the ledger.
 */
#include "client/store/store_internal.h"

#include <string.h>

#include "client/store/clock.h"
#include "protocol/frame.h"
#include "protocol/limits.h"

enum { ALARMS_MAX = 1000, EVIDENCE_MAX = 65536 };

/* ---- what is wrong */

static void
set_code(char to[static ALARM_CODE], const char *code)
{
	size_t n = strlen(code);

	if (n >= ALARM_CODE)
		n = ALARM_CODE - 1;
	memcpy(to, code, n);
	to[n] = '\0';
}

err
store_leaf_found(struct taking_in *t, const char *code, uint64_t leaf,
    struct span evidence)
{
	if (t->found)
		return ERR_TREE;
	t->found = true;
	t->leaf = leaf;
	set_code(t->code, code);
	buf_reset(&t->evidence);
	buf_put(&t->evidence, evidence.p, evidence.n);
	return ERR_TREE;
}

err
store_leaf_hostile(struct taking_in *t, err rc)
{
	if (rc == ERR_OK || rc == ERR_NOMEM || rc == ERR_BUSY ||
	    rc == ERR_IO || rc == ERR_FULL)
		return rc;
	return store_leaf_found(t, "exchange", MERGE_NO_LEAF,
	    (struct span){ NULL, 0 });
}

static err
count_alarms(struct store *s, const char *code, uint64_t leaf, bool *ret_new)
{
	struct sqlite_stmt *st = NULL;
	bool row = false;
	err rc = sqlite_get(s->db, "SELECT count(*), ifnull(sum(code = ?1"
	    " AND leaf IS ?2), 0) FROM alarm", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_text(st, 1,
	    (struct span){ (const uint8_t *)code, strlen(code) });
	if (leaf == MERGE_NO_LEAF)
		sqlite_bind_null(st, 2);
	else
		sqlite_bind_u64(st, 2, leaf);
	rc = sqlite_step(st, &row);
	if (rc == ERR_OK)
		*ret_new = sqlite_u64(st, 0) < ALARMS_MAX &&
		    sqlite_u64(st, 1) == 0;
	sqlite_done(st);
	return rc;
}

err
store_leaf_alarm(struct taking_in *t, const char *code, uint64_t leaf,
    struct span evidence)
{
	struct sqlite_stmt *st = NULL;
	bool fresh = false;
	err rc = count_alarms(t->s, code, leaf, &fresh);

	t->sum->alarmed = true;
	set_code(t->sum->alarm_code, code);
	if (rc != ERR_OK || !fresh)
		return rc;
	rc = sqlite_get(t->s->db, "INSERT INTO alarm"
	    " (at_ms, code, leaf, evidence) VALUES (?, ?, ?, ?)", &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_u64(st, 1, clock_now_ms());
	sqlite_bind_text(st, 2,
	    (struct span){ (const uint8_t *)code, strlen(code) });
	if (leaf == MERGE_NO_LEAF)
		sqlite_bind_null(st, 3);
	else
		sqlite_bind_u64(st, 3, leaf);
	if (evidence.n > EVIDENCE_MAX)
		evidence.n = EVIDENCE_MAX;
	sqlite_bind_blob(st, 4, evidence);
	return sqlite_run(st);
}

static err
found_frame(struct taking_in *t, const char *code, uint64_t leaf)
{
	return store_leaf_found(t, code, leaf, buf_span(&t->bytes));
}

/* ---- a leaf with its segment */

/* Whether segments of that scope below are held as bare leaves, and so may
 * be what a gap lacks. */
static err
lacks_segments(struct store *s, const uint8_t *scope, bool *ret)
{
	struct sqlite_stmt *st = NULL;
	err rc = sqlite_get(s->db, "SELECT 1 FROM leaf WHERE scope = ?"
	    " AND log_no IS NULL LIMIT 1", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, (struct span){ scope, SCOPE_LEN });
	rc = sqlite_step(st, ret);
	sqlite_done(st);
	return rc;
}

static void
note_odd(struct taking_in *t, const uint8_t *scope, uint64_t leaf)
{
	const struct roster *r = ledger_roster(t->s->ledger);

	if (store_covers(t->s, scope) ||
	    roster_covers(r, t->s->sign_pub, scope, leaf) ||
	    t->odd_count == TAKE_ODD)
		return;
	memcpy(t->odd[t->odd_count].scope, scope, SCOPE_LEN);
	t->odd[t->odd_count++].leaf = leaf;
}

/* Rows of what the ledger has let pass. */
static err
place(struct taking_in *t, uint64_t idx, const uint8_t *scope,
    const struct leaf_inner *inner)
{
	uint8_t hash[HASH_LEN];
	err rc;

	tree_inner_hash(inner, hash);
	rc = store_place_leaf(t->s, idx, scope, hash, inner->time_ms,
	    (struct span){ NULL, 0 });
	if (rc == ERR_OK)
		rc = store_place_entries(t->s, &t->placing, t->sum);
	if (rc == ERR_OK)
		rc = store_place_segment(t->s, idx, inner);
	if (rc == ERR_FORK)
		return found_frame(t, "fork", idx);
	if (chain_scope_kind(scope) == SCOPE_ROOT)
		t->rooted = true;
	return rc;
}

static err
admit(struct taking_in *t, const struct segment *segment, uint64_t time_ms,
    enum reason *ret_reason, struct leaf_inner *ret_inner, uint8_t *ret_scope)
{
	struct store *s = t->s;

	t->placing.count = 0;
	return ledger_admit(s->ledger, segment, time_ms, store_place_sink,
	    &t->placing, ret_reason, ret_inner, ret_scope);
}

static err
take_segment(struct taking_in *t, const struct segment *segment,
    uint64_t time_ms, const uint8_t *label)
{
	uint64_t idx = ledger_size(t->s->ledger);
	enum reason reason = REASON_ADMITTED;
	struct leaf_inner inner = { 0 };
	uint8_t scope[SCOPE_LEN];
	bool lacks = false;
	err rc;

	if (time_ms < ledger_last_time(t->s->ledger))
		return found_frame(t, "time", idx);
	rc = admit(t, segment, time_ms, &reason, &inner, scope);
	if (rc == ERR_OK && reason == REASON_CHAIN && label != NULL) {
		rc = lacks_segments(t->s, label, &lacks);
		if (rc == ERR_OK && lacks)
			rc = store_fill(t, label);
		if (rc == ERR_OK && lacks)
			rc = admit(t, segment, time_ms, &reason, &inner,
			    scope);
	}
	if (rc != ERR_OK)
		return rc;
	if (reason == REASON_CHAIN && lacks) {
		t->gap = true;
		t->leaf = idx;
		memcpy(t->gap_scope, label, SCOPE_LEN);
		return ERR_TREE;
	}
	if (reason != REASON_ADMITTED)
		return found_frame(t, reason_name(reason), idx);
	if (inner.first == 0)
		return found_frame(t, "nothing", idx);
	if (label != NULL && memcmp(label, scope, SCOPE_LEN) != 0)
		return found_frame(t, "label", idx);
	note_odd(t, scope, idx);
	return place(t, idx, scope, &inner);
}

/* ---- a receipt: the segment is our own, from our own rows */

static err
own_segment(struct taking_in *t, const struct frame *f, struct segment *ret)
{
	struct sqlite_stmt *st = NULL;
	uint64_t next = f->u.receipt.first, last = f->u.receipt.last;
	bool row = false;
	err rc = sqlite_get(t->s->db, "SELECT e.seq, e.bytes, h.sig FROM log"
	    " JOIN entry e ON e.log_no = log.no"
	    " LEFT JOIN head h ON h.log_no = e.log_no AND h.seq = e.seq"
	    " WHERE log.id = ? AND log.own = 1 AND e.seq >= ? AND e.seq <= ?"
	    " ORDER BY e.seq", &st);

	if (rc != ERR_OK)
		return rc;
	*ret = (struct segment){ .first = next };
	memcpy(ret->log, f->u.receipt.log, ID_LEN);
	buf_reset(&t->entries);
	sqlite_bind_blob(st, 1, (struct span){ f->u.receipt.log, ID_LEN });
	sqlite_bind_u64(st, 2, next);
	sqlite_bind_u64(st, 3, last);
	while ((rc = sqlite_step(st, &row)) == ERR_OK && row) {
		struct span bytes = sqlite_blob(st, 1);
		if (sqlite_u64(st, 0) != next++)
			rc = ERR_ABSENT;
		else if (next > last && sqlite_is_null(st, 2))
			rc = ERR_ABSENT;
		else if (next > last)
			rc = sqlite_fixed(st, 2, ret->sig, SIG_LEN);
		if (rc != ERR_OK)
			break;
		buf_put(&t->entries, bytes.p, bytes.n);
		ret->count++;
	}
	sqlite_done(st);
	if (rc == ERR_OK && next != last + 1)
		rc = ERR_ABSENT;
	if (rc == ERR_OK)
		rc = buf_err(&t->entries);
	ret->entries = buf_span(&t->entries);
	return rc;
}

static err
take_receipt(struct taking_in *t, const struct frame *f)
{
	uint64_t idx = f->u.receipt.index;
	struct segment segment;
	const struct log_head *head = ledger_log(t->s->ledger,
	    f->u.receipt.log);
	uint64_t admitted = head != NULL ? head->seq : 0;
	err rc;

	if (f->u.receipt.first != admitted + 1 ||
	    f->u.receipt.last - f->u.receipt.first >= LIMIT_SEGMENT_ENTRIES)
		return found_frame(t, "receipt", idx);
	rc = own_segment(t, f, &segment);
	if (rc == ERR_ABSENT)
		return found_frame(t, "receipt", idx);
	return rc != ERR_OK ? rc :
	    take_segment(t, &segment, f->u.receipt.time_ms, NULL);
}

/* ---- leaves without their segments */

/* A leaf of a scope that was ours already lacks what it must have. */
static bool
is_owed(const struct taking_in *t, const uint8_t *scope, uint64_t idx)
{
	return chain_scope_kind(scope) == SCOPE_ROOT ||
	    roster_covers(ledger_roster(t->s->ledger), t->s->sign_pub, scope,
	    idx);
}

static err
take_leaves(struct taking_in *t, const struct frame *f, uint64_t size)
{
	struct ledger *l = t->s->ledger;
	uint64_t count = f->u.leaves.data.n / TREE_LEAF_LEN;
	err rc = ERR_OK;

	while (rc == ERR_OK && ledger_size(l) < size) {
		uint64_t idx = ledger_size(l);
		if (idx - f->u.leaves.index >= count)
			break;
		const uint8_t *p = f->u.leaves.data.p +
		    (size_t)(idx - f->u.leaves.index) * TREE_LEAF_LEN;
		if (is_owed(t, p, idx))
			return found_frame(t, "missing", idx);
		rc = ledger_append_foreign(l, p, p + SCOPE_LEN);
		if (rc == ERR_OK)
			rc = store_place_leaf(t->s, idx, p, p + SCOPE_LEN,
			    ledger_last_time(l), (struct span){ NULL, 0 });
	}
	return rc;
}

static err
take_bare(struct taking_in *t, const struct frame *f)
{
	const struct leaf_inner *inner = &f->u.bare.inner;
	uint8_t hash[HASH_LEN], raw[TREE_INNER_LEN];
	uint64_t idx = f->u.bare.index;
	err rc;

	if (chain_scope_kind(f->u.bare.scope) == SCOPE_ROOT)
		return found_frame(t, "missing", idx);
	if (inner->time_ms < ledger_last_time(t->s->ledger))
		return found_frame(t, "time", idx);
	tree_inner_hash(inner, hash);
	tree_inner_encode(inner, raw);
	rc = ledger_load_leaf(t->s->ledger, f->u.bare.scope, hash,
	    inner->time_ms);
	if (rc == ERR_OK)
		rc = store_place_leaf(t->s, idx, f->u.bare.scope, hash,
		    inner->time_ms, (struct span){ raw, sizeof raw });
	return rc != ERR_OK ? rc :
	    store_leaf_alarm(t, "bare", idx, (struct span){ NULL, 0 });
}

err
store_leaf_take(struct taking_in *t, uint64_t size)
{
	uint64_t idx = ledger_size(t->s->ledger);
	struct frame f;
	size_t used = 0;

	if (frame_read(buf_span(&t->bytes), &f, &used) != ERR_OK ||
	    used != t->bytes.n)
		return found_frame(t, "frame", idx);
	switch (f.type) {
	case FRAME_LEAVES:
		if (f.u.leaves.index > idx)
			return found_frame(t, "order", idx);
		return take_leaves(t, &f, size);
	case FRAME_LEAF:
		if (f.u.leaf.index != idx)
			return found_frame(t, "order", idx);
		return take_segment(t, &f.u.leaf.segment, f.u.leaf.time_ms,
		    f.u.leaf.scope);
	case FRAME_RECEIPT:
		if (f.u.receipt.index != idx)
			return found_frame(t, "order", idx);
		return take_receipt(t, &f);
	case FRAME_BARE:
		if (f.u.bare.index != idx)
			return found_frame(t, "order", idx);
		return take_bare(t, &f);
	default:
		return found_frame(t, "frame", idx);
	}
}
