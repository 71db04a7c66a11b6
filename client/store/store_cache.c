/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_cache.c -- merged states: from and to table subject, sealed under the
 * subject's key where it has one.
 */
#include "client/store/store_internal.h"

#include <stdlib.h>
#include <string.h>

static const char PURPOSE[] = "state";

enum { KIND_BITS = 63 };	/* column kinds stays positive */

static void
key_of(const uint8_t *scope, const uint8_t *subject,
    uint8_t ret[static SUBJECT_KEY_LEN])
{
	memcpy(ret, subject, ID_LEN);
	memcpy(ret + ID_LEN, scope, SCOPE_LEN);
}

/* What the row's bytes are bound to. */
static void
bound_to(const uint8_t *scope, const uint8_t *subject,
    uint8_t ret[static SUBJECT_KEY_LEN])
{
	memcpy(ret, scope, SCOPE_LEN);
	memcpy(ret + SCOPE_LEN, subject, ID_LEN);
}

/* ---- reading */

static err
open_row(struct store *s, struct sqlite_stmt *st, const uint8_t *scope,
    const uint8_t *subject, struct buf *plain)
{
	uint8_t epoch[EPOCH_LEN], salt[SALT_LEN], key[KEY_LEN];
	uint8_t ad[SUBJECT_KEY_LEN];
	err rc = sqlite_fixed(st, 1, epoch, EPOCH_LEN);

	if (rc == ERR_OK)
		rc = sqlite_fixed(st, 2, salt, SALT_LEN);
	if (rc != ERR_OK)
		return rc;
	const struct cell_key *cell = store_keys_find(s, scope, epoch);
	if (cell == NULL)
		return ERR_KEY;
	seal_subject_key(cell, subject, 0, salt, key);
	bound_to(scope, subject, ad);
	rc = seal_open_blob(key, PURPOSE, (struct span){ ad, sizeof ad },
	    sqlite_blob(st, 3), plain);
	crypto_wipe(key, sizeof key);
	return rc == ERR_KEY ? ERR_DAMAGED : rc;
}

err
store_cache_peek(struct store *s, const uint8_t *scope,
    const uint8_t *subject, struct state **ret)
{
	struct sqlite_stmt *st = NULL;
	struct buf plain = { 0 };
	err rc = sqlite_get(s->db, "SELECT sealed, epoch, salt, state"
	    " FROM subject WHERE scope = ? AND subject = ?", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, (struct span){ scope, SCOPE_LEN });
	sqlite_bind_blob(st, 2, (struct span){ subject, ID_LEN });
	rc = sqlite_one(st);
	if (rc == ERR_OK && sqlite_u64(st, 0) == 0)
		rc = state_decode(sqlite_blob(st, 3), ret);
	else if (rc == ERR_OK) {
		rc = open_row(s, st, scope, subject, &plain);
		if (rc == ERR_OK)
			rc = state_decode(buf_span(&plain), ret);
	}
	if (rc == ERR_FORMAT || rc == ERR_LIMIT)
		rc = ERR_DAMAGED;
	if (plain.p != NULL)
		crypto_wipe(plain.p, plain.cap);
	buf_free(&plain);
	sqlite_done(st);
	return rc;
}

static err
reserve(struct store *s)
{
	if (s->cached_count == s->cached_cap) {
		uint32_t cap = s->cached_cap == 0 ? 64 : s->cached_cap * 2;
		if (cap < s->cached_cap || cap == LOOKUP_NONE)
			return ERR_NOMEM;
		struct cached *more = realloc(s->cached, cap * sizeof *more);
		if (more == NULL)
			return ERR_NOMEM;
		s->cached = more;
		s->cached_cap = cap;
	}
	s->by_subject.stride = sizeof(struct cached);
	s->by_subject.offset = offsetof(struct cached, key);
	s->by_subject.len = SUBJECT_KEY_LEN;
	return lookup_reserve(&s->by_subject, s->cached);
}

err
store_cache_get(struct store *s, const uint8_t *scope,
    const uint8_t *subject, enum cache_use use, struct state **ret)
{
	uint8_t key[SUBJECT_KEY_LEN];
	struct state *state = NULL;

	key_of(scope, subject, key);
	uint32_t i = lookup_find(&s->by_subject, s->cached, key);
	if (i == LOOKUP_NONE) {
		err rc = reserve(s);
		if (rc == ERR_OK)
			rc = store_cache_peek(s, scope, subject, &state);
		if (rc == ERR_ABSENT && use == CACHE_WRITE) {
			state = state_new();
			rc = state == NULL ? ERR_NOMEM : ERR_OK;
		}
		if (rc != ERR_OK)
			return rc;
		i = s->cached_count++;
		s->cached[i] = (struct cached){ .state = state };
		memcpy(s->cached[i].key, key, sizeof key);
		lookup_put(&s->by_subject, s->cached, i);
	}
	if (use == CACHE_WRITE)
		s->cached[i].dirty = true;
	*ret = s->cached[i].state;
	return ERR_OK;
}

/* ---- writing */

static uint64_t
kinds_of(const struct state *state)
{
	uint64_t kinds = 0;

	for (uint64_t k = 0; k < KIND_BITS; k++)
		if (state_has_kind(state, k))
			kinds |= UINT64_C(1) << k;
	return kinds;
}

/* Without a key here nothing in the state has been opened: then it holds no
 * more than the entries have in clear. */
static err
seal_row(struct store *s, const struct cached *c, struct sqlite_stmt *st,
    struct span plain, struct buf *out)
{
	const uint8_t *subject = c->key, *scope = c->key + ID_LEN;
	const struct cell_key *cell = store_keys_current(s, scope);
	uint8_t key[KEY_LEN], ad[SUBJECT_KEY_LEN];

	if (state_salt_count(c->state) == 0 || cell == NULL) {
		sqlite_bind_u64(st, 4, 0);
		sqlite_bind_null(st, 5);
		sqlite_bind_null(st, 6);
		buf_put(out, plain.p, plain.n);
		return buf_err(out);
	}
	sqlite_bind_u64(st, 4, 1);
	sqlite_bind_blob(st, 5, (struct span){ cell->commitment, EPOCH_LEN });
	sqlite_bind_blob(st, 6,
	    (struct span){ state_salt(c->state, 0), SALT_LEN });
	seal_subject_key(cell, subject, 0, state_salt(c->state, 0), key);
	bound_to(scope, subject, ad);
	err rc = seal_blob(key, PURPOSE, (struct span){ ad, sizeof ad },
	    plain, out);
	crypto_wipe(key, sizeof key);
	return rc;
}

static err
save(struct store *s, const struct cached *c)
{
	struct sqlite_stmt *st = NULL;
	struct buf plain = { 0 }, sealed = { 0 };
	err rc = state_encode(c->state, &plain);

	if (rc == ERR_OK)
		rc = sqlite_get(s->db, "INSERT OR REPLACE INTO subject"
		    " (scope, subject, kinds, sealed, epoch, salt, state)"
		    " VALUES (?, ?, ?, ?, ?, ?, ?)", &st);
	if (rc != ERR_OK)
		goto out;
	sqlite_bind_blob(st, 1, (struct span){ c->key + ID_LEN, SCOPE_LEN });
	sqlite_bind_blob(st, 2, (struct span){ c->key, ID_LEN });
	sqlite_bind_u64(st, 3, kinds_of(c->state));
	rc = seal_row(s, c, st, buf_span(&plain), &sealed);
	if (rc == ERR_OK) {
		sqlite_bind_blob(st, 7, buf_span(&sealed));
		rc = sqlite_run(st);
	} else {
		sqlite_done(st);
	}
out:
	if (plain.p != NULL)
		crypto_wipe(plain.p, plain.cap);
	buf_free(&plain);
	buf_free(&sealed);
	return rc;
}

err
store_cache_save(struct store *s)
{
	for (uint32_t i = 0; i < s->cached_count; i++) {
		if (!s->cached[i].dirty)
			continue;
		err rc = save(s, &s->cached[i]);
		if (rc != ERR_OK)
			return rc;
		s->cached[i].dirty = false;
	}
	return ERR_OK;
}

void
store_cache_clear(struct store *s)
{
	for (uint32_t i = 0; i < s->cached_count; i++)
		state_free(s->cached[i].state);
	free(s->cached);
	lookup_free(&s->by_subject);
	s->cached = NULL;
	s->cached_count = s->cached_cap = 0;
}
