/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vectors_published.c -- audit files with frozen reports and rankings: true
 * ones, and some that are not.
 */
#include "tests/support/vectors_audit.h"

#include <string.h>

#include "protocol/judge.h"
#include "protocol/verify.h"
#include "tests/support/vectors.h"

static const uint8_t zeros[ID_LEN];
static const uint8_t reports[2][ID_LEN] = { { 0x11 }, { 0x12 } };
static const uint8_t rankings[1][ID_LEN] = { { 0x21 } };

/* The value of field 66, of all the leaves that there are. */
static void
figures_of(const struct small_commune *w, const struct frozen *z,
    struct buf *out)
{
	struct verify *v = verify_new(w->h->root.fingerprint);
	struct buf file = { 0 };

	vectors_must(v == NULL ? ERR_NOMEM : ERR_OK, "verify");
	history_put(w->h, &file);
	vectors_must(verify_feed(v, buf_span(&file)), "feed");
	vectors_must(verify_end(v), "end");
	vectors_must(frozen_make(z, verify_figures(v), out), "figures");
	verify_free(v);
	buf_free(&file);
}

static void
put_leaf(struct small_commune *w)
{
	history_see(w->h, w->office);
	history_commit(w->h, w->office);
	history_cut(w->h, w->office);
}

static void
quota(struct small_commune *w)
{
	struct history_op *op;
	uint8_t subject[ID_LEN];

	judge_quota_subject(w->scope, 2022, subject);
	op = history_op(w->office, KIND_QUOTA, subject);
	history_bytes(op->fields, FIELD_CELL, w->scope, SCOPE_LEN);
	field_draft_put_uint(op->fields, FIELD_YEAR, 2022);
	field_draft_put_uint(op->fields, FIELD_NUMBER, 2);
	put_leaf(w);
}

static void
set_rules(struct small_commune *w, uint64_t version)
{
	struct history_op *op = history_op(w->office, KIND_SETTING, zeros);

	field_draft_put_uint(op->fields, FIELD_RULES, version);
	put_leaf(w);
}

/* One op of the next leaf.  What it states is counted of all leaves now, by
 * rule 1, for the period of z. */
static void
publish(struct small_commune *w, const uint8_t *subject,
    const struct frozen *z)
{
	struct history_op *op = history_op(w->office, z->ranking ?
	    KIND_RANKING : KIND_FREEZE, subject);
	struct frozen made = *z;
	struct buf value = { 0 };

	made.rule = 1;
	figures_of(w, &made, &value);
	field_draft_put_uint(op->fields, FIELD_REPORT_NUMBER, z->number);
	field_draft_put_uint(op->fields, FIELD_TREE_SIZE, z->size);
	field_draft_put_uint(op->fields, FIELD_RULE_VERSION, z->rule);
	field_draft_put_raw(op->fields, FIELD_FIGURES, buf_span(&value));
	if (z->ranking) {
		field_draft_put_uint(op->fields, FIELD_YEAR, 2022);
		field_draft_put_uint(op->fields, FIELD_RANKING_RULE,
		    z->ranking_rule);
	} else {
		history_text(op->fields, FIELD_PERIOD, z->period.text);
	}
	buf_free(&value);
}

static struct frozen
report(uint64_t number, const char *period, uint64_t size, uint64_t rule)
{
	struct frozen z = { .number = number, .size = size, .rule = rule };

	vectors_must(period_parse(period, &z.period), "period");
	return z;
}

/* Every facts part of a leaf becomes its digest. */
static void
withhold(struct history_leaf *l)
{
	const struct part_policy digests = { KEEP_DIGEST, KEEP_DIGEST,
		KEEP_DIGEST };
	struct segment s = { .first = l->first, .count = l->count,
		.entries = buf_span(&l->entries) };
	struct entry e = { .ops = NULL };
	struct buf kept = { 0 };
	size_t cursor = 0;
	struct span raw;

	for (uint32_t i = 0; i < l->count; i++) {
		vectors_must(segment_next(&s, &cursor, &raw), "entry");
		vectors_must(entry_parse(raw, &e), "entry");
		vectors_must(entry_copy(&e, &digests, &kept), "copy");
	}
	entry_free(&e);
	buf_free(&l->entries);
	l->entries = kept;
}

/* Two reports and a ranking, data of a later day between them. */
static void
published(struct small_commune *w)
{
	struct frozen z = report(1, "2022", 7, 1);

	publish(w, reports[0], &z);
	put_leaf(w);
	small_commune_step_leaf(w, 0, STEP_INTRODUCED);
	z = report(2, "all", 9, 1);
	publish(w, reports[1], &z);
	z = report(1, "2022", 9, 1);
	z.ranking = true;
	z.ranking_rule = 1;
	publish(w, rankings[0], &z);
	put_leaf(w);
}

void
vectors_published_commune(enum vectors_audit_id id, struct small_commune *w)
{
	struct frozen z;

	if (id != AUDIT_PUBLISHED && id != AUDIT_PUBLISHED_ERASED &&
	    id != AUDIT_PUBLISHED_LATER && id != AUDIT_FALSE_REPORT &&
	    id != AUDIT_FALSE_RANKING && id != AUDIT_FALSE_RULE &&
	    id != AUDIT_FALSE_AGAIN)
		return;
	quota(w);
	if (id == AUDIT_PUBLISHED_LATER || id == AUDIT_FALSE_RULE)
		set_rules(w, 2);
	if (id == AUDIT_PUBLISHED || id == AUDIT_PUBLISHED_ERASED)
		published(w);
	if (id == AUDIT_PUBLISHED_ERASED)
		withhold(&w->h->leaves[3]);
	z = report(1, "2022", id == AUDIT_FALSE_REPORT ? 5 : 7,
	    id == AUDIT_PUBLISHED_LATER ? 2 : 1);
	if (id == AUDIT_PUBLISHED_LATER || id == AUDIT_FALSE_RULE)
		z.size = 8;
	if (id == AUDIT_FALSE_RANKING) {
		/* without its quota */
		z.ranking = true;
		z.ranking_rule = 1;
		z.size = 6;
	}
	if (id == AUDIT_PUBLISHED || id == AUDIT_PUBLISHED_ERASED)
		return;
	publish(w, reports[0], &z);
	put_leaf(w);
	if (id == AUDIT_FALSE_AGAIN) {
		z = report(2, "2022", 8, 1);
		publish(w, reports[0], &z);
		put_leaf(w);
	}
}
