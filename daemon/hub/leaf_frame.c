/* SPDX-License-Identifier: Apache-2.0 */
/* leaf_frame.c -- a leaf with its segment, for a device or an auditor. */
#include "daemon/hub/leaf_frame.h"

#include <string.h>

#include "protocol/field.h"
#include "protocol/frame.h"

struct copying {
	enum leaf_copy copy;
	enum scope_kind scope;
	struct entry entry;
	struct buf entries;
	uint32_t count;
};

static bool
has_invite(const struct entry *e)
{
	for (uint32_t i = 0; i < e->op_count; i++)
		if (e->ops[i].kind == KIND_INVITE)
			return true;
	return false;
}

static err
copy_entry(void *ctx, const struct hub_entry *from)
{
	static const struct part_policy relay = {
		.sealed = KEEP_AS_IS, .facts = KEEP_AS_IS, .key = KEEP_DIGEST,
	};
	struct copying *c = ctx;
	const struct part_policy *policy = NULL;
	err rc;

	c->count++;
	/* invites stand in scope root alone */
	if (c->copy == LEAF_COPY_AUDIT || c->scope == SCOPE_ROOT) {
		rc = entry_parse(from->raw, &c->entry);
		if (rc != ERR_OK)
			return rc == ERR_NOMEM ? rc : ERR_DAMAGED;
		if (c->copy == LEAF_COPY_AUDIT)
			policy = &part_policy_audit;
		else if (has_invite(&c->entry))
			policy = &relay;
	}
	if (policy != NULL)
		return entry_copy(&c->entry, policy, &c->entries);
	buf_put(&c->entries, from->raw.p, from->raw.n);
	return buf_err(&c->entries);
}

err
leaf_frame_put(struct hub_store *s, const struct hub_leaf *leaf,
    enum leaf_copy copy, struct buf *out)
{
	struct copying c = {
		.copy = copy,
		.scope = chain_scope_kind(leaf->scope),
	};
	struct frame f = { .type = FRAME_LEAF };
	struct segment *seg = &f.u.leaf.segment;
	err rc;

	rc = hub_store_entries(s, leaf->inner.log, leaf->inner.first,
	    leaf->inner.last, copy_entry, &c);
	if (rc == ERR_OK) {
		f.u.leaf.index = leaf->index;
		f.u.leaf.time_ms = leaf->inner.time_ms;
		memcpy(f.u.leaf.scope, leaf->scope, SCOPE_LEN);
		memcpy(seg->log, leaf->inner.log, ID_LEN);
		seg->first = leaf->inner.first;
		seg->count = c.count;
		seg->entries = buf_span(&c.entries);
		memcpy(seg->sig, leaf->inner.sig, SIG_LEN);
		frame_put(out, &f);
		rc = buf_err(out);
	}
	entry_free(&c.entry);
	buf_free(&c.entries);
	return rc;
}
