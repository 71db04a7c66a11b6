/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlite_schema.c -- whose file it is, of which version, and the steps that
 * it lacks.
 */
#include "client/store/sqlite_schema.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { WAL_TRIES = 100, WAL_PAUSE_NS = 20000000 };

/* One integer from a statement that gives one row. */
static err
read_number(struct sqlite *db, const char *sql, uint64_t *ret)
{
	struct sqlite_stmt *st;
	bool row;
	err rc;

	if ((rc = sqlite_get(db, sql, &st)) != ERR_OK)
		return rc;
	rc = sqlite_step(st, &row);
	if (rc == ERR_OK && !row)
		rc = ERR_DAMAGED;
	if (rc == ERR_OK)
		*ret = sqlite_u64(st, 0);
	sqlite_done(st);
	return rc;
}

/* Whose file it is, and of which version.  *ret_version 0: nothing was ever
 * committed to it. */
static err
check_identity(struct sqlite *db, const struct sqlite_schema *schema,
    uint64_t *ret_version)
{
	uint64_t id, version, objects;
	err rc;

	if ((rc = read_number(db, "PRAGMA application_id", &id)) != ERR_OK ||
	    (rc = read_number(db, "PRAGMA user_version", &version)) !=
	    ERR_OK ||
	    (rc = read_number(db, "SELECT count(*) FROM sqlite_schema",
	    &objects)) != ERR_OK)
		return rc;
	if (id == 0 && version == 0 && objects == 0) {
		*ret_version = 0;
		return ERR_OK;
	}
	if (id != schema->application_id || version == 0 ||
	    version > INT32_MAX)
		return ERR_DAMAGED;
	if (version > (uint64_t)schema->step_count)
		return ERR_VERSION;
	*ret_version = version;
	return ERR_OK;
}

static err
try_wal(struct sqlite *db)
{
	struct sqlite_stmt *st;
	struct span mode;
	bool row;
	err rc;

	if ((rc = sqlite_get(db, "PRAGMA journal_mode=WAL", &st)) != ERR_OK)
		return rc;
	rc = sqlite_step(st, &row);
	if (rc == ERR_OK) {
		mode = row ? sqlite_text(st, 0) : (struct span){ NULL, 0 };
		if (mode.n != 3 || memcmp(mode.p, "wal", 3) != 0)
			rc = ERR_IO;	/* not on this file system */
	}
	sqlite_done(st);
	return rc;
}

/* The change to WAL does not wait as all else does: SQLite says at once that
 * the file is busy when two make it together. */
static err
set_wal(struct sqlite *db)
{
	struct timespec pause = { .tv_nsec = WAL_PAUSE_NS };
	err rc = ERR_BUSY;

	for (int i = 0; i < WAL_TRIES && rc == ERR_BUSY; i++) {
		if (i > 0)
			(void)nanosleep(&pause, NULL);
		rc = try_wal(db);
	}
	return rc;
}

static err
run_steps(struct sqlite *db, const struct sqlite_schema *schema,
    uint64_t version)
{
	char sql[96];
	err rc;

	for (int i = (int)version; i < schema->step_count; i++)
		if ((rc = sqlite_exec(db, schema->steps[i])) != ERR_OK)
			return rc;
	(void)snprintf(sql, sizeof sql,
	    "PRAGMA application_id=%lu; PRAGMA user_version=%d;",
	    (unsigned long)schema->application_id, schema->step_count);
	return sqlite_exec(db, sql);
}

/* Brings the file to the last version, all or nothing. */
static err
migrate(struct sqlite *db, enum sqlite_mode mode,
    const struct sqlite_schema *schema)
{
	uint64_t version;
	err rc;

	if ((rc = sqlite_begin(db)) != ERR_OK)
		return rc;
	rc = check_identity(db, schema, &version);
	/* another process was faster */
	if (rc == ERR_OK && mode == SQLITE_MODE_CREATE && version > 0)
		rc = ERR_EXISTS;
	if (rc == ERR_OK && version < (uint64_t)schema->step_count)
		rc = run_steps(db, schema, version);
	if (rc == ERR_OK)
		rc = sqlite_commit(db);
	if (rc != ERR_OK)
		sqlite_rollback(db);
	return rc;
}

err
sqlite_schema_apply(struct sqlite *db, enum sqlite_mode mode,
    const struct sqlite_schema *schema)
{
	uint64_t version;
	err rc;

	/* ahead of WAL, which would already change a foreign file; as of one
	 * moment, for somebody may be at migrate just now */
	if ((rc = sqlite_begin_read(db)) != ERR_OK)
		return rc;
	rc = check_identity(db, schema, &version);
	sqlite_rollback(db);
	if (rc != ERR_OK)
		return rc;
	if (mode != SQLITE_MODE_CREATE && version == 0)
		return ERR_ABSENT;
	if (mode == SQLITE_MODE_READ) {
		if (version < (uint64_t)schema->step_count)
			return ERR_BUSY;
		return sqlite_exec(db, "PRAGMA query_only=ON");
	}
	if ((rc = set_wal(db)) != ERR_OK)
		return rc;
	if (mode == SQLITE_MODE_WRITE &&
	    version == (uint64_t)schema->step_count)
		return ERR_OK;
	return migrate(db, mode, schema);
}
