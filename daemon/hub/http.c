/* SPDX-License-Identifier: Apache-2.0 */
/* http.c -- the hub's HTTPS endpoint. */
#include "daemon/hub/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <microhttpd.h>

#include "protocol/limits.h"
#include "protocol/message.h"

#define PRIORITIES "SECURE128:-VERS-ALL:+VERS-TLS1.3"

enum { RETRY_FULL_S = 10, LENGTH_DIGITS = 9 };

struct http {
	struct MHD_Daemon *daemon;
	struct http_config config;
	atomic_size_t held;		/* bytes of all bodies */
};

/* One request with a body.  Bytes count in held as they come, so that who
 * announces a long body and sends nothing takes no room from others. */
struct upload {
	size_t length;			/* as announced */
	struct buf body;
	size_t counted;			/* in held */
	bool overrun;			/* more came than was announced */
	bool no_room;			/* the rest is read and dropped */
};

/* ---- answers */

/* reply: a response without a type: only a device reads it.  Takes body. */
static enum MHD_Result
reply(struct MHD_Connection *connection, struct answer *a)
{
	struct MHD_Response *r;
	enum MHD_Result done = MHD_NO;
	char seconds[16];

	r = MHD_create_response_from_buffer(a->body.n, a->body.p,
	    a->body.p == NULL ? MHD_RESPMEM_PERSISTENT :
				MHD_RESPMEM_MUST_FREE);
	if (r == NULL)
		goto out;
	a->body = (struct buf){ .p = NULL }; /* it is r's now */
	if (a->status == MHD_HTTP_SERVICE_UNAVAILABLE) {
		(void)snprintf(seconds, sizeof seconds, "%u",
		    a->retry_after_s > 0 ? a->retry_after_s : RETRY_FULL_S);
		if (MHD_add_response_header(r, "Retry-After", seconds) !=
		    MHD_YES)
			goto out;
	}
	done = MHD_queue_response(connection, a->status, r);
out:
	if (r != NULL)
		MHD_destroy_response(r);
	buf_free(&a->body);
	return done;
}

static enum MHD_Result
reply_status(struct MHD_Connection *connection, unsigned status)
{
	struct answer a = { .status = status };

	return reply(connection, &a);
}

static enum MHD_Result
reply_text(struct MHD_Connection *connection, unsigned status,
    const char *text)
{
	struct answer a = { .status = status };

	buf_put_text(&a.body, text);
	if (buf_err(&a.body) != ERR_OK)
		a.body.n = 0;
	return reply(connection, &a);
}

static enum MHD_Result
reply_method(struct MHD_Connection *connection, const char *allow)
{
	struct MHD_Response *r;
	enum MHD_Result done = MHD_NO;

	r = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	if (r == NULL)
		return MHD_NO;
	if (MHD_add_response_header(r, "Allow", allow) == MHD_YES)
		done = MHD_queue_response(connection,
		    MHD_HTTP_METHOD_NOT_ALLOWED, r);
	MHD_destroy_response(r);
	return done;
}

/* ---- checks */

enum path { PATH_OTHER, PATH_SYNC, PATH_HEALTH };

static enum path
path_of(const char *url)
{
	if (strcmp(url, MESSAGE_PATH) == 0)
		return PATH_SYNC;
	if (strcmp(url, "/healthz") == 0)
		return PATH_HEALTH;
	return PATH_OTHER;
}

static bool
reads(const char *method)
{
	return strcmp(method, MHD_HTTP_METHOD_GET) == 0 ||
	    strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
}

/* type_ok: our content type, with or without parameters. */
static bool
type_ok(struct MHD_Connection *connection)
{
	const char *type = MHD_lookup_connection_value(connection,
	    MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE);
	size_t n = sizeof MESSAGE_CONTENT_TYPE - 1;

	return type != NULL &&
	    strncasecmp(type, MESSAGE_CONTENT_TYPE, n) == 0 &&
	    (type[n] == '\0' || type[n] == ';' || type[n] == ' ');
}

/* check_length: 0 and *ret_length, or the status that refuses. */
static unsigned
check_length(struct MHD_Connection *connection, size_t *ret_length)
{
	const char *text = MHD_lookup_connection_value(connection,
	    MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
	size_t length = 0;
	size_t n;

	if (text == NULL ||
	    MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
		MHD_HTTP_HEADER_TRANSFER_ENCODING) != NULL)
		return MHD_HTTP_LENGTH_REQUIRED;
	n = strlen(text);
	if (n == 0 || strspn(text, "0123456789") != n)
		return MHD_HTTP_BAD_REQUEST;
	if (n > LENGTH_DIGITS)
		return MHD_HTTP_CONTENT_TOO_LARGE;
	for (size_t i = 0; i < n; i++)
		length = length * 10 + (size_t)(text[i] - '0');
	if (length > LIMIT_BODY_BYTES)
		return MHD_HTTP_CONTENT_TOO_LARGE;
	*ret_length = length;
	return 0;
}

static size_t
held(struct http *h)
{
	size_t n = atomic_load(&h->held);

	return n < HTTP_BODIES_BYTES ? n : HTTP_BODIES_BYTES;
}

/* begin: what the head of a request alone decides. */
static enum MHD_Result
begin(struct http *h, struct MHD_Connection *connection, const char *url,
    const char *method, void **state)
{
	enum path path = path_of(url);
	bool post = strcmp(method, MHD_HTTP_METHOD_POST) == 0;
	struct upload *u;
	size_t length = 0;
	unsigned status;

	if (!post && !reads(method))
		return reply_method(connection,
		    path == PATH_SYNC ? "POST" : "GET, HEAD");
	if (path == PATH_OTHER)
		return reply_status(connection, MHD_HTTP_NOT_FOUND);
	if (post != (path == PATH_SYNC))
		return reply_method(connection, post ? "GET, HEAD" : "POST");
	if (path == PATH_HEALTH) {
		if (h->config.healthy(h->config.ctx))
			return reply_text(connection, MHD_HTTP_OK, "ok\n");
		return reply_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
		    "broken\n");
	}
	if (!type_ok(connection))
		return reply_status(connection,
		    MHD_HTTP_UNSUPPORTED_MEDIA_TYPE);
	if ((status = check_length(connection, &length)) != 0)
		return reply_status(connection, status);
	u = calloc(1, sizeof *u);
	if (u == NULL || length > HTTP_BODIES_BYTES - held(h)) {
		free(u);
		return reply_status(connection, MHD_HTTP_SERVICE_UNAVAILABLE);
	}
	u->length = length;
	*state = u;
	return MHD_YES;
}

/* take: some more bytes of a body. */
static void
take(struct http *h, struct upload *u, const char *data, size_t n)
{
	if (u->overrun || u->no_room)
		return;
	if (n > u->length - u->body.n) {
		u->overrun = true;
		return;
	}
	u->counted += n;
	if (atomic_fetch_add(&h->held, n) > HTTP_BODIES_BYTES - n)
		u->no_room = true;
	else
		buf_put(&u->body, data, n);
	if (u->no_room)
		buf_free(&u->body);
}

static enum MHD_Result
finish(struct http *h, struct MHD_Connection *connection, struct upload *u)
{
	struct answer a = { .status = 0 };

	if (u->no_room || buf_err(&u->body) != ERR_OK)
		return reply_status(connection, MHD_HTTP_SERVICE_UNAVAILABLE);
	if (u->overrun || u->body.n != u->length)
		return reply_status(connection, MHD_HTTP_BAD_REQUEST);
	h->config.handle(h->config.ctx, buf_span(&u->body), &a);
	return reply(connection, &a);
}

static enum MHD_Result
on_request(void *ctx, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data,
    size_t *data_bytes, void **state)
{
	struct http *h = ctx;
	struct upload *u = *state;

	(void)version;
	if (u == NULL)
		return begin(h, connection, url, method, state);
	if (*data_bytes == 0)
		return finish(h, connection, u);
	take(h, u, data, *data_bytes);
	*data_bytes = 0;
	return MHD_YES;
}

static void
on_completed(void *ctx, struct MHD_Connection *connection, void **state,
    enum MHD_RequestTerminationCode why)
{
	struct http *h = ctx;
	struct upload *u = *state;

	(void)connection;
	(void)why; /* a device that went away comes again */
	if (u == NULL)
		return;
	(void)atomic_fetch_sub(&h->held, u->counted);
	buf_free(&u->body);
	free(u);
	*state = NULL;
}

/* ---- start and stop */

err
http_start(const struct http_config *config, struct http **ret)
{
	const unsigned flags = MHD_USE_TLS | MHD_USE_EPOLL |
	    MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_SUPPRESS_DATE_NO_CLOCK;
	struct http *h = calloc(1, sizeof *h);

	if (h == NULL)
		return ERR_NOMEM;
	h->config = *config;
	atomic_init(&h->held, 0);
	h->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, h,
	    MHD_OPTION_LISTEN_SOCKET, config->listen_fd,
	    MHD_OPTION_HTTPS_MEM_KEY, config->key_pem,
	    MHD_OPTION_HTTPS_MEM_CERT, config->crt_pem,
	    MHD_OPTION_HTTPS_PRIORITIES, PRIORITIES,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, h,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_CONNECTION_BYTES,
	    MHD_OPTION_CONNECTION_LIMIT, config->connections,
	    MHD_OPTION_PER_IP_CONNECTION_LIMIT, config->per_address,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)HTTP_TIMEOUT_S,
	    MHD_OPTION_THREAD_POOL_SIZE, (unsigned)HTTP_THREADS,
	    MHD_OPTION_END);
	if (h->daemon == NULL) {
		free(h);
		return ERR_UNABLE;
	}
	*ret = h;
	return ERR_OK;
}

void
http_stop(struct http *h)
{
	if (h == NULL)
		return;
	MHD_stop_daemon(h->daemon);
	free(h);
}
