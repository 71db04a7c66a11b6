/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/commune_key.h"

err
commune_key_begin(struct store *s, bool *ret_single)
{
	err rc = store_batch_begin(s);

	*ret_single = rc == ERR_OK;
	return rc == ERR_USAGE ? ERR_OK : rc;
}

err
commune_key_end(struct store *s, bool single, err rc)
{
	if (!single)
		return rc;
	if (rc == ERR_OK)
		rc = store_batch_commit(s);
	if (rc != ERR_OK)
		store_batch_abandon(s);
	return rc;
}

/* The recovery box is named by the id of its key. */
static err
grant_recovery(struct store *s, const struct cell_key *key)
{
	struct store_op op = { .kind = KIND_GRANT };
	uint8_t recovery[KEY_LEN], box[GRANT_LEN];
	err rc = roster_recovery_pub(store_roster(s), recovery);

	if (rc == ERR_OK)
		rc = seal_grant(recovery, key->key, box);
	if (rc != ERR_OK)
		return rc;
	chain_key_id(recovery, op.subject);
	op.key_part = (struct span){ box, sizeof box };
	op.fields = field_draft_new();
	if (op.fields == NULL)
		return ERR_NOMEM;
	field_draft_put_bin(op.fields, FIELD_COMMITMENT,
	    (struct span){ key->commitment, HASH_LEN });
	rc = store_write(s, key->scope, &op, 1, NULL, 0, NULL);
	field_draft_free(op.fields);
	return rc;
}

err
commune_key_make(struct store *s, const uint8_t scope[static SCOPE_LEN])
{
	struct cell_key key;
	err rc = store_key_new(s, scope, &key);

	if (rc != ERR_OK)
		return rc;
	rc = grant_recovery(s, &key);
	crypto_wipe(&key, sizeof key);
	return rc;
}
