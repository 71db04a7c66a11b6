/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlite.h -- the only door to SQLite, for nguon.db, exchange.db and hub.db:
 * every connection has WAL, synchronous=FULL, foreign_keys, secure_delete=ON,
 * trusted_schema=OFF, cell_size_check, and a busy timeout, set in one place.
 */
#ifndef NGUON_SQLITE_H
#define NGUON_SQLITE_H

#include "protocol/bytes.h"

struct sqlite;			/* a connection */
struct sqlite_stmt;		/* a prepared statement */

enum sqlite_mode {
	SQLITE_MODE_CREATE,	/* make the file, 0600; ERR_EXISTS if there */
	/* must exist; ERR_ABSENT, also where nothing was ever committed */
	SQLITE_MODE_WRITE,
	SQLITE_MODE_READ,	/* the same; the file is never written to */
};

/* One schema step: user_version n-1 -> n. */
struct sqlite_schema {
	uint32_t application_id;	/* not 0, below 2^31 */
	const char *const *steps;	/* SQL text, steps[0] makes version 1 */
	int step_count;
};

/*
 * sqlite_open(path, mode, schema, ret): opens, checks application_id and
 * user_version, runs missing steps (WRITE, CREATE) in one transaction, and
 * for READ requires the current version.  A connection is for one thread at
 * a time.
 *
 * A file of ours whose making was cut off before its first version was
 * committed counts as not there: CREATE takes it up again, READ says
 * ERR_ABSENT.  READ beside a closed WAL makes -wal and -shm, so it needs a
 * folder that it may write to; it never touches the file itself.
 *
 * Errors: ERR_ABSENT, ERR_EXISTS, ERR_IO, ERR_FULL, ERR_BUSY (also READ of
 * an older version: the writer has to open it first), ERR_NOMEM, ERR_DAMAGED
 * (not a database, wrong application_id, malformed), ERR_VERSION (newer).
 */
MUST_USE err sqlite_open(const char *path, enum sqlite_mode mode,
    const struct sqlite_schema *schema, struct sqlite **ret);
void sqlite_close(struct sqlite *db);	/* finalizes cached statements */
/* Text of the last failure, for the log; no personal data is ever in SQL
 * text.  Borrowed until the next call. */
const char *sqlite_why(struct sqlite *db);

/*
 * All calls below map SQLite's result codes alike: ERR_BUSY (somebody else
 * holds it, or has committed since this transaction began to read: begin
 * again), ERR_FULL, ERR_DAMAGED, ERR_IO, ERR_NOMEM, ERR_LIMIT (a value above
 * 32 MiB), ERR_EXISTS (UNIQUE or PRIMARY KEY), ERR_VALUE (CHECK, NOT NULL,
 * foreign key, type).
 */
/* One or more statements; rows are dropped. */
MUST_USE err sqlite_exec(struct sqlite *db, const char *sql);
/* After an error of sqlite_commit the transaction may still be open: roll it
 * back. */
MUST_USE err sqlite_begin(struct sqlite *db);		/* IMMEDIATE */
MUST_USE err sqlite_begin_read(struct sqlite *db);	/* DEFERRED */
MUST_USE err sqlite_commit(struct sqlite *db);
void sqlite_rollback(struct sqlite *db);	/* no transaction: no error */

/* sqlite_get(db, sql, ret): a statement from the connection's cache, reset
 * and with no bindings.  Owner: the connection; give it back with
 * sqlite_done.  One that is in use is prepared anew, so calls may nest.  sql
 * must be a string literal (the cache keys on its text and keeps it). */
MUST_USE err sqlite_get(struct sqlite *db, const char *sql,
    struct sqlite_stmt **ret);
void sqlite_done(struct sqlite_stmt *st);		/* NULL is allowed */

/* Binding, columns from 1, copied; failures are kept and come out of the
 * step. */
void sqlite_bind_u64(struct sqlite_stmt *st, int i, uint64_t v);
void sqlite_bind_i64(struct sqlite_stmt *st, int i, int64_t v);
void sqlite_bind_blob(struct sqlite_stmt *st, int i, struct span v);
void sqlite_bind_text(struct sqlite_stmt *st, int i, struct span v);
void sqlite_bind_null(struct sqlite_stmt *st, int i);
/* sqlite_step: *ret_row false at the end. */
MUST_USE err sqlite_step(struct sqlite_stmt *st, bool *ret_row);
/* sqlite_one: the step of a statement that is to give a row.  ERR_ABSENT:
 * it gives none. */
MUST_USE err sqlite_one(struct sqlite_stmt *st);
/* sqlite_run: steps a statement that gives no rows, and is done with it,
 * also after an error.  Rows that it does give are dropped. */
MUST_USE err sqlite_run(struct sqlite_stmt *st);
/* Columns from 0; spans borrow until the next step or done.  u64 is stored
 * as the same 64 bits. */
uint64_t sqlite_u64(struct sqlite_stmt *st, int i);
int64_t sqlite_i64(struct sqlite_stmt *st, int i);
struct span sqlite_blob(struct sqlite_stmt *st, int i);
struct span sqlite_text(struct sqlite_stmt *st, int i);
bool sqlite_is_null(struct sqlite_stmt *st, int i);
/* sqlite_fixed: a blob of exactly n bytes copied to out; ERR_DAMAGED. */
MUST_USE err sqlite_fixed(struct sqlite_stmt *st, int i, uint8_t *out,
    size_t n);

/* data_version: changes when another connection committed. */
MUST_USE err sqlite_data_version(struct sqlite *db, uint64_t *ret);
/* wal_checkpoint(TRUNCATE), retried for about a second; ERR_BUSY is not
 * fatal: a reader is at it, or a transaction of this connection is open. */
MUST_USE err sqlite_truncate_wal(struct sqlite *db);
/* quick_check; ERR_DAMAGED. */
MUST_USE err sqlite_quick_check(struct sqlite *db);

#endif
