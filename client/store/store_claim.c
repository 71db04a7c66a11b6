/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_claim.c -- a device joins: it takes over what the invitation says
 * and claims, in the first entry of its first log.
 */
#include "client/store/store_internal.h"

#include <string.h>

#include "client/store/meta_names.h"
#include "protocol/limits.h"

static err
put(struct store *s, const char *name, const void *p, size_t n)
{
	return n == 0 ? ERR_OK : store_meta_put(s, name, (struct span){ p, n });
}

/* The scopes of the invite's fields, one after another; scope root stands in
 * every certificate. */
static err
read_scopes(struct span fields, struct buf *out)
{
	struct span raw = { NULL, 0 };
	const uint8_t *scope = NULL;
	uint32_t n = 0;
	err rc = field_map_get(fields, FIELD_SCOPES, &raw);

	buf_put(out, scope_root, SCOPE_LEN);
	if (rc != ERR_OK)
		return rc == ERR_ABSENT ? buf_err(out) : rc;
	struct codec_reader r = codec_reader(raw);
	rc = codec_read_array(&r, &n);
	if (rc == ERR_OK && n > LIMIT_SCOPES)
		rc = ERR_LIMIT;
	for (uint32_t i = 0; rc == ERR_OK && i < n; i++) {
		rc = codec_read_fixed(&r, SCOPE_LEN, &scope);
		if (rc == ERR_OK && memcmp(scope, scope_root, SCOPE_LEN) != 0)
			buf_put(out, scope, SCOPE_LEN);
	}
	return rc != ERR_OK ? rc : buf_err(out);
}

static err
put_hub(struct store *s, const struct invite_body *body)
{
	static const uint8_t none[HASH_LEN];
	uint8_t id[ID_LEN];
	err rc;

	chain_key_id(body->hub_sign_pub, id);
	rc = put(s, META_HUB_SIGN_PUB, body->hub_sign_pub, KEY_LEN);
	if (rc == ERR_OK)
		rc = put(s, META_HUB_BOX_PUB, body->hub_box_pub, KEY_LEN);
	if (rc == ERR_OK)
		rc = put(s, META_HUB_KEY_ID, id, ID_LEN);
	if (rc == ERR_OK && memcmp(body->tls_pin, none, HASH_LEN) != 0)
		rc = put(s, META_TLS_PIN, body->tls_pin, HASH_LEN);
	if (rc == ERR_OK)
		rc = put(s, META_RECOVERY_PUB, body->recovery_pub, KEY_LEN);
	if (rc == ERR_OK)
		rc = put(s, META_ADDRESS, body->address.p, body->address.n);
	if (rc == ERR_OK)
		rc = put(s, META_COMMUNE_NAME, body->commune_name.p,
		    body->commune_name.n);
	return rc;
}

/* What the invite says of its cell, if it is for just one. */
static err
put_cell(struct store *s, struct span scopes, const struct invite_body *body)
{
	const uint8_t *cell = NULL;
	size_t cells = 0;
	err rc;

	for (size_t at = 0; at + SCOPE_LEN <= scopes.n; at += SCOPE_LEN)
		if (chain_scope_kind(scopes.p + at) == SCOPE_CELL) {
			cell = scopes.p + at;
			cells++;
		}
	if (cells != 1 || body->cell_code.n == 0 || body->cell_name.n == 0)
		return ERR_OK;
	rc = put(s, META_CELL_SCOPE, cell, SCOPE_LEN);
	if (rc == ERR_OK)
		rc = put(s, META_CELL_CODE, body->cell_code.p,
		    body->cell_code.n);
	if (rc == ERR_OK)
		rc = put(s, META_CELL_NAME, body->cell_name.p,
		    body->cell_name.n);
	return rc;
}

/* Of this commune, and for a role that a device can have. */
static err
check_invitation(const struct store_new *n, struct span fields,
    const struct invite_body *body, enum role *ret_role)
{
	uint64_t role = ROLE_NONE;
	uint8_t fpr[HASH_LEN];

	chain_root_fingerprint(body->root_pub, fpr);
	if (memcmp(fpr, n->root_fpr, HASH_LEN) != 0)
		return ERR_FOREIGN;
	if (field_map_uint(fields, FIELD_ROLE, &role) != ERR_OK ||
	    role < ROLE_COMMUNE || role > ROLE_ORGANISATION)
		return ERR_FORMAT;
	*ret_role = (enum role)role;
	return ERR_OK;
}

static err
put_claim_identity(struct store *s, const struct store_new *n,
    const struct invite_keys *invite, struct span fields,
    const struct invite_body *body)
{
	struct buf scopes = { 0 };
	enum role role = ROLE_NONE;
	err rc = check_invitation(n, fields, body, &role);

	if (rc == ERR_OK)
		rc = read_scopes(fields, &scopes);
	if (rc == ERR_OK)
		rc = store_create_identity(s, n, role, invite->id);
	if (rc == ERR_OK)
		rc = put(s, META_ROOT_PUB, body->root_pub, KEY_LEN);
	if (rc == ERR_OK)
		rc = put(s, META_SCOPES, scopes.p, scopes.n);
	if (rc == ERR_OK)
		rc = put_cell(s, buf_span(&scopes), body);
	if (rc == ERR_OK)
		rc = put_hub(s, body);
	buf_free(&scopes);
	return rc;
}

static err
put_keys(struct store *s, const struct invite_body *body)
{
	err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < body->key_count; i++) {
		struct cell_key key = body->keys[i];
		seal_cell_key_commit(&key);
		rc = store_keys_put(s, &key, 0);
		crypto_wipe(&key, sizeof key);
	}
	return rc;
}

/* ---- the claim */

static void
claim_fields(struct field_draft *d, const struct claim *claim,
    const uint8_t *invite_sig, const uint8_t *device_sig)
{
	field_draft_put_bin(d, FIELD_SIGN_KEY,
	    (struct span){ claim->sign_pub, KEY_LEN });
	field_draft_put_bin(d, FIELD_BOX_KEY,
	    (struct span){ claim->box_pub, KEY_LEN });
	field_draft_put_bin(d, FIELD_TRANSPORT_KEY,
	    (struct span){ claim->transport_pub, KEY_LEN });
	field_draft_put_bin(d, FIELD_INVITE_SIGNATURE,
	    (struct span){ invite_sig, SIG_LEN });
	field_draft_put_bin(d, FIELD_DEVICE_SIGNATURE,
	    (struct span){ device_sig, SIG_LEN });
}

static err
write_claim(struct store *s, const struct invite_keys *invite)
{
	uint8_t invite_sig[SIG_LEN], device_sig[SIG_LEN];
	struct store_op op = { .kind = KIND_CLAIM };
	struct claim claim = { 0 };
	struct own_log *log = NULL;
	err rc = store_batch_log(s, scope_root, &log);

	if (rc == ERR_OK)
		rc = store_meta_fixed(s, META_TRANSPORT_PUB,
		    claim.transport_pub, KEY_LEN);
	if (rc != ERR_OK)
		return rc;
	memcpy(claim.invite, invite->id, ID_LEN);
	memcpy(claim.sign_pub, s->keys->sign_pub, KEY_LEN);
	memcpy(claim.box_pub, s->keys->box_pub, KEY_LEN);
	memcpy(claim.log_salt, log->salt, SALT_LEN);
	invite_claim_sign(invite->seed, s->fingerprint, &claim, invite_sig);
	invite_claim_sign(s->keys->sign_seed, s->fingerprint, &claim,
	    device_sig);
	memcpy(op.subject, invite->id, ID_LEN);
	op.fields = field_draft_new();
	if (op.fields == NULL)
		return ERR_NOMEM;
	claim_fields(op.fields, &claim, invite_sig, device_sig);
	rc = store_write(s, scope_root, &op, 1, NULL, 0, NULL);
	field_draft_free(op.fields);
	return rc;
}

static err
claim_all(struct store *s, const struct store_new *n,
    const struct invite_keys *invite, struct span fields,
    const struct invite_body *body)
{
	err rc = sqlite_begin(s->db);

	if (rc != ERR_OK)
		return rc;
	rc = put_claim_identity(s, n, invite, fields, body);
	if (rc == ERR_OK)
		rc = store_load(s);
	if (rc == ERR_OK)
		rc = put_keys(s, body);
	if (rc == ERR_OK) {
		/* the transaction at hand is the batch */
		s->in_batch = true;
		s->batch_failed = ERR_OK;
		rc = write_claim(s, invite);
		if (rc == ERR_OK)
			rc = store_batch_commit(s);
		if (rc != ERR_OK)
			s->in_batch = false;
	}
	if (rc != ERR_OK)
		sqlite_rollback(s->db);
	return rc;
}

/* A store that waits for this invite, or none yet: then one is made. */
static err
open_waiting(const struct store_new *n, const struct invite_keys *invite,
    struct store **ret)
{
	uint8_t id[KEY_LEN];
	struct sqlite *db = NULL;
	err rc = store_open_database(n->dir, SQLITE_MODE_WRITE, &db);

	if (rc == ERR_ABSENT) {
		rc = store_create_joining(n->dir, invite,
		    (struct span){ NULL, 0 });
		if (rc == ERR_OK)
			rc = store_open_database(n->dir, SQLITE_MODE_WRITE,
			    &db);
	}
	if (rc != ERR_OK)
		return rc;
	rc = store_make(n->dir, db, ret);
	if (rc != ERR_OK) {
		sqlite_close(db);
		return rc;
	}
	if (store_meta_fixed(*ret, META_SIGN_PUB, id, KEY_LEN) != ERR_ABSENT)
		rc = ERR_EXISTS;
	else if (store_meta_fixed(*ret, META_INVITE_ID, id, ID_LEN) !=
	    ERR_OK || memcmp(id, invite->id, ID_LEN) != 0)
		rc = ERR_EXISTS;
	return rc;
}

/* The files of the device's keys; those of a claim that was cut off are taken
 * up when the passphrase opens them. */
static err
save_keys(const struct store_new *n)
{
	uint8_t secret[KEY_LEN], pub[KEY_LEN];
	err rc = key_file_transport_load(n->dir, secret, pub);

	crypto_wipe(secret, sizeof secret);
	if (rc == ERR_ABSENT)
		rc = key_file_transport_new(n->dir, pub);
	if (rc == ERR_OK)
		rc = key_file_save(n->dir, n->keys, n->passphrase);
	if (rc == ERR_EXISTS) {
		struct device_keys *old = NULL;
		rc = key_file_load(n->dir, n->passphrase, &old);
		if (rc == ERR_OK)
			*n->keys = *old;
		key_file_free(old);
	}
	return rc;
}

err
store_claim(const struct store_new *n, const struct invite_keys *invite,
    struct span fields, const struct invite_body *body, struct store **ret)
{
	enum role role = ROLE_NONE;
	struct store *s = NULL;
	err rc = check_invitation(n, fields, body, &role);

	if (rc == ERR_OK)
		rc = open_waiting(n, invite, &s);
	if (rc == ERR_OK)
		rc = save_keys(n);
	if (rc == ERR_OK)
		rc = claim_all(s, n, invite, fields, body);
	if (rc != ERR_OK) {
		store_close(s);
		return rc;
	}
	*ret = s;
	return ERR_OK;
}
