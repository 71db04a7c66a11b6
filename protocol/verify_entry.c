/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_entry.c -- what becomes of an admitted entry: its place is kept, its
 * parts are looked at, its ops are judged and folded.
 */
#include "protocol/verify_internal.h"

#include <string.h>

#include "protocol/fold.h"

uint64_t
verify_entry_offset(const struct verify *v, const uint8_t *p)
{
	return v->frame_offset + (uint64_t)(p - v->frame.p);
}

static struct finding
about(const struct verify *v, const struct place *place,
    const struct span *raw)
{
	struct finding f = {
		.has_leaf = place->leaf != ROSTER_NO_LEAF,
		.has_log = true,
		.seq = place->seq,
		.offset = verify_entry_offset(v, raw->p),
	};

	if (f.has_leaf)
		f.leaf = place->leaf;
	memcpy(f.log, place->log, ID_LEN);
	return f;
}

static err
on_effective(void *ctx, const struct place *place, uint8_t position,
    uint64_t time_ms, const struct op *op)
{
	struct verify *v = ctx;
	err rc = verify_frozen_note(v->frozen, place, position, op);

	return rc != ERR_OK ? rc : verify_states_keep(v->states, place,
	    position, time_ms, op);
}

static err
on_void(void *ctx, const struct place *place, uint8_t position,
    const struct op *op, enum verdict why)
{
	struct verify *v = ctx;
	const struct span at = { op->subject, ID_LEN };
	struct finding f = about(v, place, &at);

	v->totals.voids++;
	f.level = FINDING_VOID;
	f.op = position;
	f.kind = op->kind;
	f.verdict = why;
	return verify_report_add(&v->report, judge_verdict_name(why), &f);
}

static err
fold(struct verify *v, const struct place *place, const struct entry *e)
{
	const struct fold_host host = {
		.ctx = v, .voided = on_void, .keep = on_effective,
	};

	return fold_entry(&host, v->lines, ledger_roster(v->ledger), place,
	    e);
}

/* An audit file holds sealed and key parts as digests and facts masked. */
static err
look_at_parts(struct verify *v, const struct place *place,
    const struct entry *e)
{
	struct finding f;
	bool full = false, salted = false, withheld = false;
	err rc = ERR_OK;

	for (uint32_t i = 0; i < e->op_count; i++)
		for (uint8_t j = 0; j < e->ops[i].part_count; j++) {
			const struct part *p = &e->ops[i].parts[j];
			bool facts = p->type == PART_FACTS;

			full |= !facts && p->form == PART_FULL;
			salted |= facts && p->form == PART_FULL;
			withheld |= facts && (p->form == PART_DIGEST ||
			    p->form == PART_LATER);
		}
	if (!full && !salted && !withheld)
		return ERR_OK;
	f = about(v, place, &e->raw);
	f.level = FINDING_FAIL;
	if (full)
		rc = verify_report_add(&v->report, "unmasked", &f);
	f.level = FINDING_NOTE;
	if (rc == ERR_OK && salted)
		rc = verify_report_add(&v->report, "salted", &f);
	if (rc == ERR_OK && withheld)
		rc = verify_report_add(&v->report, "withheld", &f);
	return rc;
}

static err
take_line(struct verify *v, const struct place *place, const struct entry *e)
{
	struct entry_ref predecessor;

	if (place->seq != 1 || e->op_count == 0 ||
	    field_map_entry_ref(e->ops[0].fields, FIELD_PREDECESSOR,
	    &predecessor) != ERR_OK)
		return ERR_OK;
	return merge_lines_add(v->lines, place->log, &predecessor);
}

err
verify_entry_take(void *ctx, const struct admitted_entry *a)
{
	struct verify *v = ctx;
	err rc;

	v->place = a->place;
	if (a->place.leaf == ROSTER_NO_LEAF) {
		v->totals.provisional_entries++;
	} else {
		v->totals.entries++;
		v->totals.ops += a->entry->op_count;
	}
	rc = verify_logs_push(v->log, a->hash, a->place.line_seen);
	if (rc != ERR_OK)
		return rc;
	rc = look_at_parts(v, &a->place, a->entry);
	if (rc != ERR_OK)
		return rc;
	rc = take_line(v, &a->place, a->entry);
	if (rc != ERR_OK ||
	    chain_scope_kind(a->place.scope) == SCOPE_ROOT)
		return rc;
	return fold(v, &a->place, a->entry);
}

/* An effective segment-lost op answers for a leaf without its segment. */
static void
note_lost(struct verify *v, const struct place *place, const struct entry *e)
{
	const struct roster *roster = ledger_roster(v->ledger);

	for (uint32_t i = 0; i < e->op_count; i++) {
		const struct op *op = &e->ops[i];
		const uint8_t *hash;
		uint64_t leaf;

		if (op->kind != KIND_SEGMENT_LOST ||
		    fold_judge(roster, place, op, (uint8_t)i) !=
		    VERDICT_EFFECTIVE ||
		    field_map_uint(op->fields, FIELD_LEAF, &leaf) != ERR_OK ||
		    field_map_fixed(op->fields, FIELD_INNER_HASH, HASH_LEN,
		    &hash) != ERR_OK)
			continue;
		for (size_t j = 0; j < v->bare_count; j++)
			if (v->bare[j].leaf == leaf &&
			    memcmp(v->bare[j].inner_hash, hash, HASH_LEN) == 0)
				v->bare[j].declared = true;
	}
}

err
verify_entry_fold_root(struct verify *v, const struct segment *s,
    uint64_t from)
{
	struct place place = v->place;
	size_t cursor = 0;
	struct span raw;

	for (uint64_t seq = s->first; seq <= segment_last(s); seq++) {
		err rc = segment_next(s, &cursor, &raw);

		if (rc != ERR_OK)
			return rc;
		if (seq < from)
			continue;
		if ((rc = entry_parse(raw, &v->scratch)) != ERR_OK)
			return rc;
		place.seq = seq;
		place.line_seen = v->log->past[seq - 1].line_seen;
		if ((rc = fold(v, &place, &v->scratch)) != ERR_OK)
			return rc;
		note_lost(v, &place, &v->scratch);
	}
	return ERR_OK;
}
