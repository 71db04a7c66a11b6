/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_exchange.c -- the door to exchange.db, which the daemon writes.  All
 * in it is network input: any type, any size, any lie.
 */
#include "client/store/store_internal.h"

#include <string.h>

#include "client/store/meta_names.h"
#include "protocol/limits.h"

/* Its tables are the daemon's to make; the store only reads. */
static const char *const steps[] = { "" };
static const struct sqlite_schema schema = {
	.application_id = 0x4e677865,	/* "Ngxe" */
	.steps = steps,
	.step_count = sizeof steps / sizeof steps[0],
};

err
store_exchange_open(const char *dir, struct sqlite **ret)
{
	char path[PATH_BYTES];
	err rc = paths_join(dir, EXCHANGE_FILE, path);

	return rc != ERR_OK ? rc :
	    sqlite_open(path, SQLITE_MODE_READ, &schema, ret);
}

err
store_exchange_blob(struct sqlite_stmt *st, int column, size_t max,
    struct buf *out)
{
	struct span v = sqlite_blob(st, column);

	buf_reset(out);
	if (v.n == 0 || v.n > max)
		return ERR_FORMAT;
	buf_put(out, v.p, v.n);
	return buf_err(out);
}

uint64_t
store_exchange_status(struct sqlite *ex, const char *name)
{
	struct sqlite_stmt *st = NULL;
	uint64_t value = 0;
	bool row = false;

	if (sqlite_get(ex, "SELECT value FROM status WHERE name = ?", &st) !=
	    ERR_OK)
		return 0;
	sqlite_bind_text(st, 1,
	    (struct span){ (const uint8_t *)name, strlen(name) });
	if (sqlite_step(st, &row) == ERR_OK && row && sqlite_i64(st, 0) > 0)
		value = sqlite_u64(st, 0);
	sqlite_done(st);
	return value;
}

/* ---- the invitation */

static err
wanted_invite(const char *dir, uint8_t ret[static ID_LEN])
{
	struct sqlite *db = NULL;
	struct store *s = NULL;
	err rc = store_open_database(dir, SQLITE_MODE_WRITE, &db);

	if (rc != ERR_OK)
		return rc;
	rc = store_make(dir, db, &s);
	if (rc != ERR_OK) {
		sqlite_close(db);
		return rc;
	}
	rc = store_meta_fixed(s, META_INVITE_ID, ret, ID_LEN);
	store_close(s);
	return rc;
}

static err
read_invitation(struct sqlite *ex, const uint8_t *id, struct buf *fields,
    struct buf *key_part)
{
	struct sqlite_stmt *st = NULL;
	err rc = sqlite_get(ex, "SELECT fields, key_part FROM invitation"
	    " WHERE id = ?", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, (struct span){ id, ID_LEN });
	rc = sqlite_one(st);
	if (rc == ERR_OK)
		rc = store_exchange_blob(st, 0, LIMIT_BIN_BYTES, fields);
	if (rc == ERR_OK)
		rc = store_exchange_blob(st, 1, LIMIT_INVITE_BYTES, key_part);
	sqlite_done(st);
	return rc;
}

err
store_invitation(const char *dir, struct buf *ret_fields,
    struct buf *ret_key_part)
{
	struct sqlite *ex = NULL;
	uint8_t id[ID_LEN];
	err rc = wanted_invite(dir, id);

	if (rc == ERR_OK)
		rc = store_exchange_open(dir, &ex);
	if (rc == ERR_OK)
		rc = read_invitation(ex, id, ret_fields, ret_key_part);
	sqlite_close(ex);
	return rc;
}

err
store_invitation_refused(const char *dir, enum reason *ret)
{
	struct sqlite *ex = NULL;
	uint64_t error, reason;
	err rc = store_exchange_open(dir, &ex);

	if (rc != ERR_OK)
		return rc;
	error = store_exchange_status(ex, "last_error");
	reason = store_exchange_status(ex, "last_reason");
	sqlite_close(ex);
	if (error == ERR_OK || reason == REASON_ADMITTED ||
	    reason >= REASON_COUNT)
		return ERR_ABSENT;
	*ret = (enum reason)reason;
	return ERR_OK;
}
