/* SPDX-License-Identifier: Apache-2.0 */
/* vectors_audit.h -- the audit files among the vectors. */
#ifndef NGUON_TESTS_SUPPORT_VECTORS_AUDIT_H
#define NGUON_TESTS_SUPPORT_VECTORS_AUDIT_H

#include "protocol/frame.h"
#include "protocol/packet.h"
#include "tests/support/small_commune.h"

/* FILE(ID, NAME) */
#define VECTORS_AUDIT_FILES \
	FILE(AUDIT_GOOD, "good") \
	FILE(AUDIT_FIGURES, "figures") \
	FILE(AUDIT_LATE, "late") \
	FILE(AUDIT_NO_TREE, "no-tree") \
	FILE(AUDIT_VOID, "void-op") \
	FILE(AUDIT_LOST, "lost-declared") \
	FILE(AUDIT_LATER_FRAME, "later-frame") \
	FILE(AUDIT_WITHHELD, "withheld") \
	FILE(AUDIT_NAMES, "names") \
	FILE(AUDIT_OVERLAP, "entries-twice") \
	FILE(AUDIT_CERTIFIED, "certified-twice") \
	FILE(AUDIT_LATE_ODD, "late-revoked") \
	FILE(AUDIT_PUBLISHED, "published") \
	FILE(AUDIT_PUBLISHED_ERASED, "published-then-erased") \
	FILE(AUDIT_PUBLISHED_LATER, "published-by-a-later-rule") \
	FILE(AUDIT_FLIPPED, "entry-changed") \
	FILE(AUDIT_BROKEN, "entry-not-canonical") \
	FILE(AUDIT_REMOVED, "entry-removed") \
	FILE(AUDIT_REORDERED, "segments-reordered") \
	FILE(AUDIT_FORGED_HEAD, "signed-by-another") \
	FILE(AUDIT_TIME, "time-goes-back") \
	FILE(AUDIT_LABEL, "another-scope") \
	FILE(AUDIT_LEAF_MISSING, "leaf-missing") \
	FILE(AUDIT_LAST_MISSING, "last-leaf-missing") \
	FILE(AUDIT_OUT_OF_ORDER, "leaves-out-of-order") \
	FILE(AUDIT_NOT_LOST, "lost-undeclared") \
	FILE(AUDIT_NO_CHECKPOINT, "checkpoint-missing") \
	FILE(AUDIT_CHECKPOINT_SIG, "checkpoint-by-another") \
	FILE(AUDIT_CHECKPOINT_OLD, "checkpoint-of-fewer") \
	FILE(AUDIT_FRAME, "frame-of-an-exchange") \
	FILE(AUDIT_EARLY_SEGMENT, "segment-without-export") \
	FILE(AUDIT_ROOT, "root-is-a-lie") \
	FILE(AUDIT_SEEN_HIGH, "seen-above-the-tree") \
	FILE(AUDIT_SEEN_LOW, "seen-decreases") \
	FILE(AUDIT_STRANGER, "no-certificate") \
	FILE(AUDIT_SCOPE, "scope-not-covered") \
	FILE(AUDIT_UNMASKED, "parts-in-full") \
	FILE(AUDIT_LATE_FORGED, "late-forged") \
	FILE(AUDIT_UNCHECKED, "root-unchecked") \
	FILE(AUDIT_TIMES, "time-below-an-earlier-one") \
	FILE(AUDIT_NOTHING, "leaf-of-nothing-new") \
	FILE(AUDIT_BARE_LABEL, "lost-of-another-scope") \
	FILE(AUDIT_LOST_LATE, "lost-declared-late") \
	FILE(AUDIT_LEAF_BEHIND, "leaf-behind-checkpoint") \
	FILE(AUDIT_CHECKPOINTS, "two-checkpoints") \
	FILE(AUDIT_CHECKPOINT_0, "checkpoint-of-0") \
	FILE(AUDIT_EXPORTS, "two-exports") \
	FILE(AUDIT_LONG_FRAME, "frame-too-long") \
	FILE(AUDIT_FALSE_REPORT, "false-report") \
	FILE(AUDIT_FALSE_RANKING, "false-ranking") \
	FILE(AUDIT_FALSE_RULE, "report-by-another-rule") \
	FILE(AUDIT_FALSE_AGAIN, "report-over-another") \
	FILE(AUDIT_TRAILER, "trailer-changed") \
	FILE(AUDIT_CUT, "cut-off") \
	FILE(AUDIT_BEHIND, "bytes-behind") \
	FILE(AUDIT_VERSION, "version-2") \
	FILE(AUDIT_PACKET, "a-packet") \
	FILE(AUDIT_CUT_HEADER, "cut-in-the-header") \
	FILE(AUDIT_FOREIGN, "another-commune")

enum vectors_audit_id {
#define FILE(ID, NAME) ID,
	VECTORS_AUDIT_FILES
#undef FILE
	    AUDIT_COUNT
};

/* The bytes of that file, and the root fingerprint that it is verified with.
 * vectors_findings.c says what a verifier must find. */
void vectors_audit_bytes(enum vectors_audit_id id, struct buf *out,
    uint8_t *ret_fpr);
/* The log of a leaf of that file; of leaf VECTORS_AUDIT_LATE the log of the
 * first segment without a leaf. */
#define VECTORS_AUDIT_LATE UINT32_MAX
void vectors_audit_log(enum vectors_audit_id id, uint32_t leaf,
    uint8_t *ret_log);

/* A file taken apart: its frames, those of no byte are left out. */
enum { VECTORS_FRAMES = 24 };
struct vectors_parts {
	struct packet_header header;
	struct buf frame[VECTORS_FRAMES];
	size_t count;
};
/* b becomes the bytes of that frame. */
void vectors_audit_put(struct buf *b, const struct frame *f);

/* vectors_odd.c: files that are lawful but strange, or strange in the order
 * of their frames.  Each does nothing for another file. */
void vectors_odd_commune(enum vectors_audit_id id, struct small_commune *w);
void vectors_odd_parts(enum vectors_audit_id id,
    const struct small_commune *w, struct vectors_parts *p);

/* vectors_published.c: frozen reports and rankings, into a whole commune;
 * nothing for another file. */
void vectors_published_commune(enum vectors_audit_id id,
    struct small_commune *w);

/* vectors_names.c: the history of AUDIT_NAMES, and its rows of figures. */
struct history *vectors_names_new(uint8_t ret_cell[static 8]);
void vectors_names_figures(struct buf *out);

/* vectors_story.c: the history of AUDIT_FIGURES.  Owner: the caller,
 * history_free.  ret_cells: the scopes of its two cells. */
struct history *vectors_story_new(uint8_t (*ret_cells)[8]);

#endif
