/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/ledger_internal.h"

#include <string.h>

err
ledger_admit_hand_out(const struct judging *j, ledger_sink sink, void *ctx)
{
	for (uint32_t i = j->fresh; sink != NULL && i < j->s->count; i++) {
		struct admitted_entry a = {
			.place = ledger_check_place(j, i),
			.entry = &j->l->judged[i].entry,
		};
		memcpy(a.hash, j->l->judged[i].hash, HASH_LEN);
		err rc = sink(ctx, &a);
		if (rc != ERR_OK)
			return rc;
	}
	return ERR_OK;
}

void
ledger_admit_inner(const struct judging *j, struct leaf_inner *inner,
    uint8_t ret_hash[static HASH_LEN])
{
	memcpy(inner->log, j->head.log, ID_LEN);
	inner->first = ledger_check_seq(j, j->fresh);
	inner->last = j->head.seq;
	memcpy(inner->head, j->head.hash, HASH_LEN);
	memcpy(inner->sig, j->s->sig, SIG_LEN);
	inner->time_ms = j->leaf_time;
	tree_inner_hash(inner, ret_hash);
}

static err
append(struct judging *j, struct leaf_inner *inner)
{
	uint8_t hash[HASH_LEN];

	ledger_admit_inner(j, inner, hash);
	return tree_append(j->l->tree, j->head.scope, hash);
}

/* The roster comes last: what stops half-way there cannot be taken back. */
static err
apply(struct judging *j, struct leaf_inner *inner)
{
	struct ledger *l = j->l;
	err rc = ERR_OK;

	if (j->leaf != ROSTER_NO_LEAF) {
		rc = append(j, inner);
		if (rc != ERR_OK)
			return rc;
		l->last_time = j->leaf_time;
	} else {
		l->provisional = true;
	}
	ledger_put_log(l, &j->head);
	if (chain_scope_kind(j->head.scope) != SCOPE_ROOT)
		return ERR_OK;
	for (uint32_t i = j->fresh; rc == ERR_OK && i < j->s->count; i++) {
		struct place place = ledger_check_place(j, i);
		rc = roster_take(l->roster, &place, &l->judged[i].entry);
	}
	l->failed = rc;
	return rc;
}

/* Large entries are rare: what they took is given back. */
void
ledger_admit_trim(struct ledger *l, uint32_t count)
{
	const uint32_t keep_ops = 16;

	if (count > l->judged_cap)
		count = l->judged_cap;
	for (uint32_t i = 0; i < count; i++)
		if (l->judged[i].entry.op_capacity > keep_ops)
			entry_free(&l->judged[i].entry);
}

err
ledger_admit_at(struct ledger *l, const struct segment *s, uint64_t leaf,
    uint64_t leaf_time, ledger_sink sink, void *sink_ctx,
    enum reason *ret_reason, struct leaf_inner *ret_inner,
    uint8_t ret_scope[static SCOPE_LEN])
{
	struct judging j = {
		.l = l, .s = s, .leaf = leaf, .leaf_time = leaf_time,
	};
	struct leaf_inner inner = { 0 };
	err rc = l->failed != ERR_OK ? l->failed : ledger_check(&j);

	if (rc != ERR_OK || j.reason != REASON_ADMITTED)
		goto out;
	if (j.fresh < s->count) {
		if ((rc = ledger_reserve_log(l)) != ERR_OK ||
		    (rc = ledger_admit_hand_out(&j, sink, sink_ctx)) !=
		    ERR_OK || (rc = apply(&j, &inner)) != ERR_OK)
			goto out;
	}
	*ret_inner = inner;
	memcpy(ret_scope, j.head.scope, SCOPE_LEN);
out:
	ledger_admit_trim(l, s->count);
	if (rc == ERR_OK)
		*ret_reason = j.reason;
	return rc;
}

err
ledger_admit(struct ledger *l, const struct segment *s, uint64_t leaf_time,
    ledger_sink sink, void *sink_ctx, enum reason *ret_reason,
    struct leaf_inner *ret_inner, uint8_t ret_scope[static SCOPE_LEN])
{
	if (l->failed != ERR_OK)
		return l->failed;
	if (l->provisional)
		return ERR_UNABLE;
	if (leaf_time < l->last_time)
		return ERR_VALUE;
	return ledger_admit_at(l, s, ledger_size(l), leaf_time, sink, sink_ctx,
	    ret_reason, ret_inner, ret_scope);
}
