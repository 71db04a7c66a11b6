/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/office.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "office: %s\n", what);
	abort();
}

static err
entry_at(void *ctx, const uint8_t log[ID_LEN], uint64_t seq,
    uint8_t ret_hash[HASH_LEN], uint64_t *ret_line_seen)
{
	const struct office *o = ctx;

	for (size_t i = 0; i < o->rows; i++) {
		const struct office_row *r = &o->row[i];
		if (r->seq != seq || memcmp(r->log, log, ID_LEN) != 0)
			continue;
		memcpy(ret_hash, r->hash, HASH_LEN);
		if (ret_line_seen != NULL)
			*ret_line_seen = r->line_seen;
		return ERR_OK;
	}
	return ERR_ABSENT;
}

static err
keep(void *ctx, const struct admitted_entry *a)
{
	struct office *o = ctx;

	need(o->rows < OFFICE_SEEN_MAX, "too many entries");
	struct office_row *r = &o->row[o->rows++];
	memcpy(r->log, a->place.log, ID_LEN);
	memcpy(r->hash, a->hash, HASH_LEN);
	r->seq = a->place.seq;
	r->leaf = a->place.leaf;
	r->line_seen = a->place.line_seen;
	return ERR_OK;
}

uint64_t
office_time(const struct office *o)
{
	return OFFICE_T0 + 1000 * ledger_size(o->ledger);
}

enum reason
office_admit_at(struct office *o, const struct segment *s, uint64_t time_ms)
{
	enum reason reason = REASON_COUNT;

	need(ledger_admit(o->ledger, s, time_ms, keep, o, &reason, &o->inner,
	    o->inner_scope) == ERR_OK, "ledger_admit failed");
	return reason;
}

enum reason
office_admit(struct office *o, struct world_log *l, uint64_t first,
    uint64_t last)
{
	struct segment s;

	world_segment(l, first, last, &s);
	return office_admit_at(o, &s, office_time(o));
}

void
office_write(struct office *o, struct world_log *l)
{
	uint8_t root[HASH_LEN];
	uint64_t size = ledger_size(o->ledger);

	need(ledger_root_at(o->ledger, size, root) == ERR_OK, "no root");
	world_write(l, &o->ops, size, root, office_time(o));
}

void
office_step(struct office *o, struct world_log *l)
{
	office_write(o, l);
	need(office_admit(o, l, l->seq, l->seq) == REASON_ADMITTED,
	    "not admitted");
}

void
office_claim(struct office *o, struct world_log *l,
    const struct actor *device, const struct actor *invite)
{
	world_log_open(l, device, scope_root, o->fpr, 0);
	world_op_log(&o->ops, l, NULL);
	world_op_claim(&o->ops, l, invite);
	office_write(o, l);
}

void
office_open(struct office *o)
{
	memset(o, 0, sizeof *o);
	need(crypto_start() == ERR_OK, "no crypto");
	world_actor("root", &o->root);
	world_actor("hub", &o->hub);
	world_actor("commune", &o->commune);
	world_actor("invite", &o->invite);
	world_actor("secretary", &o->secretary);
	chain_root_fingerprint(o->root.pub, o->fpr);
	for (uint8_t i = 0; i < 3; i++)
		world_scope(SCOPE_CELL, i, o->cell[i]);
	struct ledger_host host = { o, entry_at };
	o->ledger = ledger_new(o->fpr, &host);
	need(o->ledger != NULL, "no memory");

	world_init(&o->root_log, &o->root, &o->hub, &o->commune, OFFICE_T0);
	need(office_admit(o, &o->root_log, 1, 1) == REASON_ADMITTED,
	    "root's segment is refused");
	world_log_open(&o->commune_log, &o->commune, scope_root, o->fpr, 0);
	world_op_log(&o->ops, &o->commune_log, NULL);
	office_step(o, &o->commune_log);
	world_op_invite(&o->ops, &o->invite, ROLE_SECRETARY,
	    (const uint8_t(*)[SCOPE_LEN])o->cell, 1);
	office_step(o, &o->commune_log);
	office_claim(o, &o->secretary_log, &o->secretary, &o->invite);
	need(office_admit(o, &o->secretary_log, 1, 1) == REASON_ADMITTED,
	    "the claim is refused");
}

void
office_close(struct office *o)
{
	world_log_free(&o->root_log);
	world_log_free(&o->commune_log);
	world_log_free(&o->secretary_log);
	ledger_free(o->ledger);
	memset(o, 0, sizeof *o);
}
