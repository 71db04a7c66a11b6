/* SPDX-License-Identifier: Apache-2.0 */
/* history_forge.c -- changes segments in place. */
#include "tests/support/history_forge.h"

#include <string.h>

#include "protocol/segment.h"
#include "tests/support/history_internal.h"

/* Bytes of the entry in the middle. */
static struct span
middle(const struct history_leaf *leaf)
{
	struct segment g = { .first = leaf->first, .count = leaf->count,
		.entries = buf_span(&leaf->entries) };
	struct span raw = { NULL, 0 };
	size_t cursor = 0;

	for (uint32_t i = 0; i <= leaf->count / 2; i++)
		history_must(segment_next(&g, &cursor, &raw), "entry");
	return raw;
}

void
history_forge_flip(struct history_leaf *leaf)
{
	struct entry e = { 0 };
	size_t at;

	history_must(entry_parse(middle(leaf), &e), "entry");
	at = (size_t)(e.ops[0].subject - leaf->entries.p);
	leaf->entries.p[at + 5] ^= 1;
	entry_free(&e);
}

void
history_forge_drop(struct history_leaf *leaf)
{
	struct span raw = middle(leaf);
	size_t at = (size_t)(raw.p - leaf->entries.p);

	memmove(leaf->entries.p + at, raw.p + raw.n,
	    leaf->entries.n - at - raw.n);
	leaf->entries.n -= raw.n;
	leaf->count--;
}

void
history_forge_swap(struct history_leaf *a, struct history_leaf *b)
{
	struct history_leaf kept = *a;
	uint64_t time_ms = b->time_ms;

	*a = *b;
	*b = kept;
	b->time_ms = time_ms;
	a->time_ms = kept.time_ms;
}
