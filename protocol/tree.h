/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.h -- the hub's tree: an RFC 6962 Merkle tree over SHA-256, one leaf a
 * segment.  Pure.
 *
 * Leaf data is scope (8) || SHA-256(inner) (32), so that a device proves
 * and computes everything from 40 bytes for segments it may not read.
 * Leaf hash = SHA-256(0x00 || leaf data), node = SHA-256(0x01 || left ||
 * right), root of the empty tree = SHA-256("") (RFC 6962 section 2.1).
 */
#ifndef NGUON_TREE_H
#define NGUON_TREE_H

#include "protocol/bytes.h"
#include "protocol/crypto.h"
#include "protocol/err.h"

enum {
	TREE_INNER_LEN = 136,
	TREE_LEAF_LEN = SCOPE_LEN + HASH_LEN,	/* leaf data */
	TREE_PROOF_MAX = 65,			/* nodes of any proof */
};

/* What a leaf says about its segment.  Seqs count from 1; time_ms is ms
 * since 1970 UTC as the hub read it. */
struct leaf_inner {
	uint8_t log[ID_LEN];
	uint64_t first;			/* seq of the run's first entry */
	uint64_t last;			/* and of its last */
	uint8_t head[HASH_LEN];		/* chain hash after last */
	uint8_t sig[SIG_LEN];		/* the device's, over head */
	uint64_t time_ms;
};

/* One hash in an array of hashes; alignment 1, no padding. */
struct tree_hash {
	uint8_t b[HASH_LEN];
};

/* tree_inner_encode: log, first, last, head, sig, time_ms; big endian. */
void tree_inner_encode(const struct leaf_inner *inner,
    uint8_t ret_bytes[static TREE_INNER_LEN]);
/* tree_inner_decode: the reverse.  Errors: ERR_FORMAT unless bytes is just
 * TREE_INNER_LEN long and 1 <= first <= last. */
MUST_USE err tree_inner_decode(struct span bytes,
    struct leaf_inner *ret_inner);
/* tree_inner_hash: SHA-256 of the encoded inner. */
void tree_inner_hash(const struct leaf_inner *inner,
    uint8_t ret_hash[static HASH_LEN]);

/* tree_leaf_hash: the leaf hash of nguon's leaf data; tree_data_hash: of any
 * leaf data (the published vectors have leaves of other lengths). */
void tree_leaf_hash(const uint8_t scope[static SCOPE_LEN],
    const uint8_t inner_hash[static HASH_LEN],
    uint8_t ret_hash[static HASH_LEN]);
void tree_data_hash(struct span data, uint8_t ret_hash[static HASH_LEN]);

/*
 * An append-only tree.  Invariants:
 * 1. roots[i] is the root of the first i leaves, for every i in 0..size.
 * 2. an append that fails leaves the tree as it was.
 * 3. nothing is ever removed: to go back to a smaller size (a restored hub,
 *    a tree-restart), make a new tree and append its leaves again.
 * Memory: 32 bytes a leaf, 64 with TREE_KEEP_LEAVES.
 */
struct tree;

enum tree_keep {
	TREE_KEEP_ROOTS,	/* enough to compare (seen, root) */
	TREE_KEEP_LEAVES,	/* leaf hashes too, to make proofs */
};

/* tree_new: the empty tree.  Owner: the caller, tree_free.
 * Errors: ERR_NOMEM. */
MUST_USE err tree_new(enum tree_keep keep, struct tree **ret_tree);
void tree_free(struct tree *t);		/* NULL is allowed */

/*
 * tree_append(t, scope, inner_hash): add the next leaf.  One node is hashed
 * for the compact range (amortised), and one for every further bit set in
 * the new size, since the root of every size is kept.
 * tree_append_hash takes the leaf hash itself.
 * Errors: ERR_NOMEM; ERR_LIMIT when the size cannot be addressed.
 */
MUST_USE err tree_append(struct tree *t,
    const uint8_t scope[static SCOPE_LEN],
    const uint8_t inner_hash[static HASH_LEN]);
MUST_USE err tree_append_hash(struct tree *t,
    const uint8_t leaf_hash[static HASH_LEN]);

uint64_t tree_size(const struct tree *t);		/* leaves */
/* tree_root_at: the root of the first size leaves, a lookup.
 * Errors: ERR_ABSENT when size is above tree_size(t). */
MUST_USE err tree_root_at(const struct tree *t, uint64_t size,
    uint8_t ret_root[static HASH_LEN]);
/* tree_root_check: does (size, root), as an entry or a checkpoint states
 * it, agree with this tree?
 * Errors: ERR_SEEN when size is above the tree, ERR_TREE when it differs. */
MUST_USE err tree_root_check(const struct tree *t, uint64_t size,
    const uint8_t root[static HASH_LEN]);
/* tree_leaves: tree_size(t) leaf hashes, borrowed until the next append;
 * NULL unless made with TREE_KEEP_LEAVES. */
const struct tree_hash *tree_leaves(const struct tree *t);

/* tree_root_of: root over n leaf hashes; leaves may be NULL when n is 0. */
void tree_root_of(const struct tree_hash *leaves, uint64_t n,
    uint8_t ret_root[static HASH_LEN]);

/*
 * Proofs over n leaf hashes, in the order of RFC 6962 (from the leaf up).
 * tree_inclusion_proof (section 2.1.1): PATH(index, leaves).
 * Errors: ERR_ABSENT unless index < n.
 * tree_consistency_proof (section 2.1.2): that the first m of the n leaves
 * are the tree of size m; empty when m is 0 or n.
 * Errors: ERR_ABSENT unless m <= n.
 */
MUST_USE err tree_inclusion_proof(const struct tree_hash *leaves, uint64_t n,
    uint64_t index, struct tree_hash ret_proof[static TREE_PROOF_MAX],
    size_t *ret_count);
MUST_USE err tree_consistency_proof(const struct tree_hash *leaves,
    uint64_t n, uint64_t m, struct tree_hash ret_proof[static TREE_PROOF_MAX],
    size_t *ret_count);

/*
 * Verification (RFC 9162 sections 2.1.3.2 and 2.1.4.2).  proof may be NULL
 * when count is 0; any count is safe.  Size and root must come together from
 * one checkpoint: a root does not hash its size, so where two sizes give the
 * same path, a proof alone cannot tell them apart.
 * Errors: ERR_TREE when it does not verify, for whatever reason.
 * Not an error: an empty proof with m = n and equal roots, or with m = 0 and
 * the root of the empty tree.
 */
MUST_USE err tree_verify_inclusion(const uint8_t leaf_hash[static HASH_LEN],
    uint64_t index, uint64_t size, const struct tree_hash *proof,
    size_t count, const uint8_t root[static HASH_LEN]);
MUST_USE err tree_verify_consistency(uint64_t m,
    const uint8_t root_m[static HASH_LEN], uint64_t n,
    const uint8_t root_n[static HASH_LEN], const struct tree_hash *proof,
    size_t count);

#endif
