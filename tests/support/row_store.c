/* SPDX-License-Identifier: Apache-2.0 */
/* row_store.c -- see the header. */
#include "tests/support/row_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/store/meta_names.h"
#include "client/store/paths.h"
#include "client/store/store_schema.h"
#include "tests/support/temp_folder.h"

static void
need(err rc, const char *what)
{
	if (rc == ERR_OK)
		return;
	fprintf(stderr, "row_store: %s: %s\n", what, err_name(rc));
	abort();
}

static struct span
bytes(const uint8_t *p, size_t n)
{
	return (struct span){ p, n };
}

static struct sqlite_stmt *
statement(struct sqlite *db, const char *sql)
{
	struct sqlite_stmt *st = NULL;

	need(sqlite_get(db, sql, &st), sql);
	return st;
}

void
row_store_meta(struct sqlite *db, const char *name, struct span value)
{
	struct sqlite_stmt *st = statement(db,
	    "INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)");

	sqlite_bind_text(st, 1, bytes((const uint8_t *)name, strlen(name)));
	sqlite_bind_blob(st, 2, value);
	need(sqlite_run(st), name);
}

static struct sqlite *
make(const char *dir, const char *address)
{
	struct sqlite *db = NULL;

	need(sqlite_open(temp_folder_path(dir, STORE_FILE),
	    SQLITE_MODE_CREATE, &store_schema, &db), STORE_FILE);
	row_store_meta(db, META_ADDRESS,
	    bytes((const uint8_t *)address, strlen(address)));
	return db;
}

struct sqlite *
row_store_joined(const char *dir, const struct actor *device,
    const struct actor *hub, const uint8_t *root_fpr, const char *address,
    const uint8_t *pin)
{
	struct sqlite *db = make(dir, address);

	need(sqlite_begin(db), "begin");
	row_store_meta(db, META_SIGN_PUB, bytes(device->pub, KEY_LEN));
	row_store_meta(db, META_ROOT_FPR, bytes(root_fpr, HASH_LEN));
	row_store_meta(db, META_HUB_KEY_ID, bytes(hub->id, ID_LEN));
	row_store_meta(db, META_HUB_BOX_PUB, bytes(hub->box_pub, KEY_LEN));
	if (pin != NULL)
		row_store_meta(db, META_TLS_PIN, bytes(pin, HASH_LEN));
	need(sqlite_commit(db), "commit");
	need(paths_write(temp_folder_path(dir, "transport.key"),
	    bytes(device->transport_secret, KEY_LEN), 0600, PATHS_REPLACE),
	    "transport.key");
	return db;
}

struct sqlite *
row_store_joining(const char *dir, const struct actor *invite,
    const char *address)
{
	struct sqlite *db = make(dir, address);
	uint8_t sig[SIG_LEN];
	struct buf message = { .p = NULL };

	/* SPEC.md section 1: the tag of a signed invite fetch */
	buf_put(&message, "nguon1/inv-get\0\0", TAG_LEN);
	buf_put(&message, invite->id, ID_LEN);
	crypto_sign_message(invite->seed, buf_span(&message), sig);
	buf_free(&message);
	need(sqlite_begin(db), "begin");
	row_store_meta(db, META_INVITE_ID, bytes(invite->id, ID_LEN));
	row_store_meta(db, META_INVITE_PUB, bytes(invite->pub, KEY_LEN));
	row_store_meta(db, META_INVITE_SIG, bytes(sig, SIG_LEN));
	need(sqlite_commit(db), "commit");
	return db;
}

static uint64_t
written(struct sqlite *db, int no)
{
	struct sqlite_stmt *st = statement(db,
	    "SELECT written_seq FROM log WHERE no = ?1");
	uint64_t seq = 0;
	bool row = false;

	sqlite_bind_i64(st, 1, no);
	need(sqlite_step(st, &row), "written_seq");
	if (row)
		seq = sqlite_u64(st, 0);
	sqlite_done(st);
	return seq;
}

static void
put_log(struct sqlite *db, int no, const struct world_log *l)
{
	struct sqlite_stmt *st = statement(db,
	    "INSERT INTO log (no, id, scope, author, own, written_seq,"
	    " written_hash) VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6)"
	    " ON CONFLICT DO UPDATE SET written_seq = ?5,"
	    " written_hash = ?6");

	sqlite_bind_i64(st, 1, no);
	sqlite_bind_blob(st, 2, bytes(l->id, ID_LEN));
	sqlite_bind_blob(st, 3, bytes(l->scope, SCOPE_LEN));
	sqlite_bind_blob(st, 4, bytes(l->author.pub, KEY_LEN));
	sqlite_bind_u64(st, 5, l->seq);
	sqlite_bind_blob(st, 6, bytes(l->entry[l->seq - 1].hash, HASH_LEN));
	need(sqlite_run(st), "log");
}

static void
put_entry(struct sqlite *db, int no, const struct world_log *l, uint64_t seq)
{
	const struct world_entry *e = &l->entry[seq - 1];
	uint8_t sig[SIG_LEN];
	struct sqlite_stmt *st = statement(db, "INSERT INTO entry"
	    " (log_no, seq, line_seen, hash, bytes)"
	    " VALUES (?1, ?2, 0, ?3, ?4)");

	sqlite_bind_i64(st, 1, no);
	sqlite_bind_u64(st, 2, seq);
	sqlite_bind_blob(st, 3, bytes(e->hash, HASH_LEN));
	sqlite_bind_blob(st, 4, buf_span(&e->raw));
	need(sqlite_run(st), "entry");
	chain_sign_head(l->author.seed, l->id, seq, e->hash, sig);
	st = statement(db, "INSERT INTO head (log_no, seq, sig)"
	    " VALUES (?1, ?2, ?3)");
	sqlite_bind_i64(st, 1, no);
	sqlite_bind_u64(st, 2, seq);
	sqlite_bind_blob(st, 3, bytes(sig, SIG_LEN));
	need(sqlite_run(st), "head");
}

void
row_store_write(struct sqlite *db, int no, const struct world_log *l)
{
	uint64_t seq;

	need(sqlite_begin(db), "begin");
	seq = written(db, no);
	put_log(db, no, l);
	while (seq < l->seq)
		put_entry(db, no, l, ++seq);
	need(sqlite_commit(db), "commit");
}

void
row_store_take_in(struct sqlite *db, int no, uint64_t seq, uint64_t size)
{
	struct sqlite_stmt *st;

	need(sqlite_begin(db), "begin");
	st = statement(db, "UPDATE log SET admitted_seq = ?2 WHERE no = ?1");
	sqlite_bind_i64(st, 1, no);
	sqlite_bind_u64(st, 2, seq);
	need(sqlite_run(st), "admitted_seq");
	st = statement(db, "INSERT OR REPLACE INTO leaf"
	    " (idx, scope, inner_hash, time_ms)"
	    " VALUES (?1, zeroblob(8), zeroblob(32), 0)");
	sqlite_bind_u64(st, 1, size - 1);
	need(sqlite_run(st), "leaf");
	need(sqlite_commit(db), "commit");
}

void
row_store_want(struct sqlite *db, const uint8_t scope[static SCOPE_LEN],
    uint64_t from, uint64_t to)
{
	struct sqlite_stmt *st = statement(db,
	    "INSERT INTO want (scope, from_idx, to_idx) VALUES (?1, ?2, ?3)");

	sqlite_bind_blob(st, 1, bytes(scope, SCOPE_LEN));
	sqlite_bind_u64(st, 2, from);
	sqlite_bind_u64(st, 3, to);
	need(sqlite_run(st), "want");
}
