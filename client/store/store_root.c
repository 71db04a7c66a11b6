/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_root.c -- what root writes with the recovery sheet at hand.
 */
#include "client/store/store_internal.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/recovery.h"

/* This device's own signing key, while root's stands in its place. */
struct aside {
	uint8_t seed[KEY_LEN];
	uint8_t pub[KEY_LEN];
};

static void
put_root(struct store *s, const struct root_keys *root, struct aside *own)
{
	memcpy(own->seed, s->keys->sign_seed, KEY_LEN);
	memcpy(own->pub, s->sign_pub, KEY_LEN);
	memcpy(s->keys->sign_seed, root->sign_seed, KEY_LEN);
	memcpy(s->sign_pub, root->sign_pub, KEY_LEN);
}

static void
put_own(struct store *s, const struct aside *own)
{
	memcpy(s->keys->sign_seed, own->seed, KEY_LEN);
	memcpy(s->sign_pub, own->pub, KEY_LEN);
}

/* A log that no row knows, the first of the batch in scope root. */
static err
new_log(struct store *s)
{
	struct own_log *log = calloc(1, sizeof *log);

	if (log == NULL)
		return ERR_NOMEM;
	memcpy(log->scope, scope_root, SCOPE_LEN);
	crypto_random(log->salt, SALT_LEN);
	chain_log_id(s->sign_pub, log->salt, log->scope, log->id);
	chain_start(s->fingerprint, log->id, log->hash);
	free(s->own);
	s->own = log;
	s->own_count = 1;
	return ERR_OK;
}

err
store_root_write(struct store *s, const struct root_keys *root,
    const struct store_op *ops, size_t count)
{
	struct aside *own;
	err rc;

	if (memcmp(root->fingerprint, s->fingerprint, HASH_LEN) != 0)
		return ERR_FOREIGN;
	own = crypto_alloc(sizeof *own);
	if (own == NULL)
		return ERR_NOMEM;
	rc = store_batch_begin(s);
	if (rc != ERR_OK) {
		crypto_free(own);
		return rc;
	}
	put_root(s, root, own);
	rc = new_log(s);
	if (rc == ERR_OK)
		rc = store_write(s, scope_root, ops, count, NULL, 0, NULL);
	if (rc == ERR_OK)
		rc = store_batch_commit(s);
	put_own(s, own);
	if (rc != ERR_OK)
		store_batch_abandon(s);
	crypto_free(own);
	return rc;
}
