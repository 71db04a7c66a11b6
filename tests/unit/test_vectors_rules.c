/* SPDX-License-Identifier: Apache-2.0 */
/* test_vectors_rules.c -- verdicts, merge, admission, audit files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/frame.h"
#include "protocol/verify.h"
#include "tests/support/vectors_read.h"

/* ---- judge.txt */

static const char *const scope_words[] = { "root", "commune", "cell", "lane",
	"unknown" };

static void
judge_row(const struct vectors_line *l)
{
	/* the log that its heading names */
	const uint8_t log[ID_LEN] = { 0xaa, 1 };
	struct buf op = vectors_read_bytes(l, 6), raw = { 0 };
	uint8_t element[ELEMENT_MAX], position;
	struct entry e = { .ops = NULL };
	unsigned role = 0, scope = 0;
	enum verdict v;
	uint64_t seq;

	while (role < ROLE_NONE &&
	    strcmp(role_name((enum role)role), l->column[2]) != 0)
		role++;
	while (scope < SCOPE_UNKNOWN &&
	    strcmp(scope_words[scope], l->column[3]) != 0)
		scope++;
	seq = vectors_read_number(l, 4);
	position = (uint8_t)vectors_read_number(l, 5);
	buf_put(&raw, "\x93\x00\x00\x91", 4);
	buf_put(&raw, op.p, op.n);
	assert_int_equal(entry_parse(buf_span(&raw), &e), ERR_OK);
	v = judge_op(&e.ops[0], (enum role)role, (enum scope_kind)scope, seq,
	    position);
	vectors_read_check(l, judge_verdict_name(v));
	if (v == VERDICT_EFFECTIVE)
		vectors_read_same(l, 7, (struct span){ element,
		    judge_element(&e.ops[0], log, seq, position, element) });
	entry_free(&e);
	buf_free(&op);
	buf_free(&raw);
}

static void
verdicts(void **state)
{
	struct vectors_text t = vectors_read("judge.txt");
	const struct vectors_line *l;
	size_t at = 0;

	(void)state;
	while ((l = vectors_read_next(&t, "ops", &at)) != NULL)
		judge_row(l);
	vectors_read_free(&t);
}

/* ---- merge.txt */

enum { NOW_MS = 1000000, WRITES_MAX = 16 };

static struct write
read_write(const struct vectors_line *l, struct buf *value)
{
	struct write w = { .unreadable = vectors_read_none(l, 10) };

	vectors_read_fixed(l, 3, w.stamp.log, ID_LEN);
	w.stamp.seq = vectors_read_number(l, 4);
	w.stamp.op = (uint8_t)vectors_read_number(l, 5);
	w.stamp.leaf = vectors_read_none(l, 6) ? MERGE_NO_LEAF :
	    vectors_read_number(l, 6);
	w.stamp.line_seen = vectors_read_number(l, 7);
	w.stamp.time_ms = vectors_read_number(l, 8);
	w.stamp.leaf_time = vectors_read_none(l, 9) ? 0 :
	    vectors_read_number(l, 9);
	*value = vectors_read_bytes(l, 10);
	w.value = buf_span(value);
	return w;
}

static bool
same_place(const struct write *a, const struct write *b)
{
	return a->stamp.seq == b->stamp.seq && a->stamp.op == b->stamp.op &&
	    memcmp(a->stamp.log, b->stamp.log, ID_LEN) == 0;
}

/* All writes of one register, in the file's order or backwards. */
static void
merge_register(const struct merge_lines *lines,
    const struct vectors_line *const *row, size_t n, bool backwards)
{
	const struct span none = { NULL, 0 };
	struct state *s = state_new();
	struct buf value[WRITES_MAX];
	struct write w[WRITES_MAX];

	for (size_t i = 0; i < n; i++)
		w[i] = read_write(row[i], &value[i]);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(state_write(s, lines, FIELD_NUMBER,
		    SECTION_PUBLIC, none, &w[backwards ? n - 1 - i : i]),
		    ERR_OK);
	for (size_t i = 0; i < n; i++) {
		const struct reg *r = state_at(s, 0);
		const char *got = "gone";

		for (uint32_t k = 0; k < r->count; k++)
			if (same_place(&r->writes[k], &w[i]))
				got = "value";
		if (same_place(state_winner(r, NOW_MS), &w[i]))
			got = "winner";
		vectors_read_check(row[i], got);
	}
	for (size_t i = 0; i < n; i++)
		buf_free(&value[i]);
	state_free(s);
}

static void
merged_registers(void **state)
{
	struct vectors_text t = vectors_read("merge.txt");
	struct merge_lines *lines = merge_lines_new();
	const struct vectors_line *l, *row[WRITES_MAX];
	size_t at = 0, n = 0;

	(void)state;
	while ((l = vectors_read_next(&t, "lines", &at)) != NULL) {
		struct entry_ref before = { .seq = vectors_read_number(l, 4) };
		uint8_t log[ID_LEN];

		vectors_read_fixed(l, 2, log, ID_LEN);
		vectors_read_fixed(l, 3, before.log, ID_LEN);
		assert_int_equal(merge_lines_add(lines, log, &before),
		    ERR_OK);
	}
	for (at = 0; (l = vectors_read_next(&t, "writes", &at)) != NULL;) {
		row[n++] = l;
		assert_true(n < WRITES_MAX);
		if (at < t.count && strcmp(t.line[at].column[2],
		    l->column[2]) == 0)
			continue;
		merge_register(lines, row, n, false);
		merge_register(lines, row, n, true);
		n = 0;
	}
	merge_lines_free(lines);
	vectors_read_free(&t);
}

/* ---- admission.txt */

enum { ADMITTED_MAX = 128 };

struct book {
	struct {
		uint8_t log[ID_LEN], hash[HASH_LEN];
		uint64_t seq, line_seen;
	} row[ADMITTED_MAX];
	size_t count;
};

static err
book_entry(void *ctx, const uint8_t log[ID_LEN], uint64_t seq,
    uint8_t ret_hash[HASH_LEN], uint64_t *ret_line_seen)
{
	const struct book *b = ctx;

	for (size_t i = 0; i < b->count; i++)
		if (b->row[i].seq == seq &&
		    memcmp(b->row[i].log, log, ID_LEN) == 0) {
			memcpy(ret_hash, b->row[i].hash, HASH_LEN);
			if (ret_line_seen != NULL)
				*ret_line_seen = b->row[i].line_seen;
			return ERR_OK;
		}
	return ERR_ABSENT;
}

static err
book_keep(void *ctx, const struct admitted_entry *a)
{
	struct book *b = ctx;

	assert_true(b->count < ADMITTED_MAX);
	memcpy(b->row[b->count].log, a->place.log, ID_LEN);
	memcpy(b->row[b->count].hash, a->hash, HASH_LEN);
	b->row[b->count].seq = a->place.seq;
	b->row[b->count++].line_seen = a->place.line_seen;
	return ERR_OK;
}

static void
admit_row(struct ledger *ledger, struct book *book,
    const struct vectors_line *l)
{
	struct buf raw = vectors_read_bytes(l, 3);
	enum reason reason = REASON_COUNT;
	uint8_t scope[SCOPE_LEN], root[HASH_LEN];
	struct leaf_inner inner;
	struct frame f;
	size_t used;
	err rc = frame_read(buf_span(&raw), &f, &used);

	if (rc == ERR_OK) {
		assert_int_equal(ledger_admit(ledger, &f.u.segment,
		    vectors_read_number(l, 2), book_keep, book, &reason,
		    &inner, scope), ERR_OK);
		vectors_read_check(l, reason_name(reason));
	} else {
		vectors_read_check(l, vectors_read_word(rc));
	}
	assert_int_equal(ledger_size(ledger), vectors_read_number(l, 4));
	assert_int_equal(ledger_root_at(ledger, ledger_size(ledger), root),
	    ERR_OK);
	vectors_read_same(l, 5, (struct span){ root, HASH_LEN });
	buf_free(&raw);
}

static void
admission(void **state)
{
	struct vectors_text t = vectors_read("admission.txt");
	struct book *book = calloc(1, sizeof *book);
	const struct ledger_host host = { book, book_entry };
	struct ledger *ledger = NULL;
	const struct vectors_line *l;
	size_t at = 0;

	(void)state;
	assert_non_null(book);
	while ((l = vectors_read_next(&t, "root", &at)) != NULL) {
		uint8_t fpr[HASH_LEN];

		vectors_read_fixed(l, 2, fpr, HASH_LEN);
		ledger = ledger_new(fpr, &host);
	}
	assert_non_null(ledger);
	for (at = 0; (l = vectors_read_next(&t, "segments", &at)) != NULL;)
		admit_row(ledger, book, l);
	ledger_free(ledger);
	free(book);
	vectors_read_free(&t);
}

/* ---- audit.txt */

static struct buf
audit_bytes(const char *name)
{
	char path[256];
	struct buf text, file = { 0 };
	size_t n = 0;

	(void)snprintf(path, sizeof path, VECTORS_FOLDER "audit/%s.hex",
	    name);
	text = vectors_read_file(path);
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '\n')
			text.p[n++] = text.p[i];
	for (size_t i = 0; i + 1 < n; i += 2) {
		char pair[3] = { (char)text.p[i], (char)text.p[i + 1], 0 };
		uint8_t byte;

		assert_int_equal(hex_decode(pair, &byte, 1), ERR_OK);
		buf_put_u8(&file, byte);
	}
	buf_free(&text);
	return file;
}

/* Whether v has what the row asks for. */
static bool
has_finding(const struct verify *v, const struct vectors_line *l)
{
	static const char *const levels[] = { "fail", "void", "note" };
	uint8_t log[ID_LEN] = { 0 };
	bool about_log = !vectors_read_none(l, 3);

	if (about_log)
		vectors_read_fixed(l, 3, log, ID_LEN);
	for (size_t i = 0; i < verify_finding_count(v); i++) {
		const struct finding *f = verify_finding(v, i);

		if (strcmp(f->code, l->column[1]) == 0 &&
		    strcmp(levels[f->level], l->column[2]) == 0 &&
		    f->has_log == about_log &&
		    (!about_log || (memcmp(f->log, log, ID_LEN) == 0 &&
		    f->seq == vectors_read_number(l, 4) &&
		    f->last_seq == vectors_read_number(l, 5))))
			return true;
	}
	return false;
}

static uint64_t
total(const struct verify_totals *t, const char *what)
{
	const struct {
		const char *name;
		uint64_t value;
	} all[] = {
		{ "leaves", t->leaves }, { "logs", t->logs },
		{ "segments", t->segments }, { "entries", t->entries },
		{ "ops", t->ops }, { "devices", t->devices },
		{ "voids", t->voids },
		{ "without-leaf", t->provisional_entries },
	};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (strcmp(all[i].name, what) == 0)
			return all[i].value;
	fail_msg("no total %s", what);
	return 0;
}

/* Whether v has no failure or note as the row names it. */
static void
check_absent(const struct verify *v, const struct vectors_line *l)
{
	static const char *const levels[] = { "fail", "note" };

	for (size_t i = 0; i < 2; i++) {
		struct vectors_line one = *l;

		one.column[2] = levels[i];
		if (has_finding(v, &one))
			fail_msg("%s: %s", l->column[0], l->column[1]);
	}
}

/* The figures rows of that file, in the order of the file. */
static void
check_figures(const struct verify *v, const struct vectors_text *t,
    const char *file)
{
	const struct vectors_line *l;
	struct figure_row *rows = NULL;
	size_t at = 0, count = 0, i = 0;

	while ((l = vectors_read_next(t, "figures", &at)) != NULL) {
		uint8_t scope[SCOPE_LEN];
		struct period p;
		bool whole = vectors_read_none(l, 4);

		if (strcmp(l->column[0], file) != 0)
			continue;
		if (i == count) {
			free(rows);
			if (!whole)
				vectors_read_fixed(l, 4, scope, SCOPE_LEN);
			assert_int_equal(period_parse(l->column[3], &p),
			    ERR_OK);
			assert_int_equal(figures_rows(
			    vectors_read_number(l, 5) == 2 ?
			    verify_figures_provisional(v) : verify_figures(v),
			    &p, whole ? NULL : scope, &rows, &count), ERR_OK);
			i = 0;
		}
		if (strcmp(rows[i].name, l->column[2]) != 0 ||
		    strcmp(rows[i].value, l->column[1]) != 0)
			fail_msg("%s in %s: %s %s", l->column[2],
			    l->column[3], rows[i].name, rows[i].value);
		i++;
	}
	assert_int_equal(i, count);
	free(rows);
}

static void
check_audit(const struct verify *v, const struct vectors_text *t,
    const char *file)
{
	const struct vectors_line *l;
	size_t at = 0;
	uint64_t voids = 0;

	while ((l = vectors_read_next(t, "findings", &at)) != NULL) {
		if (strcmp(l->column[0], file) != 0)
			continue;
		voids += strcmp(l->column[2], "void") == 0;
		if (strcmp(l->column[2], "absent") == 0)
			check_absent(v, l);
		else if (!has_finding(v, l))
			fail_msg("%s: no %s", file, l->column[1]);
	}
	if (verify_totals(v)->failures == 0)
		assert_int_equal(verify_totals(v)->voids, voids);
	for (at = 0; (l = vectors_read_next(t, "totals", &at)) != NULL;)
		if (strcmp(l->column[0], file) == 0 &&
		    total(verify_totals(v), l->column[2]) !=
		    strtoull(l->column[1], NULL, 10))
			fail_msg("%s: %s are %llu", file, l->column[2],
			    (unsigned long long)total(verify_totals(v),
			    l->column[2]));
	check_figures(v, t, file);
}

static void
audit_files(void **state)
{
	struct vectors_text t = vectors_read("audit.txt");
	const struct vectors_line *l;
	size_t at = 0;

	(void)state;
	while ((l = vectors_read_next(&t, "files", &at)) != NULL) {
		struct buf file = audit_bytes(l->column[0]);
		uint8_t fpr[HASH_LEN];
		struct verify *v;
		err rc;

		vectors_read_fixed(l, 2, fpr, HASH_LEN);
		v = verify_new(fpr);
		assert_non_null(v);
		rc = verify_feed(v, buf_span(&file));
		if (rc == ERR_OK)
			rc = verify_end(v);
		vectors_read_check(l, rc != ERR_OK ? err_name(rc) :
		    verify_totals(v)->failures > 0 ? "fails" : "verifies");
		if (rc == ERR_OK)
			check_audit(v, &t, l->column[0]);
		verify_free(v);
		buf_free(&file);
	}
	vectors_read_free(&t);
}

static void
periods(void **state)
{
	struct vectors_text t = vectors_read("audit.txt");
	const struct vectors_line *l;
	size_t at = 0;

	(void)state;
	while ((l = vectors_read_next(&t, "periods", &at)) != NULL) {
		struct period p;
		err rc = period_parse(l->column[2], &p);

		vectors_read_check(l, rc == ERR_OK ? "accept" : "refuse");
		assert_int_equal(vectors_read_none(l, 3),
		    rc != ERR_OK || p.all);
		if (rc != ERR_OK || p.all)
			continue;
		assert_int_equal(p.from, vectors_read_number(l, 3));
		assert_int_equal(p.to, vectors_read_number(l, 4));
	}
	vectors_read_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts),
		cmocka_unit_test(merged_registers),
		cmocka_unit_test(admission),
		cmocka_unit_test(audit_files),
		cmocka_unit_test(periods),
	};

	return crypto_start() != ERR_OK ||
	    cmocka_run_group_tests(tests, NULL, NULL);
}
