/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outbox.c -- what the daemon reads of nguon.db.
 */
#include "client/store/outbox.h"

#include <stdlib.h>
#include <string.h>

#include "client/store/meta_names.h"
#include "client/store/paths.h"
#include "client/store/store_schema.h"

struct outbox {
	struct sqlite *db;
};

err
outbox_open(const char *dir, struct outbox **ret)
{
	char path[PATH_BYTES];
	struct outbox *o;
	err rc;

	if ((rc = paths_join(dir, STORE_FILE, path)) != ERR_OK)
		return rc;
	if ((o = calloc(1, sizeof *o)) == NULL)
		return ERR_NOMEM;
	rc = sqlite_open(path, SQLITE_MODE_READ, &store_schema, &o->db);
	if (rc != ERR_OK) {
		free(o);
		return rc;
	}
	*ret = o;
	return ERR_OK;
}

void
outbox_close(struct outbox *o)
{
	if (o == NULL)
		return;
	sqlite_close(o->db);
	free(o);
}

const char *
outbox_why(struct outbox *o)
{
	return o == NULL ? "" : sqlite_why(o->db);
}

/* ---- identity */

/* *ret_st stands on the row of that name; ERR_ABSENT without one. */
static err
find_meta(struct sqlite *db, const char *name, struct sqlite_stmt **ret_st)
{
	struct sqlite_stmt *st;
	err rc;

	rc = sqlite_get(db, "SELECT value FROM meta WHERE name = ?1", &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_text(st, 1,
	    (struct span){ (const uint8_t *)name, strlen(name) });
	rc = sqlite_one(st);
	if (rc != ERR_OK) {
		sqlite_done(st);
		return rc;
	}
	*ret_st = st;
	return ERR_OK;
}

/* ERR_ABSENT, ERR_DAMAGED when it has not n bytes. */
static err
read_meta(struct sqlite *db, const char *name, uint8_t *out, size_t n)
{
	struct sqlite_stmt *st;
	err rc;

	if ((rc = find_meta(db, name, &st)) != ERR_OK)
		return rc;
	rc = sqlite_fixed(st, 0, out, n);
	sqlite_done(st);
	return rc;
}

/* What has to be there beside the others. */
static err
need_meta(struct sqlite *db, const char *name, uint8_t *out, size_t n)
{
	err rc = read_meta(db, name, out, n);

	return rc == ERR_ABSENT ? ERR_DAMAGED : rc;
}

static err
read_address(struct sqlite *db, struct outbox_identity *id)
{
	struct sqlite_stmt *st;
	struct span v;
	err rc;

	if ((rc = find_meta(db, META_ADDRESS, &st)) != ERR_OK)
		return rc == ERR_ABSENT ? ERR_OK : rc;
	v = sqlite_blob(st, 0);
	if (v.n >= sizeof id->address ||
	    (v.n > 0 && memchr(v.p, '\0', v.n) != NULL))
		rc = ERR_DAMAGED;
	else if (v.n > 0)
		memcpy(id->address, v.p, v.n);
	sqlite_done(st);
	return rc;
}

static err
read_size(struct sqlite *db, uint64_t *ret)
{
	struct sqlite_stmt *st;
	bool row;
	err rc;

	if ((rc = sqlite_get(db, "SELECT max(idx) FROM leaf", &st)) != ERR_OK)
		return rc;
	rc = sqlite_step(st, &row);
	if (rc == ERR_OK)
		*ret = !row || sqlite_is_null(st, 0) ? 0 :
		    sqlite_u64(st, 0) + 1;
	sqlite_done(st);
	return rc;
}

static err
read_joined(struct sqlite *db, const uint8_t sign_pub[static KEY_LEN],
    struct outbox_identity *id)
{
	err rc;

	id->joined = true;
	chain_key_id(sign_pub, id->device);
	if ((rc = need_meta(db, META_ROOT_FPR, id->root_fpr, HASH_LEN)) !=
	    ERR_OK ||
	    (rc = need_meta(db, META_HUB_KEY_ID, id->hub_key_id, ID_LEN)) !=
	    ERR_OK ||
	    (rc = need_meta(db, META_HUB_BOX_PUB, id->hub_box_pub, KEY_LEN)) !=
	    ERR_OK)
		return rc;
	return read_size(db, &id->size);
}

static err
read_joining(struct sqlite *db, struct outbox_identity *id)
{
	err rc;

	if ((rc = read_meta(db, META_INVITE_ID, id->invite, ID_LEN)) != ERR_OK)
		return rc;
	return need_meta(db, META_INVITE_SIG, id->invite_sig, SIG_LEN);
}

static err
read_identity(struct sqlite *db, struct outbox_identity *id)
{
	uint8_t sign_pub[KEY_LEN];
	err rc;

	rc = read_meta(db, META_SIGN_PUB, sign_pub, KEY_LEN);
	if (rc == ERR_OK)
		rc = read_joined(db, sign_pub, id);
	else if (rc == ERR_ABSENT)
		rc = read_joining(db, id);
	if (rc != ERR_OK || (rc = read_address(db, id)) != ERR_OK)
		return rc;
	rc = read_meta(db, META_TLS_PIN, id->tls_pin, HASH_LEN);
	id->has_pin = rc == ERR_OK;
	return rc == ERR_ABSENT ? ERR_OK : rc;
}

err
outbox_identity(struct outbox *o, struct outbox_identity *ret)
{
	struct outbox_identity id = { .joined = false };
	err rc;

	if ((rc = sqlite_begin_read(o->db)) != ERR_OK)
		return rc;
	rc = read_identity(o->db, &id);
	sqlite_rollback(o->db);		/* ends the reading */
	if (rc == ERR_OK)
		*ret = id;
	return rc;
}

/* ---- logs */

static err
log_of_row(struct sqlite_stmt *st, struct outbox_log *ret)
{
	err rc;

	if ((rc = sqlite_fixed(st, 0, ret->log, ID_LEN)) != ERR_OK ||
	    (rc = sqlite_fixed(st, 1, ret->scope, SCOPE_LEN)) != ERR_OK)
		return rc;
	ret->admitted_seq = sqlite_u64(st, 2);
	ret->written_seq = sqlite_u64(st, 3);
	if ((rc = sqlite_fixed(st, 4, ret->head_hash, HASH_LEN)) != ERR_OK)
		return rc;
	return sqlite_fixed(st, 5, ret->head_sig, SIG_LEN);
}

err
outbox_logs(struct outbox *o, outbox_log_sink sink, void *ctx)
{
	struct outbox_log log;
	struct sqlite_stmt *st;
	bool row;
	err rc;

	rc = sqlite_get(o->db,
	    "SELECT l.id, l.scope, l.admitted_seq, l.written_seq,"
	    " l.written_hash, h.sig FROM log l LEFT JOIN head h"
	    " ON h.log_no = l.no AND h.seq = l.written_seq"
	    " WHERE l.own = 1 AND l.written_seq > l.admitted_seq"
	    " ORDER BY l.scope <> zeroblob(8), l.no", &st);
	if (rc != ERR_OK)
		return rc;
	while ((rc = sqlite_step(st, &row)) == ERR_OK && row)
		if ((rc = log_of_row(st, &log)) != ERR_OK ||
		    (rc = sink(ctx, &log)) != ERR_OK)
			break;
	sqlite_done(st);
	return rc;
}

/* ---- segments */

/* The run so far, and its longest part that ends at a signed head. */
struct run {
	size_t max_bytes;
	uint32_t count;
	struct buf *buf;
	uint32_t cut_count;
	size_t cut_bytes;
	uint8_t sig[SIG_LEN];
};

/* Whether an entry of n bytes still goes behind the run. */
static bool
has_room(const struct run *r, size_t n)
{
	size_t max = r->max_bytes;

	if (r->cut_count == 0 || max > LIMIT_SEGMENT_BYTES)
		max = LIMIT_SEGMENT_BYTES;
	return r->count < LIMIT_SEGMENT_ENTRIES && r->buf->n <= max &&
	    n <= max - r->buf->n;
}

/* The row: seq, bytes, signature of the head or NULL. */
static err
add_entry(struct run *r, struct sqlite_stmt *st)
{
	struct span bytes = sqlite_blob(st, 1);
	err rc;

	buf_put(r->buf, bytes.p, bytes.n);
	if ((rc = buf_err(r->buf)) != ERR_OK)
		return rc;
	r->count++;
	if (sqlite_is_null(st, 2))
		return ERR_OK;
	if ((rc = sqlite_fixed(st, 2, r->sig, SIG_LEN)) != ERR_OK)
		return rc;
	r->cut_count = r->count;
	r->cut_bytes = r->buf->n;
	return ERR_OK;
}

static err
collect(struct run *r, struct sqlite_stmt *st, uint64_t after_seq)
{
	bool row, full = false;
	err rc;

	while ((rc = sqlite_step(st, &row)) == ERR_OK && row) {
		if (sqlite_u64(st, 0) != after_seq + r->count + 1)
			return ERR_DAMAGED;
		full = !has_room(r, sqlite_blob(st, 1).n);
		if (full || (rc = add_entry(r, st)) != ERR_OK)
			break;
	}
	if (rc != ERR_OK || r->cut_count > 0)
		return rc;
	if (r->count == 0 && !full)
		return ERR_ABSENT;
	return full ? ERR_LIMIT : ERR_DAMAGED;
}

err
outbox_segment(struct outbox *o, const uint8_t log[static ID_LEN],
    uint64_t after_seq, size_t max_bytes, struct buf *buf,
    struct segment *ret)
{
	struct run r = { .max_bytes = max_bytes, .buf = buf };
	struct sqlite_stmt *st;
	err rc;

	if (after_seq >= INT64_MAX)
		return ERR_ABSENT;
	rc = sqlite_get(o->db, "SELECT e.seq, e.bytes, h.sig FROM log l"
	    " JOIN entry e ON e.log_no = l.no"
	    " LEFT JOIN head h ON h.log_no = e.log_no AND h.seq = e.seq"
	    " WHERE l.id = ?1 AND l.own = 1 AND e.seq > ?2"
	    " ORDER BY e.log_no, e.seq", &st);
	if (rc != ERR_OK)
		return rc;
	buf_reset(buf);
	sqlite_bind_blob(st, 1, (struct span){ log, ID_LEN });
	sqlite_bind_u64(st, 2, after_seq);
	rc = collect(&r, st, after_seq);
	sqlite_done(st);
	if (rc != ERR_OK)
		return rc;
	memcpy(ret->log, log, ID_LEN);
	ret->first = after_seq + 1;
	ret->count = r.cut_count;
	ret->entries = (struct span){ buf->p, r.cut_bytes };
	memcpy(ret->sig, r.sig, SIG_LEN);
	return ERR_OK;
}

/* ---- wants */

err
outbox_wants(struct outbox *o, outbox_want_sink sink, void *ctx)
{
	uint8_t scope[SCOPE_LEN];
	struct sqlite_stmt *st;
	bool row;
	err rc;

	rc = sqlite_get(o->db, "SELECT scope, from_idx, to_idx FROM want"
	    " ORDER BY from_idx, scope", &st);
	if (rc != ERR_OK)
		return rc;
	while ((rc = sqlite_step(st, &row)) == ERR_OK && row)
		if ((rc = sqlite_fixed(st, 0, scope, SCOPE_LEN)) != ERR_OK ||
		    (rc = sink(ctx, scope, sqlite_u64(st, 1),
		    sqlite_u64(st, 2))) != ERR_OK)
			break;
	sqlite_done(st);
	return rc;
}
