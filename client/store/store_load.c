/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_load.c -- ledger, roster, lines and ring, from the tables.
 */
#include "client/store/store_internal.h"

#include <stdlib.h>
#include <string.h>

#include "client/store/clock.h"
#include "client/store/meta_names.h"

/* ---- what the ledger asks */

static err
entry_at(void *ctx, const uint8_t log[ID_LEN], uint64_t seq,
    uint8_t ret_hash[HASH_LEN], uint64_t *ret_line_seen)
{
	struct store *s = ctx;
	struct sqlite_stmt *st = NULL;
	err rc = sqlite_get(s->db,
	    "SELECT e.hash, e.line_seen FROM log JOIN entry e"
	    " ON e.log_no = log.no WHERE log.id = ? AND e.seq = ?"
	    " AND e.leaf IS NOT NULL", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, (struct span){ log, ID_LEN });
	sqlite_bind_u64(st, 2, seq);
	rc = sqlite_one(st);
	if (rc == ERR_OK)
		rc = sqlite_fixed(st, 0, ret_hash, HASH_LEN);
	if (rc == ERR_OK && ret_line_seen != NULL)
		*ret_line_seen = sqlite_u64(st, 1);
	sqlite_done(st);
	return rc;
}

/* ---- leaves */

static err
load_leaves(struct store *s, struct ledger *l)
{
	struct sqlite_stmt *st = NULL;
	uint8_t scope[SCOPE_LEN], hash[HASH_LEN];
	uint64_t next = 0;
	bool row = false;
	err rc = sqlite_get(s->db, "SELECT idx, scope, inner_hash, time_ms"
	    " FROM leaf ORDER BY idx", &st);

	while (rc == ERR_OK) {
		rc = sqlite_step(st, &row);
		if (rc != ERR_OK || !row)
			break;
		if (sqlite_u64(st, 0) != next++)
			rc = ERR_DAMAGED;
		if (rc == ERR_OK)
			rc = sqlite_fixed(st, 1, scope, SCOPE_LEN);
		if (rc == ERR_OK)
			rc = sqlite_fixed(st, 2, hash, HASH_LEN);
		if (rc == ERR_OK)
			rc = ledger_load_leaf(l, scope, hash,
			    sqlite_u64(st, 3));
	}
	sqlite_done(st);
	return rc;
}

/* ---- entries of scope root */

#define ROOT_ENTRY \
	"SELECT log.id, log.author, e.seq, e.line_seen, e.bytes, e.leaf," \
	" leaf.time_ms FROM log JOIN entry e ON e.log_no = log.no" \
	" LEFT JOIN leaf ON leaf.idx = e.leaf" \
	" WHERE log.scope = x'0000000000000000' AND "
static const char root_admitted[] =
    ROOT_ENTRY "e.leaf IS NOT NULL ORDER BY e.leaf, e.seq";
static const char root_waiting[] =
    ROOT_ENTRY "e.leaf IS NULL ORDER BY log.no, e.seq";

typedef err (*root_sink)(void *ctx, const struct place *place,
    const struct entry *e);

static err
root_row(struct sqlite_stmt *st, uint64_t now_ms, struct entry *e,
    root_sink sink, void *ctx)
{
	struct place place = {
		.seq = sqlite_u64(st, 2),
		.line_seen = sqlite_u64(st, 3),
		.leaf = ROSTER_NO_LEAF,
		.leaf_time = now_ms,
	};
	err rc = sqlite_fixed(st, 0, place.log, ID_LEN);

	if (rc == ERR_OK)
		rc = sqlite_fixed(st, 1, place.author, KEY_LEN);
	if (rc != ERR_OK)
		return rc;
	if (!sqlite_is_null(st, 5)) {
		place.leaf = sqlite_u64(st, 5);
		place.leaf_time = sqlite_u64(st, 6);
	}
	rc = entry_parse(sqlite_blob(st, 4), e);
	if (rc != ERR_OK)
		return rc == ERR_NOMEM ? rc : ERR_DAMAGED;
	return sink(ctx, &place, e);
}

static err
each_root(struct store *s, const char *sql, root_sink sink, void *ctx)
{
	struct sqlite_stmt *st = NULL;
	struct entry e = { 0 };
	uint64_t now_ms = clock_now_ms();
	bool row = false;
	err rc = sqlite_get(s->db, sql, &st);

	while (rc == ERR_OK) {
		rc = sqlite_step(st, &row);
		if (rc != ERR_OK || !row)
			break;
		rc = root_row(st, now_ms, &e, sink, ctx);
	}
	entry_free(&e);
	sqlite_done(st);
	return rc;
}

static err
ledger_take(void *ctx, const struct place *place, const struct entry *e)
{
	return ledger_load_root_entry(ctx, place, e);
}

static err
roster_sink(void *ctx, const struct place *place, const struct entry *e)
{
	return roster_take(ctx, place, e);
}

/* Role and scopes that the invite gave, until the claim has its leaf. */
static err
assume(struct store *s, struct roster *r)
{
	struct buf role = { 0 }, scopes = { 0 };
	err rc = store_meta_get(s, META_ROLE, &role);

	if (rc == ERR_OK)
		rc = store_meta_get(s, META_SCOPES, &scopes);
	if (rc == ERR_OK && (role.n != 1 || scopes.n % SCOPE_LEN != 0))
		rc = ERR_DAMAGED;
	if (rc == ERR_OK)
		rc = roster_assume(r, s->sign_pub, (enum role)role.p[0],
		    buf_span(&scopes));
	buf_free(&role);
	buf_free(&scopes);
	return rc == ERR_ABSENT ? ERR_OK : rc;
}

err
store_load_roster(struct store *s)
{
	struct roster *r = roster_new(s->fingerprint);
	err rc = r == NULL ? ERR_NOMEM : assume(s, r);

	if (rc == ERR_OK)
		rc = each_root(s, root_admitted, roster_sink, r);
	if (rc == ERR_OK)
		rc = each_root(s, root_waiting, roster_sink, r);
	if (rc != ERR_OK) {
		roster_free(r);
		return rc;
	}
	roster_free(s->roster);
	s->roster = r;
	return ERR_OK;
}

/* ---- logs */

/* Predecessor columns c, c + 1, c + 2. */
static err
read_predecessor(struct sqlite_stmt *st, int c, bool *ret_has,
    struct entry_ref *ret)
{
	err rc;

	if ((*ret_has = !sqlite_is_null(st, c)) == false)
		return ERR_OK;
	ret->seq = sqlite_u64(st, c + 1);
	rc = sqlite_fixed(st, c, ret->log, ID_LEN);
	return rc != ERR_OK ? rc :
	    sqlite_fixed(st, c + 2, ret->hash, HASH_LEN);
}

static err
load_head(struct sqlite_stmt *st, struct ledger *l, struct entry *e)
{
	struct log_head h = { .seq = sqlite_u64(st, 3) };
	err rc = sqlite_fixed(st, 0, h.log, ID_LEN);

	if (rc == ERR_OK)
		rc = sqlite_fixed(st, 1, h.scope, SCOPE_LEN);
	if (rc == ERR_OK)
		rc = sqlite_fixed(st, 2, h.author, KEY_LEN);
	if (rc == ERR_OK)
		rc = sqlite_fixed(st, 4, h.hash, HASH_LEN);
	if (rc == ERR_OK)
		rc = read_predecessor(st, 7, &h.has_predecessor,
		    &h.predecessor);
	if (rc != ERR_OK)
		return rc;
	h.line_seen = sqlite_u64(st, 5);
	rc = entry_parse(sqlite_blob(st, 6), e);
	if (rc != ERR_OK)
		return rc == ERR_NOMEM ? rc : ERR_DAMAGED;
	/* admission saw to it that the root in force is that of seen */
	h.seen = e->seen;
	rc = ledger_root_at(l, h.seen, h.root);
	if (rc != ERR_OK)
		return rc == ERR_ABSENT ? ERR_DAMAGED : rc;
	return ledger_load_log(l, &h);
}

static err
load_heads(struct store *s, struct ledger *l)
{
	struct sqlite_stmt *st = NULL;
	struct entry e = { 0 };
	bool row = false;
	err rc = sqlite_get(s->db, "SELECT log.id, log.scope, log.author,"
	    " e.seq, e.hash, e.line_seen, e.bytes, log.pred_log, log.pred_seq,"
	    " log.pred_hash FROM log JOIN entry e ON e.log_no = log.no"
	    " AND e.seq = log.admitted_seq ORDER BY log.no", &st);

	while (rc == ERR_OK) {
		rc = sqlite_step(st, &row);
		if (rc != ERR_OK || !row)
			break;
		rc = load_head(st, l, &e);
	}
	entry_free(&e);
	sqlite_done(st);
	return rc;
}

err
store_load_lines(struct store *s)
{
	struct merge_lines *lines = merge_lines_new();
	struct sqlite_stmt *st = NULL;
	struct entry_ref before;
	uint8_t id[ID_LEN];
	bool row = false, has;
	err rc = lines == NULL ? ERR_NOMEM : sqlite_get(s->db,
	    "SELECT id, pred_log, pred_seq, pred_hash FROM log"
	    " WHERE pred_log IS NOT NULL", &st);

	while (rc == ERR_OK) {
		rc = sqlite_step(st, &row);
		if (rc != ERR_OK || !row)
			break;
		rc = sqlite_fixed(st, 0, id, ID_LEN);
		if (rc == ERR_OK)
			rc = read_predecessor(st, 1, &has, &before);
		if (rc == ERR_OK)
			rc = merge_lines_add(lines, id, &before);
	}
	sqlite_done(st);
	if (rc != ERR_OK) {
		merge_lines_free(lines);
		return rc;
	}
	merge_lines_free(s->lines);
	s->lines = lines;
	return ERR_OK;
}

static err
load_ledger(struct store *s)
{
	const struct ledger_host host = { .ctx = s, .entry_at = entry_at };
	struct ledger *l = ledger_new(s->fingerprint, &host);
	err rc = l == NULL ? ERR_NOMEM : load_leaves(s, l);

	if (rc == ERR_OK)
		rc = each_root(s, root_admitted, ledger_take, l);
	if (rc == ERR_OK)
		rc = load_heads(s, l);
	if (rc != ERR_OK) {
		ledger_free(l);
		return rc;
	}
	ledger_free(s->ledger);
	s->ledger = l;
	return ERR_OK;
}

/* ---- all of it */

void
store_unload(struct store *s)
{
	store_cache_clear(s);
	store_keys_wipe(s);
	free(s->refold);
	s->refold = NULL;
	s->refold_count = 0;
	ledger_free(s->ledger);
	s->ledger = NULL;
	roster_free(s->roster);
	s->roster = NULL;
	merge_lines_free(s->lines);
	s->lines = NULL;
}

err
store_load(struct store *s)
{
	uint64_t version = 0;
	err rc = sqlite_data_version(s->db, &version);

	store_unload(s);
	if (rc == ERR_OK)
		rc = load_ledger(s);
	if (rc == ERR_OK)
		rc = store_load_roster(s);
	if (rc == ERR_OK)
		rc = store_load_lines(s);
	if (rc == ERR_OK && s->keys != NULL)
		rc = store_keys_load(s);
	if (rc == ERR_OK)
		s->version = version;
	return rc;
}

err
store_load_if_changed(struct store *s)
{
	uint64_t version = 0;
	err rc = sqlite_data_version(s->db, &version);

	if (rc != ERR_OK)
		return rc;
	if (version == s->version && s->ledger != NULL && s->roster != NULL)
		return ERR_OK;
	return store_load(s);
}
