/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_index.c -- a chained hash table.  The bucket is a strongly universal
 * hash of the key: pairs of 32-bit words, multiply and add modulo 2^64, the
 * upper half.
 */
#include "protocol/verify_index.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_BUCKETS = 256, WORDS = VERIFY_KEY_LEN / 4 };

#define NOTHING UINT32_MAX

struct node {
	uint8_t key[VERIFY_KEY_LEN];
	uint32_t hash;
	uint32_t next;		/* in the bucket; NOTHING at its end */
};

struct verify_index {
	uint64_t factor[WORDS + 1];
	uint32_t *buckets;	/* a power of two of them */
	size_t bucket_count;
	struct node *nodes;	/* bucket_count of them at most */
	size_t count;
};

static uint32_t
hash_key(const struct verify_index *x, const uint8_t *key)
{
	uint64_t sum = x->factor[WORDS];

	for (size_t i = 0; i < WORDS; i += 2)
		sum += (x->factor[i] + be32_get(key + 4 * i)) *
		    (x->factor[i + 1] + be32_get(key + 4 * i + 4));
	return (uint32_t)(sum >> 32);
}

static void
link_node(struct verify_index *x, uint32_t number)
{
	struct node *n = &x->nodes[number];
	uint32_t *bucket = &x->buckets[n->hash & (x->bucket_count - 1)];

	n->next = *bucket;
	*bucket = number;
}

/* Doubles the buckets and makes room for as many nodes. */
static err
grow(struct verify_index *x)
{
	size_t count = x->bucket_count ? 2 * x->bucket_count : FIRST_BUCKETS;
	uint32_t *buckets;
	struct node *nodes;

	if (count > INT32_MAX)
		return ERR_LIMIT;
	nodes = realloc(x->nodes, count * sizeof *nodes);
	if (nodes == NULL)
		return ERR_NOMEM;
	x->nodes = nodes;
	buckets = malloc(count * sizeof *buckets);
	if (buckets == NULL)
		return ERR_NOMEM;
	free(x->buckets);
	x->buckets = buckets;
	x->bucket_count = count;
	for (size_t i = 0; i < count; i++)
		buckets[i] = NOTHING;
	for (size_t i = 0; i < x->count; i++)
		link_node(x, (uint32_t)i);
	return ERR_OK;
}

struct verify_index *
verify_index_new(void)
{
	struct verify_index *x = calloc(1, sizeof *x);

	if (x == NULL)
		return NULL;
	crypto_random(x->factor, sizeof x->factor);
	if (grow(x) != ERR_OK) {
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
	free(x->buckets);
	free(x->nodes);
	free(x);
}

static uint32_t
look_up(const struct verify_index *x, const uint8_t *key, uint32_t hash)
{
	uint32_t i = x->buckets[hash & (x->bucket_count - 1)];

	while (i != NOTHING && (x->nodes[i].hash != hash ||
	    memcmp(x->nodes[i].key, key, VERIFY_KEY_LEN) != 0))
		i = x->nodes[i].next;
	return i;
}

err
verify_index_put(struct verify_index *x,
    const uint8_t key[static VERIFY_KEY_LEN], size_t *ret_number)
{
	uint32_t hash = hash_key(x, key);
	uint32_t found = look_up(x, key, hash);
	err rc;

	if (found == NOTHING) {
		if (x->count == x->bucket_count && (rc = grow(x)) != ERR_OK)
			return rc;
		found = (uint32_t)x->count++;
		memcpy(x->nodes[found].key, key, VERIFY_KEY_LEN);
		x->nodes[found].hash = hash;
		link_node(x, found);
	}
	*ret_number = found;
	return ERR_OK;
}

err
verify_index_find(const struct verify_index *x,
    const uint8_t key[static VERIFY_KEY_LEN], size_t *ret_number)
{
	uint32_t found = look_up(x, key, hash_key(x, key));

	if (found == NOTHING)
		return ERR_ABSENT;
	*ret_number = found;
	return ERR_OK;
}

size_t
verify_index_count(const struct verify_index *x)
{
	return x->count;
}
