/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link.h -- one HTTPS request to the hub and its answer, over a connection
 * that is kept.  The only user of libcurl.
 *
 * Proxies come from the environment (https_proxy, no_proxy), as everywhere.
 * No redirect is followed and no other protocol is spoken.
 */
#ifndef NGUON_CELL_LINK_H
#define NGUON_CELL_LINK_H

#include "protocol/bytes.h"

/* Deadlines of one request. */
struct link_deadlines {
	long connect_s;		/* until TLS is up */
	long silence_s;		/* without a byte either way */
	long total_s;
};
extern const struct link_deadlines link_default_deadlines;

struct link;
typedef bool (*link_stop)(void *ctx);

/*
 * link_new(deadlines, stop, ctx, ret): stop is asked at least once a second
 * while a request is under way; true ends it.  It may be NULL.  SIGPIPE has
 * to be ignored by the program.  deadlines is copied.
 * Errors: ERR_NOMEM.
 */
MUST_USE err link_new(const struct link_deadlines *deadlines, link_stop stop,
    void *ctx, struct link **ret);
void link_free(struct link *l);			/* NULL is allowed */

struct link_request {
	const char *address;		/* https://host:port, no path */
	/* HASH_LEN: SHA-256 of the hub's public key (SubjectPublicKeyInfo);
	 * NULL: any hub. */
	const uint8_t *pin;
	struct span body;
};
struct link_reply {
	bool reached;		/* the connection stood, TLS included */
	bool stopped;		/* by link_stop */
	unsigned status;	/* 0: no answer */
	uint64_t wait_s;	/* Retry-After; 0: none */
	uint64_t bytes_up, bytes_down;	/* headers and bodies */
	uint64_t took_ms;
};

/*
 * link_post(l, request, body, ret): appends the answer's body, whatever its
 * status.  *ret is filled in after an error too.
 * Errors: ERR_NET no connection, cut, too slow, or stopped; ERR_KEY the hub's
 *         key is not the pinned one; ERR_LIMIT the answer is above
 *         LIMIT_BODY_BYTES; ERR_VALUE not an https address; ERR_NOMEM.
 */
MUST_USE err link_post(struct link *l, const struct link_request *request,
    struct buf *body, struct link_reply *ret);
/* What the last failure was, in words without any address; static. */
const char *link_why(const struct link *l);

#endif
