/* SPDX-License-Identifier: Apache-2.0 */
/*
 * respond.h -- the reading half of a request: what goes back to the device
 * (SPEC.md section 11).  The caller holds the commune's lock.
 */
#ifndef NGUON_RESPOND_H
#define NGUON_RESPOND_H

#include "daemon/hub/admit.h"
#include "protocol/limits.h"

enum {
	/* Most bytes of leaves in a response, so that with verdicts it stays
	 * below LIMIT_BODY_BYTES even where nothing compresses. */
	RESPOND_BYTES = 3145728,
	RESPOND_WANTS = LIMIT_SCOPES,
};

/* What the device asked for; from > to in no want. */
struct respond_want {
	uint8_t scope[SCOPE_LEN];
	uint64_t from, to;
};
struct respond_query {
	bool has_have;			/* else no leaves are sent */
	uint64_t size, max_bytes;
	struct respond_want wants[RESPOND_WANTS];
	size_t want_count;
};

/*
 * respond_payload(c, sign_pub, query, a, out): appends the frames: verdicts
 * on the logs pushed; wanted segments; leaves from query->size on, each in
 * the form that the device's certificate allows: in full for its scopes, a
 * receipt for its own logs, 40 bytes for others; the checkpoint of the size
 * reached, when a leaf was sent or the device holds more than the hub; and
 * `next` when there is more.  A device that asks for too few bytes still gets
 * one leaf.  Nothing to say is no frame at all.
 * sign_pub: NULL for a device without a certificate: verdicts only.
 * Errors: those of the store.
 */
MUST_USE err respond_payload(struct commune *c, const uint8_t *sign_pub,
    const struct respond_query *query, const struct admission *a,
    struct buf *out);

/* respond_refused: a payload of one frame `refused`. */
void respond_refused(enum reason reason, struct buf *out);

#endif
