/* SPDX-License-Identifier: Apache-2.0 */
/*
 * invite.c -- invite codes, the invite's sealed part, claims.
 */
#include "protocol/invite.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/limits.h"

#define SEAL_TAG "nguon1/inv-seal"

enum {
	CODE_VERSION = 1,
	CODE_LETTERS = 30,
	LETTER_BITS = 5,
	GROUP = 5,		/* letters */
	VERSION_BITS = 4,
	SUM_BITS = 18,
	CODE_BYTES = 19,	/* 150 bits and 2 that stay zero */
};

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* The first 18 bits of the checksum's hash. */
static uint32_t
code_sum(uint8_t version, const uint8_t *secret)
{
	const struct span parts[] = {
		{ &version, 1 },
		{ secret, INVITE_SECRET_LEN },
	};
	uint8_t hash[HASH_LEN];

	crypto_hash32("nguon1/inv-sum", parts, 2, hash);
	return be32_get(hash) >> (32 - SUM_BITS);
}

/* n bits (at most 32) at bit `at`, most significant first; put: p must be
 * zero there. */
static void
bits_put(uint8_t *p, size_t at, unsigned n, uint32_t value)
{
	while (n-- > 0) {
		if ((value >> n & 1) != 0)
			p[at / 8] |= (uint8_t)(0x80u >> at % 8);
		at++;
	}
}

static uint32_t
bits_get(const uint8_t *p, size_t at, unsigned n)
{
	uint32_t value = 0;

	while (n-- > 0) {
		value = value << 1 | ((uint32_t)p[at / 8] >> (7 - at % 8) & 1);
		at++;
	}
	return value;
}

void
invite_code_encode(const uint8_t secret[static INVITE_SECRET_LEN],
    char ret[static INVITE_CODE_TEXT])
{
	uint8_t code[CODE_BYTES] = { 0 };
	size_t at = VERSION_BITS, used = 0;

	bits_put(code, 0, VERSION_BITS, CODE_VERSION);
	for (size_t i = 0; i < INVITE_SECRET_LEN; i++, at += 8)
		bits_put(code, at, 8, secret[i]);
	bits_put(code, at, SUM_BITS, code_sum(CODE_VERSION, secret));
	for (size_t i = 0; i < CODE_LETTERS; i++) {
		if (i > 0 && i % GROUP == 0)
			ret[used++] = '-';
		ret[used++] =
		    alphabet[bits_get(code, i * LETTER_BITS, LETTER_BITS)];
	}
	ret[used] = '\0';
	crypto_wipe(code, sizeof code);
}

/* The value of a letter of either case; LETTER_SKIP, LETTER_BAD. */
enum { LETTER_SKIP = -1, LETTER_BAD = -2 };

static int
letter_value(uint8_t c)
{
	const char *p;

	if (c == '-' || c == ' ' || (c >= '\t' && c <= '\r'))
		return LETTER_SKIP;
	if (c >= 'a' && c <= 'z')
		c = (uint8_t)(c - 'a' + 'A');
	if (c == 'O')
		return 0;
	if (c == 'I' || c == 'L')
		return 1;
	if (c == '\0' || (p = strchr(alphabet, c)) == NULL)
		return LETTER_BAD;
	return (int)(p - alphabet);
}

err
invite_code_decode(struct span text,
    uint8_t ret_secret[static INVITE_SECRET_LEN])
{
	uint8_t code[CODE_BYTES] = { 0 }, secret[INVITE_SECRET_LEN];
	size_t letters = 0, at = VERSION_BITS;
	uint8_t version;
	err rc = ERR_FORMAT;

	for (size_t i = 0; i < text.n; i++) {
		int v = letter_value(text.p[i]);

		if (v == LETTER_SKIP)
			continue;
		if (v == LETTER_BAD || letters == CODE_LETTERS)
			goto out;
		bits_put(code, letters * LETTER_BITS, LETTER_BITS,
		    (uint32_t)v);
		letters++;
	}
	if (letters != CODE_LETTERS)
		goto out;
	version = (uint8_t)bits_get(code, 0, VERSION_BITS);
	for (size_t i = 0; i < INVITE_SECRET_LEN; i++, at += 8)
		secret[i] = (uint8_t)bits_get(code, at, 8);
	if (bits_get(code, at, SUM_BITS) != code_sum(version, secret)) {
		rc = ERR_VALUE;
	} else if (version != CODE_VERSION) {
		rc = ERR_VERSION;
	} else {
		memcpy(ret_secret, secret, sizeof secret);
		rc = ERR_OK;
	}
	crypto_wipe(secret, sizeof secret);
out:
	crypto_wipe(code, sizeof code);
	return rc;
}

void
invite_derive(const uint8_t secret[static INVITE_SECRET_LEN],
    struct invite_keys *ret)
{
	const struct span key = { secret, INVITE_SECRET_LEN };

	crypto_keyed("nguon1/inv-sign", key, NULL, 0, ret->seed, KEY_LEN);
	crypto_sign_public(ret->seed, ret->pub);
	chain_key_id(ret->pub, ret->id);
	crypto_keyed(SEAL_TAG, key, NULL, 0, ret->seal, KEY_LEN);
}

/* ---- the body */

/* Keys of the body's map. */
enum {
	BODY_ROOT = 1, BODY_RECOVERY, BODY_HUB_SIGN, BODY_HUB_BOX, BODY_PIN,
	BODY_ADDRESS, BODY_KEYS, BODY_CELL_CODE, BODY_CELL_NAME,
	BODY_COMMUNE_NAME, BODY_ORGANISATION,
	BODY_FIXED = BODY_PIN,	/* 1 to here: 32 bytes each, always there */
	BODY_LAST = BODY_ORGANISATION,
};

static uint8_t *
body_fixed(struct invite_body *b, uint64_t key)
{
	switch (key) {
	case BODY_ROOT:
		return b->root_pub;
	case BODY_RECOVERY:
		return b->recovery_pub;
	case BODY_HUB_SIGN:
		return b->hub_sign_pub;
	case BODY_HUB_BOX:
		return b->hub_box_pub;
	default:
		return b->tls_pin;
	}
}

static struct span *
body_text(struct invite_body *b, uint64_t key)
{
	switch (key) {
	case BODY_ADDRESS:
		return &b->address;
	case BODY_CELL_CODE:
		return &b->cell_code;
	case BODY_CELL_NAME:
		return &b->cell_name;
	case BODY_COMMUNE_NAME:
		return &b->commune_name;
	default:
		return &b->organisation;
	}
}

static void
put_keys(const struct invite_body *b, struct buf *out)
{
	codec_put_uint(out, BODY_KEYS);
	codec_put_array(out, (uint32_t)b->key_count);
	for (size_t i = 0; i < b->key_count; i++) {
		codec_put_array(out, 2);
		codec_put_bin(out,
		    (struct span){ b->keys[i].scope, SCOPE_LEN });
		codec_put_bin(out, (struct span){ b->keys[i].key, KEY_LEN });
	}
}

/* The plain map into out, which has room for all of it already. */
static err
body_encode(struct invite_body *b, struct buf *out)
{
	uint32_t pairs = BODY_FIXED;

	if (b->key_count > LIMIT_SCOPES)
		return ERR_LIMIT;
	pairs += b->key_count > 0;
	for (uint64_t key = BODY_ADDRESS; key <= BODY_LAST; key++) {
		if (key == BODY_KEYS)
			continue;
		if (body_text(b, key)->n > LIMIT_TEXT_BYTES)
			return ERR_LIMIT;
		pairs += body_text(b, key)->n > 0;
	}
	codec_put_map(out, pairs);
	for (uint64_t key = BODY_ROOT; key <= BODY_LAST; key++) {
		if (key <= BODY_FIXED) {
			codec_put_uint(out, key);
			codec_put_bin(out,
			    (struct span){ body_fixed(b, key), KEY_LEN });
		} else if (key == BODY_KEYS) {
			if (b->key_count > 0)
				put_keys(b, out);
		} else if (body_text(b, key)->n > 0) {
			codec_put_uint(out, key);
			codec_put_text(out, *body_text(b, key));
		}
	}
	return buf_err(out);
}

err
invite_seal(const struct invite_keys *keys, struct span fields,
    const struct invite_body *body, struct buf *out)
{
	struct invite_body copy = *body;
	struct buf plain = { .p = NULL };
	size_t start = out->n;
	err rc = ERR_NOMEM;

	/* all of it at once: a buffer that grows leaves copies of keys */
	if ((plain.p = malloc(LIMIT_INVITE_BYTES)) == NULL)
		return ERR_NOMEM;
	plain.cap = LIMIT_INVITE_BYTES;
	if ((rc = body_encode(&copy, &plain)) != ERR_OK)
		goto out;
	rc = seal_blob(keys->seal, SEAL_TAG, fields, buf_span(&plain), out);
	if (rc == ERR_OK && out->n - start > LIMIT_INVITE_BYTES) {
		out->n = start;
		rc = ERR_LIMIT;
	}
out:
	crypto_wipe(plain.p, plain.cap);
	buf_free(&plain);
	return rc;
}

/* The list of [scope, key]; *ret_keys is to be freed. */
static err
read_keys(struct codec_reader *r, struct cell_key **ret_keys,
    size_t *ret_count)
{
	struct cell_key *keys = NULL;
	const uint8_t *scope, *key;
	uint32_t count, two;
	err rc;

	if ((rc = codec_read_array(r, &count)) != ERR_OK)
		return rc;
	if (count == 0)
		return ERR_FORMAT;
	if (count > LIMIT_SCOPES)
		return ERR_LIMIT;
	if ((keys = calloc(count, sizeof *keys)) == NULL)
		return ERR_NOMEM;
	for (uint32_t i = 0; i < count; i++) {
		if (codec_read_array(r, &two) != ERR_OK || two != 2 ||
		    codec_read_fixed(r, SCOPE_LEN, &scope) != ERR_OK ||
		    codec_read_fixed(r, KEY_LEN, &key) != ERR_OK) {
			rc = ERR_FORMAT;
			goto out;
		}
		memcpy(keys[i].scope, scope, SCOPE_LEN);
		memcpy(keys[i].key, key, KEY_LEN);
		seal_cell_key_commit(&keys[i]);
	}
	*ret_keys = keys;
	*ret_count = count;
	return ERR_OK;
out:
	crypto_wipe(keys, count * sizeof *keys);
	free(keys);
	return rc;
}

/* One pair; r is behind its key. */
static err
read_pair(struct codec_reader *r, uint64_t key, struct invite_body *b)
{
	struct cell_key *keys;
	struct span s;
	const uint8_t *p;
	err rc;

	if (key >= BODY_ROOT && key <= BODY_FIXED) {
		if ((rc = codec_read_fixed(r, KEY_LEN, &p)) == ERR_OK)
			memcpy(body_fixed(b, key), p, KEY_LEN);
		return rc;
	}
	if (key == BODY_KEYS) {
		rc = read_keys(r, &keys, &b->key_count);
		if (rc == ERR_OK)
			b->keys = keys;
		return rc;
	}
	if (key == 0 || key > BODY_LAST)
		return codec_read_value(r, &s);
	if ((rc = codec_read_text(r, &s)) == ERR_OK) {
		if (s.n == 0)
			return ERR_FORMAT;
		*body_text(b, key) = s;
	}
	return rc;
}

static err
body_decode(struct span map, struct invite_body *b)
{
	static const struct codec_bounds bounds = {
		.depth = LIMIT_ENTRY_DEPTH,
		.items = LIMIT_SCOPES,
		.values = LIMIT_INVITE_BYTES,
		.text_bytes = LIMIT_TEXT_BYTES,
		.bin_bytes = LIMIT_INVITE_BYTES,
	};
	struct codec_reader r = codec_reader(map);
	unsigned fixed = 0;
	uint32_t pairs;
	uint64_t key;
	err rc;

	if ((rc = codec_scan(map, &bounds, NULL)) != ERR_OK)
		return rc;
	if ((rc = codec_read_map(&r, &pairs)) != ERR_OK)
		return rc;
	for (; pairs > 0; pairs--) {
		if ((rc = codec_read_uint(&r, &key)) != ERR_OK)
			return rc;
		if ((rc = read_pair(&r, key, b)) != ERR_OK)
			return rc;
		fixed += key >= BODY_ROOT && key <= BODY_FIXED;
	}
	return fixed == BODY_FIXED ? ERR_OK : ERR_FORMAT;
}

err
invite_open(const struct invite_keys *keys, struct span fields,
    struct span part, struct buf *plain, struct invite_body *ret)
{
	struct invite_body b;
	err rc;

	if (part.n > LIMIT_INVITE_BYTES)
		return ERR_LIMIT;
	memset(&b, 0, sizeof b);
	buf_reset(plain);
	rc = seal_open_blob(keys->seal, SEAL_TAG, fields, part, plain);
	if (rc != ERR_OK)
		return rc;
	if ((rc = body_decode(buf_span(plain), &b)) != ERR_OK) {
		crypto_wipe(plain->p, plain->n);
		buf_reset(plain);
		invite_body_free(&b);
		return rc;
	}
	*ret = b;
	return ERR_OK;
}

void
invite_body_free(struct invite_body *body)
{
	struct cell_key *keys;

	if (body == NULL)
		return;
	keys = (struct cell_key *)body->keys;
	if (keys != NULL)
		crypto_wipe(keys, body->key_count * sizeof *keys);
	free(keys);
	memset(body, 0, sizeof *body);
}

/* ---- claims and fetches */

enum {
	CLAIM_LEN = TAG_LEN + HASH_LEN + ID_LEN + 3 * KEY_LEN + SALT_LEN,
	FETCH_LEN = TAG_LEN + ID_LEN,
};

static uint8_t *
put_bytes(uint8_t *p, const uint8_t *from, size_t n)
{
	memcpy(p, from, n);
	return p + n;
}

static void
claim_message(const uint8_t *root_fpr, const struct claim *c,
    uint8_t ret[static CLAIM_LEN])
{
	static const uint8_t tag[TAG_LEN] = "nguon1/claim";
	uint8_t *p = put_bytes(ret, tag, TAG_LEN);

	p = put_bytes(p, root_fpr, HASH_LEN);
	p = put_bytes(p, c->invite, ID_LEN);
	p = put_bytes(p, c->sign_pub, KEY_LEN);
	p = put_bytes(p, c->box_pub, KEY_LEN);
	p = put_bytes(p, c->transport_pub, KEY_LEN);
	(void)put_bytes(p, c->log_salt, SALT_LEN);
}

void
invite_claim_sign(const uint8_t seed[static KEY_LEN],
    const uint8_t root_fpr[static HASH_LEN], const struct claim *claim,
    uint8_t ret_sig[static SIG_LEN])
{
	uint8_t message[CLAIM_LEN];

	claim_message(root_fpr, claim, message);
	crypto_sign_message(seed, (struct span){ message, CLAIM_LEN },
	    ret_sig);
}

err
invite_claim_verify(const uint8_t pub[static KEY_LEN],
    const uint8_t root_fpr[static HASH_LEN], const struct claim *claim,
    const uint8_t sig[static SIG_LEN])
{
	uint8_t message[CLAIM_LEN];

	claim_message(root_fpr, claim, message);
	return crypto_verify(pub, (struct span){ message, CLAIM_LEN }, sig);
}

static void
fetch_message(const uint8_t *invite, uint8_t ret[static FETCH_LEN])
{
	static const uint8_t tag[TAG_LEN] = "nguon1/inv-get";

	(void)put_bytes(put_bytes(ret, tag, TAG_LEN), invite, ID_LEN);
}

void
invite_fetch_sign(const struct invite_keys *keys,
    uint8_t ret_sig[static SIG_LEN])
{
	uint8_t message[FETCH_LEN];

	fetch_message(keys->id, message);
	crypto_sign_message(keys->seed, (struct span){ message, FETCH_LEN },
	    ret_sig);
}

err
invite_fetch_verify(const uint8_t invite_pub[static KEY_LEN],
    const uint8_t sig[static SIG_LEN])
{
	uint8_t message[FETCH_LEN], id[ID_LEN];

	chain_key_id(invite_pub, id);
	fetch_message(id, message);
	return crypto_verify(invite_pub,
	    (struct span){ message, FETCH_LEN }, sig);
}
