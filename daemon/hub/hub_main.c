/* SPDX-License-Identifier: Apache-2.0 */
/* hub_main.c -- `nguond hub`. */
#include "daemon/hub/hub_main.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "client/store/clock.h"
#include "client/store/paths.h"
#include "daemon/hub/hub_audit.h"
#include "daemon/hub/http.h"
#include "daemon/hub/hub_options.h"
#include "daemon/hub/listen.h"
#include "daemon/hub/tls_key.h"
#include "daemon/log.h"
#include "daemon/notify.h"

enum {
	PEM_BYTES = 16384,		/* tls.key and tls.crt, each */
	STOP_S = 4,			/* then SIGALRM ends us: all is safe */
	IDLE_S = 3600,			/* between looks without a watchdog */
	ALIVE_S = 2,
};

struct hub {
	const struct hub_options *options;
	struct commune *commune;
	struct http *http;
	struct buf key_pem, crt_pem;
	char address[LISTEN_NAME_BYTES];
};

/* fail: says once what went wrong with what; returns the exit code. */
static int
fail(enum language language, const char *what, err e)
{
	const char *why = catalogue_error(language, e);

	if (e == ERR_KEY)
		why = catalogue_text(language, PHRASE_HUB_OTHER_KEY);
	if (e == ERR_BUSY && strcmp(what, "hub.lock") == 0)
		why = catalogue_text(language, PHRASE_HUB_RUNNING);
	fprintf(stderr, "nguond hub: %s: %s\n", what, why);
	return err_exit_code(e);
}

/* fail_start: the same for a hub that does not begin. */
static int
fail_start(const struct hub_options *o, const char *what, err e)
{
	if (e == ERR_ABSENT && strcmp(what, "hub.db") == 0)
		fprintf(stderr, CATALOGUE_FORMAT(o->language, HUB_LOST),
		    o->dir);
	else if (e == ERR_EXISTS && strcmp(what, "hub.db") == 0)
		fprintf(stderr, CATALOGUE_FORMAT(o->language, HUB_NOT_LOST),
		    o->dir);
	else
		return fail(o->language, what, e);
	return err_exit_code(e);
}

/* ---- --make-tls */

/* read_pem: appends the file, or what is handed over in its place, and a NUL
 * that is not counted. */
static err
read_pem(const char *dir, const char *name, struct buf *out)
{
	char path[PATH_BYTES];
	err rc;

	rc = notify_secret(dir, name, path);
	if (rc == ERR_OK)
		rc = paths_read_secret(path, PEM_BYTES, out);
	if (rc == ERR_OK) {
		(void)buf_cstr(out); /* buf_err says if that failed */
		rc = buf_err(out);
	}
	return rc == ERR_LIMIT ? ERR_DAMAGED : rc;
}

static void
free_secret(struct buf *b)
{
	if (b->p != NULL)
		crypto_wipe(b->p, b->n);
	buf_free(b);
}

static err
write_pem(const char *dir, const char *name, const struct buf *pem,
    unsigned mode)
{
	char path[PATH_BYTES];
	err rc;

	rc = paths_join(dir, name, path);
	return rc == ERR_OK ?
	    paths_write(path, buf_span(pem), mode, PATHS_NEW_ONLY) :
	    rc;
}

static err
new_tls(const struct hub_options *o, struct buf *crt, const char **what)
{
	struct buf key = { .p = NULL };
	err rc;

	*what = "--make-tls";
	rc = tls_key_make(o->tls_name, clock_now_ms(), &key, crt);
	if (rc == ERR_OK) {
		*what = "tls.key";
		rc = write_pem(o->dir, "tls.key", &key, 0600);
	}
	if (rc == ERR_OK) {
		*what = "tls.crt";
		rc = write_pem(o->dir, "tls.crt", crt, 0644);
	}
	free_secret(&key);
	return rc;
}

static int
make_tls(const struct hub_options *o)
{
	struct buf crt = { .p = NULL };
	const char *what = o->dir;
	uint8_t pin[HASH_LEN];
	char hex[2 * HASH_LEN + 1];
	int code;
	err rc;

	if ((rc = paths_make_folder(o->dir)) == ERR_OK) {
		what = "tls.crt";
		rc = read_pem(o->dir, "tls.crt", &crt);
		if (rc == ERR_ABSENT) {
			buf_reset(&crt);
			rc = new_tls(o, &crt, &what);
		}
	}
	if (rc == ERR_OK) {
		what = "tls.crt";
		rc = tls_key_pin(buf_span(&crt), pin);
	}
	if (rc == ERR_OK) {
		hex_encode(pin, HASH_LEN, hex);
		what = "stdout";
		if (printf("%s\n", hex) < 0 || fflush(stdout) != 0)
			rc = ERR_IO;
	}
	code = rc == ERR_OK ? 0 : fail(o->language, what, rc);
	buf_free(&crt);
	return code;
}

/* ---- --audit-export */

static int
export_audit(const struct hub_options *o)
{
	struct commune *c = NULL;
	const char *what = o->audit_file;
	uint64_t leaves = 0;
	err rc;

	rc = hub_commune_open(o->dir, HUB_STORE_READ, &what, &c);
	if (rc == ERR_OK)
		rc = hub_audit_export(c, o->audit_file, &leaves);
	hub_commune_close(c);
	if (rc != ERR_OK)
		return fail(o->language, what, rc);
	fprintf(stderr, CATALOGUE_FORMAT(o->language, HUB_EXPORTED),
	    (unsigned long long)leaves, o->audit_file);
	return 0;
}

/* ---- running */

static void
handle(void *ctx, struct span body, struct answer *ret)
{
	const struct hub *h = ctx;

	serve_request(h->commune, body, ret);
}

static bool
healthy(void *ctx)
{
	const struct hub *h = ctx;

	return !atomic_load(&h->commune->broken);
}

/* Devices know the hub by the pin that root wrote down. */
static err
check_pin(const struct hub *h)
{
	const struct ledger *l = h->commune->ledger;
	struct hub_key key;
	uint8_t pin[HASH_LEN];
	err rc;

	rc = tls_key_pin(buf_span(&h->crt_pem), pin);
	if (rc == ERR_FORMAT)
		rc = ERR_DAMAGED;
	if (rc != ERR_OK)
		return rc;
	if (roster_hub_key(ledger_roster(l), ledger_size(l), &key) ==
		ERR_OK &&
	    memcmp(pin, key.tls_pin, HASH_LEN) != 0)
		log_line(LOG_LEVEL_WARNING,
		    "tls.crt is not the certificate that root announced: "
		    "devices will not connect");
	return ERR_OK;
}

static err
open_socket(struct hub *h, int *ret_fd)
{
	int fd = notify_listen_fd();
	err rc;

	if (fd < 0 && (rc = listen_open(h->options->listen, &fd)) != ERR_OK)
		return rc;
	if ((rc = listen_name(fd, h->address)) != ERR_OK) {
		(void)close(fd); /* nobody has connected yet */
		return rc;
	}
	*ret_fd = fd;
	return ERR_OK;
}

/* write_listen: DIR/listen, so that others find the port. */
static err
write_listen(const struct hub *h)
{
	char path[PATH_BYTES];
	char line[LISTEN_NAME_BYTES + 1];
	int n = snprintf(line, sizeof line, "%s\n", h->address);
	err rc;

	rc = paths_join(h->options->dir, "listen", path);
	if (rc != ERR_OK || n < 0)
		return rc != ERR_OK ? rc : ERR_IO;
	return paths_write(path,
	    (struct span){ (const uint8_t *)line, (size_t)n }, 0644,
	    PATHS_REPLACE);
}

static void
remove_listen(const struct hub *h)
{
	char path[PATH_BYTES];

	if (paths_join(h->options->dir, "listen", path) == ERR_OK)
		(void)unlink(path); /* it may not be there */
}

static err
start(struct hub *h, const char **what)
{
	const struct hub_options *o = h->options;
	struct http_config config = {
		.listen_fd = -1,
		.connections = o->connections,
		.per_address = o->per_address,
		.handle = handle,
		.healthy = healthy,
		.ctx = h,
	};
	err rc;

	rc = hub_commune_open(o->dir, o->anew ? HUB_STORE_ANEW :
	    HUB_STORE_WRITE, what, &h->commune);
	if (rc != ERR_OK)
		return rc;
	if (o->anew)
		log_line(LOG_LEVEL_WARNING, "a new tree is begun, as asked: "
		    "devices that know the old one will see two histories");
	remove_listen(h);
	*what = "tls.key";
	if ((rc = read_pem(o->dir, "tls.key", &h->key_pem)) != ERR_OK)
		return rc;
	*what = "tls.crt";
	if ((rc = read_pem(o->dir, "tls.crt", &h->crt_pem)) != ERR_OK ||
	    (rc = check_pin(h)) != ERR_OK)
		return rc;
	*what = "tls.key";
	rc = tls_key_fits(buf_span(&h->key_pem), buf_span(&h->crt_pem));
	if (rc != ERR_OK)
		return rc == ERR_FORMAT ? ERR_DAMAGED : rc;
	*what = o->listen;
	if ((rc = open_socket(h, &config.listen_fd)) != ERR_OK)
		return rc;
	*what = "https";
	config.key_pem = (const char *)h->key_pem.p;
	config.crt_pem = (const char *)h->crt_pem.p;
	if ((rc = http_start(&config, &h->http)) != ERR_OK) {
		(void)close(config.listen_fd); /* nobody was served */
		return rc;
	}
	*what = "listen";
	return write_listen(h);
}

static void
say(const char *text)
{
	if (notify_send(text) != ERR_OK)
		log_line(LOG_LEVEL_WARNING,
		    "the service manager cannot be told, ignoring");
}

/* count_fork: evidence from earlier runs is said again, not forgotten. */
static err
count_fork(void *ctx, const struct signed_head *head)
{
	unsigned *n = ctx;

	(void)head;
	(*n)++;
	return ERR_OK;
}

static void
announce(const struct hub *h)
{
	struct commune *c = h->commune;
	char text[256];
	unsigned forks = 0;
	uint64_t leaves = 0;

	/* requests are served already */
	if (pthread_mutex_lock(&c->lock) == 0) {
		leaves = c->ledger == NULL ? 0 : ledger_size(c->ledger);
		if (hub_store_head_forks(c->store, count_fork, &forks) !=
		    ERR_OK)
			forks = 0; /* it will be said another time */
		(void)pthread_mutex_unlock(&c->lock); /* it is ours */
	}
	log_line(LOG_LEVEL_NOTICE, "listening on %s, %llu leaves", h->address,
	    (unsigned long long)leaves);
	if (forks > 0)
		log_line(LOG_LEVEL_WARNING, "%u forks are kept as evidence",
		    forks);
	(void)snprintf(text, sizeof text, "READY=1\nSTATUS=%s", h->address);
	say(text);
}

/* wait_for_end: until SIGTERM or SIGINT; feeds the watchdog meanwhile, as
 * long as requests are served. */
static void
wait_for_end(struct hub *h, const sigset_t *signals)
{
	uint64_t every_ms = notify_watchdog_ms() / 2;
	struct timespec wait = { .tv_sec = IDLE_S };
	int got;

	if (every_ms > 0) {
		wait.tv_sec = (time_t)(every_ms / 1000);
		wait.tv_nsec = (long)(every_ms % 1000) * 1000000;
	}
	for (;;) {
		got = sigtimedwait(signals, NULL, &wait);
		if (got == SIGTERM || got == SIGINT)
			return;
		if (got < 0 && every_ms > 0 &&
		    hub_commune_alive(h->commune, ALIVE_S))
			say("WATCHDOG=1");
	}
}

static int
run(const struct hub_options *o)
{
	struct hub h = { .options = o };
	const char *what = o->dir;
	sigset_t signals;
	int code = 0;
	err rc;

	/* blocked before any thread is made, so that only we take them */
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &signals, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)umask(077);
	rc = start(&h, &what);
	if (rc == ERR_OK) {
		announce(&h);
		wait_for_end(&h, &signals);
		say("STOPPING=1");
		log_line(LOG_LEVEL_NOTICE, "stopping");
		(void)alarm(STOP_S);
		hub_commune_stop(h.commune);
	} else {
		code = fail_start(o, what, rc);
	}
	http_stop(h.http);
	if (h.commune != NULL)
		remove_listen(&h);
	hub_commune_close(h.commune);
	free_secret(&h.key_pem);
	buf_free(&h.crt_pem);
	return code;
}

int
hub_main(int argc, char **argv)
{
	struct hub_options o = { .action = HUB_HELP };
	err rc;

	if (hub_options_parse(argc, argv, &o) != ERR_OK)
		return err_exit_code(ERR_USAGE);
	if (o.action == HUB_HELP) {
		fputs(catalogue_text(o.language, PHRASE_HUB_HELP), stdout);
		return 0;
	}
	if ((rc = crypto_start()) != ERR_OK)
		return fail(o.language, "libsodium", rc);
	if (o.action == HUB_MAKE_TLS)
		return make_tls(&o);
	if (o.action == HUB_AUDIT)
		return export_audit(&o);
	return run(&o);
}
