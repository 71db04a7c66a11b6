/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vectors_admission.c -- admission.txt: segments for one ledger, in order.  A
 * refused one changes nothing, so what follows is judged after those that
 * were admitted.
 */
#include "tests/support/vectors_admission.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/frame.h"
#include "protocol/limits.h"

static uint64_t
leaf_time(const struct desk *d)
{
	uint64_t time = office_time(&d->o), last =
	    ledger_last_time(d->o.ledger);

	if (d->time_ms != 0)
		return d->time_ms;
	return time > last ? time : last;
}

void
vectors_admission_row(struct desk *d, const char *name, const char *expected)
{
	struct frame f = { .type = FRAME_SEGMENT, .u.segment = d->s };
	struct buf bytes = { 0 };
	uint64_t time = leaf_time(d);
	uint8_t root[HASH_LEN];

	if (strcmp(expected, "admitted") == 0)
		vectors_must(office_admit_at(&d->o, &d->s, time) ==
		    REASON_ADMITTED ? ERR_OK : ERR_RULE, name);
	frame_put(&bytes, &f);
	vectors_must(buf_err(&bytes), name);
	vectors_must(ledger_root_at(d->o.ledger, ledger_size(d->o.ledger),
	    root), name);
	vectors_row(d->out, name, expected);
	vectors_number(d->out, time);
	vectors_hex(d->out, buf_span(&bytes));
	vectors_number(d->out, ledger_size(d->o.ledger));
	vectors_bytes(d->out, root, HASH_LEN);
	vectors_end(d->out);
	buf_free(&bytes);
	world_log_free(&d->log);
	d->time_ms = 0;
}

/* One lawful op for the next entry; _marked: written as well. */
static void
mark(struct desk *d)
{
	world_op_bare(&d->o.ops, KIND_READ, d->o.invite.id);
}

static void
marked(struct desk *d, struct world_log *l)
{
	mark(d);
	office_write(&d->o, l);
}

/* The newest entries of a log taken back, so that others can be tried. */
static void
take_back(struct world_log *l, uint64_t seq)
{
	while (l->seq > seq)
		buf_free(&l->entry[--l->seq].raw);
	l->seen = 3;
}

static struct world_log *
secretary(struct desk *d)
{
	return &d->o.secretary_log;
}

/* Seq 2 of the secretary's log, not yet judged. */
static void
good(struct desk *d)
{
	take_back(secretary(d), 1);
	marked(d, secretary(d));
	world_segment(secretary(d), 2, 2, &d->s);
}

/* ---- leaves 0 to 3 */

static void
put_commune(struct desk *d)
{
	struct office *o = &d->o;
	struct world_log *logs[] = { &o->root_log, &o->commune_log,
		&o->commune_log, &o->secretary_log };
	static const uint64_t seq[] = { 1, 1, 2, 1 };
	static const char *const names[] = { "root", "commune-log", "invite",
		"claim" };
	struct ledger *l = ledger_new(o->fpr, NULL);

	vectors_must(l == NULL ? ERR_NOMEM : ERR_OK, "ledger");
	for (size_t i = 0; i < 4; i++) {
		struct frame f = { .type = FRAME_SEGMENT };
		enum reason reason;
		struct leaf_inner inner;
		uint8_t scope[SCOPE_LEN], root[HASH_LEN];
		struct buf bytes = { 0 };

		world_segment(logs[i], seq[i], seq[i], &f.u.segment);
		vectors_must(ledger_admit(l, &f.u.segment,
		    OFFICE_T0 + 1000 * i, NULL, NULL, &reason, &inner, scope),
		    names[i]);
		vectors_must(ledger_root_at(l, i + 1, root), names[i]);
		frame_put(&bytes, &f);
		vectors_row(d->out, names[i], "admitted");
		vectors_number(d->out, OFFICE_T0 + 1000 * i);
		vectors_hex(d->out, buf_span(&bytes));
		vectors_number(d->out, i + 1);
		vectors_bytes(d->out, root, HASH_LEN);
		vectors_end(d->out);
		buf_free(&bytes);
	}
	ledger_free(l);
}

/* ---- format, limit, log op */

static void
put_forms(struct desk *d)
{
	static const uint8_t nil[] = { 0xc0 };
	struct buf many = { 0 };

	good(d);
	d->s.first = 0;
	vectors_admission_row(d, "seq-0", "format");
	good(d);
	d->s.count = 0;
	d->s.entries.n = 0;
	vectors_admission_row(d, "no-entry", "format");
	good(d);
	d->s.entries = (struct span){ nil, 1 };
	vectors_admission_row(d, "not-an-entry", "format");
	good(d);
	d->s.count = LIMIT_SEGMENT_ENTRIES + 1;
	for (uint32_t i = 0; i < d->s.count; i++)
		buf_put_u8(&many, 0xc0);
	d->s.entries = buf_span(&many);
	vectors_admission_row(d, "1025-entries", "limit");
	buf_reset(&many);
	vectors_unhex("930401dc0101", &many);
	for (int i = 0; i <= LIMIT_ENTRY_OPS; i++) {
		vectors_unhex("9419c410", &many);	/* a read */
		buf_put(&many, d->o.invite.id, ID_LEN);
		vectors_unhex("8090", &many);
	}
	good(d);
	d->s.entries = buf_span(&many);
	vectors_admission_row(d, "257-ops", "limit");
	buf_free(&many);
}

void
vectors_admission_first(struct desk *d, const struct actor *author,
    const uint8_t *scope, const struct entry_ref *predecessor)
{
	world_log_open(&d->log, author, scope, d->o.fpr, 7);
	world_op_log(&d->o.ops, &d->log, predecessor);
	office_write(&d->o, &d->log);
	world_segment(&d->log, 1, 1, &d->s);
}

/* A log op whose salt is a number. */
static void
log_op_of_another_type(struct desk *d)
{
	struct field_draft *fields = field_draft_new();

	world_log_open(&d->log, &d->o.secretary, scope_root, d->o.fpr, 7);
	field_draft_put_bin(fields, FIELD_SIGN_KEY,
	    (struct span){ d->o.secretary.pub, KEY_LEN });
	field_draft_put_uint(fields, FIELD_LOG_SALT, 7);
	field_draft_put_bin(fields, FIELD_SCOPE,
	    (struct span){ scope_root, SCOPE_LEN });
	(void)world_op(&d->o.ops, KIND_LOG, d->log.id, fields);
	office_write(&d->o, &d->log);
	world_segment(&d->log, 1, 1, &d->s);
	vectors_admission_row(d, "log-salt-is-a-number", "log");
}

static void
put_log_ops(struct desk *d)
{
	log_op_of_another_type(d);
	vectors_admission_first(d, &d->o.secretary, scope_root, NULL);
	world_op_log(&d->o.ops, &d->log, NULL);
	office_write(&d->o, &d->log);
	world_segment(&d->log, 2, 2, &d->s);
	vectors_admission_row(d, "unknown-log-from-seq-2-with-a-log-op",
	    "chain");
	world_log_open(&d->log, &d->o.secretary, scope_root, d->o.fpr, 7);
	marked(d, &d->log);
	world_segment(&d->log, 1, 1, &d->s);
	vectors_admission_row(d, "first-op-is-no-log", "log");
	take_back(secretary(d), 1);
	world_op_log(&d->o.ops, secretary(d), NULL);
	office_write(&d->o, secretary(d));
	world_segment(secretary(d), 2, 2, &d->s);
	vectors_admission_row(d, "log-op-at-seq-2", "log");
	world_log_open(&d->log, &d->o.secretary, scope_root, d->o.fpr, 7);
	world_op_log(&d->o.ops, &d->log, NULL);
	world_op_log(&d->o.ops, &d->log, NULL);
	office_write(&d->o, &d->log);
	world_segment(&d->log, 1, 1, &d->s);
	vectors_admission_row(d, "log-op-twice", "log");
	vectors_admission_first(d, &d->o.secretary, scope_root, NULL);
	d->s.log[0] ^= 1;
	vectors_admission_row(d, "log-id-of-another", "log");
	world_log_open(&d->log, &d->o.secretary, scope_root, d->o.fpr, 7);
	memcpy(d->log.scope, d->o.cell[0], SCOPE_LEN);
	world_op_log(&d->o.ops, &d->log, NULL);
	office_write(&d->o, &d->log);
	world_segment(&d->log, 1, 1, &d->s);
	vectors_admission_row(d, "log-scope-of-another", "log");
}

/* ---- chain, fork, signature */

static void
put_chain(struct desk *d)
{
	struct entry_ref before = { .seq = 1 };

	good(d);
	marked(d, secretary(d));
	world_segment(secretary(d), 3, 3, &d->s);
	vectors_admission_row(d, "gap", "chain");
	vectors_admission_first(d, &d->o.secretary, scope_root, NULL);
	marked(d, &d->log);
	world_segment(&d->log, 2, 2, &d->s);
	vectors_admission_row(d, "unknown-log-from-seq-2", "chain");
	memcpy(before.log, secretary(d)->id, ID_LEN);
	memcpy(before.hash, secretary(d)->entry[0].hash, HASH_LEN);
	before.seq = 2;
	vectors_admission_first(d, &d->o.secretary, scope_root, &before);
	vectors_admission_row(d, "predecessor-not-admitted", "chain");
	before.seq = 0;
	vectors_admission_first(d, &d->o.secretary, scope_root, &before);
	vectors_admission_row(d, "predecessor-at-seq-0", "chain");
	before.seq = 1;
	before.hash[0] ^= 1;
	vectors_admission_first(d, &d->o.secretary, scope_root, &before);
	vectors_admission_row(d, "predecessor-of-another-hash", "chain");
	before.hash[0] ^= 1;
	vectors_admission_first(d, &d->o.secretary, d->o.cell[0], &before);
	vectors_admission_row(d, "predecessor-in-another-scope", "chain");
	before.log[0] ^= 1;
	vectors_admission_first(d, &d->o.secretary, scope_root, &before);
	vectors_admission_row(d, "predecessor-unknown", "chain");
}

static void
put_signatures(struct desk *d)
{
	struct segment later;

	good(d);
	d->s.sig[5] ^= 4;
	vectors_admission_row(d, "signature-changed", "signature");
	good(d);
	marked(d, secretary(d));
	world_segment(secretary(d), 2, 3, &later);
	world_segment(secretary(d), 2, 2, &d->s);
	memcpy(d->s.sig, later.sig, SIG_LEN);
	vectors_admission_row(d, "signature-of-another-head", "signature");
	good(d);
	secretary(d)->cut.p[d->s.entries.n - 4] ^= 1;
	vectors_admission_row(d, "entry-changed", "signature");
}

/* ---- certificates, scopes */

static void
put_certificates(struct desk *d)
{
	static const uint8_t strange[SCOPE_LEN] = { 7, 7 };
	static const uint8_t as_root[SCOPE_LEN] = { 0, 1 };
	static const uint8_t as_commune[SCOPE_LEN] = { 1, 0, 0, 0, 0, 0, 0,
		1 };
	static const uint8_t commune[SCOPE_LEN] = { 1 };

	vectors_admission_first(d, &d->other, scope_root, NULL);
	vectors_admission_row(d, "no-certificate-and-no-claim", "certificate");
	vectors_admission_first(d, &d->other, d->o.cell[0], NULL);
	vectors_admission_row(d, "no-certificate-in-a-cell", "certificate");
	office_claim(&d->o, &d->log, &d->other, &d->second);
	world_segment(&d->log, 1, 1, &d->s);
	vectors_admission_row(d, "invite-not-known", "invite-unknown");
	office_claim(&d->o, &d->log, &d->other, &d->o.invite);
	world_segment(&d->log, 1, 1, &d->s);
	vectors_admission_row(d, "invite-claimed-already", "claim-taken");
	vectors_admission_first(d, &d->o.secretary, d->o.cell[1], NULL);
	vectors_admission_row(d, "secretary-in-another-cell", "scope");
	vectors_admission_first(d, &d->o.secretary, commune, NULL);
	vectors_admission_row(d, "secretary-in-scope-commune", "scope");
	vectors_admission_first(d, &d->o.root, d->o.cell[0], NULL);
	vectors_admission_row(d, "root-in-a-cell", "scope");
	vectors_admission_first(d, &d->o.hub, commune, NULL);
	vectors_admission_row(d, "hub-in-scope-commune", "scope");
	vectors_admission_first(d, &d->o.commune, strange, NULL);
	vectors_admission_row(d, "commune-in-a-strange-scope", "scope");
	vectors_admission_first(d, &d->o.commune, as_root, NULL);
	vectors_admission_row(d, "commune-in-a-scope-that-begins-00", "scope");
	vectors_admission_first(d, &d->o.commune, as_commune, NULL);
	vectors_admission_row(d, "commune-in-a-scope-that-begins-01", "scope");
}

/* ---- seen, root, epoch: seq 1 of the secretary has seen 3, the tree is 4 */

static void
stated(struct desk *d, const char *name, const char *expected, uint64_t seen,
    bool has_root, uint64_t epoch, int flip)
{
	uint8_t root[HASH_LEN];

	vectors_must(ledger_root_at(d->o.ledger, seen <= 4 ? seen : 4, root),
	    name);
	root[0] ^= (uint8_t)flip;
	take_back(secretary(d), 1);
	mark(d);
	world_write_draft(secretary(d), &d->o.ops, (struct entry_draft){
	    .seen = seen, .has_root = has_root, .epoch = epoch,
	    .root = root });
	world_segment(secretary(d), 2, 2, &d->s);
	vectors_admission_row(d, name, expected);
}

static void
put_seen(struct desk *d)
{
	uint8_t root[HASH_LEN];

	stated(d, "seen-changed-without-root", "seen", 4, false, 0, 0);
	stated(d, "root-though-seen-is-the-same", "seen", 3, true, 0, 0);
	stated(d, "seen-decreases", "seen", 2, true, 0, 0);
	stated(d, "seen-above-the-tree", "seen", 5, true, 0, 0);
	stated(d, "epoch-1", "epoch", 4, true, 1, 0);
	stated(d, "another-root", "root", 4, true, 0, 1);
	world_log_open(&d->log, &d->o.secretary, scope_root, d->o.fpr, 7);
	world_op_log(&d->o.ops, &d->log, NULL);
	world_write_draft(&d->log, &d->o.ops, (struct entry_draft){ 0 });
	world_segment(&d->log, 1, 1, &d->s);
	vectors_admission_row(d, "first-entry-without-root", "seen");
	good(d);
	mark(d);
	vectors_must(ledger_root_at(d->o.ledger, 3, root), "root");
	world_write_draft(secretary(d), &d->o.ops, (struct entry_draft){
	    .seen = 3, .has_root = true, .root = root });
	world_segment(secretary(d), 2, 3, &d->s);
	vectors_admission_row(d, "seen-decreases-inside", "seen");
}

/* ---- what is admitted then, and what follows from it */

/* The secretary's log as it was, and another entry at seq 2. */
static void
twin(struct desk *d)
{
	uint8_t root[HASH_LEN];

	vectors_must(ledger_root_at(d->o.ledger, 3, root), "root");
	world_log_open(&d->log, &d->o.secretary, scope_root, d->o.fpr, 0);
	world_op_log(&d->o.ops, &d->log, NULL);
	world_op_claim(&d->o.ops, &d->log, &d->o.invite);
	world_write(&d->log, &d->o.ops, 3, root, OFFICE_T0 + 3000);
	world_op_bare(&d->o.ops, KIND_READ, d->other.id);
	office_write(&d->o, &d->log);
}

static void
put_repeats(struct desk *d)
{
	struct entry_ref before = { .seq = 1 };

	good(d);
	vectors_admission_row(d, "mark", "admitted");
	world_segment(secretary(d), 2, 2, &d->s);
	vectors_admission_row(d, "the-same-again", "admitted");
	marked(d, secretary(d));
	world_segment(secretary(d), 1, 3, &d->s);
	vectors_admission_row(d, "all-again-and-one-more", "admitted");
	twin(d);
	world_segment(&d->log, 2, 2, &d->s);
	vectors_admission_row(d, "another-entry-at-seq-2", "fork");
	twin(d);
	world_segment(&d->log, 1, 2, &d->s);
	vectors_admission_row(d, "another-past", "fork");
	twin(d);
	marked(d, &d->log);
	marked(d, &d->log);
	world_segment(&d->log, 4, 4, &d->s);
	vectors_admission_row(d, "goes-on-from-another-past", "signature");
	world_log_open(&d->log, &d->o.secretary, scope_root, d->o.fpr, 0);
	memcpy(before.log, d->o.commune_log.id, ID_LEN);
	memcpy(before.hash, d->o.commune_log.entry[0].hash, HASH_LEN);
	world_op_log(&d->o.ops, &d->log, &before);
	world_op_claim(&d->o.ops, &d->log, &d->o.invite);
	office_write(&d->o, &d->log);
	world_segment(&d->log, 1, 1, &d->s);
	vectors_admission_row(d, "known-log-with-another-log-op", "fork");
}

void
vectors_admission_step(struct desk *d, const char *name, struct world_log *l)
{
	office_write(&d->o, l);
	world_segment(l, l->seq, l->seq, &d->s);
	vectors_admission_row(d, name, "admitted");
}

static void
put_claims(struct desk *d)
{
	struct office *o = &d->o;
	struct actor forged = d->second;
	uint64_t invited;

	world_op_invite(&o->ops, &d->second, ROLE_DEPUTY, SCOPES(o->cell), 1);
	vectors_admission_step(d, "void-invite-of-the-secretary", secretary(d));
	office_claim(o, &d->log, &d->other, &d->second);
	world_segment(&d->log, 1, 1, &d->s);
	vectors_admission_row(d, "claim-of-a-void-invite", "invite-unknown");
	world_op_invite(&o->ops, &d->second, ROLE_DEPUTY, SCOPES(o->cell), 1);
	invited = office_time(o);
	vectors_admission_step(d, "second-invite", &o->commune_log);
	memcpy(forged.seed, d->other.seed, KEY_LEN);
	office_claim(o, &d->log, &d->other, &forged);
	world_segment(&d->log, 1, 1, &d->s);
	vectors_admission_row(d, "claim-not-signed-by-the-invite", "signature");
	world_log_open(&d->log, &o->secretary, scope_root, o->fpr, 7);
	world_op_log(&o->ops, &d->log, NULL);
	world_op_claim(&o->ops, &d->log, &d->second);
	office_write(o, &d->log);
	world_segment(&d->log, 1, 1, &d->s);
	vectors_admission_row(d, "claim-of-a-certified-device-has-no-effect",
	    "admitted");
	office_claim(o, &d->log, &d->other, &d->second);
	world_segment(&d->log, 1, 1, &d->s);
	d->time_ms = invited + 30 * OFFICE_DAY + 1;
	vectors_admission_row(d, "claim-after-30-days-and-1-ms", "claim-late");
	world_op_invite(&o->ops, &d->third, ROLE_DEPUTY, SCOPES(o->cell), 1);
	vectors_admission_step(d, "third-invite", &o->commune_log);
	world_op_bare(&o->ops, KIND_INVITE_CANCEL, d->third.id);
	vectors_admission_step(d, "third-invite-cancelled", &o->commune_log);
	office_claim(o, &d->log, &d->other, &d->third);
	world_segment(&d->log, 1, 1, &d->s);
	vectors_admission_row(d, "claim-of-a-cancelled-invite", "certificate");
	office_claim(o, &d->log, &d->other, &d->second);
	world_segment(&d->log, 1, 1, &d->s);
	d->time_ms = invited + 30 * OFFICE_DAY;
	vectors_admission_row(d, "claim-after-30-days", "admitted");
}

void
vectors_admission(struct buf *out, unsigned which)
{
	struct desk *d = calloc(1, sizeof *d);

	(void)which;
	vectors_must(d == NULL ? ERR_NOMEM : ERR_OK, "desk");
	d->out = out;
	office_open(&d->o);
	world_actor("other", &d->other);
	world_actor("second", &d->second);
	world_actor("third", &d->third);
	vectors_note(out, "Admission, SPEC.md section 11. The rows go to one"
	    " ledger, in order; a refused one");
	vectors_note(out, "changes nothing. An admitted one becomes the next"
	    " leaf, unless nothing of it is new.");
	vectors_table(out, "root | name | expected | root fingerprint");
	vectors_row(out, "root", "-");
	vectors_bytes(out, d->o.fpr, HASH_LEN);
	vectors_end(out);
	vectors_table(out, "segments | name | expected | leaf time"
	    " | frame `segment` | tree size then | root then");
	put_commune(d);
	put_forms(d);
	put_log_ops(d);
	put_chain(d);
	put_signatures(d);
	put_certificates(d);
	put_seen(d);
	put_repeats(d);
	put_claims(d);
	vectors_standings(d);
	world_log_free(&d->log);
	office_close(&d->o);
	free(d);
}
