/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frame.h -- the frames of bodies and files (SPEC.md section 11).  Pure.
 */
#ifndef NGUON_FRAME_H
#define NGUON_FRAME_H

#include "protocol/segment.h"
#include "protocol/tree.h"

enum frame_type {
	FRAME_HAVE = 1, FRAME_SEGMENT = 2, FRAME_HEAD = 3, FRAME_WANT = 4,
	FRAME_INVITATION = 5,
	FRAME_VERDICT = 16, FRAME_LEAVES = 17, FRAME_LEAF = 18,
	FRAME_RECEIPT = 19, FRAME_CHECKPOINT = 20, FRAME_NEXT = 21,
	FRAME_BARE = 22, FRAME_REFUSED = 23, FRAME_EXPORT = 24,
};

/* One frame, decoded; borrows from its bytes.  Which members count follows
 * from type. */
struct frame {
	uint64_t type;		/* unknown types are not an error: skip */
	union {
		struct { uint64_t size; uint64_t max_bytes; } have;
		struct segment segment;
		struct { uint8_t log[ID_LEN]; uint64_t seq;
		    uint8_t hash[HASH_LEN]; uint8_t sig[SIG_LEN]; } head;
		struct { uint8_t scope[SCOPE_LEN]; uint64_t from, to; } want;
		struct { struct span fields, key_part; } invitation;
		struct { uint8_t log[ID_LEN]; uint64_t seq;
		    uint8_t hash[HASH_LEN]; uint64_t reason; } verdict;
		struct { uint64_t index; struct span data; } leaves;
		struct { uint64_t index; uint64_t time_ms;
		    uint8_t scope[SCOPE_LEN]; struct segment segment; } leaf;
		struct { uint64_t index; uint64_t time_ms;
		    uint8_t log[ID_LEN]; uint64_t first, last; } receipt;
		struct { uint64_t size; uint8_t root[HASH_LEN];
		    uint8_t sig[SIG_LEN]; } checkpoint;
		struct { bool more; uint64_t wait_s; } next;
		struct { uint64_t index; uint8_t scope[SCOPE_LEN];
		    struct leaf_inner inner; } bare;
		struct { uint64_t reason; } refused;
		struct { uint64_t time_ms; uint8_t device[ID_LEN]; } export;
	} u;
};

/*
 * frame_read(in, ret, ret_used): the frame that in begins with; *ret_used
 * gets its length in bytes.
 * Of a known type each of these is refused: another number of elements;
 * seq 0 in a head, first 0 or first above last in a receipt; from above to
 * in a want; no leaf in leaves, or a run past the last index.
 * Errors: ERR_FORMAT; ERR_LIMIT above LIMIT_FRAME_BYTES, LIMIT_LEAF_RUN,
 *         LIMIT_BIN_BYTES or LIMIT_INVITE_BYTES (invitation), the limits of
 *         segments.
 * Not an error: an unknown type, whatever follows it (only canonical form
 * and size are checked); an unknown reason.
 */
MUST_USE err frame_read(struct span in, struct frame *ret,
    size_t *ret_used);
/* frame_put: appends one frame of a known type (errors show at buf_err).
 * What frame_read read is put as the same bytes again. */
void frame_put(struct buf *out, const struct frame *f);

#endif
