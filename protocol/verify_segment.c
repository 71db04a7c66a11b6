/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_segment.c -- leaves and segments: admission by the ledger, and what
 * is said and kept of those that it refuses.
 */
#include "protocol/verify_internal.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/verify_locate.h"

enum { PAD_MAX = 65536 };	/* leaves that one wrong index may skip */

static err
add(struct verify *v, enum finding_level level, const char *code,
    struct finding *f)
{
	f->level = level;
	return verify_report_add(&v->report, code, f);
}

static struct finding
about(const struct verify *v, const uint8_t *log, uint64_t seq)
{
	struct finding f = { .has_log = true, .seq = seq,
		.offset = v->frame_offset };

	memcpy(f.log, log, ID_LEN);
	return f;
}

static struct finding
about_leaf(const struct verify *v, uint64_t leaf, const uint8_t *log,
    uint64_t seq)
{
	struct finding f = about(v, log, seq);

	f.has_leaf = true;
	f.leaf = leaf;
	return f;
}

/* A leaf whose content is unknown, so that the later ones keep their
 * numbers. */
static err
guess_leaf(struct verify *v, const uint8_t *scope)
{
	static const uint8_t unknown[HASH_LEN];

	v->diverged = true;
	return ledger_append_foreign(v->ledger, scope, unknown);
}

/* Brings the tree to `index`.  *ret_late: that leaf has been already. */
static err
reach(struct verify *v, uint64_t index, const struct finding *leaf,
    bool *ret_late)
{
	uint64_t size = ledger_size(v->ledger);
	struct finding f = *leaf;
	err rc = ERR_OK;

	*ret_late = index < size;
	if (index == size)
		return ERR_OK;
	rc = add(v, FINDING_FAIL, "order", &f);
	if (index > size && index - size <= PAD_MAX)
		for (; rc == ERR_OK && size < index; size++)
			rc = guess_leaf(v, scope_root);
	return rc;
}

static err
check_time(struct verify *v, uint64_t time_ms, const struct finding *leaf,
    bool *ret_back)
{
	struct finding f = *leaf;

	*ret_back = time_ms < v->totals.last_leaf_time;
	if (*ret_back)
		return add(v, FINDING_FAIL, "time", &f);
	v->totals.last_leaf_time = time_ms;
	return ERR_OK;
}

/* The refused leaf joins the tree as the hub must have built it, as far as
 * its entries tell. */
static err
append_refused(struct verify *v, const struct frame *f, enum reason reason)
{
	const struct segment *s = &f->u.leaf.segment;
	const struct log_head *known = ledger_log(v->ledger, s->log);
	const uint8_t *scope = known ? known->scope : f->u.leaf.scope;
	struct leaf_inner inner = { .first = s->first,
		.last = segment_last(s), .time_ms = f->u.leaf.time_ms };
	uint8_t hash[HASH_LEN];
	err rc;

	rc = verify_locate_head(s, v->log->head_seq, v->log->head,
	    &v->scratch, inner.head);
	if (rc == ERR_NOMEM)
		return rc;
	if (rc != ERR_OK)
		return guess_leaf(v, scope);
	if (reason == REASON_SIGNATURE)
		v->diverged = true;
	v->log->head_seq = inner.last;
	memcpy(v->log->head, inner.head, HASH_LEN);
	memcpy(inner.log, s->log, ID_LEN);
	memcpy(inner.sig, s->sig, SIG_LEN);
	tree_inner_hash(&inner, hash);
	return ledger_append_foreign(v->ledger, scope, hash);
}

/* One failure a log; later ones follow from it. */
static err
report_refused(struct verify *v, const struct segment *s, enum reason reason,
    struct finding f)
{
	struct verify_spot spot;

	if (v->log->failed)
		return ERR_OK;
	v->log->failed = true;
	spot = verify_locate(v->ledger, v->log, s, reason, &v->scratch);
	f.seq = spot.seq;
	f.last_seq = spot.last_seq;
	f.offset = verify_entry_offset(v, s->entries.p + spot.offset);
	if (v->diverged && reason == REASON_ROOT)
		return add(v, FINDING_NOTE, "unchecked", &f);
	return add(v, FINDING_FAIL, reason_name(reason), &f);
}

static err
after_admission(struct verify *v, const struct segment *s,
    const struct frame *f, const struct leaf_inner *inner,
    const uint8_t *scope, struct finding at)
{
	err rc = ERR_OK;

	if (inner->first == 0) {
		rc = add(v, FINDING_FAIL, "nothing", &at);
		return rc != ERR_OK ? rc : guess_leaf(v, f->u.leaf.scope);
	}
	v->totals.segments++;
	if (inner->first != s->first)
		rc = add(v, FINDING_NOTE, "overlap", &at);
	if (rc == ERR_OK && memcmp(scope, f->u.leaf.scope, SCOPE_LEN) != 0)
		rc = add(v, FINDING_FAIL, "label", &at);
	if (rc == ERR_OK && chain_scope_kind(scope) == SCOPE_ROOT)
		rc = verify_entry_fold_root(v, s, inner->first);
	return rc;
}

static err
get_log(struct verify *v, const uint8_t *log)
{
	return verify_logs_get(v->logs, v->root_fpr, log, &v->log);
}

err
verify_segment_leaf(struct verify *v, const struct frame *f)
{
	const struct segment *s = &f->u.leaf.segment;
	struct finding at = about_leaf(v, f->u.leaf.index, s->log, s->first);
	enum reason reason = REASON_ADMITTED;
	struct leaf_inner inner;
	uint8_t scope[SCOPE_LEN];
	bool late, back;
	err rc;

	if ((rc = get_log(v, s->log)) != ERR_OK ||
	    (rc = reach(v, f->u.leaf.index, &at, &late)) != ERR_OK)
		return rc;
	if (late) {
		v->log->failed = true;
		return ERR_OK;
	}
	if ((rc = check_time(v, f->u.leaf.time_ms, &at, &back)) != ERR_OK)
		return rc;
	if (back) {	/* not for a ledger, whose time never goes back */
		v->log->failed = true;
		return append_refused(v, f, REASON_ADMITTED);
	}
	rc = ledger_admit(v->ledger, s, f->u.leaf.time_ms, verify_entry_take,
	    v, &reason, &inner, scope);
	if (rc != ERR_OK)
		return rc;
	if (reason == REASON_ADMITTED)
		return after_admission(v, s, f, &inner, scope, at);
	rc = report_refused(v, s, reason, at);
	return rc != ERR_OK ? rc : append_refused(v, f, reason);
}

err
verify_segment_damaged(struct verify *v)
{
	struct finding f = { .offset = v->frame_offset };
	struct verify_salvage s;
	bool late;
	err rc;

	if (verify_locate_salvage(v->frame, &s) != ERR_OK)
		return add(v, FINDING_FAIL, "format", &f);
	f = about_leaf(v, s.index, s.log, s.spot.seq);
	f.offset = v->frame_offset + s.spot.offset;
	if ((rc = add(v, FINDING_FAIL, "format", &f)) != ERR_OK ||
	    (rc = get_log(v, s.log)) != ERR_OK)
		return rc;
	v->log->failed = true;
	if (v->stage != VERIFY_LEAVES)
		return ERR_OK;
	rc = reach(v, s.index, &f, &late);
	if (rc != ERR_OK || late)
		return rc;
	return guess_leaf(v, s.scope);
}

static err
keep_bare(struct verify *v, const struct frame *f, const uint8_t *hash)
{
	struct verify_bare *b;

	if (v->bare_count == v->bare_cap) {
		size_t cap = v->bare_cap ? 2 * v->bare_cap : 16;
		struct verify_bare *p = realloc(v->bare, cap * sizeof *p);

		if (p == NULL)
			return ERR_NOMEM;
		v->bare = p;
		v->bare_cap = cap;
	}
	b = &v->bare[v->bare_count++];
	memset(b, 0, sizeof *b);
	b->leaf = f->u.bare.index;
	b->offset = v->frame_offset;
	memcpy(b->inner_hash, hash, HASH_LEN);
	memcpy(b->log, f->u.bare.inner.log, ID_LEN);
	b->first = f->u.bare.inner.first;
	b->last = f->u.bare.inner.last;
	return ERR_OK;
}

err
verify_segment_bare(struct verify *v, const struct frame *f)
{
	const struct leaf_inner *inner = &f->u.bare.inner;
	struct finding at = about_leaf(v, f->u.bare.index, inner->log,
	    inner->first);
	const struct log_head *known = ledger_log(v->ledger, inner->log);
	uint8_t hash[HASH_LEN];
	bool late, back;
	err rc;

	if ((rc = get_log(v, inner->log)) != ERR_OK ||
	    (rc = reach(v, f->u.bare.index, &at, &late)) != ERR_OK || late)
		return rc;
	tree_inner_hash(inner, hash);
	v->log->head_seq = inner->last;
	memcpy(v->log->head, inner->head, HASH_LEN);
	if ((rc = check_time(v, inner->time_ms, &at, &back)) != ERR_OK)
		return rc;
	if (known != NULL &&
	    memcmp(known->scope, f->u.bare.scope, SCOPE_LEN) != 0 &&
	    (rc = add(v, FINDING_FAIL, "label", &at)) != ERR_OK)
		return rc;
	at.last_seq = inner->last;
	if ((rc = add(v, FINDING_NOTE, "bare", &at)) != ERR_OK ||
	    (rc = keep_bare(v, f, hash)) != ERR_OK)
		return rc;
	return ledger_append_foreign(v->ledger, f->u.bare.scope, hash);
}

err
verify_segment_provisional(struct verify *v, const struct segment *s)
{
	struct finding at = about(v, s->log, s->first);
	enum reason reason = REASON_ADMITTED;
	uint64_t from;
	err rc;

	if ((rc = get_log(v, s->log)) != ERR_OK)
		return rc;
	from = v->log->count + 1;
	rc = ledger_provisional(v->ledger, s, v->totals.export_ms,
	    verify_entry_take, v, &reason);
	if (rc != ERR_OK)
		return rc;
	if (reason != REASON_ADMITTED)
		return report_refused(v, s, reason, at);
	if (v->log->count >= from &&
	    chain_scope_kind(v->place.scope) == SCOPE_ROOT)
		return verify_entry_fold_root(v, s, from);
	return ERR_OK;
}
