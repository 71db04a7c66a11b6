/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/roster_internal.h"

#include <stdlib.h>
#include <string.h>

struct roster *
roster_new(const uint8_t root_fpr[static HASH_LEN])
{
	struct roster *r = calloc(1, sizeof *r);

	if (r == NULL)
		return NULL;
	r->lines = merge_lines_new();
	if (r->lines == NULL) {
		free(r);
		return NULL;
	}
	memcpy(r->fingerprint, root_fpr, HASH_LEN);
	r->assumed_role = ROLE_NONE;
	r->by_key.stride = sizeof(struct cert);
	r->by_key.offset = offsetof(struct cert, c.sign_pub);
	r->by_key.len = KEY_LEN;
	return r;
}

void
roster_free(struct roster *r)
{
	if (r == NULL)
		return;
	for (uint32_t i = 0; i < r->cert_count; i++) {
		struct cert *c = &r->certs[i];
		for (uint32_t j = 0; j < c->write_count; j++)
			free(c->writes[j].scopes);
		free(c->writes);
	}
	for (uint32_t i = 0; i < r->hub_count; i++)
		free(r->hubs[i].address);
	lookup_free(&r->by_key);
	merge_lines_free(r->lines);
	free(r->certs);
	free(r->hubs);
	free(r->assumed_scopes);
	free(r);
}

struct cert *
roster_find(const struct roster *r, const uint8_t id[static ID_LEN])
{
	for (uint32_t i = r->cert_count; i-- > 0;)
		if (memcmp(r->certs[i].c.id, id, ID_LEN) == 0)
			return &r->certs[i];
	return NULL;
}

struct cert *
roster_newest(const struct roster *r, const uint8_t sign_pub[static KEY_LEN])
{
	uint32_t i = lookup_find(&r->by_key, r->certs, sign_pub);

	return i != LOOKUP_NONE ? &r->certs[i] : NULL;
}

bool
roster_is_root(const struct roster *r, const uint8_t sign_pub[static KEY_LEN])
{
	uint8_t fpr[HASH_LEN];

	if (r->has_root)
		return memcmp(sign_pub, r->root_pub, KEY_LEN) == 0;
	chain_root_fingerprint(sign_pub, fpr);
	return memcmp(fpr, r->fingerprint, HASH_LEN) == 0;
}

/* The hub key in force for a tree of that size, of those certified up to a
 * leaf; of two from the same size the later one. */
static const struct hub *
hub_at(const struct roster *r, uint64_t size, uint64_t leaf)
{
	const struct hub *best = NULL;

	for (uint32_t i = 0; i < r->hub_count; i++) {
		const struct hub *h = &r->hubs[i];
		if (h->leaf > leaf || h->key.from_size > size)
			continue;
		if (best == NULL || h->key.from_size >= best->key.from_size)
			best = h;
	}
	return best;
}

static bool
cert_valid(const struct cert *c, uint64_t leaf)
{
	return c->c.claimed && c->c.leaf <= leaf &&
	    (!c->c.revoked || leaf <= c->revoked_leaf);
}

/* The newest certificate of that key that is valid at the leaf. */
static const struct cert *
valid_at(const struct roster *r, const uint8_t *sign_pub, uint64_t leaf)
{
	uint32_t i = lookup_find(&r->by_key, r->certs, sign_pub);

	while (i != LOOKUP_NONE && !cert_valid(&r->certs[i], leaf))
		i = r->certs[i].older;
	return i != LOOKUP_NONE ? &r->certs[i] : NULL;
}

enum role
roster_role(const struct roster *r, const uint8_t sign_pub[static KEY_LEN],
    uint64_t leaf)
{
	if (roster_is_root(r, sign_pub))
		return ROLE_ROOT;

	const struct hub *h = hub_at(r, leaf, leaf);
	if (h != NULL && memcmp(h->key.sign_pub, sign_pub, KEY_LEN) == 0)
		return ROLE_HUB;

	const struct cert *c = valid_at(r, sign_pub, leaf);
	if (c == NULL && roster_assumed(r, sign_pub, leaf))
		return r->assumed_role;
	return c != NULL ? c->c.role : ROLE_NONE;
}

/* Whether no other write up to the leaf happened after write i. */
static bool
is_value(const struct roster *r, const struct cert *c, uint32_t i,
    uint64_t leaf)
{
	for (uint32_t j = 0; j < c->write_count; j++)
		if (j != i && c->writes[j].stamp.leaf <= leaf &&
		    merge_before(r->lines, &c->writes[i].stamp,
		    &c->writes[j].stamp))
			return false;
	return true;
}

const struct scope_write *
roster_scopes_at(const struct roster *r, const struct cert *c, uint64_t leaf)
{
	const struct scope_write *best = NULL;

	for (uint32_t i = 0; i < c->write_count; i++) {
		const struct scope_write *w = &c->writes[i];
		if (w->stamp.leaf > leaf || !is_value(r, c, i, leaf))
			continue;
		if (best == NULL ||
		    merge_rank(&w->stamp, &best->stamp, r->now_ms) > 0)
			best = w;
	}
	return best;
}

static bool
cert_names(const struct roster *r, const struct cert *c, const uint8_t *scope,
    uint64_t leaf)
{
	const uint8_t(*scopes)[SCOPE_LEN] =
	    (const uint8_t(*)[SCOPE_LEN])r->assumed_scopes;
	size_t count = r->assumed_count;

	if (c != NULL) {
		scopes = c->c.scopes;
		count = c->c.scope_count;
	}
	/* the winner of all writes is at hand; an older leaf is looked up */
	if (c != NULL && c->write_count > 0 &&
	    c->writes[c->write_count - 1].stamp.leaf > leaf) {
		const struct scope_write *w = roster_scopes_at(r, c, leaf);
		if (w == NULL)
			return false;
		scopes = (const uint8_t(*)[SCOPE_LEN])w->scopes;
		count = w->count;
	}
	for (size_t i = 0; i < count; i++)
		if (memcmp(scopes[i], scope, SCOPE_LEN) == 0)
			return true;
	return false;
}

bool
roster_names(const struct certificate *c,
    const uint8_t scope[static SCOPE_LEN])
{
	for (size_t i = 0; i < c->scope_count; i++)
		if (memcmp(c->scopes[i], scope, SCOPE_LEN) == 0)
			return true;
	return false;
}

bool
roster_covers(const struct roster *r, const uint8_t sign_pub[static KEY_LEN],
    const uint8_t scope[static SCOPE_LEN], uint64_t leaf)
{
	enum role role = roster_role(r, sign_pub, leaf);

	switch (chain_scope_kind(scope)) {
	case SCOPE_UNKNOWN:
		return false;
	case SCOPE_ROOT:	/* stands in every certificate */
		return role != ROLE_NONE;
	case SCOPE_COMMUNE:
	case SCOPE_CELL:
	case SCOPE_LANE:
		break;
	}
	switch (role) {
	case ROLE_COMMUNE:
		return true;
	case ROLE_SECRETARY:
	case ROLE_DEPUTY:
	case ROLE_COMMISSIONER:
	case ROLE_ORGANISATION:
		return cert_names(r, valid_at(r, sign_pub, leaf), scope, leaf);
	case ROLE_ROOT:
	case ROLE_HUB:
	case ROLE_NONE:
		break;
	}
	return false;
}

size_t
roster_count(const struct roster *r)
{
	return r->cert_count;
}

size_t
roster_device_count(const struct roster *r)
{
	return r->by_key.used;
}

bool
roster_is_commune(const struct roster *r, const uint8_t id[static ID_LEN],
    uint64_t leaf)
{
	for (uint32_t i = r->cert_count; i-- > 0;) {
		const struct certificate *c = &r->certs[i].c;
		if (c->claimed && c->leaf <= leaf &&
		    memcmp(c->id, id, ID_LEN) == 0)
			return c->role == ROLE_COMMUNE;
	}
	return false;
}

err
roster_at(const struct roster *r, size_t i, struct certificate *ret)
{
	if (i >= r->cert_count)
		return ERR_ABSENT;
	*ret = r->certs[i].c;
	return ERR_OK;
}

static err
by_device(const struct roster *r, const uint8_t *device, size_t n,
    struct certificate *ret)
{
	for (uint32_t i = r->cert_count; i-- > 0;) {
		const struct cert *c = &r->certs[i];
		if (c->c.claimed && memcmp(c->device, device, n) == 0) {
			*ret = c->c;
			return ERR_OK;
		}
	}
	return ERR_ABSENT;
}

err
roster_by_device(const struct roster *r, const uint8_t device[static ID_LEN],
    struct certificate *ret)
{
	return by_device(r, device, ID_LEN, ret);
}

err
roster_by_device_prefix(const struct roster *r,
    const uint8_t prefix[static 8], struct certificate *ret)
{
	return by_device(r, prefix, 8, ret);
}

err
roster_by_id(const struct roster *r, const uint8_t id[static ID_LEN],
    struct certificate *ret)
{
	const struct cert *c = roster_find(r, id);

	if (c == NULL)
		return ERR_ABSENT;
	*ret = c->c;
	return ERR_OK;
}

err
roster_hub_key(const struct roster *r, uint64_t size, struct hub_key *ret)
{
	const struct hub *h = hub_at(r, size, ROSTER_NO_LEAF);

	if (h == NULL)
		return ERR_ABSENT;
	*ret = h->key;
	return ERR_OK;
}

err
roster_root_pub(const struct roster *r, uint8_t ret[static KEY_LEN])
{
	if (!r->has_root)
		return ERR_ABSENT;
	memcpy(ret, r->root_pub, KEY_LEN);
	return ERR_OK;
}

err
roster_recovery_pub(const struct roster *r, uint8_t ret[static KEY_LEN])
{
	if (!r->has_recovery)
		return ERR_ABSENT;
	memcpy(ret, r->recovery_pub, KEY_LEN);
	return ERR_OK;
}
