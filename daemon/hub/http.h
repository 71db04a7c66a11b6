/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http.h -- the hub's HTTPS endpoint; the only door to libmicrohttpd.
 *
 * Checks, in this order: method (405), path (404), content type (415), length
 * (411, 413), room for the body (503), the body (the handler).  Everything is
 * bounded: connections, those of one address, memory of a connection, idle
 * time, and the bytes of all bodies together.
 */
#ifndef NGUON_HTTP_H
#define NGUON_HTTP_H

#include "daemon/hub/serve.h"

enum {
	HTTP_CONNECTION_BYTES = 32768,	/* memory of one connection */
	HTTP_CONNECTIONS = 1000,	/* default of config.connections */
	HTTP_PER_ADDRESS = 200,		/* default of config.per_address */
	HTTP_TIMEOUT_S = 60,		/* of an idle connection */
	HTTP_THREADS = 4,
	HTTP_BODIES_BYTES = 67108864,	/* all bodies at one time */
};

struct http_config {
	int listen_fd;			/* taken over by http_start */
	const char *key_pem;		/* NUL-terminated, kept by the caller */
	const char *crt_pem;
	unsigned connections, per_address;
	/* The path of the handler is MESSAGE_PATH.  Called by several threads
	 * at once. */
	void (*handle)(void *ctx, struct span body, struct answer *ret);
	/* For GET /healthz: 200 or 503. */
	bool (*healthy)(void *ctx);
	void *ctx;
};

struct http;

/* http_start: Errors: ERR_UNABLE the library refuses (key, certificate,
 * limits of the system); ERR_NOMEM.  On success listen_fd is closed by
 * http_stop. */
MUST_USE err http_start(const struct http_config *config, struct http **ret);

/* http_stop: no new connection; waits for the handlers that run; NULL is
 * allowed. */
void http_stop(struct http *h);

#endif
