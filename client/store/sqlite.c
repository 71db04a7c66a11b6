/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlite.c -- connections, transactions and cached statements.
 */
#include "client/store/sqlite_schema.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

enum {
	BUSY_MS = 5000,
	TRUNCATE_TRIES = 4,
	TRUNCATE_MS = 250,		/* each */
	CACHE_BUCKETS = 64,		/* a power of two */
	WHY_CHARS = 256,
	VALUE_BYTES = 33554432,		/* one text or blob, one row */
	SQL_BYTES = 262144,
};

struct sqlite_stmt {
	sqlite3_stmt *st;
	struct sqlite *db;
	const char *sql;		/* borrowed: a literal */
	struct sqlite_stmt *next;	/* of the bucket */
	int bind_rc;			/* first failure of a bind */
	bool used;
};

/* Invariant: a bucket may hold several statements of one text; whoever asks
 * gets one that is not in use. */
struct sqlite {
	sqlite3 *db;
	struct sqlite_stmt *cache[CACHE_BUCKETS];
	char why[WHY_CHARS];
};

static err
err_of_io(int code, int system_errno)
{
	if (system_errno == ENOSPC || system_errno == EDQUOT)
		return ERR_FULL;
	if (code == SQLITE_IOERR_NOMEM)
		return ERR_NOMEM;
	if (code == SQLITE_IOERR_CORRUPTFS || code == SQLITE_IOERR_DATA)
		return ERR_DAMAGED;
	return ERR_IO;
}

static err
err_of_constraint(int code)
{
	switch (code) {
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_ROWID:
		return ERR_EXISTS;
	default:
		return ERR_VALUE;
	}
}

/* code: an extended result code. */
static err
err_of_code(int code, int system_errno)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return ERR_OK;
	case SQLITE_NOMEM:
		return ERR_NOMEM;
	case SQLITE_FULL:
		return ERR_FULL;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
	case SQLITE_INTERRUPT:
	case SQLITE_ABORT:
	case SQLITE_SCHEMA:
		return ERR_BUSY;
	case SQLITE_READONLY:
		/* a hot journal: whoever may write has to recover it */
		return code == SQLITE_READONLY_ROLLBACK ? ERR_BUSY : ERR_IO;
	case SQLITE_ERROR:	/* the SQL is ours: the schema is not */
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
		return ERR_DAMAGED;
	case SQLITE_TOOBIG:
		return ERR_LIMIT;
	case SQLITE_CONSTRAINT:
		return err_of_constraint(code);
	case SQLITE_MISMATCH:
		return ERR_VALUE;
	case SQLITE_MISUSE:
	case SQLITE_RANGE:
	case SQLITE_INTERNAL:
		return ERR_UNABLE;
	default:		/* IOERR, CANTOPEN, PERM, AUTH, NOLFS ... */
		return err_of_io(code, system_errno);
	}
}

/* Keeps the text of a failure, since a rollback would overwrite it. */
static err
judge(struct sqlite *db, int rc)
{
	if (rc == SQLITE_OK || rc == SQLITE_ROW || rc == SQLITE_DONE)
		return ERR_OK;
	(void)snprintf(db->why, sizeof db->why, "%s (%d)",
	    sqlite3_errmsg(db->db), rc);
	return err_of_code(rc, sqlite3_system_errno(db->db));
}

static err
fail(struct sqlite *db, err e, const char *why)
{
	(void)snprintf(db->why, sizeof db->why, "%s", why);
	return e;
}

/* ---- opening */

/* What a peer's bytes could make large is far below each of these. */
static void
set_limits(sqlite3 *db)
{
	static const struct {
		int id, value;
	} limits[] = {
		{ SQLITE_LIMIT_LENGTH, VALUE_BYTES },
		{ SQLITE_LIMIT_SQL_LENGTH, SQL_BYTES },
		{ SQLITE_LIMIT_COLUMN, 64 },
		{ SQLITE_LIMIT_EXPR_DEPTH, 64 },
		{ SQLITE_LIMIT_COMPOUND_SELECT, 8 },
		{ SQLITE_LIMIT_VDBE_OP, 25000 },
		{ SQLITE_LIMIT_FUNCTION_ARG, 16 },
		{ SQLITE_LIMIT_ATTACHED, 1 },	/* VACUUM needs one */
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 256 },
		{ SQLITE_LIMIT_VARIABLE_NUMBER, 64 },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 4 },
		{ SQLITE_LIMIT_WORKER_THREADS, 0 },
	};

	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
		(void)sqlite3_limit(db, limits[i].id, limits[i].value);
}

static err
set_config(struct sqlite *db)
{
	static const struct {
		int id, value;
	} configs[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
	};
	err rc = ERR_OK;

	for (size_t i = 0; i < sizeof configs / sizeof configs[0] &&
	    rc == ERR_OK; i++)
		rc = judge(db, sqlite3_db_config(db->db, configs[i].id,
		    configs[i].value, (int *)NULL));
	return rc;
}

/* Of the connection alone; the file keeps nothing of these. */
static const char connection_sql[] =
    "PRAGMA synchronous=FULL;"
    "PRAGMA secure_delete=ON;"
    "PRAGMA cell_size_check=ON;"
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA mmap_size=0;";

static err
set_up(struct sqlite *db, enum sqlite_mode mode,
    const struct sqlite_schema *schema)
{
	err rc;

	(void)sqlite3_extended_result_codes(db->db, 1);
	set_limits(db->db);
	if ((rc = set_config(db)) != ERR_OK ||
	    (rc = judge(db, sqlite3_busy_timeout(db->db, BUSY_MS))) !=
	    ERR_OK ||
	    (rc = sqlite_exec(db, connection_sql)) != ERR_OK)
		return rc;
	return sqlite_schema_apply(db, mode, schema);
}

/* Makes the empty file, closed to others from its first moment.  *ret_new
 * false: an unfinished one of ours is there. */
static err
make_file(const char *path, bool *ret_new)
{
	struct stat st;
	int fd;
	err rc = ERR_OK;

	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (fd >= 0) {
		if (fchmod(fd, 0600) != 0)
			rc = ERR_IO;
		(void)close(fd);	/* nothing was written */
		*ret_new = true;
		return rc;
	}
	if (errno == ENOENT)
		return ERR_ABSENT;	/* the folder */
	if (errno != EEXIST)
		return err_of_io(SQLITE_CANTOPEN, errno);
	/* not opened here: closing it would drop the locks that another
	 * connection of this process holds */
	if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_uid != geteuid() || (st.st_mode & 077) != 0)
		return ERR_EXISTS;
	*ret_new = false;
	return ERR_OK;
}

static err
find_file(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0)
		return S_ISREG(st.st_mode) ? ERR_OK : ERR_IO;
	return errno == ENOENT || errno == ENOTDIR ? ERR_ABSENT : ERR_IO;
}

err
sqlite_open(const char *path, enum sqlite_mode mode,
    const struct sqlite_schema *schema, struct sqlite **ret)
{
	struct sqlite *db;
	bool new = false;
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
	err rc;

	flags |= mode == SQLITE_MODE_READ ? SQLITE_OPEN_READONLY :
	    SQLITE_OPEN_READWRITE;
	rc = mode == SQLITE_MODE_CREATE ? make_file(path, &new) :
	    find_file(path);
	if (rc != ERR_OK)
		return rc;
	if ((db = calloc(1, sizeof *db)) == NULL)
		return ERR_NOMEM;
	rc = err_of_code(sqlite3_open_v2(path, &db->db, flags, NULL), 0);
	if (rc == ERR_OK)
		rc = set_up(db, mode, schema);
	/* what was in the way is not for us to make into something */
	if ((rc == ERR_DAMAGED || rc == ERR_VERSION) &&
	    mode == SQLITE_MODE_CREATE && !new)
		rc = ERR_EXISTS;
	if (rc != ERR_OK) {
		sqlite_close(db);
		return rc;
	}
	*ret = db;
	return ERR_OK;
}

void
sqlite_close(struct sqlite *db)
{
	struct sqlite_stmt *st, *next;

	if (db == NULL)
		return;
	for (size_t i = 0; i < CACHE_BUCKETS; i++)
		for (st = db->cache[i]; st != NULL; st = next) {
			next = st->next;
			(void)sqlite3_finalize(st->st);
			free(st);
		}
	(void)sqlite3_close(db->db);	/* nothing is left open in it */
	free(db);
}

const char *
sqlite_why(struct sqlite *db)
{
	return db == NULL ? "" : db->why;
}

/* ---- transactions */

err
sqlite_exec(struct sqlite *db, const char *sql)
{
	return judge(db, sqlite3_exec(db->db, sql, NULL, NULL, NULL));
}

static err
run_cached(struct sqlite *db, const char *sql)
{
	struct sqlite_stmt *st;
	err rc;

	if ((rc = sqlite_get(db, sql, &st)) != ERR_OK)
		return rc;
	return sqlite_run(st);
}

err
sqlite_begin(struct sqlite *db)
{
	return run_cached(db, "BEGIN IMMEDIATE");
}

err
sqlite_begin_read(struct sqlite *db)
{
	return run_cached(db, "BEGIN DEFERRED");
}

err
sqlite_commit(struct sqlite *db)
{
	return run_cached(db, "COMMIT");
}

void
sqlite_rollback(struct sqlite *db)
{
	/* not through the cache: it must do when memory does not, and leave
	 * the text of the failure that led here */
	if (!sqlite3_get_autocommit(db->db))
		(void)sqlite3_exec(db->db, "ROLLBACK", NULL, NULL, NULL);
}

/* ---- statements */

static struct sqlite_stmt **
bucket_of(struct sqlite *db, const char *sql)
{
	uint32_t h = 2166136261u;	/* FNV-1a */

	for (const char *p = sql; *p != '\0'; p++)
		h = (h ^ (uint8_t)*p) * 16777619u;
	return &db->cache[(h ^ h >> 16) & (CACHE_BUCKETS - 1)];
}

err
sqlite_get(struct sqlite *db, const char *sql, struct sqlite_stmt **ret)
{
	struct sqlite_stmt **bucket = bucket_of(db, sql);
	struct sqlite_stmt *st;
	err rc;

	for (st = *bucket; st != NULL; st = st->next)
		if (!st->used && (st->sql == sql || strcmp(st->sql, sql) == 0))
			break;
	if (st == NULL) {
		if ((st = calloc(1, sizeof *st)) == NULL)
			return fail(db, ERR_NOMEM, "no memory");
		rc = judge(db, sqlite3_prepare_v3(db->db, sql, -1,
		    SQLITE_PREPARE_PERSISTENT, &st->st, NULL));
		if (rc != ERR_OK) {
			free(st);
			return rc;
		}
		st->db = db;
		st->sql = sql;
		st->next = *bucket;
		*bucket = st;
	}
	st->used = true;
	st->bind_rc = SQLITE_OK;
	*ret = st;
	return ERR_OK;
}

void
sqlite_done(struct sqlite_stmt *st)
{
	if (st == NULL)
		return;
	(void)sqlite3_reset(st->st);	/* repeats what the step said */
	(void)sqlite3_clear_bindings(st->st);
	st->used = false;
}

static void
bound(struct sqlite_stmt *st, int rc)
{
	if (st->bind_rc == SQLITE_OK)
		st->bind_rc = rc;
}

void
sqlite_bind_u64(struct sqlite_stmt *st, int i, uint64_t v)
{
	sqlite_bind_i64(st, i, (int64_t)v);
}

void
sqlite_bind_i64(struct sqlite_stmt *st, int i, int64_t v)
{
	bound(st, sqlite3_bind_int64(st->st, i, v));
}

/* SQLite would take a NULL pointer for NULL. */
static const void *
bytes_of(struct span v)
{
	return v.n == 0 ? (const void *)"" : v.p;
}

void
sqlite_bind_blob(struct sqlite_stmt *st, int i, struct span v)
{
	bound(st, sqlite3_bind_blob64(st->st, i, bytes_of(v), v.n,
	    SQLITE_TRANSIENT));
}

void
sqlite_bind_text(struct sqlite_stmt *st, int i, struct span v)
{
	bound(st, sqlite3_bind_text64(st->st, i, bytes_of(v), v.n,
	    SQLITE_TRANSIENT, SQLITE_UTF8));
}

void
sqlite_bind_null(struct sqlite_stmt *st, int i)
{
	bound(st, sqlite3_bind_null(st->st, i));
}

err
sqlite_step(struct sqlite_stmt *st, bool *ret_row)
{
	int code = st->bind_rc;
	err rc;

	if (code == SQLITE_OK)
		code = sqlite3_step(st->st);
	if ((rc = judge(st->db, code)) != ERR_OK)
		return rc;
	*ret_row = code == SQLITE_ROW;
	return ERR_OK;
}

err
sqlite_one(struct sqlite_stmt *st)
{
	bool row = false;
	err rc = sqlite_step(st, &row);

	return rc == ERR_OK && !row ? ERR_ABSENT : rc;
}

err
sqlite_run(struct sqlite_stmt *st)
{
	bool row = true;
	err rc = ERR_OK;

	while (rc == ERR_OK && row)
		rc = sqlite_step(st, &row);
	sqlite_done(st);
	return rc;
}

uint64_t
sqlite_u64(struct sqlite_stmt *st, int i)
{
	return (uint64_t)sqlite3_column_int64(st->st, i);
}

int64_t
sqlite_i64(struct sqlite_stmt *st, int i)
{
	return sqlite3_column_int64(st->st, i);
}

struct span
sqlite_blob(struct sqlite_stmt *st, int i)
{
	const uint8_t *p = sqlite3_column_blob(st->st, i);

	if (p == NULL)
		return (struct span){ NULL, 0 };
	return (struct span){ p, (size_t)sqlite3_column_bytes(st->st, i) };
}

struct span
sqlite_text(struct sqlite_stmt *st, int i)
{
	const uint8_t *p = sqlite3_column_text(st->st, i);

	if (p == NULL)
		return (struct span){ NULL, 0 };
	return (struct span){ p, (size_t)sqlite3_column_bytes(st->st, i) };
}

bool
sqlite_is_null(struct sqlite_stmt *st, int i)
{
	return sqlite3_column_type(st->st, i) == SQLITE_NULL;
}

err
sqlite_fixed(struct sqlite_stmt *st, int i, uint8_t *out, size_t n)
{
	struct span v;

	if (sqlite3_column_type(st->st, i) != SQLITE_BLOB)
		return fail(st->db, ERR_DAMAGED, "a column is not a blob");
	v = sqlite_blob(st, i);
	if (v.n != n)
		return fail(st->db, ERR_DAMAGED, "a blob of the wrong length");
	if (n > 0)
		memcpy(out, v.p, n);
	return ERR_OK;
}

/* ---- upkeep */

err
sqlite_data_version(struct sqlite *db, uint64_t *ret)
{
	struct sqlite_stmt *st;
	bool row;
	err rc;

	if ((rc = sqlite_get(db, "PRAGMA data_version", &st)) != ERR_OK)
		return rc;
	if ((rc = sqlite_step(st, &row)) == ERR_OK)
		*ret = sqlite_u64(st, 0);
	sqlite_done(st);
	return rc;
}

err
sqlite_truncate_wal(struct sqlite *db)
{
	int code = SQLITE_BUSY;
	err rc;

	(void)sqlite3_busy_timeout(db->db, TRUNCATE_MS);
	for (int i = 0; i < TRUNCATE_TRIES &&
	    (code & 0xff) == SQLITE_BUSY; i++)
		code = sqlite3_wal_checkpoint_v2(db->db, NULL,
		    SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	rc = judge(db, code);
	(void)sqlite3_busy_timeout(db->db, BUSY_MS);
	return rc;
}

err
sqlite_quick_check(struct sqlite *db)
{
	struct sqlite_stmt *st;
	struct span text;
	bool row;
	err rc;

	if ((rc = sqlite_get(db, "PRAGMA quick_check(1)", &st)) != ERR_OK)
		return rc;
	rc = sqlite_step(st, &row);
	if (rc == ERR_OK) {
		text = row ? sqlite_text(st, 0) : (struct span){ NULL, 0 };
		if (text.n != 2 || memcmp(text.p, "ok", 2) != 0)
			rc = fail(db, ERR_DAMAGED, "quick_check is not ok");
	}
	sqlite_done(st);
	return rc;
}
