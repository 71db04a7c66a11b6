/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_fold.c -- entries into states.
 */
#include "client/store/store_internal.h"

#include <stdlib.h>
#include <string.h>

#include "client/store/clock.h"
#include "protocol/limits.h"

/* One entry on its way. */
struct folding {
	struct store *s;
	int64_t log_no;
	bool voided[LIMIT_ENTRY_OPS];
};

/* ---- what fold.h asks */

static err
host_state(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], struct state **ret)
{
	struct folding *f = ctx;

	return store_cache_get(f->s, scope, subject, CACHE_WRITE, ret);
}

err
store_fold_open(struct store *s, const struct place *place, uint8_t position,
    const struct op *op, const struct state *state, struct buf *out)
{
	const struct part *part = entry_part(op, PART_SEALED);
	struct seal_place at = { .seq = place->seq, .op = position };
	uint8_t epoch[EPOCH_LEN], key[KEY_LEN];
	err rc;

	if (part == NULL || part->form != PART_FULL)
		return ERR_KEY;
	rc = seal_part_head(part->bytes, epoch, &at.generation);
	if (rc != ERR_OK)
		return rc;
	const struct cell_key *cell = store_keys_find(s, place->scope, epoch);
	if (cell == NULL)
		return ERR_KEY;
	memcpy(at.log, place->log, ID_LEN);
	memcpy(at.subject, op->subject, ID_LEN);
	rc = ERR_KEY;
	for (size_t i = 0; rc == ERR_KEY && i < state_salt_count(state); i++) {
		seal_subject_key(cell, op->subject, at.generation,
		    state_salt(state, i), key);
		rc = seal_open_part(key, &at, part->bytes, out);
	}
	crypto_wipe(key, sizeof key);
	return rc;
}

static err
host_open(void *ctx, const struct place *place, uint8_t position,
    const struct op *op, const struct state *state, struct buf *out)
{
	struct folding *f = ctx;

	return store_fold_open(f->s, place, position, op, state, out);
}

static err
host_voided(void *ctx, const struct place *place, uint8_t position,
    const struct op *op, enum verdict why)
{
	struct folding *f = ctx;
	struct sqlite_stmt *st = NULL;
	err rc = sqlite_get(f->s->db, "INSERT OR REPLACE INTO void_op"
	    " (log_no, seq, op, kind, verdict) VALUES (?, ?, ?, ?, ?)", &st);

	if (rc != ERR_OK)
		return rc;
	f->voided[position] = true;
	sqlite_bind_i64(st, 1, f->log_no);
	sqlite_bind_u64(st, 2, place->seq);
	sqlite_bind_u64(st, 3, position);
	sqlite_bind_u64(st, 4, op->kind);
	sqlite_bind_u64(st, 5, (uint64_t)why);
	return sqlite_run(st);
}

/* ---- grants */

/* An effective grant: to this device, it is kept; of a key held, it says
 * since when that key is used. */
static err
note_grant(struct store *s, const struct place *place, const struct op *op)
{
	const struct part *part = entry_part(op, PART_KEY);
	bool no_leaf = place->leaf == ROSTER_NO_LEAF;
	const uint8_t *commitment = NULL;
	err rc;

	if (op->kind != KIND_GRANT || field_map_fixed(op->fields,
	    FIELD_COMMITMENT, HASH_LEN, &commitment) != ERR_OK)
		return ERR_OK;
	if (memcmp(op->subject, s->device, ID_LEN) == 0 && part != NULL &&
	    part->form == PART_FULL) {
		rc = store_keys_grant(s, place->scope, commitment,
		    part->bytes, no_leaf ? 0 : place->leaf);
		if (rc != ERR_OK)
			return rc;
	}
	return no_leaf ? ERR_OK :
	    store_keys_rank(s, place->scope, commitment, place->leaf);
}

err
store_fold_one(struct store *s, int64_t log_no, const struct roster *roster,
    const struct place *place, const struct entry *e)
{
	struct folding f = { .s = s, .log_no = log_no };
	const struct fold_host host = {
		.ctx = &f, .state = host_state, .open = host_open,
		.voided = host_voided,
	};
	err rc = fold_entry(&host, s->lines, roster, place, e);

	for (uint32_t i = 0; rc == ERR_OK && i < e->op_count; i++)
		if (!f.voided[i])
			rc = note_grant(s, place, &e->ops[i]);
	return rc;
}

/* ---- an own entry gets its leaf */

static err
was_void(struct store *s, int64_t log_no, uint64_t seq, uint8_t op,
    bool *ret)
{
	struct sqlite_stmt *st = NULL;
	err rc = sqlite_get(s->db, "SELECT 1 FROM void_op"
	    " WHERE log_no = ? AND seq = ? AND op = ?", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_i64(st, 1, log_no);
	sqlite_bind_u64(st, 2, seq);
	sqlite_bind_u64(st, 3, op);
	rc = sqlite_step(st, ret);
	sqlite_done(st);
	return rc;
}

err
store_fold_leaf(struct store *s, int64_t log_no, const struct place *place,
    const struct entry *e)
{
	const struct roster *roster = ledger_roster(s->ledger);
	struct state *state = NULL;
	bool before = false;
	err rc = ERR_OK;

	for (uint32_t i = 0; rc == ERR_OK && i < e->op_count; i++) {
		const struct op *op = &e->ops[i];
		enum verdict v = fold_judge(roster, place, op, (uint8_t)i);
		rc = was_void(s, log_no, place->seq, (uint8_t)i, &before);
		if (rc != ERR_OK)
			break;
		if (before != (v != VERDICT_EFFECTIVE))
			rc = store_fold_later(s, place->scope);
		if (rc != ERR_OK || v != VERDICT_EFFECTIVE)
			continue;
		rc = store_cache_get(s, place->scope, op->subject,
		    CACHE_WRITE, &state);
		if (rc != ERR_OK)
			break;
		state_leaf(state, place->log, place->seq, place->seq,
		    place->leaf, place->leaf_time);
		rc = note_grant(s, place, op);
	}
	return rc;
}

/* ---- again */

err
store_fold_later(struct store *s, const uint8_t *scope)
{
	for (size_t i = 0; i < s->refold_count; i++)
		if (memcmp(s->refold[i], scope, SCOPE_LEN) == 0)
			return ERR_OK;
	uint8_t (*more)[SCOPE_LEN] = realloc(s->refold,
	    (s->refold_count + 1) * sizeof *more);
	if (more == NULL)
		return ERR_NOMEM;
	s->refold = more;
	memcpy(s->refold[s->refold_count++], scope, SCOPE_LEN);
	return ERR_OK;
}

static err
run_scoped(struct store *s, const char *sql, const uint8_t *scope)
{
	struct sqlite_stmt *st = NULL;
	err rc = sqlite_get(s->db, sql, &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, (struct span){ scope, SCOPE_LEN });
	return sqlite_run(st);
}

static err
fold_row(struct store *s, struct sqlite_stmt *st, const uint8_t *scope,
    uint64_t now_ms, struct entry *e)
{
	struct place place = {
		.seq = sqlite_u64(st, 3),
		.line_seen = sqlite_u64(st, 4),
		.leaf = ROSTER_NO_LEAF,
		.leaf_time = now_ms,
	};
	const struct roster *roster = s->roster;
	err rc = sqlite_fixed(st, 1, place.log, ID_LEN);

	if (rc == ERR_OK)
		rc = sqlite_fixed(st, 2, place.author, KEY_LEN);
	if (rc == ERR_OK)
		rc = entry_parse(sqlite_blob(st, 5), e);
	if (rc != ERR_OK)
		return rc == ERR_NOMEM ? rc : ERR_DAMAGED;
	memcpy(place.scope, scope, SCOPE_LEN);
	if (!sqlite_is_null(st, 6)) {
		place.leaf = sqlite_u64(st, 6);
		place.leaf_time = sqlite_u64(st, 7);
		roster = ledger_roster(s->ledger);
	}
	return store_fold_one(s, sqlite_i64(st, 0), roster, &place, e);
}

static err
fold_scope(struct store *s, const uint8_t *scope)
{
	struct sqlite_stmt *st = NULL;
	struct entry e = { 0 };
	uint64_t now_ms = clock_now_ms();
	bool row = false;
	err rc = run_scoped(s, "DELETE FROM subject WHERE scope = ?", scope);

	if (rc == ERR_OK)
		rc = run_scoped(s, "DELETE FROM void_op WHERE log_no IN"
		    " (SELECT no FROM log WHERE scope = ?)", scope);
	if (rc == ERR_OK)
		rc = sqlite_get(s->db, "SELECT log.no, log.id, log.author,"
		    " e.seq, e.line_seen, e.bytes, e.leaf, leaf.time_ms"
		    " FROM log JOIN entry e ON e.log_no = log.no"
		    " LEFT JOIN leaf ON leaf.idx = e.leaf"
		    " WHERE log.scope = ?"
		    " ORDER BY e.leaf IS NULL, e.leaf, log.no, e.seq", &st);
	if (rc == ERR_OK)
		sqlite_bind_blob(st, 1, (struct span){ scope, SCOPE_LEN });
	while (rc == ERR_OK) {
		rc = sqlite_step(st, &row);
		if (rc != ERR_OK || !row)
			break;
		rc = fold_row(s, st, scope, now_ms, &e);
	}
	entry_free(&e);
	sqlite_done(st);
	return rc;
}

err
store_fold_again(struct store *s)
{
	err rc = ERR_OK;

	if (s->refold_count == 0)
		return ERR_OK;
	/* what the cache holds of other scopes is saved, then all is read
	 * again */
	rc = store_cache_save(s);
	store_cache_clear(s);
	/* folding may open further keys, of further scopes */
	for (size_t i = 0; rc == ERR_OK && i < s->refold_count; i++)
		rc = fold_scope(s, s->refold[i]);
	s->refold_count = 0;
	return rc;
}

static err
refold_all(struct store *s)
{
	struct sqlite_stmt *st = NULL;
	uint8_t scope[SCOPE_LEN];
	bool row = false;
	err rc = sqlite_get(s->db, "SELECT DISTINCT scope FROM log", &st);

	while (rc == ERR_OK) {
		rc = sqlite_step(st, &row);
		if (rc != ERR_OK || !row)
			break;
		rc = sqlite_fixed(st, 0, scope, SCOPE_LEN);
		if (rc == ERR_OK)
			rc = store_fold_later(s, scope);
	}
	sqlite_done(st);
	return rc;
}

err
store_refold(struct store *s)
{
	err rc = s->keys == NULL ? ERR_PASS : store_batch_begin(s);

	if (rc != ERR_OK)
		return rc;
	rc = refold_all(s);
	if (rc == ERR_OK)
		rc = store_fold_again(s);
	if (rc == ERR_OK)
		rc = store_batch_commit(s);
	if (rc != ERR_OK)
		store_batch_abandon(s);
	return rc;
}
