/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commune_lane.c -- the lanes of mass organisations in a cell.
 */
#include "client/records/commune.h"

#include <stdlib.h>
#include <string.h>

#include "client/records/commune_key.h"
#include "client/store/clock.h"
#include "protocol/limits.h"

struct lanes {
	const uint8_t *cell;		/* NULL: of every cell */
	struct commune_lane *lane;
	size_t count, cap;
};

/* False: a lane without its cell or organisation. */
static bool
read_lane(const uint8_t *subject, const struct state *state,
    struct commune_lane *ret)
{
	const struct write *w = state_winner(state_find(state, FIELD_CELL,
	    (struct span){0}), clock_now_ms());
	struct span text;
	const uint8_t *cell = NULL;

	if (w == NULL || w->unreadable)
		return false;
	struct codec_reader r = codec_reader(w->value);
	if (codec_read_fixed(&r, SCOPE_LEN, &cell) != ERR_OK ||
	    state_text(state, FIELD_ORGANISATION, (struct span){ 0 },
		clock_now_ms(), &text) != ERR_OK ||
	    text.n >= sizeof ret->organisation)
		return false;
	memcpy(ret->scope, subject, SCOPE_LEN);
	memcpy(ret->cell, cell, SCOPE_LEN);
	memcpy(ret->organisation, text.p, text.n);
	ret->organisation[text.n] = '\0';
	return true;
}

static err
collect(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state)
{
	struct lanes *all = ctx;
	struct commune_lane lane;

	(void)scope;
	if (!read_lane(subject, state, &lane) || (all->cell != NULL &&
	    memcmp(all->cell, lane.cell, SCOPE_LEN) != 0))
		return ERR_OK;
	if (all->count == all->cap) {
		size_t cap = all->cap == 0 ? 8 : all->cap * 2;
		struct commune_lane *more = realloc(all->lane,
		    cap * sizeof *more);
		if (more == NULL)
			return ERR_NOMEM;
		all->lane = more;
		all->cap = cap;
	}
	all->lane[all->count++] = lane;
	return ERR_OK;
}

err
commune_lane_all(struct store *s, const uint8_t *cell,
    struct commune_lane **ret, size_t *ret_count)
{
	struct lanes all = { .cell = cell };
	err rc = store_each(s, scope_root, KIND_LANE, collect, &all);

	if (rc != ERR_OK) {
		free(all.lane);
		return rc;
	}
	*ret = all.lane;
	*ret_count = all.count;
	return ERR_OK;
}

err
commune_lane_find(struct store *s, const uint8_t cell[static SCOPE_LEN],
    struct span organisation, struct commune_lane *ret)
{
	struct commune_lane *all = NULL;
	size_t count = 0;
	err rc = commune_lane_all(s, cell, &all, &count);

	if (rc != ERR_OK)
		return rc;
	rc = ERR_ABSENT;
	for (size_t i = 0; rc != ERR_OK && i < count; i++) {
		if (strlen(all[i].organisation) == organisation.n &&
		    memcmp(all[i].organisation, organisation.p,
		    organisation.n) == 0) {
			*ret = all[i];
			rc = ERR_OK;
		}
	}
	free(all);
	return rc;
}

/* ---- adding */

/* Whether the certificate is to cover the cell's new lane. */
static bool
concerned(const struct certificate *c, const struct commune_lane *lane)
{
	return (c->role == ROLE_SECRETARY || c->role == ROLE_DEPUTY) &&
	    !c->revoked && !c->cancelled && roster_names(c, lane->cell) &&
	    !roster_names(c, lane->scope) && c->scope_count < LIMIT_SCOPES;
}

static err
entitle_fields(const struct certificate *c, const struct commune_lane *lane,
    struct field_draft *d)
{
	struct buf scopes = { 0 };

	codec_put_array(&scopes, (uint32_t)c->scope_count + 1);
	for (size_t i = 0; i < c->scope_count; i++)
		codec_put_bin(&scopes,
		    (struct span){ c->scopes[i], SCOPE_LEN });
	codec_put_bin(&scopes, (struct span){ lane->scope, SCOPE_LEN });
	err rc = buf_err(&scopes);
	if (rc == ERR_OK)
		field_draft_put_raw(d, FIELD_SCOPES, buf_span(&scopes));
	buf_free(&scopes);
	return rc;
}

/* The ops of one entry: the lane, then who is entitled to it. */
enum { LANE_OPS = LIMIT_ENTRY_OPS - 8 };
struct lane_ops {
	struct store_op op[LANE_OPS];
	size_t count;
};

static err
add_lane_op(struct lane_ops *o, const struct commune_lane *lane)
{
	struct store_op *op = &o->op[o->count++];

	op->kind = KIND_LANE;
	chain_scope_subject(lane->scope, op->subject);
	op->fields = field_draft_new();
	if (op->fields == NULL)
		return ERR_NOMEM;
	field_draft_put_bin(op->fields, FIELD_SCOPE,
	    (struct span){ lane->scope, SCOPE_LEN });
	field_draft_put_bin(op->fields, FIELD_CELL,
	    (struct span){ lane->cell, SCOPE_LEN });
	field_draft_put_text(op->fields, FIELD_ORGANISATION,
	    (struct span){ (const uint8_t *)lane->organisation,
	    strlen(lane->organisation) });
	return ERR_OK;
}

static err
add_entitle_ops(struct lane_ops *o, const struct roster *r,
    const struct commune_lane *lane)
{
	err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < roster_count(r); i++) {
		struct certificate c;
		rc = roster_at(r, i, &c);
		if (rc != ERR_OK || !concerned(&c, lane))
			continue;
		if (o->count == LANE_OPS)
			return ERR_LIMIT;
		struct store_op *op = &o->op[o->count++];
		op->kind = KIND_ENTITLE;
		memcpy(op->subject, c.id, ID_LEN);
		op->fields = field_draft_new();
		rc = op->fields == NULL ? ERR_NOMEM :
		    entitle_fields(&c, lane, op->fields);
	}
	return rc;
}

static err
write_lane(struct store *s, const struct commune_lane *lane)
{
	struct lane_ops *o = calloc(1, sizeof *o);

	if (o == NULL)
		return ERR_NOMEM;
	err rc = add_lane_op(o, lane);
	if (rc == ERR_OK)
		rc = add_entitle_ops(o, store_roster(s), lane);
	if (rc == ERR_OK)
		rc = store_write(s, scope_root, o->op, o->count, NULL, 0,
		    NULL);
	for (size_t i = 0; i < o->count; i++)
		field_draft_free(o->op[i].fields);
	free(o);
	return rc;
}

err
commune_lane_add(struct store *s, const uint8_t cell[static SCOPE_LEN],
    struct span organisation, struct commune_lane *ret)
{
	struct commune_lane lane = { .organisation = "" };
	struct commune_cell known;
	bool single = false;
	err rc;

	if (organisation.n >= sizeof lane.organisation ||
	    !commune_cell_code_ok(organisation))
		return ERR_VALUE;
	if (store_role(s) != ROLE_COMMUNE)
		return ERR_ROLE;
	rc = commune_cell_by_scope(s, cell, &known);
	if (rc != ERR_OK)
		return rc;
	rc = commune_lane_find(s, cell, organisation, &lane);
	if (rc != ERR_ABSENT)
		return rc == ERR_OK ? ERR_EXISTS : rc;
	chain_scope_new(SCOPE_LANE, lane.scope);
	memcpy(lane.cell, cell, SCOPE_LEN);
	memcpy(lane.organisation, organisation.p, organisation.n);
	rc = commune_key_begin(s, &single);
	if (rc != ERR_OK)
		return rc;
	rc = write_lane(s, &lane);
	if (rc == ERR_OK)
		rc = commune_key_make(s, lane.scope);
	rc = commune_key_end(s, single, rc);
	if (rc == ERR_OK)
		*ret = lane;
	return rc;
}
