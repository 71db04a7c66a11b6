/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify.h -- check a whole audit file against a root fingerprint and
 * recompute the figures (SPEC.md section 12).  Streaming: the caller feeds
 * the file's bytes.  Pure; trusts nothing but the fingerprint.
 */
#ifndef NGUON_VERIFY_H
#define NGUON_VERIFY_H

#include "protocol/figures.h"
#include "protocol/judge.h"
#include "protocol/ledger.h"
#include "protocol/verify_frozen.h"

/*
 * One thing that is wrong, an op without effect (which is not wrong), or a
 * note.  Verification goes on after a finding where it can: a segment that
 * fails is reported with its log and seq, later segments of that log then
 * fail as a gap and are not reported again.  A segment whose content is lost
 * takes the roots of all later sizes with it, so what later segments say of
 * them is noted ("unchecked") and is not a failure of its own.
 *
 * Codes.  FAIL: the words of reason_name for a segment; "frame" (does not
 * belong in its place), "order" (index of a leaf), "time" (leaf time
 * decreases), "label" (the leaf names another scope than its log), "nothing"
 * (a leaf without a new entry), "missing" (a leaf without its segment, that
 * nobody declared lost), "tree" (size or root of the checkpoint), "checkpoint"
 * (none, or not signed by the hub of that size), "report", "ranking" (a frozen
 * one is not what the history gives: verify_frozen), "unmasked" (personal data
 * or a key in full), "format" (damaged framing too), "trailer" (none, another,
 * or bytes behind).  VOID: judge_verdict_name.  NOTE: "bare" (a leaf without
 * its segment), "unchecked", "overlap" (entries that were there before),
 * "salted" (facts with their salt), "withheld" (facts as digest: unknown in
 * figures), "unknown" (a frame of a later version).
 */
enum finding_level { FINDING_FAIL, FINDING_VOID, FINDING_NOTE };
struct finding {
	enum finding_level level;
	char code[32];			/* stable: "signature", "tree" ... */
	bool has_leaf;
	uint64_t leaf;
	bool has_log;
	uint8_t log[ID_LEN];
	uint64_t seq;			/* 0: not about one entry */
	uint64_t last_seq;		/* not 0: about the run up to it */
	uint8_t op;			/* of a void op */
	uint64_t kind;
	enum verdict verdict;		/* of a void op */
	uint64_t offset;		/* byte offset in the file */
};

struct verify_totals {
	/* of the first section; entries, ops: admitted ones */
	uint64_t leaves, logs, entries, segments, devices, ops;
	uint64_t voids;			/* of both sections */
	uint64_t failures;		/* findings that fail, kept or not */
	uint64_t false_reports;		/* those of them that are about a
					 * frozen report or ranking */
	uint64_t unsettled;		/* figures_unsettled, first section */
	bool has_checkpoint;
	uint64_t checkpoint_size;
	bool has_export;		/* second section */
	uint64_t export_ms;
	uint64_t provisional_entries;
	uint64_t last_leaf_time;
};

struct verify;
struct verify *verify_new(const uint8_t root_fpr[static HASH_LEN]);
void verify_free(struct verify *v);
/* Errors: ERR_NOMEM; ERR_FORMAT not an audit file at all; ERR_VERSION;
 * ERR_FOREIGN of another commune (verify_foreign).  What is wrong inside is a
 * finding, not an error.  An error stays: later calls give it again. */
MUST_USE err verify_feed(struct verify *v, struct span in);
/* The root fingerprint of the file's own header, after ERR_FOREIGN; borrowed;
 * NULL before that. */
const uint8_t *verify_foreign(const struct verify *v);
/* verify_end: once, after the last byte: a missing trailer or checkpoint
 * becomes a finding.  Errors: as verify_feed; ERR_FORMAT also for a file that
 * ends inside its header. */
MUST_USE err verify_end(struct verify *v);

const struct verify_totals *verify_totals(const struct verify *v);
/* At most 10,000, of which half are kept free for failures. */
size_t verify_finding_count(const struct verify *v);
const struct finding *verify_finding(const struct verify *v, size_t i);
/* Figures of the tree's section (NULL before it has ended); with the second
 * section where there is one (NULL otherwise).  Borrowed. */
const struct figures *verify_figures(const struct verify *v);
const struct figures *verify_figures_provisional(const struct verify *v);
const struct ledger *verify_ledger(const struct verify *v);
/* The frozen reports and rankings of both sections, checked after verify_end
 * (of the tree's section: as soon as it has ended).  In a file whose history
 * fails none is checked.  NULL: there is none of that number. */
const struct verify_frozen *verify_frozen(const struct verify *v, size_t i);

#endif
