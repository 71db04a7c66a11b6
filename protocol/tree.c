/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.c -- the RFC 6962 tree: hashing, the append-only tree with the root of
 * every size, proofs and their verification.
 */
#include "protocol/tree.h"

#include <stdlib.h>
#include <string.h>

enum {
	FRONTIER_NODES = 64,	/* one for each bit of the size */
	FIRST_CAP = 64,		/* hashes; doubled when full */
};

/* The compact range of the first size leaves: the roots of its perfect
 * subtrees, largest first; one for every bit set in size. */
struct frontier {
	struct tree_hash node[FRONTIER_NODES];
	size_t count;
	uint64_t size;
};

struct hashes {
	struct tree_hash *p;
	size_t cap;
};

struct tree {
	enum tree_keep keep;
	struct frontier frontier;
	struct hashes roots;	/* frontier.size + 1 of them */
	struct hashes leaves;	/* frontier.size of them, or none */
};

static void
empty_root(struct tree_hash *ret)
{
	crypto_sha256(NULL, 0, ret->b);
}

/* ret may be left or right. */
static void
node_hash(const struct tree_hash *left, const struct tree_hash *right,
    struct tree_hash *ret)
{
	static const uint8_t prefix[1] = { 0x01 };
	const struct span parts[3] = {
		{ prefix, sizeof prefix },
		{ left->b, HASH_LEN },
		{ right->b, HASH_LEN },
	};
	struct tree_hash h;

	crypto_sha256(parts, 3, h.b);
	*ret = h;
}

static bool
hash_equal(const struct tree_hash *h, const uint8_t other[static HASH_LEN])
{
	return memcmp(h->b, other, HASH_LEN) == 0;
}

static void
frontier_add(struct frontier *f, const struct tree_hash *leaf)
{
	uint64_t bits;

	f->node[f->count++] = *leaf;
	/* as many merges as the old size has trailing ones */
	for (bits = f->size; (bits & 1) != 0; bits >>= 1) {
		f->count--;
		node_hash(&f->node[f->count - 1], &f->node[f->count],
		    &f->node[f->count - 1]);
	}
	f->size++;
}

static void
frontier_root(const struct frontier *f, struct tree_hash *ret_root)
{
	struct tree_hash root;
	size_t i;

	if (f->count == 0) {
		empty_root(ret_root);
		return;
	}
	root = f->node[f->count - 1];
	for (i = f->count - 1; i > 0; i--)
		node_hash(&f->node[i - 1], &root, &root);
	*ret_root = root;
}

static void
range_root(const struct tree_hash *leaves, uint64_t n,
    struct tree_hash *ret_root)
{
	struct frontier f;
	uint64_t i;

	f.count = 0;
	f.size = 0;
	for (i = 0; i < n; i++)
		frontier_add(&f, &leaves[i]);
	frontier_root(&f, ret_root);
}

void
tree_root_of(const struct tree_hash *leaves, uint64_t n,
    uint8_t ret_root[static HASH_LEN])
{
	struct tree_hash root;

	range_root(leaves, n, &root);
	memcpy(ret_root, root.b, HASH_LEN);
}

void
tree_inner_encode(const struct leaf_inner *inner,
    uint8_t ret_bytes[static TREE_INNER_LEN])
{
	uint8_t *p = ret_bytes;

	memcpy(p, inner->log, ID_LEN);
	p += ID_LEN;
	be64_put(p, inner->first);
	p += 8;
	be64_put(p, inner->last);
	p += 8;
	memcpy(p, inner->head, HASH_LEN);
	p += HASH_LEN;
	memcpy(p, inner->sig, SIG_LEN);
	p += SIG_LEN;
	be64_put(p, inner->time_ms);
}

err
tree_inner_decode(struct span bytes, struct leaf_inner *ret_inner)
{
	struct leaf_inner in;
	const uint8_t *p = bytes.p;

	if (bytes.n != TREE_INNER_LEN)
		return ERR_FORMAT;
	memcpy(in.log, p, ID_LEN);
	p += ID_LEN;
	in.first = be64_get(p);
	p += 8;
	in.last = be64_get(p);
	p += 8;
	memcpy(in.head, p, HASH_LEN);
	p += HASH_LEN;
	memcpy(in.sig, p, SIG_LEN);
	p += SIG_LEN;
	in.time_ms = be64_get(p);
	if (in.first == 0 || in.last < in.first)
		return ERR_FORMAT;
	*ret_inner = in;
	return ERR_OK;
}

void
tree_inner_hash(const struct leaf_inner *inner,
    uint8_t ret_hash[static HASH_LEN])
{
	uint8_t bytes[TREE_INNER_LEN];
	const struct span part = { bytes, sizeof bytes };

	tree_inner_encode(inner, bytes);
	crypto_sha256(&part, 1, ret_hash);
}

void
tree_data_hash(struct span data, uint8_t ret_hash[static HASH_LEN])
{
	static const uint8_t prefix[1] = { 0x00 };
	const struct span parts[2] = { { prefix, sizeof prefix }, data };

	crypto_sha256(parts, 2, ret_hash);
}

void
tree_leaf_hash(const uint8_t scope[static SCOPE_LEN],
    const uint8_t inner_hash[static HASH_LEN],
    uint8_t ret_hash[static HASH_LEN])
{
	uint8_t data[TREE_LEAF_LEN];

	memcpy(data, scope, SCOPE_LEN);
	memcpy(data + SCOPE_LEN, inner_hash, HASH_LEN);
	tree_data_hash((struct span){ data, sizeof data }, ret_hash);
}

static err
hashes_reserve(struct hashes *v, uint64_t want)
{
	struct tree_hash *p;
	size_t cap = v->cap;

	if (want <= cap)
		return ERR_OK;
	if (want > SIZE_MAX / 2 / sizeof *p)
		return ERR_LIMIT;
	if (cap == 0)
		cap = FIRST_CAP;
	while (cap < want)
		cap *= 2;
	if (cap > SIZE_MAX / sizeof *p)
		return ERR_LIMIT;
	p = realloc(v->p, cap * sizeof *p);
	if (p == NULL)
		return ERR_NOMEM;
	v->p = p;
	v->cap = cap;
	return ERR_OK;
}

err
tree_new(enum tree_keep keep, struct tree **ret_tree)
{
	struct tree *t;
	err rc;

	t = calloc(1, sizeof *t);
	if (t == NULL)
		return ERR_NOMEM;
	t->keep = keep;
	if ((rc = hashes_reserve(&t->roots, 1)) != ERR_OK) {
		tree_free(t);
		return rc;
	}
	empty_root(&t->roots.p[0]);
	*ret_tree = t;
	return ERR_OK;
}

void
tree_free(struct tree *t)
{
	if (t == NULL)
		return;
	free(t->roots.p);
	free(t->leaves.p);
	free(t);
}

err
tree_append_hash(struct tree *t, const uint8_t leaf_hash[static HASH_LEN])
{
	struct tree_hash leaf;
	const uint64_t size = t->frontier.size;
	err rc;

	if (size >= UINT64_MAX - 2)
		return ERR_LIMIT;
	/* everything that can fail comes first */
	if ((rc = hashes_reserve(&t->roots, size + 2)) != ERR_OK)
		return rc;
	if (t->keep == TREE_KEEP_LEAVES &&
	    (rc = hashes_reserve(&t->leaves, size + 1)) != ERR_OK)
		return rc;
	memcpy(leaf.b, leaf_hash, HASH_LEN);
	if (t->keep == TREE_KEEP_LEAVES)
		t->leaves.p[size] = leaf;
	frontier_add(&t->frontier, &leaf);
	frontier_root(&t->frontier, &t->roots.p[size + 1]);
	return ERR_OK;
}

err
tree_append(struct tree *t, const uint8_t scope[static SCOPE_LEN],
    const uint8_t inner_hash[static HASH_LEN])
{
	uint8_t leaf[HASH_LEN];

	tree_leaf_hash(scope, inner_hash, leaf);
	return tree_append_hash(t, leaf);
}

uint64_t
tree_size(const struct tree *t)
{
	return t->frontier.size;
}

err
tree_root_at(const struct tree *t, uint64_t size,
    uint8_t ret_root[static HASH_LEN])
{
	if (size > t->frontier.size)
		return ERR_ABSENT;
	memcpy(ret_root, t->roots.p[size].b, HASH_LEN);
	return ERR_OK;
}

err
tree_root_check(const struct tree *t, uint64_t size,
    const uint8_t root[static HASH_LEN])
{
	if (size > t->frontier.size)
		return ERR_SEEN;
	return hash_equal(&t->roots.p[size], root) ? ERR_OK : ERR_TREE;
}

const struct tree_hash *
tree_leaves(const struct tree *t)
{
	return t->keep == TREE_KEEP_LEAVES ? t->leaves.p : NULL;
}

/* The largest power of two below n; n is at least 2. */
static uint64_t
split_point(uint64_t n)
{
	uint64_t k = 1;

	while (k < n - k)
		k *= 2;
	return k;
}

/* The walks below go from the root down; a proof goes from the leaf up. */
static void
proof_hand_over(const struct tree_hash *down, size_t count,
    struct tree_hash *ret_proof, size_t *ret_count)
{
	size_t i;

	for (i = 0; i < count; i++)
		ret_proof[i] = down[count - 1 - i];
	*ret_count = count;
}

err
tree_inclusion_proof(const struct tree_hash *leaves, uint64_t n,
    uint64_t index, struct tree_hash ret_proof[static TREE_PROOF_MAX],
    size_t *ret_count)
{
	struct tree_hash down[TREE_PROOF_MAX];
	size_t count = 0;
	uint64_t k;

	if (index >= n)
		return ERR_ABSENT;
	while (n > 1) {
		k = split_point(n);
		if (index < k) {
			range_root(leaves + k, n - k, &down[count++]);
			n = k;
		} else {
			range_root(leaves, k, &down[count++]);
			leaves += k;
			index -= k;
			n -= k;
		}
	}
	proof_hand_over(down, count, ret_proof, ret_count);
	return ERR_OK;
}

err
tree_consistency_proof(const struct tree_hash *leaves, uint64_t n,
    uint64_t m, struct tree_hash ret_proof[static TREE_PROOF_MAX],
    size_t *ret_count)
{
	struct tree_hash down[TREE_PROOF_MAX];
	size_t count = 0;
	bool whole = true;	/* is the old tree's root known as such? */
	uint64_t k;

	if (m > n)
		return ERR_ABSENT;
	while (m != 0 && m != n) {
		k = split_point(n);
		if (m <= k) {
			range_root(leaves + k, n - k, &down[count++]);
			n = k;
		} else {
			range_root(leaves, k, &down[count++]);
			leaves += k;
			m -= k;
			n -= k;
			whole = false;
		}
	}
	if (!whole)
		range_root(leaves, n, &down[count++]);
	proof_hand_over(down, count, ret_proof, ret_count);
	return ERR_OK;
}

/* Go up while fn is a left child without a sibling of its own in the old
 * tree, in both trees alike. */
static void
skip_left(uint64_t *fn, uint64_t *sn)
{
	while ((*fn & 1) == 0 && *fn != 0) {
		*fn >>= 1;
		*sn >>= 1;
	}
}

err
tree_verify_inclusion(const uint8_t leaf_hash[static HASH_LEN],
    uint64_t index, uint64_t size, const struct tree_hash *proof,
    size_t count, const uint8_t root[static HASH_LEN])
{
	struct tree_hash r;
	uint64_t fn = index, sn;
	size_t i;

	if (index >= size)
		return ERR_TREE;
	sn = size - 1;
	memcpy(r.b, leaf_hash, HASH_LEN);
	for (i = 0; i < count; i++) {
		if (sn == 0)
			return ERR_TREE;
		if ((fn & 1) != 0 || fn == sn) {
			node_hash(&proof[i], &r, &r);
			skip_left(&fn, &sn);
		} else {
			node_hash(&r, &proof[i], &r);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && hash_equal(&r, root) ? ERR_OK : ERR_TREE;
}

/* Sizes between which nothing has to be proved. */
static err
verify_trivial(uint64_t m, const uint8_t root_m[static HASH_LEN], uint64_t n,
    const uint8_t root_n[static HASH_LEN], size_t count)
{
	struct tree_hash empty;

	if (count != 0)
		return ERR_TREE;
	empty_root(&empty);
	if (m == 0 && !hash_equal(&empty, root_m))
		return ERR_TREE;
	if (m == n && memcmp(root_m, root_n, HASH_LEN) != 0)
		return ERR_TREE;
	return ERR_OK;
}

err
tree_verify_consistency(uint64_t m, const uint8_t root_m[static HASH_LEN],
    uint64_t n, const uint8_t root_n[static HASH_LEN],
    const struct tree_hash *proof, size_t count)
{
	struct tree_hash fr, sr;
	uint64_t fn, sn;
	size_t i = 0;

	if (m > n)
		return ERR_TREE;
	if (m == 0 || m == n)
		return verify_trivial(m, root_m, n, root_n, count);
	if (count == 0)
		return ERR_TREE;
	/* a perfect old tree is itself the first node, and is left out */
	if ((m & (m - 1)) == 0)
		memcpy(fr.b, root_m, HASH_LEN);
	else
		fr = proof[i++];
	sr = fr;
	fn = m - 1;
	sn = n - 1;
	while ((fn & 1) != 0) {
		fn >>= 1;
		sn >>= 1;
	}
	for (; i < count; i++) {
		if (sn == 0)
			return ERR_TREE;
		if ((fn & 1) != 0 || fn == sn) {
			node_hash(&proof[i], &fr, &fr);
			node_hash(&proof[i], &sr, &sr);
			skip_left(&fn, &sn);
		} else {
			node_hash(&sr, &proof[i], &sr);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && hash_equal(&fr, root_m) && hash_equal(&sr, root_n) ?
	    ERR_OK : ERR_TREE;
}
