/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leaf_frame.h -- a leaf with its segment as a frame `leaf` (SPEC.md 11).
 */
#ifndef NGUON_LEAF_FRAME_H
#define NGUON_LEAF_FRAME_H

#include "daemon/hub/hub_store.h"

enum leaf_copy {
	/* For a device of the scope: every part as it came, but the key part
	 * of an invite, which is for none but the joiner, as a digest. */
	LEAF_COPY_RELAY,
	/* For an auditor: sealed and key parts as digests, facts masked. */
	LEAF_COPY_AUDIT,
};

/* leaf_frame_put: appends the frame to out; on an error out may hold a part
 * of it.  Errors: those of the store. */
MUST_USE err leaf_frame_put(struct hub_store *s, const struct hub_leaf *leaf,
    enum leaf_copy copy, struct buf *out);

#endif
