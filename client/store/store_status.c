/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_status.c -- where the own entries are, and what the daemon says.
 */
#include "client/store/store_internal.h"

#include <stdlib.h>
#include <string.h>

/* An own log with entries that have no leaf. */
struct waiting {
	uint8_t log[ID_LEN];
	uint64_t admitted, written;
};

static err
count_rows(struct store *s, struct sync_status *st_out)
{
	struct sqlite_stmt *st = NULL;
	bool row = false;
	err rc = sqlite_get(s->db, "SELECT (SELECT count(*) FROM entry e"
	    " JOIN log ON log.no = e.log_no WHERE log.own = 1"
	    " AND e.leaf IS NOT NULL), (SELECT count(*) FROM alarm)", &st);

	if (rc != ERR_OK)
		return rc;
	rc = sqlite_step(st, &row);
	if (rc == ERR_OK && row) {
		st_out->received = sqlite_u64(st, 0);
		st_out->alarms = sqlite_u64(st, 1);
	}
	sqlite_done(st);
	return rc;
}

/* ---- exchange.db: what it says is for showing only */

/* The daemon's word on one log: (seq, reason). */
static void
ask(struct sqlite *ex, const char *sql, const uint8_t *log, uint64_t *ret_seq,
    uint64_t *ret_reason)
{
	struct sqlite_stmt *st = NULL;
	bool row = false;

	if (ex == NULL || sqlite_get(ex, sql, &st) != ERR_OK)
		return;
	sqlite_bind_blob(st, 1, (struct span){ log, ID_LEN });
	if (sqlite_step(st, &row) == ERR_OK && row) {
		*ret_seq = sqlite_u64(st, 0);
		*ret_reason = sqlite_u64(st, 1);
	}
	sqlite_done(st);
}

static uint64_t
clamp(uint64_t v, uint64_t low, uint64_t high)
{
	return v < low ? low : v > high ? high : v;
}

/* admitted <= head of the hub <= sent <= written. */
static void
sort_entries(struct sqlite *ex, const struct waiting *w,
    struct sync_status *out)
{
	uint64_t sent = 0, head = 0, reason = 0, none = 0;

	ask(ex, "SELECT seq, 0 FROM sent WHERE log = ?", w->log, &sent, &none);
	ask(ex, "SELECT seq, reason FROM verdict WHERE log = ?", w->log,
	    &head, &reason);
	head = clamp(head, w->admitted, w->written);
	sent = clamp(sent, head, w->written);
	if (reason != REASON_ADMITTED && reason != REASON_BUSY &&
	    reason != REASON_INVITE_UNKNOWN) {
		out->returned += w->written - head;
		out->sent += head - w->admitted;
		out->last_reason = reason;
		return;
	}
	out->sent += sent - w->admitted;
	out->unsent += w->written - sent;
}

static err
sort_logs(struct store *s, struct sqlite *ex, struct sync_status *out)
{
	struct sqlite_stmt *st = NULL;
	struct waiting w;
	bool row = false;
	err rc = sqlite_get(s->db, "SELECT id, admitted_seq, written_seq"
	    " FROM log WHERE own = 1 AND written_seq > admitted_seq", &st);

	while (rc == ERR_OK) {
		rc = sqlite_step(st, &row);
		if (rc != ERR_OK || !row)
			break;
		rc = sqlite_fixed(st, 0, w.log, ID_LEN);
		w.admitted = sqlite_u64(st, 1);
		w.written = sqlite_u64(st, 2);
		if (rc == ERR_OK)
			sort_entries(ex, &w, out);
	}
	sqlite_done(st);
	return rc;
}

static void
read_daemon(struct store *s, struct sqlite *ex, struct sync_status *out)
{
	struct sqlite_stmt *st = NULL;
	uint64_t error, reach = 0;
	bool row = false;

	out->has_exchange = true;
	out->last_attempt_ms = store_exchange_status(ex, "last_attempt_ms");
	out->last_success_ms = store_exchange_status(ex, "last_success_ms");
	out->next_try_ms = store_exchange_status(ex, "next_try_ms");
	out->bytes_up = store_exchange_status(ex, "bytes_up");
	out->bytes_down = store_exchange_status(ex, "bytes_down");
	out->requests = store_exchange_status(ex, "requests");
	error = store_exchange_status(ex, "last_error");
	out->last_error = error <= ERR_UNABLE ? (enum err)error : ERR_UNABLE;
	if (sqlite_get(ex, "SELECT ifnull(max(idx + count), 0) FROM incoming",
	    &st) != ERR_OK)
		return;
	if (sqlite_step(st, &row) == ERR_OK && row && sqlite_i64(st, 0) > 0)
		reach = sqlite_u64(st, 0);
	sqlite_done(st);
	if (reach > ledger_size(s->ledger))
		out->waiting_leaves = reach - ledger_size(s->ledger);
}

err
store_sync_status(struct store *s, struct sync_status *ret)
{
	struct sync_status out = { 0 };
	struct sqlite *ex = NULL;
	err rc = count_rows(s, &out);

	if (rc != ERR_OK)
		return rc;
	out.size = ledger_size(s->ledger);
	out.newest_leaf_time = ledger_last_time(s->ledger);
	/* a file that is none of the daemon's is the business of take in */
	if (store_exchange_open(s->dir, &ex) == ERR_OK)
		read_daemon(s, ex, &out);
	rc = sort_logs(s, ex, &out);
	sqlite_close(ex);
	if (rc == ERR_OK)
		*ret = out;
	return rc;
}

err
store_complete(struct store *s, bool *ret)
{
	struct sqlite_stmt *st = NULL;
	bool row = false;
	/* the inner of a leaf whose segment nobody has stands as its sig */
	err rc = sqlite_get(s->db, "SELECT count(*) FROM leaf"
	    " WHERE log_no IS NULL AND length(coalesce(sig, '')) <> ?", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_u64(st, 1, TREE_INNER_LEN);
	rc = sqlite_step(st, &row);
	if (rc == ERR_OK && row)
		*ret = sqlite_u64(st, 0) == 0;
	sqlite_done(st);
	return rc;
}
