/* SPDX-License-Identifier: Apache-2.0 */
/* cell_main.c -- `nguond cell`. */
#include "daemon/cell/cell.h"

#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/store/paths.h"
#include "daemon/cell/beside.h"
#include "daemon/cell/cell_options.h"
#include "daemon/cell/turn.h"
#include "daemon/log.h"
#include "daemon/notify.h"
#include "protocol/ledger.h"

enum { STORE_LOOK_MS = 10000 };

static void
say(const char *text)
{
	if (notify_send(text) != ERR_OK)
		log_line(LOG_LEVEL_WARNING,
		    "the service manager cannot be told, ignoring");
}

static bool
has_store(const char *dir)
{
	char path[PATH_BYTES];

	return paths_join(dir, "nguon.db", path) == ERR_OK &&
	    access(path, F_OK) == 0;
}

static int
fail(const char *what, err e)
{
	log_line(LOG_LEVEL_ERROR, "%s failed: %s", what, err_name(e));
	return err_exit_code(e);
}

static err
new_turn(const struct cell_options *o, struct watch *w, struct turn **ret)
{
	struct turn_config config = {
		.mode = o->action == CELL_ONCE ? TURN_ONCE : TURN_DAEMON,
		.dir = o->store,
		.address = o->hub,
		.watch = w,
		.schedule = o->schedule,
	};

	return turn_new(&config, ret);
}

/* ---- the daemon */

/* Until there is a store, or we are told to stop; feeds the watchdog. */
static err
wait_for_store(const char *dir, struct watch *w)
{
	uint64_t feed_ms = notify_watchdog_ms() / 3;
	uint64_t look_ms = STORE_LOOK_MS;
	unsigned events;
	err rc;

	if (has_store(dir))
		return ERR_OK;
	log_line(LOG_LEVEL_NOTICE, "there is no store yet, waiting for it");
	say("STATUS=there is no store yet, waiting for it");
	if (feed_ms > 0 && feed_ms < look_ms)
		look_ms = feed_ms;
	do {
		if (feed_ms > 0)
			say("WATCHDOG=1");
		rc = watch_wait(w, watch_now_ms() + look_ms, &events);
	} while (rc == ERR_OK && !has_store(dir) && !watch_stopping(w));
	return rc;
}

static err
carry(struct turn *t, struct watch *w)
{
	struct round_result r;
	uint64_t next_ms, feed_ms;
	unsigned events;
	err rc;

	while (!watch_stopping(w)) {
		next_ms = turn_next_ms(t);
		if (next_ms <= watch_now_ms()) {
			turn_try(t, &r);
			continue;
		}
		feed_ms = turn_feed(t);
		rc = watch_wait(w, feed_ms < next_ms ? feed_ms : next_ms,
		    &events);
		if (rc != ERR_OK)
			return rc;
		turn_hear(t, events);
	}
	return ERR_OK;
}

static int
run(const struct cell_options *o, struct watch *w)
{
	struct turn *t = NULL;
	int lock = -1;
	int code = 0;
	err rc;

	say("READY=1");
	if ((rc = wait_for_store(o->store, w)) != ERR_OK)
		return fail("waiting for the store", rc);
	if (watch_stopping(w))
		return 0;
	rc = beside_lock(o->store, &lock);
	if (rc == ERR_BUSY) {
		fputs(catalogue_text(o->language, PHRASE_CELL_RUNNING),
		    stderr);
		return err_exit_code(rc);
	}
	if (rc != ERR_OK)
		return fail("locking exchange.lock", rc);
	log_line(LOG_LEVEL_INFO, "carrying between the store and the hub");
	if ((rc = new_turn(o, w, &t)) != ERR_OK)
		code = fail("starting", rc);
	else if ((rc = carry(t, w)) != ERR_OK)
		code = fail("waiting", rc);
	say("STOPPING=1");
	turn_free(t);
	(void)close(lock);	/* nothing was written */
	return code;
}

/* ---- --once */

/* How it ended, as the exit code: a refused log is no success either. */
static int
code_of(err e, uint64_t reason)
{
	return err_exit_code(e != ERR_OK ? e :
	    reason_err((enum reason)reason));
}

static int
carry_once(const struct cell_options *o, struct watch *w)
{
	struct round_result r = { .rc = ERR_BUSY };
	struct turn *t = NULL;
	unsigned events;
	err rc;

	if ((rc = new_turn(o, w, &t)) != ERR_OK)
		return fail("starting", rc);
	while (!watch_stopping(w)) {
		turn_try(t, &r);
		if (r.outcome != SCHEDULE_MORE)
			break;
		/* the hub may want a pause between two parts */
		do
			rc = watch_wait(w, turn_next_ms(t), &events);
		while (rc == ERR_OK &&
		    (events & (WATCH_TIME | WATCH_STOP)) == 0);
		if (rc != ERR_OK)
			break;
	}
	turn_free(t);
	return rc != ERR_OK ? fail("waiting", rc) : code_of(r.rc, r.reason);
}

static int
run_once(const struct cell_options *o, struct watch *w)
{
	err error = ERR_OK;
	uint64_t reason = 0;
	int lock = -1;
	int code;
	err rc;

	if (!has_store(o->store)) {
		fprintf(stderr, CATALOGUE_FORMAT(o->language, CELL_NO_STORE),
		    o->store);
		return err_exit_code(ERR_BUSY);
	}
	rc = beside_lock(o->store, &lock);
	if (rc == ERR_BUSY) {
		rc = beside_ask(o->store, w, BESIDE_WAIT_MS, &lock, &error,
		    &reason);
		if (rc == ERR_OK && lock < 0)
			return code_of(error, reason);
	}
	if (rc != ERR_OK)
		return fail("asking the running daemon", rc);
	code = carry_once(o, w);
	(void)close(lock);	/* nothing was written */
	return code;
}

int
cell_main(int argc, char **argv)
{
	struct cell_options o;
	struct watch *w = NULL;
	int code;
	err rc;

	if ((rc = cell_options_parse(argc, argv, &o)) != ERR_OK)
		return err_exit_code(rc);
	if (o.action == CELL_HELP) {
		fputs(catalogue_text(o.language, PHRASE_CELL_HELP), stdout);
		return 0;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	(void)umask(077);
	if ((rc = crypto_start()) != ERR_OK ||
	    (rc = watch_open(o.store, &w)) != ERR_OK)
		return fail("starting", rc);
	code = o.action == CELL_ONCE ? run_once(&o, w) : run(&o, w);
	watch_close(w);
	return code;
}
