/* SPDX-License-Identifier: Apache-2.0 */
/* test_verify.c -- whole files: what a reader of verify.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/checkpoint.h"
#include "protocol/frame.h"
#include "protocol/packet.h"
#include "tests/support/small_commune.h"

static const uint8_t zeros[KEY_LEN];

static void
a_valid_history_has_no_findings(void **state)
{
	struct small_commune w = small_commune_whole();
	struct verify *v = small_commune_verify(&w);
	const struct verify_totals *t = verify_totals(v);

	(void)state;
	assert_int_equal(verify_finding_count(v), 0);
	assert_int_equal(t->failures, 0);
	assert_int_equal(t->voids, 0);
	assert_int_equal(t->leaves, 6);
	assert_int_equal(t->segments, 6);
	assert_int_equal(t->logs, 4);
	assert_int_equal(t->entries, 10);
	assert_int_equal(t->ops, 14);
	assert_int_equal(t->devices, 2);
	assert_true(t->has_checkpoint);
	assert_int_equal(t->checkpoint_size, 6);
	assert_false(t->has_export);
	assert_int_equal(t->last_leaf_time, w.h->leaves[5].time_ms);
	assert_int_equal(small_commune_nominated(verify_figures(v)), 2);
	assert_null(verify_figures_provisional(v));
	assert_int_equal(ledger_size(verify_ledger(v)), 6);
	verify_free(v);
	small_commune_end(&w);
}

static void
pieces_do_not_matter(void **state)
{
	struct small_commune w = small_commune_whole();
	struct buf file = { 0 };
	struct verify *v;

	(void)state;
	history_put(w.h, &file);
	v = small_commune_feed(w.h->root.fingerprint, buf_span(&file), 1);
	assert_int_equal(verify_finding_count(v), 0);
	assert_int_equal(verify_totals(v)->entries, 10);
	verify_free(v);
	buf_free(&file);
	small_commune_end(&w);
}

/* ---- files taken apart and put together again */

enum { FRAMES = 16 };

struct parts {
	struct packet_header header;
	struct buf frame[FRAMES];
	size_t count;
};

static struct parts
take_apart(const struct small_commune *w)
{
	struct packet_reader *r = packet_reader_new();
	struct parts p = { .count = 0 };
	enum packet_event event = PACKET_NEED_MORE;
	struct buf file = { 0 };

	history_put(w->h, &file);
	assert_int_equal(ERR_OK, packet_feed(r, buf_span(&file)));
	while (event != PACKET_END) {
		struct span frame;

		assert_int_equal(ERR_OK,
		    packet_next(r, &event, &p.header, &frame));
		if (event == PACKET_FRAME)
			buf_put(&p.frame[p.count++], frame.p, frame.n);
	}
	packet_reader_free(r);
	buf_free(&file);
	return p;
}

static struct verify *
verify_parts(const struct parts *p, const uint8_t *fpr)
{
	struct buf file = { 0 };
	struct packet_writer *out = packet_writer_new(&p->header, &file);
	struct verify *v;

	assert_non_null(out);
	for (size_t i = 0; i < p->count; i++)
		if (p->frame[i].n > 0)
			assert_int_equal(ERR_OK, packet_put(out,
			    buf_span(&p->frame[i]), &file));
	assert_int_equal(ERR_OK, packet_end(out, &file));
	packet_writer_free(out);
	v = small_commune_feed(fpr, buf_span(&file), SIZE_MAX);
	buf_free(&file);
	return v;
}

static void
put_frame(struct buf *b, const struct frame *f)
{
	buf_reset(b);
	frame_put(b, f);
	assert_int_equal(ERR_OK, buf_err(b));
}

static void
free_parts(struct parts *p)
{
	for (size_t i = 0; i < FRAMES; i++)
		buf_free(&p->frame[i]);
}

static void
swap_frames(struct parts *p, size_t i, size_t j)
{
	struct buf kept = p->frame[i];

	p->frame[i] = p->frame[j];
	p->frame[j] = kept;
}

static void
without_last_leaf(struct parts *p)
{
	buf_reset(&p->frame[5]);
}

static void
without_some_leaf(struct parts *p)
{
	buf_reset(&p->frame[3]);
}

static void
without_checkpoint(struct parts *p)
{
	buf_reset(&p->frame[6]);
}

static void
checkpoint_by_another(struct parts *p)
{
	p->frame[6].p[p->frame[6].n - 1] ^= 1;
}

static void
leaves_out_of_order(struct parts *p)
{
	swap_frames(p, 4, 5);
}

static void
leaf_behind_checkpoint(struct parts *p)
{
	swap_frames(p, 5, 6);
}

static void
frame_of_an_exchange(struct parts *p)
{
	const struct frame f = { .type = FRAME_NEXT };

	put_frame(&p->frame[p->count++], &f);
}

static void
segment_without_export(struct parts *p)
{
	struct frame leaf, f = { .type = FRAME_SEGMENT };
	size_t used;

	assert_int_equal(ERR_OK,
	    frame_read(buf_span(&p->frame[5]), &leaf, &used));
	f.u.segment = leaf.u.leaf.segment;
	put_frame(&p->frame[p->count++], &f);
}

static const struct {
	void (*change)(struct parts *p);
	const char *code;
} changes[] = {
	{ without_last_leaf, "tree" }, { without_some_leaf, "order" },
	{ without_checkpoint, "checkpoint" },
	{ checkpoint_by_another, "checkpoint" },
	{ leaves_out_of_order, "order" }, { leaf_behind_checkpoint, "frame" },
	{ frame_of_an_exchange, "frame" },
	{ segment_without_export, "frame" },
};

static void
changed_files_are_found(void **state)
{
	struct small_commune w = small_commune_whole();

	(void)state;
	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		struct parts p = take_apart(&w);
		struct verify *v;

		changes[i].change(&p);
		v = verify_parts(&p, w.h->root.fingerprint);
		small_commune_assert(v, changes[i].code, NULL, 0, 0);
		verify_free(v);
		free_parts(&p);
	}
	small_commune_end(&w);
}

/* Truly the hub's, but of the tree before. */
static void
a_checkpoint_of_fewer_leaves_is_found(void **state)
{
	struct small_commune w = small_commune_whole();
	struct parts p = take_apart(&w);
	struct frame f = { .type = FRAME_CHECKPOINT };
	struct verify *v;

	(void)state;
	f.u.checkpoint.size = 5;
	assert_int_equal(ERR_OK, tree_root_at(w.h->tree, 5,
	    f.u.checkpoint.root));
	assert_int_equal(ERR_OK, checkpoint_sign(w.h->hub_seed,
	    w.h->root.fingerprint, 5, f.u.checkpoint.root,
	    f.u.checkpoint.sig));
	put_frame(&p.frame[6], &f);
	v = verify_parts(&p, w.h->root.fingerprint);
	small_commune_assert(v, "tree", NULL, 0, 0);
	assert_int_equal(verify_totals(v)->failures, 1);
	verify_free(v);
	free_parts(&p);
	small_commune_end(&w);
}

static void
a_frame_of_later_versions_is_noted(void **state)
{
	struct small_commune w = small_commune_whole();
	struct parts p = take_apart(&w);
	struct verify *v;

	(void)state;
	codec_put_array(&p.frame[p.count], 1);
	codec_put_uint(&p.frame[p.count++], 99);
	v = verify_parts(&p, w.h->root.fingerprint);
	assert_int_equal(verify_totals(v)->failures, 0);
	assert_non_null(small_commune_find(v, FINDING_NOTE, "unknown"));
	verify_free(v);
	free_parts(&p);
	small_commune_end(&w);
}

/* The last leaf as a bare one. */
static void
make_bare(struct small_commune *w, struct parts *p, size_t leaf)
{
	const struct history_leaf *l = &w->h->leaves[leaf];
	struct frame f = { .type = FRAME_BARE };

	f.u.bare.index = leaf;
	memcpy(f.u.bare.scope, l->scope, SCOPE_LEN);
	f.u.bare.inner.first = l->first;
	f.u.bare.inner.last = l->first + l->count - 1;
	f.u.bare.inner.time_ms = l->time_ms;
	memcpy(f.u.bare.inner.log, l->log, ID_LEN);
	memcpy(f.u.bare.inner.head, l->head, HASH_LEN);
	memcpy(f.u.bare.inner.sig, l->sig, SIG_LEN);
	put_frame(&p->frame[leaf], &f);
}

static void
declare_lost(struct small_commune *w, size_t leaf)
{
	const struct history_leaf *l = &w->h->leaves[leaf];
	struct leaf_inner inner = { .first = l->first,
		.last = l->first + l->count - 1, .time_ms = l->time_ms };
	struct history_op *op = history_op(w->office, KIND_SEGMENT_LOST,
	    zeros);
	uint8_t hash[HASH_LEN];

	memcpy(inner.log, l->log, ID_LEN);
	memcpy(inner.head, l->head, HASH_LEN);
	memcpy(inner.sig, l->sig, SIG_LEN);
	tree_inner_hash(&inner, hash);
	field_draft_put_uint(op->fields, FIELD_LEAF, leaf);
	history_bytes(op->fields, FIELD_INNER_HASH, hash, HASH_LEN);
	history_see(w->h, w->office);
	history_commit(w->h, w->office);
	history_cut(w->h, w->office);
}

static void
a_lost_segment_must_be_declared(void **state)
{
	(void)state;
	for (int declared = 0; declared < 2; declared++) {
		struct small_commune w = small_commune_whole();
		struct parts p;
		struct verify *v;

		if (declared)
			declare_lost(&w, 5);
		p = take_apart(&w);
		make_bare(&w, &p, 5);
		v = verify_parts(&p, w.h->root.fingerprint);
		assert_non_null(small_commune_find(v, FINDING_NOTE, "bare"));
		assert_int_equal(verify_totals(v)->failures, !declared);
		if (!declared)
			small_commune_assert(v, "missing", w.cell->id, 5, 5);
		verify_free(v);
		free_parts(&p);
		small_commune_end(&w);
	}
}

/* ---- whatever is damaged is found */

/* Fails, or cannot be tried. */
static bool
found(const uint8_t *fpr, struct span file)
{
	struct verify *v = verify_new(fpr);
	bool bad;

	assert_non_null(v);
	bad = verify_feed(v, file) != ERR_OK || verify_end(v) != ERR_OK ||
	    verify_totals(v)->failures > 0;
	verify_free(v);
	return bad;
}

static void
every_cut_is_found(void **state)
{
	struct small_commune w = small_commune_whole();
	struct buf file = { 0 };

	(void)state;
	history_put(w.h, &file);
	for (size_t n = 0; n < file.n; n++)
		assert_true(found(w.h->root.fingerprint,
		    (struct span){ file.p, n }));
	buf_put_u8(&file, 0);
	assert_true(found(w.h->root.fingerprint, buf_span(&file)));
	buf_free(&file);
	small_commune_end(&w);
}

static void
every_flipped_bit_is_found(void **state)
{
	struct small_commune w = small_commune_whole();
	struct buf file = { 0 };

	(void)state;
	history_put(w.h, &file);
	for (size_t i = 0; i < file.n; i++) {
		uint8_t bit = (uint8_t)(1 << i % 8);

		for (unsigned b = 1; b < 256; b <<= 1) {
			if (i % 37 != 0 && b != bit)
				continue;
			file.p[i] ^= (uint8_t)b;
			assert_true(found(w.h->root.fingerprint,
			    buf_span(&file)));
			file.p[i] ^= (uint8_t)b;
		}
	}
	assert_false(found(w.h->root.fingerprint, buf_span(&file)));
	buf_free(&file);
	small_commune_end(&w);
}

/* The forger makes the trailer anew. */
static void
flipped_bits_under_a_right_trailer_are_found(void **state)
{
	struct small_commune w = small_commune_whole();
	struct parts p = take_apart(&w);

	(void)state;
	for (size_t f = 0; f < p.count; f++)
		for (size_t i = 0; i < p.frame[f].n; i++) {
			struct verify *v;

			p.frame[f].p[i] ^= (uint8_t)(1 << i % 8);
			v = verify_parts(&p, w.h->root.fingerprint);
			assert_true(verify_totals(v)->failures > 0);
			verify_free(v);
			p.frame[f].p[i] ^= (uint8_t)(1 << i % 8);
		}
	free_parts(&p);
	small_commune_end(&w);
}

static void
what_is_no_such_file_is_an_error(void **state)
{
	struct small_commune w = small_commune_whole();
	struct buf file = { 0 };
	struct verify *v;

	(void)state;
	history_put(w.h, &file);
	v = verify_new(zeros);
	assert_null(verify_foreign(v));
	assert_int_equal(ERR_FOREIGN, verify_feed(v, buf_span(&file)));
	assert_int_equal(ERR_FOREIGN, verify_end(v));
	assert_memory_equal(verify_foreign(v), w.h->root.fingerprint,
	    HASH_LEN);
	verify_free(v);
	v = verify_new(w.h->root.fingerprint);
	file.p[8] = 2;
	assert_int_equal(ERR_VERSION, verify_feed(v, buf_span(&file)));
	verify_free(v);
	v = verify_new(w.h->root.fingerprint);
	file.p[8] = 1;
	file.p[9] = PACKET_EXCHANGE;
	assert_int_equal(ERR_FORMAT, verify_feed(v, buf_span(&file)));
	verify_free(v);
	v = verify_new(w.h->root.fingerprint);
	assert_int_equal(ERR_OK, verify_feed(v, (struct span){ file.p, 8 }));
	assert_int_equal(ERR_FORMAT, verify_end(v));
	verify_free(v);
	verify_free(NULL);
	buf_free(&file);
	small_commune_end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_valid_history_has_no_findings),
		cmocka_unit_test(pieces_do_not_matter),
		cmocka_unit_test(changed_files_are_found),
		cmocka_unit_test(a_checkpoint_of_fewer_leaves_is_found),
		cmocka_unit_test(a_frame_of_later_versions_is_noted),
		cmocka_unit_test(a_lost_segment_must_be_declared),
		cmocka_unit_test(every_cut_is_found),
		cmocka_unit_test(every_flipped_bit_is_found),
		cmocka_unit_test(flipped_bits_under_a_right_trailer_are_found),
		cmocka_unit_test(what_is_no_such_file_is_an_error),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
