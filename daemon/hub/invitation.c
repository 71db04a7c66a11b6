/* SPDX-License-Identifier: Apache-2.0 */
/* invitation.c -- invites at the hub. */
#include "daemon/hub/invitation.h"

#include <string.h>

#include "protocol/field.h"
#include "protocol/frame.h"
#include "protocol/invite.h"

#define INVITE_MS (UINT64_C(86400000) * INVITE_DAYS)

/* The entry that holds an invite, found among those of its leaf. */
struct finding {
	const uint8_t *invite;
	bool found;
	uint64_t seq;
	struct buf raw;			/* the entry */
	struct entry entry;		/* borrows from raw when found */
};

static const struct op *
invite_op(const struct entry *e, const uint8_t *invite)
{
	for (uint32_t i = 0; i < e->op_count; i++)
		if (e->ops[i].kind == KIND_INVITE &&
		    memcmp(e->ops[i].subject, invite, ID_LEN) == 0)
			return &e->ops[i];
	return NULL;
}

static err
look(void *ctx, const struct hub_entry *e)
{
	struct finding *f = ctx;
	err rc;

	if (f->found)
		return ERR_OK;
	rc = entry_parse(e->raw, &f->entry);
	if (rc != ERR_OK)
		return rc == ERR_NOMEM ? rc : ERR_DAMAGED;
	if (invite_op(&f->entry, f->invite) == NULL)
		return ERR_OK;
	f->found = true;
	f->seq = e->seq;
	buf_put(&f->raw, e->raw.p, e->raw.n);
	return buf_err(&f->raw);
}

static void
forget(struct finding *f)
{
	entry_free(&f->entry);
	if (f->raw.p != NULL)
		crypto_wipe(f->raw.p, f->raw.n);
	buf_free(&f->raw);
}

/* find: ERR_ABSENT when the store has no such entry. */
static err
find(struct commune *c, uint64_t leaf_index, struct finding *f,
    struct hub_leaf *ret_leaf)
{
	err rc;

	rc = hub_store_leaf(c->store, leaf_index, ret_leaf);
	if (rc == ERR_OK)
		rc = hub_store_entries(c->store, ret_leaf->inner.log,
		    ret_leaf->inner.first, ret_leaf->inner.last, look, f);
	if (rc == ERR_OK && !f->found)
		rc = ERR_ABSENT;
	return rc == ERR_OK ? entry_parse(buf_span(&f->raw), &f->entry) : rc;
}

static enum reason
may_fetch(const struct certificate *cert, const uint8_t sig[static SIG_LEN],
    uint64_t now_ms)
{
	if (invite_fetch_verify(cert->invite_pub, sig) != ERR_OK)
		return REASON_SIGNATURE;
	if (cert->cancelled)
		return REASON_INVITE_UNKNOWN;
	if (cert->claimed)
		return REASON_CLAIM_TAKEN;
	if (now_ms > cert->invite_time &&
	    now_ms - cert->invite_time > INVITE_MS)
		return REASON_CLAIM_LATE;
	return REASON_ADMITTED;
}

err
invitation_frame(struct commune *c, const uint8_t invite[static ID_LEN],
    const uint8_t sig[static SIG_LEN], uint64_t now_ms, struct buf *out,
    enum reason *ret_reason)
{
	struct certificate cert;
	struct finding f = { .invite = invite };
	struct hub_leaf leaf;
	struct frame frame = { .type = FRAME_INVITATION };
	const struct op *op;
	const struct part *key;
	enum reason reason = REASON_INVITE_UNKNOWN;
	err rc;

	rc = roster_by_id(ledger_roster(c->ledger), invite, &cert);
	if (rc == ERR_OK)
		reason = may_fetch(&cert, sig, now_ms);
	if (rc == ERR_OK && reason == REASON_ADMITTED) {
		reason = REASON_INVITE_UNKNOWN;
		rc = find(c, cert.invite_leaf, &f, &leaf);
	}
	if (rc == ERR_OK && f.found) {
		op = invite_op(&f.entry, invite);
		key = entry_part(op, PART_KEY);
		if (key != NULL && key->form == PART_FULL) {
			frame.u.invitation.fields = op->fields;
			frame.u.invitation.key_part = key->bytes;
			frame_put(out, &frame);
			rc = buf_err(out);
			reason = REASON_ADMITTED;
		}
	}
	forget(&f);
	if (rc == ERR_ABSENT)
		rc = ERR_OK;
	if (rc == ERR_OK)
		*ret_reason = reason;
	return rc;
}

/* all_ended: whether no invite of the entry may still be claimed. */
static bool
all_ended(const struct roster *r, const struct entry *e)
{
	struct certificate cert;

	for (uint32_t i = 0; i < e->op_count; i++)
		if (e->ops[i].kind == KIND_INVITE &&
		    roster_by_id(r, e->ops[i].subject, &cert) == ERR_OK &&
		    !cert.claimed && !cert.cancelled)
			return false;
	return true;
}

err
invitation_strip(struct commune *c, const uint8_t invite[static ID_LEN],
    bool *ret_stripped)
{
	static const struct part_policy policy = {
		.sealed = KEEP_AS_IS, .facts = KEEP_AS_IS, .key = KEEP_DIGEST,
	};
	const struct roster *r = ledger_roster(c->ledger);
	struct certificate cert;
	struct finding f = { .invite = invite };
	struct hub_leaf leaf;
	struct buf copy = { .p = NULL };
	err rc;

	if (roster_by_id(r, invite, &cert) != ERR_OK ||
	    (!cert.claimed && !cert.cancelled) ||
	    cert.invite_leaf == ROSTER_NO_LEAF)
		return ERR_OK;
	rc = find(c, cert.invite_leaf, &f, &leaf);
	if (rc == ERR_OK && all_ended(r, &f.entry)) {
		rc = entry_copy(&f.entry, &policy, &copy);
		if (rc == ERR_OK)
			rc = hub_store_replace_entry(c->store, leaf.inner.log,
			    f.seq, buf_span(&copy));
		if (rc == ERR_OK)
			*ret_stripped = true;
	}
	buf_free(&copy);
	forget(&f);
	return rc == ERR_ABSENT ? ERR_OK : rc;
}
