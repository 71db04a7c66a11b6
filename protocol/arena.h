/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena.h -- memory that is given back all at once.  Pure.
 */
#ifndef NGUON_ARENA_H
#define NGUON_ARENA_H

#include <stddef.h>

/* Owner: the struct owns its chunks.  Zero-initialise it; arena_free. */
struct arena {
	struct arena_chunk *newest;
	size_t taken;		/* bytes handed out and not given back */
};

/* arena_take: n bytes, aligned for pointers and 64-bit integers, not zeroed;
 * they stay where they are until arena_clear or arena_free.  NULL: no memory,
 * and nothing has changed. */
void *arena_take(struct arena *a, size_t n);
/* arena_clear: gives everything back and keeps the newest chunk, so that what
 * is taken next needs no new one as long as it fits. */
void arena_clear(struct arena *a);
void arena_free(struct arena *a);	/* NULL is allowed */

#endif
