/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_locate.h -- where inside a refused segment the fault lies, and what
 * can still be said of it.  Pure.
 */
#ifndef NGUON_VERIFY_LOCATE_H
#define NGUON_VERIFY_LOCATE_H

#include "protocol/verify_logs.h"

struct verify_spot {
	uint64_t seq;		/* first entry that fails */
	uint64_t last_seq;	/* 0, or last of the run that fails as one */
	size_t offset;		/* of that entry in the segment's entries */
};

/* verify_locate(l, g, s, reason, scratch): g is the log as admitted so far;
 * scratch is any entry that entry_parse may reuse. */
struct verify_spot verify_locate(const struct ledger *l,
    const struct verify_log *g, const struct segment *s, enum reason reason,
    struct entry *scratch);

/*
 * verify_locate_head: the head that the entries of s give after `prev`.
 * Errors: ERR_CHAIN when s does not begin at seq prev_seq + 1; those of
 * entry_parse.
 */
MUST_USE err verify_locate_head(const struct segment *s, uint64_t prev_seq,
    const uint8_t prev[static HASH_LEN], struct entry *scratch,
    uint8_t ret_head[static HASH_LEN]);

/* A leaf frame that cannot be read as a whole: its first elements, and the
 * first entry that is not canonical. */
struct verify_salvage {
	uint64_t index;
	uint64_t time_ms;
	uint8_t scope[SCOPE_LEN];
	uint8_t log[ID_LEN];
	struct verify_spot spot;	/* offset: in the frame */
};
/* Errors: ERR_FORMAT when not even those can be read. */
MUST_USE err verify_locate_salvage(struct span frame,
    struct verify_salvage *ret);

#endif
