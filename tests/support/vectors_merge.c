/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vectors_merge.c -- merge.txt: writes to one register, and which of them
 * stand.
 */
#include "tests/support/vectors.h"

#include <string.h>

#include "protocol/merge.h"

/* A register: its writes follow, up to the next one. */
struct written {
	const char *name, *expected;
	uint8_t log;
	uint64_t seq;
	uint8_t op;
	uint64_t leaf, line_seen, time_ms, leaf_time;
	const char *value;	/* hex */
};

#define NONE MERGE_NO_LEAF

static const struct {
	const char *name;
	struct written w[5];
} registers[] = {
	{ "one-log", {
		{ "first", "gone", 1, 1, 0, 5, 0, 1000, 1000, "01" },
		{ "second", "winner", 1, 2, 0, 6, 0, 900, 2000, "02" } } },
	{ "one-entry", {
		{ "op-0", "gone", 1, 1, 0, 5, 0, 1000, 1000, "01" },
		{ "op-1", "winner", 1, 1, 1, 5, 0, 1000, 1000, "02" } } },
	{ "leaf-was-seen", {
		{ "old", "gone", 1, 1, 0, 5, 0, 9000, 9000, "01" },
		{ "new", "winner", 2, 1, 0, 9, 6, 1000, 9000, "02" } } },
	{ "leaf-was-not-seen", {
		{ "one", "value", 1, 1, 0, 5, 0, 1000, 9000, "01" },
		{ "two", "winner", 2, 1, 0, 9, 5, 2000, 9000, "02" } } },
	{ "equal-values-are-one", {
		{ "one", "value", 1, 1, 0, 5, 0, 1000, 9000, "07" },
		{ "two", "winner", 2, 1, 0, 9, 5, 2000, 9000, "07" } } },
	{ "seen-is-a-lie", {	/* eff is min(leaf, seen) */
		{ "early", "gone", 1, 1, 0, 3, 0, 1000, 9000, "01" },
		{ "liar", "value", 2, 1, 0, 5, 1000000000, 1000, 9000,
		  "02" },
		{ "same-time", "value", 5, 1, 0, 6, 2, 1000, 9000, "03" },
		{ "after", "winner", 6, 1, 0, 7, 4, 2000, 9000, "04" } } },
	{ "seen-of-the-line-counts", {
		{ "old", "gone", 1, 1, 0, 30, 0, 1000, 9000, "01" },
		{ "b1", "gone", 2, 1, 0, 60, 50, 1000, 9000, "02" },
		{ "b2", "winner", 2, 2, 0, 61, 50, 1000, 9000, "03" } } },
	{ "higher-time", {
		{ "one", "winner", 1, 1, 0, 5, 0, 2001, 9000, "01" },
		{ "two", "value", 2, 1, 0, 6, 0, 2000, 9000, "02" } } },
	{ "higher-log-at-equal-times", {
		{ "one", "value", 1, 9, 0, 5, 0, 2000, 9000, "01" },
		{ "two", "winner", 2, 1, 0, 6, 0, 2000, 9000, "02" } } },
	{ "clock-ahead-is-cut", {	/* to 605000 */
		{ "fast", "value", 2, 1, 0, 5, 0, 99999999, 5000, "01" },
		{ "right", "winner", 1, 1, 0, 6, 0, 605001, 900000, "02" } } },
	{ "clock-ahead-wins-ten-minutes", {
		{ "fast", "winner", 1, 1, 0, 5, 0, 99999999, 5000, "01" },
		{ "right", "value", 2, 1, 0, 6, 0, 604999, 900000, "02" } } },
	{ "cut-to-equal-times", {
		{ "fast", "value", 1, 1, 0, 5, 0, 99999999, 5000, "01" },
		{ "right", "winner", 2, 1, 0, 6, 0, 605000, 900000, "02" } } },
	{ "without-leaf-is-after-what-it-saw", {
		{ "old", "gone", 1, 1, 0, 5, 0, 9000, 9000, "01" },
		{ "own", "winner", 2, 1, 0, NONE, 6, 1000, 0, "02" } } },
	{ "without-leaf-nobody-saw-it", {
		{ "own", "value", 1, 1, 0, NONE, 0, 1000, 0, "01" },
		{ "other", "winner", 2, 1, 0, 9, 9, 2000, 9000, "02" } } },
	{ "without-leaf-now-cuts", {	/* now is 1000000 */
		{ "own", "winner", 1, 1, 0, NONE, 0, 99999999, 0, "01" },
		{ "other", "value", 2, 1, 0, 9, 9, 1599999, 2000000,
		  "02" } } },
	{ "unreadable-counts", {
		{ "one", "value", 1, 1, 0, 5, 0, 1000, 9000, "01" },
		{ "two", "winner", 2, 1, 0, 6, 0, 2000, 9000, "" } } },
	{ "successor-log", {	/* log 3 continues log 1 at seq 2 */
		{ "before", "gone", 1, 2, 0, 5, 0, 5000, 9000, "01" },
		{ "beyond", "value", 1, 3, 0, 6, 0, 5000, 9000, "02" },
		{ "successor", "winner", 3, 1, 0, 8, 0, 6000, 9000, "03" } } },
	{ "successor-of-a-successor", {	/* log 4 log 3 at seq 1 */
		{ "first", "gone", 1, 1, 0, 5, 0, 5000, 9000, "01" },
		{ "beyond", "value", 3, 2, 0, 6, 0, 5000, 9000, "02" },
		{ "last", "winner", 4, 1, 0, 8, 0, 6000, 9000, "03" } } },
};

static void
log_column(struct buf *out, uint8_t number)
{
	uint8_t id[ID_LEN];

	memset(id, number, sizeof id);
	vectors_bytes(out, id, sizeof id);
}

static void
put_writes(struct buf *out, size_t i)
{
	struct buf value = { 0 };

	for (size_t k = 0; k < 5 && registers[i].w[k].name != NULL; k++) {
		const struct written *w = &registers[i].w[k];

		vectors_row(out, w->name, w->expected);
		vectors_word(out, registers[i].name);
		log_column(out, w->log);
		vectors_number(out, w->seq);
		vectors_number(out, w->op);
		if (w->leaf == NONE) {
			vectors_none(out);
		} else {
			vectors_number(out, w->leaf);
		}
		vectors_number(out, w->line_seen);
		vectors_number(out, w->time_ms);
		if (w->leaf == NONE)
			vectors_none(out);
		else
			vectors_number(out, w->leaf_time);
		buf_reset(&value);
		vectors_unhex(w->value, &value);
		vectors_hex(out, buf_span(&value));
		vectors_end(out);
	}
	buf_free(&value);
}

void
vectors_merge(struct buf *out, unsigned which)
{
	(void)which;
	vectors_note(out, "Writes to one register, SPEC.md section 9, in any"
	    " order. Expected: gone (another");
	vectors_note(out, "happened after it), value, or winner (the value that"
	    " wins). `now` is 1000000.");
	vectors_note(out, "seen: the largest in the line of the entry. A value"
	    " - cannot be read.");
	vectors_table(out, "lines | name | expected | log | predecessor"
	    " | its seq");
	vectors_row(out, "3-continues-1", "-");
	log_column(out, 3);
	log_column(out, 1);
	vectors_number(out, 2);
	vectors_end(out);
	vectors_row(out, "4-continues-3", "-");
	log_column(out, 4);
	log_column(out, 3);
	vectors_number(out, 1);
	vectors_end(out);
	vectors_table(out, "writes | name | expected | register | log | seq"
	    " | op number | leaf | seen | time | leaf time | value");
	for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++)
		put_writes(out, i);
}
