/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.c -- the rows of exchange.db. */
#include "daemon/cell/exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/store/paths.h"
#include "client/store/sqlite.h"
#include "protocol/frame.h"

#define LARGEST (UINT64_C(1) << 62)	/* index or size in a row */

struct exchange {
	struct sqlite *db;
};

static const char *const steps[] = {
#include "daemon/cell/schema.sql.h"
};
static const struct sqlite_schema schema = {
	.application_id = 0x4e677865,	/* "Ngxe" */
	.steps = steps,
	.step_count = sizeof steps / sizeof steps[0],
};

static const char *const number_names[EXCHANGE_NUMBERS] = {
	[EXCHANGE_LAST_ATTEMPT_MS] = "last_attempt_ms",
	[EXCHANGE_LAST_SUCCESS_MS] = "last_success_ms",
	[EXCHANGE_NEXT_TRY_MS] = "next_try_ms",
	[EXCHANGE_LAST_ERROR] = "last_error",
	[EXCHANGE_LAST_REASON] = "last_reason",
	[EXCHANGE_BYTES_UP] = "bytes_up",
	[EXCHANGE_BYTES_DOWN] = "bytes_down",
	[EXCHANGE_REQUESTS] = "requests",
	[EXCHANGE_COUNTER] = "counter",
	[EXCHANGE_BELL_SEEN_NS] = "bell_seen_ns",
};

static struct span
bytes(const uint8_t *p, size_t n)
{
	return (struct span){ p, n };
}

/* ---- opening */

static err
open_checked(const char *path, enum sqlite_mode mode, struct sqlite **ret)
{
	struct sqlite *db;
	err rc;

	if ((rc = sqlite_open(path, mode, &schema, &db)) != ERR_OK)
		return rc;
	if (mode != SQLITE_MODE_READ &&
	    (rc = sqlite_quick_check(db)) != ERR_OK) {
		sqlite_close(db);
		return rc;
	}
	*ret = db;
	return ERR_OK;
}

/* The file with its WAL; the index of the WAL is of no use without them. */
static err
set_aside(const char *path)
{
	static const char *const ends[] = { "", "-wal" };
	char from[PATH_BYTES];
	char to[PATH_BYTES];
	int n, m;

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		n = snprintf(from, sizeof from, "%s%s", path, ends[i]);
		m = snprintf(to, sizeof to, "%s.damaged%s", path, ends[i]);
		if (n < 0 || n >= PATH_BYTES || m < 0 || m >= PATH_BYTES)
			return ERR_LIMIT;
		if (rename(from, to) != 0 && i == 0)
			return ERR_IO;
	}
	n = snprintf(from, sizeof from, "%s-shm", path);
	if (n > 0 && n < PATH_BYTES)
		(void)unlink(from);	/* SQLite makes it anew */
	return ERR_OK;
}

static err
open_or_make(const char *path, bool *ret_renewed, struct sqlite **ret)
{
	bool renewed = false;
	err rc = open_checked(path, SQLITE_MODE_WRITE, ret);

	if (rc == ERR_DAMAGED) {
		renewed = true;
		if ((rc = set_aside(path)) == ERR_OK)
			rc = ERR_ABSENT;
	}
	if (rc == ERR_ABSENT)
		rc = open_checked(path, SQLITE_MODE_CREATE, ret);
	if (rc == ERR_OK)
		*ret_renewed = renewed;
	return rc;
}

err
exchange_open(const char *dir, enum exchange_mode mode, bool *ret_renewed,
    struct exchange **ret)
{
	char path[PATH_BYTES];
	struct exchange *x;
	err rc;

	if ((rc = paths_join(dir, EXCHANGE_FILE, path)) != ERR_OK)
		return rc;
	if ((x = calloc(1, sizeof *x)) == NULL)
		return ERR_NOMEM;
	rc = mode == EXCHANGE_WRITE ? open_or_make(path, ret_renewed, &x->db) :
	    open_checked(path, SQLITE_MODE_READ, &x->db);
	if (rc != ERR_OK) {
		free(x);
		return rc;
	}
	*ret = x;
	return ERR_OK;
}

void
exchange_close(struct exchange *x)
{
	if (x == NULL)
		return;
	sqlite_close(x->db);
	free(x);
}

const char *
exchange_why(struct exchange *x)
{
	return x == NULL ? "" : sqlite_why(x->db);
}

err
exchange_begin(struct exchange *x)
{
	return sqlite_begin(x->db);
}

err
exchange_commit(struct exchange *x)
{
	return sqlite_commit(x->db);
}

void
exchange_rollback(struct exchange *x)
{
	if (x != NULL)
		sqlite_rollback(x->db);
}

/* ---- statements that give one number */

/* *ret stays as it is when there is no row, or NULL in it. */
static err
one_number(struct sqlite_stmt *st, uint64_t *ret)
{
	bool row = false;
	err rc = sqlite_step(st, &row);

	if (rc == ERR_OK && row && !sqlite_is_null(st, 0))
		*ret = sqlite_u64(st, 0);
	sqlite_done(st);
	return rc;
}

static err
query_number(struct exchange *x, const char *sql, uint64_t *ret)
{
	struct sqlite_stmt *st;
	err rc = sqlite_get(x->db, sql, &st);

	return rc == ERR_OK ? one_number(st, ret) : rc;
}

err
exchange_get(struct exchange *x, enum exchange_number which, uint64_t *ret)
{
	const char *name = number_names[which];
	struct sqlite_stmt *st;
	uint64_t v = 0;
	err rc;

	rc = sqlite_get(x->db, "SELECT value FROM status WHERE name = ?1",
	    &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_text(st, 1, bytes((const uint8_t *)name, strlen(name)));
	if ((rc = one_number(st, &v)) == ERR_OK)
		*ret = v;
	return rc;
}

err
exchange_put(struct exchange *x, enum exchange_number which, uint64_t value)
{
	const char *name = number_names[which];
	struct sqlite_stmt *st;
	err rc;

	rc = sqlite_get(x->db, "INSERT INTO status (name, value)"
	    " VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2", &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_text(st, 1, bytes((const uint8_t *)name, strlen(name)));
	sqlite_bind_u64(st, 2, value);
	return sqlite_run(st);
}

/* ---- leaves */

err
exchange_end(struct exchange *x, uint64_t client_size, uint64_t *ret)
{
	uint64_t first = UINT64_MAX;
	uint64_t end = 0;
	err rc;

	if ((rc = query_number(x, "SELECT min(idx) FROM incoming", &first)) !=
	    ERR_OK ||
	    (rc = query_number(x, "SELECT idx + count FROM incoming"
	    " ORDER BY idx DESC LIMIT 1", &end)) != ERR_OK)
		return rc;
	if (first != UINT64_MAX && first <= client_size && end > client_size &&
	    end <= LARGEST) {
		*ret = end;
		return ERR_OK;
	}
	if (first != UINT64_MAX &&
	    (rc = sqlite_exec(x->db, "DELETE FROM incoming")) != ERR_OK)
		return rc;
	*ret = client_size;
	return ERR_OK;
}

err
exchange_put_incoming(struct exchange *x, uint64_t idx, uint64_t count,
    struct span frame)
{
	struct sqlite_stmt *st;
	err rc;

	if (idx > LARGEST || count > LARGEST - idx)
		return ERR_LIMIT;
	rc = sqlite_get(x->db, "INSERT INTO incoming (idx, count, frame)"
	    " VALUES (?1, ?2, ?3)", &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_u64(st, 1, idx);
	sqlite_bind_u64(st, 2, count);
	sqlite_bind_blob(st, 3, frame);
	return sqlite_run(st);
}

err
exchange_put_filled(struct exchange *x, uint64_t idx, struct span frame)
{
	struct sqlite_stmt *st;
	err rc;

	if (idx > LARGEST)
		return ERR_LIMIT;
	rc = sqlite_get(x->db, "INSERT OR REPLACE INTO filled (idx, frame)"
	    " VALUES (?1, ?2)", &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_u64(st, 1, idx);
	sqlite_bind_blob(st, 2, frame);
	return sqlite_run(st);
}

static bool
is_leaf_of(struct span frame, const uint8_t scope[static SCOPE_LEN])
{
	struct frame f;
	size_t used;

	return frame_read(frame, &f, &used) == ERR_OK &&
	    f.type == FRAME_LEAF &&
	    memcmp(f.u.leaf.scope, scope, SCOPE_LEN) == 0;
}

err
exchange_filled_from(struct exchange *x, const uint8_t scope[static SCOPE_LEN],
    uint64_t from, uint64_t to, uint64_t *ret)
{
	struct sqlite_stmt *st;
	uint64_t next = from;
	bool row;
	err rc;

	rc = sqlite_get(x->db, "SELECT idx, frame FROM filled"
	    " WHERE idx >= ?1 AND idx < ?2 ORDER BY idx DESC", &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_u64(st, 1, from > LARGEST ? LARGEST : from);
	sqlite_bind_u64(st, 2, to > LARGEST ? LARGEST : to);
	while ((rc = sqlite_step(st, &row)) == ERR_OK && row)
		if (is_leaf_of(sqlite_blob(st, 1), scope)) {
			next = sqlite_u64(st, 0) + 1;
			break;
		}
	sqlite_done(st);
	if (rc == ERR_OK)
		*ret = next;
	return rc;
}

err
exchange_put_checkpoint(struct exchange *x, uint64_t size,
    const uint8_t root[static HASH_LEN], const uint8_t sig[static SIG_LEN])
{
	struct sqlite_stmt *st;
	err rc;

	if (size > LARGEST)
		return ERR_LIMIT;
	rc = sqlite_get(x->db, "INSERT OR REPLACE INTO checkpoint"
	    " (size, root, sig) VALUES (?1, ?2, ?3)", &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_u64(st, 1, size);
	sqlite_bind_blob(st, 2, bytes(root, HASH_LEN));
	sqlite_bind_blob(st, 3, bytes(sig, SIG_LEN));
	return sqlite_run(st);
}

/* Deletes by two bounds. */
static err
delete_by(struct exchange *x, const char *sql, uint64_t a, uint64_t b)
{
	struct sqlite_stmt *st;
	err rc = sqlite_get(x->db, sql, &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_u64(st, 1, a > LARGEST ? LARGEST : a);
	sqlite_bind_u64(st, 2, b > LARGEST ? LARGEST : b);
	return sqlite_run(st);
}

err
exchange_prune(struct exchange *x, uint64_t client_size, uint64_t want_from,
    uint64_t want_to)
{
	err rc;

	rc = delete_by(x, "DELETE FROM incoming"
	    " WHERE idx + count <= ?1 AND ?2 >= 0", client_size, 0);
	if (rc == ERR_OK)
		rc = delete_by(x, "DELETE FROM checkpoint WHERE size <"
		    " (SELECT max(size) FROM checkpoint WHERE size <= ?1)"
		    " AND ?2 >= 0", client_size, 0);
	if (rc == ERR_OK)
		rc = delete_by(x, "DELETE FROM filled"
		    " WHERE idx < ?1 OR idx >= ?2", want_from, want_to);
	return rc;
}

/* ---- own logs */

err
exchange_verdict(struct exchange *x, const uint8_t log[static ID_LEN],
    struct exchange_verdict *ret)
{
	struct exchange_verdict v = { .seq = 0 };
	struct sqlite_stmt *st;
	err rc;

	rc = sqlite_get(x->db, "SELECT hash, seq, reason, at_ms FROM verdict"
	    " WHERE log = ?1", &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, bytes(log, ID_LEN));
	rc = sqlite_one(st);
	if (rc == ERR_OK)
		rc = sqlite_fixed(st, 0, v.hash, HASH_LEN);
	if (rc == ERR_OK) {
		memcpy(v.log, log, ID_LEN);
		v.seq = sqlite_u64(st, 1);
		v.reason = sqlite_u64(st, 2);
		v.at_ms = sqlite_u64(st, 3);
		*ret = v;
	}
	sqlite_done(st);
	return rc;
}

static err
delete_verdict(struct exchange *x, const uint8_t log[static ID_LEN])
{
	struct sqlite_stmt *st;
	err rc = sqlite_get(x->db, "DELETE FROM verdict WHERE log = ?1", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, bytes(log, ID_LEN));
	return sqlite_run(st);
}

err
exchange_put_verdict(struct exchange *x, const struct exchange_verdict *v)
{
	struct sqlite_stmt *st;
	err rc;

	if ((rc = exchange_put_sent(x, v->log, v->seq)) != ERR_OK)
		return rc;
	if (v->reason == 0)
		return delete_verdict(x, v->log);
	rc = sqlite_get(x->db, "INSERT OR REPLACE INTO verdict"
	    " (log, seq, hash, reason, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
	    &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, bytes(v->log, ID_LEN));
	sqlite_bind_u64(st, 2, v->seq);
	sqlite_bind_blob(st, 3, bytes(v->hash, HASH_LEN));
	sqlite_bind_u64(st, 4, v->reason);
	sqlite_bind_u64(st, 5, v->at_ms);
	return sqlite_run(st);
}

err
exchange_reason(struct exchange *x, uint64_t *ret)
{
	uint64_t reason = 0;
	err rc = query_number(x, "SELECT reason FROM verdict"
	    " ORDER BY at_ms DESC, log LIMIT 1", &reason);

	if (rc == ERR_OK)
		*ret = reason;
	return rc;
}

err
exchange_sent(struct exchange *x, const uint8_t log[static ID_LEN],
    uint64_t *ret)
{
	struct sqlite_stmt *st;
	uint64_t seq = 0;
	err rc;

	rc = sqlite_get(x->db, "SELECT seq FROM sent WHERE log = ?1", &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, bytes(log, ID_LEN));
	if ((rc = one_number(st, &seq)) == ERR_OK)
		*ret = seq;
	return rc;
}

err
exchange_put_sent(struct exchange *x, const uint8_t log[static ID_LEN],
    uint64_t seq)
{
	struct sqlite_stmt *st;
	err rc;

	if (seq > LARGEST)
		return ERR_LIMIT;
	rc = sqlite_get(x->db, "INSERT INTO sent (log, seq) VALUES (?1, ?2)"
	    " ON CONFLICT DO UPDATE SET seq = ?2", &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, bytes(log, ID_LEN));
	sqlite_bind_u64(st, 2, seq);
	return sqlite_run(st);
}

/* ---- joining */

err
exchange_put_invitation(struct exchange *x, const uint8_t id[static ID_LEN],
    struct span fields, struct span key_part)
{
	struct sqlite_stmt *st;
	err rc;

	rc = sqlite_get(x->db, "INSERT OR REPLACE INTO invitation"
	    " (id, fields, key_part) VALUES (?1, ?2, ?3)", &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, bytes(id, ID_LEN));
	sqlite_bind_blob(st, 2, fields);
	sqlite_bind_blob(st, 3, key_part);
	return sqlite_run(st);
}

err
exchange_has_invitation(struct exchange *x, const uint8_t id[static ID_LEN])
{
	struct sqlite_stmt *st;
	bool row;
	err rc;

	rc = sqlite_get(x->db, "SELECT 1 FROM invitation WHERE id = ?1", &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, bytes(id, ID_LEN));
	rc = sqlite_step(st, &row);
	sqlite_done(st);
	if (rc == ERR_OK && !row)
		rc = ERR_ABSENT;
	return rc;
}
