/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/roster_internal.h"

#include <string.h>

#include "protocol/invite.h"
#include "protocol/judge.h"

err
roster_claim_read(const struct place *place, const struct entry *e,
    struct claim_read *ret)
{
	struct claim_read c = { 0 };
	err rc = ERR_OK;

	if (place->seq != 1 || e->op_count < 2 ||
	    e->ops[0].kind != KIND_LOG || e->ops[1].kind != KIND_CLAIM)
		return ERR_FORMAT;
	struct span map = e->ops[1].fields;
	const struct {
		uint64_t field;
		size_t n;
		const uint8_t **at;
	} wanted[] = {
		{ FIELD_SIGN_KEY, KEY_LEN, &c.sign_pub },
		{ FIELD_BOX_KEY, KEY_LEN, &c.box_pub },
		{ FIELD_TRANSPORT_KEY, KEY_LEN, &c.transport_pub },
		{ FIELD_INVITE_SIGNATURE, SIG_LEN, &c.invite_sig },
		{ FIELD_DEVICE_SIGNATURE, SIG_LEN, &c.device_sig },
	};
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		rc = field_map_fixed(map, wanted[i].field, wanted[i].n,
		    wanted[i].at);
		if (rc != ERR_OK)
			return ERR_FORMAT;
	}
	rc = field_map_fixed(e->ops[0].fields, FIELD_LOG_SALT, SALT_LEN,
	    &c.salt);
	if (rc != ERR_OK || memcmp(c.sign_pub, place->author, KEY_LEN) != 0)
		return ERR_FORMAT;
	c.invite = e->ops[1].subject;
	*ret = c;
	return ERR_OK;
}

static err
check_signatures(const struct roster *r, const struct cert *invite,
    const struct claim_read *c)
{
	struct claim claim;

	memcpy(claim.invite, c->invite, ID_LEN);
	memcpy(claim.sign_pub, c->sign_pub, KEY_LEN);
	memcpy(claim.box_pub, c->box_pub, KEY_LEN);
	memcpy(claim.transport_pub, c->transport_pub, KEY_LEN);
	memcpy(claim.log_salt, c->salt, SALT_LEN);
	err rc = invite_claim_verify(invite->c.invite_pub, r->fingerprint,
	    &claim, c->invite_sig);
	if (rc != ERR_OK)
		return rc;
	return invite_claim_verify(c->sign_pub, r->fingerprint, &claim,
	    c->device_sig);
}

err
roster_claim_check(const struct roster *r, const struct place *place,
    const struct entry *e)
{
	static const uint8_t none[KEY_LEN];
	const uint64_t most = (uint64_t)INVITE_DAYS * 24 * 60 * 60 * 1000;
	struct claim_read c;
	err rc = roster_claim_read(place, e, &c);

	if (rc != ERR_OK)
		return rc;
	const struct cert *invite = roster_find(r, c.invite);
	if (invite == NULL ||
	    memcmp(invite->c.invite_pub, none, KEY_LEN) == 0)
		return ERR_ABSENT;
	if (judge_op(&e->ops[1], invite->c.role, SCOPE_ROOT, 1, 1) !=
	    VERDICT_EFFECTIVE)
		return ERR_FORMAT;
	if (invite->c.cancelled && invite->cancelled_leaf < place->leaf)
		return ERR_CERT;
	if (roster_newest(r, c.sign_pub) != NULL)
		return ERR_CERT;
	if (place->leaf_time > invite->c.invite_time &&
	    place->leaf_time - invite->c.invite_time > most)
		return ERR_RULE;
	rc = check_signatures(r, invite, &c);
	if (rc != ERR_OK)
		return rc;
	return invite->c.claimed ? ERR_EXISTS : ERR_OK;
}
