/* SPDX-License-Identifier: Apache-2.0 */
/* small_commune.c -- see the header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/small_commune.h"

void
small_commune_person(struct small_commune *w, size_t i)
{
	struct history_op *op;

	history_random(w->h, w->person[i], ID_LEN);
	op = history_op(w->cell, KIND_PERSON, w->person[i]);
	op->creates = true;
	field_draft_put_uint(op->facts, FIELD_BIRTH_YEAR, 1990);
	history_text(op->facts, FIELD_RESIDENCE, "di-lam-xa");
	history_text(op->sealed, FIELD_FULL_NAME, "Đào Ngọc Tuấn");
	history_commit(w->h, w->cell);
}

void
small_commune_step(struct small_commune *w, size_t person, enum step step)
{
	struct history_op *op = history_op(w->cell, KIND_STEP,
	    w->person[person]);

	field_draft_put_uint(op->fields, FIELD_STEP, step);
	field_draft_put_int(op->fields, FIELD_DATE, 19000);
	history_commit(w->h, w->cell);
}

void
small_commune_cell(struct small_commune *w)
{
	struct history_op *op;
	uint8_t subject[ID_LEN];

	history_random(w->h, w->scope, SCOPE_LEN);
	w->scope[0] = SCOPE_CELL;
	chain_scope_subject(w->scope, subject);
	op = history_op(w->office, KIND_CELL, subject);
	history_bytes(op->fields, FIELD_SCOPE, w->scope, SCOPE_LEN);
	history_text(op->fields, FIELD_CODE, "ba-mo");
	history_text(op->fields, FIELD_NAME, "Thôn Ba Mô");
	history_commit(w->h, w->office);
}

struct small_commune
small_commune_begin(void)
{
	struct small_commune w = { .h = history_new("test_verify") };
	struct history_device secretary;
	struct invite_keys invite;
	uint8_t scopes[2][SCOPE_LEN] = { { 0 } };

	w.office = history_log_open(w.h, &w.h->commune, scope_root);
	history_commit(w.h, w.office);
	small_commune_cell(&w);
	memcpy(scopes[1], w.scope, SCOPE_LEN);
	history_invite(w.h, w.office, ROLE_SECRETARY,
	    (const uint8_t(*)[SCOPE_LEN])scopes, 2, &invite);
	history_commit(w.h, w.office);
	history_cut(w.h, w.office);
	history_device(w.h, &secretary);
	w.claim = history_log_open(w.h, &secretary, scope_root);
	history_claim(w.h, w.claim, &invite);
	history_commit(w.h, w.claim);
	history_cut(w.h, w.claim);
	w.cell = history_log_open(w.h, &secretary, w.scope);
	history_commit(w.h, w.cell);
	small_commune_person(&w, 0);
	small_commune_person(&w, 1);
	history_cut(w.h, w.cell);
	return w;
}

void
small_commune_step_leaf(struct small_commune *w, size_t person, enum step step)
{
	history_see(w->h, w->cell);
	small_commune_step(w, person, step);
	history_cut(w->h, w->cell);
}

struct small_commune
small_commune_whole(void)
{
	struct small_commune w = small_commune_begin();

	small_commune_step_leaf(&w, 0, STEP_NOMINATED);
	small_commune_step_leaf(&w, 1, STEP_NOMINATED);
	return w;
}

void
small_commune_end(struct small_commune *w)
{
	history_log_free(w->office);
	history_log_free(w->claim);
	history_log_free(w->cell);
	history_free(w->h);
}

struct verify *
small_commune_feed(const uint8_t *fpr, struct span file, size_t piece)
{
	struct verify *v = verify_new(fpr);

	assert_non_null(v);
	while (file.n > 0) {
		size_t n = file.n < piece ? file.n : piece;

		assert_int_equal(ERR_OK,
		    verify_feed(v, (struct span){ file.p, n }));
		file.p += n;
		file.n -= n;
	}
	assert_int_equal(ERR_OK, verify_end(v));
	return v;
}

struct verify *
small_commune_verify(const struct small_commune *w)
{
	struct buf file = { 0 };
	struct verify *v;

	history_put(w->h, &file);
	v = small_commune_feed(w->h->root.fingerprint, buf_span(&file),
	    SIZE_MAX);
	buf_free(&file);
	return v;
}

const struct finding *
small_commune_find(const struct verify *v, enum finding_level level,
    const char *code)
{
	for (size_t i = 0; i < verify_finding_count(v); i++) {
		const struct finding *f = verify_finding(v, i);

		if (f->level == level && strcmp(f->code, code) == 0)
			return f;
	}
	return NULL;
}

void
small_commune_assert(const struct verify *v, const char *code,
    const uint8_t *log, uint64_t seq, uint64_t last)
{
	const struct finding *f = small_commune_find(v, FINDING_FAIL, code);

	assert_non_null(f);
	assert_true(verify_totals(v)->failures > 0);
	if (log == NULL)
		return;
	assert_true(f->has_log);
	assert_memory_equal(f->log, log, ID_LEN);
	assert_int_equal(f->seq, seq);
	assert_int_equal(f->last_seq, last);
}

unsigned long
small_commune_nominated(const struct figures *f)
{
	struct figure_row *rows;
	struct period all;
	size_t count;
	unsigned long n = 0;

	assert_non_null(f);
	assert_int_equal(ERR_OK, period_parse("all", &all));
	assert_int_equal(ERR_OK, figures_rows(f, &all, NULL, &rows, &count));
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].name, "nominated") == 0)
			n = strtoul(rows[i].value, NULL, 10);
	free(rows);
	return n;
}
