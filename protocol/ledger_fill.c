/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/ledger_internal.h"

#include <string.h>

/* The segment has passed; whether it is the one of that leaf. */
static bool
is_leaf(const struct judging *j, const uint8_t *scope,
    const uint8_t *inner_hash, struct leaf_inner *inner)
{
	uint8_t hash[HASH_LEN];

	ledger_admit_inner(j, inner, hash);
	return memcmp(hash, inner_hash, HASH_LEN) == 0 &&
	    memcmp(j->head.scope, scope, SCOPE_LEN) == 0;
}

err
ledger_fill(struct ledger *l, const struct segment *s,
    const struct ledger_leaf *leaf, ledger_sink sink, void *sink_ctx,
    enum reason *ret_reason, struct leaf_inner *ret_inner)
{
	struct judging j = {
		.l = l, .s = s, .leaf = leaf->index,
		.leaf_time = leaf->time_ms,
	};
	struct leaf_inner inner = { 0 };
	err rc = l->failed;

	if (rc == ERR_OK && (l->provisional ||
	    leaf->index >= ledger_size(l) ||
	    chain_scope_kind(leaf->scope) == SCOPE_ROOT))
		rc = ERR_UNABLE;
	if (rc == ERR_OK)
		rc = ledger_check(&j);
	if (rc != ERR_OK)
		goto out;
	if (j.reason == REASON_ADMITTED && j.fresh == s->count)
		j.reason = REASON_CHAIN;	/* nothing of it is new */
	if (j.reason == REASON_ADMITTED &&
	    !is_leaf(&j, leaf->scope, leaf->inner_hash, &inner))
		j.reason = REASON_FORK;
	if (j.reason == REASON_ADMITTED) {
		if ((rc = ledger_reserve_log(l)) != ERR_OK ||
		    (rc = ledger_admit_hand_out(&j, sink, sink_ctx)) != ERR_OK)
			goto out;
		ledger_put_log(l, &j.head);
		*ret_inner = inner;
	}
	*ret_reason = j.reason;
out:
	ledger_admit_trim(l, s->count);
	return rc;
}
