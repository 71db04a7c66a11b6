/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/key_set.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char TAG[] = "nguon1/key-set";

enum { PARTS_MAX = 6 };

/* Each part goes with its length. */
void
key_set_key(const struct span *parts, size_t count,
    uint8_t ret[static ID_LEN])
{
	struct span all[2 * PARTS_MAX];
	uint8_t length[PARTS_MAX][8];

	assert(count <= PARTS_MAX);
	for (size_t i = 0; i < count; i++) {
		be64_put(length[i], parts[i].n);
		all[2 * i] = (struct span){ length[i], 8 };
		all[2 * i + 1] = parts[i];
	}
	crypto_hash16(TAG, all, 2 * count, ret);
}

static uint32_t
find(const struct key_set *k, const uint8_t *key)
{
	return k->count == 0 ? LOOKUP_NONE :
	    lookup_find(&k->lookup, k->keys, key);
}

/* Room for one more. */
static err
grow(struct key_set *k)
{
	uint32_t cap = k->cap == 0 ? 64 : 2 * k->cap;
	void *more;

	if (k->count < k->cap)
		return ERR_OK;
	if (cap < k->cap)
		return ERR_NOMEM;
	more = realloc(k->keys, (size_t)cap * ID_LEN);
	if (more == NULL)
		return ERR_NOMEM;
	k->keys = more;
	more = realloc(k->numbers, (size_t)cap * sizeof *k->numbers);
	if (more == NULL)
		return ERR_NOMEM;
	k->numbers = more;
	k->cap = cap;
	return ERR_OK;
}

static err
add(struct key_set *k, const uint8_t *key, uint64_t number)
{
	err rc = grow(k);

	if (rc != ERR_OK)
		return rc;
	k->lookup.stride = ID_LEN;
	k->lookup.len = ID_LEN;
	rc = lookup_reserve(&k->lookup, k->keys);
	if (rc != ERR_OK)
		return rc;
	memcpy(k->keys[k->count], key, ID_LEN);
	k->numbers[k->count] = number;
	lookup_put(&k->lookup, k->keys, k->count++);
	return ERR_OK;
}

err
key_set_put(struct key_set *k, const uint8_t key[static ID_LEN])
{
	return find(k, key) != LOOKUP_NONE ? ERR_OK : add(k, key, 0);
}

err
key_set_put_number(struct key_set *k, const uint8_t key[static ID_LEN],
    uint64_t number)
{
	uint32_t at = find(k, key);

	if (at == LOOKUP_NONE)
		return add(k, key, number);
	k->numbers[at] = number;
	return ERR_OK;
}

uint64_t
key_set_number(const struct key_set *k, const uint8_t key[static ID_LEN])
{
	uint32_t at = find(k, key);

	return at == LOOKUP_NONE ? 0 : k->numbers[at];
}

bool
key_set_has(const struct key_set *k, const uint8_t key[static ID_LEN])
{
	return find(k, key) != LOOKUP_NONE;
}

void
key_set_free(struct key_set *k)
{
	if (k == NULL)
		return;
	free(k->keys);
	free(k->numbers);
	lookup_free(&k->lookup);
	memset(k, 0, sizeof *k);
}
