/* SPDX-License-Identifier: Apache-2.0 */
/* test_vectors_forms.c -- signatures, names, entries, segments, tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/checkpoint.h"
#include "protocol/frame.h"
#include "protocol/judge.h"
#include "protocol/limits.h"
#include "protocol/message.h"
#include "protocol/seal.h"
#include "tests/support/vectors_entry.h"
#include "tests/support/vectors_read.h"

static const char *
accepted(err rc)
{
	return rc == ERR_OK ? "accept" : "refuse";
}

static void
ed25519(void **state)
{
	struct vectors_text t = vectors_read("ed25519.txt");
	const struct vectors_line *l;
	uint8_t pub[KEY_LEN], sig[SIG_LEN];
	size_t at = 0;

	(void)state;
	while ((l = vectors_read_next(&t, "signatures", &at)) != NULL) {
		struct buf text = vectors_read_bytes(l, 3);

		vectors_read_fixed(l, 2, pub, KEY_LEN);
		vectors_read_fixed(l, 4, sig, SIG_LEN);
		vectors_read_check(l, accepted(crypto_verify(pub,
		    buf_span(&text), sig)));
		buf_free(&text);
	}
	vectors_read_free(&t);
}

static void
codec(void **state)
{
	static const struct codec_bounds wide = { 8, 512, 1000, 1024, 65536 };
	struct vectors_text t = vectors_read("codec.txt");
	const struct vectors_line *l;
	size_t at = 0;

	(void)state;
	while ((l = vectors_read_next(&t, "values", &at)) != NULL) {
		struct buf value = vectors_read_bytes(l, 2);

		vectors_read_check(l, vectors_read_word(
		    codec_scan(buf_span(&value), &wide, NULL)));
		buf_free(&value);
	}
	vectors_read_free(&t);
}

static void
entries(void **state)
{
	struct vectors_text t = vectors_read("entry.txt");
	const struct vectors_line *l;
	uint8_t prev[HASH_LEN], hash[HASH_LEN];
	struct entry e = { .ops = NULL };
	size_t at = 0;

	(void)state;
	while ((l = vectors_read_next(&t, "entries", &at)) != NULL) {
		struct buf raw = vectors_read_bytes(l, 3), form = { 0 };
		err rc = entry_parse(buf_span(&raw), &e);

		vectors_read_check(l, vectors_read_word(rc));
		if (rc == ERR_OK) {
			vectors_read_fixed(l, 2, prev, HASH_LEN);
			entry_hash(&e, prev, hash);
			vectors_read_same(l, 5,
			    (struct span){ hash, HASH_LEN });
			vectors_entry_hashed_form(&e, &form);
			vectors_read_same(l, 4, buf_span(&form));
		}
		buf_free(&raw);
		buf_free(&form);
	}
	entry_free(&e);
	vectors_read_free(&t);
}

static void
facts(void **state)
{
	struct vectors_text t = vectors_read("entry.txt");
	const struct vectors_line *l;
	size_t at = 0;

	(void)state;
	while ((l = vectors_read_next(&t, "facts", &at)) != NULL) {
		struct buf bytes = vectors_read_bytes(l, 2);
		const struct part part = { .type = PART_FACTS,
			.form = PART_FULL, .bytes = buf_span(&bytes) };
		struct span map = entry_facts_map(&part);

		vectors_read_check(l, map.n > 0 ? "ok" : "nothing");
		vectors_read_same(l, 3, map);
		buf_free(&bytes);
	}
	vectors_read_free(&t);
}

/* ---- ids.txt; get: a column of a fixed length */

struct row {
	const struct vectors_line *l;
	uint8_t a[64], b[64], c[64], d[64];
};

static bool
next(const struct vectors_text *t, const char *table, size_t *at,
    struct row *r)
{
	uint8_t *to[] = { r->a, r->b, r->c, r->d };

	r->l = vectors_read_next(t, table, at);
	for (size_t i = 2; r->l != NULL && i < r->l->count && i < 6; i++) {
		struct buf b = { 0 };

		if (strncmp(r->l->column[i], "nguon/", 6) != 0)
			b = vectors_read_bytes(r->l, i);
		assert_true(b.n <= 64);
		if (b.n > 0)
			memcpy(to[i - 2], b.p, b.n);
		buf_free(&b);
	}
	return r->l != NULL;
}

static void
names_of_logs(void **state)
{
	struct vectors_text t = vectors_read("ids.txt");
	uint8_t got[HASH_LEN];
	struct row r;
	size_t at = 0;

	(void)state;
	while (next(&t, "root-fingerprint", &at, &r)) {
		chain_root_fingerprint(r.a, got);
		vectors_read_same_hex(r.l, got, HASH_LEN);
	}
	for (at = 0; next(&t, "key-id", &at, &r);) {
		chain_key_id(r.a, got);
		vectors_read_same_hex(r.l, got, ID_LEN);
	}
	for (at = 0; next(&t, "log-id", &at, &r);) {
		chain_log_id(r.a, r.b, r.c, got);
		vectors_read_same_hex(r.l, got, ID_LEN);
	}
	for (at = 0; next(&t, "chain0", &at, &r);) {
		chain_start(r.a, r.b, got);
		vectors_read_same_hex(r.l, got, HASH_LEN);
	}
	vectors_read_free(&t);
}

static void
names_of_keys(void **state)
{
	struct vectors_text t = vectors_read("ids.txt");
	struct cell_key k;
	uint8_t got[HASH_LEN];
	struct row r;
	size_t at = 0;

	(void)state;
	while (next(&t, "quota", &at, &r)) {
		judge_quota_subject(r.a, be16_get(r.b), got);
		vectors_read_same_hex(r.l, got, ID_LEN);
	}
	for (at = 0; next(&t, "commitment", &at, &r);) {
		memcpy(k.scope, r.a, SCOPE_LEN);
		memcpy(k.key, r.b, KEY_LEN);
		seal_cell_key_commit(&k);
		vectors_read_same_hex(r.l, k.commitment, HASH_LEN);
	}
	for (at = 0; next(&t, "subject-key", &at, &r);) {
		memcpy(k.key, r.a, KEY_LEN);
		seal_subject_key(&k, r.b, be16_get(r.c), r.d, got);
		vectors_read_same_hex(r.l, got, KEY_LEN);
	}
	for (at = 0; next(&t, "mac-key", &at, &r);) {
		if (message_mac_key(r.a, r.b, r.c, r.b, got) != ERR_OK)
			vectors_read_check(r.l, "refuse");
		else
			vectors_read_same_hex(r.l, got, KEY_LEN);
	}
	for (at = 0; next(&t, "checkpoint-key-id", &at, &r);) {
		const char *name = r.l->column[2];

		checkpoint_key_id((struct span){ (const uint8_t *)name,
		    strlen(name) }, r.b, got);
		vectors_read_same_hex(r.l, got, CHECKPOINT_KEY_ID_LEN);
	}
	vectors_read_free(&t);
}

/* Of facts the row shows the salt masked: a part in form masked has that
 * digest. */
static void
digests_of_parts(void **state)
{
	struct vectors_text t = vectors_read("ids.txt");
	const struct vectors_line *l;
	struct entry e = { .ops = NULL };
	size_t at = 0;

	(void)state;
	while ((l = vectors_read_next(&t, "part", &at)) != NULL) {
		struct buf bytes = vectors_read_bytes(l, 3), raw = { 0 };
		struct buf rest = vectors_read_bytes(l, 4);
		uint8_t type, subject[ID_LEN] = { 0 };

		vectors_read_fixed(l, 2, &type, 1);
		buf_put(&bytes, rest.p, rest.n);
		buf_put(&raw, "\x93\x00\x00\x91\x94\x1e", 6);
		codec_put_bin(&raw, (struct span){ subject, ID_LEN });
		buf_put(&raw, "\x80\x91", 2);
		codec_put_array(&raw, type == PART_FACTS ? 3 : 2);
		codec_put_uint(&raw, type);
		codec_put_bin(&raw, buf_span(&bytes));
		if (type == PART_FACTS)
			codec_put_bool(&raw, true);
		assert_int_equal(entry_parse(buf_span(&raw), &e), ERR_OK);
		vectors_read_same_hex(l, e.ops[0].parts[0].digest, HASH_LEN);
		buf_free(&bytes);
		buf_free(&rest);
		buf_free(&raw);
	}
	entry_free(&e);
	vectors_read_free(&t);
}

static err
check_segment(const struct vectors_line *l)
{
	struct buf raw = vectors_read_bytes(l, 4);
	uint8_t pub[KEY_LEN], hash[HASH_LEN];
	struct entry e = { .ops = NULL };
	size_t used, cursor = 0;
	struct frame f;
	struct span one;
	err rc;

	vectors_read_fixed(l, 2, pub, KEY_LEN);
	vectors_read_fixed(l, 3, hash, HASH_LEN);
	rc = frame_read(buf_span(&raw), &f, &used);
	if (rc != ERR_OK)
		goto out;
	assert_int_equal(used, raw.n);
	assert_int_equal(f.type, FRAME_SEGMENT);
	while (segment_next(&f.u.segment, &cursor, &one) == ERR_OK) {
		if ((rc = entry_parse(one, &e)) != ERR_OK)
			goto out;
		entry_hash(&e, hash, hash);
	}
	rc = chain_verify_head(pub, f.u.segment.log,
	    segment_last(&f.u.segment), hash, f.u.segment.sig);
out:
	entry_free(&e);
	buf_free(&raw);
	return rc;
}

static void
segments(void **state)
{
	struct vectors_text t = vectors_read("segment.txt");
	const struct vectors_line *l;
	size_t at = 0;

	(void)state;
	while ((l = vectors_read_next(&t, "segments", &at)) != NULL)
		vectors_read_check(l, vectors_read_word(check_segment(l)));
	vectors_read_free(&t);
}

/* ---- tree.txt */

enum { LEAVES_MAX = 64 };

static void
leaves_and_roots(void **state)
{
	struct vectors_text t = vectors_read("tree.txt");
	uint8_t got[HASH_LEN], bytes[TREE_INNER_LEN];
	struct tree_hash leaf[LEAVES_MAX];
	const struct vectors_line *l;
	struct leaf_inner inner;
	size_t at = 0, n = 0;
	struct row r;

	(void)state;
	while ((l = vectors_read_next(&t, "inner", &at)) != NULL) {
		vectors_read_fixed(l, 2, inner.log, ID_LEN);
		inner.first = vectors_read_number(l, 3);
		inner.last = vectors_read_number(l, 4);
		vectors_read_fixed(l, 5, inner.head, HASH_LEN);
		vectors_read_fixed(l, 6, inner.sig, SIG_LEN);
		inner.time_ms = vectors_read_number(l, 7);
		tree_inner_encode(&inner, bytes);
		vectors_read_same(l, 8, (struct span){ bytes, sizeof bytes });
		tree_inner_hash(&inner, got);
		vectors_read_same_hex(l, got, HASH_LEN);
	}
	for (at = 0; next(&t, "leaves", &at, &r); n++) {
		assert_true(n < LEAVES_MAX);
		tree_leaf_hash(r.a, r.b, leaf[n].b);
		vectors_read_same_hex(r.l, leaf[n].b, HASH_LEN);
	}
	for (at = 0; (l = vectors_read_next(&t, "roots", &at)) != NULL;) {
		assert_true(vectors_read_number(l, 2) <= n);
		tree_root_of(leaf, vectors_read_number(l, 2), got);
		vectors_read_same_hex(l, got, HASH_LEN);
	}
	vectors_read_free(&t);
}

static void
proofs(void **state)
{
	struct vectors_text t = vectors_read("tree.txt");
	struct tree_hash proof[TREE_PROOF_MAX];
	const struct vectors_line *l;
	uint8_t a[HASH_LEN], b[HASH_LEN];
	size_t at = 0;

	(void)state;
	for (int i = 0; i < 2; i++)
		for (at = 0; (l = vectors_read_next(&t,
		    i == 0 ? "inclusion" : "consistency", &at)) != NULL;) {
			uint64_t x = vectors_read_number(l, 2),
			    y = vectors_read_number(l, 3);
			struct buf bytes = vectors_read_bytes(l, 6);
			size_t n = bytes.n / HASH_LEN;
			err rc;

			assert_true(n <= TREE_PROOF_MAX);
			if (bytes.n > 0)
				memcpy(proof, bytes.p, n * HASH_LEN);
			vectors_read_fixed(l, 4, a, HASH_LEN);
			vectors_read_fixed(l, 5, b, HASH_LEN);
			rc = i == 0
			    ? tree_verify_inclusion(a, x, y, proof, n, b)
			    : tree_verify_consistency(x, a, y, b, proof, n);
			vectors_read_check(l, accepted(rc));
			buf_free(&bytes);
		}
	vectors_read_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ed25519),
		cmocka_unit_test(codec),
		cmocka_unit_test(entries),
		cmocka_unit_test(facts),
		cmocka_unit_test(names_of_logs),
		cmocka_unit_test(names_of_keys),
		cmocka_unit_test(digests_of_parts),
		cmocka_unit_test(segments),
		cmocka_unit_test(leaves_and_roots),
		cmocka_unit_test(proofs),
	};

	return crypto_start() != ERR_OK ||
	    cmocka_run_group_tests(tests, NULL, NULL);
}
