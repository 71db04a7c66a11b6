/* SPDX-License-Identifier: Apache-2.0 */
/* hub_store_head.c -- heads that devices signed, beside the admitted ones. */
#include "daemon/hub/hub_store_internal.h"

static struct span
bytes(const uint8_t *p, size_t n)
{
	return (struct span){ p, n };
}

static void
bind_signed(struct sqlite_stmt *st, uint64_t no,
    const struct signed_head *head)
{
	sqlite_bind_u64(st, 1, no);
	sqlite_bind_u64(st, 2, head->seq);
	sqlite_bind_blob(st, 3, bytes(head->hash, HASH_LEN));
	sqlite_bind_blob(st, 4, bytes(head->sig, SIG_LEN));
}

/* read_signed: columns from 0 are id, seq, hash, sig. */
static err
read_signed(struct sqlite_stmt *st, struct signed_head *ret)
{
	err rc;

	if ((rc = sqlite_fixed(st, 0, ret->log, ID_LEN)) != ERR_OK ||
	    (rc = sqlite_fixed(st, 2, ret->hash, HASH_LEN)) != ERR_OK ||
	    (rc = sqlite_fixed(st, 3, ret->sig, SIG_LEN)) != ERR_OK)
		return rc;
	ret->seq = sqlite_u64(st, 1);
	return ERR_OK;
}

err
hub_store_head_announced(struct hub_store *s, const uint8_t log[static ID_LEN],
    struct signed_head *ret)
{
	struct sqlite_stmt *st = NULL;
	bool row;
	err rc;

	rc = sqlite_get(s->db,
	    "SELECT l.id, a.seq, a.hash, a.sig FROM announced a "
	    "JOIN log l ON l.no = a.log_no WHERE l.id = ?",
	    &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, bytes(log, ID_LEN));
	rc = sqlite_step(st, &row);
	if (rc == ERR_OK)
		rc = row ? read_signed(st, ret) : ERR_ABSENT;
	sqlite_done(st);
	return rc;
}

err
hub_store_head_announce(struct hub_store *s, const struct signed_head *head)
{
	struct sqlite_stmt *st = NULL;
	struct signed_head kept;
	uint64_t no;
	err rc;

	rc = hub_store_head_announced(s, head->log, &kept);
	if (rc == ERR_OK && kept.seq >= head->seq)
		return ERR_OK;
	if (rc != ERR_OK && rc != ERR_ABSENT)
		return rc;
	if ((rc = hub_store_log_no(s, head->log, &no)) != ERR_OK)
		return rc;
	rc = sqlite_get(s->db,
	    "INSERT OR REPLACE INTO announced (log_no, seq, hash, sig) "
	    "VALUES (?, ?, ?, ?)",
	    &st);
	if (rc != ERR_OK)
		return rc;
	bind_signed(st, no, head);
	return sqlite_run(st);
}

/* fork_room: whether one more may be kept of that log. */
static err
fork_room(struct hub_store *s, uint64_t no, const struct signed_head *head,
    bool *ret_room)
{
	struct sqlite_stmt *st = NULL;
	bool row;
	err rc;

	rc = sqlite_get(s->db,
	    "SELECT count(*), coalesce(max(seq = ? AND hash = ?), 0) "
	    "FROM fork WHERE log_no = ?",
	    &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_u64(st, 1, head->seq);
	sqlite_bind_blob(st, 2, bytes(head->hash, HASH_LEN));
	sqlite_bind_u64(st, 3, no);
	rc = sqlite_step(st, &row);
	if (rc == ERR_OK)
		*ret_room = row && sqlite_u64(st, 0) < HUB_STORE_FORKS &&
		    sqlite_u64(st, 1) == 0;
	sqlite_done(st);
	return rc;
}

err
hub_store_head_fork(struct hub_store *s, const struct signed_head *head,
    uint64_t time_ms, bool *ret_new)
{
	struct sqlite_stmt *st = NULL;
	uint64_t no;
	bool room;
	err rc;

	if ((rc = hub_store_log_no(s, head->log, &no)) != ERR_OK ||
	    (rc = fork_room(s, no, head, &room)) != ERR_OK)
		return rc;
	if (room) {
		rc = sqlite_get(s->db,
		    "INSERT INTO fork (log_no, seq, hash, sig, time_ms) "
		    "VALUES (?, ?, ?, ?, ?)",
		    &st);
		if (rc != ERR_OK)
			return rc;
		bind_signed(st, no, head);
		sqlite_bind_u64(st, 5, time_ms);
		if ((rc = sqlite_run(st)) != ERR_OK)
			return rc;
	}
	*ret_new = room;
	return ERR_OK;
}

err
hub_store_head_forks(struct hub_store *s, hub_fork_sink sink, void *ctx)
{
	struct sqlite_stmt *st = NULL;
	struct signed_head head;
	bool row;
	err rc;

	rc = sqlite_get(s->db,
	    "SELECT l.id, f.seq, f.hash, f.sig FROM fork f "
	    "JOIN log l ON l.no = f.log_no ORDER BY f.log_no, f.seq, f.hash",
	    &st);
	if (rc != ERR_OK)
		return rc;
	while ((rc = sqlite_step(st, &row)) == ERR_OK && row) {
		if ((rc = read_signed(st, &head)) != ERR_OK ||
		    (rc = sink(ctx, &head)) != ERR_OK)
			break;
	}
	sqlite_done(st);
	return rc;
}
