/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve.h -- one request: from the body of a POST to the body that goes back
 * (SPEC.md section 11).  Knows nothing of HTTP but status numbers.
 */
#ifndef NGUON_SERVE_H
#define NGUON_SERVE_H

#include "daemon/hub/hub_commune.h"

/* Owner: the caller frees body. */
struct answer {
	unsigned status;		/* of HTTP */
	unsigned retry_after_s;		/* with 503 */
	struct buf body;
};

/*
 * serve_request(c, body, ret): never fails: what goes wrong is an answer.
 * 200 only after what was admitted is durable.  May be called by several
 * threads at once.
 */
void serve_request(struct commune *c, struct span body, struct answer *ret);

#endif
