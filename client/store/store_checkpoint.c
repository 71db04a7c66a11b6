/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_checkpoint.c -- what the hub signed against what this device holds.
 */
#include "client/store/store_internal.h"

#include <string.h>

#include "protocol/checkpoint.h"

enum { OLD_CHECKPOINTS = 64 };

/* Both statements: our root, and what the hub signed. */
static err
found_tree(struct taking_in *t, const char *code, const struct signed_root *cp,
    const uint8_t *root)
{
	struct buf both = { 0 };

	buf_put_u64(&both, cp->size);
	buf_put(&both, root, HASH_LEN);
	buf_put(&both, cp->root, HASH_LEN);
	buf_put(&both, cp->sig, SIG_LEN);
	err rc = buf_err(&both);
	if (rc == ERR_OK)
		rc = store_leaf_found(t, code, cp->size, buf_span(&both));
	buf_free(&both);
	return rc;
}

err
store_checkpoint_check(struct taking_in *t, const struct signed_root *cp)
{
	uint8_t root[HASH_LEN];
	struct hub_key hub;
	err rc = ledger_root_at(t->s->ledger, cp->size, root);

	if (rc != ERR_OK)
		return rc;
	if (roster_hub_key(ledger_roster(t->s->ledger), cp->size, &hub) !=
	    ERR_OK)
		return found_tree(t, "checkpoint", cp, root);
	rc = checkpoint_verify_fields(t->s->fingerprint, hub.sign_pub,
	    cp->size, cp->root, cp->sig);
	if (rc == ERR_SIG)
		return found_tree(t, "checkpoint", cp, root);
	if (rc != ERR_OK)
		return rc;
	return memcmp(root, cp->root, HASH_LEN) == 0 ? ERR_OK :
	    found_tree(t, "tree", cp, root);
}

err
store_checkpoint_keep(struct store *s, const struct signed_root *cp)
{
	struct sqlite_stmt *st = NULL;
	err rc = sqlite_get(s->db, "INSERT OR REPLACE INTO checkpoint"
	    " (size, root, sig) VALUES (?, ?, ?)", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_u64(st, 1, cp->size);
	sqlite_bind_blob(st, 2, (struct span){ cp->root, HASH_LEN });
	sqlite_bind_blob(st, 3, (struct span){ cp->sig, SIG_LEN });
	return sqlite_run(st);
}

err
store_checkpoint_old(struct taking_in *t)
{
	struct store *s = t->s;
	struct sqlite_stmt *st = NULL;
	uint8_t root[HASH_LEN];
	bool row = false;
	struct signed_root cp;
	err rc = sqlite_get(t->ex, "SELECT size, root, sig FROM checkpoint"
	    " WHERE size > 0 AND size <= ? ORDER BY size DESC LIMIT ?", &st);

	if (rc != ERR_OK)
		return store_leaf_hostile(t, rc);
	sqlite_bind_u64(st, 1, ledger_size(s->ledger));
	sqlite_bind_u64(st, 2, OLD_CHECKPOINTS);
	while ((rc = store_leaf_hostile(t, sqlite_step(st, &row))) == ERR_OK &&
	    row) {
		cp.size = sqlite_u64(st, 0);
		if (sqlite_fixed(st, 1, cp.root, HASH_LEN) != ERR_OK ||
		    sqlite_fixed(st, 2, cp.sig, SIG_LEN) != ERR_OK)
			continue;
		if (ledger_root_at(s->ledger, cp.size, root) == ERR_OK &&
		    memcmp(root, cp.root, HASH_LEN) == 0)
			continue;
		rc = store_checkpoint_check(t, &cp);
		if (rc == ERR_TREE && strcmp(t->code, "checkpoint") == 0) {
			t->found = false;	/* nobody signed that */
			rc = ERR_OK;
		}
		if (rc != ERR_OK)
			break;
	}
	sqlite_done(st);
	return rc;
}
