/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify.c -- a whole audit file, frame by frame.
 */
#include "protocol/verify.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/checkpoint.h"
#include "protocol/verify_internal.h"

enum { SLICE_BYTES = 65536 };

static err
entry_at(void *ctx, const uint8_t log[ID_LEN], uint64_t seq,
    uint8_t ret_hash[HASH_LEN], uint64_t *ret_line_seen)
{
	const struct verify *v = ctx;
	struct verify_past past;
	err rc = verify_logs_at(v->logs, log, seq, &past);

	if (rc != ERR_OK)
		return rc;
	memcpy(ret_hash, past.hash, HASH_LEN);
	if (ret_line_seen != NULL)
		*ret_line_seen = past.line_seen;
	return ERR_OK;
}

struct verify *
verify_new(const uint8_t root_fpr[static HASH_LEN])
{
	struct verify *v = calloc(1, sizeof *v);
	struct ledger_host host = { .ctx = v, .entry_at = entry_at };

	if (v == NULL)
		return NULL;
	memcpy(v->root_fpr, root_fpr, HASH_LEN);
	v->reader = packet_reader_new();
	v->ledger = ledger_new(root_fpr, &host);
	v->lines = merge_lines_new();
	v->logs = verify_logs_new();
	v->states = verify_states_new();
	v->frozen = verify_frozen_new();
	if (v->reader == NULL || v->ledger == NULL || v->lines == NULL ||
	    v->logs == NULL || v->states == NULL || v->frozen == NULL) {
		verify_free(v);
		return NULL;
	}
	return v;
}

void
verify_free(struct verify *v)
{
	if (v == NULL)
		return;
	packet_reader_free(v->reader);
	ledger_free(v->ledger);
	merge_lines_free(v->lines);
	verify_logs_free(v->logs);
	verify_states_free(v->states);
	verify_frozen_free(v->frozen);
	verify_report_free(&v->report);
	figures_free(v->figures);
	figures_free(v->provisional);
	entry_free(&v->scratch);
	free(v->bare);
	free(v);
}

const uint8_t *
verify_foreign(const struct verify *v)
{
	return v->failed == ERR_FOREIGN ? v->foreign_fpr : NULL;
}

static err
fail(struct verify *v, const char *code)
{
	const struct finding f = { .level = FINDING_FAIL,
		.offset = v->frame_offset };

	return verify_report_add(&v->report, code, &f);
}

static err
check_checkpoint(struct verify *v, const struct frame *f)
{
	uint64_t size = f->u.checkpoint.size;
	struct hub_key hub;
	uint8_t root[HASH_LEN];
	err rc;

	if (v->stage != VERIFY_LEAVES)
		return fail(v, "frame");
	v->stage = VERIFY_CHECKED;
	v->totals.has_checkpoint = true;
	v->totals.checkpoint_size = size;
	if (size != ledger_size(v->ledger) ||
	    ledger_root_at(v->ledger, size, root) != ERR_OK ||
	    memcmp(root, f->u.checkpoint.root, HASH_LEN) != 0)
		if ((rc = fail(v, "tree")) != ERR_OK)
			return rc;
	rc = roster_hub_key(ledger_roster(v->ledger), size, &hub);
	if (rc == ERR_OK)
		rc = checkpoint_verify_fields(v->root_fpr, hub.sign_pub, size,
		    f->u.checkpoint.root, f->u.checkpoint.sig);
	if (rc == ERR_NOMEM || rc == ERR_OK)
		return rc;
	return fail(v, "checkpoint");
}

static void
count(struct verify *v)
{
	v->totals.leaves = ledger_size(v->ledger);
	v->totals.logs = ledger_log_count(v->ledger);
	v->totals.devices = roster_device_count(ledger_roster(v->ledger));
}

/* Leaves without a segment, for which nobody answers. */
static err
check_bare(struct verify *v)
{
	err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < v->bare_count; i++) {
		const struct verify_bare *b = &v->bare[i];
		struct finding f = {
			.level = FINDING_FAIL, .has_leaf = true,
			.leaf = b->leaf, .has_log = true, .seq = b->first,
			.last_seq = b->last, .offset = b->offset,
		};

		memcpy(f.log, b->log, ID_LEN);
		if (!b->declared)
			rc = verify_report_add(&v->report, "missing", &f);
	}
	return rc;
}

/* The frozen reports that were not looked at yet; of a history that holds. */
static err
check_frozen(struct verify *v)
{
	uint64_t held = ledger_size(v->ledger);
	size_t i = v->frozen_seen;
	err rc;

	if (v->report.failures > v->totals.false_reports)
		return ERR_OK;
	for (size_t j = 0; j < v->bare_count; j++)
		if (v->bare[j].leaf < held)
			held = v->bare[j].leaf;
	rc = verify_frozen_check(v->frozen, v->states, v->lines,
	    ledger_size(v->ledger), held);
	for (; rc == ERR_OK && i < verify_frozen_count(v->frozen); i++) {
		const struct verify_frozen *z = verify_frozen_at(v->frozen, i);
		struct finding f = { .level = FINDING_FAIL, .has_log = true,
			.seq = z->seq, .op = z->op,
			.has_leaf = z->leaf != ROSTER_NO_LEAF,
			.kind = z->z.ranking ? KIND_RANKING : KIND_FREEZE };

		if (f.has_leaf)
			f.leaf = z->leaf;
		memcpy(f.log, z->log, ID_LEN);
		if (!verify_frozen_fails(z->outcome))
			continue;
		v->totals.false_reports++;
		rc = verify_report_add(&v->report, z->z.ranking ? "ranking" :
		    "report", &f);
	}
	v->frozen_seen = i;
	return rc;
}

/* The first section has ended. */
static err
end_tree(struct verify *v)
{
	err rc = ERR_OK;

	if (v->figures != NULL)
		return ERR_OK;
	if (v->stage == VERIFY_LEAVES && ledger_size(v->ledger) > 0)
		rc = fail(v, "checkpoint");
	if (rc == ERR_OK)
		rc = check_bare(v);
	if (rc != ERR_OK)
		return rc;
	count(v);
	rc = verify_states_figures(v->states, v->lines,
	    v->totals.last_leaf_time, &v->figures);
	if (rc == ERR_OK)
		v->totals.unsettled = figures_unsettled(v->figures);
	return rc == ERR_OK ? check_frozen(v) : rc;
}

static err
begin_export(struct verify *v, const struct frame *f)
{
	err rc;

	if (v->stage == VERIFY_EXPORT)
		return fail(v, "frame");
	if ((rc = end_tree(v)) != ERR_OK)
		return rc;
	v->stage = VERIFY_EXPORT;
	v->totals.has_export = true;
	v->totals.export_ms = f->u.export.time_ms;
	return ERR_OK;
}

static err
take_segment(struct verify *v, const struct frame *f)
{
	if (v->stage != VERIFY_EXPORT)
		return fail(v, "frame");
	return verify_segment_provisional(v, &f->u.segment);
}

static err
note_unknown(struct verify *v)
{
	const struct finding f = { .level = FINDING_NOTE,
		.offset = v->frame_offset };

	return verify_report_add(&v->report, "unknown", &f);
}

static err
take_frame(struct verify *v)
{
	struct frame f;
	size_t used = 0;
	err rc = frame_read(v->frame, &f, &used);

	if (rc == ERR_NOMEM)
		return rc;
	if (rc != ERR_OK || used != v->frame.n)
		return verify_segment_damaged(v);
	switch (f.type) {
	case FRAME_LEAF:
		return v->stage != VERIFY_LEAVES ? fail(v, "frame") :
		    verify_segment_leaf(v, &f);
	case FRAME_BARE:
		return v->stage != VERIFY_LEAVES ? fail(v, "frame") :
		    verify_segment_bare(v, &f);
	case FRAME_CHECKPOINT:
		return check_checkpoint(v, &f);
	case FRAME_EXPORT:
		return begin_export(v, &f);
	case FRAME_SEGMENT:
		return take_segment(v, &f);
	case FRAME_HAVE:
	case FRAME_HEAD:
	case FRAME_WANT:
	case FRAME_INVITATION:
	case FRAME_VERDICT:
	case FRAME_LEAVES:
	case FRAME_RECEIPT:
	case FRAME_NEXT:
	case FRAME_REFUSED:
		return fail(v, "frame");
	default:
		return note_unknown(v);
	}
}

static err
take_header(struct verify *v, const struct packet_header *h)
{
	if (h->type != PACKET_AUDIT)
		return ERR_FORMAT;
	if (memcmp(h->root_fpr, v->root_fpr, HASH_LEN) != 0) {
		memcpy(v->foreign_fpr, h->root_fpr, HASH_LEN);
		return ERR_FOREIGN;
	}
	v->stage = VERIFY_LEAVES;
	return ERR_OK;
}

/* The framing is broken: nothing behind it can be told apart. */
static err
stop(struct verify *v, err why)
{
	if (why == ERR_NOMEM || v->stage == VERIFY_HEADER)
		return why;
	v->dead = true;
	v->frame_offset = packet_offset(v->reader);
	return fail(v, why == ERR_LIMIT ? "format" : "trailer");
}

static err
take_events(struct verify *v)
{
	for (;;) {
		struct packet_header header;
		enum packet_event event;
		err rc = packet_next(v->reader, &event, &header, &v->frame);

		if (rc != ERR_OK)
			return stop(v, rc);
		switch (event) {
		case PACKET_NEED_MORE:
			return ERR_OK;
		case PACKET_END:
			v->ended = true;
			return ERR_OK;
		case PACKET_HEADER:
			rc = take_header(v, &header);
			break;
		case PACKET_FRAME:
			v->frame_offset = packet_offset(v->reader) -
			    v->frame.n;
			rc = take_frame(v);
			break;
		}
		if (rc != ERR_OK)
			return rc;
	}
}

err
verify_feed(struct verify *v, struct span in)
{
	while (v->failed == ERR_OK && !v->dead && in.n > 0) {
		size_t n = in.n < SLICE_BYTES ? in.n : SLICE_BYTES;
		err rc = packet_feed(v->reader, (struct span){ in.p, n });

		v->failed = rc != ERR_OK ? stop(v, rc) : take_events(v);
		in.p += n;
		in.n -= n;
	}
	v->totals.failures = v->report.failures;
	return v->failed;
}

err
verify_end(struct verify *v)
{
	err rc = v->failed;

	if (rc == ERR_OK && v->stage == VERIFY_HEADER)
		rc = ERR_FORMAT;
	v->frame_offset = packet_offset(v->reader);
	if (rc == ERR_OK && !v->ended && !v->dead)
		rc = fail(v, "trailer");
	if (rc == ERR_OK)
		rc = end_tree(v);
	if (rc == ERR_OK && v->totals.has_export && v->provisional == NULL)
		rc = verify_states_figures(v->states, v->lines,
		    v->totals.export_ms, &v->provisional);
	if (rc == ERR_OK)
		rc = check_frozen(v);
	v->totals.failures = v->report.failures;
	v->failed = rc;
	return rc;
}

const struct verify_totals *
verify_totals(const struct verify *v)
{
	return &v->totals;
}

size_t
verify_finding_count(const struct verify *v)
{
	return v->report.count;
}

const struct finding *
verify_finding(const struct verify *v, size_t i)
{
	return i < v->report.count ? &v->report.list[i] : NULL;
}

const struct figures *
verify_figures(const struct verify *v)
{
	return v->figures;
}

const struct figures *
verify_figures_provisional(const struct verify *v)
{
	return v->provisional;
}

const struct ledger *
verify_ledger(const struct verify *v)
{
	return v->ledger;
}

const struct verify_frozen *
verify_frozen(const struct verify *v, size_t i)
{
	return verify_frozen_at(v->frozen, i);
}
