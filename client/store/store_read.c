/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_read.c -- states, entries and void ops, one after another.  A sink
 * may use the store: no statement is open while it runs.
 */
#include "client/store/store_internal.h"

#include <stdlib.h>
#include <string.h>

#include "client/store/clock.h"

/* States kept in memory; what is read beyond that is read again. */
enum { CACHE_STATES = 65536 };

err
store_state(struct store *s, const uint8_t scope[static SCOPE_LEN],
    const uint8_t subject[static ID_LEN], const struct state **ret)
{
	struct state *state = NULL;
	err rc = store_cache_get(s, scope, subject, CACHE_READ, &state);

	if (rc == ERR_OK)
		*ret = state;
	return rc;
}

/* ---- every subject */

struct names {
	struct name {
		uint8_t scope[SCOPE_LEN];
		uint8_t subject[ID_LEN];
	} * p;
	size_t count, cap;
};

static err
add_name(struct names *names, struct sqlite_stmt *st)
{
	if (names->count == names->cap) {
		size_t cap = names->cap == 0 ? 256 : names->cap * 2;
		struct name *more = realloc(names->p, cap * sizeof *more);
		if (more == NULL)
			return ERR_NOMEM;
		names->p = more;
		names->cap = cap;
	}
	struct name *n = &names->p[names->count++];
	err rc = sqlite_fixed(st, 0, n->scope, SCOPE_LEN);
	return rc != ERR_OK ? rc : sqlite_fixed(st, 1, n->subject, ID_LEN);
}

static err
collect(struct store *s, const uint8_t *scope, uint64_t kind,
    struct names *names)
{
	uint64_t mask = kind == 0 ? UINT64_MAX :
	    kind < 63 ? UINT64_C(1) << kind : 0;
	struct sqlite_stmt *st = NULL;
	bool row = false;
	err rc = scope != NULL ? sqlite_get(s->db, "SELECT scope, subject"
	    " FROM subject WHERE (kinds & ?1) <> 0 AND sealed <= ?2"
	    " AND scope = ?3 ORDER BY scope, subject", &st) :
	    sqlite_get(s->db, "SELECT scope, subject FROM subject"
	    " WHERE (kinds & ?1) <> 0 AND sealed <= ?2"
	    " ORDER BY scope, subject", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_u64(st, 1, mask);
	sqlite_bind_u64(st, 2, s->keys != NULL ? 1 : 0);
	if (scope != NULL)
		sqlite_bind_blob(st, 3, (struct span){ scope, SCOPE_LEN });
	while (rc == ERR_OK) {
		rc = sqlite_step(st, &row);
		if (rc != ERR_OK || !row)
			break;
		rc = add_name(names, st);
	}
	sqlite_done(st);
	return rc;
}

static err
hand_out(struct store *s, const struct name *n, store_subject_sink sink,
    void *ctx)
{
	struct state *state = NULL;
	bool keep = s->cached_count < CACHE_STATES;
	err rc = keep ? store_cache_get(s, n->scope, n->subject, CACHE_READ,
	    &state) : store_cache_peek(s, n->scope, n->subject, &state);

	if (rc == ERR_ABSENT)
		return ERR_OK;	/* the sink may have written meanwhile */
	if (rc != ERR_OK)
		return rc;
	rc = sink(ctx, n->scope, n->subject, state);
	if (!keep)
		state_free(state);
	return rc;
}

err
store_each(struct store *s, const uint8_t *scope, uint64_t kind,
    store_subject_sink sink, void *ctx)
{
	struct names names = { 0 };
	/* a batch sees what it has written */
	err rc = s->in_batch ? store_cache_save(s) : ERR_OK;

	if (rc == ERR_OK)
		rc = collect(s, scope, kind, &names);
	for (size_t i = 0; rc == ERR_OK && i < names.count; i++)
		rc = hand_out(s, &names.p[i], sink, ctx);
	free(names.p);
	return rc;
}

/* ---- every entry */

#define ENTRY_ROW \
	"SELECT log.no, log.id, log.scope, log.author, log.own, e.seq," \
	" e.line_seen, e.hash, e.bytes, e.leaf, leaf.time_ms" \
	" FROM log JOIN entry e ON e.log_no = log.no" \
	" LEFT JOIN leaf ON leaf.idx = e.leaf "

static err
read_entry(struct sqlite_stmt *st, struct buf *bytes, int64_t *no,
    struct store_entry *e)
{
	struct span raw = sqlite_blob(st, 8);
	err rc = sqlite_fixed(st, 1, e->place.log, ID_LEN);

	if (rc == ERR_OK)
		rc = sqlite_fixed(st, 2, e->place.scope, SCOPE_LEN);
	if (rc == ERR_OK)
		rc = sqlite_fixed(st, 3, e->place.author, KEY_LEN);
	if (rc == ERR_OK)
		rc = sqlite_fixed(st, 7, e->hash, HASH_LEN);
	if (rc != ERR_OK)
		return rc;
	*no = sqlite_i64(st, 0);
	e->own = sqlite_u64(st, 4) == 1;
	e->place.seq = sqlite_u64(st, 5);
	e->place.line_seen = sqlite_u64(st, 6);
	e->place.leaf = MERGE_NO_LEAF;
	e->place.leaf_time = clock_now_ms();
	if (!sqlite_is_null(st, 9)) {
		e->place.leaf = sqlite_u64(st, 9);
		e->place.leaf_time = sqlite_u64(st, 10);
	}
	buf_reset(bytes);
	buf_put(bytes, raw.p, raw.n);
	e->bytes = buf_span(bytes);
	return buf_err(bytes);
}

/* The next one behind (no, seq). */
static err
next_entry(struct store *s, const uint8_t *log, int64_t *no, uint64_t seq,
    struct buf *bytes, struct store_entry *e)
{
	struct sqlite_stmt *st = NULL;
	bool row = false;
	err rc = log != NULL ? sqlite_get(s->db, ENTRY_ROW
	    "WHERE log.id = ?1 AND e.seq > ?2 ORDER BY e.seq LIMIT 1", &st) :
	    sqlite_get(s->db, ENTRY_ROW
	    "WHERE (e.log_no, e.seq) > (?1, ?2)"
	    " ORDER BY e.log_no, e.seq LIMIT 1", &st);

	if (rc != ERR_OK)
		return rc;
	if (log != NULL)
		sqlite_bind_blob(st, 1, (struct span){ log, ID_LEN });
	else
		sqlite_bind_i64(st, 1, *no);
	sqlite_bind_u64(st, 2, seq);
	rc = sqlite_step(st, &row);
	if (rc == ERR_OK)
		rc = row ? read_entry(st, bytes, no, e) : ERR_ABSENT;
	sqlite_done(st);
	return rc;
}

err
store_each_entry(struct store *s, const uint8_t *log, store_entry_sink sink,
    void *ctx)
{
	struct store_entry e = { 0 };
	struct buf bytes = { 0 };
	int64_t no = 0;
	err rc;

	while ((rc = next_entry(s, log, &no, e.place.seq, &bytes, &e)) ==
	    ERR_OK)
		if ((rc = sink(ctx, &e)) != ERR_OK)
			goto out;
	if (rc == ERR_ABSENT)
		rc = ERR_OK;
out:
	buf_free(&bytes);
	return rc;
}

err
store_open_part(struct store *s, const struct place *place, uint8_t position,
    const struct op *op, struct buf *out)
{
	struct state *state = NULL;
	err rc = store_cache_get(s, place->scope, op->subject, CACHE_READ,
	    &state);

	if (rc == ERR_OK)
		rc = store_fold_open(s, place, position, op, state, out);
	return rc == ERR_ABSENT || rc == ERR_SIG ? ERR_KEY : rc;
}

err
store_log_received(struct store *s, const uint8_t log[static ID_LEN],
    uint64_t *ret_time)
{
	struct sqlite_stmt *st = NULL;
	err rc = sqlite_get(s->db, "SELECT leaf.time_ms FROM log"
	    " JOIN entry e ON e.log_no = log.no AND e.seq = log.admitted_seq"
	    " JOIN leaf ON leaf.idx = e.leaf WHERE log.id = ?", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, (struct span){ log, ID_LEN });
	rc = sqlite_one(st);
	if (rc == ERR_OK)
		*ret_time = sqlite_u64(st, 0);
	sqlite_done(st);
	return rc;
}

/* ---- every void op */

static err
next_void(struct store *s, int64_t *no, struct store_void *v)
{
	struct sqlite_stmt *st = NULL;
	err rc = sqlite_get(s->db, "SELECT v.log_no, log.id, log.scope, v.seq,"
	    " v.op, v.kind, v.verdict FROM void_op v"
	    " JOIN log ON log.no = v.log_no"
	    " WHERE (v.log_no, v.seq, v.op) > (?, ?, ?)"
	    " ORDER BY v.log_no, v.seq, v.op LIMIT 1", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_i64(st, 1, *no);
	sqlite_bind_u64(st, 2, v->seq);
	sqlite_bind_u64(st, 3, v->op);
	rc = sqlite_one(st);
	if (rc == ERR_OK)
		rc = sqlite_fixed(st, 1, v->log, ID_LEN);
	if (rc == ERR_OK)
		rc = sqlite_fixed(st, 2, v->scope, SCOPE_LEN);
	if (rc == ERR_OK) {
		*no = sqlite_i64(st, 0);
		v->seq = sqlite_u64(st, 3);
		v->op = (uint8_t)sqlite_u64(st, 4);
		v->kind = sqlite_u64(st, 5);
		v->verdict = (enum verdict)sqlite_u64(st, 6);
	}
	sqlite_done(st);
	return rc;
}

err
store_each_void(struct store *s, store_void_sink sink, void *ctx)
{
	struct store_void v = { 0 };
	int64_t no = 0;
	err rc;

	while ((rc = next_void(s, &no, &v)) == ERR_OK)
		if ((rc = sink(ctx, &v)) != ERR_OK)
			return rc;
	return rc == ERR_ABSENT ? ERR_OK : rc;
}
