/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/ledger_internal.h"

#include <stdlib.h>
#include <string.h>

struct ledger *
ledger_new(const uint8_t root_fpr[static HASH_LEN],
    const struct ledger_host *host)
{
	struct ledger *l = calloc(1, sizeof *l);

	if (l == NULL)
		return NULL;
	memcpy(l->fingerprint, root_fpr, HASH_LEN);
	if (host != NULL)
		l->host = *host;
	l->by_id.stride = sizeof(struct log_head);
	l->by_id.offset = offsetof(struct log_head, log);
	l->by_id.len = ID_LEN;
	l->roster = roster_new(root_fpr);
	if (l->roster == NULL ||
	    tree_new(TREE_KEEP_ROOTS, &l->tree) != ERR_OK) {
		ledger_free(l);
		return NULL;
	}
	return l;
}

void
ledger_free(struct ledger *l)
{
	if (l == NULL)
		return;
	for (uint32_t i = 0; i < l->judged_cap; i++)
		entry_free(&l->judged[i].entry);
	free(l->judged);
	free(l->logs);
	lookup_free(&l->by_id);
	roster_free(l->roster);
	tree_free(l->tree);
	free(l);
}

uint64_t
ledger_size(const struct ledger *l)
{
	return tree_size(l->tree);
}

err
ledger_root_at(const struct ledger *l, uint64_t size,
    uint8_t ret[static HASH_LEN])
{
	return tree_root_at(l->tree, size, ret);
}

uint64_t
ledger_last_time(const struct ledger *l)
{
	return l->last_time;
}

const struct roster *
ledger_roster(const struct ledger *l)
{
	return l->roster;
}

const uint8_t *
ledger_fingerprint(const struct ledger *l)
{
	return l->fingerprint;
}

const struct log_head *
ledger_log(const struct ledger *l, const uint8_t log[static ID_LEN])
{
	uint32_t i = lookup_find(&l->by_id, l->logs, log);

	return i != LOOKUP_NONE ? &l->logs[i] : NULL;
}

size_t
ledger_log_count(const struct ledger *l)
{
	return l->log_count;
}

const struct log_head *
ledger_log_at(const struct ledger *l, size_t i)
{
	return i < l->log_count ? &l->logs[i] : NULL;
}

err
ledger_reserve_log(struct ledger *l)
{
	if (l->log_count == l->log_cap) {
		uint32_t cap = l->log_cap != 0 ? l->log_cap * 2 : 16;
		if (cap < l->log_cap || cap == LOOKUP_NONE)
			return ERR_NOMEM;
		struct log_head *more = realloc(l->logs, cap * sizeof *more);
		if (more == NULL)
			return ERR_NOMEM;
		l->logs = more;
		l->log_cap = cap;
	}
	return lookup_reserve(&l->by_id, l->logs);
}

void
ledger_put_log(struct ledger *l, const struct log_head *head)
{
	uint32_t i = lookup_find(&l->by_id, l->logs, head->log);

	if (i != LOOKUP_NONE) {
		l->logs[i] = *head;
		return;
	}
	i = l->log_count++;
	l->logs[i] = *head;
	lookup_put(&l->by_id, l->logs, i);
}

err
ledger_provisional(struct ledger *l, const struct segment *s, uint64_t now_ms,
    ledger_sink sink, void *sink_ctx, enum reason *ret_reason)
{
	struct leaf_inner inner;
	uint8_t scope[SCOPE_LEN];

	return ledger_admit_at(l, s, ROSTER_NO_LEAF, now_ms, sink, sink_ctx,
	    ret_reason, &inner, scope);
}

/* Whether the tree may still grow. */
static err
growing(const struct ledger *l)
{
	if (l->failed != ERR_OK)
		return l->failed;
	return l->provisional ? ERR_UNABLE : ERR_OK;
}

err
ledger_append_foreign(struct ledger *l, const uint8_t scope[static SCOPE_LEN],
    const uint8_t inner_hash[static HASH_LEN])
{
	err rc = growing(l);

	return rc != ERR_OK ? rc : tree_append(l->tree, scope, inner_hash);
}

err
ledger_load_leaf(struct ledger *l, const uint8_t scope[static SCOPE_LEN],
    const uint8_t inner_hash[static HASH_LEN], uint64_t leaf_time)
{
	err rc = ledger_append_foreign(l, scope, inner_hash);

	if (rc == ERR_OK && leaf_time > l->last_time)
		l->last_time = leaf_time;
	return rc;
}

err
ledger_load_root_entry(struct ledger *l, const struct place *place,
    const struct entry *e)
{
	if (l->failed != ERR_OK)
		return l->failed;
	err rc = roster_take(l->roster, place, e);
	if (rc != ERR_OK)
		l->failed = rc;
	return rc;
}

err
ledger_load_log(struct ledger *l, const struct log_head *head)
{
	err rc = ledger_reserve_log(l);

	if (rc == ERR_OK)
		ledger_put_log(l, head);
	return rc;
}
