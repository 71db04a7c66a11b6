/* SPDX-License-Identifier: Apache-2.0 */
/* conflicts_void.c -- ops without effect: who tried what, and when. */
#include "client/records/conflicts.h"

#include <stdlib.h>
#include <string.h>

struct voids {
	struct conflict_void *v;
	size_t count, cap;
};

static err
add(void *ctx, const struct store_void *op)
{
	struct voids *all = ctx;

	if (all->count == all->cap) {
		size_t cap = all->cap == 0 ? 16 : 2 * all->cap;
		struct conflict_void *more = realloc(all->v,
		    cap * sizeof *more);
		if (more == NULL)
			return ERR_NOMEM;
		all->v = more;
		all->cap = cap;
	}
	all->v[all->count++] = (struct conflict_void){ .op = *op };
	return ERR_OK;
}

/* What the entry says of the op: its time, the step and its date. */
static err
read_entry(struct store *s, struct conflict_void *v)
{
	struct buf bytes = { 0 };
	struct entry e = { 0 };
	struct place place;
	uint64_t step;
	err rc = author_entry(s, v->op.log, v->op.seq, &place, &bytes);

	if (rc == ERR_OK)
		rc = entry_parse(buf_span(&bytes), &e);
	if (rc == ERR_OK && v->op.op < e.op_count) {
		const struct op *op = &e.ops[v->op.op];
		v->time_ms = e.time_ms;
		v->received = place.leaf != ROSTER_NO_LEAF;
		if (op->kind == KIND_STEP && field_map_uint(op->fields,
		    FIELD_STEP, &step) == ERR_OK && step <= STEP_MOVED)
			v->step = (enum step)step;
		v->has_date = field_map_int(op->fields, FIELD_DATE,
		    &v->date) == ERR_OK;
	}
	entry_free(&e);
	buf_free(&bytes);
	return rc == ERR_ABSENT ? ERR_OK : rc;
}

err
conflicts_void(struct store *s, struct conflict_void **ret, size_t *ret_count)
{
	struct voids all = { NULL, 0, 0 };
	err rc = store_unlocked(s) ? store_each_void(s, add, &all) : ERR_PASS;

	for (size_t i = 0; rc == ERR_OK && i < all.count; i++) {
		struct conflict_void *v = &all.v[i];

		rc = author_of_log(s, v->op.scope, v->op.log, &v->author);
		if (rc == ERR_ABSENT)
			rc = ERR_OK;
		if (rc == ERR_OK)
			rc = read_entry(s, v);
	}
	if (rc != ERR_OK) {
		free(all.v);
		return rc;
	}
	*ret = all.v;
	*ret_count = all.count;
	return ERR_OK;
}
