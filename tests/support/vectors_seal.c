/* SPDX-License-Identifier: Apache-2.0 */
/* vectors_seal.c -- seal.txt: sealed parts and grants. */
#include "tests/support/vectors.h"

#include <string.h>

#include "protocol/limits.h"
#include "protocol/seal.h"

/* Where a part stands, and what seals it. */
struct sealed {
	struct cell_key cell;
	struct seal_place place;
	uint8_t salt[SALT_LEN];
};

/* A grant to the box key below, made once: its ephemeral key is random. */
static const char grant_hex[] =
    "84e4a6b95eb94da8e049ccf1e2100fe01ef1697722d09c15ffdbc65ecd1de67e"
    "0cb26733cb95923b049b90330976e96d236cf06a588c52bd2ca81573c5544496"
    "76ab12bdc055aaf081e04ad0af063b8d";

static struct sealed
make(void)
{
	struct sealed s;

	memset(&s, 0, sizeof s);
	vectors_count_up(s.cell.scope, SCOPE_LEN, 0x02);
	vectors_count_up(s.cell.key, KEY_LEN, 0x00);
	seal_cell_key_commit(&s.cell);
	vectors_count_up(s.place.log, ID_LEN, 0x80);
	s.place.seq = 300;
	s.place.op = 2;
	vectors_count_up(s.place.subject, ID_LEN, 0x70);
	s.place.generation = 1;
	vectors_count_up(s.salt, SALT_LEN, 0x60);
	return s;
}

/* The part of SPEC.md section 5 around those plain bytes. */
static void
seal(const struct sealed *s, struct span plain, struct buf *out)
{
	uint8_t key[KEY_LEN], nonce[NONCE_LEN], box[2048];
	struct buf ad = { 0 };

	seal_subject_key(&s->cell, s->place.subject, s->place.generation,
	    s->salt, key);
	vectors_count_up(nonce, NONCE_LEN, 0x90);
	buf_put(&ad, "nguon1/sealed\0\0\0", TAG_LEN);
	buf_put(&ad, s->place.log, ID_LEN);
	buf_put_u64(&ad, s->place.seq);
	buf_put_u8(&ad, s->place.op);
	buf_put(&ad, s->place.subject, ID_LEN);
	buf_put(&ad, s->cell.commitment, EPOCH_LEN);
	buf_put_u16(&ad, s->place.generation);
	vectors_must(plain.n + AEAD_TAG_LEN > sizeof box ? ERR_LIMIT :
	    buf_err(&ad), "seal");
	crypto_aead_seal(key, nonce, buf_span(&ad), plain, box);
	buf_put(out, s->cell.commitment, EPOCH_LEN);
	buf_put_u16(out, s->place.generation);
	buf_put(out, nonce, sizeof nonce);
	buf_put(out, box, plain.n + AEAD_TAG_LEN);
	buf_free(&ad);
}

static void
row(struct buf *out, const char *name, const char *expected,
    const struct sealed *s, struct span part, const char *map)
{
	struct buf bytes = { 0 };

	vectors_row(out, name, expected);
	vectors_bytes(out, s->cell.scope, SCOPE_LEN);
	vectors_bytes(out, s->cell.key, KEY_LEN);
	vectors_bytes(out, s->salt, SALT_LEN);
	vectors_bytes(out, s->place.log, ID_LEN);
	vectors_number(out, s->place.seq);
	vectors_number(out, s->place.op);
	vectors_bytes(out, s->place.subject, ID_LEN);
	vectors_hex(out, part);
	vectors_unhex(map, &bytes);
	vectors_hex(out, buf_span(&bytes));
	vectors_end(out);
	buf_free(&bytes);
}

/* { 120: "An" } */
#define MAP "8178a2416e"
/* 15 bytes: with the dictionary they fill a block, and one more is added */
#define LONG_MAP "8178ac616161616161616161616161"

static const struct {
	const char *name, *expected, *plain, *map;
} plains[] = {
	{ "one-field", "ok", "00" MAP "80000000000000000000", MAP },
	{ "empty-map", "ok", "00808000000000000000000000000000", "80" },
	{ "padding-of-a-block", "ok", "00" LONG_MAP
	  "80000000000000000000000000000000", LONG_MAP },
	{ "dictionary-1", "version", "01" MAP "80000000000000000000", "" },
	{ "no-padding", "format", "00" MAP "00000000000000000000", "" },
	{ "padding-81", "format", "00" MAP "81000000000000000000", "" },
	{ "padding-longer-than-a-block", "format", "00" MAP "80000000000000"
	  "00000000000000000000000000000000000000", "" },
	{ "all-zero", "format", "00000000000000000000000000000000", "" },
	{ "no-map", "format", "00800000000000000000000000000000", "" },
	{ "an-array", "format", "00910180000000000000000000000000", "" },
	{ "not-canonical", "format", "0081cc01028000000000000000000000", "" },
	{ "something-behind", "format", "00" MAP "c0800000000000000000", "" },
};

static void
put_plains(struct buf *out)
{
	struct sealed s = make();

	for (size_t i = 0; i < sizeof plains / sizeof plains[0]; i++) {
		struct buf plain = { 0 }, part = { 0 };

		vectors_unhex(plains[i].plain, &plain);
		seal(&s, buf_span(&plain), &part);
		row(out, plains[i].name, plains[i].expected, &s,
		    buf_span(&part), plains[i].map);
		buf_free(&plain);
		buf_free(&part);
	}
}

/* { 120: what is built by hand } */
static void
put_bounds(struct buf *out)
{
	static const char *const names[] = { "text-of-1024", "text-of-1025",
		"list-of-256", "list-of-257", "64-pairs", "65-pairs",
		"depth-5", "depth-6" };
	struct sealed s = make();

	for (uint32_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		static const uint32_t least[] = { LIMIT_TEXT_BYTES,
			LIMIT_LIST_ITEMS, LIMIT_OP_FIELDS, 4 };
		struct buf map = { 0 }, plain = { 0 }, part = { 0 };
		char hex[2 * 1100];
		uint32_t n = least[i / 2] + i % 2;

		codec_put_map(&map, i / 2 == 2 ? n : 1);
		codec_put_uint(&map, 120);
		if (i / 2 == 0)
			vectors_unhex(i % 2 ? "da0401" : "da0400", &map);
		if (i / 2 == 1)
			codec_put_array(&map, n);
		for (uint32_t k = 0; k < n; k++) {
			if (i / 2 == 3)		/* of the map, and of these */
				codec_put_array(&map, k + 1 < n);
			else
				buf_put_u8(&map, 'a');
			if (i / 2 == 2 && k + 1 < n)
				codec_put_uint(&map, 121 + k);
		}
		buf_put_u8(&plain, 0);
		buf_put(&plain, map.p, map.n);
		buf_put_u8(&plain, 0x80);
		while (plain.n % 16 != 0)
			buf_put_u8(&plain, 0);
		vectors_must(buf_err(&plain), names[i]);
		seal(&s, buf_span(&plain), &part);
		hex_encode(map.p, map.n, hex);
		row(out, names[i], i % 2 ? "limit" : "ok", &s,
		    buf_span(&part), i % 2 ? "" : hex);
		buf_free(&map);
		buf_free(&plain);
		buf_free(&part);
	}
}

static void
put_moved(struct buf *out)
{
	static const char *const names[] = { "in-another-log", "at-another-seq",
		"in-another-op", "of-another-subject", "another-cell-key",
		"another-salt" };
	struct buf plain = { 0 }, part = { 0 };
	struct sealed s = make();

	vectors_unhex(plains[0].plain, &plain);
	seal(&s, buf_span(&plain), &part);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct sealed m = s;

		m.place.log[0] ^= i == 0;
		m.place.seq += i == 1;
		m.place.op = (uint8_t)(m.place.op + (i == 2));
		m.place.subject[15] ^= i == 3;
		m.cell.key[0] ^= i == 4;
		m.salt[0] ^= i == 5;
		row(out, names[i], "key", &m, buf_span(&part), "");
	}
	part.p[0] ^= 1;
	row(out, "another-epoch", "key", &s, buf_span(&part), "");
	part.p[0] ^= 1;
	part.p[9] ^= 1;
	row(out, "another-generation", "key", &s, buf_span(&part), "");
	part.p[9] ^= 1;
	part.p[20] ^= 1;
	row(out, "nonce-changed", "key", &s, buf_span(&part), "");
	part.p[20] ^= 1;
	part.p[part.n - 1] ^= 1;
	row(out, "ciphertext-changed", "key", &s, buf_span(&part), "");
	part.n -= 1;
	row(out, "one-byte-less", "format", &s, buf_span(&part), "");
	part.n = 8 + 2 + 24 + 16;
	row(out, "no-block", "format", &s, buf_span(&part), "");
	buf_free(&plain);
	buf_free(&part);
}

static void
grant_row(struct buf *out, const char *name, const char *expected,
    const struct cell_key *k, uint8_t first, struct span grant)
{
	uint8_t secret[KEY_LEN];

	vectors_count_up(secret, KEY_LEN, first);
	vectors_row(out, name, expected);
	vectors_bytes(out, secret, KEY_LEN);
	vectors_bytes(out, k->scope, SCOPE_LEN);
	vectors_bytes(out, k->commitment, HASH_LEN);
	vectors_hex(out, grant);
	if (strcmp(expected, "ok") == 0)
		vectors_bytes(out, k->key, KEY_LEN);
	else
		vectors_none(out);
	vectors_end(out);
}

static void
put_grants(struct buf *out)
{
	struct cell_key k = make().cell;
	struct buf grant = { 0 };

	vectors_table(out, "grants | name | expected | box secret key | scope"
	    " | commitment | key part | key");
	vectors_unhex(grant_hex, &grant);
	grant_row(out, "plain", "ok", &k, 0x20, buf_span(&grant));
	grant_row(out, "another-recipient", "key", &k, 0x21,
	    buf_span(&grant));
	k.commitment[31] ^= 1;
	grant_row(out, "another-commitment", "key", &k, 0x20,
	    buf_span(&grant));
	k.commitment[31] ^= 1;
	k.scope[7] ^= 1;
	grant_row(out, "another-scope", "key", &k, 0x20, buf_span(&grant));
	k.scope[7] ^= 1;
	grant.p[40] ^= 1;
	grant_row(out, "box-changed", "key", &k, 0x20, buf_span(&grant));
	grant.p[40] ^= 1;
	grant.n--;
	grant_row(out, "one-byte-less", "key", &k, 0x20, buf_span(&grant));
	buf_free(&grant);
}

void
vectors_seal(struct buf *out, unsigned which)
{
	(void)which;
	vectors_note(out, "Sealed parts and grants, SPEC.md sections 1 and 5.");
	vectors_note(out, "key: does not open under that key, or not there.");
	vectors_table(out, "parts | name | expected | scope | cell key | salt"
	    " | log id | seq | op number | subject | part | map");
	put_plains(out);
	put_bounds(out);
	put_moved(out);
	put_grants(out);
}
