/* SPDX-License-Identifier: Apache-2.0 */
/*
 * segment.h -- a run of entries of one log under one signature (SPEC.md
 * section 6), as it stands in the frames `segment` and `leaf`.  Pure.
 */
#ifndef NGUON_SEGMENT_H
#define NGUON_SEGMENT_H

#include "protocol/entry.h"

/* Borrows from the frame. */
struct segment {
	uint8_t log[ID_LEN];
	uint64_t first;			/* seq of the first entry, from 1 */
	uint32_t count;
	struct span entries;		/* count entries, one after another */
	uint8_t sig[SIG_LEN];
};

uint64_t segment_last(const struct segment *s);	/* seq of the last entry */

/* segment_next(s, cursor): the raw bytes of the next entry; *cursor starts
 * at 0 and is a byte offset into s->entries.  ERR_ABSENT at the end. */
MUST_USE err segment_next(const struct segment *s, size_t *cursor,
    struct span *ret_raw);

/* Readers and writers of the four elements log, first, [entries], sig that
 * both frames share; r stands at `log`.  Checks sizes (limits.h) and that
 * first + count does not overflow; entries are skipped over: entry_parse is
 * what checks them.  On error r stands where it stood.
 * Errors: ERR_FORMAT, ERR_LIMIT. */
MUST_USE err segment_read(struct codec_reader *r, struct segment *ret);
void segment_put(struct buf *out, const struct segment *s);

#endif
