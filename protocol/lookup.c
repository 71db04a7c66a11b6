/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/lookup.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 16 };

static const uint8_t *
key_at(const struct lookup *t, const void *base, uint32_t i)
{
	return (const uint8_t *)base + (size_t)i * t->stride + t->offset;
}

/* The slot of that key, or the free one where it belongs.  There is always a
 * free one (invariant 1). */
static uint32_t
slot_of(const struct lookup *t, const void *base, const uint8_t *key)
{
	uint32_t mask = t->cap - 1;
	uint32_t i = (uint32_t)be64_get(key) & mask;

	while (t->slots[i] != 0 &&
	    memcmp(key_at(t, base, t->slots[i] - 1), key, t->len) != 0)
		i = (i + 1) & mask;
	return i;
}

void
lookup_free(struct lookup *t)
{
	if (t == NULL)
		return;
	free(t->slots);
	t->slots = NULL;
	t->cap = t->used = 0;
}

err
lookup_reserve(struct lookup *t, const void *base)
{
	struct lookup wide = *t;

	if (t->used < t->cap / 2)
		return ERR_OK;
	if (t->cap > UINT32_MAX / 4)
		return ERR_NOMEM;
	wide.cap = t->cap != 0 ? t->cap * 2 : FIRST_CAP;
	wide.slots = calloc(wide.cap, sizeof wide.slots[0]);
	if (wide.slots == NULL)
		return ERR_NOMEM;
	for (uint32_t i = 0; i < t->cap; i++) {
		if (t->slots[i] == 0)
			continue;
		const uint8_t *key = key_at(t, base, t->slots[i] - 1);
		wide.slots[slot_of(&wide, base, key)] = t->slots[i];
	}
	free(t->slots);
	*t = wide;
	return ERR_OK;
}

void
lookup_put(struct lookup *t, const void *base, uint32_t i)
{
	uint32_t slot = slot_of(t, base, key_at(t, base, i));

	if (t->slots[slot] == 0)
		t->used++;
	t->slots[slot] = i + 1;
}

uint32_t
lookup_find(const struct lookup *t, const void *base, const uint8_t *key)
{
	if (t->cap == 0)
		return LOOKUP_NONE;
	uint32_t slot = slot_of(t, base, key);
	return t->slots[slot] != 0 ? t->slots[slot] - 1 : LOOKUP_NONE;
}
