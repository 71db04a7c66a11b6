/* SPDX-License-Identifier: Apache-2.0 */
/* verify_internal.h -- what the files of verify share. */
#ifndef NGUON_VERIFY_INTERNAL_H
#define NGUON_VERIFY_INTERNAL_H

#include "protocol/frame.h"
#include "protocol/packet.h"
#include "protocol/verify.h"
#include "protocol/verify_logs.h"
#include "protocol/verify_report.h"
#include "protocol/verify_states.h"

/* A leaf without its segment. */
struct verify_bare {
	uint64_t leaf;
	uint64_t offset;
	uint8_t inner_hash[HASH_LEN];
	uint8_t log[ID_LEN];
	uint64_t first, last;
	bool declared;		/* lost, by an effective op */
};

enum verify_stage {
	VERIFY_HEADER,		/* nothing known yet */
	VERIFY_LEAVES,		/* first section */
	VERIFY_CHECKED,		/* its checkpoint has been */
	VERIFY_EXPORT,		/* second section */
};

struct verify {
	uint8_t root_fpr[HASH_LEN];
	uint8_t foreign_fpr[HASH_LEN];	/* where that of the file is another */
	struct packet_reader *reader;
	struct ledger *ledger;
	struct merge_lines *lines;
	struct verify_logs *logs;
	struct verify_states *states;
	struct verify_frozen_list *frozen;
	size_t frozen_seen;	/* of it, those reported */
	struct verify_report report;
	struct verify_totals totals;
	struct figures *figures, *provisional;
	enum verify_stage stage;
	bool ended;		/* the trailer has been */
	bool dead;		/* nothing behind this can be read */
	bool diverged;		/* some leaf of our tree is a guess */
	err failed;		/* what every call returns */
	struct verify_bare *bare;
	size_t bare_count, bare_cap;
	/* the frame at hand */
	struct span frame;
	uint64_t frame_offset;
	struct entry scratch;
	struct verify_log *log;
	struct place place;	/* of the entry last handed out */
};

/* verify_segment.c.  Leaf frames, in any order a file may have them. */
MUST_USE err verify_segment_leaf(struct verify *v, const struct frame *f);
MUST_USE err verify_segment_bare(struct verify *v, const struct frame *f);
/* A leaf frame that cannot be read. */
MUST_USE err verify_segment_damaged(struct verify *v);
/* A segment of the second section. */
MUST_USE err verify_segment_provisional(struct verify *v,
    const struct segment *s);

/* verify_entry.c.  One admitted entry: a ledger_sink; ctx is the verify. */
MUST_USE err verify_entry_take(void *ctx, const struct admitted_entry *a);
/* Entries of scope root are folded once the roster has taken them in:
 * those of s from seq `from` on. */
MUST_USE err verify_entry_fold_root(struct verify *v,
    const struct segment *s, uint64_t from);
/* Byte offset in the file of what stands at p inside the frame at hand. */
uint64_t verify_entry_offset(const struct verify *v, const uint8_t *p);

#endif
