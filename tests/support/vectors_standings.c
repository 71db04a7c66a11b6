/* SPDX-License-Identifier: Apache-2.0 */
/* vectors_standings.c -- admission.txt, its end: certificates come and go. */
#include "tests/support/vectors_admission.h"

#include <string.h>

static void
put_later(struct desk *d)
{
	struct office *o = &d->o;
	struct world_log *secretary = &o->secretary_log;
	struct entry_ref before = { .seq = 2 };
	uint8_t root[HASH_LEN];

	memcpy(before.log, secretary->id, ID_LEN);
	memcpy(before.hash, secretary->entry[1].hash, HASH_LEN);
	world_log_open(&d->log, &d->other, scope_root, o->fpr, 8);
	world_op_log(&o->ops, &d->log, &before);
	office_write(o, &d->log);
	world_segment(&d->log, 1, 1, &d->s);
	vectors_admission_row(d, "successor-of-an-inner-entry", "admitted");
	world_log_open(&d->log, &d->other, scope_root, o->fpr, 9);
	world_op_log(&o->ops, &d->log, &before);
	vectors_must(ledger_root_at(o->ledger, 0, root), "root");
	world_write(&d->log, &o->ops, 0, root, OFFICE_T0);
	world_segment(&d->log, 1, 1, &d->s);
	vectors_admission_row(d, "successor-that-has-seen-less", "admitted");
	vectors_admission_first(d, &o->secretary, o->cell[0], NULL);
	vectors_admission_row(d, "secretary-in-its-cell", "admitted");
	world_op_entitle(&o->ops, o->invite.id, SCOPES(o->cell[1]), 1);
	vectors_admission_step(d, "secretary-entitled-to-another-cell",
	    &o->commune_log);
	world_log_open(&d->log, &o->secretary, o->cell[1], o->fpr, 7);
	world_op_log(&o->ops, &d->log, NULL);
	office_write(o, &d->log);
	world_segment(&d->log, 1, 1, &d->s);
	vectors_admission_row(d, "secretary-in-the-cell-gained", "admitted");
	world_log_open(&d->log, &o->secretary, o->cell[0], o->fpr, 9);
	world_op_log(&o->ops, &d->log, NULL);
	office_write(o, &d->log);
	world_segment(&d->log, 1, 1, &d->s);
	vectors_admission_row(d, "secretary-in-the-cell-lost", "scope");
	world_op_bare(&o->ops, KIND_REVOKE, o->invite.id);
	vectors_admission_step(d, "secretary-revoked", &o->commune_log);
	world_op_bare(&o->ops, KIND_READ, o->invite.id);
	office_write(o, secretary);
	world_segment(secretary, secretary->seq, secretary->seq,
	    &d->s);
	vectors_admission_row(d, "after-its-revocation", "revoked");
	world_segment(secretary, 1, 2, &d->s);
	vectors_admission_row(d, "what-was-admitted-before", "admitted");
}

/* Standings that end, come again, or are two at once. */
static void
put_standings(struct desk *d)
{
	struct office *o = &d->o;
	struct actor device, fourth;

	world_actor("fourth", &fourth);
	world_actor("device", &device);
	world_op_invite(&o->ops, &fourth, ROLE_DEPUTY, SCOPES(o->cell), 1);
	vectors_admission_step(d, "fourth-invite", &o->commune_log);
	world_op_bare(&o->ops, KIND_REVOKE, fourth.id);
	world_op_bare(&o->ops, KIND_REVOKE, device.id);
	vectors_admission_step(d, "revoked-before-its-claim", &o->commune_log);
	world_log_open(&d->log, &o->secretary, scope_root, o->fpr, 13);
	world_op_log(&o->ops, &d->log, NULL);
	world_op_claim(&o->ops, &d->log, &fourth);
	office_write(o, &d->log);
	world_segment(&d->log, 1, 1, &d->s);
	vectors_admission_row(d, "claim-of-a-revoked-device", "revoked");
	office_claim(o, &d->log, &device, &fourth);
	world_segment(&d->log, 1, 1, &d->s);
	vectors_admission_row(d, "claim-after-its-revocation", "admitted");
	world_op_certify(&o->ops, &o->secretary, ROLE_SECRETARY,
	    SCOPES(o->cell), 1);
	vectors_admission_step(d, "secretary-certified-again", &o->commune_log);
	world_log_open(&d->log, &o->secretary, o->cell[0], o->fpr, 11);
	world_op_log(&o->ops, &d->log, NULL);
	office_write(o, &d->log);
	world_segment(&d->log, 1, 1, &d->s);
	vectors_admission_row(d, "after-its-revocation-certified-again",
	    "admitted");
	world_op_certify(&o->ops, &o->hub, ROLE_SECRETARY, SCOPES(o->cell),
	    1);
	vectors_admission_step(d, "hub-certified-as-secretary",
	    &o->commune_log);
	vectors_admission_first(d, &o->hub, o->cell[0], NULL);
	vectors_admission_row(d, "hub-in-the-cell-of-its-certificate", "scope");
}

/* A device that was of the commune is one that the commune can revoke. */
static void
put_demoted(struct desk *d)
{
	struct office *o = &d->o;
	struct actor device;

	world_actor("demoted", &device);
	world_op_certify(&o->ops, &device, ROLE_COMMUNE, NULL, 0);
	vectors_admission_step(d, "root-certifies-a-commune-device",
	    &o->root_log);
	world_op_bare(&o->ops, KIND_REVOKE, device.id);
	vectors_admission_step(d, "the-commune-cannot-revoke-it",
	    &o->commune_log);
	vectors_admission_first(d, &device, o->cell[1], NULL);
	vectors_admission_row(d, "it-is-the-commune", "admitted");
	world_op_bare(&o->ops, KIND_REVOKE, device.id);
	vectors_admission_step(d, "root-revokes-it", &o->root_log);
	world_op_certify(&o->ops, &device, ROLE_DEPUTY, SCOPES(o->cell), 1);
	vectors_admission_step(d, "the-commune-certifies-it-as-deputy",
	    &o->commune_log);
	vectors_admission_first(d, &device, o->cell[0], NULL);
	vectors_admission_row(d, "it-is-a-deputy", "admitted");
	world_op_bare(&o->ops, KIND_REVOKE, device.id);
	vectors_admission_step(d, "the-commune-revokes-the-deputy",
	    &o->commune_log);
	world_log_open(&d->log, &device, o->cell[0], o->fpr, 12);
	world_op_log(&o->ops, &d->log, NULL);
	office_write(o, &d->log);
	world_segment(&d->log, 1, 1, &d->s);
	vectors_admission_row(d, "it-is-nothing", "revoked");
}

void
vectors_standings(struct desk *d)
{
	put_later(d);
	put_standings(d);
	put_demoted(d);
}
