/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/arena.h"

#include <stdint.h>
#include <stdlib.h>

enum {
	FIRST_BYTES = 512,	/* of the first chunk; each next is twice as */
	LAST_BYTES = 1 << 18,	/* large, up to this */
	ALIGN = 8,
};

struct arena_chunk {
	struct arena_chunk *older;
	size_t used, size;
	uint64_t bytes[];	/* size bytes; 64-bit for the alignment */
};

static struct arena_chunk *
chunk_new(struct arena *a, size_t n)
{
	struct arena_chunk *c;
	size_t size = FIRST_BYTES;

	if (a->newest != NULL)
		size = a->newest->size < LAST_BYTES ? 2 * a->newest->size
						    : a->newest->size;
	if (size < n)
		size = n;
	c = malloc(sizeof *c + size);
	if (c == NULL)
		return NULL;
	c->older = a->newest;
	c->used = 0;
	c->size = size;
	a->newest = c;
	return c;
}

void *
arena_take(struct arena *a, size_t n)
{
	struct arena_chunk *c = a->newest;
	void *p;

	if (n > SIZE_MAX / 2)
		return NULL;
	n = (n + ALIGN - 1) / ALIGN * ALIGN;
	if (c == NULL || c->size - c->used < n)
		c = chunk_new(a, n);
	if (c == NULL)
		return NULL;
	p = (uint8_t *)c->bytes + c->used;
	c->used += n;
	a->taken += n;
	return p;
}

static void
free_from(struct arena_chunk *c)
{
	while (c != NULL) {
		struct arena_chunk *older = c->older;

		free(c);
		c = older;
	}
}

void
arena_clear(struct arena *a)
{
	struct arena_chunk *c = a->newest;

	a->taken = 0;
	if (c == NULL)
		return;
	free_from(c->older);
	c->older = NULL;
	c->used = 0;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	free_from(a->newest);
	*a = (struct arena){ NULL, 0 };
}
