/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_keys.c -- the ring of cell and lane keys: from grants to this device.
 *
 * Of several keys of a scope the current one is that whose first grant has
 * the highest leaf: everyone then takes the same one.
 */
#include "client/store/store_internal.h"

#include <string.h>

void
store_keys_wipe(struct store *s)
{
	crypto_free(s->ring);
	s->ring = NULL;
	s->ring_count = s->ring_cap = 0;
}

const struct cell_key *
store_keys_find(const struct store *s, const uint8_t *scope,
    const uint8_t *epoch)
{
	for (size_t i = 0; i < s->ring_count; i++) {
		const struct cell_key *k = &s->ring[i].key;
		if (memcmp(k->scope, scope, SCOPE_LEN) == 0 &&
		    memcmp(k->commitment, epoch, EPOCH_LEN) == 0)
			return k;
	}
	return NULL;
}

static const struct ring_key *
ring_current(const struct store *s, const uint8_t *scope)
{
	const struct ring_key *best = NULL;

	for (size_t i = 0; i < s->ring_count; i++) {
		const struct ring_key *k = &s->ring[i];
		if (memcmp(k->key.scope, scope, SCOPE_LEN) == 0 &&
		    (best == NULL || k->leaf >= best->leaf))
			best = k;
	}
	return best;
}

const struct cell_key *
store_keys_current(const struct store *s, const uint8_t *scope)
{
	const struct ring_key *k = ring_current(s, scope);

	return k != NULL ? &k->key : NULL;
}

static struct ring_key *
ring_at(struct store *s, const uint8_t *scope, const uint8_t *commitment)
{
	for (size_t i = 0; i < s->ring_count; i++) {
		struct ring_key *k = &s->ring[i];
		if (memcmp(k->key.scope, scope, SCOPE_LEN) == 0 &&
		    memcmp(k->key.commitment, commitment, HASH_LEN) == 0)
			return k;
	}
	return NULL;
}

static err
ring_add(struct store *s, const struct cell_key *key, uint64_t leaf)
{
	if (ring_at(s, key->scope, key->commitment) != NULL)
		return ERR_OK;
	if (s->ring_count == s->ring_cap) {
		size_t cap = s->ring_cap == 0 ? 16 : s->ring_cap * 2;
		struct ring_key *more = crypto_alloc(cap * sizeof *more);
		if (more == NULL)
			return ERR_NOMEM;
		if (s->ring_count > 0)
			memcpy(more, s->ring, s->ring_count * sizeof *more);
		crypto_free(s->ring);
		s->ring = more;
		s->ring_cap = cap;
	}
	s->ring[s->ring_count++] = (struct ring_key){ *key, leaf };
	return ERR_OK;
}

/* Opens a grant into the ring.  One that does not open is not an error. */
static err
open_grant(struct store *s, const uint8_t *scope, const uint8_t *commitment,
    struct span box, uint64_t leaf)
{
	struct cell_key key;
	err rc = seal_open_grant(s->keys->box_secret, box, scope, commitment,
	    &key);

	if (rc == ERR_OK) {
		rc = ring_add(s, &key, leaf);
		crypto_wipe(&key, sizeof key);
		return rc;
	}
	return rc == ERR_NOMEM ? rc : ERR_OK;
}

err
store_keys_load(struct store *s)
{
	struct sqlite_stmt *st = NULL;
	uint8_t scope[SCOPE_LEN], commitment[HASH_LEN];
	bool row = false;
	err rc = sqlite_get(s->db, "SELECT scope, commitment, box,"
	    " ifnull(leaf, 0) FROM key_grant ORDER BY scope, 4", &st);

	store_keys_wipe(s);
	while (rc == ERR_OK) {
		rc = sqlite_step(st, &row);
		if (rc != ERR_OK || !row)
			break;
		rc = sqlite_fixed(st, 0, scope, SCOPE_LEN);
		if (rc == ERR_OK)
			rc = sqlite_fixed(st, 1, commitment, HASH_LEN);
		if (rc == ERR_OK)
			rc = open_grant(s, scope, commitment,
			    sqlite_blob(st, 2), sqlite_u64(st, 3));
	}
	sqlite_done(st);
	return rc;
}

static err
keep(struct store *s, const uint8_t *scope, const uint8_t *commitment,
    struct span box, uint64_t leaf)
{
	struct sqlite_stmt *st = NULL;
	err rc = sqlite_get(s->db, "INSERT INTO key_grant"
	    " (scope, commitment, box, leaf) VALUES (?, ?, ?, ?)"
	    " ON CONFLICT (scope, commitment) DO NOTHING", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, (struct span){ scope, SCOPE_LEN });
	sqlite_bind_blob(st, 2, (struct span){ commitment, HASH_LEN });
	sqlite_bind_blob(st, 3, box);
	if (leaf == 0)
		sqlite_bind_null(st, 4);
	else
		sqlite_bind_u64(st, 4, leaf);
	return sqlite_run(st);
}

err
store_keys_grant(struct store *s, const uint8_t *scope,
    const uint8_t *commitment, struct span box, uint64_t leaf)
{
	if (box.n != GRANT_LEN || s->keys == NULL)
		return ERR_OK;
	err rc = keep(s, scope, commitment, box, leaf);
	if (rc != ERR_OK || ring_at(s, scope, commitment) != NULL)
		return rc;
	size_t before = s->ring_count;
	rc = open_grant(s, scope, commitment, box, leaf);
	if (rc == ERR_OK && s->ring_count > before)
		rc = store_fold_later(s, scope);
	return rc;
}

err
store_keys_put(struct store *s, const struct cell_key *key, uint64_t leaf)
{
	uint8_t box[GRANT_LEN];
	err rc = seal_grant(s->keys->box_pub, key->key, box);

	if (rc == ERR_OK)
		rc = keep(s, key->scope, key->commitment,
		    (struct span){ box, sizeof box }, leaf);
	return rc != ERR_OK ? rc : ring_add(s, key, leaf);
}

err
store_keys_rank(struct store *s, const uint8_t *scope,
    const uint8_t *commitment, uint64_t leaf)
{
	struct ring_key *k = ring_at(s, scope, commitment);
	struct sqlite_stmt *st = NULL;

	if (k == NULL || (k->leaf != 0 && k->leaf <= leaf))
		return ERR_OK;
	err rc = sqlite_get(s->db, "UPDATE key_grant SET leaf = ?"
	    " WHERE scope = ? AND commitment = ?", &st);
	if (rc != ERR_OK)
		return rc;
	sqlite_bind_u64(st, 1, leaf);
	sqlite_bind_blob(st, 2, (struct span){ scope, SCOPE_LEN });
	sqlite_bind_blob(st, 3, (struct span){ commitment, HASH_LEN });
	rc = sqlite_run(st);
	if (rc == ERR_OK)
		k->leaf = leaf;
	return rc;
}

/* ---- store.h */

err
store_key_current(struct store *s, const uint8_t scope[static SCOPE_LEN],
    struct cell_key *ret)
{
	const struct cell_key *key = store_keys_current(s, scope);

	if (key == NULL)
		return s->keys == NULL ? ERR_PASS : ERR_KEY;
	*ret = *key;
	return ERR_OK;
}

err
store_key_new(struct store *s, const uint8_t scope[static SCOPE_LEN],
    struct cell_key *ret)
{
	const struct ring_key *before;
	struct cell_key key;
	uint64_t leaf;
	bool single = !s->in_batch;
	err rc = s->keys == NULL ? ERR_PASS : ERR_OK;

	if (rc == ERR_OK && single)
		rc = store_batch_begin(s);
	if (rc != ERR_OK)
		return rc;
	/* it has no grant yet: it counts from now, and above what it follows */
	leaf = ledger_size(s->ledger);
	before = ring_current(s, scope);
	if (before != NULL && leaf <= before->leaf)
		leaf = before->leaf + 1;
	memcpy(key.scope, scope, SCOPE_LEN);
	crypto_random(key.key, KEY_LEN);
	seal_cell_key_commit(&key);
	rc = store_keys_put(s, &key, leaf);
	if (single && rc == ERR_OK)
		rc = store_batch_commit(s);
	if (rc == ERR_OK)
		*ret = key;
	else if (single)
		store_batch_abandon(s);
	crypto_wipe(&key, sizeof key);
	return rc;
}
