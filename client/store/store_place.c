/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_place.c -- entries and leaves that passed the ledger: their rows, and
 * their effect on states.
 */
#include "client/store/store_internal.h"

#include <stdlib.h>
#include <string.h>

void
store_place_free(struct placing *p)
{
	free(p->e);
	*p = (struct placing){ 0 };
}

err
store_place_sink(void *ctx, const struct admitted_entry *a)
{
	struct placing *p = ctx;

	if (p->count == p->cap) {
		size_t cap = p->cap == 0 ? 16 : p->cap * 2;
		struct placed *more = realloc(p->e, cap * sizeof *more);
		if (more == NULL)
			return ERR_NOMEM;
		p->e = more;
		p->cap = cap;
	}
	p->e[p->count] = (struct placed){ .place = a->place,
		.raw = a->entry->raw };
	memcpy(p->e[p->count++].hash, a->hash, HASH_LEN);
	return ERR_OK;
}

/* ---- log rows */

struct log_row {
	int64_t no;
	bool own;
	uint64_t written_seq;
};

static err
find_log(struct store *s, const uint8_t *id, struct log_row *ret)
{
	struct sqlite_stmt *st = NULL;
	err rc = sqlite_get(s->db,
	    "SELECT no, own, written_seq FROM log WHERE id = ?", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, (struct span){ id, ID_LEN });
	rc = sqlite_one(st);
	if (rc == ERR_OK)
		*ret = (struct log_row){ sqlite_i64(st, 0),
			sqlite_u64(st, 1) == 1, sqlite_u64(st, 2) };
	sqlite_done(st);
	return rc;
}

static err
add_log(struct store *s, const struct placed *first, struct log_row *ret)
{
	const struct log_head *h = ledger_log(s->ledger, first->place.log);
	bool own = memcmp(first->place.author, s->sign_pub, KEY_LEN) == 0;
	struct sqlite_stmt *st = NULL;
	bool row = false;
	err rc = sqlite_get(s->db, "INSERT INTO log (id, scope, author, own,"
	    " written_hash, pred_log, pred_seq, pred_hash)"
	    " VALUES (?, ?, ?, ?, zeroblob(32), ?, ?, ?) RETURNING no", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, (struct span){ first->place.log, ID_LEN });
	sqlite_bind_blob(st, 2,
	    (struct span){ first->place.scope, SCOPE_LEN });
	sqlite_bind_blob(st, 3, (struct span){ first->place.author, KEY_LEN });
	sqlite_bind_u64(st, 4, own ? 1 : 0);
	sqlite_bind_null(st, 5);
	sqlite_bind_null(st, 6);
	sqlite_bind_null(st, 7);
	if (h != NULL && h->has_predecessor) {
		const struct entry_ref *p = &h->predecessor;
		sqlite_bind_blob(st, 5, (struct span){ p->log, ID_LEN });
		sqlite_bind_u64(st, 6, p->seq);
		sqlite_bind_blob(st, 7, (struct span){ p->hash, HASH_LEN });
	}
	rc = sqlite_step(st, &row);
	if (rc == ERR_OK)
		*ret = (struct log_row){ .no = sqlite_i64(st, 0), .own = own };
	sqlite_done(st);
	if (rc == ERR_OK && h != NULL && h->has_predecessor)
		rc = merge_lines_add(s->lines, h->log, &h->predecessor);
	return rc;
}

/* admitted_seq, and what is written where that is less. */
static err
advance_log(struct store *s, const struct log_row *log,
    const struct placed *last)
{
	struct sqlite_stmt *st = NULL;
	bool admitted = last->place.leaf != ROSTER_NO_LEAF;
	err rc = sqlite_get(s->db, "UPDATE log SET"
	    " admitted_seq = max(admitted_seq, ?1),"
	    " written_hash = iif(written_seq < ?2, ?3, written_hash),"
	    " line_seen = max(line_seen, ?4),"
	    " written_seen = max(written_seen, ?5),"
	    " written_seq = max(written_seq, ?2) WHERE no = ?6", &st);
	struct entry e = {0};

	if (rc != ERR_OK)
		return rc;
	rc = entry_parse(last->raw, &e);
	if (rc != ERR_OK) {
		sqlite_done(st);
		return rc;
	}
	sqlite_bind_u64(st, 1, admitted ? last->place.seq : 0);
	sqlite_bind_u64(st, 2, last->place.seq);
	sqlite_bind_blob(st, 3, (struct span){ last->hash, HASH_LEN });
	sqlite_bind_u64(st, 4, last->place.line_seen);
	sqlite_bind_u64(st, 5, e.seen);
	sqlite_bind_i64(st, 6, log->no);
	entry_free(&e);
	return sqlite_run(st);
}

/* ---- entry rows */

/* Whether the entry is held without a leaf already.  ERR_FORK: another one
 * is. */
static err
is_held(struct store *s, const struct log_row *log, const struct placed *p,
    bool *ret)
{
	struct sqlite_stmt *st = NULL;
	bool row = false;
	err rc = sqlite_get(s->db,
	    "SELECT hash FROM entry WHERE log_no = ? AND seq = ?", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_i64(st, 1, log->no);
	sqlite_bind_u64(st, 2, p->place.seq);
	rc = sqlite_step(st, &row);
	if (rc == ERR_OK && row) {
		struct span hash = sqlite_blob(st, 0);
		if (!span_equal(hash, (struct span){ p->hash, HASH_LEN }))
			rc = ERR_FORK;
	}
	sqlite_done(st);
	if (rc == ERR_OK)
		*ret = row;
	return rc;
}

static err
put_entry(struct store *s, const struct log_row *log, const struct placed *p,
    bool held)
{
	struct sqlite_stmt *st = NULL;
	err rc = held ? sqlite_get(s->db,
	    "UPDATE entry SET leaf = ?1 WHERE log_no = ?2 AND seq = ?3",
	    &st) : sqlite_get(s->db, "INSERT INTO entry"
	    " (leaf, log_no, seq, line_seen, hash, bytes)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)", &st);

	if (rc != ERR_OK)
		return rc;
	if (p->place.leaf == ROSTER_NO_LEAF)
		sqlite_bind_null(st, 1);
	else
		sqlite_bind_u64(st, 1, p->place.leaf);
	sqlite_bind_i64(st, 2, log->no);
	sqlite_bind_u64(st, 3, p->place.seq);
	if (!held) {
		sqlite_bind_u64(st, 4, p->place.line_seen);
		sqlite_bind_blob(st, 5, (struct span){ p->hash, HASH_LEN });
		sqlite_bind_blob(st, 6, p->raw);
	}
	return sqlite_run(st);
}

static err
place_one(struct store *s, const struct log_row *log, const struct placed *p,
    struct take_in *count)
{
	bool held = false, admitted = p->place.leaf != ROSTER_NO_LEAF;
	struct entry e = { 0 };
	err rc = is_held(s, log, p, &held);

	if (rc == ERR_OK)
		rc = put_entry(s, log, p, held);
	if (rc == ERR_OK)
		rc = entry_parse(p->raw, &e);
	if (rc == ERR_OK && !admitted &&
	    chain_scope_kind(p->place.scope) == SCOPE_ROOT)
		rc = roster_take(s->roster, &p->place, &e);
	if (rc == ERR_OK && held)
		rc = store_fold_leaf(s, log->no, &p->place, &e);
	else if (rc == ERR_OK)
		rc = store_fold_one(s, log->no, admitted ?
		    ledger_roster(s->ledger) : s->roster, &p->place, &e);
	entry_free(&e);
	if (rc == ERR_OK && count != NULL) {
		count->entries += held ? 0 : 1;
		count->receipts += held && log->own ? 1 : 0;
	}
	return rc;
}

static err
drop_heads(struct store *s, const struct log_row *log, uint64_t last)
{
	struct sqlite_stmt *st = NULL;
	err rc = sqlite_get(s->db,
	    "DELETE FROM head WHERE log_no = ? AND seq <= ?", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_i64(st, 1, log->no);
	sqlite_bind_u64(st, 2, last);
	return sqlite_run(st);
}

err
store_place_entries(struct store *s, const struct placing *p,
    struct take_in *count)
{
	struct log_row log = { 0 };
	err rc;

	if (p->count == 0)
		return ERR_OK;
	rc = find_log(s, p->e[0].place.log, &log);
	if (rc == ERR_ABSENT)
		rc = add_log(s, &p->e[0], &log);
	for (size_t i = 0; rc == ERR_OK && i < p->count; i++)
		rc = place_one(s, &log, &p->e[i], count);
	const struct placed *last = &p->e[p->count - 1];
	if (rc == ERR_OK)
		rc = advance_log(s, &log, last);
	if (rc == ERR_OK && last->place.leaf != ROSTER_NO_LEAF)
		rc = drop_heads(s, &log, last->place.seq);
	return rc;
}

/* ---- leaf rows */

err
store_place_leaf(struct store *s, uint64_t idx, const uint8_t *scope,
    const uint8_t *inner_hash, uint64_t time_ms, struct span inner)
{
	struct sqlite_stmt *st = NULL;
	err rc = sqlite_get(s->db, "INSERT INTO leaf"
	    " (idx, scope, inner_hash, time_ms, sig) VALUES (?, ?, ?, ?, ?)",
	    &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_u64(st, 1, idx);
	sqlite_bind_blob(st, 2, (struct span){ scope, SCOPE_LEN });
	sqlite_bind_blob(st, 3, (struct span){ inner_hash, HASH_LEN });
	sqlite_bind_u64(st, 4, time_ms);
	if (inner.n > 0)
		sqlite_bind_blob(st, 5, inner);
	else
		sqlite_bind_null(st, 5);
	return sqlite_run(st);
}

err
store_place_segment(struct store *s, uint64_t idx,
    const struct leaf_inner *inner)
{
	struct sqlite_stmt *st = NULL;
	err rc = sqlite_get(s->db, "UPDATE leaf SET time_ms = ?,"
	    " log_no = (SELECT no FROM log WHERE id = ?), first = ?,"
	    " last = ?, sig = ? WHERE idx = ?", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_u64(st, 1, inner->time_ms);
	sqlite_bind_blob(st, 2, (struct span){ inner->log, ID_LEN });
	sqlite_bind_u64(st, 3, inner->first);
	sqlite_bind_u64(st, 4, inner->last);
	sqlite_bind_blob(st, 5, (struct span){ inner->sig, SIG_LEN });
	sqlite_bind_u64(st, 6, idx);
	return sqlite_run(st);
}

static err
want(struct store *s, const uint8_t *scope, uint64_t from, uint64_t to)
{
	struct sqlite_stmt *st = NULL;
	err rc = sqlite_get(s->db, "INSERT OR REPLACE INTO want"
	    " (scope, from_idx, to_idx) VALUES (?, ?, ?)", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, (struct span){ scope, SCOPE_LEN });
	sqlite_bind_u64(st, 2, from);
	sqlite_bind_u64(st, 3, to);
	return sqlite_run(st);
}

/* One want a scope: from the first leaf without its segment to the last. */
err
store_place_wants(struct store *s)
{
	struct sqlite_stmt *st = NULL;
	uint8_t scope[SCOPE_LEN];
	bool row = false;
	err rc = sqlite_exec(s->db, "DELETE FROM want");

	if (rc == ERR_OK)
		rc = sqlite_get(s->db, "SELECT scope, min(idx), max(idx)"
		    " FROM leaf WHERE log_no IS NULL GROUP BY scope", &st);
	while (rc == ERR_OK) {
		rc = sqlite_step(st, &row);
		if (rc != ERR_OK || !row)
			break;
		rc = sqlite_fixed(st, 0, scope, SCOPE_LEN);
		if (rc == ERR_OK && store_covers(s, scope))
			rc = want(s, scope, sqlite_u64(st, 1),
			    sqlite_u64(st, 2) + 1);
	}
	sqlite_done(st);
	return rc;
}
