/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_locate.c -- repeats the checks of admission on one refused segment,
 * entry by entry, until the one that fails.
 */
#include "protocol/verify_locate.h"

#include <string.h>

#include "protocol/field.h"
#include "protocol/limits.h"

enum { FRAME_LEAF_ITEMS = 8, FRAME_LEAF_TYPE = 18 };

/* What is carried from entry to entry. */
struct walk {
	const struct ledger *ledger;
	const struct verify_log *log;
	enum reason reason;
	uint64_t fresh;		/* seq of the first entry that is new */
	bool started;		/* there is an entry before */
	uint64_t seen, epoch;	/* of the newest one */
	uint64_t seq;
	bool has_hash;
	uint8_t hash[HASH_LEN];	/* before seq */
};

static struct walk
begin(const struct ledger *l, const struct verify_log *g,
    const struct segment *s, enum reason reason)
{
	const struct log_head *head = ledger_log(l, s->log);
	struct walk w = { .ledger = l, .log = g, .reason = reason,
		.fresh = 1, .seq = s->first };

	if (head != NULL) {
		w.fresh = head->seq + 1;
		w.started = true;
		w.seen = head->seen;
		w.epoch = head->epoch;
	}
	if (s->first == 1) {
		w.has_hash = true;
		chain_start(ledger_fingerprint(l), s->log, w.hash);
	} else if (s->first - 2 < g->count) {
		w.has_hash = true;
		memcpy(w.hash, g->past[s->first - 2].hash, HASH_LEN);
	}
	return w;
}

static bool
seen_fails(const struct walk *w, const struct entry *e)
{
	bool differs = !w->started || e->seen != w->seen ||
	    (e->has_root && e->epoch != w->epoch);

	return e->has_root != differs || e->seen > ledger_size(w->ledger) ||
	    (w->started && e->seen < w->seen);
}

static bool
root_fails(const struct walk *w, const struct entry *e)
{
	uint8_t root[HASH_LEN];

	return e->has_root &&
	    (ledger_root_at(w->ledger, e->seen, root) != ERR_OK ||
	    memcmp(root, e->root, HASH_LEN) != 0);
}

static bool
log_op_fails(const struct walk *w, const struct entry *e)
{
	for (uint32_t i = 0; i < e->op_count; i++)
		if ((e->ops[i].kind == KIND_LOG) != (w->seq == 1 && i == 0))
			return true;
	return false;
}

/* Does e, at w->seq, fail for that reason? */
static bool
fails(struct walk *w, const struct entry *e)
{
	switch (w->reason) {
	case REASON_FORK:
		if (w->has_hash)
			entry_hash(e, w->hash, w->hash);
		return w->has_hash && w->seq <= w->log->count &&
		    memcmp(w->log->past[w->seq - 1].hash, w->hash,
		    HASH_LEN) != 0;
	case REASON_SEEN:
		return w->seq >= w->fresh && seen_fails(w, e);
	case REASON_ROOT:
		return w->seq >= w->fresh && root_fails(w, e);
	case REASON_EPOCH:
		return w->seq >= w->fresh && e->has_root && e->epoch != 0;
	case REASON_LOG:
		return log_op_fails(w, e);
	case REASON_ADMITTED:
	case REASON_FORMAT:
	case REASON_LIMIT:
	case REASON_CHAIN:
	case REASON_SIGNATURE:
	case REASON_CERTIFICATE:
	case REASON_SCOPE:
	case REASON_INVITE_UNKNOWN:
	case REASON_CLAIM_LATE:
	case REASON_CLAIM_TAKEN:
	case REASON_BUSY:
	case REASON_COMMUNE:
	case REASON_DEVICE:
	case REASON_REVOKED:
	case REASON_COUNT:
		break;
	}
	return false;
}

struct verify_spot
verify_locate(const struct ledger *l, const struct verify_log *g,
    const struct segment *s, enum reason reason, struct entry *scratch)
{
	struct verify_spot first = { .seq = s->first };
	struct walk w = begin(l, g, s, reason);
	struct span raw;

	if (reason == REASON_SIGNATURE) {
		first.last_seq = segment_last(s);
		return first;
	}
	for (size_t cursor = 0; segment_next(s, &cursor, &raw) == ERR_OK;
	    w.seq++) {
		if (entry_parse(raw, scratch) != ERR_OK ||
		    fails(&w, scratch))
			return (struct verify_spot){ .seq = w.seq,
				.offset = (size_t)(raw.p - s->entries.p) };
		if (w.seq < w.fresh)
			continue;
		w.started = true;
		w.seen = scratch->seen;
		if (scratch->has_root)
			w.epoch = scratch->epoch;
	}
	return first;
}

err
verify_locate_head(const struct segment *s, uint64_t prev_seq,
    const uint8_t prev[static HASH_LEN], struct entry *scratch,
    uint8_t ret_head[static HASH_LEN])
{
	uint8_t hash[HASH_LEN];
	struct span raw;
	size_t cursor = 0;
	err rc;

	if (s->first != prev_seq + 1)
		return ERR_CHAIN;
	memcpy(hash, prev, HASH_LEN);
	while ((rc = segment_next(s, &cursor, &raw)) == ERR_OK) {
		if ((rc = entry_parse(raw, scratch)) != ERR_OK)
			return rc;
		entry_hash(scratch, hash, hash);
	}
	if (rc != ERR_ABSENT)
		return rc;
	memcpy(ret_head, hash, HASH_LEN);
	return ERR_OK;
}

err
verify_locate_salvage(struct span frame, struct verify_salvage *ret)
{
	static const struct codec_bounds bounds = {
		.depth = LIMIT_ENTRY_DEPTH, .items = LIMIT_ENTRY_VALUES,
		.values = LIMIT_ENTRY_VALUES,
		.text_bytes = LIMIT_TEXT_BYTES, .bin_bytes = LIMIT_BIN_BYTES,
	};
	struct codec_reader r = codec_reader(frame);
	struct verify_salvage s = { 0 };
	const uint8_t *scope, *log;
	uint32_t items, count;
	uint64_t type;

	if (codec_read_array(&r, &items) != ERR_OK ||
	    codec_read_uint(&r, &type) != ERR_OK ||
	    items != FRAME_LEAF_ITEMS || type != FRAME_LEAF_TYPE ||
	    codec_read_uint(&r, &s.index) != ERR_OK ||
	    codec_read_uint(&r, &s.time_ms) != ERR_OK ||
	    codec_read_fixed(&r, SCOPE_LEN, &scope) != ERR_OK ||
	    codec_read_fixed(&r, ID_LEN, &log) != ERR_OK ||
	    codec_read_uint(&r, &s.spot.seq) != ERR_OK || s.spot.seq == 0)
		return ERR_FORMAT;
	memcpy(s.scope, scope, SCOPE_LEN);
	memcpy(s.log, log, ID_LEN);
	s.spot.offset = (size_t)(r.p - frame.p);
	if (codec_read_array(&r, &count) == ERR_OK)
		for (uint32_t i = 0; i < count; i++) {
			struct span rest = { r.p, (size_t)(r.end - r.p) };
			size_t used;

			s.spot.offset = (size_t)(r.p - frame.p);
			if (codec_scan(rest, &bounds, &used) != ERR_OK)
				break;
			r.p += used;
			if (i + 1 < count)
				s.spot.seq++;
		}
	*ret = s;
	return ERR_OK;
}
