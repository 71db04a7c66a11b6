/* SPDX-License-Identifier: Apache-2.0 */
/* vectors_invite.c -- invite.txt: codes, sealed bodies, claims, fetches. */
#include "tests/support/vectors.h"

#include <string.h>

#include "protocol/invite.h"
#include "tests/support/world.h"

static const struct {
	const char *name, *expected, *code;
} codes[] = {
	{ "as-printed", "ok", "20010-81G81-860W4-0J2GB-1G6GW-3RKZF" },
	{ "lower-case", "ok", "20010-81g81-860w4-0j2gb-1g6gw-3rkzf" },
	{ "without-dashes", "ok", "2001081G81860W40J2GB1G6GW3RKZF" },
	{ "with-blanks", "ok", "20010 81G81 860W4 0J2GB--1G6GW - 3RKZF" },
	{ "o-for-0-i-and-l-for-1", "ok",
	  "2oOiO-8LG8l-86OW4-oJ2GB-IG6GW-3RKZF" },
	{ "one-letter-less", "format", "20010-81G81-860W4-0J2GB-1G6GW-3RKZ" },
	{ "one-letter-more", "format",
	  "20010-81G81-860W4-0J2GB-1G6GW-3RKZF0" },
	{ "letter-u", "format", "20010-81G81-860W4-0J2GB-1G6GW-3RKZU" },
	{ "a-dot", "format", "20010-81G81-860W4-0J2GB-1G6GW-3RKZ." },
	{ "last-letter-wrong", "sum", "20010-81G81-860W4-0J2GB-1G6GW-3RKZG" },
	{ "letters-swapped", "sum", "02010-81G81-860W4-0J2GB-1G6GW-3RKZF" },
	{ "version-2-wrong-sum", "sum",
	  "40010-81G81-860W4-0J2GB-1G6GW-3RKZF" },
	{ "version-2", "version", "40010-81G81-860W4-0J2GB-1G6GW-3Z60K" },
};

static void
put_codes(struct buf *out)
{
	static const uint8_t zeros[INVITE_SECRET_LEN];
	uint8_t secret[INVITE_SECRET_LEN];
	struct invite_keys k;
	char hex[2 * ID_LEN + 1];

	vectors_count_up(secret, sizeof secret, 0);
	vectors_table(out, "codes | name | expected | code (text) | secret");
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
		vectors_row(out, codes[i].name, codes[i].expected);
		vectors_word(out, codes[i].code);
		if (strcmp(codes[i].expected, "ok") == 0)
			vectors_bytes(out, secret, sizeof secret);
		else
			vectors_none(out);
		vectors_end(out);
	}
	vectors_row(out, "zeros", "ok");
	vectors_word(out, "20000-00000-00000-00000-00000-0413P");
	vectors_bytes(out, zeros, sizeof zeros);
	vectors_end(out);
	vectors_table(out, "keys | name | expected | secret | seed"
	    " | public key | key of the sealed part");
	vectors_note(out, "expected: the invite id");
	invite_derive(secret, &k);
	hex_encode(k.id, ID_LEN, hex);
	vectors_row(out, "counting", hex);
	vectors_bytes(out, secret, sizeof secret);
	vectors_bytes(out, k.seed, KEY_LEN);
	vectors_bytes(out, k.pub, KEY_LEN);
	vectors_bytes(out, k.seal, KEY_LEN);
	vectors_end(out);
}

/* ---- the body */

static void
put_pair(struct buf *b, uint64_t key, uint8_t start)
{
	uint8_t bytes[KEY_LEN];

	vectors_count_up(bytes, KEY_LEN, start);
	codec_put_uint(b, key);
	codec_put_bin(b, (struct span){ bytes, KEY_LEN });
}

static void
put_text(struct buf *b, uint64_t key, const char *text)
{
	codec_put_uint(b, key);
	codec_put_text(b,
	    (struct span){ (const uint8_t *)text, strlen(text) });
}

/* All eleven keys, or the five that always stand; and one of later times. */
static void
body(struct buf *b, bool full, bool later)
{
	uint8_t scope[SCOPE_LEN], key[KEY_LEN];

	codec_put_map(b, (full ? 11u : 5u) + (later ? 1u : 0u));
	for (uint8_t i = 1; i <= 5; i++)
		put_pair(b, i, (uint8_t)(16 * i));
	if (full) {
		put_text(b, 6, "https://hub.example:8443");
		codec_put_uint(b, 7);
		codec_put_array(b, 1);
		codec_put_array(b, 2);
		vectors_count_up(scope, SCOPE_LEN, 0x02);
		vectors_count_up(key, KEY_LEN, 0xa0);
		codec_put_bin(b, (struct span){ scope, SCOPE_LEN });
		codec_put_bin(b, (struct span){ key, KEY_LEN });
		put_text(b, 8, "ba-mo");
		put_text(b, 9, "Th\xc3\xb4n Ba M\xc3\xb4");
		put_text(b, 10, "H\xc6\xb0\xc6\xa1ng S\xc6\xa1n");
		put_text(b, 11, "doan-thanh-nien");
	}
	if (later)
		put_text(b, 12, "later");
}

static void
body_row(struct buf *out, const char *name, const char *expected,
    struct span plain, int flip_fields, int flip_part)
{
	uint8_t secret[INVITE_SECRET_LEN], nonce[NONCE_LEN], box[1024];
	struct buf fields = { 0 }, ad = { 0 }, part = { 0 };
	struct invite_keys k;

	vectors_count_up(secret, sizeof secret, 0);
	invite_derive(secret, &k);
	vectors_count_up(nonce, NONCE_LEN, 0xb0);
	vectors_unhex("811002", &fields);	/* { 16: 2 } */
	buf_put(&ad, "nguon1/inv-seal\0", TAG_LEN);
	buf_put(&ad, fields.p, fields.n);
	vectors_must(plain.n + AEAD_TAG_LEN > sizeof box ? ERR_LIMIT :
	    buf_err(&ad), "body");
	crypto_aead_seal(k.seal, nonce, buf_span(&ad), plain, box);
	buf_put(&part, nonce, NONCE_LEN);
	buf_put(&part, box, plain.n + AEAD_TAG_LEN);
	fields.p[2] ^= (uint8_t)flip_fields;
	part.p[30] ^= (uint8_t)flip_part;
	vectors_row(out, name, expected);
	vectors_bytes(out, secret, sizeof secret);
	vectors_hex(out, buf_span(&fields));
	vectors_hex(out, buf_span(&part));
	if (strcmp(expected, "ok") == 0)
		vectors_hex(out, plain);
	else
		vectors_none(out);
	vectors_end(out);
	buf_free(&fields);
	buf_free(&ad);
	buf_free(&part);
}

static void
put_bodies(struct buf *out)
{
	struct buf b = { 0 };

	vectors_table(out, "bodies | name | expected | code's secret"
	    " | fields map | key part | plain map");
	body(&b, true, false);
	body_row(out, "all-keys", "ok", buf_span(&b), 0, 0);
	body_row(out, "fields-changed", "key", buf_span(&b), 1, 0);
	body_row(out, "part-changed", "key", buf_span(&b), 0, 1);
	buf_reset(&b);
	body(&b, false, false);
	body_row(out, "least", "ok", buf_span(&b), 0, 0);
	buf_reset(&b);
	body(&b, true, true);
	body_row(out, "key-of-later-times", "ok", buf_span(&b), 0, 0);
	buf_reset(&b);
	codec_put_map(&b, 4);
	for (uint8_t i = 1; i <= 4; i++)
		put_pair(&b, i, i);
	body_row(out, "pin-missing", "format", buf_span(&b), 0, 0);
	buf_reset(&b);
	body(&b, false, false);
	b.p[0] = 0x95;
	body_row(out, "no-map", "format", buf_span(&b), 0, 0);
	buf_free(&b);
}

/* ---- claims and fetches */

static void
claim_row(struct buf *out, const char *name, const char *expected,
    const struct actor *invite, const struct actor *device,
    const uint8_t *seeds[2], int change)
{
	uint8_t fpr[HASH_LEN], salt[SALT_LEN], sig[2][SIG_LEN];
	struct buf signed_bytes = { 0 };

	vectors_count_up(fpr, HASH_LEN, 0x40);
	vectors_count_up(salt, SALT_LEN, 0x60);
	buf_put(&signed_bytes, "nguon1/claim\0\0\0\0", TAG_LEN);
	buf_put(&signed_bytes, fpr, HASH_LEN);
	buf_put(&signed_bytes, invite->id, ID_LEN);
	buf_put(&signed_bytes, device->pub, KEY_LEN);
	buf_put(&signed_bytes, device->box_pub, KEY_LEN);
	buf_put(&signed_bytes, device->transport_pub, KEY_LEN);
	buf_put(&signed_bytes, salt, SALT_LEN);
	for (size_t i = 0; i < 2; i++)
		crypto_sign_message(seeds[i], buf_span(&signed_bytes),
		    sig[i]);
	fpr[0] ^= change == 1;
	salt[0] ^= change == 2;
	vectors_row(out, name, expected);
	vectors_bytes(out, fpr, HASH_LEN);
	vectors_bytes(out, invite->pub, KEY_LEN);
	vectors_bytes(out, device->pub, KEY_LEN);
	vectors_bytes(out, device->box_pub, KEY_LEN);
	vectors_bytes(out, device->transport_pub, KEY_LEN);
	vectors_bytes(out, salt, SALT_LEN);
	if (change == 0)
		vectors_hex(out, buf_span(&signed_bytes));
	else
		vectors_none(out);
	vectors_bytes(out, sig[0], SIG_LEN);
	vectors_bytes(out, sig[1], SIG_LEN);
	vectors_end(out);
	buf_free(&signed_bytes);
}

static void
put_claims(struct buf *out)
{
	struct actor invite, device, other;

	world_actor("invite", &invite);
	world_actor("secretary", &device);
	world_actor("other", &other);
	vectors_table(out, "claims | name | expected | root fingerprint"
	    " | invite public key | sign key | box key | transport key"
	    " | log salt | signed bytes | invite signature"
	    " | device signature");
	claim_row(out, "plain", "ok", &invite, &device,
	    (const uint8_t *[]){ invite.seed, device.seed }, 0);
	claim_row(out, "invite-signature-of-another", "signature", &invite,
	    &device, (const uint8_t *[]){ other.seed, device.seed }, 0);
	claim_row(out, "device-signature-of-another", "signature", &invite,
	    &device, (const uint8_t *[]){ invite.seed, other.seed }, 0);
	claim_row(out, "signatures-exchanged", "signature", &invite,
	    &device, (const uint8_t *[]){ device.seed, invite.seed }, 0);
	claim_row(out, "in-another-commune", "signature", &invite, &device,
	    (const uint8_t *[]){ invite.seed, device.seed }, 1);
	claim_row(out, "of-another-log", "signature", &invite, &device,
	    (const uint8_t *[]){ invite.seed, device.seed }, 2);
}

void
vectors_invite(struct buf *out, unsigned which)
{
	(void)which;
	vectors_note(out, "Invites and claims, SPEC.md section 10. sum: the"
	    " checksum is wrong.");
	put_codes(out);
	put_bodies(out);
	put_claims(out);
}
