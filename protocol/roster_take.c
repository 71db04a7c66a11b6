/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/roster_internal.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/judge.h"
#include "protocol/limits.h"

/* The op at hand and where it stands. */
struct taking {
	const struct place *place;
	const struct op *op;
	enum role role;
	struct stamp stamp;
};

/* The list in field `scopes`, none when it is absent.  The caller frees.
 * Errors: ERR_FORMAT, ERR_NOMEM. */
static err
read_scopes(struct span map, struct scope_write *ret)
{
	struct span raw;
	uint32_t n = 0;
	err rc = field_map_get(map, FIELD_SCOPES, &raw);

	if (rc == ERR_ABSENT)
		return ERR_OK;
	if (rc != ERR_OK)
		return rc;
	struct codec_reader r = codec_reader(raw);
	if (codec_read_array(&r, &n) != ERR_OK || n > LIMIT_SCOPES)
		return ERR_FORMAT;
	if (n == 0)
		return ERR_OK;
	uint8_t(*scopes)[SCOPE_LEN] = malloc((size_t)n * sizeof *scopes);
	if (scopes == NULL)
		return ERR_NOMEM;
	for (uint32_t i = 0; i < n; i++) {
		const uint8_t *p = NULL;
		if (codec_read_fixed(&r, SCOPE_LEN, &p) != ERR_OK) {
			free(scopes);
			return ERR_FORMAT;
		}
		memcpy(scopes[i], p, SCOPE_LEN);
	}
	ret->scopes = scopes;
	ret->count = n;
	return ERR_OK;
}

/* Adds the op's write to the register `scopes` of the certificate.  An
 * unreadable one writes nothing.  All or nothing. */
static err
write_scopes(const struct roster *r, struct cert *c, const struct taking *t)
{
	struct scope_write w = { .stamp = t->stamp };
	err rc = read_scopes(t->op->fields, &w);

	if (rc != ERR_OK)
		return rc == ERR_NOMEM ? rc : ERR_OK;
	struct scope_write *more = realloc(c->writes,
	    ((size_t)c->write_count + 1) * sizeof *more);
	if (more == NULL) {
		free(w.scopes);
		return ERR_NOMEM;
	}
	c->writes = more;
	c->writes[c->write_count++] = w;

	const struct scope_write *best =
	    roster_scopes_at(r, c, ROSTER_NO_LEAF);
	if (best != NULL) {
		c->c.scopes = (const uint8_t(*)[SCOPE_LEN])best->scopes;
		c->c.scope_count = best->count;
	}
	return ERR_OK;
}

/* Room for one more certificate and one more key. */
static err
reserve(struct roster *r)
{
	if (r->cert_count == r->cert_cap) {
		uint32_t cap = r->cert_cap != 0 ? r->cert_cap * 2 : 16;
		if (cap < r->cert_cap || cap == LOOKUP_NONE)
			return ERR_NOMEM;
		struct cert *more = realloc(r->certs, cap * sizeof *more);
		if (more == NULL)
			return ERR_NOMEM;
		r->certs = more;
		r->cert_cap = cap;
	}
	return lookup_reserve(&r->by_key, r->certs);
}

/* Enters a claimed certificate under its key.  Needs room. */
static void
enter_key(struct roster *r, struct cert *c)
{
	c->older = lookup_find(&r->by_key, r->certs, c->c.sign_pub);
	lookup_put(&r->by_key, r->certs, (uint32_t)(c - r->certs));
}

static err
add(struct roster *r, struct cert *fresh, const struct taking *t)
{
	err rc = reserve(r);

	if (rc != ERR_OK)
		return rc;
	fresh->older = LOOKUP_NONE;
	rc = write_scopes(r, fresh, t);
	if (rc != ERR_OK)
		return rc;
	struct cert *c = &r->certs[r->cert_count++];
	*c = *fresh;
	if (c->c.claimed)
		enter_key(r, c);
	return ERR_OK;
}

static bool
get_key(struct span map, uint64_t field, uint8_t out[static KEY_LEN])
{
	const uint8_t *p = NULL;

	if (field_map_fixed(map, field, KEY_LEN, &p) != ERR_OK)
		return false;
	memcpy(out, p, KEY_LEN);
	return true;
}

/* The role that the op gives, ROLE_NONE if its author may not give it: root
 * makes commune devices, commune all others (SPEC.md 8.1). */
static enum role
role_given(const struct taking *t)
{
	uint64_t v = ROLE_NONE;

	if (field_map_uint(t->op->fields, FIELD_ROLE, &v) != ERR_OK)
		return ROLE_NONE;
	if (t->role == ROLE_ROOT)
		return v == ROLE_COMMUNE ? ROLE_COMMUNE : ROLE_NONE;
	if (t->role == ROLE_COMMUNE && v >= ROLE_SECRETARY &&
	    v <= ROLE_ORGANISATION)
		return (enum role)v;
	return ROLE_NONE;
}

static err
take_hub_key(struct roster *r, const struct taking *t)
{
	struct hub h = { .leaf = t->place->leaf };
	struct span map = t->op->fields;
	const uint8_t *pin = NULL;
	struct span text = { 0 };

	if (!get_key(map, FIELD_SIGN_KEY, h.key.sign_pub) ||
	    !get_key(map, FIELD_BOX_KEY, h.key.box_pub) ||
	    field_map_fixed(map, FIELD_TLS_PIN, HASH_LEN, &pin) != ERR_OK ||
	    field_map_uint(map, FIELD_FROM_SIZE, &h.key.from_size) != ERR_OK)
		return ERR_OK;
	memcpy(h.key.tls_pin, pin, HASH_LEN);
	chain_key_id(h.key.sign_pub, h.key.id);

	struct hub *more = realloc(r->hubs,
	    ((size_t)r->hub_count + 1) * sizeof *more);
	if (more == NULL)
		return ERR_NOMEM;
	r->hubs = more;
	if (field_map_text(map, FIELD_ADDRESS, &text) == ERR_OK &&
	    text.n > 0) {
		h.address = malloc(text.n);
		if (h.address == NULL)
			return ERR_NOMEM;
		memcpy(h.address, text.p, text.n);
		h.key.address = (struct span){ h.address, text.n };
	}
	r->hubs[r->hub_count++] = h;
	return ERR_OK;
}

static err
take_certify(struct roster *r, const struct taking *t)
{
	struct cert c = { 0 };
	struct span map = t->op->fields;

	c.c.role = role_given(t);
	if (c.c.role == ROLE_NONE ||
	    !get_key(map, FIELD_SIGN_KEY, c.c.sign_pub) ||
	    !get_key(map, FIELD_BOX_KEY, c.c.box_pub) ||
	    !get_key(map, FIELD_TRANSPORT_KEY, c.c.transport_pub))
		return ERR_OK;
	/* nobody but root changes what a commune device is */
	const struct cert *old = roster_newest(r, c.c.sign_pub);
	if (old != NULL && old->c.role == ROLE_COMMUNE && !old->c.revoked &&
	    t->role != ROLE_ROOT)
		return ERR_OK;
	chain_key_id(c.c.sign_pub, c.device);
	memcpy(c.c.id, c.device, ID_LEN);
	c.c.claimed = true;
	c.c.leaf = t->place->leaf;
	return add(r, &c, t);
}

static err
take_invite(struct roster *r, const struct taking *t)
{
	struct cert c = { 0 };

	c.c.role = role_given(t);
	if (c.c.role == ROLE_NONE ||
	    !get_key(t->op->fields, FIELD_INVITE_KEY, c.c.invite_pub))
		return ERR_OK;
	chain_key_id(c.c.invite_pub, c.c.id);
	if (roster_find(r, c.c.id) != NULL)
		return ERR_OK;	/* the first one stands */
	c.c.invite_leaf = t->place->leaf;
	c.c.invite_time = t->place->leaf_time;
	return add(r, &c, t);
}

static void
take_cancel(struct roster *r, const struct taking *t)
{
	struct cert *c = roster_find(r, t->op->subject);

	if (c == NULL || c->c.claimed || c->c.cancelled)
		return;
	c->c.cancelled = true;
	c->cancelled_leaf = t->place->leaf;
}

static void
take_revoke(struct roster *r, const struct taking *t)
{
	if (t->role != ROLE_ROOT &&
	    roster_is_commune(r, t->op->subject, t->place->leaf))
		return;		/* void */
	for (uint32_t i = 0; i < r->cert_count; i++) {
		struct cert *c = &r->certs[i];
		bool named = memcmp(c->c.id, t->op->subject, ID_LEN) == 0 ||
		    (c->c.claimed &&
		    memcmp(c->device, t->op->subject, ID_LEN) == 0);
		if (!named || c->c.revoked || !c->c.claimed)
			continue;
		if (c->c.role == ROLE_COMMUNE && t->role != ROLE_ROOT)
			continue;
		c->c.revoked = true;
		c->revoked_leaf = t->place->leaf;
	}
}

/* The claim has passed roster_claim_check. */
static err
take_claim(struct roster *r, const struct place *place,
    const struct claim_read *claim)
{
	err rc = reserve(r);

	if (rc != ERR_OK)
		return rc;
	struct cert *c = roster_find(r, claim->invite);
	if (c == NULL)
		return ERR_ABSENT;
	memcpy(c->c.sign_pub, claim->sign_pub, KEY_LEN);
	memcpy(c->c.box_pub, claim->box_pub, KEY_LEN);
	memcpy(c->c.transport_pub, claim->transport_pub, KEY_LEN);
	chain_key_id(claim->sign_pub, c->device);
	c->c.claimed = true;
	c->c.leaf = place->leaf;
	enter_key(r, c);
	return ERR_OK;
}

/* A first entry: what it says about its log, and its claim. */
static err
take_first(struct roster *r, const struct place *place, const struct entry *e)
{
	struct entry_ref before;
	struct claim_read claim;
	err rc = ERR_OK;

	if (e->op_count == 0)
		return ERR_OK;
	if (!r->has_root && roster_is_root(r, place->author)) {
		memcpy(r->root_pub, place->author, KEY_LEN);
		r->has_root = true;
	}
	if (field_map_entry_ref(e->ops[0].fields, FIELD_PREDECESSOR,
	    &before) == ERR_OK) {
		rc = merge_lines_add(r->lines, place->log, &before);
		if (rc == ERR_NOMEM)
			return rc;	/* any other: it continues none */
	}
	if (roster_claim_check(r, place, e) != ERR_OK ||
	    roster_claim_read(place, e, &claim) != ERR_OK)
		return ERR_OK;
	return take_claim(r, place, &claim);
}

static err
take_op(struct roster *r, const struct taking *t)
{
	switch (t->op->kind) {
	case KIND_HUB_KEY:
		return take_hub_key(r, t);
	case KIND_RECOVERY_KEY:
		if (get_key(t->op->fields, FIELD_BOX_KEY, r->recovery_pub))
			r->has_recovery = true;
		return ERR_OK;
	case KIND_CERTIFY:
		return take_certify(r, t);
	case KIND_INVITE:
		return take_invite(r, t);
	case KIND_INVITE_CANCEL:
		take_cancel(r, t);
		return ERR_OK;
	case KIND_ENTITLE: {
		struct cert *c = roster_find(r, t->op->subject);
		return c != NULL ? write_scopes(r, c, t) : ERR_OK;
	}
	case KIND_REVOKE:
		take_revoke(r, t);
		return ERR_OK;
	default:
		return ERR_OK;
	}
}

static bool
concerns(uint64_t kind)
{
	return kind == KIND_HUB_KEY || kind == KIND_RECOVERY_KEY ||
	    kind == KIND_CERTIFY || kind == KIND_INVITE ||
	    kind == KIND_INVITE_CANCEL || kind == KIND_ENTITLE ||
	    kind == KIND_REVOKE;
}

err
roster_take(struct roster *r, const struct place *place, const struct entry *e)
{
	struct taking t = { .place = place };
	bool no_leaf = place->leaf == ROSTER_NO_LEAF;
	err rc = ERR_OK;

	if (no_leaf && place->leaf_time > r->now_ms)
		r->now_ms = place->leaf_time;
	if (place->seq == 1)
		rc = take_first(r, place, e);
	t.role = roster_role(r, place->author, place->leaf);
	memcpy(t.stamp.log, place->log, ID_LEN);
	t.stamp.seq = place->seq;
	t.stamp.leaf = place->leaf;
	t.stamp.line_seen = place->line_seen;
	t.stamp.time_ms = e->time_ms;
	t.stamp.leaf_time = no_leaf ? 0 : place->leaf_time;
	for (uint32_t i = 0; rc == ERR_OK && i < e->op_count; i++) {
		t.op = &e->ops[i];
		t.stamp.op = (uint8_t)i;
		if (concerns(t.op->kind) &&
		    judge_op(t.op, t.role, SCOPE_ROOT, place->seq,
		    (uint8_t)i) == VERDICT_EFFECTIVE)
			rc = take_op(r, &t);
	}
	return rc;
}
