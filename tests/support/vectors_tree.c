/* SPDX-License-Identifier: Apache-2.0 */
/* vectors_tree.c -- tree.txt: leaves, roots and proofs. */
#include "tests/support/vectors.h"

#include <stdio.h>
#include <string.h>

#include "protocol/tree.h"

enum { LEAVES = 16 };

struct grown {
	uint8_t scope[LEAVES][SCOPE_LEN];
	uint8_t inner[LEAVES][HASH_LEN];
	struct tree_hash leaf[LEAVES];
};

/* Leaf i: a cell scope of bytes i, an inner hash of bytes i. */
static void
grow(struct grown *g)
{
	static const uint8_t zero = 0;

	for (unsigned i = 0; i < LEAVES; i++) {
		const struct span parts[] = { { &zero, 1 },
			{ g->scope[i], SCOPE_LEN }, { g->inner[i], HASH_LEN } };

		memset(g->scope[i], (int)i, SCOPE_LEN);
		g->scope[i][0] = 2;
		memset(g->inner[i], (int)i, HASH_LEN);
		crypto_sha256(parts, 3, g->leaf[i].b);
	}
}

static void
put_inner(struct buf *out)
{
	struct buf inner = { 0 };
	uint8_t log[ID_LEN], head[HASH_LEN], sig[SIG_LEN], hash[HASH_LEN];
	char hex[2 * HASH_LEN + 1];

	vectors_count_up(log, ID_LEN, 0x00);
	vectors_count_up(head, HASH_LEN, 0x10);
	vectors_count_up(sig, SIG_LEN, 0x30);
	buf_put(&inner, log, ID_LEN);
	buf_put_u64(&inner, 4);
	buf_put_u64(&inner, 260);
	buf_put(&inner, head, HASH_LEN);
	buf_put(&inner, sig, SIG_LEN);
	buf_put_u64(&inner, UINT64_C(1700000000000));
	crypto_sha256((const struct span[]){ buf_span(&inner) }, 1, hash);
	hex_encode(hash, HASH_LEN, hex);
	vectors_table(out, "inner | name | expected | log id | first seq"
	    " | last seq | head hash | signature | leaf time | inner");
	vectors_row(out, "inner-hash", hex);
	vectors_bytes(out, log, ID_LEN);
	vectors_number(out, 4);
	vectors_number(out, 260);
	vectors_bytes(out, head, HASH_LEN);
	vectors_bytes(out, sig, SIG_LEN);
	vectors_number(out, UINT64_C(1700000000000));
	vectors_hex(out, buf_span(&inner));
	vectors_end(out);
	buf_free(&inner);
}

static void
put_leaves(struct buf *out, const struct grown *g)
{
	char hex[2 * HASH_LEN + 1], name[24];

	vectors_table(out, "leaves | name | expected | scope | inner hash");
	vectors_note(out, "expected: the leaf hash");
	for (unsigned i = 0; i < LEAVES; i++) {
		(void)snprintf(name, sizeof name, "leaf-%u", i);
		hex_encode(g->leaf[i].b, HASH_LEN, hex);
		vectors_row(out, name, hex);
		vectors_bytes(out, g->scope[i], SCOPE_LEN);
		vectors_bytes(out, g->inner[i], HASH_LEN);
		vectors_end(out);
	}
	vectors_table(out, "roots | name | expected | size");
	vectors_note(out, "expected: the root of the first leaves above");
	for (unsigned n = 0; n <= LEAVES; n++) {
		uint8_t root[HASH_LEN];

		(void)snprintf(name, sizeof name, "size-%u", n);
		tree_root_of(g->leaf, n, root);
		hex_encode(root, HASH_LEN, hex);
		vectors_row(out, name, hex);
		vectors_number(out, n);
		vectors_end(out);
	}
}

static void
inclusion_row(struct buf *out, const struct grown *g, const char *name,
    unsigned index, unsigned size, const struct tree_hash *proof,
    size_t count)
{
	uint8_t root[HASH_LEN];

	tree_root_of(g->leaf, size, root);
	vectors_row(out, name, "accept");
	vectors_number(out, index);
	vectors_number(out, size);
	vectors_bytes(out, g->leaf[index].b, HASH_LEN);
	vectors_bytes(out, root, HASH_LEN);
	vectors_bytes(out, proof, count * HASH_LEN);
	vectors_end(out);
}

static void
put_bad_inclusion(struct buf *out, const struct grown *g)
{
	struct tree_hash proof[TREE_PROOF_MAX];
	size_t count;
	uint8_t root[HASH_LEN];
	static const struct {
		const char *name;
		unsigned index, size, leaf;
		int count, flip;
	} bad[] = {
		{ "another-leaf", 5, 11, 6, 0, 0 },
		{ "another-index", 4, 11, 5, 0, 0 },
		{ "one-node-less", 5, 11, 5, -1, 0 },
		{ "one-node-more", 5, 11, 5, 1, 0 },
		{ "node-changed", 5, 11, 5, 0, 1 },
		{ "index-is-size", 11, 11, 5, 0, 0 },
		{ "another-size", 5, 6, 5, 0, 0 },
	};

	tree_root_of(g->leaf, 11, root);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		memset(proof, 0, sizeof proof);
		vectors_must(tree_inclusion_proof(g->leaf, 11, 5, proof,
		    &count), "proof");
		proof[1].b[0] ^= (uint8_t)bad[i].flip;
		vectors_row(out, bad[i].name, "refuse");
		vectors_number(out, bad[i].index);
		vectors_number(out, bad[i].size);
		vectors_bytes(out, g->leaf[bad[i].leaf].b, HASH_LEN);
		vectors_bytes(out, root, HASH_LEN);
		vectors_bytes(out, proof, (size_t)((int)count +
		    bad[i].count) * HASH_LEN);
		vectors_end(out);
	}
}

static void
put_inclusion(struct buf *out, const struct grown *g)
{
	static const unsigned sizes[] = { 1, 2, 7, 11, 16 };
	struct tree_hash proof[TREE_PROOF_MAX];
	char name[32];
	size_t count;

	vectors_table(out, "inclusion | name | expected | index | size"
	    " | leaf hash | root | proof");
	for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
		for (unsigned i = 0; i < sizes[s]; i += i < 2 ? 1 : 3) {
			vectors_must(tree_inclusion_proof(g->leaf, sizes[s],
			    i, proof, &count), "proof");
			(void)snprintf(name, sizeof name, "leaf-%u-of-%u", i,
			    sizes[s]);
			inclusion_row(out, g, name, i, sizes[s], proof, count);
		}
	put_bad_inclusion(out, g);
}

static void
consistency_row(struct buf *out, const struct grown *g, const char *name,
    const char *expected, const unsigned size[3],
    const struct tree_hash *proof, size_t count)
{
	uint8_t root[HASH_LEN];

	vectors_row(out, name, expected);
	vectors_number(out, size[0]);
	vectors_number(out, size[1]);
	tree_root_of(g->leaf, size[2], root);
	vectors_bytes(out, root, HASH_LEN);
	tree_root_of(g->leaf, size[1], root);
	vectors_bytes(out, root, HASH_LEN);
	vectors_bytes(out, proof, count * HASH_LEN);
	vectors_end(out);
}

static void
put_consistency(struct buf *out, const struct grown *g)
{
	static const unsigned pairs[][2] = { { 0, 0 }, { 0, 9 }, { 1, 1 },
		{ 1, 2 }, { 2, 3 }, { 3, 7 }, { 4, 8 }, { 6, 13 }, { 8, 16 },
		{ 15, 16 }, { 16, 16 } };
	struct tree_hash proof[TREE_PROOF_MAX];
	char name[32];
	size_t count;

	vectors_table(out, "consistency | name | expected | m | n"
	    " | root of m | root of n | proof");
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		unsigned m = pairs[i][0], n = pairs[i][1];

		vectors_must(tree_consistency_proof(g->leaf, n, m, proof,
		    &count), "proof");
		(void)snprintf(name, sizeof name, "%u-to-%u", m, n);
		consistency_row(out, g, name, "accept",
		    (const unsigned[]){ m, n, m }, proof, count);
	}
	vectors_must(tree_consistency_proof(g->leaf, 13, 6, proof, &count),
	    "proof");
	consistency_row(out, g, "root-of-another-size", "refuse",
	    (const unsigned[]){ 6, 13, 7 }, proof, count);
	consistency_row(out, g, "larger-to-smaller", "refuse",
	    (const unsigned[]){ 13, 6, 13 }, proof, count);
	consistency_row(out, g, "one-node-less", "refuse",
	    (const unsigned[]){ 6, 13, 6 }, proof, count - 1);
	proof[0].b[31] ^= 1;
	consistency_row(out, g, "node-changed", "refuse",
	    (const unsigned[]){ 6, 13, 6 }, proof, count);
}

void
vectors_tree(struct buf *out, unsigned which)
{
	struct grown g;

	(void)which;
	grow(&g);
	vectors_note(out, "The tree, SPEC.md section 7; proofs as in RFC 6962"
	    " section 2.1, from the leaf up.");
	put_inner(out);
	put_leaves(out, &g);
	put_inclusion(out, &g);
	put_consistency(out, &g);
}
