/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vectors_findings.c -- audit.txt: what a verifier must say of each audit
 * file, counted by hand.
 */
#include "tests/support/vectors.h"

#include <string.h>

#include "protocol/chain.h"
#include "tests/support/history.h"
#include "tests/support/vectors_audit.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
enum { NO_LOG = 1000 };		/* a finding that is about no log */

static const char *const names[] = {
#define FILE(ID, NAME) [ID] = NAME,
	VECTORS_AUDIT_FILES
#undef FILE
};

static const struct {
	enum vectors_audit_id id;
	const char *level, *code;
	uint32_t leaf;			/* whose log it is */
	uint64_t seq, last;
} findings[] = {
	{ AUDIT_FIGURES, "void", "field-role", 7, 4, 0 },
	{ AUDIT_FIGURES, "void", "role", 12, 4, 0 },
	{ AUDIT_FIGURES, "note", "withheld", 8, 21, 0 },
	{ AUDIT_VOID, "void", "role", 2, 2, 0 },
	{ AUDIT_LOST, "note", "bare", 5, 5, 5 },
	{ AUDIT_LATER_FRAME, "note", "unknown", NO_LOG, 0, 0 },
	{ AUDIT_WITHHELD, "note", "withheld", 3, 6, 0 },
	{ AUDIT_FLIPPED, "fail", "signature", 3, 1, 3 },
	{ AUDIT_BROKEN, "fail", "format", 3, 2, 0 },
	{ AUDIT_REMOVED, "fail", "signature", 3, 1, 2 },
	{ AUDIT_REORDERED, "fail", "chain", 3, 5, 0 },
	{ AUDIT_FORGED_HEAD, "fail", "signature", 3, 4, 4 },
	{ AUDIT_TIME, "fail", "time", 3, 4, 0 },
	{ AUDIT_LABEL, "fail", "label", 3, 4, 0 },
	{ AUDIT_LEAF_MISSING, "fail", "order", 3, 4, 0 },
	{ AUDIT_LAST_MISSING, "fail", "tree", NO_LOG, 0, 0 },
	{ AUDIT_OUT_OF_ORDER, "fail", "order", 3, 5, 0 },
	{ AUDIT_NOT_LOST, "fail", "missing", 5, 5, 5 },
	{ AUDIT_NO_CHECKPOINT, "fail", "checkpoint", NO_LOG, 0, 0 },
	{ AUDIT_CHECKPOINT_SIG, "fail", "checkpoint", NO_LOG, 0, 0 },
	{ AUDIT_CHECKPOINT_OLD, "fail", "tree", NO_LOG, 0, 0 },
	{ AUDIT_FRAME, "fail", "frame", NO_LOG, 0, 0 },
	{ AUDIT_EARLY_SEGMENT, "fail", "frame", NO_LOG, 0, 0 },
	{ AUDIT_ROOT, "fail", "root", 3, 5, 0 },
	{ AUDIT_SEEN_HIGH, "fail", "seen", 3, 5, 0 },
	{ AUDIT_SEEN_LOW, "fail", "seen", 3, 5, 0 },
	{ AUDIT_STRANGER, "fail", "certificate", 6, 1, 0 },
	{ AUDIT_SCOPE, "fail", "scope", 6, 1, 0 },
	{ AUDIT_UNMASKED, "fail", "unmasked", 3, 6, 0 },
	{ AUDIT_UNMASKED, "note", "salted", 3, 6, 0 },
	{ AUDIT_LATE_FORGED, "fail", "signature", VECTORS_AUDIT_LATE, 6, 7 },
	{ AUDIT_OVERLAP, "note", "overlap", 3, 4, 0 },
	{ AUDIT_CERTIFIED, "void", "check", 1, 4, 0 },
	{ AUDIT_UNCHECKED, "fail", "signature", 3, 1, 3 },
	{ AUDIT_UNCHECKED, "note", "unchecked", 1, 4, 0 },
	{ AUDIT_UNCHECKED, "absent", "root", 1, 4, 0 },
	{ AUDIT_TIMES, "fail", "time", 3, 4, 0 },
	{ AUDIT_TIMES, "fail", "time", 1, 4, 0 },
	{ AUDIT_NOTHING, "fail", "nothing", 3, 5, 0 },
	{ AUDIT_BARE_LABEL, "fail", "label", 5, 5, 0 },
	{ AUDIT_LOST_LATE, "fail", "missing", 5, 5, 5 },
	{ AUDIT_LEAF_BEHIND, "fail", "frame", NO_LOG, 0, 0 },
	{ AUDIT_LEAF_BEHIND, "absent", "nothing", 3, 5, 0 },
	{ AUDIT_CHECKPOINTS, "fail", "frame", NO_LOG, 0, 0 },
	{ AUDIT_CHECKPOINT_0, "fail", "checkpoint", NO_LOG, 0, 0 },
	{ AUDIT_CHECKPOINT_0, "absent", "tree", NO_LOG, 0, 0 },
	{ AUDIT_EXPORTS, "fail", "frame", NO_LOG, 0, 0 },
	{ AUDIT_LONG_FRAME, "fail", "format", NO_LOG, 0, 0 },
	{ AUDIT_LONG_FRAME, "absent", "trailer", NO_LOG, 0, 0 },
	{ AUDIT_PUBLISHED_ERASED, "note", "withheld", 3, 2, 0 },
	{ AUDIT_PUBLISHED_ERASED, "note", "withheld", 3, 3, 0 },
	{ AUDIT_FALSE_REPORT, "fail", "report", 1, 5, 0 },
	{ AUDIT_FALSE_RANKING, "fail", "ranking", 1, 5, 0 },
	{ AUDIT_FALSE_RULE, "fail", "report", 1, 6, 0 },
	{ AUDIT_FALSE_AGAIN, "fail", "report", 1, 6, 0 },
	{ AUDIT_FALSE_AGAIN, "absent", "report", 1, 5, 0 },
	/* what fails has its leaf all the same */
	{ AUDIT_LABEL, "absent", "tree", NO_LOG, 0, 0 },
	{ AUDIT_SEEN_HIGH, "absent", "tree", NO_LOG, 0, 0 },
	{ AUDIT_STRANGER, "absent", "tree", NO_LOG, 0, 0 },
	{ AUDIT_SCOPE, "absent", "tree", NO_LOG, 0, 0 },
	{ AUDIT_TRAILER, "fail", "trailer", NO_LOG, 0, 0 },
	{ AUDIT_CUT, "fail", "trailer", NO_LOG, 0, 0 },
	{ AUDIT_BEHIND, "fail", "trailer", NO_LOG, 0, 0 },
};

static const struct {
	enum vectors_audit_id id;
	const char *name;
	unsigned value;
} totals[] = {
	{ AUDIT_GOOD, "leaves", 6 }, { AUDIT_GOOD, "logs", 4 },
	{ AUDIT_GOOD, "segments", 6 }, { AUDIT_GOOD, "entries", 10 },
	{ AUDIT_GOOD, "ops", 14 }, { AUDIT_GOOD, "devices", 2 },
	{ AUDIT_GOOD, "voids", 0 }, { AUDIT_GOOD, "without-leaf", 0 },
	{ AUDIT_FIGURES, "leaves", 13 }, { AUDIT_FIGURES, "logs", 10 },
	{ AUDIT_FIGURES, "segments", 13 }, { AUDIT_FIGURES, "entries", 53 },
	{ AUDIT_FIGURES, "ops", 60 }, { AUDIT_FIGURES, "devices", 4 },
	{ AUDIT_FIGURES, "voids", 2 }, { AUDIT_FIGURES, "without-leaf", 2 },
	{ AUDIT_LATE, "entries", 10 }, { AUDIT_LATE, "without-leaf", 2 },
	{ AUDIT_NO_TREE, "leaves", 0 }, { AUDIT_NO_TREE, "devices", 0 },
	{ AUDIT_NO_TREE, "without-leaf", 3 },
	{ AUDIT_VOID, "voids", 1 }, { AUDIT_LOST, "leaves", 7 },
	{ AUDIT_LOST, "segments", 6 }, { AUDIT_LABEL, "segments", 6 },
	{ AUDIT_LABEL, "entries", 10 }, { AUDIT_STRANGER, "leaves", 7 },
	{ AUDIT_STRANGER, "segments", 6 }, { AUDIT_STRANGER, "logs", 4 },
	{ AUDIT_LEAF_MISSING, "leaves", 6 }, { AUDIT_OVERLAP, "entries", 10 },
	{ AUDIT_OVERLAP, "segments", 6 }, { AUDIT_CERTIFIED, "devices", 2 },
	{ AUDIT_LATE_ODD, "without-leaf", 2 }, { AUDIT_NAMES, "voids", 0 },
	{ AUDIT_NOTHING, "leaves", 7 }, { AUDIT_NOTHING, "segments", 6 },
};

/* The rows of figures.hex: all; 2022; 2022Q1; 2022Q2-2023; 2021; the second
 * cell in all; all with what has no leaf.  "": no such row. */
static const char *const periods[] = { "all", "2022", "2022Q1",
	"2022Q2-2023", "2021", "all", "all" };
enum { SECOND_CELL = 5, WITH_LATE = 6, COLUMNS };
static const struct {
	const char *name, *value[COLUMNS];
} figures[] = {
	{ "quota", { "10", "8", "8", "10", "0", "3", "10" } },
	{ "admitted", { "1", "1", "0", "1", "0", "0", "1" } },
	{ "percent", { "10.0", "12.5", "0.0", "10.0", "-", "0.0", "10.0" } },
	{ "listed", { "1", "1", "1", "0", "0", "0", "1" } },
	{ "nominated", { "4", "2", "1", "3", "0", "1", "5" } },
	{ "introduced", { "1", "1", "1", "0", "0", "0", "1" } },
	{ "class_completed", { "1", "1", "1", "0", "0", "0", "1" } },
	{ "trial_started", { "0", "0", "0", "0", "0", "0", "0" } },
	{ "official", { "1", "0", "0", "1", "0", "1", "1" } },
	{ "withdrawn", { "1", "1", "0", "1", "0", "0", "1" } },
	{ "postponed", { "1", "0", "0", "0", "0", "0", "1" } },
	{ "moved", { "0", "0", "0", "0", "0", "0", "0" } },
	{ "nominated:doan-thanh-nien",
	  { "2", "1", "1", "1", "0", "1", "3" } },
	{ "nominated:hoi-phu-nu", { "1", "1", "0", "1", "0", "0", "1" } },
	{ "nominated:unknown", { "1", "", "", "1", "", "", "1" } },
	{ "withdrawn:di-lam-xa", { "1", "1", "0", "1", "0", "0", "1" } },
	{ "people", { "4", "4", "4", "4", "4", "1", "5" } },
	{ "people:di-lam-xa", { "3", "3", "3", "3", "3", "1", "3" } },
	{ "people:tai-dia-phuong", { "1", "1", "1", "1", "1", "0", "1" } },
	{ "events", { "10", "6", "3", "6", "0", "2", "11" } },
	{ "activities", { "2", "2", "1", "1", "0", "0", "2" } },
	{ "participants", { "17", "17", "12", "5", "0", "0", "17" } },
};

static const char *
outcome(enum vectors_audit_id id)
{
	if (id == AUDIT_VERSION)
		return "version";
	if (id == AUDIT_PACKET || id == AUDIT_CUT_HEADER)
		return "format";
	if (id == AUDIT_FOREIGN)
		return "foreign";
	return id >= AUDIT_FLIPPED ? "fails" : "verifies";
}

static void
put_files(struct buf *out)
{
	uint8_t fpr[HASH_LEN];
	struct buf file = { 0 };

	vectors_table(out, "files | name | expected | root fingerprint");
	vectors_note(out, "expected: verifies, fails, or why it cannot be"
	    " tried");
	for (unsigned i = 0; i < AUDIT_COUNT; i++) {
		buf_reset(&file);
		vectors_audit_bytes((enum vectors_audit_id)i, &file, fpr);
		vectors_row(out, names[i],
		    outcome((enum vectors_audit_id)i));
		vectors_bytes(out, fpr, HASH_LEN);
		vectors_end(out);
	}
	buf_free(&file);
}

static void
put_findings(struct buf *out)
{
	uint8_t log[ID_LEN];

	vectors_table(out, "findings | name | expected | level | log | seq"
	    " | last seq");
	vectors_note(out, "name: the file; expected: the code. These must be"
	    " found; a failure may bring others");
	vectors_note(out, "with it. What verifies has none of level fail, and"
	    " no void op but those here.");
	vectors_note(out, "Level absent: no failure or note of that code, log"
	    " and seq may be found.");
	for (size_t i = 0; i < COUNT(findings); i++) {
		vectors_row(out, names[findings[i].id], findings[i].code);
		vectors_word(out, findings[i].level);
		if (findings[i].leaf == NO_LOG) {
			vectors_none(out);
		} else {
			vectors_audit_log(findings[i].id, findings[i].leaf,
			    log);
			vectors_bytes(out, log, ID_LEN);
		}
		vectors_number(out, findings[i].seq);
		vectors_number(out, findings[i].last);
		vectors_end(out);
	}
}

static void
put_totals(struct buf *out)
{
	vectors_table(out, "totals | name | expected | what");
	for (size_t i = 0; i < COUNT(totals); i++) {
		struct buf number = { 0 };

		vectors_digits(&number, totals[i].value);
		vectors_row(out, names[totals[i].id], buf_cstr(&number));
		vectors_word(out, totals[i].name);
		vectors_end(out);
		buf_free(&number);
	}
}

static void
put_figures(struct buf *out)
{
	uint8_t cells[2][SCOPE_LEN];

	history_free(vectors_story_new(cells));
	vectors_table(out, "figures | name | expected | row | period | scope"
	    " | section");
	vectors_note(out, "name: the file. All rows of each, in order. Scope -:"
	    " the commune. Section 2: with");
	vectors_note(out, "what has no leaf.");
	for (size_t c = 0; c < COLUMNS; c++)
		for (size_t i = 0; i < COUNT(figures); i++) {
			if (figures[i].value[c][0] == '\0')
				continue;
			vectors_row(out, names[AUDIT_FIGURES],
			    figures[i].value[c]);
			vectors_word(out, figures[i].name);
			vectors_word(out, periods[c]);
			if (c == SECOND_CELL)
				vectors_bytes(out, cells[1], SCOPE_LEN);
			else
				vectors_none(out);
			vectors_number(out, c == WITH_LATE ? 2 : 1);
			vectors_end(out);
		}
	vectors_names_figures(out);
}

static void
put_periods(struct buf *out)
{
	static const struct {
		const char *name, *expected, *period, *first, *last;
	} rows[] = {
		{ "year", "accept", "2022", "18993", "19357" },
		{ "quarter", "accept", "2022Q2", "19083", "19173" },
		{ "small-q", "accept", "2022q2", "19083", "19173" },
		{ "years", "accept", "2022-2023", "18993", "19722" },
		{ "year-and-quarter", "accept", "2022-2022Q1", "18993",
		  "19082" },
		{ "quarter-and-its-year", "accept", "2022Q3-2022", "19174",
		  "19357" },
		{ "leap-year", "accept", "2024Q1", "19723", "19813" },
		{ "all", "accept", "all", "-", "-" },
		{ "backwards", "refuse", "2023-2022", "-", "-" },
		{ "quarters-backwards", "refuse", "2022Q2-2022Q1", "-",
		  "-" },
		{ "all-and-a-year", "refuse", "all-2022", "-", "-" },
		{ "three", "refuse", "2021-2022-2023", "-", "-" },
		{ "quarter-0", "refuse", "2022Q0", "-", "-" },
		{ "quarter-5", "refuse", "2022Q5", "-", "-" },
		{ "year-0", "refuse", "0000", "-", "-" },
		{ "three-digits", "refuse", "202", "-", "-" },
		{ "five-digits", "refuse", "20222", "-", "-" },
	};

	vectors_table(out, "periods | name | expected | period (text)"
	    " | first day | last day");
	for (size_t i = 0; i < COUNT(rows); i++) {
		vectors_row(out, rows[i].name, rows[i].expected);
		vectors_word(out, rows[i].period);
		vectors_word(out, rows[i].first);
		vectors_word(out, rows[i].last);
		vectors_end(out);
	}
}

void
vectors_audit(struct buf *out, unsigned which)
{
	(void)which;
	vectors_note(out, "The files of audit/, SPEC.md section 12: hex, in"
	    " lines.");
	put_files(out);
	put_findings(out);
	put_totals(out);
	put_figures(out);
	put_periods(out);
}
