/* SPDX-License-Identifier: Apache-2.0 */
/* turn.c -- rounds in their time, and what is said of them. */
#include "daemon/cell/turn.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "client/store/clock.h"
#include "client/store/paths.h"
#include "daemon/log.h"
#include "daemon/notify.h"
#include "protocol/ledger.h"

enum { WHY_BYTES = 160, STATUS_BYTES = 256, NS_PER_S = 1000000000 };

struct turn {
	struct turn_config config;
	struct schedule schedule;
	struct link *link;
	struct round round;
	struct exchange *x;		/* NULL: not open */
	uint64_t bell_ns;		/* before the last round */
	uint64_t watchdog_ms;		/* 0: none */
	uint64_t fed_ms;
	uint64_t failures;		/* since the last good round */
};

uint64_t
turn_bell_ns(const char *dir)
{
	char path[PATH_BYTES];
	struct stat st;

	if (paths_join(dir, "bell", path) != ERR_OK || stat(path, &st) != 0 ||
	    st.st_mtim.tv_sec < 0)
		return 0;
	return (uint64_t)st.st_mtim.tv_sec * NS_PER_S +
	    (uint64_t)st.st_mtim.tv_nsec;
}

/* ---- opening */

/* Asked by the link while a request is under way. */
static bool
is_stopping(void *ctx)
{
	struct turn *t = ctx;

	(void)turn_feed(t);	/* when next does not matter here */
	return watch_stopping(t->config.watch);
}

static err
post(void *ctx, const struct link_request *request, struct buf *body,
    struct link_reply *ret)
{
	struct turn *t = ctx;

	return link_post(t->link, request, body, ret);
}

err
turn_new(const struct turn_config *config, struct turn **ret)
{
	struct turn *t = calloc(1, sizeof *t);
	err rc;

	if (t == NULL)
		return ERR_NOMEM;
	t->config = *config;
	t->round.dir = config->dir;
	t->round.address = config->address;
	t->round.post = post;
	t->round.post_ctx = t;
	t->watchdog_ms = notify_watchdog_ms();
	schedule_start(&t->schedule, &config->schedule, watch_now_ms());
	rc = link_new(&link_default_deadlines, is_stopping, t, &t->link);
	if (rc != ERR_OK) {
		turn_free(t);
		return rc;
	}
	*ret = t;
	return ERR_OK;
}

void
turn_free(struct turn *t)
{
	if (t == NULL)
		return;
	/* a number that is not written is a wrong guess on screen at most */
	if (t->x != NULL)
		(void)!exchange_put(t->x, EXCHANGE_NEXT_TRY_MS, 0);
	exchange_close(t->x);
	link_free(t->link);
	round_free(&t->round);
	free(t);
}

uint64_t
turn_next_ms(const struct turn *t)
{
	return t->schedule.next_ms;
}

/* ---- words */

static void
tell_manager(const char *text)
{
	/* without a service manager there is nobody to tell */
	(void)!notify_send(text);
}

uint64_t
turn_feed(struct turn *t)
{
	uint64_t now_ms = watch_now_ms();

	if (t->watchdog_ms == 0)
		return UINT64_MAX;
	if (t->fed_ms == 0 || now_ms - t->fed_ms >= t->watchdog_ms / 3) {
		tell_manager("WATCHDOG=1");
		t->fed_ms = now_ms;
	}
	return t->fed_ms + t->watchdog_ms / 3;
}

/* Why a round failed: the kind of error, and what is known beside it. */
static void
explain(const struct turn *t, const struct round_result *r,
    char why[static WHY_BYTES])
{
	const char *name = err_name(r->rc);

	if (r->status != 0 && r->reason != REASON_ADMITTED)
		(void)snprintf(why, WHY_BYTES, "%s (http %u, %s)", name,
		    r->status, reason_name((enum reason)r->reason));
	else if (r->status != 0)
		(void)snprintf(why, WHY_BYTES, "%s (http %u)", name,
		    r->status);
	else if (r->asked)
		(void)snprintf(why, WHY_BYTES, "%s (%s)", name,
		    link_why(t->link));
	else
		(void)snprintf(why, WHY_BYTES, "%s", name);
}

static uint64_t
seconds_left(const struct turn *t)
{
	uint64_t now_ms = watch_now_ms();

	return t->schedule.next_ms <= now_ms ? 0 :
	    (t->schedule.next_ms - now_ms + 999) / 1000;
}

static void
log_failure(const struct turn *t, const struct round_result *r)
{
	enum log_level level = err_class(r->rc) == CLASS_RETRY ?
	    LOG_LEVEL_WARNING : LOG_LEVEL_ERROR;
	unsigned long long waiting = r->waiting;
	char why[WHY_BYTES];

	explain(t, r, why);
	if (t->config.mode == TURN_ONCE)
		log_line(level, "%s failed: %s; %llu entries wait, all of "
		    "them are kept", r->what, why, waiting);
	else
		log_line(level, "%s failed: %s; %llu entries wait, all of "
		    "them are kept, next try in %llu s", r->what, why,
		    waiting, (unsigned long long)seconds_left(t));
}

static void
log_round(struct turn *t, const struct round_result *r)
{
	char id[LOG_ID_BYTES];

	if (r->log_refused)
		log_line(LOG_LEVEL_ERROR, "the hub refuses log %s: %s; its "
		    "entries are kept, other logs go on",
		    log_id(r->log, id),
		    reason_name((enum reason)r->log_reason));
	if (r->rc != ERR_OK) {
		t->failures++;
		log_failure(t, r);
		return;
	}
	if (t->failures > 0 && t->config.mode == TURN_DAEMON)
		log_line(LOG_LEVEL_NOTICE, "it works again after %llu tries; "
		    "%llu leaves came, %llu entries wait",
		    (unsigned long long)t->failures,
		    (unsigned long long)r->leaves,
		    (unsigned long long)r->waiting);
	t->failures = 0;
}

static void
tell_status(const struct turn *t, const struct round_result *r)
{
	unsigned long long waiting = r->waiting;
	unsigned long long next_s = seconds_left(t);
	char text[STATUS_BYTES];

	if (t->config.mode != TURN_DAEMON)
		return;
	if (r->rc != ERR_OK)
		(void)snprintf(text, sizeof text, "STATUS=%s failed: %s; "
		    "%llu entries wait, next try in %llu s", r->what,
		    err_name(r->rc), waiting, next_s);
	else
		(void)snprintf(text, sizeof text, "STATUS=%llu entries wait, "
		    "next round in %llu s", waiting, next_s);
	tell_manager(text);
}

/* ---- one try */

static err
ensure_exchange(struct turn *t)
{
	bool renewed = false;
	err rc;

	if (t->x != NULL)
		return ERR_OK;
	rc = exchange_open(t->config.dir, EXCHANGE_WRITE, &renewed, &t->x);
	if (rc == ERR_OK && renewed)
		log_line(LOG_LEVEL_ERROR, EXCHANGE_FILE " was damaged and is "
		    "kept as " EXCHANGE_DAMAGED "; nothing of the store is "
		    "in it alone, the hub sends it again");
	return rc;
}

static err
put_plan(struct turn *t, const struct round_result *r)
{
	uint64_t now_ms = watch_now_ms();
	uint64_t next_ms = t->schedule.next_ms;
	uint64_t wall_ms = 0;
	err rc;

	if (t->config.mode == TURN_DAEMON)
		wall_ms = clock_now_ms() +
		    (next_ms > now_ms ? next_ms - now_ms : 0);
	if ((rc = exchange_begin(t->x)) != ERR_OK)
		return rc;
	rc = exchange_put(t->x, EXCHANGE_NEXT_TRY_MS, wall_ms);
	if (rc == ERR_OK && r->outcome != SCHEDULE_MORE)
		rc = exchange_put(t->x, EXCHANGE_BELL_SEEN_NS, t->bell_ns);
	if (rc == ERR_OK)
		rc = exchange_commit(t->x);
	if (rc != ERR_OK)
		exchange_rollback(t->x);
	return rc;
}

void
turn_try(struct turn *t, struct round_result *ret)
{
	struct round_result r = { .outcome = SCHEDULE_FAILED,
		.what = "opening " EXCHANGE_FILE };
	uint64_t random;
	err rc;

	schedule_begin(&t->schedule, watch_now_ms());
	t->bell_ns = turn_bell_ns(t->config.dir);
	if ((r.rc = ensure_exchange(t)) == ERR_OK)
		round_run(&t->round, t->x, &r);
	crypto_random(&random, sizeof random);
	schedule_end(&t->schedule, watch_now_ms(), r.outcome, r.wait_ms,
	    random);
	if (t->x != NULL && (rc = put_plan(t, &r)) != ERR_OK &&
	    r.rc == ERR_OK) {
		r.rc = rc;
		r.what = "writing " EXCHANGE_FILE;
	}
	if (!r.stopped) {
		log_round(t, &r);
		tell_status(t, &r);
	}
	if (r.rc == ERR_DAMAGED || r.rc == ERR_IO) {
		/* looked at anew, and made anew if it is damaged */
		exchange_close(t->x);
		t->x = NULL;
	}
	*ret = r;
}

void
turn_hear(struct turn *t, unsigned events)
{
	uint64_t now_ms = watch_now_ms();
	uint64_t bell_ns;

	if ((events & WATCH_PERSON) != 0)
		schedule_poke(&t->schedule, now_ms, SCHEDULE_PERSON);
	/* ringing makes several events: those that the last round knew of
	 * are no reason for another one */
	bell_ns = turn_bell_ns(t->config.dir);
	if ((events & WATCH_STORE) != 0 &&
	    (bell_ns == 0 || bell_ns != t->bell_ns))
		schedule_poke(&t->schedule, now_ms, SCHEDULE_CHANGE);
	/* in step, a new address is no news */
	if ((events & WATCH_LINK) != 0 && t->failures > 0)
		schedule_poke(&t->schedule, now_ms, SCHEDULE_CHANGE);
}
