/* SPDX-License-Identifier: Apache-2.0 */
/* test_verify_segment.c -- forged segments, lying devices, late entries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/segment.h"
#include "tests/support/history_forge.h"
#include "tests/support/small_commune.h"

static const uint8_t zeros[KEY_LEN];

/* ---- forged segments: changed after they were written */

static void
flip_entry(struct small_commune *w)
{
	history_forge_flip(&w->h->leaves[3]);
}

static void
break_entry(struct small_commune *w)
{
	struct history_leaf *l = &w->h->leaves[3];
	struct segment s = { .first = 1, .count = l->count,
		.entries = buf_span(&l->entries) };
	size_t cursor = 0;
	struct span raw;

	assert_int_equal(ERR_OK, segment_next(&s, &cursor, &raw));
	assert_int_equal(ERR_OK, segment_next(&s, &cursor, &raw));
	l->entries.p[(size_t)(raw.p - l->entries.p)] = 0xc1;
}

static void
drop_entry(struct small_commune *w)
{
	history_forge_drop(&w->h->leaves[3]);
}

static void
forge_head(struct small_commune *w)
{
	struct history_leaf *l = &w->h->leaves[4];

	chain_sign_head(w->h->commune.seed, l->log, l->first, l->head, l->sig);
}

static void
swap_segments(struct small_commune *w)
{
	history_forge_swap(&w->h->leaves[4], &w->h->leaves[5]);
}

static void
turn_time_back(struct small_commune *w)
{
	w->h->leaves[4].time_ms = w->h->leaves[3].time_ms - 1;
}

static void
mislabel(struct small_commune *w)
{
	w->h->leaves[4].scope[3] ^= 1;
}

static const struct {
	void (*forge)(struct small_commune *w);
	const char *code;
	uint64_t seq, last;
} forgeries[] = {
	{ flip_entry, "signature", 1, 3 },
	{ break_entry, "format", 2, 0 },
	{ drop_entry, "signature", 1, 2 },
	{ forge_head, "signature", 4, 4 },
	{ swap_segments, "chain", 5, 0 },
	{ turn_time_back, "time", 4, 0 },
	{ mislabel, "label", 4, 0 },
};

static void
forgeries_are_found_where_they_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof forgeries / sizeof forgeries[0]; i++) {
		struct small_commune w = small_commune_whole();
		struct verify *v;

		forgeries[i].forge(&w);
		v = small_commune_verify(&w);
		small_commune_assert(v, forgeries[i].code, w.cell->id,
		    forgeries[i].seq, forgeries[i].last);
		assert_non_null(verify_figures(v));
		verify_free(v);
		small_commune_end(&w);
	}
}

/* ---- lies that are signed and in the tree */

static void
a_device_that_lies_is_found(void **state)
{
	static const struct {
		uint64_t seen;
		const char *code;
	} lies[] = { { 4, "root" }, { 99, "seen" }, { 1, "seen" } };

	(void)state;
	for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
		struct small_commune w = small_commune_begin();
		struct verify *v;

		small_commune_step(&w, 1, STEP_POSTPONED);
		history_see_as(w.cell, lies[i].seen, zeros);
		small_commune_step(&w, 0, STEP_NOMINATED);
		history_cut(w.h, w.cell);
		small_commune_step_leaf(&w, 1, STEP_NOMINATED);
		small_commune_step_leaf(&w, 1, STEP_INTRODUCED);
		v = small_commune_verify(&w);
		small_commune_assert(v, lies[i].code, w.cell->id, 5, 0);
		/* the tree stands, and a log is reported once */
		assert_int_equal(verify_totals(v)->failures, 1);
		assert_null(small_commune_find(v, FINDING_FAIL, "tree"));
		verify_free(v);
		small_commune_end(&w);
	}
}

static void
a_device_without_right_is_found(void **state)
{
	struct small_commune w = small_commune_whole();
	struct history_device stranger;
	struct history_log *g;
	uint8_t other[SCOPE_LEN] = { SCOPE_CELL, 1 };
	struct verify *v;

	(void)state;
	history_device(w.h, &stranger);
	g = history_log_open(w.h, &stranger, w.scope);
	history_commit(w.h, g);
	history_cut(w.h, g);
	v = small_commune_verify(&w);
	small_commune_assert(v, "certificate", g->id, 1, 0);
	verify_free(v);
	history_log_free(g);
	small_commune_end(&w);

	w = small_commune_whole();
	g = history_log_open(w.h, &w.cell->device, other);
	history_commit(w.h, g);
	history_cut(w.h, g);
	v = small_commune_verify(&w);
	small_commune_assert(v, "scope", g->id, 1, 0);
	verify_free(v);
	history_log_free(g);
	small_commune_end(&w);
}

static void
a_void_op_is_listed_and_does_not_fail(void **state)
{
	struct small_commune w = small_commune_whole();
	struct history_op *op;
	const struct finding *f;
	struct verify *v;

	(void)state;
	op = history_op(w.claim, KIND_SETTING, zeros);
	history_text(op->fields, FIELD_COMMUNE_NAME, "Hương Sơn");
	history_see(w.h, w.claim);
	history_commit(w.h, w.claim);
	history_cut(w.h, w.claim);
	v = small_commune_verify(&w);
	assert_int_equal(verify_totals(v)->failures, 0);
	assert_int_equal(verify_totals(v)->voids, 1);
	f = small_commune_find(v, FINDING_VOID, "role");
	assert_non_null(f);
	assert_memory_equal(f->log, w.claim->id, ID_LEN);
	assert_int_equal(f->seq, 2);
	assert_int_equal(f->op, 0);
	assert_int_equal(f->kind, KIND_SETTING);
	assert_int_equal(f->verdict, VERDICT_ROLE);
	assert_int_equal(f->leaf, 6);
	verify_free(v);
	small_commune_end(&w);
}

static void
parts_in_full_are_found(void **state)
{
	struct small_commune w = small_commune_begin();
	struct verify *v;

	(void)state;
	w.cell->whole = true;
	history_see(w.h, w.cell);
	small_commune_person(&w, 1);
	history_cut(w.h, w.cell);
	v = small_commune_verify(&w);
	small_commune_assert(v, "unmasked", w.cell->id, 4, 0);
	assert_non_null(small_commune_find(v, FINDING_NOTE, "salted"));
	verify_free(v);
	small_commune_end(&w);
}

/* ---- the second section */

static void
late_entries_count_apart(void **state)
{
	struct small_commune w = small_commune_whole();
	struct verify *v;

	(void)state;
	history_see(w.h, w.cell);
	small_commune_person(&w, 0);
	small_commune_step(&w, 0, STEP_NOMINATED);
	history_cut_late(w.h, w.cell);
	v = small_commune_verify(&w);
	assert_int_equal(verify_finding_count(v), 0);
	assert_true(verify_totals(v)->has_export);
	assert_int_equal(verify_totals(v)->entries, 10);
	assert_int_equal(verify_totals(v)->provisional_entries, 2);
	assert_int_equal(small_commune_nominated(verify_figures(v)), 2);
	assert_int_equal(
	    small_commune_nominated(verify_figures_provisional(v)), 3);
	verify_free(v);

	w.h->late[0].sig[5] ^= 1;
	v = small_commune_verify(&w);
	small_commune_assert(v, "signature", w.cell->id, 6, 7);
	assert_false(small_commune_find(v, FINDING_FAIL,
	    "signature")->has_leaf);
	assert_int_equal(verify_totals(v)->provisional_entries, 0);
	assert_int_equal(small_commune_nominated(verify_figures(v)), 2);
	verify_free(v);
	small_commune_end(&w);
}

static void
a_file_before_any_hub_verifies(void **state)
{
	struct small_commune w = { .h = history_new("before any hub") };
	struct verify *v;

	(void)state;
	w.h->late = malloc(sizeof *w.h->late);
	assert_non_null(w.h->late);
	w.h->late[0] = w.h->leaves[0];
	w.h->late_count = w.h->late_cap = 1;
	w.h->leaf_count = 0;
	tree_free(w.h->tree);
	assert_int_equal(ERR_OK, tree_new(TREE_KEEP_ROOTS, &w.h->tree));
	w.office = history_log_open(w.h, &w.h->commune, scope_root);
	history_commit(w.h, w.office);
	small_commune_cell(&w);
	history_cut_late(w.h, w.office);
	v = small_commune_verify(&w);
	assert_int_equal(verify_finding_count(v), 0);
	assert_int_equal(verify_totals(v)->provisional_entries, 3);
	assert_false(verify_totals(v)->has_checkpoint);
	assert_int_equal(figures_cell_count(verify_figures(v)), 0);
	assert_int_equal(
	    figures_cell_count(verify_figures_provisional(v)), 1);
	verify_free(v);
	small_commune_end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forgeries_are_found_where_they_are),
		cmocka_unit_test(a_device_that_lies_is_found),
		cmocka_unit_test(a_device_without_right_is_found),
		cmocka_unit_test(a_void_op_is_listed_and_does_not_fail),
		cmocka_unit_test(parts_in_full_are_found),
		cmocka_unit_test(late_entries_count_apart),
		cmocka_unit_test(a_file_before_any_hub_verifies),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
