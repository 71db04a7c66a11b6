/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.c -- a device's own store: open, close, identity.
 */
#include "client/store/store_internal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/store/meta_names.h"
#include "client/store/store_schema.h"

static const char TAG_HOLDER[] = "nguon1/holder";

/* ---- making and freeing */

err
store_open_database(const char *dir, enum sqlite_mode mode,
    struct sqlite **ret)
{
	char path[PATH_BYTES];
	err rc = paths_join(dir, STORE_FILE, path);

	return rc != ERR_OK ? rc : sqlite_open(path, mode, &store_schema, ret);
}

err
store_make(const char *dir, struct sqlite *db, struct store **ret)
{
	struct store *s;
	size_t n = strlen(dir);

	if (n >= sizeof s->dir)
		return ERR_LIMIT;
	s = calloc(1, sizeof *s);
	if (s == NULL)
		return ERR_NOMEM;
	memcpy(s->dir, dir, n + 1);
	s->db = db;
	*ret = s;
	return ERR_OK;
}

err
store_take_keys(struct store *s, const struct device_keys *keys)
{
	struct device_keys *mine = crypto_alloc(sizeof *mine);

	if (mine == NULL)
		return ERR_NOMEM;
	*mine = *keys;
	crypto_free(s->keys);
	s->keys = mine;
	memcpy(s->sign_pub, keys->sign_pub, KEY_LEN);
	chain_key_id(keys->sign_pub, s->device);
	return ERR_OK;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	if (s->in_batch)
		sqlite_rollback(s->db);
	store_unload(s);
	free(s->own);
	crypto_free(s->keys);
	sqlite_close(s->db);
	free(s);
}

/* A file that nothing is in is not one of ours any more. */
static err
open_existing(const char *dir, struct sqlite **ret)
{
	char path[PATH_BYTES];
	err rc = store_open_database(dir, SQLITE_MODE_WRITE, ret);

	if (rc == ERR_ABSENT && paths_join(dir, STORE_FILE, path) == ERR_OK &&
	    access(path, F_OK) == 0)
		rc = ERR_DAMAGED;
	return rc;
}

/* Who this device is; ERR_ABSENT while it waits for an invitation. */
static err
identify(struct store *s)
{
	uint8_t invite[ID_LEN];
	err rc = store_meta_fixed(s, META_SIGN_PUB, s->sign_pub, KEY_LEN);

	/* with neither, what it was is lost */
	if (rc == ERR_ABSENT &&
	    store_meta_fixed(s, META_INVITE_ID, invite, ID_LEN) == ERR_ABSENT)
		rc = ERR_DAMAGED;
	if (rc != ERR_OK)
		return rc;
	chain_key_id(s->sign_pub, s->device);
	rc = store_meta_fixed(s, META_ROOT_FPR, s->fingerprint, HASH_LEN);
	return rc == ERR_ABSENT ? ERR_DAMAGED : rc;
}

static err
unlock(struct store *s, struct span passphrase)
{
	struct device_keys *keys = NULL;
	err rc = key_file_load(s->dir, passphrase, &keys);

	if (rc != ERR_OK)	/* a store that waits is not unlocked */
		return rc == ERR_ABSENT ? ERR_DAMAGED : rc;
	if (memcmp(keys->sign_pub, s->sign_pub, KEY_LEN) != 0)
		rc = ERR_DAMAGED;
	else
		rc = store_take_keys(s, keys);
	key_file_free(keys);
	return rc;
}

static err
open_store(const char *dir, struct span passphrase,
    const struct device_keys *keys, struct store **ret)
{
	struct sqlite *db = NULL;
	struct store *s = NULL;
	err rc = open_existing(dir, &db);

	if (rc != ERR_OK)
		return rc;
	rc = store_make(dir, db, &s);
	if (rc != ERR_OK) {
		sqlite_close(db);
		return rc;
	}
	rc = identify(s);
	if (rc == ERR_OK && passphrase.p != NULL)
		rc = unlock(s, passphrase);
	if (rc == ERR_OK && keys != NULL)
		rc = memcmp(keys->sign_pub, s->sign_pub, KEY_LEN) != 0 ?
		    ERR_KEY : store_take_keys(s, keys);
	if (rc == ERR_OK)
		rc = store_load(s);
	if (rc != ERR_OK) {
		store_close(s);
		return rc;
	}
	*ret = s;
	return ERR_OK;
}

err
store_open(const char *dir, struct span passphrase, struct store **ret)
{
	return open_store(dir, passphrase, NULL, ret);
}

err
store_open_with_keys(const char *dir, const struct device_keys *keys,
    struct store **ret)
{
	return open_store(dir, (struct span){ NULL, 0 }, keys, ret);
}

err
store_refresh(struct store *s)
{
	return s->in_batch ? ERR_OK : store_load_if_changed(s);
}

void
store_watch(struct store *s, store_progress f, void *ctx)
{
	s->progress = f;
	s->progress_ctx = ctx;
}

/* ---- identity */

bool
store_unlocked(const struct store *s)
{
	return s->keys != NULL;
}

enum role
store_role(const struct store *s)
{
	return roster_role(s->roster, s->sign_pub, ROSTER_NO_LEAF);
}

const uint8_t *
store_device(const struct store *s)
{
	return s->device;
}

const uint8_t *
store_fingerprint(const struct store *s)
{
	return s->fingerprint;
}

const char *
store_dir(const struct store *s)
{
	return s->dir;
}

const struct ledger *
store_ledger(const struct store *s)
{
	return s->ledger;
}

const struct merge_lines *
store_lines(const struct store *s)
{
	return s->lines;
}

const struct roster *
store_roster(const struct store *s)
{
	return s->roster;
}

bool
store_covers(const struct store *s, const uint8_t scope[static SCOPE_LEN])
{
	return roster_covers(s->roster, s->sign_pub, scope, ROSTER_NO_LEAF);
}

/* ---- meta */

err
store_meta_get(struct store *s, const char *name, struct buf *out)
{
	struct sqlite_stmt *st = NULL;
	err rc = sqlite_get(s->db, "SELECT value FROM meta WHERE name = ?",
	    &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_text(st, 1,
	    (struct span){ (const uint8_t *)name, strlen(name) });
	rc = sqlite_one(st);
	if (rc == ERR_OK) {
		struct span value = sqlite_blob(st, 0);
		buf_put(out, value.p, value.n);
		rc = buf_err(out);
	}
	sqlite_done(st);
	return rc;
}

err
store_meta_fixed(struct store *s, const char *name, uint8_t *out, size_t n)
{
	struct buf value = { 0 };
	err rc = store_meta_get(s, name, &value);

	if (rc == ERR_OK && value.n != n)
		rc = ERR_DAMAGED;
	if (rc == ERR_OK)
		memcpy(out, value.p, n);
	buf_free(&value);
	return rc;
}

err
store_meta_put(struct store *s, const char *name, struct span value)
{
	struct sqlite_stmt *st = NULL;
	err rc = sqlite_get(s->db,
	    "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_text(st, 1,
	    (struct span){ (const uint8_t *)name, strlen(name) });
	sqlite_bind_blob(st, 2, value);
	return sqlite_run(st);
}

static err
put_if_new(struct store *s, const char *name, const uint8_t *p, size_t n)
{
	struct buf old = { 0 };
	struct span value = { p, n };
	err rc = store_meta_get(s, name, &old);

	if (rc == ERR_ABSENT || (rc == ERR_OK &&
	    !span_equal(buf_span(&old), value)))
		rc = store_meta_put(s, name, value);
	buf_free(&old);
	return rc;
}

/* The newest hub key known; the address is followed only where it is given,
 * for a person may have typed another. */
err
store_meta_hub(struct store *s)
{
	struct hub_key hub;
	uint8_t key[KEY_LEN];
	err rc = roster_hub_key(s->roster, ROSTER_NO_LEAF, &hub);

	if (rc != ERR_OK)
		return rc == ERR_ABSENT ? ERR_OK : rc;
	bool known = store_meta_fixed(s, META_HUB_SIGN_PUB, key,
	    KEY_LEN) == ERR_OK && memcmp(key, hub.sign_pub, KEY_LEN) == 0;
	rc = put_if_new(s, META_HUB_SIGN_PUB, hub.sign_pub, KEY_LEN);
	if (rc == ERR_OK)
		rc = put_if_new(s, META_HUB_BOX_PUB, hub.box_pub, KEY_LEN);
	if (rc == ERR_OK)
		rc = put_if_new(s, META_HUB_KEY_ID, hub.id, ID_LEN);
	if (rc == ERR_OK)
		rc = put_if_new(s, META_TLS_PIN, hub.tls_pin, HASH_LEN);
	if (rc == ERR_OK && !known && hub.address.n > 0)
		rc = put_if_new(s, META_ADDRESS, hub.address.p,
		    hub.address.n);
	return rc;
}

/* ---- the holder's name */

static void
holder_key(const struct store *s, uint8_t ret[static KEY_LEN])
{
	crypto_keyed(TAG_HOLDER, (struct span){ s->keys->box_secret, KEY_LEN },
	    NULL, 0, ret, KEY_LEN);
}

err
store_holder(struct store *s, struct buf *out)
{
	struct buf sealed = { 0 };
	uint8_t key[KEY_LEN];
	err rc = store_meta_get(s, META_HOLDER, &sealed);

	if (rc == ERR_OK) {
		holder_key(s, key);
		rc = seal_open_blob(key, TAG_HOLDER,
		    (struct span){ s->device, ID_LEN }, buf_span(&sealed), out);
		crypto_wipe(key, sizeof key);
	}
	buf_free(&sealed);
	return rc == ERR_KEY ? ERR_DAMAGED : rc;
}

err
store_holder_put(struct store *s, struct span name)
{
	struct buf sealed = { 0 };
	uint8_t key[KEY_LEN];
	err rc;

	holder_key(s, key);
	rc = seal_blob(key, TAG_HOLDER, (struct span){ s->device, ID_LEN },
	    name, &sealed);
	crypto_wipe(key, sizeof key);
	if (rc == ERR_OK)
		rc = store_meta_put(s, META_HOLDER, buf_span(&sealed));
	buf_free(&sealed);
	return rc;
}
