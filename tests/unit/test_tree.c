/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tree.c -- what a reader of tree.h may rely on.  The published vectors
 * are those of the certificate-transparency reference (8 leaves); beyond
 * them everything is compared with RFC 6962 section 2.1 written out as it
 * stands, recursively, for all sizes up to SIZE_MAX_TESTED.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/tree.h"

enum { SIZE_MAX_TESTED = 70 };

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const char EMPTY_ROOT[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static const char *const published_leaves[8] = {
	"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
	"606162636465666768696a6b6c6d6e6f",
};

static const char *const published_roots[8] = {
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

static const char *const published_nodes[7] = {
	"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
	"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
	"6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
	"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
	"ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
};

static const struct {
	enum { INCLUSION, CONSISTENCY } kind;
	uint64_t at;		/* index, or the smaller size */
	uint64_t size;
	size_t count;
	size_t node[3];		/* in published_nodes */
} published_proofs[] = {
	{ INCLUSION, 0, 8, 3, { 0, 1, 2 } },
	{ INCLUSION, 5, 8, 3, { 3, 4, 5 } },
	{ CONSISTENCY, 1, 8, 3, { 0, 1, 2 } },
	{ CONSISTENCY, 6, 8, 3, { 6, 4, 5 } },
	{ CONSISTENCY, 2, 5, 2, { 1, 3 } },
	{ CONSISTENCY, 1, 1, 0, { 0 } },
};

static void
assert_hash(const uint8_t *got, const char *want)
{
	char hex[2 * HASH_LEN + 1];

	hex_encode(got, HASH_LEN, hex);
	assert_string_equal(hex, want);
}

static void
published_leaf_hashes(struct tree_hash ret[8])
{
	uint8_t data[16];

	for (size_t i = 0; i < 8; i++) {
		size_t n = strlen(published_leaves[i]) / 2;

		assert_int_equal(hex_decode(published_leaves[i], data, n), 0);
		tree_data_hash((struct span){ data, n }, ret[i].b);
	}
}

/* Leaves that all differ. */
static void
numbered_leaf_hashes(struct tree_hash *ret, size_t n)
{
	uint8_t data[2];

	for (size_t i = 0; i < n; i++) {
		be16_put(data, (uint16_t)(i + 1000));
		tree_data_hash((struct span){ data, 2 }, ret[i].b);
	}
}

/* --- RFC 6962 section 2.1, word for word ------------------------------- */

static struct tree_hash
rfc_node(struct tree_hash l, struct tree_hash r)
{
	uint8_t all[1 + 2 * HASH_LEN];
	const struct span part = { all, sizeof all };
	struct tree_hash h;

	all[0] = 1;
	memcpy(all + 1, l.b, HASH_LEN);
	memcpy(all + 1 + HASH_LEN, r.b, HASH_LEN);
	crypto_sha256(&part, 1, h.b);
	return h;
}

static size_t
rfc_k(size_t n)
{
	size_t k = 1;

	while (2 * k < n)
		k = 2 * k;
	return k;
}

static struct tree_hash
rfc_mth(const struct tree_hash *d, size_t n)
{
	struct tree_hash h;

	if (n == 1)
		return d[0];
	if (n == 0) {
		crypto_sha256(NULL, 0, h.b);
		return h;
	}
	return rfc_node(rfc_mth(d, rfc_k(n)),
	    rfc_mth(d + rfc_k(n), n - rfc_k(n)));
}

static size_t
rfc_path(size_t m, const struct tree_hash *d, size_t n,
    struct tree_hash *out)
{
	size_t k = rfc_k(n), count;

	if (n == 1)
		return 0;
	if (m < k) {
		count = rfc_path(m, d, k, out);
		out[count] = rfc_mth(d + k, n - k);
	} else {
		count = rfc_path(m - k, d + k, n - k, out);
		out[count] = rfc_mth(d, k);
	}
	return count + 1;
}

static size_t
rfc_subproof(size_t m, const struct tree_hash *d, size_t n, bool b,
    struct tree_hash *out)
{
	size_t k = rfc_k(n), count;

	if (m == n && b)
		return 0;
	if (m == n) {
		out[0] = rfc_mth(d, m);
		return 1;
	}
	if (m <= k) {
		count = rfc_subproof(m, d, k, b, out);
		out[count] = rfc_mth(d + k, n - k);
	} else {
		count = rfc_subproof(m - k, d + k, n - k, false, out);
		out[count] = rfc_mth(d, k);
	}
	return count + 1;
}

/* --- tests ------------------------------------------------------------- */

static void
inner_is_136_bytes_and_comes_back(void **state)
{
	static const uint8_t fixed[40] = {
		0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10,
		0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10,
		0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 1, 2, 3, 4, 5, 6,
		0, 0, 1, 0x8b, 0xcf, 0xe5, 0x68, 0,
	};
	struct leaf_inner back, in = {
		.first = 7, .last = 0x010203040506, .time_ms = 0x18bcfe56800,
	};
	uint8_t bytes[TREE_INNER_LEN], hash[HASH_LEN], want[HASH_LEN];
	const struct span s = { bytes, sizeof bytes };

	(void)state;
	memset(in.log, 0x10, sizeof in.log);
	memset(in.head, 0xaa, sizeof in.head);
	memset(in.sig, 0xbb, sizeof in.sig);
	tree_inner_encode(&in, bytes);
	assert_memory_equal(bytes, fixed, 32);
	for (size_t i = 32; i < 128; i++)
		assert_int_equal(bytes[i], i < 64 ? 0xaa : 0xbb);
	assert_memory_equal(bytes + 128, fixed + 32, 8);
	assert_int_equal(tree_inner_decode(s, &back), ERR_OK);
	assert_memory_equal(&back, &in, sizeof in);	/* has no padding */
	tree_inner_hash(&in, hash);
	crypto_sha256(&s, 1, want);
	assert_memory_equal(hash, want, HASH_LEN);
}

static void
inner_of_wrong_length_or_seqs_is_refused(void **state)
{
	static const struct { uint64_t first, last; err want; } seqs[] = {
		{ 1, 1, ERR_OK }, { 1, UINT64_MAX, ERR_OK },
		{ UINT64_MAX, UINT64_MAX, ERR_OK },
		{ 0, 0, ERR_FORMAT }, { 0, 5, ERR_FORMAT },
		{ 2, 1, ERR_FORMAT }, { UINT64_MAX, 1, ERR_FORMAT },
	};
	struct leaf_inner in = { .first = 1 }, back;
	uint8_t bytes[TREE_INNER_LEN + 1] = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(seqs); i++) {
		in.first = seqs[i].first;
		in.last = seqs[i].last;
		tree_inner_encode(&in, bytes);
		assert_int_equal(tree_inner_decode((struct span){ bytes,
		    TREE_INNER_LEN }, &back), seqs[i].want);
	}
	in.first = in.last = 1;
	tree_inner_encode(&in, bytes);
	memset(&back, 0x5a, sizeof back);
	for (size_t n = 0; n <= sizeof bytes; n++)
		if (n != TREE_INNER_LEN)
			assert_int_equal(tree_inner_decode(
			    (struct span){ bytes, n }, &back), ERR_FORMAT);
	assert_int_equal(tree_inner_decode((struct span){ NULL, 0 }, &back),
	    ERR_FORMAT);
	for (size_t i = 0; i < sizeof back.log; i++)
		assert_int_equal(back.log[i], 0x5a);	/* untouched */
}

static void
roots_are_the_published_roots(void **state)
{
	struct tree_hash leaves[8];
	struct tree *t = NULL;
	uint8_t root[HASH_LEN];

	(void)state;
	published_leaf_hashes(leaves);
	assert_int_equal(tree_new(TREE_KEEP_ROOTS, &t), ERR_OK);
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(tree_append_hash(t, leaves[i].b), ERR_OK);
	assert_int_equal(tree_root_at(t, 0, root), ERR_OK);
	assert_hash(root, EMPTY_ROOT);
	tree_root_of(NULL, 0, root);
	assert_hash(root, EMPTY_ROOT);
	for (size_t i = 0; i < 8; i++) {
		assert_int_equal(tree_root_at(t, i + 1, root), ERR_OK);
		assert_hash(root, published_roots[i]);
		tree_root_of(leaves, i + 1, root);
		assert_hash(root, published_roots[i]);
	}
	tree_free(t);
}

static void
published_proofs_are_made_and_verify(void **state)
{
	struct tree_hash leaves[8], proof[TREE_PROOF_MAX];
	uint8_t root[HASH_LEN], old[HASH_LEN];
	size_t n;

	(void)state;
	published_leaf_hashes(leaves);
	for (size_t i = 0; i < COUNT(published_proofs); i++) {
		const bool incl = published_proofs[i].kind == INCLUSION;
		const uint64_t at = published_proofs[i].at;
		const uint64_t size = published_proofs[i].size;

		tree_root_of(leaves, size, root);
		tree_root_of(leaves, at, old);
		assert_int_equal(incl ?
		    tree_inclusion_proof(leaves, size, at, proof, &n) :
		    tree_consistency_proof(leaves, size, at, proof, &n),
		    ERR_OK);
		assert_int_equal(n, published_proofs[i].count);
		for (size_t j = 0; j < n; j++)
			assert_hash(proof[j].b,
			    published_nodes[published_proofs[i].node[j]]);
		assert_int_equal(incl ? tree_verify_inclusion(leaves[at].b,
		    at, size, proof, n, root) : tree_verify_consistency(at,
		    old, size, root, proof, n), ERR_OK);
	}
}

static void
tree_knows_the_root_of_every_size(void **state)
{
	enum { N = 1000 };
	struct tree_hash leaves[N], want;
	struct tree *t = NULL;
	uint8_t root[HASH_LEN];

	(void)state;
	numbered_leaf_hashes(leaves, N);
	assert_int_equal(tree_new(TREE_KEEP_LEAVES, &t), ERR_OK);
	for (size_t i = 0; i < N; i++) {
		assert_true(tree_size(t) == i);
		assert_int_equal(tree_append_hash(t, leaves[i].b), ERR_OK);
	}
	assert_memory_equal(tree_leaves(t), leaves, sizeof leaves);
	for (size_t i = 0; i <= N; i++) {
		want = rfc_mth(leaves, i);
		assert_int_equal(tree_root_at(t, i, root), ERR_OK);
		assert_memory_equal(root, want.b, HASH_LEN);
		assert_int_equal(tree_root_check(t, i, root), ERR_OK);
		root[i % HASH_LEN] ^= 1;
		assert_int_equal(tree_root_check(t, i, root), ERR_TREE);
	}
	memset(root, 0x5a, sizeof root);
	assert_int_equal(tree_root_at(t, N + 1, root), ERR_ABSENT);
	assert_int_equal(tree_root_at(t, UINT64_MAX, root), ERR_ABSENT);
	assert_int_equal(root[0], 0x5a);
	assert_int_equal(tree_root_check(t, N + 1, root), ERR_SEEN);
	tree_free(t);
}

/* One leaf is its own root: prefix 0, scope, inner hash. */
static void
append_takes_scope_and_inner_hash(void **state)
{
	uint8_t scope[SCOPE_LEN] = { 9 }, inner[HASH_LEN] = { 8 };
	uint8_t data[1 + TREE_LEAF_LEN] = { 0, 9, [1 + SCOPE_LEN] = 8 };
	uint8_t leaf[HASH_LEN], want[HASH_LEN];
	const struct span part = { data, sizeof data };
	struct tree *t = NULL;

	(void)state;
	crypto_sha256(&part, 1, want);
	tree_leaf_hash(scope, inner, leaf);
	assert_memory_equal(leaf, want, HASH_LEN);
	assert_int_equal(tree_new(TREE_KEEP_ROOTS, &t), ERR_OK);
	assert_int_equal(tree_append(t, scope, inner), ERR_OK);
	assert_true(tree_size(t) == 1);
	assert_null(tree_leaves(t));
	assert_int_equal(tree_root_check(t, 1, want), ERR_OK);
	tree_free(t);
	tree_free(NULL);
}

static void
proofs_outside_the_tree_are_refused(void **state)
{
	struct tree_hash leaves[3], proof[TREE_PROOF_MAX];
	size_t n = 77;

	(void)state;
	numbered_leaf_hashes(leaves, 3);
	assert_int_equal(tree_inclusion_proof(leaves, 3, 3, proof, &n),
	    ERR_ABSENT);
	assert_int_equal(tree_inclusion_proof(NULL, 0, 0, proof, &n),
	    ERR_ABSENT);
	assert_int_equal(tree_consistency_proof(leaves, 3, 4, proof, &n),
	    ERR_ABSENT);
	assert_int_equal(n, 77);
}

static void
leaves_and_roots(struct tree_hash leaves[SIZE_MAX_TESTED],
    struct tree_hash roots[SIZE_MAX_TESTED + 1])
{
	numbered_leaf_hashes(leaves, SIZE_MAX_TESTED);
	for (size_t n = 0; n <= SIZE_MAX_TESTED; n++)
		roots[n] = rfc_mth(leaves, n);
}

/* Every way to be wrong about one inclusion proof. */
static void
inclusion_forgeries(const struct tree_hash *leaves, size_t size, size_t at,
    struct tree_hash *proof, size_t n, const struct tree_hash *roots)
{
	const uint8_t *leaf = leaves[at].b;
	uint8_t root[HASH_LEN];
	size_t i;

	for (i = 0; i <= SIZE_MAX_TESTED; i++) {
		if (i != at)
			assert_int_equal(tree_verify_inclusion(leaf, i, size,
			    proof, n, roots[size].b), ERR_TREE);
		if (i != at && i < size)
			assert_int_equal(tree_verify_inclusion(leaves[i].b,
			    at, size, proof, n, roots[size].b), ERR_TREE);
		if (i != size)
			assert_int_equal(tree_verify_inclusion(leaf, at, i,
			    proof, n, roots[i].b), ERR_TREE);
	}
	for (i = 0; i < n; i++)		/* cut short; and one too many */
		assert_int_equal(tree_verify_inclusion(leaf, at, size, proof,
		    i, roots[size].b), ERR_TREE);
	proof[n] = roots[size];
	assert_int_equal(tree_verify_inclusion(leaf, at, size, proof, n + 1,
	    roots[size].b), ERR_TREE);
	memcpy(root, roots[size].b, HASH_LEN);
	root[at % HASH_LEN] ^= 0x80;
	assert_int_equal(tree_verify_inclusion(leaf, at, size, proof, n,
	    root), ERR_TREE);
}

static void
every_inclusion_proof_and_no_forgery(void **state)
{
	struct tree_hash leaves[SIZE_MAX_TESTED];
	struct tree_hash roots[SIZE_MAX_TESTED + 1];
	struct tree_hash proof[TREE_PROOF_MAX], want[TREE_PROOF_MAX];
	size_t n;

	(void)state;
	leaves_and_roots(leaves, roots);
	for (size_t size = 1; size <= SIZE_MAX_TESTED; size++)
		for (size_t at = 0; at < size; at++) {
			assert_int_equal(tree_inclusion_proof(leaves, size,
			    at, proof, &n), ERR_OK);
			assert_int_equal(n, rfc_path(at, leaves, size, want));
			assert_memory_equal(proof, want, n * sizeof *want);
			assert_int_equal(tree_verify_inclusion(leaves[at].b,
			    at, size, proof, n, roots[size].b), ERR_OK);
			inclusion_forgeries(leaves, size, at, proof, n,
			    roots);
		}
}

/* Every way to be wrong about one consistency proof. */
static void
consistency_forgeries(size_t m, size_t size, struct tree_hash *proof,
    size_t n, const struct tree_hash *roots)
{
	struct tree_hash bad;
	size_t i;

	for (i = 0; i <= SIZE_MAX_TESTED; i++) {
		if (i != m && !(i == 0 && n == 0))
			assert_int_equal(tree_verify_consistency(i,
			    roots[i].b, size, roots[size].b, proof, n),
			    i == size && n == 0 ? ERR_OK : ERR_TREE);
		if (i != m)
			assert_int_equal(tree_verify_consistency(m,
			    roots[i].b, size, roots[size].b, proof, n),
			    ERR_TREE);
		if (i != size && !(m == 0 && n == 0))
			assert_int_equal(tree_verify_consistency(m,
			    roots[m].b, i, roots[i].b, proof, n),
			    i == m && n == 0 ? ERR_OK : ERR_TREE);
	}
	bad = roots[m];
	bad.b[size % HASH_LEN] ^= 1;
	assert_int_equal(tree_verify_consistency(m, bad.b, size,
	    roots[size].b, proof, n), ERR_TREE);
	for (i = 0; i < n; i++)
		assert_int_equal(tree_verify_consistency(m, roots[m].b, size,
		    roots[size].b, proof, i), ERR_TREE);
	proof[n] = roots[m];
	assert_int_equal(tree_verify_consistency(m, roots[m].b, size,
	    roots[size].b, proof, n + 1), ERR_TREE);
}

static void
every_consistency_proof_and_no_forgery(void **state)
{
	struct tree_hash leaves[SIZE_MAX_TESTED];
	struct tree_hash roots[SIZE_MAX_TESTED + 1];
	struct tree_hash proof[TREE_PROOF_MAX], want[TREE_PROOF_MAX];
	size_t n, want_n;

	(void)state;
	leaves_and_roots(leaves, roots);
	for (size_t size = 0; size <= SIZE_MAX_TESTED; size++)
		for (size_t m = 0; m <= size; m++) {
			assert_int_equal(tree_consistency_proof(leaves, size,
			    m, proof, &n), ERR_OK);
			want_n = m == 0 ? 0 :
			    rfc_subproof(m, leaves, size, true, want);
			assert_int_equal(n, want_n);
			assert_memory_equal(proof, want, n * sizeof *want);
			assert_int_equal(tree_verify_consistency(m,
			    roots[m].b, size, roots[size].b, proof, n),
			    ERR_OK);
			consistency_forgeries(m, size, proof, n, roots);
		}
}

static void
flip(struct tree_hash *proof, size_t bit)
{
	uint8_t *b = &proof[bit / 256].b[bit / 8 % HASH_LEN];

	*b = (uint8_t)(*b ^ 1u << bit % 8);
}

/* Each bit of each node, for perfect sizes and others. */
static void
no_bit_of_a_proof_node_may_flip(void **state)
{
	static const size_t sizes[] = { 2, 3, 7, 8, 13, 33, SIZE_MAX_TESTED };
	struct tree_hash leaves[SIZE_MAX_TESTED], p[TREE_PROOF_MAX];
	struct tree_hash roots[SIZE_MAX_TESTED + 1];
	size_t n, bit, at;

	(void)state;
	leaves_and_roots(leaves, roots);
	for (size_t s = 0; s < COUNT(sizes); s++) {
		const size_t size = sizes[s];

		for (at = 0; at < size; at += 1 + size / 9) {
			assert_int_equal(tree_inclusion_proof(leaves, size,
			    at, p, &n), ERR_OK);
			for (bit = 0; bit < n * 256; bit++) {
				flip(p, bit);
				assert_int_equal(tree_verify_inclusion(
				    leaves[at].b, at, size, p, n,
				    roots[size].b), ERR_TREE);
				flip(p, bit);
			}
			if (at == 0)
				continue;
			assert_int_equal(tree_consistency_proof(leaves, size,
			    at, p, &n), ERR_OK);
			for (bit = 0; bit < n * 256; bit++) {
				flip(p, bit);
				assert_int_equal(tree_verify_consistency(at,
				    roots[at].b, size, roots[size].b, p, n),
				    ERR_TREE);
				flip(p, bit);
			}
		}
	}
}

/* Sizes and counts that a peer invents end soon and are refused. */
static void
absurd_sizes_and_counts_are_refused(void **state)
{
	static const uint64_t sizes[] = {
		1, 2, (uint64_t)1 << 32, (uint64_t)1 << 63, UINT64_MAX,
	};
	struct tree_hash proof[200];
	uint8_t root[HASH_LEN];

	(void)state;
	memset(proof, 0x33, sizeof proof);
	memset(root, 0x44, sizeof root);
	for (size_t i = 0; i < COUNT(sizes); i++)
		for (size_t n = 0; n <= COUNT(proof); n++) {
			uint64_t size = sizes[i];

			assert_int_equal(tree_verify_inclusion(proof[0].b,
			    size - 1, size, proof, n, root), ERR_TREE);
			assert_int_equal(tree_verify_inclusion(proof[0].b,
			    size / 3, size, proof, n, root), ERR_TREE);
			assert_int_equal(tree_verify_consistency(size - 1,
			    root, size, root, proof, n), ERR_TREE);
			assert_int_equal(tree_verify_consistency(
			    size / 2 + 1, proof[0].b, size, root, proof, n),
			    ERR_TREE);
		}
	assert_int_equal(tree_verify_inclusion(root, 0, 0, NULL, 0, root),
	    ERR_TREE);
	/* size 0 has one root only */
	assert_int_equal(tree_verify_consistency(0, root, 0, root, NULL, 0),
	    ERR_TREE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inner_is_136_bytes_and_comes_back),
		cmocka_unit_test(inner_of_wrong_length_or_seqs_is_refused),
		cmocka_unit_test(roots_are_the_published_roots),
		cmocka_unit_test(published_proofs_are_made_and_verify),
		cmocka_unit_test(tree_knows_the_root_of_every_size),
		cmocka_unit_test(append_takes_scope_and_inner_hash),
		cmocka_unit_test(proofs_outside_the_tree_are_refused),
		cmocka_unit_test(every_inclusion_proof_and_no_forgery),
		cmocka_unit_test(every_consistency_proof_and_no_forgery),
		cmocka_unit_test(no_bit_of_a_proof_node_may_flip),
		cmocka_unit_test(absurd_sizes_and_counts_are_refused),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
