/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vectors_ids.c -- ids.txt: every derived name, made here from its tag and
 * parts as SPEC.md section 1 says it.
 */
#include "tests/support/vectors.h"

#include <string.h>

#include "protocol/crypto.h"

/* What the rows are made of. */
struct made_of {
	uint8_t key[KEY_LEN], other[KEY_LEN], hash[HASH_LEN];
	uint8_t salt[SALT_LEN], subject[ID_LEN], log[ID_LEN];
	uint8_t scope[SCOPE_LEN];
};

static struct made_of
make(void)
{
	struct made_of m;

	vectors_count_up(m.key, KEY_LEN, 0x00);
	vectors_count_up(m.other, KEY_LEN, 0x20);
	vectors_count_up(m.hash, HASH_LEN, 0x40);
	vectors_count_up(m.salt, SALT_LEN, 0x60);
	vectors_count_up(m.subject, ID_LEN, 0x70);
	vectors_count_up(m.log, ID_LEN, 0x80);
	vectors_count_up(m.scope, SCOPE_LEN, 0x02);
	return m;
}

/* One row: out_len bytes of the hash over the parts, then the parts. */
static void
hash_row(struct buf *out, const char *name, const char *tag, size_t out_len,
    const struct span *parts, size_t count)
{
	uint8_t hash[HASH_LEN];
	char hex[2 * HASH_LEN + 1];

	if (out_len == ID_LEN && strcmp(tag, "nguon1/log-id") != 0)
		crypto_hash16(tag, parts, count, hash);
	else
		crypto_hash32(tag, parts, count, hash);
	hex_encode(hash, out_len, hex);
	vectors_row(out, name, hex);
	for (size_t i = 0; i < count; i++)
		vectors_hex(out, parts[i]);
	vectors_end(out);
}

#define HASH_ROW(out, name, tag, n, ...) \
	hash_row(out, name, tag, n, (const struct span[]){ __VA_ARGS__ }, \
	    sizeof((const struct span[]){ __VA_ARGS__ }) / sizeof(struct span))
#define PART(a) { a, sizeof a }

static void
put_logs(struct buf *out, const struct made_of *m)
{
	static const uint8_t root[SCOPE_LEN] = { 0 };

	vectors_table(out, "root-fingerprint | name | expected | public key");
	HASH_ROW(out, "fpr", "nguon1/root-fpr", HASH_LEN, PART(m->key));
	vectors_table(out, "key-id | name | expected | public key");
	HASH_ROW(out, "device", "nguon1/key-id", ID_LEN, PART(m->key));
	vectors_table(out, "log-id | name | expected | public key | log salt"
	    " | scope");
	HASH_ROW(out, "cell", "nguon1/log-id", ID_LEN, PART(m->key),
	    PART(m->salt), PART(m->scope));
	HASH_ROW(out, "root", "nguon1/log-id", ID_LEN, PART(m->key),
	    PART(m->salt), PART(root));
	vectors_table(out, "chain0 | name | expected | root fingerprint"
	    " | log id");
	HASH_ROW(out, "hash0", "nguon1/chain0", HASH_LEN, PART(m->hash),
	    PART(m->log));
	vectors_table(out, "chain | name | expected | previous hash"
	    " | hashed form");
	HASH_ROW(out, "hash1", "nguon1/chain", HASH_LEN, PART(m->hash),
	    PART(m->salt));
}

static void
put_parts(struct buf *out, const struct made_of *m)
{
	static const uint8_t sealed = 1, facts = 2, key = 3, map[] = { 0x80 };
	uint8_t masked[SALT_LEN];

	vectors_note(out, "the part table hashes these parts as they stand;"
	    " of facts the salt is masked already");
	vectors_table(out, "masked-salt | name | expected | salt");
	HASH_ROW(out, "salt", "nguon1/salt", ID_LEN, PART(m->salt));
	vectors_table(out, "part | name | expected | type | bytes | rest");
	HASH_ROW(out, "sealed", "nguon1/part", HASH_LEN, { &sealed, 1 },
	    PART(m->hash), { NULL, 0 });
	HASH_ROW(out, "key", "nguon1/part", HASH_LEN, { &key, 1 },
	    PART(m->hash), { NULL, 0 });
	crypto_hash16("nguon1/salt",
	    (const struct span[]){ { m->salt, SALT_LEN } }, 1, masked);
	HASH_ROW(out, "facts", "nguon1/part", HASH_LEN, { &facts, 1 },
	    PART(masked), PART(map));
}

static void
put_keys(struct buf *out, const struct made_of *m)
{
	static const uint8_t generation[2] = { 0x01, 0x03 };
	static const uint8_t year[2] = { 0x07, 0xe6 };
	uint8_t key[KEY_LEN];
	char hex[2 * KEY_LEN + 1];
	const struct span parts[] = { { m->subject, ID_LEN },
		{ generation, 2 }, { m->salt, SALT_LEN } };

	vectors_table(out, "quota | name | expected | cell scope | year u16");
	HASH_ROW(out, "year-2022", "nguon1/quota", ID_LEN, PART(m->scope),
	    PART(year));
	vectors_table(out, "commitment | name | expected | scope | key");
	HASH_ROW(out, "cell-key", "nguon1/cell-key", HASH_LEN,
	    PART(m->scope), PART(m->key));
	vectors_table(out, "subject-key | name | expected | cell key | subject"
	    " | generation u16 | salt");
	crypto_keyed("nguon1/subject", (struct span){ m->key, KEY_LEN },
	    parts, 3, key, KEY_LEN);
	hex_encode(key, KEY_LEN, hex);
	vectors_row(out, "generation-259", hex);
	vectors_bytes(out, m->key, KEY_LEN);
	for (size_t i = 0; i < 3; i++)
		vectors_hex(out, parts[i]);
	vectors_end(out);
}

static void
put_agreement(struct buf *out, const struct made_of *m)
{
	static const uint8_t small[KEY_LEN] = { 1 };
	uint8_t transport[KEY_LEN], hub[KEY_LEN], shared[KEY_LEN];
	uint8_t key[KEY_LEN];
	char hex[2 * KEY_LEN + 1];

	vectors_table(out, "mac-key | name | expected"
	    " | device's transport secret | hub box public key"
	    " | device's transport public key");
	crypto_box_public(m->key, transport);
	crypto_box_public(m->other, hub);
	vectors_must(crypto_agree(m->key, hub, shared), "agreement");
	crypto_hash32("nguon1/mac-key", (const struct span[]){
	    PART(shared), PART(transport), PART(hub) }, 3, key);
	hex_encode(key, KEY_LEN, hex);
	vectors_row(out, "device-and-hub", hex);
	vectors_bytes(out, m->key, KEY_LEN);
	vectors_bytes(out, hub, KEY_LEN);
	vectors_bytes(out, transport, KEY_LEN);
	vectors_end(out);
	vectors_row(out, "all-zero-result", "refuse");
	vectors_bytes(out, m->key, KEY_LEN);
	vectors_bytes(out, small, KEY_LEN);
	vectors_bytes(out, transport, KEY_LEN);
	vectors_end(out);
}

static void
put_checkpoint_id(struct buf *out, const struct made_of *m)
{
	static const char name[] = "nguon/0123456789abcdef";
	static const uint8_t type[] = { 0x0a, 0x01 };
	uint8_t hash[HASH_LEN];
	char hex[9];
	const struct span parts[] = { { (const uint8_t *)name,
		sizeof name - 1 }, PART(type), PART(m->key) };

	vectors_table(out, "checkpoint-key-id | name | expected"
	    " | key name (text) | hub public key");
	crypto_sha256(parts, 3, hash);
	hex_encode(hash, 4, hex);
	vectors_row(out, "hub", hex);
	vectors_word(out, name);
	vectors_bytes(out, m->key, KEY_LEN);
	vectors_end(out);
}

void
vectors_ids(struct buf *out, unsigned which)
{
	struct made_of m = make();

	(void)which;
	vectors_note(out, "Names and keys that follow from others, SPEC.md"
	    " sections 1, 5 and 7.");
	put_logs(out, &m);
	put_parts(out, &m);
	put_keys(out, &m);
	put_agreement(out, &m);
	put_checkpoint_id(out, &m);
}
