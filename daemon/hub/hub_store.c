/* SPDX-License-Identifier: Apache-2.0 */
/* hub_store.c -- the hub's store on SQLite. */
#include "daemon/hub/hub_store_internal.h"

#include <stdlib.h>
#include <string.h>

#include "client/store/paths.h"

static const char *const steps[] = {
#include "daemon/hub/schema.sql.h"
};

static const struct sqlite_schema schema = {
	.application_id = 0x4e676862, /* "Nghb" */
	.steps = steps,
	.step_count = sizeof steps / sizeof steps[0],
};

static struct span
bytes(const uint8_t *p, size_t n)
{
	return (struct span){ p, n };
}

/* ---- opening */

static err
check_root(struct sqlite *db, const uint8_t root_fpr[static HASH_LEN],
    enum hub_store_mode mode)
{
	struct sqlite_stmt *st = NULL;
	uint8_t stored[HASH_LEN];
	bool row;
	err rc;

	rc = sqlite_get(db, "SELECT value FROM meta WHERE name = 'root'", &st);
	if (rc != ERR_OK)
		return rc;
	rc = sqlite_step(st, &row);
	if (rc == ERR_OK && row)
		rc = sqlite_fixed(st, 0, stored, HASH_LEN);
	sqlite_done(st);
	if (rc != ERR_OK)
		return rc;
	if (row && memcmp(stored, root_fpr, HASH_LEN) != 0)
		return ERR_FOREIGN;
	if (row)
		return ERR_OK;
	if (mode == HUB_STORE_READ)
		return ERR_ABSENT;
	rc = sqlite_get(db, "INSERT INTO meta (name, value) VALUES ('root', ?)",
	    &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, bytes(root_fpr, HASH_LEN));
	return sqlite_run(st);
}

err
hub_store_open(const char *dir, enum hub_store_mode mode,
    const uint8_t root_fpr[static HASH_LEN], struct hub_store **ret)
{
	char path[PATH_BYTES];
	struct hub_store *s = NULL;
	err rc;

	if ((rc = paths_join(dir, "hub.db", path)) != ERR_OK)
		return rc;
	s = calloc(1, sizeof *s);
	if (s == NULL)
		return ERR_NOMEM;
	if (mode == HUB_STORE_READ) {
		rc = sqlite_open(path, SQLITE_MODE_READ, &schema, &s->db);
	} else {
		rc = sqlite_open(path, SQLITE_MODE_WRITE, &schema, &s->db);
		if (rc == ERR_ABSENT)
			rc = sqlite_open(path, SQLITE_MODE_CREATE, &schema,
			    &s->db);
	}
	if (rc == ERR_OK)
		rc = check_root(s->db, root_fpr, mode);
	if (rc != ERR_OK) {
		hub_store_close(s);
		return rc;
	}
	*ret = s;
	return ERR_OK;
}

void
hub_store_close(struct hub_store *s)
{
	if (s == NULL)
		return;
	if (s->db != NULL)
		sqlite_close(s->db);
	free(s);
}

const char *
hub_store_why(struct hub_store *s)
{
	return sqlite_why(s->db);
}

err
hub_store_begin(struct hub_store *s)
{
	return sqlite_begin(s->db);
}

err
hub_store_begin_read(struct hub_store *s)
{
	return sqlite_begin_read(s->db);
}

err
hub_store_commit(struct hub_store *s)
{
	return sqlite_commit(s->db);
}

void
hub_store_rollback(struct hub_store *s)
{
	s->has_last = false;
	sqlite_rollback(s->db);
}

err
hub_store_forget(struct hub_store *s)
{
	return sqlite_truncate_wal(s->db);
}

/* ---- writing */

err
hub_store_log_no(struct hub_store *s, const uint8_t log[static ID_LEN],
    uint64_t *ret_no)
{
	struct sqlite_stmt *st = NULL;
	err rc;

	if (s->has_last && memcmp(s->last_log, log, ID_LEN) == 0) {
		*ret_no = s->last_no;
		return ERR_OK;
	}
	rc = sqlite_get(s->db, "SELECT no FROM log WHERE id = ?", &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, bytes(log, ID_LEN));
	rc = sqlite_one(st);
	if (rc == ERR_OK) {
		*ret_no = sqlite_u64(st, 0);
		memcpy(s->last_log, log, ID_LEN);
		s->last_no = *ret_no;
		s->has_last = true;
	}
	sqlite_done(st);
	return rc;
}

static err
add_log(struct hub_store *s, const struct place *place, uint64_t *ret_no)
{
	struct sqlite_stmt *st = NULL;
	err rc;

	rc = sqlite_get(s->db,
	    "INSERT INTO log (id, scope, author) VALUES (?, ?, ?)", &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, bytes(place->log, ID_LEN));
	sqlite_bind_blob(st, 2, bytes(place->scope, SCOPE_LEN));
	sqlite_bind_blob(st, 3, bytes(place->author, KEY_LEN));
	if ((rc = sqlite_run(st)) != ERR_OK)
		return rc;
	return hub_store_log_no(s, place->log, ret_no);
}

err
hub_store_put_entry(struct hub_store *s, const struct admitted_entry *a)
{
	struct sqlite_stmt *st = NULL;
	uint64_t no;
	err rc;

	rc = hub_store_log_no(s, a->place.log, &no);
	if (rc == ERR_ABSENT)
		rc = add_log(s, &a->place, &no);
	if (rc != ERR_OK)
		return rc;
	rc = sqlite_get(s->db,
	    "INSERT INTO entry (log_no, seq, hash, line_seen, bytes) "
	    "VALUES (?, ?, ?, ?, ?)",
	    &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_u64(st, 1, no);
	sqlite_bind_u64(st, 2, a->place.seq);
	sqlite_bind_blob(st, 3, bytes(a->hash, HASH_LEN));
	sqlite_bind_u64(st, 4, a->place.line_seen);
	sqlite_bind_blob(st, 5, a->entry->raw);
	return sqlite_run(st);
}

static err
put_head(struct hub_store *s, uint64_t no, const struct log_head *head)
{
	struct sqlite_stmt *st = NULL;
	err rc;

	rc = sqlite_get(s->db,
	    "UPDATE log SET seq = ?, hash = ?, seen = ?, epoch = ?, root = ?, "
	    "line_seen = ?, pred_log = ?, pred_seq = ?, pred_hash = ? "
	    "WHERE no = ?",
	    &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_u64(st, 1, head->seq);
	sqlite_bind_blob(st, 2, bytes(head->hash, HASH_LEN));
	sqlite_bind_u64(st, 3, head->seen);
	sqlite_bind_u64(st, 4, head->epoch);
	sqlite_bind_blob(st, 5, bytes(head->root, HASH_LEN));
	sqlite_bind_u64(st, 6, head->line_seen);
	if (head->has_predecessor) {
		sqlite_bind_blob(st, 7, bytes(head->predecessor.log, ID_LEN));
		sqlite_bind_u64(st, 8, head->predecessor.seq);
		sqlite_bind_blob(st, 9,
		    bytes(head->predecessor.hash, HASH_LEN));
	} else {
		for (int i = 7; i <= 9; i++)
			sqlite_bind_null(st, i);
	}
	sqlite_bind_u64(st, 10, no);
	return sqlite_run(st);
}

err
hub_store_put_leaf(struct hub_store *s, uint64_t index,
    const uint8_t scope[static SCOPE_LEN], const struct leaf_inner *inner,
    const struct log_head *head)
{
	struct sqlite_stmt *st = NULL;
	uint64_t no;
	err rc;

	if ((rc = hub_store_log_no(s, inner->log, &no)) != ERR_OK)
		return rc;
	rc = sqlite_get(s->db,
	    "INSERT INTO leaf "
	    "(idx, scope, log_no, first, last, head, sig, time_ms) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	    &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_u64(st, 1, index);
	sqlite_bind_blob(st, 2, bytes(scope, SCOPE_LEN));
	sqlite_bind_u64(st, 3, no);
	sqlite_bind_u64(st, 4, inner->first);
	sqlite_bind_u64(st, 5, inner->last);
	sqlite_bind_blob(st, 6, bytes(inner->head, HASH_LEN));
	sqlite_bind_blob(st, 7, bytes(inner->sig, SIG_LEN));
	sqlite_bind_u64(st, 8, inner->time_ms);
	if ((rc = sqlite_run(st)) != ERR_OK)
		return rc;
	return put_head(s, no, head);
}

err
hub_store_replace_entry(struct hub_store *s, const uint8_t log[static ID_LEN],
    uint64_t seq, struct span raw)
{
	struct sqlite_stmt *st = NULL;
	uint64_t no;
	err rc;

	if ((rc = hub_store_log_no(s, log, &no)) != ERR_OK)
		return rc;
	rc = sqlite_get(s->db,
	    "UPDATE entry SET bytes = ? WHERE log_no = ? AND seq = ?", &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, raw);
	sqlite_bind_u64(st, 2, no);
	sqlite_bind_u64(st, 3, seq);
	return sqlite_run(st);
}

/* ---- reading */

err
hub_store_entry_at(struct hub_store *s, const uint8_t log[static ID_LEN],
    uint64_t seq, uint8_t ret_hash[static HASH_LEN], uint64_t *ret_line_seen)
{
	struct sqlite_stmt *st = NULL;
	err rc;

	rc = sqlite_get(s->db,
	    "SELECT e.hash, e.line_seen FROM log l "
	    "JOIN entry e ON e.log_no = l.no WHERE l.id = ? AND e.seq = ?",
	    &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, bytes(log, ID_LEN));
	sqlite_bind_u64(st, 2, seq);
	rc = sqlite_one(st);
	if (rc == ERR_OK)
		rc = sqlite_fixed(st, 0, ret_hash, HASH_LEN);
	if (rc == ERR_OK && ret_line_seen != NULL)
		*ret_line_seen = sqlite_u64(st, 1);
	sqlite_done(st);
	return rc;
}

static err
read_leaf(struct sqlite_stmt *st, struct hub_leaf *ret)
{
	err rc;

	ret->index = sqlite_u64(st, 0);
	if ((rc = sqlite_fixed(st, 1, ret->scope, SCOPE_LEN)) != ERR_OK ||
	    (rc = sqlite_fixed(st, 2, ret->author, KEY_LEN)) != ERR_OK ||
	    (rc = sqlite_fixed(st, 3, ret->inner.log, ID_LEN)) != ERR_OK ||
	    (rc = sqlite_fixed(st, 6, ret->inner.head, HASH_LEN)) != ERR_OK ||
	    (rc = sqlite_fixed(st, 7, ret->inner.sig, SIG_LEN)) != ERR_OK)
		return rc;
	ret->inner.first = sqlite_u64(st, 4);
	ret->inner.last = sqlite_u64(st, 5);
	ret->inner.time_ms = sqlite_u64(st, 8);
	return ERR_OK;
}

err
hub_store_leaves(struct hub_store *s, uint64_t from, uint64_t to,
    hub_leaf_sink sink, void *ctx)
{
	struct sqlite_stmt *st = NULL;
	struct hub_leaf leaf;
	bool stop = false;
	bool row;
	err rc;

	if (from >= to || from > INT64_MAX)
		return ERR_OK;
	rc = sqlite_get(s->db,
	    "SELECT f.idx, f.scope, l.author, l.id, f.first, f.last, f.head, "
	    "f.sig, f.time_ms FROM leaf f JOIN log l ON l.no = f.log_no "
	    "WHERE f.idx >= ? AND f.idx < ? ORDER BY f.idx",
	    &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_u64(st, 1, from);
	sqlite_bind_u64(st, 2, to > INT64_MAX ? INT64_MAX : to);
	while (!stop && (rc = sqlite_step(st, &row)) == ERR_OK && row) {
		if ((rc = read_leaf(st, &leaf)) != ERR_OK ||
		    (rc = sink(ctx, &leaf, &stop)) != ERR_OK)
			break;
	}
	sqlite_done(st);
	return rc;
}

struct one_leaf {
	struct hub_leaf leaf;
	bool found;
};

static err
take_one(void *ctx, const struct hub_leaf *leaf, bool *ret_stop)
{
	struct one_leaf *one = ctx;

	one->leaf = *leaf;
	one->found = true;
	*ret_stop = true;
	return ERR_OK;
}

err
hub_store_leaf(struct hub_store *s, uint64_t index, struct hub_leaf *ret)
{
	struct one_leaf one = { .found = false };
	err rc;

	if (index >= INT64_MAX)
		return ERR_ABSENT;
	rc = hub_store_leaves(s, index, index + 1, take_one, &one);
	if (rc == ERR_OK && !one.found)
		rc = ERR_ABSENT;
	if (rc == ERR_OK)
		*ret = one.leaf;
	return rc;
}

err
hub_store_size(struct hub_store *s, uint64_t *ret_leaves)
{
	struct sqlite_stmt *st = NULL;
	bool row;
	err rc;

	rc = sqlite_get(s->db, "SELECT coalesce(max(idx) + 1, 0) FROM leaf",
	    &st);
	if (rc != ERR_OK)
		return rc;
	rc = sqlite_step(st, &row);
	if (rc == ERR_OK)
		*ret_leaves = row ? sqlite_u64(st, 0) : 0;
	sqlite_done(st);
	return rc;
}

err
hub_store_entries(struct hub_store *s, const uint8_t log[static ID_LEN],
    uint64_t first, uint64_t last, hub_entry_sink sink, void *ctx)
{
	struct sqlite_stmt *st = NULL;
	struct hub_entry e;
	uint64_t next = first;
	bool row;
	err rc;

	rc = sqlite_get(s->db,
	    "SELECT e.seq, e.line_seen, e.bytes FROM log l "
	    "JOIN entry e ON e.log_no = l.no "
	    "WHERE l.id = ? AND e.seq >= ? AND e.seq <= ? ORDER BY e.seq",
	    &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, bytes(log, ID_LEN));
	sqlite_bind_u64(st, 2, first);
	sqlite_bind_u64(st, 3, last);
	while ((rc = sqlite_step(st, &row)) == ERR_OK && row) {
		e.seq = sqlite_u64(st, 0);
		e.line_seen = sqlite_u64(st, 1);
		e.raw = sqlite_blob(st, 2);
		if (e.seq != next++) {
			rc = ERR_DAMAGED;
			break;
		}
		if ((rc = sink(ctx, &e)) != ERR_OK)
			break;
	}
	if (rc == ERR_OK && next != last + 1)
		rc = ERR_DAMAGED;
	sqlite_done(st);
	return rc;
}

static err
read_log(struct sqlite_stmt *st, struct log_head *ret)
{
	err rc;

	if ((rc = sqlite_fixed(st, 0, ret->log, ID_LEN)) != ERR_OK ||
	    (rc = sqlite_fixed(st, 1, ret->scope, SCOPE_LEN)) != ERR_OK ||
	    (rc = sqlite_fixed(st, 2, ret->author, KEY_LEN)) != ERR_OK ||
	    (rc = sqlite_fixed(st, 4, ret->hash, HASH_LEN)) != ERR_OK ||
	    (rc = sqlite_fixed(st, 7, ret->root, HASH_LEN)) != ERR_OK)
		return rc;
	ret->seq = sqlite_u64(st, 3);
	ret->seen = sqlite_u64(st, 5);
	ret->epoch = sqlite_u64(st, 6);
	ret->line_seen = sqlite_u64(st, 8);
	ret->has_predecessor = !sqlite_is_null(st, 9);
	if (!ret->has_predecessor)
		return ERR_OK;
	ret->predecessor.seq = sqlite_u64(st, 10);
	rc = sqlite_fixed(st, 9, ret->predecessor.log, ID_LEN);
	if (rc == ERR_OK)
		rc = sqlite_fixed(st, 11, ret->predecessor.hash, HASH_LEN);
	return rc;
}

err
hub_store_logs(struct hub_store *s, hub_log_sink sink, void *ctx)
{
	struct sqlite_stmt *st = NULL;
	bool row;
	err rc;

	rc = sqlite_get(s->db,
	    "SELECT id, scope, author, seq, hash, seen, epoch, root, "
	    "line_seen, pred_log, pred_seq, pred_hash FROM log "
	    "WHERE seq > 0 ORDER BY no",
	    &st);
	if (rc != ERR_OK)
		return rc;
	while ((rc = sqlite_step(st, &row)) == ERR_OK && row) {
		struct log_head head = { .seq = 0 };

		if ((rc = read_log(st, &head)) != ERR_OK ||
		    (rc = sink(ctx, &head)) != ERR_OK)
			break;
	}
	sqlite_done(st);
	return rc;
}
