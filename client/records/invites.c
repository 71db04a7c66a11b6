/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/invites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/records/commune.h"
#include "client/records/commune_key.h"
#include "client/store/clock.h"
#include "client/records/short_id.h"

#define DAY_MS UINT64_C(86400000)

/* What the invite names, and the keys to it. */
struct inviting {
	uint8_t scope[LIMIT_SCOPES][SCOPE_LEN];	/* root first */
	size_t scope_count;
	struct cell_key key[LIMIT_SCOPES];
	size_t key_count;
	struct commune_cell cell;		/* where there is one */
	struct buf commune;			/* its name */
	uint8_t secret[INVITE_SECRET_LEN];
	struct invite_keys keys;
};

/* ---- which scopes */

static err
add_scope(struct store *s, struct inviting *v, const uint8_t *scope)
{
	if (v->scope_count == LIMIT_SCOPES || v->key_count == LIMIT_SCOPES)
		return ERR_LIMIT;
	memcpy(v->scope[v->scope_count++], scope, SCOPE_LEN);
	if (chain_scope_kind(scope) == SCOPE_ROOT)
		return ERR_OK;
	err rc = store_key_current(s, scope, &v->key[v->key_count]);
	if (rc == ERR_OK)
		v->key_count++;
	return rc;
}

static err
add_lanes(struct store *s, struct inviting *v, const uint8_t *cell)
{
	struct commune_lane *lanes = NULL;
	size_t count = 0;
	err rc = commune_lane_all(s, cell, &lanes, &count);

	for (size_t i = 0; rc == ERR_OK && i < count; i++)
		rc = add_scope(s, v, lanes[i].scope);
	free(lanes);
	return rc;
}

static err
add_lane(struct store *s, struct inviting *v, const struct invite_new *n,
    bool *ret_made)
{
	struct commune_lane lane;
	err rc = commune_lane_find(s, n->cells[0], n->organisation, &lane);

	*ret_made = rc == ERR_ABSENT;
	if (rc == ERR_ABSENT)
		rc = commune_lane_add(s, n->cells[0], n->organisation, &lane);
	return rc != ERR_OK ? rc : add_scope(s, v, lane.scope);
}

/* An office's certificate names no cell and covers all: it needs the keys. */
static err
add_key(struct store *s, struct inviting *v, const uint8_t *scope)
{
	if (v->key_count == LIMIT_SCOPES)
		return ERR_LIMIT;
	err rc = store_key_current(s, scope, &v->key[v->key_count]);
	if (rc == ERR_OK)
		v->key_count++;
	/* who holds it will grant it */
	return rc == ERR_KEY ? ERR_OK : rc;
}

static err
add_all_keys(struct store *s, struct inviting *v)
{
	struct commune_cell *cells = NULL;
	struct commune_lane *lanes = NULL;
	size_t cell_count = 0, lane_count = 0;
	err rc = commune_cell_all(s, &cells, &cell_count);

	if (rc == ERR_OK)
		rc = commune_lane_all(s, NULL, &lanes, &lane_count);
	if (rc == ERR_OK)
		rc = add_key(s, v, scope_commune);
	for (size_t i = 0; rc == ERR_OK && i < cell_count; i++)
		rc = add_key(s, v, cells[i].scope);
	for (size_t i = 0; rc == ERR_OK && i < lane_count; i++)
		rc = add_key(s, v, lanes[i].scope);
	free(cells);
	free(lanes);
	return rc;
}

static err
add_scopes(struct store *s, struct inviting *v, const struct invite_new *n,
    bool *ret_made)
{
	err rc = add_scope(s, v, scope_root);

	*ret_made = false;
	if (rc != ERR_OK)
		return rc;
	if (n->role == ROLE_COMMUNE)
		return add_all_keys(s, v);
	if (n->role == ROLE_ORGANISATION)
		return add_lane(s, v, n, ret_made);
	for (size_t i = 0; rc == ERR_OK && i < n->cell_count; i++)
		rc = add_scope(s, v, n->cells[i]);
	if (rc == ERR_OK && n->role != ROLE_COMMISSIONER)
		rc = add_lanes(s, v, n->cells[0]);
	return rc;
}

/* Whether cells, organisation and secret fit the role. */
static err
check(struct store *s, const struct invite_new *n, const uint8_t *secret)
{
	bool one = n->cell_count == 1, organisation = n->organisation.n > 0;

	if ((n->role == ROLE_COMMUNE) != (secret != NULL))
		return ERR_USAGE;
	switch (n->role) {
	case ROLE_COMMUNE:
		if (n->cell_count > 0 || organisation)
			return ERR_USAGE;
		break;
	case ROLE_SECRETARY:
	case ROLE_DEPUTY:
		if (!one || organisation)
			return ERR_USAGE;
		break;
	case ROLE_COMMISSIONER:
		if (n->cell_count == 0 || organisation)
			return ERR_USAGE;
		break;
	case ROLE_ORGANISATION:
		if (!one || !organisation)
			return ERR_USAGE;
		break;
	case ROLE_ROOT:
	case ROLE_HUB:
	case ROLE_NONE:
		return ERR_USAGE;
	}
	for (size_t i = 0; i < n->cell_count; i++)
		for (size_t k = 0; k < i; k++)
			if (memcmp(n->cells[i], n->cells[k], SCOPE_LEN) == 0)
				return ERR_USAGE;
	return store_role(s) == ROLE_COMMUNE ? ERR_OK : ERR_ROLE;
}

/* ---- what it says */

static err
fill_fields(const struct inviting *v, enum role role, struct field_draft *d)
{
	struct buf scopes = { 0 };

	field_draft_put_bin(d, FIELD_INVITE_KEY,
	    (struct span){ v->keys.pub, KEY_LEN });
	field_draft_put_uint(d, FIELD_ROLE, role);
	codec_put_array(&scopes, (uint32_t)v->scope_count);
	for (size_t i = 0; i < v->scope_count; i++)
		codec_put_bin(&scopes, (struct span){ v->scope[i],
		    SCOPE_LEN });
	err rc = buf_err(&scopes);
	if (rc == ERR_OK)
		field_draft_put_raw(d, FIELD_SCOPES, buf_span(&scopes));
	buf_free(&scopes);
	return rc;
}

static struct span
as_span(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

static err
fill_body(struct store *s, struct inviting *v, const struct invite_new *n,
    struct invite_made *ret, struct invite_body *body)
{
	const struct roster *r = store_roster(s);
	struct hub_key hub;
	err rc = roster_hub_key(r, ROSTER_NO_LEAF, &hub);

	if (rc == ERR_OK)
		rc = roster_root_pub(r, body->root_pub);
	if (rc == ERR_OK)
		rc = roster_recovery_pub(r, body->recovery_pub);
	if (rc == ERR_OK)
		rc = commune_name(s, &v->commune);
	if (rc == ERR_OK && hub.address.n >= sizeof ret->address)
		rc = ERR_LIMIT;
	if (rc != ERR_OK)
		return rc;
	memcpy(body->hub_sign_pub, hub.sign_pub, KEY_LEN);
	memcpy(body->hub_box_pub, hub.box_pub, KEY_LEN);
	memcpy(body->tls_pin, hub.tls_pin, HASH_LEN);
	if (hub.address.n > 0)
		memcpy(ret->address, hub.address.p, hub.address.n);
	ret->address[hub.address.n] = '\0';
	body->address = as_span(ret->address);
	body->keys = v->key;
	body->key_count = v->key_count;
	body->commune_name = buf_span(&v->commune);
	body->organisation = n->organisation;
	if (n->cell_count == 1) {
		rc = commune_cell_by_scope(s, n->cells[0], &v->cell);
		body->cell_code = as_span(v->cell.code);
		body->cell_name = as_span(v->cell.name);
	}
	return rc;
}

/* Root's own hand. */
static err
write_by_root(struct store *s, const struct store_op *op,
    const uint8_t *secret)
{
	struct root_keys *root = crypto_alloc(sizeof *root);
	err rc = ERR_NOMEM;

	if (root != NULL) {
		recovery_derive(secret, root);
		rc = store_root_write(s, root, op, 1);
	}
	crypto_free(root);
	return rc;
}

static err
write_invite(struct store *s, struct inviting *v, const struct invite_new *n,
    const uint8_t *secret, const struct invite_body *body)
{
	struct store_op op = { .kind = KIND_INVITE };
	struct buf fields = { 0 }, sealed = { 0 };
	err rc;

	memcpy(op.subject, v->keys.id, ID_LEN);
	op.fields = field_draft_new();
	if (op.fields == NULL)
		return ERR_NOMEM;
	rc = fill_fields(v, n->role, op.fields);
	/* the store adds nothing to the fields of such an op, so that they
	 * stand in the entry as they are sealed with here */
	if (rc == ERR_OK)
		rc = field_draft_encode(op.fields, &fields);
	if (rc == ERR_OK)
		rc = invite_seal(&v->keys, buf_span(&fields), body, &sealed);
	op.key_part = buf_span(&sealed);
	if (rc == ERR_OK)
		rc = secret != NULL ? write_by_root(s, &op, secret) :
		    store_write(s, scope_root, &op, 1, NULL, 0, NULL);
	field_draft_free(op.fields);
	buf_free(&fields);
	buf_free(&sealed);
	return rc;
}

static err
make(struct store *s, struct inviting *v, const struct invite_new *n,
    const uint8_t *secret, struct invite_made *ret)
{
	struct invite_body body = { 0 };
	bool single = false;
	/* what root writes is a commit of its own */
	err rc = secret != NULL ? ERR_OK : commune_key_begin(s, &single);

	if (rc != ERR_OK)
		return rc;
	rc = add_scopes(s, v, n, &ret->lane_made);
	if (rc == ERR_OK)
		rc = fill_body(s, v, n, ret, &body);
	if (rc == ERR_OK)
		rc = write_invite(s, v, n, secret, &body);
	return commune_key_end(s, single, rc);
}

err
invites_make(struct store *s, const struct invite_new *n,
    const uint8_t *secret, struct invite_made *ret)
{
	struct invite_made made = { .expires_ms = 0 };
	err rc = check(s, n, secret);

	if (rc != ERR_OK)
		return rc;
	struct inviting *v = crypto_alloc(sizeof *v);
	if (v == NULL)
		return ERR_NOMEM;
	memset(v, 0, sizeof *v);
	crypto_random(v->secret, sizeof v->secret);
	invite_derive(v->secret, &v->keys);
	rc = make(s, v, n, secret, &made);
	if (rc == ERR_OK) {
		invite_code_encode(v->secret, made.code);
		memcpy(made.id, v->keys.id, ID_LEN);
		memcpy(made.fingerprint, store_fingerprint(s), HASH_LEN);
		made.expires_ms = clock_now_ms() + INVITE_DAYS * DAY_MS;
		*ret = made;
	}
	crypto_wipe(&made, sizeof made);
	buf_free(&v->commune);
	crypto_free(v);
	return rc;
}

err
invites_cancel(struct store *s, const uint8_t id[static ID_LEN])
{
	struct store_op op = { .kind = KIND_INVITE_CANCEL };
	struct certificate c;
	err rc = roster_by_id(store_roster(s), id, &c);

	if (rc != ERR_OK)
		return rc;
	if (c.claimed || c.cancelled)
		return ERR_EXISTS;
	memcpy(op.subject, id, ID_LEN);
	return store_write(s, scope_root, &op, 1, NULL, 0, NULL);
}

/* ---- those that were made */

static const struct commune_lane *
find_lane(const struct commune_lane *lanes, size_t count,
    const uint8_t *scope)
{
	for (size_t i = 0; i < count; i++)
		if (memcmp(lanes[i].scope, scope, SCOPE_LEN) == 0)
			return &lanes[i];
	return NULL;
}

/* The codes of its cells, as far as they are known here. */
static err
put_cells(struct store *s, const struct certificate *c,
    const struct commune_lane *lanes, size_t count, struct invite_listed *ret)
{
	struct buf codes = { 0 };
	struct commune_cell cell;
	err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < c->scope_count; i++) {
		const uint8_t *scope = c->scopes[i];
		const struct commune_lane *lane = find_lane(lanes, count,
		    scope);

		if (lane != NULL) {
			if (c->role != ROLE_ORGANISATION)
				continue;
			memcpy(ret->organisation, lane->organisation,
			    sizeof ret->organisation);
			scope = lane->cell;
		}
		if (chain_scope_kind(scope) != SCOPE_CELL)
			continue;
		rc = commune_cell_by_scope(s, scope, &cell);
		if (rc == ERR_OK) {
			buf_put_text(&codes, codes.n > 0 ? " " : "");
			buf_put_text(&codes, cell.code);
		}
		if (rc == ERR_ABSENT)
			rc = ERR_OK;
	}
	ret->cells = strdup(buf_cstr(&codes));
	if (rc == ERR_OK)
		rc = buf_err(&codes);
	if (rc == ERR_OK && ret->cells == NULL)
		rc = ERR_NOMEM;
	buf_free(&codes);
	return rc;
}

/* False: no invite, but a certify. */
static bool
read_invite(const struct certificate *c, struct invite_listed *ret)
{
	static const uint8_t none[KEY_LEN];

	if (memcmp(c->invite_pub, none, KEY_LEN) == 0)
		return false;
	*ret = (struct invite_listed){ .role = c->role,
		.sent = c->invite_leaf != ROSTER_NO_LEAF };
	memcpy(ret->id, c->id, ID_LEN);
	if (ret->sent)
		ret->expires_ms = c->invite_time + INVITE_DAYS * DAY_MS;
	if (c->claimed)
		ret->state = INVITE_CLAIMED;
	else if (c->cancelled)
		ret->state = INVITE_CANCELLED;
	else if (ret->sent && clock_now_ms() > ret->expires_ms)
		ret->state = INVITE_EXPIRED;
	return true;
}

err
invites_list(struct store *s, enum invites_which which,
    struct invite_listed **ret, size_t *ret_count)
{
	const struct roster *r = store_roster(s);
	struct commune_lane *lanes = NULL;
	struct invite_listed *list = calloc(roster_count(r) + 1,
	    sizeof *list);
	size_t lane_count = 0, n = 0;
	err rc = list == NULL ? ERR_NOMEM :
	    commune_lane_all(s, NULL, &lanes, &lane_count);

	for (size_t i = 0; rc == ERR_OK && i < roster_count(r); i++) {
		struct certificate c;
		rc = roster_at(r, i, &c);
		if (rc != ERR_OK || !read_invite(&c, &list[n]) ||
		    (which == INVITES_OPEN && list[n].state != INVITE_OPEN))
			continue;
		rc = put_cells(s, &c, lanes, lane_count, &list[n]);
		n++;
	}
	free(lanes);
	if (rc != ERR_OK) {
		invites_list_free(list, n);
		return rc;
	}
	*ret = list;
	*ret_count = n;
	return ERR_OK;
}

void
invites_list_free(struct invite_listed *list, size_t count)
{
	for (size_t i = 0; list != NULL && i < count; i++)
		free(list[i].cells);
	free(list);
}

err
invites_find(struct store *s, const char *hex, uint8_t ret[static ID_LEN])
{
	const struct roster *r = store_roster(s);
	struct invite_listed v;
	uint8_t first[ID_LEN];
	size_t found = 0;

	if (!short_id_form(hex))
		return ERR_FORMAT;
	for (size_t i = 0; i < roster_count(r); i++) {
		struct certificate c;
		err rc = roster_at(r, i, &c);
		if (rc != ERR_OK)
			return rc;
		if (!read_invite(&c, &v) || !short_id_names(hex, c.id))
			continue;
		if (found++ > 0)
			return ERR_VALUE;
		memcpy(first, c.id, ID_LEN);
	}
	if (found == 0)
		return ERR_ABSENT;
	memcpy(ret, first, ID_LEN);
	return ERR_OK;
}

void
invites_line(const struct invite_made *m, char *out, size_t size)
{
	(void)snprintf(out, size, "%s%s%s", m->code,
	    m->address[0] != '\0' ? "@" : "", m->address);
}

void
invites_qr(const struct invite_made *m, char *out, size_t size)
{
	char fpr[2 * HASH_LEN + 1];

	hex_encode(m->fingerprint, HASH_LEN, fpr);
	(void)snprintf(out, size, "nguon:%s%s%s#%s", m->code,
	    m->address[0] != '\0' ? "@" : "", m->address, fpr);
}
