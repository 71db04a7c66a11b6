/* SPDX-License-Identifier: Apache-2.0 */
/* link.c -- libcurl, held tight. */
#include "daemon/cell/link.h"

#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "protocol/crypto.h"
#include "protocol/limits.h"
#include "protocol/message.h"

enum { URL_BYTES = 1024 };

const struct link_deadlines link_default_deadlines = {
	.connect_s = 20,
	.silence_s = 60,
	.total_s = 300,
};

struct link {
	CURL *curl;
	struct curl_slist *headers;
	link_stop stop;
	void *ctx;
	struct buf pin;			/* as libcurl wants it */
	CURLcode code;			/* of the last request */
};

/* Of the request under way. */
struct transfer {
	struct buf *body;
	size_t start;			/* where it begins in body */
	bool too_large;
};

/* ---- opening */

static int
on_progress(void *ctx, curl_off_t down_all, curl_off_t down, curl_off_t up_all,
    curl_off_t up)
{
	struct link *l = ctx;

	(void)down_all, (void)down, (void)up_all, (void)up;
	return l->stop != NULL && l->stop(l->ctx) ? 1 : 0;
}

static size_t
on_body(char *p, size_t size, size_t count, void *ctx)
{
	struct transfer *t = ctx;
	size_t n = size * count;

	if (n > LIMIT_BODY_BYTES - (t->body->n - t->start)) {
		t->too_large = true;
		return 0;
	}
	buf_put(t->body, p, n);
	return buf_err(t->body) == ERR_OK ? n : 0;
}

static CURLcode
set_deadlines(CURL *c, const struct link_deadlines *d)
{
	CURLcode rc = curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, d->connect_s);

	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME,
		    d->silence_s);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_TIMEOUT, d->total_s);
	return rc;
}

static CURLcode
set_trust(CURL *c)
{
	/* The hub's key is the trust, by its pin (see link_post): no authority
	 * vouches for it, and its name may be an address. */
	CURLcode rc = curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L);

	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_SSLVERSION,
		    (long)CURL_SSLVERSION_TLSv1_3);
	/* a resumed handshake is longer than a full one */
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https");
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	return rc;
}

static CURLcode
set_http(CURL *c, struct link *l)
{
	CURLcode rc = curl_easy_setopt(c, CURLOPT_POST, 1L);

	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_HTTPHEADER, l->headers);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_HTTP_VERSION,
		    (long)CURL_HTTP_VERSION_1_1);
	if (rc == CURLE_OK)	/* no second protocol is offered either */
		rc = curl_easy_setopt(c, CURLOPT_SSL_ENABLE_ALPN, 0L);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
	return rc;
}

static CURLcode
set_callbacks(CURL *c, struct link *l)
{
	CURLcode rc = curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);

	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION,
		    on_progress);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_XFERINFODATA, l);
	/* signals are the daemon's; a thread that still looks up a name does
	 * not hold up the end */
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L);
	return rc;
}

/* What is wanted of the hub stands in the body; the rest is bytes on a bad
 * link.  "Name:" takes out what libcurl would send. */
static struct curl_slist *
make_headers(void)
{
	static const char *const lines[] = {
		("Content-Type: " MESSAGE_CONTENT_TYPE),
		"Accept:",
		"Expect:",
	};
	struct curl_slist *list = NULL;

	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		struct curl_slist *more = curl_slist_append(list, lines[i]);

		if (more == NULL) {
			curl_slist_free_all(list);
			return NULL;
		}
		list = more;
	}
	return list;
}

err
link_new(const struct link_deadlines *deadlines, link_stop stop, void *ctx,
    struct link **ret)
{
	struct link *l = NULL;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return ERR_NOMEM;
	if ((l = calloc(1, sizeof *l)) == NULL)
		goto fail;
	l->stop = stop;
	l->ctx = ctx;
	l->headers = make_headers();
	l->curl = curl_easy_init();
	if (l->headers == NULL || l->curl == NULL ||
	    set_deadlines(l->curl, deadlines) != CURLE_OK ||
	    set_trust(l->curl) != CURLE_OK ||
	    set_http(l->curl, l) != CURLE_OK ||
	    set_callbacks(l->curl, l) != CURLE_OK)
		goto fail;
	*ret = l;
	return ERR_OK;
fail:
	if (l == NULL)
		curl_global_cleanup();
	link_free(l);
	return ERR_NOMEM;
}

void
link_free(struct link *l)
{
	if (l == NULL)
		return;
	curl_easy_cleanup(l->curl);
	curl_slist_free_all(l->headers);
	buf_free(&l->pin);
	free(l);
	curl_global_cleanup();
}

/* ---- one request */

static CURLcode
set_pin(struct link *l, const uint8_t *pin)
{
	if (pin == NULL)
		return curl_easy_setopt(l->curl, CURLOPT_PINNEDPUBLICKEY,
		    NULL);
	buf_reset(&l->pin);
	buf_put_text(&l->pin, "sha256//");
	base64_put(&l->pin, (struct span){ pin, HASH_LEN });
	(void)buf_cstr(&l->pin);
	if (buf_err(&l->pin) != ERR_OK)
		return CURLE_OUT_OF_MEMORY;
	return curl_easy_setopt(l->curl, CURLOPT_PINNEDPUBLICKEY,
	    (const char *)l->pin.p);
}

/* https://host:port/v1/sync; a slash at the end of the address is one too
 * many.  libcurl judges the rest, user and password apart. */
static err
make_url(const char *address, char ret[static URL_BYTES])
{
	size_t n = strlen(address);

	if (strncmp(address, "https://", 8) != 0 ||
	    strpbrk(address, "@?#") != NULL)
		return ERR_VALUE;
	while (n > 8 && address[n - 1] == '/')
		n--;
	if (n == 8 || n + sizeof MESSAGE_PATH > URL_BYTES)
		return ERR_VALUE;
	memcpy(ret, address, n);
	memcpy(ret + n, MESSAGE_PATH, sizeof MESSAGE_PATH);
	return ERR_OK;
}

static CURLcode
set_request(struct link *l, const struct link_request *request,
    const char *url, struct transfer *t)
{
	CURLcode rc = curl_easy_setopt(l->curl, CURLOPT_URL, url);

	if (rc == CURLE_OK)
		rc = set_pin(l, request->pin);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(l->curl, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)request->body.n);
	if (rc == CURLE_OK)	/* borrowed: stays in memory, can be rewound */
		rc = curl_easy_setopt(l->curl, CURLOPT_POSTFIELDS,
		    (const char *)request->body.p);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(l->curl, CURLOPT_WRITEDATA, t);
	/* a kept connection whose hub was not pinned is not for secrets */
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(l->curl, CURLOPT_FORBID_REUSE,
		    request->pin == NULL ? 1L : 0L);
	return rc;
}

static uint64_t
number(CURL *c, CURLINFO info)
{
	curl_off_t v = 0;

	return curl_easy_getinfo(c, info, &v) == CURLE_OK && v > 0 ?
	    (uint64_t)v : 0;
}

static uint64_t
long_number(CURL *c, CURLINFO info)
{
	long v = 0;

	return curl_easy_getinfo(c, info, &v) == CURLE_OK && v > 0 ?
	    (uint64_t)v : 0;
}

/* A small body goes out together with the headers, and libcurl then counts it
 * in both places. */
static uint64_t
bytes_up(CURL *c)
{
	uint64_t request = long_number(c, CURLINFO_REQUEST_SIZE);
	uint64_t body = number(c, CURLINFO_SIZE_UPLOAD_T);

	return request > body ? request : request + body;
}

static void
fill_reply(struct link *l, struct link_reply *r)
{
	CURL *c = l->curl;

	r->stopped = l->code == CURLE_ABORTED_BY_CALLBACK;
	r->status = (unsigned)long_number(c, CURLINFO_RESPONSE_CODE);
	r->reached = r->status != 0 ||
	    number(c, CURLINFO_PRETRANSFER_TIME_T) > 0;
	r->wait_s = number(c, CURLINFO_RETRY_AFTER);
	r->bytes_up = bytes_up(c);
	r->bytes_down = long_number(c, CURLINFO_HEADER_SIZE) +
	    number(c, CURLINFO_SIZE_DOWNLOAD_T);
	r->took_ms = number(c, CURLINFO_TOTAL_TIME_T) / 1000;
}

static err
err_of(CURLcode code, const struct transfer *t)
{
	/* no switch: what libcurl may add is a failure of the link */
	if (code == CURLE_OK)
		return ERR_OK;
	if (t->too_large)
		return ERR_LIMIT;
	if (code == CURLE_OUT_OF_MEMORY || buf_err(t->body) != ERR_OK)
		return ERR_NOMEM;
	if (code == CURLE_SSL_PINNEDPUBKEYNOTMATCH)
		return ERR_KEY;
	if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
		return ERR_VALUE;
	return ERR_NET;
}

err
link_post(struct link *l, const struct link_request *request, struct buf *body,
    struct link_reply *ret)
{
	struct transfer t = { .body = body, .start = body->n };
	char url[URL_BYTES];
	err rc;

	*ret = (struct link_reply){ .status = 0 };
	l->code = CURLE_URL_MALFORMAT;
	if ((rc = make_url(request->address, url)) != ERR_OK)
		return rc;
	l->code = set_request(l, request, url, &t);
	if (l->code == CURLE_OK) {
		l->code = curl_easy_perform(l->curl);
		fill_reply(l, ret);
	}
	rc = err_of(l->code, &t);
	(void)curl_easy_setopt(l->curl, CURLOPT_POSTFIELDS, NULL);
	(void)curl_easy_setopt(l->curl, CURLOPT_WRITEDATA, NULL);
	return rc;
}

const char *
link_why(const struct link *l)
{
	return curl_easy_strerror(l->code);
}
