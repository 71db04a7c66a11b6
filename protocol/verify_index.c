/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_index.c -- open addressing over slots that hold the hash too, so that
 * keys are read to compare and hardly ever in vain.  The hash of a key is
 * strongly universal: pairs of 32-bit words, multiply and add modulo 2^64,
 * the upper half.
 */
#include "protocol/verify_index.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 256, WORDS = VERIFY_KEY_LEN / 4 };

#define COUNT_MAX ((size_t)INT32_MAX)

struct slot {
	uint32_t hash;
	uint32_t number;	/* + 1; 0: free */
};

/* Invariant: at most 3 of 4 slots are taken. */
struct verify_index {
	uint64_t factor[WORDS + 1];
	struct slot *slots;
	size_t slot_count;	/* a power of two */
	uint8_t (*keys)[VERIFY_KEY_LEN];
	size_t count, room;	/* of keys */
};

static uint32_t
hash_key(const struct verify_index *x, const uint8_t *key)
{
	uint64_t sum = x->factor[WORDS];
	uint32_t word[WORDS];

	memcpy(word, key, sizeof word);		/* in whatever order of bytes */
	for (size_t i = 0; i < WORDS; i += 2)
		sum += (x->factor[i] + word[i]) *
		    (x->factor[i + 1] + word[i + 1]);
	return (uint32_t)(sum >> 32);
}

/* The slot of that key, or the free one where it belongs. */
static struct slot *
look_up(const struct verify_index *x, const uint8_t *key, uint32_t hash)
{
	size_t i = hash & (x->slot_count - 1);

	while (x->slots[i].number != 0 && (x->slots[i].hash != hash ||
	    memcmp(x->keys[x->slots[i].number - 1], key, VERIFY_KEY_LEN) != 0))
		i = (i + 1) & (x->slot_count - 1);
	return &x->slots[i];
}

/* Twice as many slots. */
static err
grow_slots(struct verify_index *x)
{
	size_t count = x->slot_count ? 2 * x->slot_count : FIRST_SLOTS;
	struct slot *slots = calloc(count, sizeof *slots);

	if (slots == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < x->slot_count; i++) {
		size_t to = x->slots[i].hash & (count - 1);

		if (x->slots[i].number == 0)
			continue;
		while (slots[to].number != 0)
			to = (to + 1) & (count - 1);
		slots[to] = x->slots[i];
	}
	free(x->slots);
	x->slots = slots;
	x->slot_count = count;
	return ERR_OK;
}

/* Room for one more key. */
static err
reserve(struct verify_index *x)
{
	if (x->count >= COUNT_MAX)
		return ERR_LIMIT;
	if (x->count == x->room) {
		size_t room = x->room ? x->room + x->room / 2 : FIRST_SLOTS;
		uint8_t (*keys)[VERIFY_KEY_LEN] = realloc(x->keys,
		    room * sizeof *keys);

		if (keys == NULL)
			return ERR_NOMEM;
		x->keys = keys;
		x->room = room;
	}
	return x->count < x->slot_count / 4 * 3 ? ERR_OK : grow_slots(x);
}

struct verify_index *
verify_index_new(void)
{
	struct verify_index *x = calloc(1, sizeof *x);

	if (x == NULL)
		return NULL;
	crypto_random(x->factor, sizeof x->factor);
	if (grow_slots(x) != ERR_OK) {
		verify_index_free(x);
		return NULL;
	}
	return x;
}

void
verify_index_free(struct verify_index *x)
{
	if (x == NULL)
		return;
	free(x->slots);
	free(x->keys);
	free(x);
}

err
verify_index_put(struct verify_index *x,
    const uint8_t key[static VERIFY_KEY_LEN], size_t *ret_number)
{
	uint32_t hash = hash_key(x, key);
	struct slot *slot = look_up(x, key, hash);
	err rc;

	if (slot->number == 0) {
		if ((rc = reserve(x)) != ERR_OK)
			return rc;
		slot = look_up(x, key, hash);
		memcpy(x->keys[x->count], key, VERIFY_KEY_LEN);
		slot->hash = hash;
		slot->number = (uint32_t)++x->count;
	}
	*ret_number = slot->number - 1;
	return ERR_OK;
}

err
verify_index_find(const struct verify_index *x,
    const uint8_t key[static VERIFY_KEY_LEN], size_t *ret_number)
{
	const struct slot *slot = look_up(x, key, hash_key(x, key));

	if (slot->number == 0)
		return ERR_ABSENT;
	*ret_number = slot->number - 1;
	return ERR_OK;
}

const uint8_t *
verify_index_key(const struct verify_index *x, size_t number)
{
	return x->keys[number];
}

size_t
verify_index_count(const struct verify_index *x)
{
	return x->count;
}
