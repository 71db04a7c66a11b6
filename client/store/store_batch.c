/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_batch.c -- own logs: one transaction, signed heads, one commit.
 */
#include "client/store/store_internal.h"

#include <stdlib.h>
#include <string.h>

#include "client/store/clock.h"
#include "protocol/limits.h"

/* A head is signed at least this often, so that a sender on a poor link can
 * cut there. */
enum { RUN_ENTRIES = 128, RUN_BYTES = 32768 };

/* ---- begin and end */

static void
forget_logs(struct store *s)
{
	free(s->own);
	s->own = NULL;
	s->own_count = 0;
}

err
store_batch_begin(struct store *s)
{
	err rc;

	if (s->keys == NULL)
		return ERR_PASS;
	if (s->in_batch)
		return ERR_USAGE;
	if ((rc = sqlite_begin(s->db)) != ERR_OK)
		return rc;
	rc = store_load_if_changed(s);
	if (rc != ERR_OK) {
		sqlite_rollback(s->db);
		return rc;
	}
	s->in_batch = true;
	s->batch_failed = ERR_OK;
	return ERR_OK;
}

void
store_batch_abandon(struct store *s)
{
	if (!s->in_batch)
		return;
	s->in_batch = false;
	sqlite_rollback(s->db);
	forget_logs(s);
	/* what memory holds of the transaction goes with it; if even that
	 * fails, the next begin tries again */
	if (store_load(s) != ERR_OK)
		store_unload(s);
}

/* ---- logs */

static err
find_log(struct store *s, const uint8_t *scope, struct own_log *ret)
{
	struct sqlite_stmt *st = NULL;
	err rc = sqlite_get(s->db, "SELECT no, id, written_seq, written_hash,"
	    " written_seen, line_seen FROM log WHERE own = 1 AND scope = ?"
	    " AND author = ? ORDER BY no DESC LIMIT 1", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, (struct span){ scope, SCOPE_LEN });
	sqlite_bind_blob(st, 2, (struct span){ s->sign_pub, KEY_LEN });
	rc = sqlite_one(st);
	if (rc == ERR_OK)
		rc = sqlite_fixed(st, 1, ret->id, ID_LEN);
	if (rc == ERR_OK)
		rc = sqlite_fixed(st, 3, ret->hash, HASH_LEN);
	if (rc == ERR_OK) {
		ret->no = sqlite_i64(st, 0);
		ret->seq = sqlite_u64(st, 2);
		ret->seen = sqlite_u64(st, 4);
		ret->line_seen = sqlite_u64(st, 5);
	}
	sqlite_done(st);
	return rc;
}

err
store_batch_log(struct store *s, const uint8_t *scope, struct own_log **ret)
{
	struct own_log log = { 0 };
	err rc;

	for (size_t i = 0; i < s->own_count; i++) {
		if (memcmp(s->own[i].scope, scope, SCOPE_LEN) == 0) {
			*ret = &s->own[i];
			return ERR_OK;
		}
	}
	memcpy(log.scope, scope, SCOPE_LEN);
	rc = find_log(s, scope, &log);
	if (rc == ERR_ABSENT) {
		crypto_random(log.salt, SALT_LEN);
		chain_log_id(s->sign_pub, log.salt, scope, log.id);
		chain_start(s->fingerprint, log.id, log.hash);
		rc = ERR_OK;
	}
	if (rc != ERR_OK)
		return rc;
	struct own_log *more = realloc(s->own,
	    (s->own_count + 1) * sizeof *more);
	if (more == NULL)
		return ERR_NOMEM;
	s->own = more;
	s->own[s->own_count] = log;
	*ret = &s->own[s->own_count++];
	return ERR_OK;
}

/* Segments of the scope that are still asked for hold seen back. */
err
store_batch_seen(struct store *s, const struct own_log *log, uint64_t *ret)
{
	struct sqlite_stmt *st = NULL;
	uint64_t seen = ledger_size(s->ledger);
	bool row = false;
	err rc = sqlite_get(s->db,
	    "SELECT min(from_idx) FROM want WHERE scope = ?", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, (struct span){ log->scope, SCOPE_LEN });
	rc = sqlite_step(st, &row);
	if (rc == ERR_OK && row && !sqlite_is_null(st, 0) &&
	    sqlite_u64(st, 0) < seen)
		seen = sqlite_u64(st, 0);
	sqlite_done(st);
	if (rc == ERR_OK)
		*ret = seen > log->seen ? seen : log->seen;
	return rc;
}

/* ---- one entry */

static err
insert_log(struct store *s, struct own_log *log)
{
	struct sqlite_stmt *st = NULL;
	bool row = false;
	err rc = sqlite_get(s->db, "INSERT INTO log"
	    " (id, scope, author, own, written_hash) VALUES (?, ?, ?, 1, ?)"
	    " RETURNING no", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, (struct span){ log->id, ID_LEN });
	sqlite_bind_blob(st, 2, (struct span){ log->scope, SCOPE_LEN });
	sqlite_bind_blob(st, 3, (struct span){ s->sign_pub, KEY_LEN });
	sqlite_bind_blob(st, 4, (struct span){ log->hash, HASH_LEN });
	rc = sqlite_step(st, &row);
	if (rc == ERR_OK && row)
		log->no = sqlite_i64(st, 0);
	sqlite_done(st);
	return rc == ERR_OK && !row ? ERR_DAMAGED : rc;
}

static err
insert_entry(struct store *s, const struct own_log *log, struct span raw)
{
	struct sqlite_stmt *st = NULL;
	err rc = sqlite_get(s->db, "INSERT INTO entry"
	    " (log_no, seq, leaf, line_seen, hash, bytes)"
	    " VALUES (?, ?, NULL, ?, ?, ?)", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_i64(st, 1, log->no);
	sqlite_bind_u64(st, 2, log->seq);
	sqlite_bind_u64(st, 3, log->line_seen);
	sqlite_bind_blob(st, 4, (struct span){ log->hash, HASH_LEN });
	sqlite_bind_blob(st, 5, raw);
	return sqlite_run(st);
}

/* Signs the head if entries stand behind the last signed one. */
static err
sign_head(struct store *s, struct own_log *log)
{
	struct sqlite_stmt *st = NULL;
	uint8_t sig[SIG_LEN];
	err rc;

	if (log->run_entries == 0)
		return ERR_OK;
	chain_sign_head(s->keys->sign_seed, log->id, log->seq, log->hash, sig);
	rc = sqlite_get(s->db,
	    "INSERT INTO head (log_no, seq, sig) VALUES (?, ?, ?)", &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_i64(st, 1, log->no);
	sqlite_bind_u64(st, 2, log->seq);
	sqlite_bind_blob(st, 3, (struct span){ sig, SIG_LEN });
	rc = sqlite_run(st);
	log->run_entries = 0;
	log->run_bytes = 0;
	return rc;
}

static err
refusal(enum verdict v)
{
	switch (v) {
	case VERDICT_EFFECTIVE:
		return ERR_OK;
	case VERDICT_ROLE:
	case VERDICT_FIELD_ROLE:
	case VERDICT_CERTIFICATE:
		return ERR_ROLE;
	case VERDICT_SCOPE:
	case VERDICT_FIELD_SCOPE:
		return ERR_SCOPE;
	case VERDICT_TYPE:
	case VERDICT_PARTS:
	case VERDICT_SUBJECT:
	case VERDICT_CHECK:
		break;
	}
	return ERR_VALUE;
}

static err
judge(const struct store *s, const struct place *place, const struct entry *e)
{
	err rc = ERR_OK;

	for (uint32_t i = 0; rc == ERR_OK && i < e->op_count; i++)
		rc = refusal(fold_judge(s->roster, place, &e->ops[i],
		    (uint8_t)i));
	return rc;
}

/* Rows of an entry that has passed, and its effect. */
static err
take(struct store *s, struct own_log *log, struct place *place,
    const struct entry *e)
{
	uint8_t hash[HASH_LEN];
	err rc = ERR_OK;

	if (log->run_entries >= RUN_ENTRIES ||
	    (log->run_entries > 0 && log->run_bytes + e->raw.n > RUN_BYTES))
		rc = sign_head(s, log);
	if (rc == ERR_OK && log->no == 0)
		rc = insert_log(s, log);
	if (rc != ERR_OK)
		return rc;
	entry_hash(e, log->hash, hash);
	memcpy(log->hash, hash, HASH_LEN);
	log->seq++;
	log->seen = e->seen;
	log->line_seen = place->line_seen;
	log->run_entries++;
	log->run_bytes += e->raw.n;
	rc = insert_entry(s, log, e->raw);
	if (rc == ERR_OK && chain_scope_kind(log->scope) == SCOPE_ROOT)
		rc = roster_take(s->roster, place, e);
	return rc != ERR_OK ? rc :
	    store_fold_one(s, log->no, s->roster, place, e);
}

err
store_batch_append(struct store *s, struct own_log *log, struct span raw,
    uint64_t seen)
{
	struct entry e = { 0 };
	struct place place = {
		.seq = log->seq + 1,
		.leaf = ROSTER_NO_LEAF,
		.leaf_time = clock_now_ms(),
		.line_seen = seen > log->line_seen ? seen : log->line_seen,
	};
	err rc = entry_parse(raw, &e);

	memcpy(place.scope, log->scope, SCOPE_LEN);
	memcpy(place.log, log->id, ID_LEN);
	memcpy(place.author, s->sign_pub, KEY_LEN);
	if (rc == ERR_OK && !s->skip_judgement)
		rc = judge(s, &place, &e);
	if (rc == ERR_OK)
		rc = take(s, log, &place, &e);
	entry_free(&e);
	return rc;
}

/* ---- commit */

static err
update_log(struct store *s, const struct own_log *log)
{
	struct sqlite_stmt *st = NULL;
	uint8_t root[HASH_LEN];
	err rc = ledger_root_at(s->ledger, log->seen, root);

	if (rc == ERR_OK)
		rc = sqlite_get(s->db, "UPDATE log SET written_seq = ?,"
		    " written_hash = ?, written_seen = ?, written_root = ?,"
		    " line_seen = ? WHERE no = ?", &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_u64(st, 1, log->seq);
	sqlite_bind_blob(st, 2, (struct span){ log->hash, HASH_LEN });
	sqlite_bind_u64(st, 3, log->seen);
	sqlite_bind_blob(st, 4, (struct span){ root, HASH_LEN });
	sqlite_bind_u64(st, 5, log->line_seen);
	sqlite_bind_i64(st, 6, log->no);
	return sqlite_run(st);
}

err
store_batch_commit(struct store *s)
{
	err rc = s->in_batch ? s->batch_failed : ERR_USAGE;
	bool wrote = false;

	for (size_t i = 0; rc == ERR_OK && i < s->own_count; i++) {
		struct own_log *log = &s->own[i];
		if (log->no == 0 || log->run_entries == 0)
			continue;
		wrote = true;
		rc = sign_head(s, log);
		if (rc == ERR_OK)
			rc = update_log(s, log);
	}
	if (rc == ERR_OK)
		rc = store_fold_again(s);
	if (rc == ERR_OK)
		rc = store_cache_save(s);
	if (rc == ERR_OK)
		rc = sqlite_commit(s->db);
	if (rc != ERR_OK)
		return rc;
	s->in_batch = false;
	forget_logs(s);
	if (wrote)
		paths_ring_bell(s->dir);
	return ERR_OK;
}
