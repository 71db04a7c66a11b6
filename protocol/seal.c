/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seal.c -- sealed parts, facts parts, grants, and sealed bytes at rest.
 *
 * Plain text and keys pass only through blocks of a known size, which are
 * wiped: a buffer that grows leaves copies behind.
 */
#include "protocol/seal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/entry.h"
#include "protocol/limits.h"

enum {
	PART_HEAD = EPOCH_LEN + 2 + NONCE_LEN,
	PART_AD = TAG_LEN + ID_LEN + 8 + 1 + ID_LEN + EPOCH_LEN + 2,
	PAD_BLOCK = 16,
	PAD_MARK = 0x80,
	DICTIONARY_NONE = 0,
};

void
seal_cell_key_commit(struct cell_key *k)
{
	const struct span parts[] = {
		{ k->scope, SCOPE_LEN },
		{ k->key, KEY_LEN },
	};

	crypto_hash32("nguon1/cell-key", parts, 2, k->commitment);
}

void
seal_subject_key(const struct cell_key *cell,
    const uint8_t subject[static ID_LEN], uint16_t generation,
    const uint8_t salt[static SALT_LEN], uint8_t ret_key[static KEY_LEN])
{
	uint8_t number[2];
	const struct span parts[] = {
		{ subject, ID_LEN },
		{ number, sizeof number },
		{ salt, SALT_LEN },
	};

	be16_put(number, generation);
	crypto_keyed("nguon1/subject", (struct span){ cell->key, KEY_LEN },
	    parts, 3, ret_key, KEY_LEN);
}

/* Puts a tag of 16 bytes, zero padded, at p; returns where it ends. */
static uint8_t *
put_tag(uint8_t *p, const char *tag)
{
	size_t n = strlen(tag);

	assert(n <= TAG_LEN);
	memset(p, 0, TAG_LEN);
	memcpy(p, tag, n);
	return p + TAG_LEN;
}

static void
part_ad(const struct seal_place *place, const uint8_t *epoch,
    uint8_t ret[static PART_AD])
{
	uint8_t *p = put_tag(ret, "nguon1/sealed");

	memcpy(p, place->log, ID_LEN);
	be64_put(p + 16, place->seq);
	p[24] = place->op;
	memcpy(p + 25, place->subject, ID_LEN);
	memcpy(p + 41, epoch, EPOCH_LEN);
	be16_put(p + 49, place->generation);
}

err
seal_part(const uint8_t subject_key[static KEY_LEN],
    const uint8_t epoch[static EPOCH_LEN], const struct seal_place *place,
    struct span map, struct buf *out)
{
	uint8_t ad[PART_AD];
	uint8_t *plain = NULL, *part = NULL;
	size_t padded, part_n;
	err rc = ERR_NOMEM;

	if (map.n > LIMIT_PART_BYTES)
		return ERR_LIMIT;
	padded = (1 + map.n) / PAD_BLOCK * PAD_BLOCK + PAD_BLOCK;
	part_n = PART_HEAD + padded + AEAD_TAG_LEN;
	if (part_n > LIMIT_PART_BYTES)
		return ERR_LIMIT;
	plain = calloc(1, padded);
	part = malloc(part_n);
	if (plain == NULL || part == NULL)
		goto out;
	plain[0] = DICTIONARY_NONE;
	if (map.n > 0)
		memcpy(plain + 1, map.p, map.n);
	plain[1 + map.n] = PAD_MARK;
	memcpy(part, epoch, EPOCH_LEN);
	be16_put(part + EPOCH_LEN, place->generation);
	crypto_random(part + EPOCH_LEN + 2, NONCE_LEN);
	part_ad(place, epoch, ad);
	crypto_aead_seal(subject_key, part + EPOCH_LEN + 2,
	    (struct span){ ad, sizeof ad }, (struct span){ plain, padded },
	    part + PART_HEAD);
	buf_put(out, part, part_n);
	rc = buf_err(out);
out:
	if (plain != NULL)
		crypto_wipe(plain, padded);
	free(plain);
	free(part);
	return rc;
}

err
seal_part_head(struct span part, uint8_t ret_epoch[static EPOCH_LEN],
    uint16_t *ret_generation)
{
	if (part.n < PART_HEAD + PAD_BLOCK + AEAD_TAG_LEN ||
	    (part.n - PART_HEAD - AEAD_TAG_LEN) % PAD_BLOCK != 0)
		return ERR_FORMAT;
	memcpy(ret_epoch, part.p, EPOCH_LEN);
	*ret_generation = be16_get(part.p + EPOCH_LEN);
	return ERR_OK;
}

/* The map inside an opened plain text: dictionary, map, padding. */
static err
plain_map(struct span plain, struct span *ret_map)
{
	struct span map;
	size_t n = plain.n;
	err rc;

	if (plain.p[0] != DICTIONARY_NONE)
		return ERR_VERSION;
	while (n > 1 && plain.p[n - 1] == 0)
		n--;
	if (n < 2 || plain.p[n - 1] != PAD_MARK || plain.n - n >= PAD_BLOCK)
		return ERR_FORMAT;
	map = (struct span){ plain.p + 1, n - 2 };
	if ((rc = entry_part_map(map)) != ERR_OK)
		return rc;
	*ret_map = map;
	return ERR_OK;
}

err
seal_open_part(const uint8_t subject_key[static KEY_LEN],
    const struct seal_place *place, struct span part, struct buf *out)
{
	uint8_t ad[PART_AD], epoch[EPOCH_LEN];
	uint16_t generation;
	uint8_t *plain = NULL;
	size_t plain_n;
	struct span sealed, map;
	err rc;

	if (part.n > LIMIT_PART_BYTES)
		return ERR_LIMIT;
	if ((rc = seal_part_head(part, epoch, &generation)) != ERR_OK)
		return rc;
	if (generation != place->generation)
		return ERR_KEY;
	sealed = (struct span){ part.p + PART_HEAD, part.n - PART_HEAD };
	plain_n = sealed.n - AEAD_TAG_LEN;
	if ((plain = malloc(plain_n)) == NULL)
		return ERR_NOMEM;
	part_ad(place, epoch, ad);
	rc = crypto_aead_open(subject_key, part.p + EPOCH_LEN + 2,
	    (struct span){ ad, sizeof ad }, sealed, plain);
	if (rc != ERR_OK)
		goto out;
	rc = plain_map((struct span){ plain, plain_n }, &map);
	if (rc != ERR_OK)
		goto out;
	buf_put(out, map.p, map.n);
	rc = buf_err(out);
out:
	crypto_wipe(plain, plain_n);
	free(plain);
	return rc;
}

err
seal_facts(const uint8_t *salt, struct span map, struct buf *out)
{
	uint8_t fresh[SALT_LEN];
	size_t start = out->n;
	err rc;

	if (map.n > LIMIT_PART_BYTES - SALT_LEN)
		return ERR_LIMIT;
	if (salt == NULL) {
		crypto_random(fresh, sizeof fresh);
		salt = fresh;
	}
	buf_put(out, salt, SALT_LEN);
	buf_put(out, map.p, map.n);
	if ((rc = buf_err(out)) != ERR_OK)
		out->n = start;
	return rc;
}

err
seal_grant(const uint8_t box_pub[static KEY_LEN],
    const uint8_t key[static KEY_LEN], uint8_t ret[static GRANT_LEN])
{
	uint8_t box[GRANT_LEN];
	err rc;

	rc = crypto_seal_box(box_pub, (struct span){ key, KEY_LEN }, box);
	if (rc == ERR_OK)
		memcpy(ret, box, sizeof box);
	return rc;
}

err
seal_open_grant(const uint8_t box_secret[static KEY_LEN],
    struct span grant, const uint8_t scope[static SCOPE_LEN],
    const uint8_t commitment[static HASH_LEN], struct cell_key *ret)
{
	struct cell_key k;
	err rc;

	if (grant.n != GRANT_LEN)
		return ERR_KEY;
	memcpy(k.scope, scope, SCOPE_LEN);
	if ((rc = crypto_open_box(box_secret, grant, k.key)) != ERR_OK)
		goto out;
	seal_cell_key_commit(&k);
	if (!crypto_equal(k.commitment, commitment, HASH_LEN)) {
		rc = ERR_KEY;
		goto out;
	}
	*ret = k;
out:
	crypto_wipe(&k, sizeof k);
	return rc;
}

/* The associated data of a blob, in a block of its own (to free). */
static uint8_t *
blob_ad(const char *purpose, struct span ad)
{
	uint8_t *p = malloc(TAG_LEN + ad.n), *end;

	if (p == NULL)
		return NULL;
	end = put_tag(p, purpose);
	if (ad.n > 0)
		memcpy(end, ad.p, ad.n);
	return p;
}

err
seal_blob(const uint8_t key[static KEY_LEN], const char *purpose,
    struct span ad, struct span plain, struct buf *out)
{
	uint8_t *bound = NULL, *blob = NULL;
	size_t blob_n;
	err rc = ERR_NOMEM;

	if (plain.n > SIZE_MAX / 4 || ad.n > SIZE_MAX / 4)
		return ERR_LIMIT;
	blob_n = NONCE_LEN + plain.n + AEAD_TAG_LEN;
	bound = blob_ad(purpose, ad);
	blob = malloc(blob_n);
	if (bound == NULL || blob == NULL)
		goto out;
	crypto_random(blob, NONCE_LEN);
	crypto_aead_seal(key, blob, (struct span){ bound, TAG_LEN + ad.n },
	    plain, blob + NONCE_LEN);
	buf_put(out, blob, blob_n);
	rc = buf_err(out);
out:
	free(blob);
	free(bound);
	return rc;
}

err
seal_open_blob(const uint8_t key[static KEY_LEN], const char *purpose,
    struct span ad, struct span blob, struct buf *out)
{
	uint8_t *bound = NULL, *plain = NULL;
	size_t plain_n;
	err rc = ERR_NOMEM;

	if (blob.n > SIZE_MAX / 4 || ad.n > SIZE_MAX / 4)
		return ERR_LIMIT;
	if (blob.n < NONCE_LEN + AEAD_TAG_LEN)
		return ERR_KEY;
	plain_n = blob.n - NONCE_LEN - AEAD_TAG_LEN;
	bound = blob_ad(purpose, ad);
	plain = malloc(plain_n + 1);	/* of 0 bytes malloc may give NULL */
	if (bound == NULL || plain == NULL)
		goto out;
	rc = crypto_aead_open(key, blob.p,
	    (struct span){ bound, TAG_LEN + ad.n },
	    (struct span){ blob.p + NONCE_LEN, blob.n - NONCE_LEN }, plain);
	if (rc != ERR_OK)
		goto out;
	buf_put(out, plain, plain_n);
	rc = buf_err(out);
out:
	if (plain != NULL)
		crypto_wipe(plain, plain_n);
	free(plain);
	free(bound);
	return rc;
}
