/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_create.c -- the store of a commune's first device, and of one that
 * waits for its invitation.
 */
#include "client/store/store_internal.h"

#include <string.h>
#include <unistd.h>

#include "client/store/clock.h"
#include "client/store/meta_names.h"
#include "client/store/store_schema.h"

/* What was begun and did not come to an end. */
static void
remove_files(const char *dir, bool key_too)
{
	static const char *const names[] = {
		STORE_FILE, STORE_FILE "-wal", STORE_FILE "-shm",
		KEY_FILE_DEVICE,
	};
	size_t n = sizeof names / sizeof names[0] - (key_too ? 0 : 1);
	char path[PATH_BYTES];

	for (size_t i = 0; i < n; i++)
		if (paths_join(dir, names[i], path) == ERR_OK)
			(void)unlink(path);	/* it may never have been */
}

static err
put(struct store *s, const char *name, const void *p, size_t n)
{
	return n == 0 ? ERR_OK : store_meta_put(s, name, (struct span){ p, n });
}

err
store_create_identity(struct store *s, const struct store_new *n,
    enum role role, const uint8_t *certificate)
{
	uint8_t secret[KEY_LEN], transport[KEY_LEN];
	uint8_t role_byte = (uint8_t)role;
	err rc = store_take_keys(s, n->keys);

	memcpy(s->fingerprint, n->root_fpr, HASH_LEN);
	if (rc == ERR_OK)
		rc = key_file_transport_load(s->dir, secret, transport);
	crypto_wipe(secret, sizeof secret);
	if (rc == ERR_OK)
		rc = put(s, META_SIGN_PUB, n->keys->sign_pub, KEY_LEN);
	if (rc == ERR_OK)
		rc = put(s, META_BOX_PUB, n->keys->box_pub, KEY_LEN);
	if (rc == ERR_OK)
		rc = put(s, META_TRANSPORT_PUB, transport, KEY_LEN);
	if (rc == ERR_OK)
		rc = put(s, META_ROOT_FPR, n->root_fpr, HASH_LEN);
	if (rc == ERR_OK)
		rc = put(s, META_ROOT_PUB, n->root_pub, KEY_LEN);
	if (rc == ERR_OK)
		rc = put(s, META_CERTIFICATE, certificate, ID_LEN);
	if (rc == ERR_OK)
		rc = put(s, META_ROLE, &role_byte, 1);
	if (rc == ERR_OK && n->holder_name.n > 0)
		rc = store_holder_put(s, n->holder_name);
	return rc;
}

/* ---- root's first segment, before any hub */

static err
keep_head(struct store *s, const struct segment *root)
{
	struct sqlite_stmt *st = NULL;
	err rc = sqlite_get(s->db, "INSERT INTO head (log_no, seq, sig)"
	    " VALUES ((SELECT no FROM log WHERE id = ?), ?, ?)", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_blob(st, 1, (struct span){ root->log, ID_LEN });
	sqlite_bind_u64(st, 2, segment_last(root));
	sqlite_bind_blob(st, 3, (struct span){ root->sig, SIG_LEN });
	return sqlite_run(st);
}

static err
take_root(struct store *s, const struct segment *root)
{
	struct ledger *l = ledger_new(s->fingerprint, NULL);
	struct placing p = { 0 };
	enum reason reason = REASON_ADMITTED;
	err rc = l == NULL ? ERR_NOMEM : ledger_provisional(l, root,
	    clock_now_ms(), store_place_sink, &p, &reason);

	if (rc == ERR_OK)
		rc = reason_err(reason);
	if (rc == ERR_OK)
		rc = store_place_entries(s, &p, NULL);
	if (rc == ERR_OK)
		rc = keep_head(s, root);
	if (rc == ERR_OK)
		rc = store_meta_hub(s);
	if (rc == ERR_OK && store_role(s) != ROLE_COMMUNE)
		rc = ERR_CERT;
	store_place_free(&p);
	ledger_free(l);
	return rc;
}

static err
put_recovery(struct store *s)
{
	uint8_t recovery[KEY_LEN];
	err rc = roster_recovery_pub(s->roster, recovery);

	return rc != ERR_OK ? rc :
	    put(s, META_RECOVERY_PUB, recovery, KEY_LEN);
}

/* All rows of a new store, in one transaction. */
static err
fill(struct store *s, const struct store_new *n, const struct segment *root)
{
	err rc = sqlite_begin(s->db);

	if (rc != ERR_OK)
		return rc;
	rc = store_create_identity(s, n, ROLE_COMMUNE, n->keys->device);
	if (rc == ERR_OK)
		rc = store_load(s);
	if (rc == ERR_OK)
		rc = take_root(s, root);
	if (rc == ERR_OK)
		rc = put_recovery(s);
	if (rc == ERR_OK)
		rc = store_cache_save(s);
	if (rc == ERR_OK)
		rc = sqlite_commit(s->db);
	if (rc != ERR_OK)
		sqlite_rollback(s->db);
	return rc;
}

err
store_create_commune(const struct store_new *n,
    const struct segment *root_segment, struct store **ret)
{
	struct sqlite *db = NULL;
	struct store *s = NULL;
	bool saved = false;
	err rc = paths_make_folder(n->dir);

	if (rc == ERR_OK)
		rc = store_open_database(n->dir, SQLITE_MODE_CREATE, &db);
	if (rc != ERR_OK)
		return rc;
	rc = store_make(n->dir, db, &s);
	if (rc != ERR_OK) {
		sqlite_close(db);
		goto out;
	}
	rc = key_file_save(n->dir, n->keys, n->passphrase);
	saved = rc == ERR_OK;
	if (rc == ERR_OK)
		rc = fill(s, n, root_segment);
out:
	if (rc != ERR_OK) {
		store_close(s);
		remove_files(n->dir, saved);
		return rc;
	}
	*ret = s;
	return ERR_OK;
}

/* ---- a store that waits */

static err
put_invite(struct store *s, const struct invite_keys *invite,
    struct span address)
{
	uint8_t sig[SIG_LEN];
	err rc = sqlite_begin(s->db);

	if (rc != ERR_OK)
		return rc;
	invite_fetch_sign(invite, sig);
	rc = put(s, META_INVITE_ID, invite->id, ID_LEN);
	if (rc == ERR_OK)
		rc = put(s, META_INVITE_PUB, invite->pub, KEY_LEN);
	if (rc == ERR_OK)
		rc = put(s, META_INVITE_SIG, sig, SIG_LEN);
	if (rc == ERR_OK)
		rc = put(s, META_ADDRESS, address.p, address.n);
	if (rc == ERR_OK)
		rc = sqlite_commit(s->db);
	if (rc != ERR_OK)
		sqlite_rollback(s->db);
	return rc;
}

err
store_create_joining(const char *dir, const struct invite_keys *invite,
    struct span address)
{
	struct sqlite *db = NULL;
	struct store *s = NULL;
	err rc = paths_make_folder(dir);

	if (rc == ERR_OK)
		rc = store_open_database(dir, SQLITE_MODE_CREATE, &db);
	if (rc != ERR_OK)
		return rc;
	rc = store_make(dir, db, &s);
	if (rc != ERR_OK)
		sqlite_close(db);
	else
		rc = put_invite(s, invite, address);
	store_close(s);
	if (rc != ERR_OK)
		remove_files(dir, false);
	else
		paths_ring_bell(dir);
	return rc;
}
