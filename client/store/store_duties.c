/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_duties.c -- grants that this device owes: of each key it holds, to
 * every device entitled to its scope, and to the recovery box.
 */
#include "client/store/store_internal.h"

#include <stdlib.h>
#include <string.h>

enum { DUTIES_ENTRY = 64 };	/* grants of one entry */

/* Grants in one scope that are due. */
struct owing {
	struct store *s;
	struct cell_key key;
	struct store_op ops[DUTIES_ENTRY];
	uint8_t boxes[DUTIES_ENTRY][GRANT_LEN];
	size_t count;
	uint64_t written;
};

/* Whether somebody has granted that key to that device.  A log's opening
 * grants it to its own. */
static err
is_granted(struct owing *o, const uint8_t *device, bool *ret)
{
	struct own_log *log = NULL;
	struct state *state = NULL;
	struct codec_reader r;
	const uint8_t *commitment;
	err rc = store_batch_log(o->s, o->key.scope, &log);

	if (rc != ERR_OK)
		return rc;
	*ret = log->seq == 0 && memcmp(device, o->s->device, ID_LEN) == 0;
	if (*ret)
		return ERR_OK;
	rc = store_cache_get(o->s, o->key.scope, device, CACHE_READ, &state);
	if (rc != ERR_OK)
		return rc == ERR_ABSENT ? ERR_OK : rc;
	const struct reg *reg = state_find(state, FIELD_COMMITMENT,
	    (struct span){ NULL, 0 });
	for (uint32_t i = 0; reg != NULL && i < reg->count; i++) {
		r = codec_reader(reg->writes[i].value);
		if (codec_read_fixed(&r, HASH_LEN, &commitment) == ERR_OK &&
		    memcmp(commitment, o->key.commitment, HASH_LEN) == 0)
			*ret = true;
	}
	return ERR_OK;
}

static void
forget(struct owing *o)
{
	for (size_t i = 0; i < o->count; i++)
		field_draft_free(o->ops[i].fields);
	o->count = 0;
}

static err
flush(struct owing *o)
{
	err rc = ERR_OK;

	if (o->count > 0)
		rc = store_write(o->s, o->key.scope, o->ops, o->count, NULL,
		    0, NULL);
	if (rc == ERR_OK)
		o->written += o->count;
	forget(o);
	return rc;
}

static err
grant(struct owing *o, const uint8_t *device, const uint8_t *box_pub)
{
	struct store_op *op = &o->ops[o->count];
	bool granted = false;
	err rc = is_granted(o, device, &granted);

	if (rc != ERR_OK || granted)
		return rc;
	*op = (struct store_op){ .kind = KIND_GRANT };
	rc = seal_grant(box_pub, o->key.key, o->boxes[o->count]);
	if (rc != ERR_OK)
		return rc == ERR_KEY ? ERR_OK : rc;	/* theirs is no key */
	memcpy(op->subject, device, ID_LEN);
	op->key_part = (struct span){ o->boxes[o->count], GRANT_LEN };
	op->fields = field_draft_new();
	if (op->fields == NULL)
		return ERR_NOMEM;
	field_draft_put_bin(op->fields, FIELD_COMMITMENT,
	    (struct span){ o->key.commitment, HASH_LEN });
	o->count++;
	return o->count == DUTIES_ENTRY ? flush(o) : ERR_OK;
}

static err
grant_scope(struct owing *o)
{
	const struct roster *r = o->s->roster;
	uint8_t device[ID_LEN], recovery[KEY_LEN];
	struct certificate c;
	err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < roster_count(r); i++) {
		rc = roster_at(r, i, &c);
		if (rc != ERR_OK || !c.claimed || c.revoked ||
		    !roster_covers(r, c.sign_pub, o->key.scope,
		    ROSTER_NO_LEAF))
			continue;
		chain_key_id(c.sign_pub, device);
		rc = grant(o, device, c.box_pub);
	}
	if (rc == ERR_OK && store_role(o->s) == ROLE_COMMUNE &&
	    roster_recovery_pub(r, recovery) == ERR_OK) {
		chain_key_id(recovery, device);
		rc = grant(o, device, recovery);
	}
	return rc == ERR_OK ? flush(o) : rc;
}

/* The commune grants all that it holds, a secretary what is of lanes. */
static bool
is_mine(const struct store *s, const uint8_t *scope)
{
	if (!store_covers(s, scope))
		return false;
	switch (store_role(s)) {
	case ROLE_COMMUNE:
		return true;
	case ROLE_SECRETARY:
		return chain_scope_kind(scope) == SCOPE_LANE;
	case ROLE_ROOT:
	case ROLE_DEPUTY:
	case ROLE_COMMISSIONER:
	case ROLE_ORGANISATION:
	case ROLE_HUB:
	case ROLE_NONE:
		break;
	}
	return false;
}

static err
grant_all(struct owing *o)
{
	err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < o->s->ring_count; i++) {
		/* a copy: writing folds, and folding may move the ring */
		o->key = o->s->ring[i].key;
		const struct cell_key *now =
		    store_keys_current(o->s, o->key.scope);
		if (now == &o->s->ring[i].key && is_mine(o->s, o->key.scope))
			rc = grant_scope(o);
	}
	crypto_wipe(&o->key, sizeof o->key);
	return rc;
}

err
store_do_duties(struct store *s, uint64_t *ret_written)
{
	struct owing *o;
	bool single = !s->in_batch;
	err rc = s->keys == NULL ? ERR_PASS : ERR_OK;

	if (rc == ERR_OK && single)
		rc = store_batch_begin(s);
	if (rc != ERR_OK)
		return rc;
	o = calloc(1, sizeof *o);
	if (o == NULL) {
		rc = ERR_NOMEM;
	} else {
		o->s = s;
		rc = grant_all(o);
	}
	if (rc == ERR_OK && single)
		rc = store_batch_commit(s);
	else if (rc != ERR_OK && !single)
		s->batch_failed = rc;
	if (rc != ERR_OK && single)
		store_batch_abandon(s);
	if (rc == ERR_OK && ret_written != NULL)
		*ret_written = o->written;
	if (o != NULL)
		forget(o);
	free(o);
	return rc;
}
